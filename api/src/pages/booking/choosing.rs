//! The rooms of a studio, and what is free of one.

use actix_web::{HttpResponse, http::StatusCode, web};
use askama::Template;
use chrono::Days;
use domain::{
    booking::{
        entity::{equipment, room},
        queries::{self, Wanted},
    },
    identity::entity::studio,
    ids::EquipmentId,
    money::Money,
    services::Services,
    share::Share,
};

use super::{
    super::{
        chrome::{Chrome, render},
        errors::PageError,
        portfolio::shown_email,
        storefront::find_shop,
        texts::t,
        words,
    },
    slots::{Chosen, Fields, Grid, Length, grid},
    told,
};
use crate::Caller;

/// The minutes of an hour and of a day.
const HOUR: i32 = 60;
const DAY: i32 = 24 * HOUR;

/// A room among others.
struct RoomEntry {
    name: String,
    href: String,
    description: String,
    address: String,
    rates: Vec<String>,
}

#[derive(Template)]
#[template(path = "book.html")]
struct RoomsPage {
    chrome: Chrome,
    studio: String,
    /// Where it is written to; empty if it shows no address.
    email: String,
    shop: String,
    rooms: Vec<RoomEntry>,
}

/// A length to choose.
struct LengthChoice {
    word: String,
    name: String,
    is_chosen: bool,
}

/// A piece of equipment to choose.
struct PieceChoice {
    id: String,
    name: String,
    rates: String,
    is_chosen: bool,
}

/// The days that can be looked at, as their field has them.
struct DayField {
    value: String,
    first: String,
    last: String,
}

#[derive(Template)]
#[template(path = "book_room.html")]
struct RoomPage {
    chrome: Chrome,
    studio: String,
    /// Where it is written to; empty if it shows no address.
    email: String,
    rooms: String,
    action: String,
    name: String,
    description: String,
    address: String,
    zone: &'static str,
    rates: Vec<String>,
    hours: Vec<(String, String)>,
    /// What is paid ahead, and until when it is cancelled for nothing.
    rules: Vec<(String, String)>,
    /// Hours to choose, and whole days; both empty if clients do not book it.
    hourly: Vec<LengthChoice>,
    daily: Vec<LengthChoice>,
    equipment: Vec<PieceChoice>,
    from: DayField,
    /// For how long something is looked for.
    length: String,
    /// What is free; none if clients do not book it.
    grid: Option<Grid>,
}

/// Where the rooms of a studio are booked.
pub(in crate::pages) fn book_url(studio: &studio::Model) -> String {
    format!("/book/{}", studio.slug)
}

/// Where a room is booked.
pub(super) fn room_url(studio: &studio::Model, room: &room::Model) -> String {
    format!("{}/{}", book_url(studio), room.slug)
}

/// The room that an address names, if clients book it.
pub(super) async fn find_room(
    services: &Services,
    (studio, room): &(String, String),
) -> Result<(studio::Model, room::Model), PageError> {
    let studio = find_shop(services, studio).await?;
    let missing = || PageError::not_found().leading_to(book_url(&studio), t("book-see-rooms"));
    let room = queries::find_public_room(&services.db, studio.id, room).await?.ok_or_else(missing)?;
    Ok((studio, room))
}

fn rates(hour: Option<Money>, day: Option<Money>) -> Vec<String> {
    let hour = hour.map(|rate| t("book-rate-hour").with("amount", &words::amount(rate)).to_string());
    let day = day.map(|rate| t("book-rate-day").with("amount", &words::amount(rate)).to_string());
    hour.into_iter().chain(day).collect()
}

/// The rooms that clients book.
pub(super) async fn rooms(caller: Caller, slug: web::Path<String>) -> Result<HttpResponse, PageError> {
    let services = &caller.services;
    let studio = find_shop(services, &slug).await?;
    let rooms = queries::public_rooms(&services.db, studio.id).await?;
    let entry = |room: room::Model| RoomEntry {
        href: room_url(&studio, &room),
        rates: rates(room.hour_rate(), room.day_rate()),
        name: room.name,
        description: room.description,
        address: room.address.unwrap_or_default(),
    };
    let about = t("book-about").with("studio", &studio.name).to_string();
    let page = RoomsPage {
        chrome: Chrome::public(t("book-title").with("studio", &studio.name), about).of_shop(services, &studio, 0),
        email: shown_email(services, &studio).await?,
        shop: services.shop_url(&studio),
        rooms: rooms.into_iter().map(entry).collect(),
        studio: studio.name,
    };
    render(StatusCode::OK, &page)
}

/// A room, and what is free of it.
pub(super) async fn room(
    caller: Caller,
    path: web::Path<(String, String)>,
    fields: web::Query<Fields>,
) -> Result<HttpResponse, PageError> {
    let services = &caller.services;
    let (studio, room) = find_room(services, &path).await?;
    let lengths = Length::all(&room);
    let chosen = Chosen::read(&fields, &lengths);
    let pieces = queries::public_equipment(&services.db, &room).await?;
    let action = room_url(&studio, &room);
    let grid = match &chosen {
        Some(chosen) => {
            let along = along(chosen, &pieces);
            let wanted = Wanted { room: &room, equipment: &along, moving: None };
            let slot = |at: &str| chosen.address(&format!("{action}/slot"), ("at", at));
            let page = |from: &str| chosen.address(&action, ("from", from));
            Some(grid(services, wanted, (chosen.length, chosen.from), &slot, &page).await?)
        }
        None => None,
    };
    let email = shown_email(services, &studio).await?;
    let page = view(services, (&studio, &room), (&lengths, chosen.as_ref()), pieces, grid);
    render(StatusCode::OK, &RoomPage { email, ..page })
}

/// What of the equipment that clients book is chosen.
pub(super) fn along(chosen: &Chosen, pieces: &[equipment::Model]) -> Vec<EquipmentId> {
    pieces.iter().map(|piece| piece.id).filter(|piece| chosen.equipment.contains(piece)).collect()
}

fn view(
    services: &Services,
    (studio, room): (&studio::Model, &room::Model),
    (lengths, chosen): (&[Length], Option<&Chosen>),
    pieces: Vec<equipment::Model>,
    grid: Option<Grid>,
) -> RoomPage {
    let choice = |length: &Length| LengthChoice {
        word: length.word(),
        name: length.name(),
        is_chosen: chosen.is_some_and(|chosen| chosen.length == *length),
    };
    let is_hourly = |length: &&Length| matches!(length, Length::Minutes(_));
    let piece = |piece: equipment::Model| PieceChoice {
        is_chosen: chosen.is_some_and(|chosen| chosen.equipment.contains(&piece.id)),
        id: piece.id.to_string(),
        rates: rates(piece.hour_rate(), piece.day_rate()).join(", "),
        name: piece.name,
    };
    let today = room.time_zone.day(services.env.now());
    let last = today + Days::new(u64::from(room.horizon_days.unsigned_abs()));
    let from = chosen.and_then(|chosen| chosen.from).unwrap_or(today).clamp(today, last);
    RoomPage {
        chrome: Chrome::public(
            format!("{} · {}", room.name, studio.name),
            t("book-room-about").with("room", &room.name).with("studio", &studio.name),
        )
        .of_shop(services, studio, 0)
        .with_island("zones"),
        studio: studio.name.clone(),
        email: String::new(),
        rooms: book_url(studio),
        action: room_url(studio, room),
        name: room.name.clone(),
        description: room.description.clone(),
        address: room.address.clone().unwrap_or_default(),
        zone: room.time_zone.name(),
        rates: rates(room.hour_rate(), room.day_rate()),
        hours: hours(room),
        rules: rules(room),
        hourly: lengths.iter().filter(is_hourly).map(choice).collect(),
        daily: lengths.iter().filter(|length| !is_hourly(length)).map(choice).collect(),
        equipment: pieces.into_iter().map(piece).collect(),
        from: DayField { value: from.to_string(), first: today.to_string(), last: last.to_string() },
        length: chosen.map_or_else(String::new, |chosen| chosen.length.name()),
        grid,
    }
}

/// The rules of a room that whoever books it should know before they choose.
fn rules(room: &room::Model) -> Vec<(String, String)> {
    let (free, deposit, kept) = (room.free_cancel_hours, room.deposit_share, words::percent(room.kept_share));
    let cancelling = match (free, deposit == Share::ZERO) {
        (_, true) => t("book-cancelling-free").to_string(),
        (0, false) => t("book-cancelling-kept").with("share", &kept).to_string(),
        (_, false) => t("book-cancelling-until")
            .with("length", &told::length(i64::from(free) * i64::from(HOUR)))
            .with("share", &kept)
            .to_string(),
    };
    let ahead = if deposit == Share::ZERO {
        t("book-ahead-none").to_string()
    } else {
        t("book-ahead-share").with("share", &words::percent(deposit)).to_string()
    };
    vec![(t("book-ahead").into(), ahead), (t("book-cancelling").into(), cancelling)]
}

/// The weekly hours of a room: each weekday on which it opens.
fn hours(room: &room::Model) -> Vec<(String, String)> {
    let clock = |minute: i32| format!("{:02}:{:02}", minute % DAY / HOUR, minute % HOUR);
    let of_day = |number: i32| {
        let spans = room.hours.0.iter().filter(|opening| opening.weekday == number);
        let spans: Vec<String> = spans
            .map(|opening| match (opening.span.opens_minute, opening.span.closes_minute) {
                (0, DAY) => t("book-all-day").to_string(),
                (opens, closes) => format!("{}–{}", clock(opens), clock(closes)),
            })
            .collect();
        (!spans.is_empty()).then(|| (told::weekday(number.into()), spans.join(", ")))
    };
    (1..=7).filter_map(of_day).collect()
}
