//! Orders and payments.

use adapters::jobs::JobError;
use domain::{
    ids::{DisputeId, OrderId, PaymentId, RefundId, WorkId},
    sales::commands::{claims, disputes, refunds, settlement, sync},
    splits,
};

use crate::{BackOffice, refused};

impl BackOffice {
    /// Asks the gateway how an order stands and acts on it.
    pub(crate) async fn settle_order(&self, order: OrderId) -> Result<(), JobError> {
        settlement::settle_order(&self.services, order).await.map(drop).map_err(refused)
    }

    /// Closes the pay page of an order whose beat was sold meanwhile.
    pub(crate) async fn close_checkout(&self, order: OrderId) -> Result<(), JobError> {
        settlement::close_checkout(&self.services, order).await.map(drop).map_err(refused)
    }

    /// Collects what a buyer's bank holds.
    pub(crate) async fn capture_payment(&self, payment: PaymentId) -> Result<(), JobError> {
        claims::capture_payment(&self.services, payment).await.map_err(refused)
    }

    /// Lets go of what a buyer's bank holds.
    pub(crate) async fn cancel_payment(&self, payment: PaymentId) -> Result<(), JobError> {
        claims::cancel_payment(&self.services, payment).await.map_err(refused)
    }

    /// Gives money of a payment back.
    pub(crate) async fn refund_payment(&self, refund: RefundId) -> Result<(), JobError> {
        refunds::refund_payment(&self.services, refund).await.map_err(refused)
    }

    /// Books what became of a payment.
    pub(crate) async fn sync_payment(&self, payment: PaymentId) -> Result<(), JobError> {
        sync::sync_payment(&self.services, payment).await.map_err(refused)
    }

    /// Sends a studio's answer to a dispute.
    pub(crate) async fn answer_dispute(&self, dispute: DisputeId) -> Result<(), JobError> {
        disputes::send_answer(&self.services, dispute).await.map_err(refused)
    }

    /// Gives what was parked for a work to those who have signed its split.
    pub(crate) async fn release_parked(&self, work: WorkId) -> Result<(), JobError> {
        splits::release_parked(&self.services, work).await.map(drop).map_err(refused)
    }
}
