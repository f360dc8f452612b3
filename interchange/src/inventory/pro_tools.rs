//! Pro Tools' session info as text: a head, then sections with a heading in spaced capitals, cells apart by tabs.

use super::{
    Inventory, InventoryError, MAX_MEDIA, MAX_PLUGINS, MAX_TRACKS, Media, Plugin, PluginFormat, Program, Track,
    TrackKind, plain, push,
};

/// Cells of a row that are looked at; a row may have as many as the file has bytes.
const CELLS: usize = 6;

/// Parts of the text.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Section {
    Head,
    Files,
    MissingFiles,
    Plugins,
    Tracks,
    Other,
}

pub(super) fn read(text: &str) -> Result<Inventory, InventoryError> {
    let mut inventory = Inventory {
        program: Program::ProTools,
        version: None,
        name: None,
        milli_bpm: None,
        sample_rate_hz: None,
        bit_depth: None,
        tracks: Vec::new(),
        media: Vec::new(),
        plugins: Vec::new(),
    };
    let mut section = Section::Head;
    for line in text.split(['\n', '\r']).filter(|line| !line.trim().is_empty()) {
        if let Some(next) = heading(line) {
            section = next;
            continue;
        }
        let cells: Vec<String> = line.split('\t').take(CELLS).map(plain).collect();
        let cell = |index: usize| cells.get(index).map_or("", String::as_str);
        match section {
            Section::Head => head(&mut inventory, cell(0), cell(1)),
            Section::Files | Section::MissingFiles => {
                // The first row names the columns.
                if !cell(0).is_empty() && !matches!(cell(0).to_lowercase().as_str(), "filename" | "file name") {
                    let path = Some(cell(1).to_owned()).filter(|path| !path.is_empty());
                    let is_missing = section == Section::MissingFiles;
                    let media = Media { name: cell(0).to_owned(), path, is_missing, ..Media::default() };
                    push(&mut inventory.media, media, MAX_MEDIA, "files")?;
                }
            }
            Section::Plugins => {
                if !cell(1).is_empty() && cell(1) != "PLUG-IN NAME" {
                    push(&mut inventory.plugins, plugin(&cells), MAX_PLUGINS, "plug-ins")?;
                }
            }
            Section::Tracks if cell(0) == "TRACK NAME:" => {
                let track = Track { name: cell(1).to_owned(), kind: TrackKind::Audio, clips: 0 };
                push(&mut inventory.tracks, track, MAX_TRACKS, "tracks")?;
            }
            // A row for each channel of a clip: channel, number, name, start, end, length.
            Section::Tracks => {
                if let Some(track) = inventory.tracks.last_mut()
                    && cells.len() == CELLS
                    && cell(0) == "1"
                    && cell(1).parse::<u32>().is_ok()
                {
                    track.clips = track.clips.saturating_add(1);
                }
            }
            Section::Other => {}
        }
    }
    Ok(inventory)
}

/// The section that a line begins: `T R A C K  L I S T I N G`.
fn heading(line: &str) -> Option<Section> {
    let line = line.trim();
    if line.contains('\t') || line.chars().nth(1) != Some(' ') {
        return None;
    }
    let key: String = line.chars().filter(|c| !c.is_whitespace()).collect();
    Some(match key.as_str() {
        "FILESINSESSION" | "ONLINEFILESINSESSION" => Section::Files,
        "OFFLINEFILESINSESSION" => Section::MissingFiles,
        "PLUG-INSLISTING" => Section::Plugins,
        "TRACKLISTING" => Section::Tracks,
        key if key.ends_with("INSESSION") || key.ends_with("LISTING") => Section::Other,
        _ => return None,
    })
}

fn head(inventory: &mut Inventory, name: &str, value: &str) {
    let leading = |value: &str| value.chars().take_while(char::is_ascii_digit).collect::<String>();
    match name {
        "SESSION NAME:" => inventory.name = Some(value.to_owned()).filter(|name| !name.is_empty()),
        "SAMPLE RATE:" => inventory.sample_rate_hz = leading(value).parse().ok(),
        "BIT DEPTH:" => inventory.bit_depth = leading(value).parse().ok(),
        _ => {}
    }
}

/// Maker, name, version, format, channels, and `3 active`.
fn plugin(cells: &[String]) -> Plugin {
    let said = |index: usize| cells.get(index).filter(|cell| !cell.is_empty()).cloned();
    let instances = said(5).and_then(|text| text.split_whitespace().next()?.parse().ok());
    Plugin {
        name: said(1).unwrap_or_default(),
        maker: said(0),
        format: PluginFormat::Aax,
        version: said(2),
        instances: instances.unwrap_or(1),
    }
}
