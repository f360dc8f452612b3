//! Lists of people are entered, and studios are told which clients have fallen silent.

use adapters::jobs::JobError;
use domain::{
    clients::{
        imports,
        queries::{DormantLetter, find_dormant_letter},
    },
    env::Instant,
    ids::{ClientImportId, JobId, StudioId},
};

use crate::{BackOffice, letters::Notice};

/// The most names that the letter tells.
const MAX_NAMES: usize = 50;

impl BackOffice {
    /// Enters a list of people.
    pub(crate) async fn enter_import(&self, id: ClientImportId) -> Result<(), JobError> {
        let lines = imports::enter_import(&self.services, id).await?;
        tracing::info!(import = %id, lines, "a list was entered");
        Ok(())
    }

    /// Tells a studio whom the program has moved to dormant at a moment.
    pub(crate) async fn mail_dormant(&self, job: JobId, id: StudioId, at: Instant) -> Result<(), JobError> {
        let Some(facts) = find_dormant_letter(&self.services.db, id, at).await? else { return Ok(()) };
        if facts.names.is_empty() {
            return Ok(());
        }
        let letter = dormant_letter(&facts);
        self.send(job, (&facts.studio.contact_email, &facts.studio), &letter).await
    }
}

fn dormant_letter(facts: &DormantLetter) -> Notice {
    let heading = match facts.names.as_slice() {
        [one] => format!("{one} is dormant now"),
        several => format!("{} clients are dormant now", several.len()),
    };
    let mut names: Vec<String> = facts.names.iter().take(MAX_NAMES).cloned().collect();
    if let Some(more) = facts.names.len().checked_sub(MAX_NAMES).filter(|more| *more > 0) {
        names.push(format!("and {more} more"));
    }
    Notice {
        subject: heading.clone(),
        heading,
        paragraphs: vec![
            format!("{}, as you have set it: we moved them to dormant.", facts.words),
            names.join(", "),
            "Nothing else has changed. Move them back where they belong, or write to them.".to_owned(),
        ],
        button: None,
        small_print: format!("{} · clients", facts.studio.name),
    }
}

#[cfg(test)]
mod tests {
    use domain::{
        env::testing,
        identity::entity::{UnsignedSplits, studio},
        money::Currency,
    };

    use super::*;

    fn letter(names: usize) -> Notice {
        let (env, _) = testing::env(1);
        let studio = studio::Model {
            id: env.id(),
            slug: "nova".to_owned(),
            name: "Nova Sound".to_owned(),
            currency: Currency::EUR,
            contact_email: "nova@example.com".parse().unwrap(),
            legal_name: None,
            address: None,
            governing_law: "England and Wales".to_owned(),
            created_at: env.now(),
            unsigned_splits: UnsignedSplits::Refuse,
            accent: None,
        };
        let names = (1..=names).map(|n| format!("Client {n}")).collect();
        dormant_letter(&DormantLetter { studio, names, words: "No sign of life for 90 days".to_owned() })
    }

    #[test]
    fn who_is_dormant_is_named_and_of_many_so_many() {
        let one = letter(1);
        assert_eq!(one.subject, "Client 1 is dormant now");
        assert_eq!(one.paragraphs[0], "No sign of life for 90 days, as you have set it: we moved them to dormant.");
        let many = letter(53);
        assert_eq!(many.subject, "53 clients are dormant now");
        assert!(many.paragraphs[1].ends_with("Client 50, and 3 more"), "{}", many.paragraphs[1]);
    }
}
