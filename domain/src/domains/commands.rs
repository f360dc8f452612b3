//! What changes domains.

use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};

use super::{
    DomainError,
    entity::claim,
    queries::{find_domain, find_domain_of, find_verified},
    rules,
};
use crate::{
    actor::Ctx,
    acts::{self, NewAct, entity::Act},
    ids::{DomainId, StudioId},
    policy::{Action, require},
    report::StoreError,
    services::Services,
    store::{self, Tx},
};

/// Claims a domain for a studio, whose claim holds nothing until it is proved. Claimed already, it is the same claim.
pub async fn claim_domain(
    tx: &Tx,
    ctx: &Ctx,
    studio: StudioId,
    (host, public_url): (&str, &str),
) -> Result<claim::Model, DomainError> {
    require(&ctx.actor, Action::ManageStudio, studio)?;
    let host = rules::host(host, public_url)?;
    let own = claim::Entity::find().filter(claim::Column::StudioId.eq(studio));
    let same = own.clone().filter(claim::Column::Host.eq(&*host));
    if let Some(standing) = same.clone().one(tx).await? {
        return Ok(standing);
    }
    if find_verified(tx, &host).await?.is_some() {
        return Err(DomainError::Taken { host });
    }
    if own.count(tx).await? >= rules::MAX_CLAIMS {
        return Err(DomainError::TooMany);
    }
    let row = claim::ActiveModel {
        id: Set(ctx.env.id()),
        studio_id: Set(studio),
        host: Set(host),
        token: Set(hex::encode(ctx.env.random::<16>())),
        created_at: Set(ctx.env.now()),
        verified_at: Set(None),
        looked_at: Set(None),
        missed: Set(0),
    };
    let is_new = store::insert_new(tx, row).await?;
    let claim = same.one(tx).await?.ok_or(DomainError::NotFound)?;
    if is_new {
        acts::record(tx, ctx, studio, told(Act::DomainClaimed, &claim)).await?;
    }
    Ok(claim)
}

/// What is done with a domain.
pub(super) fn told(act: Act, claim: &claim::Model) -> NewAct {
    NewAct::of(act).on(claim.id).with("host", &claim.host)
}

/// Looks whether the record of a claim is there, and if it is, the shop is at that domain from now on. Proved already, it stays so, as long as
/// [looks](super::looks) find the record.
pub async fn verify_domain(
    services: &Services,
    ctx: &Ctx,
    studio: StudioId,
    id: DomainId,
) -> Result<claim::Model, DomainError> {
    let claim = find_domain(&services.db, ctx, studio, id).await?;
    if claim.verified_at.is_some() {
        return Ok(claim);
    }
    let record = rules::record_name(&claim.host);
    if !rules::is_proved(&services.dns.texts(&record).await?, &claim.token) {
        return Err(DomainError::NotProved { record, token: claim.token });
    }
    let tx = services.begin().await?;
    let proved = keep_proof(&tx, ctx, claim).await?;
    services.commit(tx).await?;
    tracing::info!(%studio, host = proved.host, "a shop is at a domain of its own");
    Ok(proved)
}

/// Writes down that a claim was proved. Of two who get there at once the database lets one.
async fn keep_proof(tx: &Tx, ctx: &Ctx, claim: claim::Model) -> Result<claim::Model, DomainError> {
    if find_verified(tx, &claim.host).await?.is_some_and(|other| other.id != claim.id) {
        return Err(DomainError::Taken { host: claim.host });
    }
    match find_domain_of(tx, claim.studio_id).await? {
        Some(other) if other.id != claim.id => return Err(DomainError::HasAnother { host: other.host }),
        _ => {}
    }
    let now = Set(Some(ctx.env.now()));
    let proved = claim::ActiveModel { verified_at: now.clone(), looked_at: now, missed: Set(0), ..Default::default() };
    let written = claim::Entity::update_many()
        .set(proved)
        .filter(claim::Column::Id.eq(claim.id))
        .filter(claim::Column::VerifiedAt.is_null())
        .exec(tx)
        .await
        .map_err(StoreError::from);
    match written {
        Err(error) if error.is_unique_violation() => Err(DomainError::Taken { host: claim.host }),
        Err(error) => Err(error.into()),
        Ok(written) => {
            if written.rows_affected > 0 {
                acts::record(tx, ctx, claim.studio_id, told(Act::DomainProved, &claim)).await?;
            }
            // It may be removed meanwhile.
            find_domain(tx, ctx, claim.studio_id, claim.id).await
        }
    }
}

/// Gives a domain up, claimed or proved: the shop is no longer there, and anybody may prove that it is theirs.
pub async fn remove_domain(tx: &Tx, ctx: &Ctx, studio: StudioId, id: DomainId) -> Result<claim::Model, DomainError> {
    let claim = find_domain(tx, ctx, studio, id).await?;
    claim::Entity::delete_by_id(id).exec(tx).await?;
    acts::record(tx, ctx, studio, told(Act::DomainRemoved, &claim)).await?;
    tracing::info!(%studio, host = claim.host, was_proved = claim.verified_at.is_some(), "a domain was given up");
    Ok(claim)
}
