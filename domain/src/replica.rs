//! A standby of the database, which PostgreSQL keeps up by itself. What anybody may see, and may be a moment old, is read from it; whatever decides anything, or
//! shows somebody what they have just done, asks the database itself, called the primary here.
//!
//! How far it is behind it cannot tell alone: a standby that has lost its primary believes that it has all there is. So the primary is asked, again and again,
//! how far its log is, and the moment is noted; which of these moments the standby has reached says how old what it shows can be. No clock but ours is asked.

use std::{
    collections::VecDeque,
    error::Error,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement};
use tokio::{
    sync::Notify,
    time::{Instant, timeout},
};
use url::Url;

use crate::{
    report::StoreError,
    store::{self, Db, Unanswered},
};

/// How old what a replica shows may be; one that is further behind is not read from.
pub const MOST_BEHIND: Duration = Duration::from_secs(5);

/// How often it is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// How long either server has to say how far it is.
const PATIENCE: Duration = Duration::from_secs(2);

/// For how long one rests that did not answer as the primary does: else it would keep each visitor waiting anew.
const REST: Duration = Duration::from_secs(5);

/// What a server is asked. The identifier of a cluster is that of its standbys as well.
const ASKED: &str = "SELECT system_identifier::text || ' ' || current_database()::text, pg_is_in_recovery(), \
     (CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END - '0/0'::pg_lsn)::bigint \
     FROM pg_control_system()";

/// How a replica stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It is read from.
    InUse,
    /// Nobody has looked at it yet.
    Unknown,
    /// It does not answer.
    Away,
    /// It is too far behind, or as far as is known.
    Behind,
    /// It did not answer a page as the primary did, and rests.
    Resting,
    /// It is no standby of this database: another one, the primary itself, or a standby that has become a primary.
    NoStandby,
}

impl fmt::Display for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::InUse => "in use",
            Self::Unknown => "not looked at yet",
            Self::Away => "it does not answer",
            Self::Behind => "it is too far behind",
            Self::Resting => "it did not answer a page as it should",
            Self::NoStandby => {
                "it is no standby of database_url's database: set LEDGERLINE_REPLICA_URL to one, or remove it"
            }
        })
    }
}

/// Why a server does not say how far it is.
#[derive(Debug, thiserror::Error)]
pub enum Silence {
    /// There is nobody.
    #[error(transparent)]
    Unanswered(#[from] Unanswered),
    /// Whoever is there did not answer as expected.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What a server says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Said {
    /// Of which cluster it is, and which of its databases this is.
    of: String,
    is_standby: bool,
    /// Up to which byte of the log it has written, or a standby replayed.
    position: Option<i64>,
}

async fn ask(db: &Db) -> Result<Said, StoreError> {
    let asked = db.query_one_raw(Statement::from_string(DbBackend::Postgres, ASKED));
    let answered = timeout(PATIENCE, asked).await;
    let row = answered.map_err(|_| DbErr::Custom(format!("no answer within {PATIENCE:?}")))??;
    let row = row.ok_or_else(|| DbErr::Custom("a row was asked for, and none came".to_owned()))?;
    Ok(Said { of: row.try_get_by_index(0)?, is_standby: row.try_get_by_index(1)?, position: row.try_get_by_index(2)? })
}

/// What the primary has said so far: how far its log was at which moment, the latest last. It is followed while a replica rests, too: held against what was
/// written a moment ago alone, one that keeps up would be called behind.
#[derive(Debug, Default)]
struct Course {
    of: Option<String>,
    moments: VecDeque<(Instant, i64)>,
    rested_at: Option<Instant>,
}

impl Course {
    /// Notes what the primary has said, and forgets what is too old to matter.
    fn note(&mut self, at: Instant, said: Said) {
        self.of = Some(said.of);
        self.moments.extend(said.position.map(|position| (at, position)));
        while self.moments.front().is_some_and(|(noted, _)| at.duration_since(*noted) > MOST_BEHIND) {
            self.moments.pop_front();
        }
    }

    /// Leaves the replica alone for a while.
    fn rest(&mut self, from: Instant) {
        self.rested_at = Some(from + REST);
    }

    /// Whether the replica may be asked again.
    fn is_rested(&self, at: Instant) -> bool {
        self.rested_at.is_none_or(|rested_at| rested_at <= at)
    }

    /// Whether a server may be read from by what it says. A primary that is silent writes nothing that is known of, so that nobody is behind it.
    fn judge(&self, said: &Said) -> Standing {
        if self.of.is_none() {
            return Standing::Unknown;
        }
        if !said.is_standby || self.of.as_ref() != Some(&said.of) {
            return Standing::NoStandby;
        }
        // All that are kept are young enough.
        let has_reached = |replayed: i64| self.moments.iter().any(|(_, position)| *position <= replayed);
        if said.position.is_some_and(has_reached) { Standing::InUse } else { Standing::Behind }
    }
}

/// A replica, and whether it may be read from. Cheap to clone.
#[derive(Clone)]
pub struct Replica {
    db: Db,
    door: Option<Url>,
    primary: Db,
    standing: Arc<Mutex<Standing>>,
    doubted: Arc<Notify>,
}

impl fmt::Debug for Replica {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Replica").field("standing", &self.standing()).finish_non_exhaustive()
    }
}

impl Replica {
    /// A replica of a database, which is not read from before it was looked at. At its door it is tried why it does not answer, if it does not.
    pub fn new(db: Db, door: Option<Url>, primary: Db) -> Self {
        Self { db, door, primary, standing: Arc::new(Mutex::new(Standing::Unknown)), doubted: Arc::default() }
    }

    /// The replica, if it may be read from.
    pub fn in_use(&self) -> Option<&Db> {
        (self.standing() == Standing::InUse).then_some(&self.db)
    }

    /// How it stands.
    pub fn standing(&self) -> Standing {
        *self.lock()
    }

    /// Takes it out of use, for it did not answer what the primary did; it is looked at again once it has rested.
    pub fn doubt(&self) {
        self.settle(Standing::Resting, None);
        self.doubted.notify_one();
    }

    /// Takes it for good, unseen.
    #[cfg(any(test, feature = "testing"))]
    pub fn trust(&self) {
        self.settle(Standing::InUse, None);
    }

    /// Looks at it once. There is one moment to hold it against, so that it is called behind also for what the primary has written just now.
    pub async fn look(&self) -> Result<Standing, Silence> {
        let mut course = Course::default();
        course.note(Instant::now(), ask(&self.primary).await?);
        match ask(&self.db).await {
            Ok(said) => Ok(course.judge(&said)),
            Err(error) => Err(self.silence(error).await),
        }
    }

    /// Why it does not answer: of a server that is not there the pool says only that it took too long.
    async fn silence(&self, error: StoreError) -> Silence {
        if let Some(door) = &self.door
            && let Err(unanswered) = store::knock(PATIENCE, door).await
        {
            return unanswered.into();
        }
        error.into()
    }

    /// Looks at it again and again, and takes it into use and out of it. Never ends.
    pub async fn keep_watch(&self) {
        let mut course = Course::default();
        loop {
            let at = Instant::now();
            match ask(&self.primary).await {
                Ok(said) => course.note(at, said),
                // Whoever needs the primary is told by it.
                Err(error) => tracing::debug!(cause = %error, "the primary does not say how far it is"),
            }
            if course.is_rested(at) {
                match ask(&self.db).await {
                    Ok(said) => self.settle(course.judge(&said), None),
                    // It was told why.
                    Err(_) if self.standing() == Standing::Away => {}
                    Err(error) => self.settle(Standing::Away, Some(&self.silence(error).await)),
                }
            }
            if timeout(LOOK_EVERY, self.doubted.notified()).await.is_ok() {
                // Somebody had to do without it while it was looked at.
                self.settle(Standing::Resting, None);
                course.rest(Instant::now());
            }
        }
    }

    fn settle(&self, standing: Standing, error: Option<&(dyn Error + 'static)>) {
        let was = std::mem::replace(&mut *self.lock(), standing);
        if was == standing {
            return;
        }
        if standing == Standing::InUse {
            tracing::info!("what anybody may see is read from the replica");
        } else {
            tracing::warn!(state = %standing, error, "nothing is read from the replica, which replica_url names");
        }
    }

    fn lock(&self) -> MutexGuard<'_, Standing> {
        self.standing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(of: &str, is_standby: bool, position: i64) -> Said {
        Said { of: of.to_owned(), is_standby, position: Some(position) }
    }

    /// A primary that has said where it was at these seconds.
    fn course(moments: &[(u64, i64)]) -> Course {
        let (mut course, began) = (Course::default(), Instant::now());
        for (second, position) in moments {
            course.note(began + Duration::from_secs(*second), said("a", false, *position));
        }
        course
    }

    #[test]
    fn whoever_has_all_that_was_there_five_seconds_ago_is_read_from() {
        let course = course(&[(0, 10), (1, 20), (3, 30), (6, 40)]);
        for (replayed, standing) in [
            (41, Standing::InUse),
            (40, Standing::InUse),
            (39, Standing::InUse),
            (20, Standing::InUse),
            // Where the primary was six seconds ago.
            (19, Standing::Behind),
            (0, Standing::Behind),
        ] {
            assert_eq!(course.judge(&said("a", true, replayed)), standing, "{replayed}");
        }
        let empty = Said { position: None, ..said("a", true, 0) };
        assert_eq!(course.judge(&empty), Standing::Behind, "it has replayed nothing");
    }

    #[test]
    fn a_primary_that_writes_nothing_or_is_silent_leaves_nobody_behind() {
        let idle = course(&[(0, 10), (2, 10), (4, 10), (6, 10), (600, 10)]);
        assert_eq!(idle.judge(&said("a", true, 10)), Standing::InUse);
        // Asked long after its primary was heard last.
        let silent = course(&[(0, 10), (1, 20)]);
        assert_eq!(silent.judge(&said("a", true, 20)), Standing::InUse);
        assert_eq!(silent.judge(&said("a", true, 9)), Standing::Behind);
        assert_eq!(Course::default().judge(&said("a", true, 20)), Standing::Unknown, "it was never heard");
    }

    #[test]
    fn what_has_lost_its_primary_is_found_out_though_it_knows_of_no_more() {
        // It has all that it was ever sent.
        let cut_off = said("a", true, 20);
        let moments = [(0, 10), (1, 20), (2, 30), (3, 40), (4, 50), (5, 60), (6, 70), (7, 80)];
        assert_eq!(course(&moments[..6]).judge(&cut_off), Standing::InUse);
        assert_eq!(course(&moments).judge(&cut_off), Standing::Behind);
    }

    #[test]
    fn no_standby_of_this_database_is_read_from() {
        let course = course(&[(0, 10)]);
        for other in [said("a", false, 10), said("b", true, 10), said("b", false, 10)] {
            assert_eq!(course.judge(&other), Standing::NoStandby, "{other:?}");
        }
    }

    #[test]
    fn whoever_has_rested_and_keeps_up_with_a_busy_primary_is_read_from() {
        let (mut course, began) = (Course::default(), Instant::now());
        assert!(course.is_rested(began));
        course.rest(began);
        let mut position = 0;
        for at in (0..).map(|second| began + Duration::from_secs(second)) {
            position += 10;
            course.note(at, said("a", false, position));
            if course.is_rested(at) {
                break;
            }
        }
        // It has yet to hear of the last second.
        assert_eq!(course.judge(&said("a", true, position - 10)), Standing::InUse);
    }

    #[test]
    fn the_moments_that_are_kept_are_few() {
        let moments: Vec<(u64, i64)> = (0..1_000).map(|second| (second, 10)).collect();
        assert_eq!(course(&moments).moments.len(), 6);
    }
}
