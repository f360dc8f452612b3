//! Registrations: the codes that a studio gives out, its releases, and its works as societies know them; what is sent, and what comes back. The files
//! themselves are downloaded over REST.

mod loading;
pub mod mutations;
pub mod types;
