//! Seals: made, raised, tampered with, and judged by tools that others wrote.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod authority;
mod hostile;
mod levels;
mod outside;
mod pyhanko;
mod studio;
mod tampering;
