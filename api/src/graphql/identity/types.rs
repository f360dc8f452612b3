//! What identity shows.

use async_graphql::{Context, Enum, Object, SimpleObject};
use chrono::{DateTime, Utc};
use domain::{
    actor::Ctx,
    actor::{Role as DomainRole, Scope as DomainScope},
    domains::queries::list_domains,
    identity::{
        devices,
        entity::{
            Accent as DomainAccent, UnsignedSplits as DomainUnsignedSplits, api_key, closure, invitation, sign_in,
            studio, user,
        },
        queries::{self, InvitationFacts, MemberFacts, SecondFactorFacts},
    },
    ids::{ApiKeyId, InvitationId, SignInId, StudioId, UserId},
    webhooks::queries::list_webhooks,
};

use super::passkeys::Passkey;
use crate::graphql::{
    caller,
    connection::{Connection, connection, page, page_cost},
    domains::Domain,
    errors::Failure,
    scalars::Id,
    webhooks::Webhook,
};

/// A member's role, from most to least.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "DomainRole")]
pub enum Role {
    /// Owns the studio: everything, members and keys included.
    Owner,
    /// Runs the business: catalogue, prices, orders, money.
    Manager,
    /// Makes the music: catalogue and files; no prices, no money.
    Engineer,
    /// Sees what they take part in.
    Collaborator,
    /// Looks, changes nothing, sees no money and no buyers.
    Viewer,
}

/// What an API key may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "DomainScope")]
pub enum Scope {
    /// Reads the catalogue.
    CatalogRead,
    /// Changes the catalogue and uploads files.
    CatalogWrite,
    /// Reads orders, licences and deliveries.
    SalesRead,
    /// Changes prices and tiers, retries deliveries; takes royalty statements in, writes terms and charges, and reckons runs. Runs are approved by persons.
    SalesWrite,
    /// Reads the ledger, and royalties.
    LedgerRead,
}

/// What becomes of a sale of a beat of several makers who have not signed their split.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "DomainUnsignedSplits")]
pub enum UnsignedSplits {
    /// There is none: such a beat is not on sale.
    Refuse,
    /// It is sold, and the makers' money waits until they have signed.
    Park,
}

/// The colour of a studio's public pages: each is legible by day and by night.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "DomainAccent")]
pub enum Accent {
    /// Blue.
    Cobalt,
    /// Dark yellow.
    Gold,
    /// Next to black, by night next to white.
    Ink,
    /// Green.
    Moss,
    /// Pink.
    Rose,
    /// Between green and blue.
    Teal,
    /// Violet.
    Violet,
}

/// The signed-in person.
#[derive(Debug)]
pub struct Me {
    /// The account.
    pub user: user::Model,
    /// What they may see. The request itself may have come without a sign-in: the one that signs in.
    pub seen_by: Ctx,
}

#[Object]
impl Me {
    /// The account's id.
    async fn id(&self) -> Id<UserId> {
        self.user.id.into()
    }

    /// The name.
    async fn name(&self) -> &str {
        &self.user.name
    }

    /// The address.
    async fn email(&self) -> &str {
        self.user.email.as_str()
    }

    /// Whether the address was proved by a mailed link.
    async fn email_verified(&self) -> bool {
        self.user.email_verified_at.is_some()
    }

    /// The studios that the person belongs to, newest first.
    #[graphql(complexity = "1 + 5 * child_complexity")]
    async fn studios(&self, ctx: &Context<'_>) -> Result<Vec<Studio>, Failure> {
        let caller = caller(ctx)?;
        let rows = queries::list_studios(&caller.services.db, &self.seen_by).await?;
        Ok(rows.into_iter().map(|row| Studio { row, seen_by: self.seen_by.clone() }).collect())
    }

    /// The second factor that signing in asks for; none if it is not on.
    async fn second_factor(&self, ctx: &Context<'_>) -> Result<Option<SecondFactor>, Failure> {
        let caller = caller(ctx)?;
        Ok(queries::find_second_factor(&caller.services.db, &self.seen_by).await?.map(SecondFactor::from))
    }

    /// The passkeys that open the account, newest first.
    #[graphql(complexity = "1 + 5 * child_complexity")]
    async fn passkeys(&self, ctx: &Context<'_>) -> Result<Vec<Passkey>, Failure> {
        let caller = caller(ctx)?;
        let rows = queries::list_passkeys(&caller.services.db, &self.seen_by).await?;
        Ok(rows.into_iter().map(Passkey::from).collect())
    }

    /// The devices that are signed in, newest first.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    async fn sign_ins(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Connection<SignIn>, Failure> {
        let caller = caller(ctx)?;
        let rows =
            queries::list_sign_ins(&caller.services.db, &self.seen_by, page(first, after, last, before)?).await?;
        let present = caller.sign_in;
        Ok(connection(rows, |row| row.id, |row| SignIn::of(row, present)))
    }
}

/// A second factor: signing in asks for a code as well as the password.
#[derive(Debug, SimpleObject)]
pub struct SecondFactor {
    /// Since when.
    pub since: DateTime<Utc>,
    /// How many recovery codes are left.
    pub recovery_codes_left: i32,
}

impl From<SecondFactorFacts> for SecondFactor {
    fn from(facts: SecondFactorFacts) -> Self {
        Self { since: facts.since, recovery_codes_left: i32::try_from(facts.recovery_codes_left).unwrap_or(i32::MAX) }
    }
}

/// A device that is or was signed in.
#[derive(Debug, SimpleObject)]
pub struct SignIn {
    /// The id.
    pub id: Id<SignInId>,
    /// What its program called itself.
    pub user_agent: String,
    /// Which program that is, such as a browser; none if it is not known.
    pub program: Option<&'static str>,
    /// What it runs on; none if it does not say.
    pub system: Option<&'static str>,
    /// The network address it came from.
    pub ip: String,
    /// When it signed in.
    pub created_at: DateTime<Utc>,
    /// When its tokens were last renewed.
    pub last_seen_at: DateTime<Utc>,
    /// When it ended; none while it is alive.
    pub ended_at: Option<DateTime<Utc>>,
    /// Whether it is the one that asks.
    pub is_this_one: bool,
}

impl SignIn {
    pub(super) fn of(row: sign_in::Model, present: Option<SignInId>) -> Self {
        Self {
            is_this_one: Some(row.id) == present,
            id: row.id.into(),
            program: devices::program_of(&row.user_agent),
            system: devices::system_of(&row.user_agent),
            user_agent: row.user_agent,
            ip: row.ip,
            created_at: row.created_at,
            last_seen_at: row.last_seen_at,
            ended_at: row.revoked_at,
        }
    }
}

/// A studio, seen from inside.
#[derive(Debug)]
pub struct Studio {
    /// The studio.
    pub row: studio::Model,
    /// Who looks at it; see [`Me::seen_by`].
    pub seen_by: Ctx,
}

#[Object]
impl Studio {
    /// The id.
    async fn id(&self) -> Id<StudioId> {
        self.row.id.into()
    }

    /// Its word in addresses.
    async fn slug(&self) -> &str {
        &self.row.slug
    }

    /// Its name.
    async fn name(&self) -> &str {
        &self.row.name
    }

    /// Its own currency, an ISO 4217 code: everything on sale has a price in it, whatever else it is sold in.
    async fn currency(&self) -> &str {
        self.row.currency.code()
    }

    /// Where it is reached.
    async fn contact_email(&self) -> &str {
        self.row.contact_email.as_str()
    }

    /// Its legal name, where it differs.
    async fn legal_name(&self) -> Option<&str> {
        self.row.legal_name.as_deref()
    }

    /// Its postal address.
    async fn address(&self) -> Option<&str> {
        self.row.address.as_deref()
    }

    /// Whose law governs its contracts; completes "governed by the law of …".
    async fn governing_law(&self) -> &str {
        &self.row.governing_law
    }

    /// What becomes of sales of beats of several makers who have not signed their split.
    async fn unsigned_splits(&self) -> UnsignedSplits {
        self.row.unsigned_splits.into()
    }

    /// The colour of its public pages; none for the house's own.
    async fn accent(&self) -> Option<Accent> {
        self.row.accent.map(Into::into)
    }

    /// When it was founded.
    async fn created_at(&self) -> DateTime<Utc> {
        self.row.created_at
    }

    /// Since when it is closed, and why; none if it is open. Of a closed studio everything is read, and nothing is changed, sold or booked.
    async fn closure(&self, ctx: &Context<'_>) -> Result<Option<StudioClosure>, Failure> {
        let found = queries::find_closure(&caller(ctx)?.services.db, &self.seen_by, self.row.id).await?;
        Ok(found.map(StudioClosure::from))
    }

    /// The caller's role in it; none for an API key.
    async fn my_role(&self) -> Option<Role> {
        self.seen_by.actor.role_in(self.row.id).map(Role::from)
    }

    /// Its members, newest accounts first.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    async fn members(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Connection<Member>, Failure> {
        let caller = caller(ctx)?;
        let request = page(first, after, last, before)?;
        let rows = queries::list_members(&caller.services.db, &self.seen_by, self.row.id, request).await?;
        Ok(connection(rows, |row| row.member.user_id, Member::from))
    }

    /// Its invitations of any state, newest first. For owners.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    async fn invitations(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Connection<Invitation>, Failure> {
        let caller = caller(ctx)?;
        let request = page(first, after, last, before)?;
        let rows = queries::list_invitations(&caller.services.db, &self.seen_by, self.row.id, request).await?;
        Ok(connection(rows, |row| row.id, Invitation::from))
    }

    /// Its API keys, revoked ones too, newest first. For owners.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    async fn api_keys(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Connection<ApiKey>, Failure> {
        let caller = caller(ctx)?;
        let request = page(first, after, last, before)?;
        let rows = queries::list_api_keys(&caller.services.db, &self.seen_by, self.row.id, request).await?;
        Ok(connection(rows, |row| row.id, ApiKey::from))
    }

    /// The domains that it claims, newest first. For owners.
    async fn domains(&self, ctx: &Context<'_>) -> Result<Vec<Domain>, Failure> {
        let services = &caller(ctx)?.services;
        let rows = list_domains(&services.db, &self.seen_by, self.row.id).await?;
        Ok(rows.into_iter().map(|row| Domain::of(row, services.platform_url())).collect())
    }

    /// Where its events are sent, newest first. For owners.
    async fn webhooks(&self, ctx: &Context<'_>) -> Result<Vec<Webhook>, Failure> {
        let rows = list_webhooks(&caller(ctx)?.services.db, &self.seen_by, self.row.id).await?;
        Ok(rows.into_iter().map(Webhook::from).collect())
    }
}

/// That a studio is closed.
#[derive(Debug, SimpleObject)]
pub struct StudioClosure {
    /// Since when.
    pub closed_at: DateTime<Utc>,
    /// The account of the owner who has closed it; none if whoever operates the program has.
    pub closed_by: Option<Id<UserId>>,
    /// Why, in their words.
    pub reason: Option<String>,
}

impl From<closure::Model> for StudioClosure {
    fn from(row: closure::Model) -> Self {
        Self { closed_at: row.closed_at, closed_by: row.closed_by.map(Id::from), reason: row.reason }
    }
}

/// A person in a studio.
#[derive(Debug, SimpleObject)]
pub struct Member {
    /// The account's id.
    pub user_id: Id<UserId>,
    /// The person's name.
    pub name: String,
    /// Their address.
    pub email: String,
    /// As what.
    pub role: Role,
    /// Since when.
    pub joined_at: DateTime<Utc>,
}

impl From<MemberFacts> for Member {
    fn from(facts: MemberFacts) -> Self {
        Self {
            user_id: facts.member.user_id.into(),
            name: facts.name,
            email: facts.email.as_str().to_owned(),
            role: facts.member.role.into(),
            joined_at: facts.member.joined_at,
        }
    }
}

/// An invitation to join a studio.
#[derive(Debug, SimpleObject)]
pub struct Invitation {
    /// The id.
    pub id: Id<InvitationId>,
    /// Who is invited.
    pub email: String,
    /// As what.
    pub role: Role,
    /// When.
    pub created_at: DateTime<Utc>,
    /// Until when the link holds.
    pub expires_at: DateTime<Utc>,
    /// When it was accepted.
    pub accepted_at: Option<DateTime<Utc>>,
    /// When it was taken back.
    pub revoked_at: Option<DateTime<Utc>>,
}

impl From<invitation::Model> for Invitation {
    fn from(row: invitation::Model) -> Self {
        Self {
            id: row.id.into(),
            email: row.email.as_str().to_owned(),
            role: row.role.into(),
            created_at: row.created_at,
            expires_at: row.expires_at,
            accepted_at: row.accepted_at,
            revoked_at: row.revoked_at,
        }
    }
}

/// What an invitation's link is about.
#[derive(Debug, SimpleObject)]
pub struct InvitationPreview {
    /// The studio's name.
    pub studio_name: String,
    /// Who invites.
    pub invited_by: String,
    /// Who is invited.
    pub email: String,
    /// As what.
    pub role: Role,
    /// Until when the link holds.
    pub expires_at: DateTime<Utc>,
    /// Whether the invited address has an account, which must sign in to accept.
    pub has_account: bool,
}

impl From<InvitationFacts> for InvitationPreview {
    fn from(facts: InvitationFacts) -> Self {
        Self {
            studio_name: facts.studio_name,
            invited_by: facts.invited_by,
            email: facts.invitation.email.as_str().to_owned(),
            role: facts.invitation.role.into(),
            expires_at: facts.invitation.expires_at,
            has_account: facts.has_account,
        }
    }
}

/// A program's key.
#[derive(Debug, SimpleObject)]
pub struct ApiKey {
    /// The id.
    pub id: Id<ApiKeyId>,
    /// What the studio calls it.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<Scope>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was revoked; none while it is good.
    pub revoked_at: Option<DateTime<Utc>>,
}

impl From<api_key::Model> for ApiKey {
    fn from(row: api_key::Model) -> Self {
        Self {
            scopes: queries::scopes(&row).into_iter().map(Scope::from).collect(),
            id: row.id.into(),
            name: row.name,
            created_at: row.created_at,
            revoked_at: row.revoked_at,
        }
    }
}
