//! A file as the table of objects of its newest revision shows it.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
    sync::Arc,
};

use super::{Dict, Id, Object, Parser, PdfError};

/// Most revisions of one file.
const MAX_REVISIONS: usize = 256;

/// How far from the end `startxref` is looked for, in bytes.
const TAIL: usize = 64;

/// Most references that lead from one to the next.
const MAX_STEPS: usize = 8;

/// Where an object stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Entry {
    Free,
    At { offset: usize, generation: u16 },
}

/// The table and trailer of one revision.
#[derive(Debug, Clone)]
pub(crate) struct Section {
    /// Offset of the word `xref`.
    pub(crate) at: usize,
    pub(crate) entries: BTreeMap<u32, Entry>,
    pub(crate) trailer: Dict,
    /// Offset behind the trailer.
    pub(crate) end: usize,
}

/// An indirect object.
#[derive(Debug, Clone)]
pub(crate) struct Indirect {
    pub(crate) object: Object,
    /// Where the bytes of its stream are, as they are stored.
    pub(crate) stream: Option<Range<usize>>,
    /// Offset behind `endobj`.
    pub(crate) end: usize,
}

/// A PDF, read through its tables.
#[derive(Debug, Clone)]
pub(crate) struct File<'a> {
    data: &'a [u8],
    /// Of all revisions up to the end of the data, newest first.
    all: Arc<[Section]>,
    /// How many of them are left out.
    later: usize,
    entries: BTreeMap<u32, Entry>,
}

impl<'a> File<'a> {
    /// Reads the tables of all revisions.
    pub(crate) fn open(data: &'a [u8]) -> Result<Self, PdfError> {
        if !data.starts_with(b"%PDF-") {
            return Err(PdfError::NotPdf);
        }
        let mut sections: Vec<Section> = Vec::new();
        let mut seen = BTreeSet::new();
        let mut next = Some(start_of_table(data)?);
        while let Some(at) = next {
            if !seen.insert(at) || seen.len() > MAX_REVISIONS {
                return Err(PdfError::Broken { at, problem: "the tables of objects lead in a circle" });
            }
            let section = read_section(data, at)?;
            next = match section.trailer.get(b"Prev".as_slice()) {
                None => None,
                Some(Object::Integer(prev)) => Some(
                    usize::try_from(*prev)
                        .ok()
                        // Each table stands behind the one that it adds to.
                        .filter(|prev| *prev < at)
                        .ok_or(PdfError::Broken {
                            at,
                            problem: "the earlier table of objects is not before this one",
                        })?,
                ),
                Some(_) => return Err(PdfError::Broken { at, problem: "Prev is no number" }),
            };
            sections.push(section);
        }
        if sections.iter().any(|section| section.trailer.contains_key(b"Encrypt".as_slice())) {
            return Err(PdfError::Encrypted);
        }
        Ok(Self::of(data, sections.into(), 0))
    }

    fn of(data: &'a [u8], all: Arc<[Section]>, later: usize) -> Self {
        let mut entries = BTreeMap::new();
        for section in all[later..].iter().rev() {
            entries.extend(section.entries.iter().map(|(number, entry)| (*number, *entry)));
        }
        Self { data, all, later, entries }
    }

    /// The file before its last revisions, as far as there were any before.
    pub(crate) fn without_last(&self, revisions: usize) -> Option<Self> {
        (revisions < self.sections().len()).then(|| Self::of(self.data, self.all.clone(), self.later + revisions))
    }

    pub(crate) fn data(&self) -> &'a [u8] {
        self.data
    }

    /// The revisions, newest first; there is at least one.
    pub(crate) fn sections(&self) -> &[Section] {
        &self.all[self.later..]
    }

    /// The bytes of the oldest revision, to the end of its `%%EOF`.
    pub(crate) fn first_revision(&self) -> Result<&'a [u8], PdfError> {
        let first = self.all.last().ok_or(PdfError::NoEnd)?;
        let mut parser = Parser::new(self.data, first.end);
        let leads_here = parser.keyword(b"startxref") && parser.unsigned::<usize>()? == first.at;
        parser.skip_white();
        if leads_here && parser.take(b"%%EOF") {
            Ok(&self.data[..parser.at()])
        } else {
            Err(parser.error("the first revision does not end here"))
        }
    }

    pub(crate) fn trailer(&self) -> &Dict {
        &self.sections()[0].trailer
    }

    /// Where each object stands in this revision.
    pub(crate) fn entries(&self) -> &BTreeMap<u32, Entry> {
        &self.entries
    }

    /// A number above all that are in use.
    pub(crate) fn next_number(&self) -> u32 {
        let size =
            self.sections().iter().filter_map(|section| section.trailer.get(b"Size".as_slice())?.as_integer()).max();
        let size = size.and_then(|size| u32::try_from(size).ok()).unwrap_or_default();
        self.entries.keys().next_back().map_or(1, |last| last.saturating_add(1)).max(size)
    }

    /// The indirect object of this id, or `None` where the table has none.
    pub(crate) fn get(&self, id: Id) -> Result<Option<Indirect>, PdfError> {
        match self.entries.get(&id.number) {
            Some(Entry::At { offset, generation }) if *generation == id.generation => {
                let (found, indirect) = self.indirect_at(*offset)?;
                if found != id {
                    return Err(PdfError::Broken {
                        at: *offset,
                        problem: "another object than the table says stands here",
                    });
                }
                Ok(Some(indirect))
            }
            _ => Ok(None),
        }
    }

    /// Follows references to the object itself; what is missing is null.
    pub(crate) fn resolve(&self, object: &Object) -> Result<Object, PdfError> {
        let mut object = object.clone();
        for _ in 0..MAX_STEPS {
            let Object::Reference(id) = object else { return Ok(object) };
            object = self.get(id)?.map_or(Object::Null, |indirect| indirect.object);
        }
        Err(PdfError::Broken { at: 0, problem: "a reference leads in a circle" })
    }

    /// The value of a key, resolved; null where there is none.
    pub(crate) fn lookup(&self, entries: &Dict, key: &str) -> Result<Object, PdfError> {
        entries.get(key.as_bytes()).map_or(Ok(Object::Null), |value| self.resolve(value))
    }

    /// As [`Self::lookup`], for a dictionary; an empty one where there is none.
    pub(crate) fn lookup_dict(&self, entries: &Dict, key: &str) -> Result<Dict, PdfError> {
        Ok(if let Object::Dict(found) = self.lookup(entries, key)? { found } else { Dict::new() })
    }

    /// As [`Self::lookup`], for an array; an empty one where there is none.
    pub(crate) fn lookup_array(&self, entries: &Dict, key: &str) -> Result<Vec<Object>, PdfError> {
        Ok(if let Object::Array(found) = self.lookup(entries, key)? { found } else { Vec::new() })
    }

    /// Id of the catalogue.
    pub(crate) fn root(&self) -> Result<Id, PdfError> {
        let broken = PdfError::Broken { at: self.sections()[0].at, problem: "the trailer names no catalogue" };
        self.trailer().get(b"Root".as_slice()).and_then(Object::as_reference).ok_or(broken)
    }

    /// The catalogue.
    pub(crate) fn catalog(&self) -> Result<Dict, PdfError> {
        match self.resolve(&Object::Reference(self.root()?))? {
            Object::Dict(catalog) => Ok(catalog),
            _ => Err(PdfError::Broken { at: self.sections()[0].at, problem: "the catalogue is missing" }),
        }
    }

    /// The pages in order, with all nodes of the tree that leads to them.
    pub(crate) fn pages(&self) -> Result<(Vec<Id>, Vec<Id>), PdfError> {
        let (mut pages, mut nodes) = (Vec::new(), Vec::new());
        let mut seen = BTreeSet::new();
        let mut open: Vec<Object> = self.catalog()?.get(b"Pages".as_slice()).cloned().into_iter().collect();
        while let Some(node) = open.pop() {
            let id = node.as_reference().filter(|id| seen.insert(*id));
            let broken = PdfError::Broken { at: 0, problem: "the tree of pages is broken" };
            let Some(id) = id else { return Err(broken) };
            let Object::Dict(entries) = self.resolve(&node)? else { return Err(broken) };
            if entries.contains_key(b"Kids".as_slice()) {
                nodes.push(id);
                open.extend(self.lookup_array(&entries, "Kids")?.into_iter().rev());
            } else {
                pages.push(id);
            }
        }
        Ok((pages, nodes))
    }

    /// The object that stands at an offset.
    pub(crate) fn indirect_at(&self, offset: usize) -> Result<(Id, Indirect), PdfError> {
        let mut parser = Parser::new(self.data, offset);
        // The table points at the digit itself.
        if !self.data.get(offset).is_some_and(u8::is_ascii_digit) {
            return Err(parser.error("the table of objects points at something else"));
        }
        let id = Id { number: parser.unsigned()?, generation: parser.unsigned()? };
        if !parser.keyword(b"obj") {
            return Err(parser.error("the table of objects points at something else"));
        }
        let object = parser.object()?;
        let mut stream = None;
        if let Object::Dict(entries) = &object
            && parser.keyword(b"stream")
        {
            if !parser.take(b"\r\n") && !parser.take(b"\n") {
                return Err(parser.error("a stream begins without a line end"));
            }
            let length = match entries.get(b"Length".as_slice()) {
                Some(Object::Reference(id)) if id.number == 0 => None,
                // The length may be an object of its own, never a stream: no endless descent.
                Some(Object::Reference(id)) => self.integer(*id)?,
                Some(Object::Integer(length)) => Some(*length),
                _ => None,
            };
            let start = parser.at();
            let end = length
                .and_then(|length| start.checked_add(usize::try_from(length).ok()?))
                .filter(|end| *end <= self.data.len())
                .ok_or_else(|| parser.error("a stream has no length, or one beyond the end of the file"))?;
            parser = Parser::new(self.data, end);
            parser.skip_white();
            if !parser.keyword(b"endstream") {
                return Err(parser.error("a stream does not end where its length says"));
            }
            stream = Some(start..end);
        }
        if !parser.keyword(b"endobj") {
            return Err(parser.error("an object has no end"));
        }
        Ok((id, Indirect { object, stream, end: parser.at() }))
    }

    fn integer(&self, id: Id) -> Result<Option<i64>, PdfError> {
        let Some(Entry::At { offset, .. }) = self.entries.get(&id.number) else { return Ok(None) };
        let mut parser = Parser::new(self.data, *offset);
        let found = Id { number: parser.unsigned()?, generation: parser.unsigned()? };
        Ok(if found == id && parser.keyword(b"obj") { parser.object()?.as_integer() } else { None })
    }

    /// Where the value of a key stands in the dictionary of an indirect object.
    pub(crate) fn place(&self, id: Id, key: &str) -> Result<Option<Range<usize>>, PdfError> {
        let Some(Entry::At { offset, .. }) = self.entries.get(&id.number) else { return Ok(None) };
        let mut parser = Parser::new(self.data, *offset);
        parser.unsigned::<u32>()?;
        parser.unsigned::<u16>()?;
        if !parser.keyword(b"obj") {
            return Err(parser.error("the table of objects points at something else"));
        }
        Ok(parser.entries(0)?.remove(key.as_bytes()).map(|(_, place)| place))
    }
}

/// The offset that stands behind the last `startxref`; nothing but white space may follow its `%%EOF`.
fn start_of_table(data: &[u8]) -> Result<usize, PdfError> {
    let end = data.trim_ascii_end().len();
    let from = end.saturating_sub(TAIL);
    let word = b"startxref";
    let found = data[from..end].windows(word.len()).rposition(|window| window == word).ok_or(PdfError::NoEnd)?;
    let mut parser = Parser::new(data, from + found + word.len());
    let at = parser.unsigned().map_err(|_| PdfError::NoEnd)?;
    parser.skip_white();
    if parser.take(b"%%EOF") && parser.at() == end { Ok(at) } else { Err(PdfError::NoEnd) }
}

fn read_section(data: &[u8], at: usize) -> Result<Section, PdfError> {
    let mut parser = Parser::new(data, at);
    if !parser.take(b"xref") {
        if data.get(at).is_some_and(u8::is_ascii_digit) {
            return Err(PdfError::XrefStream);
        }
        return Err(parser.error("the table of objects is not where the file says"));
    }
    let mut entries = BTreeMap::new();
    while !parser.keyword(b"trailer") {
        let first: u32 = parser.unsigned()?;
        let count: u32 = parser.unsigned()?;
        for number in (first..=u32::MAX).take(count as usize) {
            let offset = parser.unsigned()?;
            let generation = parser.unsigned()?;
            let entry = if parser.keyword(b"n") {
                Entry::At { offset, generation }
            } else if parser.keyword(b"f") {
                Entry::Free
            } else {
                return Err(parser.error("a line of the table of objects is broken"));
            };
            if entries.insert(number, entry).is_some() {
                return Err(parser.error("the table names an object twice"));
            }
        }
    }
    let Object::Dict(trailer) = parser.object()? else { return Err(parser.error("the trailer is no dictionary")) };
    if trailer.contains_key(b"XRefStm".as_slice()) {
        return Err(PdfError::XrefStream);
    }
    Ok(Section { at, entries, trailer, end: parser.at() })
}
