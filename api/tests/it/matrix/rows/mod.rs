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
mod managers;
mod masters;
mod mixes;
mod offers;
mod payee_statements;
mod payouts;
mod portfolio;
mod production;
mod registrations;
mod rest;
mod reviews;
mod royalties;
mod sales;
mod session_log;
mod statements;
mod system;
mod webhooks;

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
pub(crate) use managers::on_rosters;
pub(crate) use payee_statements::told;
pub(crate) use registrations::registered;
pub(crate) use rest::EDGES;
pub(crate) use royalties::reckoned;
pub(crate) use statements::stated;

pub(crate) fn all() -> impl Iterator<Item = &'static Row> {
    [
        agreements::ROWS,
        system::ROWS,
        sales::ROWS,
        payouts::ROWS,
        payee_statements::ROWS,
        production::ROWS,
        registrations::ROWS,
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
        managers::ROWS,
        identity::ROWS,
        masters::ROWS,
        mixes::ROWS,
        reviews::ROWS,
        statements::ROWS,
        royalties::ROWS,
        webhooks::ROWS,
    ]
    .into_iter()
    .flatten()
}
