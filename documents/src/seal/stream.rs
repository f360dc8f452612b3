//! The bytes of streams.

use miniz_oxide::inflate::decompress_to_vec_zlib_with_limit;

use super::pdf::{File, Indirect, Object};

/// Most bytes that a stream may inflate to.
const MAX_BYTES: usize = 64 << 20;

/// A stream's bytes, inflated if need be; `None` for another filter, for what is broken, and above 64 MiB.
pub(super) fn decoded(file: &File<'_>, stream: &Indirect) -> Option<Vec<u8>> {
    let Object::Dict(entries) = &stream.object else { return None };
    let stored = file.data().get(stream.stream.clone()?)?;
    let filter = match file.lookup(entries, "Filter").ok()? {
        Object::Array(filters) if filters.len() < 2 => filters.into_iter().next().unwrap_or(Object::Null),
        other => other,
    };
    let predicted = !matches!(file.lookup(entries, "DecodeParms").ok()?, Object::Null);
    match filter {
        Object::Null if stored.len() <= MAX_BYTES => Some(stored.to_vec()),
        filter if filter.is_name("FlateDecode") && !predicted => {
            decompress_to_vec_zlib_with_limit(stored, MAX_BYTES).ok()
        }
        _ => None,
    }
}
