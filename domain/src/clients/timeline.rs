//! Everything that has happened with a client, newest first, read in one query from where it stands.
//!
//! Each entry of [`SOURCES`] is a select of one kind of event. It finds what is the client's by two lists that stand before it: `who` (`party_id`: the client's
//! party and all that were merged into it) and `addresses` (`email`: their addresses for mail, in lower case); `$1` is the studio. The columns are the same for
//! all: `at`, `id`, `title`, `detail`, `amount_minor`, `currency`, `by_id`. To add a source, add an entry, and its kind to [`EventKind`].

use sea_orm::{FromQueryResult, Statement, Value, prelude::Uuid};

use super::{ClientError, entity, queries::find_client};
use crate::{
    actor::Ctx,
    env::Instant,
    ids::{ClientId, PartyId, StudioId, UserId},
    money::{Currency, Money},
    page::{DEFAULT_SIZE, MAX_SIZE, Page, PageError},
    report::StoreError,
    store::Db,
    text_enum,
};

text_enum! {
    /// What has happened.
    pub enum EventKind {
        /// The client was moved to a stage; the title is the stage, the detail why.
        Stage = "stage",
        /// Somebody wrote a note; the title is the note.
        Note = "note",
        /// An order was placed; the title is its reference, the detail where it stands.
        Order = "order",
        /// Money was asked back for an order; the title is the order's reference, the detail how far it is.
        Refund = "refund",
        /// A licence was granted; the title is its reference, the detail the beat.
        Licence = "licence",
        /// A file was downloaded; the title is its name, the detail the licence's reference, or of a master the project.
        Download = "download",
        /// An offer was made; the title is the beat, the detail where it stands.
        Offer = "offer",
        /// A room was booked; the title is the booking's, the detail where it stands.
        Booking = "booking",
        /// The client did something in a session; the title is the session's, the detail what they did.
        Session = "session",
        /// A quote was mailed; the title is its title, the detail its reference and where it stands.
        Quote = "quote",
        /// An invoice or a credit note was issued; the title is its reference, the detail which of the two.
        Invoice = "invoice",
        /// An agreement was sent to be signed; the title is its title, the detail its reference and where it stands.
        Agreement = "agreement",
        /// An agreement was signed; the title is its title, the detail its reference.
        Signature = "signature",
        /// A consent to be mailed was given; the title is the address.
        Consent = "consent",
        /// A consent to be mailed was withdrawn; the title is the address.
        ConsentWithdrawn = "consent_withdrawn",
        /// A mail was sent; the title is its subject.
        Mail = "mail",
        /// The client was invited to review a mix; the title is the song, the detail where the review stands.
        Review = "review",
        /// The client approved a mix; the title is the song, the detail the number of the version.
        MixApproval = "mix_approval",
        /// A project was opened, or moved to where the detail says; the title is its title.
        Project = "project",
    }
}

/// One kind of event.
struct Source {
    kind: EventKind,
    /// Whether it is a sign of life: the client has done it, or somebody has worked with them.
    is_sign: bool,
    /// The select, without order and limit.
    select: &'static str,
}

const SOURCES: [Source; 19] = [
    Source {
        kind: EventKind::Stage,
        is_sign: false,
        select: "SELECT client_stage_moves.moved_at AS at, client_stage_moves.id AS id, client_stage_moves.to_stage AS title,
                        client_stage_moves.words AS detail, CAST(NULL AS bigint) AS amount_minor, CAST(NULL AS text) AS currency,
                        client_stage_moves.moved_by AS by_id
                 FROM client_stage_moves JOIN clients ON clients.id = client_stage_moves.client_id
                 WHERE clients.party_id IN (SELECT party_id FROM who)",
    },
    Source {
        kind: EventKind::Note,
        is_sign: true,
        select: "SELECT party_notes.written_at AS at, party_notes.id AS id, party_notes.words AS title, CAST(NULL AS text) AS detail,
                        CAST(NULL AS bigint) AS amount_minor, CAST(NULL AS text) AS currency, party_notes.written_by AS by_id
                 FROM party_notes WHERE party_notes.party_id IN (SELECT party_id FROM who)",
    },
    Source {
        kind: EventKind::Order,
        is_sign: true,
        select: "SELECT orders.placed_at AS at, orders.id AS id, orders.reference AS title, orders.state AS detail,
                        orders.total_minor AS amount_minor, orders.currency AS currency, CAST(NULL AS uuid) AS by_id
                 FROM orders WHERE orders.studio_id = $1 AND lower(orders.buyer_email) IN (SELECT email FROM addresses)",
    },
    Source {
        kind: EventKind::Refund,
        is_sign: true,
        select: "SELECT refunds.requested_at AS at, refunds.id AS id, orders.reference AS title, refunds.state AS detail,
                        refunds.amount_minor AS amount_minor, refunds.currency AS currency, CAST(NULL AS uuid) AS by_id
                 FROM orders JOIN payments ON payments.order_id = orders.id JOIN refunds ON refunds.payment_id = payments.id
                 WHERE orders.studio_id = $1 AND lower(orders.buyer_email) IN (SELECT email FROM addresses)",
    },
    Source {
        kind: EventKind::Licence,
        is_sign: false,
        select: "SELECT licences.granted_at AS at, licences.id AS id, licences.reference AS title, order_lines.beat_title AS detail,
                        licences.price_minor AS amount_minor, licences.currency AS currency, CAST(NULL AS uuid) AS by_id
                 FROM orders JOIN licences ON licences.order_id = orders.id
                 JOIN order_lines ON order_lines.id = licences.order_line_id
                 WHERE orders.studio_id = $1 AND lower(orders.buyer_email) IN (SELECT email FROM addresses)",
    },
    Source {
        kind: EventKind::Download,
        is_sign: true,
        select: "SELECT downloads.at AS at, downloads.id AS id, deliverables.file_name AS title, licences.reference AS detail,
                        CAST(NULL AS bigint) AS amount_minor, CAST(NULL AS text) AS currency, CAST(NULL AS uuid) AS by_id
                 FROM orders JOIN licences ON licences.order_id = orders.id
                 JOIN downloads ON downloads.licence_id = licences.id
                 JOIN deliverables ON deliverables.id = downloads.deliverable_id
                 WHERE orders.studio_id = $1 AND lower(orders.buyer_email) IN (SELECT email FROM addresses)
                 UNION ALL
                 SELECT master_downloads.at AS at, master_downloads.id AS id, assets.file_name AS title, projects.title AS detail,
                        CAST(NULL AS bigint) AS amount_minor, CAST(NULL AS text) AS currency, CAST(NULL AS uuid) AS by_id
                 FROM clients JOIN projects ON projects.client_id = clients.id
                 JOIN master_deliveries ON master_deliveries.project_id = projects.id
                 JOIN masters ON masters.delivery_id = master_deliveries.id
                 JOIN master_downloads ON master_downloads.master_id = masters.id JOIN assets ON assets.id = masters.asset_id
                 WHERE clients.party_id IN (SELECT party_id FROM who)",
    },
    Source {
        kind: EventKind::Offer,
        is_sign: true,
        select: "SELECT offers.made_at AS at, offers.id AS id, offers.beat_title AS title, offers.state AS detail,
                        offers.amount_minor AS amount_minor, offers.currency AS currency, CAST(NULL AS uuid) AS by_id
                 FROM offers WHERE offers.studio_id = $1 AND offers.buyer_key IN (SELECT email FROM addresses)",
    },
    Source {
        kind: EventKind::Booking,
        is_sign: true,
        select: "SELECT bookings.created_at AS at, bookings.id AS id, bookings.title AS title, bookings.state AS detail,
                        bookings.price_minor AS amount_minor, bookings.currency AS currency, bookings.created_by AS by_id
                 FROM bookings WHERE bookings.studio_id = $1 AND bookings.kind <> 'block'
                 AND (bookings.party_id IN (SELECT party_id FROM who)
                      OR lower(bookings.client_email) IN (SELECT email FROM addresses))",
    },
    Source {
        kind: EventKind::Session,
        is_sign: true,
        select: "SELECT studio_sessions.started_at AS at, session_credits.id AS id, studio_sessions.title AS title,
                        session_credits.role AS detail, CAST(NULL AS bigint) AS amount_minor, CAST(NULL AS text) AS currency,
                        CAST(NULL AS uuid) AS by_id
                 FROM session_credits JOIN studio_sessions ON studio_sessions.id = session_credits.session_id
                 WHERE session_credits.party_id IN (SELECT party_id FROM who)",
    },
    Source {
        kind: EventKind::Quote,
        is_sign: false,
        select: "SELECT quotes.mailed_at AS at, quotes.id AS id, quotes.title AS title,
                        quotes.reference || ' ' || quotes.state AS detail, quotes.total_minor AS amount_minor,
                        quotes.currency AS currency, CAST(NULL AS uuid) AS by_id
                 FROM clients JOIN quotes ON quotes.client_id = clients.id
                 WHERE clients.party_id IN (SELECT party_id FROM who) AND quotes.mailed_at IS NOT NULL",
    },
    Source {
        kind: EventKind::Invoice,
        is_sign: false,
        select: "SELECT invoices.issued_at AS at, invoices.id AS id, invoices.reference AS title, invoices.kind AS detail,
                        invoices.total_minor AS amount_minor, invoices.currency AS currency, invoices.issued_by AS by_id
                 FROM clients JOIN invoices ON invoices.client_id = clients.id
                 WHERE clients.party_id IN (SELECT party_id FROM who)",
    },
    Source {
        kind: EventKind::Agreement,
        is_sign: false,
        select: "SELECT agreement_signers.created_at AS at, agreement_signers.id AS id, agreements.title AS title,
                        agreements.reference || ' ' || agreements.state AS detail, CAST(NULL AS bigint) AS amount_minor,
                        CAST(NULL AS text) AS currency, CAST(NULL AS uuid) AS by_id
                 FROM agreement_signers JOIN agreements ON agreements.id = agreement_signers.agreement_id
                 WHERE agreements.studio_id = $1 AND agreements.sent_at IS NOT NULL
                 AND (agreement_signers.party_id IN (SELECT party_id FROM who)
                      OR lower(agreement_signers.email) IN (SELECT email FROM addresses))",
    },
    Source {
        kind: EventKind::Signature,
        is_sign: true,
        select: "SELECT agreement_signers.signed_at AS at, agreement_signers.id AS id, agreements.title AS title,
                        agreements.reference AS detail, CAST(NULL AS bigint) AS amount_minor, CAST(NULL AS text) AS currency,
                        CAST(NULL AS uuid) AS by_id
                 FROM agreement_signers JOIN agreements ON agreements.id = agreement_signers.agreement_id
                 WHERE agreements.studio_id = $1 AND agreement_signers.signed_at IS NOT NULL AND agreement_signers.state = 'signed'
                 AND (agreement_signers.party_id IN (SELECT party_id FROM who)
                      OR lower(agreement_signers.email) IN (SELECT email FROM addresses))",
    },
    Source {
        kind: EventKind::Consent,
        is_sign: true,
        select: "SELECT mailing_consents.given_at AS at, mailing_consents.id AS id, mailing_consents.email AS title,
                        mailing_consents.wording_version AS detail, CAST(NULL AS bigint) AS amount_minor,
                        CAST(NULL AS text) AS currency, CAST(NULL AS uuid) AS by_id
                 FROM mailing_consents WHERE mailing_consents.party_id IN (SELECT party_id FROM who)",
    },
    Source {
        kind: EventKind::ConsentWithdrawn,
        is_sign: true,
        select: "SELECT mailing_consents.withdrawn_at AS at, mailing_consents.id AS id, mailing_consents.email AS title,
                        mailing_consents.wording_version AS detail, CAST(NULL AS bigint) AS amount_minor,
                        CAST(NULL AS text) AS currency, CAST(NULL AS uuid) AS by_id
                 FROM mailing_consents WHERE mailing_consents.party_id IN (SELECT party_id FROM who)
                 AND mailing_consents.withdrawn_at IS NOT NULL",
    },
    Source {
        kind: EventKind::Mail,
        is_sign: false,
        select: "SELECT sent_mails.sent_at AS at, sent_mails.job_id AS id, sent_mails.subject AS title, CAST(NULL AS text) AS detail,
                        CAST(NULL AS bigint) AS amount_minor, CAST(NULL AS text) AS currency, CAST(NULL AS uuid) AS by_id
                 FROM sent_mails WHERE sent_mails.studio_id = $1 AND sent_mails.email_key IN (SELECT email FROM addresses)",
    },
    Source {
        kind: EventKind::Review,
        is_sign: false,
        select: "SELECT reviewers.invited_at AS at, reviewers.id AS id, songs.title AS title, reviews.state AS detail,
                        CAST(NULL AS bigint) AS amount_minor, CAST(NULL AS text) AS currency, CAST(NULL AS uuid) AS by_id
                 FROM reviewers JOIN reviews ON reviews.id = reviewers.review_id JOIN songs ON songs.id = reviews.song_id
                 WHERE reviewers.studio_id = $1 AND reviewers.email_key IN (SELECT email FROM addresses)",
    },
    Source {
        kind: EventKind::MixApproval,
        is_sign: true,
        select: "SELECT mix_approvals.approved_at AS at, mix_approvals.round_id AS id, songs.title AS title,
                        CAST(mix_versions.number AS text) AS detail, CAST(NULL AS bigint) AS amount_minor,
                        CAST(NULL AS text) AS currency, CAST(NULL AS uuid) AS by_id
                 FROM reviewers JOIN mix_approvals ON mix_approvals.approved_by = reviewers.id
                 JOIN mix_versions ON mix_versions.id = mix_approvals.version_id JOIN songs ON songs.id = mix_approvals.song_id
                 WHERE reviewers.studio_id = $1 AND reviewers.email_key IN (SELECT email FROM addresses)",
    },
    Source {
        kind: EventKind::Project,
        is_sign: true,
        select: "SELECT project_events.at AS at, project_events.id AS id, projects.title AS title, project_events.kind AS detail,
                        CAST(NULL AS bigint) AS amount_minor, CAST(NULL AS text) AS currency, project_events.user_id AS by_id
                 FROM clients JOIN projects ON projects.client_id = clients.id
                 JOIN project_events ON project_events.project_id = projects.id
                 WHERE clients.party_id IN (SELECT party_id FROM who)
                 AND project_events.kind IN ('opened', 'activated', 'delivered', 'cancelled', 'reopened')",
    },
];

/// The client's parties and their addresses: `$1` is the studio, `$2` the party.
const LISTS: &str = "WITH who (party_id) AS (
    SELECT id FROM parties WHERE id = $2
    UNION SELECT party_id FROM party_successors WHERE successor_id = $2
), addresses (email) AS (
    SELECT key FROM party_keys WHERE kind = 'email' AND party_id IN (SELECT party_id FROM who) AND studio_id = $1
)";

/// Something that has happened with a client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// When.
    pub at: Instant,
    /// What.
    pub kind: EventKind,
    /// The row that tells of it, of the kind's own table.
    pub id: Uuid,
    /// Of what; see [`EventKind`].
    pub title: String,
    /// What else is told of it.
    pub detail: Option<String>,
    /// About how much money.
    pub amount: Option<Money>,
    /// Who of the studio did it.
    pub by: Option<UserId>,
}

#[derive(FromQueryResult)]
struct Row {
    at: Instant,
    kind: EventKind,
    id: Uuid,
    title: String,
    detail: Option<String>,
    amount_minor: Option<i64>,
    currency: Option<Currency>,
    by_id: Option<UserId>,
}

impl From<Row> for Event {
    fn from(row: Row) -> Self {
        Self {
            at: row.at,
            kind: row.kind,
            id: row.id,
            title: row.title,
            detail: row.detail.filter(|detail| !detail.is_empty()),
            amount: row.amount_minor.zip(row.currency).map(|(minor, currency)| Money::new(minor, currency)),
            by: row.by_id,
        }
    }
}

impl Event {
    /// Its place in the timeline, by which a page goes on from it.
    pub fn cursor(&self) -> String {
        format!("{}_{}_{}", self.at.timestamp_micros(), self.kind, self.id.simple())
    }
}

/// A place in the timeline. Of two events at one instant the kind and then the row decide.
type Place = (Instant, EventKind, Uuid);

fn place(cursor: &str) -> Option<Place> {
    let (at, rest) = cursor.split_once('_')?;
    let (kind, id) = rest.rsplit_once('_')?;
    let at = chrono::DateTime::from_timestamp_micros(at.parse().ok()?)?;
    let kind = <EventKind as sea_orm::Iterable>::iter().find(|known| known.word() == kind)?;
    Some((at, kind, Uuid::try_parse(id).ok()?))
}

/// Which page of a timeline is wanted, already checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimelinePage {
    size: u64,
    backward: bool,
    from: Option<Place>,
}

impl TimelinePage {
    /// Checks the four arguments of a connection.
    ///
    /// # Errors
    /// If they contradict each other, or a cursor is none of a timeline.
    pub fn new(
        first: Option<i64>,
        after: Option<&str>,
        last: Option<i64>,
        before: Option<&str>,
    ) -> Result<Self, PageError> {
        let backward = last.is_some() || before.is_some();
        if backward && (first.is_some() || after.is_some()) {
            return Err(PageError::BothWays);
        }
        let (count, count_field, cursor, cursor_field) =
            if backward { (last, "last", before, "before") } else { (first, "first", after, "after") };
        let size = match count {
            None => DEFAULT_SIZE,
            Some(given) => u64::try_from(given)
                .ok()
                .filter(|size| (1..=MAX_SIZE).contains(size))
                .ok_or(PageError::Size { field: count_field, given })?,
        };
        let from = match cursor {
            Some(cursor) => Some(place(cursor).ok_or(PageError::Cursor { field: cursor_field })?),
            None => None,
        };
        Ok(Self { size, backward, from })
    }
}

/// A page of everything that has happened with a client, newest first.
///
/// # Errors
/// If the actor may not, or there is no such client.
pub async fn list_events(db: &Db, ctx: &Ctx, client: ClientId, page: TimelinePage) -> Result<Page<Event>, ClientError> {
    let client = find_client(db, ctx, client).await?.ok_or(ClientError::NotFound)?;
    let mut rows = read(db, client.studio_id, client.party_id, |_| true, page).await?;
    let more = rows.len() as u64 > page.size;
    rows.truncate(usize::try_from(page.size).unwrap_or(usize::MAX));
    let (has_previous, has_next) =
        if page.backward { (more, page.from.is_some()) } else { (page.from.is_some(), more) };
    if page.backward {
        rows.reverse();
    }
    Ok(Page { rows, has_previous, has_next })
}

/// When a client last gave a sign of life: did something, or was worked with. For the program itself.
pub(super) async fn last_sign_of(db: &Db, client: &entity::Model) -> Result<Option<Instant>, StoreError> {
    let newest = TimelinePage { size: 1, backward: false, from: None };
    let rows = read(db, client.studio_id, client.party_id, |source| source.is_sign, newest).await?;
    Ok(rows.first().map(|event| event.at))
}

/// The events of a page in its direction, and one more if there is one: each source gives as many at the most, and what they give is put in order.
async fn read(
    db: &Db,
    studio: StudioId,
    party: PartyId,
    of: impl Fn(&Source) -> bool,
    page: TimelinePage,
) -> Result<Vec<Event>, StoreError> {
    let (beyond, order) = if page.backward { (">", "ASC") } else { ("<", "DESC") };
    let limit = page.size + 1;
    let mut values: Vec<Value> = vec![studio.into(), party.into()];
    let mut from = String::new();
    if let Some((at, kind, id)) = page.from {
        values.extend([at.into(), kind.word().into(), id.into()]);
        from = format!("WHERE at {beyond} $3 OR (at = $3 AND (kind {beyond} $4 OR (kind = $4 AND id {beyond} $5)))");
    }
    let selects: Vec<String> = SOURCES
        .iter()
        .filter(|source| of(source))
        .map(|source| {
            format!(
                "SELECT * FROM (SELECT at, CAST('{}' AS text) AS kind, id, title, detail, amount_minor, currency, by_id
                 FROM ({}) AS told) AS placed {from} ORDER BY at {order}, kind {order}, id {order} LIMIT {limit}",
                source.kind, source.select
            )
        })
        .map(|select| format!("SELECT * FROM ({select}) AS part"))
        .collect();
    let text = format!(
        "{LISTS} SELECT * FROM ({}) AS events ORDER BY at {order}, kind {order}, id {order} LIMIT {limit}",
        selects.join(" UNION ALL ")
    );
    let statement = Statement::from_sql_and_values(db.get_database_backend(), text, values);
    let rows = Row::find_by_statement(statement).all(db).await?;
    Ok(rows.into_iter().map(Event::from).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_leads_back_to_its_place_and_nothing_else_is_one() {
        let at = chrono::DateTime::from_timestamp_micros(1_795_435_200_000_001).unwrap();
        let event = Event {
            at,
            kind: EventKind::ConsentWithdrawn,
            id: Uuid::from_u128(7),
            title: String::new(),
            detail: None,
            amount: None,
            by: None,
        };
        let page = TimelinePage::new(None, Some(&event.cursor()), None, None).unwrap();
        assert_eq!(page.from, Some((at, EventKind::ConsentWithdrawn, event.id)));
        for wrong in ["", "x", "1_note", "1_note_zz", "1_nothing_00000000000000000000000000000007"] {
            let refused = TimelinePage::new(None, None, Some(5), Some(wrong));
            assert_eq!(refused, Err(PageError::Cursor { field: "before" }), "{wrong:?}");
        }
        let both = TimelinePage::new(Some(1), None, Some(1), None);
        assert_eq!(both, Err(PageError::BothWays));
        assert_eq!(TimelinePage::new(Some(101), None, None, None), Err(PageError::Size { field: "first", given: 101 }));
    }

    #[test]
    fn each_kind_has_its_source() {
        for kind in <EventKind as sea_orm::Iterable>::iter() {
            assert_eq!(SOURCES.iter().filter(|source| source.kind == kind).count(), 1, "{kind}");
        }
    }
}
