use super::Row;

//                  nobody stranger owner manager engineer collaborator viewer key bare signer
pub(super) const ROWS: &[Row] = &[
    Row {
        field: "Query.storefront",
        document: "query($slug: String!) { storefront(slug: $slug) { name currencies } }",
        expected: "+ + + + + + + + + +",
    },
    Row {
        field: "Storefront.beats",
        document: "query($slug: String!) { storefront(slug: $slug) { beats { nodes { id } } } }",
        expected: "+ + + + + + + + + +",
    },
    Row {
        field: "Query.cart",
        document: r#"query($studio: ID!) { cart(studio: $studio, secret: "unknown") { total { minor } } }"#,
        expected: "0 0 0 0 0 0 0 0 0 0",
    },
    Row {
        field: "Mutation.addToCart",
        document: "mutation($studio: ID!, $beat: ID!) { addToCart(input: { studio: $studio, beat: $beat, tier: WAV }) { secret userErrors { code } } }",
        expected: "+ + + + + + + + + +",
    },
    Row {
        field: "Mutation.changeCartTier",
        document: r#"mutation($studio: ID!, $unknownLine: ID!) { changeCartTier(input: { studio: $studio, secret: "unknown", line: $unknownLine, tier: WAV }) { userErrors { code } } }"#,
        expected: "+ + + + + + + + + +",
    },
    Row {
        field: "Mutation.removeFromCart",
        document: r#"mutation($studio: ID!, $unknownLine: ID!) { removeFromCart(input: { studio: $studio, secret: "unknown", line: $unknownLine }) { userErrors { code } } }"#,
        expected: "+ + + + + + + + + +",
    },
    Row {
        field: "Mutation.placeOrder",
        document: r#"mutation($studio: ID!) { placeOrder(input: { studio: $studio, secret: "unknown", buyerName: "Ada", buyerEmail: "ada@example.com", seenTotal: { minor: 1, currency: "EUR" } }) { userErrors { code } } }"#,
        expected: "+ + + + + + + + + +",
    },
    Row {
        field: "Query.buyerOrder",
        document: "query($orderToken: String!) { buyerOrder(token: $orderToken) { reference } }",
        expected: "+ + + + + + + + + +",
    },
    Row {
        field: "Mutation.settleOrder",
        document: "mutation($orderToken: String!) { settleOrder(token: $orderToken) { order { state } } }",
        expected: "+ + + + + + + + + +",
    },
    Row {
        field: "Query.order",
        document: "query($order: ID!) { order(id: $order) { reference } }",
        expected: "- 0 + + x x x + x -",
    },
    Row {
        field: "Query.orders",
        document: "query($studio: ID!) { orders(studio: $studio) { nodes { id } } }",
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Query.disputes",
        document: "query($studio: ID!) { disputes(studio: $studio, open: true) { nodes { id evidencePack } } }",
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Query.dispute",
        document: "query($dispute: ID!) { dispute(id: $dispute) { state evidencePack order { reference } } }",
        expected: "- 0 + + x x x + x -",
    },
    Row {
        field: "Mutation.refundOrder",
        document: r#"mutation($studio: ID!, $order: ID!) { refundOrder(input: { studioId: $studio, orderId: $order, reason: " " }) { refund { id } userErrors { code } } }"#,
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Mutation.answerDispute",
        document: r#"mutation($studio: ID!, $dispute: ID!) { answerDispute(input: { studioId: $studio, disputeId: $dispute, statement: " " }) { dispute { id } userErrors { code } } }"#,
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Query.tiers",
        document: "query($studio: ID!) { tiers(studio: $studio) { id prices { minor } } }",
        expected: "- ? + + + + + + x -",
    },
    Row {
        field: "Query.licences",
        document: "query($studio: ID!) { licences(studio: $studio) { nodes { id } } }",
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Query.licence",
        document: "query($studio: ID!, $licence: ID!) { licence(studio: $studio, id: $licence) { id } }",
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Query.licenseeAllowlist",
        document: "query($studio: ID!) { licenseeAllowlist(studio: $studio) { nodes { beatTitle } } }",
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Query.usageReports",
        document: "query($studio: ID!, $licence: ID!) { usageReports(studio: $studio, licence: $licence) { nodes { total } } }",
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Mutation.reportUsage",
        document: r#"mutation($studio: ID!, $licence: ID!) { reportUsage(input: { studio: $studio, licence: $licence, cap: STREAMS, source: " ", total: 1, asOf: "2026-11-23" }) { report { id } userErrors { code } } }"#,
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Query.upgradeOffers",
        document: r#"query($orderToken: String!) { upgradeOffers(token: $orderToken, reference: "LL-MATRIX-1") { credited { minor } offers { price { minor } offer { price { minor } } } } }"#,
        expected: "+ + + + + + + + + +",
    },
    Row {
        field: "Mutation.upgradeLicence",
        document: r#"mutation($orderToken: String!) { upgradeLicence(input: { token: $orderToken, reference: "LL-MATRIX-1", tier: WAV, seenPrice: { minor: 1, currency: "EUR" } }) { placed { payUrl } userErrors { code } } }"#,
        expected: "+ + + + + + + + + +",
    },
    Row {
        field: "Mutation.setTier",
        document: r#"mutation($studio: ID!) { setTier(input: { studio: $studio, code: WAV, name: "WAV", price: { minor: 6000, currency: "EUR" }, files: { mp3: true, wav: true, stems: false }, caps: {}, publishingKeptPpm: 500000, creditLine: "Produced by Owner" }) { tier { id } userErrors { code } } }"#,
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Mutation.setTierEnabled",
        document: "mutation($studio: ID!) { setTierEnabled(input: { studio: $studio, code: WAV, enabled: true }) { tier { id } userErrors { code } } }",
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Mutation.resetTier",
        document: "mutation($studio: ID!, $beat: ID!) { resetTier(input: { studio: $studio, beat: $beat, code: WAV }) { userErrors { code } } }",
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Query.coupons",
        document: "query($studio: ID!) { coupons(studio: $studio) { nodes { code } } }",
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Query.bundles",
        document: "query($studio: ID!) { bundles(studio: $studio) { name prices { minor } } }",
        expected: "- ? + + + + + + x -",
    },
    Row {
        field: "Query.taxRates",
        document: "query($studio: ID!) { taxRates(studio: $studio) { country } }",
        expected: "- ? + + + + + + x -",
    },
    Row {
        field: "Mutation.setCoupon",
        document: r#"mutation($studio: ID!) { setCoupon(input: { studio: $studio, code: "SUMMER", percentOffPpm: 200000 }) { coupon { id } userErrors { code } } }"#,
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Mutation.setBulkDeals",
        document: "mutation($studio: ID!) { setBulkDeals(input: { studio: $studio, deals: [{ buy: 2, free: 1, tiers: [MP3] }] }) { deals { id } userErrors { code } } }",
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Mutation.setBundle",
        document: r#"mutation($studio: ID!, $beat: ID!) { setBundle(input: { studio: $studio, name: "One", tier: MP3, beats: [$beat], price: { minor: 1000, currency: "EUR" } }) { bundle { id } userErrors { code } } }"#,
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Mutation.removeBundle",
        document: "mutation($studio: ID!, $unknownBundle: ID!) { removeBundle(input: { studio: $studio, id: $unknownBundle }) { dropped userErrors { code } } }",
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Mutation.setTaxRates",
        document: "mutation($studio: ID!) { setTaxRates(input: { studio: $studio, rates: [] }) { rates { country } userErrors { code } } }",
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Mutation.enterCoupon",
        document: r#"mutation($studio: ID!) { enterCoupon(input: { studio: $studio, secret: "unknown", coupon: "SUMMER" }) { userErrors { code } } }"#,
        expected: "+ + + + + + + + + +",
    },
    Row {
        field: "Mutation.setCartCountry",
        document: r#"mutation($studio: ID!) { setCartCountry(input: { studio: $studio, secret: "unknown", country: "DE" }) { userErrors { code } } }"#,
        expected: "+ + + + + + + + + +",
    },
    Row {
        field: "Mutation.setCartCurrency",
        document: r#"mutation($studio: ID!) { setCartCurrency(input: { studio: $studio, secret: "unknown", currency: "EUR" }) { userErrors { code } } }"#,
        expected: "+ + + + + + + + + +",
    },
    Row {
        field: "Mutation.addBundleToCart",
        document: "mutation($studio: ID!, $unknownBundle: ID!) { addBundleToCart(input: { studio: $studio, bundle: $unknownBundle }) { userErrors { code } } }",
        expected: "+ + + + + + + + + +",
    },
    Row {
        field: "Query.balances",
        document: "query($studio: ID!) { balances(studio: $studio) { balance { minor } } }",
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Query.trialBalance",
        document: "query($studio: ID!) { trialBalance(studio: $studio) { minor } }",
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Query.proof",
        document: "query($studio: ID!) { proof(studio: $studio) { holds } }",
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Query.trialBalanceAt",
        document: "query($studio: ID!) { trialBalanceAt(studio: $studio) { totals { debits { minor } } } }",
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Query.payees",
        document: "query($studio: ID!) { payees(studio: $studio) { partyName owed { minor } } }",
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Query.ledgerPeriods",
        document: "query($studio: ID!) { ledgerPeriods(studio: $studio) { nodes { sha256 } } }",
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Query.explain",
        document: "query($entry: ID!) { explain(entry: $entry) { reference } }",
        expected: "- 0 + + x x x + x -",
    },
    Row {
        field: "Mutation.closeLedgerPeriod",
        document: r#"mutation($studio: ID!) { closeLedgerPeriod(input: { studio: $studio, endsAt: "2026-11-01T00:00:00Z", reason: "October" }) { period { number } userErrors { code } } }"#,
        expected: "- ? + x x x x x x -",
    },
    Row {
        field: "Query.journals",
        document: "query($studio: ID!) { journals(studio: $studio) { nodes { reference bases { documentSha256 } } } }",
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Query.parkedLines",
        document: "query($studio: ID!) { parkedLines(studio: $studio) { nodes { amount { minor } } } }",
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Query.journalsOfOrder",
        document: "query($studio: ID!, $order: ID!) { journalsOfOrder(studio: $studio, order: $order) { reference } }",
        expected: "- ? + + x x x + x -",
    },
];
