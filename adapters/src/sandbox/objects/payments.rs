//! Checkouts, payment intents and charges.

use serde_json::{Value, json};

use crate::sandbox::{
    cards,
    store::{charge as charge_row, intent as intent_row, session as session_row},
};

/// The page of a checkout.
fn pay_url(public_url: &str, session: &str) -> String {
    format!("{public_url}/sandbox/pay/{session}")
}

/// A checkout session.
pub(in crate::sandbox) fn session(row: &session_row::Model, public_url: &str) -> Value {
    let open = row.status == "open";
    json!({
        "id": row.id, "object": "checkout.session", "mode": "payment", "status": row.status,
        "payment_status": row.payment_status, "payment_intent": row.payment_intent, "amount_total": row.amount_total,
        "amount_subtotal": row.amount_total, "currency": row.currency, "client_reference_id": row.client_reference_id,
        "customer": null, "customer_creation": "if_required", "customer_email": row.customer_email,
        "customer_details": row.customer_email.as_ref().map(|email| json!({
            "email": email, "address": null, "name": null, "phone": null, "tax_exempt": "none", "tax_ids": [],
        })),
        "metadata": row.metadata, "success_url": row.success_url, "cancel_url": row.cancel_url, "expires_at": row.expires_at,
        "url": open.then(|| pay_url(public_url, &row.id)), "payment_method_types": row.method_types,
        "payment_method_collection": "always", "automatic_tax": { "enabled": false, "liability": null, "status": null },
        "custom_fields": [],
        "custom_text": {
            "after_submit": null, "shipping_address": null, "submit": null, "terms_of_service_acceptance": null,
        },
        "shipping_options": [],
        "total_details": { "amount_discount": 0, "amount_shipping": 0, "amount_tax": 0 },
        "livemode": false, "ui_mode": "hosted_page", "locale": null, "created": row.created,
    })
}

/// A payment intent; `session` is the checkout that it came from.
pub(super) fn intent(row: &intent_row::Model, session: Option<&str>, public_url: &str) -> Value {
    let last_error = row.last_decline.as_deref().map(|reason| {
        let mut error = cards::declined(reason);
        if let Some(charge) = &row.latest_charge {
            error["charge"] = charge.as_str().into();
        }
        error
    });
    let next_action = row.challenged_card.as_ref().and(session).map(|session| {
        let url = format!("{}/approve", pay_url(public_url, session));
        json!({ "type": "redirect_to_url", "redirect_to_url": { "url": url, "return_url": pay_url(public_url, session) } })
    });
    json!({
        "id": row.id, "object": "payment_intent", "amount": row.amount, "amount_received": row.amount_received,
        "amount_capturable": row.amount_capturable, "currency": row.currency, "status": row.status,
        "capture_method": row.capture_method, "confirmation_method": "automatic", "payment_method_types": row.method_types,
        "latest_charge": row.latest_charge, "last_payment_error": last_error, "next_action": next_action,
        "canceled_at": row.canceled_at, "cancellation_reason": row.cancellation_reason, "customer": null,
        "description": row.intent_data["description"], "receipt_email": row.intent_data["receipt_email"],
        "statement_descriptor": row.intent_data["statement_descriptor"],
        "statement_descriptor_suffix": row.intent_data["statement_descriptor_suffix"],
        "transfer_group": row.intent_data["transfer_group"], "payment_method": null, "metadata": row.metadata,
        "livemode": false, "created": row.created,
    })
}

/// A charge.
pub(in crate::sandbox) fn charge(row: &charge_row::Model) -> Value {
    let moved = (!row.balance_transaction.is_empty()).then_some(row.balance_transaction.as_str());
    let failed = row.status == "failed";
    let details = if row.method == "card" {
        json!({
            "type": "card",
            "card": {
                "brand": cards::brand(&row.card_last4), "last4": row.card_last4, "exp_month": 12, "exp_year": 2034,
                "country": "US", "funding": "credit", "network": cards::brand(&row.card_last4),
                "amount_authorized": row.amount, "capture_before": row.capture_before,
            },
        })
    } else {
        let mut details = json!({ "type": row.method });
        details[row.method.as_str()] = json!({ "last4": row.card_last4 });
        details
    };
    let outcome = if failed {
        json!({
            "type": "issuer_declined", "network_status": "declined_by_network", "reason": "generic_decline",
            "risk_level": "normal", "seller_message": "The bank did not complete the payment.",
        })
    } else {
        json!({
            "type": "authorized", "network_status": "approved_by_network", "reason": null, "risk_level": "normal",
            "seller_message": "Payment complete.",
        })
    };
    json!({
        "id": row.id, "object": "charge", "amount": row.amount, "amount_captured": row.amount_captured,
        "amount_refunded": row.amount_refunded, "refunded": row.captured && row.left() == 0, "currency": row.currency,
        "payment_intent": row.payment_intent, "balance_transaction": moved, "captured": row.captured,
        "paid": row.status == "succeeded", "disputed": row.disputed, "status": row.status, "livemode": false,
        "billing_details": {
            "address": { "city": null, "country": null, "line1": null, "line2": null, "postal_code": null, "state": null },
            "email": row.billing_email, "name": null, "phone": null, "tax_id": null,
        },
        "customer": null, "description": null, "failure_code": failed.then_some("payment_intent_payment_attempt_failed"),
        "failure_message": failed.then_some("The bank did not complete the payment."), "fraud_details": {},
        "metadata": row.metadata, "outcome": outcome, "payment_method_details": details,
        "transfer_group": row.transfer_group, "created": row.created,
    })
}
