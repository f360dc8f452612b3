//! Royalties in the database: statements whose lines were read and matched, terms, runs, and the books behind them.

mod activities_upgrade;
mod catalogues;
mod charges;
mod examples;
mod money;
mod payees;
mod runs;
mod terms;

use std::{
    collections::HashMap,
    ops::Range,
    path::Path,
    sync::{Arc, Mutex},
};

use async_trait::async_trait;
use bytes::Bytes;
use domain::{
    actor::Actor,
    catalog::{
        Sha256,
        entity::{AssetKind, AssetState, asset, beat},
    },
    ids::{AssetId, PartyId, RecordingId, RoyaltyRunId, StatementImportId, WorkId},
    ledger::{entity::AccountKind, queries::trial_balance},
    money::Currency,
    parties::entity as party,
    ports::{FileStore, FileStream, PortError, Stored},
    royalties::{
        RoyaltyError,
        commands::runs::{Reckon, approve_run, post_run, post_statement, reckon},
        entity::{ImportState, MatchedBy, RateSource, import, item, run, subject_columns, sum, total},
        rules::{Channel, Exact, Subject},
    },
    sales::proof::prove,
    share::Share,
    splits,
};
use futures::StreamExt;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, IntoActiveModel};

use crate::{books::balance, shop::Shop, support::World};

/// Files in memory.
#[derive(Default)]
struct Memory(Mutex<HashMap<Sha256, Bytes>>);

fn unused() -> PortError {
    PortError::lasting("using what a run does not use", "a run keeps its files whole")
}

#[async_trait]
impl FileStore for Memory {
    async fn put_file(&self, _: &Path) -> Result<Stored, PortError> {
        Err(unused())
    }
    async fn put_bytes(&self, bytes: Bytes) -> Result<Stored, PortError> {
        let stored = Stored { sha256: Sha256::of(&bytes), bytes: bytes.len() as u64 };
        self.0.lock().unwrap().insert(stored.sha256.clone(), bytes);
        Ok(stored)
    }
    async fn read(&self, sha256: &Sha256, _: Option<Range<u64>>) -> Result<Option<FileStream>, PortError> {
        let found = self.0.lock().unwrap().get(sha256).cloned();
        Ok(found.map(|bytes| futures::stream::iter([Ok(bytes)]).boxed()))
    }
    async fn fetch(&self, _: &Sha256, _: &Path) -> Result<bool, PortError> {
        Err(unused())
    }
    async fn exists(&self, sha256: &Sha256) -> Result<bool, PortError> {
        Ok(self.0.lock().unwrap().contains_key(sha256))
    }
}

/// A studio whose files are kept in memory.
async fn open(world: &World) -> Shop {
    let mut shop = Shop::open(world, Currency::EUR).await;
    shop.services.files = Arc::new(Memory::default());
    shop
}

/// Another party of the studio.
async fn party(shop: &Shop, name: &str) -> PartyId {
    let row = party::Model {
        id: shop.services.env.id(),
        studio_id: shop.studio,
        kind: party::PartyKind::Person,
        name: name.into(),
        legal_name: None,
        email: None,
        ipi: None,
        isni: None,
        created_at: shop.services.env.now(),
    };
    row.into_active_model().insert(&shop.services.db).await.unwrap().id
}

/// A recording of a new work; nobody has signed its split.
async fn recording(shop: &Shop, title: &str) -> (WorkId, RecordingId) {
    let work = shop.work(title).await;
    let beat = shop.unsigned_beat_of(work, title, false).await;
    let row = beat::Entity::find_by_id(beat).one(&shop.services.db).await.unwrap().unwrap();
    (work, row.recording_id)
}

/// Executes a split sheet: both sides by the same shares, in parts per million, from the first day of a month of 2026 on.
async fn split(shop: &Shop, work: WorkId, shares: &[(PartyId, u32)], month: u32) {
    let effective_at = day(month, 1).and_hms_opt(0, 0, 0).unwrap().and_utc();
    let mut sheet = shop.sheet(work, [600_000, 400_000], effective_at).await;
    let shares: Vec<_> = shares.iter().map(|(party, ppm)| (*party, Share::from_ppm(*ppm).unwrap())).collect();
    (sheet.composition, sheet.master) = (shares.clone(), shares);
    let tx = shop.services.begin().await.unwrap();
    splits::execute(&tx, &shop.services.ctx(Actor::System), &sheet).await.unwrap();
    tx.commit().await.unwrap();
}

fn day(month: u32, day: u32) -> chrono::NaiveDate {
    chrono::NaiveDate::from_ymd_opt(2026, month, day).unwrap()
}

fn exact(text: &str) -> Exact {
    text.parse().unwrap()
}

/// What lines of a statement come to: of what, in which month of 2026, how many units, how much.
type Sold = (Option<Subject>, u32, i64, &'static str);

fn of(recording: RecordingId, month: u32, net: &'static str) -> Sold {
    (Some(Subject::Recording(recording)), month, 1, net)
}

async fn file(shop: &Shop, kind: AssetKind, name: &str) -> asset::Model {
    let row = asset::Model {
        id: shop.services.env.id::<AssetId>(),
        studio_id: shop.studio,
        kind,
        state: AssetState::Ready,
        refusal: None,
        sha256: Sha256::of(name.as_bytes()),
        bytes: 1,
        media_type: "text/csv".into(),
        file_name: name.into(),
        duration_ms: None,
        sample_rate_hz: None,
        channels: None,
        bits_per_sample: None,
        measurement: None,
        created_at: shop.services.env.now(),
    };
    row.into_active_model().insert(&shop.services.db).await.unwrap()
}

/// A statement in a currency that was read to its end, with a rate to the euro: so much of its currency is so much of euros.
async fn statement(
    shop: &Shop,
    name: &str,
    (currency, rate): (Currency, (&str, &str)),
    sold: &[Sold],
) -> StatementImportId {
    let (db, env) = (&shop.services.db, &shop.services.env);
    let (kept, index) = (
        file(shop, AssetKind::Statement, name).await,
        file(shop, AssetKind::StatementIndex, &format!("{name}.index")).await,
    );
    let waiting = import::Model { file_name: name.into(), ..import::Model::waiting(env.id(), kept, env.now()) };
    let row = waiting.into_active_model().insert(db).await.unwrap();
    let amount = Exact::sum(sold.iter().map(|(_, _, _, net)| exact(net))).unwrap();
    let source = if rate.0 == rate.1 && currency == Currency::EUR { RateSource::Same } else { RateSource::Studio };
    let total = total::Model {
        import_id: row.id,
        currency,
        studio_id: shop.studio,
        lines: i64::try_from(sold.len()).unwrap(),
        amount,
        stated: None,
        agreement: None,
        account_currency: Some(Currency::EUR),
        rate_of: Some(exact(rate.0)),
        rate_to: Some(exact(rate.1)),
        rate_source: Some(source),
        bank_minor: None,
        bank_on: None,
        posted_minor: None,
        journal_id: None,
        receipt_journal_id: None,
        rated_at: Some(env.now()),
        rated_by: None,
    };
    total.into_active_model().insert(db).await.unwrap();
    for (number, one) in (0..).zip(sold) {
        insert_sum(shop, row.id, (number, currency), one).await;
    }
    let ready = import::ActiveModel {
        state: Set(ImportState::Ready),
        format: Set(Some("test".into())),
        layout: Set(Some(serde_json::json!({}))),
        content_sha256: Set(Some(Sha256::of(format!("content of {name}").as_bytes()))),
        index_asset_id: Set(Some(index.id)),
        lines: Set(i64::try_from(sold.len()).unwrap()),
        items: Set(i32::try_from(sold.len()).unwrap()),
        ended_at: Set(Some(env.now())),
        ..row.into_active_model()
    };
    ready.update(db).await.unwrap().id
}

/// Takes the rate of a statement's total back.
async fn unrate(shop: &Shop, import: StatementImportId, currency: Currency) {
    let unrated = total::ActiveModel {
        import_id: Set(import),
        currency: Set(currency),
        account_currency: Set(None),
        rate_of: Set(None),
        rate_to: Set(None),
        rate_source: Set(None),
        rated_at: Set(None),
        ..Default::default()
    };
    unrated.update(&shop.services.db).await.unwrap();
}

async fn insert_sum(
    shop: &Shop,
    import: StatementImportId,
    (number, currency): (i32, Currency),
    (subject, month, units, net): &Sold,
) {
    let (recording_id, work_id, release) = subject.as_ref().map(subject_columns).unwrap_or_default();
    let now = shop.services.env.now();
    let row = item::Model {
        import_id: import,
        number,
        studio_id: shop.studio,
        isrc: None,
        upc: None,
        iswc: None,
        code: None,
        release_code: None,
        title: format!("Title {number}"),
        artist: "Nova".into(),
        name_key: format!("title {number} nova"),
        is_adjustment: false,
        recording_id,
        work_id,
        release,
        matched_by: subject.as_ref().map(|_| MatchedBy::Code),
        matched_at: subject.as_ref().map(|_| now),
        matched_user: None,
    };
    row.into_active_model().insert(&shop.services.db).await.unwrap();
    let row = sum::Model {
        import_id: import,
        number,
        studio_id: shop.studio,
        item: number,
        currency,
        used_on: day(*month, 1),
        territory: None,
        channel: Some(Channel::Stream),
        format: None,
        source: None,
        returned: exact(net).is_negative(),
        lines: 1,
        grossless: 1,
        units: Exact::whole(*units),
        net: exact(net),
        gross: Exact::ZERO,
        run_id: None,
    };
    row.into_active_model().insert(&shop.services.db).await.unwrap();
}

/// A statement in euros, booked.
async fn booked(shop: &Shop, name: &str, sold: &[Sold]) -> StatementImportId {
    let id = statement(shop, name, (Currency::EUR, ("1", "1")), sold).await;
    post_statement(&shop.services, id).await.unwrap();
    id
}

/// Says what a thing in a statement is.
async fn say(shop: &Shop, import: StatementImportId, number: i32, recording: RecordingId) {
    let row = item::ActiveModel {
        import_id: Set(import),
        number: Set(number),
        recording_id: Set(Some(recording)),
        matched_by: Set(Some(MatchedBy::Hand)),
        matched_at: Set(Some(shop.services.env.now())),
        ..Default::default()
    };
    row.update(&shop.services.db).await.unwrap();
}

async fn draft(shop: &Shop, month: u32) -> Result<run::Model, RoyaltyError> {
    let new = Reckon { currency: Currency::EUR, through: day(month, 28), request_key: None };
    reckon(&shop.services, &shop.services.ctx(Actor::System), shop.studio, new).await
}

async fn approve(shop: &Shop, id: RoyaltyRunId) -> run::Model {
    let tx = shop.services.begin().await.unwrap();
    let approved = approve_run(&tx, &shop.services.ctx(Actor::System), id).await.unwrap();
    shop.services.commit(tx).await.unwrap();
    approved
}

/// Reckons what there is through the 28th of a month, approves and posts it.
async fn posted(shop: &Shop, month: u32) -> run::Model {
    let made = draft(shop, month).await.unwrap();
    approve(shop, made.id).await;
    let posted = post_run(&shop.services, &shop.services.ctx(Actor::System), made.id).await.unwrap();
    // What follows happens later.
    shop.clock.advance(chrono::Duration::seconds(1));
    posted
}

/// What the studio's accounts of royalties come to: due, suspense, reserves, recoupable, differences, and what payees are owed.
async fn books(world: &World, shop: &Shop) -> [i64; 6] {
    for sum in trial_balance(&world.db, &world.ctx, shop.studio).await.unwrap() {
        assert_eq!(sum.minor, 0);
    }
    let proof = prove(&world.db, &world.ctx, shop.studio).await.unwrap();
    assert!(proof.holds(), "{proof:?}");
    [
        balance(world, shop, AccountKind::RoyaltiesDue).await,
        balance(world, shop, AccountKind::RoyaltySuspense).await,
        balance(world, shop, AccountKind::RoyaltyReserves).await,
        balance(world, shop, AccountKind::RoyaltyRecoupable).await,
        balance(world, shop, AccountKind::RoyaltyDifferences).await,
        balance(world, shop, AccountKind::Payable).await,
    ]
}
