//! The licence contract of a beat: five tiers, one model, one text. [`accepted_pdf`] is the file that is sealed: its data and how it was accepted
//! travel in it, and [`rebuild`] makes it again out of them.

mod accepted;
mod clauses;
mod model;
mod render;
mod text;
mod validate;

pub use accepted::{Accepted, Checkout, accepted, accepted_pdf, offer_sha256, rebuild};
pub(crate) use clauses::Speaker;
pub use clauses::clauses;
pub use model::{
    Acceptance, AtCap, Beat, Caps, ContentId, DeliveredFile, EarlierLease, EarlierLeases, FileContent, LicenceContract,
    LicenceTerms, Licensee, Licensor, MasterOwnership, Price, Producer, Replaced, Sale, Sample, SampleClearance, Stage,
    Term, Tier, Writer,
};
pub use render::{CONTRACT_CSS, preview_html, preview_page, to_pdf, to_pdf_with};
pub use text::{ContractText, ScheduleEntry, contract_text, contract_text_with};
pub use validate::{MAX_FILES, MAX_LEASES, MAX_PEOPLE, MAX_SAMPLES};

pub use crate::faults::{MAX_LINE_CHARS, MAX_PARAGRAPH_CHARS};
pub use crate::words::{Block, Clause, Fact};
