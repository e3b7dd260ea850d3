//! Operations: the method on `Client` and the request struct that it returns.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::models::deprecated;
use super::types::{answered, argument, ident, none, some, ty};
use super::{docs, former};
use crate::codegen::contract::{
    Answer, Encoding, Gives, Index, Location, Operation, Outcome, Parameter, Security, Ty,
};
use crate::codegen::extensions::Rust;

/// The types that belong to a request.
pub fn names(request: &Operation) -> Vec<String> {
    let mut names = vec![request.request.clone()];
    names.extend(former::requests(request));
    if let Gives::Outcome(name) = &request.gives {
        names.push(name.clone());
    }
    names
}

/// `client.get_application(organization_id, …)`.
pub fn method(request: &Operation, more: &TokenStream) -> TokenStream {
    let docs = docs::lines(&docs::method(request));
    let deprecated = deprecated(request.deprecated);
    let (name, request_type) = (ident(&request.id), of(request));
    let none = none();
    let (mut takes, mut gives) = (Vec::new(), Vec::new());
    let mut members = Vec::new();
    let body = request.body.iter();
    let body = body.map(|it| ("body", &it.ty, it.required));
    let parameters = request.parameters.iter().filter(|it| !it.bound);
    let parameters = parameters.map(|it| (it.name.as_str(), &it.ty, it.required));
    for (member, ty, required) in parameters.chain(body) {
        let member = ident(member);
        if !required {
            members.push(quote!(#member: #none));
            continue;
        }
        let (take, give) = argument(&member, ty);
        members.push(if member == give.to_string() {
            quote!(#member)
        } else {
            quote!(#member: #give)
        });
        takes.push(take);
        gives.push(member.to_string());
    }
    let many = many_arguments(takes.len());
    let former = former::methods(request, &takes, &gives);
    quote! {
        #docs
        #deprecated
        #many
        pub fn #name(&self, #(#takes),*) -> #request_type {
            #request_type { client_: self.clone(), #(#members),* }
        }
        #former
        #more
    }
}

pub fn many_arguments(count: usize) -> TokenStream {
    if count > 6 {
        quote!(#[expect(clippy::too_many_arguments, reason = "a call that lacks a required value must not compile")])
    } else {
        quote!()
    }
}

/// The struct, its setters, and how it is sent.
pub fn item(contract: &Index<'_>, request: &Operation, more: &Rust) -> TokenStream {
    let name = ident(&request.request);
    let client = ident(&request.client());
    let summary = docs::lines(&format!("Request of {}.", docs::link(request)));
    let fields = request.parameters.iter().filter(|it| !it.bound);
    let fields = fields.map(|parameter| (parameter.name.as_str(), parameter.held()));
    let body = request.body.iter().map(|body| ("body", body.held()));
    let fields = fields.chain(body).map(|(name, held)| {
        let (name, ty) = (ident(name), ty(&held));
        quote!(#name: #ty,)
    });
    let setters = request.setters().map(parameter_setter);
    let body_setter = request
        .body
        .iter()
        .filter(|body| !body.required)
        .map(|body| setter(&ident("body"), &body.ty, &docs::body(body), &quote!()));
    let operation = operation(request);
    let call = call(contract, request);
    let send = send(request, &more.sent);
    let into_future = into_future(request);
    let outcome = outcome(request);
    let (methods, items) = (&more.request, &more.items);
    let former = former::types(&request.request, &former::requests(request));
    quote! {
        #summary
        #[derive(Clone, Debug)]
        #[must_use = "a request is sent when it is awaited"]
        pub struct #name { client_: crate::#client, #(#fields)* }

        impl #name {
            #operation
            #(#setters)*
            #(#body_setter)*
            #send
            #methods
            #call
        }
        impl ::anypoint_core::internal::Configured for #name {
            fn endpoint(&mut self) -> &mut ::anypoint_core::internal::Endpoint {
                &mut self.client_.endpoint
            }
        }
        #into_future
        #former
        #items
        #outcome
    }
}

fn parameter_setter(parameter: &Parameter) -> TokenStream {
    let (name, ty) = (ident(&parameter.name), &parameter.ty);
    let deprecated = deprecated(parameter.deprecated);
    let own = setter(&name, ty, &docs::setter(parameter), &deprecated);
    let former = former::setters(&parameter.name, &parameter.was, &argument(&name, ty).0);
    quote!(#own #former)
}

fn setter(name: &Ident, ty: &Ty, description: &str, deprecated: &TokenStream) -> TokenStream {
    let docs = docs::lines(description);
    let (takes, gives) = argument(name, ty);
    let some = some();
    quote! {
        #docs
        #deprecated
        pub fn #name(mut self, #takes) -> Self {
            self.#name = #some(#gives);
            self
        }
    }
}

fn operation(request: &Operation) -> TokenStream {
    // The name of the method that the caller has called: an operation may have a method for each media type.
    let (id, path, accept) = (&request.id, &request.path, &request.accept);
    let method = ident(&format!("{:?}", request.method));
    let auth = match request.security {
        Security::Bearer => quote!(Session),
        Security::Basic => quote!(Basic),
        Security::None => quote!(None),
    };
    let facts = [
        (request.idempotent, quote!(.with_idempotent())),
        (request.environment, quote!(.with_environment())),
        (request.not_modified(), quote!(.with_not_modified())),
    ];
    let facts = facts.iter().filter(|(holds, _)| *holds);
    let facts = facts.map(|(_, fact)| fact);
    let limits = super::listed(&request.limits, |limits| {
        let limits = limits.iter().map(|name| limit_const(name));
        quote!(.with_limits(&[#(crate::Client::#limits),*]))
    });
    quote! {
        const OPERATION: ::anypoint_core::internal::Operation =
            ::anypoint_core::internal::Operation::new(#id, ::anypoint_core::internal::Method::#method, #path)
                .with_accept(#accept)
                .with_auth(::anypoint_core::internal::Auth::#auth)
                #(#facts)* #limits;
    }
}

/// The struct of a request.
pub fn of(request: &Operation) -> TokenStream {
    let name = ident(&request.request);
    quote!(crate::requests::#name)
}

/// The constant of a rate limit on `Client`.
pub fn limit_const(name: &str) -> Ident {
    ident(&format!("{}_LIMIT", name.to_uppercase()))
}

fn call(contract: &Index<'_>, request: &Operation) -> TokenStream {
    let parameters = request.parameters.iter().map(|parameter| {
        let (name, wire) = (ident(&parameter.name), &parameter.wire);
        let place = place(parameter);
        match parameter.bound {
            true => quote!(.#place(#wire, &self.client_.#name)),
            false => quote!(.#place(#wire, &self.#name)),
        }
    });
    let body = request.body.as_ref().map(|body| {
        let content_type = &body.media;
        match body.encoding {
            Encoding::Json if body.required => quote!(.json(#content_type, &self.body)),
            Encoding::Json => quote!(.json_optional(#content_type, &self.body)),
            Encoding::Form => quote!(.form(&self.body)),
            Encoding::Multipart => quote!(.multipart((&self.body).into())),
            Encoding::Binary => quote!(.upload(#content_type, &self.body)),
        }
    });
    let lent = contract.is_built_on(request);
    let reach = lent.then(|| quote!(pub(crate)));
    quote! {
        #reach fn call(&self) -> ::anypoint_core::internal::Call {
            ::anypoint_core::internal::Call::new(&self.client_.endpoint, &Self::OPERATION) #(#parameters)* #body
        }
    }
}

/// The method of a call that takes a parameter.
pub fn place(parameter: &Parameter) -> Ident {
    ident(match parameter.location {
        Location::Path => "path",
        Location::PathSegments => "path_segments",
        Location::Query => "query",
        Location::QueryJoined => "query_joined",
        Location::Header => "header",
    })
}

/// It is inlined, so that only a program that calls it compiles it.
fn send(request: &Operation, sent: &TokenStream) -> TokenStream {
    let given = given(&request.gives);
    let how = match &request.gives {
        Gives::Nothing => quote!(send_empty()),
        Gives::Text => quote!(send_text()),
        Gives::JsonText => quote!(send_json_text()),
        Gives::Download => quote!(send_download()),
        Gives::Json(_) => quote!(send_json()),
        Gives::Outcome(name) => {
            let outcome = ident(name);
            quote!(send_by_status(crate::requests::#outcome::decode))
        }
    };
    let sending = match sent.is_empty() {
        true => quote!(self.call().#how),
        false => quote!(::std::boxed::Box::pin(async move { self.call().#how.await #sent })),
    };
    let docs = docs::lines(&format!(
        "Sends the request.\n\n# Errors\nSee {}.",
        docs::link(request)
    ));
    quote! {
        #docs
        #[inline]
        pub fn send(self) -> ::anypoint_core::Sending<#given> {
            #sending
        }
    }
}

/// `request.await` as a short form of `request.send().await`.
fn into_future(request: &Operation) -> TokenStream {
    let name = ident(&request.request);
    let given = given(&request.gives);
    let answered = answered(&given);
    quote! {
        impl ::core::future::IntoFuture for #name {
            type Output = #answered;
            type IntoFuture = ::anypoint_core::Sending<#given>;
            #[inline]
            fn into_future(self) -> Self::IntoFuture {
                self.send()
            }
        }
    }
}

/// The type of the answer's value.
fn given(gives: &Gives) -> TokenStream {
    match gives {
        Gives::Nothing => quote!(()),
        Gives::Text | Gives::JsonText => ty(&Ty::Text),
        Gives::Download => quote!(::anypoint_core::Download),
        Gives::Json(of) => ty(of),
        Gives::Outcome(name) => {
            let outcome = ident(name);
            quote!(crate::requests::#outcome)
        }
    }
}

fn outcome(request: &Operation) -> TokenStream {
    let Gives::Outcome(name) = &request.gives else {
        return quote!();
    };
    let name = ident(name);
    let summary = docs::lines(&format!(
        "The answer of {}, by status.",
        docs::link(request)
    ));
    let answers = request.answers.iter();
    let variants: Vec<(u16, &Outcome)> = answers
        .filter_map(
            |Answer {
                 status, outcome, ..
             }| Some((*status, outcome.as_ref()?)),
        )
        .collect();
    let members = variants.iter().map(|(status, outcome)| {
        let docs = format!(" `{status}`");
        let variant = ident(&outcome.name);
        let holds = outcome.ty.as_ref().map(|held| {
            let held = ty(held);
            quote!((#held))
        });
        quote!(#[doc = #docs] #variant #holds,)
    });
    let give = |outcome: &Outcome| {
        let variant = ident(&outcome.name);
        match outcome.ty {
            Some(_) => quote!(Self::#variant(answer.json()?)),
            None => quote!(Self::#variant),
        }
    };
    let arms = variants.iter().skip(1).map(|(status, outcome)| {
        let give = give(outcome);
        quote!(#status => #give,)
    });
    let first = variants.first().map(|(_, outcome)| give(outcome));
    quote! {
        #summary
        #[derive(Clone, Debug, PartialEq)]
        #[non_exhaustive]
        pub enum #name { #(#members)* }
        impl #name {
            fn decode(
                answer: &::anypoint_core::internal::Answer,
            ) -> ::core::result::Result<Self, ::anypoint_core::internal::DecodeError> {
                ::core::result::Result::Ok(match answer.status() {
                    #(#arms)*
                    // An undocumented success is read like the first documented one.
                    _ => #first,
                })
            }
        }
    }
}
