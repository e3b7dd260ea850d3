//! Pages and items of a list.

use proc_macro2::TokenStream;
use quote::quote;

use super::{ItemId, Pages};
use crate::codegen::contract::{Face, Gives, Index, Operation, Ty};
use crate::codegen::emit::{docs, ident, ty};
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

fn paged(pages: &Pages, contract: &Index<'_>, request: &Operation) -> Option<TokenStream> {
    let (Gives::Json(page_type), Some(item_type)) = (&request.gives, pages.item(contract, request)) else {
        return None;
    };
    let (name, offset) = (ident(&request.request), ident(&pages.offset));
    let (page, item) = (ty(page_type), ty(item_type));
    let offset_type = request.parameter(&pages.offset).map(|it| &it.ty);
    let (set, start) = match offset_type {
        Some(Ty::Int32) => (
            quote!(i32::try_from(offset).unwrap_or(i32::MAX)),
            quote!(self.#offset.map_or(0, i64::from)),
        ),
        _ => (quote!(offset), quote!(self.#offset.unwrap_or(0))),
    };
    let items = pages.items.as_deref().map_or_else(
        || quote!(page),
        |name| {
            let name = ident(name);
            quote!(&page.#name)
        },
    );
    let (page_name, total) = total(contract, page_type, pages);
    let id = item_id(&item, &pages.id);
    Some(quote! {
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
    })
}

/// The name of a page where its number of all items is looked at, and how it is found there.
fn total(contract: &Index<'_>, page: &Ty, pages: &Pages) -> (TokenStream, TokenStream) {
    let total = pages.total.as_ref();
    let Some(field) = total.and_then(|name| contract.field(page, name)) else {
        return (quote!(_page), quote!(None));
    };
    let name = ident(&field.name);
    let wide = *field.ty.present() == Ty::Int64;
    let optional = matches!(field.held(Face::Response), Ty::Optional(_));
    let total = match (optional, wide) {
        (true, true) => quote!(page.#name),
        (true, false) => quote!(page.#name.map(i64::from)),
        (false, true) => quote!(Some(page.#name)),
        (false, false) => quote!(Some(i64::from(page.#name))),
    };
    (quote!(page), total)
}

fn item_id(item: &TokenStream, id: &ItemId) -> Option<TokenStream> {
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
