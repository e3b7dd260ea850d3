//! The project's benchmarks: `cargo run --release -p anypoint-bench`.
//!
//! They print ratios between two ways of doing the same in one run; nothing asserts a time. Each side runs in a
//! process of its own, started from this same binary with the arguments that `main` shows.
#![allow(clippy::print_stdout, reason = "printing figures is what it is for")]

mod calls;
mod decoding;
mod memory;
mod overhead;
mod server;

use std::process::ExitCode;

type Failure = Box<dyn std::error::Error>;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[&str]) -> Result<(), Failure> {
    match arguments {
        [] => {
            overhead::print()?;
            decoding::print()?;
            memory::print()
        }
        ["overhead"] => overhead::print(),
        ["decoding"] => decoding::print(),
        ["memory"] => memory::print(),
        // What these start.
        ["read"] => decoding::wall(),
        ["read", side, count] => decoding::read(side, count.parse()?),
        ["serve"] => block_on(server::serve()),
        ["calls", side, url, count] => block_on(calls::make(side, url, count.parse()?)),
        ["wall", url] => block_on(overhead::wall(url)),
        ["upload", url, path] => block_on(memory::upload(url, path)),
        ["download", url] => block_on(memory::download(url)),
        ["follow", url] => block_on(memory::follow(url)),
        _ => Err("usage: anypoint-bench [overhead | decoding | memory]".into()),
    }
}

fn block_on<F: Future<Output = Result<(), Failure>>>(future: F) -> Result<(), Failure> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(future)
}
