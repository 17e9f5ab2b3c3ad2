//! What comes in files of its own, when it is shown first: two files, and one way into each.

use alloc::sync::Arc;

use leptos::prelude::Owner;

use super::{
    Context, agreement, desk, details,
    element::{El, el},
    entering, host, instrument, points, verdict,
};
use crate::{
    apart::on_demand,
    checkout::Choice,
    order::{Cashier, Claim, Fen, Freight, HostApp, Order, OrderId, Points, ReturnTarget, Verdict},
};

/// What pages without a code show, what a shop may add, and help that is seldom wanted.
pub(super) enum Extra {
    Choice(Choice),
    Contacts,
    ContinueOnPhone,
    Entry(Cashier),
    NotOpened(String),
    Unconfirmed { claim: Claim, id: Option<OrderId>, resting: bool },
}

/// What only other gateways than the template API bring about.
pub(super) enum Rare {
    Agreement { asked: Fen, due: Fen },
    Finished { free: bool, order: Arc<Order>, target: Option<ReturnTarget> },
    Host { app: HostApp, number: Option<String>, spent: u64 },
    Points { freight: Option<Freight>, points: Option<Points>, price: Option<Fen> },
    Refusal { number: Option<String>, verdict: Verdict, words: Option<String> },
}

/// One or the other.
enum Part {
    Extra(Extra),
    Rare(Rare),
}

impl Extra {
    /// A place for it, where it appears as soon as what shows it is here.
    pub(super) fn place(self, context: Context) -> El {
        placed(Part::Extra(self), context, true)
    }

    /// The same for what is not waited for: it is missing where it does not come.
    pub(super) fn quietly(self, context: Context) -> El {
        placed(Part::Extra(self), context, false)
    }
}

impl Rare {
    /// A place for it, where it appears as soon as what shows it is here.
    pub(super) fn place(self, context: Context) -> El {
        placed(Part::Rare(self), context, true)
    }
}

fn placed(part: Part, context: Context, is_awaited: bool) -> El {
    let owner = Owner::current().unwrap_or_default();
    let place = el("div").class("wide").child(is_awaited.then(|| el("div").class("bone coming")));
    place.later(async move {
        let shown = match part {
            Part::Extra(part) => extra(owner, context, part).await.ok(),
            Part::Rare(part) => rare(owner, context, part).await.ok(),
        };
        shown.or_else(|| is_awaited.then(|| desk::missing(context)))
    })
}

on_demand! {
    extras,
    fn extra(owner: Owner, context: Context, extra: Extra) -> El {
        owner.with(|| match extra {
            Extra::Choice(choice) => desk::choice(context, &choice),
            Extra::Contacts => details::contacts(context),
            Extra::ContinueOnPhone => instrument::continue_on_phone(context),
            Extra::Entry(cashier) => entering::form(context, &cashier),
            Extra::NotOpened(method) => instrument::help_to_open(context, &method),
            Extra::Unconfirmed { claim, id, resting } => desk::unconfirmed(context, &claim, id.as_ref(), resting),
        })
    }
}

on_demand! {
    gateways,
    fn rare(owner: Owner, context: Context, rare: Rare) -> El {
        owner.with(|| match rare {
            Rare::Agreement { asked, due } => agreement::agreement(context, asked, due),
            Rare::Finished { free, order, target } => verdict::finished(context, free, &order, target.as_ref()),
            Rare::Host { app, number, spent } => host::host(context, app, number, spent),
            Rare::Points { freight, points, price } => points::points(context, price, points, freight),
            Rare::Refusal { number, verdict, words } => verdict::refused(context, number.as_deref(), verdict, words.as_deref()),
        })
    }
}
