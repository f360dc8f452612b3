//! What many machines share: two servers and two workers on one PostgreSQL and one bucket, with a data folder between them for keys, mail and the sandbox
//! gateway; their commands and variables are those of `deploy/docker-compose.yml`. What is begun at one server goes on at the other; and though a server and a worker die under load, whatever was paid is delivered once.
//! `cargo xtask browser --many` has people's ways through the pages walked on such processes.

mod journeys;

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    sync::atomic::{AtomicUsize, Ordering},
};

use anyhow::{Context, Result};
use cli::client::{Beat, Control, Guest, PlacedOrder, Producer, Signer, Studio, links, until};
use domain::{
    catalog::Sha256,
    outbox::queries as outbox,
    store::{self, Db},
};
use serde_json::json;

use crate::{
    backup::{contents, paths},
    composition::Composition,
    kill::check_order,
    postgres::{self, drop_database, made},
    program::{Server, Worker, free_port},
    request,
    s3_server::{KEYS, S3Server},
    shop::{PATIENCE, Shop, again, base, come_to_rest, struck},
    stages::letters_to,
};

/// How many orders there are: the first, and four on each of three lanes.
const ORDERS: usize = 1 + 3 * 4;

/// The bucket of the composition.
const BUCKET: &str = "ledgerline";

/// The server that takes orders dies when so many are paid.
const PAID_BEFORE: usize = 4;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_paid_is_delivered_once_though_a_server_and_a_worker_die_under_load() {
    let Some(server) = postgres::server() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    std::fs::create_dir_all(&data).expect("a data folder");
    let s3 = S3Server::start(&[BUCKET]);
    let url = made(&server, "many").await;
    let (first_port, second_port) = (free_port(), free_port());
    let (first, second) = (base(first_port), base(second_port));
    let (first, second) = (first.as_str(), second.as_str());
    let ([doomed_server, last_server], [doomed_worker, last_worker]) =
        started(&data, [first_port, second_port], &s3, [&url, second]);
    let db = store::connect(&url, 2).await.expect("PostgreSQL opens");

    let shop = Shop::open(first, &struck(folder.path(), "First Light", 220.0)).await.expect("the shop opens");
    knows_who_signed_in_at_the_other(&shop.studio, [first, second]).await.expect("a session holds at both");
    let sale = begun_at_one_and_paid_at_the_other(&shop, [first, second]).await.expect("an order is one at both");

    let mut producer = Producer::new(second).expect("a producer");
    producer.sign_in().await.expect("the owner signs in at the other");
    let Shop { studio, beat, .. } = shop;
    let paid = AtomicUsize::new(0);
    let street = &Street { first, second, producer, studio, beat, folder: folder.path(), paid };
    let worker_dies = async {
        until_both_render(&db).await.expect("both workers render");
        doomed_worker.kill();
    };
    let server_dies = async {
        let is_time = || street.paid.load(Ordering::SeqCst) >= PAID_BEFORE;
        let paid = until("orders to be paid", PATIENCE, async || Ok(is_time().then_some(()))).await;
        paid.expect("they are paid");
        doomed_server.kill();
    };
    let lane = |lane: u8| Box::pin(street.lane(lane));
    let ((), (), a, b, c) = tokio::join!(worker_dies, server_dies, lane(0), lane(1), lane(2));
    let mut sales = vec![sale];
    for lane in [a, b, c] {
        sales.extend(lane.expect("guests buy whatever dies"));
    }
    assert_eq!(sales.len(), ORDERS);
    street.check(&sales, &db, &data).await.expect("everything paid is delivered once, and the books hold");
    let stored: BTreeSet<Sha256> = contents(&s3.bucket(BUCKET), paths(&s3.bucket(BUCKET))).into_values().collect();
    for sale in &sales {
        street.has_files_of(sale, &stored).await.expect("the files are those of the bucket");
    }

    db.close().await.expect("it closes");
    last_worker.kill();
    last_server.kill();
    drop_database(&server, "many").await;
}

/// Starts two servers, of which the first brings the schema up to date and the other finds it so, and two workers, as the composition says.
fn started(data: &Path, ports: [u16; 2], s3: &S3Server, reached: [&str; 2]) -> ([Server; 2], [Worker; 2]) {
    let composition = Composition::read();
    let of = |service| composed(&composition, service, s3, reached);
    let servers = [("api-1", ports[0]), ("api-2", ports[1])].map(|(service, port)| {
        assert_eq!(composition.command(service), ["serve", "--no-worker"]);
        Server::start_without_worker(data, port, &borrowed(&of(service)))
    });
    assert_eq!(composition.command("worker"), ["worker"]);
    (servers, ["worker"; 2].map(|service| Worker::start(data, &borrowed(&of(service)))))
}

/// The variables that the composition sets for a service, with whatever is at its other services found on this machine instead: the database and the
/// server that lives on, or a balancer.
fn composed(
    composition: &Composition,
    service: &str,
    s3: &S3Server,
    [database, server]: [&str; 2],
) -> BTreeMap<String, String> {
    let given = [("POSTGRES_PASSWORD", "-"), ("STORE_ACCESS_KEY", KEYS.0), ("STORE_SECRET_KEY", KEYS.1)];
    let mut variables = composition.environment(service, &given);
    assert_eq!(variables["LEDGERLINE_S3_BUCKET"], BUCKET);
    for (name, value) in s3.settings(BUCKET).into_iter().chain([
        ("LEDGERLINE_DATABASE_URL", database),
        ("LEDGERLINE_PUBLIC_URL", server),
        ("LEDGERLINE_SANDBOX_URL", server),
    ]) {
        let replaced = variables.insert(name.to_owned(), value.to_owned());
        assert!(replaced.is_some(), "the composition sets {name}");
    }
    // Instead of the catcher of mail the test reads the mailbox in the data folder.
    assert!(variables.remove("LEDGERLINE_SMTP_URL").is_some());
    for value in variables.values() {
        composition.assert_names_none(value);
    }
    // Other tests are connected to the same PostgreSQL.
    variables.insert("LEDGERLINE_DATABASE_CONNECTIONS".to_owned(), "8".to_owned());
    variables
}

fn borrowed(variables: &BTreeMap<String, String>) -> Vec<(&str, &str)> {
    variables.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

/// An order that was paid, and whose.
struct Sale {
    order: PlacedOrder,
    email: String,
}

/// Signs in at the first server, and asks the second who that is.
async fn knows_who_signed_in_at_the_other(studio: &Studio, [first, second]: [&str; 2]) -> Result<()> {
    let cookies = request::sign_in(first).await?;
    let answer = request::graphql(second, &cookies, "{ me { studios { id } } }", json!({})).await?.json()?;
    assert_eq!(answer["data"]["me"]["studios"][0]["id"], studio.id, "{answer}");
    Ok(())
}

/// Orders at the first server, looks at it and pays at the second, and takes the files at the first.
async fn begun_at_one_and_paid_at_the_other(shop: &Shop, [first, second]: [&str; 2]) -> Result<Sale> {
    let email = "first@example.com".to_owned();
    let at_first = Guest::new(first)?;
    let order = at_first.place_order(&shop.studio, &shop.beat, "mp3", "The First Guest", &email).await?;
    let page = Signer::new(second, "The First Guest", &email)?.get(&order.url).await?;
    assert!(order.url.starts_with(second) && page.status.is_success(), "{}", order.url);
    assert!(page.text.contains(&order.reference) && page.text.contains("Go to the payment"), "{}", page.text);
    Guest::new(second)?.pay(&order).await?;
    at_first.wait_for_delivery(&order).await?;
    let page = Signer::new(first, "The First Guest", &email)?.get(&order.url.replace(second, first)).await?.text;
    let link = links(&page).find(|link| link.starts_with("/d/")).context("a link to a file")?;
    let file = request::send("GET", &format!("{first}{link}"), &[], &[]).await?;
    assert!(file.status == 200 && page.contains(Sha256::of(&file.body).as_str()), "{link} answered {}", file.status);
    Ok(Sale { order, email })
}

/// Waits until two renders are under way: then each worker has one, for they take one at a time.
async fn until_both_render(db: &Db) -> Result<()> {
    until("a render at each worker", PATIENCE, async || {
        let open = outbox::all_open(db).await?;
        let renders = open.iter().filter(|job| ["render_preview", "bounce_masters"].contains(&job.kind.as_str()));
        Ok((renders.filter(|job| job.beat_at.is_some()).count() > 1).then_some(()))
    })
    .await
}

/// Where guests and a producer come and go: at the first server while it lives, at the second always.
struct Street<'a> {
    first: &'a str,
    second: &'a str,
    /// At the second.
    producer: Producer,
    studio: Studio,
    /// On sale from the beginning.
    beat: Beat,
    folder: &'a Path,
    /// How many orders are paid.
    paid: AtomicUsize,
}

impl Street<'_> {
    /// Brings a beat in while three guests buy the first one; then sells it, whether its masters are bounced or not.
    async fn lane(&self, lane: u8) -> Result<Vec<Sale>> {
        let file = struck(self.folder, &format!("Song {lane}"), 261.6 + 40.0 * f64::from(lane));
        let guests = async {
            let mut sales = Vec::new();
            for (guest, tier) in ["mp3", "wav", "mp3"].into_iter().enumerate() {
                sales.push(self.sell(&self.beat, tier, format!("guest{guest}-of{lane}@example.com")).await?);
            }
            Ok::<_, anyhow::Error>(sales)
        };
        let (beat, sales) = tokio::join!(self.producer.bring_in(&self.studio, &file), guests);
        let (beat, mut sales) = (beat.context("bringing a beat in")?, sales?);
        sales.push(self.sell(&beat, "wav", format!("last-of{lane}@example.com")).await?);
        Ok(sales)
    }

    /// Orders at the first server or, where that is gone or breaks off, at the second; pays.
    async fn sell(&self, beat: &Beat, tier: &str, email: String) -> Result<Sale> {
        let order = again(async || {
            let at_first = Guest::new(self.first)?.place_order(&self.studio, beat, tier, "A Guest", &email).await;
            if at_first.is_ok() {
                return at_first;
            }
            Guest::new(self.second)?.place_order(&self.studio, beat, tier, "A Guest", &email).await
        });
        let order = order.await.context("placing an order")?;
        let guest = Guest::new(self.second)?;
        again(async || guest.pay(&order).await).await.context("paying")?;
        self.paid.fetch_add(1, Ordering::SeqCst);
        Ok(Sale { order, email })
    }

    /// Each order was granted, charged, booked and mailed once.
    async fn check(&self, sales: &[Sale], db: &Db, data: &Path) -> Result<()> {
        let guest = Guest::new(self.second)?;
        for sale in sales {
            guest.wait_for_delivery(&sale.order).await?;
        }
        let proof = come_to_rest(db).await?;
        let each_once = u64::try_from(sales.len())?;
        assert_eq!((proof.payments, proof.licences, proof.journals), (each_once, each_once, each_once), "{proof:?}");
        let references: BTreeSet<&str> = sales.iter().map(|sale| sale.order.reference.as_str()).collect();
        let orders = self.producer.orders(&self.studio).await?;
        orders.iter().for_each(check_order);
        let delivered = orders.iter().filter(|order| order.state == "DELIVERED");
        assert_eq!(delivered.map(|order| order.reference.as_str()).collect::<BTreeSet<_>>(), references);
        let charges = Control::new(self.second)?.charges().await?;
        assert!(charges.iter().all(|charge| charge.captured_minor > 0 && charge.refunded_minor == 0), "{charges:?}");
        assert_eq!(charges.len(), sales.len(), "{charges:?}");
        assert_eq!(charges.iter().map(|charge| charge.reference.as_str()).collect::<BTreeSet<_>>(), references);
        for sale in sales {
            let letters = letters_to(&data.join("mailbox"), &sale.email)?;
            assert_eq!(letters.len(), 1, "to {}: {letters:?}", sale.email);
        }
        Ok(())
    }

    /// The files of a sale have the checksums that were promised, and are those of the store.
    async fn has_files_of(&self, sale: &Sale, stored: &BTreeSet<Sha256>) -> Result<()> {
        let files = Guest::new(self.second)?.download_all(&sale.order, &self.folder.join("bought")).await?;
        assert!(files.len() > 1, "a contract and music: {files:?}");
        for file in files {
            assert!(stored.contains(&file.sha256.parse::<Sha256>()?), "{file:?}");
        }
        Ok(())
    }
}
