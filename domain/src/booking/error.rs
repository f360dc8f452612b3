//! Why bookings are refused.

use chrono::NaiveDate;

use super::{
    entity::BookingState,
    rules::{
        HoursFault, MAX_EQUIPMENT, MAX_HELD, MAX_LOCKOUT_DAYS, MAX_PEOPLE, MAX_PRICE_MINOR, TimeFault, ZoneError,
        recurring::SeriesFault, texts::TextFault,
    },
};
use crate::{
    env::Instant,
    identity::IdentityError,
    links::LinkError,
    money::{Money, MoneyError},
    parties::PartyError,
    policy::Denied,
    report::{Explain, Kind, Report, StoreError},
    sales::SalesError,
};

/// Why bookings are refused.
#[derive(Debug, thiserror::Error)]
pub enum BookingError {
    /// The actor may not.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The link opens nothing.
    #[error(transparent)]
    Link(#[from] LinkError),
    /// No such thing in this studio.
    #[error("there is no such {what}")]
    NotFound {
        /// What was looked for, such as `room`.
        what: &'static str,
        /// The field that names it.
        field: &'static str,
    },
    /// Who is named is no party of the studio, was merged into another, or was erased.
    #[error("{problem}")]
    Party {
        /// The field that names them.
        field: &'static str,
        /// What became of them.
        #[source]
        problem: PartyError,
    },
    /// A text is refused.
    #[error(transparent)]
    Text(#[from] TextFault),
    /// The time zone is none.
    #[error(transparent)]
    Zone(#[from] ZoneError),
    /// The hours are refused.
    #[error(transparent)]
    Hours(#[from] HoursFault),
    /// A setting of a room is out of its range.
    #[error("{said}")]
    Setting {
        /// The input field.
        field: &'static str,
        /// What it has to be.
        said: &'static str,
    },
    /// A rate is below zero, too high, or of another currency than the studio's.
    #[error(
        "a rate is nothing or more, and no more than {MAX_PRICE_MINOR} of the smallest units, in the studio’s currency"
    )]
    Rate {
        /// The input field.
        field: &'static str,
    },
    /// The time cannot be booked.
    #[error(transparent)]
    Time(#[from] TimeFault),
    /// The series is refused.
    #[error(transparent)]
    Series(#[from] SeriesFault),
    /// A booking of a series is refused.
    #[error("the booking of {}: {fault}", on.format("%-d %B %Y"))]
    Occurrence {
        /// Its day.
        on: NaiveDate,
        /// Why.
        fault: Box<BookingError>,
    },
    /// A lock-out of no days, or of too many.
    #[error("a lock-out has 1 to {MAX_LOCKOUT_DAYS} days")]
    Days,
    /// Somebody else has the time, or a part of it with its buffers.
    #[error("{what} is taken at that time, or just before or after it")]
    Taken {
        /// The name of the room or of the piece of equipment.
        what: String,
        /// Whether it is the room.
        is_room: bool,
    },
    /// The room or piece is not booked any more.
    #[error("{what} is not booked any more")]
    Archived {
        /// Its name.
        what: String,
    },
    /// Clients do not book the room, or not so.
    #[error("this room is not booked so: it has no such rate")]
    NotRented,
    /// A piece of equipment that stays in another room, or is not for clients.
    #[error("{what} is not booked with this room")]
    OtherRoom {
        /// Its name.
        what: String,
    },
    /// Too much equipment, or too many people.
    #[error("a booking has {MAX_EQUIPMENT} pieces of equipment and {MAX_PEOPLE} people at the most")]
    TooMuch {
        /// `equipment` or `people`.
        field: &'static str,
    },
    /// The client has no name that can be shown.
    #[error("a name has 1 to 200 characters on one line")]
    ClientName,
    /// The address is none.
    #[error("this is not an e-mail address")]
    Email,
    /// The client's address is needed for that.
    #[error("without the client’s e-mail address nothing can be asked of them")]
    NoAddress,
    /// It costs something else now.
    #[error("this costs {now} now, and you saw {seen}")]
    PriceChanged {
        /// What the client saw.
        seen: Money,
        /// What it costs.
        now: Money,
    },
    /// More is kept now than the client was told.
    #[error("{now} of the deposit are kept now, and you saw {seen}")]
    KeptChanged {
        /// What they were told.
        seen: Money,
        /// What is kept.
        now: Money,
    },
    /// The price is below zero, too high, or of another currency.
    #[error(
        "a price is nothing or more, and no more than {MAX_PRICE_MINOR} of the smallest units, in the room’s currency"
    )]
    Price,
    /// The hold is over.
    #[error("the hold has run out; nothing is booked, and nothing was charged")]
    HoldOver,
    /// The booking is held by its deposit, and not confirmed without it.
    #[error("this booking is confirmed by paying its deposit")]
    DepositDue,
    /// The booking asks no deposit.
    #[error("this booking asks no deposit")]
    NoDeposit,
    /// A hold in the past, or beyond the booking.
    #[error("a hold ends after now, and before the booking begins")]
    HoldUntil,
    /// It stands so that this cannot be done.
    #[error("this booking is {0}")]
    State(BookingState),
    /// It has not begun yet.
    #[error("the booking has not begun yet")]
    NotBegun,
    /// A session is moved by minutes and a lock-out by days, and a lock-out by the studio alone.
    #[error("a session is moved to so many minutes, and a lock-out, by the studio alone, to so many days")]
    OtherLength,
    /// The client's deadline is over.
    #[error("the deadline for moving this booking is over")]
    DeadlineOver,
    /// It has begun, and its client changes it no more.
    #[error("the booking has begun already")]
    Begun,
    /// The client's money is on its way, and what it does is decided when it is here.
    #[error("the payment of the deposit is under way; it is decided when it has arrived")]
    Paying,
    /// Somebody changed it at the same moment.
    #[error("somebody else has just changed this")]
    Raced,
    /// An address holds several times already.
    #[error("{MAX_HELD} bookings of this address wait to be confirmed")]
    TooManyHeld,
    /// Too many tries.
    #[error("too many bookings were asked for; the next can be asked for after {}", retry_at.format("%H:%M UTC"))]
    TooMany {
        /// When it can be tried again.
        retry_at: Instant,
    },
    /// A feed of a room and a person at once.
    #[error("a feed is of a room or of a person, or of neither for the whole studio")]
    FeedOfBoth,
    /// The calendar is not shared any more.
    #[error("this calendar is not shared any more")]
    FeedRevoked,
    /// A calendar cannot be written.
    #[error("the calendar could not be written: {0}")]
    Calendar(String),
    /// The price does not fit.
    #[error(transparent)]
    Money(#[from] MoneyError),
    /// The deposit's order was refused.
    #[error(transparent)]
    Sale(#[from] SalesError),
    /// Counting attempts failed.
    #[error("the attempt could not be counted")]
    Counting(#[source] IdentityError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

crate::from_db_err!(BookingError);

impl From<IdentityError> for BookingError {
    fn from(error: IdentityError) -> Self {
        match error {
            IdentityError::Throttled { retry_at } => Self::TooMany { retry_at },
            other => Self::Counting(other),
        }
    }
}

impl Explain for BookingError {
    fn explain(&self) -> Report {
        let report = |kind, code| Report::new(kind, code, self.to_string());
        let invalid = |code| report(Kind::Invalid, code);
        match self {
            Self::Denied(denied) => denied.explain(),
            Self::Link(LinkError::Forged) => report(Kind::NotFound, "LINK_INVALID").field("token"),
            Self::Link(LinkError::Expired) => {
                report(Kind::NotFound, "LINK_EXPIRED").field("token").remedy("ask the studio for a fresh one")
            }
            Self::FeedRevoked => {
                report(Kind::NotFound, "FEED_REVOKED").field("token").remedy("ask the studio for another link")
            }
            Self::NotFound { field, .. } => report(Kind::NotFound, "NOT_FOUND").field(*field),
            Self::Party { field, problem } => problem.explain().field(*field),
            Self::Text(fault) => fault.explain(),
            Self::Hours(fault) => fault.explain(),
            Self::Time(fault) => fault.explain(),
            Self::Series(fault) => fault.explain(),
            Self::Sale(error) => error.explain(),
            Self::Occurrence { on, fault } => {
                let of = fault.explain();
                Report { message: self.to_string(), field: Some(format!("occurrences.{on}")), ..of }
            }
            Self::Zone(_) => invalid("TIME_ZONE").field("timeZone").remedy("give a name such as Europe/Berlin"),
            Self::Setting { field, .. } => invalid("ROOM_SETTING").field(*field).remedy("give a number within that"),
            Self::Rate { field } => invalid("RATE").field(*field).remedy("give an amount in the studio’s currency"),
            Self::Days => invalid("LOCKOUT_DAYS").field("days").remedy("give a number within that"),
            Self::NotRented => invalid("NOT_RENTED").field("room").remedy("book by the hour, or ask the studio"),
            Self::OtherRoom { .. } => invalid("OTHER_ROOM").field("equipment").remedy("leave it out, or book its room"),
            Self::TooMuch { field } => invalid("TOO_MUCH").field(*field).remedy("make two bookings of it"),
            Self::ClientName => invalid("CLIENT_NAME").field("name").remedy("give the name that you go by"),
            Self::Email => {
                invalid("CLIENT_EMAIL").field("email").remedy("give the address that the link shall be sent to")
            }
            Self::NoAddress => invalid("NO_ADDRESS").field("clientEmail").remedy("give the address"),
            Self::Price => invalid("BOOKING_PRICE").field("price").remedy("give an amount in the room’s currency"),
            Self::OtherLength => {
                invalid("OTHER_LENGTH").field("minutes").remedy("give the other length, or ask the studio")
            }
            Self::DeadlineOver => {
                report(Kind::Conflict, "DEADLINE_OVER").remedy("ask the studio, or cancel it by its terms")
            }
            Self::FeedOfBoth => invalid("FEED_OF_BOTH").field("party").remedy("name one of them"),
            Self::HoldUntil => invalid("HOLD_UNTIL").field("holdUntil").remedy("give an instant between the two"),
            Self::Taken { is_room, .. } => report(Kind::Conflict, "TAKEN")
                .field(if *is_room { "startsAt" } else { "equipment" })
                .remedy("choose another time"),
            Self::Archived { .. } => report(Kind::Conflict, "ARCHIVED").field("room").remedy("choose another"),
            Self::PriceChanged { .. } => {
                report(Kind::Conflict, "PRICE_CHANGED").field("seen").remedy("look at the new price, then book again")
            }
            Self::KeptChanged { .. } => {
                report(Kind::Conflict, "KEPT_CHANGED").field("seen").remedy("read what is kept, then decide again")
            }
            Self::HoldOver => report(Kind::Conflict, "HOLD_OVER").remedy("choose a slot again"),
            Self::DepositDue => report(Kind::Conflict, "DEPOSIT_DUE").remedy("pay the deposit on the booking’s page"),
            Self::NoDeposit => report(Kind::Conflict, "NO_DEPOSIT").remedy("confirm it on the booking’s page"),
            Self::State(_) => report(Kind::Conflict, "BOOKING_STATE").remedy("look at how the booking stands"),
            Self::NotBegun => report(Kind::Conflict, "NOT_BEGUN").remedy("wait until it has, or cancel it"),
            Self::Begun => report(Kind::Conflict, "BEGUN").remedy("ask the studio"),
            Self::Paying => report(Kind::Conflict, "DEPOSIT_UNDER_WAY").remedy("try again when it has arrived"),
            Self::Raced => report(Kind::Conflict, "RACED").remedy("look at what they have done, then try again"),
            Self::TooManyHeld => report(Kind::TooMany, "TOO_MANY_HELD")
                .field("email")
                .remedy("confirm one of them by the link in its mail, or cancel it"),
            Self::TooMany { .. } => report(Kind::TooMany, "TOO_MANY_BOOKINGS").field("email").remedy("wait"),
            Self::Money(_) => invalid("TOO_LARGE").field("price").remedy("book less at a time"),
            Self::Counting(error) => Report::within(error),
            Self::Calendar(_) => Report::internal(),
            Self::Store(error) => error.explain(),
        }
    }
}
