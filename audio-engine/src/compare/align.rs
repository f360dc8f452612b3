//! Two files side by side: how far apart they start, and their blocks in step.

use super::Unreadable;
use crate::decode::Decoder;
use realfft::RealFftPlanner;
use std::path::{Path, PathBuf};

/// The offset is searched within this, in seconds.
const MAX_OFFSET_S: usize = 2;
/// So much of each file is looked at for it, in seconds.
const LOOK_S: usize = 10;

/// Frames by which `b` is behind `a`: the peak of their cross-correlation.
pub(super) fn offset(a: &Path, b: &Path, rate: u32) -> Result<i64, Unreadable> {
    let (look, most) = (LOOK_S * rate as usize, MAX_OFFSET_S * rate as usize);
    // What is silent in both tells nothing: the look starts where the first of them sounds.
    let from = first_sound(a)?.min(first_sound(b)?);
    let size = (look + most).next_power_of_two();
    let (mut a, mut b) = (read_mono(a, from, look)?, read_mono(b, from, look)?);
    a.resize(size, 0.0);
    b.resize(size, 0.0);
    let mut planner = RealFftPlanner::<f32>::new();
    let (forward, back) = (planner.plan_fft_forward(size), planner.plan_fft_inverse(size));
    let (mut spectrum_a, mut spectrum_b) = (forward.make_output_vec(), forward.make_output_vec());
    let transformed = forward.process(&mut a, &mut spectrum_a).and(forward.process(&mut b, &mut spectrum_b));
    for (x, y) in spectrum_a.iter_mut().zip(&spectrum_b) {
        *x = x.conj() * y;
    }
    let ends = spectrum_a.len() - 1;
    // The transform of something real is real at both ends, but for rounding.
    for end in [0, ends] {
        spectrum_a[end].im = 0.0;
    }
    if transformed.and(back.process(&mut spectrum_a, &mut a)).is_err() {
        return Ok(0);
    }
    let at = |lag: usize| a[lag].abs();
    let late = (0..=most).map(|lag| (at(lag), lag, 1));
    let early = (1..=most).map(|lag| (at(size - lag), lag, -1));
    // Of equals the nearest: silence correlates with nothing at every offset.
    let best = late.chain(early).max_by(|x, y| x.0.total_cmp(&y.0).then(y.1.cmp(&x.1)));
    Ok(best.map_or(0, |(_, lag, sign)| i64::try_from(lag).unwrap_or(0) * sign))
}

fn first_sound(path: &Path) -> Result<u64, Unreadable> {
    let mut decoder = Decoder::open(path).map_err(Unreadable::because(path))?;
    let mut at = 0;
    while let Some(block) = decoder.next_block().map_err(Unreadable::because(path))? {
        let first = block.iter().filter_map(|channel| channel.iter().position(|x| x.abs() > 1e-4)).min();
        if let Some(i) = first {
            return Ok(at + i as u64);
        }
        at += block[0].len() as u64;
    }
    Ok(0)
}

/// Up to `len` frames from `from`, channels summed.
fn read_mono(path: &Path, from: u64, len: usize) -> Result<Vec<f32>, Unreadable> {
    let mut decoder = Decoder::open(path).map_err(Unreadable::because(path))?;
    let (mut mono, mut skip) = (Vec::with_capacity(len), usize::try_from(from).unwrap_or(0));
    while let Some(block) = decoder.next_block().map_err(Unreadable::because(path))? {
        let frames = block[0].len();
        let start = skip.min(frames);
        skip -= start;
        mono.extend((start..frames).map(|i| block.iter().map(|channel| channel[i]).sum::<f32>()));
        if mono.len() >= len {
            mono.truncate(len);
            break;
        }
    }
    Ok(mono)
}

/// Two decoders in step.
pub(crate) struct Pair {
    a: Reader,
    b: Reader,
}

struct Reader {
    path: PathBuf,
    decoder: Decoder,
    waiting: Vec<Vec<f32>>,
    ended: bool,
    /// Frames that were left out at the start.
    skipped: u64,
}

impl Pair {
    /// `offset` frames of the later file are left out.
    pub(crate) fn open(a: &Path, b: &Path, offset: i64) -> Result<Self, Unreadable> {
        let skip = |frames: i64| usize::try_from(frames).unwrap_or(0);
        Ok(Self { a: Reader::open(a, skip(-offset))?, b: Reader::open(b, skip(offset))? })
    }

    /// Hands out all that lies side by side.
    pub(crate) fn each(&mut self, mut take: impl FnMut(&[Vec<f32>], &[Vec<f32>])) -> Result<(), Unreadable> {
        loop {
            let len = self.a.fill()?.min(self.b.fill()?);
            if len == 0 {
                return Ok(());
            }
            take(&self.a.part(len), &self.b.part(len));
            self.a.drop(len);
            self.b.drop(len);
        }
    }

    /// Frames without a counterpart, to be asked when all else was handed out.
    pub(super) fn unmatched(&mut self) -> Result<u64, Unreadable> {
        Ok(self.a.rest()? + self.b.rest()?)
    }
}

impl Reader {
    fn open(path: &Path, skip: usize) -> Result<Self, Unreadable> {
        let decoder = Decoder::open(path).map_err(Unreadable::because(path))?;
        let waiting = vec![Vec::new(); decoder.spec().channels];
        let mut reader = Self { path: path.to_owned(), decoder, waiting, ended: false, skipped: 0 };
        let mut left = skip;
        while left > 0 {
            let len = reader.fill()?.min(left);
            if len == 0 {
                break;
            }
            reader.drop(len);
            left -= len;
        }
        reader.skipped = (skip - left) as u64;
        Ok(reader)
    }

    /// At least one waiting frame, if there is any left.
    fn fill(&mut self) -> Result<usize, Unreadable> {
        while self.waiting[0].is_empty() && !self.ended {
            match self.decoder.next_block().map_err(Unreadable::because(&self.path))? {
                Some(block) => {
                    for (waiting, channel) in self.waiting.iter_mut().zip(block) {
                        waiting.extend_from_slice(channel);
                    }
                }
                None => self.ended = true,
            }
        }
        Ok(self.waiting[0].len())
    }

    fn part(&self, len: usize) -> Vec<Vec<f32>> {
        self.waiting.iter().map(|channel| channel[..len].to_vec()).collect()
    }

    fn drop(&mut self, len: usize) {
        for channel in &mut self.waiting {
            channel.drain(..len);
        }
    }

    fn rest(&mut self) -> Result<u64, Unreadable> {
        let mut frames = self.skipped;
        loop {
            let len = self.fill()?;
            if len == 0 {
                return Ok(frames);
            }
            self.drop(len);
            frames += len as u64;
        }
    }
}
