//! What a shopper meets outside the payment page: the wallet, the choice of a method, the shop, the prompt to hear.

use std::{collections::HashMap, sync::Arc};

use axum::{
    Form, Router,
    extract::{Path, Query, State as Extract},
    http::{StatusCode, header},
    response::{Html, IntoResponse, Response},
    routing::get,
};

use crate::{State, mapi, order::Stand};

pub(crate) fn routes() -> Router<Arc<State>> {
    Router::new()
        .route("/sandbox/wallet/{id}", get(wallet).post(decide))
        .route("/sandbox/logo/{file}", get(logo))
        .route("/sandbox/shop", get(shop))
        .route("/sandbox/store", get(|| async { Html(include_str!("store.html")) }))
        .route("/sandbox/prompt.wav", get(|| async { ([(header::CONTENT_TYPE, "audio/wav")], tone()) }))
}

/// A page in the sandbox's own plain style. `body` is markup.
pub(crate) fn page(title: &str, body: &str) -> Html<String> {
    let title = escape(title);
    Html(format!(
        "<!doctype html><html lang=\"zh-CN\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <title>{title}</title><style>:root{{color-scheme:light dark;font:18px/1.6 system-ui,sans-serif}}\
         body{{max-width:24rem;margin:3rem auto;padding:0 1rem;text-align:center}}\
         button{{display:block;width:100%;font:inherit;padding:.7rem;margin:.6rem 0}}</style><h1>{title}</h1>{body}</html>"
    ))
}

pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}

fn no_such_order() -> Response {
    (StatusCode::NOT_FOUND, page("没有这个订单 No such order", "")).into_response()
}

async fn wallet(Extract(state): Extract<Arc<State>>, Path(id): Path<String>) -> Response {
    let orders = state.orders();
    let Some(order) = orders.get(&id) else { return no_such_order() };
    let due = order.spec.trade_amount.unwrap_or(order.spec.amount);
    let amount = format!("{}.{:02}", due / 100, due.rem_euclid(100));
    let subject = escape(&order.spec.subject);
    match order.stand() {
        Stand::Waiting => page(
            &format!("支付 {amount} 元？"),
            &format!(
                "<p>{subject}</p><p>Pay {amount} yuan?</p><form method=\"post\"><button name=\"answer\" value=\"pay\">付款 Pay</button>\
                 <button name=\"answer\" value=\"cancel\">取消 Cancel</button></form>"
            ),
        )
        .into_response(),
        stand => page("不能付款 Cannot be paid", &format!("<p>{subject}</p><p>{stand:?}</p>")).into_response(),
    }
}

async fn decide(Extract(state): Extract<Arc<State>>, Path(id): Path<String>, Form(form): Form<HashMap<String, String>>) -> Response {
    let mut orders = state.orders();
    let Some(order) = orders.get_mut(&id) else { return no_such_order() };
    if form.get("answer").map(String::as_str) != Some("pay") {
        return page("已取消 Cancelled", "").into_response();
    }
    if order.stand() == Stand::Waiting {
        order.spec.status = Stand::Paid;
    }
    page("已付款 Paid", "").into_response()
}

/// A logo: a coloured square with the first letter.
async fn logo(Path(file): Path<String>) -> Response {
    let colour = match file.trim_end_matches(".svg") {
        "alipay" => "1677ff",
        "qqpay" => "12b7f5",
        "usdt" => "26a17b",
        "wxpay" => "07c160",
        _ => return StatusCode::NOT_FOUND.into_response(),
    };
    let letter = file.get(..1).unwrap_or_default().to_uppercase();
    let picture = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 24 24\"><rect width=\"24\" height=\"24\" rx=\"6\" fill=\"#{colour}\"/>\
         <text x=\"12\" y=\"17\" font-size=\"14\" font-family=\"sans-serif\" font-weight=\"700\" text-anchor=\"middle\" fill=\"#fff\">{letter}</text></svg>"
    );
    ([(header::CONTENT_TYPE, "image/svg+xml")], picture).into_response()
}

/// The shop's page behind a payment. A callback that bears a signature is checked.
async fn shop(Query(query): Query<Vec<(String, String)>>) -> Html<String> {
    let field = |name: &str| query.iter().find(|(known, _)| known == name).map(|(_, value)| escape(value));
    let order = field("out_order_id").or(field("out_trade_no")).unwrap_or_default();
    let signature = match mapi::is_signed(&query) {
        None => "",
        Some(true) => "<p id=\"signature\">signature: right</p>",
        Some(false) => "<p id=\"signature\">signature: wrong</p>",
    };
    page("感谢惠顾 Thank you", &format!("<p id=\"shop\">{order}</p>{signature}<p><a href=\"/sandbox\">Sandbox</a></p>"))
}

/// Half a second of a falling tone: 16-bit mono WAV, 8 kHz.
fn tone() -> Vec<u8> {
    const RATE: u32 = 8000;
    let samples: Vec<u8> = (0..RATE / 2)
        .flat_map(|index| {
            let time = f64::from(index) / f64::from(RATE);
            let value = (time * (880.0 - 400.0 * time) * core::f64::consts::TAU).sin() * 8000.0 * (1.0 - 2.0 * time);
            (value as i16).to_le_bytes()
        })
        .collect();
    let size = u32::try_from(samples.len()).unwrap_or(0);
    let header: [&[u8]; 13] = [
        b"RIFF",
        &(36 + size).to_le_bytes(),
        b"WAVE",
        b"fmt ",
        &16u32.to_le_bytes(),
        &1u16.to_le_bytes(),
        &1u16.to_le_bytes(),
        &RATE.to_le_bytes(),
        &(RATE * 2).to_le_bytes(),
        &2u16.to_le_bytes(),
        &16u16.to_le_bytes(),
        b"data",
        &size.to_le_bytes(),
    ];
    [header.concat(), samples].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tone_is_a_wave_file_of_the_size_it_says() {
        let wave = tone();
        assert_eq!(wave.get(..4), Some(&b"RIFF"[..]));
        assert_eq!(wave.len(), 44 + 8000);
        assert_eq!(wave.get(4..8), Some(&(8000u32 + 36).to_le_bytes()[..]));
    }
}
