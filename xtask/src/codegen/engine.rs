//! The engine, progenitor: objects in, the Rust types of their members out.
//!
//! It is the only module that knows progenitor. Its request code is not used (ARCHITECTURE.md has the measurements);
//! from its output we read the structs of `mod types` and nothing else, which `tests/engine_contract.rs` pins.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};

use openapiv3::OpenAPI;
use progenitor::{GenerationSettings, Generator};
use serde_json::{Map, Value as Json, json};

use super::contract::{MAP, SCALARS, Ty, WRAPPERS};
use super::lower::{Document, runtime_type};

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
    let names = Neutral::of(document, objects);
    let openapi = openapi(&names, document, objects).map_err(|error| error.to_string())?;
    let mut settings = GenerationSettings::new();
    settings.with_map_type("BTreeMap");
    for name in &document.opaque {
        let name = names.neutral(name);
        settings.with_replacement(name, name, std::iter::empty());
    }
    let generated = caught(|| {
        Generator::new(&settings)
            .generate_tokens(&openapi)
            .map_err(|error| error.to_string())
    })?;
    let file: syn::File =
        syn::parse2(generated).map_err(|error| format!("its output does not parse: {error}"))?;
    structs(&names, file)
}

/// Names that the engine has no reason to change: it would write `HTTPSettings` in a way of its own.
struct Neutral<'a> {
    to: BTreeMap<&'a str, String>,
    back: BTreeMap<String, &'a str>,
}

impl<'a> Neutral<'a> {
    fn of(document: &'a Document, objects: &'a Map<String, Json>) -> Self {
        let all = objects.keys().chain(&document.opaque);
        let sorted: BTreeSet<&str> = all.map(String::as_str).collect();
        let numbered = sorted.into_iter().enumerate();
        // In the order of their own names.
        let numbered = numbered.map(|(number, name)| (name, format!("T{number:08}")));
        let to: BTreeMap<&str, String> = numbered.collect();
        let back = to.iter().map(|(name, neutral)| (neutral.clone(), *name));
        Self {
            back: back.collect(),
            to,
        }
    }

    fn neutral<'b>(&'b self, name: &'b str) -> &'b str {
        self.to.get(name).map_or(name, String::as_str)
    }

    fn own(&self, neutral: &str) -> String {
        let own = self.back.get(neutral);
        own.map_or(neutral, |name| *name).to_owned()
    }

    /// The same schema with references by neutral names.
    fn schema(&self, schema: &Json) -> Json {
        match schema {
            Json::Object(members) => {
                let member = |(key, value): (&String, &Json)| {
                    let value = match (key.as_str(), value.as_str().and_then(component)) {
                        ("$ref", Some(name)) => reference(self.neutral(name)),
                        _ => self.schema(value),
                    };
                    (key.clone(), value)
                };
                Json::Object(members.iter().map(member).collect())
            }
            Json::Array(items) => items.iter().map(|item| self.schema(item)).collect(),
            other => other.clone(),
        }
    }
}

const COMPONENTS: &str = "#/components/schemas/";

fn component(reference: &str) -> Option<&str> {
    reference.strip_prefix(COMPONENTS)
}

fn reference(name: &str) -> Json {
    Json::String(format!("{COMPONENTS}{name}"))
}

fn openapi(
    names: &Neutral<'_>,
    document: &Document,
    objects: &Map<String, Json>,
) -> serde_json::Result<OpenAPI> {
    let objects = objects.iter();
    let objects =
        objects.map(|(name, object)| (names.neutral(name).to_owned(), names.schema(object)));
    let opaque = document.opaque.iter();
    let opaque = opaque.map(|name| (names.neutral(name).to_owned(), json!({ "type": "string" })));
    serde_json::from_value(json!({
        "openapi": "3.0.3",
        "info": { "title": "", "version": "" },
        "paths": {},
        "components": { "schemas": objects.chain(opaque).collect::<Map<_, _>>() },
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

fn structs(names: &Neutral<'_>, file: syn::File) -> Result<Types, String> {
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
        .map(|item| {
            Ok((
                names.own(&item.ident.to_string()),
                members(names, item.fields)?,
            ))
        })
        .collect()
}

fn members(names: &Neutral<'_>, fields: syn::Fields) -> Result<BTreeMap<String, Ty>, String> {
    let mut members = BTreeMap::new();
    for field in fields {
        let Some(ident) = field.ident else { continue };
        let name = renamed(&field.attrs).unwrap_or_else(|| ident.to_string());
        let ty = ty(names, &field.ty)
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
fn ty(names: &Neutral<'_>, ty: &syn::Type) -> Option<Ty> {
    let syn::Type::Path(path) = ty else {
        return None;
    };
    let last = path.path.segments.last()?;
    let name = last.ident.to_string();
    let syn::PathArguments::AngleBracketed(arguments) = &last.arguments else {
        let own = names.back.get(&name).copied();
        let runtime = own.map_or(Some(&*name), runtime_type);
        let scalar = SCALARS
            .into_iter()
            .find(|(known, _)| runtime == Some(*known));
        return Some(scalar.map_or_else(|| Ty::Named(names.own(&name)), |(_, ty)| ty));
    };
    // The last one: a map's keys are texts.
    let Some(syn::GenericArgument::Type(inner)) = arguments.args.last() else {
        return None;
    };
    let inner = Box::new(self::ty(names, inner)?);
    if name == MAP {
        return Some(Ty::Map(inner));
    }
    let (_, wrap) = WRAPPERS.into_iter().find(|(known, _)| *known == name)?;
    Some(wrap(inner))
}
