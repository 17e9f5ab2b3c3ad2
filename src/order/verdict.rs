//! What a gateway's refusal means for the shopper.

/// Why a gateway refuses, where its code says more than "no". Each has a sentence and a next step of its own.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Verdict {
    /// Less than the least amount that can be paid.
    AmountTooSmall,
    /// The shop is not known to the gateway, or signs with a wrong key.
    BadMerchant,
    /// What the shop asks for does not bear its signature.
    BadSignature,
    /// The shop's number was used before, and the order it named then cannot be shown.
    Duplicate,
    /// The shop left something out.
    Incomplete,
    /// This way of paying is out of service for now.
    Maintenance,
    /// There is no way of paying at present.
    NoChannel,
    /// No code is free for this amount.
    NoCodeForAmount,
    /// The shopper may not do this.
    NotAllowed,
    /// The order is in no state to be paid: paid already, or closed.
    NotPayable,
    /// It costs nothing.
    NothingToPay,
    /// Something else; the gateway's words say what.
    Other,
    /// The shopper is not signed in, or no longer.
    SignIn,
    /// There is no such order.
    UnknownOrder,
    /// Whether the gateway took the payment on is not known: its answer got lost.
    Unsure,
    /// This way of paying is not supported: another may be.
    Unsupported,
}

impl Verdict {
    /// Whether the same may go through another time.
    pub fn passes(self) -> bool {
        matches!(self, Self::Maintenance | Self::NoChannel | Self::NoCodeForAmount | Self::Other | Self::Unsure)
    }
}
