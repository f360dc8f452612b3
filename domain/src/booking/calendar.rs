//! Bookings as calendars have them: feeds that are subscribed to, invitations in mails, and files that are taken in by hand.
//!
//! A booking is one event for ever, known by its id; a later version of it has a higher sequence. Times are instants, so that each calendar shows its own.

use interchange::{
    fault::Fault,
    ical::{self, Answer, Attendee, Event, Feed, Method, Person, Status},
};

use super::{
    BookingError,
    entity::{BookingKind, BookingState, booking, room},
    queries::{FeedView, Seen, booking_url, bookings_of_feed},
    rules::Zone,
};
use crate::{email::EmailAddress, ports::MailCalendar, services::Services};

/// How often a calendar asks for a feed again, in minutes.
const REFRESH_MINUTES: u32 = 15;

/// What calendars call what nobody is named of.
const fn taken(booking: &booking::Model) -> &'static str {
    match (booking.kind, booking.state) {
        (BookingKind::Block, _) => "Blocked",
        (_, BookingState::Held) => "Held",
        _ => "Booked",
    }
}

/// What an event is known by everywhere: the booking at the platform's address.
fn uid(services: &Services, booking: &booking::Model) -> String {
    let host = url::Url::parse(services.platform_url()).ok().and_then(|url| url.host_str().map(str::to_owned));
    format!("{}@{}", booking.id, host.as_deref().unwrap_or("localhost"))
}

/// A booking as an event that says who has booked nowhere.
fn event(services: &Services, booking: &booking::Model, room: Option<&room::Model>, summary: String) -> Event {
    let place = room.map(|room| match &room.address {
        Some(address) => format!("{}, {address}", room.name),
        None => room.name.clone(),
    });
    Event {
        uid: uid(services, booking),
        sequence: u32::try_from(booking.sequence).unwrap_or_default(),
        stamp: booking.updated_at,
        start: booking.starts_at,
        end: booking.ends_at,
        // What happens once is written in universal time, whatever the zone.
        zone: room.map_or(Zone::UTC, |room| room.time_zone).tz(),
        summary,
        description: None,
        location: place,
        url: None,
        status: match booking.state {
            BookingState::Held => Status::Tentative,
            BookingState::Confirmed | BookingState::NoShow => Status::Confirmed,
            BookingState::Cancelled | BookingState::Lapsed => Status::Cancelled,
        },
        organizer: None,
        attendees: Vec::new(),
        recurrence: None,
        except: Vec::new(),
        instance_of: None,
    }
}

/// A booking as its client's calendar shows it.
fn clients_event(services: &Services, seen: &Seen) -> Event {
    let Seen { booking, room, studio, .. } = seen;
    let summary = format!("{} · {}", room.name, studio.name);
    Event { url: Some(booking_url(services, booking.id)), ..event(services, booking, Some(room), summary) }
}

/// A booking as it is shown by the calendar of somebody who is asked to come: the client's link is the client's alone.
fn persons_event(services: &Services, seen: &Seen) -> Event {
    let Seen { booking, room, .. } = seen;
    event(services, booking, Some(room), format!("{} · {}", booking.title, room.name))
}

/// A feed as its subscribers read it. The same bookings give the same text.
///
/// # Errors
/// If the bookings cannot be read, or not be written as events.
pub async fn feed_text(services: &Services, view: &FeedView) -> Result<String, BookingError> {
    let (bookings, rooms) = bookings_of_feed(&services.db, &view.feed, services.env.now()).await?;
    let events = bookings.iter().map(|booking| {
        let of_room = rooms.get(&booking.room_id);
        if !view.feed.shows_names {
            return event(services, booking, of_room, taken(booking).to_owned());
        }
        let held = if booking.state == BookingState::Held { "Held: " } else { "" };
        let client = match (&booking.client_name, &booking.client_email) {
            (Some(name), Some(email)) => format!("{name} <{email}>"),
            (Some(name), None) => name.clone(),
            (None, _) => String::new(),
        };
        let said = [client.as_str(), booking.notes.as_str()].map(str::trim).join("\n\n");
        Event {
            description: Some(said.trim().to_owned()).filter(|said| !said.is_empty()),
            ..event(services, booking, of_room, format!("{held}{}", booking.title))
        }
    });
    let feed = Feed { name: view.name.clone(), refresh_minutes: REFRESH_MINUTES, events: events.collect() };
    ical::feed(&feed).map_err(unwritten)
}

/// Who is invited to a booking by mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Invited<'a> {
    /// Its client; who has booked it themselves comes already, and is not asked.
    Client {
        /// Whether they have.
        has_booked: bool,
    },
    /// Somebody who is asked to come: their name and address.
    Person(&'a str, &'a EmailAddress),
    /// Somebody who is asked no more.
    Dropped(&'a str, &'a EmailAddress),
}

/// What a mail says to the calendar of somebody who is invited: to come, or, of a booking that does not stand, or to whom is asked no more, that it is called
/// off. None for a client without an address.
///
/// # Errors
/// If it cannot be written.
pub fn invitation(
    services: &Services,
    seen: &Seen,
    invited: Invited<'_>,
) -> Result<Option<MailCalendar>, BookingError> {
    let Seen { booking, studio, .. } = seen;
    let (name, email, has_booked) = match invited {
        Invited::Person(name, email) | Invited::Dropped(name, email) => (name, email, false),
        Invited::Client { has_booked } => match (&booking.client_name, &booking.client_email) {
            (Some(name), Some(email)) => (name.as_str(), email, has_booked),
            _ => return Ok(None),
        },
    };
    let plain = match invited {
        Invited::Client { .. } => clients_event(services, seen),
        Invited::Person(..) => persons_event(services, seen),
        Invited::Dropped(..) => Event { status: Status::Cancelled, ..persons_event(services, seen) },
    };
    let person = |name: &str, mail: &EmailAddress| Person { name: name.to_owned(), mail: mail.to_string() };
    let attendee = Attendee {
        person: person(name, email),
        answer: if has_booked { Answer::Accepted } else { Answer::Awaited },
        rsvp: !has_booked,
    };
    let is_off = plain.status == Status::Cancelled;
    let method = if is_off { Method::Cancel } else { Method::Request };
    let event =
        Event { organizer: Some(person(&studio.name, &studio.contact_email)), attendees: vec![attendee], ..plain };
    let text = ical::invitation(method, &[event]).map_err(unwritten)?;
    let file_name = if is_off { "cancelled.ics" } else { "invitation.ics" }.to_owned();
    Ok(Some(MailCalendar { method: Some(method), file_name, text }))
}

/// Whose calendar a file is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileFor {
    /// The client's; it holds their links.
    Client,
    /// That of somebody who is asked to come.
    Person,
}

/// Bookings as a file that any calendar takes in; those that are called off are called off there.
///
/// # Errors
/// If it cannot be written.
pub fn file(services: &Services, name: &str, seen: &[Seen], reader: FileFor) -> Result<MailCalendar, BookingError> {
    let shown = |seen: &Seen| match reader {
        FileFor::Client => clients_event(services, seen),
        FileFor::Person => persons_event(services, seen),
    };
    let events = seen.iter().map(shown).collect();
    let feed = Feed { name: name.to_owned(), refresh_minutes: REFRESH_MINUTES, events };
    let text = ical::feed(&feed).map_err(unwritten)?;
    Ok(MailCalendar { method: None, file_name: "bookings.ics".to_owned(), text })
}

/// What cannot be written is a fault of ours: all of it was checked when it was typed.
fn unwritten(faults: Vec<Fault>) -> BookingError {
    BookingError::Calendar(faults.into_iter().map(|fault| fault.to_string()).collect::<Vec<_>>().join("; "))
}
