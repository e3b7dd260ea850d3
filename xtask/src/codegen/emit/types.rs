//! Types in Rust, and how arguments take them.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens as _, quote};

use crate::codegen::contract::{SCALARS, Trait, Ty};

/// An identifier. The text comes from `names`, which makes it one.
pub fn ident(name: &str) -> Ident {
    Ident::new(name, Span::call_site())
}

/// A type as it is written.
pub fn ty(of: &Ty) -> TokenStream {
    let wrap = |name: &str, inner: &Ty| {
        let (name, inner) = (ident(name), ty(inner));
        quote!(#name<#inner>)
    };
    match of {
        Ty::Named(name) => ident(name).to_token_stream(),
        Ty::List(item) => wrap("Vec", item),
        Ty::Nullable(inner) => wrap("Nullable", inner),
        Ty::Optional(inner) => wrap("Option", inner),
        Ty::Boxed(inner) => wrap("Box", inner),
        Ty::Map(value) => {
            let value = ty(value);
            quote!(BTreeMap<String, #value>)
        }
        scalar => {
            let mut scalars = SCALARS.iter();
            let name = scalars.find(|(_, known)| known == scalar);
            name.map(|(name, _)| ident(name)).to_token_stream()
        }
    }
}

/// An argument that takes whatever converts into the type, and the expression that converts it.
pub fn argument(name: &Ident, of: &Ty) -> (TokenStream, TokenStream) {
    let whole = ty(of);
    match of {
        Ty::List(item) => {
            let written = ty(item);
            match **item {
                Ty::Text | Ty::Secret | Ty::Number | Ty::TextOrNumber => (
                    quote!(#name: impl IntoIterator<Item = impl Into<#written>>),
                    quote!(#name.into_iter().map(Into::into).collect()),
                ),
                _ => (
                    quote!(#name: impl IntoIterator<Item = #written>),
                    quote!(#name.into_iter().collect()),
                ),
            }
        }
        Ty::Text
        | Ty::Secret
        | Ty::Number
        | Ty::TextOrNumber
        | Ty::Time
        | Ty::Nullable(_)
        | Ty::Boxed(_) => (quote!(#name: impl Into<#whole>), quote!(#name.into())),
        _ => (quote!(#name: #whole), quote!(#name)),
    }
}

/// The attribute for those of the traits that no macro of the core writes.
pub fn derive(traits: &[Trait], macros: &[Trait]) -> TokenStream {
    let derived = traits.iter().filter(|it| !macros.contains(it));
    let derived = derived.map(|it| match it {
        Trait::Serialize => quote!(serde::Serialize),
        other => {
            let name = ident(&format!("{other:?}"));
            quote!(#name)
        }
    });
    quote!(#[derive(#(#derived),*)])
}
