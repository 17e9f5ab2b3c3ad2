//! A page behind a sandbox of its own.

use std::{
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
};

use anyhow::{Result, ensure};
use sandbox::{Code, Sandbox, Settings, Spec};

/// A page behind a sandbox of its own.
pub(crate) struct Site {
    pub(crate) name: String,
    sandbox: Sandbox,
}

impl Site {
    pub(crate) async fn open(name: &str, dist: PathBuf) -> Result<Self> {
        ensure!(dist.join("index.html.br").is_file(), "{} holds no compressed page; run `cargo xtask bench`", dist.display());
        let settings = Settings { dist, ..Settings::default() };
        Ok(Self { name: name.to_owned(), sandbox: Sandbox::start(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), settings).await? })
    }

    /// A new order: its page, and the text that its code holds.
    pub(crate) fn order(&self) -> (String, String) {
        let mut orders = self.sandbox.state().orders();
        let id = orders.create(Spec { subject: "一杯茶".to_owned(), ..Spec::default() });
        let text = format!("https://qr.alipay.com/bax0{id}");
        if let Some(order) = orders.get_mut(&id) {
            order.spec.code = Code { qrcode: Some(text.clone()), ..Code::default() };
        }
        (format!("{}/pay/{id}", self.sandbox.origin()), text)
    }
}
