//! Bytes of an encoding that nobody names, as text.

use std::borrow::Cow;

use encoding_rs::{Encoding, WINDOWS_1252};

/// What the byte order mark says, else UTF-8, else Windows-1252, in which every byte is a character.
pub(crate) fn decode(bytes: &[u8]) -> Cow<'_, str> {
    if let Some((encoding, length)) = Encoding::for_bom(bytes) {
        return encoding.decode_without_bom_handling(&bytes[length..]).0;
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => WINDOWS_1252.decode_without_bom_handling(bytes).0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mark_decides_then_utf_8_then_windows() {
        assert_eq!(decode("Zoë".as_bytes()), "Zoë");
        assert_eq!(decode(b"\xEF\xBB\xBFZo\xC3\xAB"), "Zoë");
        assert_eq!(decode(b"Zo\xEB \x80"), "Zoë €");
        assert_eq!(decode(b"\xFF\xFEZ\0o\0\xEB\0"), "Zoë");
        assert_eq!(decode(b"\xFE\xFF\0Z\0o\0\xEB"), "Zoë");
        assert_eq!(decode(b""), "");
    }
}
