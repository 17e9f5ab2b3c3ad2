//! The page: as it was built, or as an installed theme.

use std::{collections::HashMap, path::PathBuf, sync::Arc};

use axum::{
    Router,
    extract::{Path, Query, Request, State as Extract},
    http::{HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Response},
    routing::get,
};
use tower::ServiceExt;
use tower_http::services::{ServeDir, ServeFile};

use crate::{
    State, probe,
    theme::{self, Kind},
    wallet,
};

pub(crate) fn routes() -> Router<Arc<State>> {
    Router::new()
        .route("/", get(index))
        .route("/pay/status", get(status_page))
        .route("/pay/separate/{id}", get(separate_page))
        .route("/pay/{id}", get(order_page))
        .route("/cashier/{key}", get(cashier_page))
        .fallback(file)
}

fn with_caching<B>(mut response: Response<B>, caching: &'static str) -> Response<B> {
    if response.status().is_success() {
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    }
    response
}

/// `…/assets/…`, below whatever path: of a theme where it is a theme's, else of the built page.
async fn file(Extract(state): Extract<Arc<State>>, request: Request) -> Response {
    let path = request.uri().path().to_owned();
    let themes = [(Kind::Pay, &state.settings.theme), (Kind::Cashier, &state.settings.cashier_theme)];
    let theme = themes.into_iter().filter_map(|(kind, folder)| Some((kind, folder.as_ref()?))).find(|(kind, folder)| {
        let name = folder.file_name().unwrap_or_default().to_string_lossy();
        path.starts_with(&format!("{}/{name}/assets/", kind.path()))
    });
    let folder: PathBuf = match theme {
        Some((_, folder)) => folder.join("assets"),
        None if path.starts_with("/templates/") => return StatusCode::NOT_FOUND.into_response(),
        None => state.settings.dist.join("assets"),
    };
    let Some((_, asset)) = path.split_once("/assets/") else { return plain_file(&state, request).await };
    let mut request = request;
    let Ok(uri) = format!("/{asset}").parse() else { return StatusCode::NOT_FOUND.into_response() };
    *request.uri_mut() = uri;
    served(ServeDir::new(folder), request).await
}

async fn plain_file(state: &State, request: Request) -> Response {
    served(ServeDir::new(&state.settings.dist), request).await
}

async fn served(files: ServeDir, request: Request) -> Response {
    let files = files.precompressed_br().precompressed_gzip().append_index_html_on_directories(false);
    match files.oneshot(request).await {
        Ok(response) => with_caching(response.into_response(), "public, max-age=31536000, immutable"),
        Err(never) => match never {},
    }
}

/// The block of settings of a built page, which is empty there.
const BLOCK: &str = "<script id=saoma-config type=application/json>{}</script>";

/// A page with settings in its block. Nothing in them can end it.
pub(crate) fn set_up(page: &str, settings: &str) -> String {
    let block = format!("<script id=saoma-config type=application/json>{}</script>", settings.replace('<', "\\u003c"));
    page.replace(BLOCK, &block)
}

async fn index(Extract(state): Extract<Arc<State>>, request: Request) -> Response {
    let settings = state.page_settings().clone();
    if settings.is_some() || !state.probe().script.is_empty() {
        let page = std::fs::read_to_string(state.settings.dist.join("index.html")).unwrap_or_default();
        let caching = if settings.is_some() { "no-store" } else { "no-cache" };
        let page = settings.map_or_else(|| page.clone(), |settings| set_up(&page, &settings));
        return with_caching(Html(probe::put_into(&page, &state)).into_response(), caching);
    }
    let file = ServeFile::new(state.settings.dist.join("index.html")).precompressed_br().precompressed_gzip();
    match file.oneshot(request).await {
        Ok(response) => with_caching(response.into_response(), "no-cache"),
        Err(never) => match never {},
    }
}

/// A page of the installed theme, else the built one.
async fn themed(state: Arc<State>, kind: Kind, page: &str, id: Option<&str>, request: Request) -> Response {
    let folder = match kind {
        Kind::Cashier => state.settings.cashier_theme.clone(),
        Kind::Pay => state.settings.theme.clone(),
    };
    let Some(folder) = folder else { return index(Extract(state), request).await };
    let page = {
        let orders = state.orders();
        theme::page(&state, &folder, kind, page, id.and_then(|id| orders.get(id)))
    };
    match page {
        Ok(page) => {
            let settings = state.page_settings().clone();
            let page = settings.map_or_else(|| page.clone(), |settings| set_up(&page, &settings));
            with_caching(Html(probe::put_into(&page, &state)).into_response(), "no-store")
        }
        Err(mistake) => {
            eprintln!("sandbox: the theme in {} cannot be shown: {mistake}", folder.display());
            (StatusCode::INTERNAL_SERVER_ERROR, mistake).into_response()
        }
    }
}

/// The order's page; for a code of type `html` or `form` the gateway's own page, as the real one does.
async fn order_page(Extract(state): Extract<Arc<State>>, Path(id): Path<String>, request: Request) -> Response {
    let is_own = state.orders().get(&id).is_some_and(|order| matches!(order.spec.code.r#type.as_str(), "form" | "html"));
    if is_own && request.uri().query() != Some("theme=1") {
        let id = wallet::escape(&id);
        return wallet::page("网关自己的付款页 The gateway's own page", &format!("<p><a href=\"/sandbox/wallet/{id}\">付款 Pay</a></p>"))
            .into_response();
    }
    themed(state, Kind::Pay, "index.html", Some(&id), request).await
}

async fn separate_page(Extract(state): Extract<Arc<State>>, Path(id): Path<String>, request: Request) -> Response {
    themed(state, Kind::Pay, "separate.html", Some(&id), request).await
}

async fn status_page(Extract(state): Extract<Arc<State>>, Query(query): Query<HashMap<String, String>>, request: Request) -> Response {
    let id = query.get("order_id").or(query.get("trade_no")).cloned();
    themed(state, Kind::Pay, "status.html", id.as_deref(), request).await
}

async fn cashier_page(Extract(state): Extract<Arc<State>>, request: Request) -> Response {
    themed(state, Kind::Cashier, "index.html", None, request).await
}
