//! Bank transfers as the studio records them: parts, too much, what is sent back, what has bounced.

use chrono::Duration;
use domain::{
    actor::{Actor, Role},
    invoices::{
        InvoiceError,
        commands::{RecordTransfer, record_transfer},
        entity::{InvoiceNotice, TransferKind, transfer},
        rules::{Fault, standing::InvoiceState},
    },
    ledger::{
        commands::{Event, book_transfer},
        entity::{AccountKind, JournalKind},
        rules::service::Transferred,
    },
    money::{Currency, Money},
    policy::Denied,
    sales::proof::{DriftKind, prove_all},
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, IntoActiveModel, PaginatorTrait};

use super::Desk;
use crate::{
    books::{assert_proved, balance},
    support::{World, on_each_database},
};

/// What the books have: at the bank, as income, and owed back.
async fn booked(world: &World, desk: &Desk) -> [i64; 3] {
    [
        balance(world, &desk.shop, AccountKind::Bank).await,
        balance(world, &desk.shop, AccountKind::Services).await,
        balance(world, &desk.shop, AccountKind::RefundsDue).await,
    ]
}

#[tokio::test]
async fn parts_add_up_and_what_is_too_much_is_owed_back() {
    on_each_database(async |world| {
        let desk = Desk::open(world, Currency::EUR).await;
        let invoice = desk.issue(100_000).await;
        desk.receive(&invoice, &desk.transferred(40_000)).await.unwrap();
        let standing = desk.standing(&invoice).await;
        assert_eq!((standing.state(), standing.open_minor()), (InvoiceState::PartlyPaid, 60_000));
        let second = desk.receive(&invoice, &desk.transferred(70_000)).await.unwrap();
        assert_eq!((second.applied_minor, second.excess_minor), (60_000, 10_000));
        let standing = desk.standing(&invoice).await;
        assert_eq!((standing.state(), standing.owed_back_minor()), (InvoiceState::Paid, 10_000));
        assert_eq!(booked(world, &desk).await, [110_000, -100_000, -10_000]);
        // Nothing is left: all of it is owed back.
        let third = desk.receive(&invoice, &desk.transferred(5)).await.unwrap();
        assert_eq!((third.applied_minor, third.excess_minor), (0, 5));
        assert_eq!(desk.told(InvoiceNotice::Received).await, 3);
        assert_proved(world).await;

        desk.send_back(&invoice, &desk.transferred(10_005)).await.unwrap();
        assert_eq!(booked(world, &desk).await, [100_000, -100_000, 0]);
        assert_eq!(desk.standing(&invoice).await.owed_back_minor(), 0);
        let back = desk.send_back(&invoice, &desk.transferred(5_000)).await.unwrap();
        assert_eq!((back.kind, back.amount().minor), (TransferKind::Returned, -5_000));
        let standing = desk.standing(&invoice).await;
        assert_eq!((standing.state(), standing.open_minor()), (InvoiceState::PartlyPaid, 5_000));
        assert!(!desk.balance().await.is_paid());
        let beyond = desk.send_back(&invoice, &desk.transferred(95_001)).await.unwrap_err();
        assert!(matches!(beyond, InvoiceError::BeyondTransfers { rest, .. } if rest.minor == 95_000), "{beyond:?}");
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn what_has_bounced_is_owed_again() {
    on_each_database(async |world| {
        let desk = Desk::open(world, Currency::EUR).await;
        let invoice = desk.issue(100_000).await;
        let first = desk.receive(&invoice, &desk.transferred(100_000)).await.unwrap();
        assert!(desk.balance().await.is_paid());
        let taken = desk.reverse(&first).await.unwrap();
        assert_eq!((taken.kind, taken.reverses_id), (TransferKind::Reversed, Some(first.id)));
        assert_eq!(taken.note, "it has bounced");
        assert_eq!(desk.standing(&invoice).await.open_minor(), 100_000);
        assert!(!desk.balance().await.is_paid());
        assert_eq!(booked(world, &desk).await, [0, 0, 0]);
        assert_eq!(desk.told(InvoiceNotice::TakenBack).await, 1);
        for again in [&first, &taken] {
            assert!(matches!(desk.reverse(again).await, Err(InvoiceError::Reversed)));
        }

        let second = desk.receive(&invoice, &desk.transferred(30_000)).await.unwrap();
        let back = desk.send_back(&invoice, &desk.transferred(30_000)).await.unwrap();
        assert!(matches!(desk.reverse(&second).await, Err(InvoiceError::SentBack)), "it is not there any more");
        desk.reverse(&back).await.unwrap();
        assert_eq!(desk.standing(&invoice).await.kept_minor, 30_000, "it was not sent back after all");
        desk.reverse(&second).await.unwrap();
        assert_eq!(desk.standing(&invoice).await.state(), InvoiceState::Open);
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn what_is_no_transfer_is_refused() {
    on_each_database(async |world| {
        let desk = Desk::open(world, Currency::EUR).await;
        let invoice = desk.issue(100_000).await;
        let fine = desk.transferred(1_000);
        let tomorrow = fine.happened_on.succ_opt().unwrap();
        let dollars = RecordTransfer { amount: Money::new(1_000, Currency::USD), ..fine.clone() };
        assert!(matches!(desk.receive(&invoice, &dollars).await, Err(InvoiceError::OtherCurrency { .. })));
        assert!(matches!(desk.send_back(&invoice, &dollars).await, Err(InvoiceError::OtherCurrency { .. })));
        for minor in [0, -1, i64::MAX] {
            let nothing = desk.receive(&invoice, &desk.transferred(minor)).await;
            assert!(matches!(nothing, Err(InvoiceError::Fault(Fault::Amount))));
        }
        let to_come = RecordTransfer { happened_on: tomorrow, ..fine.clone() };
        assert!(matches!(desk.receive(&invoice, &to_come).await, Err(InvoiceError::Fault(Fault::Day))));
        let ancient = RecordTransfer { happened_on: chrono::NaiveDate::MIN, ..fine.clone() };
        assert!(matches!(desk.receive(&invoice, &ancient).await, Err(InvoiceError::Fault(Fault::Year { .. }))));
        let note = desk.credit(&invoice, Some(1_000)).await.unwrap();
        assert!(matches!(desk.receive(&note, &fine).await, Err(InvoiceError::CreditNote)));
        // Whoever may not.
        let viewer = Actor::User {
            user: world.ctx.env.id(),
            memberships: vec![(desk.shop.studio, Role::Viewer)],
            closed: Vec::new(),
        };
        let tx = desk.services().begin().await.unwrap();
        let refused = record_transfer(&tx, &desk.services().ctx(viewer), invoice.id, &fine).await.unwrap_err();
        assert!(matches!(refused, InvoiceError::Denied(Denied::NotAllowed)), "{refused:?}");
        tx.rollback().await.unwrap();
        assert_eq!(transfer::Entity::find().count(&world.db).await.unwrap(), 0);
    })
    .await;
}

#[tokio::test]
async fn the_same_key_records_once() {
    on_each_database(async |world| {
        let desk = Desk::open(world, Currency::EUR).await;
        let (invoice, other) = (desk.issue(100_000).await, desk.issue(100_000).await);
        let once = RecordTransfer { key: Some("wire-1".into()), ..desk.transferred(10_000) };
        let (one, two) = tokio::join!(desk.receive(&invoice, &once), desk.receive(&invoice, &once));
        assert_eq!(one.unwrap(), two.unwrap());
        let more = RecordTransfer { amount: Money::new(10_001, Currency::EUR), ..once.clone() };
        assert!(matches!(desk.receive(&invoice, &more).await, Err(InvoiceError::KeyTaken)));
        let other_words = RecordTransfer { note: "Another one".into(), ..once.clone() };
        assert!(matches!(desk.receive(&invoice, &other_words).await, Err(InvoiceError::KeyTaken)));
        assert!(matches!(desk.receive(&other, &once).await, Err(InvoiceError::KeyTaken)));
        assert!(matches!(desk.send_back(&invoice, &once).await, Err(InvoiceError::KeyTaken)));
        assert_eq!(desk.standing(&invoice).await.kept_minor, 10_000);
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn one_key_on_two_invoices_at_once_records_for_one_of_them() {
    on_each_database(async |world| {
        let desk = Desk::open(world, Currency::EUR).await;
        let (one, other) = (desk.issue(100_000).await, desk.issue(100_000).await);
        let once = RecordTransfer { key: Some("wire-1".into()), ..desk.transferred(10_000) };
        let (first, second) = tokio::join!(desk.receive(&one, &once), desk.receive(&other, &once));
        assert_ne!(first.is_ok(), second.is_ok(), "{first:?} {second:?}");
        let refused = first.and(second).unwrap_err();
        assert!(matches!(refused, InvoiceError::KeyTaken), "{refused:?}");
        assert_eq!(transfer::Entity::find().count(&world.db).await.unwrap(), 1);
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn two_who_record_at_once_do_not_pay_the_same_twice() {
    on_each_database(async |world| {
        let desk = Desk::open(world, Currency::EUR).await;
        let invoice = desk.issue(100_000).await;
        let all = desk.transferred(100_000);
        let (one, two) = tokio::join!(desk.receive(&invoice, &all), desk.receive(&invoice, &all));
        let mut applied = [one.unwrap().applied_minor, two.unwrap().applied_minor];
        applied.sort_unstable();
        assert_eq!(applied, [0, 100_000]);
        let standing = desk.standing(&invoice).await;
        assert_eq!((standing.kept_minor, standing.owed_back_minor()), (100_000, 100_000));
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn a_record_stays_and_one_that_is_not_booked_so_is_found() {
    on_each_database(async |world| {
        let desk = Desk::open(world, Currency::EUR).await;
        let invoice = desk.issue(100_000).await;
        let first = desk.receive(&invoice, &desk.transferred(1_000)).await.unwrap();
        let other = transfer::ActiveModel { id: Set(first.id), applied_minor: Set(2_000), ..Default::default() };
        assert!(other.update(&world.db).await.is_err());
        assert!(transfer::Entity::delete_by_id(first.id).exec(&world.db).await.is_err());

        // One whose journal says something else.
        let event = Event {
            studio: desk.shop.studio,
            source: "invoices",
            external_id: "by hand",
            order: None,
            reference: &invoice.reference,
            memo: "Paid by bank transfer",
            currency: Currency::EUR,
            occurred_at: None,
        };
        let moved = Transferred { applied_minor: 500, tax_minor: 0, excess_minor: 0 };
        let tx = desk.services().begin().await.unwrap();
        let journal = book_transfer(&tx, &world.ctx, event, JournalKind::Transfer, moved, None).await.unwrap();
        tx.commit().await.unwrap();
        let wrong = transfer::Model {
            id: world.ctx.env.id(),
            applied_minor: 900,
            journal_id: journal.id,
            recorded_at: world.ctx.env.now() + Duration::seconds(1),
            ..first
        };
        wrong.into_active_model().insert(&world.db).await.unwrap();
        let proof = prove_all(&world.db).await.unwrap();
        let kinds: Vec<_> = proof.drifts.iter().map(|drift| (drift.kind, drift.reference.as_str())).collect();
        for kind in [DriftKind::InvoiceAstray, DriftKind::TransferAstray] {
            assert!(kinds.contains(&(kind, "INV-2026-0001")), "{kinds:?}");
        }
        assert_eq!(kinds.len(), 2, "{kinds:?}");
    })
    .await;
}
