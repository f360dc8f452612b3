//! What the picture shows that goes with a shared link, of a beat or of a shop. No price is among it: chats keep the picture for years.

/// How wide and how high the picture is, in pixels.
pub const SIZE: (u32, u32) = (1200, 630);

/// What the picture shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    /// The title of the beat, or the name of the shop.
    pub title: String,
    /// Whose beat it is; empty of a shop.
    pub by: String,
    /// Tempo, key and length, each if known.
    pub facts: Vec<String>,
    /// The titles of a shop's newest beats, four at the most.
    pub titles: Vec<String>,
    /// How high each bar of the beat's waveform is, the loudest 255; none without one.
    pub bars: Vec<u8>,
    /// The studio's colours.
    pub colours: Colours,
}

/// What a picture is painted with, each as `#rrggbb`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Colours {
    /// What lies behind.
    pub ground: &'static str,
    /// The title.
    pub text: &'static str,
    /// What is said below it.
    pub quiet: &'static str,
    /// Whose it is, and the waveform.
    pub accent: &'static str,
}
