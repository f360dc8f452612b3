//! A split sheet for trials: four people with names as the world has them.

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use super::SplitJournal;

/// Who signs, by name and address.
pub const FOUR: [(&str, &str); 4] = [
    ("Nova Reyes", "nova@example.com"),
    ("Łukasz Żak", "lukasz@example.com"),
    ("Amira Haddad", "amira@example.com"),
    ("Kenji Mori", "kenji@example.com"),
];

/// What each is to have at first, in parts per million, of the composition and of the master alike.
const FIRST: [u32; 4] = [400_000, 300_000, 200_000, 100_000];

/// What each has once the third has asked for a twentieth of the first's, in per cent.
const AGREED: [i64; 4] = [35, 30, 25, 10];

/// A draft, with the four as its parties.
pub fn among_four(mut draft: Value) -> Value {
    let roles = ["producer", "writer", "writer", "artist"];
    draft["parties"] = FOUR
        .iter()
        .zip(roles)
        .map(|((name, email), role)| json!({ "name": name, "email": email, "role": role, "signs": true }))
        .collect();
    let shares = |role: Option<&str>| -> Value {
        let row = |(party, share): (usize, &u32)| match role {
            Some(role) => json!({ "party": party, "role": role, "share_ppm": share }),
            None => json!({ "party": party, "share_ppm": share }),
        };
        FIRST.iter().enumerate().map(row).collect()
    };
    draft["terms"]["composition"]["writers"] = shares(Some("CA"));
    draft["terms"]["master"]["owners"] = shares(None);
    draft
}

/// That a sale was divided among the four as agreed, to the cent.
pub fn check_parts(journal: &SplitJournal) -> Result<()> {
    let total: i64 = journal.payees.iter().map(|(_, minor)| minor).sum();
    for ((name, _), percent) in FOUR.iter().zip(AGREED) {
        let paid = journal.payees.iter().find(|(payee, _)| payee == name).map(|(_, minor)| *minor);
        let paid = paid.with_context(|| format!("{name} is owed nothing of {:?}", journal.payees))?;
        // Of the cents that are left over each gets one at the most.
        if (paid * 100 - total * percent).abs() >= 100 {
            bail!("{name} is owed {paid} of {total}, and {percent} % were agreed");
        }
    }
    Ok(())
}
