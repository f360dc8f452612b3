//! The letter to a leaseholder who may buy an exclusive before others.

use adapters::jobs::JobError;
use domain::{
    catalog,
    env::Instant,
    first_refusal::queries::{find_holder, find_upgrade},
    ids::{FirstRefusalHolderId, JobId},
    links::Purpose,
    money::Money,
};

use crate::{BackOffice, letters::Notice, refused};

impl BackOffice {
    /// Tells a leaseholder that they may buy the exclusive before others, until when, and what it costs them as an upgrade. Of a window that is over nobody is
    /// told.
    pub(crate) async fn mail_first_refusal(&self, job: JobId, id: FirstRefusalHolderId) -> Result<(), JobError> {
        let db = &self.services.db;
        let gone = || JobError::lasting("the window is gone");
        let (holder, window) = find_holder(db, id).await?.ok_or_else(gone)?;
        if self.services.env.now() >= window.ends_at {
            tracing::info!(holder = %id, "the window is over");
            return Ok(());
        }
        let studio = catalog::find_shop(db, window.studio_id).await?.ok_or_else(gone)?;
        let token = self.services.links.token(Purpose::FirstRefusal, id, Some(window.ends_at));
        let url = format!("{}/first-refusal/{token}", self.services.public_url);
        let price = Money::new(window.price_minor, window.currency);
        let upgrade = find_upgrade(&self.services, (&holder, &window)).await.map_err(refused)?;
        let upgrade = upgrade.map(|(lease, price)| (price, self.upgrade_url(&lease)));
        let letter = letter(&studio.name, &window.beat_title, (price, upgrade), window.ends_at, url);
        self.send(job, (&holder.email, &studio), &letter).await
    }
}

/// The letter, with the window's price; and with that of an upgrade and where it is made, if that is less.
fn letter(
    studio: &str,
    title: &str,
    (price, upgrade): (Money, Option<(Money, String)>),
    ends_at: Instant,
    url: String,
) -> Notice {
    let until = ends_at.format("%-d %B %Y, %H:%M UTC");
    let subject = format!("{title}: you may buy it exclusively first");
    let mut paragraphs = vec![
        "Hello,".to_owned(),
        format!("somebody wants to buy {title} exclusively, for {price}. You hold a lease of it, and {studio} lets those who do buy first, at that very price, until {until}."),
        "After that others may buy it, and the beat is licensed no more. Your lease stands either way, as long as it runs.".to_owned(),
    ];
    if let Some((price, upgrade_url)) = upgrade {
        let words = format!(
            "If you upgrade your lease to it, what you have paid is credited and you pay {price}: {upgrade_url}"
        );
        paragraphs.insert(2, words);
    }
    Notice {
        heading: subject.clone(),
        subject,
        paragraphs,
        button: Some(("Buy it first".to_owned(), url)),
        small_print: format!("{studio} · the link is yours alone: whoever has it can buy in your name."),
    }
}

#[cfg(test)]
mod tests {
    use domain::{env::testing, money::Currency};

    use super::*;

    #[test]
    fn it_says_what_for_how_much_and_until_when() {
        let (env, _) = testing::env(1);
        let eur = |minor| Money::new(minor, Currency::EUR);
        let upgrade = Some((eur(87_000), "http://x/z".to_owned()));
        let told = letter("Nova", "Night Drive", (eur(90_000), upgrade), env.now(), "http://x/y".to_owned());
        let said = told.paragraphs.join(" ");
        for words in [
            "Night Drive exclusively, for EUR 900.00",
            "until 23 November 2026, 12:00 UTC",
            "Your lease stands",
            "you pay EUR 870.00: http://x/z",
        ] {
            assert!(said.contains(words), "{words} in {said}");
        }
        assert_eq!(told.button.unwrap().1, "http://x/y");
        let plain = letter("Nova", "Night Drive", (eur(90_000), None), env.now(), "http://x/y".to_owned());
        assert!(!plain.paragraphs.join(" ").contains("upgrade"));
    }
}
