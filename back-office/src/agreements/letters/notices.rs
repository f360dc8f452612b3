//! The mails about how an agreement stands: to signers, and to the studio.

use domain::{
    agreements::{
        document::DocumentChange,
        entity::{AgreementNotice, signer},
        queries::{AgreementMail, proposal_url},
    },
    links::LinkKey,
};

use super::{foot, kind, listed, moment, name, short, within_quotes};
use crate::letters::Notice;

/// A subject, what is said, and a button.
type Words = (String, Vec<String>, Option<(String, String)>);

/// To the studio: somebody proposes a change, or asks for one in words.
fn countered(facts: &AgreementMail, changes: Option<&[DocumentChange]>, url: Option<String>) -> Words {
    let (document, title) = (kind(facts.agreement.template), short(&facts.agreement.title));
    let by = name_or(facts.by.as_ref(), "A signer");
    let words_alone = changes.is_some_and(<[_]>::is_empty);
    let (subject, what) = if words_alone {
        (
            "A change is asked for",
            format!("{by} asks in words for a change to the {document} “{title}”; its text is as it was."),
        )
    } else {
        ("A change is proposed", format!("{by} proposes a change to the {document} “{title}”:"))
    };
    let mut said = vec![what];
    said.extend(listed(changes.unwrap_or_default()));
    let note = facts.proposal.as_ref().and_then(|proposal| proposal.note.as_deref());
    said.extend(note.map(|words| format!("{by} writes: “{}”", within_quotes(words))));
    said.push(if words_alone {
        "Until you answer, nobody can sign. Do not take it (`refuseCounter`), and say why; or edit the document (`editAgreement`), and everybody \
         is asked to sign what it says then."
            .to_owned()
    } else {
        "Until you answer, nobody can sign. If you take it (`acceptCounter`), only those whom it concerns are asked to sign again; if you do not \
         (`refuseCounter`), the document stands as it is."
            .to_owned()
    });
    (format!("{subject}: {title}"), said, url.map(|url| ("Read what is proposed".to_owned(), url)))
}

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
/// Of a change that is proposed, with what is different, if that can be told.
pub(in crate::agreements) fn notice(
    facts: &AgreementMail,
    what: AgreementNotice,
    changes: Option<&[DocumentChange]>,
    (public_url, links): (&str, &LinkKey),
) -> Notice {
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
        AgreementNotice::Countered => {
            let waits = facts.proposal.as_ref().map(|open| open.version);
            countered(facts, changes, waits.map(|version| proposal_url(public_url, links, agreement, version)))
        }
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

fn name_or(signer: Option<&signer::Model>, nobody: &str) -> String {
    name(signer.map_or(nobody, |row| row.name.as_str()))
}
