//! Tracks kept from render to render: what comes out of a track's processors, before its fader. A change of faders, pans,
//! sends, buses or the master then sums again only.
//!
//! A track is kept under a hash of the engine's version, the mix's rate and tempo, the track's clips, trim, processors and
//! their automation, and the content of its sources. Tracks with a side chain are not kept, nor are mixes whose length no
//! source states, nor tracks without processors: to read and decode those again costs less than to hash and keep them.
//! The folder is bounded: after a render, what was used longest ago goes until the rest fits.

use super::document::{Mix, Processor};
use super::progress::Check;
use super::scratch::{FrameReader, FrameWriter};
use super::{RenderError, Workspace};
use crate::ENGINE_VERSION;
use crate::dsp::Planar;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

const EXTENSION: &str = "stem";
/// The extension of what is still being recorded.
const PART: &str = "part";
/// A recording that has not grown for this long is what a killed process left.
const ABANDONED: Duration = Duration::from_hours(24);
/// Where the track ends and how much was kept, both in frames.
const HEADER_BYTES: usize = 16;
const HASH_BLOCK: usize = 256 * 1024;

/// A folder that tracks are kept in.
#[derive(Debug, Clone)]
pub struct StemCache {
    /// The existing folder; nothing else may be kept in it.
    pub folder: PathBuf,
    /// What it may hold when no render runs, in bytes; one minute of a stereo track at 48 kHz takes 23 MB.
    pub max_bytes: u64,
}

/// What a track does with the cache.
pub(super) enum Kept {
    /// It plays what was kept; it ends at that frame.
    Plays { reader: FrameReader, end: u64 },
    /// It is being kept.
    Records(Recording),
}

/// A track being written into the cache; it goes if it is not finished.
pub(super) struct Recording {
    part: PathBuf,
    path: PathBuf,
    writer: FrameWriter,
    frames: u64,
    /// Everything could be written so far.
    fits: bool,
}

impl Kept {
    /// Opens the cache for a track that is late by `arrival` and of which `needed` frames will be asked.
    pub(super) fn open(
        mix: &Mix,
        track: usize,
        (workspace, check): (&Workspace, Check<'_>),
        (rate, arrival, needed): (u32, usize, u64),
    ) -> Result<Option<Self>, RenderError> {
        let Some(cache) = &workspace.stem_cache else { return Ok(None) };
        let processors = &mix.tracks[track].strip.processors;
        if processors.is_empty() || processors.iter().any(|processor| processor.side_chain().is_some()) {
            return Ok(None);
        }
        let key = key(mix, track, (workspace, check), (rate, arrival))?;
        let path = cache.folder.join(format!("{key}.{EXTENSION}"));
        if let Some((reader, end)) = open_kept(&path, needed) {
            return Ok(Some(Self::Plays { reader, end }));
        }
        let part = cache.folder.join(part_name(&key));
        // A render does without a cache that cannot be written.
        let Ok(mut file) = File::create_new(&part) else { return Ok(None) };
        let fits = file.write_all(&[0; HEADER_BYTES]).is_ok();
        Ok(Some(Self::Records(Recording { part, path, writer: FrameWriter::new(file), frames: 0, fits })))
    }
}

/// A name that no other recording has, in this process or another: several renders may record the same track at once, and the last one that is
/// finished stands, which is the same.
fn part_name(key: &str) -> String {
    static RECORDINGS: AtomicU64 = AtomicU64::new(0);
    let n = RECORDINGS.fetch_add(1, Ordering::Relaxed);
    format!("{key}.{}-{n}.{PART}", std::process::id())
}

/// What was kept, if it is long enough. Whatever is wrong with the file, it is then rendered again.
fn open_kept(path: &Path, needed: u64) -> Option<(FrameReader, u64)> {
    let mut file = File::options().read(true).write(true).open(path).ok()?;
    let mut header = [0; HEADER_BYTES];
    file.read_exact(&mut header).ok()?;
    let [end, frames] = [&header[..8], &header[8..]].map(|part| part.try_into().map(u64::from_le_bytes));
    let (end, frames) = (end.ok()?, frames.ok()?);
    if frames < needed || file.metadata().ok()?.len() < HEADER_BYTES as u64 + frames * 8 {
        return None;
    }
    // Written again, the file counts as used now.
    file.seek(SeekFrom::Start(0)).ok()?;
    file.write_all(&header).ok()?;
    Some((FrameReader::new(file), end))
}

impl Recording {
    pub(super) fn write(&mut self, block: &[Vec<f32>]) {
        self.frames += block.first().map_or(0, Vec::len) as u64;
        self.fits = self.fits && self.writer.write(block).is_ok();
    }

    /// The track ended at that frame, and is kept, if all of it could be written: a full disk costs the render nothing but this.
    pub(super) fn finish(&mut self, end: u64) {
        self.fits = self.fits && self.complete(end).is_ok();
    }

    fn complete(&mut self, end: u64) -> Result<(), RenderError> {
        let file = self.writer.finish()?;
        file.seek(SeekFrom::Start(0))?;
        file.write_all(&end.to_le_bytes())?;
        file.write_all(&self.frames.to_le_bytes())?;
        // Under its name only what is on the disk: a length that is right says nothing of a file that a power cut has emptied.
        file.sync_all()?;
        std::fs::rename(&self.part, &self.path)?;
        Ok(())
    }
}

impl Drop for Recording {
    fn drop(&mut self) {
        // After `finish` there is nothing left of that name.
        drop(std::fs::remove_file(&self.part));
    }
}

/// Removes what was used longest ago until the rest fits, and recordings that nobody has gone on with for a day. Others may prune at the same time.
pub(super) fn prune(cache: &StemCache) -> Result<(), RenderError> {
    let mut kept = Vec::new();
    for entry in std::fs::read_dir(&cache.folder)? {
        let entry = entry?;
        let Some(facts) = unless_gone(entry.metadata())? else { continue };
        let (path, modified) = (entry.path(), facts.modified()?);
        match path.extension().and_then(|extension| extension.to_str()) {
            Some(EXTENSION) => kept.push((modified, path, facts.len())),
            Some(PART) if modified.elapsed().is_ok_and(|idle| idle > ABANDONED) => {
                unless_gone(std::fs::remove_file(path))?;
            }
            _ => {}
        }
    }
    kept.sort();
    let mut total: u64 = kept.iter().map(|(.., bytes)| bytes).sum();
    for (_, path, bytes) in kept {
        if total <= cache.max_bytes {
            break;
        }
        unless_gone(std::fs::remove_file(path))?;
        total -= bytes;
    }
    Ok(())
}

/// Nothing, if somebody else has removed the file.
fn unless_gone<T>(outcome: std::io::Result<T>) -> std::io::Result<Option<T>> {
    match outcome {
        Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => Ok(None),
        other => other.map(Some),
    }
}

fn key(
    mix: &Mix,
    track: usize,
    (workspace, check): (&Workspace, Check<'_>),
    (rate, arrival): (u32, usize),
) -> Result<String, RenderError> {
    let strip = &mix.tracks[track].strip;
    let clips = &mix.tracks[track].clips;
    // The fader, pan and sends come behind what is kept.
    let (trim, processors) = (format!("tracks[{track}].strip.trim_db"), format!("tracks[{track}].strip.processors"));
    let lanes = mix.automation.iter().filter_map(|lane| {
        let below = lane.parameter.strip_prefix(&processors);
        let name = if lane.parameter == trim { Some("trim") } else { below };
        name.map(|name| (name, &lane.points))
    });
    let lanes: Vec<_> = lanes.collect();
    let described = (clips, strip.trim_db, strip.invert_polarity, strip.mute, &strip.processors, lanes, mix.tempo_bpm);
    let text = serde_json::to_string(&described)
        .map_err(|e| RenderError::Document { path: format!("tracks[{track}]"), reason: e.to_string() })?;
    let mut hash = Sha256::new();
    hash.update(format!("{ENGINE_VERSION}\n{rate}\n{arrival}\n{text}\n"));
    let responses = strip.processors.iter().filter_map(|processor| match processor {
        Processor::Convolution(convolution) => Some(&convolution.source),
        _ => None,
    });
    for name in clips.iter().map(|clip| &clip.source).chain(responses) {
        hash.update(content_hash(workspace.path(name)?, check)?);
    }
    Ok(hex::encode(hash.finalize()))
}

fn content_hash(path: &Path, check: Check<'_>) -> Result<[u8; 32], RenderError> {
    let mut file = File::open(path)?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; HASH_BLOCK];
    loop {
        check()?;
        match file.read(&mut buffer)? {
            0 => return Ok(hash.finalize().into()),
            n => hash.update(&buffer[..n]),
        }
    }
}

/// Fills a block from what was kept; behind its end there is silence.
pub(super) fn play(reader: &mut FrameReader, block: &mut Planar, frames: usize) -> Result<(), RenderError> {
    reader.next(block, frames)?;
    for channel in block {
        channel.resize(frames, 0.0);
    }
    Ok(())
}
