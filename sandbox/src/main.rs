//! Starts the sandbox gateway. `cargo xtask demo` does that with a freshly built page.

use std::{
    net::{IpAddr, SocketAddr, UdpSocket},
    path::PathBuf,
    process::ExitCode,
    time::{SystemTime, UNIX_EPOCH},
};

use clap::Parser;
use qrcode::{EcLevel, QrCode, render::unicode::Dense1x2};
use sandbox::{Audio, CASHIER, Code, Fault, Kind, Sandbox, Settings, Spec, Stand, ThemeKind, check_theme, signed_query};

/// A payment gateway, a wallet and a bad network for development. It moves no money.
#[derive(Parser)]
struct Arguments {
    /// Install this theme for cashiers: a folder that `cargo xtask theme` has written
    #[arg(long, value_name = "FOLDER")]
    cashier_theme: Option<PathBuf>,
    /// Create a few orders and print their links
    #[arg(long)]
    demo: bool,
    /// The folder with the built page
    #[arg(long, default_value = "dist")]
    dist: PathBuf,
    /// Answer without the envelope, as the specification prints it
    #[arg(long)]
    flat: bool,
    /// The address to listen on
    #[arg(long, default_value = "127.0.0.1")]
    host: IpAddr,
    /// Set an option of the site, such as web_title, which themes read
    #[arg(long, value_name = "NAME=VALUE", value_parser = option)]
    option: Vec<(String, String)>,
    /// The port to listen on
    #[arg(long, default_value_t = 8088)]
    port: u16,
    /// The port to print in links, when another server is in front
    #[arg(long)]
    public_port: Option<u16>,
    /// Set the built page up with this file (docs/settings.md)
    #[arg(long, value_name = "FILE")]
    settings: Option<PathBuf>,
    /// Install this theme for paying: a folder that `cargo xtask theme` has written
    #[arg(long, value_name = "FOLDER")]
    theme: Option<PathBuf>,
}

fn option(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("write it as NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}

/// Installs themes as the gateway does: only what it would take.
fn install(theme: Option<&PathBuf>, kind: ThemeKind) -> Result<Option<PathBuf>, ExitCode> {
    let Some(folder) = theme else { return Ok(None) };
    let folder = folder.canonicalize().unwrap_or_else(|_| folder.clone());
    match check_theme(&folder, kind) {
        Ok(()) => Ok(Some(folder)),
        Err(reason) => {
            eprintln!("sandbox: the theme in {} cannot be installed: {reason}; `cargo xtask theme` writes one", folder.display());
            Err(ExitCode::FAILURE)
        }
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let address = SocketAddr::new(arguments.host, arguments.port);
    let themes = install(arguments.theme.as_ref(), ThemeKind::Pay)
        .and_then(|theme| Ok((theme, install(arguments.cashier_theme.as_ref(), ThemeKind::Cashier)?)));
    let (theme, cashier_theme) = match themes {
        Ok(themes) => themes,
        Err(code) => return code,
    };
    let options = arguments.option.iter().cloned().collect();
    let page_settings = match arguments.settings.as_ref().map(std::fs::read_to_string).transpose() {
        Ok(settings) => settings,
        Err(error) => {
            eprintln!("sandbox: the settings cannot be read: {error}");
            return ExitCode::FAILURE;
        }
    };
    // The other gateways want a shopper who is signed in, and somebody who tells what is paid.
    let own = || (arguments.demo && theme.is_none()).then(|| DEMO_SETTINGS.to_owned());
    let page_settings = page_settings.or_else(own);
    let settings = Settings { cashier_theme, dist: arguments.dist.clone(), flat: arguments.flat, options, page_settings, theme };
    let sandbox = match Sandbox::start(address, settings).await {
        Ok(sandbox) => sandbox,
        Err(error) => {
            eprintln!("sandbox: cannot listen on {address}: {error}; end the program that does, or choose another port");
            return ExitCode::FAILURE;
        }
    };
    if !arguments.dist.join("index.html").is_file() && arguments.public_port.is_none() {
        eprintln!("sandbox: {} holds no page; `cargo xtask build` makes one", arguments.dist.display());
    }
    let port = arguments.public_port.unwrap_or(sandbox.address().port());
    let origin = format!("http://{}", SocketAddr::new(reachable(arguments.host), port));
    println!("\nSandbox gateway (a development tool): {origin}/sandbox");
    if arguments.demo {
        print_demo(&sandbox, &origin);
    }
    println!("Ctrl-C ends it.");
    sandbox.serve().await;
    ExitCode::SUCCESS
}

/// An address that a phone on the same network can open, where the sandbox listens on all.
fn reachable(host: IpAddr) -> IpAddr {
    if !host.is_unspecified() {
        return host;
    }
    // Nothing is sent: connecting a UDP socket only asks the system which of its addresses it would use.
    let own = UdpSocket::bind("0.0.0.0:0").and_then(|socket| socket.connect("192.0.2.1:9").and_then(|()| socket.local_addr()));
    own.map_or(IpAddr::from([127, 0, 0, 1]), |own| own.ip())
}

/// What the page of the demonstration is set up with.
const DEMO_SETTINGS: &str = r#"{
  "confirm": "/api/order/info",
  "return_page": "/sandbox/shop?out_order_id={order_id}",
  "sign_in": "/sandbox/sign-in",
  "token": "cookie:sandbox_token"
}"#;

/// A link for each of the other gateways, as a shop's server would build it.
fn other_links(sandbox: &Sandbox, origin: &str) -> Vec<(&'static str, String)> {
    let number = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs().to_string();
    let (notify, shop) = (format!("{origin}/sandbox/notify/0"), format!("{origin}/sandbox/shop"));
    let form = signed_query(&[
        ("pid", "1001"),
        ("type", "alipay"),
        ("out_trade_no", number.as_str()),
        ("notify_url", &notify),
        ("return_url", &shop),
        ("name", "云服务器续费"),
        ("money", "10.00"),
    ]);
    let mut orders = sandbox.state().orders();
    let anqi = orders.create(Spec { amount: 2500, pay_type: String::new(), subject: "茶叶 250 克".into(), ..Spec::default() });
    let spec =
        Spec { amount: 1200, order_id: number.clone(), points_needed: 100, points_owned: 40, subject: "茶杯".into(), ..Spec::default() };
    let instant = orders.create(spec);
    vec![
        ("A signed form (mapi): scan as above, or open the wallet by its order number", format!("{origin}/?gateway=mapi&{form}")),
        ("AnqiCMS: sign in, then choose how to pay", format!("{origin}/?gateway=anqi&order_id={anqi}")),
        (
            "Immediate pay, with points: sign in, then choose; only an app can go on",
            format!(
                "{origin}/?gateway=instant&order_id={instant}&pay_price=12.00&pay_integral=100&points_owned=40&freight_mode=2&freight_json_arr_key=1"
            ),
        ),
    ]
}

fn print_demo(sandbox: &Sandbox, origin: &str) {
    let mut orders = sandbox.state().orders();
    let mut links = demo_orders().into_iter().map(|(what, spec)| {
        let id = orders.create(spec);
        (what, format!("{origin}/pay/{id}"), format!("{origin}/sandbox/wallet/{id}"))
    });
    let first = links.next();
    if let Some((what, link, wallet)) = first {
        println!(
            "\n{what}\n  {link}\nOpen that page. To pay, scan its code with a phone (needs --host 0.0.0.0), or this one, which is the same:"
        );
        if let Ok(code) = QrCode::with_error_correction_level(&wallet, EcLevel::M) {
            // Dark on light whatever the terminal's colours are, as scanners expect.
            for line in code.render::<Dense1x2>().quiet_zone(true).build().lines() {
                println!("  \u{1b}[38;5;16;48;5;231m{line}\u{1b}[0m");
            }
        }
        println!("  {wallet}\n");
    }
    for (what, link, _) in links {
        println!("{what}\n  {link}");
    }
    println!("A cashier: the shopper enters the amount\n  {origin}/cashier/{CASHIER}");
    drop(orders);
    for (what, link) in other_links(sandbox, origin) {
        println!("{what}\n  {link}");
    }
    println!();
}

fn demo_orders() -> Vec<(&'static str, Spec)> {
    let usdt = Code {
        actual_account: "TQn9Y2khEsLJW1ChVWFMSMeRDow5KcbLSE".into(),
        actual_account_type: "TRC20".into(),
        actual_amount: "1.35".into(),
        content: "请只通过 TRC20 网络转账".into(),
        qrcode: Some("TQn9Y2khEsLJW1ChVWFMSMeRDow5KcbLSE".into()),
        ..Code::default()
    };
    let fault = |from, times, kind| Fault { call: None, from, times, kind };
    vec![
        (
            "An order to pay, with everything on it",
            Spec {
                amount: 1000,
                code: Code {
                    content: "请使用支付宝扫码支付".into(),
                    scheme: "alipays://platformapi/startapp?saId=10000007".into(),
                    ..Code::default()
                },
                content: "云服务器 1 个月".into(),
                pay_tip: "<p>付款后<b>自动到账</b>，请勿修改金额。</p>".into(),
                pay_payed_wait_time: Some(5),
                service_qq: "123456789".into(),
                subject: "云服务器续费".into(),
                trade_amount: Some(1001),
                ..Spec::default()
            },
        ),
        (
            "WeChat, without sound",
            Spec {
                amount: 123_456,
                audio: Audio { audio_enable: 0, ..Audio::default() },
                pay_type: "wxpay".into(),
                pay_type_text: "微信支付".into(),
                ..Spec::default()
            },
        ),
        ("USDT, to an address", Spec { amount: 980, code: usdt, pay_type: "usdt".into(), pay_type_text: "USDT".into(), ..Spec::default() }),
        ("Expires in 20 seconds, is paid 30 seconds later", Spec { expires_in: 20, paid_after_ms: Some(50_000), ..Spec::default() }),
        (
            "A gateway that fails often",
            Spec {
                faults: vec![
                    fault(3, 2, Kind::Status { body: None, code: 502, retry_after: None }),
                    fault(6, 2, Kind::Html),
                    fault(9, 1, Kind::Truncate),
                    fault(11, 2, Kind::Reset),
                ],
                ..Spec::default()
            },
        ),
        ("No method chosen yet", Spec { pay_type: String::new(), pay_type_text: String::new(), ..Spec::default() }),
        ("Closed", Spec { status: Stand::Closed, service_qq: "123456789".into(), ..Spec::default() }),
    ]
}
