//! Runs the walkthroughs of CONTRIBUTING.md: each command must print what the page shows.
//!
//! `INSTA_UPDATE=always` writes the output of the commands to the page.
#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod first_call;
mod page;
mod shell;
#[path = "../support/mod.rs"]
mod support;

use std::sync::Mutex;

use page::{Block, Page};
use shell::Shell;

/// What runs a program of the tree, which takes a build: `first_call` does it with less.
const PROGRAM: &str = "cargo run ";

/// Held by a walk, which may write the page.
static PAGE: Mutex<()> = Mutex::new(());

/// Runs the blocks of a section.
fn walk(heading: &str) {
    let _held = PAGE.lock();
    let mut page = Page::read();
    let shell = Shell::new();
    let mut wrong = String::new();
    for block in page.section(heading) {
        match block {
            Block::Diff(text) => shell.apply(&text),
            Block::Program(_) => {}
            Block::Console { at, command, said } => {
                if command.starts_with(PROGRAM) {
                    continue;
                }
                let now = shell.run(&command);
                if plain(&now) == plain(&said) {
                    continue;
                }
                wrong += &format!("$ {command}\nthe page:\n{said}\nnow:\n{now}\n");
                page.note(at, now);
            }
        }
    }
    if page.write() {
        return;
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// Without what differs from one run to the next: commits, and how long something took.
fn plain(text: &str) -> String {
    let mut plain = String::new();
    for line in text.lines() {
        let timed = line.ends_with(" ms");
        for word in line.split_inclusive([' ', '`', '.']) {
            let bare = word.trim_end_matches([' ', '`', '.']);
            let is_hex = bare.chars().all(|letter| letter.is_ascii_hexdigit());
            let is_commit = is_hex && bare.len() == 10;
            let is_number = timed && bare.chars().all(|letter| letter.is_ascii_digit());
            match is_commit || is_number {
                true => plain += word.trim_start_matches(bare).trim(),
                false => plain += word,
            }
        }
        plain.push('\n');
    }
    plain
}

#[test]
fn a_field_is_changed_as_the_page_says() {
    walk("Walkthrough: a field changes");
}

#[test]
fn an_api_is_added_as_the_page_says() {
    walk("Walkthrough: a new API");
}

#[test]
fn only_commits_and_times_may_differ_from_the_page() {
    let page = "Compared with `0123456789`.\na  20 operations  4069 lines    670 ms\n";
    let now = "Compared with `abcdef0123`.\na  20 operations  4070 lines     71 ms\n";
    assert_eq!(plain(page), plain(now));
    for other in ["0.2.0", "Thing.name", "3 files written"] {
        assert_ne!(
            plain(other),
            plain(&other.replace(['0', '3'], "4").replace("name", "n"))
        );
    }
}
