//! Numbers: without a gap in the studio and year, whoever issues at the same moment, and whatever comes to nothing.

use chrono::{Datelike, Duration};
use domain::{
    ids::InvoiceId,
    invoices::{
        InvoiceError,
        commands::{self, BillTo, IssueInvoice, issue_invoice},
        entity::{counter, invoice},
        queries::{invoice_of_reference, settings_of},
        rules::settings::Settings,
    },
    money::Currency,
};
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel};

use super::Desk;
use crate::{books::assert_proved, support::on_each_database};

#[tokio::test]
async fn those_who_issue_at_once_get_numbers_in_a_row() {
    const AT_ONCE: i32 = 12;
    on_each_database(async |world| {
        let desk = Desk::open(world, Currency::EUR).await;
        let issued = futures::future::join_all((0..AT_ONCE).map(|_| desk.issue(1_000))).await;
        let mut numbers: Vec<i32> = issued.iter().map(|row| row.number).collect();
        numbers.sort_unstable();
        assert_eq!(numbers, (1..=AT_ONCE).collect::<Vec<_>>());
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn what_comes_to_nothing_leaves_no_gap() {
    on_each_database(async |world| {
        let desk = Desk::open(world, Currency::EUR).await;
        let quote = desk.sent(&desk.draft(100_000)).await;
        desk.accept(&quote, 1).await.unwrap();
        let tx = desk.services().begin().await.unwrap();
        let given_up = commands::reach_stage(&tx, &desk.owner, quote.id, 2).await.unwrap();
        assert_eq!(given_up.reference, "INV-2026-0002");
        tx.rollback().await.unwrap();
        assert_eq!(desk.issue(1_000).await.reference, "INV-2026-0002");
        assert_eq!(desk.reach(&quote, 2).await.unwrap().reference, "INV-2026-0003");
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn each_year_begins_anew_under_the_prefix_of_its_day() {
    on_each_database(async |world| {
        let desk = Desk::open(world, Currency::EUR).await;
        assert_eq!(desk.issue(1_000).await.reference, "INV-2026-0001");
        let settings = Settings { prefix: "nova".into(), ..settings_of(&world.db, desk.shop.studio).await.unwrap() };
        let set = commands::set_settings(desk.services(), &desk.owner, desk.shop.studio, &settings).await.unwrap();
        assert_eq!(set.prefix, "NOVA");
        let second = desk.issue(1_000).await;
        assert_eq!(second.reference, "NOVA-2026-0002");
        while world.ctx.env.now().year() == 2026 {
            world.clock.advance(Duration::days(1));
        }
        assert_eq!(desk.issue(1_000).await.reference, "NOVA-2027-0001");
        let found = invoice_of_reference(&world.db, desk.shop.studio, "NOVA-2026-0002").await.unwrap();
        assert_eq!(found, Some(second));
        assert_eq!(invoice_of_reference(&world.db, desk.shop.studio, "NOVA\0").await.unwrap(), None);
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn the_database_itself_takes_no_number_but_the_next() {
    on_each_database(async |world| {
        let desk = Desk::open(world, Currency::EUR).await;
        let first = desk.issue(1_000).await;
        for number in [1, 3] {
            let id: InvoiceId = world.ctx.env.id();
            let row = invoice::Model { id, number, reference: format!("INV-2026-{number:04}-x"), ..first.clone() };
            assert!(row.into_active_model().insert(&world.db).await.is_err(), "{number}");
        }
        let counters = counter::Entity::find().all(&world.db).await.unwrap();
        assert_eq!(counters.iter().map(|row| (row.year, row.last_number)).collect::<Vec<_>>(), [(2026, 1)]);
        assert!(counter::Entity::delete_many().exec(&world.db).await.is_err(), "numbers are not given out again");
    })
    .await;
}

#[tokio::test]
async fn the_same_key_issues_once() {
    on_each_database(async |world| {
        let desk = Desk::open(world, Currency::EUR).await;
        let mut new = desk.asking(1_000, Currency::EUR);
        new.key = Some("once".into());
        let issue = || issue_invoice(desk.services(), &desk.owner, &new);
        let (one, other) = tokio::join!(issue(), issue());
        let first = one.unwrap();
        assert_eq!(other.unwrap(), first);
        let more = desk.asking(99_900, Currency::EUR);
        for another in [
            IssueInvoice { key: new.key.clone(), ..more },
            IssueInvoice { title: "Another".into(), ..new.clone() },
            IssueInvoice { due_days: Some(1), ..new.clone() },
            IssueInvoice { bill_to: BillTo { address: "2 Quay".into(), ..new.bill_to.clone() }, ..new.clone() },
        ] {
            let refused = issue_invoice(desk.services(), &desk.owner, &another).await.unwrap_err();
            assert!(matches!(refused, InvoiceError::KeyTaken), "{another:?}: {refused:?}");
        }
        let credit = commands::CreditInvoice { amount: None, reason: "why".into(), key: Some("once".into()) };
        let refused = commands::credit_invoice(desk.services(), &desk.owner, first.id, &credit).await.unwrap_err();
        assert!(matches!(refused, InvoiceError::KeyTaken), "{refused:?}");
    })
    .await;
}
