//! The files that the program itself writes: completions for shells, and manual pages.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use super::{Entry, bytes, files};

/// The shells, and the names under which each looks for completions.
const SHELLS: [(&str, &str); 4] = [
    ("bash", "anypoint.bash"),
    ("fish", "anypoint.fish"),
    ("powershell", "_anypoint.ps1"),
    ("zsh", "_anypoint"),
];

/// The program, its completions and its manual pages. The program is started to write the last two, and the folder is emptied for them.
///
/// # Errors
/// The program cannot be read or started, or fails.
pub fn of_program(program: &Path, folder: &Path) -> Result<Vec<Entry>> {
    let name = program.file_name().and_then(OsStr::to_str);
    let name = name.context("the program has no name")?;
    let mut entries = vec![Entry {
        program: true,
        ..Entry::new(name, bytes(program)?)
    }];
    for (shell, file) in SHELLS {
        let lines = output(program, &["completions", shell])?;
        entries.push(Entry::new(&format!("completions/{file}"), lines));
    }
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    output(program, &["man", "--out", &folder.to_string_lossy()])?;
    for page in files(folder)? {
        let text = bytes(&folder.join(&page))?;
        entries.push(Entry::new(&format!("man/man1/{page}"), text));
    }
    Ok(entries)
}

/// The output of the program, without the settings and stored data of this user.
fn output(program: &Path, arguments: &[&str]) -> Result<Vec<u8>> {
    let shown = format!("{} {}", program.display(), arguments.join(" "));
    let output = Command::new(program)
        .args(arguments)
        .env_remove("HOME")
        .output();
    let output = output.with_context(|| {
        format!(
            "{shown} cannot be started\n  help: make the archive on a machine that runs the target"
        )
    })?;
    if !output.status.success() {
        bail!(
            "{shown} failed: {}",
            String::from_utf8_lossy(&output.stderr).trim()
        );
    }
    Ok(output.stdout)
}
