//! Closing studios, and opening them again.
//!
//! A closed studio sells, books and changes nothing: its members read what is there, and whoever holds a link of an order, a licence, an agreement or a
//! payee's portal has what they had. Who was asked for a signature before signs or declines, for others wait for that; what waits for an answer that no member
//! may give, as a counter-proposal, a delegation or a payee's dispute, is refused. It is closed once it owes nobody anything: no money, no files, no time in
//! its rooms; and with it the pay pages of what it was about to sell. What it owes to the owner who closes it is theirs already.

use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait, sea_query::LockType,
};

use super::{
    super::{
        IdentityError,
        entity::{closure, studio, user},
        error::InTheWay,
        queries::require_open,
        rules,
    },
    closing::{self, require_operator},
    members,
};
use crate::{
    actor::Ctx,
    acts::{self, NewAct, entity::Act},
    booking::entity::{BookingState, booking},
    delivery::entity::deliverable,
    email::EmailAddress,
    ids::{OrderId, PartyId, StudioId},
    ledger::{
        self,
        entity::{AccountKind, account},
    },
    outbox::{self, Job},
    parties::entity as party,
    payouts::{
        self,
        entity::{PayoutState, payout},
    },
    policy::{Action, Denied, require, require_standing},
    report::StoreError,
    sales::entity::{OrderState, PaymentState, order, order_line, payment},
    store::Tx,
};

/// The longest reason, in characters.
const MAX_REASON_CHARS: usize = 500;

/// Closes a studio for one of its owners, who types its name once more, and may say why.
///
/// # Errors
/// If the actor may not, the name is another one, the studio owes somebody something, or it is closed already.
pub async fn close_studio(
    tx: &Tx,
    ctx: &Ctx,
    studio: StudioId,
    name: &str,
    reason: Option<&str>,
) -> Result<closure::Model, IdentityError> {
    require(&ctx.actor, Action::ManageStudio, studio)?;
    if let Some(user) = ctx.actor.user() {
        // Before the studio, as whoever closes their account holds them: so that the two never wait for each other.
        closing::open_account(tx, user).await?.ok_or(Denied::Unauthenticated)?;
    }
    let row = studio::Entity::find_by_id(studio).one(tx).await?.ok_or(Denied::Stranger)?;
    if name.trim() != row.name.trim() {
        return Err(IdentityError::OtherStudioName);
    }
    let reason = rules::optional_text(reason, MAX_REASON_CHARS)
        .map_err(|fault| IdentityError::Name { field: "reason", fault })?;
    close(tx, ctx, studio, reason).await
}

/// Closes the studio of a word, for whoever operates the program and says why; tells what it was called.
///
/// # Errors
/// If the actor may not, there is no such studio, the reason is none, the studio owes somebody something, or it is closed already.
pub async fn close_studio_of(tx: &Tx, ctx: &Ctx, slug: &str, reason: &str) -> Result<studio::Model, IdentityError> {
    require_operator(ctx)?;
    let reason =
        rules::name(reason, MAX_REASON_CHARS).map_err(|fault| IdentityError::Name { field: "reason", fault })?;
    let row = find_by_slug(tx, slug).await?;
    close(tx, ctx, row.id, Some(reason)).await?;
    Ok(row)
}

/// Opens a closed studio again, for one of its owners. What its webhooks would have been told meanwhile is not sent later; all else is as it was. Opening one
/// that is open changes nothing.
///
/// # Errors
/// If the actor may not.
pub async fn reopen_studio(tx: &Tx, ctx: &Ctx, studio: StudioId) -> Result<(), IdentityError> {
    require_standing(&ctx.actor, Action::ManageStudio, studio)?;
    reopen(tx, ctx, studio).await
}

/// The same of the studio of a word, for whoever operates the program: its last owner may have gone. The account of `heir` becomes an owner of it, if one is
/// named. Tells what it is called.
///
/// # Errors
/// If the actor may not, there is no such studio or account, or nobody would own the studio.
pub async fn reopen_studio_of(
    tx: &Tx,
    ctx: &Ctx,
    slug: &str,
    heir: Option<&EmailAddress>,
) -> Result<studio::Model, IdentityError> {
    require_operator(ctx)?;
    let row = find_by_slug(tx, slug).await?;
    let heir = match heir {
        // Before the studio, as whoever closes their account holds them.
        Some(email) => {
            let id = closing::account_of(tx, ctx, email).await?;
            Some(closing::open_account(tx, id).await?.ok_or_else(|| IdentityError::NoAccount(email.clone()))?.id)
        }
        None => None,
    };
    members::lock_studio(tx, row.id).await?;
    if let Some(heir) = heir {
        closing::make_owner(tx, ctx, row.id, heir).await?;
    }
    if members::owners_of(tx, row.id).await?.is_empty() {
        return Err(IdentityError::NoOwner { studio: row.name });
    }
    reopen(tx, ctx, row.id).await?;
    Ok(row)
}

async fn find_by_slug(tx: &Tx, slug: &str) -> Result<studio::Model, IdentityError> {
    let found = studio::Entity::find().filter(studio::Column::Slug.eq(slug)).one(tx).await?;
    found.ok_or_else(|| IdentityError::NoStudio(slug.to_owned()))
}

async fn reopen(tx: &Tx, ctx: &Ctx, studio: StudioId) -> Result<(), IdentityError> {
    members::lock_studio(tx, studio).await?;
    if closure::Entity::delete_by_id(studio).exec(tx).await?.rows_affected > 0 {
        acts::record(tx, ctx, studio, NewAct::of(Act::StudioReopened)).await?;
        tracing::info!(%studio, user = ctx.actor.user().map(|user| user.to_string()), "a studio was opened again");
    }
    Ok(())
}

/// Refuses what comes from outside for a closed studio, and keeps it open until the transaction ends: of a sale and a closing at the same time the later sees
/// the earlier.
pub(crate) async fn hold_open(tx: &Tx, studio: StudioId) -> Result<Result<(), Denied>, StoreError> {
    studio::Entity::find_by_id(studio).lock(LockType::KeyShare).one(tx).await?;
    require_open(tx, studio).await
}

async fn close(tx: &Tx, ctx: &Ctx, studio: StudioId, reason: Option<String>) -> Result<closure::Model, IdentityError> {
    members::lock_studio(tx, studio).await?;
    require_open(tx, studio).await??;
    let standing = in_the_way(tx, ctx, studio).await?;
    if !standing.is_empty() {
        return Err(IdentityError::InTheWay(standing));
    }
    let row = closure::Model { studio_id: studio, closed_at: ctx.env.now(), closed_by: ctx.actor.user(), reason };
    let row = row.into_active_model().insert(tx).await?;
    close_pay_pages(tx, ctx, studio).await?;
    acts::record(tx, ctx, studio, NewAct::of(Act::StudioClosed)).await?;
    tracing::info!(%studio, user = row.closed_by.map(|user| user.to_string()), "a studio was closed");
    Ok(row)
}

/// Has the pay pages closed of what a studio was about to sell; what was paid a moment before is settled by that. What was agreed upon before, as an invoice or
/// a deposit, can be paid on.
async fn close_pay_pages(tx: &Tx, ctx: &Ctx, studio: StudioId) -> Result<(), StoreError> {
    let sales = order_line::Entity::find().select_only().column(order_line::Column::OrderId).into_query();
    let open: Vec<OrderId> = order::Entity::find()
        .select_only()
        .column(order::Column::Id)
        .filter(order::Column::StudioId.eq(studio))
        .filter(order::Column::State.eq(OrderState::AwaitingPayment))
        .filter(order::Column::CheckoutId.is_not_null())
        .filter(order::Column::Id.in_subquery(sales))
        .order_by_asc(order::Column::Id)
        .into_tuple()
        .all(tx)
        .await?;
    for order in open {
        outbox::put(tx, ctx, Some(studio), &Job::CloseCheckout { order }).await?;
    }
    Ok(())
}

/// The payees that are the owner who closes a studio: those whose mail goes to the confirmed address of their account. Whoever operates the program closes
/// it for its owner; of several, it is not known who has the money.
async fn own_payees(tx: &Tx, ctx: &Ctx, studio: StudioId) -> Result<Vec<PartyId>, IdentityError> {
    let owners = members::owners_of(tx, studio).await?;
    let ((Some(owner), _) | (None, &[owner])) = (ctx.actor.user(), owners.as_slice()) else { return Ok(Vec::new()) };
    let confirmed = user::Entity::find_by_id(owner).filter(user::Column::EmailVerifiedAt.is_not_null()).one(tx).await?;
    let Some(owner) = confirmed else { return Ok(Vec::new()) };
    let payees = account::Entity::find()
        .select_only()
        .column(account::Column::PartyId)
        .filter(account::Column::StudioId.eq(studio))
        .filter(account::Column::Kind.eq(AccountKind::Payable))
        .into_query();
    let payees = party::Entity::find()
        .filter(party::Column::StudioId.eq(studio))
        .filter(party::Column::Id.in_subquery(payees))
        .all(tx)
        .await?;
    let is_owner =
        |payee: &party::Model| payee.email.as_ref().is_some_and(|email| email.account_key() == owner.email_key);
    Ok(payees.into_iter().filter(is_owner).map(|payee| payee.id).collect())
}

/// What a studio owes to others.
async fn in_the_way(tx: &Tx, ctx: &Ctx, studio: StudioId) -> Result<Vec<InTheWay>, IdentityError> {
    let mut standing = Vec::new();
    let own = own_payees(tx, ctx, studio).await?;
    let owed = ledger::queries::list_debts(tx, studio, &own).await?;
    if !owed.is_empty() {
        let hold_days = payouts::queries::hold_days_of(tx, studio).await?;
        standing.push(InTheWay::Owed { amounts: owed, hold_days });
    }
    let payouts = payout::Entity::find()
        .filter(payout::Column::StudioId.eq(studio))
        .filter(payout::Column::State.is_in([PayoutState::Sending, PayoutState::Exported, PayoutState::Failed]))
        .count(tx)
        .await?;
    if payouts > 0 {
        standing.push(InTheWay::Payouts(payouts));
    }
    let unmade = deliverable::Entity::find()
        .select_only()
        .column(deliverable::Column::OrderId)
        .filter(deliverable::Column::StudioId.eq(studio))
        .filter(deliverable::Column::ReadyAt.is_null())
        .into_query();
    // Held at the buyer's bank: it is about to be collected, and to be made then.
    let authorised = payment::Entity::find()
        .select_only()
        .column(payment::Column::OrderId)
        .filter(payment::Column::StudioId.eq(studio))
        .filter(payment::Column::State.eq(PaymentState::Authorised))
        .into_query();
    let is_paid =
        Condition::all().add(order::Column::State.eq(OrderState::Paid)).add(order::Column::Id.in_subquery(unmade));
    let is_being_paid = Condition::all()
        .add(order::Column::State.eq(OrderState::AwaitingPayment))
        .add(order::Column::Id.in_subquery(authorised));
    let unfinished = order::Entity::find()
        .filter(order::Column::StudioId.eq(studio))
        .filter(Condition::any().add(is_paid).add(is_being_paid))
        .order_by_asc(order::Column::Id);
    if let Some(first) = unfinished.clone().one(tx).await? {
        standing.push(InTheWay::Orders { count: unfinished.count(tx).await?, first: first.reference });
    }
    let bookings = booking::Entity::find()
        .filter(booking::Column::StudioId.eq(studio))
        .filter(booking::Column::State.is_in([BookingState::Held, BookingState::Confirmed]))
        .filter(booking::Column::EndsAt.gt(ctx.env.now()))
        .count(tx)
        .await?;
    if bookings > 0 {
        standing.push(InTheWay::Bookings(bookings));
    }
    Ok(standing)
}
