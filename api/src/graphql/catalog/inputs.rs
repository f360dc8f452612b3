//! What is given to the catalogue.

use async_graphql::{InputObject, MaybeUndefined};
use domain::{
    catalog::{
        BeatChange, BeatFilter, NewBeat, NewStem,
        entity::Sample as DomainSample,
        rules::{music::Key, shares::ShareLine},
    },
    edit::Edit,
    ids::{AssetId, BeatId, PartyId, StudioId, TypedId, WorkId},
    report::{Kind, Report},
};

use super::types::{BeatState, SampleClearance};
use crate::graphql::{errors::Failure, scalars::Id};

/// Which beats are wanted; what is left out does not narrow.
#[derive(Debug, Default, InputObject)]
pub struct BeatFilterInput {
    /// Only in these states.
    pub states: Option<Vec<BeatState>>,
    /// Words that the title holds, as one text.
    pub title: Option<String>,
    /// The slowest, in thousandths of a beat per minute.
    pub min_bpm_milli: Option<i32>,
    /// The fastest, in thousandths of a beat per minute.
    pub max_bpm_milli: Option<i32>,
    /// A key in any spelling.
    pub musical_key: Option<String>,
    /// A mood.
    pub mood: Option<String>,
    /// A tag.
    pub tag: Option<String>,
    /// Only the alternates of this work.
    pub work: Option<Id<WorkId>>,
}

impl BeatFilterInput {
    pub(super) fn read(self) -> Result<BeatFilter, Failure> {
        let musical_key = self.musical_key.map(|text| {
            Key::parse(&text).map(|key| key.to_string()).ok_or_else(|| {
                let report = Report::new(Kind::Invalid, "BAD_KEY", format!("{text:?} is no key"));
                Failure::new(report.field("filter.musicalKey").remedy("write it as `A minor`, `F#m` or `Gb major`"))
            })
        });
        Ok(BeatFilter {
            states: self.states.unwrap_or_default().into_iter().map(Into::into).collect(),
            title: self.title,
            min_bpm_milli: self.min_bpm_milli,
            max_bpm_milli: self.max_bpm_milli,
            musical_key: musical_key.transpose()?,
            mood: self.mood,
            tag: self.tag,
            work: optional(self.work.as_ref(), "filter.work")?,
            ..BeatFilter::default()
        })
    }
}

/// A line of a share table.
#[derive(Debug, InputObject)]
pub struct CollaboratorInput {
    /// Who.
    pub party_id: Id<PartyId>,
    /// What they did, such as `producer`.
    pub role: String,
    /// Their part in parts per million; all lines total 1,000,000.
    pub share_ppm: i32,
}

/// A stem of a set.
#[derive(Debug, InputObject)]
pub struct StemInput {
    /// The file, uploaded as kind `stem`.
    pub asset_id: Id<AssetId>,
    /// Its name; left out, the file's.
    pub name: Option<String>,
}

/// A recording or composition of others that is heard in a beat.
#[derive(Debug, InputObject)]
pub struct SampleInput {
    /// What was taken, 1 to 300 characters.
    pub title: String,
    /// Its artist, library or owner, 1 to 300 characters.
    pub source: String,
    /// By what right it is used.
    pub clearance: SampleClearance,
}

impl From<SampleInput> for DomainSample {
    fn from(given: SampleInput) -> Self {
        Self { title: given.title, source: given.source, clearance: given.clearance.into() }
    }
}

/// A beat to be entered.
#[derive(Debug, InputObject)]
pub struct CreateBeatInput {
    /// The studio.
    pub studio: Id<StudioId>,
    /// Its title.
    pub title: String,
    /// The work that it is an alternate of; left out, it is a new work.
    pub alternate_of: Option<Id<WorkId>>,
    /// The untagged mix, uploaded as kind `source`.
    pub source_asset_id: Option<Id<AssetId>>,
    /// The cover picture, uploaded as kind `artwork`.
    pub artwork_asset_id: Option<Id<AssetId>>,
    /// Tempo in thousandths of a beat per minute.
    pub bpm_milli: Option<i32>,
    /// Key in any spelling, such as `Am` or `F# major`.
    pub musical_key: Option<String>,
    /// Moods.
    pub moods: Option<Vec<String>>,
    /// Tags.
    pub tags: Option<Vec<String>>,
    /// A few sentences about it.
    pub description: Option<String>,
    /// What it holds of others' music; left out, nothing.
    pub samples: Option<Vec<SampleInput>>,
    /// ISRC of the recording.
    pub isrc: Option<String>,
    /// ISWC of the work.
    pub iswc: Option<String>,
    /// Who made it; left out, the studio's first party, alone.
    pub collaborators: Option<Vec<CollaboratorInput>>,
}

impl CreateBeatInput {
    pub(super) fn read(self) -> Result<(StudioId, NewBeat), Failure> {
        let new = NewBeat {
            title: self.title,
            alternate_of: optional(self.alternate_of.as_ref(), "alternateOf")?,
            source: optional(self.source_asset_id.as_ref(), "sourceAssetId")?,
            artwork: optional(self.artwork_asset_id.as_ref(), "artworkAssetId")?,
            bpm_milli: self.bpm_milli,
            musical_key: self.musical_key,
            moods: self.moods.unwrap_or_default(),
            tags: self.tags.unwrap_or_default(),
            description: self.description.unwrap_or_default(),
            samples: samples(self.samples.unwrap_or_default()),
            isrc: self.isrc,
            iswc: self.iswc,
            collaborators: share_lines(&self.collaborators.unwrap_or_default())?,
        };
        Ok((self.studio.named("studio")?, new))
    }
}

/// A change of a beat: what is left out stays, null empties a field that may be empty.
#[derive(Debug, InputObject)]
pub struct UpdateBeatInput {
    /// The beat.
    pub id: Id<BeatId>,
    /// Its title; its address stays.
    pub title: Option<String>,
    /// The untagged mix.
    pub source_asset_id: Option<Id<AssetId>>,
    /// The cover picture.
    pub artwork_asset_id: MaybeUndefined<Id<AssetId>>,
    /// Tempo in thousandths of a beat per minute.
    pub bpm_milli: MaybeUndefined<i32>,
    /// Key in any spelling.
    pub musical_key: MaybeUndefined<String>,
    /// Moods.
    pub moods: Option<Vec<String>>,
    /// Tags.
    pub tags: Option<Vec<String>>,
    /// A few sentences about it.
    pub description: Option<String>,
    /// What it holds of others' music, the whole list.
    pub samples: Option<Vec<SampleInput>>,
    /// ISRC of the recording.
    pub isrc: MaybeUndefined<String>,
    /// ISWC of the work.
    pub iswc: MaybeUndefined<String>,
}

impl UpdateBeatInput {
    pub(super) fn read(self) -> Result<(BeatId, BeatChange), Failure> {
        let artwork = edit(self.artwork_asset_id).try_map(|id| optional(id.as_ref(), "artworkAssetId"))?;
        let change = BeatChange {
            title: self.title.into(),
            source: optional(self.source_asset_id.as_ref(), "sourceAssetId")?.into(),
            artwork,
            bpm_milli: edit(self.bpm_milli),
            musical_key: edit(self.musical_key),
            moods: self.moods.into(),
            tags: self.tags.into(),
            description: self.description.into(),
            samples: self.samples.map(samples).into(),
            isrc: edit(self.isrc),
            iswc: edit(self.iswc),
        };
        Ok((self.id.named("id")?, change))
    }
}

pub(super) fn share_lines(lines: &[CollaboratorInput]) -> Result<Vec<ShareLine>, Failure> {
    let read = |(line, given): (usize, &CollaboratorInput)| {
        let share_ppm = u32::try_from(given.share_ppm).map_err(|_| {
            let report = Report::new(Kind::Invalid, "BAD_SHARE", "a share is not negative");
            Failure::new(report.field(format!("collaborators.{line}.sharePpm")).remedy("give 0 to 1000000"))
        })?;
        let party = given.party_id.named(&format!("collaborators.{line}.partyId"))?;
        Ok(ShareLine { party, role: given.role.clone(), share_ppm })
    };
    lines.iter().enumerate().map(read).collect()
}

fn samples(given: Vec<SampleInput>) -> Vec<DomainSample> {
    given.into_iter().map(DomainSample::from).collect()
}

pub(super) fn stems(stems: Vec<StemInput>) -> Result<Vec<NewStem>, Failure> {
    let read = |(place, given): (usize, StemInput)| {
        let asset = given.asset_id.named(&format!("stems.{place}.assetId"))?;
        Ok(NewStem { asset, name: given.name })
    };
    stems.into_iter().enumerate().map(read).collect()
}

fn optional<T: TypedId>(id: Option<&Id<T>>, field: &str) -> Result<Option<T>, Failure> {
    id.map(|id| id.named(field)).transpose()
}

/// What is said of a field that may be empty.
pub(in crate::graphql) fn edit<T>(given: MaybeUndefined<T>) -> Edit<Option<T>> {
    match given {
        MaybeUndefined::Undefined => Edit::Keep,
        MaybeUndefined::Null => Edit::To(None),
        MaybeUndefined::Value(value) => Edit::To(Some(value)),
    }
}
