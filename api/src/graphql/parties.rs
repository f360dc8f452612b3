//! Parties: the people and companies that a studio deals with.

use async_graphql::{Context, Enum, InputObject, MaybeUndefined, Object, SimpleObject};
use chrono::{DateTime, Utc};
use domain::{
    identifiers::Isni,
    ids::{PartyId, StudioId},
    legible::{Illegible, require_legible},
    parties::{self, PartyChange, PartyInput, entity},
};

use super::{
    caller,
    catalog::edit,
    connection::{Connection, connection, page, page_cost},
    errors::Failure,
    scalars::Id,
};
use crate::{caller::Caller, payload};

/// What a party is in law.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::parties::entity::PartyKind")]
pub enum PartyKind {
    /// A natural person.
    Person,
    /// A company or other legal person.
    Company,
}

/// A person or company.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct Party {
    /// The id.
    pub id: Id<PartyId>,
    /// Person or company.
    pub kind: PartyKind,
    /// The name used in print.
    pub name: String,
    /// The legal name for contracts, where it differs.
    pub legal_name: Option<String>,
    /// Where mail goes.
    pub email: Option<String>,
    /// IPI name number, 11 digits.
    pub ipi: Option<String>,
    /// ISNI in its printed form, `0000 0001 2146 438X`.
    pub isni: Option<String>,
    /// When it was entered.
    pub created_at: DateTime<Utc>,
}

impl From<entity::Model> for Party {
    fn from(row: entity::Model) -> Self {
        Self {
            id: row.id.into(),
            kind: row.kind.into(),
            name: row.name,
            legal_name: row.legal_name,
            email: row.email.map(|email| email.to_string()),
            ipi: row.ipi,
            isni: row.isni.map(|plain| plain.parse::<Isni>().map_or(plain, |isni| isni.printed())),
            created_at: row.created_at,
        }
    }
}

/// Queries of the parties.
#[derive(Debug, Default)]
pub struct PartiesQuery;

#[Object]
impl PartiesQuery {
    /// A party.
    async fn party(&self, ctx: &Context<'_>, id: Id<PartyId>) -> Result<Option<Party>, Failure> {
        let caller = caller(ctx)?;
        let found = parties::find_party(&caller.services.db, &caller.ctx, id.named("id")?).await?;
        found.map(|row| Some(Party::from(row))).ok_or_else(|| Failure::not_found("party"))
    }

    /// A studio's parties, newest first, without those that were merged into others.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    async fn parties(
        &self,
        ctx: &Context<'_>,
        studio: Id<StudioId>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Connection<Party>, Failure> {
        let caller = caller(ctx)?;
        let (studio, request) = (studio.named("studio")?, page(first, after, last, before)?);
        let rows = parties::list_parties(&caller.services.db, &caller.ctx, studio, request).await?;
        Ok(connection(rows, |row| row.id, Party::from))
    }
}

/// A party to be entered.
#[derive(Debug, InputObject)]
pub struct CreatePartyInput {
    /// The studio.
    pub studio: Id<StudioId>,
    /// Person or company.
    pub kind: PartyKind,
    /// The name used in print.
    pub name: String,
    /// The legal name, where it differs.
    pub legal_name: Option<String>,
    /// Where mail goes.
    pub email: Option<String>,
    /// IPI name number.
    pub ipi: Option<String>,
    /// ISNI.
    pub isni: Option<String>,
}

/// A change of a party: what is left out stays, null empties a field that may be empty.
#[derive(Debug, InputObject)]
pub struct UpdatePartyInput {
    /// The party.
    pub id: Id<PartyId>,
    /// Person or company.
    pub kind: Option<PartyKind>,
    /// The name used in print.
    pub name: Option<String>,
    /// The legal name.
    pub legal_name: MaybeUndefined<String>,
    /// Where mail goes.
    pub email: MaybeUndefined<String>,
    /// IPI name number.
    pub ipi: MaybeUndefined<String>,
    /// ISNI.
    pub isni: MaybeUndefined<String>,
}

payload! {
    /// What came of `createParty`.
    pub struct CreatePartyPayload {
        /// The party.
        party: Party
    }
}

payload! {
    /// What came of `updateParty`.
    pub struct UpdatePartyPayload {
        /// The party as it is now.
        party: Party
    }
}

/// Mutations of the parties.
#[derive(Debug, Default)]
pub struct PartiesMutation;

#[Object]
impl PartiesMutation {
    /// Enters a party.
    async fn create_party(&self, ctx: &Context<'_>, input: CreatePartyInput) -> Result<CreatePartyPayload, Failure> {
        CreatePartyPayload::of(create(caller(ctx)?, input).await)
    }

    /// Changes a party. Contracts already made keep the names they were made with.
    async fn update_party(&self, ctx: &Context<'_>, input: UpdatePartyInput) -> Result<UpdatePartyPayload, Failure> {
        UpdatePartyPayload::of(update(caller(ctx)?, input).await)
    }
}

/// Refuses names that contracts cannot show.
pub(super) fn require_names(caller: &Caller, name: &str, legal_name: Option<&str>) -> Result<(), Illegible> {
    let documents = caller.services.agreements.as_ref();
    require_legible(documents, "name", name)?;
    require_legible(documents, "legalName", legal_name.unwrap_or_default())
}

async fn create(caller: &Caller, input: CreatePartyInput) -> Result<entity::Model, Failure> {
    let studio = input.studio.named("studio")?;
    require_names(caller, &input.name, input.legal_name.as_deref())?;
    let party = PartyInput {
        kind: input.kind.into(),
        name: input.name,
        legal_name: input.legal_name,
        email: input.email,
        ipi: input.ipi,
        isni: input.isni,
    };
    let tx = caller.services.begin().await?;
    let party = parties::create_party(&tx, &caller.ctx, studio, party).await?;
    caller.services.commit(tx).await?;
    Ok(party)
}

async fn update(caller: &Caller, input: UpdatePartyInput) -> Result<entity::Model, Failure> {
    let id = input.id.named("id")?;
    require_names(caller, input.name.as_deref().unwrap_or_default(), input.legal_name.as_opt_deref().flatten())?;
    let change = PartyChange {
        kind: input.kind.map(Into::into).into(),
        name: input.name.into(),
        legal_name: edit(input.legal_name),
        email: edit(input.email),
        ipi: edit(input.ipi),
        isni: edit(input.isni),
    };
    let tx = caller.services.begin().await?;
    let party = parties::update_party(&tx, &caller.ctx, id, change).await?;
    caller.services.commit(tx).await?;
    Ok(party)
}
