//! How messages travel: a pure function of a seed, the message's number and the attempt's, so that a storm can be repeated.

use chrono::Duration;

/// Of a thousand messages so many are never sent: only the gateway's list knows of them.
const DROPPED: u64 = 80;

/// So many are held for up to [`HELD_MIN`] before they are first sent.
const HELD: u64 = 200;
const HELD_MIN: u64 = 3 * 24 * 60;

/// So many wait until those right behind them have overtaken them.
const OVERTAKEN: u64 = 300;
const OVERTAKEN_MIN: u64 = 6 * 60;

/// Of a thousand messages that were taken so many are sent again, within [`AGAIN_MIN`], at most [`REPEATS`] times.
const AGAIN: u64 = 800;
const AGAIN_MIN: u64 = 12 * 60;
const REPEATS: u64 = 6;

/// A storm.
pub(super) struct Weather {
    /// Everything follows from it.
    pub(super) seed: u64,
}

/// What a draw is for: each has a stream of its own.
#[derive(Clone, Copy)]
enum Draw {
    Drop,
    Hold,
    HoldFor,
    Overtake,
    OvertakeFor,
    Again,
    AgainAfter,
}

impl Weather {
    /// After how long a message is first sent; none if it never is.
    pub(super) fn first(&self, number: u64) -> Option<Duration> {
        if self.happens(DROPPED, Draw::Drop, number, 0) {
            None
        } else if self.happens(HELD, Draw::Hold, number, 0) {
            Some(self.within(HELD_MIN, Draw::HoldFor, number, 0))
        } else if self.happens(OVERTAKEN, Draw::Overtake, number, 0) {
            Some(self.within(OVERTAKEN_MIN, Draw::OvertakeFor, number, 0))
        } else {
            Some(Duration::zero())
        }
    }

    /// After how long a message that was sent so many times before is sent once more; none if it is not.
    pub(super) fn again(&self, number: u64, sent: u64) -> Option<Duration> {
        let is_sent = sent < REPEATS && self.happens(AGAIN, Draw::Again, number, sent);
        is_sent.then(|| self.within(AGAIN_MIN, Draw::AgainAfter, number, sent))
    }

    fn happens(&self, permille: u64, draw: Draw, number: u64, sent: u64) -> bool {
        self.drawn(draw, number, sent) % 1_000 < permille
    }

    fn within(&self, minutes: u64, draw: Draw, number: u64, sent: u64) -> Duration {
        let minutes = 1 + self.drawn(draw, number, sent) % minutes;
        Duration::minutes(i64::try_from(minutes).unwrap())
    }

    /// `SplitMix64` over all that it depends on.
    fn drawn(&self, draw: Draw, number: u64, sent: u64) -> u64 {
        [draw as u64, number, sent].into_iter().fold(self.seed, |state, word| {
            let mut z = (state ^ word).wrapping_add(0x9e37_79b9_7f4a_7c15);
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            z ^ (z >> 31)
        })
    }
}
