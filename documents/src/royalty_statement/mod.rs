//! A payee's statement of royalties: how each account stood, what it earned of what, what was set off, and how it stands. It has as many pages as its lines take.

mod model;
mod render;
mod text;

pub use model::{
    Account, Activity, ActivityKind, Charge, ChargeKind, EXACT_DECIMALS, MOST_LINES, PRINTED_DECIMALS, Payer, Reserve,
    RoyaltyStatement, Waits,
};
pub use render::to_pdf;
pub use text::{AccountText, Row, RoyaltyStatementText, royalty_statement_text};
