//! What happens when a server answers 429: the client waits and retries automatically, within its
//! limits: `cargo run -p anypoint --example handle_throttling`.
//!
//! It runs against an emulator of its own, which refuses some calls.
#![expect(clippy::print_stderr, reason = "a failure is one line on stderr")]

use std::io::Write;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anypoint::core::{Backoff, CallOptions, Throttle};
use anypoint::{Anypoint, Credentials, Error};
use anypoint_emulator::{CLIENT_ID, CLIENT_SECRET, Emulator, Fault};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run(&mut std::io::stdout()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("handle_throttling: {problem}");
            ExitCode::FAILURE
        }
    }
}

/// Everything, with the output of the caller.
pub(crate) async fn run(out: &mut dyn Write) -> Result<(), String> {
    let emulator = Emulator::start().await;
    let emulator = emulator.map_err(|error| format!("starting the emulator: {error}"))?;
    let anypoint = anypoint(emulator.url()).map_err(|error| error.to_string())?;
    let client = anypoint.cloudhub();

    // The server refuses the first call and asks to be left alone for a second.
    emulator.fault(Fault::on("list_applications").times(1).retry_after(1));
    let start = Instant::now();
    let applications = client.list_applications().send().await;
    let applications = applications.map_err(|error| format!("listing: {error}"))?;
    let waited = start.elapsed() >= Duration::from_secs(1);
    say(
        out,
        &format!(
            "Listed {} application(s) in two attempts; waited as asked: {waited}.",
            applications.len()
        ),
    )?;

    // A caller with a queue of its own would rather be told at once: no retry for these calls.
    let once = client.with_options(CallOptions::new().retry(Backoff::off()));
    emulator.fault(Fault::on("list_applications").times(1).retry_after(30));
    match once.list_applications().send().await {
        Err(error) if error.is_throttled() => say(
            out,
            &format!("Throttled after {} attempt: {error}", error.attempts()),
        )?,
        Err(error) => return Err(format!("listing once: {error}")),
        Ok(_) => return Err("listing once: it was not refused".to_owned()),
    }

    // The server's wish holds for all calls under the same limit. They wait for their turn as long
    // as the time of a call allows, and are not sent after that.
    let hasty = client.with_options(CallOptions::new().total_timeout(Duration::from_millis(200)));
    match hasty.list_queues("order-intake").send().await {
        Err(error) if error.is_throttled() => say(out, &format!("Not sent: {error}")),
        Err(error) => Err(format!("listing queues: {error}")),
        Ok(_) => Err("listing queues: it was sent".to_owned()),
    }
}

/// The documented limits hold for an address, so two processes behind one take half of them each:
/// the client keeps below that, and is seldom refused at all.
fn anypoint(url: &str) -> Result<Anypoint, Error> {
    Anypoint::builder()
        .host(url)
        .credentials(Credentials::connected_app(CLIENT_ID, CLIENT_SECRET))
        .environment("Sandbox")
        .session(|session| session.throttle(Throttle::shared_by(2)))
        .build()
}

fn say(out: &mut dyn Write, line: &str) -> Result<(), String> {
    writeln!(out, "{line}").map_err(|error| format!("writing the output: {error}"))
}
