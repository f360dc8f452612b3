//! Vectors as wide as the processor at hand has them: the baseline's hold two doubles or four floats, later ones twice and
//! four times as many. Every value still sees the same operations in the same order, so the samples are the same bits
//! everywhere; nothing is fused that is written apart.
//!
//! Loops that the compiler makes vector code of itself run in [`vectorised`]. What is written with the vectors of
//! `fearless_simd` is dispatched the same way, and is generic over their width. In both, the code takes the instructions of
//! the function that it becomes part of: hence `#[inline(always)]` on all of it.

use fearless_simd::{Level, dispatch};

/// Runs a loop as the compiler makes it for the processor at hand; `work` is a closure marked `#[inline(always)]`.
pub(crate) fn vectorised<R>(work: impl FnOnce() -> R) -> R {
    dispatch!(Level::new(), _ => work())
}

/// Multiplies all of a channel.
pub(crate) fn scale(channel: &mut [f32], gain: f32) {
    vectorised(
        #[inline(always)]
        || channel.iter_mut().for_each(|x| *x *= gain),
    );
}

/// Adds a signal under a gain.
pub(crate) fn add_scaled(sum: &mut [f32], signal: &[f32], gain: f32) {
    vectorised(
        #[inline(always)]
        || sum.iter_mut().zip(signal).for_each(|(sum, x)| *sum += x * gain),
    );
}

/// Multiplies each sample with its own gain.
pub(crate) fn multiply(channel: &mut [f32], gains: &[f32]) {
    vectorised(
        #[inline(always)]
        || channel.iter_mut().zip(gains).for_each(|(x, gain)| *x *= gain),
    );
}
