//! Notes on parties. Whoever wrote one may change or take it back, nobody else; what was there before is not kept.

use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect,
};

use super::{
    PartyError, commands::lock_present, details, queries::find_party_as, records::note, succession::family_of,
};
use crate::{
    actor::Ctx,
    free_downloads::entity::consent,
    ids::{MailingConsentId, PartyId, PartyNoteId},
    page::{self, Page, PageRequest},
    policy::{Action, visible},
    store::{Db, Tx},
};

/// Writes a note on a party.
///
/// # Errors
/// If the actor may not, the party was merged or erased, or the note says nothing or is too long.
pub async fn add_note(tx: &Tx, ctx: &Ctx, party: PartyId, words: &str) -> Result<note::Model, PartyError> {
    let words = details::note(words)?;
    let party = lock_present(tx, ctx, Action::ManageClients, party).await?;
    let row = note::ActiveModel {
        id: Set(ctx.env.id()),
        party_id: Set(party.id),
        studio_id: Set(party.studio_id),
        words: Set(words),
        written_by: Set(ctx.actor.user()),
        written_at: Set(ctx.env.now()),
        edited_at: Set(None),
    };
    Ok(row.insert(tx).await?)
}

/// Changes a note of one's own.
///
/// # Errors
/// If it is somebody else's, or says nothing or is too long.
pub async fn edit_note(tx: &Tx, ctx: &Ctx, id: PartyNoteId, words: &str) -> Result<note::Model, PartyError> {
    let words = details::note(words)?;
    let own = lock_own(tx, ctx, id).await?;
    if own.words == words {
        return Ok(own);
    }
    let row = note::ActiveModel { words: Set(words), edited_at: Set(Some(ctx.env.now())), ..own.into_active_model() };
    Ok(row.update(tx).await?)
}

/// Takes a note of one's own back.
///
/// # Errors
/// If it is somebody else's.
pub async fn delete_note(tx: &Tx, ctx: &Ctx, id: PartyNoteId) -> Result<PartyId, PartyError> {
    let own = lock_own(tx, ctx, id).await?;
    let party = own.party_id;
    note::Entity::delete_by_id(own.id).exec(tx).await?;
    Ok(party)
}

/// A note that the actor wrote, held until the end of the transaction. What no person wrote belongs to all who may write.
async fn lock_own(tx: &Tx, ctx: &Ctx, id: PartyNoteId) -> Result<note::Model, PartyError> {
    let found = note::Entity::find_by_id(id).lock_exclusive().one(tx).await?;
    let found = visible(&ctx.actor, Action::ManageClients, found, |note| note.studio_id)?.ok_or(PartyError::NoNote)?;
    let is_own = found.written_by.is_none() || found.written_by == ctx.actor.user();
    if is_own { Ok(found) } else { Err(PartyError::NotAuthor) }
}

/// The notes on a party and on those that were merged into it, newest first.
///
/// # Errors
/// If the actor may not, or there is no such party.
pub async fn list_notes(
    db: &Db,
    ctx: &Ctx,
    party: PartyId,
    request: PageRequest<PartyNoteId>,
) -> Result<Page<note::Model>, PartyError> {
    let party = find_party_as(db, ctx, Action::ReadClients, party).await?;
    let family = family_of(db, party.id).await?;
    let query = note::Entity::find().filter(note::Column::PartyId.is_in(family));
    Ok(page::fetch(db, query, note::Column::Id, request).await?)
}

/// The consents to be mailed of a party and of those that were merged into it, newest first, withdrawn ones among them.
///
/// # Errors
/// If the actor may not, or there is no such party.
pub async fn list_consents(
    db: &Db,
    ctx: &Ctx,
    party: PartyId,
    request: PageRequest<MailingConsentId>,
) -> Result<Page<consent::Model>, PartyError> {
    let party = find_party_as(db, ctx, Action::ReadClients, party).await?;
    let family = family_of(db, party.id).await?;
    let query = consent::Entity::find().filter(consent::Column::PartyId.is_in(family));
    Ok(page::fetch(db, query, consent::Column::Id, request).await?)
}
