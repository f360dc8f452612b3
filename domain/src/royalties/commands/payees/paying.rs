//! Paying what a run has found due: by the gateway, each payee by themselves, so that one who cannot be paid keeps nobody else from it.

use std::collections::HashMap;

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::{
    actor::Ctx,
    collectable,
    ids::{PartyId, RoyaltyRunId},
    money::Money,
    parties::{present, successors_of},
    payouts::{
        PayoutError,
        commands::{AskPayout, request_payout},
        entity::payout,
    },
    policy::{self, Action},
    roster::queries::require_limit,
    royalties::{
        RoyaltyError,
        entity::{RunState, WaitsFor, payee, run},
        queries::runs::last_posted,
    },
    services::Services,
    store::Db,
};

/// The most payees that are paid at a time; who is left is paid when it is asked for again.
pub const MOST_PAID: usize = 100;

/// How many payouts are looked up at a time.
const BATCH: usize = 500;

/// What came of paying a payee.
#[derive(Debug)]
pub struct PaidRoyalty {
    /// Whom; of one that was merged, who took their place.
    pub party: PartyId,
    /// How much of what is due was asked for.
    pub due: Money,
    /// The payout, or why there is none.
    pub outcome: Result<payout::Model, PayoutError>,
}

/// What came of paying a run's payees.
#[derive(Debug)]
pub struct Paying {
    /// Those who were asked for now, in the order of their ids.
    pub paid: Vec<PaidRoyalty>,
    /// Those to whom something is owed and nothing is due, told once nobody is left: what the run has found that they wait for.
    pub waiting: Vec<WaitingRoyalty>,
    /// How many were not asked for yet.
    pub left: usize,
}

/// A payee to whom something is owed after a run and nothing is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitingRoyalty {
    /// Who; of one that was merged, who took their place.
    pub party: PartyId,
    /// What they are owed.
    pub balance: Money,
    /// What they wait for.
    pub waits_for: WaitsFor,
    /// Why they are held, if they are.
    pub reason: Option<String>,
}

/// The key under which a payee is paid of a run, once.
fn key_of(run: RoyaltyRunId, party: PartyId) -> String {
    format!("royalties:{run}:{party}")
}

/// Pays those payees of a posted run to whom something is due and who were not paid of it yet. The run's minimum and holds have decided what is due; what is in
/// force when it is paid still holds, and of what was paid otherwise meanwhile no more than the rest is paid. Whoever cannot be paid by the gateway
/// stays owed, and is paid otherwise.
///
/// # Errors
/// If the actor may not, or not so much at once, the run was not posted, or a later one has found due what is left of it.
pub async fn pay_royalties(services: &Services, ctx: &Ctx, id: RoyaltyRunId) -> Result<Paying, RoyaltyError> {
    let db = &services.db;
    let found = run::Entity::find_by_id(id).one(db).await?;
    let found = policy::visible(&ctx.actor, Action::ReadRoyalties, found, |row| row.studio_id)?;
    let run = found.ok_or(RoyaltyError::NotFound { what: "run", field: "run" })?;
    policy::require(&ctx.actor, Action::ManagePayouts, run.studio_id)?;
    if run.state != RunState::Posted {
        return Err(RoyaltyError::RunNotNow { state: run.state });
    }
    if let Some(last) = last_posted(db, run.studio_id, run.currency).await?.filter(|last| last.id != id) {
        return Err(RoyaltyError::RunFollowed { number: last.number, currency: last.currency });
    }
    let rows = payee::Entity::find()
        .filter(payee::Column::RunId.eq(id))
        .filter(payee::Column::DueMinor.gt(0))
        .order_by_asc(payee::Column::PartyId);
    let mut open = unpaid(db, &run, rows.all(db).await?).await?;
    let later = open.split_off(open.len().min(MOST_PAID));
    let due_minor = open.iter().fold(0, |sum: i64, payee| sum.saturating_add(payee.due_minor));
    require_limit(db, ctx, run.studio_id, Money::new(due_minor, run.currency)).await?;
    let mut paid = Vec::with_capacity(open.len());
    for payee in open {
        paid.push(pay(services, ctx, &run, &payee).await?);
    }
    let waiting = if later.is_empty() { waiting(db, &run).await? } else { Vec::new() };
    Ok(Paying { paid, waiting, left: later.len() })
}

/// Those of a run's payees who are owed something and wait.
async fn waiting(db: &Db, run: &run::Model) -> Result<Vec<WaitingRoyalty>, RoyaltyError> {
    let rows = payee::Entity::find()
        .filter(payee::Column::RunId.eq(run.id))
        .filter(payee::Column::DueMinor.eq(0_i64))
        .filter(payee::Column::BalanceMinor.gt(0))
        .order_by_asc(payee::Column::PartyId)
        .all(db)
        .await?;
    let successors = successors_of(db, rows.iter().map(|row| row.party_id)).await?;
    let waits = |row: payee::Model| {
        Some(WaitingRoyalty {
            party: successors.get(&row.party_id).copied().unwrap_or(row.party_id),
            balance: Money::new(row.balance_minor, run.currency),
            waits_for: row.waits_for?,
            reason: row.reason,
        })
    };
    Ok(rows.into_iter().filter_map(waits).collect())
}

/// Those of a run's payees who have no payout of it.
async fn unpaid(db: &Db, run: &run::Model, payees: Vec<payee::Model>) -> Result<Vec<payee::Model>, RoyaltyError> {
    let mut of_key: HashMap<String, payee::Model> =
        payees.into_iter().map(|payee| (key_of(run.id, payee.party_id), payee)).collect();
    for chunk in of_key.keys().cloned().collect::<Vec<_>>().chunks(BATCH) {
        let paid = payout::Entity::find()
            .filter(payout::Column::StudioId.eq(run.studio_id))
            .filter(payout::Column::RequestKey.is_in(chunk.iter().map(String::as_str)))
            .all(db)
            .await?;
        for key in paid.into_iter().filter_map(|row| row.request_key) {
            of_key.remove(&key);
        }
    }
    let mut open: Vec<payee::Model> = of_key.into_values().collect();
    open.sort_by_key(|payee| payee.party_id);
    Ok(open)
}

async fn pay(
    services: &Services,
    ctx: &Ctx,
    run: &run::Model,
    payee: &payee::Model,
) -> Result<PaidRoyalty, RoyaltyError> {
    let party = present(&services.db, payee.party_id).await?;
    let (due, key) = (whole_steps(Money::new(payee.due_minor, run.currency)), key_of(run.id, payee.party_id));
    let ask = async |amount: Money| -> Result<payout::Model, PayoutError> {
        let asked = AskPayout { party, currency: run.currency, amount: Some(amount), key: Some(&key) };
        let tx = services.begin().await?;
        let row = request_payout(&tx, ctx, services.gateway.name(), run.studio_id, asked).await?;
        services.commit(tx).await?;
        Ok(row)
    };
    let (due, outcome) = match ask(due).await {
        Err(PayoutError::BeyondPayable { payable, .. }) => {
            let rest = whole_steps(payable);
            (rest, ask(rest).await)
        }
        outcome => (due, outcome),
    };
    match outcome {
        Err(PayoutError::Denied(denied)) => Err(denied.into()),
        Err(PayoutError::Store(cause)) => Err(cause.into()),
        outcome => Ok(PaidRoyalty { party, due, outcome }),
    }
}

/// What of an amount can be paid at all: gateways take no finer steps. The rest stays owed.
fn whole_steps(amount: Money) -> Money {
    Money::new(amount.minor - amount.minor % collectable::step_minor(amount.currency), amount.currency)
}
