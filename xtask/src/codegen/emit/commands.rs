//! The command tables: the data that the program `anypoint` has about each operation, as compact JSON with a line for each command and type.

mod flags;
mod names;

use serde_json::{Map, Value as Json, json};

use super::package::generated;
use crate::codegen::contract::{
    Body, Component, Contract, Face, Field, Gives, Index, ItemId, Location, Operation, Pages,
    Parameter, RateLimit, Shape, Tag, Ty, Variant,
};
use crate::codegen::manifest::Entry;

use flags::flags;
use names::names;

/// The table of one API.
pub fn table(entry: &Entry, contract: &Contract) -> String {
    let api = &Index::from(contract);
    let head = json!({
        "x-generated": generated(&entry.spec),
        "name": entry.name,
        "title": api.title,
        "base": api.base_path,
        "platform": api.origin == PLATFORM,
        "limits": api.limits.iter().map(limit).collect::<Vec<_>>(),
    });
    let groups = api.tags.iter().map(|tag| group(api, tag));
    let types = api.types.iter().map(|it| (it.name.clone(), component(it)));
    lines(&head, groups.collect(), types.collect())
}

/// The address of Anypoint Platform. An API at another address needs a base URL.
const PLATFORM: &str = "https://anypoint.mulesoft.com";

/// One JSON document with each command and type on a line of its own, for readable diffs.
fn lines(head: &Json, groups: Vec<(Json, Vec<Json>)>, types: Vec<(String, Json)>) -> String {
    let mut text = head.to_string();
    text.pop();
    text += ",\"groups\":[";
    let groups = groups.into_iter().map(|(head, commands)| {
        let mut head = head.to_string();
        head.pop();
        let commands: Vec<_> = commands.iter().map(Json::to_string).collect();
        format!("\n{head},\"commands\":[\n{}]}}", commands.join(",\n"))
    });
    text += &groups.collect::<Vec<_>>().join(",");
    text += "],\n\"types\":{";
    let types = types.into_iter();
    let types = types.map(|(name, ty)| format!("\n{}:{ty}", Json::from(name)));
    text += &types.collect::<Vec<_>>().join(",");
    text + "}}\n"
}

fn group(api: &Index<'_>, tag: &Tag) -> (Json, Vec<Json>) {
    let operations: Vec<_> = api
        .operations
        .iter()
        .filter(|it| it.module == tag.module)
        .collect();
    let named = names(tag, &operations);
    let commands = operations.iter().zip(named);
    let commands = commands.map(|(operation, name)| command(api, operation, &name));
    let head = json!({"name": tag.name.replace('_', "-"), "about": tag.description});
    (head, commands.collect())
}

fn command(api: &Index<'_>, operation: &Operation, name: &str) -> Json {
    let flags = flags(api, operation);
    let parameters = operation.parameters.iter().zip(flags.parameters);
    let parameters: Vec<_> = parameters.map(|(it, flag)| parameter(it, &flag)).collect();
    let body = operation.body.as_ref();
    pruned(json!({
        "name": name,
        "id": operation.id,
        "method": operation.method,
        "path": operation.path,
        "accept": operation.accept,
        "security": operation.security,
        "environment": operation.environment,
        "idempotent": operation.idempotent,
        "not_modified": operation.not_modified(),
        "deprecated": operation.deprecated,
        "limits": operation.limits,
        "summary": operation.summary,
        "about": operation.description,
        "parameters": parameters,
        "body": body.map(|it| self::body(it, flags.body)),
        "gives": operation.gives,
        "columns": operation.columns,
        "rows": rows(api, operation),
        "pages": operation.extensions.pages.as_ref().map(|it| pages(api, operation, it)),
        "refusals": operation.refusals.iter().map(|it| [&it.code, &it.description]).collect::<Vec<_>>(),
    }))
}

fn parameter(parameter: &Parameter, flag: &str) -> Json {
    pruned(json!({
        "wire": parameter.wire,
        "flag": flag,
        "place": parameter.location,
        "ty": parameter.ty,
        "required": parameter.required,
        "scope": scope(parameter),
        "about": parameter.description,
        "default": parameter.default,
        "example": parameter.example,
    }))
}

/// The setting that fills a parameter: the current organization or environment.
fn scope(parameter: &Parameter) -> Option<&str> {
    let path = matches!(parameter.location, Location::Path | Location::PathSegments);
    let of = parameter.ty.id().filter(|_| path && parameter.bound)?;
    ["Organization", "Environment"].contains(&of).then_some(of)
}

fn body(body: &Body, flags: Vec<(String, String)>) -> Json {
    pruned(json!({
        "encoding": body.encoding,
        "media": body.media,
        "ty": body.ty,
        "required": body.required,
        "about": body.description,
        "example": body.example,
        "flags": flags,
    }))
}

/// The member whose items are the rows of a table, if the answer is a page that is not read page by page.
fn rows<'a>(api: &Index<'a>, operation: &Operation) -> Option<&'a String> {
    let Gives::Json(answer) = &operation.gives else {
        return None;
    };
    let shown = !operation.columns.is_empty() && operation.extensions.pages.is_none();
    api.model(answer).filter(|_| shown)?.bare_list.as_ref()
}

/// How a list is read page by page, with the names on the wire.
fn pages(api: &Index<'_>, operation: &Operation, pages: &Pages) -> Json {
    let parameter = |name: &String| operation.parameter(name).map(|it| &it.wire);
    let page = match &operation.gives {
        Gives::Json(ty) => ty,
        _ => &Ty::Json,
    };
    let member = |name: &String| api.field(page, name);
    let items = pages.items.as_ref().and_then(member);
    let total = pages.total.as_ref().and_then(member);
    let item = match items.map_or(page, |field| &field.ty).present() {
        Ty::List(item) => item,
        other => other,
    };
    pruned(json!({
        "offset": parameter(&pages.offset),
        "limit": parameter(&pages.limit),
        "items": items.map(|field| &field.wire),
        "total": total.map(|field| &field.wire),
        "id": id(api, item, &pages.id),
    }))
}

/// The members that identify an item.
fn id<'a>(api: &Index<'a>, item: &Ty, id: &ItemId) -> Vec<&'a String> {
    let names = match id {
        ItemId::Fields(names) => names.as_slice(),
        ItemId::Nothing | ItemId::Itself => &[],
    };
    let fields = names.iter().filter_map(|name| api.field(item, name));
    fields.map(|field| &field.wire).collect()
}

fn limit(limit: &RateLimit) -> Json {
    pruned(json!({
        "name": limit.name,
        "permits": limit.permits,
        "seconds": limit.seconds,
        "regions": limit.regions,
        "per": limit.per,
        "throttled": limit.throttled,
    }))
}

fn component(component: &Component) -> Json {
    match &component.shape {
        Shape::Model(model) => pruned(json!({
            "fields": model.fields.iter().map(|it| field(it, model.face)).collect::<Vec<_>>(),
            "open": model.keeps_unknown,
        })),
        Shape::Enum(variants) => json!({"values": wires(variants)}),
        Shape::Union { tag, variants } => json!({
            "tag": tag,
            "variants": variants.iter().map(|it| [&it.wire, &it.name]).collect::<Vec<_>>(),
        }),
    }
}

fn wires(variants: &[Variant]) -> Vec<&String> {
    variants.iter().map(|it| &it.wire).collect()
}

/// A field. The description of a field that only a server fills is left out, because it is shown only where a member can be set.
fn field(field: &Field, face: Face) -> Json {
    let about = (face != Face::Response).then_some(&field.description);
    pruned(json!({
        "wire": field.wire,
        "aliases": field.aliases,
        "ty": field.ty,
        "required": field.required,
        "part": field.part,
        "about": about,
    }))
}

/// The JSON without empty values.
fn pruned(json: Json) -> Json {
    let Json::Object(members) = json else {
        return json;
    };
    let says = |value: &Json| match value {
        Json::Null => false,
        Json::Bool(flag) => *flag,
        Json::String(text) => !text.is_empty(),
        Json::Array(items) => !items.is_empty(),
        Json::Number(_) | Json::Object(_) => true,
    };
    let members = members.into_iter().filter(|(_, value)| says(value));
    Json::Object(members.collect::<Map<_, _>>())
}
