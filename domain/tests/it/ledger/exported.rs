//! The books for other programs, and what beancount says of them.
//!
//! `LEDGERLINE_TEST_PYTHON` names a Python that has it (`pip install beancount`); else `python3` is asked, and where it has not, it says so.

use std::{path::Path, process::Command};

use chrono::Duration;
use domain::{
    actor::Actor,
    ledger::{
        LedgerError,
        commands::{book_payout, book_refund, lose_dispute, open_dispute},
        export::{Format, export},
        rules::payout::PaidFrom,
    },
    money::Currency,
    policy::Denied,
};
use futures::TryStreamExt;

use super::{alone, event, sell};
use crate::{
    shop::Shop,
    support::{World, on_each_database},
};

async fn written(world: &World, shop: &Shop, format: Format) -> String {
    let until = world.ctx.env.now();
    let pieces = export(&world.db, &world.ctx, shop.studio, format, until).await.unwrap();
    pieces.try_collect::<Vec<String>>().await.unwrap().concat()
}

/// A little of everything, over some days.
async fn trade(world: &World, shop: &Shop) {
    let sale = sell(world, shop, "pi_1", 1_001, 59).await;
    world.clock.advance(Duration::days(1));
    alone(world, async |tx, ctx| {
        book_payout(tx, ctx, event(shop, "po_1"), shop.makers[0], 400, PaidFrom::Gateway { fee_minor: 2 }).await
    })
    .await
    .unwrap();
    alone(world, async |tx, ctx| {
        let memo = "Given back: \"Night Drive\",\nand more \\";
        book_refund(tx, ctx, domain::ledger::commands::Event { memo, ..event(shop, "re_1") }, sale, 333, 0).await
    })
    .await
    .unwrap();
    world.clock.advance(Duration::days(1));
    let opened = alone(world, async |tx, ctx| open_dispute(tx, ctx, event(shop, "dp_1"), sale, 600, 15).await).await;
    let opened = opened.unwrap().id;
    alone(world, async |tx, ctx| lose_dispute(tx, ctx, event(shop, "dp_1"), opened, 0).await).await.unwrap();
    // One of these will be missed.
    for n in 0..40 {
        sell(world, shop, &format!("pi_more_{n}"), 1_000 + n, 31).await;
    }
}

/// What `bean-check` says of a file; none if it is not there to be asked.
fn bean_check(file: &Path) -> Option<Result<(), String>> {
    let python = std::env::var("LEDGERLINE_TEST_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let has = Command::new(&python).args(["-c", "import beancount"]).output();
    if !has.is_ok_and(|output| output.status.success()) {
        eprintln!("SKIPPED: {python} has no beancount, its opinion was not asked");
        return None;
    }
    let program = "import sys\nfrom beancount import loader\n_, errors, _ = loader.load_file(sys.argv[1])\n\
                   print('\\n'.join(str(error) for error in errors))\nsys.exit(1 if errors else 0)";
    let output = Command::new(&python).args(["-c", program]).arg(file).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    Some(if output.status.success() { Ok(()) } else { Err(said) })
}

#[tokio::test]
async fn beancount_accepts_the_books_and_misses_what_is_taken_out() {
    for currency in [Currency::EUR, Currency::JPY, Currency::BHD] {
        on_each_database(async |world| {
            let shop = Shop::open(world, currency).await;
            trade(world, &shop).await;
            let text = written(world, &shop, Format::Beancount).await;
            let folder = tempfile::tempdir().unwrap();
            let (whole, torn) = (folder.path().join("whole.beancount"), folder.path().join("torn.beancount"));
            std::fs::write(&whole, &text).unwrap();
            let transactions: Vec<&str> = text.split("\n\n").collect();
            let without: Vec<&str> =
                transactions.iter().filter(|part| !part.contains("\"pi_more_7\"")).copied().collect();
            assert_eq!(without.len() + 1, transactions.len());
            std::fs::write(&torn, without.join("\n\n")).unwrap();
            if let Some(said) = bean_check(&whole) {
                assert_eq!(said, Ok(()), "{text}");
                let said = bean_check(&torn).unwrap().unwrap_err();
                assert!(said.contains("Balance failed"), "{said}");
            }
        })
        .await;
    }
}

#[tokio::test]
async fn the_list_has_a_line_for_each_entry_and_sums_to_zero() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        trade(world, &shop).await;
        let text = written(world, &shop, Format::Csv).await;
        let mut lines = text.split("\r\n");
        let columns: Vec<&str> = lines.next().unwrap().split(',').collect();
        assert_eq!((columns.len(), columns[13], columns[14]), (15, "amount", "currency"));
        assert!(text.contains("\"Given back: \"\"Night Drive\"\",\nand more \\\""), "{text}");
        let minor = |line: &str| {
            let amount = line.rsplit(',').nth(1).unwrap();
            amount.replace('.', "").parse::<i64>().unwrap()
        };
        let entries: Vec<i64> = lines.filter(|line| line.ends_with(",EUR")).map(minor).collect();
        assert_eq!(entries.iter().sum::<i64>(), 0);
        assert!(entries.len() > 200 && entries.contains(&-1_001));
        // Up to an instant, nothing later.
        world.clock.advance(-Duration::days(1));
        let earlier = written(world, &shop, Format::Csv).await;
        assert!(earlier.contains("re_1") && !earlier.contains("dp_1"));
    })
    .await;
}

#[tokio::test]
async fn the_books_are_written_for_who_may_read_them() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let until = world.ctx.env.now();
        let refused = export(&world.db, &world.as_actor(Actor::Anonymous), shop.studio, Format::Csv, until).await;
        assert!(matches!(refused.err(), Some(LedgerError::Denied(Denied::Unauthenticated))));
        let empty = export(&world.db, &world.as_actor(shop.manager()), shop.studio, Format::Csv, until).await.unwrap();
        assert_eq!(empty.try_collect::<Vec<String>>().await.unwrap().len(), 1, "the head alone");
    })
    .await;
}
