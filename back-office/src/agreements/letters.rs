//! What the mails about agreements say. Pure: the same facts give the same letter.

mod invitations;
mod notices;

use domain::{
    agreements::{
        document::{DocumentChange, Template},
        entity::agreement,
    },
    env::Instant,
    visible::isolated,
};

pub(super) use invitations::{code, link};
pub(super) use notices::notice;

/// The most changes that a mail lists.
const MAX_CHANGES: usize = 12;
/// The most characters of what stood in one place, or stands there now.
const MAX_CHANGE: usize = 160;

/// The most characters of a title in a subject or a file's name.
const MAX_TITLE: usize = 80;

/// An agreement's file, as it is called where it is saved.
pub(super) fn file_name(agreement: &agreement::Model) -> String {
    let plain = |c: char| if c.is_control() || "/\\:*?\"<>|".contains(c) { ' ' } else { c };
    let title: String = cut(&agreement.title, MAX_TITLE).chars().map(plain).collect();
    format!("{} {}.pdf", title.trim(), agreement.reference)
}

/// A title as it stands between quotation marks.
fn short(title: &str) -> String {
    within_quotes(&cut(title, MAX_TITLE))
}

/// A name as it stands in a sentence.
fn name(name: &str) -> String {
    isolated(name).into_owned()
}

/// A text of so many characters at the most.
fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most - 1).chain(['…']).collect()
}

/// A text as it stands between quotation marks: its own are single ones, and none of them changes sides.
fn within_quotes(text: &str) -> String {
    let single = |c: char| match c {
        '“' => '‘',
        '”' => '’',
        '"' => '\'',
        other => other,
    };
    name(&text.chars().map(single).collect::<String>())
}

/// What has changed, a line each.
fn listed(changes: &[DocumentChange]) -> Vec<String> {
    let text = |text: Option<&str>| text.map(|text| cut(text, MAX_CHANGE));
    let line = |change: &DocumentChange| match (text(change.before.as_deref()), text(change.after.as_deref())) {
        (Some(before), Some(after)) => format!("– {}: {before} → {after}", change.label),
        (None, Some(after)) => format!("– {}, new: {after}", change.label),
        (Some(before), None) => format!("– {}, gone: {before}", change.label),
        (None, None) => format!("– {}", change.label),
    };
    let mut lines: Vec<String> = changes.iter().take(MAX_CHANGES).map(line).collect();
    if let Some(more) = changes.len().checked_sub(MAX_CHANGES).filter(|more| *more > 0) {
        lines.push(format!("– and {more} more"));
    }
    lines
}

const fn kind(template: Template) -> &'static str {
    match template {
        Template::SplitSheet => "split sheet",
        Template::Producer => "producer agreement",
        Template::MixMaster => "mixing and mastering agreement",
        Template::WorkForHire => "work for hire agreement",
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

#[cfg(test)]
mod tests;
