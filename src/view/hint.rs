//! A merchant's hints, built anew from what `order` has left of their markup.

use leptos::prelude::Owner;

use super::{
    Context,
    element::{El, el},
    signal::Signal,
};
use crate::{
    apart::on_demand,
    order::{Hue, Kind, Node, Order, Tip, Tips},
};

/// All hints of an order. They are about paying: once time is up they are not shown.
pub(super) fn hints(context: Context, order: &Order) -> Option<El> {
    let tips = order.tips.clone();
    let shown = move |covered: &bool| {
        let (owner, tips) = (Owner::current().unwrap_or_default(), tips.clone());
        (!covered).then(|| el("div").class("wide").later(async move { read(owner, context, tips).await.ok().flatten() }))
    };
    (!order.tips.is_empty()).then(|| el("div").class("wide").bind_child(move || context.is_covered(), shown))
}

on_demand! {
    hints,
    fn read(owner: Owner, context: Context, tips: Tips) -> Option<El> {
        let hint = |tip: &Tip| owner.with(|| hint(context, tip));
        let hints: Vec<El> = tips.read().iter().map(hint).collect();
        (!hints.is_empty()).then(|| el("aside").class("tips").attr("aria-label", context.messages.tips()).children(hints))
    }
}

/// A long hint begins with its beginning, and unfolds.
fn hint(context: Context, tip: &Tip) -> El {
    let Some(preview) = tip.preview() else { return el("div").attr("dir", "auto").children(elements(tip.nodes())) };
    let messages = context.messages;
    let unfolded = Signal::new(false);
    let tip = tip.clone();
    let text = el("div").bind_child(
        move || unfolded.get(),
        move |unfolded| Some(el("div").attr("dir", "auto").children(elements(if *unfolded { tip.nodes() } else { &preview }))),
    );
    let button = el("button")
        .attr("type", "button")
        .class("fold")
        .bind_attr("aria-expanded", move || if unfolded.get() { "true" } else { "false" })
        .bind_text(move || if unfolded.get() { messages.tips_less() } else { messages.tips_more() }.to_owned())
        .on_click(move || unfolded.set(!unfolded.once(|unfolded| *unfolded)));
    el("div").child(text).child(button)
}

fn elements(nodes: &[Node]) -> impl Iterator<Item = El> {
    nodes.iter().map(element)
}

fn element(node: &Node) -> El {
    let (children, hue, kind) = match node {
        Node::Break => return el("br"),
        Node::Text(text) => return el("span").text(text),
        Node::Element { children, hue, kind } => (children, hue, kind),
    };
    let element = match kind {
        Kind::Bold => el("strong"),
        Kind::Code => el("code"),
        Kind::Emphasis => el("em"),
        Kind::Heading => el("p").class("heading").attr("dir", "auto"),
        Kind::Item => el("li").attr("dir", "auto"),
        Kind::Link(href) => el("a").attr("href", href).attr("target", "_blank").attr("rel", "noopener noreferrer"),
        Kind::List { ordered } => el(if *ordered { "ol" } else { "ul" }),
        Kind::Paragraph => el("div").attr("dir", "auto"),
        Kind::Small => el("small"),
        Kind::Span => el("span"),
        Kind::Strike => el("s"),
        Kind::Underline => el("u"),
    };
    let element = match hue {
        None => element,
        Some(hue) => element.attr(
            "data-hue",
            match hue {
                Hue::Amber => "amber",
                Hue::Blue => "blue",
                Hue::Green => "green",
                Hue::Grey => "grey",
                Hue::Red => "red",
            },
        ),
    };
    let is_list = matches!(kind, Kind::List { .. });
    element.children(children.iter().filter(|child| !is_list || matches!(child, Node::Element { .. })).map(self::element))
}
