//! `/v1/events`.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::Value;

use super::{Call, read};
use crate::sandbox::{
    objects,
    store::{Failure, Refusal, event},
};

/// How far the list reaches back, in seconds: 30 days.
const KEPT_S: i64 = 30 * 24 * 60 * 60;

/// Most kinds that can be asked for at once.
const KINDS: usize = 20;

pub(super) async fn list(call: &Call<'_>) -> Result<Value, Failure> {
    call.store.tick(call.tx).await?;
    let form = call.form;
    let kept = event::Entity::find().filter(event::Column::Created.gt(call.store.now_s() - KEPT_S));
    let mut found = read::created(form, kept, event::Column::Created)?;
    let mut kinds = form.list("types");
    kinds.extend(form.text("type").map(str::to_owned));
    if kinds.len() > KINDS {
        return Err(Refusal::invalid("types", "You may pass up to 20 event types.").into());
    }
    if let [kind] = kinds.as_slice()
        && let Some(family) = kind.strip_suffix(".*")
    {
        found = found.filter(event::Column::Kind.starts_with(format!("{family}.")));
    } else if !kinds.is_empty() {
        found = found.filter(event::Column::Kind.is_in(kinds));
    }
    let found = read::page_of(call, found).await?;
    Ok(read::listed(call, &found, objects::event))
}
