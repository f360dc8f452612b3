//! A real S3 server over a folder, within the test: it checks every signature, refuses what an address was not signed with, and goes and comes as the test says.

use std::{
    fs,
    net::{SocketAddr, TcpListener},
    path::PathBuf,
    thread::{self, JoinHandle},
};

use async_trait::async_trait;
use hyper_util::{
    rt::{TokioExecutor, TokioIo},
    server::conn::auto,
};
use s3s::{
    S3Result,
    access::{S3Access, S3AccessContext},
    auth::SimpleAuth,
    s3_error,
    service::{S3Service, S3ServiceBuilder},
};
use s3s_fs::FileSystem;
use tokio::sync::oneshot;

/// The name and the secret that it believes.
pub(crate) const KEYS: (&str, &str) = ("the-program", "a secret of the tests");

/// The server. It ends with the test, and its buckets with it.
pub(crate) struct S3Server {
    folder: tempfile::TempDir,
    service: S3Service,
    address: SocketAddr,
    endpoint: String,
    /// None while it is gone.
    life: Option<Life>,
}

impl S3Server {
    /// Starts on a free port of the loopback, with empty buckets.
    pub(crate) fn start(buckets: &[&str]) -> Self {
        Self::start_as(buckets, true)
    }

    /// The same, but it heeds headers with which an address was not signed, as the library does by itself.
    pub(crate) fn start_heedless(buckets: &[&str]) -> Self {
        Self::start_as(buckets, false)
    }

    fn start_as(buckets: &[&str], is_strict: bool) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        for bucket in buckets {
            fs::create_dir(folder.path().join(bucket)).expect("a bucket");
        }
        let mut service = S3ServiceBuilder::new(FileSystem::new(folder.path()).expect("it serves the folder"));
        let (name, secret) = KEYS;
        service.set_auth(SimpleAuth::from_single(name, secret));
        if is_strict {
            service.set_access(Strict);
        }
        let service = service.build();
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("it has an address");
        let life = Some(Life::begin(listener, service.clone()));
        Self { folder, service, address, endpoint: format!("http://{address}"), life }
    }

    /// Ends in the middle of whatever it does: from now on connections are refused.
    pub(crate) fn end(&mut self) {
        let life = self.life.take().expect("it is there to be ended");
        life.end().expect("and gone");
    }

    /// Answers again where it did, with what it had.
    pub(crate) fn begin(&mut self) {
        let listener = TcpListener::bind(self.address).expect("nobody else has taken its port");
        self.life = Some(Life::begin(listener, self.service.clone()));
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// The settings of a program whose files lie in one of the buckets.
    pub(crate) fn settings<'a>(&'a self, bucket: &'a str) -> [(&'a str, &'a str); 4] {
        self.settings_with(bucket, KEYS)
    }

    /// The same with other keys.
    pub(crate) fn settings_with<'a>(
        &'a self,
        bucket: &'a str,
        (name, secret): (&'a str, &'a str),
    ) -> [(&'a str, &'a str); 4] {
        [
            ("LEDGERLINE_S3_BUCKET", bucket),
            ("LEDGERLINE_S3_ENDPOINT", &self.endpoint),
            ("AWS_ACCESS_KEY_ID", name),
            ("AWS_SECRET_ACCESS_KEY", secret),
        ]
    }

    /// Where it is.
    pub(crate) fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// The folder of a bucket, in which each object is a file.
    pub(crate) fn bucket(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Whether a file is in the middle of coming in: the server keeps the parts beside its buckets until they are joined.
    pub(crate) fn holds_parts(&self) -> bool {
        let mut entries = fs::read_dir(self.folder.path()).expect("its folder").flatten();
        entries.any(|entry| entry.file_name().to_string_lossy().starts_with(".upload_id-"))
    }
}

impl Drop for S3Server {
    fn drop(&mut self) {
        drop(self.life.take().map(Life::end));
    }
}

/// Refuses what Amazon's server refuses: headers of the protocol beside an address that was not signed with them. Ours are signed with none.
struct Strict;

#[async_trait]
impl S3Access for Strict {
    async fn check(&self, request: &mut S3AccessContext<'_>) -> S3Result<()> {
        let is_address = request.uri().query().is_some_and(|query| query.contains("X-Amz-Signature="));
        let has_more = request.headers().keys().any(|name| name.as_str().starts_with("x-amz-"));
        if request.credentials().is_none() || (is_address && has_more) {
            return Err(s3_error!(AccessDenied));
        }
        Ok(())
    }
}

/// The server from its beginning to its end, in a thread of its own.
struct Life {
    /// Ends it by being dropped.
    stop: oneshot::Sender<()>,
    thread: JoinHandle<()>,
}

impl Life {
    fn begin(listener: TcpListener, service: S3Service) -> Self {
        listener.set_nonblocking(true).expect("as a runtime wants it");
        let (stop, stopped) = oneshot::channel();
        let thread = thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            // The connections go with the runtime, whatever they were about.
            runtime.block_on(async move {
                let listener = tokio::net::TcpListener::from_std(listener).expect("a listener");
                tokio::select! {
                    () = serve(listener, service) => {}
                    _ = stopped => {}
                }
            });
        });
        Self { stop, thread }
    }

    fn end(self) -> thread::Result<()> {
        drop(self.stop);
        self.thread.join()
    }
}

async fn serve(listener: tokio::net::TcpListener, service: S3Service) {
    loop {
        if let Ok((stream, _)) = listener.accept().await {
            let service = service.clone();
            tokio::spawn(async move {
                let server = auto::Builder::new(TokioExecutor::new());
                // Whoever breaks off is the program's to deal with.
                drop(server.serve_connection(TokioIo::new(stream), service).await);
            });
        }
    }
}
