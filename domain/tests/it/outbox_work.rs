//! A job's way: waiting, handed, begun, alive, done, failed, given up, rescued.

use chrono::Duration;
use domain::{
    actor::Ctx,
    ids::{BeatId, JobId},
    money::Currency,
    outbox::{
        self, Job, Priority, Queue,
        entity::{JobState, job},
        queries, work,
    },
    store,
};
use sea_orm::EntityTrait;

use crate::{
    shop::Shop,
    support::{World, on_each_database},
};

async fn put_one(world: &World) -> JobId {
    let tx = store::begin(&world.db).await.unwrap();
    let job = Job::RenderPreview { beat: world.ctx.env.id::<BeatId>() };
    let id = outbox::put(&tx, &world.ctx, None, &job).await.unwrap();
    tx.commit().await.unwrap();
    id
}

async fn row(world: &World, id: JobId) -> job::Model {
    job::Entity::find_by_id(id).one(&world.db).await.unwrap().unwrap()
}

async fn waiting(world: &World) -> Vec<JobId> {
    let rows = queries::list_waiting(&world.db, &[Queue::Audio], world.ctx.env.now(), 10).await.unwrap();
    rows.into_iter().map(|row| row.id).collect()
}

#[tokio::test]
async fn one_worker_at_a_time_has_a_job() {
    on_each_database(async |world| {
        let id = put_one(world).await;
        assert_eq!(waiting(world).await, [id]);
        work::mark_handed(&world.db, &world.ctx, &[(id, 0)]).await.unwrap();
        assert_eq!(waiting(world).await, []);
        let begun = work::begin_attempt(&world.db, &world.ctx, id, 0).await.unwrap().unwrap();
        assert_eq!((begun.attempts, begun.state), (1, JobState::Open));
        assert_eq!(work::begin_attempt(&world.db, &world.ctx, id, 0).await.unwrap(), None, "it is taken");
        world.clock.advance(Duration::seconds(work::LEASE_S + 1));
        assert!(work::begin_attempt(&world.db, &world.ctx, id, 0).await.unwrap().is_some(), "its worker died");
        assert!(work::finish(&world.db, &world.ctx, id, 0).await.unwrap());
        assert!(!work::finish(&world.db, &world.ctx, id, 0).await.unwrap(), "done is done");
        assert_eq!(work::begin_attempt(&world.db, &world.ctx, id, 0).await.unwrap(), None);
        assert_eq!(queries::count_open(&world.db).await.unwrap(), 0);
    })
    .await;
}

#[tokio::test]
async fn a_failed_job_waits_and_its_old_round_is_void() {
    on_each_database(async |world| {
        let id = put_one(world).await;
        work::begin_attempt(&world.db, &world.ctx, id, 0).await.unwrap().unwrap();
        let due = world.ctx.env.now() + Duration::seconds(3);
        assert!(work::fail_attempt(&world.db, id, 0, "the store was away", due).await.unwrap());
        assert_eq!(waiting(world).await, []);
        assert_eq!(queries::find_next_due(&world.db, &[Queue::Audio]).await.unwrap(), Some(due));
        world.clock.advance(Duration::seconds(3));
        assert_eq!(waiting(world).await, [id]);
        let found = row(world, id).await;
        assert_eq!((found.round, found.attempts, found.last_error.as_deref()), (1, 1, Some("the store was away")));
        assert_eq!(work::begin_attempt(&world.db, &world.ctx, id, 0).await.unwrap(), None, "an earlier round");
        assert!(!work::beat(&world.db, &world.ctx, id, 0).await.unwrap());
        assert!(work::begin_attempt(&world.db, &world.ctx, id, 1).await.unwrap().is_some());
        assert!(work::release(&world.db, id, 1).await.unwrap());
        let found = row(world, id).await;
        assert_eq!((found.round, found.attempts), (2, 1), "an attempt that was given back does not count");
    })
    .await;
}

#[tokio::test]
async fn what_died_is_rescued_and_what_lives_is_left() {
    on_each_database(async |world| {
        let (dead, alive, queued) = (put_one(world).await, put_one(world).await, put_one(world).await);
        work::begin_attempt(&world.db, &world.ctx, dead, 0).await.unwrap().unwrap();
        work::begin_attempt(&world.db, &world.ctx, alive, 0).await.unwrap().unwrap();
        work::mark_handed(&world.db, &world.ctx, &[(queued, 0)]).await.unwrap();
        world.clock.advance(Duration::seconds(work::LEASE_S + 1));
        assert!(work::beat(&world.db, &world.ctx, alive, 0).await.unwrap());
        assert_eq!(work::rescue_lost(&world.db, &world.ctx).await.unwrap(), 1);
        assert_eq!(waiting(world).await, [dead]);
        assert_eq!(row(world, dead).await.round, 1);
        world.clock.advance(Duration::seconds(work::HANDED_LEASE_S));
        assert!(work::beat(&world.db, &world.ctx, alive, 0).await.unwrap());
        assert_eq!(work::rescue_lost(&world.db, &world.ctx).await.unwrap(), 1, "the queue lost it");
        assert_eq!(row(world, queued).await.round, 1);
    })
    .await;
}

#[tokio::test]
async fn a_clock_that_is_set_back_holds_nothing_up() {
    on_each_database(async |world| {
        world.clock.advance(Duration::hours(1));
        let (written, died, failed) = (put_one(world).await, put_one(world).await, put_one(world).await);
        for id in [died, failed] {
            work::begin_attempt(&world.db, &world.ctx, id, 0).await.unwrap().unwrap();
        }
        let due = world.ctx.env.now() + Duration::seconds(3);
        assert!(work::fail_attempt(&world.db, failed, 0, "the store was away", due).await.unwrap());
        world.clock.advance(Duration::seconds(-work::AHEAD_S));
        assert_eq!(
            work::rescue_lost(&world.db, &world.ctx).await.unwrap(),
            0,
            "another machine may be ahead by so much"
        );
        world.clock.advance(Duration::hours(-1));
        assert_eq!(work::begin_attempt(&world.db, &world.ctx, failed, 0).await.unwrap(), None, "an earlier round");
        assert_eq!(work::rescue_lost(&world.db, &world.ctx).await.unwrap(), 1, "nobody lives in the future");
        let mut found = waiting(world).await;
        found.sort_unstable();
        let mut all = [written, died, failed];
        all.sort_unstable();
        assert_eq!(found, all);
    })
    .await;
}

#[tokio::test]
async fn the_more_urgent_is_handed_over_first() {
    on_each_database(async |world| {
        let tx = store::begin(&world.db).await.unwrap();
        let beat = world.ctx.env.id::<BeatId>();
        let put = async |priority| {
            world.clock.advance(Duration::milliseconds(1));
            outbox::put_at(&tx, &world.ctx, None, &Job::BounceMasters { beat }, priority).await.unwrap()
        };
        let idle = put(Priority::Idle).await;
        let usual = put(Priority::Usual).await;
        let paid = put(Priority::Paid).await;
        let later = put(Priority::Usual).await;
        tx.commit().await.unwrap();
        assert_eq!(waiting(world).await, [paid, usual, later, idle]);
    })
    .await;
}

#[tokio::test]
async fn a_job_keeps_the_request_that_wrote_it() {
    on_each_database(async |world| {
        let asked = Ctx::system(world.ctx.env.clone().within("00112233445566778899aabb".into()));
        let tx = store::begin(&world.db).await.unwrap();
        let job = Job::RenderPreview { beat: world.ctx.env.id::<BeatId>() };
        let id = outbox::put(&tx, &asked, None, &job).await.unwrap();
        tx.commit().await.unwrap();
        assert!(work::fail_attempt(&world.db, id, 0, "the store was away", world.ctx.env.now()).await.unwrap());
        let begun = work::begin_attempt(&world.db, &world.ctx, id, 1).await.unwrap().unwrap();
        assert_eq!(begun.request.as_deref(), Some("00112233445566778899aabb"), "in each attempt");
        let unasked = put_one(world).await;
        assert_eq!(row(world, unasked).await.request, None);
    })
    .await;
}

#[tokio::test]
async fn a_studio_counts_its_own_jobs_alone() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        put_one(world).await;
        let count = async |state| queries::count_of(&world.db, shop.studio, state).await.unwrap();
        assert_eq!(count(JobState::Open).await, 0, "nobody's, or another's, is not waited for");
        let tx = store::begin(&world.db).await.unwrap();
        let job = Job::RenderPreview { beat: world.ctx.env.id::<BeatId>() };
        let id = outbox::put(&tx, &world.ctx, Some(shop.studio), &job).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!((count(JobState::Open).await, count(JobState::Dead).await), (1, 0));
        work::bury(&world.db, &world.ctx, id, 0, "the file is gone").await.unwrap();
        assert_eq!((count(JobState::Open).await, count(JobState::Dead).await), (0, 1));
        assert_eq!(queries::count_open(&world.db).await.unwrap(), 1);
    })
    .await;
}
