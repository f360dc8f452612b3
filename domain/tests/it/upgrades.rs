//! Upgrades: the difference is paid, the new licence takes the old one's place, and what becomes of the money becomes of the licences.

use chrono::Duration;
use domain::{
    actor::{Actor, Ctx},
    catalog::entity::{BeatState, beat},
    ids::{BeatId, LicenceId, OrderId},
    licensing::{
        LicensingError,
        channels::{add_channel, channels_of_licences, list_allowlist},
        commands::set_tier,
        entity::{licence, upgrade},
        meter::{CapKind, NewUsage, UsageFault},
        queries::{contract, licences_of_orders},
        rules::default_tiers,
        terms::{AtCap, TierCode},
        upgrades::{predecessors, restored, successors},
        usage::{meters_of_licences, report_own_usage},
    },
    money::{Currency, Money},
    outbox::entity::job,
    page::PageRequest,
    ports::{Capture, DisputeStanding},
    report::Explain,
    sales::{
        self, PlaceUpgrade, SalesError, Settled,
        commands::sync::sync_payment,
        entitlements::own_entitlement,
        entity::{OrderState, PaymentState, order},
        queries::lines_of_order,
        rules::{money_back::Entitlement, upgrade::UpgradeRefusal},
        upgrades::{Upgradable, find_upgradable},
    },
};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter,
};

use crate::{
    books::{assert_proved, may},
    shop::Shop,
    support::{World, on_each_database},
};

/// A licence, and its buyer.
pub(crate) struct Bought {
    pub(crate) ctx: Ctx,
    pub(crate) licence: licence::Model,
}

pub(crate) async fn licence_of(world: &World, order: OrderId) -> Bought {
    let licence = licences_of_orders(&world.db, &[order]).await.unwrap().remove(&order).unwrap().remove(0);
    Bought { ctx: world.as_actor(Actor::Buyer { order }), licence }
}

/// An MP3 lease of a beat, bought for 30.00.
pub(crate) async fn lease(world: &World, shop: &Shop, beat: BeatId) -> Bought {
    licence_of(world, shop.sell(&[(beat, TierCode::Mp3)], 3_000).await.id).await
}

pub(crate) async fn offered(shop: &Shop, of: &Bought) -> Result<Upgradable, SalesError> {
    let Bought { ctx, licence } = of;
    find_upgradable(&shop.services.db, ctx, &licence.reference).await
}

/// What a licence is offered at: tier and price of each.
pub(crate) async fn prices(shop: &Shop, of: &Bought) -> Vec<(TierCode, i64)> {
    let found = offered(shop, of).await.unwrap();
    found.offers.iter().map(|at| (at.offer.terms.tier, at.price.minor)).collect()
}

async fn refusal(shop: &Shop, of: &Bought) -> UpgradeRefusal {
    match offered(shop, of).await {
        Err(SalesError::Upgrade(refusal)) => refusal,
        other => panic!("{other:?}"),
    }
}

pub(crate) async fn place(
    shop: &Shop,
    of: &Bought,
    tier: TierCode,
    seen_minor: i64,
) -> Result<order::Model, SalesError> {
    let request = PlaceUpgrade {
        reference: of.licence.reference.clone(),
        tier,
        seen_price: Money::new(seen_minor, shop.currency),
        ip: Some("127.0.0.1".into()),
        user_agent: None,
    };
    sales::place_upgrade(&shop.services, &of.ctx, &request).await
}

/// Places the order of an upgrade and opens its checkout.
pub(crate) async fn open(shop: &Shop, of: &Bought, tier: TierCode, seen_minor: i64) -> OrderId {
    let order = place(shop, of, tier, seen_minor).await.unwrap();
    sales::open_checkout(&shop.services, order.id).await.unwrap();
    // Orders stand in the order of time.
    shop.clock.advance(Duration::milliseconds(1));
    order.id
}

/// Pays and settles an order, and does the jobs of its payments.
pub(crate) async fn pay(shop: &Shop, order: OrderId) -> Settled {
    shop.gateway.pay(order);
    let settled = sales::settle_order(&shop.services, order).await.unwrap();
    shop.do_jobs().await;
    settled
}

/// Upgrades a licence.
pub(crate) async fn upgraded(world: &World, shop: &Shop, of: &Bought, tier: TierCode, seen_minor: i64) -> Bought {
    let order = open(shop, of, tier, seen_minor).await;
    pay(shop, order).await;
    licence_of(world, order).await
}

pub(crate) async fn successor(world: &World, of: &Bought) -> Option<String> {
    let found = successors(&world.db, &[of.licence.id]).await.unwrap().remove(&of.licence.id);
    found.map(|licence| licence.reference)
}

/// The licences whose holders may release, newest first.
async fn allowed(world: &World, shop: &Shop) -> Vec<LicenceId> {
    let manager = world.as_actor(shop.manager());
    let page = list_allowlist(&world.db, &manager, shop.studio, PageRequest::default()).await.unwrap();
    page.rows.iter().map(|row| row.licence.id).collect()
}

/// How often the studio is told that an upgrade has ended.
async fn told_of_ended(world: &World) -> u64 {
    job::Entity::find().filter(job::Column::Kind.eq("mail_upgrade_ended")).count(&world.db).await.unwrap()
}

#[tokio::test]
async fn the_difference_is_paid_and_the_new_licence_takes_the_place() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let beat = shop.beat("Night Drive", true).await;
        let ada = lease(world, &shop, beat).await;
        let tx = shop.services.begin().await.unwrap();
        add_channel(&tx, &ada.ctx, &ada.licence.reference, "https://www.youtube.com/@ada").await.unwrap();
        tx.commit().await.unwrap();
        let expected = [
            (TierCode::Wav, 3_000),
            (TierCode::Trackout, 8_000),
            (TierCode::Unlimited, 19_000),
            (TierCode::Exclusive, 87_000),
        ];
        assert_eq!(prices(&shop, &ada).await, expected);

        let order = place(&shop, &ada, TierCode::Wav, 3_000).await.unwrap();
        assert_eq!(
            place(&shop, &ada, TierCode::Wav, 3_000).await.unwrap().id,
            order.id,
            "placed again, it is the same"
        );
        assert_eq!((order.total_minor, order.buyer_name.as_str()), (3_000, "Ada Lovelace"));
        sales::open_checkout(&shop.services, order.id).await.unwrap();
        assert_eq!(shop.gateway.request(order.id).capture, Capture::AtOnce);
        assert_eq!(pay(&shop, order.id).await, Settled::Granted);
        assert_eq!(sales::settle_order(&shop.services, order.id).await.unwrap(), Settled::Already(OrderState::Paid));

        let wav = licence_of(world, order.id).await;
        assert_eq!((wav.licence.terms.tier, wav.licence.price_minor), (TierCode::Wav, 3_000));
        assert_eq!(successor(world, &ada).await, Some(wav.licence.reference.clone()));
        let before = predecessors(&world.db, &[wav.licence.id]).await.unwrap();
        assert_eq!(before[&wav.licence.id], ada.licence, "the licence itself is as it was");
        for licence in [&ada, &wav] {
            assert_eq!(may(world, &shop, licence.licence.order_id).await, Entitlement::Stands, "files stay");
        }
        let channels = channels_of_licences(&world.db, &[wav.licence.id]).await.unwrap();
        assert_eq!(channels[&wav.licence.id][0].url, "https://www.youtube.com/@ada");
        assert_eq!(allowed(world, &shop).await, [wav.licence.id]);
        let replaced = contract(&world.db, wav.licence.id).await.unwrap().unwrap().replaces.unwrap();
        assert_eq!(replaced.reference, ada.licence.reference);
        let credit = (replaced.full_price.minor, replaced.credited.minor);
        assert_eq!(credit, (6_000, 3_000));
        assert_eq!(contract(&world.db, ada.licence.id).await.unwrap().unwrap().replaces, None);

        // All that was paid on the way is credited.
        assert!(matches!(refusal(&shop, &ada).await, UpgradeRefusal::Superseded { by } if by == wav.licence.reference));
        let trackout = upgraded(world, &shop, &wav, TierCode::Trackout, 5_000).await;
        assert_eq!(successor(world, &wav).await, Some(trackout.licence.reference));
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn of_two_upgrades_paid_at_once_one_is_granted_and_the_other_goes_back() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let beat = shop.beat("Night Drive", true).await;
        let ada = lease(world, &shop, beat).await;
        let wav = open(&shop, &ada, TierCode::Wav, 3_000).await;
        let trackout = open(&shop, &ada, TierCode::Trackout, 8_000).await;
        let waits = open(&shop, &ada, TierCode::Unlimited, 19_000).await;
        for order in [wav, trackout] {
            shop.gateway.pay(order);
        }
        let (first, second) =
            tokio::join!(sales::settle_order(&shop.services, wav), sales::settle_order(&shop.services, trackout));
        let settled = [first.unwrap(), second.unwrap()];
        assert!(settled.contains(&Settled::Granted) && settled.contains(&Settled::Refunding), "{settled:?}");
        shop.do_jobs().await;
        let lost = if settled[0] == Settled::Granted { trackout } else { wav };
        let closed = shop.found(lost).await;
        assert_eq!(closed.state, OrderState::Refunded);
        assert!(closed.closed_reason.unwrap().contains("upgraded by another order"));
        assert_eq!(shop.payment(lost).await.state, PaymentState::Refunded);
        assert_eq!(upgrade::Entity::find().count(&world.db).await.unwrap(), 1);
        // Whoever has not paid cannot any more, and is told.
        assert!(shop.gateway.is_expired(waits));
        assert!(shop.found(waits).await.closed_reason.unwrap().contains("upgraded by another order"));
        let told = job::Entity::find().filter(job::Column::Kind.eq("mail_closed"));
        assert_eq!(told.count(&world.db).await.unwrap(), 1);
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn the_database_lets_no_second_upgrade_stand() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let beat = shop.beat("Night Drive", true).await;
        let (ada, bob) = (lease(world, &shop, beat).await, lease(world, &shop, beat).await);
        let rival = open(&shop, &ada, TierCode::Trackout, 8_000).await;
        let wav = upgraded(world, &shop, &ada, TierCode::Wav, 3_000).await;
        let standing = upgrade::Entity::find().one(&world.db).await.unwrap().unwrap();
        assert_eq!((standing.licence_id, standing.attempt), (wav.licence.id, 1));
        // As if the rival had been granted too.
        let line = lines_of_order(&world.db, rival).await.unwrap().remove(0);
        let second = licence::Model {
            id: world.ctx.env.id(),
            order_id: rival,
            order_line_id: line.id,
            reference: "LL-RIVAL-1".into(),
            ..wav.licence.clone()
        };
        let second = second.into_active_model().insert(&world.db).await.unwrap();
        let insert = async |row: upgrade::Model| row.into_active_model().insert(&world.db).await;
        let attempt = |attempt| upgrade::Model { licence_id: second.id, attempt, ..standing.clone() };
        for n in 1..=3 {
            assert!(insert(attempt(n)).await.is_err(), "attempt {n} while the first stands");
        }
        let other = upgrade::Model { replaced_id: bob.licence.id, ..attempt(1) };
        assert!(insert(other).await.is_err(), "its order names another licence");
        shop.give_back(shop.payment(wav.licence.order_id).await.id, None).await.unwrap();
        for n in [1, 3] {
            assert!(insert(attempt(n)).await.is_err(), "attempt {n} is not the next");
        }
        insert(attempt(2)).await.unwrap();
        let changed = upgrade::ActiveModel { replaced_id: Set(bob.licence.id), ..standing.into_active_model() };
        assert!(changed.update(&world.db).await.is_err(), "an upgrade is not changed");
    })
    .await;
}

#[tokio::test]
async fn an_upgrade_that_is_given_back_restores_the_licence() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let beat = shop.beat("Night Drive", true).await;
        let ada = lease(world, &shop, beat).await;
        let wav = upgraded(world, &shop, &ada, TierCode::Wav, 3_000).await;
        tell(world, &wav, 4_000).await.unwrap();
        assert!(matches!(
            tell(world, &ada, 4_500).await,
            Err(LicensingError::Usage(UsageFault::Superseded { by })) if by == wav.licence.reference
        ));
        let payment = shop.payment(wav.licence.order_id).await.id;
        shop.give_back(payment, Some(1_000)).await.unwrap();
        assert!(successor(world, &ada).await.is_some(), "a part is a courtesy");
        let holds_again = async || restored(&world.db, wav.licence.order_id).await.unwrap().map(|found| found.id);
        assert_eq!(holds_again().await, None);
        shop.give_back(payment, None).await.unwrap();
        assert_eq!(holds_again().await, Some(ada.licence.id));
        assert_eq!(successor(world, &ada).await, None);
        assert_eq!(may(world, &shop, wav.licence.order_id).await, Entitlement::Revoked);
        assert_eq!(may(world, &shop, ada.licence.order_id).await, Entitlement::Stands);
        let meters = meters_of_licences(&world.db, std::slice::from_ref(&ada.licence)).await.unwrap();
        assert_eq!(meters[&ada.licence.id][0].used, 4_000, "what was used is used");
        tell(world, &ada, 5_000).await.unwrap();

        let again = upgraded(world, &shop, &ada, TierCode::Trackout, 8_000).await;
        assert_eq!(successor(world, &ada).await, Some(again.licence.reference.clone()));
        assert_eq!(holds_again().await, None, "it was upgraded anew");
        let attempts = upgrade::Entity::find().filter(upgrade::Column::ReplacedId.eq(ada.licence.id));
        assert_eq!(attempts.count(&world.db).await.unwrap(), 2);
        let meters = meters_of_licences(&world.db, std::slice::from_ref(&again.licence)).await.unwrap();
        let streams = meters[&again.licence.id].iter().find(|meter| meter.cap == CapKind::Streams).unwrap();
        assert_eq!((streams.used, streams.limit), (5_000, 500_000), "it counts on");
        assert_proved(world).await;
    })
    .await;
}

/// Tells what Spotify counts.
async fn tell(world: &World, of: &Bought, total: i64) -> Result<(), LicensingError> {
    let as_of = world.ctx.env.now().date_naive();
    let new = NewUsage { cap: CapKind::Streams, source: "Spotify".into(), total, as_of };
    let tx = domain::store::begin(&world.db).await.unwrap();
    report_own_usage(&tx, &of.ctx, &of.licence.reference, &new).await?;
    tx.commit().await.unwrap();
    world.clock.advance(Duration::milliseconds(1));
    Ok(())
}

#[tokio::test]
async fn an_upgrade_stands_on_what_was_paid_before_it() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let beat = shop.beat("Night Drive", true).await;
        let ada = lease(world, &shop, beat).await;
        let wav = upgraded(world, &shop, &ada, TierCode::Wav, 3_000).await;
        let (first, second) = (ada.licence.order_id, wav.licence.order_id);
        let payment = shop.payment(first).await.id;
        let refused = shop.give_back(payment, None).await.unwrap_err();
        assert!(matches!(&refused, SalesError::Credited { by } if *by == wav.licence.reference), "{refused:?}");
        let report = refused.explain();
        assert_eq!((report.code, report.field.as_deref()), ("CREDITED", Some("amount")));
        shop.give_back(payment, Some(500)).await.unwrap();
        assert_eq!(may(world, &shop, second).await, Entitlement::Stands, "a part is a courtesy");

        let until = world.ctx.env.now() + Duration::days(7);
        let dispute = shop.gateway.dispute(first, 2_500, until);
        sync_payment(&shop.services, payment).await.unwrap();
        assert_eq!(may(world, &shop, second).await, Entitlement::Suspended, "while what it credits is disputed");
        assert!(allowed(world, &shop).await.is_empty());
        shop.gateway.decide(first, &dispute, DisputeStanding::Won);
        sync_payment(&shop.services, payment).await.unwrap();
        let stands = (may(world, &shop, second).await, allowed(world, &shop).await);
        assert_eq!(stands, (Entitlement::Stands, vec![wav.licence.id]));
        assert_eq!(told_of_ended(world).await, 0);

        // Given back all the same, in the gateway's own dashboard.
        shop.gateway.refund_by_hand(first, 2_500);
        sync_payment(&shop.services, payment).await.unwrap();
        for order in [first, second] {
            assert_eq!(may(world, &shop, order).await, Entitlement::Revoked);
        }
        assert_eq!(own_entitlement(&world.db, &shop.found(second).await).await.unwrap(), Entitlement::Stands);
        assert_eq!(told_of_ended(world).await, 1, "the studio holds money for nothing");
        assert_eq!(successor(world, &ada).await, None);
        assert!(allowed(world, &shop).await.is_empty());
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn an_upgrade_does_not_stand_on_what_it_was_credited_nothing_for() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let mut free = default_tiers(Currency::EUR, "Nova").swap_remove(0);
        free.price = Money::zero(Currency::EUR);
        let tx = shop.services.begin().await.unwrap();
        set_tier(&tx, &world.ctx, shop.studio, None, &free).await.unwrap();
        tx.commit().await.unwrap();
        let beats = [shop.beat("Night Drive", false).await, shop.beat("Day Walk", false).await];
        let order = shop.sell(&[(beats[0], TierCode::Mp3), (beats[1], TierCode::Wav)], 6_000).await;
        let ada = licence_of(world, order.id).await;
        let wav = upgraded(world, &shop, &ada, TierCode::Wav, 6_000).await;
        shop.give_back(shop.payment(order.id).await.id, None).await.unwrap();
        assert_eq!(may(world, &shop, order.id).await, Entitlement::Revoked);
        assert_eq!(may(world, &shop, wav.licence.order_id).await, Entitlement::Stands, "it was paid in full");
        assert_eq!(successor(world, &ada).await, Some(wav.licence.reference));
        assert_eq!((allowed(world, &shop).await, told_of_ended(world).await), (vec![wav.licence.id], 0));
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn who_does_not_upgrade_at_a_limit_is_suspended_until_they_do() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let beat = shop.beat("Night Drive", false).await;
        let ada = lease(world, &shop, beat).await;
        tell(world, &ada, 10_000).await.unwrap();
        world.clock.advance(Duration::days(29));
        assert_eq!(allowed(world, &shop).await, [ada.licence.id]);
        world.clock.advance(Duration::days(1));
        assert!(allowed(world, &shop).await.is_empty());
        let wav = upgraded(world, &shop, &ada, TierCode::Wav, 3_000).await;
        assert_eq!(allowed(world, &shop).await, [wav.licence.id]);
    })
    .await;
}

#[tokio::test]
async fn an_exclusive_upgrade_is_held_claimed_and_does_not_list_its_own_lease() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let beat = shop.beat("Night Drive", true).await;
        let (ada, bob) = (lease(world, &shop, beat).await, lease(world, &shop, beat).await);
        // What was given back is no lease any more, and of an upgraded one its upgrade is.
        let gone = lease(world, &shop, beat).await;
        shop.give_back(shop.payment(gone.licence.order_id).await.id, None).await.unwrap();
        let cleo = lease(world, &shop, beat).await;
        let wav = upgraded(world, &shop, &cleo, TierCode::Wav, 3_000).await;
        let order = open(&shop, &ada, TierCode::Exclusive, 87_000).await;
        assert_eq!(shop.gateway.request(order).capture, Capture::Later);
        assert_eq!(pay(&shop, order).await, Settled::Capturing);
        assert_eq!(shop.found(order).await.state, OrderState::Paid);
        let exclusive = licence_of(world, order).await;
        assert!(exclusive.licence.exclusive);
        let row = beat::Entity::find_by_id(beat).one(&world.db).await.unwrap().unwrap();
        assert_eq!(row.state, BeatState::Sold);
        let leases = contract(&world.db, exclusive.licence.id).await.unwrap().unwrap().earlier_leases;
        let survive: Vec<_> = leases.iter().map(|lease| &lease.reference).collect();
        assert_eq!(survive, [&bob.licence.reference, &wav.licence.reference]);
        assert_eq!(refusal(&shop, &exclusive).await, UpgradeRefusal::Exclusive);
        assert_eq!(refusal(&shop, &bob).await, UpgradeRefusal::NothingHigher, "the work is sold");
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_upgraded_says_why() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let mut settings = default_tiers(Currency::EUR, "Nova").swap_remove(0);
        settings.terms.at_cap = AtCap::Terminate;
        let tx = shop.services.begin().await.unwrap();
        set_tier(&tx, &world.ctx, shop.studio, None, &settings).await.unwrap();
        tx.commit().await.unwrap();
        let beat = shop.beat("Night Drive", false).await;
        let ada = lease(world, &shop, beat).await;
        let lower = place(&shop, &ada, TierCode::Mp3, 0).await;
        assert!(matches!(lower, Err(SalesError::Upgrade(UpgradeRefusal::NotOffered(TierCode::Mp3)))));
        let without_stems = place(&shop, &ada, TierCode::Trackout, 8_000).await;
        assert!(matches!(without_stems, Err(SalesError::Upgrade(UpgradeRefusal::NotOffered(TierCode::Trackout)))));
        let bob =
            Bought { ctx: world.as_actor(Actor::Buyer { order: world.ctx.env.id() }), licence: ada.licence.clone() };
        assert!(matches!(offered(&shop, &bob).await, Err(SalesError::Licensing(LicensingError::NoLicence))));

        tell(world, &ada, 9_999).await.unwrap();
        assert!(offered(&shop, &ada).await.is_ok(), "until the limit it can be upgraded");
        tell(world, &ada, 10_000).await.unwrap();
        assert_eq!(refusal(&shop, &ada).await, UpgradeRefusal::AtLimit);
        assert!(allowed(world, &shop).await.is_empty(), "by its terms it has ended");

        let day_walk = shop.beat("Day Walk", false).await;
        let cleo = lease(world, &shop, day_walk).await;
        let row = beat::ActiveModel { id: Set(day_walk), state: Set(BeatState::Unpublished), ..Default::default() };
        row.update(&world.db).await.unwrap();
        assert_eq!(refusal(&shop, &cleo).await, UpgradeRefusal::NothingHigher);
        world.clock.advance(Duration::days(3 * 366));
        assert_eq!(refusal(&shop, &cleo).await, UpgradeRefusal::Ended);
    })
    .await;
}
