//! Issuing statements: a row for each payee of a run that was posted, then its documents, then its mail. Each once, however often it is begun.

use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait, sea_query::LockType,
};

use crate::{
    actor::Ctx,
    catalog::{RenderedFile, add_rendered_asset, entity::AssetKind},
    ids::{PayeeStatementId, RoyaltyRunId},
    outbox::{self, Job},
    policy::{self, Action},
    ports::Stored,
    royalties::{
        RoyaltyError,
        entity::{RunState, payee, payee_statement, run},
    },
    sales::rules::reference_of,
    store::{self, Tx},
};

/// The documents of a statement, as they lie in the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Documents {
    /// The document for people.
    pub pdf: Stored,
    /// The table.
    pub csv: Stored,
}

/// Issues a statement to each payee of a run that was posted, and gives those whose documents are still to be made. Doing so twice is doing so once.
///
/// # Errors
/// If the actor may not, or the run was not posted.
pub async fn issue_statements(tx: &Tx, ctx: &Ctx, id: RoyaltyRunId) -> Result<Vec<PayeeStatementId>, RoyaltyError> {
    let found = run::Entity::find_by_id(id).lock(LockType::NoKeyUpdate).one(tx).await?;
    let found = policy::visible(&ctx.actor, Action::ManageRoyalties, found, |row| row.studio_id)?;
    let run = found.ok_or(RoyaltyError::NotFound { what: "run", field: "run" })?;
    if run.state != RunState::Posted {
        return Err(RoyaltyError::RunNotNow { state: run.state });
    }
    // Who was told already is not gone through again: the documents of many are made by one job after the other.
    let told = payee_statement::Entity::find()
        .select_only()
        .column(payee_statement::Column::PartyId)
        .filter(payee_statement::Column::RunId.eq(id));
    let payees = payee::Entity::find()
        .filter(payee::Column::RunId.eq(id))
        .filter(payee::Column::PartyId.not_in_subquery(told.into_query()))
        .order_by_asc(payee::Column::PartyId);
    for payee in payees.all(tx).await? {
        let row = payee_statement::Model {
            id: ctx.env.id(),
            studio_id: run.studio_id,
            run_id: id,
            party_id: payee.party_id,
            reference: reference_of("RS-", &ctx.env),
            pdf_asset_id: None,
            csv_asset_id: None,
            issued_at: ctx.env.now(),
            mailed_at: None,
            seen_at: None,
        };
        store::insert_new(tx, row.into_active_model()).await?;
    }
    let open = payee_statement::Entity::find()
        .filter(payee_statement::Column::RunId.eq(id))
        .filter(payee_statement::Column::PdfAssetId.is_null())
        .order_by_asc(payee_statement::Column::Id);
    Ok(open.all(tx).await?.into_iter().map(|row| row.id).collect())
}

async fn lock(tx: &Tx, id: PayeeStatementId) -> Result<Option<payee_statement::Model>, RoyaltyError> {
    Ok(payee_statement::Entity::find_by_id(id).lock(LockType::NoKeyUpdate).one(tx).await?)
}

/// Keeps the documents of a statement, and has it mailed. One that has its documents keeps them.
///
/// # Errors
/// If the actor may not, or there is no such statement.
pub async fn record_documents(
    tx: &Tx,
    ctx: &Ctx,
    id: PayeeStatementId,
    documents: Documents,
) -> Result<payee_statement::Model, RoyaltyError> {
    let found = lock(tx, id).await?;
    let found = policy::visible(&ctx.actor, Action::ManageRoyalties, found, |row| row.studio_id)?;
    let statement = found.ok_or(RoyaltyError::NotFound { what: "statement", field: "statement" })?;
    if statement.pdf_asset_id.is_some() {
        return Ok(statement);
    }
    let file = |ending: &str, media_type: &str, stored| RenderedFile {
        kind: AssetKind::Royalties,
        file_name: format!("{} royalty statement.{ending}", statement.reference),
        media_type: media_type.to_owned(),
        stored,
        facts: None,
    };
    let pdf = file("pdf", "application/pdf", documents.pdf);
    let csv = file("csv", "text/csv; charset=utf-8; header=present", documents.csv);
    let pdf = add_rendered_asset(tx, ctx, statement.studio_id, pdf).await.map_err(RoyaltyError::Filing)?;
    let csv = add_rendered_asset(tx, ctx, statement.studio_id, csv).await.map_err(RoyaltyError::Filing)?;
    let studio = statement.studio_id;
    let mut row = statement.into_active_model();
    row.pdf_asset_id = Set(Some(pdf.id));
    row.csv_asset_id = Set(Some(csv.id));
    let statement = row.update(tx).await?;
    outbox::put(tx, ctx, Some(studio), &Job::MailRoyalties { statement: id }).await?;
    Ok(statement)
}

/// Has a statement mailed to its payee once more.
///
/// # Errors
/// If the actor may not, or there is no such statement.
pub async fn mail_statement(tx: &Tx, ctx: &Ctx, id: PayeeStatementId) -> Result<payee_statement::Model, RoyaltyError> {
    let found = payee_statement::Entity::find_by_id(id).one(tx).await?;
    let found = policy::visible(&ctx.actor, Action::ManageRoyalties, found, |row| row.studio_id)?;
    let statement = found.ok_or(RoyaltyError::NotFound { what: "statement", field: "statement" })?;
    outbox::put(tx, ctx, Some(statement.studio_id), &Job::MailRoyalties { statement: id }).await?;
    Ok(statement)
}

/// Writes down when a statement was first mailed. For the program itself.
pub async fn note_mailed(tx: &Tx, ctx: &Ctx, id: PayeeStatementId) -> Result<(), RoyaltyError> {
    let Some(statement) = lock(tx, id).await?.filter(|row| row.mailed_at.is_none()) else { return Ok(()) };
    let mut row = statement.into_active_model();
    row.mailed_at = Set(Some(ctx.env.now()));
    row.update(tx).await?;
    Ok(())
}

/// Writes down when a payee has first opened their statement. For whoever has shown it to them: it asks nothing itself.
pub async fn note_seen(tx: &Tx, ctx: &Ctx, id: PayeeStatementId) -> Result<(), RoyaltyError> {
    let Some(statement) = lock(tx, id).await?.filter(|row| row.seen_at.is_none()) else { return Ok(()) };
    let mut row = statement.into_active_model();
    row.seen_at = Set(Some(ctx.env.now()));
    row.update(tx).await?;
    Ok(())
}
