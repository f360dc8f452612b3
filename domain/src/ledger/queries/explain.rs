//! Why an entry is what it is: from a payee's cent to the line that was sold, the share and the document that divided it, and the gateway's payment; from
//! a payout to the income that it was paid from.

use std::collections::{BTreeSet, HashMap};

use sea_orm::{ColumnTrait, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect, QueryTrait};

use super::{BATCH, EntryOfAccount};
use crate::{
    actor::Ctx,
    ids::{EntryId, JournalId, OrderLineId, PartyId},
    ledger::{
        LedgerError,
        entity::{AccountKind, JournalKind, PartHolder, account, entry, journal, journal_part},
        rules::explain::{Movement, funded},
    },
    parties::successors_of,
    policy::{self, Action},
    sales::entity::{gateway_event, order, order_line, payment},
    splits::{Basis, bases_of_journals},
    store::Db,
};

/// Why an entry is what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// The entry.
    pub entry: EntryOfAccount,
    /// Its journal.
    pub journal: journal::Model,
    /// The journal that this one undoes or carries on.
    pub of: Option<journal::Model>,
    /// The order behind it.
    pub order: Option<order::Model>,
    /// What the gateway has collected for that; none of what no money was collected for.
    pub payment: Option<payment::Model>,
    /// What the gateway has told of the order, in the order in which it came.
    pub events: Vec<gateway_event::Model>,
    /// The parts of the sale that the entry is the sum of, line by line.
    pub parts: Vec<PartOfLine>,
    /// The income that a payout was paid from, the earliest first.
    pub funded_by: Vec<FundedBy>,
}

/// A part of a sale, with what divided it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartOfLine {
    /// The part.
    pub part: journal_part::Model,
    /// The line that was sold; none where lines were not told apart yet.
    pub line: Option<order_line::Model>,
    /// All that the same journal has done to the line, this part among it: who holds a cent that was left over stands here.
    pub divided: Vec<journal_part::Model>,
    /// The signed document that divided the line; none where the credits of its one maker did, or while it is parked.
    pub basis: Option<Basis>,
}

/// An income that a payout was paid from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FundedBy {
    /// The entry that made it owed.
    pub entry: entry::Model,
    /// Its journal.
    pub journal: journal::Model,
    /// How much of it, in minor units of the entry's currency.
    pub amount_minor: i64,
}

/// Explains an entry; none if there is no such entry, or not one that the caller may know of.
pub async fn explain(db: &Db, ctx: &Ctx, id: EntryId) -> Result<Option<Explanation>, LedgerError> {
    let of_entry = entry::Entity::belongs_to(journal::Entity).from(entry::Column::JournalId).to(journal::Column::Id);
    // The journal knows whose the entry is, and is read with it: a stranger's takes no statement more than one that is nowhere.
    let found = entry::Entity::find_by_id(id)
        .join(JoinType::InnerJoin, of_entry.into())
        .select_two_required(journal::Entity)
        .one(db)
        .await?;
    let found = policy::visible(&ctx.actor, Action::ReadLedger, found, |(_, journal)| journal.studio_id)?;
    let Some((entry, journal)) = found else { return Ok(None) };
    let account = account::Entity::find_by_id(entry.account_id).one(db).await?.ok_or(LedgerError::NoEntry)?;
    let of = match journal.of_id {
        Some(of) => journal::Entity::find_by_id(of).one(db).await?,
        None => None,
    };
    let (mut order, mut events) = (None, Vec::new());
    if let Some(id) = journal.order_id {
        order = order::Entity::find_by_id(id).one(db).await?;
        events = gateway_event::Entity::find()
            .filter(gateway_event::Column::OrderId.eq(id))
            .order_by_asc(gateway_event::Column::ReceivedAt)
            .order_by_asc(gateway_event::Column::EventId)
            .all(db)
            .await?;
    }
    let parts = parts_of_entry(db, &journal, &account).await?;
    let sale = match parts.first() {
        Some(part) => journal::Entity::find_by_id(part.part.sale_id).one(db).await?,
        None => None,
    };
    // What gives back what came for nothing sold is about no parts, and carries that on.
    let due = of.as_ref().filter(|of| of.kind == JournalKind::RefundDue);
    let payment = payment_of(db, sale.as_ref().or(due).unwrap_or(&journal)).await?;
    let funded_by = match journal.kind {
        JournalKind::Payout | JournalKind::PayoutByHand if account.kind == AccountKind::Payable => {
            incomes_of(db, &entry).await?
        }
        _ => Vec::new(),
    };
    let entry = EntryOfAccount { entry, account };
    Ok(Some(Explanation { entry, journal, of, order, payment, events, parts, funded_by }))
}

async fn payment_of(db: &Db, booked: &journal::Model) -> Result<Option<payment::Model>, LedgerError> {
    Ok(payment::Entity::find()
        .filter(payment::Column::Gateway.eq(booked.source.as_str()))
        .filter(payment::Column::GatewayPayment.eq(booked.external_id.as_str()))
        .one(db)
        .await?)
}

/// The parts that an entry of a journal is the sum of: those of the account's holder; of an account that nobody's parts stand in, all.
async fn parts_of_entry(
    db: &Db,
    journal: &journal::Model,
    account: &account::Model,
) -> Result<Vec<PartOfLine>, LedgerError> {
    let all = journal_part::Entity::find()
        .filter(journal_part::Column::JournalId.eq(journal.id))
        .order_by_asc(journal_part::Column::Position)
        .all(db)
        .await?;
    let Some(sale) = all.first().map(|part| part.sale_id) else { return Ok(Vec::new()) };
    let line_ids: BTreeSet<OrderLineId> = all.iter().filter_map(|part| part.order_line_id).collect();
    let lines: HashMap<OrderLineId, order_line::Model> = order_line::Entity::find()
        .filter(order_line::Column::Id.is_in(line_ids))
        .all(db)
        .await?
        .into_iter()
        .map(|line| (line.id, line))
        .collect();
    let bases = bases_of_sale(db, sale).await?;
    let theirs = booked_for(db, journal.id, &all, account.party_id).await?;
    let is_theirs = |part: &journal_part::Model| match part.party_id {
        Some(party) => theirs.contains(&party),
        None => account.party_id.is_none(),
    };
    let is_of_entry = |part: &&journal_part::Model| match account.kind {
        AccountKind::Payable | AccountKind::Receivable => {
            part.party_id.is_some() && is_theirs(part) && part.live_minor != 0
        }
        // Tax and the studio's own stay where they are while they are disputed.
        AccountKind::Suspended => {
            let is_holders = matches!(part.holder, PartHolder::Party | PartHolder::Parked);
            is_holders && is_theirs(part) && part.suspended_minor != 0
        }
        AccountKind::SplitsParked => part.holder == PartHolder::Parked && part.live_minor != 0,
        AccountKind::TaxDue => part.holder == PartHolder::Tax,
        AccountKind::Services => part.holder == PartHolder::Service,
        _ => true,
    };
    let told = |part: &journal_part::Model| PartOfLine {
        line: part.order_line_id.and_then(|line| lines.get(&line).cloned()),
        divided: all.iter().filter(|other| other.order_line_id == part.order_line_id).cloned().collect(),
        basis: part.order_line_id.and_then(|line| bases.get(&line).cloned()),
        part: part.clone(),
    };
    Ok(all.iter().filter(is_of_entry).map(told).collect())
}

/// The parties whose parts a journal has booked in the accounts of this holder: its own, or those of whom it had been merged into by then. The holder may have
/// been merged itself since, so that both lead to the same one now.
async fn booked_for(
    db: &Db,
    journal: JournalId,
    parts: &[journal_part::Model],
    holder: Option<PartyId>,
) -> Result<BTreeSet<PartyId>, LedgerError> {
    let Some(holder) = holder else { return Ok(BTreeSet::new()) };
    let accounts = entry::Entity::find()
        .select_only()
        .column(entry::Column::AccountId)
        .filter(entry::Column::JournalId.eq(journal))
        .into_query();
    let moved: Vec<Option<PartyId>> = account::Entity::find()
        .select_only()
        .column(account::Column::PartyId)
        .filter(account::Column::Id.in_subquery(accounts))
        .into_tuple()
        .all(db)
        .await?;
    let parties: BTreeSet<PartyId> = parts.iter().filter_map(|part| part.party_id).collect();
    let successors = successors_of(db, parties.iter().copied().chain([holder])).await?;
    let standing = |party: PartyId| successors.get(&party).copied().unwrap_or(party);
    let is_holders = |party: PartyId| {
        if moved.contains(&Some(party)) { party == holder } else { standing(party) == standing(holder) }
    };
    Ok(parties.into_iter().filter(|party| is_holders(*party)).collect())
}

/// The documents that divided a sale, by line: what a line was released by counts, for before that nothing had divided it.
async fn bases_of_sale(db: &Db, sale: JournalId) -> Result<HashMap<OrderLineId, Basis>, LedgerError> {
    let journals: BTreeSet<JournalId> = journal_part::Entity::find()
        .filter(journal_part::Column::SaleId.eq(sale))
        .all(db)
        .await?
        .into_iter()
        .map(|part| part.journal_id)
        .collect();
    let bases = bases_of_journals(db, &journals.into_iter().collect::<Vec<_>>()).await?;
    Ok(bases.into_values().flatten().map(|basis| (basis.row.order_line_id, basis)).collect())
}

/// The income that a payout was paid from, read from all that has ever moved what its payee is owed.
async fn incomes_of(db: &Db, payout: &entry::Model) -> Result<Vec<FundedBy>, LedgerError> {
    let entries = entry::Entity::find()
        .filter(entry::Column::AccountId.eq(payout.account_id))
        .filter(entry::Column::Seq.lte(payout.seq))
        .order_by_asc(entry::Column::Seq)
        .all(db)
        .await?;
    let mut moved = Vec::with_capacity(entries.len());
    for chunk in entries.chunks(BATCH) {
        let ids: Vec<JournalId> = chunk.iter().map(|entry| entry.journal_id).collect();
        let mut journals: HashMap<JournalId, journal::Model> = journal::Entity::find()
            .filter(journal::Column::Id.is_in(ids.iter().copied()))
            .all(db)
            .await?
            .into_iter()
            .map(|row| (row.id, row))
            .collect();
        let sales: HashMap<JournalId, JournalId> = journal_part::Entity::find()
            .filter(journal_part::Column::JournalId.is_in(ids))
            .all(db)
            .await?
            .into_iter()
            .map(|part| (part.journal_id, part.sale_id))
            .collect();
        for entry in chunk {
            // A journal moves an account once.
            let journal = journals.remove(&entry.journal_id).ok_or(LedgerError::NoEntry)?;
            moved.push((entry.clone(), journal, sales.get(&entry.journal_id).copied()));
        }
    }
    let movement = |(entry, journal, sale): &(entry::Model, journal::Model, Option<JournalId>)| Movement {
        entry: entry.id,
        journal: journal.id,
        sale: *sale,
        undoes: matches!(journal.kind, JournalKind::PayoutFailed | JournalKind::PayoutReturned)
            .then_some(journal.of_id)
            .flatten(),
        owed_minor: -entry.amount_minor,
    };
    let movements: Vec<Movement> = moved.iter().map(movement).collect();
    let by_entry: HashMap<EntryId, _> =
        moved.into_iter().map(|(entry, journal, _)| (entry.id, (entry, journal))).collect();
    let told = funded(&movements, payout.id).into_iter().filter_map(|funded| {
        let (entry, journal) = by_entry.get(&funded.entry)?.clone();
        Some(FundedBy { entry, journal, amount_minor: funded.amount_minor })
    });
    Ok(told.collect())
}
