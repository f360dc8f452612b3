//! Codes of the standard, of those that a studio needs.

/// Versions of the standard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// 2.1, which every society takes.
    V21,
    /// 2.2, with more of recordings, and what societies call a work.
    V22,
}

impl Version {
    pub(super) fn group_version(self) -> &'static str {
        match self {
            Self::V21 => "02.10",
            Self::V22 => "02.20",
        }
    }
}

/// What a transaction does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Registers a work.
    New,
    /// Revises a work that was registered before.
    Revised,
}

impl Kind {
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::New => "NWR",
            Self::Revised => "REV",
        }
    }

    pub(super) fn of(code: &str) -> Option<Self> {
        [Self::New, Self::Revised].into_iter().find(|kind| kind.code() == code)
    }
}

/// As what somebody sends a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SenderKind {
    /// A publisher.
    Publisher,
    /// An agency that administers for publishers.
    Agency,
    /// A writer.
    Writer,
}

impl SenderKind {
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::Publisher => "PB",
            Self::Agency => "AA",
            Self::Writer => "WR",
        }
    }
}

/// How societies distribute what a work earns.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Category {
    /// As jazz.
    Jazz,
    /// As popular music.
    Popular,
    /// As serious music, of which the duration must be told.
    Serious,
    /// As the society thinks.
    #[default]
    Unclassified,
}

impl Category {
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::Jazz => "JAZ",
            Self::Popular => "POP",
            Self::Serious => "SER",
            Self::Unclassified => "UNC",
        }
    }
}

/// Kinds of titles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TitleKind {
    /// Another one.
    Alternative,
    /// The first line of the text.
    FirstLine,
    /// The formal one.
    Formal,
    /// A wrong one that is used.
    Incorrect,
    /// The original one.
    Original,
    /// The original one, translated.
    Translated,
    /// That of a part.
    Part,
    /// One that parts of others must not be found by.
    Restricted,
    /// One to be found by alone.
    Search,
}

impl TitleKind {
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::Alternative => "AT",
            Self::FirstLine => "TE",
            Self::Formal => "FT",
            Self::Incorrect => "IT",
            Self::Original => "OT",
            Self::Translated => "TT",
            Self::Part => "PT",
            Self::Restricted => "RT",
            Self::Search => "ET",
        }
    }
}

/// What a publisher is in a chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PublisherRole {
    /// The original publisher, first of a chain.
    Original,
    /// Has acquired the original publisher's rights, and is first of a chain as well.
    Acquirer,
    /// Stands for the original publisher, and is first of a chain as well.
    Substituted,
    /// Takes part in the income, and is first of a chain as well.
    Participant,
    /// Administers for the one before.
    Administrator,
    /// Publishes for the one before elsewhere.
    SubPublisher,
}

impl PublisherRole {
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::Original => "E",
            Self::Acquirer => "AQ",
            Self::Substituted => "ES",
            Self::Participant => "PA",
            Self::Administrator => "AM",
            Self::SubPublisher => "SE",
        }
    }

    pub(super) fn is_first(self) -> bool {
        !matches!(self, Self::Administrator | Self::SubPublisher)
    }
}

/// What somebody wrote of a work.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WriterRole {
    /// Music and text.
    #[default]
    ComposerAuthor,
    /// The music.
    Composer,
    /// The text.
    Author,
    /// Arranged the music.
    Arranger,
    /// Adapted the text.
    Adaptor,
    /// Translated the text.
    Translator,
    /// Arranged for a sub-publisher.
    SubArranger,
    /// Wrote another text for a sub-publisher.
    SubAuthor,
    /// Takes part in the income.
    Participant,
}

impl WriterRole {
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::ComposerAuthor => "CA",
            Self::Composer => "C",
            Self::Author => "A",
            Self::Arranger => "AR",
            Self::Adaptor => "AD",
            Self::Translator => "TR",
            Self::SubArranger => "SR",
            Self::SubAuthor => "SA",
            Self::Participant => "PA",
        }
    }

    /// Whether it makes an original.
    pub(super) fn is_original(self) -> bool {
        matches!(self, Self::ComposerAuthor | Self::Composer | Self::Author)
    }

    /// Whether it makes a modified version.
    pub(super) fn is_modifying(self) -> bool {
        !self.is_original() && self != Self::Participant
    }
}

/// Kinds of agreements between writers and publishers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AgreementKind {
    /// With the original publisher, for all works.
    OriginalGeneral,
    /// With the original publisher, for some.
    OriginalSpecific,
    /// With a sub-publisher, for all works.
    SubPublishingGeneral,
    /// With a sub-publisher, for some.
    SubPublishingSpecific,
}

impl AgreementKind {
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::OriginalGeneral => "OG",
            Self::OriginalSpecific => "OS",
            Self::SubPublishingGeneral => "PG",
            Self::SubPublishingSpecific => "PS",
        }
    }
}

/// What became of a registration at a society.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// It was taken in, and is looked at.
    TransactionAccepted,
    /// It stands.
    Accepted,
    /// It stands, with changes.
    AcceptedWithChanges,
    /// It stands, and is paid.
    ReadyForPayment,
    /// It stands, with changes, and is paid.
    ChangedReadyForPayment,
    /// Somebody else claims what it claims.
    Conflict,
    /// It was registered before.
    Duplicate,
    /// It is refused.
    Rejected,
    /// The society has no part in it.
    NoParticipation,
    /// The claim is refused.
    ClaimRejected,
    /// The society knows no agreement for it.
    NoAgreement,
    /// The agreement that it names is another.
    WrongAgreement,
}

impl Status {
    const ALL: [Self; 12] = [
        Self::TransactionAccepted,
        Self::Accepted,
        Self::AcceptedWithChanges,
        Self::ReadyForPayment,
        Self::ChangedReadyForPayment,
        Self::Conflict,
        Self::Duplicate,
        Self::Rejected,
        Self::NoParticipation,
        Self::ClaimRejected,
        Self::NoAgreement,
        Self::WrongAgreement,
    ];

    /// The standard's code.
    pub fn code(self) -> &'static str {
        match self {
            Self::TransactionAccepted => "RA",
            Self::Accepted => "AS",
            Self::AcceptedWithChanges => "AC",
            Self::ReadyForPayment => "SR",
            Self::ChangedReadyForPayment => "CR",
            Self::Conflict => "CO",
            Self::Duplicate => "DU",
            Self::Rejected => "RJ",
            Self::NoParticipation => "NP",
            Self::ClaimRejected => "RC",
            Self::NoAgreement => "NA",
            Self::WrongAgreement => "WA",
        }
    }

    pub(super) fn of(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.code() == code)
    }
}

/// What a society's remark refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// The whole file.
    File,
    /// The group.
    Group,
    /// The transaction.
    Transaction,
    /// The record.
    Record,
    /// The field.
    Field,
}

impl Level {
    pub(super) fn of(code: &str) -> Option<Self> {
        match code {
            "E" => Some(Self::File),
            "G" => Some(Self::Group),
            "T" => Some(Self::Transaction),
            "R" => Some(Self::Record),
            "F" => Some(Self::Field),
            _ => None,
        }
    }
}
