//! What pays payees. Whatever sends money, or says where it goes, asks that the sign-in has proved itself of late.

use async_graphql::{Context, InputObject, Object};
use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    ids::{PartyId, PayoutId, StudioId},
    payouts::{
        commands::{self, AskBatch, AskPayout, PaidByHand},
        entity::{payee, payee_bank, payout, payout_batch},
        queries,
        rules::bank::{AchDebtor, BankDetails, Debtor, SepaDebtor},
    },
    report::{Kind, Report},
};

use super::{BankScheme, PayeeAccount, PayeeBank, Payout, PayoutBatch, PayoutMinimum, PayoutTerms};
use crate::{
    caller::Caller,
    graphql::{
        caller,
        errors::Failure,
        identity::security::require_proved,
        scalars::{Id, MoneyInput, currency},
    },
    payload,
};

/// Whom to ask where their money goes.
#[derive(Debug, InputObject)]
pub struct InvitePayeeInput {
    /// The studio.
    pub studio: Id<StudioId>,
    /// The payee.
    pub party: Id<PartyId>,
    /// Their country, ISO 3166-1 alpha-2, such as DE.
    pub country: String,
}

/// Where a payee is paid by the studio's bank.
#[derive(Debug, InputObject)]
pub struct SetPayeeBankInput {
    /// The studio.
    pub studio: Id<StudioId>,
    /// The payee.
    pub party: Id<PartyId>,
    /// How the bank is told.
    pub scheme: BankScheme,
    /// Whose account it is.
    pub holder: String,
    /// The IBAN; for ACH the account's number.
    pub account: String,
    /// The BIC, if it is known; for ACH the bank's routing number.
    pub bank: Option<String>,
    /// Whether it is a savings account; for ACH alone.
    #[graphql(default)]
    pub savings: bool,
}

/// For how long money is held back, and from which amount on is paid. What is absent stays as it is.
#[derive(Debug, InputObject)]
pub struct SetPayoutTermsInput {
    /// The studio.
    pub studio: Id<StudioId>,
    /// For how many days the money of a sale is held back, 0 to 365.
    pub hold_days: Option<i32>,
    /// The least that is paid in its currency.
    pub minimum: Option<MoneyInput>,
    /// To whom the minimum is; absent for everybody who has none of their own.
    pub party: Option<Id<PartyId>>,
}

/// What the gateway is to pay.
#[derive(Debug, InputObject)]
pub struct RequestPayoutInput {
    /// The studio.
    pub studio: Id<StudioId>,
    /// The payee.
    pub party: Id<PartyId>,
    /// ISO 4217 code.
    pub currency: String,
    /// How much; absent for all that can be paid.
    pub amount: Option<MoneyInput>,
    /// The same key asks once, however often it is sent; 1 to 255 characters.
    pub idempotency_key: Option<String>,
}

/// What the studio has paid by itself.
#[derive(Debug, InputObject)]
pub struct RecordPayoutInput {
    /// The studio.
    pub studio: Id<StudioId>,
    /// The payee.
    pub party: Id<PartyId>,
    /// How much.
    pub amount: MoneyInput,
    /// When it left; absent for now.
    pub paid_at: Option<DateTime<Utc>>,
    /// How, such as the number of the transfer; up to 500 characters.
    #[graphql(default)]
    pub note: String,
    /// Whether it is recorded though the payee's payouts are held, or it is less than is paid at the least: it has left all the same.
    #[graphql(default)]
    pub despite_terms: bool,
    /// The same key records once, however often it is sent; 1 to 255 characters.
    pub idempotency_key: Option<String>,
}

/// Who pays by SEPA.
#[derive(Debug, InputObject)]
pub struct SepaDebtorInput {
    /// The account's holder.
    pub name: String,
    /// The account.
    pub iban: String,
    /// Its bank's BIC, if that has to be named.
    pub bic: Option<String>,
}

/// Who pays by ACH, as their bank has told them.
#[derive(Debug, InputObject)]
pub struct AchDebtorInput {
    /// The company's name, 16 characters at the most.
    pub name: String,
    /// The ten characters by which the bank knows the company.
    pub company_id: String,
    /// The routing number of the bank that takes the file.
    pub bank_routing: String,
    /// That bank's name.
    pub bank_name: String,
}

/// A file for the studio's bank.
#[derive(Debug, InputObject)]
pub struct ExportPayoutsInput {
    /// The studio.
    pub studio: Id<StudioId>,
    /// Who pays, by SEPA; either this or `ach`.
    pub sepa: Option<SepaDebtorInput>,
    /// Who pays, by ACH; either this or `sepa`.
    pub ach: Option<AchDebtorInput>,
    /// When the bank is to pay: from yesterday, by UTC, to 31 days ahead.
    pub execute_on: NaiveDate,
    /// Whom; absent for everybody who can be paid so.
    pub parties: Option<Vec<Id<PartyId>>>,
    /// The same key writes one file, however often it is sent; 1 to 255 characters.
    pub idempotency_key: Option<String>,
}

payload! {
    /// What came of `invitePayee` or `resetPayee`.
    pub struct InvitePayeePayload {
        /// The payee's account as it stands.
        account: PayeeAccount
    }
}

payload! {
    /// What came of `setPayeeBank`.
    pub struct SetPayeeBankPayload {
        /// The bank account, as the bank writes it.
        bank: PayeeBank
    }
}

payload! {
    /// What came of `setPayoutTerms`.
    pub struct SetPayoutTermsPayload {
        /// The terms as they are now.
        terms: PayoutTerms
    }
}

payload! {
    /// What came of a mutation of one payout.
    pub struct PayoutPayload {
        /// The payout as it stands.
        payout: Payout
    }
}

payload! {
    /// What came of `exportPayouts`.
    pub struct ExportPayoutsPayload {
        /// The file and what stands in it.
        batch: PayoutBatch
    }
}

/// Mutations of payouts.
#[derive(Debug, Default)]
pub struct PayoutsMutation;

#[Object]
impl PayoutsMutation {
    /// Mails a payee a link that leads to the gateway, which asks them where their money goes. They need no account for it.
    async fn invite_payee(&self, ctx: &Context<'_>, input: InvitePayeeInput) -> Result<InvitePayeePayload, Failure> {
        InvitePayeePayload::of(invite(caller(ctx)?, &input).await)
    }

    /// Lets a payee begin anew with another account at the gateway, and mails them a fresh link; earlier links open nothing any more, and what has failed is not
    /// sent to the old account again.
    async fn reset_payee(&self, ctx: &Context<'_>, input: InvitePayeeInput) -> Result<InvitePayeePayload, Failure> {
        InvitePayeePayload::of(reset(caller(ctx)?, &input).await)
    }

    /// Sets where a payee is paid by the studio's bank. For owners alone: others pay up to a limit, and ask the payee by `invitePayee`. The details are checked as far as their checksums go; the studio, and the payee if an address of theirs is known, are mailed that they
    /// have changed.
    async fn set_payee_bank(
        &self,
        ctx: &Context<'_>,
        input: SetPayeeBankInput,
    ) -> Result<SetPayeeBankPayload, Failure> {
        SetPayeeBankPayload::of(set_bank(caller(ctx)?, input).await)
    }

    /// Sets for how long money is held back, and from which amount on is paid.
    async fn set_payout_terms(
        &self,
        ctx: &Context<'_>,
        input: SetPayoutTermsInput,
    ) -> Result<SetPayoutTermsPayload, Failure> {
        SetPayoutTermsPayload::of(set_terms(caller(ctx)?, &input).await)
    }

    /// Pays a payee by the gateway. More than can be paid is refused by name (`BEYOND_PAYABLE`), as are a payee whose payouts are held (`PAYEE_ON_HOLD`) and what is beyond one's limit (`APPROVAL_LIMIT`), as is more than lies there of the studio's (`BEYOND_GATEWAY`); what the gateway refuses is owed again, with the reason,
    /// and is tried again by itself.
    async fn request_payout(&self, ctx: &Context<'_>, input: RequestPayoutInput) -> Result<PayoutPayload, Failure> {
        PayoutPayload::of(request(caller(ctx)?, &input).await)
    }

    /// Records what the studio has paid by itself, up to one's limit. A payee's hold and the least that is paid stand against it, until it is said that it was paid despite them.
    async fn record_payout(&self, ctx: &Context<'_>, input: RecordPayoutInput) -> Result<PayoutPayload, Failure> {
        PayoutPayload::of(record(caller(ctx)?, &input).await)
    }

    /// Tries a payout again that has failed, at once. One that is known to have been sent is booked, and not sent again.
    async fn retry_payout(&self, ctx: &Context<'_>, id: Id<PayoutId>) -> Result<PayoutPayload, Failure> {
        let caller = caller(ctx)?;
        require_proved(caller).await?;
        let id = id.named("id")?;
        let tx = caller.services.begin().await?;
        let done = commands::retry_payout(&tx, &caller.ctx, caller.services.gateway.name(), id).await;
        if done.is_ok() {
            caller.services.commit(tx).await?;
        }
        PayoutPayload::of(done)
    }

    /// Gives a payout up that has failed; what it was to pay is owed, and can be paid otherwise.
    async fn cancel_payout(&self, ctx: &Context<'_>, id: Id<PayoutId>) -> Result<PayoutPayload, Failure> {
        let caller = caller(ctx)?;
        let id = id.named("id")?;
        let tx = caller.services.begin().await?;
        let done = commands::cancel_payout(&tx, &caller.ctx, id).await;
        if done.is_ok() {
            caller.services.commit(tx).await?;
        }
        PayoutPayload::of(done)
    }

    /// Ends a payout that is on its way to a gateway which is not in use any more: paid, if its transfer there is named, or else cancelled and owed again.
    async fn end_payout(
        &self,
        ctx: &Context<'_>,
        id: Id<PayoutId>,
        transfer: Option<String>,
        reason: String,
    ) -> Result<PayoutPayload, Failure> {
        let caller = caller(ctx)?;
        let (id, gateway) = (id.named("id")?, caller.services.gateway.name());
        let tx = caller.services.begin().await?;
        let done = commands::end_payout(&tx, &caller.ctx, gateway, id, transfer.as_deref(), &reason).await;
        if done.is_ok() {
            caller.services.commit(tx).await?;
        }
        PayoutPayload::of(done)
    }

    /// Records that a payout which the studio or its bank has made came back: it is owed again.
    async fn return_payout(
        &self,
        ctx: &Context<'_>,
        id: Id<PayoutId>,
        reason: String,
    ) -> Result<PayoutPayload, Failure> {
        let caller = caller(ctx)?;
        let id = id.named("id")?;
        let tx = caller.services.begin().await?;
        let done = commands::return_payout(&tx, &caller.ctx, id, &reason).await;
        if done.is_ok() {
            caller.services.commit(tx).await?;
        }
        PayoutPayload::of(done)
    }

    /// Writes a file for the studio's bank that pays everybody what can be paid to them, up to one's limit in all, and books all of it: a second file does not pay it again. Whoever is left out is
    /// in `payeeBalances`, with what they wait for.
    async fn export_payouts(
        &self,
        ctx: &Context<'_>,
        input: ExportPayoutsInput,
    ) -> Result<ExportPayoutsPayload, Failure> {
        ExportPayoutsPayload::of(export(caller(ctx)?, input).await)
    }
}

async fn invite(caller: &Caller, input: &InvitePayeeInput) -> Result<payee::Model, Failure> {
    let (studio, party) = (input.studio.named("studio")?, input.party.named("party")?);
    let gateway = caller.services.gateway.name();
    let tx = caller.services.begin().await?;
    let row = commands::invite_payee(&tx, &caller.ctx, gateway, studio, party, &input.country).await?;
    caller.services.commit(tx).await?;
    Ok(row)
}

async fn reset(caller: &Caller, input: &InvitePayeeInput) -> Result<payee::Model, Failure> {
    require_proved(caller).await?;
    let (studio, party) = (input.studio.named("studio")?, input.party.named("party")?);
    let gateway = caller.services.gateway.name();
    let tx = caller.services.begin().await?;
    let row = commands::reset_payee(&tx, &caller.ctx, gateway, studio, party, &input.country).await?;
    caller.services.commit(tx).await?;
    Ok(row)
}

async fn set_bank(caller: &Caller, input: SetPayeeBankInput) -> Result<payee_bank::Model, Failure> {
    require_proved(caller).await?;
    let (studio, party) = (input.studio.named("studio")?, input.party.named("party")?);
    let details = BankDetails {
        scheme: input.scheme.into(),
        holder: input.holder,
        account: input.account,
        bank: input.bank,
        savings: input.savings,
    };
    let tx = caller.services.begin().await?;
    let row = commands::set_payee_bank(&tx, &caller.ctx, studio, party, details).await?;
    caller.services.commit(tx).await?;
    Ok(row)
}

async fn set_terms(caller: &Caller, input: &SetPayoutTermsInput) -> Result<PayoutTerms, Failure> {
    let studio = input.studio.named("studio")?;
    let party = input.party.as_ref().map(|party| party.named("party")).transpose()?;
    let minimum = input.minimum.as_ref().map(|minimum| minimum.named("minimum")).transpose()?;
    let tx = caller.services.begin().await?;
    if let Some(hold_days) = input.hold_days {
        commands::set_hold_days(&tx, &caller.ctx, studio, hold_days).await?;
    }
    if let Some(minimum) = minimum {
        commands::set_minimum(&tx, &caller.ctx, studio, party, minimum).await?;
    }
    caller.services.commit(tx).await?;
    let (hold_days, minimums) = queries::find_terms(&caller.services.db, &caller.ctx, studio).await?;
    Ok(PayoutTerms { hold_days, minimums: minimums.into_iter().map(PayoutMinimum::from).collect() })
}

async fn request(caller: &Caller, input: &RequestPayoutInput) -> Result<payout::Model, Failure> {
    require_proved(caller).await?;
    let studio = input.studio.named("studio")?;
    let asked = AskPayout {
        party: input.party.named("party")?,
        currency: currency(&input.currency, "currency")?,
        amount: input.amount.as_ref().map(|amount| amount.named("amount")).transpose()?,
        key: input.idempotency_key.as_deref(),
    };
    let gateway = caller.services.gateway.name();
    let tx = caller.services.begin().await?;
    let row = commands::request_payout(&tx, &caller.ctx, gateway, studio, asked).await?;
    caller.services.commit(tx).await?;
    Ok(row)
}

async fn record(caller: &Caller, input: &RecordPayoutInput) -> Result<payout::Model, Failure> {
    let studio = input.studio.named("studio")?;
    let paid = PaidByHand {
        party: input.party.named("party")?,
        amount: input.amount.named("amount")?,
        paid_at: input.paid_at,
        note: &input.note,
        key: input.idempotency_key.as_deref(),
        despite_terms: input.despite_terms,
    };
    let gateway = caller.services.gateway.name();
    let tx = caller.services.begin().await?;
    let row = commands::record_payout(&tx, &caller.ctx, gateway, studio, paid).await?;
    caller.services.commit(tx).await?;
    Ok(row)
}

async fn export(caller: &Caller, input: ExportPayoutsInput) -> Result<payout_batch::Model, Failure> {
    require_proved(caller).await?;
    let studio = input.studio.named("studio")?;
    let debtor = match (input.sepa, input.ach) {
        (Some(SepaDebtorInput { name, iban, bic }), None) => Debtor::Sepa(SepaDebtor { name, iban, bic }),
        (None, Some(AchDebtorInput { name, company_id, bank_routing, bank_name })) => {
            Debtor::Ach(AchDebtor { name, company_id, bank_routing, bank_name })
        }
        (Some(_), Some(_)) | (None, None) => {
            let report = Report::new(Kind::Invalid, "BAD_SCHEME", "a file is for SEPA or for ACH").field("sepa");
            return Err(Failure::new(report.remedy("give either sepa or ach")));
        }
    };
    let parties = match &input.parties {
        Some(parties) => Some(parties.iter().map(|party| party.named("parties")).collect::<Result<Vec<_>, _>>()?),
        None => None,
    };
    let asked = AskBatch { debtor, execute_on: input.execute_on, parties, key: input.idempotency_key.as_deref() };
    let gateway = caller.services.gateway.name();
    let tx = caller.services.begin().await?;
    let batch = commands::export_payouts(&tx, &caller.ctx, gateway, studio, asked).await?;
    caller.services.commit(tx).await?;
    Ok(batch)
}
