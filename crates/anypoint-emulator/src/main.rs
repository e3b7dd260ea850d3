//! Runs an emulator until Ctrl-C.

use std::process::ExitCode;
use std::time::Duration;

use anypoint_emulator::{Builder, CLIENT_ID, CLIENT_SECRET, Emulator};

const USAGE: &str =
    "usage: anypoint-emulator [--port N] [--step-ms N] [--discard-uploads] [--download-size BYTES]";

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
    let builder = match read(arguments) {
        Ok(builder) => builder,
        Err(message) => {
            eprintln!("anypoint-emulator: {message}; {USAGE}");
            return ExitCode::from(2);
        }
    };
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

fn read(mut arguments: impl Iterator<Item = String>) -> Result<Builder, String> {
    let mut builder = Emulator::builder();
    while let Some(argument) = arguments.next() {
        let (name, value) = match argument.split_once('=') {
            Some((name, value)) => (name.to_owned(), Some(value.to_owned())),
            None => (argument, None),
        };
        let mut number = || {
            let value = value.clone().or_else(|| arguments.next());
            let value = value.ok_or_else(|| format!("{name} needs a number"))?;
            let number: Result<u64, _> = value.parse();
            number.map_err(|_| format!("{name} needs a number, not {value}"))
        };
        builder = match name.as_str() {
            "--port" => {
                let port = number()?;
                let port = u16::try_from(port);
                builder.port(port.map_err(|_| format!("{name} needs a number up to 65535"))?)
            }
            "--step-ms" => builder.step(Duration::from_millis(number()?)),
            "--download-size" => builder.download_size(number()?),
            "--discard-uploads" if value.is_none() => builder.discard_uploads(),
            "--discard-uploads" => return Err(format!("{name} takes no value")),
            _ => return Err(format!("unknown argument {name}")),
        };
    }
    Ok(builder)
}
