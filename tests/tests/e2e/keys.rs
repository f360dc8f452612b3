//! The installation's secrets are changed while the program serves: links in people's mails and sign-ins outlive it, until the secret that has signed them is
//! retired.

use std::{fs, path::Path, process::Output};

use cli::client::{Guest, PlacedOrder};
use serde_json::json;

use crate::{
    backup::{self, told},
    postgres::{self, drop_database, made},
    program::{self, Server, free_port},
    request,
    shop::{Shop, base, struck},
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn links_and_sign_ins_outlive_a_rotation_and_end_with_their_secret() {
    outlive_and_end(&[]).await;
    let Some(server) = postgres::server() else { return };
    let url = made(&server, "keys").await;
    outlive_and_end(&[("LEDGERLINE_DATABASE_URL", url.as_str())]).await;
    drop_database(&server, "keys").await;
}

async fn outlive_and_end(settings: &[(&str, &str)]) {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    fs::create_dir_all(&data).expect("a data folder");
    let port = free_port();
    let base = &base(port);
    let server = Server::start(&data, port, settings);
    let shop = Shop::open(base, &struck(folder.path(), "First Light", 220.0)).await.expect("the shop opens");
    let (before, cookies) = (place(base, &shop).await, request::sign_in(base).await.expect("the owner signs in"));
    let first = told(&keys(&data, settings, &["list"]))["secrets"][0]["id"].as_str().expect("an id").to_owned();
    assert!(before.url.contains(&first), "{}", before.url);

    let rotated = told(&keys(&data, settings, &["rotate"]));
    let second = rotated["id"].as_str().expect("an id").to_owned();
    assert_eq!((&rotated["resealed"], &rotated["unreadable"]), (&json!(0), &json!(0)));
    assert_eq!(status(&before.url).await, 200, "the server was not started anew");
    server.kill();
    let server = Server::start(&data, port, settings);
    let after = place(base, &shop).await;
    assert!(after.url.contains(&second), "{}", after.url);
    for order in [&before, &after] {
        assert_eq!(status(&order.url).await, 200, "{}", order.url);
    }
    let me = request::graphql(base, &cookies, "{ me { studios { id } } }", json!({})).await.expect("an answer");
    assert_eq!(me.json().expect("JSON")["data"]["me"]["studios"][0]["id"], shop.studio.id);

    // A backup has both, and so has what is made of it.
    let (kept, home) = (folder.path().join("kept"), folder.path().join("home"));
    told(&backup::run("backup", &kept, &data, settings));
    told(&backup::run("restore", &kept, &home, &[]));
    let secrets = |data: &Path| fs::read_to_string(data.join("secret.key")).expect("the secrets");
    assert_eq!(secrets(&data), secrets(&home));
    assert_eq!(secrets(&data).lines().count(), 2);

    refused(&keys(&data, settings, &["retire", &second]), "seals and signs");
    refused(&keys(&data, settings, &["retire", "00000000"]), "there is no secret");
    let retired = told(&keys(&data, settings, &["retire", &first]));
    assert!(retired["ends"].as_str().is_some_and(|ends| ends.contains("orders")), "{retired}");
    server.kill();
    let server = Server::start(&data, port, settings);
    assert_eq!((status(&before.url).await, status(&after.url).await), (404, 200));
    server.kill();

    // Of secrets that the configuration gives, the new one is only told.
    let kept = secrets(&data);
    let own = "ab".repeat(32);
    let configured = [settings, &[("LEDGERLINE_SECRET", own.as_str())]].concat();
    let told_of = told(&keys(&data, &configured, &["rotate"]));
    let both = format!("{},{own}", told_of["secret"].as_str().expect("a secret"));
    let configured = [settings, &[("LEDGERLINE_SECRET", both.as_str())]].concat();
    let listed = told(&keys(&data, &configured, &["list"]));
    let signs = |at: usize| (listed["secrets"][at]["id"].clone(), listed["secrets"][at]["signs"] == true);
    assert_eq!(signs(0), (told_of["id"].clone(), true));
    assert!(!signs(1).1 && listed["configured"] == true, "{listed}");
    // The same out of a file of its own, as containers and systemd hand secrets over.
    let file = folder.path().join("secrets");
    fs::write(&file, format!("{both}\n")).expect("a file");
    let named = [settings, &[("LEDGERLINE_SECRET_FILE", file.to_str().expect("a path"))]].concat();
    assert_eq!(told(&keys(&data, &named, &["list"])), listed);
    refused(&keys(&data, &[configured, named].concat(), &["list"]), "are both set");
    assert_eq!(secrets(&data), kept);
}

/// A guest orders, and has the link to the order's page.
async fn place(base: &str, shop: &Shop) -> PlacedOrder {
    let guest = Guest::new(base).expect("a guest");
    let order = guest.place_order(&shop.studio, &shop.beat, "mp3", "A Guest", "guest@example.com").await;
    order.expect("an order is placed")
}

async fn status(url: &str) -> u16 {
    request::send("GET", url, &[], &[]).await.expect("an answer").status
}

fn keys(data: &Path, settings: &[(&str, &str)], what: &[&str]) -> Output {
    let mut command = program::command();
    command.arg("keys").args(what).args(["--json", "--data"]).arg(data).envs(settings.iter().copied());
    command.output().expect("it starts")
}

fn refused(output: &Output, why: &str) {
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && said.contains(why), "{said}");
}
