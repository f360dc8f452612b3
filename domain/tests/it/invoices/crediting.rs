//! Credit notes: numbered like invoices, never beyond what is left of one, and what was paid of it goes back.

use domain::{
    invoices::{
        InvoiceError,
        commands::{CreditInvoice, credit_invoice},
        content::{InvoiceContent, read},
        entity::{InvoiceKind, InvoiceNotice, invoice},
        rules::{Fault, standing::InvoiceState},
    },
    ledger::entity::AccountKind,
    money::{Currency, Money},
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, IntoActiveModel, PaginatorTrait};

use super::Desk;
use crate::{
    books::{assert_proved, balance},
    support::on_each_database,
};

#[tokio::test]
async fn a_credit_note_takes_no_more_than_is_left_of_its_invoice() {
    on_each_database(async |world| {
        let desk = Desk::open(world, Currency::EUR).await;
        let invoice = desk.issue(100_000).await;
        let note = desk.credit(&invoice, Some(40_000)).await.unwrap();
        assert_eq!((note.kind, note.reference.as_str()), (InvoiceKind::CreditNote, "INV-2026-0002"));
        assert_eq!((note.credits_id, note.due_on, note.total_minor), (Some(invoice.id), None, 40_000));
        let said: InvoiceContent = read(&note.content).unwrap();
        assert_eq!(
            (said.of_invoice.as_deref(), said.notes.as_str()),
            (Some("INV-2026-0001"), "A round of changes less")
        );
        assert_eq!(desk.standing(&invoice).await.open_minor(), 60_000);
        assert_eq!(desk.told(InvoiceNotice::Credited).await, 1);

        let beyond = desk.credit(&invoice, Some(60_001)).await.unwrap_err();
        assert!(matches!(beyond, InvoiceError::BeyondInvoice { rest, .. } if rest.minor == 60_000), "{beyond:?}");
        assert!(matches!(desk.credit(&invoice, Some(0)).await, Err(InvoiceError::Fault(Fault::Amount))));
        assert!(matches!(desk.credit(&note, None).await, Err(InvoiceError::CreditNote)));
        let yen = CreditInvoice { amount: Some(Money::new(1, Currency::JPY)), reason: "why".into(), key: None };
        let refused = credit_invoice(desk.services(), &desk.owner, invoice.id, &yen).await.unwrap_err();
        assert!(matches!(refused, InvoiceError::OtherCurrency { own: Currency::EUR, .. }), "{refused:?}");
        let mute = CreditInvoice { amount: None, reason: " ".into(), key: None };
        let refused = credit_invoice(desk.services(), &desk.owner, invoice.id, &mute).await.unwrap_err();
        assert!(matches!(refused, InvoiceError::Fault(Fault::Text { .. })), "{refused:?}");

        assert_eq!(desk.credit(&invoice, None).await.unwrap().total_minor, 60_000, "all that is left");
        assert_eq!(desk.standing(&invoice).await.state(), InvoiceState::Credited);
        assert_eq!(desk.try_to_pay(&invoice).await.unwrap(), None);
        assert!(matches!(desk.credit(&invoice, None).await, Err(InvoiceError::BeyondInvoice { .. })));
        assert!(desk.balance().await.is_paid());
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn what_was_paid_of_what_is_credited_is_to_be_given_back() {
    on_each_database(async |world| {
        let desk = Desk::open(world, Currency::EUR).await;
        let invoice = desk.issue(100_000).await;
        let order = desk.pay(&invoice).await;
        desk.credit(&invoice, Some(30_000)).await.unwrap();
        let standing = desk.standing(&invoice).await;
        assert_eq!((standing.state(), standing.owed_back_minor()), (InvoiceState::Paid, 30_000));
        let payment = desk.shop.payment(order).await;
        desk.shop.give_back(payment.id, Some(30_000)).await.unwrap();
        let standing = desk.standing(&invoice).await;
        assert_eq!((standing.state(), standing.open_minor(), standing.owed_back_minor()), (InvoiceState::Paid, 0, 0));
        assert_eq!(balance(world, &desk.shop, AccountKind::Services).await, -70_000);
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn a_page_that_asks_for_what_was_credited_is_closed_and_what_is_paid_there_goes_back() {
    on_each_database(async |world| {
        let desk = Desk::open(world, Currency::EUR).await;
        let invoice = desk.issue(100_000).await;
        let order = desk.open_page(&invoice).await;
        desk.shop.gateway.pay(order);
        desk.credit(&invoice, Some(10_000)).await.unwrap();
        desk.shop.do_jobs().await;
        assert_eq!(desk.shop.gateway.refunds().len(), 1, "what was paid is more than is left");
        assert_eq!(desk.standing(&invoice).await.open_minor(), 90_000);
        desk.pay(&invoice).await;
        assert_eq!(desk.standing(&invoice).await.state(), InvoiceState::Paid);
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn the_same_key_credits_once() {
    on_each_database(async |world| {
        let desk = Desk::open(world, Currency::EUR).await;
        let (invoice, other) = (desk.issue(100_000).await, desk.issue(100_000).await);
        let once = CreditInvoice {
            amount: Some(Money::new(10_000, Currency::EUR)),
            reason: "A round less".into(),
            key: Some("once".into()),
        };
        let credit = async |id, credit: &CreditInvoice| credit_invoice(desk.services(), &desk.owner, id, credit).await;
        let first = credit(invoice.id, &once).await.unwrap();
        assert_eq!(credit(invoice.id, &once).await.unwrap(), first);
        let more = CreditInvoice { amount: Some(Money::new(10_001, Currency::EUR)), ..once.clone() };
        assert!(matches!(credit(invoice.id, &more).await, Err(InvoiceError::KeyTaken)));
        assert!(matches!(credit(other.id, &once).await, Err(InvoiceError::KeyTaken)));
        assert_eq!(desk.standing(&invoice).await.credited_minor, 10_000);
        assert_eq!(invoice::Entity::find().count(&world.db).await.unwrap(), 3);
    })
    .await;
}

#[tokio::test]
async fn one_key_on_two_invoices_at_once_credits_one_of_them() {
    on_each_database(async |world| {
        let desk = Desk::open(world, Currency::EUR).await;
        let (one, other) = (desk.issue(100_000).await, desk.issue(100_000).await);
        let once = CreditInvoice { amount: None, reason: "A round less".into(), key: Some("once".into()) };
        let credit = |id| credit_invoice(desk.services(), &desk.owner, id, &once);
        let (first, second) = tokio::join!(credit(one.id), credit(other.id));
        assert_ne!(first.is_ok(), second.is_ok(), "{first:?} {second:?}");
        let refused = first.and(second).unwrap_err();
        assert!(matches!(refused, InvoiceError::KeyTaken), "{refused:?}");
        assert_eq!(invoice::Entity::find().count(&world.db).await.unwrap(), 3);
        assert_eq!(desk.issue(1_000).await.number, 4, "no number is lost by it");
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn the_database_itself_credits_no_tax_that_was_not_charged() {
    on_each_database(async |world| {
        let desk = Desk::open(world, Currency::EUR).await;
        let invoice = desk.issue(100_000).await;
        let note = |net_minor: i64, tax_minor: i64| invoice::Model {
            id: world.ctx.env.id(),
            kind: InvoiceKind::CreditNote,
            number: 2,
            reference: "INV-2026-0002".into(),
            credits_id: Some(invoice.id),
            due_on: None,
            net_minor,
            tax_minor,
            total_minor: net_minor + tax_minor,
            ..invoice.clone()
        };
        for wrong in [note(99_000, 1_000), note(100_001, 0)] {
            assert!(wrong.into_active_model().insert(&world.db).await.is_err());
        }
        note(100_000, 0).into_active_model().insert(&world.db).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn what_was_issued_is_never_changed() {
    on_each_database(async |world| {
        let desk = Desk::open(world, Currency::EUR).await;
        let invoice = desk.issue(100_000).await;
        let cheaper = invoice::ActiveModel { id: Set(invoice.id), total_minor: Set(1), ..Default::default() };
        assert!(cheaper.update(&world.db).await.is_err());
        assert!(invoice::Entity::delete_by_id(invoice.id).exec(&world.db).await.is_err());
        assert_eq!(invoice::Entity::find().one(&world.db).await.unwrap(), Some(invoice));
    })
    .await;
}
