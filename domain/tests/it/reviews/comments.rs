//! Comments: where they point, who may, and fifty thousand of them.

use domain::{
    actor::Actor,
    catalog::{
        NewFile, Sha256,
        entity::{AssetKind, AssetState, asset},
    },
    ids::{CommentId, MixVersionId, ReviewerId},
    outbox::Job,
    page::PageRequest,
    ports::Stored,
    report::Explain,
    reviews::{
        ReviewError,
        commands::{
            Device, NewComment, Voice, admit_comment, comment_as_reviewer, comment_as_studio, resolve_as_reviewer,
            resolve_as_studio, revoke_reviewer,
        },
        entity::{StepAct, comment, step},
        queries::{CommentFilter, count_comments, list_comments, placed_comments, replies_of_comments},
        rules::{COMMENTS_PER_REVIEWER, Terms, VOICES_PER_REVIEWER},
    },
};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter,
};

use super::House;
use crate::support::on_each_database;

fn said(version: MixVersionId, from_ms: Option<i64>, to_ms: Option<i64>) -> NewComment {
    NewComment { version, parent: None, from_ms, to_ms, words: "Snare is too loud".into(), voice: Voice::None }
}

async fn say(house: &House<'_>, by: ReviewerId, new: NewComment) -> Result<comment::Model, ReviewError> {
    let device = Device { ip: Some("203.0.113.7".into()), user_agent: None };
    let (services, nobody) = (&house.shop.services, house.world.as_actor(Actor::Anonymous));
    admit_comment(services, &nobody, by, &new, new.voice != Voice::None).await?;
    comment_as_reviewer(services, &nobody, by, new, device).await
}

fn code(error: &ReviewError) -> &'static str {
    error.explain().code
}

#[tokio::test]
async fn a_comment_points_into_its_version_and_is_answered_and_settled() {
    on_each_database(async |world| {
        let house = House::open(world).await;
        let review = house.review(Terms::default()).await;
        let (ada, bob) = (house.invite(review.id, "Ada", true).await, house.invite(review.id, "Bob", false).await);
        let version = house.version().await.id;
        let early = say(&house, ada, said(version, Some(0), None)).await.unwrap_err();
        assert_eq!(code(&early), "NOT_FOUND", "it was not sent");
        house.send(version).await.unwrap();

        for (from, to, refused) in [
            (Some(60_000), None, "PAST_END"),
            (Some(59_000), Some(60_001), "PAST_END"),
            (Some(-1), None, "BAD_PLACE"),
            (Some(5_000), Some(4_000), "REVERSED_RANGE"),
            (Some(5_000), Some(5_000), "REVERSED_RANGE"),
            (None, Some(5_000), "BAD_PLACE"),
        ] {
            let error = say(&house, ada, said(version, from, to)).await.unwrap_err();
            assert_eq!(code(&error), refused, "{from:?} {to:?}");
        }
        let mute = NewComment { words: " \u{200b}".into(), ..said(version, Some(1), None) };
        assert_eq!(code(&say(&house, ada, mute).await.unwrap_err()), "NOTHING_SAID");
        let long = NewComment { words: "x".repeat(4_001), ..said(version, Some(1), None) };
        assert_eq!(code(&say(&house, ada, long).await.unwrap_err()), "TOO_LONG");
        assert_eq!(comment::Entity::find().count(&world.db).await.unwrap(), 0);

        let first = say(&house, ada, said(version, Some(12_500), Some(15_000))).await.unwrap();
        assert_eq!(
            (first.author.as_str(), first.reviewer_id, first.ip.as_deref()),
            ("Ada", Some(ada), Some("203.0.113.7"))
        );
        let answer = NewComment { parent: Some(first.id), ..said(version, None, None) };
        let reply = say(&house, bob, answer.clone()).await.unwrap();
        let placed = NewComment { from_ms: Some(1), ..answer.clone() };
        assert_eq!(code(&say(&house, bob, placed).await.unwrap_err()), "PLACED_REPLY");
        let deeper = NewComment { parent: Some(reply.id), ..answer.clone() };
        assert_eq!(code(&say(&house, bob, deeper).await.unwrap_err()), "REPLY_TO_REPLY");
        let tx = house.shop.services.begin().await.unwrap();
        let ours = comment_as_studio(&tx, &house.engineer, answer).await.unwrap();
        assert_eq!((ours.author.as_str(), ours.reviewer_id), ("Nova engineer", None));
        let settled = resolve_as_studio(&tx, &house.engineer, first.id, true).await.unwrap();
        assert!(settled.resolved_at.is_some());
        let device = Device::default();
        let nobody = world.as_actor(Actor::Anonymous);
        let back = resolve_as_reviewer(&tx, &nobody, ada, first.id, (false, &device)).await.unwrap();
        assert!(back.resolved_at.is_none());
        resolve_as_reviewer(&tx, &nobody, ada, first.id, (false, &device)).await.unwrap();
        let on_reply = resolve_as_reviewer(&tx, &nobody, ada, reply.id, (true, &device)).await.unwrap_err();
        assert_eq!(code(&on_reply), "REPLY_TO_REPLY");
        house.shop.services.commit(tx).await.unwrap();
        let acts = step::Entity::find().filter(step::Column::CommentId.eq(first.id)).all(&world.db).await.unwrap();
        let told = |act: StepAct| acts.iter().filter(|step| step.act == act).count();
        assert_eq!((told(StepAct::Resolved), told(StepAct::Reopened)), (1, 1), "what changes nothing is not told");
        let replies = replies_of_comments(&world.db, &[first.id]).await.unwrap();
        assert_eq!(replies[&first.id].len(), 2);

        let changed =
            comment::ActiveModel { words: Set(Some("Never said".into())), ..first.clone().into_active_model() };
        assert!(changed.update(&world.db).await.is_err(), "what was said stays");
        assert!(first.into_active_model().delete(&world.db).await.is_err());
    })
    .await;
}

#[tokio::test]
async fn strangers_say_nothing_and_the_database_keeps_the_end() {
    on_each_database(async |world| {
        let house = House::open(world).await;
        let review = house.review(Terms::default()).await;
        let ada = house.invite(review.id, "Ada", true).await;
        let version = house.version().await.id;
        house.send(version).await.unwrap();
        let said_once = say(&house, ada, said(version, Some(1_000), None)).await.unwrap();
        // One review's link is none of another's.
        let song = house.song("Slow Tide", 2).await;
        let tx = house.shop.services.begin().await.unwrap();
        let other = domain::reviews::commands::open_review(&tx, &house.manager, song, None).await.unwrap();
        house.shop.services.commit(tx).await.unwrap();
        let eve = house.invite(other.id, "Eve", true).await;
        assert_eq!(code(&say(&house, eve, said(version, Some(1), None)).await.unwrap_err()), "NOT_FOUND");
        let tx = house.shop.services.begin().await.unwrap();
        let nobody = world.as_actor(Actor::Anonymous);
        let settled = resolve_as_reviewer(&tx, &nobody, eve, said_once.id, (true, &Device::default())).await;
        assert_eq!(code(&settled.unwrap_err()), "NOT_FOUND");
        assert!(matches!(
            comment_as_studio(&tx, &nobody, said(version, None, None)).await,
            Err(ReviewError::Denied(_))
        ));
        revoke_reviewer(&tx, &house.engineer, ada).await.unwrap();
        house.shop.services.commit(tx).await.unwrap();
        assert_eq!(code(&say(&house, ada, said(version, Some(1), None)).await.unwrap_err()), "LINK_REVOKED");
        let beyond = comment::Model { id: world.ctx.env.id(), from_ms: Some(60_000), ..said_once };
        assert!(beyond.into_active_model().insert(&world.db).await.is_err());
    })
    .await;
}

#[tokio::test]
async fn a_voice_note_is_looked_through_like_any_upload() {
    on_each_database(async |world| {
        let house = House::open(world).await;
        let review = house.review(Terms::default()).await;
        let ada = house.invite(review.id, "Ada", true).await;
        let version = house.version().await.id;
        house.send(version).await.unwrap();
        let file = |head: &[u8], bytes: u64| NewFile {
            kind: AssetKind::VoiceNote,
            file_name: "note.wav".into(),
            declared: Some("audio/wav".into()),
            stored: Stored { sha256: Sha256::of(head), bytes },
            head: head.to_vec(),
        };
        let spoken = |voice| NewComment { words: String::new(), voice, ..said(version, Some(1_000), None) };
        let wav = b"RIFF\x24\x00\x00\x00WAVEfmt ";
        let note = say(&house, ada, spoken(Voice::File(file(wav, 40_000)))).await.unwrap();
        let kept = asset::Entity::find_by_id(note.voice_asset_id.unwrap()).one(&world.db).await.unwrap().unwrap();
        assert_eq!((kept.kind, kept.state), (AssetKind::VoiceNote, AssetState::Checking));
        assert!(house.jobs().await.contains(&Job::InspectAsset { asset: kept.id }));
        let long = say(&house, ada, spoken(Voice::File(file(wav, 9_000_000)))).await.unwrap_err();
        assert_eq!(code(&long), "FILE_TOO_LARGE");
        let page = say(&house, ada, spoken(Voice::File(file(b"<html>", 100)))).await.unwrap_err();
        assert_eq!(code(&page), "FILE_TYPE");
        let source = house.file(AssetKind::Source, AssetState::Ready).await;
        let tx = house.shop.services.begin().await.unwrap();
        let wrong = comment_as_studio(&tx, &house.engineer, spoken(Voice::Asset(source))).await.unwrap_err();
        assert_eq!(code(&wrong), "WRONG_ASSET_KIND");
    })
    .await;
}

#[tokio::test]
async fn whoever_says_too_much_waits() {
    on_each_database(async |world| {
        let house = House::open(world).await;
        let review = house.review(Terms::default()).await;
        let ada = house.invite(review.id, "Ada", true).await;
        let version = house.version().await.id;
        house.send(version).await.unwrap();
        // Attempts count whatever comes of them.
        for _ in 0..COMMENTS_PER_REVIEWER.attempts {
            say(&house, ada, said(version, Some(99_000), None)).await.unwrap_err();
        }
        assert_eq!(code(&say(&house, ada, said(version, None, None)).await.unwrap_err()), "TOO_MUCH_SAID");
        world.clock.advance(COMMENTS_PER_REVIEWER.window);
        assert!(say(&house, ada, said(version, None, None)).await.is_ok());
        // Voice notes are counted on their own, before any is stored.
        let mute = NewComment { words: String::new(), ..said(version, None, None) };
        let nobody = world.as_actor(Actor::Anonymous);
        let admit = async |speaks: bool| admit_comment(&house.shop.services, &nobody, ada, &mute, speaks).await;
        assert_eq!(code(&admit(false).await.unwrap_err()), "NOTHING_SAID");
        for _ in 0..VOICES_PER_REVIEWER.attempts {
            admit(true).await.unwrap();
        }
        assert_eq!(code(&admit(true).await.unwrap_err()), "TOO_MUCH_SAID");
    })
    .await;
}

/// How many comments a studio may well come to.
const MANY: usize = 50_000;

#[tokio::test]
async fn fifty_thousand_comments_are_read_page_by_page() {
    on_each_database(async |world| {
        let house = House::open(world).await;
        let review = house.review(Terms::default()).await;
        let ada = house.invite(review.id, "Ada", true).await;
        let version = house.version().await.id;
        house.send(version).await.unwrap();
        let one = say(&house, ada, said(version, Some(1_000), Some(2_000))).await.unwrap();
        let places = (0..60_000_i64).cycle();
        let rows: Vec<_> = places
            .take(MANY - 1)
            .map(|place| {
                let row = comment::Model { id: world.ctx.env.id(), from_ms: Some(place), to_ms: None, ..one.clone() };
                row.into_active_model()
            })
            .collect();
        let tx = house.shop.services.begin().await.unwrap();
        for chunk in rows.chunks(1_000) {
            comment::Entity::insert_many(chunk.to_vec()).exec_without_returning(&tx).await.unwrap();
        }
        house.shop.services.commit(tx).await.unwrap();
        assert_eq!(count_comments(&world.db, &[version]).await.unwrap()[&version], 50_000);

        let all = CommentFilter { review: review.id, version: None, unsettled: false };
        let (mut request, mut seen) = (PageRequest::<CommentId>::largest(), 0);
        loop {
            let page = list_comments(&world.db, all, request).await.unwrap();
            seen += page.rows.len();
            let Some(last) = page.rows.last().filter(|_| page.has_next) else { break };
            request = request.behind(last.id);
        }
        assert_eq!(seen, MANY);
        let on_version = CommentFilter { version: Some(version), unsettled: true, ..all };
        list_comments(&world.db, on_version, PageRequest::default()).await.unwrap();
        let drawn = placed_comments(&world.db, version, 400).await.unwrap();
        assert_eq!((drawn.len(), drawn[0].from_ms), (400, Some(0)));
    })
    .await;
}
