//! Immediate payment, as a shop's server answers its app.
//!
//! Source: `001_c78715dd9c649748.txt` and `protocols.md` section 4. Written apart from the page's decoder on purpose.

use std::sync::Arc;

use axum::{
    Form, Router,
    extract::{Query, State as Extract},
    http::HeaderMap,
    response::Response,
    routing::post,
};
use serde_json::{Value, json};

use crate::{
    Order, State,
    customer::{self, Customer},
    fault::Call,
    gateway,
    order::Stand,
};

pub(crate) fn routes() -> Router<Arc<State>> {
    Router::new().route("/api/order/pay", post(pay))
}

fn error(words: &str) -> Value {
    json!({ "status": 0, "msg": words, "data": [] })
}

async fn pay(
    Extract(state): Extract<Arc<State>>,
    Query(query): Query<Vec<(String, String)>>,
    headers: HeaderMap,
    Form(fields): Form<Vec<(String, String)>>,
) -> Response {
    let field = |name: &str| fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
    let id = field("order_id").filter(|id| id.parse::<u64>().is_ok()).unwrap_or_default().to_owned();
    let known = state.orders().get(&id).map(|_| id.clone());
    let body = serde_json::to_string(&fields).unwrap_or_default();
    let open = gateway::Open::of(&state, Call::Pay, known, gateway::time_of(&query), &body);
    let (answer, faults) = {
        let mut orders = state.orders();
        match (customer::of(&headers), orders.get_mut(&id)) {
            (None | Some(Customer::Guest), _) => (error("token过期"), Vec::new()),
            (Some(Customer::Tea), None) => (error("订单不存在"), Vec::new()),
            (Some(Customer::Tea), Some(order)) => {
                let faults = order.meet(Call::Pay);
                let number = |name: &str| field(name).map_or(Some(0), |text| text.parse::<i64>().ok());
                let paid = take(order, field("pay_price").unwrap_or_default(), number);
                (paid.unwrap_or_else(error), faults)
            }
        }
    };
    let response = gateway::respond_flat(answer, &faults).await;
    open.close(response)
}

/// Checks what the app asks for by the rule: points that pay for the goods pay alone, others never without money.
fn take(order: &mut Order, price: &str, number: impl Fn(&str) -> Option<i64>) -> Result<Value, &'static str> {
    let number = |name: &str| number(name).ok_or("参数错误");
    let (method, points, mode, key) =
        (number("pay_method")?, number("pay_integral")?, number("freight_mode")?, number("freight_json_arr_key")?);
    number("address_id")?;
    let spec = &mut order.spec;
    let covers = spec.points_needed > 0 && spec.points_owned >= spec.points_needed;
    let uses_points = matches!(method, 3..=5);
    if price != format!("{}.{:02}", spec.amount / 100, spec.amount % 100) {
        return Err("支付金额不正确");
    }
    if !(1..=5).contains(&method) || (method == 3) != covers {
        return Err("支付方式不可用");
    }
    if uses_points != (points > 0) || points > spec.points_owned || points > spec.points_needed {
        return Err("积分不足");
    }
    if mode == 2 && !matches!(key, 1 | 2) {
        return Err("请选择运费方式");
    }
    if order.stand() != Stand::Waiting {
        return Err("订单状态不可用");
    }
    let (spec, pay_param) = (
        &mut order.spec,
        match method {
            3 => json!(""),
            1 | 4 => json!({
                "appid": "wxd65a13300ecaae03", "partnerid": "1523813651", "prepayid": "wx11102746130494c056cec7991228043100",
                "package": "Sign=WXPay", "noncestr": "0qsodzn796sfru0puj1fmtf2hz45so0n", "timestamp": "1576031264",
                "sign": "677C19A31F423BC18984CD9BF7D86CAD",
            }),
            _ => json!(ORDER_STRING),
        },
    );
    if method == 3 {
        spec.points_owned -= points;
        spec.status = Stand::Paid;
    }
    Ok(json!({ "status": 200, "msg": "下单成功", "data": { "pay_param": pay_param } }))
}

/// As the specification prints it: its values are not URL-encoded.
const ORDER_STRING: &str = "alipay_sdk=alipay-sdk-php-easyalipay-20190926&app_id=2019121169879357&biz_content={\"body\":\"在线支付\",\"subject\": \"在线支付\",\"out_trade_no\": \"157615203168914672\",\"timeout_express\": \"60m\",\"total_amount\": \"0.01\",\"product_code\":\"QUICK_MSECURITY_PAY\"}&charset=UTF-8&format=json&method=alipay.trade.app.pay&notify_url=https://test.com&sign_type=RSA2&timestamp=2019-12-12 20:10:46&version=1.0&sign=s4lALt1mhGwP7NkWHgDgjQ==";
