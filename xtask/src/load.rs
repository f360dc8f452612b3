//! Load on a server: callers that ask one thing after the other, each over a connection of its own that is kept alive, and how long the answers took.
//!
//! The client blocks and parses no more than it needs, so that it takes little of the machine that it shares with the server.

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Write},
    net::{SocketAddr, TcpStream},
    sync::atomic::{AtomicU64, Ordering},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, anyhow, bail};

/// How long an answer may take before something must be wrong.
const PATIENCE: Duration = Duration::from_mins(1);

/// What a server answered.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    /// The status.
    pub(crate) status: u16,
    /// The body.
    pub(crate) body: String,
}

impl Answer {
    fn read(from: &mut impl BufRead) -> Result<Self> {
        let mut line = String::new();
        from.read_line(&mut line)?;
        let status = line.split(' ').nth(1).and_then(|status| status.parse().ok());
        let status = status.with_context(|| format!("no answer begins with {line:?}"))?;
        let mut length: Option<usize> = None;
        loop {
            line.clear();
            if from.read_line(&mut line)? == 0 {
                bail!("the answer breaks off in its head");
            }
            let Some((name, value)) = line.trim_end().split_once(':') else { break };
            if name.eq_ignore_ascii_case("content-length") {
                length = Some(value.trim().parse()?);
            }
        }
        let mut body = vec![0; length.context("the answer does not say how long it is")?];
        from.read_exact(&mut body)?;
        Ok(Self { status, body: String::from_utf8(body)? })
    }
}

/// A connection to a server, kept alive, with the times of what was asked over it.
pub(crate) struct Connection {
    stream: BufReader<TcpStream>,
    server: SocketAddr,
    times: Vec<(&'static str, Duration)>,
}

impl Connection {
    /// Connects.
    pub(crate) fn open(server: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(server)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        Ok(Self { stream: BufReader::new(stream), server, times: Vec::new() })
    }

    /// Asks for a page; its time is told as that of a kind of call.
    pub(crate) fn get(&mut self, call: &'static str, path: &str) -> Result<Answer> {
        let request = format!("GET {path} HTTP/1.1\r\nHost: {}\r\n\r\n", self.server);
        self.send(call, &request)
    }

    /// Posts a body, with further headers that end their lines themselves.
    pub(crate) fn post(&mut self, call: &'static str, path: &str, headers: &str, body: &str) -> Result<Answer> {
        let (server, length) = (self.server, body.len());
        let request =
            format!("POST {path} HTTP/1.1\r\nHost: {server}\r\nContent-Length: {length}\r\n{headers}\r\n{body}");
        self.send(call, &request)
    }

    /// Waits for a turn's time, and tells how late it is.
    fn wait_until(&mut self, due: Instant) {
        #[expect(clippy::disallowed_methods, reason = "the load is so many a second")]
        thread::sleep(due.saturating_duration_since(Instant::now()));
        self.times.push((LATE, due.elapsed()));
    }

    fn send(&mut self, call: &'static str, request: &str) -> Result<Answer> {
        let begun = Instant::now();
        self.stream.get_mut().write_all(request.as_bytes())?;
        let answer = Answer::read(&mut self.stream).context(call)?;
        self.times.push((call, begun.elapsed()));
        Ok(answer)
    }
}

/// What a load came to.
pub(crate) struct Load {
    /// How many turns were done.
    pub(crate) turns: u64,
    /// From the first question to the last answer.
    pub(crate) elapsed: Duration,
    /// How long the calls of each kind took, the shortest first.
    times: BTreeMap<&'static str, Vec<Duration>>,
}

impl Load {
    /// Turns a second.
    pub(crate) fn per_second(&self) -> f64 {
        rate(self.turns, self.elapsed)
    }

    /// The kinds of calls, by name.
    pub(crate) fn calls(&self) -> impl Iterator<Item = &'static str> {
        self.times.keys().copied()
    }

    /// How long so many of a hundred calls of a kind took at the most, in milliseconds; no number if there were none.
    pub(crate) fn at_most_ms(&self, call: &str, percent: usize) -> f64 {
        let times = self.times.get(call).map(Vec::as_slice).unwrap_or_default();
        at_most(times, percent).map_or(f64::NAN, |time| time.as_secs_f64() * 1_000.0)
    }
}

/// How often something was done in a second.
#[expect(clippy::cast_precision_loss, reason = "far below 2^52 times")]
pub(crate) fn rate(done: u64, elapsed: Duration) -> f64 {
    done as f64 / elapsed.as_secs_f64()
}

/// How long so many of a hundred took at the most; the times are in order.
fn at_most(times: &[Duration], percent: usize) -> Option<Duration> {
    let place = (times.len() * percent).div_ceil(100).saturating_sub(1);
    times.get(place).copied()
}

/// How late a turn began, told beside the calls where turns have their times.
pub(crate) const LATE: &str = "how late it began";

/// How quickly turns follow each other.
#[derive(Clone, Copy)]
pub(crate) enum Pace {
    /// Each caller's at once after the one before it.
    AtOnce,
    /// So many a second over all callers, each at its own time: what a slow answer keeps waiting is told as [`LATE`].
    PerSecond(f64),
}

impl Pace {
    /// How long after the beginning a turn is due.
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52 turns")]
    fn due(self, turn: u64) -> Option<Duration> {
        match self {
            Self::AtOnce => None,
            Self::PerSecond(rate) => Some(Duration::from_secs_f64(turn as f64 / rate)),
        }
    }
}

/// Has one turn done after the other over so many connections at once, for a time. Turns are numbered from 0; the first that fails ends it.
pub(crate) fn run(
    server: SocketAddr,
    connections: u32,
    time: Duration,
    pace: Pace,
    one: impl Fn(&mut Connection, u64) -> Result<()> + Sync,
) -> Result<Load> {
    let opened: Vec<Connection> = (0..connections).map(|_| Connection::open(server)).collect::<Result<_>>()?;
    let (turns, begun) = (AtomicU64::new(0), Instant::now());
    let end = begun + time;
    let done: Vec<Connection> = thread::scope(|scope| {
        let (one, turns) = (&one, &turns);
        let callers: Vec<_> = opened
            .into_iter()
            .map(|mut connection| {
                scope.spawn(move || {
                    while Instant::now() < end {
                        let turn = turns.fetch_add(1, Ordering::Relaxed);
                        if let Some(due) = pace.due(turn) {
                            connection.wait_until(begun + due);
                        }
                        one(&mut connection, turn)?;
                    }
                    Ok::<_, anyhow::Error>(connection)
                })
            })
            .collect();
        let joined =
            callers.into_iter().map(|caller| caller.join().unwrap_or_else(|_| Err(anyhow!("a caller panicked"))));
        joined.collect::<Result<Vec<_>>>()
    })?;
    let elapsed = begun.elapsed();
    let mut times: BTreeMap<&'static str, Vec<Duration>> = BTreeMap::new();
    for (call, took) in done.into_iter().flat_map(|connection| connection.times) {
        times.entry(call).or_default().push(took);
    }
    for took in times.values_mut() {
        took.sort_unstable();
    }
    Ok(Load { turns: turns.into_inner(), elapsed, times })
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    /// A server that answers every request of so many connections alike.
    fn answering(connections: usize, answer: &'static str) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        thread::spawn(move || {
            for stream in listener.incoming().take(connections) {
                let stream = stream.unwrap();
                thread::spawn(move || {
                    let mut reader = BufReader::new(&stream);
                    let mut line = String::new();
                    while reader.read_line(&mut line).is_ok_and(|read| read > 0) {
                        if line == "\r\n" {
                            (&stream).write_all(answer.as_bytes()).unwrap();
                        }
                        line.clear();
                    }
                });
            }
        });
        address
    }

    fn read(answer: &str) -> Result<Answer> {
        Answer::read(&mut answer.as_bytes())
    }

    #[test]
    fn so_many_of_a_hundred_took_at_the_most() {
        let times: Vec<Duration> = (1..=200).map(Duration::from_millis).collect();
        for (percent, ms) in [(0, 1), (1, 2), (50, 100), (99, 198), (100, 200)] {
            assert_eq!(at_most(&times, percent), Some(Duration::from_millis(ms)), "{percent}");
        }
        let few = [Duration::from_millis(3), Duration::from_millis(7)];
        assert_eq!(at_most(&few, 50), Some(few[0]));
        assert_eq!(at_most(&few, 99), Some(few[1]), "the slowest is not left out where there are few");
        assert_eq!(at_most(&[], 99), None);
    }

    #[test]
    fn an_answer_is_read_to_its_end_and_no_further() {
        let two = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nx: a:b\r\n\r\nbodyHTTP/1.1 303 See Other\r\ncontent-length: 0\r\n\r\n";
        let mut from = two.as_bytes();
        let first = Answer::read(&mut from).unwrap();
        assert_eq!(first, Answer { status: 200, body: "body".to_owned() });
        assert_eq!(Answer::read(&mut from).unwrap(), Answer { status: 303, body: String::new() });
        for broken in [
            "",
            "nonsense\r\n",
            "HTTP/1.1 200 OK\r\n",
            "HTTP/1.1 200 OK\r\n\r\n",
            "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nx",
        ] {
            assert!(read(broken).is_err(), "{broken:?}");
        }
    }

    #[test]
    fn callers_share_the_turns_and_each_call_has_its_times() {
        let server = answering(3, "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");
        let load = run(server, 3, Duration::from_millis(50), Pace::AtOnce, |connection, turn| {
            let call = if turn % 2 == 0 { "even" } else { "odd" };
            let answer = connection.get(call, "/")?;
            if answer.body == "ok" { Ok(()) } else { bail!("{answer:?}") }
        });
        let load = load.unwrap();
        assert!(load.turns >= 2 && load.per_second() > 0.0);
        assert_eq!(load.calls().collect::<Vec<_>>(), ["even", "odd"]);
        let counted: usize = load.times.values().map(Vec::len).sum();
        assert_eq!(u64::try_from(counted).unwrap(), load.turns);
        assert!(load.at_most_ms("even", 50) <= load.at_most_ms("even", 99));
        assert!(load.at_most_ms("none", 99).is_nan());
    }

    #[test]
    fn turns_wait_for_their_times() {
        let server = answering(2, "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
        let begun = Instant::now();
        let load = run(server, 2, Duration::from_millis(100), Pace::PerSecond(50.0), |connection, turn| {
            let early = begun.elapsed() < Duration::from_millis(20) * u32::try_from(turn)?;
            connection.get("get", "/")?;
            anyhow::ensure!(!early, "turn {turn} came before its time");
            Ok(())
        });
        let load = load.unwrap();
        assert!((1..=7).contains(&load.turns), "5 are due in 100 ms, and one more for each caller: {}", load.turns);
        assert_eq!(load.calls().collect::<Vec<_>>(), ["get", LATE]);
    }

    #[test]
    fn a_turn_that_fails_ends_it() {
        let server = answering(1, "HTTP/1.1 500 Broken\r\ncontent-length: 0\r\n\r\n");
        let load = run(server, 1, Duration::from_mins(1), Pace::AtOnce, |connection, _| {
            let answer = connection.post("post", "/", "", "")?;
            bail!("it answered {}", answer.status)
        });
        assert_eq!(load.err().map(|error| error.to_string()).as_deref(), Some("it answered 500"));
    }
}
