//! The contract and its pages: their content is complete, and every change is visible.
#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod changes;
mod generator;
mod hard;
#[path = "../support/mod.rs"]
mod support;

use proptest::prelude::*;
use support::{fixtures, root};
use xtask::codegen::contract::Contract;
use xtask::codegen::{self, manifest, surface};

/// The contracts of all listed APIs.
fn listed() -> Vec<Contract> {
    let root = root();
    let entries = manifest::load(&root).unwrap().apis;
    let contracts = entries.iter().map(|entry| {
        let text = std::fs::read_to_string(root.join(&entry.spec)).unwrap();
        codegen::contract(entry, &text).unwrap_or_else(|complaints| panic!("{complaints}"))
    });
    contracts.collect()
}

fn read(pages: &[(String, String)]) -> Result<Contract, surface::Mistake> {
    surface::parse(pages.iter().map(|(name, text)| (&**name, &**text)))
}

/// Everything but docs and examples is on the pages, and the pages can be printed as they stand.
fn is_told(contract: &Contract) {
    let pages = surface::pages(contract);
    for (name, text) in &pages {
        assert!(text.starts_with("surface 1\n"), "{name}: {text}");
        let long = text.lines().find(|line| line.chars().count() >= 160);
        assert_eq!(long, None, "{name}");
        let seen = |letter: char| !letter.is_control() || letter == '\n';
        assert!(text.chars().all(seen), "{name}: {text:?}");
    }
    let again = read(&pages).unwrap_or_else(|mistake| panic!("{mistake}\n{pages:#?}"));
    assert_eq!(again, contract.clone().bare());
}

#[test]
fn the_pages_of_every_api_tell_its_whole_contract() {
    for contract in &listed() {
        is_told(contract);
    }
}

#[test]
fn the_pages_of_every_construct_tell_its_whole_contract() {
    for (name, text) in fixtures("good") {
        is_told(&codegen::contract(&support::entry(&name), &text).unwrap());
    }
}

#[test]
fn docs_and_examples_are_all_that_is_not_on_the_pages() {
    for contract in &listed() {
        let bare = contract.clone().bare();
        assert_eq!(surface::pages(contract), surface::pages(&bare));
        assert_eq!(bare.clone().bare(), bare);
        assert_ne!(bare, *contract);
    }
}

#[test]
fn a_contract_is_the_same_after_json() {
    for contract in listed() {
        let json = serde_json::to_string(&contract).unwrap();
        assert_eq!(serde_json::from_str::<Contract>(&json).unwrap(), contract);
    }
}

/// What the command prints.
fn run(arguments: &[&str]) -> String {
    let command = std::process::Command::new(env!("CARGO_BIN_EXE_xtask"))
        .args(arguments)
        .output()
        .unwrap();
    let complaint = String::from_utf8(command.stderr).unwrap();
    assert!(command.status.success(), "{complaint}");
    String::from_utf8(command.stdout).unwrap()
}

#[test]
fn the_pages_of_a_draft_and_of_a_listed_api_are_printed() {
    let draft = root().join("tests/fixtures/good/array_pages.yaml");
    let printed = run(&["surface", "--spec", draft.to_str().unwrap()]);
    assert!(
        printed.starts_with("==> draft/client\nsurface 1\n"),
        "{printed}"
    );
    let contract = &listed()[5];
    let printed = run(&["surface", "--api", "mmc"]);
    for (name, text) in surface::pages(contract) {
        assert!(
            printed.contains(&format!("==> mmc/{name}\n{text}")),
            "{name}"
        );
    }
    let printed = run(&["contract", "--api", "mmc"]);
    assert_eq!(
        serde_json::from_str::<Contract>(&printed).unwrap(),
        *contract
    );
}

#[test]
fn a_page_that_says_something_else_is_refused_with_its_line() {
    for (text, complaint) in [
        ("surface 2\n", "things:1: error: only version 1 can be read"),
        ("", "things:1: error: a line is missing after it"),
        (
            "surface 1\n  more\n",
            "things:2: error: `more` means nothing here",
        ),
        (
            "surface 1 more\n",
            "things:1: error: `more` means nothing here",
        ),
        (
            "surface 1\n\nenum Kind by x\n  traits []\n",
            "things:3: error: `by x` means nothing here",
        ),
        (
            "surface 1\nenum Kind\n  traits [Clone, Odd]\n",
            "things:3: error: `Odd` means nothing here",
        ),
        (
            "surface 1\nenum Kind\n  traits []\n  On on\n",
            "things:4: error: `on` is not a valid value here",
        ),
        (
            "surface 1\n      enum Kind\n",
            "things:2: error: it is indented too much",
        ),
        ("  | more\n", "things:1: error: it continues no line"),
        (
            "surface 1\nthing Kind\n",
            "things:2: error: `thing` means nothing here",
        ),
        (
            "surface 1\nenum Kind\n  traits []\n",
            "things:1: error: it contains something that belongs to no tag",
        ),
    ] {
        let pages = [("things".to_owned(), text.to_owned())];
        assert_eq!(read(&pages).unwrap_err().to_string(), complaint, "{text:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_pages_of_any_contract_tell_it_whole(tape in prop::collection::vec(any::<u32>(), 0..1500)) {
        is_told(&generator::contract(&tape));
    }

    /// Whatever a page says, it is read or refused; what is read can be written again.
    #[test]
    fn a_damaged_page_is_read_or_refused(
        at in any::<prop::sample::Index>(),
        cut in any::<prop::sample::Index>(),
        scrap in prop::sample::select(vec!["", " ", "\"", "[", "]", "<", "=", "| ", "|~", "required", "\n", "é", "Vec<"]),
    ) {
        let mut pages = MANAGER.with(Clone::clone);
        for (_, text) in &mut pages {
            let lines: Vec<&str> = text.lines().collect();
            let at = at.index(lines.len());
            let (before, behind) = match lines[at].char_indices().nth(cut.index(lines[at].len() + 1)) {
                Some((byte, _)) => lines[at].split_at(byte),
                None => (lines[at], ""),
            };
            let line = format!("{before}{scrap}{behind}");
            *text = [&lines[..at], &[&line], &lines[at + 1..]].concat().join("\n");
        }
        if let Ok(contract) = read(&pages) {
            let same = read(&surface::pages(&contract)).unwrap() == contract.bare();
            prop_assert!(same, "{pages:#?}");
        }
    }
}

thread_local! {
    /// The pages of one API.
    static MANAGER: Vec<(String, String)> = surface::pages(&listed()[1]);
}
