//! A channel strip that runs: trim, processors with their automation and side chains, fader, pan.

use super::super::document::parameters::{Parameters, Visitor};
use super::super::document::{Mix, Pan, PanLaw, Processor, Strip};
use super::super::{RenderError, Workspace};
use super::clip::read_start;
use super::lane::{Course, Gain, each_tick};
use super::node::Node;
use crate::dsp::{DelayLine, GRID, Process, Stereo, Surroundings, index, narrow, processor, scale, sin_turns};

/// An impulse response uses no more than this of its file, in seconds.
const MAX_RESPONSE_S: u32 = 20;
/// Frames that pass all of a chain before the next do, so that they stay in the nearest cache.
const PIECE: usize = 16 * GRID;

/// The automation of one document, ready to be handed out by path.
pub(super) struct Lanes<'a> {
    pub(super) mix: &'a Mix,
    pub(super) workspace: &'a Workspace,
    pub(super) rate: u32,
}

impl Lanes<'_> {
    pub(super) fn course(&self, path: &str) -> Option<Course> {
        let lane = self.mix.automation.iter().find(|lane| lane.parameter == path)?;
        Some(Course::new(lane, self.mix.tempo_bpm, f64::from(self.rate)))
    }

    /// The lanes below a path, by what follows it.
    fn below(&self, path: &str) -> Vec<(String, Course)> {
        let lane = |lane: &super::super::document::Lane| {
            let name = lane.parameter.strip_prefix(path)?.strip_prefix('.')?;
            Some((name.to_owned(), Course::new(lane, self.mix.tempo_bpm, f64::from(self.rate))))
        };
        self.mix.automation.iter().filter_map(lane).collect()
    }
}

/// Trim and processors.
pub(super) struct Chain {
    trim: Gain,
    units: Vec<Unit>,
    /// Frames by which what comes out is later than what went in.
    pub(super) latency: usize,
}

struct Unit {
    process: Box<dyn Process>,
    parameters: Processor,
    lanes: Vec<(String, Course)>,
    key: Option<Key>,
    /// Frames by which its input is late.
    late: usize,
}

/// A side chain, delayed until it meets the signal.
struct Key {
    node: usize,
    delay: [DelayLine; 2],
    block: [Vec<f32>; 2],
}

impl Chain {
    /// The chain of a strip at `path` whose input is late by `arrival`; `nodes` are those that it may listen to.
    pub(super) fn new(
        path: &str,
        (trim_db, invert): (f64, bool),
        processors: &[Processor],
        arrival: usize,
        (lanes, nodes, place_of): (&Lanes<'_>, &[Node], &[usize]),
    ) -> Result<Self, RenderError> {
        let trim = Gain::new(trim_db, lanes.course(&format!("{path}.trim_db"))).inverted(invert);
        let mut chain = Self { trim, units: Vec::new(), latency: 0 };
        for (i, parameters) in processors.iter().enumerate() {
            let response = match parameters {
                Processor::Convolution(c) => read_start(lanes.workspace, &c.source, lanes.rate, MAX_RESPONSE_S)?,
                _ => Vec::new(),
            };
            let around =
                Surroundings { rate: f64::from(lanes.rate), tempo_bpm: lanes.mix.tempo_bpm, response: &response };
            let process = processor(parameters, &around);
            let late = arrival + chain.latency;
            let key = parameters.side_chain().and_then(|name| lanes.mix.node(name)).map(|node| {
                let node = place_of[node];
                let delay = late - nodes[node].lateness;
                Key { node, delay: [DelayLine::new(delay), DelayLine::new(delay)], block: [Vec::new(), Vec::new()] }
            });
            chain.latency += process.latency();
            chain.units.push(Unit {
                process,
                parameters: parameters.clone(),
                lanes: lanes.below(&format!("{path}.processors[{i}]")),
                key,
                late,
            });
        }
        Ok(chain)
    }

    /// Works on a block that begins at frame `at` of the graph's time and whose signal is late by `arrival`.
    pub(super) fn process(&mut self, [left, right]: Stereo<'_>, at: u64, arrival: usize, nodes: &[Node]) {
        for (i, (left, right)) in left.chunks_mut(PIECE).zip(right.chunks_mut(PIECE)).enumerate() {
            let from = i * PIECE;
            self.trim.apply([left, right], since(at, arrival) + index(from));
            for unit in &mut self.units {
                unit.process([left, right], (at, from), nodes);
            }
        }
    }
}

impl Unit {
    /// Works on what lies `from` frames within the block that begins at `at`.
    fn process(&mut self, [left, right]: Stereo<'_>, (at, from): (u64, usize), nodes: &[Node]) {
        let key = self.key.as_mut().map(|key| {
            for ((block, delay), channel) in key.block.iter_mut().zip(&mut key.delay).zip(&nodes[key.node].post) {
                block.clear();
                block.extend_from_slice(&channel[from..from + left.len()]);
                delay.process(block);
            }
            [key.block[0].as_slice(), key.block[1].as_slice()]
        });
        if self.lanes.is_empty() {
            self.process.process([left, right], key);
            return;
        }
        for (i, (left, right)) in left.chunks_mut(GRID).zip(right.chunks_mut(GRID)).enumerate() {
            let start = i * GRID;
            let key = key.map(|key| key.map(|channel| &channel[start..start + left.len()]));
            if move_to(&mut self.parameters, &self.lanes, since(at, self.late) + index(from + start)) {
                self.process.set(&self.parameters);
            }
            self.process.process([left, right], key);
        }
    }
}

/// Sets every automated number to its value at that frame; says whether one has moved.
fn move_to(parameters: &mut Processor, lanes: &[(String, Course)], frame: f64) -> bool {
    let mut moved = false;
    parameters.visit(&mut Visitor::new("", &mut |number| {
        if let Some((_, course)) = lanes.iter().find(|(name, _)| name == number.path) {
            let value = course.at(frame);
            moved |= value.to_bits() != number.value.to_bits();
            *number.value = value;
        }
    }));
    moved
}

/// Fader and pan.
pub(super) struct Fader {
    gain: Gain,
    pan: Option<(Pan, Option<Course>)>,
}

impl Fader {
    pub(super) fn new(path: &str, strip: &Strip, lanes: &Lanes<'_>) -> Self {
        let course = lanes.course(&format!("{path}.pan.position"));
        Self {
            gain: Gain::new(strip.fader_db, lanes.course(&format!("{path}.fader_db"))),
            pan: strip.pan.clone().map(|pan| (pan, course)),
        }
    }

    /// Works on a block whose signal is late by `late`.
    pub(super) fn process(&self, [left, right]: Stereo<'_>, at: u64, late: usize) {
        let frame = since(at, late);
        self.gain.apply([left, right], frame);
        match &self.pan {
            None => {}
            Some((pan, None)) => {
                let [to_left, to_right] = pan_gains(pan.position, pan.law);
                scale(left, to_left);
                scale(right, to_right);
            }
            Some((pan, Some(course))) => each_tick([left, right], frame, |frame| pan_gains(course.at(frame), pan.law)),
        }
    }
}

/// The gain of each channel at a place between -1 and 1.
fn pan_gains(position: f64, law: PanLaw) -> [f32; 2] {
    let (left, right) = (0.5 - 0.5 * position, 0.5 + 0.5 * position);
    let power = |part: f64| sin_turns(part / 4.0);
    let gain = |part: f64| match law {
        PanLaw::Balance => (2.0 * part).min(1.0),
        PanLaw::Minus3Db => power(part),
        PanLaw::Minus4Db5 => (part * power(part)).sqrt(),
        PanLaw::Minus6Db => part,
    };
    [narrow(gain(left)), narrow(gain(right))]
}

/// The frame of the mix that a late signal's sample belongs to.
pub(super) fn since(at: u64, late: usize) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "frames of at most some hours")]
    let at = at as f64;
    at - index(late)
}
