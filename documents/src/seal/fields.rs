//! The signature fields of a form, and the room that a signature has in the file.

use std::{collections::BTreeSet, ops::Range};

use ::cms::{content_info::ContentInfo, signed_data::SignedData};
use der::Decode;
use x509_cert::Certificate;

use super::{
    oids,
    pdf::{Dict, File, Id, Object, PdfError},
    signed_data,
};

/// A field that holds a signature or a document timestamp.
#[derive(Debug, Clone)]
pub(super) struct Field {
    /// Its name in the form.
    pub(super) name: String,
    /// The field, which is its own widget here.
    pub(super) id: Id,
    /// The signature dictionary.
    pub(super) signature: Id,
    /// Its entries.
    pub(super) entries: Dict,
}

impl Field {
    /// Whether it stamps the document with a time instead of sealing it.
    pub(super) fn is_timestamp(&self) -> bool {
        self.entries.get(b"SubFilter".as_slice()).is_some_and(|filter| filter.is_name("ETSI.RFC3161"))
    }

    /// The bytes between the angle brackets, decoded, padding and all.
    fn contents(&self) -> &[u8] {
        match self.entries.get(b"Contents".as_slice()) {
            Some(Object::Text(bytes)) => bytes,
            _ => &[],
        }
    }
}

impl Field {
    /// What the field holds, whatever it is, and whether only zeros follow it; `None` if it is no CMS.
    pub(super) fn content(&self) -> Option<(ContentInfo, bool)> {
        let (der, is_padded) = unpadded(self.contents())?;
        Some((ContentInfo::from_der(der).ok()?, is_padded))
    }

    /// The signature; `None` if it cannot be read.
    pub(super) fn signed_data(&self) -> Option<SignedData> {
        signed_data::read(&self.content()?.0).ok()
    }
}

/// The timestamp tokens that a seal carries.
pub(super) fn tokens(signed: &SignedData) -> Vec<ContentInfo> {
    let unsigned = signed.signer_infos.0.iter().filter_map(|signer| signer.unsigned_attrs.as_ref());
    unsigned
        .flat_map(|attributes| attributes.iter())
        .filter(|attribute| attribute.oid == oids::SIGNATURE_TIMESTAMP)
        .flat_map(|attribute| attribute.values.iter())
        .filter_map(|value| value.decode_as().ok())
        .collect()
}

/// The certificates that signatures and their timestamps carry, each once.
pub(super) fn carried_certificates(fields: &[Field]) -> Vec<Certificate> {
    let mut found: Vec<Certificate> = Vec::new();
    for signed in fields.iter().filter_map(Field::signed_data) {
        let tokens = tokens(&signed).into_iter().filter_map(|token| signed_data::read(&token).ok());
        for signed in tokens.chain([signed.clone()]) {
            for certificate in signed_data::certificates(&signed) {
                if !found.contains(&certificate) {
                    found.push(certificate);
                }
            }
        }
    }
    found
}

/// All signature fields of the form, in its order.
pub(super) fn signature_fields(file: &File<'_>) -> Result<Vec<Field>, PdfError> {
    let form = file.lookup_dict(&file.catalog()?, "AcroForm")?;
    let mut open = file.lookup_array(&form, "Fields")?;
    open.reverse();
    let mut seen = BTreeSet::new();
    let mut fields = Vec::new();
    while let Some(node) = open.pop() {
        let Some(id) = node.as_reference().filter(|id| seen.insert(*id)) else { continue };
        let Object::Dict(entries) = file.resolve(&node)? else { continue };
        open.extend(file.lookup_array(&entries, "Kids")?.into_iter().rev());
        let Some(signature) = entries.get(b"V".as_slice()).and_then(Object::as_reference) else { continue };
        let Object::Dict(value) = file.resolve(&Object::Reference(signature))? else { continue };
        if value.contains_key(b"ByteRange".as_slice()) || value.contains_key(b"Contents".as_slice()) {
            let name = file.lookup(&entries, "T")?.to_text().unwrap_or_default();
            fields.push(Field { name, id, signature, entries: value });
        }
    }
    Ok(fields)
}

/// The DER value at the start of padded bytes, and whether only zeros follow it.
fn unpadded(bytes: &[u8]) -> Option<(&[u8], bool)> {
    use der::{Header, Reader, SliceReader};
    let mut reader = SliceReader::new(bytes).ok()?;
    let header = Header::decode(&mut reader).ok()?;
    let start = usize::try_from(u32::from(reader.position())).ok()?;
    let length = usize::try_from(u32::from(header.length)).ok()?;
    let end = start.checked_add(length).filter(|end| *end <= bytes.len())?;
    Some((&bytes[..end], bytes[end..].iter().all(|byte| *byte == 0)))
}

/// Writes a signature into its room: digits from behind the opening bracket on, zeros up to the closing one.
pub(super) fn fill(file: &mut [u8], room: Range<usize>, signature: &[u8]) {
    let digits = hex::encode_upper(signature);
    let room = &mut file[room.start + 1..room.end - 1];
    room.fill(b'0');
    room[..digits.len()].copy_from_slice(digits.as_bytes());
}
