use super::Row;

//                  nobody stranger owner manager engineer collaborator viewer key bare signer
pub(super) const ROWS: &[Row] = &[
    Row {
        field: "Query.projectKinds",
        document: "{ projectKinds { kind stages { stage scope tasks { title isGate } } roles } }",
        expected: "+ + + + + + + + + +",
    },
    Row {
        field: "Query.project",
        document: "query($project: ID!) { project(id: $project) { id isLate brief { goals } progress { tasks } songs { id stage stages { id tasks { id } } } stages { id } people { id } candidates { id } references { id } startGate { isOpen } } }",
        expected: "- ? + + + x x + x -",
    },
    Row {
        field: "Query.projects",
        document: "query($studio: ID!) { projects(studio: $studio, filter: { kinds: [BEATS], late: false }) { nodes { id } } }",
        expected: "- ? + + + x x + x -",
    },
    Row {
        field: "Project.history",
        document: "query($project: ID!) { project(id: $project) { history { nodes { kind by { name } } } } }",
        expected: "- ? + + + x x + x -",
    },
    Row {
        field: "Project.budget",
        document: "query($project: ID!) { project(id: $project) { budget { planned { minor } lines { line { title } } } } }",
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Project.agreements",
        document: "query($project: ID!) { project(id: $project) { agreements { id } } }",
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Query.song",
        document: "query($song: ID!) { song(id: $song) { id project { id } credits { roleName } arrangement { startBar } } }",
        expected: "- ? + + + x x + x -",
    },
    Row {
        field: "Query.dueTasks",
        document: "query($studio: ID!) { dueTasks(studio: $studio) { nodes { id project { id } stage { id } } } }",
        expected: "- ? + + + x x + x -",
    },
    Row {
        field: "Query.songSplitSheetDraft",
        document: "query($song: ID!) { songSplitSheetDraft(song: $song) }",
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Mutation.createProject",
        document: r#"mutation($studio: ID!) { createProject(input: { studio: $studio, kind: RECORD, title: "Album" }) { project { id } userErrors { code } } }"#,
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Mutation.updateProject",
        document: r#"mutation($project: ID!, $party: ID!) { updateProject(input: { project: $project, goals: "Four beats", decider: $party }) { project { id } userErrors { code } } }"#,
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Mutation.activateProject",
        document: "mutation($project: ID!) { activateProject(input: { project: $project }) { project { id } userErrors { code } } }",
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Mutation.deliverProject",
        document: "mutation($project: ID!) { deliverProject(project: $project) { project { id } userErrors { code } } }",
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Mutation.cancelProject",
        document: r#"mutation($overProject: ID!) { cancelProject(input: { project: $overProject, reason: "Again." }) { project { id } userErrors { code } } }"#,
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Mutation.reopenProject",
        document: r#"mutation($project: ID!) { reopenProject(input: { project: $project, reason: "More." }) { project { id } userErrors { code } } }"#,
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Mutation.linkProjectAgreement",
        document: "mutation($project: ID!, $agreement: ID!) { linkProjectAgreement(input: { project: $project, agreement: $agreement }) { project { id } userErrors { code } } }",
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Mutation.unlinkProjectAgreement",
        document: "mutation($overProject: ID!, $agreement: ID!) { unlinkProjectAgreement(input: { project: $overProject, agreement: $agreement }) { project { id } userErrors { code } } }",
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Mutation.addSong",
        document: r#"mutation($project: ID!) { addSong(input: { project: $project, title: "Third" }) { song { id } userErrors { code } } }"#,
        expected: "- ? + + + x x + x -",
    },
    Row {
        field: "Mutation.renameSong",
        document: r#"mutation($song: ID!) { renameSong(song: $song, title: "Night Drive") { song { id } userErrors { code } } }"#,
        expected: "- ? + + + x x + x -",
    },
    Row {
        field: "Mutation.setSongIsrc",
        document: r#"mutation($song: ID!) { setSongIsrc(song: $song, isrc: "AA-6Q7-26-00001") { song { recording { isrc } } userErrors { code } } }"#,
        expected: "- ? + + + x x + x -",
    },
    Row {
        field: "Mutation.moveSong",
        document: "mutation($song: ID!) { moveSong(song: $song, place: 1) { song { position } userErrors { code } } }",
        expected: "- ? + + + x x + x -",
    },
    Row {
        field: "Mutation.removeSong",
        document: "mutation($overSong: ID!) { removeSong(song: $overSong) { project { id } userErrors { code } } }",
        expected: "- ? + + + x x + x -",
    },
    Row {
        field: "Mutation.makeBeatOfSong",
        document: "mutation($song: ID!) { makeBeatOfSong(song: $song) { beat { id } userErrors { code } } }",
        expected: "- ? + + + x x + x -",
    },
    Row {
        field: "Mutation.closeStage",
        document: "mutation($stage: ID!) { closeStage(stage: $stage) { stage { id } userErrors { code } } }",
        expected: "- ? + + + x x + x -",
    },
    Row {
        field: "Mutation.reopenStage",
        document: "mutation($stage: ID!) { reopenStage(stage: $stage) { stage { id } userErrors { code } } }",
        expected: "- ? + + + x x + x -",
    },
    Row {
        field: "Mutation.setStageDue",
        document: r#"mutation($stage: ID!) { setStageDue(stage: $stage, dueOn: "2026-12-20") { stage { id isLate } userErrors { code } } }"#,
        expected: "- ? + + + x x + x -",
    },
    Row {
        field: "Mutation.addTask",
        document: r#"mutation($stage: ID!) { addTask(input: { stage: $stage, title: "Listen" }) { task { id } userErrors { code } } }"#,
        expected: "- ? + + + x x + x -",
    },
    Row {
        field: "Mutation.updateTask",
        document: r#"mutation($task: ID!, $party: ID!) { updateTask(input: { task: $task, ownerParty: $party, dueOn: "2026-12-01" }) { task { id ownerParty { id } } userErrors { code } } }"#,
        expected: "- ? + + + x x + x -",
    },
    Row {
        field: "Mutation.completeTask",
        document: "mutation($task: ID!) { completeTask(task: $task) { task { doneBy { name } } userErrors { code } } }",
        expected: "- ? + + + x x + x -",
    },
    Row {
        field: "Mutation.reopenTask",
        document: "mutation($task: ID!) { reopenTask(task: $task) { task { doneAt } userErrors { code } } }",
        expected: "- ? + + + x x + x -",
    },
    Row {
        field: "Mutation.removeTask",
        document: "mutation($overTask: ID!) { removeTask(task: $overTask) { project { id } userErrors { code } } }",
        expected: "- ? + + + x x + x -",
    },
    Row {
        field: "Mutation.addSongCandidate",
        document: r#"mutation($project: ID!) { addSongCandidate(input: { project: $project, title: "Fourth" }) { candidate { id } userErrors { code } } }"#,
        expected: "- ? + + + x x + x -",
    },
    Row {
        field: "Mutation.voteOnCandidate",
        document: "mutation($candidate: ID!, $party: ID!) { voteOnCandidate(input: { candidate: $candidate, vote: YES, party: $party }) { candidate { yes no votes { vote } } userErrors { code } } }",
        expected: "- ? + + + x x + x -",
    },
    Row {
        field: "Mutation.chooseCandidate",
        document: "mutation($overCandidate: ID!) { chooseCandidate(candidate: $overCandidate) { candidate { id } userErrors { code } } }",
        expected: "- ? + + + x x + x -",
    },
    Row {
        field: "Mutation.dropCandidate",
        document: "mutation($overCandidate: ID!) { dropCandidate(candidate: $overCandidate) { candidate { id } userErrors { code } } }",
        expected: "- ? + + + x x + x -",
    },
    Row {
        field: "Mutation.setArrangement",
        document: r#"mutation($song: ID!) { setArrangement(song: $song, sections: [{ name: "Hook", bars: 8, bpmMilli: 140000 }]) { song { arrangement { startMs } } userErrors { code } } }"#,
        expected: "- ? + + + x x + x -",
    },
    Row {
        field: "Mutation.addReferenceTrack",
        document: r#"mutation($project: ID!) { addReferenceTrack(input: { project: $project, title: "Track", url: "https://example.com/a" }) { reference { id } userErrors { code } } }"#,
        expected: "- ? + + + x x + x -",
    },
    Row {
        field: "Mutation.removeReferenceTrack",
        document: "mutation($overReference: ID!) { removeReferenceTrack(reference: $overReference) { project { id } userErrors { code } } }",
        expected: "- ? + + + x x + x -",
    },
    Row {
        field: "Mutation.addProjectPerson",
        document: "mutation($project: ID!, $party: ID!) { addProjectPerson(input: { project: $project, party: $party, role: PRODUCER }) { person { id } userErrors { code } } }",
        expected: "- ? + + + x x + x -",
    },
    Row {
        field: "Mutation.removeProjectPerson",
        document: "mutation($overPerson: ID!) { removeProjectPerson(person: $overPerson) { project { id } userErrors { code } } }",
        expected: "- ? + + + x x + x -",
    },
    Row {
        field: "Mutation.addBudgetLine",
        document: r#"mutation($project: ID!) { addBudgetLine(input: { project: $project, category: STUDIO, title: "Room", rateKind: DAY, rate: { minor: 30000, currency: "EUR" }, quantityMilli: 2000 }) { line { id } userErrors { code } } }"#,
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Mutation.updateBudgetLine",
        document: "mutation($line: ID!) { updateBudgetLine(input: { line: $line, recoupable: false }) { line { id } userErrors { code } } }",
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Mutation.removeBudgetLine",
        document: "mutation($overLine: ID!) { removeBudgetLine(line: $overLine) { project { id } userErrors { code } } }",
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Mutation.recordCost",
        document: r#"mutation($overLine: ID!) { recordCost(input: { line: $overLine, amount: { minor: 100, currency: "EUR" } }) { cost { id by { name } } userErrors { code } } }"#,
        expected: "- ? + + x x x + x -",
    },
];
