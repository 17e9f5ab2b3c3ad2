//! What a test wants of every page, whatever the browser: a script that runs before the page's own, files that do not come,
//! and what the script has to tell.

use std::{collections::VecDeque, sync::Arc};

use axum::{
    Router,
    body::to_bytes,
    extract::{Request, State as Extract},
    http::{HeaderValue, header},
    middleware::Next,
    response::{IntoResponse, Response},
    routing::{get, post},
};

use crate::{State, server::Cut};

/// No file of the page is larger, in bytes.
const LARGEST_FILE: usize = 1 << 20;
/// What means nothing at the end of a WebAssembly module: a section of its own kind, two bytes long, with a name of one letter.
const MORE_OF_A_MODULE: &[u8] = &[0, 2, 1, b'x'];

/// What a test has put into pages, and has heard of them.
#[derive(Debug, Default)]
pub struct Probe {
    altered: Vec<String>,
    asked: VecDeque<String>,
    blocked: Vec<String>,
    /// Nothing is kept by browsers where something did not come once: it would come from there.
    is_fickle: bool,
    said: VecDeque<String>,
    /// Modules are sent as if they were any bytes, as by a server that does not know their kind.
    pub is_ignorant: bool,
    /// Runs before the page's own scripts; nothing is put into pages where it is empty.
    pub script: String,
}

impl Probe {
    const MAX: usize = 1000;

    /// From now on, what is asked for by such a path is cut off; a `*` stands for anything.
    pub fn block(&mut self, patterns: &[&str]) {
        self.blocked = patterns.iter().map(|pattern| (*pattern).to_owned()).collect();
        self.is_fickle |= !patterns.is_empty();
    }

    /// From now on, the file that is asked for by such a path is another one that means the same: a WebAssembly module has a section
    /// more, and any other file a line.
    pub fn alter(&mut self, patterns: &[&str]) {
        self.altered = patterns.iter().map(|pattern| (*pattern).to_owned()).collect();
        self.is_fickle = true;
    }

    fn blocks(&self, path: &str) -> bool {
        self.blocked.iter().any(|pattern| fits(pattern, path))
    }

    fn alters(&self, path: &str) -> bool {
        self.altered.iter().any(|pattern| fits(pattern, path))
    }

    /// The paths of the files that were asked for since this was asked last.
    pub fn take_asked(&mut self) -> Vec<String> {
        self.asked.drain(..).collect()
    }

    /// What pages have said since this was asked last: the bodies that were posted to `/sandbox/probe/said`.
    pub fn take_said(&mut self) -> Vec<String> {
        self.said.drain(..).collect()
    }

    fn hear(&mut self, said: String) {
        keep(&mut self.said, said);
    }
}

fn fits(pattern: &str, path: &str) -> bool {
    let rest = pattern.split('*').try_fold(path, |rest, part| Some(rest.split_once(part)?.1));
    rest.is_some_and(|rest| rest.is_empty() || pattern.ends_with('*'))
}

/// Keeps it, and forgets the oldest where there are too many.
fn keep(all: &mut VecDeque<String>, one: String) {
    all.push_back(one);
    if all.len() > Probe::MAX {
        all.pop_front();
    }
}

pub(crate) fn routes() -> Router<Arc<State>> {
    Router::new().route("/sandbox/probe/script.js", get(script)).route("/sandbox/probe/said", post(said))
}

/// A page with the script before all others.
pub(crate) fn put_into(page: &str, state: &State) -> String {
    if state.probe().script.is_empty() {
        return page.to_owned();
    }
    page.replacen("<meta charset=", "<script src=/sandbox/probe/script.js></script><meta charset=", 1)
}

async fn script(Extract(state): Extract<Arc<State>>) -> impl IntoResponse {
    let script = state.probe().script.clone();
    ([(header::CONTENT_TYPE, "text/javascript; charset=utf-8"), (header::CACHE_CONTROL, "no-store")], script)
}

async fn said(Extract(state): Extract<Arc<State>>, said: String) {
    state.probe().hear(said.chars().take(4096).collect());
}

/// Cuts off what is blocked, and changes what is to be changed.
pub(crate) async fn refuse(Extract(state): Extract<Arc<State>>, mut request: Request, next: Next) -> Response {
    let (is_blocked, is_altered, is_fickle, is_ignorant) = {
        let mut probe = state.probe();
        if request.uri().path().contains("/assets/") {
            keep(&mut probe.asked, request.uri().path().chars().take(200).collect());
        }
        (probe.blocks(request.uri().path()), probe.alters(request.uri().path()), probe.is_fickle, probe.is_ignorant)
    };
    if is_altered {
        request.headers_mut().remove(header::ACCEPT_ENCODING);
    }
    let mut response = if is_blocked { Response::default() } else { next.run(request).await };
    if is_altered {
        let kind = response.headers().get(header::CONTENT_TYPE).cloned().unwrap_or(HeaderValue::from_static("application/octet-stream"));
        let more = if kind == "application/wasm" { MORE_OF_A_MODULE } else { b"\n" };
        let file = to_bytes(response.into_body(), LARGEST_FILE).await.unwrap_or_default();
        response = ([(header::CONTENT_TYPE, kind)], [&file, more].concat()).into_response();
    }
    if is_ignorant && response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind == "application/wasm") {
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    }
    if is_blocked {
        response.extensions_mut().insert(Cut);
    }
    if is_fickle {
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_anything() {
        let blocks = |pattern: &str, path: &str| {
            let mut probe = Probe::default();
            probe.block(&[pattern]);
            probe.blocks(path)
        };
        assert!(blocks("*/saoma-*.wasm", "/pay/assets/saoma-12.wasm"));
        assert!(blocks("*/locales/*", "/assets/locales/de.json"));
        assert!(!blocks("*/saoma-*.wasm", "/pay/assets/saoma-12.wasm.br"));
        assert!(!blocks("*/saoma-*.wasm", "/pay/assets/draw-12.wasm"));
        assert!(!Probe::default().blocks("/"));
    }
}
