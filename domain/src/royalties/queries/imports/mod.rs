//! Statements, what they come to, each of their lines, and what of them waits.

mod lines;
mod waiting;

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QueryTrait};

pub use self::{
    lines::{FoundLine, line_at, lines_of_item},
    waiting::{Placed, Suggestion, Waiting, WaitingPage, list_waiting, placed_of, suggestions},
};

use crate::{
    actor::Ctx,
    catalog::Sha256,
    ids::{StatementImportId, StudioId},
    page::{self, Page, PageRequest},
    policy::{self, Action},
    report::StoreError,
    royalties::{
        RoyaltyError,
        entity::{ImportState, format, import, item, receipt, total},
    },
    store::Db,
};

/// One statement, for who sees the studio's royalties, or for the program itself.
pub async fn find_import(db: &Db, ctx: &Ctx, id: StatementImportId) -> Result<Option<import::Model>, RoyaltyError> {
    let found = import::Entity::find_by_id(id).one(db).await?;
    Ok(policy::visible(&ctx.actor, Action::ReadRoyalties, found, |row| row.studio_id)?)
}

/// The studio's statements, newest first; those of one state, if one is named.
pub async fn list_imports(
    db: &Db,
    ctx: &Ctx,
    studio: StudioId,
    state: Option<ImportState>,
    page: PageRequest<StatementImportId>,
) -> Result<Page<import::Model>, RoyaltyError> {
    policy::require(&ctx.actor, Action::ReadRoyalties, studio)?;
    let query = import::Entity::find()
        .filter(import::Column::StudioId.eq(studio))
        .apply_if(state, |query, state| query.filter(import::Column::State.eq(state)));
    Ok(page::fetch(db, query, import::Column::Id, page).await?)
}

/// What statements come to, by statement and currency. For who has been shown them: it asks nothing itself.
pub async fn totals_of(
    db: &impl ConnectionTrait,
    imports: &[StatementImportId],
) -> Result<Vec<total::Model>, StoreError> {
    Ok(total::Entity::find()
        .filter(total::Column::ImportId.is_in(imports.iter().copied()))
        .order_by_asc(total::Column::ImportId)
        .order_by_asc(total::Column::Currency)
        .all(db)
        .await?)
}

/// What was recorded to have reached the bank of statements, by statement, currency and number. For who has been shown them: it asks nothing itself.
pub async fn receipts_of(db: &Db, imports: &[StatementImportId]) -> Result<Vec<receipt::Model>, StoreError> {
    Ok(receipt::Entity::find()
        .filter(receipt::Column::ImportId.is_in(imports.iter().copied()))
        .order_by_asc(receipt::Column::ImportId)
        .order_by_asc(receipt::Column::Currency)
        .order_by_asc(receipt::Column::Number)
        .all(db)
        .await?)
}

/// The statement that a file was taken in as, by its hash; none if it was not, or was stopped or refused.
pub async fn find_by_file(
    db: &Db,
    ctx: &Ctx,
    studio: StudioId,
    sha256: &Sha256,
) -> Result<Option<import::Model>, RoyaltyError> {
    policy::require(&ctx.actor, Action::ReadRoyalties, studio)?;
    Ok(import::Entity::find()
        .filter(import::Column::StudioId.eq(studio))
        .filter(import::Column::Sha256.eq(sha256.clone()))
        .filter(import::Column::State.is_not_in([ImportState::Cancelled, ImportState::Refused]))
        .order_by_desc(import::Column::Id)
        .one(db)
        .await?)
}

/// The statements in the same format whose days are some of another's, and that count or are held. For the program itself.
pub async fn overlaps(db: &impl ConnectionTrait, import: &import::Model) -> Result<Vec<import::Model>, StoreError> {
    let (Some(format), Some(from), Some(to)) = (&import.format, import.period_from, import.period_to) else {
        return Ok(Vec::new());
    };
    Ok(import::Entity::find()
        .filter(import::Column::StudioId.eq(import.studio_id))
        .filter(import::Column::Id.ne(import.id))
        .filter(import::Column::Format.eq(format.as_str()))
        .filter(import::Column::State.is_in([ImportState::Ready, ImportState::Held]))
        .filter(import::Column::PeriodFrom.lte(to))
        .filter(import::Column::PeriodTo.gte(from))
        .order_by_asc(import::Column::Id)
        .all(db)
        .await?)
}

/// The formats that a studio has taught, each in the version that holds.
pub async fn list_formats(db: &Db, ctx: &Ctx, studio: StudioId) -> Result<Vec<format::Model>, RoyaltyError> {
    policy::require(&ctx.actor, Action::ReadRoyalties, studio)?;
    let mut all = format::Entity::find()
        .filter(format::Column::StudioId.eq(studio))
        .order_by_asc(format::Column::Format)
        .order_by_desc(format::Column::Number)
        .all(db)
        .await?;
    all.dedup_by(|later, earlier| later.format == earlier.format);
    Ok(all)
}

/// One thing that a statement's lines are of, for who sees the studio's royalties.
pub async fn find_item(
    db: &Db,
    ctx: &Ctx,
    import: StatementImportId,
    number: i32,
) -> Result<Option<item::Model>, RoyaltyError> {
    let found = item::Entity::find_by_id((import, number)).one(db).await?;
    Ok(policy::visible(&ctx.actor, Action::ReadRoyalties, found, |row| row.studio_id)?)
}
