//! The stages of the outbox and of fulfilment, at each of which a crash must lose nothing and double nothing. They are named so that a test can have the
//! program die at each of them as by `kill -9`, and fails if one is never reached.
//!
//! **To add one:** a variant here, a line with [`Env::reach`](crate::env::Env::reach) where it is reached, and its sale in `tests/tests/e2e/stages.rs`,
//! which does not compile without.

use std::str::FromStr;

crate::text_enum! {
    /// A stage, between two things that do not happen at once.
    pub enum Stage {
        /// An order is placed; its checkout is not opened.
        OrderPlaced = "order_placed",
        /// The gateway has opened a checkout; its order does not know.
        CheckoutOpened = "checkout_opened",
        /// An event is in the inbox with its jobs; nothing came of it yet.
        EventTaken = "event_taken",
        /// The gateway has told how a payment stands; nothing is written.
        PaymentLearned = "payment_learned",
        /// Payment, journal and licences are written; nothing is committed.
        PaymentRecorded = "payment_recorded",
        /// They are committed; nobody was woken for their jobs but the relay.
        PaymentCommitted = "payment_committed",
        /// An exclusive is claimed with what the bank holds; nothing is collected.
        ClaimCommitted = "claim_committed",
        /// The gateway has collected what was held; nothing is written.
        MoneyCollected = "money_collected",
        /// A sealed contract is in the file store; its row is not written.
        ContractStored = "contract_stored",
        /// A contract is recorded, and the order delivered if it was the last file; the job is not done.
        ContractRecorded = "contract_recorded",
        /// A render's files are in the file store; their rows are not written. Of a render's purpose.
        RenderStored = "render_stored",
        /// A job is committed with its cause; the queue does not have it. Of a job's kind, as those that follow.
        JobWritten = "job_written",
        /// The queue has a job; the outbox does not know.
        JobPushed = "job_pushed",
        /// The outbox knows that the queue has it.
        JobHanded = "job_handed",
        /// A worker has begun an attempt and done nothing.
        JobBegun = "job_begun",
        /// The handler is through; the outbox does not know.
        JobDone = "job_done",
        /// The outbox knows; the queue does not.
        JobFinished = "job_finished",
    }
}

impl Stage {
    /// Every stage.
    pub fn all() -> impl Iterator<Item = Self> {
        <Self as sea_orm::Iterable>::iter()
    }
}

/// Where the program ends: at a stage, or at a stage of a kind of job or purpose of render alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct End {
    stage: Stage,
    of: Option<String>,
}

impl End {
    /// Dies if this is the end: at once, with nothing unwound, flushed or let go of in good order.
    pub(crate) fn meet(&self, stage: Stage, of: Option<&str>) {
        if self.is_at(stage, of) {
            tracing::error!(%stage, of, "the program was told to die at this stage");
            std::process::abort();
        }
    }

    fn is_at(&self, stage: Stage, of: Option<&str>) -> bool {
        self.stage == stage && (self.of.is_none() || self.of.as_deref() == of)
    }
}

/// No stage has this name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} names no stage; write one such as `order_placed`, or `job_begun:mail_delivery`")]
pub struct UnknownStage(String);

impl FromStr for End {
    type Err = UnknownStage;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (name, of) = text.split_once(':').map_or((text, None), |(name, of)| (name, Some(of.to_owned())));
        let stage = Stage::all().find(|stage| stage.word() == name).ok_or_else(|| UnknownStage(text.to_owned()))?;
        Ok(Self { stage, of })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_end_is_met_at_its_own_stage_alone() {
        let end: End = "job_begun:mail_delivery".parse().unwrap();
        assert!(end.is_at(Stage::JobBegun, Some("mail_delivery")));
        assert!(!end.is_at(Stage::JobBegun, Some("settle_order")) && !end.is_at(Stage::JobBegun, None));
        assert!(!end.is_at(Stage::JobDone, Some("mail_delivery")));
        let end: End = "order_placed".parse().unwrap();
        assert!(end.is_at(Stage::OrderPlaced, None) && !end.is_at(Stage::EventTaken, None));
        for stage in Stage::all() {
            assert_eq!(stage.word().parse::<End>(), Ok(End { stage, of: None }));
        }
        assert!("order_lost".parse::<End>().is_err());
    }
}
