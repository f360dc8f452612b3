//! Posting a run: the journal that gives out what it has reckoned, and what is kept of it for whoever looks.

use std::collections::{BTreeMap, HashMap};

use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QueryTrait,
};

use super::{
    gather::{converted, rate_of, runs_of},
    lock_run,
    statements::book_due,
};
use crate::{
    actor::Ctx,
    identity::commands::hold_open,
    ids::{JournalId, RoyaltyRunId, StatementImportId},
    ledger::{
        LedgerError,
        commands::{Event, Posting, post},
        entity::{AccountKind, JournalKind},
        queries::find_own_balance,
        rules::royalty::{self, RunMoves},
    },
    money::{Currency, Money},
    outbox::{self, Job},
    policy::{self, Action},
    roster::queries::require_limit,
    royalties::{
        RoyaltyError,
        commands::terms::{SOURCE, hold_studio},
        entity::{
            RunState, WaitsFor, account,
            activity::{self, Activity},
            carried, import, payee, reserve, run, run_import, subject_columns, total,
        },
        queries::runs::{outcome_of, waiting_of},
        rules::{AccountKey, Exact, Held, HeldOf, Outcome, Payout, RoyaltyFault, Waiting},
    },
    services::Services,
    store::Tx,
    webhooks::events,
};

/// How many rows are written at once.
const BATCH: usize = 1_000;

/// Posts a run that was approved, for who may approve what it pays out: books it, keeps what it came to, and has payees told. What it found nobody's is carried on
/// to a later run. Posting twice is posting once.
pub async fn post_run(services: &Services, ctx: &Ctx, id: RoyaltyRunId) -> Result<run::Model, RoyaltyError> {
    let found = run::Entity::find_by_id(id).one(&services.db).await?;
    let found = policy::visible(&ctx.actor, Action::ApproveRoyalties, found, |row| row.studio_id)?;
    let found = found.ok_or(RoyaltyError::NotFound { what: "run", field: "run" })?;
    if found.state == RunState::Posted {
        return Ok(found);
    }
    // What was reckoned never changes: it is read before anything is held.
    let outcome = outcome_of(services, &found).await?;
    let waiting = waiting_of(services, &found, &outcome).await?;
    let tx = services.begin().await?;
    hold_studio(&tx, found.studio_id).await?;
    // Closed since the request began, it owes nobody anything more.
    hold_open(&tx, found.studio_id).await??;
    let held = lock_run(&tx, ctx, Action::ApproveRoyalties, id).await?;
    match held.state {
        RunState::Posted => return Ok(held),
        RunState::Approved => {}
        state @ (RunState::Draft | RunState::Discarded) => return Err(RoyaltyError::RunNotNow { state }),
    }
    require_limit(&tx, ctx, held.studio_id, Money::new(held.due_minor, held.currency)).await?;
    book_dues(&tx, ctx, &held).await?;
    let journal_id = book(&tx, ctx, &held, &outcome, &waiting).await?;
    let mut row = held.into_active_model();
    row.state = Set(RunState::Posted);
    row.journal_id = Set(journal_id);
    row.ended_at = Set(Some(ctx.env.now()));
    let posted = row.update(&tx).await?;
    keep_accounts(&tx, &posted, &outcome).await?;
    keep_rest(&tx, &posted, &outcome, &waiting).await?;
    outbox::put(&tx, ctx, Some(posted.studio_id), &Job::IssueStatements { run: posted.id }).await?;
    events::run_issued(&tx, ctx, &posted).await?;
    services.commit(tx).await?;
    Ok(posted)
}

/// Books what the run's statements say is due, where that has not been done yet.
async fn book_dues(tx: &Tx, ctx: &Ctx, of: &run::Model) -> Result<(), RoyaltyError> {
    let taken = run_import::Entity::find()
        .filter(run_import::Column::RunId.eq(of.id))
        .order_by_asc(run_import::Column::ImportId)
        .order_by_asc(run_import::Column::Currency)
        .all(tx)
        .await?;
    for taken in taken {
        let row = total::Entity::find_by_id((taken.import_id, taken.currency)).one(tx).await?;
        let import = import::Entity::find_by_id(taken.import_id).one(tx).await?;
        if let (Some(row), Some(import)) = (row, import) {
            book_due(tx, ctx, &import, row).await?;
        }
    }
    Ok(())
}

async fn book(
    tx: &Tx,
    ctx: &Ctx,
    of: &run::Model,
    outcome: &Outcome,
    waiting: &[Waiting],
) -> Result<Option<JournalId>, RoyaltyError> {
    let mut moves = moves_of(outcome)?;
    let in_suspense = find_own_balance(tx, of.studio_id, AccountKind::RoyaltySuspense, of.currency).await?;
    let stays = left_in_suspense(tx, of, waiting).await?;
    // Credits are below zero.
    moves.suspense_minor =
        in_suspense.checked_neg().and_then(|minor| minor.checked_sub(stays)).ok_or(RoyaltyFault::Overflow)?;
    let legs = royalty::run(&moves).map_err(LedgerError::from)?;
    if legs.is_empty() {
        return Ok(None);
    }
    let name = of.id.to_string();
    let event = Event {
        studio: of.studio_id,
        source: SOURCE,
        external_id: &name,
        order: None,
        reference: &name,
        memo: &format!("Royalties {} {}, {} to {}", of.currency, of.number, of.from_on, of.through_on),
        currency: of.currency,
        occurred_at: None,
    };
    Ok(Some(post(tx, ctx, &Posting::plain(event, JournalKind::RoyaltyRun, legs)).await?.id))
}

/// What an outcome moves, but for suspense. What a payee's royalties recoup of an advance that is among another's costs comes back there, and is open again. Of
/// shared costs so much is recouped as brings what is booked of them to what is open, rounded down: run after run they come to the same.
pub(in crate::royalties) fn moves_of(outcome: &Outcome) -> Result<RunMoves, RoyaltyFault> {
    let sum = |one: i64, other: i64| one.checked_add(other).ok_or(RoyaltyFault::Overflow);
    let open = Exact::sum(outcome.closing.costs.values().copied())?;
    let recovered = Exact::sum(outcome.recovered.iter().map(|line| line.amount))?;
    let (before_minor, _) = open.plus(recovered)?.floor_minor(outcome.currency)?;
    let (after_minor, _) = open.floor_minor(outcome.currency)?;
    let mut moves = RunMoves {
        recouped_minor: before_minor.checked_sub(after_minor).ok_or(RoyaltyFault::Overflow)?,
        reserves_minor: outcome.proof.reserves_minor,
        ..RunMoves::default()
    };
    for line in &outcome.accounts {
        let moved = &line.movement;
        let owed = moves.owed_minor.entry(line.account.payee).or_default();
        *owed = sum(*owed, moved.owed_minor)?;
        moves.tax_minor = sum(moves.tax_minor, moved.tax_minor)?;
        for minor in [moved.costs_minor, moved.advances_minor, -moved.deficit_minor, -moved.given_back_minor] {
            moves.recouped_minor = sum(moves.recouped_minor, minor)?;
        }
    }
    Ok(moves)
}

/// What stays in suspense after a run, in minor units, rounded down: of all that was booked to be due, what no run has given out, with what this one carries on.
async fn left_in_suspense(tx: &Tx, of: &run::Model, waiting: &[Waiting]) -> Result<i64, RoyaltyError> {
    let totals = total::Entity::find()
        .filter(total::Column::StudioId.eq(of.studio_id))
        .filter(total::Column::AccountCurrency.eq(of.currency))
        .filter(total::Column::PostedMinor.is_not_null())
        .all(tx)
        .await?;
    let posted = runs_of(of.studio_id, of.currency)
        .filter(Condition::any().add(run::Column::State.eq(RunState::Posted)).add(run::Column::Id.eq(of.id)))
        .into_query();
    let taken = run_import::Entity::find()
        .filter(run_import::Column::StudioId.eq(of.studio_id))
        .filter(run_import::Column::RunId.in_subquery(posted))
        .all(tx)
        .await?;
    let mut given: HashMap<(StatementImportId, Currency), Exact> = HashMap::new();
    for row in taken {
        given.entry((row.import_id, row.currency)).or_default().accumulate(row.amount)?;
    }
    let mut left = Exact::ZERO;
    for row in totals {
        let given = given.get(&(row.import_id, row.currency)).copied().unwrap_or_default();
        if let Some(rate) = rate_of(&row) {
            left.accumulate(converted(row.amount.minus(given)?, rate)?)?;
        }
    }
    let open = carried::Entity::find()
        .filter(carried::Column::StudioId.eq(of.studio_id))
        .filter(carried::Column::RunId.is_null())
        .filter(carried::Column::FromRunId.in_subquery(runs_of(of.studio_id, of.currency).into_query()))
        .all(tx)
        .await?;
    for row in open {
        left.accumulate(row.net)?;
    }
    for waits in waiting {
        left.accumulate(waits.totals.net)?;
    }
    Ok(left.floor_minor(of.currency)?.0)
}

/// A place in a list.
fn place(index: usize) -> i32 {
    i32::try_from(index).unwrap_or(i32::MAX)
}

/// Keeps what accounts and payees come to, and by what.
async fn keep_accounts(tx: &Tx, of: &run::Model, outcome: &Outcome) -> Result<(), RoyaltyError> {
    for some in outcome.accounts.chunks(BATCH) {
        let rows = some.iter().map(|line| {
            let (before, after, moved) = (&line.opening, &line.closing, &line.movement);
            let advances: i64 = after.advances.iter().map(|advance| advance.open_minor).sum();
            let row = account::Model {
                run_id: of.id,
                party_id: line.account.payee,
                account_group: line.account.group.0.clone(),
                studio_id: of.studio_id,
                opening_minor: before.owed_minor - before.deficit_minor,
                activity: line.activity,
                held_minor: line.held_minor,
                released_minor: line.released_minor,
                costs_minor: moved.costs_minor,
                tax_minor: moved.tax_minor,
                advances_minor: moved.advances_minor,
                closing_minor: after.owed_minor - after.deficit_minor,
                unrecouped_minor: after.costs_minor + advances,
            };
            row.into_active_model()
        });
        account::Entity::insert_many(rows).exec_without_returning(tx).await?;
    }
    for some in outcome.payees.chunks(BATCH) {
        let rows = some.iter().map(|line| {
            let (due_minor, waits_for, reason) = match &line.payout {
                Payout::Due { minor } => (*minor, None, None),
                Payout::Nothing => (0, Some(WaitsFor::Nothing), None),
                Payout::BelowMinimum { .. } => (0, Some(WaitsFor::Minimum), None),
                Payout::Held { reason } => (0, Some(WaitsFor::Hold), Some(reason.clone())),
            };
            let row = payee::Model {
                run_id: of.id,
                party_id: line.payee,
                studio_id: of.studio_id,
                balance_minor: line.balance_minor,
                due_minor,
                waits_for,
                reason,
            };
            row.into_active_model()
        });
        payee::Entity::insert_many(rows).exec_without_returning(tx).await?;
    }
    Ok(())
}

/// Keeps activities, reserves, and what is carried on.
async fn keep_rest(tx: &Tx, of: &run::Model, outcome: &Outcome, waiting: &[Waiting]) -> Result<(), RoyaltyError> {
    for some in activities_of(of, outcome)?.chunks(BATCH) {
        activity::Entity::insert_many(some.iter().cloned()).exec_without_returning(tx).await?;
    }
    for some in reserves_of(of, outcome).chunks(BATCH) {
        reserve::Entity::insert_many(some.iter().cloned()).exec_without_returning(tx).await?;
    }
    for some in carried_of(of, waiting)?.chunks(BATCH) {
        carried::Entity::insert_many(some.iter().cloned()).exec_without_returning(tx).await?;
    }
    Ok(())
}

/// What each account has earned, in the order of the outcome.
fn activities_of(of: &run::Model, outcome: &Outcome) -> Result<Vec<activity::ActiveModel>, RoyaltyError> {
    let mut earned: BTreeMap<&AccountKey, Vec<Activity>> = BTreeMap::new();
    for line in &outcome.activities {
        let (recording_id, work_id, _) = line.subject.as_ref().map(subject_columns).unwrap_or_default();
        earned.entry(&line.account).or_default().push(Activity {
            rule: line.rule.rule.0.clone(),
            rule_number: line.rule.number,
            kind: line.kind,
            recording_id,
            work_id,
            units: line.units,
            amount: line.amount,
        });
    }
    let row = |(account, activities): (&AccountKey, Vec<Activity>)| {
        let row = activity::Model {
            run_id: of.id,
            party_id: account.payee,
            account_group: account.group.0.clone(),
            studio_id: of.studio_id,
            content: serde_json::to_string(&activities)?,
        };
        Ok(row.into_active_model())
    };
    earned.into_iter().map(row).collect()
}

fn carried_of(of: &run::Model, waiting: &[Waiting]) -> Result<Vec<carried::ActiveModel>, RoyaltyError> {
    let row = |(index, waits): (usize, &Waiting)| {
        let (recording_id, work_id, _) = waits.key.subject.as_ref().map(subject_columns).unwrap_or_default();
        let row = carried::Model {
            from_run_id: of.id,
            position: place(index),
            studio_id: of.studio_id,
            why: waits.why,
            recording_id,
            work_id,
            content: serde_json::to_string(&(&waits.key, &waits.totals))?,
            net: waits.totals.net,
            run_id: None,
        };
        Ok(row.into_active_model())
    };
    waiting.iter().enumerate().map(row).collect()
}

fn reserves_of(of: &run::Model, outcome: &Outcome) -> Vec<reserve::ActiveModel> {
    let row = |(index, held): (usize, &Held)| {
        let (account, subject) = match &held.of {
            HeldOf::Income { subject } => (None, Some(subject)),
            HeldOf::Earnings { account } | HeldOf::Base { account, .. } => (Some(account), None),
        };
        let (recording_id, work_id, _) = subject.map(subject_columns).unwrap_or_default();
        let row = reserve::Model {
            run_id: of.id,
            position: place(index),
            studio_id: of.studio_id,
            release_on: held.on,
            party_id: account.map(|account| account.payee),
            account_group: account.map(|account| account.group.0.clone()),
            recording_id,
            work_id,
            rule: held.rule.rule.0.clone(),
            rule_number: held.rule.number.cast_signed(),
            amount_minor: held.minor,
        };
        row.into_active_model()
    };
    outcome.closing.reserves.iter().enumerate().map(row).collect()
}
