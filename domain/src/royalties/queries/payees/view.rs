//! What a statement says.

use std::collections::{BTreeSet, HashMap};

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::{
    catalog,
    identity::entity::studio,
    ids::{PartyId, PayeeStatementId, RecordingId, RoyaltyRunId, WorkId},
    money::Currency,
    parties::{self, family_of, present},
    report::StoreError,
    royalties::{
        RoyaltyError,
        entity::{
            ChargeKind, account,
            activity::{self, Activity},
            charge, payee, payee_statement, reserve, rule, run,
        },
        rules::{Exact, Kind, RoyaltyFault, Rule, Subject},
    },
    store::Db,
};

/// How many titles are looked up at a time.
const BATCH: usize = 500;

/// What a payee is told of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatementView {
    /// The statement.
    pub statement: payee_statement::Model,
    /// The run.
    pub run: run::Model,
    /// What all accounts come to, and what is paid of it.
    pub payee: payee::Model,
    /// Each account, by its name.
    pub accounts: Vec<AccountView>,
    /// The titles of what has earned.
    pub titles: HashMap<Subject, String>,
    /// Whom royalties that the payee bears are paid to, by the contract.
    pub paid_to: HashMap<String, String>,
}

/// An account of a payee.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountView {
    /// Its line.
    pub account: account::Model,
    /// What it has earned, in the order of the run.
    pub activities: Vec<Activity>,
    /// What the run has charged to it, payments among it, by its day.
    pub charges: Vec<charge::Model>,
    /// What is held back of it, by the day on which it is released.
    pub reserves: Vec<reserve::Model>,
}

fn sum(minors: impl IntoIterator<Item = i64>) -> Result<i64, RoyaltyFault> {
    minors.into_iter().try_fold(0, i64::checked_add).ok_or(RoyaltyFault::Overflow)
}

impl AccountView {
    /// What was paid of what had been owed.
    pub fn paid_minor(&self) -> Result<i64, RoyaltyFault> {
        let payments = self.charges.iter().filter(|charge| charge.kind == ChargeKind::Payment);
        sum(payments.map(|charge| charge.amount_minor))
    }

    /// What it has earned after reserves, in minor units, with costs that came back: the way from how it stood to how it stands, without what was set off.
    pub fn earned_minor(&self) -> Result<i64, RoyaltyFault> {
        let row = &self.account;
        let opening = row.opening_minor.checked_neg().ok_or(RoyaltyFault::Overflow)?;
        let set_off = [row.costs_minor, row.tax_minor, row.advances_minor];
        sum([row.closing_minor, opening, self.paid_minor()?].into_iter().chain(set_off))
    }

    /// What rounding, and costs that came back, have added to the activity after reserves.
    pub fn adjusted(&self, currency: Currency) -> Result<Exact, RoyaltyFault> {
        let minor = |minor| Exact::of_minor(minor, currency);
        let after_reserves =
            self.account.activity.minus(minor(self.account.held_minor))?.plus(minor(self.account.released_minor))?;
        minor(self.earned_minor()?).minus(after_reserves)
    }
}

/// A run, and what it comes to for one of its payees.
pub type Figures = (run::Model, payee::Model);

/// The runs of statements, and what they come to for their payees, by run and payee. For who may see them: it asks nothing itself.
pub async fn figures_of(
    db: &Db,
    of: &[(RoyaltyRunId, PartyId)],
) -> Result<HashMap<(RoyaltyRunId, PartyId), Figures>, StoreError> {
    let runs = run::Entity::find().filter(run::Column::Id.is_in(of.iter().map(|(run, _)| *run))).all(db).await?;
    let runs: HashMap<RoyaltyRunId, run::Model> = runs.into_iter().map(|run| (run.id, run)).collect();
    let payees = payee::Entity::find()
        .filter(payee::Column::RunId.is_in(of.iter().map(|(run, _)| *run)))
        .filter(payee::Column::PartyId.is_in(of.iter().map(|(_, party)| *party)))
        .all(db)
        .await?;
    let found = payees.into_iter().filter_map(|payee| {
        let run = runs.get(&payee.run_id)?.clone();
        Some(((payee.run_id, payee.party_id), (run, payee)))
    });
    Ok(found.collect())
}

/// What a statement says. For who may see it: it asks nothing itself.
pub async fn statement_view(db: &Db, id: PayeeStatementId) -> Result<Option<StatementView>, RoyaltyError> {
    let Some(statement) = payee_statement::Entity::find_by_id(id).one(db).await? else { return Ok(None) };
    let run = run::Entity::find_by_id(statement.run_id).one(db).await?;
    let payee = payee::Entity::find_by_id((statement.run_id, statement.party_id)).one(db).await?;
    let Some((run, payee)) = run.zip(payee) else { return Ok(None) };
    let (run_id, party) = (statement.run_id, statement.party_id);
    let rows = account::Entity::find()
        .filter(account::Column::RunId.eq(run_id))
        .filter(account::Column::PartyId.eq(party))
        .order_by_asc(account::Column::AccountGroup);
    let mut accounts: Vec<AccountView> = Vec::new();
    for account in rows.all(db).await? {
        accounts.push(AccountView { account, activities: Vec::new(), charges: Vec::new(), reserves: Vec::new() });
    }
    let rows =
        activity::Entity::find().filter(activity::Column::RunId.eq(run_id)).filter(activity::Column::PartyId.eq(party));
    for row in rows.all(db).await? {
        if let Some(account) = of_group(&mut accounts, Some(&row.account_group)) {
            account.activities = row.activities()?;
        }
    }
    let rows = charge::Entity::find()
        .filter(charge::Column::RunId.eq(run_id))
        .filter(charge::Column::PartyId.is_in(charged_as(db, &statement).await?))
        .order_by_asc(charge::Column::OnDate)
        .order_by_asc(charge::Column::Id);
    for row in rows.all(db).await? {
        if let Some(account) = of_group(&mut accounts, row.account_group.as_deref()) {
            account.charges.push(row);
        }
    }
    let rows = reserve::Entity::find()
        .filter(reserve::Column::RunId.eq(run_id))
        .filter(reserve::Column::PartyId.eq(party))
        .order_by_asc(reserve::Column::ReleaseOn)
        .order_by_asc(reserve::Column::Position);
    for row in rows.all(db).await? {
        if let Some(account) = of_group(&mut accounts, row.account_group.as_deref()) {
            account.reserves.push(row);
        }
    }
    let titles = titles_of(db, &accounts).await?;
    let paid_to = paid_to(db, &statement, &accounts).await?;
    Ok(Some(StatementView { statement, run, payee, accounts, titles, paid_to }))
}

/// The account of a group; the first where it is none of them.
fn of_group<'a>(accounts: &'a mut [AccountView], group: Option<&str>) -> Option<&'a mut AccountView> {
    let place = accounts.iter().position(|account| Some(account.account.account_group.as_str()) == group);
    accounts.get_mut(place.unwrap_or(0))
}

/// As whom a payee was charged: a charge names the party that it was written for, and a run leads it on to the one that took its place.
async fn charged_as(db: &Db, statement: &payee_statement::Model) -> Result<Vec<PartyId>, RoyaltyError> {
    let family = family_of(db, present(db, statement.party_id).await?).await?;
    let apart: BTreeSet<PartyId> = payee::Entity::find()
        .filter(payee::Column::RunId.eq(statement.run_id))
        .filter(payee::Column::PartyId.is_in(family.iter().copied()))
        .filter(payee::Column::PartyId.ne(statement.party_id))
        .all(db)
        .await?
        .into_iter()
        .map(|row| row.party_id)
        .collect();
    // Who was merged into another only since had lines of their own in the run.
    Ok(family.into_iter().filter(|party| !apart.contains(party)).collect())
}

/// The titles of what has earned.
async fn titles_of(db: &Db, accounts: &[AccountView]) -> Result<HashMap<Subject, String>, RoyaltyError> {
    let (mut recordings, mut works): (BTreeSet<RecordingId>, BTreeSet<WorkId>) = (BTreeSet::new(), BTreeSet::new());
    for row in accounts.iter().flat_map(|account| &account.activities) {
        recordings.extend(row.recording_id);
        works.extend(row.work_id);
    }
    let mut titles = HashMap::new();
    for chunk in recordings.into_iter().collect::<Vec<_>>().chunks(BATCH) {
        let found = catalog::find_recordings_by_ids(db, chunk).await?;
        titles.extend(found.into_iter().map(|(id, row)| (Subject::Recording(id), row.title)));
    }
    for chunk in works.into_iter().collect::<Vec<_>>().chunks(BATCH) {
        let found = catalog::find_works_by_ids(db, chunk).await?;
        titles.extend(found.into_iter().map(|(id, row)| (Subject::Work(id), row.title)));
    }
    Ok(titles)
}

/// Whom the contracts pay by which accounts bear something, by the contract; of one that was merged since, who took their place.
async fn paid_to(
    db: &Db,
    statement: &payee_statement::Model,
    accounts: &[AccountView],
) -> Result<HashMap<String, String>, RoyaltyError> {
    let activities = accounts.iter().flat_map(|account| &account.activities);
    let borne: BTreeSet<&str> = activities.filter(|row| row.kind == Kind::Borne).map(|row| row.rule.as_str()).collect();
    let mut paid: HashMap<String, PartyId> = HashMap::new();
    for some in borne.into_iter().collect::<Vec<_>>().chunks(BATCH) {
        let rows = rule::Entity::find()
            .filter(rule::Column::StudioId.eq(statement.studio_id))
            .filter(rule::Column::Rule.is_in(some.iter().copied()))
            .filter(rule::Column::Number.eq(1));
        // All versions of a contract are between the same two.
        for row in rows.all(db).await? {
            if let Rule::Contract(contract) = serde_json::from_str(&row.content)? {
                paid.insert(row.rule, present(db, contract.payee).await?);
            }
        }
    }
    let parties: Vec<PartyId> = paid.values().copied().collect();
    let names = parties::find_parties_by_ids(db, &parties).await?;
    Ok(paid.into_iter().filter_map(|(rule, party)| Some((rule, names.get(&party)?.name.clone()))).collect())
}

/// What is printed of a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatementDocument {
    /// What it says.
    pub view: StatementView,
    /// Who accounts.
    pub studio: studio::Model,
    /// To whom.
    pub party: parties::entity::Model,
}

/// What is printed of a statement. For the program itself: it asks nothing.
pub async fn statement_document(db: &Db, id: PayeeStatementId) -> Result<Option<StatementDocument>, RoyaltyError> {
    let Some(view) = statement_view(db, id).await? else { return Ok(None) };
    let studio = studio::Entity::find_by_id(view.statement.studio_id).one(db).await?;
    let party = parties::entity::Entity::find_by_id(view.statement.party_id).one(db).await?;
    Ok(studio.zip(party).map(|(studio, party)| StatementDocument { view, studio, party }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::env::testing;

    #[test]
    fn the_steps_lead_from_how_an_account_stood_to_how_it_stands() {
        let (env, _) = testing::env(1);
        let account = account::Model {
            run_id: env.id(),
            party_id: env.id(),
            account_group: "shares".into(),
            studio_id: env.id(),
            opening_minor: 500,
            activity: "12.345".parse().unwrap(),
            held_minor: 200,
            released_minor: 50,
            costs_minor: 300,
            tax_minor: 40,
            advances_minor: 100,
            closing_minor: 644,
            unrecouped_minor: 0,
        };
        let mut view = AccountView { account, activities: Vec::new(), charges: Vec::new(), reserves: Vec::new() };
        // 12.345 − 2.00 + 0.50 is 10.845, of which 10.84 are earned.
        assert_eq!(view.earned_minor().unwrap(), 584);
        view.account.closing_minor += 500;
        assert_eq!(view.earned_minor().unwrap(), 1_084);
        assert_eq!(view.adjusted(Currency::EUR).unwrap().to_string(), "-0.005");
        view.account.opening_minor = i64::MIN;
        assert!(view.earned_minor().is_err());
    }
}
