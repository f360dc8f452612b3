//! Payouts, and the letter that leads a payee to the gateway.

use adapters::jobs::JobError;
use domain::{
    ids::{JobId, PayeeId, PayoutId},
    payouts::{
        commands,
        entity::PayeeState,
        queries::{self, PayeeLetter},
    },
    ports::Mail,
};

use crate::{
    BackOffice,
    letters::{Letter, Notice},
    refused,
};

impl BackOffice {
    /// Sends a payout to the gateway, or asks what became of it.
    pub(crate) async fn follow_payout(&self, payout: PayoutId) -> Result<(), JobError> {
        commands::follow_payout(&self.services, payout).await.map_err(refused)
    }

    /// Asks the gateway how a payee's account stands.
    pub(crate) async fn sync_payee(&self, payee: PayeeId) -> Result<(), JobError> {
        commands::sync_payee(&self.services, payee).await.map_err(refused)
    }

    /// Mails a payee the link that leads to the gateway.
    pub(crate) async fn mail_payee(&self, job: JobId, id: PayeeId) -> Result<(), JobError> {
        let Some(facts) = queries::find_payee_letter(&self.services.db, id).await? else { return Ok(()) };
        if facts.payee.state == PayeeState::Ready || facts.holds_until() <= self.services.env.now() {
            return Ok(());
        }
        let letter = payee_letter(&facts, &facts.url(&self.services.public_url, &self.services.links));
        let mail = Mail {
            job,
            to: facts.payee.email,
            from_name: facts.studio_name,
            reply_to: Some(facts.studio_email),
            subject: letter.subject(),
            text: letter.text().map_err(JobError::lasting_from)?,
            html: letter.html().map_err(JobError::lasting_from)?,
        };
        Ok(self.services.mailer.send(&mail).await?)
    }
}

fn payee_letter(facts: &PayeeLetter, url: &str) -> Notice {
    let (name, studio) = (&facts.party_name, &facts.studio_name);
    let until = facts.holds_until().format("%-d %B %Y");
    Notice {
        subject: format!("{studio} wants to pay you"),
        heading: "Say where your money goes".to_owned(),
        paragraphs: vec![
            format!("Hello {name},"),
            format!(
                "{studio} pays out your share of what is sold. The payment service asks you, on its own pages, who you are and where the money goes; {studio} sees neither your identity papers nor your bank account."
            ),
            "You need no account for the link. If you have to look something up, come back by it later.".to_owned(),
        ],
        button: Some(("Say where my money goes".to_owned(), url.to_owned())),
        small_print: format!(
            "The link holds until {until} and is yours alone. If you do not know {studio}, ignore this mail."
        ),
    }
}

#[cfg(test)]
mod tests {
    use domain::{env::testing, payouts::entity::payee};

    use super::*;

    #[test]
    fn the_letter_says_who_pays_and_leads_to_the_gateway() {
        let (env, _) = testing::env(1);
        let payee = payee::Model {
            id: env.id(),
            studio_id: env.id(),
            party_id: env.id(),
            gateway: "sandbox".to_owned(),
            gateway_account: None,
            country: "DE".to_owned(),
            email: "orson@example.com".parse().unwrap(),
            state: PayeeState::Invited,
            missing: String::new(),
            invited_at: env.now(),
            invited_by: None,
            checked_at: None,
        };
        let facts = PayeeLetter {
            payee,
            party_name: "Orson".to_owned(),
            studio_name: "Nova Sound".to_owned(),
            studio_email: "nova@example.com".parse().unwrap(),
        };
        let letter = payee_letter(&facts, "http://127.0.0.1:8080/payee/x");
        let text = letter.text().unwrap();
        for said in
            ["Hello Orson,", "Nova Sound pays out your share", "http://127.0.0.1:8080/payee/x", "23 December 2026"]
        {
            assert!(text.contains(said), "{said} in {text}");
        }
        assert_eq!(letter.subject(), "Nova Sound wants to pay you");
    }
}
