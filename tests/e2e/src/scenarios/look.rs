//! What is seen: languages, copying, small screens, large text.

use anyhow::{Result, ensure};
use sandbox::{Code, Spec, Stand};
use thirtyfour::Key;

use crate::{Stage, Suite, stage::Look};

pub(super) fn add(suite: &mut Suite) {
    suite.add("english_by_the_link", Look::desktop(), english_by_the_link);
    suite.add("english_by_the_browser", Look { language: "en-US", ..Look::desktop() }, english_by_the_browser);
    suite.add("the_amount_and_the_order_are_complete", Look::desktop(), the_amount_and_the_order_are_complete);
    suite.add("the_bare_amount_is_copied", Look::desktop(), the_bare_amount_is_copied);
    suite.add(
        "the_bare_amount_is_copied_without_a_clipboard",
        Look { script: NO_CLIPBOARD, ..Look::desktop() },
        the_bare_amount_is_copied_the_old_way,
    );
    suite.add("nothing_is_cut_off_on_a_small_screen", Look { height: 568, width: 320, ..Look::phone() }, nothing_is_cut_off);
    suite.add("a_coin_has_one_amount_to_pay", Look::desktop(), a_coin_has_one_amount_to_pay);
    suite.add("words_of_the_gateway_are_shown", Look::desktop(), words_of_the_gateway_are_shown);
}

const NO_CLIPBOARD: &str = "Object.defineProperty(navigator, 'clipboard', { value: undefined });";

fn full() -> Spec {
    Spec {
        amount: 123_456,
        code: Code {
            actual_account: "TQn9Y2khEsLJW1ChVWFMSMeRDow5KcbLSE".into(),
            actual_account_type: "TRC20".into(),
            content: "请使用支付宝扫码支付".into(),
            ..Code::default()
        },
        content: "云服务器 1 个月".into(),
        out_order_id: "EXT-0001".into(),
        pay_tip: "<p>付款后<b>自动到账</b></p>".into(),
        service_qq: "123456789".into(),
        subject: "云服务器续费".into(),
        trade_amount: Some(123_457),
        ..Spec::default()
    }
}

async fn english_by_the_link(stage: &Stage) -> Result<()> {
    let id = stage.order(Spec::default());
    stage.open(&format!("/pay/{id}?lang=en")).await?;
    stage.until_text("Scan with Alipay to pay").await?;
    ensure!(stage.eval("document.documentElement.lang").await? == "en");
    ensure!(stage.eval("document.title").await?.as_str().unwrap_or_default().starts_with("CN¥10.01 due"));
    Ok(())
}

async fn english_by_the_browser(stage: &Stage) -> Result<()> {
    let id = stage.open_order(Spec::default()).await?;
    stage.until_text("Scan with Alipay to pay").await?;
    stage.open(&format!("/pay/{id}?lang=zh-CN")).await?;
    stage.until_text("请使用支付宝扫码付款").await
}

async fn the_amount_and_the_order_are_complete(stage: &Stage) -> Result<()> {
    let id = stage.open_order(full()).await?;
    stage.until_code().await?;
    stage.until_text("付款后自动到账").await?;
    // Engines differ in whether they give out what keeps directions apart.
    let text = stage.text().await?.replace(['\u{2068}', '\u{2069}'], "");
    let parts = [
        "云服务器续费",
        "1,234.57",
        "请务必支付 ¥1,234.57（订单金额 ¥1,234.56）",
        "请向以下账号付款",
        "请使用支付宝扫码支付",
        "TQn9Y2khEsLJW1ChVWFMSMeRDow5KcbLSE",
        "TRC20",
        "付款后自动到账",
        "云服务器 1 个月",
        id.as_str(),
        "EXT-0001",
        "剩余时间 1",
        "联系客服：QQ 123456789",
    ];
    for part in parts {
        ensure!(text.contains(part), "{part} is missing in\n{text}");
    }
    ensure!(stage.eval("document.querySelector('img.code').alt").await? == "支付宝付款二维码，金额 ¥1,234.57");
    ensure!(stage.eval("document.querySelector('img.code').getBoundingClientRect().width >= 220").await? == true);
    Ok(())
}

async fn the_bare_amount_is_copied(stage: &Stage) -> Result<()> {
    stage.open_order(full()).await?;
    stage.until_code().await?;
    stage.press(".due .copy").await?;
    stage.until("document.querySelector('.due .copy').innerText.includes('已复制')").await?;
    // To read the clipboard wants a permission; to paste wants none.
    stage
        .eval("(() => { const field = document.body.appendChild(document.createElement('textarea')); field.focus(); return true; })()")
        .await?;
    stage.press_keys(Key::Control, 'v').await?;
    stage.until("document.activeElement.value === '1234.57'").await
}

async fn the_bare_amount_is_copied_the_old_way(stage: &Stage) -> Result<()> {
    stage.open_order(full()).await?;
    stage.until_code().await?;
    stage.eval("document.addEventListener('copy', () => { window.copied = document.activeElement.value; })").await?;
    stage.press(".due .copy").await?;
    stage.until("window.copied === '1234.57'").await?;
    stage.until("document.querySelector('.due .copy').innerText.includes('已复制')").await
}

/// Where another currency is sent, its amount is the large one, the one that is copied, and the only one to pay exactly.
async fn a_coin_has_one_amount_to_pay(stage: &Stage) -> Result<()> {
    let code = Code { actual_amount: "1.35".into(), ..full().code };
    stage.open_order(Spec { code, ..full() }).await?;
    stage.until_code().await?;
    ensure!(stage.eval("document.querySelector('.amount').innerText").await? == "1.35");
    ensure!(stage.eval("document.querySelector('.price').innerText").await? == "¥1,234.57");
    ensure!(!stage.text().await?.contains("请务必支付"), "two amounts are one too many");
    Ok(())
}

/// No sideways scrolling at 320 px, nor at twice the text size.
async fn nothing_is_cut_off(stage: &Stage) -> Result<()> {
    let over = Spec { return_uri: Some(String::new()), ..full() };
    for (spec, screen) in [
        (full(), "awaiting"),
        (Spec { status: Stand::Paid, ..over.clone() }, "paid"),
        (Spec { status: Stand::TimedOut, ..over }, "timed-out"),
    ] {
        stage.open_order(spec).await?;
        stage.until_screen(screen).await?;
        for size in ["100%", "200%"] {
            stage.eval(&format!("document.documentElement.style.setProperty('font-size', '{size}')")).await?;
            let widths = stage.eval("[document.documentElement.scrollWidth, document.documentElement.clientWidth]").await?;
            ensure!(widths.get(0) == widths.get(1), "{screen} at {size}: {widths}");
        }
    }
    Ok(())
}

async fn words_of_the_gateway_are_shown(stage: &Stage) -> Result<()> {
    for (r#type, tone) in
        [("text", "info"), ("tip_warning", "warning"), ("tip_error", "error"), ("tip_success", "success"), ("error", "error")]
    {
        let code = Code { content: "请更换支付方式".into(), r#type: r#type.into(), ..Code::default() };
        stage.open_order(Spec { code, ..Spec::default() }).await?;
        stage.until_text("请更换支付方式").await?;
        ensure!(stage.has(&format!(".notice[data-tone={tone}]")).await?, "{type} is shown as {tone}", type = r#type);
        ensure!(stage.has("[data-screen=awaiting]").await?);
    }
    Ok(())
}
