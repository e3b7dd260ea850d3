//! No fact of a contract can change without a finding.

use std::collections::BTreeMap;

use serde_json::Value as Json;
use xtask::codegen;
use xtask::codegen::contract::Contract;
use xtask::diff::compare;

use crate::support::{entry, fixtures};

/// Each place of a value where something stands that is no list or object.
fn leaves(json: &Json, at: &str, found: &mut Vec<String>) {
    match json {
        Json::Object(members) => {
            for (name, member) in members {
                leaves(
                    member,
                    &format!("{at}/{}", name.replace('~', "~0").replace('/', "~1")),
                    found,
                );
            }
        }
        Json::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                leaves(item, &format!("{at}/{index}"), found);
            }
        }
        _ => found.push(at.to_owned()),
    }
}

/// Something else of the same type.
fn other(json: &Json) -> Json {
    match json {
        Json::Bool(flag) => (!flag).into(),
        Json::Number(number) => (number.as_i64().unwrap_or_default() + 1).into(),
        Json::String(text) => format!("{text}x").into(),
        _ => "x".into(),
    }
}

/// The contract with another value at a place, if there is such a contract and it has other pages.
fn changed(contract: &Contract, json: &Json, at: &str) -> Option<Contract> {
    let mut json = json.clone();
    let leaf = json.pointer_mut(at)?;
    *leaf = other(leaf);
    let changed: Contract = serde_json::from_value(json).ok()?;
    let changed = changed.bare();
    (changed != *contract).then_some(changed)
}

/// Places of the same kind: `/operations/*/path`.
fn kind(at: &str) -> String {
    let steps = at.split('/');
    let steps = steps.map(|step| {
        if step.parse::<usize>().is_ok() {
            "*"
        } else {
            step
        }
    });
    steps.collect::<Vec<_>>().join("/")
}

#[test]
fn whatever_changes_is_found_and_nothing_else() {
    let mut tried: BTreeMap<String, usize> = BTreeMap::new();
    let mut missed = Vec::new();
    for (name, text) in fixtures("good") {
        let contract = codegen::contract(&entry(&name), &text).unwrap().bare();
        assert!(
            compare::contracts(&contract, &contract).is_empty(),
            "{name}"
        );
        let json = serde_json::to_value(&contract).unwrap();
        let mut all = Vec::new();
        leaves(&json, "", &mut all);
        for at in all {
            // Others of the kind differ in their names only.
            let times = tried.entry(kind(&at)).or_default();
            if *times == 2 {
                continue;
            }
            let Some(changed) = changed(&contract, &json, &at) else {
                continue;
            };
            *times += 1;
            for (old, new) in [(&contract, &changed), (&changed, &contract)] {
                if compare::contracts(old, new).is_empty() {
                    missed.push(format!("{name} {at}"));
                }
            }
        }
    }
    assert!(missed.is_empty(), "{missed:#?}");
    let kinds = tried.values().filter(|times| **times > 0).count();
    assert!(kinds > 100, "{kinds}");
}
