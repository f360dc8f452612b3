//! What a signature covers: everything up to the end of its revision but its own contents, and nothing less.

use std::ops::Range;

use super::{
    super::{
        fields::{Field, signature_fields},
        pdf::{File, Object, PdfError},
    },
    report::{Finding, FindingKind},
};

/// The bytes that a signature covers.
#[derive(Debug, Clone)]
pub(super) struct Coverage<'a> {
    /// Before and behind its contents.
    pub(super) pieces: [&'a [u8]; 2],
    /// The file as it was when it was signed.
    pub(super) revision: File<'a>,
}

impl Coverage<'_> {
    /// Bytes from the start of the file up to the end of what is covered.
    pub(super) fn end(&self) -> usize {
        self.revision.data().len()
    }
}

/// The numbers of a signature's byte range, as far as they are numbers.
pub(super) fn numbers(field: &Field) -> Vec<i64> {
    let range = field.entries.get(b"ByteRange".as_slice()).and_then(Object::as_array).unwrap_or_default();
    range.iter().filter_map(Object::as_integer).collect()
}

/// Checks the byte range of a signature; what is wrong with it is a finding.
pub(super) fn check<'a>(file: &File<'a>, field: &Field) -> Result<Result<Coverage<'a>, Finding>, PdfError> {
    let name = &field.name;
    let wrong = |kind, message: String| Ok(Err(Finding::new(kind, message)));
    let numbers: Vec<usize> = numbers(field).iter().filter_map(|number| usize::try_from(*number).ok()).collect();
    let [0, before, behind, length] = numbers.as_slice() else {
        let message = format!("The byte range of “{name}” is not four numbers that begin at 0.");
        return wrong(FindingKind::ByteRangeMalformed, message);
    };
    let Some(end) = behind.checked_add(*length).filter(|end| *end <= file.data().len()) else {
        let message = format!("The byte range of “{name}” reaches beyond the end of the file.");
        return wrong(FindingKind::ByteRangeBeyondFile, message);
    };
    let covered = &file.data()[..end];
    let Ok(revision) = File::open(covered) else {
        let message = format!("“{name}” ends in the middle of a revision.");
        return wrong(FindingKind::ByteRangeNotARevision, message);
    };
    let same_place = revision.entries().get(&field.signature.number) == file.entries().get(&field.signature.number);
    let in_form = signature_fields(&revision)?.iter().any(|known| known.signature == field.signature);
    if !same_place || !in_form {
        let message = format!("“{name}” is not part of the revision that it covers.");
        return wrong(FindingKind::SignatureMoved, message);
    }
    let contents: Option<Range<usize>> = file.place(field.signature, "Contents")?;
    if contents != Some(*before..*behind) {
        let message = format!("“{name}” leaves out other bytes than its own contents.");
        return wrong(FindingKind::ByteRangeGap, message);
    }
    Ok(Ok(Coverage { pieces: [&covered[..*before], &covered[*behind..]], revision }))
}
