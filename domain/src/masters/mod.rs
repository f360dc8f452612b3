//! Masters of approved mixes: made to the profiles that the studio chose, measured, and given to the client once the project's balance is
//! paid, until a payment has gone.
//!
//! A delivery belongs to one approval of one song; a later version that is sent makes it a thing of the past, and it is delivered to nobody who does not have
//! it. Whether a file opens is asked of the money each time ([`rules::may_open`]); what is written down is only what the client was told: delivered, recalled.

pub mod commands;
pub mod entity;
pub mod error;
pub mod qc;
pub mod queries;
pub mod rules;
#[cfg(any(test, feature = "testing"))]
pub mod testing;

pub use error::MasterError;
