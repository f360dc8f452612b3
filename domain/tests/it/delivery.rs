//! Files owed, filled and mailed once; access derived each time.

mod rendering;

use domain::{
    actor::Actor,
    catalog::{
        Sha256,
        entity::{AssetKind, AssetState, BeatState, Samples, asset, beat, recording, stem, work},
    },
    delivery::{
        commands,
        entity::{
            DeliverableKind::{self, Contract, Mp3, Stems, Wav},
            RenderOutputs, RenderPurpose, deliverable,
        },
        error::DeliveryError,
        inputs::find_render_inputs,
        queries::{self, Download},
        renders::{self, Claim},
    },
    ids::{AssetId, BeatId, JobId, OrderId, RecordingId, StudioId, TypedId, WorkId},
    licensing::{
        entity::licence,
        terms::{AtCap, Caps, Files, Terms, TierCode},
    },
    money::Currency,
    outbox::{Priority, entity::job},
    page::PageRequest,
    sales::entity::{OrderState, order, order_line},
    share::Share,
    store::{self, Tx},
};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter,
};

use crate::support::{World, on_each_database};

/// A studio with one beat that has a source.
struct Shop {
    studio: StudioId,
    beat: beat::Model,
}

fn hex(id: &impl TypedId) -> String {
    id.uuid().simple().to_string()
}

async fn asset(world: &World, studio: StudioId, kind: AssetKind, state: AssetState) -> AssetId {
    let id: AssetId = world.ctx.env.id();
    let row = asset::Model {
        id,
        studio_id: studio,
        kind,
        state,
        refusal: None,
        sha256: Sha256::of(hex(&id).as_bytes()),
        bytes: 1000,
        media_type: "audio/wav".to_owned(),
        file_name: "Kick.WAV".to_owned(),
        duration_ms: None,
        sample_rate_hz: None,
        channels: None,
        bits_per_sample: None,
        measurement: None,
        created_at: world.ctx.env.now(),
    };
    row.into_active_model().insert(&world.db).await.unwrap();
    id
}

async fn shop(world: &World) -> Shop {
    let env = &world.ctx.env;
    let studio: StudioId = env.id();
    let (id, now) = if store::is_postgres(&world.db) {
        (format!("'{}'", hex(&studio)), "now()")
    } else {
        (format!("x'{}'", hex(&studio)), "'2026-11-23 12:00:00+00:00'")
    };
    let insert = format!(
        "INSERT INTO studios (id, slug, name, currency, contact_email, governing_law, created_at)
         VALUES ({id}, 'nova', 'Nova', 'EUR', 'nova@example.com', 'Germany', {now})"
    );
    world.db.execute_unprepared(&insert).await.unwrap();
    let (work_id, recording_id): (WorkId, RecordingId) = (env.id(), env.id());
    let work = work::Model {
        id: work_id,
        studio_id: studio,
        title: "Night Drive".to_owned(),
        iswc: None,
        created_at: env.now(),
    };
    work.into_active_model().insert(&world.db).await.unwrap();
    let recording = recording::Model {
        id: recording_id,
        studio_id: studio,
        work_id,
        title: "Night Drive".to_owned(),
        isrc: None,
        created_at: env.now(),
    };
    recording.into_active_model().insert(&world.db).await.unwrap();
    let source = asset(world, studio, AssetKind::Source, AssetState::Ready).await;
    let beat = beat::Model {
        id: env.id::<BeatId>(),
        studio_id: studio,
        work_id,
        recording_id,
        state: BeatState::Published,
        title: "Night Drive".to_owned(),
        slug: "night-drive".to_owned(),
        description: String::new(),
        bpm_milli: None,
        musical_key: None,
        source_asset_id: Some(source),
        artwork_asset_id: None,
        preview_asset_id: None,
        waveform_asset_id: None,
        samples: Samples::default(),
        published_at: None,
        created_at: env.now(),
        updated_at: env.now(),
    };
    beat.clone().into_active_model().insert(&world.db).await.unwrap();
    Shop { studio, beat }
}

fn terms(files: Files) -> Terms {
    Terms {
        tier: TierCode::Trackout,
        tier_name: "Trackout lease".to_owned(),
        files,
        caps: Caps::default(),
        at_cap: AtCap::Upgrade,
        term_months: None,
        publishing_kept: Share::from_ppm(500_000).unwrap(),
        credit_line: "prod. by Nova".to_owned(),
    }
}

/// A paid order of one licence, with what it is owed.
async fn buy(world: &World, shop: &Shop, reference: &str, files: Files) -> (order::Model, licence::Model) {
    let env = &world.ctx.env;
    let order = order::Model {
        id: env.id::<OrderId>(),
        studio_id: shop.studio,
        reference: reference.to_owned(),
        cart_id: None,
        state: OrderState::Paid,
        buyer_name: "Ada".to_owned(),
        buyer_email: "ada@example.com".parse().unwrap(),
        total_minor: 9900,
        currency: Currency::EUR,
        gateway: "sandbox".to_owned(),
        checkout_id: None,
        pay_url: None,
        placed_at: env.now(),
        paid_at: Some(env.now()),
        delivered_at: None,
        closed_reason: None,
        buyer_ip: None,
        buyer_user_agent: None,
    };
    let line = order_line::Model {
        id: env.id(),
        order_id: order.id,
        position: 1,
        beat_id: shop.beat.id,
        work_id: shop.beat.work_id,
        beat_title: shop.beat.title.clone(),
        tier_code: TierCode::Trackout,
        terms: terms(files),
        price_minor: 9900,
        shown_text_sha256: None,
    };
    let licence = licence::Model {
        id: env.id(),
        studio_id: shop.studio,
        order_id: order.id,
        order_line_id: line.id,
        beat_id: shop.beat.id,
        work_id: shop.beat.work_id,
        reference: format!("{reference}-1"),
        licensee_name: "Ada".to_owned(),
        licensee_email: "ada@example.com".parse().unwrap(),
        exclusive: false,
        terms: terms(files),
        price_minor: 9900,
        currency: Currency::EUR,
        granted_at: env.now(),
    };
    let tx = store::begin(&world.db).await.unwrap();
    order.clone().into_active_model().insert(&tx).await.unwrap();
    line.into_active_model().insert(&tx).await.unwrap();
    licence.clone().into_active_model().insert(&tx).await.unwrap();
    commands::owe(&tx, &world.ctx, &order, &licence).await.unwrap();
    tx.commit().await.unwrap();
    (order, licence)
}

async fn job_kinds(world: &World) -> Vec<String> {
    let mut kinds: Vec<_> = job::Entity::find().all(&world.db).await.unwrap().into_iter().map(|row| row.kind).collect();
    kinds.sort();
    kinds
}

async fn owed(world: &World, order: &order::Model) -> Vec<(DeliverableKind, bool)> {
    let mut rows: Vec<_> = deliverable::Entity::find()
        .filter(deliverable::Column::OrderId.eq(order.id))
        .all(&world.db)
        .await
        .unwrap()
        .into_iter()
        .map(|row| (row.kind, row.ready_at.is_some()))
        .collect();
    rows.sort();
    rows
}

async fn state(world: &World, order: &order::Model) -> OrderState {
    order::Entity::find_by_id(order.id).one(&world.db).await.unwrap().unwrap().state
}

async fn masters(world: &World, shop: &Shop) -> RenderOutputs {
    let inputs = find_render_inputs(&world.db, shop.beat.id).await.unwrap().unwrap();
    RenderOutputs {
        source: inputs.source.id,
        tags: Some(inputs.tags_sha256()),
        wav: Some(asset(world, shop.studio, AssetKind::Master, AssetState::Ready).await),
        mp3: Some(asset(world, shop.studio, AssetKind::Master, AssetState::Ready).await),
        preview: None,
        waveform: None,
        receipt: serde_json::json!({ "engine": "test" }),
    }
}

async fn in_tx<T>(world: &World, work: impl AsyncFnOnce(&Tx) -> T) -> T {
    let tx = store::begin(&world.db).await.unwrap();
    let result = work(&tx).await;
    tx.commit().await.unwrap();
    result
}

const ALL: Files = Files { mp3: true, wav: true, stems: true };
const LEASE: Files = Files { mp3: true, wav: true, stems: false };

#[tokio::test]
async fn an_order_is_delivered_with_its_last_file_and_mailed_once() {
    on_each_database(async |world| {
        let shop = shop(world).await;
        let (order, licence) = buy(world, &shop, "LL-AAAAAAAA", ALL).await;
        assert_eq!(job_kinds(world).await, ["bounce_masters", "typeset_contract"]);
        assert_eq!(owed(world, &order).await, [(Contract, false), (Mp3, false), (Wav, false), (Stems, false)]);

        let outputs = masters(world, &shop).await;
        in_tx(world, async |tx| {
            commands::record_masters(tx, &world.ctx, shop.beat.id, &outputs).await.unwrap();
        })
        .await;
        let contract = asset(world, shop.studio, AssetKind::Contract, AssetState::Ready).await;
        in_tx(world, async |tx| {
            commands::record_contract(tx, &world.ctx, &licence, contract).await.unwrap();
        })
        .await;
        assert_eq!(state(world, &order).await, OrderState::Paid, "the stems are missing");

        let drums = asset(world, shop.studio, AssetKind::Stem, AssetState::Ready).await;
        let stem = stem::Model { beat_id: shop.beat.id, position: 0, asset_id: drums, name: "Drums".to_owned() };
        stem.into_active_model().insert(&world.db).await.unwrap();
        for _ in 0..2 {
            in_tx(world, async |tx| {
                commands::record_stems(tx, &world.ctx, shop.beat.id).await.unwrap();
                commands::record_contract(tx, &world.ctx, &licence, contract).await.unwrap();
                commands::settle_readiness(tx, &world.ctx, order.id).await.unwrap();
            })
            .await;
        }
        assert_eq!(state(world, &order).await, OrderState::Delivered);
        assert_eq!(job_kinds(world).await, ["bounce_masters", "mail_delivery", "typeset_contract"], "one mail");
    })
    .await;
}

#[tokio::test]
async fn masters_that_went_out_of_date_while_they_were_bounced_are_bounced_anew_and_not_delivered() {
    on_each_database(async |world| {
        let shop = shop(world).await;
        let (order, _) = buy(world, &shop, "LL-AAAAAAAA", LEASE).await;
        let old = masters(world, &shop).await;
        let renamed =
            beat::ActiveModel { id: Set(shop.beat.id), title: Set("Day Drive".to_owned()), ..Default::default() };
        renamed.update(&world.db).await.unwrap();
        let record = async |outputs: &RenderOutputs| {
            in_tx(world, async |tx| {
                commands::record_masters(tx, &world.ctx, shop.beat.id, outputs).await.unwrap();
            })
            .await;
        };
        record(&old).await;
        assert_eq!(owed(world, &order).await, [(Contract, false), (Mp3, false), (Wav, false)]);
        assert_eq!(job_kinds(world).await, ["bounce_masters", "bounce_masters", "typeset_contract"]);
        let bounces = job::Entity::find().filter(job::Column::Kind.eq("bounce_masters")).all(&world.db).await.unwrap();
        assert!(bounces.iter().all(|row| row.priority == i32::from(Priority::Paid.level())), "somebody has paid");

        let moved = RenderOutputs { source: old.wav.unwrap(), ..masters(world, &shop).await };
        record(&moved).await;
        assert_eq!(owed(world, &order).await, [(Contract, false), (Mp3, false), (Wav, false)], "of another source");
        record(&masters(world, &shop).await).await;
        assert_eq!(owed(world, &order).await, [(Contract, false), (Mp3, true), (Wav, true)]);
    })
    .await;
}

#[tokio::test]
async fn of_two_workers_who_fill_the_last_two_files_one_delivers() {
    on_each_database(async |world| {
        let shop = shop(world).await;
        for round in 0..8 {
            let (order, licence) = buy(world, &shop, &format!("LL-RACE000{round}"), LEASE).await;
            let outputs = masters(world, &shop).await;
            let contract = asset(world, shop.studio, AssetKind::Contract, AssetState::Ready).await;
            let fill_masters = in_tx(world, async |tx| {
                commands::record_masters(tx, &world.ctx, shop.beat.id, &outputs).await.unwrap();
            });
            let fill_contract = in_tx(world, async |tx| {
                commands::record_contract(tx, &world.ctx, &licence, contract).await.unwrap();
            });
            futures::join!(fill_masters, fill_contract);
            assert_eq!(state(world, &order).await, OrderState::Delivered);
        }
        let mails = job_kinds(world).await.into_iter().filter(|kind| kind == "mail_delivery").count();
        assert_eq!(mails, 8);
    })
    .await;
}

#[tokio::test]
async fn masters_of_the_present_source_are_there_at_once() {
    on_each_database(async |world| {
        let shop = shop(world).await;
        let job: JobId = world.ctx.env.id();
        let outputs = masters(world, &shop).await;
        let key = "a".repeat(64);
        in_tx(world, async |tx| {
            let claim = renders::claim_render(tx, &world.ctx, &key, shop.beat.id, RenderPurpose::Masters, job).await;
            assert_eq!(claim.unwrap(), Claim::Mine);
            let made = renders::finish_render(tx, &world.ctx, &key, outputs.clone()).await.unwrap();
            renders::credit_render(tx, &key, shop.beat.id, &made).await.unwrap();
        })
        .await;
        let (order, _) = buy(world, &shop, "LL-AAAAAAAA", LEASE).await;
        assert_eq!(owed(world, &order).await, [(Contract, false), (Mp3, true), (Wav, true)]);
        assert_eq!(job_kinds(world).await, ["typeset_contract"]);

        let renamed =
            beat::ActiveModel { id: Set(shop.beat.id), title: Set("Day Drive".to_owned()), ..Default::default() };
        renamed.update(&world.db).await.unwrap();
        let (later, _) = buy(world, &shop, "LL-CCCCCCCC", LEASE).await;
        assert_eq!(
            owed(world, &later).await,
            [(Contract, false), (Mp3, false), (Wav, false)],
            "those say the old title in their tags"
        );
        let back =
            beat::ActiveModel { id: Set(shop.beat.id), title: Set("Night Drive".to_owned()), ..Default::default() };
        back.update(&world.db).await.unwrap();

        let newer = asset(world, shop.studio, AssetKind::Source, AssetState::Ready).await;
        let replaced =
            beat::ActiveModel { id: Set(shop.beat.id), source_asset_id: Set(Some(newer)), ..Default::default() };
        replaced.update(&world.db).await.unwrap();
        let (later, _) = buy(world, &shop, "LL-BBBBBBBB", LEASE).await;
        assert_eq!(
            owed(world, &later).await,
            [(Contract, false), (Mp3, false), (Wav, false)],
            "those were of the old source"
        );
    })
    .await;
}

#[tokio::test]
async fn stems_that_become_ready_in_the_moment_of_the_grant_are_seen_with_the_contract() {
    on_each_database(async |world| {
        let shop = shop(world).await;
        let (order, licence) = buy(world, &shop, "LL-AAAAAAAA", ALL).await;
        // The stems' own check came before the grant's commit and found nobody waiting.
        let drums = asset(world, shop.studio, AssetKind::Stem, AssetState::Ready).await;
        let stem = stem::Model { beat_id: shop.beat.id, position: 0, asset_id: drums, name: "Drums".to_owned() };
        stem.into_active_model().insert(&world.db).await.unwrap();
        let contract = asset(world, shop.studio, AssetKind::Contract, AssetState::Ready).await;
        in_tx(world, async |tx| {
            commands::record_contract(tx, &world.ctx, &licence, contract).await.unwrap();
        })
        .await;
        assert_eq!(owed(world, &order).await, [(Contract, true), (Mp3, false), (Wav, false), (Stems, true)]);
    })
    .await;
}

#[tokio::test]
async fn a_link_opens_what_the_order_gives_at_that_moment() {
    on_each_database(async |world| {
        let shop = shop(world).await;
        let (order, licence) = buy(world, &shop, "LL-AAAAAAAA", ALL).await;
        let rows = deliverable::Entity::find().all(&world.db).await.unwrap();
        let id_of = |kind| rows.iter().find(|row| row.kind == kind).unwrap().id;
        let stems = id_of(DeliverableKind::Stems);
        let found = queries::find_download(&world.db, stems).await;
        assert!(matches!(found, Err(DeliveryError::NoStems)));
        let found = queries::find_download(&world.db, id_of(DeliverableKind::Contract)).await;
        assert!(matches!(found, Err(DeliveryError::NotReady)));

        let drums = asset(world, shop.studio, AssetKind::Stem, AssetState::Ready).await;
        let stem = stem::Model { beat_id: shop.beat.id, position: 0, asset_id: drums, name: "Dr/ums".to_owned() };
        stem.into_active_model().insert(&world.db).await.unwrap();
        let contract = asset(world, shop.studio, AssetKind::Contract, AssetState::Ready).await;
        in_tx(world, async |tx| {
            commands::record_stems(tx, &world.ctx, shop.beat.id).await.unwrap();
            commands::record_contract(tx, &world.ctx, &licence, contract).await.unwrap();
        })
        .await;
        let Download::Stems { stems: members, deliverable } = queries::find_download(&world.db, stems).await.unwrap()
        else {
            panic!("stems are an archive")
        };
        assert_eq!(members[0].entry_name, "01 Dr ums.wav");
        assert_eq!(deliverable.file_name, "Night Drive (Trackout lease) LL-AAAAAAAA-1 stems.zip");
        let fetch = commands::Fetch { ip: "192.0.2.1".to_owned(), user_agent: "curl/8".to_owned(), range: Some(5..10) };
        in_tx(world, async |tx| commands::log_download(tx, &world.ctx, &deliverable, &fetch).await.unwrap()).await;
        let log = queries::list_downloads(&world.db, &world.ctx, licence.id, PageRequest::default()).await;
        let log = log.unwrap().rows;
        assert_eq!((log.len(), log[0].range_end, log[0].user_agent.as_str()), (1, Some(10), "curl/8"));

        let buyer = world.as_actor(Actor::Buyer { order: order.id });
        assert_eq!(queries::list_of_order(&world.db, &buyer, &order).await.unwrap().len(), 4);
        let stranger = world.as_actor(Actor::Buyer { order: world.ctx.env.id() });
        assert!(queries::list_of_order(&world.db, &stranger, &order).await.is_err());
        let progress = queries::find_order_progress(&world.db, &buyer, order.id).await.unwrap();
        assert_eq!((progress.ready, progress.owed), (2, 4));

        let refunded = order::ActiveModel {
            id: Set(order.id),
            state: Set(OrderState::Refunded),
            delivered_at: Set(None),
            ..Default::default()
        };
        refunded.update(&world.db).await.unwrap();
        assert!(matches!(queries::find_download(&world.db, stems).await, Err(DeliveryError::Revoked)));
    })
    .await;
}
