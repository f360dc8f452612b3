//! A review as a browser without JavaScript meets it: heard, commented on, settled and decided, by a link that may end.

use std::{
    net::TcpListener,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use domain::{
    actor::Actor,
    catalog::{
        Sha256,
        entity::{AssetKind, AssetState, asset},
    },
    env::{Env, testing},
    links::Purpose,
    money::{Currency, Money},
    ports::Scanner,
    reviews::{
        commands::revoke_reviewer,
        entity::{StepAct, comment, extra, step},
        queries::find_approval,
        rules::{LINK_LIFE, Terms},
    },
};
use reqwest::StatusCode;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};

use super::{
    on_each_database,
    support::{Browser, Seen, Shop},
};
use crate::{catalog::uploads::scanner, mixes::desk::Desk};

const WAV: &[u8] = b"RIFF\x24\x00\x00\x00WAVEfmt \x10\x00\x00\x00";

fn terms(rounds: i32) -> Terms {
    Terms { rounds, extra_price: Some(Money::new(5_000, Currency::EUR)), sign_off_days: Some(7) }
}

/// What every page promises, and this one is kept by nobody.
fn assert_strict(seen: &Seen) {
    super::assert_strict(seen);
    assert_eq!(seen.header("cache-control"), "no-store");
}

#[actix_web::test]
async fn versions_are_heard_side_by_side_and_commented_on() {
    on_each_database(async |shop| {
        let desk = Desk::open(&shop.services, shop.studio).await;
        let song = desk.song("Night <i>Drive", 1).await;
        let review = desk.review(song, terms(3)).await;
        let page = desk.page(desk.invite(review, "Ada", true).await);
        desk.invite(review, "Bob <b>", false).await;
        let browser = Browser::new(&shop.url);
        let early = browser.get(&page).await;
        assert_strict(&early);
        assert!(early.text.contains("There is nothing to hear yet") && !early.text.contains("<audio"));
        let version = desk.version(song, b"first", -14_000).await;
        desk.send(version.id).await;
        let waiting = browser.get(&page).await;
        assert!(waiting.text.contains("It is being made ready") && !waiting.text.contains("<audio"));
        desk.level(version.id, 0, &[7; 5_000]).await;
        let heard = browser.get(&page).await;
        assert_strict(&heard);
        for told in
            ["Version 1 is here to be heard", "Round 1 of 3", "Your word decides.", "<path d=\"M2 ", "Night Album"]
        {
            assert!(heard.text.contains(told), "{told} in {}", heard.text);
        }
        for raw in ["<i>", "<up>", "<b>"] {
            assert!(!heard.text.contains(raw), "{raw} in {}", heard.text);
        }

        let comments = format!("{page}/comments");
        let say = async |from: &str, to: &str, words: &str| {
            let fields = [("version", "1"), ("from", from), ("to", to), ("words", words)];
            browser.post_parts(&comments, &fields, None).await
        };
        let said = say("0:12.5", "0:15", "Snare <b>down").await;
        assert_eq!(said.status, StatusCode::SEE_OTHER, "{}", said.text);
        let (address, id) = said.header("location").split_once('#').unwrap();
        let shown = browser.get(address).await;
        assert_strict(&shown);
        assert!(shown.text.contains("0:12.5–0:15") && !shown.text.contains("<b>"), "{}", shown.text);
        assert!(shown.text.contains("class=\"mark range\" x=\"100.0\" y=\"0\" width=\"20.0\""), "{}", shown.text);
        for (from, to, words, why) in [
            ("1:00", "", "Louder", "The version ends at 1:00."),
            ("0:59", "1:01", "Louder", "The version ends at 1:00."),
            ("0:09", "0:05", "Louder", "A range ends behind its beginning."),
            ("-1", "", "Louder", "This is no place in a song."),
            ("", "0:05", "Louder", "A range has a beginning."),
            ("0:05", "", " ", "Nothing is said."),
        ] {
            let refused = say(from, to, words).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{from} {to}");
            assert!(refused.text.contains(why) && refused.text.contains("aria-invalid"), "{why} in {}", refused.text);
            assert!(refused.text.contains(&format!("value=\"{from}\"")), "{}", refused.text);
        }
        let unknown = browser.post_parts(&comments, &[("version", "9"), ("words", "Louder")], None).await;
        assert_eq!(unknown.status, StatusCode::NOT_FOUND);

        let answer = [("version", "1"), ("parent", id), ("words", "Which one?")];
        let answered = browser.post_parts(&comments, &answer, None).await;
        assert_eq!(answered.header("location"), said.header("location"));
        let settled = browser.post(&format!("{page}/settled"), &[("comment", id), ("settled", "true")]).await;
        assert_eq!(settled.header("location"), said.header("location"), "{}", settled.text);
        let shown = browser.get(address).await;
        assert!(shown.text.contains("Which one?") && shown.text.contains("Not settled after all"), "{}", shown.text);
        let foreign = browser.post_from("https://evil.example", &format!("{page}/settled"), &[("comment", id)]).await;
        assert_eq!(foreign.status, StatusCode::FORBIDDEN);

        // What is said later of an earlier place stands before it.
        say("0:02", "", "Kick up").await;
        let shown = browser.get(address).await;
        let place = |words: &str| shown.text.find(words).unwrap();
        assert!(place("Kick up") < place("Which one?"), "{}", shown.text);
    })
    .await;
}

#[actix_web::test]
async fn a_voice_note_is_checked_like_any_upload_and_heard_when_it_was() {
    on_each_database(async |shop| {
        let desk = Desk::open(&shop.services, shop.studio).await;
        let song = desk.song("Night Drive", 1).await;
        let review = desk.review(song, terms(3)).await;
        let page = desk.page(desk.invite(review, "Ada", true).await);
        desk.send(desk.version(song, b"first", -14_000).await.id).await;
        let browser = Browser::new(&shop.url);
        let comments = format!("{page}/comments");
        let speak = async |name: &str, bytes: Vec<u8>| {
            let fields = [("version", "1"), ("from", "0:10"), ("to", ""), ("words", "")];
            browser.post_parts(&comments, &fields, Some(("voice", name, bytes))).await
        };
        let text = speak("note.wav", b"<html>".to_vec()).await;
        assert_eq!(text.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", text.text);
        let mut long = WAV.to_vec();
        long.resize(8 * 1024 * 1024 + 1, 0);
        let long = speak("note.wav", long).await;
        assert_eq!(long.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(long.text.contains("role=\"alert\""), "{}", long.text);
        assert!(comment::Entity::find().one(&shop.services.db).await.unwrap().is_none());
        let none = browser.post_parts(&comments, &[("version", "1"), ("words", "")], Some(("voice", "", vec![]))).await;
        assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY, "nothing was chosen, and nothing said");

        let beyond = [WAV, b"beyond"].concat();
        let fields = [("version", "1"), ("from", "1:00"), ("words", "")];
        let refused = browser.post_parts(&comments, &fields, Some(("voice", "note.wav", beyond.clone()))).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.text);
        let is_kept = shop.services.files.exists(&Sha256::of(&beyond)).await.unwrap();
        assert!(!is_kept, "nothing that was refused stays behind");

        let said = speak("note.wav", WAV.to_vec()).await;
        assert_eq!(said.status, StatusCode::SEE_OTHER, "{}", said.text);
        let (address, id) = said.header("location").split_once('#').unwrap();
        assert!(browser.get(address).await.text.contains("The voice note is being looked through."));
        let voice = format!("{page}/voice/{id}");
        assert_eq!(browser.get(&voice).await.status, StatusCode::CONFLICT);
        let kept = asset::Entity::find().filter(asset::Column::Kind.eq(AssetKind::VoiceNote));
        let kept = kept.one(&shop.services.db).await.unwrap().unwrap();
        let mut row = kept.into_active_model();
        row.state = Set(AssetState::Ready);
        row.update(&shop.services.db).await.unwrap();
        assert!(browser.get(address).await.text.contains(&format!("src=\"{voice}\"")));
        let heard = browser.get(&voice).await;
        assert_eq!((heard.status, heard.header("content-type")), (StatusCode::OK, "audio/wav"));
        // Another review's link does not open it.
        let other = desk.song("Slow Tide", 2).await;
        let other = desk.review(other, terms(1)).await;
        let eve = desk.page(desk.invite(other, "Eve", true).await);
        assert_eq!(browser.get(&format!("{eve}/voice/{id}")).await.status, StatusCode::NOT_FOUND);
        let settled = browser.post(&format!("{eve}/settled"), &[("comment", id), ("settled", "true")]).await;
        assert_eq!(settled.status, StatusCode::NOT_FOUND);
    })
    .await;
}

#[actix_web::test]
async fn a_voice_note_is_scanned_before_it_is_kept() {
    for database in migrations::testing::databases().await {
        eprintln!("on {}", database.name);
        let away = Arc::new(AtomicBool::new(false));
        let scanner: Arc<dyn Scanner> = Arc::new(scanner(away.clone()).await);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let shop = Shop::open_beside(&database, listener, Env::system(), Some(scanner)).await;
        let desk = Desk::open(&shop.services, shop.studio).await;
        let song = desk.song("Night Drive", 1).await;
        let review = desk.review(song, terms(3)).await;
        let page = desk.page(desk.invite(review, "Ada", true).await);
        desk.send(desk.version(song, b"first", -14_000).await.id).await;
        let browser = Browser::new(&shop.url);
        let comments = format!("{page}/comments");
        let speak = async |bytes: &[u8]| {
            let fields = [("version", "1"), ("from", "0:10"), ("to", ""), ("words", "")];
            browser.post_parts(&comments, &fields, Some(("voice", "note.wav", bytes.to_vec()))).await
        };
        let infected = [WAV, b"EICAR"].concat();
        let refused = speak(&infected).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.text);
        assert!(refused.text.contains("Eicar-Signature"), "{}", refused.text);
        away.store(true, Ordering::SeqCst);
        let unseen = speak(WAV).await;
        assert_eq!(unseen.status, StatusCode::SERVICE_UNAVAILABLE, "{}", unseen.text);
        for bytes in [&infected[..], WAV] {
            assert!(!shop.services.files.exists(&Sha256::of(bytes)).await.unwrap());
        }
        assert!(comment::Entity::find().one(&shop.services.db).await.unwrap().is_none());
        away.store(false, Ordering::SeqCst);
        let said = speak(WAV).await;
        assert_eq!(said.status, StatusCode::SEE_OTHER, "{}", said.text);
        shop.close(database).await;
    }
}

#[actix_web::test]
async fn rounds_are_decided_by_whose_word_counts() {
    on_each_database(async |shop| {
        let desk = Desk::open(&shop.services, shop.studio).await;
        let song = desk.song("Night Drive", 1).await;
        let review = desk.review(song, terms(2)).await;
        let (ada, bob) = (desk.invite(review, "Ada", true).await, desk.invite(review, "Bob", false).await);
        let (ada, bob) = (desk.page(ada), desk.page(bob));
        let (first, second) =
            (desk.version(song, b"first", -14_000).await, desk.version(song, b"second", -16_500).await);
        desk.send(first.id).await;
        let browser = Browser::new(&shop.url);
        let decide =
            async |page: &str, fields: &[(&str, &str)]| browser.post(&format!("{page}/decision"), fields).await;
        let odd = decide(&ada, &[("verdict", "maybe"), ("version", "1")]).await;
        assert_eq!(odd.status, StatusCode::UNPROCESSABLE_ENTITY);
        let opinion = decide(&bob, &[("verdict", "approve"), ("version", "1")]).await;
        assert_eq!(opinion.status, StatusCode::SEE_OTHER);
        let open = browser.get(&ada).await.text;
        assert!(open.contains("would approve this version") && open.contains("Approve version 1"), "{open}");
        let revision = [("verdict", "revise"), ("version", "1"), ("words", "Less <b>reverb")];
        assert_eq!(decide(&ada, &revision).await.status, StatusCode::SEE_OTHER);
        assert!(browser.get(&ada).await.text.contains("Version 1 is being revised"));
        let again = decide(&ada, &revision).await;
        assert_eq!(again.status, StatusCode::CONFLICT);
        assert!(again.text.contains("A revision of version 1 was asked for already."), "{}", again.text);

        desk.send(second.id).await;
        desk.level(first.id, -2_500, &[1; 500]).await;
        desk.level(second.id, 0, &[2; 500]).await;
        let both = browser.get(&ada).await;
        assert_strict(&both);
        assert!(both.text.contains("Round 2 of 2") && both.text.contains("turned down by 2.5 dB"), "{}", both.text);
        assert_eq!(both.text.matches("<audio controls").count(), 2, "side by side");
        let old = decide(&ada, &[("verdict", "approve"), ("version", "1")]).await;
        assert_eq!(old.status, StatusCode::CONFLICT);
        let why = "Version 1 is not under review any more: version 2 is the latest.";
        assert!(old.text.contains(why), "{}", old.text);

        assert!(both.text.contains("I agree to an extra round for EUR\u{a0}50.00"), "{}", both.text);
        let beyond = [("verdict", "revise"), ("version", "2"), ("words", "Once more")];
        let refused = decide(&ada, &beyond).await;
        assert_eq!(refused.status, StatusCode::CONFLICT);
        assert!(refused.text.contains("All 2 rounds are used") && refused.text.contains("Once more</textarea>"));
        let agreeing =
            |minor| [&beyond[..], &[("agree", "yes"), ("seen_minor", minor), ("seen_currency", "EUR")]].concat();
        assert_eq!(decide(&ada, &agreeing("100")).await.status, StatusCode::CONFLICT, "that is not what it costs");
        assert_eq!(both.hidden("seen_minor"), "5000");
        assert_eq!(decide(&ada, &agreeing("5000")).await.status, StatusCode::SEE_OTHER);
        assert!(extra::Entity::find().one(&shop.services.db).await.unwrap().unwrap().ip.is_some());

        let third = desk.version(song, b"third", -14_000).await;
        desk.send(third.id).await;
        assert!(browser.get(&ada).await.text.contains("Round 3 of 3"));
        assert_eq!(decide(&ada, &[("verdict", "approve"), ("version", "3")]).await.status, StatusCode::SEE_OTHER);
        let done = browser.get(&bob).await;
        assert_strict(&done);
        assert!(done.text.contains("Version 3 is approved") && done.text.contains("Ada approved it on"));
        assert!(!done.text.contains("name=\"verdict\""));
        let approval = find_approval(&shop.services.db, song).await.unwrap().unwrap();
        assert_eq!(approval.version_id, third.id);
        let signed = step::Entity::find().filter(step::Column::Act.eq(StepAct::Approved));
        assert!(signed.one(&shop.services.db).await.unwrap().unwrap().ip.is_some(), "with where it came from");
    })
    .await;
}

#[actix_web::test]
async fn what_is_heard_is_sent_in_parts_to_whoever_holds_the_link() {
    on_each_database(async |shop| {
        let desk = Desk::open(&shop.services, shop.studio).await;
        let song = desk.song("Night Drive", 1).await;
        let review = desk.review(song, terms(3)).await;
        let page = desk.page(desk.invite(review, "Ada", true).await);
        let version = desk.version(song, b"first", -14_000).await;
        desk.send(version.id).await;
        let browser = Browser::new(&shop.url);
        let audio = format!("{page}/versions/1.mp3");
        assert_eq!(browser.get(&audio).await.status, StatusCode::CONFLICT, "it is still rendered");
        desk.level(version.id, 0, &[7; 5_000]).await;
        let whole = browser.get(&audio).await;
        assert_eq!(whole.status, StatusCode::OK);
        assert_eq!(
            (whole.header("content-type"), whole.header("cache-control"), whole.header("content-length")),
            ("audio/mpeg", "private, no-store", "5000")
        );
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let part = client.get(format!("{}{audio}", shop.url)).header("Range", "bytes=1000-1999").send().await.unwrap();
        assert_eq!(part.status(), StatusCode::PARTIAL_CONTENT);
        assert_eq!(part.headers()["content-range"], "bytes 1000-1999/5000");
        assert_eq!(part.bytes().await.unwrap().len(), 1_000);
        assert_eq!(browser.get(&format!("{page}/versions/2.mp3")).await.status, StatusCode::NOT_FOUND);
        assert_eq!(browser.get("/review/x/versions/1.mp3").await.status, StatusCode::NOT_FOUND);
    })
    .await;
}

#[actix_web::test]
async fn a_link_that_is_strange_revoked_or_over_opens_nothing() {
    for database in migrations::testing::databases().await {
        let (env, clock) = testing::env(7);
        let shop = Shop::open_in(&database, TcpListener::bind("127.0.0.1:0").unwrap(), env).await;
        let desk = Desk::open(&shop.services, shop.studio).await;
        let song = desk.song("Night Drive", 1).await;
        let review = desk.review(song, terms(3)).await;
        let (ada, bob) = (desk.invite(review, "Ada", true).await, desk.invite(review, "Bob", false).await);
        let version = desk.version(song, b"first", -14_000).await;
        desk.send(version.id).await;
        desk.level(version.id, 0, &[7; 500]).await;
        let browser = Browser::new(&shop.url);
        let links = &shop.services.links;
        for strange in ["x".to_owned(), links.token(Purpose::Offer, ada, None)] {
            let page = browser.get(&format!("/review/{strange}")).await;
            assert_eq!(page.status, StatusCode::NOT_FOUND);
        }
        let (ada, bob_page) = (desk.page(ada), desk.page(bob));
        assert_eq!(browser.get(&bob_page).await.status, StatusCode::OK);
        let ctx = shop.services.ctx(Actor::System);
        let tx = shop.services.begin().await.unwrap();
        revoke_reviewer(&tx, &ctx, bob).await.unwrap();
        shop.services.commit(tx).await.unwrap();
        let is_over = async |page: &str| {
            let shown = browser.get(page).await;
            assert_eq!(shown.status, StatusCode::GONE);
            assert!(shown.text.contains("This link opens nothing any more"), "{}", shown.text);
            let said =
                browser.post_parts(&format!("{page}/comments"), &[("version", "1"), ("words", "No")], None).await;
            let decided = browser.post(&format!("{page}/decision"), &[("verdict", "approve"), ("version", "1")]).await;
            assert_eq!((said.status, decided.status), (StatusCode::GONE, StatusCode::GONE));
            assert_eq!(browser.get(&format!("{page}/versions/1.mp3")).await.status, StatusCode::FORBIDDEN);
        };
        is_over(&bob_page).await;
        assert_eq!(browser.get(&ada).await.status, StatusCode::OK);
        clock.advance(LINK_LIFE);
        is_over(&ada).await;
        shop.close(database).await;
    }
}
