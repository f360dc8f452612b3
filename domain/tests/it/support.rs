//! What every test here stands on.

use std::sync::Arc;

use domain::{
    actor::{Actor, Ctx},
    env::testing::ManualClock,
    store::{self, Db},
};

/// A test's database, its surroundings and its clock.
pub(crate) struct World {
    pub(crate) db: Db,
    pub(crate) ctx: Ctx,
    pub(crate) clock: Arc<ManualClock>,
}

impl World {
    /// The same surroundings with another actor.
    pub(crate) fn as_actor(&self, actor: Actor) -> Ctx {
        Ctx::new(actor, self.ctx.env.clone())
    }
}

/// Runs a test on each database at hand, the program itself acting.
pub(crate) async fn on_each_database(test: impl AsyncFn(&World)) {
    for database in migrations::testing::databases().await {
        let db = store::connect(&database.url, 8).await.expect("the test's database opens");
        let (env, clock) = domain::env::testing::env(42);
        let world = World { db: db.clone(), ctx: Ctx::system(env), clock };
        eprintln!("on {}", database.name);
        test(&world).await;
        drop(world);
        database.drop(db).await;
    }
}
