//! What keeps a project from starting, and a stage from being closed.

use domain::{
    actor::Ctx,
    agreements::entity::AgreementState,
    edit::Edit,
    ids::AgreementId,
    production::{
        commands::{self, Owner, PersonInput, ProjectChange, TaskChange, TaskInput},
        entity::{EventKind, PersonRole, ProjectKind, ProjectState, Stage, event},
    },
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use super::{
    day,
    desk::{Desk, refused, told},
    section,
};
use crate::support::on_each_database;

#[tokio::test]
async fn a_clients_project_starts_when_its_agreement_is_signed() {
    on_each_database(async |world| {
        let desk = Desk::open(world, "nova").await;
        let client = desk.client(desk.parties[0]).await;
        let project = desk.project_for(ProjectKind::Record, Some(client)).await.id;
        let activate =
            async || desk.run(async |tx| commands::activate_project(tx, &desk.manager, project, None).await).await;
        let link = async |agreement: AgreementId| {
            desk.run(async |tx| commands::link_agreement(tx, &desk.manager, project, agreement).await).await
        };
        assert_eq!(told(activate().await), refused("AGREEMENT_UNSIGNED", "overrideReason"));
        link(desk.agreement(AgreementState::Declined).await).await.unwrap();
        assert_eq!(told(activate().await).0, "AGREEMENT_UNSIGNED", "what was declined opens nothing");
        let signed = desk.agreement(AgreementState::Executed).await;
        let sent = desk.agreement(AgreementState::Sent).await;
        link(signed).await.unwrap();
        link(signed).await.unwrap();
        link(sent).await.unwrap();
        let shut = activate().await;
        assert!(shut.as_ref().unwrap_err().to_string().ends_with("1 of its agreements are not signed by all"));
        assert_eq!(told(shut).0, "AGREEMENT_UNSIGNED", "one that is still out keeps it shut");
        desk.run(async |tx| commands::unlink_agreement(tx, &desk.manager, project, sent).await).await.unwrap();
        let twice = desk.run(async |tx| commands::unlink_agreement(tx, &desk.manager, project, sent).await).await;
        assert_eq!(told(twice), refused("NOT_FOUND", "agreement"));
        assert_eq!(activate().await.unwrap().state, ProjectState::Active);
        assert_eq!(activate().await.unwrap().state, ProjectState::Active, "starting twice is starting once");

        let links = event::Entity::find().filter(event::Column::Kind.eq(EventKind::AgreementLinked));
        assert_eq!(links.all(&desk.db).await.unwrap().len(), 3, "linking twice is told once");
        let overridden = event::Entity::find().filter(event::Column::Kind.eq(EventKind::GateOverridden));
        assert!(overridden.all(&desk.db).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn who_starts_without_says_why_and_that_stays() {
    on_each_database(async |world| {
        let desk = Desk::open(world, "nova").await;
        let client = desk.client(desk.parties[0]).await;
        let project = desk.project_for(ProjectKind::Record, Some(client)).await.id;
        let activate = async |ctx: &Ctx, reason: Option<&'static str>| {
            desk.run(async |tx| commands::activate_project(tx, ctx, project, reason).await).await
        };
        assert_eq!(told(activate(&desk.engineer, Some("I want to.")).await).0, "FORBIDDEN");
        assert_eq!(told(activate(&desk.manager, Some(" \u{200b}")).await), refused("NO_REASON", "overrideReason"));
        activate(&desk.manager, Some("They sign tonight, the room is booked.")).await.unwrap();
        let rows = event::Entity::find().filter(event::Column::Kind.eq(EventKind::GateOverridden));
        let rows = rows.all(&desk.db).await.unwrap();
        let [row] = rows.as_slice() else { panic!("{rows:?}") };
        assert_eq!(row.detail.as_deref(), Some("They sign tonight, the room is booked."));
        assert_eq!((row.user_id, row.project_id), (desk.manager.actor.user(), project));
        for forged in ["UPDATE project_events SET user_id = NULL", "DELETE FROM project_events"] {
            assert!(world.db.execute_unprepared(forged).await.is_err(), "{forged}");
        }
        // A reason for what needs none is not kept.
        let own = desk.project(ProjectKind::Artist).await.id;
        desk.run(async |tx| commands::activate_project(tx, &desk.manager, own, Some("No need.")).await).await.unwrap();
        let all = event::Entity::find().filter(event::Column::Kind.eq(EventKind::GateOverridden));
        assert_eq!(all.all(&desk.db).await.unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_stage_is_closed_when_nothing_of_it_is_missing() {
    on_each_database(async |world| {
        let desk = Desk::open(world, "nova").await;
        let project = desk.project(ProjectKind::Record).await.id;
        let song = desk.song(project, "Night Drive").await.id;
        let ideation = desk.stage(project, None, Stage::Ideation).await.id;
        let arrangement = desk.stage(project, Some(song), Stage::Arrangement).await.id;
        assert_eq!(told(desk.close(ideation).await).0, "PROJECT_NOT_ACTIVE");
        let task = desk.tasks(ideation).await.remove(0);
        let early = desk.run(async |tx| commands::complete_task(tx, &desk.engineer, task.id).await).await;
        assert_eq!(told(early).0, "PROJECT_NOT_ACTIVE", "nothing is done before the project starts");
        desk.run(async |tx| commands::activate_project(tx, &desk.manager, project, None).await).await.unwrap();

        let open = desk.close(arrangement).await;
        assert_eq!(
            open.as_ref().unwrap_err().to_string(),
            "the stage cannot be closed: the project's ideation is open; \
             the task \"Settle form, tempo and key with the artist\" is not done; there is no arrangement map"
        );
        assert_eq!(told(open), refused("STAGE_GATE", "stage"));
        let goals = ProjectChange { goals: Edit::To("One song".into()), ..ProjectChange::default() };
        desk.run(async |tx| commands::update_project(tx, &desk.manager, project, goals).await).await.unwrap();
        desk.work_off(ideation).await;
        let closed = desk.close(ideation).await.unwrap();
        assert_eq!(desk.close(ideation).await.unwrap(), closed, "closing twice is closing once");
        desk.work_off(arrangement).await;
        let map = vec![section("Verse")];
        desk.run(async |tx| commands::set_arrangement(tx, &desk.engineer, song, map).await).await.unwrap();
        desk.close(arrangement).await.unwrap();

        // The tasks of a closed stage stay as they are.
        let task = desk.tasks(ideation).await.remove(0).id;
        let reopened = desk.run(async |tx| commands::reopen_task(tx, &desk.engineer, task).await).await;
        assert_eq!(told(reopened), refused("STAGE_CLOSED", "stage"));
        let new = TaskInput { stage: ideation, title: "More".into(), is_gate: true, owner: None, due_on: None };
        let added = desk.run(async |tx| commands::add_task(tx, &desk.engineer, new).await).await;
        assert_eq!(told(added), refused("STAGE_CLOSED", "stage"));
        let removed = desk.run(async |tx| commands::remove_task(tx, &desk.manager, task).await).await;
        assert_eq!(told(removed), refused("STAGE_CLOSED", "stage"));
        assert!(world.db.execute_unprepared("UPDATE project_tasks SET done_at = NULL, done_by = NULL").await.is_err());

        // Opened again, what was made of it is open too.
        desk.run(async |tx| commands::reopen_stage(tx, &desk.engineer, ideation).await).await.unwrap();
        assert_eq!(desk.stage(project, Some(song), Stage::Arrangement).await.closed_at, None);
        let told_of = event::Entity::find().filter(event::Column::Kind.eq(EventKind::StageReopened));
        let told_of = told_of.one(&desk.db).await.unwrap().unwrap();
        assert_eq!(told_of.detail.as_deref(), Some("ideation, arrangement of Night Drive"));
        desk.run(async |tx| commands::reopen_task(tx, &desk.engineer, task).await).await.unwrap();
        assert_eq!(told(desk.close(ideation).await).0, "STAGE_GATE");
    })
    .await;
}

#[tokio::test]
async fn one_songs_stages_wait_for_no_other_songs() {
    on_each_database(async |world| {
        let desk = Desk::open(world, "nova").await;
        let project = desk.active(ProjectKind::Beats).await.id;
        let (first, second) = (desk.song(project, "First").await.id, desk.song(project, "Second").await.id);
        for stage in [Stage::Ideation, Stage::Arrangement, Stage::Mixing] {
            let stage = desk.stage(project, Some(first), stage).await.id;
            desk.work_off(stage).await;
            desk.close(stage).await.unwrap();
        }
        let master = desk.stage(project, Some(first), Stage::Mastering).await.id;
        desk.work_off(master).await;
        let nameless = desk.close(master).await.unwrap_err().to_string();
        assert_eq!(nameless, "the stage cannot be closed: nobody is named who made it");
        let person = PersonInput {
            project,
            song: None,
            party: desk.parties[0],
            role: PersonRole::Producer,
            detail: String::new(),
        };
        desk.run(async |tx| commands::add_person(tx, &desk.engineer, person).await).await.unwrap();
        desk.close(master).await.unwrap();
        let mix = desk.stage(project, Some(second), Stage::Mixing).await.id;
        let message = desk.close(mix).await.unwrap_err().to_string();
        assert!(message.contains("the ideation of \"Second\" is open") && !message.contains("First"), "{message}");
        // To open the first song's mix again touches the second's not at all.
        let idea = desk.stage(project, Some(second), Stage::Ideation).await.id;
        desk.close(idea).await.unwrap();
        let mix = desk.stage(project, Some(first), Stage::Ideation).await.id;
        desk.run(async |tx| commands::reopen_stage(tx, &desk.engineer, mix).await).await.unwrap();
        assert!(desk.stage(project, Some(second), Stage::Ideation).await.closed_at.is_some());
        assert_eq!(desk.stage(project, Some(first), Stage::Mastering).await.closed_at, None);
    })
    .await;
}

#[tokio::test]
async fn a_gate_is_lifted_by_who_manages_production() {
    on_each_database(async |world| {
        let desk = Desk::open(world, "nova").await;
        let project = desk.active(ProjectKind::Beats).await.id;
        let song = desk.song(project, "Night Drive").await.id;
        let mixing = desk.stage(project, Some(song), Stage::Mixing).await.id;
        let gates = desk.tasks(mixing).await;
        let lift = || TaskChange { is_gate: Edit::To(false), ..TaskChange::default() };
        let update = async |ctx: &Ctx, change: TaskChange| {
            desk.run(async |tx| commands::update_task(tx, ctx, gates[0].id, change).await).await
        };
        assert_eq!(told(update(&desk.engineer, lift()).await).0, "FORBIDDEN");
        let removed = desk.run(async |tx| commands::remove_task(tx, &desk.engineer, gates[1].id).await).await;
        assert_eq!(told(removed).0, "FORBIDDEN");
        assert!(!update(&desk.manager, lift()).await.unwrap().is_gate);
        desk.run(async |tx| commands::remove_task(tx, &desk.manager, gates[1].id).await).await.unwrap();

        let member = desk.engineer.actor.user().unwrap();
        let owned = TaskChange {
            owner: Edit::To(Some(Owner::Member(member))),
            due_on: Edit::To(day(1)),
            title: Edit::To(" Mix  it ".into()),
            ..TaskChange::default()
        };
        let task = update(&desk.engineer, owned).await.unwrap();
        assert_eq!((task.title.as_str(), task.owner_user_id, task.due_on), ("Mix it", Some(member), day(1)));
        let handed = TaskChange { owner: Edit::To(Some(Owner::Party(desk.parties[1]))), ..TaskChange::default() };
        let task = update(&desk.engineer, handed).await.unwrap();
        assert_eq!((task.owner_user_id, task.owner_party_id), (None, Some(desk.parties[1])));
        let done = desk.run(async |tx| commands::complete_task(tx, &desk.engineer, task.id).await).await.unwrap();
        assert_eq!((done.done_by, done.done_at.is_some()), (Some(member), true));
        let again = desk.run(async |tx| commands::complete_task(tx, &desk.manager, task.id).await).await.unwrap();
        assert_eq!(again, done, "whoever says it first is kept");
    })
    .await;
}
