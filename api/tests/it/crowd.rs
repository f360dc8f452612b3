//! A studio with as many clients, projects and comments as are asked for, entered by the program's own commands; only comments, of which there are most, are put
//! into their table by the hundred.

use std::ops::Range;

use chrono::Duration;
use domain::{
    actor::Actor,
    clients::{
        commands::{NewClient, create_client},
        entity::ClientStage,
    },
    edit::Edit,
    ids::{ClientId, MixVersionId, ReviewerId, StudioId, UserId},
    parties::{
        self, PartyInput, ProfileChange,
        details::{Contact, Link},
        entity::PartyKind,
        records::ContactKind,
    },
    production::{
        commands::{NewProject, Owner, SongInput, TaskChange, add_song, create_project, update_task},
        entity::{ProjectKind, task},
    },
    reviews::{
        commands::{Device, NewComment, Voice, comment_as_reviewer},
        entity::comment,
    },
};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};

use crate::support::World;

/// How many are entered in one transaction.
const BATCH: usize = 100;

const FIRST_NAMES: [&str; 10] = ["Ada", "Bo", "Cleo", "Dinah", "Ella", "Femi", "Gil", "Hana", "Ines", "Jun"];
const TAGS: [&str; 5] = ["vocals", "mixing", "beats", "strings", "label"];
const STAGES: [ClientStage; 6] = [
    ClientStage::Lead,
    ClientStage::Talking,
    ClientStage::Agreed,
    ClientStage::Active,
    ClientStage::Delivered,
    ClientStage::Dormant,
];

/// Enters clients of these numbers, at all stages in turn, each with tags, a telephone number and a page; gives the last one.
pub(crate) async fn clients(world: &World, studio: StudioId, numbers: Range<usize>) -> ClientId {
    let (services, ctx) = (&world.services, world.services.ctx(Actor::System));
    let (numbers, mut last) = (numbers.collect::<Vec<_>>(), None);
    for batch in numbers.chunks(BATCH) {
        let tx = services.begin().await.unwrap();
        for n in batch {
            let party = PartyInput {
                kind: PartyKind::Person,
                name: format!("{} Client {n}", FIRST_NAMES[n % FIRST_NAMES.len()]),
                legal_name: None,
                email: Some(format!("client{n}@example.com")),
                ipi: None,
                isni: None,
            };
            let stage = STAGES[n % STAGES.len()];
            let client = create_client(&tx, &ctx, studio, NewClient::New(party), stage).await.unwrap();
            let contact = Contact { kind: ContactKind::Phone, value: format!("+49 30 {n:07}"), label: None };
            let change = ProfileChange {
                tags: Edit::To(vec![TAGS[n % TAGS.len()].into(), "2026".into()]),
                contacts: Edit::To(vec![contact]),
                links: Edit::To(vec![Link { kind: None, url: format!("https://soundcloud.com/client{n}") }]),
                ..ProfileChange::default()
            };
            parties::update_profile(&tx, &ctx, client.party_id, change).await.unwrap();
            world.clock.advance(Duration::milliseconds(1));
            last = Some(client.id);
        }
        services.commit(tx).await.unwrap();
    }
    last.unwrap()
}

/// Enters projects of these numbers for a client, of two songs each; a member is to do the first task of each by a day.
pub(crate) async fn projects(
    world: &World,
    studio: StudioId,
    (client, member): (ClientId, UserId),
    numbers: Range<usize>,
) {
    let (services, ctx) = (&world.services, world.services.ctx(Actor::System));
    let numbers = numbers.collect::<Vec<_>>();
    for batch in numbers.chunks(BATCH) {
        let tx = services.begin().await.unwrap();
        for n in batch {
            let due_on = ctx.env.now().date_naive() + Duration::days(i64::try_from(n % 60).unwrap());
            let new = NewProject {
                kind: ProjectKind::Beats,
                title: format!("Beat tape {n}"),
                client: Some(client),
                currency: None,
                starts_on: None,
                due_on: Some(due_on),
            };
            let project = create_project(&tx, &ctx, studio, new).await.unwrap().id;
            for title in ["Night Drive", "Slow Tide"] {
                let song = SongInput { project, title: Some(title.into()), work: None, recording: None, stages: None };
                add_song(&tx, &ctx, song).await.unwrap();
            }
            let tasks = task::Entity::find().filter(task::Column::ProjectId.eq(project));
            let first = tasks.order_by_asc(task::Column::Id).one(&tx).await.unwrap().unwrap();
            let change = TaskChange {
                owner: Edit::To(Some(Owner::Member(member))),
                due_on: Edit::To(Some(due_on)),
                ..TaskChange::default()
            };
            update_task(&tx, &ctx, first.id, change).await.unwrap();
            world.clock.advance(Duration::milliseconds(1));
        }
        services.commit(tx).await.unwrap();
    }
}

/// Says so many comments on a version of a minute, one behind another, and answers each.
pub(crate) async fn comments(world: &World, reviewer: ReviewerId, version: MixVersionId, count: usize) {
    let (services, env) = (&world.services, &world.services.env);
    let nobody = services.ctx(Actor::Anonymous);
    let new = NewComment {
        version,
        parent: None,
        from_ms: Some(0),
        to_ms: None,
        words: "The snare is too loud".into(),
        voice: Voice::None,
    };
    let one = comment_as_reviewer(services, &nobody, reviewer, new, Device::default()).await.unwrap();
    let mut said = vec![one.clone()];
    for n in 1..count {
        world.clock.advance(Duration::milliseconds(1));
        let from_ms = Some(i64::try_from(n * 7 % 60_000).unwrap());
        said.push(comment::Model { id: env.id(), from_ms, at: env.now(), ..one.clone() });
    }
    world.clock.advance(Duration::milliseconds(1));
    let answer = |to: &comment::Model| comment::Model {
        id: env.id(),
        parent_id: Some(to.id),
        from_ms: None,
        author: "Nova".into(),
        reviewer_id: None,
        words: Some("Turned down in the next one".into()),
        at: env.now(),
        ..to.clone()
    };
    let answers: Vec<_> = said.iter().map(answer).collect();
    let tx = services.begin().await.unwrap();
    for rows in said[1..].chunks(BATCH).chain(answers.chunks(BATCH)) {
        let rows = rows.iter().cloned().map(IntoActiveModel::into_active_model);
        comment::Entity::insert_many(rows).exec_without_returning(&tx).await.unwrap();
    }
    services.commit(tx).await.unwrap();
}
