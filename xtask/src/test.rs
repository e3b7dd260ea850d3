//! `cargo xtask test`: runs all tests of both workspaces.

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, Result};

use crate::workspace::cargo;

/// The features with which the clients are tested. The TLS backends that are not the default are left out: they
/// need a slow build of C code or the headers of OpenSSL. CI tests them.
const FEATURES: &str = "anypoint/full,anypoint-core/schemars,anypoint-test-shapes/schemars";

/// # Errors
/// Cargo cannot be started.
pub fn command(root: &Path) -> Result<ExitCode> {
    // The examples are not linked, because the tests of the facade include them as modules.
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
