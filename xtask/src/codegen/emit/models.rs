//! Components: models, open enums, unions and multipart forms.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::types::{argument, derive, ident, named, none, some, ty};
use super::{describe, docs, former};
use crate::codegen::contract::{
    Component, Face, Field, Index, Model, Part, Shape, Trait, Ty, Variant,
};
use crate::codegen::lint::REST;
use crate::codegen::prose::{code, markdown};

pub fn item(contract: &Index<'_>, component: &Component) -> TokenStream {
    let docs = docs::lines(&described(component));
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

/// The docs of a component, with the models that a body can be made from.
fn described(component: &Component) -> String {
    let description = markdown(&component.description).to_string();
    let Shape::Model(model) = &component.shape else {
        return description;
    };
    let from = model.made_from.iter();
    let from = from.map(|name| format!("[`{name}`](crate::types::{name})"));
    match from.collect::<Vec<_>>().join(" and ").as_str() {
        "" => description,
        from => format!(
            "{description}\n\n`From` makes it from {from} with all members, unknown ones included. Then change single members."
        ),
    }
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
    let answer = model.face == Face::Response;
    let derive = match answer {
        true => derive(
            &component.traits,
            &[Trait::Default, Trait::Serialize, Trait::Deserialize],
        ),
        false => derive(&component.traits, &[Trait::Serialize, Trait::Deserialize]),
    };
    // The server may leave out any member, also one that it calls required.
    let lenient = answer.then(|| quote!(, serde(default)));
    let fields = model
        .fields
        .iter()
        .map(|field| field_item(field, model.face));
    let rest = model.keeps_unknown.then(rest_item);
    let construction = construction(contract, &name, model);
    let behaviour = behaviour(&name, model);
    quote! {
        #derive
        #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema) #lenient)]
        #[non_exhaustive]
        pub struct #name { #(#fields)* #rest }
        #construction
        #behaviour
    }
}

fn field_item(field: &Field, face: Face) -> TokenStream {
    let docs = docs::lines(&markdown(&field.description));
    let deprecated = deprecated(field.deprecated);
    let (name, wire, ty) = (ident(&field.name), &field.wire, ty(&field.held(face)));
    // The derived schema does not see the code that the macro writes.
    let rename = (*wire != field.name)
        .then(|| quote!(#[cfg_attr(feature = "schemars", serde(rename = #wire))]));
    quote!(#docs #deprecated #rename pub #name: #ty,)
}

/// The field that keeps unknown members.
fn rest_item() -> TokenStream {
    let name = ident(REST);
    quote! {
        /// Unknown members by their names, and values that do not fit their types. They are sent back unchanged.
        #[cfg_attr(feature = "schemars", serde(flatten))]
        pub #name: ::anypoint_core::UnknownMembers,
    }
}

/// `new` with the required members, and a setter for each other member.
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
        // `name` alone if nothing is converted.
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
    let rest = model.keeps_unknown.then(|| {
        let name = ident(REST);
        quote!(#name: ::anypoint_core::UnknownMembers::new(),)
    });
    let setters = optional.iter();
    let setters = setters.map(|field| setter(contract, model.face, field));
    let summary = if required.is_empty() {
        " Creates it without any members."
    } else {
        " Creates it with the required members."
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
                Self { #(#set,)* #(#set_fixed,)* #(#unset,)* #rest }
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

/// How a model is read and written: the field of each member, and the handling of all other members.
fn behaviour(name: &Ident, model: &Model) -> TokenStream {
    let face = ident(match model.face {
        Face::Response => "answer",
        Face::Request | Face::Form => "request",
    });
    let members = model.fields.iter().map(|field| {
        let (written, name, wire) = (written(field, model.face), ident(&field.name), &field.wire);
        let aliases = &field.aliases;
        quote!(#written #name = #wire #(| #aliases)*)
    });
    let page = model.bare_list.as_ref().map(|wire| quote!(page #wire));
    let rest = model.keeps_unknown.then(|| {
        let rest = ident(REST);
        quote!(rest #rest)
    });
    let from = (!model.made_from.is_empty()).then(|| {
        let from = model.made_from.iter().map(|name| named(name));
        quote!(from #(#from),*)
    });
    let identity = identity(name, model);
    quote! {
        ::anypoint_core::impl_model!(#face #name { #(#members),* } #page #rest #from);
        #identity
    }
}

/// When a member is written.
fn written(field: &Field, face: Face) -> Ident {
    ident(match field.held(face) {
        Ty::Optional(_) => "some",
        Ty::List(_) | Ty::Map(_) if face == Face::Response && !field.required => "filled",
        _ => "always",
    })
}

/// A model of an answer with an `id` can be passed instead of that id.
fn identity(name: &Ident, model: &Model) -> Option<TokenStream> {
    let mut fields = model.fields.iter().filter(|_| model.face == Face::Response);
    let field = fields.find(|field| field.wire == "id")?;
    let (id, field) = match field.ty.present() {
        id @ Ty::Id(_) => (ty(id), ident(&field.name)),
        _ => return None,
    };
    Some(quote!(::anypoint_core::has_id!(#name, #field: #id);))
}

fn open_enum(component: &Component, values: &[Variant]) -> TokenStream {
    const MACROS: [Trait; 7] = [
        Trait::Default,
        Trait::Ord,
        Trait::Display,
        Trait::FromStr,
        Trait::AsRef,
        Trait::Serialize,
        Trait::Deserialize,
    ];
    let (name, derive) = (ident(&component.name), derive(&component.traits, &MACROS));
    let former = former::values(component, values);
    let idents: Vec<_> = values.iter().map(|value| ident(&value.name)).collect();
    let wires: Vec<_> = values.iter().map(|value| &value.wire).collect();
    let docs = values.iter().map(value_docs);
    quote! {
        #derive
        #[non_exhaustive]
        pub enum #name {
            #(#docs #idents,)*
            /// An unknown value; [`Self::as_str`] returns it.
            Unknown(::anypoint_core::UnknownValue),
        }
        ::anypoint_core::impl_open_enum!(#name { #(#idents = #wires),* });
        #former
    }
}

/// A value on the wire, and its meaning.
fn value_docs(value: &Variant) -> TokenStream {
    let wire = code(&value.wire);
    docs::lines(&match value.description.trim_end() {
        "" => wire.to_string(),
        description => format!("{wire}: {}", markdown(description)),
    })
}

fn union(component: &Component, tag: &str, variants: &[Variant]) -> TokenStream {
    let macros = [Trait::Debug, Trait::Serialize, Trait::Deserialize];
    let (name, derive) = (ident(&component.name), derive(&component.traits, &macros));
    let idents: Vec<_> = variants.iter().map(|it| ident(&it.name)).collect();
    let wires: Vec<_> = variants.iter().map(|it| &it.wire).collect();
    let types: Vec<_> = variants.iter().map(|it| named(&it.name)).collect();
    let tag_code = code(tag);
    let docs = wires.iter();
    let docs = docs.map(|wire| format!(" {tag_code} is {}.", code(wire)));
    let unknown = format!(" {tag_code} is missing or unknown: the whole object, unchanged.");
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
