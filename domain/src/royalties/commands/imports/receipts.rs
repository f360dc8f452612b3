//! What of a statement reached the bank: recorded once, and corrected with a reason. Whatever was recorded is kept, and what was booked of it is booked back.

use chrono::NaiveDate;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter,
};

use super::rates::{book, find, is_taken, require_open};
use crate::{
    actor::Ctx,
    ids::StatementImportId,
    ledger::commands::post_back,
    money::{Currency, Money},
    royalties::{
        RoyaltyError,
        commands::terms::MOST_AT_ONCE,
        entity::{RateSource, import, receipt, total},
        rules::{Exact, RoyaltyFault},
    },
    store::Tx,
    visible::{has_visible, undirected},
};

/// The most characters of a reason.
const MAX_REASON_CHARS: usize = 500;
/// What may differ without a word: the twentieth part of what is due, for what banks and taxes take of it …
const TOLERATED_PART: i64 = 20;
/// … and so many minor units in any case.
const TOLERATED_MINOR: i64 = 100;

/// What of a statement reached the bank.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Receipt {
    /// The currency of the statement's lines.
    pub currency: Currency,
    /// How much.
    pub bank: Money,
    /// When.
    pub on: NaiveDate,
    /// Whether somebody has said that it is right though it is far from what is due.
    pub is_confirmed: bool,
}

/// Records what of a statement reached the bank, once. Where no rate was set, what reached it over what the statement comes to is the rate.
///
/// # Errors
/// If the actor may not, something else was recorded already, it has another sign than what is due, or it is far from that and nobody has said that it is right.
pub async fn record_receipt(
    tx: &Tx,
    ctx: &Ctx,
    id: StatementImportId,
    new: Receipt,
) -> Result<total::Model, RoyaltyError> {
    let (import, total) = find(tx, ctx, id, new.currency).await?;
    match standing(&total) {
        Some(standing) if standing == (new.bank, new.on) => Ok(total),
        Some((bank, on)) => Err(RoyaltyError::ReceiptRecorded { bank, on }),
        None => keep(tx, ctx, &import, total, (new, None)).await,
    }
}

/// Corrects what was recorded to have reached the bank: what was booked of it is booked back, and booked anew. A rate that follows from it follows, as long as no
/// run has taken lines by it; after that the difference is booked.
///
/// # Errors
/// As [`record_receipt`], or if nothing was recorded.
pub async fn correct_receipt(
    tx: &Tx,
    ctx: &Ctx,
    id: StatementImportId,
    new: Receipt,
    reason: &str,
) -> Result<total::Model, RoyaltyError> {
    let (import, total) = find(tx, ctx, id, new.currency).await?;
    let reason = undirected(reason.trim());
    if !has_visible(&reason) || reason.chars().count() > MAX_REASON_CHARS {
        return Err(RoyaltyError::Text { field: "reason", most: MAX_REASON_CHARS });
    }
    match standing(&total) {
        Some(standing) if standing == (new.bank, new.on) => Ok(total),
        Some(_) => keep(tx, ctx, &import, total, (new, Some(reason))).await,
        None => Err(RoyaltyError::NoReceipt),
    }
}

/// What was recorded last.
fn standing(total: &total::Model) -> Option<(Money, NaiveDate)> {
    let bank = Money::new(total.bank_minor?, total.account_currency?);
    Some((bank, total.bank_on?))
}

async fn keep(
    tx: &Tx,
    ctx: &Ctx,
    import: &import::Model,
    total: total::Model,
    (new, reason): (Receipt, Option<String>),
) -> Result<total::Model, RoyaltyError> {
    let bank = new.bank;
    if bank.minor.checked_abs().is_none_or(|minor| minor > MOST_AT_ONCE) {
        return Err(RoyaltyError::TooMuch { most: Money::new(MOST_AT_ONCE, bank.currency) });
    }
    let arrived = Exact::of_minor(bank.minor, bank.currency);
    if (total.amount.is_negative() && arrived.is_positive()) || (total.amount.is_positive() && arrived.is_negative()) {
        return Err(RoyaltyError::ReceiptSign { is_negative: total.amount.is_negative() });
    }
    let mut row = total.clone().into_active_model();
    row.bank_minor = Set(Some(bank.minor));
    row.bank_on = Set(Some(new.on));
    let is_by_bank = total.rate_source.is_none() || total.rate_source == Some(RateSource::Bank);
    let makes_rate = is_by_bank && bank.currency != new.currency && !(reason.is_some() && is_taken(tx, &total).await?);
    if makes_rate {
        if reason.is_none() {
            require_open(tx, &total).await?;
        }
        if total.amount == Exact::ZERO || arrived == Exact::ZERO {
            return Err(RoyaltyError::Rate { problem: "what reached the bank tells no rate: set one" });
        }
        row.rate_of = Set(Some(total.amount));
        row.rate_to = Set(Some(arrived));
        row.rate_source = Set(Some(RateSource::Bank));
    } else if total.account_currency.is_none() {
        // In the statement's own currency, which is not the studio's.
        row.rate_of = Set(Some(Exact::whole(1)));
        row.rate_to = Set(Some(Exact::whole(1)));
        row.rate_source = Set(Some(RateSource::Same));
    } else if total.account_currency != Some(bank.currency) {
        return Err(RoyaltyError::Rate { problem: "it is accounted for in another currency: record that" });
    }
    if makes_rate || total.account_currency.is_none() {
        row.account_currency = Set(Some(bank.currency));
        row.rated_at = Set(Some(ctx.env.now()));
        row.rated_by = Set(ctx.actor.user());
    }
    if !makes_rate && !new.is_confirmed {
        require_near(&total, bank)?;
    }
    write_down(tx, ctx, &total, (new, reason)).await?;
    if let Some(journal) = total.receipt_journal_id {
        post_back(tx, ctx, journal, "What reached the bank was corrected").await?;
        row.receipt_journal_id = Set(None);
    }
    if let (true, Some(journal)) = (makes_rate, total.journal_id) {
        post_back(tx, ctx, journal, "The rate was corrected").await?;
        row.journal_id = Set(None);
    }
    if makes_rate {
        row.posted_minor = Set(None);
    }
    book(tx, ctx, import, row.update(tx).await?).await
}

/// Refuses what is far from what the statement comes to: somebody has to say that it is right.
fn require_near(total: &total::Model, bank: Money) -> Result<(), RoyaltyError> {
    let of_account = match (total.rate_of, total.rate_to) {
        (Some(of), Some(to)) if of != to => total.amount.over(to, of)?,
        _ => total.amount,
    };
    let (due_minor, _) = of_account.floor_minor(bank.currency)?;
    let difference = due_minor.checked_sub(bank.minor).and_then(i64::checked_abs).ok_or(RoyaltyFault::Overflow)?;
    let tolerated = (due_minor.saturating_abs() / TOLERATED_PART).max(TOLERATED_MINOR);
    if difference <= tolerated {
        Ok(())
    } else {
        Err(RoyaltyError::ReceiptDiffers { bank, due: Money::new(due_minor, bank.currency) })
    }
}

/// Keeps what was recorded, behind all that was before.
async fn write_down(
    tx: &Tx,
    ctx: &Ctx,
    total: &total::Model,
    (new, reason): (Receipt, Option<String>),
) -> Result<(), RoyaltyError> {
    let before = receipt::Entity::find()
        .filter(receipt::Column::ImportId.eq(total.import_id))
        .filter(receipt::Column::Currency.eq(total.currency))
        .count(tx)
        .await?;
    let row = receipt::Model {
        import_id: total.import_id,
        currency: total.currency,
        number: i32::try_from(before).unwrap_or(i32::MAX).saturating_add(1),
        studio_id: total.studio_id,
        bank_minor: new.bank.minor,
        bank_currency: new.bank.currency,
        bank_on: new.on,
        reason,
        recorded_at: ctx.env.now(),
        recorded_by: ctx.actor.user(),
    };
    row.into_active_model().insert(tx).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_far_from_what_is_due_is_questioned() {
        let (env, _) = crate::env::testing::env(1);
        let total = |amount: &str| total::Model {
            import_id: env.id(),
            currency: Currency::USD,
            studio_id: env.id(),
            lines: 1,
            amount: amount.parse().unwrap(),
            stated: None,
            agreement: None,
            account_currency: Some(Currency::EUR),
            rate_of: Some(Exact::whole(1)),
            rate_to: Some("0.5".parse().unwrap()),
            rate_source: Some(RateSource::Studio),
            bank_minor: None,
            bank_on: None,
            posted_minor: None,
            journal_id: None,
            receipt_journal_id: None,
            rated_at: Some(env.now()),
            rated_by: None,
        };
        let is_near = |amount: &str, minor| require_near(&total(amount), Money::new(minor, Currency::EUR)).is_ok();
        // 866.23 are due: a twentieth is 43.31.
        for (minor, near) in
            [(86_623, true), (82_292, true), (82_291, false), (90_954, true), (90_955, false), (0, false)]
        {
            assert_eq!(is_near("1732.46", minor), near, "{minor}");
        }
        assert!(is_near("0.10", 105) && !is_near("0.10", 106), "a hundred cents in any case");
        assert!(is_near("-1732.46", -86_000) && !is_near("-1732.46", -8_600));
    }
}
