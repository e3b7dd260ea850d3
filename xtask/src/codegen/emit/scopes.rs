//! The clients of scopes, and the methods that create them.

use proc_macro2::TokenStream;
use quote::quote;

use super::types::{argument, ident, ty};
use super::{docs, requests};
use crate::codegen::contract::{Contract, Index, Operation, Scope};
use crate::codegen::prose::{article, line, markdown};

/// `client.in_environment(organization_id, environment_id)`.
pub fn method(scope: &Scope) -> TokenStream {
    let (name, client) = (ident(&scope.method()), ident(&scope.client()));
    let bound = scope.bound.iter();
    let bound = bound.map(|it| (ident(&it.name), argument(&ident(&it.name), &it.ty)));
    let (names, arguments): (Vec<_>, Vec<_>) = bound.unzip();
    let (takes, gives): (Vec<_>, Vec<_>) = arguments.into_iter().unzip();
    let mut text = format!(
        "Creates a client for the operations within {}.\n\n# Arguments",
        one(scope)
    );
    for bound in &scope.bound {
        text += &docs::argument(&bound.name, &markdown(&bound.description));
    }
    let (docs, many) = (docs::lines(&text), requests::many_arguments(takes.len()));
    quote! {
        #docs
        #many
        pub fn #name(&self, #(#takes),*) -> #client {
            #client { endpoint: self.endpoint.clone(), #(#names: #gives),* }
        }
    }
}

/// The client that the method returns.
pub fn client(api: &Contract, scope: &Scope) -> TokenStream {
    let (name, method) = (ident(&scope.client()), scope.method());
    let docs = docs::lines(&format!(
        "Client of the {} within {}, created by [`Client::{method}`].\n\nIts methods do not take the ids of the scope again. Clones are cheap.",
        line(&api.title),
        one(scope)
    ));
    let fields = scope.bound.iter().map(|bound| {
        let (name, ty) = (ident(&bound.name), ty(&bound.ty));
        quote!(pub(crate) #name: #ty)
    });
    quote! {
        #docs
        #[derive(Clone, Debug)]
        pub struct #name {
            pub(crate) endpoint: ::anypoint_core::internal::Endpoint,
            #(#fields),*
        }
    }
}

/// `an environment`.
fn one(scope: &Scope) -> String {
    format!("{} {}", article(&scope.name), scope.name.replace('_', " "))
}

/// Where the code of an operation finds its arguments.
pub struct Given<'a> {
    pub operation: &'a Operation,
    /// The expression for its client.
    pub client: TokenStream,
    /// The tokens before its arguments.
    pub arguments: TokenStream,
}

impl Given<'_> {
    /// The value of a required parameter.
    pub fn value(&self, name: &str) -> TokenStream {
        let (client, arguments) = (&self.client, &self.arguments);
        let bound = self.operation.parameter(name).is_some_and(|it| it.bound);
        let name = ident(name);
        match bound {
            true => quote!(#client.#name),
            false => quote!(#arguments #name),
        }
    }

    /// The client of another operation, which needs only ids that this operation also has.
    pub fn client_of(&self, contract: &Index<'_>, other: &Operation) -> TokenStream {
        let own = &self.client;
        if self.operation.scope == other.scope {
            return own.clone();
        }
        let client = ident(&other.client());
        let bound = contract.scope(other).into_iter();
        let bound = bound.flat_map(|it| &it.bound).map(|bound| {
            let (name, value) = (ident(&bound.name), self.value(&bound.name));
            quote!(#name: ::core::clone::Clone::clone(&#value))
        });
        quote!(crate::#client { endpoint: #own.endpoint.clone(), #(#bound),* })
    }
}
