//! Checks that every operation and every schema is in the output exactly once.
//!
//! It reads the text that is about to be written, and must not depend on how the text was made.

use std::collections::BTreeMap;

use super::contract::{Contract, Gives, Shape};
use super::fileset::FileSet;

/// # Errors
/// An item is missing in the output, or is in it more than once. The first such item is returned.
pub fn check(contract: &Contract, set: &FileSet) -> Result<(), String> {
    let found = definitions(set);
    let once = |kind: &'static str, name: &str| match found.get(&(kind, name)) {
        Some(1) => Ok(()),
        count => Err(format!(
            "`pub {kind} {name}` would occur {} times in the crate",
            count.copied().unwrap_or_default()
        )),
    };
    for operation in &contract.operations {
        once("struct", &operation.request)?;
        once("fn", &operation.id)?;
        if let Gives::Outcome(name) = &operation.gives {
            once("enum", name)?;
        }
    }
    for component in &contract.types {
        let is_model = matches!(component.shape, Shape::Model(_));
        once(if is_model { "struct" } else { "enum" }, &component.name)?;
    }
    Ok(())
}

/// How often each public struct, enum and method on `&self` occurs in the Rust files.
fn definitions(set: &FileSet) -> BTreeMap<(&'static str, &str), usize> {
    let mut found = BTreeMap::new();
    // The client is not counted, because a request may have its name.
    let counted = |path: &str| path.ends_with(".rs") && !path.ends_with("src/client.rs");
    let files = set.files.iter().filter(|(path, _)| counted(path));
    for (_, text) in files {
        let mut lines = text.lines().map(str::trim_start).peekable();
        while let Some(line) = lines.next() {
            let Some(item) = line.strip_prefix("pub ") else {
                continue;
            };
            let next = lines.peek().copied().unwrap_or_default();
            if let Some(key) = definition(item, next) {
                *found.entry(key).or_default() += 1;
            }
        }
    }
    found
}

/// The item that the rest of a line after `pub` defines. The receiver of a method may be on the next line.
fn definition<'a>(item: &'a str, next: &str) -> Option<(&'static str, &'a str)> {
    let (keyword, rest) = item.split_once(' ')?;
    match keyword {
        "struct" => Some(("struct", rest.split_once(" {")?.0)),
        "enum" => Some(("enum", rest.split_once(" {")?.0)),
        "fn" => {
            let (name, arguments) = rest.split_once('(')?;
            let receiver = if arguments.is_empty() {
                next
            } else {
                arguments
            };
            receiver.starts_with("&self").then_some(("fn", name))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn structs_enums_and_methods_are_counted_and_setters_are_not() {
        let text = "
pub struct Thing {
    pub name: String,
}
pub struct Thing {}
pub enum Kind {}
impl Client {
    pub fn deploy(&self) -> Deploy {}
    pub fn stop(
        &self,
        id: i64,
    ) -> Stop {}
    pub fn name(mut self, name: String) -> Self {}
    pub fn names(
        mut self,
    ) -> Self {}
}";
        let set = FileSet {
            files: BTreeMap::from([
                ("src/a.rs".to_owned(), text.to_owned()),
                ("README.md".to_owned(), "pub struct Readme {".to_owned()),
            ]),
            ..FileSet::default()
        };
        let expected = [
            (("enum", "Kind"), 1),
            (("fn", "deploy"), 1),
            (("fn", "stop"), 1),
            (("struct", "Thing"), 2),
        ];
        assert_eq!(definitions(&set), BTreeMap::from(expected));
    }
}
