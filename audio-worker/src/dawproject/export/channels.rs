//! Strips become channels: fader, place, sends, and the processors that the format has devices for.

use std::{collections::BTreeMap, f64::consts::FRAC_PI_2};

use audio_engine::render::{Mix, PanLaw, Strip};
use interchange::dawproject::{
    BoolParameter, Channel, ContentType, Label, RealParameter, Role, Send, SendKind, Track, Unit,
};

use super::{
    Ids,
    automation::{Scale, Targets},
    devices::devices,
};
use crate::dawproject::{Effect, Ledger, units::gain_to_db};

/// The last of all, in the project.
const MASTER: &str = "Master";

/// The ids of the channels, which refer to each other.
pub(super) struct Desk {
    by_name: BTreeMap<String, String>,
    master: String,
}

/// Where a channel stands: its place in the document, the number of its track in the project, and its name.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seat<'a> {
    pub(super) path: &'a str,
    pub(super) track: usize,
    pub(super) name: &'a str,
}

impl Desk {
    pub(super) fn new(mix: &Mix, ids: &mut Ids) -> Self {
        let names = mix.tracks.iter().map(|track| &track.name).chain(mix.buses.iter().map(|bus| &bus.name));
        let by_name = names.map(|name| (name.clone(), ids.id())).collect();
        Self { by_name, master: ids.id() }
    }

    /// Tracks, buses and the master, in this order.
    pub(super) fn tracks(
        &self,
        mix: &Mix,
        ids: &mut Ids,
        targets: &mut Targets<'_>,
        ledger: &mut Ledger,
    ) -> Vec<Track> {
        let mut tracks = Vec::new();
        for (i, found) in mix.tracks.iter().enumerate() {
            let path = format!("tracks[{i}].strip");
            let seat = Seat { path: &path, track: tracks.len(), name: &found.name };
            let channel = self.channel(&found.strip, seat, ids, targets, ledger);
            let channel =
                Channel { role: Some(Role::Regular), destination: Some(self.output(found.output.as_ref())), ..channel };
            tracks.push(super::track(&found.name, ids.label(), ContentType::Audio, channel));
        }
        for (i, found) in mix.buses.iter().enumerate() {
            let path = format!("buses[{i}].strip");
            let seat = Seat { path: &path, track: tracks.len(), name: &found.name };
            let channel = self.channel(&found.strip, seat, ids, targets, ledger);
            let role = Some(role(mix, &found.name));
            let channel = Channel { role, destination: Some(self.output(found.output.as_ref())), ..channel };
            tracks.push(super::track(&found.name, ids.label(), ContentType::Audio, channel));
        }
        // The document's own name for its end, unless a track has it.
        let name = if self.by_name.contains_key(MASTER) { "Ledgerline master" } else { MASTER };
        let seat = Seat { path: "master", track: tracks.len(), name };
        let strip =
            Strip { trim_db: mix.master.trim_db, processors: mix.master.processors.clone(), ..Strip::default() };
        let channel = self.channel(&strip, seat, ids, targets, ledger);
        tracks.push(super::track(
            name,
            ids.label(),
            ContentType::Audio,
            Channel { role: Some(Role::Master), ..channel },
        ));
        tracks
    }

    fn output(&self, name: Option<&String>) -> String {
        name.and_then(|name| self.by_name.get(name)).unwrap_or(&self.master).clone()
    }

    /// A channel without role and destination.
    fn channel(
        &self,
        strip: &Strip,
        seat: Seat<'_>,
        ids: &mut Ids,
        targets: &mut Targets<'_>,
        ledger: &mut Ledger,
    ) -> Channel {
        let Seat { path, track, name } = seat;
        let id = self.by_name.get(name).unwrap_or(&self.master).clone();
        if strip.invert_polarity {
            ledger.bypassed(name, Effect::Unknown, "its polarity is not turned, for a project cannot say so");
        }
        let devices = devices(strip, seat, ids, targets, ledger);
        let (position, law) = strip.pan.as_ref().map_or((0.0, PanLaw::Balance), |pan| (pan.position, pan.law));
        let (balanced, near_db) = balance(position, law);
        if law != PanLaw::Balance && targets.is_moved(&format!("{path}.pan.position")) {
            let note =
                "its place moves under a law whose level moves with it, and becomes a balance, whose level stays";
            ledger.approximated(name, Effect::LevelDb(balance(0.0, law).1.abs()), note);
        }
        let pan = RealParameter {
            label: ids.label().named("Pan"),
            unit: Some(Unit::Normalized),
            min: Some(0.0),
            max: Some(1.0),
            value: Some(0.5 + 0.5 * balanced),
            ..RealParameter::default()
        };
        let volume = level("Volume", strip.fader_db, near_db, ids);
        let wired = [
            (format!("{path}.pan.position"), &pan, Scale::Balance(law)),
            (format!("{path}.fader_db"), &volume, Scale::Amplitude(near_db)),
        ];
        for (path, parameter, scale) in wired {
            targets.add(path, parameter.label.id.clone().unwrap_or_default(), track, scale);
        }
        let mut sends = Vec::new();
        for (i, found) in strip.sends.iter().enumerate() {
            let volume = level("Send", found.level_db, 0.0, ids);
            let to = volume.label.id.clone().unwrap_or_default();
            targets.add(format!("{path}.sends[{i}].level_db"), to, track, Scale::Amplitude(0.0));
            sends.push(Send {
                label: ids.label(),
                destination: Some(self.output(Some(&found.to))),
                kind: Some(if found.pre_fader { SendKind::Pre } else { SendKind::Post }),
                enable: Some(switch("Enable", true, ids)),
                pan: None,
                volume: Some(volume),
            });
        }
        Channel {
            label: Label::of(id),
            audio_channels: Some(2),
            solo: Some(false),
            devices,
            mute: Some(switch("Mute", strip.mute, ids)),
            pan: Some(pan),
            sends,
            volume: Some(volume),
            ..Channel::default()
        }
    }
}

/// A bus that is sent to, and that nothing goes to whole, is an effect.
fn role(mix: &Mix, bus: &str) -> Role {
    let outputs = mix.tracks.iter().map(|track| &track.output).chain(mix.buses.iter().map(|bus| &bus.output));
    if outputs.flatten().any(|output| output == bus) { Role::Submix } else { Role::Effect }
}

fn switch(name: &str, on: bool, ids: &mut Ids) -> BoolParameter {
    BoolParameter { label: ids.label().named(name), parameter_id: None, value: Some(on) }
}

/// A fader as workstations write it.
fn level(name: &str, level_db: f64, more_db: f64, ids: &mut Ids) -> RealParameter {
    let gain = Scale::Amplitude(more_db).apply(level_db);
    RealParameter {
        label: ids.label().named(name),
        unit: Some(Unit::Linear),
        min: Some(0.0),
        max: Some(gain.max(2.0)),
        value: Some(gain),
        ..RealParameter::default()
    }
}

/// A place under a law as a balance between -1 and 1, and the level of the nearer side, in dB: a balance leaves that as it is.
pub(super) fn balance(position: f64, law: PanLaw) -> (f64, f64) {
    let power = |part: f64| (FRAC_PI_2 * part).sin();
    let gain = |part: f64| match law {
        PanLaw::Balance => (2.0 * part).min(1.0),
        PanLaw::Minus3Db => power(part),
        PanLaw::Minus4Db5 => (part * power(part)).max(0.0).sqrt(),
        PanLaw::Minus6Db => part,
    };
    let (near, far) = (gain(0.5 + 0.5 * position.abs()), gain(0.5 - 0.5 * position.abs()));
    ((1.0 - far / near).copysign(position), gain_to_db(near))
}
