//! Disputes of lines.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QueryTrait};

use crate::{
    actor::Ctx,
    ids::{LineDisputeId, PayeeStatementId, StudioId},
    page::{self, Page, PageRequest},
    policy::{self, Action},
    report::StoreError,
    royalties::{
        RoyaltyError,
        entity::{LineDisputeState, line_dispute},
    },
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
