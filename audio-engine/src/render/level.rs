//! How loud an output becomes: the gain from mix to limiter, where the limiter stands, and how both answer what was
//! measured.
//!
//! The gain is searched once, behind the limiter of a lossless file. A lossy file starts from there with a lower limiter,
//! for coding adds to peaks, and with a make-up of gain, for a lower limiter takes off loudness. How much make-up that is
//! follows from what a limiter does: the same signal that many dB higher, under a limiter that many dB higher, comes out
//! that many dB higher. So if the loudness rises by `s` LU for each dB of gain while the limiter stands still, it rises by
//! `1 - s` for each dB of the limiter while the gain does, and a limiter lowered by `d` needs `d · (1 - s) / s` more gain.
//! No fixed number of dB can stand for this: dense music loses next to nothing, a few hard hits everything.
//!
//! Every decoded file then corrects both by what it lacks: the limiter by the distance of its peak from the ceiling,
//! down as well as up again, and the gain by the same rule. The make-up has no bound of its own: it ends where the limiter
//! takes off all that the document permits, where driving it further adds more to the decoded peaks than to the
//! loudness, or when a file was written often enough.

/// The gain search ends this close to the target, in LU.
const SEARCH_TOLERANCE_LU: f64 = 0.03;
/// A finished lossless file further from the target than this is written again, in LU.
const LOSSLESS_TOLERANCE_LU: f64 = 0.1;
/// The same for a lossy file, in LU: each writing costs an encoding and a decoding.
const LOSSY_TOLERANCE_LU: f64 = 0.19;
/// Files that may be written for the loudness' sake; further ones only hold the ceiling.
pub(super) const LOUDNESS_ATTEMPTS: u32 = 5;
/// No signal is raised by more than this, in dB: near silence would become noise.
const MAX_GAIN_DB: f64 = 40.0;
/// The limiter goes this much further down than the excess that was measured, in dB, for each time that the file was written.
const EXTRA_DB: f64 = 0.03;
/// The same for a lossy file, in dB: what coding adds to the highest peak scatters from one writing to the next.
const LOSSY_EXTRA_DB: f64 = 0.12;
/// A limiter that is raised again stays this far below what the decoded peak would allow, in dB.
const SPARE_DB: f64 = 0.15;
/// How far below the ceiling the limiter of a lossless file stands, in dB.
pub(super) const LOSSLESS_HEADROOM_DB: f64 = 0.03;
/// What limits by no more than this beyond what is permitted limits as far as is permitted, in dB.
const REDUCTION_TOLERANCE_DB: f64 = 0.01;
/// Levels that are closer together than this say nothing about a slope, in dB.
const APART_DB: f64 = 0.1;
/// The least that a dB of gain is taken to bring, in LU, however dense the limiting.
const LEAST_SLOPE: f64 = 0.25;
/// Make-up is looked for in steps of this many dB.
const STEP_DB: f64 = 0.1;
/// What holds the ceiling is not written again for a lesser move of gain and limiter than this, in dB: no one would hear it.
const WORTH_DB: f64 = 0.15;
/// A limiter that was driven this much further for nothing shows that there is no use in more, in dB: decoded peaks are not so even
/// that less would.
const IN_VAIN_DB: f64 = 3.0;

/// What a level is held to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Aim {
    /// The loudness to reach, in LUFS; none leaves the level as it is.
    pub(super) target_lufs: Option<f64>,
    /// The true peak that no file exceeds, in dBTP.
    pub(super) ceiling_dbtp: f64,
    /// The most that the limiter may take off for the target's sake, in dB.
    pub(super) max_reduction_db: f64,
}

/// What is to be levelled, as far as it is known beforehand.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Source {
    /// Its loudness in LUFS; none for silence.
    pub(super) loudness_lufs: Option<f64>,
    /// Its true peak in dBTP; none for silence.
    pub(super) true_peak_dbtp: Option<f64>,
    /// Whether a voice will be laid over it, which adds to both.
    pub(super) tagged: bool,
}

/// Gain, then limiter.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Level {
    /// In dB.
    pub(super) gain_db: f64,
    /// Where the limiter stands, in dBTP.
    pub(super) limiter_dbtp: f64,
}

/// What a level gave, behind the limiter or in a finished file.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Found {
    /// In LUFS; none for silence.
    pub(super) loudness_lufs: Option<f64>,
    /// In dBTP; none for silence, or if nobody looked.
    pub(super) true_peak_dbtp: Option<f64>,
    /// The most that the limiter took off, in dB.
    pub(super) reduction_db: f64,
}

/// What keeps a level from its target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bound {
    /// The limiter would have to take off more than is permitted.
    Reduction,
    /// Near silence would become noise.
    Gain,
    /// Coding adds to the peaks as fast as to the loudness.
    Coding,
    /// Nothing that is known.
    Unknown,
}

/// The way of one output to its level.
#[derive(Debug, Clone)]
pub(super) struct Course {
    aim: Aim,
    source: Source,
    /// How far below the ceiling a lossy file's first limiter stands, in dB.
    lossy_headroom_db: Option<f64>,
    level: Level,
    /// What the search found, as gain in dB and loudness in LUFS.
    searched: Vec<(f64, f64)>,
    /// The level of the last file, and what it gave.
    last: Option<(Level, Found)>,
    /// LU for each dB of gain while the limiter stands still.
    slope: f64,
    /// Of the files so far, how far the limiter was driven in the one that would be the loudest with its peak at the ceiling, in
    /// dB, and that loudness in LUFS.
    loudest: Option<(f64, f64)>,
    /// The limiter is not driven further than this, in dB: it was tried, and coding added more to the peaks.
    most_driven_db: f64,
}

impl Course {
    /// Begins with the gain that reaches the target if nothing is limited.
    pub(super) fn new(aim: Aim, source: Source, lossy_headroom_db: Option<f64>) -> Self {
        let level = Level { gain_db: 0.0, limiter_dbtp: aim.ceiling_dbtp - LOSSLESS_HEADROOM_DB };
        let mut new = Self {
            aim,
            source,
            lossy_headroom_db,
            level,
            searched: Vec::new(),
            last: None,
            slope: 1.0,
            loudest: None,
            most_driven_db: f64::INFINITY,
        };
        if let Some((target, loudness)) = aim.target_lufs.zip(source.loudness_lufs) {
            new.level.gain_db = new.permitted(target - loudness, level.limiter_dbtp);
        }
        new
    }

    pub(super) fn level(&self) -> Level {
        self.level
    }

    pub(super) fn has_target(&self) -> bool {
        self.aim.target_lufs.is_some()
    }

    /// Without tags and without limiting, the loudness follows the gain exactly and nothing need be searched.
    pub(super) fn needs_search(&self) -> bool {
        let limits = self.driven_db() > -0.2;
        self.is_levelled() && (self.source.tagged || limits)
    }

    /// Takes what the search found at this level; whether it goes on, with another gain.
    pub(super) fn search(&mut self, found: &Found) -> bool {
        self.learn_peak(found);
        let Some((target, loudness)) = self.aim.target_lufs.zip(found.loudness_lufs) else { return false };
        let gain = self.level.gain_db;
        self.searched.push((gain, loudness));
        let next = if (loudness - target).abs() > SEARCH_TOLERANCE_LU { self.next_gain(target) } else { gain };
        self.level.gain_db = self.permitted(next, self.level.limiter_dbtp);
        // A bounded gain that did not move has nothing left to try.
        (self.level.gain_db - gain).abs() > 1e-9
    }

    /// The gain that the last two findings point to; limiting makes loudness rise by less than the gain.
    fn next_gain(&self, target: f64) -> f64 {
        let (gain, loudness) = self.searched[self.searched.len() - 1];
        let slope = self.searched.len().checked_sub(2).map_or(1.0, |i| {
            let (g, l) = self.searched[i];
            if (gain - g).abs() < 1e-9 { 1.0 } else { ((loudness - l) / (gain - g)).clamp(0.2, 1.2) }
        });
        gain + (target - loudness) / slope
    }

    /// Ends the search: a lossy file's limiter goes down, and its gain up by what that costs.
    pub(super) fn begin_files(&mut self) {
        let Some(headroom) = self.lossy_headroom_db else { return };
        let (searched, bend) = (self.level, self.bend());
        let lowered = searched.limiter_dbtp - (self.aim.ceiling_dbtp - headroom);
        self.level.limiter_dbtp -= lowered;
        if self.searched.is_empty() {
            return;
        }
        // Where limiter and gain go down together, the loudness does; then the gain goes up in small steps until it is back.
        let mut driven = self.driven_db() - lowered;
        let (mut gain_db, mut missing_lu) = (searched.gain_db - lowered, lowered);
        while missing_lu > 0.0 {
            self.slope = (1.0 - bend * driven.max(0.0)).clamp(LEAST_SLOPE, 1.0);
            let step = STEP_DB.min(missing_lu / self.slope);
            (driven, gain_db, missing_lu) = (driven + step, gain_db + step, missing_lu - step * self.slope);
            if step < STEP_DB {
                break;
            }
        }
        self.level.gain_db = self.permitted(gain_db, self.level.limiter_dbtp);
    }

    /// How much of a dB of gain each dB that the limiter is driven takes away, after what the search found: what limiting takes
    /// off grows with the square of how far it is driven. That holds on music up to where three quarters of a dB are lost.
    fn bend(&self) -> f64 {
        let driven = |gain: f64| self.peak_dbtp() + gain - self.aim.ceiling_dbtp + LOSSLESS_HEADROOM_DB;
        let Some(((gain, loudness), before)) = self.searched.split_last() else { return 0.0 };
        let (lost, over) = if let Some((g, l)) = before.iter().rev().find(|(g, _)| (gain - g).abs() > APART_DB) {
            (1.0 - (loudness - l) / (gain - g), 0.5 * (driven(*gain) + driven(*g)))
        } else {
            let own = self.source.loudness_lufs.map_or(0.0, |own| own + gain - loudness);
            (2.0 * own / driven(*gain).max(APART_DB), driven(*gain))
        };
        if over > APART_DB { lost.max(0.0) / over } else { 0.0 }
    }

    /// The gain that brings so many LU more under a limiter there, as far as it is permitted.
    fn compensated(&self, missing_lu: f64, limiter_dbtp: f64) -> f64 {
        let raised = limiter_dbtp - self.level.limiter_dbtp;
        let more = (missing_lu - (1.0 - self.slope) * raised) / self.slope;
        self.permitted(if self.is_levelled() { self.level.gain_db + more } else { self.level.gain_db }, limiter_dbtp)
    }

    /// By how much a file exceeds the ceiling, in dB.
    pub(super) fn excess_db(&self, found: &Found) -> f64 {
        found.true_peak_dbtp.map_or(0.0, |peak| (peak - self.aim.ceiling_dbtp).max(0.0))
    }

    /// What a file lacks to the target, in LU; 0 without one.
    pub(super) fn missing_lu(&self, found: &Found) -> f64 {
        self.aim.target_lufs.zip(found.loudness_lufs).map_or(0.0, |(target, loudness)| target - loudness)
    }

    /// Whether the limiter took off more than the document permits. Without a target it takes off whatever holds the ceiling.
    pub(super) fn is_forbidden(&self, found: &Found) -> bool {
        self.is_levelled() && found.reduction_db > self.aim.max_reduction_db + REDUCTION_TOLERANCE_DB
    }

    /// Whether one file is to be kept rather than another that holds the ceiling as well: what limits no more than is permitted before
    /// what does, then what is nearer to the target.
    pub(super) fn prefers(&self, one: &Found, other: &Found) -> bool {
        let misses = |found: &Found| self.missing_lu(found).abs();
        match (self.is_forbidden(one), self.is_forbidden(other)) {
            (false, true) => true,
            (true, false) => false,
            _ => misses(one) < misses(other),
        }
    }

    /// Goes on from a file that was written for the `attempt`th time; whether it is worth another.
    pub(super) fn correct(&mut self, found: &Found, attempt: u32) -> bool {
        self.learn_peak(found);
        self.learn_slope(found);
        self.learn_drive(found);
        let (was, lossy) = (self.level, self.lossy_headroom_db.is_some());
        let (excess, missing) = (self.excess_db(found), self.missing_lu(found));
        let tolerance = if lossy { LOSSY_TOLERANCE_LU } else { LOSSLESS_TOLERANCE_LU };
        let off = missing.abs() > tolerance;
        // Noise through a low bit rate gains peaks as fast as level: then the ceiling comes first.
        let may_rise = attempt < LOUDNESS_ATTEMPTS;
        let mut next = was;
        if excess > 0.0 {
            let extra = if lossy { LOSSY_EXTRA_DB } else { EXTRA_DB };
            next.limiter_dbtp -= excess + extra * f64::from(attempt);
        } else if lossy && off && may_rise {
            let spare = found.true_peak_dbtp.map_or(0.0, |peak| self.aim.ceiling_dbtp - peak - SPARE_DB);
            let highest = self.aim.ceiling_dbtp - LOSSLESS_HEADROOM_DB;
            next.limiter_dbtp = (was.limiter_dbtp + spare.max(0.0)).min(highest);
        }
        let gain = self.compensated(missing, next.limiter_dbtp);
        let moves = off || excess > 0.0 && lossy;
        let keep = !(moves && (may_rise || gain < was.gain_db));
        next.gain_db = if keep { self.permitted(was.gain_db, next.limiter_dbtp) } else { gain };
        let forbidden = was.gain_db - self.permitted(was.gain_db, was.limiter_dbtp) > REDUCTION_TOLERANCE_DB;
        self.last = Some((was, *found));
        self.level = next;
        let step_db = (next.gain_db - was.gain_db).abs().max((next.limiter_dbtp - was.limiter_dbtp).abs());
        excess > 0.0 || forbidden || step_db > if lossy { WORTH_DB } else { 0.01 }
    }

    /// What the limiter took off tells the peak that came to it: tags and another rate change the mix's own.
    fn learn_peak(&mut self, found: &Found) {
        let highest = self.level.limiter_dbtp - self.level.gain_db;
        let peak = if found.reduction_db > 0.0 { highest + found.reduction_db } else { self.peak_dbtp().min(highest) };
        self.source.true_peak_dbtp = self.source.true_peak_dbtp.map(|_| peak);
    }

    /// Two files tell what limiting leaves of a dB of gain, coding included.
    fn learn_slope(&mut self, found: &Found) {
        let Some((level, last)) = &self.last else { return };
        let Some((before, now)) = last.loudness_lufs.zip(found.loudness_lufs) else { return };
        let raised = self.level.limiter_dbtp - level.limiter_dbtp;
        let driven = self.level.gain_db - level.gain_db - raised;
        if driven.abs() > APART_DB {
            self.slope = ((now - before - raised) / driven).clamp(LEAST_SLOPE, 1.0);
        }
    }

    /// A level and its limiter may both be moved until a file's peak is at the ceiling: what its loudness is then depends on how
    /// far the limiter is driven alone. If that was further than before, and for nothing, there is no use in more.
    fn learn_drive(&mut self, found: &Found) {
        let Some((loudness, peak)) = found.loudness_lufs.zip(found.true_peak_dbtp) else { return };
        let driven = self.driven_db();
        let at_ceiling = loudness + self.aim.ceiling_dbtp - peak;
        match self.loudest {
            Some((least, loudest)) if at_ceiling <= loudest => {
                if driven > least + IN_VAIN_DB {
                    self.most_driven_db = self.most_driven_db.min(least);
                }
            }
            _ => self.loudest = Some((driven, at_ceiling)),
        }
    }

    /// How far the limiter is driven, in dB: what it takes off at most, or below 0 how far peaks stay beneath it.
    fn driven_db(&self) -> f64 {
        self.peak_dbtp() + self.level.gain_db - self.level.limiter_dbtp
    }

    /// That gain, or what the document permits under a limiter there. A level that has no target stays as it is, whatever it
    /// takes to hold the ceiling.
    fn permitted(&self, gain_db: f64, limiter_dbtp: f64) -> f64 {
        let most = self.highest_gain(limiter_dbtp).min(limiter_dbtp + self.most_driven_db - self.peak_dbtp());
        if self.is_levelled() { gain_db.min(most) } else { gain_db }
    }

    /// The gain at which a limiter there takes off all that it may.
    fn highest_gain(&self, limiter_dbtp: f64) -> f64 {
        (limiter_dbtp + self.aim.max_reduction_db - self.peak_dbtp()).min(MAX_GAIN_DB)
    }

    fn peak_dbtp(&self) -> f64 {
        self.source.true_peak_dbtp.unwrap_or(f64::NEG_INFINITY)
    }

    fn is_levelled(&self) -> bool {
        self.aim.target_lufs.is_some() && self.source.loudness_lufs.is_some()
    }

    /// What keeps that level from being louder.
    pub(super) fn bound(&self, level: Level) -> Bound {
        let highest = self.highest_gain(level.limiter_dbtp);
        if level.gain_db >= MAX_GAIN_DB - 0.02 {
            Bound::Gain
        } else if level.gain_db >= highest - 0.02 {
            Bound::Reduction
        } else if self.lossy_headroom_db.is_some() {
            Bound::Coding
        } else {
            Bound::Unknown
        }
    }
}

#[cfg(test)]
mod tests;
