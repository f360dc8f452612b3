//! The adapters against the real thing or a faithful stand-in, over real connections on the loopback address.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod mail;
mod s3;
mod sandbox;
mod sandbox_api;
mod sandbox_control;
mod sandbox_world;
mod seals;
mod stripe;
mod traces;
