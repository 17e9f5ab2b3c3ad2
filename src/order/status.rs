//! Where an order stands.

/// The five states of an order at the gateway. Any other value is not a status.
///
/// Source: `003_37d426c7333ebf8e.txt`, "订单状态码说明".
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Status {
    /// 1: waiting for payment.
    Waiting,
    /// 2: paid. The only word for success.
    Paid,
    /// 3: closed by the shop or the gateway.
    Closed,
    /// 4: not paid in time.
    TimedOut,
    /// 5: the gateway could not create it.
    CreationFailed,
}

impl Status {
    /// An unknown code is no status: the caller waits on, it never ends an order.
    pub fn decode(code: i64) -> Option<Self> {
        match code {
            1 => Some(Self::Waiting),
            2 => Some(Self::Paid),
            3 => Some(Self::Closed),
            4 => Some(Self::TimedOut),
            5 => Some(Self::CreationFailed),
            _ => None,
        }
    }
}
