//! Whose hand it is that signs: the name that was typed, held against the one that was asked.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

use super::MAX_NAME_CHARS;
use crate::{
    agreements::{AgreementError, document::PartyReading},
    identity::rules as texts,
    parties::entity::PartyKind,
};

/// What was typed by whoever signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Typed<'a> {
    /// The full name.
    pub name: &'a str,
    /// In what capacity, for a company.
    pub capacity: Option<&'a str>,
    /// The name that was confirmed to be right although another was asked, or although it is the company's.
    pub confirmed: Option<&'a str>,
}

/// Who signs, as the evidence keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hand {
    /// The full name, as it was typed.
    pub name: String,
    /// In what capacity they sign for the company that the party is; none if it is a person.
    pub capacity: Option<String>,
    /// Whether the name is another than the one that was asked, and was confirmed.
    pub is_confirmed: bool,
}

/// Who signs for a party. `asked` is the signer's name, which is another than the party's if the signing was `handed_on` to them: they sign by their
/// own. For a company signs a person, whom the document does not name: their own name and their capacity are asked for. The name may be the
/// company's, as a sole trader's is, once it was confirmed.
pub fn hand(typed: Typed<'_>, asked: &str, party: &PartyReading, handed_on: bool) -> Result<Hand, AgreementError> {
    let text =
        |field, text: &str| texts::name(text, MAX_NAME_CHARS).map_err(|fault| AgreementError::Text { field, fault });
    let name = text("name", typed.name)?;
    let own = || [Some(party.name.as_str()), party.facts.legal_name.as_deref()].into_iter().flatten();
    let is_own = own().any(|own| same_name(&name, own));
    let is_name_asked = same_name(&name, asked);
    if handed_on && is_own && !is_name_asked {
        return Err(AgreementError::PartyName { party: party.name.clone() });
    }
    let is_sure = typed.confirmed.map(str::trim) == Some(name.as_str());
    let is_company = party.facts.kind == Some(PartyKind::Company);
    let capacity = match typed.capacity.filter(|text| !text.trim().is_empty()) {
        _ if !is_company => None,
        _ if is_own && !is_sure => return Err(AgreementError::CompanyName { company: party.name.clone() }),
        Some(capacity) => Some(text("capacity", capacity)?),
        None => return Err(AgreementError::NoCapacity { company: party.name.clone() }),
    };
    let is_asked = is_name_asked || (!handed_on && (is_company || is_own));
    let is_confirmed = !is_asked && is_sure;
    if is_asked || is_confirmed {
        return Ok(Hand { name, capacity, is_confirmed });
    }
    Err(AgreementError::AnotherName { typed: name, asked: asked.to_owned() })
}

/// Whether two names have the same letters and digits, whatever their case, accents, spacing and punctuation.
pub fn same_name(one: &str, other: &str) -> bool {
    let (first, second) = (letters(one), letters(other));
    // Of a name without any letter, every character counts.
    if first.is_empty() || second.is_empty() { one.trim() == other.trim() } else { first == second }
}

/// The letters and digits of a text, without case, accents and what stands between them.
pub(crate) fn letters(name: &str) -> String {
    let plain = name.nfkd().filter(|c| is_voicing(*c) || (!is_combining_mark(*c) && c.is_alphanumeric()));
    plain.flat_map(char::to_lowercase).map(unstroked).collect()
}

/// The marks that make another letter of a kana: ば is no は with an accent.
const fn is_voicing(c: char) -> bool {
    matches!(c, '\u{3099}' | '\u{309a}')
}

/// Letters that people type without a stroke where their keyboard has none: they are no composed characters.
const fn unstroked(c: char) -> char {
    match c {
        'ł' => 'l',
        'ø' => 'o',
        'đ' => 'd',
        'ħ' => 'h',
        'ı' => 'i',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{catalog::Sha256, parties::PartyFacts};

    fn party(name: &str, kind: PartyKind) -> PartyReading {
        PartyReading {
            name: name.to_owned(),
            email: None,
            signs: true,
            concerns_sha256: Sha256::of(b"concerns"),
            facts: PartyFacts { kind: Some(kind), legal_name: Some("Noctua Ltd".to_owned()), ..PartyFacts::default() },
        }
    }

    fn typed(name: &str) -> Typed<'_> {
        Typed { name, capacity: None, confirmed: None }
    }

    #[test]
    fn case_accents_spacing_and_punctuation_make_no_other_name() {
        for (one, other) in [
            ("Łucja Żółć", "lucja  zolc"),
            ("Ada O’Brien-Nowak", "ADA OBRIEN NOWAK"),
            ("Jose\u{301}", "José"),
            ("ﬁona", "Fiona"),
            ("夜子", "夜子"),
            ("ばら", "は\u{3099}ら"),
            ("バラ", "ﾊﾞﾗ"),
            ("مُحَمَّد", "محمد"),
            (".", " . "),
        ] {
            assert!(same_name(one, other), "{one} {other}");
        }
        for (one, other) in [
            ("Ada", "Ada Nowak"),
            ("Ada Nowak", "Nowak Ada"),
            (".", "-"),
            ("夜子", "夜"),
            ("", "A"),
            ("はら", "ばら"),
            ("ハン", "パン"),
        ] {
            assert!(!same_name(one, other), "{one} {other}");
        }
    }

    #[test]
    fn another_name_is_confirmed_or_refused_with_both() {
        let ada = party("Ada Nowak", PartyKind::Person);
        let own = hand(typed(" ada nowak "), "Ada Nowak", &ada, false).unwrap();
        assert_eq!((own.name.as_str(), own.is_confirmed), ("ada nowak", false));
        assert!(hand(typed("Noctua Ltd"), "Ada Nowak", &ada, false).is_ok(), "by the legal name");
        let refused = hand(typed("Ben"), "Ada Nowak", &ada, false).unwrap_err().to_string();
        assert!(refused.contains("“Ben”") && refused.contains("“Ada Nowak”"), "{refused}");
        let other = Typed { confirmed: Some("Benny"), ..typed("Ben") };
        assert!(hand(other, "Ada Nowak", &ada, false).is_err(), "what was confirmed is another name");
        let sure = hand(Typed { confirmed: Some("Ben"), ..typed("Ben") }, "Ada Nowak", &ada, false).unwrap();
        assert!(sure.is_confirmed && sure.capacity.is_none());
        // Whom it was handed on to signs by their own name, not by the party's.
        assert!(hand(typed("Ivana"), "Ivana", &ada, true).is_ok());
        for own in ["Ada Nowak", "noctua ltd"] {
            let ticked = Typed { confirmed: Some(own), ..typed(own) };
            let refused = hand(ticked, "Ivana", &ada, true).unwrap_err();
            assert!(matches!(refused, AgreementError::PartyName { .. }), "{refused}");
        }
        assert!(hand(typed("Ada Nowak"), "ADA NOWAK", &ada, true).is_ok(), "a namesake, or another address of hers");
    }

    #[test]
    fn for_a_company_signs_a_person_in_some_capacity() {
        let company = party("Noctua", PartyKind::Company);
        let refused = |name, capacity| hand(Typed { capacity, ..typed(name) }, "Noctua", &company, false).unwrap_err();
        assert!(matches!(refused("Jo Bell", None), AgreementError::NoCapacity { .. }));
        assert!(matches!(refused("Jo Bell", Some("  ")), AgreementError::NoCapacity { .. }));
        assert!(matches!(refused("NOCTUA ltd.", Some("Director")), AgreementError::CompanyName { .. }));
        let signs = Typed { capacity: Some(" Director "), ..typed("Jo Bell") };
        let jo = hand(signs, "Noctua", &company, false).unwrap();
        assert_eq!((jo.capacity.as_deref(), jo.is_confirmed), (Some("Director"), false));
        // A sole trader's own name is the company's.
        let owner = Typed { capacity: Some("Owner"), confirmed: Some("Noctua Ltd"), ..typed("Noctua Ltd") };
        let own = hand(owner, "Noctua", &company, false).unwrap();
        assert_eq!(
            (own.name.as_str(), own.capacity.as_deref(), own.is_confirmed),
            ("Noctua Ltd", Some("Owner"), false)
        );
        let nothing = hand(Typed { capacity: None, ..owner }, "Noctua", &company, false).unwrap_err();
        assert!(matches!(nothing, AgreementError::NoCapacity { .. }), "{nothing}");
    }
}
