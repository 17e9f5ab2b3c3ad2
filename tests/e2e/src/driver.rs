//! The drivers of browsers.

use std::{
    env,
    net::{TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
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
    /// Chromium's.
    pub(crate) fn of_chromium() -> Result<Self> {
        let program = env::var_os("SAOMA_CHROMEDRIVER").unwrap_or_else(|| "chromedriver".into());
        Self::start(Path::new(&program), |driver, port| {
            driver.arg(format!("--port={port}"));
        })
    }

    /// Any, told by `prepare` to listen on a port.
    pub(crate) fn start(program: &Path, prepare: impl FnOnce(&mut Command, u16)) -> Result<Self> {
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
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

impl Drop for Driver {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
