//! What an order costs in points, and who pays for its transport.

use super::{
    Context, details,
    element::{El, el},
};
use crate::{
    apart::on_demand,
    order::{Fen, Freight, Order, Points},
};

/// Price, points and transport, as soon as what shows them is here; nothing for an order without points.
pub(super) fn terms(context: Context, order: &Order) -> Option<El> {
    if order.points.is_none() && order.freight.is_none() {
        return None;
    }
    let (price, points, freight) = (order.amount.filter(|_| order.trade_amount.is_none()), order.points, order.freight);
    Some(el("div").class("wide").later(async move { terms_of(context, price, points, freight).await.ok().flatten() }))
}

on_demand! {
    gateways,
    fn terms_of(context: Context, price: Option<Fen>, points: Option<Points>, freight: Option<Freight>) -> Option<El> {
        facts(context, price, points, freight)
    }
}

fn facts(context: Context, price: Option<Fen>, points: Option<Points>, freight: Option<Freight>) -> Option<El> {
    let messages = context.messages;
    let price = price.map(context.ports.money);
    let (needed, owned) = (points.map(|points| points.needed.to_string()), points.map(|points| points.owned.to_string()));
    let freight = freight.map(|freight| match freight {
        Freight::Free => messages.freight_free(),
        Freight::MerchantsChoice => messages.freight_merchant(),
        Freight::OnDelivery => messages.freight_on_delivery(),
    });
    details::facts(
        context,
        &[
            (messages.price(), price.as_deref(), false),
            (messages.points_needed(), needed.as_deref(), false),
            (messages.points_owned(), owned.as_deref(), false),
            (messages.freight(), freight, false),
        ],
    )
}
