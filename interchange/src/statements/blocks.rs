//! A statement in blocks of whole records, as text: read one after the other, and taken apart by whoever has time.

use encoding_rs::{Decoder, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use memchr::{memchr, memchr_iter, memrchr};
use serde::{Deserialize, Serialize};

use super::{
    error::StatementError,
    records::{Cell, Records, Syntax, begins_cell, closed},
    source::Source,
};

/// Bytes that are read at a time: all that is in memory of a statement is a few of these.
const BLOCK_BYTES: usize = 1 << 20;
/// Bytes of one cell at the most, twice what a spreadsheet allows.
pub(super) const MAX_CELL_BYTES: usize = 1 << 16;

/// The encoding of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Encoding {
    /// UTF-8, with or without its mark.
    Utf8,
    /// UTF-16, the low byte first.
    Utf16Le,
    /// UTF-16, the high byte first.
    Utf16Be,
    /// Windows-1252, of which Latin-1 is a part.
    Windows1252,
}

impl Encoding {
    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Utf16Le | Self::Utf16Be => "UTF-16",
            Self::Windows1252 => "Windows-1252",
        }
    }

    /// How many bytes a text has in it.
    pub(super) fn bytes(self, text: &str) -> u64 {
        let bytes = match self {
            Self::Utf8 => text.len(),
            // Each byte is a character, and was one before.
            Self::Windows1252 => text.chars().count(),
            Self::Utf16Le | Self::Utf16Be => text.encode_utf16().count() * 2,
        };
        bytes as u64
    }

    /// Bytes of it as text; what is none is replaced.
    pub(super) fn text(self, bytes: &[u8]) -> String {
        let encoding = match self {
            Self::Utf8 => UTF_8,
            Self::Utf16Le => UTF_16LE,
            Self::Utf16Be => UTF_16BE,
            Self::Windows1252 => WINDOWS_1252,
        };
        encoding.decode_without_bom_handling(bytes).0.into_owned()
    }
}

/// Whole records of a statement.
pub(super) struct Block {
    pub(super) text: String,
    pub(super) encoding: Encoding,
    /// Where it begins in the unpacked file.
    pub(super) offset: u64,
    /// The line that it begins on, from 1.
    pub(super) line: u64,
}

/// The blocks of a statement.
pub(super) struct Blocks<'r> {
    source: Source<'r>,
    pub(super) encoding: Encoding,
    /// For what is not a byte a letter: what is decoded waits in `buffer` as UTF-8.
    decoder: Option<Decoder>,
    buffer: Vec<u8>,
    /// Whether there was nothing but ASCII so far, so that it may still be Windows-1252 as well as UTF-8.
    is_ascii: bool,
    /// Whether the source has ended.
    pub(super) ended: bool,
    pub(super) syntax: Syntax,
    pub(super) offset: u64,
    pub(super) line: u64,
}

impl<'r> Blocks<'r> {
    /// Reads the first block and finds out the encoding.
    pub(super) fn open(mut source: Source<'r>) -> Result<Self, StatementError> {
        let mut buffer = Vec::with_capacity(BLOCK_BYTES + (BLOCK_BYTES >> 3));
        let ended = source.fill(&mut buffer, BLOCK_BYTES)? < BLOCK_BYTES;
        let (encoding, mark) = marked(&buffer);
        let mut blocks = Self {
            source,
            encoding,
            decoder: match encoding {
                Encoding::Utf16Le => Some(UTF_16LE.new_decoder_without_bom_handling()),
                Encoding::Utf16Be => Some(UTF_16BE.new_decoder_without_bom_handling()),
                Encoding::Utf8 | Encoding::Windows1252 => None,
            },
            buffer: Vec::new(),
            is_ascii: mark == 0,
            ended,
            syntax: Syntax { separator: b',', end: b'\n', quotes: true },
            offset: mark as u64,
            line: 1,
        };
        buffer.drain(..mark);
        blocks.put(buffer)?;
        if memchr(0, &blocks.buffer).is_some() {
            return Err(no_text());
        }
        if memchr(b'\n', &blocks.buffer).is_none() && memchr(b'\r', &blocks.buffer).is_some() {
            blocks.syntax.end = b'\r';
        }
        if let Err(error) = str::from_utf8(&blocks.buffer) {
            let valid = &blocks.buffer[..error.valid_up_to()];
            if error.error_len().is_some() && blocks.is_ascii && valid.is_ascii() {
                blocks.encoding = Encoding::Windows1252;
            }
        }
        Ok(blocks)
    }

    /// Adds what was read to the buffer.
    fn put(&mut self, bytes: Vec<u8>) -> Result<(), StatementError> {
        let Some(decoder) = &mut self.decoder else {
            if self.buffer.is_empty() {
                self.buffer = bytes;
            } else {
                self.buffer.extend_from_slice(&bytes);
            }
            return Ok(());
        };
        let mut text = String::with_capacity(decoder.max_utf8_buffer_length(bytes.len()).unwrap_or(bytes.len()));
        let (_, _, malformed) = decoder.decode_to_string(&bytes, &mut text, self.ended);
        if malformed {
            let line = self.line + lines(self.syntax, &self.buffer) + lines(self.syntax, text.as_bytes());
            return Err(StatementError::Encoding { line, encoding: self.encoding.name() });
        }
        self.buffer.extend_from_slice(text.as_bytes());
        Ok(())
    }

    /// What is read and not taken yet, as far as it is text.
    pub(super) fn head(&self) -> String {
        if self.encoding == Encoding::Windows1252 {
            return self.encoding.text(&self.buffer);
        }
        let valid = match str::from_utf8(&self.buffer) {
            Ok(text) => text.len(),
            Err(error) => error.valid_up_to(),
        };
        Encoding::Utf8.text(&self.buffer[..valid])
    }

    /// Passes over the text at the beginning of the head.
    pub(super) fn pass(&mut self, text: &str) {
        let waiting = if self.encoding == Encoding::Windows1252 { text.chars().count() } else { text.len() };
        self.buffer.drain(..waiting);
        self.offset += self.encoding.bytes(text);
        self.line += lines(self.syntax, text.as_bytes());
    }

    /// The next block; nothing at the end.
    pub(super) fn next(&mut self) -> Result<Option<Block>, StatementError> {
        if !self.ended && self.buffer.len() < BLOCK_BYTES {
            let count = BLOCK_BYTES - self.buffer.len();
            if self.decoder.is_some() {
                let mut bytes = Vec::with_capacity(count);
                self.ended = self.source.fill(&mut bytes, count)? < count;
                self.put(bytes)?;
            } else {
                self.buffer.reserve(count + (BLOCK_BYTES >> 3));
                self.ended = self.source.fill(&mut self.buffer, count)? < count;
            }
        }
        if self.buffer.is_empty() {
            return Ok(None);
        }
        let (end, open) = whole(&self.buffer, self.syntax);
        let end = match end {
            _ if self.ended && !open => self.buffer.len(),
            Some(end) if !self.ended => end,
            end => return Err(self.endless(end.unwrap_or_default())),
        };
        let mut rest = Vec::with_capacity(BLOCK_BYTES + (BLOCK_BYTES >> 3));
        rest.extend_from_slice(&self.buffer[end..]);
        self.buffer.truncate(end);
        let bytes = std::mem::replace(&mut self.buffer, rest);
        if memchr(0, &bytes).is_some() {
            return Err(no_text());
        }
        let text = self.text(bytes)?;
        let block = Block { offset: self.offset, line: self.line, encoding: self.encoding, text };
        self.offset += self.encoding.bytes(&block.text);
        self.line += lines(self.syntax, block.text.as_bytes());
        Ok(Some(block))
    }

    /// Bytes of the buffer as text. The first that are no UTF-8 say that the file is in Windows-1252, if there was only ASCII before them.
    fn text(&mut self, bytes: Vec<u8>) -> Result<String, StatementError> {
        if self.encoding == Encoding::Windows1252 {
            return Ok(self.encoding.text(&bytes));
        }
        let error = match String::from_utf8(bytes) {
            Ok(text) => {
                self.is_ascii = self.is_ascii && text.is_ascii();
                return Ok(text);
            }
            Err(error) => error,
        };
        let valid = error.utf8_error().valid_up_to();
        let bytes = error.into_bytes();
        if self.is_ascii && bytes[..valid].is_ascii() {
            self.encoding = Encoding::Windows1252;
            return Ok(self.encoding.text(&bytes));
        }
        let line = self.line + lines(self.syntax, &bytes[..valid]);
        Err(StatementError::Encoding { line, encoding: self.encoding.name() })
    }

    /// What is wrong with a record that does not end.
    fn endless(&self, begin: usize) -> StatementError {
        let line = self.line + lines(self.syntax, &self.buffer[..begin]);
        let text = Encoding::Windows1252.text(&self.buffer[begin..]);
        let mut cells: Vec<Cell> = Vec::new();
        Records::new(&text, self.syntax, line).next(&mut cells);
        match cells.iter().position(|cell| cell.len() > MAX_CELL_BYTES) {
            Some(at) => StatementError::CellTooLarge { line, column: at + 1, most_bytes: MAX_CELL_BYTES },
            None if self.ended => StatementError::OpenQuote { line },
            None => StatementError::RecordTooLarge { line, most_bytes: BLOCK_BYTES },
        }
    }
}

/// The encoding that the first bytes tell, and the length of their mark. Without a mark every other byte of UTF-16 is zero, as far as it is ASCII.
fn marked(bytes: &[u8]) -> (Encoding, usize) {
    match bytes {
        [0xef, 0xbb, 0xbf, ..] => (Encoding::Utf8, 3),
        [0xff, 0xfe, ..] => (Encoding::Utf16Le, 2),
        [0xfe, 0xff, ..] => (Encoding::Utf16Be, 2),
        [1..=255, 0, 1..=255, 0, ..] => (Encoding::Utf16Le, 0),
        [0, 1..=255, 0, 1..=255, ..] => (Encoding::Utf16Be, 0),
        _ => (Encoding::Utf8, 0),
    }
}

/// What has zeros in it is none, and no database takes them.
const fn no_text() -> StatementError {
    let remedy = "download the statement as CSV or text";
    StatementError::NotText { what: "made of other bytes than text has", remedy }
}

fn lines(syntax: Syntax, bytes: &[u8]) -> u64 {
    memchr_iter(syntax.end, bytes).count() as u64
}

/// Where the last whole record ends, and whether a quotation mark is open behind it.
pub(super) fn whole(bytes: &[u8], syntax: Syntax) -> (Option<usize>, bool) {
    let mut end = None;
    let mut at = 0;
    loop {
        let marks = if syntax.quotes { memchr_iter(b'"', &bytes[at..]) } else { memchr_iter(b'"', &[]) };
        let open = marks.map(|mark| at + mark).find(|mark| begins_cell(bytes, *mark, syntax));
        let outside = &bytes[at..open.unwrap_or(bytes.len())];
        end = memrchr(syntax.end, outside).map(|last| at + last + 1).or(end);
        let Some(open) = open else { return (end, false) };
        match closed(bytes, open) {
            Some(behind) => at = behind,
            None => return (end, true),
        }
    }
}
