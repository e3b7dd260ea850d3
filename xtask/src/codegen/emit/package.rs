//! The files of a crate other than its modules: manifest, README, `lib.rs`; and the lists of the APIs.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::TokenStream;
use quote::quote;

use super::sample;
use super::types::{SHARED_IDS, ident};
use crate::codegen::contract::{Contract, Index, Operation, Security};
use crate::codegen::manifest::{Entry, Manifest};
use crate::codegen::names;
use crate::codegen::prose::{self, markdown};

/// A module of the crate and what it makes public.
pub struct Module {
    pub name: String,
    pub requests: Vec<String>,
    pub types: Vec<String>,
}

pub fn cargo_toml(api: &Contract, entry: &Entry) -> String {
    let (publish, doc) = if entry.feature.is_some() {
        ("", "")
    } else {
        ("publish = false\n", "doc = false\n")
    };
    format!(
        "[package]
name = {package}
description = {description}
readme = \"README.md\"
documentation = {documentation}
version = \"{version}\"
edition.workspace = true
rust-version.workspace = true
license.workspace = true
keywords.workspace = true
categories.workspace = true
{publish}
[lib]
# The crate has only doctests; its other tests are in the workspace.
test = false
{doc}
[package.metadata.docs.rs]
all-features = true
rustdoc-args = [\"--cfg\", \"docsrs\"]

[features]
default = [\"ring\"]
# TLS backends; the first enabled one is used. See the README of anypoint-core.
ring = [\"anypoint-core/ring\"]
aws-lc-rs = [\"anypoint-core/aws-lc-rs\"]
native-tls = [\"anypoint-core/native-tls\"]
# The default HTTP client; each TLS backend enables it.
reqwest = [\"anypoint-core/reqwest\"]
# Adds `schemars::JsonSchema` to every model.
schemars = [\"dep:schemars\", \"anypoint-core/schemars\"]

[dependencies]
anypoint-core.workspace = true
schemars = {{ workspace = true, optional = true }}
serde.workspace = true

[dev-dependencies]
tokio = {{ workspace = true, features = [\"macros\", \"rt\"] }}

[lints]
workspace = true
",
        package = toml_text(&api.package),
        description = toml_text(&format!("Client of the {}", api.title)),
        version = entry.version,
        documentation = toml_text(&format!("https://docs.rs/{}", api.package)),
    )
}

/// The texts of the licences, which each package must contain.
pub const LICENCES: [(&str, &str); 2] = [
    ("LICENSE-APACHE", include_str!("../../../../LICENSE-APACHE")),
    ("LICENSE-MIT", include_str!("../../../../LICENSE-MIT")),
];

/// The text for an API that acts on the environment of the session.
const ENVIRONMENT: &str = "
Operations that act on an environment use the ids of organization and environment of the session (`SessionBuilder::environment`).
Without ids they fail before they are sent, unless `SessionBuilder::service_default_environment` leaves the choice to the service.
`Anypoint` of the crate `anypoint` also accepts names, and looks up their ids.
";

/// A TOML string with its quotes.
fn toml_text(text: &str) -> String {
    toml::Value::from(text).to_string()
}

pub fn readme(api: &Contract, entry: &Entry) -> String {
    let description = markdown(&api.description);
    let mut text = format!("# {}\n\n{description}\n\n", api.package);
    text.push_str("| operations | |\n|---|---|\n");
    for tag in &api.tags {
        text.push_str(&format!(
            "| {} | {} |\n",
            tag.name,
            prose::cell(&tag.description)
        ));
    }
    text.push_str(&beside_calls(api));
    if let Some(request) = api
        .operations
        .iter()
        .find(|request| Some(&request.id) == api.example.as_ref())
    {
        text.push_str(&format!(
            "\n## Example\n\n{}\n```rust,no_run\n{}```\n",
            dependencies(entry),
            example(api, request)
        ));
    }
    if api.operations.iter().any(|request| request.environment) {
        text.push_str(ENVIRONMENT);
    }
    let clients = api.scopes.iter().map(|scope| {
        let (client, method) = (scope.client(), scope.method());
        format!(" or of `{client}`, which `Client::{method}` creates")
    });
    let clients: String = clients.collect();
    text.push_str(&format!(
        "
Every operation is a method of `Client`{clients}.
Required values are arguments of the method, and optional values are setters of the request that it returns. `send().await`, or
`await` alone, sends the request. Answers are decoded leniently: missing fields, nulls, unknown enum values and numbers in quotes never make
a successful call fail.

With the feature `schemars`, every model implements `schemars::JsonSchema`. The features `ring` (default), `aws-lc-rs` and
`native-tls` select the TLS backend; see the README of `anypoint-core`. `with_options` of the trait
`anypoint_core::WithOptions` sets options of a single request, such as headers and timeouts.
"
    ));
    text
}

/// The methods of extensions: waits, followers, changes and others; empty if there are none.
fn beside_calls(api: &Contract) -> String {
    let rows = api.operations.iter().flat_map(|operation| {
        let mut extensions = operation.extensions.clone();
        let rows = extensions.extras();
        let rows = rows.map(|it| {
            format!(
                "| `{}` | {} |\n",
                it.name,
                prose::cell(&markdown(&it.summary))
            )
        });
        rows.collect::<Vec<_>>()
    });
    let rows: String = rows.collect();
    match rows.is_empty() {
        true => rows,
        false => format!("\n| more than single calls | |\n|---|---|\n{rows}"),
    }
}

/// The lines of `Cargo.toml` that the example needs.
fn dependencies(entry: &Entry) -> String {
    let Entry {
        package, version, ..
    } = entry;
    format!(
        "```toml\n[dependencies]\n{package} = \"{version}\"\ntokio = {{ version = \"1\", features = [\"macros\", \"rt\"] }}\n```\n"
    )
}

/// A whole program that calls one operation with the examples of its spec.
fn example(api: &Contract, request: &Operation) -> String {
    let index = Index::from(api);
    let scope = api.scope(request).map(|scope| {
        let bound = sample::bound(&index, scope);
        format!(".{}({bound}\n    )", scope.method())
    });
    let scope = scope.unwrap_or_default();
    let call = format!(
        "client.{}({})",
        request.id,
        sample::arguments(&index, request)
    );
    let body = match request.extensions.pages {
        Some(_) => format!(
            "    let mut items = {call}.items();\n    while let Some(item) = items.next().await {{\n        println!(\"{{:?}}\", item?);\n    }}\n"
        ),
        None => format!(
            "    let response = {call}.send().await?;\n    println!(\"{{:?}}\", response.value());\n"
        ),
    };
    let body = format!(
        "{}    let client = Client::new(&session){scope};\n{body}",
        session(api, request)
    );
    let uses = uses(api, &body);
    format!(
        "{uses}
#[tokio::main(flavor = \"current_thread\")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {{
{body}    Ok(())
}}
"
    )
}

/// The `use` lines of the program.
fn uses(api: &Contract, body: &str) -> String {
    let krate = names::crate_ident(&api.package);
    let words: BTreeSet<&str> = body.split(|c: char| !c.is_alphanumeric()).collect();
    let named = |name: &String| words.contains(name.as_str());
    let shared = SHARED_IDS.map(names::id).into_iter().filter(named);
    let core = ["Credentials", "Session"].map(str::to_owned);
    let core: BTreeSet<String> = shared.chain(core).collect();
    let ids = api.ids().into_iter().filter(|of| !SHARED_IDS.contains(of));
    let own: Vec<String> = ids.map(names::id).filter(named).collect();
    let core = core.into_iter().collect::<Vec<_>>().join(", ");
    let mut uses = format!("use {krate}::Client;\nuse {krate}::core::{{{core}}};\n");
    match &own[..] {
        [] => {}
        [one] => uses += &format!("use {krate}::types::{one};\n"),
        several => uses += &format!("use {krate}::types::{{{}}};\n", several.join(", ")),
    }
    uses
}

/// The lines that make the session.
fn session(api: &Contract, request: &Operation) -> String {
    let (first, second, credentials) = match request.security {
        Security::Basic => ("USERNAME", "PASSWORD", "basic"),
        Security::Bearer | Security::None => ("CLIENT_ID", "CLIENT_SECRET", "connected_app"),
    };
    let (first_name, second_name) = (first.to_lowercase(), second.to_lowercase());
    let (chosen, environment) = match request.environment {
        true => (
            "    // Both are ids; the crate `anypoint` also accepts names.
    let organization = OrganizationId::new(std::env::var(\"ANYPOINT_ORG\")?);
    let environment = EnvironmentId::new(std::env::var(\"ANYPOINT_ENV\")?);\n",
            "\n        .environment(organization, environment)",
        ),
        false => ("", ""),
    };
    // Anypoint is the default host of a session.
    let host = match api.origin.as_str() {
        "https://anypoint.mulesoft.com" => String::new(),
        other => format!("\n        .host({other:?})"),
    };
    format!(
        "    let {first_name} = std::env::var(\"ANYPOINT_{first}\")?;
    let {second_name} = std::env::var(\"ANYPOINT_{second}\")?;
{chosen}    let session = Session::builder(){host}
        .credentials(Credentials::{credentials}({first_name}, {second_name})){environment}
        .build()?;
"
    )
}

/// A table of the published names of the operations and their methods; empty if none has one.
fn published(api: &Contract) -> TokenStream {
    let operations = api.operations.iter();
    let mut rows: Vec<_> = operations
        .filter_map(|it| Some((it.published_id.as_ref()?, &it.id, it.client())))
        .map(|(published, id, client)| format!(" | `{published}` | [`{id}`]({client}::{id}) |"))
        .collect();
    rows.sort();
    if rows.is_empty() {
        return quote!();
    }
    let head = ["", " # Published names", ""].iter();
    let head = head.chain(&[" | operation | method |", " |---|---|"]);
    quote!(#(#![doc = #head])* #(#![doc = #rows])*)
}

pub fn lib_rs(api: &Contract, modules: &[Module]) -> TokenStream {
    let published = published(api);
    let clients = api.clients();
    let clients = clients.iter().map(|client| ident(client));
    let declared = modules.iter().map(|module| {
        let name = ident(&module.name);
        quote!(#[rustfmt::skip] mod #name;)
    });
    let requests = exports(modules, |module| &module.requests);
    let types = exports(modules, |module| &module.types);
    quote! {
        #![doc = include_str!("../README.md")]
        #published
        #![cfg_attr(docsrs, feature(doc_cfg))]
        #![allow(missing_docs, reason = "a field may need no docs besides its name")]
        #![allow(deprecated, reason = "the service may still send and accept it, and callers may use former names")]
        #![allow(clippy::should_implement_trait, reason = "the service sets the names")]
        #![allow(clippy::module_inception, reason = "the service sets the names")]
        #![allow(clippy::large_enum_variant, reason = "a variant contains its object")]
        #![allow(clippy::new_without_default, reason = "`new` sets the tag of a union")]
        #![allow(clippy::type_complexity, reason = "types are as deep as in the spec")]

        // The generator formats its output; `cargo fmt` does not change it.
        #[rustfmt::skip]
        mod client;
        #(#declared)*

        pub use anypoint_core as core;
        pub use client::{#(#clients),*};

        /// The requests that the methods of clients return: a struct for each operation, with setters for optional values.
        #[rustfmt::skip]
        pub mod requests { #requests }

        /// The models of requests and answers.
        #[rustfmt::skip]
        pub mod types { #types }
    }
}

fn exports(modules: &[Module], names: fn(&Module) -> &Vec<String>) -> TokenStream {
    let uses = modules
        .iter()
        .filter(|module| !names(module).is_empty())
        .map(|module| {
            let path = ident(&module.name);
            let names = names(module).iter().map(|name| ident(name));
            quote!(pub use crate::#path::{#(#names),*};)
        });
    quote!(#(#uses)*)
}

/// `apis.rs` of the facade: a module for each API, behind its feature. The items are inlined individually, so that the search of the
/// facade's docs finds the operations, and does not find the core again in each module.
pub fn facade(manifest: &Manifest, clients: &BTreeMap<&str, &[String]>) -> TokenStream {
    let modules = manifest.published().filter_map(|entry| {
        let feature = entry.feature.as_ref()?;
        let krate = ident(&names::crate_ident(&entry.package));
        let name = ident(&names::crate_ident(feature));
        let clients = clients
            .get(&*entry.name)?
            .iter()
            .map(|client| ident(client));
        let link = format!(" The crate [`{}`]({krate}).", entry.package);
        Some(quote! {
            #[cfg(feature = #feature)]
            #[doc = #link]
            pub mod #name {
                #[doc(inline)]
                pub use #krate::{#(#clients,)* requests, types};
                #[doc(no_inline)]
                pub use #krate::core;
            }
        })
    });
    quote!(#(#modules)*)
}

/// The mark of generated JSON, which cannot have a comment.
pub(super) fn generated(spec: &str) -> String {
    format!("by `cargo xtask codegen` from {spec}. Do not edit.")
}

/// A spec for the emulator: compact JSON, with a member that marks it as generated.
pub fn emulated(document: &serde_json::Value, spec: &str) -> String {
    let mut document = document.clone();
    if let Some(members) = document.as_object_mut() {
        members.insert("x-generated".to_owned(), generated(spec).into());
    }
    format!("{document}\n")
}

/// The emulator's list of the specs that it embeds.
pub fn emulator_sources(manifest: &Manifest) -> TokenStream {
    let sources = manifest.published().map(|entry| {
        let (name, path) = (&entry.name, format!("../../specs/{}.json", entry.name));
        quote!((#name, include_str!(#path)))
    });
    quote! {
        /// Name and text of each spec.
        pub(crate) const SOURCES: &[(&str, &str)] = &[#(#sources),*];
    }
}

/// The command line's list of the tables that it embeds.
pub fn command_sources(manifest: &Manifest) -> TokenStream {
    let sources = manifest.published().map(|entry| {
        let (name, path) = (&entry.name, format!("../../tables/{}.json", entry.name));
        quote!((#name, include_str!(#path)))
    });
    quote! {
        /// Name and table of each API.
        pub(crate) const SOURCES: &[(&str, &str)] = &[#(#sources),*];
    }
}

/// The list of the modules with wire calls.
pub fn wire_list(manifest: &Manifest) -> TokenStream {
    let modules: Vec<_> = manifest
        .published()
        .map(|entry| ident(&names::module(&entry.name)))
        .collect();
    let entries: Vec<_> = manifest.published().map(|entry| &entry.name).collect();
    quote! {
        #(mod #modules;)*
        use super::{Calls, Lists};

        /// All APIs that have a spec, by name.
        pub fn apis() -> Vec<(&'static str, Calls)> {
            Vec::from([#((#entries, #modules::calls as Calls)),*])
        }

        /// The same APIs, with those of their lists that come in pages.
        pub fn lists() -> Vec<(&'static str, Lists)> {
            Vec::from([#((#entries, #modules::lists as Lists)),*])
        }
    }
}
