//! `cargo xtask test`: all tests of both workspaces.

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, Result};

use crate::workspace::cargo;

/// What the clients are tested with. Not all features: the TLS backends that are not the default
/// take a C compiler's time, or OpenSSL's headers, and are for CI to test.
const FEATURES: &str = "anypoint/full,anypoint-core/schemars,anypoint-test-shapes/schemars";

/// # Errors
/// Cargo cannot be started.
pub fn command(root: &Path) -> Result<ExitCode> {
    // The examples are not linked: the tests of the facade hold them as modules.
    let clients = ["--tests", "--doc"].map(|which| {
        let all = ["test", "--workspace", "--no-fail-fast", "--features"];
        [&all[..], &[FEATURES, which]].concat()
    });
    let generator = [
        "test",
        "--no-fail-fast",
        "--manifest-path",
        "xtask/Cargo.toml",
        "--target-dir",
        "target",
    ];
    let mut passed = true;
    for arguments in [&clients[0][..], &clients[1], &generator] {
        passed &= cargo()
            .current_dir(root)
            .args(arguments)
            .status()
            .context("cargo cannot be started")?
            .success();
    }
    Ok(if passed {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
