//! What an accepted quote's schedule asks: the deposit at once or behind an agreement, milestones on their day or when they are reached, the balance at the end.

use chrono::{Days, Duration, NaiveDate};
use domain::{
    ids::{AgreementId, InvoiceId},
    invoices::{
        InvoiceError,
        commands::{QuoteDraft, set_quote_agreement, tend},
        content::{InvoiceContent, read},
        entity::{InvoiceNotice, Phase, StageKind, invoice, quote, stage},
        queries::{document, invoices_by_ids, stages_of_quotes},
        rules::schedule::NewMilestone,
    },
    money::{Currency, Money},
    production::entity::project::{self, ProjectState},
    splits::testing::signed_sheet,
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set};

use super::{Desk, share};
use crate::{books::assert_proved, support::on_each_database};

fn milestone(name: &str, minor: i64, due_on: Option<NaiveDate>) -> NewMilestone {
    let amount = Some(Money::new(minor, Currency::EUR));
    NewMilestone { name: name.into(), share: None, amount, due_on, phase: Some(Phase::Mixing) }
}

async fn stages(desk: &Desk, quote: &quote::Model) -> Vec<stage::Model> {
    stages_of_quotes(&desk.services().db, &[quote.id]).await.unwrap().remove(&quote.id).unwrap_or_default()
}

/// The invoice of a quote's first stage.
async fn first_invoice(desk: &Desk, quote: &quote::Model) -> InvoiceId {
    stages(desk, quote).await[0].invoice_id.unwrap()
}

/// Which stages are invoiced.
async fn issued(desk: &Desk, quote: &quote::Model) -> Vec<bool> {
    stages(desk, quote).await.iter().map(|row| row.invoice_id.is_some()).collect()
}

async fn name_agreement(desk: &Desk, quote: &quote::Model, id: AgreementId) -> Result<quote::Model, InvoiceError> {
    let tx = desk.services().begin().await?;
    let named = set_quote_agreement(&tx, &desk.owner, quote.id, Some(id)).await?;
    desk.services().commit(tx).await?;
    Ok(named)
}

#[tokio::test]
async fn each_stage_is_invoiced_once_and_all_of_them_come_to_the_quote() {
    on_each_database(async |world| {
        let desk = Desk::open(world, Currency::EUR).await;
        let draft = QuoteDraft { milestones: vec![milestone("Rough mix", 20_000, None)], ..desk.draft(100_001) };
        let quote = desk.sent(&draft).await;
        assert!(matches!(desk.reach(&quote, 1).await, Err(InvoiceError::QuoteNotNow { .. })));
        desk.accept(&quote, 1).await.unwrap();
        let planned = stages(&desk, &quote).await;
        let kinds: Vec<_> = planned.iter().map(|row| (row.kind, row.net_minor)).collect();
        let expected = [(StageKind::Deposit, 50_001), (StageKind::Milestone, 20_000), (StageKind::Balance, 30_000)];
        assert_eq!(kinds, expected);
        assert_eq!(issued(&desk, &quote).await, [true, false, false], "the deposit at once");
        let ahead = invoices_by_ids(&world.db, &[first_invoice(&desk, &quote).await]).await.unwrap();
        let said: InvoiceContent = read(&ahead.values().next().unwrap().content).unwrap();
        assert_eq!(said.supplied_on, None, "it is paid ahead");
        assert_eq!(desk.told(InvoiceNotice::Issued).await, 1);
        let balance = desk.balance().await;
        assert_eq!(balance.unissued, [Money::new(50_000, Currency::EUR)]);
        assert_eq!(balance.open, [Money::new(50_001, Currency::EUR)]);

        let reached = desk.reach(&quote, 2).await.unwrap();
        assert_eq!(desk.reach(&quote, 2).await.unwrap(), reached, "reached again, it is the same");
        assert!(matches!(desk.reach(&quote, 4).await, Err(InvoiceError::NoStage)));
        let said: InvoiceContent = read(&reached.content).unwrap();
        assert_eq!(said.quote.as_deref(), Some(quote.reference.as_str()));
        assert_eq!(said.lines[0].what, "Rough mix: Mix of Night Drive");
        assert_eq!(said.supplied_on, Some(world.ctx.env.now().date_naive()));
        let printed = document(desk.services(), &reached).unwrap();
        assert_eq!(printed, document(desk.services(), &reached).unwrap());
        assert!(printed.pay_url.unwrap().starts_with("http://shop.test/invoices/"));
        let last = desk.reach(&quote, 3).await.unwrap();
        assert_eq!(last.number, 3);

        let mut total = 0;
        for row in stages(&desk, &quote).await {
            let rows = invoices_by_ids(&world.db, &[row.invoice_id.unwrap()]).await.unwrap();
            let invoice: &invoice::Model = rows.values().next().unwrap();
            assert_eq!((invoice.stage, invoice.net_minor), (Some(row.position), row.net_minor));
            assert!(!desk.balance().await.is_paid());
            desk.pay(invoice).await;
            total += invoice.total_minor;
        }
        assert_eq!(total, quote.total_minor);
        assert!(desk.balance().await.is_paid());
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn nothing_is_invoiced_before_the_agreement_is_signed_by_all() {
    on_each_database(async |world| {
        let desk = Desk::open(world, Currency::EUR).await;
        let draft = QuoteDraft { requires_agreement: true, ..desk.draft(100_000) };
        let quote = desk.sent(&draft).await;
        desk.accept(&quote, 1).await.unwrap();
        assert_eq!(issued(&desk, &quote).await, [false, false]);
        assert!(matches!(desk.reach(&quote, 2).await, Err(InvoiceError::AgreementOpen)));
        assert_eq!(tend(desk.services()).await.unwrap().issued, 0);
        assert!(!desk.balance().await.is_paid(), "it is agreed, and owed");
        let foreign = name_agreement(&desk, &quote, world.ctx.env.id()).await.unwrap_err();
        assert!(matches!(foreign, InvoiceError::NoAgreement), "{foreign:?}");

        let work = desk.shop.work("Night Drive").await;
        let executed = signed_sheet(&world.db, &world.ctx.env, desk.shop.studio, work).await.unwrap();
        name_agreement(&desk, &quote, executed).await.unwrap();
        assert_eq!(issued(&desk, &quote).await, [true, false], "it opens the way");
        desk.reach(&quote, 2).await.unwrap();

        // Named before the quote is accepted, the deposit follows at once.
        let other = desk.sent(&draft).await;
        name_agreement(&desk, &other, executed).await.unwrap();
        desk.accept(&other, 1).await.unwrap();
        assert_eq!(issued(&desk, &other).await, [true, false]);
        assert_eq!(tend(desk.services()).await.unwrap().issued, 0, "nothing is invoiced twice");
    })
    .await;
}

#[tokio::test]
async fn a_stage_with_a_day_is_invoiced_on_it_and_not_before() {
    on_each_database(async |world| {
        let desk = Desk::open(world, Currency::EUR).await;
        let day = world.ctx.env.now().date_naive().checked_add_days(Days::new(10)).unwrap();
        let quote = desk.sent(&draft_on(&desk, day)).await;
        desk.accept(&quote, 1).await.unwrap();
        world.clock.advance(Duration::days(9));
        assert_eq!(tend(desk.services()).await.unwrap().issued, 0);
        world.clock.advance(Duration::days(1));
        let (one, other) = tokio::join!(tend(desk.services()), tend(desk.services()));
        assert_eq!(one.unwrap().issued + other.unwrap().issued, 1, "whoever looks at once");
        assert_eq!(issued(&desk, &quote).await, [true, false]);
        // However late.
        let second = desk.sent(&draft_on(&desk, day)).await;
        world.clock.advance(Duration::days(1));
        desk.accept(&second, 1).await.unwrap();
        assert_eq!(issued(&desk, &second).await, [true, false], "its day is over when it is accepted");
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn nothing_is_invoiced_by_itself_of_a_project_that_was_called_off() {
    on_each_database(async |world| {
        let desk = Desk::open(world, Currency::EUR).await;
        let day = world.ctx.env.now().date_naive().checked_add_days(Days::new(10)).unwrap();
        let quote = desk.sent(&draft_on(&desk, day)).await;
        desk.accept(&quote, 1).await.unwrap();
        let move_to = async |state| {
            let row = project::ActiveModel { id: Set(desk.project), state: Set(state), ..Default::default() };
            row.update(&world.db).await.unwrap();
        };
        move_to(ProjectState::Cancelled).await;
        world.clock.advance(Duration::days(11));
        let late = desk.sent(&desk.draft(100_000)).await;
        desk.accept(&late, 1).await.unwrap();
        assert_eq!(issued(&desk, &late).await, [false, false]);
        assert_eq!(tend(desk.services()).await.unwrap().issued, 0);
        move_to(ProjectState::Planned).await;
        assert_eq!(tend(desk.services()).await.unwrap().issued, 2, "taken up again, it is");
    })
    .await;
}

#[tokio::test]
async fn the_database_itself_takes_no_other_invoice_for_a_stage() {
    on_each_database(async |world| {
        let desk = Desk::open(world, Currency::EUR).await;
        let quote = desk.sent(&desk.draft(100_000)).await;
        desk.accept(&quote, 1).await.unwrap();
        let beside = desk.issue(50_000).await;
        let wrong = stage::ActiveModel {
            quote_id: Set(quote.id),
            position: Set(2),
            reached_at: Set(Some(world.ctx.env.now())),
            invoice_id: Set(Some(beside.id)),
            ..Default::default()
        };
        assert!(wrong.update(&world.db).await.is_err());
        assert_eq!(issued(&desk, &quote).await, [true, false]);
    })
    .await;
}

fn draft_on(desk: &Desk, day: NaiveDate) -> QuoteDraft {
    QuoteDraft { deposit: share(0), milestones: vec![milestone("Rough mix", 20_000, Some(day))], ..desk.draft(100_000) }
}
