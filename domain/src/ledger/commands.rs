//! Posting.

use std::collections::{BTreeSet, HashMap};

use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, ExprTrait, IntoActiveModel, QueryFilter, TransactionTrait};

use super::{
    LedgerError,
    entity::{account, entry, journal},
    rules::{self, AccountRef, Leg},
};
use crate::{
    actor::Ctx,
    ids::{AccountId, JournalId, OrderId, StudioId},
    money::Currency,
    report::StoreError,
    store::{self, Tx},
};

/// A journal to be posted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posting<'a> {
    /// Whose books.
    pub studio: StudioId,
    /// What happened, such as `sale`, `refund`.
    pub kind: &'a str,
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
    /// The currency of all its legs.
    pub currency: Currency,
    /// The legs; see [`rules`].
    pub legs: Vec<Leg>,
}

/// Posts a journal, opening accounts as it needs them. Posting the same source, external id and kind again, even at the same moment, changes
/// nothing and returns the journal that stands. For the program itself: who lets a sale happen lets it be booked.
pub async fn post(tx: &Tx, ctx: &Ctx, posting: &Posting<'_>) -> Result<journal::Model, LedgerError> {
    rules::check(&posting.legs)?;
    if let Some(standing) = standing(tx, posting).await? {
        return Ok(standing);
    }
    let accounts = open_accounts(tx, ctx, posting).await?;
    // Behind a savepoint: if another posting of the same has won meanwhile, ours leaves no entries behind.
    let savepoint = tx.begin().await.map_err(StoreError::from)?;
    let row = journal::Model {
        id: ctx.env.id(),
        studio_id: posting.studio,
        kind: posting.kind.to_owned(),
        source: posting.source.to_owned(),
        external_id: posting.external_id.to_owned(),
        order_id: posting.order,
        reference: posting.reference.to_owned(),
        memo: posting.memo.to_owned(),
        posted_at: ctx.env.now(),
    };
    entry::Entity::insert_many(entries(ctx, row.id, posting, &accounts)?).exec_without_returning(&savepoint).await?;
    if store::insert_new(&savepoint, row.clone().into_active_model()).await? {
        savepoint.commit().await?;
        return Ok(row);
    }
    savepoint.rollback().await?;
    standing(tx, posting).await?.ok_or_else(|| elsewhere(posting))
}

fn elsewhere(posting: &Posting<'_>) -> LedgerError {
    LedgerError::Elsewhere { source_name: posting.source.to_owned(), external_id: posting.external_id.to_owned() }
}

async fn standing(tx: &Tx, posting: &Posting<'_>) -> Result<Option<journal::Model>, LedgerError> {
    let found = journal::Entity::find()
        .filter(journal::Column::Source.eq(posting.source))
        .filter(journal::Column::ExternalId.eq(posting.external_id))
        .filter(journal::Column::Kind.eq(posting.kind))
        .one(tx)
        .await?;
    match found {
        Some(journal) if (journal.studio_id, journal.order_id) != (posting.studio, posting.order) => {
            Err(elsewhere(posting))
        }
        found => Ok(found),
    }
}

fn entries(
    ctx: &Ctx,
    journal: JournalId,
    posting: &Posting<'_>,
    accounts: &HashMap<AccountRef, AccountId>,
) -> Result<Vec<entry::ActiveModel>, LedgerError> {
    let row = |leg: &Leg| {
        let account = accounts.get(&leg.account).copied()?;
        Some(entry::ActiveModel {
            id: Set(ctx.env.id()),
            journal_id: Set(journal),
            account_id: Set(account),
            amount_minor: Set(leg.amount_minor),
            currency: Set(posting.currency),
        })
    };
    let missing = || sea_orm::DbErr::RecordNotFound("an account that was just opened".into());
    posting.legs.iter().map(|leg| row(leg).ok_or_else(|| missing().into())).collect()
}

/// The accounts of a posting. Missing ones are inserted one by one in the accounts' order, the same in every transaction, so two postings that
/// open the same ones wait for each other and never in a circle; those that stand are only read.
async fn open_accounts(
    tx: &Tx,
    ctx: &Ctx,
    posting: &Posting<'_>,
) -> Result<HashMap<AccountRef, AccountId>, LedgerError> {
    let wanted: BTreeSet<AccountRef> = posting.legs.iter().map(|leg| leg.account).collect();
    let mut found = find_accounts(tx, posting, &wanted).await?;
    let mut opened = false;
    for account in wanted.iter().filter(|account| !found.contains_key(account)) {
        let row = account::ActiveModel {
            id: Set(ctx.env.id()),
            studio_id: Set(posting.studio),
            kind: Set(account.kind),
            party_id: Set(account.party),
            currency: Set(posting.currency),
            opened_at: Set(ctx.env.now()),
        };
        store::insert_new(tx, row).await?;
        opened = true;
    }
    if opened {
        found = find_accounts(tx, posting, &wanted).await?;
    }
    Ok(found)
}

async fn find_accounts(
    tx: &Tx,
    posting: &Posting<'_>,
    wanted: &BTreeSet<AccountRef>,
) -> Result<HashMap<AccountRef, AccountId>, LedgerError> {
    let kinds: BTreeSet<_> = wanted.iter().map(|account| account.kind).collect();
    let parties: BTreeSet<_> = wanted.iter().filter_map(|account| account.party).collect();
    let rows = account::Entity::find()
        .filter(account::Column::StudioId.eq(posting.studio))
        .filter(account::Column::Currency.eq(posting.currency))
        .filter(account::Column::Kind.is_in(kinds))
        .filter(account::Column::PartyId.is_null().or(account::Column::PartyId.is_in(parties)))
        .all(tx)
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| (AccountRef { kind: row.kind, party: row.party_id }, row.id))
        .filter(|(account, _)| wanted.contains(account))
        .collect())
}

/// Posts the exact reversal of a standing journal under another kind, such as `refund` of a `sale`; a second call returns what the first made.
pub async fn post_reversal(
    tx: &Tx,
    ctx: &Ctx,
    of: &journal::Model,
    kind: &str,
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
    let posting = Posting {
        studio: of.studio_id,
        kind,
        source: &of.source,
        external_id: &of.external_id,
        order: of.order_id,
        reference: &of.reference,
        memo,
        currency,
        legs: rules::reversal(&legs)?,
    };
    post(tx, ctx, &posting).await
}
