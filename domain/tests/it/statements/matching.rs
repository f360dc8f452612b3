//! What lines are of: by codes that are ours, by what was learned, and never by a guess.

use domain::{
    actor::{Actor, Role},
    catalog::entity::recording,
    ids::RecordingId,
    money::Currency,
    royalties::{
        RoyaltyError,
        commands::{
            imports::{TakeIn, match_item, rematch, take_in, teach_format},
            terms::{NewRule, save_rule},
        },
        entity::{MatchedBy, import},
        queries::imports::{list_waiting, suggestions},
        rules::{Album, Rule, RuleId, Subject, Why},
    },
};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};

use super::{Desk, exact, file, row};
use crate::support::on_each_database;

const ISRC: &str = "QZAB12600001";
/// A release.
const EAN: &str = "5901234123457";

/// Another month, so that nothing overlaps.
fn later(bytes: Vec<u8>) -> Vec<u8> {
    String::from_utf8(bytes).unwrap().replace("2026-10-01", "2026-09-01").into_bytes()
}

async fn waiting(desk: &Desk) -> Vec<(String, Why, i64)> {
    let page = list_waiting(&desk.services.db, &desk.system(), desk.shop.studio, None, 100).await.unwrap();
    assert!(!page.has_next);
    page.rows.into_iter().map(|row| (row.item.title, row.why, row.lines)).collect()
}

#[tokio::test]
async fn what_is_not_known_waits_and_keeps_nothing_else_from_counting() {
    on_each_database(async |world| {
        let desk = Desk::open(world, Currency::USD).await;
        desk.recording("Night Drive", Some(ISRC)).await;
        desk.unsigned("Morning", Some("QZAB12600002")).await;
        let rows = [
            row("Night Drive", ISRC, "1", "1"),
            row("Morning", "QZAB12600002", "1", "2"),
            row("Elsewhere", "QZAB12600003", "1", "4"),
            row("Elsewhere", "QZAB12600003", "1", "8"),
        ];
        desk.ready(&file(&rows)).await;
        let found = waiting(&desk).await;
        assert_eq!(found, [("Morning".into(), Why::NoSplit, 1), ("Elsewhere".into(), Why::Unmatched, 2)]);
        let page = list_waiting(&desk.services.db, &desk.system(), desk.shop.studio, None, 1).await.unwrap();
        assert!(page.has_next);
        let first = &page.rows[0].item;
        let behind = Some((first.import_id, first.number));
        let page = list_waiting(&desk.services.db, &desk.system(), desk.shop.studio, behind, 1).await.unwrap();
        assert_eq!((page.rows.len(), page.has_next), (1, false));
        assert_eq!(page.rows[0].net, [(Currency::USD, exact("12"))]);
    })
    .await;
}

#[tokio::test]
async fn what_was_learned_is_found_in_all_statements_and_later_ones() {
    on_each_database(async |world| {
        let desk = Desk::open(world, Currency::USD).await;
        let recording = desk.recording("Night Drive", None).await;
        let subject = Subject::Recording(recording);
        let bytes = file(&[row("Night Drive (Edit)", "QZAB12600009", "1", "1")]);
        let first = desk.ready(&bytes).await;
        let second = desk.ready(&later(bytes.clone())).await;
        let foreign = Subject::Recording(desk.services.env.id());
        let refused = desk.done(async |tx, ctx| match_item(tx, ctx, first.id, 0, &foreign, true).await).await;
        assert!(matches!(refused, Err(RoyaltyError::NotFound { field: "subject", .. })));
        let matched = desk.done(async |tx, ctx| match_item(tx, ctx, first.id, 0, &subject, true).await).await.unwrap();
        assert_eq!((matched.recording_id, matched.matched_by), (Some(recording), Some(MatchedBy::Hand)));
        let other = &desk.items(second.id).await[0];
        assert_eq!((other.recording_id, other.matched_by), (Some(recording), Some(MatchedBy::Isrc)));
        assert!(waiting(&desk).await.is_empty());

        let third = String::from_utf8(later(bytes)).unwrap().replace("2026-09-01", "2026-08-01");
        let third = desk.ready(third.as_bytes()).await;
        assert_eq!(desk.items(third.id).await[0].matched_by, Some(MatchedBy::Isrc));
    })
    .await;
}

#[tokio::test]
async fn a_name_is_learned_where_there_is_no_code() {
    on_each_database(async |world| {
        let desk = Desk::open(world, Currency::USD).await;
        let recording = desk.recording("Night Drive", None).await;
        let bare = |title: &str| row(title, "", "1", "1").replace("190000000012", "");
        let first = desk.ready(&file(&[bare("Night Drive"), bare("Other")])).await;
        let subject = Subject::Recording(recording);
        let likely = suggestions(&desk.services.db, &desk.system(), first.id, 0).await.unwrap();
        assert_eq!((&likely[0].subject, likely[0].likeness), (&subject, 95));
        assert_eq!(desk.items(first.id).await[0].matched_by, None, "a suggestion is none until somebody says so");
        desk.done(async |tx, ctx| match_item(tx, ctx, first.id, 0, &subject, true).await).await.unwrap();
        let second = desk.ready(&later(file(&[bare("NIGHT  DRIVE!")]))).await;
        assert_eq!(desk.items(second.id).await[0].matched_by, Some(MatchedBy::Name));
        // Without learning it is of this statement alone.
        desk.done(async |tx, ctx| match_item(tx, ctx, first.id, 1, &subject, false).await).await.unwrap();
        let third = String::from_utf8(later(file(&[bare("Other")]))).unwrap().replace("2026-09-01", "2026-08-01");
        assert_eq!(desk.items(desk.ready(third.as_bytes()).await.id).await[0].matched_by, None);
    })
    .await;
}

#[tokio::test]
async fn what_tells_of_works_is_likelier_a_work() {
    on_each_database(async |world| {
        let desk = Desk::open(world, "GBP".parse().unwrap()).await;
        let recording = desk.recording("Night Drive", None).await;
        let header = "Record Number,CAE Number,Work Title,Amount (performance revenue),IP1\n";
        let society = desk.imported(format!("{header}1,,Night Drive,12.5,NOVA\n").as_bytes()).await;
        let likely = suggestions(&desk.services.db, &desk.system(), society.id, 0).await.unwrap();
        let [work, other] = &likely[..] else { panic!("{likely:?}") };
        assert!(matches!(work.subject, Subject::Work(_)) && work.likeness > other.likeness, "{likely:?}");
        assert_eq!(other.subject, Subject::Recording(recording));
    })
    .await;
}

async fn album(desk: &Desk, tracks: &[RecordingId]) {
    let album = Album { release: EAN.parse().unwrap(), tracks: tracks.iter().map(|track| (*track, 1)).collect() };
    let rule = NewRule {
        rule: RuleId(format!("album:{EAN}")),
        title: "Night Drive EP".into(),
        effective_on: "2026-01-01".parse().unwrap(),
        ends_on: None,
        content: Rule::Album(album),
        document_sha256: None,
        agreement: None,
        request_key: None,
    };
    desk.done(async |tx, ctx| save_rule(tx, ctx, desk.shop.studio, rule).await).await.unwrap();
}

#[tokio::test]
async fn a_number_of_a_release_is_all_of_it_only_where_no_track_is_named() {
    on_each_database(async |world| {
        let desk = Desk::open(world, Currency::USD).await;
        let one = desk.recording("Night Drive", Some(ISRC)).await;
        let two = desk.recording("Morning", None).await;
        album(&desk, &[one, two]).await;
        let rows = [row("Night Drive EP", "", "1", "1"), row("Elsewhere", "QZAB12600003", "1", "2")]
            .map(|row| row.replace("190000000012", EAN));
        let import = desk.ready(&file(&rows)).await;
        let items = desk.items(import.id).await;
        assert_eq!((items[0].release.as_deref(), items[0].matched_by), (Some(EAN), Some(MatchedBy::Upc)));
        assert_eq!(items[1].matched_by, None);
        assert_eq!(waiting(&desk).await, [("Elsewhere".into(), Why::Unmatched, 1)]);
    })
    .await;
}

#[tokio::test]
async fn what_was_learned_of_a_code_tells_more_than_the_release_that_it_is_on() {
    on_each_database(async |world| {
        let desk = Desk::open(world, Currency::USD).await;
        let (only, edit) = (desk.recording("Night Drive", None).await, desk.recording("Edit", None).await);
        album(&desk, &[only]).await;
        let bytes = file(&[row("Night Drive", "QZAB12600009", "1", "1")]);
        let first = desk.ready(&bytes).await;
        let subject = Subject::Recording(edit);
        desk.done(async |tx, ctx| match_item(tx, ctx, first.id, 0, &subject, true).await).await.unwrap();
        let on_release = String::from_utf8(later(bytes)).unwrap().replace("190000000012", EAN);
        let second = desk.ready(on_release.as_bytes()).await;
        let found = &desk.items(second.id).await[0];
        assert_eq!((found.recording_id, found.matched_by), (Some(edit), Some(MatchedBy::Isrc)));
        let other = on_release.replace("QZAB12600009", "QZAB12600008").replace("2026-09-01", "2026-08-01");
        let third = desk.ready(other.as_bytes()).await;
        let found = &desk.items(third.id).await[0];
        assert_eq!((found.recording_id, found.matched_by), (Some(only), Some(MatchedBy::Upc)));
    })
    .await;
}

#[tokio::test]
async fn a_code_of_a_release_tells_nothing_of_one_of_its_tracks() {
    on_each_database(async |world| {
        let desk = Desk::open(world, Currency::USD).await;
        let description = serde_json::json!({
            "id": "own", "name": "Own", "currency": "USD", "columns": [
                { "heading": "Sold", "field": "sold" }, { "heading": "Title", "field": "title" },
                { "heading": "Catalogue", "field": "release_code" }, { "heading": "Net", "field": "amount" },
            ],
        });
        let description = serde_json::from_value(description).unwrap();
        let studio = desk.shop.studio;
        desk.done(async |tx, ctx| teach_format(tx, ctx, studio, description).await).await.unwrap();
        let (night, morning) = (desk.recording("Night Drive", None).await, desk.recording("Morning", None).await);
        album(&desk, &[night, morning]).await;
        let header = "Sold;Title;Catalogue;Net\n";
        let text = format!("{header}2026-07-01;Night Drive;NOVA-7;1\n2026-07-01;Morning;NOVA-7;2\n");
        let first = desk.ready(text.as_bytes()).await;
        let say = async |item: i32, subject: &Subject| {
            desk.done(async |tx, ctx| match_item(tx, ctx, first.id, item, subject, true).await).await.unwrap()
        };
        say(0, &Subject::Recording(night)).await;
        assert_eq!(desk.items(first.id).await[1].matched_by, None);
        say(1, &Subject::Release(EAN.parse().unwrap())).await;
        let second = desk.ready(format!("{header}2026-08-01;Elsewhere;NOVA-7;4\n").as_bytes()).await;
        let found = &desk.items(second.id).await[0];
        assert_eq!((found.release.as_deref(), found.matched_by), (Some(EAN), Some(MatchedBy::Code)));
    })
    .await;
}

#[tokio::test]
async fn what_the_catalogue_learns_later_is_found_for_what_waits() {
    on_each_database(async |world| {
        let desk = Desk::open(world, Currency::USD).await;
        let recording = desk.recording("Night Drive", None).await;
        let import =
            desk.ready(&file(&[row("Night Drive", ISRC, "1", "1"), row("Other", "QZAB12600003", "1", "1")])).await;
        let again = async || desk.done(async |tx, ctx| rematch(tx, ctx, desk.shop.studio).await).await.unwrap();
        assert_eq!(again().await, 0);
        recording::Entity::update_many()
            .set(recording::ActiveModel { isrc: Set(Some(ISRC.into())), ..Default::default() })
            .filter(recording::Column::Id.eq(recording))
            .exec(&desk.services.db)
            .await
            .unwrap();
        assert_eq!(again().await, 1);
        assert_eq!(again().await, 0);
        assert_eq!(desk.items(import.id).await[0].recording_id, Some(recording));
    })
    .await;
}

#[tokio::test]
async fn nobody_but_managers_take_statements_in() {
    on_each_database(async |world| {
        let desk = Desk::open(world, Currency::USD).await;
        let asset = desk.upload(&file(&[row("Night Drive", ISRC, "1", "1")])).await;
        let tx = desk.services.begin().await.unwrap();
        let new = TakeIn { asset, currency: None };
        for role in [Role::Engineer, Role::Collaborator, Role::Viewer] {
            let actor = Actor::User {
                user: desk.services.env.id(),
                memberships: vec![(desk.shop.studio, role)],
                closed: Vec::new(),
            };
            let refused = take_in(&tx, &desk.services.ctx(actor), desk.shop.studio, new).await;
            assert!(matches!(refused, Err(RoyaltyError::Denied(_))));
        }
        tx.rollback().await.unwrap();
        let found = import::Entity::find().filter(import::Column::StudioId.eq(desk.shop.studio));
        assert!(found.one(&desk.services.db).await.unwrap().is_none());
    })
    .await;
}
