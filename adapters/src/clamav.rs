//! A scanner for malware: `clamd` of `ClamAV`, over TCP, as its manual describes `INSTREAM`. A file is sent in pieces, each behind its length, and a length of
//! nothing ends it. What it answers is one text, which a zero byte ends.

use std::{io, path::Path, sync::Arc, time::Duration};

use async_trait::async_trait;
use domain::ports::{PortError, Scanned, Scanner};
use tokio::{
    fs::File,
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
    sync::Semaphore,
};

const SCANNING: &str = "scanning a file for malware";

/// How long the scanner may take for a file of nothing.
const PATIENCE: Duration = Duration::from_mins(1);
/// How much of a file it has to read a second beside that.
const BYTES_A_SECOND: u64 = 4 << 20;

const PIECE_BYTES: usize = 64 << 10;

/// How many files it is sent at a time: fewer than it has threads for (`MaxThreads`, 10 unless set), so that several programs may share one.
const SCANS_AT_A_TIME: usize = 4;

/// What begins the names by which it calls a file that it has not looked through to its end, if it is told to say so: one that is too long, holds too much, is packed
/// too deeply or takes too much time.
const UNSEEN: &str = "Heuristics.Limits.Exceeded";

/// The longest answer.
const MAX_ANSWER_BYTES: u64 = 4 << 10;

/// Why a file was not scanned.
#[derive(Debug, thiserror::Error)]
enum ScanError {
    #[error("the scanner gave no answer in time")]
    Late,
    #[error("the scanner cannot be reached, or broke off")]
    Connection(#[from] io::Error),
    #[error("the scanner answered {0:?}")]
    Answer(String),
}

/// Asks `clamd` at an address, such as `127.0.0.1:3310`. Nothing is remembered of what it has seen: its lists change.
#[derive(Debug, Clone)]
pub struct Clamav {
    address: String,
    /// The places for files that it is sent; others wait for one.
    places: Arc<Semaphore>,
}

impl Clamav {
    /// The scanner at an address, which is not asked yet.
    pub fn new(address: impl Into<String>) -> Self {
        Self { address: address.into(), places: Arc::new(Semaphore::new(SCANS_AT_A_TIME)) }
    }

    /// Whether it answers.
    ///
    /// # Errors
    /// If it does not, or is something else.
    pub async fn ping(&self) -> Result<(), PortError> {
        let answer = in_time(PATIENCE, self.ask(b"zPING\0", None)).await;
        match answer.map_err(failed)?.as_str() {
            "PONG" => Ok(()),
            other => Err(failed(ScanError::Answer(other.to_owned()))),
        }
    }

    /// Sends a file as soon as there is a place for it; gives what is answered.
    async fn ask_about(&self, file: File) -> Result<String, ScanError> {
        let _place = self.places.acquire().await.map_err(io::Error::other)?;
        self.ask(b"zINSTREAM\0", Some(file)).await
    }

    /// Sends a command, and a file behind it; gives what is answered.
    async fn ask(&self, command: &[u8], file: Option<File>) -> Result<String, ScanError> {
        let mut stream = TcpStream::connect(&self.address).await?;
        stream.write_all(command).await?;
        let sent = match file {
            Some(file) => send(&mut stream, file).await,
            None => Ok(()),
        };
        // Of a file that is too long for it the scanner says so before it has it all, and takes no more.
        let mut answer = Vec::new();
        let read = BufReader::new(stream.take(MAX_ANSWER_BYTES)).read_until(0, &mut answer).await;
        if answer.is_empty() {
            sent?;
            read?;
            return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
        }
        Ok(String::from_utf8_lossy(&answer).trim_matches(['\0', '\n', ' ']).to_owned())
    }
}

#[async_trait]
impl Scanner for Clamav {
    async fn scan(&self, file: &Path) -> Result<Scanned, PortError> {
        let opened = async {
            let file = File::open(file).await?;
            let bytes = file.metadata().await?.len();
            Ok::<_, ScanError>((file, bytes))
        };
        let (file, bytes) = opened.await.map_err(failed)?;
        let patience = PATIENCE + Duration::from_secs(bytes / BYTES_A_SECOND);
        let answer = in_time(patience, self.ask_about(file)).await;
        verdict(&answer.map_err(failed)?).map_err(failed)
    }
}

fn failed(cause: ScanError) -> PortError {
    PortError::transient(SCANNING, cause)
}

async fn in_time(
    patience: Duration,
    asking: impl Future<Output = Result<String, ScanError>>,
) -> Result<String, ScanError> {
    tokio::time::timeout(patience, asking).await.unwrap_or(Err(ScanError::Late))
}

async fn send(stream: &mut TcpStream, mut file: File) -> io::Result<()> {
    let mut piece = vec![0; PIECE_BYTES];
    loop {
        let length = file.read(&mut piece).await?;
        stream.write_all(&u32::try_from(length).map_err(io::Error::other)?.to_be_bytes()).await?;
        if length == 0 {
            return stream.flush().await;
        }
        stream.write_all(&piece[..length]).await?;
    }
}

fn verdict(answer: &str) -> Result<Scanned, ScanError> {
    let said = answer.strip_prefix("stream: ").unwrap_or(answer);
    match said.strip_suffix(" FOUND") {
        Some(name) if name.starts_with(UNSEEN) => Ok(Scanned::TooLong),
        Some(malware) => Ok(Scanned::Infected(malware.to_owned())),
        None if said == "OK" => Ok(Scanned::Clean),
        None if said.starts_with("INSTREAM size limit exceeded") => Ok(Scanned::TooLong),
        None => Err(ScanError::Answer(said.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;

    /// A server that is asked once, and answers; gives what came of that, and what it was sent.
    async fn asked(answer: &'static str, bytes: &[u8]) -> (Result<Scanned, PortError>, Vec<u8>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let scanner = Clamav::new(listener.local_addr().unwrap().to_string());
        let serving = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut command = [0; 10];
            stream.read_exact(&mut command).await.unwrap();
            assert_eq!(&command, b"zINSTREAM\0");
            let mut taken = Vec::new();
            loop {
                let length = usize::try_from(stream.read_u32().await.unwrap()).unwrap();
                if length == 0 {
                    break;
                }
                let mut piece = vec![0; length];
                stream.read_exact(&mut piece).await.unwrap();
                taken.extend(piece);
            }
            stream.write_all(answer.as_bytes()).await.unwrap();
            taken
        });
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), bytes).unwrap();
        let scanned = scanner.scan(file.path()).await;
        (scanned, serving.await.unwrap())
    }

    #[tokio::test]
    async fn a_file_is_sent_whole_and_what_is_found_in_it_is_named() {
        let bytes: Vec<u8> = (0..200_000_u32).map(|at| u8::try_from(at % 251).unwrap()).collect();
        let (clean, taken) = asked("stream: OK\0", &bytes).await;
        assert_eq!(clean.unwrap(), Scanned::Clean);
        assert!(taken == bytes);
        let (infected, _) = asked("stream: Win.Test.EICAR_HDB-1 FOUND\0", b"x").await;
        assert_eq!(infected.unwrap(), Scanned::Infected("Win.Test.EICAR_HDB-1".to_owned()));
        let (empty, taken) = asked("stream: OK\0", b"").await;
        assert!(empty.unwrap() == Scanned::Clean && taken.is_empty());
    }

    #[tokio::test]
    async fn a_scanner_that_gives_no_verdict_is_asked_again() {
        let (broken_off, _) = asked("", b"x").await;
        assert!(broken_off.unwrap_err().transient);
        let (fails, _) = asked("Can't allocate memory ERROR\0", b"x").await;
        assert!(fails.unwrap_err().transient);
        let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
        let away = Clamav::new(nobody.to_string()).ping().await;
        assert!(away.unwrap_err().transient);
    }

    #[test]
    fn a_file_that_is_too_long_for_it_is_told_apart() {
        assert!(matches!(verdict("INSTREAM size limit exceeded. ERROR"), Ok(Scanned::TooLong)));
        assert!(matches!(verdict("UNKNOWN COMMAND"), Err(ScanError::Answer(_))));
        // What it has not looked through to its end is no malware, and not clean.
        for limit in ["", ".MaxFileSize", ".MaxScanSize", ".MaxFiles", ".MaxRecursion", ".MaxScanTime"] {
            let said = verdict(&format!("stream: Heuristics.Limits.Exceeded{limit} FOUND"));
            assert_eq!(said.unwrap(), Scanned::TooLong, "{limit}");
        }
        let encrypted = verdict("stream: Heuristics.Encrypted.Zip FOUND");
        assert_eq!(encrypted.unwrap(), Scanned::Infected("Heuristics.Encrypted.Zip".to_owned()));
    }

    /// Takes a file of nothing, and finds nothing in it.
    async fn answer_clean(mut stream: TcpStream) {
        let mut sent = [0; 14];
        stream.read_exact(&mut sent).await.unwrap();
        assert_eq!(&sent, b"zINSTREAM\0\0\0\0\0");
        stream.write_all(b"stream: OK\0").await.unwrap();
    }

    #[tokio::test]
    async fn it_is_sent_so_many_files_at_a_time_and_others_wait() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let scanner = Clamav::new(listener.local_addr().unwrap().to_string());
        let file = tempfile::NamedTempFile::new().unwrap();
        let mut scans = tokio::task::JoinSet::new();
        for _ in 0..=SCANS_AT_A_TIME {
            let (scanner, path) = (scanner.clone(), file.path().to_owned());
            scans.spawn(async move { scanner.scan(&path).await });
        }
        let mut streams = Vec::new();
        for _ in 0..SCANS_AT_A_TIME {
            streams.push(listener.accept().await.unwrap().0);
        }
        let early = tokio::time::timeout(Duration::from_millis(300), listener.accept()).await;
        assert!(early.is_err(), "the last waits for a place");
        for stream in streams {
            answer_clean(stream).await;
        }
        answer_clean(listener.accept().await.unwrap().0).await;
        for scanned in scans.join_all().await {
            assert_eq!(scanned.unwrap(), Scanned::Clean);
        }
    }

    #[tokio::test]
    async fn it_is_known_by_its_answer() {
        for (answer, is_one) in [("PONG\0", true), ("220 mail.example ESMTP\r\n", false)] {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let scanner = Clamav::new(listener.local_addr().unwrap().to_string());
            let serving = tokio::spawn(async move {
                let (mut stream, _) = listener.accept().await.unwrap();
                let mut command = [0; 6];
                stream.read_exact(&mut command).await.unwrap();
                assert_eq!(&command, b"zPING\0");
                stream.write_all(answer.as_bytes()).await.unwrap();
            });
            assert_eq!(scanner.ping().await.is_ok(), is_one);
            serving.await.unwrap();
        }
    }
}
