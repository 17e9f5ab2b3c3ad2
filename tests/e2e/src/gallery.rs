//! Pictures of every screen, in both themes and both directions, on a computer and on a phone, on one page.

use std::{fs, path::Path};

use anyhow::{Context, Result};

use crate::{engine::Engine, screens, stage::Stage};

const LANGUAGES: [&str; 2] = ["zh-CN", "ar"];

/// Takes them all, and writes `index.html` beside them. Gives back how many there are.
pub(crate) async fn make(folder: &Path, part: &str) -> Result<usize> {
    fs::create_dir_all(folder)?;
    let mut rows = String::new();
    let mut count = 0;
    for screen in screens::all().iter().filter(|screen| screen.name.contains(part)) {
        println!("    {}", screen.name);
        rows += &format!("<h2>{}</h2><div>", screen.name);
        for phone in [false, true].into_iter().filter(|phone| screen.is_on(*phone)) {
            let stage = Stage::set("gallery", Engine::Chromium, &screen.look(phone)).await?;
            let taken = take(&stage, screen, phone, folder).await.with_context(|| screen.name.to_owned());
            // What is under way when the browser closes is of no interest here.
            stage.close().await?;
            for name in taken? {
                let width = if phone { 240 } else { 480 };
                rows += &format!("<a href=\"{name}\"><img src=\"{name}\" width=\"{width}\" alt=\"{name}\" loading=\"lazy\"></a>");
                count += 1;
            }
        }
        rows += "</div>\n";
    }
    let page = format!(
        "<!doctype html><meta charset=\"utf-8\"><title>Saoma: every screen</title>\
         <style>body{{font:16px system-ui;margin:24px}}div{{display:flex;flex-wrap:wrap;gap:12px;align-items:start}}img{{border:1px solid #8888}}</style>\n{rows}"
    );
    fs::write(folder.join("index.html"), page)?;
    Ok(count)
}

async fn take(stage: &Stage, screen: &screens::Screen, phone: bool, folder: &Path) -> Result<Vec<String>> {
    use base64::{Engine, prelude::BASE64_STANDARD};

    screen.open(stage).await?;
    let mut names = Vec::new();
    let languages = if screen.has_languages() { &LANGUAGES[..] } else { &[""] };
    for language in languages {
        if screen.has_languages() {
            stage.choose_language(language).await?;
        }
        for dark in [false, true] {
            stage.set_dark(dark).await?;
            stage.until("[...document.images].every((image) => image.complete)").await?;
            tokio::time::sleep(std::time::Duration::from_millis(120)).await;
            let parts = [screen.name, if phone { "390" } else { "1280" }, if dark { "dark" } else { "light" }, language];
            let name = format!("{}.png", parts.join("-").trim_end_matches('-'));
            fs::write(folder.join(&name), BASE64_STANDARD.decode(stage.picture().await?)?)?;
            names.push(name);
        }
    }
    Ok(names)
}
