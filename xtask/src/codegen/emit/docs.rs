//! Documentation comments.

use std::fmt::Write as _;

use proc_macro2::TokenStream;
use quote::quote;

use crate::codegen::contract::{Body, Extra, Gives, Operation, Parameter, Ty};

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
pub fn method(request: &Operation) -> String {
    let mut text = request.summary.clone();
    if !request.description.is_empty() {
        let _ = write!(text, "\n\n{}", request.description);
    }
    let _ = write!(text, "\n\n`{} {}`", request.method.wire(), request.path);
    let arguments: Vec<&Parameter> = request.arguments().collect();
    let body = request.required_body();
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
    for refusal in &request.refusals {
        let description = indented(&refusal.description);
        let _ = writeln!(text, "- `{}`: {description}", refusal.code);
    }
    if !request.refusals.is_empty() {
        text.push('\n');
    }
    text.push_str("[`ErrorKind`](anypoint_core::ErrorKind) tells refused calls from broken connections and unreadable answers.");
    text
}

fn answer(request: &Operation) -> String {
    match &request.gives {
        Gives::Json(Ty::Optional(_)) => {
            "\n\nSome success codes come without a body; they give `None`.".into()
        }
        Gives::Outcome(_) => {
            "\n\nThe success codes answer with different bodies, one variant each.".into()
        }
        _ => String::new(),
    }
}

/// What a caller reads about a body.
pub fn body(body: &Body) -> String {
    if body.description.is_empty() {
        format!("Sent as `{}`.", body.media)
    } else {
        body.description.clone()
    }
}

/// What a caller reads about an optional parameter.
pub fn setter(parameter: &Parameter) -> String {
    match &parameter.default {
        Some(default) => format!(
            "{}\n\nWhen not set, the service takes `{default}`.",
            parameter.description
        ),
        None => parameter.description.clone(),
    }
}

/// An item of `# Arguments`, on a line of its own.
pub fn argument(name: &str, description: &str) -> String {
    format!("\n- `{name}`: {}", indented(description))
}

fn indented(text: &str) -> String {
    text.replace('\n', "\n  ")
}

/// What a method is for that an extension gives the client.
pub fn extra_method(method: &Extra) -> String {
    match method.description.trim_end() {
        "" => method.summary.clone(),
        description => format!("{}\n\n{description}", method.summary),
    }
}
