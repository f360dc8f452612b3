//! Giving out ISRCs: of each prefix and year one after the other, none of them twice.

use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect,
    sea_query::LockType,
};

use super::{hold_studio, prefix_taken, rematch};
use crate::{
    actor::Ctx,
    catalog::{entity::recording, set_recording_isrc},
    ids::{RecordingId, StudioId},
    policy::{self, Action},
    registrations::{
        RegistrationError,
        entity::{assignment, counter, settings},
        rules,
    },
    store::Tx,
};

/// Gives a recording the next code of the studio's prefix and a year. A code that a recording was given before it gets again; one that was entered by hand is
/// counted as given out when its turn comes.
pub async fn assign_isrc(
    tx: &Tx,
    ctx: &Ctx,
    recording: RecordingId,
    year: i32,
) -> Result<assignment::Model, RegistrationError> {
    let missing = || RegistrationError::NotFound { what: "recording", field: "recording" };
    let found = recording::Entity::find_by_id(recording).one(tx).await?;
    let found = policy::visible(&ctx.actor, Action::ManageRegistrations, found, |row| row.studio_id)?;
    let studio = found.ok_or_else(missing)?.studio_id;
    hold_studio(tx, studio).await?;
    // As it is now that nobody else gives out codes.
    let found = recording::Entity::find_by_id(recording).one(tx).await?.ok_or_else(missing)?;
    if let Some(isrc) = &found.isrc {
        return Err(RegistrationError::HasIsrc { isrc: rules::printed(isrc) });
    }
    let given = match of_recording(tx, recording).await? {
        Some(standing) => standing,
        None => next(tx, ctx, (studio, recording), year).await?,
    };
    set_recording_isrc(tx, ctx, (studio, recording), Some(given.isrc.clone())).await?;
    rematch(tx, ctx, studio).await?;
    Ok(given)
}

async fn of_recording(tx: &Tx, recording: RecordingId) -> Result<Option<assignment::Model>, RegistrationError> {
    Ok(assignment::Entity::find().filter(assignment::Column::RecordingId.eq(recording)).one(tx).await?)
}

/// Gives out the next code that nobody has.
async fn next(
    tx: &Tx,
    ctx: &Ctx,
    (studio, recording): (StudioId, RecordingId),
    year: i32,
) -> Result<assignment::Model, RegistrationError> {
    if !(2000..2100).contains(&year) {
        let remedy = "give the year in which the code is given out, such as 2027";
        return Err(RegistrationError::of("year", "codes are given out for the years 2000 to 2099", remedy));
    }
    let prefix = settings::Entity::find_by_id(studio).one(tx).await?.and_then(|settings| settings.isrc_prefix);
    let Some(prefix) = prefix else {
        let remedy = "enter the prefix of the ISRC agency in the studio's settings for registrations";
        return Err(RegistrationError::of("isrcPrefix", "the studio has no prefix for ISRCs", remedy));
    };
    let key = (studio, prefix.clone(), year % 100);
    let standing = counter::Entity::find_by_id(key).lock(LockType::NoKeyUpdate).one(tx).await?;
    let mut counter = match standing {
        Some(counter) => counter,
        None => open(tx, studio, &prefix, year).await?,
    };
    loop {
        let number = counter.last_number + 1;
        if number > rules::MAX_NUMBER {
            return Err(RegistrationError::IsrcsExhausted { prefix, year });
        }
        let isrc = rules::isrc(&prefix, year, number);
        let holder = recording::Entity::find()
            .filter(recording::Column::StudioId.eq(studio))
            .filter(recording::Column::Isrc.eq(isrc.as_str()))
            .one(tx)
            .await?;
        if let Some(holder) = &holder
            && of_recording(tx, holder.id).await?.is_some()
        {
            return Err(RegistrationError::IsrcHeld { isrc: rules::printed(&isrc), title: holder.title.clone() });
        }
        let mut row = counter.into_active_model();
        row.last_number = Set(number);
        counter = row.update(tx).await?;
        let given = assignment::Model {
            isrc,
            studio_id: studio,
            prefix: prefix.clone(),
            year: year % 100,
            number,
            recording_id: holder.as_ref().map_or(recording, |holder| holder.id),
            assigned_at: ctx.env.now(),
            assigned_by: ctx.actor.user(),
        };
        let given = given.into_active_model().insert(tx).await?;
        if holder.is_none() {
            return Ok(given);
        }
    }
}

/// Begins to count for a year: behind the last code of it that a recording has.
async fn open(tx: &Tx, studio: StudioId, prefix: &str, year: i32) -> Result<counter::Model, RegistrationError> {
    let stem = format!("{prefix}{:02}", year % 100);
    let taken: Vec<Option<String>> = recording::Entity::find()
        .select_only()
        .column(recording::Column::Isrc)
        .filter(recording::Column::StudioId.eq(studio))
        .filter(recording::Column::Isrc.starts_with(&stem))
        .into_tuple()
        .all(tx)
        .await?;
    let last = taken.iter().flatten().filter_map(|isrc| isrc.strip_prefix(&stem)?.parse::<i32>().ok()).max();
    let first = last.unwrap_or(0) + 1;
    if first > rules::MAX_NUMBER {
        return Err(RegistrationError::IsrcsExhausted { prefix: prefix.to_owned(), year });
    }
    let row = counter::ActiveModel {
        studio_id: Set(studio),
        prefix: Set(prefix.to_owned()),
        year: Set(year % 100),
        first_number: Set(first),
        last_number: Set(first - 1),
    };
    row.insert(tx).await.map_err(prefix_taken)
}
