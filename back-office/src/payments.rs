//! Orders and payments.

use adapters::jobs::JobError;
use domain::{
    ids::{DisputeId, OrderId, PaymentId, RefundId, WorkId},
    ports::GatewayError,
    report::{DatabaseSaid, Explain},
    sales::{
        SalesError,
        commands::{claims, disputes, refunds, settlement, sync},
    },
    splits,
};

use crate::{BackOffice, refused};

/// The longest sentence of a failure that is kept, in characters, beside its remedy.
const MAX_SAID_CHARS: usize = 800;

impl BackOffice {
    /// Asks the gateway how an order stands and acts on it.
    pub(crate) async fn settle_order(&self, order: OrderId) -> Result<(), JobError> {
        settlement::settle_order(&self.services, order).await.map(drop).map_err(failed)
    }

    /// Closes the pay page of an order whose beat was sold meanwhile.
    pub(crate) async fn close_checkout(&self, order: OrderId) -> Result<(), JobError> {
        settlement::close_checkout(&self.services, order).await.map(drop).map_err(failed)
    }

    /// Collects what a buyer's bank holds.
    pub(crate) async fn capture_payment(&self, payment: PaymentId) -> Result<(), JobError> {
        claims::capture_payment(&self.services, payment).await.map_err(failed)
    }

    /// Lets go of what a buyer's bank holds.
    pub(crate) async fn cancel_payment(&self, payment: PaymentId) -> Result<(), JobError> {
        claims::cancel_payment(&self.services, payment).await.map_err(failed)
    }

    /// Gives money of a payment back.
    pub(crate) async fn refund_payment(&self, refund: RefundId) -> Result<(), JobError> {
        refunds::refund_payment(&self.services, refund).await.map_err(refund_failed)
    }

    /// Books what became of a payment.
    pub(crate) async fn sync_payment(&self, payment: PaymentId) -> Result<(), JobError> {
        sync::sync_payment(&self.services, payment).await.map_err(failed)
    }

    /// Sends a studio's answer to a dispute.
    pub(crate) async fn answer_dispute(&self, dispute: DisputeId) -> Result<(), JobError> {
        disputes::send_answer(&self.services, dispute).await.map_err(failed)
    }

    /// Gives what was parked for a work to those who have signed its split.
    pub(crate) async fn release_parked(&self, work: WorkId) -> Result<(), JobError> {
        splits::release_parked(&self.services, work).await.map(drop).map_err(refused)
    }
}

/// A failure of a job about money, in words by which whoever sees the dead letter can act. All that is not a refusal of our own may pass: what the gateway
/// refuses now it may do in a moment, when what it works on is done.
fn failed(cause: SalesError) -> JobError {
    let what = said(&cause);
    if cause.explain().kind.is_ours() {
        JobError::Passing { what, source: Some(cause.into()) }
    } else {
        JobError::Lasting { what, source: Some(cause.into()) }
    }
}

/// As [`failed`], of a refund: what the gateway has refused to give back it refuses again, until somebody has seen to it.
fn refund_failed(cause: SalesError) -> JobError {
    if matches!(&cause, SalesError::Gateway(GatewayError::Refused { .. })) {
        JobError::Lasting { what: said(&cause), source: Some(cause.into()) }
    } else {
        failed(cause)
    }
}

/// What is said of a failure, and what to do about it.
fn said(cause: &SalesError) -> String {
    let (mut what, mut beneath) = (cause.to_string(), std::error::Error::source(cause));
    // What the database says is for the log alone.
    while let Some(error) = beneath.filter(|error| !error.is::<DatabaseSaid>()) {
        let said = error.to_string();
        if !what.ends_with(&said) {
            what = format!("{what}: {said}");
        }
        beneath = error.source();
    }
    let remedy = match cause {
        SalesError::Gateway(GatewayError::Refused { .. }) => {
            "; see to that at the payment service, then retry this job"
        }
        SalesError::Gateway(GatewayError::Transient { .. }) => {
            "; retry this job when the payment service can be reached"
        }
        SalesError::Gateway(GatewayError::Lasting { .. }) => {
            "; check the program's set-up for the payment service, then retry this job"
        }
        _ => "",
    };
    what.chars().take(MAX_SAID_CHARS).chain(remedy.chars()).collect()
}

#[cfg(test)]
mod tests {
    use domain::{
        ledger::{LedgerError, rules::JournalFault},
        report::StoreError,
    };

    use super::*;

    #[test]
    fn a_dead_letter_says_what_was_refused_and_what_to_do() {
        let code = "insufficient_funds".to_owned();
        let message = "Insufficient funds in your account.".to_owned();
        let refusal =
            |code, message| SalesError::Gateway(GatewayError::Refused { what: "refunding a payment", code, message });
        let refused = refund_failed(refusal(code.clone(), message.clone()));
        assert!(matches!(refused, JobError::Lasting { .. }), "it is not tried again by itself");
        assert!(matches!(failed(refusal(code, message)), JobError::Passing { .. }), "all else may come to be done");
        assert_eq!(
            refused.to_string(),
            "the payment service did not answer as expected: refunding a payment: the gateway refused (insufficient_funds: \
             Insufficient funds in your account.); see to that at the payment service, then retry this job"
        );
        let source = "no answer within the time allowed".into();
        let hangs = failed(SalesError::Gateway(GatewayError::Transient { what: "reading a payment", source }));
        assert!(matches!(hangs, JobError::Passing { .. }));
        assert!(
            hangs.to_string().contains("reading a payment: the gateway did not answer: no answer within"),
            "{hangs}"
        );
        let fault = failed(SalesError::Ledger(LedgerError::Fault(JournalFault::Overflow)));
        assert_eq!(fault.to_string(), "the sale could not be booked: the amount is too large");
    }

    #[test]
    fn what_the_database_says_is_for_the_log_alone() {
        let secret = sea_orm::DbErr::Custom("postgres://nova:hunter2@db".to_owned());
        let failed = failed(SalesError::Store(StoreError::from(secret)));
        assert_eq!(failed.to_string(), "the database did not answer as expected");
        assert!(matches!(failed, JobError::Passing { .. }));
    }
}
