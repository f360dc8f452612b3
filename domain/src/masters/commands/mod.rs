//! What changes masters. Whoever chooses, orders or delivers holds the project's plan, and holds it before anything else of masters.

mod ordering;
mod recording;
mod settling;

pub(crate) use ordering::order_planned;
pub use ordering::{order_masters, set_plan};
pub use recording::{Made, log_download, record_master};
use sea_orm::{EntityTrait, IntoActiveModel, QuerySelect, sea_query::LockType};
pub(crate) use settling::{money_moved, money_moved_by};
pub use settling::{send_link, settle_masters, tend};

use super::entity::plan;
use crate::{
    actor::Ctx,
    ids::{ProjectId, StudioId},
    report::StoreError,
    store::{self, Tx},
};

/// A project's plan, held until the end of the transaction; none if no masters are planned or were ordered of it.
async fn lock_plan(tx: &Tx, project: ProjectId) -> Result<Option<plan::Model>, StoreError> {
    Ok(plan::Entity::find_by_id(project).lock(LockType::NoKeyUpdate).one(tx).await?)
}

/// The same, begun if there is none.
async fn hold_plan(tx: &Tx, ctx: &Ctx, project: ProjectId, studio: StudioId) -> Result<(), StoreError> {
    let row = plan::Model { project_id: project, studio_id: studio, looked_at: ctx.env.now() };
    store::insert_new(tx, row.into_active_model()).await?;
    lock_plan(tx, project).await?;
    Ok(())
}
