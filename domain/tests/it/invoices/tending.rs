//! What happens by itself under the clock: reminders as often as the studio wants, and fees within what was agreed.

use chrono::{DateTime, Duration, Utc};
use domain::{
    invoices::{
        commands::{self, QuoteDraft, settle_payments, tend},
        entity::{InvoiceNotice, ReminderKind, invoice, reminder},
        queries::{reopened_at, settings_of},
        rules::{
            fees::NewLateFee,
            reminders::Wanted,
            settings::Settings,
            standing::{InvoiceState, starts_at},
        },
    },
    money::{Currency, Money},
    ports::DisputeStanding,
    sales::Settled,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use super::{Desk, share};
use crate::{
    books::assert_proved,
    support::{World, on_each_database},
};

async fn reminders(world: &World, invoice: &invoice::Model) -> Vec<(ReminderKind, DateTime<Utc>)> {
    let of_invoice = reminder::Entity::find().filter(reminder::Column::InvoiceId.eq(invoice.id));
    let rows = of_invoice.order_by_asc(reminder::Column::Number).all(&world.db).await.unwrap();
    rows.into_iter().map(|row| (row.kind, row.at)).collect()
}

/// Fees of an invoice, in minor units, by the day up to which they are.
async fn fees(world: &World, invoice: &invoice::Model) -> Vec<i64> {
    let of_invoice = invoice::Entity::find().filter(invoice::Column::LateFeeOf.eq(invoice.id));
    let rows = of_invoice.order_by_asc(invoice::Column::LateFeeThrough).all(&world.db).await.unwrap();
    rows.into_iter().map(|row| row.total_minor).collect()
}

/// An invoice of a quote that is paid at once, with what it charges for being late.
async fn agreed(desk: &Desk, late_fee: NewLateFee) -> invoice::Model {
    let draft = QuoteDraft { deposit: share(1_000_000), late_fee: Some(late_fee), ..desk.draft(100_000) };
    let quote = desk.sent(&draft).await;
    desk.accept(&quote, 1).await.unwrap();
    desk.reach(&quote, 1).await.unwrap()
}

fn monthly(ppm: u32, cap: u32) -> NewLateFee {
    NewLateFee { flat: None, monthly: Some(share(ppm)), grace_days: 0, cap: share(cap) }
}

/// Looks every day of so many.
async fn days_go_by(world: &World, desk: &Desk, days: u32) {
    for _ in 0..days {
        world.clock.advance(Duration::days(1));
        tend(desk.services()).await.unwrap();
    }
}

#[tokio::test]
async fn it_is_reminded_before_at_and_after_and_then_left_alone() {
    on_each_database(async |world| {
        let desk = Desk::open(world, Currency::EUR).await;
        let invoice = desk.issue(100_000).await;
        let due = starts_at(invoice.due_on.unwrap());
        days_go_by(world, &desk, 60).await;
        let said = reminders(world, &invoice).await;
        let days: Vec<_> = said.iter().map(|(kind, at)| (*kind, (*at - due).num_days())).collect();
        let expected =
            [(ReminderKind::Before, -2), (ReminderKind::AtDue, 0), (ReminderKind::After, 7), (ReminderKind::After, 14)];
        assert_eq!(days, expected, "at noon: {said:?}");
        assert_eq!(desk.told(InvoiceNotice::Overdue).await, 2);
        let now = world.ctx.env.now();
        assert!(desk.standing(&invoice).await.is_overdue(invoice.due_on.unwrap(), now));
        assert!(fees(world, &invoice).await.is_empty(), "nothing was agreed");
    })
    .await;
}

#[tokio::test]
async fn however_far_the_clock_jumps_there_is_one_reminder_at_a_time() {
    on_each_database(async |world| {
        let desk = Desk::open(world, Currency::EUR).await;
        let invoice = desk.issue(100_000).await;
        world.clock.advance(Duration::days(100));
        for _ in 0..3 {
            let (one, other) = tokio::join!(tend(desk.services()), tend(desk.services()));
            one.unwrap();
            other.unwrap();
            world.clock.advance(Duration::hours(2));
        }
        assert_eq!(reminders(world, &invoice).await.len(), 1, "what is over is left out");
        days_go_by(world, &desk, 7).await;
        assert_eq!(reminders(world, &invoice).await.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn whoever_has_paid_or_is_not_to_be_reminded_is_not() {
    on_each_database(async |world| {
        let desk = Desk::open(world, Currency::EUR).await;
        let paid = desk.issue(100_000).await;
        let order = desk.pay(&paid).await;
        let credited = desk.issue(100_000).await;
        desk.credit(&credited, None).await.unwrap();
        days_go_by(world, &desk, 40).await;
        assert!(reminders(world, &paid).await.is_empty() && reminders(world, &credited).await.is_empty());
        // What was paid goes back: it is owed again, and said so.
        desk.shop.give_back(desk.shop.payment(order).await.id, None).await.unwrap();
        assert_eq!(desk.standing(&paid).await.state(), InvoiceState::Open);
        days_go_by(world, &desk, 10).await;
        assert!(!reminders(world, &paid).await.is_empty());

        let quiet = Settings {
            reminders: Wanted { before_days: None, at_due: true, every_days: 1, most: 0 },
            ..settings_of(&world.db, desk.shop.studio).await.unwrap()
        };
        commands::set_settings(desk.services(), &desk.owner, desk.shop.studio, &quiet).await.unwrap();
        let left_alone = desk.issue(100_000).await;
        days_go_by(world, &desk, 40).await;
        assert!(reminders(world, &left_alone).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn each_month_costs_what_was_agreed_and_a_fee_costs_nothing() {
    on_each_database(async |world| {
        let desk = Desk::open(world, Currency::EUR).await;
        let invoice = agreed(&desk, monthly(10_000, 250_000)).await;
        assert_eq!(invoice.due_on.unwrap().to_string(), "2026-12-07");
        // The clock jumps to 8 March: January, February and March have begun anew on the 7th.
        world.clock.advance(Duration::days(105));
        tend(desk.services()).await.unwrap();
        tend(desk.services()).await.unwrap();
        assert_eq!(fees(world, &invoice).await, [1_000; 3]);
        assert_eq!(desk.told(InvoiceNotice::LateFee).await, 3);
        assert_eq!(desk.balance().await.open, [Money::new(103_000, Currency::EUR)], "each on an invoice of its own");
        assert_eq!(desk.standing(&invoice).await.open_minor(), 100_000, "what was issued stays as it was");

        desk.receive(&invoice, &desk.transferred(50_000)).await.unwrap();
        days_go_by(world, &desk, 31).await;
        assert_eq!(fees(world, &invoice).await, [1_000, 1_000, 1_000, 500], "of what is left to pay alone");
        desk.receive(&invoice, &desk.transferred(50_000)).await.unwrap();
        days_go_by(world, &desk, 120).await;
        assert_eq!(fees(world, &invoice).await.len(), 4, "it is paid, and fees that are late cost nothing");
        assert_eq!(desk.balance().await.open, [Money::new(3_500, Currency::EUR)]);
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn all_fees_together_stay_below_what_was_agreed() {
    on_each_database(async |world| {
        let desk = Desk::open(world, Currency::EUR).await;
        let capped = agreed(&desk, monthly(10_000, 250_000)).await;
        let flat = NewLateFee {
            flat: Some(Money::new(4_000, Currency::EUR)),
            monthly: None,
            grace_days: 10,
            cap: share(100_000),
        };
        let once = agreed(&desk, flat).await;
        world.clock.advance(Duration::days(24));
        tend(desk.services()).await.unwrap();
        assert!(fees(world, &once).await.is_empty(), "the days of grace are not over");
        world.clock.advance(Duration::days(1));
        tend(desk.services()).await.unwrap();
        assert_eq!(fees(world, &once).await, [4_000]);

        world.clock.advance(Duration::days(5 * 365));
        for _ in 0..6 {
            tend(desk.services()).await.unwrap();
            world.clock.advance(Duration::hours(2));
        }
        let charged = fees(world, &capped).await;
        assert_eq!((charged.len(), charged.iter().sum::<i64>()), (25, 25_000));
        assert_eq!(fees(world, &once).await, [4_000], "once");
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn fees_are_held_against_what_is_left_of_an_invoice_by_credit_notes() {
    on_each_database(async |world| {
        let desk = Desk::open(world, Currency::EUR).await;
        let flat = NewLateFee {
            flat: Some(Money::new(20_000, Currency::EUR)),
            monthly: None,
            grace_days: 0,
            cap: share(250_000),
        };
        let invoice = agreed(&desk, flat).await;
        desk.credit(&invoice, Some(80_000)).await.unwrap();
        days_go_by(world, &desk, 30).await;
        assert_eq!(fees(world, &invoice).await, [5_000], "a quarter of what is left");
    })
    .await;
}

#[tokio::test]
async fn nothing_is_charged_for_the_time_in_which_a_bank_decides() {
    on_each_database(async |world| {
        let desk = Desk::open(world, Currency::EUR).await;
        let invoice = agreed(&desk, monthly(10_000, 250_000)).await;
        let order = desk.pay(&invoice).await;
        let id = desk.shop.gateway.dispute(order, 100_000, world.ctx.env.now() + Duration::days(7));
        desk.hear("charge.dispute.created", order).await;
        world.clock.advance(Duration::days(100));
        desk.shop.gateway.decide(order, &id, DisputeStanding::Lost);
        desk.hear("charge.dispute.closed", order).await;
        assert_eq!(desk.standing(&invoice).await.state(), InvoiceState::Open);
        days_go_by(world, &desk, 20).await;
        assert!(fees(world, &invoice).await.is_empty(), "it is owed again for less than a month");
        days_go_by(world, &desk, 20).await;
        assert_eq!(fees(world, &invoice).await, [1_000]);
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn what_could_not_be_taken_and_goes_back_puts_no_fee_off() {
    on_each_database(async |world| {
        let desk = Desk::open(world, Currency::EUR).await;
        let invoice = agreed(&desk, monthly(10_000, 250_000)).await;
        let order = desk.open_page(&invoice).await;
        desk.shop.gateway.pay_amount(order, Money::new(99_999, Currency::EUR));
        assert_eq!(settle_payments(desk.services(), invoice.id).await.unwrap(), Some(Settled::Refunding));
        desk.shop.do_jobs().await;
        assert_eq!(reopened_at(&world.db, invoice.id).await.unwrap(), None, "it had paid nothing of it");
    })
    .await;
}

#[tokio::test]
async fn whose_money_the_studio_has_beside_the_invoice_is_not_reminded() {
    on_each_database(async |world| {
        let desk = Desk::open(world, Currency::EUR).await;
        let invoice = agreed(&desk, monthly(10_000, 250_000)).await;
        let first = desk.receive(&invoice, &desk.transferred(100_000)).await.unwrap();
        let second = desk.receive(&invoice, &desk.transferred(100_000)).await.unwrap();
        desk.reverse(&first).await.unwrap();
        let standing = desk.standing(&invoice).await;
        assert_eq!((standing.open_minor(), standing.owed_back_minor()), (100_000, 100_000));
        days_go_by(world, &desk, 60).await;
        assert!(reminders(world, &invoice).await.is_empty() && fees(world, &invoice).await.is_empty());
        // The studio sets it right: what came beyond is taken back, and counts anew.
        desk.reverse(&second).await.unwrap();
        desk.receive(&invoice, &desk.transferred(100_000)).await.unwrap();
        assert_eq!(desk.standing(&invoice).await.state(), InvoiceState::Paid);
        assert_proved(world).await;
    })
    .await;
}
