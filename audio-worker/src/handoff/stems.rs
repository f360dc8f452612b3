//! The tracks of a mix, each consolidated from zero: its clips at their places with their gains and fades, before channel strip, buses and master; all as
//! long as the bounce, at its rate, in 24 bits.

use std::{
    fs::{self, File, OpenOptions},
    path::{Path, PathBuf},
};

use audio_engine::{
    decode::Decoder,
    render::{Clip, Format, Master, Mix, Output, Progress, Target, Track, Workspace, in_ascii, render},
};
use domain::{delivery::rules::stem_entry_name, ids::TypedId};
use interchange::{
    bwf::{Stamp, stamp},
    dawproject::Limits,
};
use tokio_util::sync::CancellationToken;

use super::{PackError, Work};
use crate::dawproject::write_silence;

/// What every stem is rendered as, one after the other.
const FILE: &str = "stem.wav";
/// What the limiter may take off before a stem is turned down instead, in dB: what rounding makes of nothing.
const UNTOUCHED_DB: f64 = 0.001;
/// Bytes of a frame: 24 bits, stereo.
const FRAME_BYTES: u64 = 6;
/// What all stems of a pack may have: as much as the largest project unpacks to.
pub(super) const MAX_STEMS_BYTES: u64 = Limits::DEFAULT.total_bytes;

/// How long all of them are.
#[derive(Debug, Clone, Copy)]
pub(super) struct Length {
    /// Frames of a second.
    pub(super) rate_hz: u32,
    /// Frames of each.
    pub(super) frames: u32,
}

impl Length {
    /// The length of a bounce.
    pub(super) fn of(bounce: &Path) -> Result<Self, PackError> {
        let decoder = Decoder::open(bounce).map_err(PackError::Bounce)?;
        let spec = decoder.spec();
        let frames = spec.frames.and_then(|frames| u32::try_from(frames).ok()).filter(|frames| *frames < 1 << 30);
        Ok(Self { rate_hz: spec.sample_rate_hz, frames: frames.ok_or(PackError::TooLong)? })
    }

    /// The same in microseconds.
    pub(super) fn micros(self) -> u64 {
        u64::from(self.frames) * 1_000_000 / u64::from(self.rate_hz.max(1))
    }

    /// Whether so many stems are no more than a pack may have.
    fn fits(self, stems: usize) -> bool {
        (stems as u64).saturating_mul(u64::from(self.frames) * FRAME_BYTES) <= MAX_STEMS_BYTES
    }
}

/// A stem.
#[derive(Debug)]
pub(super) struct Stem {
    /// Its file's name, such as `01 Drums.wav`.
    pub(super) name: String,
    /// Where it lies until it is packed.
    pub(super) path: PathBuf,
    /// Its track in the document.
    pub(super) track: usize,
    /// By how much it was turned down, in dB, so that its peaks fit; 0 for nearly all.
    pub(super) trim_db: f64,
}

/// Renders the stems of a mix one by one.
pub(super) struct Stems<'a> {
    work: &'a Work,
    workspace: Workspace,
    /// The source that holds every stem to its length.
    silence: String,
    length: Length,
    cancel: &'a CancellationToken,
    track: usize,
    made: i32,
}

impl<'a> Stems<'a> {
    /// Looks before the first is rendered whether there is room for all: a short document can ask for hours on each of its tracks.
    pub(super) fn open(work: &'a Work, length: Length, cancel: &'a CancellationToken) -> Result<Self, PackError> {
        if !length.fits(work.mix.tracks.iter().filter(|track| !track.clips.is_empty()).count()) {
            return Err(PackError::TooLarge);
        }
        let folder = work.folder.join("out");
        fs::create_dir(&folder)?;
        let path = work.folder.join("silence");
        write_silence(&mut File::create_new(&path)?, length.rate_hz, length.frames)?;
        let mut silence = "silence".to_owned();
        while work.sources.contains_key(&silence) {
            silence.push('_');
        }
        let workspace = Workspace { sources: work.sources.clone(), ..Workspace::new(folder) };
        let workspace = workspace.with_source(&silence, path);
        Ok(Self { work, workspace, silence, length, cancel, track: 0, made: 0 })
    }

    /// The next stem; the one before must have been taken away. Tracks without clips have none.
    pub(super) fn next(&mut self) -> Result<Option<Stem>, PackError> {
        let mut tracks = self.work.mix.tracks.iter().enumerate().skip(self.track);
        let Some((track, played)) = tracks.find(|(_, track)| !track.clips.is_empty()) else { return Ok(None) };
        let trim_db = self.render(played)?;
        let path = self.workspace.output_dir.join(FILE);
        self.stamp(&path, played)?;
        let name = stem_entry_name(self.made, &played.name, FILE);
        self.track = track + 1;
        self.made += 1;
        Ok(Some(Stem { name, path, track, trim_db }))
    }

    /// Renders a track, turned down if its peaks do not fit otherwise: no limiter touches a stem. Gives by how much it was.
    fn render(&self, track: &Track) -> Result<f64, PackError> {
        let mut watch = Watch(self.cancel);
        let receipt = render(&self.mix(track, 0.0), &self.workspace, &mut watch)?;
        if receipt.outputs.iter().all(|output| output.limiter_max_reduction_db < UNTOUCHED_DB) {
            return Ok(0.0);
        }
        fs::remove_file(self.workspace.output_dir.join(FILE))?;
        let peak_db = receipt.source.true_peak_dbtp.unwrap_or(0.0).max(0.0);
        let trim_db = -((peak_db * 10.0).ceil() / 10.0 + 0.1);
        render(&self.mix(track, trim_db), &self.workspace, &mut watch)?;
        Ok(trim_db)
    }

    /// A mix of the track's clips alone, beside silence that is as long as the bounce.
    fn mix(&self, track: &Track, trim_db: f64) -> Mix {
        let whole = &self.work.mix;
        let mut output = Output::new(FILE, Format::Wav24);
        output.metadata.title = Some(self.title(track));
        let silence = Clip { source: self.silence.clone(), ..Clip::default() };
        Mix {
            version: whole.version,
            sample_rate_hz: Some(self.length.rate_hz),
            tempo_bpm: whole.tempo_bpm,
            beats_per_bar: whole.beats_per_bar,
            key: whole.key.clone(),
            tracks: vec![
                Track { name: "stem".to_owned(), clips: track.clips.clone(), ..Track::default() },
                Track { name: "length".to_owned(), clips: vec![silence], ..Track::default() },
            ],
            buses: Vec::new(),
            automation: Vec::new(),
            tail_s: 0.0,
            master: Master { trim_db, target: Target::AsIs, ceiling_dbtp: Some(0.0), ..Master::default() },
            tags: Vec::new(),
            outputs: vec![output],
        }
    }

    fn title(&self, track: &Track) -> String {
        let title = format!("{} - {}", self.work.packing.pack.facts.song, track.name);
        title.chars().filter(|c| !c.is_control()).collect()
    }

    /// Writes into a finished stem where it begins, what it is, whose, and of which version.
    fn stamp(&self, path: &Path, track: &Track) -> Result<(), PackError> {
        let cut = |text: &str, most: usize| in_ascii(text).chars().take(most).collect::<String>();
        let pack = &self.work.packing.pack;
        let said = Stamp {
            description: Some(cut(&self.title(track), 256)),
            originator: Some(cut(&pack.facts.studio, 32)),
            originator_reference: Some(pack.version_id.uuid().simple().to_string()),
            origination: Some(pack.requested_at.naive_utc()),
            time_reference: Some(0),
            ..Stamp::default()
        };
        Ok(stamp(&mut OpenOptions::new().read(true).write(true).open(path)?, &said)?)
    }
}

/// Stops a render when the job does.
struct Watch<'a>(&'a CancellationToken);

impl Progress for Watch<'_> {
    fn report(&mut self, _done_ppm: u32) {}

    fn is_cancelled(&self) -> bool {
        self.0.is_cancelled()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stems_of_many_hours_are_not_begun() {
        let of = |minutes: u32| Length { rate_hz: 48_000, frames: 48_000 * 60 * minutes };
        assert!(of(4).fits(128), "a song with as many tracks as a document has");
        assert!(of(60).fits(33));
        assert!(!of(60).fits(34), "and not hours on each of them");
        assert!(!of(240).fits(128));
    }
}
