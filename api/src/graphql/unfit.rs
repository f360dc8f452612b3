//! What fits no field, whatever it is for: a text with the character NUL, which `PostgreSQL` keeps nowhere, and a time or day whose year has more or fewer than
//! four digits or a sign, which RFC 3339 does not know and the databases reckon with differently.

use async_graphql::{
    Positioned, ServerError, ServerResult, Value, Variables,
    parser::types::{Directive, ExecutableDocument, Selection, SelectionSet},
};

use super::errors::request_error;

/// Refuses it in the values of variables.
pub(super) fn refuse_in_variables(variables: &Variables) -> ServerResult<()> {
    variables.values().try_for_each(refuse)
}

/// Refuses it in the values that a document itself holds; those of variables are looked at by themselves.
pub(super) fn refuse_in_document(document: &ExecutableDocument) -> ServerResult<()> {
    for (_, operation) in document.operations.iter() {
        for variable in &operation.node.variable_definitions {
            if let Some(value) = variable.node.default_value() {
                refuse(value)?;
            }
        }
        refuse_in_set(&operation.node.selection_set.node)?;
    }
    document.fragments.values().try_for_each(|fragment| refuse_in_set(&fragment.node.selection_set.node))
}

fn refuse_in_set(set: &SelectionSet) -> ServerResult<()> {
    for item in &set.items {
        match &item.node {
            Selection::Field(field) => {
                for (_, value) in &field.node.arguments {
                    refuse(&value.node.clone().into_const_with(|_| Ok::<_, ServerError>(Value::Null))?)?;
                }
                refuse_in_directives(&field.node.directives)?;
                refuse_in_set(&field.node.selection_set.node)?;
            }
            Selection::InlineFragment(fragment) => {
                refuse_in_directives(&fragment.node.directives)?;
                refuse_in_set(&fragment.node.selection_set.node)?;
            }
            Selection::FragmentSpread(spread) => refuse_in_directives(&spread.node.directives)?,
        }
    }
    Ok(())
}

fn refuse_in_directives(directives: &[Positioned<Directive>]) -> ServerResult<()> {
    for (_, value) in directives.iter().flat_map(|directive| &directive.node.arguments) {
        refuse(&value.node.clone().into_const_with(|_| Ok::<_, ServerError>(Value::Null))?)?;
    }
    Ok(())
}

fn refuse(value: &Value) -> ServerResult<()> {
    match value {
        Value::String(text) => refuse_text(text),
        Value::List(values) => values.iter().try_for_each(refuse),
        Value::Object(fields) => fields.values().try_for_each(refuse),
        _ => Ok(()),
    }
}

fn refuse_text(text: &str) -> ServerResult<()> {
    if text.contains('\0') {
        return Err(request_error("TEXT_WITH_NUL", "a text holds the character NUL; leave it out"));
    }
    if has_odd_year(text) {
        return Err(request_error("ODD_YEAR", format!("{text:?}: a year has four digits and no sign")));
    }
    Ok(())
}

/// Whether a text is written as a day, or begins as one, but for a sign before its year; more than four digits are read behind one alone.
fn has_odd_year(text: &str) -> bool {
    let Some((year, rest)) = text.trim_start().strip_prefix(['+', '-']).and_then(|text| text.split_once('-')) else {
        return false;
    };
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let Some((month, day)) = rest.split_once('-') else { return false };
    let is_day = day.chars().next().is_some_and(|first| first.is_ascii_digit());
    is_number(year) && is_number(month) && month.len() <= 2 && is_day
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn years_have_four_digits() {
        for odd in
            ["+262142-12-31", "-0001-01-01", "-262143-01-01T00:00:00Z", "+2026-1-1", " +12026-01-01T00:00:00+01:00"]
        {
            assert!(has_odd_year(odd), "{odd}");
        }
        for plain in
            ["2026-12-01", "2026-12-01T00:00:00Z", "-5", "+49-30-x", "+-1-2", "- one-two-3", "", "+49 30 1234-5-6"]
        {
            assert!(!has_odd_year(plain), "{plain}");
        }
    }
}
