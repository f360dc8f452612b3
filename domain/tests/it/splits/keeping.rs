//! What is no split is refused, by the domain and by the database itself, and who may see what.

use domain::{
    actor::{Actor, Role},
    ids::OrderLineId,
    money::Currency,
    page::PageRequest,
    policy::Denied,
    report::Explain,
    sales::entity::{OrderState, order, order_line},
    share::Share,
    splits::{
        self, ExecutedSplit, SplitError,
        entity::{Side, journal_basis, split_share, split_version},
    },
};
use sea_orm::{ActiveModelTrait, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait};

use super::{execute, journals, parking_shop, sell};
use crate::{shop::Shop, support::on_each_database};

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
        // One that replaces what it does not amend.
        let stranger = shop.sheet(shop.work("Night Drive").await, [500_000, 500_000], world.ctx.env.now()).await;
        let error = execute(world, &ExecutedSplit { work, ..stranger }).await.unwrap_err();
        assert!(format!("{error:?}").contains("an amendment of the agreement"), "{error:?}");
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
        let member = |role| {
            world.as_actor(Actor::User {
                user: world.ctx.env.id(),
                memberships: vec![(shop.studio, role)],
                closed: Vec::new(),
            })
        };
        let versions = async |ctx| splits::list_versions(&world.db, &ctx, work, PageRequest::default()).await;
        assert_eq!(versions(member(Role::Viewer)).await.unwrap().rows.len(), 1);
        let stranger =
            world.as_actor(Actor::User { user: world.ctx.env.id(), memberships: Vec::new(), closed: Vec::new() });
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
