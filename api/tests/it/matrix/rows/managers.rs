use domain::{
    actor::Actor,
    roster::commands::grant_roster,
    royalties::entity::{AlertKind, alert},
};
use sea_orm::{ActiveModelTrait, IntoActiveModel};
use serde_json::json;

use super::{super::fixture::Fixture, Row};
use crate::support::World;

/// The columns of the studio's members, from its owner to its viewer, and of its manager.
const MEMBERS: std::ops::RangeInclusive<usize> = 2..=6;
const MANAGER: usize = 3;

//                  nobody stranger owner manager engineer collaborator viewer key bare signer
pub(super) const ROWS: &[Row] = &[
    // A roster is a person's own: a key has none.
    Row { field: "Query.roster", document: "{ roster { studioId name openAlerts } }", expected: "- + + + + + + - - -" },
    Row {
        field: "Query.royaltyManagers",
        document: "query($studio: ID!) { royaltyManagers(studio: $studio) { userId name grantedAt limits { minor } } }",
        expected: "- ? + x x x x x x -",
    },
    Row {
        field: "Query.royaltyIncome",
        document: r#"query($studio: ID!) { royaltyIncome(studios: [$studio], by: WORK, from: "2026-01-01", through: "2026-12-31") { key net } }"#,
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Query.royaltyForecast",
        document: "query($studio: ID!) { royaltyForecast(studio: $studio) { month likely isEstimate } }",
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Query.royaltyAlerts",
        document: "query($studio: ID!) { royaltyAlerts(studio: $studio, open: false) { nodes { kind message settledAt } } }",
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Mutation.settleRoyaltyAlert",
        document: "mutation($royaltyAlert: ID!) { settleRoyaltyAlert(alert: $royaltyAlert) { alert { settledAt } userErrors { code } } }",
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Mutation.setApprovalLimit",
        document: r#"mutation($studio: ID!, $rosterUser: ID!) { setApprovalLimit(studio: $studio, user: $rosterUser, limit: { minor: 50000, currency: "EUR" }) { limit { limit { minor } } userErrors { code } } }"#,
        expected: "- ? + x x x x x x -",
    },
    Row {
        field: "Mutation.revokeRoster",
        document: "mutation($studio: ID!, $rosterUser: ID!) { revokeRoster(studio: $studio, user: $rosterUser) { userId userErrors { code } } }",
        expected: "- ? + x x x x x x -",
    },
    Row {
        field: "Mutation.grantRoster",
        document: "mutation($studio: ID!, $rosterUser: ID!) { grantRoster(studio: $studio, user: $rosterUser) { grant { id } userErrors { code } } }",
        expected: "- ? + x x x x x x -",
    },
];

/// Every member has the studio on their roster, so that there it is their role alone that decides; and an alert is open.
pub(crate) async fn on_rosters(fixture: &mut Fixture, world: &World) {
    let (services, studio) = (&world.services, fixture.studio());
    let tx = services.begin().await.unwrap();
    for column in MEMBERS {
        let user = fixture.actor(column).user().unwrap();
        grant_roster(&tx, &services.ctx(Actor::System), studio, user).await.unwrap();
    }
    tx.commit().await.unwrap();
    let row = alert::Model {
        id: services.env.id(),
        studio_id: studio,
        kind: AlertKind::NoSplit,
        subject: "rec_00000000000000000000000000000001".into(),
        facts: json!({ "title": "Night Drive" }),
        raised_at: services.env.now(),
        mailed_at: None,
        settled_at: None,
    };
    fixture.set("royaltyAlert", row.id.to_string());
    row.into_active_model().insert(&services.db).await.unwrap();
    fixture.set("rosterUser", fixture.actor(MANAGER).user().unwrap().to_string());
}
