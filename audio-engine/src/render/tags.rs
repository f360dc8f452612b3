//! Tag nodes: where the voice speaks, how loud, and how the music steps back for it.
//!
//! A voice that stood at one level throughout would drown in a drop and shout over an intro. So both level and duck follow the
//! music at each place, by its short-term loudness `S` from the start of the tag on, as against the integrated loudness `I` of the
//! whole: with `R`, which is `S` within 6 LU of `I`, the voice stands at `R + level_lu`, and the music steps back by
//! `duck_db + S - R`. Wherever it is, the voice then stands `level_lu + duck_db` above the music, and higher where the music
//! is so soft that it need not step back at all. All of that is measured on the mix before its tags, so that it depends on neither
//! blocks nor threads, and the same voice and duck can be taken off again.

use super::graph::clip::read_start;
use super::{Mix, RenderError, TagNode, Workspace};
use crate::decode::frames_to_seconds;
use crate::dsp::{Planar, cos_turns, db_to_gain, frames, narrow};
use crate::measure::{LoudnessCourse, LoudnessMeter};
use crate::tag;

/// A voice tag uses no more than this of its file, in seconds.
const MAX_TAG_S: u32 = 15;
/// What is this far below a voice's loudest sample, before its first word and behind its last, is silence that covers nothing.
const VOICE_FLOOR_DB: f64 = -50.0;
/// The shortest window that has a loudness, in seconds (the gating block of BS.1770).
const LOUDNESS_WINDOW_S: f64 = 0.4;
/// The loudness that tags are set against over silence.
const SILENT_MUSIC_LUFS: f64 = -20.0;
/// How far the voice follows the music up and down from its loudness as a whole, in LU; the duck does the rest.
const FOLLOWED_LU: f64 = 6.0;
/// The music never steps back by more than this, in dB, unless the node itself asks for more.
const DEEPEST_DUCK_DB: f64 = 24.0;
/// What a stretch without any loudness counts as, in LUFS: the absolute gate of BS.1770.
const SILENCE_LUFS: f64 = -70.0;

/// What tags are set against.
pub(super) struct Music<'a> {
    /// Its loudness as a whole, in LUFS; none for silence.
    pub(super) integrated_lufs: Option<f64>,
    /// Its loudness at each moment.
    pub(super) course: &'a LoudnessCourse,
}

/// One tag node, ready to be laid over a stream.
pub(super) struct TagTrack {
    voice: Planar,
    loudness_lufs: Option<f64>,
    node: TagNode,
    places: Vec<Place>,
    attack: u64,
    release: u64,
}

/// A tag at its place.
#[derive(Debug, Clone, Copy)]
struct Place {
    /// Its first frame.
    start: u64,
    /// What the voice is multiplied with; 0 if it is muted.
    gain: f32,
    /// What the music is multiplied with under it; 1 leaves it.
    depth: f32,
}

impl TagTrack {
    /// Loads the tag node at that place of the document.
    pub(super) fn load(
        (index, node): (usize, &TagNode),
        workspace: &Workspace,
        rate: u32,
    ) -> Result<Self, RenderError> {
        let voice = match &node.source {
            Some(source) => trimmed(read_start(workspace, source, rate, MAX_TAG_S)?),
            None => vec![tag::speak(rate); 2],
        };
        let loudness_lufs = voice_loudness(&voice, rate);
        if node.level_lu.is_some() && loudness_lufs.is_none() {
            let reason = "there is no voice to be heard in it".to_owned();
            return Err(RenderError::Document { path: format!("tags[{index}].source"), reason });
        }
        Ok(Self {
            loudness_lufs,
            voice,
            places: Vec::new(),
            attack: to_frames(node.attack_ms / 1000.0, rate).max(1),
            release: to_frames(node.release_ms / 1000.0, rate).max(1),
            node: node.clone(),
        })
    }

    /// Sets places, levels and ducks for that music, which is `total` frames long.
    pub(super) fn place(&mut self, music: &Music<'_>, total: u64, rate: u32, mix: &Mix) {
        let bar = self.node.tempo_bpm.or(mix.tempo_bpm).map(|bpm| f64::from(mix.beats_per_bar) * 60.0 / bpm);
        let starts = places(&self.node, bar, total, frames(&self.voice) as u64, rate);
        self.places = starts.into_iter().map(|start| self.at(start, music, rate)).collect();
    }

    /// The tag at that frame, as loud as the music there asks for.
    fn at(&self, start: u64, music: &Music<'_>, rate: u32) -> Place {
        let (reference, beyond) = match music.integrated_lufs {
            Some(whole) => {
                let local = music.course.short_term_from(frames_to_seconds(start, rate)).unwrap_or(SILENCE_LUFS);
                let reference = local.clamp(whole - FOLLOWED_LU, whole + FOLLOWED_LU);
                (reference, local - reference)
            }
            None => (SILENT_MUSIC_LUFS, 0.0),
        };
        let gain = match (self.node.level_lu, self.loudness_lufs) {
            (Some(level), Some(voice)) => narrow(db_to_gain(reference + level - voice)),
            _ => 0.0,
        };
        let asked = self.node.duck_db;
        let duck_db = if asked > 0.0 { (asked + beyond).clamp(0.0, asked.max(DEEPEST_DUCK_DB)) } else { 0.0 };
        Place { start, gain, depth: narrow(db_to_gain(-duck_db)) }
    }

    /// The first frame of each tag, in order.
    pub(super) fn starts(&self) -> impl Iterator<Item = u64> {
        self.places.iter().map(|place| place.start)
    }

    /// Ducks the block that begins at frame `at` and adds the voice.
    pub(super) fn apply(&self, block: &mut Planar, at: u64, envelope: &mut Vec<f32>) {
        let n = frames(block) as u64;
        let len = frames(&self.voice) as u64;
        let near = |place: &Place| place.start < at + n + self.attack && place.start + len + self.release > at;
        let spoken: Vec<Place> = self.places.iter().copied().filter(near).collect();
        if spoken.iter().any(|place| place.depth < 1.0) {
            envelope.clear();
            envelope.extend((at..at + n).map(|t| spoken.iter().map(|p| self.duck_at(*p, len, t)).fold(1.0, f32::min)));
            for channel in block.iter_mut() {
                for (x, gain) in channel.iter_mut().zip(envelope.iter()) {
                    *x *= gain;
                }
            }
        }
        for Place { start, gain, .. } in spoken.into_iter().filter(|place| place.gain != 0.0) {
            let (from, to) = (start.max(at), (start + len).min(at + n));
            for (channel, voice) in block.iter_mut().zip(&self.voice) {
                for t in from..to {
                    channel[index(t - at)] += voice[index(t - start)] * gain;
                }
            }
        }
    }

    /// The music's gain at frame `t` for a tag of that length: raised-cosine ramps around a held depth.
    fn duck_at(&self, Place { start, depth, .. }: Place, len: u64, t: u64) -> f32 {
        let end = start + len;
        let down = if t < start {
            1.0 - ratio(start - t, self.attack)
        } else if t < end {
            1.0
        } else {
            1.0 - ratio(t - end, self.release)
        };
        if down <= 0.0 {
            return 1.0;
        }
        let shape = narrow(0.5 - 0.5 * cos_turns(down.min(1.0) / 2.0));
        1.0 - (1.0 - depth) * shape
    }
}

/// A voice without the silence around it, which would pass for covered.
fn trimmed(mut voice: Planar) -> Planar {
    let loudest = voice.iter().flatten().fold(0.0_f32, |most, x| most.max(x.abs()));
    let floor = loudest * narrow(db_to_gain(VOICE_FLOOR_DB));
    let sounds = |channel: &Vec<f32>, from_end: bool| {
        let sounding = |x: &f32| x.abs() > floor;
        if from_end { channel.iter().rposition(sounding) } else { channel.iter().position(sounding) }
    };
    let first = voice.iter().filter_map(|channel| sounds(channel, false)).min();
    let last = voice.iter().filter_map(|channel| sounds(channel, true)).max();
    for channel in &mut voice {
        channel.truncate(last.map_or(0, |last| last + 1));
        channel.drain(..first.unwrap_or(0));
    }
    voice
}

/// How loud a voice is, also one that is shorter than what a meter looks at.
fn voice_loudness(voice: &Planar, rate: u32) -> Option<f64> {
    let mut meter = LoudnessMeter::new(2, rate);
    meter.add(voice);
    let window = to_frames(LOUDNESS_WINDOW_S, rate) + 1;
    let missing = window.saturating_sub(frames(voice) as u64);
    meter.add(&vec![vec![0.0; index(missing)]; 2]);
    meter.integrated_lufs()
}

/// Where tags start, so that the first comes early and nothing longer than the limit stays uncovered, the end included.
fn places(node: &TagNode, bar_s: Option<f64>, total: u64, len: u64, rate: u32) -> Vec<u64> {
    let uncovered = to_frames(node.longest_uncovered_s, rate);
    let step = to_frames(node.every_s, rate).min(len + uncovered).max(len + 1);
    // Bars are counted in seconds: whole frames would drift off the beat.
    let bar_frames = bar_s.map(|bar| bar * f64::from(rate)).filter(|bar| *bar >= 1.0);
    // Rounding down keeps every gap within the limit.
    let snap = |start: u64, earliest: u64| {
        let snapped = bar_frames.map_or(start, |bar| bar_before(start, bar));
        if snapped >= earliest { snapped } else { start }
    };
    if len >= total {
        return vec![0];
    }
    let first = to_frames(node.first_at_s, rate).min(uncovered).min(total - len);
    let mut starts = vec![snap(first, 0)];
    loop {
        let last = starts[starts.len() - 1];
        let next = snap(last + step, last + len + 1);
        if next + len <= total {
            starts.push(next);
            continue;
        }
        // The end: one more only if what is left is too long.
        if total - (last + len) > uncovered {
            starts.push((total - len).max(last + len));
        }
        return starts;
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked ranges: at most 120 s")]
fn to_frames(seconds: f64, rate: u32) -> u64 {
    (seconds * f64::from(rate)) as u64
}

/// The bar that starts at or before a frame.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "frames of some hours at most"
)]
fn bar_before(frame: u64, bar: f64) -> u64 {
    ((frame as f64 / bar) as u64 as f64 * bar) as u64
}

#[expect(clippy::cast_precision_loss, reason = "ramps of at most 5 s")]
fn ratio(a: u64, b: u64) -> f64 {
    a as f64 / b as f64
}

fn index(n: u64) -> usize {
    usize::try_from(n).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn no_stretch_is_uncovered(
            total in 1_u64..20_000_000,
            len in 1_000_u64..200_000,
            first in 0.0..3.0_f64,
            every in 2.0..120.0_f64,
            uncovered in 1.0..120.0_f64,
            tempo in proptest::option::of(20.0..400.0_f64),
        ) {
            let node = TagNode {
                first_at_s: first, every_s: every, longest_uncovered_s: uncovered, ..TagNode::default()
            };
            let starts = places(&node, tempo.map(|bpm| 240.0 / bpm), total, len, 48_000);
            let limit = to_frames(uncovered, 48_000);
            prop_assert!(starts[0] <= limit);
            for pair in starts.windows(2) {
                prop_assert!(pair[1] >= pair[0] + len, "tags overlap: {starts:?}");
                prop_assert!(pair[1] - pair[0] - len <= limit + 2, "gap: {starts:?}");
            }
            let last = starts[starts.len() - 1];
            prop_assert!(total.saturating_sub(last + len) <= limit, "tail: {starts:?}");
            // All but the last, which may stand at the end, are on a bar, unless there is none between the tag before and it.
            let bar = tempo.map(|bpm| 240.0 / bpm * 48_000.0).filter(|_| len < total);
            for (i, start) in starts.iter().enumerate().take(starts.len() - 1) {
                let Some(bar) = bar else { continue };
                let bars = ratio(*start, 1) / bar;
                let earliest = i.checked_sub(1).map_or(0, |before| starts[before] + len + 1);
                let fits = bar_before(*start, bar) >= earliest;
                prop_assert!((bars - bars.round()).abs() * bar <= 1.0 || !fits, "{start} is on no bar: {starts:?}");
            }
        }
    }
}
