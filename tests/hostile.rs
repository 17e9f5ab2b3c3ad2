//! Links that lie about where they lead: `tests/fixtures/hostile/links.json`, read as a browser reads them (the `url` crate follows
//! the same standard), each as it is, with something in front, and encoded.

#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used, reason = "in a test, a panic is a failure")]

use saoma::order::{ReturnHost, ReturnTarget, WalletLink, is_web_address};
use serde::Deserialize;
use url::Url;

#[derive(Deserialize)]
struct Corpus {
    before: Vec<String>,
    links: Vec<String>,
}

/// The page's own address: what a relative link starts from.
const PAGE: &str = "https://pay.example/pay/S1";
/// The hosts that the shop allows.
const ALLOWED: [&str; 2] = ["shop.example", "*.shop.example"];
/// What a browser may hand to the system: the wallets, as design.md names them.
const WALLETS: [&str; 7] = ["alipay", "alipayqr", "alipays", "mqqapi", "mqqwpa", "upwallet", "weixin"];

fn percent_encoded(text: &str) -> String {
    text.bytes().map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

/// Every link with everything in front of it and behind it, in three cases and two encodings.
fn links() -> Vec<String> {
    let corpus: Corpus = serde_json::from_str(include_str!("fixtures/hostile/links.json")).unwrap();
    assert!(corpus.links.len() >= 150, "only {} links", corpus.links.len());
    let mut links = Vec::new();
    for link in &corpus.links {
        for before in &corpus.before {
            links.push(format!("{before}{link}"));
            links.push(format!("{link}{before}"));
            links.push(format!("https://shop.example{before}{link}"));
        }
        links.push(link.to_uppercase());
        links.push(link.to_lowercase());
        links.push(percent_encoded(link));
        links.push(percent_encoded(&percent_encoded(link)));
        links.push(format!("https://shop.example/?u={}", percent_encoded(link)));
        links.push(format!("/{link}"));
        links.push(format!("{link}{}", "x".repeat(9000)));
    }
    links
}

/// Where a browser goes that is told to go there; `None` where it refuses to.
fn opened(link: &str) -> Option<Url> {
    Url::parse(PAGE).unwrap().join(link).ok()
}

fn is_plain_web(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https")
        && url.username().is_empty()
        && url.password().is_none()
        && url.host_str().is_some_and(|host| !host.is_empty())
}

#[test]
fn a_return_leads_to_the_web_and_names_nobody() {
    let mut taken = 0;
    for link in links() {
        let Some(target) = ReturnTarget::decode(&link) else { continue };
        taken += 1;
        assert_eq!(target.as_str(), link, "it is gone to as it was read");
        assert!(opened(&link).is_none_or(|url| is_plain_web(&url)), "{link:?} is {:?}", opened(&link));
    }
    assert!(taken > 200, "only {taken} are taken: nothing was tried");
}

#[test]
fn a_return_within_the_hosts_leads_to_no_other() {
    let hosts: Vec<ReturnHost> = ALLOWED.iter().map(|host| ReturnHost::decode(host).unwrap()).collect();
    let (mut within, mut beyond) = (0, 0);
    for link in links() {
        let Some(target) = ReturnTarget::decode(&link) else { continue };
        if !target.is_within(&hosts) {
            beyond += 1;
            continue;
        }
        within += 1;
        let Some(url) = opened(&link) else { continue };
        let host = url.host_str().unwrap_or_default();
        assert!(host == "pay.example" || host == "shop.example" || host.ends_with(".shop.example"), "{link:?} leads to {host}");
    }
    assert!(within > 100 && beyond > 50, "{within} within, {beyond} beyond: nothing was tried");
}

#[test]
fn a_wallet_link_opens_a_wallet_or_the_web() {
    let mut taken = 0;
    for link in links() {
        let Some(wallet) = WalletLink::decode(&link) else { continue };
        taken += 1;
        assert_eq!(wallet.as_str(), link);
        let Ok(url) = Url::parse(&link) else { continue };
        if wallet.is_page() {
            assert!(is_plain_web(&url), "{link:?} is {url}");
        } else {
            assert!(WALLETS.contains(&url.scheme()), "{link:?} opens {}", url.scheme());
        }
    }
    assert!(taken > 100, "only {taken} are taken: nothing was tried");
}

#[test]
fn a_web_address_is_one() {
    let mut count = 0;
    for link in links().iter().filter(|link| is_web_address(link)) {
        let url = opened(link);
        assert!(url.as_ref().is_none_or(is_plain_web), "{link:?} is {url:?}");
        count += usize::from(url.is_some());
    }
    assert!(count > 100, "only {count} are opened: nothing was tried");
}
