//! What a producer's program does with a room: opens it, books it, gives its calendar out, and logs what was done in it.

use std::path::Path;

use anyhow::{Context, Result, bail};
use domain::env::{Clock, SystemClock};
use serde::Serialize;
use serde_json::{Value, json};

use super::{Commission, Fetched, Producer, Studio, text};

/// A party identifier that DDEX gives as an example: a trial has none of its own.
const DPID: &str = "PADPIDA2013020802I";

/// A room that clients book.
#[derive(Debug, Clone, Serialize)]
pub struct RoomFacts {
    /// Its id.
    pub id: String,
    /// Its word in addresses.
    pub slug: String,
}

/// A booking.
#[derive(Debug, Clone, Serialize)]
pub struct BookingFacts {
    /// Its id.
    pub id: String,
    /// How it stands, in the API's word, such as `CONFIRMED`.
    pub state: String,
    /// When it is, as people read it.
    pub when: String,
    /// When it begins.
    pub starts_at: String,
    /// When it ends.
    pub ends_at: String,
    /// What is paid ahead of it, as it is read.
    pub deposit: String,
}

/// Somebody who did something on a song, as the log tells it.
#[derive(Debug, Clone, Serialize)]
pub struct CreditFacts {
    /// Their name.
    pub name: String,
    /// What they did, in the API's word, such as `LEAD_VOCALIST`.
    pub role: String,
    /// On what.
    pub instrument: Option<String>,
}

/// What is asked of a booking.
const BOOKING: &str = "id state when startsAt endsAt deposit { formatted }";

impl Producer {
    /// Opens a room that is never closed, at 50 euros an hour, of which 30 % are paid ahead.
    pub async fn open_room(&self, studio: &Studio, name: &str) -> Result<RoomFacts> {
        let hours = (1..=7).map(|weekday| json!({ "weekday": weekday, "opensMinute": 0, "closesMinute": 1_440 }));
        let input = json!({
            "studio": studio.id,
            "name": name,
            "timeZone": "Europe/Berlin",
            "address": "Lindenstraße 1, 10969 Berlin",
            "hours": hours.collect::<Value>(),
            "isPublic": true,
            "hourRate": { "minor": 5_000, "currency": "EUR" },
            "depositShare": 300_000,
            "noticeMinutes": 60,
            "stepMinutes": 60,
            "minMinutes": 60,
            "maxMinutes": 480,
        });
        let room = self.change(("createRoom", "CreateRoomInput"), input, "room { id slug }").await?;
        Ok(RoomFacts { id: text(&room, "/room/id")?, slug: text(&room, "/room/slug")? })
    }

    /// Books the last slot of the coming week for a client, and asks somebody else to come.
    pub async fn book_last(
        &self,
        room: &RoomFacts,
        commission: &Commission,
        (name, email): (&str, &str),
        guest: &str,
    ) -> Result<BookingFacts> {
        let minutes = 240;
        let query = "query ($room: ID!, $first: NaiveDate!, $minutes: Int!) { room(id: $room) {
            slots(first: $first, minutes: $minutes) { startsAt } } }";
        let today = SystemClock.now().date_naive().to_string();
        let variables = json!({ "room": room.id, "first": today, "minutes": minutes });
        let data = self.api.graphql(query, variables).await?;
        let slots = data["room"]["slots"].as_array().context("slots are a list")?;
        let last = slots.last().context("nothing is free of the room")?;
        let input = json!({
            "room": room.id,
            "time": { "startsAt": last["startsAt"], "minutes": minutes },
            "title": format!("{}, bass and backing vocals", commission.title),
            "client": { "name": name, "email": email },
            "party": commission.client_party,
            "project": commission.project,
            "people": [{ "party": guest, "role": "bass" }],
        });
        let wanted = format!("booking {{ {BOOKING} }}");
        let booked = self.change(("createBooking", "CreateBookingInput"), input, &wanted).await?;
        booking(&booked["booking"])
    }

    /// The booking that somebody has made of a room, taken into a project.
    pub async fn take_booking(&self, studio: &Studio, commission: &Commission, email: &str) -> Result<BookingFacts> {
        let query = "query ($studio: ID!) { bookings(studio: $studio, first: 20) { nodes { id clientEmail } } }";
        let data = self.api.graphql(query, json!({ "studio": studio.id })).await?;
        let bookings = data["bookings"]["nodes"].as_array().context("bookings are a list")?;
        let theirs = bookings.iter().find(|row| row["clientEmail"] == email);
        let theirs = theirs.with_context(|| format!("{email} has booked nothing"))?;
        let input = json!({
            "booking": theirs["id"],
            "title": format!("{}, vocals", commission.title),
            "party": commission.client_party,
            "project": commission.project,
        });
        let wanted = format!("booking {{ {BOOKING} }}");
        let changed = self.change(("changeBooking", "ChangeBookingInput"), input, &wanted).await?;
        booking(&changed["booking"])
    }

    /// Gives out a calendar of all bookings, fetches it as a calendar does, and keeps it as a file.
    pub async fn save_calendar(&self, studio: &Studio, to: &Path) -> Result<String> {
        let input = json!({ "studio": studio.id, "showsNames": true });
        let feed = self.change(("createCalendarFeed", "CreateCalendarFeedInput"), input, "feed { url }").await?;
        let url = text(&feed, "/feed/url")?;
        let answer = reqwest::get(&url).await?.error_for_status()?;
        tokio::fs::write(to, answer.bytes().await?).await.with_context(|| format!("cannot write {}", to.display()))?;
        Ok(url)
    }

    /// Begins the log of a booked session, as long as it was booked.
    pub async fn start_session(&self, studio: &Studio, booking: &BookingFacts) -> Result<String> {
        let input = json!({
            "studio": studio.id,
            "booking": booking.id,
            "kind": "VOCAL",
            "endedAt": booking.ends_at,
            "bitDepth": 24,
            "sampleRateHz": 48_000,
        });
        text(&self.change(("startSession", "StartSessionInput"), input, "session { id }").await?, "/session/id")
    }

    /// Logs who did what on the song, and on which instrument.
    pub async fn log_credit(
        &self,
        session: &str,
        commission: &Commission,
        (party, role, instrument): (&str, &str, Option<&str>),
    ) -> Result<()> {
        let input = json!({
            "session": session,
            "party": party,
            "song": commission.song,
            "role": role,
            "instrument": instrument,
        });
        self.change(("logSessionCredit", "LogCreditInput"), input, "credit { id }").await.map(drop)
    }

    /// Logs a take of a part with its rating, or a comp of takes, and gives its id.
    pub async fn log_take(
        &self,
        session: &str,
        commission: &Commission,
        (part, rating): (&str, i64),
        comp_of: Option<&[String]>,
    ) -> Result<String> {
        let input = json!({
            "session": session,
            "song": commission.song,
            "part": part,
            "rating": rating,
            "compOf": comp_of,
        });
        text(&self.change(("logSessionTake", "LogTakeInput"), input, "take { id }").await?, "/take/id")
    }

    /// Logs a piece of equipment and what it was used for.
    pub async fn log_gear(&self, session: &str, name: &str, used_for: &str) -> Result<()> {
        let input = json!({ "session": session, "name": name, "usedFor": used_for });
        self.change(("logSessionGear", "LogGearInput"), input, "gear { id }").await.map(drop)
    }

    /// The credits of the song, as its sessions come to.
    pub async fn credits(&self, commission: &Commission) -> Result<Vec<CreditFacts>> {
        let query = "query ($song: ID!) { loggedCredits(song: $song) { role instrument party { name } } }";
        let data = self.api.graphql(query, json!({ "song": commission.song })).await?;
        let rows = data["loggedCredits"].as_array().context("credits are a list")?;
        let facts = |row: &Value| {
            Ok(CreditFacts {
                name: text(row, "/party/name")?,
                role: text(row, "/role")?,
                instrument: row["instrument"].as_str().map(str::to_owned),
            })
        };
        rows.iter().map(facts).collect()
    }

    /// A split sheet of the song, prefilled from what was logged.
    pub async fn logged_split_sheet(&self, commission: &Commission) -> Result<Value> {
        let query = "query ($song: ID!) { loggedSplitSheetDraft(song: $song) }";
        let mut data = self.api.graphql(query, json!({ "song": commission.song })).await?;
        Ok(data["loggedSplitSheetDraft"].take())
    }

    /// Keeps the recording information of a session as a file.
    pub async fn save_rin(&self, session: &str, to: &Path) -> Result<Fetched> {
        self.save(&format!("/sessions/{session}/rin/{DPID}.xml"), to).await
    }
}

fn booking(row: &Value) -> Result<BookingFacts> {
    let state = text(row, "/state")?;
    if state != "CONFIRMED" {
        bail!("the booking is {state}, not confirmed");
    }
    Ok(BookingFacts {
        id: text(row, "/id")?,
        when: text(row, "/when")?,
        starts_at: text(row, "/startsAt")?,
        ends_at: text(row, "/endsAt")?,
        deposit: text(row, "/deposit/formatted")?,
        state,
    })
}
