//! What is done to sealed files, and the name under which each is refused.

use std::fmt::Write as _;

use cms::{
    content_info::ContentInfo,
    signed_data::{SignedData, SignerInfo, SignerInfos},
};
use der::{
    Any, Decode, Encode,
    asn1::{ObjectIdentifier, SetOfVec},
};
use documents::seal::{
    FindingKind as Kind, Level, Options, SealFacts, Verdict, add_timestamp, prepare_archive_timestamp,
    request_timestamp, seal, verify,
};

use crate::studio::{Foretold, LEVELS, STUDIO, Studio, document};

/// A file that was tampered with.
pub(crate) struct Tampered {
    /// What was done.
    pub(crate) what: &'static str,
    pub(crate) file: Vec<u8>,
    /// What is found.
    pub(crate) kind: Kind,
    /// Whether it can only be seen by somebody who knows what the file should be: the trusted roots, or the level.
    pub(crate) needs_knowledge: bool,
}

/// The insistence with which everything is verified here.
pub(crate) fn strict() -> Options {
    Options::default()
        .trusting(&STUDIO.root.certificate_pem().unwrap())
        .unwrap()
        .trusting_timestamps(&STUDIO.stamp_root.certificate_pem().unwrap())
        .unwrap()
}

fn find(file: &[u8], word: &[u8]) -> usize {
    file.windows(word.len()).position(|window| window == word).unwrap_or_else(|| panic!("{:?}", word.escape_ascii()))
}

fn find_last(file: &[u8], word: &[u8]) -> usize {
    file.windows(word.len()).rposition(|window| window == word).unwrap_or_else(|| panic!("{:?}", word.escape_ascii()))
}

/// The file with one piece in place of another of the same length.
fn replaced(file: &[u8], old: &[u8], new: &[u8]) -> Vec<u8> {
    assert_eq!(old.len(), new.len());
    let at = find(file, old);
    let mut file = file.to_vec();
    file[at..at + new.len()].copy_from_slice(new);
    file
}

fn flipped(file: &[u8], at: usize) -> Vec<u8> {
    let mut file = file.to_vec();
    file[at] ^= 1;
    file
}

/// A document as a reader that is not ours sees it.
struct Look(lopdf::Document);

impl Look {
    fn at(file: &[u8]) -> Self {
        Self(lopdf::Document::load_mem(file).unwrap())
    }

    fn root(&self) -> u32 {
        self.0.trailer.get(b"Root").unwrap().as_reference().unwrap().0
    }

    fn next(&self) -> u32 {
        self.0.max_id + 1
    }

    /// The field of the document timestamp.
    fn stamp_field(&self) -> u32 {
        let is_stamp = |value: &lopdf::Object| {
            let value = value.as_reference().and_then(|id| self.0.get_dictionary(id));
            value.and_then(|value| value.get(b"SubFilter")?.as_name()).is_ok_and(|name| name == b"ETSI.RFC3161")
        };
        let fields = self.0.objects.iter();
        let is_field = |object: &lopdf::Object| object.as_dict().is_ok_and(|field| field.get(b"V").is_ok_and(is_stamp));
        fields.filter(|(_, object)| is_field(object)).map(|(id, _)| id.0).next().unwrap()
    }

    fn page(&self, number: u32) -> u32 {
        self.0.get_pages()[&number].0
    }

    /// The source text of a dictionary with entries in place of its own or in addition.
    fn with(&self, object: u32, entries: &[(&str, &str)]) -> String {
        let dictionary = self.0.get_dictionary((object, 0)).unwrap();
        let mut text = "<<".to_owned();
        for (key, value) in dictionary {
            let key = String::from_utf8_lossy(key);
            if entries.iter().all(|(other, _)| *other != key) {
                writeln!(text, "/{key} {}", source(value)).unwrap();
            }
        }
        for (key, value) in entries.iter().filter(|(_, value)| !value.is_empty()) {
            writeln!(text, "/{key} {value}").unwrap();
        }
        text + ">>"
    }

    /// The source text of an entry.
    fn entry(&self, object: u32, key: &str) -> String {
        source(self.0.get_dictionary((object, 0)).unwrap().get(key.as_bytes()).unwrap())
    }

    fn reference(&self, object: u32, key: &str) -> u32 {
        self.0.get_dictionary((object, 0)).unwrap().get(key.as_bytes()).unwrap().as_reference().unwrap().0
    }
}

fn source(object: &lopdf::Object) -> String {
    use lopdf::Object;
    match object {
        Object::Null => "null".to_owned(),
        Object::Boolean(value) => value.to_string(),
        Object::Integer(value) => value.to_string(),
        Object::Real(value) => value.to_string(),
        Object::Name(name) => format!("/{}", String::from_utf8_lossy(name)),
        Object::String(bytes, _) => format!("<{}>", hex::encode(bytes)),
        Object::Array(items) => format!("[{}]", items.iter().map(source).collect::<Vec<_>>().join(" ")),
        Object::Dictionary(entries) => {
            let entries =
                entries.iter().map(|(key, value)| format!("/{} {}", String::from_utf8_lossy(key), source(value)));
            format!("<<{}>>", entries.collect::<Vec<_>>().join(" "))
        }
        Object::Reference((number, generation)) => format!("{number} {generation} R"),
        Object::Stream(_) => panic!("a stream is no direct object"),
    }
}

/// A revision as somebody appends it who knows PDF well.
fn appended(file: &[u8], objects: &[(u32, String)], trailer: &str) -> Vec<u8> {
    let look = Look::at(file);
    let digits = &file[find_last(file, b"startxref") + 9..];
    let prev: usize = String::from_utf8_lossy(digits).split_whitespace().next().unwrap().parse().unwrap();
    let size = objects.iter().map(|(number, _)| number + 1).max().unwrap_or(0).max(look.next());
    let root = format!("/Root {} 0 R", look.root());
    let kept: Vec<String> = ["Info", "ID"]
        .iter()
        .filter_map(|key| Some(format!("/{key} {}", source(look.0.trailer.get(key.as_bytes()).ok()?))))
        .collect();
    let trailer = &format!("{} {trailer}", kept.join(" "));
    let root = if trailer.contains("/Root") { "" } else { &root };
    let mut out = file.to_vec();
    let mut table = String::new();
    for (number, body) in objects {
        write!(table, "{number} 1\n{:010} 00000 n \n", out.len()).unwrap();
        out.extend_from_slice(format!("{number} 0 obj\n{body}\nendobj\n").as_bytes());
    }
    let at = out.len();
    let end = format!("xref\n{table}trailer\n<<{root} /Prev {prev} /Size {size} {trailer}>>\nstartxref\n{at}\n%%EOF\n");
    out.extend_from_slice(end.as_bytes());
    out
}

fn stream(text: &str) -> String {
    format!("<</Length {}>>\nstream\n{text}\nendstream", text.len())
}

/// Everything that is tried.
pub(crate) fn attempts() -> Vec<Tampered> {
    let mut all = Vec::new();
    let mut add = |what, kind, file| all.push(Tampered { what, file, kind, needs_knowledge: false });
    bytes(&mut add);
    revisions(&mut add);
    structures(&mut add);
    timestamps(&mut add);
    let mut add = |what, kind, file| all.push(Tampered { what, file, kind, needs_knowledge: true });
    let rogue = Studio::new(99);
    add("sealed by somebody with the same name", Kind::SignerUntrusted, rogue.seal(&LEVELS.unsealed));
    let request = request_timestamp(&LEVELS.sealed, |bytes| Foretold(5).fill(bytes)).unwrap();
    let stamped = add_timestamp(&LEVELS.sealed, &request, &rogue.answer(&request, 1)).unwrap();
    add("timestamp of a rogue authority", Kind::TimestampUntrusted, stamped);
    add("validation data cut off", Kind::LevelTooLow, LEVELS.stamped.clone());
    all
}

/// Single bytes, and pieces of the file.
fn bytes(add: &mut impl FnMut(&'static str, Kind, Vec<u8>)) {
    let sealed = &LEVELS.sealed;
    let look = Look::at(sealed);
    let contents = find_last(sealed, b"/Contents <") + 11;
    let (content, _) = lopdf_stream(&look, look.reference(look.page(1), "Contents"));
    add("text changed", Kind::ContentChanged, flipped(sealed, find(sealed, &content) + content.len() / 2));
    let attachment = look
        .0
        .objects
        .iter()
        .find_map(|(_, object)| object.as_stream().ok().filter(|stream| stream.dict.has_type(b"EmbeddedFile")))
        .unwrap();
    let at = find(sealed, &attachment.content) + attachment.content.len() / 2;
    add("attachment changed", Kind::ContentChanged, flipped(sealed, at));
    add("reason changed", Kind::ContentChanged, {
        let digits = find_last(sealed, b"/Reason <FEFF0053") + 16;
        flipped(sealed, digits)
    });
    add("claimed time changed", Kind::ContentChanged, {
        let digits = hex::encode_upper("D:20261123120000Z");
        replaced(sealed, digits.as_bytes(), hex::encode_upper("D:20251123120000Z").as_bytes())
    });
    add("cut off at the end", Kind::CutOff, sealed[..sealed.len() - 10].to_vec());
    add("cut off in the middle", Kind::CutOff, sealed[..sealed.len() / 2].to_vec());
    add("seal cut off", Kind::NotSealed, LEVELS.unsealed.clone());
    add("bytes behind the end", Kind::CutOff, [sealed.as_slice(), b"<script>"].concat());
    add("a comment behind the end", Kind::UnexplainedBytes, {
        let end = &sealed[find_last(sealed, b"startxref")..];
        [sealed.as_slice(), b"% hidden\nhidden\n", end].concat()
    });

    let other = STUDIO.seal(&document("Another song"));
    let from = find_last(&other, b"/Contents <") + 11;
    let mut swapped = sealed.clone();
    swapped[contents..contents + 32_768].copy_from_slice(&other[from..from + 32_768]);
    add("signature of another document", Kind::ContentChanged, swapped);

    // The signature value is the last field of the last structure.
    let der = hex::decode(&sealed[contents..contents + 32_768]).unwrap();
    let end = 4 + usize::from(u16::from_be_bytes([der[2], der[3]]));
    let digit = |byte: usize| contents + 2 * byte + 1;
    add("signature value flipped", Kind::SignatureInvalid, flipped(sealed, digit(end - 1)));
    let name = find(&der, "Seal 2026".as_bytes());
    add("certificate flipped", Kind::CertificateSubstituted, flipped(sealed, digit(name)));
    add("signature made unreadable", Kind::SignatureUnreadable, flipped(sealed, digit(0)));
    add("bytes behind the signature", Kind::SignaturePadding, replaced_at(sealed, digit(end + 40), b"7"));
}

fn lopdf_stream(look: &Look, object: u32) -> (Vec<u8>, u32) {
    (look.0.get_object((object, 0)).unwrap().as_stream().unwrap().content.clone(), object)
}

fn replaced_at(file: &[u8], at: usize, new: &[u8]) -> Vec<u8> {
    let mut file = file.to_vec();
    file[at..at + new.len()].copy_from_slice(new);
    file
}

/// Revisions behind the seal.
fn revisions(add: &mut impl FnMut(&'static str, Kind, Vec<u8>)) {
    let sealed = &LEVELS.sealed;
    let look = Look::at(sealed);
    let (root, page, next) = (look.root(), look.page(1), look.next());
    let shown = "BT /F0 12 Tf 50 700 Td (I owe you nothing.) Tj ET";

    let contents = look.reference(page, "Contents");
    add("page overwritten in place", Kind::PageContentChanged, appended(sealed, &[(contents, stream(shown))], ""));
    let points = look.with(page, &[("Contents", &format!("{next} 0 R"))]);
    let file = appended(sealed, &[(page, points), (next, stream(shown))], "");
    add("page with other content", Kind::PageContentChanged, file);
    let points = look.with(page, &[("Resources", "<<>>")]);
    add("page with other fonts", Kind::PageResourcesChanged, appended(sealed, &[(page, points)], ""));
    let turned = look.with(page, &[("Rotate", "180")]);
    add("page turned", Kind::PageChanged, appended(sealed, &[(page, turned)], ""));

    let note = "<</Type/Annot/Subtype/FreeText/Rect[50 50 300 300]/Contents(void)/DA(/F0 12 Tf)>>".to_owned();
    let annotations = look.entry(page, "Annots");
    let more = format!("{} {next} 0 R]", annotations.trim_end_matches(']'));
    let annotated = look.with(page, &[("Annots", &more)]);
    let file = appended(sealed, &[(page, annotated), (next, note.clone())], "");
    add("annotation put over the text", Kind::AnnotationAdded, file);
    let direct = format!("{} {note}]", annotations.trim_end_matches(']'));
    let annotated = look.with(page, &[("Annots", &direct)]);
    add("annotation within the page", Kind::AnnotationAdded, appended(sealed, &[(page, annotated)], ""));
    let bare = look.with(page, &[("Annots", "[]")]);
    add("annotations taken off", Kind::AnnotationChanged, appended(sealed, &[(page, bare)], ""));

    let pages = look.reference(root, "Pages");
    let second = look.page(2);
    let fewer = look.with(pages, &[("Kids", &format!("[{second} 0 R]")), ("Count", "1")]);
    add("page taken out", Kind::PagesChanged, appended(sealed, &[(pages, fewer)], ""));

    let file = look
        .0
        .objects
        .iter()
        .find(|(_, object)| object.as_stream().is_ok_and(|stream| stream.dict.has_type(b"EmbeddedFile")));
    let file = appended(sealed, &[(file.unwrap().0.0, stream("{\"shares_ppm\":{}}"))], "");
    add("attachment overwritten", Kind::AttachmentChanged, file);
    let names = look.with(root, &[("Names", "<<>>"), ("AF", "")]);
    add("attachments taken out", Kind::AttachmentChanged, appended(sealed, &[(root, names)], ""));
    let metadata = look.reference(root, "Metadata");
    add("metadata overwritten", Kind::MetadataChanged, appended(sealed, &[(metadata, stream("<x/>"))], ""));
    let opens = look.with(root, &[("OpenAction", "<</S/JavaScript/JS(app.alert\\(1\\))>>")]);
    add("script put in", Kind::CatalogChanged, appended(sealed, &[(root, opens)], ""));
    let declared = look.with(root, &[("Extensions", "<</ADBE<</S/JavaScript/JS(app.alert\\(1\\))>>>>")]);
    add("script among the extensions", Kind::CatalogChanged, appended(sealed, &[(root, declared)], ""));
    add("object that nothing needs", Kind::UnexplainedObject, appended(sealed, &[(next, note.clone())], ""));

    let form = look.with(root, &[("AcroForm", "<</Fields[]/SigFlags 3>>")]);
    add("signature taken out", Kind::SignatureRemoved, appended(sealed, &[(root, form)], ""));
    let form = look.with(root, &[("AcroForm", ""), ("Perms", "")]);
    add("form taken out", Kind::SignatureRemoved, appended(sealed, &[(root, form)], ""));
    let field = look.0.objects.iter().find(|(_, object)| {
        object
            .as_dict()
            .is_ok_and(|entries| entries.get(b"FT").and_then(lopdf::Object::as_name).is_ok_and(|ft| ft == b"Sig"))
    });
    let field = field.unwrap().0.0;
    let shown = look.with(field, &[("Rect", "[0 0 300 300]"), ("AP", &format!("<</N {next} 0 R>>"))]);
    add("seal given a face", Kind::SealOverwritten, appended(sealed, &[(field, shown), (next, stream("0 0 m"))], ""));
    let unlocked = look.with(root, &[("Perms", "<<>>")]);
    add("lock taken off", Kind::SealOverwritten, appended(sealed, &[(root, unlocked)], ""));
    let signature = look.reference(field, "V");
    let emptied = look.with(signature, &[("Reason", "(nothing)")]);
    add("seal overwritten", Kind::SignatureMoved, appended(sealed, &[(signature, emptied)], ""));
    let more = format!("<</FT/Sig/T(More)/V {signature} 0 R/Type/Annot/Subtype/Widget/Rect[0 0 0 0]>>");
    let form = look.with(root, &[("AcroForm", &format!("<</Fields[{field} 0 R {next} 0 R]/SigFlags 3>>"))]);
    add("signature named twice", Kind::SignatureAdded, appended(sealed, &[(root, form), (next, more)], ""));

    let lasting = &LEVELS.lasting;
    let look = Look::at(lasting);
    let stripped = look.with(look.root(), &[("DSS", "")]);
    let file = appended(lasting, &[(look.root(), stripped)], "");
    add("validation data taken out", Kind::ValidationDataRemoved, file);
    let archived = &LEVELS.archived;
    let look = Look::at(archived);
    let stamp = look.stamp_field();
    let armed = look.with(stamp, &[("AA", "<</PO<</S/JavaScript/JS(app.alert\\(1\\))>>>>")]);
    add("archive timestamp given an action", Kind::SignatureAdded, appended(archived, &[(stamp, armed)], ""));
    let contents = look.reference(look.page(2), "Contents");
    let file = appended(archived, &[(contents, stream("0 0 m"))], "");
    add("page overwritten behind the archive timestamp", Kind::PageContentChanged, file);
}

/// Byte ranges, tables and trailers.
fn structures(add: &mut impl FnMut(&'static str, Kind, Vec<u8>)) {
    let sealed = &LEVELS.sealed;
    let look = Look::at(sealed);
    let (root, next) = (look.root(), look.next());
    let at = find_last(sealed, b"/ByteRange [");
    let end = at + find(&sealed[at..], b"]") + 1;
    let numbers: Vec<usize> = String::from_utf8_lossy(&sealed[at + 12..end - 1])
        .split_whitespace()
        .map(|number| number.parse().unwrap())
        .collect();
    let with = |range: [usize; 4]| {
        let text = format!("/ByteRange [{} {} {} {}]", range[0], range[1], range[2], range[3]);
        let width = sealed[at..].windows(2).position(|pair| pair == b"\n/").unwrap();
        replaced_at(sealed, at, format!("{text:<width$}").as_bytes())
    };
    let [_, before, behind, length] = numbers[..] else { panic!("{numbers:?}") };
    add("byte range widened", Kind::ByteRangeGap, with([0, before - 200, behind, length]));
    add("byte range with an overlap", Kind::ByteRangeGap, with([0, before, before, behind - before + length]));
    add("byte range from further on", Kind::ByteRangeMalformed, with([1, before, behind, length]));
    add("byte range beyond the file", Kind::ByteRangeBeyondFile, with([0, before, behind, length + 1]));
    add("byte range cut short", Kind::ByteRangeNotARevision, with([0, before, behind, length - 20]));
    add("byte range of the first revision", Kind::SignatureMoved, {
        let first = LEVELS.unsealed.len();
        with([0, first - 20, first - 10, 10])
    });

    let catalog = (next, look.with(root, &[("Lang", "(xx)")]));
    let file = appended(sealed, &[catalog], &format!("/Root {next} 0 R"));
    add("another catalogue", Kind::CatalogChanged, file);
    // One table for everything, which does not say that it follows another.
    let entries = look.0.reference_table.entries.iter().filter_map(|(number, entry)| match entry {
        lopdf::xref::XrefEntry::Normal { offset, .. } => Some(format!("{number} 1\n{offset:010} 00000 n \n")),
        _ => None,
    });
    let table: String = entries.collect();
    let trailer = format!("<</Root {root} 0 R /Size {next} /Info {} >>", source(look.0.trailer.get(b"Info").unwrap()));
    let end = format!("xref\n{table}trailer\n{trailer}\nstartxref\n{}\n%%EOF\n", sealed.len());
    add("history cut off", Kind::HistoryRewritten, [sealed, end.as_bytes()].concat());
    add("declared encrypted", Kind::Encrypted, appended(sealed, &[], "/Encrypt <<>>"));
    let hybrid = appended(sealed, &[], "/XRefStm 100");
    add("table in a stream beside it", Kind::ForeignStructure, hybrid);
    let mut rewritten = Vec::new();
    let mut document = Look::at(sealed).0;
    document.reference_table.cross_reference_type = lopdf::xref::XrefType::CrossReferenceStream;
    document.save_to(&mut rewritten).unwrap();
    add("saved by another program", Kind::ForeignStructure, rewritten);
}

/// Timestamps of other seals and other files.
fn timestamps(add: &mut impl FnMut(&'static str, Kind, Vec<u8>)) {
    // A seal of another time with a timestamp of its own, whose token is put into this one.
    let facts = SealFacts { reason: "Another reason of the same length", ..Studio::facts() };
    let other = STUDIO.stamp(&seal(&LEVELS.unsealed, &STUDIO.sealer, &facts).unwrap());
    let room = |file: &[u8]| find_last(file, b"/Contents <") + 11;
    let mut mine = content(&LEVELS.stamped);
    let [signer] = mine.signer_infos.0.as_slice() else { panic!("one signer") };
    let theirs = content(&other).signer_infos.0.as_slice()[0].unsigned_attrs.clone();
    let mixed = SignerInfo { unsigned_attrs: theirs, ..signer.clone() };
    mine.signer_infos = SignerInfos(SetOfVec::try_from(vec![mixed]).unwrap());
    let content_type = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.2");
    let mixed = ContentInfo { content_type, content: Any::encode_from(&mine).unwrap() };
    let mut digits = hex::encode_upper(mixed.to_der().unwrap()).into_bytes();
    digits.resize(32_768, b'0');
    let file = replaced_at(&LEVELS.stamped, room(&LEVELS.stamped), &digits);
    add("timestamp of another seal", Kind::TimestampInvalid, file);
    let at = find_last(&LEVELS.stamped, b"060B2A864886F70D010910020E") + 1_200;
    add("timestamp flipped", Kind::TimestampInvalid, flipped(&LEVELS.stamped, at + 1));

    let archive = prepare_archive_timestamp(&other, |bytes| Foretold(4).fill(bytes)).unwrap();
    let answer = STUDIO.answer(archive.request(), 3);
    let others = archive.complete(&answer).unwrap();
    let contents = others[room(&others)..room(&others) + 32_768].to_vec();
    let file = replaced_at(&LEVELS.archived, room(&LEVELS.archived), &contents);
    add("archive timestamp of another file", Kind::TimestampInvalid, file);
    let list = &STUDIO.validation_data().revocation_lists[0];
    let middle = find(&LEVELS.archived, list) + list.len() / 2;
    let file = flipped(&LEVELS.archived, middle);
    add("validation data flipped under the archive timestamp", Kind::TimestampInvalid, file);
}

/// The signature in the last room of a file.
fn content(file: &[u8]) -> SignedData {
    let from = find_last(file, b"/Contents <") + 11;
    let der = hex::decode(&file[from..from + 32_768]).unwrap();
    let end = 4 + usize::from(u16::from_be_bytes([der[2], der[3]]));
    ContentInfo::from_der(&der[..end]).unwrap().content.decode_as().unwrap()
}

#[test]
fn every_tampering_is_refused_by_its_name() {
    let attempts = attempts();
    assert!(attempts.len() > 40);
    let mut wrong = Vec::new();
    for attempt in &attempts {
        let strict = if attempt.kind == Kind::LevelTooLow { strict().at_least(Level::BLT) } else { strict() };
        let report = verify(&attempt.file, &strict);
        let kinds: Vec<Kind> = report.findings.iter().map(|finding| finding.kind).collect();
        if report.verdict != Verdict::Refused || !report.found(attempt.kind) {
            wrong.push(format!("{}: {:?} instead of {:?}: {:#?}", attempt.what, kinds, attempt.kind, report.findings));
        }
        if !attempt.needs_knowledge {
            let alone = verify(&attempt.file, &Options::default());
            if alone.verdict != Verdict::Refused || !alone.found(attempt.kind) {
                wrong.push(format!("{}: not seen by the file alone", attempt.what));
            }
        }
        for finding in &report.findings {
            assert!(finding.message.ends_with('.') && finding.remedy.ends_with('.'), "{finding:?}");
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn extensions_may_be_declared_after_sealing() {
    let lasting = &LEVELS.lasting;
    let look = Look::at(lasting);
    let declaring = |extensions: &str| {
        let catalog = look.with(look.root(), &[("Extensions", extensions)]);
        appended(lasting, &[(look.root(), catalog)], "")
    };
    let esic = declaring("<</ESIC<</BaseVersion/1.7/ExtensionLevel 5>>>>");
    let report = verify(&esic, &strict());
    assert_eq!((report.verdict, report.findings.len()), (Verdict::Valid, 0), "{:#?}", report.findings);
    for wrong in ["[/ESIC]", "<</ESIC/1.7>>", "<</ESIC<</BaseVersion/1.7/URL(x)>>>>", "<</ESIC<</ExtensionLevel/5>>>>"]
    {
        assert!(verify(&declaring(wrong), &strict()).found(Kind::CatalogChanged), "{wrong}");
    }
}
