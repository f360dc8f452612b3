//! Decisions of masters: what there is of each profile, how a delivery stands, and who may open it.

use super::entity::{MasterProfile, MasterState, MasterStepKind, master};
use crate::{catalog::Sha256, delivery::rules::file_name_part};

/// The profiles that are made where nobody has chosen any.
pub const DEFAULT_PROFILES: [MasterProfile; 3] = [MasterProfile::Streaming, MasterProfile::Cd, MasterProfile::Mp3];

/// What a profile is called in print.
pub const fn label(profile: MasterProfile) -> &'static str {
    match profile {
        MasterProfile::Streaming => "Streaming, WAV 24 bit",
        MasterProfile::Apple => "Apple Music, WAV 24 bit",
        MasterProfile::Club => "Club, WAV 24 bit",
        MasterProfile::Cd => "CD, WAV 16 bit, 44.1 kHz",
        MasterProfile::Broadcast => "Broadcast (EBU R 128), WAV 24 bit, 48 kHz",
        MasterProfile::Flac => "Streaming, FLAC 24 bit",
        MasterProfile::Mp3 => "MP3, 320 kbit/s",
    }
}

/// A master's file name, such as `Night Drive (CD master).wav`.
pub fn file_name(title: &str, profile: MasterProfile) -> String {
    let (word, ending) = match profile {
        MasterProfile::Streaming => ("streaming", "wav"),
        MasterProfile::Apple => ("Apple Music", "wav"),
        MasterProfile::Club => ("club", "wav"),
        MasterProfile::Cd => ("CD", "wav"),
        MasterProfile::Broadcast => ("broadcast", "wav"),
        MasterProfile::Flac => ("FLAC", "flac"),
        MasterProfile::Mp3 => ("MP3", "mp3"),
    };
    format!("{} ({word} master).{ending}", file_name_part(title, "Song"))
}

/// A text on one line, without what a tag ends at.
pub fn one_line(text: &str) -> String {
    let plain: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Of each profile the master that counts, in the order of the profiles: the last that is ready, or the last, if none is.
pub fn standing(masters: &[master::Model]) -> Vec<&master::Model> {
    let mut standing: Vec<&master::Model> = Vec::new();
    let mut ordered: Vec<&master::Model> = masters.iter().collect();
    ordered.sort_by_key(|row| (row.profile, row.state == MasterState::Ready, row.number));
    for row in ordered {
        match standing.last_mut() {
            Some(last) if last.profile == row.profile => *last = row,
            _ => standing.push(row),
        }
    }
    standing
}

/// Whether nothing of a master is to be made anew while its tags would say this: it was made with them, or is being made. What failed is not.
pub fn is_current(row: &master::Model, tags: &Sha256) -> bool {
    match row.state {
        MasterState::Waiting => true,
        MasterState::Ready => row.tags_sha256.as_ref() == Some(tags),
        MasterState::Refused => false,
    }
}

/// How a delivery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DeliveryState {
    /// Masters are being made.
    Making,
    /// One of them cannot be made.
    Failed,
    /// A later version was sent before the client was given these: they are given to nobody any more.
    Superseded,
    /// They are there, and open once the balance is paid.
    Locked,
    /// They are there, and open.
    Open,
}

/// What decides how a delivery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Facts {
    /// Whether the approval that it is of stands.
    pub is_current: bool,
    /// What the client was told of it last.
    pub told: Option<MasterStepKind>,
    /// Whether the project's balance is paid.
    pub is_paid: bool,
    /// Whether what was given once it was paid may stay with the client.
    pub may_keep: bool,
}

impl Facts {
    /// Whether the client has it, as far as they were told.
    pub fn is_out(self) -> bool {
        self.told == Some(MasterStepKind::Delivered)
    }
}

/// Whether the client may open what is ready of a delivery: once the balance is paid, and then until a payment has gone; of a version that is superseded only
/// if it was theirs before.
pub fn may_open(facts: Facts) -> bool {
    if facts.is_out() { facts.may_keep } else { facts.is_paid && facts.is_current }
}

/// How a delivery stands, by the masters that count.
pub fn state<'a>(standing: impl IntoIterator<Item = &'a master::Model>, facts: Facts) -> DeliveryState {
    let states: Vec<MasterState> = standing.into_iter().map(|row| row.state).collect();
    if facts.is_out() {
        // What is made besides, of another profile, makes what the client has no less theirs.
        if may_open(facts) { DeliveryState::Open } else { DeliveryState::Locked }
    } else if !facts.is_current {
        DeliveryState::Superseded
    } else if states.is_empty() || states.contains(&MasterState::Waiting) {
        DeliveryState::Making
    } else if states.contains(&MasterState::Refused) {
        DeliveryState::Failed
    } else if may_open(facts) {
        DeliveryState::Open
    } else {
        DeliveryState::Locked
    }
}

/// What the client is to be told now; nothing, if they know.
pub fn due<'a>(standing: impl IntoIterator<Item = &'a master::Model>, facts: Facts) -> Option<MasterStepKind> {
    if facts.is_out() {
        return (!facts.may_keep).then_some(MasterStepKind::Recalled);
    }
    (state(standing, facts) == DeliveryState::Open).then_some(MasterStepKind::Delivered)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::env::testing;

    fn master(profile: MasterProfile, number: i32, state: MasterState) -> master::Model {
        let (env, _) = testing::env(1);
        master::Model {
            id: env.id(),
            studio_id: env.id(),
            delivery_id: env.id(),
            profile,
            number,
            state,
            refusal: None,
            asset_id: None,
            tags_sha256: None,
            qc: None,
            ordered_at: env.now(),
            settled_at: None,
        }
    }

    const NEW: Facts = Facts { is_current: true, told: None, is_paid: false, may_keep: false };
    const PAID: Facts = Facts { is_paid: true, may_keep: true, ..NEW };

    #[test]
    fn the_last_that_is_ready_counts() {
        use MasterProfile::{Cd, Mp3, Streaming};
        use MasterState::{Ready, Refused, Waiting};
        let all = [
            master(Mp3, 1, Refused),
            master(Mp3, 2, Waiting),
            master(Streaming, 2, Ready),
            master(Streaming, 1, Ready),
            master(Streaming, 3, Refused),
            master(Cd, 1, Waiting),
        ];
        let counted: Vec<_> = standing(&all).into_iter().map(|row| (row.profile, row.number)).collect();
        assert_eq!(counted, [(Streaming, 2), (Cd, 1), (Mp3, 2)]);
    }

    #[test]
    fn it_opens_while_it_is_paid_and_locks_when_that_is_over() {
        let ready = [master(MasterProfile::Cd, 1, MasterState::Ready)];
        let of = |facts| (state(&ready, facts), due(&ready, facts));
        assert_eq!(of(NEW), (DeliveryState::Locked, None));
        assert_eq!(of(PAID), (DeliveryState::Open, Some(MasterStepKind::Delivered)));
        let told = Facts { told: Some(MasterStepKind::Delivered), ..PAID };
        assert_eq!(of(told), (DeliveryState::Open, None));
        let more_is_asked = Facts { is_paid: false, ..told };
        assert_eq!(of(more_is_asked), (DeliveryState::Open, None), "what was paid for stays");
        assert_eq!(
            of(Facts { told: None, ..more_is_asked }),
            (DeliveryState::Locked, None),
            "and nothing more is given"
        );
        let reversed = Facts { may_keep: false, ..more_is_asked };
        assert_eq!(of(reversed), (DeliveryState::Locked, Some(MasterStepKind::Recalled)));
        let recalled = Facts { told: Some(MasterStepKind::Recalled), ..reversed };
        assert_eq!(of(recalled), (DeliveryState::Locked, None));
        assert_eq!(of(Facts { may_keep: true, ..recalled }), (DeliveryState::Locked, None), "all of it is to be paid");
        assert_eq!(of(Facts { is_paid: true, may_keep: true, ..recalled }).1, Some(MasterStepKind::Delivered));
    }

    #[test]
    fn what_is_superseded_goes_to_nobody_who_does_not_have_it() {
        let ready = [master(MasterProfile::Cd, 1, MasterState::Ready)];
        let old = Facts { is_current: false, ..PAID };
        assert_eq!((state(&ready, old), due(&ready, old), may_open(old)), (DeliveryState::Superseded, None, false));
        let out = Facts { told: Some(MasterStepKind::Delivered), ..old };
        assert_eq!((state(&ready, out), may_open(out)), (DeliveryState::Open, true));
        assert_eq!(due(&ready, Facts { is_paid: false, may_keep: false, ..out }), Some(MasterStepKind::Recalled));
        let back = Facts { told: Some(MasterStepKind::Recalled), ..old };
        assert_eq!((due(&ready, back), may_open(back)), (None, false));
    }

    #[test]
    fn nothing_is_delivered_before_all_of_it_is_made() {
        let ready = master(MasterProfile::Streaming, 1, MasterState::Ready);
        for (other, expected) in
            [(MasterState::Waiting, DeliveryState::Making), (MasterState::Refused, DeliveryState::Failed)]
        {
            let both = [ready.clone(), master(MasterProfile::Cd, 1, other)];
            assert_eq!((state(&both, PAID), due(&both, PAID)), (expected, None));
            let out = Facts { told: Some(MasterStepKind::Delivered), ..PAID };
            assert_eq!(state(&both, out), DeliveryState::Open, "what is made besides closes nothing");
        }
        assert_eq!(state([], PAID), DeliveryState::Making);
    }

    #[test]
    fn a_name_says_what_it_is_for() {
        assert_eq!(file_name("Night / Drive", MasterProfile::Cd), "Night Drive (CD master).wav");
        assert_eq!(file_name("", MasterProfile::Mp3), "Song (MP3 master).mp3");
        assert_eq!(one_line(" a\n\tb\u{0} "), "a b");
    }
}
