//! Payees: their accounts, the links to their pages, transfers and reversals.

use serde_json::{Value, json};

use super::list;
use crate::sandbox::store::{
    account as account_row, account_link as link_row, reversal as reversal_row, transfer as transfer_row,
};

/// What a new account has to tell, in Stripe's words.
const ALL_DUE: [&str; 6] = [
    "external_account",
    "individual.dob.day",
    "individual.first_name",
    "individual.last_name",
    "tos_acceptance.date",
    "tos_acceptance.ip",
];

/// What remains when something was left out.
const SOME_DUE: [&str; 1] = ["individual.verification.document"];

/// An account.
pub(in crate::sandbox) fn account(row: &account_row::Model) -> Value {
    let enabled = row.state == "enabled";
    let (due, disabled_reason): (&[&str], _) = match row.state.as_str() {
        "enabled" => (&[], None),
        "rejected" => (&[], Some("rejected.other")),
        "incomplete" => (&SOME_DUE, Some("requirements.past_due")),
        _ => (&ALL_DUE, Some("requirements.past_due")),
    };
    let requirements = |due: &[&str], disabled_reason: Option<&str>| {
        json!({
            "alternatives": [], "current_deadline": null, "currently_due": due, "disabled_reason": disabled_reason,
            "errors": [], "eventually_due": due, "past_due": due, "pending_verification": [],
        })
    };
    json!({
        "id": row.id, "object": "account", "type": row.kind, "country": row.country, "email": row.email,
        "business_type": "individual", "default_currency": row.default_currency, "charges_enabled": false,
        "payouts_enabled": enabled, "details_submitted": row.state != "new",
        "capabilities": { "transfers": if enabled { "active" } else { "inactive" } },
        "requirements": requirements(due, disabled_reason), "future_requirements": requirements(&[], None),
        "external_accounts": list(&format!("/v1/accounts/{}/external_accounts", row.id), Vec::new(), false),
        "metadata": row.metadata, "created": row.created,
    })
}

/// A link to a payee's page.
pub(in crate::sandbox) fn account_link(row: &link_row::Model, public_url: &str) -> Value {
    json!({
        "object": "account_link", "created": row.created, "expires_at": row.expires_at,
        "url": format!("{public_url}/sandbox/onboarding/{}", row.id),
    })
}

/// A transfer with its latest reversals.
pub(super) fn transfer(row: &transfer_row::Model, reversals: &[reversal_row::Model], has_more: bool) -> Value {
    let reversals = reversals.iter().map(reversal).collect();
    json!({
        "id": row.id, "object": "transfer", "amount": row.amount, "amount_reversed": row.amount_reversed,
        "balance_transaction": row.balance_transaction, "created": row.created, "currency": row.currency,
        "description": row.description, "destination": row.destination, "destination_payment": null, "livemode": false,
        "metadata": row.metadata, "reversals": list(&format!("/v1/transfers/{}/reversals", row.id), reversals, has_more),
        "reversed": row.amount_reversed == row.amount, "source_transaction": row.source_transaction,
        "source_type": "card", "transfer_group": row.transfer_group,
    })
}

/// A reversal of a transfer.
pub(in crate::sandbox) fn reversal(row: &reversal_row::Model) -> Value {
    json!({
        "id": row.id, "object": "transfer_reversal", "amount": row.amount, "currency": row.currency,
        "balance_transaction": row.balance_transaction, "destination_payment_refund": null, "source_refund": null,
        "transfer": row.transfer, "metadata": row.metadata, "created": row.created,
    })
}
