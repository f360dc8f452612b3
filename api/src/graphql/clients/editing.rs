//! Changing what is known of parties beside the books.

use async_graphql::{Context, InputObject, MaybeUndefined, Object};
use domain::{
    edit::Edit,
    ids::{PartyId, PartyNoteId},
    parties::{
        self, ProfileChange,
        details::{Contact, Link, PostalAddress},
        records::note,
    },
};

use super::profiles::{PartyContactKind, PartyLinkKind, PartyNote, PartyProfile};
use crate::{
    caller::Caller,
    graphql::{caller, catalog::edit, errors::Failure, scalars::Id},
    payload,
};

/// A further way to reach a party.
#[derive(Debug, InputObject)]
pub struct PartyContactInput {
    /// By what.
    pub kind: PartyContactKind,
    /// The number, address or name.
    pub value: String,
    /// What it is for.
    pub label: Option<String>,
}

/// A link to a party's own page.
#[derive(Debug, InputObject)]
pub struct PartyLinkInput {
    /// Where it leads; left out: as the address tells.
    pub kind: Option<PartyLinkKind>,
    /// The address; `https` is added where no scheme stands.
    pub url: String,
}

/// A party's postal address, whole.
#[derive(Debug, Default, InputObject)]
pub struct PartyAddressInput {
    /// Street and number; line breaks may stand in it.
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

/// A change of what is known of a party: what is left out stays, null empties. Lists take the place of all that stood.
#[derive(Debug, InputObject)]
pub struct UpdatePartyProfileInput {
    /// The party.
    pub party: Id<PartyId>,
    /// Its performing rights organisation.
    pub pro: MaybeUndefined<String>,
    /// Its publisher.
    pub publisher: MaybeUndefined<String>,
    /// The publisher's IPI name number.
    pub publisher_ipi: MaybeUndefined<String>,
    /// Its postal address.
    pub address: MaybeUndefined<PartyAddressInput>,
    /// Further ways to reach it.
    pub contacts: Option<Vec<PartyContactInput>>,
    /// Where it is found.
    pub links: Option<Vec<PartyLinkInput>>,
    /// Its tags.
    pub tags: Option<Vec<String>>,
}

/// A tax number to be set.
#[derive(Debug, InputObject)]
pub struct SetPartyTaxInput {
    /// The party.
    pub party: Id<PartyId>,
    /// The number; null or left out forgets it.
    pub tax_id: Option<String>,
    /// The two letters of the country that gave it.
    pub country: Option<String>,
}

/// A note to be written.
#[derive(Debug, InputObject)]
pub struct AddPartyNoteInput {
    /// On whom.
    pub party: Id<PartyId>,
    /// What is written.
    pub words: String,
}

/// A note to be changed.
#[derive(Debug, InputObject)]
pub struct EditPartyNoteInput {
    /// The note, one's own.
    pub id: Id<PartyNoteId>,
    /// What it says from now on.
    pub words: String,
}

payload! {
    /// What came of `updatePartyProfile`.
    pub struct UpdatePartyProfilePayload {
        /// What is known now.
        profile: PartyProfile
    }
}

payload! {
    /// What came of `setPartyTax`.
    pub struct SetPartyTaxPayload {
        /// What is known of the party beside that.
        profile: PartyProfile
    }
}

payload! {
    /// What came of `addPartyNote`.
    pub struct AddPartyNotePayload {
        /// The note.
        note: PartyNote
    }
}

payload! {
    /// What came of `editPartyNote`.
    pub struct EditPartyNotePayload {
        /// The note as it is now.
        note: PartyNote
    }
}

payload! {
    /// What came of `deletePartyNote`.
    pub struct DeletePartyNotePayload {
        /// What is known of the party that it was on.
        profile: PartyProfile
    }
}

/// Mutations of what is known of parties.
#[derive(Debug, Default)]
pub struct ProfilesMutation;

#[Object]
impl ProfilesMutation {
    /// Changes what is known of a party beside the books.
    async fn update_party_profile(
        &self,
        ctx: &Context<'_>,
        input: UpdatePartyProfileInput,
    ) -> Result<UpdatePartyProfilePayload, Failure> {
        UpdatePartyProfilePayload::of(update(caller(ctx)?, input).await)
    }

    /// Sets the number under which a party is taxed, or forgets it.
    async fn set_party_tax(&self, ctx: &Context<'_>, input: SetPartyTaxInput) -> Result<SetPartyTaxPayload, Failure> {
        SetPartyTaxPayload::of(set_tax(caller(ctx)?, &input).await)
    }

    /// Writes a note on a party.
    async fn add_party_note(
        &self,
        ctx: &Context<'_>,
        input: AddPartyNoteInput,
    ) -> Result<AddPartyNotePayload, Failure> {
        AddPartyNotePayload::of(add_note(caller(ctx)?, &input).await)
    }

    /// Changes a note of one's own.
    async fn edit_party_note(
        &self,
        ctx: &Context<'_>,
        input: EditPartyNoteInput,
    ) -> Result<EditPartyNotePayload, Failure> {
        EditPartyNotePayload::of(edit_note(caller(ctx)?, &input).await)
    }

    /// Takes a note of one's own back.
    async fn delete_party_note(
        &self,
        ctx: &Context<'_>,
        id: Id<PartyNoteId>,
    ) -> Result<DeletePartyNotePayload, Failure> {
        DeletePartyNotePayload::of(delete_note(caller(ctx)?, &id).await)
    }
}

/// What is known of a party that the caller has just changed.
async fn profile_of(caller: &Caller, party: PartyId) -> Result<PartyProfile, Failure> {
    let found = parties::profiles_of(&caller.services.db, &[party]).await?.remove(&party);
    Ok(PartyProfile::new(party, found.unwrap_or_default()))
}

async fn update(caller: &Caller, input: UpdatePartyProfileInput) -> Result<PartyProfile, Failure> {
    let party = input.party.named("party")?;
    let address = |given: PartyAddressInput| PostalAddress {
        street: given.street,
        city: given.city,
        region: given.region,
        postcode: given.postcode,
        country: given.country,
    };
    let change = ProfileChange {
        pro: edit(input.pro),
        publisher: edit(input.publisher),
        publisher_ipi: edit(input.publisher_ipi),
        address: match input.address {
            MaybeUndefined::Undefined => Edit::Keep,
            MaybeUndefined::Null => Edit::To(PostalAddress::default()),
            MaybeUndefined::Value(given) => Edit::To(address(given)),
        },
        contacts: input.contacts.map(|contacts| contacts.into_iter().map(contact_of).collect()).into(),
        links: input.links.map(|links| links.into_iter().map(link_of).collect()).into(),
        tags: input.tags.into(),
    };
    let tx = caller.services.begin().await?;
    let party = parties::update_profile(&tx, &caller.ctx, party, change).await?;
    caller.services.commit(tx).await?;
    profile_of(caller, party.id).await
}

fn contact_of(given: PartyContactInput) -> Contact {
    Contact { kind: given.kind.into(), value: given.value, label: given.label }
}

fn link_of(given: PartyLinkInput) -> Link {
    Link { kind: given.kind.map(Into::into), url: given.url }
}

async fn set_tax(caller: &Caller, input: &SetPartyTaxInput) -> Result<PartyProfile, Failure> {
    let party = input.party.named("party")?;
    let number = input.tax_id.as_deref().map(|tax_id| (tax_id, input.country.as_deref().unwrap_or_default()));
    let tx = caller.services.begin().await?;
    let party = parties::set_tax(&tx, &caller.ctx, party, number).await?;
    caller.services.commit(tx).await?;
    profile_of(caller, party.id).await
}

async fn add_note(caller: &Caller, input: &AddPartyNoteInput) -> Result<note::Model, Failure> {
    let party = input.party.named("party")?;
    let tx = caller.services.begin().await?;
    let note = parties::add_note(&tx, &caller.ctx, party, &input.words).await?;
    caller.services.commit(tx).await?;
    Ok(note)
}

async fn edit_note(caller: &Caller, input: &EditPartyNoteInput) -> Result<note::Model, Failure> {
    let id = input.id.named("id")?;
    let tx = caller.services.begin().await?;
    let note = parties::edit_note(&tx, &caller.ctx, id, &input.words).await?;
    caller.services.commit(tx).await?;
    Ok(note)
}

async fn delete_note(caller: &Caller, id: &Id<PartyNoteId>) -> Result<PartyProfile, Failure> {
    let id = id.named("id")?;
    let tx = caller.services.begin().await?;
    let party = parties::delete_note(&tx, &caller.ctx, id).await?;
    caller.services.commit(tx).await?;
    profile_of(caller, party).await
}
