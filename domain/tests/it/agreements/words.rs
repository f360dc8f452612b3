//! Programs change their words: what was sent in earlier ones is not signed in later ones.

use domain::{
    agreements::{
        AgreementError,
        commands::{self, AgreementEdit},
        entity::{AgreementNotice, EvidenceKind, SigningOrder, agreement},
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
        let told = jobs.filter(|job| {
            matches!(job, Job::MailAgreement { signer: None, what: AgreementNotice::WordsChanged, .. })
        });
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
