//! Items to modules: a file per tag, or a folder per tag with a file per operation when that would be long.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{TokenStream, TokenTree};
use quote::quote;

use super::emit::{Items, Module, RequestItems, TypeItems};
use super::format;
use super::ir::Api;
use super::names::ident;

/// A file that is longer than this is hard to review.
const LONG: usize = 1_500;

/// Where the names that generated code uses come from.
const IMPORTS: &[(&str, &[&str])] = &[
    ("crate", &["Client"]),
    (
        "anypoint_core",
        &[
            "Download",
            "Error",
            "Items",
            "Json",
            "Nullable",
            "Pages",
            "Response",
            "Secret",
            "Session",
            "StringOrNumber",
            "Timestamp",
            "UnknownValue",
            "Upload",
            "internal",
        ],
    ),
    (
        "anypoint_core::internal",
        &[
            "Answer",
            "Auth",
            "Call",
            "DecodeError",
            "Endpoint",
            "Method",
            "Multipart",
            "Operation",
        ],
    ),
    ("serde::de", &["MapAccess"]),
    ("std::collections", &["BTreeMap"]),
];

/// The source files of a crate below `src/`, without `lib.rs`, and what `lib.rs` must know of them.
pub struct Sources {
    pub files: BTreeMap<String, String>,
    pub modules: Vec<Module>,
}

/// # Errors
/// Tokens that do not parse, which is a defect of an emitter; the text says in which file.
pub fn sources(api: &Api, items: &Items) -> Result<Sources, String> {
    let mut splitter = Splitter {
        homes: homes(items),
        files: BTreeMap::new(),
    };
    splitter.file(
        "client",
        "The client of this API.",
        &[],
        items.client.clone(),
        &BTreeSet::new(),
    )?;
    let mut modules = Vec::new();
    for tag in &api.tags {
        let requests: Vec<&RequestItems> = items
            .requests
            .iter()
            .filter(|request| request.module == tag.module)
            .collect();
        let types: Vec<&TypeItems> = items
            .types
            .iter()
            .filter(|item| item.module.as_ref() == Some(&tag.module))
            .collect();
        splitter.tag(&tag.module, &tag.description, &requests, &types)?;
        modules.push(module(&tag.module, &requests, &types));
    }
    let shared: Vec<&TypeItems> = items
        .types
        .iter()
        .filter(|item| item.module.is_none())
        .collect();
    if !shared.is_empty() {
        let tokens = shared.iter().map(|item| item.item.clone()).collect();
        splitter.file(
            "shared",
            "Models that several groups of operations use.",
            &[],
            tokens,
            &defined(&[], &shared),
        )?;
        modules.push(module("shared", &[], &shared));
    }
    modules.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(Sources {
        files: splitter.files,
        modules,
    })
}

fn module(name: &str, requests: &[&RequestItems], types: &[&TypeItems]) -> Module {
    let mut requests: Vec<String> = requests
        .iter()
        .flat_map(|request| request.names.clone())
        .collect();
    let mut types: Vec<String> = types.iter().map(|item| item.name.clone()).collect();
    requests.sort();
    types.sort();
    Module {
        name: name.to_owned(),
        requests,
        types,
    }
}

fn defined(requests: &[&RequestItems], types: &[&TypeItems]) -> BTreeSet<String> {
    let requests = requests
        .iter()
        .flat_map(|request| request.names.iter().cloned());
    requests
        .chain(types.iter().map(|item| item.name.clone()))
        .collect()
}

/// For each type and request of the crate, the public module to import it from.
fn homes(items: &Items) -> BTreeMap<String, &'static str> {
    let requests = items
        .requests
        .iter()
        .flat_map(|request| &request.names)
        .map(|name| (name.clone(), "crate::requests"));
    requests
        .chain(
            items
                .types
                .iter()
                .map(|item| (item.name.clone(), "crate::types")),
        )
        .collect()
}

struct Splitter {
    homes: BTreeMap<String, &'static str>,
    files: BTreeMap<String, String>,
}

impl Splitter {
    fn tag(
        &mut self,
        name: &str,
        docs: &str,
        requests: &[&RequestItems],
        types: &[&TypeItems],
    ) -> Result<(), String> {
        let methods: Vec<&TokenStream> = requests.iter().map(|request| &request.method).collect();
        let client = quote!(impl Client { #(#methods)* });
        let request_items = requests.iter().map(|request| &request.item);
        let type_items = types.iter().map(|item| &item.item);
        let whole = quote!(#client #(#request_items)* #(#type_items)*);
        let text = self.text(name, docs, &[], whole, &defined(requests, types))?;
        if text.lines().count() <= LONG {
            self.files.insert(format!("{name}.rs"), text);
            return Ok(());
        }
        let mut inner: Vec<String> = requests.iter().map(|request| request.id.clone()).collect();
        for request in requests {
            let docs = format!("The request of `{}`.", request.id);
            let (method, item) = (&request.method, &request.item);
            self.file(
                &format!("{name}/{}", request.id),
                &docs,
                &[],
                quote!(impl Client { #method } #item),
                &defined(&[request], &[]),
            )?;
        }
        if !types.is_empty() {
            let tokens = types.iter().map(|item| item.item.clone()).collect();
            self.file(
                &format!("{name}/models"),
                docs,
                &[],
                tokens,
                &defined(&[], types),
            )?;
            inner.push("models".to_owned());
        }
        self.file(name, docs, &inner, TokenStream::new(), &BTreeSet::new())?;
        Ok(())
    }

    fn file(
        &mut self,
        path: &str,
        docs: &str,
        inner: &[String],
        tokens: TokenStream,
        defined: &BTreeSet<String>,
    ) -> Result<(), String> {
        let text = self.text(path, docs, inner, tokens, defined)?;
        self.files.insert(format!("{path}.rs"), text);
        Ok(())
    }

    fn text(
        &self,
        path: &str,
        docs: &str,
        inner: &[String],
        tokens: TokenStream,
        defined: &BTreeSet<String>,
    ) -> Result<String, String> {
        let imports = self.imports(&tokens, defined);
        let docs = docs.lines().map(|line| format!(" {line}"));
        let modules = inner.iter().map(|name| {
            let name = ident(name);
            quote!(mod #name; pub use #name::*;)
        });
        format::file(quote!(#(#![doc = #docs])* #(#modules)* #imports #tokens))
            .map_err(|error| format!("src/{path}.rs: {error}"))
    }

    fn imports(&self, tokens: &TokenStream, defined: &BTreeSet<String>) -> TokenStream {
        let mut used = BTreeSet::new();
        idents(tokens.clone(), &mut used);
        let mut groups: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for name in used.iter().filter(|name| !defined.contains(*name)) {
            let runtime = IMPORTS
                .iter()
                .find(|(_, names)| names.contains(&name.as_str()))
                .map(|(path, _)| *path);
            // A file that defines `Client` does not import it.
            let runtime = runtime.filter(|path| {
                *path != "crate" || !tokens.to_string().contains("pub struct Client {")
            });
            if let Some(path) = self.homes.get(name).copied().or(runtime) {
                groups.entry(path).or_default().push(name);
            }
        }
        let uses = groups.iter().filter_map(|(path, names)| {
            let path: syn::Path = syn::parse_str(path).ok()?;
            let names = names.iter().map(|name| ident(name));
            Some(quote!(use #path::{#(#names),*};))
        });
        quote!(#(#uses)*)
    }
}

/// All names but those behind a `::`, which something else brings along.
fn idents(tokens: TokenStream, used: &mut BTreeSet<String>) {
    let mut colons = 0;
    for token in tokens {
        match token {
            TokenTree::Punct(punct) if punct.as_char() == ':' => {
                colons += 1;
                continue;
            }
            TokenTree::Ident(name) if colons < 2 => {
                used.insert(name.to_string());
            }
            TokenTree::Group(group) => idents(group.stream(), used),
            TokenTree::Ident(_) | TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
        colons = 0;
    }
}
