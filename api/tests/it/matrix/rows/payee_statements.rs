use domain::{
    actor::Actor,
    catalog::Sha256,
    ids::PartyId,
    money::Currency,
    parties::entity as party,
    royalties::{
        commands::payees::{Documents, issue_statements, keep_direction, record_documents},
        entity::{LineDisputeState, RuleKind, line_dispute, rule},
        queries::payees::{
            letter_of_direction,
            testing::{Earned, NewRun, post_run},
        },
        rules::{Base, Contract, Covers, Fraction, Payable, Rate, Rule, RuleId, When},
    },
};
use sea_orm::{ActiveModelTrait, IntoActiveModel};

use super::{super::fixture::Fixture, Row};
use crate::support::World;

//                  nobody stranger owner manager engineer collaborator viewer key bare signer
pub(super) const ROWS: &[Row] = &[
    Row {
        field: "Query.payeeStatement",
        document: "query($payeeStatement: ID!) { payeeStatement(id: $payeeStatement) { reference partyName figures { due { minor } } accounts { closing { minor } activities { amount } } } }",
        expected: "- 0 + + x x x + x -",
    },
    Row {
        field: "Query.payeeStatements",
        document: "query($studio: ID!, $party: ID!) { payeeStatements(studio: $studio, party: $party) { nodes { reference figures { balance { minor } } } } }",
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Query.lineDisputes",
        document: "query($studio: ID!) { lineDisputes(studio: $studio, state: OPEN) { nodes { words line partyName nextStep } } }",
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Query.royaltyYearTotals",
        document: "query($studio: ID!) { royaltyYearTotals(studio: $studio, year: 2026) { partyName earned { minor } tax { minor } paid { minor } } }",
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Query.lettersOfDirection",
        document: "query($studio: ID!) { lettersOfDirection(studio: $studio) { nodes { rule payerName payeeName path } } }",
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Mutation.makeLetterOfDirection",
        document: "mutation($studio: ID!, $royaltyRule: String!) { makeLetterOfDirection(studio: $studio, rule: $royaltyRule) { letter { number sha256 } userErrors { code } } }",
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Mutation.mailPayeeStatement",
        document: "mutation($payeeStatement: ID!) { mailPayeeStatement(statement: $payeeStatement) { statement { id } userErrors { code } } }",
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Mutation.openRoyaltyPortal",
        document: "mutation($party: ID!) { openRoyaltyPortal(party: $party) { portal { url expiresAt } userErrors { code } } }",
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Mutation.revokeRoyaltyPortal",
        document: "mutation($party: ID!) { revokeRoyaltyPortal(party: $party) { revoked userErrors { code } } }",
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Mutation.answerLineDispute",
        document: r#"mutation($lineDispute: ID!) { answerLineDispute(input: { dispute: $lineDispute, accepted: false, answer: "It is as the service says." }) { dispute { state } userErrors { code } } }"#,
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Mutation.payRoyalties",
        document: "mutation($toldRun: ID!) { payRoyalties(run: $toldRun) { paid { due { minor } refusal { code } } waiting { waitsFor reason partyName } left userErrors { code } } }",
        expected: "- ? + + x x x x x -",
    },
];

/// A run that was posted, the statement of its payee with its documents, and a line of it that they dispute.
pub(crate) async fn told(fixture: &mut Fixture, world: &World) {
    let (services, system) = (&world.services, world.services.ctx(Actor::System));
    let (db, env, studio) = (&services.db, &services.env, fixture.studio());
    let party: PartyId = fixture.text("party").parse().unwrap();
    let day = |text: &str| text.parse().unwrap();
    // A currency in which nothing else of the fixture is reckoned.
    let (currency, number) = (Currency::BHD, 1);
    let new = NewRun { studio, currency, number, opening: None, from: day("2026-07-01"), through: day("2026-09-30") };
    let earned = Earned::plain(party, None, "12.345".parse().unwrap(), 1_234);
    let posted = post_run(db, env, new, &[earned]).await.unwrap();
    let tx = services.begin().await.unwrap();
    let statement = issue_statements(&tx, &system, posted.run).await.unwrap()[0];
    tx.commit().await.unwrap();
    let documents = Documents {
        pdf: services.files.put_bytes("a document".into()).await.unwrap(),
        csv: services.files.put_bytes("a table".into()).await.unwrap(),
    };
    let tx = services.begin().await.unwrap();
    record_documents(&tx, &system, statement, documents).await.unwrap();
    tx.commit().await.unwrap();
    let dispute = line_dispute::Model {
        id: env.id(),
        studio_id: studio,
        statement_id: statement,
        import_id: posted.import,
        line_offset: 0,
        line_bytes: 1,
        line_number: 1,
        state: LineDisputeState::Open,
        words: "That is too little.".into(),
        answer: None,
        opened_at: env.now(),
        answered_at: None,
        answered_by: None,
    };
    points(fixture, world).await;
    fixture.set("toldRun", posted.run.to_string());
    fixture.set("payeeStatement", statement.to_string());
    fixture.set("lineDispute", dispute.id.to_string());
    fixture.set("royaltyYear", "2026");
    dispute.into_active_model().insert(db).await.unwrap();
}

/// An artist's contract, and one that pays points of what it earns, with its letter.
async fn points(fixture: &mut Fixture, world: &World) {
    // Ids of one moment are in no order, and the studio's own party is the one that was first.
    world.clock.advance(chrono::Duration::seconds(1));
    let (db, env, studio_id) = (&world.services.db, &world.services.env, fixture.studio());
    let mut parties = vec![fixture.text("party").parse::<PartyId>().unwrap()];
    for name in ["Artist", "Producer"] {
        let row = party::Model {
            id: env.id(),
            studio_id,
            kind: party::PartyKind::Person,
            name: name.into(),
            legal_name: None,
            email: None,
            ipi: None,
            isni: None,
            created_at: env.now(),
        };
        parties.push(row.into_active_model().insert(db).await.unwrap().id);
    }
    let artists = RuleId("contract:artist".into());
    let named = [artists.clone(), RuleId("contract:points".into())];
    let bases = [Base::NetReceipts, Base::RoyaltyOf(artists)];
    for ((pair, name), base) in parties.windows(2).zip(named).zip(bases) {
        let contract = Contract {
            payer: pair[0],
            payer_group: None,
            payee: pair[1],
            group: None,
            covers: Covers::Everything,
            rates: vec![Rate { when: When::default(), base, rate: Fraction::new(3, 15).unwrap() }],
            escalation: None,
            payable: Payable::RecordOne,
            reserve: None,
        };
        let content = serde_json::to_string(&Rule::Contract(Box::new(contract))).unwrap();
        let row = rule::Model {
            studio_id,
            rule: name.0.clone(),
            number: 1,
            kind: RuleKind::Contract,
            effective_on: "2026-01-01".parse().unwrap(),
            ends_on: None,
            title: name.0,
            sha256: Sha256::of(content.as_bytes()),
            content,
            document_sha256: None,
            agreement_id: None,
            request_key: None,
            written_at: env.now(),
            written_by: None,
            payee_id: None,
            minimum_minor: None,
            minimum_currency: None,
            hold_reason: None,
            hold_through: None,
        };
        row.into_active_model().insert(db).await.unwrap();
    }
    let (services, system) = (&world.services, world.services.ctx(Actor::System));
    let letter = letter_of_direction(db, &system, studio_id, "contract:points").await.unwrap();
    let stored = services.files.put_bytes("a letter".into()).await.unwrap();
    let tx = services.begin().await.unwrap();
    let made = keep_direction(&tx, &system, &letter, stored).await.unwrap();
    tx.commit().await.unwrap();
    fixture.set("royaltyRule", "contract:points");
    fixture.set("letterOfDirection", made.id.to_string());
}
