//! Lists of quotes and invoices, and what belongs to them, loaded for many at once.

use std::{collections::HashMap, hash::Hash};

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QueryTrait};

use super::{ProjectBalance, balance_of_project, settings_of};
use crate::{
    actor::Ctx,
    clients,
    ids::{ClientId, InvoiceId, OrderId, ProjectId, QuoteId, StudioId},
    invoices::{
        InvoiceError,
        entity::{QuoteState, answer, invoice, invoice_order, quote, reminder, stage, transfer, version},
        rules::settings::Settings,
    },
    page::{self, Page, PageRequest},
    parties,
    policy::{self, Action},
    production::entity::project,
    report::StoreError,
    store::Db,
};

/// How a studio invoices, for who sees its sales.
pub async fn find_settings(db: &Db, ctx: &Ctx, studio: StudioId) -> Result<Settings, InvoiceError> {
    policy::require(&ctx.actor, Action::ReadSales, studio)?;
    Ok(settings_of(db, studio).await?)
}

/// What is owed for a project, for who sees the studio's sales.
pub async fn find_balance(db: &Db, ctx: &Ctx, id: ProjectId) -> Result<Option<ProjectBalance>, InvoiceError> {
    let found = project::Entity::find_by_id(id).one(db).await?;
    let found = policy::visible(&ctx.actor, Action::ReadSales, found, |row| row.studio_id)?;
    match found {
        Some(_) => Ok(Some(balance_of_project(db, id).await?)),
        None => Ok(None),
    }
}

/// One quote, for who sees the studio's sales, or for the program itself.
pub async fn find_quote(db: &Db, ctx: &Ctx, id: QuoteId) -> Result<Option<quote::Model>, InvoiceError> {
    let found = quote::Entity::find_by_id(id).one(db).await?;
    Ok(policy::visible(&ctx.actor, Action::ReadSales, found, |row| row.studio_id)?)
}

/// The studio's quotes, newest first; of one project, or of one state, if one is named.
pub async fn list_quotes(
    db: &Db,
    ctx: &Ctx,
    studio: StudioId,
    (project, state): (Option<ProjectId>, Option<QuoteState>),
    page: PageRequest<QuoteId>,
) -> Result<Page<quote::Model>, InvoiceError> {
    policy::require(&ctx.actor, Action::ReadSales, studio)?;
    let query = quote::Entity::find()
        .filter(quote::Column::StudioId.eq(studio))
        .apply_if(project, |query, project| query.filter(quote::Column::ProjectId.eq(project)))
        .apply_if(state, |query, state| query.filter(quote::Column::State.eq(state)));
    Ok(page::fetch(db, query, quote::Column::Id, page).await?)
}

/// One invoice or credit note, for who sees the studio's sales, or for the program itself.
pub async fn find_invoice(db: &Db, ctx: &Ctx, id: InvoiceId) -> Result<Option<invoice::Model>, InvoiceError> {
    let found = invoice::Entity::find_by_id(id).one(db).await?;
    Ok(policy::visible(&ctx.actor, Action::ReadSales, found, |row| row.studio_id)?)
}

/// By what invoices are narrowed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct InvoiceFilter {
    /// Of one project.
    pub project: Option<ProjectId>,
    /// Of one client.
    pub client: Option<ClientId>,
}

/// The studio's invoices and credit notes, newest first; of one project, if one is named, or of one client: what was issued to who was merged into it since, too.
pub async fn list_invoices(
    db: &Db,
    ctx: &Ctx,
    studio: StudioId,
    filter: InvoiceFilter,
    page: PageRequest<InvoiceId>,
) -> Result<Page<invoice::Model>, InvoiceError> {
    policy::require(&ctx.actor, Action::ReadSales, studio)?;
    let of_clients = match filter.client {
        Some(client) => Some(with_merged(db, studio, client).await?),
        None => None,
    };
    let query = invoice::Entity::find()
        .filter(invoice::Column::StudioId.eq(studio))
        .apply_if(filter.project, |query, project| query.filter(invoice::Column::ProjectId.eq(project)))
        .apply_if(of_clients, |query, clients| query.filter(invoice::Column::ClientId.is_in(clients)));
    Ok(page::fetch(db, query, invoice::Column::Id, page).await?)
}

/// A client of the studio with those that were merged into it; none of another's.
async fn with_merged(db: &Db, studio: StudioId, client: ClientId) -> Result<Vec<ClientId>, StoreError> {
    let own = clients::entity::Entity::find_by_id(client).filter(clients::entity::Column::StudioId.eq(studio));
    let Some(row) = own.one(db).await? else { return Ok(Vec::new()) };
    let family = parties::family_of(db, row.party_id).await?;
    let of_family = clients::queries::clients_of_parties(db, &family).await?;
    Ok(of_family.into_values().map(|row| row.id).collect())
}

/// Invoices by ids that stand in rows which the caller has been shown.
pub async fn invoices_by_ids(
    db: &impl ConnectionTrait,
    ids: &[InvoiceId],
) -> Result<HashMap<InvoiceId, invoice::Model>, StoreError> {
    let rows = invoice::Entity::find().filter(invoice::Column::Id.is_in(ids.iter().copied())).all(db).await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

/// The versions of quotes, by quote, in their order. For who may see the quotes: it asks nothing itself.
pub async fn versions_of_quotes(
    db: &impl ConnectionTrait,
    quotes: &[QuoteId],
) -> Result<HashMap<QuoteId, Vec<version::Model>>, StoreError> {
    let rows = version::Entity::find()
        .filter(version::Column::QuoteId.is_in(quotes.iter().copied()))
        .order_by_asc(version::Column::Number)
        .all(db)
        .await?;
    Ok(grouped(rows, |row| row.quote_id))
}

/// How quotes were answered, by quote, in the order of the versions. For who may see the quotes: it asks nothing itself.
pub async fn answers_of_quotes(
    db: &impl ConnectionTrait,
    quotes: &[QuoteId],
) -> Result<HashMap<QuoteId, Vec<answer::Model>>, StoreError> {
    let rows = answer::Entity::find()
        .filter(answer::Column::QuoteId.is_in(quotes.iter().copied()))
        .order_by_asc(answer::Column::Version)
        .all(db)
        .await?;
    Ok(grouped(rows, |row| row.quote_id))
}

/// The schedules of accepted quotes, by quote, in their order. For who may see the quotes: it asks nothing itself.
pub async fn stages_of_quotes(
    db: &impl ConnectionTrait,
    quotes: &[QuoteId],
) -> Result<HashMap<QuoteId, Vec<stage::Model>>, StoreError> {
    let rows = stage::Entity::find()
        .filter(stage::Column::QuoteId.is_in(quotes.iter().copied()))
        .order_by_asc(stage::Column::Position)
        .all(db)
        .await?;
    Ok(grouped(rows, |row| row.quote_id))
}

/// The credit notes over invoices, by invoice, oldest first. For who may see the invoices: it asks nothing itself.
pub async fn credit_notes_of_invoices(
    db: &impl ConnectionTrait,
    invoices: &[InvoiceId],
) -> Result<HashMap<InvoiceId, Vec<invoice::Model>>, StoreError> {
    let rows = invoice::Entity::find()
        .filter(invoice::Column::CreditsId.is_in(invoices.iter().copied()))
        .order_by_asc(invoice::Column::Id)
        .all(db)
        .await?;
    let mut by_invoice: HashMap<InvoiceId, Vec<invoice::Model>> = HashMap::new();
    for row in rows {
        if let Some(credited) = row.credits_id {
            by_invoice.entry(credited).or_default().push(row);
        }
    }
    Ok(by_invoice)
}

/// The transfers of invoices, by invoice, in the order in which they were recorded. For who may see the invoices: it asks nothing itself.
pub async fn transfers_of_invoices(
    db: &impl ConnectionTrait,
    invoices: &[InvoiceId],
) -> Result<HashMap<InvoiceId, Vec<transfer::Model>>, StoreError> {
    let rows = transfer::Entity::find()
        .filter(transfer::Column::InvoiceId.is_in(invoices.iter().copied()))
        .order_by_asc(transfer::Column::Id)
        .all(db)
        .await?;
    Ok(grouped(rows, |row| row.invoice_id))
}

/// The reminders of invoices, by invoice, in their order. For who may see the invoices: it asks nothing itself.
pub async fn reminders_of_invoices(
    db: &impl ConnectionTrait,
    invoices: &[InvoiceId],
) -> Result<HashMap<InvoiceId, Vec<reminder::Model>>, StoreError> {
    let rows = reminder::Entity::find()
        .filter(reminder::Column::InvoiceId.is_in(invoices.iter().copied()))
        .order_by_asc(reminder::Column::Number)
        .all(db)
        .await?;
    Ok(grouped(rows, |row| row.invoice_id))
}

/// The orders that pay invoices, by invoice, oldest first. For who may see the invoices: it asks nothing itself.
pub async fn orders_of_invoices(
    db: &impl ConnectionTrait,
    invoices: &[InvoiceId],
) -> Result<HashMap<InvoiceId, Vec<OrderId>>, StoreError> {
    let rows = invoice_order::Entity::find()
        .filter(invoice_order::Column::InvoiceId.is_in(invoices.iter().copied()))
        .order_by_asc(invoice_order::Column::OrderId)
        .all(db)
        .await?;
    let mut by_invoice: HashMap<InvoiceId, Vec<OrderId>> = HashMap::new();
    for row in rows {
        by_invoice.entry(row.invoice_id).or_default().push(row.order_id);
    }
    Ok(by_invoice)
}

fn grouped<K: Eq + Hash, V>(rows: Vec<V>, key: impl Fn(&V) -> K) -> HashMap<K, Vec<V>> {
    let mut groups: HashMap<K, Vec<V>> = HashMap::new();
    for row in rows {
        groups.entry(key(&row)).or_default().push(row);
    }
    groups
}
