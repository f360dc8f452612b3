//! Clients: who they are, how far they have come, and everything that has happened with them.

pub mod editing;
pub mod imports;
mod loading;
pub mod merging;
pub mod profiles;
pub mod timeline;

use async_graphql::{ComplexObject, Context, Enum, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};
use domain::{
    clients::{
        commands::{self, NewClient},
        entity,
        queries::{self, ClientFilter, ClientOrder as DomainOrder},
        records::setting,
    },
    ids::{ClientId, PartyId, StudioId},
    parties::PartyInput,
    report::{Kind, Report},
};

pub use editing::ProfilesMutation;
pub use imports::{ImportsMutation, ImportsQuery};
pub use merging::{MergingMutation, MergingQuery};
pub use profiles::ProfilesQuery;

use self::{
    loading::ProfileOf,
    profiles::PartyProfile,
    timeline::{ClientEvent, timeline},
};
use super::{
    caller,
    connection::{Connection, CountedConnection, counted, page, page_cost, wants_total},
    errors::Failure,
    loader,
    parties::{Party, PartyKind, require_names},
    scalars::Id,
};
use crate::{caller::Caller, payload};

/// How far a client has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::clients::entity::ClientStage")]
pub enum ClientStage {
    /// Somebody who might.
    Lead,
    /// It is being talked about.
    Talking,
    /// The work is agreed.
    Agreed,
    /// The work goes on.
    Active,
    /// The work was delivered.
    Delivered,
    /// Nothing has been heard for long.
    Dormant,
}

/// In which order clients are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::clients::queries::ClientOrder")]
pub enum ClientOrder {
    /// Who was entered last, first.
    Newest,
    /// By name, without case and accents.
    Name,
    /// Who has been at their stage for longest, first.
    LongestAtStage,
}

/// A client of a studio: one of its parties.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
#[graphql(complex)]
pub struct Client {
    /// The id.
    pub id: Id<ClientId>,
    /// Whose client it is.
    pub studio_id: Id<StudioId>,
    /// How far they have come.
    pub stage: ClientStage,
    /// Since when they are there.
    pub stage_since: DateTime<Utc>,
    /// When they were entered.
    pub created_at: DateTime<Utc>,
    #[graphql(skip)]
    row: entity::Model,
}

impl From<entity::Model> for Client {
    fn from(row: entity::Model) -> Self {
        Self {
            id: row.id.into(),
            studio_id: row.studio_id.into(),
            stage: row.stage.into(),
            stage_since: row.stage_since,
            created_at: row.created_at,
            row,
        }
    }
}

#[ComplexObject]
impl Client {
    /// Who it is.
    async fn party(&self, ctx: &Context<'_>) -> Result<Party, Failure> {
        let party = loader(ctx)?.load_one(self.row.party_id).await?;
        party.map(Party::from).ok_or_else(|| Failure::broken("the party of a client is gone"))
    }

    /// What else is known of them.
    async fn profile(&self, ctx: &Context<'_>) -> Result<PartyProfile, Failure> {
        let profile = loader(ctx)?.load_one(ProfileOf(self.row.party_id)).await?.unwrap_or_default();
        Ok(PartyProfile::new(self.row.party_id, profile))
    }

    /// Everything that has happened with them, newest first.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    async fn timeline(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Connection<ClientEvent>, Failure> {
        timeline(caller(ctx)?, self.row.id, (first, after, last, before)).await
    }
}

/// After which silence clients are moved to dormant.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct ClientSettings {
    /// After how many days without a sign of life; absent if nobody is moved.
    pub dormant_after_days: Option<i32>,
    /// Since when the studio has it so.
    pub since: Option<DateTime<Utc>>,
}

impl From<Option<setting::Model>> for ClientSettings {
    fn from(row: Option<setting::Model>) -> Self {
        Self {
            dormant_after_days: row.as_ref().map(|row| row.dormant_after_days),
            since: row.as_ref().map(|row| row.since),
        }
    }
}

/// Which clients are wanted.
#[derive(Debug, Default, InputObject)]
pub struct ClientFilterInput {
    /// At this stage alone.
    pub stage: Option<ClientStage>,
    /// With this tag alone.
    pub tag: Option<String>,
    /// Whose names or addresses for mail have words that begin like all of these.
    pub search: Option<String>,
}

/// Queries of the clients.
#[derive(Debug, Default)]
pub struct ClientsQuery;

#[Object]
impl ClientsQuery {
    /// A client.
    async fn client(&self, ctx: &Context<'_>, id: Id<ClientId>) -> Result<Option<Client>, Failure> {
        let caller = caller(ctx)?;
        let found = queries::find_client(&caller.services.db, &caller.ctx, id.named("id")?).await?;
        found.map(|row| Some(Client::from(row))).ok_or_else(|| Failure::not_found("client"))
    }

    /// A studio's clients, without those that were merged into others; newest first, if no order is named.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    #[expect(clippy::too_many_arguments, reason = "each is an argument of the field")]
    async fn clients(
        &self,
        ctx: &Context<'_>,
        studio: Id<StudioId>,
        filter: Option<ClientFilterInput>,
        order: Option<ClientOrder>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<CountedConnection<Client>, Failure> {
        let caller = caller(ctx)?;
        let (studio, request) = (studio.named("studio")?, page(first, after, last, before)?);
        let filter = filter.unwrap_or_default();
        let filter = ClientFilter { stage: filter.stage.map(Into::into), tag: filter.tag, search: filter.search };
        let order = order.map_or(DomainOrder::Newest, Into::into);
        let (db, who) = (&caller.services.db, &caller.ctx);
        let rows = queries::list_clients(db, who, studio, &filter, order, request).await?;
        let total = if wants_total(ctx) { queries::count_clients(db, who, studio, &filter).await? } else { 0 };
        Ok(counted(rows, |row| row.id, Client::from, total))
    }

    /// After which silence a studio's clients are moved to dormant.
    async fn client_settings(&self, ctx: &Context<'_>, studio: Id<StudioId>) -> Result<ClientSettings, Failure> {
        let caller = caller(ctx)?;
        let found = queries::find_setting(&caller.services.db, &caller.ctx, studio.named("studio")?).await?;
        Ok(found.into())
    }
}

/// Somebody new.
#[derive(Debug, InputObject)]
pub struct NewClientParty {
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

/// A client to be entered: a party that is known, or somebody new.
#[derive(Debug, InputObject)]
pub struct CreateClientInput {
    /// The studio.
    pub studio: Id<StudioId>,
    /// The party that is known.
    pub party_id: Option<Id<PartyId>>,
    /// Somebody new.
    pub party: Option<NewClientParty>,
    /// How far they have come; a lead, if nothing is said.
    pub stage: Option<ClientStage>,
}

/// A client to be moved.
#[derive(Debug, InputObject)]
pub struct MoveClientInput {
    /// The client.
    pub id: Id<ClientId>,
    /// To where.
    pub stage: ClientStage,
    /// Why.
    pub words: Option<String>,
}

/// After which silence clients are to be moved to dormant.
#[derive(Debug, InputObject)]
pub struct SetClientSettingsInput {
    /// The studio.
    pub studio: Id<StudioId>,
    /// After how many days without a sign of life, 7 to 3650; null or left out moves nobody.
    pub dormant_after_days: Option<i32>,
}

payload! {
    /// What came of `createClient`.
    pub struct CreateClientPayload {
        /// The client; a party that was a client already is as it was.
        client: Client
    }
}

payload! {
    /// What came of `moveClient`.
    pub struct MoveClientPayload {
        /// The client as it is now.
        client: Client
    }
}

payload! {
    /// What came of `setClientSettings`.
    pub struct SetClientSettingsPayload {
        /// What holds now.
        settings: ClientSettings
    }
}

/// Mutations of the clients.
#[derive(Debug, Default)]
pub struct ClientsMutation;

#[Object]
impl ClientsMutation {
    /// Enters a client.
    async fn create_client(&self, ctx: &Context<'_>, input: CreateClientInput) -> Result<CreateClientPayload, Failure> {
        CreateClientPayload::of(create(caller(ctx)?, input).await)
    }

    /// Moves a client to another stage; the timeline tells who did it, when and why.
    async fn move_client(&self, ctx: &Context<'_>, input: MoveClientInput) -> Result<MoveClientPayload, Failure> {
        MoveClientPayload::of(move_to(caller(ctx)?, &input).await)
    }

    /// Lets clients of whom nothing was heard for so many days be moved to dormant, or no more. None is moved for whom work is agreed or goes on; each move
    /// stands in the client's timeline, and a mail tells the studio.
    async fn set_client_settings(
        &self,
        ctx: &Context<'_>,
        input: SetClientSettingsInput,
    ) -> Result<SetClientSettingsPayload, Failure> {
        SetClientSettingsPayload::of(set(caller(ctx)?, &input).await)
    }
}

async fn create(caller: &Caller, input: CreateClientInput) -> Result<entity::Model, Failure> {
    let studio = input.studio.named("studio")?;
    let who = match (input.party_id, input.party) {
        (Some(id), None) => NewClient::Known(id.named("partyId")?),
        (None, Some(new)) => {
            require_names(caller, &new.name, new.legal_name.as_deref())?;
            NewClient::New(PartyInput {
                kind: new.kind.into(),
                name: new.name,
                legal_name: new.legal_name,
                email: new.email,
                ipi: new.ipi,
                isni: new.isni,
            })
        }
        _ => {
            let report = Report::new(Kind::Invalid, "ONE_PARTY", "a client is one party, known or new").field("party");
            return Err(Failure::new(report.remedy("send either partyId or party")));
        }
    };
    let stage = input.stage.map_or(entity::ClientStage::Lead, Into::into);
    let tx = caller.services.begin().await?;
    let client = commands::create_client(&tx, &caller.ctx, studio, who, stage).await?;
    caller.services.commit(tx).await?;
    Ok(client)
}

async fn move_to(caller: &Caller, input: &MoveClientInput) -> Result<entity::Model, Failure> {
    let (id, words) = (input.id.named("id")?, input.words.as_deref().unwrap_or_default());
    let tx = caller.services.begin().await?;
    let client = commands::move_client(&tx, &caller.ctx, id, input.stage.into(), words).await?;
    caller.services.commit(tx).await?;
    Ok(client)
}

async fn set(caller: &Caller, input: &SetClientSettingsInput) -> Result<Option<setting::Model>, Failure> {
    let studio = input.studio.named("studio")?;
    let tx = caller.services.begin().await?;
    let setting = commands::set_dormant_after(&tx, &caller.ctx, studio, input.dormant_after_days).await?;
    caller.services.commit(tx).await?;
    Ok(setting)
}
