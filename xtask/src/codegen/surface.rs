//! Writes the contract as pages of text for reviewers, and reads it from them.
//!
//! There is a page for each tag, one for the client, and one for what several tags share. A fact is a line, or a word in the
//! line of the thing it belongs to. Each thing is described once, for writing and for reading (`io`), so the pages have
//! everything in the contract except docs, examples and lines of the spec.

mod io;
mod layout;
mod operations;
mod types;

use super::contract::{Bound, Contract, RateLimit, Scope, Tag};
pub use io::Io;
pub use layout::Mistake;

/// The version in the first line, which tells a reader of old pages how to interpret them.
const VERSION: u32 = 1;
/// The page with the facts about the whole API. No tag may have this name or that of the other page.
const CLIENT: &str = "client";
const SHARED: &str = "shared";

/// A page before it becomes text.
#[derive(Default)]
struct Page {
    /// The contract without its operations, types and limits.
    client: Option<Contract>,
    limits: Vec<RateLimit>,
    operations: Vec<super::contract::Operation>,
    types: Vec<super::contract::Component>,
}

/// Name and text of each page.
pub fn pages(contract: &Contract) -> Vec<(String, String)> {
    let pages = split(contract.clone().bare());
    let text = |mut page: Page| layout::text(&io::written(|io| self::page(io, &mut page)));
    pages
        .into_iter()
        .map(|(name, page)| (name, text(page)))
        .collect()
}

/// The contract of these pages, without docs and examples.
///
/// # Errors
/// The first line that is not valid at its place.
pub fn parse<'a>(pages: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Contract, Mistake> {
    let mut read = Vec::new();
    for (name, text) in pages {
        let nodes = layout::nodes(text);
        let mut page = Page::default();
        let read_page = nodes.and_then(|nodes| io::read(&nodes, |io| self::page(io, &mut page)));
        read_page.map_err(|mistake| mistake.on(name))?;
        read.push((name, page));
    }
    let stray = stray(&read).map(str::to_owned);
    match stray {
        Some(name) => {
            Err(Mistake::new(1, "it contains something that belongs to no tag").on(&name))
        }
        None => Ok(joined(read)),
    }
}

/// A page with something that would have no page when it is written again.
fn stray<'a>(pages: &[(&'a str, Page)]) -> Option<&'a str> {
    let clients = pages.iter().filter_map(|(_, page)| page.client.as_ref());
    let tags: Vec<&Tag> = clients.flat_map(|client| &client.tags).collect();
    let is_tag = |name: &str| tags.iter().any(|tag| tag.module == name);
    let mut pages = pages.iter().filter(|(name, _)| !is_tag(name));
    let strays = |(name, page): &&(&str, Page)| {
        !page.operations.is_empty() || *name != SHARED && !page.types.is_empty()
    };
    pages.find(strays).map(|(name, _)| *name)
}

/// A type in the form of a page.
pub fn ty(of: &super::contract::Ty) -> String {
    told(|io| types::ty(io, &mut of.clone())).concat()
}

/// A rate limit in the form of a page.
pub fn rate_limit(limit: &RateLimit) -> String {
    told(|io| self::limit(io, &mut limit.clone())).concat()
}

/// The lines of a description.
pub fn told(describe: impl FnOnce(&mut Io<'_>)) -> Vec<String> {
    let nodes = io::written(|io| io.line(describe));
    let mut lines = Vec::new();
    nodes.iter().for_each(|node| node.lines(&mut lines));
    lines
}

fn page(io: &mut Io<'_>, page: &mut Page) {
    io.line(|io| {
        let mut version = VERSION;
        io.word("surface");
        io.value(&mut version);
        if version != VERSION {
            io.fail(format!("only version {VERSION} can be read"));
        }
    });
    io.maybe("client", &mut page.client, client);
    io.each(&["limit"], &mut page.limits, limit);
    io.each(&["operation"], &mut page.operations, operations::operation);
    io.each(&[], &mut page.types, types::component);
}

fn client(io: &mut Io<'_>, client: &mut Contract) {
    io.word("client");
    for (word, text) in [
        ("package", &mut client.package),
        ("title", &mut client.title),
        ("version", &mut client.version),
        ("origin", &mut client.origin),
        ("path", &mut client.base_path),
    ] {
        io.line(|io| {
            io.word(word);
            io.value(text);
        });
    }
    io.each(&["scope"], &mut client.scopes, |io, scope: &mut Scope| {
        io.word("scope");
        io.name(&mut scope.name);
        io.list("bound", &mut scope.bound, |io, bound: &mut Bound| {
            io.name(&mut bound.name);
            io.mark(":");
            types::ty(io, &mut bound.ty);
        });
    });
    io.each(&["tag"], &mut client.tags, |io, tag: &mut Tag| {
        io.word("tag");
        io.name(&mut tag.module);
        io.unless_same("as", &tag.module, &mut tag.name);
    });
}

fn limit(io: &mut Io<'_>, limit: &mut RateLimit) {
    io.word("limit");
    io.name(&mut limit.name);
    io.some("permits", &mut limit.permits, Io::value);
    io.pair("seconds", |io| io.value(&mut limit.seconds));
    io.some("per", &mut limit.per, Io::value);
    io.list("throttled", &mut limit.throttled, Io::value);
    io.list("regions", &mut limit.regions, |io, (region, permits)| {
        io.name(region);
        io.mark(":");
        io.value(permits);
    });
}

fn split(contract: Contract) -> Vec<(String, Page)> {
    let of = |module: Option<&str>| Page {
        client: None,
        limits: kept(&contract.limits, |it| contract.home(it) == module),
        operations: kept(&contract.operations, |it| Some(&*it.module) == module),
        types: kept(&contract.types, |it| it.module.as_deref() == module),
    };
    let tags = contract.tags.iter();
    let tags = tags.map(|tag| (tag.module.clone(), of(Some(&tag.module))));
    let mut tags: Vec<_> = tags.collect();
    let Page { limits, types, .. } = of(None);
    if !types.is_empty() {
        let shared = Page {
            types,
            ..Page::default()
        };
        tags.push((SHARED.to_owned(), shared));
    }
    let mut client = Page {
        limits,
        ..Page::default()
    };
    client.client = Some(Contract {
        limits: Vec::new(),
        operations: Vec::new(),
        types: Vec::new(),
        ..contract
    });
    tags.insert(0, (CLIENT.to_owned(), client));
    tags
}

fn kept<T: Clone>(all: &[T], fits: impl Fn(&T) -> bool) -> Vec<T> {
    all.iter().filter(|it| fits(it)).cloned().collect()
}

fn joined(pages: Vec<(&str, Page)>) -> Contract {
    let mut contract = Contract::default();
    for (name, page) in pages {
        if let Some(client) = page.client {
            contract = Contract {
                limits: contract.limits,
                operations: contract.operations,
                types: contract.types,
                ..client
            };
        }
        contract.limits.extend(page.limits);
        for mut operation in page.operations {
            operation.module = name.to_owned();
            contract.operations.push(operation);
        }
        for mut component in page.types {
            component.module = (name != SHARED).then(|| name.to_owned());
            contract.types.push(component);
        }
    }
    contract
}
