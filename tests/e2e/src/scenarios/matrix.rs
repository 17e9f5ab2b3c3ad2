//! Every fault × every call by which a code is shown and paid: each alone, each once. What is seen, and how often it is asked.

use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use sandbox::{Call, Fault, Kind, Spec, Stand};

use crate::{Stage, Suite, stage::Look};

pub(super) fn add(suite: &mut Suite) {
    suite.add("matrix_info", Look::desktop(), async |stage: &Stage| every_fault(stage, Call::Info).await);
    suite.add("matrix_qrcode", Look::desktop(), async |stage: &Stage| every_fault(stage, Call::Qrcode).await);
    suite.add("matrix_audio", Look::desktop(), async |stage: &Stage| every_fault(stage, Call::Audio).await);
    suite.add("matrix_status", Look::desktop(), async |stage: &Stage| every_fault(stage, Call::Status).await);
}

/// What a fault means to the page.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Meaning {
    /// A good answer all the same, at once or late.
    Answer,
    /// No answer: it is asked again.
    Fault,
    /// The browser itself sends the request again on another connection, or it is a fault.
    MaybeResent,
    /// No answer came to the end: it is asked again, as a part of the start too.
    Lost,
    /// The gateway's refusal.
    Refusal,
}

fn kinds() -> Vec<(Kind, Meaning)> {
    let replace = |body: &str| Kind::Replace { body: body.into() };
    let status = |code, retry_after: Option<&str>| Kind::Status { body: None, code, retry_after: retry_after.map(str::to_owned) };
    vec![
        (Kind::Delay { ms: 1500 }, Meaning::Answer),
        (Kind::Slow { ms: 1500 }, Meaning::Answer),
        (Kind::Type { content_type: "text/html".into() }, Meaning::Answer),
        (Kind::Double, Meaning::Fault),
        (Kind::Hang, Meaning::Fault),
        (Kind::Html, Meaning::Fault),
        (Kind::Redirect { to: "/sandbox".into() }, Meaning::Fault),
        (replace(""), Meaning::Fault),
        (replace("null"), Meaning::Fault),
        (replace("[1,2"), Meaning::Fault),
        (replace(r#"{"code":200,"message":"success","data":[]}"#), Meaning::Fault),
        (replace(r#"{"code":"x","data":{"status":2}}"#), Meaning::Fault),
        (Kind::Reset, Meaning::MaybeResent),
        (status(204, None), Meaning::Fault),
        (status(413, None), Meaning::Fault),
        (status(500, None), Meaning::Fault),
        (status(502, None), Meaning::Fault),
        (status(503, Some("1")), Meaning::Fault),
        (status(429, Some("1")), Meaning::Fault),
        (Kind::Truncate, Meaning::Lost),
        (replace(r#"{"code":400,"message":"参数错误","data":null}"#), Meaning::Refusal),
    ]
}

/// Longer than the longest time-out and the pause after it.
const PATIENCE: Duration = Duration::from_secs(22);

async fn every_fault(stage: &Stage, call: Call) -> Result<()> {
    for (kind, meaning) in kinds() {
        one(stage, call, kind.clone(), meaning).await.with_context(|| format!("{call:?} meets {kind:?}"))?;
    }
    Ok(())
}

async fn one(stage: &Stage, call: Call, kind: Kind, meaning: Meaning) -> Result<()> {
    let fault = Fault { call: Some(call), from: 1, times: 1, kind };
    let id = stage.open_order(Spec { faults: vec![fault], pay_payed_wait_time: Some(600), ..Spec::default() }).await?;
    let has_code = "document.querySelector('img.code')?.naturalWidth > 0";
    match (call, meaning) {
        (Call::Info, Meaning::Refusal) => {
            stage.until_screen("not-found").await?;
            stage.until_text("参数错误").await?;
            ensure!(stage.records(&id).len() == 1, "a refused order asks for nothing more");
            stage.press(".button.primary").await?;
        }
        (Call::Qrcode, Meaning::Refusal) => {
            stage.until_text("参数错误").await?;
            ensure!(stage.count(&id, Call::Qrcode) == 1);
            stage.press(".pay .button").await?;
        }
        _ => {}
    }
    stage.until_within(PATIENCE, has_code).await?;
    stage.until_text("10.01").await?;
    stage
        .until_here_within(PATIENCE, "the call was made as often as expected", |stage| {
            let asked = stage.count(&id, call);
            match (call, meaning) {
                (Call::Status, _) => asked >= 2,
                (_, Meaning::Answer | Meaning::MaybeResent) | (Call::Audio, _) => asked >= 1,
                (_, Meaning::Fault | Meaning::Refusal | Meaning::Lost) => asked == 2,
            }
        })
        .await?;
    let asked = stage.count(&id, call);
    match (call, meaning) {
        (Call::Status, _) => {}
        // Without sound it can be paid: a prompt is asked for once, and once more where the first paint lost the answer.
        (_, Meaning::Answer) | (Call::Audio, Meaning::Fault | Meaning::Refusal) => ensure!(asked == 1, "asked {asked} times"),
        (_, Meaning::MaybeResent) | (Call::Audio, Meaning::Lost) => ensure!(asked <= 2, "asked {asked} times"),
        (_, Meaning::Fault | Meaning::Refusal | Meaning::Lost) => ensure!(asked == 2, "asked {asked} times"),
    }
    if call == Call::Status {
        check_pause(stage, &id, meaning)?;
    }
    stage.until_screen("awaiting").await?;
    stage.change(&id, |spec| spec.status = Stand::Paid)?;
    stage.until_screen("paid").await
}

/// After an answer the page waits two seconds, after a failure one, with its jitter; never less.
fn check_pause(stage: &Stage, id: &str, meaning: Meaning) -> Result<()> {
    let status: Vec<_> = stage.records(id).into_iter().filter(|record| record.call == Call::Status).collect();
    let [first, second, ..] = status.as_slice() else { bail!("status was asked {} times", status.len()) };
    let pause = second.at_ms.saturating_sub(first.answered_ms.context("the first question has ended")?);
    let expected = match meaning {
        Meaning::Answer => 1_900..4_000,
        Meaning::Fault | Meaning::Refusal | Meaning::Lost => 750..2_500,
        // The browser's own second try comes at once.
        Meaning::MaybeResent => 0..2_500,
    };
    ensure!(expected.contains(&pause), "the next question came after {pause} ms, not {expected:?}");
    Ok(())
}
