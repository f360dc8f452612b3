//! Song selection, arrangement maps and reference tracks.

use domain::{
    actor::{Actor, Ctx, Scope},
    catalog::entity::{AssetKind, AssetState},
    ids::{PartyId, SongCandidateId},
    production::{
        commands::{self, CandidateInput, ReferenceInput},
        entity::{CandidateState, ProjectKind, Vote, section, vote},
        queries,
        rules::arrangement::{NewSection, Section, places},
    },
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter};

use super::{
    desk::{Desk, refused, told},
    section,
};
use crate::support::on_each_database;

#[tokio::test]
async fn everybody_has_one_vote_and_may_change_it() {
    on_each_database(async |world| {
        let desk = Desk::open(world, "nova").await;
        let project = desk.project(ProjectKind::Record).await.id;
        let add = async |title: &'static str| {
            let new = CandidateInput { project, title: title.into(), notes: String::new(), url: None, asset: None };
            desk.run(async |tx| commands::add_candidate(tx, &desk.engineer, new).await).await.unwrap().id
        };
        let (first, second) = (add("Night Drive").await, add("Day Walk").await);
        let vote = async |ctx: &Ctx, candidate: SongCandidateId, party: Option<PartyId>, given: Vote| {
            desk.run(async |tx| commands::vote(tx, ctx, candidate, party, given).await).await
        };
        let tally = async |candidate: SongCandidateId| {
            let votes = queries::votes_of_candidates(&desk.db, &[candidate]).await.unwrap();
            let votes = votes.get(&candidate).cloned().unwrap_or_default();
            let count = |wanted| votes.iter().filter(|row| row.vote == wanted).count();
            (count(Vote::Yes), count(Vote::No))
        };
        let [nova, orson] = desk.parties;
        vote(&desk.engineer, first, None, Vote::Yes).await.unwrap();
        vote(&desk.engineer, first, None, Vote::Yes).await.unwrap();
        assert_eq!(tally(first).await, (1, 0), "voting twice counts once");
        vote(&desk.engineer, first, None, Vote::No).await.unwrap();
        vote(&desk.manager, first, None, Vote::Yes).await.unwrap();
        vote(&desk.manager, first, Some(nova), Vote::Yes).await.unwrap();
        vote(&desk.engineer, first, Some(nova), Vote::Yes).await.unwrap();
        vote(&desk.engineer, first, Some(orson), Vote::Yes).await.unwrap();
        assert_eq!(tally(first).await, (3, 1), "a party has one vote, whoever records it");
        assert_eq!(tally(second).await, (0, 0));
        let key = Actor::ApiKey {
            key: desk.system.env.id(),
            studio: desk.studio,
            scopes: [Scope::CatalogRead, Scope::CatalogWrite].into(),
        };
        let key = world.as_actor(key);
        assert_eq!(told(vote(&key, first, None, Vote::Yes).await), refused("NO_VOTER", "party"));
        let doubled = "INSERT INTO candidate_votes (id, studio_id, candidate_id, user_id, party_id, vote, voted_at)
            SELECT candidate_id, studio_id, candidate_id, user_id, party_id, vote, voted_at FROM candidate_votes WHERE user_id IS NOT NULL LIMIT 1";
        assert!(world.db.execute_unprepared(doubled).await.is_err(), "nor does the database count one twice");
        // The same at once.
        let (one, two) =
            tokio::join!(vote(&desk.manager, second, None, Vote::Yes), vote(&desk.manager, second, None, Vote::No),);
        one.unwrap();
        two.unwrap();
        let kept = vote::Entity::find().filter(vote::Column::CandidateId.eq(second)).count(&desk.db).await.unwrap();
        assert_eq!(kept, 1);

        let choose = async |id: SongCandidateId| desk.run(async |tx| commands::choose_candidate(tx, &desk.engineer, id).await).await;
        let leave = async |id: SongCandidateId| desk.run(async |tx| commands::drop_candidate(tx, &desk.engineer, id).await).await;
        let chosen = choose(first).await.unwrap();
        assert_eq!(chosen.state, CandidateState::Chosen);
        assert_eq!(choose(first).await.unwrap(), chosen, "choosing twice makes one song");
        assert_eq!(desk.titles(project).await, ["Night Drive"]);
        assert_eq!(told(leave(first).await), refused("CANDIDATE_STATE", "candidate"));
        assert_eq!(leave(second).await.unwrap().state, CandidateState::Dropped);
        assert_eq!(leave(second).await.unwrap().state, CandidateState::Dropped);
        assert_eq!(told(choose(second).await), refused("CANDIDATE_STATE", "candidate"));
        assert_eq!(told(vote(&desk.manager, second, None, Vote::Yes).await).0, "CANDIDATE_STATE");
        assert_eq!(told(vote(&desk.manager, first, None, Vote::No).await).0, "CANDIDATE_STATE");
    })
    .await;
}

#[tokio::test]
async fn a_map_is_set_as_a_whole_or_not_at_all() {
    on_each_database(async |world| {
        let desk = Desk::open(world, "nova").await;
        let project = desk.project(ProjectKind::Electronic).await.id;
        let song = desk.song(project, "Night Drive").await.id;
        let set = async |sections: Vec<NewSection>| {
            desk.run(async |tx| commands::set_arrangement(tx, &desk.engineer, song, sections).await).await
        };
        let stored = async || {
            let rows = queries::sections_of_songs(&desk.db, &[song]).await.unwrap().remove(&song).unwrap_or_default();
            let of = |row: section::Model| Section {
                name: row.name,
                bars: row.bars,
                bpm_milli: row.bpm_milli,
                meter_beats: row.meter_beats,
                meter_unit: row.meter_unit,
                musical_key: row.musical_key,
            };
            rows.into_iter().map(of).collect::<Vec<_>>()
        };
        let slow = NewSection { bpm_milli: 60_000, start_bar: Some(9), ..section("Break") };
        set(vec![section("Intro"), slow.clone()]).await.unwrap();
        let lies = places(&stored().await);
        assert_eq!((lies[1].start_bar, lies[1].start_ms, lies[1].end_ms), (9, 16_000, 48_000));
        assert_eq!(stored().await[0].musical_key.as_deref(), Some("A minor"));

        let overlapping = NewSection { start_bar: Some(8), ..slow.clone() };
        let outcome = set(vec![section("Intro"), overlapping]).await;
        assert_eq!(told(outcome), refused("SECTIONS_OVERLAP", "sections.1.startBar"));
        let late = NewSection { start_bar: Some(10), ..slow };
        assert_eq!(told(set(vec![section("Intro"), late]).await), refused("SECTIONS_GAP", "sections.1.startBar"));
        let negative = NewSection { bars: -8, ..section("Intro") };
        assert_eq!(told(set(vec![negative]).await), refused("BAD_SECTION", "sections.0.bars"));
        let keyless = NewSection { musical_key: Some("H".into()), ..section("Intro") };
        assert_eq!(told(set(vec![keyless]).await), refused("BAD_SECTION", "sections.0.musicalKey"));
        assert_eq!(told(set(vec![section("Part"); 101]).await), refused("TOO_MANY_SECTIONS", "sections"));
        assert_eq!(stored().await.len(), 2, "a refusal changes nothing");
        set(vec![section("All")]).await.unwrap();
        assert_eq!(stored().await.len(), 1);
        set(Vec::new()).await.unwrap();
        assert!(stored().await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_reference_is_a_file_or_an_address() {
    on_each_database(async |world| {
        let desk = Desk::open(world, "nova").await;
        let project = desk.project(ProjectKind::Record).await.id;
        let elsewhere = desk.project(ProjectKind::Record).await.id;
        let song = desk.song(project, "Night Drive").await.id;
        let add = async |input: ReferenceInput| {
            desk.run(async |tx| commands::add_reference(tx, &desk.engineer, input).await).await
        };
        let bare = || ReferenceInput {
            project,
            song: None,
            title: "A record of the same night".into(),
            notes: "Listen to the bass.".into(),
            url: None,
            asset: None,
        };
        let source = desk.asset(AssetKind::Source, AssetState::Checking).await;
        let file = add(ReferenceInput { asset: Some(source), song: Some(song), ..bare() }).await.unwrap();
        assert_eq!((file.asset_id, file.song_id), (Some(source), Some(song)));
        let link = add(ReferenceInput { url: Some(" https://example.com/track ".into()), ..bare() }).await.unwrap();
        assert_eq!(link.url.as_deref(), Some("https://example.com/track"));

        assert_eq!(told(add(bare()).await), refused("FILE_OR_URL", "url"));
        let both = ReferenceInput { asset: Some(source), url: link.url.clone(), ..bare() };
        assert_eq!(told(add(both).await), refused("FILE_OR_URL", "url"));
        let script = ReferenceInput { url: Some("javascript:alert(1)".into()), ..bare() };
        assert_eq!(told(add(script).await), refused("BAD_URL", "url"));
        for (kind, state) in [(AssetKind::Artwork, AssetState::Ready), (AssetKind::Source, AssetState::Refused)] {
            let unfit = ReferenceInput { asset: Some(desk.asset(kind, state).await), ..bare() };
            assert_eq!(told(add(unfit).await), refused("UNFIT_FILE", "asset"));
        }
        let foreign_song = ReferenceInput { project: elsewhere, song: Some(song), url: link.url.clone(), ..bare() };
        assert_eq!(told(add(foreign_song).await), refused("NOT_FOUND", "song"));

        let all = queries::references_of_projects(&desk.db, &[project, elsewhere]).await.unwrap();
        assert_eq!((all[&project].len(), all.contains_key(&elsewhere)), (2, false));
        desk.run(async |tx| commands::remove_reference(tx, &desk.engineer, file.id).await).await.unwrap();
        let twice = desk.run(async |tx| commands::remove_reference(tx, &desk.engineer, file.id).await).await;
        assert_eq!(told(twice), refused("NOT_FOUND", "reference"));
    })
    .await;
}
