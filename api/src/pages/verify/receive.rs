//! The file of the form, as it arrives.

use actix_multipart::Multipart;
use actix_web::http::StatusCode;
use domain::visible::is_steering;
use futures::TryStreamExt;

/// The most bytes of a file that is judged.
pub(super) const MAX_BYTES: usize = 20 << 20;

/// The most bytes that are read of a file that is too large, so that its sender hears of it.
const MAX_READ_BYTES: usize = 4 * MAX_BYTES;

/// The most characters of a file's name that are shown.
const MAX_NAME: usize = 120;

/// Why there is nothing to judge.
#[derive(Debug, Clone, Copy)]
pub(super) enum NoFile {
    None,
    Late,
    TooLarge,
    Broken,
}

impl NoFile {
    pub(super) fn sentence(self) -> String {
        match self {
            Self::None => "Choose the PDF first, then verify it.".to_owned(),
            Self::Late => "The file took too long to arrive. Try again.".to_owned(),
            Self::TooLarge => format!(
                "The file is larger than {} MB. Contracts that were sealed here are far smaller; larger files can be verified with the program, `ledgerline verify`.",
                MAX_BYTES >> 20
            ),
            Self::Broken => "The file did not arrive whole. Try again.".to_owned(),
        }
    }

    pub(super) const fn status(self) -> StatusCode {
        match self {
            Self::None => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Late => StatusCode::REQUEST_TIMEOUT,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Broken => StatusCode::BAD_REQUEST,
        }
    }
}

/// The first file of a form, with its name.
pub(super) async fn receive(mut form: Multipart) -> Result<(String, Vec<u8>), NoFile> {
    let (mut file, mut read) = (None, 0);
    while let Some(mut field) = form.try_next().await.map_err(|_| NoFile::Broken)? {
        let name = field.content_disposition().and_then(|it| it.get_filename()).map(String::from);
        let mut bytes = Vec::new();
        while let Some(piece) = field.try_next().await.map_err(|_| NoFile::Broken)? {
            read += piece.len();
            if read > MAX_READ_BYTES {
                return Err(NoFile::TooLarge);
            }
            if read <= MAX_BYTES {
                bytes.extend_from_slice(&piece);
            }
        }
        if let (None, Some(name)) = (&file, name) {
            file = Some((name.chars().filter(|c| !is_steering(*c)).take(MAX_NAME).collect::<String>(), bytes));
        }
    }
    if read > MAX_BYTES {
        return Err(NoFile::TooLarge);
    }
    file.filter(|(_, bytes)| !bytes.is_empty()).ok_or(NoFile::None)
}
