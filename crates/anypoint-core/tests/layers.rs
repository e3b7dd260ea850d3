//! Checks the layers of this crate: each module knows only those below it.
//!
//! The modules that a module names with `crate::`, except in its tests, must be in a lower layer, or before it in its own
//! layer. So there is no cycle. The files of a module do not matter.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// From the lowest to the highest.
const LAYERS: [(&str, &[&str]); 10] = [
    (
        "json",
        &["line", "date", "form", "pointer", "unknown_members", "json"],
    ),
    (
        "values",
        &[
            "secret",
            "parameter",
            "open_enum",
            "number",
            "string_or_number",
            "nullable",
        ],
    ),
    ("errors", &["error", "timestamp", "region", "origin"]),
    (
        "system",
        &["clock", "file", "progress", "runtime", "flight", "blocking"],
    ),
    ("http", &["http", "upload", "multipart"]),
    (
        "policy",
        &["timeouts", "retry", "throttle", "operation", "options"],
    ),
    ("answers", &["response", "page", "id"]),
    (
        "pipeline",
        &["trace", "transport", "download", "intercept", "auth"],
    ),
    ("client", &["session", "endpoint", "call", "raw", "chain"]),
    (
        "above",
        &["change", "wait", "follow", "internal", "testing", "guide"],
    ),
];

/// The modules in order, and their places in it.
fn order() -> BTreeMap<&'static str, usize> {
    let modules = LAYERS.iter().flat_map(|(_, modules)| modules.iter());
    modules
        .enumerate()
        .map(|(place, module)| (*module, place))
        .collect()
}

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// The code of a file: no comments, and no module of tests.
fn code(text: &str) -> String {
    let lines = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.starts_with("//"));
    let code: String = lines.map(|line| format!("{line}\n")).collect();
    let end = code.find("#[cfg(test)]\nmod tests {").unwrap_or(code.len());
    code[..end].to_owned()
}

/// The code of a module and of all its children but those of tests.
fn all_code(path: &Path) -> String {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let mut all = code(&text);
    let of_tests = |name: &str| all.contains(&format!("#[cfg(test)]\nmod {name};"));
    let folder = path.with_extension("");
    let mut children: Vec<PathBuf> = std::fs::read_dir(&folder)
        .into_iter()
        .flatten()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "rs"))
        .filter(|path| !of_tests(path.file_stem().unwrap().to_str().unwrap()))
        .collect();
    children.sort();
    for child in children {
        all.push_str(&all_code(&child));
    }
    all
}

fn names(list: &str) -> impl Iterator<Item = &str> {
    let names = list.split(|one: char| !(one.is_alphanumeric() || one == '_'));
    names.filter(|name| !name.is_empty())
}

/// The module that each name at the root of the crate comes from.
fn exports(root: &str) -> BTreeMap<String, String> {
    let mut exports = BTreeMap::new();
    for (_, rest) in root
        .match_indices("pub use ")
        .map(|(at, start)| (at, &root[at + start.len()..]))
    {
        let path = rest.split(';').next().unwrap();
        let module = names(path).next().unwrap();
        exports.extend(
            names(path)
                .skip(1)
                .map(|name| (name.to_owned(), module.to_owned())),
        );
    }
    exports
}

/// What follows each `crate::`: a name, or the first names of each path within braces.
fn used(code: &str) -> Vec<String> {
    let mut used = Vec::new();
    for (at, found) in code.match_indices("crate::") {
        // In a macro it stands for where that is used.
        if code[..at].ends_with('$') {
            continue;
        }
        let rest = &code[at + found.len()..];
        match rest.strip_prefix('{') {
            None => used.extend(names(rest).next().map(str::to_owned)),
            Some(group) => used.extend(firsts(group)),
        }
    }
    used
}

/// The first name of each path of a group, whose braces may be nested.
fn firsts(group: &str) -> Vec<String> {
    let mut paths = vec![String::new()];
    let mut depth = 0;
    for one in group.chars() {
        match one {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => paths.push(String::new()),
            _ if depth == 0 => paths.last_mut().unwrap().push(one),
            _ => {}
        }
    }
    let first = |path: &String| names(path).next().map(str::to_owned);
    paths.iter().filter_map(first).collect()
}

#[test]
fn a_module_knows_only_those_below_it() {
    let root = code(&std::fs::read_to_string(source().join("lib.rs")).unwrap());
    let (order, exports) = (order(), exports(&root));
    let mut wrong = Vec::new();
    for (module, place) in &order {
        for name in used(&all_code(&source().join(format!("{module}.rs")))) {
            // Macros of the crate have no module, and `Json` is serde_json's.
            let of = exports.get(&name).map_or(name.as_str(), String::as_str);
            let below = order.get(of).is_none_or(|other| other < place);
            if of != *module && !below {
                wrong.push(format!("{module} uses {of} ({name})"));
            }
        }
    }
    wrong.dedup();
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn every_module_has_its_layer() {
    let root = code(&std::fs::read_to_string(source().join("lib.rs")).unwrap());
    let modules = root.lines().filter_map(|line| {
        let line = line.trim_start_matches("pub ").strip_prefix("mod ")?;
        line.strip_suffix(';')
    });
    let mut modules: Vec<&str> = modules.collect();
    modules.sort_unstable();
    assert_eq!(modules, order().into_keys().collect::<Vec<_>>());
}

/// That the reading above finds what there is.
#[test]
fn uses_are_found_however_they_are_written() {
    let code =
        "use crate::a::B;\nuse crate::{c, d::{E, f}, G};\nlet x = crate::h::i($crate::no::j);\n";
    assert_eq!(used(code), ["a", "c", "d", "G", "h"]);
    let exports = exports("pub use a::b::{C, D};\npub use e::F;\n");
    assert_eq!((exports["D"].as_str(), exports["F"].as_str()), ("a", "e"));
}
