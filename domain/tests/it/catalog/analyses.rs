//! What was heard in files, and asking for it again.

use std::collections::BTreeMap;

use domain::catalog::{
    Heard,
    entity::{Finding, Findings, Fingerprint, Severity, StemFindings, StemSetFindings, Verdict},
};

use super::*;

fn heard(fingerprint: &[u32]) -> Heard {
    let finding = Finding {
        code: "dc_offset".into(),
        severity: Severity::Warning,
        message: "a constant offset".into(),
        remedy: "put a high-pass over it".into(),
    };
    Heard {
        engine_version: "1".into(),
        tempo: Some((139_950, 900_000)),
        alternative_bpm_milli: Some(70_000),
        key: Some(("F# minor".into(), 800_000)),
        tuning_cents: Some(-3),
        verdict: Verdict::Listen,
        findings: Findings(vec![finding]),
        fingerprint: Fingerprint(fingerprint.to_vec()),
    }
}

#[tokio::test]
async fn a_file_of_music_is_listened_to_once_it_is_ready_and_again_when_asked() {
    on_each_database(async |world| {
        let studio = studio(world, "nova").await;
        let raw = studio.asset(world, AssetKind::Source, "raw.wav").await.id;
        let ask = async |id| {
            let tx = begin(world).await;
            let outcome = catalog::request_analysis(&tx, &studio.owner, id).await;
            tx.commit().await.unwrap();
            outcome
        };
        assert_eq!(code(&ask(raw).await.unwrap_err()), ("ASSET_NOT_READY", Some("asset".into())));
        let cover = studio.asset(world, AssetKind::Artwork, "cover.png").await.id;
        assert_eq!(code(&ask(cover).await.unwrap_err()).0, "WRONG_ASSET_KIND");

        let source = studio.ready(world, AssetKind::Source, "mix.wav").await;
        assert_eq!(jobs(world, "analyse_asset").await, 1, "inspection asks for it");
        let first = ask(source).await.unwrap();
        assert_eq!(first.priority, 1, "the one that waits already");
        assert_eq!(jobs(world, "analyse_asset").await, 1);
        job::Entity::delete_many().exec(&world.db).await.unwrap();
        let again = ask(source).await.unwrap();
        assert_eq!((again.priority, ask(source).await.unwrap().id), (0, again.id), "after everything else, and once");

        let tx = begin(world).await;
        catalog::record_analysis(&tx, &world.ctx, source, heard(&[1, 2])).await.unwrap();
        let row = catalog::record_analysis(&tx, &world.ctx, source, heard(&[3])).await.unwrap();
        tx.commit().await.unwrap();
        let found = catalog::find_analyses(&world.db, &[source, raw]).await.unwrap();
        assert_eq!((found.len(), &found[&source]), (1, &row));
        assert_eq!(row.fingerprint, Fingerprint(vec![3]));
    })
    .await;
}

#[tokio::test]
async fn a_beat_is_suggested_what_it_does_not_say() {
    on_each_database(async |world| {
        let studio = studio(world, "nova").await;
        let source = studio.ready(world, AssetKind::Source, "mix.wav").await;
        let new = NewBeat { source: Some(source), musical_key: Some("Am".into()), ..titled("Mix") };
        let beat = studio.beat(world, new).await;
        let tx = begin(world).await;
        let row = catalog::record_analysis(&tx, &world.ctx, source, heard(&[])).await.unwrap();
        tx.commit().await.unwrap();
        let suggested = catalog::rules::suggestions::for_beat(&beat, &row);
        assert_eq!((suggested.bpm_milli, suggested.musical_key), (Some(140_000), None));
    })
    .await;
}

#[tokio::test]
async fn beats_that_sound_alike_are_found_from_either_side() {
    on_each_database(async |world| {
        let (studio, rival) = (studio(world, "nova").await, studio(world, "rival").await);
        let mut sources = Vec::new();
        for name in ["a.wav", "b.wav", "c.wav"] {
            sources.push(studio.ready(world, AssetKind::Source, name).await);
        }
        let others = rival.ready(world, AssetKind::Source, "a.wav").await;
        let tx = begin(world).await;
        for (id, print) in [(sources[0], 1), (sources[1], 2), (sources[2], 3), (others, 1)] {
            catalog::record_analysis(&tx, &world.ctx, id, heard(&[print])).await.unwrap();
        }
        tx.commit().await.unwrap();
        let mut pages = Vec::new();
        let mut after = None;
        loop {
            let page = catalog::list_fingerprints(&world.db, studio.id, sources[0], after, 1).await.unwrap();
            let Some((id, print)) = page.first() else { break };
            after = Some(*id);
            pages.push((*id, print.0[0]));
        }
        pages.sort_by_key(|(_, print)| *print);
        assert_eq!(pages, [(sources[1], 2), (sources[2], 3)], "neither itself nor another studio's");

        let beat = studio.beat(world, NewBeat { source: Some(sources[1]), ..titled("Second") }).await;
        let tx = begin(world).await;
        let alike = BTreeMap::from([(sources[1], Some(700_000)), (sources[2], Some(900_000))]);
        catalog::record_likenesses(&tx, &world.ctx, sources[0], &alike).await.unwrap();
        let again = BTreeMap::from([(sources[0], Some(710_000))]);
        catalog::record_likenesses(&tx, &world.ctx, sources[1], &again).await.unwrap();
        tx.commit().await.unwrap();
        let found = catalog::list_alike(&world.db, &sources).await.unwrap();
        let of_first: Vec<_> = found[&sources[0]].iter().map(|like| (like.beat.id, like.similarity_ppm)).collect();
        assert_eq!(of_first, [(beat.id, 710_000)], "the third is no beat's source");
        assert!(found.get(&sources[1]).is_none_or(Vec::is_empty), "the first is no beat's source either");

        let tx = begin(world).await;
        let met_only_the_third = BTreeMap::from([(sources[2], None)]);
        catalog::record_likenesses(&tx, &world.ctx, sources[0], &met_only_the_third).await.unwrap();
        tx.commit().await.unwrap();
        let found = catalog::list_alike(&world.db, &sources).await.unwrap();
        assert_eq!(found[&sources[0]].len(), 1, "of the second it knows nothing new");

        let tx = begin(world).await;
        let unlike = BTreeMap::from([(sources[1], None), (sources[2], None)]);
        catalog::record_likenesses(&tx, &world.ctx, sources[0], &unlike).await.unwrap();
        tx.commit().await.unwrap();
        assert!(catalog::list_alike(&world.db, &sources).await.unwrap().values().all(Vec::is_empty));
    })
    .await;
}

#[tokio::test]
async fn of_the_beats_that_sound_alike_the_likest_are_listed() {
    on_each_database(async |world| {
        let studio = studio(world, "nova").await;
        let first = studio.ready(world, AssetKind::Source, "first.wav").await;
        let mut compared = BTreeMap::new();
        let most = i32::try_from(catalog::MAX_ALIKE).unwrap();
        for n in 0..most + 2 {
            let name = format!("{n}.wav");
            let source = studio.ready(world, AssetKind::Source, &name).await;
            studio.beat(world, NewBeat { source: Some(source), ..titled(&name) }).await;
            compared.insert(source, Some(700_000 + n));
        }
        let tx = begin(world).await;
        catalog::record_likenesses(&tx, &world.ctx, first, &compared).await.unwrap();
        tx.commit().await.unwrap();
        let found = catalog::list_alike(&world.db, &[first]).await.unwrap().remove(&first).unwrap();
        let found: Vec<i32> = found.iter().map(|like| like.similarity_ppm - 700_000).collect();
        assert_eq!(found, (2..most + 2).rev().collect::<Vec<_>>());
    })
    .await;
}

/// On PostgreSQL a row that names a file holds that file's key: two that wrote about each other must not wait for each other.
#[tokio::test]
async fn files_that_are_compared_with_each_other_at_the_same_moment_do_not_wait_for_each_other() {
    on_each_database(async |world| {
        let studio = studio(world, "nova").await;
        let one = studio.ready(world, AssetKind::Source, "one.wav").await;
        let two = studio.ready(world, AssetKind::Source, "two.wav").await;
        for _ in 0..8 {
            let record = async |id, other| {
                let tx = begin(world).await;
                let alike = BTreeMap::from([(other, Some(800_000))]);
                catalog::record_likenesses(&tx, &world.ctx, id, &alike).await.unwrap();
                tx.commit().await.unwrap();
            };
            futures::join!(record(one, two), record(two, one));
        }
    })
    .await;
}

#[tokio::test]
async fn a_stem_check_is_of_the_present_set_and_mix_alone() {
    on_each_database(async |world| {
        let studio = studio(world, "nova").await;
        let beat = studio.beat(world, titled("Stems")).await;
        let drums = studio.ready(world, AssetKind::Stem, "Drums.wav").await;
        let bass = studio.ready(world, AssetKind::Stem, "Bass.wav").await;
        let set = async |stems: &[AssetId]| {
            let stems: Vec<NewStem> = stems.iter().map(|asset| NewStem { asset: *asset, name: None }).collect();
            let tx = begin(world).await;
            catalog::set_stems(&tx, &studio.owner, beat.id, &stems).await.unwrap();
            tx.commit().await.unwrap();
        };
        let record_with = async |mix: Option<AssetId>, stems: &[AssetId]| {
            let found = stems.iter().map(|asset| StemFindings {
                asset: *asset,
                name: "a stem".into(),
                findings: heard(&[]).findings,
            });
            let found = StemSetFindings(found.collect());
            let tx = begin(world).await;
            let was_present =
                catalog::record_stem_check(&tx, &world.ctx, beat.id, mix, Verdict::Listen, found).await.unwrap();
            tx.commit().await.unwrap();
            was_present
        };
        let record = async |stems: &[AssetId]| record_with(None, stems).await;
        let found = async || catalog::find_stem_checks(&world.db, &[beat.id]).await.unwrap().remove(&beat.id);
        set(&[drums]).await;
        assert_eq!(jobs(world, "check_stems").await, 1);
        assert!(!record(&[drums, bass]).await, "another set");
        assert!(record(&[drums]).await);
        assert_eq!(found().await.unwrap().stems.0[0].findings.0[0].code, "dc_offset");
        set(&[drums, bass]).await;
        assert_eq!(found().await, None);
        assert_eq!(jobs(world, "check_stems").await, 2);
        assert!(!record(&[drums]).await, "a late answer");

        assert!(record(&[drums, bass]).await);
        let mix = studio.asset(world, AssetKind::Source, "Stems.wav").await.id;
        studio.update(world, &beat, BeatChange { source: Edit::To(mix), ..Default::default() }).await.unwrap();
        assert_eq!((found().await, jobs(world, "check_stems").await), (None, 3), "another mix");
        assert!(record(&[drums, bass]).await, "without the mix, which is not ready yet");
        let tx = begin(world).await;
        catalog::record_inspection(&tx, &world.ctx, mix, Ok(facts(180_000, 48_000))).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!((found().await, jobs(world, "check_stems").await), (None, 4), "now it is");
        assert!(!record(&[drums, bass]).await, "a late answer without it");
        assert!(record_with(Some(mix), &[drums, bass]).await);
    })
    .await;
}
