//! Entering clients, and moving them from stage to stage.

use std::collections::HashMap;

use chrono::Duration;
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::Set,
    ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, LockType, OnConflict},
};

use super::{
    ClientError,
    entity::{self, ClientStage},
    error::{MAX_SILENT_DAYS, MAX_WORDS_CHARS, MIN_SILENT_DAYS},
    records::{setting, sign, stage_move},
    timeline::last_sign_of,
};
use crate::{
    actor::{Actor, Ctx},
    catalog::rules::texts,
    env::Instant,
    identity::queries::closed_studios,
    ids::{ClientId, PartyId, StudioId},
    outbox::{self, Job},
    parties::{self, PartyInput},
    policy::{Action, require, visible},
    report::StoreError,
    services::Services,
    store::Tx,
};

/// How many clients are looked at for silence at once.
const BATCH: u64 = 500;

/// At these stages nobody waits for anything that was promised: a silence may end in them.
const MAY_FALL_SILENT: [ClientStage; 3] = [ClientStage::Lead, ClientStage::Talking, ClientStage::Delivered];

/// Who becomes a client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NewClient {
    /// A party that stands in the books.
    Known(PartyId),
    /// Somebody new.
    New(PartyInput),
}

/// Enters a client at a stage. A party that is a client already stays as it is.
///
/// # Errors
/// If the actor may not, the party is another studio's, merged or erased, or something new of it cannot be accepted.
pub async fn create_client(
    tx: &Tx,
    ctx: &Ctx,
    studio: StudioId,
    who: NewClient,
    stage: ClientStage,
) -> Result<entity::Model, ClientError> {
    require(&ctx.actor, Action::ManageClients, studio)?;
    let party = match who {
        NewClient::Known(id) => parties::lock_present(tx, ctx, Action::ManageClients, id).await?,
        NewClient::New(input) => parties::enter_party(tx, ctx, studio, input).await?,
    };
    if party.studio_id != studio {
        return Err(ClientError::NoParty);
    }
    if let Some(standing) = entity::Entity::find().filter(entity::Column::PartyId.eq(party.id)).one(tx).await? {
        return Ok(standing);
    }
    let (client, moved) = new_client(ctx, &party, stage);
    let client = client.into_active_model().insert(tx).await?;
    moved.into_active_model().insert(tx).await?;
    Ok(client)
}

/// A client to be entered, and the move that enters it.
pub(super) fn new_client(
    ctx: &Ctx,
    party: &parties::entity::Model,
    stage: ClientStage,
) -> (entity::Model, stage_move::Model) {
    let now = ctx.env.now();
    let client = entity::Model {
        id: ctx.env.id(),
        studio_id: party.studio_id,
        party_id: party.id,
        stage,
        stage_since: now,
        created_at: now,
    };
    let moved = stage_move::Model {
        id: ctx.env.id(),
        studio_id: client.studio_id,
        client_id: client.id,
        from_stage: None,
        to_stage: stage,
        moved_at: now,
        moved_by: ctx.actor.user(),
        words: String::new(),
    };
    (client, moved)
}

/// Moves a client to a stage, from any other; the words say why. To where it is, it is not moved.
///
/// # Errors
/// If the actor may not, or the words are too many.
pub async fn move_client(
    tx: &Tx,
    ctx: &Ctx,
    id: ClientId,
    to: ClientStage,
    words: &str,
) -> Result<entity::Model, ClientError> {
    let words = texts::description(words).filter(|words| words.chars().count() <= MAX_WORDS_CHARS);
    let words = words.ok_or(ClientError::Words)?;
    let found = entity::Entity::find_by_id(id).lock(LockType::NoKeyUpdate).one(tx).await?;
    let client = visible(&ctx.actor, Action::ManageClients, found, |client| client.studio_id)?;
    let client = client.ok_or(ClientError::NotFound)?;
    if client.stage == to {
        return Ok(client);
    }
    Ok(moved(tx, ctx, client, to, words, ctx.env.now()).await?)
}

/// Moves a client that is held, and writes down that it was.
async fn moved(
    tx: &Tx,
    ctx: &Ctx,
    client: entity::Model,
    to: ClientStage,
    words: String,
    now: Instant,
) -> Result<entity::Model, StoreError> {
    let row = stage_move::Model {
        id: ctx.env.id(),
        studio_id: client.studio_id,
        client_id: client.id,
        from_stage: Some(client.stage),
        to_stage: to,
        moved_at: now,
        moved_by: ctx.actor.user(),
        words,
    };
    row.into_active_model().insert(tx).await?;
    let client = entity::ActiveModel { stage: Set(to), stage_since: Set(now), ..client.into_active_model() };
    Ok(client.update(tx).await?)
}

/// Lets clients who have given no sign of life for so many days be moved to dormant; none: they stay where they are.
///
/// # Errors
/// If the actor may not, or the days are out of range.
pub async fn set_dormant_after(
    tx: &Tx,
    ctx: &Ctx,
    studio: StudioId,
    days: Option<i32>,
) -> Result<Option<setting::Model>, ClientError> {
    require(&ctx.actor, Action::ManageClients, studio)?;
    let Some(days) = days else {
        setting::Entity::delete_by_id(studio).exec(tx).await?;
        return Ok(None);
    };
    if !(MIN_SILENT_DAYS..=MAX_SILENT_DAYS).contains(&days) {
        return Err(ClientError::Days);
    }
    let row = setting::Model { studio_id: studio, dormant_after_days: days, since: ctx.env.now() };
    let on_studio =
        OnConflict::column(setting::Column::StudioId).update_column(setting::Column::DormantAfterDays).to_owned();
    setting::Entity::insert(row.into_active_model()).on_conflict(on_studio).exec_without_returning(tx).await?;
    Ok(setting::Entity::find_by_id(studio).one(tx).await?)
}

/// Moves clients to dormant of whom nothing was heard for as long as their studio waits: of those for whom nothing promised is open. Each move says why, and
/// one mail tells the studio of all of them. How many were moved. For the program itself, now and then.
///
/// # Errors
/// If the database fails.
pub async fn tend(services: &Services) -> Result<u64, ClientError> {
    let mut count = 0;
    let of_open = setting::Entity::find().filter(setting::Column::StudioId.not_in_subquery(closed_studios()));
    for setting in of_open.all(&services.db).await? {
        count += tend_studio(services, &setting).await?;
    }
    Ok(count)
}

async fn tend_studio(services: &Services, setting: &setting::Model) -> Result<u64, ClientError> {
    let (ctx, now) = (services.ctx(Actor::System), services.env.now());
    let before = now - Duration::days(setting.dormant_after_days.into());
    let (mut silent, mut heard) = (HashMap::new(), Vec::new());
    for client in candidates(services, setting.studio_id, before).await? {
        let last = last_sign_of(&services.db, &client).await?.unwrap_or(client.created_at);
        if last < before {
            silent.insert(client.id, client.stage_since);
        } else {
            heard.push(sign::ActiveModel {
                client_id: Set(client.id),
                studio_id: Set(client.studio_id),
                seen_at: Set(last),
            });
        }
    }
    let tx = services.begin().await?;
    let on_client = OnConflict::column(sign::Column::ClientId).update_column(sign::Column::SeenAt).to_owned();
    sign::Entity::insert_many(heard).on_conflict(on_client).exec_without_returning(&tx).await?;
    let held = entity::Entity::find()
        .filter(entity::Column::Id.is_in(silent.keys().copied()))
        .order_by_asc(entity::Column::Id)
        .lock(LockType::NoKeyUpdate)
        .all(&tx)
        .await?;
    let words = format!("No sign of life for {} days", setting.dormant_after_days);
    let mut count = 0;
    for client in held {
        // Somebody may have moved them meanwhile.
        if silent.get(&client.id) == Some(&client.stage_since) {
            moved(&tx, &ctx, client, ClientStage::Dormant, words.clone(), now).await?;
            count += 1;
        }
    }
    if count > 0 {
        let job = Job::MailDormant { studio: setting.studio_id, when: now };
        outbox::put(&tx, &ctx, Some(setting.studio_id), &job).await?;
    }
    services.commit(tx).await?;
    Ok(count)
}

/// Clients who may have fallen silent: of each the last sign that was seen is old enough, and no project is open.
async fn candidates(services: &Services, studio: StudioId, before: Instant) -> Result<Vec<entity::Model>, StoreError> {
    let seen_since =
        sign::Entity::find().select_only().column(sign::Column::ClientId).filter(sign::Column::SeenAt.gte(before));
    Ok(entity::Entity::find()
        .filter(entity::Column::StudioId.eq(studio))
        .filter(entity::Column::Stage.is_in(MAY_FALL_SILENT))
        .filter(entity::Column::StageSince.lt(before))
        .filter(entity::Column::Id.not_in_subquery(sea_orm::QueryTrait::into_query(seen_since)))
        .filter(Expr::cust(
            "NOT EXISTS (SELECT 1 FROM party_successors WHERE party_successors.party_id = clients.party_id)
             AND NOT EXISTS (SELECT 1 FROM party_erasures WHERE party_erasures.party_id = clients.party_id)
             AND NOT EXISTS (SELECT 1 FROM projects WHERE projects.client_id = clients.id AND projects.state IN ('planned', 'active'))",
        ))
        .order_by_asc(entity::Column::Id)
        .limit(BATCH)
        .all(&services.db)
        .await?)
}
