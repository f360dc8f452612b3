//! From a project to a mix document.

use std::collections::{BTreeMap, BTreeSet};

use audio_engine::render::{Bus, Clip, DOCUMENT_VERSION, Format, Master, Metadata, Mix, Output, Strip, Target, Track};
use interchange::dawproject::{self as format, Content, Document, Project, Role, Timeline};

use super::{
    ImportError, Imported, Marker,
    courses::Courses,
    desk::Desk,
    flatten::Flattening,
    ledger::{Effect, Ledger},
    media::Media,
    pieces::{Met, Piece},
    strips::Bench,
    tempo::{Frame, TempoMap},
    units::Measure,
};

/// The rate of a mix without audio, in Hz.
const DEFAULT_RATE_HZ: u32 = 48_000;
/// The tempi that a document takes.
const DOCUMENT_BPM: std::ops::RangeInclusive<f64> = 20.0..=400.0;
/// What plays where a project has no audio at all, for a document must have a clip.
pub(super) const SILENCE: &str = "audio/silence.wav";
/// The longest such silence, in seconds.
const LONGEST_SILENCE_S: f64 = 600.0;

/// The mix of a project, and the length of the silence that it plays if it has no audio, in seconds.
///
/// # Errors
/// What the engine does not take.
pub(super) fn map(document: &Document, media: &Media) -> Result<(Imported, Option<f64>), ImportError> {
    let project = &document.project;
    let tempo = TempoMap::of(project)?;
    let mut ledger = Ledger::default();
    tell_of_the_whole(document, &tempo, &mut ledger);
    let lanes = project.arrangement.as_ref().and_then(|arrangement| arrangement.lanes.as_ref());
    let mut courses = Courses::of(lanes, &tempo);
    let desk = Desk::of(project)?;
    let mut played = Played::new(&desk, Flattening::new(&tempo, media, format::timelines(project)));
    if let Some(lanes) = lanes {
        played.spread(lanes, None, Frame::PROJECT, &tempo)?;
    }
    let Played { mut pieces, met, .. } = played;
    let rate_hz = media.rate_hz.unwrap_or(DEFAULT_RATE_HZ);
    let mut mix = empty(document, &tempo, rate_hz);
    let buses = buses(&desk, project, &courses);
    let mut automation = Vec::new();
    let mut bench = Bench {
        desk: &desk,
        buses: &buses,
        courses: &mut courses,
        lanes: &mut automation,
        ledger: &mut ledger,
        rate_hz: f64::from(rate_hz),
    };
    let silent = desk.silent();
    for (number, met) in met.into_iter().enumerate() {
        let clips = clips(&mut pieces[number]);
        if number == desk.nodes.len() {
            if !clips.is_empty() {
                bench.ledger.bypassed(
                    "Arrangement",
                    Effect::Unknown,
                    format!("{} clips belong to no track", clips.len()),
                );
            }
            met.tell("Arrangement", bench.ledger);
        } else {
            place(number, clips, met, &mut mix, &mut bench, silent.contains(&number));
        }
    }
    if !silent.is_empty() {
        let note = "tracks that others are to be heard without (solo) are muted";
        ledger.exact("Mixer", note);
    }
    mix.automation = automation;
    tell_of_courses(project, &desk, &courses, &mut ledger);
    let silence_s = silence(&mut mix, &desk, courses.end_s());
    mix.check().map_err(ImportError::Document)?;
    Ok((Imported { mix, ledger, markers: markers(project, &tempo) }, silence_s))
}

/// What each node plays, laid out; what belongs to none stands behind the last.
struct Played<'p, 'd> {
    desk: &'d Desk<'p>,
    flattening: Flattening<'p>,
    pieces: Vec<Vec<Piece>>,
    met: Vec<Met>,
}

impl<'p, 'd> Played<'p, 'd> {
    fn new(desk: &'d Desk<'p>, flattening: Flattening<'p>) -> Self {
        let nodes = desk.nodes.len() + 1;
        let met = std::iter::repeat_with(Met::default).take(nodes).collect();
        Self { desk, flattening, pieces: vec![Vec::new(); nodes], met }
    }

    /// Follows lanes down to the track that each belongs to.
    fn spread(
        &mut self,
        timeline: &'p Timeline,
        owner: Option<usize>,
        frame: Frame,
        tempo: &TempoMap,
    ) -> Result<(), ImportError> {
        let owner = timeline.track.as_deref().map_or(owner, |id| self.desk.by_track(id));
        if let Content::Lanes(lanes) = &timeline.content {
            let frame = frame.counting(timeline.time_unit, tempo);
            return lanes.iter().try_for_each(|lane| self.spread(lane, owner, frame, tempo));
        }
        let place = owner.unwrap_or(self.desk.nodes.len());
        self.flattening.lay_out(timeline, frame, &mut self.pieces[place], &mut self.met[place])
    }
}

/// The clips of pieces, in order.
fn clips(pieces: &mut [Piece]) -> Vec<Clip> {
    pieces.sort_by(|a, b| a.at_s().total_cmp(&b.at_s()));
    pieces.iter().map(Piece::clip).collect()
}

/// The nodes that become buses, with their names. The master becomes one only if it does anything: otherwise the engine's own takes its place.
fn buses(desk: &Desk<'_>, project: &Project, courses: &Courses<'_>) -> BTreeMap<usize, String> {
    let automated = format::automated(project);
    let mut numbers = desk.buses(&automated);
    numbers.retain(|number| desk.nodes[*number].role() != Some(Role::Vca));
    if let Some(master) = desk.master
        && desk.nodes[master].loaded
        && !is_sent_to(desk, master, &automated)
        && desk.nodes[master].channel.is_none_or(|channel| is_neutral(channel, courses))
    {
        numbers.remove(&master);
    }
    numbers.into_iter().map(|number| (number, desk.nodes[number].name.clone())).collect()
}

fn is_sent_to(desk: &Desk<'_>, bus: usize, automated: &BTreeSet<&str>) -> bool {
    let channels = desk.nodes.iter().filter_map(|node| node.channel);
    let mut sends = channels.flat_map(|channel| &channel.sends).filter(|send| format::is_heard(send, automated));
    sends.any(|send| send.destination.as_deref().and_then(|id| desk.by_channel(id)) == Some(bus))
}

/// Whether a channel lets everything pass as it comes.
fn is_neutral(channel: &format::Channel, courses: &Courses<'_>) -> bool {
    let number = |parameter: Option<&format::RealParameter>, measure: Measure| {
        let is_moved = courses.moves(parameter.and_then(|parameter| parameter.label.id.as_ref()));
        !is_moved && measure.of(parameter).is_none_or(|value| value.abs() < 1e-6)
    };
    let mute = channel.mute.as_ref();
    let is_open = mute.is_none_or(|mute| mute.value != Some(true) && !courses.moves(mute.label.id.as_ref()));
    let volume = number(channel.volume.as_ref(), Measure::Level);
    let pan = number(channel.pan.as_ref(), Measure::Position);
    channel.devices.is_empty() && channel.sends.is_empty() && is_open && volume && pan
}

/// Makes a node what it becomes: a track, a bus, or both.
fn place(number: usize, clips: Vec<Clip>, met: Met, mix: &mut Mix, bench: &mut Bench<'_, '_>, is_silent: bool) {
    let desk = bench.desk;
    let node = &desk.nodes[number];
    let name = &node.name;
    met.tell(name, bench.ledger);
    if node.role() == Some(Role::Vca) {
        let level = Measure::Level.of(node.channel.and_then(|channel| channel.volume.as_ref())).unwrap_or(0.0);
        let effect = Effect::LevelDb(level.abs().min(120.0));
        bench.ledger.bypassed(
            name,
            effect,
            "a VCA fader is left out, for the project does not say over which channels it is",
        );
        return;
    }
    if node
        .channel
        .is_some_and(|channel| channel.destination.as_deref().is_some_and(|id| desk.by_channel(id).is_none()))
    {
        let to_master = "it goes to the master, for what it goes to is not in the project";
        bench.ledger.approximated(name, Effect::Unknown, to_master);
    }
    if !node.loaded {
        bench.ledger.exact(name, "it is not loaded in the project, and is muted here");
    }
    let is_silent = is_silent || !node.loaded;
    let output = desk.destination(number).and_then(|to| bench.buses.get(&to)).cloned();
    let is_bus = bench.buses.contains_key(&number);
    let is_master = desk.master == Some(number);
    let path = if is_bus {
        format!("buses[{}].strip", mix.buses.len())
    } else {
        format!("tracks[{}].strip", mix.tracks.len())
    };
    // The master that does nothing needs no strip.
    let mut strip = match node.channel {
        Some(channel) if is_bus || !is_master => bench.strip(channel, name, &path),
        _ => Strip::default(),
    };
    if !is_bus {
        if is_master && clips.is_empty() {
            return;
        }
        strip.mute |= is_silent;
        mix.tracks.push(Track { name: name.clone(), clips, strip, output });
        return;
    }
    if !clips.is_empty() {
        // What is played and what is sent here meet in the bus.
        let strip = Strip { mute: is_silent, ..Strip::default() };
        mix.tracks.push(Track {
            name: desk.free(&format!("{name} (clips)")),
            clips,
            strip,
            output: Some(name.clone()),
        });
    }
    strip.mute |= !node.loaded;
    mix.buses.push(Bus { name: name.clone(), strip, output });
}

/// A document without tracks.
fn empty(document: &Document, tempo: &TempoMap, rate_hz: u32) -> Mix {
    let signature = document.project.transport.as_ref().and_then(|transport| transport.time_signature.as_ref());
    let beats = signature.map_or(4, |signature| u32::from(signature.numerator) * 4 / u32::from(signature.denominator));
    let text = |text: &Option<String>| text.as_ref().map(|text| text.replace(|c: char| c.is_control(), " "));
    let names = &document.metadata;
    let metadata = Metadata {
        title: text(&names.title),
        artist: text(&names.artist),
        album: text(&names.album),
        comment: text(&names.comment),
        ..Metadata::default()
    };
    Mix {
        version: DOCUMENT_VERSION,
        sample_rate_hz: Some(rate_hz),
        tempo_bpm: Some(tempo.first_bpm()).filter(|bpm| DOCUMENT_BPM.contains(bpm)),
        beats_per_bar: beats.clamp(1, 32),
        key: None,
        tracks: Vec::new(),
        buses: Vec::new(),
        automation: Vec::new(),
        tail_s: 0.0,
        master: Master { target: Target::AsIs, ceiling_dbtp: Some(0.0), ..Master::default() },
        tags: Vec::new(),
        outputs: vec![Output { metadata, ..Output::new("mix.wav", Format::Wav32Float) }],
    }
}

/// Lets a document without a clip play silence as long as its automation moves, and says how long.
fn silence(mix: &mut Mix, desk: &Desk<'_>, end_s: f64) -> Option<f64> {
    if mix.tracks.iter().any(|track| !track.clips.is_empty()) {
        return None;
    }
    let clip = Clip { source: SILENCE.to_owned(), ..Clip::default() };
    match mix.tracks.first_mut() {
        Some(track) => track.clips.push(clip),
        None => mix.tracks.push(Track { name: desk.free("Silence"), clips: vec![clip], ..Track::default() }),
    }
    Some(end_s.clamp(1.0, LONGEST_SILENCE_S).ceil())
}

/// The markers of the arrangement, in order.
fn markers(project: &Project, tempo: &TempoMap) -> Vec<Marker> {
    let mut markers = Vec::new();
    let arrangement = project.arrangement.as_ref();
    let mut waiting: Vec<(&Timeline, Frame)> = arrangement
        .iter()
        .flat_map(|arrangement| [&arrangement.markers, &arrangement.lanes])
        .flatten()
        .map(|timeline| (timeline, Frame::PROJECT))
        .collect();
    while let Some((timeline, frame)) = waiting.pop() {
        let frame = frame.counting(timeline.time_unit, tempo);
        match &timeline.content {
            Content::Lanes(lanes) => waiting.extend(lanes.iter().map(|lane| (lane, frame))),
            Content::Markers(found) => markers.extend(found.iter().map(|marker| Marker {
                name: marker.label.name.clone().unwrap_or_default(),
                at_s: frame.seconds(marker.time, tempo).max(0.0),
                color: marker.label.color.clone(),
            })),
            _ => {}
        }
    }
    markers.sort_by(|a, b| a.at_s.total_cmp(&b.at_s));
    markers
}

/// Tells of what concerns no track alone.
fn tell_of_the_whole(document: &Document, tempo: &TempoMap, ledger: &mut Ledger) {
    let project = &document.project;
    for (element, count) in &document.unknown {
        let note = format!("{count} elements <{element}> are passed over, for the format does not have them");
        ledger.bypassed("Project", Effect::Unknown, note);
    }
    if !tempo.is_constant() {
        let note =
            "the tempo changes: every time is kept in seconds, and the document states the tempo at the beginning";
        ledger.exact("Tempo", note);
    }
    let signatures = project.arrangement.as_ref().and_then(|arrangement| arrangement.time_signature.as_ref());
    if let Some(Content::Points(points)) = signatures.map(|signatures| &signatures.content)
        && points.points.len() > 1
    {
        ledger.exact("Time signature", "it changes, and the document states the first: no sound depends on it");
    }
    let scenes = project.scenes.iter().filter_map(|scene| scene.content.as_ref()).map(count_slots).sum::<usize>();
    if scenes > 0 {
        let note = format!("{scenes} clips of the clip launcher are left out: the arrangement plays without them");
        ledger.bypassed("Scenes", Effect::NONE, note);
    }
}

/// The slots of a scene that hold a clip.
fn count_slots(timeline: &Timeline) -> usize {
    match &timeline.content {
        Content::Lanes(lanes) => lanes.iter().map(count_slots).sum(),
        Content::Slot(slot) => usize::from(slot.clip.is_some()),
        _ => 0,
    }
}

/// Tells of the automation that moves nothing here.
fn tell_of_courses(project: &Project, desk: &Desk<'_>, courses: &Courses<'_>, ledger: &mut Ledger) {
    let mut names: BTreeMap<&str, String> = BTreeMap::new();
    for node in &desk.nodes {
        let Some(channel) = node.channel else { continue };
        let own = [channel.pan.as_ref().map(|pan| &pan.label), channel.volume.as_ref().map(|volume| &volume.label)];
        let sends = channel
            .sends
            .iter()
            .flat_map(|send| [&send.volume, &send.pan].into_iter().flatten().map(|parameter| &parameter.label));
        let switches = channel.sends.iter().filter_map(|send| send.enable.as_ref()).chain(&channel.mute);
        let devices = channel.devices.iter().flat_map(format::Device::labels);
        let labels = own.into_iter().flatten().chain(sends).chain(switches.map(|switch| &switch.label)).chain(devices);
        for label in labels {
            if let Some(id) = label.id.as_deref() {
                names.insert(id, format!("{} › {}", node.name, label.name.as_deref().unwrap_or(id)));
            }
        }
    }
    let tempo = project.transport.as_ref().and_then(|transport| transport.tempo.as_ref()?.label.id.as_deref());
    for id in courses.left().filter(|id| Some(*id) != tempo) {
        match names.get(id) {
            Some(name) => ledger.bypassed(name, Effect::Unknown, "its automation is not played"),
            None => ledger.bypassed(
                "Automation",
                Effect::NONE,
                format!("automation of {id:?} is left out, for the project has no such parameter"),
            ),
        }
    }
    for id in &courses.doubled {
        let name = names.get(id).map_or("Automation", String::as_str);
        ledger.bypassed(name, Effect::Unknown, "a second lane of automation for it is not played");
    }
}
