//! Which files of a folder make which beats, before any of them is uploaded.

use async_graphql::SimpleObject;
use domain::{
    catalog,
    ids::StudioId,
    report::{Kind, Report},
};

use crate::{caller::Caller, graphql::errors::Failure};

/// The most paths that are sorted at once.
const MAX_PATHS: usize = 10_000;

/// A beat of a folder that is about to be uploaded.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct FolderBeat {
    /// The path of its mix.
    pub source: String,
    /// Its title, by the name of the file; never empty.
    pub title: String,
    /// Its tempo in thousandths of a beat per minute, if the name says it.
    pub bpm_milli: Option<i32>,
    /// Its key, such as `A minor`, if the name says it.
    pub musical_key: Option<String>,
    /// Its stems, in the order of their paths.
    pub stems: Vec<FolderStem>,
    /// The path of the picture of the same name, if there is one.
    pub artwork: Option<String>,
}

/// A stem of a folder that is about to be uploaded.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct FolderStem {
    /// Its path.
    pub path: String,
    /// Its name in the set.
    pub name: String,
}

impl From<catalog::FolderBeat> for FolderBeat {
    fn from(found: catalog::FolderBeat) -> Self {
        let stem = |(path, name)| FolderStem { path, name };
        Self {
            source: found.files.source,
            title: found.named.title,
            bpm_milli: found.named.bpm_milli,
            musical_key: found.named.musical_key,
            stems: found.files.stems.into_iter().map(stem).collect(),
            artwork: found.files.artwork,
        }
    }
}

pub(super) fn sort(caller: &Caller, studio: StudioId, paths: &[String]) -> Result<Vec<FolderBeat>, Failure> {
    if paths.len() > MAX_PATHS {
        let message = format!("a folder of at most {MAX_PATHS} files is looked through at once");
        let report = Report::new(Kind::Invalid, "TOO_MANY_FILES", message);
        return Err(Failure::new(report.field("paths").remedy("take it in by its inner folders, one after the other")));
    }
    let found = catalog::sort_folder(&caller.ctx, studio, paths)?;
    Ok(found.into_iter().map(FolderBeat::from).collect())
}
