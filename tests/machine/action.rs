//! The right action for each place: a table that is read as it stands.

use proptest::prelude::*;
use saoma::{
    checkout::{Action, Device, Host, Means, Place, Saving, actions},
    order::{Code, Instrument, PayMethod, WalletLink},
};

/// Device and app; method; what the gateway sent; what is offered, in this order.
///
/// What was sent: a code (`alipay` `wechat` `wechat-native` `qq` `unionpay` `web` by its text, `image` where only a picture is
/// there), `scheme`, `starter` (a link that only starts the app), `uri`, `account`, `text` (words alone), joined by `+`.
const TABLE: &str = "
computer                | alipay   | alipay          | scan
computer                | alipay   | alipay+scheme   | scan
computer                | alipay   | starter         | continue on the phone
computer                | alipay   | image+uri       | scan
computer                | wxpay    | wechat-native   | scan
computer                | alipay   | scheme          | continue on the phone
computer                | alipay   | uri             | page
computer                | usdt     | account         |
computer                | usdt     | image+account   | scan
computer                | alipay   | text            |

phone                   | alipay   | alipay          | wallet alipays, scan, save
phone                   | alipay   | alipay+scheme   | wallet alipays, scan, save
phone                   | alipay   | image+scheme    | wallet alipays, scan, save
phone                   | alipay   | alipay+starter  | wallet alipays, scan, save
phone                   | alipay   | web+starter     | scan, save, app alipays
phone                   | alipay   | starter         | app alipays
phone                   | alipay   | image           | scan, save, app alipays
phone                   | alipay   | web             | scan, save, app alipays
phone                   | alipay   | scheme          | wallet alipays
phone                   | alipay   | uri             | page
phone                   | alipay   | image+uri       | page, scan, save
phone                   | wxpay    | wechat          | scan, save, app weixin
phone                   | wxpay    | wechat-native   | scan, save, app weixin
phone                   | wxpay    | image           | scan, save, app weixin
phone                   | qqpay    | qq              | wallet mqqapi, scan, save
phone                   | qqpay    | image           | scan, save
phone                   | unionpay | unionpay        | wallet upwallet, scan, save
phone                   | bank     | unionpay        | wallet upwallet, scan, save
phone                   | usdt     | account         |
phone                   | usdt     | image+account   | scan, save
phone                   | paynow   | web             | scan, save
phone                   | alipay   | text            |

tablet                  | alipay   | alipay          | scan, wallet alipays, save
tablet                  | wxpay    | wechat-native   | scan, save, app weixin
tablet                  | alipay   | uri             | page
tablet WeChat           | alipay   | alipay          | scan, leave the app, copy the link, hold to save

phone WeChat            | wxpay    | wechat-native   | scan, hold to save
phone WeChat            | wxpay    | image           | scan, hold to save
phone WeChat            | wxpay    | web             | page, scan, hold to save
phone WeChat            | wxpay    | uri             | page
phone WeChat            | alipay   | alipay          | leave the app, copy the link, scan, hold to save
phone WeChat            | alipay   | scheme          | leave the app, copy the link
phone WeChat            | alipay   | image           | leave the app, copy the link, scan, hold to save
phone WeChat            | qqpay    | qq              | leave the app, copy the link, scan, hold to save
phone WeChat            | unionpay | unionpay        | leave the app, copy the link, scan, hold to save
phone WeChat            | usdt     | image+account   | scan, hold to save
phone WeChat            | alipay   | account         |
phone WeChat            | alipay   | text            |
phone WeChat            | alipay   | starter         | leave the app, copy the link
phone WeChat            | paynow   | web             | scan, hold to save
phone WeChat            | paynow   | uri             | page

phone Alipay            | alipay   | alipay          | page, scan, hold to save
phone Alipay            | alipay   | scheme          | wallet alipays
phone Alipay            | alipay   | starter         | app alipays
phone Alipay            | wxpay    | wechat-native   | leave the app, copy the link, scan, hold to save
phone Qq                | qqpay    | qq              | page, scan, hold to save
phone Qq                | alipay   | alipay          | leave the app, copy the link, scan, hold to save
phone UnionPay          | unionpay | unionpay        | page, scan, hold to save
phone UnionPay          | wxpay    | image           | leave the app, copy the link, scan, hold to save
";

#[test]
fn each_place_offers_what_works_there() {
    let mut rows = 0;
    for row in TABLE.lines().filter(|line| !line.is_empty()) {
        let columns: Vec<&str> = row.split('|').map(str::trim).collect();
        let [place, method, sent, expected] = columns[..] else { panic!("four columns: {row}") };
        let offered: Vec<String> = actions(&place_of(place), &instrument_of(sent), Some(&method_of(method))).iter().map(name).collect();
        assert_eq!(offered.join(", "), expected, "{row}");
        rows += 1;
    }
    assert!(rows > 45, "the table is read");
}

fn place_of(text: &str) -> Place {
    let (device, host) = text.split_once(' ').unwrap_or((text, ""));
    let device = match device {
        "computer" => Device::Computer,
        "phone" => Device::Phone,
        "tablet" => Device::Tablet,
        other => panic!("{other}"),
    };
    let host = match host {
        "" => Host::Browser,
        "Alipay" => Host::Alipay,
        "Qq" => Host::Qq,
        "UnionPay" => Host::UnionPay,
        "WeChat" => Host::WeChat,
        other => panic!("{other}"),
    };
    Place { device, host, ..Place::default() }
}

fn method_of(code: &str) -> PayMethod {
    PayMethod { code: code.to_owned(), label: None, logo: None }
}

fn instrument_of(sent: &str) -> Instrument {
    let mut instrument = Instrument::default();
    for part in sent.split('+') {
        let text = match part {
            "account" => {
                instrument.account = Some("TXabc".into());
                continue;
            }
            "scheme" => {
                instrument.wallet = WalletLink::decode("alipays://platformapi/startapp?saId=10000007&qrcode=x");
                continue;
            }
            "starter" => {
                instrument.wallet = WalletLink::decode("alipays://platformapi/startapp?saId=10000007");
                continue;
            }
            "text" => {
                instrument.content = Some("words".into());
                continue;
            }
            "uri" => {
                instrument.wallet = WalletLink::decode("https://pay.example/h5");
                continue;
            }
            "alipay" => "https://qr.alipay.com/bax0",
            "image" => "data:image/png;base64,AAAA",
            "qq" => "https://qpay.qq.com/qr/5c9",
            "unionpay" => "https://qr.95516.com/0001",
            "web" => "https://pay.example/scan",
            "wechat" => "wxp://f2f0",
            "wechat-native" => "weixin://wxpay/bizpayurl?pr=x",
            other => panic!("{other}"),
        };
        instrument.code = Code::decode(text, "https://shop.example");
    }
    instrument
}

fn name(action: &Action) -> String {
    let scheme = |link: &WalletLink| link.as_str().split(':').next().unwrap_or_default().to_owned();
    match action {
        Action::HandOver => "host".into(),
        Action::ContinueOnPhone => "continue on the phone".into(),
        Action::CopyLink => "copy the link".into(),
        Action::LeaveApp => "leave the app".into(),
        Action::OpenApp(link) => format!("app {}", scheme(link)),
        Action::OpenPage(link) => {
            assert!(link.is_page(), "{link:?}");
            "page".into()
        }
        Action::OpenWallet(link) => format!("wallet {}", scheme(link)),
        Action::Save(Saving::File) => "save".into(),
        Action::Save(Saving::LongPress) => "hold to save".into(),
        Action::Scan => "scan".into(),
    }
}

proptest! {
    /// Whatever the gateway sends: no scheme on a computer, no wallet that the app would block, nothing offered twice.
    #[test]
    fn no_place_offers_what_cannot_work(
        device in prop_oneof![Just(Device::Computer), Just(Device::Phone), Just(Device::Tablet)],
        host in prop_oneof![Just(Host::Alipay), Just(Host::Browser), Just(Host::Qq), Just(Host::UnionPay), Just(Host::WeChat)],
        method in prop::option::of("alipay|wxpay|qqpay|unionpay|usdt|bank|other"),
        code in prop::option::of("https://(qr.alipay.com|qr.95516.com|qpay.qq.com|x.example)/[a-z?=]{0,9}|wxp://[a-z]{3}|weixin://x|data:image/png;x|.{0,9}"),
        link in prop::option::of("(alipays|weixin|mqqapi|upwallet|https)://[a-z]{1,9}"),
    ) {
        let place = Place { device, host, ..Place::default() };
        let instrument = Instrument {
            code: code.as_deref().and_then(|code| Code::decode(code, "https://shop.example")),
            wallet: link.as_deref().and_then(WalletLink::decode),
            ..Instrument::default()
        };
        let method = method.as_deref().map(method_of);
        let offered = actions(&place, &instrument, method.as_ref());
        for (at, action) in offered.iter().enumerate() {
            prop_assert!(!offered[..at].contains(action), "{action:?} twice");
            match action {
                Action::OpenApp(link) | Action::OpenWallet(link) => {
                    prop_assert!(device != Device::Computer && !link.is_page(), "{action:?}");
                    prop_assert!(WalletLink::decode(link.as_str()).is_some());
                    prop_assert!(host == Host::Browser || saoma::order::Wallet::of_link(link) == host.wallet(), "{action:?} in {host:?}");
                }
                Action::LeaveApp | Action::CopyLink => prop_assert!(host != Host::Browser && device != Device::Computer),
                _ => {}
            }
        }
        prop_assert_eq!(offered.contains(&Action::Scan), instrument.code.is_some(), "a code is always there to scan");
    }
}

#[test]
fn a_code_that_is_not_offered_is_none_to_scan() {
    let means = |actions| Means { actions, instrument: Instrument::default() };
    assert!(means(vec![Action::ContinueOnPhone, Action::Scan]).has_code());
    assert!(!means(vec![Action::ContinueOnPhone]).has_code());
}
