//! The cost of a typed call relative to the same call by hand: in instructions, counted by callgrind, and in time.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use crate::Failure;
use crate::calls::{Hand, Ours, TIMEOUT};
use crate::server::Server;

/// Start-up is taken out by the difference of two runs.
const FEW: u64 = 200;
const MANY: u64 = 1_200;
/// Interleaved blocks of the comparison in time.
const BLOCKS: usize = 41;
const CALLS_IN_BLOCK: usize = 400;

pub(crate) fn print() -> Result<(), Failure> {
    let server = Server::start(&mut pinned(0)?)?;
    match instructions_of_all(&server.url) {
        Ok([ours, hand, timed]) => println!(
            "overhead: {ours} instructions a call, {hand} by hand; ratio {:.3} ({timed} by hand with a timeout; ratio {:.3})",
            ours as f64 / hand as f64,
            ours as f64 / timed as f64
        ),
        Err(error) => println!("overhead: no instructions counted: {error}"),
    }
    let status = pinned(1)?.args(["wall", &server.url]).status()?;
    if status.success() {
        Ok(())
    } else {
        Err("the comparison in time failed".into())
    }
}

/// This program on one processor, where the system can say so.
pub(crate) fn pinned(processor: usize) -> Result<Command, Failure> {
    let own = std::env::current_exe()?;
    if !Path::new("/usr/bin/taskset").exists() {
        return Ok(Command::new(own));
    }
    let mut command = Command::new("/usr/bin/taskset");
    command.args(["-c", &processor.to_string()]).arg(own);
    Ok(command)
}

fn instructions_of_all(url: &str) -> Result<[u64; 3], Failure> {
    Ok([
        count("ours", url)?,
        count("hand", url)?,
        count("timed", url)?,
    ])
}

/// Instructions of one call.
fn count(side: &str, url: &str) -> Result<u64, Failure> {
    let calls = |calls: u64| instructions(&["calls", side, url, &calls.to_string()]);
    let (few, many) = (calls(FEW)?, calls(MANY)?);
    Ok((many - few) / (MANY - FEW))
}

/// Instructions of this program with these arguments.
pub(crate) fn instructions(arguments: &[&str]) -> Result<u64, Failure> {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(std::env::current_exe()?)
        .args(arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .output()
        .map_err(|error| format!("valgrind: {error}"))?;
    let text = String::from_utf8_lossy(&output.stderr);
    let refs = text.lines().find_map(|line| line.split_once("Collected :"));
    let (_, number) = refs.ok_or_else(|| format!("callgrind says nothing: {text}"))?;
    Ok(number.trim().parse()?)
}

/// The ratios of the times of blocks that follow each other.
pub(crate) async fn wall(url: &str) -> Result<(), Failure> {
    let ours = Ours::new(url)?;
    let (hand, timed) = (
        Hand::new(url, None).await?,
        Hand::new(url, Some(TIMEOUT)).await?,
    );
    let (mut by_hand, mut with_timeout) = (Vec::new(), Vec::new());
    for block in 0..=BLOCKS {
        let first = block_of(|| ours.call()).await?;
        let second = block_of(|| hand.call()).await?;
        let third = block_of(|| timed.call()).await?;
        // The first block warms all up.
        if block > 0 {
            by_hand.push(first / second);
            with_timeout.push(first / third);
        }
    }
    println!("overhead: {}", ratios(by_hand, "blocks"));
    println!(
        "overhead, by hand with a timeout: {}",
        ratios(with_timeout, "blocks")
    );
    Ok(())
}

/// The seconds that a block of calls takes.
async fn block_of<F: Future<Output = Result<usize, Failure>>>(
    call: impl Fn() -> F,
) -> Result<f64, Failure> {
    let start = Instant::now();
    for _ in 0..CALLS_IN_BLOCK {
        call().await?;
    }
    Ok(start.elapsed().as_secs_f64())
}

/// What the ratios of two times say, of so many interleaved pairs of something.
pub(crate) fn ratios(mut ratios: Vec<f64>, of: &str) -> String {
    ratios.sort_by(f64::total_cmp);
    let quarter = ratios.len() / 4;
    format!(
        "{:.3} in time, the median of {} interleaved {of} (quartiles {:.3} and {:.3})",
        ratios[ratios.len() / 2],
        ratios.len(),
        ratios[quarter],
        ratios[ratios.len() - 1 - quarter],
    )
}
