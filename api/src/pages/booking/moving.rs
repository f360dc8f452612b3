//! Moving a session by its link to another start of the same length, as long as it could be cancelled for nothing.

use actix_web::{HttpResponse, ResponseError, http::StatusCode, web};
use askama::Template;
use chrono::{NaiveDate, SecondsFormat};
use domain::{
    booking::{
        commands,
        queries::{Seen, Wanted},
    },
    env::Instant,
    ids::EquipmentId,
    report::Kind,
    services::Services,
};

use super::{
    super::{
        chrome::{Chrome, render, see_other},
        errors::{PageError, sentences},
        orders::keep_to_itself,
        portfolio::shown_email,
        texts::t,
        wording::Wording,
    },
    own::{open, when},
    slots::{Grid, Length, grid, read_instant},
    told,
};
use crate::Caller;

/// What is chosen: a day to look from, or a start.
#[derive(Debug, Clone, Default, serde::Deserialize)]
#[serde(default)]
pub(super) struct MoveForm {
    from: String,
    at: String,
}

#[derive(Template)]
#[template(path = "booking_move.html")]
struct MovePage {
    chrome: Chrome,
    back: String,
    studio: String,
    /// Where it is written to; empty if it shows no address.
    email: String,
    room: String,
    zone: &'static str,
    when: String,
    action: String,
    /// When it would be; empty if nothing is chosen yet.
    new: String,
    at: String,
    /// What is free; none once something is chosen.
    grid: Option<Grid>,
    problem: Wording,
}

/// Shows what else is free, or asks whether a start that was chosen is to be the new one.
pub(super) async fn ask(
    caller: Caller,
    token: web::Path<String>,
    form: web::Query<MoveForm>,
) -> Result<HttpResponse, PageError> {
    let services = &caller.services;
    let seen = open(services, &token).await?;
    let back = format!("/bookings/{token}");
    let refused = |error: domain::booking::BookingError| PageError::from(error).leading_to(back, t("booking-back"));
    commands::may_move(&seen.booking, services.env.now()).map_err(refused)?;
    match read_instant(&form.at) {
        Some(at) => confirm(services, &seen, &token, at).await,
        None => choose(services, &seen, &token, form.from.parse().ok(), None).await,
    }
}

async fn view(services: &Services, seen: &Seen, token: &str) -> Result<MovePage, PageError> {
    let Seen { room, studio, .. } = seen;
    let title = t("booking-move-title").with("room", &room.name).with("studio", &studio.name);
    let chrome = Chrome::private(title).of_studio(services, studio).await?;
    Ok(MovePage {
        chrome: chrome.with_island("zones"),
        back: format!("/bookings/{token}"),
        studio: studio.name.clone(),
        email: String::new(),
        room: room.name.clone(),
        zone: room.time_zone.name(),
        when: when(seen),
        action: format!("/bookings/{token}/move"),
        new: String::new(),
        at: String::new(),
        grid: None,
        problem: Wording::default(),
    })
}

/// Shows what is free for the booking's length.
async fn choose(
    services: &Services,
    seen: &Seen,
    token: &str,
    from: Option<NaiveDate>,
    problem: Option<&PageError>,
) -> Result<HttpResponse, PageError> {
    let Seen { booking, room, equipment, studio, .. } = seen;
    let along: Vec<EquipmentId> = equipment.iter().map(|piece| piece.id).collect();
    let wanted = Wanted { room, equipment: &along, moving: Some(booking.id) };
    let length = Length::Minutes((booking.ends_at - booking.starts_at).num_minutes());
    let from = from.unwrap_or_else(|| room.time_zone.day(booking.starts_at));
    let slot = |at: &str| format!("/bookings/{token}/move?at={at}");
    let page = |from: &str| format!("/bookings/{token}/move?from={from}");
    let grid = grid(services, wanted, (length, Some(from)), &slot, &page).await?;
    let page = MovePage {
        grid: Some(grid),
        email: shown_email(services, studio).await?,
        problem: problem.map(sentences).unwrap_or_default(),
        ..view(services, seen, token).await?
    };
    let mut response = render(problem.map_or(StatusCode::OK, ResponseError::status_code), &page)?;
    keep_to_itself(&mut response);
    Ok(response)
}

/// Asks whether a start is to be the new one.
async fn confirm(services: &Services, seen: &Seen, token: &str, at: Instant) -> Result<HttpResponse, PageError> {
    let booking = &seen.booking;
    let ends_at = at.checked_add_signed(booking.ends_at - booking.starts_at).ok_or_else(PageError::bad_form)?;
    let page = MovePage {
        new: told::when(seen.room.time_zone, booking.kind, at, ends_at),
        at: at.to_rfc3339_opts(SecondsFormat::Secs, true),
        ..view(services, seen, token).await?
    };
    let mut response = render(StatusCode::OK, &page)?;
    keep_to_itself(&mut response);
    Ok(response)
}

/// Moves it.
pub(super) async fn go(
    caller: Caller,
    token: web::Path<String>,
    form: web::Form<MoveForm>,
) -> Result<HttpResponse, PageError> {
    let services = &caller.services;
    let seen = open(services, &token).await?;
    let at = read_instant(&form.at).ok_or_else(PageError::bad_form)?;
    match move_booking(&caller, &seen, at).await {
        Ok(()) => Ok(see_other(&format!("/bookings/{token}"))),
        Err(problem) => {
            let (seen, back) = (open(services, &token).await?, format!("/bookings/{token}"));
            let may_still = commands::may_move(&seen.booking, services.env.now()).is_ok();
            if may_still && matches!(problem.report().kind, Kind::Invalid | Kind::Conflict) {
                let day = seen.room.time_zone.day(at);
                choose(services, &seen, &token, Some(day), Some(&problem)).await
            } else {
                Err(problem.leading_to(back, t("booking-back")))
            }
        }
    }
}

async fn move_booking(caller: &Caller, seen: &Seen, at: Instant) -> Result<(), PageError> {
    let tx = caller.services.begin().await?;
    commands::move_as_client(&tx, &caller.ctx, seen.booking.id, at).await?;
    Ok(caller.services.commit(tx).await?)
}
