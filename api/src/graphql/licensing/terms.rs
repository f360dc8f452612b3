//! What a licence grants, as it is offered and as it was sold.

use async_graphql::{Enum, InputObject, SimpleObject};
use domain::licensing::terms;

use crate::graphql::scalars::{Int64, Share};

/// The five tiers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::licensing::terms::TierCode")]
pub enum TierCode {
    /// An MP3 lease.
    #[graphql(name = "MP3")]
    Mp3,
    /// A WAV lease.
    Wav,
    /// A trackout lease, with stems.
    Trackout,
    /// A lease without caps.
    Unlimited,
    /// The exclusive licence: the work is withdrawn from sale.
    Exclusive,
}

/// What happens when a cap is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::licensing::terms::AtCap")]
pub enum AtCap {
    /// The licensee upgrades; past use stays valid and the price paid is credited.
    Upgrade,
    /// The licence ends.
    Terminate,
}

/// Which files are delivered beside the contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, SimpleObject, InputObject)]
#[graphql(input_name = "LicenceFilesInput")]
pub struct LicenceFiles {
    /// A 320 kbps MP3.
    pub mp3: bool,
    /// A 24-bit WAV.
    pub wav: bool,
    /// The stems, in one zip.
    pub stems: bool,
}

/// How far the licensee may go; what is absent is without limit. All platforms count together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, SimpleObject, InputObject)]
#[graphql(input_name = "LicenceCapsInput")]
pub struct LicenceCaps {
    /// Audio streams.
    pub streams: Option<Int64>,
    /// Copies sold or given away.
    pub copies: Option<Int64>,
    /// Music videos.
    pub music_videos: Option<Int64>,
    /// Radio stations.
    pub radio_stations: Option<Int64>,
    /// Paid performances.
    pub performances: Option<Int64>,
}

/// The terms of a licence: all but the price.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct LicenceTerms {
    /// The tier.
    pub tier: TierCode,
    /// The tier's name as the studio sells it.
    pub tier_name: String,
    /// Whether it is exclusive.
    pub exclusive: bool,
    /// The files delivered.
    pub files: LicenceFiles,
    /// The caps.
    pub caps: LicenceCaps,
    /// What happens at a cap.
    pub at_cap: AtCap,
    /// The term in months; absent is perpetual.
    pub term_months: Option<i32>,
    /// The producers' part of the new work's publishing.
    pub publishing_kept: Share,
    /// The credit to give.
    pub credit_line: String,
}

impl From<terms::Terms> for LicenceTerms {
    fn from(terms: terms::Terms) -> Self {
        let (files, caps) = (terms.files, terms.caps);
        Self {
            tier: terms.tier.into(),
            exclusive: terms.is_exclusive(),
            tier_name: terms.tier_name,
            files: LicenceFiles { mp3: files.mp3, wav: files.wav, stems: files.stems },
            caps: LicenceCaps {
                streams: caps.streams.map(Int64),
                copies: caps.copies.map(Int64),
                music_videos: caps.music_videos.map(Int64),
                radio_stations: caps.radio_stations.map(Int64),
                performances: caps.performances.map(Int64),
            },
            at_cap: terms.at_cap.into(),
            term_months: terms.term_months,
            publishing_kept: terms.publishing_kept.into(),
            credit_line: terms.credit_line,
        }
    }
}
