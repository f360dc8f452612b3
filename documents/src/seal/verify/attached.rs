//! Files within the file.

use std::collections::BTreeSet;

use super::{
    super::{
        pdf::{Dict, File, Object, PdfError},
        stream,
    },
    report::Attachment,
};
use crate::world::sha256_hex;

/// Most nodes of the tree of names.
const MAX_NODES: usize = 4096;

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
/// [`PdfError`] for what is no well-formed PDF with plain cross-reference tables.
pub fn attachments(pdf: &[u8]) -> Result<Vec<AttachedFile>, PdfError> {
    read(&File::open(pdf)?)
}

pub(super) fn read(file: &File<'_>) -> Result<Vec<AttachedFile>, PdfError> {
    let catalog = file.catalog()?;
    let names = file.lookup_dict(&catalog, "Names")?;
    let mut open = vec![file.lookup(&names, "EmbeddedFiles")?];
    let mut specifications = file.lookup_array(&catalog, "AF")?;
    let mut nodes = 0;
    while let Some(node) = open.pop() {
        nodes += 1;
        let Object::Dict(node) = file.resolve(&node)? else { continue };
        if nodes > MAX_NODES {
            return Err(PdfError::Broken { at: 0, problem: "the tree of attached files is too large" });
        }
        open.extend(file.lookup_array(&node, "Kids")?);
        specifications.extend(file.lookup_array(&node, "Names")?.into_iter().skip(1).step_by(2));
    }
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    for specification in specifications {
        let known = specification.as_reference().is_some_and(|id| !seen.insert(id));
        if !known && let Object::Dict(entries) = file.resolve(&specification)? {
            found.extend(one(file, &entries)?);
        }
    }
    found.sort_by(|a, b| a.attachment.name.cmp(&b.attachment.name));
    Ok(found)
}

fn one(file: &File<'_>, entries: &Dict) -> Result<Option<AttachedFile>, PdfError> {
    let embedded = file.lookup_dict(entries, "EF")?;
    let Some(id) = ["UF", "F"].iter().find_map(|key| embedded.get(key.as_bytes())?.as_reference()) else {
        return Ok(None);
    };
    let Some(found) = file.get(id)? else { return Ok(None) };
    let Some(bytes) = stream::decoded(file, &found) else { return Ok(None) };
    let name = match file.lookup(entries, "UF")?.to_text() {
        Some(name) => name,
        None => file.lookup(entries, "F")?.to_text().unwrap_or_default(),
    };
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
    Ok(Some(AttachedFile { attachment, bytes }))
}
