//! Which queue each job is of, and how urgent it is.

use super::job::Job;
use crate::text_enum;

text_enum! {
    /// Who takes a job.
    pub enum Queue {
        /// The audio worker.
        Audio = "audio",
        /// The back office: mail, documents, payments.
        Office = "office",
    }
}

/// How urgent a job is. Of jobs that wait, the more urgent begins first; one that runs is not interrupted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Priority {
    /// Nobody waits for it: stems that are checked, what has been heard once and is listened to again, and what other programs are told, for who is slow to
    /// listen holds up nobody else.
    Idle,
    /// A producer waits for it.
    Usual,
    /// Somebody has paid, or sits in front of a page, and waits for it.
    Paid,
}

impl Priority {
    /// The level under which it is stored and queued, the larger the more urgent.
    pub const fn level(self) -> u8 {
        match self {
            Self::Idle => 0,
            Self::Usual => 1,
            Self::Paid => 2,
        }
    }
}

impl Job {
    /// Who takes it.
    pub const fn queue(&self) -> Queue {
        match self {
            Self::InspectAsset { .. }
            | Self::UnpackStems { .. }
            | Self::RenderPreview { .. }
            | Self::BounceMasters { .. }
            | Self::AnalyseAsset { .. }
            | Self::BounceMix { .. }
            | Self::LevelMix { .. }
            | Self::PackMix { .. }
            | Self::OpenDawSession { .. }
            | Self::RenderMaster { .. }
            | Self::CheckStems { .. } => Queue::Audio,
            Self::TypesetContract { .. }
            | Self::MailDelivery { .. }
            | Self::MailRefund { .. }
            | Self::MailClosed { .. }
            | Self::MailDispute { .. }
            | Self::MailDecided { .. }
            | Self::MailSale { .. }
            | Self::MailPayAgain { .. }
            | Self::MailRefunded { .. }
            | Self::MailRefundRefused { .. }
            | Self::MailUpgradeEnded { .. }
            | Self::MailUsage { .. }
            | Self::RefundPayment { .. }
            | Self::CapturePayment { .. }
            | Self::CancelPayment { .. }
            | Self::CloseCheckout { .. }
            | Self::SyncPayment { .. }
            | Self::AnswerDispute { .. }
            | Self::SettleOrder { .. }
            | Self::FollowPayout { .. }
            | Self::SyncPayee { .. }
            | Self::MailPayee { .. }
            | Self::MailPayout { .. }
            | Self::MailPayeeBank { .. }
            | Self::ReleaseParked { .. }
            | Self::MailOffer { .. }
            | Self::SettleMasters { .. }
            | Self::MailMasters { .. }
            | Self::MailReview { .. }
            | Self::TendQuote { .. }
            | Self::MailQuote { .. }
            | Self::MailInvoice { .. }
            | Self::MailFreeDownload { .. }
            | Self::MailDormant { .. }
            | Self::MailLostDomain { .. }
            | Self::EnterImport { .. }
            | Self::ImportStatement { .. }
            | Self::PostStatement { .. }
            | Self::IssueStatements { .. }
            | Self::MailRoyalties { .. }
            | Self::MailLineDispute { .. }
            | Self::MailRoyaltyAlerts { .. }
            | Self::MailFirstRefusal { .. }
            | Self::MailBooking { .. }
            | Self::MailBookingSeries { .. }
            | Self::MailToken { .. }
            | Self::MailAccount { .. }
            | Self::MailClosedAccount { .. }
            | Self::MailInvitation { .. }
            | Self::MailSigner { .. }
            | Self::MailCode { .. }
            | Self::MailAgreement { .. }
            | Self::SealAgreement { .. }
            | Self::VoidOthers { .. }
            | Self::DeliverWebhook { .. }
            | Self::MailWebhookOff { .. }
            | Self::RaiseSeal { .. } => Queue::Office,
        }
    }

    /// How urgent it is, unless whoever puts it knows better: masters are usually bounced ahead of a sale, and sometimes for one.
    pub const fn priority(&self) -> Priority {
        match self {
            Self::TypesetContract { .. }
            | Self::MailDelivery { .. }
            | Self::MailRefund { .. }
            | Self::MailClosed { .. }
            | Self::MailPayAgain { .. }
            | Self::RefundPayment { .. }
            | Self::CapturePayment { .. }
            | Self::CancelPayment { .. }
            | Self::SettleOrder { .. }
            // Somebody sits in front of the page and waits for it, or what is held for them runs out.
            | Self::MailBooking { .. }
            | Self::MailCode { .. } => Priority::Paid,
            Self::InspectAsset { .. }
            | Self::UnpackStems { .. }
            | Self::RenderPreview { .. }
            | Self::BounceMasters { .. }
            | Self::AnalyseAsset { .. }
            | Self::BounceMix { .. }
            | Self::LevelMix { .. }
            | Self::PackMix { .. }
            | Self::OpenDawSession { .. }
            | Self::RenderMaster { .. }
            | Self::SettleMasters { .. }
            | Self::MailMasters { .. }
            | Self::MailDispute { .. }
            | Self::MailDecided { .. }
            | Self::MailSale { .. }
            | Self::MailRefunded { .. }
            | Self::MailRefundRefused { .. }
            | Self::MailUpgradeEnded { .. }
            | Self::MailUsage { .. }
            | Self::CloseCheckout { .. }
            | Self::SyncPayment { .. }
            | Self::AnswerDispute { .. }
            | Self::FollowPayout { .. }
            | Self::SyncPayee { .. }
            | Self::MailPayee { .. }
            | Self::MailPayout { .. }
            | Self::MailPayeeBank { .. }
            | Self::ReleaseParked { .. }
            | Self::MailOffer { .. }
            | Self::MailReview { .. }
            | Self::TendQuote { .. }
            | Self::MailQuote { .. }
            | Self::MailInvoice { .. }
            | Self::MailFreeDownload { .. }
            | Self::MailDormant { .. }
            | Self::MailLostDomain { .. }
            | Self::EnterImport { .. }
            | Self::ImportStatement { .. }
            | Self::PostStatement { .. }
            | Self::IssueStatements { .. }
            | Self::MailRoyalties { .. }
            | Self::MailLineDispute { .. }
            | Self::MailRoyaltyAlerts { .. }
            | Self::MailFirstRefusal { .. }
            | Self::MailBookingSeries { .. }
            | Self::MailToken { .. }
            | Self::MailAccount { .. }
            | Self::MailClosedAccount { .. }
            | Self::MailInvitation { .. }
            | Self::MailSigner { .. }
            | Self::MailAgreement { .. }
            | Self::SealAgreement { .. }
            | Self::VoidOthers { .. }
            | Self::MailWebhookOff { .. }
            | Self::RaiseSeal { .. } => Priority::Usual,
            Self::CheckStems { .. } | Self::DeliverWebhook { .. } => Priority::Idle,
        }
    }
}
