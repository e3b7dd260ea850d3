//! `cargo xtask measure`: measures how long generated crates take to build, alone and compared with stock progenitor's output.
//!
//! Only times of one run are compared with each other, so the speed of the machine cancels out. All crates are copied to or
//! generated in `target/measure`.

mod rivals;

use std::fs;
use std::path::Path;
use std::process::{ExitCode, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use progenitor::InterfaceStyle;

use crate::codegen::alone;
use crate::codegen::manifest::{self, Entry};
use crate::workspace::cargo;

/// The name of our crate in the comparison with progenitor's.
const OURS: &str = "ours";

/// The runtime, which every API crate is built on.
const CORE: &str = "anypoint-core";

/// Compares one API's crate with two crates that stock progenitor generates from the same spec.
///
/// # Errors
/// Progenitor refuses the spec, or a build fails.
pub fn rivals(root: &Path, api: &str, rounds: usize) -> Result<ExitCode> {
    let manifest = manifest::load(root)?;
    let Some(entry) = manifest.apis.iter().find(|entry| entry.name == api) else {
        bail!("there is no API `{api}`")
    };
    let folder = root.join("target/measure");
    core(root, &folder)?;
    own(root, &folder, OURS, entry)?;
    let spec = rivals::spec(root, entry)?;
    rivals::write(&folder, "builder", InterfaceStyle::Builder, &spec)?;
    rivals::write(&folder, "positional", InterfaceStyle::Positional, &spec)?;
    let results = build_all(&folder, &[OURS, "builder", "positional"], rounds)?;
    let ours = results.first().map_or(0.0, |result| result.seconds);
    println!("{:<12} {:>7} {:>9}   ours/it", "", "lines", "release");
    for Measured {
        name,
        lines,
        seconds,
    } in &results
    {
        println!(
            "{name:<12} {lines:>7} {seconds:>7.2} s   {:.2}",
            ours / seconds
        );
    }
    Ok(ExitCode::SUCCESS)
}

/// Builds the core and the crates of all APIs, without a comparison.
///
/// # Errors
/// A build fails.
pub fn all(root: &Path, rounds: usize) -> Result<ExitCode> {
    let manifest = manifest::load(root)?;
    let folder = root.join("target/measure");
    let mut names = vec![CORE];
    core(root, &folder)?;
    for entry in manifest.published() {
        own(root, &folder, &entry.package, entry)?;
        names.push(entry.package.as_str());
    }
    let results = build_all(&folder, &names, rounds)?;
    println!("{:<28} {:>7} {:>9}", "", "lines", "release");
    for Measured {
        name,
        lines,
        seconds,
    } in results
    {
        println!("{name:<28} {lines:>7} {seconds:>7.2} s");
    }
    Ok(ExitCode::SUCCESS)
}

struct Measured {
    name: String,
    lines: usize,
    /// The median of all rounds.
    seconds: f64,
}

/// Builds each crate several times, in turns, after all dependencies are built.
fn build_all(folder: &Path, names: &[&str], rounds: usize) -> Result<Vec<Measured>> {
    let members = names
        .iter()
        .filter(|name| **name != CORE)
        .map(|name| format!("{name:?}"));
    let members = members.collect::<Vec<_>>().join(", ");
    write(
        &folder.join("Cargo.toml"),
        &format!("[workspace]\nresolver = \"3\"\nmembers = [\"{CORE}\", {members}]\n"),
    )?;
    eprintln!("building the dependencies");
    build(folder, None)?;
    // A build of one crate may unify features differently from a build of all, so the first round does not count.
    for name in names {
        build(folder, Some(name))?;
    }
    let mut times = vec![Vec::new(); names.len()];
    for _ in 0..rounds.max(1) {
        for (name, times) in names.iter().zip(&mut times) {
            times.push(build(folder, Some(name))?);
        }
    }
    let measured = |(name, times): (&&str, Vec<Duration>)| {
        Ok(Measured {
            name: (*name).to_owned(),
            lines: lines(&folder.join(name).join("src"))?,
            seconds: median(times),
        })
    };
    names.iter().zip(times).map(measured).collect()
}

/// Copies the core, so that it can be built again by itself.
fn core(root: &Path, folder: &Path) -> Result<()> {
    let (from, to) = (root.join("crates").join(CORE), folder.join(CORE));
    let text = fs::read_to_string(from.join("Cargo.toml"))?;
    let mut manifest: toml::Table = alone::manifest(root, &text)?.parse()?;
    // The copy is a member of this workspace. The tests are not copied.
    for key in ["workspace", "dev-dependencies", "test"] {
        manifest.remove(key);
    }
    write(&to.join("Cargo.toml"), &manifest.to_string())?;
    if to.join("src").exists() {
        fs::remove_dir_all(to.join("src")).context("the last copy cannot be removed")?;
    }
    copy(&from.join("src"), &to.join("src"))?;
    fs::copy(from.join("README.md"), to.join("README.md"))
        .context("the readme cannot be copied")?;
    Ok(())
}

/// Copies a generated crate, with a manifest that needs only the core of this workspace.
fn own(root: &Path, folder: &Path, name: &str, entry: &Entry) -> Result<()> {
    let (from, to) = (root.join(&entry.folder), folder.join(name));
    let dependencies = format!(
        "anypoint-core = {{ path = \"../{CORE}\" }}\nserde = {{ version = \"1\", features = [\"derive\"] }}\n[features]\nschemars = []\n"
    );
    write(&to.join("Cargo.toml"), &(package(name) + &dependencies))?;
    if to.join("src").exists() {
        fs::remove_dir_all(to.join("src")).context("the last copy cannot be removed")?;
    }
    copy(&from.join("src"), &to.join("src"))?;
    // The same versions as in the workspace.
    fs::copy(root.join("Cargo.lock"), folder.join("Cargo.lock"))
        .context("Cargo.lock cannot be copied")?;
    fs::copy(from.join("README.md"), to.join("README.md"))
        .context("the readme cannot be copied")?;
    Ok(())
}

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort();
    times
        .get(times.len() / 2)
        .map_or(0.0, Duration::as_secs_f64)
}

fn package(name: &str) -> String {
    format!(
        "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n[dependencies]\n"
    )
}

/// Builds everything, or one crate again, and returns the time that the build took.
fn build(folder: &Path, only: Option<&str>) -> Result<Duration> {
    let mut cargo = cargo();
    cargo
        .current_dir(folder)
        .args(["build", "--release", "--quiet", "--target-dir", "target"])
        .env("RUSTFLAGS", "-Awarnings")
        .stderr(Stdio::inherit());
    if let Some(name) = only {
        cargo.args(["--package", name, "--jobs", "1"]);
        let lib = folder.join(name).join("src/lib.rs");
        fs::File::options()
            .append(true)
            .open(&lib)?
            .set_modified(std::time::SystemTime::now())?;
    } else {
        cargo.arg("--workspace");
    }
    let start = Instant::now();
    if !cargo.status().context("cargo cannot be started")?.success() {
        bail!("the build of {} failed", only.unwrap_or("target/measure"));
    }
    Ok(start.elapsed())
}

fn lines(folder: &Path) -> Result<usize> {
    let mut count = 0;
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        count += if path.is_dir() {
            lines(&path)?
        } else {
            fs::read_to_string(&path)?.lines().count()
        };
    }
    Ok(count)
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    for entry in fs::read_dir(from).with_context(|| format!("{} cannot be read", from.display()))? {
        let path = entry?.path();
        let target = to.join(path.file_name().unwrap_or_default());
        if path.is_dir() {
            copy(&path, &target)?
        } else {
            write(&target, &fs::read_to_string(&path)?)?
        }
    }
    Ok(())
}

fn write(path: &Path, text: &str) -> Result<()> {
    fs::create_dir_all(path.parent().unwrap_or(path))?;
    fs::write(path, text).with_context(|| format!("{} cannot be written", path.display()))
}
