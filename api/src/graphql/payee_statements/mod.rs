//! What payees are told of royalties, what they say to it, and what a year comes to. What changes that is in [`mutations`]; letters of direction are in
//! [`directions`].

pub mod directions;
pub mod mutations;

use std::collections::HashMap;

use async_graphql::{ComplexObject, Context, Enum, Object, SimpleObject, dataloader::Loader};
use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    ids::{LineDisputeId, PartyId, PayeeStatementId, RecordingId, RoyaltyRunId, StatementImportId, StudioId, WorkId},
    money::{Currency, Money as DomainMoney},
    royalties::{
        RoyaltyError,
        entity::{line_dispute, payee_statement},
        queries::payees as queries,
        rules::Exact,
    },
};

use super::{
    caller,
    connection::{Connection, connection, page, page_cost},
    errors::Failure,
    ledger::PartyName,
    loader,
    loaders::CallerLoader,
    royalties::{traces::RoyaltyKind, types::RoyaltyWaitsFor},
    scalars::{Id, Int64, Money},
    statements::ExactAmount,
};

use directions::LetterOfDirection;
pub use mutations::PayeeStatementsMutation;

/// Where a dispute of a line stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::royalties::entity::LineDisputeState")]
pub enum LineDisputeState {
    /// The studio has not answered.
    Open,
    /// The studio agrees.
    Accepted,
    /// The studio does not.
    Declined,
}

/// What a payee is told of a run.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
#[graphql(complex)]
pub struct PayeeStatement {
    /// The id.
    pub id: Id<PayeeStatementId>,
    /// The run.
    pub run_id: Id<RoyaltyRunId>,
    /// The payee.
    pub party_id: Id<PartyId>,
    /// Its reference, which the documents bear.
    pub reference: String,
    /// Whether its documents are made.
    pub has_documents: bool,
    /// When it was issued.
    pub issued_at: DateTime<Utc>,
    /// When it was mailed first.
    pub mailed_at: Option<DateTime<Utc>>,
    /// When the payee has first opened it.
    pub seen_at: Option<DateTime<Utc>>,
    #[graphql(skip)]
    statement: PayeeStatementId,
    #[graphql(skip)]
    key: StatementFigures,
}

impl From<payee_statement::Model> for PayeeStatement {
    fn from(row: payee_statement::Model) -> Self {
        Self {
            id: row.id.into(),
            run_id: row.run_id.into(),
            party_id: row.party_id.into(),
            reference: row.reference,
            has_documents: row.pdf_asset_id.is_some(),
            issued_at: row.issued_at,
            mailed_at: row.mailed_at,
            seen_at: row.seen_at,
            statement: row.id,
            key: StatementFigures(row.run_id, row.party_id),
        }
    }
}

/// What a statement comes to.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct PayeeFigures {
    /// The first day of the period.
    pub from: NaiveDate,
    /// The last day.
    pub through: NaiveDate,
    /// What all accounts are owed.
    pub balance: Money,
    /// What is paid out of it.
    pub due: Money,
    /// Why nothing is.
    pub waits_for: Option<RoyaltyWaitsFor>,
    /// Why it is held.
    pub reason: Option<String>,
}

impl From<queries::Figures> for PayeeFigures {
    fn from((run, payee): queries::Figures) -> Self {
        let money = |minor| Money::from(DomainMoney::new(minor, run.currency));
        Self {
            from: run.from_on,
            through: run.through_on,
            balance: money(payee.balance_minor),
            due: money(payee.due_minor),
            waits_for: payee.waits_for.map(RoyaltyWaitsFor::from),
            reason: payee.reason,
        }
    }
}

#[ComplexObject]
impl PayeeStatement {
    /// The payee's name.
    async fn party_name(&self, ctx: &Context<'_>) -> Result<Option<String>, Failure> {
        loader(ctx)?.load_one(PartyName(self.key.1)).await
    }

    /// The period, and what it comes to.
    async fn figures(&self, ctx: &Context<'_>) -> Result<Option<PayeeFigures>, Failure> {
        loader(ctx)?.load_one(self.key).await
    }

    /// The payee's accounts, from their opening to their closing balance.
    #[graphql(complexity = "50 * child_complexity + 50")]
    async fn accounts(&self, ctx: &Context<'_>) -> Result<Vec<PayeeStatementAccount>, Failure> {
        let view = queries::statement_view(&caller(ctx)?.services.db, self.statement).await?;
        let Some(view) = view else { return Ok(Vec::new()) };
        Ok(view.accounts.iter().map(|of| account(&view, of)).collect::<Result<_, RoyaltyError>>()?)
    }
}

/// Loads what statements come to, by run and payee.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct StatementFigures(pub RoyaltyRunId, pub PartyId);

impl Loader<StatementFigures> for CallerLoader {
    type Value = PayeeFigures;
    type Error = Failure;

    async fn load(&self, keys: &[StatementFigures]) -> Result<HashMap<StatementFigures, Self::Value>, Failure> {
        let of: Vec<_> = keys.iter().map(|key| (key.0, key.1)).collect();
        let found = queries::figures_of(&self.caller.services.db, &of).await?;
        Ok(found.into_iter().map(|((run, party), of)| (StatementFigures(run, party), of.into())).collect())
    }
}

/// An account of a payee in a statement: what it earns recoups what is charged to it.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct PayeeStatementAccount {
    /// Its name.
    pub name: String,
    /// What it was owed; below zero, a deficit.
    pub opening: Money,
    /// What was paid of that since.
    pub paid: Money,
    /// What it has earned, exactly, before reserves.
    pub activity: String,
    /// What was held back of that.
    pub held: Money,
    /// What was released of what had been held back.
    pub released: Money,
    /// What it has earned after reserves, in whole minor units, with costs that came back.
    pub earned: Money,
    /// What costs took.
    pub costs: Money,
    /// What was withheld for tax.
    pub tax: Money,
    /// What advances took.
    pub advances: Money,
    /// What it is owed; below zero, a deficit.
    pub closing: Money,
    /// Costs and advances that are still open.
    pub unrecouped: Money,
    /// What it has earned, of what.
    pub activities: Vec<PayeeStatementActivity>,
    /// What is held back of it.
    pub reserves: Vec<PayeeStatementReserve>,
}

/// What an account has earned of something.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct PayeeStatementActivity {
    /// Of which recording.
    pub recording_id: Option<Id<RecordingId>>,
    /// Of which work.
    pub work_id: Option<Id<WorkId>>,
    /// Its title.
    pub title: Option<String>,
    /// Why.
    pub kind: RoyaltyKind,
    /// On how many units.
    pub units: String,
    /// How much, with all decimals; below zero, what is borne.
    pub amount: String,
}

/// What is held back.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct PayeeStatementReserve {
    /// When it is released.
    pub release_on: NaiveDate,
    /// How much.
    pub amount: Money,
}

fn account(view: &queries::StatementView, of: &queries::AccountView) -> Result<PayeeStatementAccount, RoyaltyError> {
    let (row, currency) = (&of.account, view.run.currency);
    let money = |minor| Money::from(DomainMoney::new(minor, currency));
    let activities = of.activities.iter().map(|activity| PayeeStatementActivity {
        recording_id: activity.recording_id.map(Id::from),
        work_id: activity.work_id.map(Id::from),
        title: activity.subject().and_then(|subject| view.titles.get(&subject).cloned()),
        kind: activity.kind.into(),
        units: activity.units.to_string(),
        amount: activity.amount.to_string(),
    });
    let reserves = of
        .reserves
        .iter()
        .map(|held| PayeeStatementReserve { release_on: held.release_on, amount: money(held.amount_minor) });
    Ok(PayeeStatementAccount {
        name: row.account_group.clone(),
        opening: money(row.opening_minor),
        paid: money(of.paid_minor()?),
        activity: row.activity.to_string(),
        held: money(row.held_minor),
        released: money(row.released_minor),
        earned: money(of.earned_minor()?),
        costs: money(row.costs_minor),
        tax: money(row.tax_minor),
        advances: money(row.advances_minor),
        closing: money(row.closing_minor),
        unrecouped: money(row.unrecouped_minor),
        activities: activities.collect(),
        reserves: reserves.collect(),
    })
}

/// What a payee says to a line, and what the studio answers.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
#[graphql(complex)]
pub struct LineDispute {
    /// The id.
    pub id: Id<LineDisputeId>,
    /// The payee's statement.
    pub payee_statement_id: Id<PayeeStatementId>,
    /// The file.
    pub statement_id: Id<StatementImportId>,
    /// Which line of it, from 1.
    pub line: Int64,
    /// The byte that the line begins at.
    pub offset: Int64,
    /// Where it stands.
    pub state: LineDisputeState,
    /// What the payee says.
    pub words: String,
    /// What the studio answers.
    pub answer: Option<String>,
    /// When it was opened.
    pub opened_at: DateTime<Utc>,
    /// When it was answered.
    pub answered_at: Option<DateTime<Utc>>,
    /// What is left to do; absent of one that was declined.
    pub next_step: Option<String>,
    #[graphql(skip)]
    row: line_dispute::Model,
}

/// What the studio does about a dispute.
fn next_step(state: domain::royalties::entity::LineDisputeState) -> Option<String> {
    use domain::royalties::entity::LineDisputeState::{Accepted, Declined, Open};
    let step = match state {
        Open => "Look at the line by `explainRoyalty`, and answer by `answerLineDispute`.",
        Accepted => {
            "An answer moves no money. What no run has taken is put right by `matchStatementItem`, and terms by `saveRoyaltyRule`; what a run has taken \
             stays, and is settled in the next one."
        }
        Declined => return None,
    };
    Some(step.to_owned())
}

/// The line that a dispute is about, as it concerns the payee.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct DisputedLine {
    /// The title, as the file has it.
    pub title: String,
    /// The artist.
    pub artist: String,
    /// What was received for it, exact.
    pub received: ExactAmount,
    /// What of it is the payee's, exact; below zero, what they bear.
    pub part: ExactAmount,
}

#[ComplexObject]
impl LineDispute {
    /// Who disputes it.
    #[graphql(complexity = "child_complexity + 1")]
    async fn party_name(&self, ctx: &Context<'_>) -> Result<Option<String>, Failure> {
        let found = queries::party_of_statement(&caller(ctx)?.services.db, self.row.statement_id).await?;
        match found {
            Some(party) => loader(ctx)?.load_one(PartyName(party)).await,
            None => Ok(None),
        }
    }

    /// The line.
    #[graphql(complexity = "20 * child_complexity + 20")]
    async fn disputed(&self, ctx: &Context<'_>) -> Result<Option<DisputedLine>, Failure> {
        let found = queries::disputed_line(&caller(ctx)?.services, &self.row).await?;
        let exact = |amount: Exact, currency: Currency| ExactAmount {
            amount: amount.to_string(),
            currency: currency.code().to_owned(),
        };
        Ok(found.map(|(line, item, currency)| DisputedLine {
            title: item.title,
            artist: item.artist,
            received: exact(line.received, line.currency),
            part: exact(line.part, currency),
        }))
    }
}

impl From<line_dispute::Model> for LineDispute {
    fn from(row: line_dispute::Model) -> Self {
        Self {
            id: row.id.into(),
            payee_statement_id: row.statement_id.into(),
            statement_id: row.import_id.into(),
            line: Int64(row.line_number),
            offset: Int64(row.line_offset),
            state: row.state.into(),
            words: row.words.clone(),
            answer: row.answer.clone(),
            opened_at: row.opened_at,
            answered_at: row.answered_at,
            next_step: next_step(row.state),
            row,
        }
    }
}

/// What a payee has earned and was paid in a year, in one currency.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
#[graphql(complex)]
pub struct RoyaltyYearTotal {
    /// Who.
    pub party_id: Id<PartyId>,
    /// What was earned by the statements of periods that ended in the year, after reserves and before anything was set off.
    pub earned: Money,
    /// What was withheld of that for tax.
    pub tax: Money,
    /// What was paid out in the year, of sales too.
    pub paid: Money,
    #[graphql(skip)]
    party: PartyId,
}

impl From<queries::YearTotal> for RoyaltyYearTotal {
    fn from(row: queries::YearTotal) -> Self {
        let money = |minor| Money::from(DomainMoney::new(minor, row.currency));
        Self {
            party_id: row.party.into(),
            earned: money(row.earned_minor),
            tax: money(row.tax_minor),
            paid: money(row.paid_minor),
            party: row.party,
        }
    }
}

#[ComplexObject]
impl RoyaltyYearTotal {
    /// The payee's name.
    async fn party_name(&self, ctx: &Context<'_>) -> Result<Option<String>, Failure> {
        loader(ctx)?.load_one(PartyName(self.party)).await
    }
}

/// Queries about what payees are told.
#[derive(Debug, Default)]
pub struct PayeeStatementsQuery;

#[Object]
impl PayeeStatementsQuery {
    /// One payee's statement.
    async fn payee_statement(
        &self,
        ctx: &Context<'_>,
        id: Id<PayeeStatementId>,
    ) -> Result<Option<PayeeStatement>, Failure> {
        let caller = caller(ctx)?;
        let found = queries::find_statement(&caller.services.db, &caller.ctx, id.named("id")?).await?;
        Ok(found.map(PayeeStatement::from))
    }

    /// What payees of a studio were told, newest first; one of them alone, if so asked.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    #[expect(clippy::too_many_arguments, reason = "the four of every connection and what narrows the list")]
    async fn payee_statements(
        &self,
        ctx: &Context<'_>,
        studio: Id<StudioId>,
        party: Option<Id<PartyId>>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Connection<PayeeStatement>, Failure> {
        let (caller, request) = (caller(ctx)?, page(first, after, last, before)?);
        let (studio, party) = (studio.named("studio")?, party.map(|party| party.named("party")).transpose()?);
        let rows = queries::list_statements(&caller.services.db, &caller.ctx, studio, party, request).await?;
        Ok(connection(rows, |row| row.id, PayeeStatement::from))
    }

    /// What payees of a studio say to lines, newest first; those in one state alone, if so asked.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    #[expect(clippy::too_many_arguments, reason = "the four of every connection and what narrows the list")]
    async fn line_disputes(
        &self,
        ctx: &Context<'_>,
        studio: Id<StudioId>,
        state: Option<LineDisputeState>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Connection<LineDispute>, Failure> {
        let (caller, request) = (caller(ctx)?, page(first, after, last, before)?);
        let (studio, state) = (studio.named("studio")?, state.map(Into::into));
        let rows = queries::list_disputes(&caller.services.db, &caller.ctx, studio, state, request).await?;
        Ok(connection(rows, |row| row.id, LineDispute::from))
    }

    /// The letters of direction that a studio has made, newest first.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    async fn letters_of_direction(
        &self,
        ctx: &Context<'_>,
        studio: Id<StudioId>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Connection<LetterOfDirection>, Failure> {
        let (caller, request) = (caller(ctx)?, page(first, after, last, before)?);
        let studio = studio.named("studio")?;
        let rows = queries::list_directions(&caller.services.db, &caller.ctx, studio, request).await?;
        Ok(connection(rows, |row| row.id, LetterOfDirection::from))
    }

    /// What each payee of a studio has earned and was paid in a year, by currency.
    #[graphql(complexity = "20 * child_complexity + 1")]
    async fn royalty_year_totals(
        &self,
        ctx: &Context<'_>,
        studio: Id<StudioId>,
        year: i32,
    ) -> Result<Vec<RoyaltyYearTotal>, Failure> {
        let (caller, studio) = (caller(ctx)?, studio.named("studio")?);
        let rows = queries::year_totals(&caller.services.db, &caller.ctx, studio, year).await?;
        Ok(rows.into_iter().map(RoyaltyYearTotal::from).collect())
    }
}
