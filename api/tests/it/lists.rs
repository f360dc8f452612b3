//! Lists of the studio ask as much of the database whether they are short or long.

use std::ops::Range;

use domain::{
    actor::{Actor, Role},
    ids::{MixVersionId, ReviewId, ReviewerId, StudioId},
    reviews::rules::Terms,
};
use serde_json::json;

use crate::{
    crowd,
    mixes::desk::Desk,
    support::{World, on_each_database},
};

const CLIENT: &str = "nodes { id stage stageSince party { name email }
    profile { pro tags contacts { value } links { url } client { id } } }";
const PROJECT: &str = "nodes { id title state isLate dueOn clientParty { name } startGate { isOpen }
    progress { songs stages closedStages tasks doneTasks lateTasks }
    songs { title stage stages { stage closedAt tasks { title doneAt ownerMember { name } } } } }";
const TASK: &str = "nodes { title dueOn isLate ownerMember { name } project { title } stage { stage song { title } } }";
const REVIEW: &str =
    "nodes { state terms { rounds } rounds { number outcome version { number } } reviewers { name decides }
    extraRounds { price { minor } } approvals { approvedAt } }";
const COMMENT: &str = "nodes { author words fromMs resolvedAt version { number } replies { author words } }";

/// The lists by their fields and arguments, with what is asked of each row.
const LISTS: [(&str, &str); 11] = [
    ("clients(studio: $studio, first: 50)", CLIENT),
    ("clients(studio: $studio, first: 50, order: NAME)", CLIENT),
    ("clients(studio: $studio, first: 50, order: LONGEST_AT_STAGE)", CLIENT),
    ("clients(studio: $studio, first: 50, filter: { stage: LEAD })", CLIENT),
    ("clients(studio: $studio, first: 50, filter: { tag: \"2026\", search: \"cli\" })", CLIENT),
    ("projects(studio: $studio, first: 50)", PROJECT),
    ("projects(studio: $studio, first: 50, filter: { states: [PLANNED], title: \"tape\" })", PROJECT),
    ("dueTasks(studio: $studio, first: 50)", TASK),
    ("reviews(studio: $studio, first: 50)", REVIEW),
    ("reviewComments(review: $review, first: 50)", COMMENT),
    ("reviewComments(review: $review, first: 50, version: $version, unsettled: true)", COMMENT),
];

/// A review under way, and who decides in it.
struct Discussed {
    review: ReviewId,
    reviewer: ReviewerId,
    version: MixVersionId,
}

async fn reviews(desk: &Desk<'_>, positions: Range<i32>) -> Vec<Discussed> {
    let mut begun = Vec::new();
    for position in positions {
        let song = desk.song("Night Drive", position).await;
        let review = desk.review(song, Terms::default()).await;
        let reviewer = desk.invite(review, "Ada", true).await;
        let version = desk.version(song, format!("mix {position}").as_bytes(), -14_000).await.id;
        desk.send(version).await;
        begun.push(Discussed { review, reviewer, version });
    }
    begun
}

/// How many rows each list has, and how many statements it has asked of the database.
async fn counted(world: &World, actor: &Actor, studio: StudioId, of: &Discussed) -> Vec<(usize, usize)> {
    let mut counts = Vec::new();
    for (list, gives) in LISTS {
        let names = ["$studio", "$review", "$version"].into_iter().filter(|name| list.contains(*name));
        let declared = names.map(|name| format!("{name}: ID!")).collect::<Vec<_>>().join(", ");
        let document = format!("query({declared}) {{ list: {list} {{ {gives} }} }}");
        let variables = json!({
            "studio": studio.to_string(), "review": of.review.to_string(), "version": of.version.to_string(),
        });
        let (answer, statements) = world.counted(actor.clone(), &document, variables).await;
        let rows = answer["list"]["nodes"].as_array().map_or(0, Vec::len);
        counts.push((rows, statements));
    }
    counts
}

#[tokio::test]
async fn ten_times_the_rows_ask_no_more_of_the_database() {
    on_each_database(async |world| {
        let (owner, studio) = world.sign_up("Nova").await;
        let actor = Actor::User { user: owner, memberships: vec![(studio, Role::Owner)], closed: Vec::new() };
        let desk = Desk::open(&world.services, studio).await;
        let client = crowd::clients(world, studio, 0..3).await;
        crowd::projects(world, studio, (client, owner), 0..3).await;
        let discussed = reviews(&desk, 1..4).await.remove(0);
        crowd::comments(world, discussed.reviewer, discussed.version, 3).await;
        let few = counted(world, &actor, studio, &discussed).await;

        crowd::clients(world, studio, 3..30).await;
        crowd::projects(world, studio, (client, owner), 3..30).await;
        reviews(&desk, 4..31).await;
        crowd::comments(world, discussed.reviewer, discussed.version, 27).await;
        let many = counted(world, &actor, studio, &discussed).await;

        for (((list, _), few), many) in LISTS.into_iter().zip(few).zip(many) {
            assert!(few.0 > 0 && few.1 > 0, "{list} is a list: {few:?}");
            assert!(many.0 > few.0, "{list} is longer: {few:?}, {many:?}");
            assert_eq!(many.1, few.1, "{list} of {} rows and of {}", many.0, few.0);
        }
    })
    .await;
}
