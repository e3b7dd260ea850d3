//! What an error contains, for a person and for a program:
//! `cargo run -p anypoint --example errors`.
//!
//! It runs against an emulator of its own, which fails on demand.
#![expect(clippy::print_stderr, reason = "a failure is one line on stderr")]

use std::io::Write;
use std::process::ExitCode;

use anypoint::core::{Backoff, CallOptions};
use anypoint::{Anypoint, Credentials, Error, ErrorKind, OrganizationId};
use anypoint_emulator::{CLIENT_ID, CLIENT_SECRET, Emulator, Fault};

const ORGANIZATION: &str = "3f6f1c52-8a4e-4c1b-9d27-5e0b7a61c0de";

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run(&mut std::io::stdout()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("errors: {problem}");
            ExitCode::FAILURE
        }
    }
}

/// Everything, with the output of the caller.
pub(crate) async fn run(out: &mut dyn Write) -> Result<(), String> {
    let emulator = Emulator::start().await;
    let emulator = emulator.map_err(|error| format!("starting the emulator: {error}"))?;
    let anypoint = Anypoint::builder()
        .host(emulator.url())
        .credentials(Credentials::connected_app(CLIENT_ID, CLIENT_SECRET))
        .build()
        .map_err(|error| error.to_string())?;
    // Two attempts, so that the output shows them and nobody waits long.
    let quick = CallOptions::new().retry(Backoff::new().attempts(2));
    let client = anypoint.access_management().with_options(quick);
    let refused = r#"{"message": "the role is missing"}"#;
    for (what, fault) in [
        ("No such thing", Fault::on("get_organization").status(404)),
        (
            "No permission",
            Fault::on("get_organization").status_with(403, refused, "application/json"),
        ),
        (
            "A proxy in the way",
            Fault::on("get_organization").html(502),
        ),
        (
            "Not what was promised",
            Fault::on("get_organization").status_with(200, "[1]", "application/json"),
        ),
    ] {
        emulator.clear_faults();
        emulator.fault(fault);
        let id = OrganizationId::new(ORGANIZATION);
        let Err(error) = client.get_organization(id).send().await else {
            return Err(format!("{what}: it did not fail"));
        };
        explain(what, &error, out)?;
    }
    // An empty id would ask for all organizations, so nothing is sent.
    match client
        .get_organization(OrganizationId::new(""))
        .send()
        .await
    {
        Err(error) => explain("A mistake of the caller", &error, out),
        Ok(_) => Err("an empty id was sent".to_owned()),
    }
}

/// `Display` is the line for a log; the rest is for code that decides what to do.
fn explain(what: &str, error: &Error, out: &mut dyn Write) -> Result<(), String> {
    let decision = match error.kind() {
        _ if error.is_not_found() => "create it",
        _ if error.is_retryable() => "try again later",
        ErrorKind::Status => "ask for the permission",
        ErrorKind::Decode => "report it",
        ErrorKind::InvalidRequest => "correct the call",
        _ => "give up",
    };
    let text = format!(
        "{what}: {error}\n  kind {:?}, status {:?}, attempts {}\n  request id {:?}\n  message {:?}\n  hint {:?}\n  so: {decision}",
        error.kind(),
        error.status(),
        error.attempts(),
        error.request_id(),
        error.message(),
        error.hint(),
    );
    writeln!(out, "{text}").map_err(|error| format!("writing the output: {error}"))
}
