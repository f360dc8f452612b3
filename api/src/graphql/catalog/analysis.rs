//! What was heard in files and in stem sets.

use async_graphql::{ComplexObject, Context, Enum, SimpleObject};
use chrono::{DateTime, Utc};
use domain::{
    catalog::{
        self,
        entity::{StemFindings as DomainStemFindings, analysis, stem_check},
        rules::suggestions,
    },
    ids::AssetId,
};

use super::{Asset, Beat, loading::AlikeTo, types::asset_of};
use crate::graphql::{errors::Failure, loader};

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::catalog::entity::Severity")]
pub enum Severity {
    /// Worth knowing.
    Note,
    /// Should be heard before the file goes out.
    Warning,
    /// The file should not go out.
    Fault,
}

/// What findings add up to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::catalog::entity::Verdict")]
pub enum Verdict {
    /// Nothing worse than notes.
    Pass,
    /// Warnings: listen to it.
    Listen,
    /// Faults.
    Fail,
}

/// One thing that was found in a file.
#[derive(Debug, Clone, SimpleObject)]
pub struct Finding {
    /// A stable name, such as `clipping`.
    pub code: String,
    /// How bad it is.
    pub severity: Severity,
    /// What was found, with its figure.
    pub message: String,
    /// What to do about it.
    pub remedy: String,
}

fn findings(found: catalog::entity::Findings) -> Vec<Finding> {
    let finding = |found: catalog::entity::Finding| Finding {
        code: found.code,
        severity: found.severity.into(),
        message: found.message,
        remedy: found.remedy,
    };
    found.0.into_iter().map(finding).collect()
}

/// Tempo and key that a beat could be given; absent where nothing was heard surely enough, or where the beat says it itself.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct Suggestion {
    /// Tempo in thousandths of a beat per minute.
    pub bpm_milli: Option<i32>,
    /// Key, such as `A minor`.
    pub musical_key: Option<String>,
}

impl From<suggestions::Suggestion> for Suggestion {
    fn from(suggestion: suggestions::Suggestion) -> Self {
        Self { bpm_milli: suggestion.bpm_milli, musical_key: suggestion.musical_key }
    }
}

/// What was heard in a file of music. Confidences go from 0 to 1,000,000 parts per million.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub struct Analysis {
    /// Tempo in thousandths of a beat per minute; absent if no pulse was found.
    pub bpm_milli: Option<i32>,
    /// How sure the tempo is.
    pub bpm_confidence_ppm: Option<i32>,
    /// The next best reading of the tempo, often half or double.
    pub alternative_bpm_milli: Option<i32>,
    /// Key, such as `A minor`; absent if no pitch was found.
    pub musical_key: Option<String>,
    /// How sure the key is.
    pub key_confidence_ppm: Option<i32>,
    /// How far the tuning is from A = 440 Hz, in cents.
    pub tuning_cents: Option<i32>,
    /// What of tempo and key is sure enough to be suggested.
    pub suggestion: Suggestion,
    /// What the findings add up to.
    pub verdict: Verdict,
    /// What was found, the worst first.
    pub findings: Vec<Finding>,
    /// The engine that listened.
    pub engine_version: String,
    /// When it was heard.
    pub analysed_at: DateTime<Utc>,
    #[graphql(skip)]
    file: AssetId,
}

impl From<analysis::Model> for Analysis {
    fn from(row: analysis::Model) -> Self {
        Self {
            bpm_milli: row.bpm_milli,
            bpm_confidence_ppm: row.bpm_confidence_ppm,
            alternative_bpm_milli: row.alternative_bpm_milli,
            suggestion: suggestions::sure(&row).into(),
            musical_key: row.musical_key,
            key_confidence_ppm: row.key_confidence_ppm,
            tuning_cents: row.tuning_cents,
            verdict: row.verdict.into(),
            findings: findings(row.findings),
            engine_version: row.engine_version,
            analysed_at: row.analysed_at,
            file: row.asset_id,
        }
    }
}

#[ComplexObject]
impl Analysis {
    /// The studio's beats that sound like it, the likest first and twenty at most: the same recording in another format, or an earlier bounce.
    #[graphql(complexity = "1 + 20 * child_complexity")]
    async fn sounds_like(&self, ctx: &Context<'_>) -> Result<Vec<AlikeBeat>, Failure> {
        let alike = loader(ctx)?.load_one(AlikeTo(self.file)).await?.unwrap_or_default();
        Ok(alike.into_iter().map(AlikeBeat::from).collect())
    }
}

/// A beat that sounds like another file.
#[derive(Debug, Clone, SimpleObject)]
pub struct AlikeBeat {
    /// The beat.
    pub beat: Beat,
    /// How much of the shorter is found in the other, in parts per million.
    pub similarity_ppm: i32,
}

impl From<catalog::AlikeBeat> for AlikeBeat {
    fn from(alike: catalog::AlikeBeat) -> Self {
        Self { beat: alike.beat.into(), similarity_ppm: alike.similarity_ppm }
    }
}

/// What was found in a beat's present stems.
#[derive(Debug, Clone, SimpleObject)]
pub struct StemCheck {
    /// What all findings add up to.
    pub verdict: Verdict,
    /// What was found in each stem, in the order of the set.
    pub stems: Vec<StemFindings>,
    /// When they were checked.
    pub checked_at: DateTime<Utc>,
}

impl From<stem_check::Model> for StemCheck {
    fn from(row: stem_check::Model) -> Self {
        Self {
            verdict: row.verdict.into(),
            stems: row.stems.0.into_iter().map(StemFindings::from).collect(),
            checked_at: row.checked_at,
        }
    }
}

/// What was found in one stem.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub struct StemFindings {
    /// Its name in the set.
    pub name: String,
    /// What was found, the worst first.
    pub findings: Vec<Finding>,
    #[graphql(skip)]
    file: AssetId,
}

impl From<DomainStemFindings> for StemFindings {
    fn from(found: DomainStemFindings) -> Self {
        Self { name: found.name, findings: findings(found.findings), file: found.asset }
    }
}

#[ComplexObject]
impl StemFindings {
    /// The file.
    async fn asset(&self, ctx: &Context<'_>) -> Result<Option<Asset>, Failure> {
        asset_of(ctx, Some(self.file)).await
    }
}
