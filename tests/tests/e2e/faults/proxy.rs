//! The way to a server, which is slow, breaks off, ends before the server, or is answered by somebody else, as the test says.

use std::{net::SocketAddr, time::Duration};

use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, copy},
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinHandle,
};

/// How the way is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// As if it were not there.
    Open,
    /// Whatever is asked takes so much longer to arrive.
    Slow(Duration),
    /// Breaks off in the middle of what is asked.
    Cut,
    /// Nobody is there.
    Closed,
    /// Somebody answers for the server: HTTP's line of a status.
    Answered(&'static str),
}

/// How much is carried at a time.
const PIECE_BYTES: usize = 16 * 1024;

/// A way. Whoever is on it when it changes loses the connection.
pub(super) struct Proxy {
    address: SocketAddr,
    way: watch::Sender<Way>,
    carrier: JoinHandle<()>,
}

impl Proxy {
    /// Leads to a server, from an address of its own.
    pub(super) async fn start(to: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("it has an address");
        let (way, changes) = watch::channel(Way::Open);
        let carrier = tokio::spawn(lead(listener, to, changes));
        Self { address, way, carrier }
    }

    /// Where it begins.
    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Makes the way so from now on.
    pub(super) fn make(&self, way: Way) {
        self.way.send_replace(way);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.carrier.abort();
    }
}

async fn lead(listener: TcpListener, to: SocketAddr, mut changes: watch::Receiver<Way>) {
    let address = listener.local_addr().expect("it has an address");
    let mut door = Some(listener);
    loop {
        if *changes.borrow_and_update() == Way::Closed {
            door = None;
            if changes.changed().await.is_err() {
                return;
            }
            continue;
        }
        let open = match door.take() {
            Some(open) => open,
            None => TcpListener::bind(address).await.expect("nobody else has taken its port"),
        };
        tokio::select! {
            changed = changes.changed() => if changed.is_err() { return },
            accepted = open.accept() => if let Ok((stream, _)) = accepted {
                tokio::spawn(carry(stream, to, changes.clone()));
            },
        }
        door = Some(open);
    }
}

/// Carries what is said on a connection, until somebody ends it or the way changes.
async fn carry(stream: TcpStream, to: SocketAddr, mut changes: watch::Receiver<Way>) {
    let way = *changes.borrow_and_update();
    tokio::select! {
        _ = changes.changed() => {}
        // Whoever breaks off is the program's to deal with.
        _ = along(way, stream, to) => {}
    }
}

async fn along(way: Way, mut stream: TcpStream, to: SocketAddr) -> std::io::Result<()> {
    let delay = match way {
        Way::Open => Duration::ZERO,
        Way::Slow(delay) => delay,
        // What was sent and not read makes the system break the connection off, rather than end it.
        Way::Cut | Way::Closed => return stream.read_exact(&mut [0; 16]).await.map(drop),
        Way::Answered(status) => {
            let mut asked = vec![0; PIECE_BYTES];
            if stream.read(&mut asked).await? == 0 {
                return Ok(());
            }
            let answer = format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            stream.write_all(answer.as_bytes()).await?;
            return stream.shutdown().await;
        }
    };
    let mut server = TcpStream::connect(to).await?;
    let (mut from_client, mut to_client) = stream.split();
    let (mut from_server, mut to_server) = server.split();
    tokio::select! {
        asked = crawl(&mut from_client, &mut to_server, delay) => asked,
        answered = copy(&mut from_server, &mut to_client) => answered.map(drop),
    }
}

/// Copies, each piece later by the delay.
async fn crawl(
    from: &mut (impl AsyncRead + Unpin),
    to: &mut (impl AsyncWrite + Unpin),
    delay: Duration,
) -> std::io::Result<()> {
    let mut piece = vec![0; PIECE_BYTES];
    loop {
        let length = from.read(&mut piece).await?;
        if length == 0 {
            return Ok(());
        }
        if !delay.is_zero() {
            tokio::time::sleep(delay).await;
        }
        to.write_all(&piece[..length]).await?;
    }
}

#[tokio::test]
async fn the_way_is_as_it_was_made() {
    let server = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let proxy = Proxy::start(server.local_addr().unwrap()).await;
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = server.accept().await {
            tokio::spawn(async move {
                let mut word = [0; 4];
                while stream.read_exact(&mut word).await.is_ok() && stream.write_all(b"pong").await.is_ok() {}
            });
        }
    });
    let ask = async || {
        let mut stream = TcpStream::connect(proxy.address()).await?;
        stream.write_all(b"ping").await?;
        let mut answer = vec![0; 64];
        let length = stream.read(&mut answer).await?;
        answer.truncate(length);
        Ok::<_, std::io::Error>(answer)
    };
    assert_eq!(ask().await.unwrap(), b"pong");
    proxy.make(Way::Slow(Duration::from_millis(5)));
    assert_eq!(ask().await.unwrap(), b"pong");
    proxy.make(Way::Answered("503 Slow Down"));
    assert!(ask().await.unwrap().starts_with(b"HTTP/1.1 503 Slow Down\r\n"));
    proxy.make(Way::Closed);
    // The door is closed by a task of its own.
    let closed = async { while TcpStream::connect(proxy.address()).await.is_ok() {} };
    tokio::time::timeout(Duration::from_secs(10), closed).await.expect("nobody is there");
    proxy.make(Way::Open);
    let opened = async {
        while ask().await.is_err() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), opened).await.expect("and somebody again");
}
