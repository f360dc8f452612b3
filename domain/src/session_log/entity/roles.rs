//! What people do in a studio.

use interchange::rin::{Role, WorkRole};

use crate::text_enum;

text_enum! {
    /// What somebody did.
    pub enum SessionRole {
        /// Wrote words and music.
        Songwriter = "songwriter",
        /// Wrote the music.
        Composer = "composer",
        /// Wrote the words.
        Lyricist = "lyricist",
        /// The artist whose recording it is.
        Artist = "artist",
        /// An artist who is featured on it.
        FeaturedArtist = "featured_artist",
        /// Played or sang.
        Performer = "performer",
        /// Played or sang, hired for it.
        SessionMusician = "session_musician",
        /// Sang lead.
        LeadVocalist = "lead_vocalist",
        /// Sang backings.
        BackgroundVocalist = "background_vocalist",
        /// Played the solo.
        Soloist = "soloist",
        /// Led the band.
        BandLeader = "band_leader",
        /// Conducted.
        Conductor = "conductor",
        /// Was the DJ.
        Dj = "dj",
        /// Produced.
        Producer = "producer",
        /// Produced with somebody else.
        CoProducer = "co_producer",
        /// Produced besides.
        AdditionalProducer = "additional_producer",
        /// Produced the vocals.
        VocalProducer = "vocal_producer",
        /// Helped to produce.
        AssistantProducer = "assistant_producer",
        /// Answered for the production.
        ExecutiveProducer = "executive_producer",
        /// Programmed beats and instruments.
        Programmer = "programmer",
        /// Designed sounds.
        SoundDesigner = "sound_designer",
        /// Arranged for instruments.
        Arranger = "arranger",
        /// Arranged for voices.
        VocalArranger = "vocal_arranger",
        /// Engineered.
        Engineer = "engineer",
        /// Helped to engineer.
        AssistantEngineer = "assistant_engineer",
        /// Recorded.
        RecordingEngineer = "recording_engineer",
        /// Recorded vocals.
        VocalEngineer = "vocal_engineer",
        /// Edited.
        EditingEngineer = "editing_engineer",
        /// Mixed.
        MixingEngineer = "mixing_engineer",
        /// Mastered.
        MasteringEngineer = "mastering_engineer",
        /// Remixed.
        Remixer = "remixer",
        /// Was there, and is not credited.
        Visitor = "visitor",
        /// Something else, which the note says.
        Other = "other",
    }
}

impl SessionRole {
    /// What they wrote, if anything.
    pub const fn on_work(self) -> Option<WorkRole> {
        match self {
            Self::Songwriter => Some(WorkRole::ComposerLyricist),
            Self::Composer => Some(WorkRole::Composer),
            Self::Lyricist => Some(WorkRole::Lyricist),
            _ => None,
        }
    }

    /// Whether what they did is heard of anywhere: a visitor's is not.
    pub const fn is_credited(self) -> bool {
        !matches!(self, Self::Visitor)
    }

    /// What DDEX calls it; `note` says what something else is.
    pub fn on_recording(self, note: Option<&str>) -> Role {
        match self {
            Self::Artist | Self::FeaturedArtist => Role::Artist,
            Self::Performer => Role::Performer,
            Self::SessionMusician => Role::StudioMusician,
            Self::LeadVocalist => Role::LeadVocalist,
            Self::BackgroundVocalist => Role::BackgroundVocalist,
            Self::Soloist => Role::Soloist,
            Self::BandLeader => Role::BandLeader,
            Self::Conductor => Role::Conductor,
            Self::Dj => Role::Dj,
            Self::Producer => Role::StudioProducer,
            Self::CoProducer => Role::CoProducer,
            Self::AdditionalProducer => Role::AdditionalProducer,
            Self::VocalProducer => Role::VocalProducer,
            Self::AssistantProducer => Role::AssistantProducer,
            Self::ExecutiveProducer => Role::ExecutiveProducer,
            Self::Programmer => Role::Programmer,
            Self::SoundDesigner => Role::SoundDesigner,
            Self::Arranger => Role::MusicArranger,
            Self::VocalArranger => Role::VocalArranger,
            Self::Engineer => Role::Engineer,
            Self::AssistantEngineer => Role::AssistantEngineer,
            Self::RecordingEngineer => Role::RecordingEngineer,
            Self::VocalEngineer => Role::VocalEngineer,
            Self::EditingEngineer => Role::EditingEngineer,
            Self::MixingEngineer => Role::MixingEngineer,
            Self::MasteringEngineer => Role::MasteringEngineer,
            Self::Remixer => Role::Remixer,
            Self::Songwriter => Role::Other("Songwriter".to_owned()),
            Self::Composer => Role::Other("Composer".to_owned()),
            Self::Lyricist => Role::Other("Lyricist".to_owned()),
            Self::Visitor => Role::Other("Visitor".to_owned()),
            Self::Other => Role::Other(note.unwrap_or("Other").to_owned()),
        }
    }
}
