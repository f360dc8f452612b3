//! What the studio changes in templates' clauses, for the agreements that it writes from now on.

use sea_orm::{EntityTrait, IntoActiveModel, sea_query::OnConflict};
use serde_json::{Map, Value, json};

use super::super::{
    AgreementError,
    document::{DocumentProblem, Template},
    entity::clause_default,
    rules,
};
use crate::{
    actor::Ctx,
    acts::{self, NewAct, entity::Act},
    ids::StudioId,
    policy::{Action, require},
    ports::AgreementDocuments,
    store::Tx,
};

/// Changes of a template's clauses that have been read and found to stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreparedClauses {
    template: Template,
    edits: Map<String, Value>,
}

impl PreparedClauses {
    /// Reads changes, outside of any transaction.
    pub fn new(documents: &dyn AgreementDocuments, template: Template, json: &str) -> Result<Self, AgreementError> {
        // A document has them under `clauses`; whoever sets them gives them as `edits`.
        let given = |problem: DocumentProblem| DocumentProblem {
            path: format!("edits{}", problem.path.strip_prefix("clauses").unwrap_or_default()),
            ..problem
        };
        let refused =
            |problems: Vec<DocumentProblem>| Err(AgreementError::Clauses(problems.into_iter().map(given).collect()));
        let edits = match documents.read_edits(template, json) {
            Ok(edits) => edits,
            Err(problems) => return refused(problems),
        };
        // Each document that begins with them would be refused for it.
        let written = json!({ "clauses": edits });
        let mut faults = rules::steering(&written);
        faults.extend(rules::illegible(&written, &|text| documents.illegible(text)));
        if faults.is_empty() { Ok(Self { template, edits }) } else { refused(faults) }
    }

    /// The changes, as a document's `clauses` has them; empty if nothing is changed.
    pub const fn edits(&self) -> &Map<String, Value> {
        &self.edits
    }
}

/// Sets what a studio changes in a template's clauses; where nothing is changed, the template's own clauses stand again. Agreements that are
/// written keep theirs.
pub async fn set_clause_defaults(
    tx: &Tx,
    ctx: &Ctx,
    studio: StudioId,
    clauses: &PreparedClauses,
) -> Result<(), AgreementError> {
    require(&ctx.actor, Action::ManageAgreements, studio)?;
    let before = clause_default::Entity::find_by_id((studio, clauses.template)).one(tx).await?;
    let before = before.map_or_else(|| Value::Object(Map::new()), |row| row.edits);
    let now = Value::Object(clauses.edits.clone());
    let set = NewAct::of(Act::ClausesSet).with("template", clauses.template).set_unseen("edits", &before, &now);
    acts::record(tx, ctx, studio, set).await?;
    if clauses.edits.is_empty() {
        clause_default::Entity::delete_by_id((studio, clauses.template)).exec(tx).await?;
        return Ok(());
    }
    let row =
        clause_default::Model { studio_id: studio, template: clauses.template, edits: now, updated_at: ctx.env.now() };
    let again = OnConflict::columns([clause_default::Column::StudioId, clause_default::Column::Template])
        .update_columns([clause_default::Column::Edits, clause_default::Column::UpdatedAt])
        .to_owned();
    clause_default::Entity::insert(row.into_active_model()).on_conflict(again).exec_without_returning(tx).await?;
    Ok(())
}
