//! From XML to plain types.

mod devices;
mod mixer;
mod timeline;
mod xml;

use std::collections::{BTreeMap, BTreeSet};

use xml::{Element, parse};

use super::{
    DawprojectError,
    model::{Application, Arrangement, Label, Metadata, Project, Scene, Transport},
};

/// The file with the project.
pub(super) const PROJECT: &str = "project.xml";
/// The file with the names.
pub(super) const METADATA: &str = "metadata.xml";

type Reading<T> = Result<T, DawprojectError>;

/// A project, and how often each element stood in it that the format does not have.
pub(super) fn project(text: &str) -> Reading<(Project, BTreeMap<String, usize>)> {
    let document = parse(PROJECT, text)?;
    check_ids(&document)?;
    let root = Element::root(PROJECT, &document, "Project")?;
    let application = root.child("Application");
    let named = |attribute| application.and_then(|element| element.text(attribute)).unwrap_or_default();
    let project = Project {
        version: root.text("version").unwrap_or_default(),
        application: Application { name: named("name"), version: named("version") },
        transport: root.child("Transport").map(transport).transpose()?,
        structure: match root.child("Structure") {
            Some(structure) => structure.children().filter_map(mixer::member).collect::<Reading<_>>()?,
            None => Vec::new(),
        },
        arrangement: root.child("Arrangement").map(arrangement).transpose()?,
        scenes: match root.child("Scenes") {
            Some(scenes) => scenes.children().filter(|e| e.name() == "Scene").map(scene).collect::<Reading<_>>()?,
            None => Vec::new(),
        },
    };
    Ok((project, unknown(&document)))
}

/// The names of a song.
pub(super) fn metadata(text: &str) -> Reading<Metadata> {
    let document = parse(METADATA, text)?;
    let root = Element::root(METADATA, &document, "MetaData")?;
    let of = |name| root.child(name).and_then(Element::inner_text);
    Ok(Metadata {
        title: of("Title"),
        artist: of("Artist"),
        album: of("Album"),
        original_artist: of("OriginalArtist"),
        composer: of("Composer"),
        songwriter: of("Songwriter"),
        producer: of("Producer"),
        arranger: of("Arranger"),
        year: of("Year"),
        genre: of("Genre"),
        copyright: of("Copyright"),
        website: of("Website"),
        comment: of("Comment"),
    })
}

/// Every id is one element's alone.
fn check_ids(document: &roxmltree::Document<'_>) -> Reading<()> {
    let mut seen = BTreeSet::new();
    for node in document.descendants() {
        let Some(id) = node.attribute("id").filter(|id| !id.is_empty()) else { continue };
        if !seen.insert(id) {
            let line = document.text_pos_at(node.range().start).row;
            let place = super::Place { file: PROJECT, line };
            return Err(DawprojectError::DuplicateId { place, id: id.chars().take(60).collect() });
        }
    }
    Ok(())
}

/// The elements that the format does not have, by name.
fn unknown(document: &roxmltree::Document<'_>) -> BTreeMap<String, usize> {
    /// So many different names are told.
    const MOST: usize = 100;
    let known: BTreeSet<&str> = KNOWN.split_whitespace().collect();
    let mut unknown: BTreeMap<String, usize> = BTreeMap::new();
    for node in document.descendants().filter(roxmltree::Node::is_element) {
        let name = node.tag_name().name();
        if known.contains(name) {
            continue;
        }
        if let Some(count) = unknown.get_mut(name) {
            *count += 1;
        } else if unknown.len() < MOST {
            unknown.insert(name.chars().take(60).collect(), 1);
        }
    }
    unknown
}

/// The elements of the format.
const KNOWN: &str = "\
    Application Arrangement Attack AuPlugin Audio AutoMakeup Band BoolParameter BoolPoint BuiltinDevice \
    Channel ClapPlugin Clip ClipSlot Clips Compressor Device Devices Enable Enabled EnumParameter \
    EnumPoint Equalizer File Freq Gain InputGain IntegerParameter IntegerPoint Lanes Limiter Marker \
    Markers Mute NoiseGate Note Notes OutputGain Pan Parameters Points Project Q Range Ratio \
    RealParameter RealPoint Release Scene Scenes Send Sends State Structure Target Tempo \
    TempoAutomation Threshold TimeSignature TimeSignatureAutomation TimeSignatureParameter \
    TimeSignaturePoint Track Transport Video Volume Vst2Plugin Vst3Plugin Warp Warps markers";

fn label(element: Element<'_, '_>) -> Label {
    Label {
        id: element.text("id").filter(|id| !id.is_empty()),
        name: element.text("name"),
        color: element.text("color"),
        comment: element.text("comment"),
    }
}

fn transport(element: Element<'_, '_>) -> Reading<Transport> {
    Ok(Transport {
        tempo: element.child("Tempo").map(mixer::real).transpose()?,
        time_signature: element.child("TimeSignature").map(mixer::time_signature).transpose()?,
    })
}

fn arrangement(element: Element<'_, '_>) -> Reading<Arrangement> {
    Ok(Arrangement {
        label: label(element),
        lanes: element.child("Lanes").map(timeline::lanes).transpose()?,
        markers: element.child("Markers").map(timeline::markers).transpose()?,
        tempo: element.child("TempoAutomation").map(timeline::points).transpose()?,
        time_signature: element.child("TimeSignatureAutomation").map(timeline::points).transpose()?,
    })
}

fn scene(element: Element<'_, '_>) -> Reading<Scene> {
    Ok(Scene { label: label(element), content: element.children().find_map(timeline::timeline).transpose()? })
}
