//! What the studio asks for: pay a payee by the gateway, record what was paid by hand, try again, give up, end, take back.

use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, prelude::Uuid,
};

use super::{
    attempt_id, event_in, event_of, hold, lock_payout, lock_studio, party_of, payout_of_key, require_at_gateway,
    require_limit, require_present, terms_of,
};
use crate::{
    actor::Ctx,
    collectable,
    env::Instant,
    identity::commands::hold_open,
    ids::{JournalId, PartyId, PayoutId, StudioId},
    ledger::{
        commands::{Event, Undone, book_payout, book_payout_undone, open_bank},
        rules::payout::PaidFrom,
    },
    money::{Currency, Money},
    outbox::{self, Job},
    payouts::{
        PayoutError,
        entity::{PayeeState, PayoutMethod, PayoutNotice, PayoutState, payee, payout},
        queries::{held_sales, play_sales},
        rules,
    },
    policy::{self, Action},
    report::StoreError,
    sales::rules::reference_of,
    store::{self, Tx},
    webhooks::events,
};

/// What the gateway takes for a transfer: nothing; what the account costs it bills by itself.
const GATEWAY: PaidFrom = PaidFrom::Gateway { fee_minor: 0 };

/// What is asked to be paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AskPayout<'a> {
    /// To whom.
    pub party: PartyId,
    /// In which currency.
    pub currency: Currency,
    /// How much; none for all that can be paid.
    pub amount: Option<Money>,
    /// The same key asks once.
    pub key: Option<&'a str>,
}

/// What the studio has paid by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PaidByHand<'a> {
    /// To whom.
    pub party: PartyId,
    /// How much.
    pub amount: Money,
    /// When it left; none for now.
    pub paid_at: Option<Instant>,
    /// How, such as the number of the transfer; up to [`rules::MAX_NOTE_CHARS`] characters.
    pub note: &'a str,
    /// The same key records once.
    pub key: Option<&'a str>,
    /// Whether it is recorded though the payee's payouts are held, or it is less than is paid at the least: it has left all the same.
    pub despite_terms: bool,
}

/// Pays a payee by a gateway: books it, so that it is owed no more, and writes the job that sends it. Asked again under the same key, it returns what
/// stands.
///
/// # Errors
/// If the actor may not, or not so much, the payee has no account that money can be sent to, another payout to them is under way, their payouts are held, or more is asked for than can be paid
/// (what is owed less what is held back) or than lies at the gateway of what is the studio's.
pub async fn request_payout(
    tx: &Tx,
    ctx: &Ctx,
    gateway: &str,
    studio: StudioId,
    asked: AskPayout<'_>,
) -> Result<payout::Model, PayoutError> {
    let AskPayout { party, currency, amount, key } = asked;
    policy::require(&ctx.actor, Action::ManagePayouts, studio)?;
    party_of(tx, studio, party).await?;
    rules::check_key(key)?;
    lock_studio(tx, studio).await?;
    let standing = hold(tx, studio, party, currency, &held_sales(tx, ctx, gateway, studio).await?).await?;
    if let Some(key) = key
        && let Some(known) = payout_of_key(tx, studio, key).await?
    {
        let is_same = known.method == PayoutMethod::Gateway
            && (known.party_id, known.currency) == (party, currency)
            && amount.is_none_or(|amount| amount == Money::new(known.amount_minor, known.currency));
        return is_same.then_some(known).ok_or(PayoutError::KeyTaken);
    }
    let account = payee::Entity::find()
        .filter(payee::Column::PartyId.eq(party))
        .filter(payee::Column::Gateway.eq(gateway))
        .filter(payee::Column::State.eq(PayeeState::Ready))
        .one(tx)
        .await?
        .and_then(|payee| payee.gateway_account)
        .ok_or(PayoutError::NotReady)?;
    if let Some(known) = under_way(tx, party, currency).await? {
        return Err(PayoutError::UnderWay { reference: known.reference, state: known.state });
    }
    let terms = terms_of(tx, ctx, studio, party, currency).await?;
    let amount = rules::check_amount(amount, standing, &terms, collectable::step_minor(currency))?;
    require_limit(tx, ctx, studio, amount).await?;
    require_at_gateway(tx, studio, amount).await?;
    let row = payout::Model {
        gateway: Some(gateway.to_owned()),
        gateway_account: Some(account),
        request_key: key.map(str::to_owned),
        ..new_payout(ctx, studio, party, (PayoutMethod::Gateway, PayoutState::Sending), amount)
    };
    let row = book(tx, ctx, row, GATEWAY, None).await?;
    insert(tx, &row).await?;
    outbox::put(tx, ctx, Some(studio), &Job::FollowPayout { payout: row.id }).await?;
    Ok(row)
}

/// Records what the studio has paid by itself. That its sales are young does not stand against what has happened; what holds the payee's payouts, and the least that is
/// paid, do until it is said that it was paid despite them. No more than is owed is taken as a payout, and where the gateway in
/// use moves real money, none of what is owed of sales without any.
///
/// # Errors
/// If the actor may not, or not so much, the payee's terms stand against it and nobody has said that it was paid despite them, or more is told than is owed.
pub async fn record_payout(
    tx: &Tx,
    ctx: &Ctx,
    gateway: &str,
    studio: StudioId,
    paid: PaidByHand<'_>,
) -> Result<payout::Model, PayoutError> {
    let PaidByHand { party, amount, paid_at, note, key, despite_terms } = paid;
    policy::require(&ctx.actor, Action::ManagePayouts, studio)?;
    party_of(tx, studio, party).await?;
    rules::check_key(key)?;
    let (note, now) = (rules::check_note(note)?, ctx.env.now());
    if paid_at.is_some_and(|at| at > now) {
        return Err(PayoutError::PaidLater);
    }
    open_bank(tx, ctx, &event_in(studio, amount.currency)).await?;
    let standing = hold(tx, studio, party, amount.currency, &play_sales(gateway)).await?;
    let owed_minor = standing.payable_minor();
    if let Some(key) = key
        && let Some(known) = payout_of_key(tx, studio, key).await?
    {
        let is_same = known.method == PayoutMethod::Manual
            && known.party_id == party
            && amount == Money::new(known.amount_minor, known.currency);
        return is_same.then_some(known).ok_or(PayoutError::KeyTaken);
    }
    if amount.minor <= 0 {
        return Err(PayoutError::Amount { currency: amount.currency });
    }
    if amount.minor > owed_minor {
        return Err(PayoutError::BeyondOwed { owed: Money::new(owed_minor, amount.currency) });
    }
    if !despite_terms {
        let terms = terms_of(tx, ctx, studio, party, amount.currency).await?;
        rules::check_amount(Some(amount), standing, &terms, 1).map_err(PayoutError::despite)?;
    }
    require_limit(tx, ctx, studio, amount).await?;
    let row = payout::Model {
        note,
        request_key: key.map(str::to_owned),
        paid_at: Some(paid_at.unwrap_or(now)),
        ..new_payout(ctx, studio, party, (PayoutMethod::Manual, PayoutState::Paid), amount)
    };
    let row = book(tx, ctx, row, PaidFrom::Bank, paid_at).await?;
    insert(tx, &row).await?;
    tell(tx, ctx, &row, PayoutNotice::Left).await?;
    Ok(row)
}

/// Tries a payout again that has failed, at once. One that is known to have been sent is booked, and not sent again.
///
/// # Errors
/// If the actor may not, or not so much, it has not failed, it is of another gateway or account than the payee has, their payouts are held, or so much cannot be paid
/// any more.
pub async fn retry_payout(tx: &Tx, ctx: &Ctx, gateway: &str, id: PayoutId) -> Result<payout::Model, PayoutError> {
    let row = failed(tx, ctx, id).await?;
    require_present(row.gateway.as_deref().unwrap_or_default(), gateway)?;
    if row.gateway_transfer.is_some() {
        return try_again(tx, ctx, row).await;
    }
    if !is_of_present_account(tx, &row).await? {
        return Err(PayoutError::AccountReplaced);
    }
    lock_studio(tx, row.studio_id).await?;
    let withheld = held_sales(tx, ctx, gateway, row.studio_id).await?;
    let standing = hold(tx, row.studio_id, row.party_id, row.currency, &withheld).await?;
    if standing.payable_minor() < row.amount_minor {
        let payable = Money::new(standing.payable_minor(), row.currency);
        return Err(PayoutError::BeyondPayable { payable, held: Money::new(standing.held_minor(), row.currency) });
    }
    rules::check_hold(standing, &terms_of(tx, ctx, row.studio_id, row.party_id, row.currency).await?)?;
    let amount = Money::new(row.amount_minor, row.currency);
    require_limit(tx, ctx, row.studio_id, amount).await?;
    require_at_gateway(tx, row.studio_id, amount).await?;
    try_again(tx, ctx, row).await
}

/// Gives a payout up that has failed. What it was to pay is owed, and can be paid otherwise.
///
/// # Errors
/// If the actor may not, it has not failed, for what is on its way is not called back, or it is known to have been sent.
pub async fn cancel_payout(tx: &Tx, ctx: &Ctx, id: PayoutId) -> Result<payout::Model, PayoutError> {
    let row = failed(tx, ctx, id).await?;
    if row.gateway_transfer.is_some() {
        return Err(PayoutError::SentAlready);
    }
    give_up(tx, row, None).await
}

/// Ends a payout that is on its way to a gateway which is not in use any more, and which nobody asks: it was paid, if its transfer there is named, or else it is
/// cancelled and owed again. Whoever ends it has looked there.
///
/// # Errors
/// If the actor may not, it is not on its way, or the gateway in use is its own, which tells itself what became of it.
pub async fn end_payout(
    tx: &Tx,
    ctx: &Ctx,
    gateway: &str,
    id: PayoutId,
    transfer: Option<&str>,
    reason: &str,
) -> Result<payout::Model, PayoutError> {
    let row = visible(tx, ctx, id).await?;
    let reason = rules::check_reason(reason)?;
    if row.state != PayoutState::Sending {
        return Err(PayoutError::State(row.state));
    }
    if row.gateway.as_deref() == Some(gateway) {
        return Err(PayoutError::GatewaysOwn);
    }
    let told = transfer.map(str::trim).filter(|transfer| !transfer.is_empty()).map(str::to_owned);
    let Some(sent) = row.gateway_transfer.clone().or(told) else {
        let row = book_back(tx, ctx, row, Undone::Failed, reason).await?;
        return give_up(tx, row, None).await;
    };
    let noted = payout::ActiveModel { note: Set(reason), ..row.into_active_model() };
    Ok(arrive(tx, ctx, noted.update(tx).await?, sent).await?)
}

/// Writes down that the gateway has sent a payout by a transfer, and has its payee told. Who calls this holds the payout.
pub(super) async fn arrive(
    tx: &Tx,
    ctx: &Ctx,
    row: payout::Model,
    transfer: String,
) -> Result<payout::Model, StoreError> {
    let now = ctx.env.now();
    let changed = payout::ActiveModel {
        state: Set(PayoutState::Paid),
        gateway_transfer: Set(Some(transfer)),
        failure: Set(None),
        tried_at: Set(None),
        paid_at: Set(Some(now)),
        checked_at: Set(Some(now)),
        ..row.into_active_model()
    };
    let row = changed.update(tx).await?;
    tell(tx, ctx, &row, PayoutNotice::Left).await?;
    Ok(row)
}

/// Has a payee told what became of a payout; that it left is told to the studio's webhooks as well.
pub(super) async fn tell(tx: &Tx, ctx: &Ctx, row: &payout::Model, what: PayoutNotice) -> Result<(), StoreError> {
    if what == PayoutNotice::Left {
        events::payout_sent(tx, ctx, row).await?;
    }
    outbox::put(tx, ctx, Some(row.studio_id), &Job::MailPayout { payout: row.id, what }).await?;
    Ok(())
}

/// Whether a payout would go to the account that its payee has at the gateway now.
pub(super) async fn is_of_present_account(tx: &Tx, row: &payout::Model) -> Result<bool, PayoutError> {
    let known = payee::Entity::find()
        .filter(payee::Column::PartyId.eq(row.party_id))
        .filter(payee::Column::Gateway.eq(row.gateway.as_deref().unwrap_or_default()))
        .one(tx)
        .await?;
    Ok(known.is_some_and(|payee| payee.gateway_account == row.gateway_account))
}

/// Records that a payout which the studio or its bank has made came back: it is owed again.
///
/// # Errors
/// If the actor may not, it has come back already, or the gateway has sent it.
pub async fn return_payout(tx: &Tx, ctx: &Ctx, id: PayoutId, reason: &str) -> Result<payout::Model, PayoutError> {
    let row = visible(tx, ctx, id).await?;
    hold_open(tx, row.studio_id).await??;
    let reason = rules::check_reason(reason)?;
    match (row.method, row.state) {
        (PayoutMethod::Gateway, _) => Err(PayoutError::GatewaysOwn),
        (_, PayoutState::Paid | PayoutState::Exported) => book_back(tx, ctx, row, Undone::Returned, reason).await,
        (_, state) => Err(PayoutError::State(state)),
    }
}

/// A payout for whoever may manage it, held until the end of the transaction.
async fn visible(tx: &Tx, ctx: &Ctx, id: PayoutId) -> Result<payout::Model, PayoutError> {
    let found = lock_payout(tx, id).await?;
    policy::visible(&ctx.actor, Action::ManagePayouts, found, |row| row.studio_id)?.ok_or(PayoutError::NoPayout)
}

async fn failed(tx: &Tx, ctx: &Ctx, id: PayoutId) -> Result<payout::Model, PayoutError> {
    let row = visible(tx, ctx, id).await?;
    if row.state == PayoutState::Failed { Ok(row) } else { Err(PayoutError::State(row.state)) }
}

/// The payout to a payee that the gateway is sending, or that has failed and waits.
async fn under_way(tx: &Tx, party: PartyId, currency: Currency) -> Result<Option<payout::Model>, PayoutError> {
    Ok(payout::Entity::find()
        .filter(payout::Column::PartyId.eq(party))
        .filter(payout::Column::Currency.eq(currency))
        .filter(payout::Column::State.is_in([PayoutState::Sending, PayoutState::Failed]))
        .one(tx)
        .await?)
}

/// A payout of its first attempt, still to be booked.
pub(super) fn new_payout(
    ctx: &Ctx,
    studio: StudioId,
    party: PartyId,
    (method, state): (PayoutMethod, PayoutState),
    amount: Money,
) -> payout::Model {
    let now = ctx.env.now();
    payout::Model {
        id: ctx.env.id(),
        studio_id: studio,
        party_id: party,
        method,
        state,
        reference: reference_of("PO-", &ctx.env),
        amount_minor: amount.minor,
        currency: amount.currency,
        gateway: None,
        gateway_account: None,
        gateway_transfer: None,
        batch_id: None,
        attempt: 1,
        attempt_at: now,
        tried_at: None,
        // Until `book` says.
        journal_id: JournalId(Uuid::nil()),
        undone_journal: None,
        failure: None,
        retry_at: None,
        reversed_minor: 0,
        note: String::new(),
        request_key: None,
        requested_at: now,
        requested_by: ctx.actor.user(),
        paid_at: None,
        checked_at: None,
    }
}

/// Books a payout's present attempt.
pub(super) async fn book(
    tx: &Tx,
    ctx: &Ctx,
    row: payout::Model,
    from: PaidFrom,
    occurred_at: Option<Instant>,
) -> Result<payout::Model, PayoutError> {
    let memo = match row.method {
        PayoutMethod::Gateway => format!("Paid out by the payment service, attempt {}", row.attempt),
        PayoutMethod::Manual => "Paid out by hand".to_owned(),
        PayoutMethod::Sepa | PayoutMethod::Ach => "Paid out by the bank".to_owned(),
    };
    let external_id = attempt_id(row.id, row.attempt);
    let event = Event { occurred_at, ..event_of(&row, &external_id, &memo) };
    let journal = book_payout(tx, ctx, event, row.party_id, row.amount_minor, from).await?;
    Ok(payout::Model { journal_id: journal.id, ..row })
}

/// Writes a payout that was booked. A key that another request has taken meanwhile stands against it.
pub(super) async fn insert(tx: &Tx, row: &payout::Model) -> Result<(), PayoutError> {
    let is_new = store::insert_new(tx, row.clone().into_active_model()).await?;
    is_new.then_some(()).ok_or(PayoutError::KeyTaken)
}

/// Books a payout's present attempt back, says why, and has its payee told. Who calls this holds the payout.
pub(super) async fn book_back(
    tx: &Tx,
    ctx: &Ctx,
    row: payout::Model,
    why: Undone,
    reason: String,
) -> Result<payout::Model, PayoutError> {
    let (memo, state) = match why {
        Undone::Failed => (format!("Could not be paid out: {reason}"), PayoutState::Failed),
        Undone::Returned => (format!("Came back: {reason}"), PayoutState::Returned),
    };
    let external_id = attempt_id(row.id, row.attempt);
    let undone = book_payout_undone(tx, ctx, event_of(&row, &external_id, &memo), row.journal_id, why, 0).await?;
    let retry_at = match why {
        Undone::Failed => rules::wait_after(row.attempt).map(|wait| ctx.env.now() + wait),
        Undone::Returned => None,
    };
    let changed = payout::ActiveModel {
        state: Set(state),
        undone_journal: Set(Some(undone.id)),
        failure: Set(Some(reason)),
        retry_at: Set(retry_at),
        tried_at: Set(None),
        ..row.into_active_model()
    };
    let row = changed.update(tx).await?;
    match why {
        // Of a week of attempts the payee hears once.
        Undone::Failed if row.attempt > 1 => {}
        Undone::Failed => tell(tx, ctx, &row, PayoutNotice::Failed).await?,
        Undone::Returned => tell(tx, ctx, &row, PayoutNotice::Returned).await?,
    }
    Ok(row)
}

/// Books a further attempt of a payout that has failed, and has it sent. Who calls this holds the payout and has seen that so much can be paid.
pub(super) async fn try_again(tx: &Tx, ctx: &Ctx, row: payout::Model) -> Result<payout::Model, PayoutError> {
    let next = payout::Model { attempt: row.attempt.saturating_add(1), ..row.clone() };
    let next = book(tx, ctx, next, GATEWAY, None).await?;
    let changed = payout::ActiveModel {
        state: Set(PayoutState::Sending),
        attempt: Set(next.attempt),
        attempt_at: Set(ctx.env.now()),
        journal_id: Set(next.journal_id),
        undone_journal: Set(None),
        retry_at: Set(None),
        ..row.into_active_model()
    };
    let row = changed.update(tx).await?;
    outbox::put(tx, ctx, Some(row.studio_id), &Job::FollowPayout { payout: row.id }).await?;
    Ok(row)
}

/// Leaves a payout that has failed as it is, for good; the reason is why it failed, unless another is given.
pub(super) async fn give_up(tx: &Tx, row: payout::Model, reason: Option<&str>) -> Result<payout::Model, PayoutError> {
    let failure = reason.map(str::to_owned).or_else(|| row.failure.clone());
    let changed = payout::ActiveModel {
        state: Set(PayoutState::Cancelled),
        failure: Set(failure),
        retry_at: Set(None),
        ..row.into_active_model()
    };
    Ok(changed.update(tx).await?)
}

/// Lets a payout that has failed wait on, and says for what.
pub(super) async fn put_off(tx: &Tx, row: payout::Model, until: Instant, reason: String) -> Result<(), PayoutError> {
    let changed =
        payout::ActiveModel { failure: Set(Some(reason)), retry_at: Set(Some(until)), ..row.into_active_model() };
    changed.update(tx).await?;
    Ok(())
}
