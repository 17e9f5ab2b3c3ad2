//! A picture of a code with what belongs to it around it: drawn on a canvas, which is never on the page, and saved.

use js_sys::Promise;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};

use super::{capability, format};
use crate::{
    apart::on_demand,
    i18n::fill,
    text::{contains, length, split_once},
    view::{Poster, Saved, Wish},
};

// Of the picture, in pixels.
const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 1020.0;
const CODE: f64 = 640.0;
const MARGIN: f64 = 40.0;
const TOP: f64 = 175.0;

/// Draws a poster, and does with it what is wished.
pub(super) fn begin(poster: Poster, wish: Wish) {
    spawn_local(async move {
        // It is there: who has a poster has made it with the same file.
        let _ = work(poster, wish).await;
    });
}

on_demand! {
    extras,
    fn work(poster: Poster, wish: Wish) -> () {
        spawn_local(async move {
            match wish {
                Wish::Draw(done) => done(picture(&poster).await),
                Wish::Save(done) => done(saved(&poster).await),
            }
        });
    }
}

async fn saved(poster: &Poster) -> Saved {
    let name = [&poster.file_name, ".png"].concat();
    match picture(poster).await {
        Some(url) => match share(&url, &name).await {
            Some(saved) => saved,
            None => download(&url, &name).map_or(Saved::Failed, |()| Saved::Done),
        },
        None => Saved::Failed,
    }
}

/// The picture as a data URL. A picture of another host cannot be read back.
async fn picture(poster: &Poster) -> Option<String> {
    let image = capability::new("Image", &[])?;
    capability::set(&image, "src", &JsValue::from_str(&poster.code));
    let decoded: Promise = capability::call(&image, "decode", &[])?.dyn_into().ok()?;
    JsFuture::from(decoded).await.ok()?;
    let canvas = JsValue::from(capability::document().create_element("canvas").ok()?);
    let number = JsValue::from_f64;
    capability::set(&canvas, "width", &number(WIDTH));
    capability::set(&canvas, "height", &number(HEIGHT));
    let context = capability::call(&canvas, "getContext", &[&JsValue::from_str("2d")])?;
    let set = |name: &str, value: &str| capability::set(&context, name, &JsValue::from_str(value));
    set("fillStyle", "#fff");
    capability::call(&context, "fillRect", &[&number(0.0), &number(0.0), &number(WIDTH), &number(HEIGHT)])?;
    capability::set(&context, "imageSmoothingEnabled", &JsValue::FALSE);
    // A picture that is no square keeps its shape.
    let (width, height) = (capability::number(&image, "naturalWidth")?, capability::number(&image, "naturalHeight")?);
    let scale = CODE / width.max(height).max(1.0);
    let (width, height) = (width * scale, height * scale);
    let (x, y) = ((WIDTH - width) / 2.0, TOP + (CODE - height) / 2.0);
    capability::call(&context, "drawImage", &[&image, &number(x), &number(y), &number(width), &number(height)])?;
    set("textAlign", "center");
    // As every context has it where texts run from right to left.
    set("direction", if poster.rtl { "rtl" } else { "ltr" });
    let write = |text: &str, y: f64, font: &str, colour: &str| {
        set("font", &[font, " system-ui, sans-serif"].concat());
        set("fillStyle", colour);
        let text = JsValue::from_str(&fitting(text));
        capability::call(&context, "fillText", &[&text, &number(WIDTH / 2.0), &number(y), &number(WIDTH - 2.0 * MARGIN)]);
    };
    write(&poster.amount, 95.0, "bold 68px", "#10151d");
    write(&poster.subject, 150.0, "30px", "#3c4654");
    let mut y = TOP + CODE + 45.0;
    let expires = poster.expires.map(|(words, at)| fill(words, &[("time", &format::moment(at))]));
    for (line, text) in poster.lines.iter().chain(&expires).enumerate() {
        write(text, y, if line == 0 { "bold 30px" } else { "26px" }, "#3c4654");
        y += 42.0;
    }
    capability::call(&canvas, "toDataURL", &[])?.as_string()
}

/// As much of a text as can be squeezed into a line and still be read.
fn fitting(text: &str) -> String {
    const LONGEST: usize = 44;
    if length(text) <= LONGEST { text.to_owned() } else { text.chars().take(LONGEST).chain(['…']).collect() }
}

/// `None` where files cannot be handed on to the album: Apple's sheet saves pictures, others only list apps.
async fn share(url: &str, name: &str) -> Option<Saved> {
    let navigator = capability::global("navigator")?;
    let agent = capability::text(&navigator, "userAgent")?;
    if !["iPhone", "iPad", "Macintosh"].iter().any(|device| contains(&agent, device)) {
        return None;
    }
    let kind = capability::object(&[("type", &JsValue::from_str("image/png"))]);
    let binary = capability::call(&js_sys::global(), "atob", &[&JsValue::from_str(split_once(url, ",")?.1)])?.as_string()?;
    // Each character stands for a byte.
    let bytes: Vec<JsValue> = binary.chars().map(|byte| JsValue::from_f64(f64::from(u32::from(byte)))).collect();
    let bytes = capability::new("Uint8Array", &[&capability::list(&bytes.iter().collect::<Vec<_>>())])?;
    let file = capability::new("File", &[&capability::list(&[&bytes]), &JsValue::from_str(name), &kind])?;
    let shared = capability::object(&[("files", &capability::list(&[&file]))]);
    if capability::call(&navigator, "canShare", &[&shared])? != JsValue::TRUE {
        return None;
    }
    let promise: Promise = capability::call(&navigator, "share", &[&shared])?.dyn_into().ok()?;
    match JsFuture::from(promise).await {
        Ok(_) => Some(Saved::Done),
        Err(error) if capability::text(&error, "name").as_deref() == Some("AbortError") => Some(Saved::NotWanted),
        // Not allowed just now: the file is saved instead.
        Err(_) => None,
    }
}

fn download(url: &str, name: &str) -> Option<()> {
    let link = capability::document().create_element("a").ok()?;
    link.set_attribute("href", url).ok()?;
    link.set_attribute("download", name).ok()?;
    capability::call(&link, "click", &[])?;
    Some(())
}
