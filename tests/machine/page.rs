//! A page with a virtual clock and a network that the test plays, and the orders and answers it is played with.

use std::time::Duration;

use saoma::{
    checkout::{Checkout, Device, Effect, Event, Instant, Pay, Place, QuestionId, Screen, Setup},
    order::{
        Answer, Call, Cashier, Code, Failure, Fault, Fen, Info, Instrument, Offer, Order, OrderId, PayMethod, ReturnTarget, Returning,
        Standing, UnixSeconds, Visit, WalletLink,
    },
};

/// The gateway's unix time at the zero of the page's clock.
pub(crate) const GATEWAY_ZERO: u64 = 1_700_000_000;

/// A page with a virtual clock and a network that the test plays.
pub(crate) struct Page {
    pub(crate) checkout: Checkout,
    pub(crate) effects: Vec<(Instant, Effect)>,
    /// Questions that were asked and neither answered nor abandoned.
    pub(crate) open: Vec<(QuestionId, Call)>,
    pub(crate) now: Instant,
}

impl Page {
    pub(crate) fn open(setup: Setup) -> Self {
        let now = Instant::from_millis(0);
        let (checkout, effects) = Checkout::start(now, setup);
        let mut page = Self { checkout, effects: Vec::new(), open: Vec::new(), now };
        page.note(effects);
        page
    }

    pub(crate) fn of_order() -> Self {
        Self::open(setup())
    }

    pub(crate) fn note(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match &effect {
                Effect::Ask { call, question, .. } => self.open.push((*question, call.clone())),
                Effect::Abandon(question) => self.open.retain(|(open, _)| open != question),
                _ => {}
            }
            self.effects.push((self.now, effect));
        }
    }

    pub(crate) fn send(&mut self, event: Event) {
        let effects = self.checkout.update(self.now, event);
        self.note(effects);
    }

    /// Where the oldest open question is that such an answer fits.
    pub(crate) fn fitting(&self, answer: &Answer) -> Option<usize> {
        self.open.iter().position(|(_, call)| {
            matches!(
                (call, answer),
                (Call::Audio(_), Answer::Audio(_))
                    | (Call::Cashier(_), Answer::Cashier(_))
                    | (Call::Choose { .. }, Answer::Chosen(_))
                    | (Call::Create { .. }, Answer::Created(_))
                    | (Call::Info(_), Answer::Info(_))
                    | (Call::Methods(_), Answer::Methods(_))
                    | (Call::QrCode { .. }, Answer::QrCode(_))
                    | (Call::Status(_), Answer::Status(_))
            )
        })
    }

    /// Answers the oldest open question that the answer fits. `false` if there is none.
    pub(crate) fn answer(&mut self, answer: Answer) -> bool {
        let Some(at) = self.fitting(&answer) else { return false };
        let (question, _) = self.open.remove(at);
        self.send(Event::Answered { answer, date: self.date().map(Into::into), question, retry_after: None });
        true
    }

    pub(crate) fn date(&self) -> Option<UnixSeconds> {
        UnixSeconds::decode(i64::try_from(GATEWAY_ZERO + self.now.as_millis() / 1000).unwrap())
    }

    /// Lets time pass, stopping at each deadline as a browser does.
    pub(crate) fn pass(&mut self, span: Duration) {
        let end = self.now + span;
        for _ in 0..100_000 {
            match self.checkout.next_deadline(self.now) {
                Some(deadline) if deadline <= end => {
                    // Never twice at the same moment: a browser's timers take at least a millisecond.
                    self.now = deadline.max(self.now + Duration::from_millis(1));
                    self.send(Event::TimePassed);
                }
                _ => break,
            }
        }
        self.now = end.max(self.now);
    }

    /// Lets time pass until such a question is under way; `false` if none comes within ten minutes.
    pub(crate) fn pass_until_asked(&mut self, wanted: fn(&Call) -> bool) -> bool {
        let end = self.now + seconds(600);
        while !self.open.iter().any(|(_, call)| wanted(call)) {
            match self.checkout.next_deadline(self.now) {
                Some(deadline) if deadline <= end => {
                    self.now = deadline.max(self.now + Duration::from_millis(1));
                    self.send(Event::TimePassed);
                }
                _ => return false,
            }
        }
        true
    }

    /// Lets time pass while every status question gets the same answer after `delay`.
    pub(crate) fn pass_answering(&mut self, span: Duration, delay: Duration, answer: &Answer) {
        let end = self.now + span;
        while self.now < end {
            if self.open.iter().any(|(_, call)| matches!(call, Call::Status(_))) {
                self.pass(delay);
                self.answer(answer.clone());
            }
            let next = self.checkout.next_deadline(self.now).unwrap_or(end).min(end).max(self.now + Duration::from_millis(1));
            self.now = next;
            self.send(Event::TimePassed);
        }
    }

    pub(crate) fn screen(&self) -> Screen {
        self.checkout.view(self.now).screen
    }

    pub(crate) fn pay(&self) -> Option<Pay> {
        self.checkout.view(self.now).pay
    }

    pub(crate) fn asked(&self, wanted: fn(&Call) -> bool) -> Vec<Instant> {
        self.effects.iter().filter(|(_, effect)| matches!(effect, Effect::Ask { call, .. } if wanted(call))).map(|(at, _)| *at).collect()
    }

    pub(crate) fn count(&self, wanted: fn(&Effect) -> bool) -> usize {
        self.effects.iter().filter(|(_, effect)| wanted(effect)).count()
    }
}

pub(crate) fn is_status(call: &Call) -> bool {
    matches!(call, Call::Status(_))
}

pub(crate) fn setup() -> Setup {
    Setup {
        online: true,
        place: Place { sound: true, ..Place::default() },
        seed: 7,
        visible: true,
        visit: Visit::of_address("/pay/A1", ""),
        ..Setup::default()
    }
}

pub(crate) fn phone() -> Place {
    Place { device: Device::Phone, sound: true, ..Place::default() }
}

pub(crate) fn order() -> Order {
    Order {
        amount: Fen::decode(1000),
        id: OrderId::decode("A1"),
        method: Some(PayMethod { code: "alipay".into(), label: None, logo: None }),
        subject: Some("商品购买".into()),
        trade_amount: Fen::decode(1001),
        ..Order::default()
    }
}

pub(crate) fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// A moment on the gateway's clock, in seconds after its zero.
pub(crate) fn at(seconds: u64) -> Option<UnixSeconds> {
    UnixSeconds::decode(i64::try_from(GATEWAY_ZERO + seconds).unwrap())
}

pub(crate) fn waiting(expires: u64) -> Standing {
    Standing::Waiting { expires: at(expires), opens_wallet: false }
}

pub(crate) fn wants_wallet() -> Standing {
    Standing::Waiting { expires: at(900), opens_wallet: true }
}

pub(crate) fn paid() -> Standing {
    Standing::Paid { redirect_wait: None, returning: Returning::To(ReturnTarget::decode("/order/return").unwrap()) }
}

pub(crate) fn info(standing: Standing) -> Answer {
    Answer::Info(Ok(Box::new(Info { order: order(), standing, redirect_wait: None, offer: None })))
}

pub(crate) fn status(standing: Standing) -> Answer {
    Answer::Status(Ok(standing))
}

pub(crate) fn code() -> Instrument {
    Instrument { code: Code::decode("https://qr.alipay.com/x", ""), wallet: WalletLink::decode("alipays://x"), ..Instrument::default() }
}

pub(crate) fn cashier() -> Cashier {
    Cashier { highest: Fen::decode(500_000), lowest: Fen::decode(100).unwrap(), title: Some("茶馆".into()) }
}

pub(crate) fn offer() -> Answer {
    Answer::QrCode(Ok(Offer::Instrument(code())))
}

pub(crate) fn network_fault() -> Failure {
    Failure::Fault(Fault::Network)
}

/// A page that waits for payment, with its code.
pub(crate) fn awaiting(setup: Setup, expires: u64) -> Page {
    let mut page = Page::open(setup);
    assert!(page.answer(info(waiting(expires))));
    assert!(page.answer(offer()));
    page
}
