//! Writing what is owed, filling it as files are made, and saying once that an order is complete.

use std::collections::BTreeSet;

use sea_orm::{
    ActiveModelTrait,
    ActiveValue::Set,
    ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, IntoCondition},
};

use super::{
    entity::{DeliverableKind, RenderOutputs, deliverable, download},
    inputs::find_render_inputs,
    queries, renders, rules,
};
use crate::{
    actor::Ctx,
    catalog::entity::beat,
    ids::{AssetId, BeatId, DownloadId, LicenceId, OrderId},
    licensing::entity::licence,
    outbox::{self, Job, Priority},
    report::StoreError,
    sales::{
        self,
        entity::{OrderState, order},
    },
    store::Tx,
};

/// Writes the files owed under a licence, in the transaction that grants it: those whose bytes are already there are ready at once, the others
/// get their jobs. Owing twice is owing once.
pub async fn owe(tx: &Tx, ctx: &Ctx, order: &order::Model, licence: &licence::Model) -> Result<(), StoreError> {
    let beat = beat::Entity::find_by_id(licence.beat_id).one(tx).await?;
    let title = beat.as_ref().map_or("", |beat| beat.title.as_str());
    let masters = renders::find_masters(tx, licence.beat_id).await?;
    let stems_ready = queries::stems_are_ready(tx, licence.beat_id).await?;
    let known: BTreeSet<DeliverableKind> = deliverable::Entity::find()
        .filter(deliverable::Column::LicenceId.eq(licence.id))
        .all(tx)
        .await?
        .into_iter()
        .map(|row| row.kind)
        .collect();

    let mut masters_missing = false;
    for kind in rules::owed(licence.terms.files).into_iter().filter(|kind| !known.contains(kind)) {
        let asset = masters.as_ref().and_then(|outputs| master_of(kind, outputs));
        masters_missing |= asset.is_none() && matches!(kind, DeliverableKind::Mp3 | DeliverableKind::Wav);
        let is_ready = asset.is_some() || (kind == DeliverableKind::Stems && stems_ready);
        let row = deliverable::ActiveModel {
            id: Set(ctx.env.id()),
            studio_id: Set(licence.studio_id),
            order_id: Set(order.id),
            licence_id: Set(licence.id),
            kind: Set(kind),
            file_name: Set(rules::file_name(kind, title, &licence.terms.tier_name, &licence.reference)),
            asset_id: Set(asset),
            created_at: Set(ctx.env.now()),
            ready_at: Set(is_ready.then(|| ctx.env.now())),
        };
        row.insert(tx).await?;
    }
    if !known.contains(&DeliverableKind::Contract) {
        outbox::put(tx, ctx, Some(licence.studio_id), &Job::TypesetContract { licence: licence.id }).await?;
    }
    if masters_missing {
        let bounce = Job::BounceMasters { beat: licence.beat_id };
        outbox::put_at(tx, ctx, Some(licence.studio_id), &bounce, Priority::Paid).await?;
    }
    Ok(())
}

fn master_of(kind: DeliverableKind, outputs: &RenderOutputs) -> Option<AssetId> {
    match kind {
        DeliverableKind::Mp3 => outputs.mp3,
        DeliverableKind::Wav => outputs.wav,
        DeliverableKind::Contract | DeliverableKind::Stems => None,
    }
}

/// Fills a licence's contract. Its stems are looked at once more: the set may have become ready in the very moment of the grant, when neither
/// the grant nor the stems' own check saw the other.
pub async fn record_contract(tx: &Tx, ctx: &Ctx, licence: &licence::Model, asset: AssetId) -> Result<(), StoreError> {
    sales::queries::lock_order(tx, licence.order_id).await?;
    let of_this_licence = || deliverable::Column::LicenceId.eq(licence.id);
    fill(tx, ctx, DeliverableKind::Contract, Some(asset), of_this_licence()).await?;
    if queries::stems_are_ready(tx, licence.beat_id).await? {
        fill(tx, ctx, DeliverableKind::Stems, None, of_this_licence()).await?;
    }
    settle_readiness(tx, ctx, licence.order_id).await
}

/// Fills every deliverable that waits for masters of a beat. The beat may have changed while they were bounced: masters that are out of date fill
/// nothing, and if somebody waits for them they are bounced anew.
pub async fn record_masters(tx: &Tx, ctx: &Ctx, beat: BeatId, outputs: &RenderOutputs) -> Result<(), StoreError> {
    let licences = licences_of(tx, beat).await?;
    let waiting = waiting_orders(tx, &licences, &[DeliverableKind::Mp3, DeliverableKind::Wav]).await?;
    if waiting.is_empty() {
        return Ok(());
    }
    let inputs = find_render_inputs(tx, beat).await?;
    if !inputs.is_some_and(|inputs| inputs.still_make(outputs)) {
        let studio = beat::Entity::find_by_id(beat).one(tx).await?.map(|beat| beat.studio_id);
        outbox::put_at(tx, ctx, studio, &Job::BounceMasters { beat }, Priority::Paid).await?;
        return Ok(());
    }
    for order in waiting {
        sales::queries::lock_order(tx, order).await?;
        for kind in [DeliverableKind::Mp3, DeliverableKind::Wav] {
            if let Some(asset) = master_of(kind, outputs) {
                let of_this_beat = Condition::all()
                    .add(deliverable::Column::OrderId.eq(order))
                    .add(deliverable::Column::LicenceId.is_in(licences.iter().copied()));
                fill(tx, ctx, kind, Some(asset), of_this_beat).await?;
            }
        }
        settle_readiness(tx, ctx, order).await?;
    }
    Ok(())
}

/// Makes ready the stem archives that wait for a beat's stems, if now the whole set is ready.
pub async fn record_stems(tx: &Tx, ctx: &Ctx, beat: BeatId) -> Result<(), StoreError> {
    if !queries::stems_are_ready(tx, beat).await? {
        return Ok(());
    }
    let licences = licences_of(tx, beat).await?;
    for order in waiting_orders(tx, &licences, &[DeliverableKind::Stems]).await? {
        sales::queries::lock_order(tx, order).await?;
        let of_this_beat = Condition::all()
            .add(deliverable::Column::OrderId.eq(order))
            .add(deliverable::Column::LicenceId.is_in(licences.iter().copied()));
        fill(tx, ctx, DeliverableKind::Stems, None, of_this_beat).await?;
        settle_readiness(tx, ctx, order).await?;
    }
    Ok(())
}

pub(super) async fn licences_of(tx: &Tx, beat: BeatId) -> Result<Vec<LicenceId>, StoreError> {
    let ids = licence::Entity::find()
        .select_only()
        .column(licence::Column::Id)
        .filter(licence::Column::BeatId.eq(beat))
        .into_tuple()
        .all(tx)
        .await?;
    Ok(ids)
}

/// Orders with something of these kinds still to be filled, in the order in which everybody locks them.
pub(super) async fn waiting_orders(
    tx: &Tx,
    licences: &[LicenceId],
    kinds: &[DeliverableKind],
) -> Result<Vec<OrderId>, StoreError> {
    let orders = deliverable::Entity::find()
        .select_only()
        .column(deliverable::Column::OrderId)
        .distinct()
        .filter(deliverable::Column::LicenceId.is_in(licences.iter().copied()))
        .filter(deliverable::Column::Kind.is_in(kinds.iter().copied()))
        .filter(deliverable::Column::ReadyAt.is_null())
        .order_by_asc(deliverable::Column::OrderId)
        .into_tuple()
        .all(tx)
        .await?;
    Ok(orders)
}

async fn fill(
    tx: &Tx,
    ctx: &Ctx,
    kind: DeliverableKind,
    asset: Option<AssetId>,
    whose: impl IntoCondition,
) -> Result<(), StoreError> {
    deliverable::Entity::update_many()
        .col_expr(deliverable::Column::AssetId, Expr::value(asset))
        .col_expr(deliverable::Column::ReadyAt, Expr::value(ctx.env.now()))
        .filter(whose.into_condition())
        .filter(deliverable::Column::Kind.eq(kind))
        .filter(deliverable::Column::ReadyAt.is_null())
        .exec(tx)
        .await?;
    Ok(())
}

/// If the order is paid and every file is ready: it is delivered, and the mail is put, in this transaction and once.
pub async fn settle_readiness(tx: &Tx, ctx: &Ctx, order: OrderId) -> Result<(), StoreError> {
    let Some(found) = sales::queries::lock_order(tx, order).await? else { return Ok(()) };
    if found.state != OrderState::Paid {
        return Ok(());
    }
    let of_order = deliverable::Entity::find().filter(deliverable::Column::OrderId.eq(order));
    let waiting = of_order.clone().filter(deliverable::Column::ReadyAt.is_null()).count(tx).await?;
    if waiting > 0 || of_order.count(tx).await? == 0 {
        return Ok(());
    }
    let studio = found.studio_id;
    let mut row: order::ActiveModel = found.into();
    row.state = Set(OrderState::Delivered);
    row.delivered_at = Set(Some(ctx.env.now()));
    row.update(tx).await?;
    outbox::put(tx, ctx, Some(studio), &Job::MailDelivery { order }).await?;
    Ok(())
}

/// Who fetched a file, and which part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetch {
    /// From where.
    pub ip: String,
    /// With what.
    pub user_agent: String,
    /// The bytes asked for, end exclusive; none for the whole file.
    pub range: Option<std::ops::Range<u64>>,
}

/// Logs a download.
pub async fn log_download(
    tx: &Tx,
    ctx: &Ctx,
    deliverable: &deliverable::Model,
    fetch: &Fetch,
) -> Result<DownloadId, StoreError> {
    let id: DownloadId = ctx.env.id();
    let byte = |at: u64| i64::try_from(at).unwrap_or(i64::MAX);
    let row = download::ActiveModel {
        id: Set(id),
        studio_id: Set(deliverable.studio_id),
        licence_id: Set(deliverable.licence_id),
        deliverable_id: Set(deliverable.id),
        ip: Set(fetch.ip.clone()),
        user_agent: Set(fetch.user_agent.clone()),
        range_start: Set(fetch.range.as_ref().map(|range| byte(range.start))),
        range_end: Set(fetch.range.as_ref().map(|range| byte(range.end))),
        at: Set(ctx.env.now()),
    };
    row.insert(tx).await?;
    Ok(id)
}
