//! The house rules of `specs/README.md`: what the members of a spec mean together.
//!
//! After this pass every later one may rely on names being unique and usable and on every `$ref` leading somewhere.

mod changes;
mod content;
mod examples;
mod follows;
mod limits;
mod operations;
mod pages;
mod schemas;
mod secrets;
mod waits;

pub use content::successes;
pub use limits::DEFAULT as DEFAULT_LIMIT;
pub use operations::variables;

use super::diag::{Diagnostics, Diags};
use super::names;
use super::spec::{ExtraMethod, Spec};

/// Judges a spec as a whole.
///
/// # Errors
/// Every rule that is broken.
pub fn spec(spec: &Spec, diags: &mut Diags) -> Result<(), Diagnostics> {
    tags(spec, diags);
    schemas::check(spec, diags);
    operations::check(spec, diags);
    limits::check(spec, diags);
    secrets::names(spec, diags);
    waits::check(spec, diags);
    changes::check(spec, diags);
    follows::check(spec, diags);
    type_names(spec, diags);
    for shared in spec.shared.iter().filter(|shared| !shared.used) {
        diags.error_help(
            shared.line,
            format!("no operation refers to {} {}", shared.kind, shared.name),
            "remove it",
        );
    }
    // Examples are judged against schemas that are sound.
    diags.finish(())?;
    examples::check(spec, diags);
    diags.finish(())
}

fn tags(spec: &Spec, diags: &mut Diags) {
    for (index, tag) in spec.tags.iter().enumerate() {
        let module = names::module(&tag.name);
        if !names::is_snake_case(&tag.name.replace('-', "_")) || names::is_keyword(&tag.name) {
            diags.error_help(
                tag.line,
                format!("tag `{}` will not do", tag.name),
                "a lower-case noun such as `load-balancers`; it names a module",
            );
        }
        if ["client", "types", "requests", "shared"].contains(&module.as_str()) {
            diags.error(
                tag.line,
                format!(
                    "tag `{}` takes the name of a module that every crate has",
                    tag.name
                ),
            );
        }
        if let Some(first) = spec.tags[..index]
            .iter()
            .find(|first| names::module(&first.name) == module)
        {
            diags.error(
                tag.line,
                format!(
                    "tag `{}` names the module {module}, and so does line {}",
                    tag.name, first.line
                ),
            );
        }
        if !spec
            .operations
            .iter()
            .any(|operation| operation.tags.iter().any(|(name, _)| *name == tag.name))
        {
            diags.error_help(
                tag.line,
                format!("no operation has the tag `{}`", tag.name),
                "remove it",
            );
        }
    }
}

/// The summary of a method that is no operation.
fn sentence(method: &ExtraMethod, diags: &mut Diags) {
    let summary = &method.summary;
    if !summary.is_empty() && (summary.contains('\n') || !summary.ends_with('.')) {
        let problem = format!(
            "the summary of {} is not one sentence on one line",
            method.name
        );
        diags.error_help(method.summary_line, problem, "end it with a full stop");
    }
}

/// Components and requests share one namespace.
fn type_names(spec: &Spec, diags: &mut Diags) {
    let mut taken: Vec<(String, usize)> = spec
        .schemas
        .iter()
        .map(|component| (component.name.clone(), component.line))
        .collect();
    for operation in &spec.operations {
        let variants = operation
            .body
            .iter()
            .flat_map(|body| &body.content)
            .filter_map(|media| media.variant.clone());
        for (id, line) in std::iter::once((operation.id.clone(), operation.id_line)).chain(variants)
        {
            if names::RESERVED_TYPES.contains(&names::type_name(&id).as_str()) {
                diags.error_help(
                    line,
                    format!(
                        "operation {id} gives the type {}, which Rust's prelude or the runtime has",
                        names::type_name(&id)
                    ),
                    "say what it acts on",
                );
            }
            for name in [
                names::type_name(&id),
                format!("{}Outcome", names::type_name(&id)),
            ] {
                if let Some((_, first)) = taken.iter().find(|(known, _)| *known == name) {
                    diags.error_help(
                        line,
                        format!(
                            "operation {id} gives the type {name}, which line {first} has already"
                        ),
                        "rename one of them",
                    );
                }
            }
            taken.push((names::type_name(&id), line));
        }
    }
}
