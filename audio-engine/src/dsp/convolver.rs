//! Convolution with long responses: uniformly partitioned, in the frequency domain, overlap-save.

use super::delay::DelayLine;
use super::{Process, Stereo, narrow};
use crate::render::Processor;
use realfft::num_complex::Complex32;
use realfft::{ComplexToReal, RealFftPlanner, RealToComplex};
use std::sync::Arc;

/// Convolves one channel with one response. What comes out is late by [`Convolver::latency`].
pub(crate) struct Convolver {
    part: usize,
    forward: Arc<dyn RealToComplex<f32>>,
    inverse: Arc<dyn ComplexToReal<f32>>,
    /// The response's parts, already divided by the transform's length.
    response: Vec<Vec<Complex32>>,
    /// The spectra of the last inputs, a ring.
    past: Vec<Vec<Complex32>>,
    newest: usize,
    /// The part before and the one being gathered.
    input: Vec<f32>,
    gathered: usize,
    output: Vec<f32>,
    work: Vec<f32>,
    sum: Vec<Complex32>,
    scratch: Vec<Complex32>,
}

impl Convolver {
    pub(crate) fn new(response: &[f32]) -> Self {
        let part = (response.len() / 16).next_power_of_two().clamp(256, 8192);
        let mut planner = RealFftPlanner::new();
        let (forward, inverse) = (planner.plan_fft_forward(2 * part), planner.plan_fft_inverse(2 * part));
        let scratch = vec![Complex32::default(); forward.get_scratch_len().max(inverse.get_scratch_len())];
        let mut new = Self {
            part,
            response: Vec::new(),
            past: Vec::new(),
            newest: 0,
            input: vec![0.0; 2 * part],
            gathered: 0,
            output: vec![0.0; part],
            work: vec![0.0; 2 * part],
            sum: vec![Complex32::default(); part + 1],
            scratch,
            forward,
            inverse,
        };
        #[expect(clippy::cast_precision_loss, reason = "a transform's length")]
        let scale = 1.0 / (2 * part) as f32;
        for piece in response.chunks(part) {
            new.work.fill(0.0);
            for (to, from) in new.work.iter_mut().zip(piece) {
                *to = from * scale;
            }
            let mut spectrum = vec![Complex32::default(); part + 1];
            new.transform(&mut spectrum);
            new.response.push(spectrum);
        }
        new.past = vec![vec![Complex32::default(); part + 1]; new.response.len()];
        new
    }

    /// Frames by which the output is late.
    pub(crate) fn latency(&self) -> usize {
        self.part
    }

    /// Convolves in place.
    pub(crate) fn process(&mut self, mut block: &mut [f32]) {
        while !block.is_empty() {
            let n = block.len().min(self.part - self.gathered);
            let (now, rest) = block.split_at_mut(n);
            let (at, to) = (self.gathered, self.gathered + n);
            self.input[self.part + at..self.part + to].copy_from_slice(now);
            now.copy_from_slice(&self.output[at..to]);
            self.gathered = to;
            if to == self.part {
                self.gathered = 0;
                self.convolve();
            }
            block = rest;
        }
    }

    fn convolve(&mut self) {
        self.newest = (self.newest + 1) % self.past.len().max(1);
        self.work.copy_from_slice(&self.input);
        if let Some(newest) = self.past.get_mut(self.newest) {
            let mut newest = std::mem::take(newest);
            self.transform(&mut newest);
            self.past[self.newest] = newest;
        }
        self.sum.fill(Complex32::default());
        let parts = self.past.len();
        for (age, response) in self.response.iter().enumerate() {
            let past = &self.past[(self.newest + parts - age) % parts];
            for ((sum, x), h) in self.sum.iter_mut().zip(past).zip(response) {
                sum.re += x.re * h.re - x.im * h.im;
                sum.im += x.re * h.im + x.im * h.re;
            }
        }
        // The ends of a real signal's spectrum are real; the transform insists.
        self.sum[0].im = 0.0;
        self.sum[self.part].im = 0.0;
        self.inverse
            .process_with_scratch(&mut self.sum, &mut self.work, &mut self.scratch)
            .expect("buffers of the planned lengths");
        self.output.copy_from_slice(&self.work[self.part..]);
        self.input.copy_within(self.part.., 0);
    }

    /// The spectrum of `work`.
    fn transform(&mut self, spectrum: &mut [Complex32]) {
        self.forward
            .process_with_scratch(&mut self.work, spectrum, &mut self.scratch)
            .expect("buffers of the planned lengths");
    }
}

/// Convolution of left with the response's left, right with its right, mixed with the untouched signal.
pub(crate) struct Convolution {
    sides: [Convolver; 2],
    dry: [DelayLine; 2],
    wet: Vec<f32>,
    gain: f32,
    mix: f32,
}

impl Convolution {
    pub(crate) fn new(parameters: &crate::render::Convolution, response: &[Vec<f32>]) -> Self {
        let side = |i: usize| Convolver::new(response.get(i).or(response.first()).map_or(&[][..], Vec::as_slice));
        let sides = [side(0), side(1)];
        let dry = [DelayLine::new(sides[0].latency()), DelayLine::new(sides[1].latency())];
        let mut new = Self { sides, dry, wet: Vec::new(), gain: 0.0, mix: 0.0 };
        new.tune(parameters);
        new
    }

    fn tune(&mut self, parameters: &crate::render::Convolution) {
        self.gain = narrow(super::db_to_gain(parameters.gain_db));
        self.mix = narrow(parameters.mix);
    }
}

impl Process for Convolution {
    fn latency(&self) -> usize {
        self.sides[0].latency()
    }

    fn set(&mut self, parameters: &Processor) {
        if let Processor::Convolution(parameters) = parameters {
            self.tune(parameters);
        }
    }

    fn process(&mut self, block: Stereo<'_>, _key: Option<[&[f32]; 2]>) {
        for ((channel, side), dry) in block.into_iter().zip(&mut self.sides).zip(&mut self.dry) {
            self.wet.clear();
            self.wet.extend_from_slice(channel);
            side.process(&mut self.wet);
            dry.process(channel);
            for (x, wet) in channel.iter_mut().zip(&self.wet) {
                *x += (wet * self.gain - *x) * self.mix;
            }
        }
    }
}
