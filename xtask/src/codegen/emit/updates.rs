//! Safe changes: the methods on `Client` that change single properties, or something as it was read.

use proc_macro2::TokenStream;
use quote::quote;

use super::docs;
use super::requests::place;
use super::types::{argument, ident, ty};
use super::waits::{filled, gives};
use crate::codegen::contract::{Carry, Change, Extra, Gives, Index, Operation, Parameter};

/// The methods of a request, if it has any.
pub fn methods(contract: &Index<'_>, request: &Operation) -> TokenStream {
    let change = request.change.as_ref();
    let change = change.map(|change| self::change(request, change));
    let carry = request.carry.as_ref();
    let carry = carry.map(|carry| self::carry(contract, request, carry));
    quote!(#change #carry)
}

/// `client.change_properties(organization_id, …)`.
fn change(request: &Operation, change: &Change) -> TokenStream {
    let (name, get) = (ident(&change.method.name), ident(&change.read));
    let request_type = ident(&request.request);
    let answer = match &request.gives {
        Gives::Json(answer) => ty(answer),
        _ => quote!(()),
    };
    let names: Vec<_> = request
        .parameters
        .iter()
        .map(|it| ident(&it.name))
        .collect();
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
    let mut text = prose(&change.method, &reads);
    arguments(&mut text, request.parameters.iter());
    text += "\n\n# Errors\nAs [`Change`] says.";
    let docs = docs::lines(&text);
    quote! {
        #docs
        pub fn #name(&self, #(#names: impl Into<String>),*) -> Change<#answer> {
            #(let #names: String = #names.into();)*
            let read = self.#get(#(&#names),*).call();
            let write = Call::new(&self.endpoint, &#request_type::OPERATION) #(#places)*;
            Change::new(
                &internal::Changing {
                    method: #method,
                    content_type: #content_type,
                    within: #within,
                    plain: #plain,
                    secret: #secret,
                    mask: #mask,
                },
                read,
                write,
            )
        }
    }
}

/// `client.extend_deployment(&deployment, |addition| addition.applications(…))`.
fn carry(contract: &Index<'_>, request: &Operation, carry: &Carry) -> TokenStream {
    let (name, ordinary) = (ident(&carry.method.name), ident(&request.id));
    let (request_type, of) = (ident(&request.request), ident(&carry.taken.of));
    let body = request.body.as_ref().map(|body| ty(&body.ty));
    let object = ident(&carry.taken.argument);
    let left = carry.taken.left(request);
    let takes = left.map(|it| argument(&ident(&it.name), &it.ty).0);
    let gives = gives(contract, request, &carry.taken);
    let new = carry.members.iter();
    let new: Vec<_> = new.map(|it| filled(contract, &carry.taken, it)).collect();
    // Once more after the change, which may have put another body in the place of this one.
    let fields = carry.members.iter().map(|it| ident(it));
    let docs = docs::lines(&carry_docs(request, carry));
    quote! {
        #docs
        pub fn #name(
            &self,
            #(#takes,)*
            #object: &#of,
            change: impl FnOnce(#body) -> #body,
        ) -> #request_type {
            let mut body = change(#body::new(#(#new),*));
            #(body.#fields = #new.to_owned();)*
            self.#ordinary(#(#gives,)* body)
        }
    }
}

fn carry_docs(request: &Operation, carry: &Carry) -> String {
    let argument = &carry.taken.argument;
    let sends = format!(
        "It sends [`Client::{}`](crate::Client::{}) with what `{argument}` holds already.",
        request.id, request.id
    );
    let mut text = prose(&carry.method, &sends);
    arguments(&mut text, carry.taken.left(request));
    text +=
        &format!("\n- `{argument}`: As it was read last, or what the latest change has answered.");
    text += "\n- `change`: Says what is to change, by the setters of what it is given.";
    text + &format!(
        "\n\n# Errors\nAs [`Client::{}`](crate::Client::{}) says.",
        request.id, request.id
    )
}

fn prose(method: &Extra, how: &str) -> String {
    let text = docs::extra_method(method);
    format!("{text}\n\n{how}\n\n# Arguments")
}

fn arguments<'a>(text: &mut String, parameters: impl Iterator<Item = &'a Parameter>) {
    for parameter in parameters {
        *text += &docs::parameter(parameter);
    }
}
