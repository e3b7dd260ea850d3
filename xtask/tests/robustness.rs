//! No text makes the generator panic: mutated specs give files or complaints.
#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod support;

use proptest::prelude::*;
use support::{fixtures, generate};

/// What specs are made of, and what breaks them.
const SCRAPS: &[&str] = &[
    "type: string",
    "type: object",
    "type: [a]",
    "$ref: \"#/components/schemas/Thing\"",
    "$ref: nowhere",
    "required: true",
    "x-secret: true",
    "x-lenient: true",
    "x-alias: [a]",
    "x-page-or-array: data",
    "nullable: true",
    "allOf: [{}]",
    "oneOf: []",
    "enum: [a, a]",
    "items: {}",
    "default: 1",
    "example: {}",
    "in: body",
    "name: \"\"",
    "name: send",
    "operationId: self",
    "\"200\": {}",
    "null",
    "{",
    "]",
    "- ",
    "'",
    "\"",
    "\t",
    "é",
    "\u{0}",
    "additionalProperties: true",
    "properties: {a: {type: string}, A: {type: string}}",
    "pattern: \"(\"",
    "maximum: x",
    "format: int32",
    "{id}",
    "..",
];

#[derive(Clone, Debug)]
enum Mutation {
    Drop(usize),
    Repeat(usize),
    Swap(usize, usize),
    Insert(usize, usize),
    Replace(usize, usize, usize),
    Cut(usize),
    Indent(usize),
}

fn mutation() -> impl Strategy<Value = Mutation> {
    let at = any::<usize>;
    prop_oneof![
        at().prop_map(Mutation::Drop),
        at().prop_map(Mutation::Repeat),
        (at(), at()).prop_map(|(a, b)| Mutation::Swap(a, b)),
        (at(), at()).prop_map(|(a, b)| Mutation::Insert(a, b)),
        (at(), at(), at()).prop_map(|(a, b, c)| Mutation::Replace(a, b, c)),
        at().prop_map(Mutation::Cut),
        at().prop_map(Mutation::Indent),
    ]
}

fn mutate(text: &str, mutations: &[Mutation]) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    for mutation in mutations {
        let count = lines.len().max(1);
        let scrap = |index: &usize| SCRAPS[index % SCRAPS.len()];
        if lines.is_empty() {
            break;
        }
        match mutation {
            Mutation::Drop(at) => drop(lines.remove(at % count)),
            Mutation::Repeat(at) => lines.insert(at % count, lines[at % count].clone()),
            Mutation::Swap(a, b) => lines.swap(a % count, b % count),
            Mutation::Insert(at, with) => {
                let indent: String = lines[at % count]
                    .chars()
                    .take_while(|letter| *letter == ' ')
                    .collect();
                lines.insert(at % count, format!("{indent}{}", scrap(with)));
            }
            Mutation::Replace(at, word, with) => {
                let line = &mut lines[at % count];
                let words: Vec<&str> = line.split(' ').collect();
                let word = words[word % words.len()].to_owned();
                *line = line.replacen(&word, scrap(with), 1);
            }
            Mutation::Cut(at) => {
                let line = &mut lines[at % count];
                let end = line
                    .char_indices()
                    .nth(at % (line.chars().count() + 1))
                    .map_or(line.len(), |(index, _)| index);
                line.truncate(end);
            }
            Mutation::Indent(at) => lines[at % count].insert_str(0, "  "),
        }
    }
    lines.join("\n")
}

fn check(text: &str) {
    match generate("mutant", text) {
        Ok(generated) => assert!(!generated.set.files.is_empty()),
        Err(complaints) => assert!(!complaints.0.is_empty()),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn mutated_specs_never_panic(seed in any::<usize>(), mutations in prop::collection::vec(mutation(), 1..5)) {
        let fixtures = fixtures("good");
        let (_, text) = &fixtures[seed % fixtures.len()];
        check(&mutate(text, &mutations));
    }

    #[test]
    fn any_text_never_panics(text in "[a-z0-9:{}\\[\\],\"'\\-# \n&*!|>%@`$\\\\é]{0,200}") {
        check(&text);
    }
}

#[test]
fn hostile_nesting_is_a_complaint() {
    for (open, close) in [("[", "]"), ("{a: ", "}")] {
        let text = format!("openapi: {}{}", open.repeat(20_000), close.repeat(20_000));
        let complaints = generate("deep", &text).err().unwrap().to_string();
        assert!(
            complaints.contains("nested") || complaints.contains("not YAML"),
            "{}",
            &complaints[..complaints.len().min(300)]
        );
    }
}
