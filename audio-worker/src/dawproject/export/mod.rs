//! From a mix document to a project: its tracks, buses and master, what they play, and what the format has devices for.

mod automation;
mod channels;
mod clips;
mod devices;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::File,
    io::{BufReader, Seek, Write},
    path::PathBuf,
};

use audio_engine::{
    decode::{DecodeError, Decoder, inspect},
    render::{Mix, RenderError, Target, Time},
};
use automation::Targets;
use channels::Desk;
use interchange::dawproject::{
    Application, Arrangement, Content, ContentType, DawprojectError, FileReference, Label, Marker as FormatMarker,
    Media, Member, Metadata, Packer, Project, RealParameter, TimeSignature, TimeUnit, Timeline, Track, Transport, Unit,
};

use super::{Effect, Ledger, Marker, media::plain_name};

/// Why a mix cannot be written as a project.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The document is refused.
    #[error("the document does not hold")]
    Document(#[source] RenderError),
    /// A source was not given.
    #[error("the document names the source `{name}`, which was not given")]
    MissingSource {
        /// The name.
        name: String,
    },
    /// A source cannot be decoded.
    #[error("{name} cannot be decoded")]
    Source {
        /// The name.
        name: String,
        /// What is wrong with it.
        #[source]
        cause: DecodeError,
    },
    /// A clip begins where its source has ended.
    #[error(
        "a clip begins {from_s} s into {name}, which ends after {duration_s} s: let it begin earlier, or take it out"
    )]
    Beyond {
        /// The source.
        name: String,
        /// Where in it the clip begins, in seconds.
        from_s: f64,
        /// The source's length, in seconds.
        duration_s: f64,
    },
    /// The archive cannot be written.
    #[error(transparent)]
    Project(#[from] DawprojectError),
    /// The disk.
    #[error("a file could not be read or written")]
    Io(#[from] std::io::Error),
}

/// A project that was written.
#[derive(Debug, Clone, PartialEq)]
pub struct Exported {
    /// What became of each thing that the format does not have.
    pub ledger: Ledger,
}

/// Writes a mix as a project with the audio that its clips play in it, streamed. The same mix, files and markers make the same bytes.
///
/// # Errors
/// The [`ExportError`] that names what is wrong.
pub fn export(
    mix: &Mix,
    sources: &BTreeMap<String, PathBuf>,
    markers: &[Marker],
    to: impl Write + Seek,
) -> Result<Exported, ExportError> {
    mix.check().map_err(ExportError::Document)?;
    let files = Files::of(mix, sources)?;
    let mut ledger = Ledger::default();
    let project = project(mix, &files, markers, &mut ledger);
    let mut packer = Packer::new(to, &project, &metadata(mix))?;
    for file in files.by_source.values() {
        let from = File::open(&file.path)?;
        packer.file(&file.media.file.path, from.metadata()?.len(), &mut BufReader::new(from))?;
    }
    packer.finish()?;
    Ok(Exported { ledger })
}

/// The files that clips play.
struct Files {
    by_source: BTreeMap<String, Source>,
}

/// A file, and what the project says of it.
struct Source {
    path: PathBuf,
    media: Media,
    duration_s: f64,
}

impl Files {
    fn of(mix: &Mix, sources: &BTreeMap<String, PathBuf>) -> Result<Self, ExportError> {
        let mut files = Self { by_source: BTreeMap::new() };
        let mut taken = BTreeSet::new();
        for name in mix.tracks.iter().flat_map(|track| &track.clips).map(|clip| &clip.source) {
            if files.by_source.contains_key(name) {
                continue;
            }
            let path = sources.get(name).ok_or_else(|| ExportError::MissingSource { name: name.clone() })?;
            let refused = |cause| ExportError::Source { name: name.clone(), cause };
            let spec = Decoder::open(path).map_err(refused)?.spec().clone();
            let spec = if spec.frames.is_some() { spec } else { inspect(path).map_err(refused)?.spec };
            let duration_s = seconds(spec.frames.unwrap_or(0), spec.sample_rate_hz);
            let mut embedded = format!("audio/{}", plain_name(name));
            // The number may be another's name already.
            let mut number = taken.len();
            while taken.contains(&embedded) {
                number += 1;
                embedded = format!("audio/{number:02}-{}", plain_name(name));
            }
            taken.insert(embedded.clone());
            let media = Media {
                duration: Some(duration_s),
                algorithm: None,
                channels: u32::try_from(spec.channels).ok(),
                sample_rate: Some(spec.sample_rate_hz),
                file: FileReference { path: embedded, external: None },
            };
            files.by_source.insert(name.clone(), Source { path: path.clone(), media, duration_s });
        }
        files.check(mix)?;
        Ok(files)
    }

    /// Refuses clips that would last less than nothing.
    fn check(&self, mix: &Mix) -> Result<(), ExportError> {
        let clock = Clock { bpm: mix.tempo_bpm };
        for clip in mix.tracks.iter().flat_map(|track| &track.clips) {
            let from_s = clock.seconds(clip.from);
            if let Some(source) = self.by_source.get(&clip.source).filter(|source| from_s >= source.duration_s) {
                let (name, duration_s) = (clip.source.clone(), source.duration_s);
                return Err(ExportError::Beyond { name, from_s, duration_s });
            }
        }
        Ok(())
    }
}

#[expect(clippy::cast_precision_loss, reason = "hours of audio are far below 2^52 frames")]
fn seconds(frames: u64, rate_hz: u32) -> f64 {
    frames as f64 / f64::from(rate_hz)
}

/// Hands out ids, one after the other.
#[derive(Debug, Default)]
struct Ids {
    next: u32,
}

impl Ids {
    fn label(&mut self) -> Label {
        let label = Label::of(format!("id{}", self.next));
        self.next += 1;
        label
    }

    fn id(&mut self) -> String {
        self.label().id.unwrap_or_default()
    }
}

/// What the arrangement counts in: beats if the document has a tempo, for workstations do.
#[derive(Debug, Clone, Copy)]
struct Clock {
    bpm: Option<f64>,
}

impl Clock {
    const fn unit(self) -> TimeUnit {
        if self.bpm.is_some() { TimeUnit::Beats } else { TimeUnit::Seconds }
    }

    /// A time of the document as the arrangement counts it.
    fn time(self, time: Time) -> f64 {
        match (time, self.bpm) {
            (Time::Beats(beats), Some(_)) => beats,
            (time, _) => self.counted(self.seconds(time)),
        }
    }

    /// Seconds as the arrangement counts them.
    fn counted(self, seconds: f64) -> f64 {
        self.bpm.map_or(seconds, |bpm| seconds * bpm / 60.0)
    }

    fn seconds(self, time: Time) -> f64 {
        time.seconds(self.bpm).unwrap_or(0.0)
    }
}

fn project(mix: &Mix, files: &Files, markers: &[Marker], ledger: &mut Ledger) -> Project {
    let mut ids = Ids::default();
    let clock = Clock { bpm: mix.tempo_bpm };
    let tempo = mix.tempo_bpm.map(|bpm| RealParameter {
        label: ids.label().named("Tempo"),
        unit: Some(Unit::Bpm),
        min: Some(20.0),
        max: Some(400.0),
        value: Some(bpm),
        ..RealParameter::default()
    });
    let beats = u16::try_from(mix.beats_per_bar).unwrap_or(4);
    let signature = TimeSignature { label: ids.label(), parameter_id: None, denominator: 4, numerator: beats };
    tell_of_the_whole(mix, ledger);
    let mut targets = Targets::of(mix);
    let desk = Desk::new(mix, &mut ids);
    let tracks = desk.tracks(mix, &mut ids, &mut targets, ledger);
    let mut lanes = Vec::new();
    for (number, track) in tracks.iter().enumerate() {
        let mut inner = Vec::new();
        if let Some(played) = mix.tracks.get(number) {
            inner.push(Timeline { label: ids.label(), ..clips::clips(played, files, clock, ledger) });
        }
        inner.extend(targets.points(number, clock, &mut ids));
        let lane =
            Timeline { label: ids.label(), track: track.label.id.clone(), ..Timeline::of(Content::Lanes(inner)) };
        lanes.push(lane);
    }
    targets.tell(ledger);
    let lanes = Timeline { label: ids.label(), time_unit: Some(clock.unit()), ..Timeline::of(Content::Lanes(lanes)) };
    Project {
        version: "1.0".to_owned(),
        application: Application { name: "Ledgerline".to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() },
        transport: Some(Transport { tempo, time_signature: Some(signature) }),
        structure: tracks.into_iter().map(|track| Member::Track(Box::new(track))).collect(),
        arrangement: Some(Arrangement {
            label: ids.label(),
            lanes: Some(lanes),
            markers: marks(markers, clock, &mut ids),
            tempo: None,
            time_signature: None,
        }),
        scenes: Vec::new(),
    }
}

/// The markers; none if there are none, for the format has no empty list of them.
fn marks(markers: &[Marker], clock: Clock, ids: &mut Ids) -> Option<Timeline> {
    let mark = |marker: &Marker| FormatMarker {
        label: Label { name: Some(marker.name.clone()), color: marker.color.clone(), ..Label::default() },
        time: clock.counted(marker.at_s),
    };
    let content = Content::Markers(markers.iter().map(mark).collect());
    (!markers.is_empty()).then(|| Timeline {
        label: ids.label(),
        time_unit: Some(clock.unit()),
        ..Timeline::of(content)
    })
}

fn metadata(mix: &Mix) -> Metadata {
    let names = mix.outputs.first().map(|output| output.metadata.clone()).unwrap_or_default();
    Metadata {
        title: names.title,
        artist: names.artist,
        album: names.album,
        comment: names.comment,
        ..Metadata::default()
    }
}

/// What no project has a place for.
fn tell_of_the_whole(mix: &Mix, ledger: &mut Ledger) {
    if mix.master.target != Target::AsIs || mix.master.reference.is_some() {
        let note = "loudness target, reference and limiter stay with the document: the project is the mix before them";
        ledger.bypassed("Master", Effect::Unknown, note);
    }
    if !mix.tags.is_empty() {
        ledger.bypassed("Master", Effect::Unknown, "voice tags are left out");
    }
}

/// A track of the sequencer.
fn track(name: &str, label: Label, content: ContentType, channel: interchange::dawproject::Channel) -> Track {
    Track {
        label: label.named(name),
        content: vec![content],
        loaded: Some(true),
        channel: Some(Box::new(channel)),
        tracks: Vec::new(),
    }
}
