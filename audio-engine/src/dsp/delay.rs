//! Delay lines: plain ones that align, and the echo with its filtered feedback.

use super::biquad::{Cascade, Section};
use super::{Process, Stereo, narrow};
use crate::render::Processor;

/// Delays a channel by whole frames.
#[derive(Debug, Clone)]
pub(crate) struct DelayLine {
    kept: Vec<f32>,
    at: usize,
}

impl DelayLine {
    pub(crate) fn new(frames: usize) -> Self {
        Self { kept: vec![0.0; frames], at: 0 }
    }

    /// Whether it delays by nothing.
    pub(crate) fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }

    pub(crate) fn process(&mut self, mut block: &mut [f32]) {
        if self.kept.is_empty() {
            return;
        }
        while !block.is_empty() {
            let n = block.len().min(self.kept.len() - self.at);
            let (now, rest) = block.split_at_mut(n);
            now.swap_with_slice(&mut self.kept[self.at..self.at + n]);
            self.at = (self.at + n) % self.kept.len();
            block = rest;
        }
    }

    /// What leaves next.
    pub(crate) fn oldest(&self) -> f32 {
        self.kept[self.at]
    }

    /// Takes one sample in and moves on.
    pub(crate) fn push(&mut self, x: f32) {
        self.kept[self.at] = x;
        self.at += 1;
        if self.at == self.kept.len() {
            self.at = 0;
        }
    }
}

/// Keeps recursions in `f32` away from denormal numbers; 360 dB below full scale.
pub(crate) const NO_DENORMAL: f32 = 1e-18;

/// Echoes with feedback through a low- and a high-pass.
pub(crate) struct Echo {
    lines: [DelayLine; 2],
    filter: Cascade,
    feedback: f32,
    mix: f32,
    ping_pong: bool,
    rate: f64,
    wet: [Vec<f32>; 2],
}

impl Echo {
    pub(crate) fn new(parameters: &crate::render::Delay, time_s: f64, rate: f64) -> Self {
        let frames = super::whole(time_s * rate).max(1);
        let lines = [DelayLine::new(frames), DelayLine::new(frames)];
        let filter = Cascade::new(sections(parameters, rate));
        let mut new =
            Self { lines, filter, feedback: 0.0, mix: 0.0, ping_pong: false, rate, wet: [Vec::new(), Vec::new()] };
        new.tune(parameters);
        new
    }

    fn tune(&mut self, parameters: &crate::render::Delay) {
        self.filter.set(sections(parameters, self.rate));
        self.feedback = narrow(parameters.feedback);
        self.mix = narrow(parameters.mix);
        self.ping_pong = parameters.ping_pong;
    }

    /// No longer than the line, so that what is read was written before.
    fn piece(&mut self, [left, right]: Stereo<'_>) {
        for (wet, line) in self.wet.iter_mut().zip(&self.lines) {
            wet.clear();
            let len = line.kept.len();
            wet.extend((0..left.len()).map(|i| line.kept[(line.at + i) % len]));
        }
        let [wet_left, wet_right] = &mut self.wet;
        self.filter.process([wet_left, wet_right]);
        for i in 0..left.len() {
            let (l, r) = (wet_left[i], wet_right[i]);
            let (to_left, to_right) = if self.ping_pong {
                // The sum enters on the left, and each echo goes over to the other side.
                (0.5 * (left[i] + right[i]) + r * self.feedback, l)
            } else {
                (left[i] + l * self.feedback, right[i] + r * self.feedback)
            };
            self.lines[0].push(to_left + NO_DENORMAL);
            self.lines[1].push(to_right + NO_DENORMAL);
            left[i] += (l - left[i]) * self.mix;
            right[i] += (r - right[i]) * self.mix;
        }
    }
}

fn sections(parameters: &crate::render::Delay, rate: f64) -> [Section; 2] {
    [Section::first_low_pass(parameters.low_pass_hz, rate), Section::first_high_pass(parameters.high_pass_hz, rate)]
}

impl Process for Echo {
    fn set(&mut self, parameters: &Processor) {
        if let Processor::Delay(parameters) = parameters {
            self.tune(parameters);
        }
    }

    fn process(&mut self, [mut left, mut right]: Stereo<'_>, _key: Option<[&[f32]; 2]>) {
        while !left.is_empty() {
            let n = left.len().min(self.lines[0].kept.len());
            let (now_left, rest_left) = left.split_at_mut(n);
            let (now_right, rest_right) = right.split_at_mut(n);
            self.piece([now_left, now_right]);
            (left, right) = (rest_left, rest_right);
        }
    }
}
