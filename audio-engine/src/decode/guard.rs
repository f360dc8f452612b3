//! Codecs of others, which hostile files make panic.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};

thread_local! {
    /// Whether a panic on this thread would be caught here.
    static GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// Runs a codec; none if it panics.
pub(super) fn guarded<T>(work: impl FnOnce() -> T) -> Option<T> {
    let before = GUARDED.replace(true);
    let outcome = catch_unwind(AssertUnwindSafe(work)).ok();
    GUARDED.set(before);
    outcome
}

/// Keeps off standard error what a codec says when it panics: the file is refused, and that is all there is to know. For a
/// program's start; any other panic is reported as before.
pub fn hush_codecs() {
    let report = take_hook();
    set_hook(Box::new(move |panic| {
        if !GUARDED.get() {
            report(panic);
        }
    }));
}
