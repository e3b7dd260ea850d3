//! Components: models, open enums, unions and multipart forms.

use proc_macro2::TokenStream;
use quote::quote;
use syn::Type;

use super::docs;
use crate::codegen::ir::{Face, Field, Model, Part, TypeDef, TypeKind, Variant, outer};
use crate::codegen::names::ident;
use crate::codegen::prose::code;

pub fn item(definition: &TypeDef) -> TokenStream {
    let docs = docs::lines(&definition.description);
    let deprecated = deprecated(definition.deprecated);
    let body = match &definition.kind {
        TypeKind::Enum(variants) => open_enum(&definition.name, variants),
        TypeKind::Union { tag, variants } => union(&definition.name, tag, variants),
        TypeKind::Model(model) if model.face == Face::Form => form(&definition.name, model),
        TypeKind::Model(model) => model_item(&definition.name, model),
    };
    quote!(#docs #deprecated #body)
}

/// The variants of an enum; those of a union are named like the types they hold.
pub fn local(definition: &TypeDef) -> Vec<String> {
    match &definition.kind {
        TypeKind::Enum(variants) => variants
            .iter()
            .map(|variant| variant.name.clone())
            .collect(),
        TypeKind::Model(_) | TypeKind::Union { .. } => Vec::new(),
    }
}

pub fn is_option(ty: &Type) -> bool {
    outer(ty).0 == "Option"
}

pub fn deprecated(deprecated: bool) -> TokenStream {
    if deprecated {
        quote!(#[deprecated])
    } else {
        quote!()
    }
}

/// An argument that takes whatever converts into the type, and the expression that converts it.
pub fn argument(name: &proc_macro2::Ident, ty: &Type) -> (TokenStream, TokenStream) {
    let (kind, inner) = outer(ty);
    match (kind.as_str(), inner) {
        (
            "String" | "Secret" | "Number" | "StringOrNumber" | "Timestamp" | "Nullable" | "Box",
            _,
        ) => (quote!(#name: impl Into<#ty>), quote!(#name.into())),
        ("Vec", Some(item)) => match outer(item).0.as_str() {
            "String" | "Secret" | "Number" | "StringOrNumber" => (
                quote!(#name: impl IntoIterator<Item = impl Into<#item>>),
                quote!(#name.into_iter().map(Into::into).collect()),
            ),
            _ => (
                quote!(#name: impl IntoIterator<Item = #item>),
                quote!(#name.into_iter().collect()),
            ),
        },
        _ => (quote!(#name: #ty), quote!(#name)),
    }
}

fn model_item(name: &str, model: &Model) -> TokenStream {
    let name = ident(name);
    let default = if model.has_default {
        quote!(Default,)
    } else {
        quote!()
    };
    let fields = model
        .fields
        .iter()
        .map(|field| field_item(field, model.face));
    let construction = construction(&name, model);
    let decoding = decoding(&name, model);
    // The server may leave out whatever it calls required.
    let lenient = if model.face == Face::Response && model.has_default {
        quote!(#[serde(default)])
    } else {
        quote!()
    };
    quote! {
        #[derive(Clone, Debug, #default PartialEq, serde::Serialize)]
        #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
        #lenient
        #[non_exhaustive]
        pub struct #name { #(#fields)* }
        #construction
        #decoding
    }
}

fn field_item(field: &Field, face: Face) -> TokenStream {
    let docs = docs::lines(&field.description);
    let deprecated = deprecated(field.deprecated);
    let (name, ty, wire) = (ident(&field.name), &field.ty, &field.wire);
    let rename = (*wire != field.name).then(|| quote!(rename = #wire));
    let skip = match outer(ty).0.as_str() {
        "Option" => Some("Option::is_none"),
        "Vec" if face == Face::Response && !field.required => Some("Vec::is_empty"),
        "BTreeMap" if face == Face::Response && !field.required => Some("BTreeMap::is_empty"),
        _ => None,
    };
    let skip = skip.map(|skip| quote!(skip_serializing_if = #skip));
    let attributes: Vec<TokenStream> = rename.into_iter().chain(skip).collect();
    let serde = if attributes.is_empty() {
        quote!()
    } else {
        quote!(#[serde(#(#attributes),*)])
    };
    quote!(#docs #deprecated #serde pub #name: #ty,)
}

/// `new` with what is required, and a setter for each other member.
fn construction(name: &proc_macro2::Ident, model: &Model) -> TokenStream {
    if model.face == Face::Response {
        return quote!();
    }
    let (fixed, free): (Vec<&Field>, Vec<&Field>) =
        model.fields.iter().partition(|field| field.fixed.is_some());
    let (required, optional): (Vec<&Field>, Vec<&Field>) =
        free.into_iter().partition(|field| field.required);
    let arguments: Vec<(TokenStream, TokenStream)> = required
        .iter()
        .map(|field| argument(&ident(&field.name), &field.ty))
        .collect();
    let (takes, gives): (Vec<_>, Vec<_>) = arguments.into_iter().unzip();
    let set = required.iter().zip(gives).map(|(field, give)| {
        let name = ident(&field.name);
        // `name` alone where nothing is converted.
        if give.to_string() == field.name {
            quote!(#name)
        } else {
            quote!(#name: #give)
        }
    });
    let set_fixed = fixed.iter().map(|field| {
        let (name, value) = (ident(&field.name), &field.fixed);
        if field.required {
            quote!(#name: #value.into())
        } else {
            quote!(#name: Some(#value.into()))
        }
    });
    let unset = optional.iter().map(|field| {
        let name = ident(&field.name);
        quote!(#name: None)
    });
    let setters = optional.iter().map(|field| setter(field));
    let summary = if required.is_empty() {
        " With nothing set."
    } else {
        " With what the service requires."
    };
    let many = if required.len() > 7 {
        quote!(#[expect(clippy::too_many_arguments, reason = "a call that lacks a required value must not compile")])
    } else {
        quote!()
    };
    quote! {
        impl #name {
            #[doc = #summary]
            #[must_use]
            #many
            pub fn new(#(#takes),*) -> Self {
                Self { #(#set,)* #(#set_fixed,)* #(#unset,)* }
            }
            #(#setters)*
        }
    }
}

fn setter(field: &Field) -> TokenStream {
    let name = ident(&field.name);
    let docs = docs::lines(&field.setter);
    let deprecated = deprecated(field.deprecated);
    let inner = outer(&field.ty).1.unwrap_or(&field.ty);
    let (takes, gives) = argument(&name, inner);
    quote! {
        #docs
        #deprecated
        #[must_use]
        pub fn #name(mut self, #takes) -> Self {
            self.#name = Some(#gives);
            self
        }
    }
}

fn decoding(name: &proc_macro2::Ident, model: &Model) -> TokenStream {
    let text = name.to_string();
    let list = model
        .list_field
        .as_ref()
        .map(|wire| {
            let members = model.fields.iter().flat_map(|field| std::iter::once(&field.wire).chain(&field.aliases));
            quote!(const PAGE: Option<internal::Page> = Some(internal::Page { list: #wire, members: &[#(#members),*] });)
        });
    let absent = if model.has_default {
        quote!(Self::default())
    } else {
        let fields = model.fields.iter().map(|field| ident(&field.name));
        quote!(Self { #(#fields: internal::absent(),)* })
    };
    let arms = model.fields.iter().map(|field| {
        let name = ident(&field.name);
        let wires = std::iter::once(&field.wire).chain(&field.aliases);
        quote!(#(#wires)|* => self.#name = internal::next(map)?,)
    });
    let read = if model.fields.is_empty() {
        quote!(let _ = name; internal::skip(map))
    } else {
        quote! {
            match name {
                #(#arms)*
                _ => internal::skip(map)?,
            }
            Ok(())
        }
    };
    let allow = if model.fields.iter().any(|field| field.deprecated) {
        quote!(#[expect(deprecated, reason = "the service may still send it")])
    } else {
        quote!()
    };
    quote! {
        #allow
        impl internal::Model for #name {
            const NAME: &'static str = #text;
            #list
            fn absent() -> Self { #absent }
            fn field<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error> { #read }
        }
        anypoint_core::impl_model!(#name);
    }
}

fn open_enum(name: &str, variants: &[Variant]) -> TokenStream {
    let name = ident(name);
    let idents: Vec<_> = variants
        .iter()
        .map(|variant| ident(&variant.name))
        .collect();
    let wires: Vec<_> = variants.iter().map(|variant| &variant.wire).collect();
    let docs = wires.iter().map(|wire| format!(" {}", code(wire)));
    quote! {
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum #name {
            #(#[doc = #docs] #idents,)*
            /// A value that this version does not know; [`Self::as_str`] gives it.
            Unknown(UnknownValue),
        }
        anypoint_core::impl_open_enum!(#name { #(#idents = #wires),* });
    }
}

fn union(name: &str, tag: &str, variants: &[Variant]) -> TokenStream {
    let name = ident(name);
    let idents: Vec<_> = variants
        .iter()
        .map(|variant| ident(&variant.name))
        .collect();
    let wires: Vec<_> = variants.iter().map(|variant| &variant.wire).collect();
    let holds: Vec<_> = variants
        .iter()
        .filter_map(|variant| variant.holds.as_deref())
        .map(ident)
        .collect();
    let tag_code = code(tag);
    let docs = wires.iter();
    let docs = docs.map(|wire| format!(" {tag_code} is {}.", code(wire)));
    let unknown = format!(
        " {tag_code} is missing or none that this version knows: the whole object as it came."
    );
    quote! {
        #[derive(Clone, Debug, PartialEq)]
        #[non_exhaustive]
        pub enum #name {
            #(#[doc = #docs] #idents(#holds),)*
            #[doc = #unknown]
            Unknown(Json),
        }
        anypoint_core::impl_union!(#name, #tag, { #(#wires => #idents(#holds)),* });
    }
}

fn form(name: &str, model: &Model) -> TokenStream {
    let name = ident(name);
    let fields = model.fields.iter().map(|field| {
        let docs = docs::lines(&field.description);
        let (name, ty) = (ident(&field.name), &field.ty);
        quote!(#docs pub #name: #ty,)
    });
    let construction = construction(&name, model);
    let parts = model.fields.iter().map(|field| {
        let (name, wire) = (ident(&field.name), &field.wire);
        let optional = if field.required {
            quote!(Some(&self.#name))
        } else {
            quote!(self.#name.as_ref())
        };
        match field.part {
            Part::File => quote!(.file(#wire, #optional)),
            Part::Json => quote!(.json(#wire, #optional)),
            Part::Text => quote!(.text(#wire, &self.#name)),
        }
    });
    quote! {
        #[derive(Clone, Debug)]
        #[non_exhaustive]
        pub struct #name { #(#fields)* }
        #construction
        impl #name {
            pub(crate) fn parts(&self) -> Multipart {
                Multipart::new() #(#parts)*
            }
        }
    }
}
