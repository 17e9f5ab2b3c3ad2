//! The payment by a signed form, as the epay family answers it, with its callbacks.
//!
//! Source: `002_13dffef3a224743b.txt` and `protocols.md` section 2. Written apart from the page's decoder on purpose; the
//! signature is the project's own.

use std::{net::IpAddr, sync::Arc, time::Duration};

use axum::{
    Form, Router,
    extract::{Path, Query, State as Extract},
    http::{HeaderMap, Uri, header},
    response::Response,
    routing::{get, post},
};
use http_body_util::{BodyExt, Empty, Limited};
use hyper::body::Bytes;
use hyper_util::{client::legacy::Client, rt::TokioExecutor};
use saoma::sign::{Key, sign, verify};
use serde_json::{Value, json};

use crate::{
    State,
    fault::Call,
    gateway,
    order::{Code, Order, Orders, Spec, Stand},
    record::Notification,
};

/// Merchants: the number, the key, and whether the answers are those of the first epay.
const MERCHANTS: [(i32, &str, bool); 2] = [(1001, "SANDBOX-KEY-1001", false), (1002, "SANDBOX-KEY-1002", true)];
/// The channels that there are.
const CHANNELS: [&str; 3] = ["alipay", "qqpay", "wxpay"];
/// By so many fen at most an amount is shifted, so that no two orders that wait have the same.
const MOST_SHIFT: i64 = 9;
/// How long a callback is tried again, and how often.
const FIRST_PAUSE: Duration = Duration::from_millis(200);
const MOST_ATTEMPTS: usize = 6;
/// How long an order is watched.
const WATCHED: Duration = Duration::from_secs(3600);

type Fields = Vec<(String, String)>;

pub(crate) fn routes() -> Router<Arc<State>> {
    Router::new().route("/pay/mapi.php", post(create)).route("/sandbox/notify/{failures}", get(notified))
}

fn merchant_key(pid: i32) -> Option<Key> {
    MERCHANTS.iter().find(|(known, ..)| *known == pid).map(|(_, key, _)| Key::new(key))
}

/// Fields as a shop's server signs them, and as they stand in a link: those of one of the sandbox's merchants by `pid`.
pub fn signed_query(fields: &[(&str, &str)]) -> String {
    let pid = fields.iter().find(|(name, _)| *name == "pid").and_then(|(_, pid)| pid.parse().ok());
    let digest = pid.and_then(merchant_key).map(|key| sign(fields.iter().copied(), &key)).unwrap_or_default();
    let signature = [("sign", digest.as_str()), ("sign_type", "MD5")];
    serde_urlencoded::to_string([fields, &signature].concat()).unwrap_or_default()
}

fn pairs(fields: &Fields) -> impl Iterator<Item = (&str, &str)> {
    fields.iter().map(|(name, value)| (name.as_str(), value.as_str()))
}

fn refusal(code: i64, words: &str) -> Value {
    json!({ "code": code, "msg": words })
}

async fn create(
    Extract(state): Extract<Arc<State>>,
    Query(query): Query<Vec<(String, String)>>,
    headers: HeaderMap,
    Form(fields): Form<Fields>,
) -> Response {
    let field = |name: &str| fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str()).unwrap_or_default();
    let body = serde_json::to_string(&fields).unwrap_or_default();
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("127.0.0.1").to_owned();
    let known = field("pid").parse::<i64>().ok().and_then(|pid| state.orders().id_of(field("out_trade_no"), pid));
    let open = gateway::Open::of(&state, Call::Mapi, known, gateway::time_of(&query), &body);
    let made = make(&state, &fields);
    let (answer, id) = match made {
        Ok((answer, id)) => (answer(&host), Some(id)),
        Err(refusal) => (refusal, None),
    };
    let faults = match &id {
        Some(id) => {
            open.name(id);
            tokio::spawn(watch(Arc::clone(&state), id.clone()));
            state.orders().get_mut(id).map(|order| order.meet(Call::Mapi)).unwrap_or_default()
        }
        None => Vec::new(),
    };
    let response = gateway::respond_flat(answer, &[faults, state.faults(Call::Mapi)].concat()).await;
    open.close(response)
}

type Answer = Box<dyn FnOnce(&str) -> Value + Send>;

/// Checks the form as the gateway does, in its order, and makes the order.
fn make(state: &State, fields: &Fields) -> Result<(Answer, String), Value> {
    let field = |name: &str| fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str()).unwrap_or_default();
    for name in ["pid", "type", "out_trade_no", "notify_url", "return_url", "name", "money", "sign", "sign_type"] {
        if field(name).is_empty() {
            return Err(refusal(700, &format!("缺少参数 {name}")));
        }
    }
    let merchant = field("pid").parse::<i32>().ok().and_then(|pid| MERCHANTS.into_iter().find(|(known, ..)| *known == pid));
    let Some((pid, key, is_first_epay)) = merchant else { return Err(refusal(800, "商户号或密钥错误")) };
    if !verify(pairs(fields), &Key::new(key)) {
        return Err(refusal(701, "签名校验失败"));
    }
    let Some(amount) = fen(field("money")) else { return Err(refusal(700, "金额格式不正确")) };
    if amount < 1 {
        return Err(refusal(704, "金额不能低于0.01元"));
    }
    let kind = field("type");
    if !CHANNELS.contains(&kind) {
        return Err(refusal(901, "无可用通道"));
    }
    if let Some(code) = state.channels().get(kind) {
        return Err(refusal(*code, "通道暂不可用"));
    }
    let mut orders = state.orders();
    if orders.id_of(field("out_trade_no"), pid.into()).is_some() {
        return Err(refusal(705, "订单号重复"));
    }
    let Some(due) = free_amount(&orders, kind, amount) else { return Err(refusal(703, "该金额没有匹配的收款码")) };
    let label = match kind {
        "alipay" => "支付宝",
        "qqpay" => "QQ钱包",
        _ => "微信支付",
    };
    let spec = Spec {
        amount,
        code: Code::default(),
        ext: field("ext").to_owned(),
        notify_url: field("notify_url").to_owned(),
        out_order_id: field("out_trade_no").to_owned(),
        pay_type: kind.to_owned(),
        pay_type_text: label.to_owned(),
        pid,
        subject: field("name").to_owned(),
        trade_amount: Some(due),
        ..Spec::default()
    };
    let id = orders.create(spec);
    let Some(order) = orders.get_mut(&id) else { return Err(refusal(500, "系统错误")) };
    order.spec.return_uri = Some(with_callback(field("return_url"), order));
    let (out, trade_no, kind) = (field("out_trade_no").to_owned(), id.clone(), kind.to_owned());
    let answer = move |host: &str| {
        let wallet = format!("http://{host}/sandbox/wallet/{trade_no}");
        if !is_first_epay {
            return json!({
                "code": 200, "msg": "success", "money": yuan(due), "type": kind, "qrcode": wallet, "trade_no": trade_no, "out_trade_no": out,
            });
        }
        let (name, value) = match kind.as_str() {
            "alipay" => ("payurl", wallet),
            "qqpay" => ("qrcode", wallet),
            _ => ("urlscheme", format!("weixin://dl/business/?ticket={trade_no}")),
        };
        json!({ "code": 1, "msg": "", "trade_no": trade_no, name: value })
    };
    Ok((Box::new(answer), id))
}

/// The amount itself, else the next that no waiting order of this channel has.
fn free_amount(orders: &Orders, kind: &str, amount: i64) -> Option<i64> {
    let waits = |order: &&Order| order.stand() == Stand::Waiting && order.spec.pay_type == kind;
    let taken: Vec<i64> = orders.iter().filter(waits).map(|order| order.spec.trade_amount.unwrap_or(order.spec.amount)).collect();
    (amount..=amount + MOST_SHIFT).find(|amount| !taken.contains(amount))
}

/// Yuan with at most two decimals, as fen.
fn fen(yuan: &str) -> Option<i64> {
    let (whole, cents) = yuan.split_once('.').unwrap_or((yuan, ""));
    let is_number = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    (is_number(whole) && is_number(cents) && cents.len() <= 2 && !whole.is_empty()).then_some(())?;
    format!("{whole}{cents:0<2}").parse().ok()
}

fn yuan(fen: i64) -> String {
    format!("{}.{:02}", fen / 100, fen % 100)
}

/// An address with the signed fields of the callback.
fn with_callback(address: &str, order: &Order) -> String {
    let spec = &order.spec;
    let (pid, money) = (spec.pid.to_string(), yuan(spec.amount));
    let mut fields = vec![
        ("pid", pid.as_str()),
        ("trade_no", &spec.order_id),
        ("out_trade_no", &spec.out_order_id),
        ("type", &spec.pay_type),
        ("name", &spec.subject),
        ("money", &money),
        ("trade_status", "TRADE_SUCCESS"),
        ("param", &spec.ext),
    ];
    let digest = merchant_key(spec.pid).map(|key| sign(fields.iter().copied(), &key)).unwrap_or_default();
    fields.extend([("sign", digest.as_str()), ("sign_type", "MD5")]);
    let joint = if address.contains('?') { '&' } else { '?' };
    let query = serde_urlencoded::to_string(&fields).unwrap_or_default();
    format!("{address}{joint}{query}")
}

/// Waits until an order is paid, then tells the shop until it answers `success`.
async fn watch(state: Arc<State>, id: String) {
    let end = tokio::time::Instant::now() + WATCHED;
    let address = loop {
        tokio::time::sleep(Duration::from_millis(100)).await;
        let orders = state.orders();
        match orders.get(&id).map(|order| (order.stand(), order)) {
            Some((Stand::Paid, order)) => break with_callback(&order.spec.notify_url, order),
            Some((Stand::Waiting, _)) if tokio::time::Instant::now() < end => {}
            _ => return,
        }
    };
    let mut pause = FIRST_PAUSE;
    for attempt in 1..=MOST_ATTEMPTS {
        let answer = call(&address).await;
        let is_heard = answer == "success";
        state.notifications().push(Notification { address: address.clone(), answer, attempt, order_id: id.clone() });
        if is_heard {
            return;
        }
        tokio::time::sleep(pause).await;
        pause *= 2;
    }
}

/// What a shop on this machine answers; the sandbox calls nobody else.
async fn call(address: &str) -> String {
    let Ok(uri) = address.parse::<Uri>() else { return "(no address)".into() };
    let host = uri.host().unwrap_or_default();
    let is_here = host == "localhost" || host.parse::<IpAddr>().is_ok_and(|host| host.is_loopback());
    if uri.scheme_str() != Some("http") || !is_here {
        return "(not called: the sandbox calls http on this machine only)".into();
    }
    let client: Client<_, Empty<Bytes>> = Client::builder(TokioExecutor::new()).build_http();
    let asked = async {
        let response = client.get(uri).await.ok()?;
        let body = Limited::new(response.into_body(), 1024).collect().await.ok()?.to_bytes();
        // Nothing else of what answers on this machine is kept.
        let is_heard = body.trim_ascii() == b"success";
        Some(if is_heard { "success".to_owned() } else { "(not success)".to_owned() })
    };
    match tokio::time::timeout(Duration::from_secs(5), asked).await {
        Ok(Some(answer)) => answer,
        Ok(None) => "(no answer)".into(),
        Err(_) => "(no answer in time)".into(),
    }
}

/// The sandbox's shop is told of a payment. It does not hear the first `failures` times, and believes no wrong signature.
async fn notified(Extract(state): Extract<Arc<State>>, Path(failures): Path<usize>, Query(fields): Query<Fields>) -> &'static str {
    let field = |name: &str| fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str()).unwrap_or_default();
    let is_right = is_signed(&fields).unwrap_or(false);
    let before = state.notifications().iter().filter(|told| told.order_id == field("trade_no")).count();
    if is_right && field("trade_status") == "TRADE_SUCCESS" && before >= failures { "success" } else { "fail" }
}

/// Whether the fields of a callback bear the signature of the merchant that they name; `None` where they name none.
pub(crate) fn is_signed(fields: &[(String, String)]) -> Option<bool> {
    let pid = fields.iter().find(|(name, _)| name == "pid").map(|(_, value)| value)?;
    let key = pid.parse().ok().and_then(merchant_key);
    Some(key.is_some_and(|key| verify(fields.iter().map(|(name, value)| (name.as_str(), value.as_str())), &key)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_shifted_until_no_waiting_order_has_it() {
        let mut orders = Orders::default();
        for due in 100..=100 + MOST_SHIFT {
            assert_eq!(free_amount(&orders, "alipay", 100), Some(due));
            orders.create(Spec { order_id: format!("A{due}"), trade_amount: Some(due), ..Spec::default() });
        }
        assert_eq!(free_amount(&orders, "alipay", 100), None);
        assert_eq!(free_amount(&orders, "wxpay", 100), Some(100));
    }

    #[test]
    fn yuan_are_read_exactly() {
        for (text, expected) in
            [("1", Some(100)), ("0.1", Some(10)), ("12.34", Some(1234)), ("0.001", None), ("-1", None), ("", None), (".5", None)]
        {
            assert_eq!(fen(text), expected, "{text}");
        }
        assert_eq!(yuan(1205), "12.05");
    }
}
