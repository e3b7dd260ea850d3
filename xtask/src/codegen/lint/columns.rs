//! Rules about `x-columns`: the parts of an answer that a table shows.

use std::collections::BTreeMap;

use crate::codegen::diag::{Code, Diags};
use crate::codegen::reach;
use crate::codegen::request::{self, Answer};
use crate::codegen::spec::{Columns, Kind, Operation, Schema, Spec};
use crate::codegen::spelling::nearest;

pub fn check(spec: &Spec, operation: &Operation, diags: &mut Diags) {
    let Some(columns) = &operation.columns else {
        return;
    };
    if columns.paths.is_empty() {
        let problem = format!("x-columns on {} names no column", operation.id);
        diags.error_help(Code::ColumnsEmpty, columns.line, problem, "leave it out");
    }
    let Some(row) = row(spec, operation).filter(|row| reach::is_object(spec, row)) else {
        let problem = format!(
            "x-columns on {}, which does not answer objects",
            operation.id
        );
        return diags.error(Code::ColumnsOfNothing, columns.line, problem);
    };
    twice(columns, diags);
    for (path, line) in &columns.paths {
        match lead(spec, row, path) {
            Ok(found) if is_plain(spec, found) => {}
            Ok(_) => {
                let problem =
                    format!("column `{path}` does not lead to something that a cell can show");
                let help = "name a text, a number, a flag, or a list of them: `target.provider`";
                diags.error_help(Code::ColumnNotPlain, *line, problem, help);
            }
            Err(Astray { step, known }) => {
                let problem =
                    format!("column `{path}` does not lead to a member: there is no `{step}`");
                let help = match nearest(step, known.iter().copied()) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("known here: {}", known.join(", ")),
                };
                diags.error_help(Code::ColumnUnknown, *line, problem, help);
            }
        }
    }
}

fn twice(columns: &Columns, diags: &mut Diags) {
    let mut seen = BTreeMap::new();
    for (path, line) in &columns.paths {
        if let Some(first) = seen.insert(path, line) {
            let problem = format!("column `{path}` is already in line {first}");
            diags.error(Code::ColumnTwice, *line, problem);
        }
    }
}

/// The object of a row of the table: an item of the list or of the page, or else the answer itself.
fn row<'a>(spec: &'a Spec, operation: &'a Operation) -> Option<&'a Schema> {
    let Answer::Json { schema, .. } = request::answer(operation) else {
        return None;
    };
    let answer = reach::resolve(spec, schema);
    let pages = operation.extensions.pages.as_ref();
    let list = match pages.and_then(|pages| pages.items.as_ref()) {
        Some(items) => {
            let mut members = reach::properties(spec, answer).into_iter();
            members.find(|member| member.name == *items)
        }
        None => reach::list_of_page(spec, answer),
    };
    let list = list.map_or(answer, |member| reach::resolve(spec, &member.schema));
    match &list.kind {
        Kind::List(item) => Some(item),
        _ => Some(list),
    }
}

/// Where a path ends too early, and the members that exist there.
struct Astray<'a> {
    step: &'a str,
    known: Vec<&'a str>,
}

/// The target of a path.
fn lead<'a>(spec: &'a Spec, row: &'a Schema, path: &'a str) -> Result<&'a Schema, Astray<'a>> {
    path.split('.').try_fold(row, |schema, step| {
        let members = reach::properties(spec, reach::resolve(spec, schema));
        let found = members.iter().find(|member| member.name == step);
        found.map(|member| &member.schema).ok_or_else(|| Astray {
            step,
            known: members.iter().map(|member| &*member.name).collect(),
        })
    })
}

fn is_plain(spec: &Spec, schema: &Schema) -> bool {
    let plain = reach::resolve(spec, schema);
    match &plain.kind {
        Kind::List(item) => is_plain(spec, item),
        Kind::Object(_) | Kind::Map(_) | Kind::AllOf(_) | Kind::OneOf { .. } => false,
        _ => !plain.is_secret() && !schema.is_secret(),
    }
}
