//! The rules of `specs/README.md` about the members of a spec in combination.
//!
//! All later passes may rely on unique and valid names, and on a target for every `$ref`.

mod columns;
mod content;
mod examples;
mod forms;
mod ids;
mod limits;
mod operations;
mod renames;
mod schemas;
mod secrets;
mod updates;

pub use content::successes;
pub use limits::DEFAULT as DEFAULT_LIMIT;
pub use operations::variables;
pub use updates::REST;

use std::collections::{BTreeMap, BTreeSet};

use super::diag::{Code, Diagnostics, Diags};
use super::names;
use super::request;
use super::spec::Spec;

/// Checks a spec as a whole.
///
/// # Errors
/// The complaints about every broken rule.
pub fn spec(spec: &Spec, diags: &mut Diags) -> Result<(), Diagnostics> {
    title(spec, diags);
    tags(spec, diags);
    schemas::check(spec, diags);
    operations::check(spec, diags);
    forms::check(spec, diags);
    limits::check(spec, diags);
    ids::check(spec, diags);
    updates::check(spec, diags);
    secrets::names(spec, diags);
    type_names(spec, diags);
    renames::check(spec, diags);
    for shared in spec.shared.iter().filter(|shared| !shared.used) {
        unused(shared.kind, &shared.name, shared.line, diags);
    }
    // Examples are checked against valid schemas only.
    diags.finish(())?;
    examples::check(spec, diags);
    diags.finish(())
}

fn unused(kind: &str, name: &str, line: usize, diags: &mut Diags) {
    let problem = format!("nothing refers to {kind} {name}");
    diags.error_help(Code::Unused, line, problem, "remove it");
}

/// Modules and source files that every crate has, and files that Cargo treats as programs.
const MODULES: [&str; 8] = [
    "bin", "client", "ids", "lib", "main", "requests", "shared", "types",
];

/// The title goes into a description that Cargo shows in lists.
fn title(spec: &Spec, diags: &mut Diags) {
    let (title, line) = (&spec.title, spec.title_line);
    if title.contains('\n') || title.len() > 200 {
        let problem = "the title is not a short text on one line";
        let help = "move the rest to `description`";
        diags.error_help(Code::TitleTooLong, line, problem, help);
    }
}

fn tags(spec: &Spec, diags: &mut Diags) {
    let mut taken: BTreeMap<String, usize> = BTreeMap::new();
    let used = spec.operations.iter().flat_map(|operation| &operation.tags);
    let used: BTreeSet<&str> = used.map(|(name, _)| name.as_str()).collect();
    for tag in &spec.tags {
        let module = names::module(&tag.name);
        let own = MODULES.contains(&module.as_str());
        let own = own.then_some("the name of a module that every crate has");
        if let Some(what) = names::taken(&tag.name).or(own) {
            let problem = format!("tag `{}` is {what}", tag.name);
            let help = "choose another: it names a module";
            diags.error_help(Code::TagReserved, tag.line, problem, help);
        } else if !names::is_kebab_case(&tag.name) {
            let problem = format!("tag `{}` is not a valid name", tag.name);
            let help = "a lower-case noun such as `load-balancers`; it names a module";
            diags.error_help(Code::TagName, tag.line, problem, help);
        }
        if let Some(first) = taken.insert(module.clone(), tag.line) {
            let problem = format!(
                "tag `{}` names the module {module}, and so does line {first}",
                tag.name
            );
            diags.error(Code::TagTwice, tag.line, problem);
        }
        if !used.contains(tag.name.as_str()) {
            let problem = format!("no operation has the tag `{}`", tag.name);
            let help = "remove it";
            diags.error_help(Code::TagUnused, tag.line, problem, help);
        }
    }
}

/// The summary of a method is one sentence.
fn sentence(method: &str, summary: &str, line: usize, diags: &mut Diags) {
    if !summary.is_empty() && (summary.contains('\n') || !summary.ends_with('.')) {
        let problem = format!("the summary of {method} is not one sentence on one line");
        let help = "end it with a full stop, and move the rest to `description`";
        diags.error_help(Code::SummaryNotASentence, line, problem, help);
    }
}

/// Components, requests and the enums of their answers share one namespace.
fn type_names(spec: &Spec, diags: &mut Diags) {
    let mut taken: BTreeMap<String, usize> = BTreeMap::new();
    for component in &spec.schemas {
        let (name, line) = (component.rust(), component.line);
        if let Some(first) = taken.insert(name.clone(), line) {
            let schema = &component.name;
            let problem =
                format!("schema {schema} and that of line {first} are both `{name}` in Rust");
            diags.error_help(Code::TypesSameName, line, problem, "rename one of them");
        }
    }
    for request in request::requests(spec) {
        let line = request.operation.id_line;
        for name in std::iter::once(request.type_name.clone()).chain(request.outcome()) {
            let Some(first) = taken.insert(name.clone(), line) else {
                continue;
            };
            let id = &request.id;
            let problem = format!(
                "operation {id} defines the type {name}, which line {first} already defines"
            );
            diags.error_help(Code::RequestTypeTaken, line, problem, "rename one of them");
        }
    }
    for (of, line) in ids::named(spec) {
        if let Some(first) = taken.get(&names::id(of)) {
            let problem = format!("line {first} already defines the type {}", names::id(of));
            diags.error_help(Code::IdTypeTaken, line, problem, "rename one of them");
        }
    }
}
