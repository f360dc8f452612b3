//! Executing a split, and giving out what was parked for it.

use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter,
    QuerySelect, sea_query::LockType,
};

use super::{
    SplitError,
    entity::{Side, journal_basis, split_parking, split_release, split_share, split_version},
    queries,
    rules::{self, LineRule, Rule},
};
use crate::{
    actor::{Actor, Ctx},
    catalog::{Sha256, entity::work},
    env::Instant,
    ids::{AgreementId, OrderLineId, PartyId, SplitVersionId, StudioId, WorkId},
    ledger::{
        commands::{Event, book_release, lock_sale},
        entity::journal,
        rules::Holder,
    },
    outbox::{self, Job},
    parties,
    report::StoreError,
    sales::entity::{order, order_line},
    services::Services,
    share::Share,
    store::{self, Tx},
};

/// Where the journal comes from that gives out parked money; its id there is the line's.
const SPLITS: &str = "splits";

/// How many parked lines are looked up at once.
const BATCH: u64 = 200;

/// A split sheet that all have signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExecutedSplit {
    /// Whose it is.
    pub studio: StudioId,
    /// The work.
    pub work: WorkId,
    /// The agreement.
    pub agreement: AgreementId,
    /// The SHA-256 of the text that was executed.
    pub document_sha256: Sha256,
    /// From when on money follows it.
    pub effective_at: Instant,
    /// The writers' shares, exactly the whole, in the order of the document.
    pub composition: Vec<(PartyId, Share)>,
    /// Who is paid of the master's income, points before owners: exactly the whole, in the order of the document.
    pub master: Vec<(PartyId, Share)>,
}

/// Makes a signed split the rule of its work: a new version, and with it the job that gives out what was parked. Executing the same agreement
/// again changes nothing and returns the version that stands. Sales of the work wait for it and it for them, so each is divided by what was signed
/// before it was paid. For the program itself: who lets an agreement be executed lets it be the rule.
pub async fn execute(tx: &Tx, ctx: &Ctx, split: &ExecutedSplit) -> Result<split_version::Model, SplitError> {
    let composition = rules::check_side(Side::Composition, &split.composition)?;
    let master = rules::check_side(Side::Master, &split.master)?;
    let work = work::Entity::find_by_id(split.work).lock(LockType::NoKeyUpdate).one(tx).await?;
    work.filter(|work| work.studio_id == split.studio).ok_or(SplitError::NoWork)?;
    if let Some(standing) = standing(tx, split).await? {
        return Ok(standing);
    }
    require_parties(tx, split.studio, composition.iter().chain(&master).map(|(party, _)| *party)).await?;
    let earlier = split_version::Entity::find().filter(split_version::Column::WorkId.eq(split.work)).count(tx).await?;
    let row = split_version::Model {
        id: ctx.env.id(),
        studio_id: split.studio,
        work_id: split.work,
        number: i32::try_from(earlier).unwrap_or(i32::MAX).saturating_add(1),
        agreement_id: split.agreement,
        document_sha256: split.document_sha256.clone(),
        effective_at: split.effective_at,
        executed_at: ctx.env.now(),
    };
    let shares = side_rows(row.id, Side::Composition, &composition).chain(side_rows(row.id, Side::Master, &master));
    split_share::Entity::insert_many(shares).exec_without_returning(tx).await?;
    row.clone().into_active_model().insert(tx).await?;
    // No sale can park more beside us: it would hold the work.
    put_release(tx, ctx, split.studio, split.work).await?;
    Ok(row)
}

/// Has what is parked for a work given out, if anything is: a split was executed, or those whom it has to cover are others than before.
pub(crate) async fn put_release(tx: &Tx, ctx: &Ctx, studio: StudioId, work: WorkId) -> Result<(), StoreError> {
    if !queries::waiting_lines(tx, work, None, 1).await?.is_empty() {
        outbox::put(tx, ctx, Some(studio), &Job::ReleaseParked { work }).await?;
    }
    Ok(())
}

/// The version that this agreement stands for already.
async fn standing(tx: &Tx, split: &ExecutedSplit) -> Result<Option<split_version::Model>, SplitError> {
    let found =
        split_version::Entity::find().filter(split_version::Column::AgreementId.eq(split.agreement)).one(tx).await?;
    match found {
        Some(version) if (version.work_id, &version.document_sha256) != (split.work, &split.document_sha256) => {
            Err(SplitError::Elsewhere(split.agreement))
        }
        found => Ok(found),
    }
}

async fn require_parties(tx: &Tx, studio: StudioId, named: impl Iterator<Item = PartyId>) -> Result<(), SplitError> {
    let named: Vec<PartyId> = named.collect();
    let known: Vec<PartyId> = parties::entity::Entity::find()
        .select_only()
        .column(parties::entity::Column::Id)
        .filter(parties::entity::Column::StudioId.eq(studio))
        .filter(parties::entity::Column::Id.is_in(named.iter().copied()))
        .into_tuple()
        .all(tx)
        .await?;
    match named.into_iter().find(|party| !known.contains(party)) {
        Some(stranger) => Err(SplitError::NoParty(stranger)),
        None => Ok(()),
    }
}

fn side_rows(
    version: SplitVersionId,
    side: Side,
    shares: &[(PartyId, Share)],
) -> impl Iterator<Item = split_share::ActiveModel> {
    (0..).zip(shares).map(move |(position, (party, share))| split_share::ActiveModel {
        version_id: Set(version),
        side: Set(side),
        party_id: Set(*party),
        position: Set(position),
        share: Set(*share),
    })
}

/// Writes down by what the journal of a sale has divided each line: the document's hash where there is one, and the parking where nothing was
/// signed. The nets are what the lines come to less their part of the fee. Writing it again changes nothing.
pub(crate) async fn record_sale(
    tx: &Tx,
    sale: &journal::Model,
    order: &order::Model,
    lines: &[(&order_line::Model, &LineRule, i64)],
    at: Instant,
) -> Result<(), StoreError> {
    for (line, rule, net_minor) in lines {
        match rule {
            LineRule::Credits(_) => {}
            LineRule::Signed(rule) => record_basis(tx, sale, line.id, rule).await?,
            // A line of nothing waits for nobody.
            LineRule::Unsigned if *net_minor == 0 => {}
            LineRule::Unsigned => {
                let row = split_parking::Model {
                    order_line_id: line.id,
                    studio_id: order.studio_id,
                    work_id: line.work_id,
                    order_id: order.id,
                    journal_id: sale.id,
                    amount_minor: *net_minor,
                    currency: order.currency,
                    sold_at: at,
                };
                store::insert_new(tx, row.into_active_model()).await?;
            }
        }
    }
    Ok(())
}

async fn record_basis(tx: &Tx, journal: &journal::Model, line: OrderLineId, rule: &Rule) -> Result<(), StoreError> {
    let row = journal_basis::Model {
        journal_id: journal.id,
        order_line_id: line,
        work_id: rule.version.work_id,
        version_id: rule.version.id,
        agreement_id: rule.version.agreement_id,
        document_sha256: rule.version.document_sha256.clone(),
    };
    store::insert_new(tx, row.into_active_model()).await?;
    Ok(())
}

/// Gives out what was parked for a work, if its split has been signed; what the job `release_parked` does. Each line is a transaction of its own
/// and is released once, whoever else does so at the same moment and wherever this was broken off. Returns how many it has released.
pub async fn release_parked(services: &Services, work: WorkId) -> Result<u64, SplitError> {
    let (ctx, mut released, mut behind) = (services.ctx(Actor::System), 0, None);
    loop {
        let lines = queries::waiting_lines(&services.db, work, behind, BATCH).await?;
        let Some(last) = lines.last() else { return Ok(released) };
        behind = Some(*last);
        for line in lines {
            let tx = services.begin().await?;
            released += u64::from(release_line(&tx, &ctx, line).await?);
            services.commit(tx).await?;
        }
    }
}

/// Gives out what remains of one parked line by the version that governs the moment of its sale; true if this did it, and not somebody before.
async fn release_line(tx: &Tx, ctx: &Ctx, line: OrderLineId) -> Result<bool, SplitError> {
    let missing = || sea_orm::DbErr::RecordNotFound("the line of a parking".into());
    let parked = split_parking::Entity::find_by_id(line).one(tx).await?.ok_or_else(missing)?;
    // Before the parking, as whoever takes of the sale does.
    lock_sale(tx, parked.journal_id).await?;
    let Some(parking) = lock_waiting(tx, line).await? else { return Ok(false) };
    let sold = order_line::Entity::find_by_id(line).one(tx).await?.ok_or_else(missing)?;
    let versions = queries::of_works(tx, &[parking.work_id]).await?.remove(&parking.work_id).unwrap_or_default();
    let credits = queries::credits_of(tx, &[sold.beat_id]).await?.remove(&sold.beat_id).unwrap_or_default();
    let signed = rules::covering(&versions, &credits);
    let Some(rule) = rules::governing(signed, parking.sold_at) else { return Ok(false) };
    let order = order::Entity::find_by_id(parking.order_id).one(tx).await?.ok_or_else(missing)?;
    let event = Event {
        studio: parking.studio_id,
        source: SPLITS,
        external_id: &line.to_string(),
        order: Some(order.id),
        reference: &order.reference,
        memo: &format!(
            "Parked for {} ({}), split by the signed document {}",
            sold.beat_title, sold.terms.tier_name, rule.version.document_sha256
        ),
        currency: parking.currency,
        occurred_at: None,
    };
    let Some(journal) = book_release(tx, ctx, event, parking.journal_id, line, &rule.master).await? else {
        return Ok(false);
    };
    record_basis(tx, &journal, line, rule).await?;
    end_parking(tx, ctx, line, Some(rule.version.id), &journal).await?;
    Ok(true)
}

/// A parking that has no end yet, held until the end of the transaction: of two who would end it, the later sees what the earlier did.
async fn lock_waiting(tx: &Tx, line: OrderLineId) -> Result<Option<split_parking::Model>, StoreError> {
    let parking = split_parking::Entity::find_by_id(line).lock(LockType::NoKeyUpdate).one(tx).await?;
    let ended = split_release::Entity::find_by_id(line).one(tx).await?.is_some();
    Ok(parking.filter(|_| !ended))
}

async fn end_parking(
    tx: &Tx,
    ctx: &Ctx,
    line: OrderLineId,
    version: Option<SplitVersionId>,
    journal: &journal::Model,
) -> Result<(), StoreError> {
    let row = split_release::ActiveModel {
        order_line_id: Set(line),
        version_id: Set(version),
        journal_id: Set(journal.id),
        released_at: Set(ctx.env.now()),
    };
    row.insert(tx).await?;
    Ok(())
}

/// Follows what was taken of a sale: a line of which nothing remains parked is not given out any more.
pub(crate) async fn take_back(
    tx: &Tx,
    ctx: &Ctx,
    sale: &journal::Model,
    taken: &journal::Model,
) -> Result<(), SplitError> {
    let parked = split_parking::Entity::find().filter(split_parking::Column::JournalId.eq(sale.id)).all(tx).await?;
    if parked.is_empty() {
        return Ok(());
    }
    let positions = lock_sale(tx, sale.id).await?;
    for parking in parked {
        let remains = positions.iter().any(|at| {
            let is_parked = at.line == Some(parking.order_line_id) && at.holder == Holder::Parked;
            is_parked && (at.live_minor, at.suspended_minor) != (0, 0)
        });
        if !remains && lock_waiting(tx, parking.order_line_id).await?.is_some() {
            end_parking(tx, ctx, parking.order_line_id, None, taken).await?;
        }
    }
    Ok(())
}
