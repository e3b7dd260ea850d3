//! What the generator accepts compiles without a warning, and so do its docs.
#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod given;
mod grammar;
mod krate;
#[path = "../support/mod.rs"]
mod support;

use krate::Crate;
use support::{fixtures, generate};

/// The documents of a folder as one crate.
fn check(folder: &str) {
    let mut documents = Crate::new(folder);
    for (name, text) in fixtures(folder) {
        let generated = generate(&name, &text).unwrap_or_else(|complaints| panic!("{complaints}"));
        documents.add(&name, &generated);
    }
    documents.check();
}

#[test]
fn every_construct_compiles_and_documents_without_a_warning() {
    check("good");
}

/// Names that Rust, the runtime or emitted code has, texts that break out, and members of every kind in every place.
#[test]
fn whatever_a_spec_calls_its_things_they_compile_and_document_without_a_warning() {
    check("accepted");
}

/// A number from the environment.
fn number(name: &str, otherwise: u64) -> u64 {
    let given = std::env::var(name).ok();
    given.map_or(otherwise, |text| text.parse().unwrap())
}

/// As many of them, and from which on, as `DOCUMENTS` and `SEED` say. The number of a document is in its name.
#[test]
fn whatever_the_grammar_says_compiles_and_documents_without_a_warning() {
    const BATCH: u64 = 100;
    let (seed, count) = (number("SEED", 0), number("DOCUMENTS", BATCH));
    println!("documents {seed} to {}", seed + count);
    let all: Vec<u64> = (seed..seed + count).collect();
    for batch in all.chunks(usize::try_from(BATCH).unwrap()) {
        let mut documents = Crate::new("grammar");
        for number in batch {
            let (name, text) = (format!("d{number}"), grammar::document(*number));
            let generated = generate(&name, &text);
            let generated = generated.unwrap_or_else(|complaints| panic!("{complaints}\n{text}"));
            documents.add(&name, &generated);
        }
        documents.check();
    }
}
