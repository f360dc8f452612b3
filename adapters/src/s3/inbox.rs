//! What a bucket takes in itself: each upload as an object of its own below `incoming/`, in parts that are sent to addresses signed for one part each. Joined,
//! nobody can send to it any more; what it was found to be is then copied within the bucket to where files lie.

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use domain::{
    ids::UploadId,
    ports::{FileStream, Inbox, Incoming, Part, PortError, Stored},
};
use futures::{StreamExt, TryStreamExt};
use object_store::{
    Error, ObjectStoreExt, PutPayload,
    multipart::{MultipartStore, PartId},
    path::Path as Key,
};
use url::Url;

use super::Outside;
use crate::files::key;

/// Where an upload lies until it is kept.
fn place(upload: UploadId) -> Key {
    Key::from_iter(["incoming".to_owned(), upload.to_string()])
}

fn broken(what: &'static str) -> impl Fn(Error) -> PortError {
    move |cause| PortError::transient(what, cause)
}

impl Outside {
    /// Whether an upload's parts have been joined.
    async fn is_joined(&self, upload: UploadId) -> Result<bool, PortError> {
        match self.bucket.head(&place(upload)).await {
            Ok(_) => Ok(true),
            Err(Error::NotFound { .. }) => Ok(false),
            Err(cause) => Err(broken("looking for an upload in the store")(cause)),
        }
    }
}

#[async_trait]
impl Inbox for Outside {
    async fn begin(&self, upload: UploadId) -> Result<Option<String>, PortError> {
        let why = match self.is_strict().await {
            Ok(true) => {
                let begun = self.bucket.create_multipart(&place(upload)).await;
                return begun.map(Some).map_err(broken("beginning an upload in the store"));
            }
            Ok(false) => "the bucket heeds headers with which an address was not signed".to_owned(),
            Err(cause) => format!("{cause}: {}", cause.source),
        };
        tracing::warn!(%upload, %why, "an upload goes through this program, and not straight to the store");
        Ok(None)
    }

    async fn address(&self, file: Incoming<'_>, part: Part, life: Duration) -> Result<Url, PortError> {
        self.presign_part(&place(file.upload), file.multipart, part, life).await
    }

    async fn put(&self, file: Incoming<'_>, index: usize, bytes: Bytes) -> Result<Option<String>, PortError> {
        let id = file.multipart.to_owned();
        match self.bucket.put_part(&place(file.upload), &id, index, PutPayload::from(bytes)).await {
            Ok(part) => Ok(Some(part.content_id)),
            Err(Error::NotFound { .. }) => Ok(None),
            Err(cause) => Err(broken("sending a part of an upload to the store")(cause)),
        }
    }

    async fn join(&self, file: Incoming<'_>, tags: &[String]) -> Result<bool, PortError> {
        if self.is_joined(file.upload).await? {
            return Ok(true);
        }
        let parts = tags.iter().map(|tag| PartId { content_id: tag.clone() }).collect();
        let id = file.multipart.to_owned();
        match self.bucket.complete_multipart(&place(file.upload), &id, parts).await {
            Ok(_) => Ok(true),
            // Another request was quicker, or the bucket has removed them.
            Err(Error::NotFound { .. }) => self.is_joined(file.upload).await,
            Err(cause) if are_other_parts(&cause) => Ok(false),
            Err(cause) => Err(broken("joining the parts of an upload in the store")(cause)),
        }
    }

    async fn read(&self, file: Incoming<'_>) -> Result<FileStream, PortError> {
        let what = "reading an upload in the store";
        let found = self.bucket.get(&place(file.upload)).await.map_err(broken(what))?;
        Ok(found.into_stream().map_err(broken(what)).boxed())
    }

    async fn keep(&self, file: Incoming<'_>, stored: &Stored) -> Result<(), PortError> {
        let (what, to) = ("keeping an upload in the store", key(&stored.sha256));
        match self.bucket.head(&to).await {
            Ok(found) if found.size == stored.bytes => return Ok(()),
            Ok(_) | Err(Error::NotFound { .. }) => {}
            Err(cause) => return Err(broken(what)(cause)),
        }
        self.bucket.copy(&place(file.upload), &to).await.map_err(broken(what))
    }

    async fn abandon(&self, file: Incoming<'_>) -> Result<(), PortError> {
        gone(self.bucket.abort_multipart(&place(file.upload), &file.multipart.to_owned()).await)
    }

    async fn discard(&self, file: Incoming<'_>) -> Result<(), PortError> {
        if self.is_joined(file.upload).await? {
            gone(self.bucket.delete(&place(file.upload)).await)
        } else {
            self.abandon(file).await
        }
    }
}

/// What is gone already is removed.
fn gone(removed: Result<(), Error>) -> Result<(), PortError> {
    match removed {
        Ok(()) | Err(Error::NotFound { .. }) => Ok(()),
        Err(cause) => Err(broken("removing an upload from the store")(cause)),
    }
}

/// Whether the bucket has other parts than those of these tags, so that they can never be joined. The library keeps what the bucket said as text alone.
fn are_other_parts(cause: &Error) -> bool {
    let said = cause.to_string();
    ["<Code>InvalidPart<", "<Code>EntityTooSmall<"].iter().any(|code| said.contains(code))
}
