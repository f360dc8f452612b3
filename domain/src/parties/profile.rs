//! What is known of a party beside the books: who looks after its rights, where it is at home, how else it is reached, and where it is found. Those
//! who run the business see and change it; the tax number, those alone who pay and invoice.

use std::collections::HashMap;

use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, sea_query::OnConflict,
};

use super::{
    PartyError,
    commands::lock_present,
    details::{self, Contact, Link, PostalAddress},
    entity, keys,
    queries::find_party_as,
    records::{LinkKind, contact, detail, link, tag, tax},
    succession::{erasures_of, merged_into, successors_of},
};
use crate::{
    actor::Ctx,
    edit::Edit,
    env::Instant,
    ids::PartyId,
    policy::Action,
    report::StoreError,
    store::{Db, Tx},
};

/// What is known of a party beside the books.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Profile {
    /// Who looks after its rights, and its address; none if nothing was told.
    pub details: Option<detail::Model>,
    /// Further ways to reach it, in their order.
    pub contacts: Vec<contact::Model>,
    /// Where it is found, in their order.
    pub links: Vec<link::Model>,
    /// Its tags, in alphabetical order.
    pub tags: Vec<String>,
    /// The party that it was merged into.
    pub merged_into: Option<PartyId>,
    /// The parties that were merged into it.
    pub merged_from: Vec<PartyId>,
    /// When it was erased.
    pub erased_at: Option<Instant>,
}

/// A change of what is known of a party; texts as typed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ProfileChange {
    /// Its performing rights organisation.
    pub pro: Edit<Option<String>>,
    /// Its publisher.
    pub publisher: Edit<Option<String>>,
    /// The publisher's IPI name number.
    pub publisher_ipi: Edit<Option<String>>,
    /// Its address, whole.
    pub address: Edit<PostalAddress>,
    /// Further ways to reach it: all of them.
    pub contacts: Edit<Vec<Contact>>,
    /// Where it is found: all of them.
    pub links: Edit<Vec<Link>>,
    /// Its tags: all of them.
    pub tags: Edit<Vec<String>>,
}

/// Changes what is known of a party. What is given of lists takes the place of all that stood.
///
/// # Errors
/// If the actor may not, the party was merged or erased, or a field cannot be accepted as it is.
pub async fn update_profile(
    tx: &Tx,
    ctx: &Ctx,
    party: PartyId,
    change: ProfileChange,
) -> Result<entity::Model, PartyError> {
    let party = lock_present(tx, ctx, Action::ManageClients, party).await?;
    let standing = detail::Entity::find_by_id(party.id).one(tx).await?;
    let details = changed_details(ctx, &party, standing, &change)?;
    detail::Entity::insert(details.into_active_model()).on_conflict(on_same_party()).exec_without_returning(tx).await?;
    if let Edit::To(contacts) = change.contacts {
        set_contacts(tx, &party, details::contacts(contacts)?).await?;
    }
    if let Edit::To(links) = change.links {
        set_links(tx, &party, details::links(links)?).await?;
    }
    if let Edit::To(tags) = change.tags {
        set_tags(tx, &party, details::tags(&tags)?).await?;
    }
    keys::refresh(tx, &party).await?;
    Ok(party)
}

/// Details that take the place of those of the same party.
pub(crate) fn on_same_party() -> OnConflict {
    OnConflict::column(detail::Column::PartyId)
        .update_columns([
            detail::Column::Pro,
            detail::Column::Publisher,
            detail::Column::PublisherIpi,
            detail::Column::Street,
            detail::Column::City,
            detail::Column::Region,
            detail::Column::Postcode,
            detail::Column::Country,
            detail::Column::UpdatedAt,
        ])
        .to_owned()
}

fn changed_details(
    ctx: &Ctx,
    party: &entity::Model,
    standing: Option<detail::Model>,
    change: &ProfileChange,
) -> Result<detail::Model, PartyError> {
    let standing = standing.unwrap_or_else(|| no_details(ctx, party));
    let (publisher, publisher_ipi) = details::publisher(
        change.publisher.clone().or(standing.publisher.clone()),
        change.publisher_ipi.clone().or(standing.publisher_ipi.clone()),
    )?;
    let pro = match change.pro.clone() {
        Edit::Keep => standing.pro.clone(),
        Edit::To(pro) => details::line("pro", pro, 100)?,
    };
    let mut changed = detail::Model { pro, publisher, publisher_ipi, updated_at: ctx.env.now(), ..standing };
    if let Edit::To(given) = change.address.clone() {
        let (address, country) = details::address(given)?;
        changed.street = address.street;
        changed.city = address.city;
        changed.region = address.region;
        changed.postcode = address.postcode;
        changed.country = country;
    }
    Ok(changed)
}

/// The details of a party of which nothing is known.
pub(crate) fn no_details(ctx: &Ctx, party: &entity::Model) -> detail::Model {
    detail::Model {
        party_id: party.id,
        studio_id: party.studio_id,
        pro: None,
        publisher: None,
        publisher_ipi: None,
        street: None,
        city: None,
        region: None,
        postcode: None,
        country: None,
        updated_at: ctx.env.now(),
    }
}

async fn set_contacts(tx: &Tx, party: &entity::Model, contacts: Vec<Contact>) -> Result<(), StoreError> {
    contact::Entity::delete_many().filter(contact::Column::PartyId.eq(party.id)).exec(tx).await?;
    contact::Entity::insert_many(contact_rows(party, 0, contacts)).exec_without_returning(tx).await?;
    Ok(())
}

/// The rows of accepted contacts, from a place on.
pub(crate) fn contact_rows(
    party: &entity::Model,
    from: i32,
    contacts: Vec<Contact>,
) -> impl Iterator<Item = contact::ActiveModel> {
    let (party_id, studio_id) = (party.id, party.studio_id);
    (from..).zip(contacts).map(move |(position, contact)| contact::ActiveModel {
        party_id: Set(party_id),
        studio_id: Set(studio_id),
        kind: Set(contact.kind),
        value: Set(contact.value),
        label: Set(contact.label),
        position: Set(position),
    })
}

async fn set_links(tx: &Tx, party: &entity::Model, links: Vec<(LinkKind, String)>) -> Result<(), StoreError> {
    link::Entity::delete_many().filter(link::Column::PartyId.eq(party.id)).exec(tx).await?;
    link::Entity::insert_many(link_rows(party, 0, links)).exec_without_returning(tx).await?;
    Ok(())
}

/// The rows of accepted links, from a place on.
pub(crate) fn link_rows(
    party: &entity::Model,
    from: i32,
    links: Vec<(LinkKind, String)>,
) -> impl Iterator<Item = link::ActiveModel> {
    let (party_id, studio_id) = (party.id, party.studio_id);
    (from..).zip(links).map(move |(position, (kind, url))| link::ActiveModel {
        party_id: Set(party_id),
        studio_id: Set(studio_id),
        url: Set(url),
        kind: Set(kind),
        position: Set(position),
    })
}

async fn set_tags(tx: &Tx, party: &entity::Model, tags: Vec<String>) -> Result<(), StoreError> {
    tag::Entity::delete_many().filter(tag::Column::PartyId.eq(party.id)).exec(tx).await?;
    tag::Entity::insert_many(tag_rows(party, tags)).exec_without_returning(tx).await?;
    Ok(())
}

/// The rows of accepted tags.
pub(crate) fn tag_rows(party: &entity::Model, tags: Vec<String>) -> impl Iterator<Item = tag::ActiveModel> {
    let (party_id, studio_id) = (party.id, party.studio_id);
    tags.into_iter().map(move |tag| tag::ActiveModel {
        party_id: Set(party_id),
        studio_id: Set(studio_id),
        tag: Set(tag),
    })
}

/// Sets the number under which a party is taxed; none forgets it.
///
/// # Errors
/// If the actor may not, the party was merged or erased, or number or country cannot be accepted as they are.
pub async fn set_tax(
    tx: &Tx,
    ctx: &Ctx,
    party: PartyId,
    number: Option<(&str, &str)>,
) -> Result<entity::Model, PartyError> {
    let party = lock_present(tx, ctx, Action::ManagePayouts, party).await?;
    tax::Entity::delete_by_id(party.id).exec(tx).await?;
    if let Some((tax_id, country)) = number {
        let tax_id = details::tax_id(tax_id)?;
        let country =
            details::country("country", Some(country.to_owned()))?.ok_or(PartyError::Country { field: "country" })?;
        let row = tax::Model {
            party_id: party.id,
            studio_id: party.studio_id,
            tax_id,
            country,
            set_at: ctx.env.now(),
            set_by: ctx.actor.user(),
        };
        row.into_active_model().insert(tx).await?;
    }
    Ok(party)
}

/// The number under which a party is taxed. For those alone who pay and invoice.
///
/// # Errors
/// If the actor may not, or there is no such party.
pub async fn find_tax(db: &Db, ctx: &Ctx, party: PartyId) -> Result<Option<tax::Model>, PartyError> {
    let party = find_party_as(db, ctx, Action::ManagePayouts, party).await?;
    Ok(tax::Entity::find_by_id(party.id).one(db).await?)
}

/// What is known of parties, by party. For who may see clients: it asks nothing itself.
pub async fn profiles_of(
    db: &impl ConnectionTrait,
    parties: &[PartyId],
) -> Result<HashMap<PartyId, Profile>, StoreError> {
    let ids = || parties.iter().copied();
    let mut profiles: HashMap<PartyId, Profile> = ids().map(|id| (id, Profile::default())).collect();
    for row in detail::Entity::find().filter(detail::Column::PartyId.is_in(ids())).all(db).await? {
        let details = &mut profiles.entry(row.party_id).or_default().details;
        *details = Some(row);
    }
    let contacts = contact::Entity::find()
        .filter(contact::Column::PartyId.is_in(ids()))
        .order_by_asc(contact::Column::Position)
        .order_by_asc(contact::Column::Value);
    for row in contacts.all(db).await? {
        profiles.entry(row.party_id).or_default().contacts.push(row);
    }
    let links = link::Entity::find()
        .filter(link::Column::PartyId.is_in(ids()))
        .order_by_asc(link::Column::Position)
        .order_by_asc(link::Column::Url);
    for row in links.all(db).await? {
        profiles.entry(row.party_id).or_default().links.push(row);
    }
    let tags = tag::Entity::find().filter(tag::Column::PartyId.is_in(ids())).order_by_asc(tag::Column::Tag);
    for row in tags.all(db).await? {
        profiles.entry(row.party_id).or_default().tags.push(row.tag);
    }
    for (party, into) in successors_of(db, ids()).await? {
        profiles.entry(party).or_default().merged_into = Some(into);
    }
    for (party, merged) in merged_into(db, parties).await? {
        profiles.entry(party).or_default().merged_from = merged.into_iter().map(|row| row.party_id).collect();
    }
    for (party, erased) in erasures_of(db, parties).await? {
        profiles.entry(party).or_default().erased_at = Some(erased.erased_at);
    }
    Ok(profiles)
}

/// What is known of a party, for who may see clients; none if there is no such party.
pub async fn find_profile(db: &Db, ctx: &Ctx, party: PartyId) -> Result<(entity::Model, Profile), PartyError> {
    let party = find_party_as(db, ctx, Action::ReadClients, party).await?;
    let profile = profiles_of(db, &[party.id]).await?.remove(&party.id).unwrap_or_default();
    Ok((party, profile))
}
