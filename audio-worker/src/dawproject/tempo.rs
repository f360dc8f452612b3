//! When each beat is.

use interchange::dawproject::{Content, Interpolation, PointValue, Project, TimeUnit};

use super::ImportError;

/// The tempo of a project that states none.
const DEFAULT_BPM: f64 = 120.0;
/// The tempi that are accepted.
const ACCEPTED_BPM: std::ops::RangeInclusive<f64> = 1.0..=2000.0;

/// Beats and seconds, and the way from one to the other.
#[derive(Debug)]
pub(super) struct TempoMap {
    /// At least one, the first at the beginning.
    segments: Vec<Segment>,
}

/// The tempo from some beat on.
#[derive(Debug, Clone, Copy)]
struct Segment {
    beat: f64,
    second: f64,
    bpm: f64,
    ramp: Ramp,
}

/// How a tempo goes on.
#[derive(Debug, Clone, Copy)]
enum Ramp {
    /// It stays.
    Hold,
    /// It rises by so much with each beat.
    ByBeat(f64),
    /// It rises by so much with each second.
    BySecond(f64),
}

impl TempoMap {
    /// The tempo map of a project.
    ///
    /// # Errors
    /// [`ImportError::Tempo`] for a tempo that is none.
    pub(super) fn of(project: &Project) -> Result<Self, ImportError> {
        let stated = project.transport.as_ref().and_then(|transport| transport.tempo.as_ref()?.value);
        let course = project.arrangement.as_ref().and_then(|arrangement| arrangement.tempo.as_ref());
        let unit = course.and_then(|course| course.time_unit).unwrap_or(TimeUnit::Beats);
        let mut points: Vec<(f64, f64, bool)> = Vec::new();
        if let Some(Content::Points(found)) = course.map(|course| &course.content) {
            for point in &found.points {
                if let PointValue::Real(bpm, way) = point.value {
                    points.push((point.time.max(0.0), bpm, way == Some(Interpolation::Linear)));
                }
            }
        }
        points.sort_by(|a, b| a.0.total_cmp(&b.0));
        let first = points.first().map(|point| point.1).or(stated).unwrap_or(DEFAULT_BPM);
        if let Some(bpm) = points.iter().map(|point| point.1).chain([first]).find(|bpm| !ACCEPTED_BPM.contains(bpm)) {
            return Err(ImportError::Tempo { bpm });
        }
        let mut map = Self { segments: vec![Segment { beat: 0.0, second: 0.0, bpm: first, ramp: Ramp::Hold }] };
        for (i, (at, bpm, is_linear)) in points.iter().enumerate() {
            let (beat, second) = match unit {
                TimeUnit::Beats => (*at, map.seconds(*at)),
                TimeUnit::Seconds => (map.beats(*at), *at),
            };
            let next = points.get(i + 1).filter(|next| *is_linear && next.0 > *at && (next.1 - bpm).abs() > 1e-9);
            let ramp = match (next, unit) {
                (None, _) => Ramp::Hold,
                (Some(next), TimeUnit::Beats) => Ramp::ByBeat((next.1 - bpm) / (next.0 - at)),
                (Some(next), TimeUnit::Seconds) => Ramp::BySecond((next.1 - bpm) / (next.0 - at)),
            };
            map.segments.push(Segment { beat, second, bpm: *bpm, ramp });
        }
        Ok(map)
    }

    /// The tempo at the beginning.
    pub(super) fn first_bpm(&self) -> f64 {
        self.before(|segment| segment.beat <= 0.0).bpm
    }

    /// Whether the tempo stays.
    pub(super) fn is_constant(&self) -> bool {
        let first = self.first_bpm();
        self.segments.iter().all(|segment| matches!(segment.ramp, Ramp::Hold) && (segment.bpm - first).abs() < 1e-9)
    }

    /// When a beat is, in seconds.
    pub(super) fn seconds(&self, beats: f64) -> f64 {
        let Segment { beat, second, bpm, ramp } = self.before(|segment| segment.beat <= beats);
        let on = beats - beat;
        second
            + match ramp {
                Ramp::Hold => on * 60.0 / bpm,
                Ramp::ByBeat(rise) => 60.0 / rise * (rise * on / bpm).ln_1p(),
                Ramp::BySecond(rise) => 120.0 * on / (bpm + (bpm * bpm + 120.0 * rise * on).max(0.0).sqrt()),
            }
    }

    /// The beat at that second.
    pub(super) fn beats(&self, seconds: f64) -> f64 {
        let Segment { beat, second, bpm, ramp } = self.before(|segment| segment.second <= seconds);
        let on = seconds - second;
        beat + match ramp {
            Ramp::Hold => on * bpm / 60.0,
            Ramp::ByBeat(rise) => bpm / rise * (rise * on / 60.0).exp_m1(),
            Ramp::BySecond(rise) => (bpm + rise * on / 2.0) * on / 60.0,
        }
    }

    /// The last segment that begins before something.
    fn before(&self, begins: impl Fn(&Segment) -> bool) -> Segment {
        let next = self.segments.partition_point(begins);
        self.segments[next.saturating_sub(1)]
    }
}

/// A place in time: an absolute number of seconds, or of beats from the beginning.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame {
    /// What a timeline counts in.
    pub(super) unit: TimeUnit,
    /// Where its own zero lies in the project.
    pub(super) shift: f64,
}

impl Frame {
    /// The project's own.
    pub(super) const PROJECT: Self = Self { unit: TimeUnit::Beats, shift: 0.0 };

    /// When a time of the timeline is, in seconds of the project.
    pub(super) fn seconds(self, time: f64, tempo: &TempoMap) -> f64 {
        match self.unit {
            TimeUnit::Beats => tempo.seconds(self.shift + time),
            TimeUnit::Seconds => self.shift + time,
        }
    }

    /// The frame of a timeline that starts at the same place and counts in something else.
    pub(super) fn counting(self, unit: Option<TimeUnit>, tempo: &TempoMap) -> Self {
        match unit {
            Some(unit) if unit != self.unit => {
                Self { unit, shift: project_time(self.seconds(0.0, tempo), unit, tempo) }
            }
            _ => self,
        }
    }
}

/// A second of the project as a time in that unit.
pub(super) fn project_time(seconds: f64, unit: TimeUnit, tempo: &TempoMap) -> f64 {
    match unit {
        TimeUnit::Beats => tempo.beats(seconds),
        TimeUnit::Seconds => seconds,
    }
}

#[cfg(test)]
mod tests {
    use interchange::dawproject::{Arrangement, Point, Points, RealParameter, Timeline, Transport};

    use super::*;

    fn project(bpm: Option<f64>, unit: TimeUnit, points: &[(f64, f64, Interpolation)]) -> Project {
        let point = |(time, bpm, way): &(f64, f64, Interpolation)| Point {
            time: *time,
            value: PointValue::Real(*bpm, Some(*way)),
        };
        let points = Points { points: points.iter().map(point).collect(), ..Points::default() };
        let tempo = Timeline { time_unit: Some(unit), ..Timeline::of(Content::Points(points)) };
        let stated = RealParameter { value: bpm, ..RealParameter::default() };
        Project {
            transport: Some(Transport { tempo: Some(stated), time_signature: None }),
            arrangement: Some(Arrangement { tempo: Some(tempo), ..Arrangement::default() }),
            ..Project::default()
        }
    }

    /// The seconds up to a beat by adding up what each thousandth of a beat takes.
    fn summed(bpm_at: impl Fn(f64) -> f64, beats: u32) -> f64 {
        (0..beats * 1000).map(|i| 0.06 / bpm_at((f64::from(i) + 0.5) / 1000.0)).sum()
    }

    #[test]
    fn a_beat_is_when_the_tempo_says() {
        let constant = TempoMap::of(&project(Some(110.0), TimeUnit::Beats, &[])).unwrap();
        assert!((constant.seconds(11.0) - 6.0).abs() < 1e-12 && constant.is_constant());

        let ramp = [(0.0, 60.0, Interpolation::Linear), (8.0, 120.0, Interpolation::Hold)];
        let ramp = TempoMap::of(&project(Some(60.0), TimeUnit::Beats, &ramp)).unwrap();
        let expected = summed(|beat| if beat < 8.0 { 60.0 + 7.5 * beat } else { 120.0 }, 12);
        assert!((ramp.seconds(12.0) - expected).abs() < 1e-6, "{} for {expected}", ramp.seconds(12.0));

        // Against seconds the same ramp takes another course: 60 to 120 within 4 s makes 6 beats.
        let ramp = [(0.0, 60.0, Interpolation::Linear), (4.0, 120.0, Interpolation::Hold)];
        let ramp = TempoMap::of(&project(None, TimeUnit::Seconds, &ramp)).unwrap();
        assert!((ramp.beats(4.0) - 6.0).abs() < 1e-9);
        assert!((ramp.seconds(8.0) - 5.0).abs() < 1e-9);
        assert!(!ramp.is_constant());
    }

    #[test]
    fn the_way_back_is_the_same() {
        for unit in [TimeUnit::Beats, TimeUnit::Seconds] {
            let points = [
                (0.0, 90.0, Interpolation::Hold),
                (2.0, 90.0, Interpolation::Linear),
                (6.0, 180.0, Interpolation::Linear),
                (9.0, 45.0, Interpolation::Hold),
            ];
            let map = TempoMap::of(&project(None, unit, &points)).unwrap();
            for beat in [-3.0, 0.0, 0.5, 2.0, 3.7, 6.0, 8.9, 9.0, 20.0, 400.0] {
                assert!((map.beats(map.seconds(beat)) - beat).abs() < 1e-8, "{beat} in {unit:?}");
            }
        }
    }

    #[test]
    fn what_is_no_tempo_is_refused() {
        for bpm in [0.0, -120.0, 1e9, f64::INFINITY] {
            let refused = TempoMap::of(&project(Some(bpm), TimeUnit::Beats, &[]));
            assert!(matches!(refused, Err(ImportError::Tempo { .. })), "{bpm}");
            let refused = TempoMap::of(&project(None, TimeUnit::Beats, &[(4.0, bpm, Interpolation::Hold)]));
            assert!(matches!(refused, Err(ImportError::Tempo { .. })), "{bpm}");
        }
    }
}
