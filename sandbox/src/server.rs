//! The connection loop. Unlike axum's own it can cut a connection instead of answering.

use std::{io, time::Duration};

use axum::{Router, response::Response};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::{rt::TokioIo, service::TowerToHyperService};
use tokio::net::TcpListener;
use tower::ServiceExt;

/// Put into a response's extensions, it makes the server cut the connection.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cut;

pub(crate) async fn serve(listener: TcpListener, routes: Router) {
    loop {
        let stream = match listener.accept().await {
            Ok((stream, _)) => stream,
            Err(error) => {
                eprintln!("sandbox: cannot accept a connection: {error}");
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        let service =
            TowerToHyperService::new(routes.clone().map_request(|request: hyper::Request<Incoming>| request.map(axum::body::Body::new)));
        tokio::spawn(async move {
            let service = service_fn(|request| {
                let answer = hyper::service::Service::call(&service, request);
                async {
                    let response: Response = answer.await.map_err(|error| io::Error::other(error.to_string()))?;
                    if response.extensions().get::<Cut>().is_some() {
                        return Err(io::Error::other("cut on demand"));
                    }
                    Ok(response)
                }
            });
            // A connection that breaks is the other side's business, or was asked for.
            let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
    }
}
