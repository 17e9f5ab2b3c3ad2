//! Serving the page to people.

use std::{
    net::{IpAddr, Ipv4Addr, TcpListener},
    process::{Child, Command},
};

use anyhow::{Context, Result};
use clap::Args;

use crate::{
    page, project, seal,
    step::{run, run_quietly, step},
    tools,
};

/// Where to listen.
#[derive(Args)]
pub(crate) struct Address {
    /// The address to listen on; 0.0.0.0 lets a phone on the same network scan and pay
    #[arg(long, default_value = "127.0.0.1")]
    host: IpAddr,
    /// The port to listen on
    #[arg(long, default_value_t = 8088)]
    port: u16,
}

impl Address {
    /// Finds out before a long build whether the port can be had.
    fn check(&self) -> Result<()> {
        TcpListener::bind((self.host, self.port)).map(drop).with_context(|| {
            format!("cannot listen on {}:{}; end the program that does, or choose another with --port", self.host, self.port)
        })
    }
}

/// The built page with the sandbox gateway and a few orders.
pub(crate) fn demo(address: &Address) -> Result<()> {
    address.check()?;
    page::build_dist()?;
    build_sandbox()?;
    run(&mut sandbox(address), "the message above says why")
}

/// The page with live reload: Trunk in front, the sandbox behind its proxy.
pub(crate) fn dev(address: &Address) -> Result<()> {
    address.check()?;
    tools::install_for_build()?;
    build_sandbox()?;
    let behind = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    let mut gateway = Ending(
        sandbox(&Address { host: Ipv4Addr::LOCALHOST.into(), port: behind }).arg("--public-port").arg(address.port.to_string()).spawn()?,
    );
    let gateway_url = format!("http://127.0.0.1:{behind}");
    let mut serve = page::trunk()?;
    serve.env(seal::OPEN_TO_RELOAD, "1");
    serve.args(["serve", "--address", &address.host.to_string(), "--port", &address.port.to_string(), "--public-url", "/"]);
    // Not into dist/: what is built for development must never be put on a host.
    serve.arg("--dist").arg(project::root().join("target/dev-dist"));
    // Trunk takes several proxies from its configuration only.
    serve.arg("--config").arg(dev_configuration(&gateway_url)?);
    let result = run(&mut serve, "the output above names the file and the line");
    // The sandbox may have ended by itself; then there is nothing to end.
    let _ = gateway.0.kill();
    result
}

/// `Trunk.toml` with a proxy for each path that the sandbox answers.
fn dev_configuration(gateway_url: &str) -> Result<std::path::PathBuf> {
    let mut configuration = std::fs::read_to_string(project::root().join("Trunk.toml"))?;
    for path in ["api/", "pay/mapi.php", "sandbox/"] {
        configuration += &format!("\n[[proxy]]\nbackend = \"{gateway_url}/{path}\"\nrewrite = \"/{path}\"\n");
    }
    // Trunk reads relative paths from where the file is.
    let file = project::root().join("Trunk.dev.toml");
    std::fs::write(&file, configuration)?;
    Ok(file)
}

fn build_sandbox() -> Result<()> {
    step("Building the sandbox gateway", || {
        let mut build = Command::new("cargo");
        build.args(["build", "--quiet", "--locked", "--package", "sandbox"]).current_dir(project::root());
        run_quietly(&mut build, "the output above names the file and the line")
    })
}

fn sandbox(address: &Address) -> Command {
    let mut command = Command::new("cargo");
    command.args(["run", "--quiet", "--locked", "--package", "sandbox", "--"]);
    command.args(["--host", &address.host.to_string(), "--port", &address.port.to_string(), "--demo", "--dist"]).arg(project::dist());
    command.current_dir(project::root());
    command
}

/// A program that ends with this one.
struct Ending(Child);

impl Drop for Ending {
    fn drop(&mut self) {
        // See `dev`.
        let _ = self.0.kill();
    }
}
