use super::Row;

//                  nobody stranger owner manager engineer collaborator viewer key bare signer
pub(super) const ROWS: &[Row] = &[
    Row {
        field: "Query.studioSession",
        document: "query($session: ID!) { studioSession(id: $session) { credits { role songTitle } takes { number } gear { name } samples { title } edits { act } } }",
        expected: "- 0 + + + x x + x -",
    },
    Row {
        field: "Query.studioSessions",
        document: "query($studio: ID!) { studioSessions(studio: $studio) { nodes { title room { name } } } }",
        expected: "- ? + + + x x + x -",
    },
    Row {
        field: "Query.loggedCredits",
        document: "query($loggedSong: ID!) { loggedCredits(song: $loggedSong) { role party { name } } }",
        expected: "- ? + + + x x + x -",
    },
    Row {
        field: "Query.loggedSplitSheetDraft",
        document: "query($loggedSong: ID!) { loggedSplitSheetDraft(song: $loggedSong) }",
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Mutation.startSession",
        document: r#"mutation($studio: ID!) { startSession(input: { studio: $studio, kind: TRACKING, title: "Drums", startedAt: "2026-11-23T12:00:00Z" }) { session { id } userErrors { code } } }"#,
        expected: "- ? + + + x x + x -",
    },
    Row {
        field: "Mutation.updateSession",
        document: r#"mutation($session: ID!) { updateSession(input: { session: $session, notes: "Two of them" }) { session { id } userErrors { code } } }"#,
        expected: "- ? + + + x x + x -",
    },
    Row {
        field: "Mutation.logSessionCredit",
        document: "mutation($session: ID!, $party: ID!) { logSessionCredit(input: { session: $session, party: $party, role: ENGINEER }) { credit { id } userErrors { code } } }",
        expected: "- ? + + + x x + x -",
    },
    Row {
        field: "Mutation.removeSessionCredit",
        document: "mutation($session: ID!, $sessionCredit: ID!) { removeSessionCredit(session: $session, credit: $sessionCredit) { credit { id } userErrors { code } } }",
        expected: "- ? + + + x x + x -",
    },
    Row {
        field: "Mutation.logSessionTake",
        document: r#"mutation($session: ID!, $loggedSong: ID!) { logSessionTake(input: { session: $session, song: $loggedSong, part: "ad libs" }) { take { number } userErrors { code } } }"#,
        expected: "- ? + + + x x + x -",
    },
    Row {
        field: "Mutation.removeSessionTake",
        document: "mutation($session: ID!, $take: ID!) { removeSessionTake(session: $session, take: $take) { take { id } userErrors { code } } }",
        expected: "- ? + + + x x + x -",
    },
    Row {
        field: "Mutation.logSessionGear",
        document: r#"mutation($session: ID!) { logSessionGear(input: { session: $session, name: "LA-2A" }) { gear { id } userErrors { code } } }"#,
        expected: "- ? + + + x x + x -",
    },
    Row {
        field: "Mutation.removeSessionGear",
        document: "mutation($session: ID!, $gear: ID!) { removeSessionGear(session: $session, gear: $gear) { gear { id } userErrors { code } } }",
        expected: "- ? + + + x x + x -",
    },
    Row {
        field: "Mutation.logSessionSample",
        document: r#"mutation($session: ID!) { logSessionSample(input: { session: $session, title: "Thunder", source: "field recording", clearance: CLEARED }) { sample { id } userErrors { code } } }"#,
        expected: "- ? + + + x x + x -",
    },
    Row {
        field: "Mutation.removeSessionSample",
        document: "mutation($session: ID!, $sessionSample: ID!) { removeSessionSample(session: $session, sample: $sessionSample) { sample { id } userErrors { code } } }",
        expected: "- ? + + + x x + x -",
    },
];
