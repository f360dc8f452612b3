//! What is inside an uploaded session: an Ableton Live set (`.als`), or Pro Tools' session info as text. Tempo, tracks, files and which of them are
//! missing, plug-ins.
//!
//! A set is XML in gzip. It is read as a stream, within limits of size and depth, and nothing of it is executed, fetched or expanded.

mod ableton;
mod guard;
mod pro_tools;
#[cfg(test)]
mod tests;

/// What a session holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inventory {
    /// Which program wrote it.
    pub program: Program,
    /// The program's version, as it says it, without the program's name: `11.3.13`.
    pub version: Option<String>,
    /// What the session is called within; a set has no name of its own.
    pub name: Option<String>,
    /// Thousandths of beats per minute at the start; Pro Tools' text does not say it.
    pub milli_bpm: Option<u32>,
    /// Samples of a second; a set has none of its own.
    pub sample_rate_hz: Option<u32>,
    /// Bits of a sample; a set has none of its own.
    pub bit_depth: Option<u16>,
    /// Its tracks, in order.
    pub tracks: Vec<Track>,
    /// The files that it plays, each once.
    pub media: Vec<Media>,
    /// Plug-ins and devices, each once, by name.
    pub plugins: Vec<Plugin>,
}

/// Programs whose sessions are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Program {
    /// Ableton Live.
    AbletonLive,
    /// Avid Pro Tools.
    ProTools,
}

/// A track.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Track {
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: TrackKind,
    /// Clips on it.
    pub clips: u32,
}

/// Kinds of tracks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrackKind {
    /// Audio.
    Audio,
    /// MIDI.
    Midi,
    /// A group of tracks.
    Group,
    /// A return of sends.
    Return,
}

/// A file that a session plays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Media {
    /// Its name, without folders.
    pub name: String,
    /// Where it was on the computer that wrote the session, in that computer's way of writing paths.
    pub path: Option<String>,
    /// Where it is from the session's folder.
    pub relative_path: Option<String>,
    /// The pack of sounds that it belongs to; whoever has the pack has the file.
    pub pack: Option<String>,
    /// Whether it is missing: the session says so, or whoever asked has no such file.
    pub is_missing: bool,
}

/// A plug-in, or a device of the program itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plugin {
    /// Its name.
    pub name: String,
    /// Who made it, if the session says so.
    pub maker: Option<String>,
    /// Its kind.
    pub format: PluginFormat,
    /// Its version, if the session says so; a set does not.
    pub version: Option<String>,
    /// How often it is used.
    pub instances: u32,
}

/// Kinds of plug-ins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PluginFormat {
    /// A device of the program itself.
    BuiltIn,
    /// Max for Live.
    MaxForLive,
    /// VST 2.
    Vst2,
    /// VST 3.
    Vst3,
    /// Audio Units.
    AudioUnit,
    /// AAX.
    Aax,
}

/// Why a session was not read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InventoryError {
    /// The file is too large.
    #[error("the file has {bytes} bytes, more than the {limit} allowed; a set without its samples is smaller")]
    TooLarge {
        /// Bytes of the file.
        bytes: usize,
        /// Bytes allowed.
        limit: usize,
    },
    /// It unpacks to too much, or to something that never ends.
    #[error("the set unpacks to more than can be read; save it anew in Live")]
    Bomb,
    /// Elements lie within each other too deep.
    #[error("the set has elements more than {limit} deep, which no set of Live has; save it anew in Live")]
    TooDeep {
        /// How deep they may lie.
        limit: usize,
    },
    /// There is too much of something.
    #[error("the session has more than {limit} {what}; save a smaller part of it")]
    TooMany {
        /// Of what.
        what: &'static str,
        /// How many there may be.
        limit: usize,
    },
    /// The file ends early, or is not what it begins as.
    #[error("the set is damaged: {problem}; save it anew in Live")]
    Damaged {
        /// What is wrong.
        problem: String,
    },
    /// The file is something else.
    #[error("the file is {what}; {remedy}")]
    NotASession {
        /// What it looks like.
        what: &'static str,
        /// What to do.
        remedy: &'static str,
    },
}

/// Bytes of a file.
pub const MAX_BYTES: usize = 64 << 20;
/// Tracks, files and plug-ins of a session.
const MAX_TRACKS: usize = 10_000;
const MAX_MEDIA: usize = 100_000;
const MAX_PLUGINS: usize = 10_000;
/// Characters of a name or path; the rest is cut.
const MAX_TEXT: usize = 2000;

/// Reads a session. Whether a file that it plays is there, `is_present` says; of what the session itself misses it is not asked.
///
/// # Errors
///
/// A file that is no session, is damaged, or exceeds a limit.
pub fn read(bytes: &[u8], is_present: &mut dyn FnMut(&Media) -> bool) -> Result<Inventory, InventoryError> {
    const EXPORT: &str = "in Pro Tools choose File, Export, Session Info as Text, and upload the text";
    if bytes.len() > MAX_BYTES {
        return Err(InventoryError::TooLarge { bytes: bytes.len(), limit: MAX_BYTES });
    }
    let mut inventory = if bytes.starts_with(&[0x1F, 0x8B]) {
        ableton::read(flate2::read::GzDecoder::new(bytes))?
    } else if bytes.starts_with(b"PK") {
        let remedy = "unpack it and upload the set or the text itself";
        return Err(InventoryError::NotASession { what: "a ZIP archive", remedy });
    } else if bytes.get(1..17) == Some(b"0010111100101011".as_slice()) {
        return Err(InventoryError::NotASession { what: "a Pro Tools session", remedy: EXPORT });
    } else {
        let text = crate::text::decode(bytes);
        if text.trim_start().starts_with("SESSION NAME:") {
            pro_tools::read(&text)?
        } else if text.contains("<Ableton ") {
            ableton::read(text.trim_start().as_bytes())?
        } else {
            let what = "neither a set of Ableton Live nor session info of Pro Tools";
            return Err(InventoryError::NotASession {
                what,
                remedy: "upload the .als file; or else, in Pro Tools choose File, Export, Session Info as Text",
            });
        }
    };
    for media in &mut inventory.media {
        media.is_missing = media.is_missing || !is_present(media);
    }
    Ok(inventory)
}

/// A text that is not too long, without control characters.
fn plain(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(MAX_TEXT).collect::<String>().trim().to_owned()
}

/// One more of a list.
fn push<T>(list: &mut Vec<T>, item: T, limit: usize, what: &'static str) -> Result<(), InventoryError> {
    if list.len() == limit {
        return Err(InventoryError::TooMany { what, limit });
    }
    list.push(item);
    Ok(())
}
