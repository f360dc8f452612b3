//! A receiver that a test steers.

use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use bytes::Bytes;
use url::Url;

use crate::{
    ports::{WebhookAnswer, WebhookMessage, WebhookReply, WebhookSender},
    reach::said_reach,
};

/// Keeps what was sent, and answers with the status that a test has set; 204 at first.
#[derive(Debug)]
pub struct TestReceiver {
    sent: Mutex<Vec<WebhookMessage>>,
    status: Mutex<u16>,
}

impl Default for TestReceiver {
    fn default() -> Self {
        Self { sent: Mutex::default(), status: Mutex::new(204) }
    }
}

impl TestReceiver {
    /// Answers with another status from now on.
    pub fn answer(&self, status: u16) {
        *self.status.lock().unwrap_or_else(PoisonError::into_inner) = status;
    }

    /// What was sent since this was last asked.
    pub fn take(&self) -> Vec<WebhookMessage> {
        std::mem::take(&mut self.sent.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[async_trait]
impl WebhookSender for TestReceiver {
    /// It looks no name up.
    async fn may_reach(&self, url: &str) -> bool {
        Url::parse(url).is_ok_and(|url| said_reach(&url).is_none_or(|reach| reach.is_admitted(false)))
    }

    async fn post(&self, message: &WebhookMessage) -> WebhookReply {
        self.sent.lock().unwrap_or_else(PoisonError::into_inner).push(message.clone());
        let status = *self.status.lock().unwrap_or_else(PoisonError::into_inner);
        let body = Bytes::from_static(b"seen");
        WebhookReply { took_ms: 1, outcome: Ok(WebhookAnswer { status, body }) }
    }
}
