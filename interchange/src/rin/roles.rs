//! Values that DDEX allows, of those that a studio needs. Whatever else somebody was goes out as a value of the sender's own.

/// What somebody did on a recording or in a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Role {
    /// The artist whose recording it is.
    Artist,
    /// Played or sang.
    Performer,
    /// Played or sang, hired for it.
    StudioMusician,
    /// Sang.
    Vocalist,
    /// Sang lead.
    LeadVocalist,
    /// Sang backings.
    BackgroundVocalist,
    /// Played the solo part.
    Soloist,
    /// Led a band.
    BandLeader,
    /// Conducted.
    Conductor,
    /// Was a DJ.
    Dj,
    /// Produced.
    StudioProducer,
    /// Produced with somebody else.
    CoProducer,
    /// Helped to produce.
    AssistantProducer,
    /// Answered for the production.
    ExecutiveProducer,
    /// Produced the vocals.
    VocalProducer,
    /// Produced besides.
    AdditionalProducer,
    /// Programmed beats and instruments.
    Programmer,
    /// Designed sounds.
    SoundDesigner,
    /// Arranged for instruments.
    MusicArranger,
    /// Arranged for voices.
    VocalArranger,
    /// Engineered.
    Engineer,
    /// Helped to engineer.
    AssistantEngineer,
    /// Recorded.
    RecordingEngineer,
    /// Recorded the basic tracks.
    TrackingEngineer,
    /// Recorded overdubs.
    OverdubEngineer,
    /// Recorded vocals.
    VocalEngineer,
    /// Edited.
    EditingEngineer,
    /// Edited vocals.
    VocalEditingEngineer,
    /// Mixed.
    MixingEngineer,
    /// Mixed besides.
    AdditionalMixingEngineer,
    /// Mixed for more than two channels.
    ImmersiveMixingEngineer,
    /// Mastered.
    MasteringEngineer,
    /// Remixed.
    Remixer,
    /// Something else.
    Other(String),
}

impl Role {
    /// The allowed value, and the sender's own if there is none.
    pub(crate) fn value(&self) -> (&'static str, Option<&str>) {
        let value = match self {
            Self::Artist => "Artist",
            Self::Performer => "Performer",
            Self::StudioMusician => "StudioMusician",
            Self::Vocalist => "Vocalist",
            Self::LeadVocalist => "LeadVocalist",
            Self::BackgroundVocalist => "BackgroundVocalist",
            Self::Soloist => "Soloist",
            Self::BandLeader => "BandLeader",
            Self::Conductor => "Conductor",
            Self::Dj => "DJ",
            Self::StudioProducer => "StudioProducer",
            Self::CoProducer => "CoProducer",
            Self::AssistantProducer => "AssistantProducer",
            Self::ExecutiveProducer => "ExecutiveProducer",
            Self::VocalProducer => "VocalProducer",
            Self::AdditionalProducer => "AdditionalStudioProducer",
            Self::Programmer => "Programmer",
            Self::SoundDesigner => "SoundDesigner",
            Self::MusicArranger => "MusicArranger",
            Self::VocalArranger => "VocalArranger",
            Self::Engineer => "Engineer",
            Self::AssistantEngineer => "AssistantEngineer",
            Self::RecordingEngineer => "RecordingEngineer",
            Self::TrackingEngineer => "TrackingEngineer",
            Self::OverdubEngineer => "OverdubEngineer",
            Self::VocalEngineer => "VocalEngineer",
            Self::EditingEngineer => "DigitalEditingEngineer",
            Self::VocalEditingEngineer => "VocalEditingEngineer",
            Self::MixingEngineer => "MixingEngineer",
            Self::AdditionalMixingEngineer => "AdditionalMixingEngineer",
            Self::ImmersiveMixingEngineer => "ImmersiveMixingEngineer",
            Self::MasteringEngineer => "MasteringEngineer",
            Self::Remixer => "Remixer",
            Self::Other(own) => return (USER_DEFINED, Some(own)),
        };
        (value, None)
    }
}

/// What somebody did on a work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WorkRole {
    /// Wrote the music.
    Composer,
    /// Wrote the words.
    Lyricist,
    /// Wrote both.
    ComposerLyricist,
    /// Arranged it.
    Arranger,
    /// Adapted the words.
    Adapter,
    /// Translated the words.
    Translator,
    /// Publishes it.
    OriginalPublisher,
    /// Publishes it elsewhere for the publisher.
    SubPublisher,
    /// Something else.
    Other(String),
}

impl WorkRole {
    /// As [`Role::value`].
    pub(super) fn value(&self) -> (&'static str, Option<&str>) {
        let value = match self {
            Self::Composer => "Composer",
            Self::Lyricist => "Lyricist",
            Self::ComposerLyricist => "ComposerLyricist",
            Self::Arranger => "Arranger",
            Self::Adapter => "Adapter",
            Self::Translator => "Translator",
            Self::OriginalPublisher => "OriginalPublisher",
            Self::SubPublisher => "SubPublisher",
            Self::Other(own) => return (USER_DEFINED, Some(own)),
        };
        (value, None)
    }
}

/// What a session was for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionKind {
    /// Before recording.
    PreProduction,
    /// A demonstration.
    Demo,
    /// Recording.
    Recording,
    /// Recording the basic tracks.
    Tracking,
    /// Recording on top of them.
    Overdub,
    /// Recording vocals.
    Vocal,
    /// On a stage.
    LivePerformance,
    /// Producing.
    Production,
    /// Editing.
    Editing,
    /// Mixing.
    Mixing,
    /// Remixing.
    Remixing,
    /// Mastering.
    Mastering,
    /// From one medium to another.
    Transfer,
}

impl SessionKind {
    pub(super) fn value(self) -> &'static str {
        match self {
            Self::PreProduction => "PreProduction",
            Self::Demo => "Demo",
            Self::Recording => "Recording",
            Self::Tracking => "Tracking",
            Self::Overdub => "Overdub",
            Self::Vocal => "Vocal",
            Self::LivePerformance => "LivePerformance",
            Self::Production => "Production",
            Self::Editing => "Editing",
            Self::Mixing => "Mixing",
            Self::Remixing => "Remixing",
            Self::Mastering => "Mastering",
            Self::Transfer => "Transfer",
        }
    }
}

/// What kind of thing a piece of equipment is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EquipmentKind {
    /// A computer.
    Computer,
    /// A loudspeaker.
    Loudspeaker,
    /// A microphone.
    Microphone,
    /// A musical instrument.
    MusicalInstrument,
    /// A recorder.
    Recorder,
    /// A preamplifier, a compressor, an effect, a console.
    SignalProcessor,
    /// A program or a plug-in.
    Software,
}

impl EquipmentKind {
    pub(super) fn value(self) -> &'static str {
        match self {
            Self::Computer => "Computer",
            Self::Loudspeaker => "Loudspeaker",
            Self::Microphone => "Microphone",
            Self::MusicalInstrument => "MusicalInstrument",
            Self::Recorder => "Recorder",
            Self::SignalProcessor => "SignalProcessor",
            Self::Software => "Software",
        }
    }
}

/// The allowed value that leaves the word to the sender.
pub(super) const USER_DEFINED: &str = "UserDefined";

/// Instruments that are allowed values, those of which a studio's log speaks.
const INSTRUMENTS: [&str; 109] = [
    "Accordion",
    "AcousticBassGuitar",
    "AcousticGuitar",
    "AcousticKeyboard",
    "AltoSaxophone",
    "Autoharp",
    "Bagpipes",
    "Balalaika",
    "Banjo",
    "BaritoneGuitar",
    "BaritoneSaxophone",
    "Bass",
    "BassClarinet",
    "Bassoon",
    "Bongos",
    "Bouzouki",
    "Cajon",
    "Celesta",
    "Cello",
    "Charango",
    "Choir",
    "Clarinet",
    "Clavichord",
    "Clavinet",
    "Congas",
    "Cornet",
    "Cowbell",
    "Cymbals",
    "Didgeridoo",
    "Djembe",
    "DobroGuitar",
    "DoubleBass",
    "DrumKit",
    "DrumMachine",
    "DrumSample",
    "ElectricBassGuitar",
    "ElectricCello",
    "ElectricGuitar",
    "ElectricMandolin",
    "ElectricOrgan",
    "ElectricPiano",
    "ElectricSitar",
    "ElectricViola",
    "ElectricViolin",
    "EnglishHorn",
    "Erhu",
    "Euphonium",
    "Fiddle",
    "Flugelhorn",
    "Flute",
    "FrenchHorn",
    "FretlessBassGuitar",
    "Glockenspiel",
    "GrandPiano",
    "Guitar",
    "HammondOrgan",
    "HandClaps",
    "Harmonica",
    "Harp",
    "Harpsichord",
    "Kalimba",
    "Keyboard",
    "Kora",
    "LapSteelGuitar",
    "Mandolin",
    "Maracas",
    "Marimba",
    "Mellotron",
    "Melodica",
    "NylonStringGuitar",
    "Oboe",
    "Organ",
    "Oud",
    "PanFlute",
    "PedalSteelGuitar",
    "Piano",
    "PipeOrgan",
    "Recorder",
    "Rhodes",
    "Sarod",
    "Saxophone",
    "Shaker",
    "Sitar",
    "SnareDrum",
    "SteelDrums",
    "SynthBass",
    "SynthLead",
    "SynthPad",
    "Synthesizer",
    "Tabla",
    "Tambourine",
    "TenorSaxophone",
    "Timbales",
    "Timpani",
    "TinWhistle",
    "Triangle",
    "Trombone",
    "Trumpet",
    "Tuba",
    "Turntable",
    "Ukulele",
    "UprightBass",
    "UprightPiano",
    "Vibraphone",
    "Viola",
    "Violin",
    "Voice",
    "Xylophone",
    "Zither",
];

/// An instrument as [`Role::value`]: `electric guitar` is an allowed value, `808` is the sender's own.
pub(super) fn instrument(name: &str) -> (&'static str, Option<&str>) {
    let key: String = name.chars().filter(|c| c.is_alphanumeric()).collect();
    let known = INSTRUMENTS.into_iter().find(|known| known.eq_ignore_ascii_case(&key));
    known.map_or((USER_DEFINED, Some(name)), |known| (known, None))
}
