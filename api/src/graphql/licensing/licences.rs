//! Licences as they were sold, and the licensees whom a studio lets pass.

use std::collections::HashMap;

use async_graphql::{ComplexObject, Context, SimpleObject, dataloader::Loader};
use chrono::{DateTime, Utc};
use domain::{
    ids::{BeatId, ChannelId, LicenceId, OrderId, WorkId},
    licensing::{
        channels,
        entity::{channel, licence},
        queries,
    },
    money::Money as DomainMoney,
};

use super::{
    meter::{CapMeter, MeterOfLicence, PredecessorOfLicence, SuccessorOfLicence},
    terms::LicenceTerms,
};
use crate::graphql::{
    errors::Failure,
    loader,
    loaders::CallerLoader,
    scalars::{Id, Money},
};

/// A licence: an immutable grant with the terms as sold.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
#[graphql(complex)]
pub struct Licence {
    /// The id.
    pub id: Id<LicenceId>,
    /// The reference on contract, files, payment and journal.
    pub reference: String,
    /// The order that bought it.
    pub order_id: Id<OrderId>,
    /// The beat.
    pub beat_id: Id<BeatId>,
    /// Its work.
    pub work_id: Id<WorkId>,
    /// To whom, by name.
    pub licensee_name: String,
    /// To whom, by address.
    pub licensee_email: String,
    /// Whether it is exclusive.
    pub exclusive: bool,
    /// The terms as sold.
    pub terms: LicenceTerms,
    /// The price paid.
    pub price: Money,
    /// When it was granted.
    pub granted_at: DateTime<Utc>,
    /// When it ends; absent if it does not.
    pub ends_at: Option<DateTime<Utc>>,
    #[graphql(skip)]
    row: licence::Model,
}

impl From<licence::Model> for Licence {
    fn from(row: licence::Model) -> Self {
        Self {
            id: row.id.into(),
            reference: row.reference.clone(),
            order_id: row.order_id.into(),
            beat_id: row.beat_id.into(),
            work_id: row.work_id.into(),
            licensee_name: row.licensee_name.clone(),
            licensee_email: row.licensee_email.to_string(),
            exclusive: row.exclusive,
            ends_at: queries::ends_at(row.granted_at, &row.terms),
            terms: row.terms.clone().into(),
            price: DomainMoney::new(row.price_minor, row.currency).into(),
            granted_at: row.granted_at,
            row,
        }
    }
}

#[ComplexObject]
impl Licence {
    /// What the song has come to against each cap of the licence, what was used under the licences before it too; empty if it has no cap.
    async fn meter(&self, ctx: &Context<'_>) -> Result<Vec<CapMeter>, Failure> {
        let meters = loader(ctx)?.load_one(MeterOfLicence(self.row.id)).await?.unwrap_or_default();
        Ok(meters.into_iter().map(CapMeter::from).collect())
    }

    /// The licence that it replaced; absent if it is no upgrade.
    async fn replaces(&self, ctx: &Context<'_>) -> Result<Option<Licence>, Failure> {
        Ok(loader(ctx)?.load_one(PredecessorOfLicence(self.row.id)).await?.map(Licence::from))
    }

    /// The licence that has taken its place by an upgrade; absent while none has, and again once all that the upgrade cost was given back.
    async fn superseded_by(&self, ctx: &Context<'_>) -> Result<Option<Licence>, Failure> {
        Ok(loader(ctx)?.load_one(SuccessorOfLicence(self.row.id)).await?.map(Licence::from))
    }
}

/// An address under which a licensed song is or will be online, as its licensee told it.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct LicenceChannel {
    /// The id.
    pub id: Id<ChannelId>,
    /// The address.
    pub url: String,
    /// When it was told.
    pub added_at: DateTime<Utc>,
}

impl From<channel::Model> for LicenceChannel {
    fn from(row: channel::Model) -> Self {
        Self { id: row.id.into(), url: row.url, added_at: row.added_at }
    }
}

/// A licensee whose claims are to be released: the licence stands, and this is where its song is online.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct AllowedLicensee {
    /// The licence.
    pub licence: Licence,
    /// The beat's title.
    pub beat_title: String,
    /// The recording's ISRC; absent if it has none.
    pub isrc: Option<String>,
    /// The addresses, at most 20, in the order in which they were told.
    pub channels: Vec<LicenceChannel>,
}

impl From<channels::AllowedLicensee> for AllowedLicensee {
    fn from(allowed: channels::AllowedLicensee) -> Self {
        Self {
            licence: allowed.licence.into(),
            beat_title: allowed.beat_title,
            isrc: allowed.isrc,
            channels: allowed.channels.into_iter().map(LicenceChannel::from).collect(),
        }
    }
}

/// Loads the licences that an order has bought.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct LicencesOfOrder(pub OrderId);

impl Loader<LicencesOfOrder> for CallerLoader {
    type Value = Vec<licence::Model>;
    type Error = Failure;

    async fn load(&self, keys: &[LicencesOfOrder]) -> Result<HashMap<LicencesOfOrder, Self::Value>, Failure> {
        let orders: Vec<OrderId> = keys.iter().map(|key| key.0).collect();
        let found = queries::licences_of_orders(&self.caller.services.db, &orders).await?;
        Ok(found.into_iter().map(|(order, rows)| (LicencesOfOrder(order), rows)).collect())
    }
}
