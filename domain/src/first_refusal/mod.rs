//! First refusal: where a studio has turned it on, a work's exclusive is sold to a stranger only after those who hold a lease of it could buy it first, for
//! 48 hours and at the price on the list, or that of the stranger's offer.
//!
//! The path: somebody orders an exclusive, or their offer for it is accepted → a window begins ([`commands::hold_back`]), its leaseholders are mailed a
//! link each, and the stranger is told until when they wait → a leaseholder orders by their link ([`commands::order_first`]) → once the window is over,
//! anybody may buy at that price or above. Whoever pays first of those who may claims the work, as ever: this decides only who may place an order.
//! To upgrade a lease to the exclusive is to order it, and a lease that was bought a moment ago proves nothing ([`commands::hold_back_upgrade`]).

pub mod commands;
pub mod entity;
pub mod error;
pub mod queries;
pub mod rules;

pub use error::FirstRefusalError;
