//! Writing registrations. Who gives out a number of any kind holds the studio first, so that numbers follow each other.

mod acknowledgements;
mod codes;
mod cwr;
mod ern;
mod named;
mod releases;
mod settings;
mod works;

pub use acknowledgements::{Answers, take_acknowledgements};
pub use codes::assign_isrc;
pub use cwr::export_cwr;
pub use ern::export_ern;
pub use releases::{NewTrack, ReleaseInput, save_release};
use sea_orm::{EntityTrait, QuerySelect, sea_query::LockType};
pub use settings::{FirstIsrc, SettingsChange, set_settings};
pub use works::save_work_registration;

use super::RegistrationError;
use crate::{
    actor::Ctx,
    catalog::{RenderedFile, add_rendered_asset, entity::AssetKind, entity::asset},
    identity::entity::studio,
    ids::StudioId,
    ports::Stored,
    report::StoreError,
    royalties,
    store::Tx,
};

/// Holds the studio until the end of the transaction.
async fn hold_studio(tx: &Tx, studio: StudioId) -> Result<studio::Model, RegistrationError> {
    let held = studio::Entity::find_by_id(studio).lock(LockType::NoKeyUpdate).one(tx).await?;
    held.ok_or(RegistrationError::NotFound { what: "studio", field: "studio" })
}

/// Keeps a file that was written.
async fn keep_file(
    tx: &Tx,
    ctx: &Ctx,
    studio: StudioId,
    (file_name, media_type, stored): (&str, &str, Stored),
) -> Result<asset::Model, RegistrationError> {
    let file = RenderedFile {
        kind: AssetKind::Registration,
        file_name: file_name.to_owned(),
        media_type: media_type.to_owned(),
        stored,
        facts: None,
    };
    Ok(add_rendered_asset(tx, ctx, studio, file).await?)
}

/// Looks for what of the studio's statements a code that was given now tells. Whoever gives codes need not see the statements: the program itself looks.
async fn rematch(tx: &Tx, ctx: &Ctx, studio: StudioId) -> Result<(), RegistrationError> {
    royalties::commands::imports::rematch(tx, &Ctx::system(ctx.env.clone()), studio).await?;
    Ok(())
}

/// What a unique key of prefixes means that stands against a row.
fn prefix_taken(error: sea_orm::DbErr) -> RegistrationError {
    let error = StoreError::from(error);
    if error.is_unique_violation() { RegistrationError::PrefixTaken } else { RegistrationError::Store(error) }
}
