//! A program that uses everything that a contract promises in Rust. It compiles against the crate of that contract, and against
//! a later crate unless that crate has a break.
//!
//! Each promise is a separate function with explicit types, which is generic if the method of the crate is. So every conversion
//! that a caller could have used must still exist.

use xtask::codegen::contract::{
    Component, Contract, Extra, Face, Field, Gives, Index, Model, Operation, Shape, Trait, Ty,
    Variant,
};
use xtask::codegen::emit;
use xtask::codegen::extensions::Extension as _;
use xtask::codegen::lint::REST;
use xtask::codegen::names;

/// The program, against the module of this name in the crate `accepted`.
pub fn program(module: &str, contract: &Contract) -> String {
    let index = Index::from(contract);
    let mut functions = Vec::new();
    for scope in &contract.scopes {
        let bound = scope.bound.iter().map(|it| (&*it.name, &it.ty));
        let call = call(
            "Client",
            &scope.method(),
            bound,
            &format!("crate::{}", scope.client()),
        );
        functions.push(call);
    }
    for operation in &contract.operations {
        functions.extend(self::operation(&index, operation));
    }
    functions.extend(contract.types.iter().flat_map(component));
    for id in contract.ids() {
        functions.push(format!("(_: {}) {{}}", ty(&Ty::Id(id.to_owned()))));
    }
    let functions = functions.iter().enumerate();
    let functions = functions.map(|(number, text)| match text.strip_prefix("async ") {
        Some(text) => format!("async fn f{number}{text}\n"),
        None => format!("fn f{number}{text}\n"),
    });
    let functions: String = functions.collect();
    format!("#![allow(warnings)]\n{functions}fn main() {{}}\n")
        .replace("crate ::", "crate::")
        .replace("crate::", &format!("accepted::{module}::"))
}

fn ty(of: &Ty) -> String {
    emit::ty(of).to_string()
}

fn request(name: &str) -> String {
    format!("crate::requests::{name}")
}

/// A method of a client or a request, with what it takes and gives.
fn call<'a>(
    of: &str,
    method: &str,
    takes: impl Iterator<Item = (&'a str, &'a Ty)>,
    gives: &str,
) -> String {
    let (names, arguments) = arguments(takes);
    format!("(of: &crate::{of}, {arguments}) -> {gives} {{ of.{method}({names}) }}")
}

/// The names of arguments, and their declarations.
fn arguments<'a>(takes: impl Iterator<Item = (&'a str, &'a Ty)>) -> (String, String) {
    let (mut names, mut arguments) = (String::new(), String::new());
    for (number, (_, ty)) in takes.enumerate() {
        let name = emit::ident(&format!("a{number}"));
        names += &format!("a{number}, ");
        arguments += &format!("{}, ", emit::argument(&name, ty).0);
    }
    (names, arguments)
}

fn taken(operation: &Operation) -> Vec<(&str, &Ty)> {
    let arguments = operation.arguments().map(|it| (&*it.name, &it.ty));
    let body = operation.required_body().map(|body| ("body", &body.ty));
    arguments.chain(body).collect()
}

fn operation(index: &Index<'_>, operation: &Operation) -> Vec<String> {
    let (client, name) = (operation.client(), request(&operation.request));
    let method = |method: &str| call(&client, method, taken(operation).into_iter(), &name);
    let mut functions = vec![method(&operation.id)];
    functions.extend(operation.was.iter().map(|was| method(was)));
    let former = operation.was.iter();
    functions.extend(former.map(|was| {
        let was = request(&names::type_name(was));
        format!("(it: {was}) -> {name} {{ it }}")
    }));
    let setter = |setter: &str, ty: &Ty| {
        let (names, arguments) = arguments([("", ty)].into_iter());
        format!("(it: {name}, {arguments}) -> {name} {{ it.{setter}({names}) }}")
    };
    for parameter in operation.setters() {
        functions.push(setter(&parameter.name, &parameter.ty));
        let former = parameter.was.iter();
        functions.extend(former.map(|was| setter(was, &parameter.ty)));
    }
    if let Some(body) = operation.body.as_ref().filter(|body| !body.required) {
        functions.push(setter("body", &body.ty));
    }
    let gives = gives(&operation.gives);
    functions.push(format!(
        "async (it: {name}) -> Result<anypoint_core::Response<{gives}>, anypoint_core::Error> {{ it.send().await }}"
    ));
    functions.extend(outcome(operation));
    functions.extend(extensions(index, operation));
    functions
}

fn gives(gives: &Gives) -> String {
    match gives {
        Gives::Nothing => "()".to_owned(),
        Gives::Text | Gives::JsonText => "String".to_owned(),
        Gives::Download => "anypoint_core::Download".to_owned(),
        Gives::Json(of) => ty(of),
        Gives::Outcome(name) => request(name),
    }
}

/// Each status, and all that may come.
fn outcome(operation: &Operation) -> Option<String> {
    let Gives::Outcome(name) = &operation.gives else {
        return None;
    };
    let name = request(name);
    let outcomes = operation
        .answers
        .iter()
        .filter_map(|it| it.outcome.as_ref());
    let arms = outcomes.map(|outcome| match &outcome.ty {
        Some(held) => format!(
            "{name}::{}(held) => {{ let _: {} = held; }}",
            outcome.name,
            ty(held)
        ),
        None => format!("{name}::{} => {{}}", outcome.name),
    });
    let arms: String = arms.collect();
    Some(format!(
        "(it: {name}) {{ match it {{ {arms} _ => {{}} }} }}"
    ))
}

fn extensions(index: &Index<'_>, operation: &Operation) -> Vec<String> {
    let all = &operation.extensions;
    let (client, name) = (operation.client(), request(&operation.request));
    let answer = gives(&operation.gives);
    let body = operation
        .body
        .as_ref()
        .map_or_else(String::new, |body| ty(&body.ty));
    let of = |method: &Extra, arguments: &str, names: &str, gives: &str| {
        let method = &method.name;
        format!("(of: &crate::{client}, {arguments}) -> {gives} {{ of.{method}({names}) }}")
    };
    let mut functions = Vec::new();
    if let Some(pages) = &all.pages {
        let item = pages.item(index, operation).map_or_else(String::new, ty);
        functions.push(format!(
            "(it: {name}) -> anypoint_core::Pages<{name}> {{ it.pages() }}"
        ));
        functions.push(format!(
            "(it: {name}) -> anypoint_core::Items<{name}> {{
                fn items<R: anypoint_core::internal::Paged<Item = {item}>>(it: anypoint_core::Items<R>) -> anypoint_core::Items<R> {{ it }}
                items(it.items())
            }}"
        ));
    }
    if let Some(wait) = &all.wait {
        let (names, takes) = arguments(wait.left(operation).map(|it| (&*it.name, &it.ty)));
        let takes = format!("{takes} object: &crate::types::{}", wait.taken.of);
        let gives = format!("anypoint_core::Wait<{name}>");
        functions.push(of(&wait.method, &takes, &format!("{names} object"), &gives));
        functions.push(format!("(it: {name}) -> {gives} {{ it.wait() }}"));
    }
    if let Some(follow) = &all.follow {
        let takes = follow.takes(operation);
        let (names, takes) = arguments(takes.iter().map(|(name, ty)| (&**name, ty)));
        let gives = format!("anypoint_core::Follow<{name}>");
        functions.push(of(&follow.method, &takes, &names, &gives));
        functions.push(format!(
            "() {{ fn entries<R: anypoint_core::internal::Followed<Entry = crate::types::{}>>() {{}} entries::<{name}>() }}",
            follow.entry
        ));
    }
    if let Some(change) = &all.change {
        let (names, takes) = arguments(operation.arguments().map(|it| (&*it.name, &it.ty)));
        let gives = format!("anypoint_core::Change<{answer}>");
        functions.push(of(&change.method, &takes, &names, &gives));
    }
    if let Some(carry) = &all.carry {
        let (names, takes) = arguments(carry.left(operation).map(|it| (&*it.name, &it.ty)));
        let takes = format!(
            "{takes} object: &crate::types::{}, change: impl FnOnce({body}) -> {body}",
            carry.taken.of
        );
        functions.push(of(
            &carry.method,
            &takes,
            &format!("{names} object, change"),
            &name,
        ));
    }
    functions
}

fn component(component: &Component) -> Vec<String> {
    let name = format!("crate::types::{}", component.name);
    let mut functions = vec![traits(&name, &component.traits)];
    let former = component.was.iter();
    functions.extend(former.map(|was| format!("(it: crate::types::{was}) -> {name} {{ it }}")));
    match &component.shape {
        Shape::Model(model) => functions.extend(self::model(&name, model)),
        Shape::Enum(variants) => functions.push(values(&name, variants)),
        Shape::Union { variants, .. } => functions.push(union(&name, variants)),
    }
    functions
}

fn traits(name: &str, traits: &[Trait]) -> String {
    let bounds = traits.iter().map(|it| match it {
        Trait::Clone => "Clone",
        Trait::Debug => "std::fmt::Debug",
        Trait::Default => "Default",
        Trait::PartialEq => "PartialEq",
        Trait::Eq => "Eq",
        Trait::Hash => "std::hash::Hash",
        Trait::Ord => "Ord",
        Trait::Display => "std::fmt::Display",
        Trait::FromStr => "std::str::FromStr",
        Trait::AsRef => "AsRef<str>",
        Trait::Serialize => "serde::Serialize",
        Trait::Deserialize => "serde::de::DeserializeOwned",
    });
    let bounds: Vec<&str> = bounds.collect();
    format!(
        "() {{ fn is<T: {}>() {{}} is::<{name}>() }}",
        bounds.join(" + ")
    )
}

fn model(name: &str, model: &Model) -> Vec<String> {
    let mut functions = Vec::new();
    for field in &model.fields {
        let held = ty(&field.held(model.face));
        functions.push(format!("(it: {name}) -> {held} {{ it.{} }}", field.name));
        functions.push(format!(
            "(it: &mut {name}, value: {held}) {{ it.{} = value; }}",
            field.name
        ));
    }
    if model.keeps_unknown {
        let rest = "anypoint_core::UnknownMembers";
        functions.push(format!("(it: {name}) -> {rest} {{ it.{REST} }}"));
    }
    let from = model.made_from.iter();
    functions
        .extend(from.map(|from| format!("(it: &crate::types::{from}) -> {name} {{ it.into() }}")));
    match model.face {
        Face::Response => functions.extend(identity(name, model)),
        Face::Request | Face::Form => functions.extend(construction(name, model)),
    }
    functions
}

fn identity(name: &str, model: &Model) -> Option<String> {
    let mut fields = model.fields.iter();
    let is_id = |field: &&Field| field.wire == "id" && matches!(field.ty.present(), Ty::Id(_));
    let id = ty(fields.find(is_id)?.ty.present());
    Some(format!(
        "(it: &{name}) {{ fn id(_: impl anypoint_core::IntoId<{id}>) {{}} id(it) }}"
    ))
}

fn construction(name: &str, model: &Model) -> Vec<String> {
    let free = || model.fields.iter().filter(|field| field.fixed.is_none());
    let required = free().filter(|field| field.required);
    let (names, takes) = arguments(required.map(|it| (&*it.name, &it.ty)));
    let mut functions = vec![format!("({takes}) -> {name} {{ {name}::new({names}) }}")];
    for field in free().filter(|field| !field.required) {
        let (names, takes) = arguments([("", &field.ty)].into_iter());
        for setter in std::iter::once(&field.name).chain(&field.was) {
            functions.push(format!(
                "(it: {name}, {takes}) -> {name} {{ it.{setter}({names}) }}"
            ));
        }
    }
    functions
}

fn values(name: &str, variants: &[Variant]) -> String {
    let names = variants
        .iter()
        .flat_map(|it| std::iter::once(&it.name).chain(&it.was));
    let arms: String = names
        .map(|value| format!("{name}::{value} => {{}}"))
        .collect();
    format!("(it: {name}) {{ match it {{ {arms} _ => {{}} }} }}")
}

fn union(name: &str, variants: &[Variant]) -> String {
    let arms = variants.iter().map(|it| {
        let variant = &it.name;
        format!("{name}::{variant}(it) => {{ let _: crate::types::{variant} = it; }}")
    });
    let arms: String = arms.collect();
    format!("(it: {name}) {{ match it {{ {arms} _ => {{}} }} }}")
}
