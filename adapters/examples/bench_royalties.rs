//! A statement from its file to posted royalties, by the program's own commands, for `cargo xtask bench royalties`. Each step is a process of its own, so that its
//! computing time and memory are told by the system:
//!
//! - `bench_royalties fill URL FOLDER FILE RECORDINGS` enters a studio on an empty database, so many recordings whose ISRCs are those of the file, a split of each that
//!   four have signed, and keeps the file;
//! - `bench_royalties account URL FOLDER STUDIO ASSET` takes it in, reads, matches and books it, and reckons, approves and posts the run;
//! - `bench_royalties again URL FOLDER STUDIO FILE` takes the same file in again, and explains lines of it.
//!
//! Each prints one JSON object.

#![expect(clippy::print_stdout, reason = "the object is the answer")]

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Instant,
};

use adapters::{
    agreements::AgreementTypesetter,
    contracts::ContractTypesetter,
    dns::SystemDns,
    files::ObjectFiles,
    mail::{Mailbox, Sender},
    mixes::EngineMixes,
    sandbox::SandboxKeys,
    seals::{SealConfig, StudioSeals},
    stripe::StripeGateway,
    webhooks::HttpSender,
};
use domain::{
    actor::{Actor, Ctx},
    catalog::{
        Sha256,
        entity::{AssetKind, AssetState, asset, recording, work},
    },
    env::Env,
    identity::entity::{UnsignedSplits, studio},
    ids::{AssetId, PartyId, StudioId},
    links::LinkKey,
    money::Currency,
    parties::entity as party,
    ports::{Stored, Wake},
    royalties::{
        commands::{
            imports::{TakeIn, read_import, take_in},
            runs::{Reckon, approve_run, post_run, post_statement, reckon},
        },
        entity::{ImportState, RunState, import, run},
        queries::{
            imports::{lines_of_item, totals_of},
            runs::explain_line,
        },
    },
    services::Services,
    share::Share,
    splits::{self, ExecutedSplit, testing::signed_sheet},
    store::{self, Db},
};
use migrations::{Migrator, MigratorTrait};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use serde_json::{Value, json};

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// How many payees there are in all; four of them sign each split.
const PAYEES: usize = 400;
/// How many rows are written at once.
const AT_ONCE: usize = 500;
/// The last day of the months of which the file tells.
const THROUGH: &str = "2026-09-30";
/// How many lines are explained.
const EXPLAINED: i32 = 20;

/// Nobody works off the jobs: each step is called by itself.
struct NobodyToWake;

impl Wake for NobodyToWake {
    fn jobs_written(&self) {}
}

fn services(db: Db, folder: &Path) -> Result<Services, Failure> {
    let (env, links) = (Env::system(), LinkKey::new([7; 32]));
    let sender = Sender { from: "post@ledgerline.example".parse()?, env: env.clone() };
    let keys = SandboxKeys::derive(&links);
    Ok(Services {
        db,
        seals: Arc::new(StudioSeals::open(&SealConfig::in_folder(&folder.join("seals")), env.clone())?),
        files: Arc::new(ObjectFiles::local(&folder.join("files"))?),
        mailer: Arc::new(Mailbox::new(folder.join("mail"), sender)),
        gateway: Arc::new(StripeGateway::sandbox("http://127.0.0.1:1", &keys, env.clone())?),
        contracts: Arc::new(ContractTypesetter),
        agreements: Arc::new(AgreementTypesetter),
        mixes: Arc::new(EngineMixes),
        dns: Arc::new(SystemDns),
        scanner: None,
        webhooks: Arc::new(HttpSender::new(false)),
        wake: Arc::new(NobodyToWake),
        public_url: "http://127.0.0.1".into(),
        home: None,
        env,
        links,
    })
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1);
    let mut next = |what: &str| arguments.next().ok_or_else(|| format!("give {what}"));
    let (step, url, folder) = (next("a step")?, next("a database")?, PathBuf::from(next("a folder")?));
    let told = match step.as_str() {
        "fill" => {
            let (file, recordings) = (next("a file")?, next("a number of recordings")?.parse()?);
            // What is only prepared need not outlive a power cut.
            let db = store::connect_unsynced(&url, 4).await?;
            Migrator::up(&db, None).await?;
            fill(&services(db, &folder)?, Path::new(&file), recordings).await?
        }
        "account" => {
            let (studio, file) = (next("a studio")?.parse()?, next("a kept file")?.parse()?);
            account(&services(store::connect(&url, 4).await?, &folder)?, studio, file).await?
        }
        "again" => {
            let (studio, file) = (next("a studio")?.parse()?, next("a file")?);
            again(&services(store::connect(&url, 4).await?, &folder)?, studio, Path::new(&file)).await?
        }
        other => return Err(format!("there is no step {other:?}").into()),
    };
    println!("{told}");
    Ok(())
}

async fn fill(services: &Services, file: &Path, recordings: usize) -> Result<Value, Failure> {
    let (env, now, ctx) = (&services.env, services.env.now(), services.ctx(Actor::System));
    let studio: StudioId = env.id();
    let row = studio::Model {
        id: studio,
        slug: "nova".into(),
        name: "Nova Sound".into(),
        currency: Currency::USD,
        contact_email: "nova@example.com".parse()?,
        legal_name: None,
        address: None,
        governing_law: "England and Wales".into(),
        created_at: now,
        unsigned_splits: UnsignedSplits::Refuse,
        accent: None,
    };
    row.into_active_model().insert(&services.db).await?;
    let payee = |number: usize| party::Model {
        id: env.id(),
        studio_id: studio,
        kind: party::PartyKind::Person,
        name: format!("Payee {number}"),
        legal_name: None,
        email: None,
        ipi: None,
        isni: None,
        created_at: now,
    };
    let payees: Vec<party::Model> = (0..PAYEES).map(payee).collect();
    let ids: Vec<PartyId> = payees.iter().map(|row| row.id).collect();
    let rows = payees.into_iter().map(IntoActiveModel::into_active_model);
    party::Entity::insert_many(rows).exec_without_returning(&services.db).await?;
    let numbers: Vec<usize> = (0..recordings).collect();
    for some in numbers.chunks(AT_ONCE) {
        sign(services, &ctx, studio, some, &ids).await?;
    }
    let stored = services.files.put_file(file).await?;
    let asset = kept(services, studio, stored).await?;
    Ok(json!({ "studio": studio.to_string(), "asset": asset.to_string() }))
}

/// Enters works with a recording each, and their splits.
async fn sign(
    services: &Services,
    ctx: &Ctx,
    studio: StudioId,
    numbers: &[usize],
    payees: &[PartyId],
) -> Result<(), Failure> {
    let (env, now) = (&services.env, services.env.now());
    let mut signed = Vec::with_capacity(numbers.len());
    for &number in numbers {
        let title = format!("Song No. {number}");
        let row = work::Model { id: env.id(), studio_id: studio, title: title.clone(), iswc: None, created_at: now };
        let work = row.into_active_model().insert(&services.db).await?.id;
        let row = recording::Model {
            id: env.id(),
            studio_id: studio,
            work_id: work,
            title,
            isrc: Some(format!("QZAB126{number:05}")),
            created_at: now,
        };
        row.into_active_model().insert(&services.db).await?;
        let mut shares = Vec::with_capacity(4);
        for (place, ppm) in [400_000, 300_000, 200_000, 100_000].into_iter().enumerate() {
            shares.push((payees[(number * 7 + place * 101) % payees.len()], Share::from_ppm(ppm)?));
        }
        let agreement = signed_sheet(&services.db, env, studio, work).await?;
        signed.push(ExecutedSplit {
            studio,
            work,
            agreement,
            document_sha256: Sha256::of(agreement.to_string().as_bytes()),
            effective_at: now,
            composition: shares.clone(),
            master: shares,
        });
    }
    let tx = services.begin().await?;
    for split in &signed {
        splits::execute(&tx, ctx, split).await?;
    }
    services.commit(tx).await?;
    Ok(())
}

/// Enters a file that was stored, as an upload does.
async fn kept(services: &Services, studio: StudioId, stored: Stored) -> Result<AssetId, Failure> {
    let row = asset::Model {
        id: services.env.id(),
        studio_id: studio,
        kind: AssetKind::Statement,
        state: AssetState::Ready,
        refusal: None,
        sha256: stored.sha256,
        bytes: i64::try_from(stored.bytes)?,
        media_type: "text/tab-separated-values".into(),
        file_name: "sales.tsv".into(),
        duration_ms: None,
        sample_rate_hz: None,
        channels: None,
        bits_per_sample: None,
        measurement: None,
        created_at: services.env.now(),
    };
    Ok(row.into_active_model().insert(&services.db).await?.id)
}

async fn account(services: &Services, studio: StudioId, asset: AssetId) -> Result<Value, Failure> {
    let ctx = services.ctx(Actor::System);
    let begun = Instant::now();
    let tx = services.begin().await?;
    let import = take_in(&tx, &ctx, studio, TakeIn { asset, currency: None }).await?.import.id;
    services.commit(tx).await?;
    let state = read_import(services, import).await?;
    if state != ImportState::Ready {
        let row = import::Entity::find_by_id(import).one(&services.db).await?;
        let problem = row.and_then(|row| row.problem).unwrap_or_default();
        return Err(format!("the statement is {state}: {problem}").into());
    }
    let read_s = begun.elapsed().as_secs_f64();
    post_statement(services, import).await?;
    let new = Reckon { currency: Currency::USD, through: THROUGH.parse()?, request_key: None };
    let run = reckon(services, &ctx, studio, new).await?;
    let reckoned_s = begun.elapsed().as_secs_f64();
    let tx = services.begin().await?;
    approve_run(&tx, &ctx, run.id).await?;
    services.commit(tx).await?;
    let posted = post_run(services, &ctx, run.id).await?;
    let totals = totals_of(&services.db, &[import]).await?;
    let [total] = &totals[..] else {
        return Err("the statement is of one currency".into());
    };
    if posted.state != RunState::Posted || posted.received != total.amount {
        return Err(format!("the run is {} and has {} of {}", posted.state, posted.received, total.amount).into());
    }
    Ok(json!({
        "lines": total.lines,
        "total": total.amount.to_string(),
        "read_s": read_s,
        "reckoned_s": reckoned_s,
        "posted_s": begun.elapsed().as_secs_f64(),
    }))
}

async fn again(services: &Services, studio: StudioId, file: &Path) -> Result<Value, Failure> {
    let ctx = services.ctx(Actor::System);
    let begun = Instant::now();
    let stored = services.files.put_file(file).await?;
    let asset = kept(services, studio, stored).await?;
    let tx = services.begin().await?;
    let taken = take_in(&tx, &ctx, studio, TakeIn { asset, currency: None }).await?;
    services.commit(tx).await?;
    let again_s = begun.elapsed().as_secs_f64();
    if !taken.is_known {
        return Err("the same file is not known again".into());
    }
    let posted = run::Entity::find().filter(run::Column::StudioId.eq(studio)).one(&services.db).await?;
    let posted = posted.ok_or("there is no run")?;
    let mut slowest_ms = 0.0_f64;
    for item in 0..EXPLAINED {
        let Some(found) = lines_of_item(services, taken.import.id, item, None, 1).await?.pop() else {
            return Err(format!("item {item} has no line").into());
        };
        let begun = Instant::now();
        let traced = explain_line(services, &ctx, posted.id, taken.import.id, found.place.offset).await?;
        slowest_ms = slowest_ms.max(begun.elapsed().as_secs_f64() * 1_000.0);
        if traced.parts.len() != 4 {
            return Err(format!("a line of item {item} is explained by {} parts", traced.parts.len()).into());
        }
    }
    Ok(json!({ "again_s": again_s, "explain_ms": slowest_ms }))
}
