//! The bytes of streams.

use std::io::Read;

use flate2::read::ZlibDecoder;

use super::pdf::{File, Indirect, Object, PdfError};

/// Most bytes that the streams of one purpose may inflate to, all together.
const MAX_BYTES: usize = 64 << 20;

/// What may still be inflated. A few kilobytes can inflate to gigabytes, and a thousand names can stand for the same few kilobytes: it is
/// the sum that is limited.
#[derive(Debug)]
pub(super) struct Budget {
    left: usize,
}

impl Budget {
    pub(super) fn new() -> Self {
        Self { left: MAX_BYTES }
    }

    /// A stream's bytes, inflated if need be; `None` for another filter and for what is broken.
    ///
    /// # Errors
    /// [`PdfError::Broken`] once more than 64 MiB were asked for.
    pub(super) fn decoded(&mut self, file: &File<'_>, stream: &Indirect) -> Result<Option<Vec<u8>>, PdfError> {
        let (Object::Dict(entries), Some(place)) = (&stream.object, &stream.stream) else { return Ok(None) };
        let too_large = PdfError::Broken { at: place.start, problem: "streams inflate to more than 64 MiB" };
        let stored = file.data().get(place.clone()).unwrap_or_default();
        let filter = match file.lookup(entries, "Filter")? {
            Object::Array(filters) if filters.len() < 2 => filters.into_iter().next().unwrap_or(Object::Null),
            other => other,
        };
        let predicted = !matches!(file.lookup(entries, "DecodeParms")?, Object::Null);
        let bytes = match filter {
            Object::Null if stored.len() > self.left => return Err(too_large),
            Object::Null => stored.to_vec(),
            filter if filter.is_name("FlateDecode") && !predicted => {
                let (mut bytes, most) = (Vec::new(), u64::try_from(self.left).unwrap_or(u64::MAX));
                let read = ZlibDecoder::new(stored).take(most.saturating_add(1)).read_to_end(&mut bytes);
                if bytes.len() > self.left {
                    return Err(too_large);
                }
                if read.is_err() {
                    // It took memory and time all the same.
                    self.left -= bytes.len();
                    return Ok(None);
                }
                bytes
            }
            _ => return Ok(None),
        };
        self.left -= bytes.len().min(self.left);
        Ok(Some(bytes))
    }
}
