//! What was changed after a seal. Allowed are document timestamps and what proves them; everything else is named.

use std::collections::{BTreeMap, BTreeSet, btree_map::Entry::Vacant};

use super::{
    super::{
        fields::{Field, signature_fields},
        pdf::{Dict, Entry, File, Id, Object, Parser, PdfError},
    },
    report::{Finding, FindingKind},
};

/// What an object is to the sealed document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Catalog,
    PageTree,
    Page(usize),
    PageContent(usize),
    PageResources(usize),
    Annotation(usize),
    Attachment,
    Metadata,
    Form,
    Seal,
    ValidationData,
    Other,
}

impl Role {
    /// The finding over such an object that was overwritten or removed.
    fn changed(self, number: u32) -> Finding {
        use FindingKind as Kind;
        let (kind, message) = match self {
            Self::Catalog => (Kind::CatalogChanged, "The catalogue was changed after sealing.".to_owned()),
            Self::PageTree => (Kind::PagesChanged, "Pages were added, removed or moved after sealing.".to_owned()),
            Self::Page(page) => (Kind::PageChanged, format!("Page {page} was changed after sealing.")),
            Self::PageContent(page) => {
                (Kind::PageContentChanged, format!("What stands on page {page} was replaced after sealing."))
            }
            Self::PageResources(page) => {
                (Kind::PageResourcesChanged, format!("Fonts or pictures of page {page} were replaced after sealing."))
            }
            Self::Annotation(page) => {
                (Kind::AnnotationChanged, format!("An annotation on page {page} was changed after sealing."))
            }
            Self::Attachment => (Kind::AttachmentChanged, "An attached file was changed after sealing.".to_owned()),
            Self::Metadata => {
                (Kind::MetadataChanged, "What the file says about itself was changed after sealing.".to_owned())
            }
            Self::Form => (Kind::FormChanged, "The form was changed after sealing.".to_owned()),
            Self::Seal => {
                (Kind::SealOverwritten, "A seal or timestamp was overwritten by a later revision.".to_owned())
            }
            Self::ValidationData | Self::Other => {
                (Kind::ObjectOverwritten, format!("Object {number} was overwritten after sealing."))
            }
        };
        Finding::new(kind, message)
    }
}

/// Compares a file with the revision that was sealed.
pub(super) fn since(sealed: &File<'_>, now: &File<'_>) -> Result<Vec<Finding>, PdfError> {
    let starts = |file: &File<'_>| file.sections().iter().rev().map(|section| section.at).collect::<Vec<_>>();
    if !starts(now).starts_with(&starts(sealed)) {
        let message = "The file no longer builds on what was sealed: its table of objects leads elsewhere.";
        return Ok(vec![Finding::new(FindingKind::HistoryRewritten, message)]);
    }
    let mut findings: Vec<Finding> = unexplained_bytes(sealed.data().len(), now)
        .map(|at| {
            let message = format!("Behind the seal, at byte {at}, stand bytes that belong to no revision.");
            Finding::new(FindingKind::UnexplainedBytes, message)
        })
        .into_iter()
        .collect();
    if sealed.root()? != now.root()? {
        findings.push(Finding::new(FindingKind::CatalogChanged, "The file was given another catalogue after sealing."));
        return Ok(findings);
    }
    if sealed.trailer().get(b"Info".as_slice()) != now.trailer().get(b"Info".as_slice()) {
        findings.push(Role::Metadata.changed(0));
    }
    Comparison::of(sealed, now)?.run(&mut findings)?;
    Ok(findings)
}

/// The first byte from an offset on that belongs neither to a listed object nor to a table with its trailer.
fn unexplained_bytes(from: usize, file: &File<'_>) -> Option<usize> {
    let listed: BTreeSet<usize> = file
        .sections()
        .iter()
        .flat_map(|section| section.entries.values())
        .filter_map(|entry| match entry {
            Entry::At { offset, .. } => Some(*offset),
            Entry::Free => None,
        })
        .collect();
    let mut at = from;
    loop {
        let mut parser = Parser::new(file.data(), at);
        parser.skip_white();
        at = parser.at();
        if at >= file.data().len() {
            return None;
        }
        if let Some(section) = file.sections().iter().find(|section| section.at == at) {
            let mut parser = Parser::new(file.data(), section.end);
            if !parser.keyword(b"startxref") || parser.unsigned::<usize>() != Ok(section.at) {
                return Some(section.end);
            }
            parser.skip_white();
            if !parser.take(b"%%EOF") {
                return Some(parser.at());
            }
            at = parser.at();
        } else if listed.contains(&at) {
            match file.indirect_at(at) {
                Ok((_, indirect)) => at = indirect.end,
                Err(_) => return Some(at),
            }
        } else {
            return Some(at);
        }
    }
}

struct Comparison<'f, 'a> {
    sealed: &'f File<'a>,
    now: &'f File<'a>,
    before: Vec<Field>,
    after: Vec<Field>,
    /// Objects of the document timestamps that were added.
    stamps: BTreeSet<Id>,
    /// Objects that are compared by what they say, not by where they stand.
    compared: BTreeSet<u32>,
}

impl<'f, 'a> Comparison<'f, 'a> {
    fn of(sealed: &'f File<'a>, now: &'f File<'a>) -> Result<Self, PdfError> {
        let (before, after) = (signature_fields(sealed)?, signature_fields(now)?);
        let mut stamps = BTreeSet::new();
        for field in &after {
            let is_new = |id: Id| !matches!(sealed.entries().get(&id.number), Some(Entry::At { .. }));
            if field.is_timestamp() && is_new(field.id) && is_new(field.signature) && is_bare_widget(now, field.id)? {
                stamps.extend([field.id, field.signature]);
            }
        }
        let compared = BTreeSet::from([sealed.root()?.number]);
        Ok(Self { sealed, now, before, after, stamps, compared })
    }

    /// The file at each revision behind the seal, newest first; one at a time, for each takes as much memory as its tables.
    fn since(&self) -> impl Iterator<Item = File<'a>> {
        let added = self.now.sections().len() - self.sealed.sections().len();
        (0..added).filter_map(|revisions| self.now.without_last(revisions))
    }

    fn run(mut self, findings: &mut Vec<Finding>) -> Result<(), PdfError> {
        self.catalog(findings)?;
        self.form(findings)?;
        self.pages(findings)?;
        self.objects(findings)
    }

    fn catalog(&self, findings: &mut Vec<Finding>) -> Result<(), PdfError> {
        let (before, after) = (self.sealed.catalog()?, self.now.catalog()?);
        for key in changed_keys(&before, &after) {
            let finding = match key.as_slice() {
                // Compared by what it says.
                b"AcroForm" | b"DSS" => continue,
                b"Extensions" if self.declares_more(&before, &after)? => continue,
                b"Pages" => Role::PageTree.changed(0),
                b"Names" | b"AF" => Role::Attachment.changed(0),
                b"Metadata" => Role::Metadata.changed(0),
                b"Perms" => Role::Seal.changed(0),
                _ => {
                    let key = String::from_utf8_lossy(&key).into_owned();
                    let message = format!("The entry “{key}” of the catalogue was changed after sealing.");
                    Finding::new(FindingKind::CatalogChanged, message)
                }
            };
            findings.push(finding);
        }
        if !after.contains_key(b"DSS".as_slice()) {
            let mut kept_proof = before.contains_key(b"DSS".as_slice());
            for revision in self.since() {
                kept_proof |= revision.catalog()?.contains_key(b"DSS".as_slice());
            }
            if kept_proof {
                let message = "Certificates and revocation lists that proved the seal were removed.";
                findings.push(Finding::new(FindingKind::ValidationDataRemoved, message));
            }
        }
        Ok(())
    }

    /// Whether the catalogue only declares more extensions of PDF than before, as whoever adds validation data may.
    fn declares_more(&self, before: &Dict, after: &Dict) -> Result<bool, PdfError> {
        let old = self.sealed.lookup_dict(before, "Extensions")?;
        let Some(Object::Dict(new)) = after.get(b"Extensions".as_slice()) else { return Ok(false) };
        let keeps = old.iter().all(|(key, value)| new.get(key) == Some(value));
        Ok(keeps && new.iter().all(|(key, value)| old.contains_key(key) || is_extension(key, value)))
    }

    fn form(&mut self, findings: &mut Vec<Finding>) -> Result<(), PdfError> {
        let (before, after) = (self.sealed.catalog()?, self.now.catalog()?);
        let (old, new) = (self.sealed.lookup_dict(&before, "AcroForm")?, self.now.lookup_dict(&after, "AcroForm")?);
        self.compare_by_content([before.get(b"AcroForm".as_slice()), old.get(b"Fields".as_slice())]);
        if changed_keys(&old, &new).iter().any(|key| !matches!(key.as_slice(), b"Fields" | b"SigFlags")) {
            findings.push(Role::Form.changed(0));
        }
        let old = self.sealed.lookup_array(&old, "Fields")?;
        let new = self.now.lookup_array(&new, "Fields")?;
        let strange = self.strangers(&old, &new);
        for id in &strange {
            let signature = self.after.iter().find(|field| field.id == *id);
            findings.push(signature.map_or_else(
                || Role::Form.changed(id.number),
                |field| {
                    let message = format!("A further signature, “{}”, was added after sealing.", field.name);
                    Finding::new(FindingKind::SignatureAdded, message)
                },
            ));
        }
        if strange.is_empty() && !new.starts_with(&old) {
            findings.push(Role::Form.changed(0));
        }
        Ok(())
    }

    fn pages(&mut self, findings: &mut Vec<Finding>) -> Result<(), PdfError> {
        let (pages, _) = self.sealed.pages()?;
        if self.now.pages()?.0 != pages {
            findings.push(Role::PageTree.changed(0));
        }
        for (index, id) in pages.iter().enumerate() {
            let page = index + 1;
            let reference = Object::Reference(*id);
            let (Object::Dict(old), Object::Dict(new)) =
                (self.sealed.resolve(&reference)?, self.now.resolve(&reference)?)
            else {
                findings.push(Role::Page(page).changed(id.number));
                continue;
            };
            for key in changed_keys(&old, &new) {
                match key.as_slice() {
                    b"Annots" => {}
                    b"Contents" => findings.push(Role::PageContent(page).changed(id.number)),
                    b"Resources" => findings.push(Role::PageResources(page).changed(id.number)),
                    _ => findings.push(Role::Page(page).changed(id.number)),
                }
            }
            self.compare_by_content([Some(&reference), old.get(b"Annots".as_slice())]);
            let (old, new) = (self.sealed.lookup_array(&old, "Annots")?, self.now.lookup_array(&new, "Annots")?);
            if !new.starts_with(&old) {
                findings.push(Role::Annotation(page).changed(id.number));
            } else if !self.strangers(&old, &new).is_empty() || new.iter().any(|item| item.as_reference().is_none()) {
                let message = format!("An annotation was put on page {page} after sealing.");
                findings.push(Finding::new(FindingKind::AnnotationAdded, message));
            }
        }
        Ok(())
    }

    /// Everything else that stands elsewhere than when it was sealed.
    fn objects(&self, findings: &mut Vec<Finding>) -> Result<(), PdfError> {
        let touched: Vec<u32> = self
            .now
            .entries()
            .iter()
            .filter(|(number, entry)| self.sealed.entries().get(number) != Some(entry))
            .map(|(number, _)| *number)
            .collect();
        if touched.is_empty() {
            return Ok(());
        }
        let roles = roles(self.sealed, &self.before)?;
        let mut kept = BTreeMap::new();
        for revision in self.since() {
            let store = revision.catalog()?.remove(b"DSS".as_slice()).unwrap_or(Object::Null);
            walk(&revision, &store, Role::ValidationData, &mut kept);
        }
        let after = std::cell::OnceCell::new();
        for number in touched.into_iter().filter(|number| !self.compared.contains(number)) {
            let existed = matches!(self.sealed.entries().get(&number), Some(Entry::At { .. }));
            if existed {
                match roles.get(&number) {
                    Some(Role::ValidationData) => {}
                    Some(role) => findings.push(role.changed(number)),
                    None => findings.push(Role::Other.changed(number)),
                }
            } else if matches!(self.now.entries().get(&number), Some(Entry::At { .. }))
                && !kept.contains_key(&number)
                && !self.stamps.iter().any(|id| id.number == number)
            {
                // What it is now is only asked to name it well.
                let roles = after.get_or_init(|| roles_or_none(self.now, &self.after));
                findings.push(match roles.get(&number) {
                    Some(Role::Attachment) => Role::Attachment.changed(number),
                    Some(Role::Annotation(page)) => {
                        let message = format!("An annotation was put on page {page} after sealing.");
                        Finding::new(FindingKind::AnnotationAdded, message)
                    }
                    _ => {
                        let message = format!("Object {number} was added after sealing, and nothing allowed needs it.");
                        Finding::new(FindingKind::UnexplainedObject, message)
                    }
                });
            }
        }
        Ok(())
    }

    /// The references of `new` that `old` has not and that are no document timestamp.
    fn strangers(&self, old: &[Object], new: &[Object]) -> Vec<Id> {
        new.iter()
            .filter(|item| !old.contains(item))
            .filter_map(Object::as_reference)
            .filter(|id| !self.stamps.contains(id))
            .collect()
    }

    fn compare_by_content<'o>(&mut self, objects: impl IntoIterator<Item = Option<&'o Object>>) {
        let ids = objects.into_iter().flatten().filter_map(Object::as_reference);
        self.compared.extend(ids.map(|id| id.number));
    }
}

/// Keys whose values differ, as they are written.
fn changed_keys(before: &Dict, after: &Dict) -> Vec<Vec<u8>> {
    let keys: BTreeSet<&Vec<u8>> = before.keys().chain(after.keys()).collect();
    keys.into_iter().filter(|key| before.get(*key) != after.get(*key)).cloned().collect()
}

/// Whether a widget is a signature field, shows nothing and does nothing: actions, appearances and whatever else a reader might heed
/// are not among its entries.
fn is_bare_widget(file: &File<'_>, widget: Id) -> Result<bool, PdfError> {
    let Object::Dict(entries) = file.resolve(&Object::Reference(widget))? else { return Ok(false) };
    Ok(entries.iter().all(|(key, value)| match key.as_slice() {
        b"Type" => value.is_name("Annot"),
        b"Subtype" => value.is_name("Widget"),
        b"FT" => value.is_name("Sig"),
        b"T" => matches!(value, Object::Text(_)),
        b"F" | b"Ff" => value.as_integer().is_some(),
        b"V" | b"P" => value.as_reference().is_some(),
        b"Rect" => is_without_extent(value),
        _ => false,
    }))
}

fn is_without_extent(rectangle: &Object) -> bool {
    let is_number = |value: &Object| matches!(value, Object::Integer(_) | Object::Real(_));
    matches!(rectangle.as_array(), Some([left, bottom, right, top])
        if left == right && bottom == top && is_number(left) && is_number(bottom))
}

/// Whether an entry of the list of extensions names a developer's one, with its version and level (ISO 32000-1, section 7.12).
fn is_extension(key: &[u8], value: &Object) -> bool {
    match value {
        Object::Name(_) => key == b"Type",
        Object::Dict(entries) => entries.iter().all(|(key, value)| match key.as_slice() {
            b"Type" | b"BaseVersion" => matches!(value, Object::Name(_)),
            b"ExtensionLevel" => value.as_integer().is_some(),
            _ => false,
        }),
        _ => false,
    }
}

fn roles_or_none(file: &File<'_>, fields: &[Field]) -> BTreeMap<u32, Role> {
    roles(file, fields).unwrap_or_default()
}

/// What each object is to the document; the first thing that it is counts.
fn roles(file: &File<'_>, fields: &[Field]) -> Result<BTreeMap<u32, Role>, PdfError> {
    let catalog = file.catalog()?;
    let (pages, nodes) = file.pages()?;
    let mut roles = BTreeMap::from([(file.root()?.number, Role::Catalog)]);
    roles.extend(nodes.iter().map(|id| (id.number, Role::PageTree)));
    roles.extend(pages.iter().enumerate().map(|(index, id)| (id.number, Role::Page(index + 1))));
    roles.extend(fields.iter().flat_map(|field| [field.id, field.signature]).map(|id| (id.number, Role::Seal)));
    let null = Object::Null;
    let entry = |entries: &Dict, key: &str| entries.get(key.as_bytes()).unwrap_or(&null).clone();
    for (index, id) in pages.iter().enumerate() {
        let page = index + 1;
        let Object::Dict(entries) = file.resolve(&Object::Reference(*id))? else { continue };
        walk(file, &entry(&entries, "Annots"), Role::Annotation(page), &mut roles);
        walk(file, &entry(&entries, "Contents"), Role::PageContent(page), &mut roles);
        walk(file, &entry(&entries, "Resources"), Role::PageResources(page), &mut roles);
    }
    let names = file.lookup_dict(&catalog, "Names")?;
    for (object, role) in [
        (entry(&names, "EmbeddedFiles"), Role::Attachment),
        (entry(&catalog, "AF"), Role::Attachment),
        (entry(&catalog, "Metadata"), Role::Metadata),
        (entry(file.trailer(), "Info"), Role::Metadata),
        (entry(&catalog, "AcroForm"), Role::Form),
        (entry(&catalog, "DSS"), Role::ValidationData),
        (Object::Dict(catalog.clone()), Role::Other),
    ] {
        walk(file, &object, role, &mut roles);
    }
    Ok(roles)
}

/// Gives a role to every object that can be reached from here and has none yet.
fn walk(file: &File<'_>, from: &Object, role: Role, roles: &mut BTreeMap<u32, Role>) {
    let mut open = vec![from.clone()];
    while let Some(object) = open.pop() {
        match object {
            Object::Array(items) => open.extend(items),
            Object::Dict(entries) => open.extend(entries.into_values()),
            Object::Reference(id) => {
                if let Vacant(place) = roles.entry(id.number) {
                    place.insert(role);
                    // What cannot be read leads nowhere.
                    open.extend(file.get(id).ok().flatten().map(|found| found.object));
                }
            }
            _ => {}
        }
    }
}
