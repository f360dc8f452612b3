//! Seals: keys made once, a timestamp authority on the loopback address, and bad ones.

#[path = "../../src/seals/evidence/fixture.rs"]
mod fixture;

use std::{
    net::TcpListener,
    os::unix::fs::PermissionsExt,
    path::Path,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use actix_web::{App, HttpResponse, HttpServer, web};
use adapters::seals::{EvidenceDoubt, FindingKind, SealConfig, SealConfigError, StudioSeals, Verdict, examine};
use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use documents::{
    Typesetter,
    agreement::{Stage, typeset},
    seal::{Authority, Level, Options, Period, SealFacts, Sealer, Subject, answer_timestamp_request, verify},
    world::Metadata,
};
use domain::{
    agreements::entity::EvidenceKind,
    env::{Clock, Env, SystemEntropy, testing::ManualClock},
    ids::StudioId,
    ports::{SealRequest, Seals},
    seals::entity::SealLevel,
};
use fixture::Signed;

const AGREEMENT: &str = include_str!("../../../documents/examples/agreements/work_for_hire.json");

/// A request for a digest by SHA-1, which is answered with a refusal.
const BY_SHA1: &str = "30290201013021300906052b0e03021a05000414da39a3ee5e6b4b0d3255bfef95601890afd80709020109";

/// A timestamp authority, and others that only look like one, each under a path of its own.
struct Tsa {
    root: Authority,
    timestamper: Sealer,
    clock: Arc<ManualClock>,
    serial: AtomicU64,
    /// The first answer that it gave, for the one that repeats itself.
    first: Mutex<Option<Vec<u8>>>,
    asked: AtomicU64,
}

impl Tsa {
    fn answer(&self, request: &[u8]) -> Vec<u8> {
        let serial = self.serial.fetch_add(1, Ordering::SeqCst);
        answer_timestamp_request(request, &self.timestamper, serial, self.clock.now()).unwrap()
    }
}

async fn stamps(tsa: web::Data<Tsa>, request: web::Bytes) -> HttpResponse {
    tsa.asked.fetch_add(1, Ordering::SeqCst);
    HttpResponse::Ok().content_type("application/timestamp-reply").body(tsa.answer(&request))
}

async fn repeats(tsa: web::Data<Tsa>, request: web::Bytes) -> HttpResponse {
    let answer = tsa.first.lock().unwrap().get_or_insert_with(|| tsa.answer(&request)).clone();
    HttpResponse::Ok().body(answer)
}

async fn refuses(tsa: web::Data<Tsa>) -> HttpResponse {
    HttpResponse::Ok().body(tsa.answer(&hex::decode(BY_SHA1).unwrap()))
}

async fn sleeps() -> HttpResponse {
    tokio::time::sleep(Duration::from_mins(1)).await;
    HttpResponse::Ok().finish()
}

async fn never_ends() -> HttpResponse {
    let piece = || Ok::<_, actix_web::Error>(Bytes::from_static(&[0; 4_096]));
    HttpResponse::Ok().streaming(futures::stream::repeat_with(piece))
}

async fn list(tsa: web::Data<Tsa>) -> HttpResponse {
    let now = tsa.clock.now();
    let period = Period { from: now, until: now + TimeDelta::days(7) };
    HttpResponse::Ok().body(tsa.root.revocation_list(1, period, &[]).unwrap())
}

/// The installation under test.
struct World {
    folder: tempfile::TempDir,
    clock: Arc<ManualClock>,
    env: Env,
    tsa: web::Data<Tsa>,
    url: String,
    server: actix_web::dev::ServerHandle,
}

fn random(env: &Env) -> impl FnMut(&mut [u8]) + use<> {
    let env = env.clone();
    move |bytes: &mut [u8]| {
        bytes.chunks_mut(32).for_each(|piece| piece.copy_from_slice(&env.random::<32>()[..piece.len()]));
    }
}

impl World {
    /// An authority whose certificate is valid for so many days.
    fn start(days: i64) -> Self {
        let clock = Arc::new(ManualClock::at(DateTime::<Utc>::from_timestamp(1_795_435_200, 0).unwrap()));
        let env = Env::new(clock.clone(), Arc::new(SystemEntropy));
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let until =
            |days| Period { from: clock.now() - TimeDelta::days(1), until: clock.now() + TimeDelta::days(days) };
        let subject = |common_name| Subject { organization: "Time & Co", common_name };
        let root = Authority::create(subject("Time root"), until(9_000), random(&env)).unwrap();
        let crl_url = format!("{url}/list.crl");
        let timestamper = root.issue_timestamper(subject("Time 1"), until(days), Some(&crl_url), random(&env)).unwrap();
        let tsa = web::Data::new(Tsa {
            root,
            timestamper,
            clock: clock.clone(),
            serial: AtomicU64::new(1),
            first: Mutex::default(),
            asked: AtomicU64::new(0),
        });
        let shared = tsa.clone();
        let server = HttpServer::new(move || {
            App::new()
                .app_data(shared.clone())
                .route("/tsr", web::post().to(stamps))
                .route("/repeats", web::post().to(repeats))
                .route("/refuses", web::post().to(refuses))
                .route("/sleeps", web::post().to(sleeps))
                .route("/never-ends", web::post().to(never_ends))
                .route("/page", web::post().to(async || HttpResponse::Ok().body("<html>Welcome</html>")))
                .route("/broken", web::post().to(HttpResponse::ServiceUnavailable))
                .route(
                    "/elsewhere",
                    web::post().to(async || HttpResponse::Found().insert_header(("Location", "/tsr")).finish()),
                )
                .route("/list.crl", web::get().to(list))
        })
        .workers(2)
        .disable_signals()
        .listen(listener)
        .unwrap()
        .run();
        let handle = server.handle();
        tokio::spawn(server);
        Self { folder: tempfile::tempdir().unwrap(), clock, env, tsa, url, server: handle }
    }

    fn config(&self, path: &str) -> SealConfig {
        SealConfig {
            timestamp_url: Some(format!("{}{path}", self.url)),
            patience: Duration::from_secs(2),
            ..SealConfig::in_folder(&self.folder.path().join("seals"))
        }
    }

    fn seals(&self, path: &str) -> StudioSeals {
        StudioSeals::open(&self.config(path), self.env.clone()).unwrap()
    }

    fn request(&self) -> SealRequest {
        SealRequest {
            studio: StudioId(sea_orm::prelude::Uuid::from_u128(7)),
            studio_name: "Studio Żółta Łódź".to_owned(),
            reason: "Accepted at checkout".to_owned(),
            at: self.clock.now(),
        }
    }

    fn sealed(&self, seals: &StudioSeals) -> Bytes {
        seals.seal(self.pdf(), &self.request()).unwrap()
    }

    fn pdf(&self) -> Bytes {
        let metadata = Metadata { ident: "contract", created_at: self.clock.now() };
        Typesetter::bundled().render("Both sign.", &(), &metadata).unwrap().into()
    }

    fn keep_timestamp_root(&self) -> std::path::PathBuf {
        let path = self.folder.path().join("time-root.pem");
        std::fs::write(&path, self.tsa.root.certificate_pem().unwrap()).unwrap();
        path
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_seal_climbs_to_the_top_in_one_go_and_everybody_agrees() {
    let world = World::start(3_650);
    let config = SealConfig { timestamp_root: Some(world.keep_timestamp_root()), ..world.config("/tsr") };
    let seals = StudioSeals::open(&config, world.env.clone()).unwrap();
    assert!(seals.can_raise());
    let sealed = world.sealed(&seals);
    world.clock.advance(TimeDelta::seconds(5));
    let raised = seals.raise(sealed.clone(), world.clock.now()).await.unwrap();
    assert_eq!((raised.level, raised.waits_for), (SealLevel::BLTA, None));
    assert!(raised.renew_before.unwrap() > world.clock.now() + TimeDelta::days(3_500));

    let options = Options::default().trusting(&seals.authority_pem()).unwrap();
    let options = options.trusting_timestamps(&seals.timestamp_authority_pem().unwrap()).unwrap();
    let report = verify(&raised.bytes, &options.at_least(Level::BLTA).at(world.clock.now()));
    assert_eq!((report.verdict, report.findings), (Verdict::Valid, vec![]));

    // Raising again before the renewal is due asks nobody and changes nothing.
    let asked = world.tsa.asked.load(Ordering::SeqCst);
    let again = seals.raise(raised.bytes.clone(), world.clock.now()).await.unwrap();
    assert_eq!((again.bytes, again.level, again.renew_before), (raised.bytes, SealLevel::BLTA, raised.renew_before));
    assert_eq!(world.tsa.asked.load(Ordering::SeqCst), asked);
    world.server.stop(false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_authority_leaves_the_timestamp_pending_and_the_file_as_it_was() {
    let world = World::start(3_650);
    for (path, why) in [
        ("/refuses", "only imprints by SHA-2 are stamped"),
        ("/sleeps", "did not answer in time"),
        ("/never-ends", "more than 262144 bytes"),
        ("/page", "did not answer with a timestamp"),
        ("/broken", "503"),
        ("/elsewhere", "302"),
        ("/absent", "404"),
    ] {
        let seals = world.seals(path);
        let sealed = world.sealed(&seals);
        let raised = seals.raise(sealed.clone(), world.clock.now()).await.unwrap();
        assert_eq!((raised.level, &raised.bytes, raised.renew_before), (SealLevel::BB, &sealed, None), "{path}");
        let said = raised.waits_for.unwrap();
        assert!(said.starts_with("timestamp pending: ") && said.contains(why), "{path}: {said}");
    }

    // The very same answer again: right bytes, another request's nonce.
    let seals = world.seals("/repeats");
    let sealed = world.sealed(&seals);
    let first = seals.raise(sealed.clone(), world.clock.now()).await.unwrap();
    assert_eq!(first.level, SealLevel::BLT, "{:?}", first.waits_for);
    assert!(first.waits_for.unwrap().contains("not of these bytes"), "the archive timestamp is of other bytes");
    let again = seals.raise(sealed.clone(), world.clock.now()).await.unwrap();
    assert_eq!((again.level, again.bytes), (SealLevel::BB, sealed));
    assert!(again.waits_for.unwrap().contains("answers another request"));

    // Nobody at all.
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap();
    let config = SealConfig {
        timestamp_url: Some(format!("http://{}/tsr", nobody.local_addr().unwrap())),
        ..world.config("/tsr")
    };
    drop(nobody);
    let seals = StudioSeals::open(&config, world.env.clone()).unwrap();
    let raised = seals.raise(world.sealed(&seals), world.clock.now()).await.unwrap();
    assert!(raised.waits_for.unwrap().contains("cannot be reached"));
    world.server.stop(false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_in_between_is_not_believed() {
    let (world, thief) = (World::start(3_650), World::start(3_650));
    let config = SealConfig {
        timestamp_url: Some(format!("{}/tsr", thief.url)),
        timestamp_root: Some(world.keep_timestamp_root()),
        ..world.config("/tsr")
    };
    let seals = StudioSeals::open(&config, world.env.clone()).unwrap();
    let sealed = world.sealed(&seals);
    let raised = seals.raise(sealed.clone(), world.clock.now()).await.unwrap();
    assert_eq!((raised.level, raised.bytes), (SealLevel::BB, sealed));
    assert!(raised.waits_for.unwrap().contains("none of the certificates in timestamp_root"));
    world.server.stop(false).await;
    thief.server.stop(false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_archive_timestamp_is_renewed_before_its_certificate_lapses() {
    let world = World::start(300);
    let seals = world.seals("/tsr");
    let raised = seals.raise(world.sealed(&seals), world.clock.now()).await.unwrap();
    let due = raised.renew_before.unwrap();
    assert_eq!((due - world.clock.now()).num_days(), 210);
    world.clock.advance(TimeDelta::days(210));
    let renewed = seals.raise(raised.bytes.clone(), world.clock.now()).await.unwrap();
    assert_eq!((renewed.level, renewed.waits_for), (SealLevel::BLTA, None));
    assert!(renewed.bytes.starts_with(&raised.bytes) && renewed.bytes.len() > raised.bytes.len());
    assert!(renewed.renew_before.unwrap() > world.clock.now());
    let report = verify(&renewed.bytes, &Options::default().trusting(&seals.authority_pem()).unwrap());
    assert_eq!(report.signatures.len(), 3);
    world.server.stop(false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_sealed_file_is_not_raised() {
    let world = World::start(300);
    let seals = world.seals("/tsr");
    let mut changed = world.sealed(&seals).to_vec();
    changed[200] ^= 1;
    for file in [world.pdf(), changed.into(), Bytes::from_static(b"no PDF")] {
        let refused = seals.raise(file, world.clock.now()).await.unwrap_err();
        assert!(!refused.transient);
    }
    let unasked =
        StudioSeals::open(&SealConfig { timestamp_url: None, ..world.config("") }, world.env.clone()).unwrap();
    let sealed = world.sealed(&unasked);
    let raised = unasked.raise(sealed.clone(), world.clock.now()).await.unwrap();
    assert!(!unasked.can_raise());
    assert_eq!((raised.level, raised.bytes, raised.waits_for), (SealLevel::BB, sealed, None));
    world.server.stop(false).await;
}

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_are_made_once_however_many_make_them() {
    let world = World::start(300);
    let config = SealConfig { timestamp_url: None, ..world.config("") };
    let (pdf, request) = (world.pdf(), world.request());
    let barrier = std::sync::Barrier::new(8);
    let made: Vec<(String, Bytes)> = std::thread::scope(|scope| {
        let opened: Vec<_> = (0..8)
            .map(|_| {
                scope.spawn(|| {
                    barrier.wait();
                    let seals = StudioSeals::open(&config, world.env.clone()).unwrap();
                    barrier.wait();
                    (seals.authority_pem(), seals.seal(pdf.clone(), &request).unwrap())
                })
            })
            .collect();
        opened.into_iter().map(|opened| opened.join().unwrap()).collect()
    });
    // The same key over the same bytes gives the same file.
    assert!(made.iter().all(|one| *one == made[0]));
    assert_eq!(mode(&config.folder), 0o700);
    let files: Vec<_> = std::fs::read_dir(&config.folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(files.len(), 2, "{files:?}");
    assert!(files.iter().all(|file| mode(file) == 0o600));

    // A damaged key is named, not replaced: what it sealed would lead nowhere.
    std::fs::write(config.folder.join("authority.pem"), "no key").unwrap();
    let refused = StudioSeals::open(&config, world.env.clone()).unwrap_err();
    assert!(matches!(&refused, SealConfigError::Content { path, .. } if path.ends_with("authority.pem")), "{refused}");
    world.server.stop(false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_studio_gets_another_certificate_with_another_name_and_in_good_time() {
    let world = World::start(300);
    let seals = world.seals("/tsr");
    let signer = |request: &SealRequest| {
        let report = verify(&seals.seal(world.pdf(), request).unwrap(), &Options::default());
        report.seal().unwrap().certificates[0].clone()
    };
    let first = signer(&world.request());
    assert!(first.subject.contains("Studio Żółta Łódź"), "{}", first.subject);
    assert_eq!(signer(&world.request()).sha256, first.sha256);
    let renamed = SealRequest { studio_name: "N".repeat(300), ..world.request() };
    assert!(signer(&renamed).subject.contains(&"N".repeat(64)));
    let other = SealRequest { studio: StudioId(sea_orm::prelude::Uuid::from_u128(8)), ..world.request() };
    assert_ne!(signer(&other).sha256, first.sha256);
    world.clock.advance(TimeDelta::days(400));
    let later = signer(&world.request());
    assert_ne!(later.sha256, first.sha256);
    assert!(later.valid_until > world.clock.now() + TimeDelta::days(4 * 365));
    world.server.stop(false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operators_own_key_seals_and_what_was_sealed_before_stays_known() {
    let world = World::start(3_650);
    let before = world.seals("/tsr");
    let earlier = world.sealed(&before);

    let period =
        Period { from: world.clock.now() - TimeDelta::days(1), until: world.clock.now() + TimeDelta::days(900) };
    let subject = |common_name| Subject { organization: "Operator", common_name };
    let root = Authority::create(subject("Operator root"), period, random(&world.env)).unwrap();
    let own = root.issue_sealer(subject("Operator seal"), period, None, random(&world.env)).unwrap();
    let pem = own.to_pem().unwrap();
    let (key, chain) = pem.split_at(pem.find("-----BEGIN CERTIFICATE").unwrap());
    let at = |name: &str| world.folder.path().join(name);
    std::fs::write(at("key.pem"), key).unwrap();
    std::fs::write(at("chain.pem"), chain).unwrap();
    let config = SealConfig { own: Some((at("key.pem"), at("chain.pem"))), ..world.config("/tsr") };
    let seals = StudioSeals::open(&config, world.env.clone()).unwrap();
    assert!(seals.describe().contains("Operator seal"));
    let sealed = world.sealed(&seals);
    for file in [&earlier, &sealed] {
        let examined = examine(&seals, file, world.clock.now());
        assert!(examined.sealed_here && examined.report.verdict == Verdict::Valid, "{:#?}", examined.report.findings);
    }
    // Their root may certify half the world: whoever else has a certificate of it has sealed nothing here.
    let neighbour = root.issue_sealer(subject("Neighbour"), period, None, random(&world.env)).unwrap();
    let facts = SealFacts { at: world.clock.now(), reason: "Signed", location: None, name: None };
    let theirs = documents::seal::seal(&world.pdf(), &neighbour, &facts).unwrap();
    let examined = examine(&seals, &theirs, world.clock.now());
    assert_eq!((examined.sealed_here, examined.report.verdict), (false, Verdict::Intact));
    // Their certificate names no revocation list: a timestamp is as far as it goes, and why is said.
    let raised = seals.raise(sealed, world.clock.now()).await.unwrap();
    assert_eq!(raised.level, SealLevel::BT);
    let why = raised.waits_for.unwrap();
    assert!(why.contains("long-term proof pending") && why.contains("Operator seal"), "{why}");

    std::fs::write(
        at("other.pem"),
        Authority::create(subject("Other"), period, random(&world.env)).unwrap().to_pem().unwrap().as_bytes(),
    )
    .unwrap();
    for (key, chain, named) in [("absent.pem", "chain.pem", "absent.pem"), ("key.pem", "other.pem", "other.pem")] {
        let config = SealConfig { own: Some((at(key), at(chain))), ..world.config("/tsr") };
        let refused = StudioSeals::open(&config, world.env.clone()).unwrap_err().to_string();
        assert!(refused.contains(named), "{refused}");
    }
    // What has lapsed seals nothing any more, until the program is started with another: no attempt of this one can help.
    world.clock.advance(TimeDelta::days(901));
    let refused = seals.seal(world.pdf(), &world.request()).unwrap_err();
    let why = std::error::Error::source(&refused).unwrap().to_string();
    assert!(!refused.transient && why.contains("seal_certificate was valid until"), "{why}");
    assert!(why.contains("start the program again, and retry this job"), "{why}");
    for url in ["https://time.example/tsr", "time.example", "file:///tsr"] {
        let config = SealConfig { timestamp_url: Some(url.to_owned()), ..world.config("") };
        assert!(matches!(StudioSeals::open(&config, world.env.clone()), Err(SealConfigError::Address(_))), "{url}");
    }
    world.server.stop(false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_timestamp_authority_makes_no_earlier_file_a_changed_one() {
    let (world, next) = (World::start(3_650), World::start(3_650));
    let seals = world.seals("/tsr");
    let raised = seals.raise(world.sealed(&seals), world.clock.now()).await.unwrap();
    let config = SealConfig { timestamp_root: Some(next.keep_timestamp_root()), ..world.config("/tsr") };
    let moved = StudioSeals::open(&config, world.env.clone()).unwrap();
    let examined = examine(&moved, &raised.bytes, world.clock.now());
    assert!(examined.sealed_here && examined.report.verdict == Verdict::Valid, "{:#?}", examined.report.findings);
    let doubted = |finding: &documents::seal::Finding| {
        (finding.kind, finding.severity) == (FindingKind::TimestampUntrusted, documents::seal::Severity::Warning)
    };
    assert!(examined.report.findings.iter().any(doubted), "{:#?}", examined.report.findings);
    let mut changed = raised.bytes.to_vec();
    changed[300] ^= 1;
    assert_eq!(examine(&moved, &changed, world.clock.now()).report.verdict, Verdict::Refused);
    world.server.stop(false).await;
    next.server.stop(false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_examined_by_itself() {
    let (world, other) = (World::start(300), World::start(300));
    let (seals, others) = (world.seals("/tsr"), other.seals("/tsr"));
    let foreign = others.raise(other.sealed(&others), other.clock.now()).await.unwrap();
    let examined = examine(&seals, &foreign.bytes, world.clock.now());
    assert_eq!((examined.sealed_here, examined.report.verdict), (false, Verdict::Intact));
    assert_eq!(examined.level, Some(SealLevel::BLTA));
    let mut changed = world.sealed(&seals).to_vec();
    changed[300] ^= 1;
    let examined = examine(&seals, &changed, world.clock.now());
    assert_eq!(examined.report.verdict, Verdict::Refused);
    assert!(examined.report.found(FindingKind::ContentChanged), "{:#?}", examined.report.findings);
    assert!(examine(&seals, &world.pdf(), world.clock.now()).report.found(FindingKind::NotSealed));
    world.server.stop(false).await;
    other.server.stop(false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forged_evidence_page_is_named_though_it_was_sealed_here() {
    let world = World::start(300);
    let seals = world.seals("/tsr");
    let examined = |signed: &Signed| {
        let pdf = typeset(&signed.agreement, Stage::Executed(&signed.execution)).unwrap().bytes;
        let sealed = seals.seal(pdf.into(), &world.request()).unwrap();
        examine(&seals, &sealed, world.clock.now())
    };
    let honest = Signed::by_all(AGREEMENT);
    let found = examined(&honest);
    assert!(found.sealed_here && found.evidence.unwrap().unwrap().is_compared_whole);
    let mut page = honest.clone();
    page.execution.evidence[3].what = "signed version 9".to_owned();
    assert_eq!(examined(&page).evidence, Some(Err(EvidenceDoubt::Entry(4))));
    let nobody = honest.with_entries(|row, _| row.kind != EvidenceKind::Signed);
    assert!(matches!(examined(&nobody).evidence, Some(Err(EvidenceDoubt::NotSigned(_)))));
    world.server.stop(false).await;
}
