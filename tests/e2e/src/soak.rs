//! A page that stays open: what it asks, and whether it keeps what it should let go.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use sandbox::{Call, Fault, Kind, Spec};
use serde_json::{Value, json};

use crate::{
    engine::Engine,
    stage::{Look, Stage},
};

/// How much memory may grow, by a straight line through the samples of the second half, in bytes a minute.
const SLOPE_LIMIT: f64 = 20_000.0;

/// Notes how many timers are set and have neither fired nor been cleared, and every memory of a WebAssembly instance. (To ask the
/// developer tools for those memories crashes the tab in Chromium 156.)
const COUNT: &str = "
    window.timers = new Set();
    const set = window.setTimeout, clear = window.clearTimeout;
    window.setTimeout = (run, ms, ...rest) => {
        const id = set(() => { window.timers.delete(id); run(...rest); }, ms);
        window.timers.add(id);
        return id;
    };
    window.clearTimeout = (id) => { window.timers.delete(id); clear(id); };
    window.memories = new Set();
    const { Instance, instantiate, instantiateStreaming } = WebAssembly;
    const keep = (instance) => Object.values(instance.exports).forEach((part) => part instanceof WebAssembly.Memory && window.memories.add(part));
    WebAssembly.Instance = class extends Instance { constructor(...all) { super(...all); keep(this); } };
    WebAssembly.instantiate = async (...all) => { const made = await instantiate(...all); keep(made.instance ?? made); return made; };
    WebAssembly.instantiateStreaming = async (...all) => { const made = await instantiateStreaming(...all); keep(made.instance); return made; };
";

/// One look at the page.
struct Sample {
    heap: f64,
    listeners: f64,
    minute: f64,
    nodes: f64,
    requests: usize,
    timers: f64,
    wasm: f64,
}

/// Keeps a page open in front of a gateway that fails often, and prints what it takes.
pub(crate) async fn run(minutes: f64) -> Result<()> {
    let stage = Stage::set("soak", Engine::Chromium, &Look { script: COUNT, ..Look::desktop() }).await?;
    let result = watch(&stage, minutes).await;
    stage.end(result).await
}

/// About every tenth status answer fails, in turn in one of these ways.
fn faults() -> Vec<Fault> {
    let kinds =
        [Kind::Html, Kind::Truncate, Kind::Status { body: None, code: 502, retry_after: None }, Kind::Delay { ms: 3000 }, Kind::Double];
    let fault = |index: u32, kind: &Kind| Fault { call: Some(Call::Status), from: 5 + index * 10, times: 1, kind: kind.clone() };
    (0..).zip(kinds.iter().cycle()).take(1000).map(|(index, kind)| fault(index, kind)).collect()
}

async fn watch(stage: &Stage, minutes: f64) -> Result<()> {
    let id = stage.open_order(Spec { expires_in: 1_000_000, faults: faults(), ..Spec::default() }).await?;
    stage.until_code().await?;
    stage.devtools("Performance.enable", json!({})).await?;
    let began = Instant::now();
    let end = Duration::from_secs_f64(minutes * 60.0);
    let pause = Duration::from_secs_f64((minutes * 60.0 / 40.0).clamp(2.0, 30.0));
    let mut samples = Vec::new();
    println!("{:>7} {:>9} {:>11} {:>11} {:>7} {:>10} {:>7}", "minute", "requests", "heap", "wasm", "nodes", "listeners", "timers");
    while began.elapsed() < end {
        tokio::time::sleep(pause).await;
        // A shopper who comes and goes makes the page do more than wait.
        stage.eval("window.dispatchEvent(new Event('focus'))").await?;
        tokio::time::sleep(Duration::from_millis(500)).await;
        let sample = sample(stage, &id, began).await?;
        println!(
            "{:>7.1} {:>9} {:>11.0} {:>11.0} {:>7.0} {:>10.0} {:>7.0}",
            sample.minute, sample.requests, sample.heap, sample.wasm, sample.nodes, sample.listeners, sample.timers
        );
        samples.push(sample);
    }
    let settled = samples.get(samples.len() / 2..).unwrap_or_default();
    ensure!(settled.len() >= 5, "too short a time to tell: at least half a minute is needed");
    for (what, limit, read) in [
        ("heap, bytes", SLOPE_LIMIT, (|sample| sample.heap) as fn(&Sample) -> f64),
        ("wasm memory, bytes", SLOPE_LIMIT, |sample| sample.wasm),
        ("nodes", 1.0, |sample| sample.nodes),
        ("listeners", 1.0, |sample| sample.listeners),
        ("timers", 1.0, |sample| sample.timers),
    ] {
        let slope = slope(settled.iter().map(|sample| (sample.minute, read(sample))));
        println!("{what}: {slope:+.1} a minute over the second half (limit {limit})");
        ensure!(slope <= limit, "{what} grow by {slope:.1} a minute");
    }
    Ok(())
}

async fn sample(stage: &Stage, id: &str, began: Instant) -> Result<Sample> {
    stage.devtools("HeapProfiler.collectGarbage", json!({})).await?;
    let metrics = stage.devtools("Performance.getMetrics", json!({})).await?;
    let metric = |name: &str| -> Result<f64> {
        let list = metrics.get("metrics").and_then(Value::as_array).context("no metrics")?;
        let metric = list.iter().find(|metric| metric.get("name").and_then(Value::as_str) == Some(name));
        metric.and_then(|metric| metric.get("value")?.as_f64()).with_context(|| format!("no metric {name}"))
    };
    Ok(Sample {
        heap: metric("JSHeapUsedSize")?,
        listeners: metric("JSEventListeners")?,
        minute: began.elapsed().as_secs_f64() / 60.0,
        nodes: metric("Nodes")?,
        requests: stage.records(id).len(),
        timers: stage.eval("window.timers.size").await?.as_f64().context("timers are counted")?,
        wasm: wasm_memory(stage).await?,
    })
}

/// The size of the page's WebAssembly memories, in bytes: the application's and that of the first paint.
async fn wasm_memory(stage: &Stage) -> Result<f64> {
    let sizes = stage.eval("[...window.memories].map((memory) => memory.buffer.byteLength)").await?;
    let sizes: Vec<f64> = sizes.as_array().into_iter().flatten().filter_map(Value::as_f64).collect();
    ensure!(sizes.len() >= 2, "only {} memories are seen", sizes.len());
    Ok(sizes.iter().sum())
}

/// The slope of the straight line that fits best (least squares).
fn slope(points: impl Iterator<Item = (f64, f64)>) -> f64 {
    let points: Vec<(f64, f64)> = points.collect();
    let count = points.len() as f64;
    let mean_x = points.iter().map(|point| point.0).sum::<f64>() / count;
    let mean_y = points.iter().map(|point| point.1).sum::<f64>() / count;
    let rise: f64 = points.iter().map(|(x, y)| (x - mean_x) * (y - mean_y)).sum();
    let run: f64 = points.iter().map(|(x, _)| (x - mean_x).powi(2)).sum();
    rise / run
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_straight_line_has_its_slope() {
        assert!((slope([(0.0, 5.0), (1.0, 7.0), (2.0, 9.0)].into_iter()) - 2.0).abs() < 1e-9);
    }
}
