/// A REST edge that guards by who is asking, not by a token in its address, and who may.
pub(crate) struct Edge {
    /// Its path as OpenAPI describes it; what stands in braces comes from the fixture.
    pub(crate) path: &'static str,
    /// A sign for each of [`super::super::ACTORS`], blanks between them.
    pub(crate) expected: &'static str,
}

//                  nobody stranger owner manager engineer collaborator viewer key bare signer
pub(crate) const EDGES: &[Edge] = &[
    Edge { path: "/studios/{slug}/licensees.csv", expected: "- ? + + x x x + x -" },
    Edge { path: "/studios/{slug}/clients.csv", expected: "- ? + + x x x + x -" },
    Edge { path: "/studios/{slug}/clients.vcf", expected: "- ? + + x x x + x -" },
    Edge { path: "/studios/{slug}/invoices/{file}", expected: "- ? + + x x x + x -" },
    Edge { path: "/studios/{slug}/ledger.csv", expected: "- ? + + x x x + x -" },
    Edge { path: "/studios/{slug}/ledger.beancount", expected: "- ? + + x x x + x -" },
    Edge { path: "/royalty-runs/{royaltyRun}/inputs.json", expected: "- ? + + x x x + x -" },
    Edge { path: "/royalty-runs/{royaltyRun}/outcome.json", expected: "- ? + + x x x + x -" },
    Edge { path: "/studios/{slug}/royalties/{royaltyYear}/totals.csv", expected: "- ? + + x x x + x -" },
    Edge { path: "/letters-of-direction/{letterOfDirection}/letter.pdf", expected: "- ? + + x x x + x -" },
    Edge { path: "/payee-statements/{payeeStatement}/statement.pdf", expected: "- ? + + x x x + x -" },
    Edge { path: "/payee-statements/{payeeStatement}/statement.csv", expected: "- ? + + x x x + x -" },
    Edge { path: "/mixes/{mixVersion}/markers.{markerFormat}", expected: "- ? + + + x x + x -" },
    Edge { path: "/handoffs/{handoff}.zip", expected: "- ? + + + x x + x -" },
    Edge { path: "/registrations/{cwrFile}.txt", expected: "- ? + + + + + + x -" },
    Edge { path: "/releases/messages/{releaseMessage}.xml", expected: "- ? + + + + + + x -" },
    Edge { path: "/studios/{slug}/catalogue.csv", expected: "- ? + + + + + + x -" },
    Edge { path: "/sessions/{session}/rin/{dpid}.xml", expected: "- ? + + + x x + x -" },
];
