//! Identity: accounts, studios and their members.

pub mod entity;
