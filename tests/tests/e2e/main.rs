//! The running program, from outside: the demo judged by tools that are not ours, the server killed in the middle, and what many machines share.

mod accounts;
mod agreements;
mod backup;
mod chance;
mod chaos;
#[path = "../../../xtask/src/cluster.rs"]
mod cluster;
mod commission;
mod composition;
mod dawproject;
mod engine;
mod faults;
mod fuzz;
mod health;
mod judges;
mod keys;
mod kill;
mod later;
mod many;
mod postgres;
mod program;
#[path = "../../../documents/tests/seal/pyhanko.rs"]
mod pyhanko;
mod registrations;
mod replica;
mod request;
mod royalties;
mod s3;
mod s3_server;
mod sale;
mod shop;
mod stages;
mod statements;
mod timestamps;
mod torture;
mod traces;
mod verify;
