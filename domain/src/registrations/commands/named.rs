//! Whom facts name: parties of the studio, none of whom was erased before. They are written down beside the facts, for whoever is named in a registration or on
//! a release is credited there, and keeps a name when all else of them is erased.

use std::collections::BTreeSet;

use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};

use crate::{
    ids::{PartyId, ReleaseId, StudioId, WorkId},
    parties::{self, entity as party},
    registrations::{
        RegistrationError,
        entity::{release_party, work_party},
    },
    store::Tx,
};

/// Writes down whom the facts of a release name.
pub(super) async fn on_release(
    tx: &Tx,
    (studio, release): (StudioId, ReleaseId),
    named: &[(String, PartyId)],
) -> Result<(), RegistrationError> {
    let of_release = || release_party::Column::ReleaseId.eq(release);
    let standing = release_party::Entity::find().filter(of_release()).all(tx).await?;
    let standing = standing.into_iter().map(|row| row.party_id).collect();
    let present = require(tx, studio, &standing, named).await?;
    release_party::Entity::delete_many().filter(of_release()).exec(tx).await?;
    let rows = present.into_iter().map(|party| release_party::ActiveModel {
        release_id: Set(release),
        party_id: Set(party),
        studio_id: Set(studio),
    });
    release_party::Entity::insert_many(rows).exec_without_returning(tx).await?;
    Ok(())
}

/// Writes down whom the facts of a work's registration name.
pub(super) async fn in_registration(
    tx: &Tx,
    (studio, work): (StudioId, WorkId),
    named: &[(String, PartyId)],
) -> Result<(), RegistrationError> {
    let of_work = || work_party::Column::WorkId.eq(work);
    let standing = work_party::Entity::find().filter(of_work()).all(tx).await?;
    let standing = standing.into_iter().map(|row| row.party_id).collect();
    let present = require(tx, studio, &standing, named).await?;
    work_party::Entity::delete_many().filter(of_work()).exec(tx).await?;
    let rows = present.into_iter().map(|party| work_party::ActiveModel {
        work_id: Set(work),
        party_id: Set(party),
        studio_id: Set(studio),
    });
    work_party::Entity::insert_many(rows).exec_without_returning(tx).await?;
    Ok(())
}

/// Those who are named, each once. Nobody may be named who was erased, unless they stand there already: those are kept.
async fn require(
    tx: &Tx,
    studio: StudioId,
    standing: &BTreeSet<PartyId>,
    named: &[(String, PartyId)],
) -> Result<BTreeSet<PartyId>, RegistrationError> {
    let ids: Vec<PartyId> = named.iter().map(|(_, party)| *party).collect();
    // Whoever merges or erases one of them waits, and sees that they are named.
    parties::hold_present(tx, studio, &ids).await?;
    let known = party::Entity::find()
        .filter(party::Column::StudioId.eq(studio))
        .filter(party::Column::Id.is_in(ids.iter().copied()))
        .all(tx)
        .await?;
    let known: BTreeSet<PartyId> = known.into_iter().map(|party| party.id).collect();
    let erased = parties::erasures_of(tx, &ids).await?;
    for (field, party) in named {
        if !known.contains(party) {
            return Err(RegistrationError::of(field, "there is no such party", "name a party of the studio"));
        }
        if erased.contains_key(party) && !standing.contains(party) {
            return Err(RegistrationError::of(field, "this party was erased", "leave it out, or name another"));
        }
    }
    Ok(known)
}
