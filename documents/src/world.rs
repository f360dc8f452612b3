//! Typst as a library, walled in: one template, one data file, the fonts. No packages, no other file, no clock.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{LazyLock, Mutex, OnceLock, PoisonError};

use chrono::{DateTime, Datelike, Timelike, Utc};
use serde::Serialize;
use sha2::{Digest, Sha256};
use typst::diag::{FileError, FileResult, SourceDiagnostic};
use typst::foundations::{Bytes, Datetime, Duration, Smart};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

use crate::endings;
use crate::error::DocumentError;
use crate::legible::{self, Glyphs};

/// Most bytes of JSON that one document may be made of.
pub const MAX_DATA_BYTES: usize = 4 << 20;

/// From this size of data on, what typst computed for a document is forgotten with it: it is unlike others, and much.
const LARGE_DATA_BYTES: usize = 128 << 10;

/// Bytes of data that are typeset from one sweep of typst's memory to the next: of a dozen licences, or of eight agreements, which say more and are remembered
/// by more.
const SWEEP_BYTES: usize = 176 << 10;

/// Font families of the crate, in order of preference. The first sets the text, the second code, and scripts that the first lacks.
const FAMILIES: [&str; 2] = ["Libertinus Serif", "DejaVu Sans Mono"];

/// Font families for names in any of the scripts that contracts meet: Latin, Greek and Cyrillic, then Arabic and Hebrew, then Japanese.
const WORLDWIDE: [&str; 4] = ["Libertinus Serif", "DejaVu Sans", "M PLUS 1", "DejaVu Sans Mono"];

/// M PLUS 1, a variable font; `build.rs` says where it lies.
const M_PLUS_1: &[u8] = include_bytes!(env!("DOCUMENTS_M_PLUS_1"));

/// The virtual path that a template reads its data from.
const DATA_PATH: &str = "/data.json";

/// Most files that one document may embed.
pub const MAX_EMBEDDED: usize = 8;

/// Most bytes of one embedded file.
pub const MAX_EMBEDDED_BYTES: usize = 16 << 20;

/// Stands behind a template and embeds the files. It shows nothing.
const EMBED: &str = r#"
#for (index, file) in std.json("/embedded.json").enumerate() {
  std.pdf.attach(
    file.name,
    std.read("/embedded-" + std.str(index), encoding: none),
    relationship: file.relationship,
    mime-type: file.media_type,
    description: file.description,
  )
}
"#;

/// What an embedded file is to the document (PDF/A-3, `AFRelationship`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Relationship {
    /// The document was made from it.
    Source,
    /// What the document shows stands in it.
    Data,
    /// It says the same in another form.
    Alternative,
    /// It says more.
    Supplement,
}

/// A file that travels within a PDF.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct EmbeddedFile<'a> {
    /// Its name, unique in the document, such as `agreement.json`.
    pub name: &'a str,
    /// Its media type, such as `application/json`.
    pub media_type: &'a str,
    /// What it is to the document.
    pub relationship: Relationship,
    /// What it is, for people.
    pub description: &'a str,
    /// Its bytes.
    #[serde(skip)]
    pub bytes: &'a [u8],
}

/// A finished PDF and what is needed to make the very same bytes again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pdf {
    /// The file: PDF/A-2b, tagged.
    pub bytes: Vec<u8>,
    /// SHA-256 of the file, lower-case hexadecimal.
    pub sha256: String,
    /// SHA-256 over template and texts that it was made with.
    pub template_sha256: String,
    /// SHA-256 of the words that it shows, equal to that of the HTML of the same contract.
    pub text_sha256: String,
    /// What typeset it, with versions.
    pub engine_version: String,
}

/// What a PDF says about itself.
#[derive(Debug)]
pub struct Metadata<'a> {
    /// Stable identity: the same document made again has the same.
    pub ident: &'a str,
    /// Creation date, taken from the data.
    pub created_at: DateTime<Utc>,
}

/// Fonts and standard library, prepared once and shared by all renders. Cheap to use from many threads; a render blocks its
/// thread for milliseconds, so asynchronous callers hand it to a blocking thread.
pub struct Typesetter {
    library: LazyHash<Library>,
    book: LazyHash<FontBook>,
    fonts: Vec<Font>,
    families: Vec<String>,
}

impl std::fmt::Debug for Typesetter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Typesetter").field("families", &self.families).finish_non_exhaustive()
    }
}

impl Glyphs for Font {
    fn has(&self, c: char) -> bool {
        self.info().coverage.contains(u32::from(c))
    }
}

impl Typesetter {
    /// The typesetter with the crate's own fonts, made at the first call.
    pub fn bundled() -> &'static Self {
        static BUNDLED: OnceLock<Typesetter> = OnceLock::new();
        BUNDLED.get_or_init(|| Self::from_fonts(&FAMILIES, bundled_fonts().collect()))
    }

    /// The typesetter for names in many scripts, made at the first call: what contracts are typeset with.
    pub fn worldwide() -> &'static Self {
        static WORLDWIDE_SETTER: OnceLock<Typesetter> = OnceLock::new();
        WORLDWIDE_SETTER.get_or_init(|| {
            let more = [dejavu::sans::regular(), dejavu::sans::bold(), M_PLUS_1];
            let more = more.into_iter().flat_map(|file| Font::iter(Bytes::new(file)));
            Self::from_fonts(&WORLDWIDE, bundled_fonts().chain(more).collect())
        })
    }

    /// A typesetter that falls back to more fonts (OpenType or TrueType files) for scripts that the bundled ones lack.
    ///
    /// # Errors
    /// [`DocumentError::Font`] for a file without a usable font.
    pub fn with_fonts(files: impl IntoIterator<Item = Vec<u8>>) -> Result<Self, DocumentError> {
        let mut fonts: Vec<Font> = bundled_fonts().collect();
        for (index, file) in files.into_iter().enumerate() {
            let known = fonts.len();
            fonts.extend(Font::iter(Bytes::new(file)));
            if fonts.len() == known {
                return Err(DocumentError::Font { index });
            }
        }
        Ok(Self::from_fonts(&FAMILIES, fonts))
    }

    fn from_fonts(preferred: &[&str], fonts: Vec<Font>) -> Self {
        let mut families: Vec<String> = preferred.iter().map(ToString::to_string).collect();
        for font in &fonts {
            let family = font.info().family.as_str();
            if !families.iter().any(|known| known == family) {
                families.push(family.to_owned());
            }
        }
        Self {
            library: LazyHash::new(Library::default()),
            book: LazyHash::new(FontBook::from_fonts(&fonts)),
            fonts,
            families,
        }
    }

    /// The font families in order of preference, for templates.
    pub fn families(&self) -> &[String] {
        &self.families
    }

    /// The text as documents print it; see [`mod@crate::legible`].
    pub fn legible(&self, text: &str) -> String {
        legible::legible(text, &self.fonts).into_owned()
    }

    /// The characters of a text that would be spelled as code points, so that a form can ask for another spelling.
    pub fn illegible(&self, text: &str) -> Vec<char> {
        legible::illegible(text, &self.fonts)
    }

    /// Typesets `template` with `data` as PDF/A-2b. The same arguments give the same bytes.
    ///
    /// # Errors
    /// [`DocumentError::TooLarge`] above [`MAX_DATA_BYTES`], [`DocumentError::Typeset`] when template or standard refuse the data.
    pub fn render(
        &self,
        template: &str,
        data: &impl Serialize,
        metadata: &Metadata<'_>,
    ) -> Result<Vec<u8>, DocumentError> {
        self.render_with(template, data, metadata, &[])
    }

    /// As [`Self::render`], with files embedded: PDF/A-3b if there are any.
    ///
    /// # Errors
    /// As [`Self::render`]; [`DocumentError::Embed`] for a name that is none, for files of the same name, and above [`MAX_EMBEDDED`]
    /// files or [`MAX_EMBEDDED_BYTES`].
    pub fn render_with(
        &self,
        template: &str,
        data: &impl Serialize,
        metadata: &Metadata<'_>,
        embedded: &[EmbeddedFile<'_>],
    ) -> Result<Vec<u8>, DocumentError> {
        let json = data_json(data)?;
        check_embedded(embedded)?;
        let bytes = json.len();
        let rendered = self.compile(template, json, metadata, embedded);
        sweep(bytes);
        // Licences stay as they were sold.
        if embedded.is_empty() { rendered } else { rendered.map(endings::unambiguous) }
    }

    /// Lays a template out with its data and the files that it embeds.
    pub(crate) fn lay_out(
        &self,
        template: String,
        json: String,
        embedded: &[EmbeddedFile<'_>],
    ) -> Result<PagedDocument, DocumentError> {
        let contents = [Bytes::from_string(json), Bytes::from_string(serde_json::to_string(embedded)?)]
            .into_iter()
            .chain(embedded.iter().map(|file| Bytes::new(file.bytes.to_vec())));
        let room = Room {
            typesetter: self,
            main: parsed(template),
            files: FILES[1..].iter().copied().zip(contents).collect(),
        };
        typst::compile::<PagedDocument>(&room).output.map_err(|errors| refused(&errors))
    }

    fn compile(
        &self,
        template: &str,
        json: String,
        metadata: &Metadata<'_>,
        embedded: &[EmbeddedFile<'_>],
    ) -> Result<Vec<u8>, DocumentError> {
        let (template, standard) = if embedded.is_empty() {
            (template.to_owned(), PdfStandard::A_2b)
        } else {
            (format!("{template}{EMBED}"), PdfStandard::A_3b)
        };
        let document = self.lay_out(template, json, embedded)?;
        let at = metadata.created_at;
        let field = |value: u32| u8::try_from(value).unwrap_or_default();
        let created = Datetime::from_ymd_hms(
            at.year(),
            field(at.month()),
            field(at.day()),
            field(at.hour()),
            field(at.minute()),
            field(at.second()),
        );
        let standards = PdfStandards::new(&[standard])
            .map_err(|error| DocumentError::Typeset(vec![error.message().to_string()]))?;
        let options = PdfOptions {
            ident: Smart::Custom(metadata.ident.to_owned()),
            creator: Smart::Custom(Some("Ledgerline".to_owned())),
            timestamp: created.map(Timestamp::new_utc),
            standards,
            ..PdfOptions::default()
        };
        typst_pdf::pdf(&document, &options).map_err(|errors| refused(&errors))
    }
}

/// A template, parsed. Those of the crate are a handful, and each is parsed once; what tests typeset beside them makes room for itself.
fn parsed(template: String) -> Source {
    const MOST: usize = 32;
    static PARSED: Mutex<Vec<Source>> = Mutex::new(Vec::new());
    let mut parsed = PARSED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = parsed.iter().find(|source| source.text() == template) {
        return known.clone();
    }
    if parsed.len() >= MOST {
        parsed.clear();
    }
    let source = Source::new(FILES[0], template);
    parsed.push(source.clone());
    source
}

/// The data of a document as its template reads it.
pub(crate) fn data_json(data: &impl Serialize) -> Result<String, DocumentError> {
    let json = serde_json::to_string(data)?;
    let bytes = json.len();
    if bytes > MAX_DATA_BYTES { Err(DocumentError::TooLarge { bytes, limit: MAX_DATA_BYTES }) } else { Ok(json) }
}

/// Typst remembers what it laid out, and most clauses of one contract stand in the next. Whatever no render of the last round has asked
/// for goes, so memory is bounded by the documents of two rounds. `bytes` is how much data the last one was made of.
pub(crate) fn sweep(bytes: usize) {
    static UNSWEPT: AtomicUsize = AtomicUsize::new(0);
    if bytes > LARGE_DATA_BYTES {
        typst::comemo::evict(0);
    } else if UNSWEPT.fetch_add(bytes, Ordering::Relaxed) + bytes >= SWEEP_BYTES {
        UNSWEPT.store(0, Ordering::Relaxed);
        typst::comemo::evict(1);
    }
}

/// The versions of everything that decides a document's bytes, beside its template and data: of this crate, with a fingerprint of its sources and
/// fonts, and of the typesetter.
pub fn engine_version() -> String {
    let (version, maker) = (env!("CARGO_PKG_VERSION"), env!("DOCUMENTS_MAKER"));
    format!("documents {version}+{maker}, typst {}", typst::utils::version().raw())
}

/// SHA-256 in lower-case hexadecimal.
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

fn bundled_fonts() -> impl Iterator<Item = Font> {
    typst_assets::fonts()
        .flat_map(|file| Font::iter(Bytes::new(file)))
        .filter(|font| FAMILIES.contains(&font.info().family.as_str()))
}

fn refused(errors: &[SourceDiagnostic]) -> DocumentError {
    DocumentError::Typeset(errors.iter().map(|error| error.message.to_string()).collect())
}

fn check_embedded(embedded: &[EmbeddedFile<'_>]) -> Result<(), DocumentError> {
    for (index, file) in embedded.iter().enumerate() {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
        let problem = if file.name.is_empty() || file.name.starts_with('.') || !file.name.chars().all(plain) {
            "name it with letters, digits, dots and dashes alone"
        } else if embedded[..index].iter().any(|other| other.name == file.name) {
            "give each file a name of its own"
        } else if file.bytes.len() > MAX_EMBEDDED_BYTES {
            "it is larger than 16 MiB"
        } else if index >= MAX_EMBEDDED {
            "a document embeds eight files at most"
        } else {
            continue;
        };
        return Err(DocumentError::Embed { name: file.name.to_owned(), problem });
    }
    Ok(())
}

/// Template, data and embedded files, interned once: typst never forgets a file id.
static FILES: LazyLock<Vec<FileId>> = LazyLock::new(|| {
    let fixed = ["/main.typ", DATA_PATH, "/embedded.json"].map(str::to_owned);
    let embedded = (0..MAX_EMBEDDED).map(|index| format!("/embedded-{index}"));
    fixed
        .into_iter()
        .chain(embedded)
        .map(|path| {
            let path = VirtualPath::new(path).expect("a literal path inside the root is valid");
            RootedPath::new(VirtualRoot::Project, path).intern()
        })
        .collect()
});

/// All that a template can see.
struct Room<'a> {
    typesetter: &'a Typesetter,
    main: Source,
    files: Vec<(FileId, Bytes)>,
}

impl World for Room<'_> {
    fn library(&self) -> &LazyHash<Library> {
        &self.typesetter.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.typesetter.book
    }

    fn main(&self) -> FileId {
        self.main.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == self.main.id() { Ok(self.main.clone()) } else { Err(FileError::AccessDenied) }
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        let found = self.files.iter().find(|(known, _)| *known == id);
        found.map(|(_, bytes)| bytes.clone()).ok_or(FileError::AccessDenied)
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.typesetter.fonts.get(index).cloned()
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn render(template: &str, data: &impl Serialize) -> Result<Vec<u8>, DocumentError> {
        let metadata = Metadata { ident: "test", created_at: DateTime::UNIX_EPOCH };
        Typesetter::bundled().render(template, data, &metadata)
    }

    #[test]
    fn the_engine_names_its_sources_and_fonts() {
        let version = engine_version();
        let maker = version.split(['+', ',']).nth(1).unwrap();
        assert!(maker.len() == 16 && maker.chars().all(|c| c.is_ascii_hexdigit()), "{version}");
    }

    #[test]
    fn a_template_sees_its_data_and_nothing_else() {
        assert!(render(r#"#json("/data.json").x"#, &serde_json::json!({"x": "seen"})).is_ok());
        for denied in [
            r#"#read("/etc/passwd")"#,
            r#"#read("../Cargo.toml")"#,
            r#"#include "/other.typ""#,
            r#"#import "@preview/cetz:0.4.0": *"#,
            "#datetime.today()",
        ] {
            assert!(matches!(render(denied, &()), Err(DocumentError::Typeset(_))), "{denied} was not refused");
        }
    }

    #[test]
    fn what_is_remembered_changes_no_byte() {
        let template = r#"#set text(font: "Libertinus Serif")
            #for line in json("/data.json") { par(line) }"#;
        let of = |name: &str| render(template, &[name, "What stands in every contract."]).unwrap();
        let fresh = |name: &str| {
            typst::comemo::evict(0);
            of(name)
        };
        for (name, other) in [("Ola", "Zoë"), ("Zoë", "Ola")] {
            let cold = fresh(name);
            of(other);
            assert_eq!(of(name), cold);
        }
    }

    #[test]
    fn too_much_data_is_refused_before_typesetting() {
        let error = render("", &"x".repeat(MAX_DATA_BYTES)).unwrap_err();
        assert!(matches!(error, DocumentError::TooLarge { .. }));
    }

    #[test]
    fn a_missing_value_fails_instead_of_printing_nothing() {
        assert!(matches!(
            render(r#"#json("/data.json").absent"#, &serde_json::json!({})),
            Err(DocumentError::Typeset(_))
        ));
    }

    #[test]
    fn embedded_files_travel_in_the_document() {
        let file = |name| EmbeddedFile {
            name,
            media_type: "application/json",
            relationship: Relationship::Data,
            description: "The agreement for machines",
            bytes: b"{}",
        };
        let metadata = Metadata { ident: "test", created_at: DateTime::UNIX_EPOCH };
        let with = |files: &[EmbeddedFile<'_>]| {
            Typesetter::bundled().render_with("#let json = 1\nHello // end", &(), &metadata, files)
        };
        let pdf = with(&[file("agreement.json"), file("evidence.json")]).unwrap();
        let found = crate::seal::attachments(&pdf).unwrap();
        let names: Vec<&str> = found.iter().map(|file| file.attachment.name.as_str()).collect();
        assert_eq!(names, ["agreement.json", "evidence.json"]);
        assert_eq!(found[0].bytes, b"{}");
        assert_eq!(found[0].attachment.relationship.as_deref(), Some("Data"));
        assert_eq!(found[0].attachment.media_type.as_deref(), Some("application/json"));
        assert!(String::from_utf8_lossy(&pdf).contains("pdfaid:part>3<"));
        for refused in [&[file("")][..], &[file("../a")], &[file("a"), file("a")], &[file("a/b")]] {
            assert!(matches!(with(refused), Err(DocumentError::Embed { .. })), "{refused:?}");
        }
    }

    #[test]
    fn a_file_without_a_font_is_refused() {
        assert!(matches!(Typesetter::with_fonts([b"no font".to_vec()]), Err(DocumentError::Font { index: 0 })));
    }
}
