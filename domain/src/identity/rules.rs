//! What identity decides, on plain values.

use std::{cmp::Reverse, collections::BTreeSet};

use chrono::Duration;
use passwords::analyzer::is_common_password;

use crate::{
    actor::{Role, Scope},
    email::EmailAddress,
    ids::UserId,
    visible::{has_visible, is_steering, undirected},
};

/// How long an access token is good.
pub const ACCESS_TOKEN_LIFE: Duration = Duration::minutes(15);
/// How long a refresh token is good.
pub const REFRESH_TOKEN_LIFE: Duration = Duration::days(30);
/// How long a sign-in lasts at most, however often it is renewed.
pub const SIGN_IN_LIFE: Duration = Duration::days(90);
/// How long it is remembered how somebody has come in: by a sign-in since it was last used, by a mailed link or an invitation since it has lapsed.
pub const WAYS_IN_KEPT: Duration = Duration::days(90);
/// How long an invitation is good.
pub const INVITATION_LIFE: Duration = Duration::days(7);
/// How long a link that verifies an address is good.
pub const VERIFY_LIFE: Duration = Duration::days(3);
/// How long a link that resets a password is good.
pub const RESET_LIFE: Duration = Duration::hours(1);

/// How long a sign-in counts as proved after it began, or after whoever it is of has given the password once more.
pub const PROOF_LIFE: Duration = Duration::minutes(10);

/// How long an answer to what was begun with a passkey is taken.
pub const CEREMONY_LIFE: Duration = Duration::minutes(5);
/// How many passkeys an account has at most.
pub const PASSKEYS_MAX: usize = 20;

/// What stands in the place of a closed account's password hash; nothing hashes to it.
pub const CLOSED_PASSWORD: &str = "none: this account is closed";

/// What every API key begins with, so that a leaked one is recognised.
pub const API_KEY_PREFIX: &str = "ll_";

/// Whose law governs a studio's contracts until it says otherwise; reads on after "the law of".
pub const DEFAULT_GOVERNING_LAW: &str = "the place where the licensor is established";

/// What is wrong with a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NameFault {
    /// Nothing of it can be seen.
    #[error("this cannot be empty")]
    Empty,
    /// More characters than are kept.
    #[error("this has {given} characters, and at most {max} are kept")]
    TooLong {
        /// How many it has.
        given: usize,
        /// How many are kept.
        max: usize,
    },
    /// Control characters, which would break a mail's header or a document, or such as turn the direction of writing.
    #[error("this contains a line break, or another character that is not seen and steers what is")]
    Control,
}

/// A name of 1 to `max` characters on one line, trimmed, of which something can be seen.
pub fn name(text: &str, max: usize) -> Result<String, NameFault> {
    let text = text.trim();
    let given = text.chars().count();
    if given > max {
        return Err(NameFault::TooLong { given, max });
    }
    if text.chars().any(is_steering) {
        return Err(NameFault::Control);
    }
    if has_visible(text) { Ok(text.to_owned()) } else { Err(NameFault::Empty) }
}

/// A text of up to `max` characters in which lines may break, trimmed, without what turns the direction of writing; none if nothing is left.
pub fn optional_text(text: Option<&str>, max: usize) -> Result<Option<String>, NameFault> {
    let text = text.map(undirected);
    let Some(text) = text.as_deref().map(str::trim).filter(|text| !text.is_empty()) else { return Ok(None) };
    let given = text.chars().count();
    if given > max {
        return Err(NameFault::TooLong { given, max });
    }
    if text.chars().any(|c| c.is_control() && c != '\n') {
        return Err(NameFault::Control);
    }
    Ok(Some(text.to_owned()))
}

/// What is wrong with a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordFault {
    /// Fewer than [`PASSWORD_MIN`] characters.
    #[error("a password has at least {PASSWORD_MIN} characters")]
    TooShort,
    /// More than [`PASSWORD_MAX`] characters.
    #[error("a password has at most {PASSWORD_MAX} characters")]
    TooLong,
    /// Of the address, the name, a studio's, or what this program is called, with digits or signs at the most.
    #[error("a password is more than your e-mail address or name, your studio's or ours, with digits or signs")]
    Obvious,
    /// One character over and over.
    #[error("a password is more than one character repeated")]
    Monotonous,
    /// One of those that whoever guesses tries first.
    #[error("this password is one of the most common ones, which are guessed first")]
    Common,
}

/// The shortest password, in characters.
pub const PASSWORD_MIN: usize = 10;
/// The longest password, in characters.
pub const PASSWORD_MAX: usize = 200;

/// Whether a password may be used by this person, in the studios of these names. Length counts, composition does not (NIST SP 800-63B, 5.1.1.2), and none of
/// those that everybody has. Writing one of them in capitals, or with blanks, makes none of it.
pub fn check_password(
    password: &str,
    email: &EmailAddress,
    name: &str,
    studios: &[String],
) -> Result<(), PasswordFault> {
    let length = password.chars().count();
    if length < PASSWORD_MIN {
        return Err(PasswordFault::TooShort);
    }
    if length > PASSWORD_MAX {
        return Err(PasswordFault::TooLong);
    }
    let folded = fold(password);
    let local = email.as_str().split('@').next().unwrap_or_default();
    let mut known = vec![email.as_str(), local, name, "ledger line", "ledgerline"];
    known.extend(studios.iter().map(String::as_str));
    if known.iter().any(|obvious| fold(obvious) == folded) || is_made_of(&folded, &known) {
        return Err(PasswordFault::Obvious);
    }
    let mut characters = password.chars();
    let first = characters.next();
    if characters.all(|c| Some(c) == first) {
        return Err(PasswordFault::Monotonous);
    }
    if is_common_password(password) || is_common_password(folded.as_str()) {
        return Err(PasswordFault::Common);
    }
    Ok(())
}

/// Whether a folded text says nothing but words of what is known, and beside them fewer digits and signs than a password has characters.
fn is_made_of(folded: &str, known: &[&str]) -> bool {
    let words = known.iter().flat_map(|text| text.split(|c: char| !c.is_alphabetic()));
    let mut words: Vec<String> = words.filter(|word| !word.is_empty()).map(str::to_lowercase).collect();
    words.sort_by_key(|word| Reverse(word.len()));
    // A blank in the place of each, or what stood around it would be read as one.
    let rest = words.iter().fold(folded.to_owned(), |rest, word| rest.replace(word.as_str(), " "));
    let left = rest.chars().filter(|c| *c != ' ').count();
    rest != folded && left < PASSWORD_MIN && !rest.contains(char::is_alphabetic)
}

fn fold(text: &str) -> String {
    text.to_lowercase().split_whitespace().collect()
}

/// Words that a studio's address may not be, for they are or may become the program's own.
const RESERVED_SLUGS: [&str; 24] = [
    "account",
    "admin",
    "api",
    "assets",
    "beats",
    "cart",
    "checkout",
    "download",
    "downloads",
    "graphql",
    "health",
    "help",
    "jobs",
    "mail",
    "metrics",
    "orders",
    "pay",
    "sandbox",
    "settings",
    "sign-in",
    "sign-up",
    "static",
    "studio",
    "www",
];

/// A studio's word in addresses, from its name: lower-case ASCII letters, digits and single hyphens, at most 40. A name without any becomes
/// `studio-…`; the suffix tells it from others.
pub fn slug(name: &str, suffix: Option<&str>) -> String {
    let mut slug = String::new();
    for c in name.chars().flat_map(char::to_lowercase) {
        if c.is_ascii_alphanumeric() {
            slug.push(c);
        } else if c != '\'' && c != '’' && !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
        if slug.len() == 40 {
            break;
        }
    }
    let mut slug = slug.trim_end_matches('-').to_owned();
    if slug.is_empty() {
        slug.push_str("studio");
    }
    match suffix {
        Some(suffix) => format!("{slug}-{suffix}"),
        None => slug,
    }
}

/// Whether a slug may be a studio's.
pub fn slug_is_free_to_use(slug: &str) -> bool {
    !RESERVED_SLUGS.contains(&slug)
}

/// Whether a studio keeps an owner if this member gets another role, or leaves (`None`).
pub fn keeps_an_owner(owners: &[UserId], member: UserId, new_role: Option<Role>) -> bool {
    new_role == Some(Role::Owner) || owners.iter().any(|owner| *owner != member)
}

/// How often something may be tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    /// The word under which tries are counted.
    pub what: &'static str,
    /// How many tries a window allows.
    pub attempts: i32,
    /// How long a window is; it begins with the first try.
    pub window: Duration,
}

/// Signing in to one address: guesses at one account.
pub const SIGN_IN_PER_ADDRESS: Allowance =
    Allowance { what: "sign_in:address", attempts: 10, window: Duration::minutes(15) };
/// Signing in from one network address: guesses at many accounts.
pub const SIGN_IN_PER_IP: Allowance = Allowance { what: "sign_in:ip", attempts: 60, window: Duration::minutes(15) };
/// Giving one's password, or a code, once more while signed in: guesses at an open browser.
pub const PROOF_PER_ACCOUNT: Allowance =
    Allowance { what: "proof:account", attempts: 10, window: Duration::minutes(15) };
/// Beginning to use a passkey once more while signed in. Who gives up has not guessed, so that it takes nothing from the tries of a password.
pub const PASSKEY_PROOF_PER_ACCOUNT: Allowance =
    Allowance { what: "proof:passkey", attempts: 10, window: Duration::minutes(15) };
/// Signing up from one network address.
pub const SIGN_UP_PER_IP: Allowance = Allowance { what: "sign_up:ip", attempts: 30, window: Duration::hours(1) };
/// Asking for mails from one network address.
pub const MAIL_PER_IP: Allowance = Allowance { what: "mail:ip", attempts: 30, window: Duration::hours(1) };
/// Mails to one account that anybody can cause; beyond it none is sent, and nobody is told.
pub const MAIL_PER_ADDRESS: Allowance = Allowance { what: "mail:address", attempts: 5, window: Duration::hours(1) };

/// The scopes that were asked for, each once; none if there are none.
pub fn scopes(asked: impl IntoIterator<Item = Scope>) -> Option<BTreeSet<Scope>> {
    let scopes: BTreeSet<Scope> = asked.into_iter().collect();
    (!scopes.is_empty()).then_some(scopes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use sea_orm::prelude::Uuid;

    use super::*;

    fn check(password: &str) -> Result<(), PasswordFault> {
        let studios = ["Tin Roof & Sons".to_owned(), "北の音楽スタジオ".to_owned()];
        check_password(password, &"ada.lovelace@example.com".parse().unwrap(), "Ada King Lovelace", &studios)
    }

    #[test]
    fn a_password_is_long_and_not_obvious() {
        assert_eq!(check("correct horse"), Ok(()));
        assert_eq!(check("123456789"), Err(PasswordFault::TooShort));
        assert_eq!(check(&"añ".repeat(101)), Err(PasswordFault::TooLong));
        assert_eq!(check(&"añ".repeat(100)), Ok(()));
        assert_eq!(check("Ada.Lovelace@Example.com"), Err(PasswordFault::Obvious));
        assert_eq!(check("ADA.LOVELACE"), Err(PasswordFault::Obvious));
        assert_eq!(check("adakinglovelace"), Err(PasswordFault::Obvious));
        assert_eq!(check("Ledger Line"), Err(PasswordFault::Obvious));
        assert_eq!(check("aaaaaaaaaaaa"), Err(PasswordFault::Monotonous));
        for made in [
            "lovelace1815",
            "ada.lovelace!!",
            "2024-AdaLovelace",
            "Ledgerline2024",
            "example.com.ada",
            "ada ada ada ada",
            "Tin Roof & Sons",
            "tinroof2026",
            "Ada@Tin-Roof",
            "北の音楽スタジオ2026",
        ] {
            assert_eq!(check(made), Err(PasswordFault::Obvious), "{made}");
        }
        for own in ["ada plays the engine", "rain on a tin roof", "ada 84620175936", "84620175936", "4620-1759-36"] {
            assert_eq!(check(own), Ok(()), "{own}");
        }
    }

    #[test]
    fn a_password_that_many_have_is_none() {
        for common in
            ["1234567890", "qwertyuiop", "password123", "Password 123", "BASKETBALL", "q1w2e3r4t5", "1qaz2wsx3edc"]
        {
            assert_eq!(check(common), Err(PasswordFault::Common), "{common}");
        }
        for own in ["basketball in the rain", "password of mine", "correct horse battery"] {
            assert_eq!(check(own), Ok(()), "{own}");
        }
    }

    #[test]
    fn a_name_has_something_to_be_seen() {
        for unseen in ["", "  ", "\u{200b}", " \u{200b}\u{2060}\u{feff} "] {
            assert_eq!(name(unseen, 200), Err(NameFault::Empty), "{unseen:?}");
        }
        for steered in ["a\u{0}b", "a\u{9b}b", "\u{202e}adA", "Ada\u{2066}", "\u{202e}\u{200d}"] {
            assert_eq!(name(steered, 200), Err(NameFault::Control), "{steered:?}");
        }
        assert_eq!(optional_text(Some(" so\n\u{202e}it is\u{2069} "), 200), Ok(Some("so\nit is".to_owned())));
        assert_eq!(optional_text(Some("\u{2066}\u{2069}"), 200), Ok(None));
        assert_eq!(optional_text(Some("a\u{1b}b"), 200), Err(NameFault::Control));
        assert_eq!(name(" \u{200b}Ada ", 200).as_deref(), Ok("\u{200b}Ada"));
        assert_eq!(name("Adam", 3), Err(NameFault::TooLong { given: 4, max: 3 }));
    }

    #[test]
    fn slugs_are_plain() {
        assert_eq!(slug("Ada’s Beats & Co.", None), "adas-beats-co");
        assert_eq!(slug("Студия", None), "studio");
        assert_eq!(slug("北", Some("1f")), "studio-1f");
        assert!(!slug_is_free_to_use(&slug("Студия", None)));
        assert!(!slug_is_free_to_use("graphql"));
    }

    #[test]
    fn the_last_owner_cannot_go() {
        let (a, b) = (UserId(Uuid::from_u128(1)), UserId(Uuid::from_u128(2)));
        assert!(!keeps_an_owner(&[a], a, None));
        assert!(!keeps_an_owner(&[a], a, Some(Role::Manager)));
        assert!(keeps_an_owner(&[a], a, Some(Role::Owner)));
        assert!(keeps_an_owner(&[a, b], a, None));
        assert!(keeps_an_owner(&[a], b, None));
    }

    proptest! {
        #[test]
        fn a_slug_is_always_an_address_word(text in "\\PC{0,80}") {
            let slug = slug(&text, None);
            prop_assert!((1..=60).contains(&slug.len()));
            prop_assert!(slug.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'));
            prop_assert!(!slug.starts_with('-') && !slug.ends_with('-') && !slug.contains("--"));
        }

        #[test]
        fn a_name_that_passes_stands_on_one_line(text in any::<String>()) {
            if let Ok(name) = name(&text, 200) {
                prop_assert!(!name.is_empty() && name.chars().count() <= 200 && !name.chars().any(is_steering));
                let breaks = ['\n', '\r', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}'];
                prop_assert!(!name.contains(breaks));
            }
        }
    }
}
