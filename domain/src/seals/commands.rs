//! Remembering sealed documents, and how far each seal was raised.

use chrono::Duration;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect,
    sea_query::Expr,
};

use super::{
    entity::{SealLevel, SealedKind, revision, seal},
    queries, rules,
};
use crate::{
    actor::Ctx,
    catalog::{
        CatalogError, RenderedFile, Sha256, add_rendered_asset,
        entity::{AssetKind, asset},
    },
    delivery::entity::deliverable,
    env::Instant,
    ids::{AssetId, SealId},
    outbox::{self, Job},
    ports::Stored,
    report::StoreError,
    store::Tx,
};

/// Most seals that are put up for raising in one go.
const MOST_AT_ONCE: u64 = 200;

/// A document that was sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SealedDocument<'a> {
    /// What it is.
    pub kind: SealedKind,
    /// Its reference.
    pub reference: &'a str,
    /// Its file.
    pub file: &'a asset::Model,
    /// What it was typeset from.
    pub template_sha256: &'a Sha256,
    /// The typesetter's version.
    pub engine_version: &'a str,
    /// Whether there is an authority to ask for a timestamp.
    pub can_raise: bool,
}

/// Remembers a document that was sealed at level B-B, its first revision. If there is an authority to ask, its timestamp is asked for at once.
/// Remembering twice is remembering once.
pub async fn record_sealed(tx: &Tx, ctx: &Ctx, document: SealedDocument<'_>) -> Result<seal::Model, StoreError> {
    let SealedDocument { kind, reference, file, template_sha256, engine_version, can_raise } = document;
    if let Some(known) = queries::find_by_reference(tx, reference).await? {
        return Ok(known);
    }
    let now = ctx.env.now();
    let taken = now + Duration::minutes(rules::TAKEN_MIN);
    let row = seal::ActiveModel {
        id: Set(ctx.env.id()),
        studio_id: Set(file.studio_id),
        kind: Set(kind),
        reference: Set(reference.to_owned()),
        level: Set(SealLevel::BB),
        asset_id: Set(file.id),
        revision: Set(1),
        waits_for: Set(None),
        attempts: Set(0),
        // Without an authority it is due all the same: one may be configured tomorrow.
        due_at: Set(Some(if can_raise { taken } else { now })),
        template_sha256: Set(template_sha256.clone()),
        engine_version: Set(engine_version.to_owned()),
        sealed_at: Set(now),
        raised_at: Set(now),
    };
    let row = row.insert(tx).await?;
    add_revision(tx, row.id, 1, file, SealLevel::BB, now).await?;
    if can_raise {
        outbox::put(tx, ctx, Some(row.studio_id), &Job::RaiseSeal { seal: row.id }).await?;
    }
    Ok(row)
}

async fn add_revision(
    tx: &Tx,
    seal: SealId,
    number: i32,
    file: &asset::Model,
    level: SealLevel,
    at: Instant,
) -> Result<(), StoreError> {
    let row = revision::ActiveModel {
        seal_id: Set(seal),
        revision: Set(number),
        asset_id: Set(file.id),
        sha256: Set(file.sha256.clone()),
        level: Set(level),
        at: Set(at),
    };
    row.insert(tx).await?;
    Ok(())
}

/// What came of raising a seal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RaisedSeal {
    /// The revision that was raised.
    pub from: AssetId,
    /// The new revision's file in the store; none if nothing was added.
    pub stored: Option<Stored>,
    /// The level that it has now.
    pub level: SealLevel,
    /// Before when it is to be raised again.
    pub renew_before: Option<Instant>,
    /// What it waits for.
    pub waits_for: Option<String>,
}

/// Writes what came of raising a seal: a further revision, which is delivered from now on, and when it is looked at again. What was raised from a
/// revision that is no longer the newest is dropped.
pub async fn record_raised(tx: &Tx, ctx: &Ctx, id: SealId, raised: RaisedSeal) -> Result<(), CatalogError> {
    let found = seal::Entity::find_by_id(id).lock_exclusive().one(tx).await?;
    let Some(found) = found.filter(|found| found.asset_id == raised.from) else { return Ok(()) };
    let Some(old) = asset::Entity::find_by_id(found.asset_id).one(tx).await? else { return Ok(()) };
    let now = ctx.env.now();
    let attempts =
        if raised.waits_for.is_some() && raised.stored.is_none() { found.attempts.saturating_add(1) } else { 1 };
    let (studio, number) = (found.studio_id, found.revision.saturating_add(1));
    let mut row = found.into_active_model();
    row.level = Set(raised.level);
    row.attempts = Set(if raised.waits_for.is_some() { attempts } else { 0 });
    row.due_at = Set(rules::next_look(now, raised.waits_for.is_some(), attempts, raised.renew_before));
    row.waits_for = Set(raised.waits_for);
    if let Some(stored) = raised.stored {
        let file = RenderedFile {
            kind: AssetKind::Contract,
            file_name: old.file_name,
            media_type: old.media_type,
            stored,
            facts: None,
        };
        let file = add_rendered_asset(tx, ctx, studio, file).await?;
        add_revision(tx, id, number, &file, raised.level, now).await?;
        deliverable::Entity::update_many()
            .col_expr(deliverable::Column::AssetId, Expr::value(file.id))
            .filter(deliverable::Column::AssetId.eq(old.id))
            .exec(tx)
            .await?;
        row.asset_id = Set(file.id);
        row.revision = Set(number);
        row.raised_at = Set(now);
    }
    row.update(tx).await?;
    Ok(())
}

/// Puts the jobs for seals whose time has come: a pending timestamp is asked for again, an old one renewed. How many there were.
pub async fn take_due(tx: &Tx, ctx: &Ctx) -> Result<usize, StoreError> {
    let now = ctx.env.now();
    let due = queries::list_due(tx, now, MOST_AT_ONCE).await?;
    for found in &due {
        // Whoever is first takes it; it comes round again if its job is lost.
        let taken = seal::Entity::update_many()
            .col_expr(seal::Column::DueAt, Expr::value(now + Duration::minutes(rules::TAKEN_MIN)))
            .filter(seal::Column::Id.eq(found.id))
            .filter(seal::Column::DueAt.lte(now))
            .exec(tx)
            .await?;
        if taken.rows_affected == 1 {
            outbox::put(tx, ctx, Some(found.studio_id), &Job::RaiseSeal { seal: found.id }).await?;
        }
    }
    Ok(due.len())
}
