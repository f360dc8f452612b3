//! Sources, stems and uploads of beats.

use domain::catalog::rules::files;

use super::*;

#[tokio::test]
async fn publishing_names_what_is_missing() {
    on_each_database(async |world| {
        let studio = studio(world, "nova").await;
        let beat = studio.beat(world, titled("Gate")).await;
        let refusal = studio.publish(world, &beat).await.unwrap_err();
        assert_eq!(code(&refusal), ("NO_SOURCE", Some("sourceAssetId".into())));

        let source = studio.asset(world, AssetKind::Source, "gate.wav").await.id;
        studio.update(world, &beat, BeatChange { source: Edit::To(source), ..Default::default() }).await.unwrap();
        let refusal = studio.publish(world, &beat).await.unwrap_err();
        assert_eq!(code(&refusal).0, "ASSET_NOT_READY");

        let tx = begin(world).await;
        let refused =
            catalog::record_inspection(&tx, &world.ctx, source, Err("it ends in the middle".into())).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(refused.state, AssetState::Refused);
        let refusal = studio.publish(world, &beat).await.unwrap_err();
        assert_eq!(refusal.explain().message, "this file was refused: it ends in the middle");

        let source = studio.ready(world, AssetKind::Source, "gate 2.wav").await;
        studio.update(world, &beat, BeatChange { source: Edit::To(source), ..Default::default() }).await.unwrap();
        assert_eq!(code(&studio.publish(world, &beat).await.unwrap_err()).0, "NO_TIER");
        studio.tier(world, TierCode::Mp3, false).await;
        assert_eq!(code(&studio.publish(world, &beat).await.unwrap_err()).0, "NO_TIER");
        studio.tier(world, TierCode::Trackout, true).await;
        assert_eq!(code(&studio.publish(world, &beat).await.unwrap_err()).0, "NO_DELIVERABLE_TIER");
        studio.tier(world, TierCode::Wav, true).await;
        let published = studio.publish(world, &beat).await.unwrap();

        let tx = begin(world).await;
        let down = catalog::unpublish_beat(&tx, &studio.owner, beat.id).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!((published.state, down.state), (BeatState::Published, BeatState::Unpublished));
        assert_eq!(catalog::find_storefront_beat(&world.db, "nova", "gate").await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn a_preview_of_a_source_that_was_replaced_is_ignored() {
    on_each_database(async |world| {
        let studio = studio(world, "nova").await;
        let old = studio.ready(world, AssetKind::Source, "old.wav").await;
        let beat = studio.beat(world, NewBeat { source: Some(old), ..titled("Race") }).await;
        let rendered = |kind, name: &str| catalog::RenderedFile {
            kind,
            file_name: name.into(),
            media_type: "audio/mpeg".into(),
            stored: Stored { sha256: Sha256::of(name.as_bytes()), bytes: 10 },
            facts: None,
        };
        let tx = begin(world).await;
        let preview = catalog::add_rendered_asset(&tx, &world.ctx, studio.id, rendered(AssetKind::Preview, "p.mp3"))
            .await
            .unwrap();
        let waveform = catalog::add_rendered_asset(&tx, &world.ctx, studio.id, rendered(AssetKind::Waveform, "w.dat"))
            .await
            .unwrap();
        assert!(catalog::record_preview(&tx, &world.ctx, beat.id, old, preview.id, waveform.id).await.unwrap());
        tx.commit().await.unwrap();

        let new = studio.ready(world, AssetKind::Source, "new.wav").await;
        let change = BeatChange { source: Edit::To(new), ..Default::default() };
        let beat = studio.update(world, &beat, change).await.unwrap();
        assert_eq!((beat.preview_asset_id, beat.waveform_asset_id), (None, None));
        assert_eq!(jobs(world, "render_preview").await, 2);

        let tx = begin(world).await;
        assert!(!catalog::record_preview(&tx, &world.ctx, beat.id, old, preview.id, waveform.id).await.unwrap());
        tx.commit().await.unwrap();
        let beat = catalog::find_beat(&world.db, &studio.owner, beat.id).await.unwrap().unwrap();
        assert_eq!((beat.source_asset_id, beat.preview_asset_id), (Some(new), None));
    })
    .await;
}

#[tokio::test]
async fn stems_make_one_set() {
    on_each_database(async |world| {
        let studio = studio(world, "nova").await;
        let beat = studio.beat(world, titled("Stems")).await;
        let drums = studio.ready(world, AssetKind::Stem, "Stems - Drums.wav").await;
        let bass = studio.ready(world, AssetKind::Stem, "Bass.wav").await;
        let raw = studio.asset(world, AssetKind::Stem, "Raw.wav").await.id;
        let source = studio.ready(world, AssetKind::Source, "mix.wav").await;
        let stem = |asset, name: Option<&str>| NewStem { asset, name: name.map(String::from) };
        let set = async |stems: &[NewStem]| {
            let tx = begin(world).await;
            let outcome = catalog::set_stems(&tx, &studio.owner, beat.id, stems).await;
            match outcome {
                Ok(_) => tx.commit().await.unwrap(),
                Err(_) => tx.rollback().await.unwrap(),
            }
            outcome.map(drop)
        };
        let empty = set(&[]).await.unwrap_err();
        assert!(matches!(empty, CatalogError::Stems(StemSetError::Empty)));
        assert_eq!(code(&empty), ("NO_STEMS", Some("stems".into())));
        let unready = set(&[stem(drums, None), stem(raw, None)]).await.unwrap_err();
        assert_eq!(code(&unready), ("ASSET_NOT_READY", Some("stems.1.assetId".into())));
        let mix = set(&[stem(source, None)]).await.unwrap_err();
        assert_eq!(code(&mix), ("WRONG_ASSET_KIND", Some("stems.0.assetId".into())));
        let twice = set(&[stem(drums, Some("Bass")), stem(bass, None)]).await.unwrap_err();
        assert_eq!(code(&twice), ("BAD_STEM_NAME", Some("stems.1.name".into())));
        for (duration_ms, sample_rate_hz, refused) in [(180_000, 44_100, "STEM_RATE"), (180_101, 48_000, "STEM_LENGTH")]
        {
            let other = studio.asset(world, AssetKind::Stem, &format!("{refused}.wav")).await.id;
            let tx = begin(world).await;
            let found = Ok(facts(duration_ms, sample_rate_hz));
            catalog::record_inspection(&tx, &world.ctx, other, found).await.unwrap();
            tx.commit().await.unwrap();
            let apart = set(&[stem(drums, None), stem(other, None)]).await.unwrap_err();
            assert_eq!(code(&apart), (refused, Some("stems.1.assetId".into())));
        }
        assert!(catalog::list_stems_of_beats(&world.db, &[beat.id]).await.unwrap().is_empty(), "none was set");

        set(&[stem(drums, Some("Drums")), stem(bass, None)]).await.unwrap();
        set(&[stem(bass, None), stem(drums, Some("Drums"))]).await.unwrap();
        let stems = catalog::list_stems_of_beats(&world.db, &[beat.id]).await.unwrap();
        let names: Vec<&str> = stems[&beat.id].iter().map(|stem| stem.name.as_str()).collect();
        assert_eq!(names, ["Bass", "Drums"]);
    })
    .await;
}

#[tokio::test]
async fn an_upload_is_in_the_store_or_here_and_its_parts_come_in_their_order() {
    on_each_database(async |world| {
        let studio = studio(world, "nova").await;
        let length = files::PART_BYTES + 1_000;
        let wanted =
            BeginUpload { kind: AssetKind::Source, file_name: "mix.wav".into(), declared: None, length_bytes: length };
        let tx = begin(world).await;
        let here = catalog::begin_upload(&tx, &studio.owner, studio.id, wanted.clone()).await.unwrap();
        let part = catalog::record_upload_part(&tx, &studio.owner, here.id, 0, "a".into()).await.unwrap_err();
        assert_eq!(code(&part).0, "UPLOAD_OFFSET");
        catalog::record_upload_offset(&tx, &studio.owner, here.id, 400).await.unwrap();
        let led = catalog::lead_upload(&tx, &studio.owner, here.id, "one".into()).await.unwrap_err();
        assert_eq!(code(&led).0, "UPLOAD_OFFSET");

        let there = catalog::begin_upload(&tx, &studio.owner, studio.id, wanted).await.unwrap();
        let first = catalog::lead_upload(&tx, &studio.owner, there.id, "one".into()).await.unwrap();
        let again = catalog::lead_upload(&tx, &studio.owner, there.id, "two".into()).await.unwrap();
        assert_eq!((first.multipart.as_deref(), again.multipart.as_deref()), (Some("one"), Some("one")));
        let bytes = catalog::record_upload_offset(&tx, &studio.owner, there.id, 400).await.unwrap_err();
        assert_eq!(code(&bytes).0, "UPLOAD_OFFSET");
        let mut offset = 0;
        for (tag, stands) in [("a", files::PART_BYTES), ("b", length)] {
            let record = async |at| catalog::record_upload_part(&tx, &studio.owner, there.id, at, tag.into()).await;
            assert_eq!(code(&record(offset + 1).await.unwrap_err()).0, "UPLOAD_OFFSET");
            assert_eq!(record(offset).await.unwrap().offset_bytes.unsigned_abs(), stands);
            assert_eq!(code(&record(offset).await.unwrap_err()).0, "UPLOAD_OFFSET", "twice is no part more");
            offset = stands;
        }
        let beyond = catalog::record_upload_part(&tx, &studio.owner, there.id, length, "c".into()).await.unwrap_err();
        assert_eq!(code(&beyond).0, "UPLOAD_OFFSET");
        tx.commit().await.unwrap();
        let found = catalog::find_upload(&world.db, &studio.owner, there.id).await.unwrap().unwrap();
        assert_eq!(found.part_tags.0, ["a", "b"]);

        // What was found to be lost has come further since; and what has not is forgotten.
        let tx = begin(world).await;
        assert_eq!(catalog::lose_upload(&tx, &studio.owner, &first).await.unwrap(), Some(found.clone()));
        assert_eq!(catalog::lose_upload(&tx, &studio.owner, &found).await.unwrap(), None);
        tx.commit().await.unwrap();
        assert_eq!(catalog::find_upload(&world.db, &studio.owner, there.id).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn an_upload_is_finished_once_and_given_up_in_time() {
    on_each_database(async |world| {
        let studio = studio(world, "nova").await;
        let wanted = BeginUpload {
            kind: AssetKind::Source,
            file_name: "mix.wav".into(),
            declared: Some("audio/wav".into()),
            length_bytes: 1_000,
        };
        let tx = begin(world).await;
        let upload = catalog::begin_upload(&tx, &studio.owner, studio.id, wanted.clone()).await.unwrap();
        let huge = BeginUpload { length_bytes: u64::MAX, ..wanted.clone() };
        let refusal = catalog::begin_upload(&tx, &studio.owner, studio.id, huge).await.unwrap_err();
        assert_eq!(code(&refusal).0, "FILE_TOO_LARGE");
        let at = catalog::record_upload_offset(&tx, &studio.owner, upload.id, 400).await.unwrap();
        assert_eq!(at.offset_bytes, 400);
        let beyond = catalog::record_upload_offset(&tx, &studio.owner, upload.id, 1_001).await.unwrap_err();
        assert_eq!(code(&beyond).0, "UPLOAD_LENGTH");
        let stored = Stored { sha256: Sha256::of(b"mix"), bytes: 1_000 };
        let first = catalog::finish_upload(&tx, &studio.owner, upload.id, stored.clone(), WAV.to_vec()).await.unwrap();
        let again = catalog::finish_upload(&tx, &studio.owner, upload.id, stored, WAV.to_vec()).await.unwrap();
        assert_eq!(first.id, again.id);
        let whole = catalog::lose_upload(&tx, &studio.owner, &at).await.unwrap();
        assert_eq!(whole.and_then(|upload| upload.asset_id), Some(first.id), "what became a file is not lost");
        let late = catalog::begin_upload(&tx, &studio.owner, studio.id, wanted).await.unwrap();
        tx.commit().await.unwrap();

        world.clock.advance(chrono::Duration::hours(catalog::UPLOAD_HOURS));
        let tx = begin(world).await;
        let expired = catalog::record_upload_offset(&tx, &studio.owner, late.id, 1).await.unwrap_err();
        assert_eq!(code(&expired).0, "UPLOAD_EXPIRED");
        let gone = catalog::take_expired_uploads(&tx, &world.ctx).await.unwrap();
        let mut gone: Vec<_> = gone.into_iter().map(|upload| upload.id).collect();
        gone.sort();
        assert_eq!(gone, [upload.id, late.id]);
        tx.commit().await.unwrap();
        assert_eq!(catalog::find_upload(&world.db, &studio.owner, late.id).await.unwrap(), None);
        assert!(catalog::find_asset(&world.db, &studio.owner, first.id).await.unwrap().is_some());
    })
    .await;
}
