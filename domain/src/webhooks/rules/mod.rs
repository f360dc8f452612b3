//! What webhooks may be, and when what failed is sent again.

pub mod signature;

use std::collections::BTreeSet;

use chrono::Duration;
use url::Url;

use super::entity::{EventKind, delivery};
use crate::{env::Instant, reach::names_this_machine};

/// How many webhooks a studio has at the most.
pub const MAX_WEBHOOKS: u64 = 10;

/// The longest address, in characters.
pub const MAX_URL_CHARS: usize = 2_000;

/// For how many hours messages are signed with the secret before as well, once there is another.
pub const BOTH_SECRETS_HOURS: i64 = 24;

/// After how many days in which nothing has arrived a webhook is turned off.
pub const MAX_FAILING_DAYS: i64 = 5;

/// For how many days deliveries that are settled are kept.
pub const KEPT_DAYS: i64 = 30;

/// How much of an answer is kept, in characters.
pub const MAX_ANSWER_CHARS: usize = 1_000;

/// How long is waited after each attempt that failed, in seconds: three days and three hours in all, as Standard Webhooks suggests it.
const WAITS_S: [i64; 9] = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];

/// Why events cannot be sent to an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AddressFault {
    /// It is no address of a page.
    #[error("this is not an address, such as https://hooks.example.com/ledgerline")]
    Form,
    /// What is sent there could be read on its way.
    #[error("events are sent by https alone")]
    Unencrypted,
    /// It holds a name and a password.
    #[error("an address does not hold a name and a password: what is sent is signed")]
    Credentials,
    /// It leads to this machine, into the network that it stands in, or to nobody.
    #[error("this address does not lead to a public machine")]
    NotPublic,
    /// It is too long.
    #[error("an address has {MAX_URL_CHARS} characters at the most")]
    TooLong,
}

/// An address as typed in the form that it is kept in. Unencrypted is sent only on one machine: to itself, and by an installation that is reached there alone.
pub fn address(text: &str, public_url: &str) -> Result<String, AddressFault> {
    let mut url = Url::parse(text.trim()).map_err(|_| AddressFault::Form)?;
    match url.scheme() {
        "https" => {}
        "http" if names_this_machine(&url) && Url::parse(public_url).is_ok_and(|own| names_this_machine(&own)) => {}
        "http" => return Err(AddressFault::Unencrypted),
        _ => return Err(AddressFault::Form),
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(AddressFault::Credentials);
    }
    url.set_fragment(None);
    if url.as_str().chars().count() > MAX_URL_CHARS { Err(AddressFault::TooLong) } else { Ok(url.into()) }
}

/// The kinds that were asked for, each once; none if there are none. Tests are sent anyway.
pub fn kinds(asked: impl IntoIterator<Item = EventKind>) -> Option<BTreeSet<EventKind>> {
    let kinds: BTreeSet<EventKind> = asked.into_iter().filter(|kind| *kind != EventKind::Test).collect();
    (!kinds.is_empty()).then_some(kinds)
}

/// Whether an answer says that the message was taken. One that leads elsewhere does not: nobody follows it.
pub const fn is_taken(status: u16) -> bool {
    matches!(status, 200..=299)
}

/// How long is waited after so many attempts (from 1) have failed; none if that was the last. Who tries a webhook waits for the answer, not for another attempt.
pub fn wait_after(kind: EventKind, tries: i32) -> Option<Duration> {
    if kind == EventKind::Test {
        return None;
    }
    let failed = usize::try_from(tries).ok()?.checked_sub(1)?;
    WAITS_S.get(failed).copied().map(Duration::seconds)
}

/// The longest that is waited for the next attempt.
pub fn longest_wait() -> Duration {
    WAITS_S.iter().copied().max().map_or_else(Duration::zero, Duration::seconds)
}

/// Whether a delivery is due: by its time; at once, if it was not tried yet; and if it would be waited for longer than ever is, for then the clock was set back.
pub fn is_due(row: &delivery::Model, now: Instant) -> bool {
    row.due_at.is_some_and(|due| row.tries == 0 || due <= now || due > now + longest_wait())
}

/// How an answer begins, as people read it.
pub fn beginning(answer: &[u8]) -> String {
    let legible = |letter: &char| !letter.is_control() || matches!(letter, '\n' | '\t');
    String::from_utf8_lossy(answer).chars().filter(legible).take(MAX_ANSWER_CHARS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_encrypted_or_on_the_machine_itself() {
        const PLATFORM: &str = "https://ledgerline.example";
        const LAPTOP: &str = "http://127.0.0.1:8080";
        for (typed, public_url, kept) in [
            (" https://Hooks.Example.com/in ", PLATFORM, Ok("https://hooks.example.com/in")),
            ("https://hooks.example.com:8443/in?of=a#b", PLATFORM, Ok("https://hooks.example.com:8443/in?of=a")),
            ("https://hooks.example.com:443", PLATFORM, Ok("https://hooks.example.com/")),
            ("http://127.0.0.1:9000/in", LAPTOP, Ok("http://127.0.0.1:9000/in")),
            ("http://localhost:9000/in", LAPTOP, Ok("http://localhost:9000/in")),
            ("http://[::1]:9000/in", "http://localhost:8080", Ok("http://[::1]:9000/in")),
            ("http://127.0.0.1:9000/in", PLATFORM, Err(AddressFault::Unencrypted)),
            ("http://hooks.example.com/in", LAPTOP, Err(AddressFault::Unencrypted)),
            ("http://192.168.1.7/in", LAPTOP, Err(AddressFault::Unencrypted)),
            ("http://localhost.example.com/in", LAPTOP, Err(AddressFault::Unencrypted)),
            ("https://ada:secret@hooks.example.com/", PLATFORM, Err(AddressFault::Credentials)),
            ("https://ada@hooks.example.com/", PLATFORM, Err(AddressFault::Credentials)),
            ("hooks.example.com/in", PLATFORM, Err(AddressFault::Form)),
            ("ftp://hooks.example.com/in", PLATFORM, Err(AddressFault::Form)),
            ("file:///etc/passwd", PLATFORM, Err(AddressFault::Form)),
            ("https://", PLATFORM, Err(AddressFault::Form)),
            ("", PLATFORM, Err(AddressFault::Form)),
        ] {
            assert_eq!(address(typed, public_url), kept.map(str::to_owned), "{typed}");
        }
        let long = format!("https://hooks.example.com/{}", "a".repeat(MAX_URL_CHARS));
        assert_eq!(address(&long, PLATFORM), Err(AddressFault::TooLong));
    }

    #[test]
    fn what_fails_is_sent_again_for_about_three_days() {
        let waits: Vec<Duration> = (1..).map_while(|tries| wait_after(EventKind::OrderPaid, tries)).collect();
        let whole: Duration = waits.iter().sum();
        assert_eq!((waits.len(), whole.num_hours()), (9, 75));
        assert!(waits.is_sorted());
        assert_eq!(wait_after(EventKind::OrderPaid, i32::MAX), None);
        assert_eq!(wait_after(EventKind::Test, 1), None);
    }

    #[test]
    fn only_two_hundreds_are_taken() {
        let taken: Vec<u16> = (100..600).filter(|status| is_taken(*status)).collect();
        assert_eq!((taken.first(), taken.last(), taken.len()), (Some(&200), Some(&299), 100));
    }

    #[test]
    fn nobody_asks_for_nothing_or_for_tests_alone() {
        assert_eq!(kinds([]), None);
        assert_eq!(kinds([EventKind::Test]), None);
        let asked = [EventKind::OrderPaid, EventKind::Test, EventKind::OrderPaid];
        assert_eq!(kinds(asked), Some([EventKind::OrderPaid].into()));
    }

    #[test]
    fn an_answer_is_kept_as_far_as_it_can_be_read() {
        assert_eq!(beginning(b"a\0b\r\n\x1b[31mc\xff"), "ab\n[31mc\u{fffd}");
        assert_eq!(beginning("ä".repeat(4_096).as_bytes()).chars().count(), MAX_ANSWER_CHARS);
    }
}
