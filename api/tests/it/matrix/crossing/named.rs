//! What names another's things otherwise than by an `ID` among a root field's arguments: fields further down, texts, and JSON.

/// A document in which `{other}` is the other studio's, and every other word in braces the caller's own.
pub(super) struct Named {
    /// `Type.field`.
    pub(super) field: &'static str,
    pub(super) document: &'static str,
    /// The fixture's variable that `{other}` is.
    pub(super) other: &'static str,
}

pub(super) const NAMED: &[Named] = &[
    Named {
        field: "Room.slots",
        document: r#"{ room(id: "{room}") { slots(first: "2027-01-04", days: 1, minutes: 120, equipment: ["{other}"]) { startsAt } } }"#,
        other: "equipment",
    },
    Named {
        field: "BookableRoom.slots",
        document: r#"{ bookableRooms(studio: "{slug}") { slots(first: "2027-01-04", days: 1, minutes: 120, equipment: ["{other}"]) { startsAt } } }"#,
        other: "equipment",
    },
    Named {
        field: "BookableRoom.lockouts",
        document: r#"{ bookableRooms(studio: "{slug}") { lockouts(first: "2027-01-04", days: 1, length: 1, equipment: ["{other}"]) } }"#,
        other: "equipment",
    },
    Named {
        field: "BookableRoom.quote",
        document: r#"{ bookableRooms(studio: "{slug}") { quote(time: { startsAt: "2027-01-04T10:00:00Z", minutes: 120 }, equipment: ["{other}"]) { endsAt } } }"#,
        other: "equipment",
    },
    Named {
        field: "Mutation.saveRoyaltyRule",
        document: r#"mutation { saveRoyaltyRule(input: { studio: "{studio}", rule: "contract:crossing", title: "Points", effectiveOn: "2026-01-01", content: { contract: { payer: "{party}", payee: "{other}", covers: "everything", rates: [{ base: "net_receipts", rate: [3, 100] }] } } }) { rule { number } userErrors { code message } } }"#,
        other: "party",
    },
    Named {
        field: "Mutation.saveRoyaltyRule",
        document: r#"mutation { saveRoyaltyRule(input: { studio: "{studio}", rule: "contract:covering", title: "Points", effectiveOn: "2026-01-01", content: { contract: { payer: "{party}", payee: "{clientParty}", covers: { only: ["{other}"] }, rates: [{ base: "net_receipts", rate: [3, 100] }] } } }) { rule { number } userErrors { code message } } }"#,
        other: "recording",
    },
    Named {
        field: "Mutation.saveSplitTerms",
        document: r#"mutation { saveSplitTerms(input: { studio: "{studio}", subject: "{other}", title: "Terms", losses: FLEXIBLE }) { rule { rule } userErrors { code message } } }"#,
        other: "work",
    },
    Named {
        field: "Mutation.matchStatementItem",
        document: r#"mutation { matchStatementItem(input: { statement: "{statement}", item: 0, subject: "{other}" }) { item { number } userErrors { code message } } }"#,
        other: "work",
    },
    Named {
        field: "Query.upgradeOffers",
        document: r#"{ upgradeOffers(token: "{orderToken}", reference: "{other}") { credited { minor } } }"#,
        other: "licenceReference",
    },
    Named {
        field: "Mutation.upgradeLicence",
        document: r#"mutation { upgradeLicence(input: { token: "{orderToken}", reference: "{other}", tier: WAV, seenPrice: { minor: 1, currency: "EUR" } }) { placed { payUrl } userErrors { code message } } }"#,
        other: "licenceReference",
    },
];
