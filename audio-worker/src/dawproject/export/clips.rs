//! Clips: parts of files, unwarped, in seconds of their own.

use audio_engine::render::{Clip as EngineClip, FadeCurve, Track};
use interchange::dawproject::{
    Clip, Content, Expression, Interpolation, Label, Point, PointValue, Points, Target, TimeUnit, Timeline, Unit,
};

use super::{Clock, Files, Source};
use crate::dawproject::{Effect, Ledger};

/// The most by which two forms of fades differ in the middle, in dB: a straight line and the last of sixty decibels.
const FADES_DIFFER_DB: f64 = 24.0;

/// What a track plays.
pub(super) fn clips(track: &Track, files: &Files, clock: Clock, ledger: &mut Ledger) -> Timeline {
    let found = track.clips.iter().filter_map(|played| Some(clip(played, files.by_source.get(&played.source)?, clock)));
    let bent = |played: &&EngineClip| {
        [&played.fade_in, &played.fade_out].into_iter().flatten().any(|fade| fade.curve != FadeCurve::Linear)
    };
    let bent = track.clips.iter().filter(bent).count();
    if bent > 0 {
        let note = format!(
            "the forms of the fades of {bent} clips are left to the workstation, for a project says their lengths alone"
        );
        ledger.approximated(&track.name, Effect::LevelDb(FADES_DIFFER_DB), note);
    }
    Timeline::of(Content::Clips(found.collect()))
}

fn clip(played: &EngineClip, source: &Source, clock: Clock) -> Clip {
    let from_s = clock.seconds(played.from);
    let to_s = played.to.map_or(source.duration_s, |to| clock.seconds(to)).min(source.duration_s);
    let fade = |fade: &Option<audio_engine::render::Fade>| fade.as_ref().map(|fade| clock.seconds(fade.length));
    let (fade_in, fade_out) = (fade(&played.fade_in), fade(&played.fade_out));
    let audio = Timeline { time_unit: Some(TimeUnit::Seconds), ..Timeline::of(Content::Audio(source.media.clone())) };
    let content = if played.gain_db.abs() > 0.0 {
        Timeline::of(Content::Lanes(vec![gain(played.gain_db), audio]))
    } else {
        audio
    };
    let name = source.media.file.path.rsplit('/').next().unwrap_or_default();
    Clip {
        label: Label::default().named(name),
        time: clock.time(played.position),
        duration: Some(clock.counted(to_s - from_s)),
        content_time_unit: Some(TimeUnit::Seconds),
        play_start: Some(from_s),
        fade_time_unit: fade_in.or(fade_out).map(|_| TimeUnit::Seconds),
        fade_in,
        fade_out,
        content: Some(Box::new(content)),
        ..Clip::default()
    }
}

/// A clip's gain, as what it expresses.
fn gain(gain_db: f64) -> Timeline {
    let point = Point { time: 0.0, value: PointValue::Real(gain_db, Some(Interpolation::Hold)) };
    let target = Target { expression: Some(Expression::Gain), ..Target::default() };
    Timeline::of(Content::Points(Points { unit: Some(Unit::Decibel), target: Some(target), points: vec![point] }))
}
