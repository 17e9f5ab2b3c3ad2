//! Every screen of the page, and how to get there: for the rules of accessibility, and for the gallery.

use anyhow::Result;
use sandbox::{Call, Code, Fault, Kind, Spec, Stand, TOKEN};

use crate::{
    engine::Need,
    scenarios::mapi_link,
    stage::{Agent, Look, Stage},
};

/// A screen.
pub(crate) struct Screen {
    /// In whose browser it is seen on a phone.
    pub(crate) agent: Agent,
    /// Where it is, when that depends on the sandbox.
    link: Option<fn(&Stage) -> String>,
    pub(crate) name: &'static str,
    /// Where it is, if not at the order's own address; `{id}` stands for the order's number.
    path: Option<&'static str>,
    prepare: Prepare,
    pub(crate) reach: Reach,
    /// Runs before the page's own scripts.
    script: &'static str,
    /// The merchant's settings.
    settings: &'static str,
    spec: Spec,
    /// True once it is there.
    until: &'static str,
}

/// What is done once the page is open.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Prepare {
    GoOffline,
    Nothing,
    /// Before the page is opened.
    SignIn,
    TapWallet,
    UnfoldTips,
}

/// On which devices a screen is seen.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Reach {
    ComputerOnly,
    Everywhere,
    PhoneOnly,
}

impl Screen {
    fn new(name: &'static str, spec: Spec, until: &'static str) -> Self {
        Self {
            agent: Agent::Android,
            link: None,
            name,
            path: None,
            prepare: Prepare::Nothing,
            reach: Reach::Everywhere,
            script: "",
            settings: "",
            spec,
            until,
        }
    }

    /// The languages it is seen in; none where the page has no words of its own to choose.
    pub(crate) fn has_languages(&self) -> bool {
        !matches!(self.name, "start-failed" | "words-missing")
    }

    pub(crate) fn look(&self, phone: bool) -> Look {
        let blocked: &[&str] = match self.name {
            "start-failed" => &["*/saoma-*.wasm"],
            "words-missing" => &["*/locales/*"],
            _ => &[],
        };
        let needs: &[Need] = match self.prepare {
            Prepare::GoOffline => &[Need::Connection],
            Prepare::TapWallet => &[Need::Schemes],
            Prepare::Nothing | Prepare::SignIn | Prepare::UnfoldTips => &[],
        };
        let look = if phone { Look { agent: Some(self.agent), ..Look::phone() } } else { Look::desktop() };
        Look { blocked, needs, script: self.script, settings: self.settings, ..look }
    }

    /// Whether it is seen on a device of this kind.
    pub(crate) fn is_on(&self, phone: bool) -> bool {
        match self.reach {
            Reach::ComputerOnly => !phone,
            Reach::Everywhere => true,
            Reach::PhoneOnly => phone,
        }
    }

    pub(crate) async fn open(&self, stage: &Stage) -> Result<()> {
        if self.prepare == Prepare::SignIn {
            stage.sign_in(TOKEN).await?;
        }
        match (self.link, self.path) {
            (Some(link), _) => {
                stage.order(self.spec.clone());
                stage.open(&link(stage)).await?;
            }
            (None, Some(path)) => {
                let id = stage.order(self.spec.clone());
                stage.open(&path.replace("{id}", &id)).await?;
            }
            (None, None) => drop(stage.open_order(self.spec.clone()).await?),
        }
        match self.prepare {
            Prepare::Nothing | Prepare::SignIn => {}
            Prepare::GoOffline => {
                stage.until_code().await?;
                // A language that was read once needs no network.
                for language in ["ar", "en", "zh-CN"] {
                    stage.choose_language(language).await?;
                }
                stage.set_offline(true).await?;
            }
            Prepare::TapWallet => {
                stage.until_code().await?;
                stage.press("[data-wallet]").await?;
            }
            Prepare::UnfoldTips => {
                stage.until("document.querySelector('.fold') !== null").await?;
                stage.press(".fold").await?;
            }
        }
        stage.until_within(std::time::Duration::from_secs(60), self.until).await
    }

    /// Lets the page be used again after what was done to the network.
    pub(crate) async fn close(&self, stage: &Stage) -> Result<()> {
        if self.prepare == Prepare::GoOffline {
            stage.set_offline(false).await?;
        }
        Ok(())
    }
}

/// The page that waits, as a merchant has set it up.
fn preset(name: &'static str, settings: &'static str) -> Screen {
    Screen {
        settings,
        ..Screen::new(name, full(), "document.querySelector('.tips') !== null && document.querySelector('img.code') !== null")
    }
}

/// An order with everything that an order can have.
pub(crate) fn full() -> Spec {
    Spec {
        amount: 128_800,
        code: Code {
            content: "收款方：云上商店".into(), qrcode: Some("https://qr.alipay.com/bax08861s".into()), ..Code::default()
        },
        content: "云服务器 1 个月".into(),
        pay_payed_wait_time: Some(3600),
        pay_tip: "<p>付款后<b>自动到账</b>，请勿<font color='#ff0000'>修改金额</font>。</p>".into(),
        service_qq: "123456789".into(),
        subject: "云服务器续费".into(),
        trade_amount: Some(128_801),
        ..Spec::default()
    }
}

/// A screen of a gateway with customers, who is signed in.
fn signed_in(name: &'static str, path: &'static str, settings: &'static str, spec: Spec, until: &'static str) -> Screen {
    Screen { path: Some(path), prepare: Prepare::SignIn, settings, ..Screen::new(name, spec, until) }
}

/// An order of immediate pay.
fn numbered() -> Spec {
    Spec { amount: 1200, order_id: "7001".into(), points_needed: 100, points_owned: 40, subject: "茶杯".into(), ..Spec::default() }
}

/// Somebody tells what is paid; nobody does.
const TOLD: &str =
    r#"{"confirm": "/api/order/info", "sign_in": "/sandbox/sign-in", "token": "cookie:sandbox_token", "back": "/sandbox/shop"}"#;
const UNTOLD: &str = r#"{"token": "cookie:sandbox_token", "back": "/sandbox/shop"}"#;

fn failing(call: Call, kind: Kind) -> Spec {
    Spec { faults: vec![Fault { call: Some(call), from: 1, times: 0, kind }], ..full() }
}

const CODE: &str = "document.querySelector('img.code')?.complete === true && document.querySelector('img.code').naturalWidth > 0";
const LONG_TIP: &str = "<h3>付款须知</h3><ul><li>请在<b>倒计时结束前</b>完成付款，逾期二维码会失效。</li><li>请按页面显示的金额付款，<span style='color:#07c160'>不要修改金额</span>。</li>\
    <li>付款成功后会自动返回，<font color=red>请勿重复付款</font>。</li><li>如需帮助，请看<a href='https://shop.example/help'>帮助页面</a>或联系客服，我们每天 9:00 至 22:00 在线。</li>\
    <li>不同的银行对单笔付款有不同的限额，超出限额时请换一种付款方式，或联系您的银行。</li></ul>";

/// All of them.
pub(crate) fn all() -> Vec<Screen> {
    let wechat = |name, spec, until| Screen { agent: Agent::WeChat, reach: Reach::PhoneOnly, ..Screen::new(name, spec, until) };
    let wxpay = |code: &str| Spec {
        code: Code { qrcode: Some(code.into()), ..Code::default() },
        pay_type: "wxpay".into(),
        pay_type_text: "微信".into(),
        trade_amount: None,
        ..full()
    };
    let usdt = Spec {
        amount: 980,
        code: Code {
            actual_account: "TQn9Y2khEsLJW1ChVWFMSMeRDow5KcbLSE".into(),
            actual_account_type: "TRC20".into(),
            actual_amount: "1.35".into(),
            content: "请只通过 TRC20 网络转账".into(),
            qrcode: Some("TQn9Y2khEsLJW1ChVWFMSMeRDow5KcbLSE".into()),
            ..Code::default()
        },
        pay_type: "usdt".into(),
        ..Spec::default()
    };
    let dense = Spec { code: Code { qrcode: Some(format!("https://pay.example/{}", "x".repeat(280))), ..Code::default() }, ..full() };
    let notice = Spec {
        code: Code { content: "该渠道暂不可用，请更换支付方式".into(), r#type: "tip_warning".into(), ..Code::default() },
        ..full()
    };
    let scheme = Spec {
        code: Code { qrcode: Some(String::new()), scheme: "alipays://platformapi/startapp?saId=10000007".into(), ..Code::default() },
        ..full()
    };
    let refusal = Kind::Replace { body: r#"{"code":500,"message":"通道维护中"}"#.into() };
    vec![
        Screen::new(
            "loading",
            failing(Call::Info, Kind::Hang),
            "(document.querySelector('.page [data-screen=loading] h1')?.innerText ?? '') !== ''",
        ),
        Screen::new("awaiting", full(), CODE),
        Screen::new("awaiting-wechat-code", wxpay("wxp://f2f0AbCdEf"), CODE),
        Screen {
            prepare: Prepare::UnfoldTips,
            ..Screen::new(
                "awaiting-long-tips",
                Spec { pay_tip: LONG_TIP.into(), ..full() },
                "document.querySelector('.fold')?.getAttribute('aria-expanded') === 'true'",
            )
        },
        Screen::new("awaiting-last-minutes", Spec { expires_in: 110, ..full() }, "document.querySelector('.countdown.urgent') !== null"),
        Screen::new("awaiting-dense", dense, CODE),
        Screen::new("transfer", usdt, CODE),
        Screen::new("notice", notice, "document.querySelector('.notice') !== null"),
        Screen::new("code-missing", failing(Call::Qrcode, refusal.clone()), "document.querySelector('.covered') !== null"),
        Screen::new("checking", Spec { expires_in: -5, ..full() }, "document.querySelector('.covered') !== null"),
        Screen::new("reconnecting", failing(Call::Status, Kind::Html), "document.querySelector('.connection').innerText !== ''"),
        Screen::new("refusing", failing(Call::Status, refusal), "document.querySelector('.connection').innerText !== ''"),
        Screen { prepare: Prepare::GoOffline, ..Screen::new("offline", full(), "document.querySelector('.connection').innerText !== ''") },
        Screen { reach: Reach::ComputerOnly, ..Screen::new("continue-on-phone", scheme, CODE) },
        Screen {
            prepare: Prepare::TapWallet,
            reach: Reach::PhoneOnly,
            ..Screen::new("not-opened", full(), "document.querySelector('.not-opened') !== null")
        },
        wechat("in-wechat", wxpay("weixin://wxpay/bizpayurl?pr=AbCdEf"), "document.querySelector('.poster img.code')?.naturalWidth > 0"),
        wechat("in-wechat-alipay", full(), "document.querySelector('.poster img.code')?.naturalWidth > 0"),
        Screen::new("paid", Spec { status: Stand::Paid, ..full() }, "document.querySelector('[data-screen=paid]') !== null"),
        Screen::new(
            "paid-and-stay",
            Spec { return_uri: Some(String::new()), status: Stand::Paid, ..full() },
            "document.querySelector('[data-screen=paid]') !== null",
        ),
        Screen::new("closed", Spec { status: Stand::Closed, ..full() }, "document.querySelector('[data-screen=closed]') !== null"),
        Screen::new("timed-out", Spec { status: Stand::TimedOut, ..full() }, "document.querySelector('[data-screen=timed-out]') !== null"),
        Screen::new(
            "creation-failed",
            Spec { status: Stand::CreationFailed, ..full() },
            "document.querySelector('[data-screen=creation-failed]') !== null",
        ),
        Screen {
            path: Some("/pay/separate/{id}"),
            ..Screen::new("choosing", Spec { pay_type: String::new(), ..full() }, "document.querySelectorAll('.method').length === 4")
        },
        Screen { path: Some("/cashier/TEA"), ..Screen::new("entering", full(), "document.querySelector('#entry') !== null") },
        Screen {
            path: Some("/cashier/NOPE"),
            ..Screen::new("cashier-not-found", full(), "document.querySelector('[data-screen=cashier-not-found]') !== null")
        },
        Screen {
            path: Some("/pay/status?order_id={id}&money=1288.01&name=Tea"),
            ..Screen::new("unconfirmed", full(), "document.querySelector('.covered .facts') !== null")
        },
        Screen {
            link: Some(|stage| mapi_link(stage, &[])),
            settings: UNTOLD,
            ..Screen::new("agreeing", Spec { amount: 1000, ..Spec::default() }, "document.querySelector('.agreement') !== null")
        },
        Screen {
            link: Some(|stage| mapi_link(stage, &[("type", "bank")])),
            settings: UNTOLD,
            ..Screen::new("refused", Spec::default(), "document.querySelector('[data-verdict=no-channel]') !== null")
        },
        Screen {
            path: Some("/?gateway=anqi&order_id={id}&pay_way=wechat"),
            settings: TOLD,
            ..Screen::new("sign-in", Spec::default(), "document.querySelector('[data-verdict=sign-in]') !== null")
        },
        signed_in(
            "choosing-points",
            "/?gateway=instant&order_id={id}&pay_price=12.00&pay_integral=100&points_owned=40&freight_mode=2&freight_json_arr_key=1",
            TOLD,
            numbered(),
            "document.querySelectorAll('.method').length === 4 && document.querySelector('.facts') !== null",
        ),
        signed_in(
            "no-app",
            "/?gateway=instant&order_id={id}&pay_price=12.00&pay_method=2",
            TOLD,
            numbered(),
            "document.querySelector('.plate.covered') !== null",
        ),
        Screen {
            script: "window.SaomaHost = { pay: () => '9000' };",
            ..signed_in(
                "in-app",
                "/?gateway=instant&order_id={id}&pay_price=12.00&pay_method=1",
                UNTOLD,
                numbered(),
                "document.querySelector('.plate.covered') !== null",
            )
        },
        signed_in(
            "jump",
            "/?gateway=anqi&order_id={id}&pay_way=alipay",
            TOLD,
            Spec { code: Code { uri: "https://openapi.alipay.example/gateway.do".into(), ..Code::default() }, ..full() },
            "document.querySelector('a[data-wallet]') !== null",
        ),
        signed_in(
            "finished",
            "/?gateway=anqi&order_id={id}&pay_way=wechat",
            UNTOLD,
            Spec { status: Stand::Closed, ..Spec::default() },
            "document.querySelector('[data-screen=finished]') !== null",
        ),
        signed_in(
            "free",
            "/?gateway=anqi&order_id={id}&pay_way=wechat",
            UNTOLD,
            Spec { amount: 0, ..Spec::default() },
            "document.querySelector('[data-screen=free]') !== null",
        ),
        preset("azure", r##"{"preset": "azure", "title": "茶馆", "logo": "/sandbox/logo/alipay.svg"}"##),
        preset("high-contrast", r##"{"preset": "high-contrast", "title": "茶馆"}"##),
        preset("jade", r##"{"preset": "jade", "title": "茶馆", "support": {"wechat": "tea_shop", "email": "help@tea.example"}}"##),
        preset("midnight", r##"{"preset": "midnight", "title": "茶馆", "messages": {"awaiting": "当天发货"}}"##),
        preset("branded", r##"{"brand": "#ffd400", "title": "茶馆", "back": "/sandbox/shop"}"##),
        preset("azure-branded", r##"{"preset": "azure", "brand": "#ffd400", "title": "茶馆", "radius": 0}"##),
        Screen {
            path: Some("/pay/NOPE"),
            ..Screen::new("not-found", full(), "document.querySelector('[data-screen=not-found]') !== null")
        },
        Screen {
            path: Some("/"),
            ..Screen::new("link-incomplete", full(), "document.querySelector('[data-screen=link-incomplete]') !== null")
        },
        Screen {
            path: Some("/?gateway=anqi&order_id=1&pay_way=cash"),
            ..Screen::new("link-invalid", full(), "document.querySelector('[data-screen=link-invalid]') !== null")
        },
        Screen::new(
            "unreachable",
            failing(Call::Info, Kind::Status { body: None, code: 502, retry_after: None }),
            "document.querySelector('[data-screen=unreachable]') !== null",
        ),
        Screen::new("start-failed", full(), "document.documentElement.dataset.start === 'failed'"),
        Screen::new("words-missing", full(), "document.documentElement.dataset.words === 'missing'"),
    ]
}
