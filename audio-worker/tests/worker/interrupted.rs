//! Work that is broken off: workers killed, renders cancelled, decoders that crash.

use std::{path::Path, time::Duration};

use audio_worker::listener::Ear;
use domain::{
    actor::Actor,
    catalog::entity::{AssetKind, AssetState},
    delivery::{
        cancel_job,
        entity::{RenderPurpose, RenderState, render},
        renders::list_progress,
    },
    ids::{BeatId, JobId},
    outbox::{Job, entity::JobState, error::OutboxError, queries::count_open},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::{House, LISTENER, on_each_database, stop, wav};

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_killed_in_the_middle_of_a_render_is_followed_by_another() {
    on_each_database(async |house| {
        let token = CancellationToken::new();
        let tasks = house.work(&token);
        let source = house.upload(AssetKind::Source, "long.wav", wav(120)).await;
        house.idle().await;
        stop(token, tasks).await;

        let mut killed = house.work(&CancellationToken::new());
        let beat = house.beat("Long", source).await;
        let limit = Instant::now() + Duration::from_mins(1);
        let mut ticks = tokio::time::interval(Duration::from_millis(5));
        loop {
            let running = render::Entity::find().one(&house.services.db).await.unwrap();
            if running.is_some_and(|one| one.progress_ppm > 0 && one.state == RenderState::Running) {
                break;
            }
            assert!(Instant::now() < limit, "the render never began");
            ticks.tick().await;
        }
        killed.shutdown().await;
        assert_eq!(house.find_beat(beat).await.preview_asset_id, None);

        let token = CancellationToken::new();
        let tasks = house.work(&token);
        house.idle().await;
        assert!(house.find_beat(beat).await.preview_asset_id.is_some());
        let renders = render::Entity::find().all(&house.services.db).await.unwrap();
        assert_eq!((renders.len(), renders[0].purpose), (1, RenderPurpose::Preview));
        stop(token, tasks).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_render_stops_and_makes_room() {
    on_each_database(async |house| {
        let token = CancellationToken::new();
        let tasks = house.work(&token);
        let (beat, job) = cancel_a_preview(house).await;
        let limit = Instant::now() + Duration::from_mins(1);
        let mut ticks = tokio::time::interval(Duration::from_millis(5));
        while std::fs::read_dir(house.folder.path().join("scratch"))
            .unwrap()
            .flatten()
            .any(|worker| holds_a_job(&worker.path()))
        {
            assert!(Instant::now() < limit, "the engine goes on");
            ticks.tick().await;
        }
        assert_eq!(house.job(job).await.state, JobState::Cancelled);
        let progress = list_progress(&house.services.db, &[beat]).await.unwrap();
        assert_eq!(progress[0].state, RenderState::Failed);
        assert!(progress[0].failure.as_deref().unwrap().contains("cancelled"));

        house.put(Job::RenderPreview { beat }).await;
        house.idle().await;
        assert!(house.find_beat(beat).await.preview_asset_id.is_some(), "it can be asked for again");
        stop(token, tasks).await;
    })
    .await;
}

/// Cancels a preview while it is rendered. A render that was faster is followed by one of twice the length.
async fn cancel_a_preview(house: &House) -> (BeatId, JobId) {
    let ctx = house.services.ctx(Actor::System);
    let mut ticks = tokio::time::interval(Duration::from_millis(5));
    for seconds in [120, 240, 480, 960] {
        let source = house.upload(AssetKind::Source, "long.wav", wav(seconds)).await;
        house.idle().await;
        let beat = house.beat("Long", source).await;
        while count_open(&house.services.db).await.unwrap() > 0 {
            let running = render::Entity::find().filter(render::Column::State.eq(RenderState::Running));
            let found = running.one(&house.services.db).await.unwrap();
            if let Some(job) = found.filter(|one| one.progress_ppm > 0).map(|one| one.claimed_by) {
                let tx = house.services.begin().await.unwrap();
                match cancel_job(&tx, &ctx, house.studio, job).await {
                    Ok(_) => {
                        house.services.commit(tx).await.unwrap();
                        return (beat, job);
                    }
                    Err(OutboxError::NotOpen) => tx.rollback().await.unwrap(),
                    Err(refusal) => panic!("{refusal}"),
                }
            }
            ticks.tick().await;
        }
    }
    panic!("every render was done before it could be cancelled");
}

fn holds_a_job(worker: &Path) -> bool {
    std::fs::read_dir(worker).unwrap().flatten().any(|entry| entry.file_name().to_string_lossy().starts_with("job-"))
}

/// A listener that ends as a script says.
fn ending(folder: &Path, script: &str) -> Ear {
    use std::os::unix::fs::PermissionsExt;
    let program = folder.join("listener");
    std::fs::write(&program, format!("#!/bin/sh\n{script}\n")).unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    Ear::of(program)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_crashes_its_decoder_is_refused_and_the_worker_lives_on() {
    on_each_database(async |house| {
        let token = CancellationToken::new();
        let tasks = house.work_with(ending(house.folder.path(), "kill -SEGV $$"), &token);
        let hostile = house.upload(AssetKind::Source, "hostile.wav", wav(1)).await;
        house.idle().await;
        let found = house.find_asset(hostile).await;
        assert_eq!(found.state, AssetState::Refused);
        assert!(found.refusal.unwrap().contains("broke the decoder"));
        // The same worker goes on with the next, by a listener that does its work.
        std::fs::remove_file(house.folder.path().join("listener")).unwrap();
        std::os::unix::fs::symlink(LISTENER, house.folder.path().join("listener")).unwrap();
        let good = house.upload(AssetKind::Source, "good.wav", wav(1)).await;
        house.idle().await;
        assert_eq!(house.find_asset(good).await.state, AssetState::Ready);
        stop(token, tasks).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_listener_that_is_killed_from_outside_is_tried_again_before_the_file_is_refused() {
    on_each_database(async |house| {
        let token = CancellationToken::new();
        let tries = house.folder.path().join("tries");
        let script = format!("echo again >> {}; kill -KILL $$", tries.display());
        let tasks = house.work_with(ending(house.folder.path(), &script), &token);
        let file = house.upload(AssetKind::Source, "unlucky.wav", wav(1)).await;
        house.idle().await;
        assert_eq!(std::fs::read_to_string(tries).unwrap().lines().count(), 3, "every attempt was made");
        assert_eq!(house.find_asset(file).await.state, AssetState::Refused);
        stop(token, tasks).await;
    })
    .await;
}
