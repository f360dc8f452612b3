//! Posted runs for tests that begin from what a run came to: rows as they stand after posting, reckoned by nobody.

use chrono::NaiveDate;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, DbErr, EntityTrait, IntoActiveModel, prelude::Json};

use crate::{
    catalog::{
        Sha256,
        entity::{AssetKind, AssetState, asset},
    },
    env::Env,
    ids::{AssetId, PartyId, RecordingId, RoyaltyRunId, StatementImportId, StudioId},
    money::Currency,
    royalties::{
        entity::{
            ImportState, RateSource, RunState, WaitsFor, account,
            activity::{self, Activity},
            import, payee, run, run_import, total,
        },
        rules::{Exact, Kind},
    },
    store::Db,
};

/// A run to be posted.
#[derive(Debug, Clone, Copy)]
pub struct NewRun {
    /// Whose it is.
    pub studio: StudioId,
    /// The currency.
    pub currency: Currency,
    /// Its number among the studio's in the currency.
    pub number: i32,
    /// The run that it follows.
    pub opening: Option<RoyaltyRunId>,
    /// The first day.
    pub from: NaiveDate,
    /// The last day.
    pub through: NaiveDate,
}

/// A payee's one account in it.
#[derive(Debug, Clone)]
pub struct Earned {
    /// Whose.
    pub party: PartyId,
    /// The group.
    pub group: &'static str,
    /// What it was owed.
    pub opening_minor: i64,
    /// What it has earned of which recordings.
    pub activities: Vec<(Option<RecordingId>, Kind, Exact)>,
    /// What was held back.
    pub held_minor: i64,
    /// What was released.
    pub released_minor: i64,
    /// What costs took.
    pub costs_minor: i64,
    /// What was withheld.
    pub tax_minor: i64,
    /// What advances took.
    pub advances_minor: i64,
    /// What it is owed.
    pub closing_minor: i64,
    /// What is still to be recouped.
    pub unrecouped_minor: i64,
    /// What is paid out; nothing waits for the minimum.
    pub due_minor: i64,
}

impl Earned {
    /// An account that has earned an amount of one recording, all of which is paid out.
    pub fn plain(party: PartyId, recording: Option<RecordingId>, amount: Exact, minor: i64) -> Self {
        Self {
            party,
            group: "shares",
            opening_minor: 0,
            activities: vec![(recording, Kind::Share, amount)],
            held_minor: 0,
            released_minor: 0,
            costs_minor: 0,
            tax_minor: 0,
            advances_minor: 0,
            closing_minor: minor,
            unrecouped_minor: 0,
            due_minor: minor,
        }
    }
}

/// A run that was posted, and the file that it has taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Posted {
    /// The run.
    pub run: RoyaltyRunId,
    /// The file.
    pub import: StatementImportId,
}

async fn file(db: &Db, env: &Env, studio: StudioId, kind: AssetKind) -> Result<asset::Model, DbErr> {
    let id: AssetId = env.id();
    let row = asset::Model {
        id,
        studio_id: studio,
        kind,
        state: AssetState::Ready,
        refusal: None,
        sha256: Sha256::of(id.to_string().as_bytes()),
        bytes: 1,
        media_type: "application/octet-stream".to_owned(),
        file_name: "a file".to_owned(),
        duration_ms: None,
        sample_rate_hz: None,
        channels: None,
        bits_per_sample: None,
        measurement: None,
        created_at: env.now(),
    };
    row.into_active_model().insert(db).await
}

/// A statement that was read, of one line.
async fn read_file(db: &Db, env: &Env, new: NewRun) -> Result<StatementImportId, DbErr> {
    let kept = file(db, env, new.studio, AssetKind::Statement).await?;
    let index = file(db, env, new.studio, AssetKind::StatementIndex).await?.id;
    let id: StatementImportId = env.id();
    let sha256 = Sha256::of(id.to_string().as_bytes());
    let row = import::Model { file_name: "quarter.csv".to_owned(), ..import::Model::waiting(id, kept, env.now()) };
    let mut read = row.into_active_model().insert(db).await?.into_active_model();
    let one: Exact = Exact::whole(1);
    let sum = total::Model {
        import_id: id,
        currency: new.currency,
        studio_id: new.studio,
        lines: 1,
        amount: one,
        stated: None,
        agreement: None,
        account_currency: Some(new.currency),
        rate_of: Some(one),
        rate_to: Some(one),
        rate_source: Some(RateSource::Same),
        bank_minor: None,
        bank_on: None,
        posted_minor: None,
        journal_id: None,
        receipt_journal_id: None,
        rated_at: Some(env.now()),
        rated_by: None,
    };
    sum.into_active_model().insert(db).await?;
    read.state = Set(ImportState::Ready);
    read.format = Set(Some("distrokid".to_owned()));
    read.layout = Set(Some(Json::Object(serde_json::Map::new())));
    read.content_sha256 = Set(Some(sha256));
    read.index_asset_id = Set(Some(index));
    read.lines = Set(1);
    read.ended_at = Set(Some(env.now()));
    read.update(db).await?;
    Ok(id)
}

/// Posts a run of which each payee has one account, and which has taken one file.
///
/// # Errors
/// If the database refuses it.
pub async fn post_run(db: &Db, env: &Env, new: NewRun, earned: &[Earned]) -> Result<Posted, DbErr> {
    let import = read_file(db, env, new).await?;
    let id: RoyaltyRunId = env.id();
    let hash = Sha256::of(id.to_string().as_bytes());
    let row = run::Model {
        id,
        studio_id: new.studio,
        number: new.number,
        currency: new.currency,
        opening_id: new.opening,
        from_on: new.from,
        through_on: new.through,
        state: RunState::Draft,
        rules_sha256: hash.clone(),
        inputs_sha256: hash.clone(),
        outcome_sha256: hash,
        inputs_asset_id: file(db, env, new.studio, AssetKind::Royalties).await?.id,
        outcome_asset_id: file(db, env, new.studio, AssetKind::Royalties).await?.id,
        lines: 1,
        received: Exact::ZERO,
        residue: Exact::ZERO,
        due_minor: earned.iter().map(|of| of.due_minor).sum(),
        request_key: None,
        journal_id: None,
        created_at: env.now(),
        created_by: None,
        approved_at: None,
        approved_by: None,
        ended_at: None,
    };
    let mut moved = row.into_active_model().insert(db).await?.into_active_model();
    let taken = run_import::Model {
        run_id: id,
        import_id: import,
        currency: new.currency,
        studio_id: new.studio,
        lines: 1,
        amount: Exact::whole(1),
        received: Exact::whole(1),
    };
    taken.into_active_model().insert(db).await?;
    for of in earned {
        insert_account(db, (id, new.studio), of).await?;
    }
    moved.state = Set(RunState::Approved);
    moved.approved_at = Set(Some(env.now()));
    let mut moved = moved.update(db).await?.into_active_model();
    moved.state = Set(RunState::Posted);
    moved.ended_at = Set(Some(env.now()));
    moved.update(db).await?;
    Ok(Posted { run: id, import })
}

async fn insert_account(db: &Db, (run_id, studio_id): (RoyaltyRunId, StudioId), of: &Earned) -> Result<(), DbErr> {
    let sum = Exact::sum(of.activities.iter().map(|(_, _, amount)| *amount));
    let account = account::Model {
        run_id,
        party_id: of.party,
        account_group: of.group.to_owned(),
        studio_id,
        opening_minor: of.opening_minor,
        activity: sum.map_err(|cause| DbErr::Custom(cause.to_string()))?,
        held_minor: of.held_minor,
        released_minor: of.released_minor,
        costs_minor: of.costs_minor,
        tax_minor: of.tax_minor,
        advances_minor: of.advances_minor,
        closing_minor: of.closing_minor,
        unrecouped_minor: of.unrecouped_minor,
    };
    account::Entity::insert(account.into_active_model()).exec_without_returning(db).await?;
    let activity = |(recording_id, kind, amount): &(Option<RecordingId>, Kind, Exact)| Activity {
        rule: "split:a work".to_owned(),
        rule_number: 1,
        kind: *kind,
        recording_id: *recording_id,
        work_id: None,
        units: Exact::whole(1),
        amount: *amount,
    };
    let activities: Vec<Activity> = of.activities.iter().map(activity).collect();
    let row = activity::Model {
        run_id,
        party_id: of.party,
        account_group: of.group.to_owned(),
        studio_id,
        content: serde_json::to_string(&activities).map_err(|cause| DbErr::Custom(cause.to_string()))?,
    };
    activity::Entity::insert(row.into_active_model()).exec_without_returning(db).await?;
    let payee = payee::Model {
        run_id,
        party_id: of.party,
        studio_id,
        balance_minor: of.closing_minor.max(0),
        due_minor: of.due_minor,
        waits_for: (of.due_minor == 0).then_some(WaitsFor::Minimum),
        reason: None,
    };
    payee::Entity::insert(payee.into_active_model()).exec_without_returning(db).await?;
    Ok(())
}
