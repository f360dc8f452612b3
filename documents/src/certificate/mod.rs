//! What answers a claim on a licensee's song: a certificate of the licence on one page, and a text for the service's form. Both are made of the
//! contract as it was sold, and add no fact to it.

mod model;
mod render;
mod text;

pub use model::Certificate;
pub use render::to_pdf;
pub use text::{CertificateText, MAX_DISPUTE_CHARS, certificate_text, dispute_text};
