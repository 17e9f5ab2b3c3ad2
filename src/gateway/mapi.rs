//! A payment by the form that the shop's server has signed: the epay family.
//!
//! Source: `002_13dffef3a224743b.txt` and `protocols.md` section 2. The page holds no key: it posts the fields of its link as
//! they are. Afterwards the same gateway speaks the template API.

use core::cell::RefCell;

use super::{
    Premises, Reply, Request, Start, Step,
    link::{Link, LinkFault, unusable},
    wire::{Envelope, Fields},
    xarr,
};
use crate::{
    gateway::Gateway,
    order::{
        Answer, Call, Code, Failure, Fault, Fen, Info, Instrument, MerchantId, Offer, Order, OrderId, OrderRef, OutOrderId, PayMethod,
        Refusal, Standing, Terms, Verdict, Visit, WalletLink,
    },
    text::length,
};

/// 200 of this gateway, 1 of the first epay.
const ENVELOPE: Envelope = Envelope { code: "code", flat: true, good: &[200, 1], optional: false };
const FIELDS: [&str; 11] =
    ["pid", "type", "out_trade_no", "notify_url", "return_url", "name", "money", "sitename", "ext", "sign", "sign_type"];
/// The longest `ext`, in characters.
const MAX_EXT: usize = 100;

/// A signed form, and what it says of the order.
#[derive(Clone, Debug)]
pub struct Mapi {
    form: String,
    /// What was refused, while it is looked whether there is such an order all the same.
    refused: RefCell<Option<Refusal>>,
    method: String,
    money: Fen,
    order_ref: OrderRef,
    out_order_id: OutOrderId,
    path: String,
    subject: String,
}

pub(super) fn start(premises: &Premises) -> Result<Start, LinkFault> {
    let link = Link::read(&premises.query, &FIELDS, &[])?;
    let pid = link.need("pid", MerchantId::decode)?;
    let out_order_id = link.need("out_trade_no", OutOrderId::decode)?;
    let (method, subject) = (link.required("type")?.to_owned(), link.required("name")?.to_owned());
    let money = link.need("money", Fen::of_yuan)?;
    for name in ["notify_url", "return_url", "sign", "sign_type"] {
        link.required(name)?;
    }
    if link.text("ext").is_some_and(|ext| length(ext) > MAX_EXT) {
        return Err(unusable("ext"));
    }
    let order_ref = OrderRef::Out { out_order_id: out_order_id.clone(), pid };
    let path = premises.pay_path.clone().unwrap_or_else(|| "/pay/mapi.php".to_owned());
    let mapi = Mapi {
        form: link.form(),
        refused: RefCell::default(),
        method,
        money,
        order_ref: order_ref.clone(),
        out_order_id,
        path,
        subject: subject.clone(),
    };
    Ok(Start {
        amount: Some(money),
        gateway: Gateway::Mapi(mapi),
        subject: Some(subject),
        terms: Terms { asked: Some(money), ..Terms::default() },
        visit: Visit::Pay(order_ref),
    })
}

impl Mapi {
    pub(super) fn ask(&self, call: &Call, api: &str) -> Step {
        match call {
            Call::Info(_) => Step::Ask(Request {
                body: Some(self.form.clone()),
                content_type: Request::FORM,
                is_signed_in: false,
                path: self.path.clone(),
            }),
            _ => Step::Ask(xarr::request(call, api)),
        }
    }

    pub(super) fn hear(&self, call: &Call, round: u8, reply: Result<Reply<'_>, Fault>, origin: &str, api: &str) -> Step {
        let Call::Info(_) = call else { return Step::Answer(xarr::decode(call, reply, origin)) };
        if round > 0 {
            let resumed = xarr::decode(call, reply, origin);
            let is_unknown = matches!(&resumed, Answer::Info(Err(Failure::Refused(_))));
            let refusal = self.refused.take().filter(|_| is_unknown);
            return Step::Answer(refusal.map_or(resumed, |refusal| Answer::Info(Err(Failure::Refused(refusal)))));
        }
        let created =
            reply.map_err(Failure::Fault).and_then(|reply| Fields::read(reply, &ENVELOPE)).map_err(|failure| failure.judged(verdict));
        match created {
            // There may be such an order all the same, and it may be paid: the very same, when the page is loaded again.
            Err(Failure::Refused(refusal)) if !is_of_the_link(&refusal) => {
                self.refused.replace(Some(refusal));
                Step::Ask(xarr::request(&Call::Info(self.order_ref.clone()), api))
            }
            created => Step::Answer(Answer::Info(created.and_then(|fields| self.created(&fields, origin)).map(Box::new))),
        }
    }

    /// `code` 200: `money` (which may differ), `type`, `qrcode`, `trade_no`, `out_trade_no`. The first epay says one of
    /// `payurl`, `qrcode` and `urlscheme`.
    fn created(&self, fields: &Fields, origin: &str) -> Result<Info, Failure> {
        let due = match fields.text("money") {
            None => self.money,
            Some(money) => Fen::of_yuan(&money).ok_or(Failure::Fault(Fault::Undecodable("money is no amount in yuan")))?,
        };
        let order = Order {
            amount: Some(self.money),
            id: fields.text("trade_no").as_deref().and_then(OrderId::decode),
            out_order_id: Some(self.out_order_id.clone()),
            method: Some(PayMethod { code: fields.text("type").unwrap_or_else(|| self.method.clone()), label: None, logo: None }),
            subject: Some(self.subject.clone()),
            trade_amount: Some(due),
            ..Order::default()
        };
        let link = |name| fields.untrimmed(name).and_then(WalletLink::decode);
        let code = fields.text("qrcode").and_then(|raw| Code::decode(&raw, origin));
        let (scheme, page) = (link("urlscheme"), link("payurl").filter(WalletLink::is_page));
        let offer = match (code, scheme, page) {
            (None, None, Some(page)) => Offer::Jump(page),
            (code, scheme, page) => Offer::Instrument(Instrument { code, wallet: scheme.or(page), ..Instrument::default() }),
        };
        Ok(Info { offer: Some(offer), order, redirect_wait: None, standing: Standing::Waiting { expires: None, opens_wallet: false } })
    }
}

/// Whether the link itself is no good: then there is no order to look for.
fn is_of_the_link(refusal: &Refusal) -> bool {
    matches!(refusal.verdict, Some(Verdict::AmountTooSmall | Verdict::BadSignature | Verdict::Incomplete))
}

/// What the codes mean: "Status code description" of the specification.
fn verdict(refusal: &Refusal) -> Verdict {
    match refusal.code {
        700 => Verdict::Incomplete,
        701 => Verdict::BadSignature,
        702 => Verdict::Maintenance,
        703 => Verdict::NoCodeForAmount,
        704 => Verdict::AmountTooSmall,
        705 => Verdict::Duplicate,
        800 => Verdict::BadMerchant,
        901 => Verdict::NoChannel,
        _ => Verdict::Other,
    }
}
