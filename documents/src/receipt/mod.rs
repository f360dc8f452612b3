//! The buyer's receipt of an order: who sold what to whom, what was taken off and taxed, and how it was paid. It has as many pages as its lines take.

mod model;
mod render;
mod text;

pub use model::{Amount, Line, Payment, Person, Receipt, Tax, Upgrade};
pub use render::to_pdf;
pub use text::{ReceiptText, Row, receipt_text};
