//! Quotes and invoices. Clients read and answer them on the pages of their mailed links.

pub mod content;
pub mod documents;
pub mod inputs;
pub mod loading;
pub mod mutations;
pub mod quotes;
pub mod words;

use async_graphql::{Context, Object, SimpleObject};
use domain::{
    ids::{ClientId, InvoiceId, ProjectId, QuoteId, StudioId},
    invoices::{
        queries::{self, InvoiceFilter},
        rules::settings::Settings,
    },
    money::Money as DomainMoney,
};

use super::{
    caller,
    connection::{Connection, connection, page, page_cost},
    errors::Failure,
    scalars::{Id, Money},
};
use documents::Invoice;
use quotes::Quote;
use words::QuoteState;

pub use mutations::InvoicesMutation;

/// How a studio invoices.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct InvoiceSettings {
    /// What numbers begin with.
    pub prefix: String,
    /// Where the studio is, ISO 3166-1 alpha-2.
    pub country: Option<String>,
    /// Its VAT identification number.
    pub vat_id: Option<String>,
    /// Its number at the tax office.
    pub tax_number: Option<String>,
    /// Why no tax is charged, where none is.
    pub tax_note: Option<String>,
    /// Where clients pay by bank transfer.
    pub bank_details: Option<String>,
    /// For how many days invoices can be paid.
    pub due_days: i32,
    /// How many days before that clients are reminded; absent: not before.
    pub remind_before_days: Option<i32>,
    /// Whether they are on the day itself.
    pub remind_at_due: bool,
    /// How many days lie between reminders after that, at the least.
    pub remind_every_days: i32,
    /// How many reminders there are of an invoice, at the most.
    pub max_reminders: i32,
}

impl From<Settings> for InvoiceSettings {
    fn from(set: Settings) -> Self {
        Self {
            prefix: set.prefix,
            country: set.country.map(|country| country.code().to_owned()),
            vat_id: set.vat_id,
            tax_number: set.tax_number,
            tax_note: set.tax_note,
            bank_details: set.bank_details,
            due_days: set.due_days,
            remind_before_days: set.reminders.before_days,
            remind_at_due: set.reminders.at_due,
            remind_every_days: set.reminders.every_days,
            max_reminders: set.reminders.most,
        }
    }
}

/// What is owed for a project, an amount for each currency. Derived each time: a payment that goes back is owed again.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct ProjectBalance {
    /// Whether nothing is owed: all that was agreed is invoiced, and all that was invoiced is paid or credited. So it is, too, if nothing was ever asked.
    pub paid: bool,
    /// Whether anything is asked for it: there is an accepted quote, or an invoice.
    pub asked: bool,
    /// What accepted quotes come to and is not invoiced yet.
    pub unissued: Vec<Money>,
    /// What is left to pay of its invoices.
    pub open: Vec<Money>,
    /// What was paid and is disputed.
    pub disputed: Vec<Money>,
}

impl From<queries::ProjectBalance> for ProjectBalance {
    fn from(balance: queries::ProjectBalance) -> Self {
        let all = |sums: Vec<DomainMoney>| sums.into_iter().map(Money::from).collect();
        Self {
            paid: balance.is_paid(),
            asked: balance.is_asked,
            unissued: all(balance.unissued),
            open: all(balance.open),
            disputed: all(balance.disputed),
        }
    }
}

/// Queries about quotes and invoices.
#[derive(Debug, Default)]
pub struct InvoicesQuery;

#[Object]
impl InvoicesQuery {
    /// How the studio invoices.
    async fn invoice_settings(&self, ctx: &Context<'_>, studio: Id<StudioId>) -> Result<InvoiceSettings, Failure> {
        let caller = caller(ctx)?;
        Ok(queries::find_settings(&caller.services.db, &caller.ctx, studio.named("studio")?).await?.into())
    }

    /// One quote of a studio.
    async fn quote(&self, ctx: &Context<'_>, id: Id<QuoteId>) -> Result<Option<Quote>, Failure> {
        let caller = caller(ctx)?;
        Ok(queries::find_quote(&caller.services.db, &caller.ctx, id.named("id")?).await?.map(Quote::from))
    }

    /// The quotes of the studio, newest first; of one project, or of one state, if one is named.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    #[expect(clippy::too_many_arguments, reason = "the four of every connection and what narrows the list")]
    async fn quotes(
        &self,
        ctx: &Context<'_>,
        studio: Id<StudioId>,
        project: Option<Id<ProjectId>>,
        state: Option<QuoteState>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Connection<Quote>, Failure> {
        let caller = caller(ctx)?;
        let request = page(first, after, last, before)?;
        let project = project.map(|project| project.named("project")).transpose()?;
        let narrowed = (project, state.map(Into::into));
        let studio = studio.named("studio")?;
        let rows = queries::list_quotes(&caller.services.db, &caller.ctx, studio, narrowed, request).await?;
        Ok(connection(rows, |row| row.id, Quote::from))
    }

    /// One invoice or credit note of a studio.
    async fn invoice(&self, ctx: &Context<'_>, id: Id<InvoiceId>) -> Result<Option<Invoice>, Failure> {
        let caller = caller(ctx)?;
        Ok(queries::find_invoice(&caller.services.db, &caller.ctx, id.named("id")?).await?.map(Invoice::from))
    }

    /// The invoices and credit notes of the studio, newest first; of one project or client, if one is named.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    #[expect(clippy::too_many_arguments, reason = "the four of every connection and what narrows the list")]
    async fn invoices(
        &self,
        ctx: &Context<'_>,
        studio: Id<StudioId>,
        project: Option<Id<ProjectId>>,
        client: Option<Id<ClientId>>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Connection<Invoice>, Failure> {
        let caller = caller(ctx)?;
        let request = page(first, after, last, before)?;
        let filter = InvoiceFilter {
            project: project.map(|project| project.named("project")).transpose()?,
            client: client.map(|client| client.named("client")).transpose()?,
        };
        let studio = studio.named("studio")?;
        let rows = queries::list_invoices(&caller.services.db, &caller.ctx, studio, filter, request).await?;
        Ok(connection(rows, |row| row.id, Invoice::from))
    }

    /// What is owed for a project.
    async fn project_balance(
        &self,
        ctx: &Context<'_>,
        project: Id<ProjectId>,
    ) -> Result<Option<ProjectBalance>, Failure> {
        let caller = caller(ctx)?;
        let found = queries::find_balance(&caller.services.db, &caller.ctx, project.named("project")?).await?;
        Ok(found.map(ProjectBalance::from))
    }
}
