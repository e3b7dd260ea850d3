//! The wire calls of the tests: every operation of an API, called with the examples of its spec.

use proc_macro2::TokenStream;
use quote::quote;
use serde_json::Value as Json;
use syn::Type;

use crate::codegen::ir::{
    Answer, Api, Body, Face, Field, Model, Part, Request, Security, TypeKind, outer,
};
use crate::codegen::media;
use crate::codegen::names::{self, ident};

/// The module of one API: a function for each call, and one that gives them all.
pub fn calls(api: &Api) -> TokenStream {
    let krate = ident(&names::crate_ident(&api.package));
    let calls = api.requests.iter().map(|request| call(api, request));
    let names = api.requests.iter().map(|request| {
        let client = match request.security {
            Security::Basic => quote!(&basic),
            Security::Bearer | Security::None => quote!(&bearer),
        };
        let name = ident(&request.id);
        quote!(#name(#client))
    });
    let uses_basic = api
        .requests
        .iter()
        .any(|request| request.security == Security::Basic);
    let uses_bearer = api
        .requests
        .iter()
        .any(|request| request.security != Security::Basic);
    let bearer = if uses_bearer {
        quote!(bearer)
    } else {
        quote!(_)
    };
    let basic = if uses_basic { quote!(basic) } else { quote!(_) };
    let lists = lists(api);
    quote! {
        #[allow(unused_imports, reason = "not every API needs all")]
        use anypoint_core::{Error, Json, Number, Secret, StringOrNumber, Timestamp};
        use #krate::Client;
        #[allow(unused_imports, reason = "not every API needs all")]
        use #krate::types::*;
        #[allow(unused_imports, reason = "not every API needs all")]
        use crate::wire::{Call, Clients, List, Typed, example, sample};

        /// Every operation, with both media types where it takes two.
        ///
        /// # Errors
        /// A base URL that is none.
        pub(crate) fn calls(clients: &Clients) -> Result<Vec<Call>, Error> {
            let [#bearer, #basic] = clients.each(Client::with_base_url, Client::BASE_PATH)?;
            Ok(Vec::from([#(#names),*]))
        }

        #lists

        #(#calls)*
    }
}

/// The lists that come in pages, each asked for three items at a time.
fn lists(api: &Api) -> TokenStream {
    let paged = |request: &&Request| request.pages.is_some();
    let lists = api.requests.iter().filter(paged).map(|request| {
        let (id, name) = (&request.operation_id, ident(&request.id));
        let client = match request.security {
            Security::Basic => quote!(basic),
            Security::Bearer | Security::None => quote!(bearer),
        };
        let arguments = arguments(api, request);
        let limit = request.pages.iter().map(|pages| ident(&pages.limit));
        quote!(List::new(#id, #client.#name(#(#arguments),*) #(.#limit(3))*))
    });
    let lists: Vec<_> = lists.collect();
    quote! {
        /// Every list that comes in pages, three items on each.
        ///
        /// # Errors
        /// A base URL that is none.
        #[allow(unused_variables, reason = "not every API needs both")]
        pub(crate) fn lists(clients: &Clients) -> Result<Vec<List>, Error> {
            let [bearer, basic] = clients.each(Client::with_base_url, Client::BASE_PATH)?;
            Ok(Vec::from([#(#lists),*]))
        }
    }
}

/// The arguments without which there is no request.
fn arguments(api: &Api, request: &Request) -> Vec<TokenStream> {
    let required = request
        .parameters
        .iter()
        .filter(|parameter| parameter.required);
    let body = request.body.iter().filter(|body| body.required);
    required
        .map(|parameter| value(&parameter.ty, &parameter.example))
        .chain(body.map(|body| body_value(api, body)))
        .collect()
}

fn body_value(api: &Api, body: &Body) -> TokenStream {
    let example = body.example.clone().unwrap_or_default();
    match body.kind {
        media::Request::Multipart => form(api, &body.ty, &example),
        media::Request::Binary => quote!(sample()),
        media::Request::Json | media::Request::Form => value(inner(&body.ty), &example),
    }
}

fn call(api: &Api, request: &Request) -> TokenStream {
    let (id, path, method) = (
        &request.operation_id,
        &request.path,
        format!("{:?}", request.method).to_uppercase(),
    );
    let name = ident(&request.id);
    let arguments = arguments(api, request);
    let mut setters: Vec<TokenStream> = request
        .parameters
        .iter()
        .filter(|parameter| !parameter.required)
        .map(|parameter| setter(&parameter.name, &parameter.ty, &parameter.example))
        .collect();
    if let Some(body) = request.body.as_ref().filter(|body| !body.required) {
        let value = body_value(api, body);
        setters.push(quote!(.body(#value)));
    }
    let check = match (&request.answer, &request.example) {
        (Answer::Json(_), Some(example)) => {
            let text = raw(example);
            let codes = request.bodiless.iter().filter_map(|code| code.parse().ok());
            let codes = codes.map(proc_macro2::Literal::u16_unsuffixed);
            match request.bodiless.is_empty() {
                true => quote!(.json(#text)),
                false => quote!(.or_nothing_at(&[#(#codes),*]).json(#text)),
            }
        }
        (Answer::Binary, _) => quote!(.bytes()),
        _ => quote!(.any()),
    };
    // A GET that is not idempotent runs something.
    let read_only = request.idempotent && matches!(method.as_str(), "GET" | "HEAD");
    quote! {
        fn #name(client: &Client) -> Call {
            let client = client.clone();
            let request = move || client.#name(#(#arguments),*) #(#setters)*;
            Typed::new(#id, #method, #path, #read_only, request, |request| request.send()) #check
        }
    }
}

/// JSON as a raw string literal, which a person can read.
fn raw(json: &Json) -> TokenStream {
    let text = json.to_string();
    let literal = format!("r##\"{text}\"##").parse();
    literal
        .ok()
        .filter(|_| !text.contains("\"##"))
        .unwrap_or_else(|| quote!(#text))
}

fn setter(name: &str, ty: &Type, example: &Json) -> TokenStream {
    let name = ident(name);
    let value = value(inner(ty), example);
    quote!(.#name(#value))
}

fn inner(ty: &Type) -> &Type {
    match outer(ty) {
        (name, Some(inner)) if name == "Option" || name == "Nullable" => inner_of_nullable(inner),
        _ => ty,
    }
}

fn inner_of_nullable(ty: &Type) -> &Type {
    match outer(ty) {
        (name, Some(inner)) if name == "Nullable" => inner,
        _ => ty,
    }
}

/// An expression for an example: a literal where one does, else JSON that is decoded into the type.
fn value(ty: &Type, example: &Json) -> TokenStream {
    match (outer(ty).0.as_str(), example) {
        ("String", Json::String(text)) => quote!(#text),
        ("i32" | "i64", Json::Number(number)) => {
            let literal = proc_macro2::Literal::i64_unsuffixed(number.as_i64().unwrap_or_default());
            quote!(#literal)
        }
        ("bool", Json::Bool(flag)) => quote!(#flag),
        _ => {
            let text = raw(example);
            quote!(example::<#ty>(#text))
        }
    }
}

/// A multipart form, member by member: files are samples, the rest comes from the example.
fn form(api: &Api, ty: &Type, example: &Json) -> TokenStream {
    let name = outer(ty).0;
    let model = api
        .types
        .iter()
        .find(|definition| definition.name == name)
        .and_then(|definition| match &definition.kind {
            TypeKind::Model(model) if model.face == Face::Form => Some(model),
            _ => None,
        });
    let Some(Model { fields, .. }) = model else {
        return value(ty, example);
    };
    let member = |field: &Field| match (field.part, example.get(&field.wire)) {
        (Part::File, _) => Some(quote!(sample())),
        (_, Some(example)) => Some(value(inner(&field.ty), example)),
        (_, None) => None,
    };
    let required = fields
        .iter()
        .filter(|field| field.required)
        .filter_map(member);
    let optional = fields
        .iter()
        .filter(|field| !field.required && field.part != Part::File)
        .filter_map(|field| {
            let (name, value) = (ident(&field.name), member(field)?);
            Some(quote!(.#name(#value)))
        });
    let name = ident(&name);
    quote!(#name::new(#(#required),*) #(#optional)*)
}
