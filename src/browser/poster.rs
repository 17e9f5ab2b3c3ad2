//! A picture of a code with what belongs to it around it: drawn on a canvas, which is never on the page, and saved.

use js_sys::{Array, Function, Promise, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, HtmlElement, HtmlImageElement};

use super::capability;
use crate::{
    apart::on_demand,
    text::{contains, length, split_once},
    view::{Poster, Saved, Then},
};

// Of the picture, in pixels.
const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 1020.0;
const CODE: f64 = 640.0;
const MARGIN: f64 = 40.0;
const TOP: f64 = 175.0;

/// What is done with a poster, and who is told what became of it.
enum Wish {
    Draw(Then<Option<String>>),
    Save(Then<Saved>),
}

/// Draws a poster and gives the address of the picture; `None` where the browser will not.
pub(super) fn draw(poster: Poster, done: Then<Option<String>>) {
    begin(poster, Wish::Draw(done));
}

/// Hands a poster to another app where that is possible, else saves it as a file.
pub(super) fn save(poster: Poster, done: Then<Saved>) {
    begin(poster, Wish::Save(done));
}

fn begin(poster: Poster, wish: Wish) {
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
    canvas(poster).await?.to_data_url().ok()
}

async fn canvas(poster: &Poster) -> Option<HtmlCanvasElement> {
    let image = HtmlImageElement::new().ok()?;
    image.set_src(&poster.code);
    let decoded: Promise = capability::call(&image, "decode", &Array::new())?.dyn_into().ok()?;
    JsFuture::from(decoded).await.ok()?;
    let document = web_sys::window()?.document()?;
    let canvas: HtmlCanvasElement = document.create_element("canvas").ok()?.dyn_into().ok()?;
    canvas.set_width(WIDTH as u32);
    canvas.set_height(HEIGHT as u32);
    let context: CanvasRenderingContext2d = canvas.get_context("2d").ok()??.dyn_into().ok()?;
    context.set_fill_style_str("#fff");
    context.fill_rect(0.0, 0.0, WIDTH, HEIGHT);
    context.set_image_smoothing_enabled(false);
    // A picture that is no square keeps its shape.
    let (width, height) = (f64::from(image.natural_width()), f64::from(image.natural_height()));
    let scale = CODE / width.max(height).max(1.0);
    let (width, height) = (width * scale, height * scale);
    let (x, y) = ((WIDTH - width) / 2.0, TOP + (CODE - height) / 2.0);
    context.draw_image_with_html_image_element_and_dw_and_dh(&image, x, y, width, height).ok()?;
    context.set_text_align("center");
    // As every context has it where texts run from right to left.
    let direction = if poster.rtl { "rtl" } else { "ltr" };
    let _ = Reflect::set(&context, &JsValue::from_str("direction"), &JsValue::from_str(direction));
    let write = |text: &str, y: f64, font: &str, colour: &str| {
        context.set_font(&[font, " system-ui, sans-serif"].concat());
        context.set_fill_style_str(colour);
        let _ = context.fill_text_with_max_width(&fitting(text), WIDTH / 2.0, y, WIDTH - 2.0 * MARGIN);
    };
    write(&poster.amount, 95.0, "bold 68px", "#10151d");
    write(&poster.subject, 150.0, "30px", "#3c4654");
    let mut y = TOP + CODE + 45.0;
    for (line, text) in poster.lines.iter().enumerate() {
        write(text, y, if line == 0 { "bold 30px" } else { "26px" }, "#3c4654");
        y += 42.0;
    }
    Some(canvas)
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
    let constructor = capability::global("File")?;
    let kind = capability::object(&[("type", &JsValue::from_str("image/png"))]);
    let binary = web_sys::window()?.atob(split_once(&url, ",")?.1).ok()?;
    // Each character stands for a byte.
    let bytes: Vec<u8> = binary.chars().map(|byte| byte as u8).collect();
    let parts = Array::of1(&Uint8Array::from(bytes.as_slice()));
    let arguments = Array::of3(&parts, &JsValue::from_str(name), &kind);
    let file = Reflect::construct(constructor.dyn_ref::<Function>()?, &arguments).ok()?;
    let shared = Array::of1(&capability::object(&[("files", &Array::of1(&file))]));
    if capability::call(&navigator, "canShare", &shared)? != JsValue::TRUE {
        return None;
    }
    let promise: Promise = capability::call(&navigator, "share", &shared)?.dyn_into().ok()?;
    match JsFuture::from(promise).await {
        Ok(_) => Some(Saved::Done),
        Err(error) if capability::text(&error, "name").as_deref() == Some("AbortError") => Some(Saved::NotWanted),
        // Not allowed just now: the file is saved instead.
        Err(_) => None,
    }
}

fn download(url: &str, name: &str) -> Option<()> {
    let document = web_sys::window()?.document()?;
    let link: HtmlElement = document.create_element("a").ok()?.dyn_into().ok()?;
    link.set_attribute("href", url).ok()?;
    link.set_attribute("download", name).ok()?;
    link.click();
    Some(())
}
