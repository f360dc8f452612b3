use domain::{
    ids::BeatId,
    outbox::{
        self, Job,
        entity::{JobState, job},
    },
    store,
};
use sea_orm::EntityTrait;

use crate::support::on_each_database;

#[tokio::test]
async fn a_job_is_there_exactly_if_its_cause_is() {
    on_each_database(async |world| {
        let render = Job::RenderPreview { beat: world.ctx.env.id::<BeatId>() };
        let tx = store::begin(&world.db).await.unwrap();
        outbox::put(&tx, &world.ctx, None, &render).await.unwrap();
        tx.rollback().await.unwrap();
        assert_eq!(job::Entity::find().all(&world.db).await.unwrap(), []);

        let tx = store::begin(&world.db).await.unwrap();
        let id = outbox::put(&tx, &world.ctx, None, &render).await.unwrap();
        tx.commit().await.unwrap();
        let rows = job::Entity::find().all(&world.db).await.unwrap();
        assert_eq!(rows.len(), 1);
        assert_eq!((rows[0].id, rows[0].state, rows[0].kind.as_str()), (id, JobState::Open, "render_preview"));
        assert_eq!(serde_json::from_value::<Job>(rows[0].payload.clone()).unwrap(), render);
        assert_eq!(rows[0].created_at, world.ctx.env.now());
    })
    .await;
}
