//! What the worker records of masters, and who has fetched them.

use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, IntoActiveModel, QuerySelect};

use crate::{
    actor::Ctx,
    delivery::commands::Fetch,
    ids::{AssetId, DownloadId, MasterId},
    masters::{
        MasterError,
        entity::{MasterState, delivery, download, master},
        qc::Report,
    },
    outbox::{self, Job},
    policy::{Action, visible},
    report::StoreError,
    store::Tx,
};

/// The longest refusal that is kept, in characters.
const MAX_REFUSAL_CHARS: usize = 2_000;

/// What the worker has made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// The file.
    pub asset: AssetId,
    /// What was measured of it, with what its tags say.
    pub report: Report,
}

/// Records what the worker has made of a master, or a sentence why it cannot be made; the project's masters are looked at next. What is settled stays as it
/// is.
///
/// # Errors
/// If the caller may not, or there is no such master.
pub async fn record_master(tx: &Tx, ctx: &Ctx, id: MasterId, outcome: Result<Made, String>) -> Result<(), MasterError> {
    let none = || MasterError::NotFound { what: "master", field: "master" };
    let found = master::Entity::find_by_id(id).lock_exclusive().one(tx).await?;
    let row = visible(&ctx.actor, Action::WriteProduction, found, |row| row.studio_id)?.ok_or_else(none)?;
    if row.state != MasterState::Waiting {
        return Ok(());
    }
    let delivery = delivery::Entity::find_by_id(row.delivery_id).one(tx).await?.ok_or_else(none)?;
    let mut row = row.into_active_model();
    row.settled_at = Set(Some(ctx.env.now()));
    match outcome {
        Ok(made) => {
            row.state = Set(MasterState::Ready);
            row.asset_id = Set(Some(made.asset));
            row.tags_sha256 = Set(Some(made.report.tags.sha256()));
            row.qc = Set(Some(made.report));
        }
        Err(why) => {
            row.state = Set(MasterState::Refused);
            row.refusal = Set(Some(why.chars().take(MAX_REFUSAL_CHARS).collect()));
        }
    }
    row.update(tx).await?;
    let settle = Job::SettleMasters { project: delivery.project_id };
    outbox::put(tx, ctx, Some(delivery.studio_id), &settle).await?;
    Ok(())
}

/// Logs that a client has fetched a master.
pub async fn log_download(tx: &Tx, ctx: &Ctx, master: &master::Model, fetch: &Fetch) -> Result<DownloadId, StoreError> {
    let id: DownloadId = ctx.env.id();
    let byte = |at: u64| i64::try_from(at).unwrap_or(i64::MAX);
    let row = download::ActiveModel {
        id: Set(id),
        studio_id: Set(master.studio_id),
        master_id: Set(master.id),
        ip: Set(fetch.ip.clone()),
        user_agent: Set(fetch.user_agent.clone()),
        range_start: Set(fetch.range.as_ref().map(|range| byte(range.start))),
        range_end: Set(fetch.range.as_ref().map(|range| byte(range.end))),
        at: Set(ctx.env.now()),
    };
    row.insert(tx).await?;
    Ok(id)
}
