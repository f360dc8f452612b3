//! The processors that are little more than what they are made of: filters, equaliser, compressor and gate; and the way
//! from a document's processor to the one that runs.

use super::bands::{DeEsser, Multiband, Width};
use super::biquad::{Cascade, Section, butterworth};
use super::convolver::Convolution;
use super::delay::{DelayLine, Echo};
use super::dynamics::{CompressorGain, CompressorSetting, GateGain, GateSetting};
use super::reverb::Reverb;
use super::shaper::{Clipper, Saturation};
use super::{Process, Stereo, narrow, simd};
use crate::render::{
    Band, BandShape, Compressor as CompressorParameters, Cut, Gate as GateParameters, Processor, Slope,
};

/// What a processor must know of its surroundings.
pub(crate) struct Surroundings<'a> {
    /// The mix's rate in Hz.
    pub(crate) rate: f64,
    /// The mix's tempo.
    pub(crate) tempo_bpm: Option<f64>,
    /// The impulse response of a convolution, at the mix's rate.
    pub(crate) response: &'a [Vec<f32>],
}

/// The processor that a document describes.
pub(crate) fn processor(parameters: &Processor, around: &Surroundings<'_>) -> Box<dyn Process> {
    let rate = around.rate;
    match parameters {
        Processor::HighPass(_) | Processor::LowPass(_) | Processor::Equaliser(_) => {
            Box::new(Filter { cascade: Cascade::new(sections(parameters, rate)), rate })
        }
        Processor::Gate(gate) => Box::new(Gate::new(gate, rate)),
        Processor::Compressor(compressor) => Box::new(Compressor::new(compressor, rate)),
        Processor::DeEsser(de_esser) => Box::new(DeEsser::new(de_esser, rate)),
        Processor::Saturation(saturation) => Box::new(Saturation::new(saturation)),
        Processor::Delay(delay) => {
            Box::new(Echo::new(delay, delay.time.seconds(around.tempo_bpm).unwrap_or(0.0), rate))
        }
        Processor::Reverb(reverb) => Box::new(Reverb::new(reverb, rate)),
        Processor::Convolution(convolution) => Box::new(Convolution::new(convolution, around.response)),
        Processor::Multiband(multiband) => Box::new(Multiband::new(multiband, rate)),
        Processor::Width(width) => Box::new(Width::new(width, rate)),
        Processor::Clipper(clipper) => Box::new(Clipper::new(clipper)),
    }
}

/// How loud a frequency comes out of a high-pass, low-pass or equaliser at that rate, in dB, by the very coefficients that it runs with; nothing
/// of the other processors, whose gain is not one number.
pub fn response_db(processor: &Processor, frequency_hz: f64, rate_hz: f64) -> Option<f64> {
    let is_filter = matches!(processor, Processor::HighPass(_) | Processor::LowPass(_) | Processor::Equaliser(_));
    let gain_db = |section: &Section| section.gain_db(frequency_hz / rate_hz);
    is_filter.then(|| sections(processor, rate_hz).iter().map(gain_db).sum())
}

/// High-pass, low-pass and equaliser.
struct Filter {
    cascade: Cascade,
    rate: f64,
}

fn sections(parameters: &Processor, rate: f64) -> Vec<Section> {
    match parameters {
        Processor::HighPass(cut) => cut_sections(cut, rate, Section::first_high_pass, Section::high_pass),
        Processor::LowPass(cut) => cut_sections(cut, rate, Section::first_low_pass, Section::low_pass),
        Processor::Equaliser(equaliser) => equaliser.bands.iter().map(|band| band_section(band, rate)).collect(),
        _ => Vec::new(),
    }
}

fn cut_sections(
    cut: &Cut,
    rate: f64,
    first: fn(f64, f64) -> Section,
    second: fn(f64, f64, f64) -> Section,
) -> Vec<Section> {
    let order = match cut.slope {
        Slope::Db6 => return vec![first(cut.frequency_hz, rate)],
        Slope::Db12 => 2,
        Slope::Db24 => 4,
        Slope::Db48 => 8,
    };
    butterworth(order).into_iter().map(|q| second(cut.frequency_hz, q, rate)).collect()
}

fn band_section(band: &Band, rate: f64) -> Section {
    match band.shape {
        BandShape::Bell => Section::bell(band.frequency_hz, band.gain_db, band.q, rate),
        BandShape::LowShelf => Section::low_shelf(band.frequency_hz, band.gain_db, band.q, rate),
        BandShape::HighShelf => Section::high_shelf(band.frequency_hz, band.gain_db, band.q, rate),
        BandShape::Notch => Section::notch(band.frequency_hz, band.q, rate),
    }
}

impl Process for Filter {
    fn set(&mut self, parameters: &Processor) {
        self.cascade.set(sections(parameters, self.rate));
    }

    fn process(&mut self, block: Stereo<'_>, _key: Option<[&[f32]; 2]>) {
        self.cascade.process(block);
    }
}

/// A compressor.
struct Compressor {
    gain: CompressorGain,
    late: [DelayLine; 2],
    latency: usize,
    mix: f32,
    ride: Vec<f32>,
    rate: f64,
}

impl Compressor {
    fn new(parameters: &CompressorParameters, rate: f64) -> Self {
        let latency = super::whole(parameters.look_ahead_ms / 1000.0 * rate);
        Self {
            gain: CompressorGain::new(&compressor_setting(parameters), rate),
            late: [DelayLine::new(latency), DelayLine::new(latency)],
            latency,
            mix: narrow(parameters.mix),
            ride: Vec::new(),
            rate,
        }
    }
}

fn compressor_setting(parameters: &CompressorParameters) -> CompressorSetting {
    CompressorSetting {
        threshold_db: parameters.threshold_db,
        ratio: parameters.ratio,
        knee_db: parameters.knee_db,
        attack_ms: parameters.attack_ms,
        release_ms: parameters.release_ms,
        make_up_db: parameters.make_up_db,
    }
}

impl Process for Compressor {
    fn latency(&self) -> usize {
        self.latency
    }

    fn set(&mut self, parameters: &Processor) {
        let Processor::Compressor(parameters) = parameters else { return };
        self.gain.set(&compressor_setting(parameters), self.rate);
        self.mix = narrow(parameters.mix);
    }

    fn process(&mut self, [left, right]: Stereo<'_>, key: Option<[&[f32]; 2]>) {
        match key {
            Some(key) => self.gain.follow(key, &mut self.ride),
            None => self.gain.follow([left, right], &mut self.ride),
        }
        if self.mix < 1.0 {
            for gain in &mut self.ride {
                *gain = 1.0 + (*gain - 1.0) * self.mix;
            }
        }
        turn_down([left, right], &mut self.late, &self.ride);
    }
}

/// A gate.
struct Gate {
    gain: GateGain,
    late: [DelayLine; 2],
    latency: usize,
    ride: Vec<f32>,
    rate: f64,
}

impl Gate {
    fn new(parameters: &GateParameters, rate: f64) -> Self {
        let latency = super::whole(parameters.look_ahead_ms / 1000.0 * rate);
        Self {
            gain: GateGain::new(&gate_setting(parameters), rate),
            late: [DelayLine::new(latency), DelayLine::new(latency)],
            latency,
            ride: Vec::new(),
            rate,
        }
    }
}

fn gate_setting(parameters: &GateParameters) -> GateSetting {
    GateSetting {
        threshold_db: parameters.threshold_db,
        hysteresis_db: parameters.hysteresis_db,
        range_db: parameters.range_db,
        attack_ms: parameters.attack_ms,
        hold_ms: parameters.hold_ms,
        release_ms: parameters.release_ms,
    }
}

impl Process for Gate {
    fn latency(&self) -> usize {
        self.latency
    }

    fn set(&mut self, parameters: &Processor) {
        if let Processor::Gate(parameters) = parameters {
            self.gain.set(&gate_setting(parameters), self.rate);
        }
    }

    fn process(&mut self, [left, right]: Stereo<'_>, key: Option<[&[f32]; 2]>) {
        match key {
            Some(key) => self.gain.follow(key, &mut self.ride),
            None => self.gain.follow([left, right], &mut self.ride),
        }
        turn_down([left, right], &mut self.late, &self.ride);
    }
}

/// Delays by the look-ahead and applies the gains.
fn turn_down(block: Stereo<'_>, late: &mut [DelayLine; 2], ride: &[f32]) {
    for (channel, late) in block.into_iter().zip(late) {
        late.process(channel);
        simd::multiply(channel, ride);
    }
}
