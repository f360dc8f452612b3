//! Where payees are paid at the gateway: the link that leads them there, and what the gateway says of their accounts.

use chrono::Duration;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect,
    sea_query::LockType,
};

use super::{party_of, require_gateway};
use crate::{
    actor::{Actor, Ctx},
    ids::{PartyId, PayeeId, StudioId},
    outbox::{self, Job},
    payouts::{
        PayoutError,
        entity::{PayeeState, PayoutState, payee, payout},
        rules::{self, INVITE_MIN},
    },
    policy::{self, Action},
    ports::{AccountRequest, IdempotencyKey, PayeeAccount},
    report::StoreError,
    services::Services,
    store::{self, Tx},
};

/// Mails a payee the link that leads to the gateway, which asks them where their money goes. The payee needs no account here.
///
/// # Errors
/// If the actor may not, the party has no address, their account is ready, or a link was mailed a moment ago.
pub async fn invite_payee(
    tx: &Tx,
    ctx: &Ctx,
    gateway: &str,
    studio: StudioId,
    party: PartyId,
    country: &str,
) -> Result<payee::Model, PayoutError> {
    policy::require(&ctx.actor, Action::ManagePayouts, studio)?;
    let (party, country) = (party_of(tx, studio, party).await?, rules::check_country(country)?);
    let (email, now) = (party.email.ok_or(PayoutError::NoEmail)?, ctx.env.now());
    let fresh = payee::Model {
        id: ctx.env.id(),
        studio_id: studio,
        party_id: party.id,
        gateway: gateway.to_owned(),
        gateway_account: None,
        country: country.clone(),
        email: email.clone(),
        state: PayeeState::Invited,
        missing: String::new(),
        invited_at: now,
        invited_by: ctx.actor.user(),
        checked_at: None,
    };
    let row = if store::insert_new(tx, fresh.clone().into_active_model()).await? {
        fresh
    } else {
        let known = payee::Entity::find()
            .filter(payee::Column::PartyId.eq(party.id))
            .filter(payee::Column::Gateway.eq(gateway))
            .lock(LockType::NoKeyUpdate)
            .one(tx)
            .await?
            .ok_or(PayoutError::NoPayee)?;
        if known.state == PayeeState::Ready {
            return Err(PayoutError::ReadyAlready);
        }
        if known.invited_at > now - Duration::minutes(INVITE_MIN) {
            return Err(PayoutError::InvitedLately);
        }
        // An account stays in the country that it was made for.
        let country = if known.gateway_account.is_none() { country } else { known.country.clone() };
        let changed = payee::ActiveModel {
            country: Set(country),
            email: Set(email),
            invited_at: Set(now),
            invited_by: Set(ctx.actor.user()),
            ..known.into_active_model()
        };
        changed.update(tx).await?
    };
    outbox::put(tx, ctx, Some(studio), &Job::MailPayee { payee: row.id }).await?;
    Ok(row)
}

/// Lets a payee begin anew with another account at the gateway, such as when they have closed theirs, lost it, or moved to another country: mails them a fresh
/// link; earlier ones open nothing any more. What is on its way to the old account is not called back; what has failed is not sent there again.
///
/// # Errors
/// If the actor may not, there is no such payee, or they have no address.
pub async fn reset_payee(
    tx: &Tx,
    ctx: &Ctx,
    gateway: &str,
    studio: StudioId,
    party: PartyId,
    country: &str,
) -> Result<payee::Model, PayoutError> {
    policy::require(&ctx.actor, Action::ManagePayouts, studio)?;
    let (party, country) = (party_of(tx, studio, party).await?, rules::check_country(country)?);
    let email = party.email.ok_or(PayoutError::NoEmail)?;
    let known = payee::Entity::find()
        .filter(payee::Column::PartyId.eq(party.id))
        .filter(payee::Column::Gateway.eq(gateway))
        .lock(LockType::NoKeyUpdate)
        .one(tx)
        .await?
        .ok_or(PayoutError::NoPayee)?;
    let known = payee::Model { country, email, invited_by: ctx.actor.user(), ..known };
    begin_anew(tx, ctx, known).await
}

/// Forgets a payee's account, and mails them a fresh link. Who calls this holds the payee.
async fn begin_anew(tx: &Tx, ctx: &Ctx, row: payee::Model) -> Result<payee::Model, PayoutError> {
    let changed = payee::ActiveModel {
        gateway_account: Set(None),
        country: Set(row.country.clone()),
        email: Set(row.email.clone()),
        state: Set(PayeeState::Invited),
        missing: Set(String::new()),
        invited_at: Set(ctx.env.now()),
        invited_by: Set(row.invited_by),
        checked_at: Set(None),
        ..row.into_active_model()
    };
    let row = changed.update(tx).await?;
    outbox::put(tx, ctx, Some(row.studio_id), &Job::MailPayee { payee: row.id }).await?;
    Ok(row)
}

/// Where the gateway asks a payee what it has to know: a page that is good once and for minutes. The account is made on the way, if there is none. For whoever
/// holds the payee's link; from the gateway the browser comes back to `back_url`.
///
/// # Errors
/// If the gateway does not answer, or pays nobody in the payee's country.
pub async fn onboard(services: &Services, id: PayeeId, back_url: &str) -> Result<String, PayoutError> {
    let row = payee::Entity::find_by_id(id).one(&services.db).await?.ok_or(PayoutError::NoPayee)?;
    require_gateway(services, &row.gateway)?;
    let account = match row.gateway_account.clone() {
        Some(account) => account,
        None => make_account(services, &row).await?,
    };
    services.gateway.onboarding_link(&account, back_url, back_url).await.map_err(PayoutError::Gateway)
}

/// Makes an account at the gateway; the one that stands if another has made it meanwhile, which the same key gives.
async fn make_account(services: &Services, row: &payee::Model) -> Result<String, PayoutError> {
    let request = AccountRequest {
        studio: row.studio_id,
        party: row.party_id,
        email: row.email.clone(),
        country: row.country.clone(),
        // A later invitation may say another country or address, which the same key must not.
        key: IdempotencyKey {
            value: format!("payee:{}:{}", row.id, row.invited_at.timestamp()),
            since: row.invited_at,
        },
    };
    let made = services.gateway.create_account(&request).await.map_err(PayoutError::Gateway)?;
    let tx = services.begin().await?;
    let held = lock_payee(&tx, row.id).await?.ok_or(PayoutError::NoPayee)?;
    if let Some(account) = &held.gateway_account {
        return Ok(account.clone());
    }
    // Invited anew meanwhile: the account may be of another country or address, and who asked came by a link that opens nothing any more.
    if held.invited_at != row.invited_at {
        return Err(PayoutError::NoPayee);
    }
    let changed = payee::ActiveModel { gateway_account: Set(Some(made.id.clone())), ..held.into_active_model() };
    learn(changed, services, &made).update(&tx).await?;
    services.commit(tx).await?;
    Ok(made.id)
}

/// Asks the gateway how a payee's account stands; what the job `sync_payee` does. Payouts that waited for it are due at once when it is ready; of an account that
/// the gateway does not know the payee begins anew.
///
/// # Errors
/// If the gateway does not answer.
pub async fn sync_payee(services: &Services, id: PayeeId) -> Result<(), PayoutError> {
    let row = payee::Entity::find_by_id(id).one(&services.db).await?.ok_or(PayoutError::NoPayee)?;
    require_gateway(services, &row.gateway)?;
    let Some(account) = row.gateway_account else { return Ok(()) };
    let found = services.gateway.find_account(&account).await.map_err(PayoutError::Gateway)?;
    let tx = services.begin().await?;
    let held = lock_payee(&tx, id).await?.ok_or(PayoutError::NoPayee)?;
    if held.gateway_account.as_deref() != Some(account.as_str()) {
        return Ok(());
    }
    let was_ready = held.state == PayeeState::Ready;
    let Some(seen) = found else {
        // Closed there, or of another installation's keys: nothing can be sent to it.
        tracing::warn!(payee = %id, account, "the gateway does not know this account");
        begin_anew(&tx, &services.ctx(Actor::System), held).await?;
        services.commit(tx).await?;
        return Ok(());
    };
    let changed = learn(held.into_active_model(), services, &seen).update(&tx).await?;
    if changed.state == PayeeState::Ready && !was_ready {
        payout::Entity::update_many()
            .set(payout::ActiveModel { retry_at: Set(Some(services.env.now())), ..Default::default() })
            .filter(payout::Column::PartyId.eq(changed.party_id))
            .filter(payout::Column::Gateway.eq(changed.gateway.as_str()))
            .filter(payout::Column::State.eq(PayoutState::Failed))
            .exec(&tx)
            .await?;
    }
    services.commit(tx).await?;
    Ok(())
}

/// Takes down what the gateway says of an account.
fn learn(row: payee::ActiveModel, services: &Services, seen: &PayeeAccount) -> payee::ActiveModel {
    let state = if seen.can_receive { PayeeState::Ready } else { PayeeState::Incomplete };
    payee::ActiveModel {
        state: Set(state),
        missing: Set(seen.missing.join("\n")),
        checked_at: Set(Some(services.env.now())),
        ..row
    }
}

async fn lock_payee(tx: &Tx, id: PayeeId) -> Result<Option<payee::Model>, StoreError> {
    Ok(payee::Entity::find_by_id(id).lock(LockType::NoKeyUpdate).one(tx).await?)
}
