//! What is another studio's is not there, and whoever may not is told so.

use domain::{
    actor::{Actor, Ctx},
    agreements::entity::AgreementState,
    catalog::entity::{AssetKind, AssetState},
    edit::Edit,
    ids::ProjectId,
    money::{Currency, Money},
    page::PageRequest,
    parties::{create_party, erase_party, merge_parties},
    production::{
        commands::{
            self, CandidateInput, CostInput, LineInput, NewProject, Owner, PersonInput, ProjectChange, ReferenceInput,
            TaskChange, TaskInput,
        },
        entity::{BudgetCategory, PersonRole, ProjectKind, RateKind, Stage, Vote},
        queries::{self, ProjectFilter},
    },
};

use super::desk::{Desk, refused, titled, told};
use crate::{
    clients::{done, person},
    support::on_each_database,
};

fn line(project: ProjectId) -> LineInput {
    LineInput {
        project,
        category: BudgetCategory::Other,
        title: "Anything".into(),
        hire: None,
        rate_kind: RateKind::Flat,
        rate: Money::new(1, Currency::EUR),
        quantity_milli: None,
        recoupable: false,
    }
}

#[tokio::test]
async fn another_studios_things_are_not_there() {
    on_each_database(async |world| {
        let desk = Desk::open(world, "nova").await;
        let rival = Desk::open(world, "rival").await;
        let project = desk.active(ProjectKind::Beats).await.id;
        let song = desk.song(project, "Night Drive").await;
        let stage = desk.stage(project, Some(song.id), Stage::Mixing).await.id;
        let task = desk.tasks(stage).await.remove(0).id;
        let new = CandidateInput { project, title: "Second".into(), notes: String::new(), url: None, asset: None };
        let candidate = desk.run(async |tx| commands::add_candidate(tx, &desk.engineer, new).await).await.unwrap().id;
        let own = desk.run(async |tx| commands::add_line(tx, &desk.manager, line(project)).await).await.unwrap().id;

        // To the rival nothing of it is there.
        let them = &rival.manager;
        let gone = |field: &str| refused("NOT_FOUND", field);
        let change = ProjectChange::default();
        assert_eq!(
            told(rival.run(async |tx| commands::update_project(tx, them, project, change).await).await),
            gone("project")
        );
        assert_eq!(
            told(rival.run(async |tx| commands::add_song(tx, them, titled(project, "X")).await).await),
            gone("project")
        );
        assert_eq!(told(rival.run(async |tx| commands::move_song(tx, them, song.id, 1).await).await), gone("song"));
        assert_eq!(told(rival.run(async |tx| commands::remove_song(tx, them, song.id).await).await), gone("song"));
        assert_eq!(told(rival.run(async |tx| commands::make_beat(tx, them, song.id).await).await), gone("song"));
        assert_eq!(told(rival.run(async |tx| commands::close_stage(tx, them, stage).await).await), gone("stage"));
        assert_eq!(told(rival.run(async |tx| commands::complete_task(tx, them, task).await).await), gone("task"));
        assert_eq!(
            told(rival.run(async |tx| commands::vote(tx, them, candidate, None, Vote::Yes).await).await),
            gone("candidate")
        );
        assert_eq!(told(rival.run(async |tx| commands::remove_line(tx, them, own).await).await), gone("line"));
        let cost = CostInput {
            line: own,
            amount: Money::new(1, Currency::EUR),
            incurred_on: None,
            note: String::new(),
            corrects: None,
            key: None,
        };
        assert_eq!(told(rival.run(async |tx| commands::record_cost(tx, them, cost).await).await), gone("line"));
        assert_eq!(queries::find_project(&rival.db, them, project).await.unwrap(), None);
        assert_eq!(queries::find_song(&rival.db, them, song.id).await.unwrap(), None);
        let all = ProjectFilter::default();
        let listed = queries::list_projects(&rival.db, them, desk.studio, &all, PageRequest::default()).await;
        assert_eq!(told(listed).0, "NOT_FOUND");
    })
    .await;
}

#[tokio::test]
async fn nothing_of_another_studio_can_be_named() {
    on_each_database(async |world| {
        let desk = Desk::open(world, "nova").await;
        let rival = Desk::open(world, "rival").await;
        let project = desk.active(ProjectKind::Beats).await.id;
        let song = desk.song(project, "Night Drive").await.id;
        let stage = desk.stage(project, Some(song), Stage::Mixing).await.id;
        let task = desk.tasks(stage).await.remove(0).id;
        let new = CandidateInput { project, title: "Second".into(), notes: String::new(), url: None, asset: None };
        let candidate = desk.run(async |tx| commands::add_candidate(tx, &desk.engineer, new).await).await.unwrap().id;
        let gone = |field: &str| refused("NOT_FOUND", field);
        let theirs = rival.parties[0];
        let client = rival.client(theirs).await;
        let agreement = rival.agreement(AgreementState::Executed).await;
        let file = rival.asset(AssetKind::Source, AssetState::Ready).await;
        let their_song = rival.song(rival.project(ProjectKind::Beats).await.id, "Theirs").await;
        let update = async |change: ProjectChange| {
            desk.run(async |tx| commands::update_project(tx, &desk.manager, project, change).await).await
        };
        let to_client = ProjectChange { client: Edit::To(Some(client)), ..ProjectChange::default() };
        assert_eq!(told(update(to_client).await), gone("client"));
        let decider = ProjectChange { decider: Edit::To(Some(theirs)), ..ProjectChange::default() };
        assert_eq!(told(update(decider).await), gone("decider"));
        let link = desk.run(async |tx| commands::link_agreement(tx, &desk.manager, project, agreement).await).await;
        assert_eq!(told(link), gone("agreement"));
        let mut input = titled(project, "Linked");
        input.recording = Some(their_song.recording_id);
        assert_eq!(
            told(desk.run(async |tx| commands::add_song(tx, &desk.engineer, input).await).await),
            gone("recording")
        );
        let mut input = titled(project, "Linked");
        input.work = Some(their_song.work_id);
        assert_eq!(told(desk.run(async |tx| commands::add_song(tx, &desk.engineer, input).await).await), gone("work"));
        let person =
            PersonInput { project, song: None, party: theirs, role: PersonRole::Artist, detail: String::new() };
        let named = desk.run(async |tx| commands::add_person(tx, &desk.engineer, person.clone()).await).await;
        assert_eq!(told(named), gone("party"));
        let person = PersonInput { song: Some(their_song.id), party: desk.parties[0], ..person };
        let named = desk.run(async |tx| commands::add_person(tx, &desk.engineer, person).await).await;
        assert_eq!(told(named), gone("song"));
        let owner = |owner| TaskChange { owner: Edit::To(Some(owner)), ..TaskChange::default() };
        let stranger = rival.engineer.actor.user().unwrap();
        for (who, field) in [(Owner::Party(theirs), "ownerParty"), (Owner::Member(stranger), "ownerMember")] {
            let handed = desk.run(async |tx| commands::update_task(tx, &desk.engineer, task, owner(who)).await).await;
            assert_eq!(told(handed), gone(field));
        }
        let voted =
            desk.run(async |tx| commands::vote(tx, &desk.engineer, candidate, Some(theirs), Vote::No).await).await;
        assert_eq!(told(voted), gone("party"));
        let reference = ReferenceInput {
            project,
            song: None,
            title: "File".into(),
            notes: String::new(),
            url: None,
            asset: Some(file),
        };
        let heard = desk.run(async |tx| commands::add_reference(tx, &desk.engineer, reference).await).await;
        assert_eq!(told(heard), gone("asset"));
        let hired = LineInput { hire: Some(theirs), ..line(project) };
        assert_eq!(told(desk.run(async |tx| commands::add_line(tx, &desk.manager, hired).await).await), gone("hire"));
    })
    .await;
}

#[tokio::test]
async fn engineers_work_on_projects_and_managers_run_them() {
    on_each_database(async |world| {
        let desk = Desk::open(world, "nova").await;
        let project = desk.project(ProjectKind::Beats).await.id;
        let song = desk.song(project, "Night Drive").await.id;
        let stage = desk.stage(project, Some(song), Stage::Mixing).await.id;
        let new = || NewProject {
            kind: ProjectKind::Beats,
            title: "Mine".into(),
            client: None,
            currency: None,
            starts_on: None,
            due_on: None,
        };
        let nobody = world.as_actor(Actor::Anonymous);
        let create =
            async |ctx: &Ctx| desk.run(async |tx| commands::create_project(tx, ctx, desk.studio, new()).await).await;
        assert_eq!(told(create(&desk.engineer).await).0, "FORBIDDEN");
        assert_eq!(told(create(&nobody).await).0, "UNAUTHENTICATED");
        let activated = desk.run(async |tx| commands::activate_project(tx, &desk.engineer, project, None).await).await;
        assert_eq!(told(activated).0, "FORBIDDEN");
        let cancelled = desk.run(async |tx| commands::cancel_project(tx, &desk.engineer, project, "No.").await).await;
        assert_eq!(told(cancelled).0, "FORBIDDEN");
        let task = TaskInput { stage, title: "Listen".into(), is_gate: false, owner: None, due_on: None };
        let added = desk.run(async |tx| commands::add_task(tx, &desk.engineer, task.clone()).await).await.unwrap();
        assert_eq!(added.position, 3, "behind those of its kind");
        let anonymous = desk.run(async |tx| commands::add_task(tx, &nobody, task).await).await;
        assert_eq!(told(anonymous).0, "UNAUTHENTICATED");
        let person = PersonInput {
            project,
            song: Some(song),
            party: desk.parties[0],
            role: PersonRole::Performer,
            detail: "bass".into(),
        };
        desk.run(async |tx| commands::add_person(tx, &desk.engineer, person.clone()).await).await.unwrap();
        let twice = desk.run(async |tx| commands::add_person(tx, &desk.engineer, person).await).await;
        assert_eq!(told(twice), refused("PERSON_TWICE", "party"));
        assert_eq!(told(queries::find_project(&desk.db, &nobody, project).await).0, "UNAUTHENTICATED");
    })
    .await;
}

#[tokio::test]
async fn who_was_merged_is_followed_and_who_was_erased_is_named_no_more() {
    on_each_database(async |world| {
        let desk = Desk::open(world, "nova").await;
        // The first party of a studio, which is its own, is not erased.
        desk.clock.advance(chrono::Duration::milliseconds(1));
        let enter = async |name: &str| {
            let input = person(name, None);
            done(world, async |tx| create_party(tx, &desk.manager, desk.studio, input).await).await.unwrap().id
        };
        let (orson, twin, ada) = (enter("Orson").await, enter("Orson").await, enter("Ada").await);
        let (of_twin, of_ada) = (desk.client(twin).await, desk.client(ada).await);
        desk.client(orson).await;
        done(world, async |tx| merge_parties(tx, &desk.manager, twin, orson).await).await.unwrap();
        done(world, async |tx| erase_party(tx, &desk.manager, ada, "Ada").await).await.unwrap();

        let project = desk.active(ProjectKind::Record).await.id;
        let plays = async |party| {
            let input = PersonInput { project, song: None, party, role: PersonRole::Performer, detail: String::new() };
            desk.run(async |tx| commands::add_person(tx, &desk.engineer, input).await).await
        };
        assert_eq!(plays(twin).await.unwrap().party_id, orson);
        assert_eq!(told(plays(ada).await), refused("ERASED", "party"));
        for (client, code) in [(of_twin, "MERGED"), (of_ada, "ERASED")] {
            let change = ProjectChange { client: Edit::To(Some(client)), ..ProjectChange::default() };
            let named = desk.run(async |tx| commands::update_project(tx, &desk.manager, project, change).await).await;
            assert_eq!(told(named), refused(code, "client"));
        }
    })
    .await;
}
