//! Letters about money that pays an invoice, in the place of those about an order: it is neither for a licence nor for files.

use adapters::jobs::{Attempt, JobError};
use domain::{
    email::EmailAddress,
    ids::{OrderId, PaymentId, RefundId},
    invoices::queries,
    money::Money,
    outbox::Job,
    sales::{
        self,
        entity::{DisputeState, RefundState, dispute, order, refund},
    },
};

use super::InvoiceFacts;
use crate::{BackOffice, letters::Notice, refused};

impl BackOffice {
    /// Sends in the place of a letter about an order the one about the invoice that it pays; true if it pays one, so that there is no other letter to write.
    pub(crate) async fn told_of_invoice(&self, attempt: &Attempt) -> Result<bool, JobError> {
        let db = &self.services.db;
        let order = match &attempt.job {
            Job::MailSale { order }
            | Job::MailRefund { order }
            | Job::MailClosed { order }
            | Job::MailPayAgain { order } => Some(*order),
            Job::MailRefunded { refund } => self.order_of_refund(*refund).await?,
            Job::MailDispute { dispute } | Job::MailDecided { dispute } => {
                let found = sales::queries::find_dispute(db, &self.ctx(), *dispute).await.map_err(refused)?;
                match found {
                    Some(row) => self.order_of_payment(row.payment_id).await?,
                    None => None,
                }
            }
            _ => None,
        };
        let Some(id) = order else { return Ok(false) };
        let Some(invoice) = queries::invoice_of_order(db, id).await? else { return Ok(false) };
        let facts = self.facts_with(invoice).await?;
        let (order, _) = self.order_and_studio(id).await?;
        if let Some((to, letter)) = self.money_letter(&attempt.job, &facts, &order).await? {
            self.send(attempt.id, (&to, &facts.studio), &letter).await?;
        }
        Ok(true)
    }

    async fn order_of_refund(&self, refund: RefundId) -> Result<Option<OrderId>, JobError> {
        let found = sales::queries::find_refund(&self.services.db, &self.ctx(), refund).await.map_err(refused)?;
        match found {
            Some(row) => self.order_of_payment(row.payment_id).await,
            None => Ok(None),
        }
    }

    async fn order_of_payment(&self, payment: PaymentId) -> Result<Option<OrderId>, JobError> {
        let orders = sales::queries::orders_of_payments(&self.services.db, &[payment]).await?;
        Ok(orders.get(&payment).map(|order| order.id))
    }

    /// The letter about an invoice in the place of the one about its order, and to whom; none if nothing is to be said any more.
    async fn money_letter(
        &self,
        job: &Job,
        facts: &InvoiceFacts,
        order: &order::Model,
    ) -> Result<Option<(EmailAddress, Notice)>, JobError> {
        let db = &self.services.db;
        let (client, own) = (facts.content.client.email.clone(), facts.studio.contact_email.clone());
        Ok(match job {
            Job::MailSale { .. } => Some((own, paid_letter(facts, order))),
            Job::MailRefund { .. } => Some((client, not_taken_letter(facts, order))),
            Job::MailPayAgain { .. } if facts.standing.open_minor() > 0 => Some((client, failed_letter(facts, order))),
            Job::MailRefunded { refund } => {
                let found = sales::queries::find_refund(db, &self.ctx(), *refund).await.map_err(refused)?;
                let told = found.filter(|row| row.state == RefundState::Succeeded);
                let is_second = match &told {
                    Some(row) => sales::queries::is_owed_back(db, row.payment_id).await?,
                    None => false,
                };
                // Of what could not be taken they were told when it was sent on its way.
                told.filter(|_| order.state != sales::entity::OrderState::Refunded)
                    .map(|row| (client, refunded_letter(facts, &row, is_second)))
            }
            Job::MailDispute { dispute } | Job::MailDecided { dispute } => {
                let found = sales::queries::find_dispute(db, &self.ctx(), *dispute).await.map_err(refused)?;
                found.map(|row| (own, disputed_letter(facts, &row)))
            }
            _ => None,
        })
    }
}

fn paid_letter(facts: &InvoiceFacts, order: &order::Model) -> Notice {
    let paid = Money::new(order.total_minor, order.currency);
    let (number, client) = (&facts.invoice.reference, &facts.content.client);
    Notice {
        subject: format!("{paid} paid: invoice {number}"),
        heading: format!("{paid} paid"),
        paragraphs: vec![
            format!(
                "{} ({}) has paid {paid} of the invoice {number}, {}.",
                client.name, client.email, facts.content.title
            ),
            facts.left(),
        ],
        button: None,
        small_print: facts.small_print(),
    }
}

fn not_taken_letter(facts: &InvoiceFacts, order: &order::Model) -> Notice {
    let paid = Money::new(order.total_minor, order.currency);
    let (number, reason) =
        (&facts.invoice.reference, order.closed_reason.as_deref().unwrap_or("it could not be taken"));
    Notice {
        subject: format!("Your money goes back: invoice {number}"),
        heading: "Your money goes back".to_owned(),
        paragraphs: vec![
            format!("Hello {},", facts.content.client.name),
            format!("your payment of {paid} for the invoice {number} could not be taken: {reason}."),
            "All of it goes back to the card or account that you paid with; most banks show it within five to ten days.".to_owned(),
            facts.left(),
        ],
        button: Some(("See the invoice".to_owned(), facts.url.clone())),
        small_print: facts.small_print(),
    }
}

fn failed_letter(facts: &InvoiceFacts, order: &order::Model) -> Notice {
    let paid = Money::new(order.total_minor, order.currency);
    let number = &facts.invoice.reference;
    Notice {
        subject: format!("Your payment did not come through: invoice {number}"),
        heading: "Your payment did not come through".to_owned(),
        paragraphs: vec![
            format!("Hello {},", facts.content.client.name),
            format!("your bank has let the payment of {paid} for the invoice {number} fail. You were not charged."),
            format!("{} You can pay with a card or from another account.", facts.left()),
        ],
        button: Some(("Pay again".to_owned(), facts.url.clone())),
        small_print: facts.small_print(),
    }
}

fn refunded_letter(facts: &InvoiceFacts, refund: &refund::Model, is_second: bool) -> Notice {
    let amount = Money::new(refund.amount_minor, refund.currency);
    let number = &facts.invoice.reference;
    let stands = if is_second {
        "You had paid this beside it; what you have paid of the invoice is not touched by it.".to_owned()
    } else {
        facts.left()
    };
    Notice {
        subject: format!("You have been given back {amount}: invoice {number}"),
        heading: format!("{amount} goes back to you"),
        paragraphs: vec![
            format!("Hello {},", facts.content.client.name),
            format!("{} has given back {amount} that you had paid for the invoice {number}.", facts.studio.name),
            "It goes to the card or account that you paid with; most banks show it within five to ten days.".to_owned(),
            stands,
        ],
        button: Some(("See the invoice".to_owned(), facts.url.clone())),
        small_print: facts.small_print(),
    }
}

fn disputed_letter(facts: &InvoiceFacts, dispute: &dispute::Model) -> Notice {
    let amount = Money::new(dispute.amount_minor, dispute.currency);
    let (number, client) = (&facts.invoice.reference, &facts.content.client);
    let (subject, said) = match dispute.state {
        DisputeState::Won => ("A dispute was won", "The amount is yours again, and counts for the invoice as before."),
        DisputeState::Lost => {
            ("A dispute was lost", "The amount stays with the client, and is left to pay of the invoice.")
        }
        DisputeState::Inquiry => ("A payment is asked about", "So far the bank only asks: no money has moved."),
        DisputeState::NeedsResponse | DisputeState::UnderReview => (
            "A payment is disputed",
            "Until the bank has decided, the invoice is not paid, and is not asked for again.",
        ),
    };
    let mut paragraphs = vec![
        format!("{amount} that {} has paid for the invoice {number} ({}).", client.name, dispute.reason),
        said.to_owned(),
    ];
    if let Some(by) = dispute.evidence_by {
        paragraphs.push(format!(
            "It can be answered until {}. The evidence is gathered already: what was quoted and invoiced, and by whom, when and from where it was accepted.",
            by.format("%-d %B %Y, %H:%M UTC")
        ));
    }
    Notice {
        subject: format!("{subject}: invoice {number}"),
        heading: subject.to_owned(),
        paragraphs,
        button: None,
        small_print: format!("{} · dispute {}", facts.small_print(), dispute.gateway_dispute),
    }
}
