//! The templates of agreements, and what a studio changes in their clauses.

use async_graphql::{InputObject, Json, SimpleObject};
use domain::{
    agreements::{
        AgreementError,
        commands::{self, PreparedClauses},
        document::{Template, TemplateClause as DomainClause},
        queries,
    },
    ids::StudioId,
    policy::{Action, require},
};
use serde_json::Value;

use super::{AgreementTemplate, Refusal};
use crate::{
    caller::Caller,
    graphql::{errors::Failure, scalars::Id},
};

/// A template of agreements, and what a studio changes in its clauses.
#[derive(Debug, Clone, SimpleObject)]
pub struct StudioTemplate {
    /// The template.
    pub template: AgreementTemplate,
    /// What it is called.
    pub name: String,
    /// Its clauses, in order, before anything is changed in them.
    pub clauses: Vec<TemplateClause>,
    /// What the studio changes in them for the agreements that it writes from now on, as `clauses` of a document; empty if it changes nothing.
    pub edits: Json<Value>,
}

/// A clause that a template has.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct TemplateClause {
    /// Its id, by which edits name it.
    pub id: String,
    /// Its heading.
    pub heading: String,
    /// Whether it carries the agreement's own terms, and so can be neither switched off nor replaced.
    pub essential: bool,
    /// Its paragraphs, where they read the same in every agreement.
    pub text: Option<Vec<String>>,
    /// Its summary in plain words, where it reads the same in every agreement.
    pub summary: Option<String>,
}

impl From<DomainClause> for TemplateClause {
    fn from(clause: DomainClause) -> Self {
        let DomainClause { id, heading, text, summary, essential } = clause;
        Self { id, heading, essential, text, summary }
    }
}

/// What a studio changes in a template's clauses.
#[derive(Debug, InputObject)]
pub struct SetClauseDefaultsInput {
    /// The studio.
    pub studio: Id<StudioId>,
    /// The template.
    pub template: AgreementTemplate,
    /// All that is changed, as `clauses` of a document that `ledgerline schema agreement` describes; empty to change nothing any more.
    pub edits: Json<Value>,
}

fn told(caller: &Caller, template: Template, edits: Value) -> Result<StudioTemplate, Failure> {
    let facts = caller.services.agreements.template(template).map_err(AgreementError::Port)?;
    Ok(StudioTemplate {
        template: template.into(),
        name: facts.name,
        clauses: facts.clauses.into_iter().map(TemplateClause::from).collect(),
        edits: Json(edits),
    })
}

/// All templates, as a studio uses them.
pub(super) async fn list(caller: &Caller, studio: StudioId) -> Result<Vec<StudioTemplate>, Failure> {
    let edits = queries::list_clause_edits(&caller.services.db, &caller.ctx, studio).await?;
    edits.into_iter().map(|(template, edits)| told(caller, template, edits)).collect()
}

/// Sets what a studio changes in a template's clauses.
pub(super) async fn set(caller: &Caller, input: SetClauseDefaultsInput) -> Result<StudioTemplate, Refusal> {
    let (studio, template) = (input.studio.named("studio")?, Template::from(input.template));
    // Asked before anything is read, so that nobody has clauses read who may not set them.
    require(&caller.ctx.actor, Action::ManageAgreements, studio).map_err(Failure::from)?;
    let documents = caller.services.agreements.clone();
    let read = move || PreparedClauses::new(documents.as_ref(), template, &input.edits.0.to_string());
    let clauses = tokio::task::spawn_blocking(read).await.map_err(Failure::broken)??;
    let tx = caller.services.begin().await?;
    commands::set_clause_defaults(&tx, &caller.ctx, studio, &clauses).await?;
    caller.services.commit(tx).await?;
    Ok(told(caller, template, Value::Object(clauses.edits().clone()))?)
}
