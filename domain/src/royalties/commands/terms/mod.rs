//! Writing terms. A version never changes: what is to hold from now on is another. And what is charged against royalties.

mod charges;
mod splits;

use std::collections::BTreeSet;

use chrono::NaiveDate;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QuerySelect,
    sea_query::LockType,
};

use crate::{
    actor::Ctx,
    agreements::entity::agreement,
    catalog::{
        Sha256,
        entity::{recording, work},
    },
    identity::entity::studio,
    ids::{AgreementId, PartyId, RecordingId, StudioId, WorkId},
    money::Money,
    parties,
    policy::{self, Action},
    royalties::{
        RoyaltyError,
        entity::{RuleKind, rule},
        queries::terms::{beside_executed, executed_of, successors, written},
        rules::{EXECUTED, Hold, RoyaltyFault, Rule, RuleBook, RuleId, Split, Subject, Successors, Version, succeeded},
    },
    store::Tx,
};

pub use charges::{MOST_AT_ONCE, NewCharge, reverse_charge, save_charge};
pub use splits::{NewSplitTerms, save_split_terms};

/// What journals of royalties name as their source.
pub(super) const SOURCE: &str = "royalties";
/// The most characters of a title or of a rule's name.
const MAX_CHARS: usize = 200;
/// The most characters of the name of a group of accounts, and so of a contract that is one of its own.
const MAX_GROUP_CHARS: usize = 100;
/// The most characters of a key.
const MAX_KEY_CHARS: usize = 255;
/// Of how many things it is asked at once whether they are the studio's.
const BATCH: usize = 500;

/// A version to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRule {
    /// The rule; its next version is written.
    pub rule: RuleId,
    /// What people call it.
    pub title: String,
    /// From which day of use it holds.
    pub effective_on: NaiveDate,
    /// When a contract ends: somebody is told before. What is used afterwards is paid as its rates and its next version say.
    pub ends_on: Option<NaiveDate>,
    /// What it says.
    pub content: Rule,
    /// The document that was signed.
    pub document_sha256: Option<Sha256>,
    /// The agreement that it comes from.
    pub agreement: Option<AgreementId>,
    /// By which it is written once.
    pub request_key: Option<String>,
}

/// What kind of rule it is.
pub const fn kind_of(rule: &Rule) -> RuleKind {
    match rule {
        Rule::Split(_) => RuleKind::Split,
        Rule::Album(_) => RuleKind::Album,
        Rule::Contract(_) => RuleKind::Contract,
        Rule::Payee(_) => RuleKind::Payee,
        Rule::Withholding(_) => RuleKind::Withholding,
    }
}

/// Checks a key by which something is done once.
pub(super) fn check_key(key: Option<&str>) -> Result<(), RoyaltyError> {
    key.map_or(Ok(()), |key| text("idempotencyKey", key, MAX_KEY_CHARS))
}

fn text(field: &'static str, text: &str, most: usize) -> Result<(), RoyaltyError> {
    let fits = !text.trim().is_empty() && text.chars().count() <= most;
    if fits { Ok(()) } else { Err(RoyaltyError::Text { field, most }) }
}

/// Checks the names of a new version: what accounts are called after is kept short, and what executed splits are called is theirs alone, for a split that is executed
/// later would not stand beside another rule of its name.
fn check_names(new: &NewRule) -> Result<(), RoyaltyError> {
    let is_group = matches!(&new.content, Rule::Contract(contract) if contract.group.is_none());
    text("rule", &new.rule.0, if is_group { MAX_GROUP_CHARS } else { MAX_CHARS })?;
    text("title", &new.title, MAX_CHARS)?;
    for group in new.content.groups() {
        text("content", &group.0, MAX_GROUP_CHARS)?;
    }
    let is_split = matches!(new.content, Rule::Split(_));
    if !is_split && new.rule.0.starts_with(EXECUTED) {
        let problem = format!("names that begin with {EXECUTED} are those of executed splits: choose another");
        return Err(RoyaltyFault::Rule { rule: new.rule.clone(), number: 1, field: "rule", problem }.into());
    }
    Ok(())
}

/// Holds a studio: of two who change its terms or reckon with them, the later sees what the earlier has.
pub(super) async fn hold_studio(tx: &Tx, id: StudioId) -> Result<studio::Model, RoyaltyError> {
    let held = studio::Entity::find_by_id(id).lock(LockType::NoKeyUpdate).one(tx).await?;
    held.ok_or(RoyaltyError::NotFound { what: "studio", field: "studio" })
}

/// Refuses parties that are not the studio's.
async fn require_parties(
    tx: &Tx,
    studio: StudioId,
    named: impl IntoIterator<Item = PartyId>,
    field: &'static str,
) -> Result<(), RoyaltyError> {
    let named: Vec<PartyId> = named.into_iter().collect::<BTreeSet<_>>().into_iter().collect();
    for some in named.chunks(BATCH) {
        let own = parties::entity::Entity::find()
            .filter(parties::entity::Column::StudioId.eq(studio))
            .filter(parties::entity::Column::Id.is_in(some.iter().copied()));
        if own.count(tx).await? != some.len() as u64 {
            return Err(RoyaltyError::NotFound { what: "party", field });
        }
    }
    Ok(())
}

/// Refuses recordings and works that are not the studio's.
async fn require_subjects(
    tx: &Tx,
    studio: StudioId,
    named: &[Subject],
    field: &'static str,
) -> Result<(), RoyaltyError> {
    let recordings: BTreeSet<RecordingId> = named
        .iter()
        .filter_map(|subject| if let Subject::Recording(id) = subject { Some(*id) } else { None })
        .collect();
    let works: BTreeSet<WorkId> =
        named.iter().filter_map(|subject| if let Subject::Work(id) = subject { Some(*id) } else { None }).collect();
    for some in recordings.into_iter().collect::<Vec<_>>().chunks(BATCH) {
        let own = recording::Entity::find()
            .filter(recording::Column::StudioId.eq(studio))
            .filter(recording::Column::Id.is_in(some.iter().copied()));
        if own.count(tx).await? != some.len() as u64 {
            return Err(RoyaltyError::NotFound { what: "recording", field });
        }
    }
    for some in works.into_iter().collect::<Vec<_>>().chunks(BATCH) {
        let own = work::Entity::find()
            .filter(work::Column::StudioId.eq(studio))
            .filter(work::Column::Id.is_in(some.iter().copied()));
        if own.count(tx).await? != some.len() as u64 {
            return Err(RoyaltyError::NotFound { what: "work", field });
        }
    }
    Ok(())
}

/// Refuses terms beside a split whose shares are not those that were signed by the document that they name.
fn require_signed(executed: &[Version], new: &NewRule, successors: &Successors) -> Result<(), RoyaltyError> {
    let refuse = || RoyaltyError::NotSigned { rule: new.rule.clone() };
    let is_meant = |version: &&Version| version.id == new.rule && version.document_sha256 == new.document_sha256;
    let signed = executed.iter().find(is_meant).filter(|version| version.document_sha256.is_some());
    let signed = signed.ok_or_else(refuse)?;
    let asked = Version { rule: new.content.clone(), ..signed.clone() };
    let both = succeeded(vec![signed.clone(), asked], successors);
    let shares = |version: &Version| match &version.rule {
        Rule::Split(Split { parts, .. }) => {
            let mut shares: Vec<_> = parts.iter().map(|part| (part.payee, part.share)).collect();
            shares.sort();
            shares
        }
        _ => Vec::new(),
    };
    let is_same = both[0].rule.subjects() == both[1].rule.subjects() && shares(&both[0]) == shares(&both[1]);
    if is_same { Ok(()) } else { Err(refuse()) }
}

/// What of a payee's terms payouts keep to, whichever way is paid: it is read there without what else rules say.
#[derive(Default)]
struct KeptByPayouts {
    payee: Option<PartyId>,
    minimum: Option<Money>,
    hold: Option<Hold>,
}

impl KeptByPayouts {
    fn of(rule: &Rule) -> Self {
        match rule {
            Rule::Payee(terms) => Self { payee: Some(terms.payee), minimum: terms.minimum, hold: terms.hold.clone() },
            Rule::Split(_) | Rule::Album(_) | Rule::Contract(_) | Rule::Withholding(_) => Self::default(),
        }
    }
}

/// That the agreement which a rule was made of, if any, is the studio's.
async fn require_agreement(tx: &Tx, studio: StudioId, id: Option<AgreementId>) -> Result<(), RoyaltyError> {
    let Some(id) = id else { return Ok(()) };
    let of_studio = agreement::Entity::find_by_id(id).filter(agreement::Column::StudioId.eq(studio));
    if of_studio.count(tx).await? == 0 {
        return Err(RoyaltyError::NotFound { what: "agreement", field: "agreement" });
    }
    Ok(())
}

/// Writes the next version of a rule, if all of the studio's rules can be reckoned with beside it. Under the same key it is written once.
pub async fn save_rule(tx: &Tx, ctx: &Ctx, studio: StudioId, new: NewRule) -> Result<rule::Model, RoyaltyError> {
    policy::require(&ctx.actor, Action::ManageRoyalties, studio)?;
    check_names(&new)?;
    check_key(new.request_key.as_deref())?;
    let kind = kind_of(&new.content);
    if new.ends_on.is_some_and(|end| kind != RuleKind::Contract || end < new.effective_on) {
        return Err(RoyaltyError::Ends);
    }
    hold_studio(tx, studio).await?;
    let content = serde_json::to_string(&new.content)?;
    let sha256 = Sha256::of(content.as_bytes());
    let mut beside = written(tx, studio).await?;
    if let Some(key) = &new.request_key {
        match beside.iter().find(|row| row.request_key.as_ref() == Some(key)) {
            Some(standing) if (&standing.rule, &standing.sha256) == (&new.rule.0, &sha256) => {
                return Ok(standing.clone());
            }
            Some(_) => return Err(RoyaltyError::KeyTaken),
            None => {}
        }
    }
    require_parties(tx, studio, new.content.parties(), "content").await?;
    require_subjects(tx, studio, &new.content.subjects(), "content").await?;
    require_agreement(tx, studio, new.agreement).await?;
    let earlier = beside.iter().filter(|row| row.rule == new.rule.0).count();
    let number = i32::try_from(earlier).unwrap_or(i32::MAX).saturating_add(1);
    if let Rule::Contract(contract) = &new.content
        && contract.payer == contract.payee
    {
        let (rule, number) = (new.rule, number.unsigned_abs());
        let problem = "nobody pays themselves: name somebody else".to_owned();
        return Err(RoyaltyFault::Rule { rule, number, field: "payee", problem }.into());
    }
    let (executed, successors) = (executed_of(tx, studio).await?, successors(tx, studio).await?);
    if kind == RuleKind::Split {
        require_signed(&executed, &new, &successors)?;
    }
    let kept = KeptByPayouts::of(&new.content);
    let row = rule::Model {
        studio_id: studio,
        rule: new.rule.0,
        number,
        kind,
        effective_on: new.effective_on,
        ends_on: new.ends_on,
        title: new.title,
        content,
        sha256,
        document_sha256: new.document_sha256,
        agreement_id: new.agreement,
        request_key: new.request_key,
        written_at: ctx.env.now(),
        written_by: ctx.actor.user(),
        payee_id: kept.payee,
        minimum_minor: kept.minimum.map(|minimum| minimum.minor),
        minimum_currency: kept.minimum.map(|minimum| minimum.currency),
        hold_through: kept.hold.as_ref().and_then(|hold| hold.through),
        hold_reason: kept.hold.map(|hold| hold.reason),
    };
    beside.push(row.clone());
    RuleBook::new(beside_executed(executed, &beside, &successors)?)?;
    Ok(row.into_active_model().insert(tx).await?)
}
