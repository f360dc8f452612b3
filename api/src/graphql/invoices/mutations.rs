//! What changes quotes and invoices.

use async_graphql::{Context, InputObject, Object};
use chrono::NaiveDate;
use domain::{
    ids::{AgreementId, InvoiceId, InvoiceTransferId, QuoteId, StudioId},
    invoices::{
        InvoiceError,
        commands::{self, CreditInvoice, RecordTransfer},
        entity::{invoice, quote, transfer},
        rules::{reminders::Wanted, settings::Settings},
    },
};

use super::{
    InvoiceSettings,
    documents::{Invoice, InvoiceTransfer},
    inputs::{ChangeQuoteInput, CreateQuoteInput, IssueInvoiceInput, country},
    quotes::Quote,
};
use crate::{
    caller::Caller,
    graphql::{
        caller,
        errors::Failure,
        scalars::{Id, MoneyInput},
    },
    payload,
};

/// How a studio invoices, to be set: all of it at once. What was issued stays as it was.
#[derive(Debug, InputObject)]
pub struct SetInvoiceSettingsInput {
    /// The studio.
    pub studio: Id<StudioId>,
    /// What numbers begin with: 1 to 12 letters, digits and hyphens.
    #[graphql(default = "INV")]
    pub prefix: String,
    /// Where the studio is, ISO 3166-1 alpha-2; needed for the reverse charge.
    pub country: Option<String>,
    /// Its VAT identification number.
    pub vat_id: Option<String>,
    /// Its number at the tax office.
    pub tax_number: Option<String>,
    /// Why no tax is charged, where none is, such as the rule for small businesses.
    pub tax_note: Option<String>,
    /// Where clients pay by bank transfer.
    pub bank_details: Option<String>,
    /// For how many days invoices can be paid, 0 to 120.
    #[graphql(default_with = "14")]
    pub due_days: i32,
    /// How many days before that clients are reminded, 1 to 30; absent: not before.
    pub remind_before_days: Option<i32>,
    /// Whether they are on the day itself.
    #[graphql(default = true)]
    pub remind_at_due: bool,
    /// How many days lie between reminders after that, at the least, 1 to 90.
    #[graphql(default_with = "7")]
    pub remind_every_days: i32,
    /// How many reminders there are of an invoice, at the most, 0 to 12.
    #[graphql(default_with = "4")]
    pub max_reminders: i32,
}

/// A quote.
#[derive(Debug, InputObject)]
pub struct QuoteInput {
    /// The quote.
    pub quote: Id<QuoteId>,
}

/// A quote that is ended.
#[derive(Debug, InputObject)]
pub struct EndQuoteInput {
    /// The quote.
    pub quote: Id<QuoteId>,
    /// Why, up to 1,000 characters; the client reads it.
    pub reason: String,
}

/// The agreement that opens a quote's way.
#[derive(Debug, InputObject)]
pub struct SetQuoteAgreementInput {
    /// The quote.
    pub quote: Id<QuoteId>,
    /// The agreement; absent for none.
    pub agreement: Option<Id<AgreementId>>,
}

/// A stage that is reached.
#[derive(Debug, InputObject)]
pub struct ReachStageInput {
    /// The quote.
    pub quote: Id<QuoteId>,
    /// The stage, by its place from 1.
    pub position: i32,
}

/// What is credited.
#[derive(Debug, InputObject)]
pub struct CreditInvoiceInput {
    /// The invoice.
    pub invoice: Id<InvoiceId>,
    /// How much, tax and all; absent for all that can be.
    pub amount: Option<MoneyInput>,
    /// Why; the client reads it.
    pub reason: String,
    /// The same key credits once, however often it is sent; 1 to 255 characters.
    pub idempotency_key: Option<String>,
}

/// A bank transfer.
#[derive(Debug, InputObject)]
pub struct InvoiceTransferInput {
    /// The invoice.
    pub invoice: Id<InvoiceId>,
    /// How much.
    pub amount: MoneyInput,
    /// The day on which it came or left.
    pub happened_on: NaiveDate,
    /// What is to be said of it, up to 500 characters.
    #[graphql(default)]
    pub note: String,
    /// The same key records once, however often it is sent; 1 to 255 characters.
    pub idempotency_key: Option<String>,
}

/// A transfer that was recorded by mistake, or has bounced.
#[derive(Debug, InputObject)]
pub struct ReverseInvoiceTransferInput {
    /// The transfer.
    pub transfer: Id<InvoiceTransferId>,
    /// Why, up to 500 characters.
    pub reason: String,
}

payload! {
    /// What came of `setInvoiceSettings`.
    pub struct SetInvoiceSettingsPayload {
        /// The settings as they are now.
        settings: InvoiceSettings
    }
}

payload! {
    /// What came of writing, changing, sending, withdrawing or ending a quote.
    pub struct QuotePayload {
        /// The quote as it stands.
        quote: Quote
    }
}

payload! {
    /// What came of `reachStage` or `issueInvoice`.
    pub struct InvoicePayload {
        /// The invoice.
        invoice: Invoice
    }
}

payload! {
    /// What came of `creditInvoice`.
    pub struct CreditInvoicePayload {
        /// The credit note.
        credit_note: Invoice
    }
}

payload! {
    /// What came of recording a transfer, or of taking one back.
    pub struct InvoiceTransferPayload {
        /// The transfer, or its counter entry.
        transfer: InvoiceTransfer
    }
}

/// Mutations of quotes and invoices.
#[derive(Debug, Default)]
pub struct InvoicesMutation;

#[Object]
impl InvoicesMutation {
    /// Sets how the studio invoices.
    async fn set_invoice_settings(
        &self,
        ctx: &Context<'_>,
        input: SetInvoiceSettingsInput,
    ) -> Result<SetInvoiceSettingsPayload, Failure> {
        SetInvoiceSettingsPayload::of(set_settings(caller(ctx)?, input).await)
    }

    /// Writes a quote for a project. Nobody is told of it before it is sent.
    async fn create_quote(&self, ctx: &Context<'_>, input: CreateQuoteInput) -> Result<QuotePayload, Failure> {
        QuotePayload::of(create_quote(caller(ctx)?, input).await)
    }

    /// Changes a quote that is not answered. One that was sent becomes another version, which is to be sent again; the one before is accepted no more.
    async fn change_quote(&self, ctx: &Context<'_>, input: ChangeQuoteInput) -> Result<QuotePayload, Failure> {
        QuotePayload::of(change_quote(caller(ctx)?, input).await)
    }

    /// Mails a quote to its client, who answers by the link. Sent again, it is mailed again, once a day at the most.
    async fn send_quote(&self, ctx: &Context<'_>, input: QuoteInput) -> Result<QuotePayload, Failure> {
        QuotePayload::of(send_quote(caller(ctx)?, &input).await)
    }

    /// Takes a quote back that is not answered.
    async fn withdraw_quote(&self, ctx: &Context<'_>, input: QuoteInput) -> Result<QuotePayload, Failure> {
        QuotePayload::of(withdraw_quote(caller(ctx)?, &input).await)
    }

    /// Ends an accepted quote: what is not invoiced of it is asked for no more, what is stays as it is, and its client is mailed why. Done again, it changes
    /// nothing.
    async fn end_quote(&self, ctx: &Context<'_>, input: EndQuoteInput) -> Result<QuotePayload, Failure> {
        QuotePayload::of(end_quote(caller(ctx)?, &input).await)
    }

    /// Names the agreement that opens the way of a quote which asks for one. Once the quote is accepted and the agreement executed, the deposit is invoiced.
    async fn set_quote_agreement(
        &self,
        ctx: &Context<'_>,
        input: SetQuoteAgreementInput,
    ) -> Result<QuotePayload, Failure> {
        QuotePayload::of(set_quote_agreement(caller(ctx)?, &input).await)
    }

    /// Marks a stage of an accepted quote as reached, and invoices it. Done again, it changes nothing.
    async fn reach_stage(&self, ctx: &Context<'_>, input: ReachStageInput) -> Result<InvoicePayload, Failure> {
        InvoicePayload::of(reach_stage(caller(ctx)?, &input).await)
    }

    /// Issues an invoice beside any quote, and has its client mailed.
    async fn issue_invoice(&self, ctx: &Context<'_>, input: IssueInvoiceInput) -> Result<InvoicePayload, Failure> {
        InvoicePayload::of(issue_invoice(caller(ctx)?, input).await)
    }

    /// Issues a credit note over an invoice, and has its client mailed. What was paid of it is to be given back.
    async fn credit_invoice(
        &self,
        ctx: &Context<'_>,
        input: CreditInvoiceInput,
    ) -> Result<CreditInvoicePayload, Failure> {
        CreditInvoicePayload::of(credit_invoice(caller(ctx)?, input).await)
    }

    /// Records what a client has paid of an invoice by bank transfer. What is beyond the invoice is owed back.
    async fn record_invoice_transfer(
        &self,
        ctx: &Context<'_>,
        input: InvoiceTransferInput,
    ) -> Result<InvoiceTransferPayload, Failure> {
        InvoiceTransferPayload::of(record(caller(ctx)?, input, false).await)
    }

    /// Records what the studio has sent back of an invoice by bank transfer: what came beyond it first, then what was paid of it.
    async fn record_invoice_return(
        &self,
        ctx: &Context<'_>,
        input: InvoiceTransferInput,
    ) -> Result<InvoiceTransferPayload, Failure> {
        InvoiceTransferPayload::of(record(caller(ctx)?, input, true).await)
    }

    /// Takes back by a counter entry what was recorded by mistake, or has bounced. What it had paid is owed again.
    async fn reverse_invoice_transfer(
        &self,
        ctx: &Context<'_>,
        input: ReverseInvoiceTransferInput,
    ) -> Result<InvoiceTransferPayload, Failure> {
        InvoiceTransferPayload::of(reverse(caller(ctx)?, &input).await)
    }
}

async fn set_settings(caller: &Caller, input: SetInvoiceSettingsInput) -> Result<Settings, Failure> {
    let studio = input.studio.named("studio")?;
    let settings = Settings {
        country: country(input.country.as_deref(), "country")?,
        prefix: input.prefix,
        vat_id: input.vat_id,
        tax_number: input.tax_number,
        tax_note: input.tax_note,
        bank_details: input.bank_details,
        due_days: input.due_days,
        reminders: Wanted {
            before_days: input.remind_before_days,
            at_due: input.remind_at_due,
            every_days: input.remind_every_days,
            most: input.max_reminders,
        },
    };
    Ok(commands::set_settings(&caller.services, &caller.ctx, studio, &settings).await?)
}

async fn create_quote(caller: &Caller, input: CreateQuoteInput) -> Result<quote::Model, Failure> {
    let (project, draft) = input.read()?;
    Ok(commands::create_quote(&caller.services, &caller.ctx, project, &draft).await?)
}

async fn change_quote(caller: &Caller, input: ChangeQuoteInput) -> Result<quote::Model, Failure> {
    let (quote, draft) = input.read()?;
    Ok(commands::change_quote(&caller.services, &caller.ctx, quote, &draft).await?)
}

async fn send_quote(caller: &Caller, input: &QuoteInput) -> Result<quote::Model, Failure> {
    let quote = input.quote.named("quote")?;
    let tx = caller.services.begin().await?;
    let sent = commands::send_quote(&tx, &caller.ctx, quote).await?;
    caller.services.commit(tx).await?;
    Ok(sent)
}

async fn withdraw_quote(caller: &Caller, input: &QuoteInput) -> Result<quote::Model, Failure> {
    let quote = input.quote.named("quote")?;
    let tx = caller.services.begin().await?;
    let withdrawn = commands::withdraw_quote(&tx, &caller.ctx, quote).await?;
    caller.services.commit(tx).await?;
    Ok(withdrawn)
}

async fn end_quote(caller: &Caller, input: &EndQuoteInput) -> Result<quote::Model, Failure> {
    let quote = input.quote.named("quote")?;
    let tx = caller.services.begin().await?;
    let ended = commands::end_quote(&tx, &caller.ctx, quote, &input.reason).await?;
    caller.services.commit(tx).await?;
    Ok(ended)
}

async fn set_quote_agreement(caller: &Caller, input: &SetQuoteAgreementInput) -> Result<quote::Model, Failure> {
    let quote = input.quote.named("quote")?;
    let agreement = input.agreement.as_ref().map(|agreement| agreement.named("agreement")).transpose()?;
    let tx = caller.services.begin().await?;
    let named = commands::set_quote_agreement(&tx, &caller.ctx, quote, agreement).await?;
    caller.services.commit(tx).await?;
    Ok(named)
}

async fn reach_stage(caller: &Caller, input: &ReachStageInput) -> Result<invoice::Model, Failure> {
    let quote = input.quote.named("quote")?;
    let tx = caller.services.begin().await?;
    let issued = commands::reach_stage(&tx, &caller.ctx, quote, input.position).await?;
    caller.services.commit(tx).await?;
    Ok(issued)
}

async fn issue_invoice(caller: &Caller, input: IssueInvoiceInput) -> Result<invoice::Model, Failure> {
    Ok(commands::issue_invoice(&caller.services, &caller.ctx, &input.read()?).await?)
}

async fn credit_invoice(caller: &Caller, input: CreditInvoiceInput) -> Result<invoice::Model, Failure> {
    let invoice = input.invoice.named("invoice")?;
    let credit = CreditInvoice {
        amount: input.amount.map(|amount| amount.named("amount")).transpose()?,
        reason: input.reason,
        key: input.idempotency_key,
    };
    Ok(commands::credit_invoice(&caller.services, &caller.ctx, invoice, &credit).await?)
}

async fn record(caller: &Caller, input: InvoiceTransferInput, is_return: bool) -> Result<transfer::Model, Failure> {
    let invoice = input.invoice.named("invoice")?;
    let given = RecordTransfer {
        amount: input.amount.named("amount")?,
        happened_on: input.happened_on,
        note: input.note,
        key: input.idempotency_key,
    };
    let tx = caller.services.begin().await?;
    let recorded: Result<transfer::Model, InvoiceError> = if is_return {
        commands::record_return(&tx, &caller.ctx, invoice, &given).await
    } else {
        commands::record_transfer(&tx, &caller.ctx, invoice, &given).await
    };
    let recorded = recorded?;
    caller.services.commit(tx).await?;
    Ok(recorded)
}

async fn reverse(caller: &Caller, input: &ReverseInvoiceTransferInput) -> Result<transfer::Model, Failure> {
    let transfer = input.transfer.named("transfer")?;
    let tx = caller.services.begin().await?;
    let reversed = commands::reverse_transfer(&tx, &caller.ctx, transfer, &input.reason).await?;
    caller.services.commit(tx).await?;
    Ok(reversed)
}
