use super::Row;

//                  nobody stranger owner manager engineer collaborator viewer key bare signer
pub(super) const ROWS: &[Row] = &[
    Row {
        field: "Query.asset",
        document: "query($asset: ID!) { asset(id: $asset) { id } }",
        expected: "- ? + + + + + + x -",
    },
    Row {
        field: "Query.assets",
        document: "query($studio: ID!) { assets(studio: $studio) { nodes { id } } }",
        expected: "- ? + + + + + + x -",
    },
    Row {
        field: "Query.beat",
        document: "query($beat: ID!) { beat(id: $beat) { id } }",
        expected: "- ? + + + + + + x -",
    },
    Row {
        field: "Beat.tiersBarredBySamples",
        document: "query($beat: ID!) { beat(id: $beat) { samples { title source clearance } tiersBarredBySamples } }",
        expected: "- ? + + + + + + x -",
    },
    Row {
        field: "Query.beats",
        document: "query($studio: ID!) { beats(studio: $studio) { nodes { id } } }",
        expected: "- ? + + + + + + x -",
    },
    Row {
        field: "Query.folderBeats",
        document: "query($studio: ID!) { folderBeats(studio: $studio, paths: [\"Night 140bpm Am.wav\"]) { title } }",
        expected: "- ? + + + x x + x -",
    },
    Row {
        field: "Query.unprintable",
        document: r#"{ unprintable(text: "Fire 🔥") }"#,
        expected: "+ + + + + + + + + +",
    },
    Row {
        field: "Query.work",
        document: "query($work: ID!) { work(id: $work) { id } }",
        expected: "- ? + + + + + + x -",
    },
    Row {
        field: "Work.beats",
        document: "query($work: ID!) { work(id: $work) { beats { nodes { id } } } }",
        expected: "- ? + + + + + + x -",
    },
    Row {
        field: "Work.splits",
        document: "query($work: ID!) { work(id: $work) { splits { nodes { documentSha256 master { share { ppm } } } } } }",
        expected: "- ? + + + + + + x -",
    },
    Row {
        field: "Query.splitAt",
        document: "query($work: ID!) { splitAt(work: $work) { documentSha256 } }",
        expected: "- ? + + + + + + x -",
    },
    Row {
        field: "Query.works",
        document: "query($studio: ID!) { works(studio: $studio) { nodes { id } } }",
        expected: "- ? + + + + + + x -",
    },
    Row {
        field: "Query.party",
        document: "query($party: ID!) { party(id: $party) { id } }",
        expected: "- ? + + + + + + x -",
    },
    Row {
        field: "Query.parties",
        document: "query($studio: ID!) { parties(studio: $studio) { nodes { id } } }",
        expected: "- ? + + + + + + x -",
    },
    Row {
        field: "Mutation.createParty",
        document: r#"mutation($studio: ID!) { createParty(input: { studio: $studio, kind: PERSON, name: "Orson" }) { party { id } userErrors { code } } }"#,
        expected: "- ? + + + x x + x -",
    },
    Row {
        field: "Mutation.updateParty",
        document: r#"mutation($party: ID!) { updateParty(input: { id: $party, name: "Nova" }) { party { id } userErrors { code } } }"#,
        expected: "- ? + + + x x + x -",
    },
    Row {
        field: "Mutation.createBeat",
        document: r#"mutation($studio: ID!) { createBeat(input: { studio: $studio, title: "Second", samples: [{ title: "Loop 12", source: "Prime Loops", clearance: ROYALTY_FREE }] }) { beat { id } userErrors { code } } }"#,
        expected: "- ? + + + x x + x -",
    },
    Row {
        field: "Mutation.updateBeat",
        document: r#"mutation($beat: ID!) { updateBeat(input: { id: $beat, title: "Night Drive", samples: [] }) { beat { id } userErrors { code } } }"#,
        expected: "- ? + + + x x + x -",
    },
    Row {
        field: "Mutation.setCollaborators",
        document: r#"mutation($beat: ID!, $party: ID!) { setCollaborators(beat: $beat, collaborators: [{ partyId: $party, role: "producer", sharePpm: 1000000 }]) { beat { id } userErrors { code } } }"#,
        expected: "- ? + + + x x + x -",
    },
    Row {
        field: "Mutation.setStems",
        document: "mutation($beat: ID!) { setStems(beat: $beat, stems: []) { beat { id } userErrors { code } } }",
        expected: "- ? + + + x x + x -",
    },
    Row {
        field: "Mutation.analyseAsset",
        document: "mutation($asset: ID!) { analyseAsset(asset: $asset) { job { id } userErrors { code } } }",
        expected: "- ? + + + x x + x -",
    },
    Row {
        field: "Mutation.publishBeat",
        document: "mutation($beat: ID!) { publishBeat(beat: $beat) { userErrors { code } } }",
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Mutation.unpublishBeat",
        document: "mutation($beat: ID!) { unpublishBeat(beat: $beat) { userErrors { code } } }",
        expected: "- ? + + x x x + x -",
    },
];
