//! Following a log: the method on `Client`, and how the log and its parts are read.

use proc_macro2::TokenStream;
use quote::quote;

use super::docs;
use super::models::argument;
use super::requests::many_arguments;
use crate::codegen::ir::{Follow, Location, LogParts, Look, Parameter, Place, Request};
use crate::codegen::names::ident;

/// `client.follow_logs(organization_id, …)`.
pub fn method(request: &Request) -> TokenStream {
    let Some(follow) = &request.follow else {
        return quote!();
    };
    let (name, read) = (ident(&follow.rules.method.name), ident(&request.id));
    let request_type = ident(&request.type_name);
    let mut takes = Vec::new();
    let mut gives = Vec::new();
    for parameter in request.parameters.iter().filter(|known| known.required) {
        let own = ident(&parameter.name);
        if is_part(follow, parameter) {
            gives.push(quote!(String::new()));
            continue;
        }
        takes.push(argument(&own, &parameter.ty).0);
        gives.push(quote!(#own));
    }
    for body in request.body.iter().filter(|body| body.required) {
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

fn is_part(follow: &Follow, parameter: &Parameter) -> bool {
    let part = follow.parts.as_ref().map(|parts| &parts.argument);
    part == Some(&parameter.name)
}

fn method_docs(request: &Request, follow: &Follow) -> String {
    let mut text = docs::extra_method(&follow.rules.method);
    let link = |id: &str| format!("[`Client::{id}`](crate::Client::{id})");
    text += &format!("\n\nIt reads by {}", link(&request.id));
    if let Some(parts) = &follow.parts {
        let (overview, history) = (link(&parts.overview.id), link(&parts.history.id));
        text += &format!(", and looks by {overview} and {history} for what there is to read");
    }
    text += ".\n\n# Arguments";
    for parameter in request.parameters.iter().filter(|known| known.required) {
        if !is_part(follow, parameter) {
            text += &docs::argument(&parameter.name, &parameter.description);
        }
    }
    for body in request.body.iter().filter(|body| body.required) {
        text += &docs::argument("body", &docs::body(body));
    }
    text + "\n\n# Errors\nAs [`Follow`] says."
}

/// How the log is read, and what its entries mean.
pub fn followed(request: &Request) -> TokenStream {
    let Some(follow) = &request.follow else {
        return quote!();
    };
    let (name, entry) = (ident(&request.type_name), ident(&follow.entry));
    let (rules, read) = (rules(follow), read(follow));
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

fn rules(follow: &Follow) -> TokenStream {
    let rules = &follow.rules;
    let (method, id, time) = (&rules.method.name, &rules.id.text, &rules.time.text);
    let order = optional(rules.order.as_ref().map(|order| &order.text));
    let by = match follow.length_asked {
        Some(length) => {
            let length = proc_macro2::Literal::i64_unsuffixed(length);
            quote!(internal::By::Document { length: #length })
        }
        None => quote!(internal::By::Time),
    };
    let parts = rules.parts.as_ref().map(|parts| {
        let id = &parts.id.text;
        let date = optional(parts.date.as_ref().map(|date| &date.text));
        let active = parts.active.iter().map(|active| &active.text);
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

fn optional(value: Option<impl quote::ToTokens>) -> TokenStream {
    value.map_or(quote!(None), |value| quote!(Some(#value)))
}

/// The path variables say what it is the log of.
fn subject(request: &Request, follow: &Follow) -> TokenStream {
    let parameters = request.parameters.iter();
    let of = parameters.filter(|known| known.location == Location::Path && !is_part(follow, known));
    let of: Vec<_> = of.map(|parameter| ident(&parameter.name)).collect();
    match &of[..] {
        [] => quote!(String::new()),
        [only] => quote!(self.#only.clone()),
        of => quote!([#(self.#of.as_str()),*].join("/")),
    }
}

fn read(follow: &Follow) -> TokenStream {
    let part = follow.parts.as_ref().map(|parts| {
        let argument = ident(&parts.argument);
        quote!(self.#argument = stretch.part;)
    });
    let named = [
        ("after", &follow.after),
        ("from", &follow.from),
        ("to", &follow.to),
        ("length", &follow.length),
    ];
    let named = named
        .into_iter()
        .filter_map(|(name, place)| Some(taken(name, place.as_ref()?)));
    let descending = follow.descending.iter().map(|place| {
        let field = field(place);
        quote!(#field = Some(stretch.descending);)
    });
    quote! {
        fn read(mut self, stretch: internal::Stretch) -> impl Future<Output = Result<Response<Json>, Error>> + Send + 'static {
            #part
            #(#named)*
            #(#descending)*
            self.call().send_json()
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
fn taken(name: &str, place: &Place) -> TokenStream {
    let (name, field) = (ident(name), field(place));
    let value = match place.narrow {
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
    let (overview, history) = (
        call(&parts.overview, &[]),
        call(&parts.history, &parts.limit),
    );
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

fn call(look: &Look, limit: &[(String, u32)]) -> TokenStream {
    let id = ident(&look.id);
    let arguments = look.arguments.iter().map(|name| ident(name));
    let limit = limit.iter().map(|(name, value)| {
        let (name, value) = (ident(name), proc_macro2::Literal::u32_unsuffixed(*value));
        quote!(.#name(#value))
    });
    quote!(client.#id(#(self.#arguments),*)#(#limit)*)
}
