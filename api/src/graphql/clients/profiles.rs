//! What is known of parties beside the books: details, contacts, links, tags, notes, consents and tax numbers. It is changed in [`super::editing`].

use async_graphql::{ComplexObject, Context, Enum, Object, SimpleObject};
use chrono::{DateTime, Utc};
use domain::{
    ids::{MailingConsentId, PartyId, PartyNoteId, UserId},
    parties::{
        self, Profile,
        records::{contact, detail, link, note, tax},
    },
};

use super::{Client, loading::ClientOf};
use crate::graphql::{
    caller,
    connection::{Connection, connection, page, page_cost},
    errors::Failure,
    free_downloads::MailingConsent,
    loader,
    scalars::Id,
};

/// How somebody is reached beside their address for mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::parties::records::ContactKind")]
pub enum PartyContactKind {
    /// By telephone.
    Phone,
    /// Under a further e-mail address.
    Email,
    /// In a messenger.
    Messenger,
}

/// Where a link leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::parties::records::LinkKind")]
pub enum PartyLinkKind {
    /// A site of their own.
    Website,
    /// Spotify.
    Spotify,
    /// Apple Music.
    AppleMusic,
    /// `YouTube`.
    Youtube,
    /// `SoundCloud`.
    Soundcloud,
    /// Bandcamp.
    Bandcamp,
    /// Instagram.
    Instagram,
    /// `TikTok`.
    Tiktok,
    /// Facebook.
    Facebook,
    /// Somewhere else.
    Other,
}

/// A further way to reach a party.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct PartyContact {
    /// By what.
    pub kind: PartyContactKind,
    /// The number, address or name.
    pub value: String,
    /// What it is for.
    pub label: Option<String>,
}

impl From<contact::Model> for PartyContact {
    fn from(row: contact::Model) -> Self {
        Self { kind: row.kind.into(), value: row.value, label: row.label }
    }
}

/// A link to a party's own page somewhere.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct PartyLink {
    /// Where it leads.
    pub kind: PartyLinkKind,
    /// The address.
    pub url: String,
}

impl From<link::Model> for PartyLink {
    fn from(row: link::Model) -> Self {
        Self { kind: row.kind.into(), url: row.url }
    }
}

/// A party's postal address.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct PartyAddress {
    /// Street and number; line breaks stand in it.
    pub street: Option<String>,
    /// The town.
    pub city: Option<String>,
    /// State, province or county.
    pub region: Option<String>,
    /// The postal code.
    pub postcode: Option<String>,
    /// The country's two letters.
    pub country: Option<String>,
}

impl From<&detail::Model> for PartyAddress {
    fn from(row: &detail::Model) -> Self {
        Self {
            street: row.street.clone(),
            city: row.city.clone(),
            region: row.region.clone(),
            postcode: row.postcode.clone(),
            country: row.country.map(|country| country.code().to_owned()),
        }
    }
}

/// What is known of a party beside the books.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
#[graphql(complex)]
pub struct PartyProfile {
    /// Whose.
    pub party_id: Id<PartyId>,
    /// Its performing rights organisation.
    pub pro: Option<String>,
    /// Its publisher.
    pub publisher: Option<String>,
    /// The publisher's IPI name number.
    pub publisher_ipi: Option<String>,
    /// Its postal address.
    pub address: Option<PartyAddress>,
    /// Further ways to reach it, in their order.
    pub contacts: Vec<PartyContact>,
    /// Where it is found, in their order.
    pub links: Vec<PartyLink>,
    /// Its tags, in alphabetical order.
    pub tags: Vec<String>,
    /// The party that it was merged into.
    pub merged_into_id: Option<Id<PartyId>>,
    /// The parties that were merged into it.
    pub merged_from_ids: Vec<Id<PartyId>>,
    /// When it was erased.
    pub erased_at: Option<DateTime<Utc>>,
    #[graphql(skip)]
    id: PartyId,
}

impl PartyProfile {
    /// What is known of a party.
    pub(super) fn new(id: PartyId, profile: Profile) -> Self {
        let details = profile.details;
        Self {
            party_id: id.into(),
            address: details.as_ref().map(PartyAddress::from),
            pro: details.as_ref().and_then(|row| row.pro.clone()),
            publisher: details.as_ref().and_then(|row| row.publisher.clone()),
            publisher_ipi: details.and_then(|row| row.publisher_ipi),
            contacts: profile.contacts.into_iter().map(PartyContact::from).collect(),
            links: profile.links.into_iter().map(PartyLink::from).collect(),
            tags: profile.tags,
            merged_into_id: profile.merged_into.map(Id::from),
            merged_from_ids: profile.merged_from.into_iter().map(Id::from).collect(),
            erased_at: profile.erased_at,
            id,
        }
    }
}

/// A note on a party.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct PartyNote {
    /// The id.
    pub id: Id<PartyNoteId>,
    /// On whom.
    pub party_id: Id<PartyId>,
    /// What was written.
    pub words: String,
    /// By whom; nobody but them may change it.
    pub written_by_id: Option<Id<UserId>>,
    /// When.
    pub written_at: DateTime<Utc>,
    /// When it was last changed.
    pub edited_at: Option<DateTime<Utc>>,
}

impl From<note::Model> for PartyNote {
    fn from(row: note::Model) -> Self {
        Self {
            id: row.id.into(),
            party_id: row.party_id.into(),
            words: row.words,
            written_by_id: row.written_by.map(Id::from),
            written_at: row.written_at,
            edited_at: row.edited_at,
        }
    }
}

#[ComplexObject]
impl PartyProfile {
    /// The client that the party is.
    async fn client(&self, ctx: &Context<'_>) -> Result<Option<Client>, Failure> {
        Ok(loader(ctx)?.load_one(ClientOf(self.id)).await?.map(Client::from))
    }

    /// The notes on it, newest first.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    async fn notes(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Connection<PartyNote>, Failure> {
        let (caller, request) = (caller(ctx)?, page(first, after, last, before)?);
        let rows = parties::list_notes(&caller.services.db, &caller.ctx, self.id, request).await?;
        Ok(connection(rows, |row| row.id, PartyNote::from))
    }

    /// Its consents to be mailed, newest first, withdrawn ones among them.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    async fn consents(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Connection<MailingConsent>, Failure> {
        let (caller, request) = (caller(ctx)?, page::<MailingConsentId>(first, after, last, before)?);
        let rows = parties::list_consents(&caller.services.db, &caller.ctx, self.id, request).await?;
        Ok(connection(rows, |row| row.id, MailingConsent::from))
    }
}

/// The number under which a party is taxed.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct PartyTax {
    /// The number, as its country writes it.
    pub tax_id: String,
    /// The two letters of the country that gave it.
    pub country: String,
    /// When it was set.
    pub set_at: DateTime<Utc>,
}

impl From<tax::Model> for PartyTax {
    fn from(row: tax::Model) -> Self {
        Self { tax_id: row.tax_id, country: row.country.code().to_owned(), set_at: row.set_at }
    }
}

/// Queries of what is known of parties.
#[derive(Debug, Default)]
pub struct ProfilesQuery;

#[Object]
impl ProfilesQuery {
    /// What is known of a party beside the books.
    async fn party_profile(&self, ctx: &Context<'_>, party: Id<PartyId>) -> Result<Option<PartyProfile>, Failure> {
        let caller = caller(ctx)?;
        let party = party.named("party")?;
        let (party, profile) = parties::find_profile(&caller.services.db, &caller.ctx, party).await?;
        Ok(Some(PartyProfile::new(party.id, profile)))
    }

    /// The number under which a party is taxed. For those who pay and invoice, and for no key.
    async fn party_tax(&self, ctx: &Context<'_>, party: Id<PartyId>) -> Result<Option<PartyTax>, Failure> {
        let caller = caller(ctx)?;
        let found = parties::find_tax(&caller.services.db, &caller.ctx, party.named("party")?).await?;
        Ok(found.map(PartyTax::from))
    }
}
