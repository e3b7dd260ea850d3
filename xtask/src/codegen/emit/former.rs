//! Deprecated forwarders under the former names of renamed things.

use proc_macro2::TokenStream;
use quote::quote;

use super::docs;
use super::types::ident;
use crate::codegen::contract::{Component, Operation, Variant};
use crate::codegen::names;

/// The attribute that names the new name.
fn renamed(new: &str) -> TokenStream {
    let (note, docs) = (
        format!("renamed to `{new}`"),
        docs::lines(&format!("Renamed to `{new}`.")),
    );
    quote!(#docs #[deprecated(note = #note)])
}

/// Methods on `Client` with the same arguments and the same result.
pub fn methods(request: &Operation, takes: &[TokenStream], gives: &[String]) -> TokenStream {
    let (name, request_type) = (ident(&request.id), super::requests::of(request));
    let (renamed, many) = (
        renamed(&request.id),
        super::requests::many_arguments(takes.len()),
    );
    let gives = gives.iter().map(|it| ident(it));
    let gives = quote!(#(#gives),*);
    let methods = request.was.iter().map(|old| {
        let old = ident(old);
        quote! {
            #renamed
            #many
            pub fn #old(&self, #(#takes),*) -> #request_type {
                self.#name(#gives)
            }
        }
    });
    quote!(#(#methods)*)
}

/// Setters with the same argument.
pub fn setters(new: &str, was: &[String], takes: &TokenStream) -> TokenStream {
    let (name, renamed) = (ident(new), renamed(new));
    let setters = was.iter().map(|old| {
        let old = ident(old);
        quote! {
            #renamed
            pub fn #old(self, #takes) -> Self {
                self.#name(#name)
            }
        }
    });
    quote!(#(#setters)*)
}

/// The former names of a request's struct.
pub fn requests(request: &Operation) -> Vec<String> {
    let was = request.was.iter();
    was.map(|name| names::type_name(name)).collect()
}

/// Other names of a type.
pub fn types(new: &str, was: &[String]) -> TokenStream {
    let (name, renamed) = (ident(new), renamed(new));
    let aliases = was.iter().map(|old| {
        let old = ident(old);
        quote!(#renamed pub type #old = #name;)
    });
    quote!(#(#aliases)*)
}

/// Former values of an enum, which can be matched like its variants.
pub fn values(component: &Component, values: &[Variant]) -> TokenStream {
    let constants = values.iter().flat_map(|value| {
        let (name, renamed) = (ident(&value.name), renamed(&value.name));
        value.was.iter().map(move |old| {
            let old = ident(old);
            quote! {
                #renamed
                #[allow(non_upper_case_globals, reason = "it was a variant")]
                pub const #old: Self = Self::#name;
            }
        })
    });
    let constants: Vec<TokenStream> = constants.collect();
    if constants.is_empty() {
        return quote!();
    }
    let name = ident(&component.name);
    quote!(impl #name { #(#constants)* })
}
