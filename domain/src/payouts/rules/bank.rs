//! What banks accept: account numbers by their checksums, names and texts in the characters that their files have.

use super::super::{PayoutError, entity::BankScheme};
use crate::money::Currency;

/// The longest name in a SEPA file, in characters.
pub const SEPA_NAME_CHARS: usize = 70;
/// The longest name of a receiver in a NACHA file.
pub const ACH_NAME_CHARS: usize = 22;
/// The longest account number in a NACHA file.
const ACH_ACCOUNT_CHARS: usize = 17;
/// The longest name of the payer in a NACHA file.
const ACH_COMPANY_CHARS: usize = 16;

/// How long an IBAN is, in the countries that SEPA reaches.
const IBAN_CHARS: [(&str, usize); 42] = [
    ("AD", 24),
    ("AL", 28),
    ("AT", 20),
    ("BE", 16),
    ("BG", 22),
    ("CH", 21),
    ("CY", 28),
    ("CZ", 24),
    ("DE", 22),
    ("DK", 18),
    ("EE", 20),
    ("ES", 24),
    ("FI", 18),
    ("FR", 27),
    ("GB", 22),
    ("GI", 23),
    ("GR", 27),
    ("HR", 21),
    ("HU", 28),
    ("IE", 22),
    ("IS", 26),
    ("IT", 27),
    ("LI", 21),
    ("LT", 20),
    ("LU", 20),
    ("LV", 21),
    ("MC", 27),
    ("MD", 24),
    ("ME", 22),
    ("MK", 19),
    ("MT", 31),
    ("NL", 18),
    ("NO", 15),
    ("PL", 28),
    ("PT", 25),
    ("RO", 24),
    ("RS", 22),
    ("SE", 24),
    ("SI", 19),
    ("SK", 24),
    ("SM", 27),
    ("VA", 22),
];

/// Where a payee is paid, as typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BankDetails {
    /// How.
    pub scheme: BankScheme,
    /// Whose account it is.
    pub holder: String,
    /// The IBAN, or the account's number.
    pub account: String,
    /// The BIC, if it is known, or the bank's routing number.
    pub bank: Option<String>,
    /// Whether it is a savings account; for ACH alone.
    pub savings: bool,
}

impl BankDetails {
    /// The same as banks write it, or what is wrong with it.
    pub fn checked(self) -> Result<Self, PayoutError> {
        let bank = self.bank.as_deref().map(str::trim).filter(|bank| !bank.is_empty());
        Ok(match self.scheme {
            BankScheme::Sepa => Self {
                holder: name("holder", &self.holder, SEPA_NAME_CHARS)?,
                account: iban("account", &self.account)?,
                bank: bank.map(|code| bic("bank", code)).transpose()?,
                savings: false,
                ..self
            },
            BankScheme::Ach => Self {
                holder: name("holder", &self.holder, ACH_NAME_CHARS)?,
                account: ach_account("account", &self.account)?,
                bank: Some(routing("bank", bank.unwrap_or_default())?),
                ..self
            },
        })
    }
}

/// An account as histories and mails name it: of an IBAN the country, and of any account the last four characters, but never more than half of it.
pub fn masked(scheme: BankScheme, account: &str) -> String {
    let length = account.chars().count();
    let country: String = match scheme {
        BankScheme::Sepa => account.chars().take(2).collect(),
        BankScheme::Ach => String::new(),
    };
    let last: String = account.chars().skip(length - (length / 2).min(4)).collect();
    format!("{country}…{last}")
}

/// Who pays by SEPA, as typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SepaDebtor {
    /// The account's holder.
    pub name: String,
    /// The account.
    pub iban: String,
    /// Its bank, if that has to be named.
    pub bic: Option<String>,
}

/// Who pays by ACH, as typed and as their bank has told them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AchDebtor {
    /// The company's name, 16 characters at the most.
    pub name: String,
    /// The ten characters by which the bank knows the company, often `1` and its tax number.
    pub company_id: String,
    /// The routing number of the bank that takes the file.
    pub bank_routing: String,
    /// That bank's name.
    pub bank_name: String,
}

/// Who pays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Debtor {
    /// By SEPA.
    Sepa(SepaDebtor),
    /// By ACH.
    Ach(AchDebtor),
}

impl Debtor {
    /// How the bank is told.
    pub const fn scheme(&self) -> BankScheme {
        match self {
            Self::Sepa(_) => BankScheme::Sepa,
            Self::Ach(_) => BankScheme::Ach,
        }
    }

    /// In which currency.
    pub const fn currency(&self) -> Currency {
        match self {
            Self::Sepa(_) => Currency::EUR,
            Self::Ach(_) => Currency::USD,
        }
    }

    /// The same as banks write it, or what is wrong with it.
    pub fn checked(self) -> Result<Self, PayoutError> {
        Ok(match self {
            Self::Sepa(SepaDebtor { name: holder, iban: account, bic: bank }) => Self::Sepa(SepaDebtor {
                name: name("sepa.name", &holder, SEPA_NAME_CHARS)?,
                iban: iban("sepa.iban", &account)?,
                bic: bank.filter(|code| !code.trim().is_empty()).map(|code| bic("sepa.bic", &code)).transpose()?,
            }),
            Self::Ach(AchDebtor { name: company, company_id, bank_routing, bank_name }) => Self::Ach(AchDebtor {
                name: name("ach.name", &company, ACH_COMPANY_CHARS)?,
                company_id: ach_company("ach.companyId", &company_id)?,
                bank_routing: routing("ach.bankRouting", &bank_routing)?,
                bank_name: name("ach.bankName", &bank_name, ACH_NAME_CHARS)?,
            }),
        })
    }
}

/// An IBAN in its electronic form: of a country that SEPA reaches, as long as there, its check digits right.
pub fn iban(field: &'static str, text: &str) -> Result<String, PayoutError> {
    let plain: String = text.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_uppercase()).collect();
    let wrong = |problem| PayoutError::Bank { field, problem };
    if !plain.bytes().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit()) {
        return Err(wrong("an IBAN has letters and digits alone"));
    }
    if plain.len() < 5 {
        return Err(wrong(
            "this IBAN is too short: its country's two letters and two check digits come before the account",
        ));
    }
    let (country, rest) = plain.split_at(2);
    let Some((_, chars)) = IBAN_CHARS.iter().find(|(code, _)| *code == country) else {
        return Err(wrong("this IBAN is of no country that SEPA reaches"));
    };
    if plain.len() != *chars {
        return Err(wrong("this IBAN is too short or too long for its country"));
    }
    if !rest.bytes().take(2).all(|c| c.is_ascii_digit()) || mod_97(&plain) != 1 {
        return Err(wrong("the check digits of this IBAN are wrong"));
    }
    Ok(plain)
}

/// ISO 7064 over an IBAN: its first four characters moved to the end, letters as two digits.
fn mod_97(iban: &str) -> u32 {
    let (head, tail) = iban.split_at(4);
    tail.chars().chain(head.chars()).filter_map(|c| c.to_digit(36)).fold(0, |rest, value| {
        let shift = if value < 10 { 10 } else { 100 };
        (rest * shift + value) % 97
    })
}

/// A BIC: eight or eleven characters.
pub fn bic(field: &'static str, text: &str) -> Result<String, PayoutError> {
    let plain: String = text.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_uppercase()).collect();
    let fits = matches!(plain.len(), 8 | 11)
        && plain.bytes().enumerate().all(|(place, c)| c.is_ascii_uppercase() || (place >= 6 && c.is_ascii_digit()));
    let problem = "a BIC has four letters for the bank, two for its country, and two or five letters or digits";
    if fits { Ok(plain) } else { Err(PayoutError::Bank { field, problem }) }
}

/// A routing number: nine digits, the last of which checks the others.
pub fn routing(field: &'static str, text: &str) -> Result<String, PayoutError> {
    let plain = text.trim();
    let digits: Vec<u32> = plain.chars().filter_map(|c| c.to_digit(10)).collect();
    let sum: u32 = digits.iter().zip([3, 7, 1].into_iter().cycle()).map(|(digit, weight)| digit * weight).sum();
    let fits = digits.len() == 9 && plain.len() == 9 && sum.is_multiple_of(10) && sum > 0;
    let problem = "a routing number has nine digits, and the last of them checks the others";
    if fits { Ok(plain.to_owned()) } else { Err(PayoutError::Bank { field, problem }) }
}

fn ach_account(field: &'static str, text: &str) -> Result<String, PayoutError> {
    let plain: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let fits =
        (1..=ACH_ACCOUNT_CHARS).contains(&plain.len()) && plain.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'-');
    let problem = "an account number has 1 to 17 letters, digits and hyphens";
    if fits { Ok(plain) } else { Err(PayoutError::Bank { field, problem }) }
}

fn ach_company(field: &'static str, text: &str) -> Result<String, PayoutError> {
    let plain = text.trim().to_ascii_uppercase();
    let fits = plain.len() == 10 && plain.bytes().all(|c| c.is_ascii_alphanumeric());
    let problem = "the company's id has ten letters or digits, as its bank has given it";
    if fits { Ok(plain) } else { Err(PayoutError::Bank { field, problem }) }
}

/// A name in the characters of bank files, its accents written out. One that has others, or is longer, is refused: a bank compares it.
pub fn name(field: &'static str, text: &str, most_chars: usize) -> Result<String, PayoutError> {
    let wrong = |problem| PayoutError::Bank { field, problem };
    let mut plain = String::new();
    for c in text.split_whitespace().collect::<Vec<_>>().join(" ").chars() {
        plain.push_str(
            spelled(c)
                .as_deref()
                .ok_or_else(|| wrong("banks take Latin letters, digits and / - ? : ( ) . , ' + alone"))?,
        );
    }
    // Nor does a name begin or end with a slash, or have two beside each other.
    if plain.starts_with('/') || plain.ends_with('/') || plain.contains("//") {
        return Err(wrong("banks take a slash only between other characters"));
    }
    if plain.is_empty() || plain.len() > most_chars {
        return Err(wrong("this is empty, or longer than the file has room for"));
    }
    Ok(plain)
}

/// A text in the characters of bank files, as long as it may be; what they have not is left out.
pub fn legible(text: &str, most_chars: usize) -> String {
    let plain: String = text.chars().map(|c| spelled(c).unwrap_or_else(|| " ".to_owned())).collect();
    let plain = plain.replace('/', "-").split_whitespace().collect::<Vec<_>>().join(" ");
    // It is ASCII by now.
    plain.chars().take(most_chars).collect::<String>().trim_end().to_owned()
}

/// A character in those of bank files; none if it cannot be spelled in them.
fn spelled(c: char) -> Option<String> {
    if c.is_ascii_alphanumeric() || "/-?:().,'+ ".contains(c) {
        return Some(c.to_string());
    }
    let written = match c {
        'À' | 'Á' | 'Â' | 'Ã' | 'Ā' | 'Ă' | 'Ą' => "A",
        'à' | 'á' | 'â' | 'ã' | 'ā' | 'ă' | 'ą' => "a",
        'Ä' | 'Æ' => "Ae",
        'ä' | 'æ' => "ae",
        'Å' => "Aa",
        'å' => "aa",
        'Ç' | 'Ć' | 'Č' | 'Ĉ' | 'Ċ' => "C",
        'ç' | 'ć' | 'č' | 'ĉ' | 'ċ' => "c",
        'Ď' | 'Đ' | 'Ð' => "D",
        'ď' | 'đ' | 'ð' => "d",
        'È' | 'É' | 'Ê' | 'Ë' | 'Ē' | 'Ė' | 'Ę' | 'Ě' => "E",
        'è' | 'é' | 'ê' | 'ë' | 'ē' | 'ė' | 'ę' | 'ě' => "e",
        'Ğ' | 'Ģ' | 'Ġ' | 'Ĝ' => "G",
        'ğ' | 'ģ' | 'ġ' | 'ĝ' => "g",
        'Ħ' | 'Ĥ' => "H",
        'ħ' | 'ĥ' => "h",
        'Ì' | 'Í' | 'Î' | 'Ï' | 'Ī' | 'İ' | 'Į' => "I",
        'ì' | 'í' | 'î' | 'ï' | 'ī' | 'ı' | 'į' => "i",
        'Ķ' => "K",
        'ķ' => "k",
        'Ł' | 'Ĺ' | 'Ľ' | 'Ļ' => "L",
        'ł' | 'ĺ' | 'ľ' | 'ļ' => "l",
        'Ñ' | 'Ń' | 'Ň' | 'Ņ' => "N",
        'ñ' | 'ń' | 'ň' | 'ņ' => "n",
        'Ò' | 'Ó' | 'Ô' | 'Õ' | 'Ō' | 'Ő' => "O",
        'ò' | 'ó' | 'ô' | 'õ' | 'ō' | 'ő' => "o",
        'Ö' | 'Ø' | 'Œ' => "Oe",
        'ö' | 'ø' | 'œ' => "oe",
        'Ŕ' | 'Ř' => "R",
        'ŕ' | 'ř' => "r",
        'Ś' | 'Š' | 'Ş' | 'Ș' => "S",
        'ś' | 'š' | 'ş' | 'ș' => "s",
        'ß' => "ss",
        'Ť' | 'Ţ' | 'Ț' => "T",
        'ť' | 'ţ' | 'ț' => "t",
        'Þ' => "Th",
        'þ' => "th",
        'Ù' | 'Ú' | 'Û' | 'Ū' | 'Ů' | 'Ű' | 'Ų' => "U",
        'ù' | 'ú' | 'û' | 'ū' | 'ů' | 'ű' | 'ų' => "u",
        'Ü' => "Ue",
        'ü' => "ue",
        'Ý' | 'Ÿ' => "Y",
        'ý' | 'ÿ' => "y",
        'Ź' | 'Ż' | 'Ž' => "Z",
        'ź' | 'ż' | 'ž' => "z",
        '&' => "+",
        '’' | '‘' => "'",
        '–' | '—' => "-",
        _ => return None,
    };
    Some(written.to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ibans_are_held_to_their_checksum_length_and_country() {
        for good in [
            "DE89 3704 0044 0532 0130 00",
            "GB29 NWBK 6016 1331 9268 19",
            "fr14 2004 1010 0505 0001 3m02 606",
            "NO9386011117947",
            "MT84MALT011000012345MTLCAST001S",
        ] {
            let plain = iban("account", good).unwrap();
            assert!(plain.bytes().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit()), "{plain}");
        }
        for bad in [
            "",
            "DE",
            "DE88370400440532013000",
            "DE8937040044053201300",
            "DE893704004405320130000",
            "US89370400440532013000",
            "DEX9370400440532013000",
            "DE89-3704-0044-0532-0130-00",
            "ДЕ89370400440532013000",
        ] {
            assert!(matches!(iban("account", bad), Err(PayoutError::Bank { field: "account", .. })), "{bad}");
        }
        for (bad, said) in [("FR00", "too short"), ("FR001", "too short"), ("DE88370400440532013000", "check digits")] {
            let refused = iban("account", bad);
            assert!(matches!(refused, Err(PayoutError::Bank { problem, .. }) if problem.contains(said)), "{bad}");
        }
    }

    #[test]
    fn bics_and_routing_numbers_have_their_form() {
        assert_eq!(bic("bank", "cobadeff xxx").unwrap(), "COBADEFFXXX");
        assert_eq!(bic("bank", "NWBKGB2L").unwrap(), "NWBKGB2L");
        for bad in ["", "COBADEF", "COBADEFFX", "C0BADEFF", "COBAD3FF", "COBADEFFXXXX"] {
            assert!(bic("bank", bad).is_err(), "{bad}");
        }
        assert_eq!(routing("bank", " 021000021 ").unwrap(), "021000021");
        for bad in ["", "021000022", "02100002", "0210000210", "02100002x", "000000000"] {
            assert!(routing("bank", bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn names_are_spelled_in_the_banks_characters_or_refused() {
        assert_eq!(name("holder", " Zoë  Müller & Søn ", 70).unwrap(), "Zoe Mueller + Soen");
        assert_eq!(name("holder", "Łukasz Żółć", 70).unwrap(), "Lukasz Zolc");
        for bad in ["", "夜子", "a@b", "/Ada", "Ada//B", "x\u{0}", &"x".repeat(71)] {
            assert!(matches!(name("holder", bad, 70), Err(PayoutError::Bank { field: "holder", .. })), "{bad}");
        }
        assert_eq!(legible("PO-7K3M9Q2X · <Nova> / Söhne", 140), "PO-7K3M9Q2X Nova - Soehne");
        assert_eq!(legible("abc def", 4), "abc");
    }

    #[test]
    fn bank_details_are_checked_by_their_scheme() {
        let sepa = BankDetails {
            scheme: BankScheme::Sepa,
            holder: "Orson".into(),
            account: "DE89 3704 0044 0532 0130 00".into(),
            bank: Some(" ".into()),
            savings: true,
        };
        let checked = sepa.clone().checked().unwrap();
        assert_eq!((checked.bank, checked.savings), (None, false));
        let ach = BankDetails { scheme: BankScheme::Ach, account: "123 456-789".into(), ..sepa };
        assert!(matches!(ach.clone().checked(), Err(PayoutError::Bank { field: "bank", .. })));
        let checked = BankDetails { bank: Some("021000021".into()), ..ach }.checked().unwrap();
        assert_eq!((checked.account.as_str(), checked.savings), ("123456-789", true));
    }

    proptest! {
        #[test]
        fn no_digit_of_an_iban_can_be_mistyped(place in 2_usize..22, digit in 0_u32..10) {
            let good = "DE89370400440532013000";
            let mut typed: Vec<char> = good.chars().collect();
            typed[place] = char::from_digit(digit, 10).unwrap();
            let typed: String = typed.into_iter().collect();
            prop_assert_eq!(iban("account", &typed).is_ok(), typed == good);
        }

        #[test]
        fn whatever_is_written_is_legible_to_banks(text in ".{0,200}") {
            let plain = legible(&text, 35);
            prop_assert!(plain.len() <= 35 && plain.is_ascii() && !plain.contains(['<', '&', '/']));
        }
    }
}
