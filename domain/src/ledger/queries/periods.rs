//! Closed periods, and the proof that they are as they were.

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QueryTrait};

use super::{BATCH, entries_of_journals, journals_from};
use crate::{
    actor::Ctx,
    catalog::Sha256,
    env::Instant,
    ids::{PeriodId, StudioId},
    ledger::{
        LedgerError,
        entity::{period, period_balance},
        rules::period::PeriodHash,
    },
    page::{self, Page, PageRequest},
    policy::{self, Action},
    report::StoreError,
    store::Db,
};

/// The studio's closed periods, newest first.
pub async fn list_periods(
    db: &Db,
    ctx: &Ctx,
    studio: StudioId,
    page: PageRequest<PeriodId>,
) -> Result<Page<period::Model>, LedgerError> {
    policy::require(&ctx.actor, Action::ReadLedger, studio)?;
    let query = period::Entity::find().filter(period::Column::StudioId.eq(studio));
    Ok(page::fetch(db, query, period::Column::Id, page).await?)
}

/// The period that was closed last.
pub(in crate::ledger) async fn last_period(
    db: &impl ConnectionTrait,
    studio: StudioId,
) -> Result<Option<period::Model>, StoreError> {
    Ok(period::Entity::find()
        .filter(period::Column::StudioId.eq(studio))
        .order_by_desc(period::Column::Number)
        .one(db)
        .await?)
}

/// The hash of what is dated from the end of the period before up to an instant, and how many journals that are.
pub(in crate::ledger) async fn hash_period(
    db: &impl ConnectionTrait,
    studio: StudioId,
    before: Option<&period::Model>,
    ends_at: Instant,
) -> Result<(Sha256, i64), StoreError> {
    let mut hash = PeriodHash::begin(before.map(|period| &period.sha256));
    let (from, mut last) = (before.map(|period| period.ends_at), None);
    loop {
        let journals = journals_from(db, studio, from, ends_at, last.as_ref()).await?;
        let ids: Vec<_> = journals.iter().map(|journal| journal.id).collect();
        let mut entries = entries_of_journals(db, &ids).await?;
        for journal in &journals {
            let mut rows = entries.remove(&journal.id).unwrap_or_default();
            rows.sort_unstable_by_key(|row| row.entry.seq);
            hash.add(journal, rows.iter().map(|row| (&row.entry, &row.account)));
        }
        if journals.len() < BATCH {
            return Ok(hash.finish());
        }
        last = journals.into_iter().next_back();
    }
}

/// The closed periods, of one studio or of all, that are not as they were closed: another hash, or other balances at their end. For the proof.
pub async fn prove_periods(db: &Db, studio: Option<StudioId>) -> Result<Vec<period::Model>, LedgerError> {
    let periods = period::Entity::find()
        .apply_if(studio, |query, studio| query.filter(period::Column::StudioId.eq(studio)))
        .order_by_asc(period::Column::StudioId)
        .order_by_asc(period::Column::Number)
        .all(db)
        .await?;
    let (mut changed, mut before) = (Vec::new(), None::<period::Model>);
    for period in periods {
        let previous = before.as_ref().filter(|before| before.studio_id == period.studio_id);
        let (sha256, journals) = hash_period(db, period.studio_id, previous, period.ends_at).await?;
        if (&sha256, journals) != (&period.sha256, period.journals) || !balances_stand(db, previous, &period).await? {
            changed.push(period.clone());
        }
        before = Some(period);
    }
    Ok(changed)
}

/// Whether the balances at a period's end are those of the period before and what is dated since.
async fn balances_stand(db: &Db, before: Option<&period::Model>, period: &period::Model) -> Result<bool, LedgerError> {
    let written = period_balance::Entity::find().filter(period_balance::Column::PeriodId.eq(period.id)).all(db).await?;
    let mut written: Vec<_> = written.into_iter().map(|row| (row.account_id, row.balance_minor)).collect();
    let from = before.map(|before| (before.id, before.ends_at));
    let mut sums: Vec<_> =
        super::balances::sums_from(db, period.studio_id, from, period.ends_at).await?.into_iter().collect();
    written.sort_unstable();
    sums.sort_unstable();
    Ok(written == sums)
}
