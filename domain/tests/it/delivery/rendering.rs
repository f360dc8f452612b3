//! Renders: claimed once, taken over from the dead, and cancelled where nobody has paid.

use chrono::Duration;
use domain::{
    delivery::{
        cancel_job,
        entity::{RenderOutputs, RenderPurpose, RenderState},
        queries,
        renders::{self, Claim},
    },
    ids::JobId,
    outbox::{
        self, Job, Priority,
        entity::{JobState, job},
        error::{Need, OutboxError},
    },
    store,
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};

use super::{LEASE, buy, in_tx, masters, shop};
use crate::support::on_each_database;

#[tokio::test]
async fn a_render_is_made_once_waited_for_and_taken_over_from_the_dead() {
    on_each_database(async |world| {
        let shop = shop(world).await;
        let (first, second): (JobId, JobId) = (world.ctx.env.id(), world.ctx.env.id());
        let key = "b".repeat(64);
        let claim = async |job| {
            in_tx(world, async |tx| {
                renders::claim_render(tx, &world.ctx, &key, shop.beat.id, RenderPurpose::Preview, job).await.unwrap()
            })
            .await
        };
        assert_eq!(claim(first).await, Claim::Mine);
        assert_eq!(claim(second).await, Claim::Busy);
        assert_eq!(claim(first).await, Claim::Mine, "the same job, begun again");
        assert!(renders::record_progress(&world.db, &world.ctx, &key, first, 250_000).await.unwrap());
        let progress = queries::list_render_progress(&world.db, &world.ctx, shop.beat.id).await.unwrap();
        assert_eq!(progress[0].progress_ppm, 250_000);

        world.clock.advance(Duration::seconds(renders::CLAIM_LEASE_S + 1));
        assert_eq!(claim(second).await, Claim::Mine);
        assert!(!renders::record_progress(&world.db, &world.ctx, &key, first, 500_000).await.unwrap());
        in_tx(world, async |tx| {
            renders::fail_render(tx, &world.ctx, &key, second, "the file is damaged").await.unwrap();
        })
        .await;
        let progress = queries::list_render_progress(&world.db, &world.ctx, shop.beat.id).await.unwrap();
        assert_eq!(progress[0].failure.as_deref(), Some("the file is damaged"));

        assert_eq!(claim(first).await, Claim::Mine, "what failed may be tried again");
        let outputs = masters(world, &shop).await;
        let standing =
            in_tx(world, async |tx| renders::finish_render(tx, &world.ctx, &key, outputs.clone()).await.unwrap()).await;
        assert_eq!(standing, outputs);
        let others = RenderOutputs { wav: None, ..outputs.clone() };
        let standing =
            in_tx(world, async |tx| renders::finish_render(tx, &world.ctx, &key, others).await.unwrap()).await;
        assert_eq!(standing, outputs, "who came first stands");
        assert_eq!(claim(second).await, Claim::Already(outputs));
    })
    .await;
}

#[tokio::test]
async fn a_render_whose_job_was_given_up_is_made_by_nobody() {
    on_each_database(async |world| {
        let shop = shop(world).await;
        let key = "c".repeat(64);
        let job = in_tx(world, async |tx| {
            let job = Job::RenderPreview { beat: shop.beat.id };
            let id = outbox::put(tx, &world.ctx, Some(shop.studio), &job).await.unwrap();
            renders::claim_render(tx, &world.ctx, &key, shop.beat.id, RenderPurpose::Preview, id).await.unwrap();
            id
        })
        .await;
        assert!(renders::record_progress(&world.db, &world.ctx, &key, job, 430_000).await.unwrap());
        for (state, expected) in [
            (JobState::Open, (RenderState::Running, None)),
            (JobState::Dead, (RenderState::Failed, Some("the worker died in each attempt"))),
            // Somebody retries it.
            (JobState::Open, (RenderState::Running, None)),
            (JobState::Cancelled, (RenderState::Failed, Some("the worker died in each attempt"))),
        ] {
            let said = Some("the worker died in each attempt".to_owned());
            let finished_at = (state != JobState::Open).then(|| world.ctx.env.now());
            let row = job::ActiveModel {
                id: Set(job),
                state: Set(state),
                last_error: Set(said),
                finished_at: Set(finished_at),
                ..Default::default()
            };
            row.update(&world.db).await.unwrap();
            let progress = queries::list_render_progress(&world.db, &world.ctx, shop.beat.id).await.unwrap();
            let found = (progress[0].state, progress[0].failure.as_deref());
            assert_eq!((found, progress[0].progress_ppm), (expected, 430_000));
        }
    })
    .await;
}

#[tokio::test]
async fn what_nobody_has_paid_for_is_cancelled_and_what_somebody_has_is_not() {
    on_each_database(async |world| {
        let shop = shop(world).await;
        let beat = shop.beat.id;
        let put = async |job: Job| {
            in_tx(world, async |tx| outbox::put(tx, &world.ctx, Some(shop.studio), &job).await.unwrap()).await
        };
        let cancel = async |id| {
            let tx = store::begin(&world.db).await.unwrap();
            let outcome = cancel_job(&tx, &world.ctx, shop.studio, id).await;
            tx.commit().await.unwrap();
            outcome
        };
        let bounce = put(Job::BounceMasters { beat }).await;
        let key = "d".repeat(64);
        let claim = async |job| {
            in_tx(world, async |tx| {
                renders::claim_render(tx, &world.ctx, &key, beat, RenderPurpose::Masters, job).await.unwrap()
            })
            .await
        };
        outbox::work::begin_attempt(&world.db, &world.ctx, bounce, 0).await.unwrap().unwrap();
        assert_eq!(claim(bounce).await, Claim::Mine);
        let cancelled = cancel(bounce).await.unwrap();
        assert_eq!((cancelled.state, cancelled.finished_at), (JobState::Cancelled, Some(world.ctx.env.now())));
        assert!(!outbox::work::beat(&world.db, &world.ctx, bounce, 0).await.unwrap(), "whoever works on it loses it");
        assert!(!renders::record_progress(&world.db, &world.ctx, &key, bounce, 1).await.unwrap());
        assert_eq!(claim(world.ctx.env.id()).await, Claim::Mine, "the render is free at once");
        assert!(matches!(cancel(bounce).await, Err(OutboxError::NotOpen)));

        let ahead = put(Job::BounceMasters { beat }).await;
        buy(world, &shop, "LL-AAAAAAAA", LEASE).await;
        let open = job::Entity::find().filter(job::Column::State.eq(JobState::Open)).all(&world.db).await.unwrap();
        let owed: Vec<_> = open.iter().filter(|row| row.priority == i32::from(Priority::Paid.level())).collect();
        let kinds: Vec<&str> = owed.iter().map(|row| row.kind.as_str()).collect();
        assert_eq!(kinds, ["typeset_contract", "bounce_masters"]);
        for id in [ahead, owed[1].id] {
            assert!(matches!(cancel(id).await, Err(OutboxError::Needed(Need::Paid))), "an order waits for either");
        }
        assert!(matches!(cancel(owed[0].id).await, Err(OutboxError::Needed(Need::Business))));
        let upload = put(Job::InspectAsset { asset: world.ctx.env.id() }).await;
        assert!(matches!(cancel(upload).await, Err(OutboxError::Needed(Need::Upload))));
        assert!(matches!(cancel(world.ctx.env.id()).await, Err(OutboxError::NotFound)));
    })
    .await;
}
