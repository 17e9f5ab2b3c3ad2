//! Several tabs, a page out of sight, a device without a network.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use sandbox::{Audio, Call, Spec, Stand};

use crate::{Stage, Suite, engine::Need, stage::Look};

pub(super) fn add(suite: &mut Suite) {
    suite.add("tabs_of_one_order_share_one_poller", Look::desktop(), tabs_share_one_poller);
    suite.add("orders_of_the_same_number_are_not_mixed_up", Look::desktop(), orders_of_the_same_number);
    suite.add("a_tab_that_is_closed_leaves_the_asking_to_another", Look::desktop(), a_tab_that_is_closed);
    suite.add("what_is_called_while_it_runs_is_done_afterwards", Look { script: NESTS, ..Look::desktop() }, tasks_within_tasks);
    suite.add(
        "tabs_without_a_channel_ask_for_themselves",
        Look { script: "delete window.BroadcastChannel;", ..Look::desktop() },
        tabs_alone,
    );
    suite.add(
        "offline_is_said_at_once_and_online_asks_at_once",
        Look { needs: &[Need::Connection], ..Look::desktop() },
        offline_and_online,
    );
    suite.add("a_payment_shows_when_the_shopper_comes_back", Look::desktop(), a_payment_shows_when_the_shopper_comes_back);
}

fn spec() -> Spec {
    Spec { pay_payed_wait_time: Some(3), ..Spec::default() }
}

async fn tabs_share_one_poller(stage: &Stage) -> Result<()> {
    let id = stage.open_order(spec()).await?;
    stage.until_code().await?;
    let first = stage.window().await?;
    let second = stage.open_tab(&format!("/pay/{id}")).await?;
    stage.until_code().await?;
    let third = stage.open_tab(&format!("/pay/{id}")).await?;
    stage.until_code().await?;
    tokio::time::sleep(Duration::from_secs(3)).await;
    let before = stage.count(&id, Call::Status);
    tokio::time::sleep(Duration::from_secs(20)).await;
    let asked = stage.count(&id, Call::Status) - before;
    ensure!((8..=11).contains(&asked), "three tabs asked {asked} times in 20 s, one asks 10 times");
    stage.change(&id, |spec| spec.status = Stand::Paid)?;
    let paid = "document.querySelector('[data-screen]')?.dataset.screen === 'paid' || location.pathname === '/sandbox/shop'";
    let mut shops = 0;
    for window in [third, second, first] {
        stage.switch_to(window).await?;
        stage.until(paid).await?;
    }
    tokio::time::sleep(Duration::from_secs(5)).await;
    for window in stage.windows().await? {
        stage.switch_to(window).await?;
        shops += usize::from(stage.eval("location.pathname === '/sandbox/shop'").await? == true);
    }
    ensure!(shops == 1, "{shops} of three tabs went to the shop");
    Ok(())
}

/// The gateway's number of one order is the shop's number of another.
async fn orders_of_the_same_number(stage: &Stage) -> Result<()> {
    let first = stage.order(Spec { order_id: "SAME-1".into(), ..spec() });
    let second = stage.order(Spec { out_order_id: "SAME-1".into(), pid: 7, ..spec() });
    let third = stage.order(Spec { out_order_id: "SAME-1".into(), pid: 8, ..spec() });
    stage.open(&format!("/pay/{first}")).await?;
    stage.until_code().await?;
    let tab = stage.window().await?;
    let other = stage.open_tab("/?out_order_id=SAME-1&pid=8").await?;
    stage.until_code().await?;
    stage.open_tab("/?out_order_id=SAME-1&pid=7").await?;
    stage.until_code().await?;
    stage.change(&second, |spec| spec.status = Stand::Paid)?;
    stage.until_screen("paid").await?;
    for (window, id) in [(tab, first), (other, third)] {
        let asked = stage.count(&id, Call::Status);
        stage.switch_to(window).await?;
        stage.until_here("it asks for itself", |stage| stage.count(&id, Call::Status) > asked).await?;
        ensure!(stage.has("[data-screen=awaiting]").await?, "{id} is not paid");
    }
    Ok(())
}

async fn a_tab_that_is_closed(stage: &Stage) -> Result<()> {
    let id = stage.open_order(spec()).await?;
    stage.until_code().await?;
    let first = stage.window().await?;
    stage.open_tab(&format!("/pay/{id}")).await?;
    stage.until_code().await?;
    stage.close_tab().await?;
    stage.switch_to(first).await?;
    stage.change(&id, |spec| spec.status = Stand::Paid)?;
    stage.until("document.querySelector('[data-screen=paid]') !== null || location.pathname === '/sandbox/shop'").await?;
    stage.until("location.pathname === '/sandbox/shop'").await
}

/// A microtask that is queued by a task, a timer or a listener runs at once, within it, and not after it, as Firefox does it now and then when
/// the shopper goes from tab to tab.
const NESTS: &str = "(() => {
    let runs = 0;
    const [queue, wait, listen] = [queueMicrotask, setTimeout, EventTarget.prototype.addEventListener];
    const run = (task) => { runs++; try { task(); } catch (error) { reportError(error); } finally { runs--; } };
    window.nested = 0;
    window.queueMicrotask = (task) => { if (runs) { window.nested++; run(task); } else queue(() => run(task)); };
    window.setTimeout = (task, ...rest) => wait((...values) => run(() => task(...values)), ...rest);
    EventTarget.prototype.addEventListener = function (name, task, ...rest) {
        const heard = typeof task === 'function' ? (event) => run(() => task.call(this, event)) : task;
        listen.call(this ?? window, name, heard, ...rest);
    };
})();";

async fn tasks_within_tasks(stage: &Stage) -> Result<()> {
    // Without a prompt: where none may be played, WebKit's refusal would come before the page listens to it, and be told to the console.
    let audio = Audio { audio_enable: 0, ..Audio::default() };
    let id = stage.open_order(Spec { audio, ..spec() }).await?;
    stage.until_code().await?;
    stage.until_whole().await?;
    let nested = stage.eval("window.nested").await?;
    ensure!(nested.as_u64().is_some_and(|nested| nested > 0), "nothing ran within anything: {nested}");
    for event in ["focus", "online", "pointerdown"] {
        stage.eval(&format!("window.dispatchEvent(new Event('{event}'))")).await?;
    }
    stage.eval("document.dispatchEvent(new Event('visibilitychange'))").await?;
    let asked = stage.count(&id, Call::Status);
    stage.until_here("status is asked again and again", |stage| stage.count(&id, Call::Status) >= asked + 3).await?;
    stage.change(&id, |spec| spec.status = Stand::Paid)?;
    stage.until("location.pathname === '/sandbox/shop'").await
}

async fn tabs_alone(stage: &Stage) -> Result<()> {
    let id = stage.open_order(spec()).await?;
    stage.until_code().await?;
    stage.open_tab(&format!("/pay/{id}")).await?;
    stage.until_code().await?;
    stage.change(&id, |spec| spec.status = Stand::Paid)?;
    stage.until_screen("paid").await
}

async fn offline_and_online(stage: &Stage) -> Result<()> {
    let id = stage.open_order(Spec { pay_payed_wait_time: Some(600), ..Spec::default() }).await?;
    stage.until_code().await?;
    stage.set_offline(true).await?;
    stage.until_within(Duration::from_secs(2), "document.body.innerText.includes('网络已断开')").await?;
    ensure!(stage.has("img.code").await?, "the code stays");
    tokio::time::sleep(Duration::from_secs(9)).await;
    stage.change(&id, |spec| spec.status = Stand::Paid)?;
    stage.set_offline(false).await?;
    let online = Instant::now();
    stage.until_screen("paid").await?;
    ensure!(online.elapsed() < Duration::from_secs(2), "it took {:?}", online.elapsed());
    Ok(())
}

/// A page that polls slowly asks at once when it is looked at again.
async fn a_payment_shows_when_the_shopper_comes_back(stage: &Stage) -> Result<()> {
    let id = stage.open_order(Spec { expires_in: 2, pay_payed_wait_time: Some(600), ..Spec::default() }).await?;
    stage.until_text("正在确认付款结果").await?;
    let asked = stage.count(&id, Call::Status);
    stage.until_here("the slow pace has begun", |stage| stage.count(&id, Call::Status) > asked).await?;
    stage.change(&id, |spec| spec.status = Stand::Paid)?;
    tokio::time::sleep(Duration::from_millis(1500)).await;
    stage.eval("window.dispatchEvent(new Event('focus'))").await?;
    let back = Instant::now();
    stage.until_screen("paid").await?;
    ensure!(back.elapsed() < Duration::from_millis(1500), "it took {:?}", back.elapsed());
    Ok(())
}
