//! The running program, from outside: the demo judged by tools that are not ours, and the server killed in the middle.

mod agreements;
mod backup;
mod chaos;
mod commission;
mod dawproject;
mod engine;
mod health;
mod judges;
mod kill;
mod program;
#[path = "../../../documents/tests/seal/pyhanko.rs"]
mod pyhanko;
mod registrations;
mod royalties;
mod sale;
mod stages;
mod statements;
mod timestamps;
mod torture;
mod verify;
