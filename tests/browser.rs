//! The view in a real browser: what a view model looks like on the page, and what the shopper's presses say.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used, reason = "in a test, a panic is a failure")]

use std::{
    cell::RefCell,
    sync::{Arc, Mutex},
};

use leptos::{
    mount::{UnmountHandle, mount_to_renderer},
    prelude::{RwSignal, Set},
};
use saoma::{
    checkout::{Connection, Event, Pay, Reason, Screen, Sound, ViewModel},
    i18n::Locale,
    order::{Code, End, Fen, Instrument, Order, OrderId, PayMethod, ReturnTarget, Tip, WalletLink},
    view::{self, Ports},
};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{Element, HtmlElement};

wasm_bindgen_test_configure!(run_in_browser);

thread_local! {
    static SENT: RefCell<Vec<Event>> = const { RefCell::new(Vec::new()) };
}

static COPIED: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// A page on which a test sets the view model.
struct Shown {
    root: HtmlElement,
    view: RwSignal<ViewModel>,
    _mounted: UnmountHandle<Element>,
}

impl Shown {
    fn new(model: ViewModel) -> Self {
        SENT.take();
        let document = web_sys::window().unwrap().document().unwrap();
        let root: HtmlElement = document.create_element("div").unwrap().unchecked_into();
        document.body().unwrap().append_child(&root).unwrap();
        let view = RwSignal::new(model);
        let ports = Ports {
            copy: |text, done| {
                COPIED.lock().unwrap().push(text);
                done(true);
            },
            send: |event| SENT.with_borrow_mut(|sent| sent.push(event)),
        };
        let mounted = mount_to_renderer(&root, move || view::page(view, Locale::En.messages(), ports));
        Self { root, view, _mounted: mounted }
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
        content: None,
        create_time: None,
        id: OrderId::decode("A1"),
        method: Some(PayMethod { code: "alipay".into(), label: None, logo: None }),
        out_order_id: None,
        service_qq: None,
        subject: Some("<img src=x onerror=alert(1)>".into()),
        tips: Tip::decode("<b>Pay</b> soon").into_iter().collect(),
        trade_amount: Fen::decode(123_456).unwrap(),
    })
}

fn model(screen: Screen) -> ViewModel {
    ViewModel { connection: Connection::Good, leaving_in: None, mobile: false, pay: None, remaining: None, screen, sound: None }
}

fn instrument() -> Pay {
    Pay::Instrument(Arc::new(Instrument {
        code: Code::decode("wxp://f2f0", ""),
        wallet: WalletLink::decode("alipays://x"),
        ..Instrument::default()
    }))
}

fn awaiting(pay: Pay) -> ViewModel {
    ViewModel { pay: Some(pay), remaining: Some(899), ..model(Screen::Awaiting { order: order() }) }
}

#[wasm_bindgen_test]
fn texts_are_text() {
    let shown = Shown::new(awaiting(instrument()));
    assert_eq!(shown.text("h1"), "<img src=x onerror=alert(1)>");
    assert!(shown.find("h1 img").is_none());
    assert_eq!(shown.text(".tips"), "Pay soon");
}

#[wasm_bindgen_test]
fn the_amount_is_large_and_its_bare_number_is_copied() {
    let shown = Shown::new(awaiting(instrument()));
    assert_eq!(shown.text(".amount"), "¥1,234.56");
    shown.press(".due .copy");
    assert_eq!(COPIED.lock().unwrap().last().map(String::as_str), Some("1234.56"));
}

#[wasm_bindgen_test]
async fn a_copy_button_says_that_it_copied() {
    let shown = Shown::new(awaiting(instrument()));
    assert_eq!(shown.text(".due .copy span"), "Copy");
    shown.press(".due .copy");
    leptos::task::tick().await;
    assert_eq!(shown.text(".due .copy span"), "Copied");
}

#[wasm_bindgen_test]
async fn a_tick_redraws_nothing_but_the_countdown() {
    let shown = Shown::new(awaiting(instrument()));
    let code = shown.find("img.code").unwrap();
    assert_eq!(shown.text(".countdown bdi"), "14:59");
    shown.set(ViewModel { remaining: Some(100), ..awaiting(instrument()) }).await;
    assert_eq!(shown.text(".countdown bdi"), "01:40");
    assert_eq!(shown.find("img.code"), Some(code), "the code is the same element");
    assert!(shown.find(".countdown.urgent").is_some());
}

#[wasm_bindgen_test]
async fn a_covered_code_leaves_nothing_to_scan_to_open_or_to_obey() {
    let shown = Shown::new(ViewModel { mobile: true, ..awaiting(instrument()) });
    assert!(shown.find("img.code").is_some() && shown.find("a.wallet").is_some() && shown.find(".warning").is_some());
    shown.set(ViewModel { mobile: true, remaining: None, ..awaiting(Pay::Checking { resting: false }) }).await;
    assert!(shown.find("img").is_none() && shown.find("a.wallet").is_none() && shown.find(".warning").is_none());
    shown.set(awaiting(Pay::Checking { resting: true })).await;
    shown.press(".covered .button");
    assert_eq!(SENT.take(), [Event::CheckAgainPressed]);
}

#[wasm_bindgen_test]
async fn the_live_region_speaks_of_each_change_once() {
    let shown = Shown::new(awaiting(instrument()));
    assert_eq!(shown.text("#announcer p"), "Scan with Alipay to pay, ¥1234.56");
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
    assert_eq!(shown.text(".leaving"), "Returning to the shop in 5 s");
    shown.press("button.button");
    assert_eq!(SENT.take(), [Event::StayPressed]);
    shown.set(paid(None)).await;
    assert!(shown.find("button.button").is_none());
    assert_eq!(shown.text(".leaving"), "");
}

#[wasm_bindgen_test]
fn the_sound_switch_says_its_state_and_shows_the_words() {
    let sound = Some(Sound { blocked: false, on: true, words: Some("请支付".into()) });
    let shown = Shown::new(ViewModel { sound, ..awaiting(instrument()) });
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
    let shown = Shown::new(awaiting(instrument()));
    shown.press(".due .copy");
    shown.press(".facts .copy");
    leptos::task::tick().await;
    assert_eq!((shown.text(".due .copy span"), shown.text(".facts .copy span")), ("Copy".into(), "Copied".into()));
    assert_eq!(shown.text("#announcer p + p"), "Copied");
}

#[wasm_bindgen_test]
async fn a_picture_that_does_not_load_is_reported() {
    let code = Code::decode("data:image/png;base64,AAAA", "");
    let shown = Shown::new(awaiting(Pay::Instrument(Arc::new(Instrument { code, ..Instrument::default() }))));
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
