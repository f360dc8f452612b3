//! A studio's portfolio: what it says of itself, and the released work that it chose to show.

use std::collections::HashMap;

use actix_web::{HttpResponse, http::StatusCode, web};
use askama::Template;
use domain::{
    booking::queries::public_rooms,
    catalog::{self, BeatFilter},
    identity::entity::studio,
    ids::PortfolioEntryId,
    page::PageRequest,
    portfolio::{
        queries::{self, CreditLine, EntryView},
        rules::{link_name, role_name},
    },
    services::Services,
};
use serde::Deserialize;

use super::{
    booking::book_url,
    chrome::{Chrome, render},
    errors::PageError,
    storefront::find_shop,
    texts::t,
    words,
};
use crate::Caller;

/// How many works a page has.
const PAGE: i64 = 24;

/// Which page is asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Wanted {
    after: String,
    before: String,
}

/// A link, by the service that it leads to.
struct LinkView {
    name: String,
    href: String,
}

impl From<String> for LinkView {
    fn from(href: String) -> Self {
        Self { name: link_name(&href), href }
    }
}

/// A released work.
struct WorkView {
    title: String,
    artist: String,
    /// When it was released, in words and as programs read it.
    released: String,
    released_on: String,
    roles: Vec<String>,
    links: Vec<LinkView>,
    /// Role and names.
    credits: Vec<(String, String)>,
}

#[derive(Template)]
#[template(path = "portfolio.html")]
struct PortfolioPage {
    chrome: Chrome,
    name: String,
    headline: String,
    about: String,
    /// The studio's address for mail; empty if it is not shown.
    email: String,
    /// Where its beats are sold, and where its rooms are booked; each empty if there are none.
    shop: String,
    book: String,
    links: Vec<LinkView>,
    works: Vec<WorkView>,
    previous: String,
    next: String,
}

/// A studio's portfolio.
fn portfolio_url(studio: &studio::Model) -> String {
    format!("/portfolio/{}", studio.slug)
}

/// Where a studio's portfolio is; empty if it has no page.
pub(super) async fn public_url(services: &Services, studio: &studio::Model) -> Result<String, PageError> {
    let public = queries::find_public(&services.db, studio.id).await?;
    Ok(public.map_or_else(String::new, |_| portfolio_url(studio)))
}

/// Where strangers may write to a studio, as its portfolio shows it; empty if it shows none.
pub(super) async fn shown_email(services: &Services, studio: &studio::Model) -> Result<String, PageError> {
    let public = queries::find_public(&services.db, studio.id).await?;
    Ok(public.filter(|profile| profile.shows_email).map_or_else(String::new, |_| studio.contact_email.to_string()))
}

/// Where a studio's beats are sold; empty if none are.
async fn selling_url(services: &Services, studio: &studio::Model) -> Result<String, PageError> {
    let one = PageRequest::new(Some(1), None, None, None)?;
    let beats = catalog::list_storefront_beats(&services.db, studio.id, &BeatFilter::default(), one).await?;
    Ok(if beats.rows.is_empty() { String::new() } else { services.shop_url(studio) })
}

/// The portfolio of a studio that shows one.
pub(super) async fn show(
    caller: Caller,
    slug: web::Path<String>,
    wanted: web::Query<Wanted>,
) -> Result<HttpResponse, PageError> {
    let services = &caller.services;
    let studio = find_shop(services, &slug).await?;
    let missing = || PageError::not_found().leading_to("/", t("shop-see-shops"));
    let profile = queries::find_public(&services.db, studio.id).await?.ok_or_else(missing)?;
    let given = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let request = match given(&wanted.before) {
        Some(before) => PageRequest::new(None, None, Some(PAGE), Some(&before))?,
        None => PageRequest::new(Some(PAGE), given(&wanted.after).as_deref(), None, None)?,
    };
    let today = services.env.now().date_naive();
    let page = queries::list_public(&services.db, studio.id, today, request).await?;
    let credits = queries::public_credits(&services.db, &page.rows).await?;
    let links = queries::links_of(&services.db, studio.id).await?;
    let rooms = public_rooms(&services.db, studio.id).await?;
    let edge = |there: bool, direction: &str, view: Option<&EntryView>| {
        let view = view.filter(|_| there);
        view.map_or_else(String::new, |view| format!("{}?{direction}={}", portfolio_url(&studio), view.entry.id))
    };
    let about = if profile.headline.is_empty() {
        t("portfolio-about").with("studio", &studio.name).into()
    } else {
        profile.headline.clone()
    };
    let page = PortfolioPage {
        chrome: Chrome::public(t("portfolio-title").with("studio", &studio.name), about)
            .of_sender(&studio.name)
            .coloured(&studio),
        headline: profile.headline,
        about: profile.about,
        email: if profile.shows_email { studio.contact_email.to_string() } else { String::new() },
        shop: selling_url(services, &studio).await?,
        book: if rooms.is_empty() { String::new() } else { book_url(&studio) },
        links: links.into_iter().map(|link| link.url.into()).collect(),
        previous: edge(page.has_previous, "before", page.rows.first()),
        next: edge(page.has_next, "after", page.rows.last()),
        works: view_works(page.rows, credits),
        name: studio.name,
    };
    render(StatusCode::OK, &page)
}

fn view_works(rows: Vec<EntryView>, mut credits: HashMap<PortfolioEntryId, Vec<CreditLine>>) -> Vec<WorkView> {
    let work = |view: EntryView| WorkView {
        credits: credits
            .remove(&view.entry.id)
            .unwrap_or_default()
            .into_iter()
            .map(|line| (line.role_name(), line.names.join(", ")))
            .collect(),
        title: view.entry.title,
        artist: view.entry.artist,
        released: view.entry.released_on.map_or_else(String::new, words::date),
        released_on: view.entry.released_on.map_or_else(String::new, |day| day.to_string()),
        roles: view.roles.into_iter().map(role_name).collect(),
        links: view.links.into_iter().map(|link| link.url.into()).collect(),
    };
    rows.into_iter().map(work).collect()
}
