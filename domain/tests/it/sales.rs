use std::sync::atomic::Ordering;

use domain::{
    actor::Actor,
    catalog::entity::{BeatState, SampleClearance, beat},
    delivery::entity::deliverable,
    ids::{BeatId, OrderId, TypedId},
    ledger::{
        entity::{AccountKind, journal},
        queries as ledger,
    },
    licensing::{
        commands::{set_tier, set_tier_enabled},
        entity::{exclusive_claim, licence},
        queries::offer_contract,
        rules::{TierSettings, default_tiers},
        terms::TierCode,
    },
    money::{Currency, Money},
    outbox::entity::job,
    page::PageRequest,
    ports::{Capture, GatewayEvent},
    report::Explain,
    sales::{
        self, PlaceOrder, SalesError, Settled,
        commands::{cart_prices, carts, checkout::order_url, recording::record_payment},
        entity::{OrderState, cart_line, gateway_event, order},
        queries::{self, OrderFilter},
        rules::{COUPONS_PER_IP, ORDERS_PER_ADDRESS},
    },
    store,
};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter,
};

use crate::{
    shop::Shop,
    support::{World, on_each_database},
};

async fn state(world: &World, id: OrderId) -> OrderState {
    order::Entity::find_by_id(id).one(&world.db).await.unwrap().unwrap().state
}

async fn jobs(world: &World, kind: &str) -> u64 {
    job::Entity::find().filter(job::Column::Kind.eq(kind)).count(&world.db).await.unwrap()
}

async fn set_price(world: &World, shop: &Shop, code: TierCode, minor: i64) {
    let manager = world.as_actor(shop.manager());
    let tier = default_tiers(shop.currency, "Nova").into_iter().find(|tier| tier.terms.tier == code).unwrap();
    let tx = store::begin(&world.db).await.unwrap();
    let tier = TierSettings { price: Money::new(minor, shop.currency), ..tier };
    set_tier(&tx, &manager, shop.studio, None, &tier).await.unwrap();
    tx.commit().await.unwrap();
}

async fn set_state(world: &World, id: BeatId, state: BeatState) {
    let beat = beat::Entity::find_by_id(id).one(&world.db).await.unwrap().unwrap();
    let row = beat::ActiveModel { state: Set(state), ..beat.into_active_model() };
    row.update(&world.db).await.unwrap();
}

async fn assert_books_balance(world: &World) {
    for sum in ledger::trial_balance_of_all(&world.db).await.unwrap() {
        assert_eq!(sum.minor, 0, "{sum}");
    }
}

#[tokio::test]
async fn a_sale_of_several_beats_from_cart_to_licences() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let (first, second) = (shop.beat("Night Drive", true).await, shop.beat("Day Walk", false).await);
        let secret = shop.cart(&[(first, TierCode::Wav), (second, TierCode::Mp3)]).await.unwrap();
        let order = shop.place(&secret, 9000).await.unwrap();
        assert_eq!((order.state, order.total_minor), (OrderState::AwaitingPayment, 9000));
        let url = sales::open_checkout(&shop.services, order.id).await.unwrap();
        assert_eq!(sales::open_checkout(&shop.services, order.id).await.unwrap(), url);
        let asked = shop.gateway.request(order.id);
        assert_eq!(asked.lines[0], ("Night Drive (WAV lease)".into(), Money::new(6000, Currency::EUR)));
        assert_eq!(asked.success_url, order_url(&shop.services, order.id));
        assert_eq!((asked.key.value, asked.capture), (format!("checkout:{}", order.id), Capture::AtOnce));

        assert_eq!(sales::settle_order(&shop.services, order.id).await.unwrap(), Settled::Waiting);
        shop.gateway.pay(order.id);
        assert_eq!(sales::settle_order(&shop.services, order.id).await.unwrap(), Settled::Granted);
        let already = Settled::Already(OrderState::Paid);
        assert_eq!(sales::settle_order(&shop.services, order.id).await.unwrap(), already);

        let licences = domain::licensing::queries::licences_of_orders(&world.db, &[order.id]).await.unwrap();
        let references: Vec<_> = licences[&order.id].iter().map(|row| row.reference.clone()).collect();
        assert_eq!(references, [format!("{}-1", order.reference), format!("{}-2", order.reference)]);
        // Two contracts, a WAV with its MP3, an MP3.
        assert_eq!(deliverable::Entity::find().count(&world.db).await.unwrap(), 5);
        assert_eq!(jobs(world, "typeset_contract").await, 2);
        assert_eq!(jobs(world, "bounce_masters").await, 2);
        assert_eq!(cart_line::Entity::find().count(&world.db).await.unwrap(), 0);

        let balances = ledger::list_balances(&world.db, &world.ctx, shop.studio, None).await.unwrap();
        let of =
            |kind| -> i64 { balances.iter().filter(|row| row.account.kind == kind).map(|row| row.balance.minor).sum() };
        assert_eq!(of(AccountKind::GatewayClearing), 8739);
        assert_eq!(of(AccountKind::GatewayFees), 261);
        assert_eq!(of(AccountKind::Sales), -9000);
        assert_eq!(of(AccountKind::Payable), -8739);
        let journals = ledger::journals_of_order(&world.db, &world.ctx, shop.studio, order.id).await.unwrap();
        assert_eq!(journals.len(), 1);
        assert_eq!((journals[0].kind.word(), &journals[0].reference), ("sale", &order.reference));
        assert_books_balance(world).await;
    })
    .await;
}

#[tokio::test]
async fn leases_and_exclusives_of_crossing_works_never_deadlock() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let (a, b) = (shop.beat("A", true).await, shop.beat("B", true).await);
        let mut orders = Vec::new();
        for n in 0..24 {
            let (x, y) = if n % 2 == 0 { (a, b) } else { (b, a) };
            let (lines, seen) = match n % 4 {
                3 => ([(x, TierCode::Exclusive), (y, TierCode::Wav)], 96_000),
                _ => ([(x, TierCode::Wav), (y, TierCode::Mp3)], 9000),
            };
            let order = shop.order(&lines, seen).await;
            shop.gateway.pay(order.id);
            orders.push(order.id);
        }
        let services = &shop.services;
        let settled = futures::future::join_all(
            orders.iter().map(|order| async move { sales::settle_order(services, *order).await.unwrap() }),
        )
        .await;
        assert!(settled.contains(&Settled::Granted) || settled.contains(&Settled::Capturing));
        shop.do_jobs().await;
        let paid = order::Entity::find().filter(order::Column::State.eq(OrderState::Paid));
        let paid = paid.count(&world.db).await.unwrap();
        assert_eq!(licence::Entity::find().count(&world.db).await.unwrap(), 2 * paid);
        // No licence of a work is granted once its exclusive is.
        for claim in exclusive_claim::Entity::find().all(&world.db).await.unwrap() {
            let exclusive = licence::Entity::find()
                .filter(licence::Column::WorkId.eq(claim.work_id))
                .filter(licence::Column::Exclusive.eq(true));
            assert_eq!(exclusive.count(&world.db).await.unwrap(), 1);
        }
        assert_books_balance(world).await;
    })
    .await;
}

#[tokio::test]
async fn a_lease_paid_after_the_exclusive_goes_back_and_earlier_leases_stay() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let beat = shop.beat("Night Drive", true).await;
        let early = shop.order(&[(beat, TierCode::Mp3)], 3000).await;
        let late = shop.order(&[(beat, TierCode::Wav)], 6000).await;
        let exclusive = shop.order(&[(beat, TierCode::Exclusive)], 90_000).await;
        for order in [&early, &exclusive, &late] {
            shop.gateway.pay(order.id);
        }
        for order in [&early, &exclusive] {
            sales::settle_order(&shop.services, order.id).await.unwrap();
            shop.do_jobs().await;
        }
        let settled = sales::settle_order(&shop.services, late.id).await.unwrap();
        assert_eq!(settled, Settled::Already(OrderState::Refunded), "the job that closes its pay page has settled it");
        assert_eq!(state(world, early.id).await, OrderState::Paid);
        assert_eq!(state(world, exclusive.id).await, OrderState::Paid);
        let refused = order::Entity::find_by_id(late.id).one(&world.db).await.unwrap().unwrap();
        assert_eq!(refused.state, OrderState::Refunded);
        assert!(refused.closed_reason.unwrap().contains("sold exclusively"));
        assert_eq!(licence::Entity::find().count(&world.db).await.unwrap(), 2);
    })
    .await;
}

#[tokio::test]
async fn an_event_sent_twice_grants_once_and_a_foreign_one_nothing() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let beat = shop.beat("Night Drive", true).await;
        let order = shop.order(&[(beat, TierCode::Mp3)], 3000).await;
        shop.gateway.pay(order.id);
        let event = |id: &str, order| GatewayEvent {
            id: id.into(),
            kind: "checkout.session.completed".into(),
            at: world.ctx.env.now(),
            order,
            checkout: None,
            payment: None,
            account: None,
            transfer: None,
        };
        let paid = event("evt_1", Some(order.id));
        let services = &shop.services;
        let (one, two, page) = futures::join!(
            sales::receive_event(services, &paid),
            sales::receive_event(services, &paid),
            sales::settle_order(services, order.id),
        );
        let (one, two) = (one.unwrap(), two.unwrap());
        assert!(one.first ^ two.first);
        let settled = [one.settled.unwrap(), two.settled.unwrap(), page.unwrap()];
        assert_eq!(settled.iter().filter(|settled| **settled == Settled::Granted).count(), 1);
        let row = gateway_event::Entity::find().one(&world.db).await.unwrap().unwrap();
        assert_eq!(row.deliveries, 2);
        assert_eq!(jobs(world, "settle_order").await, 1);

        let nobodys = sales::receive_event(services, &event("evt_2", None)).await.unwrap();
        let deleted = event("evt_3", Some(world.ctx.env.id()));
        let deleted = sales::receive_event(services, &deleted).await.unwrap();
        assert!(nobodys.first && nobodys.settled.is_none() && deleted.first && deleted.settled.is_none());
        assert_eq!(licence::Entity::find().count(&world.db).await.unwrap(), 1);
        assert_eq!(jobs(world, "settle_order").await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_lost_event_is_found_by_the_reconciler() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let beat = shop.beat("Night Drive", true).await;
        let paid = shop.order(&[(beat, TierCode::Mp3)], 3000).await;
        let dropped = shop.order(&[(beat, TierCode::Wav)], 6000).await;
        let secret = shop.cart(&[(beat, TierCode::Trackout)]).await.unwrap();
        let unopened = shop.place(&secret, 11_000).await.unwrap();
        shop.gateway.pay(paid.id);
        shop.gateway.expire(dropped.id);
        world.clock.advance(chrono::Duration::minutes(30));
        let unsettled = queries::list_unsettled(&world.db, "test", world.ctx.env.now()).await.unwrap();
        assert_eq!(unsettled.len(), 3);
        for order in unsettled {
            sales::settle_order(&shop.services, order).await.unwrap();
        }
        let states = [state(world, paid.id).await, state(world, dropped.id).await, state(world, unopened.id).await];
        assert_eq!(states, [OrderState::Paid, OrderState::Expired, OrderState::Expired]);
        assert!(queries::list_unsettled(&world.db, "test", world.ctx.env.now()).await.unwrap().is_empty());
        let closed = sales::open_checkout(&shop.services, unopened.id).await;
        assert!(matches!(closed, Err(SalesError::OrderClosed(OrderState::Expired))));
        // Money that comes for a closed order goes back.
        shop.gateway.pay(dropped.id);
        let receipt = shop.gateway.pay(dropped.id);
        let tx = store::begin(&world.db).await.unwrap();
        assert_eq!(record_payment(&tx, &world.ctx, dropped.id, &receipt).await.unwrap(), Settled::Refunding);
        tx.commit().await.unwrap();
        assert_eq!(state(world, dropped.id).await, OrderState::Refunded);
    })
    .await;
}

#[tokio::test]
async fn a_second_charge_goes_back_and_takes_nothing_away() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let beat = shop.beat("Night Drive", true).await;
        let order = shop.order(&[(beat, TierCode::Mp3)], 3000).await;
        let mut receipt = shop.gateway.pay(order.id);
        sales::settle_order(&shop.services, order.id).await.unwrap();
        receipt.id = "pi_second".into();
        let tx = store::begin(&world.db).await.unwrap();
        assert_eq!(record_payment(&tx, &world.ctx, order.id, &receipt).await.unwrap(), Settled::Refunding);
        let again = record_payment(&tx, &world.ctx, order.id, &receipt).await.unwrap();
        assert_eq!(again, Settled::Already(OrderState::Paid));
        tx.commit().await.unwrap();
        assert_eq!(state(world, order.id).await, OrderState::Paid);
        assert_eq!((jobs(world, "refund_payment").await, jobs(world, "mail_refund").await), (1, 0));
        assert_books_balance(world).await;
    })
    .await;
}

#[tokio::test]
async fn another_amount_than_was_ordered_goes_back() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let beat = shop.beat("Night Drive", true).await;
        for paid in [Money::new(2999, Currency::EUR), Money::new(3000, Currency::USD)] {
            let order = shop.order(&[(beat, TierCode::Mp3)], 3000).await;
            shop.gateway.pay_amount(order.id, paid);
            assert_eq!(sales::settle_order(&shop.services, order.id).await.unwrap(), Settled::Refunding);
            assert_eq!(state(world, order.id).await, OrderState::Refunded);
        }
        assert_eq!(licence::Entity::find().count(&world.db).await.unwrap(), 0);
        assert_books_balance(world).await;
    })
    .await;
}

#[tokio::test]
async fn a_stale_cart_says_what_changed_and_loses_nothing() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let (dear, gone) = (shop.beat("Night Drive", true).await, shop.beat("Day Walk", true).await);
        let secret = shop.cart(&[(dear, TierCode::Mp3), (gone, TierCode::Wav)]).await.unwrap();
        set_price(world, &shop, TierCode::Mp3, 3500).await;
        set_state(world, gone, BeatState::Unpublished).await;

        let error = shop.place(&secret, 9000).await.unwrap_err();
        let SalesError::CartStale { lines, total } = &error else { panic!("{error:?}") };
        assert_eq!(lines.len(), 2);
        assert_eq!((lines[0].seen.minor, lines[0].now.unwrap().minor), (3000, 3500));
        assert_eq!((lines[1].position, lines[1].now), (1, None));
        assert_eq!(total.minor, 3500);
        let report = error.explain();
        assert_eq!((report.code, report.field.as_deref()), ("CART_STALE", Some("lines.0")));
        assert!(report.message.contains("Night Drive (MP3 lease) now costs EUR 35.00, you saw EUR 30.00"));

        let cart = queries::find_cart(&world.db, shop.studio, &secret, world.ctx.env.now()).await.unwrap().unwrap();
        assert_eq!(cart.lines.len(), 2);
        assert!(cart.lines[0].stale.is_none() && cart.lines[1].stale.is_some());
        let anyone = world.as_actor(Actor::Anonymous);
        let tx = store::begin(&world.db).await.unwrap();
        let line = cart.lines[1].line.id;
        carts::remove_from_cart(&tx, &anyone, shop.studio, &secret, line).await.unwrap();
        tx.commit().await.unwrap();
        assert!(
            matches!(shop.place(&secret, 3000).await, Err(SalesError::CartStale { lines, .. }) if lines.is_empty())
        );
        assert_eq!(shop.place(&secret, 3500).await.unwrap().total_minor, 3500);
    })
    .await;
}

#[tokio::test]
async fn changed_terms_at_the_same_price_are_a_stale_cart_too() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let beat = shop.beat("Night Drive", true).await;
        let secret = shop.cart(&[(beat, TierCode::Mp3)]).await.unwrap();
        let manager = world.as_actor(shop.manager());
        let mut tier = default_tiers(shop.currency, "Nova").remove(0);
        tier.terms.caps.streams = Some(1);
        let tx = store::begin(&world.db).await.unwrap();
        set_tier(&tx, &manager, shop.studio, None, &tier).await.unwrap();
        tx.commit().await.unwrap();
        let error = shop.place(&secret, 3000).await.unwrap_err();
        assert!(error.to_string().contains("the terms of Night Drive (MP3 lease) have changed"), "{error}");
        let order = shop.place(&secret, 3000).await.unwrap();
        let lines = queries::lines_of_order(&world.db, order.id).await.unwrap();
        assert_eq!(lines[0].terms.caps.streams, Some(1));
        // With the terms the text that was offered is kept.
        let offered = offer_contract(&world.db, shop.studio, beat, TierCode::Mp3, None, order.placed_at);
        let offer = offered.await.unwrap().unwrap();
        let shown = shop.services.contracts.offer_sha256(&offer).unwrap();
        assert_eq!(lines[0].shown_text_sha256, Some(shown));
    })
    .await;
}

#[tokio::test]
async fn who_orders_or_tries_coupons_too_often_waits() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let beat = shop.beat("Night Drive", true).await;
        let secret = shop.cart(&[(beat, TierCode::Mp3)]).await.unwrap();
        let (anyone, ip) = (world.as_actor(Actor::Anonymous), "192.0.2.7");
        let request = PlaceOrder { ip: Some(ip.to_owned()), ..shop.request(3000) };
        let place = async || sales::place_order(&shop.services, &anyone, shop.studio, &secret, &request).await;
        let first = place().await.unwrap();
        for _ in 1..ORDERS_PER_ADDRESS.attempts {
            assert_eq!(place().await.unwrap().id, first.id, "a second click is the same order");
        }
        assert_eq!(place().await.unwrap_err().explain().code, "TOO_MANY_TRIES");
        world.clock.advance(chrono::Duration::hours(1));
        assert_ne!(place().await.unwrap().id, first.id, "what cannot be paid any more is not handed out again");

        let entered = (Some("NONE"), Some(ip));
        let try_one = async || {
            cart_prices::enter_coupon(&shop.services, &anyone, shop.studio, &secret, entered).await.unwrap_err()
        };
        for _ in 0..COUPONS_PER_IP.attempts {
            assert_eq!(try_one().await.explain().code, "COUPON_UNKNOWN");
        }
        assert_eq!(try_one().await.explain().code, "TOO_MANY_TRIES");
    })
    .await;
}

#[tokio::test]
async fn samples_take_a_tier_out_of_carts_and_an_order_keeps_its_terms() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let (beat, other) = (shop.beat("Night Drive", true).await, shop.beat("Day Walk", true).await);
        let ordered = shop.order(&[(beat, TierCode::Exclusive)], 90_000).await;
        let secret = shop.cart(&[(beat, TierCode::Unlimited), (other, TierCode::Wav)]).await.unwrap();
        shop.declare(beat, &[SampleClearance::NotCleared]).await;

        let refused = shop.cart(&[(beat, TierCode::Exclusive)]).await;
        assert!(matches!(refused, Err(SalesError::TierNotOffered(TierCode::Exclusive))));
        let error = shop.place(&secret, 28_000).await.unwrap_err();
        let SalesError::CartStale { lines, total } = &error else { panic!("{error:?}") };
        assert_eq!((lines.len(), lines[0].position, lines[0].now, total.minor), (1, 0, None, 6000));
        assert!(error.to_string().contains("Night Drive (Unlimited lease) is not on sale any more"), "{error}");

        shop.gateway.pay(ordered.id);
        assert_eq!(sales::settle_order(&shop.services, ordered.id).await.unwrap(), Settled::Capturing);
        shop.do_jobs().await;
        let licences = domain::licensing::queries::licences_of_orders(&world.db, &[ordered.id]).await.unwrap();
        assert!(licences[&ordered.id][0].exclusive);
        assert_eq!(licences[&ordered.id][0].terms, default_tiers(shop.currency, "Nova").remove(4).terms);
    })
    .await;
}

#[tokio::test]
async fn a_double_click_is_one_order() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let beat = shop.beat("Night Drive", true).await;
        let secret = shop.cart(&[(beat, TierCode::Mp3)]).await.unwrap();
        let (one, two) = futures::join!(shop.place(&secret, 3000), shop.place(&secret, 3000));
        assert_eq!(one.unwrap().id, two.unwrap().id);
        assert_eq!(order::Entity::find().count(&world.db).await.unwrap(), 1);
    })
    .await;
}

#[tokio::test]
async fn what_costs_nothing_is_granted_at_once_and_posts_nothing() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let beat = shop.beat("Night Drive", true).await;
        // The exclusive last: it withdraws the beat, though the guest who orders it may not.
        for (granted, tier) in [(1, TierCode::Mp3), (2, TierCode::Exclusive)] {
            set_price(world, &shop, tier, 0).await;
            let secret = shop.cart(&[(beat, tier)]).await.unwrap();
            let order = shop.place(&secret, 0).await.unwrap();
            assert_eq!(order.state, OrderState::Paid);
            assert_eq!(licence::Entity::find().count(&world.db).await.unwrap(), granted);
        }
        assert_eq!(journal::Entity::find().count(&world.db).await.unwrap(), 0);
        assert_eq!(shop.gateway.asked.load(Ordering::SeqCst), 0);
    })
    .await;
}

#[tokio::test]
async fn currencies_without_and_with_three_decimals_sell_alike() {
    for (currency, price) in [(Currency::JPY, 3000), (Currency::BHD, 30_000)] {
        on_each_database(async |world| {
            let shop = Shop::open(world, currency).await;
            let beat = shop.beat("Night Drive", true).await;
            let order = shop.order(&[(beat, TierCode::Mp3)], price).await;
            shop.gateway.pay(order.id);
            assert_eq!(sales::settle_order(&shop.services, order.id).await.unwrap(), Settled::Granted);
            let trial = ledger::trial_balance(&world.db, &world.ctx, shop.studio).await.unwrap();
            assert_eq!(trial, [Money::zero(currency)]);
        })
        .await;
    }
}

#[tokio::test]
async fn what_cannot_be_bought_is_refused_by_name() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let (bare, draft) = (shop.beat("Day Walk", false).await, shop.beat("Sketch", true).await);
        set_state(world, draft, BeatState::Draft).await;
        let refused = shop.cart(&[(bare, TierCode::Trackout)]).await;
        assert!(matches!(refused, Err(SalesError::TierNotOffered(TierCode::Trackout))));
        assert!(matches!(shop.cart(&[(draft, TierCode::Mp3)]).await, Err(SalesError::NotOnSale)));
        assert!(matches!(shop.place("no such secret", 0).await, Err(SalesError::NoCart)));
        let manager = world.as_actor(shop.manager());
        let tx = store::begin(&world.db).await.unwrap();
        set_tier_enabled(&tx, &manager, shop.studio, None, TierCode::Mp3, false).await.unwrap();
        tx.commit().await.unwrap();
        assert!(matches!(shop.cart(&[(bare, TierCode::Mp3)]).await, Err(SalesError::TierNotOffered(_))));
        // A cart is given up after its time.
        let secret = shop.cart(&[(bare, TierCode::Wav)]).await.unwrap();
        world.clock.advance(chrono::Duration::days(31));
        assert!(matches!(shop.place(&secret, 6000).await, Err(SalesError::NoCart)));
    })
    .await;
}

#[tokio::test]
async fn an_order_is_seen_by_its_buyer_and_its_studio_alone() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let beat = shop.beat("Night Drive", true).await;
        let order = shop.order(&[(beat, TierCode::Mp3)], 3000).await;
        let see = async |actor| queries::find_order(&world.db, &world.as_actor(actor), order.id).await;
        assert!(see(Actor::Buyer { order: order.id }).await.unwrap().is_some());
        assert!(see(shop.manager()).await.unwrap().is_some());
        assert!(see(Actor::Buyer { order: OrderId::from_uuid(beat.uuid()) }).await.unwrap().is_none());
        let stranger = Actor::User { user: world.ctx.env.id(), memberships: Vec::new(), closed: Vec::new() };
        assert!(see(stranger).await.unwrap().is_none());
        assert!(matches!(see(Actor::Anonymous).await, Err(SalesError::Denied(_))));
        let found = async |search: &str| {
            let filter = OrderFilter { search: Some(search.to_owned()), ..OrderFilter::default() };
            let page = queries::list_orders(&world.db, &world.ctx, shop.studio, &filter, PageRequest::default());
            let count = queries::count_orders(&world.db, &world.ctx, shop.studio, &filter).await.unwrap();
            assert_eq!(page.await.unwrap().rows.len(), usize::try_from(count).unwrap());
            count
        };
        assert_eq!(found("").await, 1);
        // Each word is found somewhere: in the title, the reference, the buyer's name or address.
        assert_eq!(found(&format!("night {}", order.reference.to_lowercase())).await, 1);
        assert_eq!(found(&format!("DRIVE {}", order.buyer_email)).await, 1);
        assert_eq!(found("night dusk").await, 0);
        assert_eq!(found("%").await, 0);
    })
    .await;
}

#[tokio::test]
async fn less_than_the_gateway_collects_closes_the_order_and_says_so() {
    on_each_database(async |world| {
        // A currency whose least we do not know to be more than a unit.
        let shop = Shop::open(world, "ISK".parse().unwrap()).await;
        let beat = shop.beat("Night Drive", true).await;
        set_price(world, &shop, TierCode::Mp3, 1).await;
        let secret = shop.cart(&[(beat, TierCode::Mp3)]).await.unwrap();
        let order = shop.place(&secret, 1).await.unwrap();
        let refused = sales::open_checkout(&shop.services, order.id).await.unwrap_err();
        assert_eq!(refused.explain().code, "NOT_COLLECTABLE");
        assert!(refused.to_string().contains("ISK 1"), "{refused}");
        assert_eq!(state(world, order.id).await, OrderState::Expired);
    })
    .await;
}
