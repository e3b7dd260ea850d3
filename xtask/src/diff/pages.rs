//! The pages of a revision and those of the tree, as contracts.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Result, bail};

use crate::codegen::contract::Contract;
use crate::codegen::{source, surface};

/// The folder of the pages, with a folder for each API.
pub const FOLDER: &str = "tests/snapshots/surface";

/// Contracts by the names of their APIs.
pub type Contracts = BTreeMap<String, Contract>;

/// The pages of the tree.
///
/// # Errors
/// A page cannot be read, or is not valid.
pub fn of_tree(root: &Path) -> Result<Contracts> {
    let mut files = BTreeMap::new();
    let folder = root.join(FOLDER);
    let Ok(apis) = std::fs::read_dir(&folder) else {
        bail!("there are no pages in {FOLDER}\n  help: `cargo xtask surface --write` writes them");
    };
    for api in apis {
        let api = api?.path();
        if !api.is_dir() {
            continue;
        }
        for page in std::fs::read_dir(&api)? {
            let page = page?.path();
            let name = page.strip_prefix(root).unwrap_or(&page);
            let name = name.to_string_lossy().replace('\\', "/");
            files.insert(name.clone(), source::read(&page, &name)?);
        }
    }
    contracts(
        &files,
        "the tree",
        "`cargo xtask surface --write` writes them",
    )
}

/// The contracts in files, which are given by their paths.
///
/// # Errors
/// There are no pages, or a page is not valid.
pub fn contracts(files: &BTreeMap<String, String>, whose: &str, help: &str) -> Result<Contracts> {
    let mut apis: BTreeMap<&str, Vec<(&str, &str)>> = BTreeMap::new();
    for (path, text) in files {
        let Some((api, page)) = split(path) else {
            continue;
        };
        let text = without_header(text);
        apis.entry(api).or_default().push((page, text));
    }
    if apis.is_empty() {
        bail!("{whose} has no pages in {FOLDER}\n  help: {help}");
    }
    let mut contracts = Contracts::new();
    for (api, pages) in apis {
        match surface::parse(pages) {
            // In the order of the tags, regardless of the order of the files.
            Ok(contract) => contracts.insert(api.to_owned(), contract.bare()),
            Err(mistake) => bail!(
                "{whose} has pages of another format: {FOLDER}/{api}/{mistake}\n  help: {help}"
            ),
        };
    }
    Ok(contracts)
}

/// The API and the page of a path.
fn split(path: &str) -> Option<(&str, &str)> {
    let path = path.strip_prefix(FOLDER)?.strip_prefix('/')?;
    path.strip_suffix(".snap")?.split_once('/')
}

/// The text after the header of a snapshot.
fn without_header(text: &str) -> &str {
    let behind = text
        .strip_prefix("---\n")
        .and_then(|rest| rest.split_once("\n---\n"));
    behind.map_or(text, |(_, text)| text)
}
