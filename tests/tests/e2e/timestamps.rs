//! Contracts sealed by the running program at every level, with a timestamp authority on the loopback address, judged by pyHanko.

use std::{
    net::TcpListener,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering},
    },
    time::Duration,
};

use actix_web::{App, HttpResponse, HttpServer, dev::ServerHandle, web};
use chrono::TimeDelta;
use cli::client::{Guest, Producer, until};
use documents::seal::{Authority, Options, Period, Sealer, Subject, answer_timestamp_request, verify};
use domain::env::{Clock, SystemClock};
use serde_json::Value;

use crate::{
    program::{Server, free_port},
    pyhanko,
};

/// How long a contract may take to reach its level.
const PATIENCE: Duration = Duration::from_mins(1);

/// The levels from the highest down, each with the timestamps that the authority grants and whether it hands out its revocation list. Downwards,
/// because what waits for an authority asks again after a minute, and would take the timestamp that the next contract is to get.
const LEVELS: [(&str, i64, bool); 4] =
    [("B-LTA", i64::MAX, true), ("B-LT", 1, true), ("B-T", 1, false), ("B-B", 0, false)];

/// A timestamp authority that can be told to fail.
pub(crate) struct Tsa {
    root: Authority,
    timestamper: Sealer,
    serial: AtomicU64,
    /// How many timestamps it grants still.
    grants: AtomicI64,
    /// Whether it hands out its revocation list.
    lists: AtomicBool,
}

impl Tsa {
    fn new(url: &str) -> Self {
        let now = SystemClock.now();
        let period = |days| Period { from: now - TimeDelta::days(1), until: now + TimeDelta::days(days) };
        let subject = |common_name| Subject { organization: "Time & Co", common_name };
        let mut next = 0_u8;
        let mut random = |bytes: &mut [u8]| {
            next += 1;
            bytes.fill(next);
        };
        let root = Authority::create(subject("Time root"), period(1_000), &mut random).expect("a root");
        let list = format!("{url}/list.crl");
        let timestamper =
            root.issue_timestamper(subject("Time 1"), period(900), Some(&list), &mut random).expect("a key");
        Self { root, timestamper, serial: AtomicU64::new(1), grants: AtomicI64::new(0), lists: AtomicBool::new(false) }
    }

    /// From now on it grants so many timestamps, and hands out its revocation list or does not.
    pub(crate) fn allow(&self, grants: i64, lists: bool) {
        self.grants.store(grants, Ordering::SeqCst);
        self.lists.store(lists, Ordering::SeqCst);
    }
}

async fn stamp(tsa: web::Data<Tsa>, request: web::Bytes) -> HttpResponse {
    if tsa.grants.fetch_sub(1, Ordering::SeqCst) <= 0 {
        return HttpResponse::ServiceUnavailable().finish();
    }
    let serial = tsa.serial.fetch_add(1, Ordering::SeqCst);
    let answer = answer_timestamp_request(&request, &tsa.timestamper, serial, SystemClock.now()).expect("a request");
    HttpResponse::Ok().content_type("application/timestamp-reply").body(answer)
}

async fn list(tsa: web::Data<Tsa>) -> HttpResponse {
    if !tsa.lists.load(Ordering::SeqCst) {
        return HttpResponse::ServiceUnavailable().finish();
    }
    let now = SystemClock.now();
    let period = Period { from: now, until: now + TimeDelta::days(7) };
    HttpResponse::Ok().body(tsa.root.revocation_list(1, period, &[]).expect("a list"))
}

/// Starts the authority and keeps its root in the folder, as `stamps.pem`; gives the settings that lead the program to it, and what stops it.
pub(crate) fn start_authority(folder: &Path) -> ([(&'static str, String); 2], Arc<Tsa>, ServerHandle) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let tsa = web::Data::new(Tsa::new(&url));
    let shared = tsa.clone();
    let app = move || {
        App::new().app_data(shared.clone()).route("/tsr", web::post().to(stamp)).route("/list.crl", web::get().to(list))
    };
    let server = HttpServer::new(app).workers(1).disable_signals().listen(listener).expect("it listens").run();
    let handle = server.handle();
    tokio::spawn(server);
    let root = folder.join("stamps.pem");
    std::fs::write(&root, tsa.root.certificate_pem().expect("as PEM")).expect("written");
    let settings =
        [("LEDGERLINE_TIMESTAMP_URL", format!("{url}/tsr")), ("LEDGERLINE_TIMESTAMP_ROOT", root.display().to_string())];
    (settings, tsa.into_inner(), handle)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn contracts_of_every_level_are_valid_to_pyhanko() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name);
    let (settings, tsa, handle) = start_authority(folder.path());
    let (data, port) = (at("data"), free_port());
    std::fs::create_dir_all(&data).expect("a data folder");
    let _server = Server::start(&data, port, &settings.each_ref().map(|(name, value)| (*name, value.as_str())));
    let base = format!("http://127.0.0.1:{port}");

    let mut producer = Producer::new(&base).expect("a producer");
    let studio = producer.sign_up("Nova Sound", "EUR").await.expect("a studio");
    let beat = producer.bring_in(&studio, &mix(folder.path())).await.expect("a beat");
    let guest = Guest::new(&base).expect("a guest");
    guest.save_seal_authority(&at("root.pem")).await.expect("the root certificate");
    let mut files = Vec::new();
    for (level, grants, lists) in LEVELS {
        tsa.allow(grants, lists);
        let order = guest.place_order(&studio, &beat, "mp3", "Ada Nowak", "ada@example.com").await.expect("an order");
        guest.pay(&order).await.expect("paid");
        guest.wait_for_delivery(&order).await.expect("delivered");
        let file = until(level, PATIENCE, async || {
            let delivered = guest.download_all(&order, folder.path()).await?;
            let contract = delivered.into_iter().find(|file| file.kind == "contract").expect("a contract").path;
            let report = verify(&std::fs::read(&contract)?, &Options::default());
            Ok(report.level.is_some_and(|reached| reached.name() == level).then_some(contract))
        });
        files.push((file.await.expect("the contract reaches its level"), level));
    }
    handle.stop(false).await;

    let Some(python) = pyhanko::python() else { return };
    for ((file, level), said) in files.iter().zip(judged(&python, folder.path(), &files)) {
        eprintln!("{level}: {said}");
        assert_eq!((&said["bottom_line"], &said["docmdp_ok"]), (&true.into(), &true.into()), "{level}: {said}");
        assert_eq!(said["timestamp"], if *level == "B-B" { Value::Null } else { true.into() }, "{level}: {said}");
        // What is added for the long run stands behind the seal, which covers all that was there before.
        let lasting = matches!(*level, "B-LT" | "B-LTA");
        let (coverage, changes) = if lasting { ("ENTIRE_REVISION", "LTA_UPDATES") } else { ("ENTIRE_FILE", "NONE") };
        assert_eq!((&said["coverage"], &said["modifications"]), (&coverage.into(), &changes.into()), "{said}");
        if lasting {
            assert_eq!(said["ades"], "PASSED", "{}: {said}", file.display());
        }
        assert_eq!(said["document_timestamps"], i64::from(*level == "B-LTA"), "{level}: {said}");
    }
}

/// What pyHanko and page-validation say of each file now, with `root.pem` and `stamps.pem` of the folder as the roots to trust.
pub(crate) fn judged(python: &str, folder: &Path, files: &[(PathBuf, &str)]) -> Vec<Value> {
    pyhanko::judged(python, folder, &SystemClock.now().to_rfc3339(), files)
}

/// A short beat, composed.
fn mix(folder: &Path) -> PathBuf {
    use audio_engine::compose::{Style, compose};
    let folder = folder.join("beat");
    std::fs::create_dir_all(&folder).expect("a folder");
    compose(22, Style::Rnb).write(&folder, "Time Will Tell", 44_100).expect("it is written").mix
}
