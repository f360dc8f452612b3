//! Tables of runs.

use crate::text_enum;

text_enum! {
    /// Where a run stands.
    pub enum RunState {
        /// Reckoned; nothing is posted.
        Draft = "draft",
        /// Somebody who may has approved it.
        Approved = "approved",
        /// It is in the books.
        Posted = "posted",
        /// It was thrown away; what it had taken is free again.
        Discarded = "discarded",
    }
}

text_enum! {
    /// Why a payee is not paid.
    pub enum WaitsFor {
        /// There is nothing to pay.
        Nothing = "nothing",
        /// It is less than is paid at the least.
        Minimum = "minimum",
        /// It is held.
        Hold = "hold",
    }
}

pub mod run {
    //! Runs.
    use sea_orm::entity::prelude::*;

    use super::RunState;
    use crate::{
        catalog::Sha256,
        env::Instant,
        ids::{AssetId, JournalId, RoyaltyRunId, StudioId, UserId},
        money::Currency,
        royalties::rules::Exact,
    };

    /// A run: what a period in a currency comes to. Who moves it on holds its row first.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "royalty_runs")]
    pub struct Model {
        /// The id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: RoyaltyRunId,
        /// Whose it is.
        pub studio_id: StudioId,
        /// Its number among the studio's runs in the currency, from 1.
        pub number: i32,
        /// The currency.
        pub currency: Currency,
        /// The run that it follows.
        pub opening_id: Option<RoyaltyRunId>,
        /// The first day of the period.
        pub from_on: Date,
        /// The last day.
        pub through_on: Date,
        /// Where it stands.
        pub state: RunState,
        /// The hash of the rules.
        pub rules_sha256: Sha256,
        /// The hash of all that it was reckoned from.
        pub inputs_sha256: Sha256,
        /// The hash of what it comes to.
        pub outcome_sha256: Sha256,
        /// The file of the inputs, from which it is replayed.
        pub inputs_asset_id: AssetId,
        /// The file of the outcome.
        pub outcome_asset_id: AssetId,
        /// How many lines.
        pub lines: i64,
        /// What they come to.
        pub received: Exact,
        /// What is left over of a minor unit.
        pub residue: Exact,
        /// What is to be paid out, in minor units.
        pub due_minor: i64,
        /// By which it is made once.
        pub request_key: Option<String>,
        /// The journal that posts it; none where nothing moves.
        pub journal_id: Option<JournalId>,
        /// When it was reckoned.
        pub created_at: Instant,
        /// By whom.
        pub created_by: Option<UserId>,
        /// When it was approved.
        pub approved_at: Option<Instant>,
        /// By whom; none if the program may.
        pub approved_by: Option<UserId>,
        /// When it was posted or discarded.
        pub ended_at: Option<Instant>,
    }

    crate::plain_entity!();
}

pub mod run_import {
    //! Statements of runs.
    use sea_orm::entity::prelude::*;

    use crate::{
        ids::{RoyaltyRunId, StatementImportId, StudioId},
        money::Currency,
        royalties::rules::Exact,
    };

    /// What a run has taken of a statement. Append-only.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "royalty_run_imports")]
    pub struct Model {
        /// The run.
        #[sea_orm(primary_key, auto_increment = false)]
        pub run_id: RoyaltyRunId,
        /// The statement.
        #[sea_orm(primary_key, auto_increment = false)]
        pub import_id: StatementImportId,
        /// The lines' currency.
        #[sea_orm(primary_key, auto_increment = false)]
        pub currency: Currency,
        /// Whose it is.
        pub studio_id: StudioId,
        /// How many lines.
        pub lines: i64,
        /// What they come to in their currency.
        pub amount: Exact,
        /// What they come to in the run's.
        pub received: Exact,
    }

    crate::plain_entity!();
}

pub mod account {
    //! Accounts of runs.
    use sea_orm::entity::prelude::*;

    use crate::{
        ids::{PartyId, RoyaltyRunId, StudioId},
        royalties::rules::Exact,
    };

    /// An account's line. Append-only. In minor units, but for the activity.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "royalty_run_accounts")]
    pub struct Model {
        /// The run.
        #[sea_orm(primary_key, auto_increment = false)]
        pub run_id: RoyaltyRunId,
        /// Whose.
        #[sea_orm(primary_key, auto_increment = false)]
        pub party_id: PartyId,
        /// The cross-collateral group.
        #[sea_orm(primary_key, auto_increment = false)]
        pub account_group: String,
        /// Whose books.
        pub studio_id: StudioId,
        /// What it was owed; below zero, what it had not recouped of a deficit.
        pub opening_minor: i64,
        /// The sum of its activities.
        pub activity: Exact,
        /// What was held back.
        pub held_minor: i64,
        /// What was released.
        pub released_minor: i64,
        /// What its costs took.
        pub costs_minor: i64,
        /// What was withheld.
        pub tax_minor: i64,
        /// What advances took.
        pub advances_minor: i64,
        /// What it is owed; below zero, a deficit.
        pub closing_minor: i64,
        /// Costs and advances that are open.
        pub unrecouped_minor: i64,
    }

    crate::plain_entity!();
}

pub mod payee {
    //! Payees of runs.
    use sea_orm::entity::prelude::*;

    use super::WaitsFor;
    use crate::ids::{PartyId, RoyaltyRunId, StudioId};

    /// A payee's line. Append-only.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "royalty_run_payees")]
    pub struct Model {
        /// The run.
        #[sea_orm(primary_key, auto_increment = false)]
        pub run_id: RoyaltyRunId,
        /// Who.
        #[sea_orm(primary_key, auto_increment = false)]
        pub party_id: PartyId,
        /// Whose books.
        pub studio_id: StudioId,
        /// What all accounts are owed.
        pub balance_minor: i64,
        /// What is paid out of it.
        pub due_minor: i64,
        /// Why nothing is.
        pub waits_for: Option<WaitsFor>,
        /// Why it is held.
        pub reason: Option<String>,
    }

    crate::plain_entity!();
}

pub mod activity {
    //! Activities of accounts in runs.
    use sea_orm::entity::prelude::*;

    use crate::{
        ids::{PartyId, RecordingId, RoyaltyRunId, StudioId, WorkId},
        royalties::rules::{Exact, Kind, Subject},
    };

    /// All that an account has earned in a run, as one row: nothing asks for an activity but with its account, and a run has many more of them than accounts.
    /// Append-only.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "royalty_account_activities")]
    pub struct Model {
        /// The run.
        #[sea_orm(primary_key, auto_increment = false)]
        pub run_id: RoyaltyRunId,
        /// The account's payee.
        #[sea_orm(primary_key, auto_increment = false)]
        pub party_id: PartyId,
        /// The account's group.
        #[sea_orm(primary_key, auto_increment = false)]
        pub account_group: String,
        /// Whose books.
        pub studio_id: StudioId,
        /// The activities in the order of the run's outcome, as JSON; read by [`Model::activities`].
        pub content: String,
    }

    crate::plain_entity!();

    /// What an account has earned by a rule of a recording or work.
    #[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
    pub struct Activity {
        /// The rule.
        pub rule: String,
        /// Its version.
        pub rule_number: u32,
        /// Why.
        pub kind: Kind,
        /// Of which recording.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub recording_id: Option<RecordingId>,
        /// Of which work.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub work_id: Option<WorkId>,
        /// On how many units.
        pub units: Exact,
        /// How much; less than nothing, what is borne.
        pub amount: Exact,
    }

    impl Activity {
        /// Of what it is; none of several together.
        pub fn subject(&self) -> Option<Subject> {
            crate::royalties::entity::subject_of(self.recording_id, self.work_id, None)
        }
    }

    impl Model {
        /// The activities, in the order of the run's outcome.
        ///
        /// # Errors
        /// If the row was not written by the program.
        pub fn activities(&self) -> Result<Vec<Activity>, serde_json::Error> {
            serde_json::from_str(&self.content)
        }
    }
}

pub mod reserve {
    //! Reserves after runs.
    use sea_orm::entity::prelude::*;

    use crate::ids::{PartyId, RecordingId, RoyaltyRunId, StudioId, WorkId};

    /// What is held back after a run. Append-only.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "royalty_run_reserves")]
    pub struct Model {
        /// The run.
        #[sea_orm(primary_key, auto_increment = false)]
        pub run_id: RoyaltyRunId,
        /// Its place in the state, from 0.
        #[sea_orm(primary_key, auto_increment = false)]
        pub position: i32,
        /// Whose books.
        pub studio_id: StudioId,
        /// When it is released.
        pub release_on: Date,
        /// To whom; none of income before it is divided.
        pub party_id: Option<PartyId>,
        /// In which group of theirs.
        pub account_group: Option<String>,
        /// Of which recording's income.
        pub recording_id: Option<RecordingId>,
        /// Of which work's income.
        pub work_id: Option<WorkId>,
        /// By which rule.
        pub rule: String,
        /// Its version.
        pub rule_number: i32,
        /// How much.
        pub amount_minor: i64,
    }

    crate::plain_entity!();
}

pub mod carried {
    //! What runs carry on.
    use sea_orm::entity::prelude::*;

    use crate::{
        ids::{RecordingId, RoyaltyRunId, StudioId, WorkId},
        royalties::rules::{Exact, Why},
    };

    /// Lines that a run found nobody's: they are lines of a later one.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "royalty_carried")]
    pub struct Model {
        /// The run.
        #[sea_orm(primary_key, auto_increment = false)]
        pub from_run_id: RoyaltyRunId,
        /// Its place in the suspense, from 0.
        #[sea_orm(primary_key, auto_increment = false)]
        pub position: i32,
        /// Whose books.
        pub studio_id: StudioId,
        /// Why it waits.
        pub why: Why,
        /// Of which recording, if that is known.
        pub recording_id: Option<RecordingId>,
        /// Of which work.
        pub work_id: Option<WorkId>,
        /// The sum: canonical JSON of its [`crate::royalties::rules::LineKey`] and [`crate::royalties::rules::Totals`].
        pub content: String,
        /// What it comes to, in the run's currency.
        pub net: Exact,
        /// The run that has taken it.
        pub run_id: Option<RoyaltyRunId>,
    }

    crate::plain_entity!();
}
