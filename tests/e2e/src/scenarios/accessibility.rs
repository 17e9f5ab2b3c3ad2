//! For everybody: the rules of WCAG on every screen, a payment by keyboard, and what a screen reader is told.

use anyhow::{Context, Result, ensure};
use sandbox::{Spec, Stand};
use thirtyfour::Key;

use crate::{
    Stage, Suite,
    engine::Need,
    screens::{self, Screen},
    stage::{Look, Rules},
};

pub(super) fn add(suite: &mut Suite) {
    for screen in screens::all() {
        let is_on_phones = screen.is_on(true);
        for phone in [false, true].into_iter().filter(|phone| screen.is_on(*phone)) {
            let name = format!("rules_of_accessibility_on_{}_{}", screen.name, if phone { 390 } else { 1280 });
            let screen = screens::all().into_iter().find(|other| other.name == screen.name);
            let look = screen.as_ref().map(|screen| screen.look(phone)).unwrap_or_else(Look::desktop);
            // What cannot change its theme is dark on a phone, and light on a computer.
            let themes: &[bool] = if suite.engine.lacks(Need::Theme).is_none() {
                &[false, true]
            } else if phone {
                &[true]
            } else {
                &[false]
            };
            let look = Look { dark: themes == [true], ..look };
            // What a screen is told in does not depend on its width: on a computer the others are looked at where there is no phone.
            let languages: &[&str] = if phone || !is_on_phones { &["zh-CN", "en", "ar"] } else { &["zh-CN"] };
            suite.add(Box::leak(name.into_boxed_str()), look, async move |stage| {
                rules_hold(stage, screen.as_ref().context("no such screen")?, themes, languages).await
            });
        }
    }
    suite.add("a_payment_by_keyboard_alone", Look::desktop(), a_payment_by_keyboard_alone);
    suite.add("what_a_screen_reader_is_told", Look { script: LISTEN, ..Look::desktop() }, what_a_screen_reader_is_told);
    suite.add("fingers_find_their_targets", Look { needs: &[Need::Finger], ..Look::phone() }, fingers_find_their_targets);
}

/// Those of colours in each theme, the others in these languages, one of which may run from right to left.
async fn rules_hold(stage: &Stage, screen: &Screen, themes: &[bool], languages: &[&str]) -> Result<()> {
    screen.open(stage).await?;
    let languages = if screen.has_languages() { languages } else { &[""] };
    for (place, language) in languages.iter().enumerate() {
        if screen.has_languages() {
            stage.choose_language(language).await?;
        }
        stage.until_whole().await?;
        // Words have no colours of their own.
        let broken = stage.axe(if place == 0 { Rules::All } else { Rules::AllButColours }).await?;
        ensure!(broken.is_empty(), "{} in {language}:\n{}", screen.name, broken.join("\n"));
    }
    // It was opened in the first.
    for &dark in themes.iter().skip(1) {
        stage.set_dark(dark).await?;
        stage.until(&format!("matchMedia('(prefers-color-scheme: dark)').matches === {dark}")).await?;
        let broken = stage.axe(Rules::Colours).await?;
        ensure!(broken.is_empty(), "{}, dark {dark}:\n{}", screen.name, broken.join("\n"));
    }
    screen.close(stage).await
}

/// From the first Tab to the shop, without a mouse.
async fn a_payment_by_keyboard_alone(stage: &Stage) -> Result<()> {
    let id = stage.open_order(screens::full()).await?;
    stage.until_code().await?;
    stage.until_languages().await?;
    let mut reached = Vec::new();
    for _ in 0..12 {
        stage.press_key(Key::Tab).await?;
        let focus =
            "(() => { const e = document.activeElement; return e.tagName === 'BODY' ? '' : (e.className || e.tagName.toLowerCase()); })()";
        let focused = stage.eval(focus).await?.as_str().unwrap_or_default().to_owned();
        // Then comes the browser itself, or it begins again.
        let is_first = "document.activeElement === [...document.querySelectorAll('#app a, #app button, #app select')].find((e) => e.checkVisibility())";
        if focused.is_empty() || (!reached.is_empty() && stage.eval(is_first).await? == true) {
            break;
        }
        let outline = stage.eval("getComputedStyle(document.activeElement).outlineStyle").await?;
        ensure!(outline != "none", "the focus on {focused} cannot be seen");
        reached.push(focused);
    }
    ensure!(reached == ["copy", "sound", "copy", "copy", "service", "select"], "the keyboard goes {reached:?}");
    stage.change(&id, |spec| {
        spec.status = Stand::Paid;
        spec.pay_payed_wait_time = Some(60);
    })?;
    stage.until_screen("paid").await?;
    stage.until("document.activeElement.tagName === 'H1'").await?;
    stage.press_key(Key::Tab).await?;
    stage.until("document.activeElement.matches('a.button')").await?;
    stage.press_key(Key::Enter).await?;
    stage.until("location.pathname === '/sandbox/shop'").await
}

/// Notes every change of the live regions, in their order.
const LISTEN: &str = "
    window.heard = [];
    new MutationObserver((changes) => {
        for (const { target } of changes) {
            const region = target.closest?.('#announcer, #alarm');
            const text = (target.textContent ?? '').trim();
            if (region && text !== '') window.heard.push((region.id === 'alarm' ? '! ' : '') + text);
        }
    }).observe(document, { childList: true, subtree: true });
";

async fn what_a_screen_reader_is_told(stage: &Stage) -> Result<()> {
    let id = stage.order(Spec { expires_in: 34, ..Spec::default() });
    stage.open(&format!("/pay/{id}?lang=en")).await?;
    stage.until("window.heard.includes('30 seconds left to pay')").await?;
    stage.press(".due .copy").await?;
    stage.until("window.heard.some((text) => text.startsWith('Cop'))").await?;
    stage.change(&id, |spec| spec.expires_in = 0)?;
    stage.until("window.heard.some((text) => text.startsWith('!'))").await?;
    stage.change(&id, |spec| spec.status = Stand::Paid)?;
    stage.until_screen("paid").await?;
    let heard = stage.eval("window.heard.filter((text) => !text.startsWith('Getting') && !text.startsWith('Amount'))").await?;
    let expected = [
        "Scan with Alipay to pay, CN¥10.01",
        "30 seconds left to pay",
        "Copied",
        "! Checking your payment – This code has expired: please do not pay with it. If you have already paid, the result will appear here.",
    ];
    ensure!(heard == serde_json::json!(expected), "heard: {heard:#}");
    // The result speaks through its heading, which has the focus.
    stage.until("document.activeElement.textContent === 'Payment successful'").await
}

/// 44 px at least for what is pressed, or the row it stands in.
async fn fingers_find_their_targets(stage: &Stage) -> Result<()> {
    stage.use_finger().await?;
    let small = "[...document.querySelectorAll('a, button, select')].filter((e) => { const box = e.getBoundingClientRect(); \
                 return box.width > 0 && (box.height < 44 || box.width < 44); }).map((e) => e.className + ' ' + e.innerText)";
    for spec in [screens::full(), Spec { status: Stand::Paid, ..screens::full() }] {
        stage.open_order(spec).await?;
        stage.until("document.querySelector('[data-screen=awaiting] img.code, [data-screen=paid]') !== null").await?;
        stage.until_words().await?;
        stage.until_whole().await?;
        ensure!(stage.eval("matchMedia('(pointer: coarse)').matches").await? == true, "the browser has no finger");
        let found = stage.eval(small).await?;
        ensure!(found == serde_json::json!([]), "too small: {found}");
    }
    Ok(())
}
