//! A revision appended to a file: what was there stays as it is, byte for byte.

use std::{collections::BTreeMap, ops::Range};

use super::{
    Dict, File, Id, Object,
    object::{write_dict, write_to},
};

/// What an indirect object consists of.
#[derive(Debug, Clone)]
pub(crate) enum Body {
    Object(Object),
    Stream(Vec<u8>),
}

/// Objects to be added to a file, or to take the place of its own.
#[derive(Debug)]
pub(crate) struct Revision<'f, 'a> {
    file: &'f File<'a>,
    objects: BTreeMap<Id, Body>,
    next: u32,
}

impl<'f, 'a> Revision<'f, 'a> {
    pub(crate) fn of(file: &'f File<'a>) -> Self {
        Self { file, objects: BTreeMap::new(), next: file.next_number() }
    }

    /// Adds a new object.
    pub(crate) fn add(&mut self, body: Body) -> Id {
        let id = Id { number: self.next, generation: 0 };
        self.next += 1;
        self.objects.insert(id, body);
        id
    }

    /// Puts another object in the place of one.
    pub(crate) fn set(&mut self, id: Id, object: Object) {
        self.objects.insert(id, Body::Object(object));
    }

    /// The file with the revision behind it.
    pub(crate) fn write(self) -> Vec<u8> {
        let mut out = self.file.data().to_vec();
        if out.last() != Some(&b'\n') {
            out.push(b'\n');
        }
        let mut offsets: BTreeMap<Id, usize> = BTreeMap::new();
        for (id, body) in &self.objects {
            offsets.insert(*id, out.len());
            write_to(&mut out, format_args!("{} {} obj\n", id.number, id.generation));
            match body {
                Body::Object(object) => object.write(&mut out),
                Body::Stream(bytes) => {
                    let length = i64::try_from(bytes.len()).unwrap_or(i64::MAX);
                    write_dict(&Dict::from([(b"Length".to_vec(), Object::Integer(length))]), &mut out);
                    out.extend_from_slice(b"\nstream\n");
                    out.extend_from_slice(bytes);
                    // Two characters: behind bytes that end with a carriage return, one alone would read as a line end of two that takes from them.
                    out.extend_from_slice(b"\r\nendstream");
                }
            }
            out.extend_from_slice(b"\nendobj\n");
        }
        let table = out.len();
        out.extend_from_slice(b"xref\n");
        for run in runs(offsets.keys().copied()) {
            write_to(&mut out, format_args!("{} {}\n", run.start, run.len()));
            for (id, offset) in offsets.range(Id { number: run.start, generation: 0 }..) {
                if id.number >= run.end {
                    break;
                }
                write_to(&mut out, format_args!("{offset:010} {:05} n \n", id.generation));
            }
        }
        let newest = &self.file.sections()[0];
        let mut trailer = Dict::new();
        for key in ["Root", "Info", "ID"] {
            if let Some(value) = newest.trailer.get(key.as_bytes()) {
                trailer.insert(key.into(), value.clone());
            }
        }
        let prev = i64::try_from(newest.at).unwrap_or(i64::MAX);
        trailer.insert(b"Prev".to_vec(), Object::Integer(prev));
        trailer.insert(b"Size".to_vec(), Object::Integer(i64::from(self.next)));
        out.extend_from_slice(b"trailer\n");
        write_dict(&trailer, &mut out);
        write_to(&mut out, format_args!("\nstartxref\n{table}\n%%EOF\n"));
        out
    }
}

/// Runs of numbers that follow each other.
fn runs(ids: impl Iterator<Item = Id>) -> Vec<Range<u32>> {
    let mut runs: Vec<Range<u32>> = Vec::new();
    for Id { number, .. } in ids {
        match runs.last_mut() {
            Some(run) if run.end == number => run.end += 1,
            _ => runs.push(number..number + 1),
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::world::{Metadata, Typesetter};

    #[test]
    fn bytes_that_end_with_a_carriage_return_keep_it() {
        let metadata = Metadata { ident: "a certificate", created_at: DateTime::UNIX_EPOCH };
        let pdf = Typesetter::bundled().render("Signed.", &(), &metadata).unwrap();
        let file = File::open(&pdf).unwrap();
        let mut revision = Revision::of(&file);
        revision.add(Body::Stream(b"DER\r".to_vec()));
        let written = revision.write();
        assert!(written.windows(16).any(|bytes| bytes == b"\nDER\r\r\nendstream"));
    }
}
