//! The licence meter: what is told counts once, and of each threshold licensee and studio are warned once.

use chrono::NaiveDate;
use domain::{
    actor::{Actor, Ctx, Role},
    delivery::error::DeliveryError,
    identity::entity::user,
    ids::{OrderId, UserId},
    licensing::{
        LicensingError,
        entity::{licence, usage, usage_warning},
        meter::{CapKind, MAX_REPORTS, NewUsage, Side, UsageFault},
        queries::licences_of_orders,
        terms::TierCode,
        usage::{list_usage, meters_of_licences, report_own_usage, report_usage},
    },
    money::Currency,
    outbox::entity::job,
    page::PageRequest,
    policy::Denied,
    sales::entity::{OrderState, order},
    store,
};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter,
};

use crate::{
    shop::Shop,
    support::{World, on_each_database},
};

/// An MP3 lease: 10,000 streams, 2,000 copies, one video. Its buyer, and the licence.
async fn bought(world: &World, shop: &Shop, title: &str) -> (Ctx, licence::Model) {
    let beat = shop.beat(title, false).await;
    let order = shop.sell(&[(beat, TierCode::Mp3)], 3_000).await;
    let licence = licences_of_orders(&world.db, &[order.id]).await.unwrap().remove(&order.id).unwrap().remove(0);
    (world.as_actor(Actor::Buyer { order: order.id }), licence)
}

fn today(world: &World) -> NaiveDate {
    world.ctx.env.now().date_naive()
}

fn of(world: &World, cap: CapKind, source: &str, total: i64) -> NewUsage {
    NewUsage { cap, source: source.into(), total, as_of: today(world) }
}

async fn tell(
    world: &World,
    ctx: &Ctx,
    licence: &licence::Model,
    new: &NewUsage,
) -> Result<usage::Model, LicensingError> {
    let tx = store::begin(&world.db).await.unwrap();
    let told = report_own_usage(&tx, ctx, &licence.reference, new).await?;
    tx.commit().await.unwrap();
    // What is told later has a later number.
    world.clock.advance(chrono::Duration::milliseconds(1));
    Ok(told)
}

async fn studio_tells(
    world: &World,
    ctx: &Ctx,
    licence: &licence::Model,
    new: &NewUsage,
) -> Result<usage::Model, LicensingError> {
    let tx = store::begin(&world.db).await.unwrap();
    let told = report_usage(&tx, ctx, licence.studio_id, licence.id, new).await?;
    tx.commit().await.unwrap();
    world.clock.advance(chrono::Duration::milliseconds(1));
    Ok(told)
}

/// What the meter shows of a kind of use: used and cap.
async fn shown(world: &World, licence: &licence::Model, cap: CapKind) -> (i64, i64) {
    let meters = meters_of_licences(&world.db, std::slice::from_ref(licence)).await.unwrap();
    let meter = meters[&licence.id].iter().find(|meter| meter.cap == cap).unwrap();
    (meter.used, meter.limit)
}

/// The thresholds and sides of the warnings that wait to be mailed.
async fn warnings(world: &World) -> Vec<(i64, String)> {
    let jobs = job::Entity::find().filter(job::Column::Kind.eq("mail_usage")).all(&world.db).await.unwrap();
    let mut warned: Vec<_> = jobs
        .iter()
        .map(|row| (row.payload["threshold"].as_i64().unwrap(), row.payload["to"].as_str().unwrap().to_owned()))
        .collect();
    warned.sort();
    warned
}

/// A manager of the shop whose account there is.
async fn manager(world: &World, shop: &Shop) -> (UserId, Ctx) {
    let user: UserId = world.ctx.env.id();
    let row = user::Model {
        id: user,
        email: "orson@example.com".parse().unwrap(),
        email_key: "orson@example.com".into(),
        name: "Orson".into(),
        password_hash: "none".into(),
        email_verified_at: None,
        created_at: world.ctx.env.now(),
    };
    row.into_active_model().insert(&world.db).await.unwrap();
    (user, world.as_actor(Actor::User { user, memberships: vec![(shop.studio, Role::Manager)], closed: Vec::new() }))
}

#[tokio::test]
async fn each_threshold_is_warned_of_once() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let (ada, licence) = bought(world, &shop, "Night Drive").await;
        let (_, studio) = manager(world, &shop).await;
        tell(world, &ada, &licence, &of(world, CapKind::Streams, "Spotify", 7_000)).await.unwrap();
        tell(world, &ada, &licence, &of(world, CapKind::Streams, "Deezer", 999)).await.unwrap();
        assert_eq!(shown(world, &licence, CapKind::Streams).await, (7_999, 10_000));
        assert!(warnings(world).await.is_empty());

        tell(world, &ada, &licence, &of(world, CapKind::Streams, "Deezer", 1_000)).await.unwrap();
        let at_80 = [(80_i64, "licensee".to_owned()), (80, "studio".to_owned())];
        assert_eq!(warnings(world).await, at_80);
        // Corrected, and reached again; and reached by another cap.
        for total in [10, 1_500] {
            tell(world, &ada, &licence, &of(world, CapKind::Streams, "Deezer", total)).await.unwrap();
        }
        tell(world, &ada, &licence, &of(world, CapKind::Copies, "Bandcamp", 1_700)).await.unwrap();
        assert_eq!(warnings(world).await, at_80);

        studio_tells(world, &studio, &licence, &of(world, CapKind::MusicVideos, "YouTube", 1)).await.unwrap();
        let both = [(80_i64, "licensee"), (80, "studio"), (100, "licensee"), (100, "studio")];
        let mut both = both.map(|(threshold, to)| (threshold, to.to_owned()));
        both.sort();
        assert_eq!(warnings(world).await, both);
        studio_tells(world, &studio, &licence, &of(world, CapKind::Streams, "Spotify", 90_000)).await.unwrap();
        assert_eq!(warnings(world).await, both);
    })
    .await;
}

#[tokio::test]
async fn what_jumps_over_both_thresholds_is_warned_of_by_the_higher_alone() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let (ada, licence) = bought(world, &shop, "Night Drive").await;
        tell(world, &ada, &licence, &of(world, CapKind::Streams, "Spotify", 50_000)).await.unwrap();
        assert_eq!(warnings(world).await, [(100_i64, "licensee".to_owned()), (100, "studio".to_owned())]);
        let kept = usage_warning::Entity::find().count(&world.db).await.unwrap();
        assert_eq!(kept, 2, "neither is warned of again");
    })
    .await;
}

#[tokio::test]
async fn the_same_told_twice_counts_once_and_nobody_is_talked_down() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let (ada, licence) = bought(world, &shop, "Night Drive").await;
        let (user, studio) = manager(world, &shop).await;
        let first = tell(world, &ada, &licence, &of(world, CapKind::Streams, "Spotify", 400)).await.unwrap();
        let again = tell(world, &ada, &licence, &of(world, CapKind::Streams, " spotify", 400)).await.unwrap();
        assert_eq!(first.id, again.id);
        assert_eq!((first.side, first.user_id, first.api_key_id), (Side::Licensee, None, None));
        let theirs =
            studio_tells(world, &studio, &licence, &of(world, CapKind::Streams, "Spotify", 900)).await.unwrap();
        assert_eq!((theirs.side, theirs.user_id), (Side::Studio, Some(user)));
        tell(world, &ada, &licence, &of(world, CapKind::Streams, "Spotify", 5)).await.unwrap();
        assert_eq!(shown(world, &licence, CapKind::Streams).await, (900, 10_000));

        let page = list_usage(&world.db, &studio, shop.studio, licence.id, PageRequest::default()).await.unwrap();
        assert_eq!(page.rows.iter().map(|row| row.total).collect::<Vec<_>>(), [5, 900, 400], "newest first");
        assert_eq!((page.rows[2].as_of, page.rows[2].reported_at), (today(world), first.reported_at));
    })
    .await;
}

#[tokio::test]
async fn neither_side_uses_up_the_reports_of_the_other() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let (ada, licence) = bought(world, &shop, "Night Drive").await;
        let (_, studio) = manager(world, &shop).await;
        let told = tell(world, &ada, &licence, &of(world, CapKind::Streams, "Spotify", 1)).await.unwrap();
        let another = || usage::Model { id: world.ctx.env.id(), ..told.clone() }.into_active_model();
        let rows: Vec<usage::ActiveModel> = (1..MAX_REPORTS).map(|_| another()).collect();
        for some in rows.chunks(100) {
            usage::Entity::insert_many(some.to_vec()).exec_without_returning(&world.db).await.unwrap();
        }
        let refused = tell(world, &ada, &licence, &of(world, CapKind::Streams, "Deezer", 2)).await;
        assert!(matches!(refused, Err(LicensingError::Usage(UsageFault::Full))), "{refused:?}");
        assert!(another().insert(&world.db).await.is_err(), "by the database, too");
        studio_tells(world, &studio, &licence, &of(world, CapKind::Streams, "Spotify", 90_000)).await.unwrap();
        assert_eq!(shown(world, &licence, CapKind::Streams).await, (90_000, 10_000));
    })
    .await;
}

#[tokio::test]
async fn nobody_else_tells_or_reads() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let (ada, licence) = bought(world, &shop, "Night Drive").await;
        let (bob, _) = bought(world, &shop, "Day Walk").await;
        let new = of(world, CapKind::Streams, "Spotify", 1);
        let stranger =
            world.as_actor(Actor::User { user: world.ctx.env.id(), memberships: Vec::new(), closed: Vec::new() });
        for other in [&bob, &stranger, &world.as_actor(Actor::Anonymous)] {
            let refused = tell(world, other, &licence, &new).await;
            assert!(matches!(refused, Err(LicensingError::NoLicence)), "{:?}", other.actor);
            let refused = studio_tells(world, other, &licence, &new).await;
            assert!(matches!(refused, Err(LicensingError::Denied(_))), "{:?}", other.actor);
        }
        let viewer = world.as_actor(Actor::User {
            user: world.ctx.env.id(),
            memberships: vec![(shop.studio, Role::Viewer)],
            closed: Vec::new(),
        });
        let refused = studio_tells(world, &viewer, &licence, &new).await;
        assert!(matches!(refused, Err(LicensingError::Denied(Denied::NotAllowed))));
        let refused = list_usage(&world.db, &ada, shop.studio, licence.id, PageRequest::default()).await;
        assert!(matches!(refused, Err(LicensingError::Denied(Denied::Unauthenticated))));
        assert_eq!(usage::Entity::find().count(&world.db).await.unwrap(), 0);

        let uncapped = of(world, CapKind::Streams, "", 1);
        let refused = tell(world, &ada, &licence, &uncapped).await;
        assert!(matches!(refused, Err(LicensingError::Usage(UsageFault::Source))));
        set_state(world, licence.order_id, OrderState::Refunded).await;
        let refused = tell(world, &ada, &licence, &new).await;
        assert!(matches!(refused, Err(LicensingError::Closed(DeliveryError::Revoked))));
    })
    .await;
}

async fn set_state(world: &World, id: OrderId, state: OrderState) {
    let row = order::ActiveModel { id: Set(id), state: Set(state), ..Default::default() };
    row.update(&world.db).await.unwrap();
}

#[tokio::test]
async fn the_database_keeps_what_was_told() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let (ada, licence) = bought(world, &shop, "Night Drive").await;
        let told = tell(world, &ada, &licence, &of(world, CapKind::Streams, "Spotify", 9_000)).await.unwrap();
        let changed = usage::ActiveModel { total: Set(1), ..told.clone().into_active_model() };
        assert!(changed.update(&world.db).await.is_err(), "a report is not changed");
        assert!(usage::Entity::delete_by_id(told.id).exec(&world.db).await.is_err(), "nor taken back");
        let row = |side, user_id| usage::Model { id: world.ctx.env.id(), side, user_id, ..told.clone() };
        let insert = async |row: usage::Model| row.into_active_model().insert(&world.db).await;
        let (user, _) = manager(world, &shop).await;
        assert!(insert(row(Side::Licensee, Some(user))).await.is_err(), "a licensee has no account");
        assert!(insert(usage::Model { total: -1, ..row(Side::Studio, None) }).await.is_err(), "below zero");
        let elsewhere = usage::Model { studio_id: world.ctx.env.id(), ..row(Side::Studio, None) };
        assert!(insert(elsewhere).await.is_err(), "another studio than the licence's");
        insert(row(Side::Studio, Some(user))).await.unwrap();
        let warned = usage_warning::Model { licence_id: licence.id, threshold: 80, warned_at: told.reported_at };
        assert!(warned.into_active_model().insert(&world.db).await.is_err(), "warned of once");
    })
    .await;
}
