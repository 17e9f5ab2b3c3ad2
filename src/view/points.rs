//! What an order costs in points, and who pays for its transport.

use super::{
    Context, details,
    element::{El, el},
};
use crate::order::{Fen, Freight, Points};

/// Price, points and transport.
pub(super) fn points(context: Context, price: Option<Fen>, points: Option<Points>, freight: Option<Freight>) -> El {
    let messages = context.messages;
    let price = price.map(context.ports.money);
    let (needed, owned) = (points.map(|points| points.needed.to_string()), points.map(|points| points.owned.to_string()));
    let freight = freight.map(|freight| match freight {
        Freight::Free => messages.freight_free(),
        Freight::MerchantsChoice => messages.freight_merchant(),
        Freight::OnDelivery => messages.freight_on_delivery(),
    });
    el("div").class("wide").child(details::facts(
        context,
        &[
            (messages.price(), price.as_deref(), false),
            (messages.points_needed(), needed.as_deref(), false),
            (messages.points_owned(), owned.as_deref(), false),
            (messages.freight(), freight, false),
        ],
    ))
}
