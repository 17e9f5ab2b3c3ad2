//! The languages of the page, as they come over the network.

use std::{fs, path::Path};

use anyhow::{Context, Result, ensure};
use sandbox::{Spec, Stand};
use serde_json::{Value, json};

use crate::{Stage, Suite, screens, stage::Look};

pub(super) fn add(suite: &mut Suite) {
    suite.add("every_language_is_complete_and_fits", Look { height: 640, width: 320, ..Look::phone() }, every_language_fits);
    suite.add("a_language_is_chosen_on_the_page_and_remembered", Look::desktop(), a_language_is_chosen);
    suite.add("a_code_does_not_wait_for_its_words", Look { blocked: &["*/locales/*"], ..Look::desktop() }, a_code_does_not_wait);
    suite.add("right_to_left_mirrors_the_page_and_not_the_code", Look::desktop(), right_to_left);
}

/// Only the language that is used is downloaded; it names itself, and fits into 320 px.
async fn every_language_fits(stage: &Stage) -> Result<()> {
    let id = stage.order(screens::full());
    let paid = stage.order(Spec { status: Stand::Paid, ..screens::full() });
    let tags = stage_languages(stage, &id).await?;
    ensure!(tags.len() >= 20, "{tags:?}");
    for tag in &tags {
        for (order, screen) in [(&id, "awaiting"), (&paid, "paid")] {
            stage.open(&format!("/pay/{order}?lang={tag}")).await?;
            stage.until_screen(screen).await?;
            stage.until_words().await?;
            stage.until_whole().await?;
            let said = stage.eval("[document.documentElement.lang, document.documentElement.dir]").await?;
            ensure!(said == json!([tag, direction_of(tag)?]), "{said}");
            let loaded = "performance.getEntriesByType('resource').map((entry) => new URL(entry.name).pathname).filter((path) => path.includes('/assets/locales/'))";
            let loaded = stage.eval(loaded).await?;
            let loaded: Vec<&str> = loaded.as_array().context("no list")?.iter().filter_map(Value::as_str).collect();
            ensure!(matches!(loaded[..], [file] if file.starts_with(&format!("/pay/assets/locales/{tag}-"))), "{tag}: {loaded:?}");
            let widths = stage.eval("[document.documentElement.scrollWidth, document.documentElement.clientWidth]").await?;
            let wide = "[...document.querySelectorAll('body *')].filter((element) => element.getBoundingClientRect().right > document.documentElement.clientWidth).map((element) => element.localName + '.' + element.className + ' ' + element.textContent)";
            ensure!(widths.get(0) == widths.get(1), "{tag}: {screen} is too wide: {widths}: {}", stage.eval(wide).await?);
            let text = stage.text().await?;
            ensure!(!text.contains(['{', '}']), "{tag}: something was not filled in\n{text}");
        }
    }
    Ok(())
}

/// What the language's file says of its direction.
fn direction_of(tag: &str) -> Result<Value> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../src/i18n/locales/{tag}.json"));
    let words: Value = serde_json::from_str(&fs::read_to_string(file)?)?;
    words.get("direction").cloned().with_context(|| format!("{tag} has no direction"))
}

async fn stage_languages(stage: &Stage, id: &str) -> Result<Vec<String>> {
    stage.open(&format!("/pay/{id}")).await?;
    stage.until_languages().await?;
    let tags = stage.eval("[...document.querySelectorAll('select option')].map((option) => option.value)").await?;
    Ok(tags.as_array().context("no list")?.iter().filter_map(|tag| tag.as_str().map(str::to_owned)).collect())
}

async fn a_language_is_chosen(stage: &Stage) -> Result<()> {
    let id = stage.open_order(screens::full()).await?;
    stage.until_text("请使用支付宝扫码付款").await?;
    let asked = "performance.getEntriesByType('resource').map((entry) => new URL(entry.name).pathname).map((path) => path.replace(/-\\w+.json$/, '')).filter((path) => /order.info|locales/.test(path))";
    ensure!(stage.eval(asked).await? == json!(["/api/order/info", "/pay/assets/locales/zh-CN"]), "the order is asked for before the words");
    stage.choose_language("ru").await?;
    stage.until_text("Отсканируйте через Alipay").await?;
    ensure!(
        stage
            .eval("document.querySelector('.amount').innerText.replace(/\\s/g, ' ')")
            .await?
            .as_str()
            .is_some_and(|text| text.starts_with("1 288,01"))
    );
    stage.open(&format!("/pay/{id}?lang=en")).await?;
    stage.until_text("Отсканируйте через Alipay").await?;
    ensure!(stage.eval("JSON.stringify(localStorage)").await? == r#"{"saoma.language":"ru"}"#, "and nothing else is kept");
    stage.choose_language("zh-CN").await?;
    stage.until_text("请使用支付宝扫码付款").await
}

async fn a_code_does_not_wait(stage: &Stage) -> Result<()> {
    let id = stage.open_order(screens::full()).await?;
    stage.until("document.querySelector('img.code')?.naturalWidth > 0").await?;
    // Where the gateway is near, it is written a frame later.
    stage.until("document.querySelector('.amount')?.innerText.includes('1,288.01') === true").await?;
    stage.until_text("页面文字加载失败").await?;
    let seen = stage.scan().await?;
    ensure!(seen == ["https://qr.alipay.com/bax08861s"], "{seen:?}");
    stage.block(&[]);
    stage.until_text("请使用支付宝扫码付款").await?;
    stage.until("getComputedStyle(document.querySelector('.words-missing')).display === 'none'").await?;
    stage.change(&id, |spec| spec.status = Stand::Paid)?;
    stage.until_screen("paid").await
}

async fn right_to_left(stage: &Stage) -> Result<()> {
    let id = stage.order(screens::full());
    stage.open(&format!("/pay/{id}?lang=ar")).await?;
    stage.until_code().await?;
    stage.until_whole().await?;
    let seen = stage.scan().await?;
    ensure!(seen == ["https://qr.alipay.com/bax08861s"], "the code is not mirrored: {seen:?}");
    let sides = "(() => { const [dt, dd] = ['dt', 'dd'].map((name) => document.querySelector('.facts ' + name).getBoundingClientRect()); return dt.left > dd.left; })()";
    ensure!(stage.eval(sides).await? == true, "the page is mirrored");
    ensure!(stage.eval("document.querySelector('.amount').innerText.replace(/\\s/g, ' ')").await? == "1,288.01 CN¥");
    Ok(())
}
