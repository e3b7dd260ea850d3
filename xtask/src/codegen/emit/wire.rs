//! The wire calls of the tests: every operation of an API, called with the examples of its spec.

use proc_macro2::TokenStream;
use quote::quote;
use serde_json::Value as Json;

use super::expect_deprecated;
use super::types::{self, ident};
use crate::codegen::contract::{
    Body, Contract, Encoding, Face, Field, Gives, Index, Model, Operation, Part, Security, Ty,
};
use crate::codegen::names;

/// The module of one API: a function for each call, and a function that returns all of them.
pub fn calls(contract: &Contract) -> TokenStream {
    let api = &Index::from(contract);
    let krate = krate(api);
    let calls = api.operations.iter().map(|request| call(api, request));
    let names = api.operations.iter().map(|request| {
        let client = match request.security {
            Security::Basic => quote!(&basic),
            Security::Bearer | Security::None => quote!(&bearer),
        };
        let name = ident(&format!("call_{}", request.id));
        quote!(#name(#client))
    });
    let uses_basic = api
        .operations
        .iter()
        .any(|request| request.security == Security::Basic);
    let uses_bearer = api
        .operations
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
        use anypoint_core::Error;
        use #krate::Client;
        #[allow(unused_imports, reason = "not every API needs all")]
        use crate::wire::{Call, Clients, List, Typed, example, sample};

        /// Every operation, with both media types if it takes two.
        ///
        /// # Errors
        /// The base URL is invalid.
        pub(crate) fn calls(clients: &Clients) -> Result<Vec<Call>, Error> {
            let [#bearer, #basic] = clients.each(Client::with_base_url, Client::BASE_PATH)?;
            Ok(Vec::from([#(#names),*]))
        }

        #lists

        #(#calls)*
    }
}

/// The API's crate.
fn krate(api: &Contract) -> TokenStream {
    let name = ident(&names::crate_ident(&api.package));
    quote!(::#name)
}

/// The lists that are read in pages, each with three items per page.
fn lists(api: &Index<'_>) -> TokenStream {
    let paged = |request: &&Operation| request.extensions.pages.is_some();
    let lists = api.operations.iter().filter(paged).map(|request| {
        let (id, name) = (&request.operation_id, ident(&request.id));
        let client = match request.security {
            Security::Basic => quote!(basic),
            Security::Bearer | Security::None => quote!(bearer),
        };
        let (arguments, within) = (arguments(api, request), within(api, request));
        let limit = request
            .extensions
            .pages
            .iter()
            .map(|pages| ident(&pages.limit));
        quote!(List::new(#id, #client #within.#name(#(#arguments),*) #(.#limit(3))*))
    });
    let lists: Vec<_> = lists.collect();
    let mut paged = api.operations.iter().filter(paged);
    let expect = expect_deprecated(paged.any(|request| request.deprecated));
    quote! {
        /// Every list that is read in pages, with three items on each page.
        ///
        /// # Errors
        /// The base URL is invalid.
        #[allow(unused_variables, reason = "not every API needs both")]
        #expect
        pub(crate) fn lists(clients: &Clients) -> Result<Vec<List>, Error> {
            let [bearer, basic] = clients.each(Client::with_base_url, Client::BASE_PATH)?;
            Ok(Vec::from([#(#lists),*]))
        }
    }
}

/// The required arguments of a request.
fn arguments(api: &Index<'_>, request: &Operation) -> Vec<TokenStream> {
    let body = request.required_body().into_iter();
    let arguments = request.arguments();
    arguments
        .map(|parameter| value(api, &parameter.ty, &parameter.example))
        .chain(body.map(|body| body_value(api, body)))
        .collect()
}

/// The scope of an operation, with the examples of the ids that it is bound to.
fn within(api: &Index<'_>, request: &Operation) -> Option<TokenStream> {
    let scope = api.scope(request)?;
    let method = ident(&scope.method());
    let bound = request.parameters.iter().filter(|it| it.bound);
    let values = scope.bound.iter().flat_map(|known| {
        let own = bound.clone().find(|it| it.name == known.name);
        own.map(|it| value(api, &it.ty, &it.example))
    });
    Some(quote!(.#method(#(#values),*)))
}

fn body_value(api: &Index<'_>, body: &Body) -> TokenStream {
    let example = body.example.clone().unwrap_or_default();
    match body.encoding {
        Encoding::Multipart => form(api, &body.ty, &example),
        Encoding::Binary => quote!(sample()),
        Encoding::Json | Encoding::Form => value(api, &body.ty, &example),
    }
}

fn call(api: &Index<'_>, request: &Operation) -> TokenStream {
    let (id, path, method) = (&request.operation_id, &request.path, request.method.wire());
    let (name, own) = (ident(&request.id), ident(&format!("call_{}", request.id)));
    let (arguments, within) = (arguments(api, request), within(api, request));
    let mut setters: Vec<TokenStream> = request
        .setters()
        .map(|parameter| setter(api, &parameter.name, &parameter.ty, &parameter.example))
        .collect();
    if let Some(body) = request.body.as_ref().filter(|body| !body.required) {
        let value = body_value(api, body);
        setters.push(quote!(.body(#value)));
    }
    let check = match (&request.gives, &request.example) {
        (Gives::Json(_), Some(example)) => {
            let text = raw(example);
            let bodiless = request.answers.iter().filter(|it| it.media.is_none());
            let codes = bodiless.map(|it| proc_macro2::Literal::u16_unsuffixed(it.status));
            let codes: Vec<_> = codes.collect();
            match codes.is_empty() {
                true => quote!(.json(#text)),
                false => quote!(.or_nothing_at(&[#(#codes),*]).json(#text)),
            }
        }
        (Gives::Download, _) => quote!(.bytes()),
        _ => quote!(.any()),
    };
    // A GET that is not idempotent starts something.
    let read_only = request.idempotent && matches!(method.as_str(), "GET" | "HEAD");
    let expect = expect_deprecated(request.deprecated);
    quote! {
        #expect
        fn #own(client: &Client) -> Call {
            let client = client.clone() #within;
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

fn setter(api: &Index<'_>, name: &str, ty: &Ty, example: &Json) -> TokenStream {
    let name = ident(name);
    let value = value(api, ty.present(), example);
    quote!(.#name(#value))
}

/// An expression for an example: a literal if possible, otherwise JSON that is decoded into the type.
fn value(api: &Index<'_>, ty: &Ty, example: &Json) -> TokenStream {
    match (ty, example) {
        (Ty::Text, Json::String(text)) => quote!(#text),
        (Ty::Id(_), Json::String(text)) => {
            let id = types::ty_in(&krate(api), ty);
            quote!(#id::new(#text))
        }
        (Ty::Integer, Json::Number(number)) => {
            let literal = proc_macro2::Literal::i64_unsuffixed(number.as_i64().unwrap_or_default());
            quote!(#literal)
        }
        (Ty::Flag, Json::Bool(flag)) => quote!(#flag),
        _ => {
            let (ty, text) = (types::ty_in(&krate(api), ty), raw(example));
            quote!(example::<#ty>(#text))
        }
    }
}

/// A multipart form, member by member: files are samples, and the other members come from the example.
fn form(api: &Index<'_>, ty: &Ty, example: &Json) -> TokenStream {
    let model = api.model(ty).filter(|model| model.face == Face::Form);
    let (Some(Model { fields, .. }), Some(name)) = (model, ty.named()) else {
        return value(api, ty, example);
    };
    let member = |field: &Field| match (field.part, example.get(&field.wire)) {
        (Some(Part::File), _) => Some(quote!(sample())),
        (_, Some(example)) => Some(value(api, field.ty.present(), example)),
        (_, None) => None,
    };
    let required = fields
        .iter()
        .filter(|field| field.required)
        .filter_map(member);
    let optional = fields
        .iter()
        .filter(|field| !field.required && field.part != Some(Part::File))
        .filter_map(|field| {
            let (name, value) = (ident(&field.name), member(field)?);
            Some(quote!(.#name(#value)))
        });
    let name = types::ty_in(&krate(api), &Ty::Named(name.to_owned()));
    quote!(#name::new(#(#required),*) #(#optional)*)
}
