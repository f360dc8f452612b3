//! How far each job may go: the one table of limits.
//!
//! | Job | by the clock | of which its listener | the listener's computing time | memory |
//! |---|---|---|---|---|
//! | inspection, analysis, unpacking | 25 min | 20 min | 15 min | 1 GiB, the listener's own |
//! | stem check, sessions of other workstations | 50 min | 45 min | 40 min | 1 GiB, the listener's own |
//! | preview, masters of beats and mixes, mixes | 30 min | none | none | bounded by the engine, which streams; the sources have passed a listener |
//! | hand-off packs | 2 h | none | none | the same, a stem at a time; stems of 32 GiB at the most, for they lie on the disk |
//!
//! Not every job has all of it. How far a job is, is told of renders alone: a listener says nothing before its answer, so that inspection, analysis,
//! unpacking and the stem check are open or done. A render has no limit of memory of its own: it runs in the worker's process, and what bounds it is the
//! engine, whose memory depends on the document and not on the length (`cargo xtask bench audio --hours 2` holds it to 200 MB). A trackout is packed
//! while it is sent, by no job at all.
//!
//! What a listener is given is generous for the largest upload that is accepted: an hour of eight channels at 192 kHz.

use std::time::Duration;

use domain::outbox::Job;

use crate::listener::Limits;

const GIB: u64 = 1 << 30;

/// A file that is inspected or listened to.
pub(crate) const FILE: Limits = Limits { memory_bytes: GIB, cpu_s: 15 * 60, wall_s: 20 * 60 };

/// A set of stems that is checked, or another workstation's session with all its audio.
pub(crate) const STEMS: Limits = Limits { memory_bytes: GIB, cpu_s: 40 * 60, wall_s: 45 * 60 };

/// For fetching files before a listener starts, and for recording what it said.
const AROUND_LISTENING: Duration = Duration::from_mins(5);

const RENDER: Duration = Duration::from_mins(30);

/// Up to 128 stems, each rendered by itself.
const PACK: Duration = Duration::from_hours(2);

/// How long an attempt at a job may take.
pub(crate) fn time_limit(job: &Job) -> Duration {
    let listening = |limits: Limits| Duration::from_secs(limits.wall_s) + AROUND_LISTENING;
    match job {
        Job::InspectAsset { .. } | Job::AnalyseAsset { .. } | Job::UnpackStems { .. } => listening(FILE),
        Job::CheckStems { .. } | Job::OpenDawSession { .. } => listening(STEMS),
        Job::PackMix { .. } => PACK,
        _ => RENDER,
    }
}
