#![doc = include_str!("../README.md")]
//!
//! The library exists only for its own tests: [`run`] is the program, with a [`Terminal`] that a test can read.

mod arguments;
mod body;
mod check;
mod command;
mod confirm;
mod curl;
mod daily;
mod dry_run;
mod failure;
mod keep;
mod keyring;
mod limits;
mod mask;
mod output;
mod pages;
mod path;
mod private;
mod profiles;
mod progress;
mod request;
mod scope;
mod settings;
mod shape;
mod spelling;
mod style;
mod table;
mod terminal;
mod tree;
mod value;

use std::ffi::OsString;
use std::pin::Pin;

use failure::Failure;
use settings::Settings;

pub use keyring::Keyring;
pub use terminal::{Captured, Terminal};

/// Runs the program once, and gives its exit code.
///
/// The future is boxed here, so that it is compiled once, and not again in the program and in each test.
pub fn run(
    arguments: Vec<OsString>,
    terminal: &mut Terminal,
) -> Pin<Box<dyn Future<Output = u8> + '_>> {
    Box::pin(async move {
        let signal = terminal.signal();
        let done = tokio::select! {
            done = perform(&arguments, terminal) => done,
            () = signal => failure::interrupted(&terminal.interrupted),
        };
        match done {
            Ok(()) => 0,
            Err(failure) => failure.tell(terminal, failure::wants_json(&arguments)),
        }
    })
}

async fn perform(arguments: &[OsString], terminal: &mut Terminal) -> Result<(), Failure> {
    let matches = tree::for_arguments(arguments)?.try_get_matches_from(arguments)?;
    let settings = Settings::new(&matches)?;
    let done = match matches.subcommand() {
        Some((name, rest)) if table::is_api(name) => {
            command::perform(name, rest, &settings, terminal).await
        }
        Some((name, rest)) => daily::perform(name, rest, &settings, terminal).await,
        None => Ok(()),
    };
    done.map_err(|failure| profiles::explained(failure, &settings, terminal))
}

/// The names of all commands of the APIs, each with the arguments that its spec shows as an example.
#[doc(hidden)]
pub mod examples;
