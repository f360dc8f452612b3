//! Songs: entered, linked, ordered, taken out, and made beats.

use domain::{
    actor::Ctx,
    agreements::{queries::prefill_song_split_sheet, testing::PlainDocuments},
    catalog::entity::{beat, collaborator, recording, work},
    ids::{RecordingId, SongId, WorkId},
    parties::{entity as party, merge_parties},
    production::{
        ProductionError,
        commands::{self, CandidateInput, PersonInput, SongInput},
        entity::{CandidateState, PersonRole, ProjectKind, Stage, Vote, candidate, song, stage},
        queries,
        rules::MAX_SONGS,
    },
    report::Explain,
    store,
};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait,
    QueryFilter, QueryOrder,
};
use serde_json::{Value, json};

use super::{
    desk::{Desk, refused, titled, told},
    section,
};
use crate::support::on_each_database;

/// A work of the studio with a recording.
async fn recorded(desk: &Desk, title: &str) -> (WorkId, RecordingId) {
    let env = &desk.system.env;
    let (work, recording): (WorkId, RecordingId) = (env.id(), env.id());
    let row = work::Model { id: work, studio_id: desk.studio, title: title.into(), iswc: None, created_at: env.now() };
    row.into_active_model().insert(&desk.db).await.unwrap();
    let row = recording::Model {
        id: recording,
        studio_id: desk.studio,
        work_id: work,
        title: title.into(),
        isrc: None,
        created_at: env.now(),
    };
    row.into_active_model().insert(&desk.db).await.unwrap();
    (work, recording)
}

#[tokio::test]
async fn a_song_is_a_work_and_a_recording_new_or_known() {
    on_each_database(async |world| {
        let desk = Desk::open(world, "nova").await;
        let project = desk.project(ProjectKind::Artist).await.id;
        let add =
            async |input: SongInput| desk.run(async |tx| commands::add_song(tx, &desk.engineer, input).await).await;
        let new = add(titled(project, " Night  Drive ")).await.unwrap();
        let work = work::Entity::find_by_id(new.work_id).one(&desk.db).await.unwrap().unwrap();
        let recording = recording::Entity::find_by_id(new.recording_id).one(&desk.db).await.unwrap().unwrap();
        assert_eq!((work.title.as_str(), recording.title.as_str()), ("Night Drive", "Night Drive"));
        assert_eq!(recording.work_id, work.id);

        let untitled = SongInput { project, title: None, work: None, recording: None, stages: None };
        let (known, take) = recorded(&desk, "Day Walk").await;
        let linked = add(SongInput { recording: Some(take), ..untitled.clone() }).await.unwrap();
        assert_eq!((linked.title.as_str(), linked.work_id, linked.position), ("Day Walk", known, 2));
        let another = add(SongInput { work: Some(known), title: Some("Live".into()), ..untitled.clone() }).await;
        let another = another.unwrap();
        assert_eq!((another.work_id, another.recording_id == take), (known, false));

        let taken = SongInput { recording: Some(take), ..untitled.clone() };
        assert_eq!(told(add(taken.clone()).await), refused("RECORDING_TAKEN", "recording"));
        let elsewhere = desk.project(ProjectKind::Artist).await.id;
        assert_eq!(told(add(SongInput { project: elsewhere, ..taken.clone() }).await).0, "RECORDING_TAKEN");
        let mixed = SongInput { work: Some(new.work_id), ..taken };
        assert_eq!(told(add(mixed).await), refused("OTHER_WORK", "work"));
        assert_eq!(told(add(untitled.clone()).await), refused("BAD_TITLE", "title"));
        for stages in [vec![], vec![Stage::Mixing, Stage::Mixing]] {
            let wrong = SongInput { stages: Some(stages), ..titled(project, "Wrong") };
            assert_eq!(told(add(wrong).await), refused("BAD_STAGES", "stages"));
        }
        let mix_only = SongInput { stages: Some(vec![Stage::Mastering, Stage::Mixing]), ..titled(project, "Mix") };
        let mix_only = add(mix_only).await.unwrap().id;
        let stages = stage::Entity::find().filter(stage::Column::SongId.eq(mix_only)).all(&desk.db).await.unwrap();
        let mut stages: Vec<Stage> = stages.into_iter().map(|row| row.stage).collect();
        stages.sort_unstable();
        assert_eq!(stages, [Stage::Mixing, Stage::Mastering]);
        assert_eq!(desk.titles(project).await, ["Night Drive", "Day Walk", "Live", "Mix"]);
    })
    .await;
}

#[tokio::test]
async fn songs_keep_their_order_however_they_are_moved() {
    on_each_database(async |world| {
        let desk = Desk::open(world, "nova").await;
        let project = desk.project(ProjectKind::Artist).await.id;
        let mut ids = Vec::new();
        for title in ["A", "B", "C", "D"] {
            ids.push(desk.song(project, title).await.id);
        }
        let place = async |song: SongId, place: i32| {
            desk.run(async |tx| commands::move_song(tx, &desk.engineer, song, place).await).await
        };
        assert_eq!(place(ids[3], 1).await.unwrap().position, 1);
        assert_eq!(desk.titles(project).await, ["D", "A", "B", "C"]);
        place(ids[3], 1).await.unwrap();
        place(ids[0], 4).await.unwrap();
        assert_eq!(desk.titles(project).await, ["D", "B", "C", "A"]);
        for wrong in [0, -1, 5, i32::MIN] {
            let outcome = place(ids[0], wrong).await;
            assert!(matches!(outcome, Err(ProductionError::Place { last: 4 })), "{wrong}");
            assert_eq!(told(outcome), refused("BAD_PLACE", "place"));
        }
        // Two at once: both moves are made, whichever comes first.
        let (one, two) = tokio::join!(place(ids[3], 4), place(ids[1], 4));
        one.unwrap();
        two.unwrap();
        let titles = desk.titles(project).await;
        assert!(titles == ["C", "A", "D", "B"] || titles == ["C", "A", "B", "D"], "{titles:?}");
        // One adds while another moves: nothing is lost.
        let new = desk.run(async |tx| commands::add_song(tx, &desk.engineer, titled(project, "E")).await);
        let (added, moved) = tokio::join!(new, place(ids[2], 2));
        added.unwrap();
        moved.unwrap();
        let mut all = desk.titles(project).await;
        assert_eq!((all.len(), all[1].as_str()), (5, "C"));
        all.sort_unstable();
        assert_eq!(all, ["A", "B", "C", "D", "E"]);
    })
    .await;
}

#[tokio::test]
async fn a_song_is_taken_out_unless_something_hangs_on_it() {
    on_each_database(async |world| {
        let desk = Desk::open(world, "nova").await;
        let project = desk.project(ProjectKind::Artist).await.id;
        desk.song(project, "A").await;
        let new = CandidateInput { project, title: "B".into(), notes: String::new(), url: None, asset: None };
        let proposed = desk.run(async |tx| commands::add_candidate(tx, &desk.engineer, new).await).await.unwrap();
        let chosen = desk.run(async |tx| commands::choose_candidate(tx, &desk.engineer, proposed.id).await).await;
        let chosen = chosen.unwrap();
        let song = chosen.song_id.unwrap();
        desk.song(project, "C").await;
        let map = vec![section("Verse")];
        desk.run(async |tx| commands::set_arrangement(tx, &desk.engineer, song, map).await).await.unwrap();

        let remove = async || desk.run(async |tx| commands::remove_song(tx, &desk.engineer, song).await).await;
        // As tables of sessions, mixes and reviews do.
        let uuid = if store::is_postgres(&world.db) { "uuid" } else { "BLOB" };
        let table = format!("CREATE TABLE hangs_on (song_id {uuid} REFERENCES songs (id))");
        world.db.execute_unprepared(&table).await.unwrap();
        world.db.execute_unprepared("INSERT INTO hangs_on SELECT id FROM songs WHERE title = 'B'").await.unwrap();
        assert_eq!(told(remove().await), refused("SONG_USED", "song"));
        assert_eq!(desk.titles(project).await, ["A", "B", "C"], "a refusal changes nothing");
        world.db.execute_unprepared("DELETE FROM hangs_on").await.unwrap();
        remove().await.unwrap();
        assert_eq!(desk.titles(project).await, ["A", "C"]);
        let back = candidate::Entity::find_by_id(proposed.id).one(&desk.db).await.unwrap().unwrap();
        assert_eq!((back.state, back.song_id), (CandidateState::Proposed, None));
        let left = stage::Entity::find().filter(stage::Column::SongId.eq(song)).count(&desk.db).await.unwrap();
        assert_eq!(left, 0, "its stages went with it");
        assert_eq!(told(remove().await), refused("NOT_FOUND", "song"));
        assert_eq!(work::Entity::find().count(&desk.db).await.unwrap(), 3, "its work stays in the catalogue");
    })
    .await;
}

#[tokio::test]
async fn a_name_reaches_the_catalogue_as_long_as_it_is_the_songs() {
    on_each_database(async |world| {
        let desk = Desk::open(world, "nova").await;
        let project = desk.project(ProjectKind::Artist).await.id;
        let song = desk.song(project, "Night Drive").await;
        let rename = async |title: &'static str| {
            desk.run(async |tx| commands::rename_song(tx, &desk.engineer, song.id, title).await).await
        };
        let catalogued = async || {
            let work = work::Entity::find_by_id(song.work_id).one(&desk.db).await.unwrap().unwrap().title;
            (work, recording::Entity::find_by_id(song.recording_id).one(&desk.db).await.unwrap().unwrap().title)
        };
        assert_eq!(told(rename(" ").await), refused("BAD_TITLE", "title"));
        assert_eq!(rename("Day Walk").await.unwrap().title, "Day Walk");
        assert_eq!(catalogued().await, ("Day Walk".to_owned(), "Day Walk".to_owned()));
        let own = work::ActiveModel { id: Set(song.work_id), title: Set("Suite".into()), ..Default::default() };
        own.update(&desk.db).await.unwrap();
        rename("Evening").await.unwrap();
        assert_eq!(catalogued().await, ("Suite".to_owned(), "Evening".to_owned()));
        desk.run(async |tx| commands::make_beat(tx, &desk.engineer, song.id).await).await.unwrap();
        rename("Morning").await.unwrap();
        assert_eq!(catalogued().await.1, "Evening", "a beat's recording keeps its name");
    })
    .await;
}

#[tokio::test]
async fn a_song_becomes_a_beat_of_the_same_recording() {
    on_each_database(async |world| {
        let desk = Desk::open(world, "nova").await;
        let project = desk.active(ProjectKind::Beats).await.id;
        let song = desk.song(project, "Night Drive").await;
        let [nova, orson] = desk.parties;
        for (of, party, role) in [
            (None, nova, PersonRole::Producer),
            (Some(song.id), orson, PersonRole::Writer),
            (Some(song.id), orson, PersonRole::Mixer),
        ] {
            let person = PersonInput { project, song: of, party, role, detail: String::new() };
            desk.run(async |tx| commands::add_person(tx, &desk.engineer, person).await).await.unwrap();
        }
        let map = vec![section("Intro"), section("Hook")];
        desk.run(async |tx| commands::set_arrangement(tx, &desk.engineer, song.id, map).await).await.unwrap();
        let make = async || desk.run(async |tx| commands::make_beat(tx, &desk.engineer, song.id).await).await;
        let made = make().await.unwrap();
        assert_eq!((made.work_id, made.recording_id), (song.work_id, song.recording_id));
        assert_eq!((made.title.as_str(), made.bpm_milli), ("Night Drive", Some(120_000)));
        assert_eq!(made.musical_key.as_deref(), Some("A minor"));
        let lines = collaborator::Entity::find().filter(collaborator::Column::BeatId.eq(made.id));
        let mut lines = lines.all(&desk.db).await.unwrap();
        lines.sort_by_key(|line| line.position);
        let credits: Vec<_> = lines.iter().map(|line| (line.party_id, line.role.as_str(), line.share.ppm())).collect();
        assert_eq!(credits, [(orson, "writer, mixer", 0), (nova, "producer", 1_000_000)]);
        assert_eq!(make().await.unwrap().id, made.id, "of one recording there is one beat");
        assert_eq!(beat::Entity::find().count(&desk.db).await.unwrap(), 1);

        let nameless = desk.project(ProjectKind::Beats).await.id;
        let song = desk.song(nameless, "Second").await.id;
        let made = desk.run(async |tx| commands::make_beat(tx, &desk.engineer, song).await).await.unwrap();
        let lines = collaborator::Entity::find().filter(collaborator::Column::BeatId.eq(made.id));
        // All were entered in one moment; the lowest id is the first.
        let first = party::Entity::find().order_by_asc(party::Column::Id).one(&desk.db).await.unwrap().unwrap().id;
        let made_by = lines.all(&desk.db).await.unwrap()[0].party_id;
        assert_eq!(made_by, first, "without people, the studio's first party");
    })
    .await;
}

#[tokio::test]
async fn a_project_holds_so_many_songs_and_no_more() {
    on_each_database(async |world| {
        let desk = Desk::open(world, "nova").await;
        let project = desk.project(ProjectKind::Executive).await.id;
        for position in 1..=i32::try_from(MAX_SONGS).unwrap() {
            let (work, recording) = recorded(&desk, "Song").await;
            let row = song::Model {
                id: desk.system.env.id(),
                studio_id: desk.studio,
                project_id: project,
                position,
                title: "Song".into(),
                work_id: work,
                recording_id: recording,
                created_at: desk.system.env.now(),
            };
            row.into_active_model().insert(&desk.db).await.unwrap();
        }
        let more = desk.run(async |tx| commands::add_song(tx, &desk.engineer, titled(project, "More")).await).await;
        assert_eq!(told(more).0, "FULL");
    })
    .await;
}

#[tokio::test]
async fn a_split_sheet_begins_with_who_made_the_song() {
    on_each_database(async |world| {
        let desk = Desk::open(world, "nova").await;
        let rival = Desk::open(world, "rival").await;
        let project = desk.project(ProjectKind::Record).await.id;
        let song = desk.song(project, "Night Drive").await;
        let [nova, orson] = desk.parties;
        for (of, party, role) in [
            (None, nova, PersonRole::Artist),
            (Some(song.id), nova, PersonRole::Writer),
            (Some(song.id), orson, PersonRole::Writer),
        ] {
            let person = PersonInput { project, song: of, party, role, detail: String::new() };
            desk.run(async |tx| commands::add_person(tx, &desk.engineer, person).await).await.unwrap();
        }
        let draft = async |ctx: &Ctx| prefill_song_split_sheet(&desk.db, ctx, &PlainDocuments, song.id).await;
        let sheet: Value = serde_json::from_str(&draft(&desk.manager).await.unwrap()).unwrap();
        assert_eq!(sheet["reference"]["work"], json!(song.work_id));
        let parties = sheet["parties"].as_array().unwrap();
        let named: Vec<_> = parties.iter().map(|party| (&party["name"], &party["role"])).collect();
        assert_eq!(named, [(&json!("Nova"), &json!("writer")), (&json!("Orson"), &json!("writer"))]);
        let terms = &sheet["terms"];
        let writer = |party: i32| json!({ "party": party, "role": "CA", "share_ppm": 500_000 });
        assert_eq!(terms["composition"]["writers"], json!([writer(0), writer(1)]));
        assert_eq!(terms["master"]["owners"], json!([{ "party": 0, "share_ppm": 1_000_000 }]));
        let theirs = draft(&rival.manager).await.unwrap_err().explain();
        assert_eq!((theirs.code, theirs.field.as_deref()), ("NOT_FOUND", Some("song")));
        assert_eq!(draft(&desk.engineer).await.unwrap_err().explain().code, "FORBIDDEN");
    })
    .await;
}

#[tokio::test]
async fn who_was_merged_makes_and_votes_as_who_took_their_place() {
    on_each_database(async |world| {
        let desk = Desk::open(world, "nova").await;
        let project = desk.active(ProjectKind::Beats).await.id;
        let song = desk.song(project, "Night Drive").await.id;
        let new = CandidateInput { project, title: "Day Walk".into(), notes: String::new(), url: None, asset: None };
        let candidate = desk.run(async |tx| commands::add_candidate(tx, &desk.engineer, new).await).await.unwrap().id;
        let [nova, orson] = desk.parties;
        for (party, given) in [(nova, Vote::Yes), (orson, Vote::No)] {
            let person = PersonInput { project, song: None, party, role: PersonRole::Producer, detail: String::new() };
            desk.run(async |tx| commands::add_person(tx, &desk.engineer, person).await).await.unwrap();
            let party = Some(party);
            desk.run(async |tx| commands::vote(tx, &desk.engineer, candidate, party, given).await).await.unwrap();
        }
        let tx = store::begin(&desk.db).await.unwrap();
        merge_parties(&tx, &desk.system, nova, orson).await.unwrap();
        tx.commit().await.unwrap();

        let votes = queries::votes_of_candidates(&desk.db, &[candidate]).await.unwrap().remove(&candidate).unwrap();
        let votes: Vec<_> = votes.into_iter().map(|row| (row.party_id, row.vote)).collect();
        assert_eq!(votes, [(Some(orson), Vote::No)], "one of them both, the last");
        let sheet = prefill_song_split_sheet(&desk.db, &desk.manager, &PlainDocuments, song).await.unwrap();
        let sheet: Value = serde_json::from_str(&sheet).unwrap();
        let named: Vec<_> = sheet["parties"].as_array().unwrap().iter().map(|party| &party["name"]).collect();
        assert_eq!(named, [&json!("Orson")]);
        let made = desk.run(async |tx| commands::make_beat(tx, &desk.engineer, song).await).await.unwrap();
        let lines = collaborator::Entity::find().filter(collaborator::Column::BeatId.eq(made.id));
        let lines = lines.all(&desk.db).await.unwrap();
        let credits: Vec<_> = lines.iter().map(|line| (line.party_id, line.share.ppm())).collect();
        assert_eq!(credits, [(orson, 1_000_000)]);
    })
    .await;
}
