//! The names of the flags of a command.

use std::collections::BTreeSet;

use super::names::kebab;
use crate::codegen::contract::{Index, Model, Operation, Parameter, Shape, Ty};

/// The flags that the program itself defines. Its test of the whole tree detects a flag that is missing here.
pub const RESERVED: [&str; 18] = [
    "body",
    "body-template",
    "columns",
    "dry-run",
    "environment",
    "help",
    "host",
    "no-check",
    "organization",
    "output",
    "out",
    "profile",
    "query",
    "quiet",
    "set",
    "show-secrets",
    "version",
    "yes",
];

/// The flags of one operation.
pub struct Flags {
    /// One flag for each parameter, in the order of the parameters.
    pub parameters: Vec<String>,
    /// One flag for each member of the body that a flag can set, with the name of the member on the wire.
    pub body: Vec<(String, String)>,
}

/// A parameter's flag has the name of the parameter. The flag for the size of a page is `--page-size`, because `--limit` says how many items are
/// shown. If the name of a member of the body is taken, its flag is `--body-...`.
pub fn flags(api: &Index<'_>, operation: &Operation) -> Flags {
    let pages = operation.extensions.pages.as_ref();
    let mut taken: BTreeSet<String> = RESERVED.map(str::to_owned).into();
    taken.extend(pages.map(|_| "limit".to_owned()));
    let parameter = |it: &Parameter| match pages {
        Some(pages) if pages.limit == it.name => "page-size".to_owned(),
        _ => free(&it.name, "param", &mut taken),
    };
    let parameters = operation.parameters.iter().map(parameter).collect();
    let body = operation.body.as_ref();
    let model = body.and_then(|body| api.model(&body.ty));
    let fields = model.into_iter().flat_map(|model: &Model| &model.fields);
    let fields = fields.filter(|field| field.fixed.is_none() && is_flag(api, &field.ty));
    let body = fields.map(|field| (free(&field.name, "body", &mut taken), field.wire.clone()));
    Flags {
        parameters,
        body: body.collect(),
    }
}

fn free(name: &str, prefix: &str, taken: &mut BTreeSet<String>) -> String {
    let mut flag = kebab(name.trim_matches('_'));
    while !taken.insert(flag.clone()) {
        flag = format!("{prefix}-{flag}");
    }
    flag
}

/// Whether one or several texts on a command line can give a value. A secret is never an argument.
fn is_flag(api: &Index<'_>, ty: &Ty) -> bool {
    match ty.present() {
        Ty::List(item) => is_scalar(api, item.present()),
        other => is_scalar(api, other),
    }
}

fn is_scalar(api: &Index<'_>, ty: &Ty) -> bool {
    match ty {
        Ty::Text | Ty::Flag | Ty::Integer | Ty::Number | Ty::TextOrNumber => true,
        Ty::Time | Ty::Id(_) | Ty::Upload => true,
        Ty::Named(name) => {
            let component = api.component(name);
            component.is_some_and(|it| matches!(it.shape, Shape::Enum(_)))
        }
        _ => false,
    }
}
