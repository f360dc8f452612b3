//! Identifiers with check digits, as a registration needs them. This room knows no other, so the rules stand here once more, small.

/// Why an identifier is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum CodeFault {
    /// Not even the form; what it should be.
    Form(&'static str),
    /// The form, but another check digit; the right one.
    Check(String),
}

/// Letters and digits in capitals, without spaces, dots, dashes and the identifier's name in front.
fn plain(text: &str, name: &str) -> String {
    let joined: String = text
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '.' | ':' | '\u{2010}'..='\u{2015}'))
        .map(|c| c.to_ascii_uppercase())
        .collect();
    joined.strip_prefix(name).map_or_else(|| joined.clone(), str::to_owned)
}

fn digits(text: &str) -> Option<Vec<u32>> {
    text.chars().map(|c| c.to_digit(10)).collect()
}

/// An IPI name number as printed, 11 digits: with S the sum of the first nine times 10 … 2 and m = S mod 101, the last two are
/// 00 if m = 0, else (101 − m) mod 100.
pub(super) fn ipi(text: &str) -> Result<String, CodeFault> {
    const FORM: CodeFault = CodeFault::Form("give 11 digits such as 00045620792");
    let code = plain(text, "IPI");
    if !(9..=11).contains(&code.len()) {
        return Err(FORM);
    }
    let code = format!("{code:0>11}");
    let values = digits(&code).ok_or(FORM)?;
    let sum: u32 = (2..=10).rev().zip(&values).map(|(weight, digit)| weight * digit).sum();
    let expected = match sum % 101 {
        0 => 0,
        rest => (101 - rest) % 100,
    };
    if expected == values[9] * 10 + values[10] { Ok(code) } else { Err(CodeFault::Check(format!("{expected:02}"))) }
}

/// An ISNI as printed, in four groups: 15 digits and an ISO 7064 MOD 11-2 check character.
pub(super) fn isni(text: &str) -> Result<String, CodeFault> {
    const FORM: CodeFault = CodeFault::Form("give 16 characters such as 0000 0001 2146 438X");
    let code = plain(text, "ISNI");
    let (body, check) = code.split_at_checked(15).ok_or(FORM)?;
    let values = digits(body).ok_or(FORM)?;
    if check.len() != 1 || !(check == "X" || check.as_bytes()[0].is_ascii_digit()) {
        return Err(FORM);
    }
    let total = values.iter().fold(0, |total, digit| 2 * (total + digit) % 11);
    let expected = match (12 - total) % 11 {
        10 => "X".to_owned(),
        value => value.to_string(),
    };
    if check != expected {
        return Err(CodeFault::Check(expected));
    }
    Ok(format!("{} {} {} {}", &code[..4], &code[4..8], &code[8..12], &code[12..]))
}

/// An ISWC as printed: C = (10 − S mod 10) mod 10 with S = 1 + Σ i·dᵢ.
pub(super) fn iswc(text: &str) -> Result<String, CodeFault> {
    const FORM: CodeFault = CodeFault::Form("give T, nine digits and a check digit such as T-034.524.680-1");
    let code = plain(text, "ISWC");
    let values = code.strip_prefix('T').filter(|rest| rest.len() == 10).and_then(digits).ok_or(FORM)?;
    let sum: u32 = 1 + (1..).zip(&values[..9]).map(|(weight, digit)| weight * digit).sum::<u32>();
    let expected = (10 - sum % 10) % 10;
    if expected != values[9] {
        return Err(CodeFault::Check(expected.to_string()));
    }
    Ok(format!("T-{}.{}.{}-{}", &code[1..4], &code[4..7], &code[7..10], &code[10..]))
}

/// An ISRC as printed; it has no check digit.
pub(super) fn isrc(text: &str) -> Result<String, CodeFault> {
    const FORM: CodeFault = CodeFault::Form("give country, registrant, year and number such as AA-6Q7-20-00047");
    let code = plain(text, "ISRC");
    let bytes = code.as_bytes();
    let fits = bytes.len() == 12
        && bytes[..2].iter().all(u8::is_ascii_uppercase)
        && bytes[2..5].iter().all(u8::is_ascii_alphanumeric)
        && bytes[5..].iter().all(u8::is_ascii_digit);
    if !fits {
        return Err(FORM);
    }
    Ok(format!("{}-{}-{}-{}", &code[..2], &code[2..5], &code[5..7], &code[7..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_examples_hold_and_their_neighbours_do_not() {
        assert_eq!(ipi("IPI 045620792").unwrap(), "00045620792");
        assert_eq!(ipi("00045620793"), Err(CodeFault::Check("92".to_owned())));
        assert_eq!(isni("000000012146438x").unwrap(), "0000 0001 2146 438X");
        assert_eq!(isni("0000000121464388"), Err(CodeFault::Check("X".to_owned())));
        assert_eq!(iswc("T0345246801").unwrap(), "T-034.524.680-1");
        assert_eq!(iswc("T-034.524.680-2"), Err(CodeFault::Check("1".to_owned())));
        assert_eq!(isrc("isrc aa6q72000047").unwrap(), "AA-6Q7-20-00047");
    }

    #[test]
    fn other_forms_are_refused() {
        for text in ["", "12", "é", "000456207920", "0004562079X", "ÀÀÀÀÀÀÀÀÀ", "T", "日本日本日本日本日本日本日本日本"]
        {
            assert!(matches!(ipi(text), Err(CodeFault::Form(_))), "{text}");
            assert!(matches!(isni(text), Err(CodeFault::Form(_))), "{text}");
            assert!(matches!(iswc(text), Err(CodeFault::Form(_))), "{text}");
            assert!(matches!(isrc(text), Err(CodeFault::Form(_))), "{text}");
        }
    }
}
