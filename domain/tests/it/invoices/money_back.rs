//! What goes back, or is disputed, is owed again: how an invoice stands, and whether a project's balance is paid, is latched nowhere.

use chrono::Duration;
use domain::{
    invoices::{InvoiceError, entity::invoice, queries::reopened_at, rules::standing::InvoiceState},
    ledger::entity::AccountKind,
    money::{Currency, Money},
    ports::{DisputeStanding, RefundStanding},
};

use super::Desk;
use crate::{
    books::{assert_proved, balance},
    support::on_each_database,
};

async fn stands(desk: &Desk, invoice: &invoice::Model) -> (InvoiceState, i64, bool) {
    let standing = desk.standing(invoice).await;
    (standing.state(), standing.open_minor(), desk.balance().await.is_paid())
}

#[tokio::test]
async fn what_is_given_back_is_owed_again_and_paid_again() {
    on_each_database(async |world| {
        let desk = Desk::open(world, Currency::EUR).await;
        assert!(!desk.balance().await.is_asked && desk.balance().await.is_paid(), "nothing was asked");
        let invoice = desk.issue(100_000).await;
        assert_eq!(stands(&desk, &invoice).await, (InvoiceState::Open, 100_000, false));
        let order = desk.pay(&invoice).await;
        assert_eq!(stands(&desk, &invoice).await, (InvoiceState::Paid, 0, true));

        world.clock.advance(Duration::hours(1));
        let payment = desk.shop.payment(order).await;
        desk.shop.give_back(payment.id, Some(40_000)).await.unwrap();
        assert_eq!(stands(&desk, &invoice).await, (InvoiceState::PartlyPaid, 40_000, false));
        assert_eq!(desk.balance().await.open, [Money::new(40_000, Currency::EUR)]);
        assert_eq!(balance(world, &desk.shop, AccountKind::Services).await, -60_000);
        assert_eq!(reopened_at(&world.db, invoice.id).await.unwrap(), Some(world.ctx.env.now()));
        assert_proved(world).await;

        let rest = desk.pay(&invoice).await;
        assert_eq!(desk.shop.found(rest).await.total_minor, 40_000);
        assert_eq!(stands(&desk, &invoice).await, (InvoiceState::Paid, 0, true));
        desk.shop.give_back(payment.id, None).await.unwrap();
        assert_eq!(stands(&desk, &invoice).await, (InvoiceState::PartlyPaid, 60_000, false));
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn a_refund_that_fails_has_given_nothing_back() {
    on_each_database(async |world| {
        let desk = Desk::open(world, Currency::EUR).await;
        let invoice = desk.issue(100_000).await;
        let order = desk.pay(&invoice).await;
        let made = desk.shop.gateway.refund_by_hand(order, 100_000);
        desk.hear("charge.refunded", order).await;
        assert_eq!(stands(&desk, &invoice).await, (InvoiceState::Open, 100_000, false));
        desk.shop.gateway.refund_stands(order, &made, RefundStanding::Failed);
        desk.hear("charge.refund.updated", order).await;
        assert_eq!(stands(&desk, &invoice).await, (InvoiceState::Paid, 0, true));
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn while_a_bank_decides_nothing_is_asked_and_nothing_is_paid() {
    on_each_database(async |world| {
        let desk = Desk::open(world, Currency::EUR).await;
        let invoice = desk.issue(100_000).await;
        let order = desk.pay(&invoice).await;
        let until = world.ctx.env.now() + Duration::days(7);
        let id = desk.shop.gateway.dispute(order, 100_000, until);
        desk.hear("charge.dispute.created", order).await;
        assert_eq!(stands(&desk, &invoice).await, (InvoiceState::Disputed, 0, false));
        assert_eq!(desk.balance().await.disputed, [Money::new(100_000, Currency::EUR)]);
        assert!(matches!(desk.try_to_pay(&invoice).await, Err(InvoiceError::Disputed)));
        assert_proved(world).await;
        desk.shop.gateway.decide(order, &id, DisputeStanding::Won);
        desk.hear("charge.dispute.closed", order).await;
        assert_eq!(stands(&desk, &invoice).await, (InvoiceState::Paid, 0, true));
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn what_a_bank_takes_is_owed_again() {
    on_each_database(async |world| {
        let desk = Desk::open(world, Currency::EUR).await;
        let invoice = desk.issue(100_000).await;
        let order = desk.pay(&invoice).await;
        let id = desk.shop.gateway.dispute(order, 100_000, world.ctx.env.now() + Duration::days(7));
        desk.hear("charge.dispute.created", order).await;
        desk.shop.gateway.decide(order, &id, DisputeStanding::Lost);
        desk.hear("charge.dispute.closed", order).await;
        assert_eq!(stands(&desk, &invoice).await, (InvoiceState::Open, 100_000, false));
        for kind in [AccountKind::Services, AccountKind::Disputed] {
            assert_eq!(balance(world, &desk.shop, kind).await, 0, "{kind}");
        }
        assert_proved(world).await;
        desk.pay(&invoice).await;
        assert_eq!(stands(&desk, &invoice).await, (InvoiceState::Paid, 0, true));
        assert_proved(world).await;
    })
    .await;
}
