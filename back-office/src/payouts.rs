//! Payouts, the letter that leads a payee to the gateway, and those that tell of payouts and of other bank details.

use adapters::jobs::JobError;
use domain::{
    ids::{JobId, PayeeBankChangeId, PayeeId, PayoutId},
    money::Money,
    payouts::{
        commands,
        entity::{PayeeState, PayoutMethod, PayoutNotice, PayoutSide, PayoutState, payee_bank_change},
        letters::{BankLetter, PayoutLetter, find_bank_letter, find_payout_letter},
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
        let studio = facts.payee.studio_id;
        let letter = payee_letter(&facts, &facts.url(&self.services.public_url, &self.services.links));
        let mail = Mail {
            job,
            to: facts.payee.email,
            from_name: facts.studio_name,
            reply_to: Some(facts.studio_email),
            subject: letter.subject(),
            text: letter.text().map_err(JobError::lasting_from)?,
            html: letter.html().map_err(JobError::lasting_from)?,
            calendar: None,
        };
        self.deliver(studio, &mail).await
    }

    /// Tells a payee what became of a payout, unless it has gone on since: of what arrived after all or came back nobody hears twice.
    pub(crate) async fn mail_payout(&self, job: JobId, id: PayoutId, what: PayoutNotice) -> Result<(), JobError> {
        let Some(facts) = find_payout_letter(&self.services.db, id).await? else { return Ok(()) };
        let (state, Some(email)) = (facts.payout.state, &facts.email) else {
            tracing::info!(payout = facts.payout.reference, "its payee has no address, and is not mailed");
            return Ok(());
        };
        if !is_still_true(what, state) {
            tracing::info!(payout = facts.payout.reference, %state, %what, "it has gone on since");
            return Ok(());
        }
        self.send(job, (email, &facts.studio), &payout_letter(&facts, what)).await
    }

    /// Tells a payee, or the studio, that the payee's bank details have changed.
    pub(crate) async fn mail_payee_bank(
        &self,
        job: JobId,
        id: PayeeBankChangeId,
        to: PayoutSide,
    ) -> Result<(), JobError> {
        let Some(facts) = find_bank_letter(&self.services.db, id).await? else { return Ok(()) };
        let email = match to {
            PayoutSide::Payee => facts.email.as_ref(),
            PayoutSide::Studio => Some(&facts.studio.contact_email),
        };
        let Some(email) = email else {
            tracing::info!(change = %id, "the payee has no address, and is not mailed");
            return Ok(());
        };
        self.send(job, (email, &facts.studio), &bank_letter(&facts, to)).await
    }
}

/// Whether what is to be told of a payout holds in the state that it is in now. One that failed and is ended is not tried again, as its letter says.
fn is_still_true(what: PayoutNotice, state: PayoutState) -> bool {
    match what {
        PayoutNotice::Left => matches!(state, PayoutState::Paid | PayoutState::Exported),
        PayoutNotice::Failed => matches!(state, PayoutState::Failed | PayoutState::Sending),
        PayoutNotice::Returned => state == PayoutState::Returned,
    }
}

fn payout_letter(facts: &PayoutLetter, what: PayoutNotice) -> Notice {
    let PayoutLetter { payout, party_name, studio, .. } = facts;
    let amount = Money::new(payout.amount_minor, payout.currency);
    let (studio, reference) = (&studio.name, &payout.reference);
    let day = payout.paid_at.unwrap_or(payout.requested_at).format("%-d %B %Y");
    let owed = "It is owed to you as before: you lose nothing by it.".to_owned();
    let (heading, paragraphs) = match what {
        PayoutNotice::Left => {
            let told = match payout.method {
                PayoutMethod::Gateway => format!(
                    "{studio} has sent you {amount} by the payment service on {day}. From your account there it goes to your bank, by the days that you have agreed with the service."
                ),
                PayoutMethod::Manual => format!("{studio} has paid you {amount} on {day}."),
                PayoutMethod::Sepa | PayoutMethod::Ach => {
                    format!("{studio} has told its bank to pay you {amount} on {day}.")
                }
            };
            let missing = "If it has not arrived within a week of that day, answer this mail.".to_owned();
            (format!("{amount} for you"), vec![told, "It is your share of what was sold.".to_owned(), missing])
        }
        PayoutNotice::Failed => {
            let told = format!("{studio} wanted to pay you {amount}, and the payment service could not send it.");
            let next = format!(
                "It is tried again by itself, or {studio} pays it otherwise. If the payment service has asked you for something, see to that."
            );
            (format!("{amount} could not be sent to you"), vec![told, owed, next])
        }
        PayoutNotice::Returned => {
            let told = format!("{amount} that {studio} had paid you on {day} came back.");
            let said = payout.failure.as_deref().unwrap_or("no reason was given");
            let next = format!("What was said: {said}. Answer this mail, and tell {studio} where your money goes.");
            (format!("{amount} came back"), vec![told, owed, next])
        }
    };
    Notice {
        subject: format!("{heading}: payout {reference} of {studio}"),
        heading,
        paragraphs: [vec![format!("Hello {party_name},")], paragraphs].concat(),
        button: None,
        small_print: format!("{studio} · payout {reference}"),
    }
}

fn bank_letter(facts: &BankLetter, to: PayoutSide) -> Notice {
    let BankLetter { change, before, set_by, party_name, studio, .. } = facts;
    let (studio, at) = (&studio.name, change.set_at.format("%-d %B %Y, %H:%M UTC"));
    let by = set_by.as_deref().unwrap_or("the program");
    let earlier = before.as_ref().map_or_else(|| "none".to_owned(), account);
    let lines = [format!("From now on: {}.", account(change)), format!("Before: {earlier}.")];
    let (hello, heading, told, remedy) = match to {
        PayoutSide::Payee => (
            party_name,
            format!("Where {studio} pays you has changed"),
            format!("{by} at {studio} has set the bank account to which you are paid, on {at}."),
            format!(
                "If you have not asked for that, or the account is not yours, tell {studio} at once: answer this mail."
            ),
        ),
        PayoutSide::Studio => (
            studio,
            format!("Where {party_name} is paid has changed"),
            format!("{by} has set the bank account to which {party_name} is paid, on {at}."),
            format!(
                "If {party_name} has not asked for that, set the details right before the next file for your bank is written. All changes are kept, with who made them."
            ),
        ),
    };
    Notice {
        subject: heading.clone(),
        heading,
        paragraphs: [vec![format!("Hello {hello},"), told], lines.to_vec(), vec![remedy]].concat(),
        button: None,
        small_print: format!("{studio} · payouts to {party_name}"),
    }
}

/// An account as a mail may name it.
fn account(row: &payee_bank_change::Model) -> String {
    format!("{} of {}", row.masked_account, row.holder)
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
    use domain::{
        env::{Env, testing},
        identity::entity::{UnsignedSplits, studio},
        money::Currency,
        payouts::entity::{BankScheme, payee, payout},
    };

    use super::*;

    fn studio(env: &Env) -> studio::Model {
        studio::Model {
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
        }
    }

    fn facts(method: PayoutMethod, state: PayoutState) -> PayoutLetter {
        let (env, _) = testing::env(1);
        let payout = payout::Model {
            id: env.id(),
            studio_id: env.id(),
            party_id: env.id(),
            method,
            state,
            reference: "PO-7K3M9Q2X".to_owned(),
            amount_minor: 123_450,
            currency: Currency::EUR,
            gateway: None,
            gateway_account: None,
            gateway_transfer: None,
            batch_id: None,
            attempt: 1,
            attempt_at: env.now(),
            tried_at: None,
            journal_id: env.id(),
            undone_journal: None,
            failure: Some("the account is closed".to_owned()),
            retry_at: None,
            reversed_minor: 0,
            note: "from the blue account".to_owned(),
            request_key: None,
            requested_at: env.now(),
            requested_by: None,
            paid_at: Some(env.now()),
            checked_at: None,
        };
        let email = Some("orson@example.com".parse().unwrap());
        PayoutLetter { payout, party_name: "Orson".to_owned(), email, studio: studio(&env) }
    }

    #[test]
    fn a_payee_reads_what_how_much_from_whom_and_by_which_reference() {
        let left = |method| payout_letter(&facts(method, PayoutState::Paid), PayoutNotice::Left);
        for (method, said) in [
            (PayoutMethod::Manual, "Nova Sound has paid you EUR 1,234.50 on 23 November 2026."),
            (PayoutMethod::Sepa, "has told its bank to pay you EUR 1,234.50 on 23 November 2026."),
            (PayoutMethod::Gateway, "has sent you EUR 1,234.50 by the payment service"),
        ] {
            let letter = left(method);
            assert_eq!(letter.subject, "EUR 1,234.50 for you: payout PO-7K3M9Q2X of Nova Sound");
            let text = letter.text().unwrap();
            assert!(text.contains("Hello Orson,") && text.contains(said), "{text}");
            assert!(!text.contains("blue") && !text.contains("closed"), "the studio's notes are its own: {text}");
        }
        let facts = |state| facts(PayoutMethod::Gateway, state);
        let failed = payout_letter(&facts(PayoutState::Failed), PayoutNotice::Failed).text().unwrap();
        assert!(failed.contains("could not send it") && failed.contains("owed to you as before"), "{failed}");
        let returned = payout_letter(&facts(PayoutState::Returned), PayoutNotice::Returned);
        assert_eq!(returned.subject, "EUR 1,234.50 came back: payout PO-7K3M9Q2X of Nova Sound");
        let text = returned.text().unwrap();
        assert!(text.contains("the account is closed") && text.contains("owed to you as before"), "{text}");
    }

    #[test]
    fn what_has_gone_on_since_is_not_told() {
        use PayoutState::{Cancelled, Exported, Failed, Paid, Returned, Sending};
        let all = [Sending, Paid, Exported, Failed, Cancelled, Returned];
        for (what, told) in [
            (PayoutNotice::Left, vec![Paid, Exported]),
            (PayoutNotice::Failed, vec![Sending, Failed]),
            (PayoutNotice::Returned, vec![Returned]),
        ] {
            let still: Vec<_> = all.into_iter().filter(|state| is_still_true(what, *state)).collect();
            assert_eq!(still, told, "{what}");
        }
    }

    #[test]
    fn other_bank_details_are_told_masked_with_who_set_them() {
        let (env, _) = testing::env(1);
        let change = |masked: &str, holder: &str| payee_bank_change::Model {
            id: env.id(),
            studio_id: env.id(),
            party_id: env.id(),
            scheme: BankScheme::Sepa,
            holder: holder.to_owned(),
            masked_account: masked.to_owned(),
            bank: None,
            savings: false,
            set_at: env.now(),
            set_by: None,
        };
        let mut facts = BankLetter {
            change: change("FR…2606", "Eve"),
            before: Some(change("DE…3000", "Orson")),
            set_by: Some("Mira Kolb".to_owned()),
            party_name: "Orson".to_owned(),
            email: None,
            studio: studio(&env),
        };
        let payee = bank_letter(&facts, PayoutSide::Payee);
        assert_eq!(payee.subject, "Where Nova Sound pays you has changed");
        let studio = bank_letter(&facts, PayoutSide::Studio);
        assert_eq!(studio.subject, "Where Orson is paid has changed");
        for letter in [&payee, &studio] {
            let text = letter.text().unwrap();
            for said in ["Mira Kolb", "From now on: FR…2606 of Eve.", "Before: DE…3000 of Orson.", "23 November 2026"]
            {
                assert!(text.contains(said), "{said} in {text}");
            }
        }
        facts.before = None;
        assert!(bank_letter(&facts, PayoutSide::Payee).text().unwrap().contains("Before: none."));
    }

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
