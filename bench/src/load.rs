//! One load of one page, measured from outside: by what is on the screen, and by what went over the network.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep_until, timeout_at};

use crate::devtools::{Browser, Event};

/// A device and its network.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Profile {
    agent: Option<&'static str>,
    /// How many times slower the processor is than this machine's.
    cpu: f64,
    height: u32,
    /// Bytes a second; 0 for as fast as it goes.
    bytes_per_second: f64,
    latency_ms: u32,
    pub(crate) name: &'static str,
    width: u32,
}

/// A computer next to the server, and a slow phone far away: 150 ms, 1.6 Mbit/s, a processor 4 times slower.
pub(crate) const PROFILES: [Profile; 2] = [
    Profile { agent: None, cpu: 1.0, height: 900, bytes_per_second: 0.0, latency_ms: 0, name: "desktop", width: 1280 },
    Profile {
        agent: Some("Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 Chrome/120.0.0.0 Mobile Safari/537.36"),
        cpu: 4.0,
        height: 844,
        bytes_per_second: 200_000.0,
        latency_ms: 150,
        name: "phone",
        width: 390,
    },
];

/// How long a page is watched.
const WATCH: Duration = Duration::from_millis(4500);

/// What was measured. Times are milliseconds after the navigation began.
#[derive(Clone, Debug)]
pub(crate) struct Load {
    /// Bytes over the network until the code was there, with headers.
    pub(crate) bytes_before: f64,
    /// Long tasks, by what of them is over 50 ms.
    pub(crate) blocking: f64,
    /// The first frame in which the code can be decoded.
    pub(crate) code: f64,
    /// Cumulative layout shift.
    pub(crate) shift: f64,
    /// First paint of anything.
    pub(crate) first_paint: f64,
    /// The longest task.
    pub(crate) longest_task: f64,
    /// Requests begun before the code was there.
    pub(crate) requests_before: f64,
    /// What went over the network, in order.
    pub(crate) waterfall: Vec<Request>,
}

/// One request.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) bytes: f64,
    pub(crate) end: Option<f64>,
    pub(crate) start: f64,
    pub(crate) url: String,
    id: String,
    chunks: Vec<(f64, f64)>,
}

/// Runs before the page's own scripts and keeps what the browser says of its work.
const OBSERVE: &str = "window.benchTasks = []; window.benchShifts = [];
new PerformanceObserver((list) => benchTasks.push(...list.getEntries().map((task) => task.duration))).observe({ type: 'longtask', buffered: true });
new PerformanceObserver((list) => benchShifts.push(...list.getEntries().filter((shift) => !shift.hadRecentInput).map((shift) => shift.value))).observe({ type: 'layout-shift', buffered: true });";

const READ: &str = "({ origin: performance.timeOrigin, paint: performance.getEntriesByType('paint').map((entry) => entry.startTime)[0] ?? null, tasks: benchTasks, shifts: benchShifts })";

/// Opens an address twice where `again`, and measures the last time.
pub(crate) async fn measure(browser: &Browser, url: &str, expected: &str, profile: &Profile, again: bool) -> Result<Load> {
    let mut page = browser.page().await?;
    page.call("Page.enable", json!({})).await?;
    page.call("Network.enable", json!({})).await?;
    if let Some(agent) = profile.agent {
        page.call("Emulation.setUserAgentOverride", json!({ "userAgent": agent })).await?;
    }
    let metrics = json!({ "width": profile.width, "height": profile.height, "deviceScaleFactor": 1, "mobile": profile.agent.is_some() });
    page.call("Emulation.setDeviceMetricsOverride", metrics).await?;
    page.call("Emulation.setCPUThrottlingRate", json!({ "rate": profile.cpu })).await?;
    if profile.bytes_per_second > 0.0 {
        let speed = profile.bytes_per_second;
        let network = json!({ "offline": false, "latency": profile.latency_ms, "downloadThroughput": speed, "uploadThroughput": speed });
        page.call("Network.emulateNetworkConditions", network).await?;
    }
    page.call("Page.addScriptToEvaluateOnNewDocument", json!({ "source": OBSERVE })).await?;
    if again {
        page.call("Page.navigate", json!({ "url": url })).await?;
        tokio::time::sleep(WATCH).await;
        page.call("Page.navigate", json!({ "url": "about:blank" })).await?;
        tokio::time::sleep(Duration::from_millis(300)).await;
        while page.events.try_recv().is_ok() {}
    }
    let cast = json!({ "format": "png", "everyNthFrame": 1, "maxWidth": profile.width, "maxHeight": profile.height });
    page.call("Page.startScreencast", cast).await?;
    page.tell("Page.navigate", json!({ "url": url })).await?;
    let end = Instant::now() + WATCH;
    let (mut frames, mut network) = (Vec::new(), Vec::new());
    while let Ok(Some(event)) = timeout_at(end, page.events.recv()).await {
        if event.method == "Page.screencastFrame" {
            let session = event.parameters.get("sessionId").cloned().unwrap_or_default();
            page.tell("Page.screencastFrameAck", json!({ "sessionId": session })).await?;
            frames.push(event);
        } else if event.method.starts_with("Network.") {
            network.push(event);
        }
    }
    sleep_until(end).await;
    page.call("Page.stopScreencast", json!({})).await?;
    let said = page.eval(READ).await?;
    page.close().await?;
    let origin = number(&said, "/origin").context("the page has no clock")?;
    let numbers =
        |path: &str| said.pointer(path).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_f64).collect::<Vec<_>>();
    let code = first_scannable(&frames, expected, origin)?
        .with_context(|| format!("{url}: no frame of {} shows a code for {expected:?}", frames.len()))?;
    let waterfall = waterfall(&network, origin);
    ensure!(!waterfall.is_empty(), "{url}: nothing went over the network");
    let before = |requests: &[Request]| {
        requests.iter().flat_map(|request| &request.chunks).filter(|(at, _)| *at <= code).map(|(_, bytes)| bytes).sum()
    };
    let tasks = numbers("/tasks");
    Ok(Load {
        bytes_before: before(&waterfall),
        blocking: tasks.iter().map(|task| (task - 50.0).max(0.0)).sum(),
        code,
        shift: numbers("/shifts").iter().sum(),
        first_paint: number(&said, "/paint").context("nothing was painted")?,
        longest_task: tasks.iter().copied().fold(0.0, f64::max),
        requests_before: waterfall.iter().filter(|request| request.start <= code).count() as f64,
        waterfall,
    })
}

fn number(value: &Value, path: &str) -> Option<f64> {
    value.pointer(path).and_then(Value::as_f64)
}

/// When the first frame came in which the code can be decoded. Frames before the page's own clock are of the page before.
fn first_scannable(frames: &[Event], expected: &str, origin: f64) -> Result<Option<f64>> {
    for frame in frames {
        let at = number(&frame.parameters, "/metadata/timestamp").context("a frame has no time")? * 1000.0 - origin;
        if at < 0.0 {
            continue;
        }
        let picture = frame.parameters.get("data").and_then(Value::as_str).context("a frame has no picture")?;
        let picture = image::load_from_memory(&BASE64_STANDARD.decode(picture)?)?.into_luma8();
        let (width, height) = (usize::try_from(picture.width())?, usize::try_from(picture.height())?);
        let pixels = picture.into_raw();
        let mut prepared =
            rqrr::PreparedImage::prepare_from_greyscale(width, height, |x, y| pixels.get(y * width + x).copied().unwrap_or(255));
        let is_there = prepared.detect_grids().into_iter().filter_map(|grid| grid.decode().ok()).any(|(_, text)| text == expected);
        if is_there {
            return Ok(Some(at));
        }
    }
    Ok(None)
}

/// The requests, on the page's clock.
fn waterfall(events: &[Event], origin: f64) -> Vec<Request> {
    let mut requests: Vec<Request> = Vec::new();
    // Events bear the time of a clock of their own; a request's beginning bears both.
    let mut offset = None;
    for Event { method, parameters } in events {
        let id = parameters.get("requestId").and_then(Value::as_str).unwrap_or_default();
        let Some(time) = number(parameters, "/timestamp").map(|seconds| seconds * 1000.0) else { continue };
        if method == "Network.requestWillBeSent" {
            let url = parameters.pointer("/request/url").and_then(Value::as_str).unwrap_or_default();
            let Some(wall) = number(parameters, "/wallTime").map(|seconds| seconds * 1000.0) else { continue };
            let offset = *offset.get_or_insert(wall - origin - time);
            if url.starts_with("http") {
                requests.push(Request {
                    bytes: 0.0,
                    chunks: Vec::new(),
                    end: None,
                    id: id.to_owned(),
                    start: time + offset,
                    url: url.to_owned(),
                });
            }
            continue;
        }
        let (Some(request), Some(offset)) = (requests.iter_mut().rev().find(|request| request.id == id), offset) else { continue };
        let at = time + offset;
        match method.as_str() {
            "Network.responseReceived" => {
                let is_cached = parameters.pointer("/response/fromDiskCache").and_then(Value::as_bool) == Some(true);
                let bytes = number(parameters, "/response/encodedDataLength").filter(|_| !is_cached).unwrap_or_default();
                request.chunks.push((at, bytes));
            }
            "Network.dataReceived" => request.chunks.push((at, number(parameters, "/encodedDataLength").unwrap_or_default().max(0.0))),
            "Network.loadingFinished" => {
                request.end = Some(at);
                request.bytes = number(parameters, "/encodedDataLength").unwrap_or_default();
                // What the chunks did not say came with the last of them.
                let told: f64 = request.chunks.iter().map(|(_, bytes)| bytes).sum();
                request.chunks.push((at, (request.bytes - told).max(0.0)));
            }
            _ => {}
        }
    }
    requests
}
