//! What the address of a page asks for.
//!
//! Source: `protocols.md` section 1: "Naming the order", "Separate page", "Theme package".

use super::{
    Fen, MerchantId, OrderId, OrderRef, OutOrderId,
    number::{percent_decode, query_param},
};
use crate::text::{pop_segment, without_end};

/// Names a cashier: a page on which the shopper enters the amount. Text under the rule of [`OrderId`].
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct CashierKey(OrderId);

impl CashierKey {
    /// Refuses what cannot be a key.
    pub fn decode(raw: &str) -> Option<Self> {
        OrderId::decode(raw).map(Self)
    }

    /// The key as text.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

/// What a shopper comes for.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub enum Visit {
    /// To choose how to pay: `/pay/separate/{id}`.
    Choose(OrderRef),
    /// To enter an amount: `/cashier/{key}`.
    Enter(CashierKey),
    /// The address has a field that it must not have, or not so: this one.
    Invalid(String),
    /// Nothing that can be done: the address is not complete.
    #[default]
    Nothing,
    /// To pay.
    Pay(OrderRef),
    /// To see whether an order is paid: `/pay/status`.
    See(OrderRef, Claim),
}

/// What a link says of an order, in the fields of a callback. It is the link's word and nobody else's.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Claim {
    /// `money`: what was paid, in yuan, as it stands there.
    pub money: Option<String>,
    /// `name`: what is bought.
    pub subject: Option<String>,
}

impl Visit {
    /// Reads a page's address, as the browser gives it: percent-encoded, `query` with or without its `?`.
    pub fn of_address(path: &str, query: &str) -> Self {
        let mut rest = Some(without_end(path, b'/'));
        let mut segment = || pop_segment(&mut rest).map(|segment| segment.strip_suffix(".html").unwrap_or(segment));
        let (last, second, third) = (segment().unwrap_or_default(), segment(), segment());
        let order = || OrderRef::from_address(path, query);
        match (third, second, last) {
            (_, Some("cashier"), key) => CashierKey::decode(&percent_decode(key)).map_or(Self::Nothing, Self::Enter),
            (Some("pay"), Some("separate"), id) => {
                OrderId::decode(&percent_decode(id)).map_or(Self::Nothing, |id| Self::Choose(OrderRef::Id(id)))
            }
            (.., "separate") => order().map_or(Self::Nothing, Self::Choose),
            (.., "status") => {
                order().or_else(|| called_back(query)).map_or(Self::Nothing, |order| Self::See(order, Claim::of_query(query)))
            }
            _ => order().map_or(Self::Nothing, Self::Pay),
        }
    }

    /// The order it is about, where it is about one that exists.
    pub fn order(&self) -> Option<&OrderRef> {
        match self {
            Self::Choose(order) | Self::Pay(order) | Self::See(order, _) => Some(order),
            Self::Enter(_) | Self::Invalid(_) | Self::Nothing => None,
        }
    }
}

/// A callback names the shop's number otherwise than a link does.
fn called_back(query: &str) -> Option<OrderRef> {
    let out_order_id = OutOrderId::decode(&query_param(query, "out_trade_no")?)?;
    Some(OrderRef::Out { out_order_id, pid: MerchantId::decode(&query_param(query, "pid")?)? })
}

impl Claim {
    fn of_query(query: &str) -> Self {
        Self { money: query_param(query, "money"), subject: query_param(query, "name") }
    }

    /// What was paid, where it is an amount.
    pub fn amount(&self) -> Option<Fen> {
        self.money.as_deref().and_then(Fen::of_yuan)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(raw: &str) -> OrderRef {
        OrderRef::Id(OrderId::decode(raw).unwrap())
    }

    #[test]
    fn an_address_says_what_the_shopper_comes_for() {
        let claim = Claim { money: Some("0.10".into()), subject: Some("茶".into()) };
        assert_eq!(claim.amount(), Fen::decode(10));
        let out = OrderRef::Out { out_order_id: OutOrderId::decode("E1").unwrap(), pid: MerchantId::decode("7").unwrap() };
        for (path, query, expected) in [
            ("/pay/A1", "", Visit::Pay(id("A1"))),
            ("/shop/pay/A%2F1/", "", Visit::Pay(id("A/1"))),
            ("/", "?order_id=A1", Visit::Pay(id("A1"))),
            ("/index.html", "?trade_no=A1", Visit::Pay(id("A1"))),
            ("/pay/separate/A1", "", Visit::Choose(id("A1"))),
            ("/shop/pay/separate/A1/", "", Visit::Choose(id("A1"))),
            ("/separate.html", "?order_id=A1", Visit::Choose(id("A1"))),
            ("/pay/status", "?order_id=A1", Visit::See(id("A1"), Claim::default())),
            ("/status.html", "?trade_no=A1&name=%E8%8C%B6&money=0.10", Visit::See(id("A1"), claim.clone())),
            ("/pay/status", "?pid=7&out_trade_no=E1&name=%E8%8C%B6&money=0.10&trade_status=TRADE_SUCCESS", Visit::See(out, claim)),
            ("/cashier/K1", "", Visit::Enter(CashierKey::decode("K1").unwrap())),
            ("/shop/cashier/K%201x", "", Visit::Nothing),
            ("/cashier/", "", Visit::Nothing),
            ("/pay/status", "", Visit::Nothing),
            ("/pay/status", "?out_trade_no=E1", Visit::Nothing),
            ("/pay/separate", "", Visit::Nothing),
            ("/", "", Visit::Nothing),
        ] {
            assert_eq!(Visit::of_address(path, query), expected, "{path}{query}");
        }
    }
}
