//! What a sign-in alone is not enough for, and a second step of signing in, from outside.

use chrono::Duration;
use domain::{identity::totp, ids::SignInId};
use serde_json::{Value, json};

use crate::support::{PASSWORD, on_each_database};

const SIGN_IN: &str = "mutation($password: String!, $code: String) {
    signIn(input: { email: \"nova@example.com\", password: $password, code: $code, transport: ANSWER }) {
        session { tokens { accessToken } } userErrors { field code } } }";
const STEP_UP: &str = "mutation($password: String!, $code: String) {
    stepUp(password: $password, code: $code) { provedUntil userErrors { field code } } }";

/// The code of the one error of an answer.
fn code_of(answer: &Value) -> &Value {
    &answer["errors"][0]["extensions"]["code"]
}

#[tokio::test]
async fn money_leaves_for_who_has_proved_themselves_of_late() {
    on_each_database(async |world| {
        let (owner, studio) = world.sign_up("Nova").await;
        let member = world.add_member(studio, domain::actor::Role::Manager, "mia").await;
        let token = world.token(owner).await.1;
        let ask = async |document: &str| {
            let mut variables = json!({});
            for (name, id) in [("studio", studio.to_string()), ("user", member.to_string())] {
                if document.contains(&format!("${name}:")) {
                    variables[name] = json!(id);
                }
            }
            world.ask(Some(&token), document, variables).await
        };
        let guarded = [
            "mutation($studio: ID!) { exportPayouts(input: { studio: $studio, executeOn: \"2026-11-24\" }) { userErrors { code } } }",
            "mutation($studio: ID!, $user: ID!) { setApprovalLimit(studio: $studio, user: $user,
                limit: { minor: 1000, currency: \"EUR\" }) { userErrors { code } } }",
            "mutation($studio: ID!) { inviteMember(studio: $studio, email: \"eve@example.com\", role: OWNER) { userErrors { code } } }",
            "mutation($studio: ID!, $user: ID!) { changeMemberRole(studio: $studio, user: $user, role: MANAGER) { userErrors { code } } }",
            "mutation($studio: ID!) { createApiKey(studio: $studio, name: \"shop\", scopes: [CATALOG_READ]) { userErrors { code } } }",
            "mutation { setUpSecondFactor { setUp { secret } userErrors { code } } }",
            "mutation { beginPasskey { ceremony { id } userErrors { code } } }",
        ];
        for document in guarded {
            let answer = ask(document).await;
            assert_eq!(answer.get("errors"), None, "whoever has just signed in is asked nothing: {answer}");
        }
        world.clock.advance(Duration::minutes(10));
        for document in guarded {
            let answer = ask(document).await;
            assert_eq!(code_of(&answer), "STEP_UP_REQUIRED", "{answer}");
            assert!(answer["errors"][0]["extensions"]["remedy"].as_str().unwrap().contains("stepUp"), "{answer}");
        }
        let wrong = world.ask(Some(&token), STEP_UP, json!({ "password": "another horse" })).await;
        let refused = json!([{ "field": "password", "code": "WRONG_PASSWORD" }]);
        assert_eq!(wrong["data"]["stepUp"]["userErrors"], refused);
        assert_eq!(code_of(&ask(guarded[0]).await), "STEP_UP_REQUIRED");
        let proved = world.ask(Some(&token), STEP_UP, json!({ "password": PASSWORD })).await;
        assert_eq!(proved["data"]["stepUp"]["userErrors"], json!([]), "{proved}");
        for document in guarded {
            assert_eq!(ask(document).await.get("errors"), None);
        }
    })
    .await;
}

#[tokio::test]
async fn payouts_of_each_kind_ask_for_proof() {
    on_each_database(async |world| {
        let (owner, studio) = world.sign_up("Nova").await;
        let token = world.token(owner).await.1;
        world.clock.advance(Duration::minutes(11));
        let env = &world.services.env;
        let (party, payout, run): (domain::ids::PartyId, domain::ids::PayoutId, domain::ids::RoyaltyRunId) =
            (env.id(), env.id(), env.id());
        let own = format!("studio: \"{studio}\", party: \"{party}\"");
        for mutation in [
            format!("requestPayout(input: {{ {own}, currency: \"EUR\" }})"),
            format!("retryPayout(id: \"{payout}\")"),
            format!(
                "setPayeeBank(input: {{ {own}, scheme: SEPA, holder: \"N\", account: \"DE89370400440532013000\" }})"
            ),
            format!("resetPayee(input: {{ {own}, country: \"DE\" }})"),
            format!("removeMember(studio: \"{studio}\", user: \"{}\")", env.id::<domain::ids::UserId>()),
            format!("approveRoyaltyRun(id: \"{run}\")"),
            format!("payRoyalties(run: \"{run}\")"),
            format!("closeStudio(studio: \"{studio}\", name: \"N\")"),
            format!("removePasskey(id: \"{}\")", env.id::<domain::ids::PasskeyId>()),
            format!("revokeSignIn(id: \"{}\")", env.id::<SignInId>()),
            "revokeOtherSignIns".to_owned(),
            format!(
                "addPasskey(ceremony: \"{}\", name: \"N\", credential: {{}})",
                env.id::<domain::ids::PasskeyCeremonyId>()
            ),
        ] {
            let document = format!("mutation {{ {mutation} {{ userErrors {{ code }} }} }}");
            let answer = world.ask(Some(&token), &document, json!({})).await;
            assert_eq!(code_of(&answer), "STEP_UP_REQUIRED", "{mutation}: {answer}");
            let nobody = world.ask(None, &document, json!({})).await;
            assert_eq!(code_of(&nobody), "UNAUTHENTICATED", "{mutation}: {nobody}");
        }
    })
    .await;
}

/// The bytes of a secret in base 32.
fn bytes_of(secret: &str) -> Vec<u8> {
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let (mut bytes, mut word, mut bits) = (Vec::new(), 0_usize, 0_u32);
    for digit in secret.chars() {
        word = ((word << 5) | alphabet.find(digit).unwrap()) & 0xfff;
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from((word >> bits) & 0xff).unwrap());
        }
    }
    bytes
}

#[tokio::test]
async fn a_second_factor_is_set_up_asked_for_and_turned_off() {
    on_each_database(async |world| {
        let (owner, _) = world.sign_up("Nova").await;
        let token = world.token(owner).await.1;
        let ask = async |document: &str, variables: Value| world.ask(Some(&token), document, variables).await;
        let made = ask("mutation { setUpSecondFactor { setUp { secret uri qrPath qrSize } } }", json!({})).await;
        let made = &made["data"]["setUpSecondFactor"]["setUp"];
        let secret = bytes_of(made["secret"].as_str().unwrap());
        assert!(made["uri"].as_str().unwrap().starts_with("otpauth://totp/Ledgerline:nova%40example.com?secret="));
        assert!(made["qrPath"].as_str().unwrap().starts_with("M0 0h7v1H0z"));
        assert!(made["qrSize"].as_i64().unwrap() >= 21);
        let shown = || totp::code_at(&secret, totp::step_of(world.services.env.now()));
        let confirm =
            "mutation($code: String!) { confirmSecondFactor(code: $code) { recoveryCodes userErrors { code } } }";
        let codes = ask(confirm, json!({ "code": shown() })).await;
        let codes = codes["data"]["confirmSecondFactor"]["recoveryCodes"].as_array().unwrap().clone();
        assert_eq!(codes.len(), 10);
        let read = "{ me { secondFactor { recoveryCodesLeft } } }";
        let left = async || ask(read, json!({})).await["data"]["me"]["secondFactor"].clone();
        assert_eq!(left().await, json!({ "recoveryCodesLeft": 10 }));
        world.clock.advance(Duration::seconds(totp::STEP_SECONDS));

        let sign_in = async |code: Option<&str>| {
            let variables = json!({ "password": PASSWORD, "code": code });
            world.ask(None, SIGN_IN, variables).await["data"]["signIn"].clone()
        };
        let needed = json!([{ "field": "code", "code": "SECOND_FACTOR_REQUIRED" }]);
        assert_eq!(sign_in(None).await["userErrors"], needed);
        assert_eq!(sign_in(Some("none")).await["userErrors"][0]["code"], "WRONG_CODE");
        assert_eq!(sign_in(Some(shown().as_str())).await["userErrors"], json!([]));
        assert_eq!(sign_in(Some(shown().as_str())).await["userErrors"][0]["code"], "WRONG_CODE");
        assert_eq!(sign_in(codes[0].as_str()).await["userErrors"], json!([]));
        assert_eq!(left().await, json!({ "recoveryCodesLeft": 9 }));

        let step = ask(STEP_UP, json!({ "password": PASSWORD })).await;
        assert_eq!(step["data"]["stepUp"]["userErrors"], needed);
        let off = "mutation($password: String!, $code: String!) {
            turnOffSecondFactor(password: $password, code: $code) { turnedOff userErrors { code } } }";
        let done = ask(off, json!({ "password": PASSWORD, "code": codes[1] })).await;
        assert_eq!(done["data"]["turnOffSecondFactor"]["turnedOff"], true, "{done}");
        assert_eq!(sign_in(None).await["userErrors"], json!([]));
        assert_eq!(left().await, Value::Null);
    })
    .await;
}

#[tokio::test]
async fn a_person_sees_their_devices_and_ends_them() {
    on_each_database(async |world| {
        let (owner, _) = world.sign_up("Nova").await;
        let ((_, token), (others, other), (third, _)) =
            (world.token(owner).await, world.token(owner).await, world.token(owner).await);
        let browser = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
        let signed_in = world.post(SIGN_IN, json!({ "password": PASSWORD })).header("user-agent", browser).send().await;
        let signed_in: Value = signed_in.unwrap().json().await.unwrap();
        assert_eq!(signed_in["data"]["signIn"]["userErrors"], json!([]));
        let read = "{ me { signIns { nodes { program system isThisOne } } } }";
        let devices = async |token: &str| world.ask(Some(token), read, json!({})).await;
        let listed = devices(&token).await["data"]["me"]["signIns"]["nodes"].clone();
        let device = |program: Value, system: Value, own: bool| {
            json!({ "program": program, "system": system, "isThisOne": own })
        };
        let listed = listed.as_array().unwrap();
        assert_eq!(listed.len(), 4);
        assert!(listed.contains(&device(json!("Firefox"), json!("Linux"), false)), "{listed:?}");
        assert!(listed.contains(&device(Value::Null, Value::Null, true)), "{listed:?}");
        let change = "mutation { changePassword(current: \"another horse\", new: \"a wholly new sentence\") {
            changed userErrors { field code } } }";
        let wrong = world.ask(Some(&token), change, json!({})).await;
        let refused = json!([{ "field": "current", "code": "WRONG_PASSWORD" }]);
        assert_eq!(wrong["data"]["changePassword"]["userErrors"], refused);
        let change = "mutation($current: String!) { changePassword(current: $current, new: \"Password 123\") {
            changed userErrors { field code message } } }";
        let common = world.ask(Some(&token), change, json!({ "current": PASSWORD })).await;
        let error = &common["data"]["changePassword"]["userErrors"][0];
        assert_eq!((&error["field"], &error["code"]), (&json!("new"), &json!("BAD_PASSWORD")), "{common}");
        assert!(error["message"].as_str().is_some_and(|said| said.contains("most common")), "{common}");

        // Whoever finds an open browser ends none but that.
        world.clock.advance(Duration::minutes(11));
        let end = async |token: &str, id: SignInId| {
            let document = "mutation($id: ID!) { revokeSignIn(id: $id) { signIn { id } userErrors { code } } }";
            world.ask(Some(token), document, json!({ "id": id.to_string() })).await
        };
        let end_others = async || world.ask(Some(&token), "mutation { revokeOtherSignIns { ended } }", json!({})).await;
        assert_eq!(code_of(&end(&token, third).await), "STEP_UP_REQUIRED");
        assert_eq!(code_of(&end_others().await), "STEP_UP_REQUIRED");
        assert_eq!(end(&other, others).await["data"]["revokeSignIn"]["userErrors"], json!([]));
        assert_eq!(devices(&other).await["code"], "SIGN_IN_ENDED");
        let proved = world.ask(Some(&token), STEP_UP, json!({ "password": PASSWORD })).await;
        assert_eq!(proved["data"]["stepUp"]["userErrors"], json!([]), "{proved}");
        assert_eq!(end(&token, third).await["data"]["revokeSignIn"]["signIn"]["id"], third.to_string());
        assert_eq!(end_others().await["data"]["revokeOtherSignIns"]["ended"], 1);
        assert_eq!(devices(&token).await["data"]["me"]["signIns"]["nodes"].as_array().unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn an_account_is_closed_by_who_has_proved_themselves_and_opens_no_more() {
    on_each_database(async |world| {
        let (owner, studio) = world.sign_up("Nova").await;
        let (token, other) = (world.token(owner).await.1, world.token(owner).await.1);
        world.clock.advance(Duration::minutes(11));
        let close = async |email: &str| {
            let document = "mutation($email: String!) {
                closeAccount(email: $email) { closed userErrors { field code message } } }";
            world.ask(Some(&token), document, json!({ "email": email })).await
        };
        assert_eq!(code_of(&close("nova@example.com").await), "STEP_UP_REQUIRED");
        let proved = world.ask(Some(&token), STEP_UP, json!({ "password": PASSWORD })).await;
        assert_eq!(proved["data"]["stepUp"]["userErrors"], json!([]), "{proved}");
        let refused = async |email: &str| close(email).await["data"]["closeAccount"]["userErrors"][0].clone();
        for (email, code) in [("nova", "BAD_EMAIL"), ("mia@example.com", "OTHER_ADDRESS")] {
            let error = refused(email).await;
            assert_eq!((&error["field"], &error["code"]), (&json!("email"), &json!(code)), "{error}");
        }
        let alone = refused("nova@example.com").await;
        assert_eq!(alone["code"], "ONLY_OWNER");
        assert!(alone["message"].as_str().is_some_and(|said| said.contains("Nova Studio")), "{alone}");

        let mia = world.add_member(studio, domain::actor::Role::Owner, "mia").await;
        let closed = close("Nova@example.com").await;
        assert_eq!(closed["data"]["closeAccount"], json!({ "closed": true, "userErrors": [] }), "{closed}");
        for token in [&token, &other] {
            let answer = world.ask(Some(token), "{ me { id } }", json!({})).await;
            assert_eq!(answer["code"], "SIGN_IN_ENDED", "{answer}");
        }
        let again = world.ask(None, SIGN_IN, json!({ "password": PASSWORD })).await;
        assert_eq!(again["data"]["signIn"]["userErrors"], json!([{ "field": null, "code": "WRONG_CREDENTIALS" }]));
        let document = "query($studio: ID!) { studio(id: $studio) { members { nodes { name email } } } }";
        let left = world.ask(Some(&world.token(mia).await.1), document, json!({ "studio": studio.to_string() })).await;
        let members = json!([{ "name": "mia", "email": "mia@example.com" }]);
        assert_eq!(left["data"]["studio"]["members"]["nodes"], members, "{left}");
    })
    .await;
}
