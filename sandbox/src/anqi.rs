//! The order payment of AnqiCMS, as its server answers it.
//!
//! Source: `000_8261f0b46b71c18d.txt` and `protocols.md` section 3. Written apart from the page's decoder on purpose.

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    body::Bytes,
    extract::{Query, State as Extract},
    http::{HeaderMap, header},
    response::Response,
    routing::{get, post},
};
use serde_json::{Value, json};

use crate::{
    State,
    customer::{self, Customer},
    fault::Call,
    gateway,
    order::Stand,
};

/// The longest that the question for the status is held.
const HELD: Duration = Duration::from_secs(20);

pub(crate) fn routes() -> Router<Arc<State>> {
    Router::new().route("/api/order/payment", post(pay)).route("/api/payment/check", get(check))
}

fn answer(code: i64, words: &str, data: Value) -> Value {
    json!({ "code": code, "msg": words, "data": data })
}

async fn pay(Extract(state): Extract<Arc<State>>, Query(query): Query<Vec<(String, String)>>, headers: HeaderMap, body: Bytes) -> Response {
    let text = String::from_utf8_lossy(&body).into_owned();
    let request: Value = serde_json::from_str(&text).unwrap_or_default();
    // A text, as the specification says; a number is no order id here.
    let field = |name: &str| request.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let (id, way) = (field("order_id"), field("pay_way"));
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("127.0.0.1");
    let known = state.orders().get(&id).map(|_| id.clone());
    let open = gateway::Open::of(&state, Call::Payment, known, gateway::time_of(&query), &text);
    let (answer, faults) = {
        let mut orders = state.orders();
        let order = orders.get_mut(&id);
        match (customer::of(&headers), order) {
            (None, _) => (answer(1001, "请先登录", Value::Null), Vec::new()),
            (Some(Customer::Guest), _) => (answer(1002, "没有权限", Value::Null), Vec::new()),
            (Some(Customer::Tea), None) => (answer(4001, "订单不存在", Value::Null), Vec::new()),
            (Some(Customer::Tea), Some(order)) => {
                let faults = order.meet(Call::Payment);
                let offered = order.spec.pay_ways.is_empty() || order.spec.pay_ways.contains(&way);
                let is_known = matches!(way.as_str(), "alipay" | "paypal" | "stripe" | "weapp" | "wechat");
                let answer = match order.stand() {
                    Stand::Waiting if order.spec.amount == 0 => answer(4004, "订单金额为0，无需支付", Value::Null),
                    Stand::Waiting if !(offered && is_known) => answer(4003, "不支持的支付方式", Value::Null),
                    Stand::Waiting => answer(0, "", payment(order, &way, host)),
                    _ => answer(4002, "订单状态不允许支付", Value::Null),
                };
                (answer, faults)
            }
        }
    };
    let response = gateway::respond_flat(answer, &faults).await;
    open.close(response)
}

fn payment(order: &crate::Order, way: &str, host: &str) -> Value {
    let (spec, wallet) = (&order.spec, format!("http://{host}/sandbox/wallet/{}", order.spec.order_id));
    match way {
        "wechat" => {
            let code = spec.code.qrcode_data.clone().or(spec.code.qrcode.clone()).unwrap_or(wallet);
            json!({ "pay_way": way, "code_url": code })
        }
        "weapp" => json!({
            "pay_way": way, "paySign": "A8E3A1C5F7", "timeStamp": 1_672_531_200, "package": "prepay_id=wx2023010123456789",
            "nonceStr": "abc123def456", "signType": "MD5",
        }),
        _ => json!({ "pay_way": way, "jump_url": if spec.code.uri.is_empty() { wallet } else { spec.code.uri.clone() } }),
    }
}

/// Held while the order waits, for twenty seconds at most. 0 says that it does so no more, whether it is paid or not.
async fn check(Extract(state): Extract<Arc<State>>, Query(query): Query<Vec<(String, String)>>) -> Response {
    let id = query.iter().find(|(name, _)| name == "order_id").map(|(_, value)| value.clone()).unwrap_or_default();
    let known = state.orders().get(&id).map(|_| id.clone());
    let open = gateway::Open::of(&state, Call::Check, known, gateway::time_of(&query), &id);
    let faults = state.orders().get_mut(&id).map(|order| order.meet(Call::Check)).unwrap_or_default();
    let end = tokio::time::Instant::now() + HELD;
    let waits = loop {
        let waits = state.orders().get(&id).is_none_or(|order| order.stand() == Stand::Waiting);
        if !waits || tokio::time::Instant::now() >= end {
            break waits;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    };
    let answer = if waits { answer(-1, "未支付", Value::Null) } else { answer(0, "", Value::Null) };
    let response = gateway::respond_flat(answer, &faults).await;
    open.close(response)
}
