//! What a studio changes in a template's clauses: read by itself, and checked against the template alone.

use std::collections::BTreeSet;

use super::clauses::{ESSENTIAL, STATED, ids};
use super::model::{ClauseEdits, Template};
use super::{parsed, schema};
use crate::error::DocumentError;
use crate::faults::{Faults, MAX_PARAGRAPH_CHARS};

/// Reads edits of a template's clauses and checks them as they would be in an agreement's `clauses`.
///
/// # Errors
/// [`DocumentError::Invalid`] with every fault and its path, such as `clauses.off[0]`.
pub fn edits_from_json(template: Template, json: &str) -> Result<ClauseEdits, DocumentError> {
    let value = parsed(json)?;
    schema::check_edits(&value)?;
    let edits: ClauseEdits =
        serde_json::from_value(value).map_err(|error| schema::not_read("clauses", error.to_string()))?;
    let mut faults = Faults::default();
    check(&mut faults, template, &edits);
    faults.done()?;
    Ok(edits)
}

/// Checks edits of a template's clauses.
pub(super) fn check(faults: &mut Faults, template: Template, edits: &ClauseEdits) {
    Check { faults, known: ids(template).iter().copied().collect() }.edits(edits);
}

struct Check<'a> {
    faults: &'a mut Faults,
    /// The ids of the clauses that there are.
    known: BTreeSet<&'a str>,
}

impl<'a> Check<'a> {
    fn edits(&mut self, edits: &'a ClauseEdits) {
        for (index, added) in edits.added.iter().enumerate() {
            let path = format!("clauses.added[{index}]");
            let well_formed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
            if added.id.is_empty() || added.id.len() > 60 || !added.id.chars().all(well_formed) {
                let remedy = "give small letters, digits and dashes, at most 60";
                self.faults.add_as("form", format!("{path}.id"), "is no id of a clause", remedy);
            } else if self.known.contains(added.id.as_str()) {
                let remedy = "choose an id that no other clause has";
                self.faults.add_as("twice", format!("{path}.id"), "is the id of another clause", remedy);
            }
            if added.after.as_deref().is_some_and(|after| !self.known.contains(after)) {
                self.no_clause(&format!("{path}.after"));
            }
            self.faults.line(format!("{path}.heading"), &added.heading);
            self.faults.text(format!("{path}.summary"), &added.summary, MAX_PARAGRAPH_CHARS);
            self.paragraphs(&format!("{path}.body"), &added.body);
            self.known.insert(&added.id);
        }
        self.faults.most("clauses.added", edits.added.len(), 50);
        for (index, id) in edits.off.iter().enumerate() {
            let path = format!("clauses.off[{index}]");
            self.editable(&path, id);
            if STATED.contains(&id.as_str()) {
                let remedy = "replace its words instead, or add a clause behind it";
                self.faults.add_as("essential", path, format!("‘{id}’ is what every agreement states"), remedy);
            }
        }
        for (id, body) in &edits.replaced {
            let path = format!("clauses.replaced.{id}");
            self.editable(&path, id);
            self.paragraphs(&path, body);
        }
        for (id, summary) in &edits.summaries {
            let path = format!("clauses.summaries.{id}");
            if !self.known.contains(id.as_str()) {
                self.no_clause(&path);
            }
            self.faults.text(path, summary, MAX_PARAGRAPH_CHARS);
        }
    }

    fn editable(&mut self, path: &str, id: &str) {
        if !self.known.contains(id) {
            self.no_clause(path);
        } else if ESSENTIAL.contains(&id) {
            let remedy = "change the terms instead, or add a clause behind it";
            let problem = format!("‘{id}’ carries the agreement’s own terms");
            self.faults.add_as("essential", path, problem, remedy);
        }
    }

    fn no_clause(&mut self, path: &str) {
        let remedy = format!("give one of {}", self.known.iter().copied().collect::<Vec<_>>().join(", "));
        self.faults.add_as("choice", path, "is no clause of this agreement", remedy);
    }

    fn paragraphs(&mut self, path: &str, body: &[String]) {
        self.faults.count(path, body.len(), 50);
        for (index, paragraph) in body.iter().enumerate() {
            self.faults.text(format!("{path}[{index}]"), paragraph, MAX_PARAGRAPH_CHARS);
        }
    }
}
