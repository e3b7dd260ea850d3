//! Runs an emulator until Ctrl-C.

use std::process::ExitCode;
use std::time::Duration;

use anypoint_emulator::{CLIENT_ID, CLIENT_SECRET, Emulator};

const USAGE: &str = "usage: anypoint-emulator [--port N] [--step-ms N]";

struct Settings {
    port: u16,
    step: Option<Duration>,
}

#[tokio::main(flavor = "current_thread")]
#[expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command-line tool"
)]
async fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1).peekable();
    if arguments.peek().is_some_and(|a| a == "--help" || a == "-h") {
        println!("{USAGE}");
        return ExitCode::SUCCESS;
    }
    let settings = match read(arguments) {
        Ok(settings) => settings,
        Err(message) => {
            eprintln!("anypoint-emulator: {message}; {USAGE}");
            return ExitCode::from(2);
        }
    };
    let mut builder = Emulator::builder().port(settings.port);
    if let Some(step) = settings.step {
        builder = builder.step(step);
    }
    let emulator = match builder.start().await {
        Ok(emulator) => emulator,
        Err(error) => {
            eprintln!("anypoint-emulator: {error}");
            return ExitCode::FAILURE;
        }
    };
    let url = emulator.url();
    println!("{url} client id {CLIENT_ID} client secret {CLIENT_SECRET}");
    match tokio::signal::ctrl_c().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("anypoint-emulator: cannot wait for Ctrl-C: {error}");
            ExitCode::FAILURE
        }
    }
}

fn read(mut arguments: impl Iterator<Item = String>) -> Result<Settings, String> {
    let mut settings = Settings {
        port: 0,
        step: None,
    };
    while let Some(argument) = arguments.next() {
        let (name, value) = match argument.split_once('=') {
            Some((name, value)) => (name.to_owned(), Some(value.to_owned())),
            None => (argument, None),
        };
        if name != "--port" && name != "--step-ms" {
            return Err(format!("unknown argument {name}"));
        }
        let value = value
            .or_else(|| arguments.next())
            .ok_or_else(|| format!("{name} needs a number"))?;
        let wrong = || format!("{name} needs a number, not {value}");
        if name == "--port" {
            settings.port = value.parse().map_err(|_| wrong())?;
        } else {
            settings.step = Some(Duration::from_millis(value.parse().map_err(|_| wrong())?));
        }
    }
    Ok(settings)
}
