//! The control page, and the same by JSON: make orders, see them, change how they stand, read what was asked.

use std::{collections::HashMap, sync::Arc};

use axum::{
    Json, Router,
    extract::{Path, Query, State as Extract},
    http::{StatusCode, header},
    response::{Html, IntoResponse, Response},
    routing::{get, post, put},
};
use serde_json::{Value, json};

use crate::{
    State,
    order::{Order, Spec, Stand},
    record::{Notification, Record},
};

const PAGE: &str = include_str!("control.html");
const SCRIPT: &str = include_str!("control.js");

pub(crate) fn routes() -> Router<Arc<State>> {
    Router::new()
        .route("/sandbox", get(|| async { Html(PAGE) }))
        .route("/sandbox/control.js", get(|| async { ([(header::CONTENT_TYPE, "text/javascript; charset=utf-8")], SCRIPT) }))
        .route("/sandbox/api/defaults", get(|| async { Json(Spec::default()) }))
        .route("/sandbox/api/orders", get(list).post(create))
        .route("/sandbox/api/orders/{id}", get(show).patch(change))
        .route("/sandbox/api/orders/{id}/{action}", post(act))
        .route("/sandbox/api/channels/{channel}", put(set_channel))
        .route("/sandbox/api/notifications", get(notifications))
        .route("/sandbox/api/requests", get(requests))
}

fn described(order: &Order) -> Value {
    json!({
        "expire_time": order.expire_time(),
        "link": format!("/pay/{}", order.spec.order_id),
        "spec": order.spec,
        "stand": order.stand(),
        "wallet": format!("/sandbox/wallet/{}", order.spec.order_id),
    })
}

fn no_such_order() -> Response {
    (StatusCode::NOT_FOUND, "no such order\n").into_response()
}

async fn list(Extract(state): Extract<Arc<State>>) -> Json<Vec<Value>> {
    Json(state.orders().iter().map(described).collect())
}

async fn create(Extract(state): Extract<Arc<State>>, Json(spec): Json<Spec>) -> Json<Value> {
    let mut orders = state.orders();
    let id = orders.create(spec);
    Json(orders.get(&id).map(described).unwrap_or_default())
}

async fn show(Extract(state): Extract<Arc<State>>, Path(id): Path<String>) -> Response {
    state.orders().get(&id).map_or_else(no_such_order, |order| Json(described(order)).into_response())
}

/// Replaces the named fields of an order.
async fn change(Extract(state): Extract<Arc<State>>, Path(id): Path<String>, Json(fields): Json<Value>) -> Response {
    let mut orders = state.orders();
    let Some(order) = orders.get_mut(&id) else { return no_such_order() };
    let mut spec = json!(order.spec);
    if let (Value::Object(spec), Value::Object(fields)) = (&mut spec, fields) {
        spec.extend(fields);
    }
    match serde_json::from_value(spec) {
        Ok(spec) => order.spec = spec,
        Err(error) => return (StatusCode::UNPROCESSABLE_ENTITY, format!("{error}\n")).into_response(),
    }
    Json(described(order)).into_response()
}

async fn act(Extract(state): Extract<Arc<State>>, Path((id, action)): Path<(String, String)>) -> Response {
    let mut orders = state.orders();
    let Some(order) = orders.get_mut(&id) else { return no_such_order() };
    match action.as_str() {
        "close" => order.spec.status = Stand::Closed,
        "expire" => order.expire_now(),
        "fail" => order.spec.status = Stand::CreationFailed,
        "pay" => order.spec.status = Stand::Paid,
        "time-out" => order.spec.status = Stand::TimedOut,
        _ => return (StatusCode::NOT_FOUND, "actions: close, expire, fail, pay, time-out\n").into_response(),
    }
    Json(described(order)).into_response()
}

/// Puts a channel of the signed form out of order, with a code to refuse with, or in order with 0.
async fn set_channel(Extract(state): Extract<Arc<State>>, Path(channel): Path<String>, Json(code): Json<i64>) -> StatusCode {
    let mut channels = state.channels();
    if code == 0 {
        channels.remove(&channel);
    } else if channels.len() < 100 {
        channels.insert(channel, code);
    }
    StatusCode::NO_CONTENT
}

/// The callbacks to shops.
async fn notifications(Extract(state): Extract<Arc<State>>) -> Json<Vec<Notification>> {
    Json(state.notifications().iter().cloned().collect())
}

/// What was asked, of one order with `?order_id=`.
async fn requests(Extract(state): Extract<Arc<State>>, Query(query): Query<HashMap<String, String>>) -> Json<Vec<Record>> {
    let records = state.records();
    Json(match query.get("order_id") {
        Some(id) => records.of(id),
        None => records.iter().cloned().collect(),
    })
}
