//! A quote and its invoices as a client meets them by mailed links, without an account and without JavaScript.

use chrono::Duration;
use domain::{
    actor::Actor,
    clients::entity::{self as clients, ClientStage},
    identity::entity::studio,
    ids::{ClientId, InvoiceId, PartyId, ProjectId},
    invoices::{
        commands::{self, BillTo, QuoteDraft},
        entity::{QuoteState, invoice, quote},
        queries,
        rules::{lines::NewLine, standing::InvoiceState},
    },
    links::Purpose,
    money::{Currency, Money},
    parties::entity as party,
    production::entity::project::{self, ProjectKind, ProjectState},
    share::Share,
};
use reqwest::StatusCode;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, IntoActiveModel};

use super::{
    assert_strict, on_each_database,
    support::{Browser, Shop},
};

/// A project of a client.
async fn project(shop: &Shop) -> ProjectId {
    let (env, db) = (&shop.services.env, &shop.services.db);
    let addressed = studio::ActiveModel {
        id: Set(shop.studio),
        address: Set(Some("Hafenweg 1\n20457 Hamburg".into())),
        ..Default::default()
    };
    addressed.update(db).await.unwrap();
    let (party_id, client, id): (PartyId, ClientId, ProjectId) = (env.id(), env.id(), env.id());
    let row = party::Model {
        id: party_id,
        studio_id: shop.studio,
        kind: party::PartyKind::Person,
        name: "Ada Lovelace".into(),
        legal_name: None,
        email: Some("ada@example.com".parse().unwrap()),
        ipi: None,
        isni: None,
        created_at: env.now(),
    };
    row.into_active_model().insert(db).await.unwrap();
    let row = clients::Model {
        id: client,
        studio_id: shop.studio,
        party_id,
        stage: ClientStage::Talking,
        stage_since: env.now(),
        created_at: env.now(),
    };
    row.into_active_model().insert(db).await.unwrap();
    let row = project::Model {
        id,
        studio_id: shop.studio,
        client_id: Some(client),
        kind: ProjectKind::Record,
        state: ProjectState::Planned,
        title: "Night Drive".into(),
        created_at: env.now(),
    };
    row.into_active_model().insert(db).await.unwrap();
    id
}

fn draft(shop: &Shop, minor: i64) -> QuoteDraft {
    QuoteDraft {
        title: "Mix of <b>Night Drive".into(),
        client: BillTo { address: "Kanalstraße 5\n80538 München".into(), ..BillTo::default() },
        currency: Currency::EUR,
        lines: vec![NewLine {
            what: "Mixing".into(),
            quantity_milli: 2_500,
            unit: Money::new(minor, Currency::EUR),
            recoupable: true,
        }],
        valid_until: shop.services.env.now() + Duration::days(14),
        deposit: Share::from_ppm(500_000).unwrap(),
        milestones: Vec::new(),
        late_fee: None,
        reverse_charge: false,
        requires_agreement: false,
        notes: "Two rounds of changes.".into(),
    }
}

/// A quote of 1,000 euros that waits for its answer, and its page.
async fn sent(shop: &Shop) -> (quote::Model, String) {
    let owner = shop.owner().await;
    let project = project(shop).await;
    let quote = commands::create_quote(&shop.services, &owner, project, &draft(shop, 40_000)).await.unwrap();
    let tx = shop.services.begin().await.unwrap();
    let quote = commands::send_quote(&tx, &owner, quote.id).await.unwrap();
    tx.commit().await.unwrap();
    let page = format!("/quotes/{}", shop.services.links.token(Purpose::Quote, quote.id, None));
    (quote, page)
}

async fn state(shop: &Shop, quote: &quote::Model) -> QuoteState {
    quote::Entity::find_by_id(quote.id).one(&shop.services.db).await.unwrap().unwrap().state
}

#[actix_web::test]
async fn a_quote_is_read_and_accepted_and_its_deposit_paid() {
    on_each_database(async |shop| {
        let (quote, page) = sent(shop).await;
        let browser = Browser::new(&shop.url);
        let read = browser.get(&page).await;
        assert_strict(&read);
        for said in [
            "Nova Sound quotes EUR\u{a0}1,000.00",
            "2.5 × EUR\u{a0}400.00",
            "recoupable",
            "Invoiced when you accept",
            "EUR\u{a0}500.00",
        ] {
            assert!(read.text.contains(said), "{said} in {}", read.text);
        }
        assert!(!read.text.contains("<b>Night"), "what is typed stays text");
        assert_eq!(read.header("cache-control"), "no-store");
        assert_eq!(state(shop, &quote).await, QuoteState::Sent, "looking at it answers nothing");

        let version = read.hidden("version");
        let accept = |version, name| [("act", "accept"), ("version", version), ("name", name)];
        let nameless = browser.post(&page, &accept(version.as_str(), " ")).await;
        assert_eq!(nameless.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(nameless.text.contains("aria-invalid") && nameless.text.contains("Accept EUR\u{a0}1,000.00"));
        let other = browser.post(&page, &accept("7", "Ada Lovelace")).await;
        assert_eq!(other.status, StatusCode::CONFLICT);
        assert!(
            other.text.contains("changed since") && other.text.contains("value=\"Ada Lovelace\""),
            "{}",
            other.text
        );
        let odd = browser.post(&page, &[("act", "shrug"), ("version", &version)]).await;
        assert_eq!(odd.status, StatusCode::UNPROCESSABLE_ENTITY);
        for _ in 0..2 {
            let accepted = browser.post(&page, &accept(version.as_str(), "Ada Lovelace")).await;
            assert_eq!((accepted.status, accepted.header("location")), (StatusCode::SEE_OTHER, page.as_str()));
        }
        let done = browser.get(&page).await;
        assert_strict(&done);
        assert!(done.text.contains("You have accepted") && done.text.contains("Accepted by Ada Lovelace"));
        assert!(!done.text.contains(" action=\""), "{}", done.text);

        let deposit = invoice::Entity::find().one(&shop.services.db).await.unwrap().unwrap();
        let page = queries::invoice_url(&shop.services, deposit.id);
        assert!(done.text.contains(&page) && done.text.contains(&deposit.reference), "{}", done.text);
        let asked = browser.get(&page).await;
        assert_strict(&asked);
        assert!(
            asked.text.contains("EUR\u{a0}500.00 to pay") && asked.text.contains("Pay EUR\u{a0}500.00"),
            "{}",
            asked.text
        );
        let printed = browser.get(&format!("{page}/invoice.pdf")).await;
        assert_eq!((printed.status, printed.header("content-type")), (StatusCode::OK, "application/pdf"));
        assert!(printed.header("content-disposition").contains(&deposit.reference));

        let led = browser.post(&format!("{page}/pay"), &[]).await;
        assert_eq!(led.status, StatusCode::SEE_OTHER, "{}", led.text);
        let card = [("card", "4242 4242 4242 4242"), ("outcome", "pay")];
        let paid = browser.post(led.header("location"), &card).await;
        assert_eq!(paid.header("location"), page, "back to the invoice");
        // The event has not been sent: coming back settles it.
        let thanks = browser.get(&page).await;
        assert_strict(&thanks);
        assert!(thanks.text.contains("nothing is owed") && !thanks.text.contains(" action=\""), "{}", thanks.text);
        let standings = queries::standings(&shop.services.db, std::slice::from_ref(&deposit)).await.unwrap();
        assert_eq!(standings[&deposit.id].state(), InvoiceState::Paid);
        let again = browser.post(&format!("{page}/pay"), &[]).await;
        assert!(page.ends_with(again.header("location")) && again.status == StatusCode::SEE_OTHER, "nothing to pay");
    })
    .await;
}

#[actix_web::test]
async fn a_quote_is_declined_with_a_reason() {
    on_each_database(async |shop| {
        let (quote, page) = sent(shop).await;
        let browser = Browser::new(&shop.url);
        let version = browser.get(&page).await.hidden("version");
        let decline = |reason| [("act", "decline"), ("version", version.as_str()), ("reason", reason)];
        let mute = browser.post(&page, &decline(" ")).await;
        assert_eq!(mute.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(state(shop, &quote).await, QuoteState::Sent);
        assert_eq!(browser.post(&page, &decline("Too <i>dear")).await.status, StatusCode::SEE_OTHER);
        let done = browser.get(&page).await;
        assert_strict(&done);
        assert!(done.text.contains("You have declined") && !done.text.contains("<i>dear"), "{}", done.text);
        assert_eq!(state(shop, &quote).await, QuoteState::Declined);
        let late = browser.post(&page, &[("act", "accept"), ("version", &version), ("name", "Ada")]).await;
        assert_eq!(late.status, StatusCode::CONFLICT);
    })
    .await;
}

#[actix_web::test]
async fn a_quote_that_is_ended_says_why_and_what_stays() {
    on_each_database(async |shop| {
        let (quote, page) = sent(shop).await;
        let browser = Browser::new(&shop.url);
        let version = browser.get(&page).await.hidden("version");
        let accept = [("act", "accept"), ("version", version.as_str()), ("name", "Ada Lovelace")];
        assert_eq!(browser.post(&page, &accept).await.status, StatusCode::SEE_OTHER);
        let tx = shop.services.begin().await.unwrap();
        commands::end_quote(&tx, &shop.services.ctx(Actor::System), quote.id, "We <i>part").await.unwrap();
        shop.services.commit(tx).await.unwrap();
        let ended = browser.get(&page).await;
        assert_strict(&ended);
        assert!(ended.text.contains("has ended this quote") && !ended.text.contains("<i>part"), "{}", ended.text);
        assert!(ended.text.contains("Invoiced no more") && ended.text.contains("to be paid"), "{}", ended.text);
        let again = browser.post(&page, &accept).await;
        assert_eq!(again.status, StatusCode::CONFLICT);
    })
    .await;
}

#[actix_web::test]
async fn links_of_other_things_open_nothing() {
    on_each_database(async |shop| {
        let (quote, _) = sent(shop).await;
        let browser = Browser::new(&shop.url);
        let (links, unknown): (_, InvoiceId) = (&shop.services.links, shop.services.env.id());
        for path in [
            format!("/quotes/{}", links.token(Purpose::Invoice, quote.id, None)),
            format!("/invoices/{}", links.token(Purpose::Quote, quote.id, None)),
            format!("/invoices/{}", links.token(Purpose::Invoice, unknown, None)),
            format!("/invoices/{}/invoice.pdf", links.token(Purpose::Invoice, unknown, None)),
        ] {
            let refused = browser.get(&path).await;
            assert_eq!(refused.status, StatusCode::NOT_FOUND, "{path}");
            assert_strict(&refused);
        }
        let pay = format!("/invoices/{}/pay", links.token(Purpose::Invoice, unknown, None));
        assert_eq!(browser.post(&pay, &[]).await.status, StatusCode::NOT_FOUND);
    })
    .await;
}
