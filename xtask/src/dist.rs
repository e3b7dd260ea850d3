//! `cargo xtask dist`: the archive of a release of the program `anypoint`, and its checksum.
//!
//! The same tree gives the same archive: entries are sorted, have no owner and have the time of the last commit, and no path of the
//! machine is in the program.

mod archive;
mod licences;
mod pages;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context as _, Result, bail};

use crate::diff::git::Repository;
use crate::workspace::{self, cargo};

pub use archive::{Entry, pack};
pub use licences::of_others;
pub use pages::of_program;

/// The package of the program, and its folder.
const PACKAGE: &str = "anypoint-cli";
const FOLDER: &str = "crates/anypoint-cli";
/// The profile with which it is built.
const PROFILE: &str = "dist";

/// Builds the program for a target, or for this machine, and packs it.
///
/// # Errors
/// The program cannot be built or started, or a file cannot be read or written.
pub fn command(root: &Path, target: Option<&str>) -> Result<ExitCode> {
    let target = match target {
        Some(target) => target.to_owned(),
        None => host()?,
    };
    let program = build(root, &target)?;
    let mut entries = of_tree(root)?;
    entries.extend(of_program(&program, &root.join("target/dist/pages"))?);
    entries.push(Entry::new(
        "LICENSES-OF-OTHERS.txt",
        of_others(root, &target)?,
    ));
    let folder = root.join("target/dist");
    let name = format!("anypoint-{}-{target}", version(root)?);
    let archive = pack(&folder, &name, entries, time(root)?)?;
    println!("{}", archive.display());
    Ok(ExitCode::SUCCESS)
}

/// Licences and documentation.
///
/// # Errors
/// A file cannot be read.
pub fn of_tree(root: &Path) -> Result<Vec<Entry>> {
    let folder = root.join(FOLDER);
    let mut paths: Vec<String> = ["LICENSE-APACHE", "LICENSE-MIT", "README.md"]
        .map(str::to_owned)
        .into();
    for page in files(&folder.join("docs"))? {
        paths.push(format!("docs/{page}"));
    }
    let read = |path: String| Ok(Entry::new(&path, bytes(&folder.join(&path))?));
    paths.into_iter().map(read).collect()
}

/// The names of the files in a folder.
fn files(folder: &Path) -> Result<Vec<String>> {
    let entries = fs::read_dir(folder).with_context(|| unreadable(folder))?;
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry.with_context(|| unreadable(folder))?;
        if entry.path().is_file() {
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    names.sort();
    Ok(names)
}

fn bytes(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| unreadable(path))
}

fn unreadable(path: &Path) -> String {
    format!("{} cannot be read", path.display())
}

/// The target of the installed compiler.
fn host() -> Result<String> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc).arg("-vV").output();
    let output = output.context("`rustc` cannot be started")?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let host = text.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(host
        .context("the output of `rustc -vV` has no host")?
        .to_owned())
}

fn build(root: &Path, target: &str) -> Result<PathBuf> {
    let mut build = cargo();
    build.current_dir(root).args(["build", "--locked"]);
    build.args(["-p", PACKAGE, "--profile", PROFILE]);
    build.args(["--target", target, "--target-dir", "target"]);
    build.arg("--config").arg(without_paths(root)?);
    let status = build.status().context("`cargo` cannot be started")?;
    if !status.success() {
        bail!("the program cannot be built for {target}");
    }
    let ending = if target.contains("windows") {
        ".exe"
    } else {
        ""
    };
    let name = format!("anypoint{ending}");
    Ok(root.join("target").join(target).join(PROFILE).join(name))
}

/// The setting that removes the folders of this machine from the program.
fn without_paths(root: &Path) -> Result<String> {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(std::env::home_dir()?.join(".cargo")));
    let folders = [(Some(root.to_path_buf()), "anypoint"), (home, "cargo")];
    let flags = folders
        .iter()
        .filter_map(|(folder, name)| Some((folder.as_ref()?, name)));
    let flags = flags.map(|(folder, name)| {
        toml::Value::from(format!("--remap-path-prefix={}=/{name}", folder.display()))
    });
    Ok(format!(
        "build.rustflags={}",
        toml::Value::from(flags.collect::<Vec<_>>())
    ))
}

fn version(root: &Path) -> Result<String> {
    let members = workspace::members(root)?;
    let program = members.into_iter().find(|member| member.name == PACKAGE);
    Ok(program
        .with_context(|| format!("there is no package {PACKAGE}"))?
        .version)
}

/// When the tree was committed, in seconds since 1970; `SOURCE_DATE_EPOCH` takes precedence.
fn time(root: &Path) -> Result<u64> {
    if let Ok(given) = std::env::var("SOURCE_DATE_EPOCH") {
        let wrong = || {
            format!("SOURCE_DATE_EPOCH is `{given}`, which is not a number of seconds since 1970")
        };
        return given.trim().parse().with_context(wrong);
    }
    Repository { root }.time()
}
