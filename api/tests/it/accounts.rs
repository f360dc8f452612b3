//! Accounts from outside: nobody learns who has one.

use domain::identity::entity::studio;
use sea_orm::{ActiveModelTrait, ActiveValue::Set};
use serde_json::{Value, json};

use crate::support::{PASSWORD, World, on_each_database};

const SIGN_UP: &str = "mutation($email: String!) {
    signUp(input: { name: \"Somebody\", email: $email, password: \"a long sentence\", studioName: \"Beats\" }) {
        message userErrors { field code message remedy } } }";

async fn sign_in(world: &World, email: &str, password: &str) -> Value {
    let document = "mutation($email: String!, $password: String!) {
        signIn(input: { email: $email, password: $password, transport: ANSWER }) {
            session { me { name studios { name myRole } } tokens { accessToken } } userErrors { field code message remedy } } }";
    world.ask(None, document, json!({ "email": email, "password": password })).await["data"]["signIn"].clone()
}

#[tokio::test]
async fn a_known_address_answers_as_an_unknown_one() {
    on_each_database(async |world| {
        world.sign_up("Ada").await;
        let known = world.ask(None, SIGN_UP, json!({ "email": "ADA@example.com" })).await;
        let unknown = world.ask(None, SIGN_UP, json!({ "email": "bob@example.com" })).await;
        assert_eq!(known, unknown);
        let reset = "mutation($email: String!) { requestPasswordReset(email: $email) { message userErrors { code } } }";
        let known = world.ask(None, reset, json!({ "email": "ada@example.com" })).await;
        let unknown = world.ask(None, reset, json!({ "email": "carol@example.com" })).await;
        assert_eq!(known, unknown);
        let wrong = sign_in(world, "ada@example.com", "wrong password").await;
        let nobody = sign_in(world, "carol@example.com", "wrong password").await;
        assert_eq!(wrong, nobody);
        assert_eq!(wrong["userErrors"][0]["code"], "WRONG_CREDENTIALS");
    })
    .await;
}

#[tokio::test]
async fn whoever_signs_up_can_sign_in_and_owns_a_studio() {
    on_each_database(async |world| {
        let answer = world.ask(None, SIGN_UP, json!({ "email": "bob@example.com" })).await;
        assert_eq!(answer["data"]["signUp"]["userErrors"], json!([]));
        let signed_in = sign_in(world, "bob@example.com", "a long sentence").await;
        assert_eq!(signed_in["userErrors"], json!([]));
        assert_eq!(signed_in["session"]["me"]["name"], "Somebody");
        let token = signed_in["session"]["tokens"]["accessToken"].as_str().unwrap();
        let me = world.ask(Some(token), "{ me { emailVerified studios { name myRole slug } } }", json!({})).await;
        let studio = json!({ "name": "Beats", "myRole": "OWNER" });
        let found = &me["data"]["me"]["studios"][0];
        assert_eq!((&found["name"], &found["myRole"]), (&studio["name"], &studio["myRole"]));
        // `beats` is a word of the program's own.
        assert!(found["slug"].as_str().unwrap().starts_with("beats-"), "{found}");
    })
    .await;
}

#[tokio::test]
async fn a_bad_input_is_named_by_field_and_remedy() {
    on_each_database(async |world| {
        let document = "mutation($input: SignUpInput!) { signUp(input: $input) { userErrors { field code remedy } } }";
        let base = json!({ "name": "Ada", "email": "ada@example.com", "password": PASSWORD, "studioName": "Beats" });
        for (field, value, code) in [
            ("name", " ", "BAD_TEXT"),
            ("studioName", "", "BAD_TEXT"),
            ("email", "ada", "BAD_EMAIL"),
            ("password", "short", "BAD_PASSWORD"),
            ("password", "Password 123", "BAD_PASSWORD"),
            ("password", "ada@example.com 1815", "BAD_PASSWORD"),
            ("currency", "EURO", "UNKNOWN_CURRENCY"),
        ] {
            let mut input = base.clone();
            input[field] = json!(value);
            let answer = world.ask(None, document, json!({ "input": input })).await;
            let error = &answer["data"]["signUp"]["userErrors"][0];
            assert_eq!((&error["field"], &error["code"]), (&json!(field), &json!(code)), "{answer}");
        }
        let token = {
            let (user, _) = world.sign_up("Ada").await;
            world.token(user).await.1
        };
        let answer = world.ask(Some(&token), r#"{ studio(id: "beat_0123") { id } }"#, json!({})).await;
        let extensions = &answer["errors"][0]["extensions"];
        assert_eq!((&extensions["code"], &extensions["field"]), (&json!("BAD_ID"), &json!("id")));
    })
    .await;
}

#[tokio::test]
async fn a_name_that_contracts_cannot_show_holds_up_no_change_of_something_else() {
    on_each_database(async |world| {
        let (owner, id) = world.sign_up("Ada").await;
        // From before it was asked for.
        let row = studio::ActiveModel { id: Set(id), name: Set("Beats 🔥".to_owned()), ..Default::default() };
        row.update(&world.services.db).await.unwrap();
        let token = world.token(owner).await.1;
        let document = "mutation($studio: ID!, $name: String!) { updateStudio(input: { studio: $studio, name: $name,
            contactEmail: \"desk@example.com\", governingLaw: \"Austria\" }) {
            studio { name contactEmail } userErrors { field code } } }";
        let update = async |name: &str| {
            let asked = json!({ "studio": id.to_string(), "name": name });
            world.ask(Some(&token), document, asked).await["data"]["updateStudio"].clone()
        };
        let other = update("Beats 🎹").await;
        assert_eq!(other["userErrors"], json!([{ "field": "name", "code": "ILLEGIBLE" }]));
        let same = update("Beats 🔥 ").await;
        assert_eq!(same["studio"], json!({ "name": "Beats 🔥", "contactEmail": "desk@example.com" }), "{same}");
    })
    .await;
}

#[tokio::test]
async fn an_owner_reads_what_was_done_and_by_whom() {
    on_each_database(async |world| {
        let (owner, id) = world.sign_up("Ada").await;
        let token = world.token(owner).await.1;
        let ask = async |document: &str| world.ask(Some(&token), document, json!({ "studio": id.to_string() })).await;
        let set = "mutation($studio: ID!) { setPayoutTerms(input: { studio: $studio, holdDays: 3 }) { userErrors { code } } }";
        assert_eq!(ask(set).await["data"]["setPayoutTerms"]["userErrors"], json!([]));
        let acts = ask("query($studio: ID!) { studioActs(studio: $studio, first: 1, kinds: [HOLD_DAYS_SET, ROLE_CHANGED]) {
            nodes { kind userId apiKeyId byName subject subjectName changes { field new } } } }");
        let expected = json!({
            "kind": "HOLD_DAYS_SET", "userId": owner.to_string(), "apiKeyId": null, "byName": "Ada", "subject": null,
            "subjectName": null, "changes": [{ "field": "holdDays", "new": "3" }],
        });
        assert_eq!(acts.await["data"]["studioActs"]["nodes"], json!([expected]));
        let none = "query($studio: ID!) { studioActs(studio: $studio, kinds: [ROLE_CHANGED]) { nodes { id } } }";
        assert_eq!(ask(none).await["data"]["studioActs"]["nodes"], json!([]));
    })
    .await;
}
