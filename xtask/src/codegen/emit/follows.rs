//! Following a log: the method on `Client`, and how the log and its parts are read.

use proc_macro2::TokenStream;
use quote::quote;

use super::docs;
use super::requests::many_arguments;
use super::types::{argument, ident};
use crate::codegen::contract::{
    Follow, Index, Keyword, Location, LogParts, Look, Operation, Place, Ty,
};

/// `client.follow_logs(organization_id, …)`.
pub fn method(request: &Operation) -> TokenStream {
    let Some(follow) = &request.follow else {
        return quote!();
    };
    let (name, read) = (ident(&follow.method.name), ident(&request.id));
    let request_type = ident(&request.request);
    let mut takes = Vec::new();
    let mut gives = Vec::new();
    for parameter in request.arguments() {
        let own = ident(&parameter.name);
        if follow.is_part(parameter) {
            gives.push(quote!(String::new()));
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
    let docs = docs::lines(&method_docs(request, follow));
    quote! {
        #docs
        #many
        pub fn #name(&self, #(#takes),*) -> Follow<#request_type> {
            Follow::new(self.#read(#(#gives),*))
        }
    }
}

fn method_docs(request: &Operation, follow: &Follow) -> String {
    let mut text = docs::extra_method(&follow.method);
    let link = |id: &str| format!("[`Client::{id}`](crate::Client::{id})");
    text += &format!("\n\nIt reads by {}", link(&request.id));
    if let Some(parts) = &follow.parts {
        let (overview, history) = (link(&parts.overview.id), link(&parts.list.id));
        text += &format!(", and looks by {overview} and {history} for what there is to read");
    }
    text += ".\n\n# Arguments";
    for parameter in follow.left(request) {
        text += &docs::parameter(parameter);
    }
    if let Some(body) = request.required_body() {
        text += &docs::argument("body", &docs::body(body));
    }
    text + "\n\n# Errors\nAs [`Follow`] says."
}

/// How the log is read, and what its entries mean.
pub fn followed(contract: &Index<'_>, request: &Operation) -> TokenStream {
    let Some(follow) = &request.follow else {
        return quote!();
    };
    let (name, entry) = (ident(&request.request), ident(&follow.entry));
    let rules = rules(contract, request, follow);
    let read = read(contract, request, follow);
    let subject = subject(request, follow);
    let looks = follow.parts.as_ref().map(looks);
    quote! {
        impl internal::Followed for #name {
            type Entry = #entry;
            const FOLLOWING: &'static internal::Following = &#rules;
            fn endpoint(&self) -> &Endpoint { &self.endpoint }
            fn subject(&self) -> String { #subject }
            #read
            #looks
        }
    }
}

fn rules(contract: &Index<'_>, request: &Operation, follow: &Follow) -> TokenStream {
    let (method, id, time) = (&follow.method.name, &follow.id, &follow.time);
    let order = optional(follow.order.as_ref());
    let length = length_asked(contract, request, follow);
    let length = length.map(proc_macro2::Literal::i64_unsuffixed);
    let by = if follow.after.is_some() {
        quote!(internal::By::Document { length: #length })
    } else {
        let (length, refusable) = (optional(length), follow.refusable);
        quote!(internal::By::Time { length: #length, refusable: #refusable })
    };
    let parts = follow.parts.as_ref().map(|parts| {
        let (id, active) = (&parts.id, &parts.active);
        let date = optional(parts.date.as_ref());
        quote!(internal::Parts { id: #id, date: #date, active: &[#(#active),*] })
    });
    let parts = optional(parts);
    quote! {
        internal::Following {
            method: #method,
            id: #id,
            time: #time,
            order: #order,
            by: #by,
            parts: #parts,
        }
    }
}

/// As many entries as the service gives at a time.
fn length_asked(contract: &Index<'_>, request: &Operation, follow: &Follow) -> Option<i64> {
    let (_, limits) = contract.place(request, follow.length.as_ref()?)?;
    let maximum = Keyword::Maximum.of(limits)?.as_i64();
    maximum.filter(|maximum| *maximum > 0)
}

fn optional(value: Option<impl quote::ToTokens>) -> TokenStream {
    value.map_or(quote!(None), |value| quote!(Some(#value)))
}

/// The path variables say what it is the log of.
fn subject(request: &Operation, follow: &Follow) -> TokenStream {
    let parameters = request.parameters.iter();
    let of = parameters.filter(|it| {
        matches!(it.location, Location::Path | Location::PathSegments) && !follow.is_part(it)
    });
    let of: Vec<_> = of.map(|parameter| ident(&parameter.name)).collect();
    match &of[..] {
        [] => quote!(String::new()),
        [only] => quote!(self.#only.clone()),
        of => quote!([#(self.#of.as_str()),*].join("/")),
    }
}

fn read(contract: &Index<'_>, request: &Operation, follow: &Follow) -> TokenStream {
    let part = follow.parts.as_ref().map(|parts| {
        let argument = ident(&parts.argument);
        quote!(self.#argument = stretch.part;)
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
            let ty = contract.place(request, place).map(|(ty, _)| ty);
            taken(name, place, ty == Some(&Ty::Int32))
        });
    quote! {
        fn read(mut self, stretch: internal::Stretch) -> impl Future<Output = Result<Response<internal::Pieces>, Error>> + Send + 'static {
            #part
            #(#named)*
            self.call().send_by_status(internal::pieces)
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

/// What the stretch does not say stays as it was set.
fn taken(name: &str, place: &Place, narrow: bool) -> TokenStream {
    let (name, field) = (ident(name), field(place));
    let value = match narrow {
        true => quote!(i32::try_from(#name).unwrap_or(i32::MAX)),
        false => quote!(#name),
    };
    quote! {
        if let Some(#name) = stretch.#name {
            #field = Some(#value);
        }
    }
}

fn looks(parts: &LogParts) -> TokenStream {
    let (overview, history) = (call(&parts.overview), call(&parts.list));
    let history = match &parts.items {
        None => quote!(internal::json(#history.send())),
        Some(items) => quote! {
            let page = internal::json(#history.send());
            async move { Ok(page.await?.get_mut(#items).map(Json::take).unwrap_or_default()) }
        },
    };
    quote! {
        fn overview(self) -> impl Future<Output = Result<Json, Error>> + Send + 'static {
            let client = crate::Client { endpoint: self.endpoint };
            internal::json(#overview.send())
        }
        fn history(self) -> impl Future<Output = Result<Json, Error>> + Send + 'static {
            let client = crate::Client { endpoint: self.endpoint };
            #history
        }
    }
}

fn call(look: &Look) -> TokenStream {
    let id = ident(&look.id);
    let arguments = look.arguments.iter().map(|name| ident(name));
    let limit = look.set.iter().map(|(name, value)| {
        let (name, value) = (ident(name), proc_macro2::Literal::u32_unsuffixed(*value));
        quote!(.#name(#value))
    });
    quote!(client.#id(#(self.#arguments),*)#(#limit)*)
}
