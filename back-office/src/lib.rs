//! The back office: typesets and seals contracts, writes mail, sends events to webhooks, gives money back, pays payees, settles orders, and keeps the
//! installation tidy.
//!
//! **May depend on** `domain` and `adapters`; not on `api` or `audio-worker`. It reads and writes rows through the domain alone. A letter is a
//! typed template under `templates/`, once as text and once as HTML, and its words are pinned by a snapshot.
//!
//! **To add a job:** a variant of [`Job`] in the office queue, a module here, an arm in `BackOffice::work_on`. **To add a letter:** a struct in
//! [`letters`] with its facts, and a snapshot. **To add a chore:** a line in [`schedule`].

mod accounts;
mod agreements;
mod bookings;
mod clients;
mod contracts;
mod domains;
mod facts;
mod first_refusal;
mod free_downloads;
mod invoices;
pub mod letters;
mod masters;
mod money;
mod offers;
mod payments;
mod payouts;
mod quotes;
mod reviews;
mod royalties;
mod royalty_alerts;
mod royalty_statements;
pub mod schedule;
mod seals;
mod statements;
mod usage;
mod webhooks;

use std::time::Duration;

use adapters::jobs::{Attempt, JobError, JobHandler};
use async_trait::async_trait;
use domain::{
    actor::{Actor, Ctx},
    domains::queries::at_home_of,
    ids::StudioId,
    outbox::Job,
    ports::Mail,
    report::Explain,
    sent_mails,
    services::Services,
};

/// Does the jobs of the office queue.
#[derive(Debug, Clone)]
pub struct BackOffice {
    services: Services,
}

impl BackOffice {
    /// A back office of an installation.
    pub fn new(services: Services) -> Self {
        Self { services }
    }

    fn ctx(&self) -> Ctx {
        self.services.ctx(Actor::System)
    }

    /// Sends a mail for a studio, and writes down that it did. What cannot be written down is not sent again for that.
    async fn deliver(&self, studio: StudioId, mail: &Mail) -> Result<(), JobError> {
        self.services.mailer.send(mail).await?;
        if let Err(error) = sent_mails::record(&self.services.db, &self.ctx(), studio, mail).await {
            tracing::warn!(job = %mail.job, error = &error as &dyn std::error::Error, "a mail was sent and not written down");
        }
        Ok(())
    }
}

/// Whether it is a letter whose links lead to pages of the studio's shop, which may be at a domain of its own. What is signed, and what payees are told, is the
/// platform's.
fn leads_to_shop(job: &Job) -> bool {
    matches!(
        job,
        Job::MailDelivery { .. }
            | Job::MailRefund { .. }
            | Job::MailClosed { .. }
            | Job::MailPayAgain { .. }
            | Job::MailRefunded { .. }
            | Job::MailUsage { .. }
            | Job::MailOffer { .. }
            | Job::MailFirstRefusal { .. }
            | Job::MailFreeDownload { .. }
            | Job::MailBooking { .. }
            | Job::MailBookingSeries { .. }
            | Job::MailQuote { .. }
            | Job::MailInvoice { .. }
            | Job::MailReview { .. }
            | Job::MailMasters { .. }
    )
}

#[async_trait]
impl JobHandler for BackOffice {
    async fn handle(&self, attempt: &Attempt) -> Result<(), JobError> {
        match attempt.studio.filter(|_| leads_to_shop(&attempt.job)) {
            Some(studio) => Self::new(at_home_of(&self.services, studio).await?).work_on(attempt).await,
            None => self.work_on(attempt).await,
        }
    }

    fn time_limit(&self, job: &Job) -> Duration {
        match job {
            Job::ImportStatement { .. } => statements::READING,
            _ => Duration::from_mins(2),
        }
    }
}

impl BackOffice {
    async fn work_on(&self, attempt: &Attempt) -> Result<(), JobError> {
        if self.told_of_invoice(attempt).await? {
            return Ok(());
        }
        match &attempt.job {
            Job::TypesetContract { licence } => self.typeset_contract(*licence).await,
            Job::MailDelivery { order } => self.mail_delivery(attempt.id, *order).await,
            Job::MailRefund { order } => self.mail_refund(attempt.id, *order).await,
            Job::MailClosed { order } => self.mail_closed(attempt.id, *order).await,
            Job::MailDispute { dispute } => self.mail_dispute(attempt.id, *dispute).await,
            Job::MailDecided { dispute } => self.mail_decided(attempt.id, *dispute).await,
            Job::MailSale { order } => self.mail_sale(attempt.id, *order).await,
            Job::MailPayAgain { order } => self.mail_pay_again(attempt.id, *order).await,
            Job::MailRefunded { refund } => self.mail_refunded(attempt.id, *refund).await,
            Job::MailRefundRefused { refund } => self.mail_refund_refused(attempt.id, *refund).await,
            Job::MailUpgradeEnded { order } => self.mail_upgrade_ended(attempt.id, *order).await,
            Job::MailUsage { licence, threshold, to } => self.mail_usage(attempt.id, *licence, *threshold, *to).await,
            Job::RefundPayment { refund } => self.refund_payment(*refund).await,
            Job::CapturePayment { payment } => self.capture_payment(*payment).await,
            Job::CancelPayment { payment } => self.cancel_payment(*payment).await,
            Job::CloseCheckout { order } => self.close_checkout(*order).await,
            Job::SyncPayment { payment } => self.sync_payment(*payment).await,
            Job::AnswerDispute { dispute } => self.answer_dispute(*dispute).await,
            Job::SettleOrder { order } => self.settle_order(*order).await,
            Job::ReleaseParked { work } => self.release_parked(*work).await,
            Job::PostStatement { import } => self.post_statement(*import).await,
            Job::FollowPayout { payout } => self.follow_payout(*payout).await,
            Job::SyncPayee { payee } => self.sync_payee(*payee).await,
            Job::MailPayee { payee } => self.mail_payee(attempt.id, *payee).await,
            Job::MailPayout { payout, what } => self.mail_payout(attempt.id, *payout, *what).await,
            Job::MailPayeeBank { change, to } => self.mail_payee_bank(attempt.id, *change, *to).await,
            Job::IssueStatements { run } => self.issue_statements(attempt.studio, *run).await,
            Job::MailRoyalties { statement } => self.mail_royalties(attempt.id, *statement).await,
            Job::MailLineDispute { dispute } => self.mail_line_dispute(attempt.id, *dispute).await,
            Job::MailOffer { offer, step, to } => self.mail_offer(attempt.id, *offer, *step, *to).await,
            Job::SettleMasters { project } => self.settle_masters(*project).await,
            Job::MailMasters { project, notice, what, to } => {
                self.mail_masters(attempt.id, *project, *notice, (*what, *to)).await
            }
            Job::MailReview { round, reviewer, version, what } => {
                self.mail_review(attempt.id, (*round, *version), *reviewer, *what).await
            }
            Job::TendQuote { quote } => self.tend_quote(*quote).await,
            Job::MailQuote { quote, version, what } => self.mail_quote(attempt.id, *quote, *version, *what).await,
            Job::MailInvoice { invoice, what } => self.mail_invoice(attempt.id, *invoice, *what).await,
            Job::MailFirstRefusal { holder } => self.mail_first_refusal(attempt.id, *holder).await,
            Job::MailBooking { booking, event, to } => self.mail_booking(attempt.id, *booking, *event, *to).await,
            Job::MailBookingSeries { series, to } => self.mail_booking_series(attempt.id, *series, *to).await,
            Job::MailFreeDownload { request } => self.mail_free_download(attempt.id, *request).await,
            Job::MailDormant { studio, when } => self.mail_dormant(attempt.id, *studio, *when).await,
            Job::MailLostDomain { domain } => self.mail_lost_domain(attempt.id, *domain).await,
            Job::MailRoyaltyAlerts { studio } => self.mail_royalty_alerts(attempt.id, *studio).await,
            Job::EnterImport { import } => self.enter_import(*import).await,
            Job::ImportStatement { import } => self.import_statement(*import, attempt).await,
            Job::MailToken { token } => self.mail_token(attempt.id, *token).await,
            Job::MailAccount { user, what, when } => self.mail_account(attempt.id, *user, *what, *when).await,
            Job::MailClosedAccount { email, name, when } => {
                self.mail_closed_account(attempt.id, email, name, *when).await
            }
            Job::MailInvitation { invitation } => self.mail_invitation(attempt.id, *invitation).await,
            Job::MailSigner { link } => self.mail_signer(attempt.id, *link).await,
            Job::MailCode { session } => self.mail_code(attempt.id, *session).await,
            Job::MailAgreement { agreement, signer, what, by } => {
                self.mail_agreement(attempt.id, *agreement, *signer, *what, *by).await
            }
            Job::SealAgreement { agreement } => self.seal_agreement(*agreement).await,
            Job::VoidOthers { agreement } => self.void_others(*agreement).await,
            Job::RaiseSeal { seal } => self.raise_seal(*seal).await,
            Job::DeliverWebhook { delivery } => self.deliver_webhook(*delivery).await,
            Job::MailWebhookOff { webhook } => self.mail_webhook_off(attempt.id, *webhook).await,
            other => Err(JobError::lasting(format!("the back office does not do this: {other:?}"))),
        }
    }
}

/// An aggregate's refusal of a job's own work stays; what broke beneath may pass.
fn refused(cause: impl Explain) -> JobError {
    if cause.explain().kind.is_ours() { JobError::passing_from(cause) } else { JobError::lasting_from(cause) }
}

/// Runs slow work on a blocking thread; a panic there is a failure that stays.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, JobError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|cause| JobError::Lasting {
        what: "the typesetter broke; the program's log says how".to_owned(),
        source: Some(cause.into()),
    })
}
