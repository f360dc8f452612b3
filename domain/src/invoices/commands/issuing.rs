//! Issuing: what an accepted quote's schedule asks, and what is asked beside any quote. Each gets the next number of its studio and year.

use chrono::{Datelike, Days, NaiveDate};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect, sea_query::LockType,
};

use super::{BillTo, of_key, own_quote, quotes, sides};
use crate::{
    actor::Ctx,
    agreements::entity::{AgreementState, agreement},
    clients::entity as clients,
    identity,
    ids::{ClientId, InvoiceId, ProjectId, QuoteId, StudioId},
    invoices::{
        InvoiceError,
        content::{InvoiceContent, Line, QuoteContent, read, sealed},
        entity::{InvoiceKind, InvoiceNotice, QuoteState, StageKind, counter, invoice, quote, stage, watch},
        queries,
        rules::{
            Fault,
            lines::{NewLine, Sums, check_lines, sums},
            settings::{Settings, reference},
            texts,
        },
    },
    legible::require_legible,
    masters,
    money::Currency,
    outbox::{self, Job},
    parties,
    policy::{self, Action},
    production::{
        entity::project::{self, ProjectState},
        queries::closed_stages,
    },
    report::StoreError,
    services::Services,
    store::{self, Tx},
};

/// The longest time to pay, in days.
const MAX_DUE_DAYS: i32 = 120;

/// An invoice beside any quote, as it is given; texts as typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssueInvoice {
    /// For whom.
    pub client: ClientId,
    /// For which of their projects.
    pub project: Option<ProjectId>,
    /// What it is called.
    pub title: String,
    /// What stands in its address.
    pub bill_to: BillTo,
    /// Its currency.
    pub currency: Currency,
    /// What is done, and what that costs before tax.
    pub lines: Vec<NewLine>,
    /// The day on which it was done, or is finished; none: today.
    pub supplied_on: Option<NaiveDate>,
    /// Whether the client owes the tax, by the rules of the European Union.
    pub reverse_charge: bool,
    /// For how many days it can be paid; none: as the studio has set.
    pub due_days: Option<i32>,
    /// What else is to be said.
    pub notes: String,
    /// The same key issues once.
    pub key: Option<String>,
}

/// What is issued.
pub(super) struct NewInvoice {
    pub(super) studio: StudioId,
    pub(super) client: ClientId,
    pub(super) project: Option<ProjectId>,
    pub(super) of: Of,
    pub(super) currency: Currency,
    pub(super) sums: Sums,
    /// None of a credit note.
    pub(super) due_days: Option<i32>,
    pub(super) content: InvoiceContent,
    pub(super) key: Option<String>,
}

/// What an invoice goes back to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Of {
    /// To nothing.
    Itself,
    /// A stage of a quote.
    Stage(QuoteId, i32),
    /// An invoice that it credits.
    Credit(InvoiceId),
    /// An invoice that is late, charged for up to a day.
    LateFee(InvoiceId, NaiveDate),
}

/// Issues an invoice beside any quote, and has its client mailed.
///
/// # Errors
/// If the actor may not, or has not confirmed their own address; if the studio is not known well enough for an invoice, or something of it cannot stand; the
/// field is named.
pub async fn issue_invoice(services: &Services, ctx: &Ctx, new: &IssueInvoice) -> Result<invoice::Model, InvoiceError> {
    let tx = services.begin().await?;
    let found = clients::Entity::find_by_id(new.client).one(&tx).await?;
    let found = policy::visible(&ctx.actor, Action::ManageProduction, found, |row| row.studio_id)?;
    let client = found.ok_or(InvoiceError::UnknownClient)?;
    if !identity::queries::has_confirmed_address(&tx, &ctx.actor, client.studio_id).await? {
        return Err(InvoiceError::Unconfirmed { field: "client" });
    }
    // Held, so that of two who send the same key the later finds what the earlier has issued; not by the client, for who merges holds the party first.
    parties::lock_present(&tx, ctx, Action::ManageProduction, client.party_id).await?;
    let key = texts::key(new.key.as_deref())?;
    if let Some(key) = &key
        && let Some(standing) = of_key(&tx, client.studio_id, key).await?
    {
        return is_same(&standing, new)?.then_some(standing).ok_or(InvoiceError::KeyTaken);
    }
    if let Some(project) = new.project {
        let own = project::Entity::find_by_id(project).one(&tx).await?;
        own.filter(|row| row.studio_id == client.studio_id && row.client_id == Some(client.id))
            .ok_or(InvoiceError::NoProject)?;
    }
    let settings = queries::settings_of(&tx, client.studio_id).await?;
    let content = compose(services, &tx, ctx, (client.studio_id, new), &settings).await?;
    let issued = NewInvoice {
        studio: client.studio_id,
        client: client.id,
        project: new.project,
        of: Of::Itself,
        currency: new.currency,
        sums: sums(new.currency, &content.lines, content.tax.as_ref())?,
        due_days: Some(check_due_days(new.due_days.unwrap_or(settings.due_days))?),
        content,
        key,
    };
    let row = issue(&tx, ctx, issued, &settings).await?;
    tell(&tx, ctx, &row, InvoiceNotice::Issued).await?;
    services.commit(tx).await?;
    Ok(row)
}

/// Whether an invoice is what is asked for again. What is left out was taken from what stood then, and is the same.
fn is_same(standing: &invoice::Model, new: &IssueInvoice) -> Result<bool, InvoiceError> {
    let of_client = standing.kind == InvoiceKind::Invoice && standing.client_id == new.client;
    if !of_client || standing.project_id != new.project || standing.currency != new.currency {
        return Ok(false);
    }
    let said: InvoiceContent = read(&standing.content)?;
    let issued_on = standing.issued_at.date_naive();
    let days = standing.due_on.map(|due_on| (due_on - issued_on).num_days());
    Ok(said.title == texts::line("title", &new.title, texts::MAX_TITLE_CHARS)?
        && said.notes == texts::block("notes", &new.notes, texts::MAX_NOTES_CHARS)?
        && said.lines == check_lines(new.currency, &new.lines)?
        && said.tax.is_some_and(|tax| tax.reverse_charge) == new.reverse_charge
        && new.supplied_on.is_none_or(|day| said.supplied_on == Some(day))
        && new.due_days.is_none_or(|given| days == Some(i64::from(given)))
        && sides::is_for(&said.client, &new.bill_to)?)
}

fn check_due_days(days: i32) -> Result<i32, InvoiceError> {
    let is_sound = (0..=MAX_DUE_DAYS).contains(&days);
    is_sound.then_some(days).ok_or(Fault::Setting { field: "dueDays", least: 0, most: MAX_DUE_DAYS }.into())
}

/// Checks what is given, and makes an invoice of it.
async fn compose(
    services: &Services,
    tx: &Tx,
    ctx: &Ctx,
    (studio, new): (StudioId, &IssueInvoice),
    settings: &Settings,
) -> Result<InvoiceContent, InvoiceError> {
    let documents = services.agreements.as_ref();
    let title = texts::line("title", &new.title, texts::MAX_TITLE_CHARS)?;
    let notes = texts::block("notes", &new.notes, texts::MAX_NOTES_CHARS)?;
    let lines = check_lines(new.currency, &new.lines)?;
    require_legible(documents, "title", &title)?;
    require_legible(documents, "notes", &notes)?;
    for line in &lines {
        require_legible(documents, "lines", &line.what)?;
    }
    let seller = sides::seller(tx, studio, settings).await?;
    sides::require_known(&seller)?;
    let client = sides::client(tx, ctx, documents, new.client, &new.bill_to).await?;
    let tax = sides::tax(tx, studio, (&seller, &client), new.reverse_charge).await?;
    Ok(InvoiceContent {
        title,
        seller,
        client,
        lines,
        tax,
        tax_note: settings.tax_note.clone(),
        quote: None,
        of_invoice: None,
        supplied_on: Some(texts::day("suppliedOn", new.supplied_on.unwrap_or(ctx.env.now().date_naive()))?),
        late_fee: None,
        bank_details: settings.bank_details.clone(),
        notes,
    })
}

/// Marks a stage of an accepted quote as reached, and invoices it. Reached already, it stays as it is.
///
/// # Errors
/// If the actor may not, the quote is not accepted, its agreement is not executed, or there is no such stage.
pub async fn reach_stage(tx: &Tx, ctx: &Ctx, id: QuoteId, position: i32) -> Result<invoice::Model, InvoiceError> {
    let quote = own_quote(tx, ctx, id).await?;
    if quote.state != QuoteState::Accepted {
        return Err(InvoiceError::QuoteNotNow { state: quote.state });
    }
    let stage = stage::Entity::find_by_id((id, position)).one(tx).await?.ok_or(InvoiceError::NoStage)?;
    if let Some(invoice) = stage.invoice_id {
        return invoice::Entity::find_by_id(invoice).one(tx).await?.ok_or(InvoiceError::NoInvoice);
    }
    if !is_way_open(tx, &quote).await? {
        return Err(InvoiceError::AgreementOpen);
    }
    issue_stage(tx, ctx, &quote, stage).await
}

/// Whether an accepted quote may be invoiced: it asks for no agreement, or for one that is executed.
pub(super) async fn is_way_open(db: &impl ConnectionTrait, quote: &quote::Model) -> Result<bool, StoreError> {
    let Some(id) = quote.agreement_id else { return Ok(!quote.requires_agreement) };
    let found = agreement::Entity::find_by_id(id).one(db).await?;
    Ok(!quote.requires_agreement || found.is_some_and(|row| row.state == AgreementState::Executed))
}

/// Invoices what is due of an accepted quote that is held, if nothing stands before that: its deposit, stages whose day has come, and those without one whose
/// part of the work is done. Of a project that was called off nothing is invoiced by itself.
pub(super) async fn open_way(tx: &Tx, ctx: &Ctx, quote: &quote::Model) -> Result<usize, InvoiceError> {
    let project = project::Entity::find_by_id(quote.project_id).one(tx).await?;
    let is_called_off = project.is_some_and(|row| row.state == ProjectState::Cancelled);
    if is_called_off || !is_way_open(tx, quote).await? {
        return Ok(0);
    }
    let waiting = stage::Entity::find()
        .filter(stage::Column::QuoteId.eq(quote.id))
        .filter(stage::Column::InvoiceId.is_null())
        .order_by_asc(stage::Column::Position)
        .all(tx)
        .await?;
    let today = ctx.env.now().date_naive();
    let closed = closed_stages(tx, quote.project_id).await?;
    let is_done = |row: &stage::Model| row.phase.is_some_and(|phase| closed.contains(&phase));
    let is_due = |row: &stage::Model| {
        row.kind == StageKind::Deposit || row.due_on.map_or_else(|| is_done(row), |day| day <= today)
    };
    let due: Vec<stage::Model> = waiting.into_iter().filter(is_due).collect();
    let number = due.len();
    for stage in due {
        issue_stage(tx, ctx, quote, stage).await?;
    }
    Ok(number)
}

/// Issues the invoice of a stage that has none. Who calls this holds the quote.
async fn issue_stage(
    tx: &Tx,
    ctx: &Ctx,
    quote: &quote::Model,
    stage: stage::Model,
) -> Result<invoice::Model, InvoiceError> {
    let (_, agreed) = quotes::present(tx, quote).await?;
    let settings = queries::settings_of(tx, quote.studio_id).await?;
    let new = NewInvoice {
        studio: quote.studio_id,
        client: quote.client_id,
        project: Some(quote.project_id),
        of: Of::Stage(quote.id, stage.position),
        currency: quote.currency,
        sums: Sums { net_minor: stage.net_minor, tax_minor: stage.tax_minor },
        due_days: Some(settings.due_days),
        content: content_of_stage(tx, (quote, agreed), &stage, &settings, ctx.env.now().date_naive()).await?,
        key: None,
    };
    let row = issue(tx, ctx, new, &settings).await?;
    let reached = stage::ActiveModel {
        reached_at: Set(Some(stage.reached_at.unwrap_or(ctx.env.now()))),
        invoice_id: Set(Some(row.id)),
        ..stage.into_active_model()
    };
    reached.update(tx).await?;
    tell(tx, ctx, &row, InvoiceNotice::Issued).await?;
    Ok(row)
}

/// What the invoice of a stage says: whom the quote was for, and the studio as it is now; if that has lost its address since, as the quote has it.
async fn content_of_stage(
    tx: &Tx,
    (quote, agreed): (&quote::Model, QuoteContent),
    stage: &stage::Model,
    settings: &Settings,
    today: NaiveDate,
) -> Result<InvoiceContent, InvoiceError> {
    let now = sides::seller(tx, quote.studio_id, settings).await?;
    let seller = if sides::require_known(&now).is_ok() { now } else { agreed.seller };
    let covers: Vec<&str> = agreed.lines.iter().map(|line| line.what.as_str()).collect();
    let line = Line {
        what: format!("{}: {}", stage.name, agreed.title),
        quantity_milli: 1_000,
        unit_minor: stage.net_minor,
        net_minor: stage.net_minor,
        recoupable: agreed.lines.iter().all(|line| line.recoupable),
    };
    Ok(InvoiceContent {
        notes: format!("The quote covers: {}.", covers.join("; ")),
        title: agreed.title,
        seller,
        client: agreed.client,
        lines: vec![line],
        tax: agreed.tax,
        tax_note: settings.tax_note.clone(),
        quote: Some(quote.reference.clone()),
        of_invoice: None,
        // What is paid ahead is not done yet, and nobody knows the day on which it will be.
        supplied_on: (stage.kind != StageKind::Deposit).then_some(today),
        late_fee: agreed.late_fee,
        bank_details: settings.bank_details.clone(),
    })
}

/// Writes an invoice or a credit note under the next number.
///
/// # Errors
/// If its key was used at the same moment.
pub(super) async fn issue(
    tx: &Tx,
    ctx: &Ctx,
    new: NewInvoice,
    settings: &Settings,
) -> Result<invoice::Model, InvoiceError> {
    let now = ctx.env.now();
    let (today, year) = (now.date_naive(), now.year());
    let due_on = match new.due_days {
        Some(days) => {
            let days = Days::new(u64::try_from(days).unwrap_or(0));
            Some(today.checked_add_days(days).unwrap_or(today))
        }
        None => None,
    };
    let number = next_number(tx, new.studio, year).await?;
    // Whoever issues has waited here for the others: one of them may have used the key for something else meanwhile.
    if let Some(key) = &new.key
        && of_key(tx, new.studio, key).await?.is_some()
    {
        return Err(InvoiceError::KeyTaken);
    }
    let (content, sha256) = sealed(&new.content);
    let (quote, credits_id, late_fee) = match new.of {
        Of::Itself => (None, None, None),
        Of::Stage(quote, stage) => (Some((quote, stage)), None, None),
        Of::Credit(invoice) => (None, Some(invoice), None),
        Of::LateFee(invoice, through) => (None, None, Some((invoice, through))),
    };
    let row = invoice::Model {
        id: ctx.env.id(),
        studio_id: new.studio,
        kind: if credits_id.is_some() { InvoiceKind::CreditNote } else { InvoiceKind::Invoice },
        year,
        number,
        reference: reference(&settings.prefix, year, number),
        client_id: new.client,
        project_id: new.project,
        quote_id: quote.map(|(quote, _)| quote),
        stage: quote.map(|(_, stage)| stage),
        credits_id,
        late_fee_of: late_fee.map(|(invoice, _)| invoice),
        late_fee_through: late_fee.map(|(_, through)| through),
        net_minor: new.sums.net_minor,
        tax_minor: new.sums.tax_minor,
        total_minor: new.sums.total_minor(),
        currency: new.currency,
        issued_at: now,
        due_on,
        content,
        sha256,
        request_key: new.key,
        issued_by: ctx.actor.user(),
    };
    row.clone().into_active_model().insert(tx).await?;
    if row.kind == InvoiceKind::Invoice {
        watch::ActiveModel { invoice_id: Set(row.id), next_at: Set(now) }.insert(tx).await?;
    }
    masters::commands::money_moved(tx, ctx, row.studio_id, row.project_id).await?;
    Ok(row)
}

/// The next number of a studio and year. Its counter is held until the end of the transaction: a number that is given out is used, or was never given out.
async fn next_number(tx: &Tx, studio: StudioId, year: i32) -> Result<i32, StoreError> {
    let first = counter::ActiveModel { studio_id: Set(studio), year: Set(year), last_number: Set(0) };
    store::insert_new(tx, first).await?;
    let held = counter::Entity::find_by_id((studio, year)).lock(LockType::NoKeyUpdate).one(tx).await?;
    let held = held.ok_or_else(|| sea_orm::DbErr::RecordNotFound("a counter that was just begun".into()))?;
    let next = held.last_number.saturating_add(1);
    counter::ActiveModel { last_number: Set(next), ..held.into_active_model() }.update(tx).await?;
    Ok(next)
}

/// Has a client told of an invoice.
pub(super) async fn tell(tx: &Tx, ctx: &Ctx, invoice: &invoice::Model, what: InvoiceNotice) -> Result<(), StoreError> {
    let job = Job::MailInvoice { invoice: invoice.id, what };
    outbox::put(tx, ctx, Some(invoice.studio_id), &job).await?;
    Ok(())
}
