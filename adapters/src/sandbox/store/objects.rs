//! The objects as the interface shows them.

use domain::report::StoreError;
use sea_orm::{ConnectionTrait, EntityTrait};
use serde_json::{Value, json};

use super::{
    Store,
    entity::{charge, intent, refund, session},
};

/// Which ids are to be answered as whole objects, such as `payment_intent.latest_charge`.
#[derive(Debug, Clone, Default)]
pub(in crate::sandbox) struct Expand(Vec<String>);

impl Expand {
    /// From the values of `expand[]`.
    pub(in crate::sandbox) fn new(paths: Vec<String>) -> Self {
        Self(paths)
    }

    /// What is to be expanded below a field; none if the field itself stays an id.
    fn under(&self, field: &str) -> Option<Self> {
        let below = |path: &String| {
            let rest = path.strip_prefix(field)?;
            if rest.is_empty() { Some(String::new()) } else { rest.strip_prefix('.').map(str::to_owned) }
        };
        let paths: Vec<String> = self.0.iter().filter_map(below).collect();
        (!paths.is_empty()).then_some(Self(paths))
    }
}

pub(super) fn refund(row: &refund::Model) -> Value {
    json!({
        "id": row.id, "object": "refund", "amount": row.amount, "currency": row.currency, "charge": row.charge,
        "payment_intent": row.payment_intent, "status": "succeeded", "reason": null, "metadata": {}, "created": row.created,
    })
}

fn balance_transaction(row: &charge::Model) -> Value {
    json!({
        "id": row.balance_transaction, "object": "balance_transaction", "amount": row.amount, "fee": row.fee,
        "net": row.amount - row.fee, "currency": row.currency, "source": row.id, "type": "charge", "status": "available",
        "reporting_category": "charge", "created": row.created, "available_on": row.created, "description": null,
        "exchange_rate": null,
        "fee_details": [{
            "amount": row.fee, "currency": row.currency, "type": "stripe_fee", "description": "Sandbox processing fee",
            "application": null,
        }],
    })
}

pub(super) fn charge(row: &charge::Model, expand: &Expand) -> Value {
    let transaction = match expand.under("balance_transaction") {
        Some(_) => balance_transaction(row),
        None => row.balance_transaction.as_str().into(),
    };
    json!({
        "id": row.id, "object": "charge", "amount": row.amount, "amount_captured": row.amount,
        "amount_refunded": row.amount_refunded, "refunded": row.amount_refunded == row.amount, "currency": row.currency,
        "payment_intent": row.payment_intent, "balance_transaction": transaction, "captured": true, "paid": true,
        "disputed": false, "status": "succeeded", "livemode": false, "metadata": row.metadata, "created": row.created,
        "payment_method_details": { "type": "card", "card": { "last4": row.card_last4 } },
    })
}

/// A payment intent whose charge, if it has one, is at hand.
pub(super) fn intent(row: &intent::Model, charge_row: Option<&charge::Model>, expand: &Expand) -> Value {
    let latest_charge = match (expand.under("latest_charge"), charge_row) {
        (Some(expand), Some(found)) => charge(found, &expand),
        _ => row.latest_charge.as_deref().into(),
    };
    let received = if row.status == "succeeded" { row.amount } else { 0 };
    let last_error = row
        .last_decline
        .as_deref()
        .map(|code| json!({ "type": "card_error", "code": code, "message": "Your card was declined." }));
    json!({
        "id": row.id, "object": "payment_intent", "amount": row.amount, "amount_received": received,
        "amount_capturable": 0, "currency": row.currency, "status": row.status, "capture_method": "automatic",
        "confirmation_method": "automatic", "payment_method_types": ["card"], "latest_charge": latest_charge,
        "last_payment_error": last_error, "metadata": row.metadata, "livemode": false, "created": row.created,
    })
}

/// A checkout session; `payment_intent` is its id or, expanded, the whole object.
pub(super) fn session(row: &session::Model, payment_intent: &Value, pay_url: &str) -> Value {
    let open = row.status == "open";
    json!({
        "id": row.id, "object": "checkout.session", "mode": "payment", "status": row.status,
        "payment_status": row.payment_status, "payment_intent": payment_intent, "amount_total": row.amount_total,
        "amount_subtotal": row.amount_total, "currency": row.currency, "client_reference_id": row.client_reference_id,
        "customer_email": row.customer_email, "metadata": row.metadata, "success_url": row.success_url,
        "cancel_url": row.cancel_url, "expires_at": row.expires_at, "url": open.then_some(pay_url),
        "payment_method_types": ["card"], "livemode": false, "created": row.created,
    })
}

impl Store {
    /// A checkout session as the interface shows it.
    pub(in crate::sandbox) async fn session_object(
        &self,
        db: &impl ConnectionTrait,
        row: &session::Model,
        pay_url: &str,
        expand: &Expand,
    ) -> Result<Value, StoreError> {
        let payment_intent = match (&row.payment_intent, expand.under("payment_intent")) {
            (Some(id), Some(below)) => self.intent_object(db, id, &below).await?.unwrap_or_default(),
            (id, _) => id.as_deref().into(),
        };
        Ok(session(row, &payment_intent, pay_url))
    }

    /// A payment intent as the interface shows it.
    pub(in crate::sandbox) async fn intent_object(
        &self,
        db: &impl ConnectionTrait,
        id: &str,
        expand: &Expand,
    ) -> Result<Option<Value>, StoreError> {
        let Some(row) = intent::Entity::find_by_id(id).one(db).await? else { return Ok(None) };
        let charge_row = match &row.latest_charge {
            Some(id) => charge::Entity::find_by_id(id).one(db).await?,
            None => None,
        };
        Ok(Some(intent(&row, charge_row.as_ref(), expand)))
    }
}
