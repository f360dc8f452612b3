//! What statements say is due and what of it arrives, at which rate, in the books.

use chrono::Duration;
use domain::{
    actor::Actor,
    ids::StatementImportId,
    ledger::{
        commands::close_period,
        entity::{AccountKind, JournalKind, journal},
    },
    money::{Currency, Money},
    royalties::{
        RoyaltyError,
        commands::{
            imports::{Receipt, correct_receipt, record_receipt},
            runs::post_statement,
            terms::{NewCharge, save_charge},
        },
        entity::total,
        queries::imports::receipts_of,
        rules::{AccountKey, ChargedTo, Group},
    },
    sales::proof::{DriftKind, prove},
    store,
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter};

use super::{booked, books, day, exact, of, open, posted, recording, split, statement, unrate};
use crate::{books::balance, shop::Shop, support::on_each_database};

/// Records what of a statement arrived, and books it.
async fn arrived(shop: &Shop, id: StatementImportId, currency: Currency, bank_minor: i64) {
    receive(shop, id, (currency, bank_minor), false, None).await.unwrap();
    post_statement(&shop.services, id).await.unwrap();
}

/// Says what of a statement arrived, or corrects it.
async fn receive(
    shop: &Shop,
    id: StatementImportId,
    (currency, bank_minor): (Currency, i64),
    is_confirmed: bool,
    corrects: Option<&str>,
) -> Result<total::Model, RoyaltyError> {
    let (bank, on) = (Money::new(bank_minor, Currency::EUR), day(11, 2));
    let new = Receipt { currency, bank, on, is_confirmed };
    let (tx, ctx) = (shop.services.begin().await.unwrap(), shop.services.ctx(Actor::System));
    let total = match corrects {
        Some(reason) => correct_receipt(&tx, &ctx, id, new, reason).await?,
        None => record_receipt(&tx, &ctx, id, new).await?,
    };
    shop.services.commit(tx).await.unwrap();
    Ok(total)
}

#[tokio::test]
async fn a_mistyped_receipt_is_refused_or_corrected_and_kept() {
    on_each_database(async |world| {
        let shop = open(world).await;
        let (work, song) = recording(&shop, "Song").await;
        split(&shop, work, &[(shop.makers[0], 1_000_000)], 1).await;
        let id = booked(&shop, "a.csv", &[of(song, 8, "866.23")]).await;
        let say = async |minor, confirmed, corrects: Option<&str>| {
            receive(&shop, id, (Currency::EUR, minor), confirmed, corrects).await
        };
        for confirmed in [false, true] {
            let turned = say(-86_600, confirmed, None).await.unwrap_err();
            assert!(matches!(turned, RoyaltyError::ReceiptSign { is_negative: false }), "{turned}");
            for beyond in [1_000_000_000_001, i64::MIN, i64::MAX] {
                let beyond = say(beyond, confirmed, None).await.unwrap_err();
                assert!(matches!(beyond, RoyaltyError::TooMuch { .. }), "{beyond}");
            }
        }
        let far = say(8_660, false, None).await.unwrap_err();
        assert!(matches!(far, RoyaltyError::ReceiptDiffers { due, .. } if due.minor == 86_623), "{far}");
        assert!(matches!(say(86_600, false, Some("none yet")).await, Err(RoyaltyError::NoReceipt)));
        say(8_660, true, None).await.unwrap();
        post_statement(&shop.services, id).await.unwrap();
        assert_eq!(books(world, &shop).await, [0, -86_623, 0, 0, 77_963, 0]);
        // A second is no silent correction, and the same again is none.
        let second = say(86_600, false, None).await.unwrap_err();
        assert!(matches!(second, RoyaltyError::ReceiptRecorded { bank, .. } if bank.minor == 8_660), "{second}");
        say(8_660, false, None).await.unwrap();
        assert!(matches!(say(86_600, false, Some(" ")).await, Err(RoyaltyError::Text { field: "reason", .. })));
        for minor in [86_600, 86_610] {
            say(minor, false, Some("A digit was missing")).await.unwrap();
            post_statement(&shop.services, id).await.unwrap();
        }
        assert_eq!(books(world, &shop).await, [0, -86_623, 0, 0, 13, 0]);
        assert_eq!(balance(world, &shop, AccountKind::Bank).await, 86_610);
        let kept = receipts_of(&shop.services.db, &[id]).await.unwrap();
        let kept: Vec<_> = kept.iter().map(|row| (row.number, row.bank_minor, row.reason.as_deref())).collect();
        let why = Some("A digit was missing");
        assert_eq!(kept, [(1, 8_660, None), (2, 86_600, why), (3, 86_610, why)]);
        // Nobody changes what was recorded, nor what reached the bank beside it.
        for change in [
            "UPDATE statement_receipts SET bank_minor = 1",
            "DELETE FROM statement_receipts",
            "UPDATE statement_totals SET bank_minor = 86623",
            "UPDATE statement_totals SET receipt_journal_id = NULL",
        ] {
            assert!(world.db.execute_unprepared(change).await.is_err(), "{change}");
        }
    })
    .await;
}

#[tokio::test]
async fn of_two_receipts_at_once_one_is_recorded() {
    on_each_database(async |world| {
        let shop = open(world).await;
        let (work, song) = recording(&shop, "Song").await;
        split(&shop, work, &[(shop.makers[0], 1_000_000)], 1).await;
        let id = booked(&shop, "a.csv", &[of(song, 8, "866.23")]).await;
        let say = async |minor| receive(&shop, id, (Currency::EUR, minor), false, None).await;
        let (one, other) = tokio::join!(say(86_600), say(86_500));
        let refused = one.and(other).unwrap_err();
        assert!(matches!(refused, RoyaltyError::ReceiptRecorded { .. }), "{refused}");
        assert_eq!(receipts_of(&shop.services.db, &[id]).await.unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_rate_that_follows_from_the_bank_follows_its_correction_until_a_run_has_taken_it() {
    on_each_database(async |world| {
        let shop = open(world).await;
        let (work, song) = recording(&shop, "Song").await;
        split(&shop, work, &[(shop.makers[0], 1_000_000)], 1).await;
        let id = statement(&shop, "usd.csv", (Currency::USD, ("1", "1")), &[of(song, 8, "125")]).await;
        unrate(&shop, id, Currency::USD).await;
        receive(&shop, id, (Currency::USD, 1_000_000), false, None).await.unwrap();
        post_statement(&shop.services, id).await.unwrap();
        assert_eq!(books(world, &shop).await, [0, -1_000_000, 0, 0, 0, 0]);
        let right = receive(&shop, id, (Currency::USD, 10_000), false, Some("Two digits too many")).await.unwrap();
        assert_eq!((right.rate_of, right.rate_to), (Some(exact("125")), Some(exact("100"))));
        post_statement(&shop.services, id).await.unwrap();
        assert_eq!(books(world, &shop).await, [0, -10_000, 0, 0, 0, 0]);
        posted(&shop, 8).await;
        // By now the rate stays, and what differs is said.
        let late = receive(&shop, id, (Currency::USD, 9_990), false, Some("A fee")).await.unwrap();
        assert_eq!(late.rate_to, Some(exact("100")));
        post_statement(&shop.services, id).await.unwrap();
        assert_eq!(books(world, &shop).await, [0, 0, 0, 0, 10, -10_000]);
    })
    .await;
}

#[tokio::test]
async fn what_arrives_is_booked_once_and_what_differs_is_said() {
    on_each_database(async |world| {
        let shop = open(world).await;
        let (work, song) = recording(&shop, "Song").await;
        split(&shop, work, &[(shop.makers[0], 1_000_000)], 1).await;
        let id = booked(&shop, "a.csv", &[of(song, 8, "100.009")]).await;
        for _ in 0..2 {
            post_statement(&shop.services, id).await.unwrap();
        }
        assert_eq!(books(world, &shop).await, [10_000, -10_000, 0, 0, 0, 0]);
        // The bank has kept 25 cents.
        arrived(&shop, id, Currency::EUR, 9_975).await;
        post_statement(&shop.services, id).await.unwrap();
        assert_eq!(books(world, &shop).await, [0, -10_000, 0, 0, 25, 0]);
        assert_eq!(balance(world, &shop, AccountKind::Bank).await, 9_975);
        posted(&shop, 8).await;
        assert_eq!(books(world, &shop).await, [0, 0, 0, 0, 25, -10_000]);
        let kinds = journal::Entity::find().filter(journal::Column::Kind.eq(JournalKind::StatementReceipt));
        assert_eq!(kinds.count(&shop.services.db).await.unwrap(), 1);
    })
    .await;
}

#[tokio::test]
async fn cents_that_statements_were_rounded_down_to_are_a_difference() {
    on_each_database(async |world| {
        let shop = open(world).await;
        let (work, song) = recording(&shop, "Song").await;
        split(&shop, work, &[(shop.makers[0], 1_000_000)], 1).await;
        for (name, net) in [("a.csv", "1.006"), ("b.csv", "2.006")] {
            booked(&shop, name, &[of(song, 8, net)]).await;
        }
        // Each is rounded down; together they are a cent more, which the run gives out.
        assert_eq!(books(world, &shop).await, [300, -300, 0, 0, 0, 0]);
        posted(&shop, 8).await;
        assert_eq!(books(world, &shop).await, [300, 0, 0, 0, 1, -301]);
    })
    .await;
}

#[tokio::test]
async fn other_currencies_are_accounted_for_at_their_rate_and_returns_turn_the_sides() {
    on_each_database(async |world| {
        let shop = open(world).await;
        let (work, song) = recording(&shop, "Song").await;
        split(&shop, work, &[(shop.makers[0], 1_000_000)], 1).await;
        let dollars = (Currency::USD, ("1.25", "1"));
        let id = statement(&shop, "usd.csv", dollars, &[of(song, 8, "125")]).await;
        post_statement(&shop.services, id).await.unwrap();
        assert_eq!(books(world, &shop).await, [10_000, -10_000, 0, 0, 0, 0]);
        let run = posted(&shop, 8).await;
        assert_eq!((run.received, run.lines), (exact("100"), 1));
        assert_eq!(books(world, &shop).await, [10_000, 0, 0, 0, 0, -10_000]);
        booked(&shop, "returns.csv", &[of(song, 9, "-30"), of(song, 9, "0")]).await;
        assert_eq!(books(world, &shop).await, [7_000, 3_000, 0, 0, 0, -10_000]);
        posted(&shop, 9).await;
        // A loss waits for later income of the recording; until then the studio has it to recoup.
        assert_eq!(books(world, &shop).await, [7_000, 0, 0, 3_000, 0, -10_000]);
        booked(&shop, "later.csv", &[of(song, 10, "50")]).await;
        posted(&shop, 10).await;
        assert_eq!(books(world, &shop).await, [12_000, 0, 0, 0, 0, -12_000]);
    })
    .await;
}

#[tokio::test]
async fn a_run_books_what_is_due_itself_and_beside_a_closed_period() {
    on_each_database(async |world| {
        let shop = open(world).await;
        let (work, song) = recording(&shop, "Song").await;
        split(&shop, work, &[(shop.makers[0], 1_000_000)], 1).await;
        let start = world.ctx.env.now();
        world.clock.advance(Duration::days(40));
        let tx = shop.services.begin().await.unwrap();
        close_period(&tx, &world.ctx, shop.studio, start + Duration::days(30), "the month is over").await.unwrap();
        shop.services.commit(tx).await.unwrap();
        // Nobody has worked the job off that books what is due.
        statement(&shop, "a.csv", (Currency::EUR, ("1", "1")), &[of(song, 8, "5")]).await;
        let run = posted(&shop, 8).await;
        assert_eq!(books(world, &shop).await, [500, 0, 0, 0, 0, -500]);
        let row = journal::Entity::find_by_id(run.journal_id.unwrap()).one(&shop.services.db).await.unwrap().unwrap();
        assert!(row.posted_at > start + Duration::days(30));
    })
    .await;
}

#[tokio::test]
async fn the_proof_finds_what_is_forced_underneath_royalties() {
    on_each_database(async |world| {
        let shop = open(world).await;
        let nova = shop.makers[0];
        let (work, song) = recording(&shop, "Song").await;
        split(&shop, work, &[(nova, 1_000_000)], 1).await;
        booked(&shop, "a.csv", &[of(song, 7, "50")]).await;
        let to = ChargedTo::Cost { account: AccountKey { payee: nova, group: Group::shares() } };
        let amount = Money::new(700, Currency::EUR);
        let new = NewCharge { on: day(7, 1), amount, to, note: "Strings".into(), request_key: None };
        let tx = shop.services.begin().await.unwrap();
        save_charge(&tx, &world.ctx, shop.studio, new).await.unwrap();
        shop.services.commit(tx).await.unwrap();
        posted(&shop, 7).await;
        assert_eq!(books(world, &shop).await, [5_000, 0, 0, 0, 0, -4_300]);
        for (table, guard, change, kind) in [
            ("royalty_run_payees", "royalty_run_payees_no_UPDATE", "balance_minor", DriftKind::RoyaltyRunAstray),
            ("royalty_charges", "royalty_charges_once", "amount_minor", DriftKind::RoyaltyChargeAstray),
            ("statement_totals", "statement_totals_frozen", "posted_minor", DriftKind::StatementAstray),
        ] {
            let unguard = if store::is_postgres(&world.db) {
                format!("ALTER TABLE {table} DISABLE TRIGGER ALL")
            } else {
                format!("DROP TRIGGER {guard}")
            };
            let forced = format!("{unguard}; UPDATE {table} SET {change} = {change} + 1");
            world.db.execute_unprepared(&forced).await.unwrap();
            let proof = prove(&world.db, &world.ctx, shop.studio).await.unwrap();
            let kinds: Vec<DriftKind> = proof.drifts.iter().map(|drift| drift.kind).collect();
            assert_eq!(kinds, [kind], "{proof:?}");
            let back = format!("UPDATE {table} SET {change} = {change} - 1");
            world.db.execute_unprepared(&back).await.unwrap();
        }
        assert!(prove(&world.db, &world.ctx, shop.studio).await.unwrap().holds());
    })
    .await;
}
