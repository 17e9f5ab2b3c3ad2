//! The XArrPay template API, as the real gateway answers it.
//!
//! Source: `003_37d426c7333ebf8e.txt` and `protocols.md` section 1. Written apart from the page's decoder on purpose.

use std::{
    collections::HashMap,
    io,
    sync::Arc,
    time::{Duration, UNIX_EPOCH},
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{Path, Query, State as Extract},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::post,
};
use futures_util::stream;
use serde_json::{Map, Value, json};

use crate::{
    State,
    fault::{Call, Fault, Kind},
    order::{Order, Spec, Stand},
    server::Cut,
};

/// A request that is held open is given up after so long.
const LONGEST_HANG: Duration = Duration::from_secs(120);

pub(crate) fn routes() -> Router<Arc<State>> {
    Router::new()
        .route("/api/order/{call}", post(answer))
        .route("/api/pay/{call}", post(answer))
        .route("/api/cashier/parse", post(parse_cashier))
        .route("/api/order/create-cashier", post(create_at_cashier))
}

/// A request under way. Whoever asked has hung up where this is dropped before it is closed.
pub(crate) struct Open {
    is_answered: bool,
    number: u64,
    state: Arc<State>,
}

impl Open {
    /// Records a request of this call, for the order if one was found, with the value of `_time`.
    pub(crate) fn of(state: &Arc<State>, call: Call, id: Option<String>, time: Option<String>, body: &str) -> Self {
        let at = millis(state.began.elapsed());
        let number = state.records().begin(at, call, id, time, body);
        Self { is_answered: false, number, state: Arc::clone(state) }
    }

    /// The request has made this order.
    pub(crate) fn name(&self, id: &str) {
        self.state.records().name(self.number, id);
    }

    /// The request is answered with this.
    pub(crate) fn close(mut self, response: Response) -> Response {
        self.is_answered = true;
        if response.extensions().get::<Cut>().is_some() {
            self.state.records().cut(self.number);
        }
        response
    }
}

/// The value of `_time`.
pub(crate) fn time_of(query: &[(String, String)]) -> Option<String> {
    query.iter().find(|(name, _)| name == "_time").map(|(_, value)| value.clone())
}

impl Drop for Open {
    fn drop(&mut self) {
        let at = millis(self.state.began.elapsed());
        self.state.records().end(self.number, at, !self.is_answered);
    }
}

fn millis(span: Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX)
}

async fn answer(
    Extract(state): Extract<Arc<State>>,
    Path(call): Path<String>,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let call = serde_json::from_value::<Call>(Value::String(call)).ok().filter(|call| call.is_of_template_api());
    let Some(call) = call else { return StatusCode::NOT_FOUND.into_response() };
    let text = String::from_utf8_lossy(&body).into_owned();
    let request = serde_json::from_str::<Value>(&text).ok();
    let named = request.as_ref().and_then(|request| find(&state, call, request));
    let open = Open::of(&state, call, named.clone(), query.get("_time").cloned(), &text);

    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("127.0.0.1");
    let (faults, date, data) = {
        let mut orders = state.orders();
        let Some(order) = named.as_deref().and_then(|id| orders.get_mut(id)) else {
            drop(orders);
            return open.close(enveloped(404, "未能找到订单信息或失效", Value::Null).into_response());
        };
        let faults = order.meet(call);
        if call == Call::ChoseType
            && let Err(words) = choose(order, request.as_ref())
        {
            drop(orders);
            return open.close(enveloped(400, words, Value::Null).into_response());
        }
        (faults, order.gateway_now(), data(call, order, host))
    };
    let mut response = respond(&state, data, &faults).await;
    let moment = UNIX_EPOCH + Duration::from_secs(u64::try_from(date).unwrap_or(0));
    if let Ok(date) = HeaderValue::from_str(&httpdate::fmt_http_date(moment)) {
        response.headers_mut().insert(header::DATE, date);
    }
    open.close(response)
}

/// The ways to pay that every order has.
pub(crate) const METHODS: [(&str, &str); 4] = [("alipay", "支付宝"), ("wxpay", "微信支付"), ("qqpay", "QQ钱包"), ("usdt", "USDT")];

fn choose(order: &mut Order, request: Option<&Value>) -> Result<(), &'static str> {
    let chosen = request.and_then(|request| request.get("pay_type")).and_then(Value::as_str);
    let (code, name) = METHODS.iter().find(|(code, _)| Some(*code) == chosen).ok_or("支付方式不可用")?;
    if order.stand() != Stand::Waiting {
        return Err("订单状态不可用");
    }
    (order.spec.pay_type, order.spec.pay_type_text) = ((*code).into(), (*name).into());
    Ok(())
}

/// The one cashier that there is, and its limits in fen.
pub const CASHIER: &str = "TEA";
const LIMITS: (i64, i64) = (1, 500_000);

fn is_cashier(request: &Value) -> bool {
    request.get("key").and_then(Value::as_str) == Some(CASHIER)
}

async fn parse_cashier(Extract(state): Extract<Arc<State>>, axum::Json(request): axum::Json<Value>) -> Response {
    if !is_cashier(&request) {
        return enveloped(404, "收银台不存在", Value::Null).into_response();
    }
    let data = json!({ "title": "茶馆收银台", "min_amount": LIMITS.0, "max_amount": LIMITS.1 });
    respond(&state, data, &state.faults(Call::Cashier)).await
}

/// Takes a whole number of fen and nothing else.
async fn create_at_cashier(Extract(state): Extract<Arc<State>>, axum::Json(request): axum::Json<Value>) -> Response {
    let amount = request.get("amount").and_then(Value::as_i64).filter(|amount| (LIMITS.0..=LIMITS.1).contains(amount));
    let Some(amount) = amount.filter(|_| is_cashier(&request)) else {
        return enveloped(400, "金额或收银台不正确", Value::Null).into_response();
    };
    let spec = Spec { amount, pay_type: String::new(), pay_type_text: String::new(), subject: "茶馆收银台".into(), ..Spec::default() };
    let data = json!({ "order_id": state.orders().create(spec) });
    respond(&state, data, &state.faults(Call::Create)).await
}

/// The number of the order that a request names. `qrcode` takes the gateway's own number only.
fn find(state: &State, call: Call, request: &Value) -> Option<String> {
    if let Some(id) = request.get("order_id").and_then(Value::as_str).filter(|id| !id.is_empty()) {
        return Some(id.to_owned());
    }
    if call == Call::Qrcode {
        return None;
    }
    let out_order_id = request.get("out_order_id")?.as_str()?;
    state.orders().id_of(out_order_id, request.get("pid")?.as_i64()?)
}

fn enveloped(code: i64, message: &str, data: Value) -> axum::Json<Value> {
    axum::Json(json!({ "code": code, "message": message, "data": data, "redirect": "" }))
}

fn data(call: Call, order: &Order, host: &str) -> Value {
    let mut data = match call {
        Call::Cashier | Call::Check | Call::Create | Call::Mapi | Call::Pay | Call::Payment => Value::Null,
        Call::Audio => json!(order.spec.audio),
        Call::ChoseType => json!({}),
        Call::Types => METHODS
            .iter()
            .map(|(value, label)| json!({ "value": value, "label": label, "logo": format!("/sandbox/logo/{value}.svg") }))
            .collect(),
        Call::Info => info(order),
        Call::Qrcode => code(order, host),
        Call::Status => status(order),
    };
    let name = serde_json::to_value(call).ok();
    if let Some(merged) = name.as_ref().and_then(Value::as_str).and_then(|name| order.spec.merge.get(name)) {
        merge(&mut data, merged);
    }
    data
}

fn merge(data: &mut Value, with: &Value) {
    if let (Value::Object(data), Value::Object(with)) = (data, with) {
        data.extend(with.clone());
    }
}

fn return_uri(order: &Order) -> Option<String> {
    let spec = &order.spec;
    let shop =
        || format!("/sandbox/shop?out_order_id={}&trade_no={}&trade_status=TRADE_SUCCESS&sign=sandbox", spec.out_order_id, spec.order_id);
    Some(spec.return_uri.clone().unwrap_or_else(shop)).filter(|uri| !uri.is_empty())
}

fn info(order: &Order) -> Value {
    let spec = &order.spec;
    let mut info = json!({
        "subject": spec.subject,
        "out_order_id": spec.out_order_id,
        "order_id": spec.order_id,
        "status": order.stand().code(),
        "amount": spec.amount,
        "trade_amount": spec.trade_amount.unwrap_or(spec.amount),
        "expire_time": order.expire_time(),
        "pay_type": spec.pay_type,
        "pay_type_text": spec.pay_type_text,
        "create_time": local_time(order.created_at()),
        "return_uri": "",
        "pay_type_logo": spec.pay_type_logo,
        "content": spec.content,
        "service_qq": spec.service_qq,
        "pay_tip": spec.pay_tip,
        "pay_account_tip": { "tip": spec.account_tip, "tip_cover": spec.tip_cover },
    });
    add_outcome(&mut info, order);
    info
}

fn status(order: &Order) -> Value {
    let mut status = json!({ "status": order.stand().code(), "expire_time": order.expire_time(), "return_uri": "", "is_auto_open": order.spec.is_auto_open });
    add_outcome(&mut status, order);
    status
}

/// What both answers say of the way back.
fn add_outcome(answer: &mut Value, order: &Order) {
    let Some(answer) = answer.as_object_mut() else { return };
    if let Some(wait) = order.spec.pay_payed_wait_time {
        answer.insert("pay_payed_wait_time".into(), wait.into());
    }
    if order.stand() == Stand::Paid
        && let Some(uri) = return_uri(order)
    {
        answer.insert("return_uri".into(), uri.into());
    }
}

fn code(order: &Order, host: &str) -> Value {
    let code = &order.spec.code;
    let wallet = format!("http://{host}/sandbox/wallet/{}", order.spec.order_id);
    let mut answer = Map::new();
    for (name, value) in json!(code).as_object().into_iter().flatten() {
        if !value.is_null() && value != "" {
            answer.insert(name.clone(), value.clone());
        }
    }
    if code.r#type.is_empty() {
        answer.insert("type".into(), "qrcode".into());
        if code.qrcode.is_none() && code.qrcode_data.is_none() {
            answer.insert("qrcode".into(), wallet.into());
        }
    }
    Value::Object(answer)
}

/// Unix seconds as the gateway's local time in China, which carries no zone.
fn local_time(unix: i64) -> String {
    let (days, seconds) = ((unix + 8 * 3600).div_euclid(86_400), (unix + 8 * 3600).rem_euclid(86_400));
    // Civil date from days since 1970-01-01 (Howard Hinnant's algorithm).
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let day_of_era = z.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02} {:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

const LOGIN_PAGE: &str = "<!doctype html><html><title>Login</title><body><form>Please sign in</form></body></html>";

async fn respond(state: &State, mut data: Value, faults: &[Fault]) -> Response {
    for fault in faults {
        match &fault.kind {
            Kind::Delay { ms } => tokio::time::sleep(Duration::from_millis(*ms)).await,
            Kind::Merge { data: with } => merge(&mut data, with),
            _ => {}
        }
    }
    let body = if state.settings.flat { data.to_string() } else { enveloped(200, "success", data).0.to_string() };
    respond_with(body, faults).await
}

/// An answer without the envelope of the template API.
pub(crate) async fn respond_flat(mut answer: Value, faults: &[Fault]) -> Response {
    for fault in faults {
        match &fault.kind {
            Kind::Delay { ms } => tokio::time::sleep(Duration::from_millis(*ms)).await,
            Kind::Merge { data } => merge(&mut answer, data),
            _ => {}
        }
    }
    respond_with(answer.to_string(), faults).await
}

/// A body, or what goes wrong with it.
async fn respond_with(body: String, faults: &[Fault]) -> Response {
    let json = |body: String| ([(header::CONTENT_TYPE, "application/json; charset=utf-8")], body).into_response();
    let html =
        |status: StatusCode, body: &str| (status, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], body.to_owned()).into_response();
    for fault in faults {
        return match &fault.kind {
            Kind::Delay { .. } | Kind::Merge { .. } => continue,
            Kind::Double => json(body.repeat(2)),
            Kind::Hang => {
                tokio::time::sleep(LONGEST_HANG).await;
                cut()
            }
            Kind::Html => html(StatusCode::OK, LOGIN_PAGE),
            Kind::Redirect { to } => axum::response::Redirect::temporary(to).into_response(),
            Kind::Replace { body } => json(body.clone()),
            Kind::Reset => cut(),
            Kind::Slow { ms } => slowly(body, *ms),
            Kind::Status { body, code, retry_after } => {
                let status = StatusCode::from_u16(*code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
                let mut response = match body {
                    Some(body) => (status, json(body.clone())).into_response(),
                    None => html(status, &format!("<h1>{status}</h1>")),
                };
                if let Some(value) = retry_after.as_deref().and_then(|value| HeaderValue::from_str(value).ok()) {
                    response.headers_mut().insert(header::RETRY_AFTER, value);
                }
                response
            }
            Kind::Truncate => truncated(&body),
            Kind::Type { content_type } => ([(header::CONTENT_TYPE, content_type.clone())], body).into_response(),
        };
    }
    json(body)
}

fn cut() -> Response {
    let mut response = StatusCode::OK.into_response();
    response.extensions_mut().insert(Cut);
    response
}

/// Announces the whole body, sends half of it and cuts the connection.
fn truncated(body: &str) -> Response {
    let half = Bytes::copy_from_slice(body.as_bytes().get(..body.len() / 2).unwrap_or_default());
    let pieces = stream::unfold(Some(half), |half| async {
        if let Some(half) = half {
            return Some((Ok(half), None));
        }
        // The first half must be on its way before, or it is dropped with the connection.
        tokio::time::sleep(Duration::from_millis(50)).await;
        Some((Err(io::Error::other("cut on demand")), None))
    });
    ([(header::CONTENT_TYPE, "application/json".to_owned()), (header::CONTENT_LENGTH, body.len().to_string())], Body::from_stream(pieces))
        .into_response()
}

/// Sends the body in ten pieces over `ms` milliseconds.
fn slowly(body: String, ms: u64) -> Response {
    let size = body.len().div_ceil(10).max(1);
    let pieces: Vec<Bytes> = body.as_bytes().chunks(size).map(Bytes::copy_from_slice).collect();
    let pieces = stream::unfold(pieces.into_iter(), move |mut rest| async move {
        let piece = rest.next()?;
        tokio::time::sleep(Duration::from_millis(ms / 10)).await;
        Some((Ok::<_, io::Error>(piece), rest))
    });
    ([(header::CONTENT_TYPE, "application/json")], Body::from_stream(pieces)).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn local_time_is_that_of_china() {
        // date -u -d @1717214400 → 2024-06-01 04:00:00
        assert_eq!(local_time(1_717_214_400), "2024-06-01 12:00:00");
        assert_eq!(local_time(951_753_599), "2000-02-28 23:59:59");
        assert_eq!(local_time(951_753_600), "2000-02-29 00:00:00");
    }
}
