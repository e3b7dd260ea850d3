//! Snapshots of the output for each construct, of the complaints about bad specs, and of the pages of every API.
#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod support;

use support::{fixtures, generate, root, snapshot};
use xtask::codegen::{self, manifest, surface};

#[test]
fn each_construct_renders_as_before() {
    for (name, text) in fixtures("good") {
        let generated = generate(&name, &text).unwrap_or_else(|complaints| panic!("{complaints}"));
        let things = generated
            .set
            .files
            .iter()
            .find(|(path, _)| path.ends_with("src/things.rs"))
            .unwrap();
        snapshot("constructs", &name, things.1);
    }
}

/// Manifest, readme, `lib.rs` and client are the same for all constructs, so one crate shows them.
#[test]
fn a_crate_renders_as_before() {
    let (name, text) = fixtures("good")
        .into_iter()
        .find(|(name, _)| name == "array_pages")
        .unwrap();
    let generated = generate(&name, &text).unwrap();
    let files = generated
        .set
        .files
        .iter()
        .filter(|(path, _)| !path.ends_with("things.rs"));
    let text: String = files
        .map(|(path, text)| format!("==> {path}\n{text}\n"))
        .collect();
    snapshot("crate", "whole", &text);
}

#[test]
fn each_mistake_is_explained_as_before() {
    for (name, text) in fixtures("bad") {
        match generate(&name, &text) {
            Ok(_) => panic!("{name} was accepted"),
            Err(complaints) => {
                let complaints = complaints.with_lines(|_| Some(text.clone()));
                snapshot("diagnostics", &name, &complaints.to_string());
            }
        }
    }
}

#[test]
fn the_public_surface_is_as_before() {
    let root = root();
    for entry in manifest::load(&root)
        .unwrap()
        .apis
        .iter()
        .filter(|entry| entry.feature.is_some())
    {
        let text = std::fs::read_to_string(root.join(&entry.spec)).unwrap();
        let contract = codegen::contract(entry, &text);
        let contract = contract.unwrap_or_else(|complaints| panic!("{complaints}"));
        for (tag, page) in surface::pages(&contract) {
            snapshot(&format!("surface/{}", entry.name), &tag, &page);
        }
    }
}
