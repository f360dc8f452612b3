//! Tables of terms.

use crate::text_enum;

text_enum! {
    /// What a rule is about.
    pub enum RuleKind {
        /// How losses and reserves of an executed split are treated.
        Split = "split",
        /// Over which tracks a release is spread.
        Album = "album",
        /// What one party pays another.
        Contract = "contract",
        /// How a payee is paid.
        Payee = "payee",
        /// What is withheld for tax.
        Withholding = "withholding",
    }
}

text_enum! {
    /// To whom something is charged.
    pub enum ChargeKind {
        /// To the income of a recording or work.
        Shared = "shared",
        /// To a payee: a cost of their own.
        Cost = "cost",
        /// To a payee: an advance.
        Advance = "advance",
        /// To what a payee is owed: what was paid, or below zero what of it came back.
        Payment = "payment",
    }
}

pub mod rule {
    //! Versions of rules.
    use sea_orm::entity::prelude::*;

    use super::RuleKind;
    use crate::{
        catalog::Sha256,
        env::Instant,
        ids::{AgreementId, PartyId, StudioId, UserId},
        money::Currency,
    };

    /// A version of a rule. Append-only.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "royalty_rules")]
    pub struct Model {
        /// Whose it is.
        #[sea_orm(primary_key, auto_increment = false)]
        pub studio_id: StudioId,
        /// The rule's name, the same in all its versions.
        #[sea_orm(primary_key, auto_increment = false)]
        pub rule: String,
        /// Its number among them, from 1.
        #[sea_orm(primary_key, auto_increment = false)]
        pub number: i32,
        /// What it is about.
        pub kind: RuleKind,
        /// From which day of use it holds.
        pub effective_on: Date,
        /// When a contract ends, for whom to remind.
        pub ends_on: Option<Date>,
        /// What people call it.
        pub title: String,
        /// What it says: canonical JSON of [`crate::royalties::rules::Rule`].
        pub content: String,
        /// The hash of that text.
        pub sha256: Sha256,
        /// The hash of the document that was signed.
        pub document_sha256: Option<Sha256>,
        /// The agreement that it comes from.
        pub agreement_id: Option<AgreementId>,
        /// By which it is written once.
        pub request_key: Option<String>,
        /// When it was written.
        pub written_at: Instant,
        /// By whom.
        pub written_by: Option<UserId>,
        /// Of the terms of a payee, whose they are. What of them payouts keep to stands beside it.
        pub payee_id: Option<PartyId>,
        /// The least that is paid out, in minor units.
        pub minimum_minor: Option<i64>,
        /// Its currency.
        pub minimum_currency: Option<Currency>,
        /// Why nothing is paid out for now.
        pub hold_reason: Option<String>,
        /// Through which day; until further notice if none is named.
        pub hold_through: Option<Date>,
    }

    crate::plain_entity!();
}

pub mod charge {
    //! Charges.
    use sea_orm::entity::prelude::*;

    use super::ChargeKind;
    use crate::{
        env::Instant,
        ids::{JournalId, PartyId, PayoutId, RecordingId, RoyaltyChargeId, RoyaltyRunId, StudioId, UserId, WorkId},
        money::Currency,
    };

    /// What is set off against royalties. It never changes, and is booked once.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "royalty_charges")]
    pub struct Model {
        /// The id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: RoyaltyChargeId,
        /// Whose it is.
        pub studio_id: StudioId,
        /// To whom it is charged.
        pub kind: ChargeKind,
        /// Its day.
        pub on_date: Date,
        /// How much, in minor units; below zero, what came back of a payment.
        pub amount_minor: i64,
        /// The currency.
        pub currency: Currency,
        /// The recording, if it is one.
        pub recording_id: Option<RecordingId>,
        /// The work, if it is one.
        pub work_id: Option<WorkId>,
        /// The release's EAN, if it is one.
        pub release: Option<String>,
        /// The payee, unless it is shared.
        pub party_id: Option<PartyId>,
        /// The payee's cross-collateral group.
        pub account_group: Option<String>,
        /// Among whose costs an advance is, too.
        pub included_party_id: Option<PartyId>,
        /// In which group of theirs.
        pub included_group: Option<String>,
        /// The payout that a payment is; none where it was settled against what the payee had to give back.
        pub payout_id: Option<PayoutId>,
        /// The charge that this one takes back, whose amount it has below zero.
        pub reverses_id: Option<RoyaltyChargeId>,
        /// What for.
        pub note: String,
        /// By which it is recorded once; of a payment, which attempt of the payout and which account it is of.
        pub request_key: Option<String>,
        /// The journal that books it.
        pub journal_id: Option<JournalId>,
        /// When it was recorded.
        pub recorded_at: Instant,
        /// By whom.
        pub recorded_by: Option<UserId>,
        /// The run that has booked it.
        pub run_id: Option<RoyaltyRunId>,
    }

    crate::plain_entity!();
}
