//! The program: its flags, its output, and the errors for wrong flags.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use crate::common::*;

/// Ends the program with the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

fn program() -> Command {
    Command::new(env!("CARGO_BIN_EXE_anypoint-emulator"))
}

#[tokio::test]
async fn flags_for_large_bodies() {
    let mut command = program();
    let arguments = ["--discard-uploads", "--download-size", "70000"];
    command.args(arguments).stdout(Stdio::piped());
    let mut running = Running(command.spawn().unwrap());
    let mut line = String::new();
    let mut output = BufReader::new(running.0.stdout.take().unwrap());
    output.read_line(&mut line).unwrap();
    let url = line.split(' ').next().unwrap();
    assert_eq!(get(url, RESOURCE).await.body.len(), 70_000);
    let parts = [("file", Some("a.zip"), &b"PK\x03\x04"[..])];
    let answer = upload(url, &parts).await;
    assert_eq!(answer.header("x-emulator-size"), Some("4"));
}

/// The program with these arguments, under a limit of descriptors, and its address.
#[cfg(unix)]
fn limited(descriptors: u32, arguments: &str) -> (Running, String) {
    let program = env!("CARGO_BIN_EXE_anypoint-emulator");
    let script = format!("ulimit -n {descriptors}; exec {program} {arguments}");
    let mut command = Command::new("sh");
    command.args(["-c", &script]).stdout(Stdio::piped());
    let mut running = Running(command.spawn().unwrap());
    let mut line = String::new();
    let mut output = BufReader::new(running.0.stdout.take().unwrap());
    output.read_line(&mut line).unwrap();
    let url = line.split(' ').next().unwrap().to_owned();
    (running, url)
}

#[cfg(unix)]
#[test]
fn it_ends_by_itself_when_it_is_told_to() {
    // A process that is number 1 does not end by a signal that it has no handler for.
    for signal in ["TERM", "INT"] {
        let (mut running, _) = limited(256, "");
        let id = running.0.id().to_string();
        let sent = Command::new("sh")
            .args(["-c", &format!("kill -{signal} {id}")])
            .status();
        assert!(sent.unwrap().success());
        assert_eq!(running.0.wait().unwrap().code(), Some(0), "{signal}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn silent_connections_block_nobody() {
    use std::time::Duration;

    let (_running, url) = limited(64, "--allow-host ci.example");
    let mut silent = Vec::new();
    for _ in 0..200 {
        silent.push(std::net::TcpStream::connect(address(&url)).unwrap());
    }
    let asked = tokio::time::timeout(Duration::from_secs(20), async {
        let parts = [("file", Some("a.zip"), &b"PK\x03\x04"[..])];
        assert_eq!(upload(&url, &parts).await.status, 200);
        assert_eq!(get(&url, "/accounts/api/me").await.status, 200);
    });
    // Half a minute later their heads are late, and they are closed anyway.
    asked.await.unwrap();
}

#[test]
fn wrong_flags() {
    for (arguments, part) in [
        (&["--download-size"][..], "--download-size needs a number"),
        (&["--download-size", "much"], "not much"),
        (&["--port", "70000"], "up to 65535"),
        (&["--allow-host"], "--allow-host needs a name"),
        (&["--discard-uploads=yes"], "takes no value"),
        (&["--nonsense"], "unknown argument --nonsense"),
    ] {
        let output = program().args(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(2));
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains(part) && said.contains("usage:"), "{said}");
    }
    assert!(program().arg("--help").output().unwrap().status.success());
}
