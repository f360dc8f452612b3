//! Entering and changing rooms, and their exceptional days.

use chrono::NaiveDate;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, sea_query::OnConflict,
};

use super::occupying::lock_room;
use crate::{
    actor::Ctx,
    booking::{
        BookingError,
        entity::{exception, room},
        rules::{
            DayHours, MAX_PRICE_MINOR, Opening, Span, WeekHours, Zone,
            texts::{MAX_NAME_CHARS, MAX_NOTES_CHARS, line, lines, optional_line},
        },
    },
    catalog::rules::texts::slug,
    edit::Edit,
    env::Instant,
    identity::entity::studio,
    ids::{RoomId, StudioId},
    money::{Currency, Money},
    policy::{self, Action},
    report::StoreError,
    share::Share,
    store::{self, Tx},
};

/// The longest address of a room, in characters.
const MAX_ADDRESS_CHARS: usize = 500;

/// A room as it is entered; what is not said is as most studios have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoomInput {
    /// Its name.
    pub name: String,
    /// Its time zone, such as `Europe/Berlin`.
    pub time_zone: String,
    /// Its week.
    pub hours: Vec<Opening>,
    /// What else is known of it.
    pub rest: RoomChange,
}

/// A change of a room; texts as typed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RoomChange {
    /// Its name.
    pub name: Edit<String>,
    /// A few sentences about it.
    pub description: Edit<String>,
    /// Where it is.
    pub address: Edit<Option<String>>,
    /// Whether clients book it on its public page.
    pub is_public: Edit<bool>,
    /// Its time zone.
    pub time_zone: Edit<String>,
    /// Its week.
    pub hours: Edit<Vec<Opening>>,
    /// What an hour costs.
    pub hour_rate: Edit<Option<Money>>,
    /// What a day costs.
    pub day_rate: Edit<Option<Money>>,
    /// Every how many minutes a session can begin, counted from the opening.
    pub step_minutes: Edit<i32>,
    /// The shortest session.
    pub min_minutes: Edit<i32>,
    /// The longest session.
    pub max_minutes: Edit<i32>,
    /// Minutes that are kept free before a booking.
    pub buffer_before_minutes: Edit<i32>,
    /// Minutes that are kept free after a booking.
    pub buffer_after_minutes: Edit<i32>,
    /// How many minutes ahead at the latest.
    pub notice_minutes: Edit<i32>,
    /// How many days ahead at the earliest.
    pub horizon_days: Edit<i32>,
    /// For how many minutes a slot is held.
    pub hold_minutes: Edit<i32>,
    /// Which part of the price is paid ahead.
    pub deposit_share: Edit<Share>,
    /// Until how many hours before its start it is cancelled for nothing.
    pub free_cancel_hours: Edit<i32>,
    /// Which part of the deposit is kept after that.
    pub kept_share: Edit<Share>,
    /// Whether it is given up.
    pub archived: Edit<bool>,
}

/// Enters a room.
///
/// # Errors
/// [`BookingError`], with the field that cannot stand.
pub async fn create_room(tx: &Tx, ctx: &Ctx, studio: StudioId, input: RoomInput) -> Result<room::Model, BookingError> {
    policy::require(&ctx.actor, Action::ManageProduction, studio)?;
    let not_found = BookingError::NotFound { what: "studio", field: "studio" };
    let currency = studio::Entity::find_by_id(studio).one(tx).await?.ok_or(not_found)?.currency;
    let now = ctx.env.now();
    let blank = room::Model {
        id: ctx.env.id(),
        studio_id: studio,
        slug: String::new(),
        name: String::new(),
        description: String::new(),
        address: None,
        is_public: false,
        time_zone: Zone::UTC,
        hours: WeekHours::default(),
        currency,
        hour_rate_minor: None,
        day_rate_minor: None,
        step_minutes: 60,
        min_minutes: 120,
        max_minutes: 720,
        buffer_before_minutes: 0,
        buffer_after_minutes: 0,
        notice_minutes: 24 * 60,
        horizon_days: 90,
        hold_minutes: 30,
        deposit_share: Share::ZERO,
        free_cancel_hours: 48,
        kept_share: Share::WHOLE,
        archived_at: None,
        created_at: now,
        updated_at: now,
    };
    let change = RoomChange {
        name: Edit::To(input.name),
        time_zone: Edit::To(input.time_zone),
        hours: Edit::To(input.hours),
        ..input.rest
    };
    let changed = apply(blank, change, now)?;
    let row = room::Model { slug: free_slug(tx, studio, &changed.name).await?, ..changed };
    if store::insert_new(tx, row.clone().into_active_model()).await? { Ok(row) } else { Err(BookingError::Raced) }
}

/// Changes a room. What is booked already stays as it was booked; its new hours, rates and terms hold for what comes.
///
/// # Errors
/// [`BookingError`], with the field that cannot stand.
pub async fn update_room(tx: &Tx, ctx: &Ctx, id: RoomId, change: RoomChange) -> Result<room::Model, BookingError> {
    let found = find(tx, ctx, id).await?;
    let changed = apply(found, change, ctx.env.now())?;
    let row = room::ActiveModel { id: Set(changed.id), ..changed.into_active_model().reset_all() };
    Ok(row.update(tx).await?)
}

async fn find(tx: &Tx, ctx: &Ctx, id: RoomId) -> Result<room::Model, BookingError> {
    let found = lock_room(tx, id).await?;
    let found = policy::visible(&ctx.actor, Action::ManageProduction, found, |room| room.studio_id)?;
    found.ok_or(BookingError::NotFound { what: "room", field: "room" })
}

/// A room as it is changed, if it can stand so.
fn apply(room: room::Model, change: RoomChange, now: Instant) -> Result<room::Model, BookingError> {
    let of_currency = room.currency;
    let room = room::Model {
        name: change.name.try_map(|name| line("name", &name, MAX_NAME_CHARS))?.or(room.name),
        description: change
            .description
            .try_map(|text| lines("description", &text, MAX_NOTES_CHARS))?
            .or(room.description),
        address: change
            .address
            .try_map(|text| optional_line("address", text.as_deref(), MAX_ADDRESS_CHARS))?
            .or(room.address),
        is_public: change.is_public.or(room.is_public),
        time_zone: change.time_zone.try_map(|name| name.parse::<Zone>())?.or(room.time_zone),
        hours: change.hours.try_map(|hours| WeekHours::check(&hours))?.or(room.hours),
        hour_rate_minor: change
            .hour_rate
            .try_map(|rate| check_rate("hourRate", rate, of_currency))?
            .or(room.hour_rate_minor),
        day_rate_minor: change
            .day_rate
            .try_map(|rate| check_rate("dayRate", rate, of_currency))?
            .or(room.day_rate_minor),
        step_minutes: change.step_minutes.or(room.step_minutes),
        min_minutes: change.min_minutes.or(room.min_minutes),
        max_minutes: change.max_minutes.or(room.max_minutes),
        buffer_before_minutes: change.buffer_before_minutes.or(room.buffer_before_minutes),
        buffer_after_minutes: change.buffer_after_minutes.or(room.buffer_after_minutes),
        notice_minutes: change.notice_minutes.or(room.notice_minutes),
        horizon_days: change.horizon_days.or(room.horizon_days),
        hold_minutes: change.hold_minutes.or(room.hold_minutes),
        deposit_share: change.deposit_share.or(room.deposit_share),
        free_cancel_hours: change.free_cancel_hours.or(room.free_cancel_hours),
        kept_share: change.kept_share.or(room.kept_share),
        archived_at: match change.archived {
            Edit::Keep => room.archived_at,
            Edit::To(true) => room.archived_at.or(Some(now)),
            Edit::To(false) => None,
        },
        updated_at: now,
        ..room
    };
    check_settings(&room)?;
    Ok(room)
}

/// A rate in minor units, if it can be one.
pub(super) fn check_rate(
    field: &'static str,
    rate: Option<Money>,
    currency: Currency,
) -> Result<Option<i64>, BookingError> {
    match rate {
        Some(rate) if !(0..=MAX_PRICE_MINOR).contains(&rate.minor) || rate.currency != currency => {
            Err(BookingError::Rate { field })
        }
        rate => Ok(rate.map(|rate| rate.minor)),
    }
}

/// Refuses numbers out of their range; the table holds the same.
fn check_settings(room: &room::Model) -> Result<(), BookingError> {
    let quarters = |minutes: i32| minutes % 15 == 0;
    let checks = [
        (
            (15..=1_440).contains(&room.step_minutes) && quarters(room.step_minutes),
            "stepMinutes",
            "slots begin every 15 to 1440 minutes, a multiple of 15",
        ),
        (
            (15..=1_440).contains(&room.min_minutes) && quarters(room.min_minutes),
            "minMinutes",
            "the shortest session has 15 to 1440 minutes, a multiple of 15",
        ),
        (
            (room.min_minutes..=2_880).contains(&room.max_minutes) && quarters(room.max_minutes),
            "maxMinutes",
            "the longest session has no less than the shortest and 2880 minutes at the most, a multiple of 15",
        ),
        (
            (0..=1_440).contains(&room.buffer_before_minutes) && quarters(room.buffer_before_minutes),
            "bufferBeforeMinutes",
            "a buffer has 0 to 1440 minutes, a multiple of 15",
        ),
        (
            (0..=1_440).contains(&room.buffer_after_minutes) && quarters(room.buffer_after_minutes),
            "bufferAfterMinutes",
            "a buffer has 0 to 1440 minutes, a multiple of 15",
        ),
        ((0..=525_600).contains(&room.notice_minutes), "noticeMinutes", "notice is 0 to 525600 minutes"),
        ((1..=730).contains(&room.horizon_days), "horizonDays", "a room is booked 1 to 730 days ahead"),
        ((10..=60).contains(&room.hold_minutes), "holdMinutes", "a slot is held for 10 to 60 minutes"),
        (
            (0..=8_760).contains(&room.free_cancel_hours),
            "freeCancelHours",
            "the deadline is 0 to 8760 hours before the start",
        ),
    ];
    match checks.into_iter().find(|(holds, _, _)| !holds) {
        Some((_, field, said)) => Err(BookingError::Setting { field, said }),
        None => Ok(()),
    }
}

/// A word for addresses that no other room of the studio has.
async fn free_slug(tx: &Tx, studio: StudioId, name: &str) -> Result<String, StoreError> {
    let base = match slug(name).as_str() {
        // What the catalogue calls a title without letters.
        "beat" if !name.to_lowercase().contains("beat") => "room".to_owned(),
        word => word.to_owned(),
    };
    let others = room::Entity::find().filter(room::Column::StudioId.eq(studio)).all(tx).await?;
    let is_free = |word: &String| others.iter().all(|other| other.slug != *word);
    let numbered = (2..=others.len() + 2).map(|number| format!("{base}-{number}"));
    Ok(std::iter::once(base.clone()).chain(numbered).find(is_free).unwrap_or(base))
}

/// Gives a room other hours on a day than its week says; none at all if it is closed. What is booked on it already stays.
///
/// # Errors
/// If the hours cannot be hours.
pub async fn set_exception(
    tx: &Tx,
    ctx: &Ctx,
    (id, on_date): (RoomId, NaiveDate),
    hours: &[Span],
    note: Option<&str>,
) -> Result<exception::Model, BookingError> {
    let room = find(tx, ctx, id).await?;
    let row = exception::Model {
        room_id: room.id,
        on_date,
        hours: DayHours::check(hours)?,
        note: optional_line("note", note, MAX_NAME_CHARS)?,
    };
    let other = OnConflict::columns([exception::Column::RoomId, exception::Column::OnDate])
        .update_columns([exception::Column::Hours, exception::Column::Note])
        .to_owned();
    exception::Entity::insert(row.clone().into_active_model()).on_conflict(other).exec_without_returning(tx).await?;
    Ok(row)
}

/// Lets a day be as the week says again; whether it was otherwise.
pub async fn remove_exception(tx: &Tx, ctx: &Ctx, id: RoomId, on_date: NaiveDate) -> Result<bool, BookingError> {
    let room = find(tx, ctx, id).await?;
    let removed = exception::Entity::delete_by_id((room.id, on_date)).exec(tx).await?;
    Ok(removed.rows_affected > 0)
}
