//! Codes that a telephone reads: the address at which a document can be verified.

use serde::Serialize;

use crate::error::DocumentError;
use crate::faults::Faults;

/// Longest address to verify at, in bytes: what a code that is still read easily holds.
const MAX_URL_BYTES: usize = 300;

/// Dark runs of a code, as the templates draw it: column, row, length, in modules.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct QrView {
    size: usize,
    runs: Vec<[usize; 3]>,
}

/// Refuses an address that is none, or longer than a code should hold.
pub(crate) fn check_url(faults: &mut Faults, field: &str, url: &str) {
    if url.is_empty() || url.len() > MAX_URL_BYTES {
        let remedy = format!("give an address of at most {MAX_URL_BYTES} bytes");
        faults.add_as("too_long", field, format!("has {} bytes", url.len()), remedy);
    }
}

/// The code of an address; `field` is where it comes from.
pub(crate) fn qr(field: &str, url: &str) -> Result<QrView, DocumentError> {
    let code = qrcode::QrCode::with_error_correction_level(url, qrcode::EcLevel::M).map_err(|error| {
        let problem = format!("cannot be written as a code: {error}");
        DocumentError::Text { key: field.to_owned(), problem }
    })?;
    let size = code.width();
    let mut runs: Vec<[usize; 3]> = Vec::new();
    for (index, color) in code.to_colors().into_iter().enumerate() {
        if color != qrcode::Color::Dark {
            continue;
        }
        let (column, row) = (index % size, index / size);
        match runs.last_mut() {
            Some([start, same_row, length]) if *same_row == row && *start + *length == column => *length += 1,
            _ => runs.push([column, row, 1]),
        }
    }
    Ok(QrView { size, runs })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_holds_its_modules_once() {
        let view = qr("verify_url", "https://studio.example/verify/AG-7K3M9Q2X").unwrap();
        let dark: usize = view.runs.iter().map(|[_, _, length]| length).sum();
        let code = qrcode::QrCode::new("https://studio.example/verify/AG-7K3M9Q2X").unwrap();
        assert_eq!(dark, code.to_colors().iter().filter(|color| **color == qrcode::Color::Dark).count());
        assert_eq!(view.runs[0], [0, 0, 7]);
    }
}
