//! How long the lists of a large studio take over HTTP, for `cargo xtask bench studio`: on an empty PostgreSQL database that it is given, it enters clients,
//! projects, songs, tasks and review comments, starts the API's own server, and asks it for each list over and over. It prints one JSON array, an object for
//! each list: its name, and how long half of the answers and 95 of 100 took at the most, in milliseconds.
//!
//! `bench_studio URL REQUESTS CALLERS`: so many requests of each list, by so many callers at once.

#![expect(clippy::print_stdout, reason = "the times are the answer")]

#[path = "../tests/it/crowd.rs"]
#[expect(clippy::unwrap_used, reason = "a studio that cannot be filled ends it")]
mod crowd;
#[path = "../tests/it/mixes/desk.rs"]
#[expect(dead_code, clippy::unwrap_used, reason = "the desk of the tests, which do more at it")]
mod desk;
#[path = "../tests/it/support.rs"]
#[expect(dead_code, clippy::unwrap_used, reason = "the server of the tests, who have databases made for them")]
mod support;

use std::time::{Duration, Instant};

use api::ApiConfig;
use desk::Desk;
use domain::{
    clients,
    ids::{MixVersionId, ReviewId, StudioId},
    production::entity::project,
    reviews::{entity::comment, rules::Terms},
    store,
};
use migrations::{Migrator, MigratorTrait};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};
use support::World;

type Failure = Box<dyn std::error::Error + Send + Sync>;

const CLIENTS: usize = 10_000;
const PROJECTS: usize = 2_000;
const REVIEWS: i32 = 10;
const COMMENTS_PER_REVIEW: usize = 5_000;

const CLIENT: &str = "nodes { id stage stageSince party { name email } profile { tags contacts { value } } } pageInfo { hasNextPage endCursor }";
const PROJECT: &str = "nodes { id title state isLate dueOn clientParty { name } progress { songs stages closedStages tasks doneTasks lateTasks }
    songs { title stage stages { stage closedAt } } } pageInfo { hasNextPage endCursor }";
const TASK: &str = "nodes { title dueOn isLate ownerMember { name } project { title } stage { stage song { title } } }";
const REVIEW: &str = "nodes { state rounds { number outcome version { number } } reviewers { name decides } }";
const COMMENT: &str = "nodes { author words fromMs resolvedAt version { number } replies { author words at } } pageInfo { hasNextPage endCursor }";

/// The lists: what they are called, their fields and arguments, and what is asked of each row. A page that goes on does so from behind another row each time.
const LISTS: [(&str, &str, &str); 14] = [
    ("clients, newest", "clients(studio: $studio)", CLIENT),
    ("clients, a later page", "clients(studio: $studio, after: $client)", CLIENT),
    ("clients by name, a later page", "clients(studio: $studio, order: NAME, after: $client)", CLIENT),
    ("clients, longest at their stage", "clients(studio: $studio, order: LONGEST_AT_STAGE, after: $client)", CLIENT),
    ("clients, by words of their names", "clients(studio: $studio, filter: { search: \"hana cli\" })", CLIENT),
    ("clients, at a stage", "clients(studio: $studio, filter: { stage: TALKING }, after: $client)", CLIENT),
    ("clients, with a tag", "clients(studio: $studio, filter: { tag: \"strings\" }, order: NAME)", CLIENT),
    ("projects, newest", "projects(studio: $studio)", PROJECT),
    ("projects, a later page", "projects(studio: $studio, after: $project)", PROJECT),
    ("projects, by words of their titles", "projects(studio: $studio, filter: { title: \"tape 17\" })", PROJECT),
    ("tasks, the most urgent", "dueTasks(studio: $studio)", TASK),
    ("reviews, newest", "reviews(studio: $studio)", REVIEW),
    ("comments of a review, a later page", "reviewComments(review: $review, after: $comment)", COMMENT),
    (
        "unsettled comments on a version",
        "reviewComments(review: $review, version: $version, unsettled: true, first: 100)",
        COMMENT,
    ),
];

/// The rows from behind which pages go on, and what else is named in the lists.
struct Places {
    studio: StudioId,
    review: ReviewId,
    version: MixVersionId,
    clients: Vec<String>,
    projects: Vec<String>,
    comments: Vec<String>,
}

impl Places {
    /// What a request names; each names other rows.
    fn of(&self, turn: usize) -> Value {
        let place = |rows: &[String]| rows[turn * 7_919 % rows.len()].clone();
        json!({
            "studio": self.studio.to_string(),
            "review": self.review.to_string(),
            "version": self.version.to_string(),
            "client": place(&self.clients),
            "project": place(&self.projects),
            "comment": place(&self.comments),
        })
    }
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1);
    let mut next =
        |what: &str| arguments.next().ok_or_else(|| format!("give {what}: bench_studio URL REQUESTS CALLERS"));
    let (url, requests, callers) = (next("a database")?, next("requests")?, next("callers")?);
    let (requests, callers): (usize, usize) = (requests.parse()?, callers.parse()?);
    let db = store::connect(&url, 8).await?;
    Migrator::up(&db, None).await?;
    let folder = tempfile::tempdir()?;
    let (world, handle, running) = support::start(db.clone(), folder.path(), ApiConfig::default(), "http://127.0.0.1");
    let (places, token) = fill(&world).await?;
    // As an installation's own server does before long.
    db.execute_unprepared("VACUUM ANALYZE").await?;
    let mut told = Vec::new();
    for (name, list, gives) in LISTS {
        let document = document(list, gives);
        measured(&world, &token, (document.as_str(), &places), 20, callers).await?;
        let mut times = measured(&world, &token, (document.as_str(), &places), requests, callers).await?;
        times.sort_unstable();
        told.push(json!({ "name": name, "p50": at_most(&times, 50), "p95": at_most(&times, 95) }));
    }
    handle.stop(false).await;
    running.await??;
    println!("{}", Value::Array(told));
    Ok(())
}

/// A studio with all of it, and the token of its owner.
async fn fill(world: &World) -> Result<(Places, String), Failure> {
    let db = &world.services.db;
    let (owner, studio) = world.sign_up("Nova").await;
    let client = crowd::clients(world, studio, 0..CLIENTS).await;
    crowd::projects(world, studio, (client, owner), 0..PROJECTS).await;
    let desk = Desk::open(&world.services, studio).await;
    let mut last = None;
    for position in 1..=REVIEWS {
        let song = desk.song("Night Drive", position).await;
        let review = desk.review(song, Terms::default()).await;
        let reviewer = desk.invite(review, "Ada", true).await;
        let version = desk.version(song, format!("mix {position}").as_bytes(), -14_000).await.id;
        desk.send(version).await;
        crowd::comments(world, reviewer, version, COMMENTS_PER_REVIEW).await;
        last = Some((review, version));
    }
    let (review, version) = last.ok_or("there is no review")?;
    let clients = clients::entity::Entity::find().filter(clients::entity::Column::StudioId.eq(studio)).all(db).await?;
    let projects = project::Entity::find().filter(project::Column::StudioId.eq(studio)).all(db).await?;
    let comments = comment::Entity::find()
        .filter(comment::Column::ReviewId.eq(review))
        .filter(comment::Column::ParentId.is_null())
        .all(db)
        .await?;
    let places = Places {
        studio,
        review,
        version,
        clients: clients.iter().map(|row| row.id.to_string()).collect(),
        projects: projects.iter().map(|row| row.id.to_string()).collect(),
        comments: comments.iter().map(|row| row.id.to_string()).collect(),
    };
    Ok((places, world.token(owner).await.1))
}

/// The document that asks for a list.
fn document(list: &str, gives: &str) -> String {
    let names = ["$studio", "$review", "$version", "$client", "$project", "$comment"];
    let declared = names.into_iter().filter(|name| list.contains(*name)).map(|name| {
        let kind = if ["$client", "$project", "$comment"].contains(&name) { "String" } else { "ID!" };
        format!("{name}: {kind}")
    });
    format!("query({}) {{ list: {list} {{ {gives} }} }}", declared.collect::<Vec<_>>().join(", "))
}

/// How long each of so many requests took, until its answer was read; they are asked by so many callers at once, each one after the other.
async fn measured(
    world: &World,
    token: &str,
    (document, places): (&str, &Places),
    requests: usize,
    callers: usize,
) -> Result<Vec<Duration>, Failure> {
    let asked = (0..callers).map(|caller| async move {
        let mut times = Vec::new();
        for turn in (caller..requests).step_by(callers) {
            let request = world.post(document, places.of(turn)).bearer_auth(token);
            let begun = Instant::now();
            let answer = request.send().await?.bytes().await?;
            times.push(begun.elapsed());
            let answer: Value = serde_json::from_slice(&answer)?;
            if !answer["data"]["list"]["nodes"].is_array() || !answer["errors"].is_null() {
                return Err(Failure::from(format!("{document} was answered with {answer}")));
            }
        }
        Ok(times)
    });
    let asked = futures::future::try_join_all(asked).await?;
    Ok(asked.into_iter().flatten().collect())
}

/// How long so many of a hundred took at the most, in milliseconds; the times are in order.
fn at_most(times: &[Duration], percent: usize) -> f64 {
    let place = (times.len() * percent).div_ceil(100).saturating_sub(1);
    times.get(place).map_or(0.0, |time| time.as_secs_f64() * 1_000.0)
}
