//! The server-rendered public pages, and the page that the dashboard begins in. Public pages work without JavaScript; the content security policy of
//! [`crate::edge`] allows nothing inline. What is built of `web/` ([`bundle`]) makes pages alive; nothing depends on it.
//!
//! A handler loads by the domain's queries, fills a template of `templates/` (askama, everything escaped), and returns
//! `Result<HttpResponse, PageError>`; what changes something is a form post, which
//! [`crate::auth::csrf`] lets pass only from our own pages, answered by a redirect.
//! Pictures and previews come from [`crate::rest::media`], the pictures of shared links from [`cards`]. Every template extends `base.html` and holds a [`chrome::Chrome`].
//! What they say stands in `texts/`, in every language of [`texts`].

mod accounts;
mod agreed;
mod beat_page;
mod beats;
mod booking;
mod bundle;
mod cards;
mod cart;
mod cart_cookie;
mod cart_prices;
mod chrome;
mod cover;
mod currencies;
mod dashboard;
mod errors;
mod filter;
mod finder;
mod first_refusal;
mod free_downloads;
mod invoices;
mod licences;
mod mailbox;
mod masters;
mod meter;
mod offers;
mod orders;
mod payees;
mod portfolio;
mod quotes;
mod receipts;
mod reviews;
mod royalties;
mod sharing;
mod signing;
mod statements;
mod storefront;
pub(crate) mod texts;
mod upgrades;
mod verify;
mod waveform;
mod wording;
mod words;

use actix_web::web::{self, ServiceConfig};
use domain::agreements::rules::MAX_NOTE_CHARS;

use crate::{edge::look, replica::shown_to_all};
pub(crate) use errors::{PageError, is_read_by_people, nothing_here};

/// The largest form, in bytes: the longest text that may be typed, each of its characters sent as twelve, and what stands beside it.
const FORM_BYTES: usize = 12 * MAX_NOTE_CHARS + 8 * 1024;

pub(crate) fn configure(app: &mut ServiceConfig) {
    let forms = web::FormConfig::default().limit(FORM_BYTES).error_handler(|cause, _| {
        tracing::debug!(%cause, "a form cannot be read");
        errors::PageError::bad_form().into()
    });
    app.app_data(forms)
        .configure(signing::configure)
        .configure(reviews::configure)
        .configure(booking::configure)
        .configure(masters::configure)
        .configure(royalties::configure)
        .configure(texts::configure)
        .route("/assets/{hash}/site.css", look().to(chrome::style))
        .route("/assets/{file}", look().to(bundle::file))
        .route("/favicon.ico", look().to(chrome::icon))
        .route("/dashboard", look().to(dashboard::show))
        .route("/dashboard/{place:.*}", look().to(dashboard::show))
        .route("/", shown_to_all(storefront::home))
        .route("/portfolio/{studio}", shown_to_all(portfolio::show))
        .route("/s/{studio}", shown_to_all(storefront::shop))
        .route("/s/{studio}/cart", look().to(cart::show))
        .route("/s/{studio}/cart", web::post().to(cart::add))
        .route("/s/{studio}/cart/remove", web::post().to(cart::remove))
        .route("/s/{studio}/cart/coupon", web::post().to(cart_prices::enter_coupon))
        .route("/s/{studio}/cart/country", web::post().to(cart_prices::say_country))
        .route("/s/{studio}/cart/currency", web::post().to(cart_prices::change_currency))
        .route("/s/{studio}/cart/bundle", web::post().to(cart::add_bundle))
        .route("/s/{studio}/cart/{line}/contract", look().to(cart::contract))
        .route("/s/{studio}/checkout", web::post().to(cart::check_out))
        .route("/covers/{beat}.svg", look().to(cover::show))
        .route("/oembed", shown_to_all(sharing::oembed))
        .route("/s/{studio}/card-{mark}.png", look().to(cards::shop))
        .route("/s/{studio}/{beat}", shown_to_all(beat_page::show))
        .route("/s/{studio}/{beat}/card-{mark}.png", look().to(cards::beat))
        .route("/s/{studio}/{beat}/embed", shown_to_all(sharing::embed))
        .route("/s/{studio}/{beat}/free", web::post().to(free_downloads::ask))
        .route("/free/{token}", look().to(free_downloads::show))
        .route("/free/{token}", web::post().to(free_downloads::confirm))
        .route("/free/{token}/file", look().to(free_downloads::file))
        .route("/unsubscribe/{token}", look().to(free_downloads::ask_unsubscribe))
        .route("/unsubscribe/{token}", web::post().to(free_downloads::unsubscribe))
        .route("/s/{studio}/{beat}/{tier}/contract", look().to(storefront::contract))
        .route("/s/{studio}/{beat}/{tier}/offer", look().to(offers::ask))
        .route("/s/{studio}/{beat}/{tier}/offer", web::post().to(offers::make))
        .route("/offers/{token}", look().to(offers::show))
        .route("/offers/{token}", web::post().to(offers::answer))
        .route("/first-refusal/{token}", look().to(first_refusal::show))
        .route("/first-refusal/{token}", web::post().to(first_refusal::order))
        .route("/quotes/{token}", look().to(quotes::show))
        .route("/quotes/{token}", web::post().to(quotes::answer))
        .route("/invoices/{token}", look().to(invoices::show))
        .route("/invoices/{token}/pay", web::post().to(invoices::pay))
        .route("/invoices/{token}/invoice.pdf", look().to(invoices::pdf))
        .route("/orders/{token}", look().to(orders::show))
        .route("/orders/{token}/receipt.pdf", look().to(receipts::show))
        .route("/orders/{token}/pay", web::post().to(orders::pay))
        .route("/orders/{token}/licences/{reference}/claim-release", look().to(licences::claim_release))
        .route("/orders/{token}/licences/{reference}/channels", web::post().to(licences::add_channel))
        .route("/orders/{token}/licences/{reference}/channels/remove", web::post().to(licences::remove_channel))
        .route("/orders/{token}/licences/{reference}/usage", web::post().to(meter::report))
        .route("/orders/{token}/licences/{reference}/upgrade", look().to(upgrades::show))
        .route("/orders/{token}/licences/{reference}/upgrade", web::post().to(upgrades::place))
        .route("/orders/{token}/licences/{reference}/upgrade/{tier}/contract", look().to(upgrades::contract))
        .route("/payee/{token}", look().to(payees::show))
        .route("/payee/{token}", web::post().to(payees::go))
        .route("/statements/{statement}/format", look().to(statements::show))
        .route("/statements/{statement}/format", web::post().to(statements::teach))
        .route("/account/verify", look().to(accounts::ask_verify))
        .route("/account/verify", web::post().to(accounts::verify))
        .route("/account/forgotten", look().to(accounts::ask_forgotten))
        .route("/account/forgotten", web::post().to(accounts::forgotten))
        .route("/account/reset", look().to(accounts::ask_reset))
        .route("/account/reset", web::post().to(accounts::reset))
        .route("/account/invitation", look().to(accounts::ask_invitation))
        .route("/account/invitation", web::post().to(accounts::accept_invitation))
        .route("/verify", look().to(verify::ask))
        .route("/verify", web::post().to(verify::judge))
        .route("/verify/authority.pem", look().to(verify::authority))
        .route("/verify/{reference}", look().to(verify::of_reference))
        .route("/mailbox", look().to(mailbox::list))
        .route("/mailbox/{letter}", look().to(mailbox::show))
        .route("/mailbox/{letter}/html", look().to(mailbox::html));
}
