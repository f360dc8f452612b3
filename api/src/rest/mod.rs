//! The REST edges: what GraphQL is not made for, such as uploads, downloads and webhooks. One file each, one line here, its path in
//! [`crate::openapi`]. A handler takes a [`crate::Caller`] and answers `Result<_, Problem>`.

use actix_web::web::ServiceConfig;

pub mod agreements;
pub mod claims;
pub mod downloads;
pub mod ledger;
pub mod licensees;
pub mod media;
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
        .configure(ledger::configure)
        .configure(licensees::configure)
        .configure(webhooks::configure);
}
