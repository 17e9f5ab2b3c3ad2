//! What the page was told of its order before it asked: the server that wrote the page may have put it there.
//!
//! It is shown until the gateway answers, and fills what an answer leaves out. It never says how an order stands.

use core::time::Duration;

use super::{Fen, Info, PayMethod, Picture, Tips, UnixSeconds, query_param};
use crate::{json::Json, text::int};

/// What the page was told.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Told {
    /// What must be paid, for an order that waited.
    pub amount: Option<Fen>,
    /// Where to ask: the gateway's own words.
    pub contact: Option<String>,
    /// The site's icon.
    pub favicon: Option<Picture>,
    method: Option<PayMethod>,
    redirect_wait: Option<Duration>,
    /// The gateway's clock.
    pub server_time: Option<UnixSeconds>,
    /// What is bought.
    pub subject: Option<String>,
    tips: Tips,
    /// The site's title.
    pub title: Option<String>,
}

impl Told {
    /// Reads the `content` of the element `saoma-order`: fields and values as in a query, each percent-encoded, so that no
    /// value can break out of it. What a template engine prints for a variable that is missing is absent too.
    pub fn decode(content: &str) -> Self {
        let text = |name| query_param(content, name).map(|text| text.trim().to_owned()).filter(|text| text != "<no value>");
        let int = |name| text(name).as_deref().and_then(int);
        let amount = || int("trade_amount").filter(|amount| *amount > 0).or(int("amount")).and_then(Fen::decode);
        let code = text("pay_type");
        Self {
            amount: amount().filter(|_| int("status") == Some(1)),
            contact: text("contact"),
            favicon: text("web_favicon").as_deref().and_then(Picture::decode_icon),
            method: code.map(|code| PayMethod {
                code,
                label: text("pay_type_label"),
                logo: text("pay_type_logo").as_deref().and_then(Picture::decode_local),
            }),
            redirect_wait: int("payed_wait_time")
                .and_then(|seconds| u64::try_from(seconds).ok())
                .map(|seconds| Duration::from_secs(seconds.min(3600))),
            server_time: int("server_time").and_then(UnixSeconds::decode),
            subject: text("subject"),
            tips: tips(text("pay_account_tip").as_deref(), text("pay_tip")),
            title: text("web_title"),
        }
    }

    /// Adds to an answer what it leaves out.
    pub fn complete(&self, info: &mut Info) {
        let order = &mut info.order;
        if order.tips.is_empty() {
            order.tips.clone_from(&self.tips);
        }
        if let (Some(method), Some(told)) = (&mut order.method, &self.method)
            && method.code == told.code
        {
            method.label = method.label.take().or_else(|| told.label.clone());
            method.logo = method.logo.take().or_else(|| told.logo.clone());
        }
        if order.subject.is_none() {
            order.subject.clone_from(&self.subject);
        }
        info.redirect_wait = info.redirect_wait.or(self.redirect_wait);
    }
}

/// The account's tip, as JSON: a text, or `{tip, tip_cover}`. It covers the order's own, unless `tip_cover` is 2.
fn tips(account: Option<&str>, own: Option<String>) -> Tips {
    let account = account.and_then(Json::read);
    let text = |json: &Json| if let Json::Text(text) | Json::Number(text) = json { Some(text.clone()) } else { None };
    let field = |name| account.as_ref().and_then(|json| json.field(name)).and_then(text);
    let tip = account.as_ref().and_then(text).or_else(|| field("tip"));
    Tips::new(tip, field("tip_cover").as_deref() == Some("2"), own)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_told_is_read() {
        let told = Told::decode(
            "server_time=1717220000&status=1&amount=1000&trade_amount=1001&subject=%E8%8C%B6+%22%3C%2Fscript%3E&pay_type=alipay&pay_type_label=ALI\
             &pay_type_logo=%2Fa.png&payed_wait_time=5&pay_account_tip=%7B%22tip%22%3A%22A%22%2C%22tip_cover%22%3A2%7D&pay_tip=B&contact=123&web_title=Shop&web_favicon=%2Ff.png",
        );
        assert_eq!(told.amount, Fen::decode(1001));
        assert_eq!(told.subject.as_deref(), Some("茶 \"</script>"));
        assert_eq!(told.tips.read().len(), 2);
        assert_eq!((told.contact.as_deref(), told.title.as_deref()), (Some("123"), Some("Shop")));
        assert_eq!((told.redirect_wait, told.server_time), (Some(Duration::from_secs(5)), UnixSeconds::decode(1_717_220_000)));
        assert!(told.favicon.is_some() && told.method.is_some());
    }

    #[test]
    fn what_is_missing_is_nothing() {
        for content in [
            "",
            "server_time=&subject=&amount=",
            "server_time=<no value>&status=%3Cno+value%3E&subject=%3Cno+value%3E&pay_account_tip=null",
        ] {
            assert_eq!(Told::decode(content), Told::default(), "{content}");
        }
    }

    #[test]
    fn an_order_that_does_not_wait_shows_no_amount() {
        assert_eq!(Told::decode("status=2&amount=1000&subject=x").amount, None);
    }
}
