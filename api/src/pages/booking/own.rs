//! The page of a booking, for whoever holds its link: how it stands, what it costs, and what can be done.

use actix_web::{
    HttpResponse, ResponseError,
    http::{StatusCode, header},
    web,
};
use askama::Template;
use domain::{
    booking::{
        calendar::{self, FileFor},
        commands,
        entity::{BookingKind, BookingState, booking},
        queries::{self, Seen},
    },
    ids::BookingId,
    money::Money,
    report::Kind,
    sales::Settled,
    services::Services,
};

use super::{
    super::{
        cart::allow_paying,
        chrome::{Chrome, render, see_other},
        errors::{PageError, sentences},
        orders::keep_to_itself,
        texts::t,
        wording::Wording,
        words,
    },
    choosing::book_url,
    told,
};
use crate::{Caller, rest::stored::attachment};

/// How often a page that waits loads itself again, in seconds.
const RELOAD_S: u32 = 5;

#[derive(Template)]
#[template(path = "booking.html")]
struct BookingPage {
    chrome: Chrome,
    state: &'static str,
    heading: String,
    said: String,
    when: String,
    /// When it begins, as programs read it; empty of whole days.
    starts: String,
    zone: &'static str,
    room: String,
    address: String,
    equipment: Vec<String>,
    price: String,
    /// What is paid ahead; empty if nothing is.
    deposit: String,
    /// What is left to pay of all; empty if nothing is paid ahead, or the booking is over.
    rest: String,
    /// How it is cancelled; empty if it is over.
    terms: String,
    /// Where it is paid, confirmed, called off, moved, and taken into a calendar; empty if that cannot be done.
    pay: String,
    confirm: String,
    cancel: String,
    moving: String,
    calendar: String,
    /// Where other times are; empty if the studio is closed.
    book: String,
    problem: Wording,
}

/// The booking that a token opens.
pub(super) async fn open(services: &Services, token: &str) -> Result<Seen, PageError> {
    Ok(queries::find_by_link(&services.db, &services.links, token, services.env.now()).await?)
}

/// When a booking is, by the clocks of its room.
pub(super) fn when(seen: &Seen) -> String {
    let booking = &seen.booking;
    told::when(seen.room.time_zone, booking.kind, booking.starts_at, booking.ends_at)
}

/// Shows a booking. One that waits for its deposit is settled on the way: its client may be back before the gateway's event is here.
pub(super) async fn show(caller: Caller, token: web::Path<String>) -> Result<HttpResponse, PageError> {
    let services = &caller.services;
    let mut seen = open(services, &token).await?;
    let mut settled = None;
    if seen.booking.state == BookingState::Held && seen.booking.deposit_minor > 0 {
        match commands::settle_deposit(services, seen.booking.id).await {
            Ok(came_to) => (settled, seen) = (came_to, open(services, &token).await?),
            // The page shows what is known; the order's own job asks again.
            Err(error) => {
                let causes = crate::errors::chain(&error);
                tracing::warn!(booking = %seen.booking.id, causes, "a deposit could not be settled by its page");
            }
        }
    }
    page(services, &seen, &token, settled, None).await
}

/// Whether the client has paid by a way that takes its time.
const fn is_under_way(settled: Option<Settled>) -> bool {
    matches!(settled, Some(Settled::Processing | Settled::Capturing | Settled::Queued))
}

/// Where a booking is paid, confirmed, called off and moved; empty what cannot be done now.
struct Open {
    pay: String,
    confirm: String,
    cancel: String,
    moving: String,
}

impl Open {
    fn of(services: &Services, booking: &booking::Model, token: &str, settled: Option<Settled>) -> Self {
        let now = services.env.now();
        let address = |can: bool, act: &str| if can { format!("/bookings/{token}/{act}") } else { String::new() };
        let is_held = booking.state == BookingState::Held && booking.held_until.is_some_and(|until| now < until);
        let is_open = !is_under_way(settled);
        Self {
            pay: address(is_held && booking.deposit_minor > 0 && is_open, "pay"),
            confirm: address(is_held && booking.deposit_minor == 0, "confirm"),
            cancel: address(booking.stands() && now < booking.starts_at && is_open, "cancel"),
            moving: address(commands::may_move(booking, now).is_ok(), "move"),
        }
    }
}

async fn page(
    services: &Services,
    seen: &Seen,
    token: &str,
    settled: Option<Settled>,
    problem: Option<&PageError>,
) -> Result<HttpResponse, PageError> {
    let Seen { booking, room, studio, .. } = seen;
    let open = Open::of(services, booking, token, settled);
    let (state, heading, said) = describe(seen, &open, settled);
    let waits = !open.pay.is_empty() && settled.is_some() && problem.is_none();
    let mut chrome = Chrome::private(format!("{} · {}", room.name, studio.name))
        .of_studio(services, studio)
        .await?
        .with_island("keep")
        .with_island("zones");
    chrome.reload_s = waits.then_some(RELOAD_S);
    let (price, deposit) = (booking.price(), booking.deposit());
    let (has_deposit, is_confirmed) = (deposit.minor > 0, booking.state == BookingState::Confirmed);
    // While it is held, its deposit is still to be paid as well.
    let paid_minor = if is_confirmed { deposit.minor } else { 0 };
    let rest = Money::new(price.minor - paid_minor, price.currency);
    let deadline = (booking.free_until, booking.kept_share);
    let terms = told::cancelling(room.time_zone, deposit, deadline, services.env.now());
    let book = if chrome.shop.is_some() { book_url(studio) } else { String::new() };
    let page = BookingPage {
        chrome,
        state,
        heading,
        said,
        when: when(seen),
        starts: if booking.kind == BookingKind::Session { booking.starts_at.to_rfc3339() } else { String::new() },
        zone: room.time_zone.name(),
        room: room.name.clone(),
        address: room.address.clone().unwrap_or_default(),
        equipment: seen.equipment.iter().map(|piece| piece.name.clone()).collect(),
        price: words::price(price),
        deposit: if has_deposit { words::amount(deposit) } else { String::new() },
        rest: if has_deposit && state != "closed" { words::amount(rest) } else { String::new() },
        terms: if open.cancel.is_empty() { String::new() } else { terms },
        calendar: if is_confirmed { format!("/bookings/{token}/booking.ics") } else { String::new() },
        pay: open.pay,
        confirm: open.confirm,
        cancel: open.cancel,
        moving: open.moving,
        book,
        problem: problem.map(sentences).unwrap_or_default(),
    };
    let mut response = render(problem.map_or(StatusCode::OK, ResponseError::status_code), &page)?;
    allow_paying(&mut response);
    keep_to_itself(&mut response);
    Ok(response)
}

/// How a booking stands: a word for its looks, a heading, and a sentence.
fn describe(seen: &Seen, open: &Open, settled: Option<Settled>) -> (&'static str, String, String) {
    let Seen { booking, room, studio, .. } = seen;
    let until = booking.held_until.map_or_else(String::new, |until| told::moment(room.time_zone, until));
    let kept_until = || t("booking-kept-until").with("until", &until).to_string();
    let kept = || told::kept(booking.kept_minor, booking.deposit());
    let (state, heading, said): (_, _, String) = match booking.state {
        BookingState::Held if !open.pay.is_empty() && settled.is_some() => {
            ("waiting", "booking-waiting", t("booking-waiting-said").with("until", &until).into())
        }
        BookingState::Held if !open.pay.is_empty() => ("waiting", "booking-pay-deposit", kept_until()),
        BookingState::Held if !open.confirm.is_empty() => ("waiting", "booking-confirm-yours", kept_until()),
        BookingState::Held if is_under_way(settled) => {
            ("waiting", "booking-on-its-way", t("booking-on-its-way-said").into())
        }
        BookingState::Held | BookingState::Lapsed => ("closed", "booking-lapsed", t("booking-lapsed-said").into()),
        BookingState::Confirmed if booking.kind == BookingKind::Block => ("ready", "booking-blocked", String::new()),
        BookingState::Confirmed => {
            ("ready", "booking-confirmed", t("booking-confirmed-said").with("studio", &studio.name).into())
        }
        BookingState::Cancelled => ("closed", "booking-cancelled", kept()),
        BookingState::NoShow => ("closed", "booking-missed", kept()),
    };
    (state, t(heading).into(), said)
}

/// Shows how a booking stands after something was refused, or says so if it is another sort of refusal.
async fn refused(services: &Services, token: &str, problem: PageError) -> Result<HttpResponse, PageError> {
    if matches!(problem.report().kind, Kind::Invalid | Kind::Conflict) {
        let seen = open(services, token).await?;
        page(services, &seen, token, None, Some(&problem)).await
    } else {
        Err(problem.leading_to(format!("/bookings/{token}"), t("booking-back")))
    }
}

/// Leads to where the deposit is paid.
pub(super) async fn pay(caller: Caller, token: web::Path<String>) -> Result<HttpResponse, PageError> {
    let services = &caller.services;
    let seen = open(services, &token).await?;
    match commands::open_deposit(services, &caller.ctx, seen.booking.id).await {
        Ok(Some(url)) => Ok(see_other(&url)),
        Ok(None) => Ok(see_other(&format!("/bookings/{token}"))),
        Err(error) => refused(services, &token, error.into()).await,
    }
}

/// Confirms a booking that asks no deposit. Looking at the page confirms nothing, for mail programs look at links by themselves.
pub(super) async fn confirm(caller: Caller, token: web::Path<String>) -> Result<HttpResponse, PageError> {
    let services = &caller.services;
    let seen = open(services, &token).await?;
    match confirm_booking(&caller, seen.booking.id).await {
        Ok(()) => Ok(see_other(&format!("/bookings/{token}"))),
        Err(problem) => refused(services, &token, problem).await,
    }
}

async fn confirm_booking(caller: &Caller, id: BookingId) -> Result<(), PageError> {
    let tx = caller.services.begin().await?;
    commands::confirm_as_client(&tx, &caller.ctx, id).await?;
    Ok(caller.services.commit(tx).await?)
}

/// The booking as a file that any calendar takes in.
pub(super) async fn calendar_file(caller: Caller, token: web::Path<String>) -> Result<HttpResponse, PageError> {
    let seen = open(&caller.services, &token).await?;
    let name = format!("{} · {}", seen.room.name, seen.studio.name);
    let file = calendar::file(&caller.services, &name, std::slice::from_ref(&seen), FileFor::Client)?;
    let mut response = HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/calendar; charset=utf-8"))
        .insert_header(attachment(&file.file_name))
        .body(file.text);
    keep_to_itself(&mut response);
    Ok(response)
}
