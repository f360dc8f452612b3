//! Tables of the outbox.

use crate::text_enum;

text_enum! {
    /// Where a job stands.
    pub enum JobState {
        /// Written, or in the queue, or with a worker.
        Open = "open",
        /// Done.
        Done = "done",
        /// Given up after its last attempt: a dead letter, until somebody retries it.
        Dead = "dead",
        /// Given up by a person before it was done.
        Cancelled = "cancelled",
    }
}

pub mod job {
    //! Jobs.
    use sea_orm::entity::prelude::*;

    use super::JobState;
    use crate::{
        env::Instant,
        ids::{JobId, StudioId},
        outbox::Queue,
    };

    /// A job.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "outbox")]
    pub struct Model {
        /// The id, and the key under which the queue takes it once.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: JobId,
        /// Whose it is; none for a person's own mail.
        pub studio_id: Option<StudioId>,
        /// Who takes it.
        pub queue: Queue,
        /// The job's word, such as `render_preview`.
        pub kind: String,
        /// The whole job.
        pub payload: Json,
        /// The id of the request that wrote it, as its answer and the log have it; none of what a job or a chore wrote.
        pub request: Option<String>,
        /// How urgent it is: a [`crate::outbox::Priority`]'s level, the larger before the smaller.
        pub priority: i32,
        /// Where it stands.
        pub state: JobState,
        /// How often it was given to the queue again: 0, and one more for each further attempt, rescue of a lost job and retry of a dead
        /// letter. What the queue holds of an earlier round is void.
        pub round: i32,
        /// How often a worker has begun it, since it was written or last retried by a person.
        pub attempts: i32,
        /// Why the last attempt failed, without secrets.
        pub last_error: Option<String>,
        /// When it was written.
        pub created_at: Instant,
        /// When it may be handed to the queue, at the earliest.
        pub due_at: Instant,
        /// When it was handed to the queue; none while it waits for the relay.
        pub handed_at: Option<Instant>,
        /// The last sign of life of the worker that has it.
        pub beat_at: Option<Instant>,
        /// When it was done or given up.
        pub finished_at: Option<Instant>,
    }

    crate::plain_entity!();
}
