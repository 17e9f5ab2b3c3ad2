//! What a page costs its device while it waits: the part of a processor that its renderer's main thread takes.

use std::{path::Path, time::Duration};

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::{devtools::Browser, site::Site};

/// How long after it was opened a page waits and does nothing else, and for how long it is watched then.
const SETTLES: Duration = Duration::from_secs(6);
const WATCHED: Duration = Duration::from_secs(20);

/// Percent of a processor, by page, in the order of the sites.
pub(crate) async fn of(program: &Path, sites: &[Site]) -> Result<Vec<(String, f64)>> {
    let mut costs = Vec::new();
    for site in sites {
        let browser = Browser::start(program).await?;
        let page = browser.page().await?;
        page.call("Performance.enable", json!({ "timeDomain": "threadTicks" })).await?;
        page.call("Page.navigate", json!({ "url": site.order().0 })).await?;
        tokio::time::sleep(SETTLES).await;
        let before = busy(&page.call("Performance.getMetrics", json!({})).await?)?;
        tokio::time::sleep(WATCHED).await;
        let after = busy(&page.call("Performance.getMetrics", json!({})).await?)?;
        page.close().await?;
        costs.push((site.name.clone(), (after - before) / WATCHED.as_secs_f64() * 100.0));
    }
    Ok(costs)
}

/// Seconds that the main thread has worked.
fn busy(metrics: &Value) -> Result<f64> {
    let all = metrics.pointer("/metrics").and_then(Value::as_array).context("the browser has no metrics")?;
    let found = all.iter().find(|metric| metric.get("name").and_then(Value::as_str) == Some("TaskDuration"));
    found.and_then(|metric| metric.get("value")).and_then(Value::as_f64).context("the browser does not count its work")
}
