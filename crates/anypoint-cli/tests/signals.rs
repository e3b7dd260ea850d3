//! Ctrl-C, and a reader that goes away.
#![cfg(unix)]

mod support;

use std::io::{BufRead as _, BufReader, Read};
use std::process::{Child, Command};
use std::time::Duration;

use anypoint_emulator::{Emulator, Fault};
use support::{Program, TestResult};

/// What a process said on the stream that was read, and how it ended.
struct Ended {
    code: Option<i32>,
    read: String,
    messages: String,
}

/// What was started is not done for hours.
async fn start() -> Result<Program, Box<dyn std::error::Error>> {
    let emulator = Emulator::builder().step(Duration::from_secs(3600));
    let program = Program::with(emulator.start().await?)?;
    Ok(program
        .set("ANYPOINT_ENV", "Sandbox")
        .set("ANYPOINT_ORG", ""))
}

/// Reads until a line has this text, interrupts the process, and reads on.
async fn interrupt(
    program: &Program,
    line: &str,
    seen: &'static str,
    errors: bool,
) -> Result<Ended, Box<dyn std::error::Error>> {
    let child = program.command(line.split(' ')).spawn()?;
    let ended = tokio::task::spawn_blocking(move || interrupted(child, seen, errors)).await?;
    Ok(ended?)
}

fn interrupted(mut child: Child, seen: &str, errors: bool) -> std::io::Result<Ended> {
    let (out, err) = (child.stdout.take(), child.stderr.take());
    let out: Box<dyn Read> = Box::new(out.ok_or(std::io::ErrorKind::NotFound)?);
    let err: Box<dyn Read> = Box::new(err.ok_or(std::io::ErrorKind::NotFound)?);
    let (one, mut other) = if errors { (err, out) } else { (out, err) };
    let (mut one, mut read) = (BufReader::new(one), String::new());
    while !read.contains(seen) {
        if one.read_line(&mut read)? == 0 {
            break;
        }
    }
    Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status()?;
    one.read_to_string(&mut read)?;
    let mut rest = String::new();
    other.read_to_string(&mut rest)?;
    let code = child.wait()?.code();
    let messages = if errors { read.clone() } else { rest };
    Ok(Ended {
        code,
        read,
        messages,
    })
}

#[tokio::test]
async fn an_interrupted_deployment_says_that_it_goes_on() -> TestResult {
    let program = start().await?;
    let line = "deploy orders:1.0.0 --target cloudhub-us-east-1";
    let ended = interrupt(&program, line, "is accepted", true).await?;
    assert_eq!(ended.code, Some(130), "{}", ended.messages);
    assert!(
        ended
            .messages
            .contains("the deployment goes on at the server: `anypoint wait ")
    );
    // Only the environment, the organization and the application are asked for; it is still there.
    let ended = interrupt(&program, "wait orders", "APPLYING", true).await?;
    assert_eq!(ended.code, Some(130), "{}", ended.messages);
    assert!(
        ended
            .messages
            .contains("goes on at the server: `anypoint wait orders`"),
        "{}",
        ended.messages
    );
    Ok(())
}

#[tokio::test]
async fn an_interrupted_wait_for_a_change_says_that_it_goes_on() -> TestResult {
    let program = start().await?;
    let line = "apps stop order-intake --on cloudhub2 --yes --wait";
    let ended = interrupt(&program, line, "accepted", true).await?;
    assert_eq!(ended.code, Some(130), "{}", ended.messages);
    assert!(
        ended.messages.contains("`anypoint wait order-intake`"),
        "{}",
        ended.messages
    );
    Ok(())
}

#[tokio::test]
async fn a_log_is_followed_until_it_is_interrupted() -> TestResult {
    let program = start().await?;
    let line = "logs order-intake --on cloudhub2 --follow";
    let ended = interrupt(&program, line, "\n", false).await?;
    assert_eq!(ended.code, Some(0), "{}", ended.messages);
    assert_eq!(ended.messages, "");
    assert!(!ended.read.is_empty());
    Ok(())
}

#[tokio::test]
async fn an_interrupted_request_may_have_been_carried_out() -> TestResult {
    // By ids, so that there are two requests: for the token, and this one.
    let program = Program::start().await?;
    let slow = Fault::on("create_vpc").delay(Duration::from_secs(3600));
    program.emulator().fault(slow);
    let line =
        "cloudhub vpcs create --name a --region us-east-1 --cidr-block 10.0.0.0/24 --no-check";
    let child = program.command(line.split(' ')).spawn()?;
    while program.emulator().requests() < 2 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let ended = tokio::task::spawn_blocking(move || interrupted(child, "", true)).await??;
    assert_eq!(ended.code, Some(130), "{}", ended.messages);
    assert!(
        ended.messages.contains("may have done it"),
        "{}",
        ended.messages
    );
    Ok(())
}

#[tokio::test]
async fn a_reader_that_goes_away_ends_a_list_quietly() -> TestResult {
    let program = start().await?;
    for line in [
        "cloudhub platform list-regions -o ndjson",
        "cloudhub applications list --quiet",
        "--help",
        "cloudhub --help",
    ] {
        let mut child = program.command(line.split(' ')).spawn()?;
        // Nobody reads from the beginning.
        drop(child.stdout.take());
        let ended = tokio::task::spawn_blocking(move || child.wait_with_output()).await??;
        assert_eq!(ended.status.code(), Some(0), "{line}");
        assert_eq!(String::from_utf8_lossy(&ended.stderr), "", "{line}");
    }
    Ok(())
}
