//! Parties that may be one, merging them, and erasing one.

use async_graphql::{Context, Enum, InputObject, Object, SimpleObject, connection::Edge};
use chrono::{DateTime, Utc};
use domain::{
    ids::{PartyId, StudioId},
    page::{DEFAULT_SIZE, PageError},
    parties::{
        self, ErasureReport, Likeness, MAX_LIKENESSES, entity,
        records::{KeyKind, erasure},
    },
};

use crate::{
    caller::Caller,
    graphql::{
        caller,
        connection::{Connection, page_cost},
        errors::Failure,
        loader,
        parties::Party,
        scalars::{Id, Int64},
    },
    payload,
};

/// What parties have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum PartyLikenessKind {
    /// An address for mail.
    Email,
    /// An IPI name number.
    Ipi,
    /// An ISNI.
    Isni,
    /// The name, without case and accents.
    Name,
}

impl From<KeyKind> for PartyLikenessKind {
    fn from(kind: KeyKind) -> Self {
        match kind {
            KeyKind::Email => Self::Email,
            KeyKind::Ipi => Self::Ipi,
            KeyKind::Isni => Self::Isni,
            // Words alone make nobody alike, and are not told.
            KeyKind::Name | KeyKind::Word => Self::Name,
        }
    }
}

/// Parties that may be one.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct PartyLikeness {
    /// What they have in common.
    pub kind: PartyLikenessKind,
    /// That itself, in the form by which it is compared.
    pub shared: String,
    /// How many they are.
    pub count: Int64,
    /// Who they are, the one entered first first; 20 of them at the most.
    pub parties: Vec<Party>,
}

/// What is known of a party, by class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::parties::DataClass")]
pub enum ErasureClass {
    /// Name, legal name and numbers.
    Identity,
    /// The address for mail.
    Email,
    /// Organisation, publisher and postal address.
    Details,
    /// Further contacts.
    Contacts,
    /// Links.
    Links,
    /// Tags.
    Tags,
    /// Notes.
    Notes,
    /// Why a client was moved from stage to stage.
    StageWords,
    /// Lines of lists that were taken in.
    Imports,
    /// Consents to be mailed, and the requests by which they were given.
    Consents,
    /// Which mails were sent.
    Mails,
    /// Bookings by the party or the address, and calendars of the party's.
    Bookings,
    /// The tax number.
    Tax,
    /// Where the party is paid.
    PayeeRoutes,
    /// What the party did in sessions.
    Sessions,
    /// Quotes to the client that the party is, with their answers.
    Quotes,
    /// Invoices and credit notes to that client.
    Invoices,
    /// Agreements that the party has signed, with their evidence.
    Agreements,
    /// Credits, signed shares, roles in projects, and names in registrations and on releases.
    Credits,
    /// Accounts, payouts and what the party was hired for.
    Accounting,
    /// The link to the party's royalty statements.
    RoyaltyPortal,
    /// Royalty statements, what they account for, and what was said to their lines.
    Royalties,
    /// Orders by the address, with their licences, contracts, downloads and first refusals.
    Orders,
    /// Offers by the address, with every step.
    Offers,
    /// Reviews to which the address was invited, with what was said and approved there.
    Reviews,
}

/// What becomes of a class of what is known of a party.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct ErasureLine {
    /// The class.
    pub class: ErasureClass,
    /// Whether it is erased; else it is kept.
    pub erased: bool,
    /// How many rows it has.
    pub rows: Int64,
    /// Why.
    pub why: String,
}

/// What is erased of a party and what is kept.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct PartyErasure {
    /// The classes of which there is anything.
    pub lines: Vec<ErasureLine>,
    /// When it was erased; absent as long as it was not.
    pub erased_at: Option<DateTime<Utc>>,
}

impl PartyErasure {
    fn new(report: ErasureReport, erased_at: Option<DateTime<Utc>>) -> Self {
        let line = |line: parties::ErasureLine| ErasureLine {
            class: line.class.into(),
            erased: line.erased,
            rows: Int64(line.rows),
            why: line.why,
        };
        Self { lines: report.lines.into_iter().map(line).collect(), erased_at }
    }
}

impl From<erasure::Model> for PartyErasure {
    fn from(row: erasure::Model) -> Self {
        Self::new(row.report, Some(row.erased_at))
    }
}

/// Queries about merging and erasing.
#[derive(Debug, Default)]
pub struct MergingQuery;

#[Object]
impl MergingQuery {
    /// The parties of a studio that may be one: of the same address, number or name. At most 100 groups at a time.
    #[graphql(complexity = "page_cost(first, None, child_complexity)")]
    async fn party_likenesses(
        &self,
        ctx: &Context<'_>,
        studio: Id<StudioId>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Connection<PartyLikeness>, Failure> {
        let caller = caller(ctx)?;
        let studio = studio.named("studio")?;
        let size = first.map_or(Ok(DEFAULT_SIZE), |given| {
            let size = u64::try_from(given).ok().filter(|size| (1..=MAX_LIKENESSES).contains(size));
            size.ok_or(PageError::Size { field: "first", given: given.into() })
        })?;
        let behind = match after.as_deref() {
            Some(cursor) => Some(key_of(cursor).ok_or(PageError::Cursor { field: "after" })?),
            None => None,
        };
        let has_previous = behind.is_some();
        // One more than is shown tells whether there are more; of the largest page, another question does.
        let (db, asked) = (&caller.services.db, &caller.ctx);
        let found = parties::list_likenesses(db, asked, studio, behind, size).await?;
        let mut has_next = false;
        if found.len() as u64 == size
            && let Some(last) = found.last()
        {
            let behind = Some((last.kind, last.key.clone()));
            has_next = !parties::list_likenesses(db, asked, studio, behind, 1).await?.is_empty();
        }
        let ids: Vec<PartyId> = found.iter().flat_map(|likeness| likeness.parties.iter().copied()).collect();
        let rows = loader(ctx)?.load_many(ids).await?;
        let mut all = Connection::new(has_previous, has_next);
        all.edges.extend(found.into_iter().map(|likeness| {
            let cursor = format!("{}:{}", likeness.kind, likeness.key);
            let Likeness { kind, key, count, parties } = likeness;
            let parties = parties.iter().filter_map(|id| rows.get(id).cloned()).map(Party::from).collect();
            Edge::new(cursor, PartyLikeness { kind: kind.into(), shared: key, count: Int64(count), parties })
        }));
        Ok(all)
    }

    /// What erasing a party would erase, and what it would keep; of one that was erased, what it did.
    async fn party_erasure(&self, ctx: &Context<'_>, party: Id<PartyId>) -> Result<Option<PartyErasure>, Failure> {
        let caller = caller(ctx)?;
        let (db, party) = (&caller.services.db, party.named("party")?);
        let report = parties::preview_erasure(db, &caller.ctx, party).await?;
        let erased = parties::erasures_of(db, &[party]).await?.remove(&party);
        Ok(Some(PartyErasure::new(report, erased.map(|row| row.erased_at))))
    }
}

fn key_of(cursor: &str) -> Option<(KeyKind, String)> {
    let (kind, key) = cursor.split_once(':')?;
    let kind =
        [KeyKind::Email, KeyKind::Ipi, KeyKind::Isni, KeyKind::Name].into_iter().find(|known| known.word() == kind)?;
    Some((kind, key.to_owned()))
}

/// Two parties that are one.
#[derive(Debug, InputObject)]
pub struct MergePartiesInput {
    /// The party that is given up; its row stays and leads to the other.
    pub from: Id<PartyId>,
    /// The party that takes its place.
    pub into: Id<PartyId>,
}

/// A party to be erased.
#[derive(Debug, InputObject)]
pub struct ErasePartyInput {
    /// The party.
    pub party: Id<PartyId>,
    /// Its name, as it stands: it confirms that nobody else is meant.
    pub name: String,
}

payload! {
    /// What came of `mergeParties`.
    pub struct MergePartiesPayload {
        /// The party that took the other's place.
        party: Party
    }
}

payload! {
    /// What came of `eraseParty`.
    pub struct ErasePartyPayload {
        /// What was erased, and what was kept.
        erasure: PartyErasure
    }
}

/// Mutations that merge and erase.
#[derive(Debug, Default)]
pub struct MergingMutation;

#[Object]
impl MergingMutation {
    /// Merges a party into another, which takes its place in credits, payments and everything else that can be moved; what was signed and booked stays, and is
    /// followed. It cannot be undone, and no key may do it.
    async fn merge_parties(&self, ctx: &Context<'_>, input: MergePartiesInput) -> Result<MergePartiesPayload, Failure> {
        MergePartiesPayload::of(merge(caller(ctx)?, &input).await)
    }

    /// Erases a party on request: what law and contracts do not need goes for good. It cannot be undone, and no key may do it; `partyErasure`
    /// tells before what would go.
    async fn erase_party(&self, ctx: &Context<'_>, input: ErasePartyInput) -> Result<ErasePartyPayload, Failure> {
        ErasePartyPayload::of(erase(caller(ctx)?, &input).await)
    }
}

async fn merge(caller: &Caller, input: &MergePartiesInput) -> Result<entity::Model, Failure> {
    let (from, into) = (input.from.named("from")?, input.into.named("into")?);
    let tx = caller.services.begin().await?;
    let party = parties::merge_parties(&tx, &caller.ctx, from, into).await?;
    caller.services.commit(tx).await?;
    Ok(party)
}

async fn erase(caller: &Caller, input: &ErasePartyInput) -> Result<erasure::Model, Failure> {
    let party = input.party.named("party")?;
    let tx = caller.services.begin().await?;
    let erased = parties::erase_party(&tx, &caller.ctx, party, &input.name).await?;
    caller.services.commit(tx).await?;
    Ok(erased)
}
