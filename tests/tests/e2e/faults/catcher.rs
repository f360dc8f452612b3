//! A mail server within the test: it takes letters, or refuses them for now or for good.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

/// How it treats letters.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Mood {
    /// They are taken.
    #[default]
    Takes,
    /// They may come again.
    Later,
    /// They are refused for good.
    Never,
}

/// A letter that was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Letter {
    /// To whom.
    pub(super) to: String,
    /// Its Message-ID: the same of a letter that is sent again.
    pub(super) id: String,
}

#[derive(Debug, Default)]
struct Kept {
    mood: Mood,
    letters: Vec<Letter>,
}

/// The server. It ends with the test.
pub(super) struct Catcher {
    address: SocketAddr,
    kept: Arc<Mutex<Kept>>,
    door: JoinHandle<()>,
}

impl Catcher {
    /// Starts on a free port of the loopback, without encryption.
    pub(super) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("it has an address");
        let kept = Arc::<Mutex<Kept>>::default();
        let shared = Arc::clone(&kept);
        let door = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                // Whoever breaks off comes again.
                tokio::spawn(converse(stream, Arc::clone(&shared)));
            }
        });
        Self { address, kept, door }
    }

    /// Its address, as the program is told.
    pub(super) fn url(&self) -> String {
        format!("smtp+plain://{}", self.address)
    }

    /// Treats letters so from now on.
    pub(super) fn be(&self, mood: Mood) {
        open(&self.kept).mood = mood;
    }

    /// The letters to an address, in their order.
    pub(super) fn letters_to(&self, address: &str) -> Vec<Letter> {
        open(&self.kept).letters.iter().filter(|letter| letter.to == address).cloned().collect()
    }
}

impl Drop for Catcher {
    fn drop(&mut self) {
        self.door.abort();
    }
}

fn open(kept: &Mutex<Kept>) -> MutexGuard<'_, Kept> {
    kept.lock().unwrap_or_else(PoisonError::into_inner)
}

/// One connection, as RFC 5321 has it, as far as the program goes.
async fn converse(stream: TcpStream, kept: Arc<Mutex<Kept>>) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    let mut to = String::new();
    stream.write_all(b"220 catcher\r\n").await?;
    loop {
        let Some(line) = next_line(&mut stream).await? else { return Ok(()) };
        let verb = line.chars().take(4).collect::<String>().to_ascii_uppercase();
        let mood = open(&kept).mood;
        let answer = match verb.as_str() {
            "EHLO" => "250-catcher\r\n250 8BITMIME",
            "RCPT" => match mood {
                Mood::Takes => {
                    to = between(&line, '<', '>').to_owned();
                    "250 fine"
                }
                Mood::Later => "451 4.3.0 come again later",
                Mood::Never => "550 5.7.1 not taken here",
            },
            "DATA" => {
                stream.write_all(b"354 go on\r\n").await?;
                let Some(id) = read_letter(&mut stream).await? else { return Ok(()) };
                open(&kept).letters.push(Letter { to: std::mem::take(&mut to), id });
                "250 taken"
            }
            "QUIT" => {
                stream.write_all(b"221 good bye\r\n").await?;
                return Ok(());
            }
            "HELO" | "MAIL" | "RSET" | "NOOP" => "250 fine",
            _ => "502 5.5.1 not known here",
        };
        stream.write_all(format!("{answer}\r\n").as_bytes()).await?;
    }
}

/// A line without its end; none where the connection has ended.
async fn next_line(stream: &mut BufReader<TcpStream>) -> std::io::Result<Option<String>> {
    let mut line = Vec::new();
    let length = stream.read_until(b'\n', &mut line).await?;
    Ok((length > 0).then(|| String::from_utf8_lossy(&line).trim_end().to_owned()))
}

/// Reads a letter to its end, and gives its Message-ID; none where the connection ended before.
async fn read_letter(stream: &mut BufReader<TcpStream>) -> std::io::Result<Option<String>> {
    let mut id = String::new();
    while let Some(line) = next_line(stream).await? {
        if line == "." {
            return Ok(Some(id));
        }
        if id.is_empty() && line.to_ascii_lowercase().starts_with("message-id:") {
            between(&line, '<', '>').clone_into(&mut id);
        }
    }
    Ok(None)
}

/// What stands between two marks of a line; nothing if they are not there.
fn between(line: &str, first: char, last: char) -> &str {
    line.split_once(first).and_then(|(_, rest)| rest.split_once(last)).map_or("", |(within, _)| within)
}

#[tokio::test]
async fn letters_are_taken_or_refused_as_it_feels() {
    let catcher = Catcher::start().await;
    let mut stream = BufReader::new(TcpStream::connect(catcher.address).await.unwrap());
    assert_eq!(next_line(&mut stream).await.unwrap().unwrap(), "220 catcher");
    let mut ask = async |words: &str| {
        stream.write_all(format!("{words}\r\n").as_bytes()).await.unwrap();
        next_line(&mut stream).await.unwrap().unwrap()
    };
    for (mood, answer) in [(Mood::Later, "451 "), (Mood::Never, "550 "), (Mood::Takes, "250 ")] {
        catcher.be(mood);
        assert_eq!(ask("MAIL FROM:<a@example.com>").await, "250 fine");
        assert!(ask("RCPT TO:<b@example.com>").await.starts_with(answer), "{mood:?}");
    }
    assert_eq!(ask("DATA").await, "354 go on");
    assert_eq!(ask("Message-ID: <job_1@example.com>\r\n\r\nHello\r\n.").await, "250 taken");
    let letter = Letter { to: "b@example.com".to_owned(), id: "job_1@example.com".to_owned() };
    assert_eq!(catcher.letters_to("b@example.com"), [letter]);
}
