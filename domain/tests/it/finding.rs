//! What a visitor of a shop finds who looks for a licence or a price.

use std::collections::BTreeSet;

use domain::{
    catalog::{
        self, BeatFilter,
        entity::{AssetState, BeatState, SampleClearance, asset, beat, stem},
        list_facets,
    },
    identity::entity::UnsignedSplits,
    ids::BeatId,
    licensing::{
        commands::{set_tier, set_tier_enabled},
        on_sale::OfferFilter,
        queries::{Offer, effective_tiers, sold_in},
        rules::{TierSettings, default_tiers},
        terms::TierCode,
    },
    money::{Currency, Money},
    page::PageRequest,
    store,
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, Iterable, QueryFilter};

use crate::{
    shop::Shop,
    support::{World, on_each_database},
};

const EUR: Currency = Currency::EUR;
const USD: Currency = Currency::USD;

/// Everything on sale in euros.
const ALL: OfferFilter = OfferFilter::all_in(EUR);

fn narrowed(offer: OfferFilter) -> BeatFilter {
    BeatFilter { offer: Some(offer), ..BeatFilter::default() }
}

async fn found(world: &World, shop: &Shop, offer: OfferFilter) -> BTreeSet<BeatId> {
    let page = catalog::list_storefront_beats(&world.db, shop.studio, &narrowed(offer), PageRequest::largest()).await;
    page.unwrap().rows.into_iter().map(|row| row.id).collect()
}

/// Whether what a beat's own page offers is what is looked for.
fn fits(offers: &[Offer], wanted: OfferFilter) -> bool {
    let sold = sold_in(offers, wanted.currency).into_iter();
    let sold = sold.filter(|sold| wanted.tier.is_none_or(|tier| sold.terms.tier == tier));
    let is_within =
        |price: i64| wanted.min_minor.is_none_or(|min| min <= price) && wanted.max_minor.is_none_or(|max| price <= max);
    sold.map(|sold| sold.price.minor).min().is_some_and(is_within)
}

/// Sets a tier at a price in euros and one in dollars.
async fn price(world: &World, shop: &Shop, beat: Option<BeatId>, code: TierCode, (euros, dollars): (i64, i64)) {
    let tier = default_tiers(EUR, "Nova").into_iter().find(|tier| tier.terms.tier == code).unwrap();
    let further = vec![Money::new(dollars, USD)];
    let settings = TierSettings { price: Money::new(euros, EUR), further, ..tier };
    let tx = store::begin(&world.db).await.unwrap();
    set_tier(&tx, &world.as_actor(shop.manager()), shop.studio, beat, &settings).await.unwrap();
    tx.commit().await.unwrap();
}

async fn switch_off(world: &World, shop: &Shop, beat: Option<BeatId>, code: TierCode) {
    let tx = store::begin(&world.db).await.unwrap();
    let manager = world.as_actor(shop.manager());
    set_tier_enabled(&tx, &manager, shop.studio, beat, code, false).await.unwrap();
    tx.commit().await.unwrap();
}

/// Leaves the stems of a beat to be looked through again.
async fn recheck_stems(world: &World, beat: BeatId) {
    for row in stem::Entity::find().filter(stem::Column::BeatId.eq(beat)).all(&world.db).await.unwrap() {
        let checking =
            asset::ActiveModel { id: Set(row.asset_id), state: Set(AssetState::Checking), ..Default::default() };
        checking.update(&world.db).await.unwrap();
    }
}

#[tokio::test]
async fn a_beat_is_found_by_what_it_is_sold_as_and_at() {
    on_each_database(async |world| {
        let shop = Shop::open(world, EUR).await;
        let work = shop.work("Sold").await;
        let sold = shop.beat_of(work, "Sold", true).await;
        shop.sell(&[(sold, TierCode::Exclusive)], 90_000).await;
        let claimed = shop.beat_of(work, "Sold Remix", true).await;
        let [whole, cheap, leased, uncleared, checking, hidden] = [
            shop.beat("Night Drive", true).await,
            shop.beat("Cheap", false).await,
            shop.beat("Leased", true).await,
            shop.beat("Uncleared", true).await,
            shop.beat("Checking", true).await,
            shop.beat("Hidden", true).await,
        ];
        let unsigned = shop.unsigned_beat_of(shop.work("Unsigned").await, "Unsigned", true).await;
        price(world, &shop, Some(cheap), TierCode::Mp3, (1_000, 1_100)).await;
        price(world, &shop, None, TierCode::Wav, (6_000, 6_600)).await;
        switch_off(world, &shop, Some(leased), TierCode::Mp3).await;
        shop.declare(leased, &[SampleClearance::ClearedForLeases, SampleClearance::Cleared]).await;
        shop.declare(uncleared, &[SampleClearance::NotCleared]).await;
        recheck_stems(world, checking).await;
        let row = beat::ActiveModel { id: Set(hidden), state: Set(BeatState::Unpublished), ..Default::default() };
        row.update(&world.db).await.unwrap();

        let listed = [whole, cheap, leased, uncleared, checking, unsigned, claimed];
        let offers = effective_tiers(&world.db, shop.studio, &listed).await.unwrap();
        let bounds = [None, Some(1_000), Some(3_000), Some(6_600), Some(90_000)];
        for currency in [EUR, USD, Currency::JPY] {
            for tier in TierCode::iter().map(Some).chain([None]) {
                for (min_minor, max_minor) in bounds.into_iter().flat_map(|min| bounds.map(|max| (min, max))) {
                    let offer = OfferFilter { currency, tier, min_minor, max_minor };
                    let fitting: BTreeSet<_> = listed.into_iter().filter(|beat| fits(&offers[beat], offer)).collect();
                    assert_eq!(found(world, &shop, offer).await, fitting, "{offer:?}");
                }
            }
        }

        let of = |tier| OfferFilter { tier: Some(tier), ..ALL };
        let at_most = |max| OfferFilter { max_minor: Some(max), ..ALL };
        let from = |min| OfferFilter { min_minor: Some(min), ..ALL };
        for (offer, beats) in [
            (ALL, &[whole, cheap, leased, uncleared, checking][..]),
            (of(TierCode::Mp3), &[whole, cheap, uncleared, checking][..]),
            (of(TierCode::Trackout), &[whole, leased, uncleared][..]),
            (of(TierCode::Unlimited), &[whole, cheap, leased, checking][..]),
            (of(TierCode::Exclusive), &[whole, cheap, checking][..]),
            (at_most(2_999), &[cheap][..]),
            (from(3_001), &[leased][..]),
            (OfferFilter { max_minor: Some(1_100), ..OfferFilter::all_in(USD) }, &[cheap][..]),
            (OfferFilter { tier: Some(TierCode::Mp3), ..OfferFilter::all_in(USD) }, &[cheap][..]),
            (OfferFilter { max_minor: Some(5_999), ..of(TierCode::Wav) }, &[][..]),
        ] {
            let beats: BTreeSet<_> = beats.iter().copied().collect();
            assert_eq!(found(world, &shop, offer).await, beats, "{offer:?}");
        }

        let tiers = async |currency| list_facets(&world.db, shop.studio, currency).await.unwrap().tiers;
        assert_eq!(tiers(EUR).await, TierCode::iter().collect::<BTreeSet<_>>());
        assert_eq!(tiers(USD).await, BTreeSet::from([TierCode::Mp3, TierCode::Wav]));
        switch_off(world, &shop, None, TierCode::Mp3).await;
        assert_eq!(
            found(world, &shop, of(TierCode::Mp3)).await,
            BTreeSet::from([cheap]),
            "it has a version of its own"
        );
        switch_off(world, &shop, None, TierCode::Unlimited).await;
        assert!(!tiers(EUR).await.contains(&TierCode::Unlimited));

        shop.set_unsigned(UnsignedSplits::Park).await;
        assert!(found(world, &shop, ALL).await.contains(&unsigned), "its money is parked");
    })
    .await;
}

#[tokio::test]
async fn pages_are_full_whatever_waits_for_a_split() {
    on_each_database(async |world| {
        let shop = Shop::open(world, EUR).await;
        let mut sold = Vec::new();
        for number in 1..=5 {
            sold.push(shop.beat(&format!("Signed {number}"), true).await);
            world.clock.advance(chrono::Duration::milliseconds(1));
            let work = shop.work(&format!("Unsigned {number}")).await;
            shop.unsigned_beat_of(work, &format!("Unsigned {number}"), true).await;
            world.clock.advance(chrono::Duration::milliseconds(1));
        }
        sold.reverse();
        let filter = narrowed(OfferFilter { tier: Some(TierCode::Wav), ..ALL });
        let page = async |request: PageRequest<BeatId>| {
            let page = catalog::list_storefront_beats(&world.db, shop.studio, &filter, request).await.unwrap();
            let page = page.map(|row| row.id);
            (page.rows, page.has_previous, page.has_next)
        };
        let after = |beat: BeatId| PageRequest::new(Some(2), Some(&beat.to_string()), None, None).unwrap();
        let before = |beat: BeatId| PageRequest::new(None, None, Some(2), Some(&beat.to_string())).unwrap();
        let first = PageRequest::new(Some(2), None, None, None).unwrap();
        assert_eq!(page(first).await, (sold[..2].to_vec(), false, true));
        assert_eq!(page(after(sold[1])).await, (sold[2..4].to_vec(), true, true));
        assert_eq!(page(after(sold[3])).await, (sold[4..].to_vec(), true, false));
        assert_eq!(page(before(sold[4])).await, (sold[2..4].to_vec(), true, true));
        assert_eq!(page(before(sold[2])).await, (sold[..2].to_vec(), false, true));
    })
    .await;
}
