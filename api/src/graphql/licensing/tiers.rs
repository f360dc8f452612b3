//! Tiers: as they are set, and as they are on sale.

use std::collections::HashMap;

use async_graphql::{ComplexObject, Context, InputObject, Object, SimpleObject, dataloader::Loader};
use chrono::{DateTime, Utc};
use domain::{
    ids::{BeatId, StudioId, TierId},
    licensing::{
        self, commands,
        entity::tier,
        prices::prices_of_tiers,
        queries::{self, Offer as DomainOffer},
        rules::TierSettings,
        terms,
    },
    money::{Currency, Money as DomainMoney},
};

use super::terms::{AtCap, LicenceCaps, LicenceFiles, LicenceTerms, TierCode};
use crate::{
    caller::Caller,
    graphql::{
        caller,
        errors::Failure,
        loader,
        loaders::CallerLoader,
        scalars::{self, Id, Money, MoneyInput},
    },
    payload,
};

/// A tier as it is on sale for one beat, now.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct Offer {
    /// The price, in the currency that was asked for, or else the studio's own.
    pub price: Money,
    /// The terms.
    pub terms: LicenceTerms,
}

impl From<DomainOffer> for Offer {
    fn from(offer: DomainOffer) -> Self {
        Self { price: offer.price.into(), terms: offer.terms.into() }
    }
}

/// A tier as a studio has set it: its default, or one beat's own version.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
#[graphql(complex)]
pub struct Tier {
    /// The id.
    pub id: Id<TierId>,
    /// The beat that it is for; absent for the studio's default.
    pub beat_id: Option<Id<BeatId>>,
    /// The price, in the studio's currency.
    pub price: Money,
    /// The terms.
    pub terms: LicenceTerms,
    /// Whether it is on sale.
    pub enabled: bool,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
    #[graphql(skip)]
    key: TierId,
}

impl From<tier::Model> for Tier {
    fn from(row: tier::Model) -> Self {
        Self {
            id: row.id.into(),
            beat_id: row.beat_id.map(Id::from),
            price: DomainMoney::new(row.price_minor, row.currency).into(),
            terms: queries::terms_of(&row).into(),
            enabled: row.enabled,
            updated_at: row.updated_at,
            key: row.id,
        }
    }
}

#[ComplexObject]
impl Tier {
    /// What it costs in further currencies, in the order of their codes; in any other it is not sold.
    async fn prices(&self, ctx: &Context<'_>) -> Result<Vec<Money>, Failure> {
        let prices = loader(ctx)?.load_one(PricesOfTier(self.key)).await?.unwrap_or_default();
        Ok(prices.into_iter().map(Money::from).collect())
    }
}

/// Loads what a tier costs in further currencies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PricesOfTier(pub TierId);

impl Loader<PricesOfTier> for CallerLoader {
    type Value = Vec<DomainMoney>;
    type Error = Failure;

    async fn load(&self, keys: &[PricesOfTier]) -> Result<HashMap<PricesOfTier, Self::Value>, Failure> {
        let tiers: Vec<TierId> = keys.iter().map(|key| key.0).collect();
        let found = prices_of_tiers(&self.caller.services.db, &tiers).await?;
        Ok(found.into_iter().map(|(tier, prices)| (PricesOfTier(tier), prices)).collect())
    }
}

/// Loads what is on sale for a beat of a studio.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct OffersOfBeat(pub StudioId, pub BeatId);

impl Loader<OffersOfBeat> for CallerLoader {
    type Value = Vec<DomainOffer>;
    type Error = Failure;

    async fn load(&self, keys: &[OffersOfBeat]) -> Result<HashMap<OffersOfBeat, Self::Value>, Failure> {
        let mut by_studio: HashMap<StudioId, Vec<BeatId>> = HashMap::new();
        for OffersOfBeat(studio, beat) in keys {
            by_studio.entry(*studio).or_default().push(*beat);
        }
        let mut all = HashMap::with_capacity(keys.len());
        for (studio, beats) in by_studio {
            let offers = queries::effective_tiers(&self.caller.services.db, studio, &beats).await?;
            all.extend(offers.into_iter().map(|(beat, offers)| (OffersOfBeat(studio, beat), offers)));
        }
        Ok(all)
    }
}

/// What is on sale for a beat in a currency, or the studio's own, through the request's loader.
pub async fn offers_of(
    ctx: &Context<'_>,
    studio: StudioId,
    beat: BeatId,
    currency: Option<Currency>,
) -> Result<Vec<Offer>, Failure> {
    let offers = loader(ctx)?.load_one(OffersOfBeat(studio, beat)).await?.unwrap_or_default();
    let offers = match currency {
        Some(currency) => queries::sold_in(&offers, currency),
        None => offers,
    };
    Ok(offers.into_iter().map(Offer::from).collect())
}

/// A tier to be set.
#[derive(Debug, InputObject)]
pub struct SetTierInput {
    /// The studio.
    pub studio: Id<StudioId>,
    /// The beat whose own version is set; absent for the studio's default.
    pub beat: Option<Id<BeatId>>,
    /// Which of the five.
    pub code: TierCode,
    /// Its name on the storefront.
    pub name: String,
    /// The price, zero or more, in the studio's currency.
    pub price: MoneyInput,
    /// What it costs in further currencies, each of them once, in the place of those that were; in any other it is not sold.
    #[graphql(default)]
    pub prices: Vec<MoneyInput>,
    /// The files delivered.
    pub files: LicenceFiles,
    /// The caps.
    pub caps: LicenceCaps,
    /// What happens at a cap.
    #[graphql(default_with = "AtCap::Upgrade")]
    pub at_cap: AtCap,
    /// The term in months; absent is perpetual.
    pub term_months: Option<i32>,
    /// The producers' part of the publishing, in parts per million.
    pub publishing_kept_ppm: i32,
    /// The credit to give.
    pub credit_line: String,
    /// Whether it is on sale.
    #[graphql(default = true)]
    pub enabled: bool,
}

/// A tier to be put on sale or taken off.
#[derive(Debug, InputObject)]
pub struct SetTierEnabledInput {
    /// The studio.
    pub studio: Id<StudioId>,
    /// The beat; absent for the studio's default.
    pub beat: Option<Id<BeatId>>,
    /// Which of the five.
    pub code: TierCode,
    /// Whether it is on sale.
    pub enabled: bool,
}

/// A beat's own version of a tier, to be dropped.
#[derive(Debug, InputObject)]
pub struct ResetTierInput {
    /// The studio.
    pub studio: Id<StudioId>,
    /// The beat.
    pub beat: Id<BeatId>,
    /// Which of the five.
    pub code: TierCode,
}

payload! {
    /// What came of `setTier`.
    pub struct SetTierPayload {
        /// The tier as it is set now.
        tier: Tier
    }
}

payload! {
    /// What came of `setTierEnabled`.
    pub struct SetTierEnabledPayload {
        /// The tier as it is set now.
        tier: Tier
    }
}

payload! {
    /// What came of `resetTier`.
    pub struct ResetTierPayload {
        /// Whether there was a version to drop.
        dropped: bool
    }
}

/// Mutations of licensing.
#[derive(Debug, Default)]
pub struct LicensingMutation;

#[Object]
impl LicensingMutation {
    /// Sets a tier: the studio's default, or one beat's own version. Licences and open orders keep the terms they had.
    async fn set_tier(&self, ctx: &Context<'_>, input: SetTierInput) -> Result<SetTierPayload, Failure> {
        SetTierPayload::of(set_tier(caller(ctx)?, input).await)
    }

    /// Puts a tier on sale or takes it off, for the studio or for one beat.
    async fn set_tier_enabled(
        &self,
        ctx: &Context<'_>,
        input: SetTierEnabledInput,
    ) -> Result<SetTierEnabledPayload, Failure> {
        SetTierEnabledPayload::of(set_tier_enabled(caller(ctx)?, input).await)
    }

    /// Drops a beat's own version of a tier, so that the studio's default holds again.
    async fn reset_tier(&self, ctx: &Context<'_>, input: ResetTierInput) -> Result<ResetTierPayload, Failure> {
        ResetTierPayload::of(reset_tier(caller(ctx)?, input).await)
    }
}

async fn set_tier(caller: &Caller, input: SetTierInput) -> Result<tier::Model, Failure> {
    let studio = input.studio.named("studio")?;
    let beat = input.beat.map(|beat| beat.named("beat")).transpose()?;
    let (files, caps) = (input.files, input.caps);
    let settings = TierSettings {
        price: input.price.named("price")?,
        further: scalars::amounts(&input.prices, "prices")?,
        terms: terms::Terms {
            tier: input.code.into(),
            tier_name: input.name,
            files: terms::Files { mp3: files.mp3, wav: files.wav, stems: files.stems },
            caps: terms::Caps {
                streams: caps.streams.map(|cap| cap.0),
                copies: caps.copies.map(|cap| cap.0),
                music_videos: caps.music_videos.map(|cap| cap.0),
                radio_stations: caps.radio_stations.map(|cap| cap.0),
                performances: caps.performances.map(|cap| cap.0),
            },
            at_cap: input.at_cap.into(),
            term_months: input.term_months,
            publishing_kept: scalars::share(input.publishing_kept_ppm, "publishingKeptPpm")?,
            credit_line: input.credit_line,
        },
        enabled: input.enabled,
    };
    let tx = caller.services.begin().await?;
    let tier = commands::set_tier(&tx, &caller.ctx, studio, beat, &settings).await?;
    caller.services.commit(tx).await?;
    Ok(tier)
}

async fn set_tier_enabled(caller: &Caller, input: SetTierEnabledInput) -> Result<tier::Model, Failure> {
    let studio = input.studio.named("studio")?;
    let beat = input.beat.map(|beat| beat.named("beat")).transpose()?;
    let tx = caller.services.begin().await?;
    let code = licensing::terms::TierCode::from(input.code);
    let tier = commands::set_tier_enabled(&tx, &caller.ctx, studio, beat, code, input.enabled).await?;
    caller.services.commit(tx).await?;
    Ok(tier)
}

async fn reset_tier(caller: &Caller, input: ResetTierInput) -> Result<bool, Failure> {
    let (studio, beat) = (input.studio.named("studio")?, input.beat.named("beat")?);
    let tx = caller.services.begin().await?;
    let dropped = commands::reset_tier(&tx, &caller.ctx, studio, beat, input.code.into()).await?;
    caller.services.commit(tx).await?;
    Ok(dropped)
}
