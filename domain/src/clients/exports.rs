//! Clients as lists for other programs.

use std::collections::HashMap;

use interchange::contact::Contact;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use super::{
    ClientError, entity,
    known::{Known, contact_of},
    queries::{ClientFilter, ClientOrder, list_clients},
};
use crate::{
    actor::Ctx,
    ids::{ClientId, PartyId, StudioId},
    page::{Page, PageRequest},
    parties::{self, records::note},
    report::StoreError,
    store::Db,
};

/// A client as address books know them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportedClient {
    /// Who.
    pub contact: Contact,
    /// What address books have no field for, in the order of [`HEADINGS`](super::people::HEADINGS).
    pub further: [String; 8],
}

/// All clients of a studio, newest first, those who were erased left out.
///
/// # Errors
/// If the actor may not.
pub async fn export_clients(db: &Db, ctx: &Ctx, studio: StudioId) -> Result<Vec<ExportedClient>, ClientError> {
    let (mut all, mut request) = (Vec::new(), PageRequest::<ClientId>::largest());
    loop {
        let page = list_clients(db, ctx, studio, &ClientFilter::default(), ClientOrder::Newest, request).await?;
        let Some(last) = page.rows.last().map(|client| client.id) else { return Ok(all) };
        let has_next = page.has_next;
        all.extend(exported(db, page).await?);
        if !has_next {
            return Ok(all);
        }
        request = request.behind(last);
    }
}

/// A page of clients with all that is known of them, by as many queries as one would take.
async fn exported(db: &Db, page: Page<entity::Model>) -> Result<Vec<ExportedClient>, StoreError> {
    let ids: Vec<PartyId> = page.rows.iter().map(|client| client.party_id).collect();
    let mut parties = parties::find_parties_by_ids(db, &ids).await?;
    let mut profiles = parties::profiles_of(db, &ids).await?;
    let mut notes: HashMap<PartyId, Vec<String>> = HashMap::new();
    let of_parties = note::Entity::find().filter(note::Column::PartyId.is_in(ids)).order_by_asc(note::Column::Id);
    for row in of_parties.all(db).await? {
        notes.entry(row.party_id).or_default().push(row.words);
    }
    let client = |client: entity::Model| {
        let party = parties.remove(&client.party_id)?;
        let profile = profiles.remove(&party.id).unwrap_or_default();
        if profile.erased_at.is_some() {
            return None;
        }
        let notes = notes.remove(&party.id).unwrap_or_default();
        let (contact, further) = contact_of(&Known { party, profile, notes, is_client: true }, client.stage);
        Some(ExportedClient { contact, further })
    };
    Ok(page.rows.into_iter().filter_map(client).collect())
}
