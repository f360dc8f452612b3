//! The closed lists of words that attributes take.

/// A word out of a closed list.
pub(in crate::dawproject) trait Word: Sized {
    /// The words, as a refusal names them.
    const ACCEPTED: &'static str;

    /// The word that this is, if it is one.
    fn parse(text: &str) -> Option<Self>;
}

/// Makes an enum of the words that an attribute takes.
macro_rules! words {
    (
        $(#[$meta:meta])*
        $name:ident { $( $(#[$note:meta])* $variant:ident = $word:literal, )+ }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum $name {
            $( $(#[$note])* $variant, )+
        }

        impl $name {
            /// The word as it stands in the file.
            pub const fn word(self) -> &'static str {
                match self {
                    $( Self::$variant => $word, )+
                }
            }
        }

        impl Word for $name {
            const ACCEPTED: &'static str = concat!("one of", $( " ", $word, )+);

            fn parse(text: &str) -> Option<Self> {
                match text {
                    $( $word => Some(Self::$variant), )+
                    _ => None,
                }
            }
        }
    };
}

words! {
    /// What a number counts.
    Unit {
        /// As it is; of a level, a factor of the amplitude.
        Linear = "linear",
        /// 0 to 1.
        Normalized = "normalized",
        /// 0 to 100.
        Percent = "percent",
        /// Decibels.
        Decibel = "decibel",
        /// Hertz.
        Hertz = "hertz",
        /// Semitones; of a frequency, the MIDI key, of which 69 is 440 Hz.
        Semitones = "semitones",
        /// Seconds.
        Seconds = "seconds",
        /// Quarter notes.
        Beats = "beats",
        /// Quarter notes per minute.
        Bpm = "bpm",
    }
}

words! {
    /// What a timeline counts in.
    TimeUnit {
        /// Quarter notes.
        Beats = "beats",
        /// Seconds.
        Seconds = "seconds",
    }
}

words! {
    /// What a track is for.
    ContentType {
        /// Audio clips.
        Audio = "audio",
        /// Automation.
        Automation = "automation",
        /// Notes.
        Notes = "notes",
        /// Video.
        Video = "video",
        /// Markers.
        Markers = "markers",
        /// Other tracks: a folder or a group.
        Tracks = "tracks",
    }
}

words! {
    /// What a channel is in the mixer.
    Role {
        /// A track's own.
        Regular = "regular",
        /// The last of all, or the last of a group.
        Master = "master",
        /// What effects are sent to.
        Effect = "effect",
        /// A sum of others.
        Submix = "submix",
        /// A fader over others, without a signal of its own.
        Vca = "vca",
    }
}

words! {
    /// Where a send is taken.
    SendKind {
        /// Before the fader.
        Pre = "pre",
        /// Behind the fader.
        Post = "post",
    }
}

words! {
    /// What a device does.
    DeviceRole {
        /// Makes sound of notes.
        Instrument = "instrument",
        /// Changes notes.
        NoteFx = "noteFX",
        /// Changes sound.
        AudioFx = "audioFX",
        /// Shows, and changes nothing.
        Analyzer = "analyzer",
    }
}

words! {
    /// The form of an equaliser's band.
    BandKind {
        /// Takes away what is below.
        HighPass = "highPass",
        /// Takes away what is above.
        LowPass = "lowPass",
        /// Takes away what is below and above.
        BandPass = "bandPass",
        /// Raises or lowers what is above.
        HighShelf = "highShelf",
        /// Raises or lowers what is below.
        LowShelf = "lowShelf",
        /// Raises or lowers around the centre.
        Bell = "bell",
        /// Takes away the centre.
        Notch = "notch",
    }
}

words! {
    /// The way from one point to the next.
    Interpolation {
        /// Stays, then jumps.
        Hold = "hold",
        /// A straight line.
        Linear = "linear",
    }
}

words! {
    /// What is automated beside parameters: what notes and clips express.
    Expression {
        /// Level.
        Gain = "gain",
        /// Place between left and right.
        Pan = "pan",
        /// Pitch, in semitones.
        Transpose = "transpose",
        /// Timbre.
        Timbre = "timbre",
        /// Formants.
        Formant = "formant",
        /// Pressure on one key.
        Pressure = "pressure",
        /// A MIDI controller.
        ChannelController = "channelController",
        /// Pressure on a MIDI channel.
        ChannelPressure = "channelPressure",
        /// Pressure on one MIDI key.
        PolyPressure = "polyPressure",
        /// A MIDI pitch bend.
        PitchBend = "pitchBend",
        /// A MIDI programme change.
        ProgramChange = "programChange",
    }
}
