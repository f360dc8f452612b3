use domain::{
    actor::Actor,
    clients::entity::{self as client, ClientStage},
    identity::entity::studio,
    ids::{ClientId, PartyId, ProjectId},
    invoices::{
        commands::{BillTo, IssueInvoice, QuoteDraft, create_quote, issue_invoice},
        entity::{TransferKind, transfer},
        rules::lines::NewLine,
    },
    ledger::entity::journal,
    money::{Currency, Money},
    production::entity::project::{self, ProjectKind, ProjectState},
    share::Share,
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};

use super::{super::fixture::Fixture, Row};
use crate::support::World;

//                  nobody stranger owner manager engineer collaborator viewer key bare signer
pub(super) const ROWS: &[Row] = &[
    Row {
        field: "Query.invoiceSettings",
        document: "query($studio: ID!) { invoiceSettings(studio: $studio) { prefix dueDays } }",
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Query.quote",
        document: "query($quote: ID!) { quote(id: $quote) { reference expired versions { number lines { what } answer { act } stages { kind } } stages { position invoice { reference } } } }",
        expected: "- 0 + + x x x + x -",
    },
    Row {
        field: "Query.quotes",
        document: "query($studio: ID!, $project: ID!) { quotes(studio: $studio, project: $project, state: DRAFT) { nodes { id } } }",
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Query.invoice",
        document: "query($invoice: ID!) { invoice(id: $invoice) { reference url content { title client { email } } standing { state open { minor } } creditNotes { id } transfers { id } orderIds reminders { number } } }",
        expected: "- 0 + + x x x + x -",
    },
    Row {
        field: "Query.invoices",
        document: "query($studio: ID!, $client: ID!) { invoices(studio: $studio, client: $client) { nodes { id } } }",
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Query.projectBalance",
        document: "query($project: ID!) { projectBalance(project: $project) { paid open { minor } } }",
        expected: "- 0 + + x x x + x -",
    },
    Row {
        field: "Mutation.setInvoiceSettings",
        document: "mutation($studio: ID!) { setInvoiceSettings(input: { studio: $studio }) { settings { prefix } userErrors { code } } }",
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Mutation.createQuote",
        document: r#"mutation($project: ID!) { createQuote(input: { project: $project, title: "Mix", billTo: { address: "Kanalstraße 5" }, currency: "EUR", lines: [], validUntil: "2026-12-24T12:00:00Z" }) { quote { id } userErrors { code } } }"#,
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Mutation.changeQuote",
        document: r#"mutation($quote: ID!) { changeQuote(input: { quote: $quote, title: "Mix", billTo: { address: "Kanalstraße 5" }, currency: "EUR", lines: [], validUntil: "2026-12-24T12:00:00Z" }) { quote { id } userErrors { code } } }"#,
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Mutation.setQuoteAgreement",
        document: "mutation($quote: ID!) { setQuoteAgreement(input: { quote: $quote }) { quote { agreementId } userErrors { code } } }",
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Mutation.reachStage",
        document: "mutation($quote: ID!) { reachStage(input: { quote: $quote, position: 1 }) { invoice { id } userErrors { code } } }",
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Mutation.sendQuote",
        document: "mutation($quote: ID!) { sendQuote(input: { quote: $quote }) { quote { state } userErrors { code } } }",
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Mutation.withdrawQuote",
        document: "mutation($quote: ID!) { withdrawQuote(input: { quote: $quote }) { quote { state } userErrors { code } } }",
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Mutation.endQuote",
        document: r#"mutation($quote: ID!) { endQuote(input: { quote: $quote, reason: "" }) { quote { state endedAt endReason } userErrors { code } } }"#,
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Mutation.issueInvoice",
        document: r#"mutation($client: ID!) { issueInvoice(input: { client: $client, title: "Mix", billTo: { address: "Kanalstraße 5" }, currency: "EUR", lines: [] }) { invoice { id } userErrors { code } } }"#,
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Mutation.recordInvoiceTransfer",
        document: r#"mutation($invoice: ID!) { recordInvoiceTransfer(input: { invoice: $invoice, amount: { minor: 100, currency: "USD" }, happenedOn: "2026-11-20" }) { transfer { id } userErrors { code } } }"#,
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Mutation.recordInvoiceReturn",
        document: r#"mutation($invoice: ID!) { recordInvoiceReturn(input: { invoice: $invoice, amount: { minor: 100, currency: "USD" }, happenedOn: "2026-11-20" }) { transfer { id } userErrors { code } } }"#,
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Mutation.reverseInvoiceTransfer",
        document: r#"mutation($transfer: ID!) { reverseInvoiceTransfer(input: { transfer: $transfer, reason: "" }) { transfer { id } userErrors { code } } }"#,
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Mutation.creditInvoice",
        document: r#"mutation($invoice: ID!) { creditInvoice(input: { invoice: $invoice, reason: "" }) { creditNote { id } userErrors { code } } }"#,
        expected: "- ? + + x x x + x -",
    },
];

/// A project of a client with a quote that is being written, and an invoice of which something has come by transfer.
pub(crate) async fn quoted(fixture: &mut Fixture, world: &World) {
    let (services, system) = (&world.services, world.services.ctx(Actor::System));
    let (db, env, studio_id) = (&services.db, &services.env, fixture.studio());
    let party_id: PartyId = fixture.text("party").parse().unwrap();
    let addressed = studio::ActiveModel {
        id: Set(studio_id),
        address: Set(Some("Hafenweg 1\n20457 Hamburg".into())),
        ..Default::default()
    };
    addressed.update(db).await.unwrap();
    let (client_id, project_id): (ClientId, ProjectId) = (env.id(), env.id());
    let row = client::Model {
        id: client_id,
        studio_id,
        party_id,
        stage: ClientStage::Active,
        stage_since: env.now(),
        created_at: env.now(),
    };
    row.into_active_model().insert(db).await.unwrap();
    let row = project::Model {
        id: project_id,
        studio_id,
        client_id: Some(client_id),
        kind: ProjectKind::Record,
        state: ProjectState::Active,
        title: "Night Drive".into(),
        created_at: env.now(),
    };
    row.into_active_model().insert(db).await.unwrap();
    let bill_to = BillTo {
        name: Some("Ada".into()),
        address: "Kanalstraße 5\n80538 München".into(),
        email: Some("ada@example.com".into()),
        ..BillTo::default()
    };
    let lines = vec![NewLine {
        what: "Mixing".into(),
        quantity_milli: 1_000,
        unit: Money::new(50_000, Currency::EUR),
        recoupable: false,
    }];
    let draft = QuoteDraft {
        title: "Mix of Night Drive".into(),
        client: bill_to.clone(),
        currency: Currency::EUR,
        lines: lines.clone(),
        valid_until: env.now() + chrono::Duration::days(14),
        deposit: Share::from_ppm(500_000).unwrap(),
        milestones: Vec::new(),
        late_fee: None,
        reverse_charge: false,
        requires_agreement: false,
        notes: String::new(),
    };
    let quote = create_quote(services, &system, project_id, &draft).await.unwrap();
    let new = IssueInvoice {
        client: client_id,
        project: Some(project_id),
        title: "Mix of Night Drive".into(),
        bill_to,
        currency: Currency::EUR,
        lines,
        supplied_on: None,
        reverse_charge: false,
        due_days: None,
        notes: String::new(),
        key: None,
    };
    let invoice = issue_invoice(services, &system, &new).await.unwrap();
    // The books have one journal that stands for it, whatever it is of.
    let booked =
        journal::Entity::find().filter(journal::Column::StudioId.eq(studio_id)).one(db).await.unwrap().unwrap();
    let row = transfer::Model {
        id: env.id(),
        studio_id,
        invoice_id: invoice.id,
        kind: TransferKind::Received,
        applied_minor: 100,
        tax_minor: 0,
        excess_minor: 0,
        currency: Currency::EUR,
        happened_on: env.now().date_naive(),
        note: String::new(),
        request_key: None,
        reverses_id: None,
        journal_id: booked.id,
        recorded_by: None,
        recorded_at: env.now(),
    };
    let transfer = row.into_active_model().insert(db).await.unwrap();
    fixture.set("client", client_id.to_string());
    fixture.set("project", project_id.to_string());
    fixture.set("quote", quote.id.to_string());
    fixture.set("invoice", invoice.id.to_string());
    fixture.set("transfer", transfer.id.to_string());
    fixture.set("file", format!("{}.pdf", invoice.reference));
}
