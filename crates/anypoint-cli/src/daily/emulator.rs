//! `emulator`: a local Anypoint Platform, to try things out.

use anypoint_emulator::{CLIENT_ID, CLIENT_SECRET, Emulator};
use clap::{Arg, ArgMatches, Command, value_parser};

use crate::failure::Failure;
use crate::terminal::{Interrupted, Terminal};

pub(crate) fn command() -> Command {
    Command::new("emulator")
        .about("Starts a local Anypoint Platform, and prints how to use it")
        .long_about(
            "Starts a local Anypoint Platform on 127.0.0.1, and prints the variables that lead to it. It checks requests, \
             remembers what it is told, and runs until it is interrupted.",
        )
        .arg(
            Arg::new("port")
                .long("port")
                .value_name("NUMBER")
                .value_parser(value_parser!(u16))
                .help("The port to listen on; a free one without it"),
        )
}

pub(crate) async fn perform(matches: &ArgMatches, terminal: &mut Terminal) -> Result<(), Failure> {
    let port = matches.get_one::<u16>("port").copied().unwrap_or(0);
    let emulator = Emulator::builder().port(port).start().await?;
    let url = emulator.url();
    terminal.print(&format!(
        "export ANYPOINT_HOST={url} ANYPOINT_CLIENT_ID={CLIENT_ID} ANYPOINT_CLIENT_SECRET={CLIENT_SECRET} ANYPOINT_ENV=Sandbox\n"
    ))?;
    terminal.say("Run that line in another shell; Ctrl-C ends the emulator.");
    terminal.interrupted = Interrupted::AsMeant;
    std::future::pending().await
}
