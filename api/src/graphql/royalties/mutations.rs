//! What writes terms and charges, and moves runs on.

use async_graphql::{Context, Enum, InputObject, Json, Object};
use chrono::NaiveDate;
use domain::{
    catalog::Sha256,
    ids::{AgreementId, PartyId, RoyaltyChargeId, RoyaltyRunId, StudioId},
    report::{Kind, Report},
    royalties::{
        commands::{
            runs::{self, Reckon},
            terms::{NewCharge, NewRule, NewSplitTerms, reverse_charge, save_charge, save_rule, save_split_terms},
        },
        entity::{charge, rule, run},
        rules::{AccountKey, ChargedTo, Group, RuleId, Subject},
    },
};
use serde_json::Value;

use super::types::{RoyaltyCharge, RoyaltyChargeKind, RoyaltyRule, RoyaltyRun};
use crate::{
    caller::Caller,
    graphql::{
        caller,
        errors::Failure,
        identity::security::require_proved,
        json,
        scalars::{Id, MoneyInput, currency},
        statements::subject,
    },
    payload,
};

/// The next version of a rule of royalties.
#[derive(Debug, InputObject)]
pub struct SaveRoyaltyRuleInput {
    /// The studio.
    pub studio: Id<StudioId>,
    /// The rule's name, the same in all its versions. Terms beside an executed split are named `split:` and its recording or work; `saveSplitTerms` names them.
    pub rule: String,
    /// What people call it.
    pub title: String,
    /// From which day of use it holds.
    pub effective_on: NaiveDate,
    /// When a contract ends. Managers are reminded of it before; what is used later is still paid by it, until a version says otherwise.
    pub ends_on: Option<NaiveDate>,
    /// What it says: an object with one field, `contract`, `payee`, `withholding`, `album` or `split`. `jsonInputReference(input: ROYALTY_RULE)` tells what
    /// each may say, and `jsonInputExamples` gives an example of each.
    pub content: Json<Value>,
    /// SHA-256 of the document that was signed, in hexadecimal; terms beside a split need it.
    pub document_sha256: Option<String>,
    /// The agreement that it comes from.
    pub agreement: Option<Id<AgreementId>>,
    /// The same key writes one version, however often it is sent; 1 to 255 characters.
    pub idempotency_key: Option<String>,
}

/// What becomes of a loss.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::royalties::rules::Losses")]
pub enum SplitLosses {
    /// The whole of it waits for later income; shares are of profits alone.
    Classic,
    /// Everybody has their share of it at once.
    Flexible,
}

/// Terms beside a split that was executed: its shares are those that were signed.
#[derive(Debug, InputObject)]
pub struct SaveSplitTermsInput {
    /// The studio.
    pub studio: Id<StudioId>,
    /// The recording (`rec_…`), for the master’s side, or the work (`work_…`), for the composition’s.
    pub subject: String,
    /// The agreement that was executed; the last one of the work, if left out.
    pub agreement: Option<Id<AgreementId>>,
    /// What people call the terms.
    pub title: String,
    /// What becomes of a loss.
    #[graphql(default_with = "SplitLosses::Classic")]
    pub losses: SplitLosses,
    /// What is held back: `jsonInputReference(input: ROYALTY_RESERVE)` tells what it may say.
    pub reserve: Option<Json<Value>>,
    /// The same key writes one version, however often it is sent; 1 to 255 characters.
    pub idempotency_key: Option<String>,
}

/// A cost or an advance.
#[derive(Debug, InputObject)]
pub struct RecordRoyaltyChargeInput {
    /// The studio.
    pub studio: Id<StudioId>,
    /// To whom it is charged; a payment is none, but a payout.
    pub kind: RoyaltyChargeKind,
    /// Its day.
    pub on: NaiveDate,
    /// How much: up to 1,000,000,000,000 minor units.
    pub amount: MoneyInput,
    /// The recording (`rec_…`), work (`work_…`) or release (`ean_…`) that a shared cost is about.
    pub subject: Option<String>,
    /// The payee, unless it is shared.
    pub party: Option<Id<PartyId>>,
    /// The payee's cross-collateral group, such as the name of a contract; that of their shares, if left out.
    pub group: Option<String>,
    /// Among whose costs an advance is, too, and has been recorded there.
    pub included_party: Option<Id<PartyId>>,
    /// In which group of theirs; that of their shares, if left out.
    pub included_group: Option<String>,
    /// What for; up to 500 characters.
    #[graphql(default)]
    pub note: String,
    /// The same key records once, however often it is sent; 1 to 255 characters.
    pub idempotency_key: Option<String>,
}

/// A period to be reckoned.
#[derive(Debug, InputObject)]
pub struct ReckonRoyaltiesInput {
    /// The studio.
    pub studio: Id<StudioId>,
    /// ISO 4217 code.
    pub currency: String,
    /// The last day of the period, which is over; it begins behind the last run that was posted.
    pub through: NaiveDate,
    /// The same key makes one run, however often it is sent; 1 to 255 characters.
    pub idempotency_key: Option<String>,
}

payload! {
    /// What came of `saveRoyaltyRule`.
    pub struct SaveRoyaltyRulePayload {
        /// The version that was written.
        rule: RoyaltyRule
    }
}

payload! {
    /// What came of `recordRoyaltyCharge`.
    pub struct RecordRoyaltyChargePayload {
        /// The charge.
        charge: RoyaltyCharge
    }
}

payload! {
    /// What came of `reverseRoyaltyCharge`.
    pub struct ReverseRoyaltyChargePayload {
        /// What takes the charge back.
        charge: RoyaltyCharge
    }
}

payload! {
    /// What came of a mutation of one run.
    pub struct RoyaltyRunPayload {
        /// The run as it stands.
        run: RoyaltyRun
    }
}

/// Mutations of royalties.
#[derive(Debug, Default)]
pub struct RoyaltiesMutation;

#[Object]
impl RoyaltiesMutation {
    /// Writes the next version of a rule, if all rules can be reckoned with beside it. What was written never changes.
    async fn save_royalty_rule(
        &self,
        ctx: &Context<'_>,
        input: SaveRoyaltyRuleInput,
    ) -> Result<SaveRoyaltyRulePayload, Failure> {
        let saved = save(caller(ctx)?, input).await.and_then(RoyaltyRule::of);
        SaveRoyaltyRulePayload::of(saved)
    }

    /// Says how losses and reserves of an executed split are treated. Its shares and its document are taken from what was signed.
    async fn save_split_terms(
        &self,
        ctx: &Context<'_>,
        input: SaveSplitTermsInput,
    ) -> Result<SaveRoyaltyRulePayload, Failure> {
        let saved = save_terms(caller(ctx)?, input).await.and_then(RoyaltyRule::of);
        SaveRoyaltyRulePayload::of(saved)
    }

    /// Charges a cost or an advance, which the studio has paid, against royalties.
    async fn record_royalty_charge(
        &self,
        ctx: &Context<'_>,
        input: RecordRoyaltyChargeInput,
    ) -> Result<RecordRoyaltyChargePayload, Failure> {
        RecordRoyaltyChargePayload::of(record(caller(ctx)?, input).await)
    }

    /// Takes a charge back, and books it back. If no run has taken it, none takes either; else the next run gives back what was recouped of it. Once, however often it is
    /// asked. The payee's statement shows the reason, of 1 to 500 characters.
    async fn reverse_royalty_charge(
        &self,
        ctx: &Context<'_>,
        charge: Id<RoyaltyChargeId>,
        reason: String,
    ) -> Result<ReverseRoyaltyChargePayload, Failure> {
        ReverseRoyaltyChargePayload::of(reverse(caller(ctx)?, &charge, &reason).await)
    }

    /// Reckons what a period comes to, as a draft: of statements, charges, and what was paid since the last run. Nothing is booked yet.
    async fn reckon_royalties(
        &self,
        ctx: &Context<'_>,
        input: ReckonRoyaltiesInput,
    ) -> Result<RoyaltyRunPayload, Failure> {
        RoyaltyRunPayload::of(reckon(caller(ctx)?, input).await)
    }

    /// Approves a run, for owners, and for managers up to the amount that an owner has set.
    async fn approve_royalty_run(&self, ctx: &Context<'_>, id: Id<RoyaltyRunId>) -> Result<RoyaltyRunPayload, Failure> {
        RoyaltyRunPayload::of(approve(caller(ctx)?, &id).await)
    }

    /// Posts a run that was approved: it is booked, payees are told, and what it found nobody's is carried on.
    async fn post_royalty_run(&self, ctx: &Context<'_>, id: Id<RoyaltyRunId>) -> Result<RoyaltyRunPayload, Failure> {
        RoyaltyRunPayload::of(post(caller(ctx)?, &id).await)
    }

    /// Throws a run away that was not posted: what it had taken waits for the next one again.
    async fn discard_royalty_run(&self, ctx: &Context<'_>, id: Id<RoyaltyRunId>) -> Result<RoyaltyRunPayload, Failure> {
        RoyaltyRunPayload::of(discard(caller(ctx)?, &id).await)
    }
}

/// A refusal of a field.
fn bad(field: &str, message: impl Into<String>, remedy: &str) -> Failure {
    Failure::new(Report::new(Kind::Invalid, "BAD_INPUT", message).field(field).remedy(remedy))
}

async fn save(caller: &Caller, input: SaveRoyaltyRuleInput) -> Result<rule::Model, Failure> {
    let studio = input.studio.named("input.studio")?;
    let content = json::read(input.content.0, "input.content", "BAD_INPUT")?;
    let document = input
        .document_sha256
        .map(|sha256| sha256.parse::<Sha256>())
        .transpose()
        .map_err(|error| bad("input.documentSha256", error.to_string(), "send it as it was given"))?;
    let new = NewRule {
        rule: RuleId(input.rule),
        title: input.title,
        effective_on: input.effective_on,
        ends_on: input.ends_on,
        content,
        document_sha256: document,
        agreement: input.agreement.map(|agreement| agreement.named("input.agreement")).transpose()?,
        request_key: input.idempotency_key,
    };
    let tx = caller.services.begin().await?;
    let saved = save_rule(&tx, &caller.ctx, studio, new).await?;
    caller.services.commit(tx).await?;
    Ok(saved)
}

async fn save_terms(caller: &Caller, input: SaveSplitTermsInput) -> Result<rule::Model, Failure> {
    let studio = input.studio.named("input.studio")?;
    let new = NewSplitTerms {
        subject: subject(&input.subject, "input.subject")?,
        agreement: input.agreement.map(|agreement| agreement.named("input.agreement")).transpose()?,
        title: input.title,
        losses: input.losses.into(),
        reserve: input.reserve.map(|reserve| json::read(reserve.0, "input.reserve", "BAD_INPUT")).transpose()?,
        request_key: input.idempotency_key,
    };
    let tx = caller.services.begin().await?;
    let saved = save_split_terms(&tx, &caller.ctx, studio, new).await?;
    caller.services.commit(tx).await?;
    Ok(saved)
}

async fn record(caller: &Caller, input: RecordRoyaltyChargeInput) -> Result<charge::Model, Failure> {
    let studio = input.studio.named("input.studio")?;
    let new = NewCharge {
        on: input.on,
        amount: input.amount.named("input.amount")?,
        to: charged_to(&input)?,
        note: input.note,
        request_key: input.idempotency_key,
    };
    let tx = caller.services.begin().await?;
    let charged = save_charge(&tx, &caller.ctx, studio, new).await?;
    caller.services.commit(tx).await?;
    Ok(charged)
}

async fn reverse(caller: &Caller, charge: &Id<RoyaltyChargeId>, reason: &str) -> Result<charge::Model, Failure> {
    let id = charge.named("charge")?;
    let tx = caller.services.begin().await?;
    let reversal = reverse_charge(&tx, &caller.ctx, id, reason).await?;
    caller.services.commit(tx).await?;
    Ok(reversal)
}

fn charged_to(input: &RecordRoyaltyChargeInput) -> Result<ChargedTo, Failure> {
    let account = |party: &Id<PartyId>, group: Option<&String>, field| {
        let group = group.cloned().map_or_else(Group::shares, Group);
        Ok::<_, Failure>(AccountKey { payee: party.named(field)?, group })
    };
    let own = || match &input.party {
        Some(party) => account(party, input.group.as_ref(), "input.party"),
        None => Err(bad("input.party", "this is charged to a payee", "name the payee")),
    };
    Ok(match input.kind {
        RoyaltyChargeKind::Shared => {
            let named = input.subject.as_deref().unwrap_or_default();
            let remedy = "name the recording, work or release that it is about";
            let subject: Subject = named.parse().map_err(|error: domain::royalties::rules::RoyaltyFault| {
                bad("input.subject", error.to_string(), remedy)
            })?;
            ChargedTo::Shared { subject }
        }
        RoyaltyChargeKind::Cost => ChargedTo::Cost { account: own()? },
        RoyaltyChargeKind::Advance => {
            let other = input.included_party.as_ref();
            let other = other.map(|party| account(party, input.included_group.as_ref(), "input.includedParty"));
            ChargedTo::Advance { account: own()?, included_in: other.transpose()? }
        }
        RoyaltyChargeKind::Payment => ChargedTo::Payment { account: own()? },
    })
}

async fn reckon(caller: &Caller, input: ReckonRoyaltiesInput) -> Result<run::Model, Failure> {
    let studio = input.studio.named("input.studio")?;
    let new = Reckon {
        currency: currency(&input.currency, "input.currency")?,
        through: input.through,
        request_key: input.idempotency_key,
    };
    Ok(runs::reckon(&caller.services, &caller.ctx, studio, new).await?)
}

async fn approve(caller: &Caller, id: &Id<RoyaltyRunId>) -> Result<run::Model, Failure> {
    require_proved(caller).await?;
    let id = id.named("id")?;
    let tx = caller.services.begin().await?;
    let approved = runs::approve_run(&tx, &caller.ctx, id).await?;
    caller.services.commit(tx).await?;
    Ok(approved)
}

async fn post(caller: &Caller, id: &Id<RoyaltyRunId>) -> Result<run::Model, Failure> {
    Ok(runs::post_run(&caller.services, &caller.ctx, id.named("id")?).await?)
}

async fn discard(caller: &Caller, id: &Id<RoyaltyRunId>) -> Result<run::Model, Failure> {
    let id = id.named("id")?;
    let tx = caller.services.begin().await?;
    let discarded = runs::discard_run(&tx, &caller.ctx, id).await?;
    caller.services.commit(tx).await?;
    Ok(discarded)
}
