//! Letters about invoices.

mod payments;

use adapters::jobs::JobError;
use domain::{
    identity::entity::studio,
    ids::{InvoiceId, JobId},
    invoices::{
        content::{InvoiceContent, read},
        entity::{InvoiceNotice, invoice},
        queries,
        rules::standing::Standing,
    },
    money::Money,
};
use sea_orm::EntityTrait;

use crate::{BackOffice, letters::Notice, refused};

/// What a letter about an invoice is made of.
struct InvoiceFacts {
    studio: studio::Model,
    invoice: invoice::Model,
    content: InvoiceContent,
    standing: Standing,
    url: String,
}

impl InvoiceFacts {
    fn open(&self) -> Money {
        self.invoice.money(self.standing.open_minor())
    }

    fn small_print(&self) -> String {
        format!("{} · {}", self.studio.name, self.invoice.reference)
    }

    /// How it stands after money has come or gone, in a sentence.
    fn left(&self) -> String {
        let (open, number) = (self.open(), &self.invoice.reference);
        if open.minor > 0 {
            format!("{open} are left to pay of {number}{}.", self.until())
        } else if self.standing.disputed_minor > 0 {
            format!("Nothing more is asked for {number} until the bank has decided.")
        } else {
            format!("Nothing is left to pay of {number}.")
        }
    }

    fn until(&self) -> String {
        if self.invoice.due_on.is_some() { format!(", to be paid by {}", self.day()) } else { String::new() }
    }

    /// The last day on which it can be paid in time.
    fn day(&self) -> String {
        self.invoice.due_on.map_or_else(String::new, |day| day.format("%-d %B %Y").to_string())
    }
}

impl BackOffice {
    /// Tells a client of an invoice. What is settled by now is not asked for any more.
    pub(crate) async fn mail_invoice(&self, job: JobId, id: InvoiceId, what: InvoiceNotice) -> Result<(), JobError> {
        let db = &self.services.db;
        let gone = || JobError::lasting("the invoice is gone");
        let invoice = queries::find_invoice(db, &self.ctx(), id).await.map_err(refused)?.ok_or_else(gone)?;
        let of = match invoice.credits_id.or(invoice.late_fee_of) {
            Some(of) => Some(self.facts_of(of).await?),
            None => None,
        };
        let facts = self.facts_with(invoice).await?;
        let is_asked = matches!(what, InvoiceNotice::DueSoon | InvoiceNotice::Due | InvoiceNotice::Overdue);
        if is_asked && (facts.standing.is_settled() || facts.standing.disputed_minor > 0) {
            tracing::info!(invoice = facts.invoice.reference, "nobody is reminded of it any more");
            return Ok(());
        }
        let letter = invoice_letter(&facts, of.as_ref(), what);
        self.send(job, (&facts.content.client.email, &facts.studio), &letter).await
    }

    async fn facts_of(&self, id: InvoiceId) -> Result<InvoiceFacts, JobError> {
        let gone = || JobError::lasting("the invoice is gone");
        let found = queries::find_invoice(&self.services.db, &self.ctx(), id).await.map_err(refused)?;
        self.facts_with(found.ok_or_else(gone)?).await
    }

    async fn facts_with(&self, invoice: invoice::Model) -> Result<InvoiceFacts, JobError> {
        let db = &self.services.db;
        let gone = || JobError::lasting("the studio is gone");
        let standing = queries::standings(db, std::slice::from_ref(&invoice)).await?.remove(&invoice.id);
        Ok(InvoiceFacts {
            studio: studio::Entity::find_by_id(invoice.studio_id).one(db).await?.ok_or_else(gone)?,
            content: read(&invoice.content).map_err(refused)?,
            standing: standing.unwrap_or_default(),
            url: queries::invoice_url(&self.services, invoice.id),
            invoice,
        })
    }
}

/// Subject, paragraphs and button of a letter.
type Words = (String, Vec<String>, &'static str);

fn invoice_letter(facts: &InvoiceFacts, of: Option<&InvoiceFacts>, what: InvoiceNotice) -> Notice {
    let (subject, words, button) = match what {
        InvoiceNotice::Issued => issued_words(facts),
        InvoiceNotice::DueSoon => due_words(facts, &format!("by {}", facts.day())),
        InvoiceNotice::Due => due_words(facts, "today"),
        InvoiceNotice::Overdue => overdue_words(facts),
        InvoiceNotice::LateFee => fee_words(facts, of),
        InvoiceNotice::Received => received_words(facts),
        InvoiceNotice::TakenBack => taken_back_words(facts),
        InvoiceNotice::Credited => credited_words(facts, of),
    };
    let mut paragraphs = vec![format!("Hello {},", facts.content.client.name)];
    paragraphs.extend(words.into_iter().filter(|words| !words.is_empty()));
    Notice {
        heading: subject.clone(),
        subject,
        paragraphs,
        button: Some((button.to_owned(), facts.url.clone())),
        small_print: facts.small_print(),
    }
}

fn issued_words(facts: &InvoiceFacts) -> Words {
    let (number, total, title) = (&facts.invoice.reference, facts.invoice.total(), &facts.content.title);
    let said = format!("{} invoices {total} for {title}, to be paid by {}.", facts.studio.name, facts.day());
    let subject = format!("Invoice {number}: {total} for {title}");
    (subject, vec![said, how_to_pay(&facts.content)], "See and pay the invoice")
}

fn due_words(facts: &InvoiceFacts, when: &str) -> Words {
    let (number, open) = (&facts.invoice.reference, facts.open());
    let said = format!("{open} of the invoice {number} of {} are to be paid {when}.", facts.studio.name);
    (format!("Invoice {number} is to be paid {when}"), vec![said, how_to_pay(&facts.content)], "Pay the invoice")
}

fn overdue_words(facts: &InvoiceFacts) -> Words {
    let (number, open) = (&facts.invoice.reference, facts.open());
    let said = format!("{open} of the invoice {number} of {} were to be paid by {}.", facts.studio.name, facts.day());
    let warned = if facts.content.late_fee.is_some() {
        "If it stays unpaid, the fee for paying late is charged that was agreed in the quote.".to_owned()
    } else {
        String::new()
    };
    let excused = "If you have paid in the meantime, please ignore this mail.".to_owned();
    (format!("Invoice {number} is overdue"), vec![said, warned, excused], "Pay the invoice")
}

fn fee_words(facts: &InvoiceFacts, late: Option<&InvoiceFacts>) -> Words {
    let (number, total) = (&facts.invoice.reference, facts.invoice.total());
    let of = facts.content.of_invoice.as_deref().unwrap_or_default();
    let said = format!("As agreed in the quote, {} charges {total}, for the invoice {of} is late.", facts.studio.name);
    let beside = late.map_or_else(String::new, |late| format!("{} of {of} itself are still to be paid.", late.open()));
    let alone = "The fee is an invoice of its own; nothing is charged for the fee itself.".to_owned();
    let subject = format!("A fee of {total} for paying late: invoice {number}");
    (subject, vec![said, beside, alone], "See and pay the fee")
}

fn received_words(facts: &InvoiceFacts) -> Words {
    let number = &facts.invoice.reference;
    let said = format!("a payment for the invoice {number} of {} has arrived. {}", facts.studio.name, facts.left());
    let excess = facts.invoice.money(facts.standing.excess_minor);
    let beyond =
        if excess.minor > 0 { format!("{excess} came beyond it, and are sent back to you.") } else { String::new() };
    (format!("Thank you: payment of invoice {number}"), vec![said, beyond], "See the invoice")
}

fn taken_back_words(facts: &InvoiceFacts) -> Words {
    let number = &facts.invoice.reference;
    let said = format!(
        "a payment for the invoice {number} of {} was sent back to you, or had not arrived after all. {}",
        facts.studio.name,
        facts.left()
    );
    (format!("Invoice {number}: money was sent back, or did not arrive"), vec![said], "See the invoice")
}

fn credited_words(facts: &InvoiceFacts, invoice: Option<&InvoiceFacts>) -> Words {
    let (number, total) = (&facts.invoice.reference, facts.invoice.total());
    let of = facts.content.of_invoice.as_deref().unwrap_or_default();
    let said = format!("{} credits {total} of the invoice {of}: {}", facts.studio.name, facts.content.notes);
    let left = invoice.map_or_else(String::new, InvoiceFacts::left);
    (format!("Credit note {number}: {total}"), vec![said, left], "See the credit note")
}

fn how_to_pay(content: &InvoiceContent) -> String {
    if content.bank_details.is_some() {
        "You can pay it on its page, or by bank transfer: the details stand there and in its PDF.".to_owned()
    } else {
        "You can pay it on its page, without an account.".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use domain::{
        env::{Env, testing},
        identity::entity::UnsignedSplits,
        invoices::{
            content::{Line, Side},
            entity::InvoiceKind,
        },
        money::Currency,
    };

    use super::*;
    use crate::letters::Letter;

    fn side(name: &str, email: &str) -> Side {
        Side {
            name: name.to_owned(),
            legal_name: None,
            address: "1 Long Lane".to_owned(),
            country: None,
            email: email.parse().unwrap(),
            vat_id: None,
            tax_number: None,
        }
    }

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

    fn facts(env: &Env, standing: Standing) -> InvoiceFacts {
        let studio = studio(env);
        let line = Line {
            what: "Deposit: Night Drive EP".to_owned(),
            quantity_milli: 1_000,
            unit_minor: 30_000,
            net_minor: 30_000,
            recoupable: false,
        };
        let content = InvoiceContent {
            title: "Night Drive EP".to_owned(),
            seller: side("Nova Sound", "nova@example.com"),
            client: side("Ada <b>", "ada@example.com"),
            lines: vec![line],
            tax: None,
            tax_note: None,
            quote: None,
            of_invoice: None,
            supplied_on: None,
            late_fee: None,
            bank_details: None,
            notes: String::new(),
        };
        let invoice = invoice::Model {
            id: env.id(),
            studio_id: studio.id,
            kind: InvoiceKind::Invoice,
            year: 2026,
            number: 1,
            reference: "INV-2026-0001".to_owned(),
            client_id: env.id(),
            project_id: None,
            quote_id: None,
            stage: None,
            credits_id: None,
            late_fee_of: None,
            late_fee_through: None,
            net_minor: 30_000,
            tax_minor: 0,
            total_minor: 30_000,
            currency: Currency::EUR,
            issued_at: env.now(),
            due_on: Some(env.now().date_naive()),
            content: "{}".to_owned(),
            sha256: domain::catalog::Sha256::of(b"{}"),
            request_key: None,
            issued_by: None,
        };
        InvoiceFacts { studio, invoice, content, standing, url: "http://x/invoices/1".to_owned() }
    }

    const ISSUED: Standing = Standing {
        total_minor: 30_000,
        credited_minor: 0,
        kept_minor: 0,
        disputed_minor: 0,
        excess_minor: 0,
        gone_minor: 0,
    };

    #[test]
    fn each_letter_says_what_is_left_to_pay() {
        let (env, _) = testing::env(1);
        let open = facts(&env, Standing { kept_minor: 10_000, ..ISSUED });
        let said = |facts: &InvoiceFacts, what| invoice_letter(facts, None, what).paragraphs.join(" ");
        for what in [InvoiceNotice::DueSoon, InvoiceNotice::Due, InvoiceNotice::Overdue, InvoiceNotice::Received] {
            assert!(said(&open, what).contains("EUR 200.00"), "{what}");
        }
        let paid = facts(&env, Standing { kept_minor: 30_000, excess_minor: 500, ..ISSUED });
        let text = said(&paid, InvoiceNotice::Received);
        assert!(text.contains("Nothing is left to pay") && text.contains("EUR 5.00 came beyond it"), "{text}");
        let disputed = facts(&env, Standing { kept_minor: 30_000, disputed_minor: 30_000, ..ISSUED });
        assert!(disputed.left().contains("until the bank has decided"));
    }

    #[test]
    fn a_fee_says_what_it_is_for_and_a_credit_what_it_leaves() {
        let (env, _) = testing::env(1);
        let late = facts(&env, ISSUED);
        let mut fee = facts(&env, ISSUED);
        fee.content.of_invoice = Some("INV-2026-0001".to_owned());
        fee.content.notes = "The travel was not needed.".to_owned();
        let letter = invoice_letter(&fee, Some(&late), InvoiceNotice::LateFee);
        let text = letter.paragraphs.join(" ");
        assert!(text.contains("EUR 300.00 of INV-2026-0001 itself") && text.contains("agreed in the quote"), "{text}");
        let text = invoice_letter(&fee, Some(&late), InvoiceNotice::Credited).paragraphs.join(" ");
        assert!(text.contains("not needed") && text.contains("EUR 300.00 are left to pay"), "{text}");
    }

    #[test]
    fn a_name_cannot_write_html() {
        let (env, _) = testing::env(1);
        let html = invoice_letter(&facts(&env, ISSUED), None, InvoiceNotice::Issued).html().unwrap();
        assert!(!html.contains("<b>") && html.contains("Invoice INV-2026-0001: EUR 300.00 for Night Drive EP"));
    }
}
