use super::Row;

//                  nobody stranger owner manager engineer collaborator viewer key bare signer
pub(super) const ROWS: &[Row] = &[
    Row { field: "Query.me", document: "{ me { id } }", expected: "0 + + + + + + 0 0 0" },
    Row {
        field: "Me.signIns",
        document: "{ me { signIns { nodes { id } } } }",
        expected: "0 + + + + + + 0 0 0",
    },
    Row {
        field: "Query.studio",
        document: "query($studio: ID!) { studio(id: $studio) { id name myRole unsignedSplits accent } }",
        expected: "- ? + + + + + + x -",
    },
    Row {
        field: "Studio.members",
        document: "query($studio: ID!) { studio(id: $studio) { members { nodes { userId } } } }",
        expected: "- ? + + + + + x x -",
    },
    Row {
        field: "Studio.invitations",
        document: "query($studio: ID!) { studio(id: $studio) { invitations { nodes { id } } } }",
        expected: "- ? + x x x x x x -",
    },
    Row {
        field: "Studio.apiKeys",
        document: "query($studio: ID!) { studio(id: $studio) { apiKeys { nodes { id } } } }",
        expected: "- ? + x x x x x x -",
    },
    Row {
        field: "Studio.domains",
        document: "query($studio: ID!) { studio(id: $studio) { domains { host recordName recordValue verifiedAt } } }",
        expected: "- ? + x x x x x x -",
    },
    Row {
        field: "Query.studioActs",
        document: "query($studio: ID!) { studioActs(studio: $studio) { nodes { kind byName subject changes { old new } } } }",
        expected: "- ? + x x x x x x -",
    },
    Row {
        field: "Query.invitation",
        document: "query($invitationToken: String!) { invitation(token: $invitationToken) { studioName } }",
        expected: "+ + + + + + + + + +",
    },
    Row {
        field: "Mutation.signUp",
        document: r#"mutation { signUp(input: { name: "New", email: "new@example.com", password: "a long sentence", studioName: "New" })
                     { message userErrors { code } } }"#,
        expected: "+ + + + + + + + + +",
    },
    Row {
        field: "Mutation.signIn",
        document: r#"mutation { signIn(input: { email: "nobody@example.com", password: "wrong" }) { userErrors { code } } }"#,
        expected: "+ + + + + + + + + +",
    },
    Row {
        field: "Mutation.refresh",
        document: r#"mutation { refresh(token: "unknown") { userErrors { code } } }"#,
        expected: "+ + + + + + + + + +",
    },
    Row { field: "Mutation.signOut", document: "mutation { signOut { signedOut } }", expected: "+ + + + + + + + + +" },
    Row {
        field: "Mutation.revokeSignIn",
        document: "mutation($ownersSignIn: ID!) { revokeSignIn(id: $ownersSignIn) { signIn { id } } }",
        expected: "- ? + ? ? ? ? - - -",
    },
    Row {
        field: "Mutation.revokeOtherSignIns",
        document: "mutation { revokeOtherSignIns { ended } }",
        expected: "- + + + + + + - - -",
    },
    Row {
        field: "Mutation.stepUp",
        document: r#"mutation { stepUp(password: "wrong") { provedUntil userErrors { code } } }"#,
        expected: "- + + + + + + - - -",
    },
    Row {
        field: "Mutation.changePassword",
        document: r#"mutation { changePassword(current: "wrong", new: "a long sentence") { changed userErrors { code } } }"#,
        expected: "- + + + + + + - - -",
    },
    Row {
        field: "Mutation.setUpSecondFactor",
        document: "mutation { setUpSecondFactor { setUp { qrSize } } }",
        expected: "- + + + + + + - - -",
    },
    Row {
        field: "Mutation.confirmSecondFactor",
        document: r#"mutation { confirmSecondFactor(code: "none") { userErrors { code } } }"#,
        expected: "- + + + + + + - - -",
    },
    Row {
        field: "Mutation.turnOffSecondFactor",
        document: r#"mutation { turnOffSecondFactor(password: "wrong", code: "none") { turnedOff userErrors { code } } }"#,
        expected: "- + + + + + + - - -",
    },
    Row {
        field: "Mutation.addPasskey",
        document: r#"mutation($ownersCeremony: ID!) { addPasskey(ceremony: $ownersCeremony, name: "Telephone", credential: {})
                     { passkey { id } userErrors { code } } }"#,
        expected: "- + + + + + + - - -",
    },
    Row {
        field: "Mutation.beginPasskey",
        document: "mutation { beginPasskey { ceremony { id } userErrors { code } } }",
        expected: "- + + + + + + - - -",
    },
    Row {
        field: "Mutation.removePasskey",
        document: "mutation($ownersPasskey: ID!) { removePasskey(id: $ownersPasskey) { passkey { name } userErrors { code } } }",
        expected: "- ? + ? ? ? ? - - -",
    },
    Row {
        field: "Mutation.beginPasskeySignIn",
        document: "mutation { beginPasskeySignIn { ceremony { id } userErrors { code } } }",
        expected: "+ + + + + + + + + +",
    },
    Row {
        field: "Mutation.signInWithPasskey",
        document: r#"mutation { signInWithPasskey(input: { ceremony: "ceremony_00000000000000000000000000000001", credential: {} })
                     { userErrors { code } } }"#,
        expected: "+ + + + + + + + + +",
    },
    Row {
        field: "Mutation.stepUpWithPasskey",
        document: "mutation($ownersProof: ID!) { stepUpWithPasskey(ceremony: $ownersProof, credential: {}) { provedUntil userErrors { code } } }",
        expected: "- + + + + + + - - -",
    },
    Row {
        field: "Mutation.beginPasskeyProof",
        document: "mutation { beginPasskeyProof { ceremony { id } userErrors { code } } }",
        expected: "- + + + + + + - - -",
    },
    Row {
        field: "Mutation.closeAccount",
        document: r#"mutation { closeAccount(email: "nobody@example.com") { closed userErrors { code } } }"#,
        expected: "- + + + + + + - - -",
    },
    Row {
        field: "Mutation.verifyEmail",
        document: r#"mutation { verifyEmail(token: "unknown") { completed userErrors { code } } }"#,
        expected: "+ + + + + + + + + +",
    },
    Row {
        field: "Mutation.requestVerification",
        document: "mutation { requestVerification { message } }",
        expected: "- + + + + + + - - -",
    },
    Row {
        field: "Mutation.requestPasswordReset",
        document: r#"mutation { requestPasswordReset(email: "nobody@example.com") { message } }"#,
        expected: "+ + + + + + + + + +",
    },
    Row {
        field: "Mutation.completePasswordReset",
        document: r#"mutation { completePasswordReset(token: "unknown", password: "a long sentence") { userErrors { code } } }"#,
        expected: "+ + + + + + + + + +",
    },
    Row {
        field: "Mutation.createStudio",
        document: r#"mutation { createStudio(name: "Second") { studioId } }"#,
        expected: "- + + + + + + - - -",
    },
    Row {
        field: "Mutation.updateStudio",
        document: r#"mutation($studio: ID!) { updateStudio(input: { studio: $studio, name: "A", contactEmail: "a@example.com",
                     governingLaw: "England and Wales" }) { studio { name } userErrors { code } } }"#,
        expected: "- ? + x x x x x x -",
    },
    Row {
        field: "Mutation.closeStudio",
        document: r#"mutation($studio: ID!) { closeStudio(studio: $studio, name: "Another") { studio { id } userErrors { code } } }"#,
        expected: "- ? + x x x x x x -",
    },
    Row {
        field: "Mutation.reopenStudio",
        document: "mutation($studio: ID!) { reopenStudio(studio: $studio) { studio { closure { closedAt } } userErrors { code } } }",
        expected: "- ? + x x x x x x -",
    },
    Row {
        field: "Mutation.claimDomain",
        document: r#"mutation($studio: ID!) { claimDomain(studio: $studio, host: "beats.example.com")
                     { domain { recordName } userErrors { code } } }"#,
        expected: "- ? + x x x x x x -",
    },
    Row {
        field: "Mutation.verifyDomain",
        document: "mutation($studio: ID!, $domain: ID!) { verifyDomain(studio: $studio, domain: $domain)
                   { domain { verifiedAt } userErrors { code } } }",
        expected: "- ? + x x x x x x -",
    },
    Row {
        field: "Mutation.removeDomain",
        document: "mutation($studio: ID!, $domain: ID!) { removeDomain(studio: $studio, domain: $domain)
                   { domain { host } userErrors { code } } }",
        expected: "- ? + x x x x x x -",
    },
    Row {
        field: "Mutation.createApiKey",
        document: r#"mutation($studio: ID!) { createApiKey(studio: $studio, name: "shop", scopes: [CATALOG_READ])
                     { created { secret } } }"#,
        expected: "- ? + x x x x x x -",
    },
    Row {
        field: "Mutation.revokeApiKey",
        document: "mutation($studio: ID!, $spareKey: ID!) { revokeApiKey(studio: $studio, id: $spareKey) { apiKey { id } } }",
        expected: "- ? + x x x x x x -",
    },
    Row {
        field: "Mutation.inviteMember",
        document: r#"mutation($studio: ID!) { inviteMember(studio: $studio, email: "guest@example.com", role: VIEWER)
                     { invitation { id } userErrors { code } } }"#,
        expected: "- ? + x x x x x x -",
    },
    Row {
        field: "Mutation.revokeInvitation",
        document: "mutation($studio: ID!, $spareInvitation: ID!) { revokeInvitation(studio: $studio, id: $spareInvitation)
                   { invitation { id } } }",
        expected: "- ? + x x x x x x -",
    },
    Row {
        field: "Mutation.acceptInvitation",
        document: "mutation($invitationToken: String!) { acceptInvitation(token: $invitationToken) { userErrors { code } } }",
        expected: "- + + + + + + - - -",
    },
    Row {
        field: "Mutation.acceptInvitationAsNew",
        document: r#"mutation($invitationToken: String!) { acceptInvitationAsNew(token: $invitationToken, name: "Invited",
                     password: "a long sentence") { studioId userErrors { code } } }"#,
        expected: "+ + + + + + + + + +",
    },
    Row {
        field: "Mutation.changeMemberRole",
        document: "mutation($studio: ID!, $spareMember: ID!) { changeMemberRole(studio: $studio, user: $spareMember, role: ENGINEER)
                   { member { role } } }",
        expected: "- ? + x x x x x x -",
    },
    Row {
        field: "Mutation.removeMember",
        document: "mutation($studio: ID!, $spareMember: ID!) { removeMember(studio: $studio, user: $spareMember) { userId } }",
        expected: "- ? + x x x x x x -",
    },
];
