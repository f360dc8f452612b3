//! One track or bus, or the master, while it runs.

use super::super::cache::{self, Kept};
use super::super::{RenderError, Workspace};
use super::clip::Player;
use super::lane::Gain;
use super::strip::{Chain, Fader, since};
use crate::dsp::{DelayLine, Planar, add_scaled};

/// Where a node's signal comes from.
pub(super) enum Feed {
    /// A track's clips.
    Clips(Player),
    /// Other nodes, in the document's order.
    Sum(Vec<Edge>),
}

/// A signal on its way from one node to another.
pub(super) struct Edge {
    /// The node that it comes from, in the order in which nodes run.
    pub(super) from: usize,
    /// Whether it is taken before the fader.
    pub(super) pre_fader: bool,
    pub(super) gain: Gain,
    /// What makes it as late as the latest of the sum.
    pub(super) delay: [DelayLine; 2],
    /// Frames by which it is late where it is taken.
    pub(super) late: usize,
}

/// One strip and what it made of the present block.
pub(super) struct Node {
    pub(super) feed: Feed,
    pub(super) chain: Chain,
    pub(super) fader: Fader,
    pub(super) mute: bool,
    /// Frames by which what it gets is late, and what it gives.
    pub(super) arrival: usize,
    pub(super) lateness: usize,
    /// Before the fader, if somebody takes it there.
    pub(super) pre: Option<Planar>,
    /// Behind fader and pan.
    pub(super) post: Planar,
    /// A track that was kept by an earlier render, or will be for the next.
    pub(super) kept: Option<Kept>,
    work: Planar,
}

/// What all nodes of a graph share.
pub(super) struct Stage<'a> {
    pub(super) workspace: &'a Workspace,
    pub(super) rate: u32,
}

impl Node {
    pub(super) fn new(feed: Feed, (chain, fader): (Chain, Fader), arrival: usize, mute: bool, is_tapped: bool) -> Self {
        Self {
            lateness: arrival + chain.latency,
            feed,
            chain,
            fader,
            mute,
            arrival,
            pre: is_tapped.then(Planar::new),
            post: vec![Vec::new(); 2],
            kept: None,
            work: vec![Vec::new(); 2],
        }
    }

    /// Makes the block of `n` frames that begins at frame `at` of the graph's time; `nodes` have made theirs already.
    pub(super) fn run(&mut self, at: u64, n: usize, nodes: &[Node], stage: &Stage<'_>) -> Result<(), RenderError> {
        if let Some(Kept::Plays { reader, .. }) = &mut self.kept {
            cache::play(reader, &mut self.post, n)?;
        } else {
            self.make(at, n, nodes, stage)?;
        }
        if let Some(Kept::Records(recording)) = &mut self.kept {
            recording.write(&self.post);
        }
        if let Some(pre) = &mut self.pre {
            pre.clone_from(&self.post);
        }
        let [left, right] = self.post.as_mut_slice() else { return Ok(()) };
        self.fader.process([left, right], at, self.lateness);
        Ok(())
    }

    /// Feed and processors.
    fn make(&mut self, at: u64, n: usize, nodes: &[Node], stage: &Stage<'_>) -> Result<(), RenderError> {
        for channel in &mut self.post {
            channel.clear();
            channel.resize(n, 0.0);
        }
        let [left, right] = self.post.as_mut_slice() else { return Ok(()) };
        match &mut self.feed {
            Feed::Clips(player) => player.play([left, right], at, self.arrival, stage)?,
            Feed::Sum(edges) => {
                for edge in edges {
                    edge.add([left, right], at, nodes, &mut self.work);
                }
            }
        }
        if self.mute {
            left.fill(0.0);
            right.fill(0.0);
        } else {
            self.chain.process([left, right], at, self.arrival, nodes);
        }
        Ok(())
    }

    /// Where a track ends, once it is known.
    pub(super) fn end(&self) -> Option<u64> {
        match (&self.kept, &self.feed) {
            (Some(Kept::Plays { end, .. }), _) => Some(*end),
            (_, Feed::Clips(player)) => player.end(),
            (_, Feed::Sum(_)) => Some(0),
        }
    }

    /// Keeps what was recorded.
    pub(super) fn finish(&mut self) {
        let end = self.end();
        if let (Some(Kept::Records(recording)), Some(end)) = (&mut self.kept, end) {
            recording.finish(end);
        }
    }
}

impl Edge {
    fn add(&mut self, sum: [&mut [f32]; 2], at: u64, nodes: &[Node], work: &mut Planar) {
        let from = &nodes[self.from];
        let signal = if self.pre_fader { from.pre.as_ref().unwrap_or(&from.post) } else { &from.post };
        if let Some(gain) = self.gain.constant()
            && self.delay[0].is_empty()
        {
            sum.into_iter().zip(signal).for_each(|(sum, x)| add_scaled(sum, x, gain));
            return;
        }
        work.clone_from(signal);
        let [left, right] = work.as_mut_slice() else { return };
        self.gain.apply([left, right], since(at, self.late));
        for ((sum, delay), x) in sum.into_iter().zip(&mut self.delay).zip([left, right]) {
            delay.process(x);
            add_scaled(sum, x, 1.0);
        }
    }
}
