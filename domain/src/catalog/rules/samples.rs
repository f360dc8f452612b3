//! Declared samples: how they are written down, and which tiers they bar.

use crate::{
    catalog::entity::{Sample, SampleClearance, Samples},
    licensing::terms::TierCode,
    visible::{has_visible, is_steering},
};

/// The most samples of a beat.
pub const MAX_SAMPLES: usize = 100;
/// The longest title or source of a sample, in characters.
pub const MAX_SAMPLE_CHARS: usize = 300;

/// Why declared samples are refused; samples count from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SamplesFault {
    /// Too many.
    #[error("a beat declares {MAX_SAMPLES} samples at most")]
    TooMany,
    /// A title is empty, too long, or of more than one line.
    #[error("a sample's title has 1 to {MAX_SAMPLE_CHARS} characters on one line")]
    Title {
        /// The sample.
        place: usize,
    },
    /// A source is empty, too long, or of more than one line.
    #[error("a sample's source has 1 to {MAX_SAMPLE_CHARS} characters on one line")]
    Source {
        /// The sample.
        place: usize,
    },
}

/// Samples as they are kept: titles and sources trimmed, of 1 to [`MAX_SAMPLE_CHARS`] characters, none of them a control character.
pub fn check(given: Vec<Sample>) -> Result<Samples, SamplesFault> {
    if given.len() > MAX_SAMPLES {
        return Err(SamplesFault::TooMany);
    }
    let tidy = |(place, sample): (usize, Sample)| {
        Ok(Sample {
            title: line(&sample.title).ok_or(SamplesFault::Title { place })?,
            source: line(&sample.source).ok_or(SamplesFault::Source { place })?,
            clearance: sample.clearance,
        })
    };
    given.into_iter().enumerate().map(tidy).collect::<Result<_, _>>().map(Samples)
}

fn line(text: &str) -> Option<String> {
    let tidy = text.trim();
    let fits = has_visible(tidy) && tidy.chars().count() <= MAX_SAMPLE_CHARS && !tidy.chars().any(is_steering);
    fits.then(|| tidy.to_owned())
}

/// Whether a sample of this clearance bars a tier from sale.
///
/// What is not cleared bars the unlimited lease and the exclusive: they reach further than an uncleared sample lets anyone promise. The capped
/// leases stay on sale, for their contract says that the licensee clears it before a release. What is cleared for leases bars the exclusive alone:
/// its owner has agreed to no more. What is cleared for every licence, or comes from a library whose licence covers it, bars nothing.
pub const fn bars(clearance: SampleClearance, tier: TierCode) -> bool {
    match clearance {
        SampleClearance::NotCleared => matches!(tier, TierCode::Unlimited | TierCode::Exclusive),
        SampleClearance::ClearedForLeases => matches!(tier, TierCode::Exclusive),
        SampleClearance::Cleared | SampleClearance::RoyaltyFree => false,
    }
}

impl Samples {
    /// Whether any of them bars a tier from sale, by [`bars`].
    pub fn bar(&self, tier: TierCode) -> bool {
        self.0.iter().any(|sample| bars(sample.clearance, tier))
    }
}

#[cfg(test)]
mod tests {
    use sea_orm::Iterable;

    use super::*;

    fn sample(title: &str, source: &str) -> Sample {
        Sample { title: title.into(), source: source.into(), clearance: SampleClearance::Cleared }
    }

    #[test]
    fn each_clearance_bars_what_it_does_not_reach() {
        let expected = |clearance| match clearance {
            SampleClearance::Cleared | SampleClearance::RoyaltyFree => vec![],
            SampleClearance::ClearedForLeases => vec![TierCode::Exclusive],
            SampleClearance::NotCleared => vec![TierCode::Unlimited, TierCode::Exclusive],
        };
        for clearance in SampleClearance::iter() {
            let barred: Vec<_> = TierCode::iter().filter(|tier| bars(clearance, *tier)).collect();
            assert_eq!(barred, expected(clearance), "{clearance}");
        }
    }

    #[test]
    fn the_strictest_sample_decides_and_none_bars_nothing() {
        let of = |clearances: &[SampleClearance]| {
            Samples(clearances.iter().map(|clearance| Sample { clearance: *clearance, ..sample("a", "b") }).collect())
        };
        for tier in TierCode::iter() {
            assert!(!of(&[]).bar(tier), "{tier}");
            for first in SampleClearance::iter() {
                for second in SampleClearance::iter() {
                    assert_eq!(of(&[first, second]).bar(tier), bars(first, tier) || bars(second, tier), "{tier}");
                }
            }
        }
    }

    #[test]
    fn samples_are_trimmed_and_each_fault_has_its_place() {
        let kept = check(vec![sample(" Tęsknota ", "\tZespół Kalina, 1974")]);
        assert_eq!(kept, Ok(Samples(vec![sample("Tęsknota", "Zespół Kalina, 1974")])));
        let longest = "ż".repeat(MAX_SAMPLE_CHARS);
        assert!(check(vec![sample(&longest, &longest); MAX_SAMPLES]).is_ok());
        assert_eq!(check(vec![sample("a", "b"); MAX_SAMPLES + 1]), Err(SamplesFault::TooMany));
        for wrong in ["", " \u{a0}", "two\nlines", "nul\0", &format!("{longest}ż")] {
            let title = check(vec![sample("a", "b"), sample("a", "b"), sample(wrong, "b")]);
            assert_eq!(title, Err(SamplesFault::Title { place: 2 }), "{wrong:?}");
            let source = check(vec![sample("a", "b"), sample("a", wrong)]);
            assert_eq!(source, Err(SamplesFault::Source { place: 1 }), "{wrong:?}");
        }
    }
}
