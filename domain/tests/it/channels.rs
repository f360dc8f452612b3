//! Where licensees release, and whom a studio lets pass.

use domain::{
    actor::{Actor, Ctx},
    delivery::error::DeliveryError,
    identity::entity::studio,
    ids::{ChannelId, LicenceId, OrderId},
    licensing::{
        LicensingError,
        channels::{AllowedLicensee, add_channel, channels_of_licences, list_allowlist, remove_channel},
        entity::{channel, licence},
        queries::licences_of_orders,
        rules::{ChannelFault, MAX_CHANNELS},
        terms::TierCode,
    },
    money::Currency,
    page::PageRequest,
    policy::Denied,
    sales::{
        self,
        entity::{OrderState, order},
    },
    store,
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, IntoActiveModel, PaginatorTrait};

use crate::{
    shop::Shop,
    support::{World, on_each_database},
};

const HOME: &str = "https://www.youtube.com/@ada";

/// Buys one licence of a beat; the buyer, and the licence.
async fn bought(world: &World, shop: &Shop, title: &str, tier: TierCode, seen_minor: i64) -> (Ctx, licence::Model) {
    let beat = shop.beat(title, false).await;
    let order = shop.order(&[(beat, tier)], seen_minor).await;
    shop.gateway.pay(order.id);
    sales::settle_order(&shop.services, order.id).await.unwrap();
    let licence = licences_of_orders(&world.db, &[order.id]).await.unwrap().remove(&order.id).unwrap().remove(0);
    (world.as_actor(Actor::Buyer { order: order.id }), licence)
}

async fn add(world: &World, ctx: &Ctx, licence: &licence::Model, url: &str) -> Result<channel::Model, LicensingError> {
    let tx = store::begin(&world.db).await.unwrap();
    let added = add_channel(&tx, ctx, &licence.reference, url).await?;
    tx.commit().await.unwrap();
    Ok(added)
}

async fn remove(world: &World, ctx: &Ctx, licence: &licence::Model, id: ChannelId) -> Result<bool, LicensingError> {
    let tx = store::begin(&world.db).await.unwrap();
    let removed = remove_channel(&tx, ctx, &licence.reference, id).await?;
    tx.commit().await.unwrap();
    Ok(removed)
}

async fn urls(world: &World, licence: LicenceId) -> Vec<String> {
    let found = channels_of_licences(&world.db, &[licence]).await.unwrap().remove(&licence).unwrap_or_default();
    found.into_iter().map(|channel| channel.url).collect()
}

async fn set_state(world: &World, id: OrderId, state: OrderState) {
    let row = order::ActiveModel { id: Set(id), state: Set(state), ..Default::default() };
    row.update(&world.db).await.unwrap();
}

#[tokio::test]
async fn an_address_is_told_once_and_taken_back() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let (ada, licence) = bought(world, &shop, "Night Drive", TierCode::Wav, 6000).await;
        let added = add(world, &ada, &licence, " HTTPS://www.YouTube.com/@ada ").await.unwrap();
        assert_eq!((added.url.as_str(), added.studio_id), (HOME, shop.studio));
        let again = add(world, &ada, &licence, HOME).await;
        assert!(matches!(again, Err(LicensingError::Channel(ChannelFault::Known))));
        for wrong in ["youtube.com/@ada", "http://youtube.com/@ada", "https://localhost/"] {
            let refused = add(world, &ada, &licence, wrong).await;
            assert!(matches!(refused, Err(LicensingError::Channel(ChannelFault::Form))), "{wrong}");
        }
        world.clock.advance(chrono::Duration::seconds(1));
        add(world, &ada, &licence, "https://open.spotify.com/artist/1").await.unwrap();
        assert_eq!(urls(world, licence.id).await, [HOME, "https://open.spotify.com/artist/1"]);
        assert!(remove(world, &ada, &licence, added.id).await.unwrap());
        assert!(!remove(world, &ada, &licence, added.id).await.unwrap());
        assert_eq!(urls(world, licence.id).await, ["https://open.spotify.com/artist/1"]);
    })
    .await;
}

#[tokio::test]
async fn a_licence_has_twenty_addresses_at_the_most() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let (ada, licence) = bought(world, &shop, "Night Drive", TierCode::Wav, 6000).await;
        for n in 1..MAX_CHANNELS {
            add(world, &ada, &licence, &format!("https://a.example/{n}")).await.unwrap();
        }
        // Two at once for the last place: one gets it.
        let both = tokio::join!(
            add(world, &ada, &licence, "https://a.example/x"),
            add(world, &ada, &licence, "https://a.example/y")
        );
        let refused = match both {
            (Ok(_), Err(refused)) | (Err(refused), Ok(_)) => refused,
            other => panic!("{other:?}"),
        };
        assert!(matches!(refused, LicensingError::Channel(ChannelFault::Full)), "{refused:?}");
        assert_eq!(urls(world, licence.id).await.len(), MAX_CHANNELS);
    })
    .await;
}

#[tokio::test]
async fn the_database_refuses_what_must_not_be() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let (ada, licence) = bought(world, &shop, "Night Drive", TierCode::Wav, 6000).await;
        let row = |url: &str| channel::Model {
            id: world.ctx.env.id(),
            licence_id: licence.id,
            studio_id: shop.studio,
            url: url.to_owned(),
            added_at: world.ctx.env.now(),
        };
        let insert = async |row: channel::Model| row.into_active_model().insert(&world.db).await;
        assert!(insert(row("http://a.example/")).await.is_err(), "not https");
        assert!(insert(row(&format!("https://{}", "x".repeat(293)))).await.is_err(), "too long");
        let nova = studio::Entity::find_by_id(shop.studio).one(&world.db).await.unwrap().unwrap();
        let other = studio::Model { id: world.ctx.env.id(), slug: "other".to_owned(), ..nova };
        let other = other.into_active_model().insert(&world.db).await.unwrap();
        let foreign = channel::Model { studio_id: other.id, ..row(HOME) };
        assert!(insert(foreign).await.is_err(), "another studio than the licence's");
        insert(row(HOME)).await.unwrap();
        assert!(insert(row(HOME)).await.is_err(), "twice");
        for n in 1..MAX_CHANNELS {
            add(world, &ada, &licence, &format!("https://a.example/{n}")).await.unwrap();
        }
        assert!(insert(row("https://a.example/21")).await.is_err(), "one too many");
        let count = channel::Entity::find().count(&world.db).await.unwrap();
        assert_eq!(count, u64::try_from(MAX_CHANNELS).unwrap());
    })
    .await;
}

#[tokio::test]
async fn nobody_but_the_buyer_changes_a_licences_addresses() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let (ada, licence) = bought(world, &shop, "Night Drive", TierCode::Wav, 6000).await;
        let (bob, _) = bought(world, &shop, "Day Walk", TierCode::Mp3, 3000).await;
        let added = add(world, &ada, &licence, HOME).await.unwrap();
        let manager = world.as_actor(shop.manager());
        let nobody = world.as_actor(Actor::Anonymous);
        for other in [&bob, &manager, &nobody] {
            let refused = add(world, other, &licence, "https://b.example/").await;
            assert!(matches!(refused, Err(LicensingError::NoLicence)), "{:?}", other.actor);
            let refused = remove(world, other, &licence, added.id).await;
            assert!(matches!(refused, Err(LicensingError::NoLicence)), "{:?}", other.actor);
        }
        assert_eq!(urls(world, licence.id).await, [HOME]);

        set_state(world, licence.order_id, OrderState::Refunded).await;
        let refused = add(world, &ada, &licence, "https://c.example/").await;
        assert!(matches!(refused, Err(LicensingError::Closed(DeliveryError::Revoked))));
    })
    .await;
}

#[tokio::test]
async fn the_allowlist_holds_standing_licences_page_by_page() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        // Of three years, of three years and refunded, without end, of three years and bought later.
        let (ada, first) = bought(world, &shop, "Night Drive", TierCode::Mp3, 3000).await;
        let (_, refunded) = bought(world, &shop, "Day Walk", TierCode::Mp3, 3000).await;
        let (_, forever) = bought(world, &shop, "Slow Tide", TierCode::Unlimited, 22_000).await;
        world.clock.advance(chrono::Duration::days(30));
        let (_, last) = bought(world, &shop, "Low Sun", TierCode::Mp3, 3000).await;
        add(world, &ada, &first, HOME).await.unwrap();
        set_state(world, refunded.order_id, OrderState::Refunded).await;
        let manager = world.as_actor(shop.manager());
        let of = |allowed: &AllowedLicensee| allowed.licence.id;
        let whole = async || {
            let page = list_allowlist(&world.db, &manager, shop.studio, PageRequest::default()).await.unwrap();
            assert!(!page.has_next && !page.has_previous);
            page.rows
        };
        let rows = whole().await;
        assert_eq!(rows.iter().map(of).collect::<Vec<_>>(), [last.id, forever.id, first.id]);
        assert_eq!((rows[2].beat_title.as_str(), rows[2].isrc.as_deref()), ("Night Drive", None));
        assert_eq!(rows[2].channels[0].url, HOME);
        assert!(rows[0].channels.is_empty());

        // The first stands to the end of its last day: 23 November 2029.
        world.clock.advance(first.granted_at + chrono::Duration::days(3 * 365 + 1) - world.ctx.env.now());
        assert_eq!(whole().await.len(), 3);
        world.clock.advance(chrono::Duration::hours(12));
        assert_eq!(whole().await.iter().map(of).collect::<Vec<_>>(), [last.id, forever.id]);

        // What is over lies between the pages, and none comes out short or without an end.
        let page = async |first_n, after: Option<LicenceId>, last_n, before: Option<LicenceId>| {
            let (after, before) = (after.map(|id| id.to_string()), before.map(|id| id.to_string()));
            let request = PageRequest::new(first_n, after.as_deref(), last_n, before.as_deref()).unwrap();
            list_allowlist(&world.db, &manager, shop.studio, request).await.unwrap()
        };
        let top = page(Some(1), None, None, None).await;
        assert_eq!((top.rows.iter().map(of).collect::<Vec<_>>(), top.has_next), (vec![last.id], true));
        let next = page(Some(1), Some(last.id), None, None).await;
        assert_eq!((next.rows.iter().map(of).collect::<Vec<_>>(), next.has_next), (vec![forever.id], false));
        let end = page(None, None, Some(1), None).await;
        assert_eq!((end.rows.iter().map(of).collect::<Vec<_>>(), end.has_previous), (vec![forever.id], true));
        let back = page(None, None, Some(1), Some(forever.id)).await;
        assert_eq!((back.rows.iter().map(of).collect::<Vec<_>>(), back.has_previous), (vec![last.id], false));

        let refused = list_allowlist(&world.db, &ada, shop.studio, PageRequest::default()).await;
        assert!(matches!(refused, Err(LicensingError::Denied(Denied::Unauthenticated))));
    })
    .await;
}
