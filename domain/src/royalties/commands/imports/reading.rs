//! Reading a statement: the job. All that comes of it is written in one transaction at its end, so that it may be broken off anywhere and begun anew.

use std::{collections::HashSet, io, thread};

use chrono::NaiveDate;
use futures::{
    StreamExt,
    channel::{mpsc, oneshot},
};
use interchange::statements::{self, Agreement, Description, Options, Stated as StatedTotal, StatementError};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect,
    prelude::Json,
};

use super::{
    Formats, NO_STATEMENT, Problem, as_json,
    counts::Kept,
    gather::{Gathered, Unread, gather, own},
    hold_studio,
    index::opened,
    lines::first_of_month,
    lock, overlaps, put_to_be_booked, same_content,
    writing::{self, Taken},
};
use crate::{
    actor::{Actor, Ctx},
    catalog::{RenderedFile, add_rendered_asset, entity::AssetKind},
    ids::StatementImportId,
    money::Currency,
    royalties::{
        RoyaltyError,
        entity::{ImportState, import, sum},
        queries::terms::grain_of,
        rules::Grain,
    },
    services::Services,
    store::Tx,
};

/// After how many lines it is noted how far a reading is, and looked whether it shall stop.
const NOTED_LINES: u64 = 100_000;
/// Rows that were not taken and are told by themselves; more are counted.
const MAX_TOLD: usize = 20;
/// Lines of which something was left out, and that are told by themselves; more are counted.
const MAX_WARNED: usize = 5;
/// How the index is called.
const INDEX_NAME: &str = "lines.index";

/// Reads a statement to its end; what the job `import_statement` does. One that was read stays as it is. Where it stands then.
pub async fn read_import(services: &Services, id: StatementImportId) -> Result<ImportState, RoyaltyError> {
    let ctx = services.ctx(Actor::System);
    let import = begin(services, &ctx, id).await?;
    if import.state != ImportState::Reading {
        return Ok(import.state);
    }
    let formats = Formats::of(&services.db, import.studio_id).await?;
    let kept = kept_by(grain_of(&services.db, import.studio_id).await?);
    match scan(services, &import, kept, formats.descriptions()).await? {
        Ok(gathered) => finish(services, &ctx, &import, (&formats, kept), gathered).await,
        Err(unread) => stop(services, &ctx, id, unread).await,
    }
}

async fn begin(services: &Services, ctx: &Ctx, id: StatementImportId) -> Result<import::Model, RoyaltyError> {
    let tx = services.begin().await?;
    let found = lock(&tx, ctx, id).await?;
    if !matches!(found.state, ImportState::Waiting | ImportState::Reading) {
        return Ok(found);
    }
    let is_stopped = found.cancel_asked_at.is_some();
    let mut row = found.into_active_model();
    row.state = Set(if is_stopped { ImportState::Cancelled } else { ImportState::Reading });
    row.ended_at = Set(is_stopped.then(|| ctx.env.now()));
    row.lines_read = Set(0);
    let begun = row.update(&tx).await?;
    services.commit(tx).await?;
    Ok(begun)
}

/// Has a statement gathered by a thread of its own, and notes how far it is.
async fn scan(
    services: &Services,
    import: &import::Model,
    kept: Kept,
    formats: Vec<Description>,
) -> Result<Result<Gathered, Unread>, RoyaltyError> {
    let (file, folder) = opened(&*services.files, import).await?;
    let currency = import.given_currency.and_then(|currency| statements::Currency::read(currency.code()));
    let options = Options { currency, ..Options::default() };
    let undated_on = first_of_month(import.created_at.date_naive());
    let (tell, mut told) = mpsc::unbounded::<u64>();
    let (done, outcome) = oneshot::channel();
    let work = move || {
        let go_on = |lines| tell.unbounded_send(lines).is_ok();
        let gathered = gather(file, &formats, &options, (kept, undated_on), go_on);
        drop(folder);
        if done.send(gathered).is_err() {
            tracing::debug!("a statement was read and nobody waits for it any more");
        }
    };
    thread::Builder::new().name("statement".to_owned()).spawn(work)?;
    let mut noted = 0;
    while let Some(lines) = told.next().await {
        if lines >= noted + NOTED_LINES {
            noted = lines;
            if import.state == ImportState::Reading && note(services, import.id, lines).await? {
                break;
            }
        }
    }
    // Without anybody who is told, the thread stops.
    drop(told);
    Ok(outcome.await.map_err(io::Error::other)?)
}

/// Notes how far a reading is; true if it shall stop.
async fn note(services: &Services, id: StatementImportId, lines: u64) -> Result<bool, RoyaltyError> {
    let row = import::ActiveModel { lines_read: Set(lines.cast_signed()), ..Default::default() };
    let tx = services.begin().await?;
    import::Entity::update_many()
        .set(row)
        .filter(import::Column::Id.eq(id))
        .filter(import::Column::State.eq(ImportState::Reading))
        .exec(&tx)
        .await?;
    let found = import::Entity::find_by_id(id).one(&tx).await?;
    tx.commit().await?;
    Ok(found.is_none_or(|row| row.state != ImportState::Reading || row.cancel_asked_at.is_some()))
}

/// Writes down why a statement was not read to its end. What may pass by itself is no reason to.
async fn stop(
    services: &Services,
    ctx: &Ctx,
    id: StatementImportId,
    unread: Unread,
) -> Result<ImportState, RoyaltyError> {
    let (state, problem) = match unread {
        Unread::Disk(cause) | Unread::Statement(StatementError::Io(cause)) => return Err(cause.into()),
        Unread::Statement(StatementError::Cancelled) => (ImportState::Cancelled, None),
        Unread::Statement(StatementError::Drift(drift)) => {
            (ImportState::Quarantined, Some(serde_json::to_value(drift)?))
        }
        Unread::Statement(error @ StatementError::NoCurrency { .. }) => {
            let remedy = "take the file in again, with its currency";
            (ImportState::Held, Some(as_json(&[Problem::new("NO_CURRENCY", error.to_string(), remedy)])?))
        }
        refused => (ImportState::Refused, Some(as_json(&[refusal(&refused)])?)),
    };
    let tx = services.begin().await?;
    let found = lock(&tx, ctx, id).await?;
    if found.state != ImportState::Reading {
        return Ok(found.state);
    }
    let has_ended = matches!(state, ImportState::Cancelled | ImportState::Refused);
    let mut row = found.into_active_model();
    row.state = Set(state);
    row.problem = Set(problem);
    row.ended_at = Set(has_ended.then(|| ctx.env.now()));
    row.update(&tx).await?;
    services.commit(tx).await?;
    Ok(state)
}

/// Why a file is refused.
fn refusal(unread: &Unread) -> Problem {
    match unread {
        Unread::Statement(error) => {
            let code = match error {
                StatementError::Truncated => "TRUNCATED",
                StatementError::Bomb { .. } => "TOO_LARGE_UNPACKED",
                StatementError::CellTooLarge { .. } | StatementError::RecordTooLarge { .. } => "CELL_TOO_LARGE",
                StatementError::OpenQuote { .. } => "OPEN_QUOTE",
                StatementError::Encoding { .. } => "MIXED_ENCODINGS",
                StatementError::Empty => "EMPTY",
                StatementError::NotText { .. } => "NOT_TEXT",
                _ => "UNREADABLE",
            };
            Problem::new(code, error.to_string(), "mend the file, or download it anew, and take that in")
        }
        Unread::Currency(code) => Problem::new(
            "UNKNOWN_CURRENCY",
            format!("{code:?} is not the ISO 4217 code of a currency"),
            "correct the currency in the file",
        ),
        Unread::TooManyItems => Problem::new(
            "TOO_MANY_ITEMS",
            "the lines are of more than a million different things",
            "look whether the format takes the right columns for title and code, or split the file",
        ),
        Unread::Fault(_) | Unread::Disk(_) => Problem::new(
            "TOO_LARGE",
            "the amounts come to more than can be reckoned with",
            "look whether the decimal mark is read right",
        ),
    }
}

/// Writes what a statement comes to.
async fn finish(
    services: &Services,
    ctx: &Ctx,
    import: &import::Model,
    (formats, kept): (&Formats, Kept),
    mut gathered: Gathered,
) -> Result<ImportState, RoyaltyError> {
    let currencies: Result<Vec<Currency>, Unread> =
        gathered.summary.tally.totals.keys().map(|code| own(*code)).collect();
    if let Err(unread) = currencies {
        return stop(services, ctx, import.id, unread).await;
    }
    let stored = services.files.put_file(gathered.index.path()).await?;
    let now = ctx.env.now();
    let tx = services.begin().await?;
    let studio = hold_studio(&tx, import.studio_id).await?;
    let mut found = lock(&tx, ctx, import.id).await?;
    if found.state != ImportState::Reading {
        return Ok(found.state);
    }
    found.content_sha256 = Some(gathered.content_sha256.clone());
    let tally = &gathered.summary.tally;
    let period = tally.period.or(tally.sold);
    (found.period_from, found.period_to) = (period.map(|span| span.from), period.map(|span| span.to));
    found.format = Some(gathered.summary.layout.format.clone());
    let lines = tally.lines.cast_signed();
    let same = same_content(&tx, &found).await?;
    let (state, problems) = match &same {
        _ if found.cancel_asked_at.is_some() => (ImportState::Cancelled, Vec::new()),
        Some(same) => (ImportState::Duplicate, vec![Problem::same_as(same)]),
        None => {
            writing::write_all(&tx, ctx, (&found, studio.currency), &mut gathered).await?;
            let problems = problems(&tx, &found, &gathered, now.date_naive()).await?;
            let is_held = problems.iter().any(|problem| !problem.is_warning);
            (if is_held { ImportState::Held } else { ImportState::Ready }, problems)
        }
    };
    let mut row = import::ActiveModel {
        content_sha256: Set(found.content_sha256.clone()),
        period_from: Set(found.period_from),
        period_to: Set(found.period_to),
        format: Set(found.format.clone()),
        state: Set(state),
        lines: Set(lines),
        lines_read: Set(lines),
        items: Set(i32::try_from(gathered.items.len()).unwrap_or(i32::MAX)),
        ended_at: Set(Some(now).filter(|_| state != ImportState::Held)),
        ..found.clone().into_active_model()
    };
    if matches!(state, ImportState::Ready | ImportState::Held) {
        let index = RenderedFile {
            kind: AssetKind::StatementIndex,
            file_name: INDEX_NAME.to_owned(),
            media_type: "application/octet-stream".to_owned(),
            stored,
            facts: None,
        };
        row.index_asset_id = Set(Some(add_rendered_asset(&tx, ctx, import.studio_id, index).await?.id));
        row.format_number = Set(formats.number_of(&gathered.summary.layout));
        row.layout = Set(Some(layout(&gathered, kept)?));
    } else {
        row.duplicate_of = Set(same.map(|same| same.id).filter(|_| state == ImportState::Duplicate));
    }
    row.problem = Set(if problems.is_empty() { None } else { Some(as_json(&problems)?) });
    let read = row.update(&tx).await?;
    if read.state == ImportState::Ready {
        put_to_be_booked(&tx, ctx, &read).await?;
    }
    services.commit(tx).await?;
    Ok(read.state)
}

/// How a file is written, and which particulars of its lines are kept.
fn layout(gathered: &Gathered, kept: Kept) -> Result<Json, RoyaltyError> {
    let mut layout = serde_json::to_value(&gathered.summary.layout)?;
    layout["kept"] = serde_json::to_value(kept)?;
    Ok(layout)
}

/// What somebody has to accept before a statement counts.
async fn problems(
    tx: &Tx,
    import: &import::Model,
    gathered: &Gathered,
    today: NaiveDate,
) -> Result<Vec<Problem>, RoyaltyError> {
    let tally = &gathered.summary.tally;
    let mut problems = Vec::new();
    for found in tally.faults.first.iter().take(MAX_TOLD) {
        let message = format!("line {}: {}: {}", found.place.line, found.fault.field, found.fault.problem);
        problems.push(Problem::new("ROW_REFUSED", message, found.fault.remedy.clone()));
    }
    if tally.faults.count > MAX_TOLD as u64 {
        let message = format!("{} rows were not taken; these are the first", tally.faults.count);
        problems.push(Problem::new("MORE_ROWS_REFUSED", message, "mend the file, or accept it without them"));
    }
    if tally.lines == 0 {
        let remedy = "look whether the download is whole, or accept that nothing was earned";
        problems.push(Problem::new("NO_LINES", "the statement has no line at all", remedy));
    }
    problems.extend(gathered.summary.stated.iter().filter_map(total_problem));
    if gathered.undated_lines > 0 {
        let message = format!("{} lines say no day on which something was sold or used", gathered.undated_lines);
        let month = first_of_month(import.created_at.date_naive());
        let remedy =
            format!("accept it to have them count for {}, or teach the format its dates", month.format("%Y-%m"));
        problems.push(Problem::new("NO_DATE", message, remedy));
    }
    if let Some(day) = gathered.latest_from.filter(|day| *day > today) {
        let message = format!("it accounts for what begins on {day}, which is still to come");
        let remedy = "look whether days and months are read right, or accept it";
        problems.push(Problem::new("IN_FUTURE", message, remedy));
    }
    problems.extend(overlaps::problem(tx, import).await?);
    problems.extend(warnings(import, gathered));
    Ok(problems)
}

/// What is worth a look and holds nothing: what was left out of lines that count, and a currency that was named in vain.
fn warnings(import: &import::Model, gathered: &Gathered) -> Vec<Problem> {
    let tally = &gathered.summary.tally;
    let mut warnings = Vec::new();
    for found in tally.notices.first.iter().take(MAX_WARNED) {
        let message = format!("line {}: {}: {}", found.place.line, found.fault.field, found.fault.problem);
        warnings.push(Problem::warning("LEFT_OUT", message, found.fault.remedy.clone()));
    }
    if tally.notices.count > MAX_WARNED as u64 {
        let message = format!("something was left out of {} lines; these are the first", tally.notices.count);
        warnings.push(Problem::warning("MORE_LEFT_OUT", message, "look at them with `ledgerline statement inspect`"));
    }
    let said: Vec<&str> = tally.totals.keys().map(statements::Currency::as_str).collect();
    if let Some(named) = import.given_currency.filter(|named| !said.is_empty() && !said.contains(&named.code())) {
        let message = format!("{named} was named, but it says {} itself, which holds", said.join(" and "));
        let remedy = "name a currency only of files that do not say theirs; the rate into another is set beside";
        warnings.push(Problem::warning("CURRENCY_SAID", message, remedy));
    }
    warnings
}

/// What is wrong with a total of the file's own.
fn total_problem(StatedTotal { place, amount, agreement, .. }: &StatedTotal) -> Option<Problem> {
    let remedy = "look whether lines are missing, or accept what its lines come to";
    let message = match agreement {
        Agreement::Exact | Agreement::Rounded { .. } => return None,
        Agreement::Differs { difference } => {
            format!("its own total on line {}, {amount}, is {difference} more than its lines come to", place.line)
        }
        Agreement::Unknown => {
            format!("of its own total on line {}, {amount}, nobody can tell the currency", place.line)
        }
    };
    Some(Problem::new("TOTAL_DIFFERS", message, remedy))
}

/// Which particulars the rules ask for.
const fn kept_by(Grain { territory, format, source, .. }: Grain) -> Kept {
    Kept { territory, format, source }
}

/// Adds a statement's lines up anew where the studio's rules have come to ask for more than was kept of them. What a run has taken stays as it is. One that
/// has all that is asked for, or does not count, stays untouched.
pub async fn reaggregate(services: &Services, id: StatementImportId) -> Result<(), RoyaltyError> {
    let ctx = services.ctx(Actor::System);
    let import = import::Entity::find_by_id(id).one(&services.db).await?.ok_or(NO_STATEMENT)?;
    let asked = kept_by(grain_of(&services.db, import.studio_id).await?);
    let kept = kept_of(&import)?;
    let is_enough =
        (kept.territory || !asked.territory) && (kept.format || !asked.format) && (kept.source || !asked.source);
    if import.state != ImportState::Ready || is_enough {
        return Ok(());
    }
    let all = Kept {
        territory: kept.territory || asked.territory,
        format: kept.format || asked.format,
        source: kept.source || asked.source,
    };
    let formats = Formats::of(&services.db, import.studio_id).await?;
    let read_by = formats.of_import(&import).ok_or_else(|| io::Error::other("the format of a statement is gone"))?;
    let gathered = scan(services, &import, all, vec![read_by.clone()]).await?;
    let mut gathered = gathered.map_err(|unread| match unread {
        Unread::Statement(error) => RoyaltyError::Unreadable(error),
        Unread::Disk(cause) => cause.into(),
        Unread::Fault(fault) => fault.into(),
        Unread::TooManyItems | Unread::Currency(_) => io::Error::other("a statement that was read is another").into(),
    })?;
    if import.content_sha256.as_ref() != Some(&gathered.content_sha256) {
        return Err(io::Error::other("a statement that was read says something else").into());
    }
    let tx = services.begin().await?;
    let found = lock(&tx, &ctx, id).await?;
    if kept_of(&found)? != kept {
        return Ok(());
    }
    sum::Entity::delete_many()
        .filter(sum::Column::ImportId.eq(id))
        .filter(sum::Column::RunId.is_null())
        .exec(&tx)
        .await?;
    let taken: HashSet<Taken> = sum::Entity::find()
        .select_only()
        .columns([sum::Column::Item, sum::Column::Currency, sum::Column::UsedOn])
        .distinct()
        .filter(sum::Column::ImportId.eq(id))
        .into_tuple::<Taken>()
        .all(&tx)
        .await?
        .into_iter()
        .collect();
    writing::write_sums(&tx, &found, &mut gathered, &taken).await?;
    let layout = layout(&gathered, all)?;
    let row = import::ActiveModel { layout: Set(Some(layout)), ..found.into_active_model() };
    row.update(&tx).await?;
    services.commit(tx).await?;
    Ok(())
}

/// Which particulars were kept of a statement's lines.
fn kept_of(import: &import::Model) -> Result<Kept, RoyaltyError> {
    let kept = import.layout.as_ref().and_then(|layout| layout.get("kept")).cloned();
    Ok(kept.map(serde_json::from_value).transpose()?.unwrap_or_default())
}
