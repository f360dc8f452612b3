//! Milestones that are reached when a part of the work is done for all songs of the project.

use chrono::{Days, NaiveDate};
use domain::{
    identity::commands::{close_studio_of, reopen_studio},
    ids::{ProjectId, ProjectStageId},
    invoices::{
        commands::{QuoteDraft, create_quote, tend, tend_quote},
        entity::{Phase, quote},
        queries::stages_of_quotes,
        rules::schedule::NewMilestone,
    },
    money::{Currency, Money},
    outbox::Job,
    production::{
        ProductionError,
        commands::{self, NewProject, SongInput},
        entity::{ProjectKind, stage},
    },
    store::Tx,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use super::Desk;
use crate::{books::assert_proved, support::on_each_database};

async fn run<T>(desk: &Desk, command: impl AsyncFnOnce(&Tx) -> Result<T, ProductionError>) -> T {
    let tx = desk.services().begin().await.unwrap();
    let done = command(&tx).await.unwrap();
    desk.services().commit(tx).await.unwrap();
    done
}

/// A project of two songs that has begun, and where their ideas are worked out.
async fn begun(desk: &Desk) -> (ProjectId, Vec<ProjectStageId>) {
    let new = NewProject {
        kind: ProjectKind::Beats,
        title: "Two beats".into(),
        client: Some(desk.client),
        currency: None,
        starts_on: None,
        due_on: None,
    };
    let id = run(desk, async |tx| commands::create_project(tx, &desk.owner, desk.shop.studio, new).await).await.id;
    let why = Some("They are on their way already");
    run(desk, async |tx| commands::activate_project(tx, &desk.owner, id, why).await).await;
    for title in ["Night Drive", "Day Walk"] {
        let song = SongInput { project: id, title: Some(title.into()), work: None, recording: None, stages: None };
        run(desk, async |tx| commands::add_song(tx, &desk.owner, song).await).await;
    }
    let of_ideas = stage::Entity::find()
        .filter(stage::Column::ProjectId.eq(id))
        .filter(stage::Column::Stage.eq(Phase::Ideation))
        .order_by_asc(stage::Column::Id);
    let rows = of_ideas.all(&desk.services().db).await.unwrap();
    (id, rows.into_iter().map(|row| row.id).collect())
}

async fn close(desk: &Desk, stage: ProjectStageId) {
    run(desk, async |tx| commands::close_stage(tx, &desk.owner, stage).await).await;
}

fn milestone(name: &str, minor: i64, due_on: Option<NaiveDate>) -> NewMilestone {
    let amount = Some(Money::new(minor, Currency::EUR));
    NewMilestone { name: name.into(), share: None, amount, due_on, phase: Some(Phase::Ideation) }
}

/// An accepted quote of a deposit, a milestone of the ideas, one of them on a day, and the rest.
async fn agreed(desk: &Desk, project: ProjectId) -> quote::Model {
    let day = desk.services().env.now().date_naive().checked_add_days(Days::new(30)).unwrap();
    let milestones = vec![milestone("Sketches", 20_000, None), milestone("On a day", 10_000, Some(day))];
    let draft = QuoteDraft { milestones, ..desk.draft(100_000) };
    let quote = create_quote(desk.services(), &desk.owner, project, &draft).await.unwrap();
    let quote = desk.send(&quote).await.unwrap();
    desk.accept(&quote, 1).await.unwrap()
}

/// Which stages are invoiced.
async fn issued(desk: &Desk, quote: &quote::Model) -> Vec<bool> {
    let rows = stages_of_quotes(&desk.services().db, &[quote.id]).await.unwrap().remove(&quote.id).unwrap();
    rows.iter().map(|row| row.invoice_id.is_some()).collect()
}

/// How often a quote was put to be looked after.
async fn put(desk: &Desk, quote: &quote::Model) -> usize {
    let job = Job::TendQuote { quote: quote.id };
    desk.jobs().await.iter().filter(|other| **other == job).count()
}

#[tokio::test]
async fn a_milestone_is_reached_when_its_part_of_the_work_is_done_for_every_song() {
    on_each_database(async |world| {
        let desk = Desk::open(world, Currency::EUR).await;
        let (project, stages) = begun(&desk).await;
        let quote = agreed(&desk, project).await;
        close(&desk, stages[0]).await;
        assert_eq!(put(&desk, &quote).await, 0, "another song is not that far");
        assert_eq!(tend(desk.services()).await.unwrap().issued, 0);
        assert_eq!(issued(&desk, &quote).await, [true, false, false, false]);

        close(&desk, stages[1]).await;
        close(&desk, stages[1]).await;
        assert_eq!(put(&desk, &quote).await, 1, "closed again, nothing is new");
        let (one, other) = tokio::join!(tend_quote(desk.services(), quote.id), tend_quote(desk.services(), quote.id));
        assert_eq!(one.unwrap() + other.unwrap(), 1);
        assert_eq!(issued(&desk, &quote).await, [true, true, false, false], "where a day is set, that decides");
        assert_eq!(tend(desk.services()).await.unwrap().issued, 0);

        // Opened and closed once more, it is not reached again.
        run(&desk, async |tx| commands::reopen_stage(tx, &desk.owner, stages[1]).await).await;
        close(&desk, stages[1]).await;
        assert_eq!((put(&desk, &quote).await, tend(desk.services()).await.unwrap().issued), (1, 0));
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn a_closed_studio_invoices_nothing_before_it_is_opened_again() {
    on_each_database(async |world| {
        let desk = Desk::open(world, Currency::EUR).await;
        let (project, stages) = begun(&desk).await;
        let quote = agreed(&desk, project).await;
        for stage in stages {
            close(&desk, stage).await;
        }
        assert_eq!(put(&desk, &quote).await, 1);
        let services = desk.services();
        let tx = services.begin().await.unwrap();
        close_studio_of(&tx, &world.ctx, "nova", "moving on").await.unwrap();
        services.commit(tx).await.unwrap();
        assert_eq!(tend_quote(services, quote.id).await.unwrap(), 0, "the job was put before");
        assert_eq!(issued(&desk, &quote).await, [true, false, false, false]);

        let tx = services.begin().await.unwrap();
        reopen_studio(&tx, &world.ctx, desk.shop.studio).await.unwrap();
        services.commit(tx).await.unwrap();
        assert_eq!(tend(services).await.unwrap().issued, 1);
        assert_eq!(issued(&desk, &quote).await, [true, true, false, false]);
    })
    .await;
}

#[tokio::test]
async fn whatever_comes_first_a_milestone_of_work_that_is_done_is_invoiced() {
    on_each_database(async |world| {
        let desk = Desk::open(world, Currency::EUR).await;
        let (project, stages) = begun(&desk).await;
        let quote = agreed(&desk, project).await;
        for stage in &stages {
            close(&desk, *stage).await;
        }
        assert_eq!(tend(desk.services()).await.unwrap().issued, 1, "the chore finds what no job has told of");
        assert_eq!(issued(&desk, &quote).await, [true, true, false, false]);
        let late = agreed(&desk, project).await;
        assert_eq!(issued(&desk, &late).await, [true, true, false, false], "it was done when this was accepted");

        // What is open again when it is looked after is not done.
        run(&desk, async |tx| commands::reopen_stage(tx, &desk.owner, stages[0]).await).await;
        let again = agreed(&desk, project).await;
        close(&desk, stages[0]).await;
        run(&desk, async |tx| commands::reopen_stage(tx, &desk.owner, stages[0]).await).await;
        assert_eq!(put(&desk, &again).await, 1);
        assert_eq!(tend_quote(desk.services(), again.id).await.unwrap(), 0);
        assert_eq!(issued(&desk, &again).await, [true, false, false, false]);
        assert_proved(world).await;
    })
    .await;
}
