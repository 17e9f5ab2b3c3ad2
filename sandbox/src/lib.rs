//! A payment gateway, a wallet and a bad network in one program. For demonstration, development and tests only:
//! it keeps everything in memory, believes everybody and moves no money.
//!
//! [`Sandbox::start`] serves on a free port; everything a test does over HTTP can also be done with its methods.

mod anqi;
mod control;
mod customer;
mod engine;
mod fault;
mod gateway;
mod instant;
mod mapi;
mod order;
mod probe;
mod record;
mod server;
mod site;
mod studio;
mod theme;
mod wallet;

use std::{
    collections::BTreeMap,
    io,
    net::{self, SocketAddr},
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use axum::{Router, extract::DefaultBodyLimit, middleware};
use tokio::{net::TcpListener, task::JoinHandle};

pub use customer::{COOKIE, GUEST_TOKEN, TOKEN};
pub use fault::{Call, Fault, Kind};
pub use gateway::CASHIER;
pub use mapi::signed_query;
pub use order::{Audio, Code, Order, Orders, Spec, Stand};
pub use probe::Probe;
pub use record::{Notification, Notifications, Record, Records};
pub use theme::{Kind as ThemeKind, check as check_theme};

/// What is read of a request, in bytes: an order, or settings with a logo in them.
const LARGEST_BODY: usize = 128 * 1024;

/// How a sandbox behaves.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// The built page.
    pub dist: PathBuf,
    /// Answer as the specification prints it, without an envelope.
    pub flat: bool,
    /// An installed theme for cashiers, in place of the built page.
    pub cashier_theme: Option<PathBuf>,
    /// Settings to put into the built page in place of its own: a JSON object.
    pub page_settings: Option<String>,
    /// The site's options, which themes read.
    pub options: BTreeMap<String, String>,
    /// An installed theme for paying, in place of the built page.
    pub theme: Option<PathBuf>,
}

/// What the sandbox knows. All of it is bounded.
#[derive(Debug)]
pub struct State {
    began: Instant,
    channels: Mutex<BTreeMap<String, i64>>,
    faults: Mutex<Vec<Fault>>,
    notifications: Mutex<Notifications>,
    orders: Mutex<Orders>,
    page_settings: Mutex<Option<String>>,
    probe: Mutex<Probe>,
    records: Mutex<Records>,
    settings: Settings,
}

impl State {
    fn new(settings: Settings) -> Arc<Self> {
        let page_settings = Mutex::new(settings.page_settings.clone());
        Arc::new(Self {
            began: Instant::now(),
            channels: Mutex::default(),
            faults: Mutex::default(),
            notifications: Mutex::default(),
            orders: Mutex::default(),
            page_settings,
            probe: Mutex::default(),
            records: Mutex::default(),
            settings,
        })
    }

    /// The orders. A panic elsewhere does not make them worse.
    pub fn orders(&self) -> MutexGuard<'_, Orders> {
        self.orders.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Settings that stand in the page in place of its own.
    pub fn page_settings(&self) -> MutexGuard<'_, Option<String>> {
        self.page_settings.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What a test has put into pages, and has heard of them.
    pub fn probe(&self) -> MutexGuard<'_, Probe> {
        self.probe.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The channels of the signed form that are out of order, with the code that they refuse with.
    pub fn channels(&self) -> MutexGuard<'_, BTreeMap<String, i64>> {
        self.channels.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What goes wrong with the next calls that come before there is an order, one fault with each: an order's own cannot.
    pub fn creation_faults(&self) -> MutexGuard<'_, Vec<Fault>> {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the first that applies to a call.
    fn faults(&self, call: Call) -> Vec<Fault> {
        let mut faults = self.creation_faults();
        let at = faults.iter().position(|fault| fault.applies(call, fault.from));
        at.map(|at| faults.remove(at)).into_iter().collect()
    }

    /// The callbacks so far.
    pub fn notifications(&self) -> MutexGuard<'_, Notifications> {
        self.notifications.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What was asked so far.
    pub fn records(&self) -> MutexGuard<'_, Records> {
        self.records.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A running sandbox; it ends when this is dropped.
#[derive(Debug)]
#[must_use]
pub struct Sandbox {
    address: SocketAddr,
    state: Arc<State>,
    task: JoinHandle<()>,
}

impl Sandbox {
    /// Listens on `address` (port 0: any free one) and serves.
    ///
    /// # Errors
    /// When the address cannot be listened on.
    pub async fn start(address: SocketAddr, settings: Settings) -> io::Result<Self> {
        Self::listening(TcpListener::bind(address).await?, settings)
    }

    /// Serves those who connect to a socket that listens already. To be called within a runtime.
    ///
    /// # Errors
    /// When the socket has no address, or cannot be waited for.
    pub fn on(listener: net::TcpListener, settings: Settings) -> io::Result<Self> {
        listener.set_nonblocking(true)?;
        Self::listening(TcpListener::from_std(listener)?, settings)
    }

    fn listening(listener: TcpListener, settings: Settings) -> io::Result<Self> {
        let address = listener.local_addr()?;
        let state = State::new(settings);
        let task = tokio::spawn(server::serve(listener, routes(Arc::clone(&state))));
        Ok(Self { address, state, task })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// `http://host:port`, without a trailing slash.
    pub fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What it knows.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// Waits for ever.
    pub async fn serve(mut self) {
        // Ends only when the process does.
        let _ = (&mut self.task).await;
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn routes(state: Arc<State>) -> Router {
    Router::new()
        .merge(gateway::routes())
        .merge(mapi::routes())
        .merge(anqi::routes())
        .merge(instant::routes())
        .merge(customer::routes())
        .merge(control::routes())
        .merge(wallet::routes())
        .merge(studio::routes())
        .merge(probe::routes())
        .merge(site::routes())
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .layer(middleware::from_fn_with_state(Arc::clone(&state), probe::refuse))
        .with_state(state)
}
