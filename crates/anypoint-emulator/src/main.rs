//! Runs an emulator until Ctrl-C or, on Unix, SIGTERM.

use std::io;
use std::process::ExitCode;
use std::time::Duration;

use anypoint_emulator::{Builder, CLIENT_ID, CLIENT_SECRET, Emulator};

const USAGE: &str = "usage: anypoint-emulator [--port N] [--step-ms N] [--discard-uploads] \
                     [--download-size BYTES] [--allow-host NAME]...";

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
    // Before the URL is printed. Process 1 of a container does not end on signals by default.
    let end = match end() {
        Ok(end) => end,
        Err(error) => {
            eprintln!("anypoint-emulator: cannot wait for signals: {error}");
            return ExitCode::FAILURE;
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
    end.await;
    ExitCode::SUCCESS
}

/// Ends with the signal that is to end the program.
#[cfg(unix)]
fn end() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};

    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Ends with the signal that is to end the program.
#[cfg(not(unix))]
fn end() -> io::Result<impl Future<Output = ()>> {
    Ok(async {
        // Without a handler the system ends the process.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    })
}

fn read(mut arguments: impl Iterator<Item = String>) -> Result<Builder, String> {
    let mut builder = Emulator::builder();
    while let Some(argument) = arguments.next() {
        let (name, value) = match argument.split_once('=') {
            Some((name, value)) => (name.to_owned(), Some(value.to_owned())),
            None => (argument, None),
        };
        let mut given = |what: &str| {
            let value = value.clone().or_else(|| arguments.next());
            value.ok_or_else(|| format!("{name} needs {what}"))
        };
        let mut number = || {
            let value = given("a number")?;
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
            "--allow-host" => builder.allow_host(given("a name")?),
            "--discard-uploads" if value.is_none() => builder.discard_uploads(),
            "--discard-uploads" => return Err(format!("{name} takes no value")),
            _ => return Err(format!("unknown argument {name}")),
        };
    }
    Ok(builder)
}
