//! Decisions of delivery: which files are owed, what they are called, who may fetch them and how long a link holds.

use chrono::Duration;

use super::{entity::DeliverableKind, error::DeliveryError};
use crate::{env::Instant, licensing::terms::Files, sales::rules::money_back::Entitlement, visible::is_steering};

/// How long one download link holds. The order page makes fresh ones for as long as the order stands.
pub const DOWNLOAD_LINK_DAYS: i64 = 7;

/// The longest part of a file name that a title may take, in characters.
const TITLE_CHARS: usize = 80;

/// When a download link that is made now expires.
pub fn download_link_expiry(now: Instant) -> Instant {
    now + Duration::days(DOWNLOAD_LINK_DAYS)
}

/// The path of a file's download: the token opens it, the name is for people and for `wget`.
pub fn download_path(token: &str, file_name: &str) -> String {
    format!("/d/{token}/{}", escaped(file_name))
}

/// A file's name as the last part of a path.
pub fn escaped(file_name: &str) -> String {
    use std::fmt::Write as _;
    let mut part = String::new();
    for byte in file_name.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            part.push(char::from(byte));
        } else {
            write!(part, "%{byte:02X}").expect("a string takes any text");
        }
    }
    part
}

/// The files owed under a licence's terms: the contract always.
pub fn owed(files: Files) -> Vec<DeliverableKind> {
    let wanted = [
        (true, DeliverableKind::Contract),
        (files.mp3, DeliverableKind::Mp3),
        (files.wav, DeliverableKind::Wav),
        (files.stems, DeliverableKind::Stems),
    ];
    wanted.into_iter().filter(|(is_owed, _)| *is_owed).map(|(_, kind)| kind).collect()
}

/// Whether the files of an order may be fetched by whoever is entitled so.
pub fn access(entitlement: Entitlement) -> Result<(), DeliveryError> {
    match entitlement {
        Entitlement::Stands => Ok(()),
        Entitlement::Unpaid => Err(DeliveryError::Unpaid),
        Entitlement::Suspended => Err(DeliveryError::Suspended),
        Entitlement::Revoked => Err(DeliveryError::Revoked),
    }
}

/// A file's name, such as `Night Drive (WAV lease) LL-7K3M9Q2X-1.wav`.
pub fn file_name(kind: DeliverableKind, title: &str, tier_name: &str, reference: &str) -> String {
    let (title, tier) = (file_name_part(title, "Beat"), file_name_part(tier_name, "Licence"));
    let ending = match kind {
        DeliverableKind::Contract => " contract.pdf",
        DeliverableKind::Mp3 => ".mp3",
        DeliverableKind::Wav => ".wav",
        DeliverableKind::Stems => " stems.zip",
    };
    format!("{title} ({tier}) {reference}{ending}")
}

/// A stem's name inside the archive, such as `01 Drums.wav`: unique by its place, counted from 0.
pub fn stem_entry_name(position: i32, name: &str, stored_as: &str) -> String {
    format!("{:02} {}", position.saturating_add(1), stem_file_name(name, stored_as))
}

/// A stem's name as a file, such as `Drums.wav`, with the ending that it was stored with.
pub fn stem_file_name(name: &str, stored_as: &str) -> String {
    let ending: String = match stored_as.rsplit_once('.') {
        Some((_, ending)) if (1..=5).contains(&ending.len()) && ending.bytes().all(|b| b.is_ascii_alphanumeric()) => {
            ending.to_ascii_lowercase()
        }
        _ => "wav".to_owned(),
    };
    format!("{}.{ending}", file_name_part(name, "Stem"))
}

/// A text made fit for a file name on every system: no separators, control or direction characters, no dots or spaces at its ends.
pub fn file_name_part(text: &str, fallback: &str) -> String {
    let plain: String = text
        .chars()
        .map(|c| if c.is_control() || r#"/\:*?"<>|"#.contains(c) { ' ' } else { c })
        .filter(|c| !is_invisible(*c))
        .collect();
    let words = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    let short: String = words.chars().take(TITLE_CHARS).collect();
    let trimmed = short.trim_matches(|c: char| c == '.' || c.is_whitespace());
    if trimmed.is_empty() { fallback.to_owned() } else { trimmed.to_owned() }
}

/// Characters that show nothing and can make a name read as another: zero widths, direction marks and overrides, byte order marks.
fn is_invisible(c: char) -> bool {
    is_steering(c) || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2065}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_name_says_what_is_inside() {
        let name = |kind| file_name(kind, "Night Drive", "WAV lease", "LL-7K3M9Q2X-1");
        assert_eq!(name(DeliverableKind::Wav), "Night Drive (WAV lease) LL-7K3M9Q2X-1.wav");
        assert_eq!(name(DeliverableKind::Contract), "Night Drive (WAV lease) LL-7K3M9Q2X-1 contract.pdf");
        assert_eq!(name(DeliverableKind::Stems), "Night Drive (WAV lease) LL-7K3M9Q2X-1 stems.zip");
    }

    #[test]
    fn a_title_cannot_leave_its_folder_or_lie_about_its_kind() {
        assert_eq!(file_name_part("../../etc/passwd", "Beat"), "etc passwd");
        assert_eq!(file_name_part("evil\u{202e}gpj.exe", "Beat"), "evilgpj.exe");
        assert_eq!(file_name_part(" . ", "Beat"), "Beat");
        assert_eq!(stem_entry_name(0, "Drums / Kick", "whatever.WAV"), "01 Drums Kick.wav");
        assert_eq!(stem_entry_name(11, "Pad", "no ending"), "12 Pad.wav");
    }

    #[test]
    fn a_path_holds_any_name() {
        assert_eq!(download_path("t.1", "Night Drive (é).wav"), "/d/t.1/Night%20Drive%20%28%C3%A9%29.wav");
    }

    #[test]
    fn files_open_exactly_while_the_licence_stands() {
        assert!(access(Entitlement::Stands).is_ok());
        assert!(matches!(access(Entitlement::Unpaid), Err(DeliveryError::Unpaid)));
        assert!(matches!(access(Entitlement::Suspended), Err(DeliveryError::Suspended)));
        assert!(matches!(access(Entitlement::Revoked), Err(DeliveryError::Revoked)));
    }

    proptest! {
        #[test]
        fn any_title_makes_a_name_that_every_system_takes(title in any::<String>(), tier in any::<String>()) {
            let name = file_name(DeliverableKind::Mp3, &title, &tier, "LL-7K3M9Q2X-1");
            let forbidden = r#"/\:*?"<>|"#;
            prop_assert!(!name.chars().any(|c| c.is_control() || forbidden.contains(c)));
            prop_assert!(name.ends_with(") LL-7K3M9Q2X-1.mp3"));
            prop_assert!(!name.starts_with(['.', ' ']));
            prop_assert!(name.chars().count() < 200);
        }
    }
}
