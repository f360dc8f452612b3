//! The mails by which a signer comes in: the link, and the code.

use domain::{
    agreements::{
        document::DocumentChange,
        entity::LinkReason,
        queries::{CodeMail, LinkMail},
    },
    env::Instant,
};

use super::{foot, kind, listed, moment, name, short, within_quotes};
use crate::letters::Notice;

/// The link under which a signer signs; with what has changed since they knew it last, if that is the reason and can be told.
pub(in crate::agreements) fn link(facts: &LinkMail, changes: Option<&[DocumentChange]>, url: &str) -> Notice {
    let LinkMail { link, agreement, studio, signer, delegated_by, said, .. } = facts;
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
        LinkReason::Changed => changed(facts, changes),
        LinkReason::Delegated => (
            format!("Please sign: {title}"),
            format!(
                "{} has handed the {what} “{title}” of {studio} on to you: you are asked to read and sign it for them.",
                name(delegated_by.as_deref().unwrap_or("a party")),
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
    if link.reason == LinkReason::Changed {
        paragraphs.extend(listed(changes.unwrap_or_default()));
    }
    if let Some(words) = said {
        let writer = match link.reason {
            LinkReason::Delegated => delegated_by.as_ref(),
            LinkReason::Changed => facts.proposed_by.as_ref(),
            _ => None,
        };
        paragraphs.push(format!("{} writes: “{}”", name(writer.unwrap_or(studio)), within_quotes(words)));
    }
    paragraphs.push("You need no account. The link opens once; a code that is mailed to you then shows that it is you. You can sign, decline with a reason, propose a change, or hand it on to somebody else.".to_owned());
    paragraphs.push(until(agreement.expires_at, link.expires_at));
    Notice {
        heading: subject.clone(),
        subject,
        paragraphs,
        button: Some((button.to_owned(), url.to_owned())),
        small_print: format!(
            "{}. Do not pass this mail on: whoever has it is taken for you. If you do not know the studio, ignore it.",
            foot(studio, agreement),
        ),
    }
}

/// Until when it can be signed, and until when the link opens, where that is sooner.
fn until(signed: Option<Instant>, opened: Instant) -> String {
    let by_link = format!("This link opens until {}; after that its page mails you another.", moment(opened));
    match signed.map(|at| (at, format!("It can be signed until {}.", moment(at)))) {
        Some((at, by_then)) if at <= opened => by_then,
        Some((_, by_then)) => format!("{by_then} {by_link}"),
        None => by_link,
    }
}

/// Subject, reason and button of what is to be signed in another version: where somebody proposed it and the text is the same, nothing but words was
/// taken. Data that is the same says less than that: it may read otherwise.
fn changed(facts: &LinkMail, changes: Option<&[DocumentChange]>) -> (String, String, &'static str) {
    let (what, title) = (kind(facts.agreement.template), short(&facts.agreement.title));
    let same_text = facts.compared.as_ref().is_some_and(|compared| compared.same_text);
    if same_text && facts.proposed_by.is_some() && changes.is_none_or(<[_]>::is_empty) {
        let why = format!(
            "what was proposed about the {what} “{title}” changes no word of it: {} has answered, and it waits for your signature.",
            facts.studio.name
        );
        return (format!("Please sign: {title}"), why, "Read and sign");
    }
    let had_signed = facts.compared.as_ref().is_some_and(|compared| compared.had_signed);
    let (subject, void) = if had_signed {
        ("Changed, please sign again", " What you signed before no longer counts.")
    } else {
        ("Changed, please read again", "")
    };
    let since = if facts.compared.is_some() { "since you last saw it" } else { "since it was sent to you" };
    let lead_in = if changes.is_some_and(|changes| !changes.is_empty()) { " This is new:" } else { "" };
    let why = format!("the {what} “{title}” has changed {since}.{void}{lead_in}");
    (format!("{subject}: {title}"), why, "See what has changed")
}

/// The code that shows that the mailbox is the signer's.
pub(in crate::agreements) fn code(facts: &CodeMail) -> Notice {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_two_ends_the_later_is_told_where_both_matter() {
        let (sooner, later) = ("2026-11-30T12:00:00Z".parse().unwrap(), "2026-12-23T12:00:00Z".parse().unwrap());
        let (first, last) = ("30 November 2026, 12:00 UTC", "23 December 2026, 12:00 UTC");
        assert_eq!(until(Some(sooner), later), format!("It can be signed until {first}."));
        let link = format!("This link opens until {first}; after that its page mails you another.");
        assert_eq!(until(Some(later), sooner), format!("It can be signed until {last}. {link}"));
        assert_eq!(until(None, sooner), link);
    }
}
