//! The terms of a licence: what a tier offers and what a licence, once granted, keeps for ever.

use crate::{share::Share, text_enum};

text_enum! {
    /// The five tiers.
    pub enum TierCode {
        /// An MP3 lease.
        Mp3 = "mp3",
        /// A WAV lease.
        Wav = "wav",
        /// A trackout lease, with stems.
        Trackout = "trackout",
        /// A lease without caps.
        Unlimited = "unlimited",
        /// The exclusive licence: the work is withdrawn from sale.
        Exclusive = "exclusive",
    }
}

impl TierCode {
    /// What a new studio calls it.
    pub const fn usual_name(self) -> &'static str {
        match self {
            Self::Mp3 => "MP3 lease",
            Self::Wav => "WAV lease",
            Self::Trackout => "Trackout lease",
            Self::Unlimited => "Unlimited lease",
            Self::Exclusive => "Exclusive licence",
        }
    }
}

text_enum! {
    /// What happens when a cap is reached.
    pub enum AtCap {
        /// The licensee upgrades; past use stays valid and the price paid is credited.
        Upgrade = "upgrade",
        /// The licence ends.
        Terminate = "terminate",
    }
}

/// Which files a tier delivers. The contract is always delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Files {
    /// A 320 kbps MP3.
    pub mp3: bool,
    /// A 24-bit WAV.
    pub wav: bool,
    /// The stems, in one zip.
    pub stems: bool,
}

/// How far the licensee may go; `None` is without limit. All platforms count together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub struct Caps {
    /// Audio streams.
    pub streams: Option<i64>,
    /// Copies sold or given away, physical and downloads.
    pub copies: Option<i64>,
    /// Music videos.
    pub music_videos: Option<i64>,
    /// Radio stations.
    pub radio_stations: Option<i64>,
    /// Paid performances.
    pub performances: Option<i64>,
}

/// All the terms but the price.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, sea_orm::FromJsonQueryResult)]
pub struct Terms {
    /// The tier.
    pub tier: TierCode,
    /// The tier's name as the studio sells it, such as `WAV lease`.
    pub tier_name: String,
    /// The files delivered.
    pub files: Files,
    /// The caps.
    pub caps: Caps,
    /// What happens at a cap.
    pub at_cap: AtCap,
    /// The term in months; `None` is perpetual.
    pub term_months: Option<i32>,
    /// The producers' part of the new work's publishing.
    pub publishing_kept: Share,
    /// The credit that the licensee gives, such as `prod. by Nova`.
    pub credit_line: String,
}

impl Terms {
    /// Whether the licence is exclusive.
    pub fn is_exclusive(&self) -> bool {
        self.tier == TierCode::Exclusive
    }
}

/// A number of months as people say it: `1 month`, `18 months`, `3 years`.
pub fn months_in_words(months: i32) -> String {
    match months {
        1 => "1 month".to_owned(),
        12 => "1 year".to_owned(),
        _ if months % 12 == 0 => format!("{} years", months / 12),
        _ => format!("{months} months"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_years_are_said_as_years() {
        assert_eq!([1, 12, 18, 120].map(months_in_words), ["1 month", "1 year", "18 months", "10 years"]);
    }
}
