//! One line of a statement, read again.

use std::{io::Cursor, ops::ControlFlow};

use interchange::statements::{
    Currency, Description, Field, Layout, Line as Said, Options, Progress, StatementError, read,
};

use super::lines::{as_called, as_named, channel_of, exact, in_format, units_of, used_on};
use crate::{pricing::Country, royalties::rules::Line};

/// A line of a statement as royalties are reckoned with it, its store as the file calls it, and its currency, by the very reader that has read the statement. What it is of is left out.
pub(in crate::royalties) fn line_of(
    description: &Description,
    layout: &Layout,
    raw: &str,
    (given, undated_on): (Option<Currency>, chrono::NaiveDate),
) -> Result<Option<(Line, Option<String>, Currency)>, StatementError> {
    // One line alone may not tell the decimal mark that the whole file does.
    let description = Description { decimal: Some(layout.decimal), ..description.clone() };
    let cells: Vec<String> = layout.header.iter().map(|heading| cell(heading)).collect();
    let text = format!("{}\n{raw}\n", cells.join(&layout.separator.to_string()));
    let options = Options { currency: given.or(layout.currency), threads: 1, ..Options::default() };
    let line = |found: &mut Option<(Line, Option<String>, Currency)>, said: &Said<'_>| {
        let text = |field: Field| said.text(field);
        let channel = channel_of([&text(Field::Kind), &text(Field::Channel), &text(Field::Product)]);
        let line = Line {
            subject: None,
            used_on: used_on(said).unwrap_or(undated_on),
            territory: Country::named(&text(Field::Territory)),
            channel: in_format(&layout.format, channel),
            format: as_called(&text(Field::Product)),
            source: as_called(&text(Field::Store)),
            units: units_of(said),
            net: exact(said.amount),
            gross: said.gross.map(exact),
        };
        *found = Some((line, as_named(&text(Field::Store)), said.currency));
    };
    let mut found = None;
    let take = |part: Option<(Line, Option<String>, Currency)>, _: Progress<'_>| {
        found = part.or_else(|| found.take());
        ControlFlow::Continue(())
    };
    read(Cursor::new(text.as_bytes()), &[description], &options, || None, line, take)?;
    Ok(found)
}

/// A heading as a cell of its own.
fn cell(heading: &str) -> String {
    format!("\"{}\"", heading.replace('"', "\"\""))
}
