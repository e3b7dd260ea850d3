//! Everything that the generator accepts compiles and documents without warnings, and its types lose no part of a value.
#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

#[allow(dead_code, reason = "no null is left out unseen")]
#[path = "../../../tests/models/compare.rs"]
mod compare;
mod draw;
mod given;
mod grammar;
mod krate;
#[path = "../support/mod.rs"]
mod support;
mod values;

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use krate::Crate;
use support::{entry, fixtures, generate};
use values::Sample;

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

/// The fixtures, and so many documents of the grammar from `SEED` on.
fn all_kinds(seed: u64) -> Vec<(String, String)> {
    const DRAWN: u64 = 36;
    let drawn =
        (seed..seed + DRAWN).map(|number| (format!("d{number}"), grammar::document(number)));
    let written = ["good", "accepted"].into_iter().flat_map(fixtures);
    written.chain(drawn).collect()
}

/// Values of all components of a document, and the document as JSON.
fn samples(name: &str, text: &str, seed: u64, documents: &mut Crate) -> Vec<Sample> {
    let generated = generate(name, text).unwrap_or_else(|complaints| panic!("{complaints}"));
    documents.add(name, &generated);
    let document = &generated.set.files[&format!("crates/anypoint-emulator/specs/{name}.json")];
    let document: Json = serde_json::from_str(document).unwrap();
    let contract = xtask::codegen::contract(&entry(name), text).unwrap();
    values::samples(&document, &contract, seed)
}

/// From which document and which value on, `SEED` says. A complaint names the document, the component and the value.
#[test]
fn values_of_every_component_come_back_as_they_went() {
    let seed = number("SEED", 0);
    let (mut documents, mut all, mut lines) = (Crate::new("values"), Vec::new(), String::new());
    for (name, text) in all_kinds(seed) {
        for sample in samples(&name, &text, seed, &mut documents) {
            lines += &format!("{}\n", json!([name, sample.component, sample.given]));
            all.push((name.clone(), sample));
        }
    }
    println!("{} values from seed {seed} on", all.len());
    let back = documents.recode(&lines);
    assert_eq!(back.len(), all.len());
    let mut complaints = BTreeMap::new();
    for ((name, sample), back) in all.iter().zip(back) {
        let found = match back {
            Ok(back) => compare::differences(&sample.kept, &back),
            Err(reason) => vec![reason],
        };
        // The shortest of a component says enough.
        if let Some(first) = found.first() {
            let complaint = format!("{name} {}: {first}, of {}", sample.component, sample.given);
            let shortest = complaints.entry((name, &sample.component));
            let shortest = shortest.or_insert_with(|| complaint.clone());
            if complaint.len() < shortest.len() {
                *shortest = complaint;
            }
        }
    }
    let shown: Vec<String> = complaints.into_values().collect();
    assert!(shown.is_empty(), "seed {seed}\n{}", shown.join("\n"));
}
