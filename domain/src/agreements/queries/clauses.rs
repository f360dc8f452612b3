//! What studios change in templates' clauses, and the documents that begin with it.

use sea_orm::{ColumnTrait, EntityTrait, Iterable, QueryFilter};
use serde_json::{Value, json};

use super::super::{AgreementError, document::Template, entity::clause_default, rules};
use crate::{
    actor::Ctx,
    ids::StudioId,
    policy::{Action, require},
    report::StoreError,
    store::Db,
};

/// What a studio changes in the clauses of each template, as a document's `clauses` has it: an empty object where it changes nothing.
pub async fn list_clause_edits(db: &Db, ctx: &Ctx, studio: StudioId) -> Result<Vec<(Template, Value)>, AgreementError> {
    require(&ctx.actor, Action::ReadAgreements, studio)?;
    let rows = clause_default::Entity::find().filter(clause_default::Column::StudioId.eq(studio)).all(db).await?;
    let edits = |template: Template| {
        rows.iter().find(|row| row.template == template).map_or_else(|| json!({}), |row| row.edits.clone())
    };
    Ok(Template::iter().map(|template| (template, edits(template))).collect())
}

/// A document to be written that says nothing of clauses, with those that the studio's agreements begin with; any other as it is. For whoever may
/// write the studio's agreements: it asks nothing itself.
pub async fn with_default_clauses(db: &Db, studio: StudioId, mut document: Value) -> Result<Value, StoreError> {
    let Some(template) = rules::takes_default_clauses(&document) else { return Ok(document) };
    if let Some(row) = clause_default::Entity::find_by_id((studio, template)).one(db).await? {
        document["clauses"] = row.edits;
    }
    Ok(document)
}

/// The clauses alone with which the studio's documents of the same template begin, as a document has them; null if nothing is changed in them.
/// Whoever writes a document with them may have typed none of it. It asks nothing itself, either.
pub async fn default_clauses_of(db: &Db, studio: StudioId, document: &Value) -> Result<Value, StoreError> {
    let Some(template) = rules::template(document) else { return Ok(Value::Null) };
    let row = clause_default::Entity::find_by_id((studio, template)).one(db).await?;
    Ok(row.map_or(Value::Null, |row| json!({ "clauses": row.edits })))
}
