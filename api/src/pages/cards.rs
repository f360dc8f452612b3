//! The pictures that shared links show, of beats and of shops. The address of each changes with how it looks, so that whoever has it may keep it for good.

use std::time::Duration;

use actix_web::{HttpResponse, http::header, web};
use domain::{
    catalog::{
        BeatFilter,
        card::{Card, Colours, SIZE},
        list_storefront_beats,
    },
    identity::entity::{Accent, studio},
    page::PageRequest,
    report::{Kind, Report},
    services::Services,
};
use tokio::sync::Semaphore;

use super::{beats::BeatView, errors::PageError, sharing::look_at, storefront::find_shop};
use crate::Caller;

/// How many pictures are painted at a time: each takes a processor for a moment, and anybody may ask.
static EASELS: Semaphore = Semaphore::const_new(2);

/// How long somebody waits for one to be free.
const TURN: Duration = Duration::from_secs(10);

/// How many of its newest beats the picture of a shop names.
const NEWEST: i64 = 4;

/// How many characters of a fingerprint an address has.
const MARK: usize = 16;

/// The colours of the pages, and those that studios choose.
const SHEETS: (&str, &str) = (include_str!("../../templates/tokens.css"), include_str!("../../templates/accents.css"));

/// A picture as the head of a page names it.
pub(super) struct Picture {
    /// Its address, whole.
    pub(super) url: String,
    pub(super) width: u32,
    pub(super) height: u32,
    /// What is read in it.
    pub(super) alt: String,
}

/// What the picture of a beat shows.
pub(super) fn of_beat(studio: &studio::Model, view: &BeatView) -> Card {
    Card {
        title: view.title.clone(),
        by: studio.name.clone(),
        facts: view.facts.clone(),
        titles: Vec::new(),
        // What was sold is public no more, its files included.
        bars: if view.sold { Vec::new() } else { view.bars.clone() },
        colours: colours(studio.accent),
    }
}

/// What the picture of a shop shows.
pub(super) async fn of_shop(services: &Services, studio: &studio::Model) -> Result<Card, PageError> {
    let newest = PageRequest::new(Some(NEWEST), None, None, None)?;
    let beats = list_storefront_beats(&services.db, studio.id, &BeatFilter::default(), newest).await?;
    Ok(Card {
        title: studio.name.clone(),
        by: String::new(),
        facts: Vec::new(),
        titles: beats.rows.into_iter().map(|beat| beat.title).collect(),
        bars: Vec::new(),
        colours: colours(studio.accent),
    })
}

/// The picture of the page at an address, as its head names it.
pub(super) fn picture(services: &Services, page: &str, card: &Card) -> Result<Picture, PageError> {
    let said = [&card.title, &card.by].into_iter().chain(&card.facts).chain(&card.titles);
    let said: Vec<&str> = said.map(String::as_str).filter(|text| !text.is_empty()).collect();
    let (url, (width, height)) = (address(page, &mark(services, card)?), SIZE);
    Ok(Picture { url, width, height, alt: said.join(" · ") })
}

/// What stands in the address of a picture: it changes with how that looks.
fn mark(services: &Services, card: &Card) -> Result<String, PageError> {
    let sha256 = services.contracts.card_sha256(card).map_err(|cause| PageError::broken(&cause))?;
    Ok(sha256.as_str()[..MARK].to_owned())
}

fn address(page: &str, mark: &str) -> String {
    format!("{page}/card-{mark}.png")
}

/// A studio's colours as its pages have them by night, which stand out in a chat of either scheme.
fn colours(accent: Option<Accent>) -> Colours {
    let (tokens, accents) = SHEETS;
    let chosen = accent.and_then(|accent| accents.split_once(&format!("[data-accent=\"{}\"]", accent.word())));
    Colours {
        ground: by_night(tokens, "ground"),
        text: by_night(tokens, "text"),
        quiet: by_night(tokens, "quiet"),
        accent: by_night(chosen.map_or(tokens, |(_, rules)| rules), "accent"),
    }
}

/// What the first rule of a sheet makes a token by night; empty if it says nothing of it.
fn by_night(sheet: &'static str, token: &str) -> &'static str {
    let pair = sheet.split_once(&format!("--{token}: light-dark(")).and_then(|(_, rest)| rest.split_once(')'));
    pair.and_then(|(pair, _)| pair.split_once(", ")).map_or("", |(_, night)| night)
}

/// The picture of a beat.
pub(super) async fn beat(caller: Caller, path: web::Path<(String, String, String)>) -> Result<HttpResponse, PageError> {
    let (studio, beat, asked) = path.into_inner();
    let studio = find_shop(&caller.services, &studio).await?;
    let (studio, beat, view) = look_at(&caller.services, studio, &beat).await?;
    let page = format!("{}/{}", caller.services.shop_url(&studio), beat.slug);
    show(&caller.services, (page.as_str(), asked.as_str()), of_beat(&studio, &view)).await
}

/// The picture of a shop.
pub(super) async fn shop(caller: Caller, path: web::Path<(String, String)>) -> Result<HttpResponse, PageError> {
    let (studio, asked) = path.into_inner();
    let studio = find_shop(&caller.services, &studio).await?;
    let card = of_shop(&caller.services, &studio).await?;
    show(&caller.services, (caller.services.shop_url(&studio).as_str(), asked.as_str()), card).await
}

/// Paints a picture; under an older address it leads to the present one, for chats still ask for what a page once named.
async fn show(services: &Services, (page, asked): (&str, &str), card: Card) -> Result<HttpResponse, PageError> {
    let present = mark(services, &card)?;
    if asked != present {
        return Ok(HttpResponse::Found()
            .insert_header((header::LOCATION, address(page, &present)))
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .finish());
    }
    let Ok(Ok(easel)) = tokio::time::timeout(TURN, EASELS.acquire()).await else { return Err(busy()) };
    let contracts = services.contracts.clone();
    let painting = tokio::task::spawn_blocking(move || {
        // Taken until the picture is done, even if nobody waits for it any more.
        let _easel = easel;
        contracts.card(&card)
    });
    let painted = painting.await.map_err(|cause| PageError::broken(&cause))?;
    let png = painted.map_err(|cause| PageError::broken(&cause))?;
    Ok(HttpResponse::Ok()
        .content_type("image/png")
        .insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .body(png))
}

/// What is said when there is no turn.
fn busy() -> PageError {
    let report = Report::new(Kind::TooMany, "BUSY", "Many pictures are being painted at this moment.");
    PageError::from_report(report.remedy("Try again in a minute."))
}

#[cfg(test)]
mod tests {
    use sea_orm::Iterable;

    use super::*;

    #[test]
    fn every_studio_has_its_colours() {
        let is_colour = |text: &str| {
            text.strip_prefix('#').is_some_and(|hex| hex.len() == 6 && hex.chars().all(|c| c.is_ascii_hexdigit()))
        };
        let house = colours(None);
        for accent in Accent::iter() {
            let own = colours(Some(accent));
            assert_ne!(own.accent, house.accent, "{accent}");
            assert_eq!(Colours { accent: house.accent, ..own }, house, "{accent}");
            assert!(is_colour(own.accent), "{accent}: {own:?}");
        }
        for colour in [house.ground, house.text, house.quiet, house.accent] {
            assert!(is_colour(colour), "{house:?}");
        }
        assert_eq!((house.ground, house.accent), ("#131211", "#ff7a45"));
    }
}
