//! `cargo xtask packages`: checks that the packages compile outside of the tree.
//!
//! `cargo publish` would build each package alone, with all of its dependencies. Here the packages are one workspace with path
//! dependencies, in the target directory of the tree, so that compiled crates are reused.

mod older;

use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode};

use anyhow::{Context as _, Result, bail};
use toml::{Table, Value};

use crate::workspace::{self, Member, cargo};

pub use older::command as older_apis;

/// Packages everything that is published, unpacks it, and checks it.
///
/// # Errors
/// Cargo cannot be run, or a package cannot be made or read.
pub fn command(root: &Path) -> Result<ExitCode> {
    let members = workspace::members(root)?;
    let (published, others): (Vec<_>, Vec<_>) = members.iter().partition(|it| it.published);
    let mut package = cargo();
    package.current_dir(root).args([
        "package",
        "--no-verify",
        "--workspace",
        "--allow-dirty",
        "--locked",
    ]);
    for other in others {
        package.args(["--exclude", &other.name]);
    }
    let target = root.join("target");
    package.arg("--target-dir").arg(&target);
    run(package)?;
    let folder = fresh(&target.join("packages"))?;
    for member in &published {
        unpack(&target, member, &folder)?;
    }
    fs::write(folder.join("Cargo.toml"), manifest(root, &published)?)?;
    fs::copy(root.join("Cargo.lock"), folder.join("Cargo.lock"))?;
    check(&folder, &target)?;
    println!("{} packages compile as they are published", published.len());
    Ok(ExitCode::SUCCESS)
}

/// Creates an empty folder.
fn fresh(folder: &Path) -> Result<std::path::PathBuf> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    fs::create_dir_all(folder)?;
    Ok(folder.to_path_buf())
}

fn unpack(target: &Path, member: &Member, folder: &Path) -> Result<()> {
    let path = target.join("package").join(archive(member) + ".crate");
    let unreadable = || format!("{} cannot be unpacked", path.display());
    let file = fs::File::open(&path).with_context(unreadable)?;
    let mut tar = tar::Archive::new(flate2::read::GzDecoder::new(file));
    tar.unpack(folder).with_context(unreadable)
}

/// `anypoint-core-0.1.0`.
fn archive(member: &Member) -> String {
    format!("{}-{}", member.name, member.version)
}

/// Writes a workspace of the packages, in which each replaces the published one.
fn manifest(root: &Path, published: &[&Member]) -> Result<String> {
    let paths = published.iter().map(|member| {
        let path = Table::from_iter([("path".to_owned(), archive(member).into())]);
        (member.name.clone(), Value::from(path))
    });
    let folders: Vec<String> = published.iter().map(|member| archive(member)).collect();
    let mut manifest = Table::new();
    let workspace = [("resolver", "3".into()), ("members", folders.into())];
    insert(&mut manifest, "workspace", workspace);
    let patched = Value::from(Table::from_iter(paths));
    insert(&mut manifest, "patch", [("crates-io", patched)]);
    // Without it, compiled crates could not be reused.
    if let Some(profile) = workspace::manifest(root, "Cargo.toml")?.remove("profile") {
        manifest.insert("profile".to_owned(), profile);
    }
    Ok(manifest.to_string())
}

fn insert<const N: usize>(manifest: &mut Table, key: &str, members: [(&str, Value); N]) {
    let members = members.map(|(key, value)| (key.to_owned(), value));
    manifest.insert(key.to_owned(), Table::from_iter(members).into());
}

/// Compiles the targets that users compile. The examples of the facade need the emulator, which is not part of its package.
fn check(folder: &Path, target: &Path) -> Result<()> {
    let mut check = cargo();
    check
        .current_dir(folder)
        .args(["check", "--workspace", "--all-features", "--offline"]);
    check.args(["--lib", "--bins", "--target-dir"]);
    check.arg(target);
    run(check)
}

fn run(mut command: Command) -> Result<()> {
    let program = command.get_program().to_string_lossy().into_owned();
    let status = command.status();
    let status = status.with_context(|| format!("`{program}` cannot be run"))?;
    if !status.success() {
        bail!("{program} failed");
    }
    Ok(())
}
