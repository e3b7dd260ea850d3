//! Documentation comments.

use std::fmt::Write as _;

use proc_macro2::TokenStream;
use quote::quote;

use crate::codegen::ir::{Answer, Body, Parameter, Request};
use crate::codegen::prose::{code, indented, markdown};
use crate::codegen::spec::ExtraMethod;

/// `///` lines; nothing for an empty text.
pub fn lines(text: &str) -> TokenStream {
    let lines = text.lines().map(|line| {
        if line.is_empty() {
            String::new()
        } else {
            format!(" {}", line.trim_end())
        }
    });
    let lines = lines.collect::<Vec<_>>();
    if text.trim().is_empty() {
        quote!()
    } else {
        quote!(#(#[doc = #lines])*)
    }
}

/// What a caller reads about a method.
pub fn method(request: &Request) -> String {
    let mut text = request.summary.to_string();
    if !request.description.is_empty() {
        let _ = write!(text, "\n\n{}", request.description);
    }
    let _ = write!(
        text,
        "\n\n`{} {}`",
        format!("{:?}", request.method).to_uppercase(),
        request.path
    );
    let arguments: Vec<&Parameter> = request
        .parameters
        .iter()
        .filter(|parameter| parameter.required)
        .collect();
    let body = request.body.as_ref().filter(|body| body.required);
    if !arguments.is_empty() || body.is_some() {
        text.push_str("\n\n# Arguments");
        for argument in &arguments {
            text += &self::argument(&argument.name, &argument.description);
        }
        if let Some(body) = body {
            text += &self::argument("body", &self::body(body));
        }
    }
    text.push_str(&answer(request));
    text.push_str("\n\n# Errors\n");
    for (code, description) in &request.errors {
        let _ = writeln!(text, "- `{code}`: {}", indented(description));
    }
    if !request.errors.is_empty() {
        text.push('\n');
    }
    text.push_str("[`ErrorKind`](anypoint_core::ErrorKind) tells refused calls from broken connections and unreadable answers.");
    text
}

fn answer(request: &Request) -> String {
    match &request.answer {
        Answer::Json(ty) if super::models::is_option(ty) => {
            "\n\nSome success codes come without a body; they give `None`.".into()
        }
        Answer::ByStatus(_) => {
            "\n\nThe success codes answer with different bodies, one variant each.".into()
        }
        _ => String::new(),
    }
}

/// What a caller reads about a body.
pub fn body(body: &Body) -> String {
    if body.description.is_empty() {
        format!("Sent as {}.", code(&body.content_type))
    } else {
        body.description.to_string()
    }
}

/// What a caller reads about an optional parameter.
pub fn setter(parameter: &Parameter) -> String {
    match &parameter.default {
        Some(default) => format!(
            "{}\n\nWhen not set, the service takes {default}.",
            parameter.description
        ),
        None => parameter.description.to_string(),
    }
}

/// An item of `# Arguments`, on a line of its own.
pub fn argument(name: &str, description: &str) -> String {
    format!("\n- `{name}`: {}", indented(description))
}

/// What a method is for that an extension gives the client.
pub fn extra_method(method: &ExtraMethod) -> String {
    let summary = markdown(&method.summary);
    match method.description.trim_end() {
        "" => summary.to_string(),
        description => format!("{summary}\n\n{}", markdown(description)),
    }
}
