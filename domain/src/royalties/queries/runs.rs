//! Runs, and what they came to.

use bytes::Bytes;
use futures::TryStreamExt;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use super::imports::line_at;
use crate::{
    actor::Ctx,
    catalog::{Sha256, entity::asset},
    ids::{RoyaltyRunId, StatementImportId, StudioId},
    money::Currency,
    page::{self, Page, PageRequest},
    policy::{self, Action},
    report::StoreError,
    royalties::{
        RoyaltyError,
        entity::{RunState, account, payee, run, run_import, sum, total},
        rules::{
            Applied, Exact, Inputs, Line, Outcome, Period, Rule, RuleBook, Waiting,
            explain::{Traced, book_about, trace_under},
            rules_in,
        },
    },
    services::Services,
    store::Db,
};

/// One run, for who sees the studio's royalties, or for the program itself.
pub async fn find_run(db: &Db, ctx: &Ctx, id: RoyaltyRunId) -> Result<Option<run::Model>, RoyaltyError> {
    let found = run::Entity::find_by_id(id).one(db).await?;
    Ok(policy::visible(&ctx.actor, Action::ReadRoyalties, found, |row| row.studio_id)?)
}

/// The studio's runs, newest first.
pub async fn list_runs(
    db: &Db,
    ctx: &Ctx,
    studio: StudioId,
    page: PageRequest<RoyaltyRunId>,
) -> Result<Page<run::Model>, RoyaltyError> {
    policy::require(&ctx.actor, Action::ReadRoyalties, studio)?;
    let query = run::Entity::find().filter(run::Column::StudioId.eq(studio));
    Ok(page::fetch(db, query, run::Column::Id, page).await?)
}

/// The last run that was posted in a currency: the one that the next begins from. For the program itself.
pub async fn last_posted(
    db: &impl ConnectionTrait,
    studio: StudioId,
    currency: Currency,
) -> Result<Option<run::Model>, StoreError> {
    Ok(run::Entity::find()
        .filter(run::Column::StudioId.eq(studio))
        .filter(run::Column::Currency.eq(currency))
        .filter(run::Column::State.eq(RunState::Posted))
        .order_by_desc(run::Column::Number)
        .one(db)
        .await?)
}

/// A file of a run.
async fn file_of(services: &Services, sha256: &Sha256) -> Result<Vec<u8>, RoyaltyError> {
    let stream = services.files.read(sha256, None).await.map_err(RoyaltyError::RunFile)?;
    let stream = stream.ok_or_else(|| RoyaltyError::RunGone(sha256.clone()))?;
    let bytes = stream.try_fold(Vec::new(), |mut all: Vec<u8>, piece: Bytes| async move {
        all.extend_from_slice(&piece);
        Ok(all)
    });
    bytes.await.map_err(RoyaltyError::RunFile)
}

/// A file of a run by which something is booked: what has not its hash is none of the run's.
async fn proved_file_of(services: &Services, sha256: &Sha256) -> Result<Vec<u8>, RoyaltyError> {
    let bytes = file_of(services, sha256).await?;
    if Sha256::of(&bytes) == *sha256 { Ok(bytes) } else { Err(RoyaltyError::RunGone(sha256.clone())) }
}

/// What a run was reckoned from, for who has been shown the run.
pub async fn inputs_of(services: &Services, run: &run::Model) -> Result<Inputs, RoyaltyError> {
    Ok(serde_json::from_slice(&proved_file_of(services, &run.inputs_sha256).await?)?)
}

/// What waits of what a run was reckoned from, for who has been shown the run and what it came to. The file is held against its hash in any case, and looked
/// into only if something waits.
pub(in crate::royalties) async fn waiting_of(
    services: &Services,
    run: &run::Model,
    outcome: &Outcome,
) -> Result<Vec<Waiting>, RoyaltyError> {
    let inputs = proved_file_of(services, &run.inputs_sha256).await?;
    if outcome.suspense.is_empty() {
        return Ok(Vec::new());
    }
    Ok(serde_json::from_slice::<Inputs>(&inputs)?.waiting()?)
}

/// What a run came to, for who has been shown the run.
pub async fn outcome_of(services: &Services, run: &run::Model) -> Result<Outcome, RoyaltyError> {
    Ok(serde_json::from_slice(&proved_file_of(services, &run.outcome_sha256).await?)?)
}

/// The rules by which a run was reckoned, for who has been shown the run.
pub async fn book_of_run(services: &Services, run: &run::Model) -> Result<RuleBook, RoyaltyError> {
    Ok(RuleBook::new(rules_in(&file_of(services, &run.inputs_sha256).await?)?)?)
}

/// Of an outcome, how contracts were applied: the rest is passed over.
#[derive(serde::Deserialize)]
struct AppliedOf {
    contracts: Vec<Applied>,
}

/// How a run has applied the contracts of its book, for who has been shown the run.
pub(super) async fn applied_of_run(
    services: &Services,
    run: &run::Model,
    book: &RuleBook,
) -> Result<Vec<Applied>, RoyaltyError> {
    if !book.versions().iter().any(|version| matches!(version.rule, Rule::Contract(_))) {
        return Ok(Vec::new());
    }
    let AppliedOf { contracts } = serde_json::from_slice(&file_of(services, &run.outcome_sha256).await?)?;
    Ok(contracts)
}

/// The files of a run, inputs and outcome, for who sees the studio's royalties.
pub async fn find_files(
    db: &Db,
    ctx: &Ctx,
    id: RoyaltyRunId,
) -> Result<Option<(asset::Model, asset::Model)>, RoyaltyError> {
    let Some(found) = find_run(db, ctx, id).await? else { return Ok(None) };
    let inputs = asset::Entity::find_by_id(found.inputs_asset_id).one(db).await?;
    let outcome = asset::Entity::find_by_id(found.outcome_asset_id).one(db).await?;
    Ok(inputs.zip(outcome))
}

/// Where a line of a statement has gone that a run has taken: everybody's part of it, and by which rule and document. In the run's currency.
pub async fn explain_line(
    services: &Services,
    ctx: &Ctx,
    run: RoyaltyRunId,
    import: StatementImportId,
    offset: u64,
) -> Result<Traced, RoyaltyError> {
    let not_there = |what, field| RoyaltyError::NotFound { what, field };
    let found = find_run(&services.db, ctx, run).await?.ok_or_else(|| not_there("run", "run"))?;
    let of_run = run_import::Entity::find()
        .filter(run_import::Column::RunId.eq(run))
        .filter(run_import::Column::ImportId.eq(import));
    if of_run.one(&services.db).await?.is_none() {
        return Err(not_there("statement of this run", "statement"));
    }
    let line = line_at(services, import, offset).await?.ok_or_else(|| not_there("line", "line"))?;
    let taken = sum::Entity::find()
        .filter(sum::Column::ImportId.eq(import))
        .filter(sum::Column::Item.eq(line.item))
        .filter(sum::Column::Currency.eq(line.currency))
        .filter(sum::Column::RunId.eq(run));
    let total = total::Entity::find_by_id((import, line.currency)).one(&services.db).await?;
    let rate = total.and_then(|row| row.rate_of.zip(row.rate_to));
    let (Some(_), Some((of, to))) = (taken.one(&services.db).await?, rate) else {
        return Err(not_there("line of this run", "line"));
    };
    let at_rate = |amount: Exact| if of == to { Ok(amount) } else { amount.over(to, of) };
    let line = Line { net: at_rate(line.line.net)?, gross: line.line.gross.map(at_rate).transpose()?, ..line.line };
    let book = book_about(rules_in(&file_of(services, &found.inputs_sha256).await?)?, line.subject.as_ref())?;
    let period = Period { from: found.from_on, through: found.through_on };
    let contracts = applied_of_run(services, &found, &book).await?;
    Ok(trace_under(&book, period, &contracts, &line)?)
}

/// What the payees of a run come to, by run. For who has been shown the runs: it asks nothing itself.
pub async fn payees_of(db: &impl ConnectionTrait, runs: &[RoyaltyRunId]) -> Result<Vec<payee::Model>, StoreError> {
    Ok(payee::Entity::find()
        .filter(payee::Column::RunId.is_in(runs.iter().copied()))
        .order_by_asc(payee::Column::RunId)
        .order_by_asc(payee::Column::PartyId)
        .all(db)
        .await?)
}

/// What the accounts of a run come to, by run. For who has been shown the runs: it asks nothing itself.
pub async fn accounts_of(db: &impl ConnectionTrait, runs: &[RoyaltyRunId]) -> Result<Vec<account::Model>, StoreError> {
    Ok(account::Entity::find()
        .filter(account::Column::RunId.is_in(runs.iter().copied()))
        .order_by_asc(account::Column::RunId)
        .order_by_asc(account::Column::PartyId)
        .order_by_asc(account::Column::AccountGroup)
        .all(db)
        .await?)
}
