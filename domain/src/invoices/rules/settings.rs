//! What a studio may set for its invoices.

use super::{Fault, reminders::Wanted, texts};
use crate::pricing::Country;

/// How a studio invoices, as it is given; texts as typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// What numbers begin with.
    pub prefix: String,
    /// Where the studio is.
    pub country: Option<Country>,
    /// Its VAT identification number.
    pub vat_id: Option<String>,
    /// Its number at the tax office.
    pub tax_number: Option<String>,
    /// Why no tax is charged, where none is.
    pub tax_note: Option<String>,
    /// Where clients pay by bank transfer.
    pub bank_details: Option<String>,
    /// For how many days invoices can be paid.
    pub due_days: i32,
    /// When clients are reminded.
    pub reminders: Wanted,
}

/// As long as a studio has set nothing.
impl Default for Settings {
    fn default() -> Self {
        Self {
            prefix: "INV".to_owned(),
            country: None,
            vat_id: None,
            tax_number: None,
            tax_note: None,
            bank_details: None,
            due_days: 14,
            reminders: Wanted { before_days: Some(3), at_due: true, every_days: 7, most: 4 },
        }
    }
}

/// Checks settings, and tidies their texts.
pub fn check(given: &Settings) -> Result<Settings, Fault> {
    let prefix = given.prefix.trim().to_uppercase();
    if !(1..=12).contains(&prefix.len()) || !prefix.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
        return Err(Fault::Prefix);
    }
    let within = |field, value: i32, least, most| {
        if (least..=most).contains(&value) { Ok(value) } else { Err(Fault::Setting { field, least, most }) }
    };
    let Wanted { before_days, at_due, every_days, most } = given.reminders;
    let before = |days| within("remindBeforeDays", days, 1, 30);
    Ok(Settings {
        prefix,
        country: given.country,
        vat_id: texts::vat_id("vatId", given.vat_id.as_deref())?,
        tax_number: texts::optional_block("taxNumber", given.tax_number.as_deref(), 40)?,
        tax_note: texts::optional_block("taxNote", given.tax_note.as_deref(), 300)?,
        bank_details: texts::optional_block("bankDetails", given.bank_details.as_deref(), 500)?,
        due_days: within("dueDays", given.due_days, 0, 120)?,
        reminders: Wanted {
            before_days: before_days.map(before).transpose()?,
            at_due,
            every_days: within("remindEveryDays", every_days, 1, 90)?,
            most: within("maxReminders", most, 0, 12)?,
        },
    })
}

/// A number in print.
pub fn reference(prefix: &str, year: i32, number: i32) -> String {
    format!("{prefix}-{year}-{number:04}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_have_their_bounds() {
        let fine = Settings { prefix: " nova-1 ".into(), vat_id: Some("de 123456789".into()), ..Settings::default() };
        let checked = check(&fine).unwrap();
        assert_eq!((checked.prefix.as_str(), checked.vat_id.as_deref()), ("NOVA-1", Some("DE123456789")));
        let reminders = fine.reminders;
        for wrong in [
            Settings { prefix: "INV/".into(), ..fine.clone() },
            Settings { prefix: " ".into(), ..fine.clone() },
            Settings { prefix: "THIRTEENCHARS".into(), ..fine.clone() },
            Settings { due_days: 121, ..fine.clone() },
            Settings { due_days: -1, ..fine.clone() },
            Settings { bank_details: Some("x".repeat(501)), ..fine.clone() },
            Settings { vat_id: Some("123".into()), ..fine.clone() },
            Settings { reminders: Wanted { before_days: Some(0), ..reminders }, ..fine.clone() },
            Settings { reminders: Wanted { every_days: 0, ..reminders }, ..fine.clone() },
            Settings { reminders: Wanted { most: 13, ..reminders }, ..fine.clone() },
        ] {
            assert!(check(&wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn a_number_has_its_year() {
        assert_eq!(reference("INV", 2026, 7), "INV-2026-0007");
        assert_eq!(reference("INV", 2026, 12_345), "INV-2026-12345");
    }
}
