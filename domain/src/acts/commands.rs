//! Writing acts down.

use std::fmt::Display;

use sea_orm::{ActiveModelTrait, IntoActiveModel};

use super::entity::{Act, Change, Changes, studio_act};
use crate::{
    actor::{Actor, Ctx},
    ids::{StudioId, TypedId, UserId},
    money::Money,
    report::StoreError,
    store::Tx,
};

/// An act as it is written down.
#[derive(Debug)]
pub(crate) struct NewAct {
    act: Act,
    by: Option<UserId>,
    subject: Option<String>,
    changes: Vec<Change>,
}

impl NewAct {
    /// An act of the caller's, on the whole studio.
    pub(crate) const fn of(act: Act) -> Self {
        Self { act, by: None, subject: None, changes: Vec::new() }
    }

    /// It is an account's that the caller has only now.
    pub(crate) fn by(self, user: UserId) -> Self {
        Self { by: Some(user), ..self }
    }

    /// What it is done to.
    pub(crate) fn on(self, subject: impl TypedId) -> Self {
        Self { subject: Some(subject.to_string()), ..self }
    }

    /// What it is about besides.
    pub(crate) fn with(self, field: &str, value: impl Display) -> Self {
        self.told(field, None, Some(value.to_string()))
    }

    /// What a field has become, if it is another.
    pub(crate) fn set<T: PartialEq + Display>(self, field: &str, old: Option<T>, new: Option<T>) -> Self {
        if old == new {
            return self;
        }
        self.told(field, old.map(|value| value.to_string()), new.map(|value| value.to_string()))
    }

    /// That a field is another, if it is; what was and is in it is not written down.
    pub(crate) fn set_unseen<T: PartialEq>(self, field: &str, old: &T, new: &T) -> Self {
        if old == new { self } else { self.told(field, None, None) }
    }

    fn told(mut self, field: &str, old: Option<String>, new: Option<String>) -> Self {
        self.changes.push(Change { field: field.to_owned(), old, new });
        self
    }
}

/// Prices in several currencies as an act tells them, in the order of their codes; none if there are none.
pub(crate) fn listed(prices: &[Money]) -> Option<String> {
    let mut prices = prices.to_vec();
    prices.sort_by_key(|price| price.currency.code());
    let told: Vec<String> = prices.iter().map(Money::to_string).collect();
    (!told.is_empty()).then(|| told.join(", "))
}

/// Writes down what is done in a studio, in the transaction in which it is done. Whoever asks was asked already whether they may.
///
/// # Errors
/// If the database fails.
pub(crate) async fn record(tx: &Tx, ctx: &Ctx, studio: StudioId, new: NewAct) -> Result<(), StoreError> {
    let api_key_id = match &ctx.actor {
        Actor::ApiKey { key, .. } => Some(*key),
        _ => None,
    };
    let row = studio_act::Model {
        id: ctx.env.id(),
        studio_id: studio,
        at: ctx.env.now(),
        user_id: new.by.or_else(|| ctx.actor.user()),
        api_key_id,
        act: new.act,
        subject: new.subject,
        changes: Changes(new.changes),
    };
    row.into_active_model().insert(tx).await?;
    Ok(())
}
