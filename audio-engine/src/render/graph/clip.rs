//! Clips: parts of sources at their places, resampled, with gain and fades, summed into a track.

use super::super::document::{Clip, Fade, FadeCurve, Mix, Time, Track};
use super::super::progress::Check;
use super::super::{RenderError, Workspace};
use super::node::Stage;
use crate::decode::{DecodeError, Decoder, frames_to_seconds};
use crate::dsp::{
    Planar, Resampler, Stereo, add_scaled, cos_turns, db_to_gain, exp2, frames, narrow, sin_turns, whole,
};
use std::collections::{BTreeMap, btree_map::Entry};

/// A clip may end so far behind its source, in seconds: lengths are written down with three decimals.
const ROUNDED_S: f64 = 0.001;

/// Plays the clips of one track.
pub(super) struct Player {
    clips: Vec<Playing>,
    /// Where the last of the clips that have ended did so.
    end: u64,
}

struct Playing {
    name: String,
    start: u64,
    from_s: f64,
    length: Option<u64>,
    gain: f32,
    fade_in: Option<(f64, FadeCurve)>,
    fade_out: Option<(f64, FadeCurve)>,
    played: u64,
    reader: Option<Reader>,
    ended: bool,
}

impl Player {
    pub(super) fn new(
        track: &Track,
        mix: &Mix,
        sources: (&Workspace, Check<'_>),
        rate: u32,
    ) -> Result<Self, RenderError> {
        let clips = track.clips.iter().map(|clip| Playing::new(clip, mix, sources, rate));
        Ok(Self { clips: clips.collect::<Result<_, _>>()?, end: 0 })
    }

    /// Adds what sounds from frame `at` of the graph's time on to a silent block; the track is late by `late`.
    pub(super) fn play(
        &mut self,
        [left, right]: Stereo<'_>,
        at: u64,
        late: usize,
        stage: &Stage<'_>,
    ) -> Result<(), RenderError> {
        for clip in &mut self.clips {
            let end = at + left.len() as u64;
            let now = clip.start + clip.played + late as u64;
            if clip.ended || now >= end {
                continue;
            }
            let offset = index_of(now.saturating_sub(at));
            clip.play([&mut left[offset..], &mut right[offset..]], stage)?;
            if clip.ended {
                self.end = self.end.max(clip.start + clip.played);
            }
        }
        Ok(())
    }

    /// Where the last clip will end, if all sources state their lengths; for reports of progress alone.
    pub(super) fn stated_end(&self, stage: &Stage<'_>) -> Option<u64> {
        let end = |clip: &Playing| {
            let length = match clip.length {
                Some(length) => length,
                None => stated_length(&stage.workspace.decoder(&clip.name).ok()?, clip.from_s, stage.rate)?,
            };
            Some(clip.start + length)
        };
        self.clips.iter().map(end).collect::<Option<Vec<_>>>().map(|ends| ends.into_iter().max().unwrap_or(0))
    }

    /// Where the last clip ended, once all have.
    pub(super) fn end(&self) -> Option<u64> {
        self.clips.iter().all(|clip| clip.ended).then_some(self.end)
    }
}

impl Playing {
    fn new(clip: &Clip, mix: &Mix, sources: (&Workspace, Check<'_>), rate: u32) -> Result<Self, RenderError> {
        let seconds = |time: Time| time.seconds(mix.tempo_bpm).unwrap_or(0.0);
        let at_rate = |seconds: f64| whole(seconds * f64::from(rate)) as u64;
        let (from_s, start) = (seconds(clip.from), at_rate(seconds(clip.position)));
        let mut length = clip.to.map(|to| at_rate(seconds(to)).saturating_sub(at_rate(from_s)));
        if clip.fade_out.is_some() {
            // A fade-out must know its end.
            let real = source_length(sources, &clip.source, from_s, rate)?;
            length = Some(length.map_or(real, |length| length.min(real)));
        }
        let fade = |fade: &Option<Fade>| fade.as_ref().map(|f| (seconds(f.length) * f64::from(rate), f.curve));
        Ok(Self {
            name: clip.source.clone(),
            start,
            from_s,
            length,
            gain: narrow(db_to_gain(clip.gain_db)),
            fade_in: fade(&clip.fade_in),
            fade_out: fade(&clip.fade_out),
            played: 0,
            reader: None,
            ended: false,
        })
    }

    fn play(&mut self, [left, right]: Stereo<'_>, stage: &Stage<'_>) -> Result<(), RenderError> {
        let mut reader = match self.reader.take() {
            Some(reader) => reader,
            None => Reader::open(stage.workspace, &self.name, self.from_s, stage.rate)?,
        };
        let room = self.length.map_or(u64::MAX, |length| length - self.played);
        let wanted = left.len().min(usize::try_from(room).unwrap_or(usize::MAX));
        let mut at = 0;
        while at < wanted
            && let Some(signal) = reader.next(wanted - at)?
        {
            let n = signal[0].len();
            let fading = self.gains(n);
            for (channel, signal) in [&mut left[at..], &mut right[at..]].into_iter().zip(signal) {
                match &fading {
                    None => add_scaled(channel, signal, self.gain),
                    Some(gains) => {
                        for ((sum, x), gain) in channel.iter_mut().zip(signal).zip(gains) {
                            *sum += x * gain;
                        }
                    }
                }
            }
            self.played += n as u64;
            at += n;
        }
        self.ended = at < wanted || self.length.is_some_and(|length| self.played >= length);
        if !self.ended {
            self.reader = Some(reader);
        }
        Ok(())
    }

    /// The gain of each of the next frames, if a fade moves it there.
    fn gains(&self, n: usize) -> Option<Vec<f32>> {
        let end = self.played + n as u64;
        let fade_in = self.fade_in.filter(|(length, _)| count(self.played) < *length);
        let total = self.length.unwrap_or(u64::MAX);
        let fade_out = self.fade_out.filter(|(length, _)| count(total - end) < *length);
        if fade_in.is_none() && fade_out.is_none() {
            return None;
        }
        let gain = |i: u64| {
            let rising = fade_in.map_or(1.0, |(length, curve)| fade(curve, count(i) / length));
            let falling = fade_out.map_or(1.0, |(length, curve)| fade(curve, count(total - 1 - i) / length));
            narrow(rising * falling) * self.gain
        };
        Some((self.played..end).map(gain).collect())
    }
}

#[expect(clippy::cast_precision_loss, reason = "frames of at most some hours")]
fn count(frames: u64) -> f64 {
    frames as f64
}

/// The gain at a part of a fade-in; 1 behind it.
fn fade(curve: FadeCurve, t: f64) -> f64 {
    if t >= 1.0 {
        return 1.0;
    }
    match curve {
        FadeCurve::Linear => t,
        FadeCurve::EqualPower => sin_turns(t / 4.0),
        FadeCurve::SCurve => 0.5 - 0.5 * cos_turns(t / 2.0),
        // Sixty decibels, then nothing.
        FadeCurve::Exponential if t <= 0.0 => 0.0,
        FadeCurve::Exponential => exp2((t - 1.0) * 3.0 * std::f64::consts::LOG2_10),
    }
}

/// Refuses clips that name a part of their source that is not there.
pub(in crate::render) fn check_clips(mix: &Mix, workspace: &Workspace, check: Check<'_>) -> Result<(), RenderError> {
    let seconds = |time: Time| time.seconds(mix.tempo_bpm).unwrap_or(0.0);
    let mut known = BTreeMap::new();
    for (t, track) in mix.tracks.iter().enumerate() {
        for (c, clip) in track.clips.iter().enumerate() {
            let (from_s, to_s) = (seconds(clip.from), clip.to.map(seconds));
            if from_s <= 0.0 && to_s.is_none() {
                continue;
            }
            let length_s = match known.entry(&clip.source) {
                Entry::Occupied(known) => *known.get(),
                Entry::Vacant(unknown) => {
                    let (frames, hz) = whole_length((workspace, check), &clip.source)?;
                    *unknown.insert(frames_to_seconds(frames, hz))
                }
            };
            let refuse = |field: &str, remedy: &str| {
                let reason = format!("`{}` ends at {length_s:.3} s: {remedy}", clip.source);
                Err(RenderError::Document { path: format!("tracks[{t}].clips[{c}].{field}"), reason })
            };
            if from_s >= length_s {
                return refuse("from", "begin before that");
            }
            if to_s.is_some_and(|to_s| to_s > length_s + ROUNDED_S) {
                return refuse("to", "end there at the latest, or leave `to` out");
            }
        }
    }
    Ok(())
}

/// How many frames of the mix a source has behind `from_s`.
fn source_length(sources: (&Workspace, Check<'_>), name: &str, from_s: f64, rate: u32) -> Result<u64, RenderError> {
    let (frames, hz) = whole_length(sources, name)?;
    Ok(behind(frames, from_s, hz, rate))
}

/// A source's frames and their rate; one that does not state its length is decoded for it.
fn whole_length((workspace, check): (&Workspace, Check<'_>), name: &str) -> Result<(u64, u32), RenderError> {
    let mut decoder = workspace.decoder(name)?;
    let hz = decoder.spec().sample_rate_hz;
    if let Some(stated) = decoder.spec().frames {
        return Ok((stated, hz));
    }
    let mut total = 0;
    while let Some(block) = decoder.next_block().map_err(|cause| undecodable(name, cause))? {
        check()?;
        total += frames(block) as u64;
    }
    Ok((total, hz))
}

fn undecodable(name: &str, cause: DecodeError) -> RenderError {
    RenderError::Decode { name: name.to_owned(), cause }
}

fn stated_length(decoder: &Decoder, from_s: f64, rate: u32) -> Option<u64> {
    let spec = decoder.spec();
    spec.frames.map(|frames| behind(frames, from_s, spec.sample_rate_hz, rate))
}

fn behind(frames: u64, from_s: f64, from_hz: u32, to_hz: u32) -> u64 {
    let skipped = whole(from_s * f64::from(from_hz)) as u64;
    (frames.saturating_sub(skipped) * u64::from(to_hz)).div_ceil(u64::from(from_hz))
}

/// A source from some place on, as stereo at the mix's rate.
pub(in crate::render) struct Reader {
    name: String,
    decoder: Decoder,
    resampler: Option<Resampler>,
    /// Frames of the source that are still to be skipped.
    skip: usize,
    /// What was decoded last, and how much of it was handed out.
    block: Planar,
    given: usize,
    ended: bool,
}

impl Reader {
    pub(in crate::render) fn open(
        workspace: &Workspace,
        name: &str,
        from_s: f64,
        rate: u32,
    ) -> Result<Self, RenderError> {
        let decoder = workspace.decoder(name)?;
        let from = decoder.spec().sample_rate_hz;
        let resampler = if from == rate { None } else { Some(Resampler::new(from, rate, 2)?) };
        let skip = whole(from_s * f64::from(from));
        let block = vec![Vec::new(); 2];
        Ok(Self { name: name.to_owned(), decoder, resampler, skip, block, given: 0, ended: false })
    }

    /// The next frames, at least one and at most so many; none at the end.
    pub(in crate::render) fn next(&mut self, most: usize) -> Result<Option<[&[f32]; 2]>, RenderError> {
        debug_assert!(most > 0, "no frames are asked for");
        while self.given == frames(&self.block) {
            if self.ended {
                return Ok(None);
            }
            self.decode()?;
        }
        let from = self.given;
        self.given = frames(&self.block).min(from + most);
        Ok(Some([0, 1].map(|side| &self.block[side][from..self.given])))
    }

    fn decode(&mut self) -> Result<(), RenderError> {
        self.given = 0;
        if let Some(decoded) = self.decoder.next_block().map_err(|cause| undecodable(&self.name, cause))? {
            lay_out(decoded, &mut self.block);
            if self.skip > 0 {
                let drop = self.skip.min(frames(&self.block));
                self.skip -= drop;
                for channel in &mut self.block {
                    channel.drain(..drop);
                }
            }
            if let Some(resampler) = &mut self.resampler {
                resampler.process(&mut self.block)?;
            }
        } else {
            self.ended = true;
            match &mut self.resampler {
                Some(resampler) => resampler.flush(&mut self.block)?,
                None => self.block.iter_mut().for_each(Vec::clear),
            }
        }
        Ok(())
    }
}

/// The first seconds of a source, as stereo at that rate.
pub(in crate::render) fn read_start(
    workspace: &Workspace,
    name: &str,
    rate: u32,
    most_s: u32,
) -> Result<Planar, RenderError> {
    let most = index_of(u64::from(rate) * u64::from(most_s));
    let mut reader = Reader::open(workspace, name, 0.0, rate)?;
    let mut all = vec![Vec::new(); 2];
    while frames(&all) < most
        && let Some(part) = reader.next(most - frames(&all))?
    {
        all.iter_mut().zip(part).for_each(|(channel, part)| channel.extend_from_slice(part));
    }
    Ok(all)
}

fn index_of(frames: u64) -> usize {
    usize::try_from(frames).unwrap_or(usize::MAX)
}

/// Lays a decoded block out as stereo. More than two channels are mixed down with the coefficients of ITU-R BS.775: centre
/// and surrounds at -3 dB, a single one at the back at -6 dB to either side, no LFE.
fn lay_out(decoded: &[Vec<f32>], block: &mut Planar) {
    const HALF_POWER: f32 = std::f32::consts::FRAC_1_SQRT_2;
    /// Where 6.1 has its back centre.
    const BACK: usize = 4;
    for (side, channel) in block.iter_mut().enumerate() {
        channel.clear();
        channel.extend_from_slice(if decoded.len() == 1 { &decoded[0] } else { &decoded[side] });
        let (centre, surrounds): (Option<usize>, &[usize]) = match decoded.len() {
            1 | 2 => continue,
            3 => (Some(2), &[]),
            4 => (None, &[2, 3]),
            5 => (Some(2), &[3, 4]),
            6 => (Some(2), &[4, 5]),
            7 => (Some(2), &[5, 6]),
            _ => (Some(2), &[4, 5, 6, 7]),
        };
        let mine = surrounds.iter().enumerate().filter(|(i, _)| i % 2 == side).map(|(_, c)| *c);
        for other in centre.into_iter().chain(mine) {
            for (x, y) in channel.iter_mut().zip(&decoded[other]) {
                *x += y * HALF_POWER;
            }
        }
        if decoded.len() == 7 {
            for (x, y) in channel.iter_mut().zip(&decoded[BACK]) {
                *x += y * 0.5;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_layout_is_mixed_down_by_its_coefficients() {
        let half = std::f32::consts::FRAC_1_SQRT_2;
        // What each channel gives left and right, in the order of WAVE files.
        let (l, r, c, lfe, back) = ([1.0, 0.0], [0.0, 1.0], [half, half], [0.0, 0.0], [0.5, 0.5]);
        let (ls, rs) = ([half, 0.0], [0.0, half]);
        let layouts: [&[[f32; 2]]; 8] = [
            &[[1.0, 1.0]],
            &[l, r],
            &[l, r, c],
            &[l, r, ls, rs],
            &[l, r, c, ls, rs],
            &[l, r, c, lfe, ls, rs],
            &[l, r, c, lfe, back, ls, rs],
            &[l, r, c, lfe, ls, rs, ls, rs],
        ];
        for layout in layouts {
            for (heard, expected) in layout.iter().enumerate() {
                let decoded: Vec<Vec<f32>> =
                    (0..layout.len()).map(|channel| vec![if channel == heard { 1.0 } else { 0.0 }]).collect();
                let mut block = vec![Vec::new(); 2];
                lay_out(&decoded, &mut block);
                let got = [block[0][0], block[1][0]];
                assert_eq!(got.map(f32::to_bits), expected.map(f32::to_bits), "{heard} of {}: {got:?}", layout.len());
            }
        }
    }
}
