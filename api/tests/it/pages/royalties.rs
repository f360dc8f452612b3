//! A payee's portal, from a statement's file to the line that they dispute, without an account and without JavaScript.

use chrono::{DateTime, Duration, TimeZone, Utc};
use domain::{
    actor::{Actor, Ctx},
    catalog::{
        Sha256,
        entity::{AssetKind, recording},
    },
    identity::entity::closure,
    ids::{PartyId, PayeeStatementId},
    links::Purpose,
    money::Currency,
    parties::entity as party,
    royalties::{
        commands::{
            imports::{TakeIn, read_import, take_in},
            payees::{Documents, MOST_OPEN, issue_statements, open_portal, record_documents, revoke_portal},
            runs::{Reckon, approve_run, post_run, reckon},
        },
        entity::{ImportState, line_dispute, payee_statement, portal_link},
        queries::payees::{COLUMNS, csv_of, disputed_line, portal_url, statement_document, statement_view},
        rules::Exact,
    },
    share::Share,
    splits::{self, ExecutedSplit, testing::signed_sheet},
};
use reqwest::StatusCode;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};

use super::{
    assert_strict, on_each_database,
    support::{Browser, Shop},
};

const HEADER: &str = "Date Inserted\tReporting Date\tSale Month\tStore\tArtist\tTitle\tISRC\tUPC\tQuantity\tTeam Percentage\tSource Type\tCountry of Sale\tSongwriter Royalties Withheld (EUR)\tEarnings (EUR)\tRecoup (EUR)";

fn line(isrc: &str, store: &str, quantity: &str, earnings: &str) -> String {
    format!(
        "2025-10-05\t2025-10-01\t2025-07\t{store}\tNova\tNight Drive\t{isrc}\t\t{quantity}\t100\tStreaming\tDE\t0\t{earnings}\t0"
    )
}

fn at(year: i32, month: u32) -> DateTime<Utc> {
    Utc.with_ymd_and_hms(year, month, 1, 0, 0, 0).unwrap()
}

/// What was told: to whom, and by which statement.
struct Told {
    parties: [PartyId; 2],
    statements: [PayeeStatementId; 2],
}

/// A recording whose split Nova, with 60 %, and Orson have signed.
async fn signed(shop: &Shop) -> [PartyId; 2] {
    shop.beat("Night Drive", "night-drive", 140_000).await;
    let (env, db) = (&shop.services.env, &shop.services.db);
    let found = recording::Entity::find().one(db).await.unwrap().unwrap();
    let work = found.work_id;
    let coded = recording::ActiveModel { isrc: Set(Some("QZAB12600001".into())), ..found.into_active_model() };
    coded.update(db).await.unwrap();
    let nova = party::Entity::find().filter(party::Column::Name.eq("Nova")).one(db).await.unwrap().unwrap().id;
    let row = party::Model {
        id: env.id(),
        studio_id: shop.studio,
        kind: party::PartyKind::Person,
        name: "Orson".into(),
        legal_name: None,
        email: None,
        ipi: None,
        isni: None,
        created_at: env.now(),
    };
    let orson = row.into_active_model().insert(db).await.unwrap().id;
    let of = |ppm| Share::from_ppm(ppm).unwrap();
    let shares = vec![(nova, of(600_000)), (orson, of(400_000))];
    let split = ExecutedSplit {
        studio: shop.studio,
        work,
        agreement: signed_sheet(db, env, shop.studio, work).await.unwrap(),
        document_sha256: Sha256::of(b"split sheet"),
        effective_at: at(2025, 1),
        composition: shares.clone(),
        master: shares,
    };
    let tx = shop.services.begin().await.unwrap();
    splits::execute(&tx, &shop.services.ctx(Actor::System), &split).await.unwrap();
    tx.commit().await.unwrap();
    [nova, orson]
}

/// Reads a file, reckons and posts its quarter, and issues the statements.
async fn told(shop: &Shop) -> Told {
    let parties = signed(shop).await;
    let (services, owner) = (&shop.services, shop.owner().await);
    let lines = [
        HEADER.to_owned(),
        line("QZAB12600001", "Spotify", "1200", "10.00"),
        line("QZAB12600099", "Spotify", "7", "3.21"),
        line("QZAB12600001", "Tidal <b>", "3", "0.5"),
    ];
    let asset = shop.asset(AssetKind::Statement, "text/plain", (lines.join("\n") + "\n").as_bytes()).await;
    let tx = services.begin().await.unwrap();
    let taken = take_in(&tx, &owner, shop.studio, TakeIn { asset, currency: None }).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(read_import(services, taken.import.id).await.unwrap(), ImportState::Ready);
    let through = "2025-09-30".parse().unwrap();
    let new = Reckon { currency: Currency::EUR, through, request_key: None };
    let run = reckon(services, &owner, shop.studio, new).await.unwrap().id;
    let tx = services.begin().await.unwrap();
    approve_run(&tx, &owner, run).await.unwrap();
    tx.commit().await.unwrap();
    post_run(services, &owner, run).await.unwrap();
    let system = services.ctx(Actor::System);
    let tx = services.begin().await.unwrap();
    let open = issue_statements(&tx, &system, run).await.unwrap();
    tx.commit().await.unwrap();
    for id in open {
        make(shop, &system, id).await;
    }
    let mut statements = Vec::new();
    for party in parties {
        let of = payee_statement::Entity::find().filter(payee_statement::Column::PartyId.eq(party));
        statements.push(of.one(&services.db).await.unwrap().unwrap().id);
    }
    Told { parties, statements: [statements[0], statements[1]] }
}

/// Makes the documents of a statement, as the back office does.
async fn make(shop: &Shop, system: &Ctx, id: PayeeStatementId) {
    let services = &shop.services;
    let document = statement_document(&services.db, id).await.unwrap().unwrap();
    let table = csv_of(&document.view).unwrap();
    let documents = Documents {
        pdf: services.files.put_bytes(services.contracts.royalty_statement(&document).unwrap()).await.unwrap(),
        csv: services.files.put_bytes(table.into()).await.unwrap(),
    };
    let tx = services.begin().await.unwrap();
    record_documents(&tx, system, id, documents).await.unwrap();
    tx.commit().await.unwrap();
}

/// Where a payee's portal is.
async fn portal(shop: &Shop, party: PartyId) -> String {
    let tx = shop.services.begin().await.unwrap();
    let link = open_portal(&tx, &shop.services.ctx(Actor::System), party).await.unwrap();
    tx.commit().await.unwrap();
    let (url, _) = portal_url(&shop.services, link.id);
    url.strip_prefix(&*shop.services.public_url).unwrap().to_owned()
}

#[actix_web::test]
async fn a_payee_sees_their_own_money_down_to_the_line_and_nobody_elses() {
    on_each_database(async |shop| {
        let told = told(shop).await;
        let [nova, orson] = told.statements;
        let browser = Browser::new(&shop.url);
        let page = portal(shop, told.parties[0]).await;
        let list = browser.get(&page).await;
        assert_strict(&list);
        assert_eq!(list.header("cache-control"), "no-store");
        assert!(list.text.contains("Nova, your statements") && list.text.contains("EUR\u{a0}6.30"), "{}", list.text);
        assert!(!list.text.contains(&orson.to_string()) && !list.text.contains("4.20"), "{}", list.text);

        for said in ["Your money in EUR", "Paid to you", "Where your money goes", "does not know yet"] {
            assert!(list.text.contains(said), "{said} in {}", list.text);
        }

        let statement = browser.get(&format!("{page}/{nova}")).await;
        assert_strict(&statement);
        for said in ["EUR\u{a0}6.30 due for payout by this statement", "Night Drive", "1,203 units", "Closing balance"]
        {
            assert!(statement.text.contains(said), "{said} in {}", statement.text);
        }
        assert!(!statement.text.contains("Orson") && !statement.text.contains("4.20"), "{}", statement.text);
        assert!(statement_view(&shop.services.db, nova).await.unwrap().unwrap().statement.seen_at.is_some());
        let pdf = browser.get(&format!("{page}/{nova}/statement.pdf")).await;
        assert_eq!((pdf.status, pdf.header("content-type")), (StatusCode::OK, "application/pdf"));
        let table = browser.get(&format!("{page}/{nova}/statement.csv")).await;
        let mut reader = csv::Reader::from_reader(table.text.as_bytes());
        assert_eq!(reader.headers().unwrap(), COLUMNS.as_slice());
        let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        let amount = |entry: &str| {
            let found = rows.iter().filter(|row| &row[4] == entry).map(|row| row[9].parse::<Exact>().unwrap());
            Exact::sum(found).unwrap().to_string()
        };
        assert_eq!(["share", "closing", "due"].map(amount), ["6.3", "6.3", "6.3"]);

        for others in
            [format!("{page}/{orson}"), format!("{page}/{orson}/statement.pdf"), format!("{page}/{nova}/rec_1")]
        {
            assert_eq!(browser.get(&others).await.status, StatusCode::NOT_FOUND, "{others}");
        }
        let found = recording::Entity::find().one(&shop.services.db).await.unwrap().unwrap();
        let lines = browser.get(&format!("{page}/{nova}/{}", found.id)).await;
        assert_strict(&lines);
        for said in ["July 2025", "1,200 streamed · ", "received EUR\u{a0}10.00", "EUR\u{a0}6.00", "EUR\u{a0}0.30"] {
            assert!(lines.text.contains(said), "{said} in {}", lines.text);
        }
        assert!(!lines.text.contains("3.21") && !lines.text.contains("<b>"), "{}", lines.text);
    })
    .await;
}

#[actix_web::test]
async fn a_line_is_disputed_once_and_only_by_whom_it_pays() {
    on_each_database(async |shop| {
        let told = told(shop).await;
        let browser = Browser::new(&shop.url);
        let page = format!("{}/{}", portal(shop, told.parties[0]).await, told.statements[0]);
        let found = recording::Entity::find().one(&shop.services.db).await.unwrap().unwrap();
        let here = format!("{page}/{}", found.id);
        let lines = browser.get(&here).await;
        let (import, offset, subject) = (lines.hidden("import"), lines.hidden("offset"), lines.hidden("subject"));
        let disputed = format!("{here}#line-{import}-{offset}");
        assert!(lines.text.contains(&format!("id=\"line-{import}-{offset}\"")), "{}", lines.text);
        let form = |offset: &str, words: &str| {
            [("import", import.as_str()), ("offset", offset), ("subject", subject.as_str()), ("words", words)]
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
        };
        let send = async |page: &str, offset: &str, words: &str| {
            let form = form(offset, words);
            let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            browser.post(&format!("{page}/dispute"), &form).await
        };
        let db = &shop.services.db;
        let closed_at = shop.services.env.now();
        let closed = closure::Model { studio_id: shop.studio, closed_at, closed_by: None, reason: None };
        closed.into_active_model().insert(db).await.unwrap();
        let unheard = send(&page, &offset, "Who answers?").await;
        assert_eq!(unheard.status, StatusCode::GONE, "{}", unheard.text);
        assert!(browser.get(&here).await.text.contains("name=\"offset\""), "it is read on");
        closure::Entity::delete_by_id(shop.studio).exec(db).await.unwrap();
        for _ in 0..2 {
            let said = send(&page, &offset, "That was <b>ten times as many.").await;
            let led = (said.status, said.header("location"));
            assert_eq!(led, (StatusCode::SEE_OTHER, disputed.as_str()), "{}", said.text);
        }
        let other = send(&page, &offset, "And another thing.").await;
        assert_eq!(other.status, StatusCode::CONFLICT, "{}", other.text);
        assert_eq!(send(&page, "1", "No line begins here.").await.status, StatusCode::NOT_FOUND);
        assert_eq!(send(&page, &offset, " ").await.status, StatusCode::UNPROCESSABLE_ENTITY);
        let orsons = portal(shop, told.parties[1]).await;
        let foreign = send(&format!("{orsons}/{}", told.statements[0]), &offset, "It is not mine.").await;
        assert_eq!(foreign.status, StatusCode::NOT_FOUND, "{}", foreign.text);
        let rows = line_dispute::Entity::find().all(&shop.services.db).await.unwrap();
        let [row] = &rows[..] else { panic!("{rows:?}") };
        assert_eq!((row.line_number, row.line_offset.to_string()), (2, offset));
        let about = disputed_line(&shop.services, row).await.unwrap();
        let (line, item, currency) = about.expect("it is the payee's");
        let exact = |text: &str| text.parse::<Exact>().unwrap();
        assert_eq!((item.title.as_str(), currency), ("Night Drive", Currency::EUR));
        assert_eq!((line.received, line.part), (exact("10"), exact("6")));
        // What else waits for an answer, so that no more may.
        let second = lines.text.split("name=\"offset\" value=\"").nth(2).unwrap().split('"').next().unwrap();
        for place in 1..MOST_OPEN {
            let at = i64::try_from(place).unwrap() + 1_000_000;
            let waits = line_dispute::Model { id: shop.services.env.id(), line_offset: at, ..row.clone() };
            waits.into_active_model().insert(&shop.services.db).await.unwrap();
        }
        let many = send(&page, second, "And this one, too.").await;
        assert_eq!(many.status, StatusCode::TOO_MANY_REQUESTS, "{}", many.text);
        let seen = browser.get(&here).await;
        assert!(seen.text.contains("waits for an answer") && !seen.text.contains("<b>"), "{}", seen.text);
    })
    .await;
}

#[actix_web::test]
async fn a_link_that_is_forged_expired_or_revoked_opens_nothing() {
    on_each_database(async |shop| {
        let told = told(shop).await;
        let browser = Browser::new(&shop.url);
        let page = portal(shop, told.parties[0]).await;
        assert_eq!(browser.get(&format!("{page}0")).await.status, StatusCode::NOT_FOUND);
        let services = &shop.services;
        let link = portal_link::Entity::find().one(&services.db).await.unwrap().unwrap().id;
        for (purpose, over, status) in
            [(Purpose::Royalties, 1, StatusCode::GONE), (Purpose::Payee, -1, StatusCode::NOT_FOUND)]
        {
            let token = services.links.token(purpose, link, Some(services.env.now() - Duration::days(over)));
            for path in [String::new(), format!("/{}", told.statements[0])] {
                let refused = browser.get(&format!("/royalties/{token}{path}")).await;
                assert_eq!(refused.status, status, "{path}");
                assert_strict(&refused);
            }
            let form = [("import", "x"), ("offset", "0"), ("subject", "x"), ("words", "x")];
            let refused = browser.post(&format!("/royalties/{token}/{}/dispute", told.statements[0]), &form).await;
            assert_eq!(refused.status, status, "{}", refused.text);
        }
        let tx = shop.services.begin().await.unwrap();
        revoke_portal(&tx, &shop.services.ctx(Actor::System), told.parties[0]).await.unwrap();
        tx.commit().await.unwrap();
        for path in
            [String::new(), format!("/{}", told.statements[0]), format!("/{}/statement.csv", told.statements[0])]
        {
            let gone = browser.get(&format!("{page}{path}")).await;
            assert_eq!(gone.status, StatusCode::NOT_FOUND, "{path}");
            assert!(gone.text.contains("The studio has taken this link back"), "{}", gone.text);
            assert_strict(&gone);
        }
    })
    .await;
}
