//! Sets of Ableton Live, versions 8 to 12.

use std::{
    collections::{BTreeMap, HashSet},
    io::{BufReader, Read},
};

use quick_xml::{
    Error, Reader, XmlVersion,
    events::{BytesStart, Event},
};

use super::{
    Inventory, InventoryError, MAX_MEDIA, MAX_PLUGINS, MAX_TRACKS, Media, Plugin, PluginFormat, Program, Track,
    TrackKind, guard::Guard, plain, push,
};

/// How deep elements may lie within each other: racks within racks have fifty.
const MAX_DEPTH: usize = 256;
/// Bytes of an element's name: those of a set have some forty.
const MAX_NAME_BYTES: usize = 256;

pub(super) fn read(set: impl Read) -> Result<Inventory, InventoryError> {
    let mut reader = Reader::from_reader(BufReader::new(Guard::new(set)));
    let mut scan = Scan::default();
    let mut buffer = Vec::new();
    loop {
        match reader.read_event_into(&mut buffer) {
            Ok(Event::Start(element)) => scan.enter(&element)?,
            Ok(Event::Empty(element)) => {
                scan.enter(&element)?;
                scan.leave()?;
            }
            Ok(Event::End(_)) => scan.leave()?,
            Ok(Event::DocType(_)) => return Err(damaged("it declares a document type, which no set has")),
            Ok(Event::Eof) => break,
            Ok(_) => {}
            Err(Error::Io(error)) if error.kind() == std::io::ErrorKind::FileTooLarge => {
                return Err(InventoryError::Bomb);
            }
            Err(error) => return Err(damaged(&plain(&error.to_string()))),
        }
        // A long text must not be kept for the elements after it.
        buffer.clear();
        buffer.shrink_to(1 << 16);
    }
    scan.finish()
}

fn damaged(problem: &str) -> InventoryError {
    InventoryError::Damaged { problem: problem.to_owned() }
}

/// What was seen so far, and within what.
#[derive(Default)]
struct Scan {
    path: Vec<String>,
    is_set: bool,
    version: Option<String>,
    milli_bpm: Option<u32>,
    tracks: Vec<Track>,
    media: Vec<Media>,
    known: HashSet<(Option<String>, Option<String>, String)>,
    plugins: BTreeMap<(String, PluginFormat), (Option<String>, u32)>,
    /// What is being read, with the depth of its element.
    track: Option<(usize, Track)>,
    sample: Option<(usize, Media)>,
    plugin: Option<(usize, PluginFormat, String, Option<String>)>,
}

impl Scan {
    fn enter(&mut self, element: &BytesStart<'_>) -> Result<(), InventoryError> {
        let name = element.name().into_inner().to_owned();
        if name.len() > MAX_NAME_BYTES {
            return Err(damaged("it has an element whose name is longer than 256 bytes"));
        }
        let depth = self.path.len();
        if depth == MAX_DEPTH {
            return Err(InventoryError::TooDeep { limit: MAX_DEPTH });
        }
        if depth == 0 {
            self.is_set = name == "Ableton";
            let creator = attribute(element, "Creator")?;
            self.version = creator.map(|creator| creator.trim_start_matches("Ableton Live ").to_owned());
        }
        if !self.is_set {
            let what = "XML that is no set of Ableton Live";
            return Err(InventoryError::NotASession { what, remedy: "upload the .als file that Live saves" });
        }
        match name.as_str() {
            "AudioTrack" | "MidiTrack" | "GroupTrack" | "ReturnTrack"
                if self.within(&["Ableton", "LiveSet", "Tracks"]) =>
            {
                let kind = match name.as_str() {
                    "AudioTrack" => TrackKind::Audio,
                    "MidiTrack" => TrackKind::Midi,
                    "GroupTrack" => TrackKind::Group,
                    _ => TrackKind::Return,
                };
                self.track = Some((depth, Track { name: String::new(), kind, clips: 0 }));
            }
            "EffectiveName" | "UserName" => self.name_track(depth, element)?,
            "AudioClip" | "MidiClip" => {
                if let Some((_, track)) = &mut self.track {
                    track.clips = track.clips.saturating_add(1);
                }
            }
            "Manual" if self.is_tempo() => {
                self.milli_bpm = attribute(element, "Value")?.and_then(|value| thousandths(&value));
            }
            "SampleRef" if self.sample.is_none() => self.sample = Some((depth, Media::default())),
            "VstPluginInfo" => self.plugin = Some((depth, PluginFormat::Vst2, String::new(), None)),
            "Vst3PluginInfo" => self.plugin = Some((depth, PluginFormat::Vst3, String::new(), None)),
            "AuPluginInfo" => self.plugin = Some((depth, PluginFormat::AudioUnit, String::new(), None)),
            _ => {
                self.describe_sample(depth, &name, element)?;
                self.describe_plugin(depth, &name, element)?;
                self.count_device(&name)?;
            }
        }
        self.path.push(name);
        Ok(())
    }

    fn leave(&mut self) -> Result<(), InventoryError> {
        self.path.pop();
        let depth = self.path.len();
        if let Some((_, track)) = self.track.take_if(|(at, _)| *at == depth) {
            push(&mut self.tracks, track, MAX_TRACKS, "tracks")?;
        }
        if let Some((_, mut media)) = self.sample.take_if(|(at, _)| *at == depth) {
            let whole = media.path.as_deref().or(media.relative_path.as_deref()).unwrap_or_default();
            if media.name.is_empty() {
                whole.rsplit(['/', '\\', ':']).next().unwrap_or_default().clone_into(&mut media.name);
            } else if let Some(folders) = media.relative_path.as_mut().filter(|folders| !folders.ends_with(&media.name))
            {
                // Until version 10 the folders and the name stand apart.
                *folders = format!("{folders}/{}", media.name);
            }
            let key = (media.path.clone(), media.relative_path.clone(), media.name.clone());
            if !media.name.is_empty() && self.known.insert(key) {
                push(&mut self.media, media, MAX_MEDIA, "files")?;
            }
        }
        if let Some((_, format, name, maker)) = self.plugin.take_if(|(at, ..)| *at == depth) {
            let name = if name.is_empty() { "unnamed".to_owned() } else { name };
            self.count(name, format, maker)?;
        }
        Ok(())
    }

    fn finish(self) -> Result<Inventory, InventoryError> {
        if !self.is_set || !self.path.is_empty() {
            return Err(damaged("it ends early"));
        }
        let plugins = self.plugins.into_iter().map(|((name, format), (maker, instances))| Plugin {
            name,
            maker,
            format,
            version: None,
            instances,
        });
        Ok(Inventory {
            program: Program::AbletonLive,
            version: self.version,
            name: None,
            milli_bpm: self.milli_bpm,
            sample_rate_hz: None,
            bit_depth: None,
            tracks: self.tracks,
            media: self.media,
            plugins: plugins.collect(),
        })
    }

    fn within(&self, path: &[&str]) -> bool {
        self.path.iter().map(String::as_str).eq(path.iter().copied())
    }

    /// Whether the value is that of the tempo on the track through which all others go.
    fn is_tempo(&self) -> bool {
        self.path.last().is_some_and(|parent| parent == "Tempo")
            && self.path.get(2).is_some_and(|track| track == "MasterTrack" || track == "MainTrack")
    }

    /// What its owner calls it comes after what Live calls it.
    fn name_track(&mut self, depth: usize, element: &BytesStart<'_>) -> Result<(), InventoryError> {
        if let Some((at, track)) = &mut self.track
            && depth == *at + 2
            && self.path.last().is_some_and(|parent| parent == "Name")
            && let Some(name) = attribute(element, "Value")?
        {
            track.name = name;
        }
        Ok(())
    }

    /// Files: of a sample's own reference, not of what it was made from.
    fn describe_sample(&mut self, depth: usize, name: &str, element: &BytesStart<'_>) -> Result<(), InventoryError> {
        let Some((at, media)) = &mut self.sample else { return Ok(()) };
        if self.path.get(*at + 1).is_none_or(|child| child != "FileRef") {
            return Ok(());
        }
        if depth == *at + 2 {
            let field = match name {
                "Path" => &mut media.path,
                "RelativePath" => &mut media.relative_path,
                "LivePackName" => &mut media.pack,
                "Name" => {
                    media.name = attribute(element, "Value")?.unwrap_or_default();
                    return Ok(());
                }
                _ => return Ok(()),
            };
            *field = attribute(element, "Value")?;
        } else if depth == *at + 3 && name == "RelativePathElement" {
            let folder = attribute(element, "Dir")?.unwrap_or_else(|| "..".to_owned());
            media.relative_path = Some(match media.relative_path.take() {
                Some(folders) => plain(&format!("{folders}/{folder}")),
                None => folder,
            });
        }
        Ok(())
    }

    fn describe_plugin(&mut self, depth: usize, name: &str, element: &BytesStart<'_>) -> Result<(), InventoryError> {
        let Some((at, _, called, maker)) = &mut self.plugin else { return Ok(()) };
        if depth == *at + 1 {
            match name {
                "PlugName" | "Name" => *called = attribute(element, "Value")?.unwrap_or_default(),
                "Manufacturer" | "Vendor" => *maker = attribute(element, "Value")?,
                _ => {}
            }
        }
        Ok(())
    }

    /// Devices of Live itself; those that hold a plug-in are counted by it.
    fn count_device(&mut self, name: &str) -> Result<(), InventoryError> {
        if self.path.last().is_none_or(|parent| parent != "Devices")
            || matches!(name, "PluginDevice" | "AuPluginDevice")
        {
            return Ok(());
        }
        let format = if name.starts_with("MxDevice") { PluginFormat::MaxForLive } else { PluginFormat::BuiltIn };
        self.count(plain(name), format, None)
    }

    fn count(&mut self, name: String, format: PluginFormat, maker: Option<String>) -> Result<(), InventoryError> {
        if self.plugins.len() == MAX_PLUGINS {
            return Err(InventoryError::TooMany { what: "plug-ins", limit: MAX_PLUGINS });
        }
        let (known, instances) = self.plugins.entry((name, format)).or_default();
        *known = known.take().or(maker);
        *instances = instances.saturating_add(1);
        Ok(())
    }
}

/// An attribute that says something.
fn attribute(element: &BytesStart<'_>, name: &str) -> Result<Option<String>, InventoryError> {
    let found = element.try_get_attribute(name).map_err(|error| damaged(&error.to_string()))?;
    let Some(found) = found else { return Ok(None) };
    let value = found.normalized_value(XmlVersion::Explicit1_0).map_err(|error| damaged(&error.to_string()))?;
    Ok(Some(plain(&value)).filter(|value| !value.is_empty()))
}

/// `127.5` as 127500.
fn thousandths(value: &str) -> Option<u32> {
    let (whole, fraction) = value.split_once('.').unwrap_or((value, ""));
    let digits: String = fraction.chars().chain("000".chars()).take(3).collect();
    whole.parse::<u32>().ok()?.checked_mul(1000)?.checked_add(digits.parse().ok()?)
}
