//! From plain types to XML.

mod mixer;
mod timeline;
mod xml;

use xml::Writer;

use super::model::{Arrangement, Label, Metadata, Project, Scene, Transport};

/// The text of `project.xml`.
pub(super) fn project(project: &Project) -> String {
    let mut to = Writer::new();
    to.open("Project");
    to.text("version", &project.version);
    to.open("Application");
    to.text("name", &project.application.name);
    to.text("version", &project.application.version);
    to.close();
    if let Some(found) = &project.transport {
        transport(&mut to, found);
    }
    if !project.structure.is_empty() {
        to.open("Structure");
        for member in &project.structure {
            mixer::member(&mut to, member);
        }
        to.close();
    }
    if let Some(found) = &project.arrangement {
        arrangement(&mut to, found);
    }
    if !project.scenes.is_empty() {
        to.open("Scenes");
        for found in &project.scenes {
            scene(&mut to, found);
        }
        to.close();
    }
    to.finish()
}

/// The text of `metadata.xml`.
pub(super) fn metadata(metadata: &Metadata) -> String {
    let mut to = Writer::new();
    to.open("MetaData");
    for (name, text) in [
        ("Title", &metadata.title),
        ("Artist", &metadata.artist),
        ("Album", &metadata.album),
        ("OriginalArtist", &metadata.original_artist),
        ("Composer", &metadata.composer),
        ("Songwriter", &metadata.songwriter),
        ("Producer", &metadata.producer),
        ("Arranger", &metadata.arranger),
        ("Year", &metadata.year),
        ("Genre", &metadata.genre),
        ("Copyright", &metadata.copyright),
        ("Website", &metadata.website),
        ("Comment", &metadata.comment),
    ] {
        if let Some(text) = text.as_deref().map(str::trim).filter(|text| !text.is_empty()) {
            to.leaf(name, text);
        }
    }
    to.finish()
}

/// The attributes of a label.
fn label(to: &mut Writer, label: &Label) {
    to.reference("id", label.id.as_deref());
    to.optional("name", label.name.as_deref());
    to.optional("color", label.color.as_deref());
    to.optional("comment", label.comment.as_deref());
}

fn transport(to: &mut Writer, transport: &Transport) {
    to.open("Transport");
    mixer::real(to, "Tempo", transport.tempo.as_ref());
    if let Some(signature) = &transport.time_signature {
        mixer::time_signature(to, "TimeSignature", signature);
    }
    to.close();
}

fn arrangement(to: &mut Writer, arrangement: &Arrangement) {
    to.open("Arrangement");
    label(to, &arrangement.label);
    for (name, part) in [
        ("Lanes", &arrangement.lanes),
        ("Markers", &arrangement.markers),
        ("TempoAutomation", &arrangement.tempo),
        ("TimeSignatureAutomation", &arrangement.time_signature),
    ] {
        if let Some(part) = part {
            timeline::named(to, name, part);
        }
    }
    to.close();
}

fn scene(to: &mut Writer, scene: &Scene) {
    to.open("Scene");
    label(to, &scene.label);
    if let Some(content) = &scene.content {
        timeline::timeline(to, content);
    }
    to.close();
}
