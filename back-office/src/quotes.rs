//! Quotes of which something may be due, and letters about quotes.

use adapters::jobs::JobError;
use domain::{
    identity::entity::studio,
    ids::{JobId, QuoteId},
    invoices::{
        commands,
        content::{QuoteContent, read},
        entity::{QuoteAct, QuoteNotice, QuoteState, answer, quote, version},
        queries,
    },
    money::Money,
};
use sea_orm::EntityTrait;

use crate::{BackOffice, letters::Notice, refused};

/// What a letter about a quote is made of.
struct QuoteFacts {
    studio: studio::Model,
    quote: quote::Model,
    content: QuoteContent,
    answer: Option<answer::Model>,
    url: String,
}

impl BackOffice {
    /// Invoices what is due of an accepted quote.
    pub(crate) async fn tend_quote(&self, quote: QuoteId) -> Result<(), JobError> {
        commands::tend_quote(&self.services, quote).await.map(drop).map_err(refused)
    }

    /// Tells a client or the studio of a quote. What another version or an answer has overtaken is told no more.
    pub(crate) async fn mail_quote(
        &self,
        job: JobId,
        id: QuoteId,
        version: i32,
        what: QuoteNotice,
    ) -> Result<(), JobError> {
        let db = &self.services.db;
        let gone = || JobError::lasting("the quote is gone");
        let quote = queries::find_quote(db, &self.ctx(), id).await.map_err(refused)?.ok_or_else(gone)?;
        let is_overtaken = what == QuoteNotice::Sent && quote.state != QuoteState::Sent;
        if quote.version != version || is_overtaken {
            tracing::info!(quote = quote.reference, version, "it was changed, answered or taken back meanwhile");
            return Ok(());
        }
        let versions = queries::versions_of_quotes(db, &[id]).await?.remove(&id).unwrap_or_default();
        // Who is told that it was taken back is told what they have read, even if it was being changed since.
        let is_withdrawn = what == QuoteNotice::Withdrawn;
        let told_of = |row: &version::Model| if is_withdrawn { row.sent_at.is_some() } else { row.number == version };
        let row = versions.into_iter().rfind(told_of).ok_or_else(gone)?;
        let answers = queries::answers_of_quotes(db, &[id]).await?.remove(&id).unwrap_or_default();
        let facts = QuoteFacts {
            studio: studio::Entity::find_by_id(quote.studio_id).one(db).await?.ok_or_else(gone)?,
            content: read(&row.content).map_err(refused)?,
            answer: answers.into_iter().find(|answer| answer.version == version),
            url: queries::quote_url(&self.services, id),
            quote,
        };
        let letter = quote_letter(&facts, what);
        let to = match what {
            QuoteNotice::Sent | QuoteNotice::Withdrawn | QuoteNotice::Confirmed | QuoteNotice::Ended => {
                &facts.content.client.email
            }
            QuoteNotice::Accepted | QuoteNotice::Declined => &facts.studio.contact_email,
        };
        self.send(job, (to, &facts.studio), &letter).await
    }
}

fn quote_letter(facts: &QuoteFacts, what: QuoteNotice) -> Notice {
    let QuoteFacts { studio, quote, content, answer, url } = facts;
    let total = Money::new(content.net_minor.saturating_add(content.tax_minor), content.currency);
    let studio_name = &studio.name;
    let until = content.valid_until.format("%-d %B %Y, %H:%M UTC");
    let button = |words: &str| Some((words.to_owned(), url.clone()));
    let greeting = format!("Hello {},", content.client.name);
    let (subject, paragraphs, button) = match what {
        QuoteNotice::Sent => {
            let mut paragraphs = vec![
                greeting,
                format!("{studio_name} quotes {total} for {}. You can accept it until {until}.", content.title),
                "Its page shows every line, when what is to be paid, and the tax. Nothing is owed before you accept it; if it is not what you want, decline it there and say why.".to_owned(),
            ];
            if content.requires_agreement {
                paragraphs.push(
                    "An agreement is signed before anything is invoiced; it comes by a mail of its own.".to_owned(),
                );
            }
            (format!("A quote from {studio_name}: {}", content.title), paragraphs, button("Read the quote"))
        }
        QuoteNotice::Withdrawn => (
            format!("{studio_name} has taken a quote back: {}", content.title),
            vec![greeting, format!("{studio_name} has taken back its quote of {total}. Nothing is owed for it.")],
            None,
        ),
        QuoteNotice::Confirmed => (
            format!("You have accepted the quote: {}", content.title),
            vec![
                greeting,
                format!(
                    "you have accepted the quote {} of {studio_name} over {total}. It is frozen as you have read it.",
                    quote.reference
                ),
                if content.requires_agreement {
                    "Next, an agreement is signed; the first invoice follows when all have signed it.".to_owned()
                } else {
                    "What is to be paid when stands on its page. Each invoice comes by mail.".to_owned()
                },
            ],
            button("See the quote"),
        ),
        QuoteNotice::Accepted => (
            format!("{total} accepted: {}", content.title),
            vec![
                format!(
                    "{} ({}) has accepted the quote {} over {total}{}.",
                    content.client.name,
                    content.client.email,
                    quote.reference,
                    signed_by(answer.as_ref())
                ),
                if content.requires_agreement {
                    "It asks for an agreement: the deposit is invoiced by itself once that is named and signed by all."
                        .to_owned()
                } else {
                    "Its schedule is invoiced by itself where a day is set; mark the other stages as they are reached."
                        .to_owned()
                },
            ],
            None,
        ),
        QuoteNotice::Ended => {
            let why = quote.end_reason.as_deref().unwrap_or_default();
            (
                format!("{studio_name} has ended a quote: {}", content.title),
                vec![
                    greeting,
                    format!(
                        "{studio_name} has ended the quote {} over {total} that you have accepted. What is not invoiced by now is not asked for any more; the invoices that you have stay as they are.",
                        quote.reference
                    ),
                    format!("“{why}”"),
                ],
                button("See the quote"),
            )
        }
        QuoteNotice::Declined => {
            let why = answer.as_ref().and_then(|answer| answer.reason.as_deref()).unwrap_or_default();
            (
                format!("{total} declined: {}", content.title),
                vec![
                    format!(
                        "{} ({}) declines the quote {}.",
                        content.client.name, content.client.email, quote.reference
                    ),
                    format!("“{why}”"),
                ],
                None,
            )
        }
    };
    let small_print = format!("{studio_name} · quote {}", quote.reference);
    Notice { heading: subject.clone(), subject, paragraphs, button, small_print }
}

/// By whose name a quote was accepted, if that is another than the client's.
fn signed_by(answer: Option<&answer::Model>) -> String {
    let accepted = answer.filter(|answer| answer.act == QuoteAct::Accepted);
    accepted.and_then(|answer| answer.name.as_ref()).map_or_else(String::new, |name| format!(", in the name of {name}"))
}
