//! What becomes of everything that refers to a party, or to a client, when it is merged into another. Every table that refers to either stands here: a
//! test holds that against the schema. Whoever adds such a table decides here.

use sea_orm::{ConnectionTrait, Statement, Value};

use crate::{report::StoreError, store::Tx};

/// What becomes of a table's references.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// They are moved by this statement: `$1` is who was merged, `$2` who took its place.
    Moves(&'static str),
    /// They stay, for this reason.
    Stays(&'static str),
}

/// The tables that refer to parties.
pub const OF_PARTIES: &[(&str, Fate)] = &[
    ("accounts", Fate::Stays("the ledger is append-only: a journal moves what the account comes to")),
    ("agreement_signers", Fate::Stays("what was executed does not change; whoever asks is led on")),
    (
        "booking_people",
        Fate::Moves(
            "UPDATE booking_people SET party_id = $2 WHERE party_id = $1 AND NOT EXISTS (SELECT 1 FROM booking_people AS theirs
             WHERE theirs.party_id = $2 AND theirs.booking_id = booking_people.booking_id)",
        ),
    ),
    ("bookings", Fate::Moves("UPDATE bookings SET party_id = $2 WHERE party_id = $1")),
    ("budget_lines", Fate::Moves("UPDATE budget_lines SET hire_id = $2 WHERE hire_id = $1")),
    ("calendar_feeds", Fate::Moves("UPDATE calendar_feeds SET party_id = $2 WHERE party_id = $1")),
    (
        "candidate_votes",
        Fate::Moves(
            "UPDATE candidate_votes SET party_id = $2 WHERE party_id = $1 AND NOT EXISTS (SELECT 1 FROM candidate_votes AS theirs
             WHERE theirs.party_id = $2 AND theirs.candidate_id = candidate_votes.candidate_id)",
        ),
    ),
    ("client_import_lines", Fate::Moves("UPDATE client_import_lines SET party_id = $2 WHERE party_id = $1")),
    (
        "clients",
        Fate::Moves(
            "UPDATE clients SET party_id = $2 WHERE party_id = $1
             AND NOT EXISTS (SELECT 1 FROM clients AS theirs WHERE theirs.party_id = $2)",
        ),
    ),
    ("collaborators", Fate::Moves("UPDATE collaborators SET party_id = $2 WHERE party_id = $1")),
    ("journal_parts", Fate::Stays("the parts of a sale are as they were signed; the accounts they move are the successor's")),
    ("letters_of_direction", Fate::Stays("a letter stays what it says; one that is made anew names the successor")),
    ("mailing_consents", Fate::Stays("a consent is evidence of who gave it under which address")),
    (
        "party_contacts",
        Fate::Moves(
            "UPDATE party_contacts SET party_id = $2 WHERE party_id = $1 AND NOT EXISTS (SELECT 1 FROM party_contacts AS theirs
             WHERE theirs.party_id = $2 AND theirs.kind = party_contacts.kind AND theirs.value = party_contacts.value)",
        ),
    ),
    ("party_details", Fate::Stays("the successor's blanks are filled from it; the rest is read there")),
    ("party_erasures", Fate::Stays("who was erased is not merged")),
    ("party_keys", Fate::Stays("they are written anew, with the successor's")),
    (
        "party_links",
        Fate::Moves(
            "UPDATE party_links SET party_id = $2 WHERE party_id = $1
             AND NOT EXISTS (SELECT 1 FROM party_links AS theirs WHERE theirs.party_id = $2 AND theirs.url = party_links.url)",
        ),
    ),
    ("party_notes", Fate::Moves("UPDATE party_notes SET party_id = $2 WHERE party_id = $1")),
    ("party_successors", Fate::Moves("UPDATE party_successors SET successor_id = $2 WHERE successor_id = $1")),
    (
        "party_tags",
        Fate::Moves(
            "UPDATE party_tags SET party_id = $2 WHERE party_id = $1
             AND NOT EXISTS (SELECT 1 FROM party_tags AS theirs WHERE theirs.party_id = $2 AND theirs.tag = party_tags.tag)",
        ),
    ),
    ("party_taxes", Fate::Stays("the successor has a copy, unless it has a number of its own")),
    ("payee_bank_changes", Fate::Stays("history does not change")),
    ("payee_banks", Fate::Stays("bank details are given by whoever is paid to them, never taken over")),
    ("payee_statements", Fate::Stays("what a payee was told does not change")),
    (
        "payees",
        Fate::Moves(
            "UPDATE payees SET party_id = $2 WHERE party_id = $1
             AND NOT EXISTS (SELECT 1 FROM payees AS theirs WHERE theirs.party_id = $2 AND theirs.gateway = payees.gateway)",
        ),
    ),
    (
        "payout_minimums",
        Fate::Moves(
            "UPDATE payout_minimums SET party_id = $2 WHERE party_id = $1 AND NOT EXISTS (SELECT 1 FROM payout_minimums AS theirs
             WHERE theirs.party_id = $2 AND theirs.currency = payout_minimums.currency)",
        ),
    ),
    ("payouts", Fate::Stays("a payout stays what it was, as its journals do")),
    ("portal_links", Fate::Stays("whoever has the link is led on to the successor")),
    (
        "project_people",
        Fate::Moves(
            "UPDATE project_people SET party_id = $2 WHERE party_id = $1 AND NOT EXISTS (SELECT 1 FROM project_people AS theirs
             WHERE theirs.party_id = $2 AND theirs.role = project_people.role AND theirs.project_id = project_people.project_id
             AND theirs.song_id IS NOT DISTINCT FROM project_people.song_id)",
        ),
    ),
    ("project_plans", Fate::Moves("UPDATE project_plans SET decider_id = $2 WHERE decider_id = $1")),
    ("project_tasks", Fate::Moves("UPDATE project_tasks SET owner_party_id = $2 WHERE owner_party_id = $1")),
    ("release_parties", Fate::Stays("what a release says stays as it was said; whoever tells of it is led on")),
    ("royalty_charges", Fate::Stays("a charge stays what it was; whoever reckons with it is led on")),
    ("royalty_rules", Fate::Stays("a rule stays as it was written; whoever reckons or pays by it is led on")),
    ("royalty_run_accounts", Fate::Stays("a run stays what it came to; the next one is led on")),
    ("royalty_run_payees", Fate::Stays("a run stays what it came to; the next one is led on")),
    ("royalty_run_reserves", Fate::Stays("a run stays what it came to; the next one is led on")),
    ("session_credits", Fate::Moves("UPDATE session_credits SET party_id = $2 WHERE party_id = $1")),
    ("split_shares", Fate::Stays("what was signed does not change; whoever divides by it is led on")),
    (
        "work_registration_parties",
        Fate::Stays("what a registration says stays as it was said; whoever tells of it is led on"),
    ),
];

/// The tables that refer to clients.
pub const OF_CLIENTS: &[(&str, Fate)] = &[
    ("client_signs", Fate::Stays("it is looked for anew")),
    ("client_stage_moves", Fate::Stays("the moves of a client are its history; the timeline reads them both")),
    ("invoices", Fate::Stays("an invoice that was issued does not change; whoever asks is led on")),
    ("projects", Fate::Moves("UPDATE projects SET client_id = $2 WHERE client_id = $1")),
    ("quotes", Fate::Moves("UPDATE quotes SET client_id = $2 WHERE client_id = $1")),
];

/// Moves what moves.
pub(super) async fn follow(
    tx: &Tx,
    references: &[(&str, Fate)],
    from: impl Into<Value>,
    into: impl Into<Value>,
) -> Result<(), StoreError> {
    let (from, into) = (from.into(), into.into());
    for (_, fate) in references {
        if let Fate::Moves(statement) = fate {
            let values = [from.clone(), into.clone()];
            tx.execute_raw(Statement::from_sql_and_values(tx.get_database_backend(), *statement, values)).await?;
        }
    }
    Ok(())
}
