//! Gathering what letters about orders say.

use adapters::jobs::JobError;
use domain::{
    booking, delivery,
    email::EmailAddress,
    identity::entity::studio,
    ids::{DisputeId, JobId, OrderId},
    licensing,
    links::Purpose,
    money::Money,
    ports::{Mail, MailCalendar},
    sales::{
        self,
        entity::{OrderState, order},
        rules::money_back::Entitlement,
    },
};
use sea_orm::EntityTrait;

use crate::{
    BackOffice,
    letters::{self, DeliveryLetter, FileLine, Letter, LicenceLine, Notice},
    money::withheld,
    refused,
};

impl BackOffice {
    /// Mails the buyer their links.
    pub(crate) async fn mail_delivery(&self, job: JobId, id: OrderId) -> Result<(), JobError> {
        let (order, studio) = self.order_and_studio(id).await?;
        if order.state != OrderState::Delivered {
            tracing::info!(order = order.reference, state = %order.state, "no delivery is mailed for it any more");
            return Ok(());
        }
        if sales::entitlements::entitlement(&self.services.db, &order).await? == Entitlement::Revoked {
            tracing::info!(order = order.reference, "its money went back before its files were mailed");
            return Ok(());
        }
        let letter = self.delivery_letter(&order, &studio).await?;
        self.send(job, (&order.buyer_email, &studio), &letter).await
    }

    /// Tells the buyer that the beat was gone and the money goes back.
    pub(crate) async fn mail_refund(&self, job: JobId, id: OrderId) -> Result<(), JobError> {
        let (order, studio) = self.order_and_studio(id).await?;
        let total = Money::new(order.total_minor, order.currency);
        let reason = order.closed_reason.as_deref().unwrap_or("it could not be fulfilled");
        let nothing = self.nothing_came_of(id).await?;
        let letter = Notice {
            subject: format!("Your money goes back: order {}", order.reference),
            heading: "Your money goes back".to_owned(),
            paragraphs: vec![
                format!("Hello {},", order.buyer_name),
                format!("we had to cancel your order {}: {reason}.", order.reference),
                format!(
                    "You paid {total}. All of it goes back to the card or account that you paid with; most banks show it within five to ten days."
                ),
                nothing.to_owned(),
            ],
            button: Some(("See the order".to_owned(), self.order_url(&order))),
            small_print: format!("{} · reference {}", studio.name, order.reference),
        };
        self.send(job, (&order.buyer_email, &studio), &letter).await
    }

    /// Tells the buyer that the order was closed and nothing was charged.
    pub(crate) async fn mail_closed(&self, job: JobId, id: OrderId) -> Result<(), JobError> {
        let (order, studio) = self.order_and_studio(id).await?;
        if order.state != OrderState::Expired {
            tracing::info!(order = order.reference, state = %order.state, "its closing is not mailed any more");
            return Ok(());
        }
        let reason = order.closed_reason.as_deref().unwrap_or("it could not be fulfilled");
        let nothing = self.nothing_came_of(id).await?;
        let letter = Notice {
            subject: format!("Nothing was charged: order {}", order.reference),
            heading: "Nothing was charged".to_owned(),
            paragraphs: vec![
                format!("Hello {},", order.buyer_name),
                format!("we had to close your order {}: {reason}.", order.reference),
                "You were not charged. If your bank shows an amount as held, it is let go of by itself, within a few days at most banks.".to_owned(),
                nothing.to_owned(),
            ],
            button: Some(("See the order".to_owned(), self.order_url(&order))),
            small_print: format!("{} · reference {}", studio.name, order.reference),
        };
        self.send(job, (&order.buyer_email, &studio), &letter).await
    }

    /// What a buyer reads of an order that came to nothing.
    async fn nothing_came_of(&self, order: OrderId) -> Result<&'static str, JobError> {
        Ok(match booking::queries::booking_of_order(&self.services.db, order).await? {
            Some(_) => "Nothing was booked with it, and you owe nothing.",
            None => "No licence was granted, and you owe nothing.",
        })
    }

    /// Tells the studio that a payment is disputed, and until when it can be answered.
    pub(crate) async fn mail_dispute(&self, job: JobId, id: DisputeId) -> Result<(), JobError> {
        let db = &self.services.db;
        let gone = || JobError::lasting("the dispute is gone");
        let dispute = sales::queries::find_dispute(db, &self.ctx(), id).await.map_err(refused)?.ok_or_else(gone)?;
        let mut orders = sales::queries::orders_of_payments(db, &[dispute.payment_id]).await?;
        let order = orders.remove(&dispute.payment_id).ok_or_else(gone)?;
        let studio = studio::Entity::find_by_id(order.studio_id).one(db).await?.ok_or_else(gone)?;
        let amount = Money::new(dispute.amount_minor, dispute.currency);
        let until = match dispute.evidence_by {
            Some(by) => {
                format!("It can be answered until {}. Without an answer it is lost.", by.format("%-d %B %Y, %H:%M UTC"))
            }
            None => "It takes no answer.".to_owned(),
        };
        let is_owed_back = sales::queries::is_owed_back(db, dispute.payment_id).await?;
        let letter = Notice {
            subject: format!("A payment is disputed: order {}", order.reference),
            heading: "A payment is disputed".to_owned(),
            paragraphs: vec![
                format!("{} disputes {amount} of the order {} with their bank ({}).", order.buyer_name, order.reference, dispute.reason),
                until,
                withheld(&dispute, is_owed_back).to_owned(),
                "The evidence is gathered already: the contract and its hash, when and from where it was accepted, and every download. Add what you know, and answer.".to_owned(),
            ],
            button: None,
            small_print: format!("{} · reference {} · dispute {}", studio.name, order.reference, dispute.gateway_dispute),
        };
        self.send(job, (&studio.contact_email, &studio), &letter).await
    }

    pub(crate) async fn order_and_studio(&self, id: OrderId) -> Result<(order::Model, studio::Model), JobError> {
        let gone = || JobError::lasting("the order is gone");
        let order = sales::queries::find_order(&self.services.db, &self.ctx(), id).await.map_err(refused)?;
        let order = order.ok_or_else(gone)?;
        let studio = studio::Entity::find_by_id(order.studio_id).one(&self.services.db).await?.ok_or_else(gone)?;
        Ok((order, studio))
    }

    async fn delivery_letter(&self, order: &order::Model, studio: &studio::Model) -> Result<DeliveryLetter, JobError> {
        let db = &self.services.db;
        let lines = sales::queries::lines_of_order(db, order.id).await?;
        let mut licences = licensing::queries::licences_of_orders(db, &[order.id]).await?;
        let files = delivery::queries::list_of_order(db, &self.ctx(), order).await.map_err(refused)?;
        let expires_at = delivery::rules::download_link_expiry(self.services.env.now());
        let link = |file: &delivery::entity::deliverable::Model| {
            let token = self.services.links.token(Purpose::Download, file.id, Some(expires_at));
            format!("{}{}", self.services.public_url, delivery::rules::download_path(&token, &file.file_name))
        };
        let licences = licences.remove(&order.id).unwrap_or_default().into_iter().map(|licence| LicenceLine {
            title: lines
                .iter()
                .find(|line| line.id == licence.order_line_id)
                .map_or_else(String::new, |line| line.beat_title.clone()),
            tier_name: licence.terms.tier_name.clone(),
            reference: licence.reference.clone(),
            price: Money::new(licence.price_minor, licence.currency).to_string(),
            terms: letters::terms_in_words(&licence.terms),
            files: files
                .iter()
                .filter(|file| file.deliverable.licence_id == licence.id)
                .map(|file| FileLine {
                    name: file.deliverable.file_name.clone(),
                    url: link(&file.deliverable),
                    size: file.asset.as_ref().map(|asset| letters::size_in_words(asset.bytes)),
                    sha256: file.asset.as_ref().map(|asset| asset.sha256.to_string()),
                })
                .collect(),
        });
        Ok(DeliveryLetter {
            studio: studio.name.clone(),
            buyer: order.buyer_name.clone(),
            reference: order.reference.clone(),
            total: Money::new(order.total_minor, order.currency).to_string(),
            order_url: self.order_url(order),
            link_days: delivery::rules::DOWNLOAD_LINK_DAYS,
            licences: licences.collect(),
        })
    }

    pub(crate) fn order_url(&self, order: &order::Model) -> String {
        format!("{}/orders/{}", self.services.public_url, self.services.links.token(Purpose::Order, order.id, None))
    }

    pub(crate) async fn send(
        &self,
        job: JobId,
        (to, studio): (&EmailAddress, &studio::Model),
        letter: &impl Letter,
    ) -> Result<(), JobError> {
        self.send_with(job, (to, studio), letter, None).await
    }

    /// As [`Self::send`], with what the reader's calendar is to know.
    pub(crate) async fn send_with(
        &self,
        job: JobId,
        (to, studio): (&EmailAddress, &studio::Model),
        letter: &impl Letter,
        calendar: Option<MailCalendar>,
    ) -> Result<(), JobError> {
        let mail = Mail {
            job,
            to: to.clone(),
            from_name: studio.name.clone(),
            reply_to: Some(studio.contact_email.clone()),
            subject: letter.subject(),
            text: letter.text().map_err(JobError::lasting_from)?,
            html: letter.html().map_err(JobError::lasting_from)?,
            calendar,
        };
        self.deliver(studio.id, &mail).await
    }
}
