//! Types in Rust, and how arguments take them.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

use crate::codegen::contract::{Trait, Ty};
use crate::codegen::names;

/// An identifier. The text comes from `names`, which makes it a valid one.
pub fn ident(name: &str) -> Ident {
    Ident::new(name, Span::call_site())
}

/// A type as it is written inside of the crate: with its whole path, so that no name in a spec can hide it.
pub fn ty(of: &Ty) -> TokenStream {
    ty_in(&quote!(crate), of)
}

/// A type as it is written where the API's crate has this name.
pub fn ty_in(krate: &TokenStream, of: &Ty) -> TokenStream {
    let inner = |inner: &Ty| ty_in(krate, inner);
    match of {
        Ty::Json => quote!(::anypoint_core::Json),
        Ty::Text => quote!(::std::string::String),
        Ty::Flag => quote!(bool),
        Ty::Integer => quote!(i64),
        Ty::Number => quote!(::anypoint_core::Number),
        Ty::TextOrNumber => quote!(::anypoint_core::StringOrNumber),
        Ty::Secret => quote!(::anypoint_core::Secret),
        Ty::Time => quote!(::anypoint_core::Timestamp),
        Ty::Upload => quote!(::anypoint_core::Upload),
        Ty::Id(of) => id_in(krate, of),
        Ty::Named(name) => named_in(krate, name),
        Ty::List(of) => wrapped(&quote!(::std::vec::Vec), &inner(of)),
        Ty::Map(of) => {
            let value = inner(of);
            quote!(::std::collections::BTreeMap<::std::string::String, #value>)
        }
        Ty::Nullable(of) => wrapped(&quote!(::anypoint_core::Nullable), &inner(of)),
        Ty::Optional(of) => wrapped(&quote!(::core::option::Option), &inner(of)),
        Ty::Boxed(of) => wrapped(&quote!(::std::boxed::Box), &inner(of)),
    }
}

fn wrapped(name: &TokenStream, inner: &TokenStream) -> TokenStream {
    quote!(#name<#inner>)
}

/// A component.
pub fn named(name: &str) -> TokenStream {
    named_in(&quote!(crate), name)
}

fn named_in(krate: &TokenStream, name: &str) -> TokenStream {
    let name = ident(name);
    quote!(#krate::types::#name)
}

/// Things whose ids have the same type for all APIs.
pub const SHARED_IDS: [&str; 2] = ["Environment", "Organization"];

/// The type of the ids of something.
fn id_in(krate: &TokenStream, of: &str) -> TokenStream {
    let name = ident(&names::id(of));
    match SHARED_IDS.contains(&of) {
        true => quote!(::anypoint_core::#name),
        false => quote!(#krate::types::#name),
    }
}

/// The output of a future of the crate: an answer or an error.
pub fn answered(of: &TokenStream) -> TokenStream {
    quote!(::core::result::Result<::anypoint_core::Response<#of>, ::anypoint_core::Error>)
}

/// The constructor of an optional value.
pub fn some() -> TokenStream {
    quote!(::core::option::Option::Some)
}

/// The value for a missing value.
pub fn none() -> TokenStream {
    quote!(::core::option::Option::None)
}

/// An argument that takes whatever converts into the type, and the expression that converts it.
pub fn argument(name: &Ident, of: &Ty) -> (TokenStream, TokenStream) {
    let whole = ty(of);
    match of {
        Ty::List(item) => {
            let written = ty(item);
            match **item {
                Ty::Text | Ty::Secret | Ty::Number | Ty::TextOrNumber => (
                    quote!(#name: impl ::core::iter::IntoIterator<Item = impl ::core::convert::Into<#written>>),
                    quote!(#name.into_iter().map(::core::convert::Into::into).collect()),
                ),
                Ty::Id(_) => (
                    quote!(#name: impl ::core::iter::IntoIterator<Item = impl ::anypoint_core::IntoId<#written>>),
                    quote!(#name.into_iter().map(::anypoint_core::IntoId::into_id).collect()),
                ),
                _ => (
                    quote!(#name: impl ::core::iter::IntoIterator<Item = #written>),
                    quote!(#name.into_iter().collect()),
                ),
            }
        }
        Ty::Id(_) => (
            quote!(#name: impl ::anypoint_core::IntoId<#whole>),
            quote!(::anypoint_core::IntoId::into_id(#name)),
        ),
        Ty::Map(value) => {
            let written = ty(value);
            let (value, give) = match **value {
                Ty::Text | Ty::Secret | Ty::Number | Ty::TextOrNumber => (
                    quote!(impl ::core::convert::Into<#written>),
                    quote!((name.into(), value.into())),
                ),
                _ => (written, quote!((name.into(), value))),
            };
            (
                quote!(#name: impl ::core::iter::IntoIterator<Item = (impl ::core::convert::Into<::std::string::String>, #value)>),
                quote!(#name.into_iter().map(|(name, value)| #give).collect()),
            )
        }
        Ty::Text
        | Ty::Secret
        | Ty::Number
        | Ty::TextOrNumber
        | Ty::Time
        | Ty::Nullable(_)
        | Ty::Boxed(_) => (
            quote!(#name: impl ::core::convert::Into<#whole>),
            quote!(#name.into()),
        ),
        _ => (quote!(#name: #whole), quote!(#name)),
    }
}

/// The attribute for the traits that no macro of the core implements.
pub fn derive(traits: &[Trait], macros: &[Trait]) -> TokenStream {
    let derived = traits.iter().filter(|it| !macros.contains(it));
    let derived = derived.map(|it| match it {
        Trait::Serialize => quote!(::serde::Serialize),
        other => {
            let name = ident(&format!("{other:?}"));
            quote!(#name)
        }
    });
    quote!(#[derive(#(#derived),*)])
}
