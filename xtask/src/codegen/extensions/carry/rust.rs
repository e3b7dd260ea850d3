//! The method that carries members of an object, and the hint in the errors of its refused requests.

use proc_macro2::TokenStream;
use quote::quote;

use super::Carry;
use crate::codegen::contract::{Index, Operation};
use crate::codegen::emit::{argument, docs, ident, many_arguments, named, request_type, ty};
use crate::codegen::extensions::{
    Extension as _, Rust,
    rust::{filled, gives, method_docs},
};

pub fn rust(carry: &Carry, contract: &Index<'_>, request: &Operation) -> Rust {
    let statuses = &carry.stale;
    Rust {
        client: method(carry, contract, request),
        sent: quote!(.map_err(|error| ::anypoint_core::internal::stale(error, &[#(#statuses),*]))),
        ..Rust::default()
    }
}

/// `client.extend_deployment(&deployment, |addition| addition.applications(…))`.
fn method(carry: &Carry, contract: &Index<'_>, request: &Operation) -> TokenStream {
    let (name, ordinary) = (ident(&carry.method.name), ident(&request.id));
    let (request_type, of) = (request_type(request), named(&carry.taken.of));
    let body = request.body.as_ref().map(|body| ty(&body.ty));
    let object = ident(&carry.taken.argument);
    let left = carry.left(request);
    let takes: Vec<_> = left
        .map(|it| argument(&ident(&it.name), &it.ty).0)
        .collect();
    let many = many_arguments(takes.len() + 2);
    let gives = gives(contract, request, &carry.taken);
    let body_ty = request.body.as_ref().map(|body| &body.ty);
    let new = carry.members.iter();
    let new = new.map(|it| filled(contract, &carry.taken, &it.field));
    let new: Vec<_> = new.collect();
    // The members are set again after the change, which may have replaced the body.
    let fields = carry.members.iter().map(|it| ident(&it.argument));
    let kept = carry.members.iter().zip(&new).map(|(it, new)| {
        let field = body_ty.and_then(|ty| contract.field(ty, &it.argument));
        match field.is_some_and(|field| field.ty.id().is_some()) {
            true => quote!(::anypoint_core::IntoId::into_id(#new)),
            false => quote!(#new.to_owned()),
        }
    });
    let docs = docs::lines(&carry_docs(request, carry));
    quote! {
        #docs
        #many
        pub fn #name(
            &self,
            #(#takes,)*
            #object: &#of,
            change: impl ::core::ops::FnOnce(#body) -> #body,
        ) -> #request_type {
            let mut body = change(#body::new(#(#new),*));
            #(body.#fields = #kept;)*
            self.#ordinary(#(#gives,)* body)
        }
    }
}

fn carry_docs(request: &Operation, carry: &Carry) -> String {
    let argument = &carry.taken.argument;
    let sends = format!(
        "It sends {} with the members of `{argument}` that the server compares.",
        docs::link(request)
    );
    let mut text = method_docs(&carry.method, &sends, carry.left(request));
    text +=
        &format!("\n- `{argument}`: The object as it was last read, or the answer of the last change.");
    text += "\n- `change`: Makes the changes with the setters of the body that it receives.";
    text + &format!("\n\n# Errors\nSee {}.", docs::link(request))
}
