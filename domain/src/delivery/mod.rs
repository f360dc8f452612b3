//! Delivery: the files owed to a licensee, the renders that make them, and the log of downloads.

pub mod entity;
