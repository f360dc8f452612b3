//! How an invoice stands: derived from what it comes to, what was credited of it, and the money that is kept for it.

use chrono::{Days, NaiveDate};

use crate::env::Instant;

/// What has become of an invoice, in minor units.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Standing {
    /// What it comes to.
    pub total_minor: i64,
    /// What was credited of it.
    pub credited_minor: i64,
    /// What was paid of it and is kept, what is disputed among it.
    pub kept_minor: i64,
    /// What of that the client's bank disputes now.
    pub disputed_minor: i64,
    /// What came by transfer beyond it, and is owed back.
    pub excess_minor: i64,
    /// What was paid of it and has gone again: given back, lost to the client's bank, sent back or taken back.
    pub gone_minor: i64,
}

/// Where an invoice stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum InvoiceState {
    /// Nothing of it is paid.
    Open,
    /// A part of it is.
    PartlyPaid,
    /// All of it is.
    Paid,
    /// The client's bank disputes what was paid.
    Disputed,
    /// All of it was credited.
    Credited,
}

impl Standing {
    /// What it comes to without what was credited.
    pub const fn due_minor(&self) -> i64 {
        self.total_minor.saturating_sub(self.credited_minor)
    }

    /// What is left to pay. What is disputed is neither asked for again nor paid: it comes back or is lost.
    pub const fn open_minor(&self) -> i64 {
        let open = self.due_minor().saturating_sub(self.kept_minor);
        if open > 0 { open } else { 0 }
    }

    /// What is to be given back: what is kept beyond what it comes to, and what came beyond it by transfer.
    pub const fn owed_back_minor(&self) -> i64 {
        let beyond = self.kept_minor.saturating_sub(self.due_minor());
        let beyond = if beyond > 0 { beyond } else { 0 };
        beyond.saturating_add(self.excess_minor)
    }

    /// Where it stands.
    pub const fn state(&self) -> InvoiceState {
        let (due, kept) = (self.due_minor(), self.kept_minor.saturating_sub(self.disputed_minor));
        if due <= 0 {
            InvoiceState::Credited
        } else if kept >= due {
            InvoiceState::Paid
        } else if self.disputed_minor > 0 {
            InvoiceState::Disputed
        } else if kept > 0 {
            InvoiceState::PartlyPaid
        } else {
            InvoiceState::Open
        }
    }

    /// Whether nothing is owed for it.
    pub const fn is_settled(&self) -> bool {
        matches!(self.state(), InvoiceState::Paid | InvoiceState::Credited)
    }

    /// Whether it is owed anew: something is left of it, for what was paid has gone, or is disputed.
    pub const fn is_reversed(&self) -> bool {
        !self.is_settled() && (self.gone_minor > 0 || self.disputed_minor > 0)
    }

    /// Whether something is left to pay of it, and the last day to do so is over.
    pub fn is_overdue(&self, due_on: NaiveDate, now: Instant) -> bool {
        self.open_minor() > 0 && now >= ends_at(due_on)
    }
}

/// When a day is over, by UTC.
pub fn ends_at(day: NaiveDate) -> Instant {
    starts_at(day.checked_add_days(Days::new(1)).unwrap_or(day))
}

/// When a day begins, by UTC.
pub fn starts_at(day: NaiveDate) -> Instant {
    day.and_time(chrono::NaiveTime::MIN).and_utc()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ISSUED: Standing = Standing {
        total_minor: 1_000,
        credited_minor: 0,
        kept_minor: 0,
        disputed_minor: 0,
        excess_minor: 0,
        gone_minor: 0,
    };

    fn of(standing: Standing) -> (InvoiceState, i64, i64) {
        (standing.state(), standing.open_minor(), standing.owed_back_minor())
    }

    #[test]
    fn it_follows_from_the_money_that_is_kept() {
        assert_eq!(of(ISSUED), (InvoiceState::Open, 1_000, 0));
        assert_eq!(of(Standing { kept_minor: 400, ..ISSUED }), (InvoiceState::PartlyPaid, 600, 0));
        assert_eq!(of(Standing { kept_minor: 1_000, ..ISSUED }), (InvoiceState::Paid, 0, 0));
        assert_eq!(of(Standing { kept_minor: 1_000, excess_minor: 50, ..ISSUED }), (InvoiceState::Paid, 0, 50));
    }

    #[test]
    fn what_is_credited_is_asked_for_no_more_and_what_was_paid_of_it_goes_back() {
        assert_eq!(of(Standing { credited_minor: 600, kept_minor: 400, ..ISSUED }), (InvoiceState::Paid, 0, 0));
        assert_eq!(of(Standing { credited_minor: 700, kept_minor: 400, ..ISSUED }), (InvoiceState::Paid, 0, 100));
        assert_eq!(of(Standing { credited_minor: 1_000, kept_minor: 400, ..ISSUED }), (InvoiceState::Credited, 0, 400));
    }

    #[test]
    fn what_is_disputed_is_neither_paid_nor_asked_for() {
        let disputed = Standing { kept_minor: 1_000, disputed_minor: 1_000, ..ISSUED };
        assert_eq!(of(disputed), (InvoiceState::Disputed, 0, 0));
        assert!(!disputed.is_settled());
        let in_part = Standing { kept_minor: 600, disputed_minor: 100, ..ISSUED };
        assert_eq!(of(in_part), (InvoiceState::Disputed, 400, 0));
    }

    #[test]
    fn what_has_gone_is_owed_anew_until_it_is_paid_again_or_credited() {
        let gone = Standing { gone_minor: 1_000, ..ISSUED };
        assert!(gone.is_reversed() && Standing { kept_minor: 400, ..gone }.is_reversed());
        assert!(Standing { kept_minor: 1_000, disputed_minor: 1, ..ISSUED }.is_reversed());
        for settled in [Standing { kept_minor: 1_000, ..gone }, Standing { credited_minor: 1_000, ..gone }] {
            assert!(!settled.is_reversed(), "{settled:?}");
        }
        assert!(!ISSUED.is_reversed(), "what was never paid has not gone");
    }

    #[test]
    fn a_day_is_over_at_its_end() {
        let day = NaiveDate::from_ymd_opt(2026, 12, 31).unwrap();
        let last = ends_at(day) - chrono::Duration::microseconds(1);
        assert_eq!(last.date_naive(), day);
        assert!(!ISSUED.is_overdue(day, last) && ISSUED.is_overdue(day, ends_at(day)));
        assert!(!Standing { kept_minor: 1_000, ..ISSUED }.is_overdue(day, ends_at(day)));
        assert_eq!(ends_at(NaiveDate::MAX), starts_at(NaiveDate::MAX), "nothing is later");
    }
}
