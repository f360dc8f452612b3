//! Money that moved: balance transactions, refunds, disputes.

use serde_json::{Value, json};

use crate::sandbox::store::{balance_transaction as balance_row, dispute as dispute_row, refund as refund_row};

/// A balance transaction as it stands at an instant.
pub(in crate::sandbox) fn balance_transaction(row: &balance_row::Model, now_s: i64) -> Value {
    let fee_details = match row.fee {
        0 => json!([]),
        fee => json!([{
            "amount": fee, "currency": row.currency, "type": "stripe_fee", "description": "Sandbox processing fee",
            "application": null,
        }]),
    };
    json!({
        "id": row.id, "object": "balance_transaction", "amount": row.amount, "fee": row.fee, "net": row.amount - row.fee,
        "currency": row.currency, "source": row.source, "type": row.kind, "reporting_category": row.reporting_category,
        "status": if row.available_on <= now_s { "available" } else { "pending" }, "available_on": row.available_on,
        "balance_type": "payments", "description": row.description, "exchange_rate": null, "fee_details": fee_details,
        "created": row.created,
    })
}

/// A refund.
pub(in crate::sandbox) fn refund(row: &refund_row::Model) -> Value {
    let mut refund = json!({
        "id": row.id, "object": "refund", "amount": row.amount, "currency": row.currency, "charge": row.charge,
        "payment_intent": row.payment_intent, "status": row.status, "reason": row.reason,
        "balance_transaction": row.balance_transaction, "metadata": row.metadata, "receipt_number": null,
        "source_transfer_reversal": null, "transfer_reversal": null, "created": row.created,
    });
    if let Some(reason) = &row.failure_reason {
        refund["failure_reason"] = reason.as_str().into();
        refund["failure_balance_transaction"] = row.failure_balance_transaction.as_deref().into();
    }
    refund
}

/// What evidence can be given; each is in the object, empty or not.
pub(in crate::sandbox) const EVIDENCE: [&str; 18] = [
    "access_activity_log",
    "billing_address",
    "cancellation_policy_disclosure",
    "cancellation_rebuttal",
    "customer_email_address",
    "customer_name",
    "customer_purchase_ip",
    "duplicate_charge_explanation",
    "duplicate_charge_id",
    "product_description",
    "refund_policy_disclosure",
    "refund_refusal_explanation",
    "service_date",
    "shipping_address",
    "shipping_carrier",
    "shipping_date",
    "shipping_tracking_number",
    "uncategorized_text",
];

/// A dispute, with what it moved, oldest first.
pub(super) fn dispute(row: &dispute_row::Model, moved: &[balance_row::Model], now_s: i64) -> Value {
    let mut evidence = json!({ "enhanced_evidence": {} });
    for name in EVIDENCE {
        evidence[name] = row.evidence[name].clone();
    }
    let has_evidence = row.evidence.as_object().is_some_and(|given| !given.is_empty());
    let moved: Vec<Value> = moved.iter().map(|one| balance_transaction(one, now_s)).collect();
    json!({
        "id": row.id, "object": "dispute", "amount": row.amount, "currency": row.currency, "charge": row.charge,
        "payment_intent": row.payment_intent, "reason": row.reason, "status": row.status, "balance_transactions": moved,
        "enhanced_eligibility_types": [], "evidence": evidence,
        "evidence_details": {
            "due_by": row.due_by, "enhanced_eligibility": {}, "has_evidence": has_evidence,
            "past_due": row.due_by.is_some_and(|due_by| due_by <= now_s), "submission_count": row.submission_count,
        },
        "is_charge_refundable": row.status.starts_with("warning"), "metadata": row.metadata, "livemode": false,
        "network_reason_code": null,
        "payment_method_details": {
            "type": "card", "card": { "brand": "visa", "case_type": "chargeback", "network": "visa", "network_reason_code": "10.4" },
        },
        "created": row.created,
    })
}
