//! `kill -9` in the middle of reading, ten times: every statement is read to its end afterwards, once, and its total is exact.

use std::{
    fmt::Write,
    path::{Path, PathBuf},
    process::{Child, Stdio},
    time::Duration,
};

use anyhow::{Context, Result};
use cli::client::{Producer, until};
use domain::{
    actor::{Actor, Ctx},
    catalog::Sha256,
    env::Env,
    ids::StudioId,
    royalties::{
        entity::ImportState,
        queries::imports::{find_by_file, placed_of, totals_of},
        rules::Exact,
    },
    store::{self, Db},
};
use serde_json::Value;

use crate::program::{Server, command, free_port};

const KILLS: u64 = 10;
/// Lines of each statement: enough to be read for a while.
const LINES: u64 = 60_000;
/// How long a step may take, a lease of the dead included.
const PATIENCE: Duration = Duration::from_mins(3);

const HEADER: &str = "Date Inserted\tReporting Date\tSale Month\tStore\tArtist\tTitle\tISRC\tUPC\tQuantity\tTeam Percentage\tSource Type\tCountry of Sale\tSongwriter Royalties Withheld (USD)\tEarnings (USD)\tRecoup (USD)\n";

/// A statement, and what it comes to, in units of the twelfth decimal.
struct Statement {
    path: PathBuf,
    sha256: Sha256,
    total: i128,
}

/// Statements of as many months.
fn statements(folder: &Path) -> Vec<Statement> {
    let statement = |number: u64| {
        let (mut text, mut total) = (HEADER.to_owned(), 0);
        let month = format!("2025-{:02}", 1 + number);
        for line in 0..LINES {
            // Some are negative; all have twelve decimals.
            let amount = i128::from(line * 7_919 + number) - 100_000;
            total += amount;
            let (sign, parts) = (if amount < 0 { "-" } else { "" }, amount.unsigned_abs());
            writeln!(
                text,
                "{month}-05\t{month}-01\t{month}\tSpotify\tNova\tSong {song}\tQZAB126{song:05}\t190000000012\t1\t100\tStreaming\tUS\t0\t{sign}0.{parts:012}\t0",
                song = line % 500,
            )
            .expect("a text grows");
        }
        let path = folder.join(format!("statement {number}.tsv"));
        std::fs::write(&path, &text).expect("a file");
        Statement { path, sha256: Sha256::of(text.as_bytes()), total }
    };
    (0..KILLS).map(statement).collect()
}

fn import(data: &Path, files: &[&Path]) -> Child {
    let mut import = command();
    import.args(["statement", "import", "--json", "--data"]).arg(data).args(files);
    import.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("the program starts")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_statement_is_read_to_its_end_though_the_program_dies_ten_times_in_the_middle() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    std::fs::create_dir_all(&data).expect("a data folder");
    let statements = statements(folder.path());
    let studio = studio(&data).await.expect("a studio");
    let db = store::connect(&format!("sqlite://{}?mode=rw", data.join("ledgerline.db").display()), 1).await;
    let db = db.expect("the database opens");
    for statement in &statements {
        let mut child = import(&data, &[&statement.path]);
        until("the statement to be read", PATIENCE, async || {
            let state = state(&db, studio, statement).await?;
            Ok(matches!(state, Some(ImportState::Reading | ImportState::Ready)).then_some(()))
        })
        .await
        .expect("it begins");
        child.kill().expect("the program is there to be killed");
        child.wait().expect("and gone");
    }
    let left = left_of(&db, studio, &statements).await;
    eprintln!("{left} of {KILLS} were killed before their end");
    assert!(left > 0, "the program dies in the middle");

    let paths: Vec<&Path> = statements.iter().map(|statement| statement.path.as_path()).collect();
    let files = import(&data, &paths);
    let output = tokio::task::spawn_blocking(move || files.wait_with_output()).await.expect("it is waited for");
    let output = output.expect("the program ends");
    let rows: Vec<Value> = serde_json::from_slice(&output.stdout).expect("JSON");
    assert!(output.status.success(), "{rows:#?}");
    for (statement, row) in statements.iter().zip(&rows) {
        check(&db, studio, statement, row).await.expect("the statement holds");
    }
}

/// Opens a studio.
async fn studio(data: &Path) -> Result<StudioId> {
    let port = free_port();
    let server = Server::start(data, port, &[]);
    let mut producer = Producer::new(&format!("http://127.0.0.1:{port}"))?;
    let studio = producer.sign_up("Statements", "USD").await?;
    server.kill();
    Ok(studio.id.parse()?)
}

fn system() -> Ctx {
    Ctx::new(Actor::System, Env::system())
}

async fn state(db: &Db, studio: StudioId, statement: &Statement) -> Result<Option<ImportState>> {
    let found = find_by_file(db, &system(), studio, &statement.sha256).await?;
    Ok(found.map(|import| import.state))
}

/// How many statements were not read to their end.
async fn left_of(db: &Db, studio: StudioId, statements: &[Statement]) -> usize {
    let mut left = 0;
    for statement in statements {
        let state = state(db, studio, statement).await.expect("the database answers");
        left += usize::from(state == Some(ImportState::Reading));
    }
    left
}

/// One statement that counts, whose total and sums are the file's.
async fn check(db: &Db, studio: StudioId, statement: &Statement, row: &Value) -> Result<()> {
    let found = find_by_file(db, &system(), studio, &statement.sha256).await?.context("it was taken in")?;
    assert_eq!((found.state, found.lines), (ImportState::Ready, LINES.cast_signed()), "{row}");
    let total = Exact::from_raw(statement.total * 1_000_000);
    let totals = totals_of(db, &[found.id]).await?;
    assert_eq!(totals.iter().map(|row| row.amount).collect::<Vec<_>>(), [total]);
    let placed = placed_of(db, &found).await?;
    assert_eq!(placed.iter().map(|row| (row.matched, row.waiting)).collect::<Vec<_>>(), [(Exact::ZERO, total)]);
    assert_eq!(row["totals"][0]["amount"], total.to_string());
    Ok(())
}
