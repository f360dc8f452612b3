//! What `project.xml` and `metadata.xml` hold, as plain types. Fields stand in the order in which they are written, and are named as
//! in the file but for `@type` and the like; what the file may leave out is an `Option` or an empty list.
//!
//! Times are in seconds or in beats (quarter notes), as the nearest `time_unit` around them says, and in beats where none does.

mod devices;
mod mixer;
mod timeline;
mod words;

pub use devices::{Band, Compressor, Device, DeviceKind, Equalizer, FileReference, Limiter, NoiseGate};
pub use mixer::{
    BoolParameter, Channel, EnumParameter, IntegerParameter, Member, Parameter, RealParameter, Send, TimeSignature,
    Track,
};
pub use timeline::{
    Clip, Content, Marker, Media, Note, Point, PointValue, Points, Slot, Target, Timeline, Warp, Warps,
};
pub(in crate::dawproject) use words::Word;
pub use words::{BandKind, ContentType, DeviceRole, Expression, Interpolation, Role, SendKind, TimeUnit, Unit};

/// A project: `project.xml`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Project {
    /// The version of the format, such as `1.0`.
    pub version: String,
    /// What wrote it.
    pub application: Application,
    /// Tempo and time signature.
    pub transport: Option<Transport>,
    /// The tracks and channels.
    pub structure: Vec<Member>,
    /// What plays when.
    pub arrangement: Option<Arrangement>,
    /// The scenes of a clip launcher.
    pub scenes: Vec<Scene>,
}

/// What wrote a project.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Application {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
}

/// Tempo and time signature at the beginning.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Transport {
    /// The tempo.
    pub tempo: Option<RealParameter>,
    /// The time signature.
    pub time_signature: Option<TimeSignature>,
}

/// What every part of a project may be called.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Label {
    /// What others refer to it by.
    pub id: Option<String>,
    /// Its name.
    pub name: Option<String>,
    /// Its colour, such as `#d99d10`.
    pub color: Option<String>,
    /// A comment on it.
    pub comment: Option<String>,
}

impl Label {
    /// A label of that id.
    pub fn of(id: impl Into<String>) -> Self {
        Self { id: Some(id.into()), ..Self::default() }
    }

    /// The same with a name.
    #[must_use]
    pub fn named(self, name: impl Into<String>) -> Self {
        Self { name: Some(name.into()), ..self }
    }
}

/// The main timeline.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Arrangement {
    /// Its label.
    pub label: Label,
    /// Everything that plays: [`Content::Lanes`].
    pub lanes: Option<Timeline>,
    /// [`Content::Markers`].
    pub markers: Option<Timeline>,
    /// [`Content::Points`] of the tempo.
    pub tempo: Option<Timeline>,
    /// [`Content::Points`] of the time signature.
    pub time_signature: Option<Timeline>,
}

/// One scene of a clip launcher.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Scene {
    /// Its label.
    pub label: Label,
    /// What it starts.
    pub content: Option<Timeline>,
}

/// What the song is called, and who made it: `metadata.xml`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Metadata {
    /// The title.
    pub title: Option<String>,
    /// The artist.
    pub artist: Option<String>,
    /// The album.
    pub album: Option<String>,
    /// The original artist of a cover version.
    pub original_artist: Option<String>,
    /// The composer.
    pub composer: Option<String>,
    /// The songwriter.
    pub songwriter: Option<String>,
    /// The producer.
    pub producer: Option<String>,
    /// The arranger.
    pub arranger: Option<String>,
    /// The year.
    pub year: Option<String>,
    /// The genre.
    pub genre: Option<String>,
    /// The copyright notice.
    pub copyright: Option<String>,
    /// A web site.
    pub website: Option<String>,
    /// A comment.
    pub comment: Option<String>,
}
