//! Projects over the API: from the first idea to the budget, and lists that stay quick.

use std::time::{Duration, Instant};

use domain::{
    actor::{Actor, Role},
    catalog::{
        Sha256,
        entity::{AssetKind, AssetState, asset},
    },
    ids::{AssetId, ProjectId, StudioId, UserId},
    money::Currency,
    production::{
        commands::{self, NewProject, SongInput},
        entity::{ProjectKind, ProjectState, plan, project},
    },
    services::Services,
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, IntoActiveModel};
use serde_json::{Value, json};

use crate::support::{World, on_each_database};

/// A member's way to ask.
struct Member<'a> {
    world: &'a World,
    token: String,
}

impl Member<'_> {
    async fn ask(&self, document: &str, variables: Value) -> Value {
        self.world.ask(Some(&self.token), document, variables).await
    }

    /// What a mutation has given.
    async fn done(&self, field: &str, document: &str, variables: Value) -> Value {
        let answer = self.ask(document, variables).await;
        assert_eq!(answer["data"][field]["userErrors"], json!([]), "{answer}");
        answer["data"][field].clone()
    }

    /// Code, field and remedy of a refused mutation.
    async fn refused(&self, field: &str, document: &str, variables: Value) -> (String, String) {
        let answer = self.ask(document, variables).await;
        let error = &answer["data"][field]["userErrors"][0];
        assert!(error["remedy"].is_string(), "{answer}");
        let text = |name: &str| error[name].as_str().unwrap_or_default().to_owned();
        (text("code"), text("field"))
    }
}

async fn studio(world: &World) -> (StudioId, UserId, Member<'_>, Member<'_>) {
    let (owner, studio) = world.sign_up("Nova").await;
    let engineer = world.add_member(studio, Role::Engineer, "engineer").await;
    let member = async |user: UserId| Member { world, token: world.token(user).await.1 };
    (studio, engineer, member(owner).await, member(engineer).await)
}

const CREATE: &str = "mutation($input: CreateProjectInput!) { createProject(input: $input) {
    project { id state stages { id stage tasks { title isGate } } startGate { isOpen } } userErrors { code field remedy } } }";
const ADD_SONG: &str = "mutation($input: AddSongInput!) { addSong(input: $input) {
    song { id position stage work { title } stages { id stage tasks { id title isGate } } } userErrors { code field remedy } } }";
const CLOSE: &str = "mutation($stage: ID!) { closeStage(stage: $stage) {
    stage { closedAt song { stage } } userErrors { code field message remedy } } }";

#[tokio::test]
async fn a_project_is_worked_through() {
    on_each_database(async |world| {
        let (studio, engineer_id, owner, engineer) = studio(world).await;
        let input = json!({ "studio": studio.to_string(), "kind": "BEATS", "title": "Beat tape", "dueOn": "2026-11-22" });
        let made = owner.done("createProject", CREATE, json!({ "input": input })).await["project"].clone();
        assert_eq!((&made["state"], &made["startGate"]["isOpen"]), (&json!("PLANNED"), &json!(true)));
        let project = &made["id"];
        let activate = "mutation($project: ID!) { activateProject(input: { project: $project }) { project { state isLate } userErrors { code } } }";
        let active = owner.done("activateProject", activate, json!({ "project": project })).await;
        assert_eq!(active["project"], json!({ "state": "ACTIVE", "isLate": true }), "it was due the day before");

        let input = json!({ "project": project, "title": "Night Drive" });
        let song = engineer.done("addSong", ADD_SONG, json!({ "input": input })).await["song"].clone();
        assert_eq!((&song["stage"], &song["work"]["title"]), (&json!("IDEATION"), &json!("Night Drive")));
        let stages = song["stages"].as_array().unwrap();
        let names: Vec<_> = stages.iter().map(|stage| stage["stage"].as_str().unwrap()).collect();
        assert_eq!(names, ["IDEATION", "ARRANGEMENT", "MIXING", "MASTERING"]);

        let hand = "mutation($task: ID!, $member: ID!) { updateTask(input: { task: $task, ownerMember: $member, dueOn: \"2026-11-20\" }) {
            task { isLate ownerMember { name } } userErrors { code } } }";
        let task = &stages[1]["tasks"][0];
        let handed = json!({ "task": task["id"], "member": engineer_id.to_string() });
        let handed = owner.done("updateTask", hand, handed).await;
        assert_eq!(handed["task"], json!({ "isLate": true, "ownerMember": { "name": "engineer" } }));
        let both = "mutation($task: ID!, $member: ID!, $party: ID!) {
            updateTask(input: { task: $task, ownerMember: $member, ownerParty: $party }) { userErrors { code field remedy } } }";
        let parties = "query($studio: ID!) { parties(studio: $studio) { nodes { id } } }";
        let parties = owner.ask(parties, json!({ "studio": studio.to_string() })).await;
        let party = &parties["data"]["parties"]["nodes"][0]["id"];
        let two = json!({ "task": task["id"], "member": engineer_id.to_string(), "party": party });
        assert_eq!(owner.refused("updateTask", both, two).await, ("TWO_OWNERS".into(), "ownerParty".into()));
        let due = "query($studio: ID!) { dueTasks(studio: $studio) { nodes { id project { title } stage { stage song { title } } } } }";
        let due = engineer.ask(due, json!({ "studio": studio.to_string() })).await;
        let due = due["data"]["dueTasks"]["nodes"].as_array().unwrap();
        assert_eq!((due.len(), &due[0]["project"]["title"]), (1, &json!("Beat tape")));
        assert_eq!(due[0]["stage"]["song"]["title"], "Night Drive");

        let stage = json!({ "stage": stages[1]["id"] });
        let answer = engineer.ask(CLOSE, stage.clone()).await;
        let error = &answer["data"]["closeStage"]["userErrors"][0];
        assert_eq!((&error["code"], &error["field"]), (&json!("STAGE_GATE"), &json!("stage")));
        let message = error["message"].as_str().unwrap();
        assert!(message.contains("the ideation of \"Night Drive\" is open") && message.contains("is not done"), "{message}");
        engineer.done("closeStage", CLOSE, json!({ "stage": stages[0]["id"] })).await;
        let complete = "mutation($task: ID!) { completeTask(task: $task) { task { doneAt doneBy { name } } userErrors { code } } }";
        let done = engineer.done("completeTask", complete, json!({ "task": task["id"] })).await;
        assert_eq!(done["task"]["doneBy"]["name"], "engineer");
        let closed = engineer.done("closeStage", CLOSE, stage).await;
        assert_eq!(closed["stage"]["song"]["stage"], "MIXING", "the song is one further");

        let history = "query($project: ID!) { project(id: $project) { history { nodes { kind detail by { name } } }
            progress { songs stages closedStages tasks doneTasks lateTasks } } }";
        let history = owner.ask(history, json!({ "project": project })).await["data"]["project"].clone();
        let last = json!({ "kind": "STAGE_CLOSED", "detail": "arrangement of Night Drive", "by": { "name": "engineer" } });
        assert!(history["history"]["nodes"].as_array().unwrap().contains(&last), "{history}");
        let progress = json!({ "songs": 1, "stages": 4, "closedStages": 2, "tasks": 6, "doneTasks": 1, "lateTasks": 0 });
        assert_eq!(history["progress"], progress);
    })
    .await;
}

#[tokio::test]
async fn songs_are_chosen_drawn_and_compared() {
    on_each_database(async |world| {
        let (studio, _, owner, engineer) = studio(world).await;
        let input = json!({ "studio": studio.to_string(), "kind": "ELECTRONIC", "title": "EP" });
        let project = owner.done("createProject", CREATE, json!({ "input": input })).await["project"]["id"].clone();
        let propose = "mutation($project: ID!) { addSongCandidate(input: { project: $project, title: \"Night Drive\" }) {
            candidate { id state } userErrors { code } } }";
        let candidate = engineer.done("addSongCandidate", propose, json!({ "project": project })).await;
        let candidate = &candidate["candidate"]["id"];
        let vote = "mutation($candidate: ID!, $vote: SongVote!) { voteOnCandidate(input: { candidate: $candidate, vote: $vote }) {
            candidate { yes no votes { vote member { name } party { id } } } userErrors { code } } }";
        for (member, given) in [(&owner, "YES"), (&engineer, "NO"), (&engineer, "YES")] {
            member.done("voteOnCandidate", vote, json!({ "candidate": candidate, "vote": given })).await;
        }
        let last = owner.done("voteOnCandidate", vote, json!({ "candidate": candidate, "vote": "YES" })).await;
        assert_eq!((&last["candidate"]["yes"], &last["candidate"]["no"]), (&json!(2), &json!(0)));
        let choose = "mutation($candidate: ID!) { chooseCandidate(candidate: $candidate) {
            candidate { state song { id title } } userErrors { code } } }";
        let chosen = engineer.done("chooseCandidate", choose, json!({ "candidate": candidate })).await;
        let song = &chosen["candidate"]["song"]["id"];

        let draw = "mutation($song: ID!, $sections: [ArrangementSectionInput!]!) { setArrangement(song: $song, sections: $sections) {
            song { arrangement { name startBar startMs endMs musicalKey } } userErrors { code field remedy } } }";
        let intro = json!({ "name": "Intro", "bars": 16, "bpmMilli": 128_000, "musicalKey": "8A" });
        let drop = |start_bar: i32| json!({ "name": "Drop", "bars": 32, "bpmMilli": 128_000, "startBar": start_bar });
        let drawn = json!({ "song": song, "sections": [intro, drop(17)] });
        let drawn = engineer.done("setArrangement", draw, drawn).await["song"]["arrangement"].clone();
        assert_eq!(drawn[0]["musicalKey"], "A minor");
        assert_eq!((&drawn[1]["startBar"], &drawn[1]["startMs"], &drawn[1]["endMs"]), (&json!(17), &json!(30_000), &json!(90_000)));
        let overlapping = json!({ "song": song, "sections": [intro, drop(16)] });
        let told = engineer.refused("setArrangement", draw, overlapping).await;
        assert_eq!(told, ("SECTIONS_OVERLAP".into(), "sections.1.startBar".into()));

        let asset = measured(&world.services, studio).await;
        let add = "mutation($project: ID!, $asset: ID) { addReferenceTrack(input: { project: $project, title: \"Club\", asset: $asset }) {
            reference { asset { id } loudness { integratedLufs loudnessRangeLu truePeakDbtp } } userErrors { code field remedy } } }";
        let added = engineer.done("addReferenceTrack", add, json!({ "project": project, "asset": asset.to_string() })).await;
        let loudness = json!({ "integratedLufs": -8.25, "loudnessRangeLu": 4.5, "truePeakDbtp": -0.5 });
        assert_eq!(added["reference"]["loudness"], loudness);
        let neither = engineer.refused("addReferenceTrack", add, json!({ "project": project })).await;
        assert_eq!(neither, ("FILE_OR_URL".into(), "url".into()));
        let draft = "query($song: ID!) { songSplitSheetDraft(song: $song) }";
        let draft = owner.ask(draft, json!({ "song": song })).await;
        assert_eq!(draft["data"]["songSplitSheetDraft"]["terms"]["composition"]["title"], "Night Drive");
    })
    .await;
}

/// A file as the audio worker leaves it.
async fn measured(services: &Services, studio: StudioId) -> AssetId {
    let row = asset::Model {
        id: services.env.id(),
        studio_id: studio,
        kind: AssetKind::Source,
        state: AssetState::Ready,
        refusal: None,
        sha256: Sha256::of(b"club"),
        bytes: 1,
        media_type: "audio/wav".into(),
        file_name: "club.wav".into(),
        duration_ms: Some(1_000),
        sample_rate_hz: Some(48_000),
        channels: Some(2),
        bits_per_sample: Some(24),
        measurement: Some(json!({ "integrated_lufs": -8.25, "loudness_range_lu": 4.5, "true_peak_dbtp": -0.5 })),
        created_at: services.env.now(),
    };
    row.into_active_model().insert(&services.db).await.unwrap().id
}

const BUDGET: &str = "query($project: ID!) { project(id: $project) { title budget { currency planned { minor } actual { formatted } left { minor }
    plannedRecoupable { minor } lines { line { id title hire { id } } actual { minor } costs { amountMinor correctsId by { name } } } } } }";

#[tokio::test]
async fn a_budget_is_the_managers_and_keeps_what_was_corrected() {
    on_each_database(async |world| {
        let (studio, _, owner, engineer) = studio(world).await;
        let input = json!({ "studio": studio.to_string(), "kind": "EXECUTIVE", "title": "Album", "currency": "USD" });
        let project = owner.done("createProject", CREATE, json!({ "input": input })).await["project"]["id"].clone();
        let add = "mutation($input: AddBudgetLineInput!) { addBudgetLine(input: $input) { line { id project { id } } userErrors { code field remedy } } }";
        let line = |rate: Value| {
            json!({ "input": { "project": project, "category": "MUSICIAN", "title": "Strings", "rateKind": "HOUR", "rate": rate,
                "quantityMilli": 2_500, "recoupable": true } })
        };
        let foreign = owner.refused("addBudgetLine", add, line(json!({ "minor": 8_000, "currency": "EUR" }))).await;
        assert_eq!(foreign, ("OTHER_CURRENCY".into(), "rate".into()));
        let negative = owner.refused("addBudgetLine", add, line(json!({ "minor": -1, "currency": "USD" }))).await;
        assert_eq!(negative, ("BAD_AMOUNT".into(), "rate".into()));
        let added = owner.done("addBudgetLine", add, line(json!({ "minor": 8_000, "currency": "USD" }))).await;
        let line = &added["line"]["id"];
        let record = "mutation($input: RecordCostInput!) { recordCost(input: $input) { cost { id } userErrors { code field remedy } } }";
        let cost = |minor: i64, corrects: &Value| {
            json!({ "input": { "line": line, "amount": { "minor": minor, "currency": "USD" }, "note": "Invoice", "corrects": corrects } })
        };
        let wrong = owner.done("recordCost", record, cost(25_000, &Value::Null)).await["cost"]["id"].clone();
        owner.done("recordCost", record, cost(21_000, &wrong)).await;
        assert_eq!(owner.refused("recordCost", record, cost(1, &wrong)).await, ("CORRECTED".into(), "corrects".into()));

        let budget = owner.ask(BUDGET, json!({ "project": project })).await["data"]["project"]["budget"].clone();
        assert_eq!((&budget["planned"]["minor"], &budget["left"]["minor"]), (&json!(20_000), &json!(-1_000)));
        assert_eq!((&budget["actual"]["formatted"], &budget["currency"]), (&json!("USD 210.00"), &json!("USD")));
        assert_eq!(budget["lines"][0]["costs"].as_array().unwrap().len(), 2);
        let hidden = engineer.ask(BUDGET, json!({ "project": project })).await;
        assert_eq!(hidden["errors"][0]["extensions"]["code"], "FORBIDDEN");
        assert_eq!((&hidden["data"]["project"]["title"], &hidden["data"]["project"]["budget"]), (&json!("Album"), &Value::Null));
    })
    .await;
}

const LIST: &str = "query($studio: ID!) { projects(studio: $studio, first: 20, filter: { states: [PLANNED, ACTIVE] }) { nodes {
    id title isLate clientParty { name } brief { goals } decider { name } startGate { isOpen } progress { songs tasks lateTasks }
    songs { title stage work { title } credits { roleName } stages { stage tasks { title ownerMember { name } } } } } } }";

/// Enters projects of no songs, and then twenty with two songs each.
async fn fill(world: &World, studio: StudioId, owner: &Actor) {
    let (services, env) = (&world.services, &world.services.env);
    for _ in 0..4 {
        let (mut projects, mut plans) = (Vec::new(), Vec::new());
        for _ in 0..500 {
            let id: ProjectId = env.id();
            projects.push(project::ActiveModel {
                id: Set(id),
                studio_id: Set(studio),
                client_id: Set(None),
                kind: Set(ProjectKind::Beats),
                state: Set(ProjectState::Active),
                title: Set("Beat tape".into()),
                created_at: Set(env.now()),
            });
            plans.push(plan::ActiveModel {
                project_id: Set(id),
                studio_id: Set(studio),
                currency: Set(Currency::EUR),
                decider_id: Set(None),
                goals: Set(String::new()),
                genre: Set(String::new()),
                reference_notes: Set(String::new()),
                deliverables: Set(String::new()),
                starts_on: Set(None),
                due_on: Set(None),
                updated_at: Set(env.now()),
            });
        }
        project::Entity::insert_many(projects).exec_without_returning(&services.db).await.unwrap();
        plan::Entity::insert_many(plans).exec_without_returning(&services.db).await.unwrap();
    }
    world.clock.advance(chrono::Duration::milliseconds(1));
    let ctx = services.ctx(owner.clone());
    let tx = services.begin().await.unwrap();
    for _ in 0..20 {
        let new = NewProject {
            kind: ProjectKind::Beats,
            title: "Album".into(),
            client: None,
            currency: None,
            starts_on: None,
            due_on: None,
        };
        let project = commands::create_project(&tx, &ctx, studio, new).await.unwrap().id;
        for title in ["First", "Second"] {
            let song = SongInput { project, title: Some(title.into()), work: None, recording: None, stages: None };
            commands::add_song(&tx, &ctx, song).await.unwrap();
        }
    }
    services.commit(tx).await.unwrap();
}

#[tokio::test]
async fn a_page_of_two_thousand_projects_is_quick_and_asks_little() {
    on_each_database(async |world| {
        let (owner, studio) = world.sign_up("Nova").await;
        let actor = Actor::User { user: owner, memberships: vec![(studio, Role::Owner)], closed: Vec::new() };
        fill(world, studio, &actor).await;
        let (answer, queries) = world.counted(actor, LIST, json!({ "studio": studio.to_string() })).await;
        let nodes = answer["projects"]["nodes"].as_array().unwrap_or_else(|| panic!("{answer}"));
        assert_eq!(nodes.len(), 20);
        assert!(nodes.iter().all(|node| node["title"] == "Album" && node["progress"]["tasks"] == 12), "{answer}");
        // Each batch asks once, or a few times where its keys come in late; project by project it would be hundreds.
        assert!(queries < 40, "{queries} queries for a page of twenty projects with forty songs");

        let short = "query($studio: ID!) { projects(studio: $studio, filter: { late: true }) { nodes { id } } }";
        let (token, mut quickest) = (world.token(owner).await.1, Duration::MAX);
        for _ in 0..10 {
            let began = Instant::now();
            world.ask(Some(&token), short, json!({ "studio": studio.to_string() })).await;
            quickest = quickest.min(began.elapsed());
        }
        assert!(quickest < Duration::from_millis(50), "the list of what is late took {quickest:?}");
    })
    .await;
}
