//! Lists: of many projects, of one client's, of what is late, and of what is due.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use domain::{
    edit::Edit,
    ids::{ClientId, ProjectId, ProjectTaskId},
    money::Currency,
    page::PageRequest,
    production::{
        commands::{self, Owner, ProjectChange, TaskChange},
        entity::{ProjectKind, ProjectState, Stage, plan, project},
        queries::{self, DueFilter, ProjectFilter},
    },
};
use sea_orm::{ActiveValue::Set, EntityTrait};

use super::{
    day,
    desk::{Desk, told},
};
use crate::support::on_each_database;

const MANY: u32 = 2_000;

/// Enters many projects: every second one late, every fourth one cancelled, every tenth one the client's.
async fn many(desk: &Desk, client: ClientId) {
    let env = &desk.system.env;
    for first in (0..MANY).step_by(500) {
        let (mut projects, mut plans) = (Vec::new(), Vec::new());
        for n in first..first + 500 {
            let id: ProjectId = env.id();
            projects.push(project::ActiveModel {
                id: Set(id),
                studio_id: Set(desk.studio),
                client_id: Set((n % 10 == 0).then_some(client)),
                kind: Set(if n % 3 == 0 { ProjectKind::Beats } else { ProjectKind::Record }),
                state: Set(if n % 4 == 0 { ProjectState::Cancelled } else { ProjectState::Active }),
                title: Set(format!("Project {n}")),
                created_at: Set(env.now()),
            });
            plans.push(plan::ActiveModel {
                project_id: Set(id),
                studio_id: Set(desk.studio),
                currency: Set(Currency::EUR),
                decider_id: Set(None),
                goals: Set(String::new()),
                genre: Set(String::new()),
                reference_notes: Set(String::new()),
                deliverables: Set(String::new()),
                starts_on: Set(None),
                due_on: Set(if n % 2 == 0 { day(1) } else { day(24) }),
                updated_at: Set(env.now()),
            });
            desk.clock.advance(chrono::Duration::milliseconds(1));
        }
        project::Entity::insert_many(projects).exec_without_returning(&desk.db).await.unwrap();
        plan::Entity::insert_many(plans).exec_without_returning(&desk.db).await.unwrap();
    }
}

#[tokio::test]
async fn two_thousand_projects_are_narrowed_and_paged() {
    on_each_database(async |world| {
        let desk = Desk::open(world, "nova").await;
        let client = desk.client(desk.parties[0]).await;
        // It is the tenth of December.
        desk.clock.advance(chrono::Duration::days(17));
        many(&desk, client).await;
        let list = async |filter: &ProjectFilter| {
            queries::list_projects(&desk.db, &desk.engineer, desk.studio, filter, PageRequest::largest()).await.unwrap()
        };
        let count = async |filter: ProjectFilter| {
            let (mut found, mut request) = (0, PageRequest::largest());
            loop {
                let page =
                    queries::list_projects(&desk.db, &desk.engineer, desk.studio, &filter, request).await.unwrap();
                found += page.rows.len();
                match page.rows.last() {
                    Some(last) if page.has_next => request = request.behind(last.id),
                    _ => return found,
                }
            }
        };
        let all = ProjectFilter::default;
        assert_eq!(count(all()).await, 2_000);
        assert_eq!(count(ProjectFilter { states: vec![ProjectState::Cancelled], ..all() }).await, 500);
        assert_eq!(count(ProjectFilter { kinds: vec![ProjectKind::Beats], ..all() }).await, 667);
        assert_eq!(count(ProjectFilter { client: Some(client), ..all() }).await, 200);
        let late = ProjectFilter { late: true, ..all() };
        assert_eq!(count(late).await, 500, "what was cancelled is not late");
        assert_eq!(count(ProjectFilter { title: Some(" project 199".into()), ..all() }).await, 11);
        assert_eq!(count(ProjectFilter { title: Some("%".into()), ..all() }).await, 0);
        assert_eq!(list(&all()).await.rows[0].title, "Project 1999", "newest first");
    })
    .await;
}

#[tokio::test]
async fn a_page_takes_the_same_queries_however_long_it_is() {
    on_each_database(async |world| {
        let desk = Desk::open(world, "nova").await;
        let mut ids = Vec::new();
        for _ in 0..6 {
            let project = desk.active(ProjectKind::Beats).await.id;
            desk.song(project, "Night Drive").await;
            ids.push(project);
        }
        let asked = Arc::new(AtomicUsize::new(0));
        let mut counted = desk.db.clone();
        let counter = Arc::clone(&asked);
        counted.set_metric_callback(move |_| {
            counter.fetch_add(1, Ordering::Relaxed);
        });
        let today = desk.system.env.now().date_naive();
        let queries_for = async |ids: &[ProjectId]| {
            let before = asked.load(Ordering::Relaxed);
            queries::progress_of_projects(&counted, ids, today).await.unwrap();
            queries::songs_of_projects(&counted, ids).await.unwrap();
            queries::stages_of_projects(&counted, ids).await.unwrap();
            queries::budgets_of_projects(&counted, ids).await.unwrap();
            asked.load(Ordering::Relaxed) - before
        };
        let one = queries_for(&ids[..1]).await;
        assert!(one > 0);
        assert_eq!(queries_for(&ids).await, one);
        let progress = queries::progress_of_projects(&desk.db, &ids, today).await.unwrap();
        let of_one = progress[&ids[0]];
        assert_eq!((of_one.songs, of_one.stages, of_one.closed_stages), (1, 4, 0));
        assert_eq!((of_one.tasks, of_one.done_tasks, of_one.late_tasks), (6, 0, 0));
    })
    .await;
}

#[tokio::test]
async fn what_is_due_is_listed_by_its_day_across_projects() {
    on_each_database(async |world| {
        let desk = Desk::open(world, "nova").await;
        let mut tasks = Vec::new();
        let mut projects = Vec::new();
        for _ in 0..3 {
            let project = desk.active(ProjectKind::Beats).await.id;
            let song = desk.song(project, "Night Drive").await.id;
            let mixing = desk.stage(project, Some(song), Stage::Mixing).await.id;
            tasks.extend(desk.tasks(mixing).await.into_iter().map(|task| task.id));
            projects.push(project);
        }
        let member = desk.engineer.actor.user().unwrap();
        let due = async |task: ProjectTaskId, on: u32, owner: Owner| {
            let change =
                TaskChange { due_on: Edit::To(day(on)), owner: Edit::To(Some(owner)), ..TaskChange::default() };
            desk.run(async |tx| commands::update_task(tx, &desk.engineer, task, change).await).await.unwrap();
        };
        for (task, on) in tasks.iter().zip([5, 3, 5, 1, 3]) {
            let owner = if on == 3 { Owner::Member(member) } else { Owner::Party(desk.parties[0]) };
            due(*task, on, owner).await;
        }
        let list = async |filter: DueFilter, request: PageRequest<ProjectTaskId>| {
            queries::list_due(&desk.db, &desk.engineer, desk.studio, filter, request).await
        };
        let days = |rows: &[domain::production::entity::task::Model]| -> Vec<u32> {
            rows.iter().map(|row| chrono::Datelike::day(&row.due_on.unwrap())).collect()
        };
        let all = list(DueFilter::default(), PageRequest::default()).await.unwrap();
        assert_eq!(days(&all.rows), [1, 3, 3, 5, 5]);
        assert!(!all.has_next && !all.has_previous);

        // Two by two, forward and back again, over days that are the same.
        let page = |first: i64, after: Option<ProjectTaskId>| -> PageRequest<ProjectTaskId> {
            PageRequest::new(Some(first), after.map(|id| id.to_string()).as_deref(), None, None).unwrap()
        };
        let first = list(DueFilter::default(), page(2, None)).await.unwrap();
        let second = list(DueFilter::default(), page(2, Some(first.rows[1].id))).await.unwrap();
        let third = list(DueFilter::default(), page(2, Some(second.rows[1].id))).await.unwrap();
        let paged: Vec<_> = [&first, &second, &third].iter().flat_map(|page| &page.rows).map(|row| row.id).collect();
        assert_eq!(paged, all.rows.iter().map(|row| row.id).collect::<Vec<_>>());
        assert_eq!((first.has_next, second.has_next, third.has_next), (true, true, false));
        let before = PageRequest::new(None, None, Some(2), Some(&third.rows[0].id.to_string())).unwrap();
        let back = list(DueFilter::default(), before).await.unwrap();
        assert_eq!(back.rows, second.rows);
        let unknown: ProjectTaskId = desk.system.env.id();
        assert_eq!(told(list(DueFilter::default(), page(2, Some(unknown))).await).0, "BAD_PAGE");

        let until = DueFilter { until: day(3), ..DueFilter::default() };
        assert_eq!(days(&list(until, PageRequest::default()).await.unwrap().rows), [1, 3, 3]);
        let own = DueFilter { member: Some(member), ..DueFilter::default() };
        assert_eq!(days(&list(own, PageRequest::default()).await.unwrap().rows), [3, 3]);
        let theirs = DueFilter { party: Some(desk.parties[0]), ..DueFilter::default() };
        assert_eq!(days(&list(theirs, PageRequest::default()).await.unwrap().rows), [1, 5, 5]);

        // What is done, or of a project that is over, is not due.
        desk.run(async |tx| commands::complete_task(tx, &desk.engineer, tasks[3]).await).await.unwrap();
        desk.run(async |tx| commands::cancel_project(tx, &desk.manager, projects[0], "No.").await).await.unwrap();
        let left = list(DueFilter::default(), PageRequest::default()).await.unwrap();
        assert_eq!(days(&left.rows), [3, 5]);
        desk.clock.advance(chrono::Duration::days(12));
        let today = desk.system.env.now().date_naive();
        let progress = queries::progress_of_projects(&desk.db, &projects, today).await.unwrap();
        let late: i64 = projects[1..].iter().map(|id| progress[id].late_tasks).sum();
        assert_eq!(late, 1, "the third is over, the fifth is today or later");
        let change = ProjectChange { due_on: Edit::To(day(1)), ..ProjectChange::default() };
        desk.run(async |tx| commands::update_project(tx, &desk.manager, projects[1], change).await).await.unwrap();
        let late = ProjectFilter { late: true, ..ProjectFilter::default() };
        let late = queries::list_projects(&desk.db, &desk.engineer, desk.studio, &late, PageRequest::default()).await;
        assert_eq!(late.unwrap().rows.iter().map(|row| row.id).collect::<Vec<_>>(), [projects[1]]);
    })
    .await;
}

#[tokio::test]
async fn titles_are_found_as_they_are_typed() {
    on_each_database(async |world| {
        let desk = Desk::open(world, "nova").await;
        let project = desk.project(ProjectKind::Beats).await.id;
        let change = ProjectChange { title: Edit::To("Über Nacht".into()), ..ProjectChange::default() };
        desk.run(async |tx| commands::update_project(tx, &desk.manager, project, change).await).await.unwrap();
        for (text, found) in [("Über", 1), ("NACHT", 1), ("Über N%", 0), ("_ber", 0)] {
            let filter = ProjectFilter { title: Some(text.into()), ..ProjectFilter::default() };
            let page = queries::list_projects(&desk.db, &desk.engineer, desk.studio, &filter, PageRequest::default());
            assert_eq!(page.await.unwrap().rows.len(), found, "{text}");
        }
    })
    .await;
}
