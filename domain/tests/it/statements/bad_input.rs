//! What arrives that is not as it should be: a defined outcome each, and nothing guessed in silence.

use domain::{
    money::Currency,
    royalties::{
        RoyaltyError,
        commands::imports::{accept_import, cancel_import, teach_format},
        entity::ImportState,
    },
};

use super::{Desk, exact, file, packed, row};
use crate::support::on_each_database;

const ISRC: &str = "QZAB12600001";

fn earning(earnings: &[&str]) -> Vec<u8> {
    let rows: Vec<String> = earnings.iter().map(|earnings| row("Night Drive", ISRC, "10", earnings)).collect();
    file(&rows)
}

/// A file in another month, so that it overlaps with no other of the test.
fn month(bytes: &[u8], month: &str) -> Vec<u8> {
    String::from_utf8(bytes.to_vec()).unwrap().replace("2026-10-01", &format!("2026-{month}-01")).into_bytes()
}

#[tokio::test]
async fn what_cannot_be_read_is_refused_and_says_why() {
    on_each_database(async |world| {
        let desk = Desk::open(world, Currency::USD).await;
        let whole = packed(&earning(&vec!["1.5"; 2_000]));
        let huge = month(&earning(&["1.5"]), "09");
        let huge = String::from_utf8(huge).unwrap().replace("Night Drive", &"x".repeat(10_000_000));
        let quote = String::from_utf8(earning(&["1.5"])).unwrap().replace("Night Drive", "\"Night Drive");
        for (bytes, code) in [
            (whole[..whole.len() / 2].to_vec(), "TRUNCATED"),
            (huge.into_bytes(), "CELL_TOO_LARGE"),
            (quote.into_bytes(), "OPEN_QUOTE"),
            (b"%PDF-1.7 a statement".to_vec(), "NOT_TEXT"),
        ] {
            let import = desk.imported(&bytes).await;
            assert_eq!((import.state, Desk::codes(&import)), (ImportState::Refused, vec![code.to_owned()]));
            assert!(desk.items(import.id).await.is_empty() && desk.totals(import.id).await.is_empty());
            // What was refused may be sent again.
            assert!(!desk.taken(&bytes, None).await.is_known);
        }
    })
    .await;
}

#[tokio::test]
async fn rows_that_are_not_taken_hold_a_statement_until_somebody_accepts_it_without_them() {
    on_each_database(async |world| {
        let desk = Desk::open(world, Currency::USD).await;
        let import = desk.imported(&earning(&["1.5", "1.234,56", "0.25"])).await;
        assert_eq!((import.state, Desk::codes(&import)), (ImportState::Held, vec!["ROW_REFUSED".to_owned()]));
        let problem = &import.problems()[0];
        assert!(problem.message.starts_with("line 3: Earnings (USD): \"1.234,56\""), "{}", problem.message);
        assert_eq!(desk.totals(import.id).await[0].amount, exact("1.75"));
        let accept = async || desk.done(async |tx, ctx| accept_import(tx, ctx, import.id).await).await;
        let accepted = accept().await.unwrap();
        assert_eq!((accepted.state, accepted.accepted_at.is_some()), (ImportState::Ready, true));
        assert_eq!(accept().await.unwrap(), accepted);
        let cancelled = desk.done(async |tx, ctx| cancel_import(tx, ctx, import.id).await).await;
        assert!(matches!(cancelled, Err(RoyaltyError::StatementNotNow { state: ImportState::Ready })));
    })
    .await;
}

#[tokio::test]
async fn negative_amounts_in_any_form_and_zeros_are_lines() {
    on_each_database(async |world| {
        let desk = Desk::open(world, Currency::USD).await;
        let import = desk.ready(&earning(&["(12.30)", "-1", "0", "20.000000000001"])).await;
        let total = &desk.totals(import.id).await[0];
        assert_eq!((total.lines, total.amount), (4, exact("6.700000000001")));
    })
    .await;
}

#[tokio::test]
async fn a_total_row_is_held_against_the_lines_and_never_one_of_them() {
    on_each_database(async |world| {
        let desk = Desk::open(world, Currency::USD).await;
        let total = |amount: &str| {
            let mut cells = vec![""; 15];
            (cells[0], cells[13]) = ("Total", amount);
            cells.join("\t")
        };
        let rows =
            |amount: &str| [row("Night Drive", ISRC, "10", "1.5"), row("Night Drive", ISRC, "1", "2"), total(amount)];
        let right = desk.ready(&file(&rows("3.5"))).await;
        let held = desk.totals(right.id).await;
        assert_eq!((right.lines, held[0].amount, held[0].stated), (2, exact("3.5"), Some(exact("3.5"))));
        let wrong = desk.imported(&month(&file(&rows("4.5")), "09")).await;
        assert_eq!((wrong.state, Desk::codes(&wrong)), (ImportState::Held, vec!["TOTAL_DIFFERS".to_owned()]));
    })
    .await;
}

#[tokio::test]
async fn currencies_are_added_up_apart_and_one_that_there_is_not_is_refused() {
    on_each_database(async |world| {
        let desk = Desk::open(world, Currency::EUR).await;
        let header = "Amount,Currency,Title,Sold\n";
        let description = serde_json::json!({
            "id": "mixed", "name": "Mixed", "columns": [
                { "heading": "Amount", "field": "amount" }, { "heading": "Currency", "field": "currency" },
                { "heading": "Title", "field": "title" }, { "heading": "Sold", "field": "sold" },
            ],
        });
        let description = serde_json::from_value(description).unwrap();
        let studio = desk.shop.studio;
        desk.done(async |tx, ctx| teach_format(tx, ctx, studio, description).await).await.unwrap();
        let mixed = desk.ready(format!("{header}1.5,USD,A,2026-07-01\n2.5,EUR,A,2026-07-02\n").as_bytes()).await;
        let totals: Vec<_> =
            desk.totals(mixed.id).await.into_iter().map(|total| (total.currency.code(), total.amount)).collect();
        assert_eq!(totals, [("EUR", exact("2.5")), ("USD", exact("1.5"))]);
        let unknown = desk.imported(format!("{header}1.5,XQX,A,2026-08-01\n").as_bytes()).await;
        assert_eq!((unknown.state, Desk::codes(&unknown)), (ImportState::Refused, vec!["UNKNOWN_CURRENCY".to_owned()]));
    })
    .await;
}

#[tokio::test]
async fn a_file_without_its_currency_waits_for_it() {
    on_each_database(async |world| {
        let desk = Desk::open(world, Currency::EUR).await;
        let header = "Day,Country,Asset ID,Asset Title,ISRC,UPC,Custom ID,Owned Views,Partner Revenue\n";
        let bytes = format!("{header}2026-07-31,US,A1,Night Drive,{ISRC},,,10,1.5\n").into_bytes();
        let held = desk.imported(&bytes).await;
        assert_eq!((held.state, Desk::codes(&held)), (ImportState::Held, vec!["NO_CURRENCY".to_owned()]));
        let accepted = desk.done(async |tx, ctx| accept_import(tx, ctx, held.id).await).await;
        assert!(matches!(accepted, Err(RoyaltyError::NoCurrency)));
        assert!(desk.taken(&bytes, None).await.is_known);
        let named = desk.taken(&bytes, Some(Currency::USD)).await;
        assert_eq!((named.is_known, named.import.id), (false, held.id));
        let read = desk.read(held.id).await;
        assert_eq!(read.state, ImportState::Ready);
        assert_eq!(desk.totals(read.id).await[0].currency, Currency::USD);
    })
    .await;
}

#[tokio::test]
async fn the_statement_of_another_artist_or_of_later_months_counts_though_its_days_are_the_same() {
    on_each_database(async |world| {
        let desk = Desk::open(world, Currency::USD).await;
        desk.ready(&earning(&["2"])).await;
        let other = desk.ready(&file(&[row("Morning", "QZAB12600002", "10", "3")])).await;
        assert_eq!(Desk::codes(&other), ["PERIOD_SHARED"]);
        assert!(other.problems()[0].is_warning);
        let later = String::from_utf8(earning(&["4"])).unwrap().replace("2026-07", "2026-08");
        let later = desk.ready(later.as_bytes()).await;
        assert_eq!(Desk::codes(&later), ["PERIOD_SHARED"]);
    })
    .await;
}

#[tokio::test]
async fn what_is_left_out_of_lines_and_a_currency_named_in_vain_are_told() {
    on_each_database(async |world| {
        let desk = Desk::open(world, Currency::USD).await;
        let rows = [row("Night Drive", ISRC, "10", "1.5").replace("\tUS\t", "\tNarnia\t")];
        let taken = desk.taken(&file(&rows), Some(Currency::EUR)).await;
        let read = desk.read(taken.import.id).await;
        assert_eq!(
            (read.state, Desk::codes(&read)),
            (ImportState::Ready, vec!["LEFT_OUT".into(), "CURRENCY_SAID".into()])
        );
        let [place, currency] = &read.problems()[..] else { panic!("{:?}", read.problems()) };
        assert_eq!(place.message, "line 2: Country of Sale: \"Narnia\" is no country that is known");
        assert_eq!(currency.message, "EUR was named, but it says USD itself, which holds");
        assert_eq!(desk.totals(read.id).await[0].currency, Currency::USD);
    })
    .await;
}

#[tokio::test]
async fn a_format_that_everybody_has_is_taught_under_another_id() {
    on_each_database(async |world| {
        let desk = Desk::open(world, Currency::USD).await;
        let known = interchange::statements::known()[0].clone();
        let studio = desk.shop.studio;
        let refused = desk.done(async |tx, ctx| teach_format(tx, ctx, studio, known).await).await;
        assert!(matches!(refused, Err(RoyaltyError::FormatKnown { id }) if id == "distrokid"));
    })
    .await;
}

#[tokio::test]
async fn the_future_and_overlapping_days_are_accepted_by_somebody_or_not_at_all() {
    on_each_database(async |world| {
        let desk = Desk::open(world, Currency::USD).await;
        let future = desk.imported(&month(&earning(&["1"]), "12")).await;
        assert_eq!((future.state, Desk::codes(&future)), (ImportState::Held, vec!["IN_FUTURE".to_owned()]));

        let first = desk.ready(&earning(&["2"])).await;
        let second = desk.imported(&earning(&["3"])).await;
        assert_eq!((second.state, Desk::codes(&second)), (ImportState::Held, vec!["PERIOD_OVERLAPS".to_owned()]));
        assert_eq!(
            second.problems()[0].message,
            "it tells of the same recordings in the same months as “statement.tsv” (2026-10-01)"
        );
        let accepted = desk.done(async |tx, ctx| accept_import(tx, ctx, second.id).await).await.unwrap();
        assert_eq!(accepted.state, ImportState::Ready);
        let same = desk.imported(&packed(&earning(&["2"]))).await;
        assert_eq!((same.state, same.duplicate_of), (ImportState::Duplicate, Some(first.id)));
        assert!(same.problems()[0].message.starts_with("it says what “statement.tsv”"), "{:?}", same.problems());
    })
    .await;
}
