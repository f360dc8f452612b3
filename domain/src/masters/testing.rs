//! Masters as the worker would have made them, for tests of what becomes of them.

use super::{
    entity::MasterProfile,
    qc::{Measured, Report, Tags, Wanted, judge},
    rules::file_name,
};
use crate::catalog::entity::asset;

/// A report on a master that is as its profile wants it.
pub fn report(profile: MasterProfile, file: &asset::Model, tags: Tags) -> Report {
    let measured = Measured {
        loudness_mlufs: Some(-14_000),
        loudness_range_mlu: Some(4_000),
        true_peak_mdbtp: Some(-1_000),
        sample_peak_mdbfs: Some(-1_200),
        clipped_runs: 0,
        silence_start_ms: 0,
        silence_end_ms: 0,
        duration_ms: 60_000,
        sample_rate_hz: 44_100,
        channels: 2,
        bits_per_sample: Some(24),
    };
    let wanted = Wanted { loudness_mlufs: -14_000, ceiling_mdbtp: -1_000, sample_rate_hz: None, duration_ms: 60_000 };
    Report {
        profile,
        file: file_name(&tags.title, profile),
        format: "wav24".to_owned(),
        engine: "a test's".to_owned(),
        sha256: file.sha256.to_string(),
        bytes: file.bytes,
        checks: judge(&measured, &wanted),
        passed: true,
        measured,
        wanted,
        tags,
    }
}
