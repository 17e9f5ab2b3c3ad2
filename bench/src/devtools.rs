//! A browser, and the DevTools protocol to it.

use std::{
    collections::HashMap,
    path::Path,
    process::Stdio,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use anyhow::{Context, Result, bail};
use futures_util::{SinkExt, StreamExt, stream::SplitSink};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    net::TcpStream,
    process::{Child, Command},
    sync::{Mutex as AsyncMutex, mpsc, oneshot},
    time::timeout,
};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, tungstenite::Message};

/// The longest that a command may take.
const PATIENCE: Duration = Duration::from_secs(30);

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;
type Waiting = Arc<Mutex<HashMap<u64, oneshot::Sender<Result<Value, String>>>>>;
type Listeners = Arc<Mutex<HashMap<String, mpsc::UnboundedSender<Event>>>>;

/// Something that happened in a page.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    pub(crate) method: String,
    pub(crate) parameters: Value,
}

/// A browser of our own. It ends when this is dropped.
pub(crate) struct Browser {
    _child: Child,
    _profile: TempDir,
    connection: Connection,
}

#[derive(Clone)]
struct Connection {
    listeners: Listeners,
    next: Arc<Mutex<u64>>,
    sender: Arc<AsyncMutex<SplitSink<Socket, Message>>>,
    waiting: Waiting,
}

/// A page in a browser context of its own: nothing is in its cache.
pub(crate) struct Page {
    connection: Connection,
    context: String,
    pub(crate) events: mpsc::UnboundedReceiver<Event>,
    session: String,
    target: String,
}

impl Browser {
    pub(crate) async fn start(program: &Path) -> Result<Self> {
        let profile = tempfile::tempdir()?;
        let mut command = Command::new(program);
        command.args([
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--lang=zh-CN",
            "--remote-debugging-port=0",
            "about:blank",
        ]);
        command.arg(format!("--user-data-dir={}", profile.path().display()));
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("cannot start {}", program.display()))?;
        let mut lines = BufReader::new(child.stderr.take().context("the browser says nothing")?).lines();
        let address = timeout(PATIENCE, async {
            while let Some(line) = lines.next_line().await? {
                if let Some((_, address)) = line.split_once("DevTools listening on ") {
                    return Ok(address.trim().to_owned());
                }
            }
            bail!("the browser ended before it listened")
        });
        let address = address.await.context("the browser does not listen")??;
        // What else it says is nobody's, but it must not wait for a reader.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        let (socket, _) = tokio_tungstenite::connect_async(&address).await.context("cannot speak to the browser")?;
        Ok(Self { _child: child, _profile: profile, connection: Connection::over(socket) })
    }

    /// A page that nobody has opened anything in before.
    pub(crate) async fn page(&self) -> Result<Page> {
        let connection = self.connection.clone();
        let text = |value: &Value, name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned).context("no such page");
        let context = text(&connection.call(None, "Target.createBrowserContext", json!({})).await?, "browserContextId")?;
        let target = json!({ "url": "about:blank", "browserContextId": context });
        let target = text(&connection.call(None, "Target.createTarget", target).await?, "targetId")?;
        let attach = json!({ "targetId": target, "flatten": true });
        let session = text(&connection.call(None, "Target.attachToTarget", attach).await?, "sessionId")?;
        let (sender, events) = mpsc::unbounded_channel();
        connection.listeners.lock().unwrap_or_else(PoisonError::into_inner).insert(session.clone(), sender);
        Ok(Page { connection, context, events, session, target })
    }
}

impl Page {
    pub(crate) async fn call(&self, method: &str, parameters: Value) -> Result<Value> {
        self.connection.call(Some(&self.session), method, parameters).await
    }

    /// Sends a command whose answer is of no interest.
    pub(crate) async fn tell(&self, method: &str, parameters: Value) -> Result<()> {
        self.connection.send(Some(&self.session), method, parameters, None).await
    }

    /// The value of an expression, which may be a promise.
    pub(crate) async fn eval(&self, expression: &str) -> Result<Value> {
        let parameters = json!({ "expression": expression, "awaitPromise": true, "returnByValue": true });
        let mut answer = self.call("Runtime.evaluate", parameters).await?;
        if let Some(exception) = answer.get("exceptionDetails") {
            bail!("{expression}: {exception}");
        }
        Ok(answer.pointer_mut("/result/value").map(Value::take).unwrap_or_default())
    }

    pub(crate) async fn close(self) -> Result<()> {
        self.connection.listeners.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.session);
        self.connection.call(None, "Target.closeTarget", json!({ "targetId": self.target })).await?;
        self.connection.call(None, "Target.disposeBrowserContext", json!({ "browserContextId": self.context })).await?;
        Ok(())
    }
}

impl Connection {
    fn over(socket: Socket) -> Self {
        let (sender, mut receiver) = socket.split();
        let (waiting, listeners): (Waiting, Listeners) = Default::default();
        let connection = Self {
            listeners: Arc::clone(&listeners),
            next: Arc::default(),
            sender: Arc::new(AsyncMutex::new(sender)),
            waiting: Arc::clone(&waiting),
        };
        tokio::spawn(async move {
            while let Some(Ok(message)) = receiver.next().await {
                let Message::Text(text) = message else { continue };
                let Ok(mut message) = serde_json::from_str::<Value>(&text) else { continue };
                if let Some(id) = message.get("id").and_then(Value::as_u64) {
                    let answer = match message.get("error") {
                        Some(error) => Err(error.to_string()),
                        None => Ok(message.get_mut("result").map(Value::take).unwrap_or_default()),
                    };
                    if let Some(waits) = waiting.lock().unwrap_or_else(PoisonError::into_inner).remove(&id) {
                        // Whoever waited may have given up.
                        let _ = waits.send(answer);
                    }
                    continue;
                }
                let session = message.get("sessionId").and_then(Value::as_str).unwrap_or_default().to_owned();
                let method = message.get("method").and_then(Value::as_str).unwrap_or_default().to_owned();
                let parameters = message.get_mut("params").map(Value::take).unwrap_or_default();
                if let Some(listener) = listeners.lock().unwrap_or_else(PoisonError::into_inner).get(&session) {
                    // A page that is closed hears nothing any more.
                    let _ = listener.send(Event { method, parameters });
                }
            }
        });
        connection
    }

    async fn call(&self, session: Option<&str>, method: &str, parameters: Value) -> Result<Value> {
        let (sender, receiver) = oneshot::channel();
        self.send(session, method, parameters, Some(sender)).await?;
        let answer = timeout(PATIENCE, receiver).await.with_context(|| format!("{method} is not answered"))?;
        answer.context("the browser has gone")?.map_err(|error| anyhow::anyhow!("{method}: {error}"))
    }

    async fn send(
        &self,
        session: Option<&str>,
        method: &str,
        parameters: Value,
        answer: Option<oneshot::Sender<Result<Value, String>>>,
    ) -> Result<()> {
        let id = {
            let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
            *next += 1;
            *next
        };
        if let Some(answer) = answer {
            self.waiting.lock().unwrap_or_else(PoisonError::into_inner).insert(id, answer);
        }
        let mut message = json!({ "id": id, "method": method, "params": parameters });
        if let (Some(session), Some(message)) = (session, message.as_object_mut()) {
            message.insert("sessionId".to_owned(), session.into());
        }
        self.sender.lock().await.send(Message::Text(message.to_string().into())).await.context("the browser has gone")
    }
}
