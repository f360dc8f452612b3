//! Rows for spreadsheets: cells quoted as RFC 4180 says, and none that a program takes for a formula.

/// What begins a formula in one spreadsheet or another.
pub(crate) const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// Adds a row.
pub(crate) fn push_row<'a>(out: &mut String, cells: impl Iterator<Item = &'a str>) {
    for (i, cell) in cells.enumerate() {
        if i > 0 {
            out.push(',');
        }
        let cell = harmless(cell);
        if cell.contains(['"', ',', '\r', '\n']) {
            out.push('"');
            out.push_str(&cell.replace('"', "\"\""));
            out.push('"');
        } else {
            out.push_str(&cell);
        }
    }
    out.push_str("\r\n");
}

/// A cell that no spreadsheet takes for a formula. A telephone number is none, and stays as it is for other programs.
fn harmless(cell: &str) -> String {
    let is_number = cell
        .strip_prefix('+')
        .is_some_and(|rest| !rest.is_empty() && rest.chars().all(|c| c.is_ascii_digit() || c == ' '));
    if cell.starts_with(FORMULA) && !is_number { format!("'{cell}") } else { cell.to_owned() }
}
