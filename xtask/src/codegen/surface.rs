//! The pages that a reviewer reads: the contract as text, and back.
//!
//! A page for each tag, one for the client and one for what several tags share; a fact stands on a line of its own, or
//! as a word of the thing it belongs to. Each thing is described once, for writing and for reading (`io`), so whatever
//! the contract has is on the pages, but for docs, examples and lines of the spec.

mod extensions;
mod io;
mod layout;
mod operations;
mod types;

use super::contract::{Contract, RateLimit, Tag};
use io::Io;
pub use layout::Mistake;

/// What the first line says, so that a reader of old pages knows how to take them.
const VERSION: u32 = 1;
/// The page of what holds for the whole API. No tag may be called so, nor like the other one.
const CLIENT: &str = "client";
const SHARED: &str = "shared";

/// A page before it is text.
#[derive(Default)]
struct Page {
    /// What is left of the contract without its operations, types and limits.
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

/// The contract of which these are the pages, without docs and examples.
///
/// # Errors
/// The first line that says nothing of what it could say there.
pub fn parse<'a>(pages: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Contract, Mistake> {
    let mut read = Vec::new();
    for (name, text) in pages {
        let nodes = layout::nodes(text);
        let mut page = Page::default();
        let read_page = nodes.and_then(|nodes| io::read(&nodes, |io| self::page(io, &mut page)));
        read_page.map_err(|mistake| mistake.on(name))?;
        read.push((name, page));
    }
    Ok(joined(read))
}

fn page(io: &mut Io<'_>, page: &mut Page) {
    io.line(|io| {
        let mut version = VERSION;
        io.word("surface");
        io.value(&mut version);
        if version != VERSION {
            io.fail(format!("version {VERSION} is the one that can be read"));
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

fn split(mut contract: Contract) -> Vec<(String, Page)> {
    let mut rest: Vec<_> = std::mem::take(&mut contract.types);
    let mut limits = Vec::new();
    for limit in std::mem::take(&mut contract.limits) {
        limits.push((contract.home(&limit).map(str::to_owned), limit));
    }
    let mut operations = std::mem::take(&mut contract.operations);
    let mut take = |module: Option<&str>| Page {
        client: None,
        limits: extract(&mut limits, |(home, _)| home.as_deref() == module)
            .map(|(_, limit)| limit)
            .collect(),
        operations: extract(&mut operations, |it| Some(&*it.module) == module).collect(),
        types: extract(&mut rest, |it| it.module.as_deref() == module).collect(),
    };
    let mut pages = vec![(CLIENT.to_owned(), Page::default())];
    for tag in &contract.tags {
        pages.push((tag.module.clone(), take(Some(&tag.module))));
    }
    let shared = take(None);
    pages[0].1.limits = shared.limits;
    pages[0].1.client = Some(contract);
    if !shared.types.is_empty() {
        let types = shared.types;
        let page = Page {
            types,
            ..Page::default()
        };
        pages.push((SHARED.to_owned(), page));
    }
    pages
}

/// Those that fit, in their order, out of the others.
fn extract<T>(from: &mut Vec<T>, fits: impl Fn(&T) -> bool) -> impl Iterator<Item = T> {
    let (found, rest) = std::mem::take(from).into_iter().partition(fits);
    *from = rest;
    let found: Vec<T> = found;
    found.into_iter()
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
