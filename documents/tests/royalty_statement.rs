//! A payee's statement of royalties.

#[path = "samples/royalty.rs"]
mod royalty;

use documents::DocumentError;
use documents::royalty_statement::{
    Account, Activity, ActivityKind, MOST_LINES, RoyaltyStatement, Waits, royalty_statement_text, to_pdf,
};
use royalty::{ONE, statement};

/// Letters and digits alone: line breaks and spaces are the layout's.
fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

fn page_text(pdf: &[u8]) -> String {
    let document = lopdf::Document::load_mem(pdf).expect("our PDF can be read");
    let pages: Vec<u32> = document.get_pages().into_keys().collect();
    document.extract_text(&pages).expect("its text can be extracted")
}

/// The steps of an account, a line each.
fn steps(statement: &RoyaltyStatement, account: usize) -> Vec<String> {
    let text = royalty_statement_text(statement).expect("it adds up");
    let account = &text.accounts[account];
    let facts = account.steps.iter().chain([&account.closing]).chain(&account.unrecouped);
    facts.map(|fact| format!("{}: {}", fact.label, fact.value.replace('\u{a0}', " "))).collect()
}

#[test]
fn every_step_leads_from_the_opening_to_the_closing_balance() {
    let expected = [
        "Opening balance: EUR 42.10",
        "Paid to you since: −EUR 40.00",
        "Earned in this period: EUR 750.8735",
        "Held back in reserve: −EUR 100.00",
        "Released from reserve: EUR 25.00",
        "Rounding: −EUR 0.0035",
        "Recouped costs: −EUR 120.00",
        "Tax withheld: −EUR 55.58",
        "Recouped advances: −EUR 200.00",
        "Closing balance: EUR 302.39",
        "Costs and advances still to be recouped: EUR 300.00",
    ];
    assert_eq!(steps(&statement(), 0), expected);
    let borne = ["Opening balance: EUR 0.00", "Earned in this period: −EUR 3.00", "Closing balance: −EUR 3.00"];
    assert_eq!(steps(&statement(), 1), borne);
}

#[test]
fn a_statement_shows_every_fact_and_is_made_alike_each_time() {
    let pdf = to_pdf(&statement()).unwrap();
    assert_eq!(pdf, to_pdf(&statement()).unwrap());
    let raw = page_text(&pdf);
    assert!(!raw.contains('\u{200b}'), "{raw:?}");
    let shown = letters(&raw);
    for fact in [
        "Royalty statement",
        "RS-7K3M9Q2X",
        "1 July 2026 to 30 September 2026",
        "Orson Vale",
        "Nova Sound Ltd",
        "1 Long Lane, London",
        "EUR 302.39",
        "Account: producer deal",
        "Night Drive",
        "182,340",
        "EUR 731.1235",
        "royalties that you pay",
        "Several together",
        "3 July 2026: advance, Advance for the second single",
        "31 March 2027",
    ] {
        assert!(shown.contains(&letters(fact)), "{fact} in {raw}");
    }
}

#[test]
fn why_nothing_is_paid_is_said() {
    for (waits, said) in [
        (Waits::Nothing, "Nothing is owed to you for now."),
        (Waits::Minimum, "less than what is paid out at the least"),
        (Waits::Hold("a tax form is missing".to_owned()), "It is held for now: a tax form is missing."),
    ] {
        let waiting = RoyaltyStatement { due: 0, waits: Some(waits), ..statement() };
        let text = royalty_statement_text(&waiting).unwrap();
        assert!(text.waits.contains(said), "{}", text.waits);
        assert_eq!(text.due.value, "EUR\u{a0}0.00");
    }
}

#[test]
fn what_does_not_add_up_is_no_statement() {
    let mut wrong = statement();
    wrong.accounts[1].closing += 1;
    let Err(DocumentError::Invalid(faults)) = to_pdf(&wrong) else { panic!("a wrong balance is printed") };
    assert_eq!(faults[0].field, "accounts[1].closing");
}

#[test]
fn costs_that_came_back_are_told_from_rounding() {
    let mut given_back = statement();
    given_back.accounts[1].earned += 1_000;
    given_back.accounts[1].closing += 1_000;
    assert_eq!(steps(&given_back, 1)[2], "Costs given back, and rounding: EUR 10.00");
}

#[test]
fn what_is_borne_names_whom_it_is_paid_to_and_a_charge_without_a_note_has_no_comma() {
    let mut said = statement();
    said.accounts[1].activities[0].paid_to = Some("Pia Kraft".to_owned());
    for charge in &mut said.accounts[0].charges {
        charge.note.clear();
    }
    let text = royalty_statement_text(&said).unwrap();
    assert_eq!(text.accounts[1].lines[0].kind, "royalties that you pay to Pia Kraft");
    assert!(
        text.accounts[0].charges.iter().all(|charge| !charge.label.contains(',')),
        "{:?}",
        text.accounts[0].charges
    );
    assert_eq!(text.due.label, "Due for payout");
}

#[test]
fn thousands_of_titles_are_shortened_to_a_line_and_lose_nothing() {
    let activity = Activity {
        kind: ActivityKind::Share,
        title: Some("Night Drive".to_owned()),
        units: ONE,
        amount: ONE,
        paid_to: None,
    };
    let count = MOST_LINES + 1_500;
    let earned = 100 * i64::try_from(count).unwrap();
    let account = Account {
        activities: vec![activity; count],
        earned,
        closing: earned - 300,
        opening: -300,
        ..statement().accounts.remove(1)
    };
    let long = RoyaltyStatement { accounts: vec![account], ..statement() };
    let text = royalty_statement_text(&long).unwrap();
    let lines = &text.accounts[0].lines;
    let last = lines.last().unwrap();
    assert_eq!((lines.len(), last.title.as_str(), last.units.as_str()), (MOST_LINES + 1, "And 1,500 more", "1,500"));
    assert_eq!(last.amount, "EUR\u{a0}1,500.00");
    let pdf = to_pdf(&long).unwrap();
    let document = lopdf::Document::load_mem(&pdf).expect("our PDF can be read");
    assert!(document.get_pages().len() > 5);
}

#[test]
fn rules_run_from_margin_to_margin() {
    let pdf = to_pdf(&statement()).unwrap();
    let document = lopdf::Document::load_mem(&pdf).expect("our PDF can be read");
    // A4 less its margins, 2.3 cm each, in points.
    let width = (210.0 - 2.0 * 23.0) / 25.4 * 72.0;
    let (mut rules, mut from) = (0, (0.0, 0.0));
    for page in document.get_pages().into_values() {
        for operation in document.get_and_decode_page_content(page).expect("a page is well-formed").operations {
            let number = |index: usize| operation.operands[index].as_float().expect("a number");
            match operation.operator.as_str() {
                "m" => from = (number(0), number(1)),
                "l" if (number(1) - from.1).abs() < 0.01 => {
                    let length = (number(0) - from.0).abs();
                    assert!((length - width).abs() < 0.5, "a rule of {length} pt, not {width}");
                    rules += 1;
                }
                _ => {}
            }
        }
    }
    assert!(rules > 5, "{rules}");
}

#[test]
fn names_of_any_length_and_script_are_set() {
    let wide = "W".repeat(200);
    let mut hostile = statement();
    hostile.payee = "#eval(\"1\") $x^2$ ליאת 🔥".to_owned();
    hostile.payer.name.clone_from(&wide);
    hostile.accounts[0].name.clone_from(&wide);
    hostile.accounts[0].activities[0].title = Some(wide);
    hostile.accounts[0].charges[0].note = "a\nb".repeat(300);
    assert!(to_pdf(&hostile).is_ok());
}
