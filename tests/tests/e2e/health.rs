//! `ledgerline health`, as a container's check or a supervisor asks.

use std::process::Output;

use crate::program::{Server, command, free_port};

fn ask(listen: &str) -> Output {
    command().args(["health", "--listen", listen]).output().expect("the program starts")
}

#[test]
fn a_server_is_asked_where_it_listens() {
    let folder = tempfile::tempdir().expect("a folder");
    let port = free_port();
    let server = Server::start(folder.path(), port, &[]);
    // An address that stands for every one of this machine is asked at its own.
    for listen in [format!("127.0.0.1:{port}"), format!("0.0.0.0:{port}")] {
        let answer = ask(&listen);
        assert!(answer.status.success(), "{listen}: {}", String::from_utf8_lossy(&answer.stderr));
        let said: serde_json::Value = serde_json::from_slice(&answer.stdout).expect("JSON");
        assert_eq!(said["status"], "ok");
    }
    server.kill();
    let answer = ask(&format!("127.0.0.1:{port}"));
    assert!(!answer.status.success());
    assert!(String::from_utf8_lossy(&answer.stderr).contains("no server answers"));
}
