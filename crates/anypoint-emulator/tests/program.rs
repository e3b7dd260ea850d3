//! The program: its flags, its one line, and what it makes of wrong flags.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests, too")]

mod common;

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use common::*;

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
    let path = "/api-experience-hub/xapi/v1/portals/o/p/assets/g/a/v1/resources/r";
    assert_eq!(get(url, path).await.body.len(), 70_000);
    let parts = [("file", Some("a.zip"), &b"PK\x03\x04"[..])];
    let answer = upload(url, &parts).await;
    assert_eq!(answer.header("x-emulator-size"), Some("4"));
}

#[test]
fn wrong_flags() {
    for (arguments, part) in [
        (&["--download-size"][..], "--download-size needs a number"),
        (&["--download-size", "much"], "not much"),
        (&["--port", "70000"], "up to 65535"),
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
