//! The meter: what a licensed song has come to against each cap of its licence.
//!
//! A report says how much one source, such as a streaming service, counts in all up to a day; so telling the same twice counts it once, and telling less
//! corrects what was told before. Each side corrects its own reports alone: of what licensee and studio say of a source the higher counts.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use sea_orm::Iterable;

use super::{entity::usage, terms::Caps};
use crate::{
    env::Instant,
    report::{Explain, Kind, Report},
    text_enum,
    visible::{has_visible, is_steering},
};

text_enum! {
    /// A kind of use that a licence can cap.
    pub enum CapKind {
        /// Audio streams.
        Streams = "streams",
        /// Copies sold or given away, physical and downloads.
        Copies = "copies",
        /// Music videos.
        MusicVideos = "music_videos",
        /// Radio stations.
        RadioStations = "radio_stations",
        /// Paid performances.
        Performances = "performances",
    }
}

impl CapKind {
    /// How far a licence with these caps goes in it; none is without limit.
    pub const fn limit(self, caps: &Caps) -> Option<i64> {
        match self {
            Self::Streams => caps.streams,
            Self::Copies => caps.copies,
            Self::MusicVideos => caps.music_videos,
            Self::RadioStations => caps.radio_stations,
            Self::Performances => caps.performances,
        }
    }

    /// What is counted, in words.
    pub const fn noun(self) -> &'static str {
        match self {
            Self::Streams => "streams",
            Self::Copies => "copies",
            Self::MusicVideos => "music videos",
            Self::RadioStations => "radio stations",
            Self::Performances => "paid performances",
        }
    }
}

text_enum! {
    /// Who tells what a song has come to, and who is warned.
    pub enum Side {
        /// Who holds the licence.
        Licensee = "licensee",
        /// Who granted it.
        Studio = "studio",
    }
}

/// At how many percent of a cap licensee and studio are warned, lowest first.
pub const THRESHOLDS: [i32; 2] = [80, 100];
/// The longest name of a source, in characters.
pub const MAX_SOURCE_CHARS: usize = 100;
/// The highest total of a report.
pub const MAX_TOTAL: i64 = 1_000_000_000_000;
/// The most reports of each side under one licence: neither takes the other's place.
pub const MAX_REPORTS: usize = 1000;

/// What shall be reported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewUsage {
    /// Which kind of use.
    pub cap: CapKind,
    /// Who counts it, such as `Spotify`; 1 to [`MAX_SOURCE_CHARS`] characters.
    pub source: String,
    /// How much it counts in all, 0 to [`MAX_TOTAL`].
    pub total: i64,
    /// The day to which it counts.
    pub as_of: NaiveDate,
}

/// Why a report is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UsageFault {
    /// No source, too long a one, or one that steers what is written.
    #[error(
        "a source has 1 to {MAX_SOURCE_CHARS} characters that are seen, and none that ends a line or turns the direction of writing"
    )]
    Source,
    /// Below zero, or beyond [`MAX_TOTAL`].
    #[error("a total is 0 to {MAX_TOTAL}; this is {0}")]
    Total(i64),
    /// A day that is still to come.
    #[error("{0} is still to come")]
    Future(NaiveDate),
    /// A day before the song was licensed.
    #[error("{as_of} lies before {granted_on}, when the beat was licensed")]
    BeforeGrant {
        /// The day that was given.
        as_of: NaiveDate,
        /// The day of the first licence.
        granted_on: NaiveDate,
    },
    /// The licence has no limit in it.
    #[error("this licence does not limit {}", .0.noun())]
    Uncapped(CapKind),
    /// Another licence has taken its place.
    #[error("this licence was upgraded, and {by} has taken its place")]
    Superseded {
        /// That one's reference.
        by: String,
    },
    /// The side has told [`MAX_REPORTS`] of the licence.
    #[error("a licence takes {MAX_REPORTS} reports of each side at the most")]
    Full,
}

impl Explain for UsageFault {
    fn explain(&self) -> Report {
        let (kind, code, field, remedy) = match self {
            Self::Source => (Kind::Invalid, "USAGE_SOURCE", "source", "name who counts it, such as Spotify"),
            Self::Total(_) => (Kind::Invalid, "USAGE_TOTAL", "total", "give the whole count from the beginning"),
            Self::Future(_) => (Kind::Invalid, "USAGE_IN_FUTURE", "asOf", "give the day on which the count was read"),
            Self::BeforeGrant { .. } => {
                (Kind::Invalid, "USAGE_BEFORE_GRANT", "asOf", "give the day on which the count was read")
            }
            Self::Uncapped(_) => (Kind::Conflict, "USAGE_UNCAPPED", "cap", "report what the licence limits"),
            Self::Superseded { .. } => {
                (Kind::Conflict, "LICENCE_SUPERSEDED", "licence", "report it under the licence that is in force")
            }
            Self::Full => {
                (Kind::Conflict, "USAGE_FULL", "licence", "have the other side report it: either's reports count")
            }
        };
        Report::new(kind, code, self.to_string()).field(field).remedy(remedy)
    }
}

/// Checks a report, and gives it as it is kept: its source without blanks around it. Somewhere it may be a day later than here.
pub fn check_report(
    new: &NewUsage,
    caps: &Caps,
    granted_on: NaiveDate,
    today: NaiveDate,
) -> Result<NewUsage, UsageFault> {
    let source = new.source.trim();
    if !has_visible(source) || source.chars().count() > MAX_SOURCE_CHARS || source.chars().any(is_steering) {
        return Err(UsageFault::Source);
    }
    if !(0..=MAX_TOTAL).contains(&new.total) {
        return Err(UsageFault::Total(new.total));
    }
    if today.checked_add_days(Days::new(1)).is_some_and(|tomorrow| new.as_of > tomorrow) {
        return Err(UsageFault::Future(new.as_of));
    }
    if new.as_of < granted_on {
        return Err(UsageFault::BeforeGrant { as_of: new.as_of, granted_on });
    }
    if new.cap.limit(caps).is_none() {
        return Err(UsageFault::Uncapped(new.cap));
    }
    Ok(NewUsage { source: source.to_owned(), ..new.clone() })
}

/// What one source counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceUse {
    /// The source, as it was named last.
    pub source: String,
    /// How much it counts in all.
    pub total: i64,
    /// The day to which it counts.
    pub as_of: NaiveDate,
    /// Who told.
    pub side: Side,
}

/// What a song has come to against one cap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CapMeter {
    /// Which kind of use.
    pub cap: CapKind,
    /// What all sources count together.
    pub used: i64,
    /// The cap.
    pub limit: i64,
    /// The sources, in the order of their names.
    pub sources: Vec<SourceUse>,
}

impl CapMeter {
    /// How much of the cap is used, in whole percent, rounded down. Of a use that the licence excludes any is all of it.
    pub fn percent(&self) -> i64 {
        if self.limit <= 0 {
            return if self.used > 0 { 100 } else { 0 };
        }
        i64::try_from(i128::from(self.used) * 100 / i128::from(self.limit)).unwrap_or(i64::MAX)
    }

    /// Whether it has come to so many percent.
    pub fn has_reached(&self, threshold: i32) -> bool {
        self.percent() >= i64::from(threshold)
    }
}

/// Reads the meter: one for each cap that the licence has, from the reports in the order in which they were made.
pub fn read(caps: &Caps, reports: &[usage::Model]) -> Vec<CapMeter> {
    let of_cap = |cap: CapKind| {
        let limit = cap.limit(caps)?;
        let sources = sources(reports.iter().filter(|report| report.cap == cap));
        let used = sources.iter().map(|source| source.total).fold(0, i64::saturating_add);
        Some(CapMeter { cap, used, limit, sources })
    };
    CapKind::iter().filter_map(of_cap).collect()
}

/// What each source counts: of each side the latest report, by its day and then by when it was made, and of both sides the higher.
fn sources<'a>(reports: impl Iterator<Item = &'a usage::Model>) -> Vec<SourceUse> {
    let mut latest: BTreeMap<(String, Side), &usage::Model> = BTreeMap::new();
    for report in reports {
        let standing = latest.entry((source_key(&report.source), report.side)).or_insert(report);
        if report.as_of >= standing.as_of {
            *standing = report;
        }
    }
    let mut sources: Vec<(String, SourceUse)> = Vec::new();
    for ((key, side), report) in latest {
        let told = SourceUse { source: report.source.clone(), total: report.total, as_of: report.as_of, side };
        match sources.last_mut().filter(|(last, _)| *last == key) {
            Some((_, standing)) if told.total > standing.total => *standing = told,
            Some(_) => {}
            None => sources.push((key, told)),
        }
    }
    sources.into_iter().map(|(_, source)| source).collect()
}

/// Since when a cap is reached without a break, from the reports in the order in which they were made; none if none is. What was told and then corrected to
/// below the cap had not reached it.
pub fn at_limit_since(caps: &Caps, reports: &[usage::Model]) -> Option<Instant> {
    let is_full = |told: &usize| read(caps, &reports[..*told]).iter().any(|meter| meter.has_reached(100));
    let first = (1..=reports.len()).rev().take_while(is_full).last()?;
    reports.get(first - 1).map(|report| report.reported_at)
}

/// What makes two names of a source the same.
pub(super) fn source_key(source: &str) -> String {
    source.to_lowercase()
}

/// The thresholds that a licence has reached by any of its caps, lowest first.
pub fn reached(meters: &[CapMeter]) -> impl Iterator<Item = i32> {
    THRESHOLDS.into_iter().filter(move |threshold| meters.iter().any(|meter| meter.has_reached(*threshold)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use sea_orm::prelude::Uuid;

    use super::*;
    use crate::{
        env::testing,
        ids::{LicenceId, StudioId, UsageId},
    };

    fn now() -> Instant {
        testing::env(1).0.now()
    }

    fn day(offset: u64) -> NaiveDate {
        now().date_naive() + Days::new(offset)
    }

    fn told(side: Side, source: &str, total: i64, on: u64) -> usage::Model {
        usage::Model {
            id: UsageId(Uuid::nil()),
            licence_id: LicenceId(Uuid::nil()),
            studio_id: StudioId(Uuid::nil()),
            cap: CapKind::Streams,
            source: source.to_owned(),
            total,
            as_of: day(on),
            side,
            user_id: None,
            api_key_id: None,
            reported_at: now(),
        }
    }

    fn streams(limit: i64) -> Caps {
        Caps { streams: Some(limit), ..Caps::default() }
    }

    fn used(reports: &[usage::Model]) -> i64 {
        read(&streams(1_000), reports)[0].used
    }

    #[test]
    fn sources_add_up_and_the_latest_of_each_counts() {
        let reports = [
            told(Side::Licensee, "Spotify", 300, 1),
            told(Side::Licensee, "Deezer", 50, 1),
            told(Side::Licensee, "SPOTIFY", 400, 3),
            // Told later, of an earlier day.
            told(Side::Licensee, "spotify", 350, 2),
        ];
        assert_eq!(used(&reports), 450);
        let corrected = [reports.to_vec(), vec![told(Side::Licensee, "Spotify", 40, 3)]].concat();
        assert_eq!(used(&corrected), 90, "the same day again corrects it");
        let meter = read(&streams(1_000), &corrected).remove(0);
        assert_eq!(meter.sources.iter().map(|at| at.source.as_str()).collect::<Vec<_>>(), ["Deezer", "Spotify"]);
    }

    #[test]
    fn neither_side_talks_down_what_the_other_has_told() {
        let reports = [told(Side::Studio, "Spotify", 900, 1), told(Side::Licensee, "Spotify", 10, 5)];
        assert_eq!(used(&reports), 900);
        let corrected = [reports.to_vec(), vec![told(Side::Studio, "Spotify", 5, 5)]].concat();
        assert_eq!(used(&corrected), 10, "the studio corrects its own");
    }

    #[test]
    fn only_what_is_capped_has_a_meter() {
        let caps = Caps { streams: Some(10), radio_stations: Some(0), ..Caps::default() };
        let meters = read(&caps, &[told(Side::Studio, "Spotify", 8, 0)]);
        let shown: Vec<_> = meters.iter().map(|meter| (meter.cap, meter.percent())).collect();
        assert_eq!(shown, [(CapKind::Streams, 80), (CapKind::RadioStations, 0)]);
        assert!(read(&Caps::default(), &[told(Side::Studio, "Spotify", 8, 0)]).is_empty());
    }

    #[test]
    fn thresholds_are_reached_to_the_unit() {
        for (total, expected) in [(0, vec![]), (799, vec![]), (800, vec![80]), (999, vec![80]), (1_000, vec![80, 100])]
        {
            let meters = read(&streams(1_000), &[told(Side::Licensee, "Spotify", total, 0)]);
            assert_eq!(reached(&meters).collect::<Vec<_>>(), expected, "{total}");
        }
        let excluded = read(&streams(0), &[told(Side::Licensee, "Spotify", 1, 0)]);
        assert_eq!(
            reached(&excluded).collect::<Vec<_>>(),
            THRESHOLDS,
            "what is excluded is at its limit with the first"
        );
    }

    #[test]
    fn a_limit_is_reached_since_it_was_told_without_a_correction() {
        let (mut reports, day) = (Vec::new(), chrono::Duration::days(1));
        for (n, total) in (0..).zip([900, 1_200, 800, 1_000, 1_100]) {
            let report = told(Side::Licensee, "Spotify", total, 1);
            reports.push(usage::Model { reported_at: report.reported_at + day * n, ..report });
        }
        let since = |told: usize| at_limit_since(&streams(1_000), &reports[..told]).map(|at| (at - now()).num_days());
        assert_eq!([0, 1, 2, 3, 4, 5].map(since), [None, None, Some(1), None, Some(3), Some(3)]);
    }

    #[test]
    fn each_fault_names_its_field() {
        let good = NewUsage { cap: CapKind::Streams, source: " Spotify ".into(), total: 5, as_of: day(3) };
        let check = |new: &NewUsage| check_report(new, &streams(10), day(1), day(3));
        assert_eq!(check(&good).unwrap().source, "Spotify");
        assert!(check(&NewUsage { as_of: day(4), ..good.clone() }).is_ok(), "it is tomorrow somewhere");
        for (wrong, code, field) in [
            (NewUsage { source: " \u{200b}".into(), ..good.clone() }, "USAGE_SOURCE", "source"),
            (NewUsage { source: "x".repeat(101), ..good.clone() }, "USAGE_SOURCE", "source"),
            (NewUsage { source: "a\nb".into(), ..good.clone() }, "USAGE_SOURCE", "source"),
            (NewUsage { total: -1, ..good.clone() }, "USAGE_TOTAL", "total"),
            (NewUsage { total: i64::MAX, ..good.clone() }, "USAGE_TOTAL", "total"),
            (NewUsage { as_of: day(5), ..good.clone() }, "USAGE_IN_FUTURE", "asOf"),
            (NewUsage { as_of: day(0), ..good.clone() }, "USAGE_BEFORE_GRANT", "asOf"),
            (NewUsage { cap: CapKind::Copies, ..good.clone() }, "USAGE_UNCAPPED", "cap"),
        ] {
            let report = check(&wrong).unwrap_err().explain();
            assert_eq!((report.code, report.field.as_deref()), (code, Some(field)), "{wrong:?}");
            assert!(report.remedy.is_some());
        }
    }

    proptest! {
        #[test]
        fn telling_the_same_again_changes_nothing(
            totals in prop::collection::vec((0_i64..1_000_000, 0_u64..30, 0_usize..3, any::<bool>()), 0..20),
        ) {
            let reports: Vec<usage::Model> = totals
                .into_iter()
                .map(|(total, on, source, own)| {
                    let side = if own { Side::Licensee } else { Side::Studio };
                    told(side, ["Spotify", "Deezer", "Tidal"][source], total, on)
                })
                .collect();
            let last = reports.last().cloned();
            let again: Vec<usage::Model> = reports.iter().cloned().chain(last).collect();
            prop_assert_eq!(read(&streams(1_000), &reports), read(&streams(1_000), &again));
        }
    }
}
