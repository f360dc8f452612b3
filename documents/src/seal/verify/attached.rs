//! Files within the file.

use std::collections::BTreeSet;

use super::{
    super::{
        pdf::{Dict, File, Id, Object, PdfError},
        stream::Budget,
    },
    report::Attachment,
};
use crate::world::sha256_hex;

/// Most nodes of the tree of names, and most files.
const MOST: usize = 4096;

/// A file within a PDF, with its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttachedFile {
    /// What it is.
    pub attachment: Attachment,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// The files within a PDF, in the order of their names. What they say is only worth what [`super::verify`] says of the file.
///
/// # Errors
/// [`PdfError`] for what is no well-formed PDF with plain cross-reference tables, and for more than 64 MiB of files.
pub fn attachments(pdf: &[u8]) -> Result<Vec<AttachedFile>, PdfError> {
    let found = read(&File::open(pdf)?, |bytes| bytes)?;
    Ok(found.into_iter().map(|(attachment, bytes)| AttachedFile { attachment, bytes }).collect())
}

/// The files with what is kept of their bytes.
pub(super) fn read<T>(file: &File<'_>, keep: impl Fn(Vec<u8>) -> T) -> Result<Vec<(Attachment, T)>, PdfError> {
    let catalog = file.catalog()?;
    let names = file.lookup_dict(&catalog, "Names")?;
    let mut open = vec![file.lookup(&names, "EmbeddedFiles")?];
    let mut specifications = file.lookup_array(&catalog, "AF")?;
    let mut nodes = 0;
    while let Some(node) = open.pop() {
        nodes += 1;
        if let Object::Dict(node) = file.resolve(&node)? {
            open.extend(file.lookup_array(&node, "Kids")?);
            specifications.extend(file.lookup_array(&node, "Names")?.into_iter().skip(1).step_by(2));
        }
        if nodes + open.len() > MOST || specifications.len() > MOST {
            return Err(PdfError::Broken { at: 0, problem: "the tree of attached files is too large" });
        }
    }
    let mut reader = Reader { file, seen: BTreeSet::new(), budget: Budget::new() };
    let mut found = Vec::new();
    for specification in specifications {
        if let Object::Dict(entries) = file.resolve(&specification)? {
            found.extend(reader.one(&entries)?.map(|(attachment, bytes)| (attachment, keep(bytes))));
        }
    }
    found.sort_by(|(a, _), (b, _)| a.name.cmp(&b.name));
    Ok(found)
}

struct Reader<'f, 'a> {
    file: &'f File<'a>,
    /// Names and streams that were read already; the tree of names and the list of files name the same ones.
    seen: BTreeSet<(String, Id)>,
    budget: Budget,
}

impl Reader<'_, '_> {
    fn one(&mut self, entries: &Dict) -> Result<Option<(Attachment, Vec<u8>)>, PdfError> {
        let file = self.file;
        let embedded = file.lookup_dict(entries, "EF")?;
        let Some(id) = ["UF", "F"].iter().find_map(|key| embedded.get(key.as_bytes())?.as_reference()) else {
            return Ok(None);
        };
        let name = match file.lookup(entries, "UF")?.to_text() {
            Some(name) => name,
            None => file.lookup(entries, "F")?.to_text().unwrap_or_default(),
        };
        if !self.seen.insert((name.clone(), id)) {
            return Ok(None);
        }
        let Some(found) = file.get(id)? else { return Ok(None) };
        let Some(bytes) = self.budget.decoded(file, &found)? else { return Ok(None) };
        let as_name = |value: Option<&Object>| match value {
            Some(Object::Name(name)) => Some(String::from_utf8_lossy(name).into_owned()),
            _ => None,
        };
        let attachment = Attachment {
            name,
            media_type: as_name(found.object.as_dict().and_then(|entries| entries.get(b"Subtype".as_slice()))),
            relationship: as_name(entries.get(b"AFRelationship".as_slice())),
            bytes: bytes.len() as u64,
            sha256: sha256_hex(&bytes),
        };
        Ok(Some((attachment, bytes)))
    }
}
