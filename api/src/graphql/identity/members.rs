//! Members and invitations.

use async_graphql::{Context, Object};
use domain::{
    actor::Role as DomainRole,
    identity::{IdentityError, commands, queries},
    ids::{InvitationId, StudioId, UserId},
};

use super::{
    email,
    security::require_proved,
    slowly,
    types::{Invitation, Member, Role},
};
use crate::{
    graphql::{caller, errors::Failure, scalars::Id},
    payload,
};

payload! {
    /// What came of `inviteMember`.
    pub struct InviteMemberPayload {
        /// The invitation; its mail is on the way.
        invitation: Invitation,
    }
}

payload! {
    /// What came of `revokeInvitation`.
    pub struct RevokeInvitationPayload {
        /// The invitation, taken back.
        invitation: Invitation,
    }
}

payload! {
    /// What came of accepting an invitation.
    pub struct AcceptInvitationPayload {
        /// The studio. Its inside is open to the next request.
        studio_id: Id<StudioId>,
    }
}

payload! {
    /// What came of `changeMemberRole`.
    pub struct ChangeMemberRolePayload {
        /// The member.
        member: Member,
    }
}

payload! {
    /// What came of `removeMember`.
    pub struct RemoveMemberPayload {
        /// Who was removed.
        user_id: Id<UserId>,
    }
}

/// Mutations of members.
#[derive(Debug, Default)]
pub struct MemberMutation;

#[Object]
impl MemberMutation {
    /// Invites an address into a studio, by mail. The link is good for a week.
    async fn invite_member(
        &self,
        ctx: &Context<'_>,
        studio: Id<StudioId>,
        #[graphql(name = "email")] address: String,
        role: Role,
    ) -> Result<InviteMemberPayload, Failure> {
        let caller = caller(ctx)?;
        let outcome = async {
            // Whoever has found an open browser would else come back as an owner of their own making.
            require_proved(caller).await?;
            let (studio, role) = (studio.named("studio")?, DomainRole::from(role));
            let address = email(&address)?;
            let tx = caller.services.begin().await?;
            let row = commands::invite(&tx, &caller.ctx, studio, address, role).await?;
            caller.services.commit(tx).await?;
            Ok::<_, Failure>(row)
        };
        InviteMemberPayload::of(outcome.await)
    }

    /// Takes an invitation back.
    async fn revoke_invitation(
        &self,
        ctx: &Context<'_>,
        studio: Id<StudioId>,
        id: Id<InvitationId>,
    ) -> Result<RevokeInvitationPayload, Failure> {
        let caller = caller(ctx)?;
        let outcome = async {
            let (studio, id) = (studio.named("studio")?, id.named("id")?);
            let tx = caller.services.begin().await?;
            let row = commands::revoke_invitation(&tx, &caller.ctx, studio, id).await?;
            caller.services.commit(tx).await?;
            Ok::<_, Failure>(row)
        };
        RevokeInvitationPayload::of(outcome.await)
    }

    /// Accepts an invitation as the signed-in person, with the token of the mailed link.
    async fn accept_invitation(&self, ctx: &Context<'_>, token: String) -> Result<AcceptInvitationPayload, Failure> {
        let caller = caller(ctx)?;
        let outcome = async {
            let tx = caller.services.begin().await?;
            let studio = commands::accept_invitation(&tx, &caller.ctx, &caller.services.links, &token).await?;
            caller.services.commit(tx).await?;
            Ok::<_, Failure>(studio)
        };
        AcceptInvitationPayload::of(outcome.await)
    }

    /// Accepts an invitation by making an account for the invited address, with the token of the mailed link. Sign in afterwards.
    async fn accept_invitation_as_new(
        &self,
        ctx: &Context<'_>,
        token: String,
        name: String,
        password: String,
    ) -> Result<AcceptInvitationPayload, Failure> {
        let caller = caller(ctx)?;
        let outcome = async {
            let services = &caller.services;
            let now = services.env.now();
            let invited = queries::find_invitation_by_link(&services.db, &services.links, &token, now).await?;
            let env = services.env.clone();
            let new = slowly(move || commands::prepare_new_member(&env, &invited, &name, &password)).await??;
            let tx = services.begin().await?;
            let studio = commands::accept_invitation_as_new(&tx, &caller.ctx, &services.links, &token, new).await?;
            services.commit(tx).await?;
            Ok::<_, Failure>(studio)
        };
        AcceptInvitationPayload::of(outcome.await)
    }

    /// Gives a member another role. The last owner stays one.
    async fn change_member_role(
        &self,
        ctx: &Context<'_>,
        studio: Id<StudioId>,
        user: Id<UserId>,
        role: Role,
    ) -> Result<ChangeMemberRolePayload, Failure> {
        let caller = caller(ctx)?;
        let outcome = async {
            require_proved(caller).await?;
            let (studio, user) = (studio.named("studio")?, user.named("user")?);
            let tx = caller.services.begin().await?;
            commands::change_role(&tx, &caller.ctx, studio, user, role.into()).await?;
            caller.services.commit(tx).await?;
            // The caller may have stepped down just now; what they changed they may still see.
            let system = caller.services.ctx(domain::actor::Actor::System);
            let member = queries::find_member(&caller.services.db, &system, studio, user).await?;
            member.ok_or_else(|| Failure::from(IdentityError::NoMember))
        };
        ChangeMemberRolePayload::of(outcome.await)
    }

    /// Removes a member, and takes back the invitations that they have sent; anybody may remove themselves, and of another it asks for proof as `stepUp` gives it. The last owner cannot go.
    async fn remove_member(
        &self,
        ctx: &Context<'_>,
        studio: Id<StudioId>,
        user: Id<UserId>,
    ) -> Result<RemoveMemberPayload, Failure> {
        let caller = caller(ctx)?;
        let outcome = async {
            let (studio, user) = (studio.named("studio")?, user.named("user")?);
            if caller.ctx.actor.user() != Some(user) {
                require_proved(caller).await?;
            }
            let tx = caller.services.begin().await?;
            commands::remove_member(&tx, &caller.ctx, studio, user).await?;
            caller.services.commit(tx).await?;
            Ok::<_, Failure>(user)
        };
        RemoveMemberPayload::of(outcome.await)
    }
}
