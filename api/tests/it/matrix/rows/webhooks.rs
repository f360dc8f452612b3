use super::Row;

//                  nobody stranger owner manager engineer collaborator viewer key bare signer
pub(super) const ROWS: &[Row] = &[
    Row {
        field: "Studio.webhooks",
        document: "query($studio: ID!) { studio(id: $studio) { webhooks { url kinds offAt failingSince } } }",
        expected: "- ? + x x x x x x -",
    },
    Row {
        field: "Query.webhook",
        document: "query($studio: ID!, $webhook: ID!) { webhook(studio: $studio, webhook: $webhook) { url } }",
        expected: "- ? + x x x x x x -",
    },
    Row {
        field: "Webhook.deliveries",
        document: "query($studio: ID!) { studio(id: $studio) { webhooks { deliveries { nodes { body attempts { answer } } } } } }",
        expected: "- ? + x x x x x x -",
    },
    Row {
        field: "Mutation.createWebhook",
        document: r#"mutation($studio: ID!) { createWebhook(input: { studio: $studio, url: "https://hooks.example.com/in",
                     kinds: [ROYALTY_RUN_ISSUED] }) { made { secret } userErrors { code } } }"#,
        expected: "- ? + x x x x x x -",
    },
    Row {
        field: "Mutation.updateWebhook",
        document: r#"mutation($studio: ID!, $webhook: ID!) { updateWebhook(input: { studio: $studio, webhook: $webhook,
                     url: "https://hooks.example.com/in", kinds: [ROYALTY_RUN_ISSUED] }) { webhook { url } userErrors { code } } }"#,
        expected: "- ? + x x x x x x -",
    },
    Row {
        field: "Mutation.switchWebhook",
        document: "mutation($studio: ID!, $webhook: ID!) { switchWebhook(studio: $studio, webhook: $webhook, on: true)
                   { webhook { offAt } userErrors { code } } }",
        expected: "- ? + x x x x x x -",
    },
    Row {
        field: "Mutation.rotateWebhookSecret",
        document: "mutation($studio: ID!, $webhook: ID!) { rotateWebhookSecret(studio: $studio, webhook: $webhook)
                   { made { secret webhook { secretBeforeUntil } } userErrors { code } } }",
        expected: "- ? + x x x x x x -",
    },
    Row {
        field: "Mutation.testWebhook",
        document: "mutation($studio: ID!, $webhook: ID!) { testWebhook(studio: $studio, webhook: $webhook)
                   { delivery { body } userErrors { code } } }",
        expected: "- ? + x x x x x x -",
    },
    Row {
        field: "Mutation.resendWebhookDelivery",
        document: "mutation($studio: ID!, $webhookDelivery: ID!) { resendWebhookDelivery(studio: $studio, delivery: $webhookDelivery)
                   { delivery { nextAttemptAt } userErrors { code } } }",
        expected: "- ? + x x x x x x -",
    },
    Row {
        field: "Mutation.removeWebhook",
        document: "mutation($studio: ID!, $webhook: ID!) { removeWebhook(studio: $studio, webhook: $webhook)
                   { webhookId userErrors { code } } }",
        expected: "- ? + x x x x x x -",
    },
];
