//! Statements from the command line: looked at and taken in; and `kill -9` in the middle of reading, ten times: every statement is read to its end afterwards,
//! once, and its total is exact.

use std::{
    fmt::Write,
    io::{self, Read, Write as _},
    net::{TcpListener, TcpStream},
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
use serde_json::{Value, json};

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

/// A file of two lines and their total, as a distributor sends it.
fn small(folder: &Path, name: &str, month: &str) -> PathBuf {
    let row = |quantity: u32, earnings: &str| {
        format!(
            "{month}-05\t{month}-01\t{month}\tSpotify\tNova\tNight Drive\tqz-ab1-26-00001\t190000000012\t{quantity}\t100\tStreaming\tUS\t0\t{earnings}\t0\n"
        )
    };
    let total = format!("Total{}12.123456789011\t\n", "\t".repeat(13));
    let path = folder.join(name);
    let text = [HEADER, &row(12, "12.123456789012"), &row(1, "-0.000000000001"), &total].concat();
    std::fs::write(&path, text).expect("a file");
    path
}

/// The same with a heading renamed.
fn drifted(folder: &Path, name: &str, month: &str) -> PathBuf {
    let path = small(folder, name, month);
    let text = std::fs::read_to_string(&path).expect("a file").replace("\tQuantity\t", "\tUnits\t");
    std::fs::write(&path, text).expect("a file");
    path
}

/// A file of a format that does not say its currency.
fn without_currency(folder: &Path) -> PathBuf {
    let path = folder.join("youtube.csv");
    let header = "Day,Country,Asset ID,Asset Title,ISRC,UPC,Custom ID,Owned Views,Partner Revenue";
    let text = format!("{header}\n2025-01-31,BR,A1,Night Drive,QZAB12600001,,,1200,0.123456\n");
    std::fs::write(&path, text).expect("a file");
    path
}

/// Runs a command on statements: whether it succeeds, and what it prints.
fn told(arguments: &[&str], files: &[&Path]) -> (bool, String) {
    let output = command().arg("statement").args(arguments).args(files).output().expect("the program runs");
    (output.status.success(), String::from_utf8(output.stdout).expect("a text"))
}

/// The same in JSON.
fn answered(arguments: &[&str], files: &[&Path]) -> (bool, Vec<Value>) {
    let (is_fine, said) = told(&[arguments, &["--json"]].concat(), files);
    (is_fine, serde_json::from_str(&said).unwrap_or_else(|error| panic!("{error}: {said}")))
}

#[test]
fn statements_are_looked_at_without_a_studio() {
    let folder = tempfile::tempdir().expect("a folder");
    let fine = small(folder.path(), "fine.tsv", "2025-01");
    let drifted = drifted(folder.path(), "drifted.tsv", "2025-01");
    let (is_fine, rows) = answered(&["inspect"], &[&fine]);
    let row = &rows[0];
    assert!(is_fine, "{row}");
    assert_eq!(row["file"].as_str(), fine.to_str());
    assert_eq!((&row["layout"]["format"], &row["layout"]["separator"]), (&json!("distrokid"), &json!("\t")));
    assert_eq!((&row["tally"]["lines"], &row["tally"]["negative_lines"]), (&json!(2), &json!(1)));
    assert_eq!(row["tally"]["totals"], json!({ "USD": { "lines": 2, "amount": "12.123456789011" } }));
    assert_eq!(row["stated"][0]["agreement"], "exact", "{row}");

    let (is_fine, rows) = answered(&["inspect"], &[&drifted, &fine, &folder.path().join("none.tsv")]);
    assert!(!is_fine && rows[1]["error"].is_null(), "the others are looked at all the same");
    let renamed = json!([{ "change": "renamed", "column": 9, "from": "Quantity", "to": "Units" }]);
    assert_eq!(rows[0]["drift"]["nearest"]["changes"], renamed);
    assert!(rows[0]["error"].as_str().is_some_and(|error| error.contains("column 9 is \"Units\"")), "{}", rows[0]);
    assert!(rows[2]["error"].is_string(), "{}", rows[2]);

    let youtube = without_currency(folder.path());
    assert!(!answered(&["inspect"], &[&youtube]).0);
    let (is_fine, said) = told(&["inspect", "--currency", "eur"], &[&youtube]);
    assert!(is_fine && said.contains("EUR 0.123456 in 1 lines"), "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn statements_are_taken_in_once_and_what_does_not_count_says_why() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    std::fs::create_dir_all(&data).expect("a data folder");
    studio(&data).await.expect("a studio");
    let fine = small(folder.path(), "fine.tsv", "2025-01");
    let drifted = drifted(folder.path(), "drifted.tsv", "2025-02");
    let youtube = without_currency(folder.path());
    let other = folder.path().join("other.pdf");
    std::fs::write(&other, "%PDF-1.7 a statement").expect("a file");
    let none = folder.path().join("none.tsv");
    tokio::task::spawn_blocking(move || {
        let data = data.to_str().expect("in UTF-8");
        let import = ["import", "--data", data];
        let (is_fine, rows) = answered(&import, &[&fine]);
        assert!(is_fine, "{rows:#?}");
        let row = &rows[0];
        assert_eq!(
            (&row["state"], &row["known"], &row["format"], &row["lines"]),
            (&json!("ready"), &json!(false), &json!("distrokid"), &json!(2))
        );
        let total = json!({
            "currency": "USD", "account_currency": "USD", "lines": 2, "amount": "12.123456789011", "matched": "0",
            "suspense": "12.123456789011",
        });
        assert_eq!((&row["totals"], &row["problems"]), (&json!([total]), &json!([])));

        let copy = fine.with_file_name("copy.tsv");
        std::fs::copy(&fine, &copy).expect("a copy");
        let (is_fine, again) = answered(&import, &[&fine, &copy]);
        assert!(is_fine && again.iter().all(|other| other["known"] == true), "{again:#?}");
        assert!(again.iter().all(|other| other["statement"] == row["statement"]), "{again:#?}");
        let (is_fine, said) = told(&import, &[&fine]);
        assert!(is_fine && said.contains("taken in before") && said.contains("12.123456789011 in suspense"), "{said}");

        let (is_fine, rows) = answered(&import, &[&drifted, &youtube, &other, &none, &fine]);
        assert!(!is_fine);
        assert_eq!((&rows[0]["state"], &rows[0]["totals"]), (&json!("quarantined"), &json!([])));
        assert_eq!(rows[0]["drift"]["nearest"]["changes"][0]["to"], "Units", "{}", rows[0]);
        assert_eq!((&rows[1]["state"], &rows[1]["problems"][0]["code"]), (&json!("held"), &json!("NO_CURRENCY")));
        assert_eq!((&rows[2]["state"], &rows[2]["problems"][0]["code"]), (&json!("refused"), &json!("NOT_TEXT")));
        assert!(rows[3]["error"].as_str().is_some_and(|error| error.contains("cannot read")), "{}", rows[3]);
        assert_eq!(rows[4]["known"], true, "the others are taken in all the same");

        let (is_fine, rows) = answered(&[&import[..], &["--currency", "EUR"]].concat(), &[&youtube]);
        assert!(is_fine, "{rows:#?}");
        assert_eq!((&rows[0]["state"], &rows[0]["totals"][0]["currency"]), (&json!("ready"), &json!("EUR")));
    })
    .await
    .expect("all of it holds");
}

/// Takes a file as `clamd` does, and finds something in it.
fn find_malware(mut stream: TcpStream) -> io::Result<()> {
    let mut command = [0; 10];
    stream.read_exact(&mut command)?;
    assert_eq!(&command, b"zINSTREAM\0");
    loop {
        let mut length = [0; 4];
        stream.read_exact(&mut length)?;
        let length = u32::from_be_bytes(length);
        if length == 0 {
            return stream.write_all(b"stream: Eicar-Signature FOUND\0");
        }
        io::copy(&mut Read::take(&mut stream, length.into()), &mut io::sink())?;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_scanner_finds_is_not_imported() {
    let folder = tempfile::tempdir().expect("a folder");
    let (data, beats) = (folder.path().join("data"), folder.path().join("beats"));
    std::fs::create_dir_all(&data).expect("a data folder");
    std::fs::create_dir_all(&beats).expect("a folder of beats");
    studio(&data).await.expect("a studio");
    let statement = small(folder.path(), "fine.tsv", "2025-01");
    std::fs::write(beats.join("Night Drive.wav"), b"RIFF\x24\x00\x00\x00WAVEfmt ").expect("a beat");
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let scanner = listener.local_addr().expect("an address").to_string();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            find_malware(stream.expect("a connection")).expect("a file is sent");
        }
    });
    tokio::task::spawn_blocking(move || {
        for (arguments, files) in [(&["statement", "import"][..], statement), (&["import"][..], beats)] {
            let mut import = command();
            import.env("LEDGERLINE_CLAMAV", &scanner).args(arguments).arg("--data").arg(&data).arg(files);
            let output = import.output().expect("the program runs");
            let said = String::from_utf8_lossy(&output.stdout);
            assert!(!output.status.success() && said.contains("Eicar-Signature"), "{arguments:?}: {said}");
        }
    })
    .await
    .expect("all of it holds");
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
