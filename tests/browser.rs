//! The view in a real browser: what a view model looks like on the page, and what the shopper's presses say.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used, reason = "in a test, a panic is a failure")]

use std::{
    cell::RefCell,
    sync::{Arc, Mutex},
};

use leptos::mount::{UnmountHandle, mount_to_renderer};
use saoma::{
    checkout::{Action, Connection, Event, Means, Pay, Reason, Saving, Screen, Sound, ViewModel},
    config::Config,
    i18n::{Language, Locale, Messages},
    order::{Code, End, Fen, Instrument, Order, OrderId, PayMethod, ReturnTarget, Terms, Tips, UnixSeconds, WalletLink},
    view::{self, Ports, Poster, Saved, Signal, Wish},
};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{Element, HtmlElement};

wasm_bindgen_test_configure!(run_in_browser);

thread_local! {
    static SENT: RefCell<Vec<Event>> = const { RefCell::new(Vec::new()) };
}

static COPIED: Mutex<Vec<String>> = Mutex::new(Vec::new());
static POSTERS: Mutex<Vec<Poster>> = Mutex::new(Vec::new());
static SPOKEN: Mutex<Vec<&'static str>> = Mutex::new(Vec::new());

fn language(tag: &str, words: &str) -> Language {
    Language { locale: Locale::of_tag(tag).unwrap(), messages: Messages::decode(words).unwrap() }
}

fn english() -> Language {
    language("en", include_str!("../src/i18n/locales/en.json"))
}

/// A page on which a test sets the view model.
struct Shown {
    language: Signal<Language>,
    root: HtmlElement,
    view: Signal<ViewModel>,
    _mounted: UnmountHandle<Element>,
}

impl Shown {
    fn new(model: ViewModel) -> Self {
        SENT.take();
        let document = web_sys::window().unwrap().document().unwrap();
        let root: HtmlElement = document.create_element("div").unwrap().unchecked_into();
        document.body().unwrap().append_child(&root).unwrap();
        let view = Signal::new(model);
        let ports = Ports {
            address: || "https://pay.example/pay/A1".into(),
            back: || {},
            drawn: |_| None,
            goes_back: || true,
            leaves: |_| true,
            pay_path: |id| ["/pay/", id.as_str()].concat(),
            copy: |text, done| {
                let works = text != "REFUSED";
                COPIED.lock().unwrap().push(text);
                done(works);
            },
            money: |amount| ["CN¥", &amount.grouped()].concat(),
            picture: |text, then| {
                let mut picture = vec![0; first_paint::LARGEST_PICTURE];
                let length = first_paint::draw(text.as_bytes(), &mut picture).filter(|_| text != "UNDRAWABLE");
                picture.truncate(length.unwrap_or_default());
                then(length.and_then(|_| String::from_utf8(picture).ok()));
            },
            poster: |poster, wish| match wish {
                Wish::Draw(done) => done(Some(
                    ["data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==#", &poster.lines.join("|")].concat(),
                )),
                Wish::Save(done) => {
                    POSTERS.lock().unwrap().push(poster);
                    done(Saved::Done);
                }
            },
            send: |event| SENT.with_borrow_mut(|sent| sent.push(event)),
            span: |count, unit| format!("{count} {unit:?}"),
            speak: |locale| SPOKEN.lock().unwrap().push(locale.tag),
        };
        for (region, lines) in [("announcer", 3), ("alarm", 1)] {
            let regions = document.create_element("div").unwrap();
            regions.set_id(region);
            for _ in 0..lines {
                regions.append_child(&document.create_element("p").unwrap()).unwrap();
            }
            root.append_child(&regions).unwrap();
        }
        let language = Signal::new(english());
        let config: &'static Config = Box::leak(Box::default());
        let mounted = mount_to_renderer(&root, move || view::page(view, language, config, ports));
        Self { language, root, view, _mounted: mounted }
    }

    /// Waits for what stands below the way to pay, which comes after it.
    async fn whole(model: ViewModel) -> Self {
        let shown = Self::new(model);
        gloo_timers::future::TimeoutFuture::new(100).await;
        shown
    }

    /// Shows another model; effects run in a later microtask.
    async fn set(&self, model: ViewModel) {
        self.view.set(model);
        leptos::task::tick().await;
    }

    fn find(&self, selector: &str) -> Option<HtmlElement> {
        self.root.query_selector(selector).unwrap().map(|element| element.unchecked_into())
    }

    fn text(&self, selector: &str) -> String {
        self.find(selector).map(|element| element.text_content().unwrap_or_default()).unwrap_or_default()
    }

    fn press(&self, selector: &str) {
        self.find(selector).unwrap().click();
    }
}

impl Drop for Shown {
    fn drop(&mut self) {
        self.root.remove();
    }
}

fn order() -> Arc<Order> {
    Arc::new(Order {
        amount: Fen::decode(1000),
        id: OrderId::decode("A1"),
        method: Some(PayMethod { code: "alipay".into(), label: None, logo: None }),
        subject: Some("<img src=x onerror=alert(1)>".into()),
        tips: Tips::new(None, false, Some("<b>Pay</b> soon".to_owned())),
        trade_amount: Fen::decode(123_456),
        ..Order::default()
    })
}

fn model(screen: Screen) -> ViewModel {
    ViewModel {
        connection: Connection::Good,
        entry: None,
        handing: None,
        expires: None,
        leaving_in: None,
        not_opened: false,
        pay: None,
        remaining: None,
        screen,
        sound: None,
        terms: Terms::default(),
        time_warning: None,
    }
}

fn with_actions(actions: Vec<Action>) -> Pay {
    let instrument = Instrument { code: Code::decode("https://qr.alipay.com/x", ""), ..Instrument::default() };
    Pay::Instrument(Arc::new(Means { actions, instrument }))
}

/// What a computer shows.
fn instrument() -> Pay {
    with_actions(vec![Action::Scan])
}

/// What a phone shows.
fn with_wallet() -> Pay {
    with_actions(vec![Action::OpenWallet(WalletLink::decode("alipays://x").unwrap()), Action::Scan, Action::Save(Saving::File)])
}

fn awaiting(pay: Pay) -> ViewModel {
    ViewModel { pay: Some(pay), remaining: Some(899), ..model(Screen::Awaiting { order: order() }) }
}

#[wasm_bindgen_test]
async fn texts_are_text() {
    let shown = Shown::whole(awaiting(instrument())).await;
    leptos::task::tick().await;
    assert_eq!(shown.text("h1"), "<img src=x onerror=alert(1)>");
    assert!(shown.find("h1 img").is_none());
    assert_eq!(shown.text(".tips"), "Pay soon");
}

#[wasm_bindgen_test]
fn the_amount_is_large_and_its_bare_number_is_copied() {
    let shown = Shown::new(awaiting(instrument()));
    assert_eq!(shown.text(".amount"), "CN¥1,234.56");
    shown.press(".due .copy");
    assert_eq!(COPIED.lock().unwrap().last().map(String::as_str), Some("1234.56"));
}

#[wasm_bindgen_test]
async fn a_copy_button_says_that_it_copied() {
    let shown = Shown::new(awaiting(instrument()));
    assert_eq!(shown.text(".due .copy .sign + span"), "Copy");
    shown.press(".due .copy");
    leptos::task::tick().await;
    assert_eq!(shown.text(".due .copy .sign + span"), "Copied");
}

#[wasm_bindgen_test]
async fn a_tick_redraws_nothing_but_the_countdown() {
    let shown = Shown::whole(awaiting(instrument())).await;
    let code = shown.find("img.code").unwrap();
    assert_eq!(shown.text(".countdown bdi"), "14:59");
    shown.set(ViewModel { remaining: Some(100), ..awaiting(instrument()) }).await;
    assert_eq!(shown.text(".countdown bdi"), "01:40");
    assert_eq!(shown.find("img.code"), Some(code), "the code is the same element");
    assert!(shown.find(".countdown.urgent").is_some());
}

#[wasm_bindgen_test]
async fn a_covered_code_leaves_nothing_to_scan_to_open_or_to_obey() {
    let shown = Shown::whole(awaiting(with_wallet())).await;
    assert!(shown.find("img.code").is_some() && shown.find("a[data-wallet]").is_some() && shown.find(".warning").is_some());
    shown.set(ViewModel { remaining: None, ..awaiting(Pay::Checking { resting: false }) }).await;
    assert!(shown.find("img").is_none() && shown.find("a[data-wallet]").is_none() && shown.find(".warning").is_none());
    assert!(shown.text("#alarm").starts_with("Checking your payment – "), "it interrupts");
    shown.set(awaiting(Pay::Checking { resting: true })).await;
    shown.press(".covered .button");
    assert_eq!(SENT.take(), [Event::CheckAgainPressed]);
}

#[wasm_bindgen_test]
async fn the_live_region_speaks_of_each_change_once() {
    let shown = Shown::new(awaiting(instrument()));
    assert_eq!(shown.text("#announcer p"), "Scan with Alipay to pay, CN¥1,234.56");
    shown.set(ViewModel { connection: Connection::Reconnecting, ..awaiting(instrument()) }).await;
    assert!(shown.text("#announcer").starts_with("Reconnecting"));
    assert!(shown.text(".connection").starts_with("Reconnecting"));
    shown.set(ViewModel { remaining: Some(7), ..awaiting(instrument()) }).await;
    assert_eq!(shown.text(".connection"), "");
    assert!(!shown.text("#announcer").contains('7'), "the countdown is not read out");
}

#[wasm_bindgen_test]
async fn paid_leads_to_the_shop_by_a_link_and_may_be_stayed_on() {
    let target = ReturnTarget::decode("/order/return");
    let paid = |leaving_in| ViewModel { leaving_in, ..model(Screen::Paid { order: order(), target: target.clone() }) };
    let shown = Shown::new(paid(Some(5)));
    assert_eq!(shown.find("a.button").unwrap().get_attribute("href").as_deref(), Some("/order/return"));
    assert_eq!(shown.text(".leaving"), "Returning to the shop in 5 Second");
    shown.press("button.button");
    assert_eq!(SENT.take(), [Event::StayPressed]);
    shown.set(paid(None)).await;
    assert!(shown.find("button.button").is_none());
    assert_eq!(shown.text(".leaving"), "");
}

#[wasm_bindgen_test]
async fn the_sound_switch_says_its_state_and_shows_the_words() {
    let sound = Some(Sound { blocked: false, on: true, words: Some("请支付".into()) });
    let shown = Shown::whole(ViewModel { sound, ..awaiting(instrument()) }).await;
    assert_eq!(shown.text(".sound"), "Sound is on");
    assert_eq!(shown.text(".prompt"), "请支付");
    shown.press(".sound");
    assert_eq!(SENT.take(), [Event::SoundSwitched]);
}

#[wasm_bindgen_test]
async fn a_control_that_is_pressed_keeps_the_focus_near() {
    let shown = Shown::new(awaiting(Pay::Missing(None)));
    shown.find(".covered .button").unwrap().focus().unwrap();
    shown.set(awaiting(Pay::Asking)).await;
    leptos::task::tick().await;
    let focused = web_sys::window().unwrap().document().unwrap().active_element().unwrap();
    assert_eq!(focused.class_name(), "pay");
}

#[wasm_bindgen_test]
async fn the_heading_of_a_result_takes_the_focus_from_what_was_pressed() {
    let shown = Shown::new(awaiting(instrument()));
    shown.find(".due .copy").unwrap().focus().unwrap();
    shown.set(model(Screen::Paid { order: order(), target: None })).await;
    leptos::task::tick().await;
    let focused = web_sys::window().unwrap().document().unwrap().active_element().unwrap();
    assert_eq!(focused.tag_name(), "H1");
}

#[wasm_bindgen_test]
async fn one_copy_button_says_that_it_copied() {
    let shown = Shown::whole(awaiting(instrument())).await;
    shown.press(".due .copy");
    shown.press(".facts .copy");
    leptos::task::tick().await;
    assert_eq!((shown.text(".due .copy .sign + span"), shown.text(".facts .copy .sign + span")), ("Copy".into(), "Copied".into()));
    assert_eq!(shown.text("#announcer p + p + p"), "Copied");
}

#[wasm_bindgen_test]
async fn a_picture_that_does_not_load_is_reported() {
    let code = Code::decode("data:image/png;base64,AAAA", "");
    let shown = Shown::new(awaiting(Pay::Instrument(Arc::new(Means {
        actions: vec![Action::Scan],
        instrument: Instrument { code, ..Instrument::default() },
    }))));
    for _ in 0..200 {
        if SENT.with_borrow(|sent| !sent.is_empty()) {
            break;
        }
        gloo_timers::future::TimeoutFuture::new(10).await;
    }
    assert_eq!(SENT.take(), [Event::CodeBroken]);
    drop(shown);
}

#[wasm_bindgen_test]
async fn a_code_that_cannot_be_drawn_is_reported() {
    let code = Code::decode("UNDRAWABLE", "");
    let instrument = Instrument { code, ..Instrument::default() };
    let shown = Shown::new(awaiting(Pay::Instrument(Arc::new(Means { actions: vec![Action::Scan], instrument }))));
    assert_eq!(SENT.take(), [Event::CodeUndrawn]);
    drop(shown);
}

#[wasm_bindgen_test]
fn every_screen_without_a_code_has_a_heading() {
    for (screen, kind) in [
        (Screen::Ended { end: End::Closed, order: order() }, "closed"),
        (Screen::Ended { end: End::CreationFailed, order: order() }, "creation-failed"),
        (Screen::Ended { end: End::TimedOut, order: order() }, "timed-out"),
        (Screen::Failed { number: None, reason: Reason::LinkIncomplete }, "link-incomplete"),
        (Screen::Failed { number: Some("A1".into()), reason: Reason::NotFound(None) }, "not-found"),
        (Screen::Failed { number: Some("A1".into()), reason: Reason::Unreachable }, "unreachable"),
        (Screen::Paid { order: order(), target: None }, "paid"),
    ] {
        let shown = Shown::new(model(screen));
        assert_eq!(shown.find("[data-screen]").unwrap().get_attribute("data-screen").as_deref(), Some(kind));
        assert!(!shown.text("h1").is_empty(), "{kind}");
    }
}

#[wasm_bindgen_test]
fn a_phone_shows_the_wallet_before_the_code() {
    let shown = Shown::new(awaiting(with_wallet()));
    let link = shown.find("a[data-wallet]").unwrap();
    assert_eq!((link.get_attribute("href").as_deref(), link.text_content().as_deref()), (Some("alipays://x"), Some("Pay with Alipay")));
    let code = shown.find("img.code").unwrap();
    let follows = 4; // Node.DOCUMENT_POSITION_FOLLOWING
    assert_eq!(link.compare_document_position(&code) & follows, follows);
}

#[wasm_bindgen_test]
async fn a_code_is_saved_with_what_it_pays() {
    let shown = Shown::new(ViewModel { expires: UnixSeconds::decode(1_700_000_000), ..awaiting(with_wallet()) });
    shown.press(".save");
    leptos::task::tick().await;
    let poster = POSTERS.lock().unwrap().pop().unwrap();
    assert_eq!((poster.amount.as_str(), poster.file_name.as_str()), ("CN¥1,234.56", "payment-code-A1"));
    assert_eq!(poster.lines, ["Scan with Alipay to pay", "Order …A1"]);
    assert_eq!(poster.expires, UnixSeconds::decode(1_700_000_000).map(|at| ("Valid until {time}", at)));
    assert!(poster.code.starts_with("data:image/bmp;base64,"));
    assert_eq!(shown.text(".save span"), "Code saved");
}

#[wasm_bindgen_test]
async fn inside_an_app_the_picture_itself_is_what_is_saved() {
    let shown = Shown::new(awaiting(with_actions(vec![Action::LeaveApp, Action::CopyLink, Action::Scan, Action::Save(Saving::LongPress)])));
    leptos::task::tick().await;
    let source = shown.find("img.code").unwrap().get_attribute("src").unwrap();
    assert_eq!(source, "data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==#Scan with Alipay to pay|Order …A1");
    assert!(shown.find(".leave-app").is_some() && shown.find("a[data-wallet]").is_none() && shown.find(".save").is_none());
    shown.press(".copy-link .copy");
    assert_eq!(COPIED.lock().unwrap().last().map(String::as_str), Some("https://pay.example/pay/A1"));
}

#[wasm_bindgen_test]
async fn a_text_that_cannot_be_copied_is_selected() {
    let instrument = Instrument { account: Some("REFUSED".into()), ..Instrument::default() };
    let shown = Shown::new(awaiting(Pay::Instrument(Arc::new(Means { actions: Vec::new(), instrument }))));
    shown.press(".by-hand .copy");
    leptos::task::tick().await;
    let selection = web_sys::window().unwrap().get_selection().unwrap().unwrap();
    assert_eq!(String::from(selection.to_string()), "REFUSED");
    assert_eq!(shown.text(".by-hand .copy .sign + span"), "Copy by hand");
}

#[wasm_bindgen_test]
async fn help_comes_when_the_wallet_does_not() {
    let shown = Shown::new(awaiting(with_wallet()));
    shown.press("a[data-wallet]");
    assert_eq!(SENT.take(), [Event::WalletTapped]);
    assert!(shown.find(".not-opened").is_none());
    let link = shown.find("a[data-wallet]").unwrap();
    shown.set(ViewModel { not_opened: true, ..awaiting(with_wallet()) }).await;
    assert!(shown.text(".not-opened").starts_with("Did Alipay not open?"));
    assert_eq!(shown.text("#announcer p"), "Did Alipay not open?");
    assert_eq!(shown.find("a[data-wallet]"), Some(link), "the link that was pressed is still the same");
}

#[wasm_bindgen_test]
async fn a_merchants_markup_is_rebuilt_and_folds() {
    let html = format!("<p onclick=x>Pay <b>soon</b> <a href='https://shop.example'>see</a></p><ul><li>{}</ul>", "long ".repeat(80));
    let order = Arc::new(Order { tips: Tips::new(None, false, Some(html)), ..Order::clone(&order()) });
    let shown = Shown::whole(ViewModel { pay: Some(instrument()), ..model(Screen::Awaiting { order }) }).await;
    leptos::task::tick().await;
    assert!(shown.find(".tips [onclick]").is_none());
    assert_eq!(shown.text(".tips strong"), "soon");
    assert_eq!(shown.find(".tips a").unwrap().get_attribute("rel").as_deref(), Some("noopener noreferrer"));
    let folded = shown.text(".tips").len();
    assert_eq!(shown.find(".fold").unwrap().get_attribute("aria-expanded").as_deref(), Some("false"));
    shown.press(".fold");
    leptos::task::tick().await;
    assert!(shown.text(".tips").len() > 2 * folded);
    assert_eq!(shown.find(".fold").unwrap().get_attribute("aria-expanded").as_deref(), Some("true"));
}

#[wasm_bindgen_test]
async fn another_language_changes_the_words_and_nothing_else() {
    let shown = Shown::whole(awaiting(with_wallet())).await;
    let select: web_sys::HtmlSelectElement = shown.find("select").unwrap().unchecked_into();
    assert_eq!(select.value(), "en");
    assert_eq!(select.get_attribute("aria-label").as_deref(), Some("Language"));
    select.set_value("zh-CN");
    select.dispatch_event(&web_sys::Event::new("change").unwrap()).unwrap();
    assert_eq!(SPOKEN.lock().unwrap().last(), Some(&"zh-CN"));
    select.focus().unwrap();
    shown.language.set(language("zh-CN", include_str!("../src/i18n/locales/zh-CN.json")));
    leptos::task::tick().await;
    leptos::task::tick().await;
    assert_eq!(shown.text("a[data-wallet]"), "打开支付宝付款");
    assert_eq!(shown.text("#announcer p"), "请使用支付宝扫码付款, CN¥1,234.56");
    let focused = web_sys::window().unwrap().document().unwrap().active_element().unwrap();
    assert_eq!(focused.tag_name(), "SELECT", "the choice keeps the focus");
}

#[wasm_bindgen_test]
async fn the_last_minutes_are_spoken() {
    let shown = Shown::whole(awaiting(instrument())).await;
    assert_eq!(shown.text("#announcer p + p"), "");
    shown.set(ViewModel { remaining: Some(180), time_warning: Some(180), ..awaiting(instrument()) }).await;
    assert_eq!(shown.text("#announcer p + p"), "3 Minute left to pay");
    shown.set(ViewModel { remaining: Some(30), time_warning: Some(30), ..awaiting(instrument()) }).await;
    assert_eq!(shown.text("#announcer p + p"), "30 Second left to pay");
}

#[wasm_bindgen_test]
async fn without_words_there_is_still_an_amount_and_a_code() {
    let shown = Shown::new(awaiting(instrument()));
    shown.language.set(Language { messages: Messages::SILENT, ..english() });
    leptos::task::tick().await;
    assert_eq!((shown.text(".label"), shown.text("#announcer")), (String::new(), String::new()));
    assert_eq!(shown.text(".amount"), "CN¥1,234.56");
    assert_eq!(shown.find("img.code").unwrap().get_attribute("alt").as_deref(), Some("CN¥1,234.56"));
}

#[wasm_bindgen_test]
fn the_ear_hears_the_amount_that_the_eye_sees() {
    let instrument = Instrument {
        account: Some("TQn9".into()),
        actual_amount: Some("1.35".into()),
        code: Code::decode("TQn9", ""),
        ..Instrument::default()
    };
    let shown = Shown::new(awaiting(Pay::Instrument(Arc::new(Means { actions: vec![Action::Scan], instrument }))));
    assert_eq!(shown.text(".amount"), "1.35");
    assert_eq!(shown.text("#announcer p"), "Send the amount to this account, 1.35");
    assert_eq!(shown.find("img.code").unwrap().get_attribute("alt").as_deref(), Some("Payment code for Alipay, 1.35"));
    shown.press(".due .copy");
    assert_eq!(COPIED.lock().unwrap().last().map(String::as_str), Some("1.35"));
}
