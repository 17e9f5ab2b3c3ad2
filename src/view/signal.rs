//! A value that the page shows, and that says when it changes.
//!
//! Leptos' triggers know who reads it. Its own signals, which hold the value too, are code for each type of value: 3 kB more
//! of brotli.

use std::cell::RefCell;

use leptos::prelude::{ArcTrigger, Notify, Track};

/// A value that lives as long as the page.
pub struct Signal<T: 'static>(&'static Inner<T>);

struct Inner<T> {
    trigger: ArcTrigger,
    value: RefCell<T>,
}

impl<T> Clone for Signal<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Signal<T> {}

impl<T> Signal<T> {
    /// A new one. It is never given back.
    pub fn new(value: T) -> Self {
        Self(Box::leak(Box::new(Inner { trigger: ArcTrigger::new(), value: RefCell::new(value) })))
    }

    /// Reads the value; what calls this runs again when it changes.
    pub fn with<R>(self, read: impl FnOnce(&T) -> R) -> R {
        self.0.trigger.track();
        read(&self.0.value.borrow())
    }

    /// Reads the value once.
    pub fn once<R>(self, read: impl FnOnce(&T) -> R) -> R {
        read(&self.0.value.borrow())
    }

    /// Changes the value. Whoever has read it runs again, but not at once.
    pub fn set(self, value: T) {
        *self.0.value.borrow_mut() = value;
        self.0.trigger.notify();
    }
}

impl<T: Copy> Signal<T> {
    /// The value; what calls this runs again when it changes.
    pub fn get(self) -> T {
        self.with(|value| *value)
    }
}
