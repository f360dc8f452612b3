use super::Row;

//                  nobody stranger owner manager engineer collaborator viewer key bare signer
pub(super) const ROWS: &[Row] = &[
    Row {
        field: "Query.client",
        document: "query($client: ID!) { client(id: $client) { stage party { name } profile { tags client { id } } } }",
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Client.timeline",
        document: "query($client: ID!) { client(id: $client) { timeline { nodes { at kind title detail byId } } } }",
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Query.clients",
        document: r#"query($studio: ID!) { clients(studio: $studio, filter: { stage: LEAD, search: "cleo" }, order: NAME) { nodes { id } } }"#,
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Query.clientSettings",
        document: "query($studio: ID!) { clientSettings(studio: $studio) { dormantAfterDays since } }",
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Query.partyProfile",
        document: "query($clientParty: ID!) { partyProfile(party: $clientParty) { pro contacts { value } links { url } } }",
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "PartyProfile.notes",
        document: "query($clientParty: ID!) { partyProfile(party: $clientParty) { notes { nodes { words writtenById } } } }",
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "PartyProfile.consents",
        document: "query($clientParty: ID!) { partyProfile(party: $clientParty) { consents { nodes { email } } } }",
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Query.partyLikenesses",
        document: "query($studio: ID!) { partyLikenesses(studio: $studio) { nodes { kind shared parties { id } } } }",
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Query.partyErasure",
        document: "query($clientParty: ID!) { partyErasure(party: $clientParty) { lines { class erased rows why } erasedAt } }",
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Query.clientImport",
        document: "query($clientImport: ID!) { clientImport(id: $clientImport) { state counts { enter refuse } } }",
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "ClientImport.lines",
        document: "query($clientImport: ID!) { clientImport(id: $clientImport) { lines(outcome: ENTER) { nodes { number name } } } }",
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Mutation.createClient",
        document: "mutation($studio: ID!, $party: ID!) { createClient(input: { studio: $studio, partyId: $party }) { client { id } userErrors { code } } }",
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Mutation.moveClient",
        document: r#"mutation($client: ID!) { moveClient(input: { id: $client, stage: TALKING, words: "They called" }) { client { stage } userErrors { code } } }"#,
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Mutation.setClientSettings",
        document: "mutation($studio: ID!) { setClientSettings(input: { studio: $studio, dormantAfterDays: 90 }) { settings { dormantAfterDays } userErrors { code } } }",
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Mutation.updatePartyProfile",
        document: r#"mutation($clientParty: ID!) { updatePartyProfile(input: { party: $clientParty, pro: "GEMA", tags: ["vocals"] }) { profile { pro } userErrors { code } } }"#,
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Mutation.setPartyTax",
        document: r#"mutation($clientParty: ID!) { setPartyTax(input: { party: $clientParty, taxId: "DE 123456789", country: "DE" }) { profile { partyId } userErrors { code } } }"#,
        expected: "- ? + + x x x x x -",
    },
    Row {
        field: "Query.partyTax",
        document: "query($clientParty: ID!) { partyTax(party: $clientParty) { taxId country } }",
        expected: "- ? + + x x x x x -",
    },
    Row {
        field: "Mutation.addPartyNote",
        document: r#"mutation($clientParty: ID!) { addPartyNote(input: { party: $clientParty, words: "Likes it loud" }) { note { id } userErrors { code } } }"#,
        expected: "- ? + + x x x + x -",
    },
    // Another's note: whoever may write notes hears that it is not theirs.
    Row {
        field: "Mutation.editPartyNote",
        document: r#"mutation($note: ID!) { editPartyNote(input: { id: $note, words: "Likes it quiet" }) { note { id } userErrors { code } } }"#,
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Mutation.deletePartyNote",
        document: "mutation($note: ID!) { deletePartyNote(id: $note) { profile { partyId } userErrors { code } } }",
        expected: "- ? + + x x x + x -",
    },
    // A company and a person: whoever may merge hears that they are not alike.
    Row {
        field: "Mutation.mergeParties",
        document: "mutation($twin: ID!, $clientParty: ID!) { mergeParties(input: { from: $twin, into: $clientParty }) { party { id } userErrors { code } } }",
        expected: "- ? + + x x x x x -",
    },
    // Under another name: whoever may erase hears that.
    Row {
        field: "Mutation.eraseParty",
        document: r#"mutation($twin: ID!) { eraseParty(input: { party: $twin, name: "Somebody else" }) { erasure { erasedAt } userErrors { code } } }"#,
        expected: "- ? + + x x x x x -",
    },
    Row {
        field: "Mutation.commitClientImport",
        document: "mutation($clientImport: ID!) { commitClientImport(id: $clientImport) { import { state } userErrors { code } } }",
        expected: "- ? + + x x x + x -",
    },
];
