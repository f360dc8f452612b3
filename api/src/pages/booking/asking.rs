//! A slot with its price and its terms, and the form that keeps it.

use actix_web::{HttpResponse, ResponseError, http::StatusCode, web};
use askama::Template;
use domain::{
    booking::{
        BookingError,
        commands::{self, HoldSlot, NewLength},
        entity::{BookingKind, booking, equipment, room},
        queries::{self, Quote, booking_url},
    },
    identity::entity::studio,
    money::Money,
    report::Kind,
    services::Services,
};

use super::{
    super::{
        agreed::read_seen,
        cart::allow_paying,
        chrome::{Chrome, render, see_other},
        errors::{PageError, sentences},
        texts::t,
        wording::Wording,
        words,
    },
    choosing::{along, find_room, room_url},
    slots::{Chosen, Fields, Length, field},
    told,
};
use crate::Caller;

/// What a client types.
#[derive(Debug, Clone, Default)]
struct Typed {
    name: String,
    email: String,
    notes: String,
}

#[derive(Template)]
#[template(path = "book_slot.html")]
struct SlotPage {
    chrome: Chrome,
    /// Where the other times are.
    back: String,
    room: String,
    when: String,
    /// When it begins, as programs read it; empty of whole days.
    starts: String,
    address: String,
    zone: &'static str,
    /// The room and each piece of equipment, with what they cost.
    parts: Vec<(String, String)>,
    price: String,
    /// What is paid ahead; empty if nothing is.
    deposit: String,
    terms: String,
    hold_minutes: i32,
    action: String,
    length: String,
    at: String,
    equipment: Vec<String>,
    seen_minor: i64,
    seen_currency: &'static str,
    form: Typed,
    problem: Wording,
    problem_field: &'static str,
}

#[derive(Template)]
#[template(path = "book_asked.html")]
struct AskedPage {
    chrome: Chrome,
    room: String,
    when: String,
    email: String,
    until: String,
    back: String,
}

/// A slot as it is chosen.
struct Subject {
    studio: studio::Model,
    room: room::Model,
    chosen: Chosen,
    time: NewLength,
    /// What is booked along, of what clients book.
    pieces: Vec<equipment::Model>,
}

impl Subject {
    async fn read(services: &Services, path: &(String, String), fields: &Fields) -> Result<Self, PageError> {
        let (studio, room) = find_room(services, path).await?;
        let missing = || PageError::not_found().leading_to(room_url(&studio, &room), t("book-see-free"));
        let chosen = Chosen::read(fields, &Length::all(&room)).ok_or_else(missing)?;
        let time = chosen.time().ok_or_else(missing)?;
        let mut pieces = queries::public_equipment(&services.db, &room).await?;
        let along = along(&chosen, &pieces);
        pieces.retain(|piece| along.contains(&piece.id));
        Ok(Self { studio, room, chosen, time, pieces })
    }

    /// Where the other times of about that day are.
    fn back(&self) -> String {
        let day = self.chosen.day(&self.room).map_or_else(String::new, |day| day.to_string());
        self.chosen.address(&room_url(&self.studio, &self.room), ("from", &day))
    }

    fn when(&self, quote: &Quote) -> String {
        let kind = match self.chosen.length {
            Length::Minutes(_) => BookingKind::Session,
            Length::Days(_) => BookingKind::Lockout,
        };
        told::when(self.room.time_zone, kind, quote.slot.starts_at, quote.slot.ends_at)
    }

    fn page(&self, services: &Services, form: Typed, problem: Option<&PageError>) -> Result<HttpResponse, PageError> {
        let Self { studio, room, chosen, .. } = self;
        let refused =
            |error: BookingError| PageError::from(error).leading_to(room_url(studio, room), t("book-see-free"));
        let quote = queries::quote(room, &self.pieces, self.time).map_err(refused)?;
        let of_pieces: i64 = quote.pieces.iter().map(|price| price.minor).sum();
        let of_room = Money::new(quote.price.minor - of_pieces, quote.price.currency);
        let pieces = self.pieces.iter().zip(&quote.pieces);
        let parts = pieces.map(|(piece, price)| (piece.name.clone(), words::price(*price)));
        let deadline = (quote.free_until, room.kept_share);
        let page = SlotPage {
            chrome: Chrome::private(t("slot-title").with("room", &room.name).with("studio", &studio.name))
                .of_shop(services, studio, 0)
                .with_island("keep")
                .with_island("zones"),
            back: self.back(),
            when: self.when(&quote),
            starts: match chosen.length {
                Length::Minutes(_) => quote.slot.starts_at.to_rfc3339(),
                Length::Days(_) => String::new(),
            },
            parts: std::iter::once((room.name.clone(), words::price(of_room))).chain(parts).collect(),
            room: room.name.clone(),
            address: room.address.clone().unwrap_or_default(),
            zone: room.time_zone.name(),
            price: words::price(quote.price),
            deposit: if quote.deposit.minor == 0 { String::new() } else { words::amount(quote.deposit) },
            terms: told::cancelling(room.time_zone, quote.deposit, deadline, services.env.now()),
            hold_minutes: room.hold_minutes,
            action: format!("{}/slot", room_url(studio, room)),
            length: chosen.length.word(),
            at: chosen.at.clone(),
            equipment: self.pieces.iter().map(|piece| piece.id.to_string()).collect(),
            seen_minor: quote.price.minor,
            seen_currency: quote.price.currency.code(),
            form,
            problem: problem.map(sentences).unwrap_or_default(),
            problem_field: match problem.and_then(|problem| problem.report().field.as_deref()) {
                Some("name") => "name",
                Some("email") => "email",
                Some("notes") => "notes",
                _ => "",
            },
        };
        let mut response = render(problem.map_or(StatusCode::OK, ResponseError::status_code), &page)?;
        allow_paying(&mut response);
        Ok(response)
    }
}

/// Shows a slot, and asks who wants it.
pub(super) async fn show(
    caller: Caller,
    path: web::Path<(String, String)>,
    fields: web::Query<Fields>,
) -> Result<HttpResponse, PageError> {
    Subject::read(&caller.services, &path, &fields).await?.page(&caller.services, Typed::default(), None)
}

/// Keeps a slot for a client, and leads to where its deposit is paid; where none is asked, the mailed link confirms it.
pub(super) async fn hold(
    caller: Caller,
    path: web::Path<(String, String)>,
    fields: web::Form<Fields>,
) -> Result<HttpResponse, PageError> {
    let services = &caller.services;
    let subject = Subject::read(services, &path, &fields).await?;
    let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let typed = |name| field(&fields, name).to_owned();
    let form = Typed { name: typed("name"), email: typed("email"), notes: typed("notes") };
    let seen_minor = field(&fields, "seen_minor").parse().map_err(|_| PageError::bad_form())?;
    let request = HoldSlot {
        room: subject.room.id,
        time: subject.time,
        name: form.name.clone(),
        email: form.email.clone(),
        notes: form.notes.clone(),
        // Of a piece that clients do not book any more the command says so.
        equipment: subject.chosen.equipment.clone(),
        seen: read_seen(seen_minor, field(&fields, "seen_currency"))?,
        ip: some(&caller.ip),
        user_agent: some(&caller.user_agent),
    };
    match commands::hold_slot(services, &caller.ctx, subject.studio.id, &request).await {
        Ok(booking) if booking.deposit_minor > 0 => pay(&caller, &booking).await,
        Ok(booking) => asked(services, &subject, &booking),
        Err(error) => {
            let problem = PageError::from(error);
            match problem.report().kind {
                Kind::Invalid | Kind::Conflict | Kind::TooMany => subject.page(services, form, Some(&problem)),
                _ => Err(problem.leading_to(subject.back(), t("slot-see-other-times"))),
            }
        }
    }
}

/// Leads to where the deposit is paid.
async fn pay(caller: &Caller, booking: &booking::Model) -> Result<HttpResponse, PageError> {
    let own = booking_url(&caller.services, booking.id);
    let opened = commands::open_deposit(&caller.services, &caller.ctx, booking.id).await;
    // The time is kept; its page opens the payment again.
    let url =
        opened.map_err(|error| PageError::from(error).leading_to(own.clone(), t("slot-pay-again")))?.unwrap_or(own);
    Ok(see_other(&url))
}

/// Tells that the mailed link confirms it. It is not shown, for it proves the address.
fn asked(services: &Services, subject: &Subject, booking: &booking::Model) -> Result<HttpResponse, PageError> {
    let (zone, room) = (subject.room.time_zone, &subject.room);
    let page = AskedPage {
        chrome: Chrome::private(t("slot-title").with("room", &room.name).with("studio", &subject.studio.name))
            .of_shop(services, &subject.studio, 0)
            .with_island("keep"),
        room: room.name.clone(),
        when: told::when(zone, booking.kind, booking.starts_at, booking.ends_at),
        email: booking.client_email.as_ref().map_or_else(String::new, ToString::to_string),
        until: booking.held_until.map_or_else(String::new, |until| told::moment(zone, until)),
        back: room_url(&subject.studio, room),
    };
    render(StatusCode::OK, &page)
}
