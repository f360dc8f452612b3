//! The mix before tags, loudness and limiter: rendered once, measured on the way, and streamed as often as needed.

use super::graph::Graph;
use super::progress::{Tracker, stop_if_cancelled};
use super::reference::{Analyser, Matcher};
use super::scratch::Scratch;
use super::tags::{Music, TagTrack};
use super::work_folder::WorkFolder;
use super::{Mix, Progress, RenderError, Workspace};
use crate::decode::frames_to_seconds;
use crate::dsp::{GRID, Planar, frames};
use crate::measure::{LoudnessCourse, Measurement, Meter};

/// What a pass gets of every block: the mix, and the mix under its tags if the pass asked for it.
pub(super) struct Block<'a> {
    pub(super) plain: &'a Planar,
    pub(super) tagged: &'a Planar,
}

/// A document's mix.
pub(super) struct PreMaster<'a> {
    pub(super) mix: &'a Mix,
    pub(super) workspace: &'a Workspace,
    /// Where what is not finished lies.
    pub(super) folder: WorkFolder,
    pub(super) tracker: Tracker<'a>,
    pub(super) tags: Vec<TagTrack>,
    /// What it measures; none before it was rendered for the first time.
    pub(super) source: Option<Measurement>,
    /// How loud it is, moment by moment.
    course: LoudnessCourse,
    pub(super) frames: u64,
    pub(super) sample_rate_hz: u32,
    /// The rendered mix, if it was kept.
    scratch: Option<Scratch>,
    /// The mix at its start, before its first pass.
    graph: Option<Graph<'a>>,
}

impl<'a> PreMaster<'a> {
    /// Opens the mix, and renders it if something must be known of it before anything can be written.
    pub(super) fn analyse(
        mix: &'a Mix,
        workspace: &'a Workspace,
        progress: &'a mut dyn Progress,
    ) -> Result<Self, RenderError> {
        let graph = Graph::open(mix, workspace, &|| stop_if_cancelled(&*progress))?;
        let rate = graph.sample_rate_hz();
        let mut new = Self {
            mix,
            workspace,
            folder: WorkFolder::create(&workspace.output_dir)
                .map_err(|cause| RenderError::Io(cause).named("the output folder"))?,
            tracker: Tracker::new(progress, graph.stated_frames()),
            tags: Vec::new(),
            source: None,
            course: LoudnessCourse::default(),
            frames: 0,
            sample_rate_hz: rate,
            scratch: None,
            graph: Some(graph),
        };
        if let Some(reference) = &mix.master.reference {
            let mut analyser = Analyser::new(rate);
            new.render(0.4, true, &mut |block| {
                analyser.add([&block[0], &block[1]]);
                Ok(())
            })?;
            new.match_to(reference, analyser)?;
        } else if mix.master.target.loudness_lufs().is_some() || !mix.tags.is_empty() {
            new.render(0.4, true, &mut |_| Ok(()))?;
        }
        new.place_tags()?;
        Ok(new)
    }

    /// Replaces the rendered mix by one that matches the reference; silence stays silence.
    fn match_to(&mut self, reference: &str, analyser: Analyser) -> Result<(), RenderError> {
        let Some(spectrum) = analyser.finish() else { return Ok(()) };
        let mut matcher = Matcher::new(&spectrum, reference, self.workspace, self.sample_rate_hz, &self.tracker)?;
        let mut replacement = Scratch::create(self.folder.path(), "matched")?;
        let mut meter = Meter::new(2, self.sample_rate_hz);
        let latency = matcher.latency();
        let mut early = latency;
        let mut keep = |block: &mut Planar| -> Result<(), RenderError> {
            matcher.process(block);
            let drop = early.min(frames(block));
            early -= drop;
            for channel in block.iter_mut() {
                channel.drain(..drop);
            }
            meter.add(block);
            replacement.write(block)
        };
        self.stream(0.3, false, &mut |block| keep(&mut block.plain.clone()))?;
        keep(&mut vec![vec![0.0; latency]; 2])?;
        replacement.finish()?;
        self.scratch = Some(replacement);
        self.course = meter.course();
        self.source = Some(meter.finish());
        Ok(())
    }

    fn place_tags(&mut self) -> Result<(), RenderError> {
        let music = Music { integrated_lufs: self.loudness(), course: &self.course };
        for node in self.mix.tags.iter().enumerate() {
            let mut track = TagTrack::load(node, self.workspace, self.sample_rate_hz)?;
            track.place(&music, self.frames, self.sample_rate_hz, self.mix);
            self.tags.push(track);
        }
        Ok(())
    }

    /// Streams the mix, from the scratch file if there is one.
    pub(super) fn stream(
        &mut self,
        part_of_rest: f64,
        with_tags: bool,
        take: &mut dyn FnMut(&Block<'_>) -> Result<(), RenderError>,
    ) -> Result<(), RenderError> {
        let Some(scratch) = &self.scratch else {
            // A lossy file may have to be written again, an exact one almost never.
            let keep = self.mix.outputs.iter().any(|output| output.format.headroom_db() > 0.1);
            return self.render(part_of_rest, keep, &mut |plain| take(&Block { plain, tagged: plain }));
        };
        self.tracker.begin_pass(part_of_rest);
        let mut reader = scratch.read()?;
        let block_frames = self.workspace.block_frames.max(1).next_multiple_of(GRID);
        let (mut plain, mut tagged, mut envelope) = (Planar::new(), Planar::new(), Vec::new());
        let mut at = 0;
        while reader.next(&mut plain, block_frames)? {
            if with_tags && !self.tags.is_empty() {
                tagged.clone_from(&plain);
                for tag in &self.tags {
                    tag.apply(&mut tagged, at, &mut envelope);
                }
                take(&Block { plain: &plain, tagged: &tagged })?;
            } else {
                take(&Block { plain: &plain, tagged: &plain })?;
            }
            at += frames(&plain) as u64;
            self.tracker.at(at)?;
        }
        Ok(())
    }

    /// Runs the graph once, measures it, and keeps it if asked to.
    fn render(
        &mut self,
        part_of_rest: f64,
        keep: bool,
        take: &mut dyn FnMut(&Planar) -> Result<(), RenderError>,
    ) -> Result<(), RenderError> {
        self.tracker.begin_pass(part_of_rest);
        let mut graph = match self.graph.take() {
            Some(graph) => graph,
            None => Graph::open(self.mix, self.workspace, &|| self.tracker.check())?,
        };
        let mut scratch = if keep { Some(Scratch::create(self.folder.path(), "mix")?) } else { None };
        let mut meter = Meter::new(2, self.sample_rate_hz);
        self.frames = 0;
        while let Some(block) = graph.next()? {
            self.frames += frames(block) as u64;
            meter.add(block);
            if let Some(scratch) = &mut scratch {
                scratch.write(block)?;
            }
            take(block)?;
            self.tracker.at(self.frames)?;
        }
        graph.finish();
        if let Some(scratch) = &mut scratch {
            scratch.finish()?;
        }
        self.scratch = scratch;
        self.tracker.know_total(self.frames);
        self.course = meter.course();
        self.source = Some(meter.finish());
        Ok(())
    }

    pub(super) fn loudness(&self) -> Option<f64> {
        self.source.as_ref()?.integrated_lufs
    }

    pub(super) fn true_peak(&self) -> Option<f64> {
        self.source.as_ref()?.true_peak_dbtp
    }

    /// The starts of all tags, in order.
    pub(super) fn tags_at_s(&self) -> Vec<f64> {
        let mut starts: Vec<u64> = self.tags.iter().flat_map(TagTrack::starts).collect();
        starts.sort_unstable();
        starts.iter().map(|start| frames_to_seconds(*start, self.sample_rate_hz)).collect()
    }
}
