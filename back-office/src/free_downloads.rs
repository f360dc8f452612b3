//! Letters about free downloads: one that confirms the address, and once it is confirmed, one by which the consent is withdrawn.

use adapters::jobs::JobError;
use domain::{
    catalog,
    free_downloads::queries::{Requested, find_requested},
    ids::{FreeDownloadRequestId, JobId},
    links::Purpose,
};

use crate::{BackOffice, letters::Notice};

impl BackOffice {
    /// Mails the link of a request: before it is confirmed to confirm it, after that to download and to unsubscribe.
    pub(crate) async fn mail_free_download(&self, job: JobId, id: FreeDownloadRequestId) -> Result<(), JobError> {
        let db = &self.services.db;
        let gone = || JobError::lasting("the request is gone");
        let Requested { request, beat, preview, consent } = find_requested(db, id).await?.ok_or_else(gone)?;
        if preview.is_none() && request.confirmed_at.is_none() {
            tracing::info!(request = %id, "its beat is not downloaded for free any more");
            return Ok(());
        }
        let studio = catalog::find_shop(db, request.studio_id).await?.ok_or_else(gone)?;
        let (links, public_url) = (&self.services.links, &self.services.public_url);
        let token = links.token(Purpose::FreeDownload, id, Some(request.expires_at));
        let page = format!("{public_url}/free/{token}");
        let unsubscribe =
            consent.map(|id| format!("{public_url}/unsubscribe/{}", links.token(Purpose::Unsubscribe, id, None)));
        let until = request.expires_at.format("%-d %B %Y, %H:%M UTC").to_string();
        let letter = if request.confirmed_at.is_none() {
            confirm_letter(&studio.name, &beat.title, page, &until)
        } else {
            confirmed_letter(&studio.name, &beat.title, page, unsubscribe.as_deref())
        };
        self.send(job, (&request.email, &studio), &letter).await
    }
}

fn confirm_letter(studio: &str, title: &str, page: String, until: &str) -> Notice {
    let subject = format!("Your free download of {title}");
    Notice {
        heading: subject.clone(),
        subject,
        paragraphs: vec![
            "Hello,".to_owned(),
            format!(
                "somebody, most likely you, asked {studio} for the tagged preview of {title}. Confirm that this address is yours, and it is yours to download."
            ),
        ],
        button: Some(("Confirm and download".to_owned(), page)),
        small_print: format!(
            "The link holds until {until}. If it was not you, ignore this mail: nothing else is sent."
        ),
    }
}

fn confirmed_letter(studio: &str, title: &str, page: String, unsubscribe: Option<&str>) -> Notice {
    let subject = format!("{title}: your download");
    let small_print = match unsubscribe {
        Some(url) => format!("You hear news of {studio} now and then, as you agreed. Unsubscribe at any time: {url}"),
        None => format!("{studio} sends you no news."),
    };
    Notice {
        heading: subject.clone(),
        subject,
        paragraphs: vec![
            "Hello,".to_owned(),
            format!(
                "your address is confirmed. The tagged preview of {title} waits for you; to release a song on it, choose a licence."
            ),
        ],
        button: Some(("Download".to_owned(), page)),
        small_print,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::letters::Letter;

    #[test]
    fn the_way_out_stands_in_the_mail_that_lasts() {
        let asks = confirm_letter("Nova", "Night Drive", "http://x/free/y".to_owned(), "7 December 2026, 12:00 UTC");
        assert!(asks.text().unwrap().contains("http://x/free/y") && !asks.text().unwrap().contains("unsubscribe"));
        let page = || "http://x/free/y".to_owned();
        let told = confirmed_letter("Nova", "Night Drive", page(), Some("http://x/unsubscribe/z"));
        assert!(
            told.text().unwrap().contains("http://x/unsubscribe/z") && told.html().unwrap().contains("unsubscribe/z")
        );
        assert!(confirmed_letter("Nova", "Night Drive", page(), None).small_print.contains("no news"));
    }
}
