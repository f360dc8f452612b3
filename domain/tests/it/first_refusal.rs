//! First refusal: leaseholders before strangers, for 48 hours, and the claim decides as ever.

use std::collections::BTreeSet;

use chrono::Duration;
use domain::{
    actor::Actor,
    first_refusal::{
        FirstRefusalError,
        commands::{OrderFirst, order_first, set_first_refusal},
        entity::{holder, window},
        queries::{find_by_link, held_until},
        rules::{WINDOWS_PER_IP, WINDOWS_PER_WORK},
    },
    ids::BeatId,
    licensing::{
        commands::set_tier,
        entity::licence,
        queries::{Offer, effective_tiers},
        rules::{TierSettings, default_tiers},
        terms::TierCode,
    },
    links::Purpose,
    money::{Currency, Money},
    offers::{
        OfferError,
        commands::{
            Answer, Device, MakeOffer, OfferSettings, OrderOffer, answer_as_studio, make_offer, order_offer, set_offers,
        },
        entity::offer,
    },
    outbox::entity::job,
    pricing::{
        commands::settings::set_coupon,
        rules::{Off, settings::CouponSettings},
    },
    sales::{
        self, PlaceOrder, PlaceUpgrade, SalesError, Settled,
        commands::cart_prices::enter_coupon,
        entity::{OrderState, order},
    },
    share::Share,
    store,
};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder};

use crate::{
    books::assert_proved,
    shop::Shop,
    support::{World, on_each_database},
};

/// The exclusive licence of the default tiers.
const PRICE: i64 = 90_000;

async fn turn(world: &World, shop: &Shop, is_on: bool) {
    let tx = store::begin(&world.db).await.unwrap();
    set_first_refusal(&tx, &world.as_actor(shop.manager()), shop.studio, is_on).await.unwrap();
    tx.commit().await.unwrap();
}

/// Somebody of an address orders a beat.
async fn wants(
    world: &World,
    shop: &Shop,
    beat: BeatId,
    tier: TierCode,
    email: &str,
) -> Result<order::Model, SalesError> {
    let secret = shop.cart(&[(beat, tier)]).await.unwrap();
    let price = on_sale(world, shop, beat, tier).await.price;
    let request = PlaceOrder { buyer_email: email.into(), ..shop.request(price.minor) };
    sales::place_order(&shop.services, &world.as_actor(Actor::Anonymous), shop.studio, &secret, &request).await
}

/// They have a lease of it.
async fn leases(world: &World, shop: &Shop, beat: BeatId, email: &str) -> order::Model {
    let order = wants(world, shop, beat, TierCode::Mp3, email).await.unwrap();
    sales::open_checkout(&shop.services, order.id).await.unwrap();
    shop.gateway.pay(order.id);
    assert_eq!(sales::settle_order(&shop.services, order.id).await.unwrap(), Settled::Granted);
    order
}

async fn on_sale(world: &World, shop: &Shop, beat: BeatId, tier: TierCode) -> Offer {
    let offers = effective_tiers(&world.db, shop.studio, &[beat]).await.unwrap().remove(&beat).unwrap();
    offers.into_iter().find(|offer| offer.terms.tier == tier).unwrap()
}

/// The links that were mailed, by the address that they went to.
async fn link(world: &World, shop: &Shop, email: &str) -> String {
    let of_address = holder::Entity::find().filter(holder::Column::Email.eq(email));
    let holder = of_address.order_by_desc(holder::Column::Id).one(&world.db).await.unwrap().unwrap();
    let window = window::Entity::find_by_id(holder.refusal_id).one(&world.db).await.unwrap().unwrap();
    shop.services.links.token(Purpose::FirstRefusal, holder.id, Some(window.ends_at))
}

async fn buys_first(world: &World, shop: &Shop, token: &str) -> Result<order::Model, FirstRefusalError> {
    let seen_total = find_by_link(&world.db, &shop.services.links, token, world.ctx.env.now())
        .await
        .map_or(Money::zero(Currency::EUR), |(_, window)| window.agreed().price);
    let request =
        OrderFirst { buyer_name: "Ada Lovelace".into(), country: None, seen_total, ip: None, user_agent: None };
    order_first(&shop.services, &world.as_actor(Actor::Anonymous), token, &request).await
}

async fn mails(world: &World) -> u64 {
    job::Entity::find().filter(job::Column::Kind.eq("mail_first_refusal")).count(&world.db).await.unwrap()
}

#[tokio::test]
async fn a_stranger_waits_while_a_leaseholder_buys_first() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let work = shop.work("Night Drive").await;
        let (beat, alternate) =
            (shop.beat_of(work, "Night Drive", true).await, shop.beat_of(work, "Night Drive Slow", true).await);
        let other = shop.beat("Day Walk", true).await;
        leases(world, &shop, beat, "ada@example.com").await;
        leases(world, &shop, alternate, "ADA@example.com").await;
        leases(world, &shop, alternate, "bob@example.com").await;
        let gone = leases(world, &shop, beat, "gone@example.com").await;
        shop.give_back(shop.payment(gone.id).await.id, None).await.unwrap();
        shop.do_jobs().await;
        turn(world, &shop, true).await;

        let now = world.ctx.env.now();
        let asked = wants(world, &shop, beat, TierCode::Exclusive, "eve@example.com").await;
        let Err(SalesError::FirstRefusal { until }) = asked else { panic!("{asked:?}") };
        assert!(until >= now + Duration::hours(48));
        assert_eq!(mails(world).await, 2, "each mailbox once, and nobody whose money went back");
        let again = wants(world, &shop, alternate, TierCode::Exclusive, "mallory@example.com").await;
        assert!(matches!(again, Err(SalesError::FirstRefusal { until: same }) if same == until));
        assert_eq!((mails(world).await, window::Entity::find().count(&world.db).await.unwrap()), (2, 1));
        let offer = on_sale(world, &shop, beat, TierCode::Exclusive).await;
        let seen = held_until(&world.db, (shop.studio, work), (&offer.terms, offer.price), now).await.unwrap();
        assert_eq!(seen, Some(until), "others see until when");
        // To claim an address proves nothing, and neither does a lease that is bought now.
        let named = wants(world, &shop, beat, TierCode::Exclusive, "ada@example.com").await;
        assert!(matches!(named, Err(SalesError::FirstRefusal { .. })));
        leases(world, &shop, beat, "eve@example.com").await;
        let late = wants(world, &shop, beat, TierCode::Exclusive, "eve@example.com").await;
        assert!(matches!(late, Err(SalesError::FirstRefusal { .. })));
        // Leases, and what nobody holds a lease of, are sold as ever.
        assert!(wants(world, &shop, other, TierCode::Exclusive, "eve@example.com").await.is_ok());

        // Two leaseholders order: the first who pays claims it.
        let (ada, bob) = (link(world, &shop, "ada@example.com").await, link(world, &shop, "bob@example.com").await);
        let (first, second) =
            (buys_first(world, &shop, &ada).await.unwrap(), buys_first(world, &shop, &bob).await.unwrap());
        assert_eq!((first.total_minor, first.buyer_email.as_str()), (PRICE, "ada@example.com"));
        for order in [&second, &first] {
            sales::open_checkout(&shop.services, order.id).await.unwrap();
            shop.gateway.pay(order.id);
        }
        assert_eq!(sales::settle_order(&shop.services, second.id).await.unwrap(), Settled::Capturing);
        assert_eq!(sales::settle_order(&shop.services, first.id).await.unwrap(), Settled::LetGo);
        shop.do_jobs().await;
        assert_eq!(shop.found(second.id).await.state, OrderState::Paid);
        assert_eq!(shop.found(first.id).await.state, OrderState::Expired);
        let exclusive = licence::Entity::find().filter(licence::Column::Exclusive.eq(true)).one(&world.db).await;
        assert_eq!(exclusive.unwrap().unwrap().licensee_email.as_str(), "bob@example.com");
        assert!(matches!(buys_first(world, &shop, &ada).await, Err(FirstRefusalError::Sale(SalesError::NotOnSale))));
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn after_48_hours_anybody_buys_and_leaseholders_come_too_late() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let beat = shop.beat("Night Drive", true).await;
        // Before it is turned on, nobody waits.
        assert!(wants(world, &shop, beat, TierCode::Exclusive, "eve@example.com").await.is_ok());
        let lease = leases(world, &shop, beat, "ada@example.com").await;
        turn(world, &shop, true).await;
        let asked = wants(world, &shop, beat, TierCode::Exclusive, "eve@example.com").await;
        assert!(matches!(asked, Err(SalesError::FirstRefusal { .. })));
        let link = link(world, &shop, "ada@example.com").await;
        let forged = shop.services.links.token(Purpose::Offer, lease.id, None);
        assert!(matches!(buys_first(world, &shop, &forged).await, Err(FirstRefusalError::BadLink)));
        world.clock.advance(Duration::hours(48));
        assert!(matches!(buys_first(world, &shop, &link).await, Err(FirstRefusalError::Over)));
        let order = wants(world, &shop, beat, TierCode::Exclusive, "eve@example.com").await.unwrap();
        sales::open_checkout(&shop.services, order.id).await.unwrap();
        shop.gateway.pay(order.id);
        sales::settle_order(&shop.services, order.id).await.unwrap();
        shop.do_jobs().await;
        assert_eq!(shop.found(order.id).await.state, OrderState::Paid);
        assert_eq!(mails(world).await, 1);
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn a_strangers_coupon_makes_no_price_for_leaseholders() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let beat = shop.beat("Night Drive", true).await;
        leases(world, &shop, beat, "ada@example.com").await;
        turn(world, &shop, true).await;
        let half = CouponSettings {
            code: "HALF".into(),
            off: Off::Part(Share::from_ppm(500_000).unwrap()),
            minimum: None,
            beats: BTreeSet::new(),
            tiers: BTreeSet::new(),
            starts_at: None,
            ends_at: None,
            max_uses: None,
            enabled: true,
        };
        let tx = store::begin(&world.db).await.unwrap();
        set_coupon(&tx, &world.as_actor(shop.manager()), shop.studio, &half).await.unwrap();
        tx.commit().await.unwrap();
        let anyone = world.as_actor(Actor::Anonymous);
        let secret = shop.cart(&[(beat, TierCode::Exclusive)]).await.unwrap();
        enter_coupon(&shop.services, &anyone, shop.studio, &secret, (Some("HALF"), None)).await.unwrap();
        let asked = shop.place(&secret, PRICE / 2).await;
        assert!(matches!(asked, Err(SalesError::FirstRefusal { .. })), "{asked:?}");
        let begun = window::Entity::find().one(&world.db).await.unwrap().unwrap();
        assert_eq!(begun.price_minor, PRICE);
    })
    .await;
}

#[tokio::test]
async fn strangers_begin_so_many_windows_and_no_more() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        turn(world, &shop, true).await;
        let anyone = world.as_actor(Actor::Anonymous);
        for number in 0..=WINDOWS_PER_IP.attempts {
            let beat = shop.beat(&format!("Beat {number}"), true).await;
            leases(world, &shop, beat, "ada@example.com").await;
            let secret = shop.cart(&[(beat, TierCode::Exclusive)]).await.unwrap();
            let request = PlaceOrder { ip: Some("192.0.2.7".into()), ..shop.request(PRICE) };
            let asked = sales::place_order(&shop.services, &anyone, shop.studio, &secret, &request).await;
            let is_begun = matches!(asked, Err(SalesError::FirstRefusal { .. }));
            assert_eq!(is_begun, number < WINDOWS_PER_IP.attempts, "{asked:?}");
        }
        let begun = window::Entity::find().count(&world.db).await.unwrap();
        assert_eq!(begun, u64::from(WINDOWS_PER_IP.attempts.unsigned_abs()));
    })
    .await;
}

#[tokio::test]
async fn windows_in_one_currency_leave_those_in_another() {
    on_each_database(async |world| {
        let mut shop = Shop::open(world, Currency::EUR).await;
        let beat = shop.beat("Night Drive", true).await;
        leases(world, &shop, beat, "ada@example.com").await;
        turn(world, &shop, true).await;
        let (anyone, dollars) = (world.as_actor(Actor::Anonymous), Money::new(99_000, Currency::USD));
        let default = default_tiers(Currency::EUR, "Nova").into_iter().find(|tier| tier.terms.is_exclusive()).unwrap();
        let begins = async |shop: &Shop, price: i64, host: i32| {
            let secret = shop.cart(&[(beat, TierCode::Exclusive)]).await.unwrap();
            let request = PlaceOrder { ip: Some(format!("192.0.2.{host}")), ..shop.request(price) };
            let asked = sales::place_order(&shop.services, &anyone, shop.studio, &secret, &request).await;
            matches!(asked, Err(SalesError::FirstRefusal { .. }))
        };
        for number in 0..=WINDOWS_PER_WORK.attempts {
            // Each is a better deal than the last.
            let price = Money::new(PRICE - i64::from(number), Currency::EUR);
            let settings = TierSettings { price, further: vec![dollars], ..default.clone() };
            let tx = store::begin(&world.db).await.unwrap();
            set_tier(&tx, &world.as_actor(shop.manager()), shop.studio, None, &settings).await.unwrap();
            tx.commit().await.unwrap();
            assert_eq!(begins(&shop, price.minor, number).await, number < WINDOWS_PER_WORK.attempts, "{number}");
        }
        shop.currency = Currency::USD;
        assert!(begins(&shop, dollars.minor, 100).await);
        let begun = window::Entity::find().count(&world.db).await.unwrap();
        assert_eq!(begun, u64::from(WINDOWS_PER_WORK.attempts.unsigned_abs()) + 1);
    })
    .await;
}

#[tokio::test]
async fn whoever_gives_the_lease_back_meanwhile_buys_no_more_first() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let beat = shop.beat("Night Drive", true).await;
        let lease = leases(world, &shop, beat, "ada@example.com").await;
        turn(world, &shop, true).await;
        assert!(wants(world, &shop, beat, TierCode::Exclusive, "eve@example.com").await.is_err());
        let link = link(world, &shop, "ada@example.com").await;
        shop.give_back(shop.payment(lease.id).await.id, None).await.unwrap();
        shop.do_jobs().await;
        assert!(matches!(buys_first(world, &shop, &link).await, Err(FirstRefusalError::NoLease)));
        turn(world, &shop, false).await;
        assert!(wants(world, &shop, beat, TierCode::Exclusive, "eve@example.com").await.is_ok(), "turned off");
    })
    .await;
}

#[tokio::test]
async fn an_accepted_offer_waits_for_leaseholders_and_keeps_its_time() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let beat = shop.beat("Night Drive", true).await;
        leases(world, &shop, beat, "ada@example.com").await;
        turn(world, &shop, true).await;
        let settings = OfferSettings { tier: TierCode::Exclusive, takes_offers: true, minimum: None, answer_days: 1 };
        let tx = store::begin(&world.db).await.unwrap();
        set_offers(&tx, &world.as_actor(shop.manager()), shop.studio, None, &settings).await.unwrap();
        tx.commit().await.unwrap();
        let nobody = world.as_actor(Actor::Anonymous);
        let request = MakeOffer {
            beat,
            tier: TierCode::Exclusive,
            email: "eve@example.com".into(),
            amount: Money::new(70_000, Currency::EUR),
            words: String::new(),
            device: Device::default(),
        };
        let made = make_offer(&shop.services, &nobody, shop.studio, &request).await.unwrap().offer;
        assert_eq!(mails(world).await, 0, "nothing is promised yet");
        let tx = store::begin(&world.db).await.unwrap();
        answer_as_studio(&tx, &world.ctx, made.id, Answer::Accept).await.unwrap();
        tx.commit().await.unwrap();
        let accepted = offer::Entity::find_by_id(made.id).one(&world.db).await.unwrap().unwrap();
        assert_eq!(accepted.expires_at, world.ctx.env.now() + Duration::hours(48) + Duration::days(1));
        assert_eq!(mails(world).await, 1);

        let seen_total = Money::new(70_000, Currency::EUR);
        let ordering = OrderOffer { buyer_name: "Eve".into(), country: None, seen_total, device: Device::default() };
        let early = order_offer(&shop.services, &nobody, made.id, &ordering).await;
        assert!(matches!(early, Err(OfferError::Sale(SalesError::FirstRefusal { .. }))), "{early:?}");
        let matched = buys_first(world, &shop, &link(world, &shop, "ada@example.com").await).await.unwrap();
        assert_eq!(matched.total_minor, 70_000, "leaseholders match the offer");
        world.clock.advance(Duration::hours(48));
        let order = order_offer(&shop.services, &nobody, made.id, &ordering).await.unwrap();
        assert_eq!(order.total_minor, 70_000);
    })
    .await;
}

/// Whoever has bought a lease by an order upgrades it to the exclusive.
async fn upgrades(world: &World, shop: &Shop, lease: &order::Model) -> Result<order::Model, SalesError> {
    let request = PlaceUpgrade {
        reference: format!("{}-1", lease.reference),
        tier: TierCode::Exclusive,
        seen_price: Money::new(87_000, Currency::EUR),
        ip: None,
        user_agent: None,
    };
    sales::place_upgrade(&shop.services, &world.as_actor(Actor::Buyer { order: lease.id }), &request).await
}

#[tokio::test]
async fn a_lease_that_is_bought_now_is_no_way_around_it() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let beat = shop.beat("Night Drive", true).await;
        let ada = leases(world, &shop, beat, "ada@example.com").await;
        turn(world, &shop, true).await;
        world.clock.advance(Duration::hours(48));
        let eve = leases(world, &shop, beat, "eve@example.com").await;
        for _ in 0..2 {
            let early = upgrades(world, &shop, &eve).await;
            assert!(matches!(early, Err(SalesError::FirstRefusal { .. })), "{early:?}");
        }
        assert_eq!(mails(world).await, 1, "whoever was there before is asked, and nobody else");
        assert!(holder::Entity::find().one(&world.db).await.unwrap().unwrap().email.as_str() == "ada@example.com");
        let first = upgrades(world, &shop, &ada).await.unwrap();
        assert_eq!(first.total_minor, 87_000, "what the lease had cost is credited");
        world.clock.advance(Duration::hours(48));
        assert!(upgrades(world, &shop, &eve).await.is_ok());
        assert_eq!(mails(world).await, 1);
    })
    .await;
}

#[tokio::test]
async fn whoever_has_held_a_lease_for_long_upgrades_at_once() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let beat = shop.beat("Night Drive", true).await;
        let (ada, bob) =
            (leases(world, &shop, beat, "ada@example.com").await, leases(world, &shop, beat, "bob@example.com").await);
        turn(world, &shop, true).await;
        assert!(matches!(upgrades(world, &shop, &bob).await, Err(SalesError::FirstRefusal { .. })));
        world.clock.advance(Duration::hours(48) + Duration::days(30));
        assert!(upgrades(world, &shop, &ada).await.is_ok() && upgrades(world, &shop, &bob).await.is_ok());
        assert_eq!(mails(world).await, 1);
    })
    .await;
}
