//! Files for the studio's bank. What stands in a file is booked as paid in the same transaction, so a second file does not pay it again.

use std::collections::{BTreeSet, HashMap};

use chrono::{Days, NaiveDate, NaiveTime};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder};

use super::{
    event_in, lock_studio,
    requests::{book, insert, new_payout, tell},
    require_limit,
};
use crate::{
    actor::Ctx,
    catalog::Sha256,
    identity::entity::studio,
    ids::{PartyId, StudioId},
    ledger::{
        commands::{hold_owed, open_bank},
        entity::{AccountKind, account},
        queries::shares_of_sales,
        rules::payout::PaidFrom,
    },
    money::{Currency, Money},
    parties::entity::{self as parties, PartyKind},
    payouts::{
        PayoutError,
        entity::{BankScheme, PayoutMethod, PayoutNotice, PayoutState, payee_bank, payout, payout_batch},
        export::{self, Payment, nacha},
        queries::{TermsInForce, held_sales},
        rules::{
            self, Standing,
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
    /// When the bank is to pay: from yesterday by UTC, which may still be the studio's today, to [`rules::MOST_EXECUTE_DAYS`] ahead.
    pub execute_on: NaiveDate,
    /// Whom; none for everybody who can be paid so.
    pub parties: Option<Vec<PartyId>>,
    /// The same key writes one file.
    pub key: Option<&'a str>,
}

/// Writes a file for the studio's bank that pays everybody what can be paid to them, and books all of it. Payees without bank details of that scheme, whose payouts are
/// held, whose money is held back, or to whom less than the minimum can be paid, are left out. Asked the same again under the same key, it returns the file that stands.
///
/// # Errors
/// If the actor may not, or not so much, the debtor's details are none that a bank takes, or nobody can be paid.
pub async fn export_payouts(
    tx: &Tx,
    ctx: &Ctx,
    gateway: &str,
    studio: StudioId,
    asked: AskBatch<'_>,
) -> Result<payout_batch::Model, PayoutError> {
    policy::require(&ctx.actor, Action::ManagePayouts, studio)?;
    rules::check_key(asked.key)?;
    let debtor = asked.debtor.checked()?;
    let (scheme, currency, now) = (debtor.scheme(), debtor.currency(), ctx.env.now());
    let request_sha256 = hash_of(&debtor, asked.execute_on, asked.parties.as_deref());
    // Whoever asks the same at once waits here, and then finds the file.
    lock_studio(tx, studio).await?;
    if let Some(known) = batch_of_key(tx, studio, asked.key).await? {
        return (known.request_sha256 == request_sha256).then_some(known).ok_or(PayoutError::KeyTaken);
    }
    check_day(asked.execute_on, now.date_naive())?;
    let modifier = modifier(tx, studio, scheme, now.date_naive()).await?;
    let from_name = studio::Entity::find_by_id(studio).one(tx).await?.map_or_else(String::new, |row| row.name);
    let mut banks = banks_of(tx, studio, scheme, asked.parties.as_deref()).await?;
    let kinds = kinds_of(tx, &banks).await?;
    let (batch_id, reference) = (ctx.env.id(), reference_of("PB-", &ctx.env));
    // It leaves when the bank pays.
    let paid_at = asked.execute_on.and_time(NaiveTime::MIN).and_utc().max(now);
    open_bank(tx, ctx, &event_in(studio, currency)).await?;
    let mut owed = Vec::new();
    for party in in_order(tx, studio, currency, &banks).await? {
        owed.push((party, hold_owed(tx, &event_in(studio, currency), party).await?));
    }
    // Read once all are held: what is sold from now on is owed to nobody here.
    let withheld = shares_of_sales(tx, studio, None, &held_sales(tx, ctx, gateway, studio).await?).await?;
    let terms = TermsInForce::load(tx, ctx, studio).await?;
    let (mut rows, mut payments) = (Vec::new(), Vec::new());
    for (party, owed_minor) in owed {
        let Some(bank) = banks.remove(&party) else { continue };
        let withheld_minor = withheld.get(&(party, currency)).copied().unwrap_or(0);
        let standing = Standing { owed_minor, withheld_minor };
        let amount = match rules::check_amount(None, standing, &terms.of(party, currency), 1) {
            Ok(amount) => amount,
            Err(PayoutError::NothingPayable { .. } | PayoutError::BelowMinimum { .. } | PayoutError::OnHold { .. }) => {
                continue;
            }
            Err(error) => return Err(error),
        };
        let row = payout::Model {
            batch_id: Some(batch_id),
            paid_at: Some(paid_at),
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
    require_limit(tx, ctx, studio, total).await?;
    let file = export::write(&reference, modifier, now, asked.execute_on, &debtor, &payments)?;
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
        request_sha256,
        created_at: now,
        created_by: ctx.actor.user(),
    };
    if !store::insert_new(tx, batch.clone().into_active_model()).await? {
        return Err(PayoutError::KeyTaken);
    }
    for row in &rows {
        insert(tx, row).await?;
        tell(tx, ctx, row, PayoutNotice::Left).await?;
    }
    Ok(batch)
}

/// What tells one request from another under the same key: who pays, on which day, and whom.
fn hash_of(debtor: &Debtor, execute_on: NaiveDate, parties: Option<&[PartyId]>) -> Sha256 {
    let parties = parties.map(|parties| parties.iter().collect::<BTreeSet<_>>());
    Sha256::of(format!("{debtor:?}\n{execute_on}\n{parties:?}").as_bytes())
}

fn check_day(execute_on: NaiveDate, today: NaiveDate) -> Result<(), PayoutError> {
    let first = today.checked_sub_days(Days::new(1)).unwrap_or(today);
    let last = today.checked_add_days(Days::new(rules::MOST_EXECUTE_DAYS)).unwrap_or(today);
    (first..=last).contains(&execute_on).then_some(()).ok_or(PayoutError::ExecuteOn)
}

/// What tells a file from the studio's others of that scheme and day. Who calls this holds the studio.
async fn modifier(tx: &Tx, studio: StudioId, scheme: BankScheme, today: NaiveDate) -> Result<char, PayoutError> {
    let earlier = match scheme {
        // Each has a reference of its own, and no modifier.
        BankScheme::Sepa => 0,
        BankScheme::Ach => {
            payout_batch::Entity::find()
                .filter(payout_batch::Column::StudioId.eq(studio))
                .filter(payout_batch::Column::Scheme.eq(scheme))
                .filter(payout_batch::Column::CreatedAt.gte(today.and_time(NaiveTime::MIN).and_utc()))
                .count(tx)
                .await?
        }
    };
    nacha::modifier(earlier).ok_or(PayoutError::TooManyFiles)
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

/// Where payees are paid by a scheme: those named, or everybody.
async fn banks_of(
    tx: &Tx,
    studio: StudioId,
    scheme: BankScheme,
    parties: Option<&[PartyId]>,
) -> Result<HashMap<PartyId, payee_bank::Model>, PayoutError> {
    let found = payee_bank::Entity::find()
        .filter(payee_bank::Column::StudioId.eq(studio))
        .filter(payee_bank::Column::Scheme.eq(scheme))
        .all(tx)
        .await?;
    let is_meant = |row: &payee_bank::Model| parties.is_none_or(|parties| parties.contains(&row.party_id));
    Ok(found.into_iter().filter(is_meant).map(|row| (row.party_id, row)).collect())
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
