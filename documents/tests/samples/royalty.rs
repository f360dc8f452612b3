//! A payee's statement of a quarter.

use chrono::{NaiveDate, TimeZone, Utc};
use documents::Language;
use documents::royalty_statement::{
    Account, Activity, ActivityKind, Charge, ChargeKind, Payer, Reserve, RoyaltyStatement,
};

/// One, with the decimals of exact numbers.
pub(crate) const ONE: i128 = 1_000_000_000_000_000_000;

fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).expect("a literal day")
}

/// Two accounts: one that earns, recoups and is paid, and one that bears more than it earns.
pub(crate) fn statement() -> RoyaltyStatement {
    let activity = |title: &str, kind, units: i128, amount| Activity {
        kind,
        title: Some(title.to_owned()),
        units: units * ONE,
        amount,
        paid_to: None,
    };
    let shares = Account {
        name: "shares".to_owned(),
        opening: 4_210,
        paid: 4_000,
        activities: vec![
            activity("Night Drive", ActivityKind::Share, 182_340, 731 * ONE + 123_456_789_012_000_000),
            activity("Slow Tide", ActivityKind::Royalty, -12, -ONE / 4),
            Activity { kind: ActivityKind::Retroactive, title: None, units: 0, amount: 20 * ONE, paid_to: None },
        ],
        held: 10_000,
        released: 2_500,
        earned: 67_587,
        costs: 12_000,
        tax: 5_558,
        advances: 20_000,
        closing: 30_239,
        unrecouped: 30_000,
        charges: vec![Charge {
            kind: ChargeKind::Advance,
            on: day(2026, 7, 3),
            note: "Advance for the second single".to_owned(),
            amount: 50_000,
        }],
        reserves: vec![Reserve { on: day(2027, 3, 31), amount: 10_000 }],
    };
    let producer = Account {
        name: "producer deal".to_owned(),
        opening: 0,
        paid: 0,
        activities: vec![activity("Night Drive", ActivityKind::Borne, 182_340, -3 * ONE)],
        held: 0,
        released: 0,
        earned: -300,
        costs: 0,
        tax: 0,
        advances: 0,
        closing: -300,
        unrecouped: 0,
        charges: Vec::new(),
        reserves: Vec::new(),
    };
    RoyaltyStatement {
        language: Language::En,
        reference: "RS-7K3M9Q2X".to_owned(),
        issued_at: Utc.with_ymd_and_hms(2026, 10, 14, 9, 30, 0).single().expect("a literal instant"),
        from: day(2026, 7, 1),
        through: day(2026, 9, 30),
        payer: Payer {
            name: "Nova Sound".to_owned(),
            legal_name: Some("Nova Sound Ltd".to_owned()),
            address: Some("1 Long Lane\nLondon".to_owned()),
            email: "nova@example.com".to_owned(),
        },
        payee: "Orson Vale".to_owned(),
        payee_legal_name: None,
        currency: "EUR".to_owned(),
        decimals: 2,
        accounts: vec![shares, producer],
        balance: 30_239,
        due: 30_239,
        waits: None,
    }
}
