//! Carts: in one currency, which is changed as a whole or not at all.

use domain::{
    actor::Actor,
    ids::BeatId,
    licensing::terms::TierCode,
    money::{Currency, Money},
    report::Explain,
    sales::{
        SalesError,
        commands::{cart_prices, carts},
        entity::{cart, cart_line},
        queries,
    },
    store,
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, QueryOrder};

use super::{EUR, JPY, USD, priced, sell_in_dollars, set, told, usd};
use crate::{
    shop::Shop,
    support::{World, on_each_database},
};

async fn add(
    world: &World,
    shop: &Shop,
    secret: &str,
    (beat, tier): (BeatId, TierCode),
    currency: Option<Currency>,
) -> Result<cart::Model, SalesError> {
    let anyone = world.as_actor(Actor::Anonymous);
    let tx = store::begin(&world.db).await.unwrap();
    let open = carts::add_to_cart(&tx, &anyone, shop.studio, Some(secret), beat, tier, currency).await?;
    tx.commit().await.unwrap();
    Ok(open.cart)
}

/// Changes the currency of a cart.
pub(super) async fn turn(
    world: &World,
    shop: &Shop,
    secret: &str,
    currency: Currency,
) -> Result<cart::Model, SalesError> {
    let anyone = world.as_actor(Actor::Anonymous);
    let tx = store::begin(&world.db).await.unwrap();
    let cart = cart_prices::change_currency(&tx, &anyone, shop.studio, secret, currency).await?;
    tx.commit().await.unwrap();
    Ok(cart)
}

pub(super) async fn found(world: &World, shop: &Shop, secret: &str) -> queries::CartView {
    queries::find_cart(&world.db, shop.studio, secret, world.ctx.env.now()).await.unwrap().unwrap()
}

#[tokio::test]
async fn a_cart_is_in_one_currency_and_turns_as_a_whole_or_not_at_all() {
    on_each_database(async |world| {
        let mut shop = Shop::open(world, EUR).await;
        let (first, second, third) =
            (shop.beat("Night Drive", true).await, shop.beat("Day Walk", true).await, shop.beat("Dawn", true).await);
        sell_in_dollars(world, &shop).await;
        set(world, &shop, Some(second), &priced(TierCode::Wav, &[])).await.unwrap();
        let secret = shop.cart(&[(first, TierCode::Mp3), (second, TierCode::Wav)]).await.unwrap();

        let other = add(world, &shop, &secret, (third, TierCode::Mp3), Some(USD)).await.unwrap_err().explain();
        let remedy = "change the cart's currency to USD, or order what is in it, or take it out, first";
        assert_eq!(told(&other), ("CART_OTHER_CURRENCY", "currency", remedy));
        let unsold = turn(world, &shop, &secret, USD).await.unwrap_err();
        assert_eq!(unsold.to_string(), "this is not sold in USD: Day Walk (WAV lease)");
        let remedy = "take that out first, or stay with EUR";
        assert_eq!(told(&unsold.explain()), ("LINES_NOT_SOLD_IN_CURRENCY", "lines.1", remedy));
        let yen = turn(world, &shop, &secret, JPY).await.unwrap_err().explain();
        assert_eq!(told(&yen), ("CURRENCY_NOT_SOLD", "currency", "choose a currency that it sells in: EUR, USD"));
        let view = found(world, &shop, &secret).await;
        assert_eq!((view.cart.currency, view.total.clone(), view.lines.len()), (EUR, Ok(Money::new(9_000, EUR)), 2));
        assert!(view.lines.iter().all(|line| line.stale.is_none()), "nothing is lost: {:?}", view.lines);

        set(world, &shop, Some(second), &priced(TierCode::Wav, &[usd(7_000)])).await.unwrap();
        let mut other_terms = priced(TierCode::Mp3, &[usd(3_300)]);
        other_terms.terms.caps.streams = Some(1);
        set(world, &shop, None, &other_terms).await.unwrap();
        turn(world, &shop, &secret, USD).await.unwrap();
        let view = found(world, &shop, &secret).await;
        assert_eq!((view.cart.currency, view.total), (USD, Ok(usd(10_300))));
        let notes: Vec<_> = view.lines.iter().map(|line| line.stale.as_ref().map(ToString::to_string)).collect();
        assert_eq!(notes, [Some("the terms of Night Drive (MP3 lease) have changed".to_owned()), None]);
        let anyone = world.as_actor(Actor::Anonymous);
        let tx = store::begin(&world.db).await.unwrap();
        carts::refresh_cart(&tx, &anyone, shop.studio, &secret).await.unwrap();
        tx.commit().await.unwrap();
        let in_euros = shop.place(&secret, 9_000).await.unwrap_err();
        assert!(
            matches!(in_euros, SalesError::CartStale { ref lines, total } if lines.is_empty() && total == usd(10_300))
        );
        shop.currency = USD;
        let dollars = shop.place(&secret, 10_300).await.unwrap();
        assert_eq!(turn(world, &shop, &secret, EUR).await.unwrap().currency, EUR);
        shop.currency = EUR;
        let euros = shop.place(&secret, 9_000).await.unwrap();
        assert_eq!((dollars.currency, euros.currency), (USD, EUR), "another order, for it is another price");

        let line = cart_line::Entity::find().order_by_asc(cart_line::Column::Id).one(&world.db).await.unwrap().unwrap();
        let smuggled = cart_line::ActiveModel { id: Set(line.id), currency: Set(USD), ..Default::default() };
        assert!(smuggled.update(&world.db).await.is_err(), "the database holds a cart to its currency");
    })
    .await;
}

#[tokio::test]
async fn an_empty_cart_takes_the_next_currency_and_a_new_one_the_studios() {
    on_each_database(async |world| {
        let mut shop = Shop::open(world, EUR).await;
        let beat = shop.beat("Night Drive", true).await;
        sell_in_dollars(world, &shop).await;
        shop.currency = USD;
        let secret = shop.cart(&[(beat, TierCode::Mp3)]).await.unwrap();
        let kept = add(world, &shop, &secret, (beat, TierCode::Wav), None).await.unwrap();
        assert_eq!(kept.currency, USD, "who says nothing means the cart's own");
        let unsold = add(world, &shop, &secret, (beat, TierCode::Trackout), None).await.unwrap_err().explain();
        let remedy = "choose a currency that it is sold in: EUR";
        assert_eq!(told(&unsold), ("TIER_NOT_SOLD_IN_CURRENCY", "currency", remedy));

        let view = found(world, &shop, &secret).await;
        assert_eq!(view.total, Ok(usd(6_600)), "the refused change of tier has changed nothing");
        let anyone = world.as_actor(Actor::Anonymous);
        let tx = store::begin(&world.db).await.unwrap();
        let line = view.lines[0].line.id;
        let trackout = carts::change_tier(&tx, &anyone, shop.studio, &secret, line, TierCode::Trackout).await;
        assert!(matches!(trackout, Err(SalesError::TierNotSoldIn { currency, .. }) if currency == USD), "{trackout:?}");
        carts::change_tier(&tx, &anyone, shop.studio, &secret, line, TierCode::Exclusive).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(found(world, &shop, &secret).await.total, Ok(usd(99_000)));

        // Taken off sale in dollars while it waits in a cart.
        set(world, &shop, None, &priced(TierCode::Exclusive, &[])).await.unwrap();
        let gone = shop.place(&secret, 99_000).await.unwrap_err();
        assert!(gone.to_string().contains("Night Drive (Exclusive licence) is not sold in USD any more"), "{gone}");
        let tx = store::begin(&world.db).await.unwrap();
        carts::remove_from_cart(&tx, &anyone, shop.studio, &secret, line).await.unwrap();
        tx.commit().await.unwrap();
        let euros = add(world, &shop, &secret, (beat, TierCode::Exclusive), Some(EUR)).await.unwrap();
        assert_eq!(euros.currency, EUR);
        let fresh = add(world, &shop, "no such secret", (beat, TierCode::Mp3), None).await.unwrap();
        assert_eq!(fresh.currency, EUR);
    })
    .await;
}
