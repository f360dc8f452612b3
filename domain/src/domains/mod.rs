//! Domains: a studio's shop under a name of the studio's own.
//!
//! The path: an owner claims a name ([`commands::claim_domain`]), and is given a token → they publish it as a TXT record beside the name, which only whoever
//! holds the name can → it is looked up ([`commands::verify_domain`]), and from then on the shop stands there, and whatever leads buyers to it names it
//! ([`queries::at_home_of`]). That a request arrives under a name would prove nothing: a name points here before its holder has claimed it. So a claim alone holds
//! nothing, anybody may make one, and of several studios that claim the same name the one with the record gets it. What was proved is one studio's until its
//! owner removes it, or until the record has been missing for seven days: it is looked up again now and then ([`looks::tend`]), for a name may change hands.

pub mod commands;
pub mod entity;
pub mod error;
pub mod looks;
pub mod queries;
pub mod rules;
#[cfg(any(test, feature = "testing"))]
pub mod testing;

pub use error::DomainError;
