//! Declared samples: what is refused, when they keep a beat from sale, and how those of old came in.

use domain::{
    catalog::{
        entity::{Sample, SampleClearance, Samples},
        rules::samples,
    },
    ids::{BeatId, RecordingId, WorkId},
};
use migrations::{Migrator, MigratorTrait};
use sea_orm::{ColumnTrait, QueryFilter, Value, prelude::Uuid};

use super::*;

fn sample(title: &str, clearance: SampleClearance) -> Sample {
    Sample { title: title.into(), source: "Zespół Kalina, 1974".into(), clearance }
}

fn declared(samples: &[Sample]) -> BeatChange {
    BeatChange { samples: Edit::To(samples.to_vec()), ..Default::default() }
}

#[tokio::test]
async fn samples_are_kept_as_declared_and_faults_are_named() {
    on_each_database(async |world| {
        let studio = studio(world, "nova").await;
        let two =
            vec![sample(" Tęsknota ", SampleClearance::NotCleared), sample("Loop 12", SampleClearance::RoyaltyFree)];
        let beat = studio.beat(world, NewBeat { samples: two, ..titled("Samples") }).await;
        let stored = async || beat::Entity::find_by_id(beat.id).one(&world.db).await.unwrap().unwrap().samples;
        let kept = [sample("Tęsknota", SampleClearance::NotCleared), sample("Loop 12", SampleClearance::RoyaltyFree)];
        assert_eq!((beat.samples.0.as_slice(), stored().await.0), (&kept[..], kept.to_vec()));

        let cleared = sample("Tęsknota", SampleClearance::Cleared);
        let nameless = sample("two\nlines", SampleClearance::Cleared);
        let sourceless = Sample { source: " ".into(), ..cleared.clone() };
        for (wrong, expected, field) in [
            (vec![cleared.clone(), cleared.clone(), nameless], "BAD_SAMPLE", "samples[2].title"),
            (vec![sourceless], "BAD_SAMPLE", "samples[0].source"),
            (vec![cleared.clone(); samples::MAX_SAMPLES + 1], "TOO_MANY_SAMPLES", "samples"),
        ] {
            let refusal = studio.update(world, &beat, declared(&wrong)).await.unwrap_err();
            assert_eq!(code(&refusal), (expected, Some(field.into())));
            assert!(refusal.explain().remedy.is_some());
        }
        assert_eq!(stored().await.0, kept, "a refusal changes nothing");
        studio.update(world, &beat, BeatChange::default()).await.unwrap();
        assert_eq!(stored().await.0, kept, "what is not named stays");
        studio.update(world, &beat, declared(&vec![cleared; samples::MAX_SAMPLES])).await.unwrap();
        studio.update(world, &beat, declared(&[])).await.unwrap();
        assert_eq!(stored().await, Samples::default());
    })
    .await;
}

#[tokio::test]
async fn a_beat_whose_every_tier_is_barred_is_not_published() {
    on_each_database(async |world| {
        let studio = studio(world, "nova").await;
        let source = studio.ready(world, AssetKind::Source, "mix.wav").await;
        let beat = studio.beat(world, NewBeat { source: Some(source), ..titled("Samples") }).await;
        studio.update(world, &beat, declared(&[sample("Tęsknota", SampleClearance::ClearedForLeases)])).await.unwrap();
        assert_eq!(code(&studio.publish(world, &beat).await.unwrap_err()).0, "NO_TIER", "nothing is on sale at all");
        studio.tier(world, TierCode::Exclusive, true).await;
        let refusal = studio.publish(world, &beat).await.unwrap_err();
        assert_eq!(code(&refusal), ("SAMPLES_BAR_EVERY_TIER", Some("samples".into())));
        assert!(refusal.explain().remedy.is_some());

        studio.tier(world, TierCode::Unlimited, true).await;
        studio.update(world, &beat, declared(&[sample("Tęsknota", SampleClearance::NotCleared)])).await.unwrap();
        assert_eq!(code(&studio.publish(world, &beat).await.unwrap_err()).0, "SAMPLES_BAR_EVERY_TIER");
        studio.tier(world, TierCode::Trackout, true).await;
        assert_eq!(
            code(&studio.publish(world, &beat).await.unwrap_err()).0,
            "NO_DELIVERABLE_TIER",
            "barred is not deliverable"
        );

        studio.update(world, &beat, declared(&[sample("Tęsknota", SampleClearance::ClearedForLeases)])).await.unwrap();
        assert_eq!(studio.publish(world, &beat).await.unwrap().state, BeatState::Published);
        let offers = effective_tiers(&world.db, studio.id, &[beat.id]).await.unwrap();
        let offered: Vec<_> = offers[&beat.id].iter().map(|offer| offer.terms.tier).collect();
        assert_eq!(offered, [TierCode::Unlimited]);
    })
    .await;
}

#[tokio::test]
async fn the_database_keeps_no_samples_but_a_list() {
    on_each_database(async |world| {
        let studio = studio(world, "nova").await;
        let beat = studio.beat(world, titled("Samples")).await;
        let many = format!("[{}]", vec!["1"; samples::MAX_SAMPLES + 1].join(","));
        for wrong in ["", "none", "{}", "\"Tęsknota\"", "null", many.as_str()] {
            let written = world.db.execute_unprepared(&format!("UPDATE beats SET samples = '{wrong}'")).await;
            assert!(written.is_err(), "{wrong} was taken");
        }
        assert!(world.db.execute_unprepared("UPDATE beats SET samples = NULL").await.is_err());
        let row = beat::Entity::find_by_id(beat.id).one(&world.db).await.unwrap().unwrap();
        assert_eq!(row.samples, Samples::default());
    })
    .await;
}

/// A beat as it stood when samples were a text.
async fn insert_described(world: &World, studio: StudioId, slug: &str, samples: &str) {
    let (now, env) = (world.ctx.env.now(), &world.ctx.env);
    let (work, recording): (WorkId, RecordingId) = (env.id(), env.id());
    let beat: BeatId = env.id();
    let insert = async |table: &'static str, row: Vec<(&'static str, Value)>| {
        let (columns, values): (Vec<_>, Vec<_>) = row.into_iter().unzip();
        let mut insert = Query::insert();
        insert.into_table(table).columns(columns).values_panic(values.into_iter().map(Into::into));
        world.db.execute(&insert).await.unwrap();
    };
    let common = |id: Uuid| -> Vec<(&'static str, Value)> {
        vec![("id", id.into()), ("studio_id", studio.uuid().into()), ("title", slug.into()), ("created_at", now.into())]
    };
    insert("works", common(work.uuid())).await;
    insert("recordings", [common(recording.uuid()), vec![("work_id", work.uuid().into())]].concat()).await;
    let of_beat: Vec<(&'static str, Value)> = vec![
        ("work_id", work.uuid().into()),
        ("recording_id", recording.uuid().into()),
        ("state", "draft".into()),
        ("slug", slug.into()),
        ("description", "".into()),
        ("samples", samples.into()),
        ("updated_at", now.into()),
    ];
    insert("beats", [common(beat.uuid()), of_beat].concat()).await;
}

#[tokio::test]
async fn samples_described_in_words_become_one_that_is_not_cleared() {
    for database in migrations::testing::databases_before("m20261128_c_samples").await {
        let db = store::connect(&database.url, 8).await.unwrap();
        let (env, clock) = domain::env::testing::env(42);
        let world = World { db: db.clone(), ctx: Ctx::system(env), clock };
        let nova = studio_row(&world, "nova").await;
        let long = format!("Tęsknota; \"Zespół\" Kalina\n\nrain {}", "ż".repeat(4_000));
        for (slug, samples) in [("none", ""), ("short", "Tęsknota's choir"), ("long", long.as_str())] {
            insert_described(&world, nova, slug, samples).await;
        }
        Migrator::up(&db, None).await.unwrap();

        for (slug, title) in [
            ("none", None),
            ("short", Some("Tęsknota's choir".to_owned())),
            ("long", Some(long.replace('\n', " ").chars().take(samples::MAX_SAMPLE_CHARS).collect())),
        ] {
            let row = beat::Entity::find().filter(beat::Column::Slug.eq(slug)).one(&db).await.unwrap().unwrap();
            let source = "as described by the studio".to_owned();
            let expected = title.map(|title| Sample { title, source, clearance: SampleClearance::NotCleared });
            assert_eq!(row.samples.0, Vec::from_iter(expected), "{slug} on {}", database.name);
            assert_eq!(samples::check(row.samples.0.clone()), Ok(row.samples), "it can be declared again as it is");
        }
        drop(world);
        database.drop(db).await;
    }
}
