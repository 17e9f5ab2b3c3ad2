//! What is offered in each place, and what happens when it is pressed.

use anyhow::{Result, ensure};
use sandbox::{Code, Spec, Stand};
use serde_json::json;

use crate::{
    Stage, Suite,
    engine::Need,
    screens,
    stage::{Agent, Look},
};

pub(super) fn add(suite: &mut Suite) {
    suite.add("each_place_offers_what_works_there", Look::phone(), each_place_offers_what_works_there);
    suite.add("nothing_opens_by_itself_on_a_computer", Look::desktop(), nothing_opens_by_itself);
    suite.add("nothing_opens_by_itself_in_wechat", Look { agent: Some(Agent::WeChat), ..Look::phone() }, nothing_opens_by_itself);
    suite.add(
        "a_wallet_that_does_not_open_is_spoken_of",
        Look { needs: &[Need::Schemes], ..Look::phone() },
        a_wallet_that_does_not_open_is_spoken_of,
    );
    suite.add("a_wallet_that_opens_raises_no_alarm", Look::phone(), a_wallet_that_opens_raises_no_alarm);
    suite.add("the_screen_stays_on_while_there_is_a_code", Look { script: WAKE_LOCK, ..Look::phone() }, the_screen_stays_on);
}

fn order(pay_type: &str, code: Code) -> Spec {
    Spec { code, pay_type: pay_type.into(), ..Spec::default() }
}

fn text(text: &str) -> Code {
    Code { qrcode: Some(text.into()), ..Code::default() }
}

/// What stands on the page, in its order.
const OFFERED: &str = "[...document.querySelectorAll('a[data-wallet], .scan img.code, .save, .leave-app, .copy-link')].map((e) =>
    e.matches('a') ? 'open ' + e.getAttribute('href').split(':')[0] : e.matches('img') ? 'code' : e.className.split(' ').pop()).join(', ')";

async fn each_place_offers_what_works_there(stage: &Stage) -> Result<()> {
    let alipay = || order("alipay", text("https://qr.alipay.com/bax0"));
    let wxpay = || order("wxpay", text("wxp://f2f0AbC"));
    let scheme = || order("alipay", Code { scheme: "alipays://platformapi/startapp?saId=10000007".into(), ..text("") });
    let page = || order("alipay", Code { uri: "https://pay.example/h5".into(), ..text("") });
    for (agent, spec, expected) in [
        (Agent::IPhone, alipay(), "open alipays, code, save"),
        (Agent::Android, wxpay(), "code, save, open weixin"),
        (Agent::Android, order("unionpay", text("https://qr.95516.com/0001")), "open upwallet, code, save"),
        (Agent::Android, order("qqpay", text("https://qpay.qq.com/qr/5c9")), "open mqqapi, code, save"),
        (Agent::Android, page(), "open https"),
        (Agent::Android, scheme(), "open alipays"),
        (Agent::IPad, alipay(), "code, open alipays, save"),
        (Agent::WeChat, alipay(), "leave-app, copy-link, code"),
        (Agent::WeChat, scheme(), "leave-app, copy-link"),
        (Agent::WeChat, wxpay(), "code"),
        (Agent::Qq, alipay(), "leave-app, copy-link, code"),
        (Agent::Alipay, scheme(), "open alipays"),
        (Agent::Alipay, wxpay(), "leave-app, copy-link, code"),
        (Agent::UnionPay, alipay(), "leave-app, copy-link, code"),
    ] {
        stage.pretend(agent).await?;
        stage.open_order(spec.clone()).await?;
        stage.until("document.querySelector('.instrument') !== null").await?;
        stage.until_words().await?;
        let offered = stage.eval(OFFERED).await?;
        ensure!(offered == expected, "{agent:?}, {spec:?}:\n{offered}, not {expected}");
    }
    Ok(())
}

async fn nothing_opens_by_itself(stage: &Stage) -> Result<()> {
    // A scheme that would be seen: the browser goes there.
    let scheme = format!("{}/sandbox/shop?opened=1", stage.sandbox.origin()).replace("http://", "alipays://");
    let code = Code { scheme, ..text("https://qr.alipay.com/bax0") };
    let id = stage.open_order(Spec { is_auto_open: 1, ..order("alipay", code) }).await?;
    stage.until_code().await?;
    stage.eval("(window.stays = true)").await?;
    stage.until_here("status was asked twice", |stage| stage.count(&id, sandbox::Call::Status) >= 2).await?;
    ensure!(stage.eval("window.stays === true").await? == true, "the page was left");
    ensure!(!stage.has(".not-opened").await?, "nothing was opened, so nothing failed to open");
    let console = stage.console().await?;
    ensure!(!console.iter().any(|line| line.contains("alipays")), "a scheme was followed: {console:?}");
    Ok(())
}

async fn a_wallet_that_does_not_open_is_spoken_of(stage: &Stage) -> Result<()> {
    stage.open_order(order("alipay", text("https://qr.alipay.com/bax0"))).await?;
    stage.until_code().await?;
    let press = "new Promise((resolve) => { document.querySelector('a[data-wallet]').click(); \
                 setTimeout(() => resolve(document.querySelector('.not-opened') === null), 300); })";
    ensure!(stage.eval(press).await? == true, "not at once");
    stage.until_text("没有打开支付宝？").await?;
    ensure!(stage.has("a[data-wallet]").await? && stage.has("img.code").await?, "the ways to pay are still there");
    Ok(())
}

async fn a_wallet_that_opens_raises_no_alarm(stage: &Stage) -> Result<()> {
    stage.open_order(order("alipay", text("https://qr.alipay.com/bax0"))).await?;
    stage.until_code().await?;
    let page = stage.window().await?;
    stage.press("a[data-wallet]").await?;
    // What opens takes the page from the screen.
    stage.open_tab("/sandbox/shop").await?;
    tokio::time::sleep(std::time::Duration::from_secs(4)).await;
    stage.close_tab().await?;
    stage.switch_to(page).await?;
    stage.until("document.visibilityState === 'visible'").await?;
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    ensure!(!stage.has(".not-opened").await?, "the wallet was there");
    Ok(())
}

const WAKE_LOCK: &str = "
    window.locks = [];
    Object.defineProperty(navigator, 'wakeLock', { value: {
        request: async (kind) => { window.locks.push('take ' + kind); return { release: async () => { window.locks.push('release'); } }; },
    } });
";

async fn the_screen_stays_on(stage: &Stage) -> Result<()> {
    let id = stage.open_order(Spec { return_uri: Some(String::new()), ..screens::full() }).await?;
    stage.until_code().await?;
    stage.until("window.locks.length === 1").await?;
    stage.change(&id, |spec| spec.status = Stand::Paid)?;
    stage.until_screen("paid").await?;
    stage.until("window.locks.length === 2").await?;
    ensure!(stage.eval("window.locks").await? == json!(["take screen", "release"]));
    Ok(())
}
