//! Paying at the gateway: what is left of an invoice, once, whatever happens at the same moment.

use domain::{
    identity::commands::close_studio_of,
    invoices::{
        InvoiceError,
        commands::{issue_invoice, settle_payments},
        entity::InvoiceNotice,
        rules::standing::InvoiceState,
    },
    ledger::entity::AccountKind,
    licensing::entity::licence,
    money::{Currency, Money},
    ports::PaymentStanding,
    sales::{self, SalesError, Settled, commands::settlement::expire_order, entity::OrderState, receipt::receipt},
};
use sea_orm::{EntityTrait, PaginatorTrait};

use super::Desk;
use crate::{
    books::{assert_proved, balance},
    support::on_each_database,
};

#[tokio::test]
async fn an_invoice_is_paid_at_the_gateway_and_booked_as_a_service() {
    on_each_database(async |world| {
        let desk = Desk::open(world, Currency::EUR).await;
        let invoice = desk.issue(100_000).await;
        assert_eq!(desk.standing(&invoice).await.state(), InvoiceState::Open);
        let order = desk.open_page(&invoice).await;
        let request = desk.shop.gateway.request(order);
        assert!(request.success_url.starts_with("http://shop.test/invoices/"), "{}", request.success_url);
        assert_eq!(request.lines, [("Invoice INV-2026-0001".to_owned(), Money::new(100_000, Currency::EUR))]);
        assert_eq!(desk.open_page(&invoice).await, order, "the open page is used again");
        assert_eq!(desk.pay(&invoice).await, order);

        let standing = desk.standing(&invoice).await;
        assert_eq!((standing.state(), standing.open_minor(), standing.owed_back_minor()), (InvoiceState::Paid, 0, 0));
        assert_eq!(desk.shop.found(order).await.state, OrderState::Paid);
        assert_eq!(licence::Entity::find().count(&world.db).await.unwrap(), 0, "it licenses nothing");
        assert!(receipt(&world.db, &desk.shop.found(order).await).await.unwrap().is_none(), "the invoice says it all");
        assert_eq!(balance(world, &desk.shop, AccountKind::Services).await, -100_000);
        assert_eq!(balance(world, &desk.shop, AccountKind::Sales).await, 0);
        assert_eq!(desk.told(InvoiceNotice::Received).await, 1);

        desk.hear("checkout.session.completed", order).await;
        assert_eq!(desk.standing(&invoice).await, standing, "told again, it is the same");
        assert_eq!(desk.try_to_pay(&invoice).await.unwrap(), None, "nothing is left to pay");
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn a_second_charge_goes_back_and_takes_nothing_along() {
    on_each_database(async |world| {
        let desk = Desk::open(world, Currency::EUR).await;
        let invoice = desk.issue(100_000).await;
        let order = desk.pay(&invoice).await;
        let mut event = desk.shop.gateway.tell("payment_intent.succeeded", order, world.ctx.env.now());
        event.order = Some(order);
        event.payment = Some(desk.shop.gateway.charge_again(order));
        let received = sales::receive_event(desk.services(), &event).await.unwrap();
        assert_eq!(received.settled, Some(Settled::Already(OrderState::Paid)));
        desk.shop.do_jobs().await;
        assert_eq!(desk.shop.gateway.refunds().len(), 1);
        let standing = desk.standing(&invoice).await;
        assert_eq!((standing.state(), standing.owed_back_minor()), (InvoiceState::Paid, 0));
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn what_was_paid_by_other_means_meanwhile_is_not_paid_twice() {
    on_each_database(async |world| {
        let desk = Desk::open(world, Currency::EUR).await;
        let invoice = desk.issue(100_000).await;
        let order = desk.open_page(&invoice).await;
        desk.receive(&invoice, &desk.transferred(30_000)).await.unwrap();
        assert!(desk.shop.gateway.is_expired(order), "the page asks for too much by now");
        let rest = desk.open_page(&invoice).await;
        assert_eq!((desk.shop.found(rest).await.total_minor, desk.orders(&invoice).await.len()), (70_000, 2));

        // Paid, and before anybody hears of it the rest comes by transfer, too.
        desk.shop.gateway.pay(rest);
        let tx = desk.services().begin().await.unwrap();
        let given = desk.transferred(70_000);
        domain::invoices::commands::record_transfer(&tx, &desk.owner, invoice.id, &given).await.unwrap();
        desk.services().commit(tx).await.unwrap();
        assert_eq!(settle_payments(desk.services(), invoice.id).await.unwrap(), Some(Settled::Refunding));
        desk.shop.do_jobs().await;
        assert_eq!(desk.shop.gateway.refunds().len(), 1);
        let standing = desk.standing(&invoice).await;
        assert_eq!((standing.state(), standing.kept_minor), (InvoiceState::Paid, 100_000));
        assert_eq!(balance(world, &desk.shop, AccountKind::RefundsDue).await, 0);
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn what_is_not_what_was_asked_goes_back_and_the_invoice_stays_open() {
    on_each_database(async |world| {
        let desk = Desk::open(world, Currency::EUR).await;
        let invoice = desk.issue(100_000).await;
        for wrong in [Money::new(100_000, Currency::USD), Money::new(99_999, Currency::EUR)] {
            let order = desk.open_page(&invoice).await;
            desk.shop.gateway.pay_amount(order, wrong);
            assert_eq!(settle_payments(desk.services(), invoice.id).await.unwrap(), Some(Settled::Refunding));
            desk.shop.do_jobs().await;
            assert_eq!(desk.standing(&invoice).await.state(), InvoiceState::Open, "{wrong}");
        }
        desk.pay(&invoice).await;
        assert_eq!(desk.standing(&invoice).await.state(), InvoiceState::Paid);
        assert_eq!(desk.shop.gateway.refunds().len(), 2);
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn each_currency_keeps_to_its_steps() {
    on_each_database(async |world| {
        let desk = Desk::open(world, Currency::EUR).await;
        for (minor, total_minor, currency) in [(12_345, 12_345, Currency::JPY), (12_345, 12_350, Currency::BHD)] {
            let new = desk.asking(minor, currency);
            let invoice = issue_invoice(desk.services(), &desk.owner, &new).await.unwrap();
            assert_eq!(invoice.total(), Money::new(total_minor, currency));
            let order = desk.pay(&invoice).await;
            assert_eq!(desk.shop.found(order).await.currency, currency);
            assert_eq!(desk.standing(&invoice).await.state(), InvoiceState::Paid);
            let payment = desk.shop.payment(order).await;
            assert_eq!((payment.amount_minor, payment.currency), (total_minor, currency));
        }
        let balance = desk.balance().await;
        assert!(balance.is_asked && balance.is_paid(), "{balance:?}");
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn so_little_that_nobody_collects_it_is_paid_by_transfer_alone() {
    on_each_database(async |world| {
        let desk = Desk::open(world, Currency::EUR).await;
        let invoice = desk.issue(30).await;
        let refused = desk.try_to_pay(&invoice).await.unwrap_err();
        assert!(matches!(refused, InvoiceError::Sale(SalesError::Uncollectable(_))), "{refused:?}");
        assert!(desk.orders(&invoice).await.is_empty());
        desk.receive(&invoice, &desk.transferred(30)).await.unwrap();
        assert_eq!(desk.standing(&invoice).await.state(), InvoiceState::Paid);
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn nothing_is_asked_twice_while_a_bank_takes_its_time() {
    on_each_database(async |world| {
        let desk = Desk::open(world, Currency::EUR).await;
        let invoice = desk.issue(100_000).await;
        let order = desk.open_page(&invoice).await;
        let amount = Money::new(100_000, Currency::EUR);
        desk.shop.gateway.stand(order, amount, PaymentStanding::Processing);
        assert_eq!(settle_payments(desk.services(), invoice.id).await.unwrap(), Some(Settled::Processing));
        assert!(matches!(desk.try_to_pay(&invoice).await, Err(InvoiceError::Paying)));
        assert_eq!(desk.standing(&invoice).await.state(), InvoiceState::Open, "nothing has come yet");
        desk.shop.gateway.stand(order, amount, PaymentStanding::Captured);
        assert_eq!(settle_payments(desk.services(), invoice.id).await.unwrap(), Some(Settled::Granted));
        assert_eq!(settle_payments(desk.services(), invoice.id).await.unwrap(), None, "nothing is open any more");
        assert_eq!(desk.standing(&invoice).await.state(), InvoiceState::Paid);
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn two_who_pay_at_once_are_led_to_one_page() {
    on_each_database(async |world| {
        let desk = Desk::open(world, Currency::EUR).await;
        let invoice = desk.issue(100_000).await;
        let (one, other) = tokio::join!(desk.try_to_pay(&invoice), desk.try_to_pay(&invoice));
        assert_eq!(one.unwrap().unwrap(), other.unwrap().unwrap());
        assert_eq!(desk.orders(&invoice).await.len(), 1);
        let order = desk.pay(&invoice).await;
        // The return page and the event, at the same moment.
        let (page, event) =
            tokio::join!(settle_payments(desk.services(), invoice.id), sales::settle_order(desk.services(), order));
        assert_eq!((page.unwrap(), event.unwrap()), (None, Settled::Already(OrderState::Paid)));
        assert_eq!(balance(world, &desk.shop, AccountKind::Services).await, -100_000);
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn what_lapses_of_a_closed_studios_invoice_was_not_paid_in_time() {
    on_each_database(async |world| {
        let desk = Desk::open(world, Currency::EUR).await;
        let invoice = desk.issue(100_000).await;
        let order = desk.open_page(&invoice).await;
        let tx = desk.services().begin().await.unwrap();
        close_studio_of(&tx, &world.ctx, "nova", "moving on").await.unwrap();
        desk.services().commit(tx).await.unwrap();
        desk.shop.do_jobs().await;
        assert_eq!(desk.shop.found(order).await.state, OrderState::AwaitingPayment, "it can be paid on");
        assert_eq!(expire_order(desk.services(), order).await.unwrap(), Settled::Expired);
        assert_eq!(desk.shop.found(order).await.closed_reason.as_deref(), Some("it was not paid in time"));
    })
    .await;
}
