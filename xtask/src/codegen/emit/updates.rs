//! Safe changes: the methods on `Client` that change single properties, or something as it was read.

use proc_macro2::TokenStream;
use quote::quote;

use super::docs;
use super::models::argument;
use super::requests::place;
use crate::codegen::ir::{Carry, Change, Parameter, Request};
use crate::codegen::names::ident;
use crate::codegen::spec::ExtraMethod;

/// The methods of a request, if it has any.
pub fn methods(request: &Request) -> TokenStream {
    let change = request.change.as_ref();
    let change = change.map(|change| self::change(request, change));
    let carry = request.carry.as_ref();
    let carry = carry.map(|carry| self::carry(request, carry));
    quote!(#change #carry)
}

/// `client.change_properties(organization_id, …)`.
fn change(request: &Request, change: &Change) -> TokenStream {
    let rules = &change.rules;
    let (name, get) = (ident(&rules.method.name), ident(&rules.read.0));
    let (request_type, answer) = (ident(&request.type_name), &change.answer);
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
    let content_type = request.body.as_ref().map(|body| &body.content_type);
    let (method, within, mask) = (&rules.method.name, &rules.within.text, &rules.mask);
    let (plain, secret) = (&rules.plain.0, &rules.secret.0);
    let reads = format!(
        "It reads by [`Client::{}`](crate::Client::{}) and changes by [`Client::{}`](crate::Client::{}).",
        rules.read.0, rules.read.0, request.id, request.id
    );
    let mut text = prose(&rules.method, &reads);
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
fn carry(request: &Request, carry: &Carry) -> TokenStream {
    let rules = &carry.rules;
    let (name, ordinary) = (ident(&rules.method.name), ident(&request.id));
    let (request_type, of) = (ident(&request.type_name), ident(&carry.of));
    let body = request.body.as_ref().map(|body| &body.ty);
    let object = ident(&carry.argument);
    let value = |field: &str, optional: bool| {
        let field = ident(field);
        match optional {
            true => quote!(#object.#field.as_deref().unwrap_or_default()),
            false => quote!(#object.#field.as_str()),
        }
    };
    let (mut takes, mut gives, mut own) = (Vec::new(), Vec::new(), Vec::new());
    for parameter in request.parameters.iter().filter(|it| it.required) {
        let argument_name = ident(&parameter.name);
        let mut given = carry.given.iter();
        gives.push(match given.find(|(name, ..)| *name == parameter.name) {
            Some((_, field, optional)) => value(field, *optional),
            None => {
                takes.push(argument(&argument_name, &parameter.ty).0);
                own.push(parameter);
                quote!(#argument_name)
            }
        });
    }
    let new: Vec<_> = carry
        .members
        .iter()
        .map(|(it, optional)| value(it, *optional))
        .collect();
    // Once more after the change, which may have put another body in the place of this one.
    let fields = carry.members.iter().map(|(it, _)| ident(it));
    let docs = docs::lines(&carry_docs(request, carry, &own));
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

fn carry_docs(request: &Request, carry: &Carry, own: &[&Parameter]) -> String {
    let rules = &carry.rules;
    let sends = format!(
        "It sends [`Client::{}`](crate::Client::{}) with what `{}` holds already.",
        request.id, request.id, carry.argument
    );
    let mut text = prose(&rules.method, &sends);
    arguments(&mut text, own.iter().copied());
    text += &format!(
        "\n- `{}`: As it was read last, or what the latest change has answered.",
        carry.argument
    );
    text += "\n- `change`: Says what is to change, by the setters of what it is given.";
    text + &format!(
        "\n\n# Errors\nAs [`Client::{}`](crate::Client::{}) says.",
        request.id, request.id
    )
}

fn prose(method: &ExtraMethod, how: &str) -> String {
    let text = docs::extra_method(method);
    format!("{text}\n\n{how}\n\n# Arguments")
}

fn arguments<'a>(text: &mut String, parameters: impl Iterator<Item = &'a Parameter>) {
    for parameter in parameters {
        *text += &docs::argument(&parameter.name, &parameter.description);
    }
}
