//! The REST edges under requests that schemathesis makes of their description, where a Python has it.

use std::{path::Path, process::Stdio, time::Duration};

use tokio::{process::Command, time::Instant};

/// The Python that is named for it.
const PYTHON: &str = "LEDGERLINE_TEST_PYTHON";

/// Its command line, as Python runs it. What a resumable upload is sent as is bytes to it, too; of a kind that it does not know it sends none.
const PROGRAM: &str = r#"
import sys, schemathesis
from schemathesis.cli import schemathesis as command
schemathesis.serializer.alias("application/offset+octet-stream", "application/octet-stream")
sys.exit(command())
"#;

/// Has schemathesis ask the server for as long as this, as a program with a key; tells what it found. Where it is not installed, that is said.
pub(super) async fn fault(base: &str, key: Option<&str>, seed: u64, time: Duration) -> Option<String> {
    let Ok(python) = std::env::var(PYTHON) else {
        eprintln!("SKIPPED: {PYTHON} names no Python with schemathesis, the REST edges were not fuzzed");
        return None;
    };
    let has = Command::new(&python).args(["-c", "import schemathesis"]).stderr(Stdio::null()).status().await;
    if !has.is_ok_and(|status| status.success()) {
        eprintln!("SKIPPED: {python} has no schemathesis, the REST edges were not fuzzed");
        return None;
    }
    // Each round ends once everything was asked in each way that it thinks of, and the next begins with other values.
    let ends = Instant::now() + time;
    for round in 0.. {
        let left = ends.saturating_duration_since(Instant::now());
        let mut asking = round_of(&python, base, key, seed.wrapping_add(round));
        // It ends with its first finding; what is still asking when the time is over has found nothing.
        let folder = tempfile::tempdir().expect("a folder for what it keeps");
        asking.current_dir(folder.path()).kill_on_drop(true);
        let output = tokio::time::timeout(left, asking.output()).await.ok()?.expect("schemathesis starts");
        let said = String::from_utf8_lossy(&output.stdout);
        if !output.status.success() {
            return Some(format!("schemathesis: {said}{}", String::from_utf8_lossy(&output.stderr)));
        }
        said.lines()
            .filter(|line| line.contains("generated"))
            .for_each(|line| eprintln!("schemathesis: {}", line.trim()));
    }
    None
}

/// One round of asking, which is the same with the same seed.
fn round_of(python: &str, base: &str, key: Option<&str>, seed: u64) -> Command {
    let description = Path::new(env!("CARGO_MANIFEST_DIR")).join("../openapi/openapi.json");
    let mut asking = Command::new(python);
    asking.args(["-c", PROGRAM, "run"]).arg(description).args(["--url", base]);
    asking.args(["--checks", "not_a_server_error", "--max-failures", "1", "--request-timeout", "10"]);
    asking.args(["--seed", &seed.to_string()]);
    if let Some(key) = key {
        asking.args(["--header", &format!("Authorization: Bearer {key}")]);
    }
    asking
}
