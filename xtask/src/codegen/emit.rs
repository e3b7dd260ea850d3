//! The Rust face: the contract to tokens. Emitting cannot fail: every decision has been taken.

mod describe;
pub mod docs;
mod former;
mod models;
mod models_table;
mod package;
mod requests;
mod types;
mod wire;

use proc_macro2::TokenStream;
use quote::quote;

use super::contract::{Component, Contract, Index, Operation, RateLimit};
use super::prose;

pub use models_table::{models_list, models_table};
pub use package::{
    Module, cargo_toml, emulated, emulator_sources, facade, lib_rs, readme, wire_list,
};
pub use requests::{many_arguments, place};
pub use types::{argument, ident, ty};
pub use wire::calls;

/// The tokens of one crate, item by item, before `split` gives them files.
pub struct Items {
    pub requests: Vec<RequestItems>,
    pub types: Vec<TypeItems>,
    pub client: TokenStream,
}

pub struct RequestItems {
    pub module: String,
    pub id: String,
    /// What the item defines.
    pub names: Vec<String>,
    /// Some of it are former names.
    pub renamed: bool,
    /// The method on `Client`.
    pub method: TokenStream,
    /// The request struct and what belongs to it.
    pub item: TokenStream,
}

pub struct TypeItems {
    pub module: Option<String>,
    /// What the item defines: the type and its former names.
    pub names: Vec<String>,
    /// Names inside of it that mean nothing outside: the variants of an enum.
    pub local: Vec<String>,
    pub item: TokenStream,
}

pub fn items(contract: &Contract) -> Items {
    let index = Index::from(contract);
    let request = |operation: &Operation| {
        let more = operation.extensions.rust(&index, operation);
        RequestItems {
            module: operation.module.clone(),
            id: operation.id.clone(),
            names: requests::names(operation),
            renamed: !operation.was.is_empty(),
            method: requests::method(operation, &more.client),
            item: requests::item(&index, operation, &more),
        }
    };
    let definition = |component: &Component| TypeItems {
        module: component.module.clone(),
        names: std::iter::once(&component.name)
            .chain(&component.was)
            .cloned()
            .collect(),
        local: models::local(component),
        item: models::item(&index, component),
    };
    Items {
        requests: contract.operations.iter().map(request).collect(),
        types: contract.types.iter().map(definition).collect(),
        client: client(contract),
    }
}

fn client(api: &Contract) -> TokenStream {
    let base_path = &api.base_path;
    let summary = docs::lines(&format!(
        "Client of the {}.\n\nIt shares the connections, the credentials and the settings of its [`Session`]; clones are cheap.",
        prose::line(&api.title)
    ));
    let limits = api.limits.iter().map(|limit| rate_limit(api, limit));
    quote! {
        #summary
        #[derive(Clone, Debug)]
        pub struct Client {
            pub(crate) endpoint: Endpoint,
        }

        impl Client {
            /// Where this API lives below the host of a session.
            pub const BASE_PATH: &'static str = #base_path;
            #(#limits)*

            /// A client for the host that the session talks to.
            pub fn new(session: &Session) -> Self {
                Self { endpoint: Endpoint::new(session, Self::BASE_PATH) }
            }

            /// A client for another base URL of this API, such as `http://127.0.0.1:8081/base-path`.
            ///
            /// The session's credentials are sent there.
            ///
            /// # Errors
            /// [`Configuration`](anypoint_core::ErrorKind::Configuration) when `base_url` is no absolute `http` or `https` URL.
            pub fn with_base_url(session: &Session, base_url: &str) -> Result<Self, Error> {
                Ok(Self { endpoint: Endpoint::at(session, base_url)? })
            }

            /// The same client with other settings for its calls: retries, timeouts.
            #[must_use]
            pub fn with_options(&self, options: CallOptions) -> Self {
                Self { endpoint: self.endpoint.with_options(options) }
            }
        }
    }
}

/// A documented limit, as a constant that the operations refer to.
fn rate_limit(api: &Contract, limit: &RateLimit) -> TokenStream {
    let constant = requests::limit_const(&limit.name);
    let api_name = api.package.trim_start_matches("anypoint-");
    let name = format!("{api_name} {}", limit.name);
    let permits = limit.permits.unwrap_or_default();
    let seconds = u64::from(limit.seconds);
    let regions = limit
        .regions
        .iter()
        .map(|(region, permits)| quote!((#region, #permits)));
    let per = match &limit.per {
        Some(parameter) => quote!(Some(#parameter)),
        None => quote!(None),
    };
    let throttled = &limit.throttled;
    quote! {
        pub(crate) const #constant: RateLimit = RateLimit {
            name: #name,
            permits: #permits,
            interval: Duration::from_secs(#seconds),
            regions: &[#(#regions),*],
            per: #per,
            throttled: &[#(#throttled),*],
        };
    }
}
