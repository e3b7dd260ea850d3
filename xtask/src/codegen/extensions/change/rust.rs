//! The method that changes single properties.

use quote::quote;

use super::Change;
use crate::codegen::contract::{Gives, Operation};
use crate::codegen::emit::{docs, ident, many_arguments, place, request_type, ty};
use crate::codegen::extensions::{Rust, rust::method_docs};

/// `client.change_properties(organization_id, …)`.
pub fn rust(change: &Change, request: &Operation) -> Rust {
    let (name, get) = (ident(&change.method.name), ident(&change.read));
    let request_type = request_type(request);
    let answer = match &request.gives {
        Gives::Json(answer) => ty(answer),
        _ => quote!(()),
    };
    let names = request.parameters.iter().map(|it| ident(&it.name));
    let names: Vec<_> = names.collect();
    let places = request.parameters.iter().zip(&names);
    let places = places.map(|(parameter, name)| {
        let (place, wire) = (place(parameter), &parameter.wire);
        quote!(.#place(#wire, &#name))
    });
    let content_type = request.body.as_ref().map(|body| &body.media);
    let (method, within, mask) = (&change.method.name, &change.within, &change.mask);
    let (plain, secret) = (&change.plain, &change.secret);
    let reads = format!(
        "It reads by [`Client::{}`](crate::Client::{}) and changes by [`Client::{}`](crate::Client::{}).",
        change.read, change.read, request.id, request.id
    );
    let text = method_docs(&change.method, &reads, request.parameters.iter());
    let docs = docs::lines(&(text + "\n\n# Errors\nAs [`Change`](anypoint_core::Change) says."));
    let many = many_arguments(names.len());
    let client = quote! {
        #docs
        #many
        pub fn #name(&self, #(#names: impl ::core::convert::Into<::std::string::String>),*) -> ::anypoint_core::Change<#answer> {
            const CHANGING: &::anypoint_core::internal::Changing =
                &::anypoint_core::internal::Changing::new(#method, #content_type)
                    .with_within(#within)
                    .with_plain(#plain)
                    .with_secret(#secret, #mask);
            #(let #names: ::std::string::String = #names.into();)*
            ::anypoint_core::Change::new(
                CHANGING,
                self.#get(#(&#names),*).call(),
                ::anypoint_core::internal::Call::new(&self.endpoint, &#request_type::OPERATION) #(#places)*,
            )
        }
    };
    Rust {
        client,
        ..Rust::default()
    }
}
