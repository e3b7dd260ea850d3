//! The method that changes single properties.

use proc_macro2::TokenStream;
use quote::quote;

use super::Change;
use crate::codegen::contract::{Gives, Index, Operation};
use crate::codegen::emit::{Given, argument, docs, ident, many_arguments, place, request_type, ty};
use crate::codegen::extensions::{Rust, rust::method_docs};

/// `client.change_properties(organization_id, …)`.
pub fn rust(change: &Change, contract: &Index<'_>, request: &Operation) -> Rust {
    let name = ident(&change.method.name);
    let request_type = request_type(request);
    let answer = match &request.gives {
        Gives::Json(answer) => ty(answer),
        _ => quote!(()),
    };
    let given = Given {
        operation: request,
        client: quote!(self),
        arguments: quote!(),
    };
    let places = request.parameters.iter().map(|parameter| {
        let (place, wire) = (place(parameter), &parameter.wire);
        let value = given.value(&parameter.name);
        quote!(.#place(#wire, &#value))
    });
    let (names, arguments): (Vec<_>, Vec<_>) = request
        .arguments()
        .map(|it| (ident(&it.name), argument(&ident(&it.name), &it.ty)))
        .unzip();
    let (takes, converted): (Vec<_>, Vec<_>) = arguments.into_iter().unzip();
    let types = request.arguments().map(|it| ty(&it.ty));
    let read = read(&given, contract, &change.read);
    let content_type = request.body.as_ref().map(|body| &body.media);
    let (method, within, mask) = (&change.method.name, &change.within, &change.mask);
    let (plain, secret) = (&change.plain, &change.secret);
    let reads = format!(
        "It reads with {} and changes with {}.",
        contract.operation(&change.read).map_or_else(String::new, docs::link),
        docs::link(request)
    );
    let text = method_docs(&change.method, &reads, request.arguments());
    let docs = docs::lines(&(text + "\n\n# Errors\nSee [`Change`](anypoint_core::Change)."));
    let many = many_arguments(names.len());
    let client = quote! {
        #docs
        #many
        pub fn #name(&self, #(#takes),*) -> ::anypoint_core::Change<#answer> {
            const CHANGING: &::anypoint_core::internal::Changing =
                &::anypoint_core::internal::Changing::new(#method, #content_type)
                    .with_within(#within)
                    .with_plain(#plain)
                    .with_secret(#secret, #mask);
            #(let #names: #types = #converted;)*
            ::anypoint_core::Change::new(
                CHANGING,
                #read.call(),
                ::anypoint_core::internal::Call::new(&self.endpoint, &#request_type::OPERATION) #(#places)*,
            )
        }
    };
    Rust {
        client,
        ..Rust::default()
    }
}

/// The request that reads the present values.
fn read(given: &Given<'_>, contract: &Index<'_>, id: &str) -> TokenStream {
    let Some(operation) = contract.operation(id) else {
        return quote!();
    };
    let (client, get) = (given.client_of(contract, operation), ident(id));
    let arguments = operation.arguments().map(|it| {
        let value = given.value(&it.name);
        quote!(&#value)
    });
    quote!(#client.#get(#(#arguments),*))
}
