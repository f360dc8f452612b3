//! The mixer of a project: which channel becomes a track, which a bus, and where each goes.

use std::collections::{BTreeMap, BTreeSet};

use interchange::dawproject::{Channel, DeviceKind, Member, Project, Role, Track, is_heard};

use super::ImportError;

/// The most tracks and channels that are looked at; the engine takes fewer.
const MAX_NODES: usize = 1_000;
/// The most devices, and the most sends, of a channel.
const MAX_ON_CHANNEL: usize = 32;
/// The most bands of an equaliser: as many as a channel's devices have in the engine.
const MAX_BANDS: usize = 512;

/// A track with its channel, or a channel alone.
#[derive(Debug)]
pub(super) struct Node<'p> {
    pub(super) channel: Option<&'p Channel>,
    /// A name that no other has.
    pub(super) name: String,
    /// Whether it and all that it is in are loaded: what is not is silent.
    pub(super) loaded: bool,
    /// The track that it is in.
    parent: Option<usize>,
    holds_tracks: bool,
}

/// The whole mixer.
#[derive(Debug)]
pub(super) struct Desk<'p> {
    pub(super) nodes: Vec<Node<'p>>,
    by_channel: BTreeMap<&'p str, usize>,
    by_track: BTreeMap<&'p str, usize>,
    /// The names of the nodes.
    taken: BTreeSet<String>,
    /// The last of all, if the project has one.
    pub(super) master: Option<usize>,
}

impl<'p> Desk<'p> {
    /// The mixer of a project.
    ///
    /// # Errors
    /// [`ImportError::TooManyTracks`] and [`ImportError::TooMuch`].
    pub(super) fn of(project: &'p Project) -> Result<Self, ImportError> {
        let mut desk = Self {
            nodes: Vec::new(),
            by_channel: BTreeMap::new(),
            by_track: BTreeMap::new(),
            taken: BTreeSet::new(),
            master: None,
        };
        for member in &project.structure {
            match member {
                Member::Track(track) => desk.add_track(track, None),
                Member::Channel(channel) => desk.add(Some(channel), None, None, false),
            }
        }
        if desk.nodes.len() > MAX_NODES {
            return Err(ImportError::TooManyTracks { most: MAX_NODES });
        }
        desk.master = desk.nodes.iter().position(|node| node.role() == Some(Role::Master) && !node.holds_tracks);
        desk.name();
        desk.nodes.iter().try_for_each(Node::check)?;
        Ok(desk)
    }

    fn add_track(&mut self, track: &'p Track, parent: Option<usize>) {
        let number = self.nodes.len();
        self.add(track.channel.as_deref(), Some(track), parent, !track.tracks.is_empty());
        for inner in &track.tracks {
            self.add_track(inner, Some(number));
        }
    }

    fn add(&mut self, channel: Option<&'p Channel>, track: Option<&'p Track>, parent: Option<usize>, holds: bool) {
        let number = self.nodes.len();
        if let Some(id) = track.and_then(|track| track.label.id.as_deref()) {
            self.by_track.insert(id, number);
        }
        if let Some(id) = channel.and_then(|channel| channel.label.id.as_deref()) {
            self.by_channel.insert(id, number);
        }
        let labels = [track.map(|track| &track.label), channel.map(|channel| &channel.label)];
        let name = labels
            .into_iter()
            .flatten()
            .find_map(|label| label.name.as_deref().map(str::trim).filter(|name| !name.is_empty()))
            .unwrap_or_default();
        let loaded = track.is_none_or(|track| track.loaded != Some(false))
            && parent.is_none_or(|parent| self.nodes[parent].loaded);
        self.nodes.push(Node { channel, name: name.to_owned(), loaded, parent, holds_tracks: holds });
    }

    /// Gives each node a name that no other has, of no more bytes than the engine takes with room for a word behind it.
    fn name(&mut self) {
        const MOST_BYTES: usize = 150;
        for i in 0..self.nodes.len() {
            let mut name = self.nodes[i].name.clone();
            while name.len() > MOST_BYTES {
                name.pop();
            }
            if name.is_empty() {
                name = format!("Track {}", i + 1);
            }
            let unique = self.free(&name);
            self.taken.insert(unique.clone());
            self.nodes[i].name = unique;
        }
    }

    /// A name that no node has: this one, or this one with a number.
    pub(super) fn free(&self, name: &str) -> String {
        let mut free = name.to_owned();
        let mut next = 2;
        while self.taken.contains(&free) {
            free = format!("{name} {next}");
            next += 1;
        }
        free
    }

    pub(super) fn by_track(&self, id: &str) -> Option<usize> {
        self.by_track.get(id).copied()
    }

    pub(super) fn by_channel(&self, id: &str) -> Option<usize> {
        self.by_channel.get(id).copied()
    }

    /// Where a node goes: where its channel says, else to the group that it is in, else to the master.
    pub(super) fn destination(&self, number: usize) -> Option<usize> {
        let node = &self.nodes[number];
        let stated = node.channel.and_then(|channel| self.by_channel(channel.destination.as_deref()?));
        let group = || node.parent.filter(|parent| self.nodes[*parent].channel.is_some());
        let master = || self.master.filter(|master| *master != number);
        let is_last = Some(number) == self.master;
        stated.or_else(group).or_else(master).filter(|_| !is_last || stated.is_some())
    }

    /// The nodes that others go to, or may be sent to.
    pub(super) fn buses(&self, automated: &BTreeSet<&str>) -> BTreeSet<usize> {
        let mut buses = BTreeSet::new();
        for (number, node) in self.nodes.iter().enumerate() {
            buses.extend(self.destination(number));
            let sends = node.channel.iter().flat_map(|channel| &channel.sends);
            let heard = sends.filter(|send| is_heard(send, automated));
            buses.extend(heard.filter_map(|send| self.by_channel(send.destination.as_deref()?)));
            if matches!(node.role(), Some(Role::Effect | Role::Submix)) || Some(number) == self.master {
                buses.insert(number);
            }
        }
        buses
    }

    /// The nodes that are silent because others are to be heard alone: those that neither are nor lead to one of them.
    pub(super) fn silent(&self) -> BTreeSet<usize> {
        let solo = |number: usize| self.nodes[number].channel.is_some_and(|channel| channel.solo == Some(true));
        if !(0..self.nodes.len()).any(solo) {
            return BTreeSet::new();
        }
        let plays = |number: usize| {
            let mut at = Some(number);
            // No way through the mixer is longer than the mixer, for it has no circles.
            for _ in 0..=self.nodes.len() {
                match at {
                    Some(here) if solo(here) => return true,
                    Some(here) => at = self.destination(here),
                    None => break,
                }
            }
            false
        };
        (0..self.nodes.len()).filter(|number| !plays(*number)).collect()
    }
}

impl Node<'_> {
    pub(super) fn role(&self) -> Option<Role> {
        self.channel.and_then(|channel| channel.role)
    }

    /// Refuses what the engine would refuse, before anything is made of it.
    fn check(&self) -> Result<(), ImportError> {
        let Some(channel) = self.channel else { return Ok(()) };
        let bands = channel.devices.iter().map(|device| match &device.kind {
            DeviceKind::Equalizer(found) => found.bands.len(),
            _ => 0,
        });
        for (what, count, most) in [
            ("devices", channel.devices.len(), MAX_ON_CHANNEL),
            ("sends", channel.sends.len(), MAX_ON_CHANNEL),
            ("bands in an equaliser", bands.max().unwrap_or(0), MAX_BANDS),
        ] {
            if count > most {
                return Err(ImportError::TooMuch { place: self.name.clone(), what, count, most });
            }
        }
        Ok(())
    }
}
