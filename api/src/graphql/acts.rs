//! What was done in a studio, and by whom.

use async_graphql::{Context, Enum, Object, SimpleObject};
use chrono::{DateTime, Utc};
use domain::{
    acts::{
        entity::{Act, Change},
        queries::{self, Done},
    },
    ids::{ApiKeyId, StudioActId, StudioId, UserId},
};

use super::{
    caller,
    connection::{Connection, connection, page, page_cost},
    errors::Failure,
    scalars::Id,
};

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "Act")]
pub enum StudioActKind {
    /// A program was given a key.
    ApiKeyCreated,
    /// A key was revoked.
    ApiKeyRevoked,
    /// It was said up to which amount a member lets money leave.
    ApprovalLimitSet,
    /// The bulk deals were set.
    BulkDealsSet,
    /// A bundle was dropped.
    BundleRemoved,
    /// A bundle was made or changed.
    BundleSet,
    /// It was said what is changed in a template's clauses.
    ClausesSet,
    /// A coupon was made or changed.
    CouponSet,
    /// A domain was claimed.
    DomainClaimed,
    /// The record of a domain was missing for too long: the shop is no longer there.
    DomainLost,
    /// A domain was shown to be the studio's: the shop is there.
    DomainProved,
    /// A domain was given up.
    DomainRemoved,
    /// First refusal was turned on or off.
    FirstRefusalSet,
    /// It was said for how many days the money of a sale is held back.
    HoldDaysSet,
    /// An invitation was taken back.
    InvitationRevoked,
    /// It was said how the studio invoices.
    InvoicingSet,
    /// Somebody was invited.
    MemberInvited,
    /// Somebody has become a member.
    MemberJoined,
    /// A member has left or was removed.
    MemberRemoved,
    /// It was said which offers a tier takes.
    OffersSet,
    /// The least that is paid out was set.
    PayoutMinimumSet,
    /// A member has another role.
    RoleChanged,
    /// A member has the studio on their roster.
    RosterGranted,
    /// The studio is gone from a roster.
    RosterRevoked,
    /// The studio's own settings were changed.
    StudioChanged,
    /// The studio was closed.
    StudioClosed,
    /// The studio was opened again.
    StudioReopened,
    /// The rates of tax were set.
    TaxRatesSet,
    /// A beat's own version of a tier was dropped.
    TierReset,
    /// A tier was set: its price, its terms, or whether it is on sale.
    TierSet,
    /// A webhook has another address or other kinds.
    WebhookChanged,
    /// A webhook was made.
    WebhookCreated,
    /// A webhook was removed.
    WebhookRemoved,
    /// A webhook has another secret.
    WebhookSecretRotated,
    /// A webhook was turned on or off.
    WebhookSwitched,
}

/// What a field has become.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct StudioActChange {
    /// The field, as mutations have it, such as `price`.
    pub field: String,
    /// What stood in it; absent where nothing did, or where that is not told.
    pub old: Option<String>,
    /// What stands in it; absent where nothing does, or where that is not told. A field without either is another, and what is in it is not for everybody.
    pub new: Option<String>,
}

impl From<Change> for StudioActChange {
    fn from(change: Change) -> Self {
        Self { field: change.field, old: change.old, new: change.new }
    }
}

/// That somebody has done something in a studio. It is kept as it is for as long as the database is.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct StudioAct {
    /// The id.
    pub id: Id<StudioActId>,
    /// What was done.
    pub kind: StudioActKind,
    /// When.
    pub at: DateTime<Utc>,
    /// The account that has done it, if it was a person's.
    pub user_id: Option<Id<UserId>>,
    /// The key that has done it, if it was another program's. Without either it was the program itself.
    pub api_key_id: Option<Id<ApiKeyId>>,
    /// What the person or the key is called now.
    pub by_name: Option<String>,
    /// To what it was done, by its id; absent if it is about the whole studio.
    pub subject: Option<String>,
    /// What that is called now, if it is a person or a key; of an invitation the address.
    pub subject_name: Option<String>,
    /// What fields have become by it.
    pub changes: Vec<StudioActChange>,
}

impl From<Done> for StudioAct {
    fn from(Done { act, by, to }: Done) -> Self {
        Self {
            id: act.id.into(),
            kind: act.act.into(),
            at: act.at,
            user_id: act.user_id.map(Id::from),
            api_key_id: act.api_key_id.map(Id::from),
            by_name: by,
            subject: act.subject,
            subject_name: to,
            changes: act.changes.0.into_iter().map(StudioActChange::from).collect(),
        }
    }
}

/// Queries about what was done in studios.
#[derive(Debug, Default)]
pub struct ActsQuery;

#[Object]
impl ActsQuery {
    /// What was done in a studio to its members, keys, prices, settings and terms, newest first; of these kinds alone, if so asked. For owners.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    #[expect(clippy::too_many_arguments, reason = "the four of every connection and what narrows the list")]
    async fn studio_acts(
        &self,
        ctx: &Context<'_>,
        studio: Id<StudioId>,
        kinds: Option<Vec<StudioActKind>>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Connection<StudioAct>, Failure> {
        let (caller, request) = (caller(ctx)?, page(first, after, last, before)?);
        let kinds: Option<Vec<Act>> = kinds.map(|kinds| kinds.into_iter().map(Act::from).collect());
        let studio = studio.named("studio")?;
        let rows = queries::list_acts(&caller.services.db, &caller.ctx, studio, kinds.as_deref(), request).await?;
        Ok(connection(rows, |row| row.act.id, StudioAct::from))
    }
}
