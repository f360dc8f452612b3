//! Which documents a file says that it is: the references that stand in it. Whoever seals a copy carries them along.

use std::collections::BTreeSet;

/// What references begin with: agreements, orders and their licences.
const BEGINNINGS: [&[u8]; 2] = [b"AG-", b"LL-"];

/// How many characters follow.
const LENGTH: usize = 8;

/// The most references that are told of a file.
const MOST: usize = 20;

/// The references in a file's readable parts, each once: its metadata, the reasons of its seals, and what is embedded and handed over here.
/// Whether the file is what they name, they do not say.
pub fn references(pdf: &[u8], embedded: Option<&[u8]>) -> Vec<String> {
    let mut found = BTreeSet::new();
    for bytes in [embedded.unwrap_or_default(), pdf] {
        for at in 0..bytes.len() {
            if found.len() >= MOST {
                break;
            }
            found.extend(read(bytes, at));
        }
    }
    found.into_iter().collect()
}

/// The reference that begins at a place, with the number of its licence; none if none does.
fn read(bytes: &[u8], at: usize) -> Option<String> {
    let rest = bytes.get(at..)?;
    let beginning = BEGINNINGS.iter().find(|beginning| rest.starts_with(beginning))?;
    if at > 0 && bytes[at - 1].is_ascii_alphanumeric() {
        return None;
    }
    let end = beginning.len() + LENGTH;
    let is_own = |byte: &u8| byte.is_ascii_digit() || byte.is_ascii_uppercase();
    let code = rest.get(beginning.len()..end).filter(|code| code.iter().all(is_own))?;
    let behind = rest.get(end..).unwrap_or_default();
    if behind.first().is_some_and(u8::is_ascii_alphanumeric) {
        return None;
    }
    let mut text = [*beginning, code].concat();
    if let Some((b'-', number)) = behind.split_first() {
        let digits = number.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if (1..=3).contains(&digits) {
            text.push(b'-');
            text.extend_from_slice(&number[..digits]);
        }
    }
    String::from_utf8(text).ok()
}

#[cfg(test)]
mod tests {
    use super::references;

    #[test]
    fn each_reference_is_found_once_and_nothing_else() {
        let pdf = b"<pdf:Keywords>LL-7K3M9Q2X-1, AG-7K3M9Q2X</pdf:Keywords> (AG-7K3M9Q2X was signed) XAG-11111111 \
            AG-7K3M9Q2 AG-7K3M9Q2XY ag-7k3m9q2x LL-ABCDEFGH-1234";
        assert_eq!(references(pdf, None), ["AG-7K3M9Q2X", "LL-7K3M9Q2X-1", "LL-ABCDEFGH"]);
        assert_eq!(references(b"", Some(br#"{"reference":"AG-00000000"}"#)), ["AG-00000000"]);
        let many: Vec<String> = (0..100).map(|n| format!("AG-{n:08}")).collect();
        assert_eq!(references(many.join(" ").as_bytes(), None).len(), 20);
        for nothing in [&b""[..], b"AG-", b"LL-7K3M9Q2", b"\xff\xfeAG-\xff"] {
            assert!(references(nothing, None).is_empty());
        }
    }
}
