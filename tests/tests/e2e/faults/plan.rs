//! What fails, in which order and for how long: all of it follows from the seed.

use std::{fmt, time::Duration};

use crate::chance::Chance;

/// Something that fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    Database,
    StoreSlow,
    StoreCut,
    StoreClosed,
    StoreFull,
    Disk,
    ClockAhead,
    ClockBehind,
    MailLater,
    MailNever,
    Gateway,
    Death,
}

/// Each of them.
const ALL: [Fault; 12] = [
    Fault::Database,
    Fault::StoreSlow,
    Fault::StoreCut,
    Fault::StoreClosed,
    Fault::StoreFull,
    Fault::Disk,
    Fault::ClockAhead,
    Fault::ClockBehind,
    Fault::MailLater,
    Fault::MailNever,
    Fault::Gateway,
    Fault::Death,
];

/// How long a fault is in the short form; a database that is away is noticed by those who wait for it in vain.
const SHORT: Duration = Duration::from_secs(2);
const SHORT_DATABASE: Duration = Duration::from_secs(6);

/// How many seconds a fault lasts in the long form, at the least and at the most.
const LONG_S: [usize; 2] = [5, 60];

/// What the long form begins with, whatever its seed and however long it is: the database is gone for as long as anything ever is.
pub(super) const OPENING: (Fault, Duration) = (Fault::Database, Duration::from_secs(LONG_S[1] as u64));

impl Fault {
    /// Whether requests may be broken off by it, without an answer: of files, or of anything.
    pub(super) const fn breaks_off(self, is_file: bool) -> bool {
        match self {
            Self::Death => true,
            Self::StoreSlow | Self::StoreCut | Self::StoreClosed | Self::StoreFull => is_file,
            _ => false,
        }
    }

    /// Whether a mail may have gone out twice for it: the worker, or what it writes down in, was gone between sending and saying so, or the job was taken for
    /// lost.
    pub(super) const fn doubles_mail(self) -> bool {
        matches!(self, Self::Database | Self::Death | Self::ClockAhead | Self::ClockBehind)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Padded as whoever prints it says.
        f.pad(match self {
            Self::Database => "database gone",
            Self::StoreSlow => "store slow",
            Self::StoreCut => "store breaks off",
            Self::StoreClosed => "store gone",
            Self::StoreFull => "store full",
            Self::Disk => "disk full",
            Self::ClockAhead => "clock ahead",
            Self::ClockBehind => "clock behind",
            Self::MailLater => "mail refused for now",
            Self::MailNever => "mail refused for good",
            Self::Gateway => "gateway hangs",
            Self::Death => "process killed",
        })
    }
}

/// All faults once, in an order of their own, each with how long it lasts.
pub(super) fn plan(chance: &mut Chance, is_long: bool) -> Vec<(Fault, Duration)> {
    let mut faults = ALL;
    for last in (1..faults.len()).rev() {
        faults.swap(last, chance.below(last + 1));
    }
    let [least, most] = LONG_S;
    let mut lasts = |fault| match fault {
        _ if is_long => Duration::from_secs((least + chance.below(most - least + 1)) as u64),
        Fault::Database => SHORT_DATABASE,
        _ => SHORT,
    };
    faults.map(|fault| (fault, lasts(fault))).to_vec()
}

#[test]
fn a_seed_decides_what_fails_when_and_for_how_long() {
    let of = |seed, is_long| plan(&mut Chance::new(seed), is_long);
    assert_eq!(of(7, true), of(7, true));
    assert_ne!(of(7, true), of(8, true));
    assert_eq!(OPENING, (Fault::Database, Duration::from_mins(1)));
    for fault in ALL {
        for is_long in [false, true] {
            let times: Vec<_> = of(7, is_long).into_iter().filter(|(found, _)| *found == fault).collect();
            assert!(matches!(times[..], [(_, time)] if time >= SHORT && time <= Duration::from_mins(1)), "{times:?}");
        }
    }
}
