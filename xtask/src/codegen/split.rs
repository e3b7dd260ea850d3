//! Items to modules: a file per tag, or a folder per tag with a file per operation when that would be long.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{TokenStream, TokenTree};
use quote::quote;

use super::contract::Contract;
use super::emit::{Items, Module, RequestItems, TypeItems, ident};
use super::format;
use super::prose::markdown;

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
            "Change",
            "Download",
            "Error",
            "Follow",
            "Items",
            "Json",
            "Nullable",
            "Number",
            "Pages",
            "Response",
            "Secret",
            "Session",
            "StringOrNumber",
            "Timestamp",
            "UnknownValue",
            "Upload",
            "Wait",
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

/// Items that stand together in a file, formatted once wherever they end up.
struct Piece {
    defines: Vec<String>,
    uses: BTreeSet<String>,
    text: String,
}

impl Piece {
    /// `local` are names inside of it that mean nothing outside.
    fn new(tokens: TokenStream, defines: Vec<String>, local: &[String]) -> Result<Self, String> {
        let mut uses = BTreeSet::new();
        idents(tokens.clone(), &mut uses);
        for name in local.iter().chain(&defines) {
            uses.remove(name);
        }
        let place = || {
            defines
                .first()
                .map_or("the client's methods", String::as_str)
        };
        let text = format::file(tokens).map_err(|error| format!("{}: {error}", place()))?;
        Ok(Self {
            defines,
            uses,
            text,
        })
    }
}

/// # Errors
/// Tokens that do not parse, which is a defect of an emitter; the text says in which file.
pub fn sources(api: &Contract, items: &Items) -> Result<Sources, String> {
    let mut splitter = Splitter {
        homes: homes(items),
        files: BTreeMap::new(),
    };
    let client = Piece::new(items.client.clone(), vec!["Client".to_owned()], &[])?;
    splitter.file("client", "The client of this API.", &[], &[&client])?;
    let mut modules = Vec::new();
    for tag in &api.tags {
        let requests = items.requests.iter();
        let requests: Vec<_> = requests.filter(|item| item.module == tag.module).collect();
        let here = |item: &&TypeItems| item.module.as_ref() == Some(&tag.module);
        let types: Vec<_> = items.types.iter().filter(here).collect();
        splitter.tag(&tag.module, &markdown(&tag.description), &requests, &types)?;
        modules.push(module(&tag.module, &requests, &types));
    }
    let shared: Vec<_> = items
        .types
        .iter()
        .filter(|item| item.module.is_none())
        .collect();
    if !shared.is_empty() {
        let docs = "Models that several groups of operations use.";
        let pieces = type_pieces(&shared)?;
        splitter.file("shared", docs, &[], &pieces.iter().collect::<Vec<_>>())?;
        modules.push(module("shared", &[], &shared));
    }
    modules.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(Sources {
        files: splitter.files,
        modules,
    })
}

fn module(name: &str, requests: &[&RequestItems], types: &[&TypeItems]) -> Module {
    let renamed = requests.iter().any(|it| it.renamed) || types.iter().any(|it| it.names.len() > 1);
    let mut types: Vec<String> = types.iter().flat_map(|item| item.names.clone()).collect();
    let mut requests: Vec<String> = requests
        .iter()
        .flat_map(|item| item.names.clone())
        .collect();
    requests.sort();
    types.sort();
    Module {
        name: name.to_owned(),
        requests,
        types,
        renamed,
    }
}

/// For each type and request of the crate, the public module to import it from.
fn homes(items: &Items) -> BTreeMap<String, &'static str> {
    let requests = items.requests.iter().flat_map(|item| &item.names);
    let types = items.types.iter().flat_map(|item| &item.names);
    let requests = requests.map(|name| (name.clone(), "crate::requests"));
    requests
        .chain(types.map(|name| (name.clone(), "crate::types")))
        .collect()
}

fn type_pieces(types: &[&TypeItems]) -> Result<Vec<Piece>, String> {
    let piece = |item: &&TypeItems| Piece::new(item.item.clone(), item.names.clone(), &item.local);
    types.iter().map(piece).collect()
}

fn request_pieces(requests: &[&RequestItems]) -> Result<Vec<Piece>, String> {
    let piece = |item: &&RequestItems| Piece::new(item.item.clone(), item.names.clone(), &[]);
    requests.iter().map(piece).collect()
}

/// The methods of some requests.
fn methods(requests: &[&RequestItems]) -> Result<Piece, String> {
    let methods = requests.iter().map(|item| &item.method);
    Piece::new(quote!(impl Client { #(#methods)* }), Vec::new(), &[])
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
        let (client, bodies) = (methods(requests)?, request_pieces(requests)?);
        let models = type_pieces(types)?;
        let all: Vec<&Piece> = std::iter::once(&client)
            .chain(&bodies)
            .chain(&models)
            .collect();
        let text = self.text(name, docs, &[], &all)?;
        if text.lines().count() <= LONG {
            self.files.insert(format!("{name}.rs"), text);
            return Ok(());
        }
        let mut inner: Vec<String> = requests.iter().map(|request| request.id.clone()).collect();
        for (request, body) in requests.iter().zip(&bodies) {
            let (path, docs) = (
                format!("{name}/{}", request.id),
                format!("The request of `{}`.", request.id),
            );
            self.file(&path, &docs, &[], &[&methods(&[request])?, body])?;
        }
        if !models.is_empty() {
            let models: Vec<&Piece> = models.iter().collect();
            self.file(&format!("{name}/models"), docs, &[], &models)?;
            inner.push("models".to_owned());
        }
        self.file(name, docs, &inner, &[])
    }

    fn file(
        &mut self,
        path: &str,
        docs: &str,
        inner: &[String],
        pieces: &[&Piece],
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
        pieces: &[&Piece],
    ) -> Result<String, String> {
        let imports = self.imports(pieces);
        let docs = docs.lines().map(|line| format!(" {line}"));
        let modules = inner.iter().map(|name| {
            let name = ident(name);
            quote!(mod #name; pub use #name::*;)
        });
        let mut text = format::file(quote!(#(#![doc = #docs])* #(#modules)* #imports))
            .map_err(|error| format!("src/{path}.rs: {error}"))?;
        text.extend(pieces.iter().map(|piece| piece.text.as_str()));
        Ok(text)
    }

    fn imports(&self, pieces: &[&Piece]) -> TokenStream {
        let mut used: BTreeSet<&String> = pieces.iter().flat_map(|piece| &piece.uses).collect();
        for name in pieces.iter().flat_map(|piece| &piece.defines) {
            used.remove(name);
        }
        let mut groups: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for name in used {
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
