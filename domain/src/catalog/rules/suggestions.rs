//! What an analysis suggests where a beat says nothing.

use super::music::{BPM_MILLI, Key};
use crate::catalog::entity::{analysis, beat};

/// A tempo that is at least this sure is suggested, in parts per million. Of the program's own compositions, whose tempi are known, those heard at half or
/// double were heard less surely than this.
pub const SURE_TEMPO_PPM: i32 = 400_000;

/// A key that is at least this sure is suggested, in parts per million. Of the program's own compositions, those heard in the relative key were heard less
/// surely than this.
pub const SURE_KEY_PPM: i32 = 650_000;

/// Tempo and key that a beat could be given.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Suggestion {
    /// Tempo in thousandths of a beat per minute, rounded to whole beats where it is near one.
    pub bpm_milli: Option<i32>,
    /// Key in canonical form.
    pub musical_key: Option<String>,
}

/// How near to a whole tempo is taken for it, in thousandths of a beat per minute: sessions are set to whole tempi.
const NEAR_WHOLE: i32 = 150;

/// What was heard surely enough to be suggested.
pub fn sure(heard: &analysis::Model) -> Suggestion {
    let is_sure = |confidence: Option<i32>, least| confidence.is_some_and(|ppm| ppm >= least);
    let tempo = heard.bpm_milli.filter(|_| is_sure(heard.bpm_confidence_ppm, SURE_TEMPO_PPM)).map(near_whole);
    let key = heard.musical_key.as_deref().filter(|_| is_sure(heard.key_confidence_ppm, SURE_KEY_PPM));
    Suggestion {
        bpm_milli: tempo.filter(|milli| BPM_MILLI.contains(milli)),
        musical_key: key.and_then(Key::parse).map(|key| key.to_string()),
    }
}

/// What is suggested for a beat: only what it does not say itself.
pub fn for_beat(beat: &beat::Model, heard: &analysis::Model) -> Suggestion {
    let Suggestion { bpm_milli, musical_key } = sure(heard);
    Suggestion {
        bpm_milli: bpm_milli.filter(|_| beat.bpm_milli.is_none()),
        musical_key: musical_key.filter(|_| beat.musical_key.is_none()),
    }
}

fn near_whole(milli: i32) -> i32 {
    let whole = (milli + 500) / 1000 * 1000;
    if (milli - whole).abs() <= NEAR_WHOLE { whole } else { milli }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        catalog::entity::{Findings, Fingerprint, Verdict},
        env::testing,
    };

    fn heard(bpm: (i32, i32), key: (&str, i32)) -> analysis::Model {
        let (env, _) = testing::env(1);
        analysis::Model {
            asset_id: env.id(),
            studio_id: env.id(),
            engine_version: "1".into(),
            bpm_milli: Some(bpm.0),
            bpm_confidence_ppm: Some(bpm.1),
            alternative_bpm_milli: None,
            musical_key: Some(key.0.into()),
            key_confidence_ppm: Some(key.1),
            tuning_cents: Some(0),
            verdict: Verdict::Pass,
            findings: Findings::default(),
            fingerprint: Fingerprint::default(),
            analysed_at: env.now(),
        }
    }

    #[test]
    fn only_what_is_sure_is_suggested() {
        let both = sure(&heard((139_900, SURE_TEMPO_PPM), ("F# minor", SURE_KEY_PPM)));
        assert_eq!((both.bpm_milli, both.musical_key.as_deref()), (Some(140_000), Some("F# minor")));
        let neither = sure(&heard((139_900, SURE_TEMPO_PPM - 1), ("F# minor", SURE_KEY_PPM - 1)));
        assert_eq!(neither, Suggestion::default());
        let between = sure(&heard((92_500, 900_000), ("no key", 900_000)));
        assert_eq!((between.bpm_milli, between.musical_key), (Some(92_500), None));
    }
}
