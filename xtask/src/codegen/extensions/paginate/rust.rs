//! Pages and items of a list.

use proc_macro2::TokenStream;
use quote::quote;

use super::{ItemId, Pages};
use crate::codegen::contract::{Gives, Index, Operation, Ty};
use crate::codegen::emit::{docs, ident, none, some, ty};
use crate::codegen::extensions::Rust;

pub fn rust(pages: &Pages, contract: &Index<'_>, request: &Operation) -> Rust {
    Rust {
        request: methods(pages),
        items: paged(pages, contract, request).unwrap_or_default(),
        ..Rust::default()
    }
}

fn methods(pages: &Pages) -> TokenStream {
    let changes = docs::lines(match pages.id {
        ItemId::Nothing => {
            "The items have no id: if the list changes in the meantime, an item may be returned twice or not at all."
        }
        _ => {
            "Each item is returned once, by its id. An item may be missed if others are deleted in the meantime; see [`Items`](anypoint_core::Items)."
        }
    });
    quote! {
        /// Reads the list page by page, from the offset to the end.
        ///
        /// If the list changes in the meantime, an item may be on two pages or on none.
        pub fn pages(self) -> ::anypoint_core::Pages<Self> {
            ::anypoint_core::Pages::new(self)
        }
        /// Reads the list item by item, from the offset to the end, with one request for each page.
        ///
        #changes
        pub fn items(self) -> ::anypoint_core::Items<Self> {
            ::anypoint_core::Items::new(self)
        }
    }
}

fn paged(pages: &Pages, contract: &Index<'_>, request: &Operation) -> Option<TokenStream> {
    let (Gives::Json(page_type), Some(item_type)) = (&request.gives, pages.item(contract, request)) else {
        return None;
    };
    let (name, offset) = (ident(&request.request), ident(&pages.offset));
    let (page, item) = (ty(page_type), ty(item_type));
    let some = some();
    let items = items(contract, page_type, pages);
    let (page_name, total) = total(contract, page_type, pages);
    let id = item_id(&item, &pages.id);
    Some(quote! {
        impl ::anypoint_core::internal::Paged for #name {
            type Page = #page;
            type Item = #item;
            fn at(mut self, offset: i64) -> Self {
                self.#offset = #some(offset);
                self
            }
            fn start(&self) -> i64 { self.#offset.unwrap_or(0) }
            fn items(page: &#page) -> &[#item] { #items }
            fn total(#page_name: &#page) -> ::core::option::Option<i64> { #total }
            #id
        }
    })
}

/// The items of a page: none if the list, or the object that contains it, is absent.
fn items(contract: &Index<'_>, page: &Ty, pages: &Pages) -> TokenStream {
    let field = pages.items.as_ref().and_then(|name| contract.held(page, name));
    let Some((name, held)) = field else {
        return slice(&quote!(page), page, false);
    };
    let name = ident(name);
    match page {
        Ty::Optional(_) => {
            let items = slice(&quote!(page.#name), &held, true);
            quote!(page.as_ref().map_or(&[], |page| #items))
        }
        _ => slice(&quote!(page.#name), &held, true),
    }
}

/// A list that may be absent, as a slice; the expression is a reference to it unless it is a place.
fn slice(list: &TokenStream, ty: &Ty, is_place: bool) -> TokenStream {
    match ty {
        Ty::Optional(inner) if matches!(**inner, Ty::Nullable(_)) => {
            let some = some();
            quote!(match &#list {
                #some(::anypoint_core::Nullable::Value(items)) => items,
                _ => &[],
            })
        }
        Ty::Nullable(_) => quote!(#list.as_option().map_or(&[], ::std::vec::Vec::as_slice)),
        Ty::Optional(_) => quote!(#list.as_deref().unwrap_or_default()),
        _ if is_place => quote!(&#list),
        _ => list.clone(),
    }
}

/// The name of a page if its total number of items is read, and the expression for that number.
fn total(contract: &Index<'_>, page: &Ty, pages: &Pages) -> (TokenStream, TokenStream) {
    let total = pages.total.as_ref();
    let Some((name, held)) = total.and_then(|name| contract.held(page, name)) else {
        return (quote!(_page), none());
    };
    let (name, some) = (ident(name), some());
    let optional = match &held {
        Ty::Optional(inner) if matches!(**inner, Ty::Nullable(_)) => {
            Some(quote!(page.#name.and_then(::anypoint_core::Nullable::into_option)))
        }
        Ty::Nullable(_) => Some(quote!(page.#name.into_option())),
        Ty::Optional(_) => Some(quote!(page.#name)),
        _ => None,
    };
    let is_page_optional = matches!(page, Ty::Optional(_));
    let total = match (optional, is_page_optional) {
        (Some(total), false) => total,
        (Some(total), true) => quote!(page.as_ref().and_then(|page| #total)),
        (None, false) => quote!(#some(page.#name)),
        (None, true) => quote!(page.as_ref().map(|page| page.#name)),
    };
    (quote!(page), total)
}

fn item_id(item: &TokenStream, id: &ItemId) -> Option<TokenStream> {
    let value = match id {
        ItemId::Nothing => return None,
        ItemId::Itself => quote!(::anypoint_core::internal::Id::id(item)),
        ItemId::Fields(names) => {
            let names: Vec<_> = names.iter().map(|name| ident(name)).collect();
            match &names[..] {
                [name] => quote!(::anypoint_core::internal::Id::id(&item.#name)),
                names => quote!(::anypoint_core::internal::joined(&[#(&item.#names),*])),
            }
        }
    };
    Some(quote! {
        fn id(item: &#item) -> ::core::option::Option<::std::borrow::Cow<'_, str>> { #value }
    })
}
