//! Each extension of an operation has a module with a folder, and good and bad fixtures.
#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod support;

use std::collections::BTreeSet;
use std::fs;

use serde_json::Value as Json;
use support::{entry, fixtures, root};
use xtask::codegen::{self, extensions};

const ROOMS: &str = "xtask/src/codegen/extensions";

fn rooms() -> BTreeSet<String> {
    let folders = fs::read_dir(root().join(ROOMS)).unwrap();
    let folders = folders.map(|entry| entry.unwrap().path());
    let rooms = folders.filter(|path| path.is_dir());
    rooms
        .map(|path| path.file_name().unwrap().to_str().unwrap().to_owned())
        .collect()
}

#[test]
fn each_room_is_an_extension_in_the_registry() {
    let keys = extensions::KEYS.iter();
    let registered: BTreeSet<String> = keys
        .map(|key| key.name.strip_prefix("x-").unwrap().to_owned())
        .collect();
    assert_eq!(registered, rooms());
}

#[test]
fn each_extension_has_a_good_fixture_that_puts_it_into_the_contract() {
    let mut found = BTreeSet::new();
    for (name, text) in fixtures("good") {
        let contract = codegen::contract(&entry(&name), &text).unwrap();
        for operation in contract.operations {
            // They stand in the order of the registry.
            let Json::Object(extensions) = serde_json::to_value(operation.extensions).unwrap()
            else {
                panic!("extensions are an object");
            };
            let there = extensions.values().zip(extensions::KEYS);
            found.extend(
                there
                    .filter(|(it, _)| !it.is_null())
                    .map(|(_, key)| key.name),
            );
        }
    }
    assert_eq!(found, extensions::KEYS.iter().map(|key| key.name).collect());
}

#[test]
fn each_extension_has_a_bad_fixture() {
    for key in extensions::KEYS.iter().map(|key| key.name) {
        let refused = fixtures("bad").into_iter().any(|(name, text)| {
            let complaints = codegen::contract(&entry(&name), &text).err().unwrap();
            complaints.to_string().contains(key)
        });
        assert!(refused, "{key}");
    }
}

/// Tokens are the Rust face's alone.
#[test]
fn a_room_has_its_tokens_in_a_file_of_their_own() {
    for room in rooms() {
        let folder = root().join(ROOMS);
        let text = fs::read_to_string(folder.join(format!("{room}.rs"))).unwrap();
        for word in ["quote", "proc_macro2", "syn::", "TokenStream"] {
            assert!(!text.contains(word), "{room}: {word}");
        }
        let face = fs::read_to_string(folder.join(room).join("rust.rs")).unwrap();
        assert!(face.contains("quote!"));
    }
}

#[test]
fn the_dialects_page_explains_each_extension() {
    let page = fs::read_to_string(root().join("specs/README.md")).unwrap();
    for key in extensions::KEYS.iter().map(|key| key.name) {
        assert!(page.contains(&format!("| `{key}: ")), "{key}");
    }
}
