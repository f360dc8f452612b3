//! Sound, from file to file: decode, measure, draw, mix, master, tag, encode.
//!
//! The preview that a buyer hears and the master that an artist receives come out of the same graph; a preview is the
//! master plus tag nodes. Everything is streamed, so that an hour needs no more memory than a minute, and deterministic,
//! so that the same document and the same inputs give the same bytes whatever the block size and the number of threads, and
//! whatever vector instructions the processor has (but for what [`golden`] excepts: transforms and Vorbis).
//!
//! ```no_run
//! use audio_engine::decode::inspect;
//! use audio_engine::measure::measure;
//! use audio_engine::render::{Format, Mix, Output, TagNode, Workspace, render};
//! use std::path::Path;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let facts = inspect(Path::new("beat.flac"))?; // refuses what is truncated, hostile or out of limits
//! let loudness = measure(Path::new("beat.flac"))?;
//!
//! let workspace = Workspace::new("out").with_source("beat", "beat.flac");
//! let outputs = vec![
//!     Output::new("beat.wav", Format::Wav24),
//!     Output::new("beat.mp3", Format::Mp3Kbps320),
//! ];
//! let master = render(&Mix::master("beat", outputs), &workspace, &mut ())?;
//! let preview = render(&Mix::preview("beat", "preview.mp3", TagNode::default()), &workspace, &mut ())?;
//! # Ok(())
//! # }
//! ```
//!
//! | Module | What it answers |
//! |---|---|
//! | [`decode`] | what is in this file: WAV, RF64, AIFF, CAF, FLAC, ALAC, MP3, AAC-LC, Vorbis, Opus (packets of 2.5 and 60 ms to -66 dBFS alone); truncated or hostile ones refused |
//! | [`measure`], [`signal`] | how loud is it, how high do its peaks go, and is it clipped, silent, out of phase, cut off |
//! | [`qc`] | may it go out, and if not, what is to be done; stems as they come in |
//! | [`compare`] | how deep do two files null |
//! | [`features`] | tempo, key, fingerprint |
//! | [`conformance`], [`golden`] | does the meter keep the standards, and the engine its own bytes |
//! | [`render`] | mix, master, tag, and encode |
//! | [`waveform`] | how to draw it |
//! | [`tag`], [`compose`] | the built-in voice, and music to try everything with |
//! | [`resample()`] | the rate conversion within it, alone and in double precision |
//! | [`response_db`] | what its filters do to each frequency |
//!
//! This crate is pure: it knows no database, no network and no other crate of the workspace. It may depend on codecs and
//! signal processing crates alone. New processors go into `dsp`, new nodes and formats into [`render`]'s document, new
//! measurements into [`measure`] or [`signal`]; whatever changes a rendered sample raises [`ENGINE_VERSION`].

#![allow(
    clippy::inline_always,
    reason = "vector code takes the instructions of the function that it becomes part of, so it must become part of it"
)]

pub mod compare;
pub mod compose;
pub mod conformance;
pub mod decode;
mod dsp;
pub mod features;
pub mod golden;
#[cfg(test)]
mod hostile;
pub mod measure;
pub mod qc;
pub mod render;
pub mod signal;
pub mod tag;
#[cfg(test)]
mod testing;
pub mod waveform;

pub use dsp::{resample, response_db};

/// Part of every render's key: raised whenever a change alters what comes out for the same document.
pub const ENGINE_VERSION: &str = "ledgerline-engine 7";
