//! Clips in clips, loops, warps and links, laid out as what they come to: parts of files, each at its place.

use std::collections::BTreeMap;

use interchange::dawproject::{Clip, Content, Media as MediaFile, TimeUnit, Timeline, Warp, Warps};

use super::{
    ImportError,
    media::Media,
    pieces::{Met, Part, Piece, SHORTEST_S, add, express, fade_in, fade_out, last_end},
    tempo::{Frame, TempoMap, project_time},
};

/// Timelines lie in each other, by links too, no deeper.
const MAX_DEPTH: usize = 64;
/// So many timelines, loops, anchors and points of clips are looked at in one project.
const MAX_VISITS: usize = 1_000_000;
/// So many clips may a track of the engine have.
const MAX_PIECES: usize = 4096;

/// What flattening needs to know of the project.
#[derive(Debug)]
pub(super) struct Flattening<'p> {
    tempo: &'p TempoMap,
    media: &'p Media,
    /// Timelines that clips may link to.
    timelines: BTreeMap<&'p str, &'p Timeline>,
    visits: usize,
}

/// Where and how deep something is looked at: only what lies within the window, in seconds of the project, is heard.
#[derive(Debug, Clone, Copy)]
struct View {
    frame: Frame,
    window: (f64, f64),
    depth: usize,
    in_clip: bool,
}

impl<'p> Flattening<'p> {
    pub(super) fn new(tempo: &'p TempoMap, media: &'p Media, timelines: BTreeMap<&'p str, &'p Timeline>) -> Self {
        Self { tempo, media, timelines, visits: 0 }
    }

    /// Adds what a timeline of the arrangement plays to a track's pieces.
    ///
    /// # Errors
    /// [`ImportError::TooManyClips`] and [`ImportError::TooDeep`].
    pub(super) fn lay_out(
        &mut self,
        timeline: &'p Timeline,
        frame: Frame,
        pieces: &mut Vec<Piece>,
        met: &mut Met,
    ) -> Result<(), ImportError> {
        self.play(timeline, View { frame, window: (0.0, f64::INFINITY), depth: 0, in_clip: false }, pieces, met)
    }

    fn play(
        &mut self,
        timeline: &'p Timeline,
        view: View,
        pieces: &mut Vec<Piece>,
        met: &mut Met,
    ) -> Result<(), ImportError> {
        self.visit(view.depth)?;
        if pieces.len() > MAX_PIECES {
            return Err(ImportError::TooManyClips { most: MAX_PIECES });
        }
        let view = View { frame: view.frame.counting(timeline.time_unit, self.tempo), depth: view.depth + 1, ..view };
        match &timeline.content {
            Content::Lanes(lanes) => {
                let start = pieces.len();
                for lane in lanes {
                    self.play(lane, view, pieces, met)?;
                }
                for lane in lanes.iter().filter(|_| view.in_clip) {
                    if let Content::Points(points) = &lane.content {
                        self.visits += points.points.len();
                        express(points, &mut pieces[start..], met);
                    }
                }
            }
            Content::Clips(clips) => {
                for clip in clips {
                    self.play_clip(clip, view, pieces, met)?;
                }
            }
            Content::Audio(file) => self.play_file(file, Vec::new(), view, pieces, met),
            Content::Warps(warps) => match warps.content.as_deref().map(|content| &content.content) {
                Some(Content::Audio(file)) if warps.content_time_unit != Some(TimeUnit::Beats) => {
                    self.visits += warps.warps.len();
                    self.play_file(file, self.anchors(warps, view.frame), view, pieces, met);
                }
                _ => met.warped += 1,
            },
            Content::Notes(notes) => met.notes += notes.len(),
            Content::Video(_) => met.videos += 1,
            Content::Points(_) | Content::Slot(_) | Content::Markers(_) => {}
        }
        Ok(())
    }

    fn visit(&mut self, depth: usize) -> Result<(), ImportError> {
        self.visits += 1;
        if depth > MAX_DEPTH {
            return Err(ImportError::TooDeep { most: MAX_DEPTH });
        }
        if self.visits > MAX_VISITS {
            return Err(ImportError::TooManyClips { most: MAX_VISITS });
        }
        Ok(())
    }

    fn play_clip(
        &mut self,
        clip: &'p Clip,
        view: View,
        pieces: &mut Vec<Piece>,
        met: &mut Met,
    ) -> Result<(), ImportError> {
        let linked = clip.reference.as_deref().map(|id| self.timelines.get(id).copied());
        let content = match (clip.content.as_deref(), linked) {
            _ if clip.enable == Some(false) => return Ok(()),
            (Some(content), _) | (None, Some(Some(content))) => content,
            (None, Some(None)) => {
                met.unlinked += 1;
                return Ok(());
            }
            (None, None) => return Ok(()),
        };
        let start_s = view.frame.seconds(clip.time, self.tempo);
        let unit = clip.content_time_unit.unwrap_or(view.frame.unit);
        let play_start = clip.play_start.unwrap_or(0.0);
        let begin = project_time(start_s, unit, self.tempo);
        let inner = Frame { unit, shift: begin - play_start };
        let mut end_s = clip.duration.map_or(f64::INFINITY, |long| view.frame.seconds(clip.time + long, self.tempo));
        let round = clip.loop_end.map(|end| (clip.loop_start.unwrap_or(0.0), end));
        // A loop of a clip without an end would have none either.
        let round = round.filter(|(start, end)| *end > start.max(play_start) && end_s.is_finite());
        if round.is_none() {
            end_s = clip.play_stop.map_or(end_s, |stop| end_s.min(inner.seconds(stop, self.tempo)));
        }
        let (fade_in_s, fade_out_s) = self.fades(clip, view.frame, (start_s, end_s));
        // A fade below 0 begins that much earlier, with what lies before in the file.
        let opens_s = start_s.min(start_s + fade_in_s);
        let window = (view.window.0.max(opens_s), view.window.1.min(end_s));
        if window.0 >= window.1 {
            return Ok(());
        }
        let first = pieces.len();
        let view = View { frame: inner, window, depth: view.depth, in_clip: true };
        match round {
            None => self.play(content, view, pieces, met)?,
            Some(round) => self.play_rounds(content, (begin, play_start), round, view, pieces, met)?,
        }
        let closes_s = if end_s.is_finite() { end_s } else { last_end(&pieces[first..]) };
        fade_in(&mut pieces[first..], opens_s, fade_in_s.abs(), met);
        fade_out(&mut pieces[first..], closes_s, fade_out_s.abs(), met);
        Ok(())
    }

    /// Plays a timeline from some time of its own on to the end of its loop, and the loop again and again until the window ends.
    fn play_rounds(
        &mut self,
        content: &'p Timeline,
        (begin, play_start): (f64, f64),
        (loop_start, loop_end): (f64, f64),
        view: View,
        pieces: &mut Vec<Piece>,
        met: &mut Met,
    ) -> Result<(), ImportError> {
        let (mut at, mut from, mut opens_s) = (begin, play_start, view.window.0);
        let unit = view.frame.unit;
        while opens_s < view.window.1 - SHORTEST_S {
            let next = at + (loop_end - from);
            let closes_s = Frame { unit, shift: 0.0 }.seconds(next, self.tempo).min(view.window.1);
            if closes_s > opens_s {
                let frame = Frame { unit, shift: at - from };
                self.play(content, View { frame, window: (opens_s, closes_s), ..view }, pieces, met)?;
                opens_s = closes_s;
            } else {
                self.visit(0)?;
            }
            (at, from) = (next, loop_start);
        }
        Ok(())
    }

    /// The lengths of a clip's fades, in seconds.
    fn fades(&self, clip: &Clip, around: Frame, (start_s, end_s): (f64, f64)) -> (f64, f64) {
        let unit = clip.fade_time_unit.unwrap_or(around.unit);
        let from_start = |length: f64| {
            let start = project_time(start_s, unit, self.tempo);
            Frame { unit, shift: start }.seconds(length, self.tempo) - start_s
        };
        let to_end = |length: f64| {
            if !end_s.is_finite() {
                return from_start(length);
            }
            let end = project_time(end_s, unit, self.tempo);
            end_s - Frame { unit, shift: end }.seconds(-length, self.tempo)
        };
        (clip.fade_in.map_or(0.0, from_start), clip.fade_out.map_or(0.0, to_end))
    }

    /// The seconds of the project at which seconds of a file are, in order.
    fn anchors(&self, warps: &Warps, frame: Frame) -> Vec<(f64, f64)> {
        let anchor = |warp: &Warp| (frame.seconds(warp.time, self.tempo), warp.content_time);
        let mut anchors: Vec<(f64, f64)> = warps.warps.iter().map(anchor).collect();
        anchors.sort_by(|a, b| a.0.total_cmp(&b.0));
        // One that is told twice says no more than one.
        anchors.dedup_by(|again, once| (again.0 - once.0).abs() < 1e-9);
        anchors
    }

    /// Plays a file whose seconds lie where the anchors say; at its own speed from the timeline's beginning on if there is none.
    fn play_file(
        &self,
        file: &MediaFile,
        mut anchors: Vec<(f64, f64)>,
        view: View,
        pieces: &mut Vec<Piece>,
        met: &mut Met,
    ) {
        let medium = match self.media.find(&file.file) {
            Ok(medium) => medium,
            Err(why) => {
                met.missing.insert(file.file.path.clone(), why.to_owned());
                return;
            }
        };
        if anchors.is_empty() {
            anchors.push((view.frame.seconds(0.0, self.tempo), 0.0));
        }
        if anchors.len() == 1 {
            let (at_s, from_s) = anchors[0];
            anchors.push((at_s + 1.0, from_s + 1.0));
        }
        let first = pieces.len();
        let last = anchors.len() - 2;
        for (i, pair) in anchors.windows(2).enumerate() {
            let (start, end) = (pair[0], pair[1]);
            let speed = (end.1 - start.1) / (end.0 - start.0);
            if !(speed.is_finite() && speed > 0.0) {
                met.warped += 1;
                continue;
            }
            // Beyond the outermost anchors the file goes on at the same speed.
            let from_s = if i == 0 { 0.0 } else { start.1.max(0.0) };
            let to_s = if i == last { medium.duration_s } else { end.1.min(medium.duration_s) };
            let at = |file_s: f64| start.0 + (file_s - start.1) / speed;
            let at_s = at(from_s).max(view.window.0);
            let end_s = at(to_s).min(view.window.1);
            if end_s - at_s > SHORTEST_S {
                let from_s = start.1 + (at_s - start.0) * speed;
                add(pieces, first, medium, Part { at_s, end_s, from_s, speed }, met);
            }
        }
    }
}
