//! A picture of the code with what belongs to it around it, so that it can be scanned from an album. Wanted by a press on a button,
//! or in place of the code where a long press saves what is shown; what makes it comes in a file of its own.

use alloc::sync::Arc;

use leptos::task::spawn_local;

use super::{Context, Poster, Saved, Shared, Wish, copy_button::Button, element::El, instrument::pictured, subject};
use crate::{
    apart::on_demand,
    i18n::fill,
    order::{Code, Instrument, Order},
};

/// How much of the order's number is on it.
const TAIL: usize = 6;

/// What it is wanted for.
#[derive(Clone)]
pub(super) enum Use {
    /// To be saved: this button was pressed for it, and says what became of it.
    Saved(Button),
    /// To be shown on this plate, in place of the bare code.
    Shown(El),
}

/// Makes it, and does that with it. `name` is what the code is scanned with.
pub(super) fn wanted(context: Context, order: Arc<Order>, instrument: Instrument, name: String, for_use: Use) {
    spawn_local(async move {
        if let (Err(_), Use::Saved(button)) = (made(context, order, instrument, name, for_use.clone()).await, for_use) {
            button.say(context.messages.save_failed(), false);
        }
    });
}

on_demand! {
    extras,
    fn made(context: Context, order: Arc<Order>, instrument: Instrument, name: String, for_use: Use) -> () {
        let wish = match for_use {
            Use::Saved(button) => {
                let messages = context.messages;
                Wish::Save(Box::new(move |saved| match saved {
                    Saved::Done => button.say(messages.saved(), true),
                    Saved::Failed => button.say(messages.save_failed(), false),
                    Saved::NotWanted => {}
                }))
            }
            Use::Shown(plate) => Wish::Draw(Box::new(move |picture| {
                if let Some(picture) = picture {
                    plate.class("plate poster drawn").first_child_attr("src", &picture);
                }
            })),
        };
        // A picture of another host may be shown but not be drawn again: its text stands in, where there is one.
        let is_elsewhere = matches!(&instrument.code, Some(Code::Picture(picture)) if picture.is_elsewhere());
        let fallback = instrument.fallback.clone().filter(|_| is_elsewhere);
        match fallback.or_else(|| instrument.code.clone()) {
            Some(code) => pictured(context, code, Box::new(move |picture| match picture {
                Some(picture) => (context.ports.poster)(around(context, &order, &instrument, &name, picture), wish),
                None => wish.fail(),
            })),
            None => wish.fail(),
        }
    }
}

impl Wish {
    fn fail(self) {
        match self {
            Self::Draw(done) => done(None),
            Self::Save(done) => done(Saved::Failed),
        }
    }
}

/// The code with what it pays around it.
fn around(context: Context, order: &Order, instrument: &Instrument, name: &str, code: String) -> Poster {
    let Shared { messages, view, .. } = *context;
    let number = order.id.as_ref().map(|id| id.as_str()).or(order.out_order_id.as_ref().map(|id| id.as_str())).unwrap_or_default();
    let tail = number.char_indices().rev().nth(TAIL - 1).map_or(number, |(at, _)| number.get(at..).unwrap_or_default());
    let scan = fill(messages.scan(), &[("method", name)]);
    // Where another currency is sent, its amount is the one to pay.
    let kind = instrument.account_type.as_deref().unwrap_or_default();
    let money = context.money(order);
    let actual = instrument.actual_amount.as_deref().map(|actual| [actual, " ", kind].concat());
    let price = actual.is_some().then(|| money.clone());
    let order_tail = [messages.order_number(), " …", tail].concat();
    Poster {
        amount: actual.unwrap_or(money),
        code,
        expires: view.once(|view| view.expires).map(|at| (messages.valid_until(), at)),
        file_name: ["payment-code-", tail].concat(),
        lines: [Some(scan), price, Some(order_tail)].into_iter().flatten().collect(),
        rtl: messages.direction() == "rtl",
        subject: subject(order, messages).to_owned(),
    }
}
