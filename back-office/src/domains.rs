//! Studios are told when a domain no longer leads to their shop.

use adapters::jobs::JobError;
use domain::{
    domains::{
        queries::{LostDomain, find_lost_domain},
        rules::record_name,
    },
    ids::{DomainId, JobId},
};

use crate::{BackOffice, letters::Notice};

impl BackOffice {
    /// Tells a studio that a domain is lost. Proved again or removed meanwhile, there is nothing to tell.
    pub(crate) async fn mail_lost_domain(&self, job: JobId, id: DomainId) -> Result<(), JobError> {
        let Some(facts) = find_lost_domain(&self.services.db, id).await? else { return Ok(()) };
        let letter = lost_letter(&facts, self.services.platform_url());
        self.send(job, (&facts.studio.contact_email, &facts.studio), &letter).await
    }
}

fn lost_letter(LostDomain { studio, claim }: &LostDomain, platform_url: &str) -> Notice {
    let (host, record, slug) = (&claim.host, record_name(&claim.host), &studio.slug);
    let heading = format!("{host} no longer leads to your shop");
    Notice {
        subject: heading.clone(),
        heading,
        paragraphs: vec![
            format!("The TXT record {record}, which shows that the domain is yours, has been missing for seven days."),
            format!("Your shop is at {platform_url}/s/{slug}, as it was before. Links with {host} lead nowhere."),
            format!(
                "If the domain is still yours, set the record again: its text is {}. Then check it in your settings, \
                 and the shop is at {host} again. If it is not, remove it there.",
                claim.token
            ),
        ],
        button: Some(("Open the settings".to_owned(), format!("{platform_url}/dashboard/{slug}/settings/domain"))),
        small_print: format!("{} · domains", studio.name),
    }
}

#[cfg(test)]
mod tests {
    use domain::{
        domains::entity::claim,
        env::testing,
        identity::entity::{UnsignedSplits, studio},
        money::Currency,
    };

    use super::*;

    #[test]
    fn what_is_missing_and_what_to_do_is_told() {
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
        let claim = claim::Model {
            id: env.id(),
            studio_id: studio.id,
            host: "beats.example".to_owned(),
            token: "c0ffee".to_owned(),
            created_at: env.now(),
            verified_at: None,
            looked_at: Some(env.now()),
            missed: 29,
        };
        let letter = lost_letter(&LostDomain { studio, claim }, "https://ledgerline.example");
        assert_eq!(letter.subject, "beats.example no longer leads to your shop");
        let said = letter.paragraphs.join("\n");
        for told in ["_ledgerline.beats.example", "c0ffee", "https://ledgerline.example/s/nova"] {
            assert!(said.contains(told), "{told} in {said}");
        }
    }
}
