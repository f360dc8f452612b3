//! Files as they are uploaded: what a file is by its first bytes, whether that is what it was said to be, and how large it may be.

use crate::{catalog::entity::AssetKind, visible::is_steering};

/// The most bytes of an audio file: 2 GiB.
pub const MAX_AUDIO_BYTES: u64 = 2 * 1024 * 1024 * 1024;
/// The most bytes of a voice note: 8 MiB, a quarter of an hour as telephones record it.
pub const MAX_VOICE_BYTES: u64 = 8 * 1024 * 1024;
/// The most bytes of a picture: 16 MiB, as much as a FLAC file can carry in its tags.
pub const MAX_ARTWORK_BYTES: u64 = 16 * 1024 * 1024;
/// The most bytes of a royalty statement: 4 GiB, some thirty million lines.
pub const MAX_STATEMENT_BYTES: u64 = 4 * 1024 * 1024 * 1024;
/// How many of a file's first bytes are needed to tell what it is.
pub const HEAD_BYTES: usize = 64 * 1024;

/// Length of the parts in which a file is sent straight to a store that takes it so; the last is what is left. Stores ask for 5 MiB or more, and take
/// 10,000 parts at most.
pub const PART_BYTES: u64 = 8 * 1024 * 1024;

/// Length of the part that begins at an offset of a file; 0 at its end.
pub fn part_bytes(length: u64, offset: u64) -> u64 {
    length.saturating_sub(offset).min(PART_BYTES)
}

/// What a file is by its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileType {
    /// RIFF WAVE.
    Wav,
    /// RF64 or BW64: WAVE beyond 4 GiB.
    Rf64,
    /// AIFF or AIFF-C.
    Aiff,
    /// FLAC.
    Flac,
    /// MPEG audio, layer I to III.
    Mp3,
    /// AAC in ADTS frames.
    Aac,
    /// MPEG-4.
    Mp4,
    /// Ogg.
    Ogg,
    /// PNG.
    Png,
    /// JPEG.
    Jpeg,
    /// WebP.
    Webp,
    /// A file packed by gzip, as sets of Ableton Live are.
    Gzip,
    /// A session as text: Pro Tools' session info, or an unpacked set of Ableton Live.
    SessionText,
    /// A ZIP archive with something in it.
    Zip,
    /// A ZIP archive with nothing in it.
    EmptyZip,
    /// Whatever was sent as a royalty statement.
    Statement,
}

/// A type with its name, its media type, other media types that clients send for it, and its file name extensions.
type TypeRow = (FileType, &'static str, &'static str, &'static [&'static str], &'static [&'static str]);

const TYPES: [TypeRow; 16] = [
    (
        FileType::Wav,
        "WAV audio",
        "audio/wav",
        &["audio/x-wav", "audio/wave", "audio/vnd.wave"],
        &["wav", "wave", "bwf"],
    ),
    (
        FileType::Rf64,
        "RF64 audio",
        "audio/wav",
        &["audio/x-wav", "audio/wave", "audio/vnd.wave"],
        &["wav", "wave", "rf64", "bwf", "bw64"],
    ),
    (FileType::Aiff, "AIFF audio", "audio/aiff", &["audio/x-aiff"], &["aif", "aiff", "aifc"]),
    (FileType::Flac, "FLAC audio", "audio/flac", &["audio/x-flac"], &["flac"]),
    (FileType::Mp3, "MP3 audio", "audio/mpeg", &["audio/mp3", "audio/x-mp3", "audio/x-mpeg"], &["mp3", "mp2", "mpga"]),
    (FileType::Aac, "AAC audio", "audio/aac", &["audio/aacp", "audio/x-aac"], &["aac", "adts"]),
    (
        FileType::Mp4,
        "MPEG-4 audio",
        "audio/mp4",
        &["audio/x-m4a", "audio/m4a", "video/mp4", "audio/aac"],
        &["m4a", "mp4", "m4b"],
    ),
    (
        FileType::Ogg,
        "Ogg audio",
        "audio/ogg",
        &["application/ogg", "audio/vorbis", "audio/x-vorbis+ogg"],
        &["ogg", "oga"],
    ),
    (FileType::Png, "a PNG picture", "image/png", &[], &["png"]),
    (FileType::Jpeg, "a JPEG picture", "image/jpeg", &["image/jpg"], &["jpg", "jpeg"]),
    (FileType::Webp, "a WebP picture", "image/webp", &[], &["webp"]),
    (FileType::Gzip, "a file packed by gzip", "application/gzip", &["application/x-gzip"], &["als", "gz"]),
    (
        FileType::SessionText,
        "a session as text",
        "text/plain",
        &["text/xml", "application/xml"],
        &["txt", "als", "xml"],
    ),
    (
        FileType::Zip,
        "a ZIP archive",
        "application/zip",
        &["application/x-zip-compressed", "application/x-dawproject"],
        &["zip", "dawproject"],
    ),
    (FileType::EmptyZip, "an empty ZIP archive", "application/zip", &["application/x-zip-compressed"], &["zip"]),
    (FileType::Statement, "a statement", "application/octet-stream", &[], &[]),
];

impl FileType {
    fn row(self) -> &'static TypeRow {
        TYPES.iter().find(|row| row.0 == self).expect("every type has its row")
    }

    /// Its name in a sentence, such as `WAV audio`.
    pub fn name(self) -> &'static str {
        self.row().1
    }

    /// Its registered media type.
    pub fn media_type(self) -> &'static str {
        self.row().2
    }

    fn is_audio(self) -> bool {
        self.media_type().starts_with("audio/")
    }

    /// Whether every master's tags can carry it, and players show it: WebP they do not.
    fn is_cover(self) -> bool {
        matches!(self, Self::Png | Self::Jpeg)
    }

    /// Whether something is packed in it.
    const fn is_packed(self) -> bool {
        matches!(self, Self::Zip | Self::Gzip)
    }

    /// Whether another workstation's session can be in it.
    fn is_session(self) -> bool {
        matches!(self, Self::Zip | Self::Gzip | Self::SessionText)
    }
}

/// Whether files of sound are called so, by the extension in lower case and without its dot.
pub fn is_audio_extension(extension: &str) -> bool {
    TYPES.iter().any(|(file_type, .., extensions)| file_type.is_audio() && extensions.contains(&extension))
}

/// Why a file is refused at the door.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FileRefusal {
    /// Nothing in it.
    #[error("the file is empty")]
    Empty,
    /// Larger than its kind may be.
    #[error("the file has {bytes} bytes, and {what} has {max} at most")]
    TooLarge {
        /// What it was uploaded as.
        what: AssetKind,
        /// Its length.
        bytes: u64,
        /// The limit.
        max: u64,
    },
    /// Neither sound nor picture that we know.
    #[error("the file's content is none that we know")]
    Unknown {
        /// What it was uploaded as.
        what: AssetKind,
    },
    /// A known type, not one for this kind.
    #[error("the file is {}, which is no {what}", found.name())]
    WrongKind {
        /// What it was uploaded as.
        what: AssetKind,
        /// What it is.
        found: FileType,
    },
    /// An archive with nothing in it.
    #[error("the ZIP archive is empty: there is no stem in it")]
    EmptyArchive,
    /// Its declared media type is another's.
    #[error("the file was declared as {declared:?} and is {}", found.name())]
    MediaType {
        /// The declared media type.
        declared: String,
        /// What it is.
        found: FileType,
    },
    /// Its name ends like another type's.
    #[error("the file's name ends in .{extension} and its content is {}", found.name())]
    Extension {
        /// The extension.
        extension: String,
        /// What it is.
        found: FileType,
    },
    /// Malware.
    #[error("the file {name} is refused: the scanner for malware found {malware} in it")]
    Infected {
        /// Its name.
        name: String,
        /// What was found, as the scanner calls it.
        malware: String,
    },
    /// The scanner has not looked through all of it, and nothing is handed on that it has not seen.
    #[error("the file {name} is longer, or holds more, than the scanner for malware looks through")]
    TooLongToScan {
        /// Its name.
        name: String,
    },
    /// Files of this kind are made here, not uploaded.
    #[error("a {what} is rendered here, not uploaded")]
    NotUploaded {
        /// The kind.
        what: AssetKind,
    },
    /// No name, or one with characters that no file has.
    #[error("a file's name has 1 to 255 characters and no slash")]
    FileName,
}

/// The most bytes that a file of a kind may have; none if the kind is not uploaded.
pub fn max_bytes(kind: AssetKind) -> Result<u64, FileRefusal> {
    match kind {
        AssetKind::Source | AssetKind::Stem | AssetKind::Tag | AssetKind::Session => Ok(MAX_AUDIO_BYTES),
        AssetKind::Artwork => Ok(MAX_ARTWORK_BYTES),
        AssetKind::VoiceNote => Ok(MAX_VOICE_BYTES),
        AssetKind::Statement => Ok(MAX_STATEMENT_BYTES),
        AssetKind::StemArchive
        | AssetKind::Preview
        | AssetKind::Waveform
        | AssetKind::Master
        | AssetKind::Contract
        | AssetKind::Handoff
        | AssetKind::StatementIndex
        | AssetKind::Royalties
        | AssetKind::Registration => Err(FileRefusal::NotUploaded { what: kind }),
    }
}

/// Whether a file of so many bytes may be uploaded as a kind.
pub fn check_length(kind: AssetKind, bytes: u64) -> Result<(), FileRefusal> {
    let max = max_bytes(kind)?;
    match bytes {
        0 => Err(FileRefusal::Empty),
        bytes if bytes > max => Err(FileRefusal::TooLarge { what: kind, bytes, max }),
        _ => Ok(()),
    }
}

/// A file's name as it is kept: the last part of a path as clients send it, without control characters, 1 to 255 characters.
pub fn file_name(text: &str) -> Result<String, FileRefusal> {
    let last = text.rsplit(['/', '\\']).next().unwrap_or_default();
    let tidy: String = last.chars().filter(|c| !is_steering(*c)).collect();
    let tidy = tidy.trim();
    if tidy.is_empty() || tidy == "." || tidy == ".." || tidy.chars().count() > 255 {
        return Err(FileRefusal::FileName);
    }
    Ok(tidy.to_owned())
}

/// Decides over a file by its first bytes ([`HEAD_BYTES`] of them, or all): its type, if that is one for the kind and neither the declared media type
/// nor the name's extension says otherwise. A media type that says nothing (`application/octet-stream`) and an unknown extension are let pass.
pub fn accept(kind: AssetKind, name: &str, declared: Option<&str>, head: &[u8]) -> Result<FileType, FileRefusal> {
    max_bytes(kind)?;
    if head.is_empty() {
        return Err(FileRefusal::Empty);
    }
    if kind == AssetKind::Statement {
        // It may be text in any encoding, packed or not; what it is else its reader says, which has words for it.
        return Ok(sniff(head).filter(|found| found.is_packed()).unwrap_or(FileType::Statement));
    }
    let found = sniff(head).ok_or(FileRefusal::Unknown { what: kind })?;
    let fits = match kind {
        AssetKind::Artwork => found.is_cover(),
        AssetKind::Session => found.is_session(),
        _ => found.is_audio(),
    };
    match found {
        FileType::EmptyZip if kind == AssetKind::Stem => return Err(FileRefusal::EmptyArchive),
        // Stems may come together; see [`stored_as`].
        FileType::Zip if kind == AssetKind::Stem => {}
        _ if !fits => return Err(FileRefusal::WrongKind { what: kind, found }),
        _ => {}
    }
    let (.., media_type, aliases, extensions) = *found.row();
    let declared = declared.map(|text| text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase());
    if let Some(declared) = declared.filter(|text| says_something(text))
        && declared != media_type
        && !aliases.contains(&declared.as_str())
    {
        return Err(FileRefusal::MediaType { declared: declared.chars().take(100).collect(), found });
    }
    let extension = name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
    let known = |extension: &String| TYPES.iter().any(|row| row.4.contains(&extension.as_str()));
    match extension.filter(known) {
        Some(extension) if !extensions.contains(&extension.as_str()) => {
            Err(FileRefusal::Extension { extension, found })
        }
        _ => Ok(found),
    }
}

/// What a file becomes that was uploaded as a kind: a ZIP of stems is an archive, to be unpacked.
pub fn stored_as(kind: AssetKind, found: FileType) -> AssetKind {
    if kind == AssetKind::Stem && found == FileType::Zip { AssetKind::StemArchive } else { kind }
}

fn says_something(media_type: &str) -> bool {
    !matches!(media_type, "" | "application/octet-stream" | "binary/octet-stream" | "application/x-www-form-urlencoded")
}

/// What a file is by its first bytes; none if it is none of those we know.
pub fn sniff(head: &[u8]) -> Option<FileType> {
    let at = |offset: usize, magic: &[u8]| head.get(offset..).is_some_and(|rest| rest.starts_with(magic));
    match head {
        _ if at(0, b"RIFF") && at(8, b"WAVE") => Some(FileType::Wav),
        _ if (at(0, b"RF64") || at(0, b"BW64")) && at(8, b"WAVE") => Some(FileType::Rf64),
        _ if at(0, b"RIFF") && at(8, b"WEBP") => Some(FileType::Webp),
        _ if at(0, b"FORM") && (at(8, b"AIFF") || at(8, b"AIFC")) => Some(FileType::Aiff),
        _ if at(0, b"fLaC") => Some(FileType::Flac),
        _ if at(0, b"OggS") => Some(FileType::Ogg),
        _ if at(4, b"ftyp") => Some(FileType::Mp4),
        _ if at(0, b"\x89PNG\r\n\x1a\n") => Some(FileType::Png),
        _ if at(0, b"\xff\xd8\xff") => Some(FileType::Jpeg),
        _ if at(0, b"PK\x03\x04") => Some(FileType::Zip),
        _ if at(0, b"PK\x05\x06") => Some(FileType::EmptyZip),
        _ if at(0, b"\x1f\x8b") => Some(FileType::Gzip),
        _ if is_session_text(head) => Some(FileType::SessionText),
        _ if at(0, b"ID3") => Some(behind_id3(head)),
        _ => frame(head),
    }
}

/// Whether a text begins as Pro Tools' session info or an unpacked set of Ableton Live do, in one byte a character or two.
fn is_session_text(head: &[u8]) -> bool {
    // What is ASCII in UTF-16 has a zero beside each byte; byte-order marks are no ASCII.
    let begins: Vec<u8> = head.iter().copied().filter(|byte| byte.is_ascii() && *byte != 0).take(1_000).collect();
    let begins = begins.trim_ascii_start();
    let is_set = begins.starts_with(b"<?xml") && begins.windows(9).any(|part| part == b"<Ableton ");
    begins.starts_with(b"SESSION NAME:") || is_set
}

/// What follows an `ID3v2` tag: where the tag is longer than what we have seen (it may hold a picture), MP3, which nearly always carries it.
fn behind_id3(head: &[u8]) -> FileType {
    let Some(&[a, b, c, d]) = head.get(6..10) else { return FileType::Mp3 };
    let size = [a, b, c, d].iter().fold(0_usize, |size, byte| size << 7 | usize::from(byte & 0x7f));
    match head.get(10 + size..) {
        Some(rest) if rest.starts_with(b"fLaC") => FileType::Flac,
        Some(rest) => frame(rest).unwrap_or(FileType::Mp3),
        None => FileType::Mp3,
    }
}

/// A raw stream's first frame, zeros in front skipped: MPEG audio (ISO 11172-3, 2.4.1.3) or AAC in ADTS (ISO 14496-3, 1.A.2.2), told apart by the
/// layer, which is 0 in ADTS and never in MPEG audio.
fn frame(bytes: &[u8]) -> Option<FileType> {
    let start = bytes.iter().position(|byte| *byte != 0)?;
    let [sync, second, third, ..] = *bytes.get(start..)? else { return None };
    if sync != 0xff || second & 0xe0 != 0xe0 {
        return None;
    }
    let (version, layer) = (second >> 3 & 3, second >> 1 & 3);
    if layer == 0 {
        let rate_index = third >> 2 & 15;
        return (second & 0xf0 == 0xf0 && rate_index < 13).then_some(FileType::Aac);
    }
    let (bitrate, rate) = (third >> 4, third >> 2 & 3);
    (version != 1 && bitrate != 15 && rate != 3).then_some(FileType::Mp3)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const WAV: &[u8] = b"RIFF\x24\x00\x00\x00WAVEfmt ";
    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR";

    #[test]
    fn content_tells_the_type() {
        let cases: [(&[u8], Option<FileType>); 23] = [
            (WAV, Some(FileType::Wav)),
            (b"RF64\xff\xff\xff\xffWAVEds64", Some(FileType::Rf64)),
            (b"FORM\x00\x00\x00\x00AIFFCOMM", Some(FileType::Aiff)),
            (b"FORM\x00\x00\x00\x00AIFCFVER", Some(FileType::Aiff)),
            (b"fLaC\x00", Some(FileType::Flac)),
            (b"OggS\x00", Some(FileType::Ogg)),
            (b"\x00\x00\x00\x20ftypM4A ", Some(FileType::Mp4)),
            (b"\xff\xfb\x90\x64", Some(FileType::Mp3)),
            (b"\x00\x00\xff\xfb\x90\x64", Some(FileType::Mp3)),
            (b"\xff\xf1\x50\x80", Some(FileType::Aac)),
            (b"ID3\x04\x00\x00\x00\x00\x00\x02xxfLaC", Some(FileType::Flac)),
            (b"ID3\x04\x00\x00\x00\x7f\x7f\x7f", Some(FileType::Mp3)),
            (PNG, Some(FileType::Png)),
            (b"\xff\xd8\xff\xe0", Some(FileType::Jpeg)),
            (b"RIFF\x24\x00\x00\x00WEBPVP8 ", Some(FileType::Webp)),
            (b"PK\x03\x04\x14", Some(FileType::Zip)),
            (b"\x1f\x8b\x08\x00", Some(FileType::Gzip)),
            (b"SESSION NAME:\tNight Drive", Some(FileType::SessionText)),
            (b"\xff\xfeS\0E\0S\0S\0I\0O\0N\0 \0N\0A\0M\0E\0:\0", Some(FileType::SessionText)),
            (b"<?xml version=\"1.0\"?>\n<Ableton MajorVersion=\"5\">", Some(FileType::SessionText)),
            (b"<?xml version=\"1.0\"?><html>", None),
            (b"<html>", None),
            (b"\x7fELF", None),
        ];
        for (head, expected) in cases {
            assert_eq!(sniff(head), expected, "{:?}", String::from_utf8_lossy(head));
        }
    }

    #[test]
    fn what_it_is_said_to_be_is_what_it_is() {
        let source = |name: &str, declared, head| accept(AssetKind::Source, name, declared, head);
        assert_eq!(source("a.wav", Some("audio/x-wav"), WAV), Ok(FileType::Wav));
        assert_eq!(source("a.wav", Some("application/octet-stream"), WAV), Ok(FileType::Wav));
        assert_eq!(source("no extension", None, WAV), Ok(FileType::Wav));
        assert_eq!(source("v1.2", Some("audio/wav; codecs=1"), WAV), Ok(FileType::Wav));
        assert_eq!(
            source("a.wav", Some("audio/mpeg"), WAV).unwrap_err().to_string(),
            "the file was declared as \"audio/mpeg\" and is WAV audio"
        );
        assert_eq!(
            source("a.mp3", None, WAV).unwrap_err().to_string(),
            "the file's name ends in .mp3 and its content is WAV audio"
        );
        assert_eq!(
            source("a.png", None, PNG),
            Err(FileRefusal::WrongKind { what: AssetKind::Source, found: FileType::Png })
        );
        assert_eq!(accept(AssetKind::Artwork, "a.png", Some("image/png"), PNG), Ok(FileType::Png));
        assert_eq!(
            accept(AssetKind::Artwork, "a.webp", Some("image/webp"), b"RIFF\x24\x00\x00\x00WEBPVP8 "),
            Err(FileRefusal::WrongKind { what: AssetKind::Artwork, found: FileType::Webp })
        );
        assert_eq!(source("a.wav", None, b""), Err(FileRefusal::Empty));
        assert_eq!(source("a.wav", None, b"MZ"), Err(FileRefusal::Unknown { what: AssetKind::Source }));
        assert_eq!(accept(AssetKind::Stem, "s.zip", None, b"PK\x05\x06"), Err(FileRefusal::EmptyArchive));
        assert_eq!(accept(AssetKind::Stem, "s.zip", Some("application/zip"), b"PK\x03\x04"), Ok(FileType::Zip));
        assert_eq!(stored_as(AssetKind::Stem, FileType::Zip), AssetKind::StemArchive);
        assert_eq!(stored_as(AssetKind::Stem, FileType::Wav), AssetKind::Stem);
        let statement = |head: &[u8]| accept(AssetKind::Statement, "earnings.tsv", Some("text/plain"), head);
        assert_eq!(statement(b"Reporting Date\tSale Month"), Ok(FileType::Statement));
        assert_eq!(statement(b"\x1f\x8b\x08\x00"), Ok(FileType::Gzip));
        assert_eq!(statement(WAV), Ok(FileType::Statement));
        assert!(matches!(
            accept(AssetKind::Source, "s.zip", None, b"PK\x03\x04"),
            Err(FileRefusal::WrongKind { found: FileType::Zip, .. })
        ));
        assert_eq!(
            accept(AssetKind::Session, "Night Drive.als", None, b"\x1f\x8b\x08"),
            Ok(FileType::Gzip),
            "a set of Ableton Live"
        );
        let zip: &[u8] = b"PK\x03\x04";
        assert_eq!(accept(AssetKind::Session, "Night Drive.dawproject", None, zip), Ok(FileType::Zip));
        assert_eq!(stored_as(AssetKind::Session, FileType::Zip), AssetKind::Session);
        assert!(matches!(accept(AssetKind::Session, "a.wav", None, WAV), Err(FileRefusal::WrongKind { .. })));
        assert!(matches!(accept(AssetKind::Source, "a.als", None, b"\x1f\x8b"), Err(FileRefusal::WrongKind { .. })));
        assert_eq!(
            accept(AssetKind::Master, "m.wav", None, WAV),
            Err(FileRefusal::NotUploaded { what: AssetKind::Master })
        );
    }

    #[test]
    fn the_limits_are_inclusive() {
        assert_eq!(check_length(AssetKind::Source, MAX_AUDIO_BYTES), Ok(()));
        assert!(matches!(check_length(AssetKind::Source, MAX_AUDIO_BYTES + 1), Err(FileRefusal::TooLarge { .. })));
        assert_eq!(check_length(AssetKind::Artwork, MAX_ARTWORK_BYTES), Ok(()));
        assert!(matches!(check_length(AssetKind::Artwork, MAX_ARTWORK_BYTES + 1), Err(FileRefusal::TooLarge { .. })));
        assert_eq!(check_length(AssetKind::Stem, 0), Err(FileRefusal::Empty));
    }

    #[test]
    fn names_lose_their_folders() {
        assert_eq!(file_name("C:\\beats\\Night Drive.wav").unwrap(), "Night Drive.wav");
        assert_eq!(file_name("../../etc/passwd").unwrap(), "passwd");
        for text in ["", "a/", "..", "\u{7}", "x".repeat(256).as_str()] {
            assert_eq!(file_name(text), Err(FileRefusal::FileName), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(head in prop::collection::vec(any::<u8>(), 0..64), tagged in any::<bool>()) {
            let head = if tagged { [b"ID3".as_slice(), &head].concat() } else { head };
            let _ = sniff(&head);
        }
    }
}
