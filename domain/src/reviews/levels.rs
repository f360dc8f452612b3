//! The level at which versions are compared: as loud as the quietest of them, so that nobody takes louder for better.
//!
//! Versions are only ever turned down, and so far that no peak comes near the limiter: what is compared is the mix, not what a limiter makes of it. The engine
//! renders each at its gain, so that it holds wherever the file is played. When a quieter version comes, the others are rendered anew, each gain once.

use std::collections::HashMap;

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter};

use super::entity::{level, round, sent};
use crate::{
    actor::Ctx,
    catalog::entity::asset,
    ids::{AssetId, MixVersionId, ReviewId, StudioId},
    mixes::{
        entity::{sound, version},
        queries::find_sounds,
    },
    outbox::{self, Job},
    report::StoreError,
    store::{self, Db, Tx},
};

/// The highest true peak of what is compared, in thousandths of dBTP: a decibel below the limiter's ceiling, for a lossy file's peaks overshoot.
const HIGHEST_PEAK_MDBTP: i32 = -2_000;

/// How loud a version is, and how high its peaks go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Loudness {
    /// Integrated loudness in thousandths of LUFS.
    pub loudness_mlufs: i32,
    /// True peak in thousandths of dBTP.
    pub true_peak_mdbtp: i32,
}

/// The level of versions that are compared, in thousandths of LUFS: that of the quietest, or lower, so that all peaks have their room. None of no versions.
pub fn common_level(versions: impl IntoIterator<Item = Loudness>) -> Option<i32> {
    let lowest = |version: Loudness| {
        let too_high = version.true_peak_mdbtp.saturating_sub(HIGHEST_PEAK_MDBTP).max(0);
        version.loudness_mlufs.saturating_sub(too_high)
    };
    versions.into_iter().map(lowest).min()
}

/// By how much a version of that loudness is turned down for a level, in thousandths of dB: 0 or less.
pub const fn gain(level_mlufs: i32, loudness_mlufs: i32) -> i32 {
    let gain = level_mlufs.saturating_sub(loudness_mlufs);
    if gain > 0 { 0 } else { gain }
}

/// The gains of the versions that are compared in a review, by version: of each round the one that it ended with, or is about now. For the program itself.
pub async fn find_gains(db: &impl ConnectionTrait, review: ReviewId) -> Result<HashMap<MixVersionId, i32>, StoreError> {
    let rounds = round::Entity::find().filter(round::Column::ReviewId.eq(review)).all(db).await?;
    let compared: Vec<MixVersionId> = rounds.iter().map(|round| round.version_id).collect();
    let sounds = find_sounds(db, &compared).await?;
    let loud: HashMap<MixVersionId, Loudness> =
        sounds.iter().filter_map(|(id, sound)| Some((*id, loudness(sound)?))).collect();
    let Some(level) = common_level(loud.values().copied()) else { return Ok(HashMap::new()) };
    Ok(loud.into_iter().map(|(id, loud)| (id, gain(level, loud.loudness_mlufs))).collect())
}

fn loudness(sound: &sound::Model) -> Option<Loudness> {
    Some(Loudness { loudness_mlufs: sound.loudness_mlufs?, true_peak_mdbtp: sound.true_peak_mdbtp? })
}

/// Versions as they are heard now: those that are rendered at the level at which they are compared at present.
pub async fn find_heard(
    db: &impl ConnectionTrait,
    review: ReviewId,
) -> Result<HashMap<MixVersionId, level::Model>, StoreError> {
    let gains = find_gains(db, review).await?;
    let made = level::Entity::find().filter(level::Column::VersionId.is_in(gains.keys().copied())).all(db).await?;
    let present = made.into_iter().filter(|row| gains.get(&row.version_id) == Some(&row.gain_mdb));
    Ok(present.map(|row| (row.version_id, row)).collect())
}

/// Has those versions rendered that are not yet at the level at which they are compared now. Who calls this holds the review.
pub(super) async fn put_levels(tx: &Tx, ctx: &Ctx, studio: StudioId, review: ReviewId) -> Result<(), StoreError> {
    let heard = find_heard(tx, review).await?;
    let gains = find_gains(tx, review).await?;
    let mut missing: Vec<MixVersionId> = gains.into_keys().filter(|version| !heard.contains_key(version)).collect();
    missing.sort_unstable();
    for version in missing {
        outbox::put(tx, ctx, Some(studio), &Job::LevelMix { version }).await?;
    }
    Ok(())
}

/// A version that is to be rendered at a level.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leveling {
    /// The version.
    pub version: version::Model,
    /// Its audio at full quality.
    pub audio: asset::Model,
    /// By how much it is turned down, in thousandths of dB.
    pub gain_mdb: i32,
}

/// At which level a version is to be rendered now; none if it is already, or is compared with nothing. For the program itself.
pub async fn find_leveling(db: &Db, id: MixVersionId) -> Result<Option<Leveling>, StoreError> {
    let Some(sent) = sent::Entity::find_by_id(id).one(db).await? else { return Ok(None) };
    let Some(gain_mdb) = find_gains(db, sent.review_id).await?.get(&id).copied() else { return Ok(None) };
    if level::Entity::find_by_id((id, gain_mdb)).one(db).await?.is_some() {
        return Ok(None);
    }
    let version = version::Entity::find_by_id(id).one(db).await?;
    let audio = match sound::Entity::find_by_id(id).one(db).await?.and_then(|sound| sound.audio_asset_id) {
        Some(audio) => asset::Entity::find_by_id(audio).one(db).await?,
        None => None,
    };
    Ok(version.zip(audio).map(|(version, audio)| Leveling { version, audio, gain_mdb }))
}

/// What came of rendering a version at a level.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Leveled {
    /// By how much it was turned down, in thousandths of dB.
    pub gain_mdb: i32,
    /// The file.
    pub asset: AssetId,
    /// Its integrated loudness, in thousandths of LUFS.
    pub loudness_mlufs: i32,
}

/// Records a version that was rendered at a level; one that was recorded before stays. For the program itself.
pub async fn record_level(tx: &Tx, ctx: &Ctx, id: MixVersionId, made: Leveled) -> Result<(), StoreError> {
    let Some(sent) = sent::Entity::find_by_id(id).one(tx).await? else { return Ok(()) };
    let row = level::Model {
        version_id: id,
        gain_mdb: made.gain_mdb,
        studio_id: sent.studio_id,
        asset_id: made.asset,
        loudness_mlufs: made.loudness_mlufs,
        made_at: ctx.env.now(),
    };
    store::insert_new(tx, row.into_active_model()).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn loud(loudness_mlufs: i32, true_peak_mdbtp: i32) -> Loudness {
        Loudness { loudness_mlufs, true_peak_mdbtp }
    }

    #[test]
    fn all_are_as_loud_as_the_quietest() {
        let level = common_level([loud(-14_000, -3_000), loud(-9_500, -3_000), loud(-18_250, -6_000)]);
        assert_eq!(level, Some(-18_250));
        assert_eq!(gain(-18_250, -9_500), -8_750);
        assert_eq!(gain(-18_250, -18_250), 0, "the quietest stays as it is");
        assert_eq!(common_level([loud(-8_000, 500)]), Some(-10_500), "peaks above full scale have their room");
        assert_eq!(common_level([]), None);
    }

    proptest! {
        #[test]
        fn nobody_is_louder_and_no_peak_is_higher(
            versions in prop::collection::vec((-70_000_i32..0, -70_000_i32..6_000), 1..20),
        ) {
            let versions: Vec<Loudness> = versions.into_iter().map(|(loudness, peak)| loud(loudness, peak)).collect();
            let level = common_level(versions.iter().copied()).unwrap();
            for version in versions {
                let gain = gain(level, version.loudness_mlufs);
                prop_assert!(gain <= 0);
                prop_assert_eq!(version.loudness_mlufs + gain, level);
                prop_assert!(version.true_peak_mdbtp + gain <= HIGHEST_PEAK_MDBTP);
            }
        }
    }
}
