//! Budgets: plans, costs and their corrections.

use domain::{
    edit::Edit,
    ids::{BudgetCostId, BudgetLineId},
    money::{Currency, Money},
    production::{
        commands::{self, CostInput, LineChange, LineInput, NewProject},
        entity::{BudgetCategory, ProjectKind, RateKind, project},
        queries,
        rules::budget::{MAX_MINOR, MAX_QUANTITY_MILLI},
    },
};
use sea_orm::ConnectionTrait;

use super::{
    day,
    desk::{Desk, refused, told},
};
use crate::support::on_each_database;

fn line(project: &project::Model, rate_kind: RateKind, rate_minor: i64) -> LineInput {
    LineInput {
        project: project.id,
        category: BudgetCategory::Musician,
        title: "Strings".into(),
        hire: None,
        rate_kind,
        rate: Money::new(rate_minor, Currency::EUR),
        quantity_milli: None,
        recoupable: true,
    }
}

fn cost(line: BudgetLineId, minor: i64) -> CostInput {
    CostInput {
        line,
        amount: Money::new(minor, Currency::EUR),
        incurred_on: day(1),
        note: "Invoice 12".into(),
        corrects: None,
        key: None,
    }
}

#[tokio::test]
async fn plans_and_costs_are_summed_and_corrections_count_in_the_place_of_what_was_wrong() {
    on_each_database(async |world| {
        let desk = Desk::open(world, "nova").await;
        let project = desk.active(ProjectKind::Executive).await;
        let add =
            async |input: LineInput| desk.run(async |tx| commands::add_line(tx, &desk.manager, input).await).await;
        let record =
            async |input: CostInput| desk.run(async |tx| commands::record_cost(tx, &desk.manager, input).await).await;
        let hours = LineInput {
            quantity_milli: Some(2_500),
            hire: Some(desk.parties[1]),
            ..line(&project, RateKind::Hour, 8_000)
        };
        let hours = add(hours).await.unwrap();
        let flat = add(LineInput { recoupable: false, ..line(&project, RateKind::Flat, 50_000) }).await.unwrap();
        assert_eq!((hours.hire_id, flat.quantity_milli), (Some(desk.parties[1]), 1_000));

        let wrong = record(cost(hours.id, 30_000)).await.unwrap();
        record(cost(flat.id, 45_000)).await.unwrap();
        let right = CostInput { corrects: Some(wrong.id), note: "It was less".into(), ..cost(hours.id, 21_000) };
        let right = record(right).await.unwrap();
        assert_eq!(right.user_id, desk.manager.actor.user());
        let budget = queries::budgets_of_projects(&desk.db, &[project.id]).await.unwrap().remove(&project.id).unwrap();
        assert_eq!((budget.totals.planned.minor, budget.totals.actual.minor), (70_000, 66_000));
        assert_eq!(budget.totals.left().unwrap().minor, 4_000);
        assert_eq!((budget.totals.planned_recoupable.minor, budget.totals.actual_recoupable.minor), (20_000, 21_000));
        let of_hours = budget.lines.iter().find(|of| of.line.id == hours.id).unwrap();
        assert_eq!((of_hours.costs.len(), of_hours.actual.minor), (2, 21_000), "both are kept, one counts");

        let twice = CostInput { corrects: Some(wrong.id), ..cost(hours.id, 1) };
        assert_eq!(told(record(twice).await), refused("CORRECTED", "corrects"));
        let foreign = CostInput { corrects: Some(wrong.id), ..cost(flat.id, 1) };
        assert_eq!(told(record(foreign).await), refused("NOT_FOUND", "corrects"));
        let unknown: BudgetCostId = desk.system.env.id();
        let unknown = CostInput { corrects: Some(unknown), ..cost(flat.id, 1) };
        assert_eq!(told(record(unknown).await), refused("NOT_FOUND", "corrects"));
        record(CostInput { corrects: Some(right.id), ..cost(hours.id, 0) }).await.unwrap();
        let budget = queries::budgets_of_projects(&desk.db, &[project.id]).await.unwrap().remove(&project.id).unwrap();
        assert_eq!(budget.totals.actual.minor, 45_000, "corrected to nothing");
        for forced in ["UPDATE budget_costs SET amount_minor = 0", "DELETE FROM budget_costs"] {
            assert!(world.db.execute_unprepared(forced).await.is_err(), "{forced}");
        }
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_a_line_or_a_cost_is_refused_by_its_field() {
    on_each_database(async |world| {
        let desk = Desk::open(world, "nova").await;
        let project = desk.active(ProjectKind::Record).await;
        let add =
            async |input: LineInput| desk.run(async |tx| commands::add_line(tx, &desk.manager, input).await).await;
        for minor in [-1, MAX_MINOR + 1] {
            assert_eq!(told(add(line(&project, RateKind::Flat, minor)).await), refused("BAD_AMOUNT", "rate"));
        }
        let foreign = LineInput { rate: Money::new(1, Currency::USD), ..line(&project, RateKind::Flat, 1) };
        assert_eq!(told(add(foreign).await), refused("OTHER_CURRENCY", "rate"));
        for quantity in [0, -2_000, MAX_QUANTITY_MILLI + 1] {
            let wrong = LineInput { quantity_milli: Some(quantity), ..line(&project, RateKind::Day, 1) };
            assert_eq!(told(add(wrong).await), refused("BAD_QUANTITY", "quantityMilli"));
        }
        let doubled = LineInput { quantity_milli: Some(2_000), ..line(&project, RateKind::Flat, 1) };
        assert_eq!(told(add(doubled).await), refused("BAD_QUANTITY", "quantityMilli"));
        let nameless = LineInput { title: " ".into(), ..line(&project, RateKind::Flat, 1) };
        assert_eq!(told(add(nameless).await), refused("BAD_TITLE", "title"));
        let engineer =
            desk.run(async |tx| commands::add_line(tx, &desk.engineer, line(&project, RateKind::Flat, 1)).await);
        assert_eq!(told(engineer.await).0, "FORBIDDEN", "engineers see no money");

        let days = LineInput { quantity_milli: Some(3_000), ..line(&project, RateKind::Day, 30_000) };
        let days = add(days).await.unwrap();
        let update = async |change: LineChange| {
            desk.run(async |tx| commands::update_line(tx, &desk.manager, days.id, change).await).await
        };
        let flat = update(LineChange { rate_kind: Edit::To(RateKind::Flat), ..LineChange::default() }).await.unwrap();
        assert_eq!((flat.rate_kind, flat.quantity_milli), (RateKind::Flat, 1_000), "what becomes flat is paid once");
        let many = LineChange { quantity_milli: Edit::To(2_000), ..LineChange::default() };
        assert_eq!(told(update(many).await), refused("BAD_QUANTITY", "quantityMilli"));
        let yen = LineChange { rate: Edit::To(Money::new(5, Currency::JPY)), ..LineChange::default() };
        assert_eq!(told(update(yen).await), refused("OTHER_CURRENCY", "rate"));

        let record =
            async |input: CostInput| desk.run(async |tx| commands::record_cost(tx, &desk.manager, input).await).await;
        assert_eq!(told(record(cost(days.id, -1)).await), refused("BAD_AMOUNT", "amount"));
        let keyed = |minor| CostInput { key: Some("invoice-12".into()), ..cost(days.id, minor) };
        let first = record(keyed(500)).await.unwrap();
        assert_eq!(record(keyed(500)).await.unwrap().id, first.id, "the same key records once");
        assert_eq!(told(record(keyed(600)).await), refused("KEY_TAKEN", "idempotencyKey"));
        let another = CostInput { incurred_on: day(2), ..keyed(500) };
        assert_eq!(told(record(another).await), refused("KEY_TAKEN", "idempotencyKey"), "of another day");
        let undated = CostInput { incurred_on: None, ..keyed(500) };
        assert_eq!(record(undated).await.unwrap().id, first.id, "whatever day it is by now");
        for key in [String::new(), "x".repeat(101)] {
            let wrong = CostInput { key: Some(key), ..cost(days.id, 1) };
            assert_eq!(told(record(wrong).await), refused("BAD_KEY", "idempotencyKey"));
        }
        let removed = desk.run(async |tx| commands::remove_line(tx, &desk.manager, days.id).await).await;
        assert_eq!(told(removed), refused("LINE_SPENT", "line"));
        let spare = add(line(&project, RateKind::Song, 100)).await.unwrap().id;
        desk.run(async |tx| commands::remove_line(tx, &desk.manager, spare).await).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn bills_that_come_late_are_recorded_when_all_is_over() {
    on_each_database(async |world| {
        let desk = Desk::open(world, "nova").await;
        let new = NewProject {
            kind: ProjectKind::Record,
            title: "Album".into(),
            client: None,
            currency: Some(Currency::JPY),
            starts_on: None,
            due_on: None,
        };
        let project = desk.run(async |tx| commands::create_project(tx, &desk.manager, desk.studio, new).await).await;
        let project = project.unwrap();
        let yen = |minor| Money::new(minor, Currency::JPY);
        let input = LineInput { rate: yen(90_000), ..line(&project, RateKind::Flat, 0) };
        let days = desk.run(async |tx| commands::add_line(tx, &desk.manager, input).await).await.unwrap();
        desk.run(async |tx| commands::cancel_project(tx, &desk.manager, project.id, "No money.").await).await.unwrap();
        let late = CostInput { amount: yen(20_000), incurred_on: None, ..cost(days.id, 0) };
        let late = desk.run(async |tx| commands::record_cost(tx, &desk.manager, late).await).await.unwrap();
        assert_eq!(late.incurred_on, late.recorded_at.date_naive());
        let change = LineChange { title: Edit::To("Room".into()), ..LineChange::default() };
        let changed = desk.run(async |tx| commands::update_line(tx, &desk.manager, days.id, change).await).await;
        assert_eq!(told(changed).0, "PROJECT_OVER");
        let budget = queries::budgets_of_projects(&desk.db, &[project.id]).await.unwrap().remove(&project.id).unwrap();
        assert_eq!((budget.currency, budget.totals.actual.to_string()), (Currency::JPY, "JPY 20,000".to_owned()));
    })
    .await;
}
