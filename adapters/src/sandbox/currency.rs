//! Stripe's own view of currencies: their decimals, which are not ISO 4217's everywhere, and the least that can be charged.

use domain::money::{Currency, grouped};

/// Charged in whole units.
const NO_DECIMALS: [&str; 15] =
    ["bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "vnd", "vuv", "xaf", "xof", "xpf"];

/// Charged in thousandths, whose last digit must be 0.
const THREE_DECIMALS: [&str; 5] = ["bhd", "jod", "kwd", "omr", "tnd"];

/// Written with two decimals, which must be 00, for they have none any more.
const WHOLE_WITH_TWO_DECIMALS: [&str; 2] = ["isk", "ugx"];

/// The least that can be charged, where it is not half a unit.
const LEAST: [(&str, i64); 17] = [
    ("aed", 200),
    ("bgn", 100),
    ("czk", 1_500),
    ("dkk", 250),
    ("gbp", 30),
    ("hkd", 400),
    ("huf", 17_500),
    ("jpy", 50),
    ("krw", 500),
    ("mxn", 1_000),
    ("myr", 200),
    ("nok", 300),
    ("pln", 200),
    ("ron", 200),
    ("sek", 300),
    ("thb", 1_000),
    ("twd", 1_500),
];

/// Whether a currency, in lower case as the interface writes it, can be charged in.
pub(super) fn known(code: &str) -> bool {
    code.bytes().all(|byte| byte.is_ascii_lowercase()) && code.to_uppercase().parse::<Currency>().is_ok()
}

/// How many decimals amounts of a currency have in the interface.
pub(super) fn decimals(code: &str) -> u32 {
    if NO_DECIMALS.contains(&code) {
        0
    } else if THREE_DECIMALS.contains(&code) {
        3
    } else {
        2
    }
}

/// An amount must be divisible by this.
pub(super) fn step(code: &str) -> i64 {
    if THREE_DECIMALS.contains(&code) {
        10
    } else if WHOLE_WITH_TWO_DECIMALS.contains(&code) {
        100
    } else {
        1
    }
}

/// The least that can be charged.
pub(crate) fn least(code: &str) -> i64 {
    let listed = LEAST.iter().find(|(listed, _)| *listed == code).map(|(_, least)| *least);
    listed.unwrap_or_else(|| (10_i64.pow(decimals(code)) / 2).max(step(code)))
}

/// `EUR 1,234.50`, as the rest of the program writes money; the decimals are those that Stripe counts by.
pub(super) fn show(amount: i64, code: &str) -> String {
    let decimals = decimals(code);
    let unit = 10_u64.pow(decimals);
    let (sign, magnitude) = (if amount < 0 { "−" } else { "" }, amount.unsigned_abs());
    let (code, whole) = (code.to_uppercase(), grouped(&(magnitude / unit).to_string()));
    match usize::try_from(decimals) {
        Ok(width) if width > 0 => format!("{sign}{code} {whole}.{:0width$}", magnitude % unit),
        _ => format!("{sign}{code} {whole}"),
    }
}

/// The debit that takes days, where there is one for the currency.
pub(super) fn debit(code: &str) -> Option<&'static str> {
    match code {
        "eur" => Some("sepa_debit"),
        "usd" => Some("us_bank_account"),
        "gbp" => Some("bacs_debit"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_written_as_stripe_writes_them() {
        assert_eq!([show(1_250, "eur"), show(-5, "usd")], ["EUR 12.50", "−USD 0.05"]);
        assert_eq!([show(1_200, "jpy"), show(1_230, "bhd")], ["JPY 1,200", "BHD 1.230"]);
        assert_eq!(show(10_000, "isk"), "ISK 100.00");
        assert!(known("eur") && known("mga"));
        for strange in ["EUR", "xau", "", "eu", "€"] {
            assert!(!known(strange), "{strange}");
        }
    }

    #[test]
    fn the_least_can_itself_be_charged() {
        for code in ["eur", "usd", "gbp", "jpy", "krw", "bhd", "isk", "ugx", "huf", "chf", "clp"] {
            assert!(least(code) > 0 && least(code) % step(code) == 0, "{code}");
        }
        assert_eq!([least("eur"), least("gbp"), least("jpy"), least("bhd"), least("isk")], [50, 30, 50, 500, 100]);
    }
}
