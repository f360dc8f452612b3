//! Reckoning a run: it is worked out beside the database, and taken into it only if what it was worked out from still stands.

use bytes::Bytes;
use chrono::NaiveDate;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect, sea_query::LockType,
};

use super::{
    gather::{Asked, Gathered, Taken, TermsMark, covered_items, gather, maybe_coarse, open_sums, rate_of},
    paid::{Paid, paid_since},
};
use crate::{
    actor::Ctx,
    catalog::{RenderedFile, add_rendered_asset, entity::AssetKind},
    ids::{AssetId, StudioId},
    ledger::entity::{AccountKind, account as payable},
    money::Currency,
    policy::{self, Action},
    ports::Stored,
    report::StoreError,
    royalties::{
        RoyaltyError,
        commands::{
            imports,
            terms::{check_key, hold_studio},
        },
        entity::{ChargeKind, ImportState, RunState, carried, charge, import, run, run_import, sum, total},
        queries::{
            left::unrated,
            runs::{last_posted, outcome_of},
        },
        rules::{Inputs, Outcome, Payout, State},
    },
    services::Services,
    store::Tx,
};

/// How often it is worked out anew if what it is worked out from was changed meanwhile.
const ATTEMPTS: usize = 5;
/// How many things are named in one question.
const BATCH: usize = 1_000;
/// What is noted of what a payee is not owed any more though nobody was paid.
const SETTLED: &str = "Settled against what was to be given back";

/// What to reckon.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reckon {
    /// The currency.
    pub currency: Currency,
    /// The last day of the period, which is over; it begins behind the last run that was posted.
    pub through: NaiveDate,
    /// By which it is made once.
    pub request_key: Option<String>,
}

/// Reckons what a period comes to, as a draft: it takes what waits of statements, charges, and what was paid since, and nothing is booked yet. What nobody has said
/// the owner of is left to wait. Under the same key it is made once.
///
/// # Errors
/// If the actor may not, another run of the currency is not over, the day is not over or is of an earlier run, or there is nothing to reckon.
pub async fn reckon(services: &Services, ctx: &Ctx, studio: StudioId, new: Reckon) -> Result<run::Model, RoyaltyError> {
    policy::require(&ctx.actor, Action::ManageRoyalties, studio)?;
    check_key(new.request_key.as_deref())?;
    if let Some(standing) = of_key(&services.db, studio, &new).await? {
        return Ok(standing);
    }
    refuse_open(&services.db, studio, new.currency).await?;
    let asked = Asked { studio, currency: new.currency, through: new.through };
    for import in maybe_coarse(&services.db, asked).await? {
        imports::reaggregate(services, import).await?;
    }
    for _ in 0..ATTEMPTS {
        let plan = plan(services, ctx, asked).await?;
        if let Some(made) = keep(services, ctx, &new, &plan).await? {
            return Ok(made);
        }
    }
    Err(RoyaltyError::RunMoved)
}

/// The run that was made under the same key.
async fn of_key(db: &impl ConnectionTrait, studio: StudioId, new: &Reckon) -> Result<Option<run::Model>, RoyaltyError> {
    let Some(key) = &new.request_key else { return Ok(None) };
    let found = run::Entity::find()
        .filter(run::Column::StudioId.eq(studio))
        .filter(run::Column::RequestKey.eq(key.as_str()))
        .one(db)
        .await?;
    match found {
        Some(row) if (row.currency, row.through_on) != (new.currency, new.through) => Err(RoyaltyError::KeyTaken),
        found => Ok(found),
    }
}

/// Refuses a run beside one that is not over.
async fn refuse_open(db: &impl ConnectionTrait, studio: StudioId, currency: Currency) -> Result<(), RoyaltyError> {
    let open = run::Entity::find()
        .filter(run::Column::StudioId.eq(studio))
        .filter(run::Column::Currency.eq(currency))
        .filter(run::Column::State.is_in([RunState::Draft, RunState::Approved]))
        .one(db)
        .await?;
    match open {
        Some(row) => Err(RoyaltyError::RunOpen { run: row.id, number: row.number, currency, state: row.state }),
        None => Ok(()),
    }
}

/// A run as it was worked out.
struct Plan {
    asked: Asked,
    mark: TermsMark,
    opening: Option<run::Model>,
    gathered: Gathered,
    outcome: Outcome,
    inputs_file: Stored,
    outcome_file: Stored,
}

async fn plan(services: &Services, ctx: &Ctx, asked: Asked) -> Result<Plan, RoyaltyError> {
    // Before anything is read: what changes from here on is noticed.
    let mark = TermsMark::of(&services.db, asked.studio).await?;
    let opening = last_posted(&services.db, asked.studio, asked.currency).await?;
    let today = ctx.env.now().date_naive();
    let latest = today.pred_opt().unwrap_or(today);
    let begins = opening.as_ref().and_then(|run| run.through_on.succ_opt());
    if asked.through > latest || begins.is_some_and(|from| asked.through < from) {
        return Err(RoyaltyError::Through { earliest: begins, latest });
    }
    let closing = match &opening {
        Some(run) => outcome_of(services, run).await?.closing,
        None => State::default(),
    };
    let gathered = gather(&services.db, asked, opening.as_ref(), closing).await?;
    let outcome = gathered.inputs.outcome_under(&gathered.book)?;
    if is_of_nothing(&gathered.inputs, &outcome) {
        // Another that is not over has perhaps taken it all meanwhile.
        refuse_open(&services.db, asked.studio, asked.currency).await?;
        let unrated = unrated(&services.db, asked.studio).await?.into_iter().map(|one| one.file_name).collect();
        return Err(RoyaltyError::NothingToReckon { currency: asked.currency, through: asked.through, unrated });
    }
    let inputs_file = put(services, gathered.inputs.canonical()).await?;
    let outcome_file = put(services, outcome.canonical()).await?;
    Ok(Plan { asked, mark, opening, gathered, outcome, inputs_file, outcome_file })
}

/// Whether there is nothing to give out, and nobody to be told how they stand.
fn is_of_nothing(inputs: &Inputs, outcome: &Outcome) -> bool {
    outcome.proof.lines == 0 && inputs.charges.is_empty() && inputs.opening == State::default()
}

async fn put(services: &Services, bytes: Vec<u8>) -> Result<Stored, RoyaltyError> {
    services.files.put_bytes(Bytes::from(bytes)).await.map_err(RoyaltyError::RunFile)
}

/// Takes a run into the database; none if what it was worked out from does not stand any more.
async fn keep(services: &Services, ctx: &Ctx, new: &Reckon, plan: &Plan) -> Result<Option<run::Model>, RoyaltyError> {
    let studio = plan.asked.studio;
    let tx = services.begin().await?;
    hold_studio(&tx, studio).await?;
    if let Some(standing) = of_key(&tx, studio, new).await? {
        return Ok(Some(standing));
    }
    refuse_open(&tx, studio, new.currency).await?;
    let last = last_posted(&tx, studio, new.currency).await?;
    if last.map(|run| run.id) != plan.opening.as_ref().map(|run| run.id)
        || TermsMark::of(&tx, studio).await? != plan.mark
        || !statements_stand(&tx, plan).await?
    {
        return Ok(None);
    }
    let made = insert(&tx, ctx, new, plan).await?;
    let is_all = claim_statements(&tx, &made, &plan.gathered.taken).await?
        && claim_carried(&tx, &made, &plan.gathered).await?
        && claim_charges(&tx, &made, &plan.gathered).await?;
    if !is_all || !payments_stand(&tx, plan, &made).await? {
        return Ok(None);
    }
    for paid in &plan.gathered.paid {
        payment(ctx, &made, paid).into_active_model().insert(&tx).await?;
    }
    services.commit(tx).await?;
    Ok(Some(made))
}

/// Whether the statements that are taken are what they were: they are held, so that they stay so.
async fn statements_stand(tx: &Tx, plan: &Plan) -> Result<bool, StoreError> {
    let taken = &plan.gathered.taken;
    let held = import::Entity::find()
        .filter(import::Column::Id.is_in(taken.iter().map(|taken| taken.import)))
        .filter(import::Column::State.eq(ImportState::Ready))
        .order_by_asc(import::Column::Id)
        .lock(LockType::NoKeyUpdate)
        .all(tx)
        .await?;
    for taken in taken {
        let total = total::Entity::find_by_id((taken.import, taken.currency)).one(tx).await?;
        let has_rate = total
            .is_some_and(|row| row.account_currency == Some(plan.asked.currency) && rate_of(&row) == Some(taken.rate));
        let is_ready = held.iter().any(|row| row.id == taken.import);
        if !has_rate || !is_ready {
            return Ok(false);
        }
        if covered_items(tx, taken.import, &plan.gathered.book, plan.asked.through).await? != taken.items {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Whether nobody was paid since it was worked out, and nothing came back: what payees are owed is held, so that whoever is paid beside us is paid after this run.
async fn payments_stand(tx: &Tx, plan: &Plan, made: &run::Model) -> Result<bool, RoyaltyError> {
    let Some(opening) = &plan.opening else { return Ok(true) };
    payable::Entity::find()
        .filter(payable::Column::StudioId.eq(plan.asked.studio))
        .filter(payable::Column::Kind.eq(AccountKind::Payable))
        .filter(payable::Column::Currency.eq(plan.asked.currency))
        .order_by_asc(payable::Column::Id)
        .lock(LockType::NoKeyUpdate)
        .all(tx)
        .await?;
    let earlier = u64::try_from(made.number - 1).unwrap_or(0);
    Ok(paid_since(tx, plan.asked, opening, &plan.gathered.owed, earlier).await? == plan.gathered.paid)
}

/// Puts the run down, with its files and with what it takes of each statement.
async fn insert(tx: &Tx, ctx: &Ctx, new: &Reckon, plan: &Plan) -> Result<run::Model, RoyaltyError> {
    let (studio, outcome, inputs) = (plan.asked.studio, &plan.outcome, &plan.gathered.inputs);
    let earlier = run::Entity::find()
        .filter(run::Column::StudioId.eq(studio))
        .filter(run::Column::Currency.eq(new.currency))
        .count(tx)
        .await?;
    let number = i32::try_from(earlier).unwrap_or(i32::MAX).saturating_add(1);
    let name = |what: &str| format!("royalties {} {number} {what}.json", new.currency);
    let due = outcome.payees.iter().map(|line| if let Payout::Due { minor } = line.payout { minor } else { 0 });
    let row = run::Model {
        id: ctx.env.id(),
        studio_id: studio,
        number,
        currency: new.currency,
        opening_id: plan.opening.as_ref().map(|run| run.id),
        from_on: inputs.period.from,
        through_on: inputs.period.through,
        state: RunState::Draft,
        rules_sha256: outcome.rules_sha256.clone(),
        inputs_sha256: plan.inputs_file.sha256.clone(),
        outcome_sha256: plan.outcome_file.sha256.clone(),
        inputs_asset_id: add_file(tx, ctx, studio, name("inputs"), &plan.inputs_file).await?,
        outcome_asset_id: add_file(tx, ctx, studio, name("outcome"), &plan.outcome_file).await?,
        lines: i64::try_from(outcome.proof.lines).unwrap_or(i64::MAX),
        received: outcome.proof.received,
        residue: outcome.proof.residue,
        due_minor: due.fold(0, i64::saturating_add),
        request_key: new.request_key.clone(),
        journal_id: None,
        created_at: ctx.env.now(),
        created_by: ctx.actor.user(),
        approved_at: None,
        approved_by: None,
        ended_at: None,
    };
    let made = row.into_active_model().insert(tx).await?;
    for taken in &plan.gathered.taken {
        let row = run_import::Model {
            run_id: made.id,
            import_id: taken.import,
            currency: taken.currency,
            studio_id: studio,
            lines: taken.lines,
            amount: taken.amount,
            received: taken.received,
        };
        row.into_active_model().insert(tx).await?;
    }
    Ok(made)
}

/// Writes a file of the run down. It is the program's own: whoever may reckon may let it be kept.
async fn add_file(
    tx: &Tx,
    ctx: &Ctx,
    studio: StudioId,
    file_name: String,
    stored: &Stored,
) -> Result<AssetId, RoyaltyError> {
    let file = RenderedFile {
        kind: AssetKind::Royalties,
        file_name,
        media_type: "application/json".to_owned(),
        stored: stored.clone(),
        facts: None,
    };
    let program = Ctx::system(ctx.env.clone());
    Ok(add_rendered_asset(tx, &program, studio, file).await.map_err(RoyaltyError::RunKept)?.id)
}

/// Takes the sums; false if there are others by now.
async fn claim_statements(tx: &Tx, made: &run::Model, taken: &[Taken]) -> Result<bool, StoreError> {
    for taken in taken {
        let claim = || {
            sum::Entity::update_many()
                .set(sum::ActiveModel { run_id: Set(Some(made.id)), ..Default::default() })
                .filter(open_sums(taken.import, taken.currency, made.through_on))
        };
        let mut claimed = 0;
        if taken.is_whole {
            claimed = claim().exec(tx).await?.rows_affected;
        } else {
            let items: Vec<i32> = taken.items.keys().copied().collect();
            for some in items.chunks(BATCH) {
                let some = claim().filter(sum::Column::Item.is_in(some.iter().copied()));
                claimed += some.exec(tx).await?.rows_affected;
            }
        }
        if claimed != taken.rows {
            return Ok(false);
        }
    }
    Ok(true)
}

async fn claim_carried(tx: &Tx, made: &run::Model, gathered: &Gathered) -> Result<bool, StoreError> {
    for (from, positions) in &gathered.carried {
        for some in positions.chunks(BATCH) {
            let claimed = carried::Entity::update_many()
                .set(carried::ActiveModel { run_id: Set(Some(made.id)), ..Default::default() })
                .filter(carried::Column::FromRunId.eq(*from))
                .filter(carried::Column::Position.is_in(some.iter().copied()))
                .filter(carried::Column::RunId.is_null())
                .exec(tx)
                .await?;
            if claimed.rows_affected != some.len() as u64 {
                return Ok(false);
            }
        }
    }
    Ok(true)
}

async fn claim_charges(tx: &Tx, made: &run::Model, gathered: &Gathered) -> Result<bool, StoreError> {
    for some in gathered.charges.chunks(BATCH) {
        let claimed = charge::Entity::update_many()
            .set(charge::ActiveModel { run_id: Set(Some(made.id)), ..Default::default() })
            .filter(charge::Column::Id.is_in(some.iter().copied()))
            .filter(charge::Column::RunId.is_null())
            .exec(tx)
            .await?;
        if claimed.rows_affected != some.len() as u64 {
            return Ok(false);
        }
    }
    Ok(true)
}

/// A payout as a charge of the run, or one that came back, or what was settled otherwise: the ledger has booked it already.
fn payment(ctx: &Ctx, made: &run::Model, paid: &Paid) -> charge::Model {
    charge::Model {
        id: ctx.env.id(),
        studio_id: made.studio_id,
        kind: ChargeKind::Payment,
        on_date: paid.on,
        amount_minor: paid.minor,
        currency: made.currency,
        recording_id: None,
        work_id: None,
        release: None,
        party_id: Some(paid.account.payee),
        account_group: Some(paid.account.group.0.clone()),
        included_party_id: None,
        included_group: None,
        payout_id: paid.payout,
        reverses_id: None,
        note: if paid.payout.is_some() { String::new() } else { SETTLED.to_owned() },
        request_key: Some(paid.name.clone()),
        journal_id: None,
        recorded_at: ctx.env.now(),
        recorded_by: None,
        run_id: Some(made.id),
    }
}
