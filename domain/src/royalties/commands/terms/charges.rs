//! Charging costs and advances against royalties, and taking that back.

use chrono::NaiveDate;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};

use super::{MAX_GROUP_CHARS, SOURCE, check_key, hold_studio, require_parties, require_subjects, text};
use crate::{
    actor::Ctx,
    ids::{JournalId, RoyaltyChargeId, StudioId},
    ledger::{
        commands::{Event, Posting, post},
        entity::JournalKind,
        rules::royalty,
    },
    money::Money,
    policy::{self, Action},
    royalties::{
        RoyaltyError,
        entity::{ChargeKind, charge, subject_columns},
        rules::{AccountKey, ChargedTo, RoyaltyFault},
    },
    store::Tx,
    visible::undirected,
};

/// The most characters of a note.
const MAX_NOTE_CHARS: usize = 500;
/// The most that is charged, or said to have reached the bank, at once, in minor units; what is more is mistyped.
pub const MOST_AT_ONCE: i64 = 1_000_000_000_000;

/// What is to be charged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCharge {
    /// Its day: a run takes it that goes through it, or through a later one.
    pub on: NaiveDate,
    /// How much.
    pub amount: Money,
    /// To whom. Payments are none: they are payouts.
    pub to: ChargedTo,
    /// What for; it may be empty.
    pub note: String,
    /// By which it is recorded once.
    pub request_key: Option<String>,
}

/// Charges a cost or an advance of up to [`MOST_AT_ONCE`], and books what the studio has paid for it. What is included in others' costs they have booked. Under the same key it is charged once.
pub async fn save_charge(tx: &Tx, ctx: &Ctx, studio: StudioId, new: NewCharge) -> Result<charge::Model, RoyaltyError> {
    policy::require(&ctx.actor, Action::ManageRoyalties, studio)?;
    if new.amount.minor <= 0 {
        return Err(RoyaltyError::NoCharge);
    }
    if new.amount.minor > MOST_AT_ONCE {
        return Err(RoyaltyError::TooMuch { most: Money::new(MOST_AT_ONCE, new.amount.currency) });
    }
    if new.note.chars().count() > MAX_NOTE_CHARS {
        return Err(RoyaltyError::Text { field: "note", most: MAX_NOTE_CHARS });
    }
    check_key(new.request_key.as_deref())?;
    hold_studio(tx, studio).await?;
    let row = row_of(ctx, studio, new)?;
    if let Some(key) = &row.request_key {
        let of_key = charge::Entity::find()
            .filter(charge::Column::StudioId.eq(studio))
            .filter(charge::Column::RequestKey.eq(key.as_str()));
        if let Some(standing) = of_key.one(tx).await? {
            return if is_same(&standing, &row) { Ok(standing) } else { Err(RoyaltyError::KeyTaken) };
        }
    }
    require_parties(tx, studio, row.party_id.into_iter().chain(row.included_party_id), "to").await?;
    require_subjects(tx, studio, row.subject().as_slice(), "to").await?;
    let journal_id = if row.included_party_id.is_some() { None } else { Some(book(tx, ctx, &row).await?) };
    Ok(charge::Model { journal_id, ..row }.into_active_model().insert(tx).await?)
}

fn is_same(standing: &charge::Model, asked: &charge::Model) -> bool {
    let said = |row: &charge::Model| charge::Model {
        id: asked.id,
        journal_id: None,
        recorded_at: asked.recorded_at,
        recorded_by: None,
        run_id: None,
        ..row.clone()
    };
    said(standing) == said(asked)
}

fn row_of(ctx: &Ctx, studio: StudioId, new: NewCharge) -> Result<charge::Model, RoyaltyError> {
    let mut row = charge::Model {
        id: ctx.env.id(),
        studio_id: studio,
        kind: ChargeKind::Shared,
        on_date: new.on,
        amount_minor: new.amount.minor,
        currency: new.amount.currency,
        recording_id: None,
        work_id: None,
        release: None,
        party_id: None,
        account_group: None,
        included_party_id: None,
        included_group: None,
        payout_id: None,
        reverses_id: None,
        note: new.note,
        request_key: new.request_key,
        journal_id: None,
        recorded_at: ctx.env.now(),
        recorded_by: ctx.actor.user(),
        run_id: None,
    };
    let mut charged = |kind, AccountKey { payee, group }: AccountKey| {
        row.kind = kind;
        row.party_id = Some(payee);
        row.account_group = Some(group.0);
    };
    match new.to {
        ChargedTo::Shared { subject } => (row.recording_id, row.work_id, row.release) = subject_columns(&subject),
        ChargedTo::Cost { account } => charged(ChargeKind::Cost, account),
        ChargedTo::Advance { account, included_in } => {
            if included_in.as_ref() == Some(&account) {
                return Err(RoyaltyError::IncludedInItself);
            }
            charged(ChargeKind::Advance, account);
            row.included_party_id = included_in.as_ref().map(|other| other.payee);
            row.included_group = included_in.map(|other| other.group.0);
        }
        ChargedTo::Payment { .. } => return Err(RoyaltyError::PaidOut),
    }
    for group in row.account_group.iter().chain(&row.included_group) {
        text("to", group, MAX_GROUP_CHARS)?;
    }
    Ok(row)
}

/// Takes a charge back, and books what the studio has paid for it back. If no run has taken the charge, none takes either; else the next run takes this, and gives back
/// what was recouped. Taking back twice is taking back once.
pub async fn reverse_charge(
    tx: &Tx,
    ctx: &Ctx,
    id: RoyaltyChargeId,
    reason: &str,
) -> Result<charge::Model, RoyaltyError> {
    const NO_CHARGE: RoyaltyError = RoyaltyError::NotFound { what: "charge", field: "charge" };
    let found = charge::Entity::find_by_id(id).one(tx).await?;
    let found = policy::visible(&ctx.actor, Action::ManageRoyalties, found, |row| row.studio_id)?;
    let found = found.ok_or(NO_CHARGE)?;
    let reason = undirected(reason.trim());
    text("reason", &reason, MAX_NOTE_CHARS)?;
    if found.kind == ChargeKind::Payment || found.reverses_id.is_some() {
        return Err(RoyaltyError::NotReversible);
    }
    // Who reckons a run, or takes the same back, comes before or after.
    hold_studio(tx, found.studio_id).await?;
    if let Some(standing) = charge::Entity::find().filter(charge::Column::ReversesId.eq(id)).one(tx).await? {
        return Ok(standing);
    }
    let row = charge::Model {
        id: ctx.env.id(),
        amount_minor: found.amount_minor.checked_neg().ok_or(RoyaltyFault::Overflow)?,
        reverses_id: Some(id),
        note: reason,
        request_key: None,
        journal_id: None,
        recorded_at: ctx.env.now(),
        recorded_by: ctx.actor.user(),
        run_id: None,
        ..found.clone()
    };
    let journal_id = match found.journal_id {
        Some(of) => Some(book_back(tx, ctx, &row, (of, found.amount_minor)).await?),
        None => None,
    };
    Ok(charge::Model { journal_id, ..row }.into_active_model().insert(tx).await?)
}

async fn book_back(
    tx: &Tx,
    ctx: &Ctx,
    row: &charge::Model,
    (of, amount_minor): (JournalId, i64),
) -> Result<JournalId, RoyaltyError> {
    let name = row.id.to_string();
    let legs = royalty::charge_reversed(amount_minor).map_err(crate::ledger::LedgerError::from)?;
    let event = event_of(row, &name, &row.note);
    let posting = Posting { of: Some(of), ..Posting::plain(event, JournalKind::RoyaltyCharge, legs) };
    Ok(post(tx, ctx, &posting).await?.id)
}

async fn book(tx: &Tx, ctx: &Ctx, row: &charge::Model) -> Result<JournalId, RoyaltyError> {
    let name = row.id.to_string();
    let memo: &str = if row.note.is_empty() { "Charged against royalties" } else { &row.note };
    let legs = royalty::charge(row.amount_minor).map_err(crate::ledger::LedgerError::from)?;
    Ok(post(tx, ctx, &Posting::plain(event_of(row, &name, memo), JournalKind::RoyaltyCharge, legs)).await?.id)
}

/// What a charge is to the ledger.
const fn event_of<'a>(row: &charge::Model, name: &'a str, memo: &'a str) -> Event<'a> {
    Event {
        studio: row.studio_id,
        source: SOURCE,
        external_id: name,
        order: None,
        reference: name,
        memo,
        currency: row.currency,
        occurred_at: None,
    }
}
