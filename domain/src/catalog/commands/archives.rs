//! Archives of stems, unpacked.

use sea_orm::{ActiveModelTrait, ActiveValue::Set, IntoActiveModel};

use super::{NewFile, add_asset, files::lock_any};
use crate::{
    actor::Ctx,
    catalog::{
        CatalogError,
        entity::{AssetState, archive_member, asset},
    },
    ids::AssetId,
    store::Tx,
};

/// Records what was in an archive of stems: each becomes a stem of the studio, to be looked through like any other; or a sentence why the archive is
/// refused. An archive that has been unpacked before stays as it is.
pub async fn record_unpacking(
    tx: &Tx,
    ctx: &Ctx,
    id: AssetId,
    outcome: Result<Vec<NewFile>, String>,
) -> Result<asset::Model, CatalogError> {
    let archive = lock_any(tx, ctx, id).await?;
    if archive.state != AssetState::Checking {
        return Ok(archive);
    }
    let studio = archive.studio_id;
    let mut row = archive.into_active_model();
    match outcome {
        Ok(files) => {
            for (position, file) in (0..).zip(files) {
                let stem = add_asset(tx, ctx, studio, file).await?;
                let member = archive_member::ActiveModel {
                    archive_id: Set(id),
                    position: Set(position),
                    asset_id: Set(stem.id),
                };
                member.insert(tx).await?;
            }
            row.state = Set(AssetState::Ready);
        }
        Err(reason) => {
            row.state = Set(AssetState::Refused);
            row.refusal = Set(Some(reason));
        }
    }
    Ok(row.update(tx).await?)
}
