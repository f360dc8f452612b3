//! Ways through a project.

use std::collections::{BTreeMap, BTreeSet};

use super::model::{Channel, Clip, Content, FileReference, Member, Project, Send, Timeline, Track, Unit};

/// The timelines at the top of a project: its lanes, and what its scenes start.
pub(super) fn tops(project: &Project) -> impl Iterator<Item = &Timeline> {
    let arrangement = project.arrangement.iter().flat_map(|arrangement| &arrangement.lanes);
    arrangement.chain(project.scenes.iter().filter_map(|scene| scene.content.as_ref()))
}

/// The clips that lie directly on a timeline.
pub(super) fn clips(timeline: &Timeline) -> &[Clip] {
    match &timeline.content {
        Content::Clips(clips) => clips,
        Content::Slot(slot) => slot.clip.as_deref().map(std::slice::from_ref).unwrap_or_default(),
        _ => &[],
    }
}

/// The timelines that lie directly in one.
pub(super) fn inner(timeline: &Timeline) -> Vec<&Timeline> {
    match &timeline.content {
        Content::Lanes(lanes) => lanes.iter().collect(),
        Content::Notes(notes) => notes.iter().filter_map(|note| note.content.as_deref()).collect(),
        Content::Warps(warps) => warps.content.as_deref().into_iter().collect(),
        _ => clips(timeline).iter().filter_map(|clip| clip.content.as_deref()).collect(),
    }
}

/// Whether anything can be heard of a send: it is on, or may be turned on, and its level is not, or may become, more than nothing.
pub fn is_heard(send: &Send, automated: &BTreeSet<&str>) -> bool {
    let moves = |id: Option<&String>| id.is_some_and(|id| automated.contains(id.as_str()));
    let on = send.enable.as_ref().is_none_or(|on| on.value != Some(false) || moves(on.label.id.as_ref()));
    let loud = send.volume.as_ref().is_none_or(|volume| {
        let in_decibels = volume.unit == Some(Unit::Decibel);
        let is_silent = volume.value.is_some_and(|value| if in_decibels { value.is_infinite() } else { value <= 0.0 });
        !is_silent || moves(volume.label.id.as_ref())
    });
    on && loud
}

/// The ids of the parameters that something moves.
pub fn automated(project: &Project) -> BTreeSet<&str> {
    let mut automated = BTreeSet::new();
    let mut waiting: Vec<&Timeline> = tops(project).collect();
    while let Some(timeline) = waiting.pop() {
        if let Content::Points(points) = &timeline.content {
            automated.extend(points.target.iter().filter_map(|target| target.parameter.as_deref()));
        }
        waiting.extend(inner(timeline));
    }
    automated
}

/// Every channel of a project, those of tracks in tracks too, in the order of the file.
pub fn channels(project: &Project) -> Vec<&Channel> {
    fn of<'p>(track: &'p Track, channels: &mut Vec<&'p Channel>) {
        channels.extend(track.channel.as_deref());
        for inner in &track.tracks {
            of(inner, channels);
        }
    }
    let mut channels = Vec::new();
    for member in &project.structure {
        match member {
            Member::Track(track) => of(track, &mut channels),
            Member::Channel(channel) => channels.push(channel),
        }
    }
    channels
}

/// Every timeline that has an id, by it: what clips may link to.
pub fn timelines(project: &Project) -> BTreeMap<&str, &Timeline> {
    let mut timelines = BTreeMap::new();
    let mut waiting: Vec<&Timeline> = tops(project).collect();
    while let Some(timeline) = waiting.pop() {
        if let Some(id) = timeline.label.id.as_deref() {
            timelines.insert(id, timeline);
        }
        waiting.extend(inner(timeline));
    }
    timelines
}

/// The audio files that the arrangement plays, in its order, those of linked timelines too; a file may come more than once.
pub fn audio_files(project: &Project) -> Vec<&FileReference> {
    let timelines = timelines(project);
    let mut files = Vec::new();
    let mut linked = BTreeSet::new();
    let mut waiting: Vec<&Timeline> = project.arrangement.iter().flat_map(|arrangement| &arrangement.lanes).collect();
    while let Some(timeline) = waiting.pop() {
        if let Content::Audio(media) = &timeline.content {
            files.push(&media.file);
        }
        let links = clips(timeline).iter().filter_map(|clip| clip.reference.as_deref());
        for id in links {
            if linked.insert(id) {
                waiting.extend(timelines.get(id).copied());
            }
        }
        waiting.extend(inner(timeline).into_iter().rev());
    }
    files
}
