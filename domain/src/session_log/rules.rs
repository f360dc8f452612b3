//! Rules of the session log, all pure.

use std::collections::HashMap;

use chrono::Datelike;

use super::{
    SessionLogError,
    entity::{SessionRole, session},
};
use crate::{
    env::Instant,
    ids::PartyId,
    share::{Share, WHOLE_PPM, allocate},
};

/// The most entries of a sort in a session.
pub const MAX_ENTRIES: usize = 1_000;
/// The longest title, in characters.
pub const MAX_TITLE_CHARS: usize = 200;
/// The longest venue, sample, source or purpose, in characters.
pub const MAX_LINE_CHARS: usize = 300;
/// The longest part and the longest instrument, in characters.
pub const MAX_WORD_CHARS: usize = 100;
/// The longest notes of a session, in characters.
pub const MAX_SESSION_NOTES_CHARS: usize = 10_000;
/// The longest notes of a take, in characters.
pub const MAX_TAKE_NOTES_CHARS: usize = 2_000;
/// The longest note of a credit, in characters.
pub const MAX_CREDIT_NOTE_CHARS: usize = 1_000;

/// The years of which anything is logged: those that databases and notifications write alike.
const YEARS: std::ops::RangeInclusive<i32> = 1900..=2100;

/// Refuses a time of a year of which nothing is logged.
///
/// # Errors
/// [`SessionLogError::Range`], with the field.
pub fn check_year(field: &'static str, at: Option<Instant>) -> Result<(), SessionLogError> {
    if at.is_none_or(|at| YEARS.contains(&at.year())) {
        Ok(())
    } else {
        Err(SessionLogError::Range { field, said: "a time lies in the years from 1900 to 2100" })
    }
}

/// Refuses a time that does not end after it begins, or lies outside of its session.
///
/// # Errors
/// [`SessionLogError::Span`], with the field.
pub fn check_span(session: &session::Model, from: Option<Instant>, to: Option<Instant>) -> Result<(), SessionLogError> {
    check_year("from", from)?;
    check_year("to", to)?;
    let begins = from.unwrap_or(session.started_at);
    let is_outside = |at: Instant| at < session.started_at || session.ended_at.is_some_and(|end| end < at);
    if from.is_some_and(is_outside) {
        return Err(SessionLogError::Span { field: "from" });
    }
    if to.is_some_and(|to| is_outside(to) || to <= begins) {
        return Err(SessionLogError::Span { field: "to" });
    }
    Ok(())
}

/// Refuses what no recorder writes.
///
/// # Errors
/// [`SessionLogError::Range`], with the field.
pub fn check_format(bit_depth: Option<i32>, sample_rate_hz: Option<i32>) -> Result<(), SessionLogError> {
    if bit_depth.is_some_and(|bits| ![16, 24, 32].contains(&bits)) {
        return Err(SessionLogError::Range { field: "bitDepth", said: "a sample has 16, 24 or 32 bits" });
    }
    if sample_rate_hz.is_some_and(|rate| !(8_000..=768_000).contains(&rate)) {
        let said = "a second has 8000 to 768000 samples";
        return Err(SessionLogError::Range { field: "sampleRateHz", said });
    }
    Ok(())
}

/// The role of a writer as societies have it, by all that they did: `CA` of words and music, `C` of music, `A` of words; none of who wrote nothing.
pub fn writer_code(roles: &[SessionRole]) -> Option<&'static str> {
    let did = |role| roles.contains(&role) || roles.contains(&SessionRole::Songwriter);
    match (did(SessionRole::Composer), did(SessionRole::Lyricist)) {
        (true, true) => Some("CA"),
        (true, false) => Some("C"),
        (false, true) => Some("A"),
        (false, false) => None,
    }
}

/// A party among those who made a song.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Maker {
    /// Who.
    pub party: PartyId,
    /// As what, each once.
    pub roles: Vec<SessionRole>,
    /// The societies' code of what they wrote; of who shares the composition without having written, `CA`.
    pub code: &'static str,
    /// Their part of the composition; none if they have none.
    pub composition: Option<Share>,
    /// Their part of the master; none if they have none.
    pub master: Option<Share>,
}

/// Who shares a side: the first of these groups in which there is anybody.
const WRITERS: [&[SessionRole]; 3] = [
    &[SessionRole::Songwriter, SessionRole::Composer, SessionRole::Lyricist],
    &[SessionRole::Artist, SessionRole::FeaturedArtist, SessionRole::Producer, SessionRole::CoProducer],
    PERFORMERS,
];
const OWNERS: [&[SessionRole]; 3] =
    [&[SessionRole::Artist], &[SessionRole::Producer, SessionRole::CoProducer], PERFORMERS];

/// Who is heard, and was not hired for it.
const PERFORMERS: &[SessionRole] = &[
    SessionRole::Performer,
    SessionRole::LeadVocalist,
    SessionRole::BackgroundVocalist,
    SessionRole::Soloist,
    SessionRole::BandLeader,
    SessionRole::Dj,
    SessionRole::Programmer,
];

/// Those who have a part of a song by what they did, each once, with the equal shares that a split sheet begins with: writers share the composition, or artists
/// and producers if no writer was logged; artists share the master, or producers. Where nobody of these was logged, as of a band that plays, performers share
/// the side. It is a draft: those who sign agree on other shares where theirs are others.
pub fn makers(logged: &[(PartyId, SessionRole)]) -> Vec<Maker> {
    let mut of_parties: Vec<(PartyId, Vec<SessionRole>)> = Vec::new();
    for (party, role) in logged {
        match of_parties.iter_mut().find(|(known, _)| known == party) {
            Some((_, roles)) if roles.contains(role) => {}
            Some((_, roles)) => roles.push(*role),
            None => of_parties.push((*party, vec![*role])),
        }
    }
    let did_any = |group: &[SessionRole], roles: &[SessionRole]| roles.iter().any(|role| group.contains(role));
    let shares = |groups: [&[SessionRole]; 3]| -> HashMap<PartyId, Share> {
        let of_group = |group: &&[SessionRole]| -> Vec<PartyId> {
            of_parties.iter().filter(|(_, roles)| did_any(group, roles)).map(|(party, _)| *party).collect()
        };
        let parties = groups.iter().map(of_group).find(|parties| !parties.is_empty()).unwrap_or_default();
        let shares = equal_shares(parties.len());
        parties.into_iter().zip(shares).collect()
    };
    let (composition, master) = (shares(WRITERS), shares(OWNERS));
    let maker = |(party, roles): (PartyId, Vec<SessionRole>)| Maker {
        party,
        code: writer_code(&roles).unwrap_or("CA"),
        roles,
        composition: composition.get(&party).copied(),
        master: master.get(&party).copied(),
    };
    let has_part = |maker: &Maker| maker.composition.is_some() || maker.master.is_some();
    of_parties.into_iter().map(maker).filter(has_part).collect()
}

/// Equal shares of so many, which are exactly the whole: of what cannot be divided the first have one part in a million more each. Nothing of nobody.
fn equal_shares(count: usize) -> Vec<Share> {
    let parts = allocate(i64::from(WHOLE_PPM), &vec![1; count]).unwrap_or_default();
    parts.into_iter().filter_map(|ppm| Share::from_ppm(u32::try_from(ppm).ok()?).ok()).collect()
}

#[cfg(test)]
mod tests {
    use chrono::Duration;

    use super::*;
    use crate::{env::testing, session_log::entity::SessionKind};

    fn session(hours: Option<i64>) -> session::Model {
        let (env, _) = testing::env(1);
        session::Model {
            id: env.id(),
            studio_id: env.id(),
            booking_id: None,
            room_id: None,
            project_id: None,
            kind: SessionKind::Tracking,
            title: "Drums".to_owned(),
            venue: None,
            started_at: env.now(),
            ended_at: hours.map(|hours| env.now() + Duration::hours(hours)),
            bit_depth: None,
            sample_rate_hz: None,
            notes: String::new(),
            edits: 1,
            created_at: env.now(),
        }
    }

    #[test]
    fn what_was_done_was_done_within_the_session() {
        let ended = session(Some(4));
        let at = |hours: i64| Some(ended.started_at + Duration::hours(hours));
        for (from, to) in [(None, None), (at(0), at(4)), (at(1), None), (None, at(1))] {
            assert!(check_span(&ended, from, to).is_ok(), "{from:?} {to:?}");
        }
        let field = |from, to| match check_span(&ended, from, to) {
            Err(SessionLogError::Span { field }) => field,
            other => panic!("{from:?} {to:?}: {other:?}"),
        };
        assert_eq!(field(at(-1), None), "from");
        assert_eq!(field(at(5), None), "from");
        assert_eq!(field(at(2), at(2)), "to");
        assert_eq!(field(at(2), at(1)), "to");
        assert_eq!(field(None, at(0)), "to");
        assert_eq!(field(None, at(5)), "to");
        assert!(check_span(&session(None), at(9), at(10)).is_ok(), "it lasts");
    }

    #[test]
    fn years_are_those_that_can_be_written() {
        let far = |at: Instant| check_span(&session(None), None, Some(at));
        assert!(matches!(far(Instant::MAX_UTC), Err(SessionLogError::Range { field: "to", .. })));
        assert!(matches!(check_year("startedAt", Some(Instant::MIN_UTC)), Err(SessionLogError::Range { .. })));
        assert!(check_year("endedAt", None).is_ok());
    }

    #[test]
    fn formats_are_those_that_are_recorded() {
        assert!(check_format(Some(24), Some(96_000)).is_ok());
        assert!(check_format(None, None).is_ok());
        for (bits, rate) in [(Some(20), None), (Some(0), None), (None, Some(7_999)), (None, Some(768_001))] {
            assert!(check_format(bits, rate).is_err(), "{bits:?} {rate:?}");
        }
    }

    #[test]
    fn writers_are_told_apart_as_societies_do() {
        use SessionRole::{Composer, Lyricist, Producer, Songwriter};
        assert_eq!(writer_code(&[Composer, Lyricist]), Some("CA"));
        assert_eq!(writer_code(&[Songwriter]), Some("CA"));
        assert_eq!(writer_code(&[Producer, Composer]), Some("C"));
        assert_eq!(writer_code(&[Lyricist]), Some("A"));
        assert_eq!(writer_code(&[Producer]), None);
    }

    #[test]
    fn equal_shares_are_the_whole() {
        assert_eq!(equal_shares(3).into_iter().map(Share::ppm).collect::<Vec<_>>(), [333_334, 333_333, 333_333]);
        assert!(equal_shares(0).is_empty());
        for count in 1..100 {
            assert!(Share::require_whole(&equal_shares(count)).is_ok(), "{count}");
        }
    }

    #[test]
    fn a_sheet_begins_with_writers_and_artists_or_with_who_there_is() {
        use SessionRole::{Artist, Composer, Engineer, LeadVocalist, Lyricist, Performer, Producer, SessionMusician};
        let (env, _) = testing::env(1);
        let [ada, bob, eve]: [PartyId; 3] = [env.id(), env.id(), env.id()];
        let told = |logged: &[(PartyId, SessionRole)]| {
            let of = |share: Option<Share>| share.map(Share::ppm);
            let maker = |maker: Maker| (maker.party, maker.code, of(maker.composition), of(maker.master));
            makers(logged).into_iter().map(maker).collect::<Vec<_>>()
        };
        let logged =
            [(ada, Composer), (ada, Lyricist), (ada, Artist), (bob, Composer), (bob, Producer), (eve, Engineer)];
        let (half, whole) = (Some(500_000), Some(1_000_000));
        assert_eq!(told(&logged), [(ada, "CA", half, whole), (bob, "C", half, None)], "an engineer has no part");
        let instrumental = [(bob, Producer), (eve, Engineer)];
        assert_eq!(told(&instrumental), [(bob, "CA", whole, whole)]);
        let band = [(ada, LeadVocalist), (bob, Performer), (eve, SessionMusician)];
        assert_eq!(told(&band), [(ada, "CA", half, half), (bob, "CA", half, half)], "who was hired has no part");
        assert!(told(&[(eve, Engineer)]).is_empty());
    }
}
