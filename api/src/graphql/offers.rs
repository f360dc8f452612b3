//! Offers: what buyers would pay, and how the studio answers. The buyer answers on the page of their mailed link.

use std::collections::HashMap;

use async_graphql::{ComplexObject, Context, Enum, InputObject, Object, SimpleObject, dataloader::Loader};
use chrono::{DateTime, Utc};
use domain::{
    ids::{BeatId, OfferId, OrderId, StudioId},
    money::Money as DomainMoney,
    offers::{
        commands::{self, Answer, Device, MakeOffer, OfferSettings},
        entity::{offer, setting, step},
        queries, rules,
    },
};

use super::{
    caller,
    connection::{Connection, connection, page, page_cost},
    errors::Failure,
    licensing::{LicenceTerms, TierCode},
    loader,
    loaders::CallerLoader,
    scalars::{Id, Money, MoneyInput},
};
use crate::{caller::Caller, payload};

/// Where an offer stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::offers::entity::OfferState")]
pub enum OfferState {
    /// The studio is to answer.
    Open,
    /// The studio has named another amount; the buyer is to answer.
    Countered,
    /// Accepted: it can be ordered at its price until its time is over.
    Accepted,
    /// Ordered and paid.
    Bought,
    /// One of the two said no.
    Declined,
    /// Taken back by the buyer, or the work was sold exclusively.
    Withdrawn,
    /// Nobody answered, or nobody paid, in time.
    Expired,
}

/// Who has done a step of an offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::offers::entity::OfferSide")]
pub enum OfferSide {
    /// The buyer.
    Buyer,
    /// The studio.
    Studio,
    /// The program itself.
    House,
}

/// What a step of an offer was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::offers::entity::OfferAct")]
pub enum OfferAct {
    /// An amount was named.
    Offered,
    /// The other's amount was accepted.
    Accepted,
    /// The other's amount was declined, or a counter-offer taken back.
    Declined,
    /// The buyer took their offer back.
    Withdrawn,
    /// The work was sold exclusively.
    Sold,
    /// It was ordered and paid.
    Bought,
    /// Its time was over.
    Expired,
}

/// An offer of a buyer for a beat's tier.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
#[graphql(complex)]
pub struct BuyerOffer {
    /// The id.
    pub id: Id<OfferId>,
    /// The beat.
    pub beat_id: Id<BeatId>,
    /// The beat's title then.
    pub beat_title: String,
    /// The terms that an order of it has: those that were on sale when it was made.
    pub terms: LicenceTerms,
    /// Where the buyer is reached.
    pub buyer_email: String,
    /// Where it stands.
    pub state: OfferState,
    /// The amount that was last named, by either side.
    pub amount: Money,
    /// Whether it began below the studio's private minimum.
    pub below_minimum: bool,
    /// When it was made.
    pub made_at: DateTime<Utc>,
    /// Until when it can be answered; accepted, until when it can be ordered.
    pub expires_at: DateTime<Utc>,
    /// When it is declined by itself, unless it is answered before; absent if it is not.
    pub decline_at: Option<DateTime<Utc>>,
    /// The order that it led to.
    pub order_id: Option<Id<OrderId>>,
    #[graphql(skip)]
    row: offer::Model,
}

impl From<offer::Model> for BuyerOffer {
    fn from(row: offer::Model) -> Self {
        Self {
            id: row.id.into(),
            beat_id: row.beat_id.into(),
            beat_title: row.beat_title.clone(),
            terms: row.terms.clone().into(),
            buyer_email: row.buyer_email.to_string(),
            state: row.state.into(),
            amount: DomainMoney::new(row.amount_minor, row.currency).into(),
            below_minimum: row.below_minimum,
            made_at: row.made_at,
            expires_at: row.expires_at,
            decline_at: row.decline_at,
            order_id: row.order_id.map(Id::from),
            row,
        }
    }
}

/// A step of an offer.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct OfferStep {
    /// Its place, from 1.
    pub number: i32,
    /// Who did it.
    pub side: OfferSide,
    /// What it was.
    pub act: OfferAct,
    /// The amount that was named.
    pub amount: Option<Money>,
    /// What was said with it.
    pub words: Option<String>,
    /// When.
    pub at: DateTime<Utc>,
}

#[ComplexObject]
impl BuyerOffer {
    /// How it was haggled over, in order.
    async fn steps(&self, ctx: &Context<'_>) -> Result<Vec<OfferStep>, Failure> {
        let rows = loader(ctx)?.load_one(StepsOfOffer(self.row.id)).await?.unwrap_or_default();
        let step = |row: step::Model| OfferStep {
            number: row.seq,
            side: row.side.into(),
            act: row.act.into(),
            amount: row.amount_minor.map(|minor| DomainMoney::new(minor, self.row.currency).into()),
            words: row.words,
            at: row.at,
        };
        Ok(rows.into_iter().map(step).collect())
    }
}

/// Loads the steps of an offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct StepsOfOffer(pub OfferId);

impl Loader<StepsOfOffer> for CallerLoader {
    type Value = Vec<step::Model>;
    type Error = Failure;

    async fn load(&self, keys: &[StepsOfOffer]) -> Result<HashMap<StepsOfOffer, Self::Value>, Failure> {
        let offers: Vec<OfferId> = keys.iter().map(|key| key.0).collect();
        let found = queries::steps_of_offers(&self.caller.services.db, &offers).await?;
        Ok(found.into_iter().map(|(offer, rows)| (StepsOfOffer(offer), rows)).collect())
    }
}

/// Which offers a tier takes.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct OfferSetting {
    /// The beat that it is for; absent for all of the studio's.
    pub beat_id: Option<Id<BeatId>>,
    /// The tier.
    pub tier: TierCode,
    /// Whether any are taken.
    pub takes_offers: bool,
    /// The least that the studio wants to hear of; told to no buyer.
    pub minimum: Option<Money>,
    /// For how many days each side can answer the other.
    pub answer_days: i32,
}

impl From<setting::Model> for OfferSetting {
    fn from(row: setting::Model) -> Self {
        Self {
            beat_id: row.beat_id.map(Id::from),
            tier: row.tier_code.into(),
            takes_offers: row.takes_offers,
            minimum: row.minimum_minor.map(|minor| DomainMoney::new(minor, row.currency).into()),
            answer_days: row.answer_days,
        }
    }
}

/// Queries about offers.
#[derive(Debug, Default)]
pub struct OffersQuery;

#[Object]
impl OffersQuery {
    /// One offer to a studio.
    async fn buyer_offer(&self, ctx: &Context<'_>, id: Id<OfferId>) -> Result<Option<BuyerOffer>, Failure> {
        let caller = caller(ctx)?;
        Ok(queries::find_offer(&caller.services.db, &caller.ctx, id.named("id")?).await?.map(BuyerOffer::from))
    }

    /// The offers to the studio, newest first; of one state, if one is named.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    #[expect(clippy::too_many_arguments, reason = "the four of every connection and what narrows the list")]
    async fn buyer_offers(
        &self,
        ctx: &Context<'_>,
        studio: Id<StudioId>,
        state: Option<OfferState>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Connection<BuyerOffer>, Failure> {
        let caller = caller(ctx)?;
        let request = page(first, after, last, before)?;
        let (studio, state) = (studio.named("studio")?, state.map(Into::into));
        let rows = queries::list_offers(&caller.services.db, &caller.ctx, studio, state, request).await?;
        Ok(connection(rows, |row| row.id, BuyerOffer::from))
    }

    /// Which offers are taken, as it is set: for the studio's beats, or one beat's own settings alone.
    async fn offer_settings(
        &self,
        ctx: &Context<'_>,
        studio: Id<StudioId>,
        beat: Option<Id<BeatId>>,
    ) -> Result<Vec<OfferSetting>, Failure> {
        let caller = caller(ctx)?;
        let beat = beat.map(|beat| beat.named("beat")).transpose()?;
        let rows = queries::list_settings(&caller.services.db, &caller.ctx, studio.named("studio")?, beat).await?;
        Ok(rows.into_iter().map(OfferSetting::from).collect())
    }
}

/// Which offers a tier takes, to be set.
#[derive(Debug, InputObject)]
pub struct SetOffersInput {
    /// The studio.
    pub studio: Id<StudioId>,
    /// The beat; absent for all of the studio's.
    pub beat: Option<Id<BeatId>>,
    /// The tier.
    pub tier: TierCode,
    /// Whether any are taken.
    pub takes_offers: bool,
    /// The least that the studio wants to hear of, told to no buyer; absent for every offer.
    pub minimum: Option<MoneyInput>,
    /// For how many days each side can answer the other, 1 to 30.
    #[graphql(default_with = "rules::DEFAULT_ANSWER_DAYS")]
    pub answer_days: i32,
}

/// An offer to be made.
#[derive(Debug, InputObject)]
pub struct MakeOfferInput {
    /// The studio.
    pub studio: Id<StudioId>,
    /// The beat.
    pub beat: Id<BeatId>,
    /// The tier.
    pub tier: TierCode,
    /// The address that the link and the answers are mailed to.
    pub email: String,
    /// What the buyer would pay.
    pub amount: MoneyInput,
    /// What they say to it, at most 1,000 characters.
    #[graphql(default)]
    pub words: String,
}

/// An offer that is answered.
#[derive(Debug, InputObject)]
pub struct AcceptOfferInput {
    /// The offer.
    pub offer: Id<OfferId>,
}

/// An offer that is answered, and what is said to it.
#[derive(Debug, InputObject)]
pub struct DeclineOfferInput {
    /// The offer.
    pub offer: Id<OfferId>,
    /// What is said to the buyer, at most 1,000 characters.
    #[graphql(default)]
    pub words: String,
}

/// A counter-offer.
#[derive(Debug, InputObject)]
pub struct CounterOfferInput {
    /// The offer.
    pub offer: Id<OfferId>,
    /// What the studio asks, more than the buyer offers.
    pub amount: MoneyInput,
    /// What is said to the buyer, at most 1,000 characters.
    #[graphql(default)]
    pub words: String,
}

payload! {
    /// What came of `setOffers`.
    pub struct SetOffersPayload {
        /// The setting as it is now.
        setting: OfferSetting
    }
}

payload! {
    /// What came of `makeOffer`.
    pub struct MakeOfferPayload {
        /// Until when the studio can answer. The link by which the offer is seen and answered is mailed to its address.
        answered_by: DateTime<Utc>
    }
}

payload! {
    /// What came of `acceptOffer`.
    pub struct AcceptOfferPayload {
        /// The offer as it stands.
        offer: BuyerOffer
    }
}

payload! {
    /// What came of `declineOffer`.
    pub struct DeclineOfferPayload {
        /// The offer as it stands.
        offer: BuyerOffer
    }
}

payload! {
    /// What came of `counterOffer`.
    pub struct CounterOfferPayload {
        /// The offer as it stands.
        offer: BuyerOffer
    }
}

/// Mutations of offers.
#[derive(Debug, Default)]
pub struct OffersMutation;

#[Object]
impl OffersMutation {
    /// Sets which offers are taken for a tier, of all the studio's beats or of one. Offers that were made stay as they are.
    async fn set_offers(&self, ctx: &Context<'_>, input: SetOffersInput) -> Result<SetOffersPayload, Failure> {
        SetOffersPayload::of(set_offers(caller(ctx)?, input).await)
    }

    /// Makes an offer for a tier that takes offers; anybody may. What comes back is the same whether the studio will hear of it or not.
    async fn make_offer(&self, ctx: &Context<'_>, input: MakeOfferInput) -> Result<MakeOfferPayload, Failure> {
        MakeOfferPayload::of(make_offer(caller(ctx)?, input).await)
    }

    /// Accepts what a buyer offers: they can order at that price until its time is over, once.
    async fn accept_offer(&self, ctx: &Context<'_>, input: AcceptOfferInput) -> Result<AcceptOfferPayload, Failure> {
        AcceptOfferPayload::of(answer(caller(ctx)?, &input.offer, Answer::Accept).await)
    }

    /// Declines what a buyer offers, or takes the studio's own counter-offer back.
    async fn decline_offer(&self, ctx: &Context<'_>, input: DeclineOfferInput) -> Result<DeclineOfferPayload, Failure> {
        DeclineOfferPayload::of(answer(caller(ctx)?, &input.offer, Answer::Decline(&input.words)).await)
    }

    /// Names another amount than the buyer's.
    async fn counter_offer(&self, ctx: &Context<'_>, input: CounterOfferInput) -> Result<CounterOfferPayload, Failure> {
        let amount = match input.amount.named("amount") {
            Ok(amount) => amount,
            Err(failure) => return CounterOfferPayload::refused(failure),
        };
        CounterOfferPayload::of(answer(caller(ctx)?, &input.offer, Answer::Counter(amount, &input.words)).await)
    }
}

async fn set_offers(caller: &Caller, input: SetOffersInput) -> Result<setting::Model, Failure> {
    let studio = input.studio.named("studio")?;
    let beat = input.beat.map(|beat| beat.named("beat")).transpose()?;
    let settings = OfferSettings {
        tier: input.tier.into(),
        takes_offers: input.takes_offers,
        minimum: input.minimum.map(|minimum| minimum.named("minimum")).transpose()?,
        answer_days: input.answer_days,
    };
    let tx = caller.services.begin().await?;
    let setting = commands::set_offers(&tx, &caller.ctx, studio, beat, &settings).await?;
    caller.services.commit(tx).await?;
    Ok(setting)
}

async fn make_offer(caller: &Caller, input: MakeOfferInput) -> Result<DateTime<Utc>, Failure> {
    let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let request = MakeOffer {
        beat: input.beat.named("beat")?,
        tier: input.tier.into(),
        email: input.email,
        amount: input.amount.named("amount")?,
        words: input.words,
        device: Device { ip: some(&caller.ip), user_agent: some(&caller.user_agent) },
    };
    let studio = input.studio.named("studio")?;
    Ok(commands::make_offer(&caller.services, &caller.ctx, studio, &request).await?.answered_by)
}

async fn answer(caller: &Caller, offer: &Id<OfferId>, answer: Answer<'_>) -> Result<offer::Model, Failure> {
    let offer = offer.named("offer")?;
    let tx = caller.services.begin().await?;
    let answered = commands::answer_as_studio(&tx, &caller.ctx, offer, answer).await?;
    caller.services.commit(tx).await?;
    Ok(answered)
}
