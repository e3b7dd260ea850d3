//! Following a log: the method on `Client`, and the code that reads the log and its parts.

use proc_macro2::TokenStream;
use quote::quote;

use super::{Follow, LogParts, Look, Place};
use crate::codegen::contract::{Index, Keyword, Limit, Location, Operation, Ty};
use crate::codegen::emit::{
    Given, answered, argument, docs, ident, many_arguments, named, request_type, some, ty,
};
use crate::codegen::extensions::{Extension as _, Rust, rust::method_docs};

pub fn rust(follow: &Follow, contract: &Index<'_>, request: &Operation) -> Rust {
    Rust {
        client: method(follow, contract, request),
        items: followed(follow, contract, request),
        ..Rust::default()
    }
}

/// `client.follow_logs(organization_id, …)`.
fn method(follow: &Follow, contract: &Index<'_>, request: &Operation) -> TokenStream {
    let (name, read) = (ident(&follow.method.name), ident(&request.id));
    let request_type = request_type(request);
    let mut takes = Vec::new();
    let mut gives = Vec::new();
    for parameter in request.arguments() {
        let own = ident(&parameter.name);
        if follow.fills(&parameter.name) {
            let absent = ty(&parameter.ty);
            gives.push(quote!(::anypoint_core::internal::absent::<#absent>()));
            continue;
        }
        takes.push(argument(&own, &parameter.ty).0);
        gives.push(quote!(#own));
    }
    if let Some(body) = request.required_body() {
        let own = ident("body");
        takes.push(argument(&own, &body.ty).0);
        gives.push(quote!(#own));
    }
    let many = many_arguments(takes.len());
    let docs = docs::lines(&docs_of(contract, request, follow));
    quote! {
        #docs
        #many
        pub fn #name(&self, #(#takes),*) -> ::anypoint_core::Follow<#request_type> {
            ::anypoint_core::Follow::new(self.#read(#(#gives),*))
        }
    }
}

fn docs_of(contract: &Index<'_>, request: &Operation, follow: &Follow) -> String {
    let link = |id: &str| contract.operation(id).map_or_else(String::new, docs::link);
    let mut reads = format!("It reads with {}", docs::link(request));
    if let Some(parts) = &follow.parts {
        let (overview, history) = (link(&parts.overview.id), link(&parts.list.id));
        reads += &format!(", and finds the parts of the log with {overview} and {history}");
    }
    let mut text = method_docs(&follow.method, &(reads + "."), follow.left(request));
    if let Some(body) = request.required_body() {
        text += &docs::argument("body", &docs::body(body));
    }
    text + "\n\n# Errors\nSee [`Follow`](anypoint_core::Follow)."
}

/// How the log is read, and what its entries mean.
fn followed(follow: &Follow, contract: &Index<'_>, request: &Operation) -> TokenStream {
    let (name, entry) = (ident(&request.request), named(&follow.entry));
    let rules = rules(contract, request, follow);
    let read = read(contract, request, follow);
    let subject = subject(request, follow);
    let looks = follow.parts.as_ref();
    let looks = looks.map(|parts| looks_at(contract, &given(request), parts));
    quote! {
        impl ::anypoint_core::internal::Followed for #name {
            type Entry = #entry;
            const FOLLOWING: &'static ::anypoint_core::internal::Following = &#rules;
            fn endpoint(&self) -> &::anypoint_core::internal::Endpoint { &self.client_.endpoint }
            fn subject(&self) -> ::std::string::String { #subject }
            #read
            #looks
        }
    }
}

fn rules(contract: &Index<'_>, request: &Operation, follow: &Follow) -> TokenStream {
    let (method, id, time) = (&follow.method.name, &follow.id, &follow.time);
    let order = follow.order.iter();
    let length = length_asked(contract, request, follow).into_iter();
    let length = length.map(proc_macro2::Literal::i64_unsuffixed);
    let by = match (follow.after.is_some(), follow.refusable) {
        (true, _) => quote!(#(.by_ids(#length))*),
        (false, true) => quote!(#(.with_length(#length))* .refusable()),
        (false, false) => quote!(#(.with_length(#length))*),
    };
    let parts = follow.parts.as_ref().map(|parts| {
        let (id, active, date) = (&parts.id, &parts.active, parts.date.iter());
        quote!(.with_parts(::anypoint_core::internal::Parts::new(#id, &[#(#active),*]) #(.with_date(#date))*))
    });
    quote! {
        ::anypoint_core::internal::Following::new(#method, #id, #time)
            #(.with_order(#order))* #by #parts
    }
}

/// As many entries as the service returns at a time.
fn length_asked(contract: &Index<'_>, request: &Operation, follow: &Follow) -> Option<i64> {
    let (_, limits) = place_of(contract, request, follow.length.as_ref()?)?;
    let maximum = Keyword::Maximum.of(limits)?.as_i64();
    maximum.filter(|maximum| *maximum > 0)
}

/// The path variables say whose log it is.
fn subject(request: &Operation, follow: &Follow) -> TokenStream {
    let parameters = request.parameters.iter();
    let of = parameters.filter(|it| {
        matches!(it.location, Location::Path | Location::PathSegments) && !follow.fills(&it.name)
    });
    let given = given(request);
    let of: Vec<_> = of.map(|parameter| given.value(&parameter.name)).collect();
    match &of[..] {
        [] => quote!(::std::string::String::new()),
        [only] => quote!(#only.to_string()),
        of => quote!([#(#of.as_str()),*].join("/")),
    }
}

fn read(contract: &Index<'_>, request: &Operation, follow: &Follow) -> TokenStream {
    let part = follow.parts.as_ref().map(|parts| {
        let argument = ident(&parts.argument);
        let ty = request.parameter(&parts.argument).map(|it| &it.ty);
        let part = text_as(ty, quote!(stretch.part));
        quote!(self.#argument = #part;)
    });
    let named = [
        ("after", &follow.after),
        ("from", &follow.from),
        ("to", &follow.to),
        ("length", &follow.length),
        ("descending", &follow.descending),
    ];
    let named = named
        .into_iter()
        .filter_map(|(name, place)| Some((name, place.as_ref()?)))
        .map(|(name, place)| {
            let ty = place_of(contract, request, place).map(|(ty, _)| ty);
            taken(name, place, ty)
        });
    let answered = answered(&quote!(::anypoint_core::internal::Pieces));
    quote! {
        #[inline]
        fn read(
            mut self,
            stretch: ::anypoint_core::internal::Stretch,
        ) -> impl ::core::future::Future<Output = #answered> + ::core::marker::Send + 'static {
            #part
            #(#named)*
            self.call().send_by_status(::anypoint_core::internal::pieces)
        }
    }
}

fn field(place: &Place) -> TokenStream {
    let field = ident(&place.field);
    match place.in_body {
        true => quote!(self.body.#field),
        false => quote!(self.#field),
    }
}

/// Values that the stretch does not set stay as they were set before.
fn taken(name: &str, place: &Place, of: Option<&Ty>) -> TokenStream {
    let (name, field, some) = (ident(name), field(place), some());
    let value = text_as(of, quote!(#name));
    quote! {
        if let #some(#name) = stretch.#name {
            #field = #some(#value);
        }
    }
}

fn looks_at(contract: &Index<'_>, given: &Given<'_>, parts: &LogParts) -> TokenStream {
    let call = |look| call(contract, given, look);
    let (overview, history) = (call(&parts.overview), call(&parts.list));
    let history = match &parts.items {
        None => quote!(::anypoint_core::internal::json(#history.send())),
        Some(items) => quote! {
            let page = ::anypoint_core::internal::json(#history.send());
            async move {
                ::core::result::Result::Ok(
                    page.await?.get_mut(#items).map(::anypoint_core::Json::take).unwrap_or_default(),
                )
            }
        },
    };
    let shown = quote! {
        impl ::core::future::Future<
            Output = ::core::result::Result<::anypoint_core::Json, ::anypoint_core::Error>,
        > + ::core::marker::Send + 'static
    };
    quote! {
        #[inline]
        fn overview(self) -> #shown {
            ::anypoint_core::internal::json(#overview.send())
        }
        #[inline]
        fn history(self) -> #shown {
            #history
        }
    }
}

/// The type of a text that represents an id.
fn text_as(of: Option<&Ty>, text: TokenStream) -> TokenStream {
    match of {
        Some(id @ Ty::Id(_)) => {
            let id = ty(id);
            quote!(#id::new(#text))
        }
        _ => text,
    }
}

fn given(request: &Operation) -> Given<'_> {
    Given {
        operation: request,
        client: quote!(self.client_),
        arguments: quote!(self.),
    }
}

fn call(contract: &Index<'_>, given: &Given<'_>, look: &Look) -> TokenStream {
    let Some(operation) = contract.operation(&look.id) else {
        return quote!();
    };
    let (id, client) = (ident(&look.id), given.client_of(contract, operation));
    let taken = operation.parameters.iter().zip(&look.arguments);
    let arguments = taken.filter(|(it, _)| !it.bound);
    let arguments = arguments.map(|(_, name)| given.value(name));
    let limit = look.set.iter().map(|(name, value)| {
        let (name, value) = (ident(name), proc_macro2::Literal::u32_unsuffixed(*value));
        quote!(.#name(#value))
    });
    quote!(#client.#id(#(#arguments),*)#(#limit)*)
}

/// The type of the values of a place, and their limits.
fn place_of<'a>(
    contract: &Index<'a>,
    operation: &'a Operation,
    place: &Place,
) -> Option<(&'a Ty, &'a [Limit])> {
    if place.in_body {
        let field = contract.field(&operation.body.as_ref()?.ty, &place.field)?;
        return Some((&field.ty, &field.limits));
    }
    let parameter = operation.parameter(&place.field)?;
    Some((&parameter.ty, &parameter.limits))
}
