//! What is known of accounts, studios and members.

use std::collections::BTreeSet;

use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    Select, sea_query::SelectStatement,
};

use super::{
    IdentityError,
    entity::{
        MailPurpose, api_key, closure, invitation, mail_token, member, passkey, recovery_code, second_factor, sign_in,
        studio, user,
    },
    rules,
};
use crate::{
    actor::{Actor, Ctx, Role, Scope},
    email::EmailAddress,
    env::{Instant, fingerprint},
    ids::{ApiKeyId, InvitationId, MailTokenId, SignInId, StudioId, UserId},
    links::{LinkKey, Purpose},
    page::{self, Page, PageRequest},
    policy::{Action, Denied, require, require_standing},
    report::StoreError,
    store::Db,
};

/// The person behind a sign-in with their memberships, if the sign-in is alive. Asked on each request, so that a revoked sign-in, a changed
/// role and a closed studio count at once.
pub async fn find_signed_in(db: &Db, user: UserId, id: SignInId) -> Result<Option<Actor>, StoreError> {
    let alive = sign_in::Entity::find_by_id(id)
        .filter(sign_in::Column::UserId.eq(user))
        .filter(sign_in::Column::RevokedAt.is_null())
        .one(db)
        .await?;
    if alive.is_none() {
        return Ok(None);
    }
    let rows = member::Entity::find().filter(member::Column::UserId.eq(user)).all(db).await?;
    let studios = rows.iter().map(|row| row.studio_id);
    let closures = closure::Entity::find().filter(closure::Column::StudioId.is_in(studios)).all(db).await?;
    let closed = closures.into_iter().map(|row| row.studio_id).collect();
    let memberships = rows.into_iter().map(|row| (row.studio_id, row.role)).collect();
    Ok(Some(Actor::User { user, memberships, closed }))
}

/// Refuses a signed-in person whose sign-in has not proved whose it is within [`rules::PROOF_LIFE`]: by beginning, or by `step_up`. It asks nothing of who
/// may what: of everybody else the policy decides, and it lets no key near what asks for this.
pub async fn require_proved(db: &Db, ctx: &Ctx, id: Option<SignInId>) -> Result<(), IdentityError> {
    let Some(user) = ctx.actor.user() else { return Ok(()) };
    let id = id.ok_or(IdentityError::StepUpRequired)?;
    let alive = sign_in::Entity::find_by_id(id).filter(sign_in::Column::UserId.eq(user)).one(db).await?;
    let proved_at = alive.map(|row| row.proved_at.unwrap_or(row.created_at));
    match proved_at {
        Some(at) if ctx.env.now() < at + rules::PROOF_LIFE => Ok(()),
        _ => Err(IdentityError::StepUpRequired),
    }
}

/// The second factor of an account that asks for one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SecondFactorFacts {
    /// Since when.
    pub since: Instant,
    /// How many recovery codes are left.
    pub recovery_codes_left: u64,
}

/// The signed-in person's own second factor; none if it is not on.
pub async fn find_second_factor(db: &Db, ctx: &Ctx) -> Result<Option<SecondFactorFacts>, StoreError> {
    let Some(user) = ctx.actor.user() else { return Ok(None) };
    let row = second_factor::Entity::find_by_id(user).one(db).await?;
    let Some(since) = row.and_then(|row| row.confirmed_at) else { return Ok(None) };
    let left = recovery_code::Entity::find()
        .filter(recovery_code::Column::UserId.eq(user))
        .filter(recovery_code::Column::UsedAt.is_null());
    Ok(Some(SecondFactorFacts { since, recovery_codes_left: left.count(db).await? }))
}

/// The signed-in person's own passkeys, newest first: never more than [`rules::PASSKEYS_MAX`].
pub async fn list_passkeys(db: &Db, ctx: &Ctx) -> Result<Vec<passkey::Model>, StoreError> {
    let Some(user) = ctx.actor.user() else { return Ok(Vec::new()) };
    let own = passkey::Entity::find().filter(passkey::Column::UserId.eq(user));
    Ok(own.order_by_desc(passkey::Column::Id).all(db).await?)
}

/// The program behind a key's secret, if the key is not revoked and its studio is not closed.
pub async fn find_api_key_actor(db: &Db, secret: &str) -> Result<Option<Actor>, StoreError> {
    let row = api_key::Entity::find()
        .filter(api_key::Column::Fingerprint.eq(fingerprint(secret)))
        .filter(api_key::Column::RevokedAt.is_null())
        .filter(api_key::Column::StudioId.not_in_subquery(closed_studios()))
        .one(db)
        .await?;
    Ok(row.map(|row| Actor::ApiKey { key: row.id, studio: row.studio_id, scopes: scopes(&row) }))
}

/// What a key may do. A word that this version does not know opens nothing.
pub fn scopes(key: &api_key::Model) -> BTreeSet<Scope> {
    let words = key.scopes.as_array().map(Vec::as_slice).unwrap_or_default();
    words.iter().filter_map(|word| serde_json::from_value(word.clone()).ok()).collect()
}

/// The signed-in person's own account; none if nobody is signed in.
pub async fn find_me(db: &Db, ctx: &Ctx) -> Result<Option<user::Model>, StoreError> {
    let Some(id) = ctx.actor.user() else { return Ok(None) };
    Ok(user::Entity::find_by_id(id).one(db).await?)
}

/// An account that is given a password, and what the studios are called that it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasswordOwner {
    /// The account.
    pub user: user::Model,
    /// The names of its studios.
    pub studios: Vec<String>,
}

/// The signed-in person's own account, to be given another password; none if nobody is signed in.
pub async fn find_password_owner(db: &Db, ctx: &Ctx) -> Result<Option<PasswordOwner>, StoreError> {
    let Some(user) = find_me(db, ctx).await? else { return Ok(None) };
    Ok(Some(with_studios(db, user).await?))
}

async fn with_studios(db: &Db, user: user::Model) -> Result<PasswordOwner, StoreError> {
    let joined = member::Entity::find().filter(member::Column::UserId.eq(user.id));
    let joined = joined.select_only().column(member::Column::StudioId).into_query();
    let names = studio::Entity::find().filter(studio::Column::Id.in_subquery(joined));
    let studios = names.select_only().column(studio::Column::Name).into_tuple().all(db).await?;
    Ok(PasswordOwner { user, studios })
}

/// Whether whoever acts has shown that the e-mail address of their account is theirs. Behind a key stand the owners of its studio: it is enough
/// that one of them has.
pub async fn has_confirmed_address(
    db: &impl ConnectionTrait,
    actor: &Actor,
    studio: StudioId,
) -> Result<bool, StoreError> {
    let confirmed = user::Entity::find().filter(user::Column::EmailVerifiedAt.is_not_null());
    let found = match actor {
        Actor::System => return Ok(true),
        Actor::User { user, .. } => confirmed.filter(user::Column::Id.eq(*user)).count(db).await?,
        Actor::ApiKey { .. } => {
            let owners = member::Entity::find()
                .select_only()
                .column(member::Column::UserId)
                .filter(member::Column::StudioId.eq(studio))
                .filter(member::Column::Role.eq(Role::Owner))
                .into_query();
            confirmed.filter(user::Column::Id.in_subquery(owners)).count(db).await?
        }
        Actor::Anonymous | Actor::Buyer { .. } | Actor::Signer { .. } => 0,
    };
    Ok(found > 0)
}

/// A studio, seen from inside.
pub async fn find_studio(db: &Db, ctx: &Ctx, id: StudioId) -> Result<studio::Model, IdentityError> {
    require(&ctx.actor, Action::ReadStudio, id)?;
    Ok(studio::Entity::find_by_id(id).one(db).await?.ok_or(Denied::Stranger)?)
}

/// Since when a studio is closed, by whom and why; none if it is open.
pub async fn find_closure(db: &Db, ctx: &Ctx, id: StudioId) -> Result<Option<closure::Model>, IdentityError> {
    require(&ctx.actor, Action::ReadStudio, id)?;
    Ok(closure::Entity::find_by_id(id).one(db).await?)
}

/// Refuses what anybody may ask of a studio, such as its shop, of one that is closed. Whoever writes holds it open, too.
pub async fn require_open(db: &impl ConnectionTrait, id: StudioId) -> Result<Result<(), Denied>, StoreError> {
    let closed = closure::Entity::find_by_id(id).one(db).await?;
    Ok(if closed.is_some() { Err(Denied::Closed) } else { Ok(()) })
}

/// The studios that are closed, within a query: what would remind, charge or warn by itself leaves theirs out.
pub(crate) fn closed_studios() -> SelectStatement {
    closure::Entity::find().select_only().column(closure::Column::StudioId).into_query()
}

/// The studios that the actor belongs to, newest first.
pub async fn list_studios(db: &Db, ctx: &Ctx) -> Result<Vec<studio::Model>, StoreError> {
    let ids: Vec<StudioId> = match &ctx.actor {
        Actor::User { memberships, .. } => memberships.iter().map(|(id, _)| *id).collect(),
        Actor::ApiKey { studio, scopes, .. } if scopes.contains(&Scope::CatalogRead) => vec![*studio],
        _ => Vec::new(),
    };
    let query = studio::Entity::find().filter(studio::Column::Id.is_in(ids));
    Ok(query.order_by_desc(studio::Column::Id).all(db).await?)
}

/// A member with their account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberFacts {
    /// The membership.
    pub member: member::Model,
    /// The person's name.
    pub name: String,
    /// Their address.
    pub email: EmailAddress,
}

/// The members of a studio, newest accounts first.
pub async fn list_members(
    db: &Db,
    ctx: &Ctx,
    studio: StudioId,
    request: PageRequest<UserId>,
) -> Result<Page<MemberFacts>, IdentityError> {
    require(&ctx.actor, Action::ReadMembers, studio)?;
    let query = member::Entity::find().filter(member::Column::StudioId.eq(studio));
    let page = page::fetch(db, query, member::Column::UserId, request).await?;
    let ids: Vec<UserId> = page.rows.iter().map(|row| row.user_id).collect();
    let users = user::Entity::find().filter(user::Column::Id.is_in(ids)).all(db).await?;
    let facts = |member: member::Model| {
        let user = users.iter().find(|user| user.id == member.user_id)?;
        Some(MemberFacts { name: user.name.clone(), email: user.email.clone(), member })
    };
    let Page { rows, has_previous, has_next } = page;
    // A membership's account is there by foreign key; one that goes between the two reads is left out.
    Ok(Page { rows: rows.into_iter().filter_map(facts).collect(), has_previous, has_next })
}

/// One member of a studio.
pub async fn find_member(
    db: &Db,
    ctx: &Ctx,
    studio: StudioId,
    id: UserId,
) -> Result<Option<MemberFacts>, IdentityError> {
    require(&ctx.actor, Action::ReadMembers, studio)?;
    let row = member::Entity::find_by_id((studio, id)).one(db).await?;
    let user = user::Entity::find_by_id(id).one(db).await?;
    Ok(row.zip(user).map(|(member, user)| MemberFacts { member, name: user.name, email: user.email }))
}

/// Whether an address is a member's.
pub(super) async fn is_member(
    db: &impl ConnectionTrait,
    studio: StudioId,
    email: &EmailAddress,
) -> Result<bool, StoreError> {
    let user = user::Entity::find().filter(user::Column::EmailKey.eq(email.account_key())).one(db).await?;
    let Some(user) = user else { return Ok(false) };
    Ok(member::Entity::find_by_id((studio, user.id)).one(db).await?.is_some())
}

/// A studio's invitations of any state, newest first.
pub async fn list_invitations(
    db: &Db,
    ctx: &Ctx,
    studio: StudioId,
    request: PageRequest<InvitationId>,
) -> Result<Page<invitation::Model>, IdentityError> {
    require_standing(&ctx.actor, Action::ManageMembers, studio)?;
    let query = invitation::Entity::find().filter(invitation::Column::StudioId.eq(studio));
    Ok(page::fetch(db, query, invitation::Column::Id, request).await?)
}

/// A studio's keys, revoked ones too, newest first.
pub async fn list_api_keys(
    db: &Db,
    ctx: &Ctx,
    studio: StudioId,
    request: PageRequest<ApiKeyId>,
) -> Result<Page<api_key::Model>, IdentityError> {
    require_standing(&ctx.actor, Action::ManageApiKeys, studio)?;
    let query = api_key::Entity::find().filter(api_key::Column::StudioId.eq(studio));
    Ok(page::fetch(db, query, api_key::Column::Id, request).await?)
}

/// The signed-in person's own sign-ins that are alive, newest first.
pub async fn list_sign_ins(
    db: &Db,
    ctx: &Ctx,
    request: PageRequest<SignInId>,
) -> Result<Page<sign_in::Model>, IdentityError> {
    let user = ctx.actor.user().ok_or(Denied::Unauthenticated)?;
    // What was not renewed in time, or for the last time, opens nothing any more, though nobody has ended it.
    let now = ctx.env.now();
    let query = sign_in::Entity::find()
        .filter(sign_in::Column::UserId.eq(user))
        .filter(sign_in::Column::RevokedAt.is_null())
        .filter(sign_in::Column::LastSeenAt.gt(now - rules::REFRESH_TOKEN_LIFE))
        .filter(sign_in::Column::CreatedAt.gt(now - rules::SIGN_IN_LIFE - rules::ACCESS_TOKEN_LIFE));
    Ok(page::fetch(db, query, sign_in::Column::Id, request).await?)
}

/// What a mail with a link says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailTokenFacts {
    /// The token.
    pub id: MailTokenId,
    /// To whom.
    pub to: EmailAddress,
    /// Their name.
    pub name: String,
    /// What for.
    pub purpose: MailPurpose,
    /// Until when the link holds.
    pub expires_at: Instant,
    /// Whether the link was used: then there is nothing left to mail.
    pub used: bool,
}

impl MailTokenFacts {
    /// Where the mail's link leads: the page that spends it. A notice without a link leads to the page that resets passwords.
    pub fn url(&self, public_url: &str, links: &LinkKey) -> String {
        let token = |purpose| links.token(purpose, self.id, Some(self.expires_at));
        match self.purpose {
            MailPurpose::VerifyEmail => format!("{public_url}/account/verify?token={}", token(Purpose::VerifyEmail)),
            MailPurpose::ResetPassword => format!("{public_url}/account/reset?token={}", token(Purpose::ResetPassword)),
            MailPurpose::AccountExists => format!("{public_url}/account/forgotten"),
        }
    }
}

/// What a mail with a link says; none if there is no such token. For the program itself: it is asked by the job that sends the mail.
pub async fn find_mail_token(db: &Db, id: MailTokenId) -> Result<Option<MailTokenFacts>, StoreError> {
    let Some(token) = mail_token::Entity::find_by_id(id).one(db).await? else { return Ok(None) };
    let user = user::Entity::find_by_id(token.user_id).one(db).await?;
    Ok(user.map(|user| MailTokenFacts {
        id,
        to: user.email,
        name: user.name,
        purpose: token.purpose,
        expires_at: token.expires_at,
        used: token.used_at.is_some(),
    }))
}

/// The account that a mail about it goes to; none once it is closed. For the program itself: it is asked by the job that sends the mail.
pub async fn find_open_account(db: &Db, id: UserId) -> Result<Option<user::Model>, StoreError> {
    Ok(open_accounts(id).one(db).await?)
}

/// The account of an id unless it is closed, as a query.
pub(super) fn open_accounts(id: UserId) -> Select<user::Entity> {
    user::Entity::find_by_id(id).filter(user::Column::PasswordHash.ne(rules::CLOSED_PASSWORD))
}

/// The account that a reset link is for, if the link is good and unused.
pub async fn find_reset(db: &Db, links: &LinkKey, token: &str, now: Instant) -> Result<PasswordOwner, IdentityError> {
    let id: MailTokenId = links.open(Purpose::ResetPassword, token, now)?;
    let row = mail_token::Entity::find_by_id(id).one(db).await?.ok_or(crate::links::LinkError::Forged)?;
    if row.used_at.is_some() {
        return Err(IdentityError::LinkUsed);
    }
    let user = user::Entity::find_by_id(row.user_id).one(db).await?.ok_or(IdentityError::LinkUsed)?;
    Ok(with_studios(db, user).await?)
}

/// What an invitation's mail and page say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvitationFacts {
    /// The invitation.
    pub invitation: invitation::Model,
    /// The studio's name.
    pub studio_name: String,
    /// Where the studio is reached.
    pub studio_email: EmailAddress,
    /// Who invites.
    pub invited_by: String,
    /// Whether the address has an account, which must then sign in to accept.
    pub has_account: bool,
}

impl InvitationFacts {
    /// Where the mail's link leads.
    pub fn url(&self, public_url: &str, links: &LinkKey) -> String {
        let token = links.token(Purpose::Invitation, self.invitation.id, Some(self.invitation.expires_at));
        format!("{public_url}/account/invitation?token={token}")
    }

    /// Whether it can still be accepted.
    pub fn is_open(&self, now: Instant) -> bool {
        let row = &self.invitation;
        row.accepted_at.is_none() && row.revoked_at.is_none() && row.expires_at > now
    }
}

/// What an invitation's mail says; none if there is no such invitation. For the program itself: it is asked by the job that sends the mail.
pub async fn find_invitation_mail(db: &Db, id: InvitationId) -> Result<Option<InvitationFacts>, StoreError> {
    let Some(row) = invitation::Entity::find_by_id(id).one(db).await? else { return Ok(None) };
    let studio = studio::Entity::find_by_id(row.studio_id).one(db).await?;
    let inviter = user::Entity::find_by_id(row.invited_by).one(db).await?;
    let account = user::Entity::find().filter(user::Column::EmailKey.eq(row.email.account_key())).one(db).await?;
    Ok(studio.zip(inviter).map(|(studio, inviter)| InvitationFacts {
        invitation: row,
        studio_name: studio.name,
        studio_email: studio.contact_email,
        invited_by: inviter.name,
        has_account: account.is_some(),
    }))
}

/// What an invitation's link is about, for whoever holds the link.
pub async fn find_invitation_by_link(
    db: &Db,
    links: &LinkKey,
    token: &str,
    now: Instant,
) -> Result<InvitationFacts, IdentityError> {
    let id: InvitationId = links.open(Purpose::Invitation, token, now)?;
    let facts = find_invitation_mail(db, id).await?.ok_or(IdentityError::NoInvitation)?;
    if facts.is_open(now) { Ok(facts) } else { Err(IdentityError::InvitationClosed) }
}
