//! Every complaint has a code, each code is one kind of complaint, and none mentions internals of the generator.
#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use support::{fixtures, generate, root};
use xtask::codegen::diag::{Code, Diagnostic};

/// What no fixture can show: other tests do, or nothing but a mistake of the generator can bring it about.
const NOT_IN_FIXTURES: &[(Code, &str)] = &[
    (Code::FileUnreadable, "no text: bounds.rs"),
    (Code::NotUtf8, "no text: bounds.rs"),
    (Code::HiddenCharacter, "editors lose it: hostile.rs"),
    (Code::TooManyComplaints, "too long: bounds.rs"),
    (Code::JoinsTooMuch, "too long: bounds.rs"),
    (Code::TypeNotMade, "no document that was accepted so far"),
    (Code::NotGenerated, "a mistake of the generator"),
    (Code::NotToml, "apis.toml: manifest.rs"),
    (Code::ManifestName, "apis.toml: manifest.rs"),
    (Code::ManifestNameTaken, "apis.toml: manifest.rs"),
    (Code::PackageReserved, "apis.toml: manifest.rs"),
    (Code::FeatureReserved, "apis.toml: manifest.rs"),
    (Code::FolderName, "apis.toml: manifest.rs"),
    (Code::FolderNotOurs, "apis.toml: manifest.rs"),
    (Code::SpecPath, "apis.toml: manifest.rs"),
    (Code::SpecOutside, "apis.toml: manifest.rs"),
    (Code::VersionForm, "apis.toml: manifest.rs"),
    (Code::NotAMember, "the workspace: diagnostics.rs"),
    (Code::FeatureNotListed, "the workspace: tree.rs"),
    (Code::EnvironmentsUnnamed, "the workspace: tree.rs"),
];

fn complaints() -> Vec<Diagnostic> {
    let found = fixtures("bad").into_iter();
    let found = found.filter_map(|(name, text)| generate(&name, &text).err());
    found.flat_map(|found| found.0).collect()
}

#[test]
fn each_code_is_shown_by_a_bad_fixture() {
    let shown: BTreeSet<Code> = complaints().into_iter().map(|found| found.code).collect();
    let elsewhere = NOT_IN_FIXTURES.iter().map(|(code, _)| *code).collect();
    let all: BTreeSet<Code> = Code::ALL.iter().map(|(code, _)| *code).collect();
    let missing: Vec<&Code> = all.difference(&shown).collect();
    let missing: BTreeSet<Code> = missing.into_iter().copied().collect();
    assert_eq!(missing, elsewhere);
}

/// Two kinds of complaints have two codes, so no two places make the same one.
#[test]
fn each_code_is_made_in_one_place() {
    let mut uses: BTreeMap<String, usize> = BTreeMap::new();
    sources(&root().join("xtask/src"), &mut |text| {
        for used in text.split("Code::").skip(1) {
            let name: String = used.chars().take_while(|c| c.is_alphanumeric()).collect();
            *uses.entry(name).or_default() += 1;
        }
    });
    for (code, _) in Code::ALL {
        let places = uses.get(&format!("{code:?}"));
        assert_eq!(places, Some(&1), "{code}");
    }
}

#[test]
fn codes_are_lower_case_words_and_meanings_are_sentences() {
    for (code, meaning) in Code::ALL {
        let code = code.to_string();
        let fits = |letter: char| letter == '-' || letter.is_ascii_lowercase() || letter == '8';
        assert!(code.chars().all(fits) && code.len() <= 32, "{code}");
        assert!(meaning.ends_with('.'), "{code}: {meaning}");
    }
    assert_eq!(Code::PageWithoutList.to_string(), "page-without-list");
}

#[test]
fn no_complaint_speaks_of_the_generator() {
    for found in complaints() {
        let text = found.to_string().to_lowercase();
        let text = text.split(|c: char| !c.is_alphanumeric());
        let words: BTreeSet<&str> = text.collect();
        for word in ["xtask", "engine", "progenitor", "typify", "syn"] {
            assert!(!words.contains(word), "{found}");
        }
    }
}

/// The text of every source file.
fn sources(folder: &Path, take: &mut dyn FnMut(&str)) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, take);
        } else {
            take(&fs::read_to_string(&path).unwrap());
        }
    }
}
