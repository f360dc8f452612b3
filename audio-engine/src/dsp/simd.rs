//! Vectors of fixed width, with the instructions that the processor has. Every value sees the same operations in the same
//! order by all of them, so the samples are the same bits everywhere; nothing is fused that is written apart.
//!
//! Loops that the compiler makes vector code of itself run in [`vectorised`]. What is written with the vectors of
//! `fearless_simd` is dispatched the same way, and is generic over the instructions. In both, the code takes those of the
//! function that it becomes part of: hence `#[inline(always)]` on every function of it but conversions of single numbers.

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

/// The baseline, and every level above it that the processor at hand has: for tests, which hold each to plain code.
#[cfg(test)]
pub(crate) fn levels() -> Vec<Level> {
    let best = Level::new();
    #[cfg(target_arch = "x86_64")]
    let above = [
        best.as_sse4_2().map(fearless_simd::Simd::level),
        best.as_avx2().map(fearless_simd::Simd::level),
        best.as_avx512().map(fearless_simd::Simd::level),
    ];
    #[cfg(not(target_arch = "x86_64"))]
    let above = [Some(best)];
    std::iter::once(Level::baseline()).chain(above.into_iter().flatten()).collect()
}
