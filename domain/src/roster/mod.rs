//! Rosters: the studios that a manager looks after. A studio's owner lets one of its members have it on their roster, and can take that back; on a roster
//! stands what was granted, and what the member's role lets them see.
//!
//! Beside them stands what a manager looks at: what studios have earned ([`income`]), what may still come ([`forecast`]), and what wants looking at
//! ([`alerts`]).

pub mod alerts;
pub mod commands;
mod findings;
pub mod forecast;
pub mod income;
pub mod queries;
