//! The engine, progenitor: objects in, the Rust types of their members out.
//!
//! It is the only module that knows progenitor. Its request code is not used (ARCHITECTURE.md has the measurements);
//! from its output we read the structs of `mod types` and nothing else, which `tests/engine_contract.rs` pins.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use openapiv3::OpenAPI;
use progenitor::{GenerationSettings, Generator};
use serde_json::{Map, Value as Json, json};

use super::contract::{MAP, SCALARS, Ty, WRAPPERS};
use super::lower::Document;

/// The type of every member of every object: `types[object][member]`.
pub type Types = BTreeMap<String, BTreeMap<String, Ty>>;

/// Why the engine gave no types, and for which object.
#[derive(Debug)]
pub struct Refusal {
    pub object: String,
    pub reason: String,
}

/// Runs the engine over all objects at once.
///
/// # Errors
/// The objects it cannot handle, found by running it again for each one alone.
pub fn types(document: &Document) -> Result<Types, Vec<Refusal>> {
    let whole = match run(document, &document.objects) {
        Ok(types) => return Ok(types),
        Err(reason) => reason,
    };
    let mut refusals = Vec::new();
    for (name, object) in &document.objects {
        // The others stand as empty objects, so that references still lead somewhere.
        let alone = document
            .objects
            .keys()
            .map(|other| {
                (
                    other.clone(),
                    if other == name {
                        object.clone()
                    } else {
                        empty()
                    },
                )
            })
            .collect();
        if let Err(reason) = run(document, &alone) {
            refusals.push(Refusal {
                object: name.clone(),
                reason,
            });
        }
    }
    if refusals.is_empty() {
        refusals.push(Refusal {
            object: String::new(),
            reason: whole,
        });
    }
    Err(refusals)
}

fn empty() -> Json {
    json!({ "type": "object", "properties": {} })
}

fn run(document: &Document, objects: &Map<String, Json>) -> Result<Types, String> {
    let openapi = openapi(document, objects).map_err(|error| error.to_string())?;
    let mut settings = GenerationSettings::new();
    settings.with_map_type("BTreeMap");
    for name in &document.opaque {
        settings.with_replacement(name, name, std::iter::empty());
    }
    let generated = caught(|| {
        Generator::new(&settings)
            .generate_tokens(&openapi)
            .map_err(|error| error.to_string())
    })?;
    let file: syn::File =
        syn::parse2(generated).map_err(|error| format!("what came of it is no Rust: {error}"))?;
    structs(file)
}

fn openapi(document: &Document, objects: &Map<String, Json>) -> serde_json::Result<OpenAPI> {
    let mut schemas = objects.clone();
    schemas.extend(
        document
            .opaque
            .iter()
            .map(|name| (name.clone(), json!({ "type": "string" }))),
    );
    serde_json::from_value(json!({
        "openapi": "3.0.3",
        "info": { "title": "", "version": "" },
        "paths": {},
        "components": { "schemas": schemas },
    }))
}

/// Turns a panic of the engine into its message.
fn caught<T>(run: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|panic| {
        let text = panic
            .downcast_ref::<String>()
            .cloned()
            .or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
        Err(text.unwrap_or_else(|| "no reason is known".into()))
    })
}

fn structs(file: syn::File) -> Result<Types, String> {
    let types = file.items.into_iter().find_map(|item| match item {
        syn::Item::Mod(module) if module.ident == "types" => module.content,
        _ => None,
    });
    let Some((_, items)) = types else {
        return Err("nothing came of it".into());
    };
    let structs = items.into_iter().filter_map(|item| match item {
        syn::Item::Struct(item) => Some(item),
        _ => None,
    });
    structs
        .map(|item| Ok((item.ident.to_string(), members(item.fields)?)))
        .collect()
}

fn members(fields: syn::Fields) -> Result<BTreeMap<String, Ty>, String> {
    let mut members = BTreeMap::new();
    for field in fields {
        let Some(ident) = field.ident else { continue };
        let name = renamed(&field.attrs).unwrap_or_else(|| ident.to_string());
        let ty = ty(&field.ty)
            .ok_or_else(|| format!("`{name}` would have a type that no client can hold"))?;
        members.insert(name, ty);
    }
    Ok(members)
}

/// The member's name as we gave it, where the engine prefers another identifier.
fn renamed(attributes: &[syn::Attribute]) -> Option<String> {
    let mut found = None;
    for attribute in attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("serde"))
    {
        let read = attribute.parse_nested_meta(|meta| {
            if meta.path.is_ident("rename") {
                found = Some(meta.value()?.parse::<syn::LitStr>()?.value());
            } else if meta.input.peek(syn::Token![=]) {
                meta.value()?.parse::<syn::Expr>()?;
            }
            Ok(())
        });
        // Attributes of another form than `key = value` say nothing about names.
        drop(read);
    }
    found
}

/// `::std::vec::Vec<::std::string::String>` as a list of texts.
fn ty(ty: &syn::Type) -> Option<Ty> {
    let syn::Type::Path(path) = ty else {
        return None;
    };
    let last = path.path.segments.last()?;
    let name = last.ident.to_string();
    let syn::PathArguments::AngleBracketed(arguments) = &last.arguments else {
        let scalar = SCALARS.into_iter().find(|(known, _)| *known == name);
        return Some(scalar.map_or(Ty::Named(name), |(_, ty)| ty));
    };
    // The last one: a map's keys are texts.
    let Some(syn::GenericArgument::Type(inner)) = arguments.args.last() else {
        return None;
    };
    let inner = Box::new(self::ty(inner)?);
    if name == MAP {
        return Some(Ty::Map(inner));
    }
    let (_, wrap) = WRAPPERS.into_iter().find(|(known, _)| *known == name)?;
    Some(wrap(inner))
}
