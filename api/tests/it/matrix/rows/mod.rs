//! The table, one file for each aggregate.

mod agreements;
mod booking;
mod catalog;
mod clients;
mod delivery;
mod first_refusal;
mod free_downloads;
mod identity;
mod invoices;
mod masters;
mod mixes;
mod offers;
mod payouts;
mod portfolio;
mod production;
mod rest;
mod reviews;
mod sales;
mod session_log;
mod system;

/// One field of the schema and who may.
pub(crate) struct Row {
    /// `Type.field`.
    pub(crate) field: &'static str,
    /// A document that asks for it; its variables come from the fixture.
    pub(crate) document: &'static str,
    /// A sign for each of [`super::ACTORS`], blanks between them.
    pub(crate) expected: &'static str,
}

pub(crate) use invoices::quoted;
pub(crate) use rest::EDGES;

pub(crate) fn all() -> impl Iterator<Item = &'static Row> {
    [
        agreements::ROWS,
        system::ROWS,
        sales::ROWS,
        payouts::ROWS,
        production::ROWS,
        invoices::ROWS,
        offers::ROWS,
        first_refusal::ROWS,
        free_downloads::ROWS,
        booking::ROWS,
        session_log::ROWS,
        portfolio::ROWS,
        delivery::ROWS,
        catalog::ROWS,
        clients::ROWS,
        identity::ROWS,
        masters::ROWS,
        mixes::ROWS,
        reviews::ROWS,
    ]
    .into_iter()
    .flatten()
}
