//! A domain name system that a test fills.

use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;

use crate::ports::{Dns, PortError};

/// TXT records by name, as a test has set them; none at first.
#[derive(Debug, Default)]
pub struct TestDns(Mutex<Vec<(String, String)>>);

impl TestDns {
    /// Sets a record beside those that stand.
    pub fn set(&self, name: impl Into<String>, text: impl Into<String>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push((name.into(), text.into()));
    }

    /// Takes every record of a name away.
    pub fn remove(&self, name: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).retain(|(of, _)| of != name);
    }
}

#[async_trait]
impl Dns for TestDns {
    async fn texts(&self, name: &str) -> Result<Vec<String>, PortError> {
        let records = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(records.iter().filter(|(of, _)| of == name).map(|(_, text)| text.clone()).collect())
    }
}
