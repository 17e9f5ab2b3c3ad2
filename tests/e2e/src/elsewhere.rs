//! The rest of the world, as a browser sees it whose driver gives out no network log: a proxy for all hosts but this one,
//! which answers nothing and remembers what was asked.

use std::{
    net::Ipv4Addr,
    sync::{Arc, Mutex, PoisonError},
};

use anyhow::Result;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    net::TcpListener,
    task::JoinHandle,
};

/// It ends with this value.
pub(crate) struct Elsewhere {
    address: String,
    asked: Arc<Mutex<Vec<String>>>,
    task: JoinHandle<()>,
}

impl Elsewhere {
    pub(crate) async fn start() -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?.to_string();
        let asked: Arc<Mutex<Vec<String>>> = Arc::default();
        let heard = Arc::clone(&asked);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let heard = Arc::clone(&heard);
                tokio::spawn(async move {
                    let mut line = String::new();
                    if BufReader::new(stream).read_line(&mut line).await.is_ok() && !is_its_makers(&line) {
                        heard.lock().unwrap_or_else(PoisonError::into_inner).push(line.trim().to_owned());
                    }
                });
            }
        });
        Ok(Self { address, asked, task })
    }

    /// `host:port`
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// The first lines of the requests since this was asked last.
    pub(crate) fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.asked.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// What Firefox asks its makers for, whatever the page.
fn is_its_makers(line: &str) -> bool {
    ["mozilla.com", "mozilla.net", "mozilla.org", "firefox.com"].iter().any(|host| line.contains(host))
}

impl Drop for Elsewhere {
    fn drop(&mut self) {
        self.task.abort();
    }
}
