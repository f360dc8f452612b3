//! Typed identifiers: `UUIDv7` newtypes with a public prefix, so that a beat's id can never be passed for an order's.
//!
//! In the database an id is a UUID; everywhere a person or a program sees it, it is `<prefix>_<32 hex digits>`.
//! To add an id, add one line to the `typed_ids!` list below.

use sea_orm::prelude::Uuid;

/// Why a text is not the id that was asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// The text carries another entity's prefix, or none.
    #[error("this is not a `{expected}_…` id: {given:?}")]
    WrongPrefix {
        /// The prefix that belongs here.
        expected: &'static str,
        /// What was given, cut to 64 characters.
        given: String,
    },
    /// The prefix is right, what follows is not 32 hexadecimal digits.
    #[error("after `{expected}_` an id has 32 hexadecimal digits")]
    Malformed {
        /// The prefix that was recognised.
        expected: &'static str,
    },
}

/// What every typed id can do; lets [`crate::env::Env::id`] and pages work with any of them.
pub trait TypedId: Copy + Ord + Send + Sync + std::fmt::Display + std::str::FromStr<Err = IdError> + 'static {
    /// The public prefix, without the underscore.
    const PREFIX: &'static str;
    /// Wraps a raw UUID.
    fn from_uuid(uuid: Uuid) -> Self;
    /// The raw UUID, as stored.
    fn uuid(self) -> Uuid;
}

fn parse(prefix: &'static str, text: &str) -> Result<Uuid, IdError> {
    let wrong = || IdError::WrongPrefix { expected: prefix, given: text.chars().take(64).collect() };
    let digits = text.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('_')).ok_or_else(wrong)?;
    if digits.len() != 32 {
        return Err(IdError::Malformed { expected: prefix });
    }
    Uuid::try_parse(digits).map_err(|_| IdError::Malformed { expected: prefix })
}

macro_rules! typed_ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, sea_orm::DeriveValueType)]
        pub struct $name(pub Uuid);

        impl TypedId for $name {
            const PREFIX: &'static str = $prefix;
            fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }
            fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{}_{}", $prefix, self.0.simple())
            }
        }

        impl std::str::FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                parse($prefix, text).map(Self)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let text = String::deserialize(from)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }

        impl sea_orm::TryFromU64 for $name {
            fn try_from_u64(_: u64) -> Result<Self, sea_orm::DbErr> {
                Err(sea_orm::DbErr::ConvertFromU64(stringify!($name)))
            }
        }
    )+

        #[cfg(test)]
        const PREFIXES: &[&str] = &[$($prefix),+];
    };
}

typed_ids! {
    /// A person's account.
    UserId = "user",
    /// A studio: the tenant.
    StudioId = "studio",
    /// What somebody has done in a studio.
    StudioActId = "act",
    /// An invitation to join a studio.
    InvitationId = "inv",
    /// One signed-in device; refresh tokens rotate within it.
    SignInId = "signin",
    /// One refresh token.
    RefreshTokenId = "refresh",
    /// A person's passkey.
    PasskeyId = "passkey",
    /// What a browser does with a passkey, from its beginning to its end.
    PasskeyCeremonyId = "ceremony",
    /// A program's key.
    ApiKeyId = "key",
    /// A domain that a studio claims.
    DomainId = "domain",
    /// An address outside that a studio has events sent to.
    WebhookId = "hook",
    /// What was told to webhooks.
    WebhookEventId = "event",
    /// An event on its way to a webhook.
    WebhookDeliveryId = "hookdlv",
    /// A mailed single-use token (e-mail verification, password reset).
    MailTokenId = "mtok",
    /// A person or company that a studio deals with.
    PartyId = "party",
    /// What somebody wrote down of a party.
    PartyNoteId = "note",
    /// A client of a studio.
    ClientId = "client",
    /// A move of a client from one stage to another.
    ClientMoveId = "cmove",
    /// A list of people that is taken in.
    ClientImportId = "cimport",
    /// A project.
    ProjectId = "project",
    /// A song of a project.
    SongId = "song",
    /// An entry of a project's history.
    ProjectEventId = "pevent",
    /// Somebody's part in a project or song.
    ProjectPersonId = "pperson",
    /// A stage of a project or song.
    ProjectStageId = "pstage",
    /// A task of a stage.
    ProjectTaskId = "task",
    /// A song that may be chosen for a project.
    SongCandidateId = "cand",
    /// A vote on a candidate.
    CandidateVoteId = "vote",
    /// A reference track.
    ReferenceTrackId = "reftrack",
    /// A line of a project's budget.
    BudgetLineId = "bline",
    /// What a line of a budget has cost.
    BudgetCostId = "cost",
    /// A room that is booked.
    RoomId = "room",
    /// A piece of equipment.
    EquipmentId = "equip",
    /// A booking of a room.
    BookingId = "booking",
    /// Bookings that recur.
    BookingSeriesId = "series",
    /// A calendar that others subscribe to.
    CalendarFeedId = "feed",
    /// A session in the studio, as it was logged.
    SessionId = "session",
    /// What somebody did in a session.
    SessionCreditId = "credit",
    /// A take.
    TakeId = "take",
    /// Equipment that was used in a session.
    SessionGearId = "gear",
    /// A sample that was used in a session.
    SessionSampleId = "sample",
    /// A composition.
    WorkId = "work",
    /// A recording of a work.
    RecordingId = "rec",
    /// A beat: a recording offered for licensing.
    BeatId = "beat",
    /// A stored file with its facts.
    AssetId = "asset",
    /// A resumable upload in progress.
    UploadId = "upload",
    /// A licence tier.
    TierId = "tier",
    /// A licence: the immutable grant.
    LicenceId = "lic",
    /// An address under which a licensed song is online.
    ChannelId = "chan",
    /// A report of what a licensed song has come to.
    UsageId = "usage",
    /// A buyer's cart.
    CartId = "cart",
    /// A line of a cart.
    CartLineId = "cline",
    /// A coupon of a studio.
    CouponId = "coupon",
    /// A bulk deal of a studio.
    BulkDealId = "deal",
    /// A bundle of beats at one price.
    BundleId = "bundle",
    /// An order.
    OrderId = "order",
    /// A line of an order.
    OrderLineId = "line",
    /// An offer for a beat's tier.
    OfferId = "offer",
    /// Which offers a tier takes.
    OfferSettingId = "oset",
    /// A request for a free download.
    FreeDownloadRequestId = "freereq",
    /// A party's consent to be mailed.
    MailingConsentId = "consent",
    /// A window in which leaseholders may buy an exclusive first.
    FirstRefusalId = "refusal",
    /// A leaseholder's place in such a window.
    FirstRefusalHolderId = "holder",
    /// A payment of an order.
    PaymentId = "pay",
    /// Money of a payment that is given back.
    RefundId = "refund",
    /// A payment that the buyer's bank disputes.
    DisputeId = "dispute",
    /// A file owed to a licensee.
    DeliverableId = "dlv",
    /// One logged download.
    DownloadId = "dl",
    /// An account of the ledger.
    AccountId = "acct",
    /// A journal of the ledger.
    JournalId = "jrnl",
    /// An entry of a journal.
    EntryId = "entry",
    /// A closed period of the ledger.
    PeriodId = "period",
    /// A payee's account at a gateway.
    PayeeId = "payee",
    /// A change of a payee's bank details.
    PayeeBankChangeId = "pbank",
    /// Money paid to a payee.
    PayoutId = "payout",
    /// Payouts that were given to a bank in one file.
    PayoutBatchId = "pbatch",
    /// From which amount on a payee is paid.
    PayoutMinimumId = "pmin",
    /// A job in the outbox.
    JobId = "job",
    /// A signer of an agreement.
    SignerId = "signer",
    /// A mailed link to sign.
    SigningLinkId = "slink",
    /// A browser in which a link to sign was opened.
    SigningSessionId = "ssess",
    /// An agreement.
    AgreementId = "agr",
    /// A version of a work's split.
    SplitVersionId = "split",
    /// A sealed document.
    SealId = "seal",
    /// A version of a song's mix.
    MixVersionId = "mix",
    /// A version of a mix packed for other workstations.
    HandoffPackId = "handoff",
    /// Another workstation's session that was handed in.
    DawSessionId = "daw",
    /// The masters of a song's approved mix.
    MasterDeliveryId = "mdlv",
    /// A master of one profile.
    MasterId = "master",
    /// What was told of masters at one moment.
    MasterNoticeId = "mnotice",
    /// The review of a song's mix.
    ReviewId = "review",
    /// Who listens in a review, by their own link.
    ReviewerId = "reviewer",
    /// A round of a review.
    ReviewRoundId = "round",
    /// A comment on a version, or a reply to one.
    CommentId = "comment",
    /// A step of a review.
    ReviewStepId = "rstep",
    /// An extra round that was agreed upon.
    ExtraRoundId = "extra",
    /// A quote for a project.
    QuoteId = "quote",
    /// An invoice, or a credit note.
    InvoiceId = "invoice",
    /// Money of an invoice that came or went by bank transfer.
    InvoiceTransferId = "transfer",
    /// A work in a studio's portfolio.
    PortfolioEntryId = "pentry",
    /// A version of a format of statements that a studio taught.
    StatementFormatId = "sformat",
    /// A royalty statement that was taken in.
    StatementImportId = "simport",
    /// Something that is charged against royalties.
    RoyaltyChargeId = "charge",
    /// A run of royalties.
    RoyaltyRunId = "run",
    /// What a payee is told of a run.
    PayeeStatementId = "pstatement",
    /// A payee's link to their statements.
    PortalLinkId = "portal",
    /// A letter of direction.
    LetterOfDirectionId = "direction",
    /// A dispute of a line of a statement.
    LineDisputeId = "ldispute",
    /// A studio's leave to be on a manager's roster.
    RosterGrantId = "grant",
    /// Something about royalties that wants looking at.
    RoyaltyAlertId = "alert",
    /// A release.
    ReleaseId = "release",
    /// A notification of a release.
    ReleaseMessageId = "relmsg",
    /// A file of registrations for a society.
    CwrFileId = "cwr",
    /// A society's answer to a registration.
    CwrAcknowledgementId = "cwrack",
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_what_it_prints() {
        let id = BeatId(Uuid::from_u128(0x0193_5a8e_7b4c_7def_8123_4567_89ab_cdef));
        assert_eq!(id.to_string(), "beat_01935a8e7b4c7def8123456789abcdef");
        assert_eq!(id.to_string().parse(), Ok(id));
    }

    #[test]
    fn another_entitys_id_is_refused_by_name() {
        let order = OrderId(Uuid::from_u128(1)).to_string();
        assert_eq!(order.parse::<BeatId>(), Err(IdError::WrongPrefix { expected: "beat", given: order }));
        assert_eq!("beat_zz".parse::<BeatId>(), Err(IdError::Malformed { expected: "beat" }));
        assert_eq!(
            "beat_01935a8e-7b4c-7def-8123-456789abcdef".parse::<BeatId>(),
            Err(IdError::Malformed { expected: "beat" })
        );
    }

    #[test]
    fn no_two_kinds_share_a_prefix() {
        let mut seen = PREFIXES.to_vec();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), PREFIXES.len());
    }
}
