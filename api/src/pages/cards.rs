//! The pictures that shared links show, of beats and of shops. The address of each changes with how it looks, so that whoever has it may keep it for good.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use actix_web::{
    HttpResponse,
    http::header,
    web::{self, Bytes},
};
use domain::{
    catalog::{
        BeatFilter, Sha256,
        card::{Card, Colours, SIZE},
        entity::beat,
        list_storefront_beats,
    },
    identity::entity::{Accent, studio},
    page::PageRequest,
    ports::PortError,
    report::Kind,
    services::Services,
};
use tokio::sync::Semaphore;

use super::{beats::BeatView, errors::PageError, sharing::look_at, storefront::find_shop, texts::t, words};
use crate::Caller;

/// How many pictures are painted at a time: each takes a processor for a moment, and anybody may ask.
static EASELS: Semaphore = Semaphore::const_new(2);

/// How long somebody waits for one to be free.
const TURN: Duration = Duration::from_secs(10);

/// The pictures that this process has painted lately.
static GALLERY: Gallery = Gallery::new();

/// How many of them are kept: some megabytes.
const MOST_KEPT: usize = 128;

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

/// Painted pictures by what decides their pixels, so that none is ever out of date. Of too many the oldest goes first.
struct Gallery(Mutex<VecDeque<(Sha256, Bytes)>>);

impl Gallery {
    const fn new() -> Self {
        Self(Mutex::new(VecDeque::new()))
    }

    fn pictures(&self) -> MutexGuard<'_, VecDeque<(Sha256, Bytes)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn find(&self, shows: &Sha256) -> Option<Bytes> {
        self.pictures().iter().find(|(kept, _)| kept == shows).map(|(_, png)| png.clone())
    }

    fn keep(&self, shows: Sha256, png: Bytes) {
        let mut pictures = self.pictures();
        if pictures.iter().any(|(kept, _)| *kept == shows) {
            return;
        }
        if pictures.len() >= MOST_KEPT {
            pictures.pop_front();
        }
        pictures.push_back((shows, png));
    }
}

/// What the picture of a beat shows.
pub(super) fn of_beat(studio: &studio::Model, beat: &beat::Model, view: &BeatView) -> Card {
    Card {
        title: view.title.clone(),
        by: studio.name.clone(),
        facts: facts(beat, view),
        titles: Vec::new(),
        // What was sold is public no more, its files included.
        bars: if view.sold { Vec::new() } else { view.bars.clone() },
        colours: colours(studio.accent),
    }
}

/// Tempo, key and length as every picture has them, whichever language its page is read in: its address is passed on between people.
fn facts(beat: &beat::Model, view: &BeatView) -> Vec<String> {
    let tempo = beat.bpm_milli.map(|milli| format!("{} BPM", f64::from(milli) / 1_000.0));
    let length = Some(view.length_ms).filter(|length_ms| *length_ms > 0).map(words::length);
    [tempo, beat.musical_key.clone(), length].into_iter().flatten().collect()
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
    let (url, (width, height)) = (address(page, &shows(services, card)?), SIZE);
    Ok(Picture { url, width, height, alt: said.join(" · ") })
}

/// What decides how a picture looks.
fn shows(services: &Services, card: &Card) -> Result<Sha256, PageError> {
    services.contracts.card_sha256(card).map_err(|cause| PageError::broken(&cause))
}

/// What stands in the address of a picture: it changes with how that looks.
fn mark(shows: &Sha256) -> &str {
    &shows.as_str()[..MARK]
}

fn address(page: &str, shows: &Sha256) -> String {
    format!("{page}/card-{}.png", mark(shows))
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
    show(&caller.services, (page.as_str(), asked.as_str()), of_beat(&studio, &beat, &view)).await
}

/// The picture of a shop.
pub(super) async fn shop(caller: Caller, path: web::Path<(String, String)>) -> Result<HttpResponse, PageError> {
    let (studio, asked) = path.into_inner();
    let studio = find_shop(&caller.services, &studio).await?;
    let card = of_shop(&caller.services, &studio).await?;
    show(&caller.services, (caller.services.shop_url(&studio).as_str(), asked.as_str()), card).await
}

/// Shows a picture; under an older address it leads to the present one, for chats still ask for what a page once named.
async fn show(services: &Services, (page, asked): (&str, &str), card: Card) -> Result<HttpResponse, PageError> {
    let shows = shows(services, &card)?;
    if asked != mark(&shows) {
        return Ok(HttpResponse::Found()
            .insert_header((header::LOCATION, address(page, &shows)))
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .finish());
    }
    let png = match GALLERY.find(&shows) {
        Some(png) => png,
        None => paint(services, shows, card).await?,
    };
    Ok(HttpResponse::Ok()
        .content_type("image/png")
        .insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .body(png))
}

/// Paints a picture that is not kept, and keeps it.
async fn paint(services: &Services, shows: Sha256, card: Card) -> Result<Bytes, PageError> {
    let Ok(Ok(easel)) = tokio::time::timeout(TURN, EASELS.acquire()).await else { return Err(busy()) };
    let contracts = services.contracts.clone();
    let painting = tokio::task::spawn_blocking(move || -> Result<Bytes, PortError> {
        // Taken until the picture is done, even if nobody waits for it any more.
        let _easel = easel;
        // Whoever had the easel before may have painted the very same.
        if let Some(png) = GALLERY.find(&shows) {
            return Ok(png);
        }
        let png = contracts.card(&card)?;
        GALLERY.keep(shows, png.clone());
        Ok(png)
    });
    let painted = painting.await.map_err(|cause| PageError::broken(&cause))?;
    painted.map_err(|cause| PageError::broken(&cause))
}

/// What is said when there is no turn.
fn busy() -> PageError {
    PageError::saying(Kind::TooMany, "BUSY", t("card-busy")).advising(t("card-busy-remedy"))
}

#[cfg(test)]
mod tests {
    use sea_orm::Iterable;

    use super::*;

    #[test]
    fn a_gallery_keeps_the_newest_pictures_once_each() {
        let gallery = Gallery::new();
        let picture = |number: usize| (Sha256::of(&number.to_be_bytes()), Bytes::from(number.to_string()));
        assert_eq!(gallery.find(&picture(0).0), None);
        for number in (0..MOST_KEPT).chain([MOST_KEPT - 1]) {
            let (shows, png) = picture(number);
            gallery.keep(shows, png);
        }
        assert_eq!(gallery.find(&picture(0).0), Some(picture(0).1), "kept twice, one takes no other's place");
        let (shows, png) = picture(MOST_KEPT);
        gallery.keep(shows, png);
        assert_eq!(gallery.find(&picture(0).0), None);
        for number in 1..=MOST_KEPT {
            assert_eq!(gallery.find(&picture(number).0), Some(picture(number).1));
        }
    }

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
