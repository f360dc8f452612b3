//! Journals, their entries and their parts.

use std::collections::HashMap;

use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait};

use super::BATCH;
use crate::{
    actor::Ctx,
    env::Instant,
    ids::{JournalId, OrderId, StudioId},
    ledger::{
        LedgerError,
        entity::{JournalKind, PartHolder, account, entry, journal, journal_part},
        rules::{Holder, Part, Position, parts::remaining},
    },
    page::{self, Page, PageRequest},
    policy::{self, Action},
    report::StoreError,
    store::Db,
};

/// The studio's journals, newest first.
pub async fn list_journals(
    db: &Db,
    ctx: &Ctx,
    studio: StudioId,
    page: PageRequest<JournalId>,
) -> Result<Page<journal::Model>, LedgerError> {
    policy::require(&ctx.actor, Action::ReadLedger, studio)?;
    let query = journal::Entity::find().filter(journal::Column::StudioId.eq(studio));
    Ok(page::fetch(db, query, journal::Column::Id, page).await?)
}

/// The journals behind one order of the studio, oldest first.
pub async fn journals_of_order(
    db: &Db,
    ctx: &Ctx,
    studio: StudioId,
    order: OrderId,
) -> Result<Vec<journal::Model>, LedgerError> {
    policy::require(&ctx.actor, Action::ReadLedger, studio)?;
    Ok(journal::Entity::find()
        .filter(journal::Column::StudioId.eq(studio))
        .filter(journal::Column::OrderId.eq(order))
        .order_by_asc(journal::Column::Id)
        .all(db)
        .await?)
}

/// The journal of the sale that a payment was booked as. For the program itself.
pub async fn find_sale(
    db: &impl ConnectionTrait,
    gateway: &str,
    payment: &str,
) -> Result<Option<journal::Model>, StoreError> {
    Ok(journal::Entity::find()
        .filter(journal::Column::Source.eq(gateway))
        .filter(journal::Column::ExternalId.eq(payment))
        .filter(journal::Column::Kind.eq(JournalKind::Sale))
        .one(db)
        .await?)
}

/// The journal that a payment was booked as: a sale, or what came for nothing sold. For the program itself.
pub async fn find_income(
    db: &impl ConnectionTrait,
    gateway: &str,
    payment: &str,
) -> Result<Option<journal::Model>, StoreError> {
    Ok(journal::Entity::find()
        .filter(journal::Column::Source.eq(gateway))
        .filter(journal::Column::ExternalId.eq(payment))
        .filter(journal::Column::Kind.is_in([JournalKind::Sale, JournalKind::RefundDue]))
        .one(db)
        .await?)
}

/// The studio's journals in the order of their dates and ids, from behind one on, dated before an instant, a batch at a time.
pub(in crate::ledger) async fn journals_from(
    db: &impl ConnectionTrait,
    studio: StudioId,
    from: Option<Instant>,
    before: Instant,
    behind: Option<&journal::Model>,
) -> Result<Vec<journal::Model>, StoreError> {
    let behind = behind.map(|last| {
        Condition::any().add(journal::Column::PostedAt.gt(last.posted_at)).add(
            Condition::all().add(journal::Column::PostedAt.eq(last.posted_at)).add(journal::Column::Id.gt(last.id)),
        )
    });
    let query = journal::Entity::find()
        .filter(journal::Column::StudioId.eq(studio))
        .filter(journal::Column::PostedAt.lt(before))
        .apply_if(from, |query, from| query.filter(journal::Column::PostedAt.gte(from)))
        .apply_if(behind, QueryFilter::filter)
        .order_by_asc(journal::Column::PostedAt)
        .order_by_asc(journal::Column::Id)
        .limit(BATCH as u64);
    Ok(query.all(db).await?)
}

/// One entry and the account that it moves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryOfAccount {
    /// The entry.
    pub entry: entry::Model,
    /// Its account.
    pub account: account::Model,
}

/// The entries of journals, by journal, debits first. For who may see the journals: it asks nothing itself.
pub async fn entries_of_journals(
    db: &impl ConnectionTrait,
    journals: &[JournalId],
) -> Result<HashMap<JournalId, Vec<EntryOfAccount>>, StoreError> {
    let entries = entry::Entity::find()
        .filter(entry::Column::JournalId.is_in(journals.iter().copied()))
        .order_by_asc(entry::Column::Seq)
        .all(db)
        .await?;
    let accounts: HashMap<_, _> = account::Entity::find()
        .filter(account::Column::Id.is_in(entries.iter().map(|entry| entry.account_id)))
        .all(db)
        .await?
        .into_iter()
        .map(|account| (account.id, account))
        .collect();
    let mut by_journal: HashMap<JournalId, Vec<EntryOfAccount>> = HashMap::new();
    for entry in entries {
        if let Some(account) = accounts.get(&entry.account_id).cloned() {
            by_journal.entry(entry.journal_id).or_default().push(EntryOfAccount { entry, account });
        }
    }
    for rows in by_journal.values_mut() {
        rows.sort_by_key(|row| (row.entry.amount_minor < 0, row.account.kind, row.account.party_id));
    }
    Ok(by_journal)
}

/// What has been done to the parts of a sale, in order: the sale's own first, which give the order in which a cent that is left over is placed.
pub(in crate::ledger) async fn parts_of_sale(
    db: &impl ConnectionTrait,
    sale: JournalId,
) -> Result<Vec<Part>, StoreError> {
    let rows = journal_part::Entity::find()
        .filter(journal_part::Column::SaleId.eq(sale))
        .order_by_asc(journal_part::Column::JournalId)
        .order_by_asc(journal_part::Column::Position)
        .all(db)
        .await?;
    let (own, since): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| row.journal_id == sale);
    Ok(own.iter().chain(&since).map(part).collect())
}

/// What one journal has done to the parts of its sale, in the order in which it names them.
pub(in crate::ledger) async fn parts_of_journal(
    db: &impl ConnectionTrait,
    journal: JournalId,
) -> Result<Vec<Part>, StoreError> {
    let rows = journal_part::Entity::find()
        .filter(journal_part::Column::JournalId.eq(journal))
        .order_by_asc(journal_part::Column::Position)
        .all(db)
        .await?;
    Ok(rows.iter().map(part).collect())
}

fn part(row: &journal_part::Model) -> Part {
    let holder = match (row.holder, row.party_id) {
        (PartHolder::Party, Some(party)) => Holder::Party(party),
        (PartHolder::Parked, _) => Holder::Parked,
        (PartHolder::Tax, _) => Holder::Tax,
        (PartHolder::Service, _) => Holder::Service,
        // The table's check holds that a party's part names the party.
        (PartHolder::Studio | PartHolder::Party, _) => Holder::Studio,
    };
    Part {
        line: row.order_line_id,
        holder,
        live_minor: row.live_minor,
        suspended_minor: row.suspended_minor,
        share: row.share,
        holds_cent: row.holds_cent,
    }
}

/// What remains of each part of a sale. For the program itself, such as to say how much can be given back: who takes of it looks again.
pub async fn remaining_of_sale(db: &impl ConnectionTrait, sale: JournalId) -> Result<Vec<Position>, LedgerError> {
    Ok(remaining(&parts_of_sale(db, sale).await?)?)
}
