//! The master chain: finding the gain, holding the ceiling, and proving both on the finished file.

use super::level::{Aim, Bound, Course, Found, LOUDNESS_ATTEMPTS, Level, Source};
use super::output::{Partial, Sink, keep_all};
use super::premaster::{Block, PreMaster};
use super::receipt::{LoudnessOutcome, OutputReceipt, Receipt, shortfall};
use super::{Output, RenderError};
use crate::ENGINE_VERSION;
use crate::dsp::{Limiter, Planar, Resampler, db_to_gain, frames, gain_to_db, narrow};
use crate::measure::{LoudnessMeter, Measurement};

/// Passes that search the gain.
const MAX_SEARCHES: u32 = 5;
/// Times that one file is written.
const MAX_ATTEMPTS: u32 = 8;
/// A target is reached within this, in LU.
const REACHED_LU: f64 = 0.2;
/// Everything is stereo.
const CHANNELS: usize = 2;

/// How one output's chain is set.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Setting {
    rate: u32,
    tagged: bool,
    level: Level,
}

/// An output on its way.
struct Plan {
    rate: u32,
    tagged: bool,
    course: Course,
    /// Of the files that were written and hold the ceiling, the one to keep.
    best: Option<Written>,
    /// How often it was written.
    attempts: u32,
    done: bool,
}

/// An output that was written, measured, and is only kept if it passes.
struct Written {
    index: usize,
    partial: Partial,
    measured: Measurement,
    level: Level,
    reduction_db: f64,
}

impl Written {
    fn found(&self) -> Found {
        Found {
            loudness_lufs: self.measured.integrated_lufs,
            true_peak_dbtp: self.measured.true_peak_dbtp,
            reduction_db: self.reduction_db,
        }
    }
}

impl Plan {
    fn new(premaster: &PreMaster<'_>, output: &Output) -> Self {
        let master = &premaster.mix.master;
        let aim = Aim {
            target_lufs: master.target.loudness_lufs(),
            ceiling_dbtp: master.ceiling_dbtp(),
            max_reduction_db: master.max_reduction_db,
        };
        let tagged = output.takes_tags() && !premaster.tags.is_empty();
        let source = Source { loudness_lufs: premaster.loudness(), true_peak_dbtp: premaster.true_peak(), tagged };
        let lossy = !output.format.is_lossless();
        Self {
            rate: output.sample_rate_hz.unwrap_or_else(|| output.format.natural_rate_hz(premaster.sample_rate_hz)),
            tagged,
            course: Course::new(aim, source, lossy.then(|| output.format.headroom_db())),
            best: None,
            attempts: 0,
            done: false,
        }
    }

    fn setting(&self) -> Setting {
        Setting { rate: self.rate, tagged: self.tagged, level: self.course.level() }
    }

    /// Judges a file: keeps it if it is the best so far, and decides whether another is worth its time.
    fn take(&mut self, written: Written, file: &str) -> Result<(), RenderError> {
        self.attempts += 1;
        let found = written.found();
        let goes_on = self.course.correct(&found, self.attempts);
        let excess_db = self.course.excess_db(&found);
        let prefers = |best: &Written| self.course.prefers(&found, &best.found());
        let better = excess_db <= 0.0 && self.best.as_ref().is_none_or(prefers);
        let superseded = if better { self.best.replace(written) } else { Some(written) };
        if let Some(superseded) = superseded {
            superseded.partial.discard();
        }
        // Once a file holds the ceiling and limits no more than is permitted, only the loudness is worth another.
        let stands = self.best.as_ref().is_some_and(|best| !self.course.is_forbidden(&best.found()));
        let limit = if stands { LOUDNESS_ATTEMPTS } else { MAX_ATTEMPTS };
        self.done = !goes_on || self.attempts >= limit;
        if self.done && self.best.is_none() {
            return Err(RenderError::Ceiling { file: file.to_owned(), excess_db, attempts: self.attempts });
        }
        Ok(())
    }
}

pub(super) fn write_outputs(premaster: &mut PreMaster<'_>) -> Result<Receipt, RenderError> {
    let mix = premaster.mix;
    let mut plans: Vec<Plan> = mix.outputs.iter().map(|output| Plan::new(premaster, output)).collect();
    search_gains(premaster, &mut plans)?;
    loop {
        let open: Vec<usize> = (0..plans.len()).filter(|i| !plans[*i].done).collect();
        if open.is_empty() {
            break;
        }
        for written in write_pass(premaster, &plans, &open)? {
            let i = written.index;
            plans[i].take(written, &mix.outputs[i].file)?;
        }
    }
    let settled = plans.into_iter().zip(&mix.outputs).map(|(plan, output)| settle(premaster, plan, output));
    let settled: Vec<(OutputReceipt, Partial)> = settled.collect::<Result<_, _>>()?;
    // Only now, so that a render that fails leaves nothing behind.
    let (outputs, partials): (Vec<OutputReceipt>, Vec<Partial>) = settled.into_iter().unzip();
    keep_all(&partials, premaster.folder.path())?;
    premaster.tracker.done();
    let source = premaster.source.clone().expect("the mix was rendered, and measured on the way");
    Ok(Receipt {
        engine_version: ENGINE_VERSION.to_owned(),
        sample_rate_hz: premaster.sample_rate_hz,
        frames: premaster.frames,
        source,
        tags_at_s: premaster.tags_at_s(),
        outputs,
    })
}

/// Finds, for every distinct setting, the gain that reaches the target through a lossless file's limiter (secant steps).
fn search_gains(premaster: &mut PreMaster<'_>, plans: &mut [Plan]) -> Result<(), RenderError> {
    let mut open: Vec<usize> = (0..plans.len()).filter(|i| plans[*i].course.needs_search()).collect();
    for _ in 0..MAX_SEARCHES {
        if open.is_empty() {
            break;
        }
        let found = measure_pass(premaster, plans, &open)?;
        let goes_on = open.into_iter().zip(found).filter(|(i, found)| plans[*i].course.search(found));
        open = goes_on.map(|(i, _)| i).collect();
    }
    for plan in plans {
        plan.course.begin_files();
    }
    Ok(())
}

/// What became of the loudness target.
fn outcome(plan: &Plan, written: &Written, max_reduction_db: f64) -> LoudnessOutcome {
    if !plan.course.has_target() {
        return LoudnessOutcome::NoTarget;
    }
    if written.measured.integrated_lufs.is_none() {
        return LoudnessOutcome::Unmeasurable;
    }
    let deviation_lu = -plan.course.missing_lu(&written.found());
    if deviation_lu.abs() <= REACHED_LU {
        return LoudnessOutcome::Reached { deviation_lu };
    }
    match plan.course.bound(written.level) {
        Bound::Reduction if deviation_lu < 0.0 => LoudnessOutcome::LimitedByCeiling { deviation_lu, max_reduction_db },
        Bound::Coding if deviation_lu < 0.0 => LoudnessOutcome::LimitedByCoding { deviation_lu },
        Bound::Gain if deviation_lu < 0.0 => LoudnessOutcome::TooQuiet { deviation_lu },
        _ => LoudnessOutcome::Missed { deviation_lu },
    }
}

fn settle(premaster: &PreMaster<'_>, mut plan: Plan, output: &Output) -> Result<(OutputReceipt, Partial), RenderError> {
    let written = plan.best.take().expect("a plan is done once a file holds the ceiling");
    let loudness = outcome(&plan, &written, premaster.mix.master.max_reduction_db);
    let (sha256, bytes) = written.partial.hash()?;
    let receipt = OutputReceipt {
        path: written.partial.target().to_owned(),
        file: output.file.clone(),
        format: output.format,
        sha256,
        bytes,
        measured: written.measured,
        gain_db: written.level.gain_db,
        limiter_ceiling_dbtp: written.level.limiter_dbtp,
        limiter_max_reduction_db: written.reduction_db,
        loudness,
        shortfall: shortfall(loudness, output.format),
        attempts: plan.attempts,
    };
    Ok((receipt, written.partial))
}

/// One pass that measures each plan's loudness behind its limiter.
fn measure_pass(premaster: &mut PreMaster<'_>, plans: &[Plan], open: &[usize]) -> Result<Vec<Found>, RenderError> {
    let mut bank = Bank::new(premaster, plans, open)?;
    let mut meters: Vec<LoudnessMeter> =
        bank.chains.iter().map(|chain| LoudnessMeter::new(CHANNELS, chain.setting.rate)).collect();
    let with_tags = bank.needs_tags();
    premaster.stream(0.35, with_tags, &mut |block| {
        bank.process(Some(block), |i, block| {
            meters[i].add(block);
            Ok(())
        })
    })?;
    bank.process(None, |i, block| {
        meters[i].add(block);
        Ok(())
    })?;
    let found = |i: &usize| {
        let chain = bank.chain_of(plans[*i].setting());
        let loudness_lufs = meters[chain].integrated_lufs();
        Found { loudness_lufs, true_peak_dbtp: None, reduction_db: bank.chains[chain].reduction_db() }
    };
    Ok(open.iter().map(found).collect())
}

/// The output with the mix's tempo and key, where it states none of its own.
fn with_music(premaster: &PreMaster<'_>, output: &Output) -> Output {
    let mut output = output.clone();
    output.metadata.bpm = output.metadata.bpm.or(premaster.mix.tempo_bpm);
    output.metadata.key = output.metadata.key.or_else(|| premaster.mix.key.clone());
    output
}

/// One pass that writes every open output.
fn write_pass(premaster: &mut PreMaster<'_>, plans: &[Plan], open: &[usize]) -> Result<Vec<Written>, RenderError> {
    let mut bank = Bank::new(premaster, plans, open)?;
    let dither = premaster.mix.master.dither;
    let mut sinks: Vec<(usize, usize, Sink, Partial)> = Vec::with_capacity(open.len());
    for &i in open {
        let output = &with_music(premaster, &premaster.mix.outputs[i]);
        // Beside the best file so far, not over it.
        let folder = premaster.folder.path().join(plans[i].attempts.to_string());
        std::fs::create_dir_all(&folder)?;
        let made = Sink::create(output, (premaster.workspace, &folder), plans[i].rate, CHANNELS, dither);
        let (sink, partial) = made.map_err(|error| error.named(&output.file))?;
        sinks.push((i, bank.chain_of(plans[i].setting()), sink, partial));
    }
    let mut write = |chain: usize, block: &Planar| -> Result<(), RenderError> {
        let mut fed = sinks.iter_mut().filter(|(_, c, ..)| *c == chain);
        fed.try_for_each(|(_, _, sink, partial)| sink.write(block).map_err(|error| error.named(&partial.name())))
    };
    let with_tags = bank.needs_tags();
    premaster.stream(0.75, with_tags, &mut |block| bank.process(Some(block), &mut write))?;
    bank.process(None, &mut write)?;
    let finish = |(index, chain, sink, partial): (usize, usize, Sink, Partial)| {
        let measured = sink.finish(&partial, &premaster.tracker).map_err(|error| error.named(&partial.name()))?;
        let chain = &bank.chains[chain];
        Ok(Written { index, partial, measured, level: chain.setting.level, reduction_db: chain.reduction_db() })
    };
    sinks.into_iter().map(finish).collect()
}

/// Equal settings share one chain, equal rates one resampler.
struct Bank {
    rates: Vec<RateBranch>,
    chains: Vec<Chain>,
    block: Planar,
}

struct RateBranch {
    rate: u32,
    tagged: bool,
    resampler: Option<Resampler>,
    block: Planar,
}

struct Chain {
    setting: Setting,
    rate: usize,
    gain: f32,
    limiter: Limiter,
}

impl Chain {
    /// The most that the limiter took off so far, in dB, 0 or more.
    fn reduction_db(&self) -> f64 {
        (-gain_to_db(self.limiter.lowest_gain())).max(0.0)
    }
}

impl Bank {
    fn new(premaster: &PreMaster<'_>, plans: &[Plan], open: &[usize]) -> Result<Self, RenderError> {
        let mut bank = Self { rates: Vec::new(), chains: Vec::new(), block: vec![Vec::new(); CHANNELS] };
        for setting in open.iter().map(|i| plans[*i].setting()) {
            if bank.chains.iter().any(|chain| chain.setting == setting) {
                continue;
            }
            let known =
                bank.rates.iter().position(|branch| (branch.rate, branch.tagged) == (setting.rate, setting.tagged));
            let rate = known.unwrap_or(bank.rates.len());
            if known.is_none() {
                let same = setting.rate == premaster.sample_rate_hz;
                let resampler =
                    if same { None } else { Some(Resampler::new(premaster.sample_rate_hz, setting.rate, CHANNELS)?) };
                bank.rates.push(RateBranch {
                    rate: setting.rate,
                    tagged: setting.tagged,
                    resampler,
                    block: Planar::new(),
                });
            }
            let limiter = Limiter::new(CHANNELS, setting.rate, db_to_gain(setting.level.limiter_dbtp));
            let gain = narrow(db_to_gain(setting.level.gain_db));
            bank.chains.push(Chain { setting, rate, gain, limiter });
        }
        Ok(bank)
    }

    fn needs_tags(&self) -> bool {
        self.rates.iter().any(|branch| branch.tagged)
    }

    fn chain_of(&self, setting: Setting) -> usize {
        self.chains.iter().position(|chain| chain.setting == setting).expect("a chain was made for every open setting")
    }

    /// Runs a block through every chain; `None` ends the stream.
    fn process(
        &mut self,
        input: Option<&Block<'_>>,
        mut take: impl FnMut(usize, &Planar) -> Result<(), RenderError>,
    ) -> Result<(), RenderError> {
        for branch in &mut self.rates {
            match input {
                Some(block) if branch.tagged => branch.block.clone_from(block.tagged),
                Some(block) => branch.block.clone_from(block.plain),
                None => branch.block = vec![Vec::new(); self.block.len()],
            }
            match (&mut branch.resampler, input) {
                (Some(resampler), Some(_)) => resampler.process(&mut branch.block)?,
                (Some(resampler), None) => resampler.flush(&mut branch.block)?,
                (None, _) => (),
            }
        }
        for (i, chain) in self.chains.iter_mut().enumerate() {
            let source = &self.rates[chain.rate].block;
            for (to, from) in self.block.iter_mut().zip(source) {
                to.clear();
                to.extend(from.iter().map(|x| x * chain.gain));
            }
            chain.limiter.process(&mut self.block);
            if frames(&self.block) > 0 {
                take(i, &self.block)?;
            }
            if input.is_none() {
                chain.limiter.flush(&mut self.block);
                take(i, &self.block)?;
            }
        }
        Ok(())
    }
}
