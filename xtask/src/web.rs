//! The pages of `web/`: checked and built with npm, where a Node is found that can. The rest of the house needs neither.

use std::{
    fs, io,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::SystemTime,
};

use anyhow::{Context, Result, bail};

/// What the built pages are made of, within the house.
const SOURCES: [&str; 7] = [
    "web/src",
    "web/scripts",
    "web/package-lock.json",
    "web/svelte.config.js",
    "web/vite.config.ts",
    "openapi/schema.graphql",
    "api/templates/tokens.css",
];

/// What is written last of a build.
const BUILT: &str = "web/dist/dashboard.json";

/// What has become of the pages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Pages {
    /// They are there, of the present sources.
    Ready,
    /// They are left out, and why.
    LeftOut(String),
}

/// Builds the pages, unless they are built of the present sources.
pub(crate) fn build() -> Result<Pages> {
    if let Some(why) = lacking() {
        return Ok(Pages::LeftOut(why));
    }
    if is_built()? {
        return Ok(Pages::Ready);
    }
    let web = root().join("web");
    install("what the pages are built with", &web)?;
    super::step("pages", npm(&web).args(["run", "build"]))?;
    Ok(Pages::Ready)
}

/// Type-check, lints and unit tests of the pages, where they are built. An operation that does not fit the committed schema fails it. A build may run
/// beside.
pub(crate) fn check(pages: &Pages) -> Result<()> {
    if let Pages::LeftOut(_) = pages {
        return Ok(());
    }
    let what = "pages: types, lints and tests";
    let web = root().join("web");
    install("what the pages are built with", &web)?;
    let (passed, _) = super::step_in_one_piece(what, npm(&web).args(["run", "check"]))?;
    if passed { Ok(()) } else { bail!("{what} failed") }
}

/// The folder of the house.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// What this machine lacks to build the pages; none if it can.
fn lacking() -> Option<String> {
    let said = |tool: &str| Command::new(tool).arg("--version").output().ok().filter(|out| out.status.success());
    let Some(node) = said("node") else { return Some("node is not on the PATH".to_owned()) };
    if said("npm").is_none() {
        return Some("npm is not on the PATH".to_owned());
    }
    let version = String::from_utf8_lossy(&node.stdout).trim().to_owned();
    (!fits(&version)).then(|| format!("node is {version}, and 20.19, 22.12 or a later one is needed"))
}

/// Whether a Node of this version builds the pages: what Vite asks for.
fn fits(version: &str) -> bool {
    let mut numbers = version.trim_start_matches('v').split('.').map_while(|part| part.parse::<u32>().ok());
    match (numbers.next(), numbers.next()) {
        (Some(20), Some(minor)) => minor >= 19,
        (Some(22), Some(minor)) => minor >= 12,
        (Some(major), _) => major > 22,
        (None, _) => false,
    }
}

/// An npm in a folder. What it says goes where people look, for the standard output may be a program's.
pub(crate) fn npm(folder: &Path) -> Command {
    let mut command = Command::new("npm");
    command.current_dir(folder).stdout(Stdio::from(io::stderr()));
    command
}

/// Installs what the lock file of a folder names, unless that is there.
pub(crate) fn install(what: &str, folder: &Path) -> Result<()> {
    let installed = changed_at(&folder.join("node_modules/.package-lock.json"))?;
    if installed.is_some() && installed >= changed_at(&folder.join("package-lock.json"))? {
        return Ok(());
    }
    super::step(what, npm(folder).arg("ci"))
}

/// Whether the pages were built after the last change of what they are made of.
fn is_built() -> Result<bool> {
    let built = changed_at(&root().join(BUILT))?;
    let mut newest: Option<SystemTime> = None;
    for source in SOURCES {
        newest = newest.max(changed_at(&root().join(source))?);
    }
    Ok(built.is_some() && built >= newest)
}

/// When a file was changed, or the newest of a folder, but for what a build generates there; none if there is none.
fn changed_at(path: &Path) -> Result<Option<SystemTime>> {
    if !path.is_dir() {
        return Ok(fs::metadata(path).and_then(|facts| facts.modified()).ok());
    }
    let mut newest: Option<SystemTime> = None;
    for entry in fs::read_dir(path).with_context(|| format!("cannot read {}", path.display()))? {
        let entry = entry?;
        if entry.file_name() != "generated" {
            newest = newest.max(changed_at(&entry.path())?);
        }
    }
    Ok(newest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_fits_from_the_version_on_that_builds_the_pages() {
        for version in ["v20.19.0", "v20.20.2", "v22.12.0", "v23.0.0", "v24.1.0"] {
            assert!(fits(version), "{version}");
        }
        for version in ["v18.19.0", "v20.18.3", "v21.7.0", "v22.11.0", "", "none"] {
            assert!(!fits(version), "{version}");
        }
    }

    #[test]
    fn what_is_generated_makes_no_folder_newer() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(changed_at(&folder.path().join("none")).unwrap(), None);
        assert_eq!(changed_at(folder.path()).unwrap(), None);
        fs::create_dir_all(folder.path().join("src/generated")).unwrap();
        fs::write(folder.path().join("src/generated/api.ts"), "x").unwrap();
        assert_eq!(changed_at(folder.path()).unwrap(), None);
        fs::write(folder.path().join("src/page.ts"), "x").unwrap();
        assert!(changed_at(folder.path()).unwrap().is_some());
    }
}
