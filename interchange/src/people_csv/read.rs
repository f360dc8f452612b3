//! Lists read, row by row.

use csv::{ReaderBuilder, StringRecord};

use super::columns::{Column, List, Part, recognise};
use crate::{
    contact::{self, Address, Contact, Import, Imported, MAX_CHARACTERS, MAX_VALUES, ReadError, Rejected, Room},
    fault::Fault,
    spreadsheet::FORMULA,
};

/// What Google puts between several values of one cell.
const SEVERAL: &str = " ::: ";

/// Reads a list with headings in its first row.
///
/// # Errors
///
/// A file that is too large, has too many rows or values, is no text, has no heading of a contact, or opens a quotation mark that it never closes.
pub fn read(bytes: &[u8]) -> Result<Import, ReadError> {
    let text = contact::text(bytes, "CSV")?;
    let separator = separator(text.lines().next().unwrap_or_default());
    if let Some(line) = open_quote(&text, separator) {
        return Err(ReadError::OpenQuote { line });
    }
    let delimiter = u8::try_from(separator).unwrap_or(b',');
    let mut reader =
        ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(text.as_bytes());
    let mut records = reader.records();
    let remedy = "write headings such as First Name, Company, E-mail Address into the first row";
    let empty = ReadError::Empty { expected: "list of contacts", remedy };
    let Some(Ok(headings)) = records.next() else { return Err(empty) };
    let headings: Vec<String> = headings.iter().map(|heading| heading.trim().to_owned()).collect();
    let columns: Vec<Column> = headings.iter().map(|heading| recognise(heading)).collect();
    if columns.iter().all(|column| *column == Column::Other) || columns.len() > MAX_VALUES {
        return Err(empty);
    }

    let mut import = Import::default();
    let mut room = Room::WHOLE;
    let mut lines = Lines { text: text.as_bytes(), at: 0, line: 1 };
    // The text is UTF-8 and rows may differ in length: no record fails.
    for record in records.flatten() {
        let line = lines.of(record.position().map_or(0, csv::Position::byte));
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        match row(&record, &headings, &columns, room.values) {
            Ok((contact, notices)) => {
                room.take(contact.values() + notices.len())?;
                import.contacts.push(Imported { line, contact, notices });
            }
            Err(fault) => {
                let said = record.iter().filter(|cell| !cell.trim().is_empty());
                let source: Vec<String> = said.take(MAX_VALUES).map(str::to_owned).collect();
                room.take(source.len())?;
                import.rejected.push(Rejected { line, fault, source });
            }
        }
    }
    Ok(import)
}

/// The separator that the headings have most of.
fn separator(headings: &str) -> char {
    // The last of equals is taken: the comma.
    [';', '\t', ','].into_iter().max_by_key(|separator| headings.matches(*separator).count()).unwrap_or(',')
}

/// The line of a cell's quotation mark that is never closed. Only a mark that begins a cell opens one.
fn open_quote(text: &str, separator: char) -> Option<u64> {
    let (mut line, mut opened, mut begins) = (1, None, true);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c == '\n' || (c == '\r' && chars.peek() != Some(&'\n')) {
            line += 1;
        }
        if opened.is_some() {
            if c == '"' && chars.next_if_eq(&'"').is_none() {
                opened = None;
            }
        } else if c == '"' && begins {
            opened = Some(line);
        }
        begins = opened.is_none() && (c == separator || c == '\n' || c == '\r');
    }
    opened
}

/// The lines of places in a text, which are asked for in order.
struct Lines<'a> {
    text: &'a [u8],
    at: usize,
    line: u64,
}

impl Lines<'_> {
    /// The line of the record before whose line breaks this byte lies: the reader leaves them to the next one.
    fn of(&mut self, byte: u64) -> u64 {
        let from = usize::try_from(byte).map_or(self.text.len(), |byte| byte.min(self.text.len()));
        let breaks = self.text[from..].iter().take_while(|b| matches!(b, b'\r' | b'\n')).count();
        for at in self.at..from + breaks {
            let is_end = self.text[at] == b'\n' || (self.text[at] == b'\r' && self.text.get(at + 1) != Some(&b'\n'));
            self.line += u64::from(is_end);
        }
        self.at = from + breaks;
        self.line
    }
}

/// A row's contact, and what of it was not taken; or why there is none. A row that says more than there is room for is not read to its end.
fn row(
    record: &StringRecord,
    headings: &[String],
    columns: &[Column],
    room: usize,
) -> Result<(Contact, Vec<Fault>), Fault> {
    if record.iter().skip(columns.len()).any(|cell| !cell.trim().is_empty()) {
        let problem = format!("the row has {} cells where the headings are {}", record.len(), columns.len());
        return Err(Fault::new("row", problem, "put cells that contain the separator into quotation marks"));
    }
    let cells: Vec<String> = record.iter().map(plain).collect();
    let said = || cells.iter().zip(headings).zip(columns).filter(|((cell, _), _)| !cell.is_empty());
    if let Some(((_, heading), _)) = said().find(|((cell, _), _)| cell.chars().count() > MAX_CHARACTERS) {
        let problem = format!("the cell has more than {MAX_CHARACTERS} characters");
        return Err(Fault::new(heading, problem, "shorten it, and look whether a quotation mark is missing"));
    }
    let mut contact = Contact::default();
    let mut notices = Vec::new();
    // Addresses come in several columns, each address under its key.
    let mut addresses: Vec<(&str, Address)> = Vec::new();
    for ((cell, heading), column) in said() {
        match column {
            Column::Value(list, key, label) => {
                let own = said().find_map(|((cell, _), column)| match column {
                    Column::Label(of, which) if of == list && which == key => contact::label(cell),
                    _ => None,
                });
                for value in cell.split(SEVERAL).map(str::trim).filter(|value| !value.is_empty()) {
                    let label = own.clone().or(label.map(str::to_owned));
                    let added = match list {
                        List::Mails => contact.add_mail(heading, label, value),
                        List::Phones => contact.add_phone(heading, label, value),
                        List::Urls => contact.add_url(heading, label, value),
                    };
                    notices.extend(added.err());
                }
            }
            Column::Address(part, key, label) => {
                let at = addresses.iter().position(|(known, _)| known == key).unwrap_or_else(|| {
                    addresses.push((key.as_str(), Address { label: label.map(str::to_owned), ..Address::default() }));
                    addresses.len() - 1
                });
                put_address(&mut contact, &mut addresses[at].1, *part, heading, cell);
            }
            Column::Label(..) | Column::AddressLabel(_) | Column::Formatted(_) => {}
            Column::Other => contact.add_extra(heading, cell),
            single => put(&mut contact, single, heading, cell),
        }
        if contact.values() + notices.len() > room {
            return Ok((contact, notices));
        }
    }
    for ((cell, _), column) in said() {
        // It says again what the parts say, and counts where there are none.
        if let Column::Formatted(key) = column
            && addresses.iter().all(|(known, _)| known != key)
        {
            addresses.push((key.as_str(), Address { street: cell.clone(), ..Address::default() }));
        }
    }
    for (key, mut address) in addresses {
        for ((cell, _), column) in said() {
            if matches!(column, Column::AddressLabel(which) if which == key) {
                address.label = contact::label(cell);
            }
        }
        contact.addresses.push(address);
    }
    contact.complete();
    if contact.display_name().is_empty() { Err(contact::nobody()) } else { Ok((contact, notices)) }
}

/// Puts a cell into a field that there is one of; what comes twice is kept beside it.
fn put(contact: &mut Contact, column: &Column, heading: &str, cell: &str) {
    let field = match column {
        Column::Full => &mut contact.name.full,
        Column::Prefix => &mut contact.name.prefix,
        Column::Given => &mut contact.name.given,
        Column::Additional => &mut contact.name.additional,
        Column::Family => &mut contact.name.family,
        Column::Suffix => &mut contact.name.suffix,
        Column::Nickname => &mut contact.nickname,
        Column::Organisation => &mut contact.organisation,
        Column::Department => &mut contact.department,
        Column::Title => &mut contact.title,
        Column::Notes => return contact.add_note(cell),
        Column::Categories => {
            // Google marks its own groups with an asterisk: everybody is in one, and nobody has put them there.
            let all = cell.replace(SEVERAL, ";");
            for category in all.split([';', ',']).map(str::trim).filter(|category| !category.starts_with("* ")) {
                contact.add_category(heading, category);
            }
            return;
        }
        _ => return,
    };
    if !contact::fill(field, cell) {
        contact.add_extra(heading, cell);
    }
}

/// Puts a cell into an address; a part that comes twice is kept beside it.
fn put_address(contact: &mut Contact, address: &mut Address, part: Part, heading: &str, cell: &str) {
    let field = match part {
        Part::Street => return address.add_street(cell),
        Part::Locality => &mut address.locality,
        Part::Region => &mut address.region,
        Part::PostalCode => &mut address.postal_code,
        Part::Country => &mut address.country,
    };
    if !contact::fill(field, cell) {
        contact.add_extra(heading, cell);
    }
}

/// A cell without what defuses formulas, without control characters and blanks around it; any line break is one.
fn plain(cell: &str) -> String {
    let cell = cell.strip_prefix('\'').filter(|rest| rest.starts_with(FORMULA)).unwrap_or(cell);
    let one = cell.replace("\r\n", "\n").replace('\r', "\n");
    let plain: String = one.chars().filter(|c| !c.is_control() || *c == '\n').collect();
    plain.trim().to_owned()
}
