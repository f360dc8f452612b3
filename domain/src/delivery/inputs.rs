//! What a render of a beat is made from.

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use super::entity::RenderOutputs;
use crate::{
    catalog::{
        Sha256,
        entity::{AssetKind, AssetState, asset, beat, recording},
    },
    identity::entity::studio,
    ids::BeatId,
    report::StoreError,
};

/// A beat that can be rendered, with all that goes into it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenderInputs {
    /// The beat.
    pub beat: beat::Model,
    /// Its source, looked through and found good.
    pub source: asset::Model,
    /// The studio's own voice tag, the newest; none if it has none, and the engine speaks its own.
    pub tag: Option<asset::Model>,
    /// The cover picture.
    pub artwork: Option<asset::Model>,
    /// The studio's name, the artist of what it renders.
    pub studio_name: String,
    /// The recording's ISRC, when known.
    pub isrc: Option<String>,
}

impl RenderInputs {
    /// SHA-256 over everything that the tags of a master say: masters made under another one are to be bounced anew.
    pub fn tags_sha256(&self) -> Sha256 {
        let artwork = self.artwork.as_ref().map(|cover| &cover.sha256);
        let said = serde_json::json!([
            self.beat.title,
            self.studio_name,
            self.isrc,
            self.beat.bpm_milli,
            self.beat.musical_key,
            artwork,
        ]);
        Sha256::of(said.to_string().as_bytes())
    }

    /// Whether masters are made of this source and say in their tags what is true now.
    pub(super) fn still_make(&self, masters: &RenderOutputs) -> bool {
        masters.source == self.source.id && masters.tags == Some(self.tags_sha256())
    }
}

/// What a render of a beat is made from now; none while the beat has no source that is ready. For the program itself.
pub async fn find_render_inputs(db: &impl ConnectionTrait, beat: BeatId) -> Result<Option<RenderInputs>, StoreError> {
    let Some(beat) = beat::Entity::find_by_id(beat).one(db).await? else { return Ok(None) };
    let Some(source) = beat.source_asset_id else { return Ok(None) };
    let ready = |id| asset::Entity::find_by_id(id).filter(asset::Column::State.eq(AssetState::Ready));
    let Some(source) = ready(source).one(db).await? else { return Ok(None) };
    let artwork = match beat.artwork_asset_id {
        Some(id) => ready(id).one(db).await?,
        None => None,
    };
    let tag = asset::Entity::find()
        .filter(asset::Column::StudioId.eq(beat.studio_id))
        .filter(asset::Column::Kind.eq(AssetKind::Tag))
        .filter(asset::Column::State.eq(AssetState::Ready))
        .order_by_desc(asset::Column::Id)
        .one(db)
        .await?;
    let recording = recording::Entity::find_by_id(beat.recording_id).one(db).await?;
    let studio = studio::Entity::find_by_id(beat.studio_id).one(db).await?;
    let studio_name = studio.map_or_else(String::new, |studio| studio.name);
    let isrc = recording.and_then(|recording| recording.isrc);
    Ok(Some(RenderInputs { beat, source, tag, artwork, studio_name, isrc }))
}
