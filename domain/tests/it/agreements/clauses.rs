//! What a studio changes in templates' clauses, and which documents begin with it.

use domain::{
    actor::{Actor, Role},
    agreements::{
        AgreementError, Prepared,
        commands::{self, PreparedClauses},
        document::Template,
        entity::{SigningOrder, clause_default},
        queries,
        testing::PlainDocuments,
    },
    env::Instant,
    policy::Denied,
    report::Explain,
};
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel};
use serde_json::{Value, json};

use super::table::{Table, sheet};
use crate::support::on_each_database;

fn prepared(template: Template, edits: &Value) -> PreparedClauses {
    PreparedClauses::new(&PlainDocuments, template, &edits.to_string()).unwrap()
}

impl Table {
    async fn set_clauses(&self, template: Template, edits: &Value) {
        let clauses = prepared(template, edits);
        self.run(async |tx| commands::set_clause_defaults(tx, &self.manager, self.studio, &clauses).await)
            .await
            .unwrap();
    }

    /// What the studio changes in a template's clauses.
    async fn edits(&self, template: Template) -> Value {
        let all = queries::list_clause_edits(&self.services.db, &self.manager, self.studio).await.unwrap();
        all.into_iter().find(|(of, _)| *of == template).unwrap().1
    }

    /// A document as it is drafted for the studio.
    async fn begun(&self, document: &Value) -> Value {
        queries::with_default_clauses(&self.services.db, self.studio, document.clone()).await.unwrap()
    }
}

#[tokio::test]
async fn documents_that_say_nothing_of_clauses_begin_with_the_studios() {
    on_each_database(async |world| {
        let table = Table::laid(world).await;
        let bare = sheet(Some(table.work), &[500_000; 2]);
        assert_eq!(table.begun(&bare).await, bare);
        let before = table.draft(&bare, SigningOrder::Parallel).await;

        let edits = json!({ "off": ["disputes"] });
        table.set_clauses(Template::SplitSheet, &edits).await;
        assert_eq!(table.edits(Template::SplitSheet).await, edits);
        assert_eq!(table.edits(Template::Producer).await, json!({}));
        assert_eq!(table.begun(&bare).await["clauses"], edits);
        for own in [json!({}), json!({ "off": ["law"] })] {
            let mut document = bare.clone();
            document["clauses"] = own.clone();
            assert_eq!(table.begun(&document).await["clauses"], own);
        }
        let mut other = bare.clone();
        other["terms"]["template"] = json!("producer");
        assert_eq!(table.begun(&other).await, other);
        let elsewhere = queries::with_default_clauses(&world.db, world.ctx.env.id(), bare.clone()).await.unwrap();
        assert_eq!(elsewhere, bare);

        // A person who begins with a beat sees them, and what is written keeps its own.
        let beat = table.shop.beat("Day Walk", false).await;
        let prefilled = queries::prefill_split_sheet(&world.db, &table.manager, &PlainDocuments, beat).await.unwrap();
        let prefilled: Value = serde_json::from_str(&prefilled).unwrap();
        assert_eq!(prefilled["clauses"], edits);
        let after = table.draft(&table.begun(&bare).await, SigningOrder::Parallel).await;
        let later = json!({ "off": ["law"] });
        table.set_clauses(Template::SplitSheet, &later).await;
        assert_eq!(table.edits(Template::SplitSheet).await, later);
        for (draft, own) in [(&before, json!({})), (&after, edits)] {
            let again = queries::prefill_from_agreement(&world.db, &table.manager, draft.id).await.unwrap();
            let again: Value = serde_json::from_str(&again).unwrap();
            assert_eq!(again["clauses"], own);
            assert_eq!(table.begun(&again).await["clauses"], own);
        }
        assert!(!table.current(before.id).await.document.contains("clauses"));

        // What changes nothing leaves no row.
        table.set_clauses(Template::SplitSheet, &json!({ "off": [] })).await;
        assert_eq!(clause_default::Entity::find().all(&world.db).await.unwrap(), []);
        assert_eq!(table.begun(&bare).await, bare);
    })
    .await;
}

#[tokio::test]
async fn clauses_are_set_by_who_manages_agreements_and_refused_by_name() {
    on_each_database(async |world| {
        let table = Table::laid(world).await;
        let refused =
            PreparedClauses::new(&PlainDocuments, Template::Producer, r#"{ "off": ["law", "parties"] }"#).unwrap_err();
        let report = refused.explain();
        assert_eq!((report.code, report.field.as_deref()), ("BAD_CLAUSES", Some("edits.off[1]")));
        assert!(report.message.contains("parties is essential"), "{}", report.message);
        let summed_up = |words: &str| json!({ "summaries": { "law": words } });
        for (words, code) in [("The law of 서울.", "ILLEGIBLE"), ("\u{202e}law", "STEERING")] {
            let refused =
                PreparedClauses::new(&PlainDocuments, Template::Producer, &summed_up(words).to_string()).unwrap_err();
            assert!(matches!(&refused, AgreementError::Clauses(faults) if faults[0].code == code), "{refused}");
            assert_eq!(refused.explain().field.as_deref(), Some("edits.summaries.law"));
        }

        // What was set before that was checked holds up no draft; the same words of its author's own do.
        let row = clause_default::Model {
            studio_id: table.studio,
            template: Template::SplitSheet,
            edits: summed_up("The law of 서울."),
            updated_at: world.ctx.env.now(),
        };
        row.into_active_model().insert(&world.db).await.unwrap();
        let bare = sheet(Some(table.work), &[500_000; 2]);
        let defaults = queries::default_clauses_of(&world.db, table.studio, &bare).await.unwrap();
        let read = |document: &Value| {
            Prepared::beginning(&PlainDocuments, &table.services.env, &document.to_string(), &defaults)
        };
        let mut begun = table.begun(&bare).await;
        assert!(begun["clauses"].is_object() && read(&begun).is_ok());
        begun["general"]["territory"] = json!("서울");
        let refused = read(&begun).unwrap_err();
        assert!(matches!(&refused, AgreementError::Document(faults) if faults.len() == 1), "{refused}");
        clause_default::Entity::delete_many().exec(&world.db).await.unwrap();

        let clauses = prepared(Template::Producer, &json!({ "off": ["law"] }));
        let engineer = world.as_actor(Actor::User {
            user: world.ctx.env.id(),
            memberships: vec![(table.studio, Role::Engineer)],
            closed: Vec::new(),
        });
        let set =
            table.run(async |tx| commands::set_clause_defaults(tx, &engineer, table.studio, &clauses).await).await;
        assert!(matches!(set, Err(AgreementError::Denied(Denied::NotAllowed))));
        let read = queries::list_clause_edits(&world.db, &engineer, table.studio).await;
        assert!(matches!(read, Err(AgreementError::Denied(Denied::NotAllowed))));
        assert_eq!(clause_default::Entity::find().all(&world.db).await.unwrap(), []);
    })
    .await;
}

#[tokio::test]
async fn the_database_keeps_no_clauses_that_change_nothing() {
    on_each_database(async |world| {
        let table = Table::laid(world).await;
        let now: Instant = world.ctx.env.now();
        for edits in [json!({}), json!([]), json!(null), json!("off")] {
            let row = clause_default::Model {
                studio_id: table.studio,
                template: Template::Producer,
                edits: edits.clone(),
                updated_at: now,
            };
            assert!(row.into_active_model().insert(&world.db).await.is_err(), "{edits}");
        }
        let row = |studio_id| clause_default::Model {
            studio_id,
            template: Template::Producer,
            edits: json!({ "off": ["law"] }),
            updated_at: now,
        };
        assert!(row(world.ctx.env.id()).into_active_model().insert(&world.db).await.is_err(), "of no studio");
        row(table.studio).into_active_model().insert(&world.db).await.unwrap();
        assert!(row(table.studio).into_active_model().insert(&world.db).await.is_err(), "twice");
    })
    .await;
}
