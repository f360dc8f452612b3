//! Payees' statements of royalties: issued, mailed, and what is said to their lines.

use std::sync::Arc;

use adapters::jobs::JobError;
use bytes::Bytes;
use domain::{
    ids::{JobId, LineDisputeId, PayeeStatementId, RoyaltyRunId, StudioId},
    money::Money,
    outbox::{self, Job, queries::find_written_at},
    royalties::{
        commands::payees::{Documents, issue_statements, note_mailed, portal_of_payee, record_documents},
        entity::LineDisputeState,
        queries::payees::{
            DisputeLetter, LINK_DAYS, StatementLetter, csv_of, find_dispute_letter, find_statement_letter, portal_url,
            statement_document,
        },
    },
};

use crate::{BackOffice, blocking, letters::Notice, refused};

/// The most statements that one job makes the documents of; the next job makes the rest.
const AT_ONCE: usize = 50;

impl BackOffice {
    /// Issues the statements of a run, makes their documents, and has them mailed, each once. One that cannot be made keeps no other from it.
    pub(crate) async fn issue_statements(&self, studio: Option<StudioId>, run: RoyaltyRunId) -> Result<(), JobError> {
        let (ctx, tx) = (self.ctx(), self.services.begin().await?);
        let open = issue_statements(&tx, &ctx, run).await.map_err(refused)?;
        self.services.commit(tx).await?;
        let (mut made, mut failure) = (0, None);
        for id in open.iter().copied() {
            match self.make_statement(id).await {
                Ok(()) => made += 1,
                Err(error @ JobError::Interrupted) => return Err(error),
                Err(error) => failure = failure.or(Some(error)),
            }
            if made == AT_ONCE && made < open.len() {
                let tx = self.services.begin().await?;
                outbox::put(&tx, &ctx, studio, &Job::IssueStatements { run }).await?;
                self.services.commit(tx).await?;
                return Ok(());
            }
        }
        failure.map_or(Ok(()), Err)
    }

    async fn make_statement(&self, id: PayeeStatementId) -> Result<(), JobError> {
        let document = statement_document(&self.services.db, id).await.map_err(refused)?;
        let document = document.ok_or_else(|| JobError::lasting("the statement’s run or payee is gone"))?;
        let contracts = Arc::clone(&self.services.contracts);
        let table = csv_of(&document.view).map_err(refused)?;
        let pdf = blocking(move || contracts.royalty_statement(&document)).await??;
        let files = &self.services.files;
        let documents = Documents { pdf: files.put_bytes(pdf).await?, csv: files.put_bytes(Bytes::from(table)).await? };
        let (ctx, tx) = (self.ctx(), self.services.begin().await?);
        record_documents(&tx, &ctx, id, documents).await.map_err(refused)?;
        Ok(self.services.commit(tx).await?)
    }

    /// Mails a payee their statement, with the link to their portal.
    pub(crate) async fn mail_royalties(&self, job: JobId, id: PayeeStatementId) -> Result<(), JobError> {
        let Some(facts) = find_statement_letter(&self.services.db, id).await? else { return Ok(()) };
        let Some(email) = &facts.party.email else {
            tracing::info!(statement = facts.statement.reference, "its payee has no address, and is not mailed");
            return Ok(());
        };
        let url = self.portal_of(&facts).await?;
        let letter = statement_letter(&facts, format!("{url}/{id}"));
        self.send(job, (email, &facts.studio), &letter).await?;
        let tx = self.services.begin().await?;
        note_mailed(&tx, &self.ctx(), id).await.map_err(refused)?;
        Ok(self.services.commit(tx).await?)
    }

    /// Tells the studio what a payee says to a line, or the payee what it has answered.
    pub(crate) async fn mail_line_dispute(&self, job: JobId, id: LineDisputeId) -> Result<(), JobError> {
        let Some(facts) = find_dispute_letter(&self.services.db, id).await? else { return Ok(()) };
        let about = &facts.about;
        // The studio is told by the job of the dispute, the payee by that of the answer, whenever either is done.
        let written_at = find_written_at(&self.services.db, job).await?;
        let is_answer = facts.dispute.answered_at.is_some_and(|at| written_at.is_some_and(|written| written >= at));
        if !is_answer {
            let letter = dispute_letter(&facts);
            return self.send(job, (&about.studio.contact_email, &about.studio), &letter).await;
        }
        let Some(email) = &about.party.email else {
            tracing::info!(dispute = %id, "the payee has no address, and is not mailed");
            return Ok(());
        };
        let url = self.portal_of(about).await?;
        let letter = answer_letter(&facts, format!("{url}/{}", about.statement.id));
        self.send(job, (email, &about.studio), &letter).await
    }

    /// Where a payee's portal is; it is made if there is none.
    async fn portal_of(&self, facts: &StatementLetter) -> Result<String, JobError> {
        let (ctx, tx) = (self.ctx(), self.services.begin().await?);
        let link = portal_of_payee(&tx, &ctx, facts.party.id).await.map_err(refused)?;
        self.services.commit(tx).await?;
        Ok(portal_url(&self.services, link.id).0)
    }
}

/// The period of a statement: `1 July 2026 to 30 September 2026`.
fn period(facts: &StatementLetter) -> String {
    let words = |day: chrono::NaiveDate| day.format("%-d %B %Y").to_string();
    format!("{} to {}", words(facts.run.from_on), words(facts.run.through_on))
}

fn statement_letter(facts: &StatementLetter, url: String) -> Notice {
    let (studio, currency) = (&facts.studio.name, facts.run.currency);
    let (due, balance) = (Money::new(facts.payee.due_minor, currency), Money::new(facts.payee.balance_minor, currency));
    let comes_to = if due.minor > 0 {
        format!("{due} are to be paid out to you.")
    } else {
        format!("Nothing is paid out this time; {balance} are owed to you.")
    };
    Notice {
        subject: format!("Your royalties from {studio}, {}", period(facts)),
        heading: "Your royalty statement".to_owned(),
        paragraphs: vec![
            format!("Hello {},", facts.party.name),
            format!("here is what your music has earned from {}. {comes_to}", period(facts)),
            "The page shows what every amount is made of, down to the single line, with the statement as a PDF and as a table. If a line looks wrong, say so there.".to_owned(),
        ],
        button: Some(("See the statement".to_owned(), url)),
        small_print: format!(
            "{studio} · statement {}. The link is yours alone: whoever has it sees what you earn. It holds for {LINK_DAYS} days; ask {studio} for another after that, or if it got about.",
            facts.statement.reference
        ),
    }
}

fn dispute_letter(facts: &DisputeLetter) -> Notice {
    let (about, dispute) = (&facts.about, &facts.dispute);
    let (payee, reference) = (&about.party.name, &about.statement.reference);
    Notice {
        subject: format!("{payee} disputes a line of statement {reference}"),
        heading: "A line is disputed".to_owned(),
        paragraphs: vec![
            format!("Hello {},", about.studio.name),
            format!("{payee} says this to line {} of a file in their royalty statement for {}:", dispute.line_number, period(about)),
            dispute.words.clone(),
            "Look at the line, and answer: they are mailed what you say. If they are right, match the line anew, write the next version of the rule, or record a charge.".to_owned(),
        ],
        button: None,
        small_print: format!("{} · statement {reference} · dispute {}", about.studio.name, dispute.id),
    }
}

fn answer_letter(facts: &DisputeLetter, url: String) -> Notice {
    let (about, dispute) = (&facts.about, &facts.dispute);
    let studio = &about.studio.name;
    let heading = match dispute.state {
        LineDisputeState::Accepted => format!("{studio} agrees with you"),
        LineDisputeState::Declined | LineDisputeState::Open => format!("{studio} has looked at your line"),
    };
    Notice {
        subject: format!("{heading}: statement {}", about.statement.reference),
        heading,
        paragraphs: vec![
            format!("Hello {},", about.party.name),
            format!("you said to line {} of your statement for {}:", dispute.line_number, period(about)),
            dispute.words.clone(),
            format!("{studio} answers:"),
            dispute.answer.clone().unwrap_or_default(),
        ],
        button: Some(("See the statement".to_owned(), url)),
        small_print: format!("{studio} · statement {}", about.statement.reference),
    }
}

#[cfg(test)]
mod tests {
    use domain::{
        catalog::Sha256,
        env::{Env, testing},
        identity::entity::{UnsignedSplits, studio},
        money::Currency,
        parties::entity as party,
        royalties::{
            entity::{RunState, WaitsFor, line_dispute, payee, payee_statement, run},
            rules::Exact,
        },
    };

    use super::*;
    use crate::letters::Letter;

    fn posted(env: &Env) -> run::Model {
        let hash = Sha256::of(b"a run");
        run::Model {
            id: env.id(),
            studio_id: env.id(),
            number: 1,
            currency: Currency::EUR,
            opening_id: None,
            from_on: "2026-07-01".parse().unwrap(),
            through_on: "2026-09-30".parse().unwrap(),
            state: RunState::Posted,
            rules_sha256: hash.clone(),
            inputs_sha256: hash.clone(),
            outcome_sha256: hash,
            inputs_asset_id: env.id(),
            outcome_asset_id: env.id(),
            lines: 3,
            received: Exact::ZERO,
            residue: Exact::ZERO,
            due_minor: 123_450,
            request_key: None,
            journal_id: None,
            created_at: env.now(),
            created_by: None,
            approved_at: Some(env.now()),
            approved_by: None,
            ended_at: Some(env.now()),
        }
    }

    fn facts(due_minor: i64) -> StatementLetter {
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
        let party = party::Model {
            id: env.id(),
            studio_id: studio.id,
            kind: party::PartyKind::Person,
            name: "Orson".to_owned(),
            legal_name: None,
            email: Some("orson@example.com".parse().unwrap()),
            ipi: None,
            isni: None,
            created_at: env.now(),
        };
        let run = posted(&env);
        let payee = payee::Model {
            run_id: run.id,
            party_id: party.id,
            studio_id: studio.id,
            balance_minor: 123_450,
            due_minor,
            waits_for: (due_minor == 0).then_some(WaitsFor::Minimum),
            reason: None,
        };
        let statement = payee_statement::Model {
            id: env.id(),
            studio_id: studio.id,
            run_id: run.id,
            party_id: party.id,
            reference: "RS-7K3M9Q2X".to_owned(),
            pdf_asset_id: None,
            csv_asset_id: None,
            issued_at: env.now(),
            mailed_at: None,
            seen_at: None,
        };
        StatementLetter { statement, run, payee, party, studio }
    }

    fn disputed(state: LineDisputeState, answer: Option<&str>) -> DisputeLetter {
        let (env, _) = testing::env(2);
        let about = facts(123_450);
        let dispute = line_dispute::Model {
            id: env.id(),
            studio_id: about.studio.id,
            statement_id: about.statement.id,
            import_id: env.id(),
            line_offset: 64,
            line_bytes: 80,
            line_number: 2,
            state,
            words: "That was ten times as many.".to_owned(),
            answer: answer.map(str::to_owned),
            opened_at: env.now(),
            answered_at: answer.map(|_| env.now()),
            answered_by: None,
        };
        DisputeLetter { dispute, about }
    }

    #[test]
    fn a_payee_reads_the_period_what_is_paid_and_where_it_is_explained() {
        let letter = statement_letter(&facts(123_450), "http://shop.test/royalties/x/y".to_owned());
        assert_eq!(letter.subject(), "Your royalties from Nova Sound, 1 July 2026 to 30 September 2026");
        let text = letter.text().unwrap();
        for said in ["Hello Orson,", "EUR 1,234.50 are to be paid out to you.", "RS-7K3M9Q2X", "/royalties/x/y"] {
            assert!(text.contains(said), "{said} in {text}");
        }
        let waits = statement_letter(&facts(0), String::new()).text().unwrap();
        assert!(waits.contains("Nothing is paid out this time; EUR 1,234.50 are owed to you."), "{waits}");
    }

    #[test]
    fn a_dispute_is_told_to_the_studio_and_its_answer_to_the_payee() {
        let letter = dispute_letter(&disputed(LineDisputeState::Open, None));
        assert_eq!(letter.subject(), "Orson disputes a line of statement RS-7K3M9Q2X");
        let text = letter.text().unwrap();
        assert!(text.contains("line 2") && text.contains("That was ten times as many."), "{text}");
        for (state, subject) in [
            (LineDisputeState::Accepted, "Nova Sound agrees with you: statement RS-7K3M9Q2X"),
            (LineDisputeState::Declined, "Nova Sound has looked at your line: statement RS-7K3M9Q2X"),
        ] {
            let letter = answer_letter(&disputed(state, Some("It was a hundred.")), "http://shop.test/x".to_owned());
            assert_eq!(letter.subject(), subject);
            let text = letter.text().unwrap();
            for said in ["Hello Orson,", "ten times as many", "It was a hundred.", "http://shop.test/x"] {
                assert!(text.contains(said), "{said} in {text}");
            }
        }
    }
}
