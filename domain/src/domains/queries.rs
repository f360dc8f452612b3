//! Reading domains.

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use super::{DomainError, entity::claim};
use crate::{
    actor::Ctx,
    identity::entity::studio,
    ids::{DomainId, StudioId},
    policy::{Action, require, require_standing},
    report::StoreError,
    services::Services,
    store::Db,
};

/// The shop that stands at a domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Home {
    /// Whose it is.
    pub studio: StudioId,
    /// The studio's word in addresses.
    pub slug: String,
}

/// The domains that a studio claims, the newest first.
pub async fn list_domains(db: &Db, ctx: &Ctx, studio: StudioId) -> Result<Vec<claim::Model>, DomainError> {
    require_standing(&ctx.actor, Action::ManageStudio, studio)?;
    let claims = claim::Entity::find().filter(claim::Column::StudioId.eq(studio));
    Ok(claims.order_by_desc(claim::Column::Id).all(db).await?)
}

/// A domain that a studio claims.
pub async fn find_domain(
    db: &impl ConnectionTrait,
    ctx: &Ctx,
    studio: StudioId,
    id: DomainId,
) -> Result<claim::Model, DomainError> {
    require(&ctx.actor, Action::ManageStudio, studio)?;
    let found = claim::Entity::find_by_id(id).filter(claim::Column::StudioId.eq(studio)).one(db).await?;
    found.ok_or(DomainError::NotFound)
}

/// The claim by which a host is a studio's own.
pub(super) async fn find_verified(db: &impl ConnectionTrait, host: &str) -> Result<Option<claim::Model>, StoreError> {
    let proved = claim::Entity::find().filter(claim::Column::VerifiedAt.is_not_null());
    Ok(proved.filter(claim::Column::Host.eq(host)).one(db).await?)
}

/// The domain that a studio's shop is at; none if it has none of its own.
pub async fn find_domain_of(db: &impl ConnectionTrait, studio: StudioId) -> Result<Option<claim::Model>, StoreError> {
    let proved = claim::Entity::find().filter(claim::Column::VerifiedAt.is_not_null());
    Ok(proved.filter(claim::Column::StudioId.eq(studio)).one(db).await?)
}

/// The shop that stands at a host, which is in lower case; none if nobody has proved that it is theirs.
pub async fn find_home(db: &Db, host: &str) -> Result<Option<Home>, StoreError> {
    let Some(claim) = find_verified(db, host).await? else { return Ok(None) };
    let studio = studio::Entity::find_by_id(claim.studio_id).one(db).await?;
    Ok(studio.map(|studio| Home { studio: studio.id, slug: studio.slug }))
}

/// What the mail about a domain says whose record was missing for too long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LostDomain {
    /// Whose it was.
    pub studio: studio::Model,
    /// The claim, which can be proved again.
    pub claim: claim::Model,
}

/// What that mail says; none if the claim is gone, or was proved again meanwhile. For the program itself.
pub async fn find_lost_domain(db: &Db, id: DomainId) -> Result<Option<LostDomain>, StoreError> {
    let lost = claim::Entity::find_by_id(id).filter(claim::Column::VerifiedAt.is_null()).one(db).await?;
    let Some(claim) = lost else { return Ok(None) };
    let studio = studio::Entity::find_by_id(claim.studio_id).one(db).await?;
    Ok(studio.map(|studio| LostDomain { studio, claim }))
}

/// What a running program holds, as it is reached where a studio's shop is: at its own domain, or, without one, where it was.
pub async fn at_home_of(services: &Services, studio: StudioId) -> Result<Services, StoreError> {
    if services.home.as_ref().is_some_and(|home| home.studio == studio) {
        return Ok(services.clone());
    }
    let own = find_domain_of(&services.db, studio).await?;
    Ok(own.map_or_else(|| services.clone(), |own| services.at_home(studio, &own.host)))
}
