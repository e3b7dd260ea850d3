//! `cargo xtask new NAME`: creates a new API with one placeholder operation, and its entries in all files that list the APIs.

mod entries;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};

use crate::codegen::{self, manifest, names, source};
use crate::diff::PAGES;
use crate::pages;
use crate::workspace::cargo;

/// The new contents of files by their paths below the root.
type Files = BTreeMap<String, String>;

/// Writes the API and prints the next steps.
///
/// # Errors
/// The name is invalid or taken, or a file cannot be read or written. In this case nothing was changed.
pub fn command(root: &Path, name: &str) -> Result<ExitCode> {
    for file in create(root, name)? {
        println!("{file}");
    }
    // The lock file lists all members.
    let mut update = cargo();
    update
        .current_dir(root)
        .args(["update", "--quiet", "--workspace", "--offline"]);
    if !update.status().is_ok_and(|status| status.success()) {
        eprintln!("note: Cargo.lock does not have the crate yet: `cargo check` adds it");
    }
    println!(
        "
{name} has one operation, `list_things`. All that is made up says PLACEHOLDER. Next:

1. Describe the first real operation in specs/{name}.yaml; specs/README.md has the dialect.
2. `cargo xtask codegen`, and whenever it complains `cargo xtask explain CODE`.
3. `{}` writes the pages in {PAGES}/{name}.
4. `grep -rn PLACEHOLDER specs README.md CHANGELOG.md` shows what is left.",
        pages::COMMAND
    );
    Ok(ExitCode::SUCCESS)
}

/// Writes everything, and returns the files that people edit next.
///
/// # Errors
/// See [`command`].
pub fn create(root: &Path, name: &str) -> Result<Vec<String>> {
    check(root, name)?;
    let mut files = Files::new();
    let title = title(name);
    let spec = include_str!("new/spec.yaml");
    let spec = spec.replace("{name}", name).replace("{title}", &title);
    files.insert(format!("specs/{name}.yaml"), spec);
    for (path, add) in entries::ALL {
        let text = source::read(&root.join(path), path)?;
        let added = add(&text, name, &title);
        let added = added.with_context(|| format!("{path} has no place for an API"))?;
        files.insert((*path).to_owned(), added);
    }
    let before = files
        .keys()
        .map(|path| (path, std::fs::read(root.join(path)).ok()));
    let before: Vec<(&String, Option<Vec<u8>>)> = before.collect();
    if let Err(reason) = written(root, name, &files) {
        for (path, text) in before {
            let path = root.join(path);
            match text {
                Some(text) => std::fs::write(path, text)?,
                None => drop(std::fs::remove_file(path)),
            }
        }
        return Err(reason);
    }
    Ok(files.into_keys().collect())
}

/// Checks that the name is free, and is valid for a package, a feature and a module.
fn check(root: &Path, name: &str) -> Result<()> {
    if !names::is_kebab_case(name) || names::taken(name).is_some() {
        bail!(
            "`{name}` cannot be the name of an API\n  help: lower case, with hyphens: `runtime-fabric`"
        );
    }
    let manifest = manifest::load(root)?;
    let known = manifest.apis.iter().any(|entry| entry.name == name);
    let package = format!("anypoint-{name}");
    let folder = format!("crates/{package}");
    for taken in [format!("specs/{name}.yaml"), folder] {
        if root.join(&taken).exists() {
            bail!("{taken} already exists\n  help: choose another name, or move it away");
        }
    }
    if known || manifest.handwritten.contains(&package) {
        bail!(
            "there is already an API `{name}`\n  help: change its spec, and run `cargo xtask codegen`"
        );
    }
    Ok(())
}

/// `runtime-fabric` gives `Runtime Fabric`.
fn title(name: &str) -> String {
    let words = name.split('-').map(|word| {
        let (first, rest) = word.split_at(1);
        first.to_uppercase() + rest
    });
    words.collect::<Vec<_>>().join(" ")
}

fn written(root: &Path, name: &str, files: &Files) -> Result<()> {
    for (path, text) in files {
        std::fs::write(root.join(path), text).with_context(|| path.clone())?;
    }
    let manifest = manifest::load(root)?;
    let entry = manifest.apis.iter().find(|entry| entry.name == name);
    let entry = entry.context("apis.toml has no such API")?;
    codegen::generate(root, None)?.1.write(root)?;
    let text = source::read(&root.join(&entry.spec), &entry.spec)?;
    pages::write(root, entry, &text)?;
    Ok(())
}
