//! The table of acts.

use crate::text_enum;

text_enum! {
    /// What was done.
    pub enum Act {
        /// A program was given a key.
        ApiKeyCreated = "api_key_created",
        /// A key was revoked.
        ApiKeyRevoked = "api_key_revoked",
        /// It was said up to which amount a member lets money leave.
        ApprovalLimitSet = "approval_limit_set",
        /// The bulk deals were set.
        BulkDealsSet = "bulk_deals_set",
        /// A bundle was dropped.
        BundleRemoved = "bundle_removed",
        /// A bundle was made or changed.
        BundleSet = "bundle_set",
        /// It was said what is changed in a template's clauses.
        ClausesSet = "clauses_set",
        /// A coupon was made or changed.
        CouponSet = "coupon_set",
        /// A domain was claimed.
        DomainClaimed = "domain_claimed",
        /// The record of a domain was missing for too long: the shop is no longer there.
        DomainLost = "domain_lost",
        /// A domain was shown to be the studio's: the shop is there.
        DomainProved = "domain_proved",
        /// A domain was given up.
        DomainRemoved = "domain_removed",
        /// First refusal was turned on or off.
        FirstRefusalSet = "first_refusal_set",
        /// It was said for how many days the money of a sale is held back.
        HoldDaysSet = "hold_days_set",
        /// An invitation was taken back.
        InvitationRevoked = "invitation_revoked",
        /// It was said how the studio invoices.
        InvoicingSet = "invoicing_set",
        /// Somebody was invited.
        MemberInvited = "member_invited",
        /// Somebody has become a member.
        MemberJoined = "member_joined",
        /// A member has left or was removed.
        MemberRemoved = "member_removed",
        /// It was said which offers a tier takes.
        OffersSet = "offers_set",
        /// The least that is paid out was set.
        PayoutMinimumSet = "payout_minimum_set",
        /// A member has another role.
        RoleChanged = "role_changed",
        /// A member has the studio on their roster.
        RosterGranted = "roster_granted",
        /// The studio is gone from a roster.
        RosterRevoked = "roster_revoked",
        /// The studio's own settings were changed.
        StudioChanged = "studio_changed",
        /// The studio was closed.
        StudioClosed = "studio_closed",
        /// The studio was opened again.
        StudioReopened = "studio_reopened",
        /// The rates of tax were set.
        TaxRatesSet = "tax_rates_set",
        /// A beat's own version of a tier was dropped.
        TierReset = "tier_reset",
        /// A tier was set: its price, its terms, or whether it is on sale.
        TierSet = "tier_set",
        /// A webhook has another address or other kinds.
        WebhookChanged = "webhook_changed",
        /// A webhook was made.
        WebhookCreated = "webhook_created",
        /// A webhook was removed.
        WebhookRemoved = "webhook_removed",
        /// A webhook has another secret.
        WebhookSecretRotated = "webhook_secret_rotated",
        /// A webhook was turned on or off.
        WebhookSwitched = "webhook_switched",
    }
}

/// What a field has become.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Change {
    /// The field, as the API has it.
    pub field: String,
    /// What stood in it; none where nothing did, or where that is not told.
    pub old: Option<String>,
    /// What stands in it; none where nothing does, or where that is not told.
    pub new: Option<String>,
}

/// What the fields of an act have become, in the order in which they are told.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize, sea_orm::FromJsonQueryResult)]
pub struct Changes(pub Vec<Change>);

pub mod studio_act {
    //! Acts.
    use sea_orm::entity::prelude::*;

    use super::{Act, Changes};
    use crate::{
        env::Instant,
        ids::{ApiKeyId, StudioActId, StudioId, UserId},
    };

    /// That somebody has done something in a studio. Nobody changes it.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "studio_acts")]
    pub struct Model {
        /// The id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: StudioActId,
        /// In which studio.
        pub studio_id: StudioId,
        /// When.
        pub at: Instant,
        /// Whose account has done it, if it was a person.
        pub user_id: Option<UserId>,
        /// Which key, if it was another program. Without either it was the program itself.
        pub api_key_id: Option<ApiKeyId>,
        /// What.
        pub act: Act,
        /// To what, by its id; none if it is about the whole studio.
        pub subject: Option<String>,
        /// What its fields have become.
        pub changes: Changes,
    }

    crate::plain_entity!();
}
