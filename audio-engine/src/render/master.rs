//! The master chain: finding the gain, holding the ceiling, and proving both on the finished file.

use super::output::{Partial, Sink};
use super::premaster::{Block, PreMaster};
use super::receipt::{LoudnessOutcome, OutputReceipt, Receipt};
use super::{Output, RenderError};
use crate::ENGINE_VERSION;
use crate::dsp::{Limiter, Planar, Resampler, db_to_gain, frames, gain_to_db, narrow};
use crate::measure::{LoudnessMeter, Measurement};

/// The gain search ends this close to the target, in LU.
const SEARCH_TOLERANCE_LU: f64 = 0.03;
/// A finished file further from the target than this is written again, in LU.
const FILE_TOLERANCE_LU: f64 = 0.1;
/// Passes that search the gain.
const MAX_SEARCHES: u32 = 5;
/// Times that one file is written.
const MAX_ATTEMPTS: u32 = 8;
/// Rewrites that may raise the gain again; later ones only hold the ceiling.
const LOUDNESS_ATTEMPTS: u32 = 3;
/// No signal is raised by more than this, in dB: near silence would become noise.
const MAX_GAIN_DB: f64 = 40.0;
/// The limiter goes this much further down than the excess that was measured, in dB.
const EXTRA_DB: f64 = 0.03;
/// Everything is stereo.
const CHANNELS: usize = 2;

/// How one output's chain is set.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Setting {
    rate: u32,
    tagged: bool,
    gain_db: f64,
    ceiling_db: f64,
    /// The gain may not rise further.
    capped: bool,
}

/// An output that was written, measured, and is only kept if it passes.
struct Written {
    index: usize,
    partial: Partial,
    measured: Measurement,
    reduction_db: f64,
}

pub(super) fn write_outputs(premaster: &mut PreMaster<'_>) -> Result<Receipt, RenderError> {
    let mix = premaster.mix;
    let mut settings: Vec<Setting> = mix.outputs.iter().map(|output| first_setting(premaster, output)).collect();
    search_gains(premaster, &mut settings)?;
    let mut receipts: Vec<Option<(OutputReceipt, Partial)>> = mix.outputs.iter().map(|_| None).collect();
    for attempt in 1..=MAX_ATTEMPTS {
        let open: Vec<usize> = (0..receipts.len()).filter(|i| receipts[*i].is_none()).collect();
        if open.is_empty() {
            break;
        }
        for written in write_pass(premaster, &settings, &open)? {
            let (i, setting) = (written.index, settings[written.index]);
            match correction(premaster, setting, &written.measured, attempt) {
                Some(_) if attempt == MAX_ATTEMPTS && excess_db(premaster, &written.measured) > 0.0 => {
                    return Err(RenderError::Ceiling {
                        file: mix.outputs[i].file.clone(),
                        excess_db: excess_db(premaster, &written.measured),
                        attempts: attempt,
                    });
                }
                Some(better) if attempt < MAX_ATTEMPTS => settings[i] = better,
                _ => receipts[i] = Some(settle(premaster, setting, written, attempt)?),
            }
        }
    }
    // Only now, so that a render that fails leaves nothing behind.
    let mut outputs = Vec::with_capacity(receipts.len());
    for (receipt, partial) in receipts.into_iter().flatten() {
        partial.keep()?;
        outputs.push(receipt);
    }
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

fn first_setting(premaster: &PreMaster<'_>, output: &Output) -> Setting {
    let master = &premaster.mix.master;
    let mut setting = Setting {
        rate: output.sample_rate_hz.unwrap_or_else(|| output.format.natural_rate_hz(premaster.sample_rate_hz)),
        tagged: output.takes_tags() && !premaster.tags.is_empty(),
        gain_db: 0.0,
        ceiling_db: master.ceiling_dbtp() - output.format.headroom_db(),
        capped: false,
    };
    if let (Some(target), Some(loudness)) = (master.target.loudness_lufs(), premaster.loudness()) {
        set_gain(premaster, &mut setting, target - loudness);
    }
    setting
}

/// Sets a gain within what the document permits the limiter to take off.
fn set_gain(premaster: &PreMaster<'_>, setting: &mut Setting, gain_db: f64) {
    let master = &premaster.mix.master;
    let peak = premaster.true_peak().unwrap_or(0.0);
    let most = (master.ceiling_dbtp() + master.max_reduction_db - peak).min(MAX_GAIN_DB);
    setting.capped = gain_db > most;
    setting.gain_db = gain_db.min(most);
}

/// Without tags and without limiting, the loudness follows the gain exactly and nothing need be searched.
fn needs_search(premaster: &PreMaster<'_>, setting: &Setting) -> bool {
    let peak = premaster.true_peak().unwrap_or(f64::NEG_INFINITY);
    let measurable = premaster.mix.master.target.loudness_lufs().is_some() && premaster.loudness().is_some();
    measurable && (setting.tagged || peak + setting.gain_db > setting.ceiling_db - 0.2)
}

/// Finds, for every distinct setting, the gain that reaches the target through the limiter (secant steps).
fn search_gains(premaster: &mut PreMaster<'_>, settings: &mut [Setting]) -> Result<(), RenderError> {
    let Some(target) = premaster.mix.master.target.loudness_lufs() else { return Ok(()) };
    let mut known: Vec<Vec<(f64, f64)>> = vec![Vec::new(); settings.len()];
    let mut open: Vec<usize> = (0..settings.len()).filter(|i| needs_search(premaster, &settings[*i])).collect();
    for _ in 0..MAX_SEARCHES {
        if open.is_empty() {
            break;
        }
        let measured = measure_pass(premaster, settings, &open)?;
        for (i, loudness) in open.clone().into_iter().zip(measured) {
            let Some(loudness) = loudness else { continue };
            known[i].push((settings[i].gain_db, loudness));
            if (loudness - target).abs() > SEARCH_TOLERANCE_LU {
                let next = next_gain(&known[i], target);
                set_gain(premaster, &mut settings[i], next);
            }
        }
        open.retain(|i| {
            let last = known[*i].last();
            last.is_some_and(|(gain, loudness)| {
                // A capped gain that did not move has nothing left to try.
                (loudness - target).abs() > SEARCH_TOLERANCE_LU && (settings[*i].gain_db - gain).abs() > 1e-9
            })
        });
    }
    Ok(())
}

/// The gain that the last two findings point to; limiting makes loudness rise by less than the gain.
fn next_gain(known: &[(f64, f64)], target: f64) -> f64 {
    let (gain, loudness) = known[known.len() - 1];
    let slope = known.len().checked_sub(2).map_or(1.0, |i| {
        let (g, l) = known[i];
        if (gain - g).abs() < 1e-9 { 1.0 } else { ((loudness - l) / (gain - g)).clamp(0.2, 1.2) }
    });
    gain + (target - loudness) / slope
}

fn excess_db(premaster: &PreMaster<'_>, measured: &Measurement) -> f64 {
    measured.true_peak_dbtp.map_or(0.0, |peak| (peak - premaster.mix.master.ceiling_dbtp()).max(0.0))
}

/// The setting to try next, or `None` if the file is good.
fn correction(premaster: &PreMaster<'_>, setting: Setting, measured: &Measurement, attempt: u32) -> Option<Setting> {
    let mut better = setting;
    let excess = excess_db(premaster, measured);
    if excess > 0.0 {
        better.ceiling_db -= excess + EXTRA_DB * f64::from(attempt);
    }
    let target = premaster.mix.master.target.loudness_lufs();
    if let (Some(target), Some(loudness)) = (target, measured.integrated_lufs) {
        let missing = target - loudness;
        // Noise through a low bit rate gains peaks as fast as level: then the ceiling comes first.
        let may_rise = !setting.capped && attempt <= LOUDNESS_ATTEMPTS;
        if missing.abs() > FILE_TOLERANCE_LU && (missing < 0.0 || may_rise) {
            set_gain(premaster, &mut better, setting.gain_db + missing);
        }
    }
    (better != setting).then_some(better)
}

fn settle(
    premaster: &PreMaster<'_>,
    setting: Setting,
    written: Written,
    attempts: u32,
) -> Result<(OutputReceipt, Partial), RenderError> {
    let output = &premaster.mix.outputs[written.index];
    let master = &premaster.mix.master;
    let loudness = match (master.target.loudness_lufs(), written.measured.integrated_lufs) {
        (None, _) => LoudnessOutcome::NoTarget,
        (Some(_), None) => LoudnessOutcome::Unmeasurable,
        (Some(target), Some(loudness)) if (loudness - target).abs() <= 0.2 => {
            LoudnessOutcome::Reached { deviation_lu: loudness - target }
        }
        (Some(target), Some(loudness)) => {
            let deviation_lu = loudness - target;
            let ceiling_first = deviation_lu < 0.0 && setting.gain_db < MAX_GAIN_DB && (setting.capped || attempts > 1);
            if ceiling_first {
                LoudnessOutcome::LimitedByCeiling { deviation_lu, max_reduction_db: master.max_reduction_db }
            } else {
                LoudnessOutcome::Missed { deviation_lu }
            }
        }
    };
    let (sha256, bytes) = written.partial.hash()?;
    let receipt = OutputReceipt {
        path: written.partial.target().to_owned(),
        file: output.file.clone(),
        format: output.format,
        sha256,
        bytes,
        measured: written.measured,
        gain_db: setting.gain_db,
        limiter_ceiling_dbtp: setting.ceiling_db,
        limiter_max_reduction_db: written.reduction_db,
        loudness,
        attempts,
    };
    Ok((receipt, written.partial))
}

/// One pass that measures each setting's loudness behind its limiter.
fn measure_pass(
    premaster: &mut PreMaster<'_>,
    settings: &[Setting],
    open: &[usize],
) -> Result<Vec<Option<f64>>, RenderError> {
    let mut bank = Bank::new(premaster, settings, open)?;
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
    let loudness: Vec<Option<f64>> = meters.iter().map(LoudnessMeter::integrated_lufs).collect();
    Ok(open.iter().map(|i| loudness[bank.chain_of(settings[*i])]).collect())
}

/// The output with the mix's tempo and key, where it states none of its own.
fn with_music(premaster: &PreMaster<'_>, output: &Output) -> Output {
    let mut output = output.clone();
    output.metadata.bpm = output.metadata.bpm.or(premaster.mix.tempo_bpm);
    output.metadata.key = output.metadata.key.or_else(|| premaster.mix.key.clone());
    output
}

/// One pass that writes every open output.
fn write_pass(
    premaster: &mut PreMaster<'_>,
    settings: &[Setting],
    open: &[usize],
) -> Result<Vec<Written>, RenderError> {
    let mut bank = Bank::new(premaster, settings, open)?;
    let dither = premaster.mix.master.dither;
    let mut sinks: Vec<(usize, usize, Sink, Partial)> = Vec::with_capacity(open.len());
    for &i in open {
        let output = &with_music(premaster, &premaster.mix.outputs[i]);
        let places = (premaster.workspace, premaster.folder.path());
        let (sink, partial) = Sink::create(output, places, settings[i].rate, CHANNELS, dither)?;
        sinks.push((i, bank.chain_of(settings[i]), sink, partial));
    }
    let mut write = |chain: usize, block: &Planar| -> Result<(), RenderError> {
        sinks.iter_mut().filter(|(_, c, ..)| *c == chain).try_for_each(|(_, _, sink, _)| sink.write(block))
    };
    let with_tags = bank.needs_tags();
    premaster.stream(0.75, with_tags, &mut |block| bank.process(Some(block), &mut write))?;
    bank.process(None, &mut write)?;
    let finish = |(index, chain, sink, partial): (usize, usize, Sink, Partial)| {
        let measured = sink.finish(&partial, &premaster.tracker)?;
        let reduction_db = -gain_to_db(bank.chains[chain].limiter.lowest_gain());
        Ok(Written { index, partial, measured, reduction_db: reduction_db.max(0.0) })
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

impl Bank {
    fn new(premaster: &PreMaster<'_>, settings: &[Setting], open: &[usize]) -> Result<Self, RenderError> {
        let mut bank = Self { rates: Vec::new(), chains: Vec::new(), block: vec![Vec::new(); CHANNELS] };
        for setting in open.iter().map(|i| settings[*i]) {
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
            let limiter = Limiter::new(CHANNELS, setting.rate, db_to_gain(setting.ceiling_db));
            bank.chains.push(Chain { setting, rate, gain: narrow(db_to_gain(setting.gain_db)), limiter });
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
