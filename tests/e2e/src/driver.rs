//! The drivers of browsers.

use std::{
    net::{TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicU16, Ordering},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};

/// A running driver; it ends with this value.
pub(crate) struct Driver {
    child: Child,
    port: u16,
}

impl Driver {
    /// Starts the program, told by `prepare` to listen on a port.
    pub(crate) fn start(program: &Path, prepare: impl FnOnce(&mut Command, u16)) -> Result<Self> {
        let port = free_port()?;
        let mut command = Command::new(program);
        prepare(&mut command, port);
        let child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .with_context(|| format!("cannot start {}", program.display()))?;
        let mut driver = Self { child, port };
        let end = Instant::now() + Duration::from_secs(20);
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            if let Some(status) = driver.child.try_wait()? {
                bail!("{} ended with {status}", program.display());
            }
            if Instant::now() > end {
                bail!("{} does not listen after 20 s", program.display());
            }
            thread::sleep(Duration::from_millis(50));
        }
        Ok(driver)
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

/// A port that nobody has, for a program that wants to be told one.
pub(crate) fn free_port() -> Result<u16> {
    Ok(free_listener()?.local_addr()?.port())
}

/// Listens on a port that nobody has, below those that connections are given: another would take it before a driver does.
///
/// Whoever can take the socket does, rather than its number: a program that is being started meanwhile has a copy of it for a
/// moment, in which the port cannot be listened on again.
pub(crate) fn free_listener() -> Result<TcpListener> {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    // Two runs at a time begin at different ones.
    let first = u16::try_from(std::process::id() % 200)? * 50;
    for _ in 0..10_000 {
        let port = 20_000 + (first + NEXT.fetch_add(1, Ordering::Relaxed)) % 10_000;
        if let Ok(listener) = TcpListener::bind(("127.0.0.1", port)) {
            return Ok(listener);
        }
    }
    bail!("no port is free between 20000 and 30000")
}

impl Drop for Driver {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
