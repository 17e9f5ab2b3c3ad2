//! Simple pictures, drawn for this page.

use super::element::{El, el, svg};
use crate::{order::PayMethod, text::before};

/// What became of an order.
#[derive(Clone, Copy)]
pub(super) enum Mark {
    Cross,
    Hourglass,
    Question,
    Tick,
}

pub(super) fn mark(mark: Mark) -> El {
    let path = match mark {
        Mark::Cross => "M16 16l16 16M32 16L16 32",
        Mark::Hourglass => "M16 13h16M16 35h16M18 13v4l6 7l6-7v-4M18 35v-4l6-7l6 7v4",
        Mark::Question => "M18 20a6 6 0 1 1 8 5.6c-1.4.6-2 1.5-2 3.4M24 34v.5",
        Mark::Tick => "M14 25l7 7l13-15",
    };
    svg("mark", "48", &[("circle", &[("cx", "24"), ("cy", "24"), ("r", "22")]), ("path", &[("d", path)])])
}

/// A loudspeaker, sounding or crossed out.
pub(super) fn speaker(on: bool) -> El {
    let path = if on {
        "M4 9v6h4l5 4V5L8 9zM16.5 8.5a5 5 0 0 1 0 7M19 6a8.5 8.5 0 0 1 0 12"
    } else {
        "M4 9v6h4l5 4V5L8 9zM17 9.5l5 5M22 9.5l-5 5"
    };
    glyph(path)
}

/// A glyph of 24 units, drawn with lines.
fn glyph(path: &str) -> El {
    svg("glyph", "24", &[("path", &[("d", path)])])
}

/// Two sheets, or a tick where it is done.
pub(super) fn copy(done: bool) -> El {
    glyph(if done { "M5 12.5l4.5 4.5L19 7.5" } else { "M9 9h10v11H9zM15 9V4H5v11h4" })
}

/// An arrow into a tray.
pub(super) fn download() -> El {
    glyph("M12 4v11M7.5 11l4.5 4.5l4.5-4.5M4 19.5h16")
}

/// A globe.
pub(super) fn globe() -> El {
    glyph("M12 3a9 9 0 1 0 0 18a9 9 0 1 0 0-18zM3.5 9h17M3.5 15h17M12 3c-5 5-5 13 0 18c5-5 5-13 0-18z")
}

/// A phone.
pub(super) fn phone() -> El {
    glyph("M8 3h8a1.5 1.5 0 0 1 1.5 1.5v15A1.5 1.5 0 0 1 16 21H8a1.5 1.5 0 0 1-1.5-1.5v-15A1.5 1.5 0 0 1 8 3zM11 18h2")
}

/// An arrow to the top right, where the apps that show pages have their menu.
pub(super) fn to_the_menu() -> El {
    svg("arrow", "64", &[("path", &[("d", "M6 58C10 34 26 18 54 12M38 6l17 6l-9 15")])])
}

/// The names of the methods' signs and colours, and what is drawn; those that have none of their own are the first.
const SIGNS: [(&str, &str); 10] = [
    ("other", "M5.5 8h13v9h-13zM5.5 11h13"),
    ("alipay", "M7 8h10M12 5.5V11M7.5 11h8.5c-1 3.5-4.5 6.5-8.5 7.5M9 11.5c2 3.5 5 5.5 8.5 7"),
    ("bank", "M5.5 10L12 6l6.5 4zM8 13v4M12 13v4M16 13v4M6 19h12"),
    ("paypal", "M9 18l2-12h4a3.2 3.2 0 0 1 0 6.5h-4.5"),
    ("points", "M12 5.5l2 4.3l4.5.6l-3.3 3.2l.8 4.6l-4-2.2l-4 2.2l.8-4.6l-3.3-3.2l4.5-.6z"),
    ("qqpay", "M16.5 15a6 6 0 1 0-2 2M13 13.5l4.5 4.5"),
    ("stripe", "M15.5 9c-1-1.6-6.5-2-6.5.7c0 3 6.5 1.6 6.5 4.6c0 2.8-5.8 2.4-7 .5"),
    ("unionpay", "M8.5 6L6.5 18M13 6l-2 12M17.5 6l-2 12"),
    ("usdt", "M7 6.5h10M12 6.5v12M6 12.5c0-2.5 12-2.5 12 0s-12 2.5-12 0z"),
    ("wxpay", "M9.5 14.5a4.8 4 0 1 0-3-1.2L6 15.5zM16 17.5l2 1l-.5-2a3.6 3.2 0 1 0-2.2 1.1z"),
];

fn drawing(method: &PayMethod) -> (&'static str, &'static str) {
    let kind = method.kind();
    // What is paid with points too has the sign of what the money is paid with, and a mini-program that of its app.
    let name = match before(&kind, "+") {
        "weapp" => "wxpay",
        name => name,
    };
    SIGNS.into_iter().find(|(sign, _)| *sign == name).unwrap_or(SIGNS[0])
}

/// The methods that have a sign and a colour of their own; all others are `other`.
pub(super) fn sign_name(method: &PayMethod) -> &'static str {
    drawing(method).0
}

/// The logo of a payment method. Our own sign takes the place of one that there is none of, or that does not load.
pub(super) fn sign(of: &PayMethod) -> El {
    let Some(logo) = &of.logo else { return own_sign(of) };
    let image = el("img").class("logo").attr("src", logo.as_str()).attr("alt", "").attr("width", "24").attr("height", "24");
    let broken = image.clone();
    el("span").class("sign").child(image.on("error", move || broken.remove())).child(own_sign(of))
}

/// A sign for a payment method: own drawings on the method's colour.
fn own_sign(method: &PayMethod) -> El {
    let (name, path) = drawing(method);
    let ground: &[(&str, &str)] = &[("width", "24"), ("height", "24"), ("rx", "6")];
    svg("method-sign", "24", &[("rect", ground), ("path", &[("d", path)])]).attr("data-method", name)
}
