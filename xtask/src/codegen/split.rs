//! Splits items into modules: a file for each tag, or, if that file would be long, a folder with a file for each operation.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::quote;

use super::contract::Contract;
use super::emit::{Items, Module, RequestItems, TypeItems, ident};
use super::format;
use super::prose::markdown;

/// The longest file of a tag. A longer file is hard to review.
const LONG: usize = 1_500;

/// The source files of a crate below `src/`, without `lib.rs`, and the modules that `lib.rs` declares.
pub struct Sources {
    pub files: BTreeMap<String, String>,
    pub modules: Vec<Module>,
}

/// Items that stay together in a file. They are formatted once, and refer to everything by its full path.
type Piece = String;

fn piece(tokens: TokenStream, what: &str) -> Result<Piece, String> {
    format::file(tokens).map_err(|error| format!("{what}: {error}"))
}

/// # Errors
/// Tokens do not parse, which is a defect of an emitter. The text names the file.
pub fn sources(api: &Contract, items: &Items) -> Result<Sources, String> {
    let mut splitter = Splitter {
        files: BTreeMap::new(),
    };
    let client = piece(items.client.clone(), "the client")?;
    splitter.file("client", "The client of this API.", &[], &[&client])?;
    let mut modules = Vec::new();
    if let Some(ids) = &items.ids {
        let item = piece(ids.item.clone(), "the ids")?;
        splitter.file("ids", "The types of ids.", &[], &[&item])?;
        modules.push(Module {
            name: "ids".to_owned(),
            requests: Vec::new(),
            types: ids.names.clone(),
        });
    }
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
        let docs = "Models that operations of several groups use.";
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
    }
}

fn type_pieces(types: &[&TypeItems]) -> Result<Vec<Piece>, String> {
    let types = types.iter();
    types
        .map(|item| piece(item.item.clone(), &item.names.join(", ")))
        .collect()
}

fn request_pieces(requests: &[&RequestItems]) -> Result<Vec<Piece>, String> {
    let requests = requests.iter();
    requests
        .map(|item| piece(item.item.clone(), &item.id))
        .collect()
}

/// The methods of some requests, client by client.
fn methods(requests: &[&RequestItems]) -> Result<Piece, String> {
    let mut clients: Vec<&str> = Vec::new();
    for request in requests {
        if !clients.contains(&request.client.as_str()) {
            clients.push(&request.client);
        }
    }
    let clients = clients.into_iter().map(|client| {
        let own = requests.iter().filter(|item| item.client == client);
        let methods = own.map(|item| &item.method);
        let client = ident(client);
        quote!(impl crate::#client { #(#methods)* })
    });
    piece(quote!(#(#clients)*), "the methods of clients")
}

struct Splitter {
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
        let text = text(name, docs, &[], &all)?;
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
        let text = text(path, docs, inner, pieces)?;
        self.files.insert(format!("{path}.rs"), text);
        Ok(())
    }
}

fn text(path: &str, docs: &str, inner: &[String], pieces: &[&Piece]) -> Result<String, String> {
    let docs = docs.lines().map(|line| format!(" {line}"));
    let modules = inner.iter().map(|name| {
        let name = ident(name);
        quote!(mod #name; pub use #name::*;)
    });
    let mut text = piece(
        quote!(#(#![doc = #docs])* #(#modules)*),
        &format!("src/{path}.rs"),
    )?;
    text.extend(pieces.iter().map(|piece| piece.as_str()));
    Ok(text)
}
