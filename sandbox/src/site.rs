//! The built page.

use std::sync::Arc;

use axum::{
    Router,
    extract::{Path, Request, State as Extract},
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
    routing::get,
};
use tower::ServiceExt;
use tower_http::services::{ServeDir, ServeFile};

use crate::{State, wallet};

pub(crate) fn routes(state: &State) -> Router<Arc<State>> {
    let files = ServeDir::new(&state.settings.dist).precompressed_br().precompressed_gzip().append_index_html_on_directories(false);
    Router::new().route("/", get(index)).route("/pay/{id}", get(order_page)).fallback_service(
        tower::ServiceBuilder::new().map_response(|response| with_caching(response, "public, max-age=31536000, immutable")).service(files),
    )
}

fn with_caching<B>(mut response: Response<B>, caching: &'static str) -> Response<B> {
    if response.status().is_success() {
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    }
    response
}

async fn index(Extract(state): Extract<Arc<State>>, request: Request) -> Response {
    let file = ServeFile::new(state.settings.dist.join("index.html")).precompressed_br().precompressed_gzip();
    match file.oneshot(request).await {
        Ok(response) => with_caching(response.into_response(), "no-cache"),
        Err(never) => match never {},
    }
}

/// The order's page; for a code of type `html` or `form` the gateway's own page, as the real one does.
async fn order_page(state: Extract<Arc<State>>, Path(id): Path<String>, request: Request) -> Response {
    let is_own = state.orders().get(&id).is_some_and(|order| matches!(order.spec.code.r#type.as_str(), "form" | "html"));
    if is_own && request.uri().query() != Some("theme=1") {
        let id = wallet::escape(&id);
        return wallet::page("网关自己的付款页 The gateway's own page", &format!("<p><a href=\"/sandbox/wallet/{id}\">付款 Pay</a></p>"))
            .into_response();
    }
    index(state, request).await
}
