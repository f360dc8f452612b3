//! An invoice or a credit note: who asks what of whom, for what, with which tax, and how it is paid. It has as many pages as its lines take.

mod model;
mod render;
mod text;

pub use model::{Invoice, Kind, LateFee, Line, Side, Tax};
pub use render::to_pdf;
pub use text::{InvoiceText, Row, invoice_text};
