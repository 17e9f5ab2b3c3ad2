//! The tolerant decoder that all gateways share.
//!
//! An envelope or a flat body; `message` or `msg`; numbers as numbers or as text; `null`, a missing field and `""`
//! all mean absent; unknown fields are ignored. Success is judged by the gateway's own code, never by guess.

use crate::{
    json::Json,
    order::{Failure, Fault, Refusal},
    text::{int, split_once, turns},
};

/// An answer as it came over the network.
#[derive(Clone, Copy, Debug)]
pub struct Reply<'text> {
    /// The body, decoded as UTF-8.
    pub body: &'text str,
    /// The HTTP status.
    pub http_status: u16,
}

/// The fields of an answer's payload.
#[derive(Debug)]
pub(crate) struct Fields {
    data: Json,
    /// The envelope's words, which a good answer has too ("success").
    message: Option<String>,
}

/// How a gateway wraps its answers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Envelope {
    /// The field with its own code.
    pub(crate) code: &'static str,
    /// Whether the payload may stand beside the code instead of in `data`.
    pub(crate) flat: bool,
    /// Its codes of success.
    pub(crate) good: &'static [i64],
    /// Whether a body without a code is the payload itself.
    pub(crate) optional: bool,
}

impl Fields {
    /// Opens a reply whose payload is an object.
    ///
    /// A body with another HTTP status than 2xx is read for its refusal alone: it is never a success.
    pub(crate) fn open(reply: Reply<'_>, envelope: &Envelope) -> Result<Self, Failure> {
        let fields = Self::read(reply, envelope)?;
        let is_object = matches!(fields.data, Json::Object(_));
        if is_object { Ok(fields) } else { Err(Failure::Fault(Fault::Undecodable("the answer has no data"))) }
    }

    /// The same for a payload of any kind, or none.
    pub(crate) fn read(reply: Reply<'_>, envelope: &Envelope) -> Result<Self, Failure> {
        let is_ok = (200..300).contains(&reply.http_status);
        let undecodable = |what| Failure::Fault(if is_ok { Fault::Undecodable(what) } else { Fault::HttpStatus(reply.http_status) });
        let json = Json::read(reply.body).ok_or_else(|| undecodable("the body is not JSON"))?;
        if !matches!(json, Json::List(_) | Json::Object(_)) {
            return Err(undecodable("the body is neither an object nor a list"));
        }
        let mut body = Self { data: json, message: None };
        let message = body.text("message").or_else(|| body.text("msg"));
        let is_good = |code: &i64| envelope.good.contains(code);
        match (body.data.field(envelope.code), body.int(envelope.code)) {
            (None, _) if is_ok && envelope.optional => Ok(body),
            (None, _) => Err(undecodable("the answer has no code")),
            (Some(_), Some(code)) if is_good(&code) && is_ok => {
                let is_flat = envelope.flat && !matches!(body.data.field("data"), Some(Json::Object(_)));
                Ok(Self { data: if is_flat { body.data } else { body.data.take("data") }, message })
            }
            (Some(_), Some(code)) if !is_good(&code) => Err(Failure::Refused(Refusal { code, message, verdict: None })),
            (Some(_), None) => Err(undecodable("the code is not a number")),
            _ => Err(Failure::Fault(Fault::HttpStatus(reply.http_status))),
        }
    }

    /// The envelope's words, unless they only say that all is well.
    pub(crate) fn message(&self) -> Option<&str> {
        self.message.as_deref().filter(|message| !matches!(*message, "ok" | "success"))
    }

    /// A text, trimmed, without what makes letters stand in another order than they are read (embeddings and overrides); a number is taken as
    /// the text that stood there. Empty is absent.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        match self.data.field(name)? {
            Json::Number(text) | Json::Text(text) => {
                let text: String = text.chars().filter(|char| !turns(*char)).collect();
                let text = text.trim();
                (!text.is_empty()).then(|| text.to_owned())
            }
            Json::Bool(_) | Json::List(_) | Json::Null | Json::Object(_) => None,
        }
    }

    /// A text to its last blank, as a link is judged. Blank is absent.
    pub(crate) fn untrimmed(&self, name: &str) -> Option<&str> {
        match self.data.field(name)? {
            Json::Text(text) if !text.trim().is_empty() => Some(text),
            _ => None,
        }
    }

    /// A whole number, written as a number or as text; `10.0` is 10, `10.5` is none.
    pub(crate) fn int(&self, name: &str) -> Option<i64> {
        // As it stands there: what has been damaged is no number.
        let text = match self.data.field(name)? {
            Json::Bool(value) => return Some(i64::from(*value)),
            Json::Number(text) | Json::Text(text) => text.trim(),
            Json::List(_) | Json::Null | Json::Object(_) => return None,
        };
        let (whole, fraction) = split_once(text, ".").unwrap_or((text, ""));
        fraction.bytes().all(|digit| digit == b'0').then(|| int(whole)).flatten()
    }

    /// Whether a switch is on: 1, `"1"` or `true`.
    pub(crate) fn is_on(&self, name: &str) -> bool {
        self.int(name) == Some(1)
    }

    /// A value of any kind.
    pub(crate) fn value(&self, name: &str) -> Option<&Json> {
        self.data.field(name)
    }

    /// The entries of a payload that is a list.
    pub(crate) fn entries(self) -> Option<impl Iterator<Item = Self>> {
        let Json::List(entries) = self.data else { return None };
        Some(entries.into_iter().map(|data| Self { data, message: None }))
    }

    /// Takes a nested object out; absent for everything else.
    pub(crate) fn object(&mut self, name: &str) -> Option<Self> {
        let data = self.data.take(name);
        matches!(data, Json::Object(_)).then_some(Self { data, message: None })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(http_status: u16, body: &str) -> Result<Fields, Failure> {
        Fields::open(Reply { body, http_status }, &Envelope { code: "code", flat: false, good: &[200], optional: true })
    }

    fn refused(code: i64, message: Option<&str>) -> Failure {
        Failure::Refused(Refusal { code, message: message.map(str::to_owned), verdict: None })
    }

    #[test]
    fn an_envelope_and_a_flat_body_are_the_same() {
        for body in [r#"{"code":200,"message":"success","data":{"a":"x"}}"#, r#"{"code":"200","data":{"a":"x"}}"#, r#"{"a":"x"}"#] {
            assert_eq!(open(200, body).unwrap().text("a").as_deref(), Some("x"), "{body}");
        }
    }

    #[test]
    fn a_refusal_is_read_whatever_the_http_status() {
        for status in [200, 400, 404, 409, 422, 500] {
            assert_eq!(
                open(status, r#"{"code":404,"message":"未能找到订单信息或失效","data":null}"#).unwrap_err(),
                refused(404, Some("未能找到订单信息或失效"))
            );
        }
        assert_eq!(open(200, r#"{"code":1,"msg":"no","data":[]}"#).unwrap_err(), refused(1, Some("no")));
        assert_eq!(open(200, r#"{"code":500}"#).unwrap_err(), refused(500, None));
    }

    #[test]
    fn what_is_not_an_answer_is_a_fault() {
        for (status, body) in [
            (200, ""),
            (200, "<html>login</html>"),
            (200, "[]"),
            (200, "null"),
            (200, "{\"code\":200,\"data\":{\"a\""),
            (200, r#"{"code":200,"data":null}"#),
            (200, r#"{"code":200,"data":[]}"#),
            (200, r#"{"code":200}"#),
            (200, r#"{"code":"ok","data":{}}"#),
            (204, ""),
            (500, "<h1>oops</h1>"),
            (500, r#"{"status":2}"#),
            (502, r#"{"code":200,"data":{"status":2}}"#),
        ] {
            assert!(matches!(open(status, body), Err(Failure::Fault(_))), "{status} {body}");
        }
    }

    #[test]
    fn absent_has_three_spellings_and_numbers_two() {
        let mut fields = open(200, r#"{"a":null,"b":"","c":" ","n":"10","m":10,"f":10.0,"h":10.5,"t":" x ","o":{"k":1}}"#).unwrap();
        for name in ["a", "b", "c", "zzz"] {
            assert_eq!(fields.text(name), None, "{name}");
            assert_eq!(fields.int(name), None, "{name}");
        }
        assert_eq!((fields.int("n"), fields.int("m"), fields.int("f"), fields.int("h")), (Some(10), Some(10), Some(10), None));
        assert_eq!(fields.text("t").as_deref(), Some("x"));
        let turning = open(200, "{\"t\":\"\u{202e}10.00 \u{202a}\u{2066}a\u{2069}\u{202c}\",\"n\":\"\u{202d}\"}").unwrap();
        assert_eq!((turning.text("t").as_deref(), turning.text("n")), (Some("10.00 \u{2066}a\u{2069}"), None));
        // Blank but for what turns is blank; a number with it in is none.
        let damaged = open(200, "{\"t\":\"\u{202a} x \u{202c}\",\"b\":\"\u{202a} \u{202c}\",\"n\":\"\u{202e}2\"}").unwrap();
        assert_eq!((damaged.text("t").as_deref(), damaged.text("b"), damaged.int("n")), (Some("x"), None, None));
        assert_eq!(fields.object("o").and_then(|object| object.int("k")), Some(1));
        assert!(fields.object("n").is_none());
    }
}
