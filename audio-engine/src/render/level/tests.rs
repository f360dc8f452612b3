use super::*;

/// What a limiter and a coder make of a mix, by formula.
#[derive(Debug, Clone, Copy)]
struct Chain {
    own_lufs: f64,
    peak_dbtp: f64,
    /// LU that limiting takes off, for the square of how far it is driven; at most 0.75 LU for each further dB.
    softness: f64,
    /// What coding adds to peaks, in dB, and what more for each LU that limiting took off.
    adds_db: f64,
    adds_when_dense: f64,
    /// What coding takes off the loudness, in LU.
    takes_lu: f64,
}

impl Chain {
    fn behind_limiter(self, level: Level) -> Found {
        let driven = (self.peak_dbtp + level.gain_db - level.limiter_dbtp).max(0.0);
        let bend = 0.375 / self.softness;
        let lost = self.softness * driven.min(bend).powi(2) + 0.75 * (driven - bend).max(0.0);
        let loudness = self.own_lufs + level.gain_db - lost;
        Found { loudness_lufs: Some(loudness), true_peak_dbtp: None, reduction_db: driven }
    }

    fn decoded(self, level: Level) -> Found {
        let limited = self.behind_limiter(level);
        let lost = self.own_lufs + level.gain_db - limited.loudness_lufs.unwrap();
        let peak =
            (self.peak_dbtp + level.gain_db).min(level.limiter_dbtp) + self.adds_db + lost * self.adds_when_dense;
        let loudness_lufs = limited.loudness_lufs.map(|lufs| lufs - self.takes_lu);
        Found { loudness_lufs, true_peak_dbtp: Some(peak), ..limited }
    }

    /// Searches, writes until it is good or hopeless; the best file, and how many there were.
    fn run(self, aim: Aim) -> (Course, Level, Found, u32) {
        let source = Source { loudness_lufs: Some(self.own_lufs), true_peak_dbtp: Some(self.peak_dbtp), tagged: false };
        let mut course = Course::new(aim, source, Some(1.0));
        let mut passes = 0;
        while course.needs_search() && passes < 5 && course.search(&self.behind_limiter(course.level())) {
            passes += 1;
        }
        course.begin_files();
        let mut best: Option<(Level, Found)> = None;
        for attempt in 1..=8 {
            let level = course.level();
            let found = self.decoded(level);
            let permitted = found.reduction_db <= aim.max_reduction_db + 0.011 || aim.target_lufs.is_none();
            assert!(permitted, "{self:?}: {found:?}");
            let goes_on = course.correct(&found, attempt);
            let holds = course.excess_db(&found) <= 0.0;
            if holds && best.as_ref().is_none_or(|(_, best)| course.prefers(&found, best)) {
                best = Some((level, found));
            }
            if let Some((level, found)) = best
                && (!goes_on || attempt >= LOUDNESS_ATTEMPTS)
            {
                return (course, level, found, attempt);
            }
        }
        panic!("{self:?}: no end")
    }

    /// The loudest that any file can be under that ceiling, in LUFS.
    fn loudest_lufs(self, ceiling_dbtp: f64) -> f64 {
        let loudness = |driven: u32| {
            let limiter_dbtp = ceiling_dbtp - 1.0;
            let gain_db = f64::from(driven) * 0.1 + limiter_dbtp - self.peak_dbtp;
            let found = self.decoded(Level { gain_db, limiter_dbtp });
            found.loudness_lufs.unwrap() + ceiling_dbtp - found.true_peak_dbtp.unwrap()
        };
        (0..400).map(loudness).fold(f64::NEG_INFINITY, f64::max)
    }
}

fn chains() -> impl Iterator<Item = Chain> {
    let each = |softness: f64| {
        [(0.0, 0.0), (0.6, 0.1), (2.5, 0.0), (1.2, 0.4)].map(move |(adds_db, adds_when_dense)| {
            [-0.1, 0.05, 0.5].map(|takes_lu| Chain {
                own_lufs: -20.0,
                peak_dbtp: -3.0,
                softness,
                adds_db,
                adds_when_dense,
                takes_lu,
            })
        })
    };
    [0.002, 0.02, 0.1, 0.4].into_iter().flat_map(each).flatten()
}

#[test]
fn what_can_reach_the_target_does_in_a_few_files() {
    let (mut written, mut outputs) = (0, 0);
    for chain in chains() {
        for target in [-18.0, -14.0, -11.0] {
            let aim = Aim { target_lufs: Some(target), ceiling_dbtp: -1.0, max_reduction_db: 40.0 };
            let (course, level, found, attempts) = chain.run(aim);
            assert!(found.true_peak_dbtp.unwrap() <= -1.0, "{chain:?} to {target}: {found:?}");
            let within = chain.loudest_lufs(-1.0) - target;
            let missing = course.missing_lu(&found);
            if within > 0.3 {
                assert!(missing.abs() <= 0.2, "{chain:?} to {target}, {within} within reach: {found:?}");
                (written, outputs) = (written + attempts, outputs + 1);
            } else {
                // Not the most that there could be, but not pushed to ruin either.
                let far = 0.2 - within.min(0.0) + 1.5;
                assert!(missing <= far, "{chain:?} to {target}, {within} out of reach: {found:?}");
                assert!(missing <= 0.2 || course.bound(level) != Bound::Unknown, "{chain:?} to {target}");
            }
        }
    }
    assert!(outputs > 100 && 2 * written <= 5 * outputs, "{written} files for {outputs} outputs");
}

#[test]
fn what_cannot_is_limited_as_far_as_permitted() {
    for chain in chains() {
        let aim = Aim { target_lufs: Some(-8.0), ceiling_dbtp: -1.0, max_reduction_db: 4.0 };
        let (course, level, found, _) = chain.run(aim);
        assert_eq!(course.bound(level), Bound::Reduction, "{chain:?}");
        assert!((found.reduction_db - 4.0).abs() < 0.03, "{chain:?}: {found:?}");
        // And its peaks are as high as they may be: the limiter came up again.
        assert!((-1.0 - SPARE_DB - 0.2..=-1.0).contains(&found.true_peak_dbtp.unwrap()), "{chain:?}: {found:?}");
    }
}

#[test]
fn what_limits_more_than_permitted_is_kept_only_for_want_of_another() {
    let found = |loudness: f64, reduction_db: f64| Found {
        loudness_lufs: Some(loudness),
        true_peak_dbtp: Some(-1.5),
        reduction_db,
    };
    let source = Source { loudness_lufs: Some(-20.0), true_peak_dbtp: Some(-3.0), tagged: false };
    let aim = Aim { target_lufs: Some(-9.0), ceiling_dbtp: -1.0, max_reduction_db: 4.0 };
    let course = Course::new(aim, source, Some(1.0));
    let (permitted, nearer, forbidden) = (found(-12.0, 4.0), found(-11.0, 4.005), found(-9.0, 6.0));
    assert!(!course.is_forbidden(&permitted) && !course.is_forbidden(&nearer) && course.is_forbidden(&forbidden));
    assert!(course.prefers(&permitted, &forbidden) && !course.prefers(&forbidden, &permitted));
    assert!(course.prefers(&nearer, &permitted) && !course.prefers(&permitted, &nearer));
    assert!(course.prefers(&forbidden, &found(-8.5, 7.0)));
    assert!(!course.prefers(&permitted, &permitted));
    // Nothing is driven for a target's sake where there is none, or where there is nothing to be heard.
    let ceiling = Course::new(Aim { target_lufs: None, ..aim }, source, Some(1.0));
    assert!(!ceiling.is_forbidden(&forbidden));
    let silent = Course::new(aim, Source { loudness_lufs: None, ..source }, Some(1.0));
    assert!(!silent.is_forbidden(&forbidden));
}

#[test]
fn without_a_target_the_gain_stays_and_the_ceiling_holds() {
    for chain in chains() {
        let aim = Aim { target_lufs: None, ceiling_dbtp: -4.0, max_reduction_db: 0.0 };
        let (_, level, found, _) = chain.run(aim);
        assert!(level.gain_db.abs() < 1e-12 && found.true_peak_dbtp.unwrap() <= -4.0, "{chain:?}");
    }
}
