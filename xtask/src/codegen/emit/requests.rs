//! Operations: the method on `Client` and the request struct that it returns.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::Type;

use super::docs;
use super::follows;
use super::models::{argument, deprecated, is_option};
use super::{updates, waits};
use crate::codegen::ir::{Answer, ItemId, Location, Pages, Parameter, Request, Security, outer};
use crate::codegen::media;
use crate::codegen::names::{self, ident};

/// The types that belong to a request.
pub fn names(request: &Request) -> Vec<String> {
    let outcome = matches!(request.answer, Answer::ByStatus(_)).then(|| outcome_name(request));
    std::iter::once(request.type_name.clone())
        .chain(outcome)
        .collect()
}

/// `client.get_application(organization_id, …)`.
pub fn method(request: &Request) -> TokenStream {
    let docs = docs::lines(&docs::method(request));
    let deprecated = deprecated(request.deprecated);
    let (name, request_type) = (ident(&request.id), ident(&request.type_name));
    let mut takes = Vec::new();
    let mut members = Vec::new();
    let body = request
        .body
        .iter()
        .map(|body| ("body", &body.ty, body.required));
    let parameters = request
        .parameters
        .iter()
        .map(|parameter| (parameter.name.as_str(), &parameter.ty, parameter.required));
    for (member, ty, required) in parameters.chain(body) {
        let member = ident(member);
        if !required {
            members.push(quote!(#member: None));
            continue;
        }
        let (take, give) = argument(&member, ty);
        members.push(if member == give.to_string() {
            quote!(#member)
        } else {
            quote!(#member: #give)
        });
        takes.push(take);
    }
    let many = many_arguments(takes.len());
    let (wait, follow, updates) = (
        waits::method(request),
        follows::method(request),
        updates::methods(request),
    );
    quote! {
        #docs
        #deprecated
        #many
        pub fn #name(&self, #(#takes),*) -> #request_type {
            #request_type { endpoint: self.endpoint.clone(), #(#members),* }
        }
        #wait
        #follow
        #updates
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
pub fn item(request: &Request) -> TokenStream {
    let name = ident(&request.type_name);
    let summary = docs::lines(&format!(
        "Request of [`Client::{}`](crate::Client::{}).",
        request.id, request.id
    ));
    let fields = request
        .parameters
        .iter()
        .map(|parameter| (&parameter.name, &parameter.ty));
    let fields = fields
        .map(|(name, ty)| (ident(name), ty))
        .chain(request.body.iter().map(|body| (ident("body"), &body.ty)));
    let fields = fields.map(|(name, ty)| quote!(#name: #ty,));
    let setters = request
        .parameters
        .iter()
        .filter(|parameter| !parameter.required)
        .map(parameter_setter);
    let body_setter = request
        .body
        .iter()
        .filter(|body| !body.required)
        .map(|body| setter(&ident("body"), &body.ty, &docs::body(body)));
    let operation = operation(request);
    let call = call(request);
    let send = send(request);
    let pages = request.pages.as_ref().map(pages_methods);
    let paged = request.pages.as_ref().map(|pages| paged(&name, pages));
    let outcome = outcome(request);
    let (wait, waited) = (waits::setter(request), waits::waited(request));
    let followed = follows::followed(request);
    quote! {
        #summary
        #[derive(Clone, Debug)]
        #[must_use = "a request is sent by `send().await`"]
        pub struct #name { endpoint: Endpoint, #(#fields)* }

        impl #name {
            #operation
            #(#setters)*
            #(#body_setter)*
            #send
            #pages
            #wait
            #call
        }
        #paged
        #waited
        #followed
        #outcome
    }
}

fn parameter_setter(parameter: &Parameter) -> TokenStream {
    setter(
        &ident(&parameter.name),
        &parameter.ty,
        &docs::setter(parameter),
    )
}

fn setter(name: &Ident, ty: &Type, description: &str) -> TokenStream {
    let docs = docs::lines(description);
    let (takes, gives) = argument(name, outer(ty).1.unwrap_or(ty));
    quote! {
        #docs
        pub fn #name(mut self, #takes) -> Self {
            self.#name = Some(#gives);
            self
        }
    }
}

fn operation(request: &Request) -> TokenStream {
    // The name that the caller has called: one operation may have a method for each media type.
    let (id, path, accept) = (&request.id, &request.path, &request.accept);
    let method = ident(&format!("{:?}", request.method));
    let auth = match request.security {
        Security::Bearer => quote!(Session),
        Security::Basic => quote!(Basic),
        Security::None => quote!(None),
    };
    let (idempotent, environment, not_modified) = (
        request.idempotent,
        request.environment,
        request.not_modified,
    );
    let limits = request.limits.iter().map(|name| limit_const(name));
    quote! {
        const OPERATION: Operation = Operation {
            id: #id,
            method: Method::#method,
            path: #path,
            accept: #accept,
            auth: Auth::#auth,
            idempotent: #idempotent,
            environment: #environment,
            not_modified: #not_modified,
            limits: &[#(crate::Client::#limits),*],
        };
    }
}

/// The constant of a rate limit on `Client`.
pub fn limit_const(name: &str) -> Ident {
    ident(&format!("{}_LIMIT", name.to_uppercase()))
}

fn call(request: &Request) -> TokenStream {
    let parameters = request.parameters.iter().map(|parameter| {
        let (name, wire) = (ident(&parameter.name), &parameter.wire);
        let place = place(parameter);
        quote!(.#place(#wire, &self.#name))
    });
    let body = request.body.as_ref().map(|body| {
        let content_type = &body.content_type;
        match body.kind {
            media::Request::Json if body.required => quote!(.json(#content_type, &self.body)),
            media::Request::Json => quote!(.json_optional(#content_type, &self.body)),
            media::Request::Form => quote!(.form(&self.body)),
            media::Request::Multipart => quote!(.multipart(self.body.parts())),
            media::Request::Binary => quote!(.upload(#content_type, &self.body)),
        }
    });
    let reach = request.lends_call.then(|| quote!(pub(crate)));
    quote! {
        #reach fn call(&self) -> Call {
            Call::new(&self.endpoint, &Self::OPERATION) #(#parameters)* #body
        }
    }
}

/// The method of a call that takes a parameter.
pub fn place(parameter: &Parameter) -> Ident {
    ident(match parameter.location {
        Location::Path if parameter.multi_segment => "path_segments",
        Location::Path => "path",
        Location::Query if parameter.joined => "query_joined",
        Location::Query => "query",
        Location::Header => "header",
    })
}

fn send(request: &Request) -> TokenStream {
    let (gives, how) = match &request.answer {
        Answer::Empty => (quote!(()), quote!(send_empty())),
        Answer::Text => (quote!(String), quote!(send_text())),
        Answer::JsonText => (quote!(String), quote!(send_json_text())),
        Answer::Binary => (quote!(Download), quote!(send_download())),
        Answer::Json(ty) => (quote!(#ty), quote!(send_json())),
        Answer::ByStatus(_) => {
            let outcome = ident(&outcome_name(request));
            (quote!(#outcome), quote!(send_by_status(#outcome::decode)))
        }
    };
    let docs = docs::lines(&format!(
        "Sends the request.\n\n# Errors\nAs [`Client::{}`](crate::Client::{}) says.",
        request.id, request.id
    ));
    let stale = request.carry.as_ref().map(|carry| {
        let statuses = &carry.rules.stale;
        quote!(.map_err(|error| internal::stale(error, &[#(#statuses),*])))
    });
    quote! {
        #docs
        pub async fn send(self) -> Result<Response<#gives>, Error> {
            self.call().#how.await #stale
        }
    }
}

fn pages_methods(pages: &Pages) -> TokenStream {
    let changes = docs::lines(match pages.id {
        ItemId::Nothing => {
            "These items have no id: a list that changes meanwhile may show one twice or not at all."
        }
        _ => {
            "Each item comes once, by its id; one may be missed when others are deleted meanwhile, see [`Items`]."
        }
    });
    quote! {
        /// Reads the list page by page, from the offset that was set to its end.
        ///
        /// A list that changes meanwhile may show an item on two pages or not at all.
        pub fn pages(self) -> Pages<Self> {
            Pages::new(self)
        }
        /// Reads the list item by item, from the offset that was set to its end, one request for each page.
        ///
        #changes
        pub fn items(self) -> Items<Self> {
            Items::new(self)
        }
    }
}

fn paged(name: &Ident, pages: &Pages) -> TokenStream {
    let (page, item, offset, offset_type) = (
        &pages.page,
        &pages.item,
        ident(&pages.offset),
        &pages.offset_type,
    );
    let narrow = quote!(#offset_type).to_string() != "i64";
    let (set, start) = if narrow {
        (
            quote!(#offset_type::try_from(offset).unwrap_or(#offset_type::MAX)),
            quote!(self.#offset.map_or(0, i64::from)),
        )
    } else {
        (quote!(offset), quote!(self.#offset.unwrap_or(0)))
    };
    let items = pages.items.as_deref().map_or_else(
        || quote!(page),
        |name| {
            let name = ident(name);
            quote!(&page.#name)
        },
    );
    let (page_name, total) = match &pages.total {
        None => (quote!(_page), quote!(None)),
        Some((name, ty)) => {
            let name = ident(name);
            let wide = quote!(#ty).to_string().contains("i64");
            let total = match (is_option(ty), wide) {
                (true, true) => quote!(page.#name),
                (true, false) => quote!(page.#name.map(i64::from)),
                (false, true) => quote!(Some(page.#name)),
                (false, false) => quote!(Some(i64::from(page.#name))),
            };
            (quote!(page), total)
        }
    };
    let id = item_id(item, &pages.id);
    quote! {
        impl internal::Paged for #name {
            type Page = #page;
            type Item = #item;
            fn at(mut self, offset: i64) -> Self {
                self.#offset = Some(#set);
                self
            }
            fn fetch(self) -> impl Future<Output = Result<Response<#page>, Error>> + Send + 'static {
                self.send()
            }
            fn start(&self) -> i64 { #start }
            fn items(page: &#page) -> &[#item] { #items }
            fn total(#page_name: &#page) -> Option<i64> { #total }
            #id
        }
    }
}

fn item_id(item: &Type, id: &ItemId) -> Option<TokenStream> {
    let value = match id {
        ItemId::Nothing => return None,
        ItemId::Itself => quote!(internal::Id::id(item)),
        ItemId::Fields(names) => {
            let names: Vec<_> = names.iter().map(|name| ident(name)).collect();
            match &names[..] {
                [name] => quote!(internal::Id::id(&item.#name)),
                names => quote!(internal::joined(&[#(&item.#names),*])),
            }
        }
    };
    Some(quote! {
        fn id(item: &#item) -> Option<std::borrow::Cow<'_, str>> { #value }
    })
}

fn outcome_name(request: &Request) -> String {
    format!("{}Outcome", names::type_name(&request.id))
}

fn outcome(request: &Request) -> TokenStream {
    let Answer::ByStatus(variants) = &request.answer else {
        return quote!();
    };
    let name = ident(&outcome_name(request));
    let summary = docs::lines(&format!(
        "What [`Client::{}`](crate::Client::{}) gives, by status.",
        request.id, request.id
    ));
    let members = variants.iter().map(|(status, variant, ty)| {
        let docs = format!(" `{status}`");
        let variant = ident(variant);
        let holds = ty.as_ref().map(|ty| quote!((#ty)));
        quote!(#[doc = #docs] #variant #holds,)
    });
    let give = |variant: &str, ty: &Option<Type>| {
        let variant = ident(variant);
        if ty.is_some() {
            quote!(Self::#variant(answer.json()?))
        } else {
            quote!(Self::#variant)
        }
    };
    let arms = variants.iter().skip(1).map(|(status, variant, ty)| {
        let give = give(variant, ty);
        quote!(#status => #give,)
    });
    let first = variants.first().map(|(_, variant, ty)| give(variant, ty));
    quote! {
        #summary
        #[derive(Clone, Debug, PartialEq)]
        #[non_exhaustive]
        pub enum #name { #(#members)* }
        impl #name {
            fn decode(answer: &Answer) -> Result<Self, DecodeError> {
                Ok(match answer.status() {
                    #(#arms)*
                    // A success that nobody documented is read like the first one.
                    _ => #first,
                })
            }
        }
    }
}
