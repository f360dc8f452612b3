//! Where payees without an account at the gateway are paid: bank details, and the history of them.

use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel, sea_query::OnConflict};

use super::{lock_studio, party_of};
use crate::{
    actor::Ctx,
    ids::{PartyId, StudioId},
    outbox::{self, Job},
    payouts::{
        PayoutError,
        entity::{PayoutSide, payee_bank, payee_bank_change},
        rules::bank::{BankDetails, masked},
    },
    policy::{self, Action},
    store::Tx,
};

/// Sets where a payee is paid by the studio's bank, keeps that in the history, and has the payee and the studio told. For owners alone: whoever pays up to a limit does
/// not say as well whose account it goes to. Details that stand are left as they
/// are, and nobody is told of them again; what was exported before stays as it was.
///
/// # Errors
/// If the actor may not, or a bank would not take the details.
pub async fn set_payee_bank(
    tx: &Tx,
    ctx: &Ctx,
    studio: StudioId,
    party: PartyId,
    details: BankDetails,
) -> Result<payee_bank::Model, PayoutError> {
    policy::require(&ctx.actor, Action::SetPayeeBanks, studio)?;
    party_of(tx, studio, party).await?;
    let BankDetails { scheme, holder, account, bank, savings } = details.checked()?;
    // Whoever sets other details, or writes a file by these, waits.
    lock_studio(tx, studio).await?;
    if let Some(known) = payee_bank::Entity::find_by_id(party).one(tx).await?
        && (known.scheme, &known.holder, &known.account) == (scheme, &holder, &account)
        && (&known.bank, known.savings) == (&bank, savings)
    {
        return Ok(known);
    }
    let change = payee_bank_change::Model {
        id: ctx.env.id(),
        studio_id: studio,
        party_id: party,
        scheme,
        holder: holder.clone(),
        masked_account: masked(scheme, &account),
        bank: bank.clone(),
        savings,
        set_at: ctx.env.now(),
        set_by: ctx.actor.user(),
    };
    let change = change.into_active_model().insert(tx).await?;
    let row = payee_bank::Model {
        party_id: party,
        studio_id: studio,
        scheme,
        holder,
        account,
        bank,
        savings,
        set_at: change.set_at,
        set_by: change.set_by,
        change_id: Some(change.id),
    };
    let latest = OnConflict::column(payee_bank::Column::PartyId)
        .update_columns([
            payee_bank::Column::Scheme,
            payee_bank::Column::Holder,
            payee_bank::Column::Account,
            payee_bank::Column::Bank,
            payee_bank::Column::Savings,
            payee_bank::Column::SetAt,
            payee_bank::Column::SetBy,
            payee_bank::Column::ChangeId,
        ])
        .to_owned();
    payee_bank::Entity::insert(row.clone().into_active_model()).on_conflict(latest).exec_without_returning(tx).await?;
    for to in [PayoutSide::Payee, PayoutSide::Studio] {
        outbox::put(tx, ctx, Some(studio), &Job::MailPayeeBank { change: change.id, to }).await?;
    }
    Ok(row)
}
