//! Words that were said to few, and words that a later program has others for.

use domain::{
    agreements::{
        AgreementError,
        commands::{self, AgreementEdit, Delegation, PaperSignature},
        entity::{AgreementNotice, AgreementState, EvidenceKind, SigningOrder, agreement},
        evidence::sentence,
        queries,
        testing::PlainDocuments,
    },
    catalog::Sha256,
    outbox::{Job, entity::job},
    report::Explain,
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, IntoActiveModel};
use serde_json::json;

use super::table::{Table, device, sheet};
use crate::support::on_each_database;

#[tokio::test]
async fn what_the_program_words_otherwise_by_now_nobody_signs_and_the_studio_is_told_once() {
    on_each_database(async |world| {
        let table = Table::laid(world).await;
        let id = table.sent(SigningOrder::Parallel).await;
        let seen = table.seen(id).await;
        let count = async || queries::count_worded_otherwise(&world.db, &PlainDocuments).await.unwrap();
        assert_eq!(count().await, 0);
        // As an earlier program wrote it: the same document, and another text.
        let mut earlier = table.current(id).await;
        (earlier.number, earlier.text_sha256) = (2, Sha256::of(b"as it was worded then"));
        earlier.reading["text_sha256"] = json!(earlier.text_sha256);
        earlier.into_active_model().insert(&world.db).await.unwrap();
        let row = agreement::ActiveModel { id: Set(id), version: Set(2), ..Default::default() };
        row.update(&world.db).await.unwrap();
        assert_eq!(count().await, 1);

        let first = table.come_in(id, 0).await;
        let seen = commands::Seen { version: 2, ..seen };
        for _ in 0..2 {
            let shown = table.run(async |tx| commands::shown(tx, &first, &seen, &device()).await).await.unwrap_err();
            assert!(matches!(shown, AgreementError::WordsChanged { version: 2 }), "{shown}");
            let told = shown.explain();
            assert_eq!((told.code, told.field.as_deref()), ("WORDS_CHANGED", Some("version")));
            table.run(async |tx| commands::worded_otherwise(tx, &first, &seen).await).await.unwrap();
        }
        let jobs = job::Entity::find().all(&world.db).await.unwrap();
        let jobs = jobs.into_iter().map(|row| serde_json::from_value::<Job>(row.payload).unwrap());
        let told = jobs
            .filter(|job| matches!(job, Job::MailAgreement { signer: None, what: AgreementNotice::WordsChanged, .. }));
        assert_eq!(told.count(), 1);
        let rows = queries::evidence_of(&world.db, id).await.unwrap();
        let noted: Vec<_> = rows.iter().filter(|row| row.kind == EvidenceKind::WordsChanged).map(sentence).collect();
        assert_eq!(noted, ["was not shown version 2: it would have read otherwise than it was sent"]);

        // With the same terms it is written in today's words, and can be signed.
        let edit = AgreementEdit {
            expected_version: 2,
            document: table.revised(id, &sheet(Some(table.work), &[250_000; 4])).await,
            signing_order: None,
            note: None,
            expires_in_days: None,
        };
        table.run(async |tx| commands::edit_agreement(tx, &table.manager, id, &edit).await).await.unwrap();
        assert_eq!(count().await, 0);
        table.signs(id, 0).await;
        table.assert_chain_holds(id).await;
    })
    .await;
}

#[tokio::test]
async fn what_was_said_to_few_stands_in_no_evidence() {
    const HOME: &str = "12 Elm Street, second floor";
    on_each_database(async |world| {
        let table = Table::laid(world).await;
        let id = table.draft(&sheet(Some(table.work), &[500_000; 2]), SigningOrder::Parallel).await.id;
        table.send(id).await.unwrap();
        let (first, second) = (table.come_in(id, 0).await, table.come_in(id, 1).await);
        let proposal = table.proposal(id, &sheet(Some(table.work), &[600_000, 400_000])).await;
        table.run(async |tx| commands::counter(tx, &first, &proposal, &device()).await).await.unwrap();
        let why = Some("We wrote it together");
        table.run(async |tx| commands::refuse_counter(tx, &table.manager, id, 2, why).await).await.unwrap();
        let to = Delegation {
            name: "Ivana".into(),
            email: "ivana@example.com".into(),
            note: Some("Sign whatever they send".into()),
        };
        table.run(async |tx| commands::delegate(tx, &first, &to, &device()).await).await.unwrap();
        table.run(async |tx| commands::withdraw(tx, &second, Some(HOME), &device()).await).await.unwrap();
        let paper = PaperSignature {
            signer: table.signer(id, 1).await.id,
            version: 1,
            signed_on: world.ctx.env.now().date_naive(),
            scan_sha256: None,
            note: None,
        };
        let recorded = table.run(async |tx| commands::record_paper_signature(tx, &table.manager, id, &paper).await);
        assert_eq!(recorded.await.unwrap().state, AgreementState::PartlySigned);
        assert_eq!(table.signs(id, 0).await.state, AgreementState::Executed);

        let executed = queries::find_execution(&world.db, "http://shop.test", id).await.unwrap().unwrap();
        let evidence = executed.execution.evidence_json;
        for words in [HOME, "I wrote the hook", "We wrote it together", "Sign whatever they send"] {
            assert!(!evidence.contains(words), "{words}");
            assert!(evidence.contains(Sha256::of(words.as_bytes()).as_str()), "{words}");
        }
        // They stand where those find them for whom they are.
        assert_eq!(table.signer(id, 1).await.reason.as_deref(), Some(HOME));
        assert_eq!(table.signer(id, 0).await.note, to.note);
    })
    .await;
}
