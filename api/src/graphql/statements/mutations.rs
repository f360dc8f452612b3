//! What is done with statements.

use async_graphql::{Context, InputObject, Json, Object};
use chrono::NaiveDate;
use domain::{
    ids::{AssetId, StatementImportId, StudioId},
    report::{Kind, Report},
    royalties::{
        commands::imports::{
            Rate, Receipt, TakeIn, accept_import, cancel_import, correct_receipt, match_item, record_receipt, rematch,
            set_rate, take_in, teach_format,
        },
        entity::{RateSource, format, import, item, total},
        rules::{Exact, RoyaltyFault},
    },
};
use interchange::statements::Description;
use serde_json::Value;

use super::{
    subject,
    types::{Statement, StatementFormat, StatementItem, StatementRateSource, StatementTotal},
};
use crate::{
    caller::Caller,
    graphql::{
        caller,
        errors::Failure,
        json,
        scalars::{Id, Int64, MoneyInput, currency, currency_if_named},
    },
    payload,
};

/// A file to be read as a statement.
#[derive(Debug, Clone, PartialEq, Eq, InputObject)]
pub struct ImportStatementInput {
    /// Whose it is.
    pub studio: Id<StudioId>,
    /// The file, uploaded with the kind `statement`.
    pub asset_id: Id<AssetId>,
    /// The currency, for a file that does not say it.
    pub currency: Option<String>,
}

payload! {
    /// What came of `importStatement`.
    pub struct ImportStatementPayload {
        /// The statement. It is read by and by.
        statement: Statement,
        /// Whether the very same file was taken in before.
        is_known: bool,
    }
}

payload! {
    /// What came of `cancelStatement`.
    pub struct CancelStatementPayload {
        /// The statement.
        statement: Statement
    }
}

payload! {
    /// What came of `acceptStatement`.
    pub struct AcceptStatementPayload {
        /// The statement.
        statement: Statement
    }
}

/// A format to be taught.
#[derive(Debug, Clone, InputObject)]
pub struct TeachStatementFormatInput {
    /// Who teaches it.
    pub studio: Id<StudioId>,
    /// The description: `id`, `name`, and `columns` with the `heading` and `field` of each. `jsonInputReference(input: STATEMENT_FORMAT)` tells what it may say.
    pub description: Json<Value>,
}

payload! {
    /// What came of `teachStatementFormat`.
    pub struct TeachStatementFormatPayload {
        /// The format; statements that waited for it are being read.
        format: StatementFormat
    }
}

/// An exchange rate.
#[derive(Debug, Clone, PartialEq, Eq, InputObject)]
pub struct SetStatementRateInput {
    /// The statement.
    pub statement: Id<StatementImportId>,
    /// The currency of its lines.
    pub currency: String,
    /// In which currency it is accounted for.
    pub account_currency: String,
    /// So much of the lines' currency, such as `1` …
    pub of: String,
    /// … is so much of the account's, such as `0.9215`.
    pub to: String,
    /// Who says it: the statement, or the studio.
    pub source: StatementRateSource,
}

payload! {
    /// What came of `setStatementRate`.
    pub struct SetStatementRatePayload {
        /// What the statement comes to, with its rate.
        total: StatementTotal
    }
}

/// What of a statement reached the bank.
#[derive(Debug, Clone, PartialEq, Eq, InputObject)]
pub struct RecordStatementReceiptInput {
    /// The statement.
    pub statement: Id<StatementImportId>,
    /// The currency of its lines.
    pub currency: String,
    /// What reached the bank, with the sign of what is due: up to 1,000,000,000,000 minor units.
    pub amount: MoneyInput,
    /// When.
    pub on: NaiveDate,
    /// Whether it is right though it differs from what is due by more than a twentieth, and by more than a hundred minor units.
    #[graphql(default)]
    pub confirm_difference: bool,
}

/// What of a statement reached the bank, in place of what was recorded.
#[derive(Debug, Clone, PartialEq, Eq, InputObject)]
pub struct CorrectStatementReceiptInput {
    /// The statement.
    pub statement: Id<StatementImportId>,
    /// The currency of its lines.
    pub currency: String,
    /// What reached the bank, with the sign of what is due: up to 1,000,000,000,000 minor units.
    pub amount: MoneyInput,
    /// When.
    pub on: NaiveDate,
    /// Why what was recorded is wrong; 1 to 500 characters.
    pub reason: String,
    /// Whether it is right though it differs from what is due by more than a twentieth, and by more than a hundred minor units.
    #[graphql(default)]
    pub confirm_difference: bool,
}

payload! {
    /// What came of `correctStatementReceipt`.
    pub struct CorrectStatementReceiptPayload {
        /// What the statement comes to, with what of it reached the bank.
        total: StatementTotal
    }
}

payload! {
    /// What came of `recordStatementReceipt`.
    pub struct RecordStatementReceiptPayload {
        /// What the statement comes to, with what of it reached the bank.
        total: StatementTotal
    }
}

/// What lines are of.
#[derive(Debug, Clone, PartialEq, Eq, InputObject)]
pub struct MatchStatementItemInput {
    /// The statement.
    pub statement: Id<StatementImportId>,
    /// The item's number in it.
    pub item: i32,
    /// The id of a recording or work, or `ean_` and the number of a release.
    pub subject: String,
    /// Learn it, for this and all later statements.
    #[graphql(default = true)]
    pub learn: bool,
}

payload! {
    /// What came of `matchStatementItem`.
    pub struct MatchStatementItemPayload {
        /// The item.
        item: StatementItem
    }
}

payload! {
    /// What came of `rematchStatements`.
    pub struct RematchStatementsPayload {
        /// How much was found that had waited.
        matched: Int64
    }
}

/// Mutations of statements.
#[derive(Debug, Default)]
pub struct StatementsMutation;

#[Object]
impl StatementsMutation {
    /// Takes a file in as a royalty statement and has it read. The same file again is the same statement.
    async fn import_statement(
        &self,
        ctx: &Context<'_>,
        input: ImportStatementInput,
    ) -> Result<ImportStatementPayload, Failure> {
        match import(caller(ctx)?, &input).await {
            Ok((statement, is_known)) => Ok(ImportStatementPayload::done(statement, is_known)),
            Err(failure) => ImportStatementPayload::refused(failure),
        }
    }

    /// Stops a statement that does not count yet.
    async fn cancel_statement(
        &self,
        ctx: &Context<'_>,
        id: Id<StatementImportId>,
    ) -> Result<CancelStatementPayload, Failure> {
        CancelStatementPayload::of(cancel(caller(ctx)?, &id).await)
    }

    /// Accepts what holds a statement: its lines count from now on.
    async fn accept_statement(
        &self,
        ctx: &Context<'_>,
        id: Id<StatementImportId>,
    ) -> Result<AcceptStatementPayload, Failure> {
        AcceptStatementPayload::of(accept(caller(ctx)?, &id).await)
    }

    /// Teaches a format of statements, or its next version. Statements that waited for it are read.
    async fn teach_statement_format(
        &self,
        ctx: &Context<'_>,
        input: TeachStatementFormatInput,
    ) -> Result<TeachStatementFormatPayload, Failure> {
        let taught = teach(caller(ctx)?, input).await.and_then(StatementFormat::try_from);
        TeachStatementFormatPayload::of(taught)
    }

    /// Sets at which rate a statement's lines in a currency are accounted for, until something was booked by it.
    async fn set_statement_rate(
        &self,
        ctx: &Context<'_>,
        input: SetStatementRateInput,
    ) -> Result<SetStatementRatePayload, Failure> {
        SetStatementRatePayload::of(rate(caller(ctx)?, &input).await)
    }

    /// Records what of a statement reached the bank, once. Where no rate was set, that is the rate.
    async fn record_statement_receipt(
        &self,
        ctx: &Context<'_>,
        input: RecordStatementReceiptInput,
    ) -> Result<RecordStatementReceiptPayload, Failure> {
        RecordStatementReceiptPayload::of(receipt(caller(ctx)?, &input).await)
    }

    /// Corrects what was recorded to have reached the bank: what was booked of it is booked back, and anew; what was recorded before is kept.
    async fn correct_statement_receipt(
        &self,
        ctx: &Context<'_>,
        input: CorrectStatementReceiptInput,
    ) -> Result<CorrectStatementReceiptPayload, Failure> {
        CorrectStatementReceiptPayload::of(correct(caller(ctx)?, &input).await)
    }

    /// Says what lines of a statement are of.
    async fn match_statement_item(
        &self,
        ctx: &Context<'_>,
        input: MatchStatementItemInput,
    ) -> Result<MatchStatementItemPayload, Failure> {
        MatchStatementItemPayload::of(matched(caller(ctx)?, &input).await)
    }

    /// Looks anew what all that waits is of, after the catalogue has changed.
    async fn rematch_statements(
        &self,
        ctx: &Context<'_>,
        studio: Id<StudioId>,
    ) -> Result<RematchStatementsPayload, Failure> {
        RematchStatementsPayload::of(again(caller(ctx)?, &studio).await)
    }
}

async fn import(caller: &Caller, input: &ImportStatementInput) -> Result<(Statement, bool), Failure> {
    let studio = input.studio.named("input.studio")?;
    let new = TakeIn {
        asset: input.asset_id.named("input.assetId")?,
        currency: currency_if_named(input.currency.as_deref(), "input.currency")?,
    };
    let tx = caller.services.begin().await?;
    let taken = take_in(&tx, &caller.ctx, studio, new).await?;
    caller.services.commit(tx).await?;
    Ok((taken.import.into(), taken.is_known))
}

async fn cancel(caller: &Caller, id: &Id<StatementImportId>) -> Result<import::Model, Failure> {
    let id = id.named("id")?;
    let tx = caller.services.begin().await?;
    let statement = cancel_import(&tx, &caller.ctx, id).await?;
    caller.services.commit(tx).await?;
    Ok(statement)
}

async fn accept(caller: &Caller, id: &Id<StatementImportId>) -> Result<import::Model, Failure> {
    let id = id.named("id")?;
    let tx = caller.services.begin().await?;
    let statement = accept_import(&tx, &caller.ctx, id).await?;
    caller.services.commit(tx).await?;
    Ok(statement)
}

async fn teach(caller: &Caller, input: TeachStatementFormatInput) -> Result<format::Model, Failure> {
    let studio = input.studio.named("input.studio")?;
    let description: Description = json::read(input.description.0, "input.description", "BAD_FORMAT")?;
    let tx = caller.services.begin().await?;
    let taught = teach_format(&tx, &caller.ctx, studio, description).await?;
    caller.services.commit(tx).await?;
    Ok(taught)
}

async fn rate(caller: &Caller, input: &SetStatementRateInput) -> Result<total::Model, Failure> {
    let id = input.statement.named("input.statement")?;
    let of_lines = currency(&input.currency, "input.currency")?;
    let rate = Rate {
        account_currency: currency(&input.account_currency, "input.accountCurrency")?,
        of: number(&input.of, "input.of")?,
        to: number(&input.to, "input.to")?,
        source: RateSource::from(input.source),
    };
    let tx = caller.services.begin().await?;
    let total = set_rate(&tx, &caller.ctx, id, of_lines, rate).await?;
    caller.services.commit(tx).await?;
    Ok(total)
}

async fn receipt(caller: &Caller, input: &RecordStatementReceiptInput) -> Result<total::Model, Failure> {
    let id = input.statement.named("input.statement")?;
    let new = Receipt {
        currency: currency(&input.currency, "input.currency")?,
        bank: input.amount.named("input.amount")?,
        on: input.on,
        is_confirmed: input.confirm_difference,
    };
    let tx = caller.services.begin().await?;
    let total = record_receipt(&tx, &caller.ctx, id, new).await?;
    caller.services.commit(tx).await?;
    Ok(total)
}

async fn correct(caller: &Caller, input: &CorrectStatementReceiptInput) -> Result<total::Model, Failure> {
    let id = input.statement.named("input.statement")?;
    let new = Receipt {
        currency: currency(&input.currency, "input.currency")?,
        bank: input.amount.named("input.amount")?,
        on: input.on,
        is_confirmed: input.confirm_difference,
    };
    let tx = caller.services.begin().await?;
    let total = correct_receipt(&tx, &caller.ctx, id, new, &input.reason).await?;
    caller.services.commit(tx).await?;
    Ok(total)
}

async fn matched(caller: &Caller, input: &MatchStatementItemInput) -> Result<item::Model, Failure> {
    let id = input.statement.named("input.statement")?;
    let of = subject(&input.subject, "input.subject")?;
    let tx = caller.services.begin().await?;
    let item = match_item(&tx, &caller.ctx, id, input.item, &of, input.learn).await?;
    caller.services.commit(tx).await?;
    Ok(item)
}

async fn again(caller: &Caller, studio: &Id<StudioId>) -> Result<Int64, Failure> {
    let studio = studio.named("studio")?;
    let tx = caller.services.begin().await?;
    let found = rematch(&tx, &caller.ctx, studio).await?;
    caller.services.commit(tx).await?;
    Ok(Int64(found.cast_signed()))
}

/// An exact number, or a refusal that names the field.
fn number(text: &str, field: &str) -> Result<Exact, Failure> {
    text.parse().map_err(|error: RoyaltyFault| {
        let report = Report::new(Kind::Invalid, "BAD_NUMBER", error.to_string()).field(field);
        Failure::new(report.remedy("write it like 0.9215"))
    })
}
