//! The skin studio: a page on which a merchant sets the payment page up, sees every screen of it, and takes the settings away.

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::{Query, State as Extract},
    http::{StatusCode, header},
    response::{Html, IntoResponse, Response},
    routing::{get, post, put},
};
use saoma::config::{Colour, Config, PRESETS};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    CASHIER, State,
    fault::{Call, Fault, Kind},
    order::{Code, Spec, Stand},
};

pub(crate) fn routes() -> Router<Arc<State>> {
    Router::new()
        .route("/studio", get(studio))
        .route(
            "/studio/studio.js",
            get(|| async { ([(header::CONTENT_TYPE, "text/javascript; charset=utf-8")], include_str!("studio.js")) }),
        )
        .route("/sandbox/custom.css", get(|| async { ([(header::CONTENT_TYPE, "text/css")], ":root { --card-width: 33rem; }\n") }))
        .route("/studio/api/contrast", get(contrast))
        .route("/studio/api/screens", post(screens))
        .route("/studio/api/settings", put(set))
}

/// The studio itself, with a choice of the presets that the page has.
async fn studio() -> Html<String> {
    let choice = |preset: &str| {
        let checked = if preset == "light" { " checked" } else { "" };
        format!(r#"<label><input type="radio" name="preset" value="{preset}"{checked} />{preset}</label>"#)
    };
    Html(include_str!("studio.html").replace("{presets}", &PRESETS.map(choice).concat()))
}

/// Puts settings into the page, and says what the page would say of them.
async fn set(Extract(state): Extract<Arc<State>>, body: String) -> Response {
    let Some((_, complaints)) = Config::decode(&body) else {
        return (StatusCode::BAD_REQUEST, "the settings are no JSON object\n").into_response();
    };
    *state.page_settings() = Some(body);
    let said = |complaint: saoma::config::Complaint| format!("{}: \"{}\" {}", complaint.name, complaint.given, complaint.verdict);
    Json(json!({ "complaints": complaints.into_iter().map(said).collect::<Vec<_>>() })).into_response()
}

#[derive(Deserialize)]
struct Wish {
    brand: String,
}

/// What the page makes of a brand's colour, and how legible that is: computed by the page's own code.
async fn contrast(Query(wish): Query<Wish>) -> Response {
    let Some(brand) = Colour::decode(&wish.brand) else {
        return (StatusCode::BAD_REQUEST, "brand is no colour: write #rgb or #rrggbb\n").into_response();
    };
    let palette = brand.palette();
    let row = |what: &str, colour: Colour, ground: Colour| {
        let ratio = (f64::from(colour.contrast(ground)) * 100.0).floor() / 100.0;
        json!({ "what": what, "colour": colour.css(), "ground": ground.css(), "ratio": ratio, "passes": ratio >= 4.5 })
    };
    Json(json!({
        "given": brand.css(),
        "rows": [
            row("links on light ground", palette.light, Colour::LIGHT_GROUND),
            row("white words on a button", Colour::WHITE, palette.light),
            row("links on dark ground", palette.dark, Colour::DARK_GROUND),
            row("dark words on a button", Colour::INK, palette.dark),
            row("the shop's name on the band", palette.on_fill, palette.fill),
        ],
        "as_given": [
            row("as given, on light ground", brand, Colour::LIGHT_GROUND),
            row("as given, on dark ground", brand, Colour::DARK_GROUND),
        ],
    }))
    .into_response()
}

/// Makes an order for each screen of the page, and gives back where to see it.
async fn screens(Extract(state): Extract<Arc<State>>) -> Json<Vec<Value>> {
    let base = || Spec {
        amount: 1000,
        content: "云服务器 1 个月".into(),
        expires_in: 86_000,
        pay_tip: "<p>付款后<b>自动到账</b>，请勿修改金额。</p>".into(),
        service_qq: "123456789".into(),
        subject: "云服务器续费".into(),
        trade_amount: Some(1001),
        ..Spec::default()
    };
    let failing = |call, kind| Spec { faults: vec![Fault { call: Some(call), from: 1, times: 0, kind }], ..base() };
    let refusal = Kind::Replace { body: r#"{"code":500,"message":"通道维护中"}"#.into() };
    let usdt = Code {
        actual_account: "TQn9Y2khEsLJW1ChVWFMSMeRDow5KcbLSE".into(),
        actual_account_type: "TRC20".into(),
        actual_amount: "1.35".into(),
        qrcode: Some("TQn9Y2khEsLJW1ChVWFMSMeRDow5KcbLSE".into()),
        ..Code::default()
    };
    let ended = |status| Spec { status, ..base() };
    let orders = [
        ("awaiting", base()),
        ("transfer", Spec { code: usdt, pay_type: "usdt".into(), ..base() }),
        ("last-minutes", Spec { expires_in: 110, ..base() }),
        ("checking", Spec { expires_in: -5, timed_out_after: 86_000, ..base() }),
        ("code-missing", failing(Call::Qrcode, refusal)),
        ("reconnecting", failing(Call::Status, Kind::Html)),
        ("loading", failing(Call::Info, Kind::Hang)),
        ("paid", Spec { return_uri: Some(String::new()), ..ended(Stand::Paid) }),
        ("closed", ended(Stand::Closed)),
        ("timed-out", ended(Stand::TimedOut)),
        ("creation-failed", ended(Stand::CreationFailed)),
    ];
    let mut all = state.orders();
    let mut screens: Vec<Value> =
        orders.into_iter().map(|(name, spec)| json!({ "name": name, "path": format!("/pay/{}", all.create(spec)) })).collect();
    let choice = all.create(Spec { pay_type: String::new(), ..base() });
    screens.insert(1, json!({ "name": "choosing", "path": format!("/pay/separate/{choice}") }));
    screens.insert(2, json!({ "name": "entering", "path": format!("/cashier/{CASHIER}") }));
    let seen = all.create(base());
    screens.push(json!({ "name": "unconfirmed", "path": format!("/pay/status?order_id={seen}&money=10.01") }));
    screens.push(json!({ "name": "not-found", "path": "/pay/NOPE" }));
    screens.push(json!({ "name": "link-incomplete", "path": "/" }));
    screens.push(json!({ "name": "link-invalid", "path": "/?gateway=anqi&order_id=1&pay_way=cash" }));
    Json(screens)
}
