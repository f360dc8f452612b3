//! Signing, without an account and without JavaScript: the link from the mail, the code, the agreement, the signature.
//!
//! A link is opened by a form, never by looking at it, for mail programs look at links by themselves. Opening it sets a cookie that is sent to this
//! signer's pages alone, `/signing/<signer>`; each page asks the domain anew whether its session holds ([`visit`]). What a page shows of an
//! agreement it shows to a session in which the code was entered, and no other.

mod answers;
mod counter;
mod done;
mod links;
mod proposal;
mod read;
mod records;
mod shares;
mod sign;
mod views;
mod visit;

use actix_web::{
    HttpResponse,
    http::{
        StatusCode,
        header::{self, HeaderValue},
    },
    web::{self, ServiceConfig},
};
use askama::Template;

use super::{chrome::render, errors::PageError};
use crate::edge::look;

pub(super) fn configure(app: &mut ServiceConfig) {
    app.route("/sign/{token}", look().to(links::ask))
        .route("/sign/{token}", web::post().to(links::open))
        .route("/sign/{token}/again", web::post().to(links::again))
        .route("/signing/{signer}", look().to(read::show))
        .route("/signing/{signer}/read.pdf", look().to(read::pdf))
        .route("/signing/{signer}/code", look().to(links::ask_code))
        .route("/signing/{signer}/code", web::post().to(links::enter_code))
        .route("/signing/{signer}/code/again", web::post().to(links::another_code))
        .route("/signing/{signer}/consent", look().to(sign::ask_consent))
        .route("/signing/{signer}/consent", web::post().to(sign::consent))
        .route("/signing/{signer}/signature", look().to(sign::ask))
        .route("/signing/{signer}/signature", web::post().to(sign::sign))
        .route("/signing/{signer}/counter", look().to(counter::ask))
        .route("/signing/{signer}/counter", web::post().to(counter::propose))
        .route("/signing/{signer}/delegate", look().to(answers::ask_delegate))
        .route("/signing/{signer}/delegate", web::post().to(answers::delegate))
        .route("/signing/{signer}/decline", look().to(answers::ask_decline))
        .route("/signing/{signer}/decline", web::post().to(answers::decline))
        .route("/signing/{signer}/paper", look().to(answers::ask_paper))
        .route("/signing/{signer}/paper", web::post().to(answers::paper))
        .route("/signing/{signer}/done", look().to(done::show))
        .route("/proposal/{token}", look().to(proposal::show))
        .route("/agreement/{token}", look().to(done::executed))
        .route("/agreement/{token}/consent/withdraw", look().to(records::ask))
        .route("/agreement/{token}/consent/withdraw", web::post().to(records::mail))
        .route("/agreement/{token}/consent/confirm", look().to(records::confirm))
        .route("/agreement/{token}/consent/confirm", web::post().to(records::withdraw));
}

/// A page that is one person's: kept nowhere, and its address told to no other site.
fn private(status: StatusCode, page: &impl Template) -> Result<HttpResponse, PageError> {
    let mut response = render(status, page)?;
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    Ok(response)
}
