//! The page's elements: built node by node, so that nothing is ever parsed as markup.
//!
//! Leptos' `view!` macro makes a type of every tree, and code for every type: half as much again as the whole page
//! weighs. It also assigns markup for trees that never change. So the page takes Leptos'
//! signals, effects and mounting, and one plain element type.

use core::pin::Pin;

use gloo_timers::callback::Timeout;
use leptos::{
    prelude::{Owner, RenderEffect, on_cleanup},
    tachys::view::Render,
};
use wasm_bindgen::{JsCast, UnwrapThrowExt, closure::Closure};
use web_sys::{Document, Element, Event, HtmlElement, HtmlInputElement, HtmlSelectElement, Window};

/// After so long what was built has been painted, whether the page is seen or not.
const PAINTED_MS: u32 = 50;

/// An element with what is in it. What is bound to it lives as long as the reactive owner that it was made in.
#[derive(Clone)]
pub(crate) struct El(Element);

pub(super) fn document() -> Document {
    window().document().unwrap_throw()
}

fn window() -> Window {
    js_sys::global().unchecked_into()
}

/// An HTML element.
pub(super) fn el(tag: &str) -> El {
    El(document().create_element(tag).unwrap_throw())
}

/// An SVG picture that says nothing to those who cannot see it.
pub(super) fn svg(class: &str, size: &str, shapes: &[(&str, &[(&str, &str)])]) -> El {
    const NAMESPACE: Option<&str> = Some("http://www.w3.org/2000/svg");
    let make = |tag| El(document().create_element_ns(NAMESPACE, tag).unwrap_throw());
    let view_box = ["0 0 ", size, " ", size].concat();
    let picture = make("svg").attr("class", class).attr("viewBox", &view_box).attr("aria-hidden", "true");
    shapes.iter().fold(picture, |picture, (tag, attributes)| {
        picture.child(attributes.iter().fold(make(tag), |shape, (name, value)| shape.attr(name, value)))
    })
}

impl El {
    /// One that is there already.
    pub(super) fn of(element: Element) -> Self {
        Self(element)
    }

    /// The one that stands after it.
    pub(super) fn next(&self) -> Option<Element> {
        self.0.next_element_sibling()
    }

    pub(super) fn attr(self, name: &str, value: &str) -> Self {
        self.0.set_attribute(name, value).unwrap_throw();
        self
    }

    pub(super) fn class(self, class: &str) -> Self {
        self.attr("class", class)
    }

    /// Adds text.
    pub(super) fn text(self, text: &str) -> Self {
        self.0.append_with_str_1(text).unwrap_throw();
        self
    }

    /// Adds an element, where there is one.
    pub(super) fn child(self, child: impl Into<Option<Self>>) -> Self {
        self.append(child.into());
        self
    }

    pub(super) fn children(self, children: impl IntoIterator<Item = Self>) -> Self {
        children.into_iter().for_each(|child| self.append(Some(child)));
        self
    }

    fn append(&self, child: Option<Self>) {
        if let Some(child) = child {
            self.0.append_child(&child.0).unwrap_throw();
        }
    }

    pub(super) fn on_click(self, action: impl Fn() + 'static) -> Self {
        self.on("click", action)
    }

    /// Asks before a link is followed: `false` keeps the shopper here.
    pub(super) fn on_press(self, may_go: impl Fn() -> bool + 'static) -> Self {
        self.on_press_of("click", may_go)
    }

    /// The same for another event: `false` keeps the browser from what it would do by itself.
    pub(super) fn on_press_of(self, name: &str, may_go: impl Fn() -> bool + 'static) -> Self {
        let listener = Closure::<dyn Fn(Event)>::new(move |event: Event| {
            if !may_go() {
                event.prevent_default();
            }
        });
        self.0.add_event_listener_with_callback(name, listener.into_js_value().unchecked_ref()).unwrap_throw();
        self
    }

    /// Says something else.
    pub(super) fn set_text(&self, text: &str) {
        self.0.set_text_content(Some(text));
    }

    /// What was typed into the element.
    pub(super) fn typed(&self) -> String {
        self.0.unchecked_ref::<HtmlInputElement>().value()
    }

    /// Gives the element the focus now.
    pub(super) fn focus(&self) {
        // An element that has left the page cannot be focused; nothing is lost.
        let _ = self.0.unchecked_ref::<HtmlElement>().focus();
    }

    pub(super) fn on(self, event: &str, action: impl Fn() + 'static) -> Self {
        let listener = Closure::<dyn Fn()>::new(action).into_js_value();
        self.0.add_event_listener_with_callback(event, listener.unchecked_ref()).unwrap_throw();
        self
    }

    /// Keeps the element's text equal to `source`, which reads signals.
    pub(super) fn bind_text(self, source: impl Fn() -> String + 'static) -> Self {
        let element = self.0.clone();
        self.bind(source, move |text: &String| element.set_text_content(Some(text)))
    }

    /// Keeps an attribute equal to `source`.
    pub(super) fn bind_attr(self, name: &'static str, source: impl Fn() -> &'static str + 'static) -> Self {
        let element = self.0.clone();
        self.bind(source, move |value: &&str| element.set_attribute(name, value).unwrap_throw())
    }

    /// Keeps the chosen option of a list equal to `source`.
    pub(super) fn bind_choice(self, source: impl Fn() -> &'static str + 'static) -> Self {
        let select: HtmlSelectElement = self.0.clone().unchecked_into();
        self.bind(source, move |value: &&str| select.set_value(value))
    }

    /// Tells which option was chosen.
    pub(super) fn on_choice(self, action: impl Fn(&str) + 'static) -> Self {
        let select: HtmlSelectElement = self.0.clone().unchecked_into();
        self.on("change", move || action(&select.value()))
    }

    /// Sets an attribute of what is in the element.
    pub(super) fn first_child_attr(self, name: &str, value: &str) {
        if let Some(child) = self.0.first_element_child() {
            Self(child).attr(name, value);
        }
    }

    /// Puts in what comes later.
    pub(super) fn later(self, coming: impl Future<Output = Option<Self>> + 'static) -> Self {
        self.replaced_by(Box::pin(coming))
    }

    /// One function for all that comes later, rather than one for each.
    fn replaced_by(self, coming: Pin<Box<dyn Future<Output = Option<Self>>>>) -> Self {
        let element = self.clone();
        leptos::task::spawn_local(async move {
            let come = coming.await;
            element.0.set_text_content(None);
            element.append(come);
        });
        self
    }

    /// Has it filled in a task of its own, once what is built now has been painted: a slow phone takes its time for either. Nothing is done
    /// where it has left the page by then.
    pub(super) fn filled_once_painted(self, fill: Box<dyn FnOnce(Self)>) -> Self {
        let (place, owner) = (self.clone(), Owner::current().unwrap_or_default());
        Timeout::new(PAINTED_MS, move || {
            if place.is_on_the_page() {
                owner.with(|| fill(place));
            }
        })
        .forget();
        self
    }

    /// Whether it has not been taken from the page.
    pub(super) fn is_on_the_page(&self) -> bool {
        self.0.is_connected()
    }

    /// Takes the element from the page.
    pub(super) fn remove(&self) {
        self.0.remove();
    }

    /// Selects the text in the element, so that it can be copied by hand.
    pub(super) fn select_text(&self) {
        if let Ok(Some(selection)) = window().get_selection() {
            // An element that has left the page cannot be selected; nothing is lost.
            let _ = selection.select_all_children(&self.0);
        }
    }

    /// Keeps what is in the element equal to what `make` makes of `source`; it is made anew only when that changes.
    pub(super) fn bind_child<T: PartialEq + 'static>(
        self,
        source: impl Fn() -> T + 'static,
        make: impl Fn(&T) -> Option<Self> + 'static,
    ) -> Self {
        let element = self.0.clone();
        // An effect cleans up what was made in it whenever it runs; the content must last until it is replaced.
        let outer = Owner::current().unwrap_or_default();
        let mut content: Option<Owner> = None;
        self.bind(source, move |value: &T| Self(element.clone()).refill(&outer, &mut content, &|| make(value)))
    }

    /// Puts in what `make` makes, in the place of what was made before. One function for all, rather than one for each.
    #[inline(never)]
    fn refill(self, outer: &Owner, content: &mut Option<Owner>, make: &dyn Fn() -> Option<Self>) {
        if let Some(old) = content.take() {
            old.cleanup();
        }
        let owner = outer.child();
        let had_focus = document().active_element().is_some_and(|focused| self.0.contains(Some(&focused)));
        self.0.set_text_content(None);
        self.append(owner.with(make));
        *content = Some(owner);
        if had_focus {
            // Whoever pressed what is gone now must not be sent back to the top of the page.
            self.attr("tabindex", "-1").focus_soon_if_lost();
        }
    }

    /// Calls `apply` with the value of `source`, now and whenever it has changed.
    fn bind<T: PartialEq + 'static>(self, source: impl Fn() -> T + 'static, mut apply: impl FnMut(&T) + 'static) -> Self {
        let mut last = None;
        keep(Box::new(move || {
            let value = source();
            if last.as_ref() != Some(&value) {
                apply(&value);
                last = Some(value);
            }
        }));
        self
    }

    /// Gives the element the focus once it is on the page, unless the shopper is choosing a language meanwhile.
    pub(super) fn focus_soon(self) -> Self {
        self.focus_later(|| document().active_element().is_none_or(|focused| focused.tag_name() != "SELECT"))
    }

    /// The same, unless something else has the focus by then.
    fn focus_soon_if_lost(self) -> Self {
        self.focus_later(|| document().active_element().is_none_or(|focused| focused.tag_name() == "BODY"))
    }

    fn focus_later(self, is_wanted: fn() -> bool) -> Self {
        let mut element: HtmlElement = self.0.clone().unchecked_into();
        leptos::task::spawn_local(async move {
            if !is_wanted() {
                return;
            }
            // What is not shown takes no focus: the next thing around it that is shown does.
            while element.offset_parent().is_none()
                && let Some(around) = element.parent_element()
            {
                element = Self(around).attr("tabindex", "-1").0.unchecked_into();
            }
            // An element that has left the page meanwhile cannot be focused; nothing is lost.
            let _ = element.focus();
        });
        self
    }
}

/// Runs now, and again when a signal that it read has changed; ends with the owner.
fn keep(mut run: Box<dyn FnMut()>) {
    let effect = RenderEffect::new(move |_| run());
    on_cleanup(move || drop(effect));
}

impl Render for El {
    type State = Element;

    fn build(self) -> Element {
        self.0
    }

    fn rebuild(self, state: &mut Element) {
        state.replace_with_with_node_1(&self.0).unwrap_throw();
        *state = self.0;
    }
}
