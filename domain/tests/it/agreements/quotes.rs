//! A quote that waits for an agreement: what it asks ahead is invoiced as soon as everybody has signed.

use chrono::Duration;
use domain::{
    actor::Actor,
    agreements::entity::{AgreementState, SigningOrder},
    clients::{
        commands::{NewClient, create_client},
        entity::ClientStage,
    },
    identity::entity::studio,
    invoices::{
        commands::{
            AcceptQuote, BillTo, QuoteDraft, accept_quote, create_quote, send_quote, set_quote_agreement, tend,
            tend_quote,
        },
        entity::{invoice, quote},
        rules::lines::NewLine,
    },
    money::{Currency, Money},
    offers::commands::Device,
    production::{
        commands::{NewProject, create_project},
        entity::ProjectKind,
    },
    share::Share,
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait};

use super::table::{Table, sheet};
use crate::{
    clients::person,
    support::{World, on_each_database},
};

/// A quote that waits for its client, and asks for an agreement.
async fn quoted(world: &World, table: &Table) -> quote::Model {
    let addressed = studio::ActiveModel {
        id: Set(table.studio),
        address: Set(Some("Hafenweg 1\n20457 Hamburg".into())),
        ..Default::default()
    };
    addressed.update(&world.db).await.unwrap();
    let (manager, studio) = (&table.manager, table.studio);
    let ada = NewClient::New(person("Ada Lovelace", Some("ada@example.com")));
    let client =
        table.run(async |tx| create_client(tx, manager, studio, ada, ClientStage::Talking).await).await.unwrap();
    let new = NewProject {
        kind: ProjectKind::Record,
        title: "Night Drive".into(),
        client: Some(client.id),
        currency: None,
        starts_on: None,
        due_on: None,
    };
    let project = table.run(async |tx| create_project(tx, manager, studio, new).await).await.unwrap();
    let unit = Money::new(100_000, Currency::EUR);
    let draft = QuoteDraft {
        title: "Mix of Night Drive".into(),
        client: BillTo { address: "Kanalstraße 5\n80538 München".into(), ..BillTo::default() },
        currency: Currency::EUR,
        lines: vec![NewLine { what: "Mixing".into(), quantity_milli: 1_000, unit, recoupable: false }],
        valid_until: table.services.env.now() + Duration::days(14),
        deposit: Share::from_ppm(500_000).unwrap(),
        milestones: Vec::new(),
        late_fee: None,
        reverse_charge: false,
        requires_agreement: true,
        notes: String::new(),
    };
    let quote = create_quote(&table.services, manager, project.id, &draft).await.unwrap();
    table.run(async |tx| send_quote(tx, manager, quote.id).await).await.unwrap()
}

#[tokio::test]
async fn the_last_signature_has_the_deposit_of_a_quote_invoiced_once() {
    on_each_database(async |world| {
        let table = Table::laid(world).await;
        let quote = quoted(world, &table).await;
        let id = table.draft(&sheet(Some(table.work), &[500_000; 2]), SigningOrder::Parallel).await.id;
        let named = table.run(async |tx| set_quote_agreement(tx, &table.manager, quote.id, Some(id)).await).await;
        assert_eq!(named.unwrap().agreement_id, Some(id));
        let nobody = table.services.ctx(Actor::Anonymous);
        let accept = AcceptQuote {
            version: 1,
            name: "Ada Lovelace".into(),
            device: Device { ip: Some("127.0.0.1".into()), user_agent: Some("test".into()) },
        };
        table.run(async |tx| accept_quote(tx, &nobody, quote.id, &accept).await).await.unwrap();
        table.send(id).await.unwrap();
        table.signs(id, 0).await;
        assert!(!table.jobs().await.contains_key("tend_quote"), "one of the two has signed");
        assert_eq!(tend_quote(&table.services, quote.id).await.unwrap(), 0);

        assert_eq!(table.signs(id, 1).await.state, AgreementState::Executed);
        assert_eq!(table.jobs().await["tend_quote"], 1, "put by the signature itself");
        let (one, other) = tokio::join!(tend_quote(&table.services, quote.id), tend_quote(&table.services, quote.id));
        assert_eq!(one.unwrap() + other.unwrap(), 1, "the job done twice is done once");
        let issued = invoice::Entity::find().all(&world.db).await.unwrap();
        let of: Vec<_> = issued.iter().map(|row| (row.quote_id, row.stage, row.total_minor)).collect();
        assert_eq!(of, [(Some(quote.id), Some(1), 50_000)]);
        assert_eq!(tend(&table.services).await.unwrap().issued, 0, "nothing is left to the chore");
    })
    .await;
}

#[tokio::test]
async fn a_quote_that_nobody_has_accepted_is_not_looked_after() {
    on_each_database(async |world| {
        let table = Table::laid(world).await;
        let quote = quoted(world, &table).await;
        let id = table.draft(&sheet(Some(table.work), &[500_000; 2]), SigningOrder::Parallel).await.id;
        table.run(async |tx| set_quote_agreement(tx, &table.manager, quote.id, Some(id)).await).await.unwrap();
        table.send(id).await.unwrap();
        table.signs(id, 0).await;
        table.signs(id, 1).await;
        assert!(!table.jobs().await.contains_key("tend_quote"));
        assert_eq!(tend_quote(&table.services, quote.id).await.unwrap(), 0, "it asks nothing yet");
        assert!(invoice::Entity::find().one(&world.db).await.unwrap().is_none());
    })
    .await;
}
