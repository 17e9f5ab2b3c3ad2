//! The border to the script that calls this crate as a module of its own.
//!
//! The script writes the UTF-8 bytes of a text to [`place`], calls [`picture`] with their number, and reads the address of the
//! picture from the same place. The script and its memory have one thread.

use core::cell::UnsafeCell;

use super::{LARGEST_PICTURE, LONGEST_TEXT, draw};

struct Place(UnsafeCell<[u8; LARGEST_PICTURE]>);

// SAFETY: the module has one thread.
unsafe impl Sync for Place {}

static PLACE: Place = Place(UnsafeCell::new([0; LARGEST_PICTURE]));

/// Where the text goes, and where the picture's address stands then.
#[unsafe(no_mangle)]
pub extern "C" fn place() -> *mut u8 {
    PLACE.0.get().cast()
}

/// Draws the text of so many bytes, and says how long the picture's address is: 0 for none.
#[unsafe(no_mangle)]
pub extern "C" fn picture(length: usize) -> usize {
    // SAFETY: there is one thread, and nothing else of this module holds the place while this runs.
    let place = unsafe { &mut *PLACE.0.get() };
    let mut text = [0; LONGEST_TEXT];
    let (Some(given), Some(text)) = (place.get(..length), text.get_mut(..length)) else { return 0 };
    text.copy_from_slice(given);
    draw(text, place).unwrap_or(0)
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}
