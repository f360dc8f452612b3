//! Events are sent to the programs of studios; and the letter that one is sent no more.

use adapters::jobs::JobError;
use domain::{
    domains::rules::host_of,
    env::Instant,
    ids::{JobId, WebhookDeliveryId, WebhookId},
    webhooks::{commands, entity::OffBecause, queries::find_with_studio, rules::MAX_FAILING_DAYS},
};

use crate::{BackOffice, letters::Notice};

impl BackOffice {
    /// Sends an event, if that is due.
    pub(crate) async fn deliver_webhook(&self, delivery: WebhookDeliveryId) -> Result<(), JobError> {
        Ok(commands::deliver(&self.services, delivery).await?)
    }

    /// Tells the studio that nothing more is sent to one of its webhooks. If it has turned it on meanwhile, or removed it, there is nothing to tell.
    pub(crate) async fn mail_webhook_off(&self, job: JobId, id: WebhookId) -> Result<(), JobError> {
        let Some((webhook, studio)) = find_with_studio(&self.services.db, id).await? else { return Ok(()) };
        if webhook.off_because != Some(OffBecause::Failing) {
            tracing::info!(webhook = %id, "it is no longer off for having failed");
            return Ok(());
        }
        let letter = off_letter(&host_of(&webhook.url).unwrap_or_default(), webhook.failing_since, &studio.name);
        self.send(job, (&studio.contact_email, &studio), &letter).await
    }
}

fn off_letter(host: &str, failing_since: Option<Instant>, studio: &str) -> Notice {
    let since = failing_since.map_or_else(
        || format!("for {MAX_FAILING_DAYS} days"),
        |since| since.format("since %-d %B %Y, %H:%M UTC").to_string(),
    );
    Notice {
        subject: format!("Events are no longer sent to {host}"),
        heading: "A webhook was turned off".to_owned(),
        paragraphs: vec![
            format!("Nothing that we have sent to your webhook at {host} was taken {since}. It was turned off, and nothing more is sent there."),
            "What was answered to each attempt stands under Settings, Webhooks. Once the receiver works again, turn the webhook on there: what happens from then on is sent, and what it has missed you can send again one by one.".to_owned(),
        ],
        button: None,
        small_print: format!("{studio} · webhooks"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_letter_says_where_and_since_when() {
        let (env, _) = domain::env::testing::env(1);
        let letter = off_letter("hooks.example.com", Some(env.now()), "Nova");
        assert!(letter.paragraphs[0].contains("hooks.example.com was taken since 23 November 2026, 12:00 UTC"));
        assert!(off_letter("hooks.example.com", None, "Nova").paragraphs[0].contains("taken for 5 days"));
    }
}
