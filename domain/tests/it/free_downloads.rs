//! Free downloads: nothing before the address is confirmed, nothing after the exclusive is sold.

use chrono::Duration;
use domain::{
    actor::Actor,
    catalog::entity::beat,
    free_downloads::{
        FreeDownloadError,
        commands::{AskDownload, confirm, drop_unconfirmed, request_download, set_free_download, unsubscribe},
        entity::{consent, request},
        queries::{find_by_link, find_file, list_consents},
        rules::{LINK_LIFE, REQUESTS_PER_ADDRESS, WORDING_VERSION},
    },
    ids::{BeatId, MailingConsentId},
    licensing::terms::TierCode,
    links::Purpose,
    money::Currency,
    outbox::entity::job,
    page::PageRequest,
    parties::entity as party,
    report::Explain,
    sales, store,
};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter,
};

use crate::{
    shop::Shop,
    support::{World, on_each_database},
};

/// A beat with a preview; what it is made of does not matter here.
async fn beat_with_preview(world: &World, shop: &Shop) -> BeatId {
    let id = shop.beat("Night Drive", true).await;
    let row = beat::Entity::find_by_id(id).one(&world.db).await.unwrap().unwrap();
    let source = row.source_asset_id;
    beat::ActiveModel { preview_asset_id: Set(source), ..row.into_active_model() }.update(&world.db).await.unwrap();
    id
}

async fn switch(world: &World, shop: &Shop, beat: BeatId, is_on: bool) -> Result<beat::Model, FreeDownloadError> {
    let tx = store::begin(&world.db).await.unwrap();
    let switched = set_free_download(&tx, &world.as_actor(shop.manager()), beat, is_on).await?;
    tx.commit().await.unwrap();
    Ok(switched)
}

async fn asked(world: &World, shop: &Shop, beat: BeatId, email: &str) -> Result<request::Model, FreeDownloadError> {
    let asked =
        AskDownload { beat, email: email.into(), wording_version: WORDING_VERSION.into(), ip: "192.0.2.7".into() };
    request_download(&shop.services, &world.as_actor(Actor::Anonymous), shop.studio, &asked).await
}

fn token(shop: &Shop, request: &request::Model) -> String {
    shop.services.links.token(Purpose::FreeDownload, request.id, Some(request.expires_at))
}

async fn confirmed(world: &World, shop: &Shop, token: &str) -> Result<request::Model, FreeDownloadError> {
    let tx = store::begin(&world.db).await.unwrap();
    let ip = Some("192.0.2.8".to_owned());
    let confirmed = confirm(&tx, &world.as_actor(Actor::Anonymous), &shop.services.links, token, ip).await?;
    tx.commit().await.unwrap();
    Ok(confirmed)
}

async fn file(world: &World, shop: &Shop, token: &str) -> Result<(), FreeDownloadError> {
    find_file(&world.db, &shop.services.links, token, world.ctx.env.now()).await.map(drop)
}

async fn mails(world: &World) -> u64 {
    job::Entity::find().filter(job::Column::Kind.eq("mail_free_download")).count(&world.db).await.unwrap()
}

#[tokio::test]
async fn an_address_is_confirmed_consents_downloads_and_unsubscribes() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let beat = beat_with_preview(world, &shop).await;
        assert!(matches!(asked(world, &shop, beat, "ada@example.com").await, Err(FreeDownloadError::NotFree)));
        switch(world, &shop, beat, true).await.unwrap();
        switch(world, &shop, beat, true).await.unwrap();
        let request = asked(world, &shop, beat, "Ada@example.com").await.unwrap();
        let link = token(&shop, &request);
        assert!(matches!(file(world, &shop, &link).await, Err(FreeDownloadError::Unconfirmed)));
        assert_eq!(consent::Entity::find().count(&world.db).await.unwrap(), 0, "asking is no consent");

        world.clock.advance(Duration::hours(1));
        confirmed(world, &shop, &link).await.unwrap();
        confirmed(world, &shop, &link).await.unwrap();
        assert!(file(world, &shop, &link).await.is_ok());
        assert_eq!(mails(world).await, 2, "one that confirms, one by which it is withdrawn");
        let given = consent::Entity::find().one(&world.db).await.unwrap().unwrap();
        assert_eq!((given.wording_version.as_str(), given.given_at), (WORDING_VERSION, world.ctx.env.now()));
        assert_eq!((given.email.as_str(), given.given_ip.as_deref()), ("Ada@example.com", Some("192.0.2.8")));
        let party = party::Entity::find_by_id(given.party_id).one(&world.db).await.unwrap().unwrap();
        assert_eq!((party.studio_id, party.email), (shop.studio, Some(given.email.clone())));

        // Of one mailbox one consent stands, and the first stands as it was given.
        let again = asked(world, &shop, beat, "ada@EXAMPLE.com").await.unwrap();
        confirmed(world, &shop, &token(&shop, &again)).await.unwrap();
        assert_eq!(consent::Entity::find().count(&world.db).await.unwrap(), 1);
        let way_out = shop.services.links.token(Purpose::Unsubscribe, given.id, None);
        for _ in 0..2 {
            let tx = store::begin(&world.db).await.unwrap();
            let nobody = world.as_actor(Actor::Anonymous);
            assert!(unsubscribe(&tx, &nobody, &shop.services.links, &way_out).await.unwrap().withdrawn_at.is_some());
            tx.commit().await.unwrap();
        }
        let manager = world.as_actor(shop.manager());
        let standing = list_consents(&world.db, &manager, shop.studio, true, PageRequest::default()).await.unwrap();
        assert!(standing.rows.is_empty());
        let row = consent::Entity::find_by_id(given.id).one(&world.db).await.unwrap().unwrap();
        let undone = consent::ActiveModel { withdrawn_at: Set(None), ..row.into_active_model() };
        assert!(undone.update(&world.db).await.is_err(), "nobody takes a withdrawal back");
        // Whoever comes again consents anew.
        let anew = asked(world, &shop, beat, "ada@example.com").await.unwrap();
        confirmed(world, &shop, &token(&shop, &anew)).await.unwrap();
        assert_eq!(consent::Entity::find().count(&world.db).await.unwrap(), 2);
    })
    .await;
}

#[tokio::test]
async fn an_address_that_is_not_confirmed_is_forgotten() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let beat = beat_with_preview(world, &shop).await;
        switch(world, &shop, beat, true).await.unwrap();
        let kept = asked(world, &shop, beat, "ada@example.com").await.unwrap();
        confirmed(world, &shop, &token(&shop, &kept)).await.unwrap();
        asked(world, &shop, beat, "bob@example.com").await.unwrap();
        let sweep = async || {
            let tx = store::begin(&world.db).await.unwrap();
            let dropped = drop_unconfirmed(&tx, &world.ctx).await.unwrap();
            tx.commit().await.unwrap();
            dropped
        };
        world.clock.advance(LINK_LIFE - Duration::seconds(1));
        assert_eq!(sweep().await, 0);
        world.clock.advance(Duration::seconds(1));
        assert_eq!(sweep().await, 1);
        let left = request::Entity::find().one(&world.db).await.unwrap().unwrap();
        assert_eq!(left.id, kept.id);
    })
    .await;
}

#[tokio::test]
async fn a_download_ends_with_the_exclusive_and_with_the_switch() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let beat = beat_with_preview(world, &shop).await;
        switch(world, &shop, beat, true).await.unwrap();
        let link = token(&shop, &asked(world, &shop, beat, "ada@example.com").await.unwrap());
        switch(world, &shop, beat, false).await.unwrap();
        assert!(matches!(confirmed(world, &shop, &link).await, Err(FreeDownloadError::NotFree)));
        assert_eq!(consent::Entity::find().count(&world.db).await.unwrap(), 0, "nobody consents for nothing");
        switch(world, &shop, beat, true).await.unwrap();
        confirmed(world, &shop, &link).await.unwrap();
        switch(world, &shop, beat, false).await.unwrap();
        assert!(matches!(file(world, &shop, &link).await, Err(FreeDownloadError::NotFree)));
        switch(world, &shop, beat, true).await.unwrap();
        assert!(file(world, &shop, &link).await.is_ok());

        let order = shop.order(&[(beat, TierCode::Exclusive)], 90_000).await;
        shop.gateway.pay(order.id);
        sales::settle_order(&shop.services, order.id).await.unwrap();
        assert!(matches!(file(world, &shop, &link).await, Err(FreeDownloadError::NotFree)), "it is being bought");
        shop.do_jobs().await;
        assert!(matches!(file(world, &shop, &link).await, Err(FreeDownloadError::NotFree)));
        assert!(matches!(asked(world, &shop, beat, "eve@example.com").await, Err(FreeDownloadError::NotFree)));
        assert!(matches!(switch(world, &shop, beat, true).await, Err(FreeDownloadError::Sold)));
    })
    .await;
}

#[tokio::test]
async fn what_is_wrong_is_refused_by_name() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let beat = beat_with_preview(world, &shop).await;
        switch(world, &shop, beat, true).await.unwrap();
        let code = async |email: &str| asked(world, &shop, beat, email).await.unwrap_err().explain().code;
        assert_eq!(code("ada").await, "DOWNLOAD_EMAIL");
        let old =
            AskDownload { beat, email: "a@example.com".into(), wording_version: "2000".into(), ip: String::new() };
        let nobody = world.as_actor(Actor::Anonymous);
        let refused = request_download(&shop.services, &nobody, shop.studio, &old).await;
        assert!(matches!(refused, Err(FreeDownloadError::WordingChanged)));
        let request = asked(world, &shop, beat, "ada@example.com").await.unwrap();
        for _ in 1..REQUESTS_PER_ADDRESS.attempts {
            asked(world, &shop, beat, "ADA@example.com").await.unwrap();
        }
        assert_eq!(code("ada@example.com").await, "TOO_MANY_DOWNLOADS");
        world.clock.advance(Duration::hours(24));
        asked(world, &shop, beat, "ada@example.com").await.unwrap();

        let links = &shop.services.links;
        let link = token(&shop, &request);
        let foreign = links.token(Purpose::Unsubscribe, world.ctx.env.id::<MailingConsentId>(), None);
        assert!(matches!(confirmed(world, &shop, &foreign).await, Err(FreeDownloadError::BadLink)));
        world.clock.advance(LINK_LIFE);
        assert!(matches!(confirmed(world, &shop, &link).await, Err(FreeDownloadError::Expired)));
        let now = world.ctx.env.now();
        assert!(matches!(find_by_link(&world.db, links, &link, now).await, Err(FreeDownloadError::Expired)));
    })
    .await;
}
