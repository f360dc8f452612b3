//! Objects, read from bytes and written back.

use std::{collections::BTreeMap, io::Write as _, ops::Range};

use super::PdfError;

/// How deep arrays and dictionaries may stand within one another.
const MAX_DEPTH: usize = 64;

/// The number and generation of an indirect object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Id {
    pub(crate) number: u32,
    pub(crate) generation: u16,
}

/// The entries of a dictionary, by key without its slash.
pub(crate) type Dict = BTreeMap<Vec<u8>, Object>;

/// The entries of a dictionary, each with the place of its value in the file.
pub(super) type Placed = BTreeMap<Vec<u8>, (Object, Range<usize>)>;

/// A direct object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Object {
    Null,
    Boolean(bool),
    Integer(i64),
    /// A real number as it was written, so that writing it again changes nothing.
    Real(Vec<u8>),
    Name(Vec<u8>),
    /// A string's bytes, written as hexadecimal digits.
    Text(Vec<u8>),
    Array(Vec<Object>),
    Dict(Dict),
    Reference(Id),
}

impl Object {
    /// A name.
    pub(crate) fn name(text: &str) -> Self {
        Self::Name(text.as_bytes().to_vec())
    }

    /// A text string: ASCII as it is, anything else as UTF-16 with a mark in front.
    pub(crate) fn text(text: &str) -> Self {
        if text.is_ascii() {
            return Self::Text(text.as_bytes().to_vec());
        }
        let units = text.encode_utf16().flat_map(u16::to_be_bytes);
        Self::Text([0xfe, 0xff].into_iter().chain(units).collect())
    }

    pub(crate) fn as_array(&self) -> Option<&[Object]> {
        if let Self::Array(items) = self { Some(items) } else { None }
    }

    pub(crate) fn as_dict(&self) -> Option<&Dict> {
        if let Self::Dict(entries) = self { Some(entries) } else { None }
    }

    pub(crate) fn as_integer(&self) -> Option<i64> {
        if let Self::Integer(value) = self { Some(*value) } else { None }
    }

    pub(crate) fn as_reference(&self) -> Option<Id> {
        if let Self::Reference(id) = self { Some(*id) } else { None }
    }

    pub(crate) fn is_name(&self, name: &str) -> bool {
        matches!(self, Self::Name(found) if found == name.as_bytes())
    }

    /// The characters of a text string; a byte outside of ASCII counts as Latin-1 where no mark of UTF-16 stands.
    pub(crate) fn to_text(&self) -> Option<String> {
        let Self::Text(bytes) = self else { return None };
        Some(match bytes.as_slice() {
            [0xfe, 0xff, units @ ..] => {
                let units: Vec<u16> =
                    units.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
                String::from_utf16_lossy(&units)
            }
            [0xef, 0xbb, 0xbf, text @ ..] => String::from_utf8_lossy(text).into_owned(),
            bytes => bytes.iter().map(|byte| char::from(*byte)).collect(),
        })
    }

    /// Appends the object as PDF writes it.
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Null => out.extend_from_slice(b"null"),
            Self::Boolean(value) => out.extend_from_slice(if *value { b"true" } else { b"false" }),
            Self::Integer(value) => write_to(out, format_args!("{value}")),
            Self::Real(text) => out.extend_from_slice(text),
            Self::Name(name) => write_name(name, out),
            Self::Text(bytes) => {
                out.push(b'<');
                out.extend_from_slice(hex::encode_upper(bytes).as_bytes());
                out.push(b'>');
            }
            Self::Array(items) => {
                out.push(b'[');
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        out.push(b' ');
                    }
                    item.write(out);
                }
                out.push(b']');
            }
            Self::Dict(entries) => write_dict(entries, out),
            Self::Reference(id) => write_to(out, format_args!("{} {} R", id.number, id.generation)),
        }
    }
}

/// Appends a dictionary, one entry a line.
pub(super) fn write_dict(entries: &Dict, out: &mut Vec<u8>) {
    out.extend_from_slice(b"<<\n");
    for (key, value) in entries {
        write_name(key, out);
        out.push(b' ');
        value.write(out);
        out.push(b'\n');
    }
    out.extend_from_slice(b">>");
}

fn write_name(name: &[u8], out: &mut Vec<u8>) {
    out.push(b'/');
    for &byte in name {
        if byte.is_ascii_graphic() && !is_delimiter(byte) && byte != b'#' {
            out.push(byte);
        } else {
            write_to(out, format_args!("#{byte:02X}"));
        }
    }
}

pub(super) fn write_to(out: &mut Vec<u8>, text: std::fmt::Arguments<'_>) {
    out.write_fmt(text).expect("writing into memory cannot fail");
}

fn is_white(byte: u8) -> bool {
    matches!(byte, 0 | 9 | 10 | 12 | 13 | 32)
}

fn is_delimiter(byte: u8) -> bool {
    matches!(byte, b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%')
}

/// Reads objects from an offset on.
#[derive(Debug, Clone)]
pub(crate) struct Parser<'a> {
    data: &'a [u8],
    at: usize,
}

impl<'a> Parser<'a> {
    pub(crate) fn new(data: &'a [u8], at: usize) -> Self {
        Self { data, at }
    }

    pub(crate) fn at(&self) -> usize {
        self.at
    }

    pub(crate) fn error(&self, problem: &'static str) -> PdfError {
        PdfError::Broken { at: self.at, problem }
    }

    fn rest(&self) -> &'a [u8] {
        self.data.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<u8> {
        self.data.get(self.at).copied()
    }

    /// White space and comments.
    pub(crate) fn skip(&mut self) {
        while let Some(byte) = self.peek() {
            if byte == b'%' {
                let line = self.rest().iter().position(|byte| matches!(byte, 10 | 13));
                self.at += line.unwrap_or(self.rest().len());
            } else if is_white(byte) {
                self.at += 1;
            } else {
                break;
            }
        }
    }

    /// White space alone.
    pub(crate) fn skip_white(&mut self) {
        while self.peek().is_some_and(is_white) {
            self.at += 1;
        }
    }

    /// Takes these bytes if they stand here.
    pub(crate) fn take(&mut self, word: &[u8]) -> bool {
        let found = self.rest().starts_with(word);
        if found {
            self.at += word.len();
        }
        found
    }

    /// Takes a whole word behind white space: nothing that continues it may follow.
    pub(crate) fn keyword(&mut self, word: &[u8]) -> bool {
        self.skip();
        let ends = self.rest().get(word.len()).is_none_or(|byte| is_white(*byte) || is_delimiter(*byte));
        ends && self.take(word)
    }

    /// An integer without sign, behind white space.
    pub(crate) fn unsigned<T: std::str::FromStr>(&mut self) -> Result<T, PdfError> {
        self.skip();
        let digits = self.rest().iter().take_while(|byte| byte.is_ascii_digit()).count();
        let value = std::str::from_utf8(&self.rest()[..digits]).ok().and_then(|digits| digits.parse().ok());
        let value = value.ok_or_else(|| self.error("a number should stand here"))?;
        self.at += digits;
        Ok(value)
    }

    /// One object.
    pub(crate) fn object(&mut self) -> Result<Object, PdfError> {
        self.nested(0)
    }

    fn nested(&mut self, depth: usize) -> Result<Object, PdfError> {
        if depth > MAX_DEPTH {
            return Err(self.error("objects stand too deep within one another"));
        }
        self.skip();
        match self.peek() {
            Some(b'/') => self.read_name().map(Object::Name),
            Some(b'(') => self.literal().map(Object::Text),
            Some(b'<') if self.rest().starts_with(b"<<") => {
                let entries = self.entries(depth)?;
                Ok(Object::Dict(entries.into_iter().map(|(key, (value, _))| (key, value)).collect()))
            }
            Some(b'<') => self.digits().map(Object::Text),
            Some(b'[') => {
                self.at += 1;
                let mut items = Vec::new();
                loop {
                    self.skip();
                    if self.take(b"]") {
                        return Ok(Object::Array(items));
                    }
                    items.push(self.nested(depth + 1)?);
                }
            }
            Some(b'0'..=b'9' | b'+' | b'-' | b'.') => self.number_or_reference(),
            _ if self.keyword(b"null") => Ok(Object::Null),
            _ if self.keyword(b"true") => Ok(Object::Boolean(true)),
            _ if self.keyword(b"false") => Ok(Object::Boolean(false)),
            _ => Err(self.error("an object should stand here")),
        }
    }

    /// A dictionary's entries, each with the place of its value.
    pub(crate) fn entries(&mut self, depth: usize) -> Result<Placed, PdfError> {
        self.skip();
        if !self.take(b"<<") {
            return Err(self.error("a dictionary should stand here"));
        }
        let mut entries = BTreeMap::new();
        loop {
            self.skip();
            if self.take(b">>") {
                return Ok(entries);
            }
            let key = self.read_name()?;
            self.skip();
            let start = self.at;
            let value = self.nested(depth + 1)?;
            // Readers disagree on which of two counts.
            if entries.insert(key, (value, start..self.at)).is_some() {
                return Err(self.error("a dictionary names a key twice"));
            }
        }
    }

    fn read_name(&mut self) -> Result<Vec<u8>, PdfError> {
        if !self.take(b"/") {
            return Err(self.error("a name should stand here"));
        }
        let mut name = Vec::new();
        while let Some(byte) = self.peek().filter(|byte| !is_white(*byte) && !is_delimiter(*byte)) {
            self.at += 1;
            if byte == b'#' {
                let code = self.rest().get(..2).and_then(|code| hex::decode(code).ok());
                let code = code.ok_or_else(|| self.error("a name has a broken escape"))?;
                name.extend_from_slice(&code);
                self.at += 2;
            } else {
                name.push(byte);
            }
        }
        Ok(name)
    }

    fn digits(&mut self) -> Result<Vec<u8>, PdfError> {
        self.at += 1;
        let end = self.rest().iter().position(|byte| *byte == b'>').ok_or_else(|| self.error("a string has no end"))?;
        let text = &self.rest()[..end];
        // Signatures stand in rooms of many digits, without a space between them.
        let bytes = hex::decode(text).or_else(|_| {
            let mut digits: Vec<u8> = text.iter().copied().filter(|byte| !is_white(*byte)).collect();
            if digits.len() % 2 == 1 {
                digits.push(b'0');
            }
            hex::decode(digits).map_err(|_| self.error("a string of digits holds something else"))
        })?;
        self.at += end + 1;
        Ok(bytes)
    }

    fn literal(&mut self) -> Result<Vec<u8>, PdfError> {
        self.at += 1;
        let mut open = 1_usize;
        let mut bytes = Vec::new();
        while let Some(byte) = self.peek() {
            self.at += 1;
            match byte {
                b'(' => open += 1,
                b')' => {
                    open -= 1;
                    if open == 0 {
                        return Ok(bytes);
                    }
                }
                b'\\' => {
                    self.escape(&mut bytes);
                    continue;
                }
                _ => {}
            }
            bytes.push(byte);
        }
        Err(self.error("a string has no end"))
    }

    fn escape(&mut self, bytes: &mut Vec<u8>) {
        let Some(byte) = self.peek() else { return };
        self.at += 1;
        match byte {
            b'n' => bytes.push(b'\n'),
            b'r' => bytes.push(b'\r'),
            b't' => bytes.push(b'\t'),
            b'b' => bytes.push(8),
            b'f' => bytes.push(12),
            b'\r' => {
                self.take(b"\n");
            }
            b'\n' => {}
            b'0'..=b'7' => {
                let mut code = u32::from(byte - b'0');
                for _ in 0..2 {
                    let Some(digit) = self.peek().filter(|byte| (b'0'..=b'7').contains(byte)) else { break };
                    code = code * 8 + u32::from(digit - b'0');
                    self.at += 1;
                }
                // What overflows is ignored, as the standard has it.
                bytes.push(code.to_le_bytes()[0]);
            }
            other => bytes.push(other),
        }
    }

    fn number_or_reference(&mut self) -> Result<Object, PdfError> {
        let ends = |byte: &u8| is_white(*byte) || is_delimiter(*byte);
        let length = self.rest().iter().position(ends).unwrap_or(self.rest().len());
        let word = &self.rest()[..length];
        let text = std::str::from_utf8(word).map_err(|_| self.error("a number should stand here"))?;
        let Ok(value) = text.parse::<i64>() else {
            let real = text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.'));
            if !real {
                return Err(self.error("a number should stand here"));
            }
            self.at += length;
            return Ok(Object::Real(word.to_vec()));
        };
        self.at += length;
        Ok(self.reference(value).unwrap_or(Object::Integer(value)))
    }

    /// The rest of a reference behind its number, if it is one.
    fn reference(&mut self, number: i64) -> Option<Object> {
        let number = u32::try_from(number).ok()?;
        let mut ahead = self.clone();
        let generation = ahead.unsigned().ok()?;
        if !ahead.keyword(b"R") {
            return None;
        }
        *self = ahead;
        Some(Object::Reference(Id { number, generation }))
    }
}
