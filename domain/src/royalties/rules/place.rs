//! Where the sum of some lines belongs: to a recording or work with a split, or to those that wait. A release is spread over its tracks.

use super::{LineKey, RoyaltyFault, RuleBook, Split, Subject, Totals, Version};
use crate::text_enum;

text_enum! {
    /// Why money waits. It never keeps others' from being paid.
    pub enum Why {
        /// Nobody has said what the lines are of.
        Unmatched = "unmatched",
        /// Nobody has said which tracks the release has.
        NoTracks = "no_tracks",
        /// Nobody has signed whose it is.
        NoSplit = "no_split",
    }
}

/// A sum of lines that belongs to a recording or work.
#[derive(Debug)]
pub(super) struct Piece<'a> {
    pub(super) key: &'a LineKey,
    pub(super) subject: Subject,
    pub(super) version: &'a Version,
    pub(super) split: &'a Split,
    pub(super) totals: Totals,
}

/// Where a sum of lines belongs.
#[derive(Debug)]
pub(super) enum Placed<'a> {
    To(Piece<'a>),
    Nowhere { subject: Option<Subject>, why: Why, totals: Totals },
}

/// Finds where a sum of lines belongs. The net amounts of what it gives are that of the sum, together.
pub(super) fn place<'a>(
    book: &'a RuleBook,
    key: &'a LineKey,
    totals: &Totals,
) -> Result<Vec<Placed<'a>>, RoyaltyFault> {
    let nowhere = |subject: Option<&Subject>, why, totals| Placed::Nowhere { subject: subject.cloned(), why, totals };
    let to = |subject: Subject, totals: Totals| match book.split(&subject, key.used_on) {
        Some((version, split)) => Placed::To(Piece { key, subject, version, split, totals }),
        None => nowhere(Some(&subject), Why::NoSplit, totals),
    };
    Ok(match &key.subject {
        None => vec![nowhere(None, Why::Unmatched, *totals)],
        Some(subject @ Subject::Release(release)) => match book.album(release, key.used_on) {
            None => vec![nowhere(Some(subject), Why::NoTracks, *totals)],
            Some(album) => {
                let parts = album.tracks.iter().zip(totals.spread(&album.weights())?);
                // A track without a weight has no part that could wait.
                let parts = parts.filter(|((_, weight), _)| *weight > 0);
                parts.map(|((recording, _), part)| to(Subject::Recording(*recording), part)).collect()
            }
        },
        Some(subject) => vec![to(subject.clone(), *totals)],
    })
}
