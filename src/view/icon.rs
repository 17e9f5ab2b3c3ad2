//! Simple pictures, drawn for this page.

use super::element::{El, svg};

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
    svg("glyph", "24", &[("path", &[("d", path)])])
}

/// A sign for a payment method, by its code: own drawings, in the method's colour.
pub(super) fn method(code: &str) -> El {
    let (name, path) = match code.to_ascii_lowercase().as_str() {
        "alipay" => ("alipay", "M6 8h12M12 5v3M8 12h8c-1 4-5 7-9 7M9 12c2 3 6 5 9 6"),
        "weixin" | "wxpay" => ("wxpay", "M4 11a6 5 0 1 1 3 4.3l-2.5 1zM15 10.5a5 4.2 0 1 1-2.5 7.9"),
        "qqpay" => ("qqpay", "M12 4a5 5 0 0 1 5 5c0 3 2 4 2 7c-1 0-2-1-2-1c0 3-2 5-5 5s-5-2-5-5c0 0-1 1-2 1c0-3 2-4 2-7a5 5 0 0 1 5-5z"),
        "usdt" => ("usdt", "M6 6h12M12 6v13M5 12c0-3 14-3 14 0s-14 3-14 0z"),
        "bank" => ("bank", "M4 9l8-5l8 5zM6 12v5M12 12v5M18 12v5M4 20h16"),
        _ => ("other", "M4 7h16v11H4zM4 11h16"),
    };
    svg("method-sign", "24", &[("path", &[("d", path)])]).attr("data-method", name)
}
