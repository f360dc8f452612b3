//! Tables of statements.

use crate::text_enum;

text_enum! {
    /// Where a statement stands.
    pub enum ImportState {
        /// Kept, not read yet.
        Waiting = "waiting",
        /// Being read.
        Reading = "reading",
        /// No known format has its header: somebody has to teach it.
        Quarantined = "quarantined",
        /// Read, and something about it has to be accepted first.
        Held = "held",
        /// Read to its end; its lines count.
        Ready = "ready",
        /// Somebody has stopped it.
        Cancelled = "cancelled",
        /// It cannot be read.
        Refused = "refused",
        /// It says what another says.
        Duplicate = "duplicate",
    }
}

text_enum! {
    /// Where an exchange rate comes from.
    pub enum RateSource {
        /// There is none: the statement is in the currency of the account.
        Same = "same",
        /// The statement says it.
        Statement = "statement",
        /// The studio says it.
        Studio = "studio",
        /// What reached the bank over what the statement comes to.
        Bank = "bank",
    }
}

text_enum! {
    /// Whether a file's own total is that of its lines.
    pub enum Stated {
        /// To the last decimal.
        Exact = "exact",
        /// Rounded to the places that it has.
        Rounded = "rounded",
        /// It is not.
        Differs = "differs",
        /// Nobody can tell.
        Unknown = "unknown",
    }
}

text_enum! {
    /// By what a line was matched.
    pub enum MatchedBy {
        /// The recording's code.
        Isrc = "isrc",
        /// The release's number.
        Upc = "upc",
        /// The work's code.
        Iswc = "iswc",
        /// A code of the studio's or the distributor's own.
        Code = "code",
        /// Title and artist, as they were learned.
        Name = "name",
        /// Somebody has said so.
        Hand = "hand",
    }
}

text_enum! {
    /// What was learned.
    pub enum AliasKind {
        /// An ISRC that the recording has beside its own.
        Isrc = "isrc",
        /// A UPC or EAN that the release has beside its own.
        Upc = "upc",
        /// An ISWC that the work has beside its own.
        Iswc = "iswc",
        /// A code: the format, the heading and the code.
        Code = "code",
        /// The same of a release.
        ReleaseCode = "release_code",
        /// A normalised title and artist.
        Name = "name",
    }
}

text_enum! {
    /// What income is looked at by.
    pub enum Facet {
        /// Who sold or played it.
        Source = "source",
        /// Where.
        Territory = "territory",
        /// How.
        Channel = "channel",
    }
}

pub mod format {
    //! Formats that studios taught.
    use sea_orm::entity::prelude::*;

    use crate::{
        catalog::Sha256,
        env::Instant,
        ids::{StatementFormatId, StudioId, UserId},
    };

    /// A version of a format that a studio taught. Append-only; the highest number holds.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "statement_formats")]
    pub struct Model {
        /// The id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: StatementFormatId,
        /// Who taught it.
        pub studio_id: StudioId,
        /// What programs call it.
        pub format: String,
        /// Its number among the format's versions, from 1.
        pub number: i32,
        /// The fingerprint of its header; see [`interchange::statements::fingerprint`].
        pub fingerprint: String,
        /// The description, canonical JSON of [`interchange::statements::Description`].
        pub description: String,
        /// The hash of that text.
        pub sha256: Sha256,
        /// When.
        pub taught_at: Instant,
        /// By whom.
        pub taught_by: Option<UserId>,
    }

    crate::plain_entity!();
}

pub mod import {
    //! Statements that were taken in.
    use sea_orm::entity::prelude::*;

    use super::ImportState;
    use crate::{
        catalog::{Sha256, entity::asset},
        env::Instant,
        ids::{AssetId, StatementImportId, StudioId, UserId},
        money::Currency,
    };

    /// A statement: its file, which never changes, and how far it was read. Who moves it on holds its row first.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "statement_imports")]
    pub struct Model {
        /// The id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: StatementImportId,
        /// Whose it is.
        pub studio_id: StudioId,
        /// The file as it came.
        pub asset_id: AssetId,
        /// What the file was called.
        pub file_name: String,
        /// The hash of the file.
        pub sha256: Sha256,
        /// The length of the file.
        pub bytes: i64,
        /// Where it stands.
        pub state: ImportState,
        /// The currency that somebody named for a file that does not say it.
        pub given_currency: Option<Currency>,
        /// The format's id, once it is known.
        pub format: Option<String>,
        /// Which version of a format that the studio taught; none of a known one.
        pub format_number: Option<i32>,
        /// How the file is written, [`interchange::statements::Layout`], by which its lines are found again.
        pub layout: Option<Json>,
        /// The hash of what is in it, however it is packed.
        pub content_sha256: Option<Sha256>,
        /// The index that leads from an item to its lines.
        pub index_asset_id: Option<AssetId>,
        /// The first accounting day.
        pub period_from: Option<Date>,
        /// The last.
        pub period_to: Option<Date>,
        /// How many lines it has; nothing until it was read.
        pub lines: i64,
        /// How many things its lines are of.
        pub items: i32,
        /// How far it is read.
        pub lines_read: i64,
        /// Why it is quarantined, held or refused, and what to do.
        pub problem: Option<Json>,
        /// The statement that says the same.
        pub duplicate_of: Option<StatementImportId>,
        /// When somebody accepted what held it.
        pub accepted_at: Option<Instant>,
        /// Who did.
        pub accepted_by: Option<UserId>,
        /// When somebody asked for it to be stopped.
        pub cancel_asked_at: Option<Instant>,
        /// When it was taken in.
        pub created_at: Instant,
        /// By whom.
        pub created_by: Option<UserId>,
        /// When it came to its end.
        pub ended_at: Option<Instant>,
    }

    impl Model {
        /// A file's statement, which waits to be read.
        pub fn waiting(id: StatementImportId, file: asset::Model, now: Instant) -> Self {
            Self {
                id,
                studio_id: file.studio_id,
                asset_id: file.id,
                file_name: file.file_name,
                sha256: file.sha256,
                bytes: file.bytes,
                state: ImportState::Waiting,
                given_currency: None,
                format: None,
                format_number: None,
                layout: None,
                content_sha256: None,
                index_asset_id: None,
                period_from: None,
                period_to: None,
                lines: 0,
                items: 0,
                lines_read: 0,
                problem: None,
                duplicate_of: None,
                accepted_at: None,
                accepted_by: None,
                cancel_asked_at: None,
                created_at: now,
                created_by: None,
                ended_at: None,
            }
        }
    }

    crate::plain_entity!();
}

pub mod total {
    //! What statements come to.
    use sea_orm::entity::prelude::*;

    use super::{RateSource, Stated};
    use crate::{
        env::Instant,
        ids::{JournalId, StatementImportId, StudioId, UserId},
        money::Currency,
        royalties::rules::Exact,
    };

    /// What a statement's lines in a currency come to, at which rate they are accounted for, and what of them reached the bank.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "statement_totals")]
    pub struct Model {
        /// The statement.
        #[sea_orm(primary_key, auto_increment = false)]
        pub import_id: StatementImportId,
        /// The currency of the lines.
        #[sea_orm(primary_key, auto_increment = false)]
        pub currency: Currency,
        /// Whose it is.
        pub studio_id: StudioId,
        /// How many.
        pub lines: i64,
        /// Their sum.
        pub amount: Exact,
        /// The total that the file states itself.
        pub stated: Option<Exact>,
        /// Whether that is the sum.
        pub agreement: Option<Stated>,
        /// In which currency it is accounted for; none until it has a rate.
        pub account_currency: Option<Currency>,
        /// So much of the lines' currency …
        pub rate_of: Option<Exact>,
        /// … is so much of the account's: an amount by this over that, exactly.
        pub rate_to: Option<Exact>,
        /// Where the rate comes from.
        pub rate_source: Option<RateSource>,
        /// What reached the bank, in minor units of the account's currency.
        pub bank_minor: Option<i64>,
        /// When it did.
        pub bank_on: Option<Date>,
        /// What was booked to be due, in minor units of the account's currency.
        pub posted_minor: Option<i64>,
        /// The journal that did.
        pub journal_id: Option<JournalId>,
        /// The journal of what reached the bank.
        pub receipt_journal_id: Option<JournalId>,
        /// When the rate was set.
        pub rated_at: Option<Instant>,
        /// By whom.
        pub rated_by: Option<UserId>,
    }

    crate::plain_entity!();
}

pub mod receipt {
    //! What reached the bank, as it was recorded.
    use sea_orm::entity::prelude::*;

    use crate::{
        env::Instant,
        ids::{StatementImportId, StudioId, UserId},
        money::Currency,
    };

    /// What of a statement's lines in a currency was recorded to have reached the bank; the last that was holds. Append-only.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "statement_receipts")]
    pub struct Model {
        /// The statement.
        #[sea_orm(primary_key, auto_increment = false)]
        pub import_id: StatementImportId,
        /// The currency of the lines.
        #[sea_orm(primary_key, auto_increment = false)]
        pub currency: Currency,
        /// Its number, from 1; all others correct the one before.
        #[sea_orm(primary_key, auto_increment = false)]
        pub number: i32,
        /// Whose it is.
        pub studio_id: StudioId,
        /// How much, in minor units.
        pub bank_minor: i64,
        /// The currency of that.
        pub bank_currency: Currency,
        /// When it reached the bank.
        pub bank_on: Date,
        /// Why it corrects the one before.
        pub reason: Option<String>,
        /// When it was recorded.
        pub recorded_at: Instant,
        /// By whom.
        pub recorded_by: Option<UserId>,
    }

    crate::plain_entity!();
}

pub mod item {
    //! What lines are of.
    use sea_orm::entity::prelude::*;

    use super::MatchedBy;
    use crate::{
        env::Instant,
        ids::{RecordingId, StatementImportId, StudioId, UserId, WorkId},
    };

    /// What some lines of a statement are of, as it says itself, and what that is here.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "statement_items")]
    pub struct Model {
        /// The statement.
        #[sea_orm(primary_key, auto_increment = false)]
        pub import_id: StatementImportId,
        /// Its number in the statement, from 0.
        #[sea_orm(primary_key, auto_increment = false)]
        pub number: i32,
        /// Whose it is.
        pub studio_id: StudioId,
        /// The ISRC in its plain form.
        pub isrc: Option<String>,
        /// The UPC as an EAN of 13 digits.
        pub upc: Option<String>,
        /// The ISWC in its plain form.
        pub iswc: Option<String>,
        /// Format, heading and code of the studio's or the distributor's own for the recording or work.
        pub code: Option<String>,
        /// The same for the release.
        pub release_code: Option<String>,
        /// The title, as it was first.
        pub title: String,
        /// The artist, as it was first.
        pub artist: String,
        /// Title and artist, normalised.
        pub name_key: String,
        /// Whether it is money without a recording.
        pub is_adjustment: bool,
        /// The recording, if it is one.
        pub recording_id: Option<RecordingId>,
        /// The work, if it is one.
        pub work_id: Option<WorkId>,
        /// The release's EAN, if it is one.
        pub release: Option<String>,
        /// By what it was matched; none while it waits.
        pub matched_by: Option<MatchedBy>,
        /// When.
        pub matched_at: Option<Instant>,
        /// By whom, if by hand.
        pub matched_user: Option<UserId>,
    }

    crate::plain_entity!();
}

pub mod sum {
    //! Sums of lines.
    use sea_orm::entity::prelude::*;

    use crate::{
        ids::{RoyaltyRunId, StatementImportId, StudioId},
        money::Currency,
        pricing::Country,
        royalties::rules::{Channel, Exact},
    };

    /// What lines of one item come to that no rule tells apart. Several may have the same key.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "statement_sums")]
    pub struct Model {
        /// The statement.
        #[sea_orm(primary_key, auto_increment = false)]
        pub import_id: StatementImportId,
        /// Its number in the statement, from 0.
        #[sea_orm(primary_key, auto_increment = false)]
        pub number: i32,
        /// Whose it is.
        pub studio_id: StudioId,
        /// What the lines are of.
        pub item: i32,
        /// Their currency.
        pub currency: Currency,
        /// When it was used: the first day.
        pub used_on: Date,
        /// Where, if a rule asks.
        pub territory: Option<Country>,
        /// How.
        pub channel: Option<Channel>,
        /// In which format, if a rule asks.
        pub format: Option<String>,
        /// By whom it was sold or played, if a rule asks.
        pub source: Option<String>,
        /// Whether units or amounts are below zero.
        pub returned: bool,
        /// How many lines.
        pub lines: i64,
        /// How many of those say no gross.
        pub grossless: i64,
        /// How many units.
        pub units: Exact,
        /// What is received, in the lines' currency.
        pub net: Exact,
        /// What was received before others took their part.
        pub gross: Exact,
        /// The run that has taken it; none while it waits.
        pub run_id: Option<RoyaltyRunId>,
    }

    crate::plain_entity!();
}

pub mod facet {
    //! Income by source, territory and channel.
    use sea_orm::entity::prelude::*;

    use super::Facet;
    use crate::{
        ids::{StatementImportId, StudioId},
        money::Currency,
        royalties::rules::Exact,
    };

    /// What the lines of a month come to by one of their particulars.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "statement_facets")]
    pub struct Model {
        /// The statement.
        #[sea_orm(primary_key, auto_increment = false)]
        pub import_id: StatementImportId,
        /// By which.
        #[sea_orm(primary_key, auto_increment = false)]
        pub facet: Facet,
        /// Which it is; empty where lines do not say.
        #[sea_orm(primary_key, auto_increment = false)]
        pub value: String,
        /// The first day of the month of use.
        #[sea_orm(primary_key, auto_increment = false)]
        pub month: Date,
        /// The currency.
        #[sea_orm(primary_key, auto_increment = false)]
        pub currency: Currency,
        /// Whose it is.
        pub studio_id: StudioId,
        /// How many lines.
        pub lines: i64,
        /// How many units.
        pub units: Exact,
        /// What is received.
        pub net: Exact,
    }

    crate::plain_entity!();
}

pub mod alias {
    //! What was learned of names and codes.
    use sea_orm::entity::prelude::*;

    use super::AliasKind;
    use crate::{
        env::Instant,
        ids::{RecordingId, StudioId, UserId, WorkId},
    };

    /// What a name or code means in statements to a studio.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "statement_aliases")]
    pub struct Model {
        /// Whose it is.
        #[sea_orm(primary_key, auto_increment = false)]
        pub studio_id: StudioId,
        /// What it is.
        #[sea_orm(primary_key, auto_increment = false)]
        pub kind: AliasKind,
        /// The name or code, normalised.
        #[sea_orm(primary_key, auto_increment = false)]
        pub key: String,
        /// The recording, if it is one.
        pub recording_id: Option<RecordingId>,
        /// The work, if it is one.
        pub work_id: Option<WorkId>,
        /// The release's EAN, if it is one.
        pub release: Option<String>,
        /// When.
        pub learned_at: Instant,
        /// From whom.
        pub learned_by: Option<UserId>,
    }

    crate::plain_entity!();
}
