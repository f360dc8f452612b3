//! Decisions of the outbox: when a failed job is tried again, and when it is given up.

use chrono::Duration;

use super::{Job, entity::job, error::Need};

/// The longest that a job waits between two attempts.
pub const LONGEST_WAIT: Duration = Duration::minutes(10);

/// How failures are met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retries {
    /// The wait after the first failure; it doubles with each further one.
    pub first_wait: Duration,
    /// The longest wait.
    pub longest_wait: Duration,
    /// After how many attempts a job is given up.
    pub most_attempts: u32,
}

impl Default for Retries {
    /// 3 s, doubling up to 10 min, eight attempts: an outage of six minutes passes unnoticed.
    fn default() -> Self {
        Self { first_wait: Duration::seconds(3), longest_wait: LONGEST_WAIT, most_attempts: 8 }
    }
}

impl Retries {
    /// How long a job waits after its n-th attempt (from 1) has failed; none if that was the last.
    pub fn wait_after(&self, attempt: u32) -> Option<Duration> {
        if attempt >= self.most_attempts {
            return None;
        }
        let doublings = attempt.saturating_sub(1).min(20);
        let wait = self.first_wait.checked_mul(1 << doublings).unwrap_or(self.longest_wait);
        Some(wait.min(self.longest_wait))
    }
}

/// The key under which the queue takes a job once in each round.
pub fn queue_key(job: &job::Model) -> String {
    format!("{}:{}", job.id, job.round)
}

/// Whether a job may be cancelled: only what can be asked for again, and what no order waits for.
pub fn may_cancel(job: &Job, is_paid_for: bool) -> Result<(), Need> {
    match job {
        Job::BounceMasters { .. } if is_paid_for => Err(Need::Paid),
        Job::RenderPreview { .. } | Job::BounceMasters { .. } | Job::AnalyseAsset { .. } | Job::CheckStems { .. } => {
            Ok(())
        }
        Job::InspectAsset { .. }
        | Job::UnpackStems { .. }
        | Job::BounceMix { .. }
        | Job::LevelMix { .. }
        | Job::PackMix { .. }
        | Job::OpenDawSession { .. }
        | Job::RenderMaster { .. } => Err(Need::Upload),
        Job::TypesetContract { .. }
        | Job::MailDelivery { .. }
        | Job::MailRefund { .. }
        | Job::MailClosed { .. }
        | Job::MailDispute { .. }
        | Job::MailDecided { .. }
        | Job::MailSale { .. }
        | Job::MailPayAgain { .. }
        | Job::MailRefunded { .. }
        | Job::MailRefundRefused { .. }
        | Job::MailUpgradeEnded { .. }
        | Job::MailUsage { .. }
        | Job::RefundPayment { .. }
        | Job::CapturePayment { .. }
        | Job::CancelPayment { .. }
        | Job::CloseCheckout { .. }
        | Job::SyncPayment { .. }
        | Job::AnswerDispute { .. }
        | Job::SettleOrder { .. }
        | Job::FollowPayout { .. }
        | Job::SyncPayee { .. }
        | Job::MailPayee { .. }
        | Job::MailPayout { .. }
        | Job::MailPayeeBank { .. }
        | Job::ReleaseParked { .. }
        | Job::MailOffer { .. }
        | Job::SettleMasters { .. }
        | Job::MailMasters { .. }
        | Job::MailReview { .. }
        | Job::TendQuote { .. }
        | Job::MailQuote { .. }
        | Job::MailInvoice { .. }
        | Job::MailFreeDownload { .. }
        | Job::MailDormant { .. }
        | Job::MailLostDomain { .. }
        | Job::EnterImport { .. }
        | Job::ImportStatement { .. }
        | Job::PostStatement { .. }
        | Job::IssueStatements { .. }
        | Job::MailRoyalties { .. }
        | Job::MailLineDispute { .. }
        | Job::MailRoyaltyAlerts { .. }
        | Job::MailFirstRefusal { .. }
        | Job::MailBooking { .. }
        | Job::MailBookingSeries { .. }
        | Job::MailToken { .. }
        | Job::MailAccount { .. }
        | Job::MailClosedAccount { .. }
        | Job::MailInvitation { .. }
        | Job::MailSigner { .. }
        | Job::MailCode { .. }
        | Job::MailAgreement { .. }
        | Job::SealAgreement { .. }
        | Job::VoidOthers { .. }
        | Job::DeliverWebhook { .. }
        | Job::MailWebhookOff { .. }
        | Job::RaiseSeal { .. } => Err(Need::Business),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_longest_and_then_end() {
        let retries =
            Retries { first_wait: Duration::seconds(3), longest_wait: Duration::seconds(20), most_attempts: 6 };
        let waits: Vec<_> = (1..=6).map(|n| retries.wait_after(n).map(|wait| wait.num_seconds())).collect();
        assert_eq!(waits, [Some(3), Some(6), Some(12), Some(20), Some(20), None]);
    }

    #[test]
    fn no_number_of_attempts_overflows() {
        let retries = Retries { most_attempts: u32::MAX, ..Retries::default() };
        assert_eq!(retries.wait_after(u32::MAX - 1), Some(retries.longest_wait));
    }
}
