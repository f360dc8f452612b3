//! Disputes: opened by the buyer's bank, answered by the shop, decided by the bank.

use std::collections::BTreeMap;

use domain::store::Tx;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::Value;

use super::{
    Failure, Refusal, Store, add,
    balance::Movement,
    entity::{
        charge,
        dispute::{Column, Entity, Model},
    },
    json_map, load, save,
};
use crate::sandbox::fee;

/// How long evidence is taken, in seconds: a week.
const EVIDENCE_S: i64 = 7 * 24 * 60 * 60;

/// How a dispute ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sandbox) enum Verdict {
    /// The money comes back; of an inquiry, it never left.
    Won,
    /// It does not.
    Lost,
}

impl Model {
    /// Whether the bank only asks: no money has moved.
    pub(in crate::sandbox) fn is_inquiry(&self) -> bool {
        self.status.starts_with("warning")
    }

    /// Whether it is decided.
    pub(in crate::sandbox) fn is_closed(&self) -> bool {
        matches!(self.status.as_str(), "won" | "lost" | "warning_closed")
    }
}

impl Store {
    /// Disputes a charge, or so much of it.
    pub(in crate::sandbox) async fn open_dispute(
        &self,
        tx: &Tx,
        charge: charge::Model,
        amount: Option<i64>,
        reason: &str,
        inquiry: bool,
    ) -> Result<Model, Failure> {
        let left = charge.left();
        let amount = amount.unwrap_or(left);
        if !charge.captured || charge.status != "succeeded" || charge.disputed || !(1..=left).contains(&amount) {
            let message =
                "Only a payment that was collected, and is not disputed yet, can be; and at most what is left of it.";
            return Err(Refusal::invalid("payment", message).into());
        }
        let status = if inquiry { "warning_needs_response" } else { "needs_response" };
        let row = Model {
            id: self.fresh_id("du"),
            charge: charge.id.clone(),
            payment_intent: charge.payment_intent.clone(),
            amount,
            currency: charge.currency.clone(),
            reason: reason.to_owned(),
            status: status.to_owned(),
            evidence: json_map(BTreeMap::new()),
            submission_count: 0,
            due_by: Some(self.now_s() + EVIDENCE_S),
            metadata: json_map(BTreeMap::new()),
            created: self.now_s(),
        };
        let dispute = add(tx, row).await?;
        if inquiry {
            self.record_dispute(tx, "charge.dispute.created", &dispute).await?;
        } else {
            self.withdraw(tx, &dispute, charge).await?;
            self.record_dispute(tx, "charge.dispute.created", &dispute).await?;
            self.record_dispute(tx, "charge.dispute.funds_withdrawn", &dispute).await?;
        }
        Ok(dispute)
    }

    /// The bank takes the money, and Stripe its fee.
    async fn withdraw(&self, tx: &Tx, dispute: &Model, mut charge: charge::Model) -> Result<(), Failure> {
        let moved = Movement {
            kind: "adjustment",
            category: "dispute",
            source: &dispute.id,
            amount: -dispute.amount,
            fee: fee::dispute(&dispute.currency),
        };
        self.move_money(tx, &moved, &dispute.currency, self.now_s()).await?;
        charge.disputed = true;
        save(tx, &charge).await?;
        Ok(())
    }

    /// Whether the bank has a charge's money, for now or for good.
    pub(super) async fn is_charged_back(&self, tx: &Tx, charge: &str) -> Result<bool, Failure> {
        let taken = Column::Status.is_in(["needs_response", "under_review", "lost"]);
        Ok(Entity::find().filter(Column::Charge.eq(charge)).filter(taken).one(tx).await?.is_some())
    }

    /// An inquiry becomes a dispute.
    pub(in crate::sandbox) async fn escalate(&self, tx: &Tx, id: &str) -> Result<Model, Failure> {
        let mut dispute = self.find_dispute(tx, id).await?;
        if !dispute.is_inquiry() || dispute.is_closed() {
            return Err(Refusal::invalid("dispute", "Only an open inquiry becomes a dispute.").into());
        }
        let charge = self.find_charge(tx, &dispute.charge).await?;
        if charge.left() < dispute.amount {
            return Err(Refusal::invalid("dispute", "What it is about has been given back.").into());
        }
        "needs_response".clone_into(&mut dispute.status);
        dispute.due_by = Some(self.now_s() + EVIDENCE_S);
        save(tx, &dispute).await?;
        self.withdraw(tx, &dispute, charge).await?;
        self.record_dispute(tx, "charge.dispute.updated", &dispute).await?;
        self.record_dispute(tx, "charge.dispute.funds_withdrawn", &dispute).await?;
        Ok(dispute)
    }

    /// Evidence is kept and, if `submit`, goes to the bank, once. As in Stripe's tests, the texts `winning_evidence` and `losing_evidence` in
    /// `uncategorized_text` decide at once.
    pub(in crate::sandbox) async fn answer_dispute(
        &self,
        tx: &Tx,
        id: &str,
        evidence: BTreeMap<String, String>,
        metadata: BTreeMap<String, String>,
        submit: bool,
    ) -> Result<Model, Failure> {
        let mut dispute = self.find_dispute(tx, id).await?;
        let answered = !evidence.is_empty();
        if answered && !matches!(dispute.status.as_str(), "needs_response" | "warning_needs_response") {
            let message = "This dispute is not waiting for evidence; evidence is submitted once.";
            return Err(Refusal::invalid("dispute", message).into());
        }
        for (kept, new) in [(&mut dispute.evidence, evidence), (&mut dispute.metadata, metadata)] {
            for (name, value) in new {
                kept[name.as_str()] = Value::String(value);
            }
        }
        if answered && submit {
            let status = if dispute.is_inquiry() { "warning_under_review" } else { "under_review" };
            status.clone_into(&mut dispute.status);
            dispute.submission_count += 1;
        }
        save(tx, &dispute).await?;
        self.record_dispute(tx, "charge.dispute.updated", &dispute).await?;
        let verdict = match dispute.evidence["uncategorized_text"].as_str() {
            Some("winning_evidence") => Verdict::Won,
            Some("losing_evidence") => Verdict::Lost,
            _ => return Ok(dispute),
        };
        if answered && submit { self.close_dispute(tx, id, verdict).await } else { Ok(dispute) }
    }

    /// The bank decides.
    pub(in crate::sandbox) async fn close_dispute(
        &self,
        tx: &Tx,
        id: &str,
        verdict: Verdict,
    ) -> Result<Model, Failure> {
        let mut dispute = self.find_dispute(tx, id).await?;
        if dispute.is_closed() {
            return Err(Refusal::invalid("dispute", "This dispute is already closed.").into());
        }
        dispute.due_by = None;
        if dispute.is_inquiry() {
            "warning_closed".clone_into(&mut dispute.status);
            save(tx, &dispute).await?;
            self.record_dispute(tx, "charge.dispute.closed", &dispute).await?;
            return Ok(dispute);
        }
        let word = if verdict == Verdict::Won { "won" } else { "lost" };
        word.clone_into(&mut dispute.status);
        save(tx, &dispute).await?;
        if verdict == Verdict::Won {
            let moved = Movement {
                kind: "adjustment",
                category: "dispute_reversal",
                source: &dispute.id,
                amount: dispute.amount,
                fee: -fee::dispute(&dispute.currency),
            };
            self.move_money(tx, &moved, &dispute.currency, self.now_s()).await?;
            self.record_dispute(tx, "charge.dispute.funds_reinstated", &dispute).await?;
        }
        self.record_dispute(tx, "charge.dispute.closed", &dispute).await?;
        Ok(dispute)
    }

    /// A dispute, which must be there.
    pub(in crate::sandbox) async fn find_dispute(&self, tx: &Tx, id: &str) -> Result<Model, Failure> {
        let found = load::<Entity>(tx, id).await?;
        Ok(found.ok_or_else(|| Refusal::no_such("dispute", "dispute", id))?)
    }
}
