//! What registrations hold to, as plain decisions: how codes are made, how names are told apart, and which society is meant by a name.

use interchange::{fault::Fault, identifiers::Isrc};
use sea_orm::prelude::Uuid;

/// The last number of a year.
pub const MAX_NUMBER: i32 = 99_999;
/// How many characters an identifier of a party has in a file of registrations.
const PARTY_CHARS: usize = 9;

/// CISAC's numbers of societies, by the names that parties give them.
const SOCIETIES: [(&str, u16); 42] = [
    ("ACUM", 1),
    ("AKM", 5),
    ("APRA", 8),
    ("APRA AMCOS", 8),
    ("ARTISJUS", 9),
    ("ASCAP", 10),
    ("AMCOS", 12),
    ("AMRA", 17),
    ("BMI", 21),
    ("BUMA", 23),
    ("BUMA/STEMRA", 23),
    ("CASH", 26),
    ("HFA", 34),
    ("GEMA", 35),
    ("IPRS", 36),
    ("JASRAC", 38),
    ("KODA", 40),
    ("MCPS", 44),
    ("NCB", 48),
    ("OSA", 50),
    ("PRS", 52),
    ("PRS FOR MUSIC", 52),
    ("SABAM", 55),
    ("SACEM", 58),
    ("SACM", 59),
    ("SADAIC", 61),
    ("SAMRO", 63),
    ("SPA", 69),
    ("SESAC", 71),
    ("SGAE", 72),
    ("SIAE", 74),
    ("STEF", 77),
    ("STIM", 79),
    ("SUISA", 80),
    ("TEOSTO", 89),
    ("TONO", 90),
    ("UBC", 93),
    ("ZAIKS", 97),
    ("SOCAN", 101),
    ("KOMCA", 118),
    ("IMRO", 128),
    ("GMR", 778),
];

/// The society that is meant by a name in either case, or by its number.
pub fn society(name: &str) -> Option<u16> {
    let name = name.trim().to_uppercase();
    let known = SOCIETIES.iter().find(|(known, _)| *known == name).map(|(_, number)| *number);
    known.or_else(|| name.parse().ok().filter(|number| (1..1000).contains(number)))
}

/// The steps of a path such as `tracks[0].title`.
pub fn steps(path: &str) -> Vec<&str> {
    path.split(['.', '[', ']']).filter(|step| !step.is_empty()).collect()
}

/// A code of a prefix and a year, of which the last two digits count.
pub fn isrc(prefix: &str, year: i32, number: i32) -> String {
    format!("{prefix}{:02}{number:05}", year % 100)
}

/// A code as it is printed.
pub fn printed(isrc: &str) -> String {
    isrc.parse::<Isrc>().map_or_else(|_| isrc.to_owned(), |isrc| isrc.printed())
}

/// The five characters that codes begin with: two letters, and three letters or digits.
pub fn prefix(text: &str) -> Result<String, Fault> {
    let plain: String = text.chars().filter(|c| !c.is_whitespace() && *c != '-').collect::<String>().to_uppercase();
    // What makes a code of the right form with two digits and five more is a prefix.
    match format!("{plain}0000000").parse::<Isrc>() {
        Ok(code) if plain.len() == 5 && code.as_str().starts_with(&plain) => Ok(plain),
        _ => Err(Fault {
            field: "isrcPrefix".to_owned(),
            problem: "a prefix has two letters, and three letters or digits".to_owned(),
            remedy: "enter it as the ISRC agency has given it, such as AA6Q7".to_owned(),
        }),
    }
}

/// Family name and given names: of `King, Ada` what stands before the comma, else the last word.
pub fn names(name: &str) -> (String, String) {
    let name = name.trim();
    let (last, first) = match name.split_once(',') {
        Some((last, first)) => (last, first),
        None => name.rsplit_once(char::is_whitespace).map_or((name, ""), |(first, last)| (last, first)),
    };
    (last.trim().to_owned(), first.trim().to_owned())
}

/// The identifier of something in a file of registrations: digits and capital letters, the same each time.
pub fn party_number(id: Uuid) -> String {
    // The end of an id of this version is random.
    let mut rest = id.as_u64_pair().1;
    let digit = |_| {
        let digit = u32::try_from(rest % 36).unwrap_or_default();
        rest /= 36;
        char::from_digit(digit, 36).unwrap_or('0').to_ascii_uppercase()
    };
    (0..PARTY_CHARS).map(digit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_made_of_prefix_year_and_number() {
        assert_eq!(isrc("AA6Q7", 2026, 47), "AA6Q72600047");
        assert_eq!(printed(&isrc("AA6Q7", 2003, MAX_NUMBER)), "AA-6Q7-03-99999");
        assert_eq!(prefix(" aa-6q7 ").as_deref(), Ok("AA6Q7"));
        for wrong in ["", "AA6Q", "AA6Q77", "1A6Q7", "AA6Q\u{e9}", "ISRC1"] {
            // The last one is the Icelandic prefix `IS`, which is right.
            assert_eq!(prefix(wrong).is_ok(), wrong == "ISRC1", "{wrong:?}");
        }
    }

    #[test]
    fn names_are_told_apart() {
        let told = |name| {
            let (last, first) = names(name);
            format!("{last}|{first}")
        };
        assert_eq!(told("Ada King"), "King|Ada");
        assert_eq!(told("King, Ada Augusta"), "King|Ada Augusta");
        assert_eq!(told(" Nova "), "Nova|");
    }

    #[test]
    fn societies_are_known_by_name_and_number() {
        assert_eq!((society(" gema"), society("PRS for Music"), society("101")), (Some(35), Some(52), Some(101)));
        assert_eq!((society("Nobody"), society("0"), society("1000")), (None, None, None));
    }

    #[test]
    fn a_partys_identifier_has_nine_characters() {
        let number = party_number(Uuid::from_u128(u128::MAX));
        assert_eq!(number.len(), PARTY_CHARS);
        assert!(number.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit()), "{number}");
        assert_ne!(number, party_number(Uuid::from_u128(7)));
    }
}
