//! NACHA's file of ACH credits: lines of 94 characters in blocks of ten. People are paid in one batch (PPD), companies in another (CCD).

use std::iter;

use super::{Heading, Payment, total};
use crate::payouts::{PayoutError, rules::bank::AchDebtor};

/// How long a line is.
const LINE_CHARS: usize = 94;
/// How many lines a block has.
const BLOCK_LINES: usize = 10;
/// The largest amount of one credit, in cents: ten digits.
const MOST_MINOR: i64 = 9_999_999_999;
/// What control lines have room for in amounts, in cents: twelve digits.
const MOST_TOTAL_MINOR: i64 = 999_999_999_999;
/// The service class of batches that only credit.
const CREDITS: &str = "220";
/// What is debited, in cents.
const NO_DEBITS: &str = "000000000000";

/// What tells the files of a day apart, in the order in which they are made.
const MODIFIERS: &[u8; 36] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/// The modifier of a file before which so many were made on its day; none if there are no more.
pub fn modifier(earlier: u64) -> Option<char> {
    let place = usize::try_from(earlier).ok()?;
    MODIFIERS.get(place).map(|modifier| char::from(*modifier))
}

/// What a control line adds up.
#[derive(Default)]
struct Sums {
    entries: usize,
    /// Of the first eight digits of all receivers' routing numbers.
    hash: u64,
    credit_minor: i64,
}

/// Writes the file.
pub fn file(heading: &Heading<'_, AchDebtor>, payments: &[Payment]) -> Result<String, PayoutError> {
    if total(payments)? > MOST_TOTAL_MINOR || payments.iter().any(|payment| payment.amount_minor > MOST_MINOR) {
        return Err(PayoutError::TooLarge);
    }
    let mut lines = vec![file_header(heading)];
    let (mut sums, mut batches) = (Sums::default(), 0);
    for (class, company) in [("PPD", false), ("CCD", true)] {
        let of_class: Vec<_> = payments.iter().filter(|payment| payment.company == company).collect();
        if of_class.is_empty() {
            continue;
        }
        batches += 1;
        lines.push(batch_header(heading, class, batches));
        let mut batch = Sums::default();
        for payment in of_class {
            sums.entries += 1;
            batch.entries += 1;
            lines.push(entry(heading, payment, sums.entries));
            let routing = digits(payment.bank.as_deref().unwrap_or_default());
            for of in [&mut sums, &mut batch] {
                of.hash += routing;
                of.credit_minor += payment.amount_minor;
            }
        }
        lines.push(batch_control(heading, &batch, batches));
    }
    // The last line counts itself.
    let blocks = (lines.len() + 1).div_ceil(BLOCK_LINES);
    lines.push(file_control(&sums, batches, blocks));
    let padding = blocks * BLOCK_LINES - lines.len();
    lines.extend(iter::repeat_n("9".repeat(LINE_CHARS), padding));
    Ok(lines.join("\n") + "\n")
}

fn file_header(Heading { id, modifier, made_at, debtor, .. }: &Heading<'_, AchDebtor>) -> String {
    // What a bank knows the file by stands at its end; of our reference the part behind the prefix fits.
    let reference = id.rsplit('-').next().unwrap_or_default();
    format!(
        "101 {}{}{}{modifier}094101{}{}{}",
        debtor.bank_routing,
        text(&debtor.company_id, 10),
        made_at.format("%y%m%d%H%M"),
        text(&debtor.bank_name, 23),
        text(&debtor.name, 23),
        text(reference, 8),
    )
}

fn batch_header(heading: &Heading<'_, AchDebtor>, class: &str, number: usize) -> String {
    let Heading { id, made_at, execute_on, debtor, .. } = heading;
    format!(
        "5{CREDITS}{}{}{}{class}{}{}{}   1{}{number:07}",
        text(&debtor.name, 16),
        text(id, 20),
        text(&debtor.company_id, 10),
        text("ROYALTIES", 10),
        made_at.format("%y%m%d"),
        execute_on.format("%y%m%d"),
        eight(&debtor.bank_routing),
    )
}

fn entry(Heading { debtor, .. }: &Heading<'_, AchDebtor>, payment: &Payment, number: usize) -> String {
    let code = if payment.savings { "32" } else { "22" };
    format!(
        "6{code}{}{}{:010}{}{}  0{}{number:07}",
        payment.bank.as_deref().unwrap_or_default(),
        text(&payment.account, 17),
        payment.amount_minor,
        text(&payment.id, 15),
        text(&payment.holder, 22),
        eight(&debtor.bank_routing),
    )
}

fn batch_control(Heading { debtor, .. }: &Heading<'_, AchDebtor>, sums: &Sums, number: usize) -> String {
    format!(
        "8{CREDITS}{:06}{}{NO_DEBITS}{:012}{}{}{}{number:07}",
        sums.entries,
        hash(sums),
        sums.credit_minor,
        text(&debtor.company_id, 10),
        " ".repeat(25),
        eight(&debtor.bank_routing),
    )
}

fn file_control(sums: &Sums, batches: usize, blocks: usize) -> String {
    format!(
        "9{batches:06}{blocks:06}{:08}{}{NO_DEBITS}{:012}{}",
        sums.entries,
        hash(sums),
        sums.credit_minor,
        " ".repeat(39),
    )
}

/// A text on the left of its place, in capital letters.
fn text(text: &str, chars: usize) -> String {
    let cut: String = text.to_ascii_uppercase().chars().take(chars).collect();
    format!("{cut:<chars$}")
}

/// The first eight digits of a routing number; the ninth only checks them.
fn eight(routing: &str) -> &str {
    routing.get(..8).unwrap_or_default()
}

fn digits(routing: &str) -> u64 {
    eight(routing).parse().unwrap_or(0)
}

/// The last ten digits of a sum of routing numbers.
fn hash(sums: &Sums) -> String {
    format!("{:010}", sums.hash % 10_000_000_000)
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, NaiveDate};

    use super::*;

    fn payment(id: &str, amount_minor: i64, company: bool) -> Payment {
        Payment {
            id: id.into(),
            amount_minor,
            holder: "Orson".into(),
            account: "123456789".into(),
            bank: Some("021000021".into()),
            savings: company,
            company,
            text: String::new(),
        }
    }

    fn written(payments: &[Payment]) -> Result<String, PayoutError> {
        let debtor = AchDebtor {
            name: "Nova Sound".into(),
            company_id: "1234567890".into(),
            bank_routing: "011000015".into(),
            bank_name: "First Bank".into(),
        };
        let heading = Heading {
            id: "PB-7K3M9Q2X",
            modifier: 'B',
            made_at: DateTime::from_timestamp(1_795_435_200, 0).unwrap(),
            execute_on: NaiveDate::from_ymd_opt(2026, 12, 1).unwrap(),
            debtor: &debtor,
        };
        file(&heading, payments)
    }

    #[test]
    fn every_line_has_94_characters_and_every_block_ten_lines() {
        for count in [1, 5, 6, 7, 16, 17] {
            let payments: Vec<_> = (0..count).map(|n| payment(&format!("PO-{n}"), 100 + n, n % 3 == 0)).collect();
            let file = written(&payments).unwrap();
            let lines: Vec<_> = file.lines().collect();
            assert!(lines.len().is_multiple_of(BLOCK_LINES), "{count}: {file}");
            assert!(lines.iter().all(|line| line.len() == LINE_CHARS), "{file}");
            let control = lines.iter().find(|line| line.starts_with("90000")).unwrap();
            assert_eq!(control[7..13].parse::<usize>().unwrap(), lines.len() / BLOCK_LINES);
            assert_eq!(control[13..21].parse::<i64>().unwrap(), count);
        }
    }

    #[test]
    fn fields_stand_in_their_places_and_controls_add_up() {
        let file =
            written(&[payment("PO-1", 12_345, false), payment("PO-2", 5, true), payment("PO-3", 50, false)]).unwrap();
        let lines: Vec<_> = file.lines().collect();
        assert_eq!(&lines[0][..40], "101 01100001512345678902611231200B094101");
        assert_eq!(&lines[0][40..], "FIRST BANK             NOVA SOUND             7K3M9Q2X");
        assert_eq!(&lines[1][..50], "5220NOVA SOUND      PB-7K3M9Q2X         1234567890");
        assert_eq!(&lines[1][50..], "PPDROYALTIES 261123261201   1011000010000001");
        assert_eq!(
            lines[2],
            "622021000021123456789        0000012345PO-1           ORSON                   0011000010000001"
        );
        assert!(lines[3].ends_with("0011000010000002") && lines[3][39..].starts_with("PO-3"));
        assert_eq!(
            lines[4],
            format!("822000000200042000040000000000000000000123951234567890{}011000010000001", " ".repeat(25))
        );
        assert_eq!(&lines[5][50..53], "CCD");
        assert!(lines[6].starts_with("632") && lines[6].ends_with("0011000010000003"));
        assert_eq!(&lines[7][..32], "82200000010002100002000000000000");
        assert_eq!(&lines[8][..55], "9000002000001000000030006300006000000000000000000012400");
        assert_eq!(lines[9], "9".repeat(LINE_CHARS));
    }

    #[test]
    fn the_files_of_a_day_are_told_apart() {
        let all: String = (0..36).filter_map(modifier).collect();
        assert_eq!(all, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");
        assert_eq!(modifier(36), None);
    }

    #[test]
    fn what_no_line_has_room_for_is_refused() {
        let many: Vec<_> = (0..101).map(|n| payment(&format!("PO-{n}"), MOST_MINOR, false)).collect();
        for payments in [vec![payment("PO-1", MOST_MINOR + 1, false)], many] {
            assert!(matches!(written(&payments), Err(PayoutError::TooLarge)));
        }
    }
}
