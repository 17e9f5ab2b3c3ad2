//! Everything that touches the browser, one capability a file. It decides nothing, and nothing but `main.rs` uses it.
//!
//! [`run`] is the loop around the checkout: it turns what the browser says into events, and does the effects.

mod address;
mod beside;
mod capability;
mod clipboard;
mod clock;
mod events;
mod first_paint;
mod format;
mod gateway;
mod host;
mod http;
mod language;
mod listen;
mod poster;
mod preferences;
mod settings;
mod sound;
mod speech;
mod surroundings;
mod tab;
mod tabs;
mod wake_lock;

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
};

use gloo_timers::callback::Timeout;
use leptos::mount::mount_to_renderer;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;

use self::beside::Act;
use crate::{
    checkout::{Checkout, Effect, Event, Past, Pay, QuestionId, Setup, ViewModel, Warning, millis},
    config::Config,
    gateway::pay_path,
    order::{Call, HostResult, ReturnHost, Terms, Told, Visit},
    view::{self, Ports, Signal},
};

thread_local! {
    static SHELL: RefCell<Option<Shell>> = const { RefCell::new(None) };
    /// Events wait here while another one is being handled.
    static QUEUE: RefCell<VecDeque<Event>> = const { RefCell::new(VecDeque::new()) };
    static HANDLING: Cell<bool> = const { Cell::new(false) };
}

/// The page's one checkout, and what is under way for it.
struct Shell {
    checkout: Checkout,
    questions: Vec<(QuestionId, http::Asking)>,
    /// The screen that scripts of the shop were told of last.
    screen: &'static str,
    stays_awake: bool,
    timer: Option<Timeout>,
    view: Signal<ViewModel>,
}

/// Starts the page: in place of what stands in `#app`. In a task of its own: to bring the code of it here was one already.
pub fn run() {
    spawn_local(async {
        first_paint::turns(1).await;
        match settings::read().await {
            Some(told) => begin(told),
            None => tab::mark_failed(),
        }
    });
}

fn begin(mut told: Told) {
    let address = address::here();
    match gateway::named(&address.query) {
        None => start(Visit::of_address(&address.path, &address.query), Terms::default(), told, false),
        Some(name) => spawn_local(async move {
            match gateway::begin(name).await {
                Ok(begin) => {
                    gateway::choose(begin.gateway);
                    (told.amount, told.subject) = (begin.amount, begin.subject);
                    start(begin.visit, begin.terms, told, true);
                }
                Err(_) => tab::mark_failed(),
            }
        }),
    }
}

/// Starts the checkout, and shows it. `speaks_fully`: words for more than the template API are needed.
fn start(visit: Visit, terms: Terms, told: Told, speaks_fully: bool) {
    let config = settings::config();
    let locale = surroundings::locale(&address::here().query);
    let setup = Setup {
        least_pause: config.poll(),
        online: surroundings::is_online(),
        place: surroundings::place(),
        return_hosts: return_hosts(config),
        return_page: visit.order().and_then(|order| config.return_page(order.as_str())),
        seed: surroundings::seed(),
        server_time: config.server_time(),
        terms,
        told,
        visible: surroundings::is_visible(),
        visit,
    };
    if let Some(order) = setup.visit.order().filter(|_| gateway::shares_status()) {
        beside::act(Act::Join(order.clone(), setup.seed));
    }
    let (checkout, effects) = Checkout::start(clock::now(), setup);
    let Some(root) = tab::app_root() else {
        report("saoma: index.html has no element with the id \"app\"");
        return;
    };
    let view = Signal::new(checkout.view(clock::now()));
    let language = language::begin(locale, speaks_fully);
    SHELL.set(Some(Shell { checkout, questions: Vec::new(), screen: "", stays_awake: false, timer: None, view }));
    listen::all();
    HANDLING.set(true);
    with_shell(|shell| {
        shell.perform(effects);
        shell.refresh();
    });
    HANDLING.set(false);
    settle();
    // After the order has been asked for: the code needs no words.
    language::speak(locale);
    spawn_local(async move {
        // What the first paint has heard already is understood before this, each answer in a task of its own: so the page is built
        // once, with all of it.
        first_paint::turns(EARLY_ANSWERS).await;
        root.set_text_content(None);
        mount_to_renderer(&root, move || view::page(view, language, config, PORTS)).forget();
        tab::mark_started();
        first_paint::turns(1).await;
        beside::begin();
    });
}

/// How often the page waits for its turn before it is built: the answer of the order has its task after the first, and makes that of
/// the code, which comes after the second.
const EARLY_ANSWERS: u32 = 3;

const PORTS: Ports = Ports {
    address: address::of_page,
    back: address::back,
    goes_back: events::goes_back,
    leaves: events::leaves,
    copy: clipboard::copy,
    drawn: first_paint::drawn,
    money: format::money,
    picture: |text, then| spawn_local(async move { then(first_paint::picture(text).await) }),
    pay_path: |id| address::in_language(pay_path(&address::here().path, id)),
    poster: poster::begin,
    send,
    span: format::span,
    speak: language::choose,
};

/// Shows the present state again, in other words.
fn refresh() {
    with_shell(Shell::refresh);
}

/// Tells the checkout that something happened.
fn send(event: Event) {
    QUEUE.with_borrow_mut(|queue| queue.push_back(event));
    settle();
}

/// Handles all events that wait, in their order; effects may bring new ones.
fn settle() {
    if HANDLING.replace(true) {
        return;
    }
    while let Some(event) = QUEUE.with_borrow_mut(VecDeque::pop_front) {
        with_shell(|shell| {
            let effects = shell.checkout.update(clock::now(), event);
            shell.perform(effects);
            shell.refresh();
        });
    }
    HANDLING.set(false);
}

fn with_shell(change: impl FnOnce(&mut Shell)) {
    SHELL.with_borrow_mut(|shell| {
        if let Some(shell) = shell {
            change(shell);
        }
    });
}

/// Writes to the console, where a merchant looks.
fn report(text: &str) {
    web_sys::console::warn_1(&JsValue::from_str(text));
}

impl Shell {
    fn perform(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Abandon(question) => {
                    if let Some(asking) = self.take_question(question) {
                        asking.abandon();
                    }
                }
                Effect::Ask { call, question, timeout } => self.ask(call, question, timeout),
                Effect::Defer(id) => address::load_deferred(&id),
                Effect::Go(route) => address::travel(&route),
                Effect::Claim => beside::act(Act::Claim),
                Effect::HandOver(call) => spawn_local(async move {
                    if host::hand_over(call).await.is_err() {
                        send(Event::HostAnswered { result: HostResult::Missing });
                    }
                }),
                Effect::Hush => beside::act(Act::Hush),
                Effect::Leave(target) => {
                    address::mark(Past::Left, None);
                    address::leave(&target);
                }
                Effect::MarkLeft => {
                    address::mark(Past::Left, None);
                }
                Effect::MarkVisited => {
                    address::mark(Past::Visited, None);
                }
                Effect::OpenWallet(link) => address::go(link.as_str()),
                Effect::Play(prompt) => beside::act(Act::Play(prompt)),
                Effect::PlayCue => beside::act(Act::Cue),
                Effect::Resign => beside::act(Act::Leave),
                Effect::RememberSound(on) => preferences::set_sound(on),
                Effect::Tell(warning) => report(&describe(&warning)),
                Effect::Visit(link) => {
                    address::mark(Past::Visited, None);
                    address::go(link.as_str());
                }
            }
        }
    }

    fn ask(&mut self, call: Call, question: QuestionId, timeout: core::time::Duration) {
        let asking = http::Asking::new(timeout);
        let handle = asking.handle();
        self.questions.push((question, asking));
        let is_poll = matches!(call, Call::Status(_));
        spawn_local(async move {
            if is_poll {
                // What the tick has changed on the page is work enough for its task.
                first_paint::turns(1).await;
            }
            let (answer, outcome) = gateway::converse(&call, &handle).await;
            let asked = SHELL.with_borrow_mut(|shell| shell.as_mut().and_then(|shell| shell.take_question(question)));
            if asked.is_some() {
                if is_poll {
                    beside::act(Act::PassOn(outcome.clone()));
                }
                send(outcome.into_event(answer, question));
            }
        });
    }

    /// `None` for a question that was abandoned.
    fn take_question(&mut self, question: QuestionId) -> Option<http::Asking> {
        let at = self.questions.iter().position(|(asked, _)| *asked == question)?;
        Some(self.questions.swap_remove(at).1)
    }

    /// Shows the present state and sets the timer for the next.
    fn refresh(&mut self) {
        let now = clock::now();
        let model = self.checkout.view(now);
        tab::show(&model);
        let screen = model.name();
        if self.screen != screen {
            self.screen = screen;
            events::screen(screen, model.method(), model.screen.has_ended());
        }
        let stays_awake = surroundings::is_visible() && shows_code(&model);
        if self.stays_awake != stays_awake {
            self.stays_awake = stays_awake;
            beside::act(Act::StayAwake(stays_awake));
        }
        self.view.set(model);
        self.timer = self.checkout.next_deadline(now).map(|deadline| {
            // A browser fires a timer up to a millisecond early; the machine wants to be late rather than twice.
            let pause = u32::try_from(millis(deadline.since(now)).saturating_add(1)).unwrap_or(u32::MAX).min(0x7fff_ffff);
            Timeout::new(pause, || send(Event::TimePassed))
        });
    }
}

/// The hosts that the shop allows, with the page's own.
fn return_hosts(config: &Config) -> Vec<ReturnHost> {
    let mut hosts = config.return_hosts();
    if !hosts.is_empty() {
        hosts.extend(ReturnHost::decode(&address::host()));
    }
    hosts
}

fn shows_code(model: &ViewModel) -> bool {
    matches!(&model.pay, Some(Pay::Instrument(means)) if means.has_code())
}

fn describe(warning: &Warning) -> String {
    match warning {
        Warning::CallFailed { call, failure } => http::describe_failure(gateway::name_of(call), failure),
        Warning::NoNumber => "saoma: the gateway's order/info answer has no order_id, which is needed to pay".to_owned(),
        Warning::ReturnTargetElsewhere => {
            "saoma: return_uri leads to a host that is not among return_hosts of the settings, and was refused".to_owned()
        }
        Warning::ReturnTargetRefused => "saoma: return_uri is not a http(s) or relative address and was refused".to_owned(),
    }
}
