//! Saving the code, and copying: real files, real results.

use std::{fs, io::Cursor};

use anyhow::{Result, ensure};
use base64::{Engine, prelude::BASE64_STANDARD};
use image::{GrayImage, ImageFormat, Luma};
use qrcode::{Color, QrCode};
use sandbox::{Code, Spec};
use serde_json::json;

use crate::{
    Stage, Suite,
    engine::Need,
    screens,
    stage::{Agent, Look},
};

pub(super) fn add(suite: &mut Suite) {
    suite.add(
        "a_saved_code_is_a_file_that_can_be_scanned",
        Look { needs: &[Need::Downloads], script: NO_SHARE, ..Look::phone() },
        a_saved_code_is_a_file,
    );
    suite.add(
        "a_saved_picture_of_the_gateways_is_one_too",
        Look { needs: &[Need::Downloads], script: NO_SHARE, ..Look::phone() },
        a_saved_picture_is_a_file,
    );
    suite.add("a_code_is_handed_to_another_app", Look { agent: Some(Agent::IPhone), script: SHARE, ..Look::phone() }, a_code_is_handed_on);
    suite.add(
        "in_wechat_the_picture_is_there_to_be_held",
        Look { agent: Some(Agent::WeChat), ..Look::phone() },
        in_wechat_the_picture_is_there,
    );
    suite.add("what_cannot_be_copied_is_selected", Look { script: NO_COPY, ..Look::desktop() }, what_cannot_be_copied_is_selected);
}

const NO_SHARE: &str = "Object.defineProperty(navigator, 'canShare', { value: undefined });";
const SHARE: &str = "
    window.shared = [];
    Object.defineProperty(navigator, 'canShare', { value: (data) => data.files?.length === 1 });
    Object.defineProperty(navigator, 'share', { value: async ({ files }) => {
        if (window.refuse) { window.refused = true; throw new DOMException('', 'AbortError'); }
        window.shared.push([files[0].name, files[0].type, files[0].size > 2000]);
    } });
";
const NO_COPY: &str = "
    Object.defineProperty(navigator, 'clipboard', { value: { writeText: () => Promise.reject(new DOMException('', 'NotAllowedError')) } });
    Document.prototype.execCommand = () => false;
";
const TEXT: &str = "https://qr.alipay.com/bax08861s";

/// Presses "save" and gives back the file.
async fn saved(stage: &Stage, id: &str) -> Result<Vec<u8>> {
    // Of its own: orders of different sandboxes may have the same number.
    let folder = tempfile::tempdir()?;
    stage.save_into(&folder.path().to_string_lossy()).await?;
    stage.press(".save").await?;
    stage.until_text("二维码已保存").await?;
    let tail: String = id.chars().skip(id.chars().count().saturating_sub(6)).collect();
    let file = folder.path().join(format!("payment-code-{tail}.png"));
    stage.until_here("the file is there", |_| fs::metadata(&file).is_ok_and(|file| file.len() > 0)).await?;
    Ok(fs::read(&file)?)
}

async fn a_saved_code_is_a_file(stage: &Stage) -> Result<()> {
    let id = stage.open_order(screens::full()).await?;
    stage.until_code().await?;
    let file = saved(stage, &id).await?;
    ensure!(file.starts_with(b"\x89PNG"), "it is no PNG");
    let codes = Stage::read_codes(&file)?;
    ensure!(codes == [TEXT], "the file says {codes:?}");
    // Amount above the code, lines below it: there is ink in both places.
    let picture = image::load_from_memory(&file)?.into_luma8();
    let ink = |from: u32, to: u32| (from..to).any(|y| (0..picture.width()).any(|x| picture.get_pixel(x, y).0 < [128]));
    ensure!(picture.dimensions() == (720, 1020) && ink(40, 100) && ink(120, 155) && ink(835, 865) && ink(880, 905) && ink(922, 950));
    Ok(())
}

/// An order whose code is a ready picture, as most gateways make them. The text beside it is another: what is seen wins.
fn with_picture() -> Result<Spec> {
    let code = QrCode::new(TEXT)?;
    let (width, scale) = (u32::try_from(code.width())?, 4);
    let colors = code.to_colors();
    let side = (width + 8) * scale;
    let mut picture = GrayImage::from_pixel(side, side, Luma([255]));
    for (x, y, pixel) in picture.enumerate_pixels_mut() {
        let (column, row) = ((x / scale).wrapping_sub(4), (y / scale).wrapping_sub(4));
        if column < width && row < width && colors.get((row * width + column) as usize) == Some(&Color::Dark) {
            *pixel = Luma([0]);
        }
    }
    let mut png = Cursor::new(Vec::new());
    picture.write_to(&mut png, ImageFormat::Png)?;
    let data = format!("data:image/png;base64,{}", BASE64_STANDARD.encode(png.into_inner()));
    Ok(Spec {
        code: Code { qrcode: Some("https://qr.alipay.com/other".into()), qrcode_data: Some(data), ..Code::default() },
        ..screens::full()
    })
}

async fn a_saved_picture_is_a_file(stage: &Stage) -> Result<()> {
    let id = stage.open_order(with_picture()?).await?;
    stage.until_code().await?;
    let codes = Stage::read_codes(&saved(stage, &id).await?)?;
    ensure!(codes == [TEXT], "the file says {codes:?}");
    Ok(())
}

async fn a_code_is_handed_on(stage: &Stage) -> Result<()> {
    let id = stage.open_order(screens::full()).await?;
    stage.until_code().await?;
    stage.eval("window.refuse = true").await?;
    stage.press(".save").await?;
    stage.until("window.refused === true").await?;
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    let said = stage.eval("document.querySelector('.save').innerText").await?;
    ensure!(said.as_str().is_some_and(|said| said.trim() == "保存二维码"), "whoever changes their mind has not failed: {said}");
    stage.eval("(window.refuse = false, true)").await?;
    stage.press(".save").await?;
    stage.until_text("二维码已保存").await?;
    let tail: String = id.chars().skip(id.chars().count().saturating_sub(6)).collect();
    let shared = stage.eval("window.shared").await?;
    ensure!(shared == json!([[format!("payment-code-{tail}.png"), "image/png", true]]), "{shared}");
    Ok(())
}

async fn in_wechat_the_picture_is_there(stage: &Stage) -> Result<()> {
    const SIZE: &str = "(({ offsetWidth, offsetHeight }) => [offsetWidth, offsetHeight])(document.querySelector('.page .plate'))";
    for spec in [screens::full(), with_picture()?] {
        // What draws it does not come: the plain code stands in the room of the picture.
        stage.block(&["*/saoma-extras-*"]);
        stage.open_order(spec).await?;
        stage.until("document.querySelector('.page .plate img.code')?.naturalWidth > 0").await?;
        ensure!(
            stage.eval("document.querySelector('.page img.code').naturalWidth === 720").await? == false,
            "the picture is there already"
        );
        let before = stage.eval(SIZE).await?;
        stage.block(&[]);
        stage.reload().await?;
        stage.until("document.querySelector('.poster img.code')?.src.startsWith('data:image/png;base64,')").await?;
        stage.until("document.querySelector('.poster img.code').naturalWidth === 720").await?;
        let after = stage.eval(SIZE).await?;
        ensure!(before == after, "the picture is {after}, and what it has taken the place of was {before}");
        stage.eval("document.querySelector('.poster').scrollIntoView({ block: 'center' })").await?;
        let seen = stage.scan().await?;
        ensure!(seen == [TEXT], "{seen:?}");
        stage.until_text("长按图片保存").await?;
    }
    Ok(())
}

async fn what_cannot_be_copied_is_selected(stage: &Stage) -> Result<()> {
    stage.open_order(screens::full()).await?;
    stage.until_code().await?;
    stage.press(".due .copy").await?;
    stage.until("document.querySelector('.due .copy').innerText.includes('请手动复制')").await?;
    ensure!(stage.eval("getSelection().toString()").await? == "1,288.01");
    Ok(())
}
