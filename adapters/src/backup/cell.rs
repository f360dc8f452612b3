//! One cell of a row in the form that both databases' rows are kept in: as SQLite stores it. A UUID is its 16 bytes, a truth is 0 or 1, an instant, a
//! date and JSON are their text. So nothing is rounded, and SQLite need not say what a column means, which it does not know.

use std::io::{self, Write};

use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value;

/// How a column is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// Whole numbers of 64 bits, and truths.
    Integer,
    /// Text, and whatever is written as text.
    Text,
    /// Bytes.
    Blob,
}

/// What a row has in a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Cell {
    Null,
    Integer(i64),
    Text(String),
    Blob(Vec<u8>),
}

impl Cell {
    /// About how much memory it takes.
    pub(super) fn bytes(&self) -> usize {
        match self {
            Self::Null | Self::Integer(_) => 8,
            Self::Text(text) => text.len(),
            Self::Blob(bytes) => bytes.len(),
        }
    }

    fn of(class: Class, value: Value) -> Option<Self> {
        match (class, value) {
            (_, Value::Null) => Some(Self::Null),
            (Class::Integer, Value::Number(number)) => number.as_i64().map(Self::Integer),
            (Class::Text, Value::String(text)) => Some(Self::Text(text)),
            (Class::Blob, Value::String(digits)) => hex::decode(digits).ok().map(Self::Blob),
            _ => None,
        }
    }
}

impl Serialize for Cell {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => to.serialize_none(),
            Self::Integer(number) => to.serialize_i64(*number),
            Self::Text(text) => to.serialize_str(text),
            Self::Blob(bytes) => to.serialize_str(&hex::encode(bytes)),
        }
    }
}

/// Writes a row: one line, a JSON array.
pub(super) fn write_row(row: &[Cell], to: &mut impl Write) -> io::Result<()> {
    serde_json::to_writer(&mut *to, row)?;
    to.write_all(b"\n")
}

/// Reads a line as the row of columns of these classes; none if it is no such row.
pub(super) fn read_row(line: &str, classes: &[Class]) -> Option<Vec<Cell>> {
    let values: Vec<Value> = serde_json::from_str(line).ok()?;
    if values.len() != classes.len() {
        return None;
    }
    classes.iter().zip(values).map(|(class, value)| Cell::of(*class, value)).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn class_of(cell: &Cell) -> Class {
        match cell {
            Cell::Null | Cell::Integer(_) => Class::Integer,
            Cell::Text(_) => Class::Text,
            Cell::Blob(_) => Class::Blob,
        }
    }

    fn any_cell() -> impl Strategy<Value = Cell> {
        prop_oneof![
            Just(Cell::Null),
            any::<i64>().prop_map(Cell::Integer),
            proptest::collection::vec(any::<char>(), 0..20).prop_map(|text| Cell::Text(text.into_iter().collect())),
            proptest::collection::vec(any::<u8>(), 0..40).prop_map(Cell::Blob),
        ]
    }

    fn written(row: &[Cell]) -> String {
        let mut line = Vec::new();
        write_row(row, &mut line).unwrap();
        String::from_utf8(line).unwrap()
    }

    proptest! {
        #[test]
        fn a_row_reads_back_as_it_was_written(row in proptest::collection::vec(any_cell(), 0..12)) {
            let classes: Vec<Class> = row.iter().map(class_of).collect();
            let line = written(&row);
            prop_assert!(line.ends_with('\n') && !line.trim_end_matches('\n').contains('\n'), "{line:?}");
            prop_assert_eq!(read_row(line.trim_end_matches('\n'), &classes), Some(row));
        }
    }

    #[test]
    fn the_ends_of_the_numbers_are_kept() {
        let row = [Cell::Integer(i64::MIN), Cell::Integer(i64::MAX), Cell::Integer(9_007_199_254_740_993)];
        assert_eq!(read_row(&written(&row), &[Class::Integer; 3]).as_deref(), Some(row.as_slice()));
    }

    #[test]
    fn what_is_no_such_row_is_refused() {
        for line in
            ["", "{}", "[1]", "[1,2]", "[\"a\",\"zz\"]", "[1.5,\"\"]", "[1,\"a\"]", "[9223372036854775808,\"\"]"]
        {
            assert_eq!(read_row(line, &[Class::Integer, Class::Blob]), None, "{line}");
        }
    }
}
