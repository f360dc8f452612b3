use std::{collections::BTreeMap, time::Duration as Wall};

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
    ids::{BeatId, OrderLineId, PartyId, WorkId},
    ledger::{
        entity::{AccountKind, journal},
        queries as ledger,
    },
    licensing::{
        queries::{contract, effective_tiers, licences_of_orders},
        terms::TierCode,
    },
    money::Currency,
    outbox::entity::job,
    page::PageRequest,
    parties::{self, PartyInput, entity::PartyKind},
    policy::Denied,
    report::Explain,
    sales::{
        self, SalesError, Settled,
        commands::refunds::record_refund,
        entity::{OrderState, PaymentState, order, order_line, payment},
        queries,
    },
    share::Share,
    splits::{
        self, ExecutedSplit, SplitError,
        entity::{Side, journal_basis, split_parking, split_release, split_share, split_version},
    },
    store,
};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait,
    QueryFilter,
};

use crate::{
    shop::Shop,
    support::{World, on_each_database},
};

/// A shop that parks what is unsigned, with a published beat whose makers have signed nothing.
async fn parking_shop(world: &World) -> (Shop, WorkId, BeatId) {
    let shop = Shop::open(world, Currency::EUR).await;
    shop.set_unsigned(UnsignedSplits::Park).await;
    let work = shop.work("Night Drive").await;
    let beat = shop.unsigned_beat_of(work, "Night Drive", true).await;
    (shop, work, beat)
}

/// Sells an MP3 lease for 30.00, of which the gateway keeps 0.87.
async fn sell(shop: &Shop, beat: BeatId) -> order::Model {
    let order = shop.order(&[(beat, TierCode::Mp3)], 3000).await;
    shop.gateway.pay(order.id);
    assert_eq!(sales::settle_order(&shop.services, order.id).await.unwrap(), Settled::Granted);
    order
}

/// What an account kind comes to, and what is owed to each maker.
async fn books(world: &World, shop: &Shop) -> (BTreeMap<AccountKind, i64>, [i64; 2]) {
    let (mut kinds, mut parties) = (BTreeMap::new(), BTreeMap::<PartyId, i64>::new());
    for row in ledger::list_balances(&world.db, &world.ctx, shop.studio).await.unwrap() {
        *kinds.entry(row.account.kind).or_default() += row.balance.minor;
        if let Some(party) = row.account.party_id {
            *parties.entry(party).or_default() -= row.balance.minor;
        }
    }
    let trial = ledger::trial_balance_of_all(&world.db).await.unwrap();
    assert!(trial.iter().all(|sum| sum.minor == 0));
    (kinds, shop.makers.map(|maker| parties.get(&maker).copied().unwrap_or(0)))
}

async fn parked(world: &World, shop: &Shop) -> i64 {
    -books(world, shop).await.0.get(&AccountKind::SplitsParked).copied().unwrap_or(0)
}

async fn owed(world: &World, shop: &Shop) -> [i64; 2] {
    books(world, shop).await.1
}

async fn waiting(world: &World, shop: &Shop) -> Vec<splits::ParkedLine> {
    let request = PageRequest::new(Some(100), None, None, None).unwrap();
    splits::list_parked(&world.db, &world.ctx, shop.studio, true, request).await.unwrap().rows
}

async fn jobs(world: &World) -> u64 {
    job::Entity::find().filter(job::Column::Kind.eq("release_parked")).count(&world.db).await.unwrap()
}

async fn journals(world: &World, kind: &str) -> Vec<journal::Model> {
    journal::Entity::find().filter(journal::Column::Kind.eq(kind)).all(&world.db).await.unwrap()
}

async fn execute(world: &World, split: &ExecutedSplit) -> Result<split_version::Model, SplitError> {
    let tx = store::begin(&world.db).await.unwrap();
    let version = splits::execute(&tx, &world.ctx, split).await?;
    tx.commit().await.unwrap();
    Ok(version)
}

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
        let basis = bases.iter().find(|basis| basis.row.order_line_id == lines[0].id).unwrap();
        assert_eq!((&basis.row.document_sha256, basis.row.agreement_id), (&sheet.document_sha256, sheet.agreement));
        assert_eq!(basis.version, version);
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
        let page = splits::list_versions(&world.db, &world.as_actor(shop.manager()), work, PageRequest::default());
        assert_eq!(page.await.unwrap().rows.iter().map(|row| row.number).collect::<Vec<_>>().len(), 3);
    })
    .await;
}

#[tokio::test]
async fn what_nobody_has_signed_for_is_parked_and_released_once() {
    on_each_database(async |world| {
        let (shop, work, beat) = parking_shop(world).await;
        let orders = [sell(&shop, beat).await, sell(&shop, beat).await];
        assert_eq!((parked(world, &shop).await, owed(world, &shop).await), (5826, [0, 0]));
        let sale = journals(world, "sale").await.remove(0);
        assert!(sale.memo.contains("parked until its split is signed"), "{}", sale.memo);
        assert!(splits::bases_of_journals(&world.db, &[sale.id]).await.unwrap().is_empty());
        assert_eq!(splits::release_parked(&shop.services, work).await.unwrap(), 0, "nothing is signed");

        let sheet = shop.sheet(work, [250_000, 750_000], world.ctx.env.now()).await;
        execute(world, &sheet).await.unwrap();
        execute(world, &sheet).await.unwrap();
        assert_eq!(jobs(world).await, 1);
        assert_eq!(splits::release_parked(&shop.services, work).await.unwrap(), 2);
        assert_eq!(splits::release_parked(&shop.services, work).await.unwrap(), 0);
        assert_eq!((parked(world, &shop).await, owed(world, &shop).await), (0, [1456, 4370]));
        assert!(waiting(world, &shop).await.is_empty());
        let released = journals(world, "split_release").await;
        assert_eq!(released.len(), 2);
        for (journal, order) in released.iter().zip(&orders) {
            assert!(journal.memo.contains(sheet.document_sha256.as_str()), "{}", journal.memo);
            assert!(orders.iter().any(|order| journal.order_id == Some(order.id)));
            let behind = ledger::journals_of_order(&world.db, &world.ctx, shop.studio, order.id).await.unwrap();
            assert_eq!(behind.iter().map(|row| row.kind.as_str()).collect::<Vec<_>>(), ["sale", "split_release"]);
            let bases = splits::bases_of_journals(&world.db, &[journal.id]).await.unwrap();
            assert_eq!(bases[&journal.id][0].row.document_sha256, sheet.document_sha256);
        }
        // From now on there is nothing to park.
        sell(&shop, beat).await;
        assert_eq!((parked(world, &shop).await, owed(world, &shop).await), (0, [1456 + 728, 4370 + 2185]));
    })
    .await;
}

#[tokio::test]
async fn sales_execution_and_releases_at_once_lose_nothing_and_give_nothing_twice() {
    const BUYERS: usize = 24;
    on_each_database(async |world| {
        let (shop, work, beat) = parking_shop(world).await;
        let mut orders = Vec::new();
        for _ in 0..BUYERS {
            let order = shop.order(&[(beat, TierCode::Mp3)], 3000).await;
            shop.gateway.pay(order.id);
            orders.push(order.id);
        }
        let early = orders.split_off(BUYERS - 6);
        for order in &early {
            sales::settle_order(&shop.services, *order).await.unwrap();
        }
        let sheets = [
            shop.sheet(work, [500_000, 500_000], world.ctx.env.now()).await,
            shop.sheet(work, [250_000, 750_000], world.ctx.env.now()).await,
        ];
        let services = &shop.services;
        let settle = orders.iter().map(|order| async move { sales::settle_order(services, *order).await.unwrap() });
        let sign = sheets.iter().map(|sheet| async move { execute(world, sheet).await.unwrap() });
        let release = (0..4).map(|_| async move { splits::release_parked(services, work).await.unwrap() });
        futures::join!(
            futures::future::join_all(settle),
            futures::future::join_all(sign),
            futures::future::join_all(release)
        );
        let again = futures::future::join_all((0..4).map(|_| splits::release_parked(services, work))).await;
        assert!(again.iter().all(Result::is_ok));

        assert_eq!(parked(world, &shop).await, 0);
        let sold = i64::try_from(BUYERS).unwrap() * 2913;
        assert_eq!(owed(world, &shop).await.iter().sum::<i64>(), sold);
        let parkings = split_parking::Entity::find().count(&world.db).await.unwrap();
        assert!(parkings >= 6);
        assert_eq!(split_release::Entity::find().count(&world.db).await.unwrap(), parkings);
        assert_eq!(u64::try_from(journals(world, "split_release").await.len()).unwrap(), parkings);
        // Each line was divided by a document exactly once.
        let mut lines: Vec<OrderLineId> = Vec::new();
        lines.extend(journal_basis::Entity::find().all(&world.db).await.unwrap().iter().map(|row| row.order_line_id));
        lines.sort_unstable();
        lines.dedup();
        assert_eq!(lines.len(), BUYERS);
        assert_eq!(journal_basis::Entity::find().count(&world.db).await.unwrap(), u64::try_from(BUYERS).unwrap());
        let numbers = split_version::Entity::find().all(&world.db).await.unwrap();
        assert_eq!(numbers.iter().map(|row| row.number).sum::<i32>(), 3);
    })
    .await;
}

#[tokio::test]
async fn a_release_that_is_broken_off_goes_on_where_it_was() {
    on_each_database(async |world| {
        let (shop, work, beat) = parking_shop(world).await;
        for _ in 0..12 {
            sell(&shop, beat).await;
        }
        shop.sign(work, [333_333, 666_667], world.ctx.env.now()).await;
        // Dropped in the middle, as by a crash: what was not committed is undone.
        for millis in 1..8 {
            let broken = tokio::time::timeout(Wall::from_millis(millis), splits::release_parked(&shop.services, work));
            let _ = broken.await;
            let done = split_release::Entity::find().count(&world.db).await.unwrap();
            assert_eq!(u64::try_from(journals(world, "split_release").await.len()).unwrap(), done);
            let left: i64 = waiting(world, &shop).await.iter().map(|line| line.parking.amount_minor).sum();
            assert_eq!(parked(world, &shop).await, left);
        }
        splits::release_parked(&shop.services, work).await.unwrap();
        assert_eq!((parked(world, &shop).await, owed(world, &shop).await), (0, [971 * 12, 1942 * 12]));
    })
    .await;
}

/// Random histories of sales, signatures, releases and refunds: after each step what is parked is what waits, to the cent.
#[tokio::test]
async fn in_any_history_what_is_parked_is_what_waits() {
    on_each_database(async |world| {
        let (shop, work, beat) = parking_shop(world).await;
        let other = shop.work("Day Walk").await;
        let walk = shop.unsigned_beat_of(other, "Day Walk", true).await;
        let (mut sold, mut given_back) = (0_i64, 0_i64);
        for step in 0..40 {
            let [dice, ppm, days] = world.ctx.env.random::<3>();
            let (picked, of) = if dice & 1 == 0 { (work, beat) } else { (other, walk) };
            match (step, dice >> 1 & 7) {
                // Nothing is signed in the first steps, so that there is something to release.
                (0..6, _) | (_, 0..4) => {
                    sell(&shop, of).await;
                    sold += 2913;
                }
                (_, 4) => {
                    let share = u32::from(ppm) * 3_921;
                    let from = world.ctx.env.now() + Duration::days(i64::from(days % 20) - 10);
                    shop.sign(picked, [share, 1_000_000 - share], from).await;
                }
                (_, 5 | 6) => {
                    splits::release_parked(&shop.services, picked).await.unwrap();
                }
                _ => given_back += give_back_one(world, &shop).await,
            }
            world.clock.advance(Duration::days(1));
            let left: i64 = waiting(world, &shop).await.iter().map(|line| line.parking.amount_minor).sum();
            assert_eq!(parked(world, &shop).await, left, "step {step}");
            assert_eq!(left + owed(world, &shop).await.iter().sum::<i64>(), sold - given_back, "step {step}");
            assert!(owed(world, &shop).await.iter().all(|owed| *owed >= 0), "step {step}");
        }
        for work in [work, other] {
            shop.sign(work, [500_000, 500_000], world.ctx.env.now()).await;
            splits::release_parked(&shop.services, work).await.unwrap();
        }
        assert_eq!(parked(world, &shop).await, 0);
        assert_eq!(owed(world, &shop).await.iter().sum::<i64>(), sold - given_back);
        let parkings = split_parking::Entity::find().count(&world.db).await.unwrap();
        assert_eq!(split_release::Entity::find().count(&world.db).await.unwrap(), parkings);
        assert!(parkings >= 6);
    })
    .await;
}

/// Gives the earliest captured payment back; what of it had been shared or parked.
async fn give_back_one(world: &World, shop: &Shop) -> i64 {
    let captured = payment::Entity::find().filter(payment::Column::State.eq(PaymentState::Captured));
    let Some(row) = captured.one(&world.db).await.unwrap() else { return 0 };
    let (id, kept) = (row.id, row.amount_minor - row.fee_minor);
    let row = payment::ActiveModel { state: Set(PaymentState::Refunding), ..row.into_active_model() };
    row.update(&world.db).await.unwrap();
    for _ in 0..2 {
        let tx = shop.services.begin().await.unwrap();
        record_refund(&tx, &world.ctx, id).await.unwrap();
        tx.commit().await.unwrap();
    }
    kept
}

#[tokio::test]
async fn a_sale_given_back_takes_its_parked_or_released_money_along() {
    on_each_database(async |world| {
        let (shop, work, beat) = parking_shop(world).await;
        sell(&shop, beat).await;
        assert_eq!(give_back_one(world, &shop).await, 2913);
        assert_eq!(parked(world, &shop).await, 0);
        sell(&shop, beat).await;
        shop.sign(work, [600_000, 400_000], world.ctx.env.now()).await;
        assert_eq!(splits::release_parked(&shop.services, work).await.unwrap(), 1, "the first went back");
        assert_eq!(owed(world, &shop).await, [1748, 1165]);
        give_back_one(world, &shop).await;
        let (kinds, owed) = books(world, &shop).await;
        assert_eq!(owed, [0, 0]);
        assert!(kinds.values().all(|minor| *minor == 0), "{kinds:?}");
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
        let owner =
            world.as_actor(Actor::User { user: world.ctx.env.id(), memberships: vec![(shop.studio, Role::Owner)] });
        let set = async |unsigned_splits| {
            let settings = StudioSettings {
                name: "Nova Sound".into(),
                contact_email: "nova@example.com".parse().unwrap(),
                legal_name: None,
                address: None,
                governing_law: "England and Wales".into(),
                unsigned_splits,
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

#[tokio::test]
async fn what_is_no_split_is_refused_by_name_and_the_same_agreement_stands_once() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let work = shop.work("Night Drive").await;
        let good = shop.sheet(work, [500_000, 500_000], world.ctx.env.now()).await;
        let short = ExecutedSplit { master: vec![(shop.makers[0], Share::from_ppm(999_999).unwrap())], ..good.clone() };
        let refusal = execute(world, &short).await.unwrap_err();
        assert_eq!(refusal.to_string(), "master: the shares total 99.9999 %, not 100 %");
        assert_eq!(refusal.explain().field.as_deref(), Some("master"));
        let nobody = ExecutedSplit { composition: Vec::new(), ..good.clone() };
        assert!(matches!(execute(world, &nobody).await, Err(SplitError::Length { side: Side::Composition })));
        let stranger = ExecutedSplit { master: vec![(world.ctx.env.id(), Share::WHOLE)], ..good.clone() };
        assert!(matches!(execute(world, &stranger).await, Err(SplitError::NoParty(_))));
        let elsewhere = ExecutedSplit { studio: world.ctx.env.id(), ..good.clone() };
        assert!(matches!(execute(world, &elsewhere).await, Err(SplitError::NoWork)));
        assert_eq!(split_version::Entity::find().count(&world.db).await.unwrap(), 0);
        assert_eq!(split_share::Entity::find().count(&world.db).await.unwrap(), 0);

        let first = execute(world, &good).await.unwrap();
        let again = futures::future::join_all((0..4).map(|_| execute(world, &good))).await;
        assert!(again.into_iter().all(|version| version.unwrap() == first));
        let other = ExecutedSplit { work: shop.work("Day Walk").await, ..good.clone() };
        assert!(matches!(execute(world, &other).await, Err(SplitError::Elsewhere(id)) if id == good.agreement));
        assert_eq!(split_version::Entity::find().count(&world.db).await.unwrap(), 1);
    })
    .await;
}

#[tokio::test]
async fn the_database_itself_keeps_splits_whole() {
    on_each_database(async |world| {
        let (shop, work, beat) = parking_shop(world).await;
        sell(&shop, beat).await;
        let version = shop.sign(work, [500_000, 500_000], world.ctx.env.now()).await;
        splits::release_parked(&shop.services, work).await.unwrap();
        sell(&shop, beat).await;
        for (table, column) in [
            ("split_versions", "number"),
            ("split_shares", "share"),
            ("split_parkings", "amount_minor"),
            ("split_releases", "released_at"),
            ("journal_bases", "document_sha256"),
        ] {
            for statement in [format!("UPDATE {table} SET {column} = {column}"), format!("DELETE FROM {table}")] {
                let error = world.db.execute_unprepared(&statement).await.unwrap_err();
                assert!(error.to_string().contains("append-only"), "{statement}: {error}");
            }
        }
        let more = split_share::Model {
            version_id: version.id,
            side: Side::Master,
            party_id: shop.makers[0],
            position: 9,
            share: Share::ZERO,
        };
        let error = more.into_active_model().insert(&world.db).await.unwrap_err();
        assert!(error.to_string().contains("closed"), "{error}");
        // A version without shares, and one out of its turn.
        let sheet = shop.sheet(work, [500_000, 500_000], world.ctx.env.now()).await;
        let bare = split_version::Model {
            id: world.ctx.env.id(),
            agreement_id: sheet.agreement,
            number: 2,
            ..version.clone()
        };
        let error = bare.into_active_model().insert(&world.db).await.unwrap_err();
        assert!(error.to_string().contains("exactly the whole"), "{error}");
        // A journal that names another document than was signed.
        let basis = journal_basis::Entity::find().one(&world.db).await.unwrap().unwrap();
        let line: OrderLineId = order_line::Entity::find().all(&world.db).await.unwrap()[0].id;
        let sale = journals(world, "split_release").await.remove(0);
        let forged = journal_basis::Model {
            journal_id: sale.id,
            order_line_id: line,
            document_sha256: domain::catalog::Sha256::of(b"another"),
            ..basis
        };
        let error = forged.into_active_model().insert(&world.db).await.unwrap_err();
        assert!(error.to_string().contains("the document that was signed"), "{error}");
    })
    .await;
}

#[tokio::test]
async fn only_who_may_sees_splits_and_parked_money() {
    on_each_database(async |world| {
        let (shop, work, beat) = parking_shop(world).await;
        let order = sell(&shop, beat).await;
        assert_eq!(order::Entity::find_by_id(order.id).one(&world.db).await.unwrap().unwrap().state, OrderState::Paid);
        shop.sign(work, [500_000, 500_000], world.ctx.env.now()).await;
        let member =
            |role| world.as_actor(Actor::User { user: world.ctx.env.id(), memberships: vec![(shop.studio, role)] });
        let versions = async |ctx| splits::list_versions(&world.db, &ctx, work, PageRequest::default()).await;
        assert_eq!(versions(member(Role::Viewer)).await.unwrap().rows.len(), 1);
        let stranger = world.as_actor(Actor::User { user: world.ctx.env.id(), memberships: Vec::new() });
        assert!(matches!(versions(stranger).await, Err(SplitError::NoWork)));
        assert!(matches!(
            versions(world.as_actor(Actor::Anonymous)).await,
            Err(SplitError::Denied(Denied::Unauthenticated))
        ));
        let money = async |ctx| splits::list_parked(&world.db, &ctx, shop.studio, false, PageRequest::default()).await;
        assert!(matches!(money(member(Role::Engineer)).await, Err(SplitError::Denied(Denied::NotAllowed))));
        assert!(money(member(Role::Manager)).await.unwrap().rows[0].release.is_none());
        let now = world.ctx.env.now();
        let rule = splits::find_rule_at(&world.db, &member(Role::Viewer), work, now).await.unwrap();
        assert_eq!(rule.map(|version| version.number), Some(1));
    })
    .await;
}
