//! The REST edges: what GraphQL is not made for, such as uploads, downloads and webhooks. One file each, one line here, its path in
//! [`crate::openapi`]. A handler takes a [`crate::Caller`] and answers `Result<_, Problem>`.

use actix_web::web::ServiceConfig;

pub mod agreements;
pub mod calendars;
pub mod claims;
pub mod clients;
pub mod downloads;
pub mod handoffs;
pub mod invoices;
pub mod ledger;
pub mod licensees;
pub mod markers;
pub mod masters;
pub mod media;
pub mod payee_statements;
pub mod registrations;
pub mod royalties;
pub mod sessions;
pub mod stored;
pub mod uploads;
pub mod webhooks;
mod zip;

pub(crate) fn configure(app: &mut ServiceConfig) {
    app.configure(media::configure)
        .configure(uploads::configure)
        .configure(downloads::configure)
        .configure(agreements::configure)
        .configure(claims::configure)
        .configure(calendars::configure)
        .configure(clients::configure)
        .configure(handoffs::configure)
        .configure(invoices::configure)
        .configure(ledger::configure)
        .configure(licensees::configure)
        .configure(markers::configure)
        .configure(masters::configure)
        .configure(royalties::configure)
        .configure(registrations::configure)
        .configure(payee_statements::configure)
        .configure(sessions::configure)
        .configure(webhooks::configure);
}
