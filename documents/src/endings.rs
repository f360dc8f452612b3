//! Stream ends that nobody can misread.
//!
//! The writer ends a stream's data with a line feed. Data whose last byte happens to be a carriage return then seems to end with the two
//! together, and a strict judge of PDF/A counts one byte less than `Length` says. There the file gets both, which reads in one way alone.

use memchr::memmem;

const AMBIGUOUS: &[u8] = b"\r\nendstream\nendobj";
const START: &[u8] = b"startxref\n";
/// Bytes of an entry in the table of objects, of which the first ten are the offset.
const ENTRY: usize = 20;
const DIGITS: usize = 10;

/// The file with a whole line end behind each stream, and its table of objects set right; the very same file if no stream needs it, or if it
/// has no plain table.
pub(crate) fn unambiguous(pdf: Vec<u8>) -> Vec<u8> {
    let places: Vec<usize> = memmem::find_iter(&pdf, AMBIGUOUS).collect();
    if places.is_empty() {
        return pdf;
    }
    mended(&pdf, &places).unwrap_or(pdf)
}

fn mended(pdf: &[u8], places: &[usize]) -> Option<Vec<u8>> {
    let shifted = |offset: usize| offset + places.iter().filter(|place| **place < offset).count();
    let start = memmem::rfind(pdf, START)? + START.len();
    let table: usize = number(pdf.get(start..)?)?;
    let head = pdf.get(table..)?.strip_prefix(b"xref\n0 ")?;
    let entries: usize = number(head)?;
    let first = pdf.len() - head.len() + head.iter().position(|byte| *byte == b'\n')? + 1;
    let mut out = Vec::with_capacity(pdf.len() + places.len());
    let mut from = 0;
    for place in places.iter().filter(|place| **place < table) {
        out.extend_from_slice(pdf.get(from..=*place)?);
        out.push(b'\r');
        from = place + 1;
    }
    out.extend_from_slice(pdf.get(from..first)?);
    for index in 0..entries {
        let entry = pdf.get(first + index * ENTRY..first + (index + 1) * ENTRY)?;
        // Entries that are free hold no offset.
        if entry[DIGITS + 7] == b'n' {
            let offset = shifted(number(entry)?);
            out.extend_from_slice(format!("{offset:010}").as_bytes());
        } else {
            out.extend_from_slice(&entry[..DIGITS]);
        }
        out.extend_from_slice(&entry[DIGITS..]);
    }
    out.extend_from_slice(pdf.get(first + entries * ENTRY..start)?);
    out.extend_from_slice(shifted(table).to_string().as_bytes());
    let rest = pdf.get(start..)?;
    out.extend_from_slice(&rest[rest.iter().position(|byte| *byte == b'\n')?..]);
    Some(out)
}

/// The number that bytes begin with.
fn number(bytes: &[u8]) -> Option<usize> {
    let digits = bytes.iter().take_while(|byte| byte.is_ascii_digit()).count();
    std::str::from_utf8(&bytes[..digits]).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file of one stream; its table stands where it says.
    fn file(data: &str) -> Vec<u8> {
        let objects = format!("%PDF-1.7\n1 0 obj\n<</Length {}>>\nstream\n{data}\nendstream\nendobj\n", data.len());
        let second = objects.len();
        let body = format!("{objects}2 0 obj\n<<>>\nendobj\n");
        format!(
            "{body}xref\n0 3\n0000000000 65535 f\r\n0000000009 00000 n\r\n{second:010} 00000 n\r\ntrailer\n<</Size 3>>\nstartxref\n{}\n%%EOF\n",
            body.len()
        )
        .into_bytes()
    }

    #[test]
    fn a_carriage_return_at_the_end_is_told_from_the_line_end() {
        let mended = unambiguous(file("data\r"));
        let text = String::from_utf8(mended.clone()).unwrap();
        assert!(text.contains("data\r\r\nendstream"));
        let second = text.find("2 0 obj").unwrap();
        assert!(text.contains(&format!("{second:010} 00000 n")) && text.contains("0000000009 00000 n"));
        assert!(text.contains(&format!("startxref\n{}\n%%EOF\n", text.find("xref\n").unwrap())));
        assert_eq!(mended.len(), file("data\r").len() + 1);
    }

    #[test]
    fn other_files_stay_as_they_are() {
        for same in [file("data"), b"\r\nendstream\nendobj".to_vec(), Vec::new()] {
            assert_eq!(unambiguous(same.clone()), same);
        }
    }
}
