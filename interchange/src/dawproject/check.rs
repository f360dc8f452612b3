//! What types alone cannot say: nothing refers to itself, and no signal comes back to where it came from.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    DawprojectError,
    model::{Channel, Project, Timeline},
    walk::{automated, channels, clips, inner, is_heard, tops},
};

/// Clips may play timelines whose clips play timelines, so many times over.
const MAX_REFERENCES: usize = 16;

/// Refuses circles.
pub(super) fn check(project: &Project) -> Result<(), DawprojectError> {
    check_references(project)?;
    check_routes(project)
}

/// Clips that play a timeline elsewhere may not lead back to it, nor on and on.
fn check_references(project: &Project) -> Result<(), DawprojectError> {
    let mut played = BTreeSet::new();
    let mut waiting: Vec<&Timeline> = tops(project).collect();
    while let Some(timeline) = waiting.pop() {
        played.extend(clips(timeline).iter().filter_map(|clip| clip.reference.as_deref()));
        waiting.extend(inner(timeline));
    }
    // For each timeline that is played elsewhere, those that it plays.
    let mut plays: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for top in tops(project) {
        collect_references(top, &played, &mut Vec::new(), &mut plays);
    }
    let ids: Vec<&str> = plays.keys().copied().collect();
    let number: BTreeMap<&str, usize> = ids.iter().enumerate().map(|(i, id)| (*id, i)).collect();
    let feeds = |id: &&str| -> Vec<usize> { plays[*id].iter().filter_map(|id| number.get(id).copied()).collect() };
    match depths(&ids.iter().map(feeds).collect::<Vec<_>>()) {
        Err(in_circle) => Err(DawprojectError::ReferenceCycle { id: ids[in_circle].to_owned() }),
        Ok(depths) if depths.iter().any(|depth| *depth > MAX_REFERENCES) => {
            let what = "clips that play one another's timelines in a row";
            Err(DawprojectError::TooComplex { file: super::read::PROJECT, what, most: MAX_REFERENCES })
        }
        Ok(_) => Ok(()),
    }
}

/// Notes for every timeline around a clip, of those that are played elsewhere, that it plays what the clip plays.
fn collect_references<'p>(
    timeline: &'p Timeline,
    played: &BTreeSet<&'p str>,
    around: &mut Vec<&'p str>,
    plays: &mut BTreeMap<&'p str, BTreeSet<&'p str>>,
) {
    let id = timeline.label.id.as_deref().filter(|id| played.contains(id));
    if let Some(id) = id {
        around.push(id);
        plays.entry(id).or_default();
    }
    for reference in clips(timeline).iter().filter_map(|clip| clip.reference.as_deref()) {
        for id in around.iter().copied() {
            plays.entry(id).or_default().insert(reference);
        }
    }
    for inner in inner(timeline) {
        collect_references(inner, played, around, plays);
    }
    if id.is_some() {
        around.pop();
    }
}

/// How long the longest way is that ends in each node, by the nodes that each leads to; or a node that leads back to itself.
fn depths(leads_to: &[Vec<usize>]) -> Result<Vec<usize>, usize> {
    let mut open = vec![0_usize; leads_to.len()];
    for to in leads_to.iter().flatten() {
        open[*to] += 1;
    }
    let mut ready: Vec<usize> = (0..leads_to.len()).filter(|node| open[*node] == 0).collect();
    let mut depths = vec![0; leads_to.len()];
    while let Some(node) = ready.pop() {
        for to in &leads_to[node] {
            depths[*to] = depths[*to].max(depths[node] + 1);
            open[*to] -= 1;
            if open[*to] == 0 {
                ready.push(*to);
            }
        }
    }
    let Some(left) = open.iter().position(|open| *open > 0) else { return Ok(depths) };
    // What is left lies in a circle or behind one: going back long enough leads into it.
    let mut before = vec![left; leads_to.len()];
    for (from, to) in leads_to.iter().enumerate().filter(|(from, _)| open[*from] > 0) {
        for to in to {
            before[*to] = from;
        }
    }
    Err((0..leads_to.len()).fold(left, |node, _| before[node]))
}

/// Destinations and sends that are heard lead on, never back.
fn check_routes(project: &Project) -> Result<(), DawprojectError> {
    let automated = automated(project);
    let channels = channels(project);
    let ids = channels.iter().enumerate().filter_map(|(i, channel)| Some((channel.label.id.as_deref()?, i)));
    let number: BTreeMap<&str, usize> = ids.collect();
    let leads_to = |channel: &&Channel| -> Vec<usize> {
        let sends = channel.sends.iter().filter(|send| is_heard(send, &automated)).map(|send| &send.destination);
        let ids = sends.chain([&channel.destination]).filter_map(|id| id.as_deref());
        ids.filter_map(|id| number.get(id).copied()).collect()
    };
    match depths(&channels.iter().map(leads_to).collect::<Vec<_>>()) {
        Ok(_) => Ok(()),
        Err(in_circle) => {
            let label = &channels[in_circle].label;
            let channel = label.name.as_ref().or(label.id.as_ref()).cloned().unwrap_or_default();
            Err(DawprojectError::RoutingCycle { channel })
        }
    }
}
