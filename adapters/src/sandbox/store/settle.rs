//! What happens by itself as time goes on: checkouts close, debits arrive or fail, what is held is let go.

use domain::store::Tx;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use super::{
    Failure, Refusal, Store,
    entity::{
        charge::{Column, Entity, Model},
        intent,
    },
    load, save,
};

impl Store {
    /// Does all whose time has come.
    pub(in crate::sandbox) async fn tick(&self, tx: &Tx) -> Result<(), Failure> {
        self.expire_due(tx).await?;
        self.release_overdue(tx).await?;
        for charge in Entity::find().filter(Column::SettlesAt.lte(self.now_s())).all(tx).await? {
            let well = charge.settles_well;
            self.settle(tx, charge, well).await?;
        }
        Ok(())
    }

    /// When the next of it happens, unix seconds.
    pub(in crate::sandbox) async fn next_tick(&self, tx: &Tx) -> Result<Option<i64>, Failure> {
        let settling = Entity::find().filter(Column::SettlesAt.is_not_null()).order_by_asc(Column::SettlesAt);
        let held = Entity::find().filter(Column::CaptureBefore.is_not_null()).order_by_asc(Column::CaptureBefore);
        let times = [
            self.next_expiry(tx).await?,
            settling.one(tx).await?.and_then(|charge| charge.settles_at),
            held.one(tx).await?.and_then(|charge| charge.capture_before),
        ];
        Ok(times.into_iter().flatten().min())
    }

    /// Lets go of whatever was not captured in time.
    pub(super) async fn release_overdue(&self, tx: &Tx) -> Result<(), Failure> {
        for charge in Entity::find().filter(Column::CaptureBefore.lte(self.now_s())).all(tx).await? {
            let intent = self.find_intent(tx, &charge.payment_intent).await?;
            self.cancel_intent(tx, intent, Some("expired")).await?;
        }
        Ok(())
    }

    /// Has a debit arrive or fail now.
    pub(in crate::sandbox) async fn settle_now(&self, tx: &Tx, payment: &str, well: bool) -> Result<(), Failure> {
        let charge = self.find_charge(tx, payment).await?;
        if charge.status != "pending" {
            return Err(Refusal::payment_state("This payment is not on its way.").into());
        }
        self.settle(tx, charge, well).await
    }

    async fn settle(&self, tx: &Tx, mut charge: Model, well: bool) -> Result<(), Failure> {
        let mut intent = self.find_intent(tx, &charge.payment_intent).await?;
        if well {
            let amount = charge.amount;
            let charge = self.collect(tx, &mut intent, charge, amount).await?;
            self.record_charge(tx, "charge.succeeded", &charge).await?;
        } else {
            "failed".clone_into(&mut charge.status);
            charge.settles_at = None;
            save(tx, &charge).await?;
            "requires_payment_method".clone_into(&mut intent.status);
            intent.last_decline = Some("debit_failed".to_owned());
            save(tx, &intent).await?;
            self.record_charge(tx, "charge.failed", &charge).await?;
            self.record_intent(tx, "payment_intent.payment_failed", &intent).await?;
        }
        if let Some(mut session) = self.session_of(tx, &intent.id).await? {
            if well {
                "paid".clone_into(&mut session.payment_status);
                save(tx, &session).await?;
            }
            let outcome = if well { "succeeded" } else { "failed" };
            self.record_session(tx, &format!("checkout.session.async_payment_{outcome}"), &session).await?;
        }
        Ok(())
    }

    /// A charge by its own id or by its payment intent's.
    pub(in crate::sandbox) async fn find_charge(&self, tx: &Tx, payment: &str) -> Result<Model, Failure> {
        if payment.starts_with("ch_") {
            let found = load::<Entity>(tx, payment).await?;
            return Ok(found.ok_or_else(|| Refusal::names_none("charge", "charge", payment))?);
        }
        if let Some(found) = Entity::find().filter(Column::PaymentIntent.eq(payment)).one(tx).await? {
            return Ok(found);
        }
        Err(match load::<intent::Entity>(tx, payment).await? {
            Some(_) => Refusal::payment_state(format!(
                "This PaymentIntent ({payment}) does not have a successful charge to refund."
            )),
            None => Refusal::names_none("payment_intent", "payment_intent", payment),
        }
        .into())
    }
}
