//! Writing quotes, changing and sending them, taking them back, and ending them.

use chrono::Duration;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter,
};

use super::{
    BillTo, hold_client, issuing, own_quote,
    sides::{self, require_known},
};
use crate::{
    actor::Ctx,
    agreements::entity::{AgreementState, agreement},
    catalog::Sha256,
    env::Instant,
    identity,
    ids::{AgreementId, ClientId, ProjectId, QuoteId, StudioId},
    invoices::{
        InvoiceError,
        content::{QuoteContent, read, sealed},
        entity::{QuoteNotice, QuoteState, quote, stage, version},
        queries,
        rules::{
            Fault,
            fees::{self, NewLateFee},
            lines::{NewLine, check_lines, sums},
            schedule::{NewMilestone, check_milestones, check_valid_until, stages},
            texts,
        },
    },
    legible::require_legible,
    masters,
    money::{Currency, Money},
    outbox::{self, Job},
    policy::{self, Action},
    production::entity::project,
    report::StoreError,
    sales::rules::reference_of,
    services::Services,
    share::Share,
    store::{self, Tx},
};

/// How often a reference that is taken is drawn anew.
const REFERENCE_DRAWS: u32 = 8;

/// How long a client is left alone before the same quote is mailed again.
const MAIL_AGAIN_HOURS: i64 = 24;

/// A quote as it is given; texts as typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuoteDraft {
    /// What it is called.
    pub title: String,
    /// For whom.
    pub client: BillTo,
    /// Its currency.
    pub currency: Currency,
    /// What is done, and what that costs before tax.
    pub lines: Vec<NewLine>,
    /// Until when it can be accepted.
    pub valid_until: Instant,
    /// Which share is paid before the work begins.
    pub deposit: Share,
    /// What is paid on the way.
    pub milestones: Vec<NewMilestone>,
    /// What is charged for paying late.
    pub late_fee: Option<NewLateFee>,
    /// Whether the client owes the tax, by the rules of the European Union.
    pub reverse_charge: bool,
    /// Whether nothing is invoiced before an agreement is executed.
    pub requires_agreement: bool,
    /// What else is to be said.
    pub notes: String,
}

/// Writes a quote for a project; nobody is told of it before it is sent.
///
/// # Errors
/// If the actor may not, the project has no client, or something of it cannot stand; the field is named.
pub async fn create_quote(
    services: &Services,
    ctx: &Ctx,
    project: ProjectId,
    draft: &QuoteDraft,
) -> Result<quote::Model, InvoiceError> {
    let tx = services.begin().await?;
    let found = project::Entity::find_by_id(project).one(&tx).await?;
    let found = policy::visible(&ctx.actor, Action::ManageProduction, found, |row| row.studio_id)?;
    let project = found.ok_or(InvoiceError::NoProject)?;
    let client = project.client_id.ok_or(InvoiceError::NoClient)?;
    let content = compose(services, &tx, ctx, (project.studio_id, client), draft).await?;
    let now = ctx.env.now();
    let mut row = quote::Model {
        id: ctx.env.id(),
        studio_id: project.studio_id,
        project_id: project.id,
        client_id: client,
        reference: reference_of("QT-", &ctx.env),
        state: QuoteState::Draft,
        version: 1,
        title: content.title.clone(),
        total_minor: total(&content).minor,
        currency: content.currency,
        valid_until: content.valid_until,
        requires_agreement: content.requires_agreement,
        agreement_id: None,
        created_at: now,
        updated_at: now,
        mailed_at: None,
        accepted_at: None,
        ended_at: None,
        end_reason: None,
    };
    let mut draws = 0;
    while !store::insert_new(&tx, row.clone().into_active_model()).await? {
        draws += 1;
        if draws == REFERENCE_DRAWS {
            return Err(sea_orm::DbErr::RecordNotInserted.into());
        }
        row.reference = reference_of("QT-", &ctx.env);
    }
    insert_version(&tx, &row, &content, now).await?;
    services.commit(tx).await?;
    Ok(row)
}

/// Changes a quote that is not answered. One that was sent is with the studio again, as another version, until it is sent again: what its client has read is
/// accepted no more.
///
/// # Errors
/// As [`create_quote`]; and if the quote was answered or taken back.
pub async fn change_quote(
    services: &Services,
    ctx: &Ctx,
    id: QuoteId,
    draft: &QuoteDraft,
) -> Result<quote::Model, InvoiceError> {
    let tx = services.begin().await?;
    hold_client(&tx, ctx, id).await?;
    let quote = own_quote(&tx, ctx, id).await?;
    if !matches!(quote.state, QuoteState::Draft | QuoteState::Sent) {
        return Err(InvoiceError::QuoteNotNow { state: quote.state });
    }
    let content = compose(services, &tx, ctx, (quote.studio_id, quote.client_id), draft).await?;
    let (now, is_new) = (ctx.env.now(), quote.state == QuoteState::Sent);
    let changed = quote::ActiveModel {
        state: Set(QuoteState::Draft),
        version: Set(if is_new { quote.version.saturating_add(1) } else { quote.version }),
        title: Set(content.title.clone()),
        total_minor: Set(total(&content).minor),
        currency: Set(content.currency),
        valid_until: Set(content.valid_until),
        requires_agreement: Set(content.requires_agreement),
        updated_at: Set(now),
        ..quote.into_active_model()
    };
    let quote = changed.update(&tx).await?;
    if is_new {
        insert_version(&tx, &quote, &content, now).await?;
    } else {
        let (text, sha256) = sealed(&content);
        let row = version::ActiveModel {
            quote_id: Set(quote.id),
            number: Set(quote.version),
            content: Set(text),
            sha256: Set(sha256),
            saved_at: Set(now),
            ..Default::default()
        };
        row.update(&tx).await?;
    }
    services.commit(tx).await?;
    Ok(quote)
}

/// Mails a quote to its client, who answers by the link. Its version is frozen. Sent again, the same is mailed again, once a day at the most.
///
/// # Errors
/// If the actor may not, or has not confirmed their own address; if it was answered or taken back, its time is over, its tax is another by now, its client was
/// merged or erased, or the studio is not known well enough for an invoice.
pub async fn send_quote(tx: &Tx, ctx: &Ctx, id: QuoteId) -> Result<quote::Model, InvoiceError> {
    hold_client(tx, ctx, id).await?;
    let quote = own_quote(tx, ctx, id).await?;
    if !identity::queries::has_confirmed_address(tx, &ctx.actor, quote.studio_id).await? {
        return Err(InvoiceError::Unconfirmed { field: "quote" });
    }
    let now = ctx.env.now();
    match quote.state {
        QuoteState::Draft => {
            check_valid_until(quote.valid_until, now)?;
            freeze(tx, &quote, now).await?;
        }
        QuoteState::Sent if quote.is_expired(now) => return Err(InvoiceError::QuoteExpired),
        QuoteState::Sent => {
            let next_at = quote.mailed_at.unwrap_or(now) + Duration::hours(MAIL_AGAIN_HOURS);
            if now < next_at {
                return Err(InvoiceError::MailedLately { next_at });
            }
        }
        state => return Err(InvoiceError::QuoteNotNow { state }),
    }
    tell(tx, ctx, &quote, QuoteNotice::Sent).await?;
    let sent =
        quote::ActiveModel { state: Set(QuoteState::Sent), mailed_at: Set(Some(now)), ..quote.into_active_model() };
    Ok(sent.update(tx).await?)
}

/// Freezes the present version of a quote, if it would be written so now.
async fn freeze(tx: &Tx, quote: &quote::Model, now: Instant) -> Result<(), InvoiceError> {
    let (row, content) = present(tx, quote).await?;
    let settings = queries::settings_of(tx, quote.studio_id).await?;
    let seller = sides::seller(tx, quote.studio_id, &settings).await?;
    require_known(&seller)?;
    let reverse_charge = content.tax.as_ref().is_some_and(|tax| tax.reverse_charge);
    let tax = sides::tax(tx, quote.studio_id, (&seller, &content.client), reverse_charge).await?;
    if tax != content.tax {
        return Err(InvoiceError::TaxChanged);
    }
    // The client reads who asks them as it is now.
    let (text, sha256) = sealed(&QuoteContent { seller, ..content });
    let sent = version::ActiveModel {
        content: Set(text),
        sha256: Set(sha256),
        sent_at: Set(Some(now)),
        ..row.into_active_model()
    };
    sent.update(tx).await?;
    Ok(())
}

/// Takes a quote back that is not answered. Taken back already, it stays so.
///
/// # Errors
/// If the actor may not, or it was answered.
pub async fn withdraw_quote(tx: &Tx, ctx: &Ctx, id: QuoteId) -> Result<quote::Model, InvoiceError> {
    let quote = own_quote(tx, ctx, id).await?;
    match quote.state {
        QuoteState::Withdrawn => return Ok(quote),
        QuoteState::Draft | QuoteState::Sent => {}
        state => return Err(InvoiceError::QuoteNotNow { state }),
    }
    // Who was mailed it is told, even if it was being changed since.
    if quote.mailed_at.is_some() {
        tell(tx, ctx, &quote, QuoteNotice::Withdrawn).await?;
    }
    let now = ctx.env.now();
    let row =
        quote::ActiveModel { state: Set(QuoteState::Withdrawn), updated_at: Set(now), ..quote.into_active_model() };
    Ok(row.update(tx).await?)
}

/// Ends an accepted quote: what is not invoiced of it is asked for no more, and what is stays as it is. Its client is told why. Ended already, it stays so.
///
/// # Errors
/// If the actor may not, it is not accepted, all of it is invoiced, or no reason is given.
pub async fn end_quote(tx: &Tx, ctx: &Ctx, id: QuoteId, reason: &str) -> Result<quote::Model, InvoiceError> {
    let quote = own_quote(tx, ctx, id).await?;
    match quote.state {
        QuoteState::Ended => return Ok(quote),
        QuoteState::Accepted => {}
        state => return Err(InvoiceError::QuoteNotNow { state }),
    }
    let reason = texts::filled_block("reason", reason, texts::MAX_REASON_CHARS)?;
    let waiting =
        stage::Entity::find().filter(stage::Column::QuoteId.eq(id)).filter(stage::Column::InvoiceId.is_null());
    if waiting.count(tx).await? == 0 {
        return Err(InvoiceError::QuoteInvoiced);
    }
    let now = ctx.env.now();
    let row = quote::ActiveModel {
        state: Set(QuoteState::Ended),
        ended_at: Set(Some(now)),
        end_reason: Set(Some(reason)),
        updated_at: Set(now),
        ..quote.into_active_model()
    };
    let quote = row.update(tx).await?;
    tell(tx, ctx, &quote, QuoteNotice::Ended).await?;
    // Nothing else of the project may be left to pay.
    masters::commands::money_moved(tx, ctx, quote.studio_id, Some(quote.project_id)).await?;
    Ok(quote)
}

/// Names the agreement that opens the way of a quote which asks for one, or none. Of an accepted quote, an agreement that is executed has the deposit invoiced:
/// now if it is already, else with the last signature.
///
/// # Errors
/// If the actor may not, the quote is over, or the agreement is not the studio's or came to nothing.
pub async fn set_quote_agreement(
    tx: &Tx,
    ctx: &Ctx,
    id: QuoteId,
    agreement: Option<AgreementId>,
) -> Result<quote::Model, InvoiceError> {
    let quote = own_quote(tx, ctx, id).await?;
    if matches!(quote.state, QuoteState::Declined | QuoteState::Withdrawn | QuoteState::Ended) {
        return Err(InvoiceError::QuoteNotNow { state: quote.state });
    }
    if let Some(agreement) = agreement {
        let found = agreement::Entity::find_by_id(agreement).one(tx).await?;
        let usable = |row: &agreement::Model| {
            row.studio_id == quote.studio_id && (!row.state.is_final() || row.state == AgreementState::Executed)
        };
        found.filter(usable).ok_or(InvoiceError::NoAgreement)?;
    }
    let now = ctx.env.now();
    let row = quote::ActiveModel { agreement_id: Set(agreement), updated_at: Set(now), ..quote.into_active_model() };
    let quote = row.update(tx).await?;
    if quote.state == QuoteState::Accepted {
        issuing::open_way(tx, ctx, &quote).await?;
    }
    Ok(quote)
}

/// Has somebody told of a quote.
pub(super) async fn tell(tx: &Tx, ctx: &Ctx, quote: &quote::Model, what: QuoteNotice) -> Result<(), StoreError> {
    let job = Job::MailQuote { quote: quote.id, version: quote.version, what };
    outbox::put(tx, ctx, Some(quote.studio_id), &job).await?;
    Ok(())
}

/// The present version of a quote, and what it says.
pub(super) async fn present(tx: &Tx, quote: &quote::Model) -> Result<(version::Model, QuoteContent), InvoiceError> {
    let row = version::Entity::find_by_id((quote.id, quote.version)).one(tx).await?.ok_or(InvoiceError::NoQuote)?;
    let content = read(&row.content)?;
    Ok((row, content))
}

fn total(content: &QuoteContent) -> Money {
    Money::new(content.net_minor.saturating_add(content.tax_minor), content.currency)
}

async fn insert_version(tx: &Tx, quote: &quote::Model, content: &QuoteContent, now: Instant) -> Result<(), StoreError> {
    let (text, sha256): (String, Sha256) = sealed(content);
    let row = version::ActiveModel {
        quote_id: Set(quote.id),
        number: Set(quote.version),
        content: Set(text),
        sha256: Set(sha256),
        saved_at: Set(now),
        sent_at: Set(None),
    };
    row.insert(tx).await?;
    Ok(())
}

/// Checks what is given, and makes a quote of it.
async fn compose(
    services: &Services,
    tx: &Tx,
    ctx: &Ctx,
    (studio, client): (StudioId, ClientId),
    draft: &QuoteDraft,
) -> Result<QuoteContent, InvoiceError> {
    let documents = services.agreements.as_ref();
    let title = texts::line("title", &draft.title, texts::MAX_TITLE_CHARS)?;
    let notes = texts::block("notes", &draft.notes, texts::MAX_NOTES_CHARS)?;
    let lines = check_lines(draft.currency, &draft.lines)?;
    // Invoices of its schedule name title, lines and stages.
    require_legible(documents, "title", &title)?;
    for line in &lines {
        require_legible(documents, "lines", &line.what)?;
    }
    let milestones = check_milestones(draft.currency, &draft.milestones)?;
    for milestone in &milestones {
        require_legible(documents, "milestones", &milestone.name)?;
    }
    let valid_until = check_valid_until(draft.valid_until, ctx.env.now())?;
    let late_fee = draft.late_fee.as_ref().map(|fee| fees::check(draft.currency, fee)).transpose()?;
    let settings = queries::settings_of(tx, studio).await?;
    let seller = sides::seller(tx, studio, &settings).await?;
    let client = sides::client(tx, ctx, documents, client, &draft.client).await?;
    let tax = sides::tax(tx, studio, (&seller, &client), draft.reverse_charge).await?;
    let sums = sums(draft.currency, &lines, tax.as_ref())?;
    let stages = stages(draft.currency, sums, draft.deposit, &milestones)?;
    if stages.is_empty() {
        return Err(Fault::Nothing.into());
    }
    Ok(QuoteContent {
        title,
        seller,
        client,
        currency: draft.currency,
        lines,
        tax,
        net_minor: sums.net_minor,
        tax_minor: sums.tax_minor,
        valid_until,
        deposit: draft.deposit,
        milestones,
        stages,
        late_fee,
        requires_agreement: draft.requires_agreement,
        notes,
    })
}
