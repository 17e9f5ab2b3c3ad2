//! Points: what a shop's customers pay with beside money.

/// The points of an order.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Points {
    /// How many pay for the goods.
    pub needed: u64,
    /// How many the shopper has.
    pub owned: u64,
}

impl Points {
    /// The method that pays with points alone.
    pub const METHOD: &'static str = "points";
    /// What stands at the end of a method that takes points and money.
    pub const AND: &'static str = "+points";

    /// Whether they pay for the goods.
    pub fn cover(self) -> bool {
        self.needed > 0 && self.owned >= self.needed
    }

    /// How many a way of paying takes.
    pub fn spent_by(self, method: &str) -> u64 {
        if method == Self::METHOD {
            self.needed
        } else if method.ends_with(Self::AND) {
            self.owned.min(self.needed)
        } else {
            0
        }
    }
}

/// Who pays for the transport.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Freight {
    /// Nobody.
    Free,
    /// The shopper, as the merchant decides.
    MerchantsChoice,
    /// The shopper, on delivery.
    OnDelivery,
}
