//! The mix while it runs: tracks and buses in the order in which they need each other, block by block.
//!
//! Nodes stand in levels: what a node needs is on a lower level. The nodes of one level run on as many threads as there
//! are; sums are always formed in the document's order. A signal that comes early waits in a delay line for the latest
//! of its sum, and what the whole graph is late by is dropped at its start.

pub(super) mod clip;
mod lane;
mod node;
mod strip;

use super::cache::{self, Kept};
use super::document::{Mix, Strip};
use super::progress::Check;
use super::{RenderError, Workspace};
use crate::dsp::{DelayLine, GRID, Planar, whole};
use clip::Player;
use lane::Gain;
use node::{Edge, Feed, Node, Stage};
use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};
use strip::{Chain, Fader, Lanes};

/// A mix ready to run from its start, up to the master's processors and with them.
pub(super) struct Graph<'a> {
    stage: Stage<'a>,
    /// In the order of levels; the master is the last.
    nodes: Vec<Node>,
    /// Where each level ends.
    levels: Vec<usize>,
    block_frames: usize,
    at: u64,
    given: u64,
    tail: u64,
    stated: Option<u64>,
}

impl<'a> Graph<'a> {
    /// Sources whose length or content must be known are read for it; `check` is asked meanwhile.
    ///
    /// # Errors
    /// If a source cannot be opened.
    pub(super) fn open(mix: &'a Mix, workspace: &'a Workspace, check: Check<'_>) -> Result<Self, RenderError> {
        let rate = match mix.sample_rate_hz {
            Some(rate) => rate,
            None => first_rate(mix, workspace)?,
        };
        let (order, levels) = sort(mix);
        let stage = Stage { workspace, rate };
        let tail = whole(mix.tail_s * f64::from(rate)) as u64;
        let stated = stated_end(mix, &stage, check)?.map(|end| end + tail);
        let lanes = Lanes { mix, workspace, rate };
        let builder = Builder { lanes, place_of: places(&order), nodes: Vec::new(), stated };
        Ok(Self {
            stage,
            nodes: builder.build(&order, check)?,
            levels,
            block_frames: workspace.block_frames.max(1).next_multiple_of(GRID),
            at: 0,
            given: 0,
            tail,
            stated,
        })
    }

    pub(super) fn sample_rate_hz(&self) -> u32 {
        self.stage.rate
    }

    /// Where the mix ends, once all clips have.
    fn end(&self) -> Option<u64> {
        let ends = self.nodes.iter().map(Node::end).collect::<Option<Vec<_>>>()?;
        ends.into_iter().max().map(|end| end + self.tail)
    }

    /// The mix's length as the sources state it, if all of them do.
    pub(super) fn stated_frames(&self) -> Option<u64> {
        self.stated
    }

    /// Keeps what the cache wants, and holds the cache to its size.
    pub(super) fn finish(&mut self) {
        self.nodes.iter_mut().for_each(Node::finish);
        if let Some(cache) = &self.stage.workspace.stem_cache {
            // A folder that cannot be tidied now is tidied after the next render.
            drop(cache::prune(cache));
        }
    }

    /// The next block, never empty; none at the end.
    pub(super) fn next(&mut self) -> Result<Option<&Planar>, RenderError> {
        let late = self.nodes.last().map_or(0, |master| master.lateness) as u64;
        loop {
            if self.end().is_some_and(|end| self.given >= end) {
                return Ok(None);
            }
            let at = self.at;
            self.run_block()?;
            let from = late.saturating_sub(at).min(self.at - at);
            let to = self.end().map_or(self.at, |end| self.at.min(end + late)).saturating_sub(at).max(from);
            if from == to {
                continue;
            }
            self.given += to - from;
            let Some(master) = self.nodes.last_mut() else { return Ok(None) };
            for channel in &mut master.post {
                channel.truncate(usize::try_from(to).unwrap_or(usize::MAX));
                channel.drain(..usize::try_from(from).unwrap_or(0));
            }
            return Ok(self.nodes.last().map(|master| &master.post));
        }
    }

    fn run_block(&mut self) -> Result<(), RenderError> {
        let (at, n, stage) = (self.at, self.block_frames, &self.stage);
        let mut start = 0;
        for end in &self.levels {
            let (done, rest) = self.nodes.split_at_mut(start);
            let level = &mut rest[..end - start];
            let threads = stage.workspace.threads.min(level.len());
            if threads < 2 {
                level.iter_mut().try_for_each(|node| node.run(at, n, done, stage))?;
            } else {
                run_level(level, threads, |node| node.run(at, n, done, stage))?;
            }
            start = *end;
        }
        self.at += n as u64;
        Ok(())
    }
}

/// Runs the nodes of one level on several threads; of several failures the first in order is reported.
fn run_level(
    level: &mut [Node],
    threads: usize,
    run: impl Fn(&mut Node) -> Result<(), RenderError> + Sync,
) -> Result<(), RenderError> {
    let queue = Mutex::new(level.iter_mut().enumerate());
    let failures = Mutex::new(Vec::new());
    let work = || {
        loop {
            let next = queue.lock().unwrap_or_else(PoisonError::into_inner).next();
            let Some((i, node)) = next else { return };
            if let Err(failure) = run(node) {
                failures.lock().unwrap_or_else(PoisonError::into_inner).push((i, failure));
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..threads {
            scope.spawn(work);
        }
        work();
    });
    let mut failures = failures.into_inner().unwrap_or_else(PoisonError::into_inner);
    failures.sort_by_key(|(i, _)| *i);
    failures.into_iter().next().map_or(Ok(()), |(_, failure)| Err(failure))
}

/// Where the last clip of all tracks will end, if all sources state their lengths.
fn stated_end(mix: &Mix, stage: &Stage<'_>, check: Check<'_>) -> Result<Option<u64>, RenderError> {
    let mut last = Some(0);
    for track in &mix.tracks {
        let end = Player::new(track, mix, (stage.workspace, check), stage.rate)?.stated_end(stage);
        last = last.zip(end).map(|(last, end)| last.max(end));
    }
    Ok(last)
}

fn first_rate(mix: &Mix, workspace: &Workspace) -> Result<u32, RenderError> {
    match mix.tracks.iter().flat_map(|track| &track.clips).next() {
        Some(clip) => Ok(workspace.decoder(&clip.source)?.spec().sample_rate_hz),
        None => Ok(48_000),
    }
}

/// Nodes (tracks first, as in the document) in the order of their levels, and where each level ends; the master, which is
/// no node of the document, is a level of its own at the end.
fn sort(mix: &Mix) -> (Vec<usize>, Vec<usize>) {
    let feeds = mix.feeds();
    let mut open: BTreeSet<usize> = (0..feeds.len()).collect();
    let (mut order, mut levels) = (Vec::new(), Vec::new());
    while !open.is_empty() {
        let ready: Vec<usize> =
            open.iter().copied().filter(|node| feeds[*node].iter().all(|from| !open.contains(from))).collect();
        if ready.is_empty() {
            // A checked document has no circles.
            break;
        }
        for node in ready {
            open.remove(&node);
            order.push(node);
        }
        levels.push(order.len());
    }
    levels.push(order.len() + 1);
    (order, levels)
}

/// Where each node of the document stands in the order.
fn places(order: &[usize]) -> Vec<usize> {
    let mut places = vec![0; order.len()];
    for (place, node) in order.iter().enumerate() {
        places[*node] = place;
    }
    places
}

struct Builder<'a> {
    lanes: Lanes<'a>,
    place_of: Vec<usize>,
    /// The mix's length, if it is known beforehand.
    stated: Option<u64>,
    nodes: Vec<Node>,
}

impl Builder<'_> {
    fn build(mut self, order: &[usize], check: Check<'_>) -> Result<Vec<Node>, RenderError> {
        let Lanes { mix, workspace, rate } = self.lanes;
        let feeds = mix.feeds();
        for &node in order {
            let heard = feeds[node].iter().map(|from| self.nodes[self.place_of[*from]].lateness);
            let arrival = heard.max().unwrap_or(0);
            let (path, strip, feed) = if let Some(track) = mix.tracks.get(node) {
                let player = Player::new(track, mix, (workspace, check), rate)?;
                (format!("tracks[{node}].strip"), &track.strip, Feed::Clips(player))
            } else {
                let i = node - mix.tracks.len();
                let edges = self.edges(Some(mix.buses[i].name.as_str()), arrival);
                (format!("buses[{i}].strip"), &mix.buses[i].strip, Feed::Sum(edges))
            };
            let chain = (strip.trim_db, strip.invert_polarity);
            let chain =
                Chain::new(&path, chain, &strip.processors, arrival, (&self.lanes, &self.nodes, &self.place_of))?;
            let fader = Fader::new(&path, strip, &self.lanes);
            let is_tapped = strip.sends.iter().any(|send| send.pre_fader);
            let mut made = Node::new(feed, (chain, fader), arrival, strip.mute, is_tapped);
            if let (Feed::Clips(_), Some(stated)) = (&made.feed, self.stated) {
                let needed = stated + made.lateness as u64;
                made.kept = Kept::open(mix, node, (workspace, check), (rate, arrival, needed))?;
            }
            self.nodes.push(made);
        }
        let arrival = self.nodes.iter().map(|node| node.lateness).max().unwrap_or(0);
        let feed = Feed::Sum(self.edges(None, arrival));
        let master = &mix.master;
        let surroundings = (&self.lanes, self.nodes.as_slice(), self.place_of.as_slice());
        let chain = Chain::new("master", (master.trim_db, false), &master.processors, arrival, surroundings)?;
        let fader = Fader::new("master", &Strip::default(), &self.lanes);
        self.nodes.push(Node::new(feed, (chain, fader), arrival, false, false));
        Ok(self.nodes)
    }

    /// What goes to a bus, or to the master, in the document's order.
    fn edges(&self, to: Option<&str>, arrival: usize) -> Vec<Edge> {
        let mix = self.lanes.mix;
        let tracks = mix.tracks.iter().enumerate().map(|(i, t)| (format!("tracks[{i}]"), i, &t.strip, &t.output));
        let first = mix.tracks.len();
        let buses = mix.buses.iter().enumerate().map(|(i, b)| (format!("buses[{i}]"), first + i, &b.strip, &b.output));
        let mut edges = Vec::new();
        for (path, node, strip, output) in tracks.chain(buses) {
            let mut connect = |pre_fader, gain| {
                let from = self.place_of[node];
                let late = self.nodes[from].lateness;
                let delay = DelayLine::new(arrival - late);
                edges.push(Edge { from, pre_fader, gain, delay: [delay.clone(), delay], late });
            };
            if output.as_deref() == to {
                connect(false, Gain::new(0.0, None));
            }
            for (i, send) in strip.sends.iter().enumerate().filter(|(_, send)| Some(send.to.as_str()) == to) {
                let course = self.lanes.course(&format!("{path}.strip.sends[{i}].level_db"));
                connect(send.pre_fader, Gain::new(send.level_db, course));
            }
        }
        edges
    }
}
