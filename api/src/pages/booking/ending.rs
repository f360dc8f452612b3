//! Calling a booking off by its link: what is kept is told before anything is decided.

use actix_web::{HttpResponse, ResponseError, http::StatusCode, web};
use askama::Template;
use domain::{
    booking::{commands, queries::Seen},
    report::Kind,
    services::Services,
};

use super::{
    super::{
        agreed::read_seen,
        chrome::{Chrome, render, see_other},
        errors::{PageError, sentences},
        orders::keep_to_itself,
        texts::t,
        wording::Wording,
        words,
    },
    own::{open, when},
};
use crate::Caller;

/// What is sent.
#[derive(Debug, Clone, Default, serde::Deserialize)]
#[serde(default)]
pub(super) struct CancelForm {
    seen_minor: i64,
    seen_currency: String,
    note: String,
}

#[derive(Template)]
#[template(path = "booking_cancel.html")]
struct CancelPage {
    chrome: Chrome,
    back: String,
    room: String,
    when: String,
    said: String,
    action: String,
    seen_minor: i64,
    seen_currency: &'static str,
    note: String,
    problem: Wording,
}

/// Asks whether a booking is to be called off.
pub(super) async fn ask(caller: Caller, token: web::Path<String>) -> Result<HttpResponse, PageError> {
    let seen = open(&caller.services, &token).await?;
    if !seen.booking.stands() {
        return Ok(see_other(&format!("/bookings/{token}")));
    }
    page(&caller.services, &seen, &token, String::new(), None).await
}

async fn page(
    services: &Services,
    seen: &Seen,
    token: &str,
    note: String,
    problem: Option<&PageError>,
) -> Result<HttpResponse, PageError> {
    let Seen { booking, room, studio, .. } = seen;
    let (kept, deposit) = (commands::kept_now(services, booking).await?, booking.deposit());
    let said = match (kept.minor, deposit.minor) {
        (_, 0) => t("book-kept-none").to_string(),
        (0, _) => t("booking-cancel-none-kept").to_string(),
        (minor, of) if minor >= of => t("booking-cancel-all-kept").with("deposit", &words::amount(deposit)).to_string(),
        _ => t("booking-cancel-part-kept")
            .with("kept", &words::amount(kept))
            .with("deposit", &words::amount(deposit))
            .to_string(),
    };
    let chrome = Chrome::private(t("booking-cancel-title").with("room", &room.name).with("studio", &studio.name));
    let view = CancelPage {
        chrome: chrome.of_studio(services, studio).await?,
        back: format!("/bookings/{token}"),
        room: room.name.clone(),
        when: when(seen),
        said,
        action: format!("/bookings/{token}/cancel"),
        seen_minor: kept.minor,
        seen_currency: kept.currency.code(),
        note,
        problem: problem.map(sentences).unwrap_or_default(),
    };
    let mut response = render(problem.map_or(StatusCode::OK, ResponseError::status_code), &view)?;
    keep_to_itself(&mut response);
    Ok(response)
}

/// Calls it off, if no more is kept than the client has read.
pub(super) async fn cancel(
    caller: Caller,
    token: web::Path<String>,
    form: web::Form<CancelForm>,
) -> Result<HttpResponse, PageError> {
    let (services, form) = (&caller.services, form.into_inner());
    let back = format!("/bookings/{token}");
    let seen = open(services, &token).await?;
    let told = read_seen(form.seen_minor, &form.seen_currency)?;
    match commands::cancel_as_client(services, &caller.ctx, seen.booking.id, told, &form.note).await {
        Ok(_) => Ok(see_other(&back)),
        Err(error) => {
            let problem = PageError::from(error);
            let seen = open(services, &token).await?;
            match problem.report().kind {
                Kind::Invalid | Kind::Conflict if seen.booking.stands() => {
                    page(services, &seen, &token, form.note, Some(&problem)).await
                }
                // Somebody else has ended it meanwhile.
                Kind::Conflict => Ok(see_other(&back)),
                _ => Err(problem.leading_to(back, t("booking-back"))),
            }
        }
    }
}
