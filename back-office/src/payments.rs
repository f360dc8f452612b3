//! Orders and payments.

use adapters::jobs::JobError;
use domain::{
    ids::{OrderId, PaymentId, WorkId},
    sales::commands::{refunds, settlement},
    splits,
};

use crate::{BackOffice, refused};

impl BackOffice {
    /// Asks the gateway how an order stands and acts on it.
    pub(crate) async fn settle_order(&self, order: OrderId) -> Result<(), JobError> {
        settlement::settle_order(&self.services, order).await.map(drop).map_err(refused)
    }

    /// Gives a payment back.
    pub(crate) async fn refund_payment(&self, payment: PaymentId) -> Result<(), JobError> {
        refunds::refund_payment(&self.services, payment).await.map_err(refused)
    }

    /// Gives what was parked for a work to those who have signed its split.
    pub(crate) async fn release_parked(&self, work: WorkId) -> Result<(), JobError> {
        splits::release_parked(&self.services, work).await.map(drop).map_err(refused)
    }
}
