//! The rules of free downloads: what is consented to, in which words, how often an address asks, and for how long a link holds.

use chrono::Duration;

use crate::{catalog::entity::BeatState, identity::rules::Allowance};

/// Every wording that was ever consented to, by its version. One that has been shown is never changed: a new one is added.
pub const WORDINGS: [(&str, &str); 1] = [("2026-11-30", include_str!("wording/2026-11-30.txt"))];
const CURRENT: (&str, &str) = WORDINGS[WORDINGS.len() - 1];
/// The version of the wording that stands beside the form now.
pub const WORDING_VERSION: &str = CURRENT.0;
/// The wording itself.
pub const WORDING: &str = CURRENT.1;

/// The wording of a version.
pub fn wording(version: &str) -> Option<&'static str> {
    WORDINGS.iter().find(|(known, _)| *known == version).map(|(_, text)| *text)
}

/// For how long a link confirms, and downloads.
pub const LINK_LIFE: Duration = Duration::days(7);
/// Requests of one address, whichever the beat.
pub const REQUESTS_PER_ADDRESS: Allowance =
    Allowance { what: "free:address", attempts: 5, window: Duration::hours(24) };
/// Requests from one network address.
pub const REQUESTS_PER_IP: Allowance = Allowance { what: "free:ip", attempts: 30, window: Duration::hours(1) };

/// Whether a beat's preview can be downloaded: it is switched on, on the storefront, nobody has claimed its work exclusively, and there is a preview.
pub fn is_free(is_on: bool, state: BeatState, is_claimed: bool, has_preview: bool) -> bool {
    is_on && state == BeatState::Published && !is_claimed && has_preview
}

#[cfg(test)]
mod tests {
    use sea_orm::Iterable;

    use super::*;
    use crate::catalog::Sha256;

    #[test]
    fn a_wording_that_was_consented_to_is_never_changed() {
        let pinned = WORDINGS.map(|(version, text)| (version, Sha256::of(text.as_bytes()).to_string()));
        let expected = [("2026-11-30", "970189ed70db90c952f57c45b7cf26032525dc8efbfdceb0f5bbf666fff1a66b")];
        assert_eq!(pinned, expected.map(|(version, sha256)| (version, sha256.to_owned())));
        assert_eq!(wording(WORDING_VERSION), Some(WORDING));
        assert_eq!(wording("2026-11-29"), None);
    }

    #[test]
    fn a_sold_beat_is_free_no_more() {
        for state in BeatState::iter() {
            assert_eq!(is_free(true, state, false, true), state == BeatState::Published, "{state}");
            assert!(!is_free(true, state, true, true), "nor is one that is being bought exclusively");
            assert!(!is_free(false, state, false, true) && !is_free(true, state, false, false));
        }
    }
}
