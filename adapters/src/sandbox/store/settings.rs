//! What the control interface sets: the clock, the webhooks' schedule, and what is to go wrong.

use std::sync::PoisonError;

use domain::store::Tx;
use sea_orm::{DbErr, EntityTrait, sea_query::OnConflict};
use serde::{Deserialize, Serialize};

use super::{
    Failure, Store,
    entity::setting::{ActiveModel, Column, Entity, Model},
    load,
};
use crate::sandbox::schedule::Schedule;

/// The name of the one row.
const NAME: &str = "control";

/// How the sandbox behaves. The default is calm: everything arrives, once, at once.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(in crate::sandbox) struct Settings {
    /// How far its clock is ahead of the real one, in seconds.
    pub(in crate::sandbox) clock_ahead_s: i64,
    /// How long money that was collected takes until it can be sent elsewhere, in seconds.
    pub(in crate::sandbox) settlement_s: i64,
    /// Whether every transfer is refused.
    pub(in crate::sandbox) transfers_fail: bool,
    /// Whether the webhook is told of every kind of event, beside those that a shop subscribes to.
    pub(in crate::sandbox) every_kind: bool,
    /// When and how often events are sent.
    pub(in crate::sandbox) schedule: Schedule,
    /// What the coming requests meet.
    pub(in crate::sandbox) faults: Faults,
}

/// What the coming requests to the interface meet; each counts down as it is met.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(in crate::sandbox) struct Faults {
    /// So many are answered 500, and nothing was done.
    pub(in crate::sandbox) fail: u32,
    /// So many are done, and then answered 500 all the same.
    pub(in crate::sandbox) lose: u32,
    /// So many get no answer for `hang_ms`, and only then are looked at.
    pub(in crate::sandbox) hang: u32,
    /// How long a request hangs, in milliseconds.
    pub(in crate::sandbox) hang_ms: u64,
}

/// What one request meets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sandbox) enum Fault {
    /// Answered 500 at once.
    Fail,
    /// Done, then answered 500.
    Lose,
    /// No answer for so many milliseconds.
    Hang(u64),
}

impl Faults {
    /// Takes the next one: those that hang first, then those that fail, then those whose answer is lost.
    pub(in crate::sandbox) fn take(&mut self) -> Option<Fault> {
        if self.hang > 0 {
            self.hang -= 1;
            Some(Fault::Hang(self.hang_ms))
        } else if self.fail > 0 {
            self.fail -= 1;
            Some(Fault::Fail)
        } else if self.lose > 0 {
            self.lose -= 1;
            Some(Fault::Lose)
        } else {
            None
        }
    }
}

/// What was kept; calm if nothing was, or if another version's words cannot be read.
pub(super) async fn read(tx: &Tx) -> Result<Settings, DbErr> {
    let kept = load::<Entity>(tx, NAME).await?;
    Ok(kept.and_then(|row| serde_json::from_value(row.value).ok()).unwrap_or_default())
}

impl Store {
    /// How the sandbox behaves now.
    pub(in crate::sandbox) fn settings(&self) -> Settings {
        self.settings.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What the next request meets. Counted in memory alone: a restart begins with what was kept last.
    pub(in crate::sandbox) fn next_fault(&self) -> Option<Fault> {
        if self.settings.read().unwrap_or_else(PoisonError::into_inner).faults == Faults::default() {
            return None;
        }
        self.settings.write().unwrap_or_else(PoisonError::into_inner).faults.take()
    }

    /// Changes how it behaves, and keeps that.
    pub(in crate::sandbox) async fn set(&self, change: impl FnOnce(&mut Settings)) -> Result<(), Failure> {
        let mut settings = self.settings();
        change(&mut settings);
        let tx = self.begin().await?;
        let value = serde_json::to_value(&settings).unwrap_or_default();
        let row: ActiveModel = Model { name: NAME.to_owned(), value }.into();
        Entity::insert(row)
            .on_conflict(OnConflict::column(Column::Name).update_column(Column::Value).to_owned())
            .exec_without_returning(&tx)
            .await?;
        tx.commit().await?;
        *self.settings.write().unwrap_or_else(PoisonError::into_inner) = settings;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_are_met_as_often_as_told_and_then_no_more() {
        let mut faults = Faults { fail: 2, lose: 1, hang: 1, hang_ms: 5 };
        let met: Vec<_> = std::iter::from_fn(|| faults.take()).collect();
        assert_eq!(met, [Fault::Hang(5), Fault::Fail, Fault::Fail, Fault::Lose]);
        assert_eq!(Faults { hang_ms: 5, ..Faults::default() }.take(), None);
    }

    #[test]
    fn settings_of_another_version_are_read_as_far_as_they_go() {
        let read: Settings = serde_json::from_str(r#"{"clock_ahead_s":60,"a_new_one":true}"#).unwrap();
        assert_eq!(read, Settings { clock_ahead_s: 60, ..Settings::default() });
    }
}
