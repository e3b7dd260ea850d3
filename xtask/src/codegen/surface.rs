//! The public surface of a crate as a reviewer reads it: a page per tag, one line for each operation and type.

use std::fmt::Write as _;

use quote::ToTokens as _;
use syn::Type;

use super::ir::{
    Answer, Api, Carry, Change, Face, Follow, ItemId, Request, TypeDef, TypeKind, Wait, outer,
};

/// Pages by tag; types that several tags use are on the page `shared`.
pub fn pages(api: &Api) -> Vec<(String, String)> {
    let mut pages = Vec::new();
    for tag in &api.tags {
        let mut page = String::new();
        for request in api
            .requests
            .iter()
            .filter(|request| request.module == tag.module)
        {
            page.push_str(&operation(request));
            page.extend(request.wait.as_ref().map(|wait| waiting(request, wait)));
            page.extend((request.follow.as_ref()).map(|follow| following(request, follow)));
            page.extend(request.change.as_ref().map(|it| changing(request, it)));
            page.extend(request.carry.as_ref().map(|it| carrying(request, it)));
        }
        page.push('\n');
        page.push_str(&types(api, Some(&tag.module)));
        pages.push((tag.module.clone(), page));
    }
    let shared = types(api, None);
    if !shared.is_empty() {
        pages.push(("shared".into(), shared));
    }
    pages
}

fn operation(request: &Request) -> String {
    let required = request
        .parameters
        .iter()
        .filter(|parameter| parameter.required)
        .map(|parameter| format!("{}: {}", parameter.name, text(&parameter.ty)));
    let body = request.body.as_ref().map(|body| {
        (
            body.required,
            format!("body: {}", text(&body.ty)),
            format!(".body({})", inner(&body.ty)),
        )
    });
    let arguments: Vec<String> = required
        .chain(body.iter().filter(|body| body.0).map(|body| body.1.clone()))
        .collect();
    let mut line = format!("{}({})", request.id, arguments.join(", "));
    for parameter in request
        .parameters
        .iter()
        .filter(|parameter| !parameter.required)
    {
        let _ = write!(line, ".{}({})", parameter.name, inner(&parameter.ty));
    }
    if let Some((false, _, setter)) = &body {
        line.push_str(setter);
    }
    let _ = write!(line, " -> {}", answer(&request.answer));
    if let Some(pages) = &request.pages {
        let _ = write!(line, ", items of {}", text(&pages.item));
        match &pages.id {
            ItemId::Nothing => {}
            ItemId::Itself => line.push_str(" by itself"),
            ItemId::Fields(names) => {
                let _ = write!(line, " by {}", names.join(" and "));
            }
        }
    }
    let _ = writeln!(
        line,
        "  [{} {}]",
        format!("{:?}", request.method).to_uppercase(),
        request.path
    );
    line
}

fn waiting(request: &Request, wait: &Wait) -> String {
    let own = request.parameters.iter().filter(|parameter| {
        let mut given = wait.given.iter();
        parameter.required && !given.any(|(name, ..)| *name == parameter.name)
    });
    let own = own.map(|parameter| format!("{}: {}, ", parameter.name, text(&parameter.ty)));
    format!(
        "{}({}{}: &{}) -> wait for {}\n",
        wait.rules.method.name,
        own.collect::<String>(),
        wait.argument,
        wait.of,
        text(&wait.answer)
    )
}

fn following(request: &Request, follow: &Follow) -> String {
    let part = follow.parts.as_ref().map(|parts| &parts.argument);
    let parameters = request.parameters.iter();
    let own = parameters.filter(|parameter| parameter.required && Some(&parameter.name) != part);
    let own = own.map(|parameter| format!("{}: {}", parameter.name, text(&parameter.ty)));
    let body = request.body.iter().filter(|body| body.required);
    let body = body.map(|body| format!("body: {}", text(&body.ty)));
    let arguments = own.chain(body).collect::<Vec<_>>().join(", ");
    let (method, entry) = (&follow.rules.method.name, &follow.entry);
    format!("{method}({arguments}) -> follow entries of {entry}\n")
}

fn changing(request: &Request, change: &Change) -> String {
    let arguments = request.parameters.iter();
    let arguments = arguments.map(|it| format!("{}: {}", it.name, text(&it.ty)));
    let rules = &change.rules;
    format!(
        "{}({}) -> change of {} by {}\n",
        rules.method.name,
        arguments.collect::<Vec<_>>().join(", "),
        text(&change.answer),
        rules.read.0
    )
}

fn carrying(request: &Request, carry: &Carry) -> String {
    let own = request.parameters.iter().filter(|parameter| {
        let mut given = carry.given.iter();
        parameter.required && !given.any(|(name, ..)| *name == parameter.name)
    });
    let own = own.map(|parameter| format!("{}: {}, ", parameter.name, text(&parameter.ty)));
    let members = carry.members.iter().map(|(name, _)| name.as_str());
    format!(
        "{}({}{}: &{}, change) -> {} with {}\n",
        carry.rules.method.name,
        own.collect::<String>(),
        carry.argument,
        carry.of,
        request.type_name,
        members.collect::<Vec<_>>().join(", ")
    )
}

fn answer(answer: &Answer) -> String {
    match answer {
        Answer::Empty => "()".into(),
        Answer::Text | Answer::JsonText => "String".into(),
        Answer::Binary => "Download".into(),
        Answer::Json(ty) => text(ty),
        Answer::ByStatus(variants) => {
            let variant = |(status, name, ty): &(u16, String, Option<Type>)| match ty {
                Some(ty) => format!("{status} {name}({})", text(ty)),
                None => format!("{status} {name}"),
            };
            variants.iter().map(variant).collect::<Vec<_>>().join(" | ")
        }
    }
}

fn types(api: &Api, module: Option<&String>) -> String {
    let mut definitions: Vec<&TypeDef> = api
        .types
        .iter()
        .filter(|definition| definition.module.as_ref() == module)
        .collect();
    definitions.sort_by(|a, b| a.name.cmp(&b.name));
    definitions.into_iter().map(definition).collect()
}

fn definition(definition: &TypeDef) -> String {
    let name = &definition.name;
    match &definition.kind {
        TypeKind::Enum(variants) => format!(
            "enum {name} {{ {} }}\n",
            variants
                .iter()
                .map(|variant| format!("{} = {:?}", variant.name, variant.wire))
                .collect::<Vec<_>>()
                .join(", ")
        ),
        TypeKind::Union { tag, variants } => {
            let variants = variants
                .iter()
                .map(|variant| format!("{:?} => {}", variant.wire, variant.name))
                .collect::<Vec<_>>();
            format!("union {name} by {tag} {{ {} }}\n", variants.join(", "))
        }
        TypeKind::Model(model) => {
            let fields = model.fields.iter().map(|field| {
                let wires = std::iter::once(&field.wire)
                    .chain(&field.aliases)
                    .filter(|wire| **wire != field.name);
                let wires = wires.map(|wire| format!("{wire:?}")).collect::<Vec<_>>();
                let wires = if wires.is_empty() {
                    String::new()
                } else {
                    format!(" as {}", wires.join("|"))
                };
                format!("{}: {}{wires}", field.name, text(&field.ty))
            });
            let face = match model.face {
                Face::Request => "request",
                Face::Response => "model",
                Face::Form => "form",
            };
            format!(
                "{face} {name} {{ {} }}\n",
                fields.collect::<Vec<_>>().join(", ")
            )
        }
    }
}

fn inner(ty: &Type) -> String {
    text(outer(ty).1.unwrap_or(ty))
}

fn text(ty: &Type) -> String {
    ty.to_token_stream()
        .to_string()
        .replace(' ', "")
        .replace(',', ", ")
}
