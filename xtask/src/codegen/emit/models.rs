//! Components: models, open enums, unions and multipart forms.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::types::{argument, derive, ident, named, none, some, ty};
use super::{describe, docs, former};
use crate::codegen::contract::{
    Component, Face, Field, Index, Model, Part, Shape, Trait, Ty, Variant,
};
use crate::codegen::prose::{code, markdown};

pub fn item(contract: &Index<'_>, component: &Component) -> TokenStream {
    let docs = docs::lines(&markdown(&component.description));
    let deprecated = deprecated(component.deprecated);
    let body = match &component.shape {
        Shape::Enum(values) => open_enum(component, values),
        Shape::Union { tag, variants } => union(component, tag, variants),
        Shape::Model(model) if model.face == Face::Form => form(contract, component, model),
        Shape::Model(model) => model_item(contract, component, model),
    };
    let former = former::types(&component.name, &component.was);
    quote!(#docs #deprecated #body #former)
}

pub fn deprecated(deprecated: bool) -> TokenStream {
    if deprecated {
        quote!(#[deprecated])
    } else {
        quote!()
    }
}

fn model_item(contract: &Index<'_>, component: &Component, model: &Model) -> TokenStream {
    let name = ident(&component.name);
    let derive = derive(&component.traits, &[Trait::Deserialize]);
    let fields = model
        .fields
        .iter()
        .map(|field| field_item(field, model.face));
    let construction = construction(contract, &name, model);
    let decoding = decoding(component, model);
    // The server may leave out whatever it calls required.
    let lenient = if model.face == Face::Response && component.has_default() {
        quote!(#[serde(default)])
    } else {
        quote!()
    };
    quote! {
        #derive
        #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
        #lenient
        #[non_exhaustive]
        pub struct #name { #(#fields)* }
        #construction
        #decoding
    }
}

fn field_item(field: &Field, face: Face) -> TokenStream {
    let docs = docs::lines(&markdown(&field.description));
    let deprecated = deprecated(field.deprecated);
    let (name, held, wire) = (ident(&field.name), field.held(face), &field.wire);
    let rename = (*wire != field.name).then(|| quote!(rename = #wire));
    let skip = match held {
        Ty::Optional(_) => Some("::core::option::Option::is_none"),
        Ty::List(_) if face == Face::Response && !field.required => {
            Some("::std::vec::Vec::is_empty")
        }
        Ty::Map(_) if face == Face::Response && !field.required => {
            Some("::std::collections::BTreeMap::is_empty")
        }
        _ => None,
    };
    let ty = ty(&held);
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
fn construction(contract: &Index<'_>, name: &Ident, model: &Model) -> TokenStream {
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
    let (some, none) = (some(), none());
    let set_fixed = fixed.iter().map(|field| {
        let (name, value) = (ident(&field.name), &field.fixed);
        if field.required {
            quote!(#name: #value.into())
        } else {
            quote!(#name: #some(#value.into()))
        }
    });
    let unset = optional.iter().map(|field| {
        let name = ident(&field.name);
        quote!(#name: #none)
    });
    let setters = optional.iter();
    let setters = setters.map(|field| setter(contract, model.face, field));
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

fn setter(contract: &Index<'_>, face: Face, field: &Field) -> TokenStream {
    let name = ident(&field.name);
    let kind = if face == Face::Form { "part" } else { "member" };
    let docs = docs::lines(&describe::member(contract, kind, field));
    let deprecated = deprecated(field.deprecated);
    let (takes, gives) = argument(&name, &field.ty);
    let some = some();
    let former = former::setters(&field.name, &field.was, &takes);
    quote! {
        #docs
        #deprecated
        #[must_use]
        pub fn #name(mut self, #takes) -> Self {
            self.#name = #some(#gives);
            self
        }
        #former
    }
}

fn decoding(component: &Component, model: &Model) -> TokenStream {
    let (text, name) = (&component.name, ident(&component.name));
    let some = some();
    let list = model.bare_list.as_ref().map(|wire| {
        let members = model
            .fields
            .iter()
            .flat_map(|field| std::iter::once(&field.wire).chain(&field.aliases));
        quote! {
            const PAGE: ::core::option::Option<::anypoint_core::internal::Page> =
                #some(::anypoint_core::internal::Page::new(#wire, &[#(#members),*]));
        }
    });
    let absent = if component.has_default() {
        quote!(<Self as ::core::default::Default>::default())
    } else {
        let fields = model.fields.iter().map(|field| ident(&field.name));
        quote!(Self { #(#fields: ::anypoint_core::internal::absent(),)* })
    };
    let arms = model.fields.iter().map(|field| {
        let name = ident(&field.name);
        let wires = std::iter::once(&field.wire).chain(&field.aliases);
        quote!(#(#wires)|* => self.#name = ::anypoint_core::internal::next(map)?,)
    });
    let read = if model.fields.is_empty() {
        quote!(let _ = name; ::anypoint_core::internal::skip(map))
    } else {
        quote! {
            match name {
                #(#arms)*
                _ => ::anypoint_core::internal::skip(map)?,
            }
            ::core::result::Result::Ok(())
        }
    };
    quote! {
        impl ::anypoint_core::internal::Model for #name {
            const NAME: &'static str = #text;
            #list
            fn absent() -> Self { #absent }
            fn field<'de, A: ::serde::de::MapAccess<'de>>(
                &mut self,
                name: &str,
                map: &mut A,
            ) -> ::core::result::Result<(), A::Error> { #read }
        }
        ::anypoint_core::impl_model!(#name);
    }
}

fn open_enum(component: &Component, values: &[Variant]) -> TokenStream {
    const MACROS: [Trait; 4] = [
        Trait::Default,
        Trait::Display,
        Trait::Serialize,
        Trait::Deserialize,
    ];
    let (name, derive) = (ident(&component.name), derive(&component.traits, &MACROS));
    let former = former::values(component, values);
    let idents: Vec<_> = values.iter().map(|value| ident(&value.name)).collect();
    let wires: Vec<_> = values.iter().map(|value| &value.wire).collect();
    let docs = wires.iter().map(|wire| format!(" {}", code(wire)));
    quote! {
        #derive
        #[non_exhaustive]
        pub enum #name {
            #(#[doc = #docs] #idents,)*
            /// A value that this version does not know; [`Self::as_str`] gives it.
            Unknown(::anypoint_core::UnknownValue),
        }
        ::anypoint_core::impl_open_enum!(#name { #(#idents = #wires),* });
        #former
    }
}

fn union(component: &Component, tag: &str, variants: &[Variant]) -> TokenStream {
    let macros = [Trait::Serialize, Trait::Deserialize];
    let (name, derive) = (ident(&component.name), derive(&component.traits, &macros));
    let idents: Vec<_> = variants.iter().map(|it| ident(&it.name)).collect();
    let wires: Vec<_> = variants.iter().map(|it| &it.wire).collect();
    let types: Vec<_> = variants.iter().map(|it| named(&it.name)).collect();
    let tag_code = code(tag);
    let docs = wires.iter();
    let docs = docs.map(|wire| format!(" {tag_code} is {}.", code(wire)));
    let unknown = format!(
        " {tag_code} is missing or none that this version knows: the whole object as it came."
    );
    quote! {
        #derive
        #[non_exhaustive]
        pub enum #name {
            #(#[doc = #docs] #idents(#types),)*
            #[doc = #unknown]
            Unknown(::anypoint_core::Json),
        }
        ::anypoint_core::impl_union!(#name, #tag, { #(#wires => #idents(#types)),* });
    }
}

fn form(contract: &Index<'_>, component: &Component, model: &Model) -> TokenStream {
    let (name, derive) = (ident(&component.name), derive(&component.traits, &[]));
    let fields = model.fields.iter().map(|field| {
        let docs = docs::lines(&markdown(&field.description));
        let (name, ty) = (ident(&field.name), ty(&field.held(model.face)));
        quote!(#docs pub #name: #ty,)
    });
    let construction = construction(contract, &name, model);
    let parts = model.fields.iter().map(part);
    quote! {
        #derive
        #[non_exhaustive]
        pub struct #name { #(#fields)* }
        #construction
        impl ::core::convert::From<&#name> for ::anypoint_core::internal::Multipart {
            fn from(form: &#name) -> Self {
                Self::new() #(#parts)*
            }
        }
    }
}

fn part(field: &Field) -> TokenStream {
    let (name, wire) = (ident(&field.name), &field.wire);
    let some = some();
    let optional = if field.required {
        quote!(#some(&form.#name))
    } else {
        quote!(form.#name.as_ref())
    };
    match (field.part, &field.ty) {
        (Some(Part::File), Ty::List(_)) => quote!(.files(#wire, #optional)),
        (Some(Part::File), _) => quote!(.file(#wire, #optional)),
        (Some(Part::Json), _) => quote!(.json(#wire, #optional)),
        (Some(Part::Text) | None, _) => quote!(.text(#wire, &form.#name)),
    }
}
