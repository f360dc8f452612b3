//! Finding clients.

use std::collections::HashMap;

use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, FromQueryResult, JoinType, Order, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait, Select, Value, sea_query::Expr,
};

use super::{
    ClientError,
    entity::{self, ClientStage},
    records::{LineOutcome, import, import_line, setting, stage_move},
};
use crate::{
    actor::Ctx,
    env::Instant,
    identity::entity::studio,
    ids::{ClientId, ClientImportId, PartyId, StudioId},
    page::{self, Page, PageError, PageRequest},
    parties::{
        self,
        records::{KeyKind, key, tag},
        search_words,
    },
    policy::{Action, require, visible, visible_standing},
    report::StoreError,
    store::Db,
};

/// A client; none if there is none that the caller may see.
///
/// # Errors
/// If the actor may not.
pub async fn find_client(db: &Db, ctx: &Ctx, id: ClientId) -> Result<Option<entity::Model>, ClientError> {
    let found = entity::Entity::find_by_id(id).one(db).await?;
    Ok(visible(&ctx.actor, Action::ReadClients, found, |client| client.studio_id)?)
}

/// The clients that parties are, by party. For who may see clients: it asks nothing itself.
///
/// # Errors
/// If the database fails.
pub async fn clients_of_parties(
    db: &impl ConnectionTrait,
    parties: &[PartyId],
) -> Result<HashMap<PartyId, entity::Model>, StoreError> {
    let rows = entity::Entity::find().filter(entity::Column::PartyId.is_in(parties.iter().copied())).all(db).await?;
    Ok(rows.into_iter().map(|client| (client.party_id, client)).collect())
}

/// Which of a studio's clients are wanted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ClientFilter {
    /// At this stage alone.
    pub stage: Option<ClientStage>,
    /// With this tag alone.
    pub tag: Option<String>,
    /// Whose names or addresses have words that begin like all of these.
    pub search: Option<String>,
}

/// In which order clients are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ClientOrder {
    /// Who was entered last, first.
    #[default]
    Newest,
    /// By name, without case and accents.
    Name,
    /// Who has been at their stage for longest, first.
    LongestAtStage,
}

/// A studio's clients, without those that were merged into others.
///
/// # Errors
/// If the actor may not, or the cursor is of no client.
pub async fn list_clients(
    db: &Db,
    ctx: &Ctx,
    studio: StudioId,
    filter: &ClientFilter,
    order: ClientOrder,
    request: PageRequest<ClientId>,
) -> Result<Page<entity::Model>, ClientError> {
    require(&ctx.actor, Action::ReadClients, studio)?;
    let Some(query) = wanted(studio, filter) else {
        return Ok(Page { rows: Vec::new(), has_previous: false, has_next: false });
    };
    let place = place_of(db, studio, order, request).await?;
    match order {
        ClientOrder::Newest => Ok(page::fetch(db, query, entity::Column::Id, request).await?),
        ClientOrder::Name => {
            let of_party =
                entity::Entity::belongs_to(key::Entity).from(entity::Column::PartyId).to(key::Column::PartyId);
            // Along the index of names, which has them in this order.
            let query = query
                .join(JoinType::InnerJoin, of_party.into())
                .filter(key::Column::StudioId.eq(studio))
                .filter(key::Column::Kind.eq(KeyKind::Name));
            let by = (Expr::col((key::Entity, key::Column::Key)), Expr::col((key::Entity, key::Column::PartyId)));
            Ok(fetch_in_order(db, query, by, place, request).await?)
        }
        ClientOrder::LongestAtStage => {
            let by = (
                Expr::col((entity::Entity, entity::Column::StageSince)),
                Expr::col((entity::Entity, entity::Column::PartyId)),
            );
            Ok(fetch_in_order(db, query, by, place, request).await?)
        }
    }
}

/// How many clients a filter wants.
///
/// # Errors
/// If the actor may not.
pub async fn count_clients(db: &Db, ctx: &Ctx, studio: StudioId, filter: &ClientFilter) -> Result<i64, ClientError> {
    require(&ctx.actor, Action::ReadClients, studio)?;
    let Some(query) = wanted(studio, filter) else { return Ok(0) };
    Ok(page::count(db, query, entity::Column::Id).await?)
}

/// The clients that a filter wants; none if nobody can be found by it.
fn wanted(studio: StudioId, filter: &ClientFilter) -> Option<Select<entity::Entity>> {
    let mut query = entity::Entity::find().filter(entity::Column::StudioId.eq(studio)).filter(Expr::cust(
        "NOT EXISTS (SELECT 1 FROM party_successors WHERE party_successors.party_id = clients.party_id)",
    ));
    if let Some(stage) = filter.stage {
        query = query.filter(entity::Column::Stage.eq(stage));
    }
    if let Some(tag) = &filter.tag {
        let tag = tag.trim().trim_start_matches('#').to_lowercase();
        let tagged = tag::Entity::find()
            .select_only()
            .column(tag::Column::PartyId)
            .filter(tag::Column::StudioId.eq(studio))
            .filter(tag::Column::Tag.eq(tag));
        query = query.filter(entity::Column::PartyId.in_subquery(tagged.into_query()));
    }
    let text = filter.search.as_deref().unwrap_or_default();
    let words = search_words(text);
    if words.is_empty() && !text.trim().is_empty() {
        return None;
    }
    for word in words {
        let end = format!("{word}\u{10ffff}");
        let found = key::Entity::find()
            .select_only()
            .column(key::Column::PartyId)
            .filter(key::Column::StudioId.eq(studio))
            .filter(key::Column::Kind.eq(KeyKind::Word))
            .filter(key::Column::Key.gte(word))
            .filter(key::Column::Key.lt(end));
        query = query.filter(entity::Column::PartyId.in_subquery(found.into_query()));
    }
    Some(query)
}

/// Where a client stands in an order: by a value, and by the party where that is the same.
type Place = (Value, PartyId);

/// Where the client stands now from whom a page goes on; none from the beginning. The cursor is the client's id, so that a page goes on rightly from one who
/// was renamed or moved meanwhile.
async fn place_of(
    db: &Db,
    studio: StudioId,
    order: ClientOrder,
    request: PageRequest<ClientId>,
) -> Result<Option<Place>, ClientError> {
    let Some(cursor) = request.cursor().filter(|_| order != ClientOrder::Newest) else { return Ok(None) };
    let gone = || PageError::Cursor { field: if request.is_backward() { "before" } else { "after" } };
    let client = entity::Entity::find_by_id(cursor).filter(entity::Column::StudioId.eq(studio));
    let client = client.one(db).await?.ok_or_else(gone)?;
    if order == ClientOrder::LongestAtStage {
        return Ok(Some((client.stage_since.into(), client.party_id)));
    }
    let name = key::Entity::find()
        .filter(key::Column::PartyId.eq(client.party_id))
        .filter(key::Column::Kind.eq(KeyKind::Name))
        .one(db)
        .await?
        .ok_or_else(gone)?;
    Ok(Some((name.key.into(), client.party_id)))
}

/// A page in ascending order of a value and then of the party, from behind a place on.
async fn fetch_in_order(
    db: &Db,
    query: Select<entity::Entity>,
    (value, party): (Expr, Expr),
    place: Option<Place>,
    request: PageRequest<ClientId>,
) -> Result<Page<entity::Model>, StoreError> {
    let (mut query, backward) = (query, request.is_backward());
    if let Some((at, of)) = place {
        // The bound on the value alone is where an index begins to be read.
        query = if backward {
            query.filter(value.clone().lte(at.clone())).filter(value.clone().lt(at).or(party.clone().lt(of)))
        } else {
            query.filter(value.clone().gte(at.clone())).filter(value.clone().gt(at).or(party.clone().gt(of)))
        };
    }
    let direction = || if backward { Order::Desc } else { Order::Asc };
    let rows =
        query.order_by(value, direction()).order_by(party, direction()).limit(request.size() + 1).all(db).await?;
    Ok(page::page_of(rows, request))
}

/// After which silence a studio's clients are moved to dormant; none if they are not.
///
/// # Errors
/// If the actor may not.
pub async fn find_setting(db: &Db, ctx: &Ctx, studio: StudioId) -> Result<Option<setting::Model>, ClientError> {
    require(&ctx.actor, Action::ReadClients, studio)?;
    Ok(setting::Entity::find_by_id(studio).one(db).await?)
}

/// A list that was taken in; none if there is none that the caller may see.
///
/// # Errors
/// If the actor may not.
pub async fn find_import(db: &Db, ctx: &Ctx, id: ClientImportId) -> Result<Option<import::Model>, ClientError> {
    let found = import::Entity::find_by_id(id).one(db).await?;
    Ok(visible_standing(&ctx.actor, Action::ManageClients, found, |import| import.studio_id)?)
}

#[derive(FromQueryResult)]
struct OutcomeCount {
    outcome: LineOutcome,
    number: i64,
}

/// How many lines of a list have each outcome. For who may see it: it asks nothing itself.
///
/// # Errors
/// If the database fails.
pub async fn count_lines(
    db: &impl ConnectionTrait,
    id: ClientImportId,
) -> Result<HashMap<LineOutcome, i64>, StoreError> {
    let rows = import_line::Entity::find()
        .select_only()
        .column(import_line::Column::Outcome)
        .column_as(import_line::Column::Number.count(), "number")
        .filter(import_line::Column::ImportId.eq(id))
        .group_by(import_line::Column::Outcome)
        .into_model::<OutcomeCount>()
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|row| (row.outcome, row.number)).collect())
}

/// The lines of a list behind one, in the order of the file, so many at the most; of one outcome alone, if so asked. For who may see it: it asks nothing
/// itself.
///
/// # Errors
/// If the database fails.
pub async fn list_lines(
    db: &impl ConnectionTrait,
    id: ClientImportId,
    outcome: Option<LineOutcome>,
    behind: i32,
    most: u64,
) -> Result<Vec<import_line::Model>, StoreError> {
    Ok(import_line::Entity::find()
        .filter(import_line::Column::ImportId.eq(id))
        .filter(import_line::Column::Number.gt(behind))
        .apply_if(outcome, |query, outcome| query.filter(import_line::Column::Outcome.eq(outcome)))
        .order_by_asc(import_line::Column::Number)
        .limit(most)
        .all(db)
        .await?)
}

/// Whom the program has moved to dormant at a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DormantLetter {
    /// Whose clients they are.
    pub studio: studio::Model,
    /// Their names, in alphabetical order.
    pub names: Vec<String>,
    /// Why, the same for all.
    pub words: String,
}

/// What the mail about clients says who were moved to dormant at a moment, all at once; none if the studio is gone. For the program itself.
///
/// # Errors
/// If the database fails.
pub async fn find_dormant_letter(db: &Db, studio: StudioId, at: Instant) -> Result<Option<DormantLetter>, StoreError> {
    let moves = stage_move::Entity::find()
        .filter(stage_move::Column::StudioId.eq(studio))
        .filter(stage_move::Column::MovedAt.eq(at))
        .filter(stage_move::Column::ToStage.eq(ClientStage::Dormant))
        .filter(stage_move::Column::MovedBy.is_null())
        .all(db)
        .await?;
    let clients = entity::Entity::find()
        .filter(entity::Column::Id.is_in(moves.iter().map(|moved| moved.client_id)))
        .all(db)
        .await?;
    let ids: Vec<PartyId> = clients.iter().map(|client| client.party_id).collect();
    let mut names: Vec<String> =
        parties::find_parties_by_ids(db, &ids).await?.into_values().map(|party| party.name).collect();
    names.sort_by_key(|name| parties::folded(name));
    let words = moves.into_iter().map(|moved| moved.words).find(|words| !words.is_empty());
    let words = words.unwrap_or_else(|| "No sign of life".to_owned());
    Ok(studio::Entity::find_by_id(studio).one(db).await?.map(|studio| DormantLetter { studio, names, words }))
}
