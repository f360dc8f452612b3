//! Masters under many hands at once, under clocks that jump, and what is billed after they were delivered.

use chrono::Duration;
use domain::{
    ids::{InvoiceId, InvoiceTransferId},
    invoices::commands::{RecordTransfer, record_transfer, reverse_transfer},
    masters::{
        commands::{settle_masters, tend},
        entity::{MasterNotice, MasterProfile, MasterReader, MasterStepKind},
        rules::DeliveryState,
    },
    money::{Currency, Money},
    outbox::Job,
    reviews::rules::Verdict,
};

use super::{Desk, code, profiles};
use crate::support::on_each_database;

const DELIVERED: (MasterNotice, MasterReader) = (MasterNotice::Delivered, MasterReader::Client);

impl Desk<'_> {
    /// So much of an invoice comes by transfer.
    async fn transfer(&self, invoice: InvoiceId, minor: i64) -> InvoiceTransferId {
        let given = RecordTransfer {
            amount: Money::new(minor, Currency::EUR),
            happened_on: self.house.world.ctx.env.now().date_naive(),
            note: String::new(),
            key: None,
        };
        let tx = self.house.shop.services.begin().await.unwrap();
        let transfer = record_transfer(&tx, &self.house.manager, invoice, &given).await.unwrap();
        self.house.commit(tx).await;
        transfer.id
    }

    async fn take_back(&self, transfer: InvoiceTransferId) {
        let tx = self.house.shop.services.begin().await.unwrap();
        reverse_transfer(&tx, &self.house.manager, transfer, "it has bounced").await.unwrap();
        self.house.commit(tx).await;
    }
}

#[tokio::test]
async fn whoever_orders_at_once_orders_once() {
    on_each_database(async |world| {
        let desk = Desk::open(world).await;
        desk.approved().await;
        let (one, other) = tokio::join!(desk.order(None), desk.order(None));
        let (one, other) = (one.unwrap(), other.unwrap());
        assert_eq!((one.id, desk.deliveries().await.len()), (other.id, 1), "of one approval there is one");
        let numbers: Vec<i32> = desk.view(one.id).await.masters.iter().map(|row| row.number).collect();
        assert_eq!(numbers, [1, 1, 1]);
        let jobs = desk.house.jobs().await;
        assert_eq!(jobs.iter().filter(|job| matches!(job, Job::RenderMaster { .. })).count(), 3);
    })
    .await;
}

#[tokio::test]
async fn an_order_and_the_approval_at_once_make_one_delivery() {
    on_each_database(async |world| {
        let desk = Desk::open(world).await;
        desk.plan(&profiles([MasterProfile::Cd])).await;
        let version = desk.house.version().await;
        desk.house.send(version.id).await.unwrap();
        let approving = desk.house.say(desk.ada, Verdict::Approve, version.number, None);
        let (said, ordered) = tokio::join!(approving, desk.order(None));
        said.unwrap();
        if let Err(early) = ordered {
            assert_eq!(code(&early), "NOT_APPROVED");
        }
        let deliveries = desk.deliveries().await;
        let [delivery] = deliveries.as_slice() else { panic!("one approval, one delivery: {deliveries:?}") };
        assert_eq!(desk.view(delivery.id).await.masters.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_payment_and_its_reversal_among_many_looks_are_each_told_once() {
    on_each_database(async |world| {
        let desk = Desk::open(world).await;
        let invoice = desk.issue(50_000).await;
        desk.approved().await;
        let delivery = desk.order(Some(&profiles([MasterProfile::Cd]))).await.unwrap();
        desk.make_all().await;
        let file = desk.view(delivery.id).await.masters[0].id;
        let (services, project) = (&desk.house.shop.services, desk.house.project);
        let look = || settle_masters(services, project);
        for round in 1..=3 {
            let (transfer, one, other) = tokio::join!(desk.transfer(invoice, 50_000), look(), look());
            assert!(one.unwrap() + other.unwrap() <= 1);
            assert_eq!(desk.fetch(file).await, Ok(()), "as soon as it is paid");
            desk.look().await;
            assert_eq!(desk.view(delivery.id).await.steps.len(), 2 * round - 1);
            let ((), one, other) = tokio::join!(desk.take_back(transfer), look(), look());
            assert!(one.unwrap() + other.unwrap() <= 1);
            assert_eq!(desk.fetch(file).await, Err("BALANCE_UNPAID"), "as soon as it is gone");
            desk.look().await;
            assert_eq!(desk.view(delivery.id).await.steps.len(), 2 * round);
        }
        let steps: Vec<_> = desk.view(delivery.id).await.steps.iter().map(|step| step.kind).collect();
        assert_eq!(steps, [MasterStepKind::Delivered, MasterStepKind::Recalled].repeat(3));
        let mails = desk.mails().await;
        assert_eq!((mails.len(), mails.iter().filter(|mail| **mail == DELIVERED).count()), (9, 3));
    })
    .await;
}

#[tokio::test]
async fn a_delivery_and_a_later_version_at_once_leave_it_delivered_or_superseded() {
    on_each_database(async |world| {
        let desk = Desk::open(world).await;
        desk.approved().await;
        let delivery = desk.order(Some(&profiles([MasterProfile::Mp3]))).await.unwrap();
        desk.make_all().await;
        let file = desk.view(delivery.id).await.masters[0].id;
        let later = desk.house.version().await;
        let looking = settle_masters(&desk.house.shop.services, desk.house.project);
        let (sent, told) = tokio::join!(desk.house.send(later.id), looking);
        sent.unwrap();
        let is_out = told.unwrap() == 1;
        for _ in 0..2 {
            assert_eq!(desk.fetch(file).await, if is_out { Ok(()) } else { Err("MASTER_SUPERSEDED") });
            assert_eq!(desk.mails().await.len(), usize::from(is_out));
            desk.look().await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_clock_that_was_ahead_keeps_nothing_from_being_delivered_or_recalled() {
    on_each_database(async |world| {
        let desk = Desk::open(world).await;
        let invoice = desk.issue(50_000).await;
        desk.approved().await;
        let delivery = desk.order(Some(&profiles([MasterProfile::Cd]))).await.unwrap();
        desk.make_all().await;
        let services = &desk.house.shop.services;
        let mut transfer = None;
        for expected in [DeliveryState::Open, DeliveryState::Locked] {
            world.clock.advance(Duration::days(400));
            settle_masters(services, desk.house.project).await.unwrap();
            world.clock.advance(-Duration::days(400));
            match transfer.take() {
                None => transfer = Some(desk.transfer(invoice, 50_000).await),
                Some(transfer) => desk.take_back(transfer).await,
            }
            assert_eq!((tend(services).await.unwrap(), desk.state(delivery.id).await), (1, expected));
            assert_eq!(tend(services).await.unwrap(), 0, "it was looked at a moment ago");
        }
    })
    .await;
}

#[tokio::test]
async fn what_is_billed_later_takes_nothing_back_and_is_paid_before_more_is_given() {
    on_each_database(async |world| {
        let desk = Desk::open(world).await;
        let first = desk.issue(10_000).await;
        desk.approved().await;
        let delivery = desk.order(Some(&profiles([MasterProfile::Streaming]))).await.unwrap();
        desk.make_all().await;
        let transfer = desk.transfer(first, 10_000).await;
        desk.look().await;
        world.clock.advance(Duration::minutes(1));
        let second = desk.issue(5_000).await;
        desk.order(Some(&profiles([MasterProfile::Streaming, MasterProfile::Mp3]))).await.unwrap();
        assert_eq!(desk.state(delivery.id).await, DeliveryState::Open, "while another is made");
        desk.make_all().await;
        desk.look().await;
        let files: Vec<_> = desk.view(delivery.id).await.masters.iter().map(|row| row.id).collect();
        let [given, more] = files[..] else { panic!("one of each profile: {files:?}") };
        assert_eq!((desk.fetch(given).await, desk.fetch(more).await), (Ok(()), Err("BALANCE_UNPAID")));
        assert_eq!(desk.mails().await, [DELIVERED]);

        desk.take_back(transfer).await;
        desk.look().await;
        assert_eq!(desk.state(delivery.id).await, DeliveryState::Locked, "what was paid for it has gone");
        desk.transfer(first, 10_000).await;
        desk.look().await;
        assert_eq!(desk.fetch(given).await, Err("BALANCE_UNPAID"), "given anew, it is once all is paid");
        desk.transfer(second, 5_000).await;
        desk.look().await;
        assert_eq!((desk.fetch(given).await, desk.fetch(more).await), (Ok(()), Ok(())));
        assert_eq!(desk.mails().await.iter().filter(|mail| **mail == DELIVERED).count(), 2);
    })
    .await;
}

#[tokio::test]
async fn what_was_given_for_nothing_is_locked_by_the_first_invoice() {
    on_each_database(async |world| {
        let desk = Desk::open(world).await;
        desk.approved().await;
        let delivery = desk.order(Some(&profiles([MasterProfile::Flac]))).await.unwrap();
        desk.make_all().await;
        desk.look().await;
        assert_eq!(desk.state(delivery.id).await, DeliveryState::Open, "nothing was asked");
        let invoice = desk.issue(10_000).await;
        assert_eq!(desk.state(delivery.id).await, DeliveryState::Locked);
        desk.look().await;
        assert!(desk.mails().await.contains(&(MasterNotice::Recalled, MasterReader::Client)));
        desk.transfer(invoice, 10_000).await;
        desk.look().await;
        assert_eq!(desk.state(delivery.id).await, DeliveryState::Open);
    })
    .await;
}
