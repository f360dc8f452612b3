//! The tests of `tests/browser/`: the pages in a real browser, where a Node and a Chromium are found. They start the program that was built.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Result, bail};

use super::{
    postgres::{Database, URL_VARIABLE},
    web::{self, Pages},
};

/// The variable that names a Chromium for the tests.
const CHROMIUM: &str = "LEDGERLINE_TEST_CHROMIUM";
/// The variable that names the program which they start.
const PROGRAM: &str = "LEDGERLINE_TEST_PROGRAM";

/// The test that has them walked on two servers and two workers.
const MANY: &str = "many::journeys::people_find_their_ways_whichever_server_they_come_to";

/// Type-check and form of the tests, then all of them, against the program of the last build; why not, if they are left out.
pub(crate) fn check(pages: &Pages) -> Result<Option<String>> {
    check_by(pages, |folder| super::step("browser tests", web::npm(folder).arg("test").env(PROGRAM, program())))
}

/// The same against two servers behind a balancer and two workers, on PostgreSQL and an S3 server, which a test starts: `tests/tests/e2e/many/journeys.rs`.
pub(crate) fn check_on_many(pages: &Pages, cargo: impl Fn() -> Command) -> Result<Option<String>> {
    check_by(pages, |_| {
        let Some(database) = Database::find()? else {
            bail!("many processes share a PostgreSQL, and neither {URL_VARIABLE} nor initdb is there");
        };
        let mut walking = cargo();
        walking.args(["test", "--workspace", "--test", "e2e", "--", "--exact", MANY, "--ignored", "--nocapture"]);
        super::step("browser tests, on many processes", walking.env(URL_VARIABLE, &database.url))
    })
}

fn check_by(pages: &Pages, walk: impl FnOnce(&Path) -> Result<()>) -> Result<Option<String>> {
    if let Some(why) = lacking(pages) {
        return Ok(Some(why));
    }
    let folder = web::root().join("tests/browser");
    web::install("what the browser tests run with", &folder)?;
    super::step("browser tests: types and form", web::npm(&folder).args(["run", "check"]))?;
    walk(&folder)?;
    Ok(None)
}

/// What the tests cannot do without, and is not there.
fn lacking(pages: &Pages) -> Option<String> {
    if let Pages::LeftOut(why) = pages {
        return Some(why.clone());
    }
    let named = std::env::var_os(CHROMIUM);
    let chromium = named.clone().unwrap_or_else(|| "chromium".into());
    let mut said = Command::new(&chromium);
    let answers = said.arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    if answers.is_ok_and(|status| status.success()) {
        return None;
    }
    Some(match named {
        Some(path) => format!("{CHROMIUM} names {}, which does not start", Path::new(&path).display()),
        None => format!("chromium is not on the PATH, and {CHROMIUM} names none"),
    })
}

/// Where the build has put the program.
fn program() -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| web::root().join("target"), PathBuf::from);
    // The tests run in a folder of their own.
    let target = std::path::absolute(&target).unwrap_or(target);
    target.join("debug").join("ledgerline")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_pages_there_is_nothing_to_try_in_a_browser() {
        let pages = Pages::LeftOut("node is not on the PATH".to_owned());
        assert_eq!(lacking(&pages).as_deref(), Some("node is not on the PATH"));
    }

    #[test]
    fn the_program_is_named_by_its_whole_path() {
        assert!(program().is_absolute() && program().ends_with("debug/ledgerline"));
    }
}
