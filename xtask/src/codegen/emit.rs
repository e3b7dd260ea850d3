//! Converts the contract to Rust tokens. This cannot fail, because all decisions have been made before.

pub mod commands;
mod describe;
pub mod docs;
mod former;
mod models;
mod models_table;
mod package;
mod requests;
mod sample;
mod scopes;
mod types;
mod wire;

use proc_macro2::TokenStream;
use quote::quote;

use super::contract::{Component, Contract, Index, Operation, RateLimit};
use super::names;
use super::prose;

pub use models_table::{models_list, models_table};
pub use package::{
    LICENCES, Module, cargo_toml, command_sources, emulated, emulator_sources, facade, lib_rs,
    readme, wire_list,
};
pub use requests::{many_arguments, of as request_type, place};
pub use scopes::Given;
use types::SHARED_IDS;
pub use types::{answered, argument, ident, named, none, some, ty};
pub use wire::calls;

/// The tokens of one crate, item by item, before `split` distributes them to files.
pub struct Items {
    pub requests: Vec<RequestItems>,
    pub types: Vec<TypeItems>,
    pub client: TokenStream,
    /// The types of ids, if there are any.
    pub ids: Option<IdItems>,
}

pub struct IdItems {
    pub names: Vec<String>,
    pub item: TokenStream,
}

pub struct RequestItems {
    pub module: String,
    /// The client that has the method.
    pub client: String,
    pub id: String,
    /// The names that the item defines.
    pub names: Vec<String>,
    /// The method on the client.
    pub method: TokenStream,
    /// The request struct and what belongs to it.
    pub item: TokenStream,
}

pub struct TypeItems {
    pub module: Option<String>,
    /// The names that the item defines: that of the type, and its former names.
    pub names: Vec<String>,
    pub item: TokenStream,
}

pub fn items(contract: &Contract) -> Items {
    let index = Index::from(contract);
    let request = |operation: &Operation| {
        let more = operation.extensions.rust(&index, operation);
        RequestItems {
            module: operation.module.clone(),
            client: operation.client(),
            id: operation.id.clone(),
            names: requests::names(operation),
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
        item: models::item(&index, component),
    };
    Items {
        requests: contract.operations.iter().map(request).collect(),
        types: contract.types.iter().map(definition).collect(),
        client: client(contract),
        ids: ids(contract),
    }
}

fn client(api: &Contract) -> TokenStream {
    let base_path = &api.base_path;
    let summary = docs::lines(&format!(
        "Client of the {}.\n\nIt shares the connections, credentials and settings of its [`Session`](anypoint_core::Session). Clones are cheap.",
        prose::line(&api.title)
    ));
    let limits = api.limits.iter().map(|limit| rate_limit(api, limit));
    let scopes = api.scopes.iter().map(scopes::method);
    let clients = api.scopes.iter().map(|scope| scopes::client(api, scope));
    quote! {
        #summary
        #[derive(Clone, Debug)]
        pub struct Client {
            pub(crate) endpoint: ::anypoint_core::internal::Endpoint,
        }

        impl Client {
            /// The base path of this API below the host of a session.
            pub const BASE_PATH: &'static str = #base_path;
            #(#limits)*

            /// Creates a client for the host of the session.
            pub fn new(session: &::anypoint_core::Session) -> Self {
                Self { endpoint: ::anypoint_core::internal::Endpoint::new(session, Self::BASE_PATH) }
            }

            /// Creates a client for another base URL of this API, such as `http://127.0.0.1:8081/base-path`.
            ///
            /// The credentials of the session are sent to this URL.
            ///
            /// # Errors
            /// [`Configuration`](anypoint_core::ErrorKind::Configuration) if `base_url` is not an absolute `http` or `https` URL, or is a
            /// plain `http` URL to which the session must not send its credentials.
            pub fn with_base_url(session: &::anypoint_core::Session, base_url: &str) -> ::core::result::Result<Self, ::anypoint_core::Error> {
                ::core::result::Result::Ok(Self { endpoint: ::anypoint_core::internal::Endpoint::at(session, base_url)? })
            }

            /// A client with other options for its calls, such as retries and timeouts.
            #[must_use]
            pub fn with_options(&self, options: ::anypoint_core::CallOptions) -> Self {
                Self { endpoint: self.endpoint.with_options(options) }
            }
            #(#scopes)*
        }

        #(#clients)*
    }
}

/// The ids that only this API has.
fn ids(api: &Contract) -> Option<IdItems> {
    let own = || api.ids().into_iter().filter(|of| !SHARED_IDS.contains(of));
    let lines = own().map(|of| {
        let docs = format!("The id of {} `{of}`.", prose::article(of));
        let name = ident(&names::id(of));
        quote!(::anypoint_core::id!(#name, #docs);)
    });
    let names: Vec<String> = own().map(names::id).collect();
    let item = quote!(#(#lines)*);
    (!names.is_empty()).then_some(IdItems { names, item })
}

/// A documented limit, as a constant that the operations refer to.
fn rate_limit(api: &Contract, limit: &RateLimit) -> TokenStream {
    let constant = requests::limit_const(&limit.name);
    let api_name = api.package.trim_start_matches("anypoint-");
    let name = format!("{api_name} {}", limit.name);
    let seconds = u64::from(limit.seconds);
    let permits = limit.permits.iter();
    let per = limit.per.iter();
    let regions = listed(&limit.regions, |regions| {
        let regions = regions
            .iter()
            .map(|(region, permits)| quote!((#region, #permits)));
        quote!(.with_regions(&[#(#regions),*]))
    });
    let throttled = listed(
        &limit.throttled,
        |throttled| quote!(.with_throttled(&[#(#throttled),*])),
    );
    quote! {
        pub(crate) const #constant: ::anypoint_core::internal::RateLimit =
            ::anypoint_core::internal::RateLimit::new(#name, ::core::time::Duration::from_secs(#seconds))
                #(.with_permits(#permits))* #regions #(.with_per(#per))* #throttled;
    }
}

/// A text about a list, if the list is not empty.
pub fn listed<T>(list: &[T], say: impl FnOnce(&[T]) -> TokenStream) -> Option<TokenStream> {
    (!list.is_empty()).then(|| say(list))
}

/// The attribute for a function of the tests that names something deprecated.
fn expect_deprecated(names: bool) -> TokenStream {
    if names {
        quote!(#[expect(deprecated, reason = "the service may still support it")])
    } else {
        quote!()
    }
}
