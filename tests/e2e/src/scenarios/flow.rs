//! From the link to the shop.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use sandbox::{Call, Code, Spec, Stand};

use crate::{Stage, Suite, stage::Look};

pub(super) fn add(suite: &mut Suite) {
    suite.add("scan_to_redirect", Look::desktop(), scan_to_redirect);
    suite.add("scan_to_redirect_in_the_dark_on_a_phone", Look { dark: true, ..Look::phone() }, scan_to_redirect);
    suite.add("scan_to_redirect_without_envelope", Look { flat: true, ..Look::desktop() }, scan_to_redirect);
    suite.add("a_ready_picture_is_shown_as_it_is", Look::desktop(), a_ready_picture_is_shown_as_it_is);
    suite.add("a_picture_that_does_not_load_gives_way_to_the_text", Look::desktop(), a_picture_that_does_not_load_gives_way);
    suite.add("an_order_is_named_in_four_ways", Look::desktop(), an_order_is_named_in_four_ways);
    suite.add("an_incomplete_link_is_said_to_be", Look::desktop(), an_incomplete_link_is_said_to_be);
    suite.add("an_unknown_order_is_said_to_be", Look::desktop(), an_unknown_order_is_said_to_be);
    suite.add("an_order_that_is_over_asks_for_nothing_more", Look::desktop(), an_order_that_is_over_asks_for_nothing_more);
    suite.add("a_waiting_order_ends_as_the_gateway_says", Look::desktop(), a_waiting_order_ends_as_the_gateway_says);
    suite.add("paid_waits_as_long_as_the_gateway_says", Look::desktop(), paid_waits_as_long_as_the_gateway_says);
    suite.add("a_shopper_may_stay_or_go_now", Look::desktop(), a_shopper_may_stay_or_go_now);
    suite.add("back_from_the_shop_stays", Look::desktop(), back_from_the_shop_stays);
    suite.add("a_return_target_that_is_no_web_address_is_refused", Look::desktop(), a_return_target_that_is_no_web_address_is_refused);
    suite.add("a_return_target_is_not_in_the_page_before_payment", Look::desktop(), a_return_target_is_not_in_the_page_before_payment);
    suite.add("an_order_without_a_method_goes_to_the_choice", Look::desktop(), an_order_without_a_method_goes_to_the_choice);
    suite.add("a_page_of_the_gateways_own_is_loaded_once", Look::desktop(), a_page_of_the_gateways_own_is_loaded_once);
    suite.add("a_jump_goes_to_the_page_it_names", Look::desktop(), a_jump_goes_to_the_page_it_names);
    suite.add("a_wallet_page_opens_by_itself_on_a_phone", Look::phone(), a_wallet_page_opens_by_itself_on_a_phone);
    suite.add("a_wallet_is_a_link_on_a_phone_only", Look::phone(), a_wallet_is_a_link_on_a_phone);
    suite.add("a_wallet_is_no_link_on_a_computer", Look::desktop(), a_wallet_is_no_link_on_a_computer);
}

const SHOP: &str = "location.pathname === '/sandbox/shop'";

/// Pays in the wallet, as the shopper's phone would: by pressing the button on the page that the code names.
async fn pay_in_wallet(stage: &Stage, wallet: &str) -> Result<()> {
    let script = format!("fetch('{wallet}', {{ method: 'POST', body: new URLSearchParams({{ answer: 'pay' }}) }}).then(() => true)");
    stage.eval(&script).await?;
    Ok(())
}

async fn scan_to_redirect(stage: &Stage) -> Result<()> {
    let id = stage.open_order(Spec { pay_payed_wait_time: Some(2), ..Spec::default() }).await?;
    stage.until_code().await?;
    let wallet = format!("{}/sandbox/wallet/{id}", stage.sandbox.origin());
    let seen = stage.scan().await?;
    ensure!(seen == [wallet.clone()], "the picture of the page shows {seen:?}, the gateway sent {wallet}");
    ensure!(stage.text().await?.contains("10.01"), "the amount is on the page");
    pay_in_wallet(stage, &wallet).await?;
    stage.until_screen("paid").await?;
    stage.until_text("2秒钟后自动返回商家").await?;
    ensure!(stage.eval("document.title").await?.as_str().unwrap_or_default().starts_with("✓ 支付成功"), "the title tells it");
    stage.until(SHOP).await?;
    let after = stage.count(&id, Call::Status);
    tokio::time::sleep(Duration::from_secs(3)).await;
    ensure!(stage.count(&id, Call::Status) == after, "nothing is asked after the end");
    ensure!(stage.count(&id, Call::Info) == 1 && stage.count(&id, Call::Qrcode) == 1 && stage.count(&id, Call::Audio) == 1);
    Ok(())
}

async fn a_ready_picture_is_shown_as_it_is(stage: &Stage) -> Result<()> {
    // A GIF of one pixel.
    let picture = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7";
    let code = Code { qrcode: Some("wxp://f2f0".into()), qrcode_data: Some(picture.into()), ..Code::default() };
    stage.open_order(Spec { code, ..Spec::default() }).await?;
    stage.until_code().await?;
    ensure!(stage.eval("document.querySelector('img.code').src").await? == picture);
    Ok(())
}

/// A picture that cannot be had, and the text that stands beside it.
async fn a_picture_that_does_not_load_gives_way(stage: &Stage) -> Result<()> {
    for missing in ["/no/such.png", "http://pictures.example/code.png"] {
        let code = Code { qrcode: Some("wxp://f2f0AbC".into()), qrcode_data: Some(missing.into()), ..Code::default() };
        stage.open_order(Spec { code, ..Spec::default() }).await?;
        stage.until_code().await?;
        ensure!(stage.scan().await? == ["wxp://f2f0AbC"]);
        let code = Code { qrcode_data: Some(missing.into()), ..Code::default() };
        stage.open_order(Spec { code, ..Spec::default() }).await?;
        stage.until_text("二维码暂时无法获取").await?;
        // That such a picture is blocked is said in the console, and is what is wanted here.
        stage.console().await?;
    }
    Ok(())
}

async fn an_order_is_named_in_four_ways(stage: &Stage) -> Result<()> {
    let spec = || Spec { order_id: "A-1".into(), out_order_id: "EXT/1".into(), pid: 7, ..Spec::default() };
    for address in ["/?order_id=A-1", "/?trade_no=A-1", "/pay/A-1", "/?out_order_id=EXT%2F1&pid=7"] {
        stage.order(spec());
        stage.open(address).await?;
        stage.until_code().await?;
    }
    let bodies: Vec<String> =
        stage.records("A-1").iter().filter(|record| record.call == Call::Info).map(|record| record.body.clone()).collect();
    let by_id = r#"{"order_id":"A-1"}"#;
    ensure!(bodies == [by_id, by_id, by_id, r#"{"out_order_id":"EXT/1","pid":7}"#], "{bodies:?}");
    Ok(())
}

async fn an_incomplete_link_is_said_to_be(stage: &Stage) -> Result<()> {
    for address in ["/", "/?order_id=", "/?out_order_id=E1", "/?out_order_id=E1&pid=x"] {
        stage.open(address).await?;
        stage.until_screen("link-incomplete").await?;
        stage.until_text("付款链接不完整").await?;
    }
    ensure!(stage.sandbox.state().records().iter().count() == 0, "and nothing is asked");
    Ok(())
}

async fn an_unknown_order_is_said_to_be(stage: &Stage) -> Result<()> {
    stage.open("/pay/NOPE").await?;
    stage.until_screen("not-found").await?;
    stage.until_text("未能找到订单信息或失效").await?;
    stage.until_text("NOPE").await?;
    stage.order(Spec { order_id: "NOPE".into(), ..Spec::default() });
    stage.press(".button.primary").await?;
    stage.until_code().await
}

async fn an_order_that_is_over_asks_for_nothing_more(stage: &Stage) -> Result<()> {
    for (stand, screen) in
        [(Stand::Paid, "paid"), (Stand::Closed, "closed"), (Stand::TimedOut, "timed-out"), (Stand::CreationFailed, "creation-failed")]
    {
        let id = stage
            .open_order(Spec { return_uri: Some(String::new()), service_qq: "123456".into(), status: stand, ..Spec::default() })
            .await?;
        stage.until_screen(screen).await?;
        stage.until("document.activeElement?.tagName === 'H1'").await.context("the heading has the focus")?;
        tokio::time::sleep(Duration::from_millis(2500)).await;
        ensure!(stage.records(&id).len() == 1, "only info is asked: {:?}", stage.records(&id));
    }
    Ok(())
}

async fn a_waiting_order_ends_as_the_gateway_says(stage: &Stage) -> Result<()> {
    for (stand, screen) in [(Stand::Closed, "closed"), (Stand::TimedOut, "timed-out"), (Stand::CreationFailed, "creation-failed")] {
        let id = stage.open_order(Spec::default()).await?;
        stage.until_code().await?;
        stage.change(&id, |spec| spec.status = stand)?;
        stage.until_screen(screen).await?;
        ensure!(!stage.has("img.code").await?, "there is nothing to scan any more");
        ensure!(
            stage.has("#app a.button[href='']").await? == (stand == Stand::TimedOut),
            "where a payment may be on its way, one can look again"
        );
    }
    let id = stage.open_order(Spec { pay_payed_wait_time: Some(60), ..Spec::default() }).await?;
    stage.until_code().await?;
    stage.change(&id, |spec| spec.status = Stand::TimedOut)?;
    stage.until_screen("timed-out").await?;
    stage.change(&id, |spec| spec.status = Stand::Paid)?;
    stage.press("#app a.button[href='']").await?;
    stage.until_screen("paid").await
}

/// The milliseconds between the answer "paid" and the shop.
async fn time_to_shop(stage: &Stage, wait: Option<i64>) -> Result<Duration> {
    let id = stage.open_order(Spec { pay_payed_wait_time: wait, ..Spec::default() }).await?;
    stage.until_code().await?;
    stage.change(&id, |spec| spec.status = Stand::Paid)?;
    let asked = stage.count(&id, Call::Status);
    stage.until_here("status is asked", |stage| stage.count(&id, Call::Status) > asked).await?;
    let answered = Instant::now();
    stage.until(SHOP).await?;
    Ok(answered.elapsed())
}

async fn paid_waits_as_long_as_the_gateway_says(stage: &Stage) -> Result<()> {
    let none = time_to_shop(stage, Some(0)).await?;
    ensure!(none < Duration::from_secs(2), "0 means at once, it took {none:?}");
    let five = time_to_shop(stage, Some(5)).await?;
    ensure!((4_500..7_500).contains(&five.as_millis()), "5 seconds were {five:?}");
    let default = time_to_shop(stage, None).await?;
    ensure!((2_500..5_500).contains(&default.as_millis()), "nothing said means 3 seconds, it took {default:?}");
    Ok(())
}

async fn a_shopper_may_stay_or_go_now(stage: &Stage) -> Result<()> {
    let spec = || Spec { pay_payed_wait_time: Some(4), status: Stand::Paid, ..Spec::default() };
    stage.open_order(spec()).await?;
    stage.until_screen("paid").await?;
    stage.press("button.button").await?;
    tokio::time::sleep(Duration::from_secs(5)).await;
    ensure!(stage.has("[data-screen=paid]").await?, "who stays is not sent away");
    stage.press("a.button.primary").await?;
    stage.until(SHOP).await?;

    stage.open_order(Spec { pay_payed_wait_time: Some(60), ..spec() }).await?;
    stage.until_screen("paid").await?;
    stage.press("a.button.primary").await?;
    stage.until(SHOP).await
}

async fn back_from_the_shop_stays(stage: &Stage) -> Result<()> {
    stage.open_order(Spec { pay_payed_wait_time: Some(0), status: Stand::Paid, ..Spec::default() }).await?;
    stage.until(SHOP).await?;
    stage.back().await?;
    stage.until_screen("paid").await?;
    tokio::time::sleep(Duration::from_secs(3)).await;
    ensure!(stage.has("[data-screen=paid]").await?, "the shopper is not sent to the shop again");
    ensure!(stage.has("a.button.primary").await?, "but can go");
    Ok(())
}

async fn a_return_target_that_is_no_web_address_is_refused(stage: &Stage) -> Result<()> {
    for target in ["javascript:alert(1)", "//evil.example/", "data:text/html,x", " /order", "\\\\evil.example", "alipays://x"] {
        stage.console().await?;
        stage
            .open_order(Spec { pay_payed_wait_time: Some(0), return_uri: Some(target.into()), status: Stand::Paid, ..Spec::default() })
            .await?;
        stage.until_screen("paid").await?;
        tokio::time::sleep(Duration::from_millis(400)).await;
        ensure!(stage.has("[data-screen=paid]").await? && !stage.has("#app a.button").await?, "{target} leads nowhere");
        let told = stage.console().await?.iter().any(|line| line.contains("return_uri"));
        ensure!(told, "the merchant is told of {target}");
    }
    Ok(())
}

async fn a_return_target_is_not_in_the_page_before_payment(stage: &Stage) -> Result<()> {
    let merge = [("info".to_owned(), serde_json::json!({ "return_uri": "/secret-callback" }))].into();
    stage.open_order(Spec { merge, ..Spec::default() }).await?;
    stage.until_code().await?;
    ensure!(stage.eval("document.documentElement.outerHTML.includes('secret-callback')").await? == false);
    Ok(())
}

async fn an_order_without_a_method_goes_to_the_choice(stage: &Stage) -> Result<()> {
    let id = stage.open_order(Spec { pay_type: String::new(), ..Spec::default() }).await?;
    stage.until(&format!("location.pathname === '/pay/separate/{id}'")).await?;
    stage.until("document.querySelector('.method[data-method=wxpay]') !== null").await?;
    stage.press(".method[data-method=wxpay]").await?;
    stage.until_code().await?;
    stage.until_text("请使用微信扫码付款").await
}

async fn a_page_of_the_gateways_own_is_loaded_once(stage: &Stage) -> Result<()> {
    let code = || Code { r#type: "html".into(), ..Code::default() };
    let id = stage.order(Spec { code: code(), ..Spec::default() });
    stage.open(&format!("/?order_id={id}")).await?;
    stage.until_text("网关自己的付款页").await?;
    ensure!(stage.eval("location.pathname").await? == format!("/pay/{id}"));
    // A gateway that shows this page again after all must not make it load for ever.
    let id = stage.order(Spec::default());
    stage.open(&format!("/pay/{id}?theme=1")).await?;
    stage.change(&id, |spec| spec.merge = [("qrcode".to_owned(), serde_json::json!({ "type": "form" }))].into())?;
    stage.reload().await?;
    stage.until_text("二维码暂时无法获取").await?;
    ensure!(stage.count(&id, Call::Info) <= 3, "{} loads", stage.count(&id, Call::Info));
    Ok(())
}

async fn a_jump_goes_to_the_page_it_names(stage: &Stage) -> Result<()> {
    let uri = format!("{}/sandbox/shop?out_order_id=jumped", stage.sandbox.origin());
    stage.open_order(Spec { code: Code { r#type: "jump".into(), uri, ..Code::default() }, ..Spec::default() }).await?;
    stage.until_text("jumped").await?;
    stage.back().await?;
    stage.until_text("前往付款页面").await?;
    tokio::time::sleep(Duration::from_secs(1)).await;
    ensure!(stage.has("[data-screen=awaiting]").await?, "who comes back is not sent away again");
    // Who has paid there and comes back goes on to the shop.
    let id = stage.eval("location.pathname.split('/').pop()").await?.as_str().unwrap_or_default().to_owned();
    stage.change(&id, |spec| spec.status = Stand::Paid)?;
    stage.until(SHOP).await
}

fn with_wallet_page(stage: &Stage) -> Spec {
    let scheme = format!("{}/sandbox/shop?out_order_id=wallet", stage.sandbox.origin());
    Spec {
        code: Code { qrcode: Some("wxp://f2f0".into()), r#type: "qrcode".into(), scheme, ..Code::default() },
        is_auto_open: 1,
        ..Spec::default()
    }
}

async fn a_wallet_page_opens_by_itself_on_a_phone(stage: &Stage) -> Result<()> {
    stage.open_order(with_wallet_page(stage)).await?;
    stage.until_text("wallet").await
}

async fn a_wallet_is_a_link_on_a_phone(stage: &Stage) -> Result<()> {
    let scheme = "alipays://platformapi/startapp?saId=10000007&qrcode=https%3A%2F%2Fqr.alipay.com%2Fbax0";
    stage.open_order(Spec { code: Code { scheme: scheme.into(), ..Code::default() }, ..Spec::default() }).await?;
    stage.until_code().await?;
    ensure!(stage.eval("document.querySelector('a[data-wallet]').getAttribute('href')").await? == scheme);
    let above = "document.querySelector('a[data-wallet]').getBoundingClientRect().bottom <= document.querySelector('img.code').getBoundingClientRect().top";
    ensure!(stage.eval(above).await? == true, "on a phone the wallet comes before the code");
    Ok(())
}

async fn a_wallet_is_no_link_on_a_computer(stage: &Stage) -> Result<()> {
    let scheme = "alipays://platformapi/startapp?saId=10000007";
    let id = stage.open_order(Spec { code: Code { scheme: scheme.into(), ..Code::default() }, is_auto_open: 1, ..Spec::default() }).await?;
    stage.until_code().await?;
    stage.until_here("status is asked twice", |stage| stage.count(&id, Call::Status) >= 2).await?;
    ensure!(!stage.has("a[data-wallet]").await?);
    ensure!(stage.has("img.code").await?, "nothing opened");
    Ok(())
}
