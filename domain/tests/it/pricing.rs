//! Coupons, bulk deals, bundles and tax, from what a studio sets to what is booked.

use std::collections::BTreeSet;

use chrono::Duration;
use domain::{
    actor::{Actor, Role},
    ids::{BeatId, OrderId, StudioId},
    ledger::{entity::AccountKind, queries as ledger},
    licensing::{entity::licence, terms::TierCode},
    money::{Currency, Money},
    policy::Denied,
    pricing::{
        PricingError,
        commands::settings,
        entity::coupon,
        queries::{self as pricing, LineFacts},
        rules::{
            CouponFault, CouponRule, DiscountName, Off,
            settings::{BulkSettings, BundleSettings, CouponSettings, SettingFault, TaxSettings},
        },
    },
    report::Explain,
    sales::{
        self, SalesError, Settled,
        commands::{cart_prices, carts, settlement},
        entity::{OrderState, order},
        proof::{DriftKind, prove},
        queries,
        receipt::{GivenBack, given_back, receipt},
        shown::contract_of_line,
    },
    share::Share,
    store,
};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter,
};

use crate::{
    books::assert_proved,
    shop::Shop,
    support::{World, on_each_database},
};

fn coupon(off: Off) -> CouponSettings {
    CouponSettings {
        code: "summer".into(),
        off,
        minimum: None,
        beats: BTreeSet::new(),
        tiers: BTreeSet::new(),
        starts_at: None,
        ends_at: None,
        max_uses: None,
        enabled: true,
    }
}

fn euros(minor: i64) -> Off {
    Off::Amount(Money::new(minor, Currency::EUR))
}

async fn set(world: &World, shop: &Shop, settings: &CouponSettings) -> Result<CouponRule, PricingError> {
    let manager = world.as_actor(shop.manager());
    let tx = store::begin(&world.db).await.unwrap();
    let rule = settings::set_coupon(&tx, &manager, shop.studio, settings).await?;
    tx.commit().await.unwrap();
    Ok(rule)
}

async fn enter(world: &World, shop: &Shop, secret: &str, code: &str) -> Result<(), SalesError> {
    let anyone = world.as_actor(Actor::Anonymous);
    cart_prices::enter_coupon(&shop.services, &anyone, shop.studio, secret, (Some(code), None)).await.map(drop)
}

async fn tax(world: &World, shop: &Shop, included: bool) {
    let manager = world.as_actor(shop.manager());
    let rate = TaxSettings {
        country: "DE".parse().unwrap(),
        name: "VAT".into(),
        rate: Share::from_ppm(190_000).unwrap(),
        included,
    };
    let tx = store::begin(&world.db).await.unwrap();
    settings::set_tax_rates(&tx, &manager, shop.studio, &[rate]).await.unwrap();
    tx.commit().await.unwrap();
}

async fn say(world: &World, shop: &Shop, secret: &str, country: &str) {
    let anyone = world.as_actor(Actor::Anonymous);
    let tx = store::begin(&world.db).await.unwrap();
    cart_prices::say_country(&tx, &anyone, shop.studio, secret, country.parse().unwrap()).await.unwrap();
    tx.commit().await.unwrap();
}

async fn cart_with(world: &World, shop: &Shop, beat: BeatId, code: &str) -> String {
    let secret = shop.cart(&[(beat, TierCode::Wav)]).await.unwrap();
    enter(world, shop, &secret, code).await.unwrap();
    secret
}

async fn uses(world: &World, rule: &CouponRule) -> i32 {
    coupon::Entity::find_by_id(rule.id).one(&world.db).await.unwrap().unwrap().uses
}

async fn facts(world: &World, order: OrderId) -> Vec<LineFacts> {
    let lines = queries::lines_of_order(&world.db, order).await.unwrap();
    let ids: Vec<_> = lines.iter().map(|line| line.id).collect();
    let mut facts = pricing::facts_of_lines(&world.db, &ids).await.unwrap();
    ids.iter().map(|line| facts.remove(line).unwrap_or_default()).collect()
}

async fn balance(world: &World, shop: &Shop, kind: AccountKind) -> i64 {
    let all = ledger::list_balances(&world.db, &world.ctx, shop.studio, None).await.unwrap();
    all.iter().filter(|row| row.account.kind == kind).map(|row| row.balance.minor).sum()
}

async fn licences(world: &World, order: OrderId) -> Vec<licence::Model> {
    licence::Entity::find().filter(licence::Column::OrderId.eq(order)).all(&world.db).await.unwrap()
}

#[tokio::test]
async fn a_coupon_is_in_the_order_the_contract_and_the_books() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let (first, second) = (shop.beat("Night Drive", true).await, shop.beat("Day Walk", true).await);
        let rule = set(world, &shop, &coupon(euros(1000))).await.unwrap();
        let secret = shop.cart(&[(first, TierCode::Wav), (second, TierCode::Mp3)]).await.unwrap();
        enter(world, &shop, &secret, " Summer ").await.unwrap();
        let cart = queries::find_cart(&world.db, shop.studio, &secret, world.ctx.env.now()).await.unwrap().unwrap();
        assert_eq!(cart.total, Ok(Money::new(8000, Currency::EUR)));
        let order = shop.place(&secret, 8000).await.unwrap();
        assert_eq!((order.total_minor, uses(world, &rule).await), (8000, 1));
        assert_eq!(shop.place(&secret, 8000).await.unwrap().id, order.id, "a second click is the same order");
        sales::open_checkout(&shop.services, order.id).await.unwrap();
        let asked = shop.gateway.request(order.id);
        let prices: Vec<i64> = asked.lines.iter().map(|(_, price)| price.minor).collect();
        assert_eq!((prices, asked.total.minor), (vec![5333, 2667], 8000));
        shop.gateway.pay(order.id);
        assert_eq!(sales::settle_order(&shop.services, order.id).await.unwrap(), Settled::Granted);

        let granted: Vec<i64> = licences(world, order.id).await.iter().map(|row| row.price_minor).collect();
        assert_eq!(granted.iter().sum::<i64>(), 8000);
        assert!(granted.contains(&5333), "the contract says what was paid: {granted:?}");
        assert_eq!(balance(world, &shop, AccountKind::Sales).await, -8000);
        let facts = facts(world, order.id).await;
        let lines: Vec<_> = facts.iter().map(|line| (line.discounts[0].amount_minor, line.tax.is_none())).collect();
        assert_eq!(lines, [(667, true), (333, true)]);
        assert_eq!((facts[0].list_minor(5333), &*facts[0].discounts[0].name), (6000, "Coupon SUMMER"));
        assert_eq!(uses(world, &rule).await, 1, "what is paid has used it");
    })
    .await;
}

#[tokio::test]
async fn the_proof_holds_a_coupons_uses_against_the_orders_that_took_them() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let beat = shop.beat("Night Drive", true).await;
        set(world, &shop, &coupon(euros(1000))).await.unwrap();
        let secret = cart_with(world, &shop, beat, "SUMMER").await;
        let order = shop.place(&secret, 5000).await.unwrap();
        assert_proved(world).await;
        for uses in [0, 2] {
            world.db.execute_unprepared(&format!("UPDATE coupons SET uses = {uses}")).await.unwrap();
            let proof = prove(&world.db, &world.ctx, shop.studio).await.unwrap();
            let drifts: Vec<_> = proof.drifts.iter().map(|drift| (drift.kind, drift.reference.as_str())).collect();
            assert_eq!(drifts, [(DriftKind::CouponAstray, "coupon SUMMER")]);
        }
        world.db.execute_unprepared("UPDATE coupons SET uses = 1").await.unwrap();
        world.clock.advance(Duration::hours(1));
        sales::settle_order(&shop.services, order.id).await.unwrap();
        assert_eq!(shop.found(order.id).await.state, OrderState::Expired);
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn of_many_at_the_last_use_one_wins_and_the_others_keep_their_carts() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let beat = shop.beat("Night Drive", true).await;
        let rule = set(world, &shop, &CouponSettings { max_uses: Some(1), ..coupon(euros(1000)) }).await.unwrap();
        let mut carts = Vec::new();
        for _ in 0..8 {
            carts.push(cart_with(world, &shop, beat, "SUMMER").await);
        }
        let placed = futures::future::join_all(carts.iter().map(|secret| shop.place(secret, 5000))).await;
        assert_eq!(placed.iter().filter(|placed| placed.is_ok()).count(), 1);
        assert_eq!((uses(world, &rule).await, order::Entity::find().count(&world.db).await.unwrap()), (1, 1));
        for (secret, placed) in carts.iter().zip(&placed) {
            let Err(error) = placed else { continue };
            assert!(matches!(error, SalesError::Coupon(CouponFault::UsedUp(_))), "{error:?}");
            let report = error.explain();
            assert_eq!((report.code, report.field.as_deref()), ("COUPON_USED_UP", Some("coupon")));
            let cart = queries::find_cart(&world.db, shop.studio, secret, world.ctx.env.now()).await.unwrap().unwrap();
            assert_eq!((cart.lines.len(), cart.total), (1, Ok(Money::new(6000, Currency::EUR))));
            assert_eq!(shop.place(secret, 6000).await.unwrap().total_minor, 6000, "without it they can go on");
        }
        let beyond = coupon::ActiveModel { id: Set(rule.id), uses: Set(2), ..Default::default() };
        assert!(beyond.update(&world.db).await.is_err(), "the database holds the limit");
    })
    .await;
}

#[tokio::test]
async fn who_orders_anew_from_a_cart_keeps_its_last_use() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let (beat, other) = (shop.beat("Night Drive", true).await, shop.beat("Day Walk", true).await);
        let rule = set(world, &shop, &CouponSettings { max_uses: Some(1), ..coupon(euros(1000)) }).await.unwrap();
        let secret = cart_with(world, &shop, beat, "SUMMER").await;
        let first = shop.place(&secret, 5000).await.unwrap();
        sales::open_checkout(&shop.services, first.id).await.unwrap();
        let anyone = world.as_actor(Actor::Anonymous);
        let tx = store::begin(&world.db).await.unwrap();
        carts::add_to_cart(&tx, &anyone, shop.studio, Some(&secret), other, TierCode::Mp3, None).await.unwrap();
        tx.commit().await.unwrap();
        let cart = queries::find_cart(&world.db, shop.studio, &secret, world.ctx.env.now()).await.unwrap().unwrap();
        assert_eq!(cart.total, Ok(Money::new(8000, Currency::EUR)));
        let second = shop.place(&secret, 8000).await.unwrap();
        assert_eq!(uses(world, &rule).await, 1);
        shop.do_jobs().await;
        assert_eq!(shop.found(first.id).await.state, OrderState::Expired, "the use is not there twice");
        assert_eq!((shop.found(second.id).await.state, uses(world, &rule).await), (OrderState::AwaitingPayment, 1));
    })
    .await;
}

#[tokio::test]
async fn an_order_that_lapses_or_is_cancelled_gives_its_use_back_once() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let beat = shop.beat("Night Drive", true).await;
        let rule = set(world, &shop, &CouponSettings { max_uses: Some(1), ..coupon(euros(1000)) }).await.unwrap();
        let lapsed = cart_with(world, &shop, beat, "SUMMER").await;
        let lapsed = shop.place(&lapsed, 5000).await.unwrap();
        settlement::expire_order(&shop.services, lapsed.id).await.unwrap();
        settlement::expire_order(&shop.services, lapsed.id).await.unwrap();
        assert_eq!((shop.found(lapsed.id).await.state, uses(world, &rule).await), (OrderState::Expired, 0));

        let next = cart_with(world, &shop, beat, "SUMMER").await;
        let next = shop.place(&next, 5000).await.unwrap();
        sales::open_checkout(&shop.services, next.id).await.unwrap();
        assert_eq!(uses(world, &rule).await, 1);
        // Another amount than was ordered: the order ends, and its money goes back.
        shop.gateway.pay_amount(next.id, Money::new(1, Currency::EUR));
        assert_eq!(sales::settle_order(&shop.services, next.id).await.unwrap(), Settled::Refunding);
        assert_eq!(uses(world, &rule).await, 0);
        let last = cart_with(world, &shop, beat, "SUMMER").await;
        assert_eq!(shop.place(&last, 5000).await.unwrap().total_minor, 5000);
    })
    .await;
}

#[tokio::test]
async fn a_coupon_that_ends_while_it_is_looked_at_is_told_by_name() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let beat = shop.beat("Night Drive", true).await;
        let ends_at = world.ctx.env.now() + Duration::hours(1);
        set(world, &shop, &CouponSettings { ends_at: Some(ends_at), ..coupon(euros(1000)) }).await.unwrap();
        let secret = cart_with(world, &shop, beat, "SUMMER").await;
        world.clock.advance(Duration::hours(1));
        let refused = shop.place(&secret, 5000).await.unwrap_err();
        assert!(matches!(refused, SalesError::Coupon(CouponFault::Over(_))), "{refused:?}");
        assert_eq!(shop.place(&secret, 6000).await.unwrap().total_minor, 6000);
        let unknown = enter(world, &shop, &secret, "WINTER").await.unwrap_err();
        assert_eq!(unknown.explain().code, "COUPON_UNKNOWN");
    })
    .await;
}

#[tokio::test]
async fn what_a_coupon_makes_free_is_granted_without_the_gateway_and_without_a_journal() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let beat = shop.beat("Night Drive", true).await;
        let half = CouponSettings { code: "HALF".into(), ..coupon(Off::Part(Share::from_ppm(996_000).unwrap())) };
        set(world, &shop, &half).await.unwrap();
        let all = CouponSettings { code: "ALL".into(), max_uses: Some(1), ..coupon(Off::Part(Share::WHOLE)) };
        let all = set(world, &shop, &all).await.unwrap();

        let secret = cart_with(world, &shop, beat, "half").await;
        let refused = shop.place(&secret, 24).await.unwrap_err();
        assert_eq!(refused.explain().code, "TOTAL_TOO_SMALL", "{refused}");
        assert!(refused.to_string().contains("EUR 0.24") && refused.to_string().contains("EUR 0.50"), "{refused}");
        assert_eq!(order::Entity::find().count(&world.db).await.unwrap(), 0, "nothing was ordered");

        enter(world, &shop, &secret, "all").await.unwrap();
        let order = shop.place(&secret, 0).await.unwrap();
        assert_eq!((order.state, order.gateway.as_str()), (OrderState::Paid, "free"));
        assert_eq!((licences(world, order.id).await.len(), uses(world, &all).await), (1, 1));
        let journals = ledger::journals_of_order(&world.db, &world.ctx, shop.studio, order.id).await.unwrap();
        assert!(journals.is_empty());
        assert_eq!(shop.gateway.asked.load(std::sync::atomic::Ordering::SeqCst), 0);
    })
    .await;
}

#[tokio::test]
async fn bulk_deals_and_bundles_are_applied_and_every_maker_bears_them() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let mut beats = Vec::new();
        for title in ["A", "B", "C", "D"] {
            beats.push(shop.beat(title, true).await);
        }
        let manager = world.as_actor(shop.manager());
        let tx = store::begin(&world.db).await.unwrap();
        let deal = BulkSettings { buy: 2, free: 1, tiers: [TierCode::Mp3].into() };
        settings::set_bulk_deals(&tx, &manager, shop.studio, std::slice::from_ref(&deal)).await.unwrap();
        // Set again, they take the place of those that were.
        let deals = settings::set_bulk_deals(&tx, &manager, shop.studio, &[deal]).await.unwrap();
        assert_eq!((deals.len(), pricing::deals_of(&tx, shop.studio).await.unwrap().len()), (1, 1));
        let bundle = BundleSettings {
            name: "Days".into(),
            tier: TierCode::Wav,
            beats: vec![beats[3], beats[0]],
            price: Money::new(9000, Currency::EUR),
            further: Vec::new(),
            enabled: true,
        };
        let bundle = settings::set_bundle(&tx, &manager, shop.studio, None, &bundle).await.unwrap();
        tx.commit().await.unwrap();

        let three: Vec<_> = beats[..3].iter().map(|beat| (*beat, TierCode::Mp3)).collect();
        let order = shop.sell(&three, 6000).await;
        let prices: Vec<i64> = licences(world, order.id).await.iter().map(|row| row.price_minor).collect();
        assert_eq!(prices, [2000, 2000, 2000]);
        assert_eq!(facts(world, order.id).await[0].discounts[0].name, "Buy 2, get 1 free");
        let paid = receipt(&world.db, &shop.found(order.id).await).await.unwrap().unwrap();
        let saved = Money::new(3000, Currency::EUR);
        assert_eq!(paid.discounts, [(DiscountName::Bulk { buy: 2, free: 1 }, saved)]);

        let offered = pricing::offered_bundles(&world.db, shop.studio, Currency::EUR).await.unwrap();
        let titles: Vec<&str> = offered[0].beats.iter().map(|beat| beat.title.as_str()).collect();
        assert_eq!((titles, offered[0].list.minor), (vec!["D", "A"], 12_000));
        let anyone = world.as_actor(Actor::Anonymous);
        let tx = store::begin(&world.db).await.unwrap();
        let open = cart_prices::add_bundle(&tx, &anyone, shop.studio, None, bundle.bundle.id, None).await.unwrap();
        tx.commit().await.unwrap();
        let order = shop.place(&open.secret, 9000).await.unwrap();
        assert_eq!(facts(world, order.id).await[0].discounts[0].name, "Days");
    })
    .await;
}

#[tokio::test]
async fn tax_within_the_price_is_booked_by_itself_and_goes_back_with_what_goes_back() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let beat = shop.beat("Night Drive", true).await;
        tax(world, &shop, true).await;
        let secret = shop.cart(&[(beat, TierCode::Wav)]).await.unwrap();
        let refused = shop.place(&secret, 6000).await.unwrap_err();
        assert_eq!(refused.explain().code, "COUNTRY_NEEDED");
        say(world, &shop, &secret, "DE").await;
        let order = shop.place(&secret, 6000).await.unwrap();
        sales::open_checkout(&shop.services, order.id).await.unwrap();
        shop.gateway.pay(order.id);
        sales::settle_order(&shop.services, order.id).await.unwrap();
        // 60.00 with 19 % in it.
        assert_eq!(facts(world, order.id).await[0].tax_minor(), 958);
        let (sales_minor, tax_minor) =
            (balance(world, &shop, AccountKind::Sales).await, balance(world, &shop, AccountKind::TaxDue).await);
        assert_eq!((sales_minor, tax_minor), (-5042, -958));
        let payment = shop.payment(order.id).await;
        assert_eq!(balance(world, &shop, AccountKind::Payable).await, -(5042 - payment.fee_minor));

        shop.give_back(payment.id, Some(3000)).await.unwrap();
        assert_eq!(balance(world, &shop, AccountKind::TaxDue).await, -479);
        shop.give_back(payment.id, None).await.unwrap();
        assert_eq!(balance(world, &shop, AccountKind::TaxDue).await, 0);
        for sum in ledger::trial_balance_of_all(&world.db).await.unwrap() {
            assert_eq!(sum.minor, 0, "{sum}");
        }
    })
    .await;
}

#[tokio::test]
async fn tax_comes_on_top_where_the_studio_says_so_and_not_where_it_has_no_rate() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let beat = shop.beat("Night Drive", true).await;
        tax(world, &shop, false).await;
        let secret = shop.cart(&[(beat, TierCode::Wav)]).await.unwrap();
        say(world, &shop, &secret, "DE").await;
        let seen = shop.place(&secret, 6000).await.unwrap_err();
        assert!(matches!(seen, SalesError::CartStale { ref lines, total } if lines.is_empty() && total.minor == 7140));
        let taxed = shop.place(&secret, 7140).await.unwrap();
        assert_eq!(facts(world, taxed.id).await[0].list_minor(7140), 6000);
        say(world, &shop, &secret, "JP").await;
        let untaxed = shop.place(&secret, 6000).await.unwrap();
        let facts = facts(world, untaxed.id).await;
        let tax = facts[0].tax.as_ref().unwrap();
        assert_eq!((tax.country.code(), tax.amount_minor, tax.rate), ("JP", 0, Share::ZERO), "that nobody asks for");
        assert_ne!(taxed.id, untaxed.id);
    })
    .await;
}

#[tokio::test]
async fn the_contract_that_a_cart_shows_is_the_one_that_is_ordered() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let (first, second) = (shop.beat("Night Drive", true).await, shop.beat("Day Walk", true).await);
        set(world, &shop, &coupon(euros(1000))).await.unwrap();
        tax(world, &shop, false).await;
        let secret = shop.cart(&[(first, TierCode::Wav), (second, TierCode::Mp3)]).await.unwrap();
        enter(world, &shop, &secret, "SUMMER").await.unwrap();
        say(world, &shop, &secret, "DE").await;
        let now = world.ctx.env.now();
        let cart = queries::find_cart(&world.db, shop.studio, &secret, now).await.unwrap().unwrap();
        let order = shop.place(&secret, 9520).await.unwrap();
        let placed = queries::lines_of_order(&world.db, order.id).await.unwrap();
        assert_eq!((placed.len(), cart.lines.len()), (2, 2));
        for (seen, line) in cart.lines.iter().zip(&placed) {
            let contract = contract_of_line(&world.db, &cart, seen.line.id, now).await.unwrap().unwrap();
            assert_ne!(contract.price, seen.seen_price(), "not the price on the list");
            let shown = shop.services.contracts.offer_sha256(&contract).unwrap();
            assert_eq!(line.shown_text_sha256, Some(shown));
        }
        assert_eq!(contract_of_line(&world.db, &cart, world.ctx.env.id(), now).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn a_receipt_says_what_was_paid_and_what_went_back() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let beat = shop.beat("Night Drive", true).await;
        set(world, &shop, &coupon(euros(1000))).await.unwrap();
        tax(world, &shop, false).await;
        let secret = cart_with(world, &shop, beat, "SUMMER").await;
        say(world, &shop, &secret, "DE").await;
        let order = shop.place(&secret, 5950).await.unwrap();
        sales::open_checkout(&shop.services, order.id).await.unwrap();
        shop.gateway.pay(order.id);
        sales::settle_order(&shop.services, order.id).await.unwrap();
        let read = async || receipt(&world.db, &shop.found(order.id).await).await.unwrap().unwrap();
        let eur = |minor| Money::new(minor, Currency::EUR);
        let paid = read().await;
        assert_eq!((paid.lines[0].list, paid.total, paid.given_back), (eur(6000), eur(5950), eur(0)));
        assert_eq!(paid.discounts, [(DiscountName::Coupon("SUMMER".into()), eur(1000))]);
        assert_eq!(paid.tax.map(|(rule, amount)| (rule.included, amount)), Some((false, eur(950))));
        assert_eq!(paid.payments.len(), 1);
        let back = async || given_back(&world.db, &shop.found(order.id).await).await.unwrap();
        assert_eq!(back().await, None);

        let again = shop.gateway.charge_again(order.id);
        let mut event = shop.gateway.tell("payment_intent.succeeded", order.id, world.ctx.env.now());
        (event.order, event.payment) = (Some(order.id), Some(again));
        sales::receive_event(&shop.services, &event).await.unwrap();
        shop.do_jobs().await;
        let both = read().await;
        let amounts: Vec<Money> = both.payments.iter().map(|payment| payment.amount).collect();
        assert_eq!((amounts, both.given_back), (vec![eur(5950), eur(5950)], eur(5950)));
        assert_eq!(both.total, eur(5950));
        assert_eq!(back().await, Some(GivenBack { collected: eur(11_900), gone: eur(5950) }));
    })
    .await;
}

#[tokio::test]
async fn what_a_studio_may_not_set_is_refused_and_nobody_else_sets_it() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let own = shop.beat("Night Drive", true).await;
        let foreign_beat = CouponSettings { beats: [own, world.ctx.env.id()].into(), ..coupon(euros(500)) };
        let refused = set(world, &shop, &foreign_beat).await.unwrap_err();
        assert!(matches!(refused, PricingError::Fault(SettingFault::NoBeat)), "{refused:?}");

        let rule = set(world, &shop, &CouponSettings { beats: [own].into(), ..coupon(euros(500)) }).await.unwrap();
        let again = set(world, &shop, &CouponSettings { max_uses: Some(3), ..coupon(euros(700)) }).await.unwrap();
        assert_eq!(
            (again.id, again.off, again.beats.len()),
            (rule.id, euros(700), 0),
            "the same code is the same coupon"
        );
        let elsewhere: StudioId = world.ctx.env.id();
        assert_eq!(pricing::coupon_of_code(&world.db, elsewhere, "SUMMER").await.unwrap(), None, "it is of one studio");

        let membership = vec![(elsewhere, Role::Owner)];
        let stranger =
            world.as_actor(Actor::User { user: world.ctx.env.id(), memberships: membership, closed: Vec::new() });
        let tx = store::begin(&world.db).await.unwrap();
        let denied = settings::set_coupon(&tx, &stranger, shop.studio, &coupon(euros(1))).await;
        assert!(matches!(denied, Err(PricingError::Denied(Denied::Stranger))));
        drop(tx);
        let renamed = format!("UPDATE coupons SET code = 'OTHER' WHERE code = '{}'", rule.code);
        assert!(world.db.execute_unprepared(&renamed).await.is_err(), "a coupon keeps its code");
    })
    .await;
}
