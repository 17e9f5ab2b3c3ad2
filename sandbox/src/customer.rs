//! Who is signed in to the sandbox's shop: a token in a cookie, which the page sends in a header.

use std::sync::Arc;

use axum::{
    Form, Router,
    extract::Query,
    http::{HeaderMap, StatusCode, header},
    response::{Html, IntoResponse, Response},
    routing::get,
};
use serde::Deserialize;

use crate::{
    State,
    wallet::{escape, page},
};

/// Somebody with a token.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Customer {
    /// May not pay.
    Guest,
    /// May.
    Tea,
}

/// The cookie that the token is in.
pub const COOKIE: &str = "sandbox_token";
/// The token of a customer who may pay.
pub const TOKEN: &str = "TEA-TOKEN";
/// The token of one who may not.
pub const GUEST_TOKEN: &str = "GUEST-TOKEN";

/// Whoever the header `token` names.
pub(crate) fn of(headers: &HeaderMap) -> Option<Customer> {
    match headers.get("token")?.to_str().ok()? {
        TOKEN => Some(Customer::Tea),
        GUEST_TOKEN => Some(Customer::Guest),
        _ => None,
    }
}

pub(crate) fn routes() -> Router<Arc<State>> {
    Router::new().route("/sandbox/sign-in", get(form).post(sign_in))
}

#[derive(Deserialize)]
struct Way {
    #[serde(default)]
    return_to: String,
}

async fn form(Query(way): Query<Way>) -> Html<String> {
    let body = format!(
        "<form method=\"post\"><input type=\"hidden\" name=\"return_to\" value=\"{}\"><button id=\"sign-in\">登录 Sign in</button></form>",
        escape(&way.return_to)
    );
    page("登录商城 Sign in", &body)
}

/// Signs in, and goes back to a page of this host and no other.
async fn sign_in(headers: HeaderMap, Form(way): Form<Way>) -> Response {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let own = way.return_to.strip_prefix(&format!("http://{host}")).unwrap_or(&way.return_to);
    let target = if own.starts_with('/') && !own.starts_with("//") && !own.contains('\\') { own } else { "/sandbox" };
    let cookie = format!("{COOKIE}={TOKEN}; Path=/; SameSite=Lax");
    (StatusCode::SEE_OTHER, [(header::SET_COOKIE, cookie), (header::LOCATION, target.to_owned())]).into_response()
}
