//! Offers, which are taken in the studio's own currency, and first refusal, which is asked for in the buyer's.

use chrono::Duration;
use domain::{
    actor::Actor,
    first_refusal::{commands::set_first_refusal, entity::window},
    licensing::terms::TierCode,
    money::Money,
    offers::commands::{Device, MakeOffer, OfferSettings, make_offer, set_offers},
    report::Explain,
    sales::SalesError,
    store,
};
use sea_orm::{EntityTrait, QueryOrder};

use super::{EUR, JPY, USD, sell_in_dollars, told, usd};
use crate::{shop::Shop, support::on_each_database};

#[tokio::test]
async fn offers_are_taken_in_the_studios_currency_alone() {
    on_each_database(async |world| {
        let shop = Shop::open(world, EUR).await;
        let beat = shop.beat("Night Drive", true).await;
        sell_in_dollars(world, &shop).await;
        let settings = OfferSettings {
            tier: TierCode::Exclusive,
            takes_offers: true,
            minimum: Some(Money::new(80_000, EUR)),
            answer_days: 7,
        };
        let manager = world.as_actor(shop.manager());
        let tx = store::begin(&world.db).await.unwrap();
        let in_dollars = OfferSettings { minimum: Some(usd(80_000)), ..settings };
        let refused = set_offers(&tx, &manager, shop.studio, None, &in_dollars).await.unwrap_err().explain();
        assert_eq!(refused.code, "OTHER_CURRENCY");
        set_offers(&tx, &manager, shop.studio, None, &settings).await.unwrap();
        tx.commit().await.unwrap();

        let request = |amount| MakeOffer {
            beat,
            tier: TierCode::Exclusive,
            email: "ada@example.com".into(),
            amount,
            words: String::new(),
            device: Device::default(),
        };
        let anyone = world.as_actor(Actor::Anonymous);
        let named = async |amount| {
            make_offer(&shop.services, &anyone, shop.studio, &request(amount)).await.map(|made| made.offer)
        };
        // Sold in dollars it is, but no amount in them tells anything of the minimum.
        for amount in [usd(50_000), usd(98_999), Money::new(80_000, JPY)] {
            let refused = named(amount).await.unwrap_err();
            assert!(refused.to_string().contains("offers are taken in EUR alone"), "{refused}");
            assert_eq!(told(&refused.explain()), ("OTHER_CURRENCY", "amount.currency", "offer it in EUR"));
        }
        let offered = named(Money::new(79_999, EUR)).await.unwrap();
        assert_eq!((offered.currency, offered.below_minimum), (EUR, true));
    })
    .await;
}

#[tokio::test]
async fn leaseholders_are_asked_first_in_the_currency_in_which_somebody_buys() {
    on_each_database(async |world| {
        let mut shop = Shop::open(world, EUR).await;
        let beat = shop.beat("Night Drive", true).await;
        sell_in_dollars(world, &shop).await;
        shop.sell(&[(beat, TierCode::Mp3)], 3_000).await;
        let tx = store::begin(&world.db).await.unwrap();
        set_first_refusal(&tx, &world.as_actor(shop.manager()), shop.studio, true).await.unwrap();
        tx.commit().await.unwrap();
        let euros = shop.cart(&[(beat, TierCode::Exclusive)]).await.unwrap();
        assert!(matches!(shop.place(&euros, 90_000).await, Err(SalesError::FirstRefusal { .. })));
        world.clock.advance(Duration::hours(48));
        shop.currency = USD;
        let dollars = shop.cart(&[(beat, TierCode::Exclusive)]).await.unwrap();
        let held = shop.place(&dollars, 99_000).await;
        assert!(matches!(held, Err(SalesError::FirstRefusal { .. })), "what was let pass in euros was another price");
        let windows = window::Entity::find().order_by_asc(window::Column::Id).all(&world.db).await.unwrap();
        let asked: Vec<Money> = windows.iter().map(|row| Money::new(row.price_minor, row.currency)).collect();
        assert_eq!(asked, [Money::new(90_000, EUR), usd(99_000)]);
        shop.currency = EUR;
        assert_eq!(shop.place(&euros, 90_000).await.unwrap().currency, EUR, "in euros they have let it pass");
    })
    .await;
}
