//! Masters that are delivered and recalled, and the letters about that.

use adapters::jobs::JobError;
use domain::{
    ids::{JobId, MasterNoticeId, ProjectId},
    invoices::queries::ProjectBalance,
    masters::{
        commands,
        entity::{MasterNotice, MasterReader, MasterStepKind},
        queries::{Desk, OpenInvoice, Recipient, View, deliveries_of_notice, find_desk, masters_url, recipient},
        rules::DeliveryState,
    },
    money::Money,
};

use crate::{BackOffice, letters::Notice, refused};

impl BackOffice {
    /// Delivers and recalls what is due of a project's masters.
    pub(crate) async fn settle_masters(&self, project: ProjectId) -> Result<(), JobError> {
        commands::settle_masters(&self.services, project).await.map(drop).map_err(refused)
    }

    /// Tells whom masters are for, or the studio, what became of them. What has changed since is told by another letter. Where nobody is known by an address, the
    /// studio is told to pass the link on.
    pub(crate) async fn mail_masters(
        &self,
        job: JobId,
        project: ProjectId,
        notice: Option<MasterNoticeId>,
        (what, to): (MasterNotice, MasterReader),
    ) -> Result<(), JobError> {
        let db = &self.services.db;
        let desk = find_desk(db, project).await?.ok_or_else(|| JobError::lasting("the project is gone"))?;
        let kind = match what {
            MasterNotice::Delivered => Some(MasterStepKind::Delivered),
            MasterNotice::Recalled => Some(MasterStepKind::Recalled),
            MasterNotice::Link => None,
        };
        let told = if let Some((notice, kind)) = notice.zip(kind) {
            deliveries_of_notice(db, notice, kind).await?
        } else {
            let is_there = |view: &&View| view.state(&ProjectBalance::default()) == DeliveryState::Open;
            desk.deliveries.iter().filter(is_there).cloned().collect()
        };
        if told.is_empty() {
            tracing::info!(%project, %what, "it is not so any more, and nobody is told of it");
            return Ok(());
        }
        let url = masters_url(&self.services, project);
        let client = recipient(db, &desk.project).await?;
        let letter = match (to, &client) {
            (MasterReader::Client, Some(client)) => {
                let letter = letter_to_client(&desk, client, what, &songs(&told), url);
                return self.send(job, (&client.email, &desk.studio), &letter).await;
            }
            // Of what is recalled the studio has a letter of its own.
            (MasterReader::Client, None) if what == MasterNotice::Recalled => return Ok(()),
            (MasterReader::Client, None) => letter_without_client(&desk, &songs(&told), url),
            (MasterReader::Studio, client) => letter_to_studio(&desk, client.as_ref(), what, &songs(&told), url),
        };
        self.send(job, (&desk.studio.contact_email, &desk.studio), &letter).await
    }
}

/// The songs in one phrase: `Night Drive`, `Night Drive and Slow Tide`.
fn songs(told: &[View]) -> String {
    let titles: Vec<&str> = told.iter().map(|view| view.song.as_str()).collect();
    match titles.split_last() {
        None => String::new(),
        Some((last, [])) => (*last).to_owned(),
        Some((last, before)) => format!("{} and {last}", before.join(", ")),
    }
}

/// Amounts in one phrase.
fn amounts(money: &[Money]) -> String {
    money.iter().map(ToString::to_string).collect::<Vec<_>>().join(" and ")
}

/// What keeps masters locked, all of it; empty if nothing does.
fn what_is_owed(desk: &Desk) -> String {
    let balance = &desk.balance;
    let by = |row: &OpenInvoice| format!("{} ({})", row.open, row.invoice.reference);
    let mut said = Vec::new();
    if !desk.invoices.is_empty() {
        let open: Vec<String> = desk.invoices.iter().map(by).collect();
        said.push(format!("Left to pay: {}.", open.join(", ")));
    }
    if !balance.unissued.is_empty() {
        said.push(format!("Still to be invoiced by {}: {}.", desk.studio.name, amounts(&balance.unissued)));
    }
    if !balance.disputed.is_empty() {
        said.push(format!("A bank disputes {}, and has not decided yet.", amounts(&balance.disputed)));
    }
    said.join(" ")
}

fn letter_to_client(desk: &Desk, client: &Recipient, what: MasterNotice, songs: &str, url: String) -> Notice {
    let (studio, project) = (&desk.studio.name, &desk.project.title);
    let owed = what_is_owed(desk);
    let is_open = desk.deliveries.iter().any(|view| view.state(&desk.balance) == DeliveryState::Open);
    let mut paragraphs = vec![format!("Hello {},", client.name)];
    let (subject, button) = match what {
        MasterNotice::Recalled => {
            paragraphs.push(format!(
                "the balance of {project} is open again, so that the masters of {songs} cannot be downloaded for now. {owed}"
            ));
            paragraphs.push("As soon as all of the balance is paid they open again by themselves.".to_owned());
            (format!("The masters of {project} are withheld"), "See what is open")
        }
        MasterNotice::Link if !desk.balance.is_paid() && !is_open => {
            paragraphs.push(format!(
                "the masters of {songs} are ready. They open by themselves once all of the balance of {project} is paid. {owed}"
            ));
            (format!("The masters of {project} are ready"), "See the masters")
        }
        MasterNotice::Delivered | MasterNotice::Link => {
            paragraphs.push(format!("the masters of {songs} are here, each with its quality report and checksum."));
            paragraphs.push(
                "Download them, and keep a copy: the files carry title, credits and codes in their tags.".to_owned(),
            );
            (format!("Your masters of {project} are here"), "Download the masters")
        }
    };
    Notice {
        heading: subject.clone(),
        subject,
        paragraphs,
        button: Some((button.to_owned(), url)),
        small_print: format!("{studio} · whoever has this link can download the masters."),
    }
}

/// To the studio, where nobody is known by an address.
fn letter_without_client(desk: &Desk, songs: &str, url: String) -> Notice {
    let project = &desk.project.title;
    let subject = format!("The masters of {project} are ready, and nobody is known to send them to");
    Notice {
        heading: subject.clone(),
        subject,
        paragraphs: vec![
            format!("The masters of {songs} are ready, and open under the link below."),
            "The project has no client with an e-mail address. Enter one and send the link, or pass it on yourself."
                .to_owned(),
        ],
        button: Some(("See the masters".to_owned(), url)),
        small_print: format!("{} · project {}", desk.studio.name, desk.project.id),
    }
}

fn letter_to_studio(desk: &Desk, client: Option<&Recipient>, what: MasterNotice, songs: &str, url: String) -> Notice {
    let project = &desk.project.title;
    let whom = client.map_or_else(|| "Nobody".to_owned(), |client| client.name.clone());
    let (subject, told) = match what {
        MasterNotice::Recalled => (
            format!("Masters of {project} were recalled"),
            format!(
                "The balance of {project} is open again: the masters of {songs} cannot be downloaded for now. {} {whom} is told of it as well; the masters open again once it is paid.",
                what_is_owed(desk)
            ),
        ),
        MasterNotice::Delivered | MasterNotice::Link => {
            (format!("Masters of {project} were delivered"), format!("{whom} has been sent the masters of {songs}."))
        }
    };
    Notice {
        heading: subject.clone(),
        subject,
        paragraphs: vec![told],
        button: Some(("See the client's page".to_owned(), url)),
        small_print: format!("{} · project {}", desk.studio.name, desk.project.id),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use domain::{
        env::testing,
        identity::entity::{UnsignedSplits, studio},
        money::Currency,
        production::entity::project::{self, ProjectKind, ProjectState},
    };

    use super::*;
    use crate::letters::Letter;

    fn desk(balance: ProjectBalance) -> Desk {
        let (env, _) = testing::env(1);
        let studio_id = env.id();
        Desk {
            project: project::Model {
                id: env.id(),
                studio_id,
                client_id: None,
                kind: ProjectKind::Record,
                state: ProjectState::Active,
                title: "Night <b>Album".to_owned(),
                created_at: env.now(),
            },
            studio: studio::Model {
                id: studio_id,
                slug: "nova".to_owned(),
                name: "Nova".to_owned(),
                currency: Currency::EUR,
                contact_email: "nova@example.com".parse().unwrap(),
                legal_name: None,
                address: None,
                governing_law: "Germany".to_owned(),
                created_at: env.now(),
                unsigned_splits: UnsignedSplits::Refuse,
                accent: None,
            },
            balance,
            invoices: Vec::new(),
            deliveries: Vec::new(),
            files: HashMap::new(),
        }
    }

    fn ada() -> Recipient {
        Recipient { name: "Ada".to_owned(), email: "ada@example.com".parse().unwrap() }
    }

    fn to_ada(balance: ProjectBalance, what: MasterNotice) -> Notice {
        letter_to_client(&desk(balance), &ada(), what, "Night Drive and Slow Tide", "http://x/masters/y".to_owned())
    }

    fn unpaid() -> ProjectBalance {
        ProjectBalance { is_asked: true, disputed: vec![Money::new(5_000, Currency::EUR)], ..ProjectBalance::default() }
    }

    #[test]
    fn a_client_hears_that_masters_are_theirs_or_what_they_wait_for() {
        let here = to_ada(ProjectBalance::default(), MasterNotice::Delivered);
        assert_eq!(here.subject, "Your masters of Night <b>Album are here");
        assert!(here.paragraphs[1].contains("Night Drive and Slow Tide"));
        assert!(!here.html().unwrap().contains("<b>"), "what is typed stays text");
        let recalled = to_ada(unpaid(), MasterNotice::Recalled);
        assert_eq!(recalled.subject, "The masters of Night <b>Album are withheld");
        assert!(recalled.paragraphs[1].contains("disputes EUR 50.00"), "{:?}", recalled.paragraphs);
        let locked = to_ada(unpaid(), MasterNotice::Link);
        assert!(locked.paragraphs[1].contains("once all of the balance"), "{:?}", locked.paragraphs);
        let unissued = vec![Money::new(1_651, Currency::EUR)];
        let more = to_ada(ProjectBalance { unissued, ..unpaid() }, MasterNotice::Link);
        let said = &more.paragraphs[1];
        assert!(said.contains("Still to be invoiced by Nova: EUR 16.51.") && said.contains("disputes"), "{said}");
        let open = to_ada(ProjectBalance::default(), MasterNotice::Link);
        assert_eq!(open.subject, here.subject);
    }

    #[test]
    fn the_studio_hears_what_was_recalled_and_what_goes_to_nobody() {
        let url = "http://x/masters/y".to_owned();
        let recalled =
            letter_to_studio(&desk(unpaid()), Some(&ada()), MasterNotice::Recalled, "Night Drive", url.clone());
        assert!(recalled.paragraphs[0].contains("Ada is told") && recalled.subject.contains("recalled"));
        let lost = letter_without_client(&desk(unpaid()), "Night Drive", url);
        assert!(lost.paragraphs[1].contains("no client with an e-mail address"));
    }
}
