//! Every example of every spec through the type that was generated for it.
//!
//! What an example says must survive being read and written, and the JSON Schema of the type must accept it. The tables
//! of the types are generated; the examples come from the specs that the emulator serves, so a type and the
//! example it is held against do not pass through the same code.
//!
//! `variants` holds the types against what services send instead: thousands of variants of their answers.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "clippy.toml allows them in test functions, and helpers of tests are none"
)]

mod checks;
mod compare;
mod expected;
mod payloads;
mod samples;
mod spec;
// The generator formats its output.
#[rustfmt::skip]
mod tables;
mod variants;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use checks::Checks;
use samples::{Sample, Samples};
use spec::Spec;

/// One API: its spec, what the spec shows of its components, and their types.
struct Api {
    name: &'static str,
    spec: Spec,
    models: BTreeMap<&'static str, Checks>,
}

fn apis() -> Vec<Api> {
    let api = |(name, models): (&'static str, Vec<Checks>)| Api {
        name,
        spec: Spec::load(name),
        models: models
            .into_iter()
            .map(|checks| (checks.name, checks))
            .collect(),
    };
    tables::apis().into_iter().map(api).collect()
}

/// All complaints of all APIs in one run: each names the example and the place in it.
fn complaints(check: impl Fn(&Api, &Sample, &Checks) -> Vec<String>) -> Vec<String> {
    let mut found = Vec::new();
    for api in apis() {
        for sample in Samples::of(&api.spec).shown {
            let complaints = match api.models.get(sample.component.as_str()) {
                Some(checks) => check(&api, &sample, checks),
                None => vec!["there is no type for it".to_owned()],
            };
            let place = format!("{} {} in {}", api.name, sample.component, sample.place);
            found.extend(
                complaints
                    .into_iter()
                    .map(|what| format!("{place}: {what}")),
            );
        }
    }
    found
}

#[track_caller]
fn assert_none(complaints: &[String]) {
    assert!(
        complaints.is_empty(),
        "{} complaints\n{}",
        complaints.len(),
        complaints.join("\n")
    );
}

#[test]
fn every_example_survives_being_read_and_written() {
    assert_none(&complaints(|api, sample, checks| {
        match twice(checks, &sample.value) {
            Err(reason) => vec![reason],
            Ok([first, second]) if first != second => {
                vec!["the second writing differs from the first".to_owned()]
            }
            Ok([written, _]) => {
                let schema = spec::reference(&sample.component);
                let wanted = expected::known(&api.spec, &schema, &sample.value);
                compare::differences(&wanted, &compare::without_nulls(&written))
            }
        }
    }));
}

fn twice(checks: &Checks, example: &Json) -> Result<[Json; 2], String> {
    let first = (checks.recode)(example)?;
    let second = (checks.recode)(&first)?;
    Ok([first, second])
}

#[test]
fn the_json_schema_of_a_type_accepts_its_examples_and_what_it_writes() {
    assert_none(&complaints(|_, sample, checks| {
        let schema = (checks.schema)();
        let written = (checks.recode)(&sample.value);
        let validator = match jsonschema::validator_for(&schema) {
            Ok(validator) => validator,
            Err(error) => return vec![format!("the schema does not compile: {error}")],
        };
        let refusals = |what: &str, value: &Json| -> Vec<String> {
            let refusal = |error: jsonschema::ValidationError<'_>| {
                format!("{what} is refused at {}: {error}", error.instance_path())
            };
            validator.iter_errors(value).map(refusal).collect()
        };
        let mut found = refusals("the example", &sample.value);
        found.extend(
            written
                .iter()
                .flat_map(|value| refusals("what is written", value)),
        );
        found
    }));
}

#[test]
fn every_component_has_a_type_or_is_a_form() {
    for api in apis() {
        let typed: BTreeSet<&str> = api.models.keys().copied().collect();
        let forms = api.spec.forms();
        let components: BTreeSet<&str> = api.spec.components().map(|(name, _)| name).collect();
        let all: BTreeSet<&str> = typed.union(&forms).copied().collect();
        assert_eq!(all, components, "{}", api.name);
        assert!(typed.is_disjoint(&forms), "{}", api.name);
    }
}

/// An example that is not held against a type is so by one of the rules of [`Samples`], and no type goes unseen.
#[test]
fn no_example_and_no_type_is_passed_over() {
    let (mut checked, mut counts) = (0, Vec::new());
    for api in apis() {
        let samples = Samples::of(&api.spec);
        assert_eq!(samples.count(), api.spec.count_examples(), "{}", api.name);
        let shown = samples.shown.iter();
        let seen: BTreeSet<&str> = shown.map(|sample| sample.component.as_str()).collect();
        let typed: BTreeSet<&str> = api.models.keys().copied().collect();
        assert_eq!(seen, typed, "{}", api.name);
        checked += samples.checked;
        counts.push(format!("{}: {} types, {samples:?}", api.name, typed.len()));
    }
    assert!(checked > 450, "too few are checked\n{}", counts.join("\n"));
}
