//! Documentation comments.

use std::fmt::Write as _;

use proc_macro2::TokenStream;
use quote::quote;

use crate::codegen::contract::{Body, Extra, Gives, Operation, Parameter, Ty};
use crate::codegen::prose::{code, indented, markdown};

/// The `///` lines of a text; none for an empty text.
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

/// The docs of a method.
pub fn method(request: &Operation) -> String {
    let mut text = markdown(&request.summary).to_string();
    if !request.description.is_empty() {
        let _ = write!(text, "\n\n{}", markdown(&request.description));
    }
    let _ = write!(text, "\n\n`{} {}`", request.method.wire(), request.path);
    if let Some(published) = &request.published_id {
        let _ = write!(text, ", published as {}", code(published));
    }
    let arguments: Vec<&Parameter> = request.arguments().collect();
    let body = request.required_body();
    if !arguments.is_empty() || body.is_some() {
        text.push_str("\n\n# Arguments");
        for argument in &arguments {
            text += &self::parameter(argument);
        }
        if let Some(body) = body {
            text += &self::argument("body", &self::body(body));
        }
    }
    text.push_str(&answer(request));
    text.push_str("\n\n# Errors\n");
    for refusal in &request.refusals {
        let description = indented(&markdown(&refusal.description));
        let _ = writeln!(text, "- `{}`: {description}", refusal.code);
    }
    if !request.refusals.is_empty() {
        text.push('\n');
    }
    text.push_str("[`ErrorKind`](anypoint_core::ErrorKind) lists the kinds of errors, such as refused calls, broken connections and unreadable answers.");
    text
}

fn answer(request: &Operation) -> String {
    match &request.gives {
        Gives::Json(Ty::Optional(_)) => "\n\nA success without a body gives `None`.".into(),
        Gives::Outcome(_) => {
            "\n\nThe success codes have different bodies, with a variant for each code.".into()
        }
        _ => String::new(),
    }
}

/// A link to the method of an operation.
pub fn link(operation: &Operation) -> String {
    link_to(operation, &operation.id)
}

/// A link to another method of its client.
pub fn link_to(operation: &Operation, method: &str) -> String {
    let client = operation.client();
    format!("[`{client}::{method}`](crate::{client}::{method})")
}

/// The docs of a body.
pub fn body(body: &Body) -> String {
    if body.description.is_empty() {
        format!("Sent as {}.", code(&body.media))
    } else {
        markdown(&body.description).to_string()
    }
}

/// The docs of an optional parameter.
pub fn setter(parameter: &Parameter) -> String {
    let description = markdown(&parameter.description);
    match &parameter.default {
        Some(default) => format!(
            "{description}\n\nIf not set, the service uses {}.",
            code(&default.to_string())
        ),
        None => description.to_string(),
    }
}

/// A parameter as an item of `# Arguments`.
pub fn parameter(parameter: &Parameter) -> String {
    argument(&parameter.name, &markdown(&parameter.description))
}

/// An item of `# Arguments`, on a line of its own.
pub fn argument(name: &str, description: &str) -> String {
    format!("\n- `{name}`: {}", indented(description))
}

/// The docs of a method that an extension gives the client.
pub fn extra_method(method: &Extra) -> String {
    let summary = markdown(&method.summary);
    match method.description.trim_end() {
        "" => summary.to_string(),
        description => format!("{summary}\n\n{}", markdown(description)),
    }
}
