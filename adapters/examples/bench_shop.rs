//! A shop for `cargo xtask bench shop`, which measures the program that serves it. Each step prints one JSON object:
//!
//! - `bench_shop fill URL FOLDER BEATS` enters a studio on an empty PostgreSQL database, with so many beats on sale in five tiers, each with a split that two
//!   have signed and a short sound in the data folder. It tells of those that are to be bought, whose masters wait to be bounced, as after publishing;
//! - `bench_shop paid URL ORDERS` waits until so many orders are paid;
//! - `bench_shop idle URL STUDIO` waits until no job of the studio is open, and tells how many orders are delivered.

#![expect(clippy::print_stdout, reason = "the object is the answer")]

use std::{
    path::Path,
    time::{Duration, Instant},
};

use adapters::{files::ObjectFiles, jobs};
use domain::{
    actor::Ctx,
    catalog::{
        Sha256,
        entity::{
            AssetKind, AssetState, BeatState, LabelKind, Samples, asset, beat, beat_label, collaborator, recording,
            stem, work,
        },
    },
    env::Env,
    identity::entity::{UnsignedSplits, studio},
    ids::{AssetId, PartyId, StudioId},
    licensing::commands::seed_default_tiers,
    money::Currency,
    outbox::{self, Job, Priority, entity::JobState},
    parties::entity as party,
    ports::{FileStore, Stored},
    sales::entity::{OrderState, order},
    share::Share,
    splits::{self, ExecutedSplit, testing::signed_sheet},
    store::{self, Db},
};
use migrations::{Migrator, MigratorTrait};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter,
};
use serde_json::{Value, json};

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// How many beats are looked at and bought.
const SELLING: usize = 100;
/// How many rows are written at once.
const AT_ONCE: usize = 500;
/// What titles are made of.
const HOW: [&str; 8] = ["Night", "Velvet", "Paper", "Golden", "Quiet", "Broken", "Distant", "Winter"];
const WHAT: [&str; 8] = ["Drive", "Mirror", "Harbour", "Signal", "Garden", "Engine", "Letter", "Choir"];
const MOODS: [&str; 4] = ["dark", "calm", "bouncy", "sad"];
const KEYS: [&str; 4] = ["A minor", "C major", "F# minor", "Eb major"];
/// The sound's sampling rate and length.
const RATE_HZ: u32 = 44_100;
const SOUND_S: u32 = 2;
/// How long orders and jobs may take before something must be wrong.
const PATIENCE: Duration = Duration::from_mins(30);

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1);
    let mut next = |what: &str| arguments.next().ok_or_else(|| format!("give {what}"));
    let (step, url) = (next("a step")?, next("a database")?);
    let db = store::connect(&url, 4).await?;
    let told = match step.as_str() {
        "fill" => {
            let (folder, beats) = (next("a folder")?, next("a number of beats")?.parse()?);
            Migrator::up(&db, None).await?;
            jobs::set_up(&db).await?;
            let told = fill(&db, Path::new(&folder), beats).await?;
            // As an installation's own server does before long.
            db.execute_unprepared("VACUUM ANALYZE").await?;
            told
        }
        "paid" => {
            let orders: u64 = next("a number of orders")?.parse()?;
            until(async || Ok(count(&db, &[OrderState::Paid, OrderState::Delivered]).await? >= orders)).await?;
            json!({ "paid": orders })
        }
        "idle" => {
            let studio: StudioId = next("a studio")?.parse()?;
            let in_state = async |state| outbox::queries::count_of(&db, studio, state).await;
            until(async || Ok(in_state(JobState::Open).await? == 0)).await?;
            let dead = in_state(JobState::Dead).await?;
            if dead > 0 {
                return Err(format!("{dead} jobs were given up").into());
            }
            json!({ "delivered": count(&db, &[OrderState::Delivered]).await? })
        }
        other => return Err(format!("there is no step {other:?}").into()),
    };
    println!("{told}");
    Ok(())
}

/// How many orders stand so.
async fn count(db: &Db, states: &[OrderState]) -> Result<u64, Failure> {
    Ok(order::Entity::find().filter(order::Column::State.is_in(states.iter().copied())).count(db).await?)
}

/// Looks again and again until it is so.
async fn until(is_so: impl AsyncFn() -> Result<bool, Failure>) -> Result<(), Failure> {
    let begun = Instant::now();
    while !is_so().await? {
        if begun.elapsed() > PATIENCE {
            return Err(format!("waited {} s", PATIENCE.as_secs()).into());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Ok(())
}

/// The rows of the beats, to be written many at once.
#[derive(Default)]
struct Rows {
    works: Vec<work::Model>,
    recordings: Vec<recording::Model>,
    assets: Vec<asset::Model>,
    beats: Vec<beat::Model>,
    collaborators: Vec<collaborator::Model>,
    stems: Vec<stem::Model>,
    labels: Vec<beat_label::Model>,
}

/// Who enters what.
struct Entering<'a> {
    db: &'a Db,
    env: Env,
    studio: StudioId,
    makers: [PartyId; 2],
    sound: Stored,
}

async fn fill(db: &Db, folder: &Path, beats: usize) -> Result<Value, Failure> {
    let env = Env::system();
    let (studio, slug) = (env.id(), "nova");
    let row = studio::Model {
        id: studio,
        slug: slug.into(),
        name: "Nova Sound".into(),
        currency: Currency::EUR,
        contact_email: "nova@example.com".parse()?,
        legal_name: Some("Nova Sound Ltd".into()),
        address: None,
        governing_law: "England and Wales".into(),
        created_at: env.now(),
        unsigned_splits: UnsignedSplits::Refuse,
        accent: None,
    };
    row.into_active_model().insert(db).await?;
    let makers = [env.id(), env.id()];
    for (id, name) in makers.into_iter().zip(["Nova", "Orson"]) {
        let row = party::Model {
            id,
            studio_id: studio,
            kind: party::PartyKind::Person,
            name: name.into(),
            legal_name: None,
            email: None,
            ipi: None,
            isni: None,
            created_at: env.now(),
        };
        row.into_active_model().insert(db).await?;
    }
    let ctx = Ctx::system(env.clone());
    let tx = store::begin(db).await?;
    seed_default_tiers(&tx, &ctx, studio, Currency::EUR, "Nova").await?;
    tx.commit().await?;
    let sound = ObjectFiles::local(&folder.join("files"))?.put_bytes(sound()?.into()).await?;
    let entering = Entering { db, env, studio, makers, sound };
    let mut selling = Vec::new();
    let numbers: Vec<usize> = (0..beats).collect();
    for some in numbers.chunks(AT_ONCE) {
        let mut rows = Rows::default();
        for &number in some {
            entering.beat(&mut rows, number)?;
        }
        let (works, entered) = (rows.works.clone(), rows.beats.clone());
        write(db, rows).await?;
        let splits = entering.signed(&works).await?;
        let tx = store::begin(db).await?;
        for split in &splits {
            splits::execute(&tx, &ctx, split).await?;
        }
        for beat in entered.iter().take(SELLING - selling.len()) {
            outbox::put_at(&tx, &ctx, Some(studio), &Job::BounceMasters { beat: beat.id }, Priority::Usual).await?;
            selling.push(json!({ "id": beat.id.to_string(), "slug": beat.slug, "title": beat.title }));
        }
        tx.commit().await?;
    }
    Ok(json!({ "studio": studio.to_string(), "slug": slug, "beats": selling }))
}

impl Entering<'_> {
    /// A beat that is on sale, of a work of its own, with a stem.
    fn beat(&self, rows: &mut Rows, number: usize) -> Result<(), Failure> {
        let (env, studio, now) = (&self.env, self.studio, self.env.now());
        let (how, what) = (HOW[number % HOW.len()], WHAT[number / HOW.len() % WHAT.len()]);
        let title = format!("{how} {what} {number}");
        let work = work::Model { id: env.id(), studio_id: studio, title: title.clone(), iswc: None, created_at: now };
        let recording = recording::Model {
            id: env.id(),
            studio_id: studio,
            work_id: work.id,
            title: title.clone(),
            isrc: None,
            created_at: now,
        };
        let (source, drums) = (self.asset(AssetKind::Source, &title)?, self.asset(AssetKind::Stem, "Drums")?);
        let beat = beat::Model {
            id: env.id(),
            studio_id: studio,
            work_id: work.id,
            recording_id: recording.id,
            state: BeatState::Published,
            slug: title.to_lowercase().replace(' ', "-"),
            title,
            description: "Warm keys over slow drums, with room for a voice.".into(),
            bpm_milli: Some(70_000 + 1_000 * i32::try_from(number % 100)?),
            musical_key: Some(KEYS[number % KEYS.len()].into()),
            source_asset_id: Some(source.id),
            artwork_asset_id: None,
            preview_asset_id: None,
            waveform_asset_id: None,
            samples: Samples::default(),
            published_at: Some(now),
            created_at: now,
            updated_at: now,
        };
        for (position, (party_id, ppm)) in (0..).zip(self.makers.into_iter().zip([600_000, 400_000])) {
            let share = Share::from_ppm(ppm)?;
            rows.collaborators.push(collaborator::Model {
                beat_id: beat.id,
                party_id,
                position,
                role: "producer".into(),
                share,
            });
        }
        let label = |kind, label: &str| beat_label::Model { beat_id: beat.id, kind, label: label.into() };
        rows.labels.push(label(LabelKind::Mood, MOODS[number % MOODS.len()]));
        rows.labels.push(label(LabelKind::Tag, "type beat"));
        rows.stems.push(stem::Model { beat_id: beat.id, position: 0, asset_id: drums.id, name: "Drums".into() });
        rows.assets.extend([source, drums]);
        rows.works.push(work);
        rows.recordings.push(recording);
        rows.beats.push(beat);
        Ok(())
    }

    /// A file of the sound, as an upload that was looked through.
    fn asset(&self, kind: AssetKind, name: &str) -> Result<asset::Model, Failure> {
        let id: AssetId = self.env.id();
        Ok(asset::Model {
            id,
            studio_id: self.studio,
            kind,
            state: AssetState::Ready,
            refusal: None,
            sha256: self.sound.sha256.clone(),
            bytes: i64::try_from(self.sound.bytes)?,
            media_type: "audio/wav".into(),
            file_name: format!("{name}.wav"),
            duration_ms: Some(i64::from(SOUND_S) * 1_000),
            sample_rate_hz: Some(i32::try_from(RATE_HZ)?),
            channels: Some(2),
            bits_per_sample: Some(16),
            measurement: None,
            created_at: self.env.now(),
        })
    }

    /// Splits between the makers that both have signed.
    async fn signed(&self, works: &[work::Model]) -> Result<Vec<ExecutedSplit>, Failure> {
        let [nova, orson] = self.makers;
        let shares = vec![(nova, Share::from_ppm(600_000)?), (orson, Share::from_ppm(400_000)?)];
        let mut signed = Vec::with_capacity(works.len());
        for work in works {
            let agreement = signed_sheet(self.db, &self.env, self.studio, work.id).await?;
            signed.push(ExecutedSplit {
                studio: self.studio,
                work: work.id,
                agreement,
                document_sha256: Sha256::of(agreement.to_string().as_bytes()),
                effective_at: self.env.now(),
                composition: shares.clone(),
                master: shares.clone(),
            });
        }
        Ok(signed)
    }
}

/// Writes rows, those first that others refer to.
async fn write(db: &Db, rows: Rows) -> Result<(), Failure> {
    let works = rows.works.into_iter().map(IntoActiveModel::into_active_model);
    work::Entity::insert_many(works).exec_without_returning(db).await?;
    let recordings = rows.recordings.into_iter().map(IntoActiveModel::into_active_model);
    recording::Entity::insert_many(recordings).exec_without_returning(db).await?;
    let assets = rows.assets.into_iter().map(IntoActiveModel::into_active_model);
    asset::Entity::insert_many(assets).exec_without_returning(db).await?;
    let beats = rows.beats.into_iter().map(IntoActiveModel::into_active_model);
    beat::Entity::insert_many(beats).exec_without_returning(db).await?;
    let collaborators = rows.collaborators.into_iter().map(IntoActiveModel::into_active_model);
    collaborator::Entity::insert_many(collaborators).exec_without_returning(db).await?;
    let stems = rows.stems.into_iter().map(IntoActiveModel::into_active_model);
    stem::Entity::insert_many(stems).exec_without_returning(db).await?;
    let labels = rows.labels.into_iter().map(IntoActiveModel::into_active_model);
    beat_label::Entity::insert_many(labels).exec_without_returning(db).await?;
    Ok(())
}

/// A tone in stereo, as a WAV file of 16 bits.
fn sound() -> Result<Vec<u8>, Failure> {
    const FRAME_BYTES: u16 = 4;
    let (frames, frame_bytes) = (RATE_HZ * SOUND_S, u32::from(FRAME_BYTES));
    let mut file = Vec::new();
    file.extend(b"RIFF");
    file.extend((36 + frames * frame_bytes).to_le_bytes());
    file.extend(b"WAVEfmt ");
    file.extend(16_u32.to_le_bytes());
    for field in [1_u16, 2] {
        file.extend(field.to_le_bytes());
    }
    for field in [RATE_HZ, RATE_HZ * frame_bytes] {
        file.extend(field.to_le_bytes());
    }
    for field in [FRAME_BYTES, 16] {
        file.extend(field.to_le_bytes());
    }
    file.extend(b"data");
    file.extend((frames * frame_bytes).to_le_bytes());
    for frame in 0..frames {
        // A triangle of 220.5 Hz.
        let place = i32::try_from(frame % 200)?;
        let sample = i16::try_from(((place - 100).abs() - 50) * 160)?;
        for _ in 0..2 {
            file.extend(sample.to_le_bytes());
        }
    }
    Ok(file)
}
