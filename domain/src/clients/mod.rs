//! Clients: the parties that a studio works for or hopes to, each at a stage from first call to dormant.

pub mod entity;
