//! The licence contract of a beat: five tiers, one model, one text.

mod clauses;
mod model;
mod render;
mod text;
mod validate;

pub(crate) use clauses::Speaker;
pub use clauses::clauses;
pub use model::{
    Acceptance, AtCap, Beat, Caps, ContentId, DeliveredFile, EarlierLease, EarlierLeases, FileContent, LicenceContract,
    LicenceTerms, Licensee, Licensor, MasterOwnership, Price, Producer, Sale, Sample, SampleClearance, Stage, Term,
    Tier, Writer,
};
pub use render::{CONTRACT_CSS, preview_html, preview_page, to_pdf, to_pdf_with};
pub use text::{ContractText, ScheduleEntry, contract_text, contract_text_with};
pub use validate::{MAX_FILES, MAX_LEASES, MAX_PEOPLE, MAX_SAMPLES};

pub use crate::faults::{MAX_LINE_CHARS, MAX_PARAGRAPH_CHARS};
pub use crate::words::{Block, Clause, Fact};
