//! The sandbox gateway's server over HTTP, as any client of Stripe meets it.

use serde_json::{Value, json};

use crate::sandbox_world::{GOOD, MANUAL, World};

#[actix_web::test]
async fn what_is_held_is_captured_in_part_and_the_rest_let_go() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::start(folder.path()).await;
    let payment = world.paid("5000", GOOD, &MANUAL).await;
    let held = world.intent(&payment).await;
    assert_eq!((held["status"].as_str(), held["amount_capturable"].as_i64()), (Some("requires_capture"), Some(5_000)));
    assert_eq!(held["latest_charge"]["captured"], false);
    assert_eq!(held["latest_charge"]["balance_transaction"], Value::Null);
    let capture = format!("payment_intents/{payment}/capture");
    assert_eq!(world.refused(&capture, &[("amount_to_capture", "5001")]).await, (400, "amount_too_large".into()));
    let refund = [("payment_intent", payment.as_str())];
    assert_eq!(world.refused("refunds", &refund).await.1, "payment_intent_unexpected_state");

    let captured = world.post(&capture, &[("amount_to_capture", "3000")]).await;
    assert_eq!((captured["status"].as_str(), captured["amount_received"].as_i64()), (Some("succeeded"), Some(3_000)));
    let charge = world.intent(&payment).await["latest_charge"].clone();
    assert_eq!((charge["amount_captured"].as_i64(), charge["amount_refunded"].as_i64()), (Some(3_000), Some(0)));
    assert_eq!(charge["balance_transaction"]["fee"], 67, "42 + 25");
    let refunds = world.get(&format!("refunds?payment_intent={payment}")).await;
    assert_eq!(refunds["data"], json!([]), "what is let go is no refund");
    assert_eq!(world.try_post("refunds", &[refund[0], ("amount", "3001")]).await.0, 400, "only 3000 were collected");
    assert_eq!(world.refused(&capture, &[]).await, (400, "payment_intent_unexpected_state".into()));
    let kinds = world.kinds().await;
    for kind in ["payment_intent.amount_capturable_updated", "checkout.session.completed", "payment_intent.succeeded"] {
        assert!(kinds.iter().any(|one| one == kind), "{kind}: {kinds:?}");
    }
    assert!(!kinds.iter().any(|kind| kind.contains("refund")), "{kinds:?}");
    let given_back = world.post("refunds", &refund).await;
    assert_eq!((given_back["amount"].as_i64(), given_back["status"].as_str()), (Some(3_000), Some("succeeded")));
    assert_eq!(world.intent(&payment).await["latest_charge"]["refunded"], true);
    world.stop().await;
}

#[actix_web::test]
async fn what_is_held_is_cancelled_or_lapses_after_seven_days() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::start(folder.path()).await;
    let (first, second) = (world.paid("5000", GOOD, &MANUAL).await, world.paid("5000", GOOD, &MANUAL).await);
    let cancel = format!("payment_intents/{first}/cancel");
    assert_eq!(world.try_post(&cancel, &[("cancellation_reason", "boredom")]).await.0, 400);
    let cancelled = world.post(&cancel, &[("cancellation_reason", "abandoned")]).await;
    assert_eq!((cancelled["status"].as_str(), cancelled["amount_capturable"].as_i64()), (Some("canceled"), Some(0)));
    assert_eq!(world.refused(&cancel, &[]).await.1, "payment_intent_unexpected_state");

    world.control("clock", &[("advance_s", "604800")]).await;
    let lapsed = world.refused(&format!("payment_intents/{second}/capture"), &[]).await;
    assert_eq!(lapsed, (400, "payment_intent_unexpected_state".into()));
    let lapsed = world.intent(&second).await;
    assert_eq!(
        (lapsed["status"].as_str(), lapsed["cancellation_reason"].as_str()),
        (Some("canceled"), Some("expired"))
    );
    for payment in [&first, &second] {
        let charge = world.intent(payment).await["latest_charge"].clone();
        assert_eq!((charge["refunded"].as_bool(), charge["amount_captured"].as_i64()), (Some(false), Some(0)));
        assert_eq!(world.get(&format!("refunds?payment_intent={payment}")).await["data"], json!([]));
    }
    let kinds = world.kinds().await;
    assert_eq!(kinds.iter().filter(|kind| *kind == "charge.expired").count(), 1, "{kinds:?}");
    assert!(!kinds.iter().any(|kind| kind.contains("refund")), "{kinds:?}");
    world.stop().await;
}

#[actix_web::test]
async fn the_cards_do_what_they_say() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::start(folder.path()).await;
    let session = world.checkout("5000", "eur", &[]).await;
    let page = world.http.get(session["url"].as_str().unwrap()).send().await.unwrap().text().await.unwrap();
    assert!(page.contains("4000 0027 6000 3184") && page.contains("debit"), "{page}");
    for (card, code, decline_code) in [
        ("4000 0000 0000 0002", "card_declined", json!("generic_decline")),
        ("4000 0000 0000 9995", "card_declined", json!("insufficient_funds")),
    ] {
        assert_eq!(world.pay(&session, &[("card", card)]).await.0, 402);
        let session =
            world.get(&format!("checkout/sessions/{}?expand[]=payment_intent", session["id"].as_str().unwrap())).await;
        let error = &session["payment_intent"]["last_payment_error"];
        assert_eq!((error["code"].as_str(), &error["decline_code"]), (Some(code), &decline_code));
        assert_eq!(session["status"], "open");
    }
    for no_card in ["4111 1111 1111 1111", "", "💥"] {
        assert_eq!(world.pay(&session, &[("card", no_card)]).await.0, 402, "{no_card}");
    }

    let (status, challenge) = world.pay(&session, &[("card", "4000002760003184")]).await;
    assert!(status == 303 && challenge.ends_with("/approve"), "{status} {challenge}");
    let challenge = challenge.strip_prefix("/sandbox").unwrap().to_owned();
    let page = world.http.get(format!("{}/sandbox{challenge}", world.url)).send().await.unwrap().text().await.unwrap();
    assert!(page.contains("EUR 50.00") && page.contains("3184"), "{page}");
    assert_eq!(world.submit(&challenge, &[("answer", "refuse")]).await.0, 402);
    assert_eq!(world.pay(&session, &[("card", "4000002760003184")]).await.0, 303);
    let approved = world.submit(&challenge, &[("answer", "approve")]).await;
    assert_eq!(approved, (303, "https://shop.example/thanks".into()));
    assert_eq!(world.submit(&challenge, &[("answer", "refuse")]).await, approved, "it is paid");

    let disputed = world.paid("5000", "4000 0000 0000 0259", &[]).await;
    let disputes = world.get(&format!("disputes?payment_intent={disputed}")).await;
    assert_eq!(
        (disputes["data"][0]["status"].as_str(), disputes["data"][0]["amount"].as_i64()),
        (Some("needs_response"), Some(5_000))
    );
    world.stop().await;
}

#[actix_web::test]
async fn a_debit_arrives_or_fails_later() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::start(folder.path()).await;
    let (arrives, fails) = (world.checkout("5000", "eur", &[]).await, world.checkout("5000", "eur", &[]).await);
    assert_eq!(world.pay(&arrives, &[("debit", "succeeds")]).await.0, 303);
    assert_eq!(world.pay(&fails, &[("debit", "fails")]).await.0, 303);
    let path = |session: &Value| {
        format!("checkout/sessions/{}?expand[]=payment_intent.latest_charge", session["id"].as_str().unwrap())
    };
    let waiting = world.get(&path(&arrives)).await;
    assert_eq!((waiting["status"].as_str(), waiting["payment_status"].as_str()), (Some("complete"), Some("unpaid")));
    assert_eq!(waiting["payment_intent"]["status"], "processing");
    assert_eq!(waiting["payment_intent"]["latest_charge"]["status"], "pending");

    world.control("clock", &[("advance_s", "180")]).await;
    let (arrived, failed) = (world.get(&path(&arrives)).await, world.get(&path(&fails)).await);
    assert_eq!((arrived["payment_status"].as_str(), failed["payment_status"].as_str()), (Some("paid"), Some("unpaid")));
    assert_eq!(failed["payment_intent"]["status"], "requires_payment_method");
    assert_eq!(failed["payment_intent"]["latest_charge"]["status"], "failed");
    let cancel = format!("payment_intents/{}/cancel", failed["payment_intent"]["id"].as_str().unwrap());
    assert_eq!(
        world.refused(&cancel, &[]).await,
        (400, "payment_intent_unexpected_state".into()),
        "of a checkout nothing is cancelled but what is held"
    );
    let kinds = world.kinds().await;
    for kind in [
        "checkout.session.async_payment_succeeded",
        "checkout.session.async_payment_failed",
        "payment_intent.processing",
    ] {
        assert!(kinds.iter().any(|one| one == kind), "{kind}: {kinds:?}");
    }
    // What takes days cannot be held, and what has no debit is offered none.
    let held = world.checkout("5000", "eur", &MANUAL).await;
    assert_eq!(held["payment_method_types"], json!(["card"]));
    assert_eq!(world.pay(&held, &[("debit", "succeeds")]).await.0, 400);
    assert_eq!(world.checkout("5000", "chf", &[]).await["payment_method_types"], json!(["card"]));
    world.stop().await;
}

#[actix_web::test]
async fn amounts_follow_stripes_rules_for_each_currency() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::start(folder.path()).await;
    let attempt = async |amount: &str, currency: &str| {
        let form = [
            ("mode", "payment"),
            ("success_url", "https://shop.example/"),
            ("line_items[0][quantity]", "1"),
            ("line_items[0][price_data][currency]", currency),
            ("line_items[0][price_data][unit_amount]", amount),
            ("line_items[0][price_data][product_data][name]", "x"),
        ];
        world.refused("checkout/sessions", &form).await
    };
    for (amount, currency, status, code) in [
        ("49", "eur", 400, "amount_too_small"),
        ("50", "eur", 200, ""),
        ("49", "jpy", 400, "amount_too_small"),
        ("50", "jpy", 200, ""),
        ("12345", "bhd", 400, "invalid_charge_amount"),
        ("12340", "bhd", 200, ""),
        ("12345", "isk", 400, "invalid_charge_amount"),
        ("12300", "isk", 200, ""),
        ("0", "eur", 200, ""),
        ("100000000", "eur", 400, "parameter_invalid_integer"),
    ] {
        assert_eq!(attempt(amount, currency).await, (status, code.to_owned()), "{amount} {currency}");
    }
    world.stop().await;
}

#[actix_web::test]
async fn refunds_keep_the_fee_and_can_fail() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::start(folder.path()).await;
    let payment = world.paid("4999", GOOD, &[]).await;
    let form = [
        ("payment_intent", payment.as_str()),
        ("amount", "1000"),
        ("reason", "requested_by_customer"),
        ("metadata[key]", "refund:1"),
        ("expand[]", "balance_transaction"),
    ];
    let refund = world.post("refunds", &form).await;
    assert_eq!((refund["status"].as_str(), refund["metadata"]["key"].as_str()), (Some("succeeded"), Some("refund:1")));
    let moved = &refund["balance_transaction"];
    assert_eq!(
        (moved["amount"].as_i64(), moved["fee"].as_i64(), moved["net"].as_i64()),
        (Some(-1_000), Some(0), Some(-1_000))
    );

    world.control("fail-refund", &[("refund", refund["id"].as_str().unwrap())]).await;
    let failed = world.get(&format!("refunds/{}", refund["id"].as_str().unwrap())).await;
    assert_eq!(
        (failed["status"].as_str(), failed["failure_reason"].as_str()),
        (Some("failed"), Some("lost_or_stolen_card"))
    );
    let charge = world.intent(&payment).await["latest_charge"].clone();
    assert_eq!(charge["amount_refunded"], 0);

    // The dashboard gives all of it back, and then there is nothing left.
    world.control("refund", &[("payment", &payment)]).await;
    let again = world.refused("refunds", &[("charge", charge["id"].as_str().unwrap())]).await;
    assert_eq!(again, (400, "charge_already_refunded".into()));
    let kinds = world.kinds().await;
    for kind in ["refund.created", "refund.updated", "refund.failed", "charge.refunded"] {
        assert!(kinds.iter().any(|one| one == kind), "{kind}: {kinds:?}");
    }
    assert_eq!(world.refused("refunds", &[("payment_intent", "pi_nope")]).await, (400, "resource_missing".into()));
    world.stop().await;
}

#[actix_web::test]
async fn a_dispute_takes_the_money_and_gives_it_back_if_it_is_won() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::start(folder.path()).await;
    let payment = world.paid("5000", GOOD, &[]).await;
    let dispute = world.control("dispute", &[("payment", &payment), ("amount", "2000")]).await;
    let id = dispute["id"].as_str().unwrap();
    let withdrawn = &dispute["balance_transactions"][0];
    assert_eq!((withdrawn["amount"].as_i64(), withdrawn["fee"].as_i64()), (Some(-2_000), Some(1_500)));
    assert_eq!(world.intent(&payment).await["latest_charge"]["disputed"], true);
    assert_eq!(world.refused("refunds", &[("payment_intent", &payment)]).await.1, "charge_disputed");

    let path = format!("disputes/{id}");
    let staged = world.post(&path, &[("evidence[customer_name]", "A. Buyer"), ("submit", "false")]).await;
    assert_eq!(staged["status"], "needs_response");
    assert_eq!(world.refused(&path, &[("evidence[mood]", "x")]).await.1, "parameter_unknown");
    let submitted = world.post(&path, &[("evidence[access_activity_log]", "2026-11-23 download")]).await;
    assert_eq!(
        (submitted["status"].as_str(), submitted["evidence"]["customer_name"].as_str()),
        (Some("under_review"), Some("A. Buyer"))
    );
    assert_eq!(world.try_post(&path, &[("evidence[customer_name]", "B")]).await.0, 400, "evidence is submitted once");
    let won = world.control("close-dispute", &[("dispute", id), ("outcome", "won")]).await;
    let net: i64 = won["balance_transactions"].as_array().unwrap().iter().map(|one| one["net"].as_i64().unwrap()).sum();
    assert_eq!((won["status"].as_str(), net), (Some("won"), 0));

    let asked = world.paid("5000", GOOD, &[]).await;
    let inquiry = world.control("dispute", &[("payment", &asked), ("inquiry", "true")]).await;
    assert_eq!(
        (inquiry["status"].as_str(), &inquiry["balance_transactions"]),
        (Some("warning_needs_response"), &json!([]))
    );
    let id = inquiry["id"].as_str().unwrap();
    assert_eq!(world.control("escalate", &[("dispute", id)]).await["status"], "needs_response");
    assert_eq!(
        world.post(&format!("disputes/{id}"), &[("evidence[uncategorized_text]", "losing_evidence")]).await["status"],
        "lost"
    );
    let kinds = world.kinds().await;
    for kind in ["created", "updated", "closed", "funds_withdrawn", "funds_reinstated"] {
        assert!(kinds.iter().any(|one| *one == format!("charge.dispute.{kind}")), "{kind}: {kinds:?}");
    }
    world.stop().await;
}

#[actix_web::test]
async fn money_goes_to_payees_who_can_receive_it_and_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::start(folder.path()).await;
    let account = world.account("new").await;
    let link = world
        .post(
            "account_links",
            &[
                ("account", &account),
                ("type", "account_onboarding"),
                ("return_url", "https://shop.example/back"),
                ("refresh_url", "https://shop.example/again"),
            ],
        )
        .await;
    let transfer = |amount: &'static str| {
        [("amount", amount), ("currency", "eur"), ("destination", account.as_str()), ("transfer_group", "LL-1")]
    };
    world.paid("10000", GOOD, &[("payment_intent_data[transfer_group]", "LL-1")]).await;
    assert_eq!(world.refused("transfers", &transfer("1000")).await.1, "insufficient_capabilities_for_transfer");

    let page = link["url"].as_str().unwrap().strip_prefix(&format!("{}/sandbox", world.url)).unwrap().to_owned();
    assert_eq!(world.http.get(link["url"].as_str().unwrap()).send().await.unwrap().status(), 200);
    assert_eq!(world.submit(&page, &[("outcome", "complete")]).await, (303, "https://shop.example/back".into()));
    assert_eq!(world.submit(&page, &[("outcome", "reject")]).await, (303, "https://shop.example/again".into()));
    let read = world.get(&format!("accounts/{account}")).await;
    assert_eq!(
        (read["payouts_enabled"].as_bool(), read["capabilities"]["transfers"].as_str()),
        (Some(true), Some("active"))
    );

    // 100.00 less the fee of 1.65.
    assert_eq!(world.refused("transfers", &transfer("9836")).await, (400, "balance_insufficient".into()));
    world.control("transfers", &[("fail", "true")]).await;
    assert_eq!(world.refused("transfers", &transfer("1000")).await.1, "transfers_not_allowed");
    world.control("transfers", &[("fail", "false")]).await;
    let sent = world.post("transfers", &transfer("9835")).await;
    assert_eq!(world.refused("transfers", &transfer("1")).await.1, "balance_insufficient");

    let reversals = format!("transfers/{}/reversals", sent["id"].as_str().unwrap());
    let back = world.post(&reversals, &[("amount", "835"), ("metadata[key]", "back:1")]).await;
    assert_eq!((back["object"].as_str(), back["amount"].as_i64()), (Some("transfer_reversal"), Some(835)));
    assert_eq!(world.try_post(&reversals, &[("amount", "9001")]).await.0, 400);
    assert_eq!(world.get(&reversals).await["data"].as_array().unwrap().len(), 1);
    let listed = world.get(&format!("transfers?transfer_group=LL-1&destination={account}")).await;
    assert_eq!(
        (listed["data"][0]["amount_reversed"].as_i64(), listed["data"][0]["reversed"].as_bool()),
        (Some(835), Some(false))
    );

    // From a charge, money is sent before it is available, and no more than the charge carries.
    world.control("settlement", &[("wait_s", "86400")]).await;
    let payment_2 = world.paid("5000", GOOD, &[]).await;
    let charge = world.intent(&payment_2).await["latest_charge"]["id"].as_str().unwrap().to_owned();
    let from = |amount: &'static str| {
        [
            ("amount", amount),
            ("currency", "eur"),
            ("destination", account.as_str()),
            ("source_transaction", charge.as_str()),
        ]
    };
    assert_eq!(world.try_post("transfers", &from("5001")).await.0, 400);
    let sent = world.post("transfers", &from("4000")).await;
    assert_eq!(sent["transfer_group"].as_str(), Some(format!("group_{payment_2}").as_str()));
    assert_eq!(world.try_post("transfers", &from("1001")).await.0, 400, "no more than is left of it");
    let nobody = [("amount", "100"), ("currency", "eur"), ("destination", "acct_nope")];
    assert_eq!(world.refused("transfers", &nobody).await, (400, "resource_missing".into()));
    world.stop().await;
}

#[actix_web::test]
async fn lists_are_read_page_by_page_in_both_directions() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::start(folder.path()).await;
    let mut made = Vec::new();
    for _ in 0..5 {
        made.push(world.account("new").await);
    }
    made.reverse();
    let ids = |list: &Value| -> Vec<String> {
        list["data"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect()
    };
    let first = world.get("accounts?limit=2").await;
    assert_eq!((ids(&first), first["has_more"].as_bool()), (made[..2].to_vec(), Some(true)));
    assert_eq!((first["object"].as_str(), first["url"].as_str()), (Some("list"), Some("/v1/accounts")));
    let rest = world.get(&format!("accounts?limit=3&starting_after={}", made[1])).await;
    assert_eq!((ids(&rest), rest["has_more"].as_bool()), (made[2..].to_vec(), Some(false)));
    let before = world.get(&format!("accounts?limit=2&ending_before={}", made[3])).await;
    assert_eq!((ids(&before), before["has_more"].as_bool()), (made[1..3].to_vec(), Some(true)));
    for bad in ["limit=0", "limit=101", "limit=x", "starting_after=acct_nope", "starting_after=a&ending_before=b"] {
        let (status, _) = world.answer(world.http.get(format!("{}/sandbox/v1/accounts?{bad}", world.url))).await;
        assert_eq!(status, 400, "{bad}");
    }

    world.paid("5000", GOOD, &[]).await;
    world.control("clock", &[("advance_s", "100")]).await;
    world.paid("5000", GOOD, &[]).await;
    let later = world.env.now().timestamp() + 100;
    let late = world.get(&format!("events?type=checkout.session.completed&created[gte]={later}")).await;
    assert_eq!(late["data"].as_array().unwrap().len(), 1);
    let two = world.get("events?types[]=checkout.session.completed&types[]=payment_intent.succeeded").await;
    assert_eq!(two["data"].as_array().unwrap().len(), 4);
    world.control("clock", &[("advance_s", "2592001")]).await;
    assert_eq!(world.get("events").await["data"].as_array().unwrap().len(), 0, "events are listed for 30 days");
    world.stop().await;
}

#[actix_web::test]
async fn a_key_replays_refusals_too_for_a_day() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::start(folder.path()).await;
    let payment = world.paid("5000", GOOD, &[]).await;
    let refund = async |amount: &str| {
        let form = [("payment_intent", payment.as_str()), ("amount", amount)];
        let request = world.http.post(format!("{}/sandbox/v1/refunds", world.url)).form(&form);
        let request = request.header("Idempotency-Key", "refund:1").bearer_auth(world.keys.secret_key());
        let response = request.send().await.unwrap();
        (response.status().as_u16(), response.headers().contains_key("idempotent-replayed"))
    };
    assert_eq!(refund("6000").await, (400, false));
    assert_eq!(refund("6000").await, (400, true));
    assert_eq!(refund("1000").await, (400, false), "the same key with another request");
    let form = [("payment_intent", payment.as_str()), ("expand[]", "mood")];
    assert_eq!(world.try_post("refunds", &form).await.0, 400);
    assert_eq!(world.intent(&payment).await["latest_charge"]["amount_refunded"], 0, "what is refused changes nothing");
    world.control("clock", &[("advance_s", "86400")]).await;
    assert_eq!(refund("1000").await, (200, false), "the key was forgotten");
    world.stop().await;
}

#[actix_web::test]
async fn a_payment_is_made_without_a_checkout() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::start(folder.path()).await;
    let made = world.post("payment_intents", &[("amount", "700"), ("currency", "eur")]).await;
    assert_eq!(made["status"], "requires_payment_method");
    let confirm = format!("payment_intents/{}/confirm", made["id"].as_str().unwrap());
    let (status, declined) = world.try_post(&confirm, &[("payment_method", "pm_card_chargeDeclined")]).await;
    assert_eq!((status, declined["error"]["code"].as_str()), (402, Some("card_declined")));
    assert_eq!(declined["error"]["payment_intent"]["id"], made["id"]);
    let tried = world.intent(made["id"].as_str().unwrap()).await;
    assert_eq!(tried["last_payment_error"]["decline_code"], "generic_decline", "that it was tried is kept");
    let paid = world.post(&confirm, &[("payment_method", "pm_card_visa")]).await;
    assert_eq!((paid["status"].as_str(), paid["amount_received"].as_i64()), (Some("succeeded"), Some(700)));
    let again = world.refused(&confirm, &[("payment_method", "pm_card_visa")]).await;
    assert_eq!(again, (400, "payment_intent_unexpected_state".into()));

    let now = [("payment_method", "pm_card_visa"), ("confirm", "true"), ("capture_method", "manual")];
    let held = world.post("payment_intents", &[&[("amount", "900"), ("currency", "eur")][..], &now].concat()).await;
    assert_eq!((held["status"].as_str(), held["amount_capturable"].as_i64()), (Some("requires_capture"), Some(900)));
    let of_checkout = world.paid("5000", GOOD, &MANUAL).await;
    let confirm = format!("payment_intents/{of_checkout}/confirm");
    assert_eq!(world.refused(&confirm, &[("payment_method", "pm_card_visa")]).await.0, 400, "its page pays it");
    for (form, code) in [
        (vec![("amount", "10"), ("currency", "eur")], "amount_too_small"),
        (vec![("currency", "eur")], "parameter_missing"),
    ] {
        assert_eq!(world.refused("payment_intents", &form).await, (400, code.into()));
    }
    world.stop().await;
}
