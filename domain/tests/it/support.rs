//! What every test here stands on.

use std::sync::Arc;

use domain::{
    actor::{Actor, Ctx},
    env::testing::ManualClock,
    store::{self, Db},
};
use migrations::testing::TestDatabase;

/// A test's database, its surroundings and its clock.
pub(crate) struct World {
    pub(crate) db: Db,
    pub(crate) ctx: Ctx,
    pub(crate) clock: Arc<ManualClock>,
}

impl World {
    /// A world on a database: at the same instant and with the same ids each time.
    pub(crate) async fn on(database: &TestDatabase) -> Self {
        let db = store::connect_unsynced(&database.url, 8).await.expect("the test's database opens");
        let (env, clock) = domain::env::testing::env(42);
        Self { db, ctx: Ctx::system(env), clock }
    }

    /// The same surroundings with another actor.
    pub(crate) fn as_actor(&self, actor: Actor) -> Ctx {
        Ctx::new(actor, self.ctx.env.clone())
    }
}

/// Runs a test on each database at hand, the program itself acting.
pub(crate) async fn on_each_database(test: impl AsyncFn(&World)) {
    for database in migrations::testing::databases().await {
        let world = World::on(&database).await;
        eprintln!("on {}", database.name);
        test(&world).await;
        let db = world.db.clone();
        drop(world);
        database.drop(db).await;
    }
}
