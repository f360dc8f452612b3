//! `cargo xtask browser --many`: the journeys and tours of `tests/browser` through the pages of two servers behind a balancer, whose jobs two workers do.

use std::{net::Ipv4Addr, path::Path};

use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    process::Command,
};

use super::{BUCKET, started};
use crate::{
    postgres::{self, drop_database, made},
    program::free_port,
    request,
    s3_server::S3Server,
    shop::base,
};

/// The variables that tell the tests in a browser where the pages are, and in which folder the log of the program is.
const SERVER: &str = "LEDGERLINE_TEST_SERVER";
const FOLDER: &str = "LEDGERLINE_TEST_FOLDER";

/// What a server measures of answers to the dashboard.
const ANSWERED: &str = r#"ledgerline_http_request_duration_seconds_count{method="POST",route="/graphql",status="200"}"#;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs Chromium, and as long as all tests in a browser"]
async fn people_find_their_ways_whichever_server_they_come_to() {
    let server = postgres::server().expect("many processes share a PostgreSQL");
    let folder = tempfile::tempdir().expect("a folder");
    let s3 = S3Server::start(&[BUCKET]);
    let url = made(&server, "journeys").await;
    let balancer = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = format!("http://{}", balancer.local_addr().expect("it has an address"));
    let ports = [free_port(), free_port()];
    let balancing = tokio::spawn(balance(balancer, ports));
    let processes = started(folder.path(), ports, &s3, [&url, &address]);

    let browser = Path::new(env!("CARGO_MANIFEST_DIR")).join("browser");
    let mut journeys = Command::new("npm");
    journeys.current_dir(browser).arg("test").env(SERVER, &address).env(FOLDER, folder.path());
    let walked = journeys.status().await.expect("npm starts");
    assert!(walked.success(), "the journeys have failed: {walked}");
    for port in ports {
        let measured = request::send("GET", &format!("{}/metrics", base(port)), &[], &[]).await.expect("measurements");
        assert!(String::from_utf8_lossy(&measured.body).contains(ANSWERED), "nobody came to the server at {port}");
    }

    balancing.abort();
    drop(processes);
    drop_database(&server, "journeys").await;
}

/// Leads whoever connects to the next of the servers, in turn.
async fn balance(balancer: TcpListener, ports: [u16; 2]) {
    for port in ports.into_iter().cycle() {
        if let Ok((mut visitor, _)) = balancer.accept().await {
            tokio::spawn(async move {
                if let Ok(mut server) = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await {
                    // Whoever breaks off is the other's to deal with.
                    drop(copy_bidirectional(&mut visitor, &mut server).await);
                }
            });
        }
    }
}
