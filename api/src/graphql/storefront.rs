//! The storefront: what anybody may see of a studio and its beats.

use std::collections::HashMap;

use async_graphql::{ComplexObject, Context, InputObject, Object, SimpleObject, dataloader::Loader};
use domain::{
    catalog::{
        self, BeatFilter,
        entity::{BeatState, LabelKind, beat, beat_label},
    },
    identity::{entity::studio, queries::require_open},
    ids::{AssetId, BeatId, StudioId},
    licensing::{self, on_sale::OfferFilter},
    money::Currency,
    pricing::{self, queries::OfferedBundle},
    sales::queries,
};

use super::{
    caller,
    catalog::Sample,
    connection::{Connection, connection, page, page_cost},
    errors::Failure,
    licensing::{Offer, TierCode, offers_of},
    loader,
    loaders::CallerLoader,
    pricing::{BulkDeal, Bundle},
    scalars::{Id, Int64, currency_if_named},
};

/// A studio as anybody sees it.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
#[graphql(complex)]
pub struct Storefront {
    /// The studio.
    pub studio_id: Id<StudioId>,
    /// Its word in addresses.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// The studio's own currency, an ISO 4217 code: everything on sale has a price in it.
    pub currency: String,
    #[graphql(skip)]
    key: StudioId,
    #[graphql(skip)]
    own: Currency,
}

impl From<studio::Model> for Storefront {
    fn from(row: studio::Model) -> Self {
        Self {
            studio_id: row.id.into(),
            slug: row.slug,
            name: row.name,
            currency: row.currency.code().to_owned(),
            key: row.id,
            own: row.currency,
        }
    }
}

/// Which beats are looked for; what is left out does not narrow.
#[derive(Debug, Default, InputObject)]
pub struct StorefrontFilter {
    /// Words that the title holds.
    pub title: Option<String>,
    /// The slowest, in thousandths of a beat per minute.
    pub min_bpm_milli: Option<i32>,
    /// The fastest, in thousandths of a beat per minute.
    pub max_bpm_milli: Option<i32>,
    /// A key, such as `A minor`.
    pub musical_key: Option<String>,
    /// Whether the keys that mix with `musicalKey` are looked for as well: its relative major or minor, and those a fifth up and down.
    pub compatible_keys: Option<bool>,
    /// A mood.
    pub mood: Option<String>,
    /// A tag.
    pub tag: Option<String>,
    /// A tier that is on sale.
    pub tier: Option<TierCode>,
    /// The least that the tier costs, or the cheapest where none is named, in minor units of the currency.
    pub min_price_minor: Option<Int64>,
    /// The most that the tier costs, or the cheapest where none is named, in minor units of the currency.
    pub max_price_minor: Option<Int64>,
    /// The currency in which tier and price are looked for, an ISO 4217 code; left out, the studio's own.
    pub currency: Option<String>,
}

impl StorefrontFilter {
    /// The filter, for a studio that sells in a currency of its own.
    fn read(self, own: Currency) -> Result<BeatFilter, Failure> {
        let offer = OfferFilter {
            currency: currency_if_named(self.currency.as_deref(), "filter.currency")?.unwrap_or(own),
            tier: self.tier.map(Into::into),
            min_minor: self.min_price_minor.map(|price| price.0),
            max_minor: self.max_price_minor.map(|price| price.0),
        };
        Ok(BeatFilter {
            title: self.title,
            min_bpm_milli: self.min_bpm_milli,
            max_bpm_milli: self.max_bpm_milli,
            musical_key: self.musical_key,
            compatible_keys: self.compatible_keys.unwrap_or_default(),
            mood: self.mood,
            tag: self.tag,
            offer: Some(offer).filter(OfferFilter::narrows),
            ..BeatFilter::default()
        })
    }
}

#[ComplexObject]
impl Storefront {
    /// The published beats, newest first.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    async fn beats(
        &self,
        ctx: &Context<'_>,
        filter: Option<StorefrontFilter>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Connection<StorefrontBeat>, Failure> {
        let caller = caller(ctx)?;
        let filter = filter.unwrap_or_default().read(self.own)?;
        let request = page(first, after, last, before)?;
        let rows = catalog::list_storefront_beats(&caller.services.db, self.key, &filter, request).await?;
        Ok(connection(rows, |row| row.id, StorefrontBeat::from))
    }

    /// The currencies of the prices, ISO 4217 codes: the studio's own first, then the others in which a tier of a published beat has one. What a beat lacks or
    /// waits for can withhold the tier all the same: its `offers` say what can be bought.
    async fn currencies(&self, ctx: &Context<'_>) -> Result<Vec<String>, Failure> {
        let sold_in = licensing::prices::currencies_of(&caller(ctx)?.services.db, self.key, self.own).await?;
        Ok(sold_in.into_iter().map(|currency| currency.code().to_owned()).collect())
    }

    /// The bulk deals.
    async fn bulk_deals(&self, ctx: &Context<'_>) -> Result<Vec<BulkDeal>, Failure> {
        let deals = pricing::queries::deals_of(&caller(ctx)?.services.db, self.key).await?;
        Ok(deals.into_iter().map(BulkDeal::from).collect())
    }

    /// The bundles that can be bought whole now, in a currency.
    async fn bundles(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "An ISO 4217 code; absent for the studio's own currency.")] currency: Option<String>,
    ) -> Result<Vec<Bundle>, Failure> {
        let currency = currency_if_named(currency.as_deref(), "currency")?.unwrap_or(self.own);
        let offered = pricing::queries::offered_bundles(&caller(ctx)?.services.db, self.key, currency).await?;
        let bundle = |offered: OfferedBundle| Bundle { price: offered.price.into(), ..Bundle::from(offered.bundle) };
        Ok(offered.into_iter().map(bundle).collect())
    }

    /// One beat by its word; a sold one is found too, and says so.
    async fn beat(&self, ctx: &Context<'_>, slug: String) -> Result<Option<StorefrontBeat>, Failure> {
        let caller = caller(ctx)?;
        let beat = catalog::find_storefront_beat(&caller.services.db, &self.slug, &slug).await?;
        Ok(beat.map(StorefrontBeat::from))
    }
}

/// The files of a beat that anybody may fetch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Media {
    preview: Option<AssetId>,
    waveform: Option<AssetId>,
    artwork: Option<AssetId>,
}

/// Where such a file is fetched.
fn media_url(ctx: &Context<'_>, asset: Option<AssetId>) -> Result<Option<String>, Failure> {
    let public_url = &caller(ctx)?.services.public_url;
    Ok(asset.map(|asset| format!("{public_url}/media/{asset}")))
}

/// A beat as anybody sees it.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
#[graphql(complex)]
pub struct StorefrontBeat {
    /// The id.
    pub id: Id<BeatId>,
    /// Its word in addresses.
    pub slug: String,
    /// Its title.
    pub title: String,
    /// A few sentences about it.
    pub description: String,
    /// Tempo in thousandths of a beat per minute.
    pub bpm_milli: Option<i32>,
    /// Key, such as `A minor`.
    pub musical_key: Option<String>,
    /// What it holds of others' music, as the studio declares it.
    pub samples: Vec<Sample>,
    /// Whether it has been sold exclusively, and is on sale no more.
    pub sold: bool,
    #[graphql(skip)]
    key: (StudioId, BeatId),
    #[graphql(skip)]
    media: Media,
}

impl From<beat::Model> for StorefrontBeat {
    fn from(row: beat::Model) -> Self {
        Self {
            id: row.id.into(),
            slug: row.slug,
            title: row.title,
            description: row.description,
            bpm_milli: row.bpm_milli,
            musical_key: row.musical_key,
            samples: row.samples.0.into_iter().map(Sample::from).collect(),
            sold: row.state == BeatState::Sold,
            key: (row.studio_id, row.id),
            media: Media {
                preview: row.preview_asset_id,
                waveform: row.waveform_asset_id,
                artwork: row.artwork_asset_id,
            },
        }
    }
}

#[ComplexObject]
impl StorefrontBeat {
    /// What is on sale now in a currency, by tier; nothing if it is sold.
    async fn offers(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "An ISO 4217 code; absent for the studio's own currency.")] currency: Option<String>,
    ) -> Result<Vec<Offer>, Failure> {
        let currency = currency_if_named(currency.as_deref(), "currency")?;
        offers_of(ctx, self.key.0, self.key.1, currency).await
    }

    /// The tagged preview, once rendered.
    #[expect(clippy::unused_async, reason = "the macro takes asynchronous methods alone")]
    async fn preview_url(&self, ctx: &Context<'_>) -> Result<Option<String>, Failure> {
        media_url(ctx, self.media.preview)
    }

    /// The waveform data (BBC audiowaveform, version 2), once rendered.
    #[expect(clippy::unused_async, reason = "the macro takes asynchronous methods alone")]
    async fn waveform_url(&self, ctx: &Context<'_>) -> Result<Option<String>, Failure> {
        media_url(ctx, self.media.waveform)
    }

    /// The cover picture.
    #[expect(clippy::unused_async, reason = "the macro takes asynchronous methods alone")]
    async fn artwork_url(&self, ctx: &Context<'_>) -> Result<Option<String>, Failure> {
        media_url(ctx, self.media.artwork)
    }

    /// Moods.
    async fn moods(&self, ctx: &Context<'_>) -> Result<Vec<String>, Failure> {
        labels(ctx, self.key.1, LabelKind::Mood).await
    }

    /// Tags.
    async fn tags(&self, ctx: &Context<'_>) -> Result<Vec<String>, Failure> {
        labels(ctx, self.key.1, LabelKind::Tag).await
    }

    /// Who made it, by name, in the order of the credits.
    async fn credits(&self, ctx: &Context<'_>) -> Result<Vec<String>, Failure> {
        Ok(loader(ctx)?.load_one(CreditNames(self.key.1)).await?.unwrap_or_default())
    }

    /// The whole contract of a tier as it reads before paying in a currency, an HTML fragment; absent if the tier is not on sale so for this beat.
    #[graphql(complexity = 50)]
    async fn contract_html(
        &self,
        ctx: &Context<'_>,
        tier: TierCode,
        #[graphql(desc = "An ISO 4217 code; absent for the studio's own currency.")] currency: Option<String>,
    ) -> Result<Option<String>, Failure> {
        let caller = caller(ctx)?;
        let (studio, beat) = self.key;
        let (db, now) = (&caller.services.db, caller.services.env.now());
        let currency = currency_if_named(currency.as_deref(), "currency")?;
        let offered = licensing::queries::offer_contract(db, studio, beat, tier.into(), currency, now).await?;
        let Some(contract) = offered else { return Ok(None) };
        let contracts = caller.services.contracts.clone();
        let typeset = tokio::task::spawn_blocking(move || contracts.preview_html(&contract)).await;
        typeset.map_err(Failure::broken)?.map(Some).map_err(Failure::broken)
    }
}

async fn labels(ctx: &Context<'_>, beat: BeatId, kind: LabelKind) -> Result<Vec<String>, Failure> {
    let labels = loader(ctx)?.load_one(StorefrontLabels(beat)).await?.unwrap_or_default();
    Ok(labels.into_iter().filter(|row| row.kind == kind).map(|row| row.label).collect())
}

/// Loads moods and tags of a beat on the storefront.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct StorefrontLabels(pub BeatId);

impl Loader<StorefrontLabels> for CallerLoader {
    type Value = Vec<beat_label::Model>;
    type Error = Failure;

    async fn load(&self, keys: &[StorefrontLabels]) -> Result<HashMap<StorefrontLabels, Self::Value>, Failure> {
        let beats: Vec<BeatId> = keys.iter().map(|key| key.0).collect();
        let found = catalog::list_labels_of_beats(&self.caller.services.db, &beats).await?;
        Ok(found.into_iter().map(|(beat, rows)| (StorefrontLabels(beat), rows)).collect())
    }
}

/// Loads the names of who made a beat on the storefront; their shares are nobody's business.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CreditNames(pub BeatId);

impl Loader<CreditNames> for CallerLoader {
    type Value = Vec<String>;
    type Error = Failure;

    async fn load(&self, keys: &[CreditNames]) -> Result<HashMap<CreditNames, Self::Value>, Failure> {
        let beats: Vec<BeatId> = keys.iter().map(|key| key.0).collect();
        let found = catalog::list_credits_of_beats(&self.caller.services.db, &beats).await?;
        let names = |credits: Vec<catalog::Credit>| credits.into_iter().map(|credit| credit.party.name).collect();
        Ok(found.into_iter().map(|(beat, credits)| (CreditNames(beat), names(credits))).collect())
    }
}

/// Queries of the storefront, for anybody.
#[derive(Debug, Default)]
pub struct StorefrontQuery;

#[Object]
impl StorefrontQuery {
    /// The storefront of a studio, by its word. A closed studio's is told to be closed.
    async fn storefront(&self, ctx: &Context<'_>, slug: String) -> Result<Option<Storefront>, Failure> {
        let caller = caller(ctx)?;
        let Some(studio) = queries::find_storefront(&caller.services.db, &slug).await? else { return Ok(None) };
        require_open(&caller.services.db, studio.id).await??;
        Ok(Some(Storefront::from(studio)))
    }
}
