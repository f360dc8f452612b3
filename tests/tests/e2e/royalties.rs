//! Runs of royalties from the command line: one is reckoned, thrown away, reckoned again and posted, and nothing is a dead end.

use std::path::Path;

use anyhow::{Context, Result};
use cli::client::Producer;
use domain::{
    actor::{Actor, Ctx},
    env::Env,
    ids::StudioId,
    money::{Currency, Money},
    page::PageRequest,
    parties::list_parties,
    royalties::{
        commands::terms::{NewCharge, save_charge},
        rules::{AccountKey, ChargedTo, Group},
    },
    store,
};
use serde_json::Value;

use crate::program::{Server, command, free_port};

/// Opens a studio with something to reckon: a cost of its own.
async fn studio(data: &Path) -> Result<()> {
    let port = free_port();
    let server = Server::start(data, port, &[]);
    let mut producer = Producer::new(&format!("http://127.0.0.1:{port}"))?;
    let studio: StudioId = producer.sign_up("Royalties", "EUR").await?.id.parse()?;
    server.kill();
    let db = store::connect(&format!("sqlite://{}?mode=rw", data.join("ledgerline.db").display()), 1).await?;
    let ctx = Ctx::new(Actor::System, Env::system());
    let own = list_parties(&db, &ctx, studio, PageRequest::default()).await?.rows.pop();
    let account = AccountKey { payee: own.context("the studio is a party")?.id, group: Group::shares() };
    let charge = NewCharge {
        on: "2025-01-01".parse()?,
        amount: Money::new(100, Currency::EUR),
        to: ChargedTo::Cost { account },
        note: String::new(),
        request_key: None,
    };
    let tx = store::begin(&db).await?;
    save_charge(&tx, &ctx, studio, charge).await?;
    tx.commit().await?;
    Ok(())
}

/// Runs a command on royalties: whether it succeeds, and what it answers.
fn answered(data: &Path, arguments: &[&str]) -> (bool, Value) {
    let mut royalties = command();
    royalties.arg("royalties").args(arguments).args(["--json", "--data"]).arg(data);
    let output = royalties.output().expect("the program runs");
    let said = String::from_utf8(output.stdout).expect("a text");
    let answer = serde_json::from_str(&said).unwrap_or_else(|error| panic!("{error}: {said}"));
    (output.status.success(), answer)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_is_thrown_away_and_another_posted() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    std::fs::create_dir_all(&data).expect("a data folder");
    studio(&data).await.expect("a studio");
    tokio::task::spawn_blocking(move || {
        let run = |currency| ["run", "--currency", currency, "--through", "2025-06-30"];
        let (is_fine, none) = answered(&data, &run("JPY"));
        let said = none["error"].as_str().expect("an error");
        assert!(!is_fine && said.contains("nothing to reckon in JPY"), "{said}");
        let (is_fine, first) = answered(&data, &run("EUR"));
        assert!(is_fine && first["state"] == "draft", "{first}");
        let id = first["id"].as_str().expect("an id");
        let (is_fine, open) = answered(&data, &run("EUR"));
        let said = open["error"].as_str().expect("an error");
        assert!(!is_fine && said.contains(&format!("royalties post {id}")), "{said}");
        let (is_fine, discarded) = answered(&data, &["discard", id]);
        assert!(is_fine && discarded["state"] == "discarded", "{discarded}");
        let (_, second) = answered(&data, &run("EUR"));
        let id = second["id"].as_str().expect("an id");
        for (what, state) in [("approve", "approved"), ("post", "posted"), ("post", "posted")] {
            let (is_fine, moved) = answered(&data, &[what, id]);
            assert!(is_fine && moved["state"] == state, "{moved}");
        }
        let (is_fine, refused) = answered(&data, &["discard", id]);
        assert!(!is_fine && refused["error"].as_str().is_some_and(|said| said.contains("posted")), "{refused}");
    })
    .await
    .expect("all of it holds");
}
