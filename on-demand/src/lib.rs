//! Functions of the page that come in files of their own, when they are called first.
//!
//! [`wasm_split`] marks a function; `xtask/src/split.rs` moves it, and all that only it needs, into another file. This is
//! what the mark expands to: it loads the file and calls the function. The crate `wasm_split_helpers` does the same with
//! 1.5 kB of brotli, most of it to say in words what went wrong.

pub use wasm_split_macros::wasm_split;

/// The file did not come. The next call asks for it again.
#[derive(Clone, Copy, Debug)]
pub struct SplitLoaderError;

/// What the mark uses, under the names that it expects.
#[doc(hidden)]
pub mod rt {
    use core::{
        cell::RefCell,
        ffi::c_void,
        future::poll_fn,
        pin::Pin,
        task::{Poll, Waker},
    };
    use std::rc::Rc;

    use super::SplitLoaderError;

    pub type LoadCallbackFn = unsafe extern "C" fn(*const c_void, bool);
    pub type LoadFn = unsafe extern "C" fn(LoadCallbackFn, *const c_void);

    /// The loader of one file. It remembers what it has loaded, and nothing else.
    pub struct LazySplitLoader(LoadFn);

    impl LazySplitLoader {
        /// # Safety
        /// The function must call back exactly once, with the pointer that it was given.
        pub const unsafe fn new(load: LoadFn) -> Self {
            Self(load)
        }
    }

    enum State {
        Done(bool),
        Waiting(Option<Waker>),
    }

    unsafe extern "C" fn loaded(state: *const c_void, success: bool) {
        // SAFETY: it is the pointer that `ensure_loaded` gave away, and it comes back once.
        let state = unsafe { Rc::<RefCell<State>>::from_raw(state.cast()) };
        if let State::Waiting(Some(waker)) = state.replace(State::Done(success)) {
            waker.wake();
        }
    }

    pub async fn ensure_loaded(loader: Pin<&LazySplitLoader>) -> Result<(), SplitLoaderError> {
        let state = Rc::new(RefCell::new(State::Waiting(None)));
        // SAFETY: the loader calls back once (see `new`), and that takes back this count of the state.
        unsafe { (loader.get_ref().0)(loaded, Rc::into_raw(Rc::clone(&state)).cast()) };
        poll_fn(|context| match &mut *state.borrow_mut() {
            State::Done(true) => Poll::Ready(Ok(())),
            State::Done(false) => Poll::Ready(Err(SplitLoaderError)),
            State::Waiting(waker) => {
                *waker = Some(context.waker().clone());
                Poll::Pending
            }
        })
        .await
    }
}
