//! The order payment of AnqiCMS: a signed-in customer pays an order that waits.
//!
//! Source: `000_8261f0b46b71c18d.txt` and `protocols.md` section 3. It says nothing of an order but its number; a source that
//! the shop names may say more. Its status is a long poll that answers 0 for a cancelled order too.

use core::time::Duration;

use super::{
    Premises, Reply, Request, Start, Step, id_of,
    link::{Link, LinkFault},
    wire::{Envelope, Fields},
    xarr,
};
use crate::{
    gateway::Gateway,
    json::{Json, quote},
    order::{
        Answer, Call, Code, Failure, Fault, HostApp, HostCall, Instrument, Offer, OrderId, OrderRef, PayMethod, Refusal, Standing, Terms,
        Verdict, Visit, WalletLink, percent_encode,
    },
};

const ENVELOPE: Envelope = Envelope { code: "code", flat: true, good: &[0], optional: false };
/// The server holds the question for up to 20 seconds.
const STATUS_TIMEOUT: Duration = Duration::from_secs(30);
/// The ways to pay that a shop chooses from, as its specification has them.
pub const METHODS: [&str; 5] = ["wechat", "weapp", "alipay", "paypal", "stripe"];
/// What the gateway's own pages call them, in the same order.
const LABELS: [&str; METHODS.len()] = ["微信支付", "微信小程序", "支付宝", "PayPal", "Stripe"];
/// "Error, the reason is indicated in msg"; of the long poll: not paid.
const ERROR: i64 = -1;

/// An order to pay, and where.
#[derive(Clone, Debug)]
pub struct Anqi {
    check: String,
    confirm: Option<String>,
    methods: Vec<PayMethod>,
    pay: String,
    pay_way: Option<PayMethod>,
}

pub(super) fn start(premises: &Premises) -> Result<Start, LinkFault> {
    let link = Link::read(&premises.query, &["order_id", "pay_way"], &premises.host_fields)?;
    let id = link.need("order_id", OrderId::decode)?;
    let method = |(code, label): (&str, &str)| PayMethod { code: code.to_owned(), label: Some(label.to_owned()), logo: None };
    let all = || METHODS.into_iter().zip(LABELS);
    let pay_way = link.take("pay_way", |wanted| all().find(|(code, _)| *code == wanted).map(method))?;
    let is_offered = |code: &str| match premises.methods.as_slice() {
        [] => true,
        offered => offered.iter().any(|offered| offered == code),
    };
    let works_here = |code: &str| code != "weapp" || premises.in_mini_program;
    let methods = all().filter(|(code, _)| is_offered(code) && works_here(code)).map(method).collect();
    let order_ref = OrderRef::Id(id);
    let visit = if pay_way.is_some() { Visit::Pay(order_ref) } else { Visit::Choose(order_ref) };
    let confirms = premises.confirm.is_some();
    let terms = Terms { chooses_here: true, confirms, status_timeout: Some(STATUS_TIMEOUT), ..Terms::default() };
    let anqi = Anqi {
        check: [&premises.api, "/payment/check"].concat(),
        confirm: premises.confirm.clone(),
        methods,
        pay: premises.pay_path.clone().unwrap_or_else(|| [&premises.api, "/order/payment"].concat()),
        pay_way,
    };
    Ok(Start { amount: None, gateway: Gateway::Anqi(anqi), subject: None, terms, visit })
}

impl Anqi {
    pub(super) fn ask(&self, call: &Call) -> Step {
        let id = id_of(call).map(OrderId::as_str).unwrap_or_default();
        match call {
            Call::Info(order) => match &self.confirm {
                Some(path) => Step::Ask(xarr::confirmation(path, order)),
                None => Step::Answer(xarr::unseen(call, self.pay_way.as_ref())),
            },
            Call::Methods(_) => Step::Answer(Answer::Methods(Ok(self.methods.clone()))),
            Call::QrCode { method, .. } => {
                let way = method.as_deref().unwrap_or_default();
                let body = ["{\"order_id\":", &quote(id), ",\"pay_way\":", &quote(way), "}"].concat();
                Step::Ask(Request { is_signed_in: true, ..Request::post(self.pay.clone(), body) })
            }
            Call::Status(_) => Step::Ask(Request {
                body: None,
                content_type: Request::JSON,
                is_signed_in: true,
                path: [&self.check, "?order_id=", &percent_encode(id)].concat(),
            }),
            Call::Audio(_) => Step::Answer(Answer::Audio(Ok(None))),
            Call::Cashier(_) | Call::Choose { .. } | Call::Create { .. } => Step::Answer(call.failed(Failure::Fault(Fault::Network))),
        }
    }

    pub(super) fn hear(&self, call: &Call, round: u8, reply: Result<Reply<'_>, Fault>, origin: &str) -> Step {
        let opened = |reply: Result<Reply<'_>, Fault>| {
            reply.map_err(Failure::Fault).and_then(|reply| Fields::read(reply, &ENVELOPE)).map_err(|failure| failure.judged(verdict))
        };
        Step::Answer(match (call, round) {
            (Call::Info(_), _) => xarr::seen(call, reply, self.pay_way.as_ref()),
            (Call::QrCode { method, .. }, _) => {
                Answer::QrCode(opened(reply).and_then(|fields| offer(&fields, method.as_deref().unwrap_or_default(), origin)))
            }
            (Call::Status(order), 0) => match (opened(reply), &self.confirm) {
                // The trap: this is said of a cancelled order too.
                (Ok(_), Some(path)) => return Step::Ask(xarr::confirmation(path, order)),
                (Ok(_), None) => Answer::Status(Ok(Standing::Over { heard: true })),
                (Err(Failure::Refused(Refusal { code: ERROR, .. })), _) => {
                    Answer::Status(Ok(Standing::Waiting { expires: None, opens_wallet: false }))
                }
                (Err(failure), _) => Answer::Status(Err(failure)),
            },
            // What the source does not say, or says of a payment that it has not heard of yet, is asked again.
            (Call::Status(_), _) => match xarr::decode(call, reply, origin) {
                Answer::Status(Ok(standing)) if !standing.is_waiting() => Answer::Status(Ok(standing)),
                answer => Answer::Status(Ok(Standing::Over { heard: answer.is_good() })),
            },
            _ => call.failed(Failure::Fault(Fault::Network)),
        })
    }
}

/// What the payment is made with, by the method that was asked for.
fn offer(fields: &Fields, method: &str, origin: &str) -> Result<Offer, Failure> {
    let nothing = |what| Failure::Fault(Fault::Undecodable(what));
    let instrument = match method {
        "wechat" => {
            let code = fields.text("code_url").and_then(|raw| Code::decode(&raw, origin));
            Instrument { code: Some(code.ok_or(nothing("the answer has no code_url that can be shown"))?), ..Instrument::default() }
        }
        "weapp" => {
            let host = mini_program(fields).ok_or(nothing("the answer lacks a parameter of the mini-program's payment"))?;
            Instrument { host: Some(host), ..Instrument::default() }
        }
        _ => {
            // To a page, and one that nobody reads on the way. The page's own host is no worse than it is itself.
            let is_safe = |link: &WalletLink| {
                let to = link.as_str();
                link.is_page() && (to.starts_with("https://") || to.strip_prefix(origin).is_some_and(|rest| rest.starts_with('/')))
            };
            let link = fields.untrimmed("jump_url").and_then(WalletLink::decode).filter(is_safe);
            Instrument { wallet: Some(link.ok_or(nothing("the answer has no jump_url that is a https address"))?), ..Instrument::default() }
        }
    };
    Ok(Offer::Instrument(instrument))
}

/// Exact names, and every value as text: `timeStamp` is a number in the specification and text in practice.
fn mini_program(fields: &Fields) -> Option<HostCall> {
    let names = ["timeStamp", "nonceStr", "package", "signType", "paySign"];
    let entries: Option<Vec<(String, Json)>> =
        names.iter().map(|name| Some(((*name).to_owned(), Json::Text(fields.text(name)?)))).collect();
    Some(HostCall::pay(HostApp::MiniProgram, &Json::Object(entries?), None))
}

/// The table of error codes in the specification.
fn verdict(refusal: &Refusal) -> Verdict {
    match refusal.code {
        1001 => Verdict::SignIn,
        1002 => Verdict::NotAllowed,
        4001 => Verdict::UnknownOrder,
        4002 => Verdict::NotPayable,
        4003 => Verdict::Unsupported,
        4004 => Verdict::NothingToPay,
        _ => Verdict::Other,
    }
}
