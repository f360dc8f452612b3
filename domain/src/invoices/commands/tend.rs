//! What happens to quotes and invoices by themselves: stages whose day has come, whose part of the work is done, or whose agreement was executed, are invoiced;
//! clients are reminded; and being late is charged as it was agreed. Whatever the clock does, each is done once.

use chrono::{Duration, NaiveDate};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait, Select, sea_query::Expr,
};

use super::{
    issuing::{self, NewInvoice, Of},
    lock_invoice, lock_quote, look_at, sides,
};
use crate::{
    actor::{Actor, Ctx},
    agreements::entity::{AgreementState, agreement},
    env::Instant,
    identity::{commands::hold_open, queries::closed_studios},
    ids::{AgreementId, InvoiceId, ProjectId, QuoteId},
    invoices::{
        InvoiceError,
        content::{InvoiceContent, Line, read},
        entity::{InvoiceNotice, Phase, QuoteState, ReminderKind, StageKind, invoice, quote, reminder, stage, watch},
        queries,
        rules::{
            fees::{self, Late, LateFee},
            lines::Sums,
            reminders::{self, Reminded},
            settings::Settings,
            standing::{Standing, ends_at},
        },
    },
    outbox::{self, Job},
    production::entity::project::{self, ProjectState},
    report::StoreError,
    services::Services,
    store::Tx,
};

/// How many quotes or invoices are looked at in one go.
const BATCH: u64 = 200;
/// The most fees that one look charges: the next look goes on.
const FEES_AT_ONCE: usize = 12;
/// How often an invoice is looked at of which nothing is left to pay, in days: what was paid may have gone back.
const SETTLED_DAYS: i64 = 7;
/// How often one is whose client's bank decides, or of whose money the studio has enough, in days.
const DISPUTED_DAYS: i64 = 1;
/// How often one is of which nothing more is to be said, in days.
const QUIET_DAYS: i64 = 30;
/// Why no tax is on a fee.
const FEE_NOTE: &str = "Compensation for late payment, on which no tax is charged.";

/// What tending came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tended {
    /// Stages that were invoiced.
    pub issued: usize,
    /// Invoices that were looked at.
    pub looked_at: usize,
}

/// Invoices what is due, reminds, and charges for being late.
///
/// # Errors
/// If the database fails. One quote or invoice that cannot be looked at does not keep the others from it.
pub async fn tend(services: &Services) -> Result<Tended, InvoiceError> {
    let ctx = services.ctx(Actor::System);
    let mut tended = Tended::default();
    for id in due_quotes(services).await? {
        match tend_quote(services, id).await {
            Ok(issued) => tended.issued += issued,
            Err(error) => {
                tracing::error!(quote = %id, error = &error as &dyn std::error::Error, "a quote could not be looked after");
            }
        }
    }
    for id in due_invoices(services).await? {
        let looked = look(services, &ctx, id).await;
        if let Err(error) = looked {
            tracing::error!(invoice = %id, error = &error as &dyn std::error::Error, "an invoice could not be looked after");
            continue;
        }
        tended.looked_at += 1;
    }
    Ok(tended)
}

/// Invoices what is due of a quote, and says how many stages that were; of one that is not accepted, or is over, none, nor while the studio is closed. For the program itself: the chore, and
/// the job of what a quote has waited for.
///
/// # Errors
/// If the database fails.
pub async fn tend_quote(services: &Services, id: QuoteId) -> Result<usize, InvoiceError> {
    let ctx = services.ctx(Actor::System);
    let tx = services.begin().await?;
    let held = lock_quote(&tx, id).await?;
    let Some(quote) = held.filter(|quote| quote.state == QuoteState::Accepted) else { return Ok(0) };
    if hold_open(&tx, quote.studio_id).await?.is_err() {
        return Ok(0);
    }
    let issued = issuing::open_way(&tx, &ctx, &quote).await?;
    services.commit(tx).await?;
    Ok(issued)
}

/// Has the quotes looked after that wait for an agreement, which is executed in this transaction: after the commit, for who holds an agreement holds no quote
/// after it. One that is bound to it, or accepted, at that very moment is left to the chore.
pub(crate) async fn agreement_executed(tx: &Tx, ctx: &Ctx, agreement: AgreementId) -> Result<(), StoreError> {
    put_all(tx, ctx, quote::Entity::find().filter(quote::Column::AgreementId.eq(agreement))).await
}

/// The same of the quotes with a stage that waits for a part of the work, which is done in this transaction.
pub(crate) async fn phase_closed(tx: &Tx, ctx: &Ctx, project: ProjectId, phase: Phase) -> Result<(), StoreError> {
    let waiting = stage::Entity::find()
        .select_only()
        .column(stage::Column::QuoteId)
        .filter(stage::Column::Phase.eq(phase))
        .filter(stage::Column::DueOn.is_null())
        .filter(stage::Column::InvoiceId.is_null());
    let of_project = quote::Entity::find().filter(quote::Column::ProjectId.eq(project));
    put_all(tx, ctx, of_project.filter(quote::Column::Id.in_subquery(waiting.into_query()))).await
}

/// Has those of some quotes looked after that are accepted.
async fn put_all(tx: &Tx, ctx: &Ctx, quotes: Select<quote::Entity>) -> Result<(), StoreError> {
    let accepted = quotes.filter(quote::Column::State.eq(QuoteState::Accepted)).order_by_asc(quote::Column::Id);
    for quote in accepted.all(tx).await? {
        outbox::put(tx, ctx, Some(quote.studio_id), &Job::TendQuote { quote: quote.id }).await?;
    }
    Ok(())
}

/// Accepted quotes of which a stage waits to be invoiced, and may be. Of a project that was called off nothing is invoiced by itself.
async fn due_quotes(services: &Services) -> Result<Vec<QuoteId>, StoreError> {
    let today = services.env.now().date_naive();
    let executed = agreement::Entity::find()
        .select_only()
        .column(agreement::Column::Id)
        .filter(agreement::Column::State.eq(AgreementState::Executed));
    let alive = project::Entity::find()
        .select_only()
        .column(project::Column::Id)
        .filter(project::Column::State.ne(ProjectState::Cancelled));
    let due = stage::Entity::find()
        .select_only()
        .column(stage::Column::QuoteId)
        .filter(stage::Column::InvoiceId.is_null())
        .filter(
            Condition::any()
                .add(stage::Column::Kind.eq(StageKind::Deposit))
                .add(stage::Column::DueOn.lte(today))
                .add(is_phase_closed()),
        );
    Ok(quote::Entity::find()
        .select_only()
        .column(quote::Column::Id)
        .filter(quote::Column::State.eq(QuoteState::Accepted))
        .filter(quote::Column::StudioId.not_in_subquery(closed_studios()))
        .filter(
            Condition::any()
                .add(quote::Column::RequiresAgreement.eq(false))
                .add(quote::Column::AgreementId.in_subquery(executed.into_query())),
        )
        .filter(quote::Column::ProjectId.in_subquery(alive.into_query()))
        .filter(quote::Column::Id.in_subquery(due.into_query()))
        .order_by_asc(quote::Column::Id)
        .limit(BATCH)
        .into_tuple()
        .all(&services.db)
        .await?)
}

/// That a stage without a day waits for a part of the work that is done, within a query of its quote: as [`issuing::open_way`] asks it.
fn is_phase_closed() -> Expr {
    Expr::cust(
        "(quote_stages.due_on IS NULL
          AND EXISTS (SELECT 1 FROM project_stages WHERE project_stages.project_id = quotes.project_id
                      AND project_stages.stage = quote_stages.phase)
          AND NOT EXISTS (SELECT 1 FROM project_stages WHERE project_stages.project_id = quotes.project_id
                          AND project_stages.stage = quote_stages.phase AND project_stages.closed_at IS NULL))",
    )
}

/// Invoices of open studios whose time to be looked at has come, the longest waiting first.
async fn due_invoices(services: &Services) -> Result<Vec<InvoiceId>, StoreError> {
    let of_closed = invoice::Entity::find()
        .select_only()
        .column(invoice::Column::Id)
        .filter(invoice::Column::StudioId.in_subquery(closed_studios()));
    Ok(watch::Entity::find()
        .select_only()
        .column(watch::Column::InvoiceId)
        .filter(watch::Column::InvoiceId.not_in_subquery(of_closed.into_query()))
        .filter(watch::Column::NextAt.lte(services.env.now()))
        .order_by_asc(watch::Column::NextAt)
        .order_by_asc(watch::Column::InvoiceId)
        .limit(BATCH)
        .into_tuple()
        .all(&services.db)
        .await?)
}

/// Looks at an invoice: charges for its being late, reminds of it, and says when it is looked at again.
async fn look(services: &Services, ctx: &Ctx, id: InvoiceId) -> Result<(), InvoiceError> {
    let tx = services.begin().await?;
    let now = ctx.env.now();
    // Held: of two who look at once the later finds what the earlier has done.
    let Some(invoice) = lock_invoice(&tx, id).await? else { return Ok(()) };
    let watched = watch::Entity::find_by_id(id).one(&tx).await?;
    let Some(due_on) = invoice.due_on.filter(|_| watched.is_some_and(|row| row.next_at <= now)) else { return Ok(()) };
    let standing = queries::standing(&tx, &invoice).await?;
    let next_at = if standing.is_settled() {
        now + Duration::days(SETTLED_DAYS)
    } else if standing.disputed_minor > 0 || standing.excess_minor >= standing.open_minor() {
        // Nobody is reminded of, or charged for, what their bank has taken back and may bring again, or what the studio has of theirs beside it.
        now + Duration::days(DISPUTED_DAYS)
    } else {
        let settings = queries::settings_of(&tx, invoice.studio_id).await?;
        let fee = charge(&tx, ctx, (&invoice, due_on), standing, &settings).await?;
        let said = remind(&tx, ctx, (&invoice, due_on), &settings).await?;
        [fee, said].into_iter().flatten().min().unwrap_or(now + Duration::days(QUIET_DAYS))
    };
    look_at(&tx, id, next_at.max(now + Duration::hours(1))).await?;
    services.commit(tx).await?;
    Ok(())
}

/// Charges for an invoice that is late, what its quote has agreed, each fee by an invoice of its own. Returns when the next fee may be due.
async fn charge(
    tx: &Tx,
    ctx: &Ctx,
    (invoice, due_on): (&invoice::Model, NaiveDate),
    standing: Standing,
    settings: &Settings,
) -> Result<Option<Instant>, InvoiceError> {
    let content: InvoiceContent = read(&invoice.content)?;
    let Some(terms) = content.late_fee else { return Ok(None) };
    let charged = invoice::Entity::find().filter(invoice::Column::LateFeeOf.eq(invoice.id)).all(tx).await?;
    let of_fees = queries::standings(tx, &charged).await?;
    let reopened_on = queries::reopened_at(tx, invoice.id).await?.map(|at| at.date_naive());
    let mut late = Late {
        total_minor: standing.due_minor(),
        open_minor: standing.open_minor(),
        since: reopened_on.map_or(due_on, |day| day.max(due_on)),
        charged_minor: of_fees.values().map(Standing::due_minor).fold(0, i64::saturating_add),
        charged_through: charged.iter().filter_map(|fee| fee.late_fee_through).max(),
    };
    let today = ctx.env.now().date_naive();
    for _ in 0..FEES_AT_ONCE {
        let Some((fee_minor, through)) = fees::due(invoice.currency, &terms, late, today) else {
            return Ok(next_fee(&terms, late, today));
        };
        let fee = fee_invoice(tx, invoice, &content, (fee_minor, through), settings).await?;
        let row = issuing::issue(tx, ctx, fee, settings).await?;
        issuing::tell(tx, ctx, &row, InvoiceNotice::LateFee).await?;
        late.charged_minor = late.charged_minor.saturating_add(fee_minor);
        late.charged_through = Some(through);
    }
    Ok(Some(ctx.env.now()))
}

/// When the next fee may be due; none if none is any more, or what would be due comes to too little.
fn next_fee(terms: &LateFee, late: Late, today: NaiveDate) -> Option<Instant> {
    fees::next_on(terms, late).filter(|on| *on >= today).map(ends_at)
}

async fn fee_invoice(
    tx: &Tx,
    late: &invoice::Model,
    content: &InvoiceContent,
    (fee_minor, through): (i64, NaiveDate),
    settings: &Settings,
) -> Result<NewInvoice, InvoiceError> {
    let seller = sides::seller(tx, late.studio_id, settings).await?;
    let line = Line {
        what: format!("Fee for paying {} late, up to {}", late.reference, through.format("%-d %B %Y")),
        quantity_milli: 1_000,
        unit_minor: fee_minor,
        net_minor: fee_minor,
        recoupable: false,
    };
    Ok(NewInvoice {
        studio: late.studio_id,
        client: late.client_id,
        project: late.project_id,
        of: Of::LateFee(late.id, through),
        currency: late.currency,
        sums: Sums { net_minor: fee_minor, tax_minor: 0 },
        due_days: Some(settings.due_days),
        content: InvoiceContent {
            title: format!("Late payment of {}", late.reference),
            seller: if sides::require_known(&seller).is_ok() { seller } else { content.seller.clone() },
            client: content.client.clone(),
            lines: vec![line],
            tax: None,
            tax_note: Some(FEE_NOTE.to_owned()),
            quote: content.quote.clone(),
            of_invoice: Some(late.reference.clone()),
            // Nothing is charged for a fee that is late.
            late_fee: None,
            bank_details: settings.bank_details.clone(),
            supplied_on: None,
            notes: String::new(),
        },
        key: None,
    })
}

/// Reminds of an invoice, if it is time to. Returns when it is the next time.
async fn remind(
    tx: &Tx,
    ctx: &Ctx,
    (invoice, due_on): (&invoice::Model, NaiveDate),
    settings: &Settings,
) -> Result<Option<Instant>, InvoiceError> {
    let (wanted, now) = (settings.reminders, ctx.env.now());
    let earlier = queries::reminders_of_invoices(tx, &[invoice.id]).await?.remove(&invoice.id).unwrap_or_default();
    let mut reminded = match earlier.last() {
        Some(last) => Reminded { times: last.number, last: Some((last.kind, last.at)) },
        None => Reminded::begun(wanted, due_on, invoice.issued_at),
    };
    if let Some(kind) = reminders::due(wanted, due_on, reminded, now) {
        let number = reminded.times.saturating_add(1);
        let row =
            reminder::ActiveModel { invoice_id: Set(invoice.id), number: Set(number), kind: Set(kind), at: Set(now) };
        row.insert(tx).await?;
        let what = match kind {
            ReminderKind::Before => InvoiceNotice::DueSoon,
            ReminderKind::AtDue => InvoiceNotice::Due,
            ReminderKind::After => InvoiceNotice::Overdue,
        };
        issuing::tell(tx, ctx, invoice, what).await?;
        reminded = Reminded { times: number, last: Some((kind, now)) };
    }
    Ok(reminders::next_at(wanted, due_on, reminded))
}
