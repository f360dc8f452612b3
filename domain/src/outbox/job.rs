//! Every job that the program knows.

use crate::{
    ids::{AssetId, BeatId, InvitationId, LicenceId, MailTokenId, OrderId, PaymentId},
    text_enum,
};

text_enum! {
    /// Who takes a job.
    pub enum Queue {
        /// The audio worker.
        Audio = "audio",
        /// The back office: mail, documents, payments.
        Office = "office",
    }
}

/// A job. It names rows, it does not copy them: a handler loads what is true when it runs, and running it twice is running it once.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(tag = "job", rename_all = "snake_case")]
pub enum Job {
    /// Look a stored audio file through: is it whole, within the limits, what are its facts?
    InspectAsset {
        /// The file.
        asset: AssetId,
    },
    /// Render a beat's tagged preview and its waveform.
    RenderPreview {
        /// The beat.
        beat: BeatId,
    },
    /// Bounce a beat's masters, WAV and MP3 in one pass, and make ready what waits for them.
    BounceMasters {
        /// The beat.
        beat: BeatId,
    },
    /// Typeset a licence's contract.
    TypesetContract {
        /// The licence.
        licence: LicenceId,
    },
    /// Mail the buyer the links, once every file is ready.
    MailDelivery {
        /// The order.
        order: OrderId,
    },
    /// Tell the buyer that the beat was gone and the money goes back.
    MailRefund {
        /// The order.
        order: OrderId,
    },
    /// Give a payment back at the gateway.
    RefundPayment {
        /// The payment.
        payment: PaymentId,
    },
    /// Ask the gateway how an order's checkout stands and act on it; also what a webhook and the return page call at once.
    SettleOrder {
        /// The order.
        order: OrderId,
    },
    /// Mail a person a single-use link: verify an address, reset a password. The link's secret is derived from the row and the installation key.
    MailToken {
        /// The token.
        token: MailTokenId,
    },
    /// Mail an invitation to a studio.
    MailInvitation {
        /// The invitation.
        invitation: InvitationId,
    },
}

impl Job {
    /// Who takes it.
    pub const fn queue(&self) -> Queue {
        match self {
            Self::InspectAsset { .. } | Self::RenderPreview { .. } | Self::BounceMasters { .. } => Queue::Audio,
            Self::TypesetContract { .. }
            | Self::MailDelivery { .. }
            | Self::MailRefund { .. }
            | Self::RefundPayment { .. }
            | Self::SettleOrder { .. }
            | Self::MailToken { .. }
            | Self::MailInvitation { .. } => Queue::Office,
        }
    }
}
