//! Changes that change nothing, and proposals that are made twice.

use domain::{
    actor::Actor,
    agreements::{
        AgreementError,
        commands::{self, AgreementEdit, CounterProposal, Delegation},
        entity::{AgreementState, EvidenceKind, SignerState, SigningOrder},
        evidence::sentence,
        queries,
    },
    identity::commands::close_studio_of,
    policy::Denied,
    report::Explain,
};
use serde_json::json;

use super::table::{Table, device, sheet};
use crate::support::on_each_database;

use AgreementState::{Countered, PartlySigned, Sent};
use SignerState::{Signed, Waiting};

#[tokio::test]
async fn an_edit_that_changes_nothing_is_refused_by_name_and_voids_nothing() {
    on_each_database(async |world| {
        let table = Table::laid(world).await;
        let id = table.sent(SigningOrder::Parallel).await;
        table.signs(id, 0).await;
        let same = sheet(Some(table.work), &[250_000; 4]);
        let edit = async |document: &serde_json::Value, signing_order, note: Option<&str>| {
            let edit = AgreementEdit {
                expected_version: 1,
                document: table.revised(id, document).await,
                signing_order,
                note: note.map(String::from),
                expires_in_days: None,
            };
            table.run(async |tx| commands::edit_agreement(tx, &table.manager, id, &edit).await).await
        };
        let (mails, entries) = (table.jobs().await["mail_signer"], table.kinds(id).await.len());
        for (order, note) in [(None, None), (Some(SigningOrder::Parallel), Some("please hurry"))] {
            let report = edit(&same, order, note).await.unwrap_err().explain();
            assert_eq!((report.code, report.field.as_deref()), ("NOTHING_CHANGED", Some("document")));
        }
        assert_eq!((table.row(id).await.state, table.row(id).await.version), (PartlySigned, 1));
        assert_eq!(table.states(id).await, [Signed, Waiting, Waiting, Waiting]);
        assert_eq!((table.jobs().await["mail_signer"], table.kinds(id).await.len()), (mails, entries));

        // The order in which it is signed is a change, too.
        let row = edit(&same, Some(SigningOrder::InOrder), None).await.unwrap();
        assert_eq!((row.state, row.version), (Sent, 2));
    })
    .await;
}

#[tokio::test]
async fn a_proposal_that_changes_nothing_holds_up_nobody_and_a_second_click_is_one_proposal() {
    on_each_database(async |world| {
        let table = Table::laid(world).await;
        let id = table.sent(SigningOrder::Parallel).await;
        let first = table.come_in(id, 0).await;
        let propose = async |proposal: &CounterProposal| {
            table.run(async |tx| commands::counter(tx, &first, proposal, &device()).await).await
        };
        let same = table.proposal(id, &sheet(Some(table.work), &[250_000; 4])).await;
        let same = CounterProposal { note: Some(" \r\n".into()), ..same };
        assert!(matches!(propose(&same).await, Err(AgreementError::CounterSame)));
        assert_eq!(table.row(id).await.state, Sent);

        let other = sheet(Some(table.work), &[400_000, 200_000, 200_000, 200_000]);
        let proposal = table.proposal(id, &other).await;
        assert_eq!(propose(&proposal).await.unwrap(), 2);
        assert_eq!(propose(&proposal).await.unwrap(), 2, "a second click");
        let count = async |kind| table.kinds(id).await.into_iter().filter(|found| *found == kind).count();
        assert_eq!((count(EvidenceKind::Countered).await, table.jobs().await["mail_agreement"]), (1, 1));

        // Another one takes its place; the earlier stays on record.
        let more = table.proposal(id, &sheet(Some(table.work), &[310_000, 230_000, 230_000, 230_000])).await;
        assert_eq!(propose(&more).await.unwrap(), 3);
        let row = table.row(id).await;
        assert_eq!((row.state, row.counter_version), (Countered, Some(3)));
        let rows = queries::evidence_of(&world.db, id).await.unwrap();
        assert_eq!(sentence(rows.last().unwrap()), "proposed version 3 instead of version 2");
        let accept = async |n| table.run(async |tx| commands::accept_counter(tx, &table.manager, id, n).await).await;
        assert!(matches!(accept(2).await, Err(AgreementError::Changed { current: 3 })));
        assert_eq!(accept(3).await.unwrap().version, 3);
        table.assert_chain_holds(id).await;
    })
    .await;
}

#[tokio::test]
async fn anything_can_be_asked_to_change_in_words() {
    on_each_database(async |world| {
        let table = Table::laid(world).await;
        let mut hired = sheet(None, &[500_000; 2]);
        hired["terms"]["template"] = json!("work_for_hire");
        for document in [hired, sheet(Some(table.work), &[500_000; 2])] {
            let id = table.draft(&document, SigningOrder::Parallel).await.id;
            table.send(id).await.unwrap();
            table.signs(id, 1).await;
            let first = table.come_in(id, 0).await;
            let proposal = table.proposal(id, &document).await;
            for _ in 0..2 {
                let number = table.run(async |tx| commands::counter(tx, &first, &proposal, &device()).await).await;
                assert_eq!(number.unwrap(), 2);
            }
            assert_eq!(table.row(id).await.state, Countered);
            // Taking note of it voids nothing.
            table.run(async |tx| commands::accept_counter(tx, &table.manager, id, 2).await).await.unwrap();
            assert_eq!(table.states(id).await, [Waiting, Signed]);
        }
    })
    .await;
}

#[tokio::test]
async fn in_a_closed_studio_is_signed_what_was_sent_and_nothing_is_asked_for() {
    on_each_database(async |world| {
        let table = Table::laid(world).await;
        let id = table.sent(SigningOrder::Parallel).await;
        let first = table.come_in(id, 0).await;
        let proposal = table.proposal(id, &sheet(Some(table.work), &[400_000, 200_000, 200_000, 200_000])).await;
        let system = table.services.ctx(Actor::System);
        table.run(async |tx| close_studio_of(tx, &system, "nova", "moving on").await).await.unwrap();

        let countered = table.run(async |tx| commands::counter(tx, &first, &proposal, &device()).await).await;
        assert!(matches!(countered, Err(AgreementError::Denied(Denied::Closed))), "{countered:?}");
        let to = Delegation { name: "Mgr. Ivana".into(), email: "ivana@example.com".into(), note: None };
        let handed_on = table.run(async |tx| commands::delegate(tx, &first, &to, &device()).await).await;
        assert!(matches!(handed_on, Err(AgreementError::Denied(Denied::Closed))), "{handed_on:?}");
        for party in 1..4 {
            assert_eq!(table.signs(id, party).await.state, PartlySigned);
        }
    })
    .await;
}
