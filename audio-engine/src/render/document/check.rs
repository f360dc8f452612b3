//! What types and ranges alone cannot say: names that resolve, buses without circles, times that make sense.

use super::parameters::{Number, Parameters, Visitor, check_ranges, in_range, refuse};
use super::{DOCUMENT_VERSION, Fade, Lane, Mix, Processor, Shape, Strip, Time};
use crate::render::RenderError;
use crate::render::output::{check_key, check_output, fold_name};
use std::collections::{BTreeMap, BTreeSet};

/// The longest time that a document may name, in seconds (4 hours).
const MAX_TIME_S: f64 = 4.0 * 3600.0;
const MAX_TRACKS: usize = 128;
const MAX_BUSES: usize = 64;
const MAX_CLIPS: usize = 4096;
const MAX_OUTPUTS: usize = 128;
const MAX_TAGS: usize = 8;
const MAX_PROCESSORS: usize = 32;
const MAX_CONVOLUTIONS: usize = 8;
const MAX_BANDS: usize = 16;
const MAX_LANES: usize = 256;
const MAX_POINTS: usize = 10_000;

type Checked = Result<(), RenderError>;

impl Parameters for Mix {
    fn visit(&mut self, visitor: &mut Visitor<'_>) {
        if let Some(tempo) = &mut self.tempo_bpm {
            visitor.fixed("tempo_bpm", tempo, 20.0, 400.0);
        }
        visitor.fixed("tail_s", &mut self.tail_s, 0.0, 60.0);
        for (i, track) in self.tracks.iter_mut().enumerate() {
            visitor.field(&format!("tracks[{i}].strip"), &mut Whole(&mut track.strip));
            visitor.list(&format!("tracks[{i}].clips"), &mut track.clips);
        }
        for (i, bus) in self.buses.iter_mut().enumerate() {
            visitor.field(&format!("buses[{i}].strip"), &mut Whole(&mut bus.strip));
        }
        visitor.field("master", &mut WholeMaster(&mut self.master));
        for (i, tag) in self.tags.iter_mut().enumerate() {
            visitor.field(&format!("tags[{i}]"), &mut WholeTag(tag));
        }
    }
}

struct Whole<'a>(&'a mut Strip);
struct WholeMaster<'a>(&'a mut super::Master);
struct WholeTag<'a>(&'a mut super::TagNode);

impl Parameters for Whole<'_> {
    fn visit(&mut self, visitor: &mut Visitor<'_>) {
        self.0.visit_all(visitor);
    }
}

impl Parameters for WholeMaster<'_> {
    fn visit(&mut self, visitor: &mut Visitor<'_>) {
        self.0.visit_all(visitor);
    }
}

impl Parameters for WholeTag<'_> {
    fn visit(&mut self, visitor: &mut Visitor<'_>) {
        self.0.visit_all(visitor);
    }
}

impl Mix {
    /// Checks every field.
    ///
    /// # Errors
    /// [`RenderError::Document`] with the path of the field at fault.
    pub fn check(&self) -> Checked {
        if self.version != DOCUMENT_VERSION {
            return refuse("version", format!("only version {DOCUMENT_VERSION} is known"));
        }
        count("tracks", self.tracks.len(), 1, MAX_TRACKS)?;
        count("buses", self.buses.len(), 0, MAX_BUSES)?;
        count("outputs", self.outputs.len(), 1, MAX_OUTPUTS)?;
        count("tags", self.tags.len(), 0, MAX_TAGS)?;
        count("automation", self.automation.len(), 0, MAX_LANES)?;
        if let Some(rate) = self.sample_rate_hz {
            in_range("sample_rate_hz", f64::from(rate), 8_000.0, 192_000.0)?;
        }
        check_key("key", self.key.as_deref())?;
        in_range("beats_per_bar", f64::from(self.beats_per_bar), 1.0, 32.0)?;
        // The walk may change numbers, for automation; here it works on a copy.
        check_ranges("", &mut self.clone())?;
        self.check_clips()?;
        self.check_strips()?;
        self.check_routes()?;
        self.check_lanes()?;
        self.check_outputs()
    }

    fn check_clips(&self) -> Checked {
        if self.tracks.iter().all(|track| track.clips.is_empty()) {
            return refuse("tracks", "at least one clip is needed");
        }
        for (t, track) in self.tracks.iter().enumerate() {
            count(&format!("tracks[{t}].clips"), track.clips.len(), 0, MAX_CLIPS)?;
            for (c, clip) in track.clips.iter().enumerate() {
                let at = format!("tracks[{t}].clips[{c}]");
                if clip.source.is_empty() {
                    return refuse(format!("{at}.source"), "a source is needed");
                }
                self.check_time(&format!("{at}.position"), clip.position, 0.0, MAX_TIME_S)?;
                let from = self.check_time(&format!("{at}.from"), clip.from, 0.0, MAX_TIME_S)?;
                if let Some(to) = clip.to {
                    let to = self.check_time(&format!("{at}.to"), to, 0.0, MAX_TIME_S)?;
                    if to <= from {
                        return refuse(format!("{at}.to"), "it must lie behind `from`");
                    }
                }
                self.check_fade(&format!("{at}.fade_in"), clip.fade_in.as_ref())?;
                self.check_fade(&format!("{at}.fade_out"), clip.fade_out.as_ref())?;
            }
        }
        Ok(())
    }

    fn check_fade(&self, at: &str, fade: Option<&Fade>) -> Checked {
        fade.map_or(Ok(()), |fade| self.check_time(&format!("{at}.length"), fade.length, 0.0, 600.0).map(drop))
    }

    fn check_strips(&self) -> Checked {
        let tracks = self.tracks.iter().enumerate().map(|(i, track)| (format!("tracks[{i}].strip"), &track.strip));
        let buses = self.buses.iter().enumerate().map(|(i, bus)| (format!("buses[{i}].strip"), &bus.strip));
        for (at, strip) in tracks.chain(buses) {
            count(&format!("{at}.sends"), strip.sends.len(), 0, MAX_PROCESSORS)?;
            self.check_processors(&at, &strip.processors)?;
        }
        self.check_processors("master", &self.master.processors)?;
        self.check_convolutions()
    }

    /// Each keeps its response's spectra and as much of the past: some 30 MB for 20 s at 48 kHz.
    fn check_convolutions(&self) -> Checked {
        let tracks = self.tracks.iter().enumerate().map(|(i, t)| (format!("tracks[{i}].strip"), &t.strip.processors));
        let buses = self.buses.iter().enumerate().map(|(i, b)| (format!("buses[{i}].strip"), &b.strip.processors));
        let strips = tracks.chain(buses).chain([("master".to_owned(), &self.master.processors)]);
        let mut left = MAX_CONVOLUTIONS;
        for (at, processors) in strips {
            for (i, _) in processors.iter().enumerate().filter(|(_, p)| matches!(p, Processor::Convolution(_))) {
                let reason = format!("no more than {MAX_CONVOLUTIONS} convolutions are accepted: send to one on a bus");
                left = match left.checked_sub(1) {
                    Some(left) => left,
                    None => return refuse(format!("{at}.processors[{i}].convolution"), reason),
                };
            }
        }
        Ok(())
    }

    fn check_processors(&self, at: &str, processors: &[Processor]) -> Checked {
        count(&format!("{at}.processors"), processors.len(), 0, MAX_PROCESSORS)?;
        for (i, processor) in processors.iter().enumerate() {
            let at = format!("{at}.processors[{i}]");
            match processor {
                Processor::Equaliser(eq) => count(&format!("{at}.equaliser.bands"), eq.bands.len(), 1, MAX_BANDS)?,
                Processor::Delay(delay) => {
                    self.check_time(&format!("{at}.delay.time"), delay.time, 0.001, 10.0)?;
                }
                Processor::Convolution(convolution) if convolution.source.is_empty() => {
                    return refuse(format!("{at}.convolution.source"), "an impulse response is needed");
                }
                Processor::Multiband(multiband) => {
                    let crossovers = &multiband.crossovers_hz;
                    count(&format!("{at}.multiband.crossovers_hz"), crossovers.len(), 1, 4)?;
                    let bands = crossovers.len() + 1;
                    count(&format!("{at}.multiband.bands"), multiband.bands.len(), bands, bands)?;
                    if let Some(c) = crossovers.windows(2).position(|pair| pair[1] < pair[0] * 1.25) {
                        let path = format!("{at}.multiband.crossovers_hz[{}]", c + 1);
                        return refuse(path, "it must lie a quarter above the one before");
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Every route must lead to a bus, and none back to where it came from.
    fn check_routes(&self) -> Checked {
        let mut names = BTreeMap::new();
        let tracks = self.tracks.iter().enumerate().map(|(i, track)| (format!("tracks[{i}]"), &track.name));
        let buses = self.buses.iter().enumerate().map(|(i, bus)| (format!("buses[{i}]"), &bus.name));
        for (index, (at, name)) in tracks.chain(buses).enumerate() {
            if name.is_empty() || name.len() > 200 {
                return refuse(format!("{at}.name"), "1 to 200 bytes are accepted");
            }
            if names.insert(name.as_str(), index).is_some() {
                return refuse(format!("{at}.name"), "another track or bus has this name");
            }
        }
        for (path, name) in self.named_nodes() {
            let index = names.get(name).copied();
            let listens = path.ends_with("side_chain");
            match index {
                None => return refuse(path, format!("there is no `{name}`")),
                Some(index) if !listens && index < self.tracks.len() => {
                    return refuse(path, format!("`{name}` is a track, not a bus"));
                }
                Some(_) => {}
            }
        }
        match self.find_circle() {
            Some(i) if i < self.tracks.len() => refuse(format!("tracks[{i}]"), "its signal comes back to itself"),
            Some(i) => refuse(format!("buses[{}]", i - self.tracks.len()), "its signal comes back to itself"),
            None => Ok(()),
        }
    }

    /// Every mention of a track or bus, with its path.
    fn named_nodes(&self) -> Vec<(String, &str)> {
        let mut named = Vec::new();
        let tracks = self.tracks.iter().enumerate().map(|(i, t)| (format!("tracks[{i}]"), &t.strip, &t.output));
        let buses = self.buses.iter().enumerate().map(|(i, b)| (format!("buses[{i}]"), &b.strip, &b.output));
        for (at, strip, output) in tracks.chain(buses) {
            named.extend(output.as_deref().map(|name| (format!("{at}.output"), name)));
            for (i, send) in strip.sends.iter().enumerate() {
                named.push((format!("{at}.strip.sends[{i}].to"), send.to.as_str()));
            }
            named.extend(side_chains(&format!("{at}.strip"), &strip.processors));
        }
        named.extend(side_chains("master", &self.master.processors));
        named
    }

    /// A node, tracks first, that its own signal comes back to: what is left when all nodes without open inputs are gone.
    fn find_circle(&self) -> Option<usize> {
        let feeds = self.feeds();
        let mut left: BTreeSet<usize> = (0..feeds.len()).collect();
        loop {
            let ready = left.iter().copied().find(|node| feeds[*node].iter().all(|from| !left.contains(from)));
            match ready {
                Some(node) => left.remove(&node),
                None => return left.first().copied(),
            };
        }
    }

    /// For every node, tracks first, the nodes that it needs. Names that do not resolve are left out.
    pub(in crate::render) fn feeds(&self) -> Vec<Vec<usize>> {
        let strips = self.tracks.iter().map(|t| (&t.strip, &t.output));
        let strips: Vec<_> = strips.chain(self.buses.iter().map(|b| (&b.strip, &b.output))).collect();
        let mut feeds = vec![Vec::new(); strips.len()];
        for (node, (strip, output)) in strips.into_iter().enumerate() {
            let sends = strip.sends.iter().map(|send| send.to.as_str());
            for to in sends.chain(output.as_deref()).filter_map(|name| self.node(name)) {
                feeds[to].push(node);
            }
            let listens = strip.processors.iter().filter_map(Processor::side_chain);
            feeds[node].extend(listens.filter_map(|name| self.node(name)));
        }
        feeds
    }

    /// The number of a track or bus, tracks first.
    pub(in crate::render) fn node(&self, name: &str) -> Option<usize> {
        let track = self.tracks.iter().position(|track| track.name == name);
        track.or_else(|| self.buses.iter().position(|bus| bus.name == name).map(|i| i + self.tracks.len()))
    }

    fn check_lanes(&self) -> Checked {
        // Every number that may be automated, with its range.
        let mut known = BTreeMap::new();
        let mut remember = |number: Number<'_>| {
            known.insert(number.path.to_owned(), (number.range, number.automatable));
        };
        self.clone().visit(&mut Visitor::new("", &mut remember));
        let mut seen = BTreeSet::new();
        for (i, lane) in self.automation.iter().enumerate() {
            let at = format!("automation[{i}]");
            match known.get(&lane.parameter) {
                None => return refuse(format!("{at}.parameter"), format!("there is no number `{}`", lane.parameter)),
                Some((_, false)) => return refuse(format!("{at}.parameter"), "this number cannot be automated"),
                Some((range, true)) => self.check_points(&at, lane, *range)?,
            }
            if !seen.insert(&lane.parameter) {
                return refuse(format!("{at}.parameter"), "another lane moves this number");
            }
        }
        Ok(())
    }

    fn check_points(&self, at: &str, lane: &Lane, (low, high): (f64, f64)) -> Checked {
        count(&format!("{at}.points"), lane.points.len(), 1, MAX_POINTS)?;
        let mut before = 0.0;
        for (i, point) in lane.points.iter().enumerate() {
            let at = format!("{at}.points[{i}]");
            let now = self.check_time(&format!("{at}.at"), point.at, 0.0, MAX_TIME_S)?;
            if now < before {
                return refuse(format!("{at}.at"), "points come in the order of their times");
            }
            before = now;
            in_range(&format!("{at}.value"), point.value, low, high)?;
            if let Shape::Curve(bend) = point.shape {
                in_range(&format!("{at}.shape.curve"), bend, -1.0, 1.0)?;
            }
        }
        Ok(())
    }

    fn check_outputs(&self) -> Checked {
        let mut names = BTreeSet::new();
        for (i, output) in self.outputs.iter().enumerate() {
            check_output(&format!("outputs[{i}]"), output)?;
            if output.tagged == Some(true) && self.tags.is_empty() {
                let reason =
                    "the document has no `tags`: add one, such as `{}` for the built-in voice, or leave this out";
                return refuse(format!("outputs[{i}].tagged"), reason);
            }
            if !names.insert(fold_name(&output.file)) {
                let reason = "another output has this name, or one that differs in case alone";
                return refuse(format!("outputs[{i}].file"), reason);
            }
        }
        Ok(())
    }

    /// Checks a time and gives it in seconds.
    fn check_time(&self, at: &str, time: Time, low: f64, high: f64) -> Result<f64, RenderError> {
        let Some(seconds) = time.seconds(self.tempo_bpm) else {
            return refuse(format!("{at}.beats"), "times in beats need the document's `tempo_bpm`");
        };
        in_range(at, seconds, low, high)?;
        Ok(seconds)
    }
}

fn side_chains<'a>(at: &str, processors: &'a [Processor]) -> Vec<(String, &'a str)> {
    let named = |(i, processor): (usize, &'a Processor)| {
        let kind = if matches!(processor, Processor::Gate(_)) { "gate" } else { "compressor" };
        processor.side_chain().map(|name| (format!("{at}.processors[{i}].{kind}.side_chain"), name))
    };
    processors.iter().enumerate().filter_map(named).collect()
}

fn count(path: &str, len: usize, least: usize, most: usize) -> Checked {
    if (least..=most).contains(&len) {
        return Ok(());
    }
    refuse(path, if least == most { format!("{least} are needed") } else { format!("{least} to {most} are accepted") })
}
