//! The form of a comment as it arrives, with a voice note in it or without.

use std::time::Duration;

use actix_multipart::Multipart;
use bytes::Bytes;
use domain::{
    catalog::{
        NewFile,
        entity::AssetKind,
        rules::files::{self, FileRefusal, HEAD_BYTES, MAX_VOICE_BYTES},
    },
    ids::CommentId,
    ports::Stored,
    reviews::rules::MAX_COMMENT_CHARS,
};
use futures::TryStreamExt;

use crate::pages::errors::PageError;

/// The most bytes of the written fields together: the longest comment in any script, and what stands beside it.
const MAX_TEXT_BYTES: usize = 4 * MAX_COMMENT_CHARS + 4 * 1024;

/// How long a form may take to arrive.
const PATIENCE: Duration = Duration::from_mins(2);

/// What is typed into the form of a comment.
#[derive(Debug, Clone, Default)]
pub(super) struct Typed {
    /// The number of the version.
    pub(super) version: i32,
    /// The comment that is answered; empty if it is no reply.
    pub(super) parent: String,
    pub(super) from: String,
    pub(super) to: String,
    pub(super) words: String,
    voice: Option<VoiceFile>,
}

/// A voice note that has arrived.
#[derive(Debug, Clone)]
pub(super) struct VoiceFile {
    pub(super) bytes: Bytes,
    pub(super) file_name: String,
    declared: Option<String>,
}

impl VoiceFile {
    /// The same as it lies in the store.
    pub(super) fn stored(&self, stored: Stored) -> NewFile {
        NewFile {
            kind: AssetKind::VoiceNote,
            file_name: self.file_name.clone(),
            declared: self.declared.clone(),
            stored,
            head: self.head().to_vec(),
        }
    }

    fn head(&self) -> &[u8] {
        &self.bytes[..self.bytes.len().min(HEAD_BYTES)]
    }
}

impl Typed {
    /// The voice note, if there is one and it is sound: refused before it is stored, so that nothing which was refused stays behind.
    pub(super) fn voice_file(&self) -> Result<Option<&VoiceFile>, FileRefusal> {
        let Some(file) = &self.voice else { return Ok(None) };
        files::check_length(AssetKind::VoiceNote, file.bytes.len() as u64)?;
        files::accept(AssetKind::VoiceNote, &file.file_name, file.declared.as_deref(), file.head())?;
        Ok(Some(file))
    }

    /// The comment that is answered.
    pub(super) fn parent(&self) -> Result<Option<CommentId>, PageError> {
        if self.parent.is_empty() {
            return Ok(None);
        }
        self.parent.parse().map(Some).map_err(|_| PageError::bad_form())
    }
}

/// Reads the form, and of a voice note that is too large only so much as tells that it is.
pub(super) async fn read_comment(form: Multipart) -> Result<Typed, PageError> {
    let read = tokio::time::timeout(PATIENCE, read(form)).await;
    read.map_err(|_| PageError::bad_form())?
}

async fn read(mut form: Multipart) -> Result<Typed, PageError> {
    let (mut typed, mut left) = (Typed::default(), MAX_TEXT_BYTES);
    let broken = |_| PageError::bad_form();
    while let Some(mut field) = form.try_next().await.map_err(broken)? {
        let name = field.name().unwrap_or_default().to_owned();
        let file_name = field.content_disposition().and_then(|it| it.get_filename()).map(String::from);
        let declared = field.content_type().map(ToString::to_string);
        let most = if name == "voice" { usize::try_from(MAX_VOICE_BYTES).unwrap_or(usize::MAX) } else { left };
        let mut bytes = Vec::new();
        while let Some(piece) = field.try_next().await.map_err(broken)? {
            // One byte more than there may be says so, and is enough.
            let room = most.saturating_add(1).saturating_sub(bytes.len());
            bytes.extend_from_slice(&piece[..piece.len().min(room)]);
        }
        if name == "voice" {
            // A browser sends an empty one where none was chosen.
            let file_name = file_name.filter(|name| !name.is_empty() && !bytes.is_empty());
            typed.voice = file_name.map(|file_name| VoiceFile { bytes: bytes.into(), file_name, declared });
            continue;
        }
        left = left.checked_sub(bytes.len()).ok_or_else(PageError::bad_form)?;
        let text = String::from_utf8(bytes).map_err(|_| PageError::bad_form())?;
        match name.as_str() {
            "version" => typed.version = text.trim().parse().map_err(|_| PageError::bad_form())?,
            "parent" => typed.parent = text,
            "from" => typed.from = text,
            "to" => typed.to = text,
            "words" => typed.words = text,
            _ => {}
        }
    }
    Ok(typed)
}
