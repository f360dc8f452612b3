//! The real parts behind the domain's ports: the file store, the job queues, the payment gateway and its sandbox, mail, contracts,
//! agreements, mix documents, seals, the domain name system, webhooks, a scanner for malware, a collector of traces; and
//! backups of it all.
//!
//! **May depend on** `domain`, whose ports it implements, and on the pure crates that a port needs (`documents`, `audio-engine`); on nobody else
//! in the house. Only `cli` builds these parts; everyone else sees the ports.
//!
//! **To add a part:** a folder named after the outside thing, which implements the trait in `domain::ports` and is tested against the thing
//! itself or a faithful stand-in over a real connection. Every failure becomes a `PortError` that says whether trying again can help.

pub mod agreements;
pub mod backup;
mod cards;
pub mod clamav;
pub mod contracts;
pub mod dns;
pub mod files;
mod invoices;
pub mod jobs;
pub mod mail;
pub mod mixes;
mod receipts;
mod royalty_statements;
pub mod s3;
pub mod sandbox;
pub mod seals;
pub mod stripe;
pub mod traces;
pub mod webhooks;
