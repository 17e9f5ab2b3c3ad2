//! An order that waits for payment.

use alloc::sync::Arc;
use core::time::Duration;

use super::{
    Action, Connection, Effect, Means, Past, Pay, Shared, Sound, Source, Warning, ask,
    choosing::Choosing,
    handing::HandOver,
    opening::Opening,
    paid::{until_next_second, whole_seconds},
    prompting::Prompting,
    question::{Attempts, Question, QuestionId},
    time::Instant,
    time_warning::TimeWarning,
    watch::Watch,
};
use crate::order::{
    Answer, Call, Claim, Code, Failure, Fen, HostResult, Instrument, Offer, Order, OrderId, OrderRef, Prompt, Tone, UnixSeconds, WalletLink,
};

/// What the waiting begins with: the info answer.
pub(super) struct Begin {
    /// The shopper does not come to pay but to see whether it is paid, and this is what the link says of it.
    pub(super) claim: Option<Claim>,
    pub(super) expires: Option<UnixSeconds>,
    pub(super) id: Option<OrderId>,
    /// What there is to pay with, where that is known already.
    pub(super) offer: Option<Offer>,
    pub(super) opens_wallet: bool,
    pub(super) order: Arc<Order>,
    pub(super) order_ref: OrderRef,
    pub(super) redirect_wait: Option<Duration>,
}

/// An order that waits for payment.
#[derive(Debug)]
pub(super) struct Awaiting {
    /// What the shopper has to agree to before anything can be paid.
    agreement: Option<Agreement>,
    /// What became of a payment that the app around the page makes.
    pub(super) handing: HandOver,
    id: Option<OrderId>,
    offer: Offered,
    /// Whether the wallet that was opened came.
    opening: Opening,
    pub(super) order: Arc<Order>,
    pub(super) order_ref: OrderRef,
    /// How often it was said that the order waits no more, and not whether it is paid.
    overs: u8,
    prompt: Prompting,
    pub(super) redirect_wait: Option<Duration>,
    /// Whether the last failure was the gateway's refusal rather than a fault on the way.
    refused: bool,
    /// How long is left, where that was to be spoken of last.
    time_warning: TimeWarning,
    wallet: WalletWish,
    pub(super) watch: Watch,
}

/// Another amount than the link asked for.
#[derive(Debug)]
struct Agreement {
    asked: Fen,
    due: Fen,
    /// Where to go at once when it is agreed to.
    jump: Option<WalletLink>,
}

/// What there is to pay with.
#[derive(Debug)]
enum Offered {
    Asking(Attempts),
    Instrument(Arc<Means>),
    Missing(Option<String>),
    Notice {
        copyable: bool,
        tone: Tone,
        words: String,
    },
    /// Nothing: the page is there to say whether it is paid.
    Nothing(Claim),
    /// Nothing any more: the gateway has to say that it is paid.
    Settled,
}

/// Whether the wallet is to be opened without a tap.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum WalletWish {
    /// It was opened, or will not be.
    Granted,
    /// Nobody asked for it.
    None,
    /// The gateway asked for it, and it can be done once there is a link.
    Wanted,
}

impl Awaiting {
    pub(super) fn new(now: Instant, begin: Begin, shared: &mut Shared, effects: &mut Vec<Effect>) -> Self {
        let Begin { claim, expires, id, offer: given, opens_wallet, order, order_ref, redirect_wait } = begin;
        let comes_to_pay = claim.is_none();
        let offer = match (claim, &id) {
            (Some(claim), _) => Offered::Nothing(claim),
            (None, id) if id.is_some() || given.is_some() => {
                if shared.terms.asks_once {
                    // Before it is asked for: who loads the page again does not pay again.
                    effects.push(Effect::MarkVisited);
                }
                Offered::Asking(Attempts::new(now))
            }
            (None, _) => {
                effects.push(Effect::Tell(Warning::NoNumber));
                Offered::Missing(None)
            }
        };
        let agreement = match (shared.terms.asked, order.trade_amount) {
            (Some(asked), Some(due)) if asked != due && comes_to_pay => Some(Agreement { asked, due, jump: None }),
            _ => None,
        };
        let mut awaiting = Self {
            agreement,
            handing: HandOver::default(),
            id,
            offer,
            opening: Opening::default(),
            order,
            overs: 0,
            prompt: Prompting::Nothing,
            order_ref,
            redirect_wait,
            refused: false,
            time_warning: TimeWarning::default(),
            wallet: if opens_wallet { WalletWish::Wanted } else { WalletWish::None },
            watch: Watch::new(now, expires, shared),
        };
        if let Some(given) = given {
            // The gateway's own page is none of this one's: such an offer names no order to defer to.
            let _ = awaiting.offered(now, Ok(given), None, shared, effects);
        }
        awaiting.proceed(now, shared, effects);
        if shared.visible {
            awaiting.watch.claim(now, effects);
        }
        if comes_to_pay {
            let audio = ask(&mut shared.numbering, now, Call::Audio(awaiting.order_ref.clone()), Attempts::TIMEOUT, effects);
            awaiting.prompt = Prompting::Asking(audio);
        }
        awaiting
    }

    /// The question under way that an answer of this kind belongs to.
    pub(super) fn asking(&self, answer: &Answer) -> Option<&Question> {
        match (answer, &self.offer) {
            (Answer::Audio(_), _) => self.prompt.asking(),
            (Answer::QrCode(_), Offered::Asking(attempts)) => attempts.asking(),
            (Answer::Status(_), ..) => self.watch.poll.asking(),
            _ => None,
        }
    }

    pub(super) fn connection(&self, online: bool) -> Connection {
        match (online, self.watch.poll.faults()) {
            (false, _) => Connection::Offline,
            (true, _) if self.watch.poll.is_resting() => Connection::Good,
            (true, 0 | 1) => Connection::Good,
            (true, _) if self.refused => Connection::Refusing,
            (true, _) => Connection::Reconnecting,
        }
    }

    pub(super) fn deadline(&self, now: Instant, shared: &Shared) -> Option<Instant> {
        let offer = match &self.offer {
            Offered::Asking(attempts) => Some(attempts.deadline()),
            Offered::Instrument(_) | Offered::Missing(_) | Offered::Nothing(_) | Offered::Notice { .. } | Offered::Settled => None,
        };
        let prompt = self.prompt.asking().map(Question::overdue_at);
        [self.watch.deadline(shared), offer, prompt, self.opening.deadline(), self.tick(now, shared), self.handing.deadline()]
            .into_iter()
            .flatten()
            .min()
    }

    /// The next second of the countdown, while somebody sees it.
    fn tick(&self, now: Instant, shared: &Shared) -> Option<Instant> {
        let left = self.watch.left(now, shared).filter(|left| !left.is_zero())?;
        Some(now + if shared.visible { until_next_second(left) } else { left })
    }

    /// Seconds left; `None` once time is up, or while it is unknown.
    pub(super) fn remaining(&self, now: Instant, shared: &Shared) -> Option<u64> {
        // Who comes to see whether it is paid is not hurried to pay.
        let is_to_be_paid = !matches!(self.offer, Offered::Nothing(_)) && !self.is_settled();
        self.watch.left(now, shared).map(whole_seconds).filter(|seconds| *seconds > 0 && is_to_be_paid)
    }

    pub(super) fn pay(&self, now: Instant, shared: &Shared) -> Pay {
        let resting = self.watch.poll.is_resting();
        match &self.offer {
            Offered::Nothing(claim) => {
                let id = self.id.clone().filter(|_| !self.watch.is_expired(now, shared));
                Pay::Unconfirmed { claim: claim.clone(), id, resting }
            }
            Offered::Settled => Pay::Confirming { resting },
            _ if self.is_settled() => Pay::Confirming { resting },
            _ if self.watch.is_expired(now, shared) => Pay::Checking { resting },
            Offered::Asking(_) | Offered::Instrument(_) if let Some(Agreement { asked, due, .. }) = self.agreement => {
                Pay::Agree { asked, due }
            }
            Offered::Asking(_) => Pay::Asking,
            // While the app around the page may be paying there is nothing else to pay with.
            Offered::Instrument(means) if self.handing.is_pending() => {
                let actions = vec![Action::HandOver];
                Pay::Instrument(Arc::new(Means { actions, instrument: means.instrument.clone() }))
            }
            Offered::Instrument(means) => Pay::Instrument(Arc::clone(means)),
            Offered::Missing(words) => Pay::Missing(words.clone()),
            Offered::Notice { copyable, tone, words } => Pay::Notice { copyable: *copyable, tone: *tone, words: words.clone() },
        }
    }

    pub(super) fn sound(&self, now: Instant, shared: &Shared) -> Option<Sound> {
        // A prompt asks to pay.
        let asks = !self.watch.is_expired(now, shared) && self.may_be_paid();
        self.prompt.sound(shared.place.sound).filter(|_| asks)
    }

    /// Whether there is, or may yet be, something to pay with.
    fn may_be_paid(&self) -> bool {
        matches!(self.offer, Offered::Asking(_) | Offered::Instrument(_)) && self.agreement.is_none() && self.overs == 0
    }

    pub(super) fn has_prompt(&self) -> bool {
        self.prompt.is_here()
    }

    /// The gateway says that the order still waits.
    pub(super) fn still_waits(
        &mut self,
        now: Instant,
        expires: Option<UnixSeconds>,
        opens_wallet: bool,
        source: Source,
        shared: &Shared,
        effects: &mut Vec<Effect>,
    ) {
        self.watch.expires = expires.or(self.watch.expires);
        match source {
            Source::Gateway => self.watch.answered(now, shared),
            Source::OtherTab => self.watch.poll.overheard_answer(),
        }
        if opens_wallet && self.wallet == WalletWish::None {
            self.wallet = WalletWish::Wanted;
        }
        self.open_wallet_if_wanted(now, shared, effects);
    }

    /// The order waits no more, and whether it is paid is not known. `false`: that will not be known any more.
    /// `heard`: whoever knows was asked.
    pub(super) fn over(&mut self, now: Instant, heard: bool, source: Source, shared: &mut Shared, effects: &mut Vec<Effect>) -> bool {
        // From now on nothing can be paid.
        if self.overs == 0 && self.has_prompt() {
            effects.push(Effect::Hush);
        }
        self.overs = self.overs.max(1).saturating_add(u8::from(heard));
        match (source, heard) {
            (Source::Gateway, true) => self.watch.answered(now, shared),
            (Source::Gateway, false) => self.poll_failed(now, false, shared, None),
            (Source::OtherTab, true) => self.watch.poll.overheard_answer(),
            (Source::OtherTab, false) => {
                self.refused = false;
                self.watch.poll.overheard_fault(now, None);
            }
        }
        shared.terms.confirms && self.overs <= MOST_OVERS
    }

    /// Nothing is left for the shopper to do: the gateway has to say that it is paid.
    pub(super) fn nothing_left(&mut self, now: Instant, effects: &mut Vec<Effect>) {
        self.offer = Offered::Settled;
        self.watch.attend(now, effects);
    }

    /// The shopper agrees to the amount, which is asked as long as there is something to pay.
    pub(super) fn agreed(&mut self, now: Instant, shared: &Shared, effects: &mut Vec<Effect>) {
        if !matches!(self.pay(now, shared), Pay::Agree { .. }) {
            return;
        }
        let Some(agreement) = self.agreement.take() else { return };
        if let Some(link) = agreement.jump {
            self.jump(now, &link, shared, effects);
        }
        self.open_wallet_if_wanted(now, shared, effects);
        self.hand_over_unasked(now, shared, effects);
        if self.sound(now, shared).is_some_and(|sound| sound.on) {
            self.prompt.play(effects);
        }
    }

    /// The choice of another method; `None` while a payment may be under way, and for who does not come to pay.
    pub(super) fn choice(&self, now: Instant, shared: &Shared) -> Option<Choosing> {
        if matches!(self.offer, Offered::Nothing(_)) || self.is_settled() || self.handing.is_pending() {
            return None;
        }
        let order = Order { method: None, ..Order::clone(&self.order) };
        Some(Choosing::new(now, self.id.clone()?, Arc::new(order), self.watch.expires, self.redirect_wait, shared))
    }

    /// Whether nothing is left for the shopper to do: it was paid here, or the gateway has said once that it waits no more. What it says of
    /// waiting after that is said too late, or of something else that went wrong: it must not bring the code back.
    pub(super) fn is_settled(&self) -> bool {
        matches!(self.offer, Offered::Settled) || self.overs > 0
    }

    /// The question for a payment that got no answer, and must not be asked again: it may have been one.
    pub(super) fn lost_payment(&self, now: Instant, shared: &Shared) -> Option<QuestionId> {
        let Offered::Asking(attempts) = &self.offer else { return None };
        attempts.asking().filter(|question| shared.terms.asks_once && question.is_overdue(now)).map(|question| question.id)
    }

    /// Has the app around the page pay.
    pub(super) fn hand_over(&mut self, now: Instant, shared: &Shared, effects: &mut Vec<Effect>) {
        if let Offered::Instrument(means) = &self.offer
            && self.is_payable(now, shared)
            && let Some(call) = means.instrument.host.clone()
            && self.handing.begin(now)
        {
            // Who loads the page again is not made to pay again.
            effects.push(Effect::MarkVisited);
            effects.push(Effect::HandOver(call));
        }
    }

    /// The app around the page has answered. It may be paid: the gateway is asked. `false`: nobody asked it.
    pub(super) fn host_answered(&mut self, now: Instant, result: HostResult, shared: &Shared, effects: &mut Vec<Effect>) -> bool {
        let was_asked = self.handing.answered(now, result);
        if was_asked && result != HostResult::Missing {
            self.attend(now, shared, effects);
        }
        was_asked
    }

    pub(super) fn poll_failed(&mut self, now: Instant, refused: bool, shared: &mut Shared, retry_after: Option<Duration>) {
        self.refused = refused;
        self.watch.faulted(now, shared, retry_after);
    }

    /// The shopper or the network is back: this tab asks at once, for all tabs if it is the one that is looked at.
    pub(super) fn attend(&mut self, now: Instant, shared: &Shared, effects: &mut Vec<Effect>) {
        if let Offered::Asking(attempts) = &mut self.offer {
            attempts.hurry(now);
        }
        if !shared.visible && self.is_following() {
            return;
        }
        self.watch.attend(now, effects);
        if shared.visible {
            self.watch.claim(now, effects);
        }
    }

    /// Another tab asks for all. Gives back a question to abandon.
    pub(super) fn follow(&mut self, now: Instant, rank: u32, shared: &mut Shared) -> Option<QuestionId> {
        if rank < shared.rank && self.watch.poll.has_just_claimed(now) {
            // Both claimed at the same time, and the other one gives way.
            return None;
        }
        let circumstances = self.watch.circumstances(now, shared);
        self.watch.poll.follow(now, circumstances, shared.dice.jitter())
    }

    /// The status question under way.
    pub(super) fn polling(&self) -> Option<QuestionId> {
        self.watch.poll.asking().map(|question| question.id)
    }

    /// The question for the prompt under way.
    pub(super) fn prompting(&self) -> Option<QuestionId> {
        self.prompt.asking().map(|question| question.id)
    }

    pub(super) fn is_following(&self) -> bool {
        self.watch.poll.is_following()
    }

    /// The tab that asked for all is gone.
    pub(super) fn orphaned(&mut self, now: Instant, shared: &mut Shared) {
        let jitter = shared.dice.jitter();
        self.watch.poll.orphaned(now, shared.visible, jitter);
    }

    pub(super) fn overheard_failure(&mut self, now: Instant, failure: &Failure, retry_after: Option<Duration>) {
        self.refused = matches!(failure, Failure::Refused(_));
        self.watch.poll.overheard_fault(now, retry_after);
    }

    /// The code cannot be shown, if it is such a one: the text of a picture takes its place, where there is one.
    pub(super) fn code_lost(&mut self, is_lost: fn(&Code) -> bool, shared: &Shared) {
        if let Offered::Instrument(means) = &self.offer
            && means.instrument.code.as_ref().is_some_and(is_lost)
        {
            let instrument = &means.instrument;
            let rest = Instrument { code: instrument.fallback.clone(), fallback: None, ..instrument.clone() };
            let has_way = rest.code.is_some() || rest.wallet.is_some() || rest.account.is_some();
            self.offer = if has_way { self.means(rest, shared) } else { Offered::Missing(None) };
        }
    }

    fn means(&self, instrument: Instrument, shared: &Shared) -> Offered {
        Offered::Instrument(Arc::new(Means::new(instrument, self.order.method.as_ref(), &shared.place)))
    }

    /// The page left the screen.
    pub(super) fn relax(&mut self, now: Instant, shared: &Shared) {
        self.opening.left();
        self.watch.relax(now, shared);
    }

    /// `false` where the order has no number to ask with.
    pub(super) fn retry_offer(&mut self, now: Instant) -> bool {
        if matches!(self.offer, Offered::Missing(_)) && self.id.is_some() {
            self.offer = Offered::Asking(Attempts::new(now));
        }
        self.id.is_some()
    }

    /// What to pay with has come, or not. Gives back the order's number if the gateway's server is to show it itself.
    pub(super) fn offered(
        &mut self,
        now: Instant,
        result: Result<Offer, Failure>,
        retry_after: Option<Duration>,
        shared: &mut Shared,
        effects: &mut Vec<Effect>,
    ) -> Option<OrderId> {
        let Offered::Asking(attempts) = &mut self.offer else { return None };
        self.offer = match result {
            Ok(Offer::Elsewhere) if shared.place.past == Past::Deferred => Offered::Missing(None),
            Ok(Offer::Elsewhere) => return self.id.clone(),
            Ok(Offer::Instrument(instrument)) if instrument.is_empty() => Offered::Missing(None),
            Ok(Offer::Instrument(instrument)) => self.means(instrument, shared),
            Ok(Offer::Nothing) => Offered::Settled,
            Ok(Offer::Jump(link)) => {
                match &mut self.agreement {
                    Some(agreement) => agreement.jump = Some(link.clone()),
                    None => self.jump(now, &link, shared, effects),
                }
                self.means(Instrument { wallet: Some(link), ..Instrument::default() }, shared)
            }
            Ok(Offer::Notice { copyable, tone, words }) => Offered::Notice { copyable, tone, words },
            Err(failure) => {
                let again = matches!(failure, Failure::Fault(_)) && attempts.faulted(now, shared.dice.jitter(), retry_after);
                let words = failure.words().map(str::to_owned);
                effects.push(Effect::Tell(Warning::CallFailed { call: "order/qrcode", failure }));
                if again {
                    return None;
                }
                Offered::Missing(words)
            }
        };
        self.open_wallet_if_wanted(now, shared, effects);
        self.hand_over_unasked(now, shared, effects);
        None
    }

    /// Has the app around the page pay as soon as there is something to pay with, or it is agreed to, if somebody sees it.
    fn hand_over_unasked(&mut self, now: Instant, shared: &Shared, effects: &mut Vec<Effect>) {
        // What is asked for once is handed over once; the note of that is younger than this page.
        let is_first = shared.place.past != Past::Visited || shared.terms.asks_once;
        if shared.visible && is_first {
            self.hand_over(now, shared, effects);
        }
    }

    /// Whether the shopper may be asked, or sent, to pay.
    fn is_payable(&self, now: Instant, shared: &Shared) -> bool {
        self.agreement.is_none() && !self.is_settled() && !self.watch.is_expired(now, shared)
    }

    /// The gateway wants the shopper to go somewhere at once: a page anywhere, an app only where apps open by themselves.
    fn jump(&mut self, now: Instant, link: &WalletLink, shared: &Shared, effects: &mut Vec<Effect>) {
        if self.wallet == WalletWish::Granted || !self.is_payable(now, shared) {
            return;
        }
        if link.is_page() {
            self.wallet = WalletWish::Granted;
            if shared.place.past != Past::Visited && !shared.place.framed {
                effects.push(Effect::Visit(link.clone()));
            }
        } else {
            self.wallet = WalletWish::Wanted;
        }
    }

    fn open_wallet_if_wanted(&mut self, now: Instant, shared: &Shared, effects: &mut Vec<Effect>) {
        let is_time = self.is_payable(now, shared) && shared.visible && shared.place.lets_wallet_open();
        if let (Offered::Instrument(means), WalletWish::Wanted, true) = (&self.offer, self.wallet, is_time)
            && let Some(link) = means.link()
        {
            self.wallet = WalletWish::Granted;
            if !link.is_page() {
                effects.push(Effect::OpenWallet(link.clone()));
                self.opening.asked(now);
            } else if shared.place.past != Past::Visited {
                // Who comes back from there is not sent away again.
                effects.push(Effect::Visit(link.clone()));
            }
        }
    }

    /// The shopper pressed the link to the wallet, or to a page: from now on nothing opens by itself. Who comes back from
    /// paying is not sent to pay again.
    pub(super) fn wallet_tapped(&mut self, now: Instant, effects: &mut Vec<Effect>) {
        let Offered::Instrument(means) = &self.offer else { return };
        self.wallet = WalletWish::Granted;
        if means.actions.iter().any(opens_app) {
            self.opening.asked(now);
        } else if means.link().is_some() {
            effects.push(Effect::MarkVisited);
        }
    }

    /// The page is being left: something opened.
    pub(super) fn page_left(&mut self) {
        self.opening.left();
    }

    /// Whether the wallet that was opened did not come.
    pub(super) fn has_not_opened(&self) -> bool {
        self.opening.has_failed()
    }

    /// The countdown goes on.
    pub(super) fn time_passed(&mut self, now: Instant, shared: &Shared) {
        self.time_warning.proceed(self.remaining(now, shared));
    }

    /// Seconds left, where they are to be spoken.
    pub(super) fn time_warning(&self, now: Instant, shared: &Shared) -> Option<u64> {
        self.remaining(now, shared).and(self.time_warning.spoken())
    }

    /// What is to be heard has come. A failure stays silent: the words are not needed to pay.
    pub(super) fn prompted(&mut self, now: Instant, result: Result<Option<Prompt>, Failure>, shared: &Shared, effects: &mut Vec<Effect>) {
        let plays = shared.place.sound && self.is_payable(now, shared);
        self.prompt.answered(result, plays, effects);
    }

    pub(super) fn sound_blocked(&mut self) {
        self.prompt.blocked();
    }

    /// A gesture frees a sound that the browser held back.
    pub(super) fn gestured(&mut self, now: Instant, shared: &Shared, effects: &mut Vec<Effect>) {
        if shared.place.sound && self.is_payable(now, shared) {
            self.prompt.gestured(effects);
        }
    }

    pub(super) fn switch_sound(&mut self, now: Instant, shared: &mut Shared, effects: &mut Vec<Effect>) {
        if self.sound(now, shared).is_some() {
            self.prompt.switched(&mut shared.place.sound, effects);
        }
    }

    /// Asks what is due and gives up what is overdue.
    pub(super) fn proceed(&mut self, now: Instant, shared: &mut Shared, effects: &mut Vec<Effect>) {
        if self.watch.has_just_expired(now, shared) && self.has_prompt() {
            effects.push(Effect::Hush);
        }
        self.opening.proceed(now, shared.visible);
        self.proceed_with_offer(now, shared, effects);
        self.prompt.proceed(now, effects);
        self.handing.proceed(now);
        if self.watch.proceed(now, shared, &self.order_ref, effects) {
            self.refused = false;
        }
    }

    fn proceed_with_offer(&mut self, now: Instant, shared: &mut Shared, effects: &mut Vec<Effect>) {
        let is_settled = self.is_settled();
        let (Offered::Asking(attempts), Some(id)) = (&mut self.offer, &self.id) else { return };
        // Nothing is to be paid any more: what failed is not asked for again.
        let is_in_vain = |attempts: &Attempts| is_settled && attempts.asking().is_none();
        let method = || self.order.method.as_ref().map(|method| method.code.clone());
        let goes_on = is_in_vain(attempts) || attempts.proceed(now, shared, || Call::QrCode { id: id.clone(), method: method() }, effects);
        if !goes_on {
            self.offer = Offered::Missing(None);
        } else if is_in_vain(attempts) {
            self.offer = Offered::Settled;
        }
    }
}

/// How often it is asked whether an order is paid that waits no more.
const MOST_OVERS: u8 = 15;

fn opens_app(action: &Action) -> bool {
    matches!(action, Action::OpenApp(_) | Action::OpenWallet(_))
}
