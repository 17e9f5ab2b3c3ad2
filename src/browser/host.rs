//! The app around the page, which can call a wallet's own functions: see `docs/host.md`.

use core::cell::Cell;

use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::{JsFuture, spawn_local};

use super::{capability, events, send, settings};
use crate::{
    apart::on_demand,
    checkout::Event,
    order::{HostApp, HostCall, HostResult, percent_encode},
};

thread_local! {
    /// What the app was asked for last: its codes are read by that.
    static ASKED: Cell<HostApp> = const { Cell::new(HostApp::WeChat) };
}

/// Where a mini-program shows the native page that pays, if the settings do not say.
const WEAPP_PAGE: &str = "/pages/pay/pay";

on_demand! {
    gateways,
    /// Has the app around the page pay.
    pub(super) fn hand_over(call: HostCall) -> () {
        ASKED.set(call.app);
        if !(call.app == HostApp::MiniProgram && in_mini_program(&call.request) || in_app(&call.request) || in_page(&call.request)) {
            send(Event::HostAnswered { result: HostResult::Missing });
        }
    }
}

/// Listens to what the app says became of it.
pub(super) fn listen() {
    let listener = Closure::<dyn Fn(JsValue)>::new(|event: JsValue| {
        if let Ok(detail) = Reflect::get(&event, &JsValue::from_str("detail")) {
            answered(&detail);
        }
    });
    // A name and a function are all it takes.
    let _ = capability::document().add_event_listener_with_callback("saoma:result", listener.into_js_value().unchecked_ref());
}

/// A code, or an object with one.
fn answered(detail: &JsValue) {
    if let Some(result) = result_of(detail) {
        send(Event::HostAnswered { result });
    }
}

fn result_of(detail: &JsValue) -> Option<HostResult> {
    let names = ["code", "resultStatus", "errCode"];
    let inner = names.iter().map(|name| Reflect::get(detail, &JsValue::from_str(name)).unwrap_or(JsValue::UNDEFINED));
    let code = inner.chain([detail.clone()]).find_map(|value| match value.as_f64() {
        // What is no whole number is no code, least of all the one for "paid".
        Some(number) => Some(number as i32).filter(|whole| f64::from(*whole) == number).map(|whole| whole.to_string()),
        None => value.as_string(),
    });
    code.map(|code| HostResult::of_code(ASKED.get(), &code))
}

fn say(code: &str) {
    send(Event::HostAnswered { result: HostResult::of_code(ASKED.get(), code) });
}

/// What a function of the app threw may have a code too; without one nobody knows what it did before. A browser's own errors have
/// the code 0, which is none for "paid".
fn threw(error: &JsValue) {
    say("unknown");
    if let Some(result) = result_of(error).filter(|result| *result != HostResult::Done) {
        send(Event::HostAnswered { result });
    }
}

/// `window.SaomaHost.pay`, a message handler of iOS, an interface of Android, or React Native.
fn in_app(request: &str) -> bool {
    let argument = JsValue::from_str(request);
    if let Some(host) = capability::global("SaomaHost")
        && let Some(pay) = capability::of(&host, "pay")
    {
        match pay.unchecked_ref::<Function>().apply(&host, &capability::list(&[&argument])) {
            Ok(answer) => match answer.dyn_into::<Promise>() {
                Ok(promise) => spawn_local(async move {
                    match JsFuture::from(promise).await {
                        Ok(answer) => answered(&answer),
                        Err(error) => threw(&error),
                    }
                }),
                Err(answer) => answered(&answer),
            },
            Err(error) => threw(&error),
        }
        return true;
    }
    let ios = capability::global("webkit").and_then(|webkit| capability::of(&webkit, "messageHandlers"));
    let ios = ios.and_then(|handlers| capability::of(&handlers, "saoma")).map(|handler| (handler, "postMessage"));
    let android = || capability::global("SaomaAndroid").map(|interface| (interface, "pay"));
    let react = || capability::global("ReactNativeWebView").map(|view| (view, "postMessage"));
    let found = ios.or_else(android).or_else(react);
    // What such a function gives back says nothing; one that throws took nothing.
    found.is_some_and(|(object, method)| capability::does(&object, method, &[&argument]))
}

/// A script of the shop, or the site that embeds the page, by way of `saoma:pay`: whoever takes it prevents the default.
fn in_page(request: &str) -> bool {
    !events::ask("saoma:pay", &JsValue::from_str(request))
}

/// Whether a WeChat mini-program shows the page.
pub(super) fn is_mini_program() -> bool {
    let says = |text: Option<String>| text.is_some_and(|text| crate::text::contains(&text, "miniprogram"));
    let agent = capability::global("navigator").and_then(|navigator| capability::text(&navigator, "userAgent"));
    // Other apps have mini-programs too.
    let agent = agent.filter(|agent| crate::text::contains(agent, "MicroMessenger/"));
    says(capability::text(&js_sys::global(), "__wxjs_environment")) || says(agent.map(|agent| agent.to_ascii_lowercase()))
}

/// The mini-program's own page takes the parameters, as a query: a page inside it cannot call the payment. `wx` is there where
/// the shop has loaded WeChat's script; what that calls is there in any case.
fn in_mini_program(request: &str) -> bool {
    if !is_mini_program() {
        return false;
    }
    let page = settings::config().text("weapp_page").unwrap_or(WEAPP_PAGE);
    let url = [page, "?request=", &percent_encode(request)].concat();
    let failed = Closure::<dyn Fn()>::new(|| say("missing")).into_js_value();
    let argument = capability::object(&[("url", &JsValue::from_str(&url)), ("fail", &failed)]);
    let own = capability::global("wx").and_then(|wx| capability::of(&wx, "miniProgram"));
    if own.is_some_and(|own| capability::does(&own, "navigateTo", &[&argument])) {
        return true;
    }
    let call = capability::object(&[("name", &JsValue::from_str("navigateTo")), ("arg", &argument)]);
    let done = Closure::<dyn Fn()>::new(|| {}).into_js_value();
    let arguments = [&JsValue::from_str("invokeMiniProgramAPI"), &call, &done];
    capability::global("WeixinJSBridge").is_some_and(|bridge| capability::does(&bridge, "invoke", &arguments))
}
