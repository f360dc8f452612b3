//! Posting.

use std::{
    borrow::Cow,
    collections::{BTreeSet, HashMap},
    iter,
};

use sea_orm::{
    ActiveValue, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, TransactionTrait,
};

use super::accounts::{self, Hold, Standings};
use crate::{
    actor::Ctx,
    env::Instant,
    ids::{AccountId, JournalId, OrderId, PartyId, StudioId},
    ledger::{
        LedgerError,
        entity::{AccountKind, JournalKind, PartHolder, account, entry, journal, journal_part},
        queries::BATCH,
        rules::{self, AccountRef, Holder, Leg, Part, receivable::settle},
    },
    money::Currency,
    report::StoreError,
    store::{self, Tx},
};

/// What has happened, and where it comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Event<'a> {
    /// Whose books.
    pub studio: StudioId,
    /// Where it comes from, such as the gateway's name.
    pub source: &'a str,
    /// The source's id for it, such as the payment's.
    pub external_id: &'a str,
    /// The order behind it.
    pub order: Option<OrderId>,
    /// The one reference.
    pub reference: &'a str,
    /// A sentence for a person.
    pub memo: &'a str,
    /// The currency of all its amounts.
    pub currency: Currency,
    /// When it happened, where that is known to be earlier than now. It is posted now in any case: a period that is closed stays as it is.
    pub occurred_at: Option<Instant>,
}

/// A journal to be posted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posting<'a> {
    /// What has happened.
    pub event: Event<'a>,
    /// What is booked of it; with source and external id it names the journal.
    pub kind: JournalKind,
    /// The journal that it undoes or carries on.
    pub of: Option<JournalId>,
    /// The legs; see [`rules`].
    pub legs: Vec<Leg>,
    /// The sale whose parts it moves; none if it is the sale itself, or about none.
    pub sale: Option<JournalId>,
    /// How it moves them.
    pub parts: Vec<Part>,
}

impl<'a> Posting<'a> {
    /// A journal that is about no parts of a sale.
    pub const fn plain(event: Event<'a>, kind: JournalKind, legs: Vec<Leg>) -> Self {
        Self { event, kind, of: None, legs, sale: None, parts: Vec::new() }
    }
}

/// Posts a journal, opening accounts as it needs them. What a payee is owed never falls below zero: what would is a receivable, and is settled first.
/// What moves the account of a party that was merged into another moves the other's; the parts of the sale stay as they were signed.
/// Posting the same source, external id and kind again, even at the same moment, changes nothing and returns the journal that stands.
pub async fn post(tx: &Tx, ctx: &Ctx, posting: &Posting<'_>) -> Result<journal::Model, LedgerError> {
    rules::check(&posting.legs)?;
    let mut hold = hold_for(&posting.legs);
    // What takes of a payee or of a sale is looked for first: of what it has taken already, less remains than it would take again. What only adds
    // finds out by its name when it is posted.
    if (hold == Hold::Alone || posting.sale.is_some())
        && let Some(standing) = standing(tx, &posting.event, posting.kind).await?
    {
        return Ok(standing);
    }
    let mut legs = Cow::Borrowed(posting.legs.as_slice());
    // Accounts are opened at most twice, the receivables last, the hold is tightened once, and a party is led on to its successor once.
    loop {
        // Behind a savepoint: if this comes to nothing, it leaves neither entries nor locks behind.
        let savepoint = tx.begin().await.map_err(StoreError::from)?;
        match attempt(&savepoint, ctx, posting, &legs, hold).await? {
            Attempt::Posted(row) => {
                savepoint.commit().await?;
                return Ok(row);
            }
            Attempt::Missing(missing) => {
                savepoint.rollback().await?;
                accounts::open(tx, ctx, &posting.event, &missing).await?;
            }
            Attempt::NeedsAlone => {
                savepoint.rollback().await?;
                hold = Hold::Alone;
            }
            Attempt::Succeeded(successors) => {
                savepoint.rollback().await?;
                legs = Cow::Owned(rules::succeeded(&legs, &successors)?);
                hold = hold_for(&legs);
            }
            Attempt::Lost => {
                savepoint.rollback().await?;
                let standing = standing(tx, &posting.event, posting.kind).await?;
                // Another journal has undone the same, under another name.
                return standing.ok_or(LedgerError::EndedAlready);
            }
        }
    }
}

/// Who takes of what a payee is owed holds it alone.
fn hold_for(legs: &[Leg]) -> Hold {
    let takes = legs.iter().any(|leg| leg.account.kind == AccountKind::Payable && leg.amount_minor > 0);
    if takes { Hold::Alone } else { Hold::Shared }
}

/// How an attempt at posting has ended.
enum Attempt {
    Posted(journal::Model),
    /// Parties of the legs were merged into others, whose accounts are moved instead.
    Succeeded(HashMap<PartyId, PartyId>),
    /// These accounts are still to be opened.
    Missing(BTreeSet<AccountRef>),
    /// A payee owes something: what is owed to them has to be held alone.
    NeedsAlone,
    /// Another posting of the same has won meanwhile.
    Lost,
}

async fn attempt(
    savepoint: &Tx,
    ctx: &Ctx,
    posting: &Posting<'_>,
    legs: &[Leg],
    hold: Hold,
) -> Result<Attempt, LedgerError> {
    let mut wanted: BTreeSet<AccountRef> = legs.iter().map(|leg| leg.account).collect();
    let payees: BTreeSet<_> = wanted.iter().filter(|of| of.kind == AccountKind::Payable).copied().collect();
    let found = accounts::find(savepoint, &posting.event, &wanted, hold, &payees).await?;
    let parties: BTreeSet<PartyId> = wanted.iter().filter_map(|account| account.party).collect();
    let Standings { of_payees: standings, successors } = if parties.is_empty() {
        Standings::default()
    } else {
        accounts::standings(savepoint, &posting.event, &parties, hold).await?
    };
    if !successors.is_empty() {
        return Ok(Attempt::Succeeded(successors));
    }
    if let Some(missing) = missing(&wanted, &found) {
        return Ok(Attempt::Missing(missing));
    }
    if hold == Hold::Shared && standings.values().any(|standing| standing.due_minor > 0) {
        return Ok(Attempt::NeedsAlone);
    }
    let legs = settle(legs, &standings)?;
    let mut accounts = found;
    wanted.extend(legs.iter().map(|leg| leg.account));
    if let Some(unfound) = missing(&wanted, &accounts) {
        accounts.extend(accounts::find(savepoint, &posting.event, &unfound, Hold::Nothing, &payees).await?);
        if let Some(missing) = missing(&wanted, &accounts) {
            return Ok(Attempt::Missing(missing));
        }
    }
    let row = new_journal(ctx, posting);
    // A run of royalties may move more accounts than one statement takes.
    for some in entries(ctx, row.id, posting, &legs, &accounts)?.chunks(BATCH) {
        entry::Entity::insert_many(some.iter().cloned()).exec_without_returning(savepoint).await?;
    }
    if !posting.parts.is_empty() {
        journal_part::Entity::insert_many(parts(row.id, posting)).exec_without_returning(savepoint).await?;
    }
    let is_first = store::insert_new(savepoint, row.clone().into_active_model()).await?;
    Ok(if is_first { Attempt::Posted(row) } else { Attempt::Lost })
}

fn missing(wanted: &BTreeSet<AccountRef>, found: &HashMap<AccountRef, AccountId>) -> Option<BTreeSet<AccountRef>> {
    let missing: BTreeSet<_> = wanted.iter().filter(|account| !found.contains_key(account)).copied().collect();
    (!missing.is_empty()).then_some(missing)
}

fn new_journal(ctx: &Ctx, posting: &Posting<'_>) -> journal::Model {
    let (event, now) = (&posting.event, ctx.env.now());
    journal::Model {
        id: ctx.env.id(),
        studio_id: event.studio,
        kind: posting.kind,
        source: event.source.to_owned(),
        external_id: event.external_id.to_owned(),
        order_id: event.order,
        reference: event.reference.to_owned(),
        memo: event.memo.to_owned(),
        posted_at: now,
        of_id: posting.of,
        occurred_at: event.occurred_at.filter(|at| *at < now),
    }
}

/// The journal of that kind that stands for an event already.
pub(super) async fn standing(
    tx: &Tx,
    event: &Event<'_>,
    kind: JournalKind,
) -> Result<Option<journal::Model>, LedgerError> {
    let found = journal::Entity::find()
        .filter(journal::Column::Source.eq(event.source))
        .filter(journal::Column::ExternalId.eq(event.external_id))
        .filter(journal::Column::Kind.eq(kind))
        .one(tx)
        .await?;
    match found {
        Some(journal) if (journal.studio_id, journal.order_id) != (event.studio, event.order) => {
            Err(LedgerError::Elsewhere {
                source_name: event.source.to_owned(),
                external_id: event.external_id.to_owned(),
            })
        }
        found => Ok(found),
    }
}

fn entries(
    ctx: &Ctx,
    journal: JournalId,
    posting: &Posting<'_>,
    legs: &[Leg],
    accounts: &HashMap<AccountRef, AccountId>,
) -> Result<Vec<entry::ActiveModel>, LedgerError> {
    let row = |leg: &Leg| {
        let account = accounts.get(&leg.account).copied()?;
        Some(entry::ActiveModel {
            id: Set(ctx.env.id()),
            journal_id: Set(journal),
            account_id: Set(account),
            amount_minor: Set(leg.amount_minor),
            currency: Set(posting.event.currency),
            seq: ActiveValue::NotSet,
        })
    };
    let missing = || sea_orm::DbErr::RecordNotFound("an account that was just opened".into());
    legs.iter().map(|leg| row(leg).ok_or_else(|| missing().into())).collect()
}

fn parts(journal: JournalId, posting: &Posting<'_>) -> impl Iterator<Item = journal_part::ActiveModel> {
    let sale = posting.sale.unwrap_or(journal);
    iter::zip(0.., posting.parts.iter().cloned()).map(move |(position, part)| {
        let (holder, party) = match part.holder {
            Holder::Party(party) => (PartHolder::Party, Some(party)),
            Holder::Parked => (PartHolder::Parked, None),
            Holder::Tax => (PartHolder::Tax, None),
            Holder::Studio => (PartHolder::Studio, None),
            Holder::Service => (PartHolder::Service, None),
        };
        journal_part::ActiveModel {
            journal_id: Set(journal),
            position: Set(position),
            sale_id: Set(sale),
            order_line_id: Set(part.line),
            holder: Set(holder),
            party_id: Set(party),
            live_minor: Set(part.live_minor),
            suspended_minor: Set(part.suspended_minor),
            share: Set(part.share),
            holds_cent: Set(part.holds_cent),
        }
    })
}

/// Posts the exact reversal of a standing journal under its own kind: what it has booked was recorded by mistake, and may be booked anew. A second call returns what the
/// first made.
pub(crate) async fn post_back(tx: &Tx, ctx: &Ctx, of: JournalId, memo: &str) -> Result<journal::Model, LedgerError> {
    let missing = || sea_orm::DbErr::RecordNotFound("a posted journal".into());
    let of = journal::Entity::find_by_id(of).one(tx).await?.ok_or_else(missing)?;
    let kind = of.kind;
    let named = journal::Model { external_id: format!("{}:back", of.external_id), ..of };
    post_reversal(tx, ctx, &named, kind, memo).await
}

/// Posts the exact reversal of a standing journal under another kind; a second call returns what the first made. For money that came for nothing
/// sold: what takes a sale back is [`super::book_refund`].
pub async fn post_reversal(
    tx: &Tx,
    ctx: &Ctx,
    of: &journal::Model,
    kind: JournalKind,
    memo: &str,
) -> Result<journal::Model, LedgerError> {
    let entries = entry::Entity::find().filter(entry::Column::JournalId.eq(of.id)).all(tx).await?;
    let accounts: HashMap<_, _> = account::Entity::find()
        .filter(account::Column::Id.is_in(entries.iter().map(|entry| entry.account_id)))
        .all(tx)
        .await?
        .into_iter()
        .map(|row| (row.id, row))
        .collect();
    let missing = || sea_orm::DbErr::RecordNotFound("an account of a posted journal".into());
    let currency = entries.first().ok_or_else(missing)?.currency;
    let mut legs = Vec::with_capacity(entries.len());
    for entry in entries {
        let account = accounts.get(&entry.account_id).ok_or_else(missing)?;
        let account = AccountRef { kind: account.kind, party: account.party_id };
        legs.push(Leg { account, amount_minor: entry.amount_minor });
    }
    let event = Event {
        studio: of.studio_id,
        source: &of.source,
        external_id: &of.external_id,
        order: of.order_id,
        reference: &of.reference,
        memo,
        currency,
        occurred_at: None,
    };
    let posting = Posting { of: Some(of.id), ..Posting::plain(event, kind, rules::reversal(&legs)?) };
    post(tx, ctx, &posting).await
}
