//! Letters about offers.

use adapters::jobs::JobError;
use domain::{
    env::Instant,
    first_refusal,
    identity::entity::studio,
    ids::{JobId, OfferId},
    links::Purpose,
    money::Money,
    offers::{
        entity::{OfferAct, OfferSide, offer, step},
        queries,
    },
};
use sea_orm::EntityTrait;

use crate::{BackOffice, letters::Notice, refused};

impl BackOffice {
    /// Tells the buyer or the studio of a step of an offer. One that another has followed is told no more; but the first mail brings the buyer their link.
    pub(crate) async fn mail_offer(&self, job: JobId, id: OfferId, seq: i32, to: OfferSide) -> Result<(), JobError> {
        let db = &self.services.db;
        let gone = || JobError::lasting("the offer is gone");
        let offer = queries::find_offer(db, &self.ctx(), id).await.map_err(refused)?.ok_or_else(gone)?;
        if offer.steps > seq && !(seq == 1 && to == OfferSide::Buyer) {
            tracing::info!(offer = %id, seq, "it has been answered meanwhile");
            return Ok(());
        }
        let steps = queries::steps_of_offers(db, &[id]).await?.remove(&id).unwrap_or_default();
        let step = steps.iter().find(|step| step.seq == seq).ok_or_else(gone)?;
        let studio = studio::Entity::find_by_id(offer.studio_id).one(db).await?.ok_or_else(gone)?;
        let token = self.services.links.token(Purpose::Offer, id, None);
        let url = format!("{}/offers/{token}", self.services.public_url);
        let held_until = first_refusal::queries::held_until(
            db,
            (offer.studio_id, offer.work_id),
            (&offer.terms, Money::new(offer.amount_minor, offer.currency)),
            self.services.env.now(),
        )
        .await?;
        let (address, mut letter) = match to {
            OfferSide::Buyer => (&offer.buyer_email, letter_to_buyer(&studio.name, &offer, step, url)),
            OfferSide::Studio | OfferSide::House => {
                (&studio.contact_email, letter_to_studio(&studio.name, &offer, step))
            }
        };
        if let (OfferAct::Accepted, Some(until)) = (step.act, held_until) {
            letter.paragraphs.push(first_refusal_in_words(until));
        }
        self.send(job, (address, &studio), &letter).await
    }
}

/// What is offered for, as letters name it.
fn licence(offer: &offer::Model) -> String {
    format!("{} ({})", offer.beat_title, offer.terms.tier_name)
}

fn until(offer: &offer::Model) -> String {
    offer.expires_at.format("%-d %B %Y, %H:%M UTC").to_string()
}

fn first_refusal_in_words(until: Instant) -> String {
    let until = until.format("%-d %B %Y, %H:%M UTC");
    format!(
        "Those who hold a lease of the beat may buy it exclusively first, at the same price and until {until}; it can be ordered after that."
    )
}

/// What was said with a step, as a paragraph of its own.
fn said(step: &step::Model) -> Option<String> {
    step.words.as_ref().map(|words| format!("“{words}”"))
}

fn letter_to_buyer(studio: &str, offer: &offer::Model, step: &step::Model, url: String) -> Notice {
    // The first letter may be asked for once more when other amounts have been named.
    let amount = Money::new(step.amount_minor.unwrap_or(offer.amount_minor), offer.currency);
    let licence = licence(offer);
    let small_print = format!("{studio} · if you made no offer, ignore this mail: nobody can order without its link.");
    let (subject, words, button) = match (step.side, step.act) {
        (OfferSide::Buyer, OfferAct::Offered) => (
            format!("Your offer for {}", offer.beat_title),
            vec![
                format!("{studio} has your offer of {amount} for {licence}, and can answer it until {}.", until(offer)),
                "The answer comes by mail. Until then you can take the offer back by the link below.".to_owned(),
            ],
            "See the offer",
        ),
        (_, OfferAct::Offered) => (
            format!("{studio} asks {amount} for {}", offer.beat_title),
            vec![format!(
                "{studio} thanks you for your offer for {licence} and asks {amount}. Accept, decline, or name another amount until {}.",
                until(offer)
            )],
            "Answer",
        ),
        (_, OfferAct::Accepted) => (
            format!("Your offer for {} is accepted", offer.beat_title),
            vec![
                format!(
                    "{studio} accepts your offer of {amount} for {licence}. You can order it at that price, once, until {}.",
                    until(offer)
                ),
                "Nothing is charged before you order, and the licence is yours when it is paid.".to_owned(),
            ],
            "Order it",
        ),
        (_, OfferAct::Sold) => (
            format!("{} was sold", offer.beat_title),
            vec![
                format!(
                    "{} was just sold exclusively to somebody else, and with that your offer of {amount} has ended.",
                    offer.beat_title
                ),
                "Nothing was charged, and you owe nothing.".to_owned(),
            ],
            "See the offer",
        ),
        // The studio's own no, and the one that is given for it.
        (_, OfferAct::Declined | OfferAct::Withdrawn | OfferAct::Bought | OfferAct::Expired) => (
            format!("Your offer for {}", offer.beat_title),
            vec![
                format!("{studio} thanks you for your offer of {amount} for {licence}, and declines it."),
                "The licence is on sale at its price as before, and another offer is welcome.".to_owned(),
            ],
            "See the offer",
        ),
    };
    let mut paragraphs = vec!["Hello,".to_owned()];
    paragraphs.extend(words);
    if step.side == OfferSide::Studio {
        paragraphs.extend(said(step));
    }
    Notice { heading: subject.clone(), subject, paragraphs, button: Some((button.to_owned(), url)), small_print }
}

fn letter_to_studio(studio: &str, offer: &offer::Model, step: &step::Model) -> Notice {
    let (licence, amount) = (licence(offer), Money::new(offer.amount_minor, offer.currency));
    let buyer = &offer.buyer_email;
    let (subject, words) = match step.act {
        OfferAct::Offered => (
            format!("An offer of {amount} for {}", offer.beat_title),
            format!(
                "{buyer} offers {amount} for {licence}. Accept, decline, or name another amount until {}.",
                until(offer)
            ),
        ),
        OfferAct::Accepted => (
            format!("{amount} for {} is accepted", offer.beat_title),
            format!("{buyer} accepts {amount} for {licence}, and can order it until {}.", until(offer)),
        ),
        OfferAct::Withdrawn => (
            format!("An offer for {} was taken back", offer.beat_title),
            format!("{buyer} takes back their offer of {amount} for {licence}."),
        ),
        OfferAct::Declined | OfferAct::Sold | OfferAct::Bought | OfferAct::Expired => (
            format!("{amount} for {} is declined", offer.beat_title),
            format!("{buyer} declines {amount} for {licence}."),
        ),
    };
    let paragraphs = std::iter::once(words).chain(said(step)).collect();
    let small_print = format!("{studio} · offer {}", offer.id);
    Notice { heading: subject.clone(), subject, paragraphs, button: None, small_print }
}

#[cfg(test)]
mod tests {
    use domain::{env::testing, licensing::rules::default_tiers, money::Currency, offers::entity::OfferState};

    use super::*;

    fn an_offer() -> offer::Model {
        let (env, _) = testing::env(1);
        let terms = default_tiers(Currency::EUR, "Nova").swap_remove(4).terms;
        offer::Model {
            id: env.id(),
            studio_id: env.id(),
            beat_id: env.id(),
            work_id: env.id(),
            beat_title: "Night Drive".to_owned(),
            tier_code: terms.tier,
            terms,
            buyer_email: "ada@example.com".parse().unwrap(),
            buyer_key: "ada@example.com".to_owned(),
            state: OfferState::Open,
            amount_minor: 70_000,
            currency: Currency::EUR,
            below_minimum: false,
            answer_days: 7,
            steps: 1,
            made_at: env.now(),
            expires_at: env.now() + chrono::Duration::days(7),
            decline_at: None,
            order_id: None,
        }
    }

    fn a_step(offer: &offer::Model, side: OfferSide, act: OfferAct) -> step::Model {
        step::Model {
            offer_id: offer.id,
            seq: 1,
            side,
            act,
            amount_minor: (act == OfferAct::Offered).then_some(70_000),
            words: None,
            user_id: None,
            ip: None,
            user_agent: None,
            at: offer.made_at,
        }
    }

    #[test]
    fn nobody_can_tell_by_the_letter_who_declined() {
        let offer = an_offer();
        let letter = |side| letter_to_buyer("Nova", &offer, &a_step(&offer, side, OfferAct::Declined), String::new());
        assert_eq!(letter(OfferSide::House), letter(OfferSide::Studio));
        assert!(letter(OfferSide::House).paragraphs[1].contains("declines it"));
    }

    #[test]
    fn what_the_other_side_says_goes_along() {
        let offer = an_offer();
        let step = step::Model {
            words: Some("For <b>my</b> album".to_owned()),
            ..a_step(&offer, OfferSide::Buyer, OfferAct::Offered)
        };
        let told = letter_to_studio("Nova", &offer, &step);
        assert_eq!(told.subject, "An offer of EUR 700.00 for Night Drive");
        assert!(told.paragraphs[0].contains("30 November 2026, 12:00 UTC"), "{}", told.paragraphs[0]);
        assert_eq!(told.paragraphs[1], "“For <b>my</b> album”");
        let html = crate::letters::Letter::html(&told).unwrap();
        assert!(!html.contains("<b>my"), "{html}");
        let receipt = letter_to_buyer("Nova", &offer, &step, "http://x/offers/y".to_owned());
        assert!(receipt.paragraphs.iter().all(|paragraph| !paragraph.contains("my")), "they know what they said");
        assert_eq!(receipt.button.unwrap().1, "http://x/offers/y");
    }
}
