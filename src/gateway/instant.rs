//! Immediate payment: a shop's app pays an order with money, with points, or with both.
//!
//! Source: `001_c78715dd9c649748.txt` and `protocols.md` section 4. It answers with the parameters of a wallet's own functions,
//! which only the app around the page can call.

use super::{
    Premises, Reply, Request, Start, Step,
    link::{Link, LinkFault, form, unusable},
    wire::{Envelope, Fields},
    xarr,
};
use crate::{
    gateway::Gateway,
    json::Json,
    order::{
        Answer, Call, Failure, Fault, Fen, Freight, HostApp, HostCall, Info, Instrument, Offer, OrderId, OrderRef, PayMethod, Points,
        Refusal, Terms, Verdict, Visit, WalletLink, percent_encode,
    },
    text::{contains, int, split_once},
};

const ENVELOPE: Envelope = Envelope { code: "status", flat: false, good: &[200], optional: false };
const FIELDS: [&str; 8] =
    ["order_id", "pay_price", "pay_method", "pay_integral", "points_owned", "address_id", "freight_mode", "freight_json_arr_key"];
/// The methods, in the order of their numbers from 1 on.
const METHODS: [&str; 5] = ["wxpay", "alipay", "points", "wxpay+points", "alipay+points"];

/// An order to pay, and where.
#[derive(Clone, Debug)]
pub struct Instant {
    address_id: Option<i64>,
    confirm: Option<String>,
    freight: Option<Freight>,
    path: String,
    points: Option<Points>,
    price: Fen,
    wanted: Option<PayMethod>,
}

/// The ways of paying that the rule allows: "when the points pay for the goods, no money may be taken; when they do not, it
/// must". Without points to spend, money alone.
pub fn methods(points: Option<Points>) -> Vec<&'static str> {
    let points = points.unwrap_or_default();
    METHODS
        .into_iter()
        .filter(|method| match (*method == Points::METHOD, method.ends_with(Points::AND)) {
            (true, _) => points.cover(),
            (false, true) => !points.cover() && points.needed > 0 && points.owned > 0,
            (false, false) => !points.cover(),
        })
        .collect()
}

pub(super) fn start(premises: &Premises) -> Result<Start, LinkFault> {
    let link = Link::read(&premises.query, &FIELDS, &premises.host_fields)?;
    let whole = |text: &str| int(text.trim()).filter(|number| *number >= 0);
    let id = link.need("order_id", |text| whole(text).filter(|id| *id > 0).and_then(|id| OrderId::decode(&id.to_string())))?;
    let price = link.need("pay_price", Fen::of_yuan)?;
    let amount = |name| link.take(name, |text| whole(text).and_then(|number| u64::try_from(number).ok()));
    let (needed, owned) = (amount("pay_integral")?.unwrap_or(0), amount("points_owned")?.unwrap_or(0));
    let points = (needed > 0).then_some(Points { needed, owned });
    let key = link.take("freight_json_arr_key", |text| whole(text).filter(|key| *key <= 2))?.unwrap_or(0);
    let freight = link.take("freight_mode", |text| whole(text).filter(|mode| matches!(mode, 1 | 2)))?;
    let freight = match (freight, key) {
        (None, _) => None,
        (Some(1), _) => Some(Freight::Free),
        (Some(_), 1) => Some(Freight::OnDelivery),
        (Some(_), 2) => Some(Freight::MerchantsChoice),
        // "Needed when freight_mode is 2."
        (Some(_), _) if link.text("freight_json_arr_key").is_none() => {
            link.required("freight_json_arr_key")?;
            None
        }
        (Some(_), _) => return Err(unusable("freight_json_arr_key")),
    };
    let number = link.take("pay_method", |text| whole(text).and_then(|number| usize::try_from(number).ok()))?;
    let wanted = number.map(|number| METHODS.get(number.wrapping_sub(1)).copied().ok_or_else(|| unusable("pay_method"))).transpose()?;
    // What the rule does not allow is not paid at once: the shopper is shown what it does allow.
    let wanted = wanted.filter(|wanted| methods(points).contains(wanted)).map(method);
    let order_ref = OrderRef::Id(id);
    let visit = if wanted.is_some() { Visit::Pay(order_ref) } else { Visit::Choose(order_ref) };
    let instant = Instant {
        address_id: link.take("address_id", whole)?,
        confirm: premises.confirm.clone(),
        freight,
        path: premises.pay_path.clone().unwrap_or_else(|| [&premises.api, "/order/pay"].concat()),
        points,
        price,
        wanted,
    };
    let confirms = premises.confirm.is_some();
    let status_timeout = Terms::default().status_timeout.filter(|_| confirms);
    let terms = Terms { asked: None, asks_once: true, chooses_here: true, confirms, status_timeout };
    Ok(Start { amount: Some(price), gateway: Gateway::Instant(instant), subject: None, terms, visit })
}

fn method(code: &str) -> PayMethod {
    PayMethod { code: code.to_owned(), label: None, logo: None }
}

impl Instant {
    pub(super) fn ask(&self, call: &Call) -> Step {
        match call {
            Call::Info(order) => match &self.confirm {
                Some(path) => Step::Ask(xarr::confirmation(path, order)),
                None => Step::Answer(self.complete(xarr::unseen(call, self.wanted.as_ref()))),
            },
            Call::Methods(_) => Step::Answer(Answer::Methods(Ok(methods(self.points).into_iter().map(method).collect()))),
            Call::QrCode { id, method } => Step::Ask(self.payment(id, method.as_deref().unwrap_or_default())),
            Call::Status(order) if let Some(path) = &self.confirm => Step::Ask(xarr::confirmation(path, order)),
            Call::Audio(_) => Step::Answer(Answer::Audio(Ok(None))),
            Call::Cashier(_) | Call::Choose { .. } | Call::Create { .. } | Call::Status(_) => {
                Step::Answer(call.failed(Failure::Fault(Fault::Network)))
            }
        }
    }

    /// All fields of the specification; `pay_integral` is what this method takes. That the body is a form is inferred: the
    /// specification does not say.
    fn payment(&self, id: &OrderId, method: &str) -> Request {
        let number = METHODS.iter().position(|known| *known == method).map_or(0, |at| at + 1).to_string();
        let points = self.points.unwrap_or_default().spent_by(method).to_string();
        let (mode, key) = match self.freight {
            None => ("", ""),
            Some(Freight::Free) => ("1", "0"),
            Some(Freight::OnDelivery) => ("2", "1"),
            Some(Freight::MerchantsChoice) => ("2", "2"),
        };
        let (price, address) = (self.price.plain(), self.address_id.map(|id| id.to_string()).unwrap_or_default());
        let fields = [
            ("order_id", id.as_str()),
            ("pay_method", &number),
            ("pay_price", &price),
            ("pay_integral", &points),
            ("address_id", &address),
            ("freight_mode", mode),
            ("freight_json_arr_key", key),
        ];
        let body = form(fields.into_iter().filter(|(_, value)| !value.is_empty()));
        Request { body: Some(body), content_type: Request::FORM, is_signed_in: true, path: self.path.clone() }
    }

    pub(super) fn hear(&self, call: &Call, reply: Result<Reply<'_>, Fault>, origin: &str) -> Step {
        Step::Answer(match call {
            // Whether it is paid has to be known before it is paid, where somebody knows.
            Call::Info(_) => match reply {
                Err(fault) => call.failed(Failure::Fault(fault)),
                Ok(Reply { http_status: 500.., .. }) => {
                    call.failed(Failure::Fault(Fault::Undecodable("the source that confirms is out of order")))
                }
                Ok(_) => self.complete(xarr::seen(call, reply, self.wanted.as_ref())),
            },
            Call::QrCode { method, .. } => {
                let opened = reply.map_err(Failure::Fault).and_then(|reply| Fields::read(reply, &ENVELOPE));
                Answer::QrCode(
                    opened
                        .and_then(|fields| offer(&fields, method.as_deref().unwrap_or_default()))
                        .map_err(|failure| failure.judged(verdict)),
                )
            }
            _ => xarr::decode(call, reply, origin),
        })
    }

    /// Adds what the link says of the order.
    fn complete(&self, answer: Answer) -> Answer {
        let Answer::Info(Ok(mut info)) = answer else { return answer };
        let Info { order, .. } = &mut *info;
        let is_covered = self.points.is_some_and(Points::cover);
        order.amount = order.amount.or(Some(self.price));
        order.trade_amount = if is_covered { None } else { order.trade_amount.or(Some(self.price)) };
        order.points = self.points;
        order.freight = self.freight;
        Answer::Info(Ok(info))
    }
}

/// `pay_param`: an object for WeChat, a text for Alipay, and nothing is needed where points pay.
fn offer(fields: &Fields, method: &str) -> Result<Offer, Failure> {
    if method == Points::METHOD {
        return Ok(Offer::Nothing);
    }
    let missing = Failure::Fault(Fault::Undecodable("the answer has no pay_param for this method"));
    let param = fields.value("pay_param").ok_or(missing.clone())?;
    let instrument = match (method.starts_with("alipay"), param) {
        (true, Json::Text(order)) if !order.trim().is_empty() => {
            let order_string = encoded_order(order.trim());
            let link = ["alipays://platformapi/startApp?appId=20000125&orderSuffix=", &percent_encode(&order_string)].concat();
            Instrument {
                host: Some(HostCall::pay(HostApp::Alipay, param, Some(&order_string))),
                wallet: WalletLink::decode(&link),
                ..Instrument::default()
            }
        }
        (false, Json::Object(entries)) if !entries.is_empty() => {
            Instrument { host: Some(HostCall::pay(HostApp::WeChat, param, None)), ..Instrument::default() }
        }
        _ => return Err(missing),
    };
    Ok(Offer::Instrument(instrument))
}

/// The fields of an order string of Alipay. A value may hold `&` and `=`, but not one of these with a `&` before it.
const ORDER_FIELDS: [&str; 17] = [
    "alipay_root_cert_sn",
    "alipay_sdk",
    "app_auth_token",
    "app_cert_sn",
    "app_id",
    "auth_token",
    "biz_content",
    "charset",
    "format",
    "method",
    "notify_url",
    "return_url",
    "sign",
    "sign_type",
    "timestamp",
    "version",
    "ws_service_url",
];

/// An order string with its values percent-encoded, as Alipay's own functions want it. One that comes so is left as it is.
pub(super) fn encoded_order(order: &str) -> String {
    let is_raw = contains(order, "biz_content={") || order.bytes().any(|byte| !byte.is_ascii_graphic());
    if !is_raw {
        return order.to_owned();
    }
    let mut pairs: Vec<(&str, String)> = Vec::new();
    for part in order.split('&') {
        let known = split_once(part, "=").filter(|(name, _)| ORDER_FIELDS.contains(name));
        // Inside the JSON of `biz_content` nothing begins a field.
        let is_open = pairs.last().is_some_and(|(name, value)| *name == "biz_content" && !is_whole(value));
        match (known, pairs.last_mut()) {
            (Some((name, value)), _) if !is_open => pairs.push((name, value.to_owned())),
            (_, Some((_, value))) => {
                value.push('&');
                value.push_str(part);
            }
            (_, None) => pairs.push((part, String::new())),
        }
    }
    form(pairs.iter().map(|(name, value)| (*name, value.as_str())))
}

/// Whether a JSON text is complete.
fn is_whole(json: &str) -> bool {
    Json::read(json).is_some()
}

/// `status` 0 with words is all that this gateway says of a refusal.
fn verdict(refusal: &Refusal) -> Verdict {
    let words = refusal.message.as_deref().unwrap_or_default().to_ascii_lowercase();
    let is_signed_out = contains(&words, "token") || contains(&words, "登录");
    if is_signed_out { Verdict::SignIn } else { Verdict::Other }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_string_is_encoded_value_by_value_and_only_once() {
        let raw = "alipay_sdk=x&app_id=2019&biz_content={\"body\":\"A&charset=b\",\"n\": \"在线\"}&charset=UTF-8&notify_url=https://a.b/?c=1&d=2&timestamp=2019-12-12 20:10:46&sign=s4/+w==";
        let encoded = "alipay_sdk=x&app_id=2019&biz_content=%7B%22body%22%3A%22A%26charset%3Db%22%2C%22n%22%3A%20%22%E5%9C%A8%E7%BA%BF%22%7D&charset=UTF-8&notify_url=https%3A%2F%2Fa.b%2F%3Fc%3D1%26d%3D2&timestamp=2019-12-12%2020%3A10%3A46&sign=s4%2F%2Bw%3D%3D";
        assert_eq!(encoded_order(raw), encoded);
        assert_eq!(encoded_order(encoded), encoded);
        assert_eq!(encoded_order("app_id=1&sign=a%2B"), "app_id=1&sign=a%2B");
    }
}
