//! The XArrPay template API.
//!
//! Source: `003_37d426c7333ebf8e.txt` and, for what the gateway really sends, `protocols.md` section 1.
//! Every request is a POST of JSON to `{base}/order/…?_time=…`; an answer is an envelope with `code` 200, or flat.

use core::time::Duration;

use super::{
    Reply, Request,
    wire::{Envelope, Fields},
};
use crate::{
    json::quote,
    order::{
        Answer, AudioUrl, Call, Cashier, Code, End, Failure, Fault, Fen, Info, Instrument, Offer, Order, OrderId, OrderRef, OutOrderId,
        PayMethod, Picture, Prompt, ReturnTarget, Returning, ServiceQq, Standing, Status, Tips, Tone, UnixSeconds, WalletLink,
    },
    text::{digits, parts},
};

const ENVELOPE: Envelope = Envelope { code: "code", flat: false, good: &[200], optional: true };

/// How a call is put to this gateway, whose API is at `api`: always as a POST of JSON.
pub fn request(call: &Call, api: &str) -> Request {
    let (path, body) = match call {
        Call::Audio(order) => ("/order/audio", naming(order)),
        Call::Cashier(key) => ("/cashier/parse", ["{\"key\":", &quote(key.as_str()), "}"].concat()),
        Call::Choose { id, method } => {
            ("/order/chose-type", ["{\"order_id\":", &quote(id.as_str()), ",\"pay_type\":", &quote(method), "}"].concat())
        }
        Call::Create { amount, key } => {
            ("/order/create-cashier", ["{\"key\":", &quote(key.as_str()), ",\"amount\":", &digits(amount.get()), "}"].concat())
        }
        Call::Info(order) => ("/order/info", naming(order)),
        Call::Methods(id) => ("/pay/types", naming_by_id(id)),
        Call::QrCode { id, .. } => ("/order/qrcode", naming_by_id(id)),
        Call::Status(order) => ("/order/status", naming(order)),
    };
    Request::post([api, path].concat(), body)
}

/// The question to a source that tells how an order stands as this gateway does. It may want to know who asks.
pub(super) fn confirmation(path: &str, order: &OrderRef) -> Request {
    Request { is_signed_in: true, ..Request::post(path.to_owned(), naming(order)) }
}

/// Where an order is paid, beside the page at `path`: `/pay/{id}`, below whatever stands before `pay` or `cashier` there.
pub fn pay_path(path: &str, id: &OrderId) -> String {
    [above(path), "/pay/", &id.path_segment()].concat()
}

/// Where the shopper chooses how to pay it: `/pay/separate/{id}`.
pub fn separate_path(path: &str, id: &OrderId) -> String {
    [above(path), "/pay/separate/", &id.path_segment()].concat()
}

fn above(path: &str) -> &str {
    let mut at = 0_usize;
    let mut found = "";
    for segment in parts(path, b'/') {
        if matches!(segment, "cashier" | "pay") {
            found = path.get(..at.saturating_sub(1)).unwrap_or_default();
        }
        at += segment.len() + 1;
    }
    found
}

fn naming_by_id(id: &OrderId) -> String {
    ["{\"order_id\":", &quote(id.as_str()), "}"].concat()
}

fn naming(order: &OrderRef) -> String {
    match order {
        OrderRef::Id(id) => naming_by_id(id),
        OrderRef::Out { out_order_id, pid } => {
            ["{\"out_order_id\":", &quote(out_order_id.as_str()), ",\"pid\":", &digits(pid.get()), "}"].concat()
        }
    }
}

/// Understands the reply to a call. `origin` is the page's own, without a trailing slash.
pub fn decode(call: &Call, reply: Result<Reply<'_>, Fault>, origin: &str) -> Answer {
    let reply = match reply {
        Ok(reply) => reply,
        Err(fault) => return call.failed(Failure::Fault(fault)),
    };
    let fields = || Fields::open(reply, &ENVELOPE);
    let payload = || Fields::read(reply, &ENVELOPE);
    match call {
        Call::Audio(_) => Answer::Audio(fields().map(|fields| audio(&fields))),
        Call::Cashier(_) => Answer::Cashier(fields().map(|fields| cashier(&fields))),
        Call::Choose { .. } => Answer::Chosen(payload().map(drop)),
        Call::Create { .. } => Answer::Created(fields().and_then(|fields| created(&fields))),
        Call::Info(_) => Answer::Info(fields().and_then(info).and_then(with_amount).map(Box::new)),
        Call::Methods(_) => Answer::Methods(payload().and_then(methods)),
        Call::QrCode { .. } => Answer::QrCode(fields().map(|fields| offer(&fields, origin))),
        Call::Status(_) => Answer::Status(fields().and_then(|fields| standing(&fields))),
    }
}

/// `/api/order/info`. Every field of the answer is used:
///
/// | field | becomes |
/// |---|---|
/// | `subject` `content` `create_time` `out_order_id` `order_id` | shown |
/// | `status` `expire_time` `return_uri` `pay_payed_wait_time` | [`Standing`]; `return_uri` is read only when paid |
/// | `amount` `trade_amount` | [`Fen`]; either stands for the other where one is missing |
/// | `pay_type` `pay_type_text` `pay_type_logo` | [`PayMethod`]; no `pay_type` means that none is chosen yet |
/// | `service_qq` | [`ServiceQq`] |
/// | `pay_tip` `pay_account_tip.tip` `pay_account_tip.tip_cover` | the tips, in the order in which they are shown |
///
/// Of the envelope, `redirect` is not used: no source says when it is set, and the page follows only a paid answer.
fn info(mut fields: Fields) -> Result<Info, Failure> {
    let standing = standing(&fields)?;
    let tips = tips(&mut fields);
    let amount = fields.int("amount").and_then(Fen::decode);
    // A channel that has not set what to pay yet says 0; nobody is told to pay nothing for something.
    let trade_amount = fields.int("trade_amount").and_then(Fen::decode).filter(|due| due.get() > 0).or(amount);
    let order = Order {
        amount,
        content: fields.text("content"),
        create_time: fields.text("create_time"),
        freight: None,
        id: fields.text("order_id").as_deref().and_then(OrderId::decode),
        out_order_id: fields.text("out_order_id").as_deref().and_then(OutOrderId::decode),
        method: fields.text("pay_type").map(|code| PayMethod {
            code,
            label: fields.text("pay_type_text"),
            logo: fields.text("pay_type_logo").as_deref().and_then(Picture::decode_local),
        }),
        points: None,
        service_qq: fields.text("service_qq").as_deref().and_then(ServiceQq::decode),
        subject: fields.text("subject"),
        tips,
        trade_amount,
    };
    Ok(Info { offer: None, order, redirect_wait: redirect_wait(&fields), standing })
}

fn with_amount(info: Info) -> Result<Info, Failure> {
    if info.order.trade_amount.is_none() {
        return Err(Failure::Fault(Fault::Undecodable("the order has no amount")));
    }
    Ok(info)
}

/// What a source says of an order whose gateway says nothing of it: as much of `info` as there is. Where it says nothing that
/// can be used, the order is taken as its link names it. `method` is how it is paid. What is paid is the order of the link, whatever
/// number the source has for it.
pub(super) fn seen(call: &Call, reply: Result<Reply<'_>, Fault>, method: Option<&PayMethod>) -> Answer {
    let read = reply.ok().and_then(|reply| Fields::open(reply, &ENVELOPE).ok()).and_then(|fields| info(fields).ok());
    match read {
        Some(mut info) => {
            info.order.method = method.cloned();
            if let Call::Info(OrderRef::Id(id)) = call {
                info.order.id = Some(id.clone());
            }
            Answer::Info(Ok(Box::new(info)))
        }
        None => unseen(call, method),
    }
}

/// An order of which nothing is known but its number.
pub(super) fn unseen(call: &Call, method: Option<&PayMethod>) -> Answer {
    let (id, out_order_id) = match call {
        Call::Info(OrderRef::Id(id)) => (Some(id.clone()), None),
        Call::Info(OrderRef::Out { out_order_id, .. }) => (None, Some(out_order_id.clone())),
        _ => (None, None),
    };
    let order = Order { id, method: method.cloned(), out_order_id, ..Order::default() };
    let standing = Standing::Waiting { expires: None, opens_wallet: false };
    Answer::Info(Ok(Box::new(Info { offer: None, order, redirect_wait: None, standing })))
}

/// `pay_account_tip.tip_cover` 2: both tips are shown.
fn tips(fields: &mut Fields) -> Tips {
    let account = fields.object("pay_account_tip");
    let both = account.as_ref().is_some_and(|account| account.int("tip_cover") == Some(2));
    Tips::new(account.and_then(|account| account.text("tip")), both, fields.text("pay_tip"))
}

/// `/api/order/status`, and the same fields of `/api/order/info`: `status`, `expire_time`, `return_uri`, `is_auto_open`,
/// `pay_payed_wait_time`. An unknown status is a fault, which ends nothing.
fn standing(fields: &Fields) -> Result<Standing, Failure> {
    let unknown = Failure::Fault(Fault::Undecodable("the status is none that is known"));
    let status = fields.int("status").and_then(Status::decode).ok_or(unknown)?;
    Ok(match (status, End::of(status)) {
        (_, Some(end)) => Standing::Ended(end),
        (Status::Paid, None) => Standing::Paid { redirect_wait: redirect_wait(fields), returning: returning(fields) },
        (_, None) => Standing::Waiting { expires: expires(fields), opens_wallet: fields.is_on("is_auto_open") },
    })
}

fn expires(fields: &Fields) -> Option<UnixSeconds> {
    fields.int("expire_time").and_then(UnixSeconds::decode)
}

/// `pay_payed_wait_time`: seconds, 0 for at once; more than an hour is taken as an hour.
fn redirect_wait(fields: &Fields) -> Option<Duration> {
    let seconds = u64::try_from(fields.int("pay_payed_wait_time")?).ok()?;
    Some(Duration::from_secs(seconds.min(3600)))
}

fn returning(fields: &Fields) -> Returning {
    match fields.untrimmed("return_uri") {
        None => Returning::Nowhere,
        Some(raw) => ReturnTarget::decode(raw).map_or(Returning::Refused, Returning::To),
    }
}

/// `/api/order/audio`: `audio_enable` 1 = on, `audio_url` a recording, `audio_content` the words. All are used.
fn audio(fields: &Fields) -> Option<Prompt> {
    let prompt = Prompt { url: fields.untrimmed("audio_url").and_then(AudioUrl::decode), words: fields.text("audio_content") };
    (fields.is_on("audio_enable") && (prompt.url.is_some() || prompt.words.is_some())).then_some(prompt)
}

/// `/api/pay/types`: a list of `value` (the code), `label` and `logo`. An entry without a code cannot be chosen.
fn methods(payload: Fields) -> Result<Vec<PayMethod>, Failure> {
    let entries = payload.entries().ok_or(Failure::Fault(Fault::Undecodable("the methods are no list")))?;
    let method = |entry: Fields| {
        let logo = entry.text("logo").as_deref().and_then(Picture::decode_local);
        Some(PayMethod { code: entry.text("value")?, label: entry.text("label"), logo })
    };
    Ok(entries.filter_map(method).collect())
}

/// `/api/cashier/parse`. Of its answer no source says more than that it belongs to the key: a name and limits in fen are
/// taken where there are any.
fn cashier(fields: &Fields) -> Cashier {
    let limit = |name| fields.int(name).and_then(Fen::decode).filter(|limit| limit.get() > 0);
    Cashier {
        highest: limit("max_amount"),
        lowest: limit("min_amount").unwrap_or(Fen::FEN),
        title: ["title", "name", "subject"].into_iter().find_map(|name| fields.text(name)),
    }
}

/// `/api/order/create-cashier`: the new order, of which the number is enough to go on.
fn created(fields: &Fields) -> Result<OrderId, Failure> {
    let id = fields.text("order_id").as_deref().and_then(OrderId::decode);
    id.ok_or(Failure::Fault(Fault::Undecodable("the new order has no number")))
}

/// `/api/order/qrcode`. All fields are used: `type` says which of them count, `qrcode_data` goes before `qrcode`,
/// `scheme` before `uri`, `actual_*` are shown as they are. An unknown `type` shows whatever is there.
fn offer(fields: &Fields, origin: &str) -> Offer {
    let link = |name| fields.untrimmed(name).and_then(WalletLink::decode);
    let instrument = || {
        let code = |name| fields.text(name).and_then(|raw| Code::decode(&raw, origin));
        let (ready, text) = (code("qrcode_data"), code("qrcode"));
        let fallback = text.clone().filter(|text| ready.is_some() && matches!(text, Code::Text(_)));
        Offer::Instrument(Instrument {
            account: fields.text("actual_account"),
            account_type: fields.text("actual_account_type"),
            actual_amount: fields.text("actual_amount"),
            code: ready.or(text),
            content: fields.text("content"),
            content_copyable: fields.is_on("content_copy"),
            fallback,
            host: None,
            wallet: link("scheme").or_else(|| link("uri")),
        })
    };
    // Words alone; where there are none, whatever else is there.
    let notice = |tone| {
        let words = fields.text("content").or_else(|| fields.text("message"));
        let words = words.or_else(|| fields.message().filter(|_| tone == Tone::Error).map(str::to_owned));
        words.map_or_else(instrument, |words| Offer::Notice { copyable: fields.is_on("content_copy"), tone, words })
    };
    match fields.text("type").as_deref().unwrap_or_default() {
        "error" => notice(Tone::Error),
        "form" | "html" => Offer::Elsewhere,
        "jump" => link("uri").or_else(|| link("scheme")).map_or_else(instrument, Offer::Jump),
        "text" | "tip_info" => notice(Tone::Info),
        "tip_error" => notice(Tone::Error),
        "tip_success" => notice(Tone::Success),
        "tip_warning" => notice(Tone::Warning),
        _ => instrument(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_names_the_order_in_one_way() {
        let by_id = OrderRef::from_address("/", "?order_id=A%22%5C1").unwrap();
        assert_eq!(request(&Call::Info(by_id), "/api"), Request::post("/api/order/info".into(), r#"{"order_id":"A\"\\1"}"#.into()));
        let out = OrderRef::from_address("/", "?out_order_id=E1&pid=7").unwrap();
        for (call, path) in
            [(Call::Info(out.clone()), "/order/info"), (Call::Audio(out.clone()), "/order/audio"), (Call::Status(out), "/order/status")]
        {
            assert_eq!(request(&call, ""), Request::post(path.into(), r#"{"out_order_id":"E1","pid":7}"#.into()));
        }
        let id = OrderId::decode("A1").unwrap();
        let call = Call::QrCode { id, method: None };
        assert_eq!(request(&call, ""), Request::post("/order/qrcode".into(), r#"{"order_id":"A1"}"#.into()));
    }

    #[test]
    fn the_method_page_is_named_by_the_encoded_number() {
        let id = OrderId::decode("a/b?c").unwrap();
        assert_eq!(separate_path("/", &id), "/pay/separate/a%2Fb%3Fc");
        for (path, expected) in [
            ("/pay/X", "/pay/a%2Fb%3Fc"),
            ("/shop/pay/X", "/shop/pay/a%2Fb%3Fc"),
            ("/shop/pay/separate/X", "/shop/pay/a%2Fb%3Fc"),
            ("/shop/cashier/K", "/shop/pay/a%2Fb%3Fc"),
            ("/index.html", "/pay/a%2Fb%3Fc"),
        ] {
            assert_eq!(pay_path(path, &id), expected, "{path}");
        }
    }
}
