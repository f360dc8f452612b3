//! What upgrades cost: the difference less what is kept of what was paid before, with its tax, no less than is collected; and what receipts say of that.

use domain::{
    actor::Actor,
    licensing::{commands::set_tier, queries::contract, rules::default_tiers, terms::TierCode},
    money::{Currency, Money},
    pricing::{commands::settings, queries::facts_of_lines, rules::settings::TaxSettings},
    sales::{
        self, AskRefund, SalesError, Settled,
        commands::cart_prices,
        entity::{OrderState, PaymentState},
        receipt::receipt,
        rules::money_back::Entitlement,
    },
    share::Share,
};

use crate::{
    books::{assert_proved, may},
    shop::Shop,
    support::{World, on_each_database},
    upgrades::{Bought, lease, licence_of, offered, open, pay, place, prices, successor, upgraded},
};

#[tokio::test]
async fn what_was_given_back_is_not_credited() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let beats = [shop.beat("Night Drive", false).await, shop.beat("Day Walk", false).await];
        let order = shop.sell(&[(beats[0], TierCode::Mp3), (beats[1], TierCode::Wav)], 9_000).await;
        let ada = licence_of(world, order.id).await;
        assert_eq!(prices(&shop, &ada).await[0], (TierCode::Wav, 3_000), "of two lines its own");
        let waits = open(&shop, &ada, TierCode::Wav, 3_000).await;
        shop.give_back(shop.payment(order.id).await.id, Some(3_000)).await.unwrap();
        assert_eq!(prices(&shop, &ada).await[0], (TierCode::Wav, 4_000), "a third of the refund is its own");
        let stale = place(&shop, &ada, TierCode::Wav, 3_000).await.unwrap_err();
        assert_eq!(stale.to_string(), "the upgrade now costs EUR 40.00, you saw EUR 30.00");

        // No page is opened on which it would only go back.
        let unopened = place(&shop, &ada, TierCode::Wav, 4_000).await.unwrap();
        shop.give_back(shop.payment(order.id).await.id, Some(300)).await.unwrap();
        let refused = sales::open_checkout(&shop.services, unopened.id).await;
        assert!(matches!(refused, Err(SalesError::OrderClosed(OrderState::Expired))), "{refused:?}");
        let closed = shop.found(unopened.id).await;
        assert!(closed.closed_reason.unwrap().contains("given back meanwhile"));

        // Paid after all, at a credit that is gone.
        assert_eq!(pay(&shop, waits).await, Settled::Refunding);
        let closed = shop.found(waits).await;
        assert_eq!(closed.state, OrderState::Refunded);
        assert!(closed.closed_reason.unwrap().contains("given back meanwhile"));
        assert_eq!(successor(world, &ada).await, None);
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn what_is_asked_back_is_credited_to_no_upgrade_that_is_paid_meanwhile() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let beat = shop.beat("Night Drive", false).await;
        let ada = lease(world, &shop, beat).await;
        let first = ada.licence.order_id;
        let waits = open(&shop, &ada, TierCode::Wav, 3_000).await;
        let asked = AskRefund { amount: None, reason: "as agreed", key: None };
        let tx = shop.services.begin().await.unwrap();
        sales::request_refund(&tx, &world.ctx, shop.payment(first).await.id, asked).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(prices(&shop, &ada).await[0], (TierCode::Wav, 6_000));
        assert_eq!(pay(&shop, waits).await, Settled::Refunding);
        assert_eq!(may(world, &shop, first).await, Entitlement::Revoked);
        for order in [first, waits] {
            assert_eq!(shop.payment(order).await.state, PaymentState::Refunded, "neither is kept");
        }
        assert_proved(world).await;
    })
    .await;
}

/// Taxes sales to Germany on top of their prices.
async fn tax_on_top(world: &World, shop: &Shop) {
    let (country, rate) = ("DE".parse().unwrap(), Share::from_ppm(190_000).unwrap());
    let rate = TaxSettings { country, name: "VAT".into(), rate, included: false };
    let tx = shop.services.begin().await.unwrap();
    settings::set_tax_rates(&tx, &world.as_actor(shop.manager()), shop.studio, &[rate]).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn an_upgrade_is_taxed_in_the_country_that_was_named_for_the_licence() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let beat = shop.beat("Night Drive", true).await;
        let untaxed = lease(world, &shop, beat).await;
        tax_on_top(world, &shop).await;
        assert_eq!(prices(&shop, &untaxed).await[0], (TierCode::Wav, 3_000), "nobody had asked for the country");
        let secret = shop.cart(&[(beat, TierCode::Mp3)]).await.unwrap();
        let tx = shop.services.begin().await.unwrap();
        let anyone = world.as_actor(Actor::Anonymous);
        cart_prices::say_country(&tx, &anyone, shop.studio, &secret, "DE".parse().unwrap()).await.unwrap();
        tx.commit().await.unwrap();
        let order = shop.place(&secret, 3_570).await.unwrap().id;
        sales::open_checkout(&shop.services, order).await.unwrap();
        assert_eq!(pay(&shop, order).await, Settled::Granted);
        let ada = licence_of(world, order).await;

        let found = offered(&shop, &ada).await.unwrap();
        let (wav, credited) = (&found.offers[0], found.credited.minor);
        assert_eq!((wav.full.minor, credited, wav.price.minor), (7_140, 3_570, 3_570), "with the tax in each");
        assert_eq!(wav.priced.tax_amount().minor, 570);
        let upgrade = upgraded(world, &shop, &ada, TierCode::Wav, 3_570).await;
        let line = upgrade.licence.order_line_id;
        let facts = facts_of_lines(&world.db, &[line]).await.unwrap().remove(&line).unwrap();
        assert_eq!((facts.tax_minor(), facts.list_minor(3_570)), (570, 3_570));
        assert_eq!(facts.tax.unwrap().country.code(), "DE");
        let replaced = contract(&world.db, upgrade.licence.id).await.unwrap().unwrap().replaces.unwrap();
        assert_eq!((replaced.full_price.minor, replaced.credited.minor), (7_140, 3_570));
        assert_eq!(prices(&shop, &upgrade).await[0], (TierCode::Trackout, 5_950), "13,090 less all that was paid");
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn no_less_is_paid_than_the_gateway_collects() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let beat = shop.beat("Night Drive", false).await;
        let ada = lease(world, &shop, beat).await;
        for (minor, price) in [(3_020, 50), (2_000, 50), (50, 50)] {
            let mut settings = default_tiers(Currency::EUR, "Nova").swap_remove(1);
            settings.price = Money::new(minor, Currency::EUR);
            let tx = shop.services.begin().await.unwrap();
            set_tier(&tx, &world.ctx, shop.studio, None, &settings).await.unwrap();
            tx.commit().await.unwrap();
            assert_eq!(prices(&shop, &ada).await[0], (TierCode::Wav, price));
        }
        let mut free = default_tiers(Currency::EUR, "Nova").swap_remove(1);
        free.price = Money::zero(Currency::EUR);
        let tx = shop.services.begin().await.unwrap();
        set_tier(&tx, &world.ctx, shop.studio, None, &free).await.unwrap();
        tx.commit().await.unwrap();
        let granted = place(&shop, &ada, TierCode::Wav, 0).await.unwrap();
        assert_eq!(granted.state, OrderState::Paid, "what costs nothing is granted at once");
        let wav = licence_of(world, granted.id).await;
        assert_eq!(successor(world, &ada).await, Some(wav.licence.reference));
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn a_receipt_names_the_licence_that_was_replaced_and_the_credit() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let beat = shop.beat("Night Drive", true).await;
        let eur = |minor| Money::new(minor, Currency::EUR);
        let read =
            async |of: &Bought| receipt(&world.db, &shop.found(of.licence.order_id).await).await.unwrap().unwrap();
        let ada = lease(world, &shop, beat).await;
        assert_eq!(read(&ada).await.upgrade, None);
        let wav = upgraded(world, &shop, &ada, TierCode::Wav, 3_000).await;
        let paid = read(&wav).await;
        let upgrade = paid.upgrade.unwrap();
        assert_eq!((paid.lines[0].list, paid.total), (eur(6_000), eur(3_000)));
        assert_eq!((upgrade.replaced, upgrade.tier), (ada.licence.reference, ada.licence.terms.tier_name));
        assert_eq!((upgrade.credited, upgrade.rounded_up), (eur(3_000), eur(0)));
        let trackout = upgraded(world, &shop, &wav, TierCode::Trackout, 5_000).await;
        let upgrade = read(&trackout).await.upgrade.unwrap();
        assert_eq!((upgrade.replaced, upgrade.credited), (wav.licence.reference, eur(6_000)), "of both before it");

        let bob = lease(world, &shop, beat).await;
        let mut cheap = default_tiers(Currency::EUR, "Nova").swap_remove(1);
        cheap.price = eur(3_020);
        let tx = shop.services.begin().await.unwrap();
        set_tier(&tx, &world.ctx, shop.studio, None, &cheap).await.unwrap();
        tx.commit().await.unwrap();
        let least = read(&upgraded(world, &shop, &bob, TierCode::Wav, 50).await).await;
        let upgrade = least.upgrade.unwrap();
        assert_eq!((least.lines[0].list, upgrade.credited, upgrade.rounded_up), (eur(3_020), eur(3_000), eur(30)));
        assert_eq!(least.total, eur(50));
    })
    .await;
}
