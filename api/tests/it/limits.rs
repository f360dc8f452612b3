//! Each limit refuses what passes it, by its name, and lets through what does not.

use std::time::Duration;

use api::{ApiConfig, Limits};
use serde_json::{Value, json};

use crate::support::{World, with_config};

async fn under(limits: Limits, test: impl AsyncFn(&World)) {
    with_config(ApiConfig { limits, ..ApiConfig::default() }, "http://127.0.0.1", test).await;
}

async fn message(world: &World, document: &str) -> String {
    let answer = world.ask(None, document, json!({})).await;
    answer["errors"][0]["message"].as_str().unwrap_or_default().to_owned()
}

fn code(answer: &Value) -> &str {
    answer["errors"][0]["extensions"]["code"].as_str().unwrap_or("none")
}

const FOUR_DEEP: &str = "{ __schema { types { fields { name } } } }";

#[tokio::test]
async fn depth() {
    under(Limits { depth: 4, ..Limits::default() }, async |world| assert_eq!(message(world, FOUR_DEEP).await, ""))
        .await;
    under(Limits { depth: 3, ..Limits::default() }, async |world| {
        assert_eq!(message(world, FOUR_DEEP).await, "Query is nested too deep.");
    })
    .await;
}

#[tokio::test]
async fn the_usual_introspection_query_passes_every_default() {
    let of_type = (0..9).fold("kind name".to_owned(), |inner, _| format!("kind name ofType {{ {inner} }}"));
    let document = format!(
        "{{ __schema {{ queryType {{ name }} mutationType {{ name }} types {{ kind name fields(includeDeprecated: true) {{ name args {{ name \
         type {{ {of_type} }} }} type {{ {of_type} }} }} inputFields {{ name type {{ {of_type} }} }} enumValues {{ name }} }} \
         directives {{ name locations }} }} }}"
    );
    under(Limits::default(), async |world| assert_eq!(message(world, &document).await, "")).await;
}

#[tokio::test]
async fn complexity() {
    let rows = |first: u32| format!("{{ me {{ signIns(first: {first}) {{ nodes {{ id ip }} }} }} }}");
    under(Limits { complexity: 100, ..Limits::default() }, async |world| {
        assert_eq!(message(world, &rows(10)).await, "");
        let refused = message(world, &rows(100)).await;
        assert!(refused.starts_with("the query costs more than the 100 points that one may"), "{refused}");
    })
    .await;
}

#[tokio::test]
async fn a_document_that_is_written_for_each_row_costs_more_than_a_row() {
    let shown = |first: u32, field: &str| {
        format!("{{ agreements(studio: \"none\", first: {first}) {{ nodes {{ {field} }} }} }}")
    };
    under(Limits::default(), async |world| {
        for field in ["html", "counterChanges { label }"] {
            let is_refused =
                async |first| message(world, &shown(first, field)).await.starts_with("the query costs more");
            assert!(!is_refused(10).await && is_refused(100).await, "{field}");
        }
    })
    .await;
}

#[tokio::test]
async fn aliases() {
    under(Limits { aliases: 2, ..Limits::default() }, async |world| {
        assert_eq!(message(world, "{ a: version b: version }").await, "");
        let answer = world.ask(None, "{ a: version ...on Query { b: version c: version } }", json!({})).await;
        assert_eq!(code(&answer), "TOO_MANY_ALIASES");
    })
    .await;
}

#[tokio::test]
async fn directives_and_recursion() {
    under(Limits { directives: 1, recursion: 5, ..Limits::default() }, async |world| {
        assert_eq!(message(world, "{ version @include(if: true) }").await, "");
        let two = message(world, "{ version @include(if: true) @skip(if: false) }").await;
        assert!(two.contains("directives"), "{two}");
        let deep = message(world, "{ a { b { c { d { e { f { g } } } } } } }").await;
        assert!(deep.contains("recursion depth"), "{deep}");
    })
    .await;
}

#[tokio::test]
async fn what_is_deeper_or_longer_than_it_looks_is_refused_before_anybody_walks_through_it() {
    under(Limits::default(), async |world| {
        let doubling = (0..30).fold("{ ...f0 } fragment f30 on Query { version }".to_owned(), |document, at| {
            format!("{document} fragment f{at} on Query {{ ...f{} ...f{} }}", at + 1, at + 1)
        });
        let levels = |open: &str, close: &str| format!("{}{}", open.repeat(10_000), close.repeat(10_000));
        for (document, refusal) in [
            (doubling, "TOO_COMPLEX"),
            (format!("{{ version(a: {}) }}", levels("[", "]")), "TOO_DEEP"),
            (levels("{ a ", "}"), "TOO_DEEP"),
        ] {
            assert_eq!(code(&world.ask(None, &document, json!({})).await), refusal);
        }
    })
    .await;
}

#[tokio::test]
async fn what_fits_no_field_is_refused_wherever_it_stands() {
    under(Limits::default(), async |world| {
        let shop = |slug: &str| format!("{{ storefront(slug: {slug}) {{ name }} }}");
        for (document, variables, refusal) in [
            (shop(r#""a\u0000""#), json!({}), "TEXT_WITH_NUL"),
            (shop(r#""-262143-01-01""#), json!({}), "ODD_YEAR"),
            (format!("query($a: String!) {}", shop("$a")), json!({ "a": "a\0" }), "TEXT_WITH_NUL"),
            (format!("query($a: String = \"a\\u0000\") {}", shop("$a")), json!({}), "TEXT_WITH_NUL"),
        ] {
            assert_eq!(code(&world.ask(None, &document, variables).await), refusal, "{document}");
        }
    })
    .await;
}

#[tokio::test]
async fn body() {
    under(Limits { body_bytes: 1_000, ..Limits::default() }, async |world| {
        assert_eq!(message(world, "{ version }").await, "");
        let long = format!("{{ version }} # {}", "x".repeat(1_000));
        let answer = world.post(&long, json!({})).send().await.unwrap();
        assert_eq!(answer.status(), 413);
        assert_eq!(answer.json::<Value>().await.unwrap()["code"], "BODY_TOO_LONG");
    })
    .await;
}

#[tokio::test]
async fn body_of_a_member() {
    let limits = Limits { body_bytes: 1_000, member_body_bytes: 2_000, ..Limits::default() };
    under(limits, async |world| {
        let (user, _) = world.sign_up("nova").await;
        let (_, token) = world.token(user).await;
        let send = async |length: usize| {
            let long = format!("{{ version }} # {}", "x".repeat(length));
            world.post(&long, json!({})).bearer_auth(&token).send().await.unwrap()
        };
        assert_eq!(send(1_500).await.status(), 200);
        let refused = send(2_500).await;
        assert_eq!(refused.status(), 413);
        let refused: Value = refused.json().await.unwrap();
        assert_eq!(refused["detail"], "the body is longer than 2000 bytes");
        assert!(refused["remedy"].as_str().unwrap().contains("addMixFile"), "{refused}");
    })
    .await;
}

#[tokio::test]
async fn time() {
    under(Limits { time: Duration::from_millis(1), ..Limits::default() }, async |world| {
        // Checking a password takes longer than a millisecond on any machine.
        let document =
            r#"mutation { signIn(input: { email: "a@example.com", password: "wrong" }) { userErrors { code } } }"#;
        assert_eq!(code(&world.ask(None, document, json!({})).await), "TIMEOUT");
    })
    .await;
}

#[tokio::test]
async fn a_page_holds_a_hundred_at_most() {
    under(Limits::default(), async |world| {
        let (user, _) = world.sign_up("Ada").await;
        let token = world.token(user).await.1;
        let answer = world.ask(Some(&token), "{ me { signIns(first: 101) { nodes { id } } } }", json!({})).await;
        assert_eq!(code(&answer), "BAD_PAGE");
        assert_eq!(answer["errors"][0]["extensions"]["field"], "first");
    })
    .await;
}
