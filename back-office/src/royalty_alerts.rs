//! Studios are told what of their royalties wants looking at.

use adapters::jobs::JobError;
use domain::{
    ids::{JobId, RoyaltyAlertId, StudioId},
    roster::alerts::{AlertLetter, find_alert_letter, told_of_alerts, words},
    royalties::RoyaltyError,
};

use crate::{BackOffice, letters::Notice, refused};

/// The most alerts that the letter tells.
const MAX_ALERTS: usize = 30;

impl BackOffice {
    /// Tells a studio of the alerts that it was not told of yet. Those that are over meanwhile are not told.
    pub(crate) async fn mail_royalty_alerts(&self, job: JobId, id: StudioId) -> Result<(), JobError> {
        let Some(facts) = find_alert_letter(&self.services.db, id).await? else { return Ok(()) };
        if facts.alerts.is_empty() {
            return Ok(());
        }
        let letter = alert_letter(&facts).map_err(refused)?;
        self.send(job, (&facts.studio.contact_email, &facts.studio), &letter).await?;
        let told: Vec<RoyaltyAlertId> = facts.alerts.iter().map(|alert| alert.id).collect();
        let tx = self.services.begin().await?;
        told_of_alerts(&tx, &self.ctx(), &told).await?;
        self.services.commit(tx).await?;
        Ok(())
    }
}

fn alert_letter(facts: &AlertLetter) -> Result<Notice, RoyaltyError> {
    let heading = match facts.alerts.len() {
        1 => "Something about your royalties wants looking at".to_owned(),
        several => format!("{several} things about your royalties want looking at"),
    };
    let mut paragraphs = facts.alerts.iter().take(MAX_ALERTS).map(words).collect::<Result<Vec<String>, _>>()?;
    if let Some(more) = facts.alerts.len().checked_sub(MAX_ALERTS).filter(|more| *more > 0) {
        paragraphs.push(format!("And {more} more."));
    }
    paragraphs.push("What is settled goes from the list by itself.".to_owned());
    Ok(Notice {
        subject: heading.clone(),
        heading,
        paragraphs,
        button: None,
        small_print: format!("{} · royalties", facts.studio.name),
    })
}

#[cfg(test)]
mod tests {
    use domain::{
        env::testing,
        identity::entity::{UnsignedSplits, studio},
        money::Currency,
        royalties::entity::{AlertKind, alert},
    };
    use serde_json::json;

    use super::*;

    fn letter(about: &[(AlertKind, &str, serde_json::Value)]) -> Notice {
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
        let alert = |(kind, subject, facts): &(AlertKind, &str, serde_json::Value)| alert::Model {
            id: env.id(),
            studio_id: studio.id,
            kind: *kind,
            subject: (*subject).to_owned(),
            facts: facts.clone(),
            raised_at: env.now(),
            mailed_at: None,
            settled_at: None,
        };
        let alerts = about.iter().map(alert).collect();
        alert_letter(&AlertLetter { studio, alerts }).unwrap()
    }

    #[test]
    fn each_alert_is_told_in_a_sentence() {
        let letter = letter(&[
            (AlertKind::NoSplit, "rec_1", json!({ "title": "Night Drive" })),
            (AlertKind::NoSplit, "ean_1", json!({ "title": "First Tape" })),
            (AlertKind::ShareMissing, "work_1/composition", json!({ "title": "Night Drive", "side": "composition" })),
            (AlertKind::FormatDrift, "simport_1", json!({ "title": "sales.tsv" })),
            (AlertKind::NoRate, "simport_1/USD", json!({ "title": "sales.tsv", "side": "USD" })),
            (AlertKind::ContractEnds, "deal@2027-01-03", json!({ "title": "Orson’s deal", "on": "2027-01-03" })),
        ]);
        assert_eq!(letter.subject, "6 things about your royalties want looking at");
        let told = [
            "“Night Drive” earns, and nobody has signed whose it is. Its money waits.",
            "“First Tape” earns, and nobody has said which recordings are on it. Its money waits.",
            "“Night Drive” has been out for half a year, and no statement has told of its composition yet.",
            "“sales.tsv” has a header that no known format has. It waits to be taught.",
            "“sales.tsv” is in USD, and nobody has said at which rate. No run takes its money.",
            "“Orson’s deal” ends on 3 January 2027.",
            "What is settled goes from the list by itself.",
        ];
        assert_eq!(letter.paragraphs, told);
    }

    #[test]
    fn of_many_so_many_are_told() {
        let many = vec![(AlertKind::NoSplit, "rec_1", json!({ "title": "Night Drive" })); 33];
        let letter = letter(&many);
        assert_eq!(letter.paragraphs.len(), MAX_ALERTS + 2);
        assert_eq!(letter.paragraphs[MAX_ALERTS], "And 3 more.");
    }
}
