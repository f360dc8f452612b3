//! What has happened with a client.

use async_graphql::{Enum, SimpleObject, connection::Edge};
use chrono::{DateTime, Utc};
use domain::{
    clients::timeline::{Event, TimelinePage, list_events},
    ids::{ClientId, UserId},
};

use crate::{
    caller::Caller,
    graphql::{
        connection::Connection,
        errors::Failure,
        scalars::{Id, Money},
    },
};

/// What has happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::clients::timeline::EventKind")]
pub enum ClientEventKind {
    /// The client was moved to a stage; the title is the stage, the detail why.
    Stage,
    /// Somebody wrote a note; the title is the note.
    Note,
    /// An order was placed; the title is its reference, the detail where it stands.
    Order,
    /// Money was asked back for an order; the title is the order's reference, the detail how far it is.
    Refund,
    /// A licence was granted; the title is its reference, the detail the beat.
    Licence,
    /// A file was downloaded; the title is its name, the detail the licence's reference.
    Download,
    /// An offer was made; the title is the beat, the detail where it stands.
    Offer,
    /// A room was booked; the title is the booking's, the detail where it stands.
    Booking,
    /// The client did something in a session; the title is the session's, the detail what they did.
    Session,
    /// A quote was mailed; the title is its title, the detail its reference and where it stands.
    Quote,
    /// An invoice or a credit note was issued; the title is its reference, the detail which of the two.
    Invoice,
    /// An agreement was sent to be signed; the title is its title, the detail its reference and where it stands.
    Agreement,
    /// An agreement was signed; the title is its title, the detail its reference.
    Signature,
    /// A consent to be mailed was given; the title is the address.
    Consent,
    /// A consent to be mailed was withdrawn; the title is the address.
    ConsentWithdrawn,
    /// A mail was sent; the title is its subject.
    Mail,
    /// The client was invited to review a mix; the title is the song, the detail where the review stands.
    Review,
    /// The client approved a mix; the title is the song, the detail the number of the version.
    MixApproval,
    /// A project was opened, or moved to where the detail says; the title is its title.
    Project,
}

/// Something that has happened with a client.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct ClientEvent {
    /// When.
    pub at: DateTime<Utc>,
    /// What.
    pub kind: ClientEventKind,
    /// Of what; see the kind.
    pub title: String,
    /// What else is told of it.
    pub detail: Option<String>,
    /// About how much money.
    pub amount: Option<Money>,
    /// Who of the studio did it.
    pub by_id: Option<Id<UserId>>,
}

impl From<Event> for ClientEvent {
    fn from(event: Event) -> Self {
        Self {
            at: event.at,
            kind: event.kind.into(),
            title: event.title,
            detail: event.detail,
            amount: event.amount.map(Money::from),
            by_id: event.by.map(Id::from),
        }
    }
}

/// The four arguments of a connection.
type Asked = (Option<i32>, Option<String>, Option<i32>, Option<String>);

/// A page of a client's timeline.
pub(super) async fn timeline(
    caller: &Caller,
    client: ClientId,
    (first, after, last, before): Asked,
) -> Result<Connection<ClientEvent>, Failure> {
    let page = TimelinePage::new(first.map(i64::from), after.as_deref(), last.map(i64::from), before.as_deref())?;
    let found = list_events(&caller.services.db, &caller.ctx, client, page).await?;
    let mut all = Connection::new(found.has_previous, found.has_next);
    all.edges.extend(found.rows.into_iter().map(|event| Edge::new(event.cursor(), event.into())));
    Ok(all)
}
