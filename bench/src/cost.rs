//! What an order costs the gateway: the requests that the page's own machine makes, in virtual time.

use std::time::Duration;

use anyhow::{Context, Result};
use saoma::{
    checkout::{Checkout, Effect, Event, Instant, Setup},
    order::{Answer, Call, Fen, Info, Instrument, Offer, Order, OrderId, OrderRef, PayMethod, Standing, UnixSeconds, Visit},
};

/// How long an answer takes.
const LATENCY: Duration = Duration::from_millis(120);
/// The gateway's clock when a page opens, and how long its orders wait.
const OPENED: i64 = 1_700_000_000;
const WAITS: i64 = 900;

/// A shopper's way with an order.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Course {
    pub(crate) name: &'static str,
    /// When it is paid, where it is.
    paid_after: Option<u64>,
    /// When the shopper looks away for good, where they do.
    hidden_after: Option<u64>,
    /// When the tab is closed.
    closed_after: u64,
}

/// What is asked for.
const COURSES: [Course; 5] = [
    Course { name: "paid after 20 s", paid_after: Some(20), hidden_after: None, closed_after: 60 },
    Course { name: "paid after 60 s", paid_after: Some(60), hidden_after: None, closed_after: 120 },
    Course { name: "paid after 4 min", paid_after: Some(240), hidden_after: None, closed_after: 300 },
    Course { name: "left open for 15 min", paid_after: None, hidden_after: None, closed_after: 900 },
    Course { name: "in the background for 15 min, from 10 s on", paid_after: None, hidden_after: Some(10), closed_after: 900 },
];

/// The requests of a course: the page's, and those of a page that asks for the status every second, or every other.
#[derive(Clone, Debug)]
pub(crate) struct Cost {
    pub(crate) name: &'static str,
    pub(crate) ours: usize,
    pub(crate) every_second: usize,
    pub(crate) every_other: usize,
    /// How long after the payment the page knows of it, in ms.
    pub(crate) delay: Option<u64>,
}

pub(crate) fn of_all() -> Result<Vec<Cost>> {
    COURSES.iter().map(of).collect()
}

fn of(course: &Course) -> Result<Cost> {
    let seconds = course.paid_after.unwrap_or(course.closed_after);
    // Order, code and prompt are asked for once by everybody.
    let fixed = |pause: u64| 3 + usize::try_from(seconds / pause).unwrap_or(usize::MAX);
    let (ours, delay) = play(course)?;
    Ok(Cost { name: course.name, ours, every_second: fixed(1), every_other: fixed(2), delay })
}

fn play(course: &Course) -> Result<(usize, Option<u64>)> {
    let id = OrderId::decode("A1").context("no number")?;
    let at = |seconds: u64| Instant::from_millis(seconds * 1000);
    let mut now = Instant::default();
    let visit = Visit::Pay(OrderRef::Id(id.clone()));
    let (mut checkout, mut effects) = Checkout::start(now, Setup { online: true, visible: true, visit, ..Setup::default() });
    let (mut questions, mut asked) = (Vec::new(), 0);
    let mut hides = course.hidden_after.map(at);
    loop {
        for effect in effects.drain(..) {
            if let Effect::Ask { call, question, .. } = effect {
                asked += 1;
                questions.push((now + LATENCY, question, call));
            }
        }
        let answered = questions.iter().map(|(due, ..)| *due).min();
        let next = [answered, checkout.next_deadline(now), hides].into_iter().flatten().min();
        let Some(next) = next.filter(|next| *next < at(course.closed_after)) else { return Ok((asked, None)) };
        now = now.max(next);
        let is_paid = course.paid_after.is_some_and(|paid| now >= at(paid));
        let event = if let Some(index) = questions.iter().position(|(due, ..)| *due <= now) {
            let (_, question, call) = questions.swap_remove(index);
            if is_paid && matches!(call, Call::Status(_)) {
                return Ok((asked, course.paid_after.map(|paid| now.as_millis().saturating_sub(paid * 1000))));
            }
            let date = UnixSeconds::decode(OPENED + i64::try_from(now.as_millis() / 1000)?);
            Event::Answered { answer: answer(&call, &id)?, date: date.map(Into::into), question, retry_after: None }
        } else if hides.is_some_and(|hides| hides <= now) {
            hides = None;
            Event::VisibilityChanged { visible: false }
        } else {
            Event::TimePassed
        };
        effects = checkout.update(now, event);
    }
}

fn answer(call: &Call, id: &OrderId) -> Result<Answer> {
    let standing = Standing::Waiting { expires: UnixSeconds::decode(OPENED + WAITS), opens_wallet: false };
    Ok(match call {
        Call::Audio(_) => Answer::Audio(Ok(None)),
        Call::Info(_) => {
            let method = PayMethod { code: "alipay".to_owned(), label: None, logo: None };
            let order = Order { id: Some(id.clone()), method: Some(method), trade_amount: Fen::decode(1000), ..Order::default() };
            Answer::Info(Ok(Box::new(Info { offer: None, order, redirect_wait: None, standing })))
        }
        Call::QrCode { .. } => {
            let code = saoma::order::Code::decode("https://qr.alipay.com/bax0", "https://pay.example");
            Answer::QrCode(Ok(Offer::Instrument(Instrument { code, ..Instrument::default() })))
        }
        Call::Status(_) => Answer::Status(Ok(standing)),
        other => anyhow::bail!("{other:?} is not asked for in this course"),
    })
}
