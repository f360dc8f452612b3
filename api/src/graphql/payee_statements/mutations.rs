//! What changes what payees are told.

use async_graphql::{ComplexObject, Context, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};
use domain::{
    ids::{LineDisputeId, PartyId, PayeeStatementId, RoyaltyRunId, StudioId},
    royalties::{
        commands::payees::{self as commands, Paying},
        entity::{line_dispute, payee_statement},
        queries::payees::portal_url,
    },
};

use super::{
    LineDispute, PayeeStatement,
    directions::{self, MakeLetterOfDirectionPayload},
};
use crate::{
    caller::Caller,
    errors::disclose,
    graphql::{
        caller,
        errors::{Failure, UserError},
        identity::security::require_proved,
        ledger::PartyName,
        loader,
        payouts::Payout,
        royalties::types::RoyaltyWaitsFor,
        scalars::{Id, Money},
    },
    payload,
};

/// What the studio answers to a dispute.
#[derive(Debug, InputObject)]
pub struct AnswerLineDisputeInput {
    /// The dispute.
    pub dispute: Id<LineDisputeId>,
    /// Whether the studio agrees.
    pub accepted: bool,
    /// What it says; up to 2,000 characters, mailed to the payee.
    pub answer: String,
}

/// A payee's portal.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct RoyaltyPortal {
    /// Whose it is.
    pub party_id: Id<PartyId>,
    /// Where it is: whoever has the address sees what the payee earns.
    pub url: String,
    /// Until when the address opens it; each mail about a statement brings another.
    pub expires_at: DateTime<Utc>,
    /// When its link was made.
    pub created_at: DateTime<Utc>,
}

/// What came of paying a payee.
#[derive(Debug, SimpleObject)]
#[graphql(complex)]
pub struct PaidRoyalty {
    /// Whom.
    pub party_id: Id<PartyId>,
    /// What is due of the run.
    pub due: Money,
    /// The payout; absent if there is none.
    pub payout: Option<Payout>,
    /// Why there is none: it stays owed, and can be paid otherwise.
    pub refusal: Option<UserError>,
    #[graphql(skip)]
    party: PartyId,
}

#[ComplexObject]
impl PaidRoyalty {
    /// The payee's name.
    async fn party_name(&self, ctx: &Context<'_>) -> Result<Option<String>, Failure> {
        loader(ctx)?.load_one(PartyName(self.party)).await
    }
}

/// A payee to whom something is owed after a run and nothing is due.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
#[graphql(complex)]
pub struct WaitingRoyalty {
    /// Who.
    pub party_id: Id<PartyId>,
    /// What they are owed.
    pub balance: Money,
    /// What they wait for.
    pub waits_for: RoyaltyWaitsFor,
    /// Why they are held, if they are.
    pub reason: Option<String>,
    #[graphql(skip)]
    party: PartyId,
}

impl From<commands::WaitingRoyalty> for WaitingRoyalty {
    fn from(row: commands::WaitingRoyalty) -> Self {
        Self {
            party_id: row.party.into(),
            balance: row.balance.into(),
            waits_for: row.waits_for.into(),
            reason: row.reason,
            party: row.party,
        }
    }
}

#[ComplexObject]
impl WaitingRoyalty {
    /// The payee's name.
    async fn party_name(&self, ctx: &Context<'_>) -> Result<Option<String>, Failure> {
        loader(ctx)?.load_one(PartyName(self.party)).await
    }
}

payload! {
    /// What came of `mailPayeeStatement`.
    pub struct MailPayeeStatementPayload {
        /// The statement.
        statement: PayeeStatement
    }
}

payload! {
    /// What came of `openRoyaltyPortal`.
    pub struct OpenRoyaltyPortalPayload {
        /// The portal.
        portal: RoyaltyPortal
    }
}

payload! {
    /// What came of `revokeRoyaltyPortal`.
    pub struct RevokeRoyaltyPortalPayload {
        /// Whether there was a link.
        revoked: bool
    }
}

payload! {
    /// What came of `answerLineDispute`.
    pub struct AnswerLineDisputePayload {
        /// The dispute as it stands.
        dispute: LineDispute
    }
}

payload! {
    /// What came of `payRoyalties`.
    pub struct PayRoyaltiesPayload {
        /// Those who were asked for now.
        paid: Vec<PaidRoyalty>,
        /// Those to whom something is owed and nothing is due, and what each waits for; told once nobody is left.
        waiting: Vec<WaitingRoyalty>,
        /// How many are left: ask again for them.
        left: i32,
    }
}

/// Mutations of what payees are told.
#[derive(Debug, Default)]
pub struct PayeeStatementsMutation;

#[Object]
impl PayeeStatementsMutation {
    /// Mails a payee their statement once more, with the link to their portal.
    async fn mail_payee_statement(
        &self,
        ctx: &Context<'_>,
        statement: Id<PayeeStatementId>,
    ) -> Result<MailPayeeStatementPayload, Failure> {
        MailPayeeStatementPayload::of(mail(caller(ctx)?, &statement).await)
    }

    /// Gives the link to a payee's portal; it is made if there is none.
    async fn open_royalty_portal(
        &self,
        ctx: &Context<'_>,
        party: Id<PartyId>,
    ) -> Result<OpenRoyaltyPortalPayload, Failure> {
        OpenRoyaltyPortalPayload::of(open(caller(ctx)?, &party).await)
    }

    /// Revokes the link to a payee's portal: it opens nothing any more. The next mail brings another.
    async fn revoke_royalty_portal(
        &self,
        ctx: &Context<'_>,
        party: Id<PartyId>,
    ) -> Result<RevokeRoyaltyPortalPayload, Failure> {
        RevokeRoyaltyPortalPayload::of(revoke(caller(ctx)?, &party).await)
    }

    /// Answers a payee's dispute of a line, once; they are mailed the answer.
    async fn answer_line_dispute(
        &self,
        ctx: &Context<'_>,
        input: AnswerLineDisputeInput,
    ) -> Result<AnswerLineDisputePayload, Failure> {
        AnswerLineDisputePayload::of(answer(caller(ctx)?, &input).await)
    }

    /// Makes a letter of direction of the last version of a contract that pays a part of another royalty, as a PDF to be signed and sent to whoever owes that
    /// royalty. One of the same words is made once.
    async fn make_letter_of_direction(
        &self,
        ctx: &Context<'_>,
        studio: Id<StudioId>,
        rule: String,
    ) -> Result<MakeLetterOfDirectionPayload, Failure> {
        MakeLetterOfDirectionPayload::of(directions::make(caller(ctx)?, &studio, &rule).await)
    }

    /// Pays by the gateway what a posted run has found due, each payee once, a hundred at a time: of the last run of its currency, which has found due what was left of
    /// those before it. Whoever cannot be paid so keeps nobody else from it, and is told of with the reason (`paid.refusal`), as is whoever waits (`waiting`).
    #[graphql(complexity = "20 * child_complexity + 1")]
    async fn pay_royalties(&self, ctx: &Context<'_>, run: Id<RoyaltyRunId>) -> Result<PayRoyaltiesPayload, Failure> {
        match pay(caller(ctx)?, &run).await {
            Ok(done) => Ok(paid(done)),
            Err(error) => PayRoyaltiesPayload::refused(error),
        }
    }
}

async fn mail(caller: &Caller, statement: &Id<PayeeStatementId>) -> Result<payee_statement::Model, Failure> {
    let id = statement.named("statement")?;
    let tx = caller.services.begin().await?;
    let row = commands::mail_statement(&tx, &caller.ctx, id).await?;
    caller.services.commit(tx).await?;
    Ok(row)
}

async fn open(caller: &Caller, party: &Id<PartyId>) -> Result<RoyaltyPortal, Failure> {
    let id = party.named("party")?;
    let tx = caller.services.begin().await?;
    let link = commands::open_portal(&tx, &caller.ctx, id).await?;
    caller.services.commit(tx).await?;
    let (url, expires_at) = portal_url(&caller.services, link.id);
    Ok(RoyaltyPortal { party_id: link.party_id.into(), url, expires_at, created_at: link.created_at })
}

async fn revoke(caller: &Caller, party: &Id<PartyId>) -> Result<bool, Failure> {
    let id = party.named("party")?;
    let tx = caller.services.begin().await?;
    let revoked = commands::revoke_portal(&tx, &caller.ctx, id).await?;
    caller.services.commit(tx).await?;
    Ok(revoked)
}

async fn answer(caller: &Caller, input: &AnswerLineDisputeInput) -> Result<line_dispute::Model, Failure> {
    let id = input.dispute.named("dispute")?;
    let tx = caller.services.begin().await?;
    let row = commands::answer_dispute(&tx, &caller.ctx, id, input.accepted, &input.answer).await?;
    caller.services.commit(tx).await?;
    Ok(row)
}

async fn pay(caller: &Caller, run: &Id<RoyaltyRunId>) -> Result<Paying, Failure> {
    require_proved(caller).await?;
    Ok(commands::pay_royalties(&caller.services, &caller.ctx, run.named("run")?).await?)
}

fn paid(done: Paying) -> PayRoyaltiesPayload {
    let paid = done.paid.into_iter().map(|row| {
        let (payout, refusal) = match row.outcome {
            Ok(payout) => (Some(Payout::from(payout)), None),
            Err(refusal) => (None, Some(UserError::from(disclose(&refusal)))),
        };
        PaidRoyalty { party_id: row.party.into(), due: row.due.into(), payout, refusal, party: row.party }
    });
    let waiting = done.waiting.into_iter().map(WaitingRoyalty::from);
    PayRoyaltiesPayload::done(paid.collect(), waiting.collect(), i32::try_from(done.left).unwrap_or(i32::MAX))
}
