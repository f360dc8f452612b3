//! Under which names and codes a studio registers.

use interchange::identifiers::{Dpid, IdentifierError, IpiNameNumber};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};

use super::{hold_studio, prefix_taken};
use crate::{
    actor::Ctx,
    edit::Edit,
    identity::rules::name,
    ids::StudioId,
    policy::{self, Action},
    registrations::{
        RegistrationError,
        entity::{counter, settings},
        rules,
    },
    store::Tx,
};

/// The most characters of a sender's name.
const MAX_NAME_CHARS: usize = 45;

/// A change of how a studio registers; texts as typed, empty ones are none.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SettingsChange {
    /// The name in registrations, of 45 characters at the most.
    pub sender_name: Edit<Option<String>>,
    /// The IPI name number.
    pub sender_ipi: Edit<Option<String>>,
    /// The code in the names of files, two or three letters or digits.
    pub sender_code: Edit<Option<String>>,
    /// The society of the studio's publisher, by its CISAC number.
    pub society: Edit<Option<i32>>,
    /// The DDEX party identifier.
    pub dpid: Edit<Option<String>>,
    /// The five characters that its ISRCs begin with.
    pub isrc_prefix: Edit<Option<String>>,
    /// From which number on codes of a year are given out here, where others were given out elsewhere.
    pub first_isrc: Option<FirstIsrc>,
}

/// The first code of a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FirstIsrc {
    /// The year.
    pub year: i32,
    /// Its first number.
    pub number: i32,
}

/// Changes how a studio registers.
pub async fn set_settings(
    tx: &Tx,
    ctx: &Ctx,
    studio: StudioId,
    change: SettingsChange,
) -> Result<settings::Model, RegistrationError> {
    policy::require(&ctx.actor, Action::ManageRegistrations, studio)?;
    hold_studio(tx, studio).await?;
    let standing = settings::Entity::find_by_id(studio).one(tx).await?;
    let is_new = standing.is_none();
    let before = standing.unwrap_or_else(|| nothing(ctx, studio));
    let row = settings::Model {
        studio_id: studio,
        sender_name: change.sender_name.try_map(sender_name)?.or(before.sender_name),
        sender_ipi: change.sender_ipi.try_map(|text| number::<IpiNameNumber>("senderIpi", text))?.or(before.sender_ipi),
        sender_code: change.sender_code.try_map(sender_code)?.or(before.sender_code),
        society: change.society.try_map(society)?.or(before.society),
        dpid: change.dpid.try_map(|text| number::<Dpid>("dpid", text))?.or(before.dpid),
        isrc_prefix: change.isrc_prefix.try_map(prefix)?.or(before.isrc_prefix),
        updated_at: ctx.env.now(),
    };
    if let Some(prefix) = &row.isrc_prefix {
        let others = settings::Entity::find()
            .filter(settings::Column::IsrcPrefix.eq(prefix.as_str()))
            .filter(settings::Column::StudioId.ne(studio));
        if others.one(tx).await?.is_some() {
            return Err(RegistrationError::PrefixTaken);
        }
    }
    let saved = if is_new {
        row.into_active_model().insert(tx).await.map_err(prefix_taken)?
    } else {
        row.into_active_model().reset_all().update(tx).await.map_err(prefix_taken)?
    };
    if let Some(first) = change.first_isrc {
        begin_counting(tx, &saved, first).await?;
    }
    Ok(saved)
}

fn nothing(ctx: &Ctx, studio: StudioId) -> settings::Model {
    settings::Model {
        studio_id: studio,
        sender_name: None,
        sender_ipi: None,
        sender_code: None,
        society: None,
        dpid: None,
        isrc_prefix: None,
        updated_at: ctx.env.now(),
    }
}

fn given(text: Option<String>) -> Option<String> {
    text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}

fn sender_name(text: Option<String>) -> Result<Option<String>, RegistrationError> {
    given(text).map(|text| name(&text, MAX_NAME_CHARS)).transpose().map_err(|fault| {
        RegistrationError::of("senderName", fault.to_string(), format!("use {MAX_NAME_CHARS} characters at the most"))
    })
}

fn number<T>(field: &'static str, text: Option<String>) -> Result<Option<String>, RegistrationError>
where
    T: std::str::FromStr<Err = IdentifierError> + Into<String>,
{
    let read = given(text).map(|text| text.parse::<T>()).transpose();
    let read = read.map_err(|problem| RegistrationError::of(field, problem.to_string(), "correct it, or leave it out"));
    Ok(read?.map(Into::into))
}

fn sender_code(text: Option<String>) -> Result<Option<String>, RegistrationError> {
    let Some(code) = given(text).map(|text| text.to_uppercase()) else { return Ok(None) };
    if (2..=3).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return Ok(Some(code));
    }
    let problem = "a sender's code has two or three letters or digits";
    Err(RegistrationError::of("senderCode", problem, "enter the code that CISAC or the society has given"))
}

fn society(number: Option<i32>) -> Result<Option<i32>, RegistrationError> {
    if number.is_none_or(|number| (1..1000).contains(&number)) {
        return Ok(number);
    }
    let remedy = "write CISAC's number of it, such as 10 for ASCAP";
    Err(RegistrationError::of("society", "it is no number of a society", remedy))
}

fn prefix(text: Option<String>) -> Result<Option<String>, RegistrationError> {
    given(text).map(|text| rules::prefix(&text)).transpose().map_err(RegistrationError::Fault)
}

/// Says from which number on codes of a year are given out. Saying so twice is saying so once.
async fn begin_counting(tx: &Tx, settings: &settings::Model, first: FirstIsrc) -> Result<(), RegistrationError> {
    let FirstIsrc { year, number } = first;
    let Some(prefix) = &settings.isrc_prefix else {
        return Err(RegistrationError::of("isrcPrefix", "there is no prefix to count for", "enter the prefix as well"));
    };
    if !(2000..2100).contains(&year) || !(1..=rules::MAX_NUMBER).contains(&number) {
        let problem = "a year is 2000 to 2099, and its codes have the numbers 1 to 99999";
        return Err(RegistrationError::of("firstIsrc", problem, "enter the next number that is free"));
    }
    let key = (settings.studio_id, prefix.clone(), year % 100);
    match counter::Entity::find_by_id(key).one(tx).await? {
        Some(standing) if standing.first_number == number => Ok(()),
        Some(standing) => Err(RegistrationError::CountingBegun { year, first: standing.first_number }),
        None => {
            let row = counter::ActiveModel {
                studio_id: Set(settings.studio_id),
                prefix: Set(prefix.clone()),
                year: Set(year % 100),
                first_number: Set(number),
                last_number: Set(number - 1),
            };
            row.insert(tx).await.map_err(prefix_taken)?;
            Ok(())
        }
    }
}
