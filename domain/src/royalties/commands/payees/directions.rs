//! Letters of direction, kept as they were made: what a payer and a payee sign does not change.

use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};

use crate::{
    actor::Ctx,
    catalog::{RenderedFile, add_rendered_asset, entity::AssetKind},
    policy::{self, Action},
    ports::Stored,
    royalties::{RoyaltyError, commands::terms::hold_studio, entity::direction, queries::payees::LetterOfDirection},
    store::Tx,
};

/// Keeps a letter of direction that was typeset. One of the same version and the same words was made before: that one is given.
///
/// # Errors
/// If the actor may not.
pub async fn keep_direction(
    tx: &Tx,
    ctx: &Ctx,
    letter: &LetterOfDirection,
    stored: Stored,
) -> Result<direction::Model, RoyaltyError> {
    let studio = letter.studio.id;
    policy::require(&ctx.actor, Action::ManageRoyalties, studio)?;
    hold_studio(tx, studio).await?;
    let number = letter.rule.number.cast_signed();
    let made = direction::Entity::find()
        .filter(direction::Column::StudioId.eq(studio))
        .filter(direction::Column::Rule.eq(letter.rule.rule.0.as_str()))
        .filter(direction::Column::RuleNumber.eq(number))
        .filter(direction::Column::Sha256.eq(stored.sha256.clone()))
        .one(tx)
        .await?;
    if let Some(made) = made {
        return Ok(made);
    }
    let sha256 = stored.sha256.clone();
    let file = RenderedFile {
        kind: AssetKind::Royalties,
        file_name: format!("Letter of direction {}.pdf", letter.rule),
        media_type: "application/pdf".to_owned(),
        stored,
        facts: None,
    };
    // It is the program's own: whoever may write terms may let it be kept.
    let program = Ctx::system(ctx.env.clone());
    let asset = add_rendered_asset(tx, &program, studio, file).await.map_err(RoyaltyError::Filing)?;
    let row = direction::Model {
        id: ctx.env.id(),
        studio_id: studio,
        rule: letter.rule.rule.0.clone(),
        rule_number: number,
        payer_id: letter.payer.id,
        payee_id: letter.payee.id,
        sha256,
        asset_id: asset.id,
        made_at: ctx.env.now(),
        made_by: ctx.actor.user(),
    };
    Ok(row.into_active_model().insert(tx).await?)
}
