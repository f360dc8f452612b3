//! Projects from the first idea to the delivered master, and all that is refused on the way.

mod budget;
pub(crate) mod desk;
mod foreign;
mod gates;
mod lists;
mod preproduction;
mod songs;

use chrono::NaiveDate;
use domain::{
    edit::Edit,
    page::PageRequest,
    production::{
        commands::{self, NewProject, PersonInput, ProjectChange},
        entity::{EventKind, PersonRole, ProjectKind, ProjectState, Stage, event, plan},
        queries,
        rules::{
            arrangement::NewSection,
            kinds::{self, StageScope},
        },
    },
};
use sea_orm::{ConnectionTrait, EntityTrait, Iterable};

use self::desk::{Desk, refused, told};
use crate::support::on_each_database;

fn day(day: u32) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(2026, 12, day)
}

/// A section of eight bars at 120.
fn section(name: &str) -> NewSection {
    NewSection {
        name: name.into(),
        bars: 8,
        bpm_milli: 120_000,
        meter_beats: 4,
        meter_unit: 4,
        musical_key: Some("Am".into()),
        start_bar: None,
    }
}

#[tokio::test]
async fn a_record_goes_from_plan_to_delivery() {
    on_each_database(async |world| {
        let desk = Desk::open(world, "nova").await;
        let project = desk.active(ProjectKind::Record).await;
        let change = ProjectChange {
            goals: Edit::To("Four songs that sound like one night".into()),
            genre: Edit::To("Soul".into()),
            deliverables: Edit::To("Masters and instrumentals".into()),
            decider: Edit::To(Some(desk.parties[1])),
            due_on: Edit::To(day(24)),
            ..ProjectChange::default()
        };
        desk.run(async |tx| commands::update_project(tx, &desk.manager, project.id, change).await).await.unwrap();
        let song = desk.song(project.id, "Night Drive").await;
        let person = PersonInput {
            project: project.id,
            song: Some(song.id),
            party: desk.parties[0],
            role: PersonRole::Artist,
            detail: "vocals".into(),
        };
        desk.run(async |tx| commands::add_person(tx, &desk.engineer, person).await).await.unwrap();
        let sections = vec![section("Intro"), section("Verse")];
        desk.run(async |tx| commands::set_arrangement(tx, &desk.engineer, song.id, sections).await).await.unwrap();

        let early = desk.run(async |tx| commands::deliver_project(tx, &desk.manager, project.id).await).await;
        let message = early.as_ref().unwrap_err().to_string();
        assert!(message.contains("the mastering of \"Night Drive\" is open"), "{message}");
        assert_eq!(told(early), refused("STAGES_OPEN", "project"));

        for plan in kinds::plan(ProjectKind::Record).stages {
            let of = (plan.scope == StageScope::Song).then_some(song.id);
            let stage = desk.stage(project.id, of, plan.stage).await;
            desk.work_off(stage.id).await;
            assert!(desk.close(stage.id).await.unwrap().closed_at.is_some(), "{}", plan.stage);
        }
        let delivered =
            desk.run(async |tx| commands::deliver_project(tx, &desk.manager, project.id).await).await.unwrap();
        assert_eq!(delivered.state, ProjectState::Delivered);
        let again = desk.run(async |tx| commands::deliver_project(tx, &desk.manager, project.id).await).await.unwrap();
        assert_eq!(again, delivered, "delivering twice is delivering once");
        let isrc = Some("AA6Q72000047".to_owned());
        let given = desk.run(async |tx| commands::set_song_isrc(tx, &desk.engineer, song.id, isrc).await).await;
        assert_eq!(given.unwrap().id, song.id, "whoever releases it names its code when they like");

        let history = queries::list_history(&desk.db, project.id, PageRequest::largest()).await.unwrap();
        let kinds: Vec<EventKind> = history.rows.iter().rev().map(|row| row.kind).collect();
        let mut expected = vec![EventKind::Opened, EventKind::Activated, EventKind::Changed, EventKind::SongAdded];
        expected.extend([EventKind::StageClosed; 6]);
        expected.push(EventKind::Delivered);
        assert_eq!(kinds, expected);
        let changed = history.rows.iter().find(|row| row.kind == EventKind::Changed).unwrap();
        assert_eq!(changed.detail.as_deref(), Some("decider, goals, genre, deliverables, deadline"));
        assert_eq!(changed.user_id, desk.manager.actor.user());
    })
    .await;
}

#[tokio::test]
async fn every_kind_begins_with_its_own_stages_and_tasks() {
    on_each_database(async |world| {
        let desk = Desk::open(world, "nova").await;
        for kind in ProjectKind::iter() {
            let project = desk.project(kind).await;
            let song = desk.song(project.id, kind.word()).await;
            let stages = queries::stages_of_projects(&desk.db, &[project.id]).await.unwrap();
            let stages = stages.get(&project.id).cloned().unwrap_or_default();
            let expected: Vec<_> = kinds::plan(kind).stages.iter().map(|plan| (plan.stage, plan.scope)).collect();
            let scope = |song: Option<_>| if song.is_some() { StageScope::Song } else { StageScope::Project };
            let entered: Vec<_> = stages.iter().map(|row| (row.stage, scope(row.song_id))).collect();
            assert_eq!(entered, expected, "{kind}");
            for row in &stages {
                assert!(row.song_id.is_none_or(|id| id == song.id));
                let tasks = desk.tasks(row.id).await;
                let planned = kinds::plan(kind).stage(row.stage).unwrap().tasks;
                let titles: Vec<_> = tasks.iter().map(|task| (task.title.as_str(), task.is_gate)).collect();
                assert_eq!(titles, planned.iter().map(|task| (task.title, task.is_gate)).collect::<Vec<_>>(), "{kind}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn what_is_over_is_not_changed_until_it_is_reopened() {
    on_each_database(async |world| {
        let desk = Desk::open(world, "nova").await;
        let project = desk.active(ProjectKind::Beats).await;
        let song = desk.song(project.id, "Night Drive").await;
        let stage = desk.stage(project.id, Some(song.id), Stage::Ideation).await;
        let cancel = async |reason: &'static str| {
            desk.run(async |tx| commands::cancel_project(tx, &desk.manager, project.id, reason).await).await
        };
        assert_eq!(told(cancel(" ").await), refused("NO_REASON", "reason"));
        assert_eq!(cancel("They went elsewhere.").await.unwrap().state, ProjectState::Cancelled);
        assert_eq!(cancel("Twice.").await.unwrap().state, ProjectState::Cancelled, "cancelling twice changes nothing");

        let rename = || ProjectChange { title: Edit::To("Day Walk".into()), ..ProjectChange::default() };
        let over = "PROJECT_OVER";
        let update = desk.run(async |tx| commands::update_project(tx, &desk.manager, project.id, rename()).await).await;
        assert_eq!(told(update).0, over);
        let new = desk::titled(project.id, "Second");
        assert_eq!(told(desk.run(async |tx| commands::add_song(tx, &desk.engineer, new).await).await).0, over);
        assert_eq!(told(desk.close(stage.id).await).0, over);
        let task = desk.tasks(stage.id).await.remove(0);
        let done = desk.run(async |tx| commands::complete_task(tx, &desk.engineer, task.id).await).await;
        assert_eq!(told(done).0, over);
        let removed = desk.run(async |tx| commands::remove_song(tx, &desk.engineer, song.id).await).await;
        assert_eq!(told(removed).0, over);
        let given = desk.run(async |tx| commands::set_song_isrc(tx, &desk.engineer, song.id, None).await).await;
        assert_eq!(told(given).0, over, "of what was cancelled nothing is released");
        let activated =
            desk.run(async |tx| commands::activate_project(tx, &desk.manager, project.id, Some("Now")).await).await;
        assert_eq!(told(activated), refused("PROJECT_STATE", "project"));

        let silent = desk.run(async |tx| commands::reopen_project(tx, &desk.manager, project.id, "").await).await;
        assert_eq!(told(silent), refused("NO_REASON", "reason"));
        let back =
            desk.run(async |tx| commands::reopen_project(tx, &desk.manager, project.id, "They came back.").await);
        assert_eq!(back.await.unwrap().state, ProjectState::Planned);
        let update = desk.run(async |tx| commands::update_project(tx, &desk.manager, project.id, rename()).await).await;
        assert_eq!(update.unwrap().title, "Day Walk");
        let twice = desk.run(async |tx| commands::reopen_project(tx, &desk.manager, project.id, "Again.").await).await;
        assert_eq!(told(twice), refused("PROJECT_STATE", "project"));
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_a_project_is_refused_by_its_field() {
    on_each_database(async |world| {
        let desk = Desk::open(world, "nova").await;
        let new = |title: &str| NewProject {
            kind: ProjectKind::Artist,
            title: title.into(),
            client: None,
            currency: None,
            starts_on: day(20),
            due_on: day(24),
        };
        let create = async |new: NewProject| {
            desk.run(async |tx| commands::create_project(tx, &desk.manager, desk.studio, new).await).await
        };
        assert_eq!(told(create(new("\u{200b}")).await), refused("BAD_TITLE", "title"));
        let backwards = NewProject { starts_on: day(25), ..new("Album") };
        assert_eq!(told(create(backwards).await), refused("BAD_DATES", "dueOn"));
        let project = create(new("Album")).await.unwrap();

        let update = async |change: ProjectChange| {
            desk.run(async |tx| commands::update_project(tx, &desk.manager, project.id, change).await).await
        };
        let long = ProjectChange { goals: Edit::To("x".repeat(5_001)), ..ProjectChange::default() };
        assert_eq!(told(update(long).await), refused("TOO_LONG", "goals"));
        let early = ProjectChange { due_on: Edit::To(day(19)), ..ProjectChange::default() };
        assert_eq!(told(update(early).await), refused("BAD_DATES", "dueOn"));
        update(ProjectChange::default()).await.unwrap();
        let rows = event::Entity::find().all(&desk.db).await.unwrap();
        assert_eq!(rows.len(), 1, "a change of nothing is not told");
        let plan = plan::Entity::find_by_id(project.id).one(&desk.db).await.unwrap().unwrap();
        assert_eq!((plan.due_on, plan.goals.as_str(), plan.currency.code()), (day(24), "", "EUR"));
    })
    .await;
}

#[tokio::test]
async fn the_database_itself_keeps_what_a_project_is() {
    on_each_database(async |world| {
        let desk = Desk::open(world, "nova").await;
        let client = desk.client(desk.parties[0]).await;
        let project = desk.project_for(ProjectKind::Beats, Some(client)).await;
        desk.song(project.id, "Night Drive").await;
        for forced in [
            "UPDATE projects SET kind = 'record'",
            "UPDATE projects SET state = 'delivered'",
            // Its agreement is not signed.
            "UPDATE projects SET state = 'active'",
            "UPDATE project_events SET detail = 'nothing'",
            "DELETE FROM project_events",
            "UPDATE project_stages SET closed_at = (SELECT created_at FROM projects) WHERE stage = 'mixing'",
            "UPDATE project_plans SET starts_on = '2026-12-24', due_on = '2026-12-23'",
            "UPDATE songs SET position = 0",
        ] {
            assert!(world.db.execute_unprepared(forced).await.is_err(), "{forced}");
        }
        world.db.execute_unprepared("UPDATE project_stages SET closed_at = NULL").await.unwrap();
    })
    .await;
}
