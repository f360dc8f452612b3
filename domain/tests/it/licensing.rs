use domain::{
    actor::Actor,
    catalog::entity::SampleClearance,
    licensing::{
        LicensingError,
        commands::{reset_tier, set_tier, set_tier_enabled},
        queries,
        rules::{TierFault, TierSettings, default_tiers},
        terms::{Files, TierCode},
    },
    money::{Currency, Money},
    page::PageRequest,
    policy::Denied,
    sales, store,
};

use crate::{shop::Shop, support::on_each_database};

fn tier(code: TierCode) -> TierSettings {
    default_tiers(Currency::EUR, "Nova").into_iter().find(|tier| tier.terms.tier == code).unwrap()
}

async fn codes(shop: &Shop, beat: domain::ids::BeatId) -> Vec<(TierCode, i64)> {
    let offers = queries::effective_tiers(&shop.services.db, shop.studio, &[beat]).await.unwrap();
    offers[&beat].iter().map(|offer| (offer.terms.tier, offer.price.minor)).collect()
}

#[tokio::test]
async fn a_beats_own_tier_wins_and_stems_decide_the_trackout() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let (whole, bare) = (shop.beat("Night Drive", true).await, shop.beat("Day Walk", false).await);
        let all = TierCode::Trackout;
        assert_eq!(codes(&shop, whole).await.len(), 5);
        assert!(codes(&shop, bare).await.iter().all(|(code, _)| *code != all));

        let offers = queries::effective_tiers(&world.db, shop.studio, &[bare]).await.unwrap();
        let exclusive = offers[&bare].iter().find(|offer| offer.terms.is_exclusive()).unwrap();
        assert_eq!(exclusive.terms.files, Files { mp3: true, wav: true, stems: false });

        let manager = world.as_actor(shop.manager());
        let tx = store::begin(&world.db).await.unwrap();
        let own = TierSettings { price: Money::new(4500, Currency::EUR), ..tier(TierCode::Mp3) };
        let row = set_tier(&tx, &manager, shop.studio, Some(whole), &own).await.unwrap();
        assert_eq!((row.beat_id, row.price_minor), (Some(whole), 4500));
        let default = TierSettings { price: Money::new(2500, Currency::EUR), ..tier(TierCode::Mp3) };
        set_tier(&tx, &manager, shop.studio, None, &default).await.unwrap();
        set_tier_enabled(&tx, &manager, shop.studio, Some(bare), TierCode::Wav, false).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(codes(&shop, whole).await[0], (TierCode::Mp3, 4500));
        let of_bare: Vec<_> = codes(&shop, bare).await;
        assert_eq!(of_bare[0], (TierCode::Mp3, 2500));
        assert!(of_bare.iter().all(|(code, _)| *code != TierCode::Wav));

        let tx = store::begin(&world.db).await.unwrap();
        assert!(reset_tier(&tx, &manager, shop.studio, whole, TierCode::Mp3).await.unwrap());
        assert!(!reset_tier(&tx, &manager, shop.studio, whole, TierCode::Mp3).await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(codes(&shop, whole).await[0], (TierCode::Mp3, 2500));
    })
    .await;
}

#[tokio::test]
async fn samples_decide_which_tiers_are_offered() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let (beat, other) = (shop.beat("Night Drive", true).await, shop.beat("Day Walk", true).await);
        let offered = async |beat| -> Vec<_> { codes(&shop, beat).await.into_iter().map(|(code, _)| code).collect() };
        let leases = [TierCode::Mp3, TierCode::Wav, TierCode::Trackout, TierCode::Unlimited];
        let all = [&leases[..], &[TierCode::Exclusive]].concat();
        for (clearances, expected) in [
            (&[SampleClearance::Cleared, SampleClearance::RoyaltyFree][..], &all[..]),
            (&[SampleClearance::RoyaltyFree, SampleClearance::ClearedForLeases][..], &leases[..]),
            (&[SampleClearance::NotCleared, SampleClearance::Cleared][..], &leases[..3]),
            (&[][..], &all[..]),
        ] {
            shop.declare(beat, clearances).await;
            assert_eq!(offered(beat).await, expected, "{clearances:?}");
            assert_eq!(offered(other).await, all, "another beat's samples are its own");
        }

        // A tier of the beat's own may be set, and is offered no more than the studio's.
        shop.declare(beat, &[SampleClearance::NotCleared]).await;
        let manager = world.as_actor(shop.manager());
        let tx = store::begin(&world.db).await.unwrap();
        let own = TierSettings { price: Money::new(50_000, Currency::EUR), ..tier(TierCode::Exclusive) };
        set_tier(&tx, &manager, shop.studio, Some(beat), &own).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(offered(beat).await, leases[..3]);

        let now = world.ctx.env.now();
        let contract =
            async |code| queries::offer_contract(&world.db, shop.studio, beat, code, None, now).await.unwrap();
        assert_eq!(contract(TierCode::Exclusive).await, None);
        assert_eq!(contract(TierCode::Unlimited).await, None);
        let samples = contract(TierCode::Trackout).await.unwrap().beat.samples;
        assert_eq!((samples.len(), samples[0].clearance), (1, SampleClearance::NotCleared));
        assert_eq!((samples[0].title.as_str(), samples[0].source.as_str()), ("Tęsknota", "Zespół Kalina, 1974"));

        shop.declare(beat, &[SampleClearance::Cleared]).await;
        assert_eq!(codes(&shop, beat).await[4], (TierCode::Exclusive, 50_000));
    })
    .await;
}

#[tokio::test]
async fn a_wrong_tier_is_refused_by_name() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let bare = shop.beat("Day Walk", false).await;
        let manager = world.as_actor(shop.manager());
        let tx = store::begin(&world.db).await.unwrap();
        let below = TierSettings { price: Money::new(-1, Currency::EUR), ..tier(TierCode::Mp3) };
        let error = set_tier(&tx, &manager, shop.studio, None, &below).await.unwrap_err();
        assert!(matches!(error, LicensingError::Fault(TierFault::PriceNegative(_))));
        let error = set_tier(&tx, &manager, shop.studio, Some(bare), &tier(TierCode::Trackout)).await.unwrap_err();
        assert!(matches!(error, LicensingError::Fault(TierFault::NoStems)));
        let anonymous = world.as_actor(Actor::Anonymous);
        let error = set_tier(&tx, &anonymous, shop.studio, None, &tier(TierCode::Mp3)).await.unwrap_err();
        assert!(matches!(error, LicensingError::Denied(Denied::Unauthenticated)));
    })
    .await;
}

#[tokio::test]
async fn a_contract_carries_the_terms_as_sold_and_discloses_earlier_leases() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let beat = shop.beat("Night Drive", true).await;
        let lease = shop.order(&[(beat, TierCode::Wav)], 6000).await;
        shop.gateway.pay(lease.id);
        sales::settle_order(&shop.services, lease.id).await.unwrap();
        world.clock.advance(chrono::Duration::days(1));

        let now = world.ctx.env.now();
        let before = queries::offer_contract(&world.db, shop.studio, beat, TierCode::Exclusive, None, now);
        let before = before.await.unwrap().unwrap();
        assert!(before.grant.is_none());
        assert_eq!(before.earlier_leases.len(), 1);
        assert_eq!(
            before.licensor.producers.iter().map(|who| who.name.as_str()).collect::<Vec<_>>(),
            ["Nova", "Orson"]
        );

        let exclusive = shop.sell(&[(beat, TierCode::Exclusive)], 90_000).await;

        // The tier changes after the sale; the licence does not.
        let manager = world.as_actor(shop.manager());
        let tx = store::begin(&world.db).await.unwrap();
        let dearer = TierSettings { price: Money::new(100, Currency::EUR), ..tier(TierCode::Exclusive) };
        set_tier(&tx, &manager, shop.studio, None, &dearer).await.unwrap();
        tx.commit().await.unwrap();

        let page = queries::list_licences(&world.db, &manager, shop.studio, Some(beat), PageRequest::default());
        let licences = page.await.unwrap().rows;
        assert_eq!(licences.len(), 2);
        let contract = queries::contract(&world.db, licences[0].id).await.unwrap().unwrap();
        let grant = contract.grant.unwrap();
        assert_eq!(grant.reference, format!("{}-1", exclusive.reference));
        assert_eq!(contract.price, Money::new(90_000, Currency::EUR));
        assert_eq!(contract.terms, before.terms);
        assert_eq!(contract.earlier_leases[0].reference, format!("{}-1", lease.reference));
        assert!(contract.earlier_leases[0].ends_at.is_some());
        assert_eq!(codes(&shop, beat).await, []);
    })
    .await;
}
