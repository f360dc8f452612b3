//! `kill -9` at every stage of the outbox and of fulfilment that the program knows: a sale is driven there, the program dies, is started again, and nothing
//! is lost and nothing doubled.

use std::{
    os::unix::process::ExitStatusExt,
    path::{Path, PathBuf},
    time::Instant,
};

use anyhow::{Context, Result};
use audio_engine::compose::Style;
use cli::client::{Beat, Control, Guest, Studio};
use domain::{stages::Stage, store};

use crate::{
    program::{Server, free_port},
    shop::{PATIENCE, Shop, again, base, come_to_rest, composed},
};

/// Tells the program where to die.
const DIE_AT: &str = "LEDGERLINE_TEST_KILL_AT";

/// The signal of a program that ends itself at once, with nothing unwound.
const ABORTED: i32 = 6;

/// How many programs die side by side: most of the time they wait for a lease to run out.
const LANES: usize = 3;

/// Who buys.
const BUYER: (&str, &str) = ("Ada Nowak", "ada@example.com");

/// What is sold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sale {
    /// A lease of a beat whose masters are there.
    Lease,
    /// An exclusive of one.
    Exclusive,
    /// A lease of a beat that has yet to be brought in.
    First,
}

impl Sale {
    const fn tier(self) -> &'static str {
        match self {
            Self::Lease | Self::First => "mp3",
            Self::Exclusive => "exclusive",
        }
    }
}

/// By which sales a stage is reached, and of which job or render where it has several.
const fn cases(stage: Stage) -> &'static [(Sale, &'static str)] {
    match stage {
        Stage::OrderPlaced
        | Stage::CheckoutOpened
        | Stage::EventTaken
        | Stage::PaymentLearned
        | Stage::PaymentCommitted
        | Stage::ContractStored
        | Stage::ContractRecorded => &[(Sale::Lease, "")],
        Stage::PaymentRecorded => &[(Sale::Lease, ""), (Sale::Exclusive, "")],
        Stage::ClaimCommitted | Stage::MoneyCollected => &[(Sale::Exclusive, "")],
        Stage::RenderStored => &[(Sale::First, "masters")],
        Stage::JobWritten
        | Stage::JobPushed
        | Stage::JobHanded
        | Stage::JobBegun
        | Stage::JobDone
        | Stage::JobFinished => {
            &[(Sale::Lease, "typeset_contract"), (Sale::Lease, "mail_delivery"), (Sale::Exclusive, "capture_payment")]
        }
    }
}

/// Every end that a sale leads to, as the program is told.
fn ends(sale: Sale) -> Vec<String> {
    let of_sale = |stage: Stage| {
        let own = cases(stage).iter().filter(move |(of, _)| *of == sale);
        own.map(move |(_, of)| if of.is_empty() { stage.to_string() } else { format!("{stage}:{of}") })
    };
    Stage::all().flat_map(of_sale).collect()
}

#[test]
fn every_stage_is_reached_by_a_sale() {
    for stage in Stage::all() {
        assert!(!cases(stage).is_empty(), "{stage}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lease_survives_a_death_at_each_of_its_stages() {
    die_at_each_of(Sale::Lease).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_exclusive_survives_a_death_at_each_of_its_stages() {
    die_at_each_of(Sale::Exclusive).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_first_sale_survives_a_death_while_its_masters_are_stored() {
    let folder = tempfile::tempdir().expect("a folder");
    let beat = composed(folder.path(), Style::Trap);
    for at in ends(Sale::First) {
        let data = folder.path().join(at.replace(':', " "));
        std::fs::create_dir_all(&data).expect("a data folder");
        die(&data, &Goods::File(&beat), Sale::First, &at).await;
    }
}

async fn die_at_each_of(sale: Sale) {
    let template = &Template::make().await;
    let ends = &ends(sale);
    assert!(!ends.is_empty());
    let lane = |lane: usize| {
        Box::pin(async move {
            for at in ends.iter().skip(lane).step_by(LANES) {
                let folder = tempfile::tempdir().expect("a folder");
                let data = folder.path().join("data");
                copy(template.folder.path(), &data, false).expect("the folder is copied");
                die(&data, &Goods::Ready(&template.studio, &template.beat), sale, at).await;
            }
        })
    };
    tokio::join!(lane(0), lane(1), lane(2));
}

/// A data folder in which all is at rest: a studio with a beat on sale, its masters bounced, and nothing sold.
struct Template {
    folder: tempfile::TempDir,
    studio: Studio,
    beat: Beat,
}

impl Template {
    async fn make() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let outside = tempfile::tempdir().expect("a folder");
        let port = free_port();
        let server = start(folder.path(), port, None).await;
        let shop = Shop::open(&base(port), &composed(outside.path(), Style::Trap)).await;
        let Shop { studio, beat, .. } = shop.expect("the shop opens");
        server.kill();
        Self { folder, studio, beat }
    }
}

/// What is for sale: a beat that is on sale, or a file to be brought in.
enum Goods<'a> {
    Ready(&'a Studio, &'a Beat),
    File(&'a Path),
}

/// Drives a sale to its end by way of a death, and looks at what there is in the end.
async fn die(data: &Path, goods: &Goods<'_>, sale: Sale, at: &str) {
    let port = free_port();
    let base = &base(port);
    let began = Instant::now();
    let mut doomed = start(data, port, Some(at)).await;
    let death = async {
        let ended = doomed.died(PATIENCE).await.unwrap_or_else(|| panic!("{at} was never reached"));
        assert_eq!(ended.signal(), Some(ABORTED), "{at}: the program ended otherwise ({ended})");
        start(data, port, None).await
    };
    let (_server, bought) = tokio::join!(death, buy(base, goods, sale, data));
    let bought = bought.unwrap_or_else(|error| panic!("{at}: {error:#}"));
    check(data, base, &bought).await.unwrap_or_else(|error| panic!("{at}: {error:#}"));
    eprintln!("{sale:?} died at {at} and came through, in {:.1} s", began.elapsed().as_secs_f64());
}

/// What a buyer has in the end.
struct Bought {
    reference: String,
    /// The kinds of the files that were downloaded, each with the checksum that was promised.
    kinds: Vec<String>,
}

/// Buys, taking up each step again that the program's death has cut off.
async fn buy(base: &str, goods: &Goods<'_>, sale: Sale, folder: &Path) -> Result<Bought> {
    let (studio, beat) = match goods {
        Goods::Ready(studio, beat) => ((*studio).clone(), (*beat).clone()),
        Goods::File(file) => {
            let shop = again(async || Shop::open(base, file).await).await.context("opening the shop")?;
            (shop.studio, shop.beat)
        }
    };
    let guest = Guest::new(base)?;
    let (name, email) = BUYER;
    let order = again(async || guest.place_order(&studio, &beat, sale.tier(), name, email).await).await;
    let order = order.context("placing the order")?;
    again(async || guest.pay(&order).await).await.context("paying")?;
    again(async || guest.wait_for_delivery(&order).await).await.context("waiting for the delivery")?;
    again(async || guest.wait_for_mail(&order).await).await.context("waiting for the mail")?;
    let files = again(async || guest.download_all(&order, &folder.join("downloads")).await).await;
    let kinds = files.context("downloading")?.into_iter().map(|file| file.kind).collect();
    Ok(Bought { reference: order.reference, kinds })
}

/// One payment, one licence, one journal, one charge, one mail, the files; and the books hold.
async fn check(data: &Path, base: &str, bought: &Bought) -> Result<()> {
    let db = store::connect(&format!("sqlite://{}?mode=rw", data.join("ledgerline.db").display()), 1).await?;
    let proof = come_to_rest(&db).await?;
    assert_eq!((proof.payments, proof.licences, proof.journals), (1, 1, 1), "nothing is lost and nothing doubled");
    // Of an order whose placing was cut off nobody knows how to pay.
    assert!((1..=2).contains(&proof.orders), "{} orders", proof.orders);

    let charges = Control::new(base)?.charges().await?;
    let [charge] = &charges[..] else { panic!("one charge at the gateway, not {charges:?}") };
    assert!(charge.captured_minor > 0 && charge.refunded_minor == 0, "{charge:?}");
    assert_eq!(charge.reference, bought.reference);

    let letters = letters_to(&data.join("mailbox"), BUYER.1)?;
    assert_eq!(letters.len(), 1, "one mail: {letters:?}");
    assert!(bought.kinds.iter().any(|kind| kind == "contract"), "{:?}", bought.kinds);
    assert!(bought.kinds.iter().any(|kind| kind == "mp3"), "{:?}", bought.kinds);
    Ok(())
}

/// Starts the program without holding up the buyers, and tells it where to die.
async fn start(data: &Path, port: u16, die_at: Option<&str>) -> Server {
    let (data, die_at) = (data.to_owned(), die_at.map(str::to_owned));
    let starting = move || {
        let settings: Vec<(&str, &str)> = die_at.as_deref().map(|at| (DIE_AT, at)).into_iter().collect();
        Server::start(&data, port, &settings)
    };
    tokio::task::spawn_blocking(starting).await.expect("the server starts")
}

/// The files of letters to an address.
pub(crate) fn letters_to(mailbox: &Path, address: &str) -> Result<Vec<PathBuf>> {
    let mut letters = Vec::new();
    for entry in std::fs::read_dir(mailbox)? {
        let path = entry?.path();
        let text = String::from_utf8_lossy(&std::fs::read(&path)?).into_owned();
        let mut head = text.lines().take_while(|line| !line.is_empty());
        if head.any(|line| line.starts_with("To:") && line.contains(address)) {
            letters.push(path);
        }
    }
    Ok(letters)
}

/// Copies a data folder at rest. Stored files are never written to again, so a link does.
fn copy(from: &Path, to: &Path, by_link: bool) -> std::io::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let (source, target, name) = (entry.path(), to.join(entry.file_name()), entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&source, &target, by_link || name == "files")?;
        } else if by_link {
            std::fs::hard_link(source, target)?;
        } else if !name.to_string_lossy().ends_with("-shm") {
            // What SQLite shares between processes it makes anew.
            std::fs::copy(source, target)?;
        }
    }
    Ok(())
}
