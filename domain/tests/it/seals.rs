//! Sealed documents: each revision kept, a pending timestamp asked for again, an old one renewed.

use chrono::Duration;
use domain::{
    catalog::{
        Sha256,
        entity::{AssetKind, AssetState, asset},
    },
    ids::SealId,
    money::Currency,
    outbox::{Job, entity::job},
    ports::Stored,
    seals::{
        commands::{RaisedSeal, SealedDocument, record_raised, record_sealed, take_due},
        entity::{SealLevel, SealedKind, seal},
        queries,
    },
    store,
};
use sea_orm::{ActiveModelTrait, ConnectionTrait, EntityTrait, IntoActiveModel};

use crate::{
    shop::Shop,
    support::{World, on_each_database},
};

async fn contract(world: &World, shop: &Shop, bytes: &[u8]) -> asset::Model {
    let row = asset::Model {
        id: world.ctx.env.id(),
        studio_id: shop.studio,
        kind: AssetKind::Contract,
        state: AssetState::Ready,
        refusal: None,
        sha256: Sha256::of(bytes),
        bytes: 1000,
        media_type: "application/pdf".to_owned(),
        file_name: "contract.pdf".to_owned(),
        duration_ms: None,
        sample_rate_hz: None,
        channels: None,
        bits_per_sample: None,
        measurement: None,
        created_at: world.ctx.env.now(),
    };
    row.clone().into_active_model().insert(&world.db).await.unwrap();
    row
}

async fn sealed(world: &World, file: &asset::Model, can_raise: bool) -> seal::Model {
    let tx = store::begin(&world.db).await.unwrap();
    let document = SealedDocument {
        kind: SealedKind::Licence,
        reference: "LL-7K3M9Q2X-1",
        file,
        template_sha256: &Sha256::of(b"template"),
        engine_version: "typst 0",
        can_raise,
    };
    let seal = record_sealed(&tx, &world.ctx, document).await.unwrap();
    tx.commit().await.unwrap();
    seal
}

async fn raised(world: &World, seal: SealId, raised: RaisedSeal) -> seal::Model {
    let tx = store::begin(&world.db).await.unwrap();
    record_raised(&tx, &world.ctx, seal, raised).await.unwrap();
    tx.commit().await.unwrap();
    queries::find(&world.db, seal).await.unwrap().unwrap().0
}

async fn take(world: &World) -> usize {
    let tx = store::begin(&world.db).await.unwrap();
    let taken = take_due(&tx, &world.ctx).await.unwrap();
    tx.commit().await.unwrap();
    taken
}

/// The seals that jobs are to raise.
async fn jobs(world: &World) -> Vec<Job> {
    let rows = job::Entity::find().all(&world.db).await.unwrap();
    rows.into_iter().map(|row| serde_json::from_value(row.payload).unwrap()).collect()
}

fn revision(from: &asset::Model, bytes: &[u8], level: SealLevel) -> RaisedSeal {
    RaisedSeal {
        from: from.id,
        stored: Some(Stored { sha256: Sha256::of(bytes), bytes: 2000 }),
        level,
        renew_before: None,
        waits_for: None,
    }
}

#[tokio::test]
async fn every_revision_is_kept_and_a_renewal_comes_round() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let file = contract(world, &shop, b"B-B").await;
        let first = sealed(world, &file, true).await;
        assert_eq!(sealed(world, &file, true).await, first);
        assert_eq!(jobs(world).await, [Job::RaiseSeal { seal: first.id }]);
        assert_eq!(take(world).await, 0, "its job has it");

        // The authority does not answer, three times.
        for minutes in [1, 2, 4] {
            let pending = RaisedSeal {
                stored: None,
                waits_for: Some("timestamp pending: time.example did not answer in time".to_owned()),
                ..revision(&file, b"", SealLevel::BB)
            };
            let seal = raised(world, first.id, pending).await;
            assert_eq!((seal.level, seal.revision), (SealLevel::BB, 1));
            assert_eq!(seal.due_at, Some(world.ctx.env.now() + Duration::minutes(minutes)));
            assert_eq!(take(world).await, 0);
            world.clock.advance(Duration::minutes(minutes));
            assert_eq!((take(world).await, take(world).await), (1, 0));
        }
        assert_eq!(jobs(world).await.len(), 4);

        let renewal = world.ctx.env.now() + Duration::days(900);
        let top = RaisedSeal { renew_before: Some(renewal), ..revision(&file, b"B-LTA", SealLevel::BLTA) };
        let seal = raised(world, first.id, top.clone()).await;
        assert_eq!((seal.level, seal.revision, seal.waits_for), (SealLevel::BLTA, 2, None));
        assert_eq!((seal.attempts, seal.due_at), (0, Some(renewal)));
        // The same outcome once more, from a revision that is no longer the newest.
        assert_eq!(raised(world, first.id, top).await.revision, 2);
        world.clock.advance(Duration::days(900));
        assert_eq!(take(world).await, 1);

        let kept = queries::list_revisions(&world.db, first.id).await.unwrap();
        let levels: Vec<_> = kept.iter().map(|row| (row.revision, row.level, row.sha256.clone())).collect();
        assert_eq!(levels, [(1, SealLevel::BB, Sha256::of(b"B-B")), (2, SealLevel::BLTA, Sha256::of(b"B-LTA"))]);
        let (found, row) = queries::find_by_file(&world.db, &Sha256::of(b"B-B")).await.unwrap().unwrap();
        assert_eq!((found.id, row.revision), (first.id, 1));
        assert_eq!(queries::find_by_reference(&world.db, "LL-7K3M9Q2X-1").await.unwrap().unwrap().id, first.id);
        assert_eq!(queries::find_by_reference(&world.db, "LL-NONE").await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn a_revision_is_neither_changed_nor_deleted() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let file = contract(world, &shop, b"B-B").await;
        sealed(world, &file, false).await;
        assert_eq!(jobs(world).await, []);
        for statement in ["UPDATE seal_revisions SET level = 'B-LTA'", "DELETE FROM seal_revisions"] {
            let refused = world.db.execute_unprepared(statement).await.unwrap_err();
            assert!(refused.to_string().contains("append-only"), "{refused}");
        }
        if !store::is_postgres(&world.db) {
            let replace = "INSERT OR REPLACE INTO seal_revisions SELECT * FROM seal_revisions";
            let refused = world.db.execute_unprepared(replace).await.unwrap_err();
            assert!(refused.to_string().contains("is not replaced"), "{refused}");
        }
        // Once an authority is configured, what was sealed before gets its timestamp, too.
        assert_eq!(take(world).await, 1);
    })
    .await;
}
