//! Masters of approved mixes: a render for each profile, tagged, and measured as the file lies in the store.

use std::{collections::BTreeMap, path::PathBuf};

use adapters::jobs::{Attempt, JobError};
use audio_engine::{
    ENGINE_VERSION,
    decode::DecodeError,
    measure::{Analysis, analyse},
    render::{Format, Metadata, Mix, Output, Target},
};
use domain::{
    catalog::{
        entity::{AssetKind, asset},
        find_asset,
    },
    delivery::entity::RenderPurpose,
    ids::MasterId,
    masters::{
        commands::{Made, record_master},
        entity::MasterProfile,
        qc::{Measured, Report, Wanted, judge},
        queries::{Rendering, find_rendering},
    },
};

use crate::{
    AudioWorker,
    analyse::thousandths,
    blocking, milliseconds, refused,
    render::{Order, SOURCE},
};

/// What a profile is to the engine.
struct Plan {
    target: Target,
    format: Format,
    /// Where it has one of its own.
    sample_rate_hz: Option<u32>,
}

const fn plan(profile: MasterProfile) -> Plan {
    let (target, format, sample_rate_hz) = match profile {
        MasterProfile::Streaming => (Target::Spotify, Format::Wav24, None),
        MasterProfile::Apple => (Target::Apple, Format::Wav24, None),
        MasterProfile::Club => (Target::Club, Format::Wav24, None),
        MasterProfile::Cd => (Target::Cd, Format::Wav16, Some(44_100)),
        MasterProfile::Broadcast => (Target::Ebu, Format::Wav24, Some(48_000)),
        MasterProfile::Flac => (Target::Spotify, Format::Flac24, None),
        MasterProfile::Mp3 => (Target::Spotify, Format::Mp3Kbps320, None),
    };
    Plan { target, format, sample_rate_hz }
}

impl AudioWorker {
    /// Renders a master, unless the very same was rendered before, measures the file, and records both; or why it cannot be made. What is settled stays as it
    /// is.
    pub(crate) async fn render_master(&self, id: MasterId, attempt: &Attempt) -> Result<(), JobError> {
        let Some(rendering) = find_rendering(&self.services.db, id).await? else { return Ok(()) };
        let outcome = match self.make_master(&rendering, attempt).await {
            Ok(made) => Ok(made),
            Err(JobError::Interrupted) => return Err(JobError::Interrupted),
            // Whoever ordered it sees why, and can order it again.
            Err(failure) if attempt.is_last || matches!(failure, JobError::Lasting { .. }) => {
                tracing::warn!(master = %id, error = &failure as &dyn std::error::Error, "a master cannot be made");
                Err(failure.to_string())
            }
            Err(failure) => return Err(failure),
        };
        let tx = self.services.begin().await?;
        record_master(&tx, &self.ctx(), id, outcome).await.map_err(refused)?;
        self.services.commit(tx).await?;
        Ok(())
    }

    async fn make_master(&self, rendering: &Rendering, attempt: &Attempt) -> Result<Made, JobError> {
        let audio = rendering.audio.as_ref();
        let audio = audio.ok_or_else(|| JobError::lasting("the file of the approved mix is there no more"))?;
        let (tx, made) = self.render_once(order(rendering, audio), attempt).await?;
        self.services.commit(tx).await?;
        let made = made.wav.or(made.mp3).ok_or_else(|| JobError::lasting("the render made no file"))?;
        let file = find_asset(&self.services.db, &self.ctx(), made).await.map_err(refused)?;
        let file = file.ok_or_else(|| JobError::passing("the render's file is not there yet"))?;
        let folder = self.scratch.job().map_err(JobError::passing_from)?;
        let path = folder.path().join("master");
        self.fetch(&file.sha256, &path).await?;
        let analysis = listen(path).await?;
        Ok(Made { asset: file.id, report: report(rendering, audio, (&file, &analysis)) })
    }
}

async fn listen(path: PathBuf) -> Result<Analysis, JobError> {
    match blocking(move || analyse(&path)).await? {
        Ok(analysis) => Ok(analysis),
        Err(cause @ (DecodeError::Io(_) | DecodeError::Missing)) => Err(JobError::passing_from(cause)),
        Err(flaw) => Err(JobError::lasting_from(flaw)),
    }
}

fn order(rendering: &Rendering, audio: &asset::Model) -> Order {
    let Plan { target, format, sample_rate_hz } = plan(rendering.master.profile);
    let tags = &rendering.tags;
    let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let metadata = Metadata {
        title: text(&tags.title),
        artist: text(&tags.artist),
        album: text(&tags.album),
        comment: tags.comment(),
        isrc: tags.isrc.clone(),
        ..Metadata::default()
    };
    let file = format!("master.{}", format.extension());
    let mut mix = Mix::master(SOURCE, vec![Output { sample_rate_hz, metadata, ..Output::new(file, format) }]);
    mix.master.target = target;
    Order {
        beat: None,
        studio: rendering.master.studio_id,
        source: audio.id,
        tags: Some(tags.sha256()),
        purpose: RenderPurpose::Masters,
        mix,
        sources: BTreeMap::from([(SOURCE.to_owned(), audio.clone())]),
        outputs: vec![(AssetKind::Master, rendering.file_name.clone())],
        waveform: None,
    }
}

/// What was measured, held against what the profile wants.
fn report(rendering: &Rendering, audio: &asset::Model, (file, analysis): (&asset::Model, &Analysis)) -> Report {
    let Plan { target, format, sample_rate_hz } = plan(rendering.master.profile);
    let (levels, signal) = (&analysis.measurement, &analysis.signal);
    let whole = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    let hertz = |rate: u32| i32::try_from(rate).unwrap_or(i32::MAX);
    let measured = Measured {
        loudness_mlufs: levels.integrated_lufs.map(thousandths),
        loudness_range_mlu: levels.loudness_range_lu.map(thousandths),
        true_peak_mdbtp: levels.true_peak_dbtp.map(thousandths),
        sample_peak_mdbfs: levels.sample_peak_dbfs.map(thousandths),
        clipped_runs: whole(signal.clipped_runs),
        silence_start_ms: milliseconds(signal.silence_start_s),
        silence_end_ms: milliseconds(signal.silence_end_s),
        duration_ms: milliseconds(levels.duration_s),
        sample_rate_hz: hertz(levels.sample_rate_hz),
        channels: i32::try_from(levels.channels).unwrap_or(i32::MAX),
        bits_per_sample: file.bits_per_sample,
    };
    let wanted = Wanted {
        loudness_mlufs: thousandths(target.loudness_lufs().unwrap_or_default()),
        ceiling_mdbtp: thousandths(target.ceiling_dbtp()),
        sample_rate_hz: sample_rate_hz.map(hertz),
        duration_ms: audio.duration_ms.unwrap_or(measured.duration_ms),
    };
    let checks = judge(&measured, &wanted);
    Report {
        profile: rendering.master.profile,
        file: rendering.file_name.clone(),
        format: format.name().to_owned(),
        engine: ENGINE_VERSION.to_owned(),
        sha256: file.sha256.to_string(),
        bytes: file.bytes,
        passed: checks.iter().all(|check| check.passed),
        checks,
        measured,
        wanted,
        tags: rendering.tags.clone(),
    }
}

#[cfg(test)]
mod tests {
    use domain::masters::rules::file_name;
    use sea_orm::Iterable;

    use super::*;

    #[test]
    fn every_profile_has_a_loudness_and_the_ending_that_its_name_says() {
        for profile in MasterProfile::iter() {
            let Plan { target, format, sample_rate_hz } = plan(profile);
            assert!(target.loudness_lufs().is_some_and(|lufs| lufs < 0.0), "{profile}");
            assert!(file_name("Song", profile).ends_with(&format!(".{}", format.extension())), "{profile}");
            assert!(sample_rate_hz.is_none_or(|rate| format.permits_rate(rate)), "{profile}");
        }
    }
}
