//! The engine, progenitor. Its input are objects, and its output are the Rust types of their members.
//!
//! It is the only module that knows progenitor. Its request code is not used (ARCHITECTURE.md has the measurements);
//! from its output we read only the structs of `mod types`, as `tests/engine_contract.rs` checks.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use openapiv3::OpenAPI;
use progenitor::{GenerationSettings, Generator};
use serde_json::{Map, Value as Json, json};

use super::contract::{MAP, SCALARS, Ty, WRAPPERS};
use super::lower::{Document, RUNTIME_TYPES, Thing, neutral};

/// The type of every member of every object: `types[object][member]`.
pub type Types = BTreeMap<String, BTreeMap<String, Ty>>;

/// The reason why the engine returned no types, and the object.
#[derive(Debug)]
pub struct Refusal {
    pub object: String,
    pub reason: String,
}

/// Runs the engine over all things at once.
///
/// # Errors
/// The engine cannot handle some objects. It is run again for each object alone to find them.
pub fn types(document: &Document) -> Result<Types, Vec<Refusal>> {
    let whole = match run(document, None) {
        Ok(types) => return Ok(types),
        Err(reason) => reason,
    };
    let things = document.things.iter().enumerate();
    let refusal = |(index, thing): (usize, &Thing)| {
        let reason = run(document, Some(index)).err()?;
        let object = thing.name.clone();
        Some(Refusal { object, reason })
    };
    let mut refusals: Vec<Refusal> = things.filter_map(refusal).collect();
    if refusals.is_empty() {
        refusals.push(Refusal {
            object: String::new(),
            reason: whole,
        });
    }
    Err(refusals)
}

/// `only` is the thing whose members are included; the others are empty objects, so that references have targets.
fn run(document: &Document, only: Option<usize>) -> Result<Types, String> {
    let mut settings = GenerationSettings::new();
    settings.with_map_type("BTreeMap");
    let mut schemas = Map::new();
    let mut opaque = |name: String| {
        settings.with_replacement(&name, &name, std::iter::empty());
        (name, json!({ "type": "string" }))
    };
    schemas.extend(RUNTIME_TYPES.map(|name| opaque(name.to_owned())));
    for (index, thing) in document.things.iter().enumerate() {
        let (name, alone) = (neutral(index), only.is_none_or(|only| only == index));
        let (name, schema) = match &thing.members {
            None => opaque(name),
            Some(members) => (name, object(if alone { members } else { &[] })),
        };
        schemas.insert(name, schema);
    }
    let openapi: OpenAPI = serde_json::from_value(json!({
        "openapi": "3.0.3",
        "info": { "title": "", "version": "" },
        "paths": {},
        "components": { "schemas": schemas },
    }))
    .map_err(|error| error.to_string())?;
    let generated = caught(|| {
        Generator::new(&settings)
            .generate_tokens(&openapi)
            .map_err(|error| error.to_string())
    })?;
    let file: syn::File =
        syn::parse2(generated).map_err(|error| format!("its output does not parse: {error}"))?;
    named(document, &structs(file)?)
}

/// The name of a member in the input of the engine.
fn field(index: usize) -> String {
    format!("m{index}")
}

/// All members are required here, because `refine` decides whether a member may be missing.
fn object(members: &[(String, Json)]) -> Json {
    let members = members.iter().enumerate();
    let members = members.map(|(index, (_, schema))| (field(index), schema.clone()));
    let members: Map<String, Json> = members.collect();
    let required: Vec<&String> = members.keys().collect();
    json!({ "type": "object", "required": required, "properties": members })
}

/// Turns a panic of the engine into its message.
fn caught<T>(run: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|panic| {
        let text = panic
            .downcast_ref::<String>()
            .cloned()
            .or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
        Err(text.unwrap_or_else(|| "the reason is not known".into()))
    })
}

/// The types of the fields of each struct.
fn structs(file: syn::File) -> Result<BTreeMap<String, Fields>, String> {
    let types = file.items.into_iter().find_map(|item| match item {
        syn::Item::Mod(module) if module.ident == "types" => module.content,
        _ => None,
    });
    let Some((_, items)) = types else {
        return Err("the engine produced no types".into());
    };
    let field = |field: syn::Field| Some((field.ident?.to_string(), field.ty));
    let structs = items.into_iter().filter_map(|item| match item {
        syn::Item::Struct(item) => {
            let fields = item.fields.into_iter().filter_map(field);
            Some((item.ident.to_string(), fields.collect()))
        }
        _ => None,
    });
    Ok(structs.collect())
}

type Fields = BTreeMap<String, syn::Type>;

/// The types in the structs, with our names.
fn named(document: &Document, structs: &BTreeMap<String, Fields>) -> Result<Types, String> {
    let things = document.things.iter().enumerate();
    let names = things.map(|(index, thing)| (neutral(index), thing.name.as_str()));
    let names: BTreeMap<String, &str> = names.collect();
    let mut types = Types::new();
    for (index, thing) in document.things.iter().enumerate() {
        let Some(fields) = structs.get(&neutral(index)) else {
            continue;
        };
        let mut members = BTreeMap::new();
        for (index, (name, _)) in thing.members.iter().flatten().enumerate() {
            // `refine` reports missing types.
            if let Some(found) = fields.get(&field(index)) {
                let ty = ty(found, &names);
                let ty = ty
                    .ok_or_else(|| format!("`{name}` would have a type that no client can have"))?;
                members.insert(name.clone(), ty);
            }
        }
        types.insert(thing.name.clone(), members);
    }
    Ok(types)
}

/// `::std::vec::Vec<::std::string::String>` as a list of texts.
fn ty(ty: &syn::Type, names: &BTreeMap<String, &str>) -> Option<Ty> {
    let syn::Type::Path(path) = ty else {
        return None;
    };
    let last = path.path.segments.last()?;
    let name = last.ident.to_string();
    let syn::PathArguments::AngleBracketed(arguments) = &last.arguments else {
        if let Some(ours) = names.get(&name) {
            return Some(Ty::Named((*ours).to_owned()));
        }
        let scalar = SCALARS.into_iter().find(|(known, _)| *known == name);
        return scalar.map(|(_, ty)| ty);
    };
    // The last argument, because the keys of a map are texts.
    let Some(syn::GenericArgument::Type(inner)) = arguments.args.last() else {
        return None;
    };
    let inner = Box::new(self::ty(inner, names)?);
    if name == MAP {
        return Some(Ty::Map(inner));
    }
    let (_, wrap) = WRAPPERS.into_iter().find(|(known, _)| *known == name)?;
    Some(wrap(inner))
}
