use serde_json::Value;

use crate::program;

#[test]
fn in_a_storm_the_books_hold_after_every_step() {
    let folder = tempfile::tempdir().expect("a folder");
    let output = program::command()
        .args(["demo", "--chaos", "--once", "--json", "--listen", "127.0.0.1:0", "--data"])
        .arg(folder.path())
        .output()
        .expect("the demo runs");
    let log = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{log}");
    let facts: Value = serde_json::from_slice(&output.stdout).expect("the facts are JSON");
    assert_eq!(facts["ok"], true, "{log}");
    assert_eq!(facts["ledger"]["trial_balance_minor"], 0);

    let chaos = &facts["chaos"];
    let steps = chaos["steps"].as_array().expect("steps");
    // Twelve sales, two rivals, nine blows, four decisions, and the end.
    assert_eq!(steps.len(), 12 + 2 + 9 + 4 + 2, "{log}");
    assert!(steps.iter().all(|step| step["holds"] == true) && chaos["drifted"] == 0, "{log}");
    let last = &steps[steps.len() - 1];
    assert_eq!((&last["orders"], &last["licences"]), (&14.into(), &13.into()), "{log}");
    // It was a storm: messages were dropped, and others came several times.
    let messages = &chaos["messages"];
    assert!(chaos["dropped"].as_u64() > Some(0), "{chaos}");
    assert!(messages["attempts"].as_u64() > messages["taken"].as_u64(), "{chaos}");

    let proved = program::command().args(["proof", "--json", "--data"]).arg(folder.path()).output();
    let proved = proved.expect("the proof runs");
    assert!(proved.status.success(), "{}", String::from_utf8_lossy(&proved.stdout));
}
