//! Which shares a sale follows, and what is on sale at all.

use chrono::Duration;
use domain::{
    actor::{Actor, Role},
    catalog::{
        self, CatalogError,
        entity::{BeatState, beat},
        rules::shares::ShareLine,
    },
    edit::Edit,
    identity::{
        commands::{StudioSettings, update_studio},
        entity::UnsignedSplits,
    },
    licensing::{
        queries::{contract, effective_tiers, licences_of_orders},
        terms::TierCode,
    },
    money::Currency,
    page::PageRequest,
    parties::{self, PartyInput, entity::PartyKind},
    report::Explain,
    sales::{self, SalesError, Settled, entity::order, queries},
    share::Share,
    splits::{self, ExecutedSplit},
    store,
};
use sea_orm::EntityTrait;

use super::{execute, jobs, journals, owed, parked, parking_shop, sell};
use crate::{shop::Shop, support::on_each_database};

#[tokio::test]
async fn a_sale_after_execution_is_split_by_the_signed_shares_and_names_the_document() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let work = shop.work("Night Drive").await;
        let beat = shop.unsigned_beat_of(work, "Night Drive", true).await;
        // The credits say 60 and 40; they have signed 25 and 75 of the master, and the halves of the composition.
        let half = Share::from_ppm(500_000).unwrap();
        let composition = shop.makers.map(|maker| (maker, half)).to_vec();
        let sheet = shop.sheet(work, [250_000, 750_000], world.ctx.env.now()).await;
        let version = execute(world, &ExecutedSplit { composition, ..sheet.clone() }).await.unwrap();
        assert_eq!((version.number, &version.document_sha256), (1, &sheet.document_sha256));
        assert_eq!(jobs(world).await, 0, "nothing waits");
        let other = shop.beat("Day Walk", false).await;
        let order = shop.order(&[(beat, TierCode::Mp3), (other, TierCode::Wav)], 9000).await;
        shop.gateway.pay(order.id);
        sales::settle_order(&shop.services, order.id).await.unwrap();

        // Of 2913 a quarter is 728.25, the left-over cent to the larger remainder; of 5826 six tenths are 3495.6.
        assert_eq!(owed(world, &shop).await, [728 + 3496, 2185 + 2330]);
        assert_eq!(parked(world, &shop).await, 0);
        let sale = journals(world, "sale").await.remove(0);
        assert!(sale.memo.contains(sheet.document_sha256.as_str()), "{}", sale.memo);
        let bases = splits::bases_of_journals(&world.db, &[sale.id]).await.unwrap().remove(&sale.id).unwrap();
        let lines = queries::lines_of_order(&world.db, order.id).await.unwrap();
        assert_eq!(bases.len(), 2);
        let first = bases.iter().find(|basis| basis.row.order_line_id == lines[0].id).unwrap();
        assert_eq!((&first.row.document_sha256, first.row.agreement_id), (&sheet.document_sha256, sheet.agreement));
        assert_eq!(first.version, version);
        let shares = splits::of_versions(&world.db, &[version.id]).await.unwrap().remove(&version.id).unwrap();
        assert_eq!((shares.0[0].1, shares.1), (half, sheet.master));
    })
    .await;
}

#[tokio::test]
async fn a_contract_names_the_writers_as_they_had_signed_when_it_was_made() {
    on_each_database(async |world| {
        let (shop, work, beat) = parking_shop(world).await;
        let licence = async |order: &order::Model| {
            let mut all = licences_of_orders(&world.db, &[order.id]).await.unwrap();
            all.remove(&order.id).unwrap().remove(0).id
        };
        let writers = async |licence| {
            let contract = contract(&world.db, licence).await.unwrap().unwrap();
            let line = |who: domain::licensing::contract::Producer| (who.name, who.role, who.share.ppm());
            contract.licensor.producers.into_iter().map(line).collect::<Vec<_>>()
        };
        let line = |name: &str, role: &str, ppm: u32| (name.to_owned(), role.to_owned(), ppm);
        let early = licence(&sell(&shop, beat).await).await;
        let entered = [line("Nova", "producer", 600_000), line("Orson", "producer", 400_000)];
        assert_eq!(writers(early).await, entered);
        world.clock.advance(Duration::seconds(1));

        // A third has written the words and is not credited; Orson has written nothing.
        let tx = store::begin(&world.db).await.unwrap();
        let ada = PartyInput {
            kind: PartyKind::Person,
            name: "Ada".into(),
            legal_name: None,
            email: None,
            ipi: None,
            isni: None,
        };
        let ada = parties::create_party(&tx, &world.ctx, shop.studio, ada).await.unwrap().id;
        tx.commit().await.unwrap();
        let half = Share::from_ppm(500_000).unwrap();
        let sheet = shop.sheet(work, [600_000, 400_000], world.ctx.env.now() - Duration::days(1)).await;
        execute(world, &ExecutedSplit { composition: vec![(ada, half), (shop.makers[0], half)], ..sheet })
            .await
            .unwrap();
        let late = licence(&sell(&shop, beat).await).await;
        let signed = [line("Nova", "producer", 500_000), line("Orson", "producer", 0), line("Ada", "writer", 500_000)];
        assert_eq!(writers(late).await, signed);
        assert_eq!(writers(early).await, entered, "what was signed later does not reach back");
    })
    .await;
}

#[tokio::test]
async fn a_second_version_changes_sales_from_its_effective_date_only() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let (work, now) = (shop.work("Night Drive").await, world.ctx.env.now());
        let beat = shop.unsigned_beat_of(work, "Night Drive", true).await;
        let first = shop.sign(work, [1_000_000, 0], now).await;
        let second = shop.sign(work, [0, 1_000_000], now + Duration::days(10)).await;
        assert_eq!((first.number, second.number), (1, 2));
        sell(&shop, beat).await;
        assert_eq!(owed(world, &shop).await, [2913, 0]);
        world.clock.advance(Duration::days(10) - Duration::seconds(1));
        sell(&shop, beat).await;
        assert_eq!(owed(world, &shop).await, [5826, 0]);
        world.clock.advance(Duration::seconds(1));
        sell(&shop, beat).await;
        assert_eq!(owed(world, &shop).await, [5826, 2913]);
        // A later amendment that reaches back leaves what is booked, and holds from now on.
        shop.sign(work, [500_000, 500_000], now).await;
        assert_eq!(owed(world, &shop).await, [5826, 2913]);
        sell(&shop, beat).await;
        assert_eq!(owed(world, &shop).await, [5826 + 1457, 2913 + 1456]);

        let at = async |at| splits::rule_at(&world.db, work, at).await.unwrap().map(|rule| rule.version.number);
        assert_eq!((at(now - Duration::seconds(1)).await, at(now).await), (None, Some(3)));
        let manager = world.as_actor(shop.manager());
        let page = splits::list_versions(&world.db, &manager, work, PageRequest::default()).await.unwrap();
        assert_eq!(page.rows.len(), 3);
    })
    .await;
}

#[tokio::test]
async fn what_was_paid_after_the_studio_stopped_selling_it_is_parked_not_lost() {
    on_each_database(async |world| {
        let (shop, _, beat) = parking_shop(world).await;
        let order = shop.order(&[(beat, TierCode::Mp3)], 3000).await;
        shop.gateway.pay(order.id);
        shop.set_unsigned(UnsignedSplits::Refuse).await;
        assert_eq!(sales::settle_order(&shop.services, order.id).await.unwrap(), Settled::Granted);
        assert_eq!(parked(world, &shop).await, 2913);
    })
    .await;
}

#[tokio::test]
async fn an_unsigned_beat_is_not_on_sale_unless_its_studio_parks() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let work = shop.work("Night Drive").await;
        let beat = shop.unsigned_beat_of(work, "Night Drive", true).await;
        let manager = world.as_actor(shop.manager());
        let publish = async || {
            let tx = store::begin(&world.db).await.unwrap();
            let published = catalog::publish_beat(&tx, &manager, beat).await?;
            tx.commit().await.unwrap();
            Ok::<_, CatalogError>(published)
        };
        let offers = async || effective_tiers(&world.db, shop.studio, &[beat]).await.unwrap().remove(&beat).unwrap();
        let refusal = publish().await.unwrap_err();
        assert!(matches!(refusal, CatalogError::SplitUnsigned));
        assert_eq!(
            (refusal.explain().code, refusal.explain().field.as_deref()),
            ("SPLIT_UNSIGNED", Some("collaborators"))
        );
        let refusal = shop.cart(&[(beat, TierCode::Mp3)]).await.unwrap_err();
        assert!(matches!(refusal, SalesError::SplitUnsigned));
        assert_eq!(refusal.explain().code, "SPLIT_UNSIGNED");
        assert!(offers().await.is_empty());
        assert!(splits::unsigned_beats(&world.db, &[beat]).await.unwrap().contains(&beat));

        // The owner lets it be sold with the money parked; a cart filled meanwhile goes stale when that ends.
        let owner = world.as_actor(Actor::User {
            user: world.ctx.env.id(),
            memberships: vec![(shop.studio, Role::Owner)],
            closed: Vec::new(),
        });
        let set = async |unsigned_splits| {
            let settings = StudioSettings {
                name: "Nova Sound".into(),
                contact_email: "nova@example.com".parse().unwrap(),
                legal_name: None,
                address: None,
                governing_law: "England and Wales".into(),
                unsigned_splits,
                accent: Edit::Keep,
            };
            let tx = store::begin(&world.db).await.unwrap();
            let row = update_studio(&tx, &owner, shop.studio, settings).await.unwrap();
            tx.commit().await.unwrap();
            row.unsigned_splits
        };
        assert_eq!(set(Edit::To(UnsignedSplits::Park)).await, UnsignedSplits::Park);
        assert_eq!(set(Edit::Keep).await, UnsignedSplits::Park);
        publish().await.unwrap();
        assert!(!offers().await.is_empty());
        let secret = shop.cart(&[(beat, TierCode::Mp3)]).await.unwrap();
        set(Edit::To(UnsignedSplits::Refuse)).await;
        assert!(matches!(shop.place(&secret, 3000).await, Err(SalesError::CartStale { .. })));

        // One maker alone needs no split; a second one does, and signing puts it on sale.
        let credit = async |lines: &[ShareLine]| {
            let tx = store::begin(&world.db).await.unwrap();
            catalog::set_collaborators(&tx, &manager, beat, lines).await.unwrap();
            tx.commit().await.unwrap();
        };
        let line =
            |maker: usize, share_ppm| ShareLine { party: shop.makers[maker], role: "producer".into(), share_ppm };
        credit(&[line(0, 1_000_000)]).await;
        publish().await.unwrap();
        sell(&shop, beat).await;
        assert_eq!(owed(world, &shop).await, [2913, 0]);
        credit(&[line(0, 900_000), line(1, 100_000)]).await;
        assert!(offers().await.is_empty());
        shop.sign(work, [0, 1_000_000], world.ctx.env.now()).await;
        publish().await.unwrap();
        sell(&shop, beat).await;
        assert_eq!(owed(world, &shop).await, [2913, 2913]);
        assert_eq!(beat::Entity::find_by_id(beat).one(&world.db).await.unwrap().unwrap().state, BeatState::Published);
    })
    .await;
}

#[tokio::test]
async fn before_its_effective_date_a_split_leaves_a_sole_maker_alone() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let work = shop.work("Night Drive").await;
        let beat = shop.unsigned_beat_of(work, "Night Drive", true).await;
        let manager = world.as_actor(shop.manager());
        let tx = store::begin(&world.db).await.unwrap();
        let alone = [ShareLine { party: shop.makers[0], role: "producer".into(), share_ppm: 1_000_000 }];
        catalog::set_collaborators(&tx, &manager, beat, &alone).await.unwrap();
        tx.commit().await.unwrap();
        shop.sign(work, [0, 1_000_000], world.ctx.env.now() + Duration::days(3)).await;
        sell(&shop, beat).await;
        assert_eq!(owed(world, &shop).await, [2913, 0]);
        world.clock.advance(Duration::days(3));
        sell(&shop, beat).await;
        assert_eq!(owed(world, &shop).await, [2913, 2913]);
    })
    .await;
}
