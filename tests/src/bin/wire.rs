//! `cargo run -p anypoint-tests --bin wire`: every operation against a server, one line each.
#![expect(clippy::print_stderr, reason = "its output is what it is for")]

use std::io::Write as _;
use std::process::ExitCode;
use std::time::Duration;

use anypoint_core::Error;
use anypoint_emulator::{Emulator, FIXED_TOKEN, ORGANIZATION, SANDBOX};
use anypoint_tests::wire::{self, Base, Clients, Outcome};
use serde_json::json;

const HELP: &str = "wire [--api NAME] [--url BASE] [--token T] [--read-only] [--json]

  --api NAME    only this API
  --url BASE    the base URL of that one API; without it, an emulator is started
  --token T     the bearer token (else ANYPOINT_BEARER, else a dummy)
  --org ID      the organization, and
  --env ID      the environment, for the operations that read them from
                headers; those of the emulator if it is the server
  --read-only   only operations that change nothing
  --json        one JSON object a line, with the field `outcome`; what is not ok
                has `status`, `path`, `expected` and `found`, too";

#[derive(Default)]
struct Arguments {
    api: Option<String>,
    url: Option<String>,
    token: Option<String>,
    organization: Option<String>,
    environment: Option<String>,
    read_only: bool,
    json: bool,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run().await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(reason) => {
            eprintln!("{reason}");
            ExitCode::FAILURE
        }
    }
}

fn arguments() -> Result<Arguments, String> {
    let mut arguments = Arguments::default();
    let mut given = std::env::args().skip(1);
    while let Some(name) = given.next() {
        let mut value = || {
            given
                .next()
                .ok_or(format!("{name} needs a value\n\n{HELP}"))
        };
        match name.as_str() {
            "--api" => arguments.api = Some(value()?),
            "--url" => arguments.url = Some(value()?),
            "--token" => arguments.token = Some(value()?),
            "--org" => arguments.organization = Some(value()?),
            "--env" => arguments.environment = Some(value()?),
            "--read-only" => arguments.read_only = true,
            "--json" => arguments.json = true,
            _ => return Err(HELP.to_owned()),
        }
    }
    if arguments.url.is_some() && arguments.api.is_none() {
        return Err("--url is the base URL of one API: say which by --api".to_owned());
    }
    if arguments.organization.is_some() != arguments.environment.is_some() {
        return Err("--org and --env go together".to_owned());
    }
    Ok(arguments)
}

/// Clients for the server, in the environment that was said.
fn clients(arguments: &Arguments, base: Base, is_emulator: bool) -> Result<Clients, Error> {
    let variable = || std::env::var("ANYPOINT_BEARER").ok();
    let token = match (&arguments.token, is_emulator) {
        (Some(token), _) => token.clone(),
        (None, true) => FIXED_TOKEN.to_owned(),
        (None, false) => variable().unwrap_or_else(|| "dummy".to_owned()),
    };
    let clients = Clients::new(base, &token)?;
    match (&arguments.organization, &arguments.environment) {
        (Some(organization), Some(environment)) => {
            clients.in_environment(organization, environment)
        }
        _ if is_emulator => clients.in_environment(ORGANIZATION, SANDBOX),
        _ => Ok(clients),
    }
}

async fn run() -> Result<bool, String> {
    let arguments = arguments()?;
    let apis: Vec<_> = wire::apis()
        .into_iter()
        .filter(|(name, _)| arguments.api.as_deref().is_none_or(|api| api == *name))
        .collect();
    if apis.is_empty() {
        let known: Vec<_> = wire::apis().into_iter().map(|(name, _)| name).collect();
        return Err(format!("there is no such API; one of {}", known.join(", ")));
    }
    let emulator = match arguments.url {
        Some(_) => None,
        None => Some(
            Emulator::start()
                .await
                .map_err(|error| format!("the emulator does not start: {error}"))?,
        ),
    };
    let base = match (&arguments.url, &emulator) {
        (Some(url), _) => Base::Api(url.clone()),
        (None, Some(emulator)) => Base::Host(emulator.url().to_owned()),
        (None, None) => return Err("there is no server".to_owned()),
    };
    let clients = clients(&arguments, base, emulator.is_some());
    let clients = clients.map_err(|error| error.to_string())?;
    let (mut ok, mut failed) = (0, 0);
    for (api, calls) in apis {
        let calls = calls(&clients).map_err(|error| error.to_string())?;
        // An operation with two media types is tried with both, on one line.
        for tries in calls.chunk_by(|a, b| a.operation == b.operation) {
            if arguments.read_only && !tries.iter().all(|call| call.read_only) {
                continue;
            }
            let outcome = outcome(tries, emulator.as_ref()).await;
            if outcome.result.is_ok() {
                ok += 1;
            } else {
                failed += 1;
            }
            if let Some(call) = tries.first() {
                print(&line(&arguments, api, call, &outcome))?;
            }
        }
    }
    if !arguments.json {
        print(&format!("{ok} ok, {failed} failed"))?;
    }
    Ok(failed == 0)
}

/// The first failure of several tries, or the last success.
async fn outcome(tries: &[wire::Call], emulator: Option<&Emulator>) -> Outcome {
    let mut outcome = Outcome {
        result: Ok(()),
        time: Duration::ZERO,
    };
    for call in tries {
        if let Some(emulator) = emulator {
            emulator.reset();
        }
        let next = call.run().await;
        outcome = Outcome {
            result: next.result,
            time: outcome.time + next.time,
        };
        if outcome.result.is_err() {
            break;
        }
    }
    outcome
}

fn line(arguments: &Arguments, api: &str, call: &wire::Call, outcome: &Outcome) -> String {
    let millis = outcome.time.as_secs_f64() * 1000.0;
    let (word, method, path) = (outcome.word(), call.method, call.path);
    let failure = outcome.result.as_ref().err();
    let difference = failure.map(wire::Failure::difference);
    if !arguments.json {
        let operation = call.operation;
        let mut line = format!("{api:<20} {operation:<36} {word}  {millis:.1} ms  {method} {path}");
        if let Some(difference) = difference {
            line += &format!("\n    {difference}");
        }
        return line;
    }
    let mut line = json!({
        "api": api,
        "operation": call.operation,
        "method": method,
        "path": path,
        "outcome": word,
        "ms": millis,
    });
    if let Some(difference) = difference {
        line["status"] = json!(difference.status);
        line["path"] = json!(difference.path);
        line["expected"] = json!(difference.expected);
        line["found"] = json!(difference.found);
    }
    line.to_string()
}

/// A reader that has seen enough, such as `head`, ends the run.
fn print(line: &str) -> Result<(), String> {
    writeln!(std::io::stdout(), "{line}")
        .map_err(|error| format!("the output cannot be written: {error}"))
}
