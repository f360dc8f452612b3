//! The schema, one migration a step, for SQLite and PostgreSQL alike.
//!
//! **May depend on** nobody in the house. Each step is SQL in which `$uuid`, `$instant`, `$date`, `$json`, `$bool`, `$int` and `$bigint` stand for the
//! two databases' types, so that a constraint is written once and read as what it is. Invariants live here: checks, unique indexes, foreign keys, and
//! triggers that keep append-only tables append-only.
//!
//! **To add a step:** a new file `m<date>_<n>_<what>.rs`, a line in [`Migrator`], one in `docs/schema.md`, and rows of what it adds in
//! `domain/tests/it/every_schema/rows/<step>.sql`, with which every later step is tried. A step that has been released is never changed. None takes away what the
//! program of the step before it uses, for both run while one takes the other's place: that is left to a later version.

pub use sea_orm_migration::MigratorTrait;
use sea_orm_migration::prelude::*;

mod m20261123_1_identity;
mod m20261123_2_catalog;
mod m20261123_3_sales;
mod m20261123_4_delivery;
mod m20261123_5_ledger;
mod m20261123_6_outbox;
mod m20261124_7_render_beats;
mod m20261127_8_audio_jobs;
mod m20261128_9_agreements;
mod m20261128_a_splits;
mod m20261128_b_seals;
mod m20261128_c_samples;
mod m20261128_d_channels;
mod m20261128_e_clauses;
mod m20261129_f_guards;
mod m20261129_h_accounts;
mod m20261129_i_parts;
mod m20261129_j_folds;
mod m20261129_k_periods;
mod m20261129_l_money_back;
mod m20261129_q_shown;
mod m20261129_s_succession;
mod m20261129_t_words;
mod m20261129_u_told;
mod m20261130_a_payouts;
mod m20261130_b_pricing;
mod m20261130_c1_offers;
mod m20261130_c2_free_downloads;
mod m20261130_c3_first_refusal;
mod m20261130_e_exclusive_ends;
mod m20261130_e_failed_checkouts;
mod m20261130_e_refusals;
mod m20261130_e_unmatched;
mod m20261130_f_meter;
mod m20261201_a_currencies;
mod m20261201_b_payee_banks;
mod m20261201_c_quick_checks;
mod m20261202_a_production;
mod m20261202_b_clients;
mod m20261202_c_projects;
mod m20261202_d_booking;
mod m20261202_e_session_log;
mod m20261202_f_reviews;
mod m20261202_g_invoices;
mod m20261202_h_masters;
mod m20261202_i_handoffs;
mod m20261202_j_portfolios;
mod m20261203_a_statements;
mod m20261203_b_royalty_terms;
mod m20261203_c_royalty_runs;
mod m20261203_d_registrations;
mod m20261203_e_studio_marks;
mod m20261204_a_shopfronts;
mod m20261205_a_second_factors;
mod m20261206_a_payees_marked;
mod m20261206_b_throttle_windows;
mod m20261207_a_domains;
mod m20261208_a_account_activities;
mod m20261208_b_code_secrets;
mod m20261208_c_webhooks;
mod m20261208_d_domain_looks;
mod m20261209_a_passkeys;
mod m20261209_b_direct_uploads;
mod m20261210_a_studio_closures;
mod m20261210_b_job_requests;
mod m20261211_a_events_of_orders;
mod m20261212_a_reads_by_studio;
mod m20261213_a_mixes_marked;
mod sql;
mod steps;
#[cfg(feature = "testing")]
pub mod testing;

pub use steps::Steps;

/// Brings a database to the present schema.
#[derive(Debug)]
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261123_1_identity::Migration),
            Box::new(m20261123_2_catalog::Migration),
            Box::new(m20261123_3_sales::Migration),
            Box::new(m20261123_4_delivery::Migration),
            Box::new(m20261123_5_ledger::Migration),
            Box::new(m20261123_6_outbox::Migration),
            Box::new(m20261124_7_render_beats::Migration),
            Box::new(m20261127_8_audio_jobs::Migration),
            Box::new(m20261128_9_agreements::Migration),
            Box::new(m20261128_a_splits::Migration),
            Box::new(m20261128_b_seals::Migration),
            Box::new(m20261128_c_samples::Migration),
            Box::new(m20261128_d_channels::Migration),
            Box::new(m20261128_e_clauses::Migration),
            Box::new(m20261129_f_guards::Migration),
            Box::new(m20261129_h_accounts::Migration),
            Box::new(m20261129_i_parts::Migration),
            Box::new(m20261129_j_folds::Migration),
            Box::new(m20261129_k_periods::Migration),
            Box::new(m20261129_l_money_back::Migration),
            Box::new(m20261129_q_shown::Migration),
            Box::new(m20261129_s_succession::Migration),
            Box::new(m20261129_t_words::Migration),
            Box::new(m20261129_u_told::Migration),
            Box::new(m20261130_a_payouts::Migration),
            Box::new(m20261130_b_pricing::Migration),
            Box::new(m20261130_c1_offers::Migration),
            Box::new(m20261130_c2_free_downloads::Migration),
            Box::new(m20261130_c3_first_refusal::Migration),
            Box::new(m20261130_e_exclusive_ends::Migration),
            Box::new(m20261130_e_failed_checkouts::Migration),
            Box::new(m20261130_e_refusals::Migration),
            Box::new(m20261130_e_unmatched::Migration),
            Box::new(m20261130_f_meter::Migration),
            Box::new(m20261201_a_currencies::Migration),
            Box::new(m20261201_b_payee_banks::Migration),
            Box::new(m20261201_c_quick_checks::Migration),
            Box::new(m20261202_a_production::Migration),
            Box::new(m20261202_b_clients::Migration),
            Box::new(m20261202_c_projects::Migration),
            Box::new(m20261202_d_booking::Migration),
            Box::new(m20261202_e_session_log::Migration),
            Box::new(m20261202_f_reviews::Migration),
            Box::new(m20261202_g_invoices::Migration),
            Box::new(m20261202_h_masters::Migration),
            Box::new(m20261202_i_handoffs::Migration),
            Box::new(m20261202_j_portfolios::Migration),
            Box::new(m20261203_a_statements::Migration),
            Box::new(m20261203_b_royalty_terms::Migration),
            Box::new(m20261203_c_royalty_runs::Migration),
            Box::new(m20261203_d_registrations::Migration),
            Box::new(m20261203_e_studio_marks::Migration),
            Box::new(m20261204_a_shopfronts::Migration),
            Box::new(m20261205_a_second_factors::Migration),
            Box::new(m20261206_a_payees_marked::Migration),
            Box::new(m20261206_b_throttle_windows::Migration),
            Box::new(m20261207_a_domains::Migration),
            Box::new(m20261208_a_account_activities::Migration),
            Box::new(m20261208_b_code_secrets::Migration),
            Box::new(m20261208_c_webhooks::Migration),
            Box::new(m20261208_d_domain_looks::Migration),
            Box::new(m20261209_a_passkeys::Migration),
            Box::new(m20261209_b_direct_uploads::Migration),
            Box::new(m20261210_a_studio_closures::Migration),
            Box::new(m20261210_b_job_requests::Migration),
            Box::new(m20261211_a_events_of_orders::Migration),
            Box::new(m20261212_a_reads_by_studio::Migration),
            Box::new(m20261213_a_mixes_marked::Migration),
        ]
    }
}

/// The text of every step: tests tell schemas apart by it.
#[cfg(feature = "testing")]
pub(crate) const SCHEMA_TEXT: &[&str] = &[
    include_str!("m20261123_1_identity.rs"),
    include_str!("m20261123_2_catalog.rs"),
    include_str!("m20261123_3_sales.rs"),
    include_str!("m20261123_4_delivery.rs"),
    include_str!("m20261123_5_ledger.rs"),
    include_str!("m20261123_6_outbox.rs"),
    include_str!("m20261124_7_render_beats.rs"),
    include_str!("m20261127_8_audio_jobs.rs"),
    include_str!("m20261128_9_agreements.rs"),
    include_str!("m20261128_a_splits.rs"),
    include_str!("m20261128_b_seals.rs"),
    include_str!("m20261128_c_samples.rs"),
    include_str!("m20261128_d_channels.rs"),
    include_str!("m20261128_e_clauses.rs"),
    include_str!("m20261129_f_guards.rs"),
    include_str!("m20261129_h_accounts.rs"),
    include_str!("m20261129_i_parts.rs"),
    include_str!("m20261129_j_folds.rs"),
    include_str!("m20261129_k_periods.rs"),
    include_str!("m20261129_l_money_back.rs"),
    include_str!("m20261129_q_shown.rs"),
    include_str!("m20261129_s_succession.rs"),
    include_str!("m20261129_t_words.rs"),
    include_str!("m20261129_u_told.rs"),
    include_str!("m20261130_a_payouts.rs"),
    include_str!("m20261130_b_pricing.rs"),
    include_str!("m20261130_c1_offers.rs"),
    include_str!("m20261130_c2_free_downloads.rs"),
    include_str!("m20261130_c3_first_refusal.rs"),
    include_str!("m20261130_e_exclusive_ends.rs"),
    include_str!("m20261130_e_failed_checkouts.rs"),
    include_str!("m20261130_e_refusals.rs"),
    include_str!("m20261130_e_unmatched.rs"),
    include_str!("m20261130_f_meter.rs"),
    include_str!("m20261201_a_currencies.rs"),
    include_str!("m20261201_b_payee_banks.rs"),
    include_str!("m20261201_c_quick_checks.rs"),
    include_str!("m20261202_a_production.rs"),
    include_str!("m20261202_b_clients.rs"),
    include_str!("m20261202_c_projects.rs"),
    include_str!("m20261202_d_booking.rs"),
    include_str!("m20261202_e_session_log.rs"),
    include_str!("m20261202_f_reviews.rs"),
    include_str!("m20261202_g_invoices.rs"),
    include_str!("m20261202_h_masters.rs"),
    include_str!("m20261202_i_handoffs.rs"),
    include_str!("m20261202_j_portfolios.rs"),
    include_str!("m20261203_a_statements.rs"),
    include_str!("m20261203_b_royalty_terms.rs"),
    include_str!("m20261203_c_royalty_runs.rs"),
    include_str!("m20261203_d_registrations.rs"),
    include_str!("m20261203_e_studio_marks.rs"),
    include_str!("m20261204_a_shopfronts.rs"),
    include_str!("m20261205_a_second_factors.rs"),
    include_str!("m20261206_a_payees_marked.rs"),
    include_str!("m20261206_b_throttle_windows.rs"),
    include_str!("m20261207_a_domains.rs"),
    include_str!("m20261208_a_account_activities.rs"),
    include_str!("m20261208_b_code_secrets.rs"),
    include_str!("m20261208_c_webhooks.rs"),
    include_str!("m20261208_d_domain_looks.rs"),
    include_str!("m20261209_a_passkeys.rs"),
    include_str!("m20261209_b_direct_uploads.rs"),
    include_str!("m20261210_a_studio_closures.rs"),
    include_str!("m20261210_b_job_requests.rs"),
    include_str!("m20261211_a_events_of_orders.rs"),
    include_str!("m20261212_a_reads_by_studio.rs"),
    include_str!("m20261213_a_mixes_marked.rs"),
    include_str!("sql.rs"),
];

#[cfg(test)]
mod tests {
    use super::*;

    const NOTES: &str = include_str!("../../docs/schema.md");

    fn names() -> Vec<String> {
        Migrator::migrations().iter().map(|step| step.name().to_owned()).collect()
    }

    #[test]
    fn steps_come_in_the_order_of_their_names() {
        assert!(names().is_sorted());
    }

    #[test]
    fn each_step_has_its_line_in_the_notes() {
        let lines = NOTES.lines().filter(|line| line.starts_with("| `m"));
        let mut noted = Vec::new();
        for line in lines {
            let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
            assert!(cells.len() == 4 && !cells.contains(&""), "{line}");
            noted.push(cells[0].trim_matches('`').to_owned());
        }
        assert_eq!(noted, names());
    }
}
