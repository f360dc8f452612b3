//! The rules of first refusal: whether somebody waits, and until when.

use chrono::Duration;

use crate::{env::Instant, identity::rules::Allowance, licensing::terms::Terms, money::Money};

/// How long leaseholders can buy first, in hours.
pub const HOURS: i64 = 48;
/// For how long a window that is over lets others buy at its price or above, in days; then leaseholders are asked anew.
pub const HOLDS_DAYS: i64 = 30;
/// Windows that strangers at one network address begin.
pub const WINDOWS_PER_IP: Allowance = Allowance { what: "first_refusal:ip", attempts: 5, window: Duration::hours(24) };
/// Windows of one work that strangers begin in one currency: its leaseholders are mailed about each.
pub const WINDOWS_PER_WORK: Allowance =
    Allowance { what: "first_refusal:work", attempts: 3, window: Duration::hours(24) };

/// A window as its rule sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window<'a> {
    /// The price at which leaseholders could buy.
    pub price: Money,
    /// The terms on which they could.
    pub terms: &'a Terms,
    /// When it ends.
    pub ends_at: Instant,
}

impl Window<'_> {
    /// Whether leaseholders were asked no more than a price, and on the same terms: who has let that pass lets this pass.
    fn covers(&self, price: Money, terms: &Terms) -> bool {
        self.price.currency == price.currency && self.price.minor <= price.minor && self.terms == terms
    }
}

/// Whether a lease that was held since an instant proves by another that its holder is no stranger: who is told to wait cannot buy a lease, upgrade it, and so
/// come first all the same.
pub fn is_proven(since: Instant, by: Instant) -> bool {
    since + Duration::hours(HOURS) <= by
}

/// Whether somebody may order an exclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// They may.
    Free,
    /// Leaseholders can buy first until then.
    Wait {
        /// Until when.
        until: Instant,
    },
    /// Leaseholders are to be asked first.
    Begin,
}

/// Decides whether somebody who proves no lease may order an exclusive at a price and on terms, given a work's windows. A price below that of a window, or
/// other terms, is a new chance for the leaseholders. What costs nothing is not bought, and waits for nobody.
pub fn decide(windows: &[Window<'_>], price: Money, terms: &Terms, has_holders: bool, now: Instant) -> Decision {
    if price.minor == 0 || !terms.is_exclusive() {
        return Decision::Free;
    }
    let (over, open): (Vec<&Window<'_>>, Vec<&Window<'_>>) =
        windows.iter().filter(|window| window.covers(price, terms)).partition(|window| window.ends_at <= now);
    if over.iter().any(|window| now < window.ends_at + Duration::days(HOLDS_DAYS)) {
        return Decision::Free;
    }
    match open.iter().map(|window| window.ends_at).min() {
        Some(until) => Decision::Wait { until },
        None if has_holders => Decision::Begin,
        None => Decision::Free,
    }
}

/// When a window ends that begins now.
pub fn ends_at(now: Instant) -> Instant {
    now + Duration::hours(HOURS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        env::testing,
        licensing::{rules::default_tiers, terms::TierCode},
        money::Currency,
    };

    fn terms(code: TierCode) -> Terms {
        default_tiers(Currency::EUR, "Nova").into_iter().find(|tier| tier.terms.tier == code).unwrap().terms
    }

    fn eur(minor: i64) -> Money {
        Money::new(minor, Currency::EUR)
    }

    #[test]
    fn leaseholders_come_first_for_48_hours_and_then_anybody() {
        let (env, clock) = testing::env(1);
        let exclusive = terms(TierCode::Exclusive);
        let ask = |windows: &[Window<'_>]| decide(windows, eur(90_000), &exclusive, true, env.now());
        assert_eq!(ask(&[]), Decision::Begin);
        assert_eq!(decide(&[], eur(90_000), &exclusive, false, env.now()), Decision::Free, "there is nobody to ask");
        let window = Window { price: eur(90_000), terms: &exclusive, ends_at: ends_at(env.now()) };
        let until = window.ends_at;
        assert_eq!(ask(&[window]), Decision::Wait { until });
        clock.advance(Duration::hours(HOURS) - Duration::microseconds(1));
        assert_eq!(ask(&[window]), Decision::Wait { until });
        clock.advance(Duration::microseconds(1));
        assert_eq!(ask(&[window]), Decision::Free);
        clock.advance(Duration::days(HOLDS_DAYS) - Duration::microseconds(1));
        assert_eq!(ask(&[window]), Decision::Free);
        clock.advance(Duration::microseconds(1));
        assert_eq!(ask(&[window]), Decision::Begin, "it was long ago");
    }

    #[test]
    fn a_lease_proves_something_once_it_is_two_days_old() {
        let (env, _) = testing::env(1);
        let by = env.now();
        assert!(is_proven(by - Duration::hours(HOURS), by));
        assert!(!is_proven(by - Duration::hours(HOURS) + Duration::microseconds(1), by) && !is_proven(by, by));
    }

    #[test]
    fn a_better_deal_is_a_new_chance() {
        let (env, _) = testing::env(1);
        let exclusive = terms(TierCode::Exclusive);
        let over = Window { price: eur(90_000), terms: &exclusive, ends_at: env.now() };
        let ask = |price, terms: &Terms| decide(&[over], price, terms, true, env.now());
        assert_eq!(ask(eur(90_000), &exclusive), Decision::Free);
        assert_eq!(ask(eur(95_000), &exclusive), Decision::Free);
        assert_eq!(ask(eur(89_999), &exclusive), Decision::Begin);
        assert_eq!(ask(Money::new(90_000, Currency::USD), &exclusive), Decision::Begin);
        let milder = Terms { credit_line: "none".to_owned(), ..exclusive.clone() };
        assert_eq!(ask(eur(90_000), &milder), Decision::Begin);
        assert_eq!(ask(eur(0), &exclusive), Decision::Free, "a gift is not bought");
        assert_eq!(ask(eur(3_000), &terms(TierCode::Mp3)), Decision::Free, "a lease is nobody's to refuse");
        // What leaseholders have let pass once is not held up by what they are asked about besides.
        let open = Window { price: eur(80_000), terms: &exclusive, ends_at: ends_at(env.now()) };
        let both = [over, open];
        assert_eq!(decide(&both, eur(90_000), &exclusive, true, env.now()), Decision::Free);
        assert_eq!(
            decide(&both, eur(85_000), &exclusive, true, env.now()),
            Decision::Wait { until: open.ends_at },
            "nor may anybody undercut it"
        );
    }
}
