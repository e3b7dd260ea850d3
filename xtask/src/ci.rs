//! `cargo xtask ci`: runs the steps that CI runs, also for a maintainer before a push, and prints how long each took.

use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};

use crate::workspace::cargo;

/// Commands of cargo, the quickest first. Later steps reuse the compiled crates of earlier ones if they fit.
pub const STEPS: &[&str] = &[
    "fmt --all --check",
    "fmt --manifest-path xtask/Cargo.toml --check",
    "xtask codegen --check",
    "xtask tidy",
    "xtask deps",
    "clippy --workspace --all-targets --all-features --locked -- -D warnings",
    "xtask packages",
    "xtask older-apis",
    // With all features, only the preferred TLS backend is compiled.
    "clippy -p anypoint-core --all-targets --no-default-features --locked -- -D warnings",
    "clippy -p anypoint-core --no-default-features --features aws-lc-rs --locked -- -D warnings",
    "clippy -p anypoint-core --no-default-features --features native-tls --locked -- -D warnings",
    "test -p anypoint-core --test wire --no-default-features --features native-tls --locked -q -- tls:: proxy::",
    // Features that any crate of a program may enable for all of it.
    "test -p anypoint-core --lib --features serde_json/arbitrary_precision,serde_json/preserve_order --locked -q -- --skip follow::model",
    "clippy --manifest-path xtask/Cargo.toml --target-dir target --all-targets --locked -- -D warnings",
    "doc --workspace --all-features --no-deps --locked",
    // The README's test command.
    "xtask test",
];

/// Runs all steps up to the first that fails.
///
/// # Errors
/// Cargo cannot be run.
pub fn command(root: &Path) -> Result<ExitCode> {
    let mut times = Vec::new();
    for step in STEPS {
        println!("== cargo {step}");
        let start = Instant::now();
        let passed = run(root, step)?;
        times.push((*step, start.elapsed()));
        if !passed {
            tell(&times);
            eprintln!("error: `cargo {step}` failed");
            return Ok(ExitCode::FAILURE);
        }
    }
    tell(&times);
    Ok(ExitCode::SUCCESS)
}

fn run(root: &Path, step: &str) -> Result<bool> {
    let mut cargo = cargo();
    cargo.current_dir(root).args(step.split(' '));
    // Nothing is built twice here, so incremental files would only cost time and disk space.
    cargo
        .env("CARGO_INCREMENTAL", "0")
        .env("INSTA_UPDATE", "no");
    if step.starts_with("doc ") {
        cargo.env("RUSTDOCFLAGS", "-D warnings");
    }
    let status = cargo.status().context("`cargo` cannot be run")?;
    Ok(status.success())
}

fn tell(times: &[(&str, Duration)]) {
    println!("== times");
    for (step, time) in times {
        println!("{:>6.0} s  cargo {step}", time.as_secs_f64());
    }
    let all: Duration = times.iter().map(|(_, time)| *time).sum();
    println!("{:>6.0} s  all steps", all.as_secs_f64());
}
