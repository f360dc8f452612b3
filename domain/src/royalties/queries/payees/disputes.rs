//! Disputes of lines.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QueryTrait};

use super::lines::{PayeeLine, line_of_payee};
use crate::{
    actor::Ctx,
    ids::{LineDisputeId, PartyId, PayeeStatementId, StudioId},
    money::Currency,
    page::{self, Page, PageRequest},
    policy::{self, Action},
    report::StoreError,
    royalties::{
        RoyaltyError,
        entity::{LineDisputeState, item, line_dispute, payee_statement, run},
        queries::imports::line_at,
    },
    services::Services,
    store::Db,
};

/// What payees of a studio say to lines, newest first; those that stand somewhere, if that is named.
pub async fn list_disputes(
    db: &Db,
    ctx: &Ctx,
    studio: StudioId,
    state: Option<LineDisputeState>,
    page: PageRequest<LineDisputeId>,
) -> Result<Page<line_dispute::Model>, RoyaltyError> {
    policy::require(&ctx.actor, Action::ReadRoyalties, studio)?;
    let query = line_dispute::Entity::find()
        .filter(line_dispute::Column::StudioId.eq(studio))
        .apply_if(state, |query, state| query.filter(line_dispute::Column::State.eq(state)));
    Ok(page::fetch(db, query, line_dispute::Column::Id, page).await?)
}

/// What was said to lines of a statement, the first first. For who may see the statement: it asks nothing itself.
pub async fn disputes_of_statements(
    db: &Db,
    statements: &[PayeeStatementId],
) -> Result<Vec<line_dispute::Model>, StoreError> {
    Ok(line_dispute::Entity::find()
        .filter(line_dispute::Column::StatementId.is_in(statements.iter().copied()))
        .order_by_asc(line_dispute::Column::Id)
        .all(db)
        .await?)
}

/// Whose a statement is. For who may see it: it asks nothing itself.
pub async fn party_of_statement(db: &Db, id: PayeeStatementId) -> Result<Option<PartyId>, StoreError> {
    Ok(payee_statement::Entity::find_by_id(id).one(db).await?.map(|row| row.party_id))
}

/// The line that a dispute is about, as it concerns the payee, with what it is of and the currency of the payee's part; none if nothing of it is theirs any more.
/// For who may see the dispute: it asks nothing itself.
pub async fn disputed_line(
    services: &Services,
    dispute: &line_dispute::Model,
) -> Result<Option<(PayeeLine, item::Model, Currency)>, RoyaltyError> {
    let db = &services.db;
    let Some(statement) = payee_statement::Entity::find_by_id(dispute.statement_id).one(db).await? else {
        return Ok(None);
    };
    let Some(run) = run::Entity::find_by_id(statement.run_id).one(db).await? else { return Ok(None) };
    let (import, offset) = (dispute.import_id, dispute.line_offset.unsigned_abs());
    let Some(found) = line_at(services, import, offset).await? else { return Ok(None) };
    let Some(of) = item::Entity::find_by_id((import, found.item)).one(db).await? else { return Ok(None) };
    let line = line_of_payee(services, (&statement, &run), import, offset).await?;
    Ok(line.map(|line| (line, of, run.currency)))
}
