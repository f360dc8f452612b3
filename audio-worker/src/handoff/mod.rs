//! Hand-off packs: a version of a mix as any workstation opens it, in one ZIP archive. Every track is consolidated from zero, all of one length, as
//! broadcast WAV; beside them lie the bounce, a MIDI file with tempo, meter and markers, the mix as a DAWproject, and a text that says what is what.
//!
//! One stem is on the disk at a time, beside the archive; memory depends on the document and not on the length.

mod notes;
mod song;
mod stems;

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, Read},
    path::{Path, PathBuf},
};

use adapters::jobs::{Attempt, JobError};
use audio_engine::{
    decode::DecodeError,
    render::{Mix, RenderError},
};
use domain::{
    catalog::{RenderedFile, add_rendered_asset, entity::AssetKind},
    ids::HandoffPackId,
    mixes::handoffs::{Packed, Packing, find_packing, record_pack},
    ports::Stored,
};
use interchange::{bwf::BwfError, dawproject::DawprojectError, fault::Fault};
use song::Song;
use stems::{Length, MAX_STEMS_BYTES, Stems};
use tokio_util::sync::CancellationToken;
use zip::{CompressionMethod, DateTime, ZipWriter, result::ZipError, write::SimpleFileOptions};

use crate::{
    AudioWorker, blocking,
    dawproject::{ExportError, export},
    mixes::Flaw,
    refused,
    render::failed,
};

/// From this size on, an entry is written so that it may have more than 4 GB.
const LARGE_BYTES: u64 = 0xF000_0000;

/// Why there is no pack.
#[derive(Debug, thiserror::Error)]
enum PackError {
    /// A stem cannot be rendered.
    #[error(transparent)]
    Render(#[from] RenderError),
    /// The bounce cannot be read.
    #[error("the bounce cannot be read")]
    Bounce(#[source] DecodeError),
    /// A stem cannot be stamped.
    #[error(transparent)]
    Stamp(#[from] BwfError),
    /// The DAWproject cannot be written.
    #[error(transparent)]
    Project(#[from] ExportError),
    /// No MIDI file can say what the arrangement does.
    #[error("the arrangement cannot be written as MIDI: {}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join(" | "))]
    Song(Vec<Fault>),
    /// Nothing is played.
    #[error("the document plays no file, so that there is no stem to pack")]
    NoStem,
    /// Longer than a WAV file of silence says.
    #[error("the mix is longer than a hand-off can be: shorten it")]
    TooLong,
    /// More than a pack may have.
    #[error("the stems would have more than {} GB together: bounce groups of tracks to one each, or shorten the mix", MAX_STEMS_BYTES >> 30)]
    TooLarge,
    /// The archive.
    #[error("the archive could not be written")]
    Archive(#[from] ZipError),
    /// The disk.
    #[error("a file could not be read or written")]
    Io(#[from] io::Error),
}

impl PackError {
    /// What is found in the version refuses its pack; what else failed fails the job.
    fn into_flaw(self, is_stopping: bool) -> Flaw {
        match self {
            Self::Render(cause) => Flaw::of_render(failed(cause, is_stopping)),
            Self::Song(_) | Self::NoStem | Self::TooLong | Self::TooLarge => Flaw::Version(self.to_string()),
            Self::Project(
                ExportError::Document(_)
                | ExportError::Beyond { .. }
                | ExportError::MissingSource { .. }
                | ExportError::Project(DawprojectError::RoutingCycle { .. } | DawprojectError::ReferenceCycle { .. }),
            ) => Flaw::Version(format!("the mix cannot be written as a DAWproject: {self}")),
            other => Flaw::Job(JobError::passing_from(other)),
        }
    }
}

/// What a pack is made of, in the scratch folder.
struct Work {
    packing: Packing,
    mix: Mix,
    sources: BTreeMap<String, PathBuf>,
    bounce: PathBuf,
    /// Where files lie for a moment.
    folder: PathBuf,
}

impl AudioWorker {
    /// Packs a version of a mix, unless that is settled.
    pub(crate) async fn pack_mix(&self, id: HandoffPackId, attempt: &Attempt) -> Result<(), JobError> {
        let Some(packing) = find_packing(&self.services.db, id).await? else { return Ok(()) };
        let (studio, file_name) = (packing.pack.studio_id, format!("{} hand-off.zip", packing.name()));
        let packed = match self.pack(packing, attempt).await {
            Ok(packed) => Ok(packed),
            Err(Flaw::Version(why)) => Err(why),
            Err(Flaw::Job(failure)) => return Err(failure),
        };
        let ctx = self.ctx();
        let tx = self.services.begin().await?;
        let outcome = match packed {
            Ok((stored, stems)) => {
                let media_type = "application/zip".to_owned();
                let file = RenderedFile { kind: AssetKind::Handoff, file_name, media_type, stored, facts: None };
                let archive = add_rendered_asset(&tx, &ctx, studio, file).await.map_err(refused)?.id;
                Ok(Packed { archive, stems })
            }
            Err(why) => Err(why),
        };
        record_pack(&tx, &ctx, id, outcome).await.map_err(refused)?;
        self.services.commit(tx).await?;
        Ok(())
    }

    /// Gives the archive, stored, and how many stems are in it.
    async fn pack(&self, packing: Packing, attempt: &Attempt) -> Result<(Stored, i32), Flaw> {
        let mix = Mix::from_json(&packing.json).map_err(|flaw| Flaw::Version(flaw.to_string()))?;
        let folder = self.scratch.job().map_err(JobError::passing_from)?;
        let mut sources = BTreeMap::new();
        for (index, (name, file)) in packing.sources.iter().enumerate() {
            let path = folder.path().join(format!("in-{index}"));
            self.fetch(&file.sha256, &path).await?;
            sources.insert(name.clone(), path);
        }
        let bounce = folder.path().join("bounce");
        self.fetch(&packing.bounce.sha256, &bounce).await?;
        let archive = folder.path().join("archive");
        let work = Work { packing, mix, sources, bounce, folder: folder.path().to_owned() };
        // Cancelled as well when this future is dropped, so that no thread packs for nobody.
        let cancel = attempt.stop.child_token();
        let _cancel_when_dropped = cancel.clone().drop_guard();
        let to = archive.clone();
        let written = blocking(move || write(&work, &to, &cancel)).await?;
        let stems = written.map_err(|failure| failure.into_flaw(attempt.stop.is_cancelled()))?;
        let stored = self.services.files.put_file(&archive).await.map_err(JobError::from)?;
        Ok((stored, stems))
    }
}

/// Writes the archive, and says how many stems are in it.
fn write(work: &Work, to: &Path, cancel: &CancellationToken) -> Result<i32, PackError> {
    let name = work.packing.name();
    let length = Length::of(&work.bounce)?;
    let song = Song::of(&work.packing.pack.facts, &work.mix, length.micros()).map_err(PackError::Song)?;
    let mut archive = Archive { zip: ZipWriter::new(File::create(to)?), folder: name.clone() };
    let mut stems = Stems::open(work, length, cancel)?;
    let mut made = Vec::new();
    while let Some(stem) = stems.next()? {
        archive.file(&format!("Stems/{}", stem.name), &stem.path)?;
        fs::remove_file(&stem.path)?;
        made.push(stem);
    }
    let count = i32::try_from(made.len()).unwrap_or(i32::MAX);
    if count == 0 {
        return Err(PackError::NoStem);
    }
    archive.file(&format!("{name}.wav"), &work.bounce)?;
    archive.text(&format!("{name}.mid"), &song.midi)?;
    let project = work.folder.join("project");
    let exported = export(&work.mix, &work.sources, &song.markers, File::create(&project)?)?;
    archive.file(&format!("{name}.dawproject"), &project)?;
    let notes = notes::notes(&work.packing, &work.mix, (length, song.origin.as_str()), &made, &exported.ledger);
    archive.text("README.txt", notes.as_bytes())?;
    archive.zip.finish()?;
    Ok(count)
}

/// The archive on its way. The same pack makes the same bytes.
struct Archive {
    zip: ZipWriter<File>,
    /// The folder that all lies in, so that nobody's desktop is strewn with stems.
    folder: String,
}

impl Archive {
    /// Adds a file as it is: audio hardly packs.
    fn file(&mut self, name: &str, from: &Path) -> Result<(), PackError> {
        let mut from = File::open(from)?;
        let bytes = from.metadata()?.len();
        self.add(name, CompressionMethod::Stored, bytes, &mut from)
    }

    fn text(&mut self, name: &str, bytes: &[u8]) -> Result<(), PackError> {
        self.add(name, CompressionMethod::Deflated, bytes.len() as u64, &mut &*bytes)
    }

    fn add(
        &mut self,
        name: &str,
        method: CompressionMethod,
        bytes: u64,
        from: &mut impl Read,
    ) -> Result<(), PackError> {
        let options = SimpleFileOptions::default()
            .compression_method(method)
            .last_modified_time(DateTime::default())
            .large_file(bytes >= LARGE_BYTES);
        self.zip.start_file(format!("{}/{name}", self.folder), options)?;
        io::copy(from, &mut self.zip)?;
        Ok(())
    }
}
