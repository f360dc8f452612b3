//! Bundles, coupons, and amounts of other digits than the euro's.

use std::collections::BTreeSet;

use domain::{
    actor::Actor,
    ids::{BeatId, BundleId},
    licensing::terms::TierCode,
    money::{Currency, Money},
    pricing::{
        commands::settings::{set_bundle, set_coupon},
        queries::{BundleView, offered_bundles},
        rules::{
            DiscountName, Off,
            settings::{BundleSettings, CouponSettings},
        },
    },
    report::Explain,
    sales::{
        self, SalesError,
        commands::cart_prices,
        entity::{OrderState, order},
        receipt::receipt,
    },
    share::Share,
    store,
};

use super::{
    BHD, EUR, JPY, USD,
    carts::{found, turn},
    owed, priced, set, usd,
};
use crate::{
    books::assert_proved,
    shop::Shop,
    support::{World, on_each_database},
};

/// A bundle of the WAV leases of beats, for 90 euros and in further currencies.
async fn bundle(world: &World, shop: &Shop, id: Option<BundleId>, beats: &[BeatId], further: &[Money]) -> BundleView {
    let settings = BundleSettings {
        name: "Nights".into(),
        tier: TierCode::Wav,
        beats: beats.to_vec(),
        price: Money::new(9_000, EUR),
        further: further.to_vec(),
        enabled: true,
    };
    let tx = store::begin(&world.db).await.unwrap();
    let view = set_bundle(&tx, &world.as_actor(shop.manager()), shop.studio, id, &settings).await.unwrap();
    tx.commit().await.unwrap();
    view
}

async fn add_bundle(world: &World, shop: &Shop, view: &BundleView, currency: Currency) -> Result<String, SalesError> {
    let anyone = world.as_actor(Actor::Anonymous);
    let tx = store::begin(&world.db).await.unwrap();
    let id = view.bundle.id;
    let open = cart_prices::add_bundle(&tx, &anyone, shop.studio, None, id, Some(currency)).await?;
    tx.commit().await.unwrap();
    Ok(open.secret)
}

/// A coupon of a code.
async fn coupon(world: &World, shop: &Shop, code: &str, off: Off) {
    let settings = CouponSettings {
        code: code.into(),
        off,
        minimum: None,
        beats: BTreeSet::new(),
        tiers: BTreeSet::new(),
        starts_at: None,
        ends_at: None,
        max_uses: None,
        enabled: true,
    };
    let tx = store::begin(&world.db).await.unwrap();
    set_coupon(&tx, &world.as_actor(shop.manager()), shop.studio, &settings).await.unwrap();
    tx.commit().await.unwrap();
}

async fn enter(world: &World, shop: &Shop, secret: &str, code: &str) {
    let anyone = world.as_actor(Actor::Anonymous);
    cart_prices::enter_coupon(&shop.services, &anyone, shop.studio, secret, (Some(code), None)).await.unwrap();
}

fn part(ppm: u32) -> Off {
    Off::Part(Share::from_ppm(ppm).unwrap())
}

#[tokio::test]
async fn bundles_and_coupons_count_in_the_currencies_that_they_are_in() {
    on_each_database(async |world| {
        let mut shop = Shop::open(world, EUR).await;
        let beats = [shop.beat("Night Drive", true).await, shop.beat("Day Walk", true).await];
        let further = [usd(6_600), Money::new(9_000, JPY)];
        set(world, &shop, None, &priced(TierCode::Wav, &further)).await.unwrap();
        let view = bundle(world, &shop, None, &beats, &[usd(10_000)]).await;
        assert_eq!(view.further, [usd(10_000)]);
        for (currency, found) in [(EUR, Some((9_000, 12_000))), (USD, Some((10_000, 13_200))), (JPY, None)] {
            let offered = offered_bundles(&world.db, shop.studio, currency).await.unwrap();
            assert_eq!(offered.first().map(|bundle| (bundle.price.minor, bundle.list.minor)), found, "{currency}");
        }
        let unsold = add_bundle(world, &shop, &view, JPY).await.unwrap_err().explain();
        assert_eq!((unsold.code, unsold.field.as_deref()), ("BUNDLE_NOT_SOLD_IN_CURRENCY", Some("currency")));

        let secret = add_bundle(world, &shop, &view, USD).await.unwrap();
        coupon(world, &shop, "TEN", Off::Amount(Money::new(1_000, EUR))).await;
        coupon(world, &shop, "HALF", part(500_000)).await;
        enter(world, &shop, &secret, "TEN").await;
        let cart = found(world, &shop, &secret).await;
        let fault = cart.priced.unwrap().coupon_fault.unwrap().explain();
        assert_eq!((fault.code, cart.total), ("COUPON_CURRENCY", Ok(usd(10_000))));
        enter(world, &shop, &secret, "HALF").await;
        assert_eq!(found(world, &shop, &secret).await.total, Ok(usd(5_000)), "a part is one in each");
        turn(world, &shop, &secret, EUR).await.unwrap();
        enter(world, &shop, &secret, "TEN").await;
        assert_eq!(found(world, &shop, &secret).await.total, Ok(Money::new(8_000, EUR)));
        turn(world, &shop, &secret, JPY).await.unwrap();
        assert_eq!(found(world, &shop, &secret).await.total, Ok(Money::new(18_000, JPY)), "there it is no bundle");

        turn(world, &shop, &secret, USD).await.unwrap();
        enter(world, &shop, &secret, "HALF").await;
        shop.currency = USD;
        let order = shop.place(&secret, 5_000).await.unwrap();
        let discounts = receipt_of(&shop, &order).await;
        let (bundle_name, coupon_name) = (DiscountName::Bundle("Nights".into()), DiscountName::Coupon("HALF".into()));
        assert_eq!(discounts, [(bundle_name, usd(3_200)), (coupon_name, usd(5_000))]);
        let in_euros = bundle(world, &shop, Some(view.bundle.id), &beats, &[]).await;
        assert_eq!(
            (in_euros.bundle.id, in_euros.price_in(USD)),
            (view.bundle.id, None),
            "they are replaced as a whole"
        );
        assert_proved(world).await;
    })
    .await;
}

/// Pays and settles an order; what its receipt says was taken off.
async fn receipt_of(shop: &Shop, order: &order::Model) -> Vec<(DiscountName, Money)> {
    sales::open_checkout(&shop.services, order.id).await.unwrap();
    shop.gateway.pay(order.id);
    sales::settle_order(&shop.services, order.id).await.unwrap();
    receipt(&shop.services.db, &shop.found(order.id).await).await.unwrap().unwrap().discounts
}

#[tokio::test]
async fn yen_have_no_decimals_and_dinars_move_in_tens() {
    on_each_database(async |world| {
        let mut shop = Shop::open(world, EUR).await;
        let beat = shop.beat("Night Drive", true).await;
        let further = [Money::new(4_501, JPY), Money::new(11_110, BHD)];
        set(world, &shop, None, &priced(TierCode::Mp3, &further)).await.unwrap();
        coupon(world, &shop, "THIRD", part(333_333)).await;
        coupon(world, &shop, "NEARLY", part(999_000)).await;

        shop.currency = JPY;
        let secret = shop.cart(&[(beat, TierCode::Mp3)]).await.unwrap();
        enter(world, &shop, &secret, "NEARLY").await;
        let Ok(total) = found(world, &shop, &secret).await.total else { panic!("it fits") };
        let little = shop.place(&secret, total.minor).await.unwrap_err();
        assert_eq!(little.explain().code, "TOTAL_TOO_SMALL");
        assert!(little.to_string().contains("JPY 50"), "{little}");
        let order = shop.sell(&[(beat, TierCode::Mp3)], 4_501).await;
        assert_eq!((order.state, order.total_minor), (OrderState::Paid, 4_501));

        shop.currency = BHD;
        let secret = shop.cart(&[(beat, TierCode::Mp3)]).await.unwrap();
        enter(world, &shop, &secret, "THIRD").await;
        assert_eq!(found(world, &shop, &secret).await.total, Ok(Money::new(7_410, BHD)));
        let order = shop.place(&secret, 7_410).await.unwrap();
        let third = (DiscountName::Coupon("THIRD".into()), Money::new(3_700, BHD));
        assert_eq!(receipt_of(&shop, &order).await, [third]);
        assert!(owed(world, &shop, JPY).await > 0 && owed(world, &shop, BHD).await > 0);
        assert_eq!(owed(world, &shop, EUR).await, 0);
        assert_proved(world).await;
    })
    .await;
}
