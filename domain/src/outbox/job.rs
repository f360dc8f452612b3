//! Every job that the program knows.

use crate::{
    agreements::entity::AgreementNotice,
    booking::entity::BookingReader,
    email::EmailAddress,
    env::Instant,
    identity::entity::AccountNotice,
    ids::{
        AgreementId, AssetId, BeatId, BookingId, BookingSeriesId, ClientImportId, DawSessionId, DisputeId, DomainId,
        FirstRefusalHolderId, FreeDownloadRequestId, HandoffPackId, InvitationId, InvoiceId, LicenceId, LineDisputeId,
        MailTokenId, MasterId, MasterNoticeId, MixVersionId, OfferId, OrderId, PayeeBankChangeId, PayeeId,
        PayeeStatementId, PaymentId, PayoutId, ProjectId, QuoteId, RefundId, ReviewRoundId, ReviewerId, RoyaltyRunId,
        SealId, SignerId, SigningLinkId, SigningSessionId, StatementImportId, StudioId, TypedId, UserId,
        WebhookDeliveryId, WebhookId, WorkId,
    },
    invoices::entity::{InvoiceNotice, QuoteNotice},
    licensing::meter::Side,
    masters::entity::{MasterNotice, MasterReader},
    offers::entity::OfferSide,
    payouts::entity::{PayoutNotice, PayoutSide},
    reviews::entity::ReviewNotice,
};

/// A job. It names rows, it does not copy them: a handler loads what is true when it runs, and running it twice is running it once.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(tag = "job", rename_all = "snake_case")]
pub enum Job {
    /// Look a stored audio file through: is it whole, within the limits, what are its facts?
    InspectAsset {
        /// The file.
        asset: AssetId,
    },
    /// Unpack a ZIP of stems into files of their own.
    UnpackStems {
        /// The archive.
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
    /// Listen to a ready file of music: tempo, key, faults, and which of the studio's other files sound like it.
    AnalyseAsset {
        /// The file.
        asset: AssetId,
    },
    /// Check a beat's stems against each other and against the mix.
    CheckStems {
        /// The beat.
        beat: BeatId,
    },
    /// Bounce a version of a mix from its document, or take its file as it is; measure and draw it.
    BounceMix {
        /// The version.
        version: MixVersionId,
    },
    /// Render a version that is under review at the level at which it is compared.
    LevelMix {
        /// The version.
        version: MixVersionId,
    },
    /// Pack a version of a mix for other workstations: its stems, tempo and markers, and the mix as a DAWproject.
    PackMix {
        /// The pack.
        pack: HandoffPackId,
    },
    /// Open another workstation's session: take a DAWproject over as a version of the song's mix, or write down what is inside a set.
    OpenDawSession {
        /// The session.
        session: DawSessionId,
    },
    /// Render a master of an approved mix, and measure it.
    RenderMaster {
        /// The master.
        master: MasterId,
    },
    /// Look at a project's masters: what is ready and paid is delivered, what is paid no more is recalled.
    SettleMasters {
        /// The project.
        project: ProjectId,
    },
    /// Tell a client or the studio what became of a project's masters.
    MailMasters {
        /// The project.
        project: ProjectId,
        /// The steps that it is about; none for the link alone.
        notice: Option<MasterNoticeId>,
        /// What.
        what: MasterNotice,
        /// Whom.
        to: MasterReader,
    },
    /// Tell a reviewer or the studio how a round of a review stands.
    MailReview {
        /// The round.
        round: ReviewRoundId,
        /// Whom; nobody for the studio.
        reviewer: Option<ReviewerId>,
        /// The version that it is about, if it is told only as long as no other has taken its place.
        version: Option<MixVersionId>,
        /// What.
        what: ReviewNotice,
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
    /// Tell the buyer that the order was closed and nothing was charged.
    MailClosed {
        /// The order.
        order: OrderId,
    },
    /// Tell the studio that a payment is disputed, and until when it can be answered.
    MailDispute {
        /// The dispute.
        dispute: DisputeId,
    },
    /// Tell the studio how a dispute was decided.
    MailDecided {
        /// The dispute.
        dispute: DisputeId,
    },
    /// Tell the studio of a sale.
    MailSale {
        /// The order.
        order: OrderId,
    },
    /// Tell the buyer that their bank has let the payment fail, and until when the order can be paid again.
    MailPayAgain {
        /// The order.
        order: OrderId,
    },
    /// Tell the buyer that money went back to them.
    MailRefunded {
        /// The refund.
        refund: RefundId,
    },
    /// Tell the studio that a refund could not be made.
    MailRefundRefused {
        /// The refund.
        refund: RefundId,
    },
    /// Tell the studio that an upgrade has ended with what was credited to it, while what was paid for itself is kept.
    MailUpgradeEnded {
        /// The upgrade's order.
        order: OrderId,
    },
    /// Warn licensee or studio that a licensed song has come close to a cap, or to it.
    MailUsage {
        /// The licence.
        licence: LicenceId,
        /// The threshold that was reached, in percent of the cap.
        threshold: i32,
        /// Whom.
        to: Side,
    },
    /// Give money of a payment back at the gateway.
    RefundPayment {
        /// The refund. Jobs written before refunds had rows name the payment, and the refund has the payment's number.
        #[serde(alias = "payment", deserialize_with = "refund_of_job")]
        refund: RefundId,
    },
    /// Collect what a buyer's bank holds for an exclusive that was claimed.
    CapturePayment {
        /// The payment.
        payment: PaymentId,
    },
    /// Let go of what a buyer's bank holds.
    CancelPayment {
        /// The payment.
        payment: PaymentId,
    },
    /// Close the pay page of an order that nobody is to pay any more: its beat was sold exclusively, or its booking stands without it.
    CloseCheckout {
        /// The order.
        order: OrderId,
    },
    /// Ask the gateway what became of a payment, and book what is not booked yet.
    SyncPayment {
        /// The payment.
        payment: PaymentId,
    },
    /// Send a studio's answer to a dispute to the gateway.
    AnswerDispute {
        /// The dispute.
        dispute: DisputeId,
    },
    /// Ask the gateway how an order's checkout stands and act on it; also what a webhook and the return page call at once.
    SettleOrder {
        /// The order.
        order: OrderId,
    },
    /// Send a payout to the gateway, or ask what became of one that was sent.
    FollowPayout {
        /// The payout.
        payout: PayoutId,
    },
    /// Ask the gateway how a payee's account stands.
    SyncPayee {
        /// The payee.
        payee: PayeeId,
    },
    /// Mail a payee the link that leads to the gateway.
    MailPayee {
        /// The payee.
        payee: PayeeId,
    },
    /// Tell a payee what became of a payout.
    MailPayout {
        /// The payout.
        payout: PayoutId,
        /// What.
        what: PayoutNotice,
    },
    /// Tell a payee, or the studio that pays them, that the payee's bank details have changed.
    MailPayeeBank {
        /// The change.
        change: PayeeBankChangeId,
        /// Whom.
        to: PayoutSide,
    },
    /// Give the money that was parked for a work to those who have signed its split.
    ReleaseParked {
        /// The work.
        work: WorkId,
    },
    /// Tell the buyer or the studio of a step of an offer.
    MailOffer {
        /// The offer.
        offer: OfferId,
        /// The step, from 1.
        step: i32,
        /// Whom.
        to: OfferSide,
    },
    /// Invoice what is due of an accepted quote: what it waited for may have happened.
    TendQuote {
        /// The quote.
        quote: QuoteId,
    },
    /// Tell a client or the studio of a quote.
    MailQuote {
        /// The quote.
        quote: QuoteId,
        /// Which version of it.
        version: i32,
        /// What.
        what: QuoteNotice,
    },
    /// Tell a client or the studio of an invoice.
    MailInvoice {
        /// The invoice.
        invoice: InvoiceId,
        /// What.
        what: InvoiceNotice,
    },
    /// Tell a leaseholder that they may buy the exclusive before others, and until when.
    MailFirstRefusal {
        /// Their place in the window.
        holder: FirstRefusalHolderId,
    },
    /// Tell a booking's client, the studio or somebody who is asked to come of what was done with it, with what their calendar is to know.
    MailBooking {
        /// The booking.
        booking: BookingId,
        /// The event, from 1.
        event: i32,
        /// Whom.
        to: BookingReader,
    },
    /// Tell a client or somebody who is asked to come how bookings stand that were made together.
    MailBookingSeries {
        /// The series.
        series: BookingSeriesId,
        /// Whom.
        to: BookingReader,
    },
    /// Mail a visitor the link that confirms their address for a free download; once it is confirmed, the link that withdraws their consent.
    MailFreeDownload {
        /// The request.
        request: FreeDownloadRequestId,
    },
    /// Tell the studio whom the program has moved to dormant.
    MailDormant {
        /// The studio.
        studio: StudioId,
        /// When they were moved, all at once.
        when: Instant,
    },
    /// Tell a studio that a domain no longer leads to its shop, for its record was missing for too long.
    MailLostDomain {
        /// The domain.
        domain: DomainId,
    },
    /// Enter a list of people that was taken in.
    EnterImport {
        /// The list.
        import: ClientImportId,
    },
    /// Read a royalty statement that was taken in.
    ImportStatement {
        /// The statement.
        import: StatementImportId,
    },
    /// Book what a statement that was read says is due, and what of it reached the bank.
    PostStatement {
        /// The statement.
        import: StatementImportId,
    },
    /// Make what payees are told of a run that was posted.
    IssueStatements {
        /// The run.
        run: RoyaltyRunId,
    },
    /// Mail a payee their statement.
    MailRoyalties {
        /// The payee's statement.
        statement: PayeeStatementId,
    },
    /// Tell the studio of a dispute, or the payee of its answer.
    MailLineDispute {
        /// The dispute.
        dispute: LineDisputeId,
    },
    /// Tell a studio what wants looking at.
    MailRoyaltyAlerts {
        /// The studio.
        studio: StudioId,
    },
    /// Mail a person a single-use link: verify an address, reset a password. The link's secret is derived from the row and the installation key.
    MailToken {
        /// The token.
        token: MailTokenId,
    },
    /// Tell a person what was changed of how their account is opened.
    MailAccount {
        /// Whose account it is.
        user: UserId,
        /// What.
        what: AccountNotice,
        /// When.
        when: Instant,
    },
    /// Tell a person that their account was closed. It carries what was known of them, for by then that is erased; the job itself is forgotten soon after.
    MailClosedAccount {
        /// The address that the account had.
        email: EmailAddress,
        /// Their name.
        name: String,
        /// When.
        when: Instant,
    },
    /// Mail an invitation to a studio.
    MailInvitation {
        /// The invitation.
        invitation: InvitationId,
    },
    /// Mail a signer a single-use link. Its secret is derived from the row and the installation key.
    MailSigner {
        /// The link.
        link: SigningLinkId,
    },
    /// Mail a signer the present code of a session; derived in the same way.
    MailCode {
        /// The session.
        session: SigningSessionId,
    },
    /// Tell a signer or the studio how an agreement stands.
    MailAgreement {
        /// The agreement.
        agreement: AgreementId,
        /// Whom; none: the studio.
        signer: Option<SignerId>,
        /// What.
        what: AgreementNotice,
        /// The signer whose doing it is, if it is one's.
        by: Option<SignerId>,
    },
    /// Typeset and seal an executed agreement.
    SealAgreement {
        /// The agreement.
        agreement: AgreementId,
    },
    /// Take back the other sheets of an executed sheet's work: they can be executed no more.
    VoidOthers {
        /// The executed agreement.
        agreement: AgreementId,
    },
    /// Send an event to a studio's webhook, if that is due.
    DeliverWebhook {
        /// The delivery.
        delivery: WebhookDeliveryId,
    },
    /// Tell a studio that a webhook of its was turned off, for nothing has arrived there for days.
    MailWebhookOff {
        /// The webhook.
        webhook: WebhookId,
    },
    /// Raise a document's seal: a timestamp, what proves it in the long run, a timestamp over all of it; or renew the last of these.
    RaiseSeal {
        /// The sealed document.
        seal: SealId,
    },
}

/// Reads the refund of a job, which may be named by its payment.
fn refund_of_job<'de, D: serde::Deserializer<'de>>(from: D) -> Result<RefundId, D::Error> {
    let text = <String as serde::Deserialize>::deserialize(from)?;
    let by_payment = || text.parse::<PaymentId>().map(|payment| RefundId::from_uuid(payment.uuid()));
    text.parse::<RefundId>().or_else(|_| by_payment()).map_err(serde::de::Error::custom)
}

#[cfg(test)]
mod tests {
    use sea_orm::prelude::Uuid;

    use super::*;

    #[test]
    fn a_refund_of_before_is_read_by_its_payment() {
        let payment = PaymentId(Uuid::from_u128(7));
        let old = serde_json::json!({ "job": "refund_payment", "payment": payment });
        let job = Job::RefundPayment { refund: RefundId(payment.uuid()) };
        assert_eq!(serde_json::from_value::<Job>(old).unwrap(), job);
        assert_eq!(serde_json::from_value::<Job>(serde_json::to_value(&job).unwrap()).unwrap(), job);
        let foreign = serde_json::json!({ "job": "refund_payment", "refund": OrderId(payment.uuid()) });
        assert!(serde_json::from_value::<Job>(foreign).is_err());
    }
}
