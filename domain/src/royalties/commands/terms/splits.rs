//! Terms beside a split that was executed: who has which share, and by which document, is taken from what was signed.

use sea_orm::EntityTrait;

use super::{NewRule, save_rule};
use crate::{
    actor::Ctx,
    catalog::entity::recording,
    ids::{AgreementId, StudioId, WorkId},
    policy::{self, Action},
    royalties::{
        RoyaltyError,
        entity::rule,
        rules::{Losses, Reserve, Rule, Split, Subject, Version},
    },
    splits,
    store::Tx,
};

/// Terms beside an executed split.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSplitTerms {
    /// Of what: a recording for the master's side, a work for the composition's.
    pub subject: Subject,
    /// The agreement that was executed; the last one, if none is named.
    pub agreement: Option<AgreementId>,
    /// What people call them.
    pub title: String,
    /// What becomes of a loss.
    pub losses: Losses,
    /// What is held back.
    pub reserve: Option<Reserve>,
    /// By which they are written once.
    pub request_key: Option<String>,
}

/// Writes terms beside a split as it was executed, from the day on which it became effective. Under the same key they are written once.
pub async fn save_split_terms(
    tx: &Tx,
    ctx: &Ctx,
    studio: StudioId,
    new: NewSplitTerms,
) -> Result<rule::Model, RoyaltyError> {
    policy::require(&ctx.actor, Action::ManageRoyalties, studio)?;
    let work = work_of(tx, studio, &new.subject).await?;
    let of_work = splits::executed(tx, studio).await?.into_iter().filter(|signed| signed.version.work_id == work);
    let named = of_work.filter(|signed| new.agreement.is_none_or(|id| signed.version.agreement_id == id));
    let signed = named.max_by_key(|signed| signed.version.number);
    let missing = RoyaltyError::NotFound {
        what: "split that was executed",
        field: if new.agreement.is_some() { "agreement" } else { "subject" },
    };
    let signed = signed.ok_or(missing)?;
    let Version { id, effective_on, document_sha256, rule, .. } = Split::executed(&signed, new.subject);
    let content = match rule {
        Rule::Split(split) => Rule::Split(Split { losses: new.losses, reserve: new.reserve, ..split }),
        other => other,
    };
    let terms = NewRule {
        rule: id,
        title: new.title,
        effective_on,
        ends_on: None,
        content,
        document_sha256,
        agreement: Some(signed.version.agreement_id),
        request_key: new.request_key,
    };
    save_rule(tx, ctx, studio, terms).await
}

/// The studio's work that it is, or that it is a recording of.
async fn work_of(tx: &Tx, studio: StudioId, subject: &Subject) -> Result<WorkId, RoyaltyError> {
    let missing = RoyaltyError::NotFound { what: "recording or work", field: "subject" };
    match subject {
        // That it is the studio's follows from its split.
        Subject::Work(id) => Ok(*id),
        Subject::Recording(id) => {
            let found = recording::Entity::find_by_id(*id).one(tx).await?.filter(|row| row.studio_id == studio);
            found.map(|row| row.work_id).ok_or(missing)
        }
        Subject::Release(_) => Err(missing),
    }
}
