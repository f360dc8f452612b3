//! Pages that are the same for everybody, read from a replica: another pool to the same database that can only read, one that has not heard of the shop yet, and one
//! that answers nobody.

use std::{
    net::TcpListener,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use actix_web::{dev::ServerHandle, web::Data};
use domain::{
    edit::Edit,
    portfolio::commands::{ProfileChange, update_profile},
    replica::{Replica, Standing},
    services::Services,
    store::{self, Db},
};
use migrations::testing::TestDatabase;
use reqwest::{StatusCode, redirect::Policy};
use sea_orm::ConnectionTrait;

use super::support::Shop;

/// A server of the shop's that has a replica.
struct Beside {
    url: String,
    http: reqwest::Client,
    replica: Replica,
    /// How many statements the replica was asked.
    asked: Arc<AtomicUsize>,
    server: ServerHandle,
}

impl Beside {
    fn start(shop: &Shop, mut db: Db) -> Self {
        let asked = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&asked);
        db.set_metric_callback(move |_| {
            counter.fetch_add(1, Ordering::SeqCst);
        });
        let replica = Replica::new(db, None, shop.services.db.clone());
        replica.trust();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let services = Services { public_url: url.as_str().into(), ..shop.services.clone() };
        let left = replica.clone();
        let server = api::serve(listener, services, api::ApiConfig::default(), move |app| {
            app.app_data(Data::new(left.clone()));
        });
        let server = server.unwrap();
        let handle = server.handle();
        tokio::spawn(server);
        let http = reqwest::Client::builder().redirect(Policy::none()).no_proxy().build().unwrap();
        Self { url, http, replica, asked, server: handle }
    }

    /// How a page is answered to whoever sends a cookie, or none.
    async fn status(&self, path: &str, cookie: Option<&str>) -> StatusCode {
        let request = self.http.get(format!("{}{path}", self.url));
        let request = if let Some(cookie) = cookie { request.header("Cookie", cookie) } else { request };
        request.send().await.unwrap().status()
    }

    /// How many pages the replica, both, and the primary alone were asked for, as it is measured.
    async fn reads(&self) -> [usize; 3] {
        let measured = self.http.get(format!("{}/metrics", self.url)).send().await.unwrap().text().await.unwrap();
        let is_used = u8::from(self.replica.in_use().is_some());
        assert!(measured.contains(&format!("ledgerline_replica_in_use {is_used}\n")), "{measured}");
        ["replica", "both", "primary"].map(|asked| {
            let name = format!("ledgerline_replica_reads_total{{asked=\"{asked}\"}} ");
            measured.lines().find_map(|line| line.strip_prefix(&name)).unwrap().parse().unwrap()
        })
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

/// Runs a test on a shop with a beat and a portfolio, on each database.
async fn on_each_database(test: impl AsyncFn(&Shop, &TestDatabase)) {
    for database in migrations::testing::databases().await {
        eprintln!("on {}", database.name);
        let shop = Shop::open(&database).await;
        shop.beat("Night Drive", "night-drive", 140_000).await;
        let (owner, tx) = (shop.owner().await, shop.services.begin().await.unwrap());
        let public = ProfileChange { is_public: Edit::To(true), ..ProfileChange::default() };
        update_profile(&tx, &owner, shop.studio, public).await.unwrap();
        tx.commit().await.unwrap();
        test(&shop, &database).await;
        shop.close(database).await;
    }
}

/// Whoever reads a test's database and, on PostgreSQL, can do nothing else.
async fn reader(database: &TestDatabase) -> Db {
    if database.name != "postgres" {
        return store::connect_unsynced(&database.url, 4).await.unwrap();
    }
    let db = store::connect_to_read(Duration::from_secs(5), &database.url, 4).await.unwrap();
    let refused = db.execute_unprepared("UPDATE studios SET name = 'Somebody else'").await.unwrap_err();
    assert!(refused.to_string().contains("read-only"), "{refused}");
    db
}

#[actix_web::test]
async fn what_is_the_same_for_everybody_is_read_from_the_replica_and_writes_nothing() {
    on_each_database(async |shop, database| {
        let beside = Beside::start(shop, reader(database).await);
        let oembed = format!("/oembed?url={}/s/nova/night-drive", beside.url);
        let pages = [
            "/s/nova",
            "/s/nova?q=night&bpm_min=100&mood=dark&key=A+minor",
            "/s/nova/night-drive",
            "/s/nova/night-drive/embed",
            "/portfolio/nova",
            oembed.as_str(),
        ];
        for page in pages {
            let before = beside.asked();
            assert_eq!(beside.status(page, None).await, StatusCode::OK, "{page}");
            assert!(beside.asked() > before, "{page} is read from the replica");
        }
        // Had one of them written anything, the primary would have been asked as well.
        assert_eq!(beside.reads().await, [pages.len(), 0, 0]);
        // What the cart holds is somebody's own, and what a contract says is what will be bought.
        let before = beside.asked();
        for page in ["/s/nova/cart", "/s/nova/night-drive/wav/contract"] {
            assert_eq!(beside.status(page, None).await, StatusCode::OK, "{page}");
        }
        assert_eq!(beside.asked(), before);
        beside.server.stop(false).await;
    })
    .await;
}

#[actix_web::test]
async fn whoever_may_have_done_something_sees_it() {
    on_each_database(async |shop, database| {
        let beside = Beside::start(shop, reader(database).await);
        for page in ["/s/nova", "/s/nova/night-drive"] {
            assert_eq!(beside.status(page, Some("cart=of-somebody")).await, StatusCode::OK, "{page}");
        }
        assert_eq!((beside.asked(), beside.reads().await), (0, [0, 0, 0]));
        beside.server.stop(false).await;
    })
    .await;
}

#[actix_web::test]
async fn what_the_replica_has_not_heard_of_is_found_all_the_same() {
    on_each_database(async |shop, _| {
        let empty = migrations::testing::sqlite().await;
        let db = store::connect_unsynced(&empty.url, 2).await.unwrap();
        let beside = Beside::start(shop, db.clone());
        for page in ["/s/nova", "/s/nova/night-drive", "/portfolio/nova"] {
            assert_eq!(beside.status(page, None).await, StatusCode::OK, "{page}");
        }
        assert!(beside.asked() > 0);
        assert_eq!(beside.status("/s/nobody", None).await, StatusCode::NOT_FOUND);
        assert_eq!(beside.reads().await, [0, 4, 0]);
        assert_eq!(beside.replica.standing(), Standing::InUse, "being a moment late is no fault");
        beside.server.stop(false).await;
        empty.drop(db).await;
    })
    .await;
}

#[actix_web::test]
async fn a_replica_that_answers_nobody_is_out_of_use_at_once_and_no_visitor_is_told() {
    on_each_database(async |shop, database| {
        let db = reader(database).await;
        let beside = Beside::start(shop, db.clone());
        assert_eq!(beside.status("/s/nova", None).await, StatusCode::OK);
        db.close().await.unwrap();
        let before = beside.asked();
        for _ in 0..3 {
            assert_eq!(beside.status("/s/nova", None).await, StatusCode::OK);
        }
        assert_eq!((beside.replica.standing(), beside.reads().await), (Standing::Resting, [1, 1, 2]));
        // What breaks off may be counted or not; later pages did not even try.
        assert!(beside.asked() <= before + 1);
        beside.server.stop(false).await;
    })
    .await;
}
