//! The program `anypoint`; see the README of this crate.

use std::process::ExitCode;

use anypoint_cli::{Terminal, run};

fn main() -> ExitCode {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let mut terminal = Terminal::of_process();
    match runtime {
        Ok(runtime) => {
            let code = runtime.block_on(run(std::env::args_os().collect(), &mut terminal));
            // What goes on elsewhere, such as a look-up of a host, is not waited for.
            runtime.shutdown_background();
            ExitCode::from(code)
        }
        Err(error) => {
            terminal.say(&format!("error: no threads can be started: {error}"));
            ExitCode::FAILURE
        }
    }
}
