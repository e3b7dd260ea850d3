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
    ("std::time", &["Duration"]),
    (
        "anypoint_core",
        &[
            "CallOptions",
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
            "RateLimit",
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

/// Items that stand together in a file.
struct Piece<'a> {
    defines: Vec<String>,
    /// Names inside of it that mean nothing outside.
    local: &'a [String],
    tokens: TokenStream,
}

/// # Errors
/// Tokens that do not parse, which is a defect of an emitter; the text says in which file.
pub fn sources(api: &Api, items: &Items) -> Result<Sources, String> {
    let mut splitter = Splitter {
        homes: homes(items),
        files: BTreeMap::new(),
    };
    let client = Piece {
        defines: vec!["Client".to_owned()],
        local: &[],
        tokens: items.client.clone(),
    };
    splitter.file("client", "The client of this API.", &[], &[client])?;
    let mut modules = Vec::new();
    for tag in &api.tags {
        let requests = items.requests.iter();
        let requests: Vec<_> = requests.filter(|item| item.module == tag.module).collect();
        let here = |item: &&TypeItems| item.module.as_ref() == Some(&tag.module);
        let types: Vec<_> = items.types.iter().filter(here).collect();
        splitter.tag(&tag.module, &tag.description, &requests, &types)?;
        modules.push(module(&tag.module, &requests, &types));
    }
    let shared: Vec<_> = items
        .types
        .iter()
        .filter(|item| item.module.is_none())
        .collect();
    if !shared.is_empty() {
        let docs = "Models that several groups of operations use.";
        splitter.file("shared", docs, &[], &type_pieces(&shared))?;
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
        .flat_map(|item| item.names.clone())
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

/// For each type and request of the crate, the public module to import it from.
fn homes(items: &Items) -> BTreeMap<String, &'static str> {
    let requests = items.requests.iter().flat_map(|item| &item.names);
    let types = items.types.iter().map(|item| &item.name);
    let requests = requests.map(|name| (name.clone(), "crate::requests"));
    requests
        .chain(types.map(|name| (name.clone(), "crate::types")))
        .collect()
}

fn type_pieces<'a>(types: &[&'a TypeItems]) -> Vec<Piece<'a>> {
    let piece = |item: &&'a TypeItems| Piece {
        defines: vec![item.name.clone()],
        local: &item.local,
        tokens: item.item.clone(),
    };
    types.iter().map(piece).collect()
}

/// The methods of some requests, and then the requests.
fn request_pieces(requests: &[&RequestItems]) -> Vec<Piece<'static>> {
    let methods = requests.iter().map(|item| &item.method);
    let client = quote!(impl Client { #(#methods)* });
    let client = Piece {
        defines: Vec::new(),
        local: &[],
        tokens: client,
    };
    let piece = |item: &&RequestItems| Piece {
        defines: item.names.clone(),
        local: &[],
        tokens: item.item.clone(),
    };
    std::iter::once(client)
        .chain(requests.iter().map(piece))
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
        let mut pieces = request_pieces(requests);
        pieces.extend(type_pieces(types));
        let text = self.text(name, docs, &[], &pieces)?;
        if text.lines().count() <= LONG {
            self.files.insert(format!("{name}.rs"), text);
            return Ok(());
        }
        let mut inner: Vec<String> = requests.iter().map(|request| request.id.clone()).collect();
        for request in requests {
            let (path, docs) = (
                format!("{name}/{}", request.id),
                format!("The request of `{}`.", request.id),
            );
            self.file(&path, &docs, &[], &request_pieces(&[request]))?;
        }
        if !types.is_empty() {
            self.file(&format!("{name}/models"), docs, &[], &type_pieces(types))?;
            inner.push("models".to_owned());
        }
        self.file(name, docs, &inner, &[])
    }

    fn file(
        &mut self,
        path: &str,
        docs: &str,
        inner: &[String],
        pieces: &[Piece<'_>],
    ) -> Result<(), String> {
        let text = self.text(path, docs, inner, pieces)?;
        self.files.insert(format!("{path}.rs"), text);
        Ok(())
    }

    fn text(
        &self,
        path: &str,
        docs: &str,
        inner: &[String],
        pieces: &[Piece<'_>],
    ) -> Result<String, String> {
        let imports = self.imports(pieces);
        let docs = docs.lines().map(|line| format!(" {line}"));
        let modules = inner.iter().map(|name| {
            let name = ident(name);
            quote!(mod #name; pub use #name::*;)
        });
        let tokens = pieces.iter().map(|piece| &piece.tokens);
        format::file(quote!(#(#![doc = #docs])* #(#modules)* #imports #(#tokens)*))
            .map_err(|error| format!("src/{path}.rs: {error}"))
    }

    fn imports(&self, pieces: &[Piece<'_>]) -> TokenStream {
        let mut used = BTreeSet::new();
        for piece in pieces {
            let mut names = BTreeSet::new();
            idents(piece.tokens.clone(), &mut names);
            used.extend(names.into_iter().filter(|name| !piece.local.contains(name)));
        }
        for name in pieces.iter().flat_map(|piece| &piece.defines) {
            used.remove(name);
        }
        let mut groups: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for name in &used {
            let runtime = IMPORTS
                .iter()
                .find(|(_, names)| names.contains(&name.as_str()));
            if let Some(path) = self
                .homes
                .get(name)
                .copied()
                .or(runtime.map(|(path, _)| *path))
            {
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
