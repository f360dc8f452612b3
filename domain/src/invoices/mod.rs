//! Quotes and invoices: what a studio asks of its clients, and what of it is paid.
//!
//! A quote for a project is sent by a mailed link and accepted there ([`commands::accept_quote`]): the version is frozen with its hash. From then on its schedule
//! is invoiced stage by stage, the deposit at once or, where the quote asks for it, once an agreement is executed; milestones on their day, when their
//! part of the work is done, or when they are reached ([`commands::reach_stage`]), the balance at the end. A quote that is ended ([`commands::end_quote`]) asks
//! for no more than was invoiced by then. What was issued is never changed: it is numbered without a gap under the lock of the studio's counter, and a mistake
//! is taken back by a credit note with a number of its own.
//!
//! An invoice is paid at the gateway by an order without lines, which [`crate::sales`] collects, books and gives back as every order ([`commands::open_payment`]),
//! or by a transfer that the studio records ([`commands::record_transfer`]). How it stands is written down nowhere: it follows from that money each time
//! it is asked ([`queries::standings`]), so that whatever is given back, disputed or reversed is owed again at once.
//! [`commands::tend`] reminds, and charges for being late what the quote has agreed.

pub mod commands;
pub mod content;
pub mod entity;
pub mod error;
pub mod queries;
pub mod rules;

pub use error::InvoiceError;
