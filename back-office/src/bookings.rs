//! Letters about bookings, with what the reader's calendar is to know.

use adapters::jobs::JobError;
use domain::{
    booking::{
        calendar::{self, FileFor, Invited},
        entity::{BookingAct, BookingKind, BookingReader, BookingSide, BookingState, booking_event},
        queries::{self, Seen, booking_url},
        rules::words,
    },
    email::EmailAddress,
    ids::{BookingId, BookingSeriesId, JobId, PartyId},
    money::Money,
    parties::entity as party,
    ports::MailCalendar,
};

use crate::{BackOffice, letters::Notice, refused};

impl BackOffice {
    /// Tells somebody of what was done with a booking. What another event has followed that is told, too, is told no more.
    pub(crate) async fn mail_booking(
        &self,
        job: JobId,
        id: BookingId,
        seq: i32,
        to: BookingReader,
    ) -> Result<(), JobError> {
        let (db, services) = (&self.services.db, &self.services);
        let gone = || JobError::lasting("the booking is gone");
        let seen = queries::find_seen(db, id).await?.ok_or_else(gone)?;
        let events = queries::events_of_bookings(db, &[id]).await?.remove(&id).unwrap_or_default();
        let is_dropped = matches!(to, BookingReader::Dropped(_));
        if !is_dropped && events.iter().any(|event| event.seq > seq && event.act != BookingAct::Changed) {
            tracing::info!(booking = %id, seq, "something else has become of it meanwhile");
            return Ok(());
        }
        let event = events.iter().find(|event| event.seq == seq).ok_or_else(gone)?;
        let has_booked = events.first().is_some_and(|first| first.side == BookingSide::Client);
        let is_held = matches!(seen.booking.state, BookingState::Held | BookingState::Lapsed);
        let studio = &seen.studio;
        let (address, letter, invited) = match to {
            BookingReader::Client => {
                let address = seen.booking.client_email.clone().ok_or_else(gone)?;
                let letter = letter_to_client(&seen, event, booking_url(services, id));
                (address, letter, Some(Invited::Client { has_booked }))
            }
            BookingReader::Studio => (studio.contact_email.clone(), letter_to_studio(&seen, event), None),
            BookingReader::Person(person) => {
                let Some((name, address)) = self.person(person).await? else { return Ok(()) };
                let letter = letter_to_person(&seen, event, &name);
                let calendar = calendar::invitation(services, &seen, Invited::Person(&name, &address));
                let calendar = calendar.map_err(refused)?;
                return self.send_with(job, (&address, studio), &letter, calendar).await;
            }
            BookingReader::Dropped(person) => {
                let Some((name, address)) = self.person(person).await? else { return Ok(()) };
                let asked = queries::people_of_bookings(db, &[id]).await?.remove(&id).unwrap_or_default();
                if asked.iter().any(|(party, _)| party.id == person) {
                    tracing::info!(booking = %id, seq, "they are asked to come again");
                    return Ok(());
                }
                let calendar = calendar::invitation(services, &seen, Invited::Dropped(&name, &address));
                let calendar = calendar.map_err(refused)?;
                return self.send_with(job, (&address, studio), &letter_to_dropped(&seen, &name), calendar).await;
            }
        };
        let calendar = match invited.filter(|_| !is_held) {
            Some(invited) => calendar::invitation(services, &seen, invited).map_err(refused)?,
            None => None,
        };
        self.send_with(job, (&address, studio), &letter, calendar).await
    }

    /// Tells somebody how the bookings of a series stand, with a file of them for their calendar.
    pub(crate) async fn mail_booking_series(
        &self,
        job: JobId,
        id: BookingSeriesId,
        to: BookingReader,
    ) -> Result<(), JobError> {
        let (db, services) = (&self.services.db, &self.services);
        let mut rows = queries::bookings_of_series(db, &[id]).await?.remove(&id).unwrap_or_default();
        if let BookingReader::Person(person) | BookingReader::Dropped(person) = to {
            let ids: Vec<BookingId> = rows.iter().map(|row| row.id).collect();
            let asked = queries::people_of_bookings(db, &ids).await?;
            let is_asked =
                |id: BookingId| asked.get(&id).is_some_and(|all| all.iter().any(|(party, _)| party.id == person));
            rows.retain(|row| is_asked(row.id));
            if rows.is_empty() {
                return Ok(());
            }
        }
        let mut seen = Vec::with_capacity(rows.len());
        for row in rows {
            seen.extend(queries::find_seen(db, row.id).await?);
        }
        let Some(first) = seen.first() else { return Err(JobError::lasting("the series is gone")) };
        let (name, address) = match to {
            BookingReader::Client => match (&first.booking.client_name, &first.booking.client_email) {
                (Some(name), Some(address)) => (name.clone(), address.clone()),
                _ => return Ok(()),
            },
            BookingReader::Studio => (first.studio.name.clone(), first.studio.contact_email.clone()),
            BookingReader::Person(person) | BookingReader::Dropped(person) => match self.person(person).await? {
                Some(known) => known,
                None => return Ok(()),
            },
        };
        let title = format!("{} · {}", first.room.name, first.studio.name);
        let reader = if to == BookingReader::Client { FileFor::Client } else { FileFor::Person };
        let file: MailCalendar = calendar::file(services, &title, &seen, reader).map_err(refused)?;
        let letter = series_letter(&seen, &name);
        self.send_with(job, (&address, &first.studio), &letter, Some(file)).await
    }

    /// The name and address of a party who is asked to come; none of one who has no address, or is gone.
    async fn person(&self, id: PartyId) -> Result<Option<(String, EmailAddress)>, JobError> {
        let found = domain::parties::find_parties_by_ids(&self.services.db, &[id]).await?.remove(&id);
        let party = found.filter(|party: &party::Model| party.email.is_some());
        Ok(party.and_then(|party| Some((party.name, party.email?))))
    }
}

/// What is booked and when.
fn what(seen: &Seen) -> String {
    format!("{}: {}", seen.room.name, when(seen))
}

fn when(seen: &Seen) -> String {
    let booking = &seen.booking;
    words::when(seen.room.time_zone, booking.kind, booking.starts_at, booking.ends_at)
}

fn small_print(seen: &Seen) -> String {
    let zone = seen.room.time_zone;
    let day = words::day(zone, seen.booking.starts_at);
    format!("{} · {}, {day} · times of {zone}", seen.studio.name, seen.room.name)
}

/// The same of a series, whose days are listed above it.
fn series_small_print(first: &Seen) -> String {
    format!("{} · {} · times of {}", first.studio.name, first.room.name, first.room.time_zone)
}

fn said(event: &booking_event::Model) -> Option<String> {
    event.note.as_ref().map(|note| format!("“{note}”"))
}

/// What it costs, and what of that is still to be paid.
fn price(seen: &Seen) -> Option<String> {
    let booking = &seen.booking;
    let (price, deposit) = (booking.price(), booking.deposit());
    if price.minor == 0 {
        return None;
    }
    let rest = Money::new(price.minor - deposit.minor, price.currency);
    Some(if deposit.minor == 0 {
        format!("It costs {price}.")
    } else {
        format!("It costs {price}; with the deposit of {deposit}, {rest} are left.")
    })
}

fn letter_to_client(seen: &Seen, event: &booking_event::Model, url: String) -> Notice {
    let (booking, studio) = (&seen.booking, &seen.studio.name);
    let hello = format!("Hello {},", booking.client_name.as_deref().unwrap_or_default());
    let (zone, deadline) = (seen.room.time_zone, (booking.free_until, booking.kept_share));
    let until = booking.held_until.map(|until| words::moment(zone, until)).unwrap_or_default();
    let terms = words::cancelling(zone, booking.deposit(), deadline, event.at);
    let (subject, mut paragraphs, button) = match event.act {
        BookingAct::Held if booking.deposit_minor > 0 => (
            format!("{studio} keeps a time for you until {until}"),
            vec![
                format!("{studio} keeps this for you: {}.", what(seen)),
                format!(
                    "Pay the deposit of {} until {until}, and it is yours. After that somebody else may book it.",
                    booking.deposit()
                ),
                terms,
            ],
            "Pay the deposit",
        ),
        BookingAct::Held => (
            format!("Confirm your booking at {studio}"),
            vec![
                format!("{studio} keeps this for you: {}.", what(seen)),
                format!("Confirm it until {until}, and it is yours. After that somebody else may book it."),
            ],
            "Confirm the booking",
        ),
        BookingAct::Confirmed | BookingAct::Changed => (
            format!("Your booking at {studio} is confirmed"),
            [Some(format!("{}.", what(seen))), address(seen), price(seen), Some(terms)].into_iter().flatten().collect(),
            "See the booking",
        ),
        BookingAct::Moved => (
            format!("Your booking at {studio} was moved"),
            [Some(format!("It is now {}.", what(seen))), address(seen), still_asked(seen, &until), Some(terms)]
                .into_iter()
                .flatten()
                .collect(),
            "See the booking",
        ),
        BookingAct::Cancelled | BookingAct::NoShow => (
            format!("Your booking at {studio} is cancelled"),
            vec![format!("{} is cancelled.", what(seen)), words::kept(booking.kept_minor, booking.deposit())],
            "See the booking",
        ),
        BookingAct::Lapsed => (
            format!("Your time at {studio} is free again"),
            vec![format!("Nobody has confirmed {}, so that it is free again. Nothing was charged.", what(seen))],
            "See the booking",
        ),
    };
    paragraphs.insert(0, hello);
    if event.side == BookingSide::Studio {
        paragraphs.extend(said(event));
    }
    let button = Some((button.to_owned(), url));
    Notice { heading: subject.clone(), subject, paragraphs, button, small_print: small_print(seen) }
}

/// What the client of a booking that is held has still to do; nothing of one that stands.
fn still_asked(seen: &Seen, until: &str) -> Option<String> {
    let booking = &seen.booking;
    if booking.state != BookingState::Held {
        return None;
    }
    Some(if booking.deposit_minor > 0 {
        format!("Pay the deposit of {} until {until}, and it is yours.", booking.deposit())
    } else {
        format!("Confirm it until {until}, and it is yours.")
    })
}

/// Where the room is.
fn address(seen: &Seen) -> Option<String> {
    seen.room.address.as_ref().map(|address| format!("You find it at {address}."))
}

fn letter_to_studio(seen: &Seen, event: &booking_event::Model) -> Notice {
    let booking = &seen.booking;
    let client = match (&booking.client_name, &booking.client_email) {
        (Some(name), Some(email)) => format!("{name} ({email})"),
        (Some(name), None) => name.clone(),
        _ => "Somebody".to_owned(),
    };
    let room = &seen.room.name;
    let (subject, words) = match event.act {
        BookingAct::Confirmed | BookingAct::Held | BookingAct::Changed => (
            format!("{room} is booked by {client}"),
            vec![Some(format!("{client} has booked {}.", what(seen))), price(seen)],
        ),
        BookingAct::Moved => (
            format!("A booking of {room} was moved by {client}"),
            vec![Some(format!("{client} has moved their booking; it is now {}.", what(seen)))],
        ),
        BookingAct::Cancelled | BookingAct::Lapsed | BookingAct::NoShow => (
            format!("A booking of {room} is cancelled"),
            vec![
                Some(format!("{client} has cancelled {}.", what(seen))),
                booking
                    .kept_minor
                    .map(|minor| format!("Of the deposit {} are kept.", Money::new(minor, booking.currency))),
            ],
        ),
    };
    let mut paragraphs: Vec<String> = words.into_iter().flatten().collect();
    let notes = Some(booking.notes.as_str()).filter(|notes| !notes.is_empty());
    if event.act == BookingAct::Confirmed {
        paragraphs.extend(notes.map(|notes| format!("“{notes}”")));
    }
    paragraphs.extend(said(event));
    Notice { heading: subject.clone(), subject, paragraphs, button: None, small_print: small_print(seen) }
}

/// A booking as those know it who are asked to come.
fn called(seen: &Seen) -> String {
    match seen.booking.kind {
        BookingKind::Block => when(seen),
        BookingKind::Session | BookingKind::Lockout => format!("{}, {}", seen.booking.title, what(seen)),
    }
}

fn letter_to_dropped(seen: &Seen, name: &str) -> Notice {
    let studio = &seen.studio.name;
    let subject = format!("You are not needed at {studio} after all");
    let paragraphs = vec![format!("Hello {name},"), format!("You need not come: {}.", called(seen))];
    Notice { heading: subject.clone(), subject, paragraphs, button: None, small_print: small_print(seen) }
}

fn letter_to_person(seen: &Seen, event: &booking_event::Model, name: &str) -> Notice {
    let studio = &seen.studio.name;
    let what = called(seen);
    let (subject, words) = match event.act {
        BookingAct::Cancelled | BookingAct::Lapsed | BookingAct::NoShow => {
            (format!("A session at {studio} is cancelled"), format!("You need not come: {what} is cancelled."))
        }
        BookingAct::Moved => (format!("A session at {studio} was moved"), format!("It is now {what}.")),
        BookingAct::Held | BookingAct::Confirmed | BookingAct::Changed => {
            (format!("You are asked to a session at {studio}"), format!("{studio} asks you to come: {what}."))
        }
    };
    let paragraphs = [Some(format!("Hello {name},")), Some(words), said(event)].into_iter().flatten().collect();
    Notice { heading: subject.clone(), subject, paragraphs, button: None, small_print: small_print(seen) }
}

fn series_letter(seen: &[Seen], name: &str) -> Notice {
    let (studio, print) =
        seen.first().map_or_else(Default::default, |first| (first.studio.name.clone(), series_small_print(first)));
    let subject = format!("Your bookings at {studio}");
    let mut paragraphs = vec![
        format!("Hello {name},"),
        "so they stand, and the attached file brings them into your calendar:".to_owned(),
    ];
    paragraphs.extend(seen.iter().map(|seen| {
        let state = match seen.booking.state {
            BookingState::Confirmed | BookingState::Held => "",
            BookingState::Cancelled | BookingState::Lapsed | BookingState::NoShow => " – cancelled",
        };
        format!("{}{state}", what(seen))
    }));
    Notice { heading: subject.clone(), subject, paragraphs, button: None, small_print: print }
}

#[cfg(test)]
mod tests {
    use chrono::Duration;
    use domain::{
        booking::{
            entity::{booking, room},
            rules::{WeekHours, Zone},
        },
        env::testing,
        identity::entity::{UnsignedSplits, studio},
        money::Currency,
        share::Share,
    };

    use super::*;

    fn seen() -> Seen {
        let (env, _) = testing::env(1);
        let zone: Zone = "Europe/Berlin".parse().unwrap();
        let studio = studio::Model {
            id: env.id(),
            slug: "nova".to_owned(),
            name: "Nova Sound".to_owned(),
            currency: Currency::EUR,
            contact_email: "nova@example.com".parse().unwrap(),
            legal_name: None,
            address: None,
            governing_law: "Germany".to_owned(),
            created_at: env.now(),
            unsigned_splits: UnsignedSplits::Refuse,
            accent: None,
        };
        let room = room::Model {
            id: env.id(),
            studio_id: studio.id,
            slug: "room-a".to_owned(),
            name: "Room A".to_owned(),
            description: String::new(),
            address: Some("Hinterhof 3, Berlin".to_owned()),
            is_public: true,
            time_zone: zone,
            hours: WeekHours::default(),
            currency: Currency::EUR,
            hour_rate_minor: Some(5_000),
            day_rate_minor: None,
            step_minutes: 60,
            min_minutes: 60,
            max_minutes: 720,
            buffer_before_minutes: 0,
            buffer_after_minutes: 0,
            notice_minutes: 0,
            horizon_days: 90,
            hold_minutes: 30,
            deposit_share: Share::from_ppm(300_000).unwrap(),
            free_cancel_hours: 48,
            kept_share: Share::WHOLE,
            archived_at: None,
            created_at: env.now(),
            updated_at: env.now(),
        };
        let starts_at = env.now() + Duration::days(10);
        let booking = booking::Model {
            id: env.id(),
            studio_id: studio.id,
            room_id: room.id,
            series_id: None,
            kind: BookingKind::Session,
            state: BookingState::Held,
            title: "Ada <b>".to_owned(),
            starts_at,
            ends_at: starts_at + Duration::hours(4),
            client_name: Some("Ada <b>".to_owned()),
            client_email: Some("ada@example.com".parse().unwrap()),
            party_id: None,
            project_id: None,
            notes: "Bring the U 47".to_owned(),
            price_minor: 20_000,
            deposit_minor: 6_000,
            currency: Currency::EUR,
            free_hours: 48,
            free_until: starts_at - Duration::hours(48),
            kept_share: Share::WHOLE,
            held_until: Some(env.now() + Duration::minutes(30)),
            sequence: 0,
            events: 1,
            client_ip: None,
            client_user_agent: None,
            created_by: None,
            created_at: env.now(),
            updated_at: env.now(),
            kept_minor: None,
        };
        Seen { booking, room, studio, equipment: Vec::new() }
    }

    fn event(seen: &Seen, act: BookingAct, side: BookingSide) -> booking_event::Model {
        booking_event::Model {
            booking_id: seen.booking.id,
            seq: 1,
            act,
            side,
            user_id: None,
            room_id: seen.room.id,
            starts_at: seen.booking.starts_at,
            ends_at: seen.booking.ends_at,
            note: Some("The room is flooded".to_owned()),
            at: seen.booking.created_at,
        }
    }

    #[test]
    fn a_client_reads_when_by_the_clocks_of_the_room_and_what_is_due() {
        let seen = seen();
        let url = || "http://x/bookings/y".to_owned();
        let held = letter_to_client(&seen, &event(&seen, BookingAct::Held, BookingSide::Client), url());
        let text = held.paragraphs.join(" ");
        assert!(text.contains("Room A: Thursday, 3 December 2026, 13:00 CET to 17:00 CET"), "{text}");
        assert!(text.contains("deposit of EUR 60.00 until Monday, 23 November 2026, 13:30 CET"), "{text}");
        assert!(!text.contains("flooded"), "they know what they said");
        assert_eq!(held.button.unwrap(), ("Pay the deposit".to_owned(), url()));
        assert_eq!(held.small_print, "Nova Sound · Room A, Thursday, 3 December 2026 · times of Europe/Berlin");
        let confirmed = letter_to_client(&seen, &event(&seen, BookingAct::Confirmed, BookingSide::Client), url());
        let text = confirmed.paragraphs.join(" ");
        assert!(text.contains("EUR 140.00 are left") && text.contains("Hinterhof 3"), "{text}");
        assert!(text.contains("for nothing until Tuesday, 1 December 2026, 13:00 CET"), "{text}");
        let html = crate::letters::Letter::html(&held_without_deposit(&seen)).unwrap();
        assert!(html.contains("Confirm the booking") && !html.contains("<b>,"), "{html}");
    }

    fn held_without_deposit(seen: &Seen) -> Notice {
        let booking = booking::Model { deposit_minor: 0, ..seen.booking.clone() };
        let seen = Seen { booking, ..seen.clone() };
        letter_to_client(&seen, &event(&seen, BookingAct::Held, BookingSide::Client), String::new())
    }

    #[test]
    fn who_is_moved_while_it_is_held_reads_what_is_still_to_be_done() {
        let open = seen();
        let moved = |seen: &Seen| {
            let told = letter_to_client(seen, &event(seen, BookingAct::Moved, BookingSide::Studio), String::new());
            told.paragraphs.join(" ")
        };
        assert!(
            moved(&open).contains("Pay the deposit of EUR 60.00 until Monday, 23 November 2026"),
            "{}",
            moved(&open)
        );
        let stands = booking::Model { state: BookingState::Confirmed, held_until: None, ..open.booking.clone() };
        let stands = Seen { booking: stands, ..open };
        assert!(!moved(&stands).contains("Pay the deposit"), "{}", moved(&stands));
        assert!(letter_to_dropped(&stands, "Bob").paragraphs[1].contains("You need not come"));
    }

    #[test]
    fn a_cancellation_says_what_is_kept_and_why() {
        let open = seen();
        let booking =
            booking::Model { state: BookingState::Cancelled, kept_minor: Some(1_500), ..open.booking.clone() };
        let seen = Seen { booking, ..open };
        let told = letter_to_client(&seen, &event(&seen, BookingAct::Cancelled, BookingSide::Studio), String::new());
        let text = told.paragraphs.join(" ");
        assert!(text.contains("EUR 15.00 of the deposit of EUR 60.00 are kept"), "{text}");
        assert!(text.contains("“The room is flooded”"), "{text}");
        let studio = letter_to_studio(&seen, &event(&seen, BookingAct::Cancelled, BookingSide::Client));
        assert!(studio.paragraphs[1].contains("EUR 15.00 are kept"), "{studio:?}");
        let person = letter_to_person(&seen, &event(&seen, BookingAct::Cancelled, BookingSide::Client), "Bob");
        assert!(person.paragraphs[1].contains("You need not come"), "{person:?}");
    }
}
