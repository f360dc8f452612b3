//! Notifications of releases for distributors.

use interchange::ern;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
    sea_query::LockType,
};

use super::keep_file;
use crate::{
    actor::Ctx,
    ids::{ReleaseId, ReleaseMessageId},
    policy::{self, Action},
    registrations::{
        RegistrationError,
        entity::{message as kept, release},
        releases,
    },
    services::Services,
};

/// Writes a notification of a release as it is now, with every fault if there is any. Each time it is another message.
pub async fn export_ern(services: &Services, ctx: &Ctx, release: ReleaseId) -> Result<kept::Model, RegistrationError> {
    let missing = RegistrationError::NotFound { what: "release", field: "release" };
    let found = release::Entity::find_by_id(release).one(&services.db).await?;
    let found = policy::visible(&ctx.actor, Action::ManageRegistrations, found, |row| row.studio_id)?;
    let found = found.ok_or(missing)?;
    let (studio, now) = (found.studio_id, services.env.now());
    let told = releases::read(&services.db, found, now).await?;
    let id: ReleaseMessageId = ctx.env.id();
    let message = releases::message(&told, id, now).map_err(RegistrationError::Faults)?;
    let entered = |faults| RegistrationError::Faults(releases::entered(faults, &message.parties));
    let text = ern::write(&message).map_err(entered)?;
    let stored = services.files.put_bytes(text.into()).await?;
    let tx = services.begin().await?;
    // Of two who write, the later sees what the earlier has.
    release::Entity::find_by_id(release).lock(LockType::NoKeyUpdate).one(&tx).await?;
    let last = kept::Entity::find()
        .filter(kept::Column::ReleaseId.eq(release))
        .order_by_desc(kept::Column::Number)
        .one(&tx)
        .await?;
    let number = last.map_or(0, |last| last.number) + 1;
    let file_name = format!("{release}-{number}.xml");
    let sha256 = stored.sha256.clone();
    let asset = keep_file(&tx, ctx, studio, (file_name.as_str(), "application/xml", stored)).await?;
    let row = kept::Model {
        id,
        studio_id: studio,
        release_id: release,
        number,
        asset_id: asset.id,
        sha256,
        made_at: now,
        made_by: ctx.actor.user(),
    };
    let row = row.into_active_model().insert(&tx).await?;
    services.commit(tx).await?;
    Ok(row)
}
