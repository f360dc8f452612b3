//! What the mails about agreements say. Pure: the same facts give the same letter.

use domain::{
    agreements::{
        document::Template,
        entity::{AgreementNotice, LinkReason, agreement, signer},
        queries::{AgreementMail, CodeMail, LinkMail},
    },
    env::Instant,
    links::LinkKey,
};

use crate::letters::Notice;

/// The most characters of a title in a subject or a file's name.
const MAX_TITLE: usize = 80;

/// An agreement's file, as it is called where it is saved.
pub(super) fn file_name(agreement: &agreement::Model) -> String {
    let plain = |c: char| if c.is_control() || "/\\:*?\"<>|".contains(c) { ' ' } else { c };
    let title: String = short(&agreement.title).chars().map(plain).collect();
    format!("{} {}.pdf", title.trim(), agreement.reference)
}

fn short(title: &str) -> String {
    if title.chars().count() <= MAX_TITLE {
        return title.to_owned();
    }
    title.chars().take(MAX_TITLE - 1).chain(['…']).collect()
}

const fn kind(template: Template) -> &'static str {
    match template {
        Template::SplitSheet => "split sheet",
        Template::Producer => "producer agreement",
        Template::MixMaster => "mixing and mastering agreement",
        Template::WorkForHire => "work-for-hire agreement",
        Template::Collaboration => "collaboration agreement",
        Template::ComposerForHire => "composer agreement",
    }
}

fn moment(at: Instant) -> String {
    at.format("%-d %B %Y, %H:%M UTC").to_string()
}

fn foot(studio: &str, agreement: &agreement::Model) -> String {
    format!("{studio} · {}", agreement.reference)
}

/// The link under which a signer signs.
pub(super) fn link(facts: &LinkMail, url: &str) -> Notice {
    let LinkMail { link, agreement, studio, signer, delegated_by, said } = facts;
    let (what, title, studio) = (kind(agreement.template), short(&agreement.title), &studio.name);
    let (subject, why, button) = match link.reason {
        LinkReason::Invited => (
            format!("Please sign: {title}"),
            format!("{studio} asks you to read and sign the {what} “{title}”."),
            "Read and sign",
        ),
        LinkReason::Reminded => (
            format!("Still to be signed: {title}"),
            format!("the {what} “{title}” of {studio} still waits for your signature."),
            "Read and sign",
        ),
        LinkReason::Changed => (
            format!("Changed, please sign again: {title}"),
            format!(
                "the {what} “{title}” has changed since you last saw it. Read what is new; what you signed before no longer counts."
            ),
            "See what has changed",
        ),
        LinkReason::Delegated => (
            format!("Please sign: {title}"),
            format!(
                "{} has handed the {what} “{title}” of {studio} on to you: you are asked to read and sign it for them.",
                delegated_by.as_deref().unwrap_or("a party"),
            ),
            "Read and sign",
        ),
        LinkReason::CounterRefused => (
            format!("Your change was not taken: {title}"),
            format!(
                "{studio} did not take the change that you proposed to the {what} “{title}”. It stands as it was sent."
            ),
            "Read it again",
        ),
        LinkReason::Requested => (
            format!("Your link: {title}"),
            format!(
                "here is the link to the {what} “{title}” of {studio} that you asked for. Earlier links no longer open it."
            ),
            "Read and sign",
        ),
    };
    let mut paragraphs = vec![format!("Hello {},", signer.name), why];
    if let Some(words) = said {
        let writer = delegated_by.as_ref().filter(|_| link.reason == LinkReason::Delegated).unwrap_or(studio);
        paragraphs.push(format!("{writer} writes: “{words}”"));
    }
    paragraphs.push("You need no account. The link opens once; a code that is mailed to you then shows that it is you. You can sign, decline with a reason, propose a change, or hand it on to somebody else.".to_owned());
    if let Some(until) = agreement.expires_at {
        paragraphs.push(format!("It can be signed until {}.", moment(until)));
    }
    Notice {
        heading: subject.clone(),
        subject,
        paragraphs,
        button: Some((button.to_owned(), url.to_owned())),
        small_print: format!(
            "{}. The link opens until {}. Do not pass this mail on: whoever has it is taken for you. If you do not know the studio, ignore it.",
            foot(studio, agreement),
            moment(link.expires_at),
        ),
    }
}

/// The code that shows that the mailbox is the signer's.
pub(super) fn code(facts: &CodeMail) -> Notice {
    let CodeMail { code, expires_at, signer, agreement, studio, .. } = facts;
    Notice {
        subject: format!("{code} is your code to sign"),
        heading: format!("Your code: {code}"),
        paragraphs: vec![
            format!("Hello {},", signer.name),
            format!(
                "enter {code} on the page that you have open to go on with “{}” of {}.",
                short(&agreement.title),
                studio.name
            ),
        ],
        button: None,
        small_print: format!(
            "{}. It holds until {}. Nobody of ours will ask you for it; if you did not ask for it, ignore this mail.",
            foot(&studio.name, agreement),
            moment(*expires_at),
        ),
    }
}

/// A subject, what is said, and a button.
type Words = (String, Vec<String>, Option<(String, String)>);

/// To the studio: somebody wants paper.
fn paper_wanted(facts: &AgreementMail) -> Words {
    let (document, title) = (kind(facts.agreement.template), short(&facts.agreement.title));
    let by = name_or(facts.by.as_ref(), "A signer");
    let said = format!(
        "{by} does not want to sign the {document} “{title}” electronically and asks for paper. Agree on how with them. Once you have the \
         paper with the signature, enter it (`recordPaperSignature`): the agreement waits for that, unless you take it back, or \
         change it and so ask everybody anew."
    );
    (format!("Paper is wanted: {title}"), vec![said], None)
}

/// To a signer: that the studio says to have their signature on paper.
fn paper_recorded(facts: &AgreementMail) -> Words {
    let (document, title) = (kind(facts.agreement.template), short(&facts.agreement.title));
    let studio = &facts.studio;
    let said = match &facts.recorded {
        Some(record) => format!(
            "{} has recorded that you signed version {} of the {document} “{title}” on paper on {}. It was recorded by {}.",
            studio.name, record.version, record.signed_on, record.recorded_by,
        ),
        None => format!("{} has recorded that you signed the {document} “{title}” on paper.", studio.name),
    };
    let wrong = format!(
        "Your signature counts from now on as if you had made it online. If you did not sign, or not this, write to the studio at once: {}.",
        studio.contact_email,
    );
    (format!("Recorded as signed on paper: {title}"), vec![said, wrong], None)
}

/// To a signer: the link under which they withdraw the consent to electronic records.
fn withdrawal_asked(facts: &AgreementMail, url: Option<String>) -> Words {
    let (document, title) = (kind(facts.agreement.template), short(&facts.agreement.title));
    let mut said = vec![
        format!(
            "on the page of the {document} “{title}” somebody has asked for a link to withdraw the consent to electronic records that you gave \
             when you signed it."
        ),
        "If that was you, open it and confirm: what is to come about this agreement then reaches you on paper, and what you signed stands. If it \
         was not you, do nothing; nothing changes."
            .to_owned(),
    ];
    if let Some(until) = facts.withdraw_until {
        said.push(format!("The link opens until {}. Do not pass this mail on.", moment(until)));
    }
    let button = url.map(|url| ("Withdraw my consent".to_owned(), url));
    (format!("Records on paper from now on? {title}"), said, button)
}

/// To the studio: somebody has withdrawn the consent to electronic records.
fn consent_withdrawn(facts: &AgreementMail) -> Words {
    let (document, title) = (kind(facts.agreement.template), short(&facts.agreement.title));
    let by = name_or(facts.by.as_ref(), "A signer");
    let said = vec![
        format!(
            "{by} has withdrawn the consent to electronic records about the {document} “{title}”. What is signed stands."
        ),
        "We mail them nothing more about it. What it has you tell them, and that its term ends, tell them on paper."
            .to_owned(),
    ];
    (format!("To be told on paper: {title}"), said, None)
}

/// To the studio: whom it must tell the same on paper.
fn told_on_paper(names: &[String]) -> Option<String> {
    let names = Some(names).filter(|names| !names.is_empty())?.join(", ");
    Some(format!("Not mailed, for they have chosen paper: {names}. Tell them on paper."))
}

/// How an agreement stands, to a signer or to the studio.
pub(super) fn notice(facts: &AgreementMail, what: AgreementNotice, public_url: &str, links: &LinkKey) -> Notice {
    let AgreementMail { agreement, studio, to, by, successor, on_paper, .. } = facts;
    let (document, title) = (kind(agreement.template), short(&agreement.title));
    let verify = || format!("{public_url}/verify/{}", agreement.reference);
    let by = name_or(by.as_ref(), "A signer");
    let reason = || agreement.closed_reason.as_deref().unwrap_or("no reason was given");
    let (subject, words, button) = match what {
        AgreementNotice::Executed => (
            format!("Signed by all: {title}"),
            vec![
                format!("everybody has signed the {document} “{title}”. It is in force, and sealed: any later change to the file can be seen."),
                "Keep the PDF. It holds the text, the signatures and the evidence of each step, and proves itself without us.".to_owned(),
            ],
            match facts.url(public_url, links) {
                Some(url) => Some(("Get the signed PDF".to_owned(), url)),
                None => Some(("See it verified".to_owned(), verify())),
            },
        ),
        AgreementNotice::Declined => (
            format!("Declined: {title}"),
            vec![
                format!("{by} declined to sign the {document} “{title}”: {}.", reason()),
                "It is over; nothing of it holds. A new one can be sent.".to_owned(),
            ],
            None,
        ),
        AgreementNotice::Countered => (
            format!("A change is proposed: {title}"),
            vec![
                format!(
                    "{by} proposes a change to the {document} “{title}”. See what is different, and take it or leave it; until then nobody can sign."
                ),
                "If you take it, only those whom it concerns are asked to sign again.".to_owned(),
            ],
            None,
        ),
        AgreementNotice::Delegated => (
            format!("Handed on: {title}"),
            vec![format!(
                "{by} has handed the {document} “{title}” on: {} is asked to sign instead.",
                name_or(successor.as_ref(), "somebody else")
            )],
            None,
        ),
        AgreementNotice::Voided => (
            format!("Taken back: {title}"),
            vec![
                format!("{} has taken the {document} “{title}” back: {}.", studio.name, reason()),
                "You need do nothing, and signatures that were given do not count.".to_owned(),
            ],
            None,
        ),
        AgreementNotice::Expired => (
            format!("Expired: {title}"),
            vec![
                format!("the time to sign the {document} “{title}” ran out before everybody had signed."),
                "It is over; nothing of it holds. A new one can be sent.".to_owned(),
            ],
            None,
        ),
        AgreementNotice::PaperWanted => paper_wanted(facts),
        AgreementNotice::PaperRecorded => paper_recorded(facts),
        AgreementNotice::WithdrawalAsked => withdrawal_asked(facts, facts.withdraw_url(public_url, links)),
        AgreementNotice::ConsentWithdrawn => consent_withdrawn(facts),
        AgreementNotice::WordsChanged => (
            format!("Cannot be signed as it stands: {title}"),
            vec![
                format!(
                    "the {document} “{title}” is out to be signed, and the program words it otherwise than when it was sent. Nobody signs what reads \
                     otherwise than it was sent, so nobody can sign it now."
                ),
                "Edit it, with the same terms if you like: it is written with today's words then, and everybody is asked anew.".to_owned(),
            ],
            None,
        ),
        AgreementNotice::TermEnds => (
            format!("The term ends soon: {title}"),
            vec![format!(
                "the term of the {document} “{title}” ends on {}. What you want to go on after that day needs a new agreement.",
                agreement.term_ends_on.map_or_else(|| "a day that it names".to_owned(), |on| on.format("%-d %B %Y").to_string())
            )],
            facts.url(public_url, links).map(|url| ("Read it again".to_owned(), url)),
        ),
    };
    let greeting = format!("Hello {},", to.as_ref().map_or(studio.name.as_str(), |signer| signer.name.as_str()));
    Notice {
        heading: subject.clone(),
        subject,
        paragraphs: std::iter::once(greeting).chain(words).chain(told_on_paper(on_paper)).collect(),
        button,
        small_print: if what == AgreementNotice::Executed {
            format!("{}. Anybody who has the file can verify it at {}", foot(&studio.name, agreement), verify())
        } else {
            foot(&studio.name, agreement)
        },
    }
}

fn name_or<'a>(signer: Option<&'a signer::Model>, nobody: &'a str) -> &'a str {
    signer.map_or(nobody, |row| row.name.as_str())
}

#[cfg(test)]
mod tests {
    use domain::{
        agreements::{
            entity::{AgreementState, SignerState, SigningOrder, link},
            evidence::PaperRecord,
        },
        catalog::Sha256,
        env::testing,
        identity::entity::{UnsignedSplits, studio},
        ids::{StudioId, TypedId},
        money::Currency,
    };
    use sea_orm::{Iterable, prelude::Uuid};

    use super::*;
    use crate::letters::Letter;

    const NOBODY: StudioId = StudioId(Uuid::nil());

    fn id<T: TypedId>(n: u128) -> T {
        T::from_uuid(Uuid::from_u128(n))
    }

    fn now() -> Instant {
        testing::env(1).0.now()
    }

    fn agreement(state: AgreementState) -> agreement::Model {
        agreement::Model {
            id: id(1),
            studio_id: NOBODY,
            reference: "AG-7K3M9Q2X".to_owned(),
            template: Template::SplitSheet,
            title: "Noc nad Wisłą <b>".to_owned(),
            work_id: None,
            state,
            signing_order: SigningOrder::Parallel,
            version: 1,
            counter_version: None,
            counter_by: Some(id(2)),
            supersedes_id: None,
            expires_at: Some(now() + chrono::Duration::days(30)),
            term_ends_on: Some((now() + chrono::Duration::days(60)).date_naive()),
            term_announced_at: None,
            evidence_count: 1,
            evidence_head: Sha256::of(b"head"),
            created_at: now(),
            sent_at: Some(now()),
            executed_at: None,
            closed_at: None,
            closed_reason: Some("my part is larger".to_owned()),
        }
    }

    fn signer(n: u128, name: &str, state: SignerState) -> signer::Model {
        signer::Model {
            id: id(n),
            agreement_id: id(1),
            party_index: 0,
            party_key: "ada@example.com".to_owned(),
            position: 1,
            name: name.to_owned(),
            email: "ada@example.com".parse().unwrap(),
            state,
            delegated_by: None,
            replaced_by: None,
            reason: None,
            note: None,
            refusal: None,
            party_id: None,
            signed_version: None,
            signed_text_sha256: None,
            concerns_sha256: None,
            shown_sha256: None,
            consent_version: None,
            mark: None,
            signed_at: None,
            ip: None,
            user_agent: None,
            mailed_at: Some(now()),
            reminders: 0,
            created_at: now(),
        }
    }

    fn studio() -> studio::Model {
        studio::Model {
            id: NOBODY,
            slug: "nova".to_owned(),
            name: "Nova & Söhne".to_owned(),
            currency: Currency::EUR,
            contact_email: "nova@example.com".parse().unwrap(),
            legal_name: None,
            address: None,
            governing_law: "Germany".to_owned(),
            created_at: now(),
            unsigned_splits: UnsignedSplits::Refuse,
        }
    }

    #[test]
    fn each_link_says_why_it_is_mailed() {
        for reason in LinkReason::iter() {
            let link = link::Model {
                id: id(9),
                agreement_id: id(1),
                signer_id: id(2),
                reason,
                created_at: now(),
                expires_at: now() + chrono::Duration::days(7),
                mailed_at: None,
                used_at: None,
                voided_at: None,
            };
            let facts = LinkMail {
                link,
                agreement: agreement(AgreementState::Sent),
                studio: studio(),
                signer: signer(2, "Łucja <Żółć>", SignerState::Waiting),
                delegated_by: (reason == LinkReason::Delegated).then(|| "Orson".to_owned()),
                said: matches!(reason, LinkReason::Delegated | LinkReason::CounterRefused)
                    .then(|| "Look at the <credits>.".to_owned()),
            };
            let letter = super::link(&facts, "http://127.0.0.1:8080/sign/sign.slink_1.0.00ff");
            insta::assert_snapshot!(
                format!("link_{reason}"),
                format!("{}\n\n{}", letter.subject(), letter.text().unwrap())
            );
            if reason == LinkReason::Invited {
                insta::assert_snapshot!("link_invited_html", letter.html().unwrap());
            }
        }
    }

    #[test]
    fn a_code_stands_in_the_subject() {
        let facts = CodeMail {
            code: "042137".to_owned(),
            number: 1,
            expires_at: now() + chrono::Duration::minutes(10),
            signer: signer(2, "Łucja", SignerState::Waiting),
            agreement: agreement(AgreementState::Sent),
            studio: studio(),
        };
        let letter = code(&facts);
        insta::assert_snapshot!("code", format!("{}\n\n{}", letter.subject(), letter.text().unwrap()));
    }

    #[test]
    fn each_notice_says_what_has_happened_and_to_whom() {
        let links = LinkKey::new([7; 32]);
        for what in AgreementNotice::iter() {
            let (state, theirs) = match what {
                AgreementNotice::Executed
                | AgreementNotice::TermEnds
                | AgreementNotice::WithdrawalAsked
                | AgreementNotice::ConsentWithdrawn => (AgreementState::Executed, SignerState::Signed),
                AgreementNotice::Declined => (AgreementState::Declined, SignerState::Declined),
                AgreementNotice::Delegated => (AgreementState::Sent, SignerState::Replaced),
                AgreementNotice::PaperWanted => (AgreementState::Sent, SignerState::Paper),
                AgreementNotice::PaperRecorded => (AgreementState::PartlySigned, SignerState::Signed),
                _ => (AgreementState::Sent, SignerState::Waiting),
            };
            let first = signer(2, "Łucja", theirs);
            let second = signer(3, "Orson", SignerState::Waiting);
            for (to, whom) in [(Some(first.clone()), "signer"), (None, "studio")] {
                let facts = AgreementMail {
                    agreement: agreement(state),
                    studio: studio(),
                    to,
                    by: Some(first.clone()),
                    successor: (what == AgreementNotice::Delegated).then(|| second.clone()),
                    withdraw_until: (what == AgreementNotice::WithdrawalAsked)
                        .then(|| now() + chrono::Duration::days(7)),
                    recorded: (what == AgreementNotice::PaperRecorded).then(|| PaperRecord {
                        recorded_by: "Mona".to_owned(),
                        signed_on: "23 November 2026".to_owned(),
                        version: 2,
                    }),
                    on_paper: Vec::new(),
                };
                let letter = notice(&facts, what, "http://127.0.0.1:8080", &links);
                insta::assert_snapshot!(
                    format!("{what}_to_{whom}"),
                    format!("{}\n\n{}", letter.subject(), letter.text().unwrap())
                );
            }
        }
    }

    #[test]
    fn the_studio_is_told_whom_it_must_tell_on_paper() {
        let facts = AgreementMail {
            agreement: agreement(AgreementState::Voided),
            studio: studio(),
            to: None,
            by: None,
            successor: None,
            withdraw_until: None,
            recorded: None,
            on_paper: vec!["Łucja".to_owned(), "Orson".to_owned()],
        };
        let letter = notice(&facts, AgreementNotice::Voided, "http://127.0.0.1:8080", &LinkKey::new([7; 32]));
        let last = letter.paragraphs.last().unwrap();
        assert_eq!(last, "Not mailed, for they have chosen paper: Łucja, Orson. Tell them on paper.");
    }

    #[test]
    fn a_title_makes_no_path() {
        let agreement = agreement::Model { title: "../a/b: \"c\"\n".to_owned(), ..agreement(AgreementState::Executed) };
        assert_eq!(file_name(&agreement), ".. a b   c AG-7K3M9Q2X.pdf");
    }
}
