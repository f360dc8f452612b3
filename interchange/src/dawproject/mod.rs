//! DAWproject, the open format in which digital audio workstations exchange projects: a ZIP archive with `project.xml`, `metadata.xml`,
//! and the audio and plug-in states that they name.
//!
//! [`Archive`] opens one that comes from anybody: names that lead out of it, links, doubles, bombs by what they say and by what
//! comes out, entities, deep or endless XML, numbers that are none, ids that two have, and circles are refused by name ([`DawprojectError`]).
//! What it holds becomes plain types ([`Project`], [`Metadata`]), and [`Packer`] writes them again: what was written is read back and written the same,
//! byte for byte. Elements that the format does not have are passed over, and told of.
//!
//! What the numbers mean to a mixing engine is not decided here.

mod archive;
mod check;
mod error;
mod model;
mod pack;
mod read;
mod walk;
mod write;

pub use archive::{Archive, Document};
pub use error::{DawprojectError, Place};
pub use model::{
    Application, Arrangement, Band, BandKind, BoolParameter, Channel, Clip, Compressor, Content, ContentType, Device,
    DeviceKind, DeviceRole, EnumParameter, Equalizer, Expression, FileReference, IntegerParameter, Interpolation,
    Label, Limiter, Marker, Media, Member, Metadata, NoiseGate, Note, Parameter, Point, PointValue, Points, Project,
    RealParameter, Role, Scene, Send, SendKind, Slot, Target, TimeSignature, TimeUnit, Timeline, Track, Transport,
    Unit, Warp, Warps,
};
pub use pack::Packer;
pub use walk::{audio_files, automated, channels, is_heard, timelines};

use std::collections::BTreeMap;

/// How much an archive may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The most entries.
    pub entries: usize,
    /// The most bytes of each XML file.
    pub xml_bytes: u64,
    /// The most bytes of any other file.
    pub entry_bytes: u64,
    /// The most bytes that all files unpack to, however large the archive is.
    pub total_bytes: u64,
    /// The most bytes that all files unpack to for each byte of the archive, beside the free ones: a silent stem packs far better, but never all.
    pub ratio: u64,
    /// The bytes that even a small archive may unpack to.
    pub free_bytes: u64,
}

impl Limits {
    /// 10,000 entries, XML of 32 MiB, files of 4 GiB, 32 GiB in all; and a hundred times the archive's own size, with 64 MiB beside.
    pub const DEFAULT: Self = Self {
        entries: 10_000,
        xml_bytes: 32 << 20,
        entry_bytes: 4 << 30,
        total_bytes: 32 << 30,
        ratio: 100,
        free_bytes: 64 << 20,
    };
}

impl Default for Limits {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// Reads the text of a `project.xml`; with it, the elements that the format does not have, and how often each is there.
///
/// # Errors
/// The [`DawprojectError`] that names what is wrong with it.
pub fn read_project(text: &str) -> Result<(Project, BTreeMap<String, usize>), DawprojectError> {
    let (project, unknown) = read::project(text)?;
    check::check(&project)?;
    Ok((project, unknown))
}

/// Writes the text of a `project.xml`.
pub fn write_project(project: &Project) -> String {
    write::project(project)
}
