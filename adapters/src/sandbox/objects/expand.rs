//! `expand[]`: ids that are answered as whole objects.

use domain::store::Tx;
use futures::future::LocalBoxFuture;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::Value;

use super::{list, refund};
use crate::sandbox::store::{Cursor, Failure, Refusal, Store, page, refund as refund_row};

/// How deep Stripe expands.
const DEEPEST: usize = 4;

/// How many paths a request may expand.
const MOST: usize = 20;

/// Which ids are to be answered as whole objects, such as `payment_intent.latest_charge`.
#[derive(Debug, Clone, Default)]
pub(in crate::sandbox) struct Expand(Vec<String>);

impl Expand {
    /// From the values of `expand[]`.
    pub(in crate::sandbox) fn new(paths: Vec<String>) -> Result<Self, Refusal> {
        if paths.len() > MOST {
            return Err(Refusal::invalid("expand", "You cannot expand more than 20 paths."));
        }
        if paths.iter().any(|path| path.split('.').filter(|step| *step != "data").count() > DEEPEST) {
            return Err(Refusal::invalid("expand", "You cannot expand more than 4 levels of a property."));
        }
        Ok(Self(paths))
    }

    /// Puts the whole objects into an answer.
    pub(in crate::sandbox) async fn apply(&self, store: &Store, tx: &Tx, answer: &mut Value) -> Result<(), Failure> {
        for path in &self.0 {
            let steps: Vec<&str> = path.split('.').collect();
            step(store, tx, answer, &steps).await?;
        }
        Ok(())
    }
}

/// Follows a path down from one object, or from each of an array's.
fn step<'a>(
    store: &'a Store,
    tx: &'a Tx,
    at: &'a mut Value,
    steps: &'a [&'a str],
) -> LocalBoxFuture<'a, Result<(), Failure>> {
    Box::pin(async move {
        if let Value::Array(items) = at {
            for item in items {
                step(store, tx, item, steps).await?;
            }
            return Ok(());
        }
        let Some((field, rest)) = steps.split_first() else { return Ok(()) };
        if at.is_null() {
            return Ok(());
        }
        let whole = match at.get(*field) {
            Some(Value::String(id)) => store.object(tx, id).await?,
            // A charge lists its refunds only if it is asked to.
            None if at["object"] == "charge" && *field == "refunds" => Some(refunds(tx, &at["id"]).await?),
            Some(_) => None,
            None => {
                return Err(Refusal::invalid("expand", format!("This property cannot be expanded ({field}).")).into());
            }
        };
        if let Some(whole) = whole {
            at[*field] = whole;
        }
        match at.get_mut(*field) {
            Some(inner) => step(store, tx, inner, rest).await,
            None => Ok(()),
        }
    })
}

async fn refunds(tx: &Tx, charge: &Value) -> Result<Value, Failure> {
    let charge = charge.as_str().unwrap_or_default();
    let found = refund_row::Entity::find().filter(refund_row::Column::Charge.eq(charge));
    let found = page(tx, found, &Cursor { limit: 10, ..Cursor::default() }).await?;
    let data = found.rows.iter().map(refund).collect();
    Ok(list(&format!("/v1/charges/{charge}/refunds"), data, found.has_more))
}
