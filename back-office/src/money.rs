//! Letters about money: what was sold, what went back or could not, and how a dispute ended.

use adapters::jobs::JobError;
use domain::{
    booking,
    identity::entity::studio,
    ids::{DisputeId, JobId, OrderId, RefundId},
    licensing::upgrades::restored,
    money::Money,
    sales::{
        self,
        entity::{DisputeState, OrderState, RefundState, dispute, order, order_line, refund},
        rules::{money_back::Entitlement, paying::PayWindow},
    },
};
use sea_orm::EntityTrait;

use crate::{BackOffice, letters::Notice, refused};

impl BackOffice {
    /// Tells the studio of a sale.
    pub(crate) async fn mail_sale(&self, job: JobId, id: OrderId) -> Result<(), JobError> {
        let (order, studio) = self.order_and_studio(id).await?;
        let lines = sales::queries::lines_of_order(&self.services.db, id).await?;
        self.send(job, (&studio.contact_email, &studio), &sold(&order, &studio, &lines)).await
    }

    /// Tells the buyer that their bank has let the payment fail, and until when they can pay again.
    pub(crate) async fn mail_pay_again(&self, job: JobId, id: OrderId) -> Result<(), JobError> {
        let (order, studio) = self.order_and_studio(id).await?;
        let window = sales::queries::pay_window(&self.services.db, &order).await?;
        if order.state != OrderState::AwaitingPayment || !matches!(window, PayWindow::Again { .. }) {
            tracing::info!(order = order.reference, state = %order.state, "it is not to be paid again");
            return Ok(());
        }
        let letter = pay_again(&order, &studio, window, self.order_url(&order));
        self.send(job, (&order.buyer_email, &studio), &letter).await
    }

    /// Tells the buyer that money has gone back to them.
    pub(crate) async fn mail_refunded(&self, job: JobId, id: RefundId) -> Result<(), JobError> {
        let (refund, order, studio) = self.refund_and_order(id).await?;
        // Of an order that could not be granted they were told already, when its money was sent on its way.
        if refund.state != RefundState::Succeeded || order.state == OrderState::Refunded {
            tracing::info!(refund = %id, state = %refund.state, "it is not mailed");
            return Ok(());
        }
        let db = &self.services.db;
        let what_stands = if sales::queries::is_owed_back(db, refund.payment_id).await? {
            WhatStands::All
        } else if booking::queries::booking_of_order(db, order.id).await?.is_some() {
            WhatStands::Booking
        } else {
            match sales::entitlements::entitlement(db, &order).await? {
                Entitlement::Revoked => match restored(db, order.id).await? {
                    Some(earlier) => WhatStands::Earlier { reference: earlier.reference },
                    None => WhatStands::Nothing,
                },
                Entitlement::Unpaid | Entitlement::Stands | Entitlement::Suspended => WhatStands::Licence,
            }
        };
        let letter = refunded(&refund, &order, &studio, what_stands, self.order_url(&order));
        self.send(job, (&order.buyer_email, &studio), &letter).await
    }

    /// Tells the studio that a refund could not be made.
    pub(crate) async fn mail_refund_refused(&self, job: JobId, id: RefundId) -> Result<(), JobError> {
        let (refund, order, studio) = self.refund_and_order(id).await?;
        if refund.state == RefundState::Succeeded {
            tracing::info!(refund = %id, "it was made after all");
            return Ok(());
        }
        let is_owed_back = sales::queries::is_owed_back(&self.services.db, refund.payment_id).await?;
        self.send(job, (&studio.contact_email, &studio), &refund_refused(&refund, &order, &studio, is_owed_back)).await
    }

    /// Tells the studio that an upgrade has ended with what was credited to it. If it stands again, or its own money went back too, nobody is told.
    pub(crate) async fn mail_upgrade_ended(&self, job: JobId, id: OrderId) -> Result<(), JobError> {
        let (order, studio) = self.order_and_studio(id).await?;
        let db = &self.services.db;
        let own = sales::entitlements::own_entitlement(db, &order).await?;
        let has_ended = sales::entitlements::entitlement(db, &order).await? == Entitlement::Revoked;
        if !has_ended || own == Entitlement::Revoked {
            tracing::info!(order = order.reference, "the upgrade stands again, or nothing is kept of it");
            return Ok(());
        }
        self.send(job, (&studio.contact_email, &studio), &upgrade_ended(&order, &studio)).await
    }

    /// Tells the studio how a dispute was decided.
    pub(crate) async fn mail_decided(&self, job: JobId, id: DisputeId) -> Result<(), JobError> {
        let db = &self.services.db;
        let gone = || JobError::lasting("the dispute is gone");
        let dispute = sales::queries::find_dispute(db, &self.ctx(), id).await.map_err(refused)?.ok_or_else(gone)?;
        let mut orders = sales::queries::orders_of_payments(db, &[dispute.payment_id]).await?;
        let order = orders.remove(&dispute.payment_id).ok_or_else(gone)?;
        let studio = studio::Entity::find_by_id(order.studio_id).one(db).await?.ok_or_else(gone)?;
        let is_owed_back = sales::queries::is_owed_back(db, dispute.payment_id).await?;
        self.send(job, (&studio.contact_email, &studio), &decided(&dispute, &order, &studio, is_owed_back)).await
    }

    async fn refund_and_order(&self, id: RefundId) -> Result<(refund::Model, order::Model, studio::Model), JobError> {
        let db = &self.services.db;
        let gone = || JobError::lasting("the refund is gone");
        let refund = sales::queries::find_refund(db, &self.ctx(), id).await.map_err(refused)?.ok_or_else(gone)?;
        let mut orders = sales::queries::orders_of_payments(db, &[refund.payment_id]).await?;
        let order = orders.remove(&refund.payment_id).ok_or_else(gone)?;
        let studio = studio::Entity::find_by_id(order.studio_id).one(db).await?.ok_or_else(gone)?;
        Ok((refund, order, studio))
    }
}

/// What stands of an order after money of it went back.
#[derive(Debug, Clone, PartialEq, Eq)]
enum WhatStands {
    /// All: what went back had bought nothing.
    All,
    /// What the booking's page says: it was the deposit of one.
    Booking,
    /// The licence, for a part of the price was kept.
    Licence,
    /// Of an upgrade nothing, but the licence before it holds again.
    Earlier { reference: String },
    /// Nothing.
    Nothing,
}

fn small_print(studio: &studio::Model, order: &order::Model) -> String {
    format!("{} · reference {}", studio.name, order.reference)
}

fn sold(order: &order::Model, studio: &studio::Model, lines: &[order_line::Model]) -> Notice {
    let total = Money::new(order.total_minor, order.currency);
    let title = lines.first().map_or("an order", |line| line.beat_title.as_str());
    let more = match lines.len() {
        0 | 1 => String::new(),
        n => format!(" and {} more", n - 1),
    };
    let mut paragraphs = vec![format!("{} ({}) has bought for {total}:", order.buyer_name, order.buyer_email)];
    paragraphs.extend(lines.iter().map(|line| {
        let price = Money::new(line.price_minor, order.currency);
        let withdrawn = if line.terms.is_exclusive() { " It is withdrawn from sale." } else { "" };
        format!("{} ({}), {price}.{withdrawn}", line.beat_title, line.terms.tier_name)
    }));
    paragraphs.push(
        "Contract and files are made and sent to the buyer by themselves, and everybody's share is booked. You need not do anything.".to_owned(),
    );
    Notice {
        subject: format!("Sold: {title}{more} ({})", order.reference),
        heading: format!("Sold for {total}"),
        paragraphs,
        button: None,
        small_print: small_print(studio, order),
    }
}

fn pay_again(order: &order::Model, studio: &studio::Model, window: PayWindow, url: String) -> Notice {
    Notice {
        subject: format!("Your payment did not come through: order {}", order.reference),
        heading: "Your payment did not come through".to_owned(),
        paragraphs: vec![
            format!("Hello {},", order.buyer_name),
            format!(
                "your bank has let the payment of {} for your order {} fail. You were not charged.",
                Money::new(order.total_minor, order.currency),
                order.reference
            ),
            format!(
                "You can pay again until {}, with a card or from another account. If you do not, the order is closed then, and you owe nothing.",
                window.payable_until(order.pay_url.is_some()).format("%-d %B %Y, %H:%M UTC")
            ),
        ],
        button: Some(("Pay again".to_owned(), url)),
        small_print: small_print(studio, order),
    }
}

fn refunded(
    refund: &refund::Model,
    order: &order::Model,
    studio: &studio::Model,
    what_stands: WhatStands,
    url: String,
) -> Notice {
    let amount = Money::new(refund.amount_minor, refund.currency);
    let stands = match what_stands {
        WhatStands::All => "You had paid this beside your order; what you bought is not touched by it.".to_owned(),
        WhatStands::Booking => "It is of the deposit of your booking, whose page tells how that stands.".to_owned(),
        WhatStands::Licence => "Your licence and your files stay as they are.".to_owned(),
        WhatStands::Earlier { reference } => format!(
            "With it all that you paid for the upgrade has gone back, and its licence and files have ended. The licence before it, {reference}, holds again."
        ),
        WhatStands::Nothing => {
            "With it all that you paid has gone back, and the licence and its files have ended.".to_owned()
        }
    };
    Notice {
        subject: format!("You have been given back {amount}: order {}", order.reference),
        heading: format!("{amount} goes back to you"),
        paragraphs: vec![
            format!("Hello {},", order.buyer_name),
            format!("{} has given back {amount} of your order {}.", studio.name, order.reference),
            "It goes to the card or account that you paid with; most banks show it within five to ten days.".to_owned(),
            stands,
        ],
        button: Some(("See the order".to_owned(), url)),
        small_print: small_print(studio, order),
    }
}

fn refund_refused(refund: &refund::Model, order: &order::Model, studio: &studio::Model, is_owed_back: bool) -> Notice {
    let amount = Money::new(refund.amount_minor, refund.currency);
    let said = refund.failure.as_deref().unwrap_or("it gave no reason");
    let remedy = match (refund.state == RefundState::Failed, is_owed_back) {
        (true, false) => {
            "The money is the studio's again, in the books too. See to what is said above, for instance that the account at the payment service holds enough, and give it back anew."
        }
        (true, true) => {
            "This money bought nothing and is owed to the buyer as before. It is sent again in a day, by itself: see to what is said above until then, for instance that the account at the payment service holds enough."
        }
        (false, _) => {
            "This money bought nothing and is to go back whatever happens. See to what is said above, for instance that the account at the payment service holds enough, and try the job again; otherwise it is tried once a day."
        }
    };
    Notice {
        subject: format!("A refund could not be made: order {}", order.reference),
        heading: "A refund could not be made".to_owned(),
        paragraphs: vec![
            format!(
                "{amount} of the order {} of {} could not be given back ({}).",
                order.reference, order.buyer_name, refund.reason
            ),
            format!("What the payment service said: {said}."),
            remedy.to_owned(),
        ],
        button: None,
        small_print: small_print(studio, order),
    }
}

/// What a dispute withholds until it is decided, as the letter says that tells of it.
pub(crate) fn withheld(dispute: &dispute::Model, is_owed_back: bool) -> &'static str {
    match (is_owed_back, dispute.state == DisputeState::Inquiry) {
        (true, true) => {
            "So far the bank only asks: no money has moved. This money bought nothing, and goes back to the buyer meanwhile."
        }
        (true, false) => {
            "This money was to go back anyway, for it bought nothing: nobody's shares are suspended, and no files are withheld for it. Its refund waits until the bank has decided."
        }
        (false, _) if dispute.opened_journal.is_some() => {
            "Until the bank has decided, the amount and everybody's shares in it are suspended, and the buyer's files are withheld."
        }
        (false, _) => "So far the bank only asks: no money has moved, and the buyer keeps the files.",
    }
}

fn upgrade_ended(order: &order::Model, studio: &studio::Model) -> Notice {
    let total = Money::new(order.total_minor, order.currency);
    Notice {
        subject: format!("An upgrade has ended, and its money is with you: order {}", order.reference),
        heading: "An upgrade has ended".to_owned(),
        paragraphs: vec![
            format!(
                "What {} ({}) had paid for the earlier licence has gone back. By its contract the licence of the order {}, to which that was credited, has ended with it.",
                order.buyer_name, order.buyer_email, order.reference
            ),
            format!(
                "The upgrade itself was paid with {total}, and nobody has given that back. If the buyer is not to have paid for nothing, give it back, or license the beat to them anew."
            ),
        ],
        button: None,
        small_print: small_print(studio, order),
    }
}

fn decided(dispute: &dispute::Model, order: &order::Model, studio: &studio::Model, is_owed_back: bool) -> Notice {
    let amount = Money::new(dispute.amount_minor, dispute.currency);
    let is_won = dispute.state == DisputeState::Won;
    if is_won && dispute.opened_journal.is_none() {
        return Notice {
            subject: format!("A bank has closed its inquiry: order {}", order.reference),
            heading: "A bank has closed its inquiry".to_owned(),
            paragraphs: vec![
                format!(
                    "The bank of {} had asked about {amount} of the order {} ({}), and asks no more.",
                    order.buyer_name, order.reference, dispute.reason
                ),
                "No money has moved and no files were withheld: all is as it was.".to_owned(),
            ],
            button: None,
            small_print: format!("{} · dispute {}", small_print(studio, order), dispute.gateway_dispute),
        };
    }
    let follows = match (is_won, is_owed_back) {
        (true, true) => {
            "The payment service has the money again. It bought nothing, so that it now goes back to the buyer."
        }
        (true, false) => "Amount and shares that were suspended are owed as before, and the buyer's files open again.",
        (false, true) => "The money was to go back anyway, and is with the buyer now.",
        (false, false) => {
            "The amount stays with the buyer, and everybody's share in it was taken back. If nothing is kept of the price, the licence has ended; a beat that was sold exclusively can be put on sale again."
        }
    };
    let fee = Money::new(dispute.fee_minor, dispute.currency);
    let cost = if fee.minor > 0 { format!(" It has cost a fee of {fee}.") } else { String::new() };
    let outcome = if is_won { "won" } else { "lost" };
    Notice {
        subject: format!("A dispute was {outcome}: order {}", order.reference),
        heading: format!("A dispute was {outcome}"),
        paragraphs: vec![
            format!(
                "The bank of {} has decided about {amount} of the order {} ({}): the dispute is {outcome}.{cost}",
                order.buyer_name, order.reference, dispute.reason
            ),
            follows.to_owned(),
        ],
        button: None,
        small_print: format!("{} · dispute {}", small_print(studio, order), dispute.gateway_dispute),
    }
}

#[cfg(test)]
mod tests {
    use domain::{env::testing, identity::entity::UnsignedSplits, money::Currency};

    use super::*;

    fn facts() -> (domain::env::Env, order::Model, studio::Model) {
        let (env, _) = testing::env(1);
        let studio = studio::Model {
            id: env.id(),
            slug: "nova".to_owned(),
            name: "Nova Sound".to_owned(),
            currency: Currency::EUR,
            contact_email: "nova@example.com".parse().unwrap(),
            legal_name: None,
            address: None,
            governing_law: "Germany".to_owned(),
            created_at: env.now(),
            unsigned_splits: UnsignedSplits::Refuse,
            accent: None,
        };
        let order = order::Model {
            id: env.id(),
            studio_id: studio.id,
            reference: "LL-7K3M9Q2X".to_owned(),
            cart_id: None,
            state: OrderState::Delivered,
            buyer_name: "Ada Lovelace".to_owned(),
            buyer_email: "ada@example.com".parse().unwrap(),
            total_minor: 4900,
            currency: Currency::EUR,
            gateway: "sandbox".to_owned(),
            checkout_id: None,
            pay_url: None,
            placed_at: env.now(),
            paid_at: None,
            delivered_at: None,
            closed_reason: None,
            buyer_ip: None,
            buyer_user_agent: None,
        };
        (env, order, studio)
    }

    fn refund(env: &domain::env::Env, studio: &studio::Model, state: RefundState) -> refund::Model {
        refund::Model {
            id: env.id(),
            studio_id: studio.id,
            payment_id: env.id(),
            gateway: "sandbox".to_owned(),
            gateway_refund: None,
            state,
            amount_minor: 1000,
            currency: Currency::EUR,
            reason: "it clicks at 1:04".to_owned(),
            request_key: None,
            requested_by: None,
            requested_at: env.now(),
            failure: Some("the balance is too low".to_owned()),
            refusals: 1,
            refused_at: None,
            journal_id: None,
            undone_journal: None,
        }
    }

    #[test]
    fn a_refund_says_what_stands_after_it() {
        let (env, order, studio) = facts();
        let refund = refund(&env, &studio, RefundState::Succeeded);
        let said = |stands| refunded(&refund, &order, &studio, stands, "http://x/orders/1".to_owned());
        let part = said(WhatStands::Licence);
        assert_eq!(part.subject, "You have been given back EUR 10.00: order LL-7K3M9Q2X");
        assert!(part.paragraphs.iter().any(|text| text.contains("stay as they are")), "{part:?}");
        let whole = said(WhatStands::Nothing);
        assert!(whole.paragraphs.iter().any(|text| text.contains("have ended")), "{whole:?}");
        let upgrade = said(WhatStands::Earlier { reference: "LL-2B4C6D8F-1".to_owned() });
        let text = upgrade.paragraphs.join(" ");
        assert!(text.contains("have ended. The licence before it, LL-2B4C6D8F-1, holds again."), "{text}");
        let beside = said(WhatStands::All);
        assert!(beside.paragraphs.iter().any(|text| text.contains("is not touched")), "{beside:?}");
    }

    #[test]
    fn the_studio_hears_that_it_holds_money_for_an_upgrade_that_has_ended() {
        let (_, order, studio) = facts();
        let letter = upgrade_ended(&order, &studio);
        let text = letter.paragraphs.join(" ");
        assert!(letter.subject.contains("LL-7K3M9Q2X") && text.contains("paid with EUR 49.00"), "{text}");
    }

    #[test]
    fn what_is_refused_is_told_with_its_reason_and_a_remedy() {
        let (env, order, studio) = facts();
        for (state, is_owed_back, remedy) in [
            (RefundState::Failed, false, "give it back anew"),
            (RefundState::Failed, true, "owed to the buyer as before"),
            (RefundState::Requested, true, "try the job again"),
        ] {
            let letter = refund_refused(&refund(&env, &studio, state), &order, &studio, is_owed_back);
            let text = letter.paragraphs.join(" ");
            assert!(text.contains("EUR 10.00") && text.contains("the balance is too low"), "{text}");
            assert!(text.contains(remedy), "{text}");
        }
    }

    #[test]
    fn who_may_pay_again_reads_until_when() {
        let (env, order, studio) = facts();
        let window = PayWindow::Again { failed_at: env.now(), number: 1 };
        let letter = pay_again(&order, &studio, window, "http://x/orders/1".to_owned());
        let until = window.opening_ends_at().format("%-d %B %Y, %H:%M UTC").to_string();
        let text = letter.paragraphs.join(" ");
        assert!(text.contains(&until) && text.contains("not charged") && text.contains("EUR 49.00"), "{text}");
        assert_eq!(letter.button.unwrap().1, "http://x/orders/1");
    }

    #[test]
    fn a_decision_says_what_follows_from_it() {
        let (env, order, studio) = facts();
        let dispute = |state| dispute::Model {
            id: env.id(),
            studio_id: studio.id,
            payment_id: env.id(),
            gateway: "sandbox".to_owned(),
            gateway_dispute: "dp_1".to_owned(),
            state,
            amount_minor: 4900,
            fee_minor: 1500,
            currency: Currency::EUR,
            reason: "fraudulent".to_owned(),
            evidence_by: None,
            learned_at: env.now(),
            statement: None,
            answered_by: None,
            answer_requested_at: None,
            answered_at: None,
            told_state: None,
            told_fee_minor: None,
            evidence: None,
            opened_journal: None,
            closed_journal: None,
        };
        let asked = decided(&dispute(DisputeState::Won), &order, &studio, false);
        assert!(asked.subject.contains("closed its inquiry"), "no money had moved: {asked:?}");
        assert!(!asked.paragraphs.join(" ").contains("won"), "{asked:?}");
        let inquiry = dispute(DisputeState::Inquiry);
        assert!(withheld(&inquiry, true).contains("goes back to the buyer meanwhile"));
        assert!(withheld(&inquiry, false).contains("keeps the files"));
        assert!(withheld(&dispute(DisputeState::NeedsResponse), true).contains("waits until the bank has decided"));

        let booked = dispute::Model { opened_journal: Some(env.id()), ..dispute(DisputeState::Won) };
        assert!(withheld(&booked, false).contains("are suspended"));
        let won = decided(&booked, &order, &studio, false);
        assert_eq!(won.subject, "A dispute was won: order LL-7K3M9Q2X");
        assert!(won.paragraphs[0].contains("fee of EUR 15.00") && won.paragraphs[1].contains("open again"), "{won:?}");
        let lost = decided(&dispute(DisputeState::Lost), &order, &studio, false);
        assert!(lost.paragraphs[1].contains("taken back"), "{lost:?}");
        let owed = decided(&dispute(DisputeState::Lost), &order, &studio, true);
        assert!(owed.paragraphs[1].contains("to go back anyway"), "{owed:?}");
    }
}
