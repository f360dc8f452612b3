//! Drawing arrangement maps.

use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};

use super::hold_open_part;
use crate::{
    actor::Ctx,
    ids::SongId,
    policy::Action,
    production::{
        ProductionError,
        entity::{section, song},
        rules::arrangement::{self, NewSection},
    },
    store::Tx,
};

/// Sets a song's arrangement map, in the place of the one that was; an empty one takes it away.
///
/// # Errors
/// If the caller may not, there is no such song, its project is over, or a section cannot be: it is named by its place.
pub async fn set_arrangement(
    tx: &Tx,
    ctx: &Ctx,
    id: SongId,
    sections: Vec<NewSection>,
) -> Result<song::Model, ProductionError> {
    let (_, song) = hold_open_part::<song::Entity, _>(tx, ctx, id, Action::WriteProduction).await?;
    let sections = arrangement::check(sections)?;
    section::Entity::delete_many().filter(section::Column::SongId.eq(id)).exec(tx).await?;
    let rows = (1..).zip(sections).map(|(position, section)| section::ActiveModel {
        song_id: Set(id),
        position: Set(position),
        name: Set(section.name),
        bars: Set(section.bars),
        bpm_milli: Set(section.bpm_milli),
        meter_beats: Set(section.meter_beats),
        meter_unit: Set(section.meter_unit),
        musical_key: Set(section.musical_key),
    });
    let rows: Vec<_> = rows.collect();
    if !rows.is_empty() {
        section::Entity::insert_many(rows).exec_without_returning(tx).await?;
    }
    Ok(song)
}
