//! Files for the studio's bank. What stands in a file is booked as paid in the same transaction, so a second file does not pay it again.

use std::collections::HashMap;

use chrono::{Days, NaiveDate};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};

use super::{
    hold, least,
    requests::{book, insert, new_payout},
};
use crate::{
    actor::Ctx,
    catalog::Sha256,
    identity::entity::studio,
    ids::{PartyId, StudioId},
    ledger::{
        entity::{AccountKind, account},
        rules::payout::PaidFrom,
    },
    money::{Currency, Money},
    parties::entity::{self as parties, PartyKind},
    payouts::{
        PayoutError,
        entity::{PayoutMethod, PayoutState, payee_bank, payout, payout_batch},
        export::{self, Payment},
        rules::{
            self,
            bank::{Debtor, legible},
        },
    },
    policy::{self, Action},
    sales::rules::reference_of,
    store::{self, Tx},
};

/// The most payees of one file.
const MOST_PAYEES: usize = 1_000;

/// The longest text beside a transfer, in characters.
const TEXT_CHARS: usize = 140;

/// What is asked to be written for a bank.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskBatch<'a> {
    /// Who pays, and how.
    pub debtor: Debtor,
    /// When the bank is to pay: today or within a year.
    pub execute_on: NaiveDate,
    /// Whom; none for everybody who can be paid so.
    pub parties: Option<Vec<PartyId>>,
    /// The same key writes one file.
    pub key: Option<&'a str>,
}

/// Writes a file for the studio's bank that pays everybody what can be paid to them, and books all of it. Payees without bank details of that scheme, whose money
/// is held back, or to whom less than the minimum can be paid, are left out. Asked again under the same key, it returns the file that stands.
///
/// # Errors
/// If the actor may not, the debtor's details are none that a bank takes, or nobody can be paid.
pub async fn export_payouts(
    tx: &Tx,
    ctx: &Ctx,
    studio: StudioId,
    asked: AskBatch<'_>,
) -> Result<payout_batch::Model, PayoutError> {
    policy::require(&ctx.actor, Action::ManagePayouts, studio)?;
    rules::check_key(asked.key)?;
    let debtor = asked.debtor.checked()?;
    let (scheme, currency) = (debtor.scheme(), debtor.currency());
    let today = ctx.env.now().date_naive();
    let latest = today.checked_add_days(Days::new(365)).unwrap_or(today);
    let known = batch_of_key(tx, studio, asked.key).await?;
    if let Some(known) = known {
        let is_same = (known.scheme, known.execute_on) == (scheme, asked.execute_on);
        return is_same.then_some(known).ok_or(PayoutError::KeyTaken);
    }
    if asked.execute_on < today || asked.execute_on > latest {
        return Err(PayoutError::ExecuteOn);
    }
    let from_name = studio::Entity::find_by_id(studio).one(tx).await?.map_or_else(String::new, |row| row.name);
    let mut banks: HashMap<PartyId, payee_bank::Model> = payee_bank::Entity::find()
        .filter(payee_bank::Column::StudioId.eq(studio))
        .filter(payee_bank::Column::Scheme.eq(scheme))
        .all(tx)
        .await?
        .into_iter()
        .map(|row| (row.party_id, row))
        .collect();
    if let Some(parties) = &asked.parties {
        banks.retain(|party, _| parties.contains(party));
    }
    let kinds = kinds_of(tx, &banks).await?;
    let (batch_id, reference) = (ctx.env.id(), reference_of("PB-", &ctx.env));
    let (mut rows, mut payments) = (Vec::new(), Vec::new());
    for party in in_order(tx, studio, currency, &banks).await? {
        let Some(bank) = banks.remove(&party) else { continue };
        let standing = hold(tx, ctx, studio, party, currency).await?;
        let amount = match rules::check_amount(None, standing, least(tx, studio, party, currency).await?) {
            Ok(amount) => amount,
            Err(PayoutError::NothingPayable { .. } | PayoutError::BelowMinimum { .. }) => continue,
            Err(error) => return Err(error),
        };
        let row = payout::Model {
            batch_id: Some(batch_id),
            paid_at: Some(ctx.env.now()),
            ..new_payout(ctx, studio, party, (PayoutMethod::from(scheme), PayoutState::Exported), amount)
        };
        let row = book(tx, ctx, row, PaidFrom::Bank, None).await?;
        payments.push(Payment {
            id: row.reference.clone(),
            amount_minor: row.amount_minor,
            holder: bank.holder,
            account: bank.account,
            bank: bank.bank,
            savings: bank.savings,
            company: kinds.get(&party) == Some(&PartyKind::Company),
            text: legible(&format!("{} {from_name}", row.reference), TEXT_CHARS),
        });
        rows.push(row);
        if rows.len() == MOST_PAYEES {
            break;
        }
    }
    if rows.is_empty() {
        return Err(PayoutError::NobodyPayable);
    }
    let total = Money::sum(currency, rows.iter().map(|row| Money::new(row.amount_minor, currency)))
        .map_err(|_| PayoutError::TooLarge)?;
    let now = ctx.env.now();
    let file = export::write(&reference, now, asked.execute_on, &debtor, &payments)?;
    let batch = payout_batch::Model {
        id: batch_id,
        studio_id: studio,
        reference,
        scheme,
        currency,
        total_minor: total.minor,
        payouts: i32::try_from(rows.len()).map_err(|_| PayoutError::TooLarge)?,
        execute_on: asked.execute_on,
        sha256: Sha256::of(file.as_bytes()),
        file,
        request_key: asked.key.map(str::to_owned),
        created_at: now,
        created_by: ctx.actor.user(),
    };
    if !store::insert_new(tx, batch.clone().into_active_model()).await? {
        return Err(PayoutError::KeyTaken);
    }
    for row in &rows {
        insert(tx, row).await?;
    }
    Ok(batch)
}

async fn batch_of_key(
    tx: &Tx,
    studio: StudioId,
    key: Option<&str>,
) -> Result<Option<payout_batch::Model>, PayoutError> {
    let Some(key) = key else { return Ok(None) };
    Ok(payout_batch::Entity::find()
        .filter(payout_batch::Column::StudioId.eq(studio))
        .filter(payout_batch::Column::RequestKey.eq(key))
        .one(tx)
        .await?)
}

/// What the payees are in law: people and companies are paid in batches of their own.
async fn kinds_of(
    tx: &Tx,
    banks: &HashMap<PartyId, payee_bank::Model>,
) -> Result<HashMap<PartyId, PartyKind>, PayoutError> {
    let found = parties::Entity::find().filter(parties::Column::Id.is_in(banks.keys().copied())).all(tx).await?;
    Ok(found.into_iter().map(|party| (party.id, party.kind)).collect())
}

/// The payees who have an account of the ledger in the currency, in the order in which everybody holds such accounts: two who hold several wait for each other
/// and never in a circle.
async fn in_order(
    tx: &Tx,
    studio: StudioId,
    currency: Currency,
    banks: &HashMap<PartyId, payee_bank::Model>,
) -> Result<Vec<PartyId>, PayoutError> {
    let accounts = account::Entity::find()
        .filter(account::Column::StudioId.eq(studio))
        .filter(account::Column::Kind.eq(AccountKind::Payable))
        .filter(account::Column::Currency.eq(currency))
        .filter(account::Column::PartyId.is_in(banks.keys().copied()))
        .order_by_asc(account::Column::Id)
        .all(tx)
        .await?;
    Ok(accounts.into_iter().filter_map(|account| account.party_id).collect())
}
