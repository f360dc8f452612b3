//! A studio that sells in several currencies: a sale is in one of them, from the price on the list to the last entry of its journal.

mod carts;
mod pricing;
mod promises;
mod upgrade;

use domain::{
    actor::Actor,
    catalog::entity::{BeatState, beat},
    ids::BeatId,
    ledger::{entity::AccountKind, queries as ledger},
    licensing::{
        LicensingError,
        commands::{reset_tier, set_tier, set_tier_enabled},
        entity::{licence, tier, tier_price},
        prices::currencies_of,
        queries::{contract, effective_tiers, licences_of_orders, offer_contract, sold_in},
        rules::{TierSettings, default_tiers},
        terms::TierCode,
    },
    money::{Currency, Money},
    report::{Explain, Report},
    sales::{
        self, PlaceUpgrade, SalesError,
        entity::{OrderState, order},
        queries,
        receipt::receipt,
        rules::upgrade::UpgradeRefusal,
        upgrades::find_upgradable,
    },
    store,
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set};

use crate::{
    books::assert_proved,
    shop::Shop,
    support::{World, on_each_database},
};

const EUR: Currency = Currency::EUR;
const USD: Currency = Currency::USD;
const JPY: Currency = Currency::JPY;
const BHD: Currency = Currency::BHD;

fn usd(minor: i64) -> Money {
    Money::new(minor, USD)
}

/// A default tier with prices in further currencies.
fn priced(code: TierCode, further: &[Money]) -> TierSettings {
    let tier = default_tiers(EUR, "Nova").into_iter().find(|tier| tier.terms.tier == code).unwrap();
    TierSettings { further: further.to_vec(), ..tier }
}

async fn set(
    world: &World,
    shop: &Shop,
    beat: Option<BeatId>,
    settings: &TierSettings,
) -> Result<tier::Model, LicensingError> {
    let tx = store::begin(&world.db).await.unwrap();
    let row = set_tier(&tx, &world.as_actor(shop.manager()), shop.studio, beat, settings).await?;
    tx.commit().await.unwrap();
    Ok(row)
}

/// Three tiers cost a tenth more in dollars than in euros, and the two others are not sold in them.
async fn sell_in_dollars(world: &World, shop: &Shop) {
    for (code, minor) in [(TierCode::Mp3, 3_300), (TierCode::Wav, 6_600), (TierCode::Exclusive, 99_000)] {
        set(world, shop, None, &priced(code, &[usd(minor)])).await.unwrap();
    }
}

async fn offered(world: &World, shop: &Shop, beat: BeatId, currency: Currency) -> Vec<(TierCode, i64)> {
    let offers = effective_tiers(&world.db, shop.studio, &[beat]).await.unwrap().remove(&beat).unwrap();
    sold_in(&offers, currency).iter().map(|offer| (offer.terms.tier, offer.price.minor)).collect()
}

async fn licence_of(world: &World, order: &order::Model) -> licence::Model {
    licences_of_orders(&world.db, &[order.id]).await.unwrap().remove(&order.id).unwrap().remove(0)
}

/// What is owed to all payees in a currency, in minor units.
async fn owed(world: &World, shop: &Shop, currency: Currency) -> i64 {
    let payees = ledger::list_payees(&world.db, &world.ctx, shop.studio, None).await.unwrap();
    payees.iter().filter(|payee| payee.owed.currency == currency).map(|payee| payee.owed.minor).sum()
}

/// Code, field and remedy of a refusal.
fn told(report: &Report) -> (&'static str, &str, &str) {
    (report.code, report.field.as_deref().unwrap(), report.remedy.as_deref().unwrap())
}

#[tokio::test]
async fn a_tier_is_sold_in_each_currency_that_it_has_a_price_in() {
    on_each_database(async |world| {
        let shop = Shop::open(world, EUR).await;
        let (first, second) = (shop.beat("Night Drive", true).await, shop.beat("Day Walk", true).await);
        let sold = async || currencies_of(&world.db, shop.studio, EUR).await.unwrap();
        assert_eq!(sold().await, [EUR]);
        let default = set(world, &shop, None, &priced(TierCode::Mp3, &[usd(3_300), Money::new(4_500, JPY)])).await;
        let default = default.unwrap();
        let own = priced(TierCode::Mp3, &[Money::new(12_340, BHD)]);
        set(world, &shop, Some(second), &own).await.unwrap();
        assert_eq!(sold().await, [EUR, BHD, JPY, USD]);
        assert_eq!(offered(world, &shop, first, USD).await, [(TierCode::Mp3, 3_300)]);
        assert_eq!(offered(world, &shop, first, JPY).await, [(TierCode::Mp3, 4_500)]);
        assert_eq!(offered(world, &shop, second, USD).await, [], "its own version has its own prices");
        assert_eq!(offered(world, &shop, second, BHD).await, [(TierCode::Mp3, 12_340)]);
        let in_euros = offered(world, &shop, second, EUR).await;
        assert_eq!((in_euros.len(), in_euros[0]), (5, (TierCode::Mp3, 3_000)));

        let manager = world.as_actor(shop.manager());
        let tx = store::begin(&world.db).await.unwrap();
        for enabled in [false, true] {
            set_tier_enabled(&tx, &manager, shop.studio, Some(first), TierCode::Mp3, enabled).await.unwrap();
        }
        assert!(reset_tier(&tx, &manager, shop.studio, second, TierCode::Mp3).await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(offered(world, &shop, first, USD).await, [(TierCode::Mp3, 3_300)], "switched off and on again");
        assert_eq!(offered(world, &shop, second, USD).await, [(TierCode::Mp3, 3_300)], "the default holds again");
        assert_eq!(sold().await, [EUR, JPY, USD], "what was dropped has taken its prices along");

        let twice = tier_price::ActiveModel {
            tier_id: Set(default.id),
            currency: Set(EUR),
            studio_id: Set(shop.studio),
            price_minor: Set(1),
        };
        assert!(twice.insert(&world.db).await.is_err(), "the price in euros stands in the tier itself");
        let refused = set(world, &shop, None, &priced(TierCode::Mp3, &[usd(3_300), usd(3_400)])).await.unwrap_err();
        assert_eq!(told(&refused.explain()).1, "prices.1.currency");
        set(world, &shop, None, &priced(TierCode::Mp3, &[])).await.unwrap();
        assert_eq!(offered(world, &shop, second, USD).await, [], "they are replaced as a whole");
        assert_eq!(offered(world, &shop, first, USD).await, [(TierCode::Mp3, 3_300)], "this has its own version now");

        set(world, &shop, None, &priced(TierCode::Mp3, &[Money::new(12_340, BHD)])).await.unwrap();
        assert_eq!(sold().await, [EUR, BHD, JPY, USD]);
        set(world, &shop, Some(second), &priced(TierCode::Mp3, &[])).await.unwrap();
        assert_eq!(sold().await, [EUR, JPY, USD], "the default holds for no beat any more");
        for beat in [first, second] {
            let hidden = beat::ActiveModel { id: Set(beat), state: Set(BeatState::Unpublished), ..Default::default() };
            hidden.update(&world.db).await.unwrap();
        }
        assert_eq!(sold().await, [EUR], "no beat is published");
    })
    .await;
}

#[tokio::test]
async fn who_switches_a_tier_off_keeps_what_somebody_else_sets_meanwhile() {
    on_each_database(async |world| {
        let shop = Shop::open(world, EUR).await;
        let beat = shop.beat("Night Drive", true).await;
        let manager = world.as_actor(shop.manager());
        for minor in [3_301, 3_302] {
            let tx = store::begin(&world.db).await.unwrap();
            let settings = priced(TierCode::Mp3, &[usd(minor)]);
            set_tier(&tx, &manager, shop.studio, None, &settings).await.unwrap();
            let switch = async {
                let tx = store::begin(&world.db).await.unwrap();
                for enabled in [false, true] {
                    set_tier_enabled(&tx, &manager, shop.studio, None, TierCode::Mp3, enabled).await.unwrap();
                }
                tx.commit().await.unwrap();
            };
            let commit = async {
                // Meanwhile the other comes as far as it can.
                for _ in 0..3 {
                    offered(world, &shop, beat, USD).await;
                }
                tx.commit().await.unwrap();
            };
            tokio::join!(switch, commit);
            assert_eq!(offered(world, &shop, beat, USD).await, [(TierCode::Mp3, minor)]);
        }
    })
    .await;
}

#[tokio::test]
async fn a_sale_in_dollars_at_a_euro_studio_is_in_dollars_throughout() {
    on_each_database(async |world| {
        let mut shop = Shop::open(world, EUR).await;
        let beat = shop.beat("Night Drive", true).await;
        sell_in_dollars(world, &shop).await;
        shop.sell(&[(beat, TierCode::Mp3)], 3_000).await;
        shop.currency = USD;
        let order = shop.sell(&[(beat, TierCode::Wav)], 6_600).await;
        assert_eq!((order.state, order.currency, order.total_minor), (OrderState::Paid, USD, 6_600));
        let asked = shop.gateway.request(order.id);
        assert_eq!((asked.lines[0].1, asked.total), (usd(6_600), usd(6_600)));
        let licence = licence_of(world, &order).await;
        assert_eq!((licence.price_minor, licence.currency), (6_600, USD));
        assert_eq!(contract(&world.db, licence.id).await.unwrap().unwrap().price, usd(6_600));

        // The contract that the page shows in dollars is the one that was ordered.
        let shown = async |currency| {
            let offered = offer_contract(&world.db, shop.studio, beat, TierCode::Wav, currency, order.placed_at);
            shop.services.contracts.offer_sha256(&offered.await.unwrap().unwrap()).unwrap()
        };
        let line = queries::lines_of_order(&world.db, order.id).await.unwrap().remove(0);
        assert_eq!(line.shown_text_sha256, Some(shown(Some(USD)).await));
        assert_ne!(line.shown_text_sha256, Some(shown(None).await), "nor is it the one in euros");
        let unsold = offer_contract(&world.db, shop.studio, beat, TierCode::Wav, Some(JPY), order.placed_at);
        assert_eq!(unsold.await.unwrap(), None);

        let paid = receipt(&world.db, &order).await.unwrap().unwrap();
        assert_eq!([paid.total, paid.lines[0].list, paid.payments[0].amount], [usd(6_600); 3]);
        assert_eq!(paid.given_back, usd(0));
        for (kind, euros, dollars) in [
            (AccountKind::GatewayClearing, 2_913, 6_409),
            (AccountKind::GatewayFees, 87, 191),
            (AccountKind::Sales, -3_000, -6_600),
        ] {
            let of = async |currency| ledger::find_own_balance(&world.db, shop.studio, kind, currency).await.unwrap();
            assert_eq!((of(EUR).await, of(USD).await), (euros, dollars), "{kind}");
        }
        assert_eq!((owed(world, &shop, EUR).await, owed(world, &shop, USD).await), (2_913, 6_409));
        let journals = ledger::journals_of_order(&world.db, &world.ctx, shop.studio, order.id).await.unwrap();
        assert_eq!((journals.len(), &journals[0].reference), (1, &order.reference));
        assert_proved(world).await;

        shop.give_back(shop.payment(order.id).await.id, None).await.unwrap();
        assert_eq!((owed(world, &shop, EUR).await, owed(world, &shop, USD).await), (2_913, 0));
        assert_eq!(receipt(&world.db, &order).await.unwrap().unwrap().given_back, usd(6_600));
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn a_licence_is_upgraded_in_the_currency_that_it_was_paid_in() {
    on_each_database(async |world| {
        let mut shop = Shop::open(world, EUR).await;
        let beat = shop.beat("Night Drive", true).await;
        sell_in_dollars(world, &shop).await;
        let euros = licence_of(world, &shop.sell(&[(beat, TierCode::Mp3)], 3_000).await).await;
        shop.currency = USD;
        let dollars = licence_of(world, &shop.sell(&[(beat, TierCode::Mp3)], 3_300).await).await;
        let upgradable = async |licence: &licence::Model| {
            let buyer = world.as_actor(Actor::Buyer { order: licence.order_id });
            find_upgradable(&world.db, &buyer, &licence.reference).await
        };
        let prices = async |licence: &licence::Model| -> Vec<(TierCode, Money)> {
            let found = upgradable(licence).await.unwrap();
            found.offers.iter().map(|at| (at.offer.terms.tier, at.price)).collect()
        };
        assert_eq!(prices(&euros).await.len(), 4);
        assert_eq!(prices(&dollars).await, [(TierCode::Wav, usd(3_300)), (TierCode::Exclusive, usd(95_700))]);

        let request = PlaceUpgrade {
            reference: dollars.reference.clone(),
            tier: TierCode::Wav,
            seen_price: usd(3_300),
            ip: None,
            user_agent: None,
        };
        let buyer = world.as_actor(Actor::Buyer { order: dollars.order_id });
        let order = sales::place_upgrade(&shop.services, &buyer, &request).await.unwrap();
        sales::open_checkout(&shop.services, order.id).await.unwrap();
        assert_eq!(shop.gateway.request(order.id).total, usd(3_300));
        shop.gateway.pay(order.id);
        sales::settle_order(&shop.services, order.id).await.unwrap();
        shop.do_jobs().await;
        let wav = licence_of(world, &order).await;
        assert_eq!((wav.currency, wav.price_minor), (USD, 3_300));
        let replaced = contract(&world.db, wav.id).await.unwrap().unwrap().replaces.unwrap();
        assert_eq!((replaced.full_price, replaced.credited), (usd(6_600), usd(3_300)));
        assert_proved(world).await;

        set(world, &shop, None, &priced(TierCode::Exclusive, &[])).await.unwrap();
        let none = upgradable(&wav).await;
        assert!(matches!(none, Err(SalesError::Upgrade(UpgradeRefusal::NothingHigher))), "{none:?}");
    })
    .await;
}
