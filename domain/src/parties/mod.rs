//! Parties: the people and companies that a studio deals with.

pub mod entity;
